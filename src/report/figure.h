/* Numbers as people read them. Each is returned by value, to be used where it is printed:
   figure_number(x).text. */
#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H

typedef struct {
    char text[64];
} figure_t;

figure_t figure_fixed(double value, int decimals); /* "33,974,305", "1,234.50"; "-" for NaN */
figure_t figure_number(
    double value); /* to six significant digits or a whole number: "33,974,305", "1,234.5" */
figure_t figure_percent(
    double fraction); /* three significant digits, four from 99 % on: "0.0123 %", "99.97 %" */
figure_t figure_seconds(double seconds); /* "0.42 s", "3 min 20 s", "2 h 5 min" */

/* With its unit, large areas in mm^2: "33,974,305 cycles", "1,976,912 mm^2". */
figure_t figure_quantity(double value, const char *units);

/* Cycles as a time at a clock, "(12.3 ms at 1 GHz)", or as how many inputs a second a pipeline
   takes whose slowest layer has so many, "(81.2 inputs/s at 1 GHz)"; "" without a clock (NaN), or
   where the units are not cycles. */
typedef enum { FIGURE_TIME, FIGURE_RATE } figure_clock_t;
figure_t figure_clock(double value, const char *units, double clock_ghz, figure_clock_t as);

double figure_round(double value); /* to three significant digits: an estimate */

/* Decimals that show four significant digits of the least value. */
int figure_decimals(double least);

/* The scale large areas are shown in: values of `units` up to `largest` are multiplied by factor
   and then have units. */
typedef struct {
    double factor;
    const char *units;
} scale_t;
scale_t figure_scale(double largest, const char *units);

#endif
