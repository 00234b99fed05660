#include "report/sweep/sweep_layout.h"
#include "confx/text.h"
#include "confx/try.h"

#include "report/sanitise.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { COLOURS_MOST = 8, PANELS_MOST = 3, LABEL_WIDEST = 24 };

/* ---- which key does what --------------------------------------------------------------------- */

static const sweep_report_key_t *sweep_layout_choose_panels(const sweep_report_t *survey)
{
    const sweep_report_key_t *key = sweep_report_key(survey, "objective");
    return key && sweep_report_varies(key) && key->values_n <= PANELS_MOST ? key : NULL;
}

static bool sweep_layout_is_free(const layout_t *layout, const sweep_report_key_t *key)
{
    return sweep_report_varies(key) && key != layout->panels && key != layout->colours;
}

static bool sweep_layout_may_colour(const layout_t *layout, const sweep_report_key_t *key)
{
    return key && sweep_layout_is_free(layout, key) && key->values_n <= COLOURS_MOST;
}

/* One key is left for the axis. */
static const sweep_report_key_t *sweep_layout_choose_colours(const layout_t *layout)
{
    static const char *const names[] = {"dataflow", "search.algorithm", "search.preset",
                                        "hardware"};
    const sweep_report_t *survey = layout->survey;
    size_t n = 0;
    for (size_t k = 0; k < survey->keys_n; k++) n += sweep_layout_is_free(layout, &survey->keys[k]);
    /* A sweep that varies in one key needs it for the axis. The named keys are preferred where they
       vary, whatever their order in the sweep file. */
    if (n < 2) return NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (sweep_layout_may_colour(layout, sweep_report_key(survey, names[i])))
            return sweep_report_key(survey, names[i]);
    for (size_t k = 0; k < survey->keys_n; k++)
        if (sweep_layout_may_colour(layout, &survey->keys[k])) return &survey->keys[k];
    return NULL;
}

size_t layout_panels_n(const layout_t *layout)
{
    return layout->panels ? layout->panels->values_n : 1;
}

size_t layout_colours_n(const layout_t *layout)
{
    return layout->colours ? layout->colours->values_n : 1;
}

static size_t sweep_layout_search_of(const layout_t *layout, size_t setting)
{
    return layout->survey->order[layout->survey->settings[setting].first];
}

static size_t sweep_layout_value_of(const layout_t *layout, const sweep_report_key_t *key,
                                    size_t setting)
{
    return key ? key->value[sweep_layout_search_of(layout, setting)] : 0;
}

size_t layout_panel(const layout_t *layout, size_t setting)
{
    return sweep_layout_value_of(layout, layout->panels, setting);
}

size_t layout_colour(const layout_t *layout, size_t setting)
{
    return sweep_layout_value_of(layout, layout->colours, setting);
}

/* The first key of the axis in which two settings differ, or keys_n. */
static size_t sweep_layout_differ_in(const layout_t *layout, size_t one, size_t other)
{
    const sweep_report_t *survey = layout->survey;
    size_t k = 0;
    while (k < survey->keys_n && (!sweep_layout_is_free(layout, &survey->keys[k]) ||
                                  sweep_layout_value_of(layout, &survey->keys[k], one) ==
                                      sweep_layout_value_of(layout, &survey->keys[k], other)))
        k++;
    return k;
}

/* By the axis' keys: below 0, 0 or above. */
static int sweep_layout_by_place(const void *one, const void *other, void *context)
{
    const layout_t *layout = context;
    const size_t i = *(const size_t *)one, j = *(const size_t *)other;
    const size_t k = sweep_layout_differ_in(layout, i, j);
    if (k == layout->survey->keys_n) return 0;
    const sweep_report_key_t *key = &layout->survey->keys[k];
    return sweep_layout_value_of(layout, key, i) < sweep_layout_value_of(layout, key, j) ? -1 : 1;
}

confx_status_t layout_open(const sweep_report_t *survey, layout_t *layout)
{
    const size_t n = survey->settings_n;
    *layout = (layout_t){.survey = survey, .panels = sweep_layout_choose_panels(survey)};
    layout->colours = sweep_layout_choose_colours(layout);
    ARENA_TAKE(&layout->arena, layout->places, n);
    ARENA_TAKE(&layout->arena, layout->place, n);
    TRY(arena_status(&layout->arena, "the places of %zu settings", n));
    /* Settings that differ only in panel or colour share a place. They stand together when all are
       sorted by the axis' keys, and the first of them then stands for the place. */
    for (size_t i = 0; i < n; i++) layout->places[i] = i;
    qsort_r(layout->places, n, sizeof *layout->places, sweep_layout_by_place, layout);
    for (size_t i = 0; i < n; i++) {
        const size_t setting = layout->places[i];
        const size_t last = layout->places_n;
        if (last == 0 || sweep_layout_by_place(&layout->places[last - 1], &setting, layout) != 0)
            layout->places[layout->places_n++] = setting;
        layout->place[setting] = layout->places_n - 1;
    }
    assert(layout->places_n <= n);
    return status_ok();
}

void layout_close(layout_t *layout)
{
    arena_close(&layout->arena);
}

bool layout_breaks(const layout_t *layout, size_t place)
{
    const sweep_report_t *survey = layout->survey;
    size_t last = 0;
    for (size_t k = 0; k < survey->keys_n; k++)
        if (sweep_layout_is_free(layout, &survey->keys[k])) last = k;
    return place > 0 &&
           sweep_layout_differ_in(layout, layout->places[place - 1], layout->places[place]) < last;
}

/* ---- words ----------------------------------------------------------------------------------- */

void layout_label(const layout_t *layout, size_t place, char out[LAYOUT_LABEL_MAX])
{
    const sweep_report_t *survey = layout->survey;
    const size_t setting = layout->places[place];
    const size_t from =
        place ? sweep_layout_differ_in(layout, layout->places[place - 1], setting) : 0;
    out[0] = 0;
    /* A label leaves out the leading keys in which it agrees with its left neighbour, and so says
       only what changes here. */
    for (size_t k = from; k < survey->keys_n; k++) {
        if (!sweep_layout_is_free(layout, &survey->keys[k])) continue;
        const char *words =
            texts_get(&survey->keys[k].words, sweep_layout_search_of(layout, setting));
        text_append(out, LAYOUT_LABEL_MAX, "%s%s", *out ? " " : "", *words ? words : "-");
    }
    sanitise_cut(out, LABEL_WIDEST);
}

void layout_axis(const layout_t *layout, char out[LAYOUT_LABEL_MAX])
{
    const sweep_report_t *survey = layout->survey;
    out[0] = 0;
    for (size_t k = 0; k < survey->keys_n; k++) {
        if (sweep_layout_is_free(layout, &survey->keys[k]))
            text_append(out, LAYOUT_LABEL_MAX, "%s%s", *out ? ", " : "",
                        sweep_report_short(&survey->keys[k]));
    }
}
