/* Searches of one job side by side: the same number of samples for each algorithm, several seeds
   each. What their run.h5 say, as a table, a file of curves and a picture. A curve is the best
   feasible objective after so many samples, exact to the sample however many an update draws. Gaps
   are (objective - yardstick) / |yardstick|, the yardstick being the proven optimum, else the
   bound, and the same for all. */
#ifndef CONFX_COMPARE_H
#define CONFX_COMPARE_H

#include "confx/guard.h"
#include "confx/job.h"

#include <stdio.h>

typedef struct comparison comparison_t;

/* All of it must stay alive as long as the comparison. */
typedef struct {
    const job_t *const *jobs; /* (algorithms, seeds); the output of each is its run directory */
    size_t algorithms_n, seeds_n;
    const bool *integers;    /* (algorithms) acts on all integers, otherwise on the levels alone */
    const char *const *told; /* (algorithms) what it is told beside totals and constraints, as the
                                column `told` says it */
    const char *network, *accounting; /* the accounting is that of all runs */
    bool over_integers; /* the two figures below are over all integers, otherwise over the levels */
    double budgets[JOB_BUDGETS_MAX]; /* the jobs' limits themselves, which fractions do not tell */
    double lower_bound, optimum;
    double levels; /* optimum over the levels where the yardstick is over integers; NaN: not asked
                      or not proven */
} comparison_plan_t;

/* Read all runs. One that left no run.h5 is known by nothing but NaN; a damaged one is
   CONFX_STATUS_DAMAGED. The caller closes. */
confx_status_t comparison_open(const comparison_plan_t *plan, comparison_t **comparison);
void comparison_close(comparison_t *comparison);

/* A row per algorithm: best, mean and worst objective over the seeds ("-" where one found nothing
   feasible), the median gap, the median of samples to come within 10, 5 and 1 % ("-": most did
   not), how many times the first algorithm's samples to 10 % that is, and means of feasible share,
   distinct cost evaluations and seconds. */
confx_status_t comparison_print(const comparison_t *comparison, FILE *out);
confx_status_t comparison_json(const comparison_t *comparison,
                               FILE *out); /* the same, and each run's figures */

/* DIRECTORY/compare.csv and compare.h5, each as a whole. In compare.h5:
       /samples (points)                     numbers of samples at which any curve changes (thinned
                                             above 4096)
       /best (algorithms, seeds, points)     the curves; NaN before the first feasible sample and
                                             beyond the last
       /algorithm, /acts_on, /told (algorithms), /seed (seeds)
       /table/NAME (algorithms)              the columns of compare.csv
       /runs/NAME (algorithms, seeds)        objective, gap, samples, samples_to_10_percent, ...
       /yardstick/lower_bound, optimum, levels_optimum
   and the attributes `accounting` and `run_id`, which is kept when it goes on, among others. */
confx_status_t comparison_write(const comparison_t *comparison, const char *directory,
                                const guard_t *guard);

/* DIRECTORY/compare.svg: gap against samples, both logarithmic, a line for the median over seeds, a
   band from best to worst. Without gnuplot CONFX_STATUS_IO. */
confx_status_t comparison_plot(const comparison_t *comparison, const char *directory,
                               const guard_t *guard);

#endif
