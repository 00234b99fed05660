/* What a checkpoint says of how far its run is: read, and held against itself, the job and the
   problem. Its checksums say that it is what was written, not that a search wrote it: counts are
   taken for sizes, and indices lead into tables. */
#include "confx/try.h"
#include "run/steps.h"

#include <stdlib.h>
#include <string.h>

confx_status_t counters_refuse(const run_t *run, const char *what)
{
    return status_fail(CONFX_STATUS_DAMAGED, "%s: its checkpoint contradicts itself: %s",
                       run->job->output, what);
}

/* ---- counters -------------------------------------------------------------------------------- */

confx_status_t counters_read_array(store_t *store, const char *name, array_type_t type, size_t rows,
                                   size_t columns, void *data)
{
    const array_t array = {
        .name = name, .type = type, .rank = columns ? 2 : 1, .dims = {rows, columns}, .data = data};
    return store_read(store, &array);
}

/* No update is without a sample, no stage has more than the run, and only samples are feasible. */
static confx_status_t counters_check(const run_t *run)
{
    const bool begun = run->samples > 0;
    if (run->stage >= run->stages_n)
        return status_fail(CONFX_STATUS_DAMAGED, "%s: stage %zu of %zu", run->job->output,
                           run->stage, run->stages_n);
    if (run->samples > run->job->search.samples)
        return counters_refuse(run, "more samples than its job has");
    if (run->updates > run->samples || (begun && run->updates == 0))
        return counters_refuse(run, "its updates are not those of its samples");
    if (run->stage_updates > run->updates || run->stage_samples > run->samples ||
        run->stage_updates > run->stage_samples ||
        (run->stage_samples > 0 && run->stage_updates == 0))
        return counters_refuse(run, "its stage has other updates or samples than the run");
    if (run->root.feasible > run->samples)
        return counters_refuse(run, "more feasible samples than samples");
    /* The best assignment is a feasible sample, so that there is the one exactly if there is the
       other. */
    if (isnan(run_best_objective(run)) != (run->root.feasible == 0))
        return counters_refuse(run, "a best assignment without feasible samples, or the reverse");
    return status_ok();
}

confx_status_t counters_read(run_t *run, store_t *store)
{
    int64_t counters[RUN_COUNTERS];
    TRY(counters_read_array(store, "/run/counters", ARRAY_I64, RUN_COUNTERS, 0, counters));
    TRY(best_read(run, store));
    TRY(counters_read_array(store, "/run/seconds", ARRAY_F64, 1, 0, &run->root.seconds_before));
    for (size_t i = 0; i < RUN_COUNTERS; i++)
        if (counters[i] < 0) return counters_refuse(run, "a count below 0");
    if (!isfinite(run->root.seconds_before) || run->root.seconds_before < 0)
        return counters_refuse(run, "seconds that are none");
    /* None is negative, so that the conversions lose nothing; whether they fit each other is
       checked below. */
    run->stage = (size_t)counters[COUNTER_STAGE];
    run->updates = (uint64_t)counters[COUNTER_UPDATES];
    run->samples = (uint64_t)counters[COUNTER_SAMPLES];
    run->stage_updates = (uint64_t)counters[COUNTER_STAGE_UPDATES];
    run->stage_samples = (uint64_t)counters[COUNTER_STAGE_SAMPLES];
    run->root.feasible = (uint64_t)counters[COUNTER_FEASIBLE];
    run->root.samples_before = run->samples;
    return counters_check(run);
}

/* ---- legs and progress ----------------------------------------------------------------------- */

/* Each leg has more samples than the one before it, and those that are over ended where the run has
   been. */
confx_status_t counters_check_legs(const run_t *run)
{
    for (size_t i = 0; i < run->legs_n; i++) {
        const leg_t *leg = &run->legs[i];
        if (leg->samples < 1 || (i && leg->samples <= leg[-1].samples))
            return counters_refuse(run, "an extension without samples");
        /* A leg that is over says at which update it ended; the one at work and those to come say
           nothing. */
        if (i < run->leg && (leg->updates < 1 || leg->updates > run->updates ||
                             leg->updates > leg->samples || (i && leg->updates <= leg[-1].updates)))
            return counters_refuse(run, "an extension after updates that were not");
        if (i >= run->leg && leg->updates)
            return counters_refuse(run, "updates of an extension that is still to come");
    }
    return status_ok();
}

/* The stage at work ends when it has its samples, to the sample: with more of them it would never
   end. */
confx_status_t counters_check_stage(const run_t *run)
{
    const stage_t *stage = &run->stages[run->stage];
    if (run->stage_samples > stage->samples)
        return counters_refuse(run, "its stage has more samples than its share");
    return status_ok();
}

/* A row for each update; the last one says how many samples there are. */
confx_status_t counters_check_progress(const run_t *run)
{
    const double *samples = run->root.progress.columns[PROGRESS_samples];
    double before = 0;
    if (run->root.progress.n != run->updates)
        return counters_refuse(run, "its progress has other updates");
    for (size_t i = 0; i < run->root.progress.n; i++) {
        if (!(samples[i] > before)) return counters_refuse(run, "its progress goes back");
        before = samples[i];
    }
    return before == (double)run->samples ? status_ok()
                                          : counters_refuse(run, "its progress has other samples");
}
