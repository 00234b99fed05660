/* cc example.c $(pkg-config --cflags --libs confx); run it in $(pkg-config --variable=datadir
   confx), or in data */
#include <confx/cost.h>
#include <stdio.h>

int main(void)
{
    const confx_layer_t layer = {.type = CONFX_LAYER_CONV,
                                 .dim = {[CONFX_DIM_K] = 32,
                                         [CONFX_DIM_C] = 3,
                                         [CONFX_DIM_Y] = 224,
                                         [CONFX_DIM_X] = 224,
                                         [CONFX_DIM_R] = 3,
                                         [CONFX_DIM_S] = 3},
                                 .stride_y = 1,
                                 .stride_x = 1};
    confx_dataflow_t *dataflow = NULL;
    confx_hardware_t hardware;
    confx_cost_t cost;
    confx_status_t status = confx_dataflow_open("dataflows/dla.m", &dataflow);
    if (status.code == CONFX_STATUS_OK) status = confx_hardware_open("hw/asic.yaml", &hardware);
    if (status.code != CONFX_STATUS_OK) return fprintf(stderr, "%s\n", status.message), 2;
    confx_cost_evaluate(dataflow, &layer, &hardware, 64, 4, &cost); /* 64 PEs, buffer level 4 */
    printf("%s: %lld cycles, %.6g nJ\n", confx_cost_fault_text(cost.fault),
           (long long)cost.runtime_cycles, cost.energy_nj);
    confx_dataflow_close(dataflow);
    return 0;
}
