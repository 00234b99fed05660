/* The logical table of samples: its columns are the datasets of every segment and, virtually, of
   run.h5. */
#ifndef STORE_TABLE_H
#define STORE_TABLE_H

#include "confx/store.h"

#include <stdbool.h>

/* X(dataset, type, a row is (layers, heads) and not one item) */
#define TABLE_LIST(X)                                                                              \
    X(stage, ARRAY_U8, false)                                                                      \
    X(update, ARRAY_U32, false)                                                                    \
    X(episode, ARRAY_U32, false)                                                                   \
    X(actions, ARRAY_U16, true)                                                                    \
    X(objective, ARRAY_F64, false)                                                                 \
    X(constraint, ARRAY_F64, false)                                                                \
    X(feasible, ARRAY_U8, false)

#define TABLE_ENUM(name, type, wide) TABLE_##name,
enum { TABLE_LIST(TABLE_ENUM) TABLE_COLUMNS };
#undef TABLE_ENUM

/* A column of n rows, without data. */
array_t table_column(size_t column, size_t n, size_t layers, size_t heads);

/* CONFX_STATUS_INPUT unless the segment's name is a plain file name, it has rows, these lie apart,
   and no number is so large that a sum or product of them overflows. */
confx_status_t segment_check(const segment_t *segment);
size_t segment_rows(const segment_t *segment);
bool segment_same_rows(const segment_t *one,
                       const segment_t *other); /* of the table, whatever their names */

/* RUN_DIR/segments/NAME of a checked segment, into path (FILE_PATH_MAX). */
confx_status_t segment_path(const char *run_dir, const segment_t *segment, char *path);

/* CONFX_STATUS_DAMAGED unless the file at `path` is whole, of that run, and the very segment: by
   its checksum, or, where that is not known, by the place it says its rows have. *foreign: it is of
   another run. */
confx_status_t segment_check_file(const char *path, const char *run_id, const segment_t *segment,
                                  bool *foreign);

#endif
