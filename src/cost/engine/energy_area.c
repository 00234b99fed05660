/* Energy, area, power and the verdict (src/cost/README.md, section 7). Units: bytes, nJ, um^2,
   mW. */
#include "cost/engine/energy_area.h"

#include <assert.h>
#include <math.h>

enum { UW_PER_MW = 1000 }; /* bus and arbiter powers stand in microwatts */

/* ---- energy ---------------------------------------------------------------------------------- */

static double energy_area_l1_accesses(const confx_cost_t *cost)
{
    int64_t accesses = 0;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        accesses += cost->l1_read[tensor] + cost->l1_write[tensor];
    return (double)accesses;
}

/* Reads of the output from the L2 are not among them. */
static double energy_area_l2_accesses(const confx_cost_t *cost)
{
    return (double)(cost->l2_read[CONFX_TENSOR_INPUT] + cost->l2_write[CONFX_TENSOR_INPUT] +
                    cost->l2_read[CONFX_TENSOR_FILTER] + cost->l2_write[CONFX_TENSOR_FILTER] +
                    cost->l2_write[CONFX_TENSOR_OUTPUT]);
}

/* Of dataflows with several levels MAESTRO counts the L2 alone (quirk 1). */
static double energy_area_nj(const confx_cost_t *cost, const confx_hardware_t *hardware,
                             bool l1_counts)
{
    const double l1 = l1_counts ? hardware->units.l1_access * energy_area_l1_accesses(cost) : 0;
    return hardware->units.energy_unit_nj *
           (l1 + hardware->units.l2_access * energy_area_l2_accesses(cost));
}

/* ---- area and power -------------------------------------------------------------------------- */

/* Whole cells; a buffer of nothing still has one byte, a negative need stays negative. */
static double energy_area_sram_cells(int64_t bytes, const confx_hardware_t *hardware)
{
    return ceil((double)(bytes ? bytes : 1) / hardware->units.sram_cell_bytes);
}

static double energy_area_bus_size(const confx_hardware_t *hardware, double pes)
{
    const double *size = hardware->units.bus_size;
    return size[0] * pes + size[1];
}

static double energy_area_arbiter_size(const confx_hardware_t *hardware, double pes)
{
    const double *size = hardware->units.arbiter_size;
    return size[0] * pes * pes + size[1] * pes + size[2];
}

area_parts_t energy_area_parts(const confx_cost_t *cost, const confx_hardware_t *hardware,
                               double pes)
{
    const confx_hardware_units_t *units = &hardware->units;
    /* The bus has one lane of `bus_size` for each element per cycle that the profile allows, used
       or not. The arbiter's polynomial is negative for few PEs, hence a floor of one unit. */
    return (area_parts_t){
        .lanes = units->mac_area_um2 * hardware->simd_lanes,
        .l1 = units->sram_cell_area_um2 * energy_area_sram_cells(cost->l1_bytes, hardware),
        .l2 = units->sram_cell_area_um2 * energy_area_sram_cells(cost->l2_bytes, hardware),
        .bus = units->bus_area_um2 * energy_area_bus_size(hardware, pes) * hardware->noc_bandwidth,
        .arbiter = fmax(units->arbiter_area_um2 * energy_area_arbiter_size(hardware, pes),
                        units->arbiter_area_um2),
    };
}

static double energy_area_um2(const confx_cost_t *cost, const confx_hardware_t *hardware,
                              double pes)
{
    const area_parts_t parts = energy_area_parts(cost, hardware, pes);
    /* Every PE has its lanes and an L1; the L2, the bus and the arbiter are there once. */
    return pes * (parts.lanes + parts.l1) + parts.l2 + parts.bus + parts.arbiter;
}

static double energy_area_noc_power_mw(const confx_hardware_t *hardware, double pes)
{
    /* In this order of operations: another would change the last bit, and with it recorded
       results. */
    const double bus = hardware->units.bus_power_mw * energy_area_bus_size(hardware, pes) /
                       UW_PER_MW * hardware->noc_bandwidth;
    const double arbiter =
        hardware->units.arbiter_power_mw * energy_area_arbiter_size(hardware, pes) / UW_PER_MW;
    return bus +
           fmax(arbiter,
                hardware->units.arbiter_power_mw); /* the floor is not divided: MAESTRO's way */
}

static void energy_area_fill_power(confx_cost_t *cost, const confx_hardware_t *hardware, double pes)
{
    const double cell = hardware->units.sram_cell_power_mw;
    cost->pe_power_mw = pes * hardware->units.mac_power_mw * hardware->simd_lanes;
    cost->l1_power_mw = pes * cell * energy_area_sram_cells(cost->l1_bytes, hardware);
    cost->l2_power_mw = cell * energy_area_sram_cells(cost->l2_bytes, hardware);
    cost->noc_power_mw = energy_area_noc_power_mw(hardware, pes);
    cost->power_mw = cost->pe_power_mw + cost->l1_power_mw + cost->l2_power_mw + cost->noc_power_mw;
}

/* ---- the accounting exact (src/cost/EXACT.md, section 7) ------------------------------------- */

/* Sums in floating point: exact below 2^53, and they cannot overflow. */
static double energy_area_accesses(const int64_t reads[CONFX_TENSORS],
                                   const int64_t writes[CONFX_TENSORS])
{
    double accesses = 0;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        accesses += (double)reads[tensor] + (double)writes[tensor];
    return accesses;
}

