/* What a stage of a search is opened with. */
#ifndef CONFX_SEARCH_SETUP_H
#define CONFX_SEARCH_SETUP_H

#include "confx/batch.h"
#include "confx/memory.h"
#include "confx/scored.h"

#include <stddef.h>
#include <stdint.h>

typedef struct search search_t;

/* A stage that goes on behind the end of its schedules. */
typedef struct {
    uint64_t samples;                        /* of the stage in the end, all extensions included */
    uint64_t before_samples, before_updates; /* of the stage, when the latest extension began */
} extension_t;

typedef struct {
    problem_t *problem;     /* needs and levels are open; objectives are not */
    const memory_t *memory; /* per-layer costs that all ranks' samples have revealed; NULL: not
                               revealed, or not kept */
    const scored_t *scored; /* assignments scored by all ranks; NULL: not kept */
    bool remembers; /* what samples reveal may be remembered: per-layer costs, or else totals */
    const job_t *job;
    uint64_t samples;          /* of this stage: its schedules end there */
    extension_t extension;     /* beyond that; all 0: none */
    uint64_t first_update;     /* number of this stage's first update in the run */
    size_t unit_first, units;  /* the units this rank holds */
    scored_assignment_t start; /* the best one so far; read at opening only */
    const search_t *before;    /* the stage before, NULL: none, or resumed; read at opening only */
} search_setup_t;

/* Samples of the stage in the end. */
static inline uint64_t search_samples(const search_setup_t *setup)
{
    return setup->extension.samples > setup->samples ? setup->extension.samples : setup->samples;
}

/* No more samples than these are taken in all, of this stage and of those before it. */
static inline uint64_t search_samples_in_all(const search_setup_t *setup)
{
    const uint64_t of_job = setup->job->search.samples;
    return search_samples(setup) > of_job ? search_samples(setup) : of_job;
}

#endif
