/* sweep.svg: the gap of each setting, logarithmic. A panel per objective; a colour per value of one
   key, dataflow before all; the other keys make the places along the axis, lines run over the last
   of them. Where no yardstick is known, the best itself. */
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/try.h"
#include "report/plot/axis.h"
#include "report/plot/plot.h"
#include "report/plot/scratch.h"
#include "report/sanitise.h"
#include "report/sweep/sweep_layout.h"

#include <math.h>
#include <stdlib.h>

/* Labels along the axis; letters of all of them that stand level. */
enum { LABELS_MOST = 60, LEVEL_MOST = 90 };

static const double floor_percent = 0.001; /* what is nearer is drawn there */

typedef struct {
    const sweep_report_t *survey;
    layout_t layout;
    bool gaps;         /* otherwise the best */
    double low, high;  /* of the gap axis, percent */
    bool empty_handed; /* a seed found nothing feasible */
} sweep_plot_picture_t;

static bool sweep_plot_has_seeds(const sweep_plot_picture_t *picture)
{
    return picture->survey->settings_n < picture->survey->n;
}

/* ---- vertical -------------------------------------------------------------------------------- */

static double sweep_plot_percent_of(double gap)
{
    return fmax(100 * gap, floor_percent);
}

static void sweep_plot_cover_gaps(sweep_plot_picture_t *picture)
{
    double least = INFINITY;
    double most = 0;
    for (size_t i = 0; i < picture->survey->settings_n; i++) {
        const setting_row_t *row = &picture->survey->settings[i];
        if (row->done == 0) continue;
        if (isnan(row->best.worst)) picture->empty_handed = true;
        if (isnan(row->gap.least)) continue;
        least = fmin(least, sweep_plot_percent_of(row->gap.least));
        most = fmax(most, sweep_plot_percent_of(row->gap.median));
        most = fmax(most, sweep_plot_percent_of(isnan(row->gap.worst) ? 0 : row->gap.worst));
    }
    /* The limits are powers of ten. The 1e-9 keeps the rounding of a logarithm from adding a decade
       when a gap is one exactly. */
    picture->low = isfinite(least) ? pow(10, floor(log10(least) + 1e-9)) : floor_percent;
    picture->high = fmax(pow(10, ceil(log10(fmax(most, picture->low)) - 1e-9)), 10 * picture->low);
}

static void sweep_plot_print_gap_axis(const sweep_plot_picture_t *picture, FILE *out)
{
    char nearest[32];
    const double edge = 1.15; /* room for points on the edge */
    const bool is_floor = picture->low < 1.001 * floor_percent;
    (void)snprintf(nearest, sizeof nearest, "≤%g", floor_percent);
    axis_print_decades(picture->low, picture->high, edge, is_floor ? nearest : NULL, out);
}

static axis_t sweep_plot_best_axis(const sweep_plot_picture_t *picture, size_t panel)
{
    axis_t axis = axis_begin();
    for (size_t i = 0; i < picture->survey->settings_n; i++) {
        if (layout_panel(&picture->layout, i) != panel) continue;
        axis_cover(&axis, picture->survey->settings[i].best.least);
        axis_cover(&axis, picture->survey->settings[i].best.worst);
    }
    axis_finish(&axis);
    return axis;
}

/* ---- data ------------------------------------------------------------------------------------ */

/* Colours stand side by side. */
static double sweep_plot_along(const sweep_plot_picture_t *picture, size_t setting)
{
    const size_t n = layout_colours_n(&picture->layout);
    const double widest = 0.02 * (double)picture->layout.places_n; /* a fiftieth of the picture */
    const double step = fmin(0.5 / (double)n, widest);
    const double shift = (double)layout_colour(&picture->layout, setting) - (double)(n - 1) / 2;
    return (double)picture->layout.place[setting] + shift * step;
}

/* Columns: place, median, best seed, worst seed. */
static void sweep_plot_print_point(const sweep_plot_picture_t *picture, size_t setting,
                                   const axis_t *best, FILE *out)
{
    const setting_row_t *row = &picture->survey->settings[setting];
    const spread_t *spread = picture->gaps ? &row->gap : &row->best;
    const double top = picture->gaps ? picture->high : best->high;
    const double values[] = {spread->median, spread->least, spread->worst};
    /* A setting that found something but has no yardstick has no gap and is left out. One without
       anything feasible stands at the upper edge, as the subtitle says. */
    if (row->done == 0 || (isnan(spread->median) && !isnan(row->best.median))) return;
    out_print(out, "%.6g", sweep_plot_along(picture, setting));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        out_print(out, " %.7g",
                  isnan(values[i]) ? top
                  : picture->gaps  ? sweep_plot_percent_of(values[i])
                                   : values[i] / best->unit);
    fputc('\n', out);
}

