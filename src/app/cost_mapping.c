/* confx cost --mapping FILE.m: the layers of a MAESTRO mapping file, each by itself, and their total. */
#include "cost_modes.h"

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static status_t open_dataflow(const char *name, dataflow_t **dataflow)
{
    char path[FILE_PATH_MAX];
    TRY(file_find("dataflows", name, ".m", NULL, path));
    return dataflow_open(path, dataflow);
}

/* Layers of a model file get the dataflow of the command line; each its own copy, which the mapping owns. */
static status_t complete(const cost_options_t *options, mapping_t *mapping)
{
    size_t lacking = 0;
    size_t depthwise = 0;
    for (size_t i = 0; i < mapping->layers_n; i++) {
        mapped_t *mapped = &mapping->layers[i];
        if (mapped->dataflow) continue;
        const bool is_depthwise = mapped->layer.type == LAYER_DSCONV;
        lacking++;
        depthwise += is_depthwise;
        if (!options->dataflow && !(is_depthwise && options->depthwise))
            return status_input(options->mapping, mapped->line, mapped->layer.name,
                                "the layer has no Dataflow of its own; --dataflow gives it one");
        TRY(open_dataflow(cost_dataflow_name(options, mapped->layer.type), &mapped->dataflow));
    }
    if (options->depthwise && !depthwise)
        return status_input(NULL, 0, "--dataflow-depthwise", "no depthwise layer of %s is without one of its own",
                            options->mapping);
    if (lacking || !options->dataflow) return status_ok();
    return status_input(NULL, 0, "--dataflow", "all layers of %s bring their own", options->mapping);
}

status_t cost_mapping_open(const cost_options_t *options, mapping_t *mapping)
{
    TRY(model_open(options->mapping, mapping));
    const status_t status = complete(options, mapping);
    if (status.code != STATUS_OK) mapping_close(mapping);
    return status;
}

status_t cost_mapping_action(const cost_options_t *options, const hardware_t *hardware, int64_t *pes, int64_t *buffer)
{
    *pes = hardware->num_pes;
    *buffer = 1;
    if (options->buffer) TRY(cost_count("--buffer", options->buffer, COST_COUNT_MAX, buffer));
    if (options->pes) return cost_count("--pes", options->pes, COST_COUNT_MAX, pes);
    if (*pes > 0) return status_ok();
    return status_input(NULL, 0, "--pes", "expected a number of PEs: the hardware file names none (num_pes)");
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

typedef struct {
    int64_t pes, buffer;
    size_t valid_n;
    cost_fault_t fault; /* of the first invalid layer */
    figures_t total;    /* of the valid ones */
} sum_t;

/* The layer, its line and the reason. */
static status_t tell_fault(sheet_t *sheet, const mapped_t *mapped, cost_fault_t fault)
{
    char key[LAYER_NAME_MAX + 8];
    (void)snprintf(key, sizeof key, "layer %s", mapped->layer.name);
    return sheet_invalid(sheet, sheet->options->mapping, mapped->line, key, fault);
}

static status_t evaluate_layer(sheet_t *sheet, const mapped_t *mapped, size_t number, const hardware_t *hardware,
                               sum_t *sum)
{
    cost_t cost;
    figures_t figures;
    cost_evaluate(mapped->dataflow, &mapped->layer, hardware, sum->pes, sum->buffer, &cost);
    figures_fill(&cost, hardware, &figures);
    if (cost.fault == COST_VALID) {
        figures_add(&figures, sum->valid_n++, &sum->total);
        macs_tally_add(&sheet->macs, &mapped->layer, (double)cost.macs);
    } else
        TRY(tell_fault(sheet, mapped, cost.fault));
    if (sum->fault == COST_VALID) sum->fault = cost.fault;
    sheet_whole(sheet, "number", (int64_t)number);
    sheet_text(sheet, "layer", mapped->layer.name);
    sheet_text(sheet, "type", layer_type_name(mapped->layer.type));
    sheet_whole(sheet, "pe", sum->pes);
    sheet_whole(sheet, "buf", sum->buffer);
    sheet_end_row(sheet, &figures);
    return status_ok();
}

/* Valid only if every layer is. */
static void add_total(sheet_t *sheet, sum_t *sum)
{
    sum->total.cost.fault = sum->fault;
    sheet_text(sheet, "number", "total");
    sheet_text(sheet, "layer", "");
    sheet_text(sheet, "type", "");
    sheet_whole(sheet, "pe", sum->pes);
    sheet_whole(sheet, "buf", sum->buffer);
    sheet_end_total(sheet, &sum->total);
}

static status_t evaluate(sheet_t *sheet, const mapping_t *mapping, const hardware_t *hardware)
{
    static const char *const names[] = {"number", "layer", "type", "pe", "buf"};
    sum_t sum = {.valid_n = 0, .fault = COST_VALID};
    size_t first, last;
    TRY(cost_mapping_action(sheet->options, hardware, &sum.pes, &sum.buffer));
    TRY(cost_layers(sheet->options, mapping->layers_n, &first, &last));
    sheet->notes_most = mapping->layers_n;
    sheet_names(sheet, names, sizeof names / sizeof *names);
    for (size_t i = first; i < last; i++) TRY(evaluate_layer(sheet, &mapping->layers[i], i + 1, hardware, &sum));
    add_total(sheet, &sum);
    return status_ok();
}

status_t cost_mapping(sheet_t *sheet, const hardware_t *hardware)
{
    mapping_t mapping;
    TRY(cost_mapping_open(sheet->options, &mapping));
    const status_t status = evaluate(sheet, &mapping, hardware);
    mapping_close(&mapping);
    return status;
}
