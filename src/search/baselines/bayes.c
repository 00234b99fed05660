/* Bayesian optimisation: a Gaussian process of what was sampled, and the samples of most expected
   improvement (Jones, Schonlau, Welch, "Efficient Global Optimization of Expensive Black-Box
   Functions", Journal of Global Optimization 13, 1998; Snoek, Larochelle, Adams, "Practical
   Bayesian Optimization of Machine Learning Algorithms", NIPS 2012).

   The surrogate: gp.h, of the log of the objective, standardised, over the level of each axis of
   each layer, in [0, 1] (bayes_propose.c). Length and noise are those of greatest likelihood on a
   small grid, sought anew whenever the points have grown by a quarter; in between the Cholesky
   factor grows by a row per sample. At most POINTS_MAX points: at that number only the best and the
   latest quarter of them stay. So a sample costs at most a bounded time, and thousands of samples
   still pass.

   Candidates: assignments drawn within the budget, and neighbours of the best few so far; the best
   of them is then improved by rounds of its own neighbours (as in SMAC: Hutter, Hoos, Leyton-Brown
   2011, section 4.3). The constraint of any action is known beforehand, so that only feasible
   candidates are looked at. Invalid samples count as the worst. Proposals of an update are made one
   after the other, each believing that those before turn out as expected (gp.h).

   It acts on the levels, as the paper's other methods do, and is shown totals only. The root does
   all of it and broadcasts the proposals: what is sampled depends on one rank's arithmetic. */
#include "search/baselines/bayes.h"
#include "confx/try.h"
#include "search/common/sound.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS = 4, SAMPLES = 1 }; /* proposals of an update */
enum { POINTS_MAX = 1024 };      /* in the process */

/* What travels, followed by the assignments. */
typedef struct {
    uint64_t n; /* proposals; 0: draw at random */
} publish_t;

static search_layout_t bayes_plan(const search_setup_t *setup)
{
    const job_search_t *search = &setup->job->search;
    return (search_layout_t){.units = search->blocks ? search->blocks : UNITS,
                             .samples = search->episodes ? search->episodes : SAMPLES};
}

/* ---- opening --------------------------------------------------------------------------------- */

static void bayes_close_state(void *state)
{
    bayes_t *self = state;
    gp_close(&self->gp);
    arena_close(&self->arena);
    free(self);
}

static size_t bayes_points_of(const search_setup_t *setup)
{
    const uint64_t samples = search_samples(setup);
    if (samples <= BAYES_FOUNDERS) return BAYES_FOUNDERS;
    return samples < POINTS_MAX ? samples : POINTS_MAX;
}

static confx_status_t bayes_fill(bayes_t *self)
{
    ARENA_TAKE(&self->arena, self->logs, self->points);
    ARENA_TAKE(&self->arena, self->targets, self->points);
    ARENA_TAKE(&self->arena, self->assignments, self->points * self->cells);
    ARENA_TAKE(&self->arena, self->asked, BAYES_CANDIDATES * self->cells);
    ARENA_TAKE(&self->arena, self->proposed, self->proposals * self->cells);
    ARENA_TAKE(&self->arena, self->scratch, self->cells);
    TRY(arena_status(&self->arena, "%zu points", self->points));
    return gp_open(self->points + self->proposals, BAYES_CANDIDATES,
                   bayes_width(self->setup.problem), &self->gp);
}

static size_t bayes_proposed_bytes(const bayes_t *self)
{
    return self->proposals * self->cells * sizeof *self->proposed;
}

static confx_status_t bayes_open_state(const search_setup_t *setup, search_layout_t *layout,
                                       void **state)
{
    bayes_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for Bayesian optimisation");
    self->setup = *setup;
    self->samples = layout->samples;
    self->proposals = layout->units * layout->samples;
    self->layers = problem_layers(setup->problem);
    self->cells = space_cells(problem_space(setup->problem), self->layers);
    self->points = bayes_points_of(setup);
    layout->publish_bytes = sizeof(publish_t) + bayes_proposed_bytes(self);
    layout->collects = true;
    const confx_status_t status = bayes_fill(self);
    if (status.code == CONFX_STATUS_OK)
        *state = self;
    else
        bayes_close_state(self);
    return status;
}

/* ---- an update ------------------------------------------------------------------------------- */

static void bayes_publish(void *state, void *bytes)
{
    bayes_t *self = state;
    /* Until there are enough points for a surrogate, or where none can be had, all ranks draw at
       random by themselves. */
    const publish_t head = {
        self->counts.n >= BAYES_FOUNDERS && bayes_propose(self) ? self->proposals : 0};
    memcpy(bytes, &head, sizeof head);
    memcpy((char *)bytes + sizeof head, self->proposed, bayes_proposed_bytes(self));
}

static void bayes_receive(void *state, const void *bytes)
{
    bayes_t *self = state;
    publish_t head;
    memcpy(&head, bytes, sizeof head);
    self->published = head.n > 0;
    memcpy(self->proposed, (const char *)bytes + sizeof head, bayes_proposed_bytes(self));
}

