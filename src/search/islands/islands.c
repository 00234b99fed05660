/* The island model: each island keeps its best individuals, makes children of them, and passes its
   best on to the next island. */
#include "search/islands/islands.h"
#include "confx/try.h"
#include "search/common/sound.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What travels to the next island and what a checkpoint keeps, followed by the genes: pes (L),
   buffer (L). */
typedef struct {
    double objective, need;
} islands_record_t;

static const variation_t *islands_variation_of(const search_setup_t *setup)
{
    return setup->job->search.preset == PRESET_PAPER ? &variation_paper : &variation_default;
}

static size_t islands_record_bytes(const search_setup_t *setup)
{
    const size_t bytes =
        sizeof(islands_record_t) + 2 * problem_layers(setup->problem) * sizeof(uint16_t);
    return (bytes + 7) / 8 * 8;
}

static search_layout_t islands_plan(const search_setup_t *setup)
{
    const variation_t *variation = islands_variation_of(setup);
    const job_search_t *search = &setup->job->search;
    return (search_layout_t){.units = search->islands ? search->islands : variation->islands,
                             .samples = search->children ? search->children : variation->children};
}

static island_t *islands_island_of(islands_t *self, size_t unit)
{
    assert(unit >= self->setup.unit_first && unit - self->setup.unit_first < self->setup.units);
    return &self->islands[unit - self->setup.unit_first];
}

/* ---- populations ----------------------------------------------------------------------------- */

static confx_status_t islands_island_open(const islands_t *self, island_t *island)
{
    const size_t layers = problem_layers(self->setup.problem);
    const size_t places = self->variation->population + 1;
    island->members = calloc(places, sizeof *island->members);
    island->memory = calloc(places * 2 * layers, sizeof *island->memory);
    if (!island->members || !island->memory)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a population of %zu", places);
    for (size_t i = 0; i < places; i++)
        island->members[i].genes =
            (genes_t){island->memory + 2 * i * layers, island->memory + (2 * i + 1) * layers};
    return status_ok();
}

static bool islands_same_genes(const islands_t *self, genes_t one, const uint16_t *pes,
                               const uint16_t *buffer)
{
    const size_t bytes = problem_layers(self->setup.problem) * sizeof(uint16_t);
    return !memcmp(one.pes, pes, bytes) && !memcmp(one.buffer, buffer, bytes);
}

static bool islands_has_genes(const islands_t *self, const island_t *island, const uint16_t *pes,
                              const uint16_t *buffer)
{
    for (size_t i = 0; i < island->n; i++)
        if (islands_same_genes(self, island->members[i].genes, pes, buffer)) return true;
    return false;
}

static bool islands_ranks_before(const individual_t *one, const individual_t *other)
{
    const score_t score = {{one->objective}, {one->need}};
    const score_t other_score = {{other->objective}, {other->need}};
    return score_compare(&score, &other_score) < 0;
}

/* Take a feasible individual in by rank; the last one falls out of a full population, doubles are
   dropped. */
static void islands_admit(islands_t *self, island_t *island, const assignment_t *newcomer)
{
    const size_t bytes = problem_layers(self->setup.problem) * sizeof(uint16_t);
    if (islands_has_genes(self, island, newcomer->pes, newcomer->buffer)) return;
    size_t place = island->n;
    individual_t moving = island->members[place]; /* the spare place: its genes' memory is free */
    memcpy(moving.genes.pes, newcomer->pes, bytes);
    memcpy(moving.genes.buffer, newcomer->buffer, bytes);
    moving.objective = newcomer->objective;
    moving.need = newcomer->constraint;
    /* Members move up by one, worst first, until the newcomer's place is free; only structures
       move, never the genes. */
    for (; place > 0 && islands_ranks_before(&moving, &island->members[place - 1]); place--)
        island->members[place] = island->members[place - 1];
    island->members[place] = moving;
    if (island->n < self->variation->population) island->n++;
}

/* ---- opening --------------------------------------------------------------------------------- */

