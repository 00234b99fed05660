/* RUN_DIR/convergence.svg, assignment.svg and report.html. */
#include "report/plot/plot.h"
#include "confx/compose.h"
#include "confx/try.h"

#include "confx/file.h"
#include "report/plot/scratch.h"

#include <stdlib.h>

void plot_begin(FILE *script, const char *name, const char *title)
{
    out_print(
        script,
        "set terminal svg noenhanced size %d,%d fixed font 'sans-serif,14' background '#ffffff' "
        "name '%s'\n"
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
    gnuplot_quote(title, script);
    fputs(" at screen 0.5,0.972 center font ',16'\n", script);
}

void plot_end(FILE *script)
{
    fputs("unset multiplot\n", script);
}

void plot_panel(FILE *script, double bottom, double top)
{
    out_print(script, "set bmargin at screen %g\nset tmargin at screen %g\n", bottom, top);
}

void plot_remark(FILE *script, const char *text)
{
    fputs("set label ", script);
    gnuplot_quote(text, script);
    fputs(" at graph 0.5,0.5 center textcolor rgb '#444444' font ',18'\n", script);
}

void plot_style(FILE *script, size_t line)
{
    static const char *const colours[] = {PLOT_BLUE,   "#D55E00", PLOT_GREEN, PLOT_PURPLE,
                                          PLOT_ORANGE, PLOT_SKY,  "#333333",  "#8C564B"};
    static const char *const dashes[] = {"solid", "(12,5)", "(3,3)"};
    const size_t n = sizeof colours / sizeof *colours;
    out_print(script, " lc rgb '%s' dt %s", colours[line % n], dashes[line / n % 3]);
}

/* ---- products -------------------------------------------------------------------------------- */

typedef struct {
    char *text;
    size_t length;
} plot_product_t;

static confx_status_t plot_draw(const report_t *report, void (*plot)(const report_t *, FILE *),
                                plot_product_t *product)
{
    FILE *script;
    TRY(memory_file_open(&script));
    plot(report, script);
    const confx_status_t status = gnuplot_draw(script, &product->text, &product->length);
    (void)fclose(script);
    return status;
}

static confx_status_t plot_lay_page(const report_t *report, const plot_product_t *convergence,
                                    const plot_product_t *assignment, plot_product_t *product)
{
    FILE *page;
    TRY(memory_file_open(&page));
    page_print(report, convergence->text, assignment->text, page);
    const confx_status_t status = memory_file_text(page, &product->text, &product->length);
    (void)fclose(page);
    return status;
}

static confx_status_t plot_write(const report_t *report, const char *name,
                                 const plot_product_t *product)
{
    char path[FILE_PATH_MAX];
    TRY(report_path(report, name, path));
    return file_write(path, product->text, product->length, NULL);
}

confx_status_t report_plot(const report_t *report)
{
    plot_product_t convergence = {.text = NULL};
    plot_product_t assignment = {.text = NULL};
    plot_product_t page = {.text = NULL};
    confx_status_t status;
    /* All three are made before the first is written, so that a failure of gnuplot leaves the older
       files as they were, and they still belong together. */
    TRY_OUT(memory_file_tidy(report->run_dir));
    TRY_OUT(plot_draw(report, plot_convergence, &convergence));
    TRY_OUT(plot_draw(report, plot_assignment, &assignment));
    TRY_OUT(plot_lay_page(report, &convergence, &assignment, &page));
    TRY_OUT(plot_write(report, "convergence.svg", &convergence));
    TRY_OUT(plot_write(report, "assignment.svg", &assignment));
    TRY_OUT(plot_write(report, "report.html", &page));
out:
    free(convergence.text);
    free(assignment.text);
    free(page.text);
    return status;
}
