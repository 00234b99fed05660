/* From a job to a problem: its axes are the number of PEs, the buffer, and what it lists of
   dataflows (flows.h), its model is the cost room's, and it has one objective and its budgets. */
#include "confx/figures.h"
#include "confx/text.h"
#include "confx/try.h"
#include "confx/yaml.h"
#include "problem/parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- from a job ------------------------------------------------------------------------------ */

/* alone: the name of the only dataflow, as flows_open has it. flows NULL after a failure. */
static confx_status_t from_job_space(const problem_parts_t *parts, const char *alone,
                                     flows_t **flows, space_t **space)
{
    const space_axis_t *axes;
    TRY(flows_open(parts, alone, flows));
    const size_t n = flows_axes(*flows, &axes);
    const confx_status_t status = space_open(axes, n, flows_use(*flows), space);
    if (status.code == CONFX_STATUS_OK) return status;
    flows_close(*flows);
    *flows = NULL;
    return status;
}

/* On one PE a layer takes about as many cycles as it has multiplications: those of the largest one
   are what no layer that is given anything comes near. */
static double from_job_largest_macs(const confx_workload_t *workload)
{
    double largest = 1;
    for (size_t layer = 0; layer < workload->layers_n; layer++)
        largest = fmax(largest, confx_layer_macs(&workload->layers[layer]) *
                                    confx_workload_weight_of(workload, layer));
    return largest;
}

/* What a network takes each time it runs counts by its weight; what it is given is there once. */
static bool from_job_is_weighted(const char *metric)
{
    return metric && (!strcmp(metric, "latency") || !strcmp(metric, "energy"));
}

/* The largest of the layers' values is also that of the worst network. */
static aggregate_t from_job_aggregate(const job_t *job, const confx_workload_t *workload)
{
    static const aggregate_t aggregates[] = {[OBJECTIVE_OF_SUM] = AGGREGATE_SUM,
                                             [OBJECTIVE_OF_PRODUCT] = AGGREGATE_PRODUCT,
                                             [OBJECTIVE_OF_MAXIMUM] = AGGREGATE_MAX};
    const aggregate_t aggregate = aggregates[objective_kind(job->objective)];
    const bool worst = job->networks == NETWORKS_WORST && workload->networks_n > 1;
    return worst && aggregate == AGGREGATE_SUM ? AGGREGATE_WORST : aggregate;
}

static term_t from_job_objective(const job_t *job, const confx_workload_t *workload)
{
    const objective_t objective = job->objective;
    const char *first = objective_metric(objective, 0), *second = objective_metric(objective, 1);
    static_assert((int)OBJECTIVE_METRICS == (int)FACTORS, "a term multiplies as many");
    return (term_t){.name = objective_name(objective),
                    .unit = objective_units(objective),
                    .aggregate = from_job_aggregate(job, workload),
                    .factors_n = second ? FACTORS : 1,
                    .metric = {first, second},
                    .weighted = {from_job_is_weighted(first), from_job_is_weighted(second)},
                    .share_unit = from_job_largest_macs(workload)};
}

/* A limit in time becomes one in cycles by the clock. */
static confx_status_t from_job_constraint(const job_t *job, const job_budget_t *budget,
                                          const confx_hardware_t *hardware, term_t *term)
{
    const constraint_t constraint = budget->constraint;
    /* Layers that run one after the other on one array take their time and energy in turn, and the
       array itself once: it must be as large as the largest of them needs. */
    const bool is_once = constraint_is_once(constraint, job->deployment);
    *term = (term_t){.name = constraint_name(constraint),
                     .unit = constraint_units(constraint),
                     .aggregate = is_once ? AGGREGATE_MAX : AGGREGATE_SUM,
                     .factors_n = constraint_metric(constraint, 1) ? FACTORS : 1,
                     .metric = {constraint_metric(constraint, 0), constraint_metric(constraint, 1)},
                     .weighted = {from_job_is_weighted(constraint_metric(constraint, 0))},
                     .limit = budget->limit ? *budget->limit : NAN};
    if (!budget->is_time) return status_ok();
    if (!hardware || !(hardware->clock_ghz > 0))
        return yaml_refuse(job->tree, "budget.limit",
                           "a limit in time, and the hardware has no clock: expected cycles, or "
                           "hardware.clock_ghz");
    term->limit *= hardware->clock_ghz;
    return status_ok();
}

