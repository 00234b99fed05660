/* What is not a run, and what is a damaged one. */
#include "fixture.h"

static report_t *report;

START_TEST(a_missing_directory_is_bad_input)
{
    ck_assert_fails(report_open("/nowhere/at/all", &report), CONFX_STATUS_INPUT,
                    "/nowhere/at/all: cannot be reached: No such file");
    ck_assert_ptr_null(report);
}
END_TEST

START_TEST(a_directory_without_a_run_is_bad_input)
{
    ck_assert_fails(report_open(directory, &report), CONFX_STATUS_INPUT,
                    "holds no run.h5, expected the output directory of a run");
}
END_TEST

START_TEST(a_file_is_no_run_directory)
{
    char path[FILE_PATH_MAX];
    const fixture_t fixture = fixture_begin();
    fixture_write(&fixture);
    ck_assert_ok(file_join(directory, "run.h5", path));
    ck_assert_fails(report_open(path, &report), CONFX_STATUS_INPUT,
                    "is a file, expected the directory of a run");
}
END_TEST

START_TEST(a_damaged_file_is_told_as_such)
{
    char path[FILE_PATH_MAX];
    char *bytes;
    size_t length;
    const fixture_t fixture = fixture_begin();
    fixture_write(&fixture);
    ck_assert_ok(file_join(directory, "run.h5", path));
    ck_assert_ok(file_load(path, FILE_USERS, FILE_TABLE_MOST, &bytes, &length));
    bytes[length / 2] ^= 0x10;
    ck_assert_ok(file_write(path, bytes, length, NULL));
    free(bytes);
    ck_assert_fails(report_open(directory, &report), CONFX_STATUS_DAMAGED, "run.h5");
    ck_assert_ptr_null(report);
}
END_TEST

START_TEST(a_file_of_another_schema_is_refused)
{
    fixture_t fixture = fixture_begin();
    fixture.schema = RUN_SCHEMA + 1;
    fixture_write(&fixture);
    ck_assert_fails(report_open(directory, &report), CONFX_STATUS_INPUT,
                    "run.h5: schema: 6, expected 1 to 5: a newer confx wrote it");
}
END_TEST

START_TEST(an_unreadable_job_is_told_with_its_line)
{
    fixture_t fixture = fixture_begin();
    fixture.job = "workload: tiny\nbudgit: 3\n";
    fixture_write(&fixture);
    ck_assert_fails(report_open(directory, &report), CONFX_STATUS_INPUT, "run.h5:2: budgit");
}
END_TEST

START_TEST(a_layer_of_no_known_type_is_damage)
{
    fixture_t fixture = fixture_begin();
    fixture.first_type = "ODD";
    fixture_write(&fixture);
    ck_assert_fails(report_open(directory, &report), CONFX_STATUS_DAMAGED,
                    "run.h5: layer 1 is of no known type");
}
END_TEST

START_TEST(a_layer_bound_by_nothing_known_is_damage)
{
    fixture_t fixture = fixture_begin();
    fixture.used = fixture.parted = true;
    fixture.first_bound = "weather";
    fixture_write(&fixture);
    ck_assert_fails(report_open(directory, &report), CONFX_STATUS_DAMAGED,
                    "/result/bound: layer 1 has no known one");
}
END_TEST

START_TEST(a_run_is_reported_from_wherever_it_was_moved)
{
    char here[FILE_PATH_MAX];
    const fixture_t fixture = fixture_begin();
    fixture_write(&fixture);
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    ck_assert_int_eq(chdir(directory), 0);
    const confx_status_t status = report_open(".", &report);
    ck_assert_int_eq(chdir(here), 0);
    ck_assert_msg(status.code == CONFX_STATUS_OK, "%s", status.message);
    report_close(report);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_missing_directory_is_bad_input,
                                  a_directory_without_a_run_is_bad_input,
                                  a_file_is_no_run_directory,
                                  a_damaged_file_is_told_as_such,
                                  a_file_of_another_schema_is_refused,
                                  an_unreadable_job_is_told_with_its_line,
                                  a_layer_of_no_known_type_is_damage,
                                  a_layer_bound_by_nothing_known_is_damage,
                                  a_run_is_reported_from_wherever_it_was_moved,
                                  NULL};
    return fixture_run("open", tests);
}
