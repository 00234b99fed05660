/* The worked examples of src/cost/README.md, section 8, laws that hold for all points, and every
   way to be invalid. */
#include "golden.h"

static confx_cost_t evaluate(const char *dataflow, confx_layer_t layer, const char *hardware,
                             int64_t pes, int64_t buffer)
{
    const confx_hardware_t profile = hardware_as_maestro(hardware);
    confx_dataflow_t *named = dataflow_named(dataflow);
    confx_cost_t cost;
    confx_cost_evaluate(named, &layer, &profile, pes, buffer, &cost);
    confx_dataflow_close(named);
    return cost;
}

static confx_cost_t evaluate_text(const char *text, confx_layer_t layer, int64_t pes,
                                  int64_t buffer)
{
    const confx_hardware_t hardware = hardware_named("maestro");
    confx_dataflow_t *dataflow = NULL;
    confx_cost_t cost;
    ck_assert_ok(confx_dataflow_parse(text, "test.m", &dataflow));
    confx_cost_evaluate(dataflow, &layer, &hardware, pes, buffer, &cost);
    confx_dataflow_close(dataflow);
    return cost;
}

/* ---- worked examples ------------------------------------------------------------------------- */

START_TEST(example_a_dla_on_the_first_layer_of_mobilenet)
{
    const confx_cost_t cost =
        evaluate("dla", layer_of(CONFX_LAYER_CONV, 32, 3, 224, 224, 3, 3), "maestro", 16, 4);
    ck_assert_int_eq(cost.fault, CONFX_COST_VALID);
    ck_assert_int_eq(cost.runtime_cycles, 37 * 8 * 222 * 222 + 1);
    ck_assert_int_eq(cost.macs, 42581376);
    ck_assert_int_eq(cost.l1_bytes, 2 * (1 * 3 * 3 + 4 * 1 * 3 * 3 + 4 * 3 * 3));
    ck_assert_int_eq(cost.l2_bytes, 2 * (27 + 108 + 4));
    ck_assert_int_eq(cost.l2_read[CONFX_TENSOR_INPUT], 3580227);
    ck_assert_int_eq(cost.l2_read[CONFX_TENSOR_FILTER], 864);
    ck_assert_int_eq(cost.l2_write[CONFX_TENSOR_INPUT], 150528);
    ck_assert_int_eq(cost.l2_write[CONFX_TENSOR_FILTER], 864);
    ck_assert_int_eq(cost.l2_write[CONFX_TENSOR_OUTPUT], 1577088);
    ck_assert(near(cost.energy_nj, 0.00023 * 18.61 * 5309571));
}
END_TEST

START_TEST(example_b_a_depthwise_edge_counts_one_sub_cluster_too_few)
{
    const confx_cost_t cost =
        evaluate("dpt", layer_of(CONFX_LAYER_DSCONV, 1, 32, 112, 112, 3, 3), "maestro", 2, 10);
    ck_assert_int_eq(cost.macs, 12100 * (2 * 10 * 9 + 2 * 9));
    ck_assert_int_eq(cost.runtime_cycles, 12100 * 90 + 12100 * 18 + 1);
    ck_assert_int_eq(cost.l1_bytes, 540);
    ck_assert_int_eq(cost.l2_bytes, 760);
    ck_assert(near(cost.energy_nj, 0.00023 * (18.61 * 1481214 + 1.68 * 10396518)));
}
END_TEST

START_TEST(example_c_shi_takes_input_rows_for_output_rows_at_an_edge)
{
    const confx_cost_t cost =
        evaluate("shi", layer_of(CONFX_LAYER_CONV, 512, 512, 7, 7, 3, 3), "maestro", 128, 9);
    ck_assert_int_eq(cost.macs, INT64_C(512) * 512 * 9 * 5 * 7);
}
END_TEST

