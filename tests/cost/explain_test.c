/* Explanations: what the engine tells against the rules word by word, and against the true count of
   MACs; and the text. */
#include "cost/oracle.h"
#include "golden.h"

/* ---- the action grid ------------------------------------------------------------------------- */

typedef struct {
    const char *dataflow;
    int points, departures,
        told[MENDS];    /* told: departures that mending this quirk alone makes true */
    double least, most; /* counted over true */
} tally_t;

/* The plain product of the dimensions, by itself. */
static double product_of(const confx_layer_t *layer)
{
    const double outputs = (double)((layer->dim[CONFX_DIM_Y] - layer->dim[CONFX_DIM_R] + 1) *
                                    (layer->dim[CONFX_DIM_X] - layer->dim[CONFX_DIM_S] + 1));
    const double filters = layer->type == CONFX_LAYER_DSCONV ? 1 : (double)layer->dim[CONFX_DIM_K];
    return outputs * filters *
           (double)(layer->dim[CONFX_DIM_C] * layer->dim[CONFX_DIM_R] * layer->dim[CONFX_DIM_S]);
}

static void tally_point(const explanation_t *explanation, double measured, tally_t *tally)
{
    const double factor = measured / explanation->true_macs;
    tally->points++;
    tally->least = fmin(tally->least, factor);
    tally->most = fmax(tally->most, factor);
    if (factor == 1) return;
    tally->departures++;
    for (int i = 0; i < MENDS; i++) tally->told[i] += explanation->reasons == 1U << i;
}

/* An evaluation by the rules word by word, and as the engine tells it: the same, case by case. */
static void open_both(const evaluation_point_t *point, oracle_t *oracle, explanation_t *explanation)
{
    const confx_status_t ruled = oracle_open(point, oracle);
    const confx_status_t told = explanation_open(point, explanation);
    if (ruled.code != CONFX_STATUS_OK || told.code != CONFX_STATUS_OK) ck_abort_msg("no memory");
    const char *difference = oracle_difference(oracle, explanation);
    if (!oracle_agrees(oracle) || difference)
        ck_abort_msg("%s, %lld PEs, buffer %lld: the engine %s %s", point->layer->name,
                     (long long)point->pes, (long long)point->buffer,
                     difference ? "tells otherwise" : "has other figures",
                     difference ? difference : "");
}

static void close_both(oracle_t *oracle, explanation_t *explanation)
{
    oracle_close(oracle);
    explanation_close(explanation);
}

static void check_layer(csv_t *grid, const confx_layer_t *layer, const char *name,
                        const confx_hardware_t *hardware, tally_t *tally)
{
    confx_dataflow_t *dataflow = dataflow_named(name);
    for (int i = 0; i < GRID_POINTS; i++) {
        oracle_t oracle;
        explanation_t explanation;
        const evaluation_point_t point = {dataflow, layer, hardware, grid_pe(i), i % GRID_SIDE + 1};
        if (!golden_next(grid)) ck_abort_msg("grid.csv ends early");
        open_both(&point, &oracle, &explanation);
        const row_t *sum = &explanation.walks->sum;
        if (sum->macs != golden_whole(grid, "macs") ||
            sum->delay != golden_whole(grid, "runtime_cycles") ||
            explanation.true_macs != product_of(layer))
            ck_abort_msg("grid.csv:%d", csv_line(grid));
        tally_point(&explanation, (double)golden_whole(grid, "macs"), tally);
        close_both(&oracle, &explanation);
    }
    confx_dataflow_close(dataflow);
}

static tally_t *tally_named(tally_t *tallies, const char *name)
{
    while (strcmp(tallies->dataflow, name) != 0) tallies++;
    return tallies;
}

static void assert_tally(const tally_t *tally, int points, int departures, mend_t quirk)
{
    ck_assert_msg(tally->points == points && tally->departures == departures &&
                      tally->told[quirk] == departures,
                  "%s: %d of %d counts depart, %d of them told by quirk %d; factors %g to %g",
                  tally->dataflow, tally->departures, tally->points, tally->told[quirk], quirk,
                  tally->least, tally->most);
}

/* src/cost/README.md, section 10, quirks 6 and 7: which counts of MACs depart from the product of
   the dimensions, and * why. */
START_TEST(macs_depart_from_the_product_of_dimensions_where_the_quirks_say)
{
    const confx_hardware_t hardware = hardware_named("maestro");
    csv_t *layers = golden_open("tests/golden/grid_layers.csv"),
          *grid = golden_open("tests/golden/grid.csv");
    tally_t tallies[] = {{.dataflow = "dla", .least = 1, .most = 1},
                         {.dataflow = "eye", .least = 1, .most = 1},
                         {.dataflow = "shi", .least = 1, .most = 1},
                         {.dataflow = "dpt", .least = 1, .most = 1}};
    while (golden_next(layers)) {
        const confx_layer_t layer = layer_of_row(layers);
        const char *name = golden_text(layers, "dataflow");
        check_layer(grid, &layer, name, &hardware, tally_named(tallies, name));
    }
    assert_tally(&tallies[0], 5904, 0, MEND_PARTIAL);
    assert_tally(&tallies[1], 5904, 1416, MEND_WINDOW);
    assert_tally(&tallies[2], 5904, 1152, MEND_WINDOW);
    assert_tally(&tallies[3], 3024, 465, MEND_PARTIAL);
    ck_assert_double_eq(tallies[3].least, 0.6875);
    ck_assert_double_eq_tol(tallies[2].most, 1.4, 1e-12);
    csv_close(layers);
    csv_close(grid);
}
END_TEST

