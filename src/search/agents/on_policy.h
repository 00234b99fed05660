/* What A2C, PPO and ACKTR share: a policy over levels and a value function, two perceptrons (64-64, tanh, as their
   users know them); blocks of episodes sampled with it on the ranks; at the root, which sees every sample, the
   decisions rebuilt from the assignments, their advantages, and the gradient of

       loss = mean over decisions of [ -weight log pi(choice) - entropy_weight H + value_weight (V - return)^2 ]

   where the method says what a decision weighs. */
#ifndef SEARCH_ACTOR_CRITIC_H
#define SEARCH_ACTOR_CRITIC_H

#include "confx/mlp.h"
#include "confx/rng.h"
#include "search/agents/environment.h"
#include "search/agents/gae.h"
#include "search/kind.h"

typedef struct actor_critic actor_critic_t;

typedef struct {
    uint32_t blocks, episodes; /* per update, unless the job says otherwise */
    double discount, lambda;   /* of returns; of advantages */
    double entropy_weight, value_weight;
    double rate;                  /* of learning, at the beginning */
    bool rate_falls;              /* linearly to 0 over the stage */
    real_t clip;                  /* of the gradient's norm */
    real_t beta1, beta2, epsilon; /* of Adam */
    bool prior;                   /* the static prior of needs.h, which makes an untrained policy use just the budget */
    double (*weight)(double advantage, double log_ratio); /* log_ratio: log pi now less log pi when sampled */
    double (*improve)(actor_critic_t *self);              /* learns from the decisions; the gradient's norm */
    confx_status_t (*open)(actor_critic_t *self);         /* NULL: nothing more */
    void (*close)(actor_critic_t *self);
    size_t (*arrays)(actor_critic_t *self, array_t *arrays);
    const char *(*check)(const actor_critic_t *self); /* of these, after reading: search_check */
} method_t;

struct actor_critic {
    search_setup_t setup;
    search_layout_t layout;
    const method_t *method;
    void *extra; /* the method's own */
    walk_t walk;
    categorical_t heads;
    size_t logits, chunk; /* of both heads; decisions that a pass has room for */
    mlp_t *actor, *critic;
    size_t actor_size, size;
    real_t *parameters, *gradient; /* (size) actor, then critic */
    adam_t adam;
    /* the decisions of an update, (episodes, L) */
    size_t episodes, decisions;
    uint32_t *shuffled;
    real_t *inputs;                                      /* (.., I) */
    uint8_t *allowed;                                    /* (.., logits) */
    uint16_t *choice;                                    /* (.., HEADS) */
    double *costs, *rewards, *values, *advantages, *log; /* log pi when sampled */
    /* one pass */
    struct {
        size_t n;
        real_t *inputs, *logits, *probability, *d_logits, *values, *d_values;
        const uint32_t *rows;
    } pass;
    double entropy; /* nats per choice, of the decisions as sampled */
    /* what a checkpoint keeps beside the parameters */
    struct {
        gauge_t gauge;
        double updates, steps;
    } told;
};

/* rows (n <= chunk) of the decisions: probabilities, log probabilities and values under the parameters of now. */
void actor_critic_forward(actor_critic_t *self, const uint32_t *rows, size_t n);
/* Behind it: adds the gradient of the loss above, its mean taken over `of` decisions; advantage (n) of these rows. */
void actor_critic_backward(actor_critic_t *self, const double *advantage, size_t of);

double actor_critic_rate(const actor_critic_t *self); /* of learning, now */
double actor_critic_step(actor_critic_t *self);       /* clips, steps, clears the gradient; its norm before */
/* The gradient over all decisions of the update, chunk by chunk. */
void actor_critic_gradient(actor_critic_t *self);
uint64_t actor_critic_update(const actor_critic_t *self); /* number of the update in the run, for random numbers */

/* The parts of a search kind; each method's file names itself in `open`. */
search_layout_t actor_critic_plan(const search_setup_t *setup, const method_t *method);
confx_status_t actor_critic_open(const search_setup_t *setup, const method_t *method, search_layout_t *layout,
                                 void **state);
void actor_critic_close(void *state);
void actor_critic_brief(void *state, void *brief);
void actor_critic_take_brief(void *state, const void *brief);
void actor_critic_sample(void *state, size_t unit, uint64_t update, batch_t *batch);
void actor_critic_witness(void *state, size_t unit, const batch_t *batch);
search_summary_t actor_critic_learn(void *state, real_t *gradient, const search_report_t *reports);
search_work_t actor_critic_work(const void *state);
size_t actor_critic_arrays(void *state, array_t *arrays);
const char *actor_critic_check(const void *state);

#define ACTOR_CRITIC_KIND(plans, opens)                                                                                \
    .traits = {.layers = true}, .plan = plans, .open = opens, .close = actor_critic_close,                             \
    .brief = actor_critic_brief, .take_brief = actor_critic_take_brief, .sample = actor_critic_sample,                 \
    .witness = actor_critic_witness, .learn = actor_critic_learn, .work = actor_critic_work,                           \
    .arrays = actor_critic_arrays, .check = actor_critic_check

#endif