static void islands_close_state(void *state)
{
    islands_t *self = state;
    for (size_t i = 0; self->islands && i < self->setup.units; i++) {
        free(self->islands[i].members);
        free(self->islands[i].memory);
    }
    repair_close(&self->repair);
    thompson_close(&self->thompson);
    free(self->islands);
    free(self);
}

static confx_status_t islands_open_advice(islands_t *self)
{
    self->layout.collects = true;
    TRY(thompson_open(&self->setup, self->layout.units, true, search_posterior(self->setup.before),
                      &self->thompson));
    self->layout.publish_bytes = thompson_bytes(&self->thompson);
    return status_ok();
}

static confx_status_t islands_fill(islands_t *self)
{
    self->islands = calloc(self->setup.units + 1, sizeof *self->islands);
    if (!self->islands) return status_fail(CONFX_STATUS_MEMORY, "no memory for islands");
    TRY(repair_open(self->setup.problem, &self->repair));
    self->repair.cost_view = (cost_view_t){.ledger = self->setup.ledger};
    if (self->advised) TRY(islands_open_advice(self));
    for (size_t i = 0; i < self->setup.units; i++) {
        TRY(islands_island_open(self, &self->islands[i]));
        /* The best of the stage before founds every island. */
        if (self->setup.start.pes) islands_admit(self, &self->islands[i], &self->setup.start);
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
    self->advised = setup->remembers && !setup->ledger;
    layout->migrant_bytes = islands_record_bytes(setup);
    layout->state_bytes =
        self->variation->population * islands_record_bytes(setup) + sizeof(uint64_t);
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

/* What all ranks have seen by now, once per generation; or what each island is advised to go by. */
static void islands_inform(islands_t *self, size_t unit)
{
    repair_t *repair = &self->repair;
    if (self->advised) repair->cost_view = thompson_draw(&self->thompson, unit);
    if (self->informed || !islands_believe(self)) return;
    self->informed = !self->advised;
    /* With a ledger this is the same for all islands of the rank; with draws each has its own. */
    tradeoff_build(&repair->tradeoff, self->setup.problem, &repair->cost_view);
    const double floor =
        1e-4 * tradeoff_least_cost(&repair->tradeoff) / problem_budget(self->setup.problem);
    self->price = fmax(tradeoff_price(&repair->tradeoff, self->setup.problem), floor);
}

static bool islands_among_children(const islands_t *self, const batch_t *batch, size_t children,
                                   genes_t genes)
{
    for (size_t i = 0; i < children; i++) {
        const size_t at = i * batch->layers;
        if (islands_same_genes(self, genes, batch->pes + at, batch->buffer + at)) return true;
    }
    return false;
}

/* What was scored is known to all ranks; what only this island knows is its population and the
   siblings. */
static bool islands_is_new(const islands_t *self, const island_t *island, const batch_t *batch,
                           size_t child, genes_t genes)
{
    const scored_t *scored = self->setup.scored;
    if (islands_has_genes(self, island, genes.pes, genes.buffer) ||
        islands_among_children(self, batch, child, genes))
        return false;
    return !scored || !scored_has(scored, genes.pes, genes.buffer);
}

/* A child that nobody has had before, within a few tries. */
static void islands_make_child(islands_t *self, const island_t *island, rng_t *rng,
                               const batch_t *batch, size_t child)
{
    enum { TRIES = 10 };
    const genes_t genes = {batch->pes + child * batch->layers,
                           batch->buffer + child * batch->layers};
    /* After the last try the child stays as it is: scored_renew replaces what was scored before. */
    for (int i = 0; i < TRIES; i++) {
        if (island->n)
            self->variation->make_child(self, island, rng, child, genes);
        else
            random_genes(self->setup.problem, rng, genes);
        if (islands_is_new(self, island, batch, child, genes)) return;
    }
}

static void islands_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    islands_t *self = state;
    const island_t *island = islands_island_of(self, unit);
    islands_inform(self, unit);
    for (size_t child = 0; child < batch->n; child++) {
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
        if (!batch->feasible[child]) continue;
        const size_t at = child * batch->layers;
        const assignment_t newcomer = {batch->pes + at, batch->buffer + at, batch->objective[child],
                                       batch->constraint[child]};
        islands_admit(self, islands_island_of(self, unit), &newcomer);
    }
    /* The next generation goes by what this one has revealed. */
    self->informed = false;
}

static void islands_publish(void *state, void *out)
{
    islands_t *self = state;
    if (self->advised) thompson_write(&self->thompson, out);
}

static void islands_receive(void *state, const void *in)
{
    islands_t *self = state;
    if (self->advised) thompson_read(&self->thompson, in);
}

static void islands_collect(void *state, size_t unit, const batch_t *batch)
{
    islands_t *self = state;
    (void)unit;
    posterior_add(&self->thompson.posterior, batch);
}

static const posterior_t *islands_estimate(const void *state)
{
    const islands_t *self = state;
    return self->advised ? &self->thompson.posterior : NULL;
}

static size_t islands_arrays(void *state, array_t *out)
{
    islands_t *self = state;
    return self->advised ? posterior_arrays(&self->thompson.posterior, out) : 0;
}

/* ---- records --------------------------------------------------------------------------------- */

static void islands_write_record(const islands_t *self, const individual_t *individual, void *bytes)
{
    const size_t genes = problem_layers(self->setup.problem) * sizeof(uint16_t);
    const islands_record_t record = {individual->objective, individual->need};
    memcpy(bytes, &record, sizeof record);
    memcpy((char *)bytes + sizeof record, individual->genes.pes, genes);
    memcpy((char *)bytes + sizeof record + genes, individual->genes.buffer, genes);
}

/* Genes are read where they lie. */
static assignment_t islands_read_record(const islands_t *self, const void *bytes)
{
    islands_record_t record;
    memcpy(&record, bytes, sizeof record);
    const uint16_t *pes = (const uint16_t *)(const void *)((const char *)bytes + sizeof record);
    return (assignment_t){pes, pes + problem_layers(self->setup.problem), record.objective,
                          record.need};
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
        *(islands_record_t *)migrant = (islands_record_t){NAN, NAN};
}

static void islands_immigrate(void *state, size_t unit, const void *migrant)
{
    islands_t *self = state;
    island_t *island = islands_island_of(self, unit);
    const assignment_t newcomer = islands_read_record(self, migrant);
    if (!isnan(newcomer.objective)) islands_admit(self, island, &newcomer);
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
                             (char *)bytes + sizeof n + i * islands_record_bytes(&self->setup));
}