/* ---- random mappings ------------------------------------------------------------------------- */

START_TEST(the_engine_tells_of_random_mappings_what_the_rules_word_by_word_give)
{
    csv_t *csv = golden_open("tests/golden/mappings_random.csv");
    int several_levels = 0, stopped = 0, bounds[BOUNDS] = {0}, told[MENDS] = {0};
    while (golden_next(csv)) {
        char text[2048];
        confx_mapping_t mapping;
        oracle_t oracle;
        explanation_t explanation;
        const confx_hardware_t hardware = hardware_of_row(csv);
        (void)snprintf(text, sizeof text, "Network n { Layer l { %s } }",
                       golden_text(csv, "layer"));
        ck_assert_ok(confx_mapping_parse(text, "mappings_random.csv", &mapping));
        const confx_mapped_t *mapped = &mapping.layers[0];
        const evaluation_point_t point = {mapped->dataflow, &mapped->layer, &hardware,
                                          golden_whole(csv, "pe"), 1};
        open_both(&point, &oracle, &explanation);
        several_levels += explanation.built && explanation.levels.n > 1;
        stopped += explanation.built && !explanation_has_figures(&explanation);
        for (int i = 0; explanation.built && i < BOUNDS; i++)
            bounds[i] += explanation.walks->bound_cycles[i] > 0;
        for (int i = 0; i < MENDS; i++) told[i] += (int)(explanation.reasons >> i & 1);
        close_both(&oracle, &explanation);
        confx_mapping_close(&mapping);
    }
    ck_assert_int_gt(several_levels, 500);
    ck_assert_int_gt(stopped, 20);
    for (int i = 0; i < BOUNDS; i++) ck_assert_msg(bounds[i] > 0, "no case is bound by %d", i);
    for (int i = 0; i < MENDS; i++) ck_assert_msg(told[i] > 0, "quirk %d is never a reason", i);
    csv_close(csv);
}
END_TEST

/* Found by fuzzing. In the second tile of the inner level, C at its edge, the third case (C moves,
   X is too narrow for a window) has an empty reuse tile and no work: MAESTRO passes over it before
   it could refuse (section 6 step 3). */
START_TEST(an_empty_reuse_tile_without_work_behind_a_valid_case_is_not_refused)
{
    static const char text[] =
        "Network n { Layer l { Type: CONV Dimensions { K: 1 C: 2 R: 1 S: 3 Y: 1 X: 4 } Dataflow {"
        " TemporalMap(1,3) C; SpatialMap(4,4) X; Cluster(1,P);"
        " TemporalMap(1,5) X; SpatialMap(3,3) S; } } }";
    const confx_hardware_t hardware = hardware_named("maestro");
    confx_mapping_t mapping;
    oracle_t oracle;
    explanation_t explanation;
    ck_assert_ok(confx_mapping_parse(text, "reuse.m", &mapping));
    const confx_mapped_t *mapped = &mapping.layers[0];
    const evaluation_point_t point = {mapped->dataflow, &mapped->layer, &hardware, 16, 3};
    open_both(&point, &oracle, &explanation);
    ck_assert_int_eq(explanation.cost.fault, CONFX_COST_VALID);
    ck_assert_int_eq(oracle.fault, CONFX_COST_VALID);
    ck_assert_uint_eq(explanation.walks_n, 3);
    ck_assert_int_eq(explanation.walks->sum.macs, 18);
    close_both(&oracle, &explanation);
    confx_mapping_close(&mapping);
}
END_TEST

/* Found by fuzzing: 772,161 is the extent of one map of R, so that cycles pass 2^63 while cases are
   told. The verdict is the same whether somebody watches or not, a case that MAESTRO refuses comes
   before a count that does not fit, and of sums that do not fit nothing is told. */
