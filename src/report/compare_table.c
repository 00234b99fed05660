/* The comparison as a table on the terminal, and compare.csv. */
#include "axis.h"
#include "compare_files.h"
#include "comparison.h"
#include "confx/compose.h"
#include "confx/try.h"
#include "figure.h"

#include <math.h>

/* ---- what is compared ---------------------------------------------------------------------------------------------
 */

figure_t comparison_budget(const job_t *job)
{
    figure_t figure;
    const double fraction = job_budget_fraction(&job->budget);
    const char *constraint = constraint_name(job->budget.constraint);
    if (isnan(fraction))
        (void)snprintf(figure.text, sizeof figure.text, "%.40s of %s",
                       figure_quantity(*job->budget.limit, constraint_units(job->budget.constraint)).text, constraint);
    else
        (void)snprintf(figure.text, sizeof figure.text, "%g of the %s range", fraction, constraint);
    return figure;
}

static void print_task(const comparison_t *comparison, FILE *out)
{
    const job_t *job = comparison->job;
    const bool layer = job_feedback(job) == FEEDBACK_LAYER;
    const uint64_t seed = job->search.seed;
    out_print(out, "Compared   %s, dataflow %s, hardware %s: least %s within %s\n", comparison->plan.network,
              job->dataflow, job->hardware, objective_name(job->objective), comparison_budget(job).text);
    out_print(out, "League     %s: a sample reveals %s\n", layer ? "layer" : "total",
              layer ? "what each layer costs" : "its total alone");
    out_print(out, "Samples    %s for each search, seeds %llu to %llu\n",
              figure_number((double)job->search.samples).text, (unsigned long long)seed,
              (unsigned long long)(seed + comparison->plan.seeds_n - 1));
}

static bool any_on_levels(const comparison_plan_t *plan)
{
    for (size_t i = 0; i < plan->algorithms_n; i++)
        if (!plan->integers[i]) return true;
    return false;
}

static void print_yardstick(const comparison_t *comparison, FILE *out)
{
    const comparison_plan_t *plan = &comparison->plan;
    const double yardstick = comparison_yardstick(plan);
    if (isnan(yardstick)) {
        fputs("Gap        none: no bound is known for this objective\n", out);
        return;
    }
    out_print(out, "Gap        to the proven %s over %s, %s\n", isnan(plan->optimum) ? "lower bound" : "optimum",
              plan->over_integers ? "all integers up to the largest level" : "the levels, which all of these act on",
              figure_quantity(yardstick, comparison_units(comparison, "")).text);
    if (!plan->over_integers || !any_on_levels(plan)) return;
    fputs("           *: acts on the levels alone", out);
    if (!isnan(plan->levels))
        out_print(out, ", whose optimum has a gap of %s", figure_percent(standing_gap(plan->levels, yardstick)).text);
    fputc('\n', out);
}

/* ---- the table ----------------------------------------------------------------------------------------------------
 */

static axis_t unit_of(const comparison_t *comparison)
{
    axis_t axis = axis_begin();
    for (size_t i = 0; i < comparison->plan.algorithms_n; i++) axis_cover(&axis, comparison->standings[i].best);
    axis_finish(&axis);
    return axis;
}

static figure_t name_of(const comparison_t *comparison, size_t i)
{
    figure_t name;
    const bool marked = comparison->plan.over_integers && !comparison->plan.integers[i];
    (void)snprintf(name.text, sizeof name.text, "%s%s", comparison_algorithm(comparison, i), marked ? " *" : "");
    return name;
}

static figure_t share_of(double share)
{
    const figure_t none = {"-"};
    return isnan(share) ? none : figure_percent(share);
}

static figure_t gap_of(double gap)
{
    const double nothing = 1e-9; /* the rounding of a sum */
    return share_of(fabs(gap) < nothing ? 0 : gap);
}

static figure_t factor_of(const standing_t *standing)
{
    figure_t figure = {"-"};
    const bool above = isnan(standing->factor);
    const double factor = above ? standing->factor_above : standing->factor;
    if (!isnan(factor)) (void)snprintf(figure.text, sizeof figure.text, "%s%.3g", above ? ">" : "", factor);
    return figure;
}

static void print_row(const comparison_t *comparison, size_t i, double unit, FILE *out)
{
    const standing_t *standing = &comparison->standings[i];
    out_print(out, " %-19s %9s %9s %9s %9s", name_of(comparison, i).text, figure_number(standing->best / unit).text,
              figure_number(standing->mean / unit).text, figure_number(standing->worst / unit).text,
              gap_of(standing->gap_median).text);
    out_print(out, " %7s %6s %6s %6s", figure_fixed(round(standing->samples_to_10_percent), 0).text,
              figure_fixed(round(standing->samples_to_5_percent), 0).text,
              figure_fixed(round(standing->samples_to_1_percent), 0).text, factor_of(standing).text);
    out_print(out, " %8s %9s %7s\n", share_of(standing->feasible_fraction).text,
              figure_fixed(round(standing->distinct_evaluations), 0).text,
              isnan(standing->seconds) ? "-" : figure_number(figure_round(standing->seconds)).text);
}

static void print_head(FILE *out)
{
    out_print(out, "\n %-19s %29s %9s %21s %6s %8s %9s\n", "", "", "gap", "samples to come to", "", "", "distinct");
    out_print(out, " %-19s %9s %9s %9s %9s %7s %6s %6s %6s %8s %9s %7s\n", "algorithm", "best", "mean", "worst",
              "(median)", "10 %", "5 %", "1 %", "factor", "feasible", "points", "seconds");
}

confx_status_t comparison_print(const comparison_t *comparison, FILE *out)
{
    const axis_t axis = unit_of(comparison);
    print_task(comparison, out);
    print_yardstick(comparison, out);
    out_print(out, "Objective  %s in %s%s\n", objective_name(comparison->job->objective), axis.prefix,
              comparison_units(comparison, ""));
    print_head(out);
    for (size_t i = 0; i < comparison->plan.algorithms_n; i++) print_row(comparison, i, axis.unit, out);
    out_print(out, "\nfactor: samples to come within 10 %%, in those of %s\n", comparison_algorithm(comparison, 0));
    if (fflush(out) || ferror(out)) return status_fail(CONFX_STATUS_IO, "the comparison cannot be written");
    return status_ok();
}

/* ---- compare.csv --------------------------------------------------------------------------------------------------
 */

static void print_number(double value, FILE *out)
{
    fputc(',', out);
    if (!isnan(value)) out_print(out, "%.17g", value);
}

void comparison_print_csv(const comparison_t *comparison, FILE *out)
{
    fputs("algorithm,acts_on,seeds", out);
#define HEAD(name, units) fputs("," #name, out);
    STANDING_LIST(HEAD)
#undef HEAD
    fputs(",units\n", out);
    for (size_t i = 0; i < comparison->plan.algorithms_n; i++) {
        const standing_t *standing = &comparison->standings[i];
        out_print(out, "%s,%s,%zu", comparison_algorithm(comparison, i), comparison_acts_on(comparison, i),
                  comparison->plan.seeds_n);
#define CELL(name, units) print_number(standing->name, out);
        STANDING_LIST(CELL)
#undef CELL
        out_print(out, ",%s\n", comparison_units(comparison, ""));
    }
}
