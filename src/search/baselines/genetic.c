/* A standard genetic algorithm (Holland, "Adaptation in Natural and Artificial Systems", 1975;
   Goldberg 1989): one population, generation after generation; parents by tournaments of two,
   uniform crossover of layers, mutation of single levels, the best few outlive their children. No
   warm start, no repair by costs, totals only; it acts on the levels, as the paper's other methods
   do.

   Constraints by Deb's rules (Deb, "An efficient constraint handling method for genetic
   algorithms", Computer Methods in Applied Mechanics and Engineering 186, 2000): a feasible
   individual is better than an infeasible one; of two feasible ones the one of less cost, of two
   infeasible ones the one that breaks the budget by less. Since nearly no assignment drawn evenly
   fits a tight budget, the founders are drawn within it; and as the constraint of any action is
   known beforehand, a child beyond the budget is brought within it by stepping random levels down
   before it costs a sample.

   The population is the root's, which sees every sample; it is broadcast, and each rank makes the
   children of its units. */
#include "confx/try.h"
#include "search/common/moves.h"
#include "search/common/shared.h"
#include "search/common/sound.h"
#include "search/kind.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS = 4, CHILDREN = 3 };
static const double elite = 0.5;     /* of the population */
static const double crossover = 0.9; /* chance of a child to have two parents */
static const double mutations = 3;   /* levels changed per child, on the mean */
static const double near = 0.5;      /* mutations to a neighbouring level; the others go to any */

/* Individuals, the best first, in one piece of memory that travels as it is. */
typedef struct {
    double *memory;
    double *n;             /* 0: founders are still to be drawn */
    double *objective;     /* (size) */
    double *violation;     /* (size) what is beyond the limits; 0: feasible, infinite: invalid */
    uint16_t *assignments; /* (size, L, A) */
} population_t;

typedef struct {
    double objective, violation;
    const uint16_t *assignment;
    size_t order; /* in the pool: of equals the first is the better */
    double need;  /* as one number, filled by genetic_enter */
} genetic_candidate_t;

typedef struct {
    search_setup_t setup;
    search_layout_t layout;
    size_t size, layers, cells;      /* individuals; L, L x A */
    population_t parents;            /* on all ranks */
    population_t children, next;     /* the root's */
    genetic_candidate_t *candidates; /* (2 size) scratch of selection */
    arena_t arena;
} genetic_t;

static search_layout_t genetic_plan(const search_setup_t *setup)
{
    const job_search_t *search = &setup->job->search;
    return (search_layout_t){.units = search->islands ? search->islands : UNITS,
                             .samples = search->children ? search->children : CHILDREN};
}

/* ---- opening --------------------------------------------------------------------------------- */

static size_t genetic_population_bytes(const genetic_t *self)
{
    const size_t assignments = self->size * self->cells * sizeof(uint16_t);
    return (1 + 2 * self->size) * sizeof(double) + (assignments + 7) / 8 * 8;
}

static void genetic_population_open(genetic_t *self, population_t *population)
{
    const size_t doubles = genetic_population_bytes(self) / sizeof(double);
    ARENA_TAKE(&self->arena, population->memory, doubles);
    if (!population->memory) return;
    /* Counts and scores are doubles, so the assignments behind them are aligned. */
    population->n = population->memory;
    population->objective = population->n + 1;
    population->violation = population->objective + self->size;
    population->assignments = (uint16_t *)(void *)(population->violation + self->size);
}

static uint16_t *genetic_assignment(const genetic_t *self, const population_t *population, size_t i)
{
    return population->assignments + i * self->cells;
}

static void genetic_close_state(void *state)
{
    genetic_t *self = state;
    arena_close(&self->arena);
    free(self);
}

static confx_status_t genetic_open_state(const search_setup_t *setup, search_layout_t *layout,
                                         void **state)
{
    genetic_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for a genetic algorithm");
    self->setup = *setup;
    self->size = layout->units * layout->samples;
    self->layers = problem_layers(setup->problem);
    self->cells = space_cells(problem_space(setup->problem), self->layers);
    /* Parents and children compete for the places of the next population. */
    ARENA_TAKE(&self->arena, self->candidates, 2 * self->size);
    genetic_population_open(self, &self->parents);
    genetic_population_open(self, &self->children);
    genetic_population_open(self, &self->next);
    layout->publish_bytes = genetic_population_bytes(self);
    layout->collects = true;
    self->layout = *layout;
    const confx_status_t status = arena_status(&self->arena, "a population of %zu", self->size);
    if (status.code == CONFX_STATUS_OK)
        *state = self;
    else
        genetic_close_state(self);
    return status;
}

