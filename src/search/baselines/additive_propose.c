/* The model brought up to date, and the assignments that are best by its draws. */
#include "search/baselines/additive.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Of few totals the likelihood is a poor judge, which changes its mind from one time to the next:
   up to SEEK_FROM of them the prior is the first of the grid. */
static const double shares[] = {1e-4, 1e-3, 1e-2};
static const double noises[] = {3e-7, 3e-6, 3e-5};
enum {
    SHARES = sizeof shares / sizeof *shares,
    NOISES = sizeof noises / sizeof *noises,
    SEEK_FROM = 150
};

bool additive_is_prior(int64_t share, int64_t noise)
{
    return share >= 0 && share < SHARES && noise >= 0 && noise < NOISES;
}

/* ---- the model ------------------------------------------------------------------------------- */

static additive_prior_t additive_propose_prior(const additive_t *self)
{
    return (additive_prior_t){shares[self->counts.share], noises[self->counts.noise]};
}

static void additive_propose_seek_prior(additive_t *self, size_t n)
{
    double best = -INFINITY;
    for (size_t i = 0; i < (size_t)SHARES * NOISES; i++) {
        const additive_prior_t prior = {shares[i / NOISES], noises[i % NOISES]};
        if (!additive_model_factor(&self->model, n, prior)) continue;
        const double likelihood = additive_model_fit(&self->model, self->totals);
        if (!(likelihood > best)) continue;
        best = likelihood;
        self->counts.share = (int64_t)(i / NOISES);
        self->counts.noise = (int64_t)(i % NOISES);
    }
}

/* The factor of all samples anew, under the prior of greatest likelihood. */
static bool additive_propose_factor(additive_t *self)
{
    const size_t n = (size_t)self->counts.n;
    self->counts.fitted = (int64_t)n;
    if (n >= SEEK_FROM) additive_propose_seek_prior(self, n);
    return additive_model_factor(&self->model, n, additive_propose_prior(self));
}

/* The factor of all samples; the prior is sought again whenever they have grown by a quarter. */
static bool additive_propose_catch_up(additive_t *self)
{
    additive_model_t *model = &self->model;
    const additive_counts_t *counts = &self->counts;
    const size_t n = (size_t)counts->n;
    while (model->n < n)
        additive_model_add(model, additive_assignment(self, self->assignments, model->n));
    if (counts->fitted == 0 || 4 * counts->n >= 5 * counts->fitted)
        return additive_propose_factor(self);
    /* A resumed search has the samples but not the factor: it is made of those that the prior was
       sought for, then grown by the others one by one, which gives the same rounding as before. */
    if (model->factored == 0 &&
        !additive_model_factor(model, (size_t)counts->fitted, additive_propose_prior(self)))
        return false;
    while (model->factored < n)
        if (!additive_model_append(model)) return additive_propose_factor(self);
    return true;
}

/* ---- picks ----------------------------------------------------------------------------------- */

/* The table as what to go by. False: it has numbers that are none. */
static bool additive_propose_view(additive_t *self)
{
    for (size_t i = 0; i < additive_model_cells(&self->model); i++) {
        self->view[i] = (float)self->table[i];
        if (!isfinite(self->view[i])) return false;
    }
    return true;
}

/* The least sum of the table's costs within the limits, as near as a multiplier and single moves
   come to it. */
static void additive_propose_pick(additive_t *self, uint16_t *assignment)
{
    problem_t *problem = self->setup.problem;
    tradeoff_t *tradeoff = &self->repair.tradeoff;
    tradeoff_build(tradeoff, problem, &self->repair.cost_view);
    const double multiplier = tradeoff_multiplier(tradeoff, problem);
    for (size_t layer = 0; layer < self->layers; layer++) {
        const vertex_t *vertex =
            tradeoff_pick(tradeoff, problem_distinct_of(problem, layer), multiplier);
        assert(vertex); /* each layer has a legal level, and the table a cost for all of them */
        problem_put(problem, assignment, layer, vertex->point);
    }
    repair_reduce(&self->repair, assignment);
    repair_fill(&self->repair, assignment);
    moves_canonical(problem, assignment);
}

static bool additive_propose_is_known(const additive_t *self, const uint16_t *assignment,
                                      size_t proposed)
{
    const space_t *space = problem_space(self->setup.problem);
    if (self->setup.scored && scored_has(self->setup.scored, assignment)) return true;
    for (size_t i = 0; i < (size_t)self->counts.n; i++)
        if (space_equal(space, self->layers, assignment,
                        additive_assignment(self, self->assignments, i)))
            return true;
    for (size_t i = 0; i < proposed; i++)
        if (space_equal(space, self->layers, assignment,
                        additive_assignment(self, self->proposed, i)))
            return true;
    return false;
}

/* One proposal: the first of four goes by the mean, the others by draws of half the doubt. What was
   scored before would tell nothing, so that bolder draws follow, and at last a neighbour. */
static bool additive_propose_one(additive_t *self, rng_t *rng, size_t i)
{
    enum { EACH = 4, TRIES = 4 };
    static const double bold[TRIES] = {0.5, 0.75, 1, 1};
    static const moves_way_t way = {.near = 0.5, .more = 0.5};
    uint16_t *assignment = additive_assignment(self, self->proposed, i);
    for (size_t try = 0; try < TRIES; try++) {
        if (i % EACH == 0 && try == 0)
            additive_model_mean(&self->model, self->table);
        else
            additive_model_draw(&self->model, rng, bold[try], self->table);
        if (!additive_propose_view(self)) return false;
        additive_propose_pick(self, assignment);
        /* Known: scored before, or among the proposals of this update. */
        if (!additive_propose_is_known(self, assignment, i)) return true;
    }
    moves_neighbour(self->setup.problem, rng, &way, assignment, self->scratch);
    return true;
}

bool additive_propose(additive_t *self)
{
    if (!additive_propose_catch_up(self)) return false;
    (void)additive_model_fit(&self->model, self->totals);
    for (size_t i = 0; i < self->proposals; i++) {
        /* Streams are told apart by the updates that were proposed, which a checkpoint keeps. */
        rng_t rng = rng_begin(self->setup.job->search.seed, RNG_ADDITIVE,
                              (uint64_t)self->counts.proposals, UINT64_MAX, i);
        if (!additive_propose_one(self, &rng, i)) return false;
    }
    self->counts.proposals++;
    return true;
}
