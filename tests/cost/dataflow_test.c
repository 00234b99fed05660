/* MAESTRO's language: what is read, and what is refused with file, line and directive. */
#include "golden.h"

static confx_cost_t evaluate_parsed(const char *text, int64_t pes, int64_t buffer)
{
    const confx_hardware_t hardware = hardware_named("maestro");
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 24, 12, 14, 14, 3, 3);
    confx_dataflow_t *dataflow = NULL;
    confx_cost_t cost;
    ck_assert_ok(confx_dataflow_parse(text, "test.m", &dataflow));
    confx_cost_evaluate(dataflow, &layer, &hardware, pes, buffer, &cost);
    confx_dataflow_close(dataflow);
    return cost;
}

static void assert_equal(const char *one, const char *other)
{
    const confx_cost_t a = evaluate_parsed(one, 6, 4), b = evaluate_parsed(other, 6, 4);
    ck_assert_int_eq(a.fault, CONFX_COST_VALID);
    ck_assert_int_eq(a.runtime_cycles, b.runtime_cycles);
    ck_assert_int_eq(a.macs, b.macs);
    ck_assert(a.energy_nj == b.energy_nj);
}

START_TEST(separators_comments_and_line_breaks_do_not_matter)
{
    assert_equal("Dataflow {\n SpatialMap(4,2) K;\n TemporalMap(Sz(R),1) Y;\n}\n",
                 "// a comment { } \r\nDataflow\t{ // SpatialMap(9,9) C;\r\n SpatialMap ( 4 : 2 ) "
                 "-> K TemporalMap Sz "
                 "R 1 Y } // x");
}
END_TEST

START_TEST(byte_order_marks_any_line_ends_and_no_last_one_do_no_harm)
{
    static const char plain[] =
        "// first\nDataflow { // second\n SpatialMap(4,2) K;\n TemporalMap(Sz(R),1) Y;\n}\n";
    static const char *const ends[] = {"\r\n", "\r", "\n"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char text[256] = "\xEF\xBB\xBF";
        size_t used = strlen(text);
        for (const char *c = plain; c[1]; c++) {
            const char one[] = {*c, 0};
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s", *c == '\n' ? ends[i] : one);
        }
        assert_equal(text, plain);
        (void)snprintf(text + used, sizeof text - used, "%sDataflow", ends[i]);
        confx_dataflow_t *dataflow = NULL;
        ck_assert_fails(confx_dataflow_parse(text, "x.m", &dataflow), CONFX_STATUS_INPUT,
                        "x.m:6: expected nothing behind");
    }
}
END_TEST

START_TEST(constants_stand_for_numbers)
{
    assert_equal("Constant Tile 4; Constant Step 2; Dataflow { SpatialMap(Tile,Step) K; "
                 "Cluster(Step,L); SpatialMap(1,1) C; }",
                 "Dataflow { SpatialMap(4,2) K; Cluster(2,P); SpatialMap(1,1) C; }");
}
END_TEST

START_TEST(the_channel_tile_is_one_unless_a_constant_says_otherwise)
{
    assert_equal("Dataflow { SpatialMap(1,1) K; TemporalMap(CTileSz,CTileSz) C; }",
                 "Dataflow { SpatialMap(1,1) K; TemporalMap(1,1) C; }");
    assert_equal(
        "Constant CTileSz 5; Dataflow { SpatialMap(1,1) K; TemporalMap(CTileSz,CTileSz) C; }",
        "Dataflow { SpatialMap(1,1) K; TemporalMap(5,5) C; }");
}
END_TEST

START_TEST(the_searched_quantities_follow_pes_and_buffer_unless_fixed)
{
    assert_equal("Dataflow { SpatialMap(KTileSz,KTileSz) K; TemporalMap(ClusterSz,ClusterSz) C; }",
                 "Dataflow { SpatialMap(4,4) K; TemporalMap(6,6) C; }");
    assert_equal(
        "Constant KTileSz 2; Constant ClusterSz 3; Dataflow { SpatialMap(KTileSz,KTileSz) K; "
        "TemporalMap(ClusterSz,3) C; }",
        "Dataflow { SpatialMap(2,2) K; TemporalMap(3,3) C; }");
}
END_TEST

START_TEST(the_sizes_of_dimensions_are_the_layers)
{
    assert_equal(
        "Dataflow { SpatialMap(1,1) K; TemporalMap(Sz(C),Sz(C)) C; TemporalMap(Sz(R),Sz(R)) R; }",
        "Dataflow { SpatialMap(1,1) K; TemporalMap(12,12) C; TemporalMap(3,3) R; }");
}
END_TEST

