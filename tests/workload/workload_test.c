#include "confx/macs.h"
#include "confx/workload.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HEADER "K,C,Y,X,R,S,T\n"

/* ---- the networks that come with the program ------------------------------------------------- */

/* Found from the source tree, where `make test` runs; CONFX_DATA names another data directory. */
static void data_path(const char *name, char *path, size_t room)
{
    const char *data = getenv("CONFX_DATA");
    (void)snprintf(path, room, "%s/models/%s.csv", data ? data : "data", name);
}

/* Counted and multiplied by another program. */
START_TEST(the_thirteen_networks_are_what_they_are)
{
    static const struct {
        const char *name;
        size_t layers, distinct, depthwise;
        double macs;
    } networks[] = {
        {"alexnet", 5, 5, 0, 1485153024},
        {"densenet", 160, 86, 0, 7799308416},
        {"example", 2, 2, 0, 268738560},
        {"googlenet", 59, 51, 0, 1651267328},
        {"mnasnet", 52, 33, 17, 347058048},
        {"mobilenet_v2", 52, 27, 17, 340401216},
        {"resnet18", 20, 11, 0, 2269170432},
        {"resnet50", 53, 23, 0, 5823990528},
        {"resnext50_32x4d", 53, 24, 0, 14581582592},
        {"shufflenet_v2", 56, 16, 19, 169964408},
        {"squeezenet", 26, 22, 0, 1266696320},
        {"vgg16", 13, 9, 0, 13884537600},
        {"wide_resnet50", 53, 24, 0, 14581582592},
    };
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        char path[4096];
        size_t depthwise = 0;
        confx_workload_t workload;
        data_path(networks[i].name, path, sizeof path);
        ck_assert_ok(confx_workload_open(path, &workload));
        for (size_t k = 0; k < workload.layers_n; k++)
            depthwise += workload.layers[k].type == CONFX_LAYER_DSCONV;
        ck_assert_str_eq(workload.name, networks[i].name);
        ck_assert_msg(
            workload.layers_n == networks[i].layers &&
                workload.distinct_n == networks[i].distinct && depthwise == networks[i].depthwise &&
                confx_workload_macs(&workload) == networks[i].macs,
            "%s: %zu layers, %zu distinct, %zu depthwise, %.0f MACs", path, workload.layers_n,
            workload.distinct_n, depthwise, confx_workload_macs(&workload));
        confx_workload_close(&workload);
    }
}
END_TEST

START_TEST(the_first_layers_of_mobilenet_v2_are_read_into_their_places)
{
    static const confx_layer_t expected[] = {
        {.type = CONFX_LAYER_CONV,
         .dim = {[CONFX_DIM_K] = 32,
                 [CONFX_DIM_C] = 3,
                 [CONFX_DIM_Y] = 224,
                 [CONFX_DIM_X] = 224,
                 [CONFX_DIM_R] = 3,
                 [CONFX_DIM_S] = 3},
         .stride_y = 1,
         .stride_x = 1,
         .name = "1"},
        {.type = CONFX_LAYER_DSCONV,
         .dim = {[CONFX_DIM_K] = 1,
                 [CONFX_DIM_C] = 32,
                 [CONFX_DIM_Y] = 112,
                 [CONFX_DIM_X] = 112,
                 [CONFX_DIM_R] = 3,
                 [CONFX_DIM_S] = 3},
         .stride_y = 1,
         .stride_x = 1,
         .name = "2"},
    };
    char path[4096];
    confx_workload_t workload;
    data_path("mobilenet_v2", path, sizeof path);
    ck_assert_ok(confx_workload_open(path, &workload));
    for (size_t i = 0; i < 2; i++) {
        ck_assert(confx_layer_same(&workload.layers[i], &expected[i]));
        ck_assert_str_eq(workload.layers[i].name, expected[i].name);
    }
    ck_assert_str_eq(confx_layer_type_name(workload.layers[1].type), "DSCONV");
    confx_workload_close(&workload);
}
END_TEST

/* ---- reading --------------------------------------------------------------------------------- */

