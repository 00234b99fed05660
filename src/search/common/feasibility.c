#include "search/common/feasibility.h"
#include "confx/try.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double room_slack = 1e-12; /* of the budget: sums of needs round */

static size_t feasibility_point_of(const problem_t *problem, size_t pe, size_t buffer)
{
    return problem_point(problem, problem_level_values(problem, 0)[pe], problem_level_values(problem, 1)[buffer]);
}

static void feasibility_sum_least(needs_t *needs, const problem_t *problem)
{
    needs->total_least = 0;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        needs->total_least += needs->least[problem_distinct_of(problem, layer)];
}

static void feasibility_fill_needs(needs_t *needs, problem_t *problem)
{
    for (size_t d = 0; d < needs->distinct; d++) {
        needs->least[d] = INFINITY;
        for (size_t pe = 0; pe < needs->levels[0]; pe++) {
            double *row = needs->need + (d * needs->levels[0] + pe) * needs->levels[1];
            double *least = &needs->least_of_pe[d * needs->levels[0] + pe];
            *least = INFINITY;
            for (size_t buffer = 0; buffer < needs->levels[1]; buffer++) {
                row[buffer] = problem_need(problem, d, feasibility_point_of(problem, pe, buffer));
                *least = fmin(*least, row[buffer]);
            }
            needs->least[d] = fmin(needs->least[d], *least);
        }
    }
    feasibility_sum_least(needs, problem);
}

/* Expected need of a layer when each pair of levels is drawn with weight exp(-kappa need). */
static double feasibility_expected_need(const needs_t *needs, size_t distinct, double kappa)
{
    const size_t pairs = needs->levels[0] * needs->levels[1];
    const double *need = needs->need + distinct * pairs;
    double weights = 0;
    double sum = 0;
    for (size_t i = 0; i < pairs; i++) {
        const double weight = exp(-kappa * (need[i] - needs->least[distinct]));
        weights += weight;
        sum += weight * need[i];
    }
    return sum / weights;
}

static double feasibility_expected_use(const needs_t *needs, const problem_t *problem, double kappa)
{
    double use = 0;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        use += feasibility_expected_need(needs, problem_distinct_of(problem, layer), kappa);
    return use;
}

/* The kappa >= 0 at which the expected use is the budget: without it an untrained policy asks for far too much of a
   tight budget, and the mask leaves the last layers nothing (worst gap 56 % without). */