/* X' counts outputs: two of them need a window of four columns. */
START_TEST(maps_of_outputs_become_maps_of_inputs)
{
    assert_equal("Dataflow { SpatialMap(1,1) K; TemporalMap(2,2) X'; TemporalMap(Sz(S),Sz(S)) S; }",
                 "Dataflow { SpatialMap(1,1) K; TemporalMap(4,2) X; TemporalMap(Sz(S),Sz(S)) S; }");
}
END_TEST

typedef struct {
    const char *text, *message;
} refusal_t;

static const refusal_t refusals[] = {
    {"", "x.m:1: expected \"Dataflow\", found the end of the text"},
    {"\n\n// nothing\n", "x.m:4: expected \"Dataflow\", found the end of the text"},
    {"Network {", "x.m:1: expected \"Dataflow\", found \"Network\""},
    {"Dataflow{ }", "x.m:1: expected \"Dataflow\", found \"Dataflow{\""},
    {"Dataflow\nSpatialMap(1,1) K; }", "x.m:2: Dataflow: expected \"{\", found \"SpatialMap\""},
    {"Dataflow {\n SpatialMap(1,1) K;\n",
     "x.m:3: Dataflow: expected SpatialMap, TemporalMap, Cluster or \"}\", found the end"},
    {"Dataflow {\n Spatialmap(1,1) K;\n}",
     "x.m:2: Dataflow: expected SpatialMap, TemporalMap, Cluster or \"}\", found \"Spatialmap\""},
    {"Dataflow {\n\n SpatialMap(Foo,1) K;\n}",
     "x.m:3: SpatialMap: expected a size: a number, Sz(dimension), ClusterSz, KTileSz or a "
     "Constant, found \"Foo\""},
    {"Dataflow {\n TemporalMap(1,0) K;\n}",
     "x.m:2: TemporalMap: expected a whole number from 1 to 1073741824, found \"0\""},
    {"Dataflow {\n TemporalMap(-3,1) K;\n}",
     "x.m:2: TemporalMap: expected a whole number from 1 to 1073741824, found \"-3\""},
    {"Dataflow {\n TemporalMap(1.5,1) K;\n}",
     "x.m:2: TemporalMap: expected a whole number from 1 to 1073741824, found \"1.5\""},
    {"Dataflow { TemporalMap(1,99999999999999999999999) K; }",
     "x.m:1: TemporalMap: expected a whole number from 1"},
    {"Dataflow {\n TemporalMap(1) K;\n}", "x.m:2: TemporalMap: expected a size"},
    {"Dataflow {\n TemporalMap(1,1);\n}",
     "x.m:3: TemporalMap: expected a dimension (K C Y X R S N G M, Y' or X'), found \"}\""},
    {"Dataflow { TemporalMap(1,1) Z; }",
     "x.m:1: TemporalMap: expected a dimension (K C Y X R S N G M, Y' or X'), found \"Z\""},
    {"Dataflow { TemporalMap(Sz(Q),1) K; }",
     "x.m:1: TemporalMap: expected Sz of a dimension, found \"Q\""},
    {"Dataflow {\n SpatialMap(1,1) K;\n TemporalMap(2,2) K;\n}",
     "x.m:3: TemporalMap: K is mapped twice in one level"},
    {"Dataflow {\n SpatialMap(1,1) X;\n TemporalMap(2,2) X';\n TemporalMap(3,3) S;\n}",
     "x.m:3: TemporalMap: X is mapped twice in one level"},
    {"Dataflow {\n SpatialMap(1,1) X';\n}",
     "x.m:3: Dataflow: the level that ends here maps X' but not S"},
    {"Dataflow {\n SpatialMap(1,1) Y';\n Cluster(2,P);\n TemporalMap(3,3) R;\n}",
     "x.m:3: Dataflow: the level that ends here maps Y' but not R"},
    {"Dataflow {\n SpatialMap(1,1) K;\n Cluster(2);\n}",
     "x.m:4: Cluster: expected P or L, found \"}\""},
    {"Dataflow { SpatialMap(1,1) K; Cluster(0,P); }",
     "x.m:1: Cluster: expected a whole number from 1"},
    {"Dataflow { Cluster(1,P) Cluster(1,P) Cluster(1,P) Cluster(1,P)\nCluster(1,P) Cluster(1,P) "
     "Cluster(1,P) "
     "Cluster(1,P) }",
     "x.m:2: Cluster: more than 8 levels"},
    {"Dataflow { SpatialMap(1,1) K; }\nDataflow { }",
     "x.m:2: expected nothing behind the Dataflow block, found \"Dataflow\""},
    {"Constant", "x.m:1: Constant: expected a name, found the end"},
    {"Constant 5 5; Dataflow { }", "x.m:1: Constant: expected a name, found \"5\""},
    {"Constant A\nDataflow { }",
     "x.m:2: Constant: expected a whole number up to 2^30, found \"Dataflow\""},
    {"Constant A 1;\nConstant A 2;\nDataflow { }", "x.m:2: Constant: A is given twice"},
    {"Constant CTileSz 2; Constant CTileSz 3; Dataflow { }",
     "x.m:1: Constant: CTileSz is given twice"},
    {"Constant A 0;\nDataflow { SpatialMap(A,1) K; }",
     "x.m:2: SpatialMap: expected a whole number from 1"},
};

