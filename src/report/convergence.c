/* convergence.svg: the best so far and the mean of each update against samples, and what can be reached at most. */
#include "figure.h"
#include "plot.h"

#include <math.h>
#include <string.h>

enum { POINTS_MAX = 2000 };

/* The vertical axis: values are divided by unit; `low` and `high` are in that unit. */
typedef struct {
    double low, high, unit;
    const char *prefix; /* of the unit: "million " */
    bool logarithmic;
    double limit; /* proven optimum or bound, NaN without a finite one */
    bool empty;   /* nothing to draw but the limit */
} axis_t;

/* ---- the axis
 * ------------------------------------------------------------------------------------------------------------- */

static void stretch(axis_t *axis, double value)
{
    if (!isfinite(value)) return;
    axis->low = fmin(axis->low, value);
    axis->high = fmax(axis->high, value);
}

static void choose_unit(axis_t *axis)
{
    static const char *const prefixes[] = {"", "thousand ", "million ", "billion ", "trillion "};
    size_t power = 0;
    axis->unit = 1;
    while (power < 4 && axis->low / axis->unit >= 1e3) axis->unit *= 1e3, power++;
    axis->prefix = prefixes[power];
    axis->low /= axis->unit;
    axis->high /= axis->unit;
    axis->limit /= axis->unit;
}

/* Room below for the dashed line, above for the names of the stages. */
static void add_margins(axis_t *axis)
{
    const double below = 0.05;
    const double above = 0.12;
    if (axis->high <= axis->low) {
        axis->low = axis->low > 0 ? 0.9 * axis->low : axis->low - 1;
        axis->high = axis->low > 0 ? 1.2 * axis->high : axis->high + 1;
    }
    const double ratio = axis->high / axis->low;
    axis->logarithmic = axis->low > 0 && ratio > 3;
    if (axis->logarithmic) {
        axis->low *= pow(ratio, -below);
        axis->high *= pow(ratio, above);
        return;
    }
    const double height = axis->high - axis->low;
    axis->low -= below * height;
    axis->high += above * height;
}

static axis_t choose_axis(const report_t *report)
{
    axis_t axis = {.low = INFINITY, .high = -INFINITY, .limit = report_limit(report)};
    for (size_t i = 0; i < report->updates_n; i++) {
        stretch(&axis, report->progress.best[i]);
        stretch(&axis, report->progress.mean[i]);
    }
    axis.empty = isinf(axis.low);
    if (!isfinite(axis.limit)) axis.limit = NAN;
    stretch(&axis, axis.limit);
    if (isinf(axis.low)) axis.low = axis.high = 1;
    choose_unit(&axis);
    add_margins(&axis);
    return axis;
}

/* Where a value lies on the axis, from 0 to 1. */
static double place(const axis_t *axis, double value)
{
    if (axis->logarithmic) return log(value / axis->low) / log(axis->high / axis->low);
    return (value - axis->low) / (axis->high - axis->low);
}

/* gnuplot labels decades alone; a search spans one or two. */
static void print_tics(const axis_t *axis, FILE *out)
{
    static const double fine[] = {1, 1.5, 2, 3, 4, 5, 6, 8, 0};
    static const double coarse[] = {1, 2, 5, 0};
    static const double decades[] = {1, 0};
    const double ratio = axis->high / axis->low;
    const double *steps = ratio > 1e4 ? decades : ratio > 20 ? coarse : fine;
    const char *separator = "";
    fputs("set logscale y\nset ytics (", out);
    for (double decade = pow(10, floor(log10(axis->low))); decade < axis->high; decade *= 10)
        for (const double *step = steps; *step > 0; step++) {
            if (place(axis, *step * decade) < 0 || place(axis, *step * decade) > 1) continue;
            fprintf(out, "%s'%g' %.17g", separator, *step * decade, *step * decade);
            separator = ", ";
        }
    fputs(")\n", out);
}

/* On the right, how far above the limit the curves are. */
static void print_distance_tics(const axis_t *axis, bool solved, FILE *out)
{
    static const double percents[] = {0, 1, 2, 5, 10, 20, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10000, 100000};
    const double apart = 0.07;
    double last = -1;
    fprintf(out, "set y2range [%.17g:%.17g]\n%sset y2label '%% above the proven %s'\nset y2tics (", axis->low,
            axis->high, axis->logarithmic ? "set logscale y2\n" : "", solved ? "optimum" : "bound");
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        const double value = axis->limit * (1 + percents[i] / 100);
        const double at = place(axis, value);
        if (at > 1 || (i && at < last + apart)) continue;
        fprintf(out, "%s'%g' %.17g", i ? ", " : "", percents[i], value);
        last = at;
    }
    fputs(")\n", out);
}

