/* REINFORCE from inside: one state, walked by reinforce.c (parameters), episode.c (sampling),
   advantage.c and advantage_paper.c (what a choice was worth). The presets differ in their recipe
   and in nothing else. A policy has one head per axis of the space. */
#ifndef SEARCH_REINFORCE_H
#define SEARCH_REINFORCE_H

#include "confx/adam.h"
#include "confx/rng.h"
#include "search/common/feasibility.h"
#include "search/common/observe.h"
#include "search/common/tradeoff.h"
#include "search/inference/thompson.h"
#include "search/kind.h"
#include "search/reinforce/guide.h"

typedef struct reinforce reinforce_t;

/* The episodes of one block, from sampling to gradient. E episodes, T = L steps, A axes. */
typedef struct {
    size_t episodes, unit; /* of the sampling under way */
    uint64_t update;
    pass_t *pass;
    uint16_t *order;              /* (E, L) the layer at each step */
    uint16_t *choice[SPACE_AXES]; /* (T, E) levels */
    real_t *chances[SPACE_AXES];  /* (T, E, levels) probabilities, of each axis behind the first */
    size_t *length;               /* (E) steps that count */
    bool *led;                    /* (E) takes what the guide proposes, and learns nothing of it */
    uint16_t *lead;               /* (E, L, A) levels of these */
    real_t *advantage;            /* (T, A, E) */
    double use; /* mean over episodes of the need the policy would like to spend, the mask aside */
    double lowest, multiplier; /* lowest reward of a layer; of the budget, as credited */
    double pressure, whole;    /* of limits that must be sampled: their part; as a cost */
    bool leans; /* its policy starts from `lean` in this update, not from the needs' prior */
    arena_t arena;
} block_t;

/* One row of the policy's inputs (I). */
void observe(const reinforce_t *self, const decision_t *decision, real_t *inputs);
void episode_sample(reinforce_t *self, block_t *block, size_t unit, uint64_t update,
                    batch_t *batch);
void episode_levels(const reinforce_t *self, const block_t *block, size_t step, size_t episode,
                    uint16_t *levels); /* (A) that it has drawn at a step */

/* advantage.c: at what weights costs are added up, and what blocks lean to, in this update. */
void advantage_weigh(reinforce_t *self);
void advantage_lean(reinforce_t *self);

/* What a preset is. */
typedef struct {
    policy_shape_t (*shape)(const problem_t *problem);
    const observation_t *sense;
    bool shuffled; /* layers in an order drawn per episode */
    bool masked;   /* levels that cannot fit are masked, and the prior is on */
    size_t (*moments)(const search_setup_t *setup); /* doubles per block */
    void (*credit)(reinforce_t *self, block_t *block, const batch_t *batch, double *moments);
    void (*centre)(reinforce_t *self, block_t *block, const batch_t *batch, const double *moments);
    double (*rate)(const reinforce_t *self); /* of Adam in this update */
    double (*entropy_weight)(const reinforce_t *self);
    real_t beta2, clip_recurrent, clip_others;
    uint32_t blocks, episodes; /* unless the job says otherwise */
} reinforce_preset_t;

extern const reinforce_preset_t reinforce_preset_default, reinforce_preset_paper;

struct reinforce {
    search_setup_t setup;
    search_layout_t layout;
    const reinforce_preset_t *recipe;
    policy_t *policy;
    adam_t adam; /* root */
    feasibility_t feasibility;
    bool opens;       /* the first sample of the run is given: */
    uint64_t opening; /* the choice that all its layers take */
    guide_t guide;    /* of the first samples */
    tradeoff_t tradeoff;
    weights_t weights;             /* of this update, where they matter */
    thompson_t thompson;           /* what all and each block go by */
    real_t *features;              /* (L, features) */
    block_t *blocks;               /* (setup.units) */
    double *standing[SPACE_AXES];  /* (D, A0, .., Aaxis): see advantage.c */
    uint8_t *believed[SPACE_AXES]; /* likewise: there is a cost to go by under that prefix */
    bool ranked;                   /* the standings of this update are made */
    real_t *lean[SPACE_AXES];      /* (units, D, A0, .., Aaxis) logits, or NULL */
    real_t *inputs, *prior;        /* of one step of one block: (E, I), (E, levels) */
    uint16_t *rows;                /* (E) */
    uint8_t *allowed;              /* (E, levels) */
    need_t *used, *reserved;       /* (E) what was spent; the least of the layers to come */
    double *scratch;               /* (T), or (levels) */
    arena_t arena;
    /* what the root tells the others beside the parameters, and what a checkpoint keeps */
    struct {
        double multiplier;     /* of the budget */
        double wish;           /* ln of what the policy would spend over the budget */
        double lowest;         /* lowest reward of a layer so far */
        double updates;        /* done in this stage */
        double since_feasible; /* updates since the first feasible episode; -1 before */
        double adam_steps;
    } published;
};

/* In the first updates of a search that is shown per-layer costs most samples are the guide's,
   unless its policy has learned elsewhere. One in eight is the policy's own. */
enum { GUIDED_SAMPLES = 100 };
static inline bool reinforce_is_guided(const reinforce_t *self)
{
    return self->guide.open &&
           self->published.updates * (double)(self->layout.units * self->layout.samples) <
               GUIDED_SAMPLES;
}

/* Per-layer costs, or totals. */
static inline bool reinforce_remembers(const search_setup_t *setup)
{
    return setup->memory || setup->remembers;
}

/* One head per axis, which sees the levels of the step before. */
void reinforce_give_heads(policy_shape_t *shape, const problem_t *problem);

#endif
