/* sweep.svg: the gap of each setting, logarithmic. A panel per objective; a colour per value of one key, dataflow
   before all; the other keys make the places along the axis, lines run over the last of them. Where no yardstick is
   known, the best itself. */
#include "axis.h"
#include "confx/file.h"
#include "figure.h"
#include "plain.h"
#include "plot.h"
#include "scratch.h"
#include "survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLOURS_MOST = 8, PANELS_MOST = 3, LABEL_MAX = 256, LABEL_WIDEST = 24, LABELS_MOST = 60, LEVEL_MOST = 90 };

static const double floor_percent = 0.001; /* what is nearer is drawn there */

typedef struct {
    const survey_t *survey;
    bool gaps;                            /* otherwise the best */
    const survey_key_t *panels, *colours; /* NULL: one */
    size_t places_n;                      /* along the axis */
    size_t *places;                       /* (places) a setting of each */
    size_t *place;                        /* (settings) */
    double low, high;                     /* of the gap axis, percent */
    bool empty_handed;                    /* a seed found nothing feasible */
} picture_t;

/* ---- which key does what ------------------------------------------------------------------------------------------
 */

static const survey_key_t *choose_panels(const survey_t *survey)
{
    const survey_key_t *key = survey_key(survey, "objective");
    return key && survey_varies(key) && key->values_n <= PANELS_MOST ? key : NULL;
}

static bool is_free(const picture_t *picture, const survey_key_t *key)
{
    return survey_varies(key) && key != picture->panels && key != picture->colours;
}

static bool may_colour(const picture_t *picture, const survey_key_t *key)
{
    return key && is_free(picture, key) && key->values_n <= COLOURS_MOST;
}

/* One key is left for the axis. */
static const survey_key_t *choose_colours(const picture_t *picture)
{
    static const char *const names[] = {"dataflow", "search.algorithm", "search.preset", "hardware"};
    const survey_t *survey = picture->survey;
    size_t n = 0;
    for (size_t k = 0; k < survey->keys_n; k++) n += is_free(picture, &survey->keys[k]);
    if (n < 2) return NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (may_colour(picture, survey_key(survey, names[i]))) return survey_key(survey, names[i]);
    for (size_t k = 0; k < survey->keys_n; k++)
        if (may_colour(picture, &survey->keys[k])) return &survey->keys[k];
    return NULL;
}

static size_t search_of(const picture_t *picture, size_t setting)
{
    return picture->survey->order[picture->survey->settings[setting].first];
}

static size_t value_of(const picture_t *picture, const survey_key_t *key, size_t setting)
{
    return key ? key->value[search_of(picture, setting)] : 0;
}

/* The first key of the axis in which two settings differ, or keys_n. */
static size_t differ_in(const picture_t *picture, size_t one, size_t other)
{
    const survey_t *survey = picture->survey;
    size_t k = 0;
    while (k < survey->keys_n &&
           (!is_free(picture, &survey->keys[k]) ||
            value_of(picture, &survey->keys[k], one) == value_of(picture, &survey->keys[k], other)))
        k++;
    return k;
}

static size_t find_place(const picture_t *picture, size_t setting)
{
    size_t place = 0;
    while (place < picture->places_n && differ_in(picture, picture->places[place], setting) < picture->survey->keys_n)
        place++;
    return place;
}

static status_t lay_out(picture_t *picture)
{
    const size_t n = picture->survey->settings_n;
    picture->places = malloc((n + 1) * sizeof *picture->places);
    picture->place = malloc((n + 1) * sizeof *picture->place);
    if (!picture->places || !picture->place) return status_fail(STATUS_MEMORY, "no memory for a picture");
    for (size_t i = 0; i < n; i++) {
        const size_t place = find_place(picture, i);
        if (place == picture->places_n) picture->places[picture->places_n++] = i;
        picture->place[i] = place;
    }
    return status_ok();
}

/* Does the line end before this place? Keys before the axis's last have changed. */
static bool breaks(const picture_t *picture, size_t place)
{
    const survey_t *survey = picture->survey;
    size_t last = 0;
    for (size_t k = 0; k < survey->keys_n; k++)
        if (is_free(picture, &survey->keys[k])) last = k;
    return place > 0 && differ_in(picture, picture->places[place - 1], picture->places[place]) < last;
}

