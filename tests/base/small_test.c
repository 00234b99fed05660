/* arena, array, clock, text: what is too small for a program of its own. */
#include "confx/arena.h"
#include "confx/array.h"
#include "confx/clock.h"
#include "confx/text.h"
#include "suite.h"

#include <locale.h>
#include <math.h>
#include <string.h>
#include <time.h>

START_TEST(an_arena_gives_zeroed_pieces_and_tells_what_could_not_be_had)
{
    arena_t arena = {.last = NULL};
    double *numbers;
    char *letters;
    max_align_t *large;
    ARENA_TAKE(&arena, numbers, 1000);
    ARENA_TAKE(&arena, letters, 3);
    ARENA_TAKE(&arena, large, 2);
    for (size_t i = 0; i < 1000; i++) ck_assert(numbers[i] == 0);
    memset(letters, 1, 3);
    ck_assert_uint_eq((uintptr_t)large % _Alignof(max_align_t), 0);
    ck_assert_ptr_nonnull(arena_take(&arena, 0, sizeof(double)));
    ck_assert_int_eq(arena_status(&arena, "%d numbers", 1000).code, CONFX_STATUS_OK);
    /* Neither more than there is, nor a product that would wrap around. */
    ck_assert_ptr_null(arena_take(&arena, SIZE_MAX / 2 + 2, 2));
    ck_assert_ptr_null(arena_take(&arena, SIZE_MAX - 8, 1));
    const confx_status_t status = arena_status(&arena, "%d numbers", 1000);
    ck_assert_int_eq(status.code, CONFX_STATUS_MEMORY);
    ck_assert_str_eq(status.message, "no memory for 1000 numbers");
    arena_close(&arena);
    ck_assert_int_eq(arena_status(&arena, "nothing").code, CONFX_STATUS_OK);
    arena_close(&arena);
}
END_TEST

START_TEST(an_array_has_the_bytes_of_its_c_type)
{
#define ARRAY_SIZE_CHECK(type, c_type, bytes)                                                      \
    ck_assert_uint_eq(array_type_bytes(type), sizeof(c_type));
    ARRAY_LIST(ARRAY_SIZE_CHECK)
#undef ARRAY_SIZE_CHECK
    const array_t array = {.type = ARRAY_U16, .rank = 3, .dims = {4, 5, 6}};
    ck_assert_uint_eq(array_items(&array), 120);
    ck_assert_uint_eq(array_bytes(&array), 240);
    const array_t empty = {.type = ARRAY_F64, .rank = 2, .dims = {0, 7}};
    ck_assert_uint_eq(array_bytes(&empty), 0);
}
END_TEST

START_TEST(the_clock_goes_forward_and_is_written_in_utc)
{
    char text[CLOCK_ISO_MAX];
    struct tm utc = {.tm_year = 0};
    const double before = clock_seconds();
    const time_t earliest = time(NULL);
    clock_iso(text);
    const time_t latest = time(NULL);
    ck_assert_double_ge(clock_seconds(), before);
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    ck_assert_msg(end && !*end, "\"%s\" is no ISO 8601 time", text);
    ck_assert(earliest <= timegm(&utc) && timegm(&utc) <= latest);
}
END_TEST

START_TEST(a_whole_number_is_the_whole_text)
{
    static const char *const refused[] = {
        "",    " 1",  "1 ",  "+1", "1.0", "1e3", "0x10",
        "one", "1,2", "--1", "-",  "11",  "-11", "99999999999999999999"};
    int64_t value = 77;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ck_assert_msg(!text_to_integer(refused[i], -10, 10, &value), "took \"%s\"", refused[i]);
    ck_assert_int_eq(value, 77);
    ck_assert(text_to_integer("-10", -10, 10, &value) && value == -10);
    ck_assert(text_to_integer("10", -10, 10, &value) && value == 10);
    ck_assert(text_to_integer("9223372036854775807", 0, INT64_MAX, &value) && value == INT64_MAX);
    ck_assert(!text_to_integer("9223372036854775808", 0, INT64_MAX, &value));
    ck_assert(text_to_integer("-9223372036854775808", INT64_MIN, 0, &value) && value == INT64_MIN);
}
END_TEST

/* Whatever the bytes: what is shown is printable UTF-8 in one line, and what is plain to see stays
   as it is. */
