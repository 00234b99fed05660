/* The exact optima of MobileNet-V2 on the original's hardware, found from MAESTRO's own
   output, read from six printed digits, by another solver. Area and power budgets give the same. */
#include "assignment.h"
#include "confx/file.h"
#include "confx/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { GOLDEN = 36, WORD_MAX = 32, STATES_ALLOWED = 2000 };

static const double digits = 1e-5;       /* agreement that six digits allow */
static const double bound_gap = 0.00068; /* the bound's distance from the optimum, at most */

typedef struct {
    char dataflow[WORD_MAX], objective[WORD_MAX], space[WORD_MAX], fraction[WORD_MAX];
    double optimum;
} golden_t;

static golden_t golden[GOLDEN];

static void read_word(const csv_t *csv, const char *column, char word[WORD_MAX])
{
    (void)snprintf(word, WORD_MAX, "%s", csv_field(csv, csv_find(csv, column)));
}

static void read_golden(void)
{
    const char *path = "tests/golden/optima.csv";
    char *text;
    csv_t *csv;
    bool more;
    ck_assert_ok(file_load(path, FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    ck_assert_ok(csv_open(text, path, &csv));
    for (size_t i = 0; i < GOLDEN; i++) {
        ck_assert_ok(csv_next(csv, &more));
        ck_assert(more);
        read_word(csv, "dataflow", golden[i].dataflow);
        read_word(csv, "objective", golden[i].objective);
        read_word(csv, "space", golden[i].space);
        read_word(csv, "fraction", golden[i].fraction);
        ck_assert(text_to_real(csv_field(csv, csv_find(csv, "optimum")), &golden[i].optimum));
    }
    ck_assert_ok(csv_next(csv, &more));
    ck_assert(!more);
    csv_close(csv);
    free(text);
}

typedef struct {
    job_t *job;
    confx_workload_t workload;
    confx_dataflow_t *dataflow, *depthwise;
    confx_hardware_t hardware;
    problem_t *problem;
} setting_t;

static void open_setting(const golden_t *g, const char *constraint, setting_t *setting)
{
    char text[256], path[FILE_PATH_MAX];
    (void)snprintf(text, sizeof text,
                   "{workload: mobilenet_v2, hardware: maestro, dataflow: %s, objective: %s, "
                   "budget: {constraint: %s, fraction: %s}}\n",
                   g->dataflow, g->objective, constraint, g->fraction);
    const char *network = "workload=mobilenet_v2";
    ck_assert_ok(
        job_parse(text, "setting.yaml", &network, !strstr(text, "workload:"), &setting->job));
    ck_assert_ok(job_find(setting->job, JOB_WORKLOAD, path));
    ck_assert_ok(confx_workload_open(path, &setting->workload));
    ck_assert_ok(job_find(setting->job, JOB_DATAFLOW, path));
    ck_assert_ok(confx_dataflow_open(path, &setting->dataflow));
    ck_assert_ok(job_find(setting->job, JOB_DATAFLOW_DEPTHWISE, path));
    ck_assert_ok(confx_dataflow_open(path, &setting->depthwise));
    ck_assert_ok(job_find(setting->job, JOB_HARDWARE, path));
    ck_assert_ok(confx_hardware_open(path, &setting->hardware));
    const problem_parts_t parts = {.workload = &setting->workload,
                                   .dataflow = setting->dataflow,
                                   .depthwise = setting->depthwise,
                                   .hardware = &setting->hardware,
                                   .job = setting->job};
    ck_assert_ok(problem_open(&parts, &setting->problem));
}

static void close_setting(setting_t *setting)
{
    problem_close(setting->problem);
    confx_dataflow_close(setting->dataflow);
    confx_dataflow_close(setting->depthwise);
    confx_workload_close(&setting->workload);
    job_close(setting->job);
}

static void check_golden(const golden_t *g, const char *constraint)
{
    setting_t setting;
    knapsack_t knapsack;
    open_setting(g, constraint, &setting);
    const space_part_t space = strcmp(g->space, "levels") == 0 ? SPACE_LEVELS : SPACE_INTEGERS;
    ck_assert_ok(certificate_solve(setting.problem, space, NULL, &knapsack));
    ck_assert(knapsack.solved);
    ck_assert_msg(fabs(knapsack.optimum / g->optimum - 1) < digits,
                  "%s %s %s %s %s: optimum %.9g, expected %.9g", g->dataflow, g->objective,
                  g->space, constraint, g->fraction, knapsack.optimum, g->optimum);
    ck_assert_double_le(certificate_gap(&knapsack, knapsack.lower_bound), 0);
    ck_assert_double_ge(certificate_gap(&knapsack, knapsack.lower_bound), -bound_gap);
    const bool loose = strcmp(g->fraction, "0.5") == 0 &&
                       (strcmp(g->dataflow, "dla") != 0 || strcmp(g->objective, "energy") == 0);
    ck_assert_int_eq(knapsack.price == 0, loose);
    /* Seconds would be the machine's; the partial choices alive at once, at most 283 here, are what
       it takes. */
    ck_assert_uint_lt(knapsack.states, STATES_ALLOWED);
    check_choice(setting.problem, &knapsack);
    knapsack_close(&knapsack);
    close_setting(&setting);
}

START_TEST(optima_within_area_are_the_known_ones)
{
    check_golden(&golden[_i], "area");
}
END_TEST

START_TEST(optima_within_power_are_the_same)
{
    check_golden(&golden[_i], "power");
}
END_TEST

int main(void)
{
    (void)setenv("CONFX_DATA", "data", 0);
    Suite *suite = suite_create("baseline");
    TCase *tests = tcase_create("baseline");
    suite_add_tcase(suite, tests);
    tcase_add_unchecked_fixture(tests, read_golden, NULL);
    tcase_add_loop_test(tests, optima_within_area_are_the_known_ones, 0, GOLDEN);
    tcase_add_loop_test(tests, optima_within_power_are_the_same, 0, GOLDEN);
    return suite_run(suite);
}