START_TEST(columns_may_come_in_any_order_with_names_and_strides)
{
    confx_workload_t workload;
    ck_assert_ok(confx_workload_parse("\xEF\xBB\xBF stride_x,T, S ,R,X,Y,C,K,name,stride_y\r\n"
                                      "\r\n"
                                      "2,1,3,4,30,40,5,6, stem ,3\r\n"
                                      "1,2,3,4,30,40,5,1,,1\r\n\r\n",
                                      "some/net.v2.csv", &workload));
    const confx_layer_t *layer = &workload.layers[0];
    ck_assert_str_eq(workload.name, "net.v2");
    ck_assert_uint_eq(workload.layers_n, 2);
    ck_assert_str_eq(layer->name, "stem");
    ck_assert_int_eq(layer->stride_y, 3);
    ck_assert_int_eq(layer->stride_x, 2);
    ck_assert_int_eq(layer->dim[CONFX_DIM_K], 6);
    ck_assert_int_eq(layer->dim[CONFX_DIM_C], 5);
    ck_assert_int_eq(layer->dim[CONFX_DIM_Y], 40);
    ck_assert_int_eq(layer->dim[CONFX_DIM_X], 30);
    ck_assert_int_eq(layer->dim[CONFX_DIM_R], 4);
    ck_assert_int_eq(layer->dim[CONFX_DIM_S], 3);
    ck_assert_int_eq(layer->dim[CONFX_DIM_G] + layer->dim[CONFX_DIM_M] + layer->dim[CONFX_DIM_N],
                     0);
    ck_assert_str_eq(workload.layers[1].name, "2");
    ck_assert_int_eq(workload.layers[1].type, CONFX_LAYER_DSCONV);
    confx_workload_close(&workload);
}
END_TEST

START_TEST(layers_that_differ_in_their_name_only_are_one_kind)
{
    confx_workload_t workload;
    const uint16_t kinds[] = {0, 1, 0, 2, 1, 3, 4};
    const uint16_t first[] = {0, 1, 3, 5, 6};
    ck_assert_ok(confx_workload_parse("name,K,C,Y,X,R,S,T,stride_y,stride_x\n"
                                      "a,8,4,9,9,3,3,1,1,1\n"
                                      "b,8,5,9,9,3,3,1,1,1\n"
                                      "c,8,4,9,9,3,3,1,1,1\n"
                                      "d,1,4,9,9,3,3,2,1,1\n"
                                      "e,8,5,9,9,3,3,1,1,1\n"
                                      "f,8,4,9,9,3,3,1,2,1\n"
                                      "g,8,4,9,9,3,3,1,1,2\n",
                                      "net.csv", &workload));
    ck_assert_uint_eq(workload.distinct_n, 5);
    for (size_t i = 0; i < 7; i++) ck_assert_uint_eq(workload.distinct_of[i], kinds[i]);
    for (size_t i = 0; i < 5; i++) ck_assert_uint_eq(workload.first_of[i], first[i]);
    for (size_t i = 0; i < 7; i++)
        for (size_t k = 0; k < 7; k++)
            ck_assert(confx_layer_same(&workload.layers[i], &workload.layers[k]) ==
                      (kinds[i] == kinds[k]));
    confx_workload_close(&workload);
}
END_TEST

