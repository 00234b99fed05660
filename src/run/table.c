/* assignment.csv: the best design, a row per layer in the network's order, with its costs. */
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/text.h"
#include "confx/try.h"
#include "steps.h"

#include <stdio.h>

/* A path may have commas in it. */
static text_shown_t dataflow_cell(const job_t *job, const confx_layer_t *layer)
{
    text_shown_t cell = text_shown(layer->type == CONFX_LAYER_DSCONV ? job->dataflow_depthwise : job->dataflow);
    text_to_cell(cell.text);
    return cell;
}

static void print_layer(const job_t *job, const setting_t *setting, const uint16_t *genes, size_t i, FILE *out)
{
    const size_t layers = problem_layers(setting->problem);
    const confx_layer_t *layer = &setting->workload.layers[i];
    const uint16_t pes = genes[i];
    const uint16_t buffer = genes[layers + i];
    confx_cost_t cost;
    problem_explain(setting->problem, i, pes, buffer, &cost);
    out_print(out, "%s,%s,%lld,%lld,%lld,%lld,%lld,%lld,%s,%u,%u,%lld,%.17g,%.17g,%.17g,%lld,%lld,%lld,%.17g,%d\n",
              layer->name, confx_layer_type_name(layer->type), (long long)layer->dim[CONFX_DIM_K],
              (long long)layer->dim[CONFX_DIM_C], (long long)layer->dim[CONFX_DIM_Y],
              (long long)layer->dim[CONFX_DIM_X], (long long)layer->dim[CONFX_DIM_R],
              (long long)layer->dim[CONFX_DIM_S], dataflow_cell(job, layer).text, pes, buffer,
              (long long)cost.runtime_cycles, cost.energy_nj, cost.area_um2, cost.power_mw, (long long)cost.l1_bytes,
              (long long)cost.l2_bytes, (long long)cost.macs, cost.macs_per_cycle, cost.fault == CONFX_COST_VALID);
}

confx_status_t table_compose(const job_t *job, const setting_t *setting, const uint16_t *genes, compose_t *table)
{
    TRY(compose_begin(table));
    fputs("layer,type,K,C,Y,X,R,S,dataflow,pe,buf,runtime_cycles,energy_nj,area_um2,power_mw,l1_bytes,l2_bytes,macs,"
          "macs_per_cycle,valid\n",
          table->out);
    for (size_t i = 0; i < problem_layers(setting->problem); i++) print_layer(job, setting, genes, i, table->out);
    return status_ok();
}

confx_status_t table_write(const run_t *run)
{
    char path[FILE_PATH_MAX];
    compose_t table;
    TRY(file_join(run->job->output, TABLE_FILE, path));
    TRY(table_compose(run->job, &run->setting, run->best.genes, &table));
    return compose_publish(&table, path, run->guard);
}
