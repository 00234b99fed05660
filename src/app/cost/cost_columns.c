#include "app/cost/cost_columns.h"

#include <math.h>
#include <stddef.h>

/* How layers make a total: by adding up, by the largest, by the least, or anew from the total's
   other figures. */
typedef enum { ADDED, LARGEST, LEAST, DERIVED } total_t;

/* Which accountings define a figure, as bits; of none: it is only added up. */
enum { EXACT = 1 << CONFX_ACCOUNTING_EXACT, MAESTRO = 1 << CONFX_ACCOUNTING_MAESTRO };

typedef struct {
    const char *name;
    table_type_t type;
    unsigned of; /* accountings */
    bool main;   /* shown without --all */
    total_t total;
    size_t offset;
} column_t;

#define FIGURE(name, type, of, main, total, field)                                                 \
    {                                                                                              \
        name, TABLE_##type, of, main, total, offsetof(figures_t, field)                            \
    }
#define COLUMN(name, type, main, total, field)                                                     \
    FIGURE(name, type, EXACT | MAESTRO, main, total, field)
#define OF_MAESTRO(name, type, total, field) FIGURE(name, type, MAESTRO, false, total, field)
#define OF_EXACT(name, type, total, field)   FIGURE(name, type, EXACT, false, total, field)
#define HIDDEN(type, field)                  FIGURE("", type, 0, false, ADDED, field)
#define ACCESSES(tensor, index)                                                                    \
    COLUMN(tensor "_l1_read", WHOLE, false, ADDED, cost.l1_read[index]),                           \
        COLUMN(tensor "_l1_write", WHOLE, false, ADDED, cost.l1_write[index]),                     \
        COLUMN(tensor "_l2_read", WHOLE, false, ADDED, cost.l2_read[index]),                       \
        COLUMN(tensor "_l2_write", WHOLE, false, ADDED, cost.l2_write[index])
#define DELAY(name, field)                                                                         \
    OF_MAESTRO(name "_delay_min", WHOLE, LEAST, cost.field.min),                                   \
        OF_MAESTRO(name "_delay_max", WHOLE, LARGEST, cost.field.max),                             \
        OF_MAESTRO(name "_delay_average", WHOLE, LARGEST, cost.field.average)

