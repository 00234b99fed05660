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

/* Where the parts begin, in bytes; rows: samples whose genes are reported. */
typedef struct {
    size_t rows;
    size_t objective, constraint, feasible, pes, buffer, cost, end;
} unit_report_offsets_t;

static unit_report_offsets_t unit_report_offsets(const unit_report_layout_t *layout)
{
    assert(layout->samples && layout->layers && (layout->collects || !layout->costs));
    const size_t scores = layout->samples * sizeof(double);
    unit_report_offsets_t at = {.rows = layout->collects ? layout->samples : 1};
    const size_t genes = at.rows * layout->layers * sizeof(uint16_t);
    at.objective = sizeof(unit_report_head_t);
    at.constraint = at.objective + scores;
    at.feasible = at.constraint + scores;
    at.pes = at.feasible + scores;
    at.buffer = at.pes + genes;
    /* Genes are 2 bytes each: the costs behind them, and the next unit's report, are aligned only
       if the end of the genes is rounded up. */
    at.cost = (at.buffer + genes + 7) / 8 * 8;
    at.end = at.cost + (layout->costs ? at.rows * layout->layers * sizeof(double) : 0);
    assert(at.pes % sizeof(double) == 0 && at.end % sizeof(double) == 0);
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
        const score_t score = batch_score(batch, e);
        if (!batch->feasible[e] || score_compare(&score, &least) >= 0) continue;
        least = score;
        best = (int64_t)e;
    }
    return best;
}

void unit_report_pack(const unit_report_layout_t *layout, const batch_t *batch,
                      const search_report_t *statistics, void *bytes)
{
    assert(batch->n <= layout->samples && (!batch->n || batch->layers == layout->layers));
    const unit_report_offsets_t at = unit_report_offsets(layout);
    const unit_report_head_t head = {*statistics, unit_report_best_row(batch)};
    assert(head.best < (int64_t)batch->n);
    char *to = bytes;
    memcpy(to, &head, sizeof head);
    memcpy(to + at.objective, batch->objective, batch->n * sizeof(double));
    memcpy(to + at.constraint, batch->constraint, batch->n * sizeof(double));
    double *feasible = (double *)(void *)(to + at.feasible);
    for (size_t e = 0; e < batch->n; e++) feasible[e] = batch->feasible[e];
    /* Rows behind batch->n keep what an earlier update left there: the root knows from the plan of
       the update how many are the unit's. */
    const size_t first = layout->collects || head.best < 0 ? 0 : (size_t)head.best;
    const size_t rows = layout->collects ? batch->n : head.best >= 0;
    const size_t genes = rows * layout->layers * sizeof(uint16_t);
    memcpy(to + at.pes, batch->pes + first * layout->layers, genes);
    memcpy(to + at.buffer, batch->buffer + first * layout->layers, genes);
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
    const uint16_t *pes = (const uint16_t *)(const void *)(from + at.pes);
    const uint16_t *buffer = (const uint16_t *)(const void *)(from + at.buffer);
    unit_report_t report = {.statistics = head.statistics,
                            .objective = (const double *)(const void *)(from + at.objective),
                            .constraint = (const double *)(const void *)(from + at.constraint),
                            .feasible = (const double *)(const void *)(from + at.feasible),
                            .best = head.best};
    if (head.best >= 0) {
        /* Alone, the best sample is the only row of the genes, whatever its row in the unit. */
        const size_t row = layout->collects ? (size_t)head.best : 0;
        report.best_pes = pes + row * layout->layers;
        report.best_buffer = buffer + row * layout->layers;
    }
    if (layout->collects) {
        report.pes = pes;
        report.buffer = buffer;
    }
    if (layout->costs) report.cost = (const double *)(const void *)(from + at.cost);
    return report;
}
