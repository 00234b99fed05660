/* The figures of an explanation under the accounting exact by part. */
#include "cost/explain/exact_figures.h"

#include "confx/compose.h"
#include "cost/explain/explain_common.h"
#include "cost/explain/text_table.h"

/* ---- accesses -------------------------------------------------------------------------------- */

static void exact_figures_accesses_row(const void *of, size_t i, table_row_t *row)
{
    const exact_trace_t *trace = of;
    const confx_cost_t *cost = &trace->cost;
    const bool output = i == CONFX_TENSOR_OUTPUT;
    table_text(row, "%s", explain_tensors[i]);
    table_whole(row, trace->noc.most[i]);
    table_whole(row, cost->l1_read[i]);
    table_whole(row, cost->l1_write[i]);
    table_whole(row, trace->offchip.most[i]);
    table_whole(row, cost->l2_read[i]);
    table_whole(row, cost->l2_write[i]);
    table_whole(row, cost->exact.offchip_read[i]);
    table_whole(row, output ? cost->exact.offchip_written : 0);
}

static void exact_figures_write_accesses(const exact_trace_t *trace, FILE *out)
{
    static const table_column_t columns[] = {
        TABLE_WORDS("tensor"),
        {"L1 holds", .unit = "elements", .type = TABLE_WHOLE},
        {"L1 read", .unit = "accesses", .type = TABLE_WHOLE},
        {"L1 write", .unit = "accesses", .type = TABLE_WHOLE},
        {"L2 holds", .unit = "elements", .type = TABLE_WHOLE},
        {"L2 read", .unit = "accesses", .type = TABLE_WHOLE},
        {"L2 write", .unit = "accesses", .type = TABLE_WHOLE},
        {"off-chip read", .unit = "elements", .type = TABLE_WHOLE},
        {"off-chip write", .unit = "elements", .type = TABLE_WHOLE}};
    const table_t table = TABLE(columns, CONFX_TENSORS, trace, exact_figures_accesses_row);
    fputs("\nBuffers and accesses (an L1 and the L2 hold that at most at once, and as much again "
          "for the next step)\n",
          out);
    text_table(&table, out);
}

/* ---- energy ---------------------------------------------------------------------------------- */

typedef struct {
    const char *name, *what;
    int64_t count;
    double each, energy; /* nJ; 0 each: left out */
} exact_figures_part_t;

enum { PARTS = 6 };

typedef struct {
    exact_figures_part_t parts[PARTS];
    double whole;
} exact_figures_energy_t;

/* An element is a byte, a sum has psum_bytes; what is written and not finished is sums. */
static int64_t exact_figures_bytes(const int64_t read[CONFX_TENSORS], int64_t written,
                                   int64_t outputs, int64_t psum_bytes)
{
    return read[CONFX_TENSOR_INPUT] + read[CONFX_TENSOR_FILTER] + outputs +
           psum_bytes * (read[CONFX_TENSOR_OUTPUT] + written - outputs);
}

static exact_figures_energy_t exact_figures_energy(const exact_trace_t *trace)
{
    const confx_cost_t *cost = &trace->cost;
    const confx_cost_exact_t *own = &cost->exact;
    const confx_hardware_t *hardware = trace->point.hardware;
    const confx_hardware_units_t *units = &hardware->units;
    int64_t l1 = 0, l2 = 0;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        l1 += cost->l1_read[tensor] + cost->l1_write[tensor];
        l2 += cost->l2_read[tensor] + cost->l2_write[tensor];
    }
    const int64_t noc =
        exact_figures_bytes(own->noc_read, own->noc_written, own->outputs, hardware->psum_bytes);
    const int64_t offchip = exact_figures_bytes(own->offchip_read, own->offchip_written,
                                                own->outputs, hardware->psum_bytes);
    return (exact_figures_energy_t){
        .parts = {{"L1", "accesses", l1, units->energy_unit_nj * units->l1_access, own->l1_nj},
                  {"L2", "accesses", l2, units->energy_unit_nj * units->l2_access, own->l2_nj},
                  {"MAC", "MACs", cost->macs, units->mac_nj, own->mac_nj},
                  {"reduction", "additions in the network", own->reductions, units->add_nj,
                   own->reduction_nj},
                  {"NoC", "bytes from and to the L2", noc, units->noc_hops * units->hop_nj,
                   own->noc_nj},
                  {"off-chip", "bytes", offchip, units->offchip_nj, own->offchip_nj}},
        .whole = cost->energy_nj};
}

static void exact_figures_energy_row(const void *of, size_t i, table_row_t *row)
{
    const exact_figures_energy_t *energy = of;
    const exact_figures_part_t *part = &energy->parts[i];
    table_text(row, "%s", part->name);
    table_whole(row, part->count);
    table_text(row, "%s", part->what);
    if (part->each == 0 && part->energy == 0) {
        table_text(row, "left out");
        for (int column = 0; column < 2; column++) table_absent(row);
        return;
    }
    table_text(row, "%.10g", part->each);
    table_real(row, part->energy);
    table_text(row, "%.3f %%", 100 * part->energy / energy->whole);
}

static void exact_figures_write_energy(const exact_trace_t *trace, FILE *out)
{
    static const table_column_t columns[] = {
        TABLE_WORDS("part"),
        TABLE_COUNT("number"),
        TABLE_WORDS("of"),
        {"each", .unit = "nJ", .type = TABLE_TEXT},
        {"energy", .unit = "nJ", .type = TABLE_REAL, .digits = 10},
        TABLE_WORDS("share")};
    const exact_figures_energy_t energy = exact_figures_energy(trace);
    const table_t table = TABLE(columns, PARTS, &energy, exact_figures_energy_row);
    bool left_out = false;
    out_print(out, "\nEnergy     %.12g nJ\n", trace->cost.energy_nj);
    text_table(&table, out);
    for (int i = 0; i < PARTS; i++)
        /* A unit cost of 0 is one that the hardware's profile does not have. */
        left_out = left_out || (energy.parts[i].each == 0 && energy.parts[i].energy == 0);
    if (left_out) fputs("  Left out: the hardware does not say what one of them costs.\n", out);
}

/* ---- the whole ------------------------------------------------------------------------------- */

void exact_figures(const exact_trace_t *trace, FILE *out)
{
    const confx_cost_t *cost = &trace->cost;
    exact_figures_write_accesses(trace, out);
    exact_figures_write_energy(trace, out);
    explain_common_area(&trace->point, cost, out);
    explain_common_power(cost, out);
    out_print(out,
              "\nMACs       %lld, each of the layer's once; in %lld steps %.6g of %lld PEs have "
              "work on average\n",
              (long long)cost->macs, (long long)cost->exact.steps, cost->active_pes,
              (long long)trace->point.pes);
    out_print(out,
              "Use        %.4g %% of the MACs that all PEs could do in %lld cycles "
              "(utilisation)\n",
              100 * cost->exact.utilisation, (long long)cost->runtime_cycles);
}