START_TEST(example_d_an_alexnet_layer_that_maestro_gets_wrong_is_invalid)
{
    const confx_cost_t cost =
        evaluate("eye", layer_of(CONFX_LAYER_CONV, 192, 64, 27, 27, 5, 5), "maestro", 24, 1);
    ck_assert_int_eq(cost.fault, CONFX_COST_NO_CASE);
    ck_assert_int_eq(cost.runtime_cycles, 0);
    ck_assert_int_eq(cost.macs, 0);
    ck_assert(isnan(cost.macs_per_cycle));
    ck_assert(cost.energy_nj < 0);
}
END_TEST

/* Example A: 162 bytes of L1 and 278 of L2 are 3 and 5 cells of 64 bytes. */
START_TEST(the_asic_profile_charges_whole_cells)
{
    const confx_cost_t cost =
        evaluate("dla", layer_of(CONFX_LAYER_CONV, 32, 3, 224, 224, 3, 3), "asic", 16, 4);
    const double bus = 14.662 * 16 + 28.895, arbiter = 1.2886 * 256 + 5.5814 * 16 - 23.711;
    ck_assert(near(cost.area_um2, 16 * (4470.9014 + 3 * 4505.1889) + 5 * 4505.1889 +
                                      101.7938 * bus * 32 + 395.473 * arbiter));
    ck_assert(near(cost.power_mw,
                   16 * (1.2223 + 3 * 0.2208) + 5 * 0.2208 + 0.8 * bus * 32 / 1000 + 0.34));
    ck_assert(near(cost.pe_power_mw + cost.l1_power_mw + cost.l2_power_mw + cost.noc_power_mw,
                   cost.power_mw));
}
END_TEST

START_TEST(under_the_asic_profile_buffers_cost_area)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 96, 16, 112, 112, 1, 1);
    const confx_cost_t small = evaluate("dla", layer, "asic", 64, 1),
                       large = evaluate("dla", layer, "asic", 64, 12);
    ck_assert(large.area_um2 > small.area_um2 + 4505);
    ck_assert(large.power_mw > small.power_mw);
}
END_TEST

/* ---- laws ------------------------------------------------------------------------------------ */

static uint64_t draw(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

static confx_layer_t random_layer(uint64_t *state)
{
    const int64_t r = (int64_t)draw(state, 5) + 1, s = (int64_t)draw(state, 5) + 1;
    return layer_of(CONFX_LAYER_CONV, (int64_t)draw(state, 70) + 1, (int64_t)draw(state, 70) + 1,
                    r + (int64_t)draw(state, 30), s + (int64_t)draw(state, 30), r, s);
}

START_TEST(dla_counts_every_multiplication_once)
{
    const confx_hardware_t hardware = hardware_as_maestro("asic");
    confx_dataflow_t *dla = dataflow_named("dla");
    uint64_t state = 7;
    for (int i = 0; i < 2000; i++) {
        confx_cost_t cost;
        const confx_layer_t layer = random_layer(&state);
        const int64_t *dim = layer.dim, pes = (int64_t)draw(&state, 128) + 1,
                      buffer = (int64_t)draw(&state, 12) + 1;
        confx_cost_evaluate(dla, &layer, &hardware, pes, buffer, &cost);
        ck_assert_int_eq(cost.macs, dim[CONFX_DIM_K] * dim[CONFX_DIM_C] * dim[CONFX_DIM_R] *
                                        dim[CONFX_DIM_S] *
                                        (dim[CONFX_DIM_Y] - dim[CONFX_DIM_R] + 1) *
                                        (dim[CONFX_DIM_X] - dim[CONFX_DIM_S] + 1));
        ck_assert_int_eq(cost.fault, CONFX_COST_VALID);
        ck_assert(cost.runtime_cycles * pes >= cost.macs);
    }
    confx_dataflow_close(dla);
}
END_TEST

/* src/cost/README.md, section 10 item 8: exactly one of the two makes the point invalid; two wrongs
   cancel out. */
static bool breaks(int64_t y, int64_t x, int64_t r, int64_t s, int64_t pes)
{
    return (y - r + 1 < pes && pes <= y) != (s <= x && x <= 2 * s - 2);
}

START_TEST(eye_and_shi_are_invalid_exactly_where_the_rule_says)
{
    const confx_hardware_t hardware = hardware_named("maestro");
    confx_dataflow_t *eye = dataflow_named("eye"), *shi = dataflow_named("shi");
    int invalid = 0;
    for (int64_t y = 3; y < 20; y++) {
        for (int64_t x = 5; x < 20; x++) {
            for (int64_t pes = 1; pes < 24; pes++) {
                confx_cost_t cost;
                const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 4, 3, y, x, 3, 5);
                confx_cost_evaluate(eye, &layer, &hardware, pes, 2, &cost);
                ck_assert_msg((cost.fault == CONFX_COST_NO_CASE) == breaks(y, x, 3, 5, pes),
                              "eye %d x %d on %d", (int)y, (int)x, (int)pes);
                invalid += cost.fault == CONFX_COST_NO_CASE;
                confx_cost_evaluate(shi, &layer, &hardware, pes, 2, &cost);
                ck_assert_msg((cost.fault == CONFX_COST_NO_CASE) == breaks(x, y, 5, 3, pes),
                              "shi %d x %d on %d", (int)y, (int)x, (int)pes);
            }
        }
    }
    ck_assert_int_gt(invalid, 500);
    confx_dataflow_close(eye);
    confx_dataflow_close(shi);
}
END_TEST

