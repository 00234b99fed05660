/* The table of confx cost. */
#include "confx/compose.h"
#include "confx/macs.h"
#include "confx/text.h"
#include "confx/try.h"
#include "cost_modes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NOTES_MOST = 10 };

confx_status_t sheet_open(const cost_options_t *options, const confx_hardware_t *hardware, sheet_t *sheet)
{
    *sheet = (sheet_t){.options = options, .hardware = hardware, .notes_most = NOTES_MOST, .rows = json_array()};
    if (compose_begin(&sheet->csv_text).code == CONFX_STATUS_OK) sheet->csv = sheet->csv_text.out;
    if (compose_begin(&sheet->notes_text).code == CONFX_STATUS_OK) sheet->notes = sheet->notes_text.out;
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
    json_decref(sheet->row);
    json_decref(sheet->networks);
    json_decref(sheet->total);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static columns_t sheet_columns(const sheet_t *sheet)
{
    return (columns_t){.all = sheet->options->all, .limited = confx_hardware_is_limited(sheet->hardware)};
}

void sheet_names(sheet_t *sheet, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) out_print(sheet->csv, "%s%s", i ? "," : "", names[i]);
    columns_print_names(sheet_columns(sheet), sheet->csv);
    fputc('\n', sheet->csv);
}

/* The next cell of the row, which the first one begins. Owns the value. */
static void set_cell(sheet_t *sheet, const char *name, json_t *value)
{
    if (!sheet->row) sheet->row = json_object();
    if (json_object_set_new(sheet->row, name, value)) sheet->failed = true;
}

/* JSON is UTF-8: of other texts the letters it cannot hold are replaced. */
static json_t *json_of_text(const char *text)
{
    json_t *value = json_string(text);
    char *plain = value ? NULL : strdup(text);
    if (!plain) return value;
    for (char *c = plain; *c; c++)
        if (!isascii((unsigned char)*c)) *c = '?';
    value = json_string(plain);
    free(plain);
    return value;
}

static void print_cell(sheet_t *sheet, const char *text)
{
    out_print(sheet->csv, "%s%s", sheet->cells++ ? "," : "", text);
}

void sheet_text(sheet_t *sheet, const char *name, const char *text)
{
    if (sheet->options->json)
        set_cell(sheet, name, json_of_text(text));
    else
        print_cell(sheet, text);
}

void sheet_field(sheet_t *sheet, const char *name, const char *text)
{
    int64_t number;
    if (sheet->options->json && text_to_integer(text, INT64_MIN, INT64_MAX, &number))
        set_cell(sheet, name, json_integer(number));
    else
        sheet_text(sheet, name, text);
}

void sheet_whole(sheet_t *sheet, const char *name, int64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)number);
    sheet_field(sheet, name, text);
}

/* The row so far, with the figures; the sheet begins another one. */
static json_t *finish_row(sheet_t *sheet, const figures_t *figures)
{
    json_t *row = sheet->row ? sheet->row : json_object();
    if (columns_json(figures, sheet_columns(sheet), row)) sheet->failed = true;
    sheet->row = NULL;
    return row;
}

static void finish_line(sheet_t *sheet, const figures_t *figures)
{
    columns_print(figures, sheet_columns(sheet), sheet->csv);
    fputc('\n', sheet->csv);
    sheet->cells = 0;
}

void sheet_end_row(sheet_t *sheet, const figures_t *figures)
{
    if (!sheet->options->json)
        finish_line(sheet, figures);
    else if (json_array_append_new(sheet->rows, finish_row(sheet, figures)))
        sheet->failed = true;
}

void sheet_end_subtotal(sheet_t *sheet, const figures_t *figures)
{
    if (!sheet->options->json) {
        finish_line(sheet, figures);
        return;
    }
    if (!sheet->networks) sheet->networks = json_array();
    if (json_array_append_new(sheet->networks, finish_row(sheet, figures))) sheet->failed = true;
}

void sheet_end_total(sheet_t *sheet, const figures_t *figures)
{
    if (!sheet->options->json)
        finish_line(sheet, figures);
    else
        sheet->total = finish_row(sheet, figures);
}

/* ---- warnings ---------------------------------------------------------------------------------------------------- */

confx_status_t sheet_warn(sheet_t *sheet, confx_status_t told)
{
    if (sheet->options->strict) return told;
    if (sheet->notes_n == 0) sheet->first = told;
    if (sheet->notes_n++ < sheet->notes_most) out_print(sheet->notes, "confx: warning: %s\n", told.message);
    return status_ok();
}

confx_status_t sheet_check(sheet_t *sheet, const char *file, int line, const char *key, const confx_cost_t *cost)
{
    char limits[CONFX_COST_LIMITS_TEXT_MAX];
    if (cost->fault != CONFX_COST_VALID)
        return sheet_warn(sheet, status_input(file, line, key, "%s", confx_cost_fault_text(cost->fault)));
    if (!confx_cost_exceeded_text(cost, sheet->hardware, limits)) return status_ok();
    return sheet_warn(sheet, status_input(file, line, key, "%s", limits));
}

static void note_macs(sheet_t *sheet)
{
    char text[256];
    if (macs_tally_say(&sheet->macs, "valid rows", text, sizeof text))
        out_print(sheet->notes, "confx: note: MACs are %s (--explain tells why)\n", text);
}

/* Names come from files: they may not move a terminal's cursor. */
static void print_notes(sheet_t *sheet)
{
    if (sheet->notes_n > sheet->notes_most)
        out_print(sheet->notes, "confx: warning: %zu more such rows\n", sheet->notes_n - sheet->notes_most);
    note_macs(sheet);
    if (fflush(sheet->notes) || ferror(sheet->notes))
        sheet->failed = true;
    else
        for (const char *c = sheet->notes_text.text; c && *c; c++)
            fputc(*c != '\n' && iscntrl((unsigned char)*c) ? ' ' : *c, stderr);
}

confx_status_t sheet_refuse(sheet_t *sheet, const char *file, const char *what)
{
    if (sheet->notes_n == 1) return sheet->first;
    print_notes(sheet);
    return status_input(file, 0, NULL, "%s", what);
}

/* ---- output ------------------------------------------------------------------------------------------------------ */

/* An array of rows, or an object that holds it beside the total. */
static void print_json(sheet_t *sheet)
{
    json_t *all = json_incref(sheet->rows);
    if (sheet->total) {
        json_decref(all);
        all = json_pack("{s:O, s:O*, s:O}", "layers", sheet->rows, "networks", sheet->networks, "total", sheet->total);
    }
    char *text = all ? json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) : NULL;
    if (text)
        puts(text);
    else
        sheet->failed = true;
    free(text);
    json_decref(all);
}

confx_status_t sheet_print(sheet_t *sheet)
{
    if (fflush(sheet->csv) || ferror(sheet->csv)) sheet->failed = true;
    if (!sheet->failed) print_notes(sheet);
    if (!sheet->failed && sheet->options->json)
        print_json(sheet);
    else if (!sheet->failed)
        (void)fwrite(sheet->csv_text.text, 1, sheet->csv_text.length, stdout);
    return sheet->failed ? status_fail(CONFX_STATUS_MEMORY, "no memory for a table") : status_ok();
}
