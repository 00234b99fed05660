/* The island model: each island keeps its best individuals, makes children of them, and passes its
   best on to the next island. */
#include "search/islands/islands.h"
#include "confx/try.h"
#include "search/common/moves.h"
#include "search/common/shared.h"
#include "search/common/weigh.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const variation_t *islands_variation_of(const search_setup_t *setup)
{
    return setup->job->search.preset == PRESET_PAPER ? &variation_paper : &variation_default;
}

static search_layout_t islands_plan(const search_setup_t *setup)
{
    const variation_t *variation = islands_variation_of(setup);
    const job_search_t *search = &setup->job->search;
    return (search_layout_t){.units = search->islands ? search->islands : variation->islands,
                             .samples = search->children          ? search->children
                                        : thompson_applies(setup) ? variation->drawn
                                                                  : variation->children};
}

static island_t *islands_island_of(islands_t *self, size_t unit)
{
    assert(unit >= self->setup.unit_first && unit - self->setup.unit_first < self->setup.units);
    return &self->islands[unit - self->setup.unit_first];
}

/* ---- populations ----------------------------------------------------------------------------- */

static confx_status_t islands_island_open(islands_t *self, island_t *island)
{
    const size_t places = self->variation->population + 1;
    const size_t cells =
        space_cells(problem_space(self->setup.problem), problem_layers(self->setup.problem));
    uint16_t *assignments;
    ARENA_TAKE(&self->arena, island->members, places);
    ARENA_TAKE(&self->arena, assignments, places * cells);
    for (size_t i = 0; !self->arena.failed && i < places; i++)
        island->members[i].assignment = assignments + i * cells;
    return arena_status(&self->arena, "a population of %zu", places);
}

static bool islands_same(const islands_t *self, const uint16_t *one, const uint16_t *other)
{
    const problem_t *problem = self->setup.problem;
    return space_equal(problem_space(problem), problem_layers(problem), one, other);
}

static bool islands_has(const islands_t *self, const island_t *island, const uint16_t *assignment)
{
    for (size_t i = 0; i < island->n; i++)
        if (islands_same(self, island->members[i].assignment, assignment)) return true;
    return false;
}

/* Are there limits that must be sampled, and is what exceeds them of use? Of an array that layers
   share a memory tells what it needs to keep them: populations of what does not keep them ended
   further from the best. */
static bool islands_goes_beyond(const islands_t *self)
{
    const problem_t *problem = self->setup.problem;
    return terms_has_learned(problem_terms(problem)) &&
           !(shared_axes(problem) > 0 && self->setup.memory);
}

/* May an assignment of that score be a member? */
static bool islands_takes(const islands_t *self, const score_t *score)
{
    const terms_t *terms = problem_terms(self->setup.problem);
    return terms_feasible(terms, score) ||
           (islands_goes_beyond(self) && terms_keeps_known(terms, score));
}

/* Take an individual in by rank; the last one falls out of a full population, doubles are dropped.
   One beyond a limit that must be sampled is behind all that are within, and before those that are
   further beyond it: a population without any within has something to go by. */
static void islands_admit(islands_t *self, island_t *island, const scored_assignment_t *newcomer)
{
    const terms_t *terms = problem_terms(self->setup.problem);
    if (islands_has(self, island, newcomer->assignment)) return;
    size_t place = island->n;
    individual_t moving = island->members[place]; /* the spare place: its memory is free */
    moves_copy(self->setup.problem, moving.assignment, newcomer->assignment);
    moving.score = newcomer->score;
    /* Members move up by one, worst first, until the newcomer's place is free; only structures
       move, never the assignments. */
    for (; place > 0 && terms_compare(terms, &moving.score, &island->members[place - 1].score) < 0;
         place--)
        island->members[place] = island->members[place - 1];
    island->members[place] = moving;
    if (island->n < self->variation->population) island->n++;
}

/* ---- opening --------------------------------------------------------------------------------- */

static void islands_close_state(void *state)
{
    islands_t *self = state;
    repair_close(&self->repair);
    thompson_close(&self->thompson);
    categories_close(&self->categories);
    arena_close(&self->arena);
    free(self);
}