static const column_t list[] = {
    COLUMN("runtime_cycles", WHOLE, true, ADDED, cost.runtime_cycles),
    COLUMN("energy_nj", REAL, true, ADDED, cost.energy_nj),
    COLUMN("area_um2", REAL, true, LARGEST, cost.area_um2),
    COLUMN("power_mw", REAL, true, LARGEST, cost.power_mw),
    COLUMN("l1_bytes", WHOLE, true, LARGEST, cost.l1_bytes),
    COLUMN("l2_bytes", WHOLE, true, LARGEST, cost.l2_bytes),
    COLUMN("macs", WHOLE, true, ADDED, cost.macs),
    COLUMN("macs_true", WHOLE, true, ADDED, macs_true),
    COLUMN("macs_per_cycle", REAL, true, DERIVED, cost.macs_per_cycle),
    FIGURE("utilisation", REAL, EXACT, true, DERIVED, utilisation),
    OF_MAESTRO("noc_bandwidth_peak", WHOLE, LARGEST, cost.noc_bandwidth_peak),
    OF_MAESTRO("noc_bandwidth_average", REAL, LARGEST, cost.noc_bandwidth_average),
    OF_MAESTRO("offchip_bandwidth", WHOLE, LARGEST, cost.offchip_bandwidth),
    COLUMN("pe_power_mw", REAL, false, LARGEST, cost.pe_power_mw),
    COLUMN("l1_power_mw", REAL, false, LARGEST, cost.l1_power_mw),
    COLUMN("l2_power_mw", REAL, false, LARGEST, cost.l2_power_mw),
    COLUMN("noc_power_mw", REAL, false, LARGEST, cost.noc_power_mw),
    ACCESSES("input", CONFX_TENSOR_INPUT),
    ACCESSES("filter", CONFX_TENSOR_FILTER),
    ACCESSES("output", CONFX_TENSOR_OUTPUT),
    COLUMN("active_pes", REAL, false, LARGEST, cost.active_pes),
    OF_MAESTRO("arithmetic_intensity", REAL, LARGEST, cost.arithmetic_intensity),
    DELAY("ingress", ingress),
    DELAY("egress", egress),
    DELAY("compute", compute),
    COLUMN("throughput_per_joule", REAL, false, DERIVED, throughput_per_joule),
    COLUMN("ops_per_joule", REAL, false, DERIVED, ops_per_joule),
    COLUMN("vector_width", REAL, false, LARGEST, vector_width),
    OF_MAESTRO("input_pixels", WHOLE, ADDED, input_pixels),
    OF_MAESTRO("filter_pixels", WHOLE, ADDED, filter_pixels),
    COLUMN("input_multicast", REAL, false, DERIVED, input_multicast),
    COLUMN("filter_multicast", REAL, false, DERIVED, filter_multicast),
    COLUMN("input_reuse", REAL, false, DERIVED, input_reuse),
    COLUMN("filter_reuse", REAL, false, DERIVED, filter_reuse),
    COLUMN("output_reuse", REAL, false, DERIVED, output_reuse),
    COLUMN("edp_cycles_nj", REAL, false, DERIVED, edp),
    OF_EXACT("steps", WHOLE, ADDED, cost.exact.steps),
    OF_EXACT("outputs", WHOLE, ADDED, cost.exact.outputs),
    OF_EXACT("noc_cycles", WHOLE, ADDED, cost.exact.noc_cycles),
    OF_EXACT("compute_cycles", WHOLE, ADDED, cost.exact.bound_cycles[CONFX_BOUND_COMPUTE]),
    OF_EXACT("ingress_cycles", WHOLE, ADDED, cost.exact.bound_cycles[CONFX_BOUND_INGRESS]),
    OF_EXACT("egress_cycles", WHOLE, ADDED, cost.exact.bound_cycles[CONFX_BOUND_EGRESS]),
    OF_EXACT("offchip_cycles", WHOLE, ADDED, cost.exact.offchip_cycles),
    OF_EXACT("input_noc_read", WHOLE, ADDED, cost.exact.noc_read[CONFX_TENSOR_INPUT]),
    OF_EXACT("filter_noc_read", WHOLE, ADDED, cost.exact.noc_read[CONFX_TENSOR_FILTER]),
    OF_EXACT("output_noc_read", WHOLE, ADDED, cost.exact.noc_read[CONFX_TENSOR_OUTPUT]),
    OF_EXACT("output_noc_written", WHOLE, ADDED, cost.exact.noc_written),
    OF_EXACT("reductions", WHOLE, ADDED, cost.exact.reductions),
    OF_EXACT("input_offchip_read", WHOLE, ADDED, cost.exact.offchip_read[CONFX_TENSOR_INPUT]),
    OF_EXACT("filter_offchip_read", WHOLE, ADDED, cost.exact.offchip_read[CONFX_TENSOR_FILTER]),
    OF_EXACT("output_offchip_read", WHOLE, ADDED, cost.exact.offchip_read[CONFX_TENSOR_OUTPUT]),
    OF_EXACT("output_offchip_written", WHOLE, ADDED, cost.exact.offchip_written),
    OF_EXACT("l1_nj", REAL, ADDED, cost.exact.l1_nj),
    OF_EXACT("l2_nj", REAL, ADDED, cost.exact.l2_nj),
    OF_EXACT("mac_nj", REAL, ADDED, cost.exact.mac_nj),
    OF_EXACT("reduction_nj", REAL, ADDED, cost.exact.reduction_nj),
    OF_EXACT("noc_nj", REAL, ADDED, cost.exact.noc_nj),
    OF_EXACT("offchip_nj", REAL, ADDED, cost.exact.offchip_nj),
    HIDDEN(REAL, slots),
    HIDDEN(WHOLE, spent[CONFX_BOUND_COMPUTE]),
    HIDDEN(WHOLE, spent[CONFX_BOUND_INGRESS]),
    HIDDEN(WHOLE, spent[CONFX_BOUND_EGRESS]),
    HIDDEN(WHOLE, spent[SPENT_OFFCHIP]),
};
enum { COLUMNS = sizeof list / sizeof *list };
_Static_assert(COLUMNS + 4 <= COLUMNS_MAX, "columns_list has no room for all of them");

static int64_t *cost_columns_whole_at(figures_t *figures, const column_t *column)
{
    return (int64_t *)(void *)((char *)figures + column->offset);
}

static double *cost_columns_real_at(figures_t *figures, const column_t *column)
{
    return (double *)(void *)((char *)figures + column->offset);
}

