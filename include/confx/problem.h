/* The problem: which actions there are, what they need of the budget, what an assignment scores. It
   is what a search sees, and it shows no more than the rules allow: needs (the constraint of any
   action) are open to all, objectives only of assignments that were scored (src/cost/README.md for
   the numbers behind them). */
#ifndef CONFX_PROBLEM_H
#define CONFX_PROBLEM_H

#include "confx/cost.h"
#include "confx/job.h"
#include "confx/status.h"
#include "confx/workload.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How one (distinct layer, PEs, buffer) is scored: the cost model, or a stand-in of tests. False:
   an invalid point, which can be neither chosen nor rewarded; the numbers are then ignored. An
   objective that does not add up is a product of FACTORS sums over the layers, and the layer's part
   of each is given: EDP's are cycles and nJ. */
enum { FACTORS = 2 };
typedef struct {
    void *context;
    bool (*evaluate)(void *context, size_t distinct, uint32_t pes, uint32_t buffer, double *factors,
                     double *need);
} evaluator_t;

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
confx_status_t problem_open_with(const problem_parts_t *parts, evaluator_t evaluator,
                                 problem_t **problem);
void problem_close(problem_t *problem);

/* ---- what is known before any sample --------------------------------------------------------- */

const confx_workload_t *problem_workload(const problem_t *problem);
size_t problem_layers(const problem_t *problem);   /* L */
size_t problem_distinct(const problem_t *problem); /* D */
size_t problem_distinct_of(const problem_t *problem, size_t layer);

size_t problem_levels(const problem_t *problem, size_t head); /* head 0: PEs, 1: buffer */
const uint32_t *problem_level_values(const problem_t *problem, size_t head);
uint32_t problem_pe_max(const problem_t *problem); /* integers 1 .. largest level */
uint32_t problem_buffer_max(const problem_t *problem);

/* Points: all integer actions of a layer in one number, (pes - 1) x buffer_max + (buffer - 1). */
size_t problem_points(const problem_t *problem);
size_t problem_point(const problem_t *problem, uint32_t pes, uint32_t buffer);
void problem_unpoint(const problem_t *problem, size_t point, uint32_t *pes, uint32_t *buffer);

/* Need of an action (constraint's unit); of an invalid point, that of the same hardware all the
   same. */
double problem_need(problem_t *problem, size_t distinct, size_t point);
size_t problem_least_point(const problem_t *problem,
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

/* By what assignments within the budget are compared: the objective, and of equals what they need
   of each constraint, in the order in which the job gives them. Every choice of a better one goes
   by this. */
enum { CONSTRAINTS = 1 };
typedef struct {
    double objective; /* NaN: there is none, which any other one betters */
    double needs[CONSTRAINTS];
} score_t;

/* Negative: `one` is better; positive: `other` is; 0: they are equal, and the earlier one stays. */
int score_compare(const score_t *one, const score_t *other);
score_t batch_score(const batch_t *batch, size_t sample);

/* The whole cost of a point, for tables and certificates; not for a search. False: invalid.
   `objective` is the layer's own; where it does not add up, problem_factors tells the parts that
   do. */
bool problem_adds_up(const problem_t *problem);
bool problem_look(problem_t *problem, size_t distinct, size_t point, double *objective,
                  double *need);
bool problem_factors(problem_t *problem, size_t distinct, size_t point, double factors[FACTORS],
                     double *need);
/* The least number of PEs that is known to be enough for a layer under a buffer: on more of them
   every valid point has the same factors and needs no less, so that none of them is ever worth
   choosing. The largest level where nothing is known, as of a stand-in evaluator. Not for a
   search. */
uint32_t problem_enough_pes(problem_t *problem, size_t distinct, uint32_t buffer);
/* The cost model's full figures of a layer under an action, for tables. */
void problem_explain(const problem_t *problem, size_t layer, uint32_t pes, uint32_t buffer,
                     confx_cost_t *cost);

#endif
