/* What follows from exact counts, by hand; and what is said of an accounting in words. */
#include "confx/accounting.h"
#include "cost/engine/energy_area.h"
#include "golden.h"

/* ---- energy ---------------------------------------------------------------------------------- */

/* Counts that are each another power of two, so that a sum shows which of them are in it. */
static confx_cost_t counted(void)
{
    return (confx_cost_t){
        .runtime_cycles = 100,
        .macs = 1 << 10,
        .l1_bytes = 65,
        .l2_bytes = 64,
        .l1_read = {1, 2, 4},
        .l1_write = {8, 16, 32},
        .l2_read = {64, 128, 256},
        .l2_write = {512, 1024, 2048},
        .exact = {.steps = 4,
                  .active_pe_steps = 10,
                  .noc_read = {1, 2, 4},
                  .noc_written = 8 + 16,
                  .outputs = 8,
                  .reductions = 32,
                  .offchip_read = {64, 128, 256},
                  .offchip_written = 8 + 1024},
    };
}

/* The units apart from each other by factors of 1000, so that a product shows its own. */
static confx_hardware_t hardware_with_parts(void)
{
    confx_hardware_t hardware = hardware_named("asic");
    hardware.simd_lanes = 2;
    hardware.psum_bytes = 4;
    hardware.units.energy_unit_nj = 1;
    hardware.units.l1_access = 3;
    hardware.units.l2_access = 5;
    hardware.units.mac_nj = 7;
    hardware.units.add_nj = 11;
    hardware.units.noc_hops = 2;
    hardware.units.hop_nj = 13;
    hardware.units.offchip_nj = 17;
    return hardware;
}

START_TEST(energy_of_exact_counts_by_hand)
{
    const confx_hardware_t hardware = hardware_with_parts();
    confx_cost_t cost = counted();
    energy_area_fill_exact(&cost, &hardware, 8);
    ck_assert_int_eq(cost.fault, CONFX_COST_VALID);
    ck_assert_double_eq(cost.exact.l1_nj, 3 * 63);
    ck_assert_double_eq(cost.exact.l2_nj, 5 * (4095 - 63)); /* sums read back among them */
    ck_assert_double_eq(cost.exact.mac_nj, 7 * 1024);
    ck_assert_double_eq(cost.exact.reduction_nj, 11 * 32);
    /* Over the bus: 3 elements, 4 sums read back, 8 finished outputs, 16 sums; a reduction is a sum
       over one hop. */
    ck_assert_double_eq(cost.exact.noc_nj, 13 * (2 * (3 + 4 * 4 + 8 + 4 * 16) + 4 * 32));
    ck_assert_double_eq(cost.exact.offchip_nj, 17 * (192 + 4 * 256 + 8 + 4 * 1024));
    ck_assert_double_eq(cost.energy_nj,
                        189 + 20160 + 7168 + 352 + 13 * (182 + 128) + 17 * (192 + 1024 + 8 + 4096));
    ck_assert_double_eq(cost.macs_per_cycle, 10.24);
    ck_assert_double_eq(cost.active_pes, 2.5);
    ck_assert_double_eq(cost.exact.utilisation, 0.64); /* 1024 / (8 PEs x 2 lanes x 100 cycles) */
    /* Area and power are those of MAESTRO's accounting with these buffers: 2 cells an L1, 1 the
       L2. */
    const area_parts_t parts = energy_area_parts(&cost, &hardware, 8);
    ck_assert_double_eq(parts.l1, 2 * 4505.1889);
    ck_assert_double_eq(parts.l2, 4505.1889);
    ck_assert(
        near(cost.area_um2, 8 * (parts.lanes + parts.l1) + parts.l2 + parts.bus + parts.arbiter));
    ck_assert(near(cost.power_mw,
                   cost.pe_power_mw + cost.l1_power_mw + cost.l2_power_mw + cost.noc_power_mw));
}
END_TEST

START_TEST(what_a_profile_does_not_give_costs_nothing)
{
    confx_hardware_t hardware = hardware_with_parts();
    confx_cost_t cost = counted();
    hardware.units.mac_nj = hardware.units.add_nj = hardware.units.noc_hops = 0;
    hardware.units.hop_nj = hardware.units.offchip_nj = 0;
    energy_area_fill_exact(&cost, &hardware, 8);
    ck_assert_double_eq(cost.energy_nj, 3 * 63 + 5 * 4032);
}
END_TEST