START_TEST(foreign_words_are_shown_so_that_they_steer_nothing)
{
    static const struct {
        const char *text, *shown;
        bool plain, name;
    } cases[] = {
        {"", "", true, true},
        {"conv1_x/2.b", "conv1_x/2.b", true, true},
        {"Gr\xC3\xB6\xC3\x9F\x65 \xE2\x82\xAC \xF0\x9F\x98\x80",
         "Gr\xC3\xB6\xC3\x9F\x65 \xE2\x82\xAC \xF0\x9F\x98\x80", true, true},
        {"=1+1", "=1+1", true, false},
        {"+1", "+1", true, false},
        {"-1", "-1", true, false},
        {"@a", "@a", true, false},
        {" =1", " =1", true, false},
        {"a=-+@", "a=-+@", true, true},
        {"a\nconfx: done", "a\\x0Aconfx: done", false, false},
        {"\t=1", "\\x09=1", false, false},
        {"\r", "\\x0D", false, false},
        {"\x1b[2J\a", "\\x1B[2J\\x07", false, false},
        {"\x7f", "\\x7F", false, false},
        {"\xC2\x9B\x32J", "\\xC2\\x9B2J", false, false},                     /* CSI of C1 */
        {"a\xE2\x80\xAE\x62", "a\\xE2\\x80\\xAE\x62", false, false},         /* right to left */
        {"\xE2\x81\xA6", "\\xE2\\x81\\xA6", false, false},                   /* isolate */
        {"\xE2\x80\x8B", "\\xE2\\x80\\x8B", false, false},                   /* no width */
        {"\xEF\xBB\xBFx", "\\xEF\\xBB\\xBFx", false, false},                 /* byte order mark */
        {"\xF3\xA0\x81\x81", "\\xF3\\xA0\\x81\\x81", false, false},          /* a tag */
        {"\xE2\x80\xA8", "\\xE2\\x80\\xA8", false, false},                   /* a line's end */
        {"\xC2\xA0", "\\xC2\\xA0", true, true},                              /* a blank */
        {"caf\xE9", "caf\\xE9", false, false},                               /* Latin 1 */
        {"\xC0\xAF\xED\xA0\x80", "\\xC0\\xAF\\xED\\xA0\\x80", false, false}, /* no UTF-8 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_str_eq(text_shown(cases[i].text).text, cases[i].shown);
        ck_assert_msg(text_is_plain(cases[i].text) == cases[i].plain, "%s", cases[i].shown);
        ck_assert_msg(text_is_name(cases[i].text) == cases[i].name, "%s", cases[i].shown);
    }
    /* Cut between characters, whatever the room. */
    char room[12];
    for (size_t n = 1; n < sizeof room; n++) {
        text_show("\xE2\x82\xAC\x1b\xE2\x82\xAC", room, n);
        ck_assert(strlen(room) < n && text_is_plain(room));
    }
}
END_TEST

START_TEST(a_real_is_the_whole_text_and_finite)
{
    static const char *const refused[] = {"",  " 1",  "1 ", "+1",    "nan", "inf",   "-inf",
                                          "-", "0x1", "1e", "1e999", "1,5", "1.5.2", "."};
    double value = 77;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ck_assert_msg(!text_to_real(refused[i], &value), "took \"%s\"", refused[i]);
    ck_assert_double_eq(value, 77);
    ck_assert(text_to_real("0.1", &value) && value == 0.1);
    ck_assert(text_to_real("-2.5e7", &value) && value == -2.5e7);
    ck_assert(text_to_real(".5", &value) && value == 0.5);
    ck_assert(text_to_real("3", &value) && value == 3);
}
END_TEST

START_TEST(a_decimal_comma_of_the_users_locale_changes_nothing)
{
    double value;
    /* Where no such locale is installed the test still holds, in the plain one. */
    (void)setlocale(LC_ALL, "de_DE.UTF-8");
    ck_assert(text_to_real("1.5", &value) && value == 1.5);
    ck_assert(!text_to_real("1,5", &value));
    (void)setlocale(LC_ALL, "C");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("array, clock, text");
    TCase *tests = tcase_create("small");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, an_arena_gives_zeroed_pieces_and_tells_what_could_not_be_had);
    tcase_add_test(tests, an_array_has_the_bytes_of_its_c_type);
    tcase_add_test(tests, the_clock_goes_forward_and_is_written_in_utc);
    tcase_add_test(tests, a_whole_number_is_the_whole_text);
    tcase_add_test(tests, foreign_words_are_shown_so_that_they_steer_nothing);
    tcase_add_test(tests, a_real_is_the_whole_text_and_finite);
    tcase_add_test(tests, a_decimal_comma_of_the_users_locale_changes_nothing);
    return suite_run(suite);
}