static void assert_same_cost(const confx_cost_t *one, const confx_cost_t *other)
{
    ck_assert_int_eq(one->fault, other->fault);
    for (int i = 0; i < GOLDEN_COLUMNS; i++) {
        const size_t at = golden_columns[i].offset;
        ck_assert_msg(memcmp((const char *)one + at, (const char *)other + at, 8) == 0, "%s",
                      golden_columns[i].name);
    }
}

START_TEST(an_evaluation_does_not_depend_on_those_before_it)
{
    enum { POINTS = 300 };
    static const char *const names[] = {"dla", "eye", "shi"};
    static confx_cost_t first[POINTS];
    static confx_layer_t layers[POINTS];
    const confx_hardware_t hardware = hardware_as_maestro("asic");
    confx_dataflow_t *dataflows[3];
    uint64_t state = 11;
    for (int i = 0; i < 3; i++) dataflows[i] = dataflow_named(names[i]);
    for (int i = 0; i < POINTS; i++) {
        layers[i] = random_layer(&state);
        confx_cost_evaluate(dataflows[i % 3], &layers[i], &hardware, 1 + i % 128, 1 + i % 12,
                            &first[i]);
    }
    for (int i = POINTS - 1; i >= 0; i--) {
        confx_cost_t again;
        memset(&again, 0x5a, sizeof again);
        confx_cost_evaluate(dataflows[i % 3], &layers[i], &hardware, 1 + i % 128, 1 + i % 12,
                            &again);
        assert_same_cost(&first[i], &again);
    }
    for (int i = 0; i < 3; i++) confx_dataflow_close(dataflows[i]);
}
END_TEST

START_TEST(a_transposed_convolution_costs_what_a_convolution_does)
{
    confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 24, 12, 14, 14, 3, 3);
    const confx_cost_t plain = evaluate("shi", layer, "asic", 16, 4);
    layer.type = CONFX_LAYER_TRCONV;
    const confx_cost_t transposed = evaluate("shi", layer, "asic", 16, 4);
    assert_same_cost(&plain, &transposed);
}
END_TEST

