/* Where a picture of a sweep shows each setting: a panel per objective; a colour per value of one
   key, dataflow before all; the other keys make the places along the axis, in the order of their
   values. */
#ifndef REPORT_SWEEP_LAYOUT_H
#define REPORT_SWEEP_LAYOUT_H

#include "report/sweep/sweep_data.h"

enum { LAYOUT_LABEL_MAX = 256 };

typedef struct {
    const sweep_report_t *survey;               /* must stay alive */
    const sweep_report_key_t *panels, *colours; /* NULL: one */
    size_t places_n;
    size_t *places; /* (places) a setting of each */
    size_t *place;  /* (settings) */
    arena_t arena;  /* of both */
} layout_t;

confx_status_t layout_open(const sweep_report_t *survey, layout_t *layout);
void layout_close(layout_t *layout);

size_t layout_panels_n(const layout_t *layout);
size_t layout_colours_n(const layout_t *layout);
size_t layout_panel(const layout_t *layout, size_t setting);
size_t layout_colour(const layout_t *layout, size_t setting);

/* Have keys before the axis's last changed since the place before? Lines end there. */
bool layout_breaks(const layout_t *layout, size_t place);
/* What is new at this place: "power 0.5", then "0.1". */
void layout_label(const layout_t *layout, size_t place, char out[LAYOUT_LABEL_MAX]);
/* The axis's keys: "constraint, fraction". */
void layout_axis(const layout_t *layout, char out[LAYOUT_LABEL_MAX]);

#endif
