#include "confx/text.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(rows_come_as_fields_with_their_lines)
{
    csv_t *csv;
    bool more;
    int64_t value;
    ck_assert_ok(csv_open("a,b\n1,2\n3,4", "t.csv", &csv));
    ck_assert_uint_eq(csv_columns(csv), 2);
    ck_assert_str_eq(csv_header(csv, 1), "b");
    ck_assert_uint_eq(csv_find(csv, "b"), 1);
    ck_assert_uint_eq(csv_find(csv, "B"), SIZE_MAX);
    ck_assert_ok(csv_next(csv, &more));
    ck_assert(more);
    ck_assert_int_eq(csv_line(csv), 2);
    ck_assert_str_eq(csv_field(csv, 0), "1");
    ck_assert_ok(csv_next(csv, &more));
    ck_assert_ok(csv_integer(csv, 1, 0, 4, &value));
    ck_assert_int_eq(value, 4);
    ck_assert_ok(csv_next(csv, &more));
    ck_assert(!more);
    csv_close(csv);
}
END_TEST

START_TEST(lines_may_end_with_a_carriage_return_alone)
{
    csv_t *csv;
    bool more;
    ck_assert_ok(csv_open("a,b\r\r1,2\r3,4", "t.csv", &csv));
    for (int row = 0; row < 2; row++) {
        ck_assert_ok(csv_next(csv, &more));
        ck_assert(more);
        ck_assert_int_eq(csv_line(csv), row + 3);
        ck_assert_str_eq(csv_field(csv, 1), row ? "4" : "2");
    }
    ck_assert_ok(csv_next(csv, &more));
    ck_assert(!more);
    csv_close(csv);
}
END_TEST

START_TEST(byte_order_marks_crlf_blanks_and_blank_lines_are_passed_over)
{
    csv_t *csv;
    bool more;
    ck_assert_ok(csv_open("\xEF\xBB\xBF\r\n a , b\t\r\n\r\n  \t\r\n 1 ,\t2 \r\n\n,x\r\n\r\n",
                          "t.csv", &csv));
    ck_assert_str_eq(csv_header(csv, 0), "a");
    ck_assert_str_eq(csv_header(csv, 1), "b");
    ck_assert_ok(csv_next(csv, &more));
    ck_assert(more);
    ck_assert_int_eq(csv_line(csv), 5);
    ck_assert_str_eq(csv_field(csv, 0), "1");
    ck_assert_str_eq(csv_field(csv, 1), "2");
    ck_assert_ok(csv_next(csv, &more));
    ck_assert(more);
    ck_assert_int_eq(csv_line(csv), 7);
    ck_assert_str_eq(csv_field(csv, 0), "");
    ck_assert_str_eq(csv_field(csv, 1), "x");
    ck_assert_ok(csv_next(csv, &more));
    ck_assert(!more);
    csv_close(csv);
}
END_TEST

START_TEST(a_bad_header_is_refused_with_its_place)
{
    csv_t *csv;
    ck_assert_fails(csv_open("", "t.csv", &csv), CONFX_STATUS_INPUT, "t.csv: is empty");
    ck_assert_fails(csv_open(" \n\r\n", "t.csv", &csv), CONFX_STATUS_INPUT, "t.csv: is empty");
    ck_assert_fails(csv_open("\na,b,a\n", "t.csv", &csv), CONFX_STATUS_INPUT,
                    "t.csv:2: a: this column is there twice");
    ck_assert_fails(csv_open("a,,c\n", "t.csv", &csv), CONFX_STATUS_INPUT,
                    "t.csv:1: column 2 has no name");
    ck_assert_fails(csv_open("a,b,\n1,2,\n", "t.csv", &csv), CONFX_STATUS_INPUT,
                    "t.csv:1: column 3 has no name (expected no comma behind the last one)");
    ck_assert_fails(csv_open(",a,b\n0,1,2\n", "t.csv", &csv), CONFX_STATUS_INPUT,
                    "t.csv:1: column 1 has no name (expected no column of row numbers)");
    ck_assert_fails(csv_open("129,87,1,1\n", "t.csv", &csv), CONFX_STATUS_INPUT,
                    "t.csv:1: expected a row of column names, found numbers alone: \"129,87,1,1\"");
    ck_assert_fails(csv_open("M,N,0,0\n1,2,3,4\n", "t.csv", &csv), CONFX_STATUS_INPUT,
                    "t.csv:1: 0: this column is there twice, in the column names \"M,N,0,0\"");
    ck_assert_fails(
        csv_open("a,b\"c\"\n", "t.csv", &csv), CONFX_STATUS_INPUT,
        "t.csv:1: expected plain fields between commas, or whole ones in quotation marks as in \"a "
        "\"\"b\"\"\", found a quotation mark within one");
    ck_assert_fails(csv_open("\n\"\",\"K\"\n\"1\",2\n", "t.csv", &csv), CONFX_STATUS_INPUT,
                    "t.csv:2: column 1 has no name (expected no column of row numbers)");
    ck_assert_ptr_null(csv);
}
END_TEST

