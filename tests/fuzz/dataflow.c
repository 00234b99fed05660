/* Dataflow files, and what they cost on a layer of every type; written out, they can be read again. */
#include "confx/mapping.h"
#include "fuzz.h"

static const layer_t layers[] = {
    {.type = LAYER_CONV,
     .dim = {[DIM_K] = 24, [DIM_C] = 12, [DIM_Y] = 15, [DIM_X] = 14, [DIM_R] = 3, [DIM_S] = 5},
     .stride_y = 1,
     .stride_x = 1},
    {.type = LAYER_TRCONV,
     .dim = {[DIM_N] = 2, [DIM_K] = 8, [DIM_C] = 3, [DIM_Y] = 224, [DIM_X] = 224, [DIM_R] = 7, [DIM_S] = 7},
     .stride_y = 2,
     .stride_x = 3},
    {.type = LAYER_DSCONV,
     .dim = {[DIM_K] = 1, [DIM_C] = 32, [DIM_Y] = 9, [DIM_X] = 9, [DIM_R] = 3, [DIM_S] = 3},
     .stride_y = 2,
     .stride_x = 2},
    {.type = LAYER_NGCONV,
     .dim = {[DIM_G] = 4, [DIM_K] = 6, [DIM_C] = 5, [DIM_Y] = 8, [DIM_X] = 8, [DIM_R] = 1, [DIM_S] = 1},
     .stride_y = 1,
     .stride_x = 1},
    {.type = LAYER_GEMM, .dim = {[DIM_M] = 10, [DIM_N] = 20, [DIM_K] = 30}, .stride_y = 1, .stride_x = 1},
};

static void write_back(const dataflow_t *dataflow)
{
    dataflow_t *again = NULL;
    char *text = NULL;
    const status_t status = dataflow_format(dataflow, 16, 3, "    ", &text);
    fuzz_status(status);
    if (status.code != STATUS_OK || dataflow_parse(text, "again.m", &again).code != STATUS_OK) abort();
    dataflow_close(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dataflow_t *dataflow = NULL;
    char *text = fuzz_text(data, size);
    const status_t status = dataflow_parse(text, "fuzz.m", &dataflow);
    fuzz_status(status);
    for (size_t i = 0; status.code == STATUS_OK && i < sizeof layers / sizeof *layers; i++)
        fuzz_evaluate(dataflow, &layers[i], &fuzz_hardware);
    if (status.code == STATUS_OK) write_back(dataflow);
    dataflow_close(dataflow);
    free(text);
    return 0;
}