START_TEST(a_batch_multiplies_the_work)
{
    confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 24, 12, 14, 14, 3, 3);
    const confx_cost_t single = evaluate("dla", layer, "maestro", 8, 4);
    layer.dim[CONFX_DIM_N] = 5;
    const confx_cost_t batch = evaluate("dla", layer, "maestro", 8, 4);
    ck_assert_int_eq(batch.fault, CONFX_COST_VALID);
    ck_assert_int_eq(batch.macs, 5 * single.macs);
    ck_assert_int_eq(batch.l2_write[CONFX_TENSOR_FILTER], single.l2_write[CONFX_TENSOR_FILTER]);
    ck_assert_int_eq(batch.l2_write[CONFX_TENSOR_INPUT], 5 * single.l2_write[CONFX_TENSOR_INPUT]);
}
END_TEST

/* Clusters of one sub-cluster in between add fill latency but no work. */
START_TEST(as_many_levels_as_the_limit_says_can_be_evaluated)
{
    char text[2048] = "Dataflow { SpatialMap(KTileSz, KTileSz) K; TemporalMap(1, 1) C;";
    for (int i = 1; i <= CONFX_DATAFLOW_LEVELS_MAX; i++) {
        const char *more =
            i < CONFX_DATAFLOW_LEVELS_MAX ? " Cluster(1, P); SpatialMap(1, 1) C;" : " }";
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s", more);
    }
    const confx_cost_t cost =
        evaluate_text(text, layer_of(CONFX_LAYER_CONV, 10, 6, 5, 5, 2, 2), 4, 3);
    ck_assert_int_eq(cost.fault, CONFX_COST_VALID);
    ck_assert_int_eq(cost.macs, 10 * 6 * 4 * 4 * 2 * 2);
    ck_assert_double_eq(cost.active_pes, 4);
}
END_TEST

START_TEST(counts_beyond_53_bits_are_exact)
{
    const confx_layer_t layer =
        layer_of(CONFX_LAYER_CONV, 1 << 16, (1 << 16) - 1, 1 << 11, 1 << 11, 1, 1);
    const confx_cost_t cost = evaluate("dla", layer, "maestro", 1, 1);
    ck_assert_int_eq(cost.fault, CONFX_COST_VALID);
    ck_assert_int_eq(cost.macs, (INT64_C(1) << 54) - (INT64_C(1) << 38));
    ck_assert_int_eq(cost.runtime_cycles, 2 * cost.macs + 1);
}
END_TEST

/* ---- faults ---------------------------------------------------------------------------------- */

#define OTHERS                                                                                     \
    "TemporalMap(Sz(R),Sz(R)) R; TemporalMap(Sz(S),Sz(S)) S; TemporalMap(Sz(R),1) Y; "             \
    "TemporalMap(Sz(S),1) X; "

static void assert_fault(const char *text, confx_layer_t layer, int64_t pes, int64_t buffer,
                         confx_cost_fault_t fault)
{
    const confx_cost_t cost = evaluate_text(text, layer, pes, buffer);
    ck_assert_msg(cost.fault == fault, "\"%s\": %s, expected: %s", text,
                  confx_cost_fault_text(cost.fault), confx_cost_fault_text(fault));
    ck_assert_int_eq(cost.runtime_cycles, 0);
    ck_assert(isnan(cost.macs_per_cycle));
}

START_TEST(a_level_without_or_with_three_spatial_maps_is_invalid)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 8, 8, 8, 8, 3, 3);
    assert_fault("Dataflow { TemporalMap(1,1) K; " OTHERS "}", layer, 4, 1, CONFX_COST_SPATIAL);
    assert_fault("Dataflow { }", layer, 4, 1, CONFX_COST_SPATIAL);
    assert_fault("Dataflow { SpatialMap(1,1) K; SpatialMap(1,1) C; SpatialMap(3,1) Y; }", layer, 4,
                 1, CONFX_COST_SPATIAL);
    assert_fault("Dataflow { SpatialMap(1,1) K; Cluster(2,P); TemporalMap(1,1) C; }", layer, 4, 1,
                 CONFX_COST_SPATIAL);
    ck_assert_int_eq(
        evaluate_text("Dataflow { SpatialMap(1,1) K; SpatialMap(1,1) C; }", layer, 4, 1).fault,
        CONFX_COST_VALID);
}
END_TEST

