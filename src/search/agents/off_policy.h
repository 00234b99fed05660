/* What DDPG, TD3 and SAC share: an actor whose actions lie in [-1, 1]^A, one number per axis, and
   critics of decisions with their targets; sampling on the ranks; at the root the replay buffer,
   and the steps that learn from minibatches of it.

   A number becomes a level among those that fit into what is left of the budget: the quantile of
   the static prior of feasibility.h at that place in [-1, 1], or (prior off) the level nearest to
   that place in their row, also where the axis has no order. By the nearest level a tight budget is
   spent on the first layers. What is replayed is the action of that level, not the one meant.

   Users know 400-300 (DDPG, TD3) and 256-256 (SAC) ReLU units, minibatches of 256 and one step of
   learning per decision: 24 minutes for 3,700 episodes of 52 layers, by SAC's 7.4 ms a step on one
   core. Here all three have 64-64 units, minibatches of 64 (0.23 ms) and 13 steps per episode. */
#ifndef SEARCH_OFF_POLICY_H
#define SEARCH_OFF_POLICY_H

#include "confx/adam.h"
#include "confx/mlp.h"
#include "confx/rng.h"
#include "search/agents/environment.h"
#include "search/agents/replay.h"
#include "search/kind.h"

enum { CRITICS_MAX = 2, MINIBATCH = 64 };

typedef struct off_policy off_policy_t;

typedef struct {
    uint32_t blocks, episodes;         /* per update, unless the job says otherwise */
    size_t critics, outputs;           /* of the actor per axis: 1, or a mean and a deviation */
    double discount, rate, actor_rate; /* rate: of learning, of critics and temperature */
    real_t follow;                     /* the share that targets follow by */
    size_t warm;                       /* episodes of uniform actions before the actor is asked */
    size_t steps;                      /* of learning per episode */
    bool prior; /* actions as quantiles of the static prior instead of positions among levels */
    /* Outputs of a decision to an action (A), explored; wander (A) lasts an episode, 0 at first. */
    void (*explore)(size_t axes, const real_t *outputs, rng_t *rng, double *wander, real_t *action);
    void (*learn)(off_policy_t *self, rng_t *rng); /* one step, from the minibatch at hand */
} off_policy_method_t;

struct off_policy {
    search_setup_t setup;
    search_layout_t layout;
    const off_policy_method_t *method;
    environment_t environment;
    replay_t replay;
    mlp_t *actor, *critics[CRITICS_MAX];
    size_t actor_size, critic_size, size;    /* size: actor, then critics */
    real_t *parameters, *targets, *gradient; /* (size) */
    real_t temperature[1];                   /* SAC: its logarithm */
    adam_t actor_adam, critic_adam, temperature_adam;
    real_t *inputs;        /* (samples, I) */
    double *wander;        /* (samples, A) */
    uint8_t *allowed;      /* (levels) */
    const real_t *outputs; /* of the actor at the step under way, a row per episode */
    bool warms;            /* actions are uniform instead */
    /* the minibatch */
    struct {
        real_t *seen, *next;         /* (B, I) */
        real_t *action, *imagined;   /* (B, A) replayed; of the policy as it is */
        double *reward, *goal, *log; /* (B) goal: of the critics; log: density of `imagined` */
        bool *last;                  /* (B) nothing comes after */
        real_t *joined, *d_joined;   /* (B, I + A) what a critic sees */
        real_t *value[CRITICS_MAX];  /* (B) */
        real_t *d_value, *noise, *outputs, *d_outputs;
    } batch;
    double norm; /* of the critics' gradient */
    arena_t arena;
    struct {
        reward_scale_t scale;
        double episodes, updates, steps, actor_steps, temperature_steps;
    } progress;
};

/* ---- learning, for the methods (bellman.c) --------------------------------------------------- */

void bellman_draw(off_policy_t *self, rng_t *rng); /* a minibatch */
/* Critics at (seen, actions) into batch.value; targets: the target critics. */
void bellman_values(off_policy_t *self, bool targets, const real_t *seen, const real_t *actions);
/* The critics towards reward + discount x (least of batch.value at the next decision, less `bonus`
   (B), NULL: 0). */
void bellman_goals(off_policy_t *self, const double *bonus);
void bellman_learn_critics(off_policy_t *self);
/* Derivative of -mean over the minibatch of the least critic at (seen, imagined) by the action,
   into d_joined's last columns; after bellman_values there. all: of all critics, or of the first.
 */
void bellman_to_actions(off_policy_t *self, bool all);
/* From batch.d_outputs, the actor's outputs being at hand. */
void bellman_step_actor(off_policy_t *self);
void bellman_follow(off_policy_t *self);
/* DDPG's and TD3's step of learning: a deterministic actor. smoothing 0: none. */
void deterministic_learn(off_policy_t *self, rng_t *rng, double smoothing, uint64_t delay);

/* ---- the parts of a search kind -------------------------------------------------------------- */

search_layout_t off_policy_plan(const search_setup_t *setup, const off_policy_method_t *method);
confx_status_t off_policy_open(const search_setup_t *setup, const off_policy_method_t *method,
                               search_layout_t *layout, void **state);
void off_policy_close(void *state);
void off_policy_publish(void *state, void *message);
void off_policy_receive(void *state, const void *message);
void off_policy_sample(void *state, size_t unit, uint64_t update, batch_t *batch);
void off_policy_collect(void *state, size_t unit, const batch_t *batch);
search_summary_t off_policy_learn(void *state, real_t *gradient, const search_report_t *reports);
search_work_t off_policy_work(const void *state);
size_t off_policy_arrays(void *state, array_t *arrays);
const char *off_policy_check(const void *state);

/* Between an action on an axis and the level that it takes in an episode, and back. */
uint16_t off_policy_level(const off_policy_t *self, size_t episode, const branch_t *branch,
                          double action);
double off_policy_action(const off_policy_t *self, size_t episode, const branch_t *branch,
                         uint16_t level);

#define OFF_POLICY_KIND(plans, opens)                                                              \
    .traits = {.layers = true, .sizes = true}, .plan = plans, .open = opens,                       \
    .close = off_policy_close, .publish = off_policy_publish, .receive = off_policy_receive,       \
    .sample = off_policy_sample, .collect = off_policy_collect, .learn = off_policy_learn,         \
    .work = off_policy_work, .arrays = off_policy_arrays, .check = off_policy_check

#endif
