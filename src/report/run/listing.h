/* The best design as a table: a row per layer, and one of sums below. */
#ifndef REPORT_LISTING_H
#define REPORT_LISTING_H

#include "confx/table.h"
#include "report/figure.h"
#include "report/run_data.h"

enum { LISTING_AXES_MAX = 8, LISTING_COLUMNS_MAX = 18 + LISTING_AXES_MAX };

typedef struct {
    const report_t *report;
    bool named;    /* the network names its layers */
    size_t axes_n; /* shown */
    scale_t limited;
    struct {
        double latency, energy; /* what shares of these are of: the sum, or the largest */
    } whole;
    struct {
        double latency, energy, limited;
        double counted_latency, counted_energy; /* by the weights of networks */
        double axes[LISTING_AXES_MAX];          /* NaN: values of this axis do not add up */
    } sums;
    table_column_t columns[LISTING_COLUMNS_MAX];
    table_t table;
} listing_t;

/* Of a report that found something, which must stay alive; the listing must not move. */
void listing_begin(const report_t *report, listing_t *listing);

/* Have the layers names of their own? Those without are called by their number. */
bool listing_is_named(const report_t *report);

/* What a layer was given on each of the first n axes: a cell for each. */
void listing_action(const report_t *report, size_t layer, size_t n, table_row_t *row);

#endif