START_TEST(exact_figures_that_are_not_finite_are_invalid)
{
    static const size_t places[] = {
        offsetof(confx_hardware_t, units.energy_unit_nj),
        offsetof(confx_hardware_t, units.mac_nj),
        offsetof(confx_hardware_t, units.add_nj),
        offsetof(confx_hardware_t, units.hop_nj),
        offsetof(confx_hardware_t, units.offchip_nj),
        offsetof(confx_hardware_t, units.mac_area_um2),
        offsetof(confx_hardware_t, units.sram_cell_power_mw),
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        static const double much = 1e305;
        confx_hardware_t hardware = hardware_with_parts();
        confx_cost_t cost = counted();
        memcpy((char *)&hardware + places[i], &much, sizeof much);
        energy_area_fill_exact(&cost, &hardware, 8);
        ck_assert_int_eq(cost.fault, CONFX_COST_INFINITE);
        ck_assert(cost.energy_nj == 0 && cost.area_um2 == 0 && cost.exact.outputs == 0);
    }
}
END_TEST

/* ---- words ----------------------------------------------------------------------------------- */

START_TEST(what_bounds_a_delay_is_named)
{
    static const struct {
        int64_t compute, ingress, egress, offchip;
        const char *name;
    } rows[] = {
        {5, 4, 3, 12, "compute"},    {4, 4, 4, 0, "compute"},   {3, 4, 4, 11, "ingress"},
        {3, 4, 5, 12, "egress"},     {5, 4, 3, 13, "off-chip"}, {95, 0, 0, 100, "compute"},
        {94, 0, 0, 100, "off-chip"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const confx_cost_exact_t exact = {
            .noc_cycles = rows[i].compute + rows[i].ingress + rows[i].egress,
            .offchip_cycles = rows[i].offchip,
            .bound_cycles = {rows[i].compute, rows[i].ingress, rows[i].egress}};
        ck_assert_str_eq(confx_cost_bound_text(&exact), rows[i].name);
    }
}
END_TEST

START_TEST(a_witness_is_told_in_words)
{
    char text[CONFX_COST_WITNESS_TEXT_MAX];
    const confx_layer_t conv = layer_of(CONFX_LAYER_CONV, 4, 3, 9, 8, 2, 2);
    const confx_layer_t gemm = {.type = CONFX_LAYER_GEMM,
                                .dim = {[CONFX_DIM_M] = 4, [CONFX_DIM_N] = 5, [CONFX_DIM_K] = 6}};
    confx_cost_witness_t witness = {
        .mac = {[CONFX_DIM_K] = 3, [CONFX_DIM_Y] = 7}, .times = 0, .level = 1, .dim = CONFX_DIM_Y};
    confx_cost_witness_text(&witness, &conv, text);
    ck_assert_str_eq(text,
                     "MAC k 3, c 0, y 7, x 0, r 0, s 0 is never done: the map of Y in level 1 "
                     "(0: the outermost) leaves it out");
    witness = (confx_cost_witness_t){
        .mac = {[CONFX_DIM_M] = 1, [CONFX_DIM_N] = 2}, .times = 3, .dim = CONFX_DIM_N};
    confx_cost_witness_text(&witness, &gemm, text);
    ck_assert_str_eq(text, "MAC n 2, m 1, k 0 is done 3 times: the map of N in level 0 (0: the "
                           "outermost) repeats it");
    /* The largest numbers that there are leave nothing out. */
    confx_layer_t every = {.type = CONFX_LAYER_NGCONV};
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) {
        every.dim[dim] = CONFX_LAYER_DIM_MAX;
        witness.mac[dim] = CONFX_LAYER_DIM_MAX - 1;
    }
    witness.times = INT64_MAX;
    confx_cost_witness_text(&witness, &every, text);
    ck_assert_ptr_nonnull(strstr(text, "repeats it"));
}
END_TEST

