/* What a unit reports is what the root reads, in both layouts. */
#include "run/unit_report.h"
#include "suite.h"

#include <math.h>
#include <string.h>

enum { SAMPLES = 5, LAYERS = 3, TAKEN = 4, BEST = 2 };

/* Sample 1 has the least objective, but is not feasible: the best one is sample 2. */
static void fill(batch_t *batch)
{
    static const double objective[TAKEN] = {7, 1, 3, NAN};
    ck_assert_ok(batch_open(SAMPLES, LAYERS, batch));
    batch->n = TAKEN;
    for (size_t e = 0; e < TAKEN; e++) {
        batch->objective[e] = objective[e];
        batch->constraint[e] = 10.0 + (double)e;
        batch->feasible[e] = e == 0 || e == BEST;
    }
    for (size_t i = 0; i < TAKEN * LAYERS; i++) {
        batch->pes[i] = (uint16_t)(100 + i);
        batch->buffer[i] = (uint16_t)(200 + i);
        batch->cost[i] = 0.5 + (double)i;
    }
}

static void check_scores(const unit_report_t *report, const batch_t *batch)
{
    ck_assert_double_eq(report->statistics.entropy, 1.5);
    ck_assert_int_eq(report->best, BEST);
    ck_assert_mem_eq(report->objective, batch->objective, TAKEN * sizeof(double));
    ck_assert_mem_eq(report->constraint, batch->constraint, TAKEN * sizeof(double));
    for (size_t e = 0; e < TAKEN; e++)
        ck_assert_int_eq(report->feasible[e] > 0, batch->feasible[e]);
    ck_assert_mem_eq(report->best_pes, batch->pes + BEST * LAYERS, LAYERS * sizeof(uint16_t));
    ck_assert_mem_eq(report->best_buffer, batch->buffer + BEST * LAYERS, LAYERS * sizeof(uint16_t));
}

START_TEST(a_report_holds_what_was_packed_and_stays_within_its_size)
{
    const search_report_t statistics = {.entropy = 1.5};
    for (int kind = 0; kind < 3; kind++) {
        const unit_report_layout_t layout = {SAMPLES, LAYERS, kind > 0, kind > 1};
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
        check_scores(&report, &batch);
        const size_t cells = (size_t)TAKEN * LAYERS;
        if (layout.collects) {
            ck_assert_mem_eq(report.pes, batch.pes, cells * sizeof(uint16_t));
            ck_assert_mem_eq(report.buffer, batch.buffer, cells * sizeof(uint16_t));
        }
        if (layout.costs) ck_assert_mem_eq(report.cost, batch.cost, cells * sizeof(double));
        ck_assert_int_eq(report.pes != NULL, layout.collects);
        ck_assert_int_eq(report.cost != NULL, layout.costs);
        batch_close(&batch);
    }
}
END_TEST

START_TEST(a_unit_without_samples_reports_no_best)
{
    const unit_report_layout_t layout = {SAMPLES, LAYERS, false, false};
    const search_report_t statistics = {.entropy = NAN};
    double bytes[100];
    batch_t batch;
    ck_assert_ok(batch_open(SAMPLES, LAYERS, &batch));
    unit_report_pack(&layout, &batch, &statistics, bytes);
    const unit_report_t report = unit_report_unpack(&layout, bytes);
    ck_assert_int_eq(report.best, -1);
    ck_assert_ptr_null(report.best_pes);
    batch_close(&batch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("run");
    TCase *tests = tcase_create("unit_report");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_report_holds_what_was_packed_and_stays_within_its_size);
    tcase_add_test(tests, a_unit_without_samples_reports_no_best);
    return suite_run(suite);
}