static confx_status_t islands_fill(islands_t *self)
{
    ARENA_TAKE(&self->arena, self->islands, self->setup.units);
    TRY(arena_status(&self->arena, "islands"));
    TRY(thompson_open(&self->setup, SPACE_INTEGERS, &self->layout, &self->thompson));
    const uint64_t seen = thompson_seen(&self->thompson, &self->setup);
    TRY(repair_open(self->setup.problem, seen, &self->repair));
    TRY(categories_open(self->setup.problem, &self->categories));
    self->weights = weights_of(self->setup.problem, self->setup.memory != NULL);
    for (size_t i = 0; i < self->setup.units; i++) {
        TRY(islands_island_open(self, &self->islands[i]));
        /* The best of the stage before founds every island. */
        if (self->setup.start.assignment)
            islands_admit(self, &self->islands[i], &self->setup.start);
    }
    return status_ok();
}

static confx_status_t islands_open_state(const search_setup_t *setup, search_layout_t *layout,
                                         void **state)
{
    islands_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for islands");
    self->setup = *setup;
    self->variation = islands_variation_of(setup);
    layout->migrant_bytes = scored_assignment_bytes(setup->problem);
    layout->state_bytes =
        self->variation->population * scored_assignment_bytes(setup->problem) + sizeof(uint64_t);
    self->layout = *layout;
    const confx_status_t status = islands_fill(self);
    if (status.code != CONFX_STATUS_OK) {
        islands_close_state(self);
        return status;
    }
    *layout = self->layout;
    *state = self;
    return status;
}

/* ---- a generation ---------------------------------------------------------------------------- */

static void islands_build(islands_t *self)
{
    repair_t *repair = &self->repair;
    tradeoff_build(&repair->tradeoff, self->setup.problem, &repair->cost_view);
    /* Where the budget does not bind the multiplier is 0, and needs would count for nothing: of two
       actions of nearly the same cost the one that needs less should still be taken. */
    const double floor =
        1e-4 * tradeoff_least_cost(&repair->tradeoff) / problem_budget(self->setup.problem);
    self->multiplier = fmax(tradeoff_multiplier(&repair->tradeoff, self->setup.problem), floor);
}

static void islands_weigh(islands_t *self)
{
    if (weights_matter(&self->weights)) {
        weigh(&self->weights, &self->repair.tradeoff, &self->repair.cost_view);
        self->settled = self->weights;
    }
    islands_build(self);
}

static bool islands_strays(const islands_t *self)
{
    return weights_matter(&self->weights) && self->repair.cost_view.memory;
}

void islands_stray(islands_t *self, rng_t *rng)
{
    if (!islands_strays(self)) return;
    const double spread = rng_below(rng, 3) ? 0.15 : 0.8;
    /* Most children stay near the weights of the generation, and one in three goes far. */
    self->weights.rate *= exp(spread * rng_normal(rng));
    for (size_t i = 0; i < problem_terms(self->setup.problem)->constraints_n; i++)
        self->weights.multiplier[i] *= exp(spread * rng_normal(rng));
    islands_build(self);
}

void islands_settle(islands_t *self)
{
    if (!islands_strays(self)) return;
    self->weights = self->settled;
    islands_build(self);
}

/* What all ranks have seen by now, once per generation; or each island's own draw. */
static void islands_inform(islands_t *self, size_t unit)
{
    self->repair.cost_view = thompson_draw(&self->thompson, unit);
    self->repair.cost_view.weights = weights_matter(&self->weights) ? &self->weights : NULL;
    if (self->informed || !islands_believe(self)) return;
    self->informed = !self->thompson.infers;
    /* With a memory this is the same for all islands of the rank; with draws each has its own, and
       where actions may be invalid it goes by what it may try of what it would. */
    islands_weigh(self);
    if (self->repair.cost_view.memory) categories_learn(&self->categories, &self->repair.cost_view);
    if (thompson_spend(&self->thompson, unit, &self->repair.tradeoff, self->multiplier))
        islands_weigh(self);
}