START_TEST(what_is_left_out_is_said)
{
    char text[ACCOUNTING_TEXT_MAX];
    confx_hardware_t hardware = hardware_with_parts();
    accounting_say_left_out(&hardware, text);
    ck_assert_str_eq(text, "");
    hardware.units.noc_hops = 0;
    accounting_say_left_out(&hardware, text);
    ck_assert_str_eq(text,
                     "energies leave out what the profile does not give: bytes between L2 and "
                     "PEs (noc_hops)");
    hardware.units.mac_nj = hardware.units.add_nj = hardware.units.hop_nj = 0;
    hardware.units.offchip_nj = 0;
    accounting_say_left_out(&hardware, text);
    ck_assert_str_eq(text,
                     "energies leave out what the profile does not give: MACs (mac_nj), "
                     "additions of reductions (add_nj), the NoC (hop_nj), the memory off-chip "
                     "(offchip_nj)");
    hardware.accounting = CONFX_ACCOUNTING_MAESTRO;
    accounting_say_left_out(&hardware, text);
    ck_assert_str_eq(text, "");
    accounting_say_absent(&hardware, text);
    ck_assert_str_eq(text, "");
    hardware.accounting = CONFX_ACCOUNTING_EXACT;
    hardware.accounting_given = false;
    accounting_say_absent(&hardware, text);
    ck_assert_str_eq(text,
                     "profile asic has no key accounting: it is exact, every MAC counted once");
}
END_TEST

START_TEST(a_channel_multiplier_is_refused_by_maestro_alone)
{
    confx_hardware_t hardware = hardware_named("asic");
    confx_workload_t workload;
    ck_assert_ok(confx_workload_parse("K,C,Y,X,R,S,T,name\n4,3,8,8,3,3,1,first\n"
                                      "2,4,8,8,3,3,2,multiplied\n",
                                      "net.csv", &workload));
    ck_assert_int_eq(workload.layers[1].dim[CONFX_DIM_K], 2);
    ck_assert_ok(accounting_check_workload(&hardware, &workload, "net.csv"));
    hardware.accounting = CONFX_ACCOUNTING_MAESTRO;
    ck_assert_fails(accounting_check_workload(&hardware, &workload, "net.csv"), CONFX_STATUS_INPUT,
                    "net.csv: layer multiplied: K: expected 1 in a depthwise row (T = 2), found 2: "
                    "a channel multiplier, 2 times the filters and outputs, which MAESTRO's "
                    "accounting does not have (accounting exact has it)");
    ck_assert_fails(accounting_check_layer(&hardware, &workload.layers[1], "p.csv", 3),
                    CONFX_STATUS_INPUT, "p.csv:3: K: expected 1 in a depthwise row (T = 2), found");
    ck_assert_ok(accounting_check_layer(&hardware, &workload.layers[0], "p.csv", 2));
    confx_workload_close(&workload);
}
END_TEST

START_TEST(eye_has_one_to_use_instead)
{
    ck_assert_str_eq(accounting_dataflow_instead("eye"), "rs");
    ck_assert_str_eq(accounting_dataflow_instead("some/where/eye.m"), "rs");
    /* And that one is legal where eye is not. */
    const confx_hardware_t hardware = hardware_named("asic");
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 8, 4, 14, 14, 3, 3);
    for (int i = 0; i < 2; i++) {
        const char *name = i ? accounting_dataflow_instead("eye") : "eye";
        confx_dataflow_t *dataflow = dataflow_named(name);
        confx_cost_witness_t witness;
        confx_cost_t cost;
        confx_cost_evaluate(dataflow, &layer, &hardware, 24, 4, &cost);
        ck_assert_int_eq(cost.fault, i ? CONFX_COST_VALID : CONFX_COST_ILLEGAL);
        ck_assert(confx_cost_witness(dataflow, &layer, &hardware, 24, 4, &witness) == !i);
        confx_dataflow_close(dataflow);
    }
    ck_assert_ptr_null(accounting_dataflow_instead("eyes"));
    ck_assert_ptr_null(accounting_dataflow_instead("dla"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("accounting");
    TCase *tests = tcase_create("accounting");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, energy_of_exact_counts_by_hand);
    tcase_add_test(tests, what_a_profile_does_not_give_costs_nothing);
    tcase_add_test(tests, exact_figures_that_are_not_finite_are_invalid);
    tcase_add_test(tests, what_bounds_a_delay_is_named);
    tcase_add_test(tests, a_witness_is_told_in_words);
    tcase_add_test(tests, what_is_left_out_is_said);
    tcase_add_test(tests, a_channel_multiplier_is_refused_by_maestro_alone);
    tcase_add_test(tests, eye_has_one_to_use_instead);
    return suite_run(suite);
}
