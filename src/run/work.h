/* The stages of a run, the updates of a stage, and the algorithm at work on a rank. */
#ifndef RUN_WORK_H
#define RUN_WORK_H

#include "confx/arena.h"
#include "confx/cluster.h"
#include "confx/search.h"
#include "confx/stages.h"
#include "run/unit_report.h"

#include <assert.h>

enum { STAGES_MAX = ALGORITHM_STAGES_MAX };

/* A share of the samples for one algorithm. */
typedef struct {
    algorithm_t algorithm;
    uint64_t samples; /* to be taken before the leg at work ends */
    uint64_t planned; /* of these, from the beginning: schedules end there */
} stage_t;

/* A run whose number of samples was raised after its end has several legs: the first went on to the
   end of the first number of samples, each further one to the end of the next number. */
enum { LEGS_MAX = 256 };
typedef struct {
    uint64_t samples; /* of the run, in all, at the end of the leg */
    uint64_t updates; /* likewise; known when the next leg begins */
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

#endif
