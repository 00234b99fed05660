/* confx cost --mapping FILE.m: the layers of a MAESTRO mapping file, each by itself, and totals. */
#include "app/cost/cost_modes.h"
#include "confx/find.h"
#include "confx/try.h"

#include <math.h>

/* ---- the file -------------------------------------------------------------------------------- */

static confx_status_t cost_mapping_open_dataflow(const char *name, confx_dataflow_t **dataflow)
{
    char path[FILE_PATH_MAX];
    TRY(file_find("dataflows", name, ".m", NULL, path));
    return confx_dataflow_open(path, dataflow);
}

static bool cost_mapping_lacks_dataflow(const confx_mapped_t *mapped)
{
    return mapped->fault.code == CONFX_STATUS_OK && !mapped->dataflow;
}

static confx_status_t cost_mapping_refuse_bare(const cost_options_t *options,
                                               const confx_mapped_t *mapped)
{
    return status_input(options->mapping, mapped->line, mapped->layer.name,
                        "the layer has no Dataflow of its own; --dataflow gives it one");
}

/* Without --dataflow a layer that brings none cannot be evaluated; where none brings one, the file
   is a model file and the option is what is missing. */
static confx_status_t cost_mapping_mark_bare(const cost_options_t *options, size_t bare_n,
                                             confx_mapping_t *mapping)
{
    for (size_t i = 0; i < mapping->layers_n; i++) {
        confx_mapped_t *mapped = &mapping->layers[i];
        if (!cost_mapping_lacks_dataflow(mapped)) continue;
        mapped->fault = cost_mapping_refuse_bare(options, mapped);
        if (bare_n == mapping->layers_n) return mapped->fault;
    }
    return status_ok();
}

/* Layers of a model file get the dataflow of the command line; each its own copy, which the mapping
   owns. */
static confx_status_t cost_mapping_complete(const cost_options_t *options, confx_mapping_t *mapping)
{
    size_t bare_n = 0;
    size_t depthwise_n = 0;
    /* Layers with a fault are not counted: their name and line alone are known, and a dataflow
       would not make them valid. */
    for (size_t i = 0; i < mapping->layers_n; i++) {
        bare_n += cost_mapping_lacks_dataflow(&mapping->layers[i]);
        depthwise_n += cost_mapping_lacks_dataflow(&mapping->layers[i]) &&
                       mapping->layers[i].layer.type == CONFX_LAYER_DSCONV;
    }
    if (options->depthwise && depthwise_n == 0)
        return status_input(NULL, 0, "--dataflow-depthwise",
                            "no depthwise layer of %s is without one of its own", options->mapping);
    if (!options->dataflow) return cost_mapping_mark_bare(options, bare_n, mapping);
    if (bare_n == 0)
        return status_input(NULL, 0, "--dataflow", "all layers of %s bring their own",
                            options->mapping);
    for (size_t i = 0; i < mapping->layers_n; i++) {
        confx_mapped_t *mapped = &mapping->layers[i];
        if (cost_mapping_lacks_dataflow(mapped))
            TRY(cost_mapping_open_dataflow(cost_dataflow_name(options, mapped->layer.type),
                                           &mapped->dataflow));
    }
    return status_ok();
}

confx_status_t cost_mapping_open(const cost_options_t *options, confx_mapping_t *mapping)
{
    TRY(confx_model_open(options->mapping, mapping));
    const confx_status_t status = cost_mapping_complete(options, mapping);
    if (status.code != CONFX_STATUS_OK) confx_mapping_close(mapping);
    return status;
}

confx_status_t cost_mapping_action(const cost_options_t *options, const confx_hardware_t *hardware,
                                   int64_t *pes, int64_t *buffer)
{
    *pes = hardware->num_pes;
    *buffer = 1;
    if (options->buffer) TRY(cost_count("--buffer", options->buffer, COST_COUNT_MAX, buffer));
    if (options->pes) return cost_count("--pes", options->pes, COST_COUNT_MAX, pes);
    if (*pes > 0) return status_ok();
    return status_input(NULL, 0, "--pes",
                        "expected a number of PEs: the hardware file names none (num_pes)");
}

/* ---- rows ------------------------------------------------------------------------------------ */

typedef struct {
    size_t valid_n;
    confx_cost_fault_t fault; /* of the first invalid layer, or of the sum */
    figures_t figures;        /* of the valid ones */
} cost_mapping_sum_t;

typedef struct {
    sheet_t *sheet;
    const confx_mapping_t *mapping;
    const confx_hardware_t *hardware;
    int64_t pes, buffer;
    cost_mapping_sum_t network, file; /* the network that is going on; all networks */
} cost_mapping_listing_t;

static void cost_mapping_add_to(cost_mapping_sum_t *sum, const figures_t *figures)
{
    /* An invalid layer adds nothing to the sums but its fault, and the first fault stays: it makes
       the total invalid, while the figures of the valid layers are still shown. */
    const bool fits = figures->cost.fault != CONFX_COST_VALID ||
                      figures_add(figures, sum->valid_n++, &sum->figures);
    if (sum->fault == CONFX_COST_VALID)
        sum->fault = fits ? figures->cost.fault : CONFX_COST_OVERFLOW;
}