START_TEST(what_is_wrong_is_said_with_file_line_and_directive)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        confx_dataflow_t *dataflow = (confx_dataflow_t *)&refusals;
        ck_assert_fails(confx_dataflow_parse(refusals[i].text, "x.m", &dataflow),
                        CONFX_STATUS_INPUT, refusals[i].message);
        ck_assert_ptr_null(dataflow);
    }
}
END_TEST

START_TEST(too_many_constants_are_refused)
{
    char text[4096] = "";
    for (int i = 0; i < 64; i++) (void)snprintf(text + strlen(text), 32, "Constant A%d 1;\n", i);
    confx_dataflow_t *dataflow = NULL;
    ck_assert_fails(confx_dataflow_parse(text, "x.m", &dataflow), CONFX_STATUS_INPUT,
                    "x.m:64: Constant: more than 64 constants");
}
END_TEST

START_TEST(a_missing_file_is_named)
{
    confx_dataflow_t *dataflow = NULL;
    confx_mapping_t mapping;
    ck_assert_fails(confx_dataflow_open("no/such.m", &dataflow), CONFX_STATUS_INPUT, "no/such.m");
    ck_assert_fails(confx_mapping_open("no/such.m", &mapping), CONFX_STATUS_INPUT, "no/such.m");
}
END_TEST

START_TEST(the_four_dataflows_of_the_project_are_read)
{
    static const char *const names[] = {"dla", "eye", "shi", "dpt"};
    for (int i = 0; i < 4; i++) confx_dataflow_close(dataflow_named(names[i]));
    confx_dataflow_close(NULL);
}
END_TEST

/* ---- mapping files --------------------------------------------------------------------------- */

static const char two_layers[] = "Constant Rows 20;\n"
                                 "Network Two {\n"
                                 " Layer CONV1-2 {\n"
                                 "  Type: CONV\n"
                                 "  Stride { X: 2, Y: 3 } // odd\n"
                                 "  Dimensions { K: 8, C: 4, R: 3, S: 3, Y:Rows, X:30 }\n"
                                 "  Dataflow { SpatialMap(1,1) K; }\n"
                                 " }\n"
                                 " Layer Product {\n"
                                 "  Type: GEMM\n"
                                 "  Dimensions { M: 5, N: 6, K: 7 }\n"
                                 "  Dataflow { SpatialMap(1,1) M; }\n"
                                 " }\n"
                                 "}\n";

START_TEST(a_mapping_file_brings_layers_and_their_dataflows)
{
    confx_mapping_t mapping;
    char text[sizeof two_layers + 8];
    (void)snprintf(text, sizeof text, "\xEF\xBB\xBF%s", two_layers);
    ck_assert_ok(confx_mapping_parse(text, "x.m", &mapping));
    ck_assert_uint_eq(mapping.networks_n, 1);
    ck_assert_str_eq(mapping.networks[0], "Two");
    ck_assert_uint_eq(mapping.layers_n, 2);
    ck_assert_str_eq(mapping.layers[0].layer.name, "2");
    ck_assert_int_eq(mapping.layers[0].layer.type, CONFX_LAYER_CONV);
    ck_assert_int_eq(mapping.layers[0].layer.stride_x, 2);
    ck_assert_int_eq(mapping.layers[0].layer.stride_y, 3);
    ck_assert_int_eq(mapping.layers[0].layer.dim[CONFX_DIM_Y], 20);
    ck_assert_int_eq(mapping.layers[0].layer.dim[CONFX_DIM_N], 0);
    ck_assert_str_eq(mapping.layers[1].layer.name, "Product");
    ck_assert_int_eq(mapping.layers[1].layer.type, CONFX_LAYER_GEMM);
    ck_assert_int_eq(mapping.layers[1].layer.stride_x, 1);
    ck_assert_int_eq(mapping.layers[1].layer.dim[CONFX_DIM_M], 5);
    ck_assert_ptr_nonnull(mapping.layers[1].dataflow);
    confx_mapping_close(&mapping);
}
END_TEST