static double feasibility_find_kappa(const needs_t *needs, const problem_t *problem)
{
    const double budget = problem_budget(problem);
    if (feasibility_expected_use(needs, problem, 0) <= budget) return 0;
    double low = 0;
    double high = 1 / budget;
    for (int i = 0; i < 60 && feasibility_expected_use(needs, problem, high) > budget; i++) high *= 2;
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        if (feasibility_expected_use(needs, problem, middle) > budget)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void feasibility_fill_priors(needs_t *needs, double kappa)
{
    for (size_t d = 0; d < needs->distinct; d++)
        for (size_t pe = 0; pe < needs->levels[0]; pe++) {
            const size_t at = d * needs->levels[0] + pe;
            const double *need = needs->need + at * needs->levels[1];
            double weights = 0; /* at least 1: that of the least need */
            for (size_t buffer = 0; buffer < needs->levels[1]; buffer++) {
                const double logit = -kappa * (need[buffer] - needs->least_of_pe[at]);
                needs->prior_buffer[at * needs->levels[1] + buffer] = (real_t)logit;
                weights += exp(logit);
            }
            needs->prior_pe[at] = (real_t)(log(fmax(weights, 1)) - kappa * (needs->least_of_pe[at] - needs->least[d]));
        }
}

confx_status_t needs_open(problem_t *problem, needs_t *needs)
{
    const size_t distinct = problem_distinct(problem);
    const size_t pes = problem_levels(problem, 0);
    const size_t pairs = pes * problem_levels(problem, 1);
    *needs = (needs_t){.distinct = distinct, .levels = {pes, problem_levels(problem, 1)}};
    needs->need = calloc(distinct * pairs, sizeof(double));
    needs->least_of_pe = calloc(distinct * pes, sizeof(double));
    needs->least = calloc(distinct, sizeof(double));
    needs->prior_pe = calloc(distinct * pes, sizeof(real_t));
    needs->prior_buffer = calloc(distinct * pairs, sizeof(real_t));
    if (!needs->need || !needs->least_of_pe || !needs->least || !needs->prior_pe || !needs->prior_buffer) {
        needs_close(needs);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the needs of %zu layers", distinct);
    }
    feasibility_fill_needs(needs, problem);
    feasibility_fill_priors(needs, feasibility_find_kappa(needs, problem));
    return status_ok();
}

void needs_close(needs_t *needs)
{
    free(needs->need);
    free(needs->least_of_pe);
    free(needs->least);
    free(needs->prior_pe);
    free(needs->prior_buffer);
    *needs = (needs_t){0};
}

static bool feasibility_usable(const needs_t *needs, const problem_t *problem, const ledger_t *ledger, size_t distinct,
                               size_t pe, size_t buffer, double room)
{
    if (needs->need[(distinct * needs->levels[0] + pe) * needs->levels[1] + buffer] > room) return false;
    return !ledger || !ledger_invalid(ledger, distinct, feasibility_point_of(problem, pe, buffer));
}

static double feasibility_least_usable(const needs_t *needs, const problem_t *problem, const ledger_t *ledger,
                                       size_t distinct)
{
    double least = INFINITY;
    for (size_t pe = 0; pe < needs->levels[0]; pe++)
        for (size_t buffer = 0; buffer < needs->levels[1]; buffer++)
            if (feasibility_usable(needs, problem, ledger, distinct, pe, buffer, least))
                least = needs->need[(distinct * needs->levels[0] + pe) * needs->levels[1] + buffer];
    return least;
}

void needs_reserve(needs_t *needs, const problem_t *problem, const ledger_t *ledger)
{
    for (size_t d = 0; ledger && d < needs->distinct; d++) {
        const double least = feasibility_least_usable(needs, problem, ledger, d);
        if (!isinf(least)) needs->least[d] = least;
    }
    feasibility_sum_least(needs, problem);
}

static size_t feasibility_least_at(const double *values, size_t n)
{
    size_t least = 0;
    for (size_t i = 1; i < n; i++)
        if (values[i] < values[least]) least = i;
    return least;
}

void needs_allow_buffer(const needs_t *needs, const problem_t *problem, const ledger_t *ledger, size_t distinct,
                        size_t pe_level, double room, uint8_t *allowed)
{
    const double widened = room + room_slack * problem_budget(problem);
    bool any = false;
    for (size_t buffer = 0; buffer < needs->levels[1]; buffer++) {
        allowed[buffer] = feasibility_usable(needs, problem, ledger, distinct, pe_level, buffer, widened);
        any |= allowed[buffer];
    }
    if (!any)
        allowed[feasibility_least_at(needs->need + (distinct * needs->levels[0] + pe_level) * needs->levels[1],
                                     needs->levels[1])] = 1;
}

void needs_allow_pe(const needs_t *needs, const problem_t *problem, const ledger_t *ledger, size_t distinct,
                    double room, uint8_t *allowed)
{
    const double widened = room + room_slack * problem_budget(problem);
    const double *least = needs->least_of_pe + distinct * needs->levels[0];
    bool any = false;
    for (size_t pe = 0; pe < needs->levels[0]; pe++) {
        allowed[pe] = 0;
        if (least[pe] > widened) continue;
        for (size_t buffer = 0; buffer < needs->levels[1] && !allowed[pe]; buffer++)
            allowed[pe] = feasibility_usable(needs, problem, ledger, distinct, pe, buffer, widened);
        any |= allowed[pe];
    }
    if (!any) allowed[feasibility_least_at(least, needs->levels[0])] = 1;
}
