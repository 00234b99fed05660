/* confx cost --explain: one layer and action, taken apart. */
#include "app/cost/cost_modes.h"
#include "confx/accounting.h"
#include "confx/compose.h"
#include "confx/find.h"
#include "confx/try.h"

static confx_status_t cost_explain_pick_layer(const cost_options_t *options, size_t layers_n,
                                              size_t *layer)
{
    size_t last = 0;
    TRY(cost_layers(options, layers_n, layer, &last));
    if (last == *layer + 1) return status_ok();
    return status_input(NULL, 0, "--layer", "--explain needs one layer, from 1 to %zu", layers_n);
}

/* ---- of a network ---------------------------------------------------------------------------- */

static confx_status_t cost_explain_read_action(const cost_options_t *options, int64_t *pes,
                                               int64_t *buffer)
{
    if (!options->pes || !options->buffer)
        return status_input(NULL, 0, options->pes ? "--buffer" : "--pes",
                            "--explain needs one PE and buffer level");
    TRY(cost_count("--pes", options->pes, COST_COUNT_MAX, pes));
    return cost_count("--buffer", options->buffer, COST_COUNT_MAX, buffer);
}

/* A shipped dataflow that does not do every MAC has another one in its place. */
static void cost_explain_note(const char *name, const confx_dataflow_t *dataflow,
                              const confx_layer_t *layer, const confx_hardware_t *hardware,
                              const int64_t action[2])
{
    const char *instead = accounting_dataflow_instead(name);
    confx_cost_t cost;
    if (instead == NULL) return;
    confx_cost_evaluate(dataflow, layer, hardware, action[0], action[1], &cost);
    if (cost.fault == CONFX_COST_ILLEGAL)
        out_print(stderr, "confx: note: %s does not do every MAC of this layer: use dataflow %s\n",
                  name, instead);
}

static confx_status_t cost_explain_layer(const cost_options_t *options,
                                         const confx_workload_t *workload,
                                         const confx_hardware_t *hardware, char **text)
{
    dataflows_t dataflows = {.n = 0};
    const confx_dataflow_t *dataflow = NULL;
    int64_t pes = 0, buffer = 0;
    size_t i = 0;
    TRY(cost_explain_pick_layer(options, workload->layers_n, &i));
    TRY(cost_explain_read_action(options, &pes, &buffer));
    const char *name = cost_dataflow_name(options, workload->layers[i].type);
    /* Both dataflows are checked although one is used: a wrong option is refused whatever the
       layer. */
    confx_status_t status = dataflows_check(&dataflows, options);
    if (status.code == CONFX_STATUS_OK) status = dataflows_get(&dataflows, name, NULL, &dataflow);
    if (status.code == CONFX_STATUS_OK)
        status = confx_cost_explain(dataflow, &workload->layers[i], hardware, pes, buffer, text);
    if (status.code == CONFX_STATUS_OK)
        cost_explain_note(name, dataflow, &workload->layers[i], hardware,
                          (const int64_t[]){pes, buffer});
    dataflows_close(&dataflows);
    return status;
}

static confx_status_t cost_explain_workload(const cost_options_t *options,
                                            const confx_hardware_t *hardware, char **text)
{
    char path[FILE_PATH_MAX];
    confx_workload_t workload;
    TRY(file_find("models", options->workload, ".csv", NULL, path));
    TRY(confx_workload_open(path, &workload));
    confx_status_t status = accounting_check_workload(hardware, &workload, path);
    if (status.code == CONFX_STATUS_OK)
        status = cost_explain_layer(options, &workload, hardware, text);
    confx_workload_close(&workload);
    return status;
}

/* ---- of a mapping file ----------------------------------------------------------------------- */

static confx_status_t cost_explain_mapped(const cost_options_t *options,
                                          const confx_mapping_t *mapping,
                                          const confx_hardware_t *hardware, char **text)
{
    int64_t pes = 0, buffer = 0;
    size_t i = 0;
    TRY(cost_explain_pick_layer(options, mapping->layers_n, &i));
    TRY(mapping->layers[i].fault);
    TRY(cost_mapping_action(options, hardware, &pes, &buffer));
    return confx_cost_explain(mapping->layers[i].dataflow, &mapping->layers[i].layer, hardware, pes,
                              buffer, text);
}

static confx_status_t cost_explain_mapping(const cost_options_t *options,
                                           const confx_hardware_t *hardware, char **text)
{
    confx_mapping_t mapping;
    TRY(cost_mapping_open(options, &mapping));
    const confx_status_t status = cost_explain_mapped(options, &mapping, hardware, text);
    confx_mapping_close(&mapping);
    return status;
}

confx_status_t cost_one(const cost_options_t *options, const confx_hardware_t *hardware,
                        char **text)
{
    return options->mapping ? cost_explain_mapping(options, hardware, text)
                            : cost_explain_workload(options, hardware, text);
}
