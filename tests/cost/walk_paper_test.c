/* The walker on layers so small that every count was worked out on paper. */
#include "exact_examples.h"
#include "suite.h"
#include "walk.h"

#include <stdio.h>
#include <string.h>

/* K C Y X R S, with what else a layer has set by the test. */
static confx_layer_t layer_of(confx_layer_type_t type, const int64_t sizes[6])
{
    static const confx_dim_t dims[6] = {CONFX_DIM_K, CONFX_DIM_C, CONFX_DIM_Y,
                                        CONFX_DIM_X, CONFX_DIM_R, CONFX_DIM_S};
    confx_layer_t layer = {.type = type, .stride_y = 1, .stride_x = 1};
    for (int i = 0; i < 6; i++) layer.dim[dims[i]] = sizes[i];
    return layer;
}

static confx_hardware_t hardware_of(double bandwidth, double latency, double offchip, double lanes)
{
    return (confx_hardware_t){.noc_bandwidth = bandwidth,
                              .noc_latency = latency,
                              .offchip_bandwidth = offchip,
                              .simd_lanes = lanes,
                              .multicast = true,
                              .reduction = true,
                              .psum_bytes = 1};
}

static walk_t walk_text(const char *text, const confx_layer_t *layer,
                        const confx_hardware_t *hardware, int64_t pes)
{
    char block[512];
    confx_dataflow_t *dataflow = NULL;
    (void)snprintf(block, sizeof block, "Dataflow { %s }", text);
    ck_assert_ok(confx_dataflow_parse(block, "paper.m", &dataflow));
    const walk_t walk = walk_layer(dataflow, layer, hardware, pes, 1);
    confx_dataflow_close(dataflow);
    return walk;
}

/* Counts of input, filter, output. */
static void assert_counts(const char *what, const int64_t found[CONFX_TENSORS], int64_t input,
                          int64_t filter, int64_t output)
{
    ck_assert_msg(found[0] == input && found[1] == filter && found[2] == output,
                  "%s: %lld %lld %lld", what, (long long)found[0], (long long)found[1],
                  (long long)found[2]);
}

static void assert_l1(const walk_t *walk, const int64_t read[3], const int64_t write[3])
{
    assert_counts("L1 reads", walk->cost.l1_read, read[0], read[1], read[2]);
    assert_counts("L1 writes", walk->cost.l1_write, write[0], write[1], write[2]);
}

static void assert_l2(const walk_t *walk, const int64_t read[3], const int64_t write[3])
{
    assert_counts("L2 reads", walk->cost.l2_read, read[0], read[1], read[2]);
    assert_counts("L2 writes", walk->cost.l2_write, write[0], write[1], write[2]);
}

/* Reads of the NoC and off-chip, then what is written. */
static void assert_moved(const walk_t *walk, const int64_t noc[4], const int64_t offchip[4])
{
    const confx_cost_exact_t *exact = &walk->cost.exact;
    assert_counts("NoC reads", exact->noc_read, noc[0], noc[1], noc[2]);
    ck_assert_int_eq(exact->noc_written, noc[3]);
    assert_counts("off-chip reads", exact->offchip_read, offchip[0], offchip[1], offchip[2]);
    ck_assert_int_eq(exact->offchip_written, offchip[3]);
}

/* MACs, outputs, steps, active PEs, reductions; bytes of L1 and L2. */
static void assert_sizes(const walk_t *walk, const int64_t sizes[7])
{
    const confx_cost_exact_t *exact = &walk->cost.exact;
    ck_assert_int_eq(walk->verdict, WALK_LEGAL);
    ck_assert_int_eq(walk->cost.macs, sizes[0]);
    ck_assert_int_eq(exact->outputs, sizes[1]);
    ck_assert_int_eq(exact->steps, sizes[2]);
    ck_assert_int_eq(exact->active_pe_steps, sizes[3]);
    ck_assert_int_eq(exact->reductions, sizes[4]);
    ck_assert_int_eq(walk->cost.l1_bytes, sizes[5]);
    ck_assert_int_eq(walk->cost.l2_bytes, sizes[6]);
}

