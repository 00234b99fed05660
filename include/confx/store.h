/* The log: HDF5 files that are composed in memory, written under a temporary name, synced and
   renamed, never changed in place. The only room that knows HDF5. Every file begins with a text
   block that holds its length and the CRC-32 of all that follows, checked before HDF5 parses a byte
   (stock tools skip the block), and another of what it says, which counts when a viewer has written
   the file since (src/store/seal.h); inside, metadata are checksummed by the file format and
   numbers by Fletcher-32, for readers that know nothing of the block. The same content makes the
   same bytes. Errors. Writing: CONFX_STATUS_IO, and what was there before is untouched;
   CONFX_STATUS_INPUT for what cannot be stored. Reading: CONFX_STATUS_INPUT when there is no such
   file, CONFX_STATUS_IO with the system's reason when it may not be opened or a read fails, at
   whatever moment, and CONFX_STATUS_DAMAGED for all else, a dataset or attribute that is not there
   or is of another type included. A link, a pipe or the like in the place of a file or of segments/
   is damage; none is ever followed or waited for. CONFX_STATUS_MEMORY wherever HDF5 or this room
   has none. Messages name the file. */
#ifndef CONFX_STORE_H
#define CONFX_STORE_H

#include "confx/array.h"
#include "confx/guard.h"
#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once in a program, before cluster_open: HDF5 begins and is never ended (see src/store/scope.c:
   ending after a failed close crashes). CONFX_STATUS_MEMORY. Programs that leave it out work, and
   end as HDF5 has it. */
confx_status_t store_begin(void);

/* ---- files of named arrays ------------------------------------------------------------------- */

typedef struct {
    const char *path; /* object it hangs on: "/", "/trajectories/actions" */
    const char *name;
    const char *text; /* a text attribute, or NULL for: */
    double real;      /* a float64 attribute */
    bool whole;       /* ... or an int64 one */
    int64_t integer;
} attribute_t;

/* Write a whole new file `path`: arrays, then attributes (groups on the way are made); atomically,
   by the temporary name PATH.PID.tmp. The guard of this and of all that writes here is asked
   immediately before the rename (guard.h; NULL: none). An array of rank 0 is a single number and
   becomes a scalar. One of texts has rank 2 or 3 and a width above 0. Texts, attributes as well,
   become variable-length UTF-8, which h5py gives as str. */
confx_status_t store_write(const char *path, const array_t *arrays, size_t arrays_n,
                           const attribute_t *attributes, size_t attributes_n,
                           const guard_t *guard);

/* The same, and the file that was at `path` stays as `previous`, beside it: nothing has moved until
   the new one is whole on the disk, and `path` is there at every moment (file_publish_keeping).
   previous NULL: store_write. */
confx_status_t store_replace(const char *path, const char *previous, const array_t *arrays,
                             size_t arrays_n, const attribute_t *attributes, size_t attributes_n,
                             const guard_t *guard);

typedef struct store store_t; /* a file open for reading */

/* Does a user's file begin as those of the log do, damaged or not? */
confx_status_t store_is_log(const char *path, bool *is_log);
/* A file that the program put there; and one that a user named, which may be a link to such a
   file. */
confx_status_t store_open(const char *path, store_t **store);
confx_status_t store_open_users(const char *path, store_t **store);
void store_close(store_t *store);
/* Is there an object of that name, an attribute of that name on an object? What cannot be read is a
   failure, and no absence. */
confx_status_t store_has(store_t *store, const char *name, bool *has);
confx_status_t store_has_attribute(store_t *store, const char *path, const char *name, bool *has);
/* Type, rank and dimensions of a dataset; data and units are NULL, the name is `name`. A scalar has
   rank 0 and, for those who count rows, dims[0] 1. The width of texts is that of the longest and
   its NUL. */
confx_status_t store_describe(store_t *store, const char *name, array_t *array);
/* Read a dataset into array->data, whose type and dimensions must be those of the file; a scalar
   may be read as one row, texts into any width that takes them. Of a virtual dataset (those of
   /trajectories in run.h5) all segments are checked before the first read, and that they are the
   files that run.h5 lists: no fill value passes for a row, and no row of another run. */
confx_status_t store_read(store_t *store, const array_t *array);
/* Rows first .. first+n-1 of a dataset's first dimension into data, converted to `type`, which must
   hold them. */
confx_status_t store_read_rows(store_t *store, const char *name, array_type_t type, size_t first,
                               size_t n, void *data);
confx_status_t store_read_text(store_t *store, const char *path, const char *name,
                               char **text); /* the caller frees */
confx_status_t store_read_integer(store_t *store, const char *path, const char *name,
                                  int64_t *value);
confx_status_t store_read_real(store_t *store, const char *path, const char *name, double *value);

/* CRC-32 of some bytes, as in Python zlib.crc32(dataset[:].tobytes()). */
uint32_t store_checksum(const void *bytes, size_t n);

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

/* CONFX_STATUS_DAMAGED, with a message that names both runs, unless the open file belongs to the
   run `id`, which is that of the file `other`. */
confx_status_t store_check_run_id(store_t *store, const char *id, const char *other);

/* ---- trajectory segments --------------------------------------------------------------------- */

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

