/* Between the files that make a sweep: the file as read, and the settings of one search. */
#ifndef SWEEP_PARTS_H
#define SWEEP_PARTS_H

#include "confx/sweep.h"
#include "confx/yaml.h"

enum { SWEEP_PATH_MAX = JOB_KEY_MAX };

/* A key of the grid with its values: places in the sweep file, or whole numbers from `first` on. */
typedef struct {
    char key[SWEEP_PATH_MAX];   /* "search.seed" */
    char place[SWEEP_PATH_MAX]; /* "grid.search.seed" */
    size_t n;
    bool range;
    int64_t first;
} sweep_axis_t;

typedef struct {
    yaml_t *tree;
    const char *path; /* of the sweep file */
    const char *directory;
    char *base, *base_path; /* its text */
    sweep_axis_t axes[SWEEP_KEYS_MAX];
    size_t axes_n;
    size_t combinations;
    yaml_t **excludes; /* (excludes_n) */
    bool *excluding;   /* has left something out */
    size_t excludes_n;
    void *names; /* tsearch tree of those given so far */
} sweep_file_t;

/* sweep_axes.c: the grid's axes; and one of an axis' values as a tree {key: value}. */
confx_status_t sweep_axes_read(sweep_file_t *file);
confx_status_t sweep_axis_pick(const sweep_file_t *file, const sweep_axis_t *axis, size_t index,
                               yaml_t **value);
/* Adds the key paths below a mapping at `place` to those of the sweep. */
confx_status_t sweep_keys_add(const sweep_file_t *file, const char *place, sweep_t *sweep);

/* sweep_name.c: a name made of the settings that are a search's own. */
void sweep_name(const sweep_t *sweep, const yaml_t *own, char out[SWEEP_NAME_MAX]);

#endif