START_TEST(multiplications_are_counted_over_the_outputs)
{
    confx_workload_t workload;
    ck_assert_ok(confx_workload_parse(HEADER
                                      "2,3,5,7,1,1,1\n"  /* 2 3 5 7 */
                                      "2,3,5,7,5,7,1\n"  /* one output: 2 3 5 7 */
                                      "1,3,5,7,2,4,2\n", /* depthwise: 3, 4 by 4 outputs, 2 4 */
                                      "net.csv", &workload));
    ck_assert_double_eq(confx_workload_macs(&workload), 210 + 210 + 3 * 16 * 8);
    confx_workload_close(&workload);
    /* A channel multiplier: each of 3 channels has 5 filters. */
    ck_assert_ok(
        confx_workload_parse(HEADER "1,3,5,7,2,4,2\n5,3,5,7,2,4,2\n", "net.csv", &workload));
    ck_assert_uint_eq(workload.distinct_n, 2);
    ck_assert_double_eq(confx_layer_macs(&workload.layers[1]), 5 * 3 * 16 * 8);
    confx_workload_close(&workload);
    ck_assert_ok(confx_workload_parse(
        "K,C,Y,X,R,S,T,stride_y,stride_x\n"
        "96,3,227,227,11,11,1,4,4\n" /* 55 by 55 outputs */
        "2,3,8,9,3,3,1,2,5\n"        /* 3 by 2 outputs: the last rows and columns are left */
        "1,5,7,7,3,3,2,3,9\n",       /* 2 by 1 */
        "net.csv", &workload));
    ck_assert_double_eq(confx_workload_macs(&workload), 105415200.0 + 2 * 3 * 6 * 9 + 5 * 2 * 9);
    confx_workload_close(&workload);
}
END_TEST

/* They have no column T, and come from MAESTRO's files. */
START_TEST(the_other_types_have_multiplications_of_their_own)
{
    enum { Y = 28, X = 30, R = 2, S = 3 };
    confx_layer_t layer = {.dim = {[CONFX_DIM_K] = 4,
                                   [CONFX_DIM_C] = 5,
                                   [CONFX_DIM_Y] = Y,
                                   [CONFX_DIM_X] = X,
                                   [CONFX_DIM_R] = R,
                                   [CONFX_DIM_S] = S},
                           .stride_y = 2,
                           .stride_x = 3};
    const double outputs = 14 * 10; /* of a convolution */
    layer.type = CONFX_LAYER_CONV;
    ck_assert_double_eq(confx_layer_macs(&layer), 4 * 5 * R * S * outputs);
    layer.type = CONFX_LAYER_DSCONV; /* four filters a channel */
    ck_assert_double_eq(confx_layer_macs(&layer), 4 * 5 * R * S * outputs);
    layer.type = CONFX_LAYER_TRCONV; /* each input with each weight */
    ck_assert_double_eq(confx_layer_macs(&layer), 4 * 5 * R * S * Y * X);
    layer.type = CONFX_LAYER_NGCONV;
    layer.dim[CONFX_DIM_G] = 8;
    layer.dim[CONFX_DIM_N] = 3; /* a batch */
    ck_assert_double_eq(confx_layer_macs(&layer), 3 * 8 * 4 * 5 * R * S * outputs);
    const confx_layer_t gemm = {.type = CONFX_LAYER_GEMM,
                                .dim = {[CONFX_DIM_M] = 5, [CONFX_DIM_N] = 6, [CONFX_DIM_K] = 7}};
    ck_assert_double_eq(confx_layer_macs(&gemm), 210);
}
END_TEST

START_TEST(counts_that_depart_are_told_in_one_line)
{
    const confx_layer_t layer = {
        .type = CONFX_LAYER_GEMM,
        .dim = {[CONFX_DIM_M] = 100, [CONFX_DIM_N] = 100, [CONFX_DIM_K] = 100}};
    macs_tally_t tally = {.n = 0};
    char text[256] = "";
    for (int i = 0; i < 3; i++) macs_tally_add(&tally, &layer, 1e6);
    ck_assert(!macs_tally_say(&tally, "layers", text, sizeof text));
    ck_assert_str_eq(text, "");
    macs_tally_add(&tally, &layer, 12e6);
    ck_assert(macs_tally_say(&tally, "layers", text, sizeof text));
    ck_assert_str_eq(text, "counted as 15 million for 4 million: the count departs from the true "
                           "one in 1 of 4 layers, "
                           "by a factor of 12");
    macs_tally_add(&tally, &layer, 0.5e6);
    ck_assert(macs_tally_say(&tally, "rows", text, sizeof text));
    ck_assert_str_eq(text, "counted as 15.5 million for 5 million: the count departs from the true "
                           "one in 2 of 5 rows, "
                           "by a factor of 0.5 to 12");
}
END_TEST