static int64_t cost_columns_whole(const figures_t *figures, const column_t *column)
{
    return *(const int64_t *)(const void *)((const char *)figures + column->offset);
}

static double cost_columns_real(const figures_t *figures, const column_t *column)
{
    return *(const double *)(const void *)((const char *)figures + column->offset);
}

/* ---- figures --------------------------------------------------------------------------------- */

static double cost_columns_ratio(int64_t of, int64_t by)
{
    return of == 0 && by == 0 ? NAN : (double)of / (double)by;
}

static double cost_columns_reuse(const confx_cost_t *cost, confx_tensor_t tensor)
{
    return cost_columns_ratio(cost->l1_read[tensor], cost->l1_write[tensor]);
}

/* src/cost/README.md, section 9. */
static void cost_columns_derive(figures_t *figures)
{
    static const double nj_per_joule = 1e9;
    confx_cost_t *cost = &figures->cost;
    const double macs = (double)cost->macs;
    /* The same formulas serve a layer and a total, because they use only figures that add up.
       Multicast is the writes of all L1s for each read of the L2, and reuse the reads of an L1 for
       each write. */
    cost->macs_per_cycle = cost_columns_ratio(cost->macs, cost->runtime_cycles);
    figures->throughput_per_joule = cost->macs_per_cycle / cost->energy_nj * nj_per_joule;
    figures->ops_per_joule = macs / cost->energy_nj * nj_per_joule;
    figures->input_multicast =
        cost_columns_ratio(cost->l1_write[CONFX_TENSOR_INPUT], cost->l2_read[CONFX_TENSOR_INPUT]);
    figures->filter_multicast =
        cost_columns_ratio(cost->l1_write[CONFX_TENSOR_FILTER], cost->l2_read[CONFX_TENSOR_FILTER]);
    figures->input_reuse = cost_columns_reuse(cost, CONFX_TENSOR_INPUT);
    figures->filter_reuse = cost_columns_reuse(cost, CONFX_TENSOR_FILTER);
    figures->output_reuse = cost_columns_reuse(cost, CONFX_TENSOR_OUTPUT);
    figures->edp = (double)cost->runtime_cycles * cost->energy_nj;
    figures->utilisation = figures->slots > 0 ? macs / figures->slots : NAN;
}

/* -1: they do not fit. */
static int64_t cost_columns_macs(const confx_layer_t *layer)
{
    int64_t macs = 1;
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        if (layer->dim[dim] != 0 &&
            __builtin_mul_overflow(macs, confx_layer_extent(layer, (confx_dim_t)dim), &macs))
            return -1;
    return macs;
}

/* Layers run one after another, so that what bounds a total is what most of its cycles go to. */
static void cost_columns_spend(figures_t *figures)
{
    const confx_cost_exact_t *exact = &figures->cost.exact;
    if (exact->offchip_cycles > exact->noc_cycles)
        figures->spent[SPENT_OFFCHIP] = exact->offchip_cycles;
    else
        for (int bound = 0; bound < CONFX_BOUNDS; bound++)
            figures->spent[bound] = exact->bound_cycles[bound];
}

/* Under the accounting maestro the L2 is filled with each element of input and filter once: its
   writes are the elements. */
void figures_fill(const confx_cost_t *cost, const confx_hardware_t *hardware,
                  const confx_layer_t *layer, int64_t pes, figures_t *figures)
{
    *figures =
        (figures_t){.cost = *cost,
                    .macs_true = layer ? cost_columns_macs(layer) : 0,
                    .slots = (double)pes * hardware->simd_lanes * (double)cost->runtime_cycles,
                    .vector_width = hardware->simd_lanes,
                    .input_pixels = cost->l2_write[CONFX_TENSOR_INPUT],
                    .filter_pixels = cost->l2_write[CONFX_TENSOR_FILTER]};
    if (cost->fault == CONFX_COST_VALID) figures->exceeded = confx_cost_exceeded(cost, hardware);
    cost_columns_spend(figures);
    cost_columns_derive(figures);
}

/* False: the sum does not fit. */
static bool cost_columns_add_whole(const column_t *column, int64_t one, int64_t *total)
{
    if (column->total == ADDED) return !__builtin_add_overflow(*total, one, total);
    if (column->total == LARGEST && one > *total) *total = one;
    if (column->total == LEAST && one < *total) *total = one;
    return true;
}

