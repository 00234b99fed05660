/* What the root alone knows of a run: its progress, its certificate, its times. */
#ifndef RUN_ROOT_H
#define RUN_ROOT_H

#include "confx/certificate.h"
#include "confx/clock.h"
#include "confx/owner.h"
#include "run/policy_file.h"

/* Columns of /progress, a row per update: X(name, units, is a count, long name). */
#define PROGRESS_LIST(X)                                                                           \
    X(samples, "samples", true, "samples up to the end of the update")                             \
    X(best, NULL, false, "best objective of a feasible sample so far")                             \
    X(mean, NULL, false, "mean objective of the update's samples")                                 \
    X(feasible_fraction, NULL, false, "feasible samples of the update, of all it has")             \
    X(entropy, "nat", false, "mean entropy of the policy's choices")                               \
    X(gradient_norm, NULL, false, "norm of the gradient before it is clipped")                     \
    X(seconds, "s", false, "time of searching up to the end of the update")                        \
    X(evaluations, "points", true, "distinct points evaluated up to the end of the update")
#define PROGRESS_COLUMN(name, ...) PROGRESS_##name,
typedef enum { PROGRESS_LIST(PROGRESS_COLUMN) PROGRESS_COLUMNS } progress_column_t;
#undef PROGRESS_COLUMN

typedef struct {
    double *columns[PROGRESS_COLUMNS]; /* (room) each, n used */
    size_t n, room;
} progress_t;

typedef struct {
    owner_t *owner; /* of the run directory */
    knapsack_t certificate;
    progress_t progress;
    uint64_t feasible; /* samples */
    double started,
        seconds_before;      /* clock at the start of this session; seconds of earlier sessions */
    uint64_t samples_before; /* of earlier sessions */
    double committed;        /* clock at the last commit */
    policy_file_t learned;   /* what the policy was at the last commit, or when its stage ended */
    int64_t init_checksum;   /* of the parameters it started from, where the job has search.init */
    char begun[CLOCK_ISO_MAX];
} root_t;

#endif