/* A layer that could not be read has no figures, and the reason is told. */
static confx_status_t cost_mapping_evaluate(const cost_mapping_listing_t *listing,
                                            const confx_mapped_t *mapped, figures_t *figures)
{
    static const confx_cost_t none = {
        .fault = CONFX_COST_UNREAD, .macs_per_cycle = NAN, .noc_bandwidth_average = NAN};
    char key[CONFX_LAYER_NAME_MAX + 8];
    (void)snprintf(key, sizeof key, "layer %s", mapped->layer.name);
    const sheet_point_t point = {.file = listing->sheet->options->mapping,
                                 .line = mapped->line,
                                 .key = key,
                                 .name = listing->sheet->options->dataflow,
                                 .dataflow = mapped->dataflow,
                                 .layer = &mapped->layer,
                                 .pes = listing->pes,
                                 .buffer = listing->buffer};
    /* Cells without a value keep the row in its place, so that rows and layers of the file
       correspond. */
    if (mapped->fault.code == CONFX_STATUS_OK)
        return sheet_evaluate(listing->sheet, &point, figures);
    figures_fill(&none, listing->hardware, NULL, listing->pes, figures);
    return sheet_warn(listing->sheet, mapped->fault);
}

static void cost_mapping_begin_row(const cost_mapping_listing_t *listing, const char *network,
                                   const char *layer, const char *type)
{
    table_row_t *row = &listing->sheet->row;
    table_text(row, "%s", network);
    table_text(row, "%s", layer);
    table_text(row, "%s", type);
    table_whole(row, listing->pes);
    table_whole(row, listing->buffer);
}

static void cost_mapping_begin_total(const cost_mapping_listing_t *listing, const char *network)
{
    table_text(&listing->sheet->row, "total");
    cost_mapping_begin_row(listing, network, "", "");
}

static confx_status_t cost_mapping_add_layer(cost_mapping_listing_t *listing, size_t i)
{
    const confx_mapped_t *mapped = &listing->mapping->layers[i];
    figures_t figures;
    TRY(cost_mapping_evaluate(listing, mapped, &figures));
    cost_mapping_add_to(&listing->network, &figures);
    cost_mapping_add_to(&listing->file, &figures);
    table_whole(&listing->sheet->row, (int64_t)i + 1);
    cost_mapping_begin_row(
        listing, listing->mapping->networks[mapped->network], mapped->layer.name,
        mapped->fault.code == CONFX_STATUS_OK ? confx_layer_type_name(mapped->layer.type) : "");
    sheet_end_row(listing->sheet, &figures);
    return status_ok();
}

/* Valid only if every layer is. */
static figures_t cost_mapping_total_of(const cost_mapping_sum_t *sum)
{
    figures_t total = sum->figures;
    total.cost.fault = sum->fault;
    return total;
}

/* Of one network among several. */
static void cost_mapping_end_network(cost_mapping_listing_t *listing, size_t network)
{
    const figures_t total = cost_mapping_total_of(&listing->network);
    cost_mapping_begin_total(listing, listing->mapping->networks[network]);
    sheet_end_subtotal(listing->sheet, &total);
    listing->network = (cost_mapping_sum_t){.valid_n = 0, .fault = CONFX_COST_VALID};
}

/* Of the file: under the name of its network where it has one. */
static void cost_mapping_end_file(cost_mapping_listing_t *listing)
{
    const figures_t total = cost_mapping_total_of(&listing->file);
    cost_mapping_begin_total(
        listing, listing->mapping->networks_n == 1 ? listing->mapping->networks[0] : "");
    sheet_end_total(listing->sheet, &total);
}

static confx_status_t cost_mapping_list(cost_mapping_listing_t *listing)
{
    static const table_column_t own[] = {{"number", .type = TABLE_FIELD},
                                         TABLE_WORDS("network"),
                                         TABLE_WORDS("layer"),
                                         TABLE_WORDS("type"),
                                         TABLE_COUNT("pe"),
                                         TABLE_COUNT("buf")};
    const confx_mapping_t *mapping = listing->mapping;
    sheet_t *sheet = listing->sheet;
    size_t first, last;
    TRY(cost_mapping_action(sheet->options, listing->hardware, &listing->pes, &listing->buffer));
    TRY(cost_layers(sheet->options, mapping->layers_n, &first, &last));
    sheet->notes_most = mapping->layers_n;
    TRY(sheet_columns(sheet, own, sizeof own / sizeof *own));
    for (size_t i = first; i < last; i++) {
        TRY(cost_mapping_add_layer(listing, i));
        /* Layers of one network stand in a row, so a network ends where the next layer belongs to
           another. With a single network its subtotal would repeat the total of the file. */
        const bool ends =
            i + 1 == last || mapping->layers[i + 1].network != mapping->layers[i].network;
        if (ends && mapping->networks_n > 1)
            cost_mapping_end_network(listing, mapping->layers[i].network);
    }
    cost_mapping_end_file(listing);
    if (listing->file.valid_n > 0) return status_ok();
    return sheet_refuse(sheet, sheet->options->mapping, "no layer of it can be evaluated");
}

confx_status_t cost_mapping(sheet_t *sheet, const confx_hardware_t *hardware)
{
    confx_mapping_t mapping;
    cost_mapping_listing_t listing = {.sheet = sheet, .mapping = &mapping, .hardware = hardware};
    TRY(cost_mapping_open(sheet->options, &mapping));
    const confx_status_t status = cost_mapping_list(&listing);
    confx_mapping_close(&mapping);
    return status;
}
