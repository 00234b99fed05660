/* From a job to a problem: its axes are the number of PEs and the buffer, its model is the cost
   room's, and it has one objective and one budget. */
#include "confx/figures.h"
#include "confx/try.h"
#include "problem/parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { AXIS_PE, AXIS_BUFFER, AXES };

/* ---- from a job ------------------------------------------------------------------------------ */

static confx_status_t from_job_space(const job_t *job, space_t **space)
{
    const space_axis_t axes[AXES] = {[AXIS_PE] = {.name = "pe",
                                                  .levels = job->actions.pe,
                                                  .levels_n = job->actions.pe_count,
                                                  .refined = true},
                                     [AXIS_BUFFER] = {.name = "buffer",
                                                      .levels = job->actions.buffer,
                                                      .levels_n = job->actions.buffer_count,
                                                      .refined = true}};
    return space_open(axes, AXES, (space_use_t){NULL, NULL}, space);
}

/* On one PE a layer takes about as many cycles as it has multiplications: those of the largest one
   are what no layer that is given anything comes near. */
static double from_job_largest_macs(const confx_workload_t *workload)
{
    double largest = 1;
    for (size_t layer = 0; layer < workload->layers_n; layer++)
        largest = fmax(largest, confx_layer_macs(&workload->layers[layer]));
    return largest;
}

static term_t from_job_objective(objective_t objective, const confx_workload_t *workload)
{
    static const aggregate_t aggregates[] = {[OBJECTIVE_OF_SUM] = AGGREGATE_SUM,
                                             [OBJECTIVE_OF_PRODUCT] = AGGREGATE_PRODUCT,
                                             [OBJECTIVE_OF_MAXIMUM] = AGGREGATE_MAX};
    static_assert((int)OBJECTIVE_METRICS == (int)FACTORS, "a term multiplies as many");
    return (term_t){.name = objective_name(objective),
                    .unit = objective_units(objective),
                    .aggregate = aggregates[objective_kind(objective)],
                    .factors_n = objective_metric(objective, 1) ? FACTORS : 1,
                    .metric = {objective_metric(objective, 0), objective_metric(objective, 1)},
                    .share_unit = from_job_largest_macs(workload)};
}

static terms_t from_job_terms(const job_t *job, const confx_workload_t *workload)
{
    const constraint_t constraint = job->budget.constraint;
    terms_t terms = {.objectives_n = 1, .constraints_n = 1};
    terms.objectives[0] = from_job_objective(job->objective, workload);
    terms.constraints[0] = (term_t){.name = constraint_name(constraint),
                                    .unit = constraint_units(constraint),
                                    .factors_n = 1,
                                    .metric = {constraint_name(constraint)},
                                    .limit = job->budget.limit ? *job->budget.limit : NAN};
    return terms;
}

/* ranges: a problem whose limits are the budget of this one as well; NULL: its own fractions. */
static confx_status_t from_job_open(const problem_parts_t *parts, space_t *space,
                                    const model_t *model, const problem_t *ranges, problem_t **out)
{
    terms_t terms = from_job_terms(parts->job, parts->workload);
    problem_design_t design = {.workload = parts->workload,
                               .space = space,
                               .model = model,
                               .terms = &terms,
                               .fractions = {job_budget_fraction(&parts->job->budget)}};
    for (size_t i = 0; ranges && i < terms.constraints_n; i++) {
        terms.constraints[i].limit = ranges->terms.constraints[i].limit;
        design.fractions[i] = NAN;
    }
    /* A certificate goes through all points of a job's space, which is as many as it can. */
    const uint64_t points = space_points(space) * parts->workload->distinct_n;
    if (points > UINT32_MAX) {
        const confx_status_t status =
            status_input(NULL, 0, "actions",
                         "%zu PEs x %zu buffers for each of %zu kinds of layers are %llu points, "
                         "expected at most %u",
                         space_range(space, AXIS_PE), space_range(space, AXIS_BUFFER),
                         parts->workload->distinct_n, (unsigned long long)points, UINT32_MAX);
        if (model->close) model->close(model->self);
        space_close(space);
        return status;
    }
    /* problem_make takes over space and model, also where it fails. */
    TRY(problem_make(&design, out));
    (*out)->parts = *parts;
    if (ranges) {
        (*out)->need_least = ranges->need_least;
        (*out)->need_most = ranges->need_most;
    }
    return status_ok();
}

confx_status_t problem_open_model(const problem_parts_t *parts, const model_t *model,
                                  problem_t **problem)
{
    space_t *space;
    const confx_status_t status = from_job_space(parts->job, &space);
    if (status.code == CONFX_STATUS_OK) return from_job_open(parts, space, model, NULL, problem);
    if (model->close) model->close(model->self);
    return status;
}

static confx_status_t from_job_open_builtin(const problem_parts_t *parts, const char *dataflow_name,
                                            const problem_t *ranges, problem_t **problem)
{
    space_t *space;
    model_t model;
    TRY(from_job_space(parts->job, &space));
    const builtin_parts_t builtin = {.workload = parts->workload,
                                     .space = space,
                                     .dataflow = parts->dataflow,
                                     .depthwise = parts->depthwise,
                                     .dataflow_name = dataflow_name,
                                     .depthwise_name = parts->job->dataflow_depthwise,
                                     .hardware = parts->hardware};
    const confx_status_t status = model_builtin(&builtin, &model);
    if (status.code == CONFX_STATUS_OK) return from_job_open(parts, space, &model, ranges, problem);
    space_close(space);
    return status;
}

/* A budget of another dataflow's range is the limit that this dataflow would have, in a problem
   that is like this one in all else. */
confx_status_t problem_open(const problem_parts_t *parts, problem_t **problem)
{
    const char *name = parts->job->dataflow;
    if (!parts->budget_of) return from_job_open_builtin(parts, name, NULL, problem);
    problem_parts_t of = *parts;
    problem_t *ranges = NULL;
    of.dataflow = parts->budget_of;
    confx_status_t status = from_job_open_builtin(&of, parts->job->budget.of, NULL, &ranges);
    if (status.code != CONFX_STATUS_OK)
        return status_fail(status.code, "budget.of: %s", status.message);
    status = from_job_open_builtin(parts, name, ranges, problem);
    problem_close(ranges);
    return status;
}

int64_t problem_pes(const problem_t *problem, const uint16_t *action)
{
    return space_value(problem->space, AXIS_PE, action[AXIS_PE]);
}

void problem_explain(const problem_t *problem, size_t layer, const uint16_t *action,
                     confx_cost_t *cost)
{
    const confx_layer_t *of = &problem->workload->layers[layer];
    const bool depthwise = of->type == CONFX_LAYER_DSCONV;
    assert(problem->parts.dataflow); /* the problem is of a job */
    confx_cost_evaluate(depthwise ? problem->parts.depthwise : problem->parts.dataflow, of,
                        problem->parts.hardware, problem_pes(problem, action),
                        space_value(problem->space, AXIS_BUFFER, action[AXIS_BUFFER]), cost);
}