static bool islands_among_children(const islands_t *self, const batch_t *batch, size_t children,
                                   const uint16_t *assignment)
{
    for (size_t i = 0; i < children; i++)
        if (islands_same(self, assignment, batch_assignment(batch, i))) return true;
    return false;
}

/* What was scored is known to all ranks; what only this island knows is its population and the
   siblings. */
static bool islands_is_new(const islands_t *self, const island_t *island, const batch_t *batch,
                           size_t child, const uint16_t *assignment)
{
    const scored_t *scored = self->setup.scored;
    if (islands_has(self, island, assignment) ||
        islands_among_children(self, batch, child, assignment))
        return false;
    return !scored || !scored_has(scored, assignment);
}

/* Founders where a limit must be sampled. Of a memory those that have one choice in many layers
   tell the most, as any layers can be put together afterwards; without one what counts is to begin
   near the limit. */
static bool islands_aims(const islands_t *self, size_t number, rng_t *rng, uint16_t *assignment)
{
    problem_t *problem = self->setup.problem;
    const size_t changes = number == 0 ? 0 : 3;
    uint64_t choice;
    if (!islands_goes_beyond(self) || self->thompson.infers) return false;
    if (number == 0 || !self->setup.memory)
        return number % 4 < 3 && moves_aimed(problem, rng, changes, assignment);
    if (number % 2 || !moves_uniform(problem, number / 2, &choice)) return false;
    moves_spread(problem, rng, choice, assignment);
    return true;
}

/* Where actions may be invalid, an island without members takes random ones of those that it does
   not leave alone: the levels need not have any that are valid. */
static void islands_found(islands_t *self, size_t unit, size_t child, rng_t *rng,
                          uint16_t *assignment)
{
    enum { TRIES = 32 };
    problem_t *problem = self->setup.problem;
    uint64_t choice;
    if (thompson_opens(&self->thompson, problem, unit * self->layout.samples + child, &choice)) {
        moves_spread(problem, rng, choice, assignment);
        return;
    }
    if (islands_aims(self, unit * self->layout.samples + child, rng, assignment)) return;
    const table_axes_t *axes = &self->thompson.posterior.kernel.axes;
    const uint8_t *barred = thompson_barred(&self->thompson, unit);
    /* Levels first; then each layer gets any cell of the table that its island does not leave
       alone. */
    moves_random(problem, rng, assignment);
    /* A layer that shares what it has with all others is not drawn by itself. */
    if (!barred || shared_axes(problem)) return;
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const size_t distinct = problem_distinct_of(problem, layer);
        for (int i = 0; i < TRIES; i++) {
            const size_t cell = rng_below(rng, axes->cells);
            const uint64_t point = table_axes_point(axes, cell);
            if (barred[distinct * axes->cells + cell] ||
                !problem_is_legal(problem, distinct, point))
                continue;
            problem_put(problem, assignment, layer, point);
            break;
        }
    }
    repair_shrink(&self->repair, rng, assignment);
}

/* Where a run begins with totals it starts from samples at random, behind the action that just uses
   the budget up when all layers take it: of so few sums a draw says next to nothing. */
static bool islands_starts(const islands_t *self, uint64_t update)
{
    enum { START = 4 };
    const uint64_t whole = self->layout.units * self->layout.samples;
    return self->thompson.infers && self->setup.first_update == 0 && update * whole < START;
}

static bool islands_open_run(const islands_t *self, size_t unit, uint64_t update,
                             uint16_t *assignment)
{
    problem_t *problem = self->setup.problem;
    uint64_t widest;
    if (unit > 0 || update > 0 || !islands_starts(self, update) || !moves_widest(problem, &widest))
        return false;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        problem_put(problem, assignment, layer, space_choice_point(problem_space(problem), widest));
    return true;
}

/* What layers share shows in few of all samples, as all layers have the same: a draw that is wrong
   about an array that nobody has seen would keep away from it. So one child in four is of an array
   near one that is good. */
static bool islands_looks_around(const islands_t *self, rng_t *rng)
{
    return shared_axes(self->setup.problem) > 0 && rng_below(rng, 4) == 0;
}