/* Elements are a byte, sums psum_bytes; what is written and not finished are sums. */
static double energy_area_bytes(const confx_cost_exact_t *exact, const int64_t read[CONFX_TENSORS],
                                int64_t written, const confx_hardware_t *hardware)
{
    const double psum = (double)hardware->psum_bytes;
    assert(written >= exact->outputs && read[CONFX_TENSOR_OUTPUT] >= 0);
    return (double)read[CONFX_TENSOR_INPUT] + (double)read[CONFX_TENSOR_FILTER] +
           psum * (double)read[CONFX_TENSOR_OUTPUT] + (double)exact->outputs +
           psum * (double)(written - exact->outputs);
}

static double energy_area_fill_parts(confx_cost_t *cost, const confx_hardware_t *hardware)
{
    const confx_hardware_units_t *units = &hardware->units;
    confx_cost_exact_t *exact = &cost->exact;
    const double noc = energy_area_bytes(exact, exact->noc_read, exact->noc_written, hardware);
    const double offchip =
        energy_area_bytes(exact, exact->offchip_read, exact->offchip_written, hardware);
    const double reduced = (double)hardware->psum_bytes * (double)exact->reductions;
    exact->l1_nj = units->energy_unit_nj * units->l1_access *
                   energy_area_accesses(cost->l1_read, cost->l1_write);
    exact->l2_nj = units->energy_unit_nj * units->l2_access *
                   energy_area_accesses(cost->l2_read, cost->l2_write);
    exact->mac_nj = units->mac_nj * (double)cost->macs;
    exact->reduction_nj = units->add_nj * (double)exact->reductions;
    exact->noc_nj = units->hop_nj * (units->noc_hops * noc + reduced);
    exact->offchip_nj = units->offchip_nj * offchip;
    return exact->l1_nj + exact->l2_nj + exact->mac_nj + exact->reduction_nj + exact->noc_nj +
           exact->offchip_nj;
}

/* ---- the verdict ----------------------------------------------------------------------------- */

static bool energy_area_any_negative(const confx_cost_t *cost)
{
    bool negative =
        cost->macs < 0 || cost->l1_bytes < 0 || cost->l2_bytes < 0 || cost->energy_nj < 0;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        negative = negative || cost->l1_read[tensor] < 0 || cost->l1_write[tensor] < 0 ||
                   cost->l2_read[tensor] < 0 || cost->l2_write[tensor] < 0;
    }
    return negative;
}

/* Sums over all layers, their squares and their product with cycles stay finite below this. */
static const double figure_max = 1e120;

static bool energy_area_is_countable(double figure)
{
    return fabs(figure) <= figure_max; /* false of what is no number */
}

static bool energy_area_all_countable(const confx_cost_t *cost)
{
    return energy_area_is_countable(cost->energy_nj) && energy_area_is_countable(cost->area_um2) &&
           energy_area_is_countable(cost->power_mw) &&
           energy_area_is_countable(cost->pe_power_mw) &&
           energy_area_is_countable(cost->l1_power_mw) &&
           energy_area_is_countable(cost->l2_power_mw) &&
           energy_area_is_countable(cost->noc_power_mw);
}

static confx_cost_fault_t energy_area_verdict(const confx_cost_t *cost)
{
    /* Negative counts come from cases without work beside valid ones (section 6, step 3). */
    if (cost->runtime_cycles == 0) return CONFX_COST_NO_CASE;
    return energy_area_any_negative(cost) ? CONFX_COST_NEGATIVE : CONFX_COST_VALID;
}

void energy_area_fill(confx_cost_t *cost, const confx_hardware_t *hardware, int64_t pes,
                      bool l1_counts)
{
    /* The verdict looks at energy and counts, so it comes behind them. Infinite figures are no
       figures. */
    cost->macs_per_cycle =
        cost->runtime_cycles ? (double)cost->macs / (double)cost->runtime_cycles : NAN;
    cost->energy_nj = energy_area_nj(cost, hardware, l1_counts);
    cost->area_um2 = energy_area_um2(cost, hardware, (double)pes);
    energy_area_fill_power(cost, hardware, (double)pes);
    cost->fault = energy_area_verdict(cost);
    if (!energy_area_all_countable(cost)) energy_area_none(cost, CONFX_COST_INFINITE);
}

void energy_area_fill_exact(confx_cost_t *cost, const confx_hardware_t *hardware, int64_t pes)
{
    const double slots = (double)pes * hardware->simd_lanes * (double)cost->runtime_cycles;
    assert(cost->runtime_cycles > 0 && cost->exact.steps > 0 && !energy_area_any_negative(cost));
    cost->macs_per_cycle = (double)cost->macs / (double)cost->runtime_cycles;
    cost->active_pes = (double)cost->exact.active_pe_steps / (double)cost->exact.steps;
    cost->exact.utilisation = (double)cost->macs / slots;
    cost->energy_nj = energy_area_fill_parts(cost, hardware);
    cost->area_um2 = energy_area_um2(cost, hardware, (double)pes);
    energy_area_fill_power(cost, hardware, (double)pes);
    /* No part of the energy is negative, so that all are finite where their sum is. */
    if (!energy_area_all_countable(cost)) energy_area_none(cost, CONFX_COST_INFINITE);
}

void energy_area_none(confx_cost_t *cost, confx_cost_fault_t fault)
{
    *cost = (confx_cost_t){.fault = fault, .macs_per_cycle = NAN, .noc_bandwidth_average = NAN};
}