/* Their names are compared with each other: of 10^6 columns that took hours. */
START_TEST(a_table_has_so_many_columns_and_no_more)
{
    csv_t *csv;
    char *text = NULL;
    size_t length;
    for (size_t columns = CSV_COLUMNS_MAX; columns < 1000000; columns *= 30) {
        FILE *stream = open_memstream(&text, &length);
        ck_assert_ptr_nonnull(stream);
        for (size_t i = 0; i < columns; i++) fprintf(stream, "%sc%zu", i ? "," : "", i);
        ck_assert_int_eq(fclose(stream), 0);
        if (columns == CSV_COLUMNS_MAX) {
            ck_assert_ok(csv_open(text, "t.csv", &csv));
            ck_assert_uint_eq(csv_find(csv, "c1023"), 1023);
            csv_close(csv);
        } else
            ck_assert_fails(csv_open(text, "t.csv", &csv), CONFX_STATUS_INPUT,
                            "t.csv:1: expected at most 1024 columns, found ");
        free(text);
    }
}
END_TEST

START_TEST(a_bad_row_is_refused_with_its_place)
{
    csv_t *csv;
    bool more;
    int64_t value;
    ck_assert_ok(csv_open("a,b\n1\n1,2,3\n1,\"2\nx\"\nmany,-1\n\n1,\"2\" x\n", "t.csv", &csv));
    ck_assert_fails(csv_next(csv, &more), CONFX_STATUS_INPUT,
                    "t.csv:2: expected 2 fields as in the header, found 1");
    ck_assert_fails(csv_next(csv, &more), CONFX_STATUS_INPUT,
                    "t.csv:3: expected 2 fields as in the header, found 3");
    ck_assert_ok(csv_next(csv, &more));
    ck_assert_int_eq(csv_line(csv), 4);
    ck_assert_str_eq(csv_field(csv, 1), "2\nx");
    ck_assert_ok(csv_next(csv, &more));
    ck_assert_fails(csv_integer(csv, 0, 1, 9, &value), CONFX_STATUS_INPUT,
                    "t.csv:6: a: expected a whole number from 1 to 9, found \"many\"");
    ck_assert_fails(csv_integer(csv, 1, 1, 9, &value), CONFX_STATUS_INPUT, "t.csv:6: b: expected");
    ck_assert_fails(csv_next(csv, &more), CONFX_STATUS_INPUT, "t.csv:8: expected plain fields");
    csv_close(csv);
}
END_TEST

START_TEST(a_quotation_mark_without_an_end_is_told_where_its_row_begins)
{
    csv_t *csv;
    bool more;
    ck_assert_ok(csv_open("a,b\n1,2\n3,\"4\n5,6\n", "t.csv", &csv));
    ck_assert_ok(csv_next(csv, &more));
    ck_assert_fails(csv_next(csv, &more), CONFX_STATUS_INPUT,
                    "t.csv:3: expected plain fields between commas, or whole");
    csv_close(csv);
    ck_assert_fails(csv_open("a,\"b", "t.csv", &csv), CONFX_STATUS_INPUT,
                    "t.csv:1: expected plain fields");
    ck_assert_ptr_null(csv);
}
END_TEST

/* write.csv(frame, row.names = FALSE) of R; Excel's "CSV UTF-8"; the same of Excel for old
   Macintoshes; frame.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC) of pandas. */
START_TEST(files_of_other_programs_are_read)
{
    static const char *const texts[] = {
        "\"K\",\"name\"\n64,\"conv \"\"1\"\", first\"\n3,\"fc\"\n",
        "\xEF\xBB\xBFK,name\r\n64,\"conv \"\"1\"\", first\"\r\n3,fc\r\n",
        "K,name\r64,\"conv \"\"1\"\", first\"\r3,fc\r",
        "\"K\",\"name\"\r\n64,\"conv \"\"1\"\", first\"\r\n3,\"fc\"",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        csv_t *csv;
        bool more;
        int64_t number;
        ck_assert_ok(csv_open(texts[i], "t.csv", &csv));
        ck_assert_uint_eq(csv_find(csv, "K"), 0);
        ck_assert_uint_eq(csv_find(csv, "name"), 1);
        ck_assert_ok(csv_next(csv, &more));
        ck_assert_str_eq(csv_field(csv, 1), "conv \"1\", first");
        ck_assert_ok(csv_next(csv, &more));
        ck_assert_ok(csv_integer(csv, 0, 1, 9, &number));
        ck_assert_int_eq(number, 3);
        ck_assert_int_eq(csv_line(csv), 3);
        ck_assert_str_eq(csv_field(csv, 1), "fc");
        ck_assert_ok(csv_next(csv, &more));
        ck_assert(!more);
        csv_close(csv);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csv");
    TCase *tests = tcase_create("csv");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, rows_come_as_fields_with_their_lines);
    tcase_add_test(tests, lines_may_end_with_a_carriage_return_alone);
    tcase_add_test(tests, byte_order_marks_crlf_blanks_and_blank_lines_are_passed_over);
    tcase_add_test(tests, a_bad_header_is_refused_with_its_place);
    tcase_add_test(tests, a_table_has_so_many_columns_and_no_more);
    tcase_add_test(tests, a_quotation_mark_without_an_end_is_told_where_its_row_begins);
    tcase_add_test(tests, files_of_other_programs_are_read);
    tcase_add_test(tests, a_bad_row_is_refused_with_its_place);
    return suite_run(suite);
}
