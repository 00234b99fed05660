/* A search in progress, from inside the run room: its data. What is done to them is in steps.h. */
#ifndef RUN_STATE_H
#define RUN_STATE_H

#include "confx/archive.h"
#include "confx/clock.h"
#include "confx/datasets.h"
#include "confx/file.h"
#include "confx/owner.h"
#include "confx/run.h"
#include "confx/search.h"
#include "confx/stages.h"
#include "run/policy_file.h"
#include "run/unit_report.h"

#include <assert.h>
#include <math.h>

enum { STAGES_MAX = ALGORITHM_STAGES_MAX };

/* A share of the samples for one algorithm. */
typedef struct {
    algorithm_t algorithm;
    uint64_t samples; /* to be taken before the leg at work ends */
    uint64_t planned; /* of these, from the beginning: schedules end there */
} stage_t;

/* A run that was extended has legs: it went to the end with the samples of the first, then on to
   those of the next. */
enum { LEGS_MAX = 256 };
typedef struct {
    uint64_t samples; /* of the run at its end */
    uint64_t updates; /* the same; known when the next one begins */
} leg_t;

/* The samples of one update: planned once, by stage_plan_update, and handed on. All units have
   `each` but in a stage's last update, which may be cut short: there the first units have `each`,
   one has the rest, and those behind it have none. */
typedef struct {
    size_t units, each;
    uint64_t samples; /* of all units: 0 < samples <= units * each */
} update_t;

static inline bool update_is_cut(const update_t *update)
{
    return update->samples < update->units * update->each;
}

/* Samples of one unit, and of those before it. */
static inline uint64_t update_samples_before(const update_t *update, size_t unit)
{
    const uint64_t before = unit * update->each;
    return before < update->samples ? before : update->samples;
}

static inline uint64_t update_samples_of(const update_t *update, size_t unit)
{
    assert(unit < update->units);
    return update_samples_before(update, unit + 1) - update_samples_before(update, unit);
}

/* The algorithm at work on this rank. n: units of mine. */
typedef struct {
    search_t *search;
    search_layout_t layout;
    share_t share;
    batch_t *batches;                 /* (n) */
    size_t proposed_n;                /* indices in: */
    uint16_t *proposed;               /* (n, samples, L, A), where run->scored */
    uint16_t *agreed;                 /* (units, samples, L, A), likewise */
    void *message;                    /* publish_bytes */
    double *moments, *moment_sum;     /* (n, moments), (moments) */
    real_t *gradients, *gradient_sum; /* (n, gradient); (gradient) at the root */
    unit_report_layout_t report_layout;
    size_t report_bytes;
    char *reports_mine, *reports_all; /* (n, report_bytes); (units, report_bytes) at the root */
    search_report_t *statistics;      /* (units) at the root */
    batch_t collect;           /* at the root, where the algorithm sees every sample: one unit's */
    char *migrants, *arrivals; /* (n, migrant_bytes) */
    arena_t arena;             /* behind all of these */
} work_t;

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

/* Samples since the last commit: a stream of records per unit of mine. */
typedef struct {
    char **streams; /* (n) */
    size_t record_bytes;
    size_t records, room; /* per stream */
    uint64_t first_row, first_update;
    uint64_t updates; /* 0: nothing pending */
    update_t update;  /* each of them: all are whole, or it is the one that was cut short */
} pending_t;

typedef struct {
    cluster_t *cluster;
    const job_t *job;
    const run_listener_t *listener;
    owner_t *owner;       /* of the run directory; root */
    owner_watch_t *watch; /* that it still is; other ranks that write there */
    const guard_t
        *guard; /* of one or the other; NULL: not owned (yet), and on ranks that do not write */
    setting_t setting;
    memory_t *memory;
    scored_t *scored;       /* NULL: samples may repeat each other */
    knapsack_t certificate; /* root */
    space_part_t space;

    leg_t legs[LEGS_MAX];
    size_t legs_n, leg; /* the one at work */
    bool extended;      /* in this session: by the last leg */

    stage_t stages[STAGES_MAX];
    size_t stages_n, stage;
    work_t work;
    search_t *before; /* the stage before, while the next one opens */

    /* equal on all ranks */
    uint64_t updates, samples;             /* in all */
    uint64_t stage_updates, stage_samples; /* of the stage at work */
    archive_t *archive; /* the best of what was sampled: complete on the root at any time, the best
                           one on all ranks when a stage opens */

    pending_t pending;

    /* root */
    progress_t progress;
    uint64_t feasible;
    double started,
        seconds_before;      /* clock at the start of this session; seconds of earlier sessions */
    uint64_t samples_before; /* of earlier sessions */
    double committed;        /* clock at the last commit */
    segment_t *segments;
    size_t segments_n, segments_room;
    policy_file_t learned; /* what the policy was at the last commit, or when its stage ended */
    int64_t init_checksum; /* of the parameters it started from, where the job has search.init */
    char begun[CLOCK_ISO_MAX];
    char found[32];      /* status of the checkpoint resumed from; empty: a new run */
    char id[RUN_ID_MAX]; /* of the run, the same on all ranks */
    bool done;           /* the checkpoint resumed from was of a finished run */
    bool fell_back;      /* on all ranks: it was the previous one, as the newest was of no use */
    bool regained;       /* its segments were made again, of the rows in run.h5 */
    bool foreign;        /* one of its segments, as it lies there, belongs to another run */
} run_t;

#endif
