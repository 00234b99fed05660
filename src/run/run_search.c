/* A search from beginning to end. */
#include "confx/file.h"
#include "confx/try.h"
#include "confx/yaml.h"
#include "run/files.h"
#include "run/inputs.h"
#include "run/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the directory's owner ------------------------------------------------------------------- */

static bool run_search_stop_is_wanted(const run_t *run)
{
    const run_listener_t *listener = cluster_is_root(run->cluster) ? run->listener : NULL;
    return cluster_told() || (listener && listener->stop && listener->stop(listener->context));
}

static bool run_search_own_no_longer(void *context)
{
    return run_search_stop_is_wanted(context);
}

static void run_search_own_notice(void *context, const char *text)
{
    const run_t *run = context;
    if (run->listener && run->listener->notice) run->listener->notice(run->listener->context, text);
}

/* Root. A run that is to go on may have been left by a process that is dead, on a node that cannot
   be asked: a scheduler has requeued it. It waits until that one counts as gone; a new run has no
   reason to. */
static confx_status_t run_search_own(run_t *run, bool resume)
{
    const owner_options_t options = {.patient = resume,
                                     .context = run,
                                     .notice = run_search_own_notice,
                                     .stop = run_search_own_no_longer};
    TRY(owner_take(run->job->output, &options, &run->root.owner));
    run->guard = owner_guard(run->root.owner);
    return status_ok();
}

/* Before anything is read from a directory that is there, so that it does not change under this
   run. The root may wait in here, so the others sleep. */
static confx_status_t run_search_own_used(run_t *run, bool resume)
{
    file_kind_t kind = FILE_ABSENT;
    confx_status_t status =
        cluster_is_root(run->cluster) ? file_look(run->job->output, &kind) : status_ok();
    if (status.code == CONFX_STATUS_OK && kind == FILE_DIRECTORY)
        status = run_search_own(run, resume);
    cluster_rest(run->cluster);
    return cluster_agree(run->cluster, status);
}

/* The writers of other nodes ask for themselves, immediately before they put a segment in place. */
static confx_status_t run_search_watch_owner(run_t *run)
{
    char id[OWNER_ID_MAX] = "";
    const bool root = cluster_is_root(run->cluster);
    confx_status_t status = status_ok();
    if (root) (void)snprintf(id, sizeof id, "%s", owner_id(run->root.owner));
    cluster_broadcast(run->cluster, id, sizeof id);
    /* The root's own guard stands already. Ranks that write nothing need none. */
    if (!root && cluster_is_writer(run->cluster))
        status = owner_watch_open(run->job->output, id, &run->watch);
    if (!root) run->guard = owner_watch_guard(run->watch);
    return cluster_agree(run->cluster, status);
}

/* ---- opening --------------------------------------------------------------------------------- */

/* Some algorithms live on what each layer costs. */
static confx_status_t run_search_check_feedback(const job_t *job)
{
    const job_search_t *search = &job->search;
    if (!search_traits(search->algorithm).layers_needed) return status_ok();
    const char *subject;
    const char *reason = job_feedback_reason(job, &subject);
    if (reason)
        return yaml_refuse(job->tree, "search.algorithm",
                           "expected another one than %s, which works on what each layer costs: %s "
                           "%s",
                           algorithm_name(search->algorithm), subject, reason);
    /* The problem could reveal costs of layers, but the job keeps them back. */
    if (job_feedback(job) != FEEDBACK_LAYER)
        return yaml_refuse(job->tree, "search.feedback",
                           "expected layer: %s works on what each layer costs",
                           algorithm_name(search->algorithm));
    if (!search->memory)
        return yaml_refuse(job->tree, "search.memory",
                           "expected true: %s remembers what each layer costs",
                           algorithm_name(search->algorithm));
    return status_ok();
}

/* The root reads, so that all ranks have the same texts even while somebody writes to the files. A
   run that goes on has those that it began with, whatever is in the files by now: the same bits as
   without a break. */
