/* compare.svg: the gap to the yardstick against samples, both logarithmic. A line per algorithm,
   the median over its seeds, within a band from the best seed to the worst; named in the order in
   which they end. */
#include "confx/array.h"
#include "confx/compose.h"
#include "confx/try.h"
#include "report/compare/comparison.h"
#include "report/figure.h"
#include "report/plot/axis.h"
#include "report/plot/plot.h"

#include <math.h>
#include <stdlib.h>

static const double floor_percent = 0.01; /* what is nearer is drawn there */

typedef struct {
    const comparison_t *comparison;
    double yardstick;
    double low, high; /* of the gap axis, percent */
    bool any;         /* something feasible was found */
    size_t *order;    /* (algorithms) the worst at the end first: as the lines lie */
    double *values;   /* (seeds) */
    arena_t arena;    /* of both */
} compare_plot_picture_t;

/* ---- what there is to draw ------------------------------------------------------------------- */

static double compare_plot_percent_of(const compare_plot_picture_t *picture, double objective)
{
    return fmax(100 * ranking_gap(objective, picture->yardstick), floor_percent);
}

/* Gaps after so many samples in percent; infinite where nothing feasible is found yet. */
typedef struct {
    double best, median, worst;
} compare_plot_spread_t;

static double compare_plot_beyond(double value)
{
    return isnan(value) ? INFINITY : value;
}

static compare_plot_spread_t compare_plot_spread_at(const compare_plot_picture_t *picture,
                                                    size_t algorithm, double samples)
{
    const size_t n = picture->comparison->plan.seeds_n;
    for (size_t i = 0; i < n; i++) {
        const double found =
            curve_value(&comparison_trial(picture->comparison, algorithm, i)->curve, samples);
        picture->values[i] = isnan(found) ? NAN : compare_plot_percent_of(picture, found);
    }
    /* The median sorts the values in place, with NaN at the end, so that the first is the best seed
       and the last the worst. */
    const double median = array_median(picture->values, n);
    return (compare_plot_spread_t){compare_plot_beyond(picture->values[0]),
                                   compare_plot_beyond(median),
                                   compare_plot_beyond(picture->values[n - 1])};
}

static void compare_plot_cover(compare_plot_picture_t *picture)
{
    const comparison_t *comparison = picture->comparison;
    double least = INFINITY;
    double most = 0;
    for (size_t i = 0; i < comparison->plan.algorithms_n * comparison->plan.seeds_n; i++) {
        const curve_t *curve = &comparison->trials[i].curve;
        /* A curve falls: its first step is its worst value and its last step its best. */
        if (curve->n == 0) continue;
        least = fmin(least, compare_plot_percent_of(picture, curve->best[curve->n - 1]));
        most = fmax(most, compare_plot_percent_of(picture, curve->best[0]));
    }
    picture->any = most > 0 && !isnan(picture->yardstick);
    picture->low = picture->any ? fmin(pow(10, floor(log10(least))), 1) : 1;
    picture->high = picture->any ? fmax(1.3 * most, 20) : 100;
}

static int compare_plot_by_end(const void *one, const void *other, void *context)
{
    const comparison_t *comparison = context;
    const size_t i = *(const size_t *)one;
    const size_t j = *(const size_t *)other;
    const double a = compare_plot_beyond(comparison->standings[i].gap_median);
    const double b = compare_plot_beyond(comparison->standings[j].gap_median);
    if (a < b || b < a) return a < b ? 1 : -1;
    return i < j ? -1 : 1;
}

static confx_status_t compare_plot_begin(const comparison_t *comparison,
                                         compare_plot_picture_t *picture)
{
    const size_t n = comparison->plan.algorithms_n;
    *picture = (compare_plot_picture_t){.comparison = comparison,
                                        .yardstick = comparison_yardstick(&comparison->plan)};
    /* Lines are drawn and named in the order in which they end, the worst first, so that names
       stand beside their lines and the best lies on top. */
    ARENA_TAKE(&picture->arena, picture->order, n);
    ARENA_TAKE(&picture->arena, picture->values, comparison->plan.seeds_n);
    TRY(arena_status(&picture->arena, "a picture"));
    for (size_t i = 0; i < n; i++) picture->order[i] = i;
    qsort_r(picture->order, n, sizeof *picture->order, compare_plot_by_end, (void *)comparison);
    compare_plot_cover(picture);
    return status_ok();
}

