/* The engine takes cases of one kind together (src/cost/engine/volume.h). Here every case goes by
   itself, by the rules word by word: all figures are the same, to the bit. */
#include "cost/oracle.h"
#include "golden.h"

static uint64_t draw(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

static int64_t greatest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- columns in which order or rounding of cases counts (src/cost/README.md, section 9) ------ */

typedef struct {
    int64_t minimum, maximum, sum;
} range_t;

typedef struct {
    int64_t peak, sum, offchip, occurrences;
    double intensity;
    range_t ingress, egress, compute;
} columns_t;

static void span_add(range_t *span, int64_t cycles, int64_t occurrences, bool first)
{
    span->minimum = first || cycles < span->minimum ? cycles : span->minimum;
    span->maximum = first || cycles > span->maximum ? cycles : span->maximum;
    span->sum += cycles * occurrences;
}

static void add_case(const oracle_walk_t *walk, const row_t *row, columns_t *columns)
{
    const int64_t ingress = row->ingress[CONFX_TENSOR_INPUT] + row->ingress[CONFX_TENSOR_FILTER];
    const int64_t busiest = greatest(ingress, row->egress);
    const int64_t inputs = walk->need[CONFX_TENSOR_INPUT] + walk->need[CONFX_TENSOR_FILTER];
    const bool first = columns->occurrences == 0;
    columns->peak = greatest(columns->peak, busiest / row->compute);
    columns->sum += row->occurrences * busiest / row->compute;
    columns->offchip = greatest(columns->offchip,
                                greatest(walk->need[CONFX_TENSOR_OUTPUT], inputs) / row->compute) /
                       2;
    columns->intensity = (double)row->macs / (double)ingress;
    span_add(&columns->ingress, row->fill, row->occurrences, first);
    span_add(&columns->egress, row->drain, row->occurrences, first);
    span_add(&columns->compute, row->compute, row->occurrences, first);
    columns->occurrences += row->occurrences;
}

static void assert_delay(const char *what, const confx_cost_delay_t *found, const range_t *span,
                         int64_t occurrences)
{
    ck_assert_msg(found->min == span->minimum, "%s: min %lld", what, (long long)found->min);
    ck_assert_msg(found->max == span->maximum, "%s: max %lld", what, (long long)found->max);
    ck_assert_msg(found->average == span->sum / occurrences, "%s: average %lld", what,
                  (long long)found->average);
}

/* False: more cases than an explanation lists. */
static bool check_columns(const oracle_t *oracle)
{
    const oracle_walk_t *walk = oracle->walks;
    const confx_cost_t *cost = &oracle->cost;
    columns_t columns = {0};
    if (walk->cases > TURNS_SHOWN || cost->fault != CONFX_COST_VALID) return false;
    for (int i = 0; i < walk->rows_n; i++)
        if (walk->rows[i].valid) add_case(walk, &walk->rows[i], &columns);
    if (columns.occurrences <= 0) ck_abort_msg("a valid point without a valid case");
    const double average = (double)columns.sum / (double)columns.occurrences;
    ck_assert_int_eq(cost->noc_bandwidth_peak, columns.peak);
    ck_assert_int_eq(cost->offchip_bandwidth, columns.offchip);
    ck_assert(memcmp(&cost->noc_bandwidth_average, &average, sizeof average) == 0);
    ck_assert(memcmp(&cost->arithmetic_intensity, &columns.intensity, sizeof(double)) == 0);
    ck_assert(memcmp(&cost->active_pes, &walk->active, sizeof(double)) == 0);
    assert_delay("ingress", &cost->ingress, &columns.ingress, columns.occurrences);
    assert_delay("egress", &cost->egress, &columns.egress, columns.occurrences);
    assert_delay("compute", &cost->compute, &columns.compute, columns.occurrences);
    return true;
}

typedef struct {
    int points, listed, valid;
} tally_t;

/* What the engine tells on its way is what the rules give, case by case. */
static void check_trace(const oracle_t *oracle)
{
    explanation_t explanation;
    ck_assert_ok(explanation_open(&oracle->point, &explanation));
    const char *difference = oracle_difference(oracle, &explanation);
    if (difference) ck_abort_msg("%s is told otherwise", difference);
    explanation_close(&explanation);
}

static void check(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                  const confx_hardware_t *hardware, int64_t pes, int64_t buffer, tally_t *tally)
{
    oracle_t oracle;
    const evaluation_point_t point = {dataflow, layer, hardware, pes, buffer};
    ck_assert_ok(oracle_open(&point, &oracle));
    if (!oracle_agrees(&oracle))
        ck_abort_msg("point %d: %lld PEs, buffer %lld", tally->points, (long long)pes,
                     (long long)buffer);
    tally->points++;
    tally->valid += oracle.cost.fault == CONFX_COST_VALID;
    if (oracle.built) tally->listed += check_columns(&oracle);
    check_trace(&oracle);
    oracle_close(&oracle);
}

/* ---- the points ------------------------------------------------------------------------------ */

static confx_layer_t random_layer(uint64_t *state)
{
    const int64_t r = (int64_t)draw(state, 6) + 1, s = (int64_t)draw(state, 6) + 1;
    confx_layer_t layer =
        layer_of(CONFX_LAYER_CONV, (int64_t)draw(state, 200) + 1, (int64_t)draw(state, 200) + 1,
                 r + (int64_t)draw(state, 60), s + (int64_t)draw(state, 60), r, s);
    if (draw(state, 4) == 0) layer.dim[CONFX_DIM_N] = (int64_t)draw(state, 5) + 1;
    if (draw(state, 4) == 0) layer.stride_x = (int64_t)draw(state, 4) + 1;
    if (draw(state, 4) == 0) layer.stride_y = (int64_t)draw(state, 4) + 1;
    return layer;
}

static confx_hardware_t random_hardware(uint64_t *state)
{
    static const double bandwidths[] = {1, 7, 32, 81920000};
    confx_hardware_t hardware = hardware_as_maestro("asic");
    hardware.noc_bandwidth = bandwidths[draw(state, 4)];
    hardware.noc_latency = (double)draw(state, 4);
    hardware.simd_lanes = (double)(draw(state, 3) + 1);
    hardware.offchip_bandwidth = (double)(draw(state, 40) + 1);
    return hardware;
}

START_TEST(random_layers_cost_what_their_cases_do_one_by_one)
{
    static const char *const names[] = {"dla", "eye", "shi", "dpt"};
    tally_t tally = {0};
    uint64_t state = 3;
    for (int i = 0; i < 4; i++) {
        confx_dataflow_t *dataflow = dataflow_named(names[i]);
        for (int n = 0; n < 1250; n++) {
            confx_layer_t layer = random_layer(&state);
            const confx_hardware_t hardware = random_hardware(&state);
            const int64_t pes = (int64_t)draw(&state, 160) + 1;
            if (i == 3) layer.type = CONFX_LAYER_DSCONV;
            check(dataflow, &layer, &hardware, pes, (int64_t)draw(&state, 14) + 1, &tally);
        }
        confx_dataflow_close(dataflow);
    }
    ck_assert_int_eq(tally.points, 5000);
    ck_assert_int_gt(tally.listed, 2500);
}
END_TEST

START_TEST(random_mappings_cost_what_their_cases_do_one_by_one)
{
    csv_t *csv = golden_open("tests/golden/mappings_random.csv");
    tally_t tally = {0};
    uint64_t state = 5;
    while (golden_next(csv)) {
        char text[2048];
        confx_mapping_t mapping;
        const confx_hardware_t hardware = random_hardware(&state);
        (void)snprintf(text, sizeof text, "Network n { Layer l { %s } }",
                       golden_text(csv, "layer"));
        ck_assert_ok(confx_mapping_parse(text, "mappings_random.csv", &mapping));
        check(mapping.layers[0].dataflow, &mapping.layers[0].layer, &hardware,
              golden_whole(csv, "pe"), 1, &tally);
        confx_mapping_close(&mapping);
    }
    ck_assert_int_eq(tally.points, 1500);
    ck_assert_int_gt(tally.listed, 500);
    csv_close(csv);
}
END_TEST

/* K of depthwise layers mapped at any level, and S twice: what the engine leaves out must come to
   nothing. */
START_TEST(dimensions_beyond_the_layers_type_and_mapped_twice_cost_what_their_cases_do)
{
    static const char *const texts[] = {
        "TemporalMap(3,3) K; SpatialMap(2,2) C; TemporalMap(Sz(R),1) Y; TemporalMap(Sz(S),1) X;",
        "SpatialMap(3,2) K; TemporalMap(2,2) C; TemporalMap(Sz(R),1) Y; TemporalMap(Sz(S),1) X;",
        "TemporalMap(5,5) K; SpatialMap(8,8) C; TemporalMap(Sz(R),1) Y; Cluster(4,P); "
        "TemporalMap(2,2) K; "
        "SpatialMap(3,3) C;",
        "SpatialMap(8,8) C; TemporalMap(Sz(R),1) Y; Cluster(4,P); TemporalMap(Sz(S),1) X; "
        "SpatialMap(1,1) K;",
        "TemporalMap(2,2) K; TemporalMap(4,4) C; SpatialMap(Sz(R),1) Y; TemporalMap(Sz(S),1) X; "
        "Cluster(3,P); "
        "SpatialMap(1,1) X; SpatialMap(1,1) S; TemporalMap(Sz(S),Sz(S)) S;",
    };
    tally_t tally = {0};
    uint64_t state = 7;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[512];
        confx_mapping_t mapping;
        (void)snprintf(text, sizeof text,
                       "Network n { Layer l { Type: DSCONV Dimensions { C: 1 R: 1 S: 1 Y: 1 X: 1 } "
                       "Dataflow { %s } } }",
                       texts[i]);
        ck_assert_ok(confx_mapping_parse(text, "kinds.m", &mapping));
        for (int n = 0; n < 200; n++) {
            confx_layer_t layer = random_layer(&state);
            const confx_hardware_t hardware = random_hardware(&state);
            layer.type = i == 4 && n % 2 ? CONFX_LAYER_CONV : CONFX_LAYER_DSCONV;
            if (i == 4) layer.dim[CONFX_DIM_S] = 1;
            check(mapping.layers[0].dataflow, &layer, &hardware, (int64_t)draw(&state, 60) + 4, 1,
                  &tally);
        }
        confx_mapping_close(&mapping);
    }
    ck_assert_int_eq(tally.points, 1000);
    ck_assert_int_gt(tally.valid, 700);
}
END_TEST

