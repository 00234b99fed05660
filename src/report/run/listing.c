#include "report/run/listing.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* Columns of the dimensions stand in the order of the shapes of run.h5. */
typedef enum {
    LISTING_NUMBER,
    LISTING_NAME, /* shown when the network names its layers */
    LISTING_TYPE,
    LISTING_DIM,
    LISTING_PES = LISTING_DIM + SHAPE_STRIDE_Y,
    LISTING_BUFFER,
    LISTING_CYCLES,
    LISTING_ENERGY,
    LISTING_NEED,
    LISTING_LATENCY_SHARE, /* shown when the objective is it, or the product of both */
    LISTING_ENERGY_SHARE,
    LISTING_BUDGET_SHARE,
    LISTING_KINDS
} listing_kind_t;

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

static bool listing_shows(const report_t *report, listing_kind_t kind)
{
    const objective_t objective = report->job->objective;
    switch (kind) {
    case LISTING_NAME:
        return listing_is_named(report);
    case LISTING_LATENCY_SHARE:
        return objective != OBJECTIVE_ENERGY;
    case LISTING_ENERGY_SHARE:
        return objective != OBJECTIVE_LATENCY;
    default:
        return true;
    }
}

static table_column_t listing_column(const listing_t *listing, listing_kind_t kind)
{
    static const char *const dims[] = {"K", "C", "Y", "X", "R", "S"};
    static const table_column_t plain[LISTING_KINDS] = {
        [LISTING_NUMBER] = {"#", .type = TABLE_WHOLE},
        [LISTING_NAME] = {"layer", .type = TABLE_TEXT, .gives_way = true},
        [LISTING_TYPE] = {"type", .type = TABLE_TEXT},
        [LISTING_PES] = {"pe", .type = TABLE_WHOLE, .format = TABLE_FIXED, .head = "PEs"},
        [LISTING_BUFFER] = {"buf", .type = TABLE_WHOLE, .head = "buffer"},
        [LISTING_CYCLES] = {"cycles", .type = TABLE_REAL, .format = TABLE_FIXED},
        [LISTING_ENERGY] = {"energy", .unit = "nJ", .type = TABLE_REAL, .format = TABLE_FIXED},
        [LISTING_NEED] = {.type = TABLE_REAL, .format = TABLE_FIXED},
        [LISTING_LATENCY_SHARE] = {.unit = "%",
                                   .type = TABLE_REAL,
                                   .format = TABLE_FIXED,
                                   .digits = 2},
        [LISTING_ENERGY_SHARE] = {.unit = "%",
                                  .type = TABLE_REAL,
                                  .format = TABLE_FIXED,
                                  .digits = 2},
        [LISTING_BUDGET_SHARE] = {"budget", .unit = "%", .type = TABLE_REAL, .format = TABLE_FIXED,
                                  .digits = 2},
    };
    const report_t *report = listing->report;
    table_column_t column = plain[kind];
    if (kind >= LISTING_DIM && kind < LISTING_PES)
        column = (table_column_t){dims[kind - LISTING_DIM], .type = TABLE_WHOLE};
    if (kind == LISTING_LATENCY_SHARE) column.name = objective_name(OBJECTIVE_LATENCY);
    if (kind == LISTING_ENERGY_SHARE) column.name = objective_name(OBJECTIVE_ENERGY);
    if (kind == LISTING_ENERGY)
        column.digits = listing_decimals(report->energy_nj, report->layers_n, 1);
    if (kind == LISTING_NEED) {
        column.name = constraint_name(report->job->budget.constraint);
        column.unit = listing->need.units;
        column.digits =
            listing_decimals(report_needs(report), report->layers_n, listing->need.factor);
    }
    return column;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void listing_share(table_row_t *row, double part, double all)
{
    table_known(row, all > 0 ? 100 * part / all : NAN);
}

static void listing_sums(const listing_t *listing, listing_kind_t kind, table_row_t *row)
{
    switch (kind) {
    case LISTING_TYPE:
        table_text(row, "sum");
        return;
    case LISTING_PES:
        table_real(row, listing->sums.pes);
        return;
    case LISTING_CYCLES:
        table_real(row, listing->sums.cycles);
        return;
    case LISTING_ENERGY:
        table_real(row, listing->sums.energy);
        return;
    case LISTING_NEED:
        table_real(row, listing->sums.need * listing->need.factor);
        return;
    case LISTING_LATENCY_SHARE:
    case LISTING_ENERGY_SHARE:
        listing_share(row, 1, 1);
        return;
    case LISTING_BUDGET_SHARE:
        listing_share(row, listing->sums.need, listing->report->budget);
        return;
    default:
        table_absent(row);
    }
}

static void listing_layer(const listing_t *listing, size_t i, listing_kind_t kind, table_row_t *row)
{
    const report_t *report = listing->report;
    switch (kind) {
    case LISTING_NUMBER:
        table_whole(row, (int64_t)i + 1);
        return;
    case LISTING_NAME:
        table_text(row, "%s", report_layer_name(report, i));
        return;
    case LISTING_TYPE:
        table_text(row, "%s", report_layer_type(report, i));
        return;
    case LISTING_PES:
        table_whole(row, report->assignment[i * HEADS + HEAD_PE]);
        return;
    case LISTING_BUFFER:
        table_whole(row, report->assignment[i * HEADS + HEAD_BUFFER]);
        return;
    case LISTING_CYCLES:
        table_real(row, report->runtime_cycles[i]);
        return;
    case LISTING_ENERGY:
        table_real(row, report->energy_nj[i]);
        return;
    case LISTING_NEED:
        table_real(row, report_needs(report)[i] * listing->need.factor);
        return;
    case LISTING_LATENCY_SHARE:
        listing_share(row, report->runtime_cycles[i], listing->sums.cycles);
        return;
    case LISTING_ENERGY_SHARE:
        listing_share(row, report->energy_nj[i], listing->sums.energy);
        return;
    case LISTING_BUDGET_SHARE:
        listing_share(row, report_needs(report)[i], report->budget);
        return;
    default:
        table_whole(row, report->shapes[i * SHAPE_COLUMNS + kind - LISTING_DIM]);
    }
}

static void listing_row(const void *of, size_t i, table_row_t *row)
{
    const listing_t *listing = of;
    for (size_t c = 0; c < listing->table.columns_n; c++)
        if (i < listing->report->layers_n)
            listing_layer(listing, i, (listing_kind_t)listing->kinds[c], row);
        else
            listing_sums(listing, (listing_kind_t)listing->kinds[c], row);
}

void listing_begin(const report_t *report, listing_t *listing)
{
    const size_t n = report->layers_n;
    *listing = (listing_t){.report = report};
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
    for (listing_kind_t kind = 0; kind < LISTING_KINDS; kind++) {
        if (!listing_shows(report, kind)) continue;
        assert(listing->table.columns_n < LISTING_COLUMNS_MAX);
        listing->kinds[listing->table.columns_n] = kind;
        listing->columns[listing->table.columns_n++] = listing_column(listing, kind);
    }
}
