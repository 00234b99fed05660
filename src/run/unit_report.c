/* A unit's report in bytes: size, pack and unpack go by one table of offsets. */
#include "run/unit_report.h"

#include <assert.h>
#include <math.h>
#include <string.h>

typedef struct {
    search_report_t statistics;
    int64_t best;
} unit_report_head_t;

static_assert(sizeof(unit_report_head_t) % sizeof(double) == 0, "scores lie behind the head");

/* Where the parts begin, in bytes; rows: samples whose assignments are reported. */
typedef struct {
    size_t rows;
    size_t scores, feasible, assignments, cost, end;
} unit_report_offsets_t;

static size_t unit_report_cells(const unit_report_layout_t *layout)
{
    return layout->layers * layout->axes;
}

static unit_report_offsets_t unit_report_offsets(const unit_report_layout_t *layout)
{
    assert(layout->samples && layout->layers && layout->axes);
    assert(layout->collects || !layout->costs);
    unit_report_offsets_t at = {.rows = layout->collects ? layout->samples : 1};
    const size_t indices = at.rows * unit_report_cells(layout) * sizeof(uint16_t);
    at.scores = sizeof(unit_report_head_t);
    at.feasible = at.scores + layout->samples * score_size(layout->terms) * sizeof(double);
    at.assignments = at.feasible + layout->samples * sizeof(double);
    /* Indices are 2 bytes each: the costs behind them, and the next unit's report, are aligned only
       if the end of the indices is rounded up. */
    at.cost = (at.assignments + indices + 7) / 8 * 8;
    at.end = at.cost + (layout->costs ? at.rows * layout->layers * sizeof(double) : 0);
    assert(at.assignments % sizeof(double) == 0 && at.end % sizeof(double) == 0);
    return at;
}

size_t unit_report_bytes(const unit_report_layout_t *layout)
{
    return unit_report_offsets(layout).end;
}

static int64_t unit_report_best_row(const batch_t *batch)
{
    int64_t best = -1;
    score_t least = {.objectives = {NAN}};
    for (size_t e = 0; e < batch->n; e++) {
        const score_t score = batch->scores[e];
        /* Of equals the first stays, as the archive has it among units. */
        if (!batch->feasible[e] || score_compare(&score, &least) >= 0) continue;
        least = score;
        best = (int64_t)e;
    }
    return best;
}

void unit_report_pack(const unit_report_layout_t *layout, const batch_t *batch,
                      const search_report_t *statistics, void *bytes)
{
    assert(batch->n <= layout->samples);
    assert(!batch->n || (batch->layers == layout->layers && batch->axes == layout->axes));
    const unit_report_offsets_t at = unit_report_offsets(layout);
    const unit_report_head_t head = {*statistics, unit_report_best_row(batch)};
    assert(head.best < (int64_t)batch->n);
    char *to = bytes;
    memcpy(to, &head, sizeof head);
    double *scores = (double *)(void *)(to + at.scores);
    for (size_t e = 0; e < batch->n; e++)
        score_pack(layout->terms, &batch->scores[e], scores + e * score_size(layout->terms));
    double *feasible = (double *)(void *)(to + at.feasible);
    for (size_t e = 0; e < batch->n; e++) feasible[e] = batch->feasible[e];
    /* Rows behind batch->n keep what an earlier update left there: the root knows from the plan of
       the update how many are the unit's. */
    const size_t first = layout->collects || head.best < 0 ? 0 : (size_t)head.best;
    const size_t rows = layout->collects ? batch->n : head.best >= 0;
    memcpy(to + at.assignments, batch_assignment(batch, first),
           rows * unit_report_cells(layout) * sizeof(uint16_t));
    if (layout->costs && batch->n) {
        assert(batch->cost);
        memcpy(to + at.cost, batch->cost, batch->n * layout->layers * sizeof(double));
    }
}

unit_report_t unit_report_unpack(const unit_report_layout_t *layout, const void *bytes)
{
    assert((uintptr_t)bytes % sizeof(double) == 0);
    const unit_report_offsets_t at = unit_report_offsets(layout);
    const char *from = bytes;
    unit_report_head_t head;
    memcpy(&head, from, sizeof head);
    assert(head.best >= -1 && head.best < (int64_t)layout->samples);
    const uint16_t *assignments = (const uint16_t *)(const void *)(from + at.assignments);
    unit_report_t report = {.statistics = head.statistics,
                            .scores = (const double *)(const void *)(from + at.scores),
                            .feasible = (const double *)(const void *)(from + at.feasible),
                            .best = head.best};
    /* Alone, the best sample is the only row of the assignments, whatever its row in the unit. */
    if (head.best >= 0)
        report.best_assignment =
            assignments + (layout->collects ? (size_t)head.best : 0) * unit_report_cells(layout);
    if (layout->collects) report.assignments = assignments;
    if (layout->costs) report.cost = (const double *)(const void *)(from + at.cost);
    return report;
}

score_t unit_report_score(const unit_report_layout_t *layout, const unit_report_t *report,
                          size_t sample)
{
    assert(sample < layout->samples);
    return score_unpack(layout->terms, report->scores + sample * score_size(layout->terms));
}
