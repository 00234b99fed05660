/* What A2C, PPO and ACKTR share: a policy over levels and a value function, two perceptrons (64-64,
   tanh, as their users know them); blocks of episodes sampled with it on the ranks; at the root,
   which sees every sample, the decisions rebuilt from the assignments, their advantages, and the
   gradient of

       loss = mean over decisions of [ -weight log pi(choice) - entropy_weight H + value_weight (V -
       return)^2 ]

   where the method says what a decision weighs. */
#ifndef SEARCH_ON_POLICY_H
#define SEARCH_ON_POLICY_H

#include "confx/adam.h"
#include "confx/mlp.h"
#include "confx/rng.h"
#include "search/agents/environment.h"
#include "search/agents/gae.h"
#include "search/kind.h"

typedef struct on_policy on_policy_t;

typedef struct {
    uint32_t blocks, episodes; /* per update, unless the job says otherwise */
    double discount, lambda;   /* of returns; of advantages */
    double entropy_weight, value_weight;
    double rate;                  /* of learning, at the beginning */
    bool rate_falls;              /* linearly to 0 over the stage */
    real_t clip;                  /* of the gradient's norm */
    real_t beta1, beta2, epsilon; /* of Adam */
    bool prior; /* the static prior of feasibility.h, which makes an untrained policy use just the
                   budget */
    double (*weight)(double advantage,
                     double log_ratio);        /* log_ratio: log pi now less log pi when sampled */
    double (*improve)(on_policy_t *self);      /* learns from the decisions; the gradient's norm */
    confx_status_t (*open)(on_policy_t *self); /* NULL: nothing more */
    void (*close)(on_policy_t *self);
    size_t (*arrays)(on_policy_t *self, array_t *arrays);
    const char *(*check)(const on_policy_t *self); /* of these, after reading: search_check */
} on_policy_method_t;

struct on_policy {
    search_setup_t setup;
    search_layout_t layout;
    const on_policy_method_t *method;
    void *extra; /* the method's own */
    environment_t environment;
    categorical_t heads;  /* one per axis */
    size_t logits, chunk; /* of all heads; decisions that a pass has room for */
    mlp_t *actor, *critic;
    size_t actor_size, size;
    real_t *parameters, *gradient; /* (size) actor, then critic */
    adam_t adam;
    size_t unit; /* of the sampling under way */
    uint64_t update;
    /* the decisions of an update, (episodes, L) */
    size_t episodes, decisions;
    uint32_t *shuffled;
    real_t *inputs;                                      /* (.., I) */
    uint8_t *allowed;                                    /* (.., logits) */
    uint16_t *choice;                                    /* (.., A) */
    double *costs, *rewards, *values, *advantages, *log; /* log pi when sampled */
    /* one pass */
    struct {
        size_t n;
        real_t *inputs, *logits, *probability, *d_logits, *values, *d_values;
        const uint32_t *rows;
    } pass;
    arena_t arena;
    double entropy; /* nats per choice, of the decisions as sampled */
    /* what a checkpoint keeps beside the parameters */
    struct {
        reward_scale_t scale;
        double updates, steps;
    } progress;
};

/* rows (n <= chunk) of the decisions: probabilities, log probabilities and values under the
   parameters of now. */
void on_policy_forward(on_policy_t *self, const uint32_t *rows, size_t n);
/* Behind it: adds the gradient of the loss above, its mean taken over `of` decisions; advantage (n)
   of these rows. */
void on_policy_backward(on_policy_t *self, const double *advantage, size_t of);

double on_policy_rate(const on_policy_t *self); /* of learning, now */
double on_policy_step(on_policy_t *self); /* clips, steps, clears the gradient; its norm before */
/* The gradient over all decisions of the update, chunk by chunk. */
void on_policy_gradient(on_policy_t *self);
uint64_t
on_policy_update(const on_policy_t *self); /* number of the update in the run, for random numbers */

/* The parts of a search kind; each method's file names itself in `open`. */
search_layout_t on_policy_plan(const search_setup_t *setup, const on_policy_method_t *method);
confx_status_t on_policy_open(const search_setup_t *setup, const on_policy_method_t *method,
                              search_layout_t *layout, void **state);
void on_policy_close(void *state);
void on_policy_publish(void *state, void *message);
void on_policy_receive(void *state, const void *message);
void on_policy_sample(void *state, size_t unit, uint64_t update, batch_t *batch);
void on_policy_collect(void *state, size_t unit, const batch_t *batch);
search_summary_t on_policy_learn(void *state, real_t *gradient, const search_report_t *reports);
search_work_t on_policy_work(const void *state);
size_t on_policy_arrays(void *state, array_t *arrays);
const char *on_policy_check(const void *state);

#define ON_POLICY_KIND(plans, opens)                                                               \
    .traits = {.layers = true, .sizes = true}, .plan = plans, .open = opens,                       \
    .close = on_policy_close, .publish = on_policy_publish, .receive = on_policy_receive,          \
    .sample = on_policy_sample, .collect = on_policy_collect, .learn = on_policy_learn,            \
    .work = on_policy_work, .arrays = on_policy_arrays, .check = on_policy_check

#endif
