/* confx cost: the cost model by itself, of points in a file or of a workload. */
#include "app.h"
#include "columns.h"
#include "confx/file.h"
#include "confx/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_POINTS = 256,
    KEY_WORKLOAD,
    KEY_DATAFLOW,
    KEY_HARDWARE,
    KEY_PES,
    KEY_BUFFER,
    KEY_LAYER,
    KEY_HW,
    KEY_ALL,
    KEY_JSON
};
enum { HW_MAX = 64, DATAFLOWS_MAX = 64, MOST = 1 << 20 };

typedef struct {
    const char *points, *workload, *dataflow, *hardware, *pes, *buffer, *layer;
    const char *hw[HW_MAX];
    size_t hw_n;
    bool all, json;
} cost_options_t;

static error_t parse(int key, char *argument, struct argp_state *state)
{
    cost_options_t *options = state->input;
    switch (key) {
    case KEY_POINTS:
        options->points = argument;
        return 0;
    case KEY_WORKLOAD:
        options->workload = argument;
        return 0;
    case KEY_DATAFLOW:
        options->dataflow = argument;
        return 0;
    case KEY_HARDWARE:
        options->hardware = argument;
        return 0;
    case KEY_PES:
        options->pes = argument;
        return 0;
    case KEY_BUFFER:
        options->buffer = argument;
        return 0;
    case KEY_LAYER:
        options->layer = argument;
        return 0;
    case KEY_ALL:
        options->all = true;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case KEY_HW:
        if (options->hw_n == HW_MAX) {
            argp_error(state, "more than %d --hw", HW_MAX);
            return EINVAL;
        }
        options->hw[options->hw_n++] = argument;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "no argument is expected, there is `%s'", argument);
        return EINVAL;
    case ARGP_KEY_END:
        if (!options->points == !options->workload) {
            argp_error(state, "either --points or --workload is expected");
            return EINVAL;
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    (const struct argp_option[]){
        {"points", KEY_POINTS, "FILE.csv", 0, "Rows K,C,Y,X,R,S,T,dataflow,pe,buf; printed with the outputs added", 0},
        {"workload", KEY_WORKLOAD, "W", 0, "A network: a name in data/models, or a path", 0},
        {"dataflow", KEY_DATAFLOW, "D", 0, "A name in data/dataflows, or a path (default dla)", 0},
        {"hardware", KEY_HARDWARE, "H", 0, "A name in data/hw, or a path (default asic)", 0},
        {"pes", KEY_PES, "N", 0, "Processing elements (default: each level of 1 to 128)", 0},
        {"buffer", KEY_BUFFER, "B", 0, "Buffer level, the K tile (default: each of 1 to 12)", 0},
        {"layer", KEY_LAYER, "I", 0, "Only this layer, counted from 1", 0},
        {"hw", KEY_HW, "KEY=VALUE", 0, "Change one value of the hardware profile, such as noc_bandwidth=64", 0},
        {"all", KEY_ALL, NULL, 0, "Print every figure of the model", 0},
        {"json", KEY_JSON, NULL, 0, "Print JSON instead of CSV", 0},
        {0}},
    parse,
    "",
    "Evaluate MAESTRO's cost model: cycles, energy (nJ), area (um^2), power (mW), buffer sizes (bytes), MACs. "
    "Depthwise "
    "layers use the dataflow dpt. valid is 0 where the model gives nonsense.",
    NULL,
    NULL,
    NULL};

/* ---- dataflows by name, each read once --------------------------------------------------------------------------- */

typedef struct {
    char name[64];
    dataflow_t *dataflow;
} shelf_place_t;

typedef struct {
    shelf_place_t places[DATAFLOWS_MAX];
    size_t n;
} dataflows_t;

static status_t dataflows_get(dataflows_t *shelf, const char *name, const char *beside, const dataflow_t **out)
{
    char path[FILE_PATH_MAX];
    for (size_t i = 0; i < shelf->n; i++)
        if (!strcmp(shelf->places[i].name, name)) {
            *out = shelf->places[i].dataflow;
            return status_ok();
        }
    shelf_place_t *place = &shelf->places[shelf->n];
    if (shelf->n == DATAFLOWS_MAX || strlen(name) >= sizeof place->name)
        return status_input(NULL, 0, "dataflow", "%s: more than %d dataflows, or a name of more than %zu characters",
                            name, DATAFLOWS_MAX, sizeof place->name - 1);
    TRY(file_find("dataflows", name, ".m", beside, path));
    TRY(dataflow_open(path, &place->dataflow));
    (void)snprintf(place->name, sizeof place->name, "%s", name);
    shelf->n++;
    *out = place->dataflow;
    return status_ok();
}

static void dataflows_close(dataflows_t *shelf)
{
    for (size_t i = 0; i < shelf->n; i++) dataflow_close(shelf->places[i].dataflow);
}

/* ---- output: CSV or a JSON array --------------------------------------------------------------------------------- */

typedef struct {
    const cost_options_t *options;
    FILE *csv;
    json_t *rows;
} sheet_t;

static void sheet_cost(sheet_t *sheet, json_t *row, const cost_t *cost)
{
    if (sheet->options->json) {
        (void)columns_json(cost, sheet->options->all, row);
        (void)json_array_append_new(sheet->rows, row);
        return;
    }
    columns_print(cost, sheet->options->all, sheet->csv);
    fputc('\n', sheet->csv);
}

/* ---- points ------------------------------------------------------------------------------------------------------ */

typedef struct {
    int64_t dims[7]; /* K C Y X R S T */
    int64_t pes, buffer;
    const char *dataflow;
} point_t;

static status_t read_point(const csv_t *csv, const size_t columns[10], point_t *point)
{
    for (size_t i = 0; i < 6; i++) TRY(csv_integer(csv, columns[i], 1, LAYER_DIM_MAX, &point->dims[i]));
    TRY(csv_integer(csv, columns[6], 1, 2, &point->dims[6]));
    point->dataflow = csv_field(csv, columns[7]);
    TRY(csv_integer(csv, columns[8], 1, MOST, &point->pes));
    return csv_integer(csv, columns[9], 1, MOST, &point->buffer);
}

static layer_t layer_of(const point_t *point)
{
    static const dim_t dims[6] = {DIM_K, DIM_C, DIM_Y, DIM_X, DIM_R, DIM_S};
    layer_t layer = {.type = point->dims[6] == 2 ? LAYER_DSCONV : LAYER_CONV, .stride_y = 1, .stride_x = 1};
    for (size_t i = 0; i < 6; i++) layer.dim[dims[i]] = point->dims[i];
    return layer;
}

static json_t *fields_json(const csv_t *csv)
{
    json_t *row = json_object();
    for (size_t i = 0; i < csv_columns(csv); i++) {
        int64_t number;
        const char *field = csv_field(csv, i);
        const bool is_whole = text_to_integer(field, INT64_MIN, INT64_MAX, &number);
        (void)json_object_set_new(row, csv_header(csv, i), is_whole ? json_integer(number) : json_string(field));
    }
    return row;
}

static void print_fields(const csv_t *csv, FILE *out)
{
    for (size_t i = 0; i < csv_columns(csv); i++) fprintf(out, "%s%s", i ? "," : "", csv_field(csv, i));
}

static status_t evaluate_row(sheet_t *sheet, const csv_t *csv, const size_t columns[10], dataflows_t *dataflows,
                             const hardware_t *hardware)
{
    point_t point;
    cost_t cost;
    const dataflow_t *dataflow;
    TRY(read_point(csv, columns, &point));
    const layer_t layer = layer_of(&point);
    if (layer.dim[DIM_R] > layer.dim[DIM_Y] || layer.dim[DIM_S] > layer.dim[DIM_X])
        return status_input(sheet->options->points, csv_line(csv), NULL, "the filter (R, S) is larger than Y, X");
    TRY(dataflows_get(dataflows, layer.type == LAYER_DSCONV ? "dpt" : point.dataflow, sheet->options->points,
                      &dataflow));
    cost_evaluate(dataflow, &layer, hardware, point.pes, point.buffer, &cost);
    if (!sheet->options->json) print_fields(csv, sheet->csv);
    sheet_cost(sheet, sheet->options->json ? fields_json(csv) : NULL, &cost);
    return status_ok();
}

static status_t find_columns(const csv_t *csv, const char *file, size_t columns[10])
{
    static const char *const names[10] = {"K", "C", "Y", "X", "R", "S", "T", "dataflow", "pe", "buf"};
    for (size_t i = 0; i < 10; i++) {
        columns[i] = csv_find(csv, names[i]);
        if (columns[i] == SIZE_MAX)
            return status_input(file, 1, names[i], "no such column; expected K,C,Y,X,R,S,T,dataflow,pe,buf");
    }
    return status_ok();
}

static status_t evaluate_points(sheet_t *sheet, csv_t *csv, dataflows_t *dataflows, const hardware_t *hardware)
{
    size_t columns[10];
    bool more;
    TRY(find_columns(csv, sheet->options->points, columns));
    for (size_t i = 0; !sheet->options->json && i < csv_columns(csv); i++)
        fprintf(sheet->csv, "%s%s", i ? "," : "", csv_header(csv, i));
    if (!sheet->options->json) {
        columns_print_names(sheet->options->all, sheet->csv);
        fputc('\n', sheet->csv);
    }
    for (;;) {
        TRY(csv_next(csv, &more));
        if (!more) return status_ok();
        TRY(evaluate_row(sheet, csv, columns, dataflows, hardware));
    }
}

static status_t points(sheet_t *sheet, const hardware_t *hardware)
{
    char *text = NULL;
    csv_t *csv = NULL;
    dataflows_t dataflows = {.n = 0};
    status_t status;
    TRY_OUT(file_read(sheet->options->points, &text, NULL));
    TRY_OUT(csv_open(text, sheet->options->points, &csv));
    TRY_OUT(evaluate_points(sheet, csv, &dataflows, hardware));
out:
    dataflows_close(&dataflows);
    csv_close(csv);
    free(text);
    return status;
}

/* ---- a workload -------------------------------------------------------------------------------------------------- */

static const int64_t default_pes[] = {1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128};
static const int64_t default_buffers[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

/* One value given by an option, or all the default levels. */
typedef struct {
    int64_t given;
    const int64_t *values;
    size_t n;
} range_t;

static status_t read_range(const char *text, const char *option, const int64_t *levels, size_t levels_n, range_t *range)
{
    *range = (range_t){.values = levels, .n = levels_n};
    if (!text) return status_ok();
    if (!text_to_integer(text, 1, MOST, &range->given))
        return status_input(NULL, 0, option, "expected a whole number from 1 to %d, found \"%s\"", MOST, text);
    range->values = NULL;
    range->n = 1;
    return status_ok();
}

static int64_t range_at(const range_t *range, size_t i)
{
    return range->values ? range->values[i] : range->given;
}

static void evaluate_layer(sheet_t *sheet, const workload_t *workload, size_t i, const dataflow_t *dataflow,
                           const char *dataflow_name, const hardware_t *hardware, int64_t pes, int64_t buffer)
{
    cost_t cost;
    json_t *row = NULL;
    const layer_t *layer = &workload->layers[i];
    cost_evaluate(dataflow, layer, hardware, pes, buffer, &cost);
    if (sheet->options->json)
        row = json_pack("{s:s, s:s, s:s, s:I, s:I}", "layer", layer->name, "type", layer_type_name(layer->type),
                        "dataflow", dataflow_name, "pe", (json_int_t)pes, "buf", (json_int_t)buffer);
    else
        fprintf(sheet->csv, "%s,%s,%s,%lld,%lld", layer->name, layer_type_name(layer->type), dataflow_name,
                (long long)pes, (long long)buffer);
    sheet_cost(sheet, row, &cost);
}

static status_t layer_range(const cost_options_t *options, const workload_t *workload, size_t *first, size_t *last)
{
    int64_t number;
    *first = 0;
    *last = workload->layers_n;
    if (!options->layer) return status_ok();
    if (!text_to_integer(options->layer, 1, (int64_t)workload->layers_n, &number))
        return status_input(NULL, 0, "--layer", "expected a layer from 1 to %zu, found \"%s\"", workload->layers_n,
                            options->layer);
    *first = (size_t)number - 1;
    *last = (size_t)number;
    return status_ok();
}

static status_t evaluate_workload(sheet_t *sheet, const workload_t *workload, dataflows_t *dataflows,
                                  const hardware_t *hardware)
{
    const cost_options_t *options = sheet->options;
    const char *conv = options->dataflow ? options->dataflow : "dla";
    range_t pes;
    range_t buffers;
    size_t first;
    size_t last;
    TRY(read_range(options->pes, "--pes", default_pes, sizeof default_pes / sizeof *default_pes, &pes));
    TRY(read_range(options->buffer, "--buffer", default_buffers, sizeof default_buffers / sizeof *default_buffers,
                   &buffers));
    TRY(layer_range(options, workload, &first, &last));
    if (!options->json) {
        fputs("layer,type,dataflow,pe,buf", sheet->csv);
        columns_print_names(options->all, sheet->csv);
        fputc('\n', sheet->csv);
    }
    for (size_t i = first; i < last; i++) {
        const char *name = workload->layers[i].type == LAYER_DSCONV ? "dpt" : conv;
        const dataflow_t *dataflow;
        TRY(dataflows_get(dataflows, name, NULL, &dataflow));
        for (size_t pe = 0; pe < pes.n; pe++)
            for (size_t buffer = 0; buffer < buffers.n; buffer++)
                evaluate_layer(sheet, workload, i, dataflow, name, hardware, range_at(&pes, pe),
                               range_at(&buffers, buffer));
    }
    return status_ok();
}

static status_t workload(sheet_t *sheet, const hardware_t *hardware)
{
    char path[FILE_PATH_MAX];
    workload_t network;
    dataflows_t dataflows = {.n = 0};
    TRY(file_find("models", sheet->options->workload, ".csv", NULL, path));
    TRY(workload_open(path, &network));
    const status_t status = evaluate_workload(sheet, &network, &dataflows, hardware);
    dataflows_close(&dataflows);
    workload_close(&network);
    return status;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static status_t open_hardware(const cost_options_t *options, hardware_t *hardware)
{
    char path[FILE_PATH_MAX];
    TRY(file_find("hw", options->hardware ? options->hardware : "asic", ".yaml", NULL, path));
    TRY(hardware_open(path, hardware));
    for (size_t i = 0; i < options->hw_n; i++) TRY(hardware_set(hardware, options->hw[i]));
    return status_ok();
}

/* All rows first, then all output: a bad row leaves nothing half printed. */
static status_t evaluate(const cost_options_t *options)
{
    hardware_t hardware;
    char *text = NULL;
    size_t length = 0;
    status_t status;
    sheet_t sheet = {.options = options, .csv = open_memstream(&text, &length), .rows = json_array()};
    TRY_OUT(sheet.csv && sheet.rows ? status_ok() : status_fail(STATUS_MEMORY, "no memory for a table"));
    TRY_OUT(open_hardware(options, &hardware));
    TRY_OUT(options->points ? points(&sheet, &hardware) : workload(&sheet, &hardware));
    (void)fflush(sheet.csv);
    if (options->json) {
        (void)json_dumpf(sheet.rows, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
        putchar('\n');
    } else
        (void)fwrite(text, 1, length, stdout);
out:
    if (sheet.csv) (void)fclose(sheet.csv);
    free(text);
    json_decref(sheet.rows);
    return status;
}

static status_t run(app_t *app, int argc, char **argv)
{
    cost_options_t options = {.points = NULL};
    bool help;
    TRY(app_parse(app, &argp, argc, argv, &options, &help));
    if (help) return status_ok();
    return app_root_only(app, app->root ? evaluate(&options) : status_ok());
}

const command_t command_cost = {"cost", "evaluate the cost model: points in a file, or a whole network", run};