START_TEST(fewer_pes_than_the_clusters_need_is_invalid)
{
    const char *text = "Dataflow { SpatialMap(1,1) K; Cluster(4,P); SpatialMap(1,1) C; "
                       "Cluster(3,P); SpatialMap(3,1) Y; }";
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 8, 8, 8, 8, 3, 3);
    assert_fault(text, layer, 11, 1, CONFX_COST_FEW_PES);
    assert_fault("Dataflow { SpatialMap(1,1) K; }", layer, 0, 1, CONFX_COST_FEW_PES);
    ck_assert_int_eq(evaluate_text(text, layer, 12, 1).fault, CONFX_COST_VALID);
}
END_TEST

START_TEST(a_temporal_map_that_does_not_cover_the_filter_is_invalid)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 8, 8, 8, 8, 3, 3);
    assert_fault("Dataflow { SpatialMap(1,1) K; TemporalMap(1,1) R; }", layer, 4, 1,
                 CONFX_COST_TILE);
    assert_fault("Dataflow { SpatialMap(1,1) K; TemporalMap(3,1) S; }", layer, 4, 1,
                 CONFX_COST_TILE);
    assert_fault("Dataflow { SpatialMap(1,1) K; Cluster(2,P); SpatialMap(1,1) C; "
                 "TemporalMap(KTileSz,KTileSz) S; }",
                 layer, 4, 2, CONFX_COST_TILE);
}
END_TEST

START_TEST(sizes_that_come_to_nothing_are_invalid)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 8, 8, 8, 8, 3, 3);
    assert_fault("Dataflow { SpatialMap(Sz(G),1) K; }", layer, 4, 1, CONFX_COST_SIZE);
    assert_fault("Dataflow { SpatialMap(1,KTileSz) K; }", layer, 4, 0, CONFX_COST_SIZE);
    assert_fault("Dataflow { SpatialMap(1,1) K; Cluster(Sz(N),P); SpatialMap(1,1) C; }", layer, 4,
                 1, CONFX_COST_SIZE);
}
END_TEST

START_TEST(dimensions_that_do_not_fit_the_layer_are_invalid)
{
    confx_layer_t gemm = {.type = CONFX_LAYER_GEMM, .stride_y = 1, .stride_x = 1},
                  broken = layer_of(CONFX_LAYER_CONV, 8, 8, 8, 8, 3, 0);
    gemm.dim[CONFX_DIM_M] = gemm.dim[CONFX_DIM_N] = gemm.dim[CONFX_DIM_K] = 10;
    assert_fault("Dataflow { SpatialMap(1,1) C; }", gemm, 4, 1, CONFX_COST_DIMENSION);
    assert_fault("Dataflow { SpatialMap(1,1) K; }", layer_of(CONFX_LAYER_DSCONV, 0, 8, 8, 8, 3, 3),
                 4, 1, CONFX_COST_DIMENSION);
    assert_fault("Dataflow { SpatialMap(1,1) C; }", broken, 4, 1, CONFX_COST_DIMENSION);
    ck_assert_int_eq(evaluate_text("Dataflow { SpatialMap(1,1) M; }", gemm, 4, 1).macs, 1000);
}
END_TEST

