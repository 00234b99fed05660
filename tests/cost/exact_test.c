/* The engine of the accounting exact: layers worked by hand (src/cost/EXACT.md, section 9). */
#include "cost/exact/exact.h"
#include "exact_examples.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

static int64_t figure(const confx_cost_t *cost, size_t number)
{
    int64_t value;
    memcpy(&value, (const char *)cost + exact_figures[number].offset, sizeof value);
    return value;
}

START_TEST(test_layers_by_hand_are_counted_as_by_hand)
{
    const exact_example_t *example = &exact_examples[_i];
    const confx_hardware_t hardware = exact_example_hardware(example);
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
    const confx_hardware_t hardware = exact_example_hardware(example);
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

/* ---- networks -------------------------------------------------------------------------------- */

static const char *const networks[] = {
    "alexnet",      "densenet", "example",      "googlenet",       "mnasnet",
    "mobilenet_v2", "resnet18", "resnet50",     "resnext50_32x4d", "shufflenet_v2",
    "squeezenet",   "vgg16",    "wide_resnet50"};
enum { NETWORKS = sizeof networks / sizeof networks[0] };
static const char *const dataflows[] = {"dla", "shi", "rs"};
enum { DATAFLOWS = sizeof dataflows / sizeof dataflows[0] };
static const int64_t pes_levels[] = {1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128};

/* Different rows, or columns, that some window of the axis touches. */
static double rows_used(const confx_layer_t *layer, confx_dim_t dim, confx_dim_t window,
                        int64_t stride)
{
    const int64_t outputs = confx_layer_extent(layer, dim), height = layer->dim[window];
    return (double)(stride > height ? outputs * height : (outputs - 1) * stride + height);
}

/* Elements of input, filter and output that the layer's MACs use. */
static void elements_used(const confx_layer_t *layer, double used[CONFX_TENSORS])
{
    const bool depthwise = layer->type == CONFX_LAYER_DSCONV;
    const double channels = (double)layer->dim[CONFX_DIM_C];
    const double out = depthwise ? channels : (double)layer->dim[CONFX_DIM_K];
    const double window = (double)(layer->dim[CONFX_DIM_R] * layer->dim[CONFX_DIM_S]);
    used[CONFX_TENSOR_INPUT] = channels *
                               rows_used(layer, CONFX_DIM_Y, CONFX_DIM_R, layer->stride_y) *
                               rows_used(layer, CONFX_DIM_X, CONFX_DIM_S, layer->stride_x);
    used[CONFX_TENSOR_FILTER] = window * out * (depthwise ? 1 : channels);
    used[CONFX_TENSOR_OUTPUT] = out * (double)(confx_layer_extent(layer, CONFX_DIM_Y) *
                                               confx_layer_extent(layer, CONFX_DIM_X));
}

/* What holds of any mapping that does each MAC once; NULL, or what does not. */
static const char *broken(const confx_layer_t *layer, const confx_cost_t *cost)
{
    const confx_cost_exact_t *own = &cost->exact;
    double used[CONFX_TENSORS];
    elements_used(layer, used);
    if ((double)cost->macs != confx_layer_macs(layer)) return "MACs";
    if ((double)own->outputs != used[CONFX_TENSOR_OUTPUT]) return "finished outputs";
    for (int tensor = 0; tensor < CONFX_TENSOR_OUTPUT; tensor++) {
        if ((double)own->noc_read[tensor] < used[tensor]) return "elements read from the L2";
        if ((double)own->offchip_read[tensor] < used[tensor]) return "elements read off-chip";
        if (own->offchip_read[tensor] > own->noc_read[tensor]) return "more off-chip than used";
        if (cost->l1_write[tensor] < own->noc_read[tensor]) return "fewer fills than reads";
    }
    if (own->noc_written - own->noc_read[CONFX_TENSOR_OUTPUT] != own->outputs) return "sums";
    if (own->offchip_written - own->offchip_read[CONFX_TENSOR_OUTPUT] != own->outputs)
        return "sums off-chip";
    if (own->noc_cycles < own->steps || cost->runtime_cycles < own->noc_cycles) return "cycles";
    if (!(own->utilisation > 0 && own->utilisation <= 1)) return "utilisation";
    return NULL;
}

/* Every distinct layer at every `step`-th action of the default levels; how many were counted. */
static size_t check_network(const char *network, const char *name, size_t step)
{
    char path[256];
    confx_workload_t workload;
    confx_dataflow_t *dataflow, *depthwise;
    confx_hardware_t hardware;
    size_t counted = 0, action = 0;
    (void)snprintf(path, sizeof path, "data/models/%s.csv", network);
    ck_assert_ok(confx_workload_open(path, &workload));
    (void)snprintf(path, sizeof path, "data/dataflows/%s.m", name);
    ck_assert_ok(confx_dataflow_open(path, &dataflow));
    ck_assert_ok(confx_dataflow_open("data/dataflows/dpt.m", &depthwise));
    ck_assert_ok(confx_hardware_open("data/hw/asic.yaml", &hardware));
    for (size_t d = 0; d < workload.distinct_n; d++)
        for (size_t i = 0; i < 144; i++) {
            const confx_layer_t *layer = &workload.layers[workload.first_of[d]];
            const bool is_depthwise = layer->type == CONFX_LAYER_DSCONV;
            const int64_t pes = pes_levels[i / 12], buffer = 1 + (int64_t)(i % 12);
            confx_cost_t cost;
            if (action++ % step) continue;
            exact_evaluate(is_depthwise ? depthwise : dataflow, layer, &hardware, pes, buffer,
                           &cost);
            /* The shipped dataflows are legal, but where rs has no PE for each row of the filter.
             */
            if (!is_depthwise && !strcmp(name, "rs") && pes < layer->dim[CONFX_DIM_R]) {
                ck_assert_int_eq(cost.fault, CONFX_COST_FEW_PES);
                continue;
            }
            const char *what = cost.fault == CONFX_COST_VALID ? broken(layer, &cost)
                                                              : confx_cost_fault_text(cost.fault);
            if (what)
                ck_abort_msg("%s, layer %s, %s, %lld PEs, buffer %lld: %s", network, layer->name,
                             name, (long long)pes, (long long)buffer, what);
            counted++;
        }
    confx_dataflow_close(dataflow);
    confx_dataflow_close(depthwise);
    confx_workload_close(&workload);
    return counted;
}

/* EXACT_ALL=1: all of them (make exact-all). */
START_TEST(test_networks_are_done_once_and_read_at_least_once)
{
    const bool all = getenv("EXACT_ALL") != NULL;
    size_t counted = 0;
    for (int network = 0; network < NETWORKS; network++)
        counted += check_network(networks[network], dataflows[_i], all ? 1 : 7);
    ck_assert_uint_gt(counted, 5000);
    if (all) printf("%s and dpt: %zu actions\n", dataflows[_i], counted);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exact");
    TCase *tests = tcase_create("exact");
    tcase_add_loop_test(tests, test_layers_by_hand_are_counted_as_by_hand, 0, EXACT_EXAMPLES);
    tcase_add_loop_test(tests, test_the_witness_is_the_first_mac_that_is_not_done_once, 0,
                        EXACT_EXAMPLES);
    tcase_add_loop_test(tests, test_networks_are_done_once_and_read_at_least_once, 0, DATAFLOWS);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
