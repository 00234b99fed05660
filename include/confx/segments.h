/* Trajectory segments: files that hold rows of the table of all samples. Errors as in store.h. */
#ifndef CONFX_SEGMENTS_H
#define CONFX_SEGMENTS_H

#include "confx/store.h"

/* ---- rows ------------------------------------------------------------------------------------ */

/* A column has a value for each sample, or a row of values: */
typedef enum {
    SAMPLES_ONE,         /* one value */
    SAMPLES_ASSIGNMENT,  /* (layers, axes) */
    SAMPLES_CONSTRAINTS, /* (constraints) */
} samples_width_t;

/* X(name, type, width, long name). Behind these come the totals of the model's metrics, float64,
   under their names. */
#define SAMPLES_LIST(X)                                                                            \
    X(stage, ARRAY_U8, SAMPLES_ONE, "algorithm at work, by its place in the list of stages")       \
    X(space, ARRAY_U8, SAMPLES_ONE, "part of the space that it chose from")                        \
    X(update, ARRAY_U32, SAMPLES_ONE, "update, from 0 on")                                         \
    X(unit, ARRAY_U32, SAMPLES_ONE, "unit of the update (block of episodes, or island)")           \
    X(assignment, ARRAY_U16, SAMPLES_ASSIGNMENT, "value of each layer on each axis")               \
    X(objective, ARRAY_F64, SAMPLES_ONE, "objective; NaN: a layer's action is invalid")            \
    X(constraints, ARRAY_F64, SAMPLES_CONSTRAINTS, "what the assignment takes of each constraint") \
    X(feasible, ARRAY_BOOL, SAMPLES_ONE, "within every limit, and all actions valid")
#define SAMPLES_ENUM(name, ...) SAMPLES_##name,
enum { SAMPLES_LIST(SAMPLES_ENUM) SAMPLES_METRICS };
#undef SAMPLES_ENUM
enum { SAMPLES_METRICS_MAX = 16, SAMPLES_COLUMNS_MAX = SAMPLES_METRICS + SAMPLES_METRICS_MAX };

/* The same for all rows of a run. */
typedef struct {
    size_t layers, axes, constraints;
    size_t metrics_n;
    const char *metrics[SAMPLES_METRICS_MAX]; /* their names; alive as long as the shape is used */
} samples_shape_t;

/* n rows of every column, each (n, its width). */
typedef struct {
    const samples_shape_t *shape;
    void *columns[SAMPLES_COLUMNS_MAX];
} samples_t;

size_t samples_columns(const samples_shape_t *shape);
/* A column of n rows, without data. */
array_t samples_column(const samples_shape_t *shape, size_t column, size_t n);
/* Memory for n rows; CONFX_STATUS_MEMORY. The caller closes, also after a failure. */
confx_status_t samples_open(const samples_shape_t *shape, size_t n, samples_t *samples);
void samples_close(samples_t *samples);
const char *samples_long_name(size_t column); /* of one before SAMPLES_METRICS */

/* ---- files ----------------------------------------------------------------------------------- */

/* A segment file holds some of the rows of the table of all samples. Which rows these are is an
   HDF5 hyperslab: `count` blocks of `block` consecutive rows each; the first block begins at the
   row `start`, and each further one begins `stride` rows behind the one before it. The checksum
   tells the file from one of another run, and from one that holds other rows. */
typedef struct {
    char name[64]; /* file name below RUN_DIR/segments */
    uint64_t start, stride, count, block;
    int64_t checksum; /* the CRC-32 of its seal; SEGMENT_UNKNOWN: it was written by a program before
                         schema 3 */
} segment_t;
enum { SEGMENT_UNKNOWN = -1 };

size_t segment_rows(const segment_t *segment);
/* Do the rows of `next` go on where those of `last` end, in the same steps? */
bool segment_follows(const segment_t *last, const segment_t *next);

/* Make RUN_DIR/segments, with its parents, and the run directory: once, when a run begins or goes
   on. Those who write segments make none: a directory that vanishes is a failure. */
confx_status_t store_segments_make(const char *run_dir);

/* Write RUN_DIR/segments/NAME and fill in its checksum. */
confx_status_t store_segment_write(const char *run_dir, const char *run_id, segment_t *segment,
                                   const samples_t *rows, const guard_t *guard);

/* Check every byte of it, that it is the file of that run and checksum, that it holds the rows it
   should, and the shapes of its columns; an unknown checksum is filled in. Else, or where it is
   missing, CONFX_STATUS_DAMAGED; *foreign: it is there, and belongs to another run. */
confx_status_t store_segment_verify(const char *run_dir, const char *run_id, segment_t *segment,
                                    const samples_shape_t *shape, bool *foreign);

/* Write one segment of the rows of all parts, which must be one writer's, in order, of one stride
   and block. The caller gives joined->name, the rest is filled in; parts go only when run.h5 and
   the checkpoint name the joined one. */
confx_status_t store_segment_join(const char *run_dir, const char *run_id, const segment_t *parts,
                                  size_t parts_n, const samples_shape_t *shape, segment_t *joined,
                                  const guard_t *guard);

/* Write one segment of the first `rows` rows of a run.h5 that holds its rows itself. The caller
   gives segment->name, the rest is filled in. Of run.h5 another run, fewer rows, or rows elsewhere,
   are CONFX_STATUS_DAMAGED. */
confx_status_t store_segment_regain(const char *run_dir, const char *run_id, uint64_t rows,
                                    const samples_shape_t *shape, segment_t *segment,
                                    const guard_t *guard);

/* The list of segments as checkpoints and a run.h5 that does not stand alone hold it:
   /segments/names, /segments/rows (n, 4; start, stride, count, block), /segments/checksums. Into
   arrays for writing, whose memory store_segments_unpack frees; and out of a file, checked one by
   one, the caller frees. CONFX_STATUS_DAMAGED for names that are no plain file names and rows that
   cannot be. */
enum { SEGMENT_ARRAYS = 3 };
confx_status_t store_segments_pack(const segment_t *segments, size_t n,
                                   array_t arrays[SEGMENT_ARRAYS]);
void store_segments_unpack(array_t arrays[SEGMENT_ARRAYS]);
confx_status_t store_read_segments(store_t *store, segment_t **segments, size_t *n);

/* CONFX_STATUS_DAMAGED unless segments read from `store` hold rows 0 .. rows-1, each of them
   once. */
confx_status_t store_check_cover(store_t *store, const segment_t *segments, size_t n,
                                 uint64_t rows);

#endif