START_TEST(what_is_wrong_in_a_file_is_told_with_line_and_column)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "net.csv: is empty, expected a row of column names"},
        {"\n \r\n", "net.csv: is empty"},
        {HEADER, "net.csv:1: expected a row for each layer, found none"},
        {HEADER "\n\r\n", "net.csv:3: expected a row for each layer, found none"},
        {"K,C,Y,X,R,T\n1,1,1,1,1,1\n", "net.csv:1: expected a column \"S\", found none"},
        {"K,C,Y,X,R,S\n1,1,1,1,1,1\n", "net.csv:1: expected a column \"T\", found none"},
        {"k,C,Y,X,R,S,T\n1,1,1,1,1,1,1\n", "net.csv:1: expected a column \"K\", found none"},
        {"K;C;Y;X;R;S;T\n", "net.csv:1: expected a column \"K\", found none"},
        {"K,C,Y,X,R,S,T,K\n", "net.csv:1: K: this column is there twice"},
        {"K,C,Y,X,R,S,T,stride\n",
         "net.csv:1: stride: unknown column (known: K, C, Y, X, R, S, T, name, stride_y"},
        {HEADER "1,1,1,1,1,1\n", "net.csv:2: expected 7 fields as in the header, found 6"},
        {HEADER "\n1,1,1,1,1,1,1,1\n", "net.csv:3: expected 7 fields as in the header, found 8"},
        {HEADER "1,1,1,1,1,1,1,\n", "net.csv:2: expected 7 fields as in the header, found 8"},
        {HEADER "1,1,1,1,1,1,1\nx,1,1,1,1,1,1\n",
         "net.csv:3: K: expected a whole number from 1 to 16777216, found \"x\""},
        {HEADER "1,0,1,1,1,1,1\n",
         "net.csv:2: C: expected a whole number from 1 to 16777216, found \"0\""},
        {HEADER "1,1,-3,1,1,1,1\n",
         "net.csv:2: Y: expected a whole number from 1 to 16777216, found \"-3\""},
        {HEADER "1,1,1,1.5,1,1,1\n",
         "net.csv:2: X: expected a whole number from 1 to 16777216, found \"1.5\""},
        {HEADER "1,1,1,1,,1,1\n",
         "net.csv:2: R: expected a whole number from 1 to 16777216, found \"\""},
        {HEADER "1,1,1,1,1,16777217,1\n",
         "net.csv:2: S: expected a whole number from 1 to 16777216"},
        {HEADER "1,1,1,1,1,99999999999999999999,1\n", "net.csv:2: S: expected a whole number"},
        {HEADER "1,1,1,1,1,1,3\n",
         "net.csv:2: T: expected 1 (convolution) or 2 (depthwise convolution), found \"3\""},
        {HEADER "1,1,1,1,1,1,0\n", "net.csv:2: T: expected 1 (convolution) or 2"},
        {HEADER "1,1,1,1,1,1,CONV\n", "net.csv:2: T: expected 1 (convolution) or 2"},
        {HEADER "1,1,3,9,5,1,1\n", "net.csv:2: R: expected at most Y = 3, found 5"},
        {HEADER "1,1,9,3,1,5,1\n", "net.csv:2: S: expected at most X = 3, found 5"},
        {HEADER "1,1,3\"\",3,1,1,1\n",
         "net.csv:2: expected plain fields between commas, or whole ones in quotation marks"},
        {"K,C,Y,X,R,S,T,stride_y\n1,1,1,1,1,1,1,0\n",
         "net.csv:2: stride_y: expected a whole number from 1"},
        {"K,C,Y,X,R,S,T,stride_x\n1,1,1,1,1,1,1,two\n",
         "net.csv:2: stride_x: expected a whole number from 1"},
        {"K,C,Y,X,R,S,T,name\n1,1,1,1,1,1,1,a\n1,1,1,1,1,1,1,a\n",
         "net.csv:3: name: \"a\" is the name of an earlier layer"},
        {"K,C,Y,X,R,S,T,name\n1,1,1,1,1,1,1,2\n1,1,1,1,1,1,1,\n",
         "net.csv:3: name: \"2\" is the name of an earlier layer"},
        {"K,C,Y,X,R,S,T,name\n1,1,1,1,1,1,1,"
         "a name of 64 bytes........................................64byte\n",
         "net.csv:2: name: expected at most 63 bytes, found 64"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        confx_workload_t workload;
        ck_assert_fails(confx_workload_parse(cases[i].text, "net.csv", &workload),
                        CONFX_STATUS_INPUT, cases[i].says);
        ck_assert_ptr_null(workload.layers);
        ck_assert_uint_eq(workload.layers_n, 0);
    }
}
END_TEST

