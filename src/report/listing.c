#include "listing.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

/* ---- beginning --------------------------------------------------------------------------------------------------- */

static double sum(const double *values, size_t n)
{
    double total = 0;
    for (size_t i = 0; i < n; i++) total += values[i];
    return total;
}

/* Decimals for a column: four significant digits of its least value, and no more than the largest makes worth reading.
 */
static int column_decimals(const double *values, size_t n, double factor)
{
    enum { MOST = 6 };
    double least = INFINITY;
    for (size_t i = 0; i < n; i++)
        if (values[i] > 0) least = fmin(least, values[i] * factor);
    const int decimals = figure_decimals(least);
    return decimals < MOST ? decimals : MOST;
}

/* Layers without a name of their own are called by their number. */
static bool is_named(const report_t *report)
{
    for (size_t layer = 0; layer < report->layers_n; layer++) {
        char *end;
        const char *name = report_layer_name(report, layer);
        if (strtoull(name, &end, 10) != layer + 1 || *end) return true;
    }
    return false;
}

listing_t listing_begin(const report_t *report)
{
    const size_t n = report->layers_n;
    const double *needs = report_needs(report);
    listing_t listing = {.report = report, .named = is_named(report)};
    for (size_t i = 0; i < n; i++) listing.sums.pes += report->assignment[i * HEADS + HEAD_PE];
    listing.sums.cycles = sum(report->runtime_cycles, n);
    listing.sums.energy = sum(report->energy_nj, n);
    listing.sums.need = sum(needs, n);
    listing.need = figure_scale(listing.sums.need, constraint_units(report->job->budget.constraint));
    listing.energy_decimals = column_decimals(report->energy_nj, n, 1);
    listing.need_decimals = column_decimals(needs, n, listing.need.factor);
    return listing;
}

bool listing_shows(const listing_t *listing, listing_column_t column)
{
    const objective_t objective = listing->report->job->objective;
    switch (column) {
    case LISTING_NAME:
        return listing->named;
    case LISTING_LATENCY_SHARE:
        return objective != OBJECTIVE_ENERGY;
    case LISTING_ENERGY_SHARE:
        return objective != OBJECTIVE_LATENCY;
    default:
        return true;
    }
}

bool listing_is_text(listing_column_t column)
{
    return column == LISTING_NAME || column == LISTING_TYPE;
}

/* ---- cells ------------------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static figure_t text(const char *format, ...)
{
    figure_t figure;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(figure.text, sizeof figure.text, format, arguments);
    va_end(arguments);
    return figure;
}

figure_t listing_head(const listing_t *listing, listing_column_t column)
{
    static const char *const heads[LISTING_COLUMNS] = {"#", "layer", "type", "K",   "C",      "Y",
                                                       "X", "R",     "S",    "PEs", "buffer", "cycles"};
    const job_t *job = listing->report->job;
    switch (column) {
    case LISTING_ENERGY:
        return text("energy nJ");
    case LISTING_NEED:
        return text("%s %s", constraint_name(job->budget.constraint), listing->need.units);
    case LISTING_LATENCY_SHARE:
        return text("%s %%", objective_name(OBJECTIVE_LATENCY));
    case LISTING_ENERGY_SHARE:
        return text("%s %%", objective_name(OBJECTIVE_ENERGY));
    case LISTING_BUDGET_SHARE:
        return text("budget %%");
    default:
        return text("%s", heads[column]);
    }
}

static figure_t share(double part, double all)
{
    return all > 0 ? figure_fixed(100 * part / all, 2) : text("-");
}

static figure_t sum_cell(const listing_t *listing, listing_column_t column)
{
    switch (column) {
    case LISTING_TYPE:
        return text("sum");
    case LISTING_PES:
        return figure_fixed(listing->sums.pes, 0);
    case LISTING_CYCLES:
        return figure_fixed(listing->sums.cycles, 0);
    case LISTING_ENERGY:
        return figure_fixed(listing->sums.energy, listing->energy_decimals);
    case LISTING_NEED:
        return figure_fixed(listing->sums.need * listing->need.factor, listing->need_decimals);
    case LISTING_LATENCY_SHARE:
    case LISTING_ENERGY_SHARE:
        return share(1, 1);
    case LISTING_BUDGET_SHARE:
        return share(listing->sums.need, listing->report->budget);
    default:
        return text("%s", "");
    }
}

static figure_t layer_cell(const listing_t *listing, size_t i, listing_column_t column)
{
    const report_t *report = listing->report;
    const int64_t *shape = report->shapes + i * SHAPE_COLUMNS;
    switch (column) {
    case LISTING_NUMBER:
        return text("%zu", i + 1);
    case LISTING_NAME:
        return text("%s", report_layer_name(report, i));
    case LISTING_TYPE:
        return text("%s", report_layer_type(report, i));
    case LISTING_PES:
        return text("%u", report->assignment[i * HEADS + HEAD_PE]);
    case LISTING_BUFFER:
        return text("%u", report->assignment[i * HEADS + HEAD_BUFFER]);
    case LISTING_CYCLES:
        return figure_fixed(report->runtime_cycles[i], 0);
    case LISTING_ENERGY:
        return figure_fixed(report->energy_nj[i], listing->energy_decimals);
    case LISTING_NEED:
        return figure_fixed(report_needs(report)[i] * listing->need.factor, listing->need_decimals);
    case LISTING_LATENCY_SHARE:
        return share(report->runtime_cycles[i], listing->sums.cycles);
    case LISTING_ENERGY_SHARE:
        return share(report->energy_nj[i], listing->sums.energy);
    case LISTING_BUDGET_SHARE:
        return share(report_needs(report)[i], report->budget);
    default:
        return text("%lld", (long long)shape[column - LISTING_K + SHAPE_K]);
    }
}

figure_t listing_cell(const listing_t *listing, size_t row, listing_column_t column)
{
    return row < listing->report->layers_n ? layer_cell(listing, row, column) : sum_cell(listing, column);
}