/* Seven maps that move, each to an edge as well: more kinds than the engine keeps at once. */
START_TEST(more_kinds_than_are_kept_at_once_change_nothing)
{
    const confx_hardware_t hardware = hardware_as_maestro("asic");
    confx_layer_t layer = layer_of(CONFX_LAYER_NGCONV, 8, 8, 14, 14, 3, 3);
    confx_dataflow_t *dataflow = NULL;
    tally_t tally = {0};
    layer.dim[CONFX_DIM_N] = layer.dim[CONFX_DIM_G] = 8;
    ck_assert_ok(confx_dataflow_parse(
        "Dataflow { TemporalMap(3,3) N; TemporalMap(3,3) G; SpatialMap(3,3) K; "
        "TemporalMap(3,3) C; TemporalMap(5,3) Y; TemporalMap(5,3) X; Cluster(2,P); "
        "SpatialMap(2,2) K; TemporalMap(2,2) C; TemporalMap(2,2) N; }",
        "test.m", &dataflow));
    for (int64_t pes = 2; pes < 9; pes++) check(dataflow, &layer, &hardware, pes, 1, &tally);
    ck_assert_int_eq(tally.valid, 7);
    confx_dataflow_close(dataflow);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kinds");
    TCase *tests = tcase_create("kinds");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, random_layers_cost_what_their_cases_do_one_by_one);
    tcase_add_test(tests, random_mappings_cost_what_their_cases_do_one_by_one);
    tcase_add_test(tests,
                   dimensions_beyond_the_layers_type_and_mapped_twice_cost_what_their_cases_do);
    tcase_add_test(tests, more_kinds_than_are_kept_at_once_change_nothing);
    return suite_run(suite);
}
