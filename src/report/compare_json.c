/* The comparison as one JSON object, named as in compare.csv and compare.h5. What is not known is null. */
#include "comparison.h"
#include "confx/try.h"

#include <jansson.h>
#include <math.h>

static json_t *real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *task_json(const comparison_t *comparison)
{
    const job_t *job = comparison->job;
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:I, s:I, s:I}", "network", comparison->plan.network, "hardware",
        job->hardware, "dataflow", job->dataflow, "objective", objective_name(job->objective), "objective_units",
        objective_units(job->objective), "constraint", constraint_name(job->budget.constraint), "budget_fraction",
        real(job_budget_fraction(&job->budget)), "feedback", job_feedback(job) == FEEDBACK_LAYER ? "layer" : "total",
        "samples", (json_int_t)job->search.samples, "first_seed", (json_int_t)job->search.seed, "seeds",
        (json_int_t)comparison->plan.seeds_n);
}

static json_t *yardstick_json(const comparison_plan_t *plan)
{
    return json_pack("{s:s, s:o, s:o, s:o}", "space", plan->over_integers ? "integers" : "levels", "lower_bound",
                     real(plan->lower_bound), "optimum", real(plan->optimum), "levels_optimum", real(plan->levels));
}

static json_t *run_json(const job_t *job, const trial_t *trial)
{
    json_t *run = json_pack("{s:I, s:s}", "seed", (json_int_t)job->search.seed, "run_dir", job->output);
    int failed = 0;
#define SET(name, units) failed |= json_object_set_new(run, #name, real(trial->name));
    TRIAL_LIST(SET)
#undef SET
    if (!failed) return run;
    json_decref(run);
    return NULL;
}

static json_t *runs_json(const comparison_t *comparison, size_t algorithm)
{
    const size_t seeds_n = comparison->plan.seeds_n;
    json_t *runs = json_array();
    for (size_t seed = 0; seed < seeds_n; seed++) {
        const job_t *job = comparison->plan.jobs[algorithm * seeds_n + seed];
        if (!json_array_append_new(runs, run_json(job, comparison_trial(comparison, algorithm, seed)))) continue;
        json_decref(runs);
        return NULL;
    }
    return runs;
}

static json_t *standing_json(const comparison_t *comparison, size_t i)
{
    const standing_t *standing = &comparison->standings[i];
    json_t *object = json_pack("{s:s, s:s}", "algorithm", comparison_algorithm(comparison, i), "acts_on",
                               comparison_acts_on(comparison, i));
    int failed = 0;
#define SET(name, units) failed |= json_object_set_new(object, #name, real(standing->name));
    STANDING_LIST(SET)
#undef SET
    failed |= json_object_set_new(object, "runs", runs_json(comparison, i));
    if (!failed) return object;
    json_decref(object);
    return NULL;
}

static json_t *standings_json(const comparison_t *comparison)
{
    json_t *list = json_array();
    for (size_t i = 0; i < comparison->plan.algorithms_n; i++) {
        if (!json_array_append_new(list, standing_json(comparison, i))) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

confx_status_t comparison_json(const comparison_t *comparison, FILE *out)
{
    json_t *object = json_pack("{s:o, s:o, s:o}", "task", task_json(comparison), "yardstick",
                               yardstick_json(&comparison->plan), "algorithms", standings_json(comparison));
    if (!object) return status_fail(CONFX_STATUS_MEMORY, "no memory for the comparison as JSON");
    const int failed = json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    json_decref(object);
    if (fputc('\n', out) == EOF || fflush(out) || ferror(out))
        return status_fail(CONFX_STATUS_IO, "the comparison cannot be written");
    return failed ? status_fail(CONFX_STATUS_MEMORY, "no memory for the comparison as JSON") : status_ok();
}
