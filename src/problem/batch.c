/* Memory for the samples of one block or island, and how a scored assignment travels. */
#include "confx/batch.h"
#include "confx/try.h"

#include <assert.h>
#include <string.h>

confx_status_t batch_open(const problem_t *problem, size_t capacity, batch_t *batch)
{
    const size_t layers = problem_layers(problem);
    const size_t cells = capacity * layers;
    *batch = (batch_t){.capacity = capacity,
                       .layers = layers,
                       .axes = space_axes(problem_space(problem)),
                       .metrics_n = problem_model(problem)->metrics_n};
    ARENA_TAKE(&batch->arena, batch->assignments, cells * batch->axes);
    ARENA_TAKE(&batch->arena, batch->cost, cells);
    ARENA_TAKE(&batch->arena, batch->need, cells);
    if (terms_has_learned(problem_terms(problem))) ARENA_TAKE(&batch->arena, batch->limited, cells);
    ARENA_TAKE(&batch->arena, batch->scores, capacity);
    ARENA_TAKE(&batch->arena, batch->metrics, capacity * batch->metrics_n);
    ARENA_TAKE(&batch->arena, batch->feasible, capacity);
    const confx_status_t status =
        arena_status(&batch->arena, "%zu samples of %zu layers", capacity, layers);
    if (status.code != CONFX_STATUS_OK) batch_close(batch);
    return status;
}

void batch_close(batch_t *batch)
{
    arena_close(&batch->arena);
    *batch = (batch_t){.capacity = 0};
}

/* ---- on the way ------------------------------------------------------------------------------ */

static size_t batch_cells(const problem_t *problem)
{
    return space_cells(problem_space(problem), problem_layers(problem));
}

size_t scored_assignment_bytes(const problem_t *problem)
{
    const size_t scores = score_size(problem_terms(problem)) * sizeof(double);
    return scores + (batch_cells(problem) * sizeof(uint16_t) + 7) / 8 * 8;
}

void scored_assignment_pack(const problem_t *problem, const scored_assignment_t *from, void *bytes)
{
    const terms_t *terms = problem_terms(problem);
    double *scores = bytes;
    assert((uintptr_t)bytes % sizeof(double) == 0);
    score_pack(terms, &from->score, scores);
    memcpy(scores + score_size(terms), from->assignment, batch_cells(problem) * sizeof(uint16_t));
}

scored_assignment_t scored_assignment_unpack(const problem_t *problem, const void *bytes)
{
    const terms_t *terms = problem_terms(problem);
    const double *scores = bytes;
    assert((uintptr_t)bytes % sizeof(double) == 0);
    return (scored_assignment_t){(const uint16_t *)(const void *)(scores + score_size(terms)),
                                 score_unpack(terms, scores)};
}
