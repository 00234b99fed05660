/* The best design as a table: a row per layer, and one of sums below. Cells are made when asked for. */
#ifndef REPORT_LISTING_H
#define REPORT_LISTING_H

#include "facts.h"
#include "figure.h"

typedef enum {
    LISTING_NUMBER,
    LISTING_NAME, /* shown when the network names its layers */
    LISTING_TYPE,
    LISTING_K,
    LISTING_C,
    LISTING_Y,
    LISTING_X,
    LISTING_R,
    LISTING_S,
    LISTING_PES,
    LISTING_BUFFER,
    LISTING_CYCLES,
    LISTING_ENERGY,
    LISTING_NEED,
    LISTING_LATENCY_SHARE, /* shown when the objective is it, or the product of both */
    LISTING_ENERGY_SHARE,
    LISTING_BUDGET_SHARE,
    LISTING_COLUMNS
} listing_column_t;

typedef struct {
    const report_t *report; /* one that found something; must stay alive */
    bool named;
    scale_t need;
    int energy_decimals, need_decimals;
    struct {
        double pes, cycles, energy, need;
    } sums;
} listing_t;

listing_t listing_begin(const report_t *report);
bool listing_shows(const listing_t *listing, listing_column_t column);
bool listing_is_text(listing_column_t column); /* a word, not a number */
figure_t listing_head(const listing_t *listing, listing_column_t column);
/* row 0 .. L-1: a layer; L: the sums, empty where there is none. */
figure_t listing_cell(const listing_t *listing, size_t row, listing_column_t column);

#endif
