/* The log: HDF5 files that are written under a temporary name, closed, synced and renamed, never changed in place
   (DESIGN.md sections 3 and 9). The only room that knows HDF5. Everything is checksummed (metadata by the file format,
   data by Fletcher-32) and verified whenever it is read: a damaged file is STATUS_DAMAGED. */
#ifndef CONFX_STORE_H
#define CONFX_STORE_H

#include "confx/array.h"
#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- files of named arrays ---------------------------------------------------------------------------------------- */

typedef struct {
    const char *path; /* object it hangs on: "/", "/trajectories/actions" */
    const char *name;
    const char *text;     /* a text attribute, or NULL for: */
    double real;          /* a float64 attribute */
    bool whole;           /* ... or an int64 one */
    int64_t integer;
} attribute_t;

/* Write a whole new file `path`: arrays (groups on the way are made), attributes; atomically. */
status_t store_write(const char *path, const array_t *arrays, size_t arrays_n, const attribute_t *attributes,
                     size_t attributes_n);

typedef struct store store_t; /* a file open for reading */

status_t store_open(const char *path, store_t **store);
void store_close(store_t *store);
bool store_has(store_t *store, const char *name);
/* Type, rank and dimensions of a dataset; data stays NULL. Missing: STATUS_DAMAGED. */
status_t store_describe(store_t *store, const char *name, array_t *array);
/* Read a dataset into array->data, whose type and dimensions must be those of the file, else STATUS_DAMAGED. */
status_t store_read(store_t *store, const array_t *array);
/* Rows first .. first+n-1 of a dataset's first dimension into data, converted to `type`. */
status_t store_read_rows(store_t *store, const char *name, array_type_t type, size_t first, size_t n, void *data);
status_t store_read_text(store_t *store, const char *path, const char *name, char **text); /* the caller frees */
status_t store_read_integer(store_t *store, const char *path, const char *name, int64_t *value);
status_t store_read_real(store_t *store, const char *path, const char *name, double *value);

/* ---- trajectory segments ------------------------------------------------------------------------------------------- */

/* Rows of the logical table that one segment file holds: `count` runs of `block` rows, `stride` rows apart, from `start`
   (an HDF5 hyperslab). */
typedef struct {
    char name[64]; /* file name below RUN_DIR/segments */
    uint64_t start, stride, count, block;
} segment_t;

/* One sample each; all arrays have n = count x block rows. */
typedef struct {
    size_t layers, heads;
    const uint8_t *stage;      /* (n) 0 policy, 1 islands */
    const uint32_t *update;    /* (n) */
    const uint32_t *episode;   /* (n) number of the sample within its update */
    const uint16_t *actions;   /* (n, layers, heads) */
    const double *objective, *constraint; /* (n) */
    const uint8_t *feasible;   /* (n) */
} rows_t;

/* Write RUN_DIR/segments/NAME; verify reads it back whole. */
status_t store_segment_write(const char *run_dir, const segment_t *segment, const rows_t *rows);
status_t store_segment_verify(const char *run_dir, const segment_t *segment, size_t layers, size_t heads);

/* ---- run.h5 ---------------------------------------------------------------------------------------------------------- */

typedef struct {
    const array_t *arrays;          /* what is stored in run.h5 itself */
    size_t arrays_n;
    const attribute_t *attributes;
    size_t attributes_n;
    const segment_t *segments;      /* behind the virtual datasets of /trajectories */
    size_t segments_n;
    uint64_t rows;                  /* N of the logical table: all rows below are covered by the segments */
    size_t layers, heads;
} master_t;

/* Write RUN_DIR/run.h5 anew. Without rows /trajectories has empty datasets. Names of segments are relative, so the
   directory may be moved. */
status_t store_master_write(const char *run_dir, const master_t *master);

#endif
