#include "confx/sweep.h"

#include "confx/file.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[] = "/tmp/confx-sweep-XXXXXX"; /* Check hands tests no argument */

static void write_text(const char *name, const char *text)
{
    char path[FILE_PATH_MAX];
    ck_assert_ok(file_join(directory, name, path));
    ck_assert_ok(file_write(path, text, strlen(text), NULL));
}

static confx_status_t open_text(const char *text, sweep_t **sweep)
{
    char path[FILE_PATH_MAX];
    write_text("sweep.yaml", text);
    ck_assert_ok(file_join(directory, "sweep.yaml", path));
    return sweep_open(path, "out", sweep);
}

static sweep_t *sweep_of(const char *text)
{
    sweep_t *sweep;
    ck_assert_ok(open_text(text, &sweep));
    return sweep;
}

static void begin(void)
{
    write_text("job.yaml", "workload: vgg16\nbudget: {fraction: 0.1}\nsearch: {samples: 100}\n");
}

static void end(void)
{
    static const char *const names[] = {"job.yaml", "sweep.yaml", ""};
    char path[FILE_PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (file_join(directory, names[i], path).code == CONFX_STATUS_OK) (void)file_remove(path);
}

/* ---- what is multiplied out ------------------------------------------------------------------ */

START_TEST(the_last_axis_runs_fastest)
{
    static const char *const names[] = {"dla_seed3", "dla_seed4", "eye_seed3",
                                        "eye_seed4", "shi_seed3", "shi_seed4"};
    sweep_t *sweep =
        sweep_of("base: job.yaml\ngrid:\n  dataflow: [dla, eye, shi]\n  search.seed: 3..4\n");
    ck_assert_uint_eq(sweep->searches_n, 6);
    ck_assert_uint_eq(sweep->ranks_per_search, 1);
    ck_assert_uint_eq(sweep->keys_n, 2);
    for (size_t i = 0; i < 6; i++) {
        char output[128];
        const job_t *job = sweep->searches[i].job;
        ck_assert_str_eq(sweep->searches[i].name, names[i]);
        ck_assert_uint_eq(job->search.seed, 3 + i % 2);
        ck_assert_int_eq(strncmp(job->dataflow, names[i], 3), 0);
        ck_assert_str_eq(job->workload, "vgg16");
        ck_assert_uint_eq(job->search.samples, 100);
        (void)snprintf(output, sizeof output, "out/runs/%s", names[i]);
        ck_assert_str_eq(job->output, output);
    }
    sweep_close(sweep);
}
END_TEST

START_TEST(keys_are_paths_or_nested)
{
    sweep_t *one =
        sweep_of("base: job.yaml\ngrid: {budget: {fraction: [0.5, 0.1]}, search: {seed: 1..3}}\n"
                 "set: {search: {samples: 7}}\n");
    sweep_t *other =
        sweep_of("base: job.yaml\ngrid:\n  budget.fraction: [0.5, 0.1]\n  search.seed: [1, 2, 3]\n"
                 "set: {search.samples: 7}\n");
    ck_assert_uint_eq(one->searches_n, 6);
    ck_assert_uint_eq(one->searches[5].job->search.samples, 7);
    ck_assert_str_eq(one->text, other->text);
    sweep_close(one);
    sweep_close(other);
}
END_TEST

START_TEST(a_budget_of_the_sweep_replaces_the_bases)
{
    sweep_t *sweep = sweep_of("base: job.yaml\ngrid: {budget.limit: [5, 6e7]}\n");
    ck_assert_ptr_null(sweep->searches[0].job->budget.fraction);
    ck_assert_double_eq(*sweep->searches[1].job->budget.limit, 6e7);
    sweep_close(sweep);
}
END_TEST

START_TEST(some_are_excluded_and_some_included)
{
    sweep_t *sweep =
        sweep_of("base: job.yaml\nranks_per_search: 4\nset: {objective: energy}\n"
                 "grid: {dataflow: [dla, eye], budget.fraction: [0.50, 0.1], search.seed: 1..2}\n"
                 "exclude: [{dataflow: eye, budget: {fraction: 0.5}}, {search.seed: 2}]\n"
                 "include: [{search.preset: paper, search.seed: 9}]\n");
    static const char *const names[] = {"dla_fraction0.50_seed1", "dla_fraction0.1_seed1",
                                        "eye_fraction0.1_seed1", "seed9_paper"};
    ck_assert_uint_eq(sweep->searches_n, 4);
    ck_assert_uint_eq(sweep->ranks_per_search, 4);
    for (size_t i = 0; i < 4; i++) ck_assert_str_eq(sweep->searches[i].name, names[i]);
    ck_assert_int_eq(sweep->searches[3].job->search.preset, PRESET_PAPER);
    ck_assert_int_eq(sweep->searches[3].job->objective, OBJECTIVE_ENERGY);
    sweep_close(sweep);
}
END_TEST

START_TEST(values_may_be_lists)
{
    char words[SWEEP_WORDS_MAX];
    sweep_t *sweep = sweep_of("base: job.yaml\ngrid: {actions.pe: [[1, 2], [4, 8, 16]]}\n");
    ck_assert_str_eq(sweep->searches[1].name, "pe4-8-16");
    ck_assert_uint_eq(sweep->searches[1].job->actions.pe_count, 3);
    sweep_words(&sweep->searches[1], "actions.pe", words);
    ck_assert_str_eq(words, "4 8 16");
    sweep_words(&sweep->searches[1], "budget.limit", words);
    ck_assert_str_eq(words, "");
    sweep_close(sweep);
}
END_TEST

START_TEST(platforms_are_told_apart)
{
    char words[SWEEP_WORDS_MAX];
    sweep_t *sweep = sweep_of("base: job.yaml\ngrid: {budget.platform: [zedboard, zcu102]}\n");
    ck_assert_str_eq(sweep->searches[1].name, "zcu102");
    sweep_words(&sweep->searches[0], "budget.platform", words);
    ck_assert_str_eq(words, "zedboard");
    sweep_words(&sweep->searches[1], "budget.platform", words);
    ck_assert_str_eq(words, "zcu102");
    sweep_close(sweep);
}
END_TEST

START_TEST(names_are_fit_for_files_and_unique)
{
    sweep_t *sweep =
        sweep_of("base: job.yaml\ngrid: {workload: [a/../net one.csv, b/net?one.csv, ../..]}\n");
    ck_assert_str_eq(sweep->searches[0].name, "net-one.csv");
    ck_assert_str_eq(sweep->searches[1].name, "net-one.csv_2");
    ck_assert_str_eq(sweep->searches[2].name, "workload..");
    sweep_close(sweep);
}
END_TEST

START_TEST(the_text_tells_sweeps_apart_and_not_where_they_are)
{
    char path[FILE_PATH_MAX];
    sweep_t *here = sweep_of("base: job.yaml\ngrid: {search.seed: 1..2}\n");
    sweep_t *there;
    ck_assert_ok(file_join(directory, "sweep.yaml", path));
    ck_assert_ok(sweep_open(path, "/else/where", &there));
    sweep_t *other = sweep_of("base: job.yaml\ngrid: {search.seed: [1, 3]}\n");
    ck_assert_str_eq(here->text, there->text);
    ck_assert_str_ne(here->text, other->text);
    sweep_close(here);
    sweep_close(there);
    sweep_close(other);
}
END_TEST

/* ---- what is refused ------------------------------------------------------------------------- */

static const struct {
    const char *text, *complaint;
} faults[] = {
    {"grid: {search.seed: 1..2}\n", "sweep.yaml:1: base: expected the path of a job file"},
    {"base: none.yaml\ngrid: {search.seed: 1..2}\n", "none.yaml: cannot be opened: No such file"},
    {"base: job.yaml\n", "expected a grid, or searches to include"},
    {"base: job.yaml\ngird: {search.seed: 1..2}\n",
     "sweep.yaml:2: gird: unknown key, did you mean \"grid\"? (known here: base, "},
    {"base: job.yaml\ngrid:\n  search.seed: 3\n",
     "sweep.yaml:3: grid.search.seed: expected a list"},
    {"base: job.yaml\ngrid:\n  search.seed: 3..1\n",
     "sweep.yaml:3: grid.search.seed: expected a rising range"},
    {"base: job.yaml\ngrid:\n  search.seed: []\n",
     "sweep.yaml:3: grid.search.seed: expected at least one value"},
    {"base: job.yaml\ngrid:\n  search.seed: 1..200\n  search.samples: 1..200\n",
     "a grid of at most 10000 searches"},
    {"base: job.yaml\ngrid:\n  search.seed: 1..10000\ninclude: [{dataflow: dla}]\n",
     "sweep.yaml:4: include: expected at most 10000 searches with those of the grid, found 10001"},
    {"base: job.yaml\ngrid:\n  search.seed: 1..9999\ninclude: [{dataflow: dla}, {dataflow: "
     "eye}]\n",
     "sweep.yaml:4: include: expected at most 10000 searches with those of the grid, found 10001"},
    {"base: job.yaml\ngrid:\n  search.seed: [1]\n  search.sed: [1]\n",
     "sweep.yaml:4: search.sed: "},
    {"base: job.yaml\ngrid:\n  dataflow: [dla]\n  budget.fraction: [0.1, 7]\n",
     "sweep.yaml:4: budget.fraction: expected a number above 0, up to 1, found 7"},
    {"base: job.yaml\nset:\n  search: 3\ngrid: {dataflow: [dla]}\n", "sweep.yaml:3: search: "},
    {"base: job.yaml\nset: [1]\ngrid: {dataflow: [dla]}\n",
     "sweep.yaml:2: set: expected keys with values"},
    {"base: job.yaml\ngrid: {dataflow: [dla]}\ninclude: {search.seed: 3}\n",
     "sweep.yaml:3: include: expected a list"},
    {"base: job.yaml\ngrid: {dataflow: [dla]}\ninclude: [3]\n",
     "sweep.yaml:3: include[0]: expected keys with values"},
    {"base: job.yaml\ngrid: {dataflow: [dla]}\nexclude: [{dataflow: eye}]\n",
     "sweep.yaml:3: exclude[0]: no search of the grid is like that"},
    {"base: job.yaml\ngrid: {dataflow: [dla]}\nexclude: [{dataflow: dla}]\n",
     "exclude: leaves no search of the grid"},
    {"base: job.yaml\ngrid: {output: [a, b]}\n",
     "sweep.yaml:2: grid.output: each search has its own"},
    {"base: job.yaml\nset: {output: a}\ngrid: {dataflow: [dla]}\n",
     "sweep.yaml:2: set.output: each search has its own"},
    {"base: job.yaml\nset:\n  search: {seed: 3}\ngrid:\n  search.seed: 1..2\n",
     "sweep.yaml:5: grid.search.seed: this key is given twice, here and in set"},
    {"base: job.yaml\ngrid: {dataflow: [dla]}\nranks_per_search: 0\n",
     "sweep.yaml:3: ranks_per_search: "},
    {"base: job.yaml\ngrid:\n  search.seed: 1..2\n  search: {seed: [3]}\n",
     "sweep.yaml:4: search.seed: this key is given twice"},
    {"base: job.yaml\ngrid:\n  search: [3]\n  search.seed: 1..2\n",
     "sweep.yaml:4: search: this key is given twice"},
    {"base: job.yaml\ngrid:\n  .seed: 1..2\n", "sweep.yaml:3: .seed: expected a plain word as key"},
};

START_TEST(a_bad_sweep_is_told_with_its_place)
{
    sweep_t *sweep;
    const confx_status_t status = open_text(faults[_i].text, &sweep);
    ck_assert_int_eq(status.code, CONFX_STATUS_INPUT);
    ck_assert_msg(strstr(status.message, faults[_i].complaint) != NULL,
                  "says \"%s\", expected \"%s\"", status.message, faults[_i].complaint);
    ck_assert_ptr_null(sweep);
}
END_TEST

START_TEST(a_bad_base_is_told_with_its_own_place)
{
    sweep_t *sweep;
    write_text("job.yaml", "workload: vgg16\nsearch: {samples: none}\n");
    const confx_status_t status = open_text("base: job.yaml\ngrid: {search.seed: 1..2}\n", &sweep);
    ck_assert_int_eq(status.code, CONFX_STATUS_INPUT);
    ck_assert_ptr_nonnull(strstr(status.message, "job.yaml:2: search.samples"));
}
END_TEST

int main(void)
{
    if (!mkdtemp(directory)) return EXIT_FAILURE;
    Suite *suite = suite_create("sweep");
    TCase *tests = tcase_create("sweep");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_test(tests, the_last_axis_runs_fastest);
    tcase_add_test(tests, keys_are_paths_or_nested);
    tcase_add_test(tests, a_budget_of_the_sweep_replaces_the_bases);
    tcase_add_test(tests, some_are_excluded_and_some_included);
    tcase_add_test(tests, values_may_be_lists);
    tcase_add_test(tests, platforms_are_told_apart);
    tcase_add_test(tests, names_are_fit_for_files_and_unique);
    tcase_add_test(tests, the_text_tells_sweeps_apart_and_not_where_they_are);
    tcase_add_loop_test(tests, a_bad_sweep_is_told_with_its_place, 0,
                        (int)(sizeof faults / sizeof *faults));
    tcase_add_test(tests, a_bad_base_is_told_with_its_own_place);
    const int code = suite_run(suite);
    end();
    return code;
}
