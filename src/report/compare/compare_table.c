/* The comparison as a table on the terminal. */
#include "confx/compose.h"
#include "confx/job_words.h"
#include "confx/table_show.h"
#include "confx/text.h"
#include "confx/try.h"
#include "report/compare/comparison.h"
#include "report/figure.h"
#include "report/plot/axis.h"

#include <math.h>

/* ---- what is compared ------------------------------------------------------------------------ */

/* A fraction is not the same area for two dataflows, and a time is as many cycles as the clock
   makes of it: tables are compared by the limit itself. */
static void compare_table_add_budget(const comparison_t *comparison, size_t i, bool limits,
                                     char text[COMPARISON_BUDGETS_MAX])
{
    const job_budget_t *budget = &comparison->job->budgets[i];
    const double fraction = job_budget_fraction(budget);
    const char *constraint = constraint_name(budget->constraint);
    const figure_t limit =
        figure_quantity(comparison->plan.budgets[i], constraint_units(budget->constraint));
    /* A limit in plain units is its own explanation; a fraction or a time is followed by what it
       comes to. */
    const bool told = !isnan(fraction) || budget->is_time;
    if (!isnan(fraction))
        text_append(text, COMPARISON_BUDGETS_MAX, "%g of the %s range%s%.100s", fraction,
                    constraint, budget->of ? " of dataflow " : "", budget->of ? budget->of : "");
    else
        text_append(text, COMPARISON_BUDGETS_MAX, "%.40s of %s",
                    told ? budget->limit_text : limit.text, constraint);
    if (told && limits)
        text_append(text, COMPARISON_BUDGETS_MAX,
                    comparison->job->budgets_n > 1 || budget->is_time ? " (%s)" : ", %s",
                    limit.text);
}

void comparison_budgets(const comparison_t *comparison, bool limits,
                        char text[COMPARISON_BUDGETS_MAX])
{
    text[0] = 0;
    for (size_t i = 0; i < comparison->job->budgets_n; i++) {
        if (i) text_append(text, COMPARISON_BUDGETS_MAX, " and ");
        compare_table_add_budget(comparison, i, limits, text);
    }
}

static void compare_table_print_task(const comparison_t *comparison, FILE *out)
{
    const job_t *job = comparison->job;
    const bool layer = job_feedback(job) == FEEDBACK_LAYER;
    const uint64_t seed = job->search.seed;
    char hardware[JOB_VALUE_MAX];
    char budgets[COMPARISON_BUDGETS_MAX];
    job_value_words(job->tree, JOB_HARDWARE_KEY, ' ', hardware);
    comparison_budgets(comparison, true, budgets);
    out_print(out, "Compared   %s, dataflow %s, hardware %s, accounting %s: %s within %s\n",
              comparison->plan.network, job->dataflow, hardware, comparison->plan.accounting,
              objective_wish(job->objective), budgets);
    out_print(out, "Feedback   %s: a sample reveals %s\n", layer ? "layer" : "total",
              layer ? "what each layer costs" : "its total alone");
    out_print(out, "Samples    %s for each search, seeds %llu to %llu\n",
              figure_number((double)job->search.samples).text, (unsigned long long)seed,
              (unsigned long long)(seed + comparison->plan.seeds_n - 1));
}

static bool compare_table_any_on_levels(const comparison_plan_t *plan)
{
    for (size_t i = 0; i < plan->algorithms_n; i++)
        if (!plan->integers[i]) return true;
    return false;
}

static void compare_table_print_yardstick(const comparison_t *comparison, FILE *out)
{
    const comparison_plan_t *plan = &comparison->plan;
    const double yardstick = comparison_yardstick(plan);
    if (isnan(yardstick)) {
        fputs("Gap        none: no bound is known for this objective\n", out);
        return;
    }
    out_print(out, "Gap        to the proven %s over %s, %s\n",
              isnan(plan->optimum) ? "lower bound" : "optimum",
              plan->over_integers ? "all integers up to the largest level"
                                  : "the levels, which all of these act on",
              figure_quantity(yardstick, comparison_units(comparison, "")).text);
    /* Where all act on the same space there is one yardstick and no more to say. An algorithm that
       is confined to the levels cannot come closer than their optimum, which would look like a
       fault of its own. */
    if (!plan->over_integers || !compare_table_any_on_levels(plan)) return;
    fputs("           *: acts on the levels alone", out);
    if (!isnan(plan->levels))
        out_print(out, ", whose optimum has a gap of %s",
                  figure_percent(ranking_gap(plan->levels, yardstick)).text);
    fputc('\n', out);
}

/* ---- the table ------------------------------------------------------------------------------- */

