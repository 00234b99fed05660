/* Simulated annealing (Kirkpatrick, Gelatt, Vecchi, "Optimization by Simulated Annealing", Science
   220, 1983).

   A unit is a chain; several chains are independent. A chain starts at a random assignment. A move
   changes the level of one axis of one layer, with some chance another one too, and so on; a
   better one is taken, a worse one with chance exp(-rise / temperature) (Metropolis 1953), where
   the rise is of the log of the objective, so that it means the same on the way down as at first.
   The first moves of a chain are all taken, as at a great heat; the first temperature is
   `first_part` of their mean absolute change, from where it falls geometrically to `last_part` of
   that at the last sample. That is cold: some thousand samples for a hundred levels leave no time
   to walk far.

   The constraint of any action is known beforehand: a move beyond the budget is brought within it
   by steps of other layers before it is sampled (moves_reduce). Moves that are only refused would
   leave a chain at a tight budget nothing but steps down. It acts on the levels, as the paper's
   other methods do, and is shown totals only. */
#include "confx/try.h"
#include "search/common/moves.h"
#include "search/common/sound.h"
#include "search/kind.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHAINS = 1, MELTING = 10 };
static const double first_part = 0.04;
static const double last_part = 0.03;
static const moves_way_t way = {.near = 0.6, .more = 0.7};

/* What a checkpoint keeps of a chain, followed by the assignment (L, A). */
typedef struct {
    double objective; /* where the chain stands; NaN: nowhere yet */
    double changes;   /* sum of the absolute changes of its log while melting */
    double samples;   /* scored so far */
} annealing_place_t;

typedef struct {
    annealing_place_t place;
    uint16_t *assignment;
    double luck; /* of the move under way, uniform in [0, 1) */
} annealing_chain_t;

typedef struct {
    search_setup_t setup;
    search_layout_t layout;
    annealing_chain_t *chains; /* (setup.units) */
    uint16_t *scratch;         /* (L, A) */
    size_t cells;              /* L x A */
    arena_t arena;
} annealing_t;

static search_layout_t annealing_plan(const search_setup_t *setup)
{
    const uint32_t chains = setup->job->search.islands;
    return (search_layout_t){.units = chains ? chains : CHAINS, .samples = 1};
}

static annealing_chain_t *annealing_chain_of(const annealing_t *self, size_t unit)
{
    assert(unit >= self->setup.unit_first && unit - self->setup.unit_first < self->setup.units);
    return &self->chains[unit - self->setup.unit_first];
}

/* ---- opening --------------------------------------------------------------------------------- */

static void annealing_close_state(void *state)
{
    annealing_t *self = state;
    arena_close(&self->arena);
    free(self);
}

static confx_status_t annealing_fill(annealing_t *self)
{
    ARENA_TAKE(&self->arena, self->chains, self->setup.units);
    ARENA_TAKE(&self->arena, self->scratch, self->cells);
    for (size_t i = 0; self->chains && i < self->setup.units; i++) {
        self->chains[i].place.objective = NAN;
        ARENA_TAKE(&self->arena, self->chains[i].assignment, self->cells);
    }
    return arena_status(&self->arena, "%zu chains", self->setup.units);
}

static confx_status_t annealing_open_state(const search_setup_t *setup, search_layout_t *layout,
                                           void **state)
{
    annealing_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for annealing");
    self->setup = *setup;
    self->cells = space_cells(problem_space(setup->problem), problem_layers(setup->problem));
    layout->state_bytes = sizeof(annealing_place_t) + (self->cells * sizeof(uint16_t) + 7) / 8 * 8;
    self->layout = *layout;
    const confx_status_t status = annealing_fill(self);
    if (status.code == CONFX_STATUS_OK)
        *state = self;
    else
        annealing_close_state(self);
    return status;
}

/* ---- a step ---------------------------------------------------------------------------------- */

static void annealing_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    annealing_t *self = state;
    problem_t *problem = self->setup.problem;
    annealing_chain_t *chain = annealing_chain_of(self, unit);
    uint16_t *assignment = batch_assignment(batch, 0);
    rng_t rng = rng_begin(self->setup.job->search.seed, RNG_ANNEALING, update, unit, 0);
    /* Drawn before the move is scored, so that the whole step follows from its one stream. */
    chain->luck = rng_uniform(&rng);
    if (isnan(chain->place.objective)) {
        if (!moves_aimed(problem, &rng, 0, assignment)) moves_random(problem, &rng, assignment);
        return;
    }
    moves_copy(problem, assignment, chain->assignment);
    moves_neighbour(problem, &rng, &way, assignment, self->scratch);
}

