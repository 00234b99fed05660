/* What a certificate lets the layers of a problem choose from: one class per distinct layer, as
   many members as the network has such layers. */
#ifndef CERTIFICATE_OFFER_H
#define CERTIFICATE_OFFER_H

#include "certificate/undominated.h"
#include "confx/arena.h"
#include "confx/problem.h"
#include "confx/several.h"

/* A part of a space, or of its choices or points those from `first` on, n > 0 in number. */
typedef struct {
    space_part_t of;
    uint64_t first, n;
} offer_part_t;

/* The points that one kind of layer may be given in an optimum: of the levels all of them; of the
   ranges those whose index on the first axis is no larger than what is enough, since at larger ones
   the layer costs the same and needs no less, and of choices of equal cost the one of lower need is
   taken. The largest index of the first axis is looked at as well, as it sets the scale of all
   needs. */
typedef struct {
    offer_part_t part;
    const uint32_t *enough; /* (rest) of the kind: index of the first axis */
    size_t rows;            /* indices of the first axis to go through, the largest among them */
    uint64_t rest;          /* actions on the other axes */
} offer_range_t;

/* The constraints on sums, static or not, which are the budgets of the knapsack. Constraints on
   maxima are no budgets: they leave out options. */
typedef struct {
    size_t n, constraint[TERMS_MAX];
    double budgets[TERMS_MAX];
    term_t terms[TERMS_MAX]; /* all constraints; options keep the limits on maxima that stand here
                              */
} offer_sums_t;
offer_sums_t offer_sums(const problem_t *problem);
/* The largest sum that a term accepts when `budget` is its limit, rounding included: the proof must
   cover all that a search may use. */
double offer_largest_fitting(const term_t *sum, double budget);

typedef struct {
    size_t classes_n;
    offer_sums_t sums;
    option_class_t *classes;
    const double **second; /* (classes) second factor of each option; 1 where the objective adds up
                            */
    const double **needs;  /* (classes) (options, budgets); where no constraint is on a sum one
                              budget of 0 */
    offer_range_t *ranges; /* (classes) */
    uint32_t *enough;      /* (classes, rest) behind them */
    arena_t arena;
} offer_t;

size_t offer_layers_like(const problem_t *problem, size_t distinct);

/* What an option takes of each constraint on a sum; where there is none a single 0. False: the
   option alone exceeds a limit on a maximum. */
bool offer_need(problem_t *problem, size_t distinct, uint64_t point, const offer_sums_t *sums,
                double *needs);

/* Evaluates the points of the part. Its arena is closed by the caller, also after a failure. */
confx_status_t offer_open(problem_t *problem, offer_part_t part, const offer_sums_t *sums,
                          const solve_watch_t *watch, offer_t *offer);
several_t offer_several(const offer_t *offer);

/* Each kind of objective has its solver; the limits on states are those of one budget. */
confx_status_t offer_solve(const problem_t *problem, const offer_t *offer, knapsack_limits_t limits,
                           knapsack_t *knapsack);

#endif