/* Of this problem, within the budget, and with the need that its genes have. */
static bool islands_is_member(const islands_t *self, const assignment_t *member)
{
    problem_t *problem = self->setup.problem;
    if (!sound_genes(problem, member->pes, member->buffer) || !isfinite(member->objective))
        return false;
    double need = 0;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        need += problem_need(problem, problem_distinct_of(problem, layer),
                             problem_point(problem, member->pes[layer], member->buffer[layer]));
    return need == member->constraint && problem_fits(problem, need);
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
        const assignment_t member = islands_read_record(
            self, (const char *)bytes + sizeof n + i * islands_record_bytes(&self->setup));
        if (!islands_is_member(self, &member)) return false;
        islands_admit(self, island, &member);
    }
    return island->n == n; /* no two of them are alike */
}

static const char *islands_check(const void *state)
{
    const islands_t *self = state;
    return self->advised ? posterior_check(&self->thompson.posterior) : NULL;
}

const search_kind_t search_islands = {
    .traits = {.integers = true, .layers = true, .unrepeated = true},
    .plan = islands_plan,
    .open = islands_open_state,
    .close = islands_close_state,
    .publish = islands_publish,
    .receive = islands_receive,
    .sample = islands_sample,
    .local_statistics = islands_local_statistics,
    .collect = islands_collect,
    .posterior = islands_estimate,
    .arrays = islands_arrays,
    .migrates = islands_migrates,
    .emigrate = islands_emigrate,
    .immigrate = islands_immigrate,
    .save_unit = islands_save_unit,
    .load_unit = islands_load_unit,
    .check = islands_check};