static void assert_cycles(const walk_t *walk, int64_t noc, const int64_t bound[3], int64_t offchip)
{
    const confx_cost_exact_t *exact = &walk->cost.exact;
    ck_assert_int_eq(exact->noc_cycles, noc);
    assert_counts("bounds", exact->bound_cycles, bound[0], bound[1], bound[2]);
    ck_assert_int_eq(exact->offchip_cycles, offchip);
    ck_assert_int_eq(walk->cost.runtime_cycles, noc > offchip ? noc : offchip);
}

#define LIST(...) ((const int64_t[]){__VA_ARGS__})

/* Two PEs, a channel each, slide along three outputs: step t has columns t and t + 1. */
START_TEST(outputs_along_a_row_on_two_pes)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, LIST(2, 1, 1, 4, 1, 2));
    const confx_hardware_t hardware = hardware_of(1, 1, 1, 1);
    const walk_t walk = walk_text("SpatialMap(1,1) K; TemporalMap(2,1) X;", &layer, &hardware, 2);
    assert_sizes(&walk, LIST(12, 6, 3, 6, 0, 10, 16));
    assert_l1(&walk, LIST(12, 12, 12), LIST(8, 4, 12));
    assert_l2(&walk, LIST(4, 4, 6), LIST(4, 4, 6));
    assert_moved(&walk, LIST(4, 4, 0, 6), LIST(4, 4, 0, 6));
    /* Ingress 6, then max(2, 1, 0), max(2, 1, 2), max(2, 0, 2), and egress 2. */
    assert_cycles(&walk, 14, LIST(6, 6, 2), 14);
}
END_TEST

/* Without multicast each of the two PEs reads the input for itself. */
START_TEST(without_multicast_each_pe_reads)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, LIST(2, 1, 1, 4, 1, 2));
    confx_hardware_t hardware = hardware_of(1, 1, 1, 1);
    hardware.multicast = false;
    const walk_t walk = walk_text("SpatialMap(1,1) K; TemporalMap(2,1) X;", &layer, &hardware, 2);
    assert_l1(&walk, LIST(12, 12, 12), LIST(8, 4, 12));
    assert_l2(&walk, LIST(8, 4, 6), LIST(4, 4, 6));
    assert_moved(&walk, LIST(8, 4, 0, 6), LIST(4, 4, 0, 6));
    /* Ingress 8, 2, 2. */
    assert_cycles(&walk, 16, LIST(6, 8, 2), 14);
}
END_TEST

#define REDUCING "TemporalMap(2,2) C; TemporalMap(1,1) X; Cluster(2,P); SpatialMap(1,1) C;"

/* Two of four channels at a time, added in the network; each of two outputs comes back once. */
START_TEST(a_reduction_loop_outside_brings_sums_back)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, LIST(1, 4, 1, 2, 1, 1));
    confx_hardware_t hardware = hardware_of(2, 1.5, 3, 1);
    hardware.psum_bytes = 2;
    const walk_t walk = walk_text(REDUCING, &layer, &hardware, 2);
    assert_sizes(&walk, LIST(8, 2, 4, 8, 4, 8, 12));
    assert_l1(&walk, LIST(8, 8, 10), LIST(8, 4, 10));
    assert_l2(&walk, LIST(8, 4, 6), LIST(8, 4, 6));
    assert_moved(&walk, LIST(8, 4, 2, 4), LIST(8, 4, 2, 4));
    /* Bytes in 4 2 6 4, out 2 2 1 1; cycles in 3 2 4 3, out 2 2 2 2. Off-chip in 2 1 2 2, out 1. */
    assert_cycles(&walk, 16, LIST(0, 12, 4), 9);
}
END_TEST