/* A child that nobody has had before, within a few tries. */
static void islands_make_child(islands_t *self, const island_t *island, rng_t *rng,
                               const batch_t *batch, size_t child)
{
    enum { TRIES = 10 };
    uint16_t *assignment = batch_assignment(batch, child);
    /* After the last try the child stays as it is: scored_renew replaces what was scored before. */
    const bool follows = self->thompson.ready && !self->starts && !islands_looks_around(self, rng);
    for (size_t i = 0; i < TRIES; i++) {
        if (follows && child + i == 0)
            variation_follow(self, assignment);
        else if (!island->n && islands_strays(self) && self->setup.first_update > 0)
            variation_try(self, rng, assignment);
        else if (island->n && !self->starts)
            self->variation->make_child(self, island, rng, child, assignment);
        else
            islands_found(self, self->setup.unit_first + (size_t)(island - self->islands), child,
                          rng, assignment);
        if (islands_is_new(self, island, batch, child, assignment)) return;
    }
}

static void islands_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    islands_t *self = state;
    const island_t *island = islands_island_of(self, unit);
    islands_inform(self, unit);
    self->starts = islands_starts(self, update);
    for (size_t child = 0; child < batch->n; child++) {
        if (child == 0 && islands_open_run(self, unit, update, batch_assignment(batch, 0)))
            continue;
        rng_t rng = rng_begin(self->setup.job->search.seed, RNG_BREED, update, unit, child);
        islands_make_child(self, island, &rng, batch, child);
    }
}

static void islands_local_statistics(void *state, size_t unit, const batch_t *batch,
                                     double *moments, search_report_t *report)
{
    islands_t *self = state;
    (void)moments;
    (void)report;
    for (size_t child = 0; child < batch->n; child++) {
        const scored_assignment_t newcomer = batch_sample(batch, child);
        if (!islands_takes(self, &newcomer.score)) continue;
        islands_admit(self, islands_island_of(self, unit), &newcomer);
    }
    /* The next generation goes by what this one has revealed. */
    self->informed = false;
}

static void islands_publish(void *state, void *out)
{
    islands_t *self = state;
    thompson_publish(&self->thompson, out);
}

static size_t islands_published(const void *state)
{
    return ((const islands_t *)state)->thompson.published;
}

static void islands_anticipate(void *state)
{
    islands_t *self = state;
    thompson_anticipate(&self->thompson);
}

static void islands_receive(void *state, const void *in)
{
    islands_t *self = state;
    thompson_receive(&self->thompson, in);
}

static const void *islands_prepare(void *state, const uint16_t *assignments, size_t n,
                                   size_t *bytes)
{
    islands_t *self = state;
    return thompson_prepare(&self->thompson, assignments, n, bytes);
}

static void islands_prepared(void *state, const void *all, size_t bytes)
{
    islands_t *self = state;
    thompson_prepared(&self->thompson, all, bytes);
}

static void islands_collect(void *state, size_t unit, const batch_t *batch)
{
    islands_t *self = state;
    (void)unit;
    thompson_collect(&self->thompson, batch);
}

static const posterior_t *islands_posterior(const void *state)
{
    return thompson_posterior(&((const islands_t *)state)->thompson);
}

static const validity_t *islands_validity(const void *state)
{
    return thompson_validity(&((const islands_t *)state)->thompson);
}

static double islands_doubt(const void *state, size_t distinct, uint64_t point)
{
    return thompson_doubt(&((const islands_t *)state)->thompson, distinct, point);
}

static size_t islands_arrays(void *state, array_t *out)
{
    return thompson_arrays(&((islands_t *)state)->thompson, out);
}

/* ---- records --------------------------------------------------------------------------------- */

static void islands_write_record(const islands_t *self, const individual_t *individual, void *bytes)
{
    const scored_assignment_t from = {individual->assignment, individual->score};
    scored_assignment_pack(self->setup.problem, &from, bytes);
}

static bool islands_migrates(const void *state, uint64_t update)
{
    const islands_t *self = state;
    return (update - self->setup.first_update + 1) % self->variation->migration_interval == 0;
}

