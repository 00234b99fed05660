/* Opening a problem: its actions, what they need, and what the budget means. */
#include "confx/try.h"
#include "problem/parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool problem_evaluate(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                      double *factors, double *need);

/* A sum of needs may round above a budget that is the same sum in another order. */
static const double budget_slack = 1e-12;

static confx_status_t problem_copy_levels(problem_t *problem, size_t head, const uint32_t *levels,
                                          size_t n)
{
    problem->levels[head] = malloc(n * sizeof *levels);
    if (!problem->levels[head])
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu levels", n);
    memcpy(problem->levels[head], levels, n * sizeof *levels);
    problem->levels_n[head] = n;
    return status_ok();
}

/* Zeros of calloc stay out of memory until a point is evaluated there: most of a large table never
   is. */
static confx_status_t problem_open_tables(problem_t *problem)
{
    const size_t n = problem->workload->distinct_n * problem->points;
    if (n > UINT32_MAX) /* ledgers and certificates number points in 32 bits */
        return status_input(
            NULL, 0, "actions",
            "%u PEs x %u buffers for each of %zu kinds of layers are %zu points, expected at most "
            "%" PRIu32,
            problem_pe_max(problem), problem_buffer_max(problem), problem->workload->distinct_n, n,
            UINT32_MAX);
    problem->factor_table = malloc(n * problem->factors * sizeof(double));
    problem->need_table = calloc(n, sizeof(double));
    problem->least_point = calloc(problem->workload->distinct_n, sizeof(size_t));
    if (problem->factor_table && problem->need_table && problem->least_point) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for a cost table of %zu points (%.3g GB)", n,
                       (double)(n * (problem->factors + 1) * sizeof(double)) / 1e9);
}

static double problem_uniform_need(problem_t *problem, uint32_t pes, uint32_t buffer)
{
    const size_t point = problem_point(problem, pes, buffer);
    double need = 0;
    for (size_t layer = 0; layer < problem->workload->layers_n; layer++)
        need += problem_need(problem, problem->workload->distinct_of[layer], point);
    return need;
}

/* The extremes that budget fractions refer to. */
static void problem_find_need_range(problem_t *problem)
{
    problem->need_least = INFINITY;
    problem->need_most = -INFINITY;
    for (int corner = 0; corner < 4; corner++) {
        const uint32_t pes = problem->levels[0][corner & 1 ? problem->levels_n[0] - 1 : 0];
        const uint32_t buffer = problem->levels[1][corner & 2 ? problem->levels_n[1] - 1 : 0];
        const double need = problem_uniform_need(problem, pes, buffer);
        problem->need_least = fmin(problem->need_least, need);
        problem->need_most = fmax(problem->need_most, need);
    }
}

/* Least need over the levels, and where; *valid: the layer can be run on one of them at least. */
static double problem_find_least(problem_t *problem, size_t distinct, bool *valid)
{
    double least = INFINITY;
    *valid = false;
    for (size_t pe = 0; pe < problem->levels_n[0]; pe++)
        for (size_t buffer = 0; buffer < problem->levels_n[1]; buffer++) {
            const size_t point =
                problem_point(problem, problem->levels[0][pe], problem->levels[1][buffer]);
            double objective;
            double need;
            if (problem_look(problem, distinct, point, &objective, &need)) *valid = true;
            if (!(need < least)) continue;
            least = need;
            problem->least_point[distinct] = point;
        }
    return least;
}

static confx_status_t problem_refuse_layer(const problem_t *problem, size_t distinct)
{
    const size_t layer = problem->workload->first_of[distinct];
    confx_cost_t cost;
    problem_explain(problem, layer, problem->levels[0][0], problem->levels[1][0], &cost);
    return status_fail(
        CONFX_STATUS_INFEASIBLE,
        "layer %s: the dataflow runs it on none of the levels; on %u PEs with buffer %u: %s",
        problem->workload->layers[layer].name, problem->levels[0][0], problem->levels[1][0],
        confx_cost_fault_text(cost.fault));
}

static confx_status_t problem_check_budget(problem_t *problem)
{
    double least = 0;
    for (size_t layer = 0; layer < problem->workload->layers_n; layer++) {
        const size_t distinct = problem->workload->distinct_of[layer];
        bool valid;
        least += problem_find_least(problem, distinct, &valid);
        if (!valid) return problem_refuse_layer(problem, distinct);
    }
    if (problem_fits(problem, least)) return status_ok();
    return status_fail(
        CONFX_STATUS_INFEASIBLE,
        "budget: %s of %.6g %s is below the least that any assignment needs, %.6g %s",
        constraint_name(problem->constraint), problem->budget,
        constraint_units(problem->constraint), least, constraint_units(problem->constraint));
}