#define DIMENSIONS "Dimensions { K: 8, C: 4, R: 3, S: 3, Y: 9, X: 9 }\n"

#define GOOD_LAYER "Layer good {\nType: CONV\n" DIMENSIONS "Dataflow { SpatialMap(1,1) K; }\n}\n"

/* What is wrong between layers, or hides where the next one begins. */
static const refusal_t mapping_refusals[] = {
    {"", "x.m:1: expected \"Network\", found the end of the text"},
    {"\xEF\xBB\xBF", "x.m:1: expected \"Network\", found the end of the text"},
    {"// two files in one\n\xEF\xBB\xBFNetwork n { }",
     "x.m:2: expected \"Network\", found \"\\xEF\\xBB\\xBFNetwork\""},
    {" \r\n\t// nothing\r\n", "x.m:3: expected \"Network\", found the end of the text"},
    {"Dataflow { }", "x.m:1: expected \"Network\", found \"Dataflow\""},
    {"Network {\n}", "x.m:1: Network: expected a name"},
    {"Network n {\n}", "x.m:2: Network: expected a Layer"},
    {"Network n {\nType: CONV\n}", "x.m:2: Network: expected \"Layer\", found \"Type\""},
    {"Network n {\nLayer l {\n",
     "x.m:3: l: expected Type, Stride, Dimensions, Dataflow or \"}\", found the end"},
    {"Network n {\n" GOOD_LAYER "}\n}\n", "x.m:8: expected \"Network\", found \"}\""},
    {"Network n {\n" GOOD_LAYER "}\nNetwork", "x.m:8: Network: expected a name, found the end"},
    {"Network n {\n" GOOD_LAYER "}\nNetwork m { }",
     "x.m:8: Network: expected a Layer, found \"}\""},
    {"Network n {\n" GOOD_LAYER "}\nNetwork n {\n" GOOD_LAYER "}\n",
     "x.m:8: Network: n is given twice"},
    {"Constant A 1;\nNetwork n {\n" GOOD_LAYER "}\nConstant A 2;\nNetwork m { }",
     "x.m:9: Constant: A is given twice"},
    {"Network n {\nLayer l {\nType: POOL\n}\nNetwork m {\n" GOOD_LAYER "}",
     "x.m:3: Type: expected CONV"},
    {"Network n {\n" GOOD_LAYER "Layer l {\nDataflow {\n}\n}",
     "x.m:10: l: the layer that ends here has no Type"},
};

START_TEST(what_is_wrong_between_layers_refuses_the_file)
{
    for (size_t i = 0; i < sizeof mapping_refusals / sizeof *mapping_refusals; i++) {
        confx_mapping_t mapping;
        ck_assert_fails(confx_mapping_parse(mapping_refusals[i].text, "x.m", &mapping),
                        CONFX_STATUS_INPUT, mapping_refusals[i].message);
        ck_assert_ptr_null(mapping.layers);
        ck_assert_ptr_null(mapping.networks);
    }
}
END_TEST

#define LAYER(blocks) "Layer l {\n" blocks "}\n"