START_TEST(dimensions_that_the_type_of_layer_does_not_use_are_invalid)
{
    confx_layer_t gemm = {.type = CONFX_LAYER_GEMM, .stride_y = 1, .stride_x = 1},
                  grouped = layer_of(CONFX_LAYER_CONV, 8, 8, 8, 8, 3, 3);
    gemm.dim[CONFX_DIM_M] = gemm.dim[CONFX_DIM_N] = gemm.dim[CONFX_DIM_K] = gemm.dim[CONFX_DIM_C] =
        10;
    grouped.dim[CONFX_DIM_G] = 2;
    assert_fault("Dataflow { SpatialMap(1,1) M; TemporalMap(1,1) C; }", gemm, 4, 1,
                 CONFX_COST_UNUSED);
    assert_fault("Dataflow { SpatialMap(1,1) K; TemporalMap(1,1) G; }", grouped, 4, 1,
                 CONFX_COST_UNUSED);
    ck_assert_int_eq(evaluate_text("Dataflow { SpatialMap(1,1) K; }", grouped, 4, 1).fault,
                     CONFX_COST_VALID);
}
END_TEST

/* Wherever a dataflow maps it, K is a loop like any other, which no tensor knows of. */
START_TEST(a_map_of_k_repeats_a_depthwise_layer)
{
    static const char *const texts[] = {
        "Dataflow { TemporalMap(%s) K; SpatialMap(1,1) C; " OTHERS "}",
        "Dataflow { SpatialMap(1,1) C; " OTHERS "TemporalMap(%s) K; }",
        "Dataflow { TemporalMap(%s) K; SpatialMap(4,4) C; " OTHERS
        "Cluster(4,P); SpatialMap(1,1) C; }",
        "Dataflow { SpatialMap(4,4) C; " OTHERS
        "Cluster(4,P); TemporalMap(%s) K; SpatialMap(1,1) C; }",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char whole[512], single[512];
        (void)snprintf(whole, sizeof whole, texts[i], "Sz(K),Sz(K)");
        (void)snprintf(single, sizeof single, texts[i], "1,1");
        const confx_cost_t one =
            evaluate_text(whole, layer_of(CONFX_LAYER_DSCONV, 1, 8, 8, 8, 3, 3), 8, 1);
        const confx_cost_t all =
            evaluate_text(whole, layer_of(CONFX_LAYER_DSCONV, 6, 8, 8, 8, 3, 3), 8, 1);
        const confx_cost_t steps =
            evaluate_text(single, layer_of(CONFX_LAYER_DSCONV, 6, 8, 8, 8, 3, 3), 8, 1);
        ck_assert_int_eq(one.fault, CONFX_COST_VALID);
        ck_assert_int_eq(one.macs, 8 * 6 * 6 * 9);
        ck_assert_int_eq(all.macs, 6 * one.macs);
        ck_assert_int_eq(steps.macs, 6 * one.macs);
        ck_assert_int_eq(steps.l1_bytes, one.l1_bytes);
        ck_assert_int_eq(steps.l2_write[CONFX_TENSOR_INPUT], one.l2_write[CONFX_TENSOR_INPUT]);
    }
}
END_TEST

/* A row-stationary mapping whose inner columns are narrower than the filter. */
START_TEST(an_inner_level_without_work_is_invalid)
{
    const char *text =
        "Dataflow { SpatialMap(1,1) Y'; TemporalMap(1,1) X'; TemporalMap(1,1) C; "    //
        "TemporalMap(Sz(R),Sz(R)) R; TemporalMap(Sz(S),Sz(S)) S; Cluster(Sz(R), P); " //
        "SpatialMap(1,1) X; TemporalMap(Sz(S),Sz(S)) S; }";
    assert_fault(text, layer_of(CONFX_LAYER_CONV, 8, 8, 8, 8, 3, 3), 9, 1, CONFX_COST_NO_COMPUTE);
    ck_assert_int_eq(evaluate_text(text, layer_of(CONFX_LAYER_CONV, 8, 8, 8, 8, 3, 1), 9, 1).fault,
                     CONFX_COST_VALID);
}
END_TEST

/* The rows left over at the edge are fewer than the filter's: those cases are passed over, half
   counted. */
