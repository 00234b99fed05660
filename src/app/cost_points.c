/* confx cost --points FILE.csv: rows of layers and actions, printed with the outputs added. */
#include "confx/text.h"
#include "cost_modes.h"

#include <stdlib.h>

enum { POINT_DIMS = 6, POINT_TYPE = POINT_DIMS, POINT_DATAFLOW, POINT_PES, POINT_BUFFER, POINT_COLUMNS };

static const char *const point_columns[POINT_COLUMNS] = {"K", "C", "Y", "X", "R", "S", "T", "dataflow", "pe", "buf"};

typedef struct {
    sheet_t *sheet;
    const hardware_t *hardware;
    csv_t *csv;
    size_t columns[POINT_COLUMNS];
    dataflows_t dataflows;
} points_t;

typedef struct {
    layer_t layer;
    int64_t pes, buffer;
    const dataflow_t *dataflow;
} point_t;

static status_t find_columns(points_t *points)
{
    for (size_t i = 0; i < POINT_COLUMNS; i++) {
        points->columns[i] = csv_find(points->csv, point_columns[i]);
        if (points->columns[i] == SIZE_MAX)
            return status_input(points->sheet->options->points, 1, point_columns[i],
                                "no such column; expected K,C,Y,X,R,S,T,dataflow,pe,buf");
    }
    return status_ok();
}

/* ---- a row ------------------------------------------------------------------------------------------------------- */

static status_t read_layer(const points_t *points, layer_t *layer)
{
    static const dim_t dims[POINT_DIMS] = {DIM_K, DIM_C, DIM_Y, DIM_X, DIM_R, DIM_S};
    int64_t type;
    *layer = (layer_t){.stride_y = 1, .stride_x = 1};
    for (size_t i = 0; i < POINT_DIMS; i++)
        TRY(csv_integer(points->csv, points->columns[i], 1, LAYER_DIM_MAX, &layer->dim[dims[i]]));
    TRY(csv_integer(points->csv, points->columns[POINT_TYPE], 1, 2, &type));
    layer->type = type == 2 ? LAYER_DSCONV : LAYER_CONV;
    if (layer->dim[DIM_R] <= layer->dim[DIM_Y] && layer->dim[DIM_S] <= layer->dim[DIM_X]) return status_ok();
    return status_input(points->sheet->options->points, csv_line(points->csv), NULL,
                        "the filter (R, S) is larger than Y, X");
}

static status_t read_point(points_t *points, point_t *point)
{
    TRY(read_layer(points, &point->layer));
    const char *named = csv_field(points->csv, points->columns[POINT_DATAFLOW]);
    const char *name = point->layer.type == LAYER_DSCONV ? "dpt" : named;
    TRY(csv_integer(points->csv, points->columns[POINT_PES], 1, COST_COUNT_MAX, &point->pes));
    TRY(csv_integer(points->csv, points->columns[POINT_BUFFER], 1, COST_COUNT_MAX, &point->buffer));
    const status_t found = dataflows_get(&points->dataflows, name, points->sheet->options->points, &point->dataflow);
    if (found.code != STATUS_INPUT) return found;
    return status_input(points->sheet->options->points, csv_line(points->csv), "dataflow", "%s", found.message);
}

static status_t evaluate_row(points_t *points)
{
    sheet_t *sheet = points->sheet;
    const csv_t *csv = points->csv;
    point_t point;
    cost_t cost;
    figures_t figures;
    TRY(read_point(points, &point));
    cost_evaluate(point.dataflow, &point.layer, points->hardware, point.pes, point.buffer, &cost);
    TRY(sheet_check(sheet, sheet->options->points, csv_line(csv), NULL, &cost));
    figures_fill(&cost, points->hardware, &figures);
    for (size_t i = 0; i < csv_columns(csv); i++) sheet_field(sheet, csv_header(csv, i), csv_field(csv, i));
    sheet_end_row(sheet, &figures);
    return status_ok();
}

/* ---- all rows ---------------------------------------------------------------------------------------------------- */

static status_t name_columns(const points_t *points)
{
    const size_t n = csv_columns(points->csv);
    const char **names = calloc(n, sizeof *names);
    if (!names) return status_fail(STATUS_MEMORY, "no memory for %zu columns", n);
    for (size_t i = 0; i < n; i++) names[i] = csv_header(points->csv, i);
    sheet_names(points->sheet, names, n);
    free(names);
    return status_ok();
}

static status_t evaluate_rows(points_t *points)
{
    bool more;
    TRY(find_columns(points));
    TRY(name_columns(points));
    for (;;) {
        TRY(csv_next(points->csv, &more));
        if (!more) return status_ok();
        TRY(evaluate_row(points));
    }
}

status_t cost_points(sheet_t *sheet, const hardware_t *hardware)
{
    const char *file = sheet->options->points;
    char *text = NULL;
    points_t points = {.sheet = sheet, .hardware = hardware};
    status_t status;
    TRY_OUT(file_read(file, &text, NULL));
    TRY_OUT(csv_open(text, file, &points.csv));
    TRY_OUT(evaluate_rows(&points));
out:
    dataflows_close(&points.dataflows);
    csv_close(points.csv);
    free(text);
    return status;
}
