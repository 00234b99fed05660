#include "report/run/listing.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- columns --------------------------------------------------------------------------------- */

static double listing_sum(const double *values, size_t n)
{
    double total = 0;
    for (size_t i = 0; i < n; i++) total += values[i];
    return total;
}

/* Of what is limited: of one array that all layers share the largest need. */
static double listing_whole_limited(const report_t *report)
{
    const double *values = report_limited(report);
    double largest = 0;
    if (!constraint_is_once(report->job->budget.constraint, report->job->deployment))
        return listing_sum(values, report->layers_n);
    for (size_t i = 0; i < report->layers_n; i++) largest = fmax(largest, values[i]);
    return largest;
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

bool listing_is_named(const report_t *report)
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

/* Only shares of what the objective is made of are shown: of a sum that of the layer in it, of a
   product of sums those of both, of a maximum how near the layer comes to it. */
static bool listing_shares(const listing_t *listing, objective_t factor)
{
    return objective_uses(listing->report->job->objective, objective_name(factor));
}

static bool listing_is_of_maximum(const listing_t *listing)
{
    return objective_kind(listing->report->job->objective) == OBJECTIVE_OF_MAXIMUM;
}

static void listing_columns(listing_t *listing)
{
    static const char *const dims[SHAPE_STRIDE_Y] = {"K", "C", "Y", "X", "R", "S"};
    const report_t *report = listing->report;
    const size_t n = report->layers_n;
    const int decimals = listing_decimals(report_limited(report), n, listing->limited.factor);
    /* Cells are given in this order by listing_row and listing_sums; columns that depend on the job
       depend on the same questions there. */
    listing_add(listing, (table_column_t)TABLE_COUNT("#"));
    if (listing->named)
        listing_add(listing, (table_column_t){"layer", .type = TABLE_TEXT, .gives_way = true});
    listing_add(listing, (table_column_t)TABLE_WORDS("type"));
    for (size_t dim = 0; dim < SHAPE_STRIDE_Y; dim++)
        listing_add(listing, (table_column_t)TABLE_COUNT(dims[dim]));
    for (size_t axis = 0; axis < listing->axes_n; axis++)
        listing_add(listing,
                    (table_column_t){report->axes[axis].name,
                                     .type = report->axes[axis].words ? TABLE_TEXT : TABLE_WHOLE,
                                     .format = TABLE_FIXED});
    listing_add(listing, (table_column_t){"latency", .type = TABLE_REAL, .format = TABLE_FIXED,
                                          .head = "cycles"});
    listing_add_real(listing, "energy", "nJ", listing_decimals(report->energy, n, 1));
    listing_add_real(listing, constraint_name(report->job->budget.constraint),
                     listing->limited.units, decimals);
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

static void listing_figures(const listing_t *listing, double latency, double energy, double limited,
                            table_row_t *row)
{
    table_real(row, latency);
    table_real(row, energy);
    table_real(row, limited * listing->limited.factor);
    /* The sum of all layers is no share of the largest of them. */
    if (listing_shares(listing, OBJECTIVE_LATENCY))
        listing_share(row, latency,
                      latency > listing->whole_latency ? NAN : listing->whole_latency);
    if (listing_shares(listing, OBJECTIVE_ENERGY)) listing_share(row, energy, listing->sums.energy);
    listing_share(row, limited, listing->report->budget);
}

void listing_action(const report_t *report, size_t layer, size_t n, table_row_t *row)
{
    for (size_t axis = 0; axis < n; axis++) {
        const char *word = report_word(report, layer, axis);
        if (!report_uses(report, layer, axis))
            table_absent(row);
        else if (word)
            table_text(row, "%s", word);
        else
            table_whole(row, report_value(report, layer, axis));
    }
}

static void listing_sums(const listing_t *listing, table_row_t *row)
{
    table_absent(row);
    if (listing->named) table_absent(row);
    table_text(row, listing->report->job->deployment == DEPLOYMENT_SEQUENTIAL ? "all" : "sum");
    for (size_t dim = 0; dim < SHAPE_STRIDE_Y; dim++) table_absent(row);
    for (size_t axis = 0; axis < listing->axes_n; axis++)
        if (isnan(listing->sums.axes[axis]))
            table_absent(row);
        else
            table_real(row, listing->sums.axes[axis]);
    listing_figures(listing, listing->sums.latency, listing->sums.energy, listing->sums.limited,
                    row);
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
    listing_action(report, i, listing->axes_n, row);
    listing_figures(listing, report->latency[i], report->energy[i], report_limited(report)[i], row);
}

/* What the network has: layers that have hardware of their own have as many processing elements
   together as they have each; of other axes a sum means nothing. */
static double listing_axis_sum(const report_t *report, size_t axis)
{
    const bool shares = report->job->deployment == DEPLOYMENT_SEQUENTIAL;
    double sum = 0;
    /* One array has its PEs and its buffer once. */
    if (shares && strcmp(report->axes[axis].name, "buffer") == 0)
        return report_value(report, 0, axis);
    if (strcmp(report->axes[axis].name, "pe") != 0) return NAN;
    if (shares) return report_value(report, 0, axis);
    for (size_t i = 0; i < report->layers_n; i++) sum += report_value(report, i, axis);
    return sum;
}

void listing_begin(const report_t *report, listing_t *listing)
{
    const size_t n = report->layers_n;
    *listing = (listing_t){.report = report, .named = listing_is_named(report)};
    /* Sums come first: shares are parts of them, and the unit of what is limited is the one that
       its sum is best told in, so that all rows share it. */
    listing->axes_n = report->axes_n < LISTING_AXES_MAX ? report->axes_n : LISTING_AXES_MAX;
    for (size_t axis = 0; axis < listing->axes_n; axis++)
        listing->sums.axes[axis] = listing_axis_sum(report, axis);
    listing->sums.latency = listing_sum(report->latency, n);
    listing->whole_latency = listing->sums.latency;
    if (listing_is_of_maximum(listing)) listing->whole_latency = report->objective;
    listing->sums.energy = listing_sum(report->energy, n);
    listing->sums.limited = listing_whole_limited(report);
    listing->limited =
        figure_scale(listing->sums.limited, constraint_units(report->job->budget.constraint));
    listing->table = (table_t){.columns = listing->columns,
                               .rows_n = n + 1,
                               .feet_n = 1,
                               .of = listing,
                               .row = listing_row};
    listing_columns(listing);
}
