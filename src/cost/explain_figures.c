/* The figures of an explanation by part. */
#include "confx/compose.h"
#include "explain_text.h"
#include "grid.h"
#include "outputs.h"
#include "rules.h"

#include <assert.h>
#include <math.h>

static const char *const tensor_names[CONFX_TENSORS] = {"input", "filter", "output"};

/* ---- energy ------------------------------------------------------------------------------------------------------ */

static double l2_energy(const explanation_t *explanation, int tensor)
{
    const confx_cost_t *cost = &explanation->cost;
    const confx_hardware_units_t *units = &explanation->hardware->units;
    /* Section 7: MAESTRO leaves out the output's reads from the L2. */
    const int64_t reads = tensor == CONFX_TENSOR_OUTPUT ? 0 : cost->l2_read[tensor];
    return units->energy_unit_nj * units->l2_access * (double)(reads + cost->l2_write[tensor]);
}

static double l1_energy(const explanation_t *explanation, int tensor)
{
    const confx_cost_t *cost = &explanation->cost;
    const confx_hardware_units_t *units = &explanation->hardware->units;
    return units->energy_unit_nj * units->l1_access * (double)(cost->l1_read[tensor] + cost->l1_write[tensor]);
}

static bool write_accesses(const explanation_t *explanation, FILE *out)
{
    static const char *const heads[] = {"tensor",   "L2 size", "L2 write",  "L2 read",
                                        "L1 write", "L1 read", "L2 energy", "L1 energy"};
    static const char *const units[] = {"", "bytes", "accesses", "accesses", "accesses", "accesses", "nJ", "nJ"};
    enum { COLUMNS = sizeof heads / sizeof *heads };
    const confx_cost_t *cost = &explanation->cost;
    grid_t grid = grid_begin(COLUMNS);
    grid_words(&grid, heads, COLUMNS);
    grid_words(&grid, units, COLUMNS);
    for (int i = 0; i < CONFX_TENSORS; i++) {
        grid_add(&grid, "%s", tensor_names[i]);
        grid_wholes(&grid,
                    (const int64_t[]){explanation->walks->need[i], cost->l2_write[i], cost->l2_read[i],
                                      cost->l1_write[i], cost->l1_read[i]},
                    5);
        grid_add(&grid, "%.10g", l2_energy(explanation, i));
        grid_add(&grid, "%.10g", l1_energy(explanation, i));
    }
    return grid_end(&grid, out);
}

static bool write_energy(const explanation_t *explanation, FILE *out)
{
    double l1 = 0;
    assert(explanation->built && explanation->completed >= 1);
    for (int i = 0; i < CONFX_TENSORS; i++) l1 += l1_energy(explanation, i);
    out_print(out, "\nEnergy     %.12g nJ, of accesses to the buffers\n", explanation->cost.energy_nj);
    const bool well = write_accesses(explanation, out);
    fputs("  Reads of the output from the L2 are not counted.\n", out);
    if (explanation->completed > 1)
        out_print(out,
                  "  The L1's %.10g nJ are not counted: MAESTRO counts them where a dataflow has one level alone.\n",
                  l1);
    return well;
}

/* ---- area and power ---------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    double value;
} part_t;

static bool write_parts(const part_t *parts, size_t n, double whole, const char *unit, FILE *out)
{
    grid_t grid = grid_begin(4);
    for (size_t i = 0; i < n; i++) {
        grid_add(&grid, "%s", parts[i].name);
        grid_add(&grid, "%.10g", parts[i].value);
        grid_add(&grid, "%s", unit);
        grid_add(&grid, "%.3f %%", 100 * parts[i].value / whole);
    }
    return grid_end(&grid, out);
}

static bool write_area(const explanation_t *explanation, FILE *out)
{
    /* The five parts add up to the area as it is in the table. */
    const double pes = (double)explanation->pes;
    const confx_cost_t *cost = &explanation->cost;
    const area_parts_t area = outputs_area(cost, explanation->hardware, pes);
    const part_t parts[] = {{"multipliers of all PEs", pes * area.lanes},
                            {"L1 of all PEs", pes * area.l1},
                            {"L2", area.l2},
                            {"bus", area.bus},
                            {"arbiter", area.arbiter}};
    out_print(out, "\nArea       %.12g um^2; an L1 holds %lld bytes, the L2 %lld bytes\n", cost->area_um2,
              (long long)cost->l1_bytes, (long long)cost->l2_bytes);
    return write_parts(parts, sizeof parts / sizeof *parts, cost->area_um2, "um^2", out);
}

static bool write_power(const confx_cost_t *cost, FILE *out)
{
    const part_t parts[] = {{"multipliers of all PEs", cost->pe_power_mw},
                            {"L1 of all PEs", cost->l1_power_mw},
                            {"L2", cost->l2_power_mw},
                            {"bus and arbiter", cost->noc_power_mw}};
    out_print(out, "\nPower      %.12g mW\n", cost->power_mw);
    return write_parts(parts, sizeof parts / sizeof *parts, cost->power_mw, "mW", out);
}

/* ---- MACs -------------------------------------------------------------------------------------------------------- */

static void write_reasons(const explanation_t *explanation, FILE *out)
{
    static const char *const texts[] = {
#define MEND_TEXT(mend, quirk, text) text,
        MEND_LIST(MEND_TEXT)
#undef MEND_TEXT
    };
    for (int i = 0; i < MENDS; i++)
        if (explanation->reasons >> i & 1) out_print(out, "  Reason: in MAESTRO %s.\n", texts[i]);
    if (explanation->reasons)
        fputs("  With that mended the count is true.\n", out);
    else if (explanation->layer->type == CONFX_LAYER_TRCONV)
        fputs("  MAESTRO counts a transposed convolution as a convolution over the same input.\n", out);
    else if (explanation->levels.level[0].spatial_n > 1)
        fputs("  Two spatial maps of one level advance together, as a diagonal: what lies beside it is left "
              "out.\n",
              out);
    else
        fputs("  No known quirk of MAESTRO is the whole reason: the mapping itself repeats or leaves out work.\n", out);
}

static void write_counts(const explanation_t *explanation, FILE *out)
{
    static const char *const names[] = {"C", "G", "K",  "M", "N",
                                        "R", "S", "X'", "Y'"}; /* in the order of confx_dim_t */
    const level_t *level = &explanation->levels.level[0];
    /* Only where one dimension is counted wrongly by itself; the product may also depart as a whole. */
    for (int i = 0; i < level->maps_n; i++) {
        int64_t counted, outputs;
        if (!explanation_count(explanation, i, &counted, &outputs) || counted == outputs) continue;
        out_print(out, "  Along %s it counts %lld for %lld (factor %.6g).\n", names[level->maps[i].dim],
                  (long long)counted, (long long)outputs, (double)counted / (double)outputs);
    }
}

static void write_macs(const explanation_t *explanation, FILE *out)
{
    const double counted = (double)explanation->walks->sum.macs;
    out_print(out, "\nMACs       %.0f counted, %.0f in the layer", counted, explanation->true_macs);
    if (counted == explanation->true_macs) {
        fputs(": true\n", out);
        return;
    }
    out_print(out, ": a factor of %.6g\n", counted / explanation->true_macs);
    write_counts(explanation, out);
    write_reasons(explanation, out);
}

bool explanation_figures(const explanation_t *explanation, FILE *out)
{
    /* In the order in which a table has the columns. All parts are written even if one has failed. */
    bool well = write_energy(explanation, out);
    well &= write_area(explanation, out);
    well &= write_power(&explanation->cost, out);
    write_macs(explanation, out);
    return well;
}
