/* A table as CSV and as datasets, and where memory fails. */
#include "confx/compose.h"
#include "confx/table_store.h"
#include "failing_memory.h"
#include "support.h"

#include <math.h>

enum { ROWS = 6, HIDDEN = 7 };

static const table_column_t columns[] = {
    {"name", .type = TABLE_TEXT, .group = ""},
    {"cycles", .unit = "cycles", .type = TABLE_WHOLE},
    {"gap", .type = TABLE_REAL},
    {"level", .type = TABLE_FIELD, .group = "/settings"},
    {"flow", .type = TABLE_FIELD, .group = "/settings"},
    {"valid", .type = TABLE_TRUTH},
    {"message", .type = TABLE_TEXT, .without = TABLE_NOT_CSV},
    {"hidden", .type = TABLE_REAL, .without = TABLE_NOT_STORED},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void fill(const void *of, size_t i, table_row_t *row)
{
    const double *gaps = of;
    table_text(row, "row %zu, \"%c\"", i, 'a' + (char)i);
    table_whole(row, INT64_MAX - (int64_t)i);
    table_known(row, gaps[i]);
    if (i == 1)
        table_absent(row);
    else
        table_text(row, "0.%zu", i);
    table_text(row, "%s", i ? "7" : "dla");
    table_whole(row, i % 2);
    table_text(row, "%.*s", (int)(200 * i),
               i ? "a text that is longer than the buffer was when it began" : "");
    table_real(row, -NAN);
}

static const double gaps[ROWS] = {0.1, NAN, 0.25, INFINITY, -0.0, 1e-300};
static const table_t table = {
    .columns = columns, .columns_n = COLUMNS, .rows_n = ROWS, .of = gaps, .row = fill};

START_TEST(csv_has_every_digit_and_marks_what_is_not_known)
{
    static const char expected[] =
        "name,cycles,gap,level,flow,valid,hidden\n"
        "row 0   a ,9223372036854775807,0.10000000000000001,0.0,dla,0,nan\n"
        "row 1   b ,9223372036854775806,,,7,1,nan\n"
        "row 2   c ,9223372036854775805,0.25,0.2,7,0,nan\n"
        "row 3   d ,9223372036854775804,inf,0.3,7,1,nan\n"
        "row 4   e ,9223372036854775803,-0,0.4,7,0,nan\n"
        "row 5   f ,9223372036854775802,1e-300,0.5,7,1,nan\n";
    compose_t text;
    ck_assert_ok(compose_begin(&text));
    table_csv(&table, text.out);
    ck_assert_ok(compose_end(&text, "CSV"));
    ck_assert_str_eq(text.text, expected);
    free(text.text);
}
END_TEST

static void expect(store_t *store, const char *name, array_type_t type, const char *units)
{
    array_t found;
    bool has;
    ck_assert_ok(store_describe(store, name, &found));
    ck_assert_msg(found.type == type && found.dims[0] == ROWS, "%s: type %d", name,
                  (int)found.type);
    ck_assert_ok(store_has_attribute(store, name, "units", &has));
    ck_assert(has == (units != NULL));
}

START_TEST(each_column_is_a_dataset_of_its_type)
{
    table_arrays_t arrays = {.n = 0};
    store_t *store;
    bool has;
    int64_t cycles[ROWS];
    double levels[ROWS];
    ck_assert_ok(table_store(&table, "/table", 0, &arrays));
    ck_assert_uint_eq(arrays.n, HIDDEN);
    ck_assert_ok(store_write(in_directory("t.h5"), arrays.arrays, arrays.n, NULL, 0, NULL));
    table_store_end(&arrays);
    ck_assert_ok(store_open(in_directory("t.h5"), &store));
    expect(store, "/name", ARRAY_TEXT, NULL);
    expect(store, "/table/cycles", ARRAY_I64, "cycles");
    expect(store, "/table/gap", ARRAY_F64, NULL);
    expect(store, "/settings/level", ARRAY_F64, NULL);
    expect(store, "/settings/flow", ARRAY_TEXT, NULL);
    expect(store, "/table/valid", ARRAY_BOOL, NULL);
    ck_assert_ok(store_has(store, "/table/hidden", &has));
    ck_assert(!has);
    ck_assert_ok(store_read_rows(store, "/table/cycles", ARRAY_I64, 0, ROWS, cycles));
    ck_assert_ok(store_read_rows(store, "/settings/level", ARRAY_F64, 0, ROWS, levels));
    for (size_t i = 0; i < ROWS; i++) ck_assert_int_eq(cycles[i], INT64_MAX - (int64_t)i);
    ck_assert(isnan(levels[1]));
    ck_assert_double_eq(levels[5], 0.5);
    store_close(store);
}
END_TEST

START_TEST(pairs_make_two_dimensions_and_tables_stand_side_by_side)
{
    table_arrays_t arrays = {.n = 0};
    ck_assert_ok(table_store(&table, "/one", 0, &arrays));
    ck_assert_ok(table_store(&table, "/two", 3, &arrays));
    ck_assert_uint_eq(arrays.n, 2 * HIDDEN);
    const array_t *gap = &arrays.arrays[HIDDEN + 2];
    ck_assert_str_eq(gap->name, "/two/gap");
    ck_assert_uint_eq(gap->rank, 2);
    ck_assert(gap->dims[0] == 2 && gap->dims[1] == 3);
    ck_assert_double_eq(((const double *)gap->data)[2], 0.25);
    table_store_end(&arrays);
}
END_TEST

/* ---- where memory fails ---------------------------------------------------------------------- */

static confx_status_t write_csv(void)
{
    compose_t text;
    const confx_status_t begun = compose_begin(&text);
    if (begun.code != CONFX_STATUS_OK) return begun;
    table_csv(&table, text.out);
    const confx_status_t status = compose_end(&text, "CSV");
    if (status.code == CONFX_STATUS_OK) free(text.text);
    return status;
}

static confx_status_t make_arrays(void)
{
    table_arrays_t arrays = {.n = 0};
    confx_status_t status = table_store(&table, "/one", 0, &arrays);
    if (status.code == CONFX_STATUS_OK) status = table_store(&table, "/two", 2, &arrays);
    table_store_end(&arrays);
    return status;
}

START_TEST(a_table_without_memory_is_told)
{
    fail_each(write_csv, 3);
    fail_each(make_arrays, 2 * COLUMNS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("columns");
    TCase *tests = tcase_create("columns");
    suite_add_tcase(suite, tests);
    tcase_add_unchecked_fixture(tests, begin_directory, end_directory);
    tcase_add_test(tests, csv_has_every_digit_and_marks_what_is_not_known);
    tcase_add_test(tests, each_column_is_a_dataset_of_its_type);
    tcase_add_test(tests, pairs_make_two_dimensions_and_tables_stand_side_by_side);
    tcase_add_test(tests, a_table_without_memory_is_told);
    return suite_run(suite);
}