static confx_status_t from_job_terms(const problem_parts_t *parts, terms_t *terms)
{
    const job_t *job = parts->job;
    static_assert((int)JOB_BUDGETS_MAX <= (int)TERMS_MAX, "every budget is a constraint");
    *terms = (terms_t){.objectives_n = 1, .constraints_n = job->budgets_n};
    terms->objectives[0] = from_job_objective(job, parts->workload);
    for (size_t i = 0; i < job->budgets_n; i++)
        TRY(from_job_constraint(job, &job->budgets[i], parts->hardware, &terms->constraints[i]));
    return status_ok();
}

/* Does a limit ask for the columns of the model that count PEs and bytes? */
static bool from_job_counts(const job_t *job)
{
    for (size_t i = 0; i < job->budgets_n; i++)
        for (int f = 0; f < OBJECTIVE_METRICS; f++) {
            const char *metric = constraint_metric(job->budgets[i].constraint, f);
            if (metric && (!strcmp(metric, "pe") || !strcmp(metric, "buffer_bytes"))) return true;
        }
    return false;
}

/* A certificate goes through all points of a job's space, which is as many as it can. */
static confx_status_t from_job_check_points(const problem_parts_t *parts, const space_t *space)
{
    char ranges[256] = "";
    /* Less than 2^63 points by less than 2^32 kinds may overflow: the second factor is looked at
       only where the first fits into 32 bits. */
    const uint64_t points = space_points(space) * parts->workload->distinct_n;
    if (space_points(space) <= UINT32_MAX && points <= UINT32_MAX) return status_ok();
    for (size_t axis = 0; axis < space_axes(space); axis++)
        text_append(ranges, sizeof ranges, "%s%zu %s", axis ? " x " : "", space_range(space, axis),
                    axis == FLOWS_PE       ? "PEs"
                    : axis == FLOWS_BUFFER ? "buffers"
                                           : space_axis(space, axis)->name);
    return status_input(NULL, 0, "actions",
                        "%s for each of %zu kinds of layers are %llu points, expected at most %u",
                        ranges, parts->workload->distinct_n, (unsigned long long)points,
                        UINT32_MAX);
}

/* What a problem of a job is made of beside its parts; its own from here on, whatever comes of
   it. */
typedef struct {
    flows_t *flows;
    space_t *space;
    const model_t *model;
} from_job_made_t;

/* ranges: a problem whose limits are the budget of this one as well; NULL: its own fractions. */
static confx_status_t from_job_open(const problem_parts_t *parts, const from_job_made_t *made,
                                    const problem_t *ranges, problem_t **out)
{
    terms_t terms;
    confx_status_t status = from_job_terms(parts, &terms);
    problem_design_t design = {
        .workload = parts->workload, .space = made->space, .model = made->model, .terms = &terms};
    for (size_t i = 0; i < parts->job->budgets_n; i++)
        design.fractions[i] = job_budget_fraction(&parts->job->budgets[i]);
    /* The other problem has turned its fractions into limits, and these are taken as they are. */
    for (size_t i = 0; ranges && status.code == CONFX_STATUS_OK && i < terms.constraints_n; i++) {
        terms.constraints[i].limit = ranges->terms.constraints[i].limit;
        design.fractions[i] = NAN;
    }
    if (status.code == CONFX_STATUS_OK) status = from_job_check_points(parts, made->space);
    if (status.code != CONFX_STATUS_OK) {
        if (made->model->close) made->model->close(made->model->self);
        space_close(made->space);
    } else {
        /* problem_make takes over space and model, also where it fails. */
        status = problem_make(&design, out);
    }
    if (status.code != CONFX_STATUS_OK) {
        flows_close(made->flows);
        return status;
    }
    (*out)->parts = *parts;
    (*out)->flows = made->flows;
    if (ranges) {
        (*out)->need_least = ranges->need_least;
        (*out)->need_most = ranges->need_most;
    }
    return status;
}