/* Objectives are shown in the unit that fits them: a million cycles. */
typedef struct {
    const comparison_t *comparison;
    double unit;
} compare_look_t;

static axis_t compare_table_unit(const comparison_t *comparison)
{
    axis_t axis = axis_begin();
    for (size_t i = 0; i < comparison->plan.algorithms_n; i++)
        axis_cover(&axis, comparison->standings[i].best);
    axis_finish(&axis);
    return axis;
}

static double compare_table_gap(double gap)
{
    const double nothing = 1e-9; /* the rounding of a sum */
    return fabs(gap) < nothing ? 0 : gap;
}

static void compare_table_factor(const ranking_t *standing, table_row_t *row)
{
    const bool above = isnan(standing->factor);
    const double factor = above ? standing->factor_above : standing->factor;
    if (isnan(factor))
        table_text(row, "-");
    else
        table_text(row, "%s%.3g", above ? ">" : "", factor);
}

static void compare_table_look_row(const void *of, size_t i, table_row_t *row)
{
    const compare_look_t *look = of;
    const comparison_t *comparison = look->comparison;
    const ranking_t *standing = &comparison->standings[i];
    const bool marked = comparison->plan.over_integers && !comparison->plan.integers[i];
    table_text(row, "%s%s", comparison_algorithm(comparison, i), marked ? " *" : "");
    table_text(row, "%s", comparison->plan.told[i]);
    /* Medians of samples may lie between two whole numbers, and means nearly always do: they are
       shown as whole ones, and kept as they are in the files. */
    table_known(row, standing->best / look->unit);
    table_known(row, standing->mean / look->unit);
    table_known(row, standing->worst / look->unit);
    table_known(row, compare_table_gap(standing->gap_median));
    table_known(row, round(standing->samples_to_10_percent));
    table_known(row, round(standing->samples_to_5_percent));
    table_known(row, round(standing->samples_to_1_percent));
    compare_table_factor(standing, row);
    table_known(row, standing->feasible_fraction);
    table_known(row, round(standing->distinct_evaluations));
    table_known(row, standing->seconds);
}

/* What stands below the heads is no unit in files: samples are, the median and what points are is
   not. */
static const table_column_t compare_look_columns[] = {
    TABLE_WORDS("algorithm"),
    TABLE_WORDS("told"),
    {"best", .type = TABLE_REAL, .format = TABLE_NUMBER},
    {"mean", .type = TABLE_REAL, .format = TABLE_NUMBER},
    {"worst", .type = TABLE_REAL, .format = TABLE_NUMBER},
    {"gap", .unit = "(median)", .type = TABLE_REAL, .format = TABLE_PERCENT},
    {"to 10 %", .unit = "samples", .type = TABLE_REAL, .format = TABLE_FIXED},
    {"to 5 %", .unit = "samples", .type = TABLE_REAL, .format = TABLE_FIXED},
    {"to 1 %", .unit = "samples", .type = TABLE_REAL, .format = TABLE_FIXED},
    {"factor", .type = TABLE_TEXT, .right = true},
    {"feasible", .type = TABLE_REAL, .format = TABLE_PERCENT},
    {"distinct", .unit = "points", .type = TABLE_REAL, .format = TABLE_FIXED},
    {"seconds", .type = TABLE_REAL, .format = TABLE_ESTIMATE}};

static confx_status_t compare_table_print_table(const comparison_t *comparison, double unit,
                                                FILE *out)
{
    const compare_look_t look = {comparison, unit};
    const table_t table =
        TABLE(compare_look_columns, comparison->plan.algorithms_n, &look, compare_table_look_row);
    return table_print(&table, (table_look_t){.units_below = true}, out);
}

confx_status_t comparison_print(const comparison_t *comparison, FILE *out)
{
    const axis_t axis = compare_table_unit(comparison);
    compare_table_print_task(comparison, out);
    compare_table_print_yardstick(comparison, out);
    out_print(out, "Objective  %s in %s%s\n", objective_name(comparison->job->objective),
              axis.prefix, comparison_units(comparison, ""));
    fputc('\n', out);
    TRY(compare_table_print_table(comparison, axis.unit, out));
    out_print(out, "\nfactor: samples to come within 10 %%, in those of %s\n",
              comparison_algorithm(comparison, 0));
    fputs(
        "told, beside totals and what any action takes of the budget: sums, that costs add up over "
        "layers;\nkinds, which layers are alike; sizes, their dimensions and MACs; costs, what "
        "each layer costs\n",
        out);
    if (fflush(out) || ferror(out))
        return status_fail(CONFX_STATUS_IO, "the comparison cannot be written");
    return status_ok();
}