static void sweep_plot_print_data(const sweep_plot_picture_t *picture, size_t panel, size_t colour,
                                  const axis_t *best, FILE *out)
{
    const sweep_report_t *survey = picture->survey;
    out_print(out, "$at%zu_%zu << END\n", panel, colour);
    for (size_t i = 0; i < survey->settings_n; i++) {
        if (layout_panel(&picture->layout, i) != panel ||
            layout_colour(&picture->layout, i) != colour)
            continue;
        /* An empty line makes gnuplot interrupt the line, so that points of different groups are
           not joined. */
        if (layout_breaks(&picture->layout, picture->layout.place[i])) fputc('\n', out);
        sweep_plot_print_point(picture, i, best, out);
    }
    fputs("END\n", out);
}

/* ---- horizontal ------------------------------------------------------------------------------ */

typedef struct {
    bool upright;
    double bottom; /* of the lowest panel, in heights of the picture */
} labels_t;

static labels_t sweep_plot_measure_labels(const sweep_plot_picture_t *picture)
{
    char text[LAYOUT_LABEL_MAX];
    const double letter = 6.6 / PLOT_HEIGHT;
    size_t all = 0;
    size_t longest = 0;
    for (size_t i = 0; i < picture->layout.places_n; i++) {
        layout_label(&picture->layout, i, text);
        const size_t width = sanitise_width(text);
        all += width + 2;
        if (width > longest) longest = width;
    }
    if (all <= LEVEL_MOST) return (labels_t){false, 0.12};
    return (labels_t){true, 0.1 + letter * (double)longest};
}

/* Ticks, with their labels below the lowest panel. */
static void sweep_plot_print_ticks(const sweep_plot_picture_t *picture, bool labelled, bool upright,
                                   FILE *out)
{
    char text[LAYOUT_LABEL_MAX] = "";
    const size_t stride = picture->layout.places_n / LABELS_MOST + 1;
    out_print(out, "set xtics %s font ',12' (", upright ? "rotate by 90 right" : "norotate");
    for (size_t i = 0; i < picture->layout.places_n; i += stride) {
        if (labelled) layout_label(&picture->layout, i, text);
        if (i) fputs(", ", out);
        gnuplot_quote(text, out);
        out_print(out, " %zu", i);
    }
    fputs(")\n", out);
}

static void sweep_plot_print_named(const char *what, const char *name, FILE *out)
{
    out_print(out, "set %s ", what);
    gnuplot_quote(name, out);
    fputc('\n', out);
}

static void sweep_plot_print_separators(const sweep_plot_picture_t *picture, FILE *out)
{
    for (size_t i = 1; i < picture->layout.places_n; i++)
        if (layout_breaks(&picture->layout, i))
            out_print(out,
                      "set arrow from first %g,graph 0 to first %g,graph 1 nohead back lc rgb "
                      "'#cccccc'\n",
                      (double)i - 0.5, (double)i - 0.5);
}

/* ---- panels ---------------------------------------------------------------------------------- */

static void sweep_plot_print_bar(size_t panel, size_t colour, FILE *out)
{
    out_print(out, ", $at%zu_%zu using 1:3:(0):($4-$3) with vectors nohead lw 2", panel, colour);
    plot_style(out, colour);
    fputs(" notitle", out);
}

static void sweep_plot_print_line(const sweep_plot_picture_t *picture, size_t panel, size_t colour,
                                  FILE *out)
{
    out_print(out, ", $at%zu_%zu using 1:2 with linespoints pt 7 ps 0.6 lw 1.5", panel, colour);
    plot_style(out, colour);
    fputs(" title ", out);
    gnuplot_quote(
        picture->layout.colours ? sweep_report_value(picture->layout.colours, colour) : "", out);
}

static void sweep_plot_print_lines(const sweep_plot_picture_t *picture, size_t panel, FILE *out)
{
    fputs("plot NaN notitle", out);
    for (size_t i = 0; i < layout_colours_n(&picture->layout) && sweep_plot_has_seeds(picture); i++)
        sweep_plot_print_bar(panel, i, out);
    for (size_t i = 0; i < layout_colours_n(&picture->layout); i++)
        sweep_plot_print_line(picture, panel, i, out);
    fputc('\n', out);
}

static const char *sweep_plot_units_of(const sweep_plot_picture_t *picture, size_t panel)
{
    const size_t search = picture->layout.panels ? picture->layout.panels->first[panel] : 0;
    return texts_get(&picture->survey->units, search);
}

