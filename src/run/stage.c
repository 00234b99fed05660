/* The stages of a search, and the memory of the one at work. */
#include "confx/search_state.h"
#include "confx/stages.h"
#include "confx/try.h"
#include "run/files.h"
#include "run/steps.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* How many samples the policy gets. Preset `paper`: the original gives two thirds of its epochs to
   REINFORCE and counts an episode as an epoch, but also a whole generation of 20 assignments; in
   samples that is 1 in 11. Preset `default`: 500 teach the policy nearly all it will know of a
   network. With a memory 100 do: islands use what is remembered as well, and over all integers.
   Where totals are remembered none do, unless the policy has learned elsewhere: each of the first
   hundred samples that islands infer from is worth more than one of a policy that has yet to
   learn. Of per-layer costs 60 guided ones show which levels are good, and islands look between
   these. */
static uint64_t stage_policy_samples(const run_t *run, uint64_t samples)
{
    const job_search_t *search = &run->job->search;
    const bool layers =
        job_feedback(run->job) == FEEDBACK_LAYER && problem_has_layers(run->setting.problem);
    if (search->policy_samples)
        return search->policy_samples < samples ? search->policy_samples : samples;
    if (search->preset == PRESET_PAPER) return samples / 11;
    if (search->memory && !layers && !search->init) return 0;
    const uint64_t most = !search->memory ? 500 : search->init ? 100 : 60;
    return samples / 3 < most ? samples / 3 : most;
}

static uint64_t stage_whole_updates(uint64_t samples, const search_layout_t *plan)
{
    const uint64_t each = plan->units * plan->samples;
    return samples / each * each;
}

static bool stage_reveals_layers(const run_t *run, algorithm_t algorithm)
{
    const problem_t *problem = run->setting.problem;
    const search_traits_t traits = search_traits(algorithm);
    return job_feedback(run->job) == FEEDBACK_LAYER && problem_has_layers(problem) &&
           traits.layers && (traits.weighs || !terms_has_known(problem_terms(problem)));
}

static search_setup_t stage_setup_of(const run_t *run, algorithm_t algorithm)
{
    const job_search_t *search = &run->job->search;
    const bool forgets = search->preset == PRESET_PAPER && !search_traits(algorithm).layers_needed;
    const bool remembers = search->memory && !forgets;
    const bool layers = stage_reveals_layers(run, algorithm);
    return (search_setup_t){.problem = run->setting.problem,
                            .memory = remembers && layers ? run->memory : NULL,
                            .scored = remembers ? run->scored : NULL,
                            .remembers = remembers,
                            .job = run->job};
}

/* The first leg decides; what a run was extended by goes to its last stage. */
size_t stages_plan(const run_t *run, stage_t stages[STAGES_MAX])
{
    const job_search_t *search = &run->job->search;
    const uint64_t planned = run->legs_n ? run->legs[0].samples : search->samples;
    const uint64_t wanted = run->legs_n ? run->legs[run->leg].samples : search->samples;
    const algorithm_stages_t list = algorithm_stages(search->algorithm);
    uint64_t before = 0;
    /* A stage with another one behind it is a policy's, of whole updates. The last one has the
       rest. */
    for (size_t i = 0; i + 1 < list.n; i++) {
        const search_setup_t setup = stage_setup_of(run, list.stages[i]);
        const search_layout_t plan = search_plan(&setup, list.stages[i]);
        /* Shares are those of the first leg: an extension must not change what the policy had at
           the time. */
        const uint64_t share = stage_whole_updates(stage_policy_samples(run, planned), &plan);
        stages[i] = (stage_t){list.stages[i], share, share};
        before += share;
    }
    assert(before <= planned && planned <= wanted);
    stages[list.n - 1] = (stage_t){list.stages[list.n - 1], wanted - before, planned - before};
    return list.n;
}

confx_status_t stage_open_scored(run_t *run)
{
    const job_search_t *search = &run->job->search;
    if (!search_traits(search->algorithm).unrepeated ||
        !stage_setup_of(run, search->algorithm).remembers)
        return status_ok();
    return scored_open(run->setting.problem, search->samples, &run->scored);
}

renewal_t stage_renewal(const run_t *run)
{
    const algorithm_t algorithm = run->stages[run->stage].algorithm;
    return (renewal_t){.part = search_traits(algorithm).part,
                       .memory = stage_setup_of(run, algorithm).memory,
                       .seed = run->job->search.seed,
                       .update = run->updates};
}

/* A policy ends early where the levels do not offer another whole update: the integers may. */
bool stage_is_done(const run_t *run)
{
    const uint64_t left = run->stages[run->stage].samples - run->stage_samples;
    if (left == 0) return true;
    if (!run->scored || run->stage + 1 == run->stages_n) return false;
    const renewal_t renewal = stage_renewal(run);
    return !scored_leaves(run->scored, &renewal, run->work.layout.units * run->work.layout.samples);
}

void stage_inherit(run_t *run)
{
    /* The stages before may have ended early. What they left belongs to this one. */
    const uint64_t before = run->samples - run->stage_samples;
    run->stages[run->stage].samples = run->legs[run->leg].samples - before;
    run->stages[run->stage].planned = run->legs[0].samples - before;
}

space_part_t stage_space(const job_t *job, algorithm_t algorithm)
{
    return job->space.refine ? search_traits(algorithm).part : SPACE_LEVELS;
}