static void bayes_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    const bayes_t *self = state;
    for (size_t e = 0; e < batch->n; e++) {
        rng_t rng = rng_begin(self->setup.job->search.seed, RNG_BAYES, update, unit, e);
        if (self->published)
            moves_copy(self->setup.problem, batch_assignment(batch, e),
                       bayes_assignment(self, self->proposed, unit * self->samples + e));
        else
            moves_random(self->setup.problem, &rng, batch_assignment(batch, e));
    }
}

/* ---- points ---------------------------------------------------------------------------------- */

static double bayes_worst(const bayes_t *self)
{
    double worst = 0;
    for (size_t i = 0; i < (size_t)self->counts.n; i++)
        worst = i ? fmax(worst, self->logs[i]) : self->logs[i];
    return worst;
}

static void bayes_move_point(bayes_t *self, size_t to, size_t from)
{
    self->logs[to] = self->logs[from];
    moves_copy(self->setup.problem, bayes_assignment(self, self->assignments, to),
               bayes_assignment(self, self->assignments, from));
}

static score_t bayes_score_of(const bayes_t *self, size_t point)
{
    /* What is needed is known of any assignment and need not be kept. */
    const uint16_t *assignment = bayes_assignment(self, self->assignments, point);
    return (score_t){{self->logs[point]}, {moves_weight(self->setup.problem, assignment)}};
}

bool bayes_better(const bayes_t *self, size_t point, size_t other)
{
    if (self->logs[point] != self->logs[other]) return self->logs[point] < self->logs[other];
    const score_t score = bayes_score_of(self, point);
    const score_t other_score = bayes_score_of(self, other);
    const int order = score_compare(&score, &other_score);
    return order ? order < 0 : point < other;
}

static size_t bayes_rank_of(const bayes_t *self, size_t point)
{
    size_t rank = 0;
    for (size_t i = 0; i < (size_t)self->counts.n; i++)
        rank += i != point && bayes_better(self, i, point);
    return rank;
}

/* The best and the latest quarter stay, in their order. */
static void bayes_thin(bayes_t *self)
{
    const size_t n = (size_t)self->counts.n;
    const size_t quarter = n / 4;
    size_t kept = 0;
    /* Ranks are taken before anything moves; the targets are scratch here. */
    for (size_t i = 0; i < n; i++) self->targets[i] = (double)bayes_rank_of(self, i);
    for (size_t i = 0; i < n; i++)
        if (self->targets[i] < (double)quarter || i >= n - quarter)
            bayes_move_point(self, kept++, i);
    self->counts.n = (int64_t)kept;
    /* The factor was of other points: the kernel is sought anew. */
    self->counts.fitted = 0;
}

static void bayes_collect(void *state, size_t unit, const batch_t *batch)
{
    bayes_t *self = state;
    (void)unit;
    for (size_t i = 0; i < batch->n; i++) {
        if ((size_t)self->counts.n == self->points) bayes_thin(self);
        const size_t point = (size_t)self->counts.n;
        const double objective = batch->scores[i].objectives[0];
        uint16_t *assignment = bayes_assignment(self, self->assignments, point);
        self->logs[point] = isnan(objective) ? bayes_worst(self) : log(fmax(objective, DBL_MIN));
        moves_copy(self->setup.problem, assignment, batch_assignment(batch, i));
        moves_canonical(self->setup.problem, assignment);
        self->counts.n++;
        self->counts.heard++;
    }
}

static size_t bayes_arrays(void *state, array_t *out)
{
    bayes_t *self = state;
    out[0] = (array_t){"/bayes/counts", ARRAY_I64, 1, {sizeof self->counts / sizeof(int64_t)},
                       &self->counts,   NULL};
    out[1] = (array_t){"/bayes/logs", ARRAY_F64, 1, {self->points}, self->logs, NULL};
    out[2] = (array_t){"/bayes/assignments",
                       ARRAY_U16,
                       3,
                       {self->points, self->layers, self->cells / self->layers},
                       self->assignments,
                       NULL};
    return 3;
}

static const char *bayes_check(const void *state)
{
    const bayes_t *self = state;
    const counts_t *counts = &self->counts;
    if (counts->n < 0 || (uint64_t)counts->n > self->points || counts->fitted < 0 ||
        counts->fitted > counts->n || counts->heard < counts->n ||
        !bayes_is_kernel(counts->length, counts->noise))
        return "/bayes/counts";
    if (!sound_doubles(self->logs, (size_t)counts->n)) return "/bayes/logs";
    for (size_t i = 0; i < (size_t)counts->n; i++)
        if (!space_is_sound(problem_space(self->setup.problem), self->layers,
                            bayes_assignment(self, self->assignments, i)))
            return "/bayes/assignments";
    return NULL;
}

const search_kind_t search_bayes = {.plan = bayes_plan,
                                    .open = bayes_open_state,
                                    .close = bayes_close_state,
                                    .publish = bayes_publish,
                                    .receive = bayes_receive,
                                    .sample = bayes_sample,
                                    .collect = bayes_collect,
                                    .arrays = bayes_arrays,
                                    .check = bayes_check};
