#include "search/agents/environment.h"
#include "confx/try.h"
#include "search/common/sound.h"

#include <math.h>
#include <stdlib.h>

confx_status_t walk_open(problem_t *problem, size_t episodes, walk_t *walk)
{
    const size_t layers = problem_layers(problem);
    *walk = (walk_t){
        .problem = problem, .layers = layers, .width = sense_default.features + sense_default.progress + HEADS};
    TRY(needs_open(problem, &walk->needs));
    walk->features = calloc(layers * sense_default.features, sizeof *walk->features);
    walk->used = calloc(episodes, sizeof *walk->used);
    walk->reserved = calloc(episodes, sizeof *walk->reserved);
    walk->previous = calloc(episodes * HEADS, sizeof *walk->previous);
    if (!walk->features || !walk->used || !walk->reserved || !walk->previous)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu episodes", episodes);
    sense_default.fill(problem, walk->features);
    return status_ok();
}

void walk_close(walk_t *walk)
{
    needs_close(&walk->needs);
    free(walk->features);
    free(walk->used);
    free(walk->reserved);
    free(walk->previous);
}

void walk_begin(walk_t *walk, size_t episode)
{
    walk->used[episode] = 0;
    walk->reserved[episode] = walk->needs.total_least;
}

void walk_look(const walk_t *walk, size_t episode, size_t step, real_t *inputs)
{
    const view_t view = {&sense_default, walk->features, walk->layers, walk->needs.levels};
    sight_t sight = {.layer = step, .step = step};
    for (size_t head = 0; head < HEADS; head++) sight.previous[head] = walk->previous[episode * HEADS + head];
    sight.room = problem_budget(walk->problem) - walk->used[episode];
    sight.reserved = walk->reserved[episode];
    observe_as(&view, &sight, inputs);
}

void walk_allow(const walk_t *walk, size_t episode, size_t step, size_t head, size_t pe, uint8_t *allowed)
{
    const size_t distinct = problem_distinct_of(walk->problem, step);
    const double room =
        problem_budget(walk->problem) - walk->used[episode] - walk->reserved[episode] + walk->needs.least[distinct];
    if (head == HEAD_PE)
        needs_allow_pe(&walk->needs, walk->problem, NULL, distinct, room, allowed);
    else
        needs_allow_buffer(&walk->needs, walk->problem, NULL, distinct, pe, room, allowed);
}

const real_t *walk_prior(const walk_t *walk, size_t step, size_t head, size_t pe)
{
    const size_t *levels = walk->needs.levels;
    const size_t row = problem_distinct_of(walk->problem, step) * levels[HEAD_PE];
    return head == HEAD_PE ? walk->needs.prior_pe + row : walk->needs.prior_buffer + (row + pe) * levels[HEAD_BUFFER];
}

void walk_spend(walk_t *walk, size_t episode, size_t step, const uint16_t levels[HEADS])
{
    const needs_t *needs = &walk->needs;
    const size_t distinct = problem_distinct_of(walk->problem, step);
    const size_t at = distinct * needs->levels[HEAD_PE] + levels[HEAD_PE];
    walk->used[episode] += needs->need[at * needs->levels[HEAD_BUFFER] + levels[HEAD_BUFFER]];
    walk->reserved[episode] -= needs->least[distinct];
    for (size_t head = 0; head < HEADS; head++) walk->previous[episode * HEADS + head] = levels[head];
}

void walk_put(const walk_t *walk, batch_t *batch, size_t episode, size_t step, const uint16_t levels[HEADS])
{
    const size_t at = episode * batch->layers + step;
    batch->pes[at] = (uint16_t)problem_level_values(walk->problem, HEAD_PE)[levels[HEAD_PE]];
    batch->buffer[at] = (uint16_t)problem_level_values(walk->problem, HEAD_BUFFER)[levels[HEAD_BUFFER]];
}

static uint16_t environment_level_of(const walk_t *walk, size_t head, uint32_t value)
{
    const uint32_t *values = problem_level_values(walk->problem, head);
    uint16_t level = 0;
    while (level + 1U < walk->needs.levels[head] && values[level] < value) level++;
    return level;
}

void walk_get(const walk_t *walk, const batch_t *batch, size_t episode, size_t step, uint16_t levels[HEADS])
{
    const size_t at = episode * batch->layers + step;
    levels[HEAD_PE] = environment_level_of(walk, HEAD_PE, batch->pes[at]);
    levels[HEAD_BUFFER] = environment_level_of(walk, HEAD_BUFFER, batch->buffer[at]);
}

/* ---- rewards ----------------------------------------------------------------------------------------------------- */

void gauge_hear(gauge_t *gauge, const batch_t *batch, size_t episode, double *costs)
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

double gauge_reward(const gauge_t *gauge, double cost)
{
    const double deviation = gauge->n > 1 ? sqrt(gauge->squares / gauge->n) : 0;
    const double scale = deviation > 1e-6 * fabs(gauge->mean) ? deviation : fmax(fabs(gauge->mean), 1);
    return -(isnan(cost) ? gauge->worst : cost) / scale;
}

bool gauge_is_sound(const gauge_t *gauge)
{
    return sound_count(gauge->n, sound_count_most) && isfinite(gauge->mean) && isfinite(gauge->squares) &&
           gauge->squares >= 0 && isfinite(gauge->worst) && gauge->worst >= 0;
}
