/* convergence.svg: the best so far and the mean of each update against samples; below, how far the
   best is above the proven optimum or bound. */
#include "confx/compose.h"
#include "report/figure.h"
#include "report/plot/axis.h"
#include "report/plot/plot.h"

#include <math.h>

enum { POINTS_MAX = 2000, FEW_POINTS = 60 };

typedef struct {
    const report_t *report;
    double limit; /* proven optimum or bound; NaN without one that is finite and not 0 */
    bool any_best, any_mean;
    bool below; /* there is a lower panel */
    axis_t axis;
    distance_axis_t distance;
} curves_t;

/* ---- what there is to draw ------------------------------------------------------------------- */

static bool convergence_any_finite(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isfinite(values[i])) return true;
    return false;
}

static curves_t convergence_curves_begin(const report_t *report)
{
    const size_t n = report->updates_n;
    const double *best = report->progress.best;
    curves_t curves = {.report = report, .limit = report_limit(report), .axis = axis_begin()};
    /* A gap is relative to the limit: it means nothing for a limit of 0, and none is proven where
       the limit is infinite. */
    if (!isfinite(curves.limit) || curves.limit == 0) curves.limit = NAN;
    curves.any_best = convergence_any_finite(best, n);
    curves.any_mean = convergence_any_finite(report->progress.mean, n);
    curves.below = curves.any_best && !isnan(curves.limit);
    for (size_t i = 0; i < n; i++) {
        axis_cover(&curves.axis, best[i]);
        axis_cover(&curves.axis, report->progress.mean[i]);
    }
    axis_cover(&curves.axis, curves.limit);
    axis_finish(&curves.axis);
    if (curves.below) curves.distance = distance_axis(best, n, curves.limit);
    return curves;
}

/* ---- data ------------------------------------------------------------------------------------ */

static void convergence_print_value(double value, FILE *out)
{
    if (isfinite(value))
        out_print(out, " %.17g", value);
    else
        fputs(" NaN", out);
}

/* Columns: samples, best, mean, distance of the best in percent. */
static void convergence_print_points(const curves_t *curves, FILE *out)
{
    const report_t *report = curves->report;
    const size_t n = report->updates_n;
    const size_t stride = n / POINTS_MAX + 1;
    fputs("$progress << END\n", out);
    for (size_t i = 0; i < n; i++) {
        /* Long runs are thinned out to what can be seen, but the last update is always drawn: the
           picture must end with the result. */
        if (i % stride && i + 1 != n) continue;
        const double best = report->progress.best[i];
        out_print(out, "%.17g", report->progress.samples[i]);
        convergence_print_value(best / curves->axis.unit, out);
        convergence_print_value(report->progress.mean[i] / curves->axis.unit, out);
        convergence_print_value(
            curves->below ? distance_place(&curves->distance, best, curves->limit) : NAN, out);
        fputc('\n', out);
    }
    fputs("END\n", out);
}

/* ---- panels ---------------------------------------------------------------------------------- */

/* A stage's name at the outer end of its band, where it has room however narrow the band. */
static void convergence_print_stage_name(const report_t *report, size_t stage, double at,
                                         FILE *script)
{
    const bool right = stage > 0;
    fputs("set label ", script);
    gnuplot_quote(report_stage(report, stage), script);
    out_print(script, " at first %.17g,graph 0.94 %s offset %g,0 textcolor rgb '#444444'\n", at,
              right ? "right" : "left", right ? -0.6 : 0.6);
}

/* The stages behind the curves: the first on white, those behind it as bands. */
static void convergence_print_stages(const report_t *report, FILE *script)
{
    double end = 0;
    for (size_t stage = 0; stage < report_stages(report); stage++) {
        const double begin = end;
        end += (double)report->staged[stage];
        if (end == begin) continue;
        convergence_print_stage_name(report, stage, stage ? end : begin, script);
        if (stage == 0) continue;
        out_print(script,
                  "set object rect from first %.17g,graph 0 to first %.17g,graph 1 behind fc rgb "
                  "'#e9eff4' fs solid noborder\n",
                  begin, end);
    }
}

