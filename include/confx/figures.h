/* What a problem's points cost, sampled or not: for certificates, tables and pictures, never for a
   search. */
#ifndef CONFX_FIGURES_H
#define CONFX_FIGURES_H

#include "confx/problem.h"

/* All metrics of a point, as the model has them. False: invalid, or not evaluated of an expensive
   model: then sampled metrics are NaN. */
bool problem_metrics(problem_t *problem, size_t distinct, uint64_t point, double *metrics);
/* Does the first objective add up over layers? If so `objective` is the layer's own value of it. If
   it is a product of two sums, problem_factors gives the layer's part of each sum; of any other
   objective it gives the layer's own value and 1. */
bool problem_adds_up(const problem_t *problem);
bool problem_look(problem_t *problem, size_t distinct, uint64_t point, double *objective,
                  double *need);
/* What a sample reveals of a point first: its share of the first objective (term_share). NaN: it is
   invalid, or not known. */
double problem_share(problem_t *problem, size_t distinct, uint64_t point);
bool problem_factors(problem_t *problem, size_t distinct, uint64_t point, double factors[FACTORS],
                     double *need);
/* What a point takes of each constraint, static or not (term_layer; infinite for NaN), into
   `values` (constraints_n). False: the point is invalid, or not known. */
bool problem_constraints(problem_t *problem, size_t distinct, uint64_t point, double *values);

/* The totals of one of several networks under an assignment (L, A): each metric summed over its
   layers as in the log, without weights; and the score of the network alone, with its weight. Where
   the objective is the networks' sum, these objectives add up to that of the assignment; where it
   is the worst network's, the largest of them is that of the assignment. */
void problem_network(problem_t *problem, const uint16_t *assignment, size_t network,
                     double *metrics, score_t *score);

/* From which index of the first axis on larger values are of no use to a layer, the other axes
   being those of the point `rest` (whose index on the first axis is 0): every valid point at a
   larger index has the same sampled metrics and no smaller needs, so it is never worth choosing.
   The largest index where nothing is known. */
size_t problem_enough(problem_t *problem, size_t distinct, uint64_t rest);

/* How much depends on an axis under this hardware: the largest relative change of a layer's
   objective, and of its need, as that axis goes through its levels while the others stay. Evaluates
   every level. */
typedef struct {
    double objective, need;
} effect_t;
effect_t problem_axis_effect(problem_t *problem, size_t axis);

/* For tables, of a problem that was opened from a job. What the cost model tells of a layer under
   an action (A): all its figures; the PEs and the buffer that they are for; the layer's dataflow
   with its parameters set (alive until the model is asked again), and the name of that dataflow. */
void problem_explain(const problem_t *problem, size_t layer, const uint16_t *action,
                     confx_cost_t *cost);
int64_t problem_pes(const problem_t *problem, const uint16_t *action);
int64_t problem_buffer(const problem_t *problem, const uint16_t *action);
const confx_dataflow_t *problem_dataflow(const problem_t *problem, size_t layer,
                                         const uint16_t *action);
const char *problem_dataflow_name(const problem_t *problem, size_t layer, const uint16_t *action);
/* Are the values of the axis names of dataflows? */
bool problem_names_dataflow(const problem_t *problem, size_t axis);

#endif
