/* The summary on the terminal. */
#include "confx/compose.h"
#include "confx/try.h"
#include "listing.h"
#include "plain.h"
#include "summary.h"

#include <string.h>

enum { WIDTH = 110, LABEL = 11, NAME_LEAST = 8 };

/* ---- labelled sentences ------------------------------------------------------------------------------------------ */

/* Bytes of the text that go on this line: as many words as fit, one at least. */
static size_t line_bytes(const char *text, size_t width)
{
    size_t bytes = strcspn(text, " ");
    while (text[bytes]) {
        const size_t next = bytes + 1 + strcspn(text + bytes + 1, " ");
        if (next > width) break;
        bytes = next;
    }
    return bytes;
}

static void print_line(const char *label, const char *text, FILE *out)
{
    do {
        const size_t bytes = line_bytes(text, WIDTH - LABEL);
        out_print(out, "%-*s%.*s\n", LABEL, label, (int)bytes, text);
        text += bytes + strspn(text + bytes, " ");
        label = "";
    } while (*text);
}

static void print_summary(const summary_t *summary, FILE *out)
{
    for (size_t i = 0; i < summary->n; i++) print_line(summary->lines[i].label, summary->lines[i].text, out);
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

typedef struct {
    size_t widths[LISTING_COLUMNS];
    int space; /* between columns */
} layout_t;

static size_t column_width(const listing_t *listing, listing_column_t column)
{
    size_t width = plain_width(listing_head(listing, column).text);
    for (size_t row = 0; row <= listing->report->layers_n; row++) {
        const size_t cell = plain_width(listing_cell(listing, row, column).text);
        if (cell > width) width = cell;
    }
    return width;
}

/* Two blanks between columns where they fit, one else; then names give way. */
static layout_t lay_out(const listing_t *listing)
{
    layout_t layout = {.space = 2};
    size_t total = 0;
    size_t columns = 0;
    for (listing_column_t column = 0; column < LISTING_COLUMNS; column++) {
        if (!listing_shows(listing, column)) continue;
        layout.widths[column] = column_width(listing, column);
        total += layout.widths[column];
        columns++;
    }
    if (total + 2 * (columns - 1) <= WIDTH) return layout;
    layout.space = 1;
    size_t *name = &layout.widths[LISTING_NAME];
    for (; total + columns - 1 > WIDTH && *name > NAME_LEAST; total--) (*name)--;
    return layout;
}

static void print_cell(const layout_t *layout, listing_column_t column, figure_t cell, FILE *out)
{
    const size_t width = layout->widths[column];
    plain_cut(cell.text, width);
    const int blanks = (int)(width - plain_width(cell.text));
    const bool left = listing_is_text(column);
    out_print(out, "%*s%*s%s%*s", column ? layout->space : 0, "", left ? 0 : blanks, "", cell.text, left ? blanks : 0,
              "");
}

static void print_row(const listing_t *listing, const layout_t *layout, size_t row, FILE *out)
{
    for (listing_column_t column = 0; column < LISTING_COLUMNS; column++)
        if (listing_shows(listing, column)) print_cell(layout, column, listing_cell(listing, row, column), out);
    fputc('\n', out);
}

static void print_listing(const report_t *report, FILE *out)
{
    const listing_t listing = listing_begin(report);
    const layout_t layout = lay_out(&listing);
    for (listing_column_t column = 0; column < LISTING_COLUMNS; column++)
        if (listing_shows(&listing, column)) print_cell(&layout, column, listing_head(&listing, column), out);
    fputc('\n', out);
    for (size_t row = 0; row <= report->layers_n; row++) print_row(&listing, &layout, row, out);
    fputc('\n', out);
}

confx_status_t report_print(const report_t *report, FILE *out)
{
    summary_t summary;
    summary_task(report, &summary);
    print_summary(&summary, out);
    fputc('\n', out);
    if (report->found) print_listing(report, out);
    summary_result(report, &summary);
    print_summary(&summary, out);
    summary_files(report, &summary);
    print_summary(&summary, out);
    return fflush(out) || ferror(out) ? status_fail(CONFX_STATUS_IO, "the summary cannot be written") : status_ok();
}
