/* A search in progress, from inside the run room. One file per part of it:
       stage.c  the algorithm at work and its buffers      update.c   one update, as data walks it (DESIGN.md section 3)
       rows.c   samples on their way to the log            commit.c   segments, checkpoint, run.h5 (master.c, join.c)
       resume.c back from a checkpoint                     search.c   the whole */
#ifndef RUN_STATE_H
#define RUN_STATE_H

#include "confx/clock.h"
#include "confx/file.h"
#include "confx/run.h"
#include "confx/search.h"
#include "learned.h"
#include "shelf.h"

#include <math.h>

enum { ACTION_HEADS = 2, STAGES_MAX = 2 };

/* A share of the samples for one algorithm. */
typedef struct {
    algorithm_t algorithm;
    uint64_t samples;
} stage_t;

/* The algorithm at work on this rank. n: units of mine. */
typedef struct {
    search_t *search;
    search_layout_t layout;
    share_t share;
    batch_t *batches;                 /* (n) */
    void *brief;                      /* brief_bytes */
    double *moments, *moment_sum;     /* (n, moments), (moments) */
    real_t *gradients, *gradient_sum; /* (n, gradient); (gradient) at the root */
    char *told, *all_told;            /* (n, told_bytes); (units, told_bytes) at the root: see told_t */
    size_t told_bytes;
    search_report_t *reports;  /* (units) at the root */
    batch_t witness;           /* at the root, where the algorithm sees every sample: one unit's */
    char *migrants, *arrivals; /* (n, migrant_bytes) */
} work_t;

/* What a unit tells the root of an update, followed by objective (E), constraint (E), feasible (E) as float64 and the
   genes of its best feasible sample: pes (L), buffer (L) as uint16. Where the algorithm sees every sample: the genes of
   all, pes (E, L), buffer (E, L), and behind them each layer's cost (E, L) as float64 where it is shown that. */
typedef struct {
    search_report_t report;
    int64_t best; /* its row; -1: nothing feasible */
} told_t;

/* The best feasible assignment so far: equal on the root at any time, on all ranks when a stage opens. */
typedef struct {
    double objective, constraint; /* NaN: none */
    uint16_t *genes;              /* (2, L) pes, buffer */
} best_t;

/* Columns of /progress, a row per update: X(name, units). */
#define PROGRESS_LIST(X)                                                                                               \
    X(samples, "samples")                                                                                              \
    X(best, NULL)                                                                                                      \
    X(mean, NULL)                                                                                                      \
    X(feasible_fraction, NULL)                                                                                         \
    X(entropy, "nat")                                                                                                  \
    X(gradient_norm, NULL)                                                                                             \
    X(seconds, "s")                                                                                                    \
    X(evaluations, "points")
#define PROGRESS_COLUMN(name, units) PROGRESS_##name,
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
    uint64_t cut;     /* samples of the one pending update when it was cut short, 0: all are whole */
} pending_t;

typedef struct {
    cluster_t *cluster;
    const job_t *job;
    const run_listener_t *listener;
    setting_t setting;
    ledger_t *ledger;
    knapsack_t certificate; /* root */
    space_t space;

    stage_t stages[STAGES_MAX];
    size_t stages_n, stage;
    work_t work;
    search_t *before; /* the stage before, while the next one opens */

    /* equal on all ranks */
    uint64_t updates, samples;             /* in all */
    uint64_t stage_updates, stage_samples; /* of the stage at work */
    best_t best;

    pending_t pending;

    /* root */
    progress_t progress;
    uint64_t feasible;
    double started, seconds_before; /* clock at the start of this session; seconds of earlier sessions */
    uint64_t samples_before;        /* of earlier sessions */
    double committed;               /* clock at the last commit */
    segment_t *segments;
    size_t segments_n, segments_room;
    segment_t *retired; /* joined into others; the first retired_ripe of them may go at the next commit */
    size_t retired_n, retired_ripe;
    learned_t learned;     /* what the policy was at the last commit, or when its stage ended */
    int64_t init_checksum; /* of the parameters it started from, where the job has search.init */
    char begun[CLOCK_ISO_MAX];
    char found[32]; /* status of the checkpoint resumed from; empty: a new run */
    bool done;      /* that one was of a finished run */
} run_t;

