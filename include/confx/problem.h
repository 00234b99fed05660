/* The problem: workload x space x model x terms, as searches see it. It shows no more than the
   rules allow: needs (of the static constraints, of any action) are open to all, objectives only of
   assignments that were scored. */
#ifndef CONFX_PROBLEM_H
#define CONFX_PROBLEM_H

#include "confx/job.h"
#include "confx/terms.h"
#include "confx/workload.h"

typedef struct problem problem_t;

/* workload, dataflows and hardware must stay alive as long as the problem. Depthwise layers use
   `depthwise`. A budget below the least any assignment needs is CONFX_STATUS_INFEASIBLE. The caller
   closes. */
typedef struct {
    const confx_workload_t *workload;
    const confx_dataflow_t *dataflow, *depthwise;
    const confx_hardware_t *hardware;
    const job_t *job; /* objective, budget, actions; read at opening only */
} problem_parts_t;
confx_status_t problem_open(const problem_parts_t *parts, problem_t **problem);
/* The same with another model than the cost room's; it is the problem's to close from here on,
   whatever comes of it. */
confx_status_t problem_open_model(const problem_parts_t *parts, const model_t *model,
                                  problem_t **problem);

/* From parts of any kind. Space and model are the problem's to close from here on, whatever comes
   of it. A fraction that is a number takes the place of a constraint's limit: that much of the way
   from the least to the largest value among the uniform assignments made of the extreme levels.
   CONFX_STATUS_INPUT where that would take evaluations of an expensive model, of which none is made
   here, and CONFX_STATUS_INFEASIBLE as above. */
typedef struct {
    const confx_workload_t *workload;
    space_t *space;
    const model_t *model;
    const terms_t *terms;
    double fractions[TERMS_MAX]; /* by constraint; NaN: its limit holds */
} problem_design_t;
confx_status_t problem_make(const problem_design_t *design, problem_t **problem);
void problem_close(problem_t *problem);

const space_t *problem_space(const problem_t *problem);
const model_t *problem_model(const problem_t *problem);
const terms_t *problem_terms(const problem_t *problem);

/* ---- what is known before any sample --------------------------------------------------------- */

const confx_workload_t *problem_workload(const problem_t *problem);
size_t problem_layers(const problem_t *problem);   /* L */
size_t problem_distinct(const problem_t *problem); /* D */
size_t problem_distinct_of(const problem_t *problem, size_t layer);

size_t problem_levels(const problem_t *problem, size_t head); /* head 0: PEs, 1: buffer */
const uint32_t *problem_level_values(const problem_t *problem, size_t head);
uint32_t problem_pe_max(const problem_t *problem); /* integers 1 .. largest level */
uint32_t problem_buffer_max(const problem_t *problem);

/* Views of the space of a job, whose axes are the number of PEs and the buffer, for callers that
   still name these. */
size_t problem_points(const problem_t *problem);
size_t problem_point(const problem_t *problem, uint32_t pes, uint32_t buffer);
void problem_unpoint(const problem_t *problem, size_t point, uint32_t *pes, uint32_t *buffer);

/* What an action takes of the static constraints, and as one number (terms_weight); of an invalid
   point as if it were valid. */
need_t problem_needs(problem_t *problem, size_t distinct, uint64_t point);
double problem_need(problem_t *problem, size_t distinct, uint64_t point);
uint64_t problem_least_point(const problem_t *problem,
                             size_t distinct); /* of the levels the one that needs least */
constraint_t problem_constraint(const problem_t *problem);
double problem_budget(const problem_t *problem);
bool problem_fits(const problem_t *problem,
                  double need); /* within the budget, up to the rounding of a sum */

/* Least and largest of the four uniform assignments made of the extreme levels: what budget
   fractions refer to. */
double problem_need_least(const problem_t *problem);
double problem_need_most(const problem_t *problem);

/* How much a head can change under this hardware: the largest relative change of a layer's
   objective, and of its need, over the levels of that head, the other head fixed. Evaluates every
   level; not for a search. */
typedef struct {
    double objective, need;
} effect_t;
effect_t problem_head_effect(problem_t *problem, size_t head);

/* log10 of the number of assignments: over the levels, and over the integers. */
double problem_space_levels(const problem_t *problem);
double problem_space_integers(const problem_t *problem);

/* ---- samples --------------------------------------------------------------------------------- */

/* Up to `capacity` assignments and their scores: those of one block or island. */
typedef struct {
    size_t capacity, n, layers; /* E, filled, L */
    uint16_t *pes, *buffer;     /* (E, L) integers */
    double *cost; /* (E, L) each layer's own objective, its share where they add up; NaN: invalid */
    double *need; /* (E, L) */
    double *objective;  /* (E) NaN when a point is invalid */
    double *constraint; /* (E) */
    uint8_t *feasible;  /* (E) within the budget, all points valid */
} batch_t;

confx_status_t batch_open(size_t capacity, size_t layers, batch_t *batch);
void batch_close(batch_t *batch);

/* Score the first n assignments of the batch: everything below pes and buffer is filled. */
void problem_score(problem_t *problem, batch_t *batch);

score_t batch_score(const batch_t *batch, size_t sample);

/* Assignments of any space: evaluate what is not known of them, and wait for it; and their scores
   as well, NaN where a point is invalid or the model failed on it to the last. CONFX_STATUS_MEMORY,
   or what the model says. */
typedef struct {
    size_t n;
    const uint16_t *assignments; /* (n, L, A) */
} assignments_t;
confx_status_t problem_evaluate(problem_t *problem, const assignments_t *assignments);
confx_status_t problem_scores(problem_t *problem, const assignments_t *assignments,
                              score_t *scores);
/* Of one whose points (L), canonical, are evaluated: also each layer's own objective and need
   (L). */
void problem_total(problem_t *problem, const uint64_t *points, double *cost, double *need,
                   score_t *score);
/* What stands for an assignment among others (space_key of its canonical points). */
uint64_t problem_key(problem_t *problem, const uint16_t *assignment);

/* All metrics of a point, as the model has them; not for a search. False: invalid, or not evaluated
   of an expensive model: then sampled metrics are NaN. `objective` is the layer's own of the first
   objective; where that is a product of sums, problem_factors tells the parts that add up, else it
   is the first of them and 1 the second. */
bool problem_metrics(problem_t *problem, size_t distinct, uint64_t point, double *metrics);
bool problem_adds_up(const problem_t *problem);
bool problem_look(problem_t *problem, size_t distinct, uint64_t point, double *objective,
                  double *need);
bool problem_factors(problem_t *problem, size_t distinct, uint64_t point, double factors[FACTORS],
                     double *need);
/* The least index of the first axis that is known to be enough for a layer whose other axes are
   those of point `rest`, which has index 0 on the first: at larger ones every valid point has the
   same sampled metrics and needs no less, so that none of them is ever worth choosing. The largest
   index where nothing is known. Not for a search. */
size_t problem_enough(problem_t *problem, size_t distinct, uint64_t rest);
uint32_t problem_enough_pes(problem_t *problem, size_t distinct, uint32_t buffer);
/* The cost model's full figures of a layer under an action, for tables. */
void problem_explain(const problem_t *problem, size_t layer, uint32_t pes, uint32_t buffer,
                     confx_cost_t *cost);

#endif