START_TEST(a_point_of_negative_energy_is_invalid)
{
    const char *text =
        "Dataflow { TemporalMap(5,8) Y; TemporalMap(2,1) K; TemporalMap(Sz(R),Sz(R)) R; " //
        "TemporalMap(3,1) X'; SpatialMap(9,4) C; TemporalMap(Sz(S),Sz(S)) S; }";
    const confx_cost_t cost =
        evaluate_text(text, layer_of(CONFX_LAYER_CONV, 17, 8, 9, 9, 5, 3), 5, 1);
    ck_assert_int_eq(cost.fault, CONFX_COST_NEGATIVE);
    ck_assert_int_gt(cost.runtime_cycles, 0);
    ck_assert(cost.energy_nj < 0);
}
END_TEST

START_TEST(counts_that_may_not_fit_are_invalid_not_wrong)
{
    const int64_t most = INT64_C(1) << 24;
    assert_fault("Dataflow { SpatialMap(1,1) K; }",
                 layer_of(CONFX_LAYER_CONV, most, most, most, most, 3, 3), 4, 1,
                 CONFX_COST_OVERFLOW);
    assert_fault("Dataflow { SpatialMap(1,1) K; }",
                 layer_of(CONFX_LAYER_CONV, INT64_MAX, 1, 1, 1, 1, 1), 4, 1, CONFX_COST_OVERFLOW);
    assert_fault("Dataflow { SpatialMap(1,1) K; }", layer_of(CONFX_LAYER_CONV, 8, 8, 8, 8, 3, 3),
                 INT64_MAX, 1, CONFX_COST_OVERFLOW);
    assert_fault(
        "Dataflow { SpatialMap(1073741824,1073741824) K; SpatialMap(1073741824,1073741824) C; }",
        layer_of(CONFX_LAYER_CONV, 8, 8, 8, 8, 3, 3), 4, 1, CONFX_COST_OVERFLOW);
}
END_TEST

START_TEST(delays_that_do_not_fit_are_invalid_not_wrong)
{
    const double extremes[][3] = {{1e-300, 1, 1}, {32, 1e300, 1}, {32, 1, 1e-300}, {32, 4e17, 1}};
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 8, 8, 8, 8, 3, 3);
    confx_dataflow_t *dla = dataflow_named("dla");
    for (int i = 0; i < 4; i++) {
        confx_hardware_t hardware = hardware_as_maestro("asic");
        confx_cost_t cost;
        hardware.noc_bandwidth = extremes[i][0];
        hardware.noc_latency = extremes[i][1];
        hardware.offchip_bandwidth = extremes[i][2];
        confx_cost_evaluate(dla, &layer, &hardware, 4, 1, &cost);
        ck_assert_int_eq(cost.fault, CONFX_COST_OVERFLOW);
    }
    confx_dataflow_close(dla);
}
END_TEST

/* The largest numbers that a profile may hold, one at a time: what of a figure they reach is never
   called valid. */
START_TEST(figures_that_are_not_finite_are_invalid)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 8, 8, 8, 8, 3, 3);
    confx_dataflow_t *dla = dataflow_named("dla");
    confx_hardware_t plain = hardware_named("asic");
    plain.accounting = (confx_accounting_t)_i;
    const size_t first = offsetof(confx_hardware_t, noc_bandwidth),
                 units = offsetof(confx_hardware_t, units);
    static const double extremes[] = {1e308, 1e160, INFINITY, NAN};
    int infinite = 0;
    for (size_t at = first; at < sizeof plain; at += sizeof(double)) {
        if (at >= offsetof(confx_hardware_t, accounting) && at < units) continue;
        for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++) {
            confx_hardware_t hardware = plain;
            confx_cost_t cost;
            memcpy((char *)&hardware + at, &extremes[i], sizeof(double));
            confx_cost_evaluate(dla, &layer, &hardware, 4, 1, &cost);
            infinite += cost.fault == CONFX_COST_INFINITE;
            if (cost.fault != CONFX_COST_VALID)
                ck_assert(cost.area_um2 == 0 && cost.energy_nj == 0 && cost.power_mw == 0);
            for (int column = 0; cost.fault == CONFX_COST_VALID && column < GOLDEN_COLUMNS;
                 column++) {
                double value = 0;
                /* Under exact one figure of MAESTRO's is none. */
                if (golden_columns[column].real &&
                    (plain.accounting == CONFX_ACCOUNTING_MAESTRO ||
                     golden_columns[column].offset !=
                         offsetof(confx_cost_t, noc_bandwidth_average)))
                    memcpy(&value, (const char *)&cost + golden_columns[column].offset,
                           sizeof value);
                ck_assert_msg(fabs(value) <= 1e120, "%s is %g", golden_columns[column].name, value);
            }
        }
    }
    ck_assert_int_gt(infinite, 40);
    confx_dataflow_close(dla);
}
END_TEST

