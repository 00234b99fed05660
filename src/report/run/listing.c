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
        /* A file without names numbers its layers from 1 on; such names would repeat the first
           column. */
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

/* The sum of all layers is no share of the largest of them, nor of the largest network. */
static void listing_share_within(table_row_t *row, double part, double all)
{
    listing_share(row, part, part > all ? NAN : all);
}

/* What a layer, or all of them, takes, and what it counts in the objective. */
typedef struct {
    double latency, energy, limited, counted_latency, counted_energy;
} listing_figures_t;

static void listing_figures(const listing_t *listing, listing_figures_t of, table_row_t *row)
{
    table_real(row, of.latency);
    table_real(row, of.energy);
    table_real(row, of.limited * listing->limited.factor);
    if (listing_shares(listing, OBJECTIVE_LATENCY))
        listing_share_within(row, of.counted_latency, listing->whole.latency);
    if (listing_shares(listing, OBJECTIVE_ENERGY))
        listing_share_within(row, of.counted_energy, listing->whole.energy);
    listing_share(row, of.limited, listing->report->budget);
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
    listing_figures(listing,
                    (listing_figures_t){listing->sums.latency, listing->sums.energy,
                                        listing->sums.limited, listing->sums.counted_latency,
                                        listing->sums.counted_energy},
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
    /* What a layer takes is shown as it is; its share of the objective counts by its network's
       weight. */
    const double latency = report->latency[i], energy = report->energy[i];
    const double weight = report_weight(report, i);
    listing_figures(listing,
                    (listing_figures_t){latency, energy, report_limited(report)[i],
                                        weight * latency, weight * energy},
                    row);
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

/* By the weights of the networks. */
static double listing_counted(const report_t *report, const double *values)
{
    double sum = 0;
    for (size_t i = 0; i < report->layers_n; i++) sum += report_weight(report, i) * values[i];
    return sum;
}

/* Of the worst case the largest of the networks' totals. */
static double listing_whole(const report_t *report, const double *totals, double sum)
{
    double largest = 0;
    if (report->job->networks != NETWORKS_WORST || report->networks_n < 2) return sum;
    for (size_t i = 0; i < report->networks_n; i++)
        largest = fmax(largest, report->of_network.weight[i] * totals[i]);
    return largest;
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
    listing->sums.energy = listing_sum(report->energy, n);
    listing->sums.counted_latency = listing_counted(report, report->latency);
    listing->sums.counted_energy = listing_counted(report, report->energy);
    listing->whole.latency =
        listing_whole(report, report->of_network.latency, listing->sums.counted_latency);
    listing->whole.energy =
        listing_whole(report, report->of_network.energy, listing->sums.counted_energy);
    if (objective_kind(report->job->objective) == OBJECTIVE_OF_MAXIMUM)
        listing->whole.latency = report->objective;
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
