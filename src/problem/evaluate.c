/* Scoring one action: the cost model behind the evaluator interface, and the table that evaluates
   each point once. */
#include "confx/saturation.h"
#include "problem/parts.h"

#include <math.h>

static void evaluate_factors_of(objective_t objective, const confx_cost_t *cost, double *factors)
{
    switch (objective) {
    case OBJECTIVE_LATENCY:
        factors[0] = (double)cost->runtime_cycles;
        break;
    case OBJECTIVE_ENERGY:
        factors[0] = cost->energy_nj;
        break;
    case OBJECTIVE_EDP:
        factors[0] = (double)cost->runtime_cycles;
        factors[1] = cost->energy_nj;
        break;
    }
}

static double evaluate_need_of(constraint_t constraint, const confx_cost_t *cost)
{
    switch (constraint) {
    case CONSTRAINT_AREA:
        return cost->area_um2;
    case CONSTRAINT_POWER:
        return cost->power_mw;
    }
    return NAN;
}

static const confx_dataflow_t *evaluate_dataflow_of(const problem_t *problem,
                                                    const confx_layer_t *layer)
{
    return layer->type == CONFX_LAYER_DSCONV ? problem->parts.depthwise : problem->parts.dataflow;
}

static void evaluate_layer(const problem_t *problem, const confx_layer_t *layer, uint32_t pes,
                           uint32_t buffer, confx_cost_t *cost)
{
    confx_cost_evaluate(evaluate_dataflow_of(problem, layer), layer, problem->parts.hardware, pes,
                        buffer, cost);
}

/* evaluator_t's function over the cost model; the context is the problem itself. */
bool problem_evaluate(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                      double *factors, double *need)
{
    const problem_t *problem = context;
    const confx_workload_t *workload = problem->workload;
    confx_cost_t cost;
    evaluate_layer(problem, &workload->layers[workload->first_of[distinct]], pes, buffer, &cost);
    evaluate_factors_of(problem->objective, &cost, factors);
    *need = evaluate_need_of(problem->constraint, &cost);
    return cost.fault == CONFX_COST_VALID;
}

void problem_explain(const problem_t *problem, size_t layer, uint32_t pes, uint32_t buffer,
                     confx_cost_t *cost)
{
    evaluate_layer(problem, &problem->workload->layers[layer], pes, buffer, cost);
}

/* 0 is what was never written. */
static bool evaluate_is_known(double need)
{
    return need < 0 || need > 0 || signbit(need);
}

static size_t evaluate_evaluated(problem_t *problem, size_t distinct, size_t point)
{
    const size_t at = distinct * problem->points + point;
    if (!evaluate_is_known(problem->need_table[at])) {
        uint32_t pes;
        uint32_t buffer;
        double factors[FACTORS] = {NAN, NAN};
        double need = INFINITY;
        problem_unpoint(problem, point, &pes, &buffer);
        const bool valid = problem->evaluator.evaluate(problem->evaluator.context, distinct, pes,
                                                       buffer, factors, &need);
        for (size_t i = 0; i < problem->factors; i++)
            problem->factor_table[at * problem->factors + i] = valid ? factors[i] : NAN;
        problem->need_table[at] = isnan(need) ? INFINITY : need < 0 || need > 0 ? need : -0.0;
    }
    return at;
}

/* Of sums of factors, or of one layer's. */
static double evaluate_product(const problem_t *problem, const double *factors)
{
    return problem->factors == 1 ? factors[0] : factors[0] * factors[1];
}

double problem_need(problem_t *problem, size_t distinct, size_t point)
{
    return problem->need_table[evaluate_evaluated(problem, distinct, point)];
}

static const double *evaluate_look(problem_t *problem, size_t distinct, size_t point, double *need)
{
    const size_t at = evaluate_evaluated(problem, distinct, point);
    *need = problem->need_table[at];
    return problem->factor_table + at * problem->factors;
}

bool problem_look(problem_t *problem, size_t distinct, size_t point, double *objective,
                  double *need)
{
    *objective = evaluate_product(problem, evaluate_look(problem, distinct, point, need));
    return !isnan(*objective);
}

bool problem_factors(problem_t *problem, size_t distinct, size_t point, double factors[FACTORS],
                     double *need)
{
    const double *own = evaluate_look(problem, distinct, point, need);
    factors[0] = own[0];
    factors[1] = problem->factors == 1 ? 1 : own[1];
    return !isnan(evaluate_product(problem, own));
}

static bool evaluate_is_enough(const problem_t *problem, size_t distinct, uint32_t pes,
                               uint32_t buffer)
{
    const confx_layer_t *layer = &problem->workload->layers[problem->workload->first_of[distinct]];
    return cost_saturated(evaluate_dataflow_of(problem, layer), layer, problem->parts.hardware, pes,
                          buffer);
}

/* What is enough stays enough with more PEs, so that the least number is found by halving. Enough
   of an invalid point says nothing of larger ones. */
uint32_t problem_enough_pes(problem_t *problem, size_t distinct, uint32_t buffer)
{
    const uint32_t most = problem_pe_max(problem);
    uint32_t low = 1;
    uint32_t high = most;
    double objective;
    double need;
    if (problem->evaluator.evaluate != problem_evaluate ||
        !evaluate_is_enough(problem, distinct, most, buffer))
        return most;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (evaluate_is_enough(problem, distinct, middle, buffer))
            high = middle;
        else
            low = middle + 1;
    }
    return problem_look(problem, distinct, problem_point(problem, low, buffer), &objective, &need)
               ? low
               : most;
}

static void evaluate_score_one(problem_t *problem, batch_t *batch, size_t episode)
{
    double sums[FACTORS] = {0, 0};
    double constraint = 0;
    for (size_t layer = 0; layer < batch->layers; layer++) {
        const size_t at = episode * batch->layers + layer;
        const size_t point = problem_point(problem, batch->pes[at], batch->buffer[at]);
        const double *own =
            evaluate_look(problem, problem->workload->distinct_of[layer], point, &batch->need[at]);
        batch->cost[at] = evaluate_product(problem, own);
        sums[0] += own[0]; /* NaN where a point is invalid, and then in all */
        if (problem->factors > 1) sums[1] += own[1];
        constraint += batch->need[at];
    }
    batch->objective[episode] = evaluate_product(problem, sums);
    batch->constraint[episode] = constraint;
    batch->feasible[episode] =
        !isnan(batch->objective[episode]) && problem_fits(problem, constraint);
}

void problem_score(problem_t *problem, batch_t *batch)
{
    for (size_t episode = 0; episode < batch->n; episode++)
        evaluate_score_one(problem, batch, episode);
}