/* ---- data ------------------------------------------------------------------------------------ */

static double compare_plot_within(const compare_plot_picture_t *picture, double percent)
{
    return fmin(percent, picture->high);
}

static void compare_plot_print_point(const compare_plot_picture_t *picture, double samples,
                                     const compare_plot_spread_t *spread, FILE *out)
{
    if (isinf(spread->best)) return;
    out_print(out, "%.17g %.6g %.6g ", samples, compare_plot_within(picture, spread->best),
              compare_plot_within(picture, spread->worst));
    if (isinf(spread->median))
        fputs("NaN\n", out);
    else
        out_print(out, "%.6g\n", compare_plot_within(picture, spread->median));
}

/* By about a pixel, on an axis of several decades. */
static bool compare_plot_moves(const compare_plot_spread_t *before,
                               const compare_plot_spread_t *now)
{
    static const double less = 0.98;
    return now->best < less * before->best || now->median < less * before->median ||
           now->worst < less * before->worst;
}

/* Columns: samples, gap of the best seed, of the worst, of the median. Stairs, each step that can
   be seen with both of its ends. */
static void compare_plot_print_stairs(const compare_plot_picture_t *picture, size_t algorithm,
                                      FILE *out)
{
    const comparison_t *comparison = picture->comparison;
    compare_plot_spread_t before = {INFINITY, INFINITY, INFINITY};
    out_print(out, "$gaps%zu << END\n", algorithm);
    for (size_t i = 0; i < comparison->points_n; i++) {
        const compare_plot_spread_t now =
            compare_plot_spread_at(picture, algorithm, comparison->points[i]);
        /* The last point is always printed, so that every line ends at the right edge even where
           nothing improved any more. */
        if (!compare_plot_moves(&before, &now) && i + 1 < comparison->points_n) continue;
        compare_plot_print_point(picture, comparison->points[i], &before, out);
        compare_plot_print_point(picture, comparison->points[i], &now, out);
        before = now;
    }
    fputs("END\n", out);
}

/* ---- axes ------------------------------------------------------------------------------------ */

static void compare_plot_print_samples_axis(const compare_plot_picture_t *picture, FILE *out)
{
    static const double steps[] = {1, 2, 5};
    const double most = fmax((double)picture->comparison->job->search.samples, 2);
    const char *separator = "";
    const bool decades = most > 1e6;
    out_print(out, "set logscale x\nset xrange [1:%.17g]\nset xtics (", most);
    for (int power = 0; pow(10, power) <= most; power++)
        for (size_t i = 0; i < (decades ? 1 : 3) && steps[i] * pow(10, power) <= most; i++) {
            const double tick = steps[i] * pow(10, power);
            out_print(out, "%s'%s' %.17g", separator, figure_number(tick).text, tick);
            separator = ", ";
        }
    fputs(")\nset xlabel 'samples (scored assignments)'\n", out);
}

/* What is nearer than the lower end is drawn there. */
static void compare_plot_print_gap_axis(const compare_plot_picture_t *picture, FILE *out)
{
    char nearest[32];
    const bool solved = !isnan(picture->comparison->plan.optimum);
    const bool is_floor = picture->low <= 1.001 * floor_percent;
    (void)snprintf(nearest, sizeof nearest, "≤%g", floor_percent);
    axis_print_decades(picture->low, picture->high, AXIS_EDGE, is_floor ? nearest : NULL, out);
    out_print(out, "set ylabel 'gap to the %s over %s (%%)'\n", solved ? "optimum" : "lower bound",
              picture->comparison->plan.over_integers ? "all integers" : "the levels");
}

