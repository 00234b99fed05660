/* Dataflow files, and what they cost on a layer of every type; written out, they can be read
   again. */
#include "confx/mapping.h"
#include "fuzz.h"

static const confx_layer_t layers[] = {
    {.type = CONFX_LAYER_CONV,
     .dim = {[CONFX_DIM_K] = 24,
             [CONFX_DIM_C] = 12,
             [CONFX_DIM_Y] = 15,
             [CONFX_DIM_X] = 14,
             [CONFX_DIM_R] = 3,
             [CONFX_DIM_S] = 5},
     .stride_y = 1,
     .stride_x = 1},
    {.type = CONFX_LAYER_TRCONV,
     .dim = {[CONFX_DIM_N] = 2,
             [CONFX_DIM_K] = 8,
             [CONFX_DIM_C] = 3,
             [CONFX_DIM_Y] = 224,
             [CONFX_DIM_X] = 224,
             [CONFX_DIM_R] = 7,
             [CONFX_DIM_S] = 7},
     .stride_y = 2,
     .stride_x = 3},
    {.type = CONFX_LAYER_DSCONV,
     .dim = {[CONFX_DIM_K] = 1,
             [CONFX_DIM_C] = 32,
             [CONFX_DIM_Y] = 9,
             [CONFX_DIM_X] = 9,
             [CONFX_DIM_R] = 3,
             [CONFX_DIM_S] = 3},
     .stride_y = 2,
     .stride_x = 2},
    {.type = CONFX_LAYER_NGCONV,
     .dim = {[CONFX_DIM_G] = 4,
             [CONFX_DIM_K] = 6,
             [CONFX_DIM_C] = 5,
             [CONFX_DIM_Y] = 8,
             [CONFX_DIM_X] = 8,
             [CONFX_DIM_R] = 1,
             [CONFX_DIM_S] = 1},
     .stride_y = 1,
     .stride_x = 1},
    {.type = CONFX_LAYER_GEMM,
     .dim = {[CONFX_DIM_M] = 10, [CONFX_DIM_N] = 20, [CONFX_DIM_K] = 30},
     .stride_y = 1,
     .stride_x = 1},
};

static void write_back(const confx_dataflow_t *dataflow)
{
    confx_dataflow_t *again = NULL;
    char *text = NULL;
    const confx_status_t status = confx_dataflow_format(dataflow, 16, 3, "    ", &text);
    fuzz_status(status);
    if (status.code != CONFX_STATUS_OK ||
        confx_dataflow_parse(text, "again.m", &again).code != CONFX_STATUS_OK)
        abort();
    confx_dataflow_close(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    confx_dataflow_t *dataflow = NULL;
    char *text = fuzz_text(data, size);
    const confx_status_t status = confx_dataflow_parse(text, "fuzz.m", &dataflow);
    fuzz_status(status);
    for (size_t i = 0; status.code == CONFX_STATUS_OK && i < sizeof layers / sizeof *layers; i++)
        fuzz_evaluate(dataflow, &layers[i], &fuzz_hardware);
    if (status.code == CONFX_STATUS_OK) write_back(dataflow);
    confx_dataflow_close(dataflow);
    free(text);
    return 0;
}
