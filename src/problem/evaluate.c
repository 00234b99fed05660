/* Scoring one action: the cost model behind the evaluator interface, and the table that evaluates each point once. */
#include "parts.h"

#include <math.h>

static double objective_of(objective_t objective, const cost_t *cost)
{
    switch (objective) {
    case OBJECTIVE_LATENCY:
        return (double)cost->runtime_cycles;
    case OBJECTIVE_ENERGY:
        return cost->energy_nj;
    }
    return NAN;
}

static double need_of(constraint_t constraint, const cost_t *cost)
{
    switch (constraint) {
    case CONSTRAINT_AREA:
        return cost->area_um2;
    case CONSTRAINT_POWER:
        return cost->power_mw;
    }
    return NAN;
}

static void evaluate_layer(const problem_t *problem, const layer_t *layer, uint32_t pes, uint32_t buffer, cost_t *cost)
{
    const dataflow_t *dataflow = layer->type == LAYER_DSCONV ? problem->parts.depthwise : problem->parts.dataflow;
    cost_evaluate(dataflow, layer, problem->parts.hardware, pes, buffer, cost);
}

/* evaluator_t's function over the cost model; the context is the problem itself. */
bool problem_evaluate(void *context, size_t distinct, uint32_t pes, uint32_t buffer, double *objective, double *need)
{
    const problem_t *problem = context;
    const workload_t *workload = problem->workload;
    cost_t cost;
    evaluate_layer(problem, &workload->layers[workload->first_of[distinct]], pes, buffer, &cost);
    *objective = objective_of(problem->objective, &cost);
    *need = need_of(problem->constraint, &cost);
    return cost.fault == COST_VALID;
}

void problem_explain(const problem_t *problem, size_t layer, uint32_t pes, uint32_t buffer, cost_t *cost)
{
    evaluate_layer(problem, &problem->workload->layers[layer], pes, buffer, cost);
}

static size_t evaluated(problem_t *problem, size_t distinct, size_t point)
{
    const size_t at = distinct * problem->points + point;
    if (isnan(problem->need_table[at])) {
        uint32_t pes;
        uint32_t buffer;
        double objective = NAN;
        double need = INFINITY;
        problem_unpoint(problem, point, &pes, &buffer);
        const bool valid =
            problem->evaluator.evaluate(problem->evaluator.context, distinct, pes, buffer, &objective, &need);
        problem->cost_table[at] = valid ? objective : NAN;
        problem->need_table[at] = isnan(need) ? INFINITY : need;
    }
    return at;
}

double problem_need(problem_t *problem, size_t distinct, size_t point)
{
    return problem->need_table[evaluated(problem, distinct, point)];
}

bool problem_look(problem_t *problem, size_t distinct, size_t point, double *objective, double *need)
{
    const size_t at = evaluated(problem, distinct, point);
    *objective = problem->cost_table[at];
    *need = problem->need_table[at];
    return !isnan(*objective);
}

static void score_one(problem_t *problem, batch_t *batch, size_t episode)
{
    double objective = 0;
    double constraint = 0;
    for (size_t layer = 0; layer < batch->layers; layer++) {
        const size_t at = episode * batch->layers + layer;
        const size_t point = problem_point(problem, batch->pes[at], batch->buffer[at]);
        (void)problem_look(problem, problem->workload->distinct_of[layer], point, &batch->cost[at], &batch->need[at]);
        objective += batch->cost[at]; /* NaN where a point is invalid, and then in all */
        constraint += batch->need[at];
    }
    batch->objective[episode] = objective;
    batch->constraint[episode] = constraint;
    batch->feasible[episode] = !isnan(objective) && problem_fits(problem, constraint);
}

void problem_score(problem_t *problem, batch_t *batch)
{
    for (size_t episode = 0; episode < batch->n; episode++) score_one(problem, batch, episode);
}
