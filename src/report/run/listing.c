#include "report/run/listing.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* ---- columns --------------------------------------------------------------------------------- */

static double listing_sum(const double *values, size_t n)
{
    double total = 0;
    for (size_t i = 0; i < n; i++) total += values[i];
    return total;
}

/* Decimals for a column: four significant digits of its least value, and no more than the largest
   makes worth reading. */
static int listing_decimals(const double *values, size_t n, double factor)
{
    enum { MOST = 6 };
    double least = INFINITY;
    for (size_t i = 0; i < n; i++)
        if (values[i] > 0) least = fmin(least, values[i] * factor);
    const int decimals = figure_decimals(least);
    return decimals < MOST ? decimals : MOST;
}

/* Layers without a name of their own are called by their number. */
static bool listing_is_named(const report_t *report)
{
    for (size_t layer = 0; layer < report->layers_n; layer++) {
        char *end;
        const char *name = report_layer_name(report, layer);
        if (strtoull(name, &end, 10) != layer + 1 || *end) return true;
    }
    return false;
}

static void listing_add(listing_t *listing, table_column_t column)
{
    assert(listing->table.columns_n < LISTING_COLUMNS_MAX);
    listing->columns[listing->table.columns_n++] = column;
}

static void listing_add_real(listing_t *listing, const char *name, const char *unit, int decimals)
{
    listing_add(listing, (table_column_t){name, .unit = unit, .type = TABLE_REAL,
                                          .format = TABLE_FIXED, .digits = decimals});
}

/* Of a sum only the share that the layers have is shown, of a product those of both factors. */
static bool listing_shares(const listing_t *listing, objective_t factor)
{
    const objective_t other = factor == OBJECTIVE_LATENCY ? OBJECTIVE_ENERGY : OBJECTIVE_LATENCY;
    return listing->report->job->objective != other;
}

static void listing_columns(listing_t *listing)
{
    static const char *const dims[SHAPE_STRIDE_Y] = {"K", "C", "Y", "X", "R", "S"};
    const report_t *report = listing->report;
    const size_t n = report->layers_n;
    const int need_decimals = listing_decimals(report_needs(report), n, listing->need.factor);
    /* Cells are given in this order by listing_row and listing_sums; columns that depend on the job
       depend on the same questions there. */
    listing_add(listing, (table_column_t)TABLE_COUNT("#"));
    if (listing->named)
        listing_add(listing, (table_column_t){"layer", .type = TABLE_TEXT, .gives_way = true});
    listing_add(listing, (table_column_t)TABLE_WORDS("type"));
    for (size_t dim = 0; dim < SHAPE_STRIDE_Y; dim++)
        listing_add(listing, (table_column_t)TABLE_COUNT(dims[dim]));
    listing_add(listing, (table_column_t){"PEs", .type = TABLE_WHOLE, .format = TABLE_FIXED});
    listing_add(listing, (table_column_t)TABLE_COUNT("buffer"));
    listing_add_real(listing, "cycles", NULL, 0);
    listing_add_real(listing, "energy", "nJ", listing_decimals(report->energy_nj, n, 1));
    listing_add_real(listing, constraint_name(report->job->budget.constraint), listing->need.units,
                     need_decimals);
    if (listing_shares(listing, OBJECTIVE_LATENCY))
        listing_add_real(listing, objective_name(OBJECTIVE_LATENCY), "%", 2);
    if (listing_shares(listing, OBJECTIVE_ENERGY))
        listing_add_real(listing, objective_name(OBJECTIVE_ENERGY), "%", 2);
    listing_add_real(listing, "budget", "%", 2);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void listing_share(table_row_t *row, double part, double all)
{
    table_known(row, all > 0 ? 100 * part / all : NAN);
}

static void listing_figures(const listing_t *listing, double cycles, double energy, double need,
                            table_row_t *row)
{
    table_real(row, cycles);
    table_real(row, energy);
    table_real(row, need * listing->need.factor);
    if (listing_shares(listing, OBJECTIVE_LATENCY))
        listing_share(row, cycles, listing->sums.cycles);
    if (listing_shares(listing, OBJECTIVE_ENERGY)) listing_share(row, energy, listing->sums.energy);
    listing_share(row, need, listing->report->budget);
}

static void listing_sums(const listing_t *listing, table_row_t *row)
{
    table_absent(row);
    if (listing->named) table_absent(row);
    table_text(row, "sum");
    for (size_t dim = 0; dim < SHAPE_STRIDE_Y; dim++) table_absent(row);
    table_real(row, listing->sums.pes);
    table_absent(row);
    listing_figures(listing, listing->sums.cycles, listing->sums.energy, listing->sums.need, row);
}

static void listing_row(const void *of, size_t i, table_row_t *row)
{
    const listing_t *listing = of;
    const report_t *report = listing->report;
    if (i == report->layers_n) {
        listing_sums(listing, row);
        return;
    }
    table_whole(row, (int64_t)i + 1);
    if (listing->named) table_text(row, "%s", report_layer_name(report, i));
    table_text(row, "%s", report_layer_type(report, i));
    for (size_t dim = 0; dim < SHAPE_STRIDE_Y; dim++)
        table_whole(row, report->shapes[i * SHAPE_COLUMNS + dim]);
    table_whole(row, report->assignment[i * HEADS + HEAD_PE]);
    table_whole(row, report->assignment[i * HEADS + HEAD_BUFFER]);
    listing_figures(listing, report->runtime_cycles[i], report->energy_nj[i],
                    report_needs(report)[i], row);
}

void listing_begin(const report_t *report, listing_t *listing)
{
    const size_t n = report->layers_n;
    *listing = (listing_t){.report = report, .named = listing_is_named(report)};
    /* Sums come first: shares are parts of them, and the unit of the need is the one that its sum
       is best told in, so that all rows share it. */
    for (size_t i = 0; i < n; i++) listing->sums.pes += report->assignment[i * HEADS + HEAD_PE];
    listing->sums.cycles = listing_sum(report->runtime_cycles, n);
    listing->sums.energy = listing_sum(report->energy_nj, n);
    listing->sums.need = listing_sum(report_needs(report), n);
    listing->need =
        figure_scale(listing->sums.need, constraint_units(report->job->budget.constraint));
    listing->table = (table_t){.columns = listing->columns,
                               .rows_n = n + 1,
                               .feet_n = 1,
                               .of = listing,
                               .row = listing_row};
    listing_columns(listing);
}