static confx_status_t problem_set_budget(problem_t *problem, const job_t *job)
{
    problem_find_need_range(problem);
    if (!isfinite(problem->need_most) || !isfinite(problem->need_least))
        return status_input(NULL, 0, "hardware", "%s: the %s of an assignment is no finite number",
                            problem->parts.hardware->name, constraint_name(problem->constraint));
    const double fraction = job_budget_fraction(&job->budget);
    problem->budget = isnan(fraction) ? *job->budget.limit
                                      : problem->need_least +
                                            fraction * (problem->need_most - problem->need_least);
    return problem_check_budget(problem);
}

static confx_status_t problem_fill(problem_t *problem, const problem_parts_t *parts)
{
    const job_t *job = parts->job;
    problem->parts = *parts;
    problem->workload = parts->workload;
    problem->objective = job->objective;
    problem->factors = objective_adds_up(job->objective) ? 1 : FACTORS;
    problem->constraint = job->budget.constraint;
    TRY(problem_copy_levels(problem, 0, job->actions.pe, job->actions.pe_count));
    TRY(problem_copy_levels(problem, 1, job->actions.buffer, job->actions.buffer_count));
    problem->points = (size_t)problem_pe_max(problem) * problem_buffer_max(problem);
    TRY(problem_open_tables(problem));
    return problem_set_budget(problem, job);
}

static confx_status_t problem_open_problem(const problem_parts_t *parts,
                                           const evaluator_t *evaluator, problem_t **out)
{
    problem_t *problem = calloc(1, sizeof *problem);
    if (!problem) return status_fail(CONFX_STATUS_MEMORY, "no memory for a problem");
    problem->evaluator = evaluator ? *evaluator : (evaluator_t){problem, problem_evaluate};
    const confx_status_t status = problem_fill(problem, parts);
    if (status.code != CONFX_STATUS_OK) {
        problem_close(problem);
        return status;
    }
    *out = problem;
    return status;
}

confx_status_t problem_open(const problem_parts_t *parts, problem_t **problem)
{
    return problem_open_problem(parts, NULL, problem);
}

confx_status_t problem_open_with(const problem_parts_t *parts, evaluator_t evaluator,
                                 problem_t **problem)
{
    return problem_open_problem(parts, &evaluator, problem);
}

void problem_close(problem_t *problem)
{
    if (!problem) return;
    for (size_t head = 0; head < HEADS; head++) free(problem->levels[head]);
    free(problem->factor_table);
    free(problem->need_table);
    free(problem->least_point);
    free(problem);
}

bool problem_fits(const problem_t *problem, double need)
{
    return need <= problem->budget * (1 + budget_slack);
}

const confx_workload_t *problem_workload(const problem_t *problem)
{
    return problem->workload;
}

size_t problem_layers(const problem_t *problem)
{
    return problem->workload->layers_n;
}

size_t problem_distinct(const problem_t *problem)
{
    return problem->workload->distinct_n;
}

size_t problem_distinct_of(const problem_t *problem, size_t layer)
{
    return problem->workload->distinct_of[layer];
}

size_t problem_least_point(const problem_t *problem, size_t distinct)
{
    return problem->least_point[distinct];
}

size_t problem_levels(const problem_t *problem, size_t head)
{
    return problem->levels_n[head];
}

const uint32_t *problem_level_values(const problem_t *problem, size_t head)
{
    return problem->levels[head];
}

uint32_t problem_pe_max(const problem_t *problem)
{
    return problem->levels[0][problem->levels_n[0] - 1];
}

uint32_t problem_buffer_max(const problem_t *problem)
{
    return problem->levels[1][problem->levels_n[1] - 1];
}

size_t problem_points(const problem_t *problem)
{
    return problem->points;
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

bool problem_adds_up(const problem_t *problem)
{
    return problem->factors == 1;
}

constraint_t problem_constraint(const problem_t *problem)
{
    return problem->constraint;
}

double problem_budget(const problem_t *problem)
{
    return problem->budget;
}

double problem_need_least(const problem_t *problem)
{
    return problem->need_least;
}

double problem_need_most(const problem_t *problem)
{
    return problem->need_most;
}

double problem_space_levels(const problem_t *problem)
{
    return (double)problem_layers(problem) *
           log10((double)(problem->levels_n[0] * problem->levels_n[1]));
}

double problem_space_integers(const problem_t *problem)
{
    return (double)problem_layers(problem) * log10((double)problem->points);
}
