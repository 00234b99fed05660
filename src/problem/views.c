/* The problem of a job as callers see it that still name PEs and buffers: thin views of its space,
   model and terms. */
#include "confx/ledger.h"
#include "confx/try.h"
#include "problem/parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { AXIS_PE, AXIS_BUFFER, AXES };

/* ---- from a job ------------------------------------------------------------------------------ */

static confx_status_t views_view_space(const job_t *job, space_t **space)
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

static term_t views_view_objective(objective_t objective)
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

static terms_t views_view_terms(const job_t *job)
{
    const constraint_t constraint = job->budget.constraint;
    terms_t terms = {.objectives_n = 1, .constraints_n = 1};
    terms.objectives[0] = views_view_objective(job->objective);
    terms.constraints[0] = (term_t){.name = constraint_name(constraint),
                                    .unit = constraint_units(constraint),
                                    .factors_n = 1,
                                    .metric = {constraint_name(constraint)},
                                    .limit = job->budget.limit ? *job->budget.limit : NAN};
    return terms;
}

static confx_status_t views_view_open(const problem_parts_t *parts, space_t *space,
                                      const model_t *model, problem_t **out)
{
    const terms_t terms = views_view_terms(parts->job);
    const problem_design_t design = {.workload = parts->workload,
                                     .space = space,
                                     .model = model,
                                     .terms = &terms,
                                     .fractions = {job_budget_fraction(&parts->job->budget)}};
    /* Until all callers have changed over they number points in 32 bits. */
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
    (*out)->constraint = parts->job->budget.constraint;
    return status_ok();
}

confx_status_t problem_open_model(const problem_parts_t *parts, const model_t *model,
                                  problem_t **problem)
{
    space_t *space;
    const confx_status_t status = views_view_space(parts->job, &space);
    if (status.code == CONFX_STATUS_OK) return views_view_open(parts, space, model, problem);
    if (model->close) model->close(model->self);
    return status;
}

confx_status_t problem_open(const problem_parts_t *parts, problem_t **problem)
{
    space_t *space;
    model_t model;
    TRY(views_view_space(parts->job, &space));
    const builtin_parts_t builtin = {.workload = parts->workload,
                                     .space = space,
                                     .dataflow = parts->dataflow,
                                     .depthwise = parts->depthwise,
                                     .hardware = parts->hardware};
    const confx_status_t status = model_builtin(&builtin, &model);
    if (status.code == CONFX_STATUS_OK) return views_view_open(parts, space, &model, problem);
    space_close(space);
    return status;
}

/* ---- two axes -------------------------------------------------------------------------------- */

size_t problem_levels(const problem_t *problem, size_t head)
{
    return space_levels(problem->space, head);
}

const uint32_t *problem_level_values(const problem_t *problem, size_t head)
{
    return space_axis(problem->space, head)->levels;
}

uint32_t problem_pe_max(const problem_t *problem)
{
    return (uint32_t)space_range(problem->space, AXIS_PE);
}

uint32_t problem_buffer_max(const problem_t *problem)
{
    return (uint32_t)space_range(problem->space, AXIS_BUFFER);
}

size_t problem_points(const problem_t *problem)
{
    return (size_t)space_points(problem->space);
}

size_t problem_point(const problem_t *problem, uint32_t pes, uint32_t buffer)
{
    return (size_t)(pes - 1) * problem_buffer_max(problem) + (buffer - 1);
}

void problem_unpoint(const problem_t *problem, size_t point, uint32_t *pes, uint32_t *buffer)
{
    const uint32_t buffers = problem_buffer_max(problem);
    *pes = (uint32_t)(point / buffers) + 1;
    *buffer = (uint32_t)(point % buffers) + 1;
}

uint32_t problem_enough_pes(problem_t *problem, size_t distinct, uint32_t buffer)
{
    return (uint32_t)problem_enough(problem, distinct, buffer - 1) + 1;
}

/* ---- one constraint -------------------------------------------------------------------------- */

constraint_t problem_constraint(const problem_t *problem)
{
    return problem->constraint;
}

bool problem_fits(const problem_t *problem, double need)
{
    return terms_fits(&problem->terms, &(need_t){{need}});
}

double problem_space_levels(const problem_t *problem)
{
    return space_size(problem->space, SPACE_LEVELS, problem_layers(problem));
}

double problem_space_integers(const problem_t *problem)
{
    return space_size(problem->space, SPACE_INTEGERS, problem_layers(problem));
}

/* ---- samples --------------------------------------------------------------------------------- */

static const uint64_t *views_view_points(problem_t *problem, const batch_t *batch, size_t episode)
{
    for (size_t layer = 0; layer < batch->layers; layer++) {
        const size_t at = episode * batch->layers + layer;
        problem->points[layer] = problem_point(problem, batch->pes[at], batch->buffer[at]);
    }
    return problem->points;
}

void problem_score(problem_t *problem, batch_t *batch)
{
    for (size_t episode = 0; episode < batch->n; episode++) {
        const size_t at = episode * batch->layers;
        score_t score;
        problem_total(problem, views_view_points(problem, batch, episode), batch->cost + at,
                      batch->need + at, &score);
        batch->objective[episode] = score.objectives[0];
        batch->constraint[episode] = score.constraints[0];
        batch->feasible[episode] = terms_feasible(&problem->terms, &score);
    }
}

confx_status_t ledger_reveal(ledger_t *ledger, const batch_t *batch, problem_t *problem)
{
    for (size_t at = 0; at < batch->n * batch->layers; at++)
        TRY(memory_reveal_point(ledger, problem, problem->workload->distinct_of[at % batch->layers],
                                problem_point(problem, batch->pes[at], batch->buffer[at])));
    return status_ok();
}

score_t batch_score(const batch_t *batch, size_t sample)
{
    return (score_t){{batch->objective[sample]}, {batch->constraint[sample]}};
}

void problem_explain(const problem_t *problem, size_t layer, uint32_t pes, uint32_t buffer,
                     confx_cost_t *cost)
{
    const confx_layer_t *of = &problem->workload->layers[layer];
    const bool depthwise = of->type == CONFX_LAYER_DSCONV;
    confx_cost_evaluate(depthwise ? problem->parts.depthwise : problem->parts.dataflow, of,
                        problem->parts.hardware, pes, buffer, cost);
}
