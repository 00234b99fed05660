#include "report/plot/axis.h"
#include "confx/compose.h"

#include <math.h>

/* ---- values ---------------------------------------------------------------------------------- */

axis_t axis_begin(void)
{
    return (axis_t){.low = INFINITY, .high = -INFINITY, .unit = 1, .prefix = ""};
}

void axis_cover(axis_t *axis, double value)
{
    if (!isfinite(value)) return;
    axis->low = fmin(axis->low, value);
    axis->high = fmax(axis->high, value);
}

bool axis_is_empty(const axis_t *axis)
{
    return axis->low > axis->high;
}

static void axis_choose_unit(axis_t *axis)
{
    static const char *const prefixes[] = {"", "thousand ", "million ", "billion ", "trillion "};
    size_t power = 0;
    /* The lower end decides the unit, so that no value is a fraction of it. */
    while (power < 4 && axis->low / axis->unit >= 1e3) {
        axis->unit *= 1e3;
        power++;
    }
    axis->prefix = prefixes[power];
    axis->low /= axis->unit;
    axis->high /= axis->unit;
}

static void axis_leave_room(axis_t *axis)
{
    const double below = 0.06;
    const double above = 0.14;
    const double height = axis->high - axis->low;
    const double ratio = axis->high / axis->low;
    /* The room is a share of the height; on a logarithmic axis the same share is a power of the
       ratio of both ends. */
    axis->logarithmic = axis->low > 0 && ratio > 3;
    axis->low = axis->logarithmic ? axis->low * pow(ratio, -below) : axis->low - below * height;
    axis->high = axis->logarithmic ? axis->high * pow(ratio, above) : axis->high + above * height;
}

void axis_finish(axis_t *axis)
{
    if (axis_is_empty(axis)) {
        axis->low = 0;
        axis->high = 1;
    }
    axis_choose_unit(axis);
    /* A single value would make an axis of no height, which gnuplot refuses or widens with a
       warning. */
    if (axis->high == axis->low) {
        const double half = axis->low == 0 ? 1 : 0.1 * fabs(axis->low);
        axis->low -= half;
        axis->high += half;
    }
    axis_leave_room(axis);
}

/* Ticks of a decade; gnuplot labels decades alone, and a search spans one or two. */
typedef struct {
    size_t n;
    double steps[8];
} ticks_t;

static ticks_t axis_choose_ticks(const axis_t *axis)
{
    const double ratio = axis->high / axis->low;
    if (ratio > 1e3) return (ticks_t){1, {1}};
    if (ratio > 15) return (ticks_t){3, {1, 2, 5}};
    return (ticks_t){8, {1, 1.5, 2, 3, 4, 5, 6, 8}};
}

static void axis_print_ticks(const axis_t *axis, FILE *out)
{
    const ticks_t ticks = axis_choose_ticks(axis);
    const int last = (int)floor(log10(axis->high));
    const char *separator = "";
    fputs("set logscale y\nset ytics (", out);
    for (int power = (int)floor(log10(axis->low)); power <= last; power++)
        for (size_t i = 0; i < ticks.n; i++) {
            const double tick = ticks.steps[i] * pow(10, power);
            if (tick < axis->low || tick > axis->high) continue;
            out_print(out, "%s'%g' %.17g", separator, tick, tick);
            separator = ", ";
        }
    fputs(")\n", out);
}

void axis_print(const axis_t *axis, FILE *out)
{
    out_print(out, "set yrange [%.17g:%.17g]\n", axis->low, axis->high);
    if (axis->logarithmic)
        axis_print_ticks(axis, out);
    else
        fputs("unset logscale y\nset ytics autofreq\n", out);
}

double axis_step(double most, int ticks)
{
    static const double steps[] = {1, 2, 5};
    const double least = fmax(most, 1) / ticks;
    const double decade = pow(10, floor(log10(least)));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i] * decade >= least) return steps[i] * decade;
    return 10 * decade;
}

/* ---- distances ------------------------------------------------------------------------------- */

/* Less than this is the rounding of a sum, not a distance. */
static const double nothing_percent = 1e-7;

static double axis_percent_above(double value, double limit)
{
    return 100 * (value - limit) / fabs(limit);
}

distance_axis_t distance_axis(const double *values, size_t n, double limit)
{
    distance_axis_t axis = {.low = INFINITY, .high = 0};
    for (size_t i = 0; i < n; i++) {
        const double percent = axis_percent_above(values[i], limit);
        if (percent < nothing_percent) axis.reached = true;
        if (!(percent >= nothing_percent) || isinf(percent)) continue;
        axis.low = fmin(axis.low, percent);
        axis.high = fmax(axis.high, percent);
    }
    /* Without any distance there is still an axis. If the limit was reached, a decade below the
       least distance stands for 0, which has no place on a logarithmic axis. */
    if (axis.low > axis.high) axis.low = axis.high = 1;
    axis.low = pow(10, floor(log10(axis.low)) - axis.reached);
    axis.high = pow(10, floor(log10(axis.high)) + 1);
    return axis;
}

double distance_place(const distance_axis_t *axis, double value, double limit)
{
    const double percent = axis_percent_above(value, limit);
    return percent < nothing_percent ? axis->low : percent;
}

void axis_print_decades(double low, double high, double edge, const char *lowest, FILE *out)
{
    const int first = (int)round(log10(low));
    out_print(out, "set logscale y\nset yrange [%.17g:%.17g]\nset ytics (", low / edge,
              high * edge);
    for (int power = first; pow(10, power) <= 1.001 * high; power++)
        if (power == first && lowest)
            out_print(out, "'%s' 1e%d", lowest, power);
        else
            out_print(out, "%s'%g' 1e%d", power == first ? "" : ", ", pow(10, power), power);
    fputs(")\n", out);
}

void distance_print(const distance_axis_t *axis, FILE *out)
{
    axis_print_decades(axis->low, axis->high, AXIS_EDGE, axis->reached ? "0" : NULL, out);
}