/* The same where each PE writes its sum and reads it back. */
START_TEST(without_reduction_each_pe_writes_its_sum)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, LIST(1, 4, 1, 2, 1, 1));
    confx_hardware_t hardware = hardware_of(2, 1.5, 3, 1);
    hardware.psum_bytes = 2;
    hardware.reduction = false;
    const walk_t walk = walk_text(REDUCING, &layer, &hardware, 2);
    assert_sizes(&walk, LIST(8, 2, 4, 8, 0, 8, 12));
    assert_l1(&walk, LIST(8, 8, 14), LIST(8, 4, 14));
    assert_l2(&walk, LIST(8, 4, 10), LIST(8, 4, 10));
    assert_moved(&walk, LIST(8, 4, 6, 8), LIST(8, 4, 2, 4));
    /* Bytes in 6 4 8 6, out 4 4 3 3; cycles in 4 3 5 4, out 3 3 3 3. */
    assert_cycles(&walk, 22, LIST(0, 16, 6), 9);
}
END_TEST

/* Three channels on two PEs: the first one keeps the sum, the second passes its part on. */
START_TEST(a_sum_is_carried_by_the_pe_that_stays)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, LIST(1, 3, 1, 1, 1, 1));
    confx_hardware_t hardware = hardware_of(1, 1, 1, 1);
    walk_t walk = walk_text("SpatialMap(1,1) C;", &layer, &hardware, 2);
    assert_sizes(&walk, LIST(3, 1, 2, 3, 1, 6, 10));
    assert_l1(&walk, LIST(3, 3, 3), LIST(3, 3, 3));
    assert_moved(&walk, LIST(3, 3, 0, 1), LIST(3, 3, 0, 1));
    hardware.reduction = false;
    walk = walk_text("SpatialMap(1,1) C;", &layer, &hardware, 2);
    assert_l1(&walk, LIST(3, 3, 4), LIST(3, 3, 4));
    assert_moved(&walk, LIST(3, 3, 1, 2), LIST(3, 3, 0, 1));
}
END_TEST

/* Row-stationary: PE j has row p + j of the input and row j of the filter. */
START_TEST(rows_of_input_and_filter_on_a_diagonal)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, LIST(1, 1, 3, 1, 2, 1));
    const confx_hardware_t hardware = hardware_of(4, 1, 1, 1);
    const walk_t walk =
        walk_text("TemporalMap(Sz(R),1) Y; Cluster(2,P); SpatialMap(1,1) Y; SpatialMap(1,1) R;",
                  &layer, &hardware, 2);
    assert_sizes(&walk, LIST(4, 2, 2, 4, 2, 6, 10));
    assert_l1(&walk, LIST(4, 4, 4), LIST(4, 2, 4));
    assert_l2(&walk, LIST(4, 2, 2), LIST(3, 2, 2));
    assert_moved(&walk, LIST(4, 2, 0, 2), LIST(3, 2, 0, 2));
    assert_cycles(&walk, 4, LIST(2, 1, 1), 7);
}
END_TEST

/* T(Sz(R),1) Y is one output a step at stride 2, and the gaps between columns are not fetched. */
START_TEST(strides)
{
    confx_layer_t layer = layer_of(CONFX_LAYER_CONV, LIST(1, 1, 6, 3, 3, 1));
    const confx_hardware_t hardware = hardware_of(1, 1, 1.5, 4);
    layer.stride_y = layer.stride_x = 2;
    const walk_t walk = walk_text("TemporalMap(Sz(R),1) Y;", &layer, &hardware, 1);
    assert_sizes(&walk, LIST(12, 4, 2, 2, 0, 22, 22));
    assert_l1(&walk, LIST(12, 12, 12), LIST(10, 3, 12));
    assert_l2(&walk, LIST(10, 3, 4), LIST(10, 3, 4));
    assert_moved(&walk, LIST(10, 3, 0, 4), LIST(10, 3, 0, 4));
    /* In 9 and 4, out 2 and 2, computing 2 and 2; off-chip in 6 and 3, out 2 and 2. */
    assert_cycles(&walk, 17, LIST(2, 13, 2), 13);
}
END_TEST

/* Two filters of each of three channels; a PE has a channel, and the third comes by itself. */
START_TEST(depthwise_with_a_multiplier)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_DSCONV, LIST(2, 3, 1, 1, 1, 1));
    const confx_hardware_t hardware = hardware_of(1, 1, 1, 1);
    const walk_t walk = walk_text("SpatialMap(1,1) C;", &layer, &hardware, 2);
    assert_sizes(&walk, LIST(6, 6, 2, 3, 0, 10, 20));
    assert_l1(&walk, LIST(6, 6, 6), LIST(3, 6, 6));
    assert_moved(&walk, LIST(3, 6, 0, 6), LIST(3, 6, 0, 6));
}
END_TEST

