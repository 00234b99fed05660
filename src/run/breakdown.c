#include "run/breakdown.h"

#include "confx/figures.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define BREAKDOWN_FIGURE(figure, name, unit, long_name) {name, unit, long_name},
const breakdown_figure_t breakdown_figures[BREAKDOWN_FIGURES] = {
    BREAKDOWN_LIST(BREAKDOWN_FIGURE) BREAKDOWN_PART_LIST(BREAKDOWN_FIGURE)};
#undef BREAKDOWN_FIGURE

/* Are PEs without work what more of the layer could be shared out to? Below this part of them, and
   of the multiplications that they had cycles for. */
static const double breakdown_filled = 0.75;

/* Compute that many PEs have no share in is told apart: neither a wider network nor faster PEs
   would help it much, but another dataflow or fewer PEs. */
static const char *breakdown_bound_of(const confx_cost_t *cost, int64_t pes)
{
    const char *bound = confx_cost_bound_text(&cost->exact);
    const bool filled = cost->exact.utilisation >= breakdown_filled ||
                        cost->active_pes >= breakdown_filled * (double)pes;
    return strcmp(bound, "compute") != 0 || filled ? bound : "pes";
}

static void breakdown_fill_parts(const confx_cost_exact_t *exact, double *figures)
{
    figures[BREAKDOWN_LATENCY_NOC] = (double)exact->noc_cycles;
    figures[BREAKDOWN_LATENCY_COMPUTE] = (double)exact->bound_cycles[CONFX_BOUND_COMPUTE];
    figures[BREAKDOWN_LATENCY_INGRESS] = (double)exact->bound_cycles[CONFX_BOUND_INGRESS];
    figures[BREAKDOWN_LATENCY_EGRESS] = (double)exact->bound_cycles[CONFX_BOUND_EGRESS];
    figures[BREAKDOWN_LATENCY_OFFCHIP] = (double)exact->offchip_cycles;
    figures[BREAKDOWN_ENERGY_L1] = exact->l1_nj;
    figures[BREAKDOWN_ENERGY_L2] = exact->l2_nj;
    figures[BREAKDOWN_ENERGY_MAC] = exact->mac_nj;
    figures[BREAKDOWN_ENERGY_REDUCTION] = exact->reduction_nj;
    figures[BREAKDOWN_ENERGY_NOC] = exact->noc_nj;
    figures[BREAKDOWN_ENERGY_OFFCHIP] = exact->offchip_nj;
}

void breakdown_take(const confx_cost_t *cost, double macs, int64_t pes, double lanes,
                    breakdown_t *breakdown)
{
    assert(pes >= 1 && lanes > 0);
    /* Every mapping that is counted exactly has a step with work; MAESTRO's accounting has none. */
    *breakdown = (breakdown_t){.has_parts = cost->exact.steps > 0, .bound = ""};
    double *figures = breakdown->figures;
    for (int i = BREAKDOWN_PARTS; i < BREAKDOWN_FIGURES; i++) figures[i] = NAN;
    figures[BREAKDOWN_MACS_TRUE] = macs;
    figures[BREAKDOWN_UTILISATION] = macs / ((double)pes * lanes * (double)cost->runtime_cycles);
    figures[BREAKDOWN_ACTIVE_PES] = cost->active_pes;
    if (!breakdown->has_parts) return;
    figures[BREAKDOWN_UTILISATION] = cost->exact.utilisation;
    breakdown_fill_parts(&cost->exact, figures);
    breakdown->bound = breakdown_bound_of(cost, pes);
}

void breakdown_make(const setting_t *setting, const uint16_t *assignment, size_t layer,
                    confx_cost_t *cost, breakdown_t *breakdown)
{
    const problem_t *problem = setting->problem;
    const uint16_t *action = assignment + layer * space_axes(problem_space(problem));
    assert(layer < problem_layers(problem));
    problem_explain(problem, layer, action, cost);
    breakdown_take(cost, confx_layer_macs(&setting->workload.layers[layer]),
                   problem_pes(problem, action), setting->hardware.simd_lanes, breakdown);
}

/* ---- columns of run.h5 ----------------------------------------------------------------------- */

/* One for each of the first n figures, with a place for each layer. */
static void breakdown_make_columns(size_t n, size_t layers, double *columns[], datasets_t *datasets)
{
    for (size_t i = 0; i < n; i++) {
        const breakdown_figure_t *figure = &breakdown_figures[i];
        columns[i] = datasets_make(datasets, datasets_name(datasets, "/result/%s", figure->name),
                                   ARRAY_F64, layers, 0, *figure->unit ? figure->unit : NULL);
        datasets_about(datasets, figure->long_name, "layer", NULL);
    }
}

static char *breakdown_make_bounds(size_t layers, datasets_t *datasets)
{
    char *bounds =
        datasets_make(datasets, "/result/bound", ARRAY_TEXT, layers, BREAKDOWN_BOUND_MAX, NULL);
    datasets_about(
        datasets,
        "what most of the cycles are bound by; pes: by compute in PEs that the layer does not fill",
        "layer", NULL);
    return bounds;
}

void breakdown_show(const setting_t *setting, const uint16_t *assignment, datasets_t *datasets)
{
    const size_t layers = problem_layers(setting->problem);
    double *columns[BREAKDOWN_FIGURES];
    char *bounds = NULL;
    confx_cost_t cost;
    breakdown_t breakdown;
    /* Whether there are parts depends on the hardware alone, so that the first layer tells it of
       all. */
    breakdown_make(setting, assignment, 0, &cost, &breakdown);
    const bool parts = breakdown.has_parts;
    const size_t n = parts ? BREAKDOWN_FIGURES : BREAKDOWN_PARTS;
    breakdown_make_columns(n, layers, columns, datasets);
    if (parts) bounds = breakdown_make_bounds(layers, datasets);
    for (size_t layer = 0; !datasets->failed && layer < layers; layer++) {
        breakdown_make(setting, assignment, layer, &cost, &breakdown);
        assert(breakdown.has_parts == parts);
        for (size_t i = 0; i < n; i++) columns[i][layer] = breakdown.figures[i];
        if (parts)
            (void)snprintf(bounds + layer * BREAKDOWN_BOUND_MAX, BREAKDOWN_BOUND_MAX, "%s",
                           breakdown.bound);
    }
}