static confx_status_t run_search_take_inputs(run_t *run, bool resume)
{
    char notice[INPUTS_NOTICE_MAX];
    input_t *inputs = run->setting.inputs;
    const bool root = cluster_is_root(run->cluster);
    TRY(cluster_agree(run->cluster, root ? inputs_take(run->job, resume, inputs) : status_ok()));
    if (root) inputs_notice(inputs, notice);
    if (root && notice[0] && run->listener && run->listener->notice)
        run->listener->notice(run->listener->context, notice);
    return inputs_share(run->cluster, inputs);
}

/* What each rank opens for itself; all of it or nothing counts (cluster_agree). */
static confx_status_t run_search_open_parts(run_t *run)
{
    TRY(setting_make(run->job, &run->setting));
    TRY(problem_levels_fit(run->setting.problem));
    TRY(memory_open(run->setting.problem, &run->memory));
    TRY(stage_open_scored(run));
    TRY(best_open(run));
    run->legs[0].samples = run->job->search.samples;
    run->legs_n = 1;
    run->stages_n = stages_plan(run, run->stages);
    run->space = stage_space(run->job, run->job->search.algorithm);
    return run_search_check_feedback(run->job);
}

/* A certificate of thousands of layers takes its time: a signal ends it. */
static bool run_search_goes_on(void *context, const char *what, size_t done, size_t all)
{
    (void)context;
    (void)what;
    (void)done;
    (void)all;
    return !cluster_told();
}

/* The root's preparation, before anything is sampled. The directory is this run's, where there is
   one. */
static confx_status_t run_search_prepare_root(run_t *run, bool resume, bool *found)
{
    TRY(resume_check(run, resume, found));
    TRY(*found ? run_identity_check(run) : store_make_run_id(run->id));
    const solve_watch_t watch = {.tell = run_search_goes_on};
    TRY(certificate_solve(run->setting.problem, run->space, &watch, &run->root.certificate));
    TRY(certificate_feasible(run->setting.problem, run->space, &run->root.certificate));
    if (*found) TRY(store_tidy(run->job->output, run->guard));
    clock_iso(run->root.begun);
    return status_ok();
}

/* The directory is made last: a job that cannot be leaves none. In one that was not there nobody
   could be asked for, and whoever was there first may have come and gone since. */
static confx_status_t run_search_start_root(run_t *run, bool resume)
{
    bool found;
    TRY(warm_start_load(run));
    TRY(store_segments_make(run->job->output));
    if (run->root.owner)
        return store_tidy(run->job->output,
                          run->guard); /* one was killed before its first commit */
    TRY(run_search_own(run, resume));
    TRY(resume_check(run, resume, &found));
    if (!found) return store_tidy(run->job->output, run->guard);
    return status_input(run->job->output, 0, NULL,
                        "another process began a run there just now; give the command again");
}

static confx_status_t run_search_start(run_t *run, bool resume)
{
    TRY(stage_open(run));
    return cluster_agree(run->cluster, cluster_is_root(run->cluster)
                                           ? run_search_start_root(run, resume)
                                           : status_ok());
}

static void run_search_tell_facts(const run_t *run)
{
    if (!cluster_is_root(run->cluster) || !run->listener || !run->listener->facts) return;
    const run_facts_t facts = {.job = run->job,
                               .setting = &run->setting,
                               .certificate = &run->root.certificate,
                               .space = run->space,
                               .resumed_samples = run->samples};
    run->listener->facts(run->listener->context, &facts);
}

/* Collective. Told while inputs were read or while the certificate was worked on: nothing was made
   yet, and what an earlier session has committed stands as it is. The same command with --resume
   begins, or goes on. */
static confx_status_t run_search_leave_early(const run_t *run)
{
    if (!cluster_any(run->cluster, cluster_told())) return status_ok();
    return status_fail(CONFX_STATUS_STOPPED,
                       "stopped by a signal before the first sample of this session");
}

