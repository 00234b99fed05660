#include "report/run/utilisation.h"

#include "report/figure.h"
#include "report/run/listing.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- sums ------------------------------------------------------------------------------------ */

/* The number of the axis of PEs; axes_n: there is none. */
static size_t utilisation_axis(const report_t *report)
{
    size_t axis = 0;
    while (axis < report->axes_n && strcmp(report->axes[axis].name, "pe") != 0) axis++;
    return axis;
}

static double utilisation_pes(const report_t *report, size_t axis, size_t layer)
{
    return axis < report->axes_n ? report_value(report, layer, axis) : NAN;
}

/* Cycles that off-chip transfers add to those on the chip: with the parts of these they are all. */
static double utilisation_offchip(const report_t *report, size_t layer)
{
    assert(report->bounds);
    return fmax(0, report->latency_offchip[layer] - report->latency_noc[layer]);
}

/* Of a quotient of whole numbers. */
static const double rounding = 1e-9;

utilisation_sums_t utilisation_sum(const report_t *report)
{
    utilisation_sums_t sums = {.least = INFINITY, .most = -INFINITY};
    const size_t axis = utilisation_axis(report);
    assert(report->utilisation);
    for (size_t i = 0; i < report->layers_n; i++) {
        sums.macs += report->macs_true[i];
        /* Utilisation is MACs by what was possible, which is not logged by itself. */
        sums.possible += report->macs_true[i] / report->utilisation[i];
        sums.pes += utilisation_pes(report, axis, i);
        sums.active += report->active_pes[i];
        sums.least = fmin(sums.least, report->utilisation[i]);
        sums.most = fmax(sums.most, report->utilisation[i]);
        sums.beyond += report->utilisation[i] > 1 + rounding;
        sums.latency += report->latency[i];
        if (!report->bounds) continue;
        sums.bound[report->bounds[i]]++;
        sums.offchip += utilisation_offchip(report, i);
#define ADD(name) sums.name += report->name[i];
        REPORT_PART_LIST(ADD)
#undef ADD
    }
    return sums;
}

/* ---- columns --------------------------------------------------------------------------------- */

static void utilisation_add(utilisation_t *utilisation, table_column_t column)
{
    assert(utilisation->table.columns_n < UTILISATION_COLUMNS_MAX);
    utilisation->columns[utilisation->table.columns_n++] = column;
}

static void utilisation_add_figure(utilisation_t *utilisation, const char *name, const char *unit,
                                   int decimals)
{
    utilisation_add(utilisation, (table_column_t){name, .unit = unit, .type = TABLE_REAL,
                                                  .format = TABLE_FIXED, .digits = decimals});
}

/* Parts of the cycles, then parts of the energy: X(member, head). */
#define UTILISATION_CYCLES(X)                                                                      \
    X(latency_compute, "compute")                                                                  \
    X(latency_ingress, "ingress")                                                                  \
    X(latency_egress, "egress")
#define UTILISATION_ENERGIES(X)                                                                    \
    X(energy_l1, "L1")                                                                             \
    X(energy_l2, "L2")                                                                             \
    X(energy_mac, "MACs")                                                                          \
    X(energy_reduction, "reductions")                                                              \
    X(energy_noc, "NoC")                                                                           \
    X(energy_offchip, "off-chip")

