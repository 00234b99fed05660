/* A search in progress, from inside the run room: its data, the same on all ranks but for the
   parts of the root and of the log. What is done to them is in steps.h and files.h. */
#ifndef RUN_STATE_H
#define RUN_STATE_H

#include "confx/archive.h"
#include "confx/run.h"
#include "run/log.h"
#include "run/root.h"
#include "run/work.h"

#include <math.h>

typedef struct run run_t;

struct run {
    cluster_t *cluster;
    const job_t *job;
    const run_listener_t *listener;
    owner_watch_t *watch; /* that the directory is the root's still; other ranks that write */
    const guard_t
        *guard; /* of one or the other; NULL: not owned (yet), and on ranks that do not write */
    setting_t setting;
    memory_t *memory;
    scored_t *scored; /* NULL: samples may repeat each other */
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

    root_t root; /* of use on the root alone */
    log_t log;

    char found[32];      /* status of the checkpoint resumed from; empty: a new run */
    char id[RUN_ID_MAX]; /* of the run, the same on all ranks */
    bool certified;      /* nothing is searched: the only sample is the certificate's */
    bool done;           /* the checkpoint resumed from was of a finished run */
    bool fell_back;      /* on all ranks: it was the previous one, as the newest was of no use */
};

#endif