bool stage_shows_layers(const run_t *run)
{
    return stage_reveals_layers(run, run->stages[run->stage].algorithm);
}

update_t stage_plan_update(const run_t *run)
{
    const search_layout_t *layout = &run->work.layout;
    const stage_t *stage = &run->stages[run->stage];
    assert(run->stage_samples < stage->samples);
    /* The last update of a stage has the samples that are left, so that the run ends to the
       sample. */
    const uint64_t left = stage->samples - run->stage_samples;
    const uint64_t whole = layout->units * layout->samples;
    return (update_t){layout->units, layout->samples, left < whole ? left : whole};
}

static confx_status_t stage_open_buffers(run_t *run)
{
    work_t *work = &run->work;
    const search_layout_t *layout = &work->layout;
    const size_t n = work->share.n;
    const size_t layers = problem_layers(run->setting.problem);
    const bool root = cluster_is_root(run->cluster);
    work->report_layout =
        (unit_report_layout_t){.samples = layout->samples,
                               .terms = problem_terms(run->setting.problem),
                               .layers = layers,
                               .axes = space_axes(problem_space(run->setting.problem)),
                               .collects = layout->collects,
                               .costs = layout->collects && stage_shows_layers(run)};
    work->report_bytes = unit_report_bytes(&work->report_layout);
    /* Where assignments are not repeated, all ranks see what all units propose. */
    const size_t indices = run->scored ? layout->samples * layers * work->report_layout.axes : 0;
    arena_t *arena = &work->arena;
    ARENA_TAKE(arena, work->batches, n);
    ARENA_TAKE(arena, work->proposed, n * indices);
    ARENA_TAKE(arena, work->agreed, layout->units * indices);
    work->message = arena_take(arena, 1, layout->publish_bytes);
    ARENA_TAKE(arena, work->moments, n * layout->moments);
    ARENA_TAKE(arena, work->moment_sum, layout->moments);
    ARENA_TAKE(arena, work->gradients, n * layout->gradient);
    ARENA_TAKE(arena, work->reports_mine, n * work->report_bytes);
    ARENA_TAKE(arena, work->migrants, n * layout->migrant_bytes);
    ARENA_TAKE(arena, work->arrivals, n * layout->migrant_bytes);
    ARENA_TAKE(arena, work->gradient_sum, root ? layout->gradient : 0);
    ARENA_TAKE(arena, work->reports_all, root ? layout->units * work->report_bytes : 0);
    ARENA_TAKE(arena, work->statistics, root ? layout->units : 0);
    TRY(arena_status(arena, "%zu units of %zu samples", n, layout->samples));
    for (size_t i = 0; i < n; i++)
        TRY(batch_open(run->setting.problem, layout->samples, &work->batches[i]));
    if (root && layout->collects)
        TRY(batch_open(run->setting.problem, layout->samples, &work->collect));
    return rows_open(run);
}

/* The root keeps what a policy has learned beyond its stage. */
static confx_status_t stage_open_learned(run_t *run)
{
    const policy_t *policy = search_policy(run->work.search);
    if (!policy || !cluster_is_root(run->cluster)) return status_ok();
    policy_file_close(&run->root.learned);
    return policy_file_open(policy, &run->setting.workload, &run->root.learned);
}

void stage_take_policy(run_t *run)
{
    policy_t *policy = run->work.search ? search_policy(run->work.search) : NULL;
    if (policy) policy_file_take(policy, &run->root.learned);
}

/* Of the stage at work, in the leg at work. */
static extension_t stage_extension(const run_t *run)
{
    const uint64_t samples_before = run->samples - run->stage_samples;
    const uint64_t updates_before = run->updates - run->stage_updates;
    if (run->leg == 0) return (extension_t){.samples = 0};
    const leg_t *last = &run->legs[run->leg - 1];
    assert(last->samples >= samples_before && last->updates >= updates_before);
    return (extension_t){.samples = run->stages[run->stage].samples,
                         .before_samples = last->samples - samples_before,
                         .before_updates = last->updates - updates_before};
}

confx_status_t stage_open(run_t *run)
{
    const stage_t *stage = &run->stages[run->stage];
    /* All ranks learn of the best so far before the search opens: it may begin from there. */
    TRY(best_share(run));
    search_setup_t setup = stage_setup_of(run, stage->algorithm);
    const search_layout_t plan = search_plan(&setup, stage->algorithm);
    memset(&run->work, 0, sizeof run->work);
    run->work.share = cluster_share(run->cluster, plan.units);
    setup.samples = stage->planned;
    setup.extension = stage_extension(run);
    setup.first_update = run->updates - run->stage_updates;
    setup.unit_first = run->work.share.first;
    setup.units = run->work.share.n;
    setup.before = run->before;
    setup.start = run_best(run);
    confx_status_t status = search_open(&setup, stage->algorithm, &run->work.search);
    if (status.code == CONFX_STATUS_OK) {
        run->work.layout = *search_layout(run->work.search);
        status = stage_open_buffers(run);
    }
    if (status.code == CONFX_STATUS_OK) status = stage_open_learned(run);
    return cluster_agree(run->cluster, status);
}

void stage_close(run_t *run)
{
    work_t *work = &run->work;
    rows_close(run);
    for (size_t i = 0; work->batches && i < work->share.n; i++) batch_close(&work->batches[i]);
    batch_close(&work->collect);
    search_close(work->search);
    arena_close(&work->arena);
    memset(work, 0, sizeof *work);
}
