/* confx cost: its options, and the modes that fill its table. */
#ifndef APP_COST_MODES_H
#define APP_COST_MODES_H

#include "app/cost/cost_columns.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/macs.h"
#include "confx/mapping.h"
#include "confx/table_show.h"

enum { COST_HW_MAX = 64, COST_DATAFLOWS_MAX = 64, COST_COUNT_MAX = 1 << 20 };

typedef struct {
    const char *points, *workload, *mapping;                            /* exactly one is given */
    const char *dataflow, *depthwise, *hardware, *pes, *buffer, *layer; /* NULL where not given */
    const char *hw[COST_HW_MAX];
    size_t hw_n;
    bool all, json, strict, explain;
} cost_options_t;

/* ---- the table: CSV or JSON, composed in memory ---------------------------------------------- */

typedef struct {
    const cost_options_t *options;
    const confx_hardware_t *hardware;
    compose_t csv_text, notes_text;
    FILE *csv, *notes;       /* their streams; notes: what to warn of */
    table_column_t *columns; /* a row's own, those of figures behind them */
    size_t columns_n;
    table_row_t row; /* the one being filled */
    json_t *rows;
    json_t *networks, *total; /* of a mapping file: totals of its networks where it has several, and
                                 of all; or NULL */
    size_t notes_n, notes_most; /* warnings so far; how many of them are told each by itself */
    confx_status_t first;       /* the first of them */
    macs_tally_t macs;          /* of valid rows */
    bool failed;                /* no memory */
} sheet_t;

confx_status_t sheet_open(const cost_options_t *options, const confx_hardware_t *hardware,
                          sheet_t *sheet);
void sheet_close(sheet_t *sheet);

/* A row's own columns, before the first row. Their names must stay alive as long as rows are
   added. */
confx_status_t sheet_columns(sheet_t *sheet, const table_column_t *own, size_t n);

/* The row whose own cells were added to sheet->row gets its figures. */
void sheet_end_row(sheet_t *sheet, const figures_t *figures);
void sheet_end_subtotal(sheet_t *sheet, const figures_t *figures);
void sheet_end_total(sheet_t *sheet, const figures_t *figures);

/* What a row is of: a layer and an action, and its place for messages, as status_input takes it. */
typedef struct {
    const char *file, *key;
    int line;
    const char *name; /* of the dataflow, or NULL */
    const confx_dataflow_t *dataflow;
    const confx_layer_t *layer;
    int64_t pes, buffer;
} sheet_point_t;

/* The figures of a point. One that is invalid, or exceeds a limit of the hardware, is a warning;
   CONFX_STATUS_INPUT under --strict. */
confx_status_t sheet_evaluate(sheet_t *sheet, const sheet_point_t *point, figures_t *figures);

/* Any other warning, worded as the failure that it is under --strict. */
confx_status_t sheet_warn(sheet_t *sheet, confx_status_t told);

/* No row can stand: CONFX_STATUS_INPUT. A single warning is the reason, several are printed and
   `what` of the file follows. */
confx_status_t sheet_refuse(sheet_t *sheet, const char *file, const char *what);

/* Warnings, then the table: when all went well. */
confx_status_t sheet_print(sheet_t *sheet);

/* ---- what several modes need ----------------------------------------------------------------- */

/* Dataflows by name, each read once. */
typedef struct {
    struct {
        char *name;
        confx_dataflow_t *dataflow;
    } places[COST_DATAFLOWS_MAX];
    size_t n;
} dataflows_t;

/* The name of the dataflow that layers of this type get where nothing else says it. */
const char *cost_dataflow_name(const cost_options_t *options, confx_layer_type_t type);

/* Read what both options name, whether a layer asks for it or not: a bad name is never passed
   over. */
confx_status_t dataflows_check(dataflows_t *datasets, const cost_options_t *options);

confx_status_t dataflows_get(dataflows_t *datasets, const char *name, const char *beside,
                             const confx_dataflow_t **out);
void dataflows_close(dataflows_t *datasets);

/* The whole number from 1 that an option gives. */
confx_status_t cost_count(const char *option, const char *text, int64_t most, int64_t *count);

/* ---- modes ----------------------------------------------------------------------------------- */

confx_status_t cost_points(sheet_t *sheet, const confx_hardware_t *hardware);
confx_status_t cost_workload(sheet_t *sheet, const confx_hardware_t *hardware);
confx_status_t cost_mapping(sheet_t *sheet, const confx_hardware_t *hardware);
confx_status_t cost_one(const cost_options_t *options, const confx_hardware_t *hardware,
                        char **text); /* --explain */

/* A mapping or model file whose layers all have a dataflow; and its PEs and buffer level. */
confx_status_t cost_mapping_open(const cost_options_t *options, confx_mapping_t *mapping);
confx_status_t cost_mapping_action(const cost_options_t *options, const confx_hardware_t *hardware,
                                   int64_t *pes, int64_t *buffer);

/* Layers first .. last-1: all, or the one that --layer names. */
confx_status_t cost_layers(const cost_options_t *options, size_t layers_n, size_t *first,
                           size_t *last);

#endif