/* Loops of N and G that no level has stand before all others. */
START_TEST(a_batch_and_groups_that_are_not_mapped)
{
    confx_layer_t layer = layer_of(CONFX_LAYER_NGCONV, LIST(1, 1, 1, 2, 1, 1));
    const confx_hardware_t hardware = hardware_of(1, 1, 1, 1);
    layer.dim[CONFX_DIM_N] = layer.dim[CONFX_DIM_G] = 2;
    walk_t walk = walk_text("TemporalMap(1,1) X;", &layer, &hardware, 1);
    assert_sizes(&walk, LIST(8, 8, 8, 8, 0, 6, 6));
    /* The filter of a group is held for two steps, and comes again with the next image. */
    assert_moved(&walk, LIST(8, 4, 0, 8), LIST(8, 4, 0, 8));
    ck_assert_int_eq(walk.level_steps[0], 2);
    walk = walk_text("TemporalMap(2,2) X; TemporalMap(2,2) N;", &layer, &hardware, 1);
    assert_sizes(&walk, LIST(8, 8, 2, 2, 0, 18, 18));
    ck_assert_int_eq(walk.level_steps[0], 1);
}
END_TEST

START_TEST(matrices)
{
    confx_layer_t layer = layer_of(CONFX_LAYER_GEMM, LIST(2, 0, 0, 0, 0, 0));
    const confx_hardware_t hardware = hardware_of(1, 1, 1, 1);
    layer.dim[CONFX_DIM_M] = 2;
    layer.dim[CONFX_DIM_N] = 3;
    /* N is no batch here: not mapped, it is whole. */
    const walk_t walk = walk_text("TemporalMap(1,1) K; SpatialMap(1,1) M;", &layer, &hardware, 2);
    assert_sizes(&walk, LIST(12, 6, 2, 4, 0, 14, 22));
    assert_l1(&walk, LIST(12, 12, 12), LIST(4, 12, 12));
    assert_moved(&walk, LIST(4, 6, 0, 6), LIST(4, 6, 0, 6));
}
END_TEST

static void assert_witness(const char *text, const confx_layer_t *layer, int64_t pes,
                           const int64_t at[5], int64_t times)
{
    static const confx_dim_t dims[5] = {CONFX_DIM_K, CONFX_DIM_C, CONFX_DIM_Y, CONFX_DIM_X,
                                        CONFX_DIM_R};
    const confx_hardware_t hardware = hardware_of(1, 1, 1, 1);
    const walk_t walk = walk_text(text, layer, &hardware, pes);
    ck_assert_int_eq(walk.verdict, WALK_ILLEGAL);
    ck_assert_int_eq(walk.witness.times, times);
    for (int i = 0; i < 5; i++)
        ck_assert_msg(walk.witness.mac[dims[i]] == at[i], "%s: index %d is %lld", text, i,
                      (long long)walk.witness.mac[dims[i]]);
}

START_TEST(the_first_mac_that_is_not_done_once_is_the_witness)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, LIST(3, 2, 4, 4, 2, 2));
    /* Units without a spatial map do the same. */
    assert_witness("TemporalMap(1,1) K;", &layer, 3, LIST(0, 0, 0, 0, 0), 3);
    /* A gap, and an overlap. */
    assert_witness("SpatialMap(1,2) K;", &layer, 2, LIST(1, 0, 0, 0, 0), 0);
    assert_witness("SpatialMap(2,1) K;", &layer, 2, LIST(1, 0, 0, 0, 0), 2);
    /* A diagonal of K and C leaves out what is beside it, also where the steps go on. */
    assert_witness("SpatialMap(1,1) K; SpatialMap(1,1) C;", &layer, 3, LIST(0, 1, 0, 0, 0), 0);
    /* Rows [0, 3) and [3, 4) do not hold the window of output 2. */
    assert_witness("TemporalMap(3,3) Y;", &layer, 1, LIST(0, 0, 2, 0, 0), 0);
    /* Rows [0, 3), [1, 4): filter row 1 of output 0 needs input row 1, which is in both. */
    assert_witness("TemporalMap(1,1) R; TemporalMap(3,1) Y;", &layer, 1, LIST(0, 0, 0, 0, 1), 2);
}
END_TEST

