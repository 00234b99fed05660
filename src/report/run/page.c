/* report.html: one self-contained page without scripts, for people and for screen readers. */
#include "confx/compose.h"
#include "confx/table_show.h"
#include "report/plot/plot.h"
#include "report/run/listing.h"
#include "report/run/summary.h"
#include "report/run/utilisation.h"

#include <ctype.h>
#include <string.h>

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 "
    "auto;padding:1rem;color:#222;background:#fff}\n"
    "h1{font-size:1.5rem;margin:.5rem 0}\n"
    "h2{font-size:1.2rem;margin:1.5rem 0 .5rem}\n"
    "table{border-collapse:collapse}\n"
    "caption{text-align:left;color:#555;padding:.25rem 0}\n"
    "th,td{text-align:left;vertical-align:top;padding:.15rem .6rem;border-bottom:1px solid "
    "#e3e3e3}\n"
    ".layers th,.layers td{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    ".layers .word{text-align:left}\n"
    ".layers tfoot td{border-top:2px solid #888}\n"
    ".wide{overflow-x:auto}\n"
    "figure{margin:1rem 0}\n"
    "img{max-width:100%;height:auto}\n"
    "figcaption{color:#555}\n";

/* A picture as a data URI (RFC 2397): as an image it keeps its ids to itself, which inline SVG
   would not. */
static void page_embed(const char *svg, FILE *out)
{
    fputs("data:image/svg+xml,", out);
    for (; *svg; svg++)
        if (isalnum((unsigned char)*svg) || strchr("-_.,:;/=()", *svg))
            fputc(*svg, out);
        else
            out_print(out, "%%%02X", (unsigned char)*svg);
}

static void page_print_figure(const char *svg, const char *shows, const char *file, FILE *out)
{
    out_print(out, "<figure><img width=\"%d\" height=\"%d\" alt=\"", PLOT_WIDTH, PLOT_HEIGHT);
    html_escape(shows, out);
    fputs("\" src=\"", out);
    page_embed(svg, out);
    out_print(out, "\"><figcaption>%s (<a href=\"%s\">%s</a>)</figcaption></figure>\n", shows, file,
              file);
}

static void page_print_summary(const summary_t *summary, const char *caption, FILE *out)
{
    out_print(out, "<table><caption>%s</caption><tbody>\n", caption);
    for (size_t i = 0; i < summary->n; i++) {
        out_print(out, "<tr><th scope=\"row\">%s</th><td>", summary->lines[i].label);
        html_escape(summary->lines[i].text, out);
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

static void page_print_listing(const report_t *report, FILE *out)
{
    listing_t listing;
    listing_begin(report, &listing);
    fputs("<h2>Layers</h2>\n<div class=\"wide\"><table class=\"layers\"><caption>What each layer "
          "is given, what it "
          "costs, and its share of the network's cost and of the budget</caption>\n",
          out);
    table_html(&listing.table, out);
    fputs("</table></div>\n", out);
}

static void page_print_utilisation(const report_t *report, FILE *out)
{
    utilisation_t utilisation;
    utilisation_begin(report, true, &utilisation);
    fputs("<h2>Use of the PEs</h2>\n<div class=\"wide\"><table class=\"layers\"><caption>MACs that "
          "each "
          "layer needs, and as a share of those that all of its PEs had cycles for",
          out);
    if (report->bounds)
        fputs("; what most cycles are bound by; the parts of cycles and of energy", out);
    fputs("</caption>\n", out);
    table_html(&utilisation.table, out);
    fputs("</table></div>\n", out);
}

/* ---- the page -------------------------------------------------------------------------------- */

static void page_print_head(const report_t *report, FILE *out)
{
    fputs(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>confx: ",
        out);
    html_escape(report->network, out);
    out_print(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1>", style);
    html_escape(report->network, out);
    out_print(out, ": %s within the %s budget</h1>\n", objective_name(report->job->objective),
              constraint_name(report->job->budget.constraint));
}

void page_print(const report_t *report, const char *convergence, const char *assignment, FILE *out)
{
    summary_t summary;
    page_print_head(report, out);
    fputs("<h2>Task</h2>\n", out);
    summary_task(report, &summary);
    page_print_summary(&summary, "What was asked for", out);
    fputs("<h2>Result</h2>\n", out);
    summary_result(report, &summary);
    page_print_summary(&summary, "What was found", out);
    /* Pictures are within the page, so that it can be sent as one file; the links below it hold in
       the directory of the run alone. */
    page_print_figure(
        convergence, "Best and mean objective against samples, with what is proven to be the least",
        "convergence.svg", out);
    page_print_figure(assignment, "What each layer is given on each axis", "assignment.svg", out);
    if (report->found) page_print_listing(report, out);
    if (report->utilisation) page_print_utilisation(report, out);
    fputs("<p>The whole log is in <a href=\"run.h5\">run.h5</a>", out);
    if (report->found)
        fputs(", the best design in <a href=\"assignment.csv\">assignment.csv</a>", out);
    fputs(".</p>\n</main>\n</body>\n</html>\n", out);
}