START_TEST(every_fault_has_a_text)
{
    for (int fault = 0; fault < CONFX_COST_FAULTS; fault++) {
        ck_assert_uint_gt(strlen(confx_cost_fault_text((confx_cost_fault_t)fault)), 4);
        ck_assert_ptr_null(strchr(confx_cost_fault_text((confx_cost_fault_t)fault),
                                  ',')); /* it stands in tables */
    }
}
END_TEST

static void add_laws(TCase *tests)
{
    tcase_add_test(tests, dla_counts_every_multiplication_once);
    tcase_add_test(tests, eye_and_shi_are_invalid_exactly_where_the_rule_says);
    tcase_add_test(tests, an_evaluation_does_not_depend_on_those_before_it);
    tcase_add_test(tests, a_transposed_convolution_costs_what_a_convolution_does);
    tcase_add_test(tests, a_batch_multiplies_the_work);
    tcase_add_test(tests, as_many_levels_as_the_limit_says_can_be_evaluated);
    tcase_add_test(tests, counts_beyond_53_bits_are_exact);
}

static void add_faults(TCase *tests)
{
    tcase_add_test(tests, a_level_without_or_with_three_spatial_maps_is_invalid);
    tcase_add_test(tests, fewer_pes_than_the_clusters_need_is_invalid);
    tcase_add_test(tests, a_temporal_map_that_does_not_cover_the_filter_is_invalid);
    tcase_add_test(tests, sizes_that_come_to_nothing_are_invalid);
    tcase_add_test(tests, dimensions_that_do_not_fit_the_layer_are_invalid);
    tcase_add_test(tests, dimensions_that_the_type_of_layer_does_not_use_are_invalid);
    tcase_add_test(tests, a_map_of_k_repeats_a_depthwise_layer);
    tcase_add_test(tests, an_inner_level_without_work_is_invalid);
    tcase_add_test(tests, a_point_of_negative_energy_is_invalid);
    tcase_add_test(tests, counts_that_may_not_fit_are_invalid_not_wrong);
    tcase_add_test(tests, delays_that_do_not_fit_are_invalid_not_wrong);
    tcase_add_loop_test(tests, figures_that_are_not_finite_are_invalid, 0, CONFX_ACCOUNTINGS);
    tcase_add_test(tests, every_fault_has_a_text);
}

int main(void)
{
    Suite *suite = suite_create("evaluate");
    TCase *tests = tcase_create("evaluate");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, example_a_dla_on_the_first_layer_of_mobilenet);
    tcase_add_test(tests, example_b_a_depthwise_edge_counts_one_sub_cluster_too_few);
    tcase_add_test(tests, example_c_shi_takes_input_rows_for_output_rows_at_an_edge);
    tcase_add_test(tests, example_d_an_alexnet_layer_that_maestro_gets_wrong_is_invalid);
    tcase_add_test(tests, the_asic_profile_charges_whole_cells);
    tcase_add_test(tests, under_the_asic_profile_buffers_cost_area);
    add_laws(tests);
    add_faults(tests);
    return suite_run(suite);
}