static void convergence_print_limit(const curves_t *curves, FILE *script)
{
    char title[128];
    const report_t *report = curves->report;
    if (isnan(curves->limit)) return;
    (void)snprintf(title, sizeof title, "proven %s: %s",
                   report_solved(report) ? "optimum" : "lower bound",
                   figure_quantity(curves->limit, objective_units(report->job->objective)).text);
    out_print(script, ", %.17g with lines lw 2 dt (9,6) lc rgb '" PLOT_GREEN "' title ",
              curves->limit / curves->axis.unit);
    gnuplot_quote(title, script);
}

/* A column of the data as steps; so few that a single one might be all are marked by points,
   too. */
static void convergence_print_steps(const curves_t *curves, int column, const char *title,
                                    FILE *out)
{
    out_print(out, "$progress using 1:%d with steps lw 3 lc rgb '" PLOT_BLUE "' %s", column, title);
    if (curves->report->updates_n <= FEW_POINTS)
        out_print(out,
                  ", $progress using 1:%d with points pt 7 ps 0.6 lc rgb '" PLOT_BLUE "' notitle",
                  column);
}

static void convergence_print_values(const curves_t *curves, FILE *out)
{
    const report_t *report = curves->report;
    out_print(out, "set ylabel '%s (%s%s)'\n", objective_name(report->job->objective),
              curves->axis.prefix, objective_units(report->job->objective));
    axis_print(&curves->axis, out);
    if (!curves->any_best)
        plot_remark(out, report->updates_n ? "no feasible sample" : "no sample yet");
    /* An empty curve comes first, so that whatever else there is to draw begins with a comma, and
       gnuplot has something to plot even if there is nothing. */
    fputs("plot NaN notitle", out);
    if (curves->any_mean)
        out_print(out,
                  ", $progress using 1:3 with linespoints pt 7 ps %g lw 1 lc rgb '" PLOT_ORANGE
                  "' title 'mean of an update'",
                  report->updates_n > FEW_POINTS ? 0.15 : 0.5);
    if (curves->any_best) {
        fputs(", ", out);
        convergence_print_steps(curves, 2, "title 'best within the budget'", out);
    }
    convergence_print_limit(curves, out);
    fputc('\n', out);
}

static void convergence_print_distances(const curves_t *curves, FILE *script)
{
    out_print(script, "unset label\nunset key\nset ylabel 'gap to %s (%%)'\n",
              report_solved(curves->report) ? "optimum" : "bound");
    distance_print(&curves->distance, script);
    fputs("plot ", script);
    convergence_print_steps(curves, 4, "notitle", script);
    fputc('\n', script);
}

/* Samples, below the lowest panel. */
static void convergence_print_samples_axis(const report_t *report, FILE *out)
{
    out_print(out, "set format x '%s'\nset xlabel 'samples (scored assignments)'\n",
              report->samples < 100000 ? "%g" : "%.1s %c");
}

void plot_convergence(const report_t *report, FILE *script)
{
    const curves_t curves = convergence_curves_begin(report);
    char title[256];
    (void)snprintf(title, sizeof title, "%s: %s found within the %s budget", report->network,
                   objective_name(report->job->objective),
                   constraint_name(report->job->budget.constraint));
    plot_begin(script, "convergence", title);
    convergence_print_points(&curves, script);
    convergence_print_stages(report, script);
    out_print(script, "set format x ''\nset xrange [0:%.17g]\n", fmax((double)report->samples, 1));
    /* The distances get a panel below only where a limit is known. The axis of samples is labelled
       once, in the lowest panel. */
    plot_panel(script, curves.below ? 0.46 : 0.13, 0.865);
    if (!curves.below) convergence_print_samples_axis(report, script);
    convergence_print_values(&curves, script);
    if (curves.below) {
        plot_panel(script, 0.13, 0.42);
        convergence_print_samples_axis(report, script);
        convergence_print_distances(&curves, script);
    }
    plot_end(script);
}
