/* confx cost --workload W: a network's layers under one action, or under all the default ones. */
#include "app/cost/cost_modes.h"
#include "confx/accounting.h"
#include "confx/find.h"
#include "confx/try.h"

static const int64_t default_pes[] = {1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128};
static const int64_t default_buffers[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
enum {
    PES_N = sizeof default_pes / sizeof *default_pes,
    BUFFERS_N = sizeof default_buffers / sizeof *default_buffers
};

/* One value given by an option, or all the default levels. */
typedef struct {
    int64_t given;
    const int64_t *values;
    size_t n;
} cost_workload_range_t;

/* What is evaluated: a layer, its dataflow, and the actions. */
typedef struct {
    sheet_t *sheet;
    dataflows_t dataflows;
    cost_workload_range_t pes, buffers;
} cost_workload_survey_t;

static confx_status_t cost_workload_read_range(const char *text, const char *option,
                                               const int64_t *levels, size_t levels_n,
                                               cost_workload_range_t *range)
{
    *range = (cost_workload_range_t){.values = levels, .n = levels_n};
    if (!text) return status_ok();
    range->values = NULL;
    range->n = 1;
    return cost_count(option, text, COST_COUNT_MAX, &range->given);
}

static int64_t cost_workload_range_at(const cost_workload_range_t *range, size_t i)
{
    return range->values ? range->values[i] : range->given;
}

/* A row of the table; `point` has all but its key. */
static confx_status_t cost_workload_evaluate_point(sheet_t *sheet, const sheet_point_t *point)
{
    sheet_point_t place = *point;
    char key[CONFX_LAYER_NAME_MAX + 64];
    figures_t figures;
    (void)snprintf(key, sizeof key, "layer %s, %lld PEs, buffer level %lld", point->layer->name,
                   (long long)point->pes, (long long)point->buffer);
    place.key = key;
    /* The check comes before the first cell is added, so that a stop under --strict leaves no
       half-filled row. */
    TRY(sheet_evaluate(sheet, &place, &figures));
    table_text(&sheet->row, "%s", point->layer->name);
    table_text(&sheet->row, "%s", confx_layer_type_name(point->layer->type));
    table_text(&sheet->row, "%s", point->name);
    table_whole(&sheet->row, point->pes);
    table_whole(&sheet->row, point->buffer);
    sheet_end_row(sheet, &figures);
    return status_ok();
}

static confx_status_t cost_workload_evaluate_layer(cost_workload_survey_t *survey,
                                                   const confx_layer_t *layer)
{
    const char *name = cost_dataflow_name(survey->sheet->options, layer->type);
    const confx_dataflow_t *dataflow;
    TRY(dataflows_get(&survey->dataflows, name, NULL, &dataflow));
    for (size_t i = 0; i < survey->pes.n; i++)
        for (size_t j = 0; j < survey->buffers.n; j++) {
            const sheet_point_t point = {.name = name,
                                         .dataflow = dataflow,
                                         .layer = layer,
                                         .pes = cost_workload_range_at(&survey->pes, i),
                                         .buffer = cost_workload_range_at(&survey->buffers, j)};
            TRY(cost_workload_evaluate_point(survey->sheet, &point));
        }
    return status_ok();
}

static confx_status_t cost_workload_evaluate(cost_workload_survey_t *survey,
                                             const confx_workload_t *workload)
{
    static const table_column_t own[] = {TABLE_WORDS("layer"), TABLE_WORDS("type"),
                                         TABLE_WORDS("dataflow"), TABLE_COUNT("pe"),
                                         TABLE_COUNT("buf")};
    const cost_options_t *options = survey->sheet->options;
    size_t first, last;
    TRY(cost_workload_read_range(options->pes, "--pes", default_pes, PES_N, &survey->pes));
    TRY(cost_workload_read_range(options->buffer, "--buffer", default_buffers, BUFFERS_N,
                                 &survey->buffers));
    TRY(cost_layers(options, workload->layers_n, &first, &last));
    /* All options are checked before the head of the table is written. Dataflows are read once and
       shared by all layers, so the survey owns them until the caller closes it. */
    TRY(dataflows_check(&survey->dataflows, options));
    TRY(sheet_columns(survey->sheet, own, sizeof own / sizeof *own));
    for (size_t i = first; i < last; i++)
        TRY(cost_workload_evaluate_layer(survey, &workload->layers[i]));
    return status_ok();
}

confx_status_t cost_workload(sheet_t *sheet, const confx_hardware_t *hardware)
{
    char path[FILE_PATH_MAX];
    confx_workload_t network;
    cost_workload_survey_t survey = {.sheet = sheet};
    TRY(file_find("models", sheet->options->workload, ".csv", NULL, path));
    TRY(confx_workload_open(path, &network));
    confx_status_t status = accounting_check_workload(hardware, &network, path);
    if (status.code == CONFX_STATUS_OK) status = cost_workload_evaluate(&survey, &network);
    dataflows_close(&survey.dataflows);
    confx_workload_close(&network);
    return status;
}