/* What is wrong within a layer. Line 1 is the network's. */
static const refusal_t layer_faults[] = {
    {LAYER("Type: POOL\n"),
     "x.m:3: Type: expected CONV, DSCONV, NGCONV, TRCONV or GEMM, found \"POOL\""},
    {LAYER("Type: CONV\nType: CONV\n"),
     "x.m:4: l: expected each block of a layer once, found \"Type\""},
    {LAYER("Stride { X: 1 }\nStride { Y: 1 }\n"),
     "x.m:4: l: expected each block of a layer once, found \"Stride\""},
    {LAYER(DIMENSIONS DIMENSIONS),
     "x.m:4: l: expected each block of a layer once, found \"Dimensions\""},
    {LAYER("Dataflow { }\nDataflow { }\n"),
     "x.m:4: l: expected each block of a layer once, found \"Dataflow\""},
    {LAYER("Name: CONV\n"),
     "x.m:3: l: expected Type, Stride, Dimensions, Dataflow or \"}\", found \"Name\""},
    {LAYER("Type: CONV\nDimensions { Q: 3 }\n"), "x.m:4: Dimensions: expected a dimension"},
    {LAYER("Type: CONV\nDimensions { K: 16,\nC: 2, K: 32 }\n"),
     "x.m:5: Dimensions: K is given twice"},
    {LAYER("Type: CONV\nDimensions { K: 16, K: 16 }\n"), "x.m:4: Dimensions: K is given twice"},
    {LAYER("Type: CONV\nDimensions { K: x }\n"),
     "x.m:4: Dimensions: expected a whole number from 1 to 16777216, found \"x\""},
    {LAYER("Type: CONV\nStride { K: 2 }\n"), "x.m:4: Stride: expected X or Y, found \"K\""},
    {LAYER("Type: CONV\nStride { X: 0 }\n"), "x.m:4: Stride: expected a whole number from 1"},
    {LAYER("Type: CONV\nStride { X: 2, Y: 2,\nX: 3 }\n"), "x.m:5: Stride: X is given twice"},
    {LAYER("Type: CONV\nStride { Y: 1, Y: 1 }\n"), "x.m:4: Stride: Y is given twice"},
    {LAYER("Type: CONV\n" DIMENSIONS), "x.m:5: l: the layer that ends here has no Dataflow"},
    {LAYER(DIMENSIONS "Dataflow { }\n"), "x.m:5: l: the layer that ends here has no Type"},
    {LAYER("Type: CONV\nDataflow { }\n"), "x.m:5: l: the layer that ends here has no Dimensions"},
    {LAYER("Type: GEMM\n" DIMENSIONS "Dataflow { }\n"),
     "x.m:6: l: the layer that ends here lacks a dimension of GEMM"},
    {LAYER("Type: CONV\nDimensions { K: 4, C: 3, Y: 6, X: 6, R: 3, S: 3, G: 2 }\nDataflow { }\n"),
     "x.m:6: l: the layer that ends here has G = 2, and CONV has no dimension G"},
    {LAYER("Type: NGCONV\nDimensions { M: 32, K: 4, C: 3, Y: 6, X: 6, R: 3, S: 3 }\n"
           "Dataflow { }\n"),
     "x.m:6: l: the layer that ends here has M = 32, and NGCONV has no dimension M"},
    {LAYER("Type: CONV\n" DIMENSIONS "Dataflow {\nSpatialMap(1,1) J;\n}\n"),
     "x.m:6: SpatialMap: expected a dimension"},
    {LAYER("Type: CONV\n" DIMENSIONS "Dataflow {\nSpatialMap(1,1) Y';\n}\n"),
     "x.m:7: Dataflow: the level that ends here maps Y' but not R"},
    {LAYER("Type: CONV\nDimensions{ K: 1 }\n"),
     "x.m:4: l: expected Type, Stride, Dimensions, Dataflow or \"}\""},
    {LAYER("Type: CONV\n" DIMENSIONS "Dataflow { SpatialMap(1,1) K; }}\n"),
     "x.m:5: Dataflow: expected SpatialMap"},
    {LAYER("Type: CONV\n" DIMENSIONS "Dataflow { SpatialMap(1,1) K;\n"),
     "x.m:7: l: expected Type, Stride, Dimensions"},
    {LAYER("Type: CONV\n" DIMENSIONS "Dataflow SpatialMap(1,1) K; }\n"),
     "x.m:5: Dataflow: expected \"{\""},
    {"Layer l\nType: CONV\n}\n", "x.m:3: Layer: expected \"{\" behind the name, found \"Type\""},
    {"Layer l\n" DIMENSIONS "Dataflow { }\n}\n",
     "x.m:3: Layer: expected \"{\" behind the name, found \"Dimensions\""},
    {"Layer {\nType: CONV\n}\n", "x.m:2: Layer: expected a name, found \"{\""},
    {"Layer \"l\" {\nType: CONV\n" DIMENSIONS "}\n",
     "x.m:2: Layer: expected a name without quotes"},
    {LAYER("Type: POOL // Layer no {\n"), "x.m:3: Type: expected CONV"},
};

