/* What a cost says of cycles, energy and PEs: of made-up ones, so that each rule is tried. */
#include "run/breakdown.h"
#include "suite.h"

#include <math.h>
#include <string.h>

enum { PES = 10, LANES = 2 };
static const double MACS = 9000;

/* Counted exactly, and bound by nothing but compute. */
static confx_cost_t exact_cost(void)
{
    return (confx_cost_t){
        .runtime_cycles = 500,
        .energy_nj = 21,
        .active_pes = 9.5,
        .exact = {.steps = 4,
                  .active_pe_steps = 38,
                  .noc_cycles = 500,
                  .offchip_cycles = 500,
                  .bound_cycles = {[CONFX_BOUND_COMPUTE] = 500},
                  .l1_nj = 1,
                  .l2_nj = 2,
                  .mac_nj = 3,
                  .reduction_nj = 4,
                  .noc_nj = 5,
                  .offchip_nj = 6,
                  .utilisation = 0.9},
    };
}

static breakdown_t taken(const confx_cost_t *cost)
{
    breakdown_t breakdown;
    breakdown_take(cost, MACS, PES, LANES, &breakdown);
    return breakdown;
}

static const char *bound(const confx_cost_t *cost)
{
    return taken(cost).bound;
}

/* The same cost with its cycles on the chip spent otherwise. */
static confx_cost_t spent(int64_t compute, int64_t ingress, int64_t egress)
{
    confx_cost_t cost = exact_cost();
    cost.exact.bound_cycles[CONFX_BOUND_COMPUTE] = compute;
    cost.exact.bound_cycles[CONFX_BOUND_INGRESS] = ingress;
    cost.exact.bound_cycles[CONFX_BOUND_EGRESS] = egress;
    return cost;
}

START_TEST(every_figure_is_where_its_name_says)
{
    static const struct {
        const char *name;
        double value;
    } due[] = {{"macs_true", 9000},     {"utilisation", 0.9},     {"active_pes", 9.5},
               {"latency_noc", 400},    {"latency_compute", 100}, {"latency_ingress", 140},
               {"latency_egress", 160}, {"latency_offchip", 500}, {"energy_l1", 1},
               {"energy_l2", 2},        {"energy_mac", 3},        {"energy_reduction", 4},
               {"energy_noc", 5},       {"energy_offchip", 6}};
    confx_cost_t cost = spent(100, 140, 160);
    cost.exact.noc_cycles = 400;
    const breakdown_t breakdown = taken(&cost);
    ck_assert(breakdown.has_parts);
    ck_assert_uint_eq(sizeof due / sizeof *due, BREAKDOWN_FIGURES);
    for (size_t i = 0; i < BREAKDOWN_FIGURES; i++) {
        ck_assert_str_eq(breakdown_figures[i].name, due[i].name);
        ck_assert_double_eq(breakdown.figures[i], due[i].value);
    }
}
END_TEST

START_TEST(what_bounds_is_what_the_cost_room_says)
{
    confx_cost_t cost = exact_cost();
    ck_assert_str_eq(bound(&cost), "compute");
    cost = spent(199, 200, 101);
    ck_assert_str_eq(bound(&cost), "ingress");
    cost = spent(100, 199, 201);
    ck_assert_str_eq(bound(&cost), "egress");
    cost.exact.offchip_cycles = cost.runtime_cycles = 600;
    ck_assert_str_eq(bound(&cost), "off-chip");
}
END_TEST

/* Both must be below three quarters, and compute what most cycles are bound by. */
START_TEST(pes_without_work_bound_compute_alone)
{
    confx_cost_t cost = exact_cost();
    cost.active_pes = 7.4;
    cost.exact.utilisation = 0.74;
    ck_assert_str_eq(bound(&cost), "pes");
    cost.exact.utilisation = 0.75;
    ck_assert_str_eq(bound(&cost), "compute");
    cost.exact.utilisation = 0.3;
    cost.active_pes = 7.5;
    ck_assert_str_eq(bound(&cost), "compute");
    cost = spent(100, 400, 0);
    cost.active_pes = 1;
    cost.exact.utilisation = 0.1;
    ck_assert_str_eq(bound(&cost), "ingress");
}
END_TEST

/* MAESTRO's: true MACs by what the PEs had cycles for, and no parts. */
START_TEST(an_accounting_without_parts_has_none)
{
    confx_cost_t cost = {.runtime_cycles = 500, .macs = 5, .active_pes = 3.25};
    const breakdown_t breakdown = taken(&cost);
    ck_assert(!breakdown.has_parts);
    ck_assert_str_eq(breakdown.bound, "");
    ck_assert_double_eq(breakdown.figures[BREAKDOWN_MACS_TRUE], 9000);
    ck_assert_double_eq(breakdown.figures[BREAKDOWN_UTILISATION], 9000. / (10 * 2 * 500));
    ck_assert_double_eq(breakdown.figures[BREAKDOWN_ACTIVE_PES], 3.25);
    for (size_t i = BREAKDOWN_PARTS; i < BREAKDOWN_FIGURES; i++)
        ck_assert(isnan(breakdown.figures[i]));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("breakdown");
    TCase *tests = tcase_create("breakdown");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, every_figure_is_where_its_name_says);
    tcase_add_test(tests, what_bounds_is_what_the_cost_room_says);
    tcase_add_test(tests, pes_without_work_bound_compute_alone);
    tcase_add_test(tests, an_accounting_without_parts_has_none);
    return suite_run(suite);
}