confx_status_t problem_open_model(const problem_parts_t *parts, const model_t *model,
                                  problem_t **problem)
{
    flows_t *flows = NULL;
    space_t *space = NULL;
    const confx_status_t status = from_job_space(parts, NULL, &flows, &space);
    if (status.code == CONFX_STATUS_OK)
        return from_job_open(parts, &(from_job_made_t){flows, space, model}, NULL, problem);
    if (model->close) model->close(model->self);
    return status;
}

static confx_status_t from_job_open_builtin(const problem_parts_t *parts, const char *alone,
                                            const problem_t *ranges, problem_t **problem)
{
    flows_t *flows = NULL;
    space_t *space = NULL;
    model_t model = {.name = NULL};
    TRY(from_job_space(parts, alone, &flows, &space));
    const builtin_parts_t builtin = {.workload = parts->workload,
                                     .space = space,
                                     .flows = flows,
                                     .counts = from_job_counts(parts->job),
                                     .hardware = parts->hardware};
    /* Behind a model from_job_open takes space and flows over, whatever comes of it. */
    const confx_status_t status = model_builtin(&builtin, &model);
    if (status.code == CONFX_STATUS_OK)
        return from_job_open(parts, &(from_job_made_t){flows, space, &model}, ranges, problem);
    space_close(space);
    flows_close(flows);
    return status;
}

/* A budget of another dataflow's range is the limit that a job of this dataflow alone would have,
   in a problem that is like this one in PEs, buffers and all else. */
confx_status_t problem_open(const problem_parts_t *parts, problem_t **problem)
{
    if (!parts->budget_of) return from_job_open_builtin(parts, NULL, NULL, problem);
    problem_parts_t of = *parts;
    problem_t *ranges = NULL;
    of.dataflow = parts->budget_of;
    confx_status_t status = from_job_open_builtin(&of, parts->job->budget.of, NULL, &ranges);
    if (status.code != CONFX_STATUS_OK)
        return status_fail(status.code, "budget.of: %s", status.message);
    status = from_job_open_builtin(parts, NULL, ranges, problem);
    problem_close(ranges);
    return status;
}

/* ---- of a job's problem ---------------------------------------------------------------------- */

int64_t problem_pes(const problem_t *problem, const uint16_t *action)
{
    return space_value(problem->space, FLOWS_PE, action[FLOWS_PE]);
}

int64_t problem_buffer(const problem_t *problem, const uint16_t *action)
{
    return space_value(problem->space, FLOWS_BUFFER, action[FLOWS_BUFFER]);
}

const confx_dataflow_t *problem_dataflow(const problem_t *problem, size_t layer,
                                         const uint16_t *action)
{
    assert(problem->flows); /* the problem is of a job */
    return flows_of(problem->flows, problem->space, &problem->workload->layers[layer], action);
}

const char *problem_dataflow_name(const problem_t *problem, size_t layer, const uint16_t *action)
{
    assert(problem->flows);
    return flows_name(problem->flows, &problem->workload->layers[layer], action);
}

bool problem_names_dataflow(const problem_t *problem, size_t axis)
{
    assert(problem->flows);
    return axis >= FLOWS_FIRST && space_axis(problem->space, axis)->kind == AXIS_CATEGORICAL;
}

void problem_explain(const problem_t *problem, size_t layer, const uint16_t *action,
                     confx_cost_t *cost)
{
    confx_cost_evaluate(problem_dataflow(problem, layer, action), &problem->workload->layers[layer],
                        problem->parts.hardware, problem_pes(problem, action),
                        problem_buffer(problem, action), cost);
}