START_TEST(counts_that_do_not_fit_are_refused_whoever_watches)
{
    static const struct {
        const char *layer, *inner;
        confx_cost_fault_t fault;
    } cases[] = {
        {"C 1 R 3 S 3 Y 448 X 224", "(3 3)C; TemporalMap(3 3)R; SpatialMap(6 1)Y",
         CONFX_COST_OVERFLOW},
        {"C 8 R 3 S 3 Y 447 X 224", "(1 3)C; TemporalMap(3 3)R; SpatialMap(6 1)Y",
         CONFX_COST_REUSE},
        {"C 1 R 3 S 3 Y 447 X 422", "(3 3)C; TemporalMap(3 3)R; SpatialMap(6 8)Y",
         CONFX_COST_REUSE},
    };
    const confx_hardware_t hardware = hardware_named("maestro");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        confx_mapping_t mapping;
        oracle_t oracle;
        explanation_t explanation;
        (void)snprintf(text, sizeof text,
                       "Network n { Layer l { Type: CONV Dimensions { K 64 %s } Dataflow {"
                       " TemporalMap(8 2)K; TemporalMap%s; TemporalMap(3 1)X; Cluster(%d P);"
                       " SpatialMap(1 1)X; SpatialMap(772161 1)R; TemporalMap(3 3)S; } } }",
                       cases[i].layer, cases[i].inner, i == 2 ? 9 : 8);
        ck_assert_ok(confx_mapping_parse(text, "large.m", &mapping));
        const confx_mapped_t *mapped = &mapping.layers[0];
        const evaluation_point_t point = {mapped->dataflow, &mapped->layer, &hardware, 16, 3};
        open_both(&point, &oracle, &explanation);
        ck_assert_int_eq(explanation.cost.fault, cases[i].fault);
        ck_assert((explanation.walks == NULL) == !explanation.built);
        close_both(&oracle, &explanation);
        confx_mapping_close(&mapping);
    }
}
END_TEST

/* ---- text ------------------------------------------------------------------------------------ */

static char *explain(const char *dataflow_name, const confx_layer_t *layer, int64_t pes,
                     int64_t buffer)
{
    const confx_hardware_t hardware = hardware_named("maestro");
    confx_dataflow_t *dataflow = dataflow_named(dataflow_name);
    char *text = NULL;
    ck_assert_ok(confx_cost_explain(dataflow, layer, &hardware, pes, buffer, &text));
    confx_dataflow_close(dataflow);
    return text;
}

static void assert_says(const char *text, const char *words)
{
    ck_assert_msg(strstr(text, words) != NULL, "\"%s\" is not in:\n%s", words, text);
}

/* The worked examples of src/cost/README.md, section 8. */
START_TEST(example_a_is_explained_as_worked_by_hand)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 32, 3, 224, 224, 3, 3);
    char *text = explain("dla", &layer, 16, 4);
    assert_says(text, "Verdict    valid");
    assert_says(text, "Level 1: 16 sub-clusters, 3 of them active");
    assert_says(text, "Delay      14588065 cycles");
    assert_says(text, "Energy     22726.5567");
    assert_says(text, "an L1 holds 162 bytes, the L2 278 bytes");
    assert_says(text, "MACs       42581376 counted, 42581376 in the layer: true");
    assert_says(text, "nJ are not counted");
    free(text);
}
END_TEST

START_TEST(example_b_departs_by_quirk_6)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_DSCONV, 1, 32, 112, 112, 3, 3);
    char *text = explain("dpt", &layer, 2, 10);
    assert_says(text, "MACs       2395800 counted, 3484800 in the layer: a factor of 0.6875");
    assert_says(text, "Along C it counts 22 for 32");
    assert_says(text, "Reason: in MAESTRO a partly filled last sub-cluster is not counted");
    ck_assert_ptr_null(strstr(text, "nJ are not counted"));
    free(text);
}
END_TEST

START_TEST(example_c_departs_by_quirk_7)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 512, 512, 7, 7, 3, 3);
    char *text = explain("shi", &layer, 128, 9);
    assert_says(text, "MACs       82575360 counted, 58982400 in the layer: a factor of 1.4");
    assert_says(text, "Along Y' it counts 7 for 5");
    assert_says(text, "Reason: in MAESTRO at a spatial edge with one active sub-cluster");
    free(text);
}
END_TEST

START_TEST(example_d_says_why_it_is_invalid)
{
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 256, 96, 27, 27, 5, 5);
    char *text = explain("eye", &layer, 24, 1);
    assert_says(text, "Verdict    invalid: no iteration case has work");
    assert_says(text, "no work: passed over");
    assert_says(text, "a factor of 0");
    assert_says(text, "Reason: in MAESTRO a map larger than its dimension");
    free(text);
}
END_TEST

START_TEST(a_point_without_levels_is_explained_by_its_fault)
{
    confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 8, 8, 9, 9, 3, 3);
    layer.dim[CONFX_DIM_K] = 0;
    char *text = explain("dla", &layer, 4, 1);
    assert_says(text, confx_cost_fault_text(CONFX_COST_DIMENSION));
    ck_assert_ptr_null(strstr(text, "Level 0"));
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("explain");
    TCase *tests = tcase_create("explain");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, macs_depart_from_the_product_of_dimensions_where_the_quirks_say);
    tcase_add_test(tests, the_engine_tells_of_random_mappings_what_the_rules_word_by_word_give);
    tcase_add_test(tests, an_empty_reuse_tile_without_work_behind_a_valid_case_is_not_refused);
    tcase_add_test(tests, counts_that_do_not_fit_are_refused_whoever_watches);
    tcase_add_test(tests, example_a_is_explained_as_worked_by_hand);
    tcase_add_test(tests, example_b_departs_by_quirk_6);
    tcase_add_test(tests, example_c_departs_by_quirk_7);
    tcase_add_test(tests, example_d_says_why_it_is_invalid);
    tcase_add_test(tests, a_point_without_levels_is_explained_by_its_fault);
    return suite_run(suite);
}
