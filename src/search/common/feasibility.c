#include "search/common/feasibility.h"
#include "confx/try.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double room_slack = 1e-12; /* of the budget: sums of needs round */

static size_t feasibility_point_of(const problem_t *problem, size_t pe, size_t buffer)
{
    return problem_point(problem, problem_level_values(problem, 0)[pe],
                         problem_level_values(problem, 1)[buffer]);
}

static void feasibility_sum_least(feasibility_t *feasibility, const problem_t *problem)
{
    feasibility->total_least = 0;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        feasibility->total_least += feasibility->least[problem_distinct_of(problem, layer)];
}

static void feasibility_fill_needs(feasibility_t *feasibility, problem_t *problem)
{
    for (size_t d = 0; d < feasibility->distinct; d++) {
        feasibility->least[d] = INFINITY;
        for (size_t pe = 0; pe < feasibility->levels[0]; pe++) {
            double *row =
                feasibility->need + (d * feasibility->levels[0] + pe) * feasibility->levels[1];
            double *least = &feasibility->least_of_pe[d * feasibility->levels[0] + pe];
            *least = INFINITY;
            for (size_t buffer = 0; buffer < feasibility->levels[1]; buffer++) {
                row[buffer] = problem_need(problem, d, feasibility_point_of(problem, pe, buffer));
                *least = fmin(*least, row[buffer]);
            }
            feasibility->least[d] = fmin(feasibility->least[d], *least);
        }
    }
    feasibility_sum_least(feasibility, problem);
}

/* Expected need of a layer when each pair of levels is drawn with weight exp(-kappa need). */
static double feasibility_expected_need(const feasibility_t *feasibility, size_t distinct,
                                        double kappa)
{
    const size_t pairs = feasibility->levels[0] * feasibility->levels[1];
    const double *need = feasibility->need + distinct * pairs;
    double weights = 0;
    double sum = 0;
    for (size_t i = 0; i < pairs; i++) {
        const double weight = exp(-kappa * (need[i] - feasibility->least[distinct]));
        weights += weight;
        sum += weight * need[i];
    }
    return sum / weights;
}

static double feasibility_expected_use(const feasibility_t *feasibility, const problem_t *problem,
                                       double kappa)
{
    double use = 0;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        use += feasibility_expected_need(feasibility, problem_distinct_of(problem, layer), kappa);
    return use;
}

/* The kappa >= 0 at which the expected use is the budget: without it an untrained policy asks for
   far too much of a tight budget, and the mask leaves the last layers nothing (worst gap 56 %
   without). */