static void sweep_plot_print_panel(const sweep_plot_picture_t *picture, size_t panel, FILE *out)
{
    char text[LAYOUT_LABEL_MAX];
    const axis_t axis = sweep_plot_best_axis(picture, panel);
    const char *objective = picture->layout.panels
                                ? sweep_report_value(picture->layout.panels, panel)
                                : objective_name(picture->survey->common->objective);
    if (picture->gaps)
        (void)snprintf(text, sizeof text, "%s: gap (%%)", objective);
    else
        (void)snprintf(text, sizeof text, "%s (%s%s)", objective, axis.prefix,
                       sweep_plot_units_of(picture, panel));
    for (size_t i = 0; i < layout_colours_n(&picture->layout); i++)
        sweep_plot_print_data(picture, panel, i, &axis, out);
    sweep_plot_print_named("ylabel", text, out);
    if (picture->gaps)
        sweep_plot_print_gap_axis(picture, out);
    else
        axis_print(&axis, out);
    if (sweep_report_done(picture->survey) == 0) plot_remark(out, "no search is done yet");
    /* One key is enough for all panels, as they have the same colours. */
    if (panel > 0 || !picture->layout.colours) fputs("unset key\n", out);
    sweep_plot_print_lines(picture, panel, out);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void sweep_plot_print_titles(const sweep_plot_picture_t *picture, FILE *script)
{
    char title[SWEEP_REPORT_COMMON_MAX];
    const sweep_report_t *survey = picture->survey;
    sweep_report_common(survey, title);
    plot_begin(script, "sweep", *title ? title : "sweep");
    (void)snprintf(title, sizeof title, "%s%s; %zu of %zu searches done%s",
                   picture->gaps ? "gap to the proven optimum" : "the best found",
                   sweep_plot_has_seeds(picture) ? ", median and range of the seeds" : "",
                   sweep_report_done(survey), survey->n,
                   picture->empty_handed ? "; upper edge: nothing feasible" : "");
    fputs("set label ", script);
    gnuplot_quote(title, script);
    fputs(" at screen 0.5,0.927 center textcolor rgb '#444444'\nset key at screen 0.5,0.885 width "
          "1\nset "
          "lmargin at screen 0.115\n",
          script);
}

static void sweep_plot_print_all(const sweep_plot_picture_t *picture, FILE *script)
{
    const double top = 0.86;
    const double between = 0.03;
    char axis[LAYOUT_LABEL_MAX];
    const labels_t labels = sweep_plot_measure_labels(picture);
    const size_t n = layout_panels_n(&picture->layout);
    const double height = (top - labels.bottom) / (double)n;
    layout_axis(&picture->layout, axis);
    sweep_plot_print_titles(picture, script);
    sweep_plot_print_separators(picture, script);
    /* All panels share one horizontal axis and divide the height evenly; only the lowest one has
       labels and a title below it. */
    out_print(script, "set xrange [-0.6:%g]\n", (double)picture->layout.places_n - 0.4);
    for (size_t i = 0; i < n; i++) {
        const double upper = top - (double)i * height;
        plot_panel(script, upper - height + (i + 1 < n ? between : 0), upper);
        sweep_plot_print_ticks(picture, i + 1 == n, labels.upright, script);
        if (i + 1 == n) sweep_plot_print_named("xlabel", axis, script);
        sweep_plot_print_panel(picture, i, script);
    }
    plot_end(script);
}

static confx_status_t sweep_plot_script(const sweep_report_t *survey, FILE *script)
{
    sweep_plot_picture_t picture = {.survey = survey, .gaps = sweep_report_measures(survey)};
    const confx_status_t status = layout_open(survey, &picture.layout);
    sweep_plot_cover_gaps(&picture);
    if (status.code == CONFX_STATUS_OK) sweep_plot_print_all(&picture, script);
    layout_close(&picture.layout);
    return status;
}

static confx_status_t sweep_plot_draw(const sweep_report_t *survey, char **picture, size_t *length)
{
    FILE *script;
    TRY(memory_file_open(&script));
    confx_status_t status = sweep_plot_script(survey, script);
    if (status.code == CONFX_STATUS_OK) status = gnuplot_draw(script, picture, length);
    (void)fclose(script);
    return status;
}

confx_status_t sweep_report_plot(const sweep_report_t *survey)
{
    char path[FILE_PATH_MAX];
    char *picture = NULL;
    size_t length = 0;
    TRY(file_join(survey->directory, "sweep.svg", path));
    TRY(memory_file_tidy(survey->directory));
    confx_status_t status = sweep_plot_draw(survey, &picture, &length);
    if (status.code == CONFX_STATUS_OK) status = file_write(path, picture, length, NULL);
    free(picture);
    return status;
}
