/* How the algorithms stand. */
#include "confx/array.h"
#include "confx/try.h"
#include "report/compare/comparison.h"

#include <math.h>
#include <stdlib.h>

double ranking_gap(double objective, double yardstick)
{
    const bool measures = isfinite(yardstick) && yardstick != 0;
    return measures ? (objective - yardstick) / fabs(yardstick) : NAN;
}

void ranking_judge(trial_t *trial, double yardstick)
{
    const bool measures = isfinite(yardstick) && yardstick != 0;
    trial->gap = ranking_gap(trial->objective, yardstick);
#define REACH(percent)                                                                             \
    trial->samples_to_##percent##_percent =                                                        \
        measures ? curve_reach(&trial->curve, yardstick + 0.01 * (percent)*fabs(yardstick)) : NAN;
    NEAR_LIST(REACH)
#undef REACH
}

/* Sorted: values that are not there come last, so the last is NaN where one is missing. */
static void ranking_spread(double *values, size_t n, double *least, double *median, double *most)
{
    *median = array_median(values, n);
    *least = values[0];
    *most = values[n - 1];
}

static double ranking_mean(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += values[i];
    return sum / (double)n;
}

static void ranking_stand(const trial_t *trials, size_t n, double *values, ranking_t *standing)
{
    double median;
#define GATHER(name)                                                                               \
    for (size_t i = 0; i < n; i++) values[i] = trials[i].name;
#define MEDIAN(percent)                                                                            \
    GATHER(samples_to_##percent##_percent)                                                         \
    standing->samples_to_##percent##_percent = array_median(values, n);
#define MEAN(name) GATHER(name) standing->name = ranking_mean(values, n);
    /* The median sorts the values, so each figure is gathered anew; the mean of the objective is
       taken before, in the order of the seeds. */
    GATHER(objective)
    standing->mean = ranking_mean(values, n);
    ranking_spread(values, n, &standing->best, &median, &standing->worst);
    GATHER(gap)
    ranking_spread(values, n, &standing->gap_best, &standing->gap_median, &standing->gap_worst);
    NEAR_LIST(MEDIAN)
    MEAN(feasible_fraction)
    MEAN(distinct_evaluations)
    MEAN(seconds)
#undef MEAN
#undef MEDIAN
#undef GATHER
}

static void ranking_compare_with_first(const ranking_t *first, double samples, ranking_t *standing)
{
    const double own = standing->samples_to_10_percent;
    standing->factor = own / first->samples_to_10_percent;
    standing->factor_above = isnan(own) ? samples / first->samples_to_10_percent : NAN;
}

confx_status_t ranking_make(comparison_t *comparison)
{
    const size_t seeds_n = comparison->plan.seeds_n;
    double *values = malloc(seeds_n * sizeof *values);
    if (!values)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the figures of %zu seeds", seeds_n);
    for (size_t i = 0; i < comparison->plan.algorithms_n; i++) {
        ranking_stand(comparison_trial(comparison, i, 0), seeds_n, values,
                      &comparison->standings[i]);
        /* The first algorithm is compared with itself; its standing is complete by then, as the
           loop begins with it. */
        ranking_compare_with_first(&comparison->standings[0],
                                   (double)comparison->job->search.samples,
                                   &comparison->standings[i]);
    }
    free(values);
    return status_ok();
}
