/* REINFORCE from inside: one state, walked by reinforce.c (parameters), episode.c (sampling),
   credit.c and returns.c (what a choice was worth). The presets differ in their recipe and in
   nothing else. */
#ifndef SEARCH_REINFORCE_H
#define SEARCH_REINFORCE_H

#include "confx/adam.h"
#include "confx/rng.h"
#include "search/common/feasibility.h"
#include "search/common/observe.h"
#include "search/common/tradeoff.h"
#include "search/inference/thompson.h"
#include "search/kind.h"

typedef struct reinforce reinforce_t;

/* The episodes of one block, from sampling to gradient. E episodes, T = L steps. */
typedef struct {
    pass_t *pass;
    uint16_t *order;         /* (E, L) the layer at each step */
    uint16_t *choice[HEADS]; /* (T, E) levels */
    real_t *buffer_chances;  /* (T, E, A1) the buffer head's probabilities */
    size_t *length;          /* (E) steps that count */
    real_t *advantage;       /* (T, HEADS, E) */
    double use; /* mean over episodes of the need the policy would like to spend, the mask aside */
    double lowest; /* lowest reward of a layer */
    double price;  /* of the budget, that the choices were credited with */
    bool leans;    /* its policy starts from lean_pe and lean_buffer in this update, not from the
                      needs' prior */
} block_t;

/* One row of the policy's inputs (I). */
void observe(const reinforce_t *self, const decision_t *decision, real_t *inputs);
void episode_sample(reinforce_t *self, block_t *block, size_t unit, uint64_t update,
                    batch_t *batch);

/* credit.c: what blocks lean to in this update, given what is believed before it. */
void credit_lean(reinforce_t *self);

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
    bool opens;     /* the first sample of the run is given: */
    size_t opening; /* the action that all its layers take */
    tradeoff_t tradeoff;
    bool advised;                          /* only totals are revealed, and they are remembered: */
    thompson_t thompson;                   /* what they suggest */
    real_t *features;                      /* (L, features) */
    block_t *blocks;                       /* (setup.units) */
    double *standing_pe, *standing_buffer; /* (D, A0), (D, A0, A1): see credit.c */
    bool ranked;                           /* the standings of this update are made */
    real_t *lean_pe, *lean_buffer; /* (units, D, A0), (units, D, A0, A1): logits, see credit.c */
    /* one step of one block */
    real_t *inputs, *prior;  /* (E, I), (E, A) */
    uint16_t *rows;          /* (E) */
    uint8_t *allowed;        /* (E, A) */
    double *used, *reserved; /* (E) need spent; least need of the layers to come */
    double *scratch;         /* (T) */
    /* what the root tells the others beside the parameters, and what a checkpoint keeps */
    struct {
        double price;   /* of the budget */
        double wish;    /* ln of what the policy would spend over the budget, in the last update */
        double lowest;  /* lowest reward of a layer so far */
        double updates; /* done in this stage */
        double since_feasible; /* updates since the first feasible episode; -1 before */
        double adam_steps;
    } published;
};

/* Is anything remembered: per-layer costs, or totals? */
static inline bool reinforce_remembers(const search_setup_t *setup)
{
    return setup->ledger || setup->remembers;
}

#endif
