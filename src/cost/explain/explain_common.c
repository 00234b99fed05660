#include "cost/explain/explain_common.h"

#include "confx/compose.h"
#include "cost/engine/energy_area.h"
#include "cost/explain/text_table.h"

const char *const explain_tensors[CONFX_TENSORS] = {"input", "filter", "output"};

/* ---- the point ------------------------------------------------------------------------------- */

void explain_common_dims(const int64_t dim[CONFX_DIM_COUNT], FILE *out)
{
    static const confx_dim_t order[] = {CONFX_DIM_N, CONFX_DIM_G, CONFX_DIM_M,
                                        CONFX_DIM_K, CONFX_DIM_C, CONFX_DIM_Y,
                                        CONFX_DIM_X, CONFX_DIM_R, CONFX_DIM_S};
    const char *comma = "";
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (dim[order[i]] == 0) continue;
        out_print(out, "%s%c %lld", comma, confx_dim_letters()[order[i]], (long long)dim[order[i]]);
        comma = ", ";
    }
}

void explain_common_point(const evaluation_point_t *point, FILE *out)
{
    const confx_layer_t *layer = point->layer;
    const confx_hardware_t *hardware = point->hardware;
    out_print(out, "Layer      %s, %s: ", layer->name, confx_layer_type_name(layer->type));
    explain_common_dims(layer->dim, out);
    out_print(out, "; stride %lld along Y, %lld along X\n", (long long)layer->stride_y,
              (long long)layer->stride_x);
    out_print(out, "Action     %lld PEs, buffer level %lld\n", (long long)point->pes,
              (long long)point->buffer);
    out_print(out,
              "Hardware   %s: NoC %.10g elements/cycle, latency %.10g cycles; off-chip %.10g "
              "elements/cycle; "
              "%.10g MACs/cycle a PE\n",
              hardware->name, hardware->noc_bandwidth, hardware->noc_latency,
              hardware->offchip_bandwidth, hardware->simd_lanes);
}

void explain_common_verdict(const evaluation_point_t *point, const confx_cost_t *cost, FILE *out)
{
    char limits[CONFX_COST_LIMITS_TEXT_MAX];
    out_print(out, "Verdict    %s%s\n", cost->fault == CONFX_COST_VALID ? "" : "invalid: ",
              confx_cost_fault_text(cost->fault));
    if (confx_cost_exceeded_text(cost, point->hardware, limits))
        out_print(out, "Limits     %s\n", limits);
}

/* ---- parts of a whole ------------------------------------------------------------------------ */

/* Parts of a whole, with their shares. */
typedef struct {
    const char *name;
    double value;
} explain_part_t;
typedef struct {
    const explain_part_t *parts;
    size_t parts_n;
    double whole;
    const char *unit;
} explain_parts_t;

static void explain_common_parts_row(const void *of, size_t i, table_row_t *row)
{
    const explain_parts_t *parts = of;
    table_text(row, "%s", parts->parts[i].name);
    table_real(row, parts->parts[i].value);
    table_text(row, "%s", parts->unit);
    table_text(row, "%.3f %%", 100 * parts->parts[i].value / parts->whole);
}

static void explain_common_parts(const explain_parts_t *parts, FILE *out)
{
    static const table_column_t columns[] = {{.type = TABLE_TEXT},
                                             {.type = TABLE_REAL, .digits = 10},
                                             {.type = TABLE_TEXT},
                                             {.type = TABLE_TEXT}};
    const table_t table = TABLE(columns, parts->parts_n, parts, explain_common_parts_row);
    text_table(&table, out);
}

void explain_common_area(const evaluation_point_t *point, const confx_cost_t *cost, FILE *out)
{
    /* The five parts add up to the area as it is in the table. */
    const double pes = (double)point->pes;
    const area_parts_t area = energy_area_parts(cost, point->hardware, pes);
    const explain_part_t parts[] = {{"multipliers of all PEs", pes * area.lanes},
                                    {"L1 of all PEs", pes * area.l1},
                                    {"L2", area.l2},
                                    {"bus", area.bus},
                                    {"arbiter", area.arbiter}};
    out_print(out, "\nArea       %.12g um^2; an L1 holds %lld bytes, the L2 %lld bytes\n",
              cost->area_um2, (long long)cost->l1_bytes, (long long)cost->l2_bytes);
    explain_common_parts(
        &(explain_parts_t){parts, sizeof parts / sizeof *parts, cost->area_um2, "um^2"}, out);
}

void explain_common_power(const confx_cost_t *cost, FILE *out)
{
    const explain_part_t parts[] = {{"multipliers of all PEs", cost->pe_power_mw},
                                    {"L1 of all PEs", cost->l1_power_mw},
                                    {"L2", cost->l2_power_mw},
                                    {"bus and arbiter", cost->noc_power_mw}};
    out_print(out, "\nPower      %.12g mW\n", cost->power_mw);
    explain_common_parts(
        &(explain_parts_t){parts, sizeof parts / sizeof *parts, cost->power_mw, "mW"}, out);
}
