/* confx cost --points FILE.csv: rows of layers and actions, printed with the outputs added. */
#include "app/cost/cost_modes.h"
#include "confx/accounting.h"
#include "confx/layer_table.h"
#include "confx/text.h"
#include "confx/try.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    sheet_t *sheet;
    const confx_hardware_t *hardware;
    csv_t *csv;
    layer_columns_t layer;
    size_t dataflow, pes, buffer; /* columns */
    dataflows_t dataflows;
    size_t others; /* rows of depthwise layers that name another dataflow than that of such */
} points_t;

typedef struct {
    confx_layer_t layer;
    int64_t pes, buffer;
    const char *name; /* of the dataflow, as it is found by */
    const confx_dataflow_t *dataflow;
} point_t;

static confx_status_t cost_points_find_columns(points_t *points)
{
    static const char *const own[] = {"dataflow", "pe", "buf"};
    size_t *const columns[] = {&points->dataflow, &points->pes, &points->buffer};
    enum { OWN = sizeof own / sizeof *own };
    for (size_t i = 0; i < OWN; i++) {
        *columns[i] = csv_find(points->csv, own[i]);
        if (*columns[i] == SIZE_MAX)
            return status_input(points->sheet->options->points, csv_line(points->csv), own[i],
                                "no such column; expected K,C,Y,X,R,S,T,dataflow,pe,buf");
    }
    return layer_columns_find(points->csv, own, OWN, &points->layer);
}

/* ---- a row ----------------------------------------------------------------------------------- */

/* By its name in the row, which has to be a good one for a depthwise layer as well. */
static confx_status_t cost_points_find_dataflow(points_t *points, point_t *point)
{
    const cost_options_t *options = points->sheet->options;
    const char *name = csv_field(points->csv, points->dataflow);
    if (!text_is_name(name))
        return status_input(options->points, csv_line(points->csv), "dataflow",
                            "expected a name without control characters that does not begin with "
                            "=, +, - or @, found "
                            "\"%s\"",
                            name);
    /* A failure of the user's is worded anew with the line of the row; one of the system is passed
       on as it is. For a depthwise layer the dataflow found is then replaced by the one for such
       layers. */
    const confx_status_t found =
        dataflows_get(&points->dataflows, name, options->points, &point->dataflow);
    if (found.code == CONFX_STATUS_INPUT)
        return status_input(options->points, csv_line(points->csv), "dataflow", "%s",
                            found.message);
    point->name = name;
    if (found.code != CONFX_STATUS_OK || point->layer.type != CONFX_LAYER_DSCONV) return found;
    point->name = cost_dataflow_name(options, CONFX_LAYER_DSCONV);
    points->others += strcmp(name, point->name) != 0;
    return dataflows_get(&points->dataflows, point->name, NULL, &point->dataflow);
}

static confx_status_t cost_points_read_point(points_t *points, point_t *point)
{
    TRY(layer_columns_read(points->csv, &points->layer, &point->layer));
    TRY(accounting_check_layer(points->hardware, &point->layer, points->sheet->options->points,
                               csv_line(points->csv)));
    TRY(csv_integer(points->csv, points->pes, 1, COST_COUNT_MAX, &point->pes));
    TRY(csv_integer(points->csv, points->buffer, 1, COST_COUNT_MAX, &point->buffer));
    return cost_points_find_dataflow(points, point);
}

static confx_status_t cost_points_evaluate_row(points_t *points)
{
    sheet_t *sheet = points->sheet;
    const csv_t *csv = points->csv;
    point_t point;
    figures_t figures;
    TRY(cost_points_read_point(points, &point));
    const sheet_point_t place = {.file = sheet->options->points,
                                 .line = csv_line(csv),
                                 .name = point.name,
                                 .dataflow = point.dataflow,
                                 .layer = &point.layer,
                                 .pes = point.pes,
                                 .buffer = point.buffer};
    TRY(sheet_evaluate(sheet, &place, &figures));
    for (size_t i = 0; i < csv_columns(csv); i++) table_text(&sheet->row, "%s", csv_field(csv, i));
    sheet_end_row(sheet, &figures);
    return status_ok();
}

/* ---- all rows -------------------------------------------------------------------------------- */

/* What the file has comes first, as it stands there. */
static confx_status_t cost_points_name_columns(const points_t *points)
{
    const size_t n = csv_columns(points->csv);
    table_column_t *own = calloc(n, sizeof *own);
    if (!own) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu columns", n);
    for (size_t i = 0; i < n; i++)
        own[i] = (table_column_t){csv_header(points->csv, i), .type = TABLE_FIELD};
    const confx_status_t status = sheet_columns(points->sheet, own, n);
    free(own);
    return status;
}

static confx_status_t cost_points_evaluate_rows(points_t *points)
{
    bool more;
    TRY(cost_points_find_columns(points));
    TRY(dataflows_check(&points->dataflows, points->sheet->options));
    TRY(cost_points_name_columns(points));
    for (;;) {
        TRY(csv_next(points->csv, &more));
        if (!more) return status_ok();
        TRY(cost_points_evaluate_row(points));
    }
}

/* A row that says shi and has the figures of dpt must not go without a word. */
static void cost_points_note_others(const points_t *points)
{
    if (points->others)
        out_print(points->sheet->notes,
                  "confx: note: %zu row%s of depthwise layers %s of the dataflow %s "
                  "(--dataflow-depthwise), whatever %s says\n",
                  points->others, points->others == 1 ? "" : "s",
                  points->others == 1 ? "is" : "are",
                  cost_dataflow_name(points->sheet->options, CONFX_LAYER_DSCONV),
                  points->others == 1 ? "it" : "each");
}

confx_status_t cost_points(sheet_t *sheet, const confx_hardware_t *hardware)
{
    const char *file = sheet->options->points;
    char *text = NULL;
    points_t points = {.sheet = sheet, .hardware = hardware};
    confx_status_t status;
    TRY_OUT(file_load(file, FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    TRY_OUT(csv_open(text, file, &points.csv));
    TRY_OUT(cost_points_evaluate_rows(&points));
    cost_points_note_others(&points);
out:
    dataflows_close(&points.dataflows);
    csv_close(points.csv);
    free(text);
    return status;
}