static void check_fault(const refusal_t *fault, bool last)
{
    char text[1024];
    confx_mapping_t mapping;
    (void)snprintf(text, sizeof text, "Network n {\n%s%s%s}\n", fault->text, GOOD_LAYER,
                   last ? fault->text : "");
    ck_assert_ok(confx_mapping_parse(text, "x.m", &mapping));
    ck_assert_msg(mapping.layers_n == (last ? 3 : 2), "%s: %zu layers", fault->text,
                  mapping.layers_n);
    const confx_mapped_t *bad = &mapping.layers[0], *good = &mapping.layers[1];
    ck_assert_fails(bad->fault, CONFX_STATUS_INPUT, fault->message);
    ck_assert_ptr_null(bad->dataflow);
    ck_assert_int_eq(bad->line, 2);
    ck_assert_uint_gt(strlen(bad->layer.name), 0);
    ck_assert_ok(good->fault);
    ck_assert_str_eq(good->layer.name, "good");
    ck_assert_ptr_nonnull(good->dataflow);
    if (last) ck_assert_fails(mapping.layers[2].fault, CONFX_STATUS_INPUT, "x.m:");
    confx_mapping_close(&mapping);
}

START_TEST(what_is_wrong_within_a_layer_is_said_with_file_and_line_and_the_next_layer_follows)
{
    for (size_t i = 0; i < sizeof layer_faults / sizeof *layer_faults; i++) {
        const char *text = layer_faults[i].text;
        int depth = 0;
        for (const char *c = text; *c; c++) depth += (*c == '{') - (*c == '}');
        check_fault(&layer_faults[i], false);
        if (depth == 0)
            check_fault(&layer_faults[i], true); /* otherwise the file's end is not to be told */
    }
}
END_TEST

START_TEST(a_file_may_hold_several_networks)
{
    const char text[] =
        "Constant Rows 9;\nNetwork n {\n" GOOD_LAYER "}\nConstant Tile 2;\nNetwork m {\n"
        "Layer good {\nType: CONV\nDimensions { K: 8, C: 4, R: 3, S: 3, Y: Rows, X: 9 }\n"
        "Dataflow { SpatialMap(Tile,Tile) K; }\n}\n" GOOD_LAYER "}\n";
    confx_mapping_t mapping;
    ck_assert_ok(confx_mapping_parse(text, "x.m", &mapping));
    ck_assert_uint_eq(mapping.networks_n, 2);
    ck_assert_str_eq(mapping.networks[0], "n");
    ck_assert_str_eq(mapping.networks[1], "m");
    ck_assert_uint_eq(mapping.layers_n, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ok(mapping.layers[i].fault);
        ck_assert_uint_eq(mapping.layers[i].network, i > 0);
    }
    confx_mapping_close(&mapping);
}
END_TEST

/* Every prefix of a good file is refused or read, never overrun (run under the sanitizers). */
START_TEST(a_file_cut_anywhere_is_refused)
{
    char text[sizeof two_layers];
    for (size_t length = 0; length + 2 < sizeof two_layers; length++) {
        confx_mapping_t mapping;
        memcpy(text, two_layers, length);
        text[length] = 0;
        ck_assert_int_eq(confx_mapping_parse(text, "x.m", &mapping).code, CONFX_STATUS_INPUT);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataflow");
    TCase *tests = tcase_create("dataflow");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, separators_comments_and_line_breaks_do_not_matter);
    tcase_add_test(tests, byte_order_marks_any_line_ends_and_no_last_one_do_no_harm);
    tcase_add_test(tests, constants_stand_for_numbers);
    tcase_add_test(tests, the_channel_tile_is_one_unless_a_constant_says_otherwise);
    tcase_add_test(tests, the_searched_quantities_follow_pes_and_buffer_unless_fixed);
    tcase_add_test(tests, the_sizes_of_dimensions_are_the_layers);
    tcase_add_test(tests, maps_of_outputs_become_maps_of_inputs);
    tcase_add_test(tests, what_is_wrong_is_said_with_file_line_and_directive);
    tcase_add_test(tests, too_many_constants_are_refused);
    tcase_add_test(tests, a_missing_file_is_named);
    tcase_add_test(tests, the_four_dataflows_of_the_project_are_read);
    tcase_add_test(tests, a_mapping_file_brings_layers_and_their_dataflows);
    tcase_add_test(tests, what_is_wrong_between_layers_refuses_the_file);
    tcase_add_test(
        tests, what_is_wrong_within_a_layer_is_said_with_file_and_line_and_the_next_layer_follows);
    tcase_add_test(tests, a_file_may_hold_several_networks);
    tcase_add_test(tests, a_file_cut_anywhere_is_refused);
    return suite_run(suite);
}