/* ---- children -------------------------------------------------------------------------------- */

static void genetic_publish(void *state, void *bytes)
{
    const genetic_t *self = state;
    memcpy(bytes, self->parents.memory, genetic_population_bytes(self));
}

static void genetic_receive(void *state, const void *bytes)
{
    const genetic_t *self = state;
    memcpy(self->parents.memory, bytes, genetic_population_bytes(self));
}

/* Of two random parents the better one: the one of lower rank. */
static const uint16_t *genetic_tournament(const genetic_t *self, rng_t *rng)
{
    const size_t n = (size_t)*self->parents.n;
    /* Individuals lie in the order of their rank: the lower number is the better one. */
    assert(n > 0);
    const size_t one = rng_below(rng, n);
    const size_t other = rng_below(rng, n);
    return genetic_assignment(self, &self->parents, one < other ? one : other);
}

static void genetic_cross(const genetic_t *self, rng_t *rng, uint16_t *child, const uint16_t *other)
{
    const size_t axes = self->cells / self->layers;
    const size_t shared = shared_axes(self->setup.problem);
    /* What layers share is one gene more. */
    if (shared && rng_below(rng, 2)) shared_put(self->setup.problem, other, child);
    for (size_t layer = 0; layer < self->layers; layer++)
        if (rng_below(rng, 2))
            memcpy(child + layer * axes + shared, other + layer * axes + shared,
                   (axes - shared) * sizeof *child);
}

static void genetic_make_child(const genetic_t *self, rng_t *rng, uint16_t *child)
{
    problem_t *problem = self->setup.problem;
    /* Selection, crossover, mutation, and then the budget, by steps that cost no sample. */
    moves_copy(problem, child, genetic_tournament(self, rng));
    if (rng_uniform(rng) < crossover)
        genetic_cross(self, rng, child, genetic_tournament(self, rng));
    for (size_t layer = 0; layer < self->layers; layer++)
        if (rng_uniform(rng) * (double)self->layers < mutations)
            moves_change(problem, rng, near, child, layer);
    moves_reduce(problem, rng, child);
}

/* Of founders drawn at random none may come near a limit that must be sampled: then three in four
   are near what is as likely as anything to keep it. */
static void genetic_found(const genetic_t *self, rng_t *rng, size_t number, uint16_t *founder)
{
    const size_t changes = number == 0 ? 0 : (size_t)mutations;
    if (number % 4 < 3 && moves_aimed(self->setup.problem, rng, changes, founder)) return;
    moves_random(self->setup.problem, rng, founder);
}

static void genetic_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    const genetic_t *self = state;
    for (size_t child = 0; child < batch->n; child++) {
        rng_t rng = rng_begin(self->setup.job->search.seed, RNG_GENETIC, update, unit, child);
        if (*self->parents.n > 0)
            genetic_make_child(self, &rng, batch_assignment(batch, child));
        else
            genetic_found(self, &rng, unit * self->layout.samples + child,
                          batch_assignment(batch, child));
    }
}

/* ---- selection ------------------------------------------------------------------------------- */

/* How far a score is beyond the limits: in the unit of the limit where there is one, otherwise the
   sum of what exceeds each, in proportion to it. */
static double genetic_violation_of(const problem_t *problem, const batch_t *batch, size_t i)
{
    const terms_t *terms = problem_terms(problem);
    const score_t *score = &batch->scores[i];
    double sum = 0;
    if (batch->feasible[i]) return 0;
    if (isnan(score->objectives[0])) return INFINITY;
    if (terms->constraints_n == 1) return score->constraints[0] - terms->constraints[0].limit;
    for (size_t j = 0; j < terms->constraints_n; j++) {
        const double limit = terms->constraints[j].limit;
        sum += fmax(score->constraints[j] - limit, 0) / (limit > 0 ? limit : 1);
    }
    return sum;
}

static void genetic_put(const genetic_t *self, population_t *population,
                        const genetic_candidate_t *candidate)
{
    assert(*population->n < (double)self->size);
    const size_t i = (size_t)(*population->n)++;
    population->objective[i] = candidate->objective;
    population->violation[i] = candidate->violation;
    moves_copy(self->setup.problem, genetic_assignment(self, population, i), candidate->assignment);
}

