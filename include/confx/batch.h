/* The samples of one block or island: assignments, and what scoring them reveals. */
#ifndef CONFX_BATCH_H
#define CONFX_BATCH_H

#include "confx/arena.h"
#include "confx/problem.h"

typedef struct {
    size_t capacity, n, layers, axes; /* E, filled, L, A */
    uint16_t *assignments;            /* (E, L, A) indices into the ranges */
    double *cost;    /* (E, L) each layer's own value of the first objective, its share where layers
                        add up; NaN: invalid, or not revealed by layers */
    double *need;    /* (E, L) */
    double *limited; /* (E, L) what each layer takes of limits that must be sampled, the sum in
                        shares of these; NULL: there are none, or layers do not reveal it */
    score_t *scores; /* (E) objectives NaN when a point is invalid, or the model failed on it */
    size_t metrics_n;
    double *metrics; /* (E, M) of the model, summed over the layers (of rates it means nothing); as
                        they are where the model scores whole networks */
    uint8_t *feasible; /* (E) within every limit, all points valid */
    arena_t arena;     /* behind all of these */
} batch_t;

/* The caller closes. */
confx_status_t batch_open(const problem_t *problem, size_t capacity, batch_t *batch);
void batch_close(batch_t *batch);

static inline uint16_t *batch_assignment(const batch_t *batch, size_t sample)
{
    return batch->assignments + sample * batch->layers * batch->axes;
}

static inline assignments_t batch_assignments(const batch_t *batch)
{
    return (assignments_t){batch->n, batch->assignments};
}

/* An assignment that was scored. */
typedef struct {
    const uint16_t *assignment; /* (L, A); NULL: there is none */
    score_t score;
} scored_assignment_t;

static inline scored_assignment_t batch_sample(const batch_t *batch, size_t sample)
{
    return (scored_assignment_t){batch_assignment(batch, sample), batch->scores[sample]};
}

/* In messages, streams and checkpoints: its score (score_pack), then its assignment; a multiple of
   8 bytes, aligned as float64. Unpacked, the assignment is where it lies in the bytes. */
size_t scored_assignment_bytes(const problem_t *problem);
void scored_assignment_pack(const problem_t *problem, const scored_assignment_t *from, void *bytes);
scored_assignment_t scored_assignment_unpack(const problem_t *problem, const void *bytes);

/* Score the first n assignments of the batch: evaluate what is not known of them, and fill all that
   is below the assignments. CONFX_STATUS_MEMORY, or what the model says. */
confx_status_t problem_score(problem_t *problem, batch_t *batch);

#endif
