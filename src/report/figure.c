#include "report/figure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Separators into the digits before the point: printf's own (%') are those of the user's locale,
   none in "C". */
static void figure_part_thousands(char *text, size_t room)
{
    char *digits = text + (*text == '-');
    const size_t whole = strspn(digits, "0123456789");
    /* Commas are inserted from the right: what an insertion moves lies behind the places that are
       still to come. */
    for (size_t left = whole; left > 3 && strlen(text) + 1 < room; left -= 3) {
        char *group = digits + left - 3;
        memmove(group + 1, group, strlen(group) + 1);
        *group = ',';
    }
}

figure_t figure_fixed(double value, int decimals)
{
    figure_t figure = {"-"};
    if (isnan(value)) return figure;
    /* A double may have 309 digits; no quantity here is worth more than 15 of them. Of such, which
       products of sums are, six are told. */
    if (fabs(value) >= 1e15) {
        (void)snprintf(figure.text, sizeof figure.text, "%.6g", value);
        return figure;
    }
    (void)snprintf(figure.text, sizeof figure.text, "%.*f", decimals, value);
    figure_part_thousands(figure.text, sizeof figure.text);
    return figure;
}

/* Decimals for so many significant digits of a value. */
static int figure_decimals_of(double value, int digits)
{
    if (value == 0 || !isfinite(value)) return 0;
    const double decimals = digits - 1 - floor(log10(fabs(value)));
    return (int)fmin(fmax(decimals, 0), 12);
}

int figure_decimals(double least)
{
    return figure_decimals_of(least, 4);
}

double figure_round(double value)
{
    if (value == 0 || !isfinite(value)) return value;
    const double unit = pow(10, floor(log10(fabs(value))) - 2);
    return round(value / unit) * unit;
}

figure_t figure_number(double value)
{
    figure_t figure = figure_fixed(value, figure_decimals_of(value, 6));
    /* Trailing zeros are dropped behind a point only: those of a whole number have a meaning, and
       those before an exponent are no trailing ones. */
    char *point = strchr(figure.text, '.');
    if (!point || strchr(point, 'e')) return figure;
    char *end = point + strlen(point);
    while (end[-1] == '0') end--;
    *(end - 1 == point ? point : end) = 0;
    return figure;
}

figure_t figure_percent(double fraction)
{
    figure_t figure;
    const double percent = 100 * fraction;
    if (fabs(percent) < 999.5)
        (void)snprintf(figure.text, sizeof figure.text, "%.*g", fabs(percent) < 99 ? 3 : 4,
                       percent);
    else
        figure = figure_fixed(percent, 0);
    (void)strncat(figure.text, " %", sizeof figure.text - strlen(figure.text) - 1);
    return figure;
}

figure_t figure_seconds(double seconds)
{
    enum { MINUTE = 60, HOUR = 3600 };
    figure_t figure;
    const double whole = round(seconds);
    /* The limits are those of rounded figures, so that neither "60 s" nor "59 min 60 s" can
       appear. */
    if (!(seconds >= MINUTE - 0.05))
        (void)snprintf(figure.text, sizeof figure.text, "%.3g s", seconds);
    else if (whole < HOUR)
        (void)snprintf(figure.text, sizeof figure.text, "%.0f min %.0f s", floor(whole / MINUTE),
                       fmod(whole, MINUTE));
    else
        (void)snprintf(figure.text, sizeof figure.text, "%.0f h %.0f min", floor(whole / HOUR),
                       floor(fmod(whole, HOUR) / MINUTE));
    return figure;
}

scale_t figure_scale(double largest, const char *units)
{
    const double mm2_in_um2 = 1e6;
    if (strcmp(units, "um^2") == 0 && largest >= mm2_in_um2)
        return (scale_t){1 / mm2_in_um2, "mm^2"};
    return (scale_t){1, units};
}

figure_t figure_quantity(double value, const char *units)
{
    const scale_t scale = figure_scale(fabs(value), units);
    figure_t figure = figure_number(value * scale.factor);
    const size_t used = strlen(figure.text);
    (void)snprintf(figure.text + used, sizeof figure.text - used, " %s", scale.units);
    return figure;
}

figure_t figure_clock(double value, const char *units, double clock_ghz, figure_clock_t as)
{
    static const struct {
        double least; /* seconds */
        const char *units;
    } scales[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {0, "ns"}};
    figure_t figure = {""};
    const double seconds = value / (clock_ghz * 1e9);
    size_t scale = 0;
    if (!(clock_ghz > 0) || !isfinite(value) || strcmp(units, "cycles") != 0) return figure;
    while (seconds < scales[scale].least) scale++;
    const double unit = scales[scale].least > 0 ? scales[scale].least : 1e-9;
    if (as == FIGURE_RATE)
        (void)snprintf(figure.text, sizeof figure.text, " (%.4g inputs/s at %g GHz)", 1 / seconds,
                       clock_ghz);
    else
        (void)snprintf(figure.text, sizeof figure.text, " (%.4g %s at %g GHz)", seconds / unit,
                       scales[scale].units, clock_ghz);
    return figure;
}