START_TEST(a_file_that_is_no_file_is_told_by_its_path)
{
    confx_workload_t workload;
    ck_assert_fails(confx_workload_open("/no/such/net.csv", &workload), CONFX_STATUS_INPUT,
                    "/no/such/net.csv: cannot be opened");
    ck_assert_fails(confx_workload_open("/tmp", &workload), CONFX_STATUS_INPUT,
                    "/tmp: is a directory, expected a plain file");
    ck_assert_ptr_null(workload.layers);
}
END_TEST

/* Layers K = 1, 2, ... in as many rows. */
static char *scheduler_layers(size_t n)
{
    char *text = malloc(sizeof HEADER + 32 * n);
    ck_assert_ptr_nonnull(text);
    size_t used = (size_t)sprintf(text, "%s", HEADER);
    for (size_t i = 0; i < n; i++) used += (size_t)sprintf(text + used, "%zu,1,1,1,1,1,1\n", i + 1);
    return text;
}

START_TEST(a_network_has_at_most_65535_layers)
{
    confx_workload_t workload;
    char *text = scheduler_layers(65535);
    ck_assert_ok(confx_workload_parse(text, "net.csv", &workload));
    free(text);
    ck_assert_uint_eq(workload.layers_n, 65535);
    ck_assert_uint_eq(workload.distinct_n, 65535);
    ck_assert_uint_eq(workload.distinct_of[65534], 65534);
    ck_assert_str_eq(workload.layers[65534].name, "65535");
    confx_workload_close(&workload);
    text = scheduler_layers(65536);
    ck_assert_fails(confx_workload_parse(text, "net.csv", &workload), CONFX_STATUS_INPUT,
                    "net.csv:65537: expected at most 65535 layers");
    free(text);
}
END_TEST

START_TEST(a_long_file_name_is_cut_to_a_name)
{
    char file[200];
    confx_workload_t workload;
    memset(file, 'n', sizeof file);
    (void)snprintf(file + 150, sizeof file - 150, ".csv");
    ck_assert_ok(confx_workload_parse(HEADER "1,1,1,1,1,1,1", file, &workload));
    ck_assert_uint_eq(strlen(workload.name), CONFX_LAYER_NAME_MAX - 1);
    confx_workload_close(&workload);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("workload");
    TCase *tests = tcase_create("workload");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, the_thirteen_networks_are_what_they_are);
    tcase_add_test(tests, the_first_layers_of_mobilenet_v2_are_read_into_their_places);
    tcase_add_test(tests, columns_may_come_in_any_order_with_names_and_strides);
    tcase_add_test(tests, layers_that_differ_in_their_name_only_are_one_kind);
    tcase_add_test(tests, multiplications_are_counted_over_the_outputs);
    tcase_add_test(tests, the_other_types_have_multiplications_of_their_own);
    tcase_add_test(tests, counts_that_depart_are_told_in_one_line);
    tcase_add_test(tests, what_is_wrong_in_a_file_is_told_with_line_and_column);
    tcase_add_test(tests, a_file_that_is_no_file_is_told_by_its_path);
    tcase_add_test(tests, a_network_has_at_most_65535_layers);
    tcase_add_test(tests, a_long_file_name_is_cut_to_a_name);
    return suite_run(suite);
}
