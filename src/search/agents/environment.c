#include "search/agents/environment.h"
#include "confx/try.h"
#include "search/common/sound.h"

#include <math.h>

confx_status_t environment_open(problem_t *problem, size_t episodes, environment_t *environment)
{
    const size_t layers = problem_layers(problem);
    const size_t axes = space_axes(problem_space(problem));
    arena_t *arena = &environment->arena;
    *environment = (environment_t){.problem = problem,
                                   .layers = layers,
                                   .axes = axes,
                                   .width = observation_default.features +
                                            observation_default.progress + axes};
    TRY(feasibility_open(problem, &environment->feasibility));
    for (size_t axis = 0; axis < axes; axis++)
        if (environment->feasibility.levels[axis] > environment->most)
            /* One mask has room for the levels of any axis. */
            environment->most = environment->feasibility.levels[axis];
    ARENA_TAKE(arena, environment->features, layers * observation_default.features);
    ARENA_TAKE(arena, environment->used, episodes);
    ARENA_TAKE(arena, environment->reserved, episodes);
    ARENA_TAKE(arena, environment->previous, episodes * axes);
    TRY(arena_status(arena, "%zu episodes", episodes));
    observation_default.fill(problem, environment->features);
    return status_ok();
}

void environment_close(environment_t *environment)
{
    feasibility_close(&environment->feasibility);
    arena_close(&environment->arena);
}

void environment_begin(environment_t *environment, size_t episode)
{
    environment->used[episode] = (need_t){{0}, 0};
    environment->reserved[episode] = environment->feasibility.total_reserve;
}

void environment_look(const environment_t *environment, size_t episode, size_t step, real_t *inputs)
{
    const observer_t view = {&observation_default, environment->features, environment->layers,
                             environment->axes, environment->feasibility.levels};
    const need_t nothing = {{0}, 0};
    decision_t decision = {.layer = step, .step = step};
    for (size_t axis = 0; axis < environment->axes; axis++)
        decision.previous[axis] = environment->previous[episode * environment->axes + axis];
    decision.room =
        need_change(&environment->feasibility.limits, &environment->used[episode], &nothing);
    decision.reserved = environment->reserved[episode];
    observe_as(&view, &decision, inputs);
}

void environment_allow(const environment_t *environment, size_t episode, const branch_t *branch,
                       uint8_t *allowed)
{
    const need_t room =
        feasibility_room(&environment->feasibility, branch->distinct, &environment->used[episode],
                         &environment->reserved[episode]);
    feasibility_allow(&environment->feasibility, NULL, branch, &room, allowed);
}

const real_t *environment_prior(const environment_t *environment, const branch_t *branch)
{
    return environment->feasibility.prior[branch->axis] +
           feasibility_row(&environment->feasibility, branch);
}

void environment_spend(environment_t *environment, size_t episode, size_t step,
                       const uint16_t *levels)
{
    const feasibility_t *feasibility = &environment->feasibility;
    const size_t distinct = problem_distinct_of(environment->problem, step);
    const need_t nothing = {{0}, 0};
    const need_t needs =
        feasibility_needs(feasibility, feasibility_cell(feasibility, distinct, levels));
    need_add(&environment->used[episode], &needs);
    environment->reserved[episode] =
        need_change(&environment->reserved[episode], &feasibility->reserve[distinct], &nothing);
    for (size_t axis = 0; axis < environment->axes; axis++)
        environment->previous[episode * environment->axes + axis] = levels[axis];
}

static uint16_t *environment_action(const environment_t *environment, const batch_t *batch,
                                    size_t episode, size_t step)
{
    return batch_assignment(batch, episode) + step * environment->axes;
}

void environment_put(const environment_t *environment, batch_t *batch, size_t episode, size_t step,
                     const uint16_t *levels)
{
    uint16_t *action = environment_action(environment, batch, episode, step);
    for (size_t axis = 0; axis < environment->axes; axis++)
        action[axis] = space_level_index(problem_space(environment->problem), axis, levels[axis]);
}

void environment_get(const environment_t *environment, const batch_t *batch, size_t episode,
                     size_t step, uint16_t *levels)
{
    const uint16_t *action = environment_action(environment, batch, episode, step);
    for (size_t axis = 0; axis < environment->axes; axis++)
        levels[axis] =
            (uint16_t)space_level(problem_space(environment->problem), axis, action[axis]);
}

/* ---- rewards --------------------------------------------------------------------------------- */

void reward_scale_add(reward_scale_t *scale, const batch_t *batch, size_t episode, double total,
                      double *costs)
{
    for (size_t step = 0; step < batch->layers; step++) {
        const bool last = step + 1 == batch->layers;
        costs[step] = batch->cost ? batch->cost[episode * batch->layers + step] : last ? total : 0;
        scale->worst = fmax(scale->worst, costs[step]); /* a NaN changes nothing */
    }
    if (isnan(total)) return;
    const double before = total - scale->mean;
    /* The running mean and sum of squares of Welford (Technometrics 4, 1962), without
       cancellation. */
    scale->n += 1;
    scale->mean += before / scale->n;
    scale->squares += before * (total - scale->mean);
}

double reward_scale_reward(const reward_scale_t *scale, double cost)
{
    const double deviation = scale->n > 1 ? sqrt(scale->squares / scale->n) : 0;
    /* Rewards are told in deviations of the totals; where these hardly differ, in units of their
       mean. */
    const double unit =
        deviation > 1e-6 * fabs(scale->mean) ? deviation : fmax(fabs(scale->mean), 1);
    return -(isnan(cost) ? scale->worst : cost) / unit;
}

bool reward_scale_is_sound(const reward_scale_t *scale)
{
    return sound_count(scale->n, sound_count_most) && isfinite(scale->mean) &&
           isfinite(scale->squares) && scale->squares >= 0 && isfinite(scale->worst) &&
           scale->worst >= 0;
}