/* progress.c: the table, and its way into a file. */
status_t progress_add(progress_t *progress, const double row[PROGRESS_COLUMNS]);
status_t progress_reserve(progress_t *progress, size_t rows);
void progress_close(progress_t *progress);
void progress_show(run_t *run, shelf_t *shelf);
const char *progress_name(progress_column_t column); /* "/progress/best" */

/* stage.c */
size_t stages_plan(const run_t *run, stage_t stages[STAGES_MAX]);
status_t stage_open(run_t *run);
void stage_close(run_t *run);
uint64_t stage_wanted(const run_t *run, size_t unit); /* samples of a unit in the coming update */
const char *stage_name(algorithm_t algorithm);
int stage_number(algorithm_t algorithm);   /* as logged: 0 acts on levels (the policy), 1 on integers (islands) */
bool stage_shows_layers(const run_t *run); /* per-layer costs, to the algorithm at work */

void stage_take_policy(run_t *run); /* root: what the policy at work has learned, if there is one, into run->learned */

/* init.c; root: the policy that the job starts from, for the stage just opened; and its checksum, into a file and back.
 */
status_t init_load(run_t *run);
void init_show(const run_t *run, shelf_t *shelf);
status_t init_read(run_t *run, store_t *store);

/* update.c: one update; collective. */
status_t update_run(run_t *run);

/* rows.c */
status_t rows_open(run_t *run);
void rows_close(run_t *run);
status_t rows_keep(run_t *run);          /* the batches of an update */
status_t rows_commit(run_t *run);        /* what is pending, as segments; collective. A cut update alone */
bool rows_must_commit(const run_t *run); /* the coming update is a cut one, and something is pending */

/* join.c; root: many small segments into few large ones; remove the files of those joined a commit ago. */
status_t join_segments(run_t *run);
status_t join_clear(run_t *run);

/* commit.c; collective. status_word: "running", "stopped", "complete", "infeasible". */
status_t commit(run_t *run, const char *status_word);
/* table.c: assignment.csv; root. */
status_t table_write(const run_t *run);
/* logged.c: where the job file lies, as run.h5 tells it; the texts stay in `places`. */
typedef struct {
    char directory[FILE_PATH_MAX], way[FILE_PATH_MAX];
} places_t;
void logged_show(const run_t *run, places_t *places, shelf_t *shelf);
/* master.c: run.h5; root. */
status_t master_write(run_t *run, const char *status_word);

/* Files of a run directory, and what the checkpoint's /run/counters hold, in this order. */
#define RUN_CHECKPOINT          "checkpoint.h5"
#define RUN_CHECKPOINT_PREVIOUS "checkpoint.previous.h5"
#define RUN_CHECKPOINT_DAMAGED  "checkpoint.damaged.h5" /* laid aside when a run goes on from the previous one */
enum { RUN_SCHEMA = 1 };
enum {
    COUNTER_STAGE,
    COUNTER_UPDATES,
    COUNTER_SAMPLES,
    COUNTER_STAGE_UPDATES,
    COUNTER_STAGE_SAMPLES,
    COUNTER_FEASIBLE,
    RUN_COUNTERS
};

/* Budget, least and most need of the problem: they tell a changed one when resuming. */
enum { RUN_NEEDS = 3 };
static inline void run_needs(const run_t *run, double needs[RUN_NEEDS])
{
    needs[0] = problem_budget(run->setting.problem);
    needs[1] = problem_need_least(run->setting.problem);
    needs[2] = problem_need_most(run->setting.problem);
}

/* resume.c: is there a run in the directory, and back into it. */
status_t resume_check(run_t *run, bool resume, bool *found);
status_t resume_load(run_t *run);
/* Root: run.h5 anew unless it is the one that belongs to the checkpoint: a kill between the two leaves an older one. */
status_t resume_mend(run_t *run);

#endif
