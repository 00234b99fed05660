/* A stage of a search in one process: ranks are searches of one problem, each with units and a
   memory of its own. */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include "confx/search_state.h"
#include "problem/setting.h"

#include <math.h>

enum { RANKS_MAX = 8 };

typedef struct {
    search_t *search;
    memory_t *memory;
    size_t first, units;
} rank_t;

/* What a stage is of: searches read no more of a setting than this. */
typedef struct {
    problem_t *problem;
    const job_t *job;
    algorithm_t algorithm;
    uint64_t samples;
    size_t ranks;
} stage_parts_t;

typedef struct {
    problem_t *problem;
    const job_t *job;
    algorithm_t algorithm;
    search_layout_t layout;
    bool remembers_layers;
    scored_t *scored; /* of this stage and those before; NULL: samples may repeat */
    size_t ranks_n, layers;
    bool shows_layers;
    rank_t ranks[RANKS_MAX];
    uint64_t samples, first_update, updates; /* updates: done in this stage */
    batch_t *batches;                        /* (units) of the last update */
    search_report_t *reports;                /* (units) of the last update */
    search_summary_t summary;                /* of the last update */
    batch_t trace; /* (samples) all that was sampled: by update, unit, episode */
    size_t best;   /* best feasible one of the trace; SIZE_MAX: none */
} stage_t;

static inline void *driver_memory(size_t n, size_t size)
{
    void *memory = calloc(n + 1, size);
    ck_assert_ptr_nonnull(memory);
    return memory;
}

/* As stage.c has it. */
static inline bool driver_shows_layers(const problem_t *problem, const job_t *job,
                                       algorithm_t algorithm)
{
    const search_traits_t traits = search_traits(algorithm);
    return job_feedback(job) == FEEDBACK_LAYER && problem_has_layers(problem) && traits.layers &&
           (traits.weighs || !terms_has_known(problem_terms(problem)));
}

static inline bool driver_remembers(const problem_t *problem, const job_t *job,
                                    algorithm_t algorithm)
{
    const job_search_t *search = &job->search;
    const bool forgets = search->preset == PRESET_PAPER && !search_traits(algorithm).layers_needed;
    return search->memory && !forgets && driver_shows_layers(problem, job, algorithm);
}

static inline scored_assignment_t stage_best(const stage_t *stage)
{
    if (!stage || stage->best == SIZE_MAX) return (scored_assignment_t){.assignment = NULL};
    return batch_sample(&stage->trace, stage->best);
}

static inline void memory_copy(const memory_t *from, memory_t *to)
{
    void *records = driver_memory(memory_size(from), memory_record_bytes(from));
    memory_list(from, records);
    ck_assert_ok(memory_enter(to, records, memory_size(from)));
    memory_settle(to);
    free(records);
}

/* As run/stage.c has it; what an earlier stage has scored is taken over. */
static inline void stage_open_scored(stage_t *stage, const stage_t *before)
{
    const job_search_t *search = &stage->job->search;
    stage->remembers_layers = driver_remembers(stage->problem, stage->job, stage->algorithm);
    if (!search_traits(stage->algorithm).unrepeated || !search->memory ||
        search->preset == PRESET_PAPER)
        return;
    ck_assert_ok(scored_open(stage->problem, stage->samples + (before ? before->samples : 0),
                             &stage->scored));
    if (!before || !before->scored) return;
    size_t n;
    const uint64_t *keys = scored_list(before->scored, &n);
    scored_enter(stage->scored, keys, n);
}

static inline void rank_open(stage_t *stage, size_t rank, const stage_t *before)
{
    rank_t *self = &stage->ranks[rank];
    const size_t each = stage->layout.units / stage->ranks_n,
                 more = stage->layout.units % stage->ranks_n;
    self->first =
        rank * each +
        (rank < more ? rank : more); /* as cluster_share deals: the root is never without */
    self->units = each + (rank < more);
    ck_assert_ok(memory_open(stage->problem, &self->memory));
    if (before) memory_copy(before->ranks[0].memory, self->memory);
    const search_setup_t setup = {
        .problem = stage->problem,
        .memory =
            driver_remembers(stage->problem, stage->job, stage->algorithm) ? self->memory : NULL,
        .scored = stage->scored,
        .remembers = stage->job->search.memory && stage->job->search.preset != PRESET_PAPER,
        .before = before ? before->ranks[0].search : NULL,
        .job = stage->job,
        .samples = stage->samples,
        .first_update = stage->first_update,
        .unit_first = self->first,
        .units = self->units,
        .start = stage_best(before)};
    ck_assert_ok(search_open(&setup, stage->algorithm, &self->search));
}

/* before: the stage whose best and whose memory this one starts from, NULL: none. */
static inline void stage_begin(stage_t *stage, const stage_parts_t *parts, const stage_t *before)
{
    const search_setup_t setup = {.problem = parts->problem, .job = parts->job};
    *stage =
        (stage_t){.problem = parts->problem,
                  .job = parts->job,
                  .algorithm = parts->algorithm,
                  .layout = search_plan(&setup, parts->algorithm),
                  .ranks_n = parts->ranks,
                  .layers = problem_layers(parts->problem),
                  .shows_layers = driver_shows_layers(parts->problem, parts->job, parts->algorithm),
                  .samples = parts->samples,
                  .first_update = before ? before->first_update + before->updates : 0,
                  .best = SIZE_MAX};
    stage_open_scored(stage, before);
    for (size_t rank = 0; rank < parts->ranks; rank++) rank_open(stage, rank, before);
    stage->layout = *search_layout(stage->ranks[0].search);
    stage->batches = driver_memory(stage->layout.units, sizeof *stage->batches);
    stage->reports = driver_memory(stage->layout.units, sizeof *stage->reports);
    for (size_t unit = 0; unit < stage->layout.units; unit++)
        ck_assert_ok(batch_open(stage->problem, stage->layout.samples, &stage->batches[unit]));
    ck_assert_ok(batch_open(stage->problem, stage->samples, &stage->trace));
}

/* The same of a setting. */
static inline void stage_open(stage_t *stage, const setting_t *setting, algorithm_t algorithm,
                              uint64_t samples, size_t ranks, const stage_t *before)
{
    const stage_parts_t parts = {setting->problem, setting->job, algorithm, samples, ranks};
    stage_begin(stage, &parts, before);
}

static inline void stage_close(stage_t *stage)
{
    for (size_t rank = 0; rank < stage->ranks_n; rank++) {
        search_close(stage->ranks[rank].search);
        memory_close(stage->ranks[rank].memory);
    }
    for (size_t unit = 0; unit < stage->layout.units; unit++) batch_close(&stage->batches[unit]);
    batch_close(&stage->trace);
    scored_close(stage->scored);
    free(stage->batches);
    free(stage->reports);
}

static inline rank_t *stage_rank_of(stage_t *stage, size_t unit)
{
    rank_t *rank = stage->ranks;
    while (unit >= rank->first + rank->units) rank++;
    return rank;
}

#endif