/* One sample each; all arrays have n = count x block rows. */
typedef struct {
    size_t layers, heads;
    const uint8_t *stage;                 /* (n) 0 policy, 1 islands */
    const uint32_t *update;               /* (n) */
    const uint32_t *episode;              /* (n) number of the sample within its update */
    const uint16_t *actions;              /* (n, layers, heads) */
    const double *objective, *constraint; /* (n) */
    const uint8_t *feasible;              /* (n) */
} rows_t;

/* Make RUN_DIR/segments, with its parents, and the run directory: once, when a run begins or goes
   on. Those who write segments make none: a directory that vanishes is a failure. */
confx_status_t store_segments_make(const char *run_dir);

/* Write RUN_DIR/segments/NAME and fill in its checksum. */
confx_status_t store_segment_write(const char *run_dir, const char *run_id, segment_t *segment,
                                   const rows_t *rows, const guard_t *guard);

/* Check every byte of it, that it is the file of that run and checksum, that it holds the rows it
   should, and the shapes of its columns; an unknown checksum is filled in. Else, or where it is
   missing, CONFX_STATUS_DAMAGED; *foreign: it is there, and belongs to another run. */
confx_status_t store_segment_verify(const char *run_dir, const char *run_id, segment_t *segment,
                                    size_t layers, size_t heads, bool *foreign);

/* Write one segment of the rows of all parts, which must be one writer's, in order, of one stride
   and block. The caller gives joined->name, the rest is filled in; parts go only when run.h5 and
   the checkpoint name the joined one. */
confx_status_t store_segment_join(const char *run_dir, const char *run_id, const segment_t *parts,
                                  size_t parts_n, size_t layers, size_t heads, segment_t *joined,
                                  const guard_t *guard);

/* Write one segment of the first `rows` rows of a run.h5 that holds its rows itself. The caller
   gives segment->name, the rest is filled in. Of run.h5 another run, fewer rows, or rows elsewhere,
   are CONFX_STATUS_DAMAGED. */
confx_status_t store_segment_regain(const char *run_dir, const char *run_id, uint64_t rows,
                                    size_t layers, size_t heads, segment_t *segment,
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

/* ---- run.h5 ---------------------------------------------------------------------------------- */

/* What run.h5 and the checkpoints hold, and how, has a number, their attribute `schema`. Every
   change raises it.
       1  texts of fixed width; single numbers as arrays of one; actions of stage 0 are indices into
          /actions
       2  no run id, no list of segments in run.h5, no checksums of them in the checkpoint
       3  this program's */
enum { RUN_SCHEMA = 3, SCHEMA_WITH_IDS = 3 };

/* The schema of a run.h5, 1 to RUN_SCHEMA; a newer one is CONFX_STATUS_INPUT. */
confx_status_t store_read_schema(store_t *store, int64_t *schema);
/* Is the open run.h5 or checkpoint of such a schema, and does it belong where it lies?
   CONFX_STATUS_DAMAGED where another of a run.h5 and its checkpoints lies beside it that can be
   read and belongs to another run. */
confx_status_t store_check_run(store_t *store);
confx_status_t store_open_run(const char *path, store_t **store); /* store_open and that */

typedef struct {
    const char *run_id;
    const array_t *arrays; /* what is stored in run.h5 itself */
    size_t arrays_n;
    const attribute_t *attributes;
    size_t attributes_n;
    const segment_t *segments; /* behind the virtual datasets of /trajectories */
    size_t segments_n;
    bool self_contained; /* no virtual datasets: the rows of the segments are copied, and the file
                            stands alone */
    uint64_t rows;       /* N of the logical table: all rows below are covered by the segments */
    size_t layers, heads;
    const char *objective_units, *constraint_units; /* of /trajectories/..., or NULL */
} master_t;

/* Write RUN_DIR/run.h5 anew. Without rows /trajectories has empty datasets. Names of segments are
   relative, so the directory may be moved. With them are listed their rows and checksums. The
   attribute `self_contained` (0 or 1) says whether the file stands alone; where it does not, `rows`
   of /trajectories says where they are. A self-contained file is compressed and composed on disk, a
   few dozen MB at a time. Segments that do not cover the rows are CONFX_STATUS_INPUT. Join segments
   while they are a few hundred: readers open them all at once, about a millisecond each and column,
   and HDF5 gives fill values, without a word, for those beyond the usual limit of 1024 open files
   (this room's reader raises the limit, or fails). */
confx_status_t store_master_write(const char *run_dir, const master_t *master,
                                  const guard_t *guard);

/* Names of the segments behind /trajectories, in no order; none where it stands alone. The caller
   frees with file_names_close. */
confx_status_t store_sources(store_t *store, char ***names, size_t *names_n);

/* Does this run.h5 stand alone? One of schema 1 does not. */
confx_status_t store_is_self_contained(store_t *store, bool *alone);

/* Remove the temporaries that killed processes left in the directory of a run (RUN_DIR/segments
   too), a sweep or a comparison, which the caller owns, before any writer starts; those of reports,
   whose processes may live, when they are an hour old. */
confx_status_t store_tidy(const char *run_dir, const guard_t *guard);

#endif
