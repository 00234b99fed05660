/* What a unit reports is what the root reads, in both layouts. */
#include "problem/models.h"
#include "run/unit_report.h"
#include "suite.h"

#include <math.h>
#include <string.h>

enum { SAMPLES = 5, LAYERS = TRIAL_LAYERS, AXES = TRIAL_AXES, TAKEN = 4, BEST = 2 };
enum { INDICES = LAYERS * AXES };

/* A problem of three axes and two budgets. */
static trial_t trial;

static void open_problem(void)
{
    const terms_t terms = trial_terms_budgets();
    trial_open(&trial, (trial_model_t){.draw = 1}, &terms);
}

static void close_problem(void)
{
    trial_close(&trial);
}

static unit_report_layout_t layout_of(bool collects, bool costs)
{
    return (unit_report_layout_t){
        problem_terms(trial.problem), SAMPLES, LAYERS, AXES, collects, costs};
}

/* Sample 1 has the least objective, but is not feasible: the best one is sample 2. */
static void fill(batch_t *batch)
{
    static const double objective[TAKEN] = {7, 1, 3, NAN};
    ck_assert_ok(batch_open(trial.problem, SAMPLES, batch));
    batch->n = TAKEN;
    for (size_t e = 0; e < TAKEN; e++) {
        batch->scores[e] = (score_t){{objective[e]}, {10.0 + (double)e, 20.0 + (double)e}};
        batch->feasible[e] = e == 0 || e == BEST;
    }
    for (size_t i = 0; i < TAKEN * INDICES; i++) batch->assignments[i] = (uint16_t)(100 + i);
    for (size_t i = 0; i < TAKEN * LAYERS; i++) batch->cost[i] = 0.5 + (double)i;
}

static void check_scores(const unit_report_layout_t *layout, const unit_report_t *report,
                         const batch_t *batch)
{
    ck_assert_double_eq(report->statistics.entropy, 1.5);
    ck_assert_int_eq(report->best, BEST);
    for (size_t e = 0; e < TAKEN; e++) {
        const score_t score = unit_report_score(layout, report, e);
        ck_assert_mem_eq(&score, &batch->scores[e], sizeof score);
        ck_assert_int_eq(report->feasible[e] > 0, batch->feasible[e]);
    }
    ck_assert_mem_eq(report->best_assignment, batch_assignment(batch, BEST),
                     INDICES * sizeof(uint16_t));
}

START_TEST(a_report_holds_what_was_packed_and_stays_within_its_size)
{
    const search_report_t statistics = {.entropy = 1.5};
    for (int kind = 0; kind < 3; kind++) {
        const unit_report_layout_t layout = layout_of(kind > 0, kind > 1);
        const size_t bytes = unit_report_bytes(&layout);
        double guarded[200];
        batch_t batch;
        fill(&batch);
        ck_assert_uint_eq(bytes % sizeof(double), 0);
        ck_assert_uint_lt(bytes, sizeof guarded - sizeof(double));
        guarded[bytes / sizeof(double)] = 4711;
        unit_report_pack(&layout, &batch, &statistics, guarded);
        ck_assert_double_eq(guarded[bytes / sizeof(double)], 4711);
        const unit_report_t report = unit_report_unpack(&layout, guarded);
        check_scores(&layout, &report, &batch);
        if (layout.collects)
            ck_assert_mem_eq(report.assignments, batch.assignments,
                             TAKEN * INDICES * sizeof(uint16_t));
        if (layout.costs)
            ck_assert_mem_eq(report.cost, batch.cost, TAKEN * LAYERS * sizeof(double));
        ck_assert_int_eq(report.assignments != NULL, layout.collects);
        ck_assert_int_eq(report.cost != NULL, layout.costs);
        batch_close(&batch);
    }
}
END_TEST

START_TEST(a_unit_without_samples_reports_no_best)
{
    const unit_report_layout_t layout = layout_of(false, false);
    const search_report_t statistics = {.entropy = NAN};
    double bytes[100];
    batch_t batch;
    ck_assert_ok(batch_open(trial.problem, SAMPLES, &batch));
    unit_report_pack(&layout, &batch, &statistics, bytes);
    const unit_report_t report = unit_report_unpack(&layout, bytes);
    ck_assert_int_eq(report.best, -1);
    ck_assert_ptr_null(report.best_assignment);
    batch_close(&batch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("run");
    TCase *tests = tcase_create("unit_report");
    suite_add_tcase(suite, tests);
    tcase_add_unchecked_fixture(tests, open_problem, close_problem);
    tcase_add_test(tests, a_report_holds_what_was_packed_and_stays_within_its_size);
    tcase_add_test(tests, a_unit_without_samples_reports_no_best);
    return suite_run(suite);
}
