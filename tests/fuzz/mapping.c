/* Mapping files, and the cost of every layer that can be read from one: under maestro the same case
   by case, by the rules word by word, and as the engine tells it; under exact its explanation. */
#include "confx/mapping.h"
#include "cost/oracle.h"
#include "fuzz.h"

static void explain(const confx_mapped_t *mapped)
{
    oracle_t oracle;
    explanation_t explanation;
    const evaluation_point_t point = {mapped->dataflow, &mapped->layer, &fuzz_hardware, 16, 3};
    const confx_status_t ruled = oracle_open(&point, &oracle);
    const confx_status_t told = explanation_open(&point, &explanation);
    fuzz_status(ruled);
    fuzz_status(told);
    if (ruled.code != CONFX_STATUS_OK || told.code != CONFX_STATUS_OK) return;
    if (!oracle_agrees(&oracle) || oracle_difference(&oracle, &explanation)) abort();
    oracle_close(&oracle);
    explanation_close(&explanation);
    char *text;
    const confx_status_t status =
        confx_cost_explain(mapped->dataflow, &mapped->layer, &fuzz_hardware, 16, 3, &text);
    fuzz_status(status);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    confx_mapping_t mapping;
    char *text = fuzz_text(data, size);
    fuzz_status(confx_mapping_parse(text, "fuzz.m", &mapping));
    for (size_t i = 0; i < mapping.layers_n; i++) {
        fuzz_status(mapping.layers[i].fault);
        if ((mapping.layers[i].fault.code == CONFX_STATUS_OK) !=
            (mapping.layers[i].dataflow != NULL))
            abort();
        if (!mapping.layers[i].dataflow) continue;
        fuzz_evaluate(mapping.layers[i].dataflow, &mapping.layers[i].layer, &fuzz_hardware);
        explain(&mapping.layers[i]);
    }
    confx_mapping_close(&mapping);
    free(text);
    return 0;
}
