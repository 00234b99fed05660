#include "confx/compose.h"
#include "confx/file.h"
#include "failing_memory.h"
#include "suite.h"

#include <string.h>
#include <unistd.h>
#include <wchar.h>

START_TEST(a_text_is_what_was_printed)
{
    const size_t lines[] = {0, 1, 100, 5000};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        compose_t text;
        ck_assert_ok(compose_begin(&text));
        for (size_t line = 0; line < lines[i]; line++) {
            out_print(text.out, "%06zu", line);
            fputs(" and", text.out);
            fputc('\n', text.out);
        }
        ck_assert_ok(compose_end(&text, "it"));
        ck_assert_uint_eq(text.length, 11 * lines[i]);
        ck_assert_uint_eq(strlen(text.text), text.length);
        for (size_t line = 0; line < lines[i]; line++) {
            char expected[32];
            (void)snprintf(expected, sizeof expected, "%06zu and\n", line);
            ck_assert_int_eq(memcmp(text.text + 11 * line, expected, 11), 0);
        }
        free(text.text);
    }
}
END_TEST

/* A failure that writes nothing, and leaves the error flag alone: no letter of that code is in the
   C locale. */
START_TEST(a_line_that_cannot_be_printed_is_told)
{
    static const wchar_t none[] = {0xd801, 0};
    compose_t text;
    ck_assert_ok(compose_begin(&text));
    out_print(text.out, "one\n");
    out_print(text.out, "two %ls\n", none);
    out_print(text.out, "three\n");
    ck_assert(ferror(text.out));
    ck_assert_fails(compose_publish(&text, "no/such/table", NULL), CONFX_STATUS_MEMORY,
                    "no/such/table: no memory");
    ck_assert_ptr_null(text.text);
    ck_assert(!ferror(stdout));
    out_print(stdout, "%ls\n", none);
    ck_assert(ferror(stdout));
    clearerr(stdout);
}
END_TEST

static confx_status_t compose_some(void)
{
    compose_t text;
    confx_status_t status = compose_begin(&text);
    if (status.code != CONFX_STATUS_OK) return status;
    for (int i = 0; i < 4000; i++)
        out_print(text.out, "%d,%.17g,%s\n", i, 1e300 / (i + 1), "a word");
    status = compose_end(&text, "a table");
    if (status.code == CONFX_STATUS_OK) free(text.text);
    return status;
}

START_TEST(what_there_was_no_memory_for_is_told)
{
    fail_each(compose_some, 5);
}
END_TEST

START_TEST(a_text_is_published)
{
    char path[] = "/tmp/confx-compose-XXXXXX";
    char *read;
    compose_t text;
    const int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    (void)close(file);
    ck_assert_ok(compose_begin(&text));
    out_print(text.out, "%d rows\n", 3);
    ck_assert_ok(compose_publish(&text, path, NULL));
    ck_assert_ok(file_load(path, FILE_USERS, FILE_TABLE_MOST, &read, NULL));
    ck_assert_str_eq(read, "3 rows\n");
    free(read);
    ck_assert_ok(file_remove(path));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compose");
    TCase *tests = tcase_create("compose");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_text_is_what_was_printed);
    tcase_add_test(tests, a_line_that_cannot_be_printed_is_told);
    tcase_add_test(tests, what_there_was_no_memory_for_is_told);
    tcase_add_test(tests, a_text_is_published);
    return suite_run(suite);
}
