/* From a job to a problem: its axes are the number of PEs, the buffer, and what it lists of
   dataflows (flows.h), its model is the cost room's, and it has one objective and one budget. */
#include "confx/figures.h"
#include "confx/text.h"
#include "confx/try.h"
#include "problem/parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* ---- from a job ------------------------------------------------------------------------------ */

/* flows NULL after a failure. */
static confx_status_t from_job_space(const problem_parts_t *parts, flows_t **flows, space_t **space)
{
    const space_axis_t *axes;
    TRY(flows_open(parts, flows));
    const size_t n = flows_axes(*flows, &axes);
    const confx_status_t status = space_open(axes, n, flows_use(*flows), space);
    if (status.code == CONFX_STATUS_OK) return status;
    flows_close(*flows);
    *flows = NULL;
    return status;
}

static term_t from_job_objective(objective_t objective)
{
    term_t term = {
        .name = objective_name(objective), .unit = objective_units(objective), .factors_n = 1};
    term.metric[0] = objective == OBJECTIVE_ENERGY ? "energy" : "latency";
    if (objective_adds_up(objective)) return term;
    term.aggregate = AGGREGATE_PRODUCT;
    term.factors_n = FACTORS;
    term.metric[1] = "energy";
    return term;
}

static terms_t from_job_terms(const job_t *job)
{
    const constraint_t constraint = job->budget.constraint;
    terms_t terms = {.objectives_n = 1, .constraints_n = 1};
    terms.objectives[0] = from_job_objective(job->objective);
    terms.constraints[0] = (term_t){.name = constraint_name(constraint),
                                    .unit = constraint_units(constraint),
                                    .factors_n = 1,
                                    .metric = {constraint_name(constraint)},
                                    .limit = job->budget.limit ? *job->budget.limit : NAN};
    return terms;
}

/* A certificate goes through all points of a job's space, which is as many as it can. */
static confx_status_t from_job_check_points(const problem_parts_t *parts, const space_t *space)
{
    char ranges[256] = "";
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

/* Flows, space and model are the problem's from here on, whatever comes of it. */
static confx_status_t from_job_open(const problem_parts_t *parts, flows_t *flows, space_t *space,
                                    const model_t *model, problem_t **out)
{
    const terms_t terms = from_job_terms(parts->job);
    const problem_design_t design = {.workload = parts->workload,
                                     .space = space,
                                     .model = model,
                                     .terms = &terms,
                                     .fractions = {job_budget_fraction(&parts->job->budget)}};
    confx_status_t status = from_job_check_points(parts, space);
    if (status.code != CONFX_STATUS_OK) {
        if (model->close) model->close(model->self);
        space_close(space);
    } else {
        /* problem_make takes over space and model, also where it fails. */
        status = problem_make(&design, out);
    }
    if (status.code != CONFX_STATUS_OK) {
        flows_close(flows);
        return status;
    }
    (*out)->parts = *parts;
    (*out)->flows = flows;
    return status;
}

confx_status_t problem_open_model(const problem_parts_t *parts, const model_t *model,
                                  problem_t **problem)
{
    flows_t *flows;
    space_t *space;
    const confx_status_t status = from_job_space(parts, &flows, &space);
    if (status.code == CONFX_STATUS_OK) return from_job_open(parts, flows, space, model, problem);
    if (model->close) model->close(model->self);
    return status;
}

confx_status_t problem_open(const problem_parts_t *parts, problem_t **problem)
{
    flows_t *flows;
    space_t *space;
    model_t model;
    TRY(from_job_space(parts, &flows, &space));
    const builtin_parts_t builtin = {
        .workload = parts->workload, .space = space, .flows = flows, .hardware = parts->hardware};
    const confx_status_t status = model_builtin(&builtin, &model);
    if (status.code == CONFX_STATUS_OK) return from_job_open(parts, flows, space, &model, problem);
    space_close(space);
    flows_close(flows);
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