static confx_status_t run_search_begin(run_t *run, bool resume)
{
    bool found = false;
    const bool root = cluster_is_root(run->cluster);
    TRY(run_search_leave_early(run));
    const confx_status_t prepared = cluster_agree(
        run->cluster, root ? run_search_prepare_root(run, resume, &found) : status_ok());
    TRY(run_search_leave_early(run)); /* says it of a certificate that was left, too */
    TRY(prepared);
    cluster_broadcast(run->cluster, &found, sizeof found);
    cluster_broadcast(run->cluster, run->id,
                      sizeof run->id); /* of one that is found: from its checkpoint */
    TRY(found ? resume_load(run) : run_search_start(run, resume));
    if (found)
        TRY(cluster_agree(run->cluster,
                          root ? store_segments_make(run->job->output) : status_ok()));
    TRY(run_search_watch_owner(run));
    run_search_tell_facts(run);
    /* Seconds count from here on: neither the certificate nor the reading is time of searching. */
    run->root.started = clock_seconds();
    run->root.committed = run->root.started;
    /* From the first moment the directory is this run's, and readable. */
    return found ? resume_settle(run) : commit(run, "running");
}

/* ---- searching ------------------------------------------------------------------------------- */

static bool run_search_commit_is_due(const run_t *run)
{
    return cluster_is_root(run->cluster) &&
           clock_seconds() - run->root.committed >= run->job->log.commit_seconds;
}

/* Collective, as a signal may have reached one rank only. */
static confx_status_t run_search_stop(const run_t *run)
{
    const bool told = cluster_any(run->cluster, cluster_told());
    return status_fail(CONFX_STATUS_STOPPED, "stopped %safter %llu of %llu samples",
                       told ? "by a signal " : "", (unsigned long long)run->samples,
                       (unsigned long long)run->job->search.samples);
}

/* Most updates end in one small collective: nobody has failed, nobody was told to stop, no commit
   is due. */
static confx_status_t run_search_stage(run_t *run)
{
    while (!stage_is_done(run)) {
        const update_t update = stage_plan_update(run);
        /* What is pending has whole updates, and a cut one has a segment of its own. */
        if (rows_must_commit(run, &update)) TRY(commit(run, "running"));
        const confx_status_t status = update_run(run, &update);
        const bool told = run_search_stop_is_wanted(run);
        const bool failed = status.code != CONFX_STATUS_OK;
        if (!cluster_any(run->cluster, failed || told || run_search_commit_is_due(run))) continue;
        TRY(cluster_agree(run->cluster, status));
        const bool stopping = cluster_any(run->cluster, told);
        TRY(commit(run, stopping ? "stopped" : "running"));
        if (stopping) return run_search_stop(run);
    }
    return status_ok();
}

static confx_status_t run_search_next_stage(run_t *run)
{
    /* From here to the commit below a kill leads back to the last commit of the old stage, whose
       end comes again with the same bits. */
    TRY(rows_commit(run));
    if (cluster_is_root(run->cluster)) stage_take_policy(run);
    run->before = run->work.search; /* the next stage may go on from what this one inferred */
    run->work.search = NULL;
    stage_close(run);
    run->stage++;
    run->stage_updates = 0;
    run->stage_samples = 0;
    stage_inherit(run);
    const confx_status_t status = stage_open(run);
    search_close(run->before);
    run->before = NULL;
    TRY(status);
    return commit(run, "running");
}

static confx_status_t run_search_leg(run_t *run)
{
    TRY(run_search_stage(run));
    while (run->stage + 1 < run->stages_n) {
        TRY(run_search_next_stage(run));
        TRY(run_search_stage(run));
    }
    return status_ok();
}

/* A run that was stopped and extended before its end goes there first: the bits depend on the
   numbers alone. */
static confx_status_t run_search_all(run_t *run)
{
    TRY(run_search_leg(run));
    while (run->leg + 1 < run->legs_n) {
        TRY(commit(run, "running"));
        /* The commit is read back just as a later session would read it: so a run that was extended
           before its end has the bits of one that was extended behind it. */
        TRY(resume_next_leg(run));
        TRY(run_search_leg(run));
    }
    return status_ok();
}

/* ---- the end --------------------------------------------------------------------------------- */

static confx_status_t run_search_end(run_t *run)
{
    bool feasible = !isnan(run_best_objective(run));
    /* Only the root knows the best of all. */
    cluster_broadcast(run->cluster, &feasible, sizeof feasible);
    if (!run->done) TRY(commit(run, feasible ? "complete" : "infeasible"));
    /* A finished run may have lost its table since, or never had one: earlier versions wrote it
       last. */
    const bool tabled = !run->done || !cluster_is_root(run->cluster);
    if (feasible) return cluster_agree(run->cluster, tabled ? status_ok() : assignment_write(run));
    return status_fail(CONFX_STATUS_INFEASIBLE,
                       "none of %llu samples was feasible within the budget",
                       (unsigned long long)run->samples);
}