static void cost_columns_add_real(const column_t *column, double one, double *total)
{
    if (column->total == ADDED) *total += one;
    if (column->total == LARGEST) *total = fmax(one, *total);
}

bool figures_add(const figures_t *one, size_t n, figures_t *total)
{
    bool fits = one->macs_true >= 0;
    /* The first layer is the total so far, including figures that are the least or the largest.
       DERIVED figures are not combined but computed anew from the sums, after every layer. */
    if (n == 0) *total = *one;
    total->exceeded |= one->exceeded;
    for (size_t i = 0; n > 0 && i < COLUMNS; i++) {
        const column_t *column = &list[i];
        if (column->type == TABLE_WHOLE)
            fits &= cost_columns_add_whole(column, cost_columns_whole(one, column),
                                           cost_columns_whole_at(total, column));
        else
            cost_columns_add_real(column, cost_columns_real(one, column),
                                  cost_columns_real_at(total, column));
    }
    cost_columns_derive(total);
    return fits;
}

/* ---- columns --------------------------------------------------------------------------------- */

static bool cost_columns_is_shown(const column_t *column, columns_t columns)
{
    return (column->of >> columns.accounting & 1) && (columns.all || column->main);
}

size_t columns_list(columns_t columns, table_column_t out[COLUMNS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        if (cost_columns_is_shown(&list[i], columns))
            out[n++] = (table_column_t){list[i].name, .type = list[i].type};
    if (columns.accounting == CONFX_ACCOUNTING_EXACT)
        out[n++] = (table_column_t){"bound", .type = TABLE_TEXT};
    out[n++] = (table_column_t){"valid", .type = TABLE_TRUTH};
    out[n++] =
        (table_column_t){"fault", .type = TABLE_TEXT, .without = columns.all ? 0 : TABLE_NOT_CSV};
    if (columns.limited) out[n++] = (table_column_t){"exceeds", .type = TABLE_TEXT};
    return n;
}

static void cost_columns_add_real_cell(double value, bool valid, table_row_t *row)
{
    if (isfinite(value) || !valid)
        table_real(row, isfinite(value) ? value : NAN);
    else
        table_known(row, NAN);
}

/* Of a point, what confx_cost_bound_text says of it; of nothing, nothing. */
static void cost_columns_add_bound(const figures_t *figures, table_row_t *row)
{
    const int64_t *spent = figures->spent;
    confx_cost_exact_t exact = {.noc_cycles = 0};
    int64_t most = 0;
    for (int bound = 0; bound < CONFX_BOUNDS; bound++) {
        exact.bound_cycles[bound] = spent[bound];
        most = spent[bound] > most ? spent[bound] : most;
    }
    /* Of a total off-chip is one of four that cycles go to. */
    exact.offchip_cycles = spent[SPENT_OFFCHIP] > most;
    if (most == 0 && spent[SPENT_OFFCHIP] == 0)
        table_absent(row);
    else
        table_text(row, "%s", confx_cost_bound_text(&exact));
}

void columns_add(const figures_t *figures, columns_t columns, table_row_t *row)
{
    char keys[CONFX_COST_LIMITS_TEXT_MAX];
    const bool valid = figures->cost.fault == CONFX_COST_VALID;
    for (size_t i = 0; i < COLUMNS; i++) {
        if (!cost_columns_is_shown(&list[i], columns)) continue;
        /* More true MACs than 64 bits hold are no number that a column of integers could have. */
        if (list[i].offset == offsetof(figures_t, macs_true) && figures->macs_true < 0)
            table_known(row, NAN);
        else if (list[i].type == TABLE_WHOLE)
            table_whole(row, cost_columns_whole(figures, &list[i]));
        else
            cost_columns_add_real_cell(cost_columns_real(figures, &list[i]), valid, row);
    }
    if (columns.accounting == CONFX_ACCOUNTING_EXACT) cost_columns_add_bound(figures, row);
    table_whole(row, valid);
    /* In JSON a valid row has no key for its fault; in CSV every row has every column. */
    if (columns.json && valid)
        table_absent(row);
    else
        table_text(row, "%s", confx_cost_fault_text(figures->cost.fault));
    if (!columns.limited) return;
    confx_cost_exceeded_keys(figures->exceeded, keys);
    table_text(row, "%s", keys);
}