/* ---- vertical -----------------------------------------------------------------------------------------------------
 */

static double percent_of(double gap)
{
    return fmax(100 * gap, floor_percent);
}

static void cover_gaps(picture_t *picture)
{
    double least = INFINITY;
    double most = 0;
    for (size_t i = 0; i < picture->survey->settings_n; i++) {
        const setting_row_t *row = &picture->survey->settings[i];
        if (row->done == 0) continue;
        if (isnan(row->best.worst)) picture->empty_handed = true;
        if (isnan(row->gap.least)) continue;
        least = fmin(least, percent_of(row->gap.least));
        most = fmax(most, percent_of(row->gap.median));
        most = fmax(most, percent_of(isnan(row->gap.worst) ? 0 : row->gap.worst));
    }
    picture->low = isfinite(least) ? pow(10, floor(log10(least) + 1e-9)) : floor_percent;
    picture->high = fmax(pow(10, ceil(log10(fmax(most, picture->low)) - 1e-9)), 10 * picture->low);
}

static void print_gap_axis(const picture_t *picture, FILE *out)
{
    const double edge = 1.15; /* room for points on the edge */
    const char *separator = "";
    fprintf(out, "set logscale y\nset yrange [%.17g:%.17g]\nset ytics (", picture->low / edge, picture->high * edge);
    for (int power = (int)round(log10(picture->low)); pow(10, power) <= 1.001 * picture->high; power++) {
        const bool nearest = separator[0] == 0 && picture->low < 1.001 * floor_percent;
        fprintf(out, "%s'%s%g' 1e%d", separator, nearest ? "≤" : "", pow(10, power), power);
        separator = ", ";
    }
    fputs(")\n", out);
}

static axis_t best_axis(const picture_t *picture, size_t panel)
{
    axis_t axis = axis_begin();
    for (size_t i = 0; i < picture->survey->settings_n; i++) {
        if (value_of(picture, picture->panels, i) != panel) continue;
        axis_cover(&axis, picture->survey->settings[i].best.least);
        axis_cover(&axis, picture->survey->settings[i].best.worst);
    }
    axis_finish(&axis);
    return axis;
}

/* ---- data ---------------------------------------------------------------------------------------------------------
 */

/* Colours stand side by side. */
static double along(const picture_t *picture, size_t setting)
{
    const size_t n = picture->colours ? picture->colours->values_n : 1;
    const double widest = 0.02 * (double)picture->places_n; /* a fiftieth of the picture */
    const double step = fmin(0.5 / (double)n, widest);
    const double shift = (double)value_of(picture, picture->colours, setting) - (double)(n - 1) / 2;
    return (double)picture->place[setting] + shift * step;
}

/* Columns: place, median, best seed, worst seed. */
static void print_point(const picture_t *picture, size_t setting, double unit, FILE *out)
{
    const setting_row_t *row = &picture->survey->settings[setting];
    const spread_t *spread = picture->gaps ? &row->gap : &row->best;
    const double top = picture->gaps ? picture->high : NAN;
    const double values[] = {spread->median, spread->least, spread->worst};
    if (row->done == 0 || (isnan(spread->median) && !isnan(row->best.median))) return;
    fprintf(out, "%.6g", along(picture, setting));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        fprintf(out, " %.7g", isnan(values[i]) ? top : picture->gaps ? percent_of(values[i]) : values[i] / unit);
    fputc('\n', out);
}

static void print_data(const picture_t *picture, size_t panel, size_t colour, double unit, FILE *out)
{
    const survey_t *survey = picture->survey;
    fprintf(out, "$at%zu_%zu << END\n", panel, colour);
    for (size_t i = 0; i < survey->settings_n; i++) {
        if (value_of(picture, picture->panels, i) != panel || value_of(picture, picture->colours, i) != colour)
            continue;
        if (breaks(picture, picture->place[i])) fputc('\n', out);
        print_point(picture, i, unit, out);
    }
    fputs("END\n", out);
}

