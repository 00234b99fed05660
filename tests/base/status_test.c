#include "confx/status.h"
#include "confx/try.h"
#include "suite.h"

#include <string.h>

START_TEST(a_message_names_file_line_and_key)
{
    const confx_status_t status = status_input("job.yaml", 12, "search.samples",
                                               "expected a whole number, found \"%s\"", "x");
    ck_assert_int_eq(status.code, CONFX_STATUS_INPUT);
    ck_assert_str_eq(status.message,
                     "job.yaml:12: search.samples: expected a whole number, found \"x\"");
    ck_assert_str_eq(status_input("job.yaml", 0, NULL, "is empty").message, "job.yaml: is empty");
    ck_assert_str_eq(status_input(NULL, 0, "--set", "no value").message, "--set: no value");
}
END_TEST

START_TEST(exit_codes_are_the_documented_ones)
{
    const int documented[CONFX_STATUS_COUNT] = {0, 2, 3, 4, 5, 6, 75};
    for (int code = 0; code < CONFX_STATUS_COUNT; code++) {
        ck_assert_int_eq(confx_status_exit_code((confx_status_code_t)code), documented[code]);
        ck_assert_uint_gt(strlen(confx_status_text((confx_status_code_t)code)), 0);
    }
}
END_TEST

static confx_status_t break_disk(void)
{
    return status_fail(CONFX_STATUS_IO, "disk %d", 7);
}

static confx_status_t pass_on(void)
{
    TRY(break_disk());
    return status_ok();
}

START_TEST(try_passes_a_failure_on_with_a_frame)
{
    const confx_status_t status = pass_on();
    ck_assert_int_eq(status.code, CONFX_STATUS_IO);
    ck_assert_str_eq(status.message, "disk 7");
    ck_assert_ptr_nonnull(strstr(status.trace, "pass_on:"));
}
END_TEST

START_TEST(a_long_message_is_cut_not_overrun)
{
    char text[4 * CONFX_STATUS_MESSAGE_MAX];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    ck_assert_uint_lt(strlen(status_fail(CONFX_STATUS_IO, "%s", text).message),
                      CONFX_STATUS_MESSAGE_MAX);
    ck_assert_uint_lt(strlen(status_input(text, 3, text, "%s", text).message),
                      CONFX_STATUS_MESSAGE_MAX);
    confx_status_t status = status_ok();
    for (int i = 0; i < 100; i++) status = status_frame(status, "function", i);
    ck_assert_uint_lt(strlen(status.trace), CONFX_STATUS_TRACE_MAX);
}
END_TEST

/* A word with a byte order mark before it looks like the word that was expected. */
START_TEST(what_cannot_be_seen_is_shown)
{
    ck_assert_str_eq(status_input("a.m", 1, NULL, "found \"%s\"", "\xEF\xBB\xBFNetwork").message,
                     "a.m:1: found \"\\xEF\\xBB\\xBFNetwork\"");
    ck_assert_str_eq(status_input("a.m", 1, "\x1b[2J", "\xC2\xA0").message,
                     "a.m:1: \\x1B[2J: \\xC2\\xA0");
    ck_assert_str_eq(status_fail(CONFX_STATUS_IO, "%s", "a\rb\x7f \xE2\x80\x8B").message,
                     "a\\x0Db\\x7F \\xE2\\x80\\x8B");
    ck_assert_str_eq(status_fail(CONFX_STATUS_IO, "%s",
                                 "Gr\xC3\xB6\xC3\x9F"
                                 "e \xE2\x82\xAC\n")
                         .message,
                     "Gr\xC3\xB6\xC3\x9F"
                     "e \xE2\x82\xAC\\x0A");
    for (size_t length = 0; length < CONFX_STATUS_MESSAGE_MAX + 10; length++) {
        char text[CONFX_STATUS_MESSAGE_MAX + 20] = "";
        memset(text, 'x', length);
        (void)strcpy(text + length, "\xEF\xBB\xBF");
        const confx_status_t status = status_fail(CONFX_STATUS_IO, "%s", text);
        ck_assert_uint_lt(strlen(status.message), CONFX_STATUS_MESSAGE_MAX);
        ck_assert_ptr_null(strstr(status.message, "\xEF\xBB\xBF"));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("status");
    TCase *tests = tcase_create("status");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_message_names_file_line_and_key);
    tcase_add_test(tests, exit_codes_are_the_documented_ones);
    tcase_add_test(tests, try_passes_a_failure_on_with_a_frame);
    tcase_add_test(tests, a_long_message_is_cut_not_overrun);
    tcase_add_test(tests, what_cannot_be_seen_is_shown);
    return suite_run(suite);
}
