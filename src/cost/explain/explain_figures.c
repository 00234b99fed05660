/* The figures of an explanation by part. */
#include "confx/compose.h"
#include "cost/explain/explain_common.h"
#include "cost/explain/explain_text.h"
#include "cost/explain/text_table.h"

#include <assert.h>
#include <math.h>

/* ---- energy ---------------------------------------------------------------------------------- */

static double explain_figures_l2_energy(const explanation_t *explanation, int tensor)
{
    const confx_cost_t *cost = &explanation->cost;
    const confx_hardware_units_t *units = &explanation->point.hardware->units;
    /* Section 7: MAESTRO leaves out the output's reads from the L2. */
    const int64_t reads = tensor == CONFX_TENSOR_OUTPUT ? 0 : cost->l2_read[tensor];
    return units->energy_unit_nj * units->l2_access * (double)(reads + cost->l2_write[tensor]);
}

static double explain_figures_l1_energy(const explanation_t *explanation, int tensor)
{
    const confx_cost_t *cost = &explanation->cost;
    const confx_hardware_units_t *units = &explanation->point.hardware->units;
    return units->energy_unit_nj * units->l1_access *
           (double)(cost->l1_read[tensor] + cost->l1_write[tensor]);
}

static void explain_figures_accesses_row(const void *of, size_t i, table_row_t *row)
{
    const explanation_t *explanation = of;
    const confx_cost_t *cost = &explanation->cost;
    table_text(row, "%s", explain_tensors[i]);
    table_whole(row, explanation->walks->need[i]);
    table_whole(row, cost->l2_write[i]);
    table_whole(row, cost->l2_read[i]);
    table_whole(row, cost->l1_write[i]);
    table_whole(row, cost->l1_read[i]);
    table_real(row, explain_figures_l2_energy(explanation, (int)i));
    table_real(row, explain_figures_l1_energy(explanation, (int)i));
}

static void explain_figures_write_accesses(const explanation_t *explanation, FILE *out)
{
    static const table_column_t columns[] = {
        TABLE_WORDS("tensor"),
        {"L2 size", .unit = "bytes", .type = TABLE_WHOLE},
        {"L2 write", .unit = "accesses", .type = TABLE_WHOLE},
        {"L2 read", .unit = "accesses", .type = TABLE_WHOLE},
        {"L1 write", .unit = "accesses", .type = TABLE_WHOLE},
        {"L1 read", .unit = "accesses", .type = TABLE_WHOLE},
        {"L2 energy", .unit = "nJ", .type = TABLE_REAL, .digits = 10},
        {"L1 energy", .unit = "nJ", .type = TABLE_REAL, .digits = 10}};
    const table_t table = TABLE(columns, CONFX_TENSORS, explanation, explain_figures_accesses_row);
    text_table(&table, out);
}

static void explain_figures_write_energy(const explanation_t *explanation, FILE *out)
{
    double l1 = 0;
    assert(explanation->built && explanation->walks_n >= 1);
    for (int i = 0; i < CONFX_TENSORS; i++) l1 += explain_figures_l1_energy(explanation, i);
    out_print(out, "\nEnergy     %.12g nJ, of accesses to the buffers\n",
              explanation->cost.energy_nj);
    explain_figures_write_accesses(explanation, out);
    fputs("  Reads of the output from the L2 are not counted.\n", out);
    if (explanation->walks_n > 1)
        out_print(out,
                  "  The L1's %.10g nJ are not counted: MAESTRO counts them where a dataflow has "
                  "one level alone.\n",
                  l1);
}

/* ---- MACs ------------------------------------------------------------------------------------ */

static void explain_figures_write_reasons(const explanation_t *explanation, FILE *out)
{
    static const char *const texts[] = {
#define MEND_TEXT(mend, quirk, text) text,
        MEND_LIST(MEND_TEXT)
#undef MEND_TEXT
    };
    for (int i = 0; i < MENDS; i++)
        if (explanation->reasons >> i & 1) out_print(out, "  Reason: in MAESTRO %s.\n", texts[i]);
    /* Reasons were found by counting once more with quirks mended (mac_difference.c); where there
       is none, the mapping may be the cause. */
    if (explanation->reasons)
        fputs("  With that mended the count is true.\n", out);
    else if (explanation->point.layer->type == CONFX_LAYER_TRCONV)
        fputs("  MAESTRO counts a transposed convolution as a convolution over the same input.\n",
              out);
    else if (explanation->levels.level[0].spatial_n > 1)
        fputs("  Two spatial maps of one level advance together, as a diagonal: what lies beside "
              "it is left "
              "out.\n",
              out);
    else
        fputs("  No known quirk of MAESTRO is the whole reason: the mapping itself repeats or "
              "leaves out work.\n",
              out);
}

static void explain_figures_write_counts(const explanation_t *explanation, FILE *out)
{
    static const char *const names[] = {"C", "G", "K",  "M", "N",
                                        "R", "S", "X'", "Y'"}; /* in the order of confx_dim_t */
    const level_t *level = &explanation->levels.level[0];
    /* Only where one dimension is counted wrongly by itself; the product may also depart as a
       whole. */
    for (int i = 0; i < level->maps_n; i++) {
        int64_t counted, outputs;
        if (!explanation_count(explanation, i, &counted, &outputs) || counted == outputs) continue;
        out_print(out, "  Along %s it counts %lld for %lld (factor %.6g).\n",
                  names[level->maps[i].dim], (long long)counted, (long long)outputs,
                  (double)counted / (double)outputs);
    }
}

static void explain_figures_write_macs(const explanation_t *explanation, FILE *out)
{
    const double counted = (double)explanation->cost.macs;
    out_print(out, "\nMACs       %.0f counted, %.0f in the layer", counted, explanation->true_macs);
    if (counted == explanation->true_macs) {
        fputs(": true\n", out);
        return;
    }
    out_print(out, ": a factor of %.6g\n", counted / explanation->true_macs);
    explain_figures_write_counts(explanation, out);
    explain_figures_write_reasons(explanation, out);
}

void explanation_figures(const explanation_t *explanation, FILE *out)
{
    explain_figures_write_energy(explanation, out);
    explain_common_area(&explanation->point, &explanation->cost, out);
    explain_common_power(&explanation->cost, out);
    explain_figures_write_macs(explanation, out);
}
