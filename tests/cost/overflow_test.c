/* Numbers that are too large are refused where they are read; what large numbers come to is a fault, never a wrong
 * figure. */
#include "confx/workload.h"
#include "golden.h"

static const char *const large[] = {"16777217", "2147483648", "4294967297", "9223372036854775808",
                                    "99999999999999999999999999"};
enum { LARGE = sizeof large / sizeof *large, TEXT_MAX = 512 };

START_TEST(a_dimension_that_is_too_large_is_refused_with_file_line_and_limit)
{
    for (int i = 0; i < LARGE; i++) {
        char text[TEXT_MAX], message[TEXT_MAX];
        mapping_t mapping;
        workload_t workload;
        (void)snprintf(message, sizeof message, "expected a whole number from 1 to 16777216, found \"%s\"", large[i]);
        (void)snprintf(text, sizeof text, "Network n {\nLayer l {\nType: CONV\nDimensions { K: %s, C: 1 }\n}\n}",
                       large[i]);
        ck_assert_ok(mapping_parse(text, "big.m", &mapping));
        ck_assert_fails(mapping.layers[0].fault, STATUS_INPUT, message);
        ck_assert_fails(mapping.layers[0].fault, STATUS_INPUT, "big.m:4: Dimensions: ");
        mapping_close(&mapping);
        (void)snprintf(text, sizeof text, "K,C,Y,X,R,S,T\n%s,1,9,9,3,3,1\n", large[i]);
        ck_assert_fails(workload_parse(text, "big.csv", &workload), STATUS_INPUT, message);
        ck_assert_fails(workload_parse(text, "big.csv", &workload), STATUS_INPUT, "big.csv:2: K: ");
    }
}
END_TEST

START_TEST(a_size_that_is_too_large_is_refused)
{
    static const char *const forms[] = {"Dataflow {\nSpatialMap(%s,1) K;\n}", "Dataflow {\nSpatialMap(1,%s) K;\n}",
                                        "Constant A %s;Dataflow {\nSpatialMap(A,1) K;\n}",
                                        "Dataflow {\nSpatialMap(1,1) K; Cluster(%s,P); SpatialMap(1,1) C; }"};
    for (int i = 1; i < LARGE; i++) {
        for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
            char text[TEXT_MAX], message[TEXT_MAX];
            dataflow_t *dataflow = NULL;
            (void)snprintf(message, sizeof message, ", found \"%s\"", large[i]);
            (void)snprintf(text, sizeof text, forms[form], large[i]);
            ck_assert_fails(dataflow_parse(text, "big.m", &dataflow), STATUS_INPUT, message);
        }
    }
}
END_TEST

/* The largest layer that can be read has 2^144 multiplications. */
START_TEST(products_past_64_bits_are_a_fault)
{
    static const char *const names[] = {"dla", "eye", "shi", "dpt"};
    const hardware_t hardware = hardware_named("asic");
    const int64_t most = LAYER_DIM_MAX;
    int faults = 0, points = 0;
    for (int i = 0; i < 4; i++) {
        dataflow_t *dataflow = dataflow_named(names[i]);
        for (int dims = 1; dims < 1 << 6; dims++, points++) {
            layer_t layer = layer_of(i == 3 ? LAYER_DSCONV : LAYER_CONV, dims & 1 ? most : 8, dims & 2 ? most : 8,
                                     dims & 4 ? most : 9, dims & 8 ? most : 9, 3, 3);
            cost_t cost;
            layer.dim[DIM_R] = dims & 16 ? layer.dim[DIM_Y] : 3;
            layer.dim[DIM_S] = dims & 32 ? layer.dim[DIM_X] : 3;
            cost_evaluate(dataflow, &layer, &hardware, 64, 4, &cost);
            faults += cost.fault == COST_OVERFLOW;
            ck_assert(cost.fault != COST_VALID || (cost.macs > 0 && cost.runtime_cycles > 0 && cost.energy_nj > 0));
            if (__builtin_popcount((unsigned)dims & 15) >= 3) ck_assert_int_eq(cost.fault, COST_OVERFLOW);
        }
        dataflow_close(dataflow);
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