static void islands_emigrate(void *state, size_t unit, void *migrant)
{
    islands_t *self = state;
    const island_t *island = islands_island_of(self, unit);
    /* Every island sends the same number of bytes, one without members a record that is none. */
    memset(migrant, 0, self->layout.migrant_bytes);
    if (island->n)
        islands_write_record(self, &island->members[0], migrant);
    else
        *(double *)migrant = NAN;
}

static void islands_immigrate(void *state, size_t unit, const void *migrant)
{
    islands_t *self = state;
    island_t *island = islands_island_of(self, unit);
    const scored_assignment_t newcomer = scored_assignment_unpack(self->setup.problem, migrant);
    if (!isnan(newcomer.score.objectives[0])) islands_admit(self, island, &newcomer);
}

static void islands_save_unit(const void *state, size_t unit, void *bytes)
{
    const islands_t *self = state;
    const island_t *island = &self->islands[unit - self->setup.unit_first];
    const uint64_t n = island->n;
    memset(bytes, 0, self->layout.state_bytes);
    memcpy(bytes, &n, sizeof n);
    for (size_t i = 0; i < n; i++)
        islands_write_record(self, &island->members[i],
                             (char *)bytes + sizeof n +
                                 i * scored_assignment_bytes(self->setup.problem));
}

/* Of this problem, within the limits that are known without scoring it anew, and with the static
   constraints that its actions have. */
static bool islands_is_member(const islands_t *self, const scored_assignment_t *member)
{
    problem_t *problem = self->setup.problem;
    const terms_t *terms = problem_terms(problem);
    if (!space_is_sound(problem_space(problem), problem_layers(problem), member->assignment) ||
        !isfinite(member->score.objectives[0]) || !islands_takes(self, &member->score))
        return false;
    const need_t needs = problem_assignment_needs(problem, member->assignment);
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        if (term->is_static && term->aggregate == AGGREGATE_SUM &&
            needs.of[i] != member->score.constraints[i])
            return false;
    }
    return problem_fits(problem, member->assignment);
}

static bool islands_load_unit(void *state, size_t unit, const void *bytes)
{
    islands_t *self = state;
    island_t *island = islands_island_of(self, unit);
    uint64_t n;
    memcpy(&n, bytes, sizeof n);
    /* Members are admitted one by one as if they had just been scored, which sorts them and refuses
       doubles. */
    island->n = 0;
    if (n > self->variation->population) return false;
    for (size_t i = 0; i < n; i++) {
        const scored_assignment_t member = scored_assignment_unpack(
            self->setup.problem,
            (const char *)bytes + sizeof n + i * scored_assignment_bytes(self->setup.problem));
        if (!islands_is_member(self, &member)) return false;
        islands_admit(self, island, &member);
    }
    return island->n == n; /* no two of them are alike */
}

static const char *islands_check(const void *state)
{
    return thompson_check(&((const islands_t *)state)->thompson);
}

const search_kind_t search_islands = {.traits = {.part = SPACE_INTEGERS,
                                                 .layers = true,
                                                 .weighs = true,
                                                 .unrepeated = true,
                                                 .sums = true,
                                                 .kinds = true,
                                                 .sizes = true,
                                                 .shares = true},
                                      .plan = islands_plan,
                                      .open = islands_open_state,
                                      .close = islands_close_state,
                                      .publish = islands_publish,
                                      .published = islands_published,
                                      .anticipate = islands_anticipate,
                                      .receive = islands_receive,
                                      .sample = islands_sample,
                                      .local_statistics = islands_local_statistics,
                                      .prepare = islands_prepare,
                                      .prepared = islands_prepared,
                                      .collect = islands_collect,
                                      .posterior = islands_posterior,
                                      .validity = islands_validity,
                                      .doubt = islands_doubt,
                                      .arrays = islands_arrays,
                                      .migrates = islands_migrates,
                                      .emigrate = islands_emigrate,
                                      .immigrate = islands_immigrate,
                                      .save_unit = islands_save_unit,
                                      .load_unit = islands_load_unit,
                                      .check = islands_check};
