/* The rival that knows as much of the structure as this program's own search, but for the sizes of
   layers: costs add up over layers, and layers of one kind cost the same. Bayesian linear
   regression of totals on weights of each kind (additive_model.h), and assignments chosen under
   doubt by draws from its posterior (Thompson, Biometrika 25, 1933; for linear models Agrawal,
   Goyal, ICML 2013): of every four one goes by the mean, three by a draw. What a layer's actions
   cost by such a table is brought into the limits by Lagrange multipliers (Everett 1963), and what
   is left of them spent greedily (repair.h).

   It begins with the widest single action for all layers, and random assignments within the limits.
   An objective that does not add up is taken as if it did; a sample with an invalid point has no
   total and tells nothing.

   It acts on the levels, is shown totals only, and told what all are told: what any action needs.
   The root does all of it and broadcasts the proposals. */
#include "search/baselines/additive.h"
#include "confx/try.h"
#include "search/common/sound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS = 4, SAMPLES = 1 }; /* proposals of an update */
enum { CAPACITY_MAX = 600 };     /* samples that a factor is made of */

/* What travels, followed by the assignments. */
typedef struct {
    uint64_t n; /* proposals; 0: draw at random */
} additive_message_t;

static search_layout_t additive_plan(const search_setup_t *setup)
{
    const job_search_t *search = &setup->job->search;
    return (search_layout_t){.units = search->blocks ? search->blocks : UNITS,
                             .samples = search->episodes ? search->episodes : SAMPLES};
}

/* ---- opening --------------------------------------------------------------------------------- */

static void additive_close_state(void *state)
{
    additive_t *self = state;
    additive_model_close(&self->model);
    repair_close(&self->repair);
    arena_close(&self->arena);
    free(self);
}

static size_t additive_capacity_of(const search_setup_t *setup)
{
    const uint64_t samples = search_samples(setup);
    if (samples <= ADDITIVE_FOUNDERS) return ADDITIVE_FOUNDERS;
    return samples < CAPACITY_MAX ? (size_t)samples : CAPACITY_MAX;
}

static confx_status_t additive_fill(additive_t *self)
{
    problem_t *problem = self->setup.problem;
    arena_t *arena = &self->arena;
    TRY(additive_model_open(problem, self->capacity, &self->model));
    TRY(repair_open(problem, self->model.axes.cells, &self->repair));
    ARENA_TAKE(arena, self->totals, self->capacity);
    ARENA_TAKE(arena, self->assignments, self->capacity * self->indices);
    ARENA_TAKE(arena, self->proposed, self->proposals * self->indices);
    ARENA_TAKE(arena, self->scratch, self->indices);
    ARENA_TAKE(arena, self->table, additive_model_cells(&self->model));
    ARENA_TAKE(arena, self->view, additive_model_cells(&self->model));
    self->repair.cost_view = (cost_view_t){.table = self->view, .axes = &self->model.axes};
    return arena_status(arena, "%zu samples", self->capacity);
}

static size_t additive_proposed_bytes(const additive_t *self)
{
    return self->proposals * self->indices * sizeof *self->proposed;
}

static confx_status_t additive_open_state(const search_setup_t *setup, search_layout_t *layout,
                                          void **state)
{
    additive_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for an additive search");
    self->setup = *setup;
    self->samples = layout->samples;
    self->proposals = layout->units * layout->samples;
    self->layers = problem_layers(setup->problem);
    self->indices = space_cells(problem_space(setup->problem), self->layers);
    self->capacity = additive_capacity_of(setup);
    layout->publish_bytes = sizeof(additive_message_t) + additive_proposed_bytes(self);
    layout->collects = true;
    const confx_status_t status = additive_fill(self);
    if (status.code == CONFX_STATUS_OK)
        *state = self;
    else
        additive_close_state(self);
    return status;
}

/* ---- an update ------------------------------------------------------------------------------- */

static void additive_publish(void *state, void *bytes)
{
    additive_t *self = state;
    /* Until there are enough totals, or where nothing can be inferred from them, all ranks draw at
       random by themselves. */
    const additive_message_t head = {
        self->counts.n >= ADDITIVE_FOUNDERS && additive_propose(self) ? self->proposals : 0};
    memcpy(bytes, &head, sizeof head);
    memcpy((char *)bytes + sizeof head, self->proposed, additive_proposed_bytes(self));
}

static void additive_receive(void *state, const void *bytes)
{
    additive_t *self = state;
    additive_message_t head;
    memcpy(&head, bytes, sizeof head);
    self->published = head.n > 0;
    memcpy(self->proposed, (const char *)bytes + sizeof head, additive_proposed_bytes(self));
}

/* The widest action for all layers is what a user would try first; where none fits, and for all
   other samples, what is drawn. */
static void additive_begin(const additive_t *self, bool first, rng_t *rng, uint16_t *assignment)
{
    problem_t *problem = self->setup.problem;
    uint64_t widest;
    if (!first || !moves_widest(problem, &widest)) {
        moves_random(problem, rng, assignment);
        return;
    }
    for (size_t layer = 0; layer < self->layers; layer++)
        problem_put(problem, assignment, layer, space_choice_point(problem_space(problem), widest));
}

