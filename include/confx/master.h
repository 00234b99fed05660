/* run.h5 of a run directory: whose it is, its schema, and how it is written over the segments.
   Errors as in store.h. */
#ifndef CONFX_MASTER_H
#define CONFX_MASTER_H

#include "confx/segments.h"

/* ---- whose file it is ------------------------------------------------------------------------ */

/* The id of a run: 128 random bits as 32 hexadecimal digits, made with its first commit and kept
   for good. It stands in run.h5, the checkpoints and each segment, as their attribute `run_id`, so
   that a file of another run is known for one. Outside of what the same job makes the same. */
enum { RUN_ID_MAX = 33 };

/* What else lies in a run directory beside run.h5 and segments/. */
#define RUN_CHECKPOINT          "checkpoint.h5"
#define RUN_CHECKPOINT_PREVIOUS "checkpoint.previous.h5"

/* The id of a run.h5 or checkpoint. Those of schemas 1 and 2 have none: the digits of the time when
   their run began, behind zeros, stand for it. CONFX_STATUS_DAMAGED where it is none. */
confx_status_t store_read_run_id(store_t *store, char id[RUN_ID_MAX]);

/* A new one. CONFX_STATUS_IO where the system gives no random numbers. */
confx_status_t store_make_run_id(char id[RUN_ID_MAX]);

/* The id of the file that is in that place, for another one that takes its place: sweep.h5 and
   compare.h5 keep theirs when they go on. A new one where there is none, or none that can be
   told. */
confx_status_t store_keep_run_id(const char *path, char id[RUN_ID_MAX]);

/* CONFX_STATUS_DAMAGED, with a message that names both runs, unless the open file belongs to the
   run `id`, which is that of the file `other`. */
confx_status_t store_check_run_id(store_t *store, const char *id, const char *other);

/* ---- run.h5 ---------------------------------------------------------------------------------- */

/* What run.h5 and the checkpoints hold, and how, has a number, their attribute `schema`. Every
   change raises it.
       1  texts of fixed width; single numbers as arrays of one; actions of stage 0 are indices into
          /actions
       2  no run id, no list of segments in run.h5, no checksums of them in the checkpoint
       3  other names of datasets, and /trajectories/stage is the part of the space; numbers of
          samples within their update in place of units
       4  other stages and other states of inference in the checkpoint
       5  this program's */
enum { RUN_SCHEMA = 5, SCHEMA_WITH_IDS = 3, SCHEMA_WITH_UNITS = 4 };

/* The schema of a run.h5, 1 to RUN_SCHEMA; a newer one is CONFX_STATUS_INPUT. From here on datasets
   of an older file are read by the names of today (src/store/old_names.c has the list): as they
   are, so that a number may be an array of one, and a count a float64. */
confx_status_t store_read_schema(store_t *store, int64_t *schema);
/* Is the open run.h5 or checkpoint of such a schema, and does it belong where it lies?
   CONFX_STATUS_DAMAGED where another of a run.h5 and its checkpoints lies beside it that can be
   read and belongs to another run. */
confx_status_t store_check_run(store_t *store);
confx_status_t store_open_run(const char *path, store_t **store); /* store_open and that */

/* What is said of a dataset beside its values. NULL: nothing. */
typedef struct {
    const char *long_name;
    const char *scales[ARRAY_RANK_MAX]; /* the dimension scale along each dimension: "layer" is the
                                           dataset /layer, one of the arrays, or made without values
                                           where there is none; it may be the dataset itself */
} description_t;

typedef struct {
    const char *run_id;
    const array_t *arrays; /* what is stored in run.h5 itself; plain numbers get the units 1 */
    const description_t *descriptions; /* of each of them; NULL: of none */
    size_t arrays_n;
    const attribute_t *attributes;
    size_t attributes_n;
    const segment_t *segments; /* behind the virtual datasets of /trajectories */
    size_t segments_n;
    bool self_contained; /* no virtual datasets: the rows of the segments are copied, and the file
                            stands alone */
    uint64_t rows;       /* N of the logical table: all rows below are covered by the segments */
    samples_shape_t shape;
    /* Of columns of /trajectories. */
    const char *objective_units, *constraint_units, *metric_units[SAMPLES_METRICS_MAX];
    const char *stages; /* the algorithms of the list of stages, a blank between them */
} master_t;

/* Write RUN_DIR/run.h5 anew. Dimension scales stand in the root group, where netCDF readers look
   for those of any group; columns have /sample, /layer, /axis and /constraint. Without rows
   /trajectories has empty datasets. Segments are listed with their rows and checksums, by relative
   names, so that the directory may be moved; if they do not cover the rows, CONFX_STATUS_INPUT. The
   attribute `self_contained` (0 or 1) says whether the file stands alone; if it does not, `rows` of
   /trajectories says where the rows are, and if it does, it is compressed and composed on disk, a
   few dozen MB at a time.
   There should be no more than a few hundred segments: readers open all of them at once, which
   takes about a millisecond for each and column, and for those beyond the usual limit of 1024 open
   files HDF5 silently gives fill values (this room's reader raises the limit, or fails). */
confx_status_t store_master_write(const char *run_dir, const master_t *master,
                                  const guard_t *guard);

/* Names of the segments behind /trajectories, in no order; none where it stands alone. The caller
   frees with file_names_close. */
confx_status_t store_sources(store_t *store, char ***names, size_t *names_n);

/* Is the design of this run.h5 a certificate's, proven and not searched? Then the attribute
   `origin` says so, which the run of a search lacks. */
#define STORE_ORIGIN             "origin"
#define STORE_ORIGIN_CERTIFICATE "certificate"
confx_status_t store_is_certified(store_t *store, bool *is);

/* Does this run.h5 stand alone? One of schema 1 does not. */
confx_status_t store_is_self_contained(store_t *store, bool *alone);

/* Remove the temporaries that killed processes left in the directory of a run (RUN_DIR/segments
   too), a sweep or a comparison, which the caller owns, before any writer starts; those of reports,
   whose processes may live, when they are an hour old. */
confx_status_t store_tidy(const char *run_dir, const guard_t *guard);

#endif
