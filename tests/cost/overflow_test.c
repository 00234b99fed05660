/* Numbers that are too large are refused where they are read; what large numbers come to is a
   fault, never a wrong * figure. */
#include "confx/workload.h"
#include "golden.h"

static const char *const large[] = {"16777217", "2147483648", "4294967297", "9223372036854775808",
                                    "99999999999999999999999999"};
enum { LARGE = sizeof large / sizeof *large, TEXT_MAX = 512 };

START_TEST(a_dimension_that_is_too_large_is_refused_with_file_line_and_limit)
{
    for (int i = 0; i < LARGE; i++) {
        char text[TEXT_MAX], message[TEXT_MAX];
        confx_mapping_t mapping;
        confx_workload_t workload;
        (void)snprintf(message, sizeof message,
                       "expected a whole number from 1 to 16777216, found \"%s\"", large[i]);
        (void)snprintf(text, sizeof text,
                       "Network n {\nLayer l {\nType: CONV\nDimensions { K: %s, C: 1 }\n}\n}",
                       large[i]);
        ck_assert_ok(confx_mapping_parse(text, "big.m", &mapping));
        ck_assert_fails(mapping.layers[0].fault, CONFX_STATUS_INPUT, message);
        ck_assert_fails(mapping.layers[0].fault, CONFX_STATUS_INPUT, "big.m:4: Dimensions: ");
        confx_mapping_close(&mapping);
        (void)snprintf(text, sizeof text, "K,C,Y,X,R,S,T\n%s,1,9,9,3,3,1\n", large[i]);
        ck_assert_fails(confx_workload_parse(text, "big.csv", &workload), CONFX_STATUS_INPUT,
                        message);
        ck_assert_fails(confx_workload_parse(text, "big.csv", &workload), CONFX_STATUS_INPUT,
                        "big.csv:2: K: ");
    }
}
END_TEST

START_TEST(a_size_that_is_too_large_is_refused)
{
    static const char *const forms[] = {
        "Dataflow {\nSpatialMap(%s,1) K;\n}", "Dataflow {\nSpatialMap(1,%s) K;\n}",
        "Constant A %s;Dataflow {\nSpatialMap(A,1) K;\n}",
        "Dataflow {\nSpatialMap(1,1) K; Cluster(%s,P); SpatialMap(1,1) C; }"};
    for (int i = 1; i < LARGE; i++) {
        for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
            char text[TEXT_MAX], message[TEXT_MAX];
            confx_dataflow_t *dataflow = NULL;
            (void)snprintf(message, sizeof message, ", found \"%s\"", large[i]);
            (void)snprintf(text, sizeof text, forms[form], large[i]);
            ck_assert_fails(confx_dataflow_parse(text, "big.m", &dataflow), CONFX_STATUS_INPUT,
                            message);
        }
    }
}
END_TEST

/* The largest layer that can be read has 2^144 multiplications. */
START_TEST(products_past_64_bits_are_a_fault)
{
    static const char *const names[] = {"dla", "eye", "shi", "dpt"};
    const confx_hardware_t hardware = hardware_as_maestro("asic");
    const int64_t most = CONFX_LAYER_DIM_MAX;
    int faults = 0, points = 0;
    for (int i = 0; i < 4; i++) {
        confx_dataflow_t *dataflow = dataflow_named(names[i]);
        for (int dims = 1; dims < 1 << 6; dims++, points++) {
            confx_layer_t layer =
                layer_of(i == 3 ? CONFX_LAYER_DSCONV : CONFX_LAYER_CONV, dims & 1 ? most : 8,
                         dims & 2 ? most : 8, dims & 4 ? most : 9, dims & 8 ? most : 9, 3, 3);
            confx_cost_t cost;
            layer.dim[CONFX_DIM_R] = dims & 16 ? layer.dim[CONFX_DIM_Y] : 3;
            layer.dim[CONFX_DIM_S] = dims & 32 ? layer.dim[CONFX_DIM_X] : 3;
            confx_cost_evaluate(dataflow, &layer, &hardware, 64, 4, &cost);
            faults += cost.fault == CONFX_COST_OVERFLOW;
            ck_assert(cost.fault != CONFX_COST_VALID ||
                      (cost.macs > 0 && cost.runtime_cycles > 0 && cost.energy_nj > 0));
            if (__builtin_popcount((unsigned)dims & 15) >= 3)
                ck_assert_int_eq(cost.fault, CONFX_COST_OVERFLOW);
        }
        confx_dataflow_close(dataflow);
    }
    ck_assert_int_gt(faults, 80);
    ck_assert_int_lt(faults, points);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("overflow");
    TCase *tests = tcase_create("overflow");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_dimension_that_is_too_large_is_refused_with_file_line_and_limit);
    tcase_add_test(tests, a_size_that_is_too_large_is_refused);
    tcase_add_test(tests, products_past_64_bits_are_a_fault);
    return suite_run(suite);
}
