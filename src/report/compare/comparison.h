/* A comparison in memory: what each run did, and how the algorithms stand. */
#ifndef REPORT_COMPARISON_H
#define REPORT_COMPARISON_H

#include "confx/arena.h"
#include "confx/compare.h"
#include "report/compare/curve.h"
#include "report/figure.h"

/* Distances from the yardstick that are asked for, in percent. */
#define NEAR_LIST(X)       X(10) X(5) X(1)
#define NEAR_ENUM(percent) NEAR_##percent,
typedef enum { NEAR_LIST(NEAR_ENUM) NEARS } near_t;
#undef NEAR_ENUM

/* Figures of a run; NaN: there is none. */
#define TRIAL_LIST(X)                                                                              \
    X(objective, "")                                                                               \
    X(gap, NULL)                                                                                   \
    X(samples, "samples")                                                                          \
    X(samples_to_10_percent, "samples")                                                            \
    X(samples_to_5_percent, "samples")                                                             \
    X(samples_to_1_percent, "samples")                                                             \
    X(feasible_fraction, NULL)                                                                     \
    X(distinct_evaluations, NULL)                                                                  \
    X(seconds, "s")

/* Columns of the table, one figure per algorithm: X(name, units; "": of the objective). */
#define STANDING_LIST(X)                                                                           \
    X(best, "")                                                                                    \
    X(mean, "")                                                                                    \
    X(worst, "")                                                                                   \
    X(gap_best, NULL)                                                                              \
    X(gap_median, NULL)                                                                            \
    X(gap_worst, NULL)                                                                             \
    X(samples_to_10_percent, "samples")                                                            \
    X(samples_to_5_percent, "samples")                                                             \
    X(samples_to_1_percent, "samples")                                                             \
    X(factor, NULL)                                                                                \
    X(factor_above, NULL)                                                                          \
    X(feasible_fraction, NULL)                                                                     \
    X(distinct_evaluations, NULL)                                                                  \
    X(seconds, "s")

#define FIELD(name, units) double name;
typedef struct {
    curve_t curve;
    TRIAL_LIST(FIELD)
} trial_t;

/* factor: samples to 10 %, in the first algorithm's; where they are not reached, factor_above: it
   is more than that. */
typedef struct {
    STANDING_LIST(FIELD)
} ranking_t;
#undef FIELD

enum { COMPARISON_POINTS_MAX = 4096, COMPARISON_BUDGETS_MAX = 512 };

struct comparison {
    comparison_plan_t plan;
    const job_t *job;     /* the first: what all have in common */
    trial_t *trials;      /* (algorithms, seeds) */
    ranking_t *standings; /* (algorithms) */
    size_t points_n;
    double *points; /* (points_n) numbers of samples at which any curve changes */
    arena_t arena;
};

double comparison_yardstick(const comparison_plan_t *plan); /* NaN: none */
const char *comparison_algorithm(const comparison_t *comparison, size_t algorithm);
const char *comparison_acts_on(const comparison_t *comparison,
                               size_t algorithm); /* "levels", "integers" */
const trial_t *comparison_trial(const comparison_t *comparison, size_t algorithm, size_t seed);
const char *comparison_units(const comparison_t *comparison,
                             const char *units); /* "" is the objective's */
/* "0.1 of the area range", "40 ms of latency and 60 mm^2 of area"; limits: also what these are. */
void comparison_budgets(const comparison_t *comparison, bool limits,
                        char text[COMPARISON_BUDGETS_MAX]);

/* compare_plot.c: for gnuplot. */
confx_status_t comparison_script(const comparison_t *comparison, FILE *script);

/* standing.c: what follows from the trials. */
double ranking_gap(double objective, double yardstick);
void ranking_judge(trial_t *trial, double yardstick); /* gap and samples to come near */
confx_status_t ranking_make(comparison_t *comparison);

#endif