static void run_search_close_run(run_t *run)
{
    stage_close(run);
    progress_close(&run->root.progress);
    knapsack_close(&run->root.certificate);
    memory_close(run->memory);
    scored_close(run->scored);
    setting_close(&run->setting);
    policy_file_close(&run->root.learned);
    archive_close(run->archive);
    free(run->log.segments);
    owner_watch_close(run->watch);
    owner_close(run->root.owner);
}

confx_status_t run_search(cluster_t *cluster, const job_t *job, bool resume,
                          const run_listener_t *listener)
{
    run_t run = {.cluster = cluster, .job = job, .listener = listener};
    confx_status_t status = run_search_own_used(&run, resume);
    if (status.code == CONFX_STATUS_OK) status = run_search_take_inputs(&run, resume);
    if (status.code == CONFX_STATUS_OK)
        status = cluster_agree(cluster, run_search_open_parts(&run));
    if (status.code == CONFX_STATUS_OK) status = run_search_begin(&run, resume);
    if (status.code == CONFX_STATUS_OK && !run.done) status = run_search_all(&run);
    if (status.code == CONFX_STATUS_OK) status = run_search_end(&run);
    run_search_close_run(&run);
    return status;
}

/* ---- measuring ------------------------------------------------------------------------------- */

static confx_status_t run_search_time_updates(run_t *run, double seconds, run_speed_t *speed)
{
    bool enough = false;
    update_t update = stage_plan_update(run);
    TRY(update_run(run, &update)); /* not counted: tables fill, pages are touched */
    const uint64_t before = run->samples;
    const double started = clock_seconds();
    while (!enough) {
        /* Samples are not logged here: each update's overwrite those of the one before. */
        run->log.pending.records = 0;
        update = stage_plan_update(run);
        TRY(cluster_agree(run->cluster, update_run(run, &update)));
        enough = clock_seconds() - started >= seconds;
        cluster_broadcast(run->cluster, &enough, sizeof enough);
    }
    *speed = (run_speed_t){run->samples - before, clock_seconds() - started,
                           search_work(run->work.search)};
    return status_ok();
}

confx_status_t run_policy_speed(cluster_t *cluster, const job_t *job, double seconds,
                                run_speed_t *speed)
{
    run_t run = {.cluster = cluster, .job = job, .space = SPACE_LEVELS};
    confx_status_t status = run_search_take_inputs(&run, false);
    if (status.code == CONFX_STATUS_OK)
        status = cluster_agree(cluster, run_search_open_parts(&run));
    run.stages[0] = (stage_t){ALGORITHM_REINFORCE, UINT32_MAX, UINT32_MAX};
    run.stages_n = 1;
    run.root.started = clock_seconds();
    if (status.code == CONFX_STATUS_OK) status = stage_open(&run);
    if (status.code == CONFX_STATUS_OK) status = run_search_time_updates(&run, seconds, speed);
    run_search_close_run(&run);
    return status;
}

/* ---- beforehand ------------------------------------------------------------------------------ */

/* Measured with preset `default`: a sample of the policy costs about as much as ten of the
   islands. */
static double run_search_work_of(const run_t *run)
{
    const double policy = 10;
    double work = 0;
    for (size_t i = 0; i < run->stages_n; i++) {
        const double samples = (double)run->stages[i].samples;
        work += run->stages[i].algorithm == ALGORITHM_REINFORCE ? policy * samples : samples;
    }
    return work * (double)problem_layers(run->setting.problem);
}

confx_status_t run_work(const job_t *job, double *work)
{
    *work = 0;
    run_t run = {.job = job};
    const confx_status_t status = setting_open_kept(job, &run.setting);
    if (status.code != CONFX_STATUS_OK)
        return status.code == CONFX_STATUS_INFEASIBLE ? status_ok() : status;
    run.stages_n = stages_plan(&run, run.stages);
    *work = run_search_work_of(&run);
    setting_close(&run.setting);
    return status_ok();
}