/* ---- horizontal ---------------------------------------------------------------------------------------------------
 */

/* What is new at this place: "power 0.5", then "0.1". */
static void label(const picture_t *picture, size_t place, char out[LABEL_MAX])
{
    const survey_t *survey = picture->survey;
    const size_t setting = picture->places[place];
    const size_t from = place ? differ_in(picture, picture->places[place - 1], setting) : 0;
    size_t length = 0;
    out[0] = 0;
    for (size_t k = from; k < survey->keys_n && length < LABEL_MAX; k++) {
        if (!is_free(picture, &survey->keys[k])) continue;
        const char *words = texts_get(&survey->keys[k].words, search_of(picture, setting));
        length += (size_t)snprintf(out + length, LABEL_MAX - length, "%s%s", length ? " " : "", *words ? words : "-");
    }
    plain_cut(out, LABEL_WIDEST);
}

typedef struct {
    bool upright;
    double bottom; /* of the lowest panel, in heights of the picture */
} labels_t;

static labels_t measure_labels(const picture_t *picture)
{
    char text[LABEL_MAX];
    const double letter = 6.6 / PLOT_HEIGHT;
    size_t all = 0;
    size_t longest = 0;
    for (size_t i = 0; i < picture->places_n; i++) {
        label(picture, i, text);
        const size_t width = plain_width(text);
        all += width + 2;
        if (width > longest) longest = width;
    }
    if (all <= LEVEL_MOST) return (labels_t){false, 0.12};
    return (labels_t){true, 0.1 + letter * (double)longest};
}

/* Ticks, with their labels below the lowest panel. */
static void print_ticks(const picture_t *picture, bool labelled, bool upright, FILE *out)
{
    char text[LABEL_MAX] = "";
    const size_t stride = picture->places_n / LABELS_MOST + 1;
    fprintf(out, "set xtics %s font ',12' (", upright ? "rotate by 90 right" : "norotate");
    for (size_t i = 0; i < picture->places_n; i += stride) {
        if (labelled) label(picture, i, text);
        if (i) fputs(", ", out);
        gnuplot_quote(text, out);
        fprintf(out, " %zu", i);
    }
    fputs(")\n", out);
}

static void print_axis_name(const picture_t *picture, FILE *out)
{
    char text[LABEL_MAX];
    const char *separator = "";
    fputs("set xlabel ", out);
    text[0] = 0;
    for (size_t k = 0; k < picture->survey->keys_n; k++) {
        const size_t length = strlen(text);
        if (!is_free(picture, &picture->survey->keys[k])) continue;
        (void)snprintf(text + length, LABEL_MAX - length, "%s%s", separator, survey_short(&picture->survey->keys[k]));
        separator = ", ";
    }
    gnuplot_quote(text, out);
    fputc('\n', out);
}

static void print_separators(const picture_t *picture, FILE *out)
{
    for (size_t i = 1; i < picture->places_n; i++)
        if (breaks(picture, i))
            fprintf(out, "set arrow from first %g,graph 0 to first %g,graph 1 nohead back lc rgb '#cccccc'\n",
                    (double)i - 0.5, (double)i - 0.5);
}

/* ---- panels -------------------------------------------------------------------------------------------------------
 */

static void print_lines(const picture_t *picture, size_t panel, FILE *out)
{
    const size_t n = picture->colours ? picture->colours->values_n : 1;
    fputs("plot NaN notitle", out);
    for (size_t i = 0; i < n; i++) {
        fprintf(out, ", $at%zu_%zu using 1:2:3:4 with yerrorbars pt 7 ps 0.01 lw 1.5", panel, i);
        plot_style(out, i);
        fprintf(out, " notitle, $at%zu_%zu using 1:2 with linespoints pt 7 ps 0.6 lw 1.5", panel, i);
        plot_style(out, i);
        fputs(" title ", out);
        gnuplot_quote(picture->colours ? survey_value(picture->colours, i) : "", out);
    }
    fputc('\n', out);
}

static const char *units_of(const picture_t *picture, size_t panel)
{
    const size_t search = picture->panels ? picture->panels->first[panel] : 0;
    return texts_get(&picture->survey->units, search);
}

