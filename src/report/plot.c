/* RUN_DIR/convergence.svg, assignment.svg and report.html. */
#include "plot.h"

#include "confx/file.h"

#include <stdlib.h>
#include <string.h>

void plot_begin(script_t *script, const char *name, const char *title)
{
    fprintf(script->out,
            "set terminal svg noenhanced size %d,%d fixed font 'sans-serif,14' background '#ffffff' name '%s'\n"
            "set encoding utf8\n"
            "set datafile missing 'NaN'\n"
            "set border lc rgb '#444444'\n"
            "set tics nomirror out scale 0.6 textcolor rgb '#222222'\n"
            "set grid ytics lc rgb '#dddddd' lw 1 lt 1\n"
            "set lmargin at screen 0.1\n"
            "set rmargin at screen 0.97\n"
            "set multiplot\n"
            "set key at screen 0.5,0.912 center center horizontal Left reverse samplen 2 width -4\n"
            "set label ",
            PLOT_WIDTH, PLOT_HEIGHT, name);
    script_quote(script, title);
    fputs(" at screen 0.5,0.972 center font ',16'\n", script->out);
}

void plot_end(script_t *script)
{
    fputs("unset multiplot\n", script->out);
}

void plot_panel(script_t *script, double bottom, double top)
{
    fprintf(script->out, "set bmargin at screen %g\nset tmargin at screen %g\n", bottom, top);
}

void plot_remark(script_t *script, const char *text)
{
    fputs("set label ", script->out);
    script_quote(script, text);
    fputs(" at graph 0.5,0.5 center textcolor rgb '#444444' font ',18'\n", script->out);
}

static status_t draw(const report_t *report, void (*plot)(const report_t *, script_t *), char **svg)
{
    script_t script;
    TRY(script_open(&script));
    plot(report, &script);
    const status_t status = script_draw(&script, svg);
    script_close(&script);
    return status;
}

static status_t write(const report_t *report, const char *name, const char *text)
{
    char path[FILE_PATH_MAX];
    TRY(report_path(report, name, path));
    return file_write(path, text, strlen(text));
}

static status_t write_page(const report_t *report, const char *convergence, const char *assignment)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return status_fail(STATUS_MEMORY, "no memory for report.html");
    page_print(report, convergence, assignment, out);
    const bool whole = !ferror(out) & !fclose(out);
    status_t status = whole ? status_ok() : status_fail(STATUS_MEMORY, "no memory for report.html");
    if (status.code == STATUS_OK) status = write(report, "report.html", text);
    free(text);
    return status;
}

status_t report_plot(const report_t *report)
{
    char *convergence = NULL;
    char *assignment = NULL;
    status_t status;
    TRY_OUT(draw(report, plot_convergence, &convergence));
    TRY_OUT(draw(report, plot_assignment, &assignment));
    TRY_OUT(write(report, "convergence.svg", convergence));
    TRY_OUT(write(report, "assignment.svg", assignment));
    TRY_OUT(write_page(report, convergence, assignment));
out:
    free(convergence);
    free(assignment);
    return status;
}