static double feasibility_find_kappa(const feasibility_t *feasibility, const problem_t *problem)
{
    const double budget = problem_budget(problem);
    if (feasibility_expected_use(feasibility, problem, 0) <= budget) return 0;
    double low = 0;
    double high = 1 / budget;
    /* The expected use falls as kappa rises. So the upper end is doubled until its use is within
       the budget, and the interval is halved then; kappa is per unit of need. */
    for (int i = 0; i < 60 && feasibility_expected_use(feasibility, problem, high) > budget; i++)
        high *= 2;
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        if (feasibility_expected_use(feasibility, problem, middle) > budget)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void feasibility_fill_priors(feasibility_t *feasibility, double kappa)
{
    for (size_t d = 0; d < feasibility->distinct; d++)
        for (size_t pe = 0; pe < feasibility->levels[0]; pe++) {
            const size_t at = d * feasibility->levels[0] + pe;
            const double *need = feasibility->need + at * feasibility->levels[1];
            double weights = 0; /* at least 1: that of the least need */
            for (size_t buffer = 0; buffer < feasibility->levels[1]; buffer++) {
                const double logit = -kappa * (need[buffer] - feasibility->least_of_pe[at]);
                feasibility->prior_buffer[at * feasibility->levels[1] + buffer] = (real_t)logit;
                weights += exp(logit);
            }
            /* With the logarithm of the weights of its buffers as the logit of a PE level, drawing
               the PEs and then the buffer gives each pair its weight exp(-kappa need). */
            feasibility->prior_pe[at] =
                (real_t)(log(fmax(weights, 1)) -
                         kappa * (feasibility->least_of_pe[at] - feasibility->least[d]));
        }
}

confx_status_t feasibility_open(problem_t *problem, feasibility_t *feasibility)
{
    const size_t distinct = problem_distinct(problem);
    const size_t pes = problem_levels(problem, 0);
    const size_t pairs = pes * problem_levels(problem, 1);
    *feasibility =
        (feasibility_t){.distinct = distinct, .levels = {pes, problem_levels(problem, 1)}};
    feasibility->need = calloc(distinct * pairs, sizeof(double));
    feasibility->least_of_pe = calloc(distinct * pes, sizeof(double));
    feasibility->least = calloc(distinct, sizeof(double));
    feasibility->prior_pe = calloc(distinct * pes, sizeof(real_t));
    feasibility->prior_buffer = calloc(distinct * pairs, sizeof(real_t));
    if (!feasibility->need || !feasibility->least_of_pe || !feasibility->least ||
        !feasibility->prior_pe || !feasibility->prior_buffer) {
        feasibility_close(feasibility);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the needs of %zu layers", distinct);
    }
    feasibility_fill_needs(feasibility, problem);
    feasibility_fill_priors(feasibility, feasibility_find_kappa(feasibility, problem));
    return status_ok();
}

void feasibility_close(feasibility_t *feasibility)
{
    free(feasibility->need);
    free(feasibility->least_of_pe);
    free(feasibility->least);
    free(feasibility->prior_pe);
    free(feasibility->prior_buffer);
    *feasibility = (feasibility_t){0};
}

static bool feasibility_usable(const feasibility_t *feasibility, const problem_t *problem,
                               const ledger_t *ledger, size_t distinct, size_t pe, size_t buffer,
                               double room)
{
    if (feasibility->need[(distinct * feasibility->levels[0] + pe) * feasibility->levels[1] +
                          buffer] > room)
        return false;
    return !ledger || !ledger_invalid(ledger, distinct, feasibility_point_of(problem, pe, buffer));
}

static double feasibility_least_usable(const feasibility_t *feasibility, const problem_t *problem,
                                       const ledger_t *ledger, size_t distinct)
{
    double least = INFINITY;
    /* The least so far is passed as the room, so that a later point is accepted only if it needs no
       more. */
    for (size_t pe = 0; pe < feasibility->levels[0]; pe++)
        for (size_t buffer = 0; buffer < feasibility->levels[1]; buffer++)
            if (feasibility_usable(feasibility, problem, ledger, distinct, pe, buffer, least))
                least =
                    feasibility
                        ->need[(distinct * feasibility->levels[0] + pe) * feasibility->levels[1] +
                               buffer];
    return least;
}

void feasibility_reserve(feasibility_t *feasibility, const problem_t *problem,
                         const ledger_t *ledger)
{
    for (size_t d = 0; ledger && d < feasibility->distinct; d++) {
        const double least = feasibility_least_usable(feasibility, problem, ledger, d);
        if (!isinf(least)) feasibility->least[d] = least;
    }
    feasibility_sum_least(feasibility, problem);
}

static size_t feasibility_least_at(const double *values, size_t n)
{
    size_t least = 0;
    for (size_t i = 1; i < n; i++)
        if (values[i] < values[least]) least = i;
    return least;
}

void feasibility_allow_buffer(const feasibility_t *feasibility, const problem_t *problem,
                              const ledger_t *ledger, size_t distinct, size_t pe_level, double room,
                              uint8_t *allowed)
{
    const double widened = room + room_slack * problem_budget(problem);
    bool any = false;
    for (size_t buffer = 0; buffer < feasibility->levels[1]; buffer++) {
        allowed[buffer] =
            feasibility_usable(feasibility, problem, ledger, distinct, pe_level, buffer, widened);
        any |= allowed[buffer];
    }
    /* Some action must be drawn in any case: it is the one of the least need then, though it
       exceeds the room or is known to be invalid. */
    if (!any)
        allowed[feasibility_least_at(feasibility->need +
                                         (distinct * feasibility->levels[0] + pe_level) *
                                             feasibility->levels[1],
                                     feasibility->levels[1])] = 1;
}

void feasibility_allow_pe(const feasibility_t *feasibility, const problem_t *problem,
                          const ledger_t *ledger, size_t distinct, double room, uint8_t *allowed)
{
    const double widened = room + room_slack * problem_budget(problem);
    const double *least = feasibility->least_of_pe + distinct * feasibility->levels[0];
    bool any = false;
    for (size_t pe = 0; pe < feasibility->levels[0]; pe++) {
        /* A level of PEs is allowed if it has a usable buffer. Where not even its least need fits
           the buffers need not be looked at one by one. */
        allowed[pe] = 0;
        if (least[pe] > widened) continue;
        for (size_t buffer = 0; buffer < feasibility->levels[1] && !allowed[pe]; buffer++)
            allowed[pe] =
                feasibility_usable(feasibility, problem, ledger, distinct, pe, buffer, widened);
        any |= allowed[pe];
    }
    if (!any) allowed[feasibility_least_at(least, feasibility->levels[0])] = 1;
}