static void print_axes(const report_t *report, const axis_t *axis, script_t *script)
{
    FILE *out = script->out;
    char text[256];
    const job_t *job = report->job;
    const char *objective = objective_name(job->objective);
    (void)snprintf(text, sizeof text, "%s: %s found within the %s budget", report->network, objective,
                   constraint_name(job->budget.constraint));
    fputs("set title ", out);
    script_quote(script, text);
    fprintf(out, " font ',16'\nset xlabel 'samples (scored assignments)'\nset ylabel '%s (%s%s)'\n", objective,
            axis->prefix, objective_units(job->objective));
    fprintf(out, "set xrange [0:%.17g]\nset yrange [%.17g:%.17g]\n", fmax((double)report->samples, 1), axis->low,
            axis->high);
    fputs("set ytics nomirror\nset xtics nomirror\nset key below horizontal reverse Left samplen 3\n", out);
    if (report->samples >= 100000) fputs("set format x '%.1s %c'\n", out);
    if (axis->logarithmic) print_tics(axis, out);
    if (axis->limit > 0) print_distance_tics(axis, report_solved(report), out);
}

/* ---- the curves
 * ------------------------------------------------------------------------------------------------------------- */

static void print_stages(const report_t *report, script_t *script)
{
    double from = 0;
    for (size_t stage = 0; stage < STAGES; stage++) {
        const double to = from + (double)report->staged[stage];
        if (to == from) continue;
        if (stage == STAGE_ISLANDS)
            fprintf(script->out,
                    "set object rect from first %.17g,graph 0 to first %.17g,graph 1 behind fc rgb '#eef3f7' fs solid"
                    " noborder\n",
                    from, to);
        fputs("set label ", script->out);
        script_quote(script, report_stage(report, stage));
        fprintf(script->out, " at first %.17g,graph 0.955 left offset 0.6,0 textcolor rgb '#444444'\n", from);
        from = to;
    }
}

static void print_point(const report_t *report, const axis_t *axis, size_t i, FILE *out)
{
    const double best = report->progress.best[i] / axis->unit;
    const double mean = report->progress.mean[i] / axis->unit;
    fprintf(out, "%.17g ", report->progress.samples[i]);
    fprintf(out, isfinite(best) ? "%.17g " : "NaN ", best);
    fprintf(out, isfinite(mean) ? "%.17g\n" : "NaN\n", mean);
}

static void print_points(const report_t *report, const axis_t *axis, FILE *out)
{
    const size_t n = report->updates_n;
    const size_t stride = n / POINTS_MAX + 1;
    fputs("$progress << END\n", out);
    for (size_t i = 0; i < n; i++)
        if (i % stride == 0 || i + 1 == n) print_point(report, axis, i, out);
    fputs("END\n", out);
}

static bool has_finite(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isfinite(values[i])) return true;
    return false;
}

static void print_limit(const report_t *report, const axis_t *axis, script_t *script)
{
    char title[128];
    if (isnan(axis->limit)) return;
    (void)snprintf(title, sizeof title, "proven %s: %s", report_solved(report) ? "optimum" : "lower bound",
                   figure_quantity(report_limit(report), objective_units(report->job->objective)).text);
    fprintf(script->out, ", %.17g with lines lw 2 dt (9,6) lc rgb '" PLOT_GREEN "' title ", axis->limit);
    script_quote(script, title);
}

void plot_convergence(const report_t *report, script_t *script)
{
    const axis_t axis = choose_axis(report);
    const size_t n = report->updates_n;
    const bool any_best = has_finite(report->progress.best, n);
    plot_begin(script, "convergence");
    print_axes(report, &axis, script);
    print_stages(report, script);
    if (!any_best) plot_remark(script, n ? "no feasible sample" : "no sample yet");
    print_points(report, &axis, script->out);
    fputs("plot NaN notitle", script->out);
    if (has_finite(report->progress.mean, n))
        fputs(", $progress using 1:3 with linespoints pt 7 ps 0.25 lw 1 lc rgb '" PLOT_ORANGE
              "' title 'mean of an update'",
              script->out);
    if (any_best)
        fputs(", $progress using 1:2 with steps lw 3 lc rgb '" PLOT_BLUE "' title 'best within the budget'",
              script->out);
    print_limit(report, &axis, script);
    fputc('\n', script->out);
}
