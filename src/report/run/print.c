/* The summary on the terminal. */
#include "confx/compose.h"
#include "confx/table_show.h"
#include "confx/try.h"
#include "report/run/listing.h"
#include "report/run/summary.h"
#include "report/run/utilisation.h"

#include <string.h>

enum { WIDTH = 110, LABEL = 11 };

/* ---- labelled sentences ---------------------------------------------------------------------- */

/* Bytes of the text that go on this line: as many words as fit, one at least. */
static size_t print_line_bytes(const char *text, size_t width)
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
        const size_t bytes = print_line_bytes(text, WIDTH - LABEL);
        out_print(out, "%-*s%.*s\n", LABEL, label, (int)bytes, text);
        text += bytes + strspn(text + bytes, " ");
        label = "";
    } while (*text);
}

static void print_summary(const summary_t *summary, FILE *out)
{
    for (size_t i = 0; i < summary->n; i++)
        print_line(summary->lines[i].label, summary->lines[i].text, out);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static confx_status_t print_listing(const report_t *report, FILE *out)
{
    listing_t listing;
    listing_begin(report, &listing);
    TRY(table_print(&listing.table, (table_look_t){.width = WIDTH}, out));
    fputc('\n', out);
    return status_ok();
}

static confx_status_t print_utilisation(const report_t *report, FILE *out)
{
    utilisation_t utilisation;
    utilisation_begin(report, false, &utilisation);
    TRY(table_print(&utilisation.table, (table_look_t){.width = WIDTH}, out));
    fputc('\n', out);
    return status_ok();
}

confx_status_t report_print(const report_t *report, FILE *out)
{
    summary_t summary;
    summary_task(report, &summary);
    print_summary(&summary, out);
    fputc('\n', out);
    if (report->found) TRY(print_listing(report, out));
    if (report->utilisation) TRY(print_utilisation(report, out));
    /* One part after the other in the same memory: each begins with no lines. */
    summary_result(report, &summary);
    print_summary(&summary, out);
    summary_files(report, &summary);
    print_summary(&summary, out);
    return fflush(out) || ferror(out)
               ? status_fail(CONFX_STATUS_IO, "the summary cannot be written")
               : status_ok();
}
