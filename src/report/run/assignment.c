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
    for (size_t layer = 0; layer < report->layers_n; layer++) {
        out_print(out, "%zu %d", layer + 1, (int)assignment_type_of(report, layer));
        for (size_t axis = 0; axis < report->axes_n; axis++)
            /* Names are counted from 1 on: a bar of no height would say nothing. */
            if (report_uses(report, layer, axis))
                out_print(out, " %u",
                          report_value(report, layer, axis) + (report->axes[axis].words ? 1U : 0U));
            else
                out_print(out, " NaN");
        fputc('\n', out);
    }
    fputs("END\n", out);
}

static void assignment_print_bars(const report_t *report, int column, bool key, FILE *out)
{
    const char *separator = "plot ";
    for (size_t kind = 0; kind < KINDS; kind++) {
        /* Each kind of layer is a plot of its own over the same data, with NaN in place of the
           other kinds, so that each has its colour and its entry in the key. */
        if (!assignment_has_kind(report, kind)) continue;
        out_print(out, "%s$layers using 1:($2==%d?$%d:NaN) with boxes lc rgb '%s' %s", separator,
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

/* Each name at its place in place of a number. */
static void assignment_print_words(const report_axis_t *axis, FILE *out)
{
    fputs("set ytics (", out);
    for (size_t i = 0; i < axis->words_n; i++) {
        fputs(i ? ", " : "", out);
        gnuplot_quote(axis->words + i * AXIS_TEXT_MAX, out);
        out_print(out, " %zu", i + 1);
    }
    fputs(")\n", out);
}

static void assignment_print_value_axis(const report_t *report, size_t axis, FILE *out)
{
    const report_axis_t *of = &report->axes[axis];
    char label[2 * AXIS_TEXT_MAX + 4];
    double most = of->words ? (double)of->words_n : 1;
    for (size_t layer = 0; !of->words && layer < report->layers_n; layer++)
        if (report_value(report, layer, axis) > most) most = report_value(report, layer, axis);
    (void)snprintf(label, sizeof label, of->units[0] ? "%s (%s)" : "%s", of->name, of->units);
    fputs("set ylabel ", out);
    gnuplot_quote(label, out);
    out_print(out, "\nset yrange [0:%.17g]\n", 1.05 * most);
    if (of->words)
        assignment_print_words(of, out);
    else
        out_print(out, "set ytics %.17g\n", axis_step(most, 6));
}

/* A panel for each axis, one below the other: the kinds of layers are named in the first, the
   layers numbered in the last. */
static void assignment_print_panels(const report_t *report, FILE *script)
{
    static const double top = 0.865, bottom = 0.13, between = 0.05;
    const size_t n = report->axes_n;
    const double height = (top - bottom - between * (double)(n - 1)) / (double)n;
    assignment_print_layers(report, script);
    for (size_t axis = 0; axis < n; axis++) {
        const double end = top - (double)axis * (height + between);
        plot_panel(script, end - height, end);
        fputs(axis ? "unset label\nunset key\n" : "", script);
        fputs(axis + 1 < n ? "set format x ''\n" : "set format x '%g'\nset xlabel 'layer'\n",
              script);
        assignment_print_value_axis(report, axis, script);
        assignment_print_bars(report, (int)axis + 3, axis == 0, script);
    }
}

static void assignment_print_nothing(FILE *script)
{
    plot_panel(script, 0.13, 0.865);
    plot_remark(script, "no feasible assignment");
    fputs("set xlabel 'layer'\nset yrange [0:1]\nunset ytics\nplot NaN notitle\n", script);
}

void plot_assignment(const report_t *report, FILE *script)
{
    char title[256];
    (void)snprintf(title, sizeof title, "%s: what each layer is given", report->network);
    plot_begin(script, "assignment", title);
    assignment_print_layer_axis(report, script);
    if (report->found)
        assignment_print_panels(report, script);
    else
        assignment_print_nothing(script);
    plot_end(script);
}
