/* What a problem's points cost, sampled or not: for certificates, tables and pictures, never for a
   search. */
#ifndef CONFX_FIGURES_H
#define CONFX_FIGURES_H

#include "confx/problem.h"

/* All metrics of a point, as the model has them. False: invalid, or not evaluated of an expensive
   model: then sampled metrics are NaN. */
bool problem_metrics(problem_t *problem, size_t distinct, uint64_t point, double *metrics);
/* `objective` is the layer's own of the first objective; where that is a product of sums,
   problem_factors tells the parts that add up, else it is the first of them and 1 the second. */
bool problem_adds_up(const problem_t *problem);
bool problem_look(problem_t *problem, size_t distinct, uint64_t point, double *objective,
                  double *need);
/* What a sample reveals of a point first: its share of the first objective (term_share). NaN: it is
   invalid, or not known. */
double problem_share(problem_t *problem, size_t distinct, uint64_t point);
bool problem_factors(problem_t *problem, size_t distinct, uint64_t point, double factors[FACTORS],
                     double *need);
/* Own values of a point of each constraint, static or not (term_layer, NaN as infinite), into
   `values` (constraints_n). False: invalid, or not known. */
bool problem_constraints(problem_t *problem, size_t distinct, uint64_t point, double *values);

/* What one of several networks comes to under an assignment (L, A): all metrics of its layers added
   up as in the log, without weights, and the score that they have by themselves, with theirs. Of a
   sum the objectives of all networks add up to that of the assignment, of the worst the largest is
   it. */
void problem_network(problem_t *problem, const uint16_t *assignment, size_t network,
                     double *metrics, score_t *score);

/* The least index of the first axis that is known to be enough for a layer whose other axes are
   those of point `rest`, which has index 0 on the first: at larger ones every valid point has the
   same sampled metrics and needs no less, so that none of them is ever worth choosing. The largest
   index where nothing is known. */
size_t problem_enough(problem_t *problem, size_t distinct, uint64_t rest);

/* How much an axis can change under this hardware: the largest relative change of a layer's
   objective, and of its need, over the levels of that axis, the others fixed. Evaluates every
   level. */
typedef struct {
    double objective, need;
} effect_t;
effect_t problem_axis_effect(problem_t *problem, size_t axis);

/* The cost model's full figures of a layer under an action (A), of a problem that was opened from a
   job, the PEs and the buffer that these are of, its dataflow, with parameters set (alive until the
   model is asked again), and the name of that: for tables. */
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
