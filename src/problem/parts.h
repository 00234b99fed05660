/* The problem from inside its room. */
#ifndef PROBLEM_PARTS_H
#define PROBLEM_PARTS_H

#include "confx/batch.h"
#include "confx/figures.h"
#include "problem/flows.h"
#include "problem/key_table.h"
#include "problem/looked.h"

#include <math.h>

struct problem {
    const confx_workload_t *workload;
    problem_parts_t parts; /* of a job; NULLs where there is none */
    flows_t *flows;        /* likewise; closed with it */
    space_t *space;
    model_t model;
    terms_t terms;
    bool is_single;        /* the only constraint is a static sum: needs are weights */
    membership_t *members; /* (D) of the first layer of each kind */
    double need_least,
        need_most; /* what a fraction of the first limit refers to; NaN where there is none */
    confx_status_t levels; /* why no level fits, where integers may */
    uint64_t *least_point; /* (D) of the levels */
    uint64_t *illegal_of;  /* (D) choices that are illegal */
    uint64_t *points;      /* (L) scratch */

    /* What was evaluated: of a model of layers by distinct x points + point, else by the key of an
       assignment. */
    key_table_t known;
    double *metrics; /* (known.n, metrics_n) sampled ones NaN at an invalid point */
    double *weights; /* (known.n) of the needs */
    bool *illegal;   /* (known.n) invalid, by a model whose validity is static */
    size_t room;     /* rows of these three */
    bool is_large;   /* these have what was sampled alone */
    looked_t looked; /* then: what was looked at */
};

/* The values that something takes. */
typedef struct {
    double least, most;
} problem_range_t;

static inline void problem_widen(problem_range_t *range, double value)
{
    range->least = fmin(range->least, value);
    range->most = fmax(range->most, value);
}

uint64_t problem_row_key(const problem_t *problem, size_t distinct, uint64_t point);
confx_status_t problem_reserve(problem_t *problem, size_t rows); /* room for so many evaluations */
void problem_weigh(problem_t *problem); /* all that is there anew, when a limit has changed */
/* Metrics of a layer's point, in the table or in `scratch` (MODEL_METRICS): evaluated if the model
   is cheap, and it is not there yet. NULL: not known, and not to be had at once. Alive until the
   next evaluation. network_row: those of an assignment, by its key. */
const double *problem_row(problem_t *problem, size_t distinct, uint64_t point, double *scratch);
const double *problem_network_row(const problem_t *problem, uint64_t key);

/* A layer's own value of a term, which is one of the problem's. */
double problem_term(problem_t *problem, const term_t *term, size_t distinct, uint64_t point);

#endif
