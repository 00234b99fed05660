/* assignment.svg: what each layer was given. */
#include "confx/compose.h"
#include "report/plot/axis.h"
#include "report/plot/plot.h"

/* Layers by kind, as the picture tells them apart. */
static const struct {
    confx_layer_type_t type;
    const char *title, *colour;
} kinds[] = {
    {CONFX_LAYER_CONV, "convolution", PLOT_BLUE},
    {CONFX_LAYER_DSCONV, "depthwise convolution", PLOT_ORANGE},
    {CONFX_LAYER_NGCONV, "grouped convolution", PLOT_GREEN},
    {CONFX_LAYER_TRCONV, "transposed convolution", PLOT_PURPLE},
    {CONFX_LAYER_GEMM, "matrix product", PLOT_SKY},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static confx_layer_type_t assignment_type_of(const report_t *report, size_t layer)
{
    return (confx_layer_type_t)(report->shapes[layer * SHAPE_COLUMNS + SHAPE_TYPE] - 1);
}

static bool assignment_has_kind(const report_t *report, size_t kind)
{
    for (size_t layer = 0; layer < report->layers_n; layer++)
        if (assignment_type_of(report, layer) == kinds[kind].type) return true;
    return false;
}

static void assignment_print_layers(const report_t *report, FILE *out)
{
    fputs("$layers << END\n", out);
    for (size_t layer = 0; layer < report->layers_n; layer++)
        out_print(out, "%zu %u %u %d\n", layer + 1, report->assignment[layer * HEADS + HEAD_PE],
                  report->assignment[layer * HEADS + HEAD_BUFFER],
                  (int)assignment_type_of(report, layer));
    fputs("END\n", out);
}

static void assignment_print_bars(const report_t *report, int column, bool key, FILE *out)
{
    const char *separator = "plot ";
    for (size_t kind = 0; kind < KINDS; kind++) {
        /* Each kind of layer is a plot of its own over the same data, with NaN in place of the
           other kinds, so that each has its colour and its entry in the key. */
        if (!assignment_has_kind(report, kind)) continue;
        out_print(out, "%s$layers using 1:($4==%d?$%d:NaN) with boxes lc rgb '%s' %s", separator,
                  (int)kinds[kind].type, column, kinds[kind].colour, key ? "title " : "notitle");
        if (key) out_print(out, "'%s'", kinds[kind].title);
        separator = ", ";
    }
    fputc('\n', out);
}

static void assignment_print_layer_axis(const report_t *report, FILE *out)
{
    out_print(out, "set xrange [0.4:%zu.6]\nset style fill solid 1 noborder\nset boxwidth 0.75\n",
              report->layers_n);
    if (report->layers_n <= 20)
        fputs("set xtics 1\n", out);
    else if (report->layers_n <= 100)
        fputs("set xtics 5\n", out);
}

static void assignment_print_head_axis(const report_t *report, size_t head, FILE *out)
{
    double most = 1;
    for (size_t layer = 0; layer < report->layers_n; layer++)
        if (report->assignment[layer * HEADS + head] > most)
            most = report->assignment[layer * HEADS + head];
    out_print(out, "set yrange [0:%.17g]\nset ytics %.17g\n", 1.05 * most, axis_step(most, 6));
}

static void assignment_print_panels(const report_t *report, FILE *script)
{
    assignment_print_layers(report, script);
    plot_panel(script, 0.53, 0.865);
    fputs("set format x ''\n", script);
    fputs("set ylabel 'PEs'\n", script);
    assignment_print_head_axis(report, HEAD_PE, script);
    assignment_print_bars(report, 2, true, script);
    plot_panel(script, 0.13, 0.48);
    fputs("unset label\nunset key\nset format x '%g'\nset xlabel 'layer'\nset ylabel 'buffer level "
          "(K tile)'\n",
          script);
    assignment_print_head_axis(report, HEAD_BUFFER, script);
    assignment_print_bars(report, 3, false, script);
}

static void assignment_print_nothing(FILE *script)
{
    plot_panel(script, 0.13, 0.865);
    plot_remark(script, "no feasible assignment");
    fputs("set xlabel 'layer'\nset ylabel 'PEs'\nset yrange [0:1]\nunset ytics\nplot NaN notitle\n",
          script);
}

void plot_assignment(const report_t *report, FILE *script)
{
    char title[256];
    (void)snprintf(title, sizeof title, "%s: PEs and buffer of each layer", report->network);
    plot_begin(script, "assignment", title);
    assignment_print_layer_axis(report, script);
    if (report->found)
        assignment_print_panels(report, script);
    else
        assignment_print_nothing(script);
    plot_end(script);
}