static void utilisation_columns(utilisation_t *utilisation)
{
    utilisation_add(utilisation, (table_column_t)TABLE_COUNT("#"));
    if (utilisation->named)
        utilisation_add(utilisation,
                        (table_column_t){"layer", .type = TABLE_TEXT, .gives_way = true});
    utilisation_add(utilisation, (table_column_t)TABLE_WORDS("type"));
    utilisation_add_figure(utilisation, "pe", NULL, 0);
    utilisation_add_figure(utilisation, "MACs", NULL, 0);
    if (utilisation->departs) utilisation_add_figure(utilisation, "counted", NULL, 0);
    utilisation_add_figure(utilisation, "utilised", "%", 2);
    utilisation_add_figure(utilisation, "PEs at work", "%", 2);
    if (utilisation->report->bounds)
        utilisation_add(utilisation,
                        (table_column_t){"bound", .type = TABLE_TEXT, .head = "delay bound by"});
    if (!utilisation->in_parts) return;
#define ADD_CYCLES(member, head) utilisation_add_figure(utilisation, head, "cycles", 0);
    UTILISATION_CYCLES(ADD_CYCLES)
    ADD_CYCLES(offchip, "off-chip")
#undef ADD_CYCLES
#define ADD_ENERGY(member, head) utilisation_add_figure(utilisation, head, "nJ", 2);
    UTILISATION_ENERGIES(ADD_ENERGY)
#undef ADD_ENERGY
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* In words, and where one part of the cycles is meant and not nearly all of them, with that. */
static void utilisation_bound(const report_t *report, size_t layer, table_row_t *row)
{
    static const double nearly = 0.95;
    const report_bound_t bound = report->bounds[layer];
    const double *const parts[BOUNDS] = {[BOUND_COMPUTE] = report->latency_compute,
                                         [BOUND_INGRESS] = report->latency_ingress,
                                         [BOUND_EGRESS] = report->latency_egress};
    /* Bounds without a part of their own (off-chip, too few PEs) hold for the whole delay. */
    const double share = parts[bound] ? parts[bound][layer] / report->latency[layer] : 1;
    if (share < nearly)
        table_text(row, "%s, %s", report_bound_plain(bound), figure_percent(share).text);
    else
        table_text(row, "%s", report_bound_plain(bound));
}

static void utilisation_parts(const report_t *report, size_t layer, table_row_t *row)
{
#define CELL(member, head) table_known(row, report->member[layer]);
    UTILISATION_CYCLES(CELL)
    table_known(row, utilisation_offchip(report, layer));
    UTILISATION_ENERGIES(CELL)
#undef CELL
}

static void utilisation_feet(const utilisation_t *utilisation, table_row_t *row)
{
    const utilisation_sums_t *sums = &utilisation->sums;
    const report_t *report = utilisation->report;
    /* Layers that share one array have its PEs one after the other. */
    const bool shared = report->job->deployment == DEPLOYMENT_SEQUENTIAL;
    table_absent(row);
    if (utilisation->named) table_absent(row);
    table_text(row, shared ? "all" : "sum");
    table_known(row, shared ? sums->pes / (double)report->layers_n : sums->pes);
    table_known(row, sums->macs);
    if (utilisation->departs) table_known(row, report_macs(report).counted);
    /* The mean over all layers, each weighted with the MACs that were possible in its time. */
    table_known(row, 100 * sums->macs / sums->possible);
    table_known(row, 100 * sums->active / sums->pes);
    if (report->bounds) table_absent(row);
    if (!utilisation->in_parts) return;
#define CELL(member, head) table_known(row, sums->member);
    UTILISATION_CYCLES(CELL)
    table_known(row, sums->offchip);
    UTILISATION_ENERGIES(CELL)
#undef CELL
}

static void utilisation_row(const void *of, size_t i, table_row_t *row)
{
    const utilisation_t *utilisation = of;
    const report_t *report = utilisation->report;
    if (i == report->layers_n) {
        utilisation_feet(utilisation, row);
        return;
    }
    const double pes = utilisation_pes(report, utilisation->pe, i);
    table_whole(row, (int64_t)i + 1);
    if (utilisation->named) table_text(row, "%s", report_layer_name(report, i));
    table_text(row, "%s", report_layer_type(report, i));
    table_known(row, pes);
    table_known(row, report->macs_true[i]);
    if (utilisation->departs) table_known(row, report->macs[i]);
    table_known(row, 100 * report->utilisation[i]);
    table_known(row, 100 * report->active_pes[i] / pes);
    if (report->bounds) utilisation_bound(report, i, row);
    if (utilisation->in_parts) utilisation_parts(report, i, row);
}

void utilisation_begin(const report_t *report, bool in_parts, utilisation_t *utilisation)
{
    *utilisation = (utilisation_t){.report = report,
                                   .named = listing_is_named(report),
                                   .departs = report_macs(report).departing_n > 0,
                                   .in_parts = in_parts && report->bounds,
                                   .pe = utilisation_axis(report),
                                   .sums = utilisation_sum(report)};
    utilisation->table = (table_t){.columns = utilisation->columns,
                                   .rows_n = report->layers_n + 1,
                                   .feet_n = 1,
                                   .of = utilisation,
                                   .row = utilisation_row};
    utilisation_columns(utilisation);
}
