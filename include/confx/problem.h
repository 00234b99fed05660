/* The problem: workload x space x model x terms, as searches see it. It shows no more than the
   rules allow: needs (of the static constraints, of any action) are open to all, objectives only of
   assignments that were scored. */
#ifndef CONFX_PROBLEM_H
#define CONFX_PROBLEM_H

#include "confx/job.h"
#include "confx/needs.h"
#include "confx/workload.h"

typedef struct problem problem_t;

/* workload, dataflows and hardware must stay alive as long as the problem. Depthwise layers use
   `depthwise`. Where the job's space lists several of either they are in the arrays, in its order,
   else these may be NULL. A budget below the least any assignment needs is CONFX_STATUS_INFEASIBLE;
   one that integers alone may fit is opened for certificates. The caller closes. */
typedef struct {
    const confx_workload_t *workload;
    const confx_dataflow_t *dataflow, *depthwise;
    const confx_hardware_t *hardware;
    const job_t *job; /* objective, budget, actions, space; read at opening only */
    const confx_dataflow_t *const *dataflows, *const *depthwises;
    const confx_dataflow_t *budget_of; /* whose range a fraction of the budget is of, in place of
                                          the job's; NULL: its own. Read at opening only */
} problem_parts_t;
confx_status_t problem_open(const problem_parts_t *parts, problem_t **problem);
/* With another model than the cost room's, which is the problem's to close, come what may. */
confx_status_t problem_open_model(const problem_parts_t *parts, const model_t *model,
                                  problem_t **problem);

/* From parts of any kind. Space and model are the problem's to close from here on, also after a
   failure. A fraction that is a number replaces the limit of its constraint by min + fraction (max
   - min), where min and max are the least and the largest value among the uniform assignments at
   the extreme levels of the axes. If such a level is illegal for a layer, the layer takes one of
   its legal levels instead: that of the least value for min, and that of the largest for max, so
   that only legal assignments count. CONFX_STATUS_INPUT where this would take evaluations of an
   expensive model, of which none is made here, and CONFX_STATUS_INFEASIBLE as above. */
typedef struct {
    const confx_workload_t *workload;
    space_t *space;
    const model_t *model;
    const terms_t *terms;
    double fractions[TERMS_MAX]; /* by constraint; NaN: its limit holds */
} problem_design_t;
confx_status_t problem_make(const problem_design_t *design, problem_t **problem);
void problem_close(problem_t *problem);
/* CONFX_STATUS_INFEASIBLE where nothing of the levels fits, with which searches begin. */
confx_status_t problem_levels_fit(const problem_t *problem);

const space_t *problem_space(const problem_t *problem);
const model_t *problem_model(const problem_t *problem);
const terms_t *problem_terms(const problem_t *problem);

/* ---- what is known before any sample --------------------------------------------------------- */

const confx_workload_t *problem_workload(const problem_t *problem);
size_t problem_layers(const problem_t *problem);   /* L */
size_t problem_distinct(const problem_t *problem); /* D */
size_t problem_distinct_of(const problem_t *problem, size_t layer);
membership_t problem_membership(const problem_t *problem, size_t distinct); /* of its first layer */

/* Is there such a design, as far as can be told before any sample (model.h)? No sample has a layer
   with another action. */
bool problem_is_legal(problem_t *problem, size_t distinct, uint64_t point);
uint64_t problem_illegal(const problem_t *problem); /* choices, of all layers together */

/* What an action takes of the static constraints, and as one number (terms_weight), infinite where
   it is illegal; of an invalid point as if it were valid. */
need_t problem_needs(problem_t *problem, size_t distinct, uint64_t point);
double problem_need(problem_t *problem, size_t distinct, uint64_t point);
/* Of the legal levels the one that needs least. */
uint64_t problem_least_point(const problem_t *problem, size_t distinct);
double problem_budget(const problem_t *problem); /* terms_scale: what weights are held against */

/* For a space whose first axes have one value for the whole network, and whose static constraints
   are all on maxima. fits_layer: may a layer have the point, whatever the other layers have?
   shares: may all layers have these values of the network's axes (the first ones of an action),
   each with some legal choice on its other axes? There are such values where levels fit. */
bool problem_fits_layer(problem_t *problem, size_t distinct, uint64_t point);
bool problem_shares(problem_t *problem, const uint16_t *action);

/* Of an assignment (L, A): the point of a layer, and the way back; what a layer's action needs as
   one number; what all layers need together, in the network's order. */
uint64_t problem_point(const problem_t *problem, const uint16_t *assignment, size_t layer);
void problem_put(const problem_t *problem, uint16_t *assignment, size_t layer, uint64_t point);
/* Each layer gets the action that stands for all that mean the same to it (space_canonical). */
void problem_canonical(const problem_t *problem, uint16_t *assignment);
double problem_layer_need(problem_t *problem, const uint16_t *assignment, size_t layer);
need_t problem_assignment_needs(problem_t *problem, const uint16_t *assignment);
/* May it be within the limits, by what is known before sampling, and are all its actions legal? */
bool problem_fits(problem_t *problem, const uint16_t *assignment);

/* What budget fractions refer to: least and largest of the uniform assignments above. */
double problem_need_least(const problem_t *problem);
double problem_need_most(const problem_t *problem);

/* Has each layer a cost of its own? Else samples reveal totals alone: where the model scores whole
   networks, or the first objective is a product of sums that both must be sampled. */
bool problem_has_layers(const problem_t *problem);

/* What a layer, or all layers of an assignment, add to the known sum that the first objective is
   multiplied with (term_known); 0 where there is none. */
double problem_known(problem_t *problem, size_t distinct, uint64_t point);
double problem_assignment_known(problem_t *problem, const uint16_t *assignment);

/* ---- scores ---------------------------------------------------------------------------------- */

/* problem_scores evaluates what is not known of the assignments, waits for it, and gives their
   scores: NaN where a point is invalid or the model failed on it at every try. CONFX_STATUS_MEMORY,
   or what the model says. */
typedef struct {
    size_t n;
    const uint16_t *assignments; /* (n, L, A) */
} assignments_t;
confx_status_t problem_scores(problem_t *problem, const assignments_t *assignments,
                              score_t *scores);
/* What stands for it among others. */
uint64_t problem_key(problem_t *problem, const uint16_t *assignment);

#endif
