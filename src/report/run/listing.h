/* The best design as a table: a row per layer, and one of sums below. */
#ifndef REPORT_LISTING_H
#define REPORT_LISTING_H

#include "confx/table.h"
#include "report/figure.h"
#include "report/run_data.h"

enum { LISTING_COLUMNS_MAX = 20 };

typedef struct {
    const report_t *report;
    bool named; /* the network names its layers */
    scale_t need;
    struct {
        double pes, cycles, energy, need;
    } sums;
    table_column_t columns[LISTING_COLUMNS_MAX];
    table_t table;
} listing_t;

/* Of a report that found something, which must stay alive; the listing must not move. */
void listing_begin(const report_t *report, listing_t *listing);

#endif
