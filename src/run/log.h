/* Samples on their way to the log, and what is in it. */
#ifndef RUN_LOG_H
#define RUN_LOG_H

#include "run/work.h"

/* Samples since the last commit: a stream of records per unit of mine. */
typedef struct {
    char **streams; /* (n) */
    size_t record_bytes;
    size_t records, room; /* per stream */
    uint64_t first_row, first_update;
    uint64_t updates; /* 0: nothing pending */
    update_t update;  /* as each of them was; a pending update that was cut short is the only one */
} pending_t;

typedef struct {
    pending_t pending;
    segment_t *segments; /* (segments_n) committed, of all ranks; the root's */
    size_t segments_n, segments_room;
    bool regained; /* they were made again, of the rows in run.h5 */
    bool foreign;  /* one of them, as it lies there, belongs to another run */
} log_t;

#endif
