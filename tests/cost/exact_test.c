/* The engine of the accounting exact: layers worked by hand (src/cost/EXACT.md, section 9). */
#include "cost/exact/exact.h"
#include "exact_examples.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

static confx_hardware_t hardware_of(const exact_example_t *example)
{
    confx_hardware_t hardware;
    ck_assert_ok(confx_hardware_open("data/hw/asic.yaml", &hardware));
    hardware.noc_bandwidth = example->noc_bandwidth;
    hardware.noc_latency = example->noc_latency;
    hardware.offchip_bandwidth = example->offchip_bandwidth;
    hardware.simd_lanes = example->simd_lanes;
    hardware.multicast = example->multicast;
    hardware.reduction = example->reduction;
    hardware.psum_bytes = example->psum_bytes;
    return hardware;
}

static int64_t figure(const confx_cost_t *cost, size_t number)
{
    int64_t value;
    memcpy(&value, (const char *)cost + exact_figures[number].offset, sizeof value);
    return value;
}

START_TEST(test_layers_by_hand_are_counted_as_by_hand)
{
    const exact_example_t *example = &exact_examples[_i];
    const confx_hardware_t hardware = hardware_of(example);
    confx_dataflow_t *dataflow;
    confx_cost_t cost;
    ck_assert_ok(confx_dataflow_parse(example->dataflow, "example", &dataflow));
    exact_evaluate(dataflow, &example->layer, &hardware, example->pes, example->buffer, &cost);
    ck_assert_msg(cost.fault == example->cost.fault, "%s: %s", example->name,
                  confx_cost_fault_text(cost.fault));
    for (size_t i = 0; i < EXACT_FIGURES; i++)
        ck_assert_msg(figure(&cost, i) == figure(&example->cost, i), "%s: %s is %lld, not %lld",
                      example->name, exact_figures[i].name, (long long)figure(&cost, i),
                      (long long)figure(&example->cost, i));
    confx_dataflow_close(dataflow);
}
END_TEST

START_TEST(test_the_witness_is_the_first_mac_that_is_not_done_once)
{
    const exact_example_t *example = &exact_examples[_i];
    const confx_hardware_t hardware = hardware_of(example);
    confx_dataflow_t *dataflow;
    confx_cost_witness_t witness;
    ck_assert_ok(confx_dataflow_parse(example->dataflow, "example", &dataflow));
    const bool found = exact_witness(dataflow, &example->layer, &hardware, example->pes,
                                     example->buffer, &witness);
    ck_assert_msg(found == (example->cost.fault == CONFX_COST_ILLEGAL), "%s", example->name);
    if (found) {
        ck_assert_int_eq(witness.times, example->witness.times);
        for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
            ck_assert_int_eq(witness.mac[dim], example->witness.mac[dim]);
    }
    confx_dataflow_close(dataflow);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exact");
    TCase *tests = tcase_create("exact");
    tcase_add_loop_test(tests, test_layers_by_hand_are_counted_as_by_hand, 0, EXACT_EXAMPLES);
    tcase_add_loop_test(tests, test_the_witness_is_the_first_mac_that_is_not_done_once, 0,
                        EXACT_EXAMPLES);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