static void print_panel(const picture_t *picture, size_t panel, FILE *out)
{
    char text[LABEL_MAX];
    const size_t colours_n = picture->colours ? picture->colours->values_n : 1;
    const axis_t axis = best_axis(picture, panel);
    const char *objective =
        picture->panels ? survey_value(picture->panels, panel) : objective_name(picture->survey->common->objective);
    if (picture->gaps)
        (void)snprintf(text, sizeof text, "%s: gap (%%)", objective);
    else
        (void)snprintf(text, sizeof text, "%s (%s%s)", objective, axis.prefix, units_of(picture, panel));
    for (size_t i = 0; i < colours_n; i++) print_data(picture, panel, i, axis.unit, out);
    fputs("set ylabel ", out);
    gnuplot_quote(text, out);
    fputc('\n', out);
    if (picture->gaps)
        print_gap_axis(picture, out);
    else
        axis_print(&axis, out);
    if (survey_done(picture->survey) == 0) plot_remark(out, "no search is done yet");
    if (panel > 0 || !picture->colours) fputs("unset key\n", out);
    print_lines(picture, panel, out);
}

/* ---- the whole ----------------------------------------------------------------------------------------------------
 */

static void print_titles(const picture_t *picture, FILE *script)
{
    char title[SURVEY_COMMON_MAX];
    const survey_t *survey = picture->survey;
    const bool seeds = survey->settings_n < survey->n;
    survey_common(survey, title);
    plot_begin(script, "sweep", *title ? title : "sweep");
    (void)snprintf(title, sizeof title, "%s of the best found%s; %zu of %zu searches done%s",
                   picture->gaps ? "gap to the proven optimum" : "objective",
                   seeds ? ": median of the seeds, bar from best to worst" : "", survey_done(survey), survey->n,
                   picture->empty_handed && picture->gaps ? "; at the upper edge: nothing feasible" : "");
    fputs("set label ", script);
    gnuplot_quote(title, script);
    fputs(" at screen 0.5,0.927 center textcolor rgb '#444444'\nset key at screen 0.5,0.885 width 1\nset bars 0.4\nset "
          "lmargin at screen 0.115\n",
          script);
}

static void print_all(const picture_t *picture, FILE *script)
{
    const double top = 0.86;
    const double between = 0.03;
    const labels_t labels = measure_labels(picture);
    const size_t n = picture->panels ? picture->panels->values_n : 1;
    const double height = (top - labels.bottom) / (double)n;
    print_titles(picture, script);
    print_separators(picture, script);
    fprintf(script, "set xrange [-0.6:%g]\n", (double)picture->places_n - 0.4);
    for (size_t i = 0; i < n; i++) {
        const double upper = top - (double)i * height;
        plot_panel(script, upper - height + (i + 1 < n ? between : 0), upper);
        print_ticks(picture, i + 1 == n, labels.upright, script);
        if (i + 1 == n) print_axis_name(picture, script);
        print_panel(picture, i, script);
    }
    plot_end(script);
}

status_t survey_script(const survey_t *survey, FILE *script)
{
    picture_t picture = {.survey = survey, .gaps = survey_measures(survey), .panels = choose_panels(survey)};
    picture.colours = choose_colours(&picture);
    cover_gaps(&picture);
    const status_t status = lay_out(&picture);
    if (status.code == STATUS_OK) print_all(&picture, script);
    free(picture.places);
    free(picture.place);
    return status;
}

static status_t draw(const survey_t *survey, char **picture, size_t *length)
{
    FILE *script;
    TRY(scratch_open(&script));
    status_t status = survey_script(survey, script);
    if (status.code == STATUS_OK) status = gnuplot_draw(script, picture, length);
    (void)fclose(script);
    return status;
}

status_t survey_plot(const survey_t *survey)
{
    char path[FILE_PATH_MAX];
    char *picture = NULL;
    size_t length = 0;
    TRY(file_join(survey->directory, "sweep.svg", path));
    status_t status = draw(survey, &picture, &length);
    if (status.code == STATUS_OK) status = file_write(path, picture, length);
    free(picture);
    return status;
}
