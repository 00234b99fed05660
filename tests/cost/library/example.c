/* cc example.c -lconfx -lcyaml -lyaml -lm; run it in PREFIX/share/confx, or in data */
#include <confx/cost.h>
#include <stdio.h>

int main(void)
{
    const layer_t layer = {.type = LAYER_CONV, .dim = {[DIM_K] = 32, [DIM_C] = 3, [DIM_Y] = 224, [DIM_X] = 224,
                                                       [DIM_R] = 3, [DIM_S] = 3}, .stride_y = 1, .stride_x = 1};
    dataflow_t *dataflow = NULL;
    hardware_t hardware;
    cost_t cost;
    status_t status = dataflow_open("dataflows/dla.m", &dataflow);
    if (status.code == STATUS_OK) status = hardware_open("hw/asic.yaml", &hardware);
    if (status.code != STATUS_OK) return fprintf(stderr, "%s\n", status.message), 2;
    cost_evaluate(dataflow, &layer, &hardware, 64, 4, &cost); /* 64 PEs, buffer level 4 */
    printf("%s: %lld cycles, %.6g nJ\n", cost_fault_text(cost.fault), (long long)cost.runtime_cycles, cost.energy_nj);
    dataflow_close(dataflow);
    return 0;
}