/* How far a chain is between melting (0) and its last sample (1); an extension stays there. */
static double annealing_progress(const annealing_t *self, const annealing_chain_t *chain)
{
    const double all = (double)self->setup.samples / (double)self->layout.units - MELTING;
    return all > 0 ? fmin((chain->place.samples - MELTING) / all, 1) : 1;
}

static double annealing_temperature(const annealing_t *self, const annealing_chain_t *chain)
{
    if (chain->place.samples < MELTING) return INFINITY;
    /* The first sample of the chain is no change. */
    const double first = first_part * chain->place.changes / (MELTING - 1);
    return first * pow(last_part, annealing_progress(self, chain));
}

/* What stands for the objective: on top of it is what exceeds a limit that must be sampled, so that
   a chain which begins beyond it has a way down to it. */
static double annealing_objective(const annealing_t *self, const batch_t *batch)
{
    return terms_penalised(problem_terms(self->setup.problem), &batch->scores[0]);
}

/* By how much the log of the objective would rise; NaN where the chain is nowhere yet, or the point
   is invalid. */
static double annealing_rise(const annealing_t *self, const annealing_chain_t *chain,
                             const batch_t *batch)
{
    const double from = chain->place.objective;
    const double to = annealing_objective(self, batch);
    if (isnan(from) || isnan(to)) return NAN;
    return log(fmax(to, DBL_MIN)) - log(fmax(from, DBL_MIN));
}

/* An invalid point is no place to be. */
static bool annealing_is_taken(const annealing_t *self, const annealing_chain_t *chain,
                               const batch_t *batch)
{
    if (!terms_keeps_known(problem_terms(self->setup.problem), &batch->scores[0])) return false;
    if (isnan(chain->place.objective)) return true;
    const double rise = annealing_rise(self, chain, batch);
    return rise <= 0 || chain->luck < exp(-rise / annealing_temperature(self, chain));
}

static void annealing_local_statistics(void *state, size_t unit, const batch_t *batch,
                                       double *moments, search_report_t *report)
{
    annealing_t *self = state;
    annealing_chain_t *chain = annealing_chain_of(self, unit);
    (void)moments;
    (void)report;
    /* What is NaN counts for nothing. */
    const double change = fabs(annealing_rise(self, chain, batch));
    if (chain->place.samples < MELTING && !isnan(change)) chain->place.changes += change;
    if (annealing_is_taken(self, chain, batch)) {
        moves_copy(self->setup.problem, chain->assignment, batch_assignment(batch, 0));
        chain->place.objective = annealing_objective(self, batch);
    }
    chain->place.samples += 1;
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

static void annealing_save_unit(const void *state, size_t unit, void *bytes)
{
    const annealing_t *self = state;
    const annealing_chain_t *chain = annealing_chain_of(self, unit);
    char *at = bytes;
    memset(bytes, 0, self->layout.state_bytes);
    memcpy(at, &chain->place, sizeof chain->place);
    memcpy(at + sizeof chain->place, chain->assignment, self->cells * sizeof(uint16_t));
}

static bool annealing_load_unit(void *state, size_t unit, const void *bytes)
{
    const annealing_t *self = state;
    annealing_chain_t *chain = annealing_chain_of(self, unit);
    const char *at = bytes;
    memcpy(&chain->place, at, sizeof chain->place);
    memcpy(chain->assignment, at + sizeof chain->place, self->cells * sizeof(uint16_t));
    /* What was read is not trusted: counts that are none, or indices that are out of range. */
    const annealing_place_t *place = &chain->place;
    if (!sound_count(place->samples, sound_count_most) || !isfinite(place->changes) ||
        place->changes < 0)
        return false;
    if (isnan(place->objective)) return true;
    return isfinite(place->objective) &&
           space_is_sound(problem_space(self->setup.problem), problem_layers(self->setup.problem),
                          chain->assignment);
}

const search_kind_t search_annealing = {.traits = {.shares = true},
                                        .plan = annealing_plan,
                                        .open = annealing_open_state,
                                        .close = annealing_close_state,
                                        .sample = annealing_sample,
                                        .local_statistics = annealing_local_statistics,
                                        .save_unit = annealing_save_unit,
                                        .load_unit = annealing_load_unit};
