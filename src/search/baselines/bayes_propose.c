/* The surrogate brought up to date, and the candidates of most expected improvement. */
#include "search/baselines/bayes.h"

#include <math.h>
#include <string.h>

enum { LENGTHS = 10, NOISES = 4 };
static const double lengths[LENGTHS] = {0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16};
static const double noises[NOISES] = {1e-6, 1e-4, 1e-2, 1e-1};

bool bayes_is_kernel(int64_t length, int64_t noise)
{
    return length >= 0 && length < LENGTHS && noise >= 0 && noise < NOISES;
}

/* ---- the surrogate --------------------------------------------------------------------------- */

static void bayes_propose_standardise(bayes_t *self)
{
    const size_t n = (size_t)self->counts.n;
    double mean = 0;
    double squares = 0;
    for (size_t i = 0; i < n; i++) mean += self->logs[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (self->logs[i] - mean) * (self->logs[i] - mean) / (double)n;
    const double deviation = squares > 0 ? sqrt(squares) : 1;
    for (size_t i = 0; i < n; i++) self->targets[i] = (self->logs[i] - mean) / deviation;
}

/* Levels in [0, 1], of all layers on the first axis, then on the next. Levels without order are an
   input each, which is 1 for the one taken. */
static void bayes_propose_describe(const bayes_t *self, const uint16_t *assignment, double *input)
{
    const space_t *space = problem_space(self->setup.problem);
    const size_t axes = space_axes(space);
    for (size_t axis = 0; axis < axes; axis++) {
        const size_t levels = space_levels(space, axis);
        const bool ordered = space_axis(space, axis)->kind == AXIS_ORDINAL;
        const double most = fmax((double)levels - 1, 1);
        for (size_t layer = 0; layer < self->layers; layer++) {
            const size_t level = space_level(space, axis, assignment[layer * axes + axis]);
            if (ordered) *input++ = (double)level / most;
            for (size_t i = 0; !ordered && i < levels; i++) *input++ = i == level;
        }
    }
}

size_t bayes_width(const problem_t *problem)
{
    const space_t *space = problem_space(problem);
    size_t inputs = 0;
    for (size_t axis = 0; axis < space_axes(space); axis++)
        inputs += space_axis(space, axis)->kind == AXIS_ORDINAL ? 1 : space_levels(space, axis);
    return inputs * problem_layers(problem);
}

static void bayes_propose_describe_point(bayes_t *self, size_t i)
{
    bayes_propose_describe(self, bayes_assignment(self, self->assignments, i),
                           self->gp.inputs + i * self->gp.width);
}

/* Of the points the kernel was sought for. */
static bool bayes_propose_factor(bayes_t *self)
{
    gp_cover(&self->gp, (size_t)self->counts.fitted, lengths[self->counts.length]);
    return gp_factor(&self->gp, noises[self->counts.noise]);
}

/* The likeliest noise for the length that is covered. */
static void bayes_propose_seek_noise(bayes_t *self, size_t length, double *best)
{
    /* The kernel matrix is the same for all noises; only its diagonal and its factor differ. */
    for (size_t noise = 0; noise < NOISES; noise++) {
        if (!gp_factor(&self->gp, noises[noise])) continue;
        const double likelihood = gp_fit(&self->gp, self->targets);
        if (likelihood <= *best) continue;
        *best = likelihood;
        self->counts.length = (int64_t)length;
        self->counts.noise = (int64_t)noise;
    }
}

/* The kernel of greatest likelihood. */
static bool bayes_propose_seek_kernel(bayes_t *self)
{
    const size_t n = (size_t)self->counts.n;
    double best = -INFINITY;
    for (size_t i = 0; i < n; i++) bayes_propose_describe_point(self, i);
    for (size_t length = 0; length < LENGTHS; length++) {
        gp_cover(&self->gp, n, lengths[length]);
        bayes_propose_seek_noise(self, length, &best);
    }
    self->counts.fitted = (int64_t)n;
    return !isinf(best) && bayes_propose_factor(self);
}

/* The factor of all points. After a resume it is made again as it came to be. */
static bool bayes_propose_catch_up(bayes_t *self)
{
    const counts_t *counts = &self->counts;
    if (counts->fitted == 0 || 4 * counts->n >= 5 * counts->fitted)
        return bayes_propose_seek_kernel(self);
    /* A resumed search has the points but not the factor: it is made of those that the kernel was
       sought for, then grown by the others one by one, which gives the same rounding as before. */
    if (self->gp.n == 0) {
        for (size_t i = 0; i < (size_t)counts->fitted; i++) bayes_propose_describe_point(self, i);
        if (!bayes_propose_factor(self)) return false;
    }
    while (self->gp.n < (size_t)counts->n) {
        bayes_propose_describe_point(self, self->gp.n);
        if (!gp_append(&self->gp)) return bayes_propose_seek_kernel(self);
    }
    return true;
}

/* ---- candidates ------------------------------------------------------------------------------ */

static uint16_t *bayes_propose_candidate(const bayes_t *self, size_t i)
{
    return bayes_assignment(self, self->asked, i);
}

static void bayes_propose_make_neighbour(bayes_t *self, rng_t *rng, const uint16_t *of, size_t i)
{
    static const moves_way_t way = {.near = 0.8, .more = 0.5};
    moves_copy(self->setup.problem, bayes_propose_candidate(self, i), of);
    moves_neighbour(self->setup.problem, rng, &way, bayes_propose_candidate(self, i),
                    self->scratch);
}

static void bayes_propose_ask(bayes_t *self, size_t first, size_t n)
{
    for (size_t i = first; i < first + n; i++) {
        moves_canonical(self->setup.problem, bayes_propose_candidate(self, i));
        bayes_propose_describe(self, bayes_propose_candidate(self, i),
                               self->gp.asked + i * self->gp.width);
    }
    gp_ask(&self->gp, first, n);
}

/* The best points, best first. */
static void bayes_propose_find_best(const bayes_t *self, size_t n, size_t *best)
{
    for (size_t i = 0; i < n; i++) best[i] = SIZE_MAX;
    for (size_t point = 0; point < (size_t)self->counts.n; point++) {
        /* Insert the point, and let the one whose place it takes go on down. */
        size_t moving = point;
        for (size_t i = 0; i < n; i++)
            if (best[i] == SIZE_MAX || bayes_better(self, moving, best[i])) {
                const size_t other = best[i];
                best[i] = moving;
                if (other == SIZE_MAX) break;
                moving = other;
            }
    }
}

static void bayes_propose_gather(bayes_t *self, rng_t *rng)
{
    enum { BEST = 4 };
    size_t best[BEST];
    bayes_propose_find_best(self, BEST, best);
    for (size_t i = 0; i < BAYES_RANDOM; i++)
        moves_random(self->setup.problem, rng, bayes_propose_candidate(self, i));
    for (size_t i = 0; i < BAYES_NEAR; i++)
        bayes_propose_make_neighbour(
            self, rng, bayes_assignment(self, self->assignments, best[i % BEST]), BAYES_RANDOM + i);
    bayes_propose_ask(self, 0, BAYES_RANDOM + BAYES_NEAR);
}

/* ---- acquisition ----------------------------------------------------------------------------- */

static bool bayes_propose_same(const bayes_t *self, const uint16_t *one, const uint16_t *other)
{
    return space_equal(problem_space(self->setup.problem), self->layers, one, other);
}

static bool bayes_propose_is_known(const bayes_t *self, const uint16_t *assignment, size_t proposed)
{
    for (size_t i = 0; i < (size_t)self->counts.n; i++)
        if (bayes_propose_same(self, assignment, bayes_assignment(self, self->assignments, i)))
            return true;
    for (size_t i = 0; i < proposed; i++)
        if (bayes_propose_same(self, assignment, bayes_assignment(self, self->proposed, i)))
            return true;
    return false;
}

/* Of the candidates first .. first + n - 1 the one that promises most; one that is known promises
   nothing. */
static size_t bayes_propose_most_promising(const bayes_t *self, size_t first, size_t n,
                                           size_t proposed, double best)
{
    size_t most = first;
    double promise = -1;
    for (size_t i = first; i < first + n; i++) {
        const double mine = gp_improvement(self->gp.mean[i], sqrt(self->gp.variance[i]), best);
        if (mine <= promise ||
            bayes_propose_is_known(self, bayes_propose_candidate(self, i), proposed))
            continue;
        promise = mine;
        most = i;
    }
    return most;
}

/* Rounds of neighbours, the one they are of among them. */
static size_t bayes_propose_improve(bayes_t *self, rng_t *rng, size_t chosen, size_t proposed,
                                    double best)
{
    enum { ROUNDS = 4, ROUND_FIRST = BAYES_RANDOM + BAYES_NEAR };
    for (int round = 0; round < ROUNDS; round++) {
        /* The one they are neighbours of stands first, so that a round can only gain. */
        if (chosen != ROUND_FIRST)
            moves_copy(self->setup.problem, bayes_propose_candidate(self, ROUND_FIRST),
                       bayes_propose_candidate(self, chosen));
        for (size_t i = 1; i < BAYES_ROUND; i++)
            bayes_propose_make_neighbour(self, rng, bayes_propose_candidate(self, ROUND_FIRST),
                                         ROUND_FIRST + i);
        bayes_propose_ask(self, ROUND_FIRST, BAYES_ROUND);
        chosen = bayes_propose_most_promising(self, ROUND_FIRST, BAYES_ROUND, proposed, best);
    }
    return chosen;
}

static double bayes_propose_least(const double *values, size_t n)
{
    double least = INFINITY;
    for (size_t i = 0; i < n; i++) least = fmin(least, values[i]);
    return least;
}

bool bayes_propose(bayes_t *self)
{
    gp_t *gp = &self->gp;
    const size_t n = (size_t)self->counts.n;
    rng_t rng = rng_begin(self->setup.job->search.seed, RNG_BAYES, (uint64_t)self->counts.heard,
                          UINT64_MAX, 0);
    bayes_propose_standardise(self);
    if (!bayes_propose_catch_up(self)) return false;
    (void)gp_fit(gp, self->targets);
    bayes_propose_gather(self, &rng);
    double best = bayes_propose_least(self->targets, n);
    for (size_t i = 0; i < self->proposals; i++) {
        size_t chosen = bayes_propose_most_promising(self, 0, BAYES_RANDOM + BAYES_NEAR, i, best);
        chosen = bayes_propose_improve(self, &rng, chosen, i, best);
        moves_copy(self->setup.problem, bayes_assignment(self, self->proposed, i),
                   bayes_propose_candidate(self, chosen));
        /* The surrogate believes its own mean at the chosen point, so that the next proposal of the
           same update looks elsewhere. */
        best = fmin(best, gp->mean[chosen]);
        (void)gp_believe(gp, chosen);
    }
    /* What was only believed is dropped before the samples are heard. */
    gp_forget(gp, n);
    return true;
}
