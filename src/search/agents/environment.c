#include "search/agents/environment.h"
#include "confx/try.h"
#include "search/common/sound.h"

#include <math.h>
#include <stdlib.h>

confx_status_t environment_open(problem_t *problem, size_t episodes, environment_t *environment)
{
    const size_t layers = problem_layers(problem);
    *environment = (environment_t){.problem = problem,
                                   .layers = layers,
                                   .width = observation_default.features +
                                            observation_default.progress + HEADS};
    TRY(feasibility_open(problem, &environment->feasibility));
    environment->features =
        calloc(layers * observation_default.features, sizeof *environment->features);
    environment->used = calloc(episodes, sizeof *environment->used);
    environment->reserved = calloc(episodes, sizeof *environment->reserved);
    environment->previous = calloc(episodes * HEADS, sizeof *environment->previous);
    if (!environment->features || !environment->used || !environment->reserved ||
        !environment->previous)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu episodes", episodes);
    observation_default.fill(problem, environment->features);
    return status_ok();
}

void environment_close(environment_t *environment)
{
    feasibility_close(&environment->feasibility);
    free(environment->features);
    free(environment->used);
    free(environment->reserved);
    free(environment->previous);
}

void environment_begin(environment_t *environment, size_t episode)
{
    environment->used[episode] = 0;
    environment->reserved[episode] = environment->feasibility.total_least;
}

void environment_look(const environment_t *environment, size_t episode, size_t step, real_t *inputs)
{
    const observer_t view = {&observation_default, environment->features, environment->layers,
                             environment->feasibility.levels};
    decision_t decision = {.layer = step, .step = step};
    for (size_t head = 0; head < HEADS; head++)
        decision.previous[head] = environment->previous[episode * HEADS + head];
    decision.room = problem_budget(environment->problem) - environment->used[episode];
    decision.reserved = environment->reserved[episode];
    observe_as(&view, &decision, inputs);
}

void environment_allow(const environment_t *environment, size_t episode, size_t step, size_t head,
                       size_t pe, uint8_t *allowed)
{
    const size_t distinct = problem_distinct_of(environment->problem, step);
    const double room = problem_budget(environment->problem) - environment->used[episode] -
                        environment->reserved[episode] + environment->feasibility.least[distinct];
    if (head == HEAD_PE)
        feasibility_allow_pe(&environment->feasibility, environment->problem, NULL, distinct, room,
                             allowed);
    else
        feasibility_allow_buffer(&environment->feasibility, environment->problem, NULL, distinct,
                                 pe, room, allowed);
}

const real_t *environment_prior(const environment_t *environment, size_t step, size_t head,
                                size_t pe)
{
    const size_t *levels = environment->feasibility.levels;
    const size_t row = problem_distinct_of(environment->problem, step) * levels[HEAD_PE];
    return head == HEAD_PE
               ? environment->feasibility.prior_pe + row
               : environment->feasibility.prior_buffer + (row + pe) * levels[HEAD_BUFFER];
}

void environment_spend(environment_t *environment, size_t episode, size_t step,
                       const uint16_t levels[HEADS])
{
    const feasibility_t *feasibility = &environment->feasibility;
    const size_t distinct = problem_distinct_of(environment->problem, step);
    const size_t at = distinct * feasibility->levels[HEAD_PE] + levels[HEAD_PE];
    environment->used[episode] +=
        feasibility->need[at * feasibility->levels[HEAD_BUFFER] + levels[HEAD_BUFFER]];
    environment->reserved[episode] -= feasibility->least[distinct];
    for (size_t head = 0; head < HEADS; head++)
        environment->previous[episode * HEADS + head] = levels[head];
}

void environment_put(const environment_t *environment, batch_t *batch, size_t episode, size_t step,
                     const uint16_t levels[HEADS])
{
    const size_t at = episode * batch->layers + step;
    batch->pes[at] = (uint16_t)problem_level_values(environment->problem, HEAD_PE)[levels[HEAD_PE]];
    batch->buffer[at] =
        (uint16_t)problem_level_values(environment->problem, HEAD_BUFFER)[levels[HEAD_BUFFER]];
}

static uint16_t environment_level_of(const environment_t *environment, size_t head, uint32_t value)
{
    const uint32_t *values = problem_level_values(environment->problem, head);
    uint16_t level = 0;
    while (level + 1U < environment->feasibility.levels[head] && values[level] < value) level++;
    return level;
}

void environment_get(const environment_t *environment, const batch_t *batch, size_t episode,
                     size_t step, uint16_t levels[HEADS])
{
    const size_t at = episode * batch->layers + step;
    levels[HEAD_PE] = environment_level_of(environment, HEAD_PE, batch->pes[at]);
    levels[HEAD_BUFFER] = environment_level_of(environment, HEAD_BUFFER, batch->buffer[at]);
}

/* ---- rewards --------------------------------------------------------------------------------- */

void reward_scale_add(reward_scale_t *gauge, const batch_t *batch, size_t episode, double *costs)
{
    const double total = batch->objective[episode];
    for (size_t step = 0; step < batch->layers; step++) {
        const bool last = step + 1 == batch->layers;
        costs[step] = batch->cost ? batch->cost[episode * batch->layers + step] : last ? total : 0;
        gauge->worst = fmax(gauge->worst, costs[step]); /* a NaN changes nothing */
    }
    if (isnan(total)) return;
    const double before = total - gauge->mean;
    gauge->n += 1;
    gauge->mean += before / gauge->n;
    gauge->squares += before * (total - gauge->mean);
}

double reward_scale_reward(const reward_scale_t *gauge, double cost)
{
    const double deviation = gauge->n > 1 ? sqrt(gauge->squares / gauge->n) : 0;
    const double scale =
        deviation > 1e-6 * fabs(gauge->mean) ? deviation : fmax(fabs(gauge->mean), 1);
    return -(isnan(cost) ? gauge->worst : cost) / scale;
}

bool reward_scale_is_sound(const reward_scale_t *gauge)
{
    return sound_count(gauge->n, sound_count_most) && isfinite(gauge->mean) &&
           isfinite(gauge->squares) && gauge->squares >= 0 && isfinite(gauge->worst) &&
           gauge->worst >= 0;
}