/* Where those that act on the levels alone must end. */
static void compare_plot_print_levels(const compare_plot_picture_t *picture, FILE *out)
{
    const double gap = 100 * ranking_gap(picture->comparison->plan.levels, picture->yardstick);
    if (!(gap > picture->low) || gap > picture->high) return;
    out_print(out,
              "set arrow from graph 0,first %.17g to graph 1,first %.17g nohead back lw 1.5 dt "
              "(4,4) lc rgb '#888888'\n"
              "set label 'optimum over the levels' at graph 0.01,first %.17g offset 0,0.5 "
              "textcolor rgb '#666666' "
              "font ',12'\n",
              gap, gap, gap);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void compare_plot_print_band(size_t algorithm, FILE *out)
{
    out_print(out, "$gaps%zu using 1:2:3 with filledcurves fs transparent solid 0.13 noborder",
              algorithm);
    plot_style(out, algorithm);
    fputs(" notitle, ", out);
}

static void compare_plot_print_line(const compare_plot_picture_t *picture, size_t algorithm,
                                    FILE *out)
{
    out_print(out, "$gaps%zu using 1:4 with lines lw %g", algorithm, algorithm == 0 ? 4.0 : 2.5);
    plot_style(out, algorithm);
    fputs(" title ", out);
    gnuplot_quote(comparison_algorithm(picture->comparison, algorithm), out);
    fputs(", ", out);
}

static void compare_plot_print_lines(const compare_plot_picture_t *picture, FILE *out)
{
    const size_t n = picture->comparison->plan.algorithms_n;
    fputs("plot ", out);
    /* Bands are drawn before all lines, because what gnuplot draws later covers what it drew
       earlier. A single seed has no band. */
    for (size_t i = 0; i < n && picture->comparison->plan.seeds_n > 1; i++)
        compare_plot_print_band(i, out);
    for (size_t i = 0; i < n; i++) compare_plot_print_line(picture, picture->order[i], out);
    fputs("NaN notitle\n", out);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void compare_plot_print_titles(const compare_plot_picture_t *picture, FILE *script)
{
    const comparison_t *comparison = picture->comparison;
    const job_t *job = comparison->job;
    const size_t seeds_n = comparison->plan.seeds_n;
    char title[2 * COMPARISON_BUDGETS_MAX];
    char budgets[COMPARISON_BUDGETS_MAX];
    comparison_budgets(comparison, false, budgets);
    (void)snprintf(title, sizeof title, "%s, %s: %s within %s", comparison->plan.network,
                   job->dataflow, objective_wish(job->objective), budgets);
    plot_begin(script, "compare", title);
    const int length = snprintf(title, sizeof title, "feedback %s, %s samples, ",
                                job_feedback(job) == FEEDBACK_LAYER ? "layer" : "total",
                                figure_number((double)job->search.samples).text);
    (void)snprintf(
        title + length, sizeof title - (size_t)length,
        seeds_n > 1 ? "median of %zu seeds within a band from best to worst" : "%zu seed", seeds_n);
    out_print(script, "set label ");
    gnuplot_quote(title, script);
    fputs(" at screen 0.5,0.927 center textcolor rgb '#444444'\n", script);
    out_print(script, "set key at screen 0.77,0.89 left top vertical Left reverse samplen 2 "
                      "spacing 1.25 width 0\n"
                      "set rmargin at screen 0.757\nset lmargin at screen 0.105\n");
}

static void compare_plot_print_empty(const compare_plot_picture_t *picture, FILE *script)
{
    plot_remark(script, isnan(picture->yardstick) ? "no bound is known" : "no feasible sample");
    fputs("unset key\nplot NaN notitle\n", script);
}

static void compare_plot_print_all(const compare_plot_picture_t *picture, FILE *script)
{
    const size_t n = picture->comparison->plan.algorithms_n;
    compare_plot_print_titles(picture, script);
    for (size_t i = 0; i < n; i++) compare_plot_print_stairs(picture, i, script);
    plot_panel(script, 0.135, 0.89);
    compare_plot_print_samples_axis(picture, script);
    compare_plot_print_gap_axis(picture, script);
    compare_plot_print_levels(picture, script);
    if (picture->any)
        compare_plot_print_lines(picture, script);
    else
        compare_plot_print_empty(picture, script);
    plot_end(script);
}

confx_status_t comparison_script(const comparison_t *comparison, FILE *script)
{
    compare_plot_picture_t picture;
    const confx_status_t status = compare_plot_begin(comparison, &picture);
    if (status.code == CONFX_STATUS_OK) compare_plot_print_all(&picture, script);
    arena_close(&picture.arena);
    return status;
}
