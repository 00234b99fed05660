/* Vertical axes: from where to where, on which scale, with which ticks. */
#ifndef REPORT_AXIS_H
#define REPORT_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Of values of any size: they are divided by unit, in which low and high are given. */
typedef struct {
    double low, high, unit;
    const char *prefix; /* of the unit: "million " */
    bool logarithmic;
} axis_t;

axis_t axis_begin(void);
void axis_cover(axis_t *axis,
                double value);          /* widen to a value; NaN and infinities are passed over */
bool axis_is_empty(const axis_t *axis); /* nothing covered yet */
/* Choose unit and scale, leave room at both ends. A logarithmic scale where the range is large. */
void axis_finish(axis_t *axis);
void axis_print(const axis_t *axis, FILE *out); /* range, scale and ticks for gnuplot */

/* The same of a logarithmic scale with a tick at each power of ten: low is one; `lowest` is written
   there, NULL for the number itself. edge: the factor by which the range goes on at both ends, at
   least AXIS_EDGE, as gnuplot may drop a tick at the very end. */
#define AXIS_EDGE 1.05
void axis_print_decades(double low, double high, double edge, const char *lowest, FILE *out);

/* Of distances above a limit, in percent, on a logarithmic scale whose lower end stands for none at
   all. */
typedef struct {
    double low, high;
    bool reached; /* the limit itself occurs: the lower end is marked 0 */
} distance_axis_t;

distance_axis_t distance_axis(const double *values, size_t n, double limit);
double distance_place(const distance_axis_t *axis, double value,
                      double limit); /* where to draw a value, in percent */
void distance_print(const distance_axis_t *axis, FILE *out);

/* About `ticks` steps of 1, 2 or 5 times a power of ten from 0 to most. */
double axis_step(double most, int ticks);

#endif
