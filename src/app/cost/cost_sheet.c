/* The table of confx cost. */
#include "app/cost/cost_modes.h"
#include "confx/accounting.h"
#include "confx/compose.h"
#include "confx/macs.h"
#include "confx/try.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NOTES_MOST = 10 };

confx_status_t sheet_open(const cost_options_t *options, const confx_hardware_t *hardware,
                          sheet_t *sheet)
{
    *sheet = (sheet_t){
        .options = options, .hardware = hardware, .notes_most = NOTES_MOST, .rows = json_array()};
    /* The streams keep pointers into the sheet, which therefore must not move after this. One that
       could not be opened stays NULL, and sheet_close releases only what there is. */
    if (compose_begin(&sheet->csv_text).code == CONFX_STATUS_OK) sheet->csv = sheet->csv_text.out;
    if (compose_begin(&sheet->notes_text).code == CONFX_STATUS_OK)
        sheet->notes = sheet->notes_text.out;
    if (sheet->csv && sheet->notes && sheet->rows) return status_ok();
    sheet_close(sheet);
    return status_fail(CONFX_STATUS_MEMORY, "no memory for a table");
}

void sheet_close(sheet_t *sheet)
{
    if (sheet->csv) (void)fclose(sheet->csv);
    if (sheet->notes) (void)fclose(sheet->notes);
    free(sheet->csv_text.text);
    free(sheet->notes_text.text);
    json_decref(sheet->rows);
    table_row_end(&sheet->row);
    free(sheet->columns);
    json_decref(sheet->networks);
    json_decref(sheet->total);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static columns_t cost_sheet_figures(const sheet_t *sheet)
{
    return (columns_t){.accounting = sheet->hardware->accounting,
                       .all = sheet->options->all,
                       .limited = confx_hardware_is_limited(sheet->hardware),
                       .json = sheet->options->json};
}

confx_status_t sheet_columns(sheet_t *sheet, const table_column_t *own, size_t n)
{
    assert(!sheet->columns);
    sheet->columns = calloc(n + COLUMNS_MAX, sizeof *sheet->columns);
    if (!sheet->columns) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu columns", n);
    for (size_t i = 0; i < n; i++) sheet->columns[i] = own[i];
    sheet->columns_n = n + columns_list(cost_sheet_figures(sheet), sheet->columns + n);
    table_csv_head(sheet->columns, sheet->columns_n, sheet->csv);
    return status_ok();
}

/* The row as a line of CSV; or as an object, NULL without memory. The sheet begins another one. */
static json_t *cost_sheet_end(sheet_t *sheet, const figures_t *figures)
{
    json_t *object = NULL;
    columns_add(figures, cost_sheet_figures(sheet), &sheet->row);
    /* A row that lost a cell could put all later cells under wrong names. It is not printed at all,
       and the whole table fails at the end. */
    if (sheet->row.failed)
        sheet->failed = true;
    else if (sheet->options->json)
        object = table_json_row(sheet->columns, sheet->columns_n, &sheet->row);
    else
        table_csv_row(sheet->columns, sheet->columns_n, &sheet->row, sheet->csv);
    table_row_begin(&sheet->row);
    return object;
}

static void cost_sheet_end_in(sheet_t *sheet, const figures_t *figures, json_t **list)
{
    json_t *object = cost_sheet_end(sheet, figures);
    if (!sheet->options->json) return;
    if (!*list) *list = json_array();
    if (json_array_append_new(*list, object)) sheet->failed = true;
}

void sheet_end_row(sheet_t *sheet, const figures_t *figures)
{
    cost_sheet_end_in(sheet, figures, &sheet->rows);
}

void sheet_end_subtotal(sheet_t *sheet, const figures_t *figures)
{
    cost_sheet_end_in(sheet, figures, &sheet->networks);
}

void sheet_end_total(sheet_t *sheet, const figures_t *figures)
{
    sheet->total = cost_sheet_end(sheet, figures);
    if (sheet->options->json && !sheet->total) sheet->failed = true;
}

/* ---- warnings -------------------------------------------------------------------------------- */

confx_status_t sheet_warn(sheet_t *sheet, confx_status_t told)
{
    if (sheet->options->strict) return told;
    if (sheet->notes_n == 0) sheet->first = told;
    if (sheet->notes_n++ < sheet->notes_most)
        out_print(sheet->notes, "confx: warning: %s\n", told.message);
    return status_ok();
}

/* Why a point is invalid: in words of its own where there is a MAC that tells it. */
static confx_status_t cost_sheet_refuse_point(const sheet_t *sheet, const sheet_point_t *point,
                                              confx_cost_fault_t fault)
{
    const char *instead = point->name ? accounting_dataflow_instead(point->name) : NULL;
    char text[CONFX_COST_WITNESS_TEXT_MAX];
    confx_cost_witness_t witness;
    if (fault != CONFX_COST_ILLEGAL ||
        !confx_cost_witness(point->dataflow, point->layer, sheet->hardware, point->pes,
                            point->buffer, &witness))
        return status_input(point->file, point->line, point->key, "%s",
                            confx_cost_fault_text(fault));
    confx_cost_witness_text(&witness, point->layer, text);
    return status_input(point->file, point->line, point->key, "illegal, as %s%s%s", text,
                        instead ? "; use dataflow " : "", instead ? instead : "");
}

static confx_status_t cost_sheet_check(sheet_t *sheet, const sheet_point_t *point,
                                       const confx_cost_t *cost)
{
    char limits[CONFX_COST_LIMITS_TEXT_MAX];
    /* A witness is searched for, which takes its time, only where it is told. */
    if (cost->fault == CONFX_COST_ILLEGAL && !sheet->options->strict &&
        sheet->notes_n >= sheet->notes_most)
        return sheet_warn(sheet, status_input(point->file, point->line, point->key, "illegal"));
    if (cost->fault != CONFX_COST_VALID)
        return sheet_warn(sheet, cost_sheet_refuse_point(sheet, point, cost->fault));
    if (!confx_cost_exceeded_text(cost, sheet->hardware, limits)) return status_ok();
    return sheet_warn(sheet, status_input(point->file, point->line, point->key, "%s", limits));
}

confx_status_t sheet_evaluate(sheet_t *sheet, const sheet_point_t *point, figures_t *figures)
{
    confx_cost_t cost;
    confx_cost_evaluate(point->dataflow, point->layer, sheet->hardware, point->pes, point->buffer,
                        &cost);
    TRY(cost_sheet_check(sheet, point, &cost));
    /* An invalid point has counts of no meaning, and stays out of the tally of MACs. */
    if (cost.fault == CONFX_COST_VALID)
        macs_tally_add(&sheet->macs, point->layer, (double)cost.macs);
    figures_fill(&cost, sheet->hardware, point->layer, point->pes, figures);
    return status_ok();
}

/* What the figures leave out, and whose they are where the profile does not say. */
static void cost_sheet_note_hardware(sheet_t *sheet)
{
    char text[ACCOUNTING_TEXT_MAX];
    accounting_say_absent(sheet->hardware, text);
    if (*text) out_print(sheet->notes, "confx: note: %s\n", text);
    accounting_say_left_out(sheet->hardware, text);
    if (*text) out_print(sheet->notes, "confx: note: %s\n", text);
}

static void cost_sheet_note_macs(sheet_t *sheet)
{
    char text[256];
    if (macs_tally_say(&sheet->macs, "valid rows", text, sizeof text))
        out_print(sheet->notes, "confx: note: MACs are %s (--explain tells why)\n", text);
}

/* Names come from files: they may not move a terminal's cursor. */
static void cost_sheet_print_notes(sheet_t *sheet)
{
    if (sheet->notes_n > sheet->notes_most)
        out_print(sheet->notes, "confx: warning: %zu more such rows\n",
                  sheet->notes_n - sheet->notes_most);
    cost_sheet_note_macs(sheet);
    cost_sheet_note_hardware(sheet);
    if (fflush(sheet->notes) || ferror(sheet->notes))
        sheet->failed = true;
    else
        for (const char *c = sheet->notes_text.text; c && *c; c++)
            fputc(*c != '\n' && iscntrl((unsigned char)*c) ? ' ' : *c, stderr);
}

confx_status_t sheet_refuse(sheet_t *sheet, const char *file, const char *what)
{
    if (sheet->notes_n == 1) return sheet->first;
    cost_sheet_print_notes(sheet);
    return status_input(file, 0, NULL, "%s", what);
}

/* ---- output ---------------------------------------------------------------------------------- */

/* An array of rows, or an object that holds it beside the total. */
static confx_status_t cost_sheet_print_json(const sheet_t *sheet)
{
    json_t *all = sheet->total ? json_pack("{s:O, s:O*, s:O}", "layers", sheet->rows, "networks",
                                           sheet->networks, "total", sheet->total)
                               : json_incref(sheet->rows);
    return json_print(all, "the table", 1, stdout);
}

confx_status_t sheet_print(sheet_t *sheet)
{
    /* The warnings go to standard error before the first byte of the table goes to standard output.
       A text of which anything was lost is not printed at all. */
    if (fflush(sheet->csv) || ferror(sheet->csv)) sheet->failed = true;
    if (!sheet->failed) cost_sheet_print_notes(sheet);
    if (sheet->failed) return status_fail(CONFX_STATUS_MEMORY, "no memory for a table");
    if (sheet->options->json) return cost_sheet_print_json(sheet);
    (void)fwrite(sheet->csv_text.text, 1, sheet->csv_text.length, stdout);
    return status_ok();
}