static void additive_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    const additive_t *self = state;
    for (size_t e = 0; e < batch->n; e++) {
        const bool first = update == self->setup.first_update && unit == 0 && e == 0;
        rng_t rng = rng_begin(self->setup.job->search.seed, RNG_ADDITIVE, update, unit, e);
        if (self->published)
            moves_copy(self->setup.problem, batch_assignment(batch, e),
                       additive_assignment(self, self->proposed, unit * self->samples + e));
        else
            additive_begin(self, first, &rng, batch_assignment(batch, e));
    }
}

/* ---- samples --------------------------------------------------------------------------------- */

static void additive_move_sample(additive_t *self, size_t to, size_t from)
{
    self->totals[to] = self->totals[from];
    moves_copy(self->setup.problem, additive_assignment(self, self->assignments, to),
               additive_assignment(self, self->assignments, from));
}

/* How many totals are less, or as low and earlier. */
static size_t additive_rank_of(const additive_t *self, size_t sample)
{
    const double total = self->totals[sample];
    size_t rank = 0;
    for (size_t i = 0; i < (size_t)self->counts.n; i++)
        rank += self->totals[i] < total || (i < sample && self->totals[i] == total);
    return rank;
}

/* The better half and the latest quarter stay, in their order: at least a quarter goes, and near
   the best the most is to be known. */
static void additive_thin(additive_t *self)
{
    const size_t n = (size_t)self->counts.n;
    size_t kept = 0;
    /* Ranks are taken before anything moves; the solution of the model is made anew below. */
    double *ranks = self->model.solution;
    for (size_t i = 0; i < n; i++) ranks[i] = (double)additive_rank_of(self, i);
    for (size_t i = 0; i < n; i++)
        if ((size_t)ranks[i] < n / 2 || i >= n - n / 4) additive_move_sample(self, kept++, i);
    self->counts.n = (int64_t)kept;
    /* The covariances were of other samples: the prior is sought anew. */
    self->counts.fitted = 0;
    additive_model_clear(&self->model);
}

static void additive_collect(void *state, size_t unit, const batch_t *batch)
{
    additive_t *self = state;
    (void)unit;
    for (size_t i = 0; i < batch->n; i++) {
        const double total = terms_penalised(problem_terms(self->setup.problem), &batch->scores[i]);
        if (!isfinite(total)) continue;
        if ((size_t)self->counts.n == self->capacity) additive_thin(self);
        const size_t at = (size_t)self->counts.n;
        uint16_t *assignment = additive_assignment(self, self->assignments, at);
        self->totals[at] = total;
        moves_copy(self->setup.problem, assignment, batch_assignment(batch, i));
        moves_canonical(self->setup.problem, assignment);
        self->counts.n++;
    }
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

static size_t additive_arrays(void *state, array_t *out)
{
    additive_t *self = state;
    out[0] = (array_t){"/additive/counts", ARRAY_I64, 1, {sizeof self->counts / sizeof(int64_t)},
                       &self->counts,      NULL};
    out[1] = (array_t){"/additive/totals", ARRAY_F64, 1, {self->capacity}, self->totals, NULL};
    out[2] = (array_t){"/additive/assignments",
                       ARRAY_U16,
                       3,
                       {self->capacity, self->layers, self->indices / self->layers},
                       self->assignments,
                       NULL};
    return 3;
}

/* Samples are of levels, as the model has no cells for others. */
static bool additive_is_of_levels(const additive_t *self, const uint16_t *assignment)
{
    const space_t *space = problem_space(self->setup.problem);
    if (!space_is_sound(space, self->layers, assignment)) return false;
    for (size_t i = 0; i < self->indices; i++) {
        const size_t axis = i % space_axes(space);
        const size_t level = space_level(space, axis, assignment[i]);
        if (space_level_index(space, axis, level) != assignment[i]) return false;
    }
    return true;
}

static const char *additive_check(const void *state)
{
    const additive_t *self = state;
    const additive_counts_t *counts = &self->counts;
    if (counts->n < 0 || (uint64_t)counts->n > self->capacity || counts->fitted < 0 ||
        counts->fitted > counts->n || counts->proposals < 0 ||
        !additive_is_prior(counts->share, counts->noise))
        return "/additive/counts";
    if (!sound_doubles(self->totals, (size_t)counts->n)) return "/additive/totals";
    for (size_t i = 0; i < (size_t)counts->n; i++)
        if (!additive_is_of_levels(self, additive_assignment(self, self->assignments, i)))
            return "/additive/assignments";
    return NULL;
}

const search_kind_t search_additive = {.traits = {.unrepeated = true, .sums = true, .kinds = true},
                                       .plan = additive_plan,
                                       .open = additive_open_state,
                                       .close = additive_close_state,
                                       .publish = additive_publish,
                                       .receive = additive_receive,
                                       .sample = additive_sample,
                                       .collect = additive_collect,
                                       .arrays = additive_arrays,
                                       .check = additive_check};