static void genetic_enter(genetic_t *self, const population_t *population, size_t i, size_t *n)
{
    const uint16_t *assignment = genetic_assignment(self, population, i);
    self->candidates[*n] =
        (genetic_candidate_t){population->objective[i], population->violation[i], assignment, *n,
                              moves_weight(self->setup.problem, assignment)};
    ++*n;
}

static void genetic_collect(void *state, size_t unit, const batch_t *batch)
{
    genetic_t *self = state;
    (void)unit;
    for (size_t i = 0; i < batch->n; i++) {
        const genetic_candidate_t child = {batch->scores[i].objectives[0],
                                           genetic_violation_of(self->setup.problem, batch, i),
                                           batch_assignment(batch, i), 0, NAN};
        genetic_put(self, &self->children, &child);
    }
}

static int genetic_by_debs_rules(const void *a, const void *b)
{
    const genetic_candidate_t *one = a;
    const genetic_candidate_t *other = b;
    if (one->violation != other->violation) return one->violation < other->violation ? -1 : 1;
    const score_t score = {{one->objective}, {one->need}};
    const score_t other_score = {{other->objective}, {other->need}};
    const int by_score = one->violation == 0 ? score_compare(&score, &other_score) : 0;
    if (by_score) return by_score;
    return one->order < other->order ? -1 : one->order > other->order;
}

/* The next generation: the best of the children and of the parents' elite. */
static search_summary_t genetic_learn(void *state, real_t *gradient, const search_report_t *reports)
{
    genetic_t *self = state;
    size_t n = 0;
    (void)gradient;
    (void)reports;
    for (size_t i = 0; i < (size_t)*self->parents.n && (double)i < elite * (double)self->size; i++)
        genetic_enter(self, &self->parents, i, &n);
    for (size_t i = 0; i < (size_t)*self->children.n; i++)
        genetic_enter(self, &self->children, i, &n);
    /* At most a quarter of the parents and all children, by Deb's rules; the best of them stay. */
    qsort(self->candidates, n, sizeof *self->candidates, genetic_by_debs_rules);
    *self->next.n = 0;
    for (size_t i = 0; i < n && i < self->size; i++)
        genetic_put(self, &self->next, &self->candidates[i]);
    /* The candidates' assignments lie in the parents and children: the next generation is put
       together beside them and only then takes the parents' place. */
    *self->children.n = 0;
    memcpy(self->parents.memory, self->next.memory, genetic_population_bytes(self));
    return (search_summary_t){.entropy = NAN, .gradient_norm = NAN};
}

static size_t genetic_arrays(void *state, array_t *out)
{
    const genetic_t *self = state;
    out[0] = (array_t){"/genetic/scores",    ARRAY_F64, 1, {1 + 2 * self->size},
                       self->parents.memory, NULL};
    out[1] = (array_t){"/genetic/assignments",
                       ARRAY_U16,
                       3,
                       {self->size, self->layers, self->cells / self->layers},
                       self->parents.assignments,
                       NULL};
    return 2;
}

/* Of equal use to tournaments and to Deb's rules: who breaks the budget has a violation, who does
   not an objective. */
static const char *genetic_check(const void *state)
{
    const genetic_t *self = state;
    const population_t *population = &self->parents;
    if (!sound_count(*population->n, (double)self->size)) return "/genetic/scores";
    for (size_t i = 0; i < (size_t)*population->n; i++) {
        if (!(population->violation[i] >= 0) ||
            (population->violation[i] == 0 && !isfinite(population->objective[i])))
            return "/genetic/scores";
        if (!space_is_sound(problem_space(self->setup.problem), self->layers,
                            genetic_assignment(self, population, i)))
            return "/genetic/assignments";
    }
    return NULL;
}

const search_kind_t search_genetic = {.traits = {.shares = true},
                                      .plan = genetic_plan,
                                      .open = genetic_open_state,
                                      .close = genetic_close_state,
                                      .publish = genetic_publish,
                                      .receive = genetic_receive,
                                      .sample = genetic_sample,
                                      .collect = genetic_collect,
                                      .learn = genetic_learn,
                                      .arrays = genetic_arrays,
                                      .check = genetic_check};
