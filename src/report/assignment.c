/* assignment.svg: what each layer was given. */
#include "figure.h"
#include "plot.h"

#include <string.h>

/* Layers by kind, as the picture tells them apart. */
static const struct {
    layer_type_t type;
    const char *title, *colour;
} kinds[] = {
    {LAYER_CONV, "convolution", PLOT_BLUE},
    {LAYER_DSCONV, "depthwise convolution", PLOT_ORANGE},
    {LAYER_NGCONV, "grouped convolution", PLOT_GREEN},
    {LAYER_TRCONV, "transposed convolution", PLOT_PURPLE},
    {LAYER_GEMM, "matrix product", PLOT_SKY},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static layer_type_t type_of(const report_t *report, size_t layer)
{
    return (layer_type_t)(report->shapes[layer * SHAPE_COLUMNS + SHAPE_TYPE] - 1);
}

static bool has_kind(const report_t *report, size_t kind)
{
    for (size_t layer = 0; layer < report->layers_n; layer++)
        if (type_of(report, layer) == kinds[kind].type) return true;
    return false;
}

static void print_layers(const report_t *report, FILE *out)
{
    fputs("$layers << END\n", out);
    for (size_t layer = 0; layer < report->layers_n; layer++)
        fprintf(out, "%zu %u %u %d\n", layer + 1, report->assignment[layer * HEADS + HEAD_PE],
                report->assignment[layer * HEADS + HEAD_BUFFER], (int)type_of(report, layer));
    fputs("END\n", out);
}

static void print_bars(const report_t *report, int column, bool key, FILE *out)
{
    const char *separator = "plot ";
    for (size_t kind = 0; kind < KINDS; kind++) {
        if (!has_kind(report, kind)) continue;
        fprintf(out, "%s$layers using 1:($4==%d?$%d:NaN) with boxes lc rgb '%s' %s", separator, (int)kinds[kind].type,
                column, kinds[kind].colour, key ? "title " : "notitle");
        if (key) fprintf(out, "'%s'", kinds[kind].title);
        separator = ", ";
    }
    fputc('\n', out);
}

static void print_title(const report_t *report, script_t *script)
{
    char text[256];
    const char *units = objective_units(report->job->objective);
    (void)snprintf(text, sizeof text, "%s: what each layer is given", report->network);
    if (report->found) {
        const size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, ", %s %s", objective_name(report->job->objective),
                       figure_quantity(report->objective, units).text);
    }
    fputs("set title ", script->out);
    script_quote(script, text);
    fputs(" font ',16'\n", script->out);
}

static void print_axes(const report_t *report, FILE *out)
{
    fprintf(out, "set xrange [0.4:%zu.6]\nset xtics nomirror\nset ytics nomirror\nset yrange [0:*]\n",
            report->layers_n);
    if (report->layers_n <= 20)
        fputs("set xtics 1\n", out);
    else if (report->layers_n <= 100)
        fputs("set xtics 5\n", out);
    fputs("set style fill solid 1 noborder\nset boxwidth 0.75\nset lmargin 9\nset rmargin 3\n", out);
}

static void print_panels(const report_t *report, script_t *script)
{
    FILE *out = script->out;
    print_layers(report, out);
    fputs("set multiplot layout 2,1\nset key above horizontal Left reverse samplen 1.5\n", out);
    print_title(report, script);
    fputs("set ylabel 'PEs'\n", out);
    print_bars(report, 2, true, out);
    fputs("unset title\nunset key\nset xlabel 'layer'\nset ylabel 'buffer level (K tile)'\n", out);
    print_bars(report, 3, false, out);
    fputs("unset multiplot\n", out);
}

void plot_assignment(const report_t *report, script_t *script)
{
    plot_begin(script, "assignment");
    print_axes(report, script->out);
    if (report->found) {
        print_panels(report, script);
        return;
    }
    print_title(report, script);
    plot_remark(script, "no feasible assignment");
    fputs("set xlabel 'layer'\nset ylabel 'PEs'\nset yrange [0:1]\nunset ytics\nplot NaN notitle\n", script->out);
}