START_TEST(what_is_refused_before_any_step)
{
    const confx_hardware_t hardware = hardware_of(1, 1, 1, 1);
    confx_layer_t layer = layer_of(CONFX_LAYER_CONV, LIST(2, 2, 2, 2, 1, 1));
    walk_t walk =
        walk_text("SpatialMap(1,1) K; Cluster(3,P); SpatialMap(1,1) C;", &layer, &hardware, 2);
    ck_assert_int_eq(walk.verdict, WALK_REFUSED);
    ck_assert_uint_eq(walk.faults, UINT32_C(1) << CONFX_COST_FEW_PES);
    walk = walk_text("SpatialMap(1,1) G;", &layer, &hardware, 1);
    ck_assert_int_eq(walk.verdict, WALK_REFUSED);
    layer.type = CONFX_LAYER_TRCONV;
    walk = walk_text("SpatialMap(1,1) K;", &layer, &hardware, 1);
    ck_assert_uint_eq(walk.faults, UINT32_C(1) << CONFX_COST_TRANSPOSED);
}
END_TEST

/* ---- the layers of EXACT.md, section 9 ----------------------------------------------------------
 */

static void check_example(const exact_example_t *example)
{
    const confx_hardware_t hardware = exact_example_hardware(example);
    confx_dataflow_t *dataflow = NULL;
    ck_assert_ok(confx_dataflow_parse(example->dataflow, example->name, &dataflow));
    const walk_t walk =
        walk_layer(dataflow, &example->layer, &hardware, example->pes, example->buffer);
    confx_dataflow_close(dataflow);
    ck_assert_int_eq(walk.verdict,
                     example->cost.fault == CONFX_COST_VALID ? WALK_LEGAL : WALK_ILLEGAL);
    for (int i = 0; i < EXACT_FIGURES; i++) {
        int64_t found, expected;
        memcpy(&found, (const char *)&walk.cost + exact_figures[i].offset, sizeof found);
        memcpy(&expected, (const char *)&example->cost + exact_figures[i].offset, sizeof expected);
        ck_assert_msg(found == expected, "%s: %s is %lld, by hand %lld", example->name,
                      exact_figures[i].name, (long long)found, (long long)expected);
    }
    ck_assert_int_eq(walk.witness.times, example->witness.times);
    ck_assert_mem_eq(walk.witness.mac, example->witness.mac, sizeof walk.witness.mac);
}

START_TEST(the_examples_that_stand_with_the_definitions)
{
    for (int i = 0; i < EXACT_EXAMPLES; i++) check_example(&exact_examples[i]);
    ck_assert_int_ge(EXACT_EXAMPLES, 10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("walk on paper");
    TCase *tests = tcase_create("walk on paper");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, outputs_along_a_row_on_two_pes);
    tcase_add_test(tests, without_multicast_each_pe_reads);
    tcase_add_test(tests, a_reduction_loop_outside_brings_sums_back);
    tcase_add_test(tests, without_reduction_each_pe_writes_its_sum);
    tcase_add_test(tests, a_sum_is_carried_by_the_pe_that_stays);
    tcase_add_test(tests, rows_of_input_and_filter_on_a_diagonal);
    tcase_add_test(tests, strides);
    tcase_add_test(tests, depthwise_with_a_multiplier);
    tcase_add_test(tests, a_batch_and_groups_that_are_not_mapped);
    tcase_add_test(tests, matrices);
    tcase_add_test(tests, the_first_mac_that_is_not_done_once_is_the_witness);
    tcase_add_test(tests, what_is_refused_before_any_step);
    tcase_add_test(tests, the_examples_that_stand_with_the_definitions);
    return suite_run(suite);
}
