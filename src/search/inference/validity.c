#include "search/inference/validity.h"
#include "confx/try.h"
#include "search/common/sound.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* The budget of doubt: at first, and within what it stays. */
static const double budget_first = 0.3;
static const double budget_least = 1e-4;
static const double budget_most = 3;

confx_status_t validity_open(const problem_t *problem, const table_axes_t *axes, size_t capacity,
                             validity_t *validity)
{
    const size_t layers = problem_layers(problem);
    const size_t distinct = problem_distinct(problem);
    const size_t pairs = distinct * axes->cells;
    *validity = (validity_t){
        .problem = problem, .axes = axes, .layers = layers, .pairs = pairs, .capacity = capacity};
    validity->state.budget = budget_first;
    arena_t *arena = &validity->arena;
    ARENA_TAKE(arena, validity->states, pairs);
    ARENA_TAKE(arena, validity->suspects, capacity * layers);
    ARENA_TAKE(arena, validity->unlike, pairs);
    ARENA_TAKE(arena, validity->chance, pairs);
    ARENA_TAKE(arena, validity->evidence, pairs);
    ARENA_TAKE(arena, validity->extra, pairs);
    ARENA_TAKE(arena, validity->weights, capacity);
    ARENA_TAKE(arena, validity->messages, capacity * layers);
    ARENA_TAKE(arena, validity->sample, layers);
    confx_status_t status = arena_status(arena, "which of %zu actions are invalid", pairs);
    if (status.code == CONFX_STATUS_OK) status = likeness_open(distinct, axes, &validity->likeness);
    if (status.code != CONFX_STATUS_OK) validity_close(validity);
    return status;
}

void validity_close(validity_t *validity)
{
    likeness_close(&validity->likeness);
    arena_close(&validity->arena);
    *validity = (validity_t){.problem = NULL};
}

/* ---- pairs ----------------------------------------------------------------------------------- */

/* Actions that mean the same to a layer are one pair; one between two indices of the axes belongs
   to the lower one. */
static uint32_t validity_pair(const validity_t *self, size_t distinct, uint64_t point)
{
    const space_t *space = self->axes->space;
    uint16_t action[SPACE_AXES] = {0};
    size_t pair = distinct;
    space_action(space, space_canonical(space, distinct, point), action);
    for (size_t axis = 0; axis < space_axes(space); axis++)
        pair = pair * self->axes->n[axis] + self->axes->place[axis][action[axis]];
    assert(pair < self->pairs);
    return (uint32_t)pair;
}

static size_t validity_kept(const validity_t *self)
{
    return (size_t)self->state.n;
}

static uint32_t *validity_suspects(const validity_t *self, size_t i)
{
    return self->suspects + i * self->layers;
}

/* Into a list that rises, once; the list has room for every layer's. */
static void validity_insert(uint32_t *list, size_t layers, uint32_t pair)
{
    size_t at = 0;
    while (list[at] < pair) at++;
    if (list[at] == pair) return;
    memmove(list + at + 1, list + at, (layers - at - 1) * sizeof *list);
    list[at] = pair;
}

/* ---- what follows for certain ---------------------------------------------------------------- */

/* The suspects of a sample that are still open; false: it needs no explanation any more, as one of
   them is convicted, or cannot be explained, as all are proven (a model that fails at times). */
static bool validity_review(validity_t *self, uint32_t *suspects)
{
    size_t left = 0;
    for (size_t i = 0; i < self->layers && suspects[i] != NOISY_OR_NONE; i++) {
        if (self->states[suspects[i]] == PAIR_CONVICTED) return false;
        if (self->states[suspects[i]] == PAIR_OPEN) suspects[left++] = suspects[i];
    }
    for (size_t i = left; i < self->layers; i++) suspects[i] = NOISY_OR_NONE;
    /* The only suspect that is left has done it. */
    if (left == 1) self->states[suspects[0]] = PAIR_CONVICTED;
    return left > 1;
}

static size_t validity_review_all(validity_t *self)
{
    size_t left = 0;
    for (size_t i = 0; i < validity_kept(self); i++) {
        if (!validity_review(self, validity_suspects(self, i))) continue;
        memmove(validity_suspects(self, left), validity_suspects(self, i),
                self->layers * sizeof *self->suspects);
        left++;
    }
    const size_t gone = validity_kept(self) - left;
    self->state.n = (double)left;
    return gone;
}

/* What goes may have convicted one, which explains others before it, but leaves none with fewer
   suspects. */
static void validity_settle(validity_t *self)
{
    while (validity_review_all(self) > 0)
        ;
}

static void validity_accuse(validity_t *self, const uint32_t *suspects)
{
    if (validity_kept(self) == self->capacity) {
        memmove(self->suspects, validity_suspects(self, 1),
                (self->capacity - 1) * self->layers * sizeof *self->suspects);
        self->state.n -= 1;
    }
    memcpy(validity_suspects(self, validity_kept(self)), suspects, self->layers * sizeof *suspects);
    self->state.n += 1;
}

/* Each sample moves the budget, down where it was invalid, and so much less up where it was valid
   that it stands still at the share wanted, however well the chances are estimated (as step sizes
   are adapted by their successes; Rechenberg 1973). The first samples may cost more: they teach
   most. */
static void validity_adapt_budget(validity_t *self, bool valid)
{
    static const double rate = 0.3;
    static const double share = 0.05;
    static const double share_first = 0.2;
    static const double samples_first = 100;
    const double samples = self->state.valid + self->state.invalid;
    const double wanted = share + (share_first - share) * exp(-samples / samples_first);
    if (self->state.valid == 0) return;
    const double budget = self->state.budget * exp(rate * (wanted - !valid));
    self->state.budget = fmax(budget_least, fmin(budget, budget_most));
}

static void validity_take(validity_t *self, const uint16_t *assignment, bool valid)
{
    for (size_t layer = 0; layer < self->layers; layer++) self->sample[layer] = NOISY_OR_NONE;
    for (size_t layer = 0; layer < self->layers; layer++) {
        const size_t distinct = problem_distinct_of(self->problem, layer);
        const uint32_t pair =
            validity_pair(self, distinct, problem_point(self->problem, assignment, layer));
        if (valid)
            self->states[pair] = PAIR_PROVEN;
        else
            validity_insert(self->sample, self->layers, pair);
    }
    validity_adapt_budget(self, valid);
    if (valid) {
        self->state.valid += 1;
        return;
    }
    self->state.invalid += 1;
    if (validity_review(self, self->sample)) validity_accuse(self, self->sample);
}

/* What is proven by any of the samples counts for all of them, whatever their order. */
void validity_add(validity_t *validity, const batch_t *batch)
{
    for (int valid = 1; valid >= 0; valid--)
        for (size_t e = 0; e < batch->n; e++)
            if (valid == !isnan(batch->scores[e].objectives[0]))
                validity_take(validity, batch_assignment(batch, e), valid);
    validity_settle(validity);
}

void validity_inherit(validity_t *validity, const validity_t *other)
{
    const size_t cells = other->axes->cells;
    for (size_t i = 0; i < other->pairs; i++) {
        if (other->states[i] == PAIR_OPEN) continue;
        /* The other one may be on other axes, as levels are to whole ranges: pairs are the same by
           their points. */
        const uint64_t point = table_axes_point(other->axes, i % cells);
        validity->states[validity_pair(validity, i / cells, point)] = other->states[i];
    }
    for (size_t i = 0; i < validity_kept(other); i++) {
        const uint32_t *theirs = validity_suspects(other, i);
        uint32_t *mine = validity->sample;
        for (size_t at = 0; at < validity->layers; at++) mine[at] = NOISY_OR_NONE;
        for (size_t at = 0; at < other->layers && theirs[at] != NOISY_OR_NONE; at++)
            validity_insert(mine, validity->layers,
                            validity_pair(validity, theirs[at] / cells,
                                          table_axes_point(other->axes, theirs[at] % cells)));
        validity_accuse(validity, mine);
    }
    validity->state.valid = other->state.valid;
    validity->state.invalid = other->state.invalid;
    validity->state.budget = other->state.budget;
    validity_settle(validity);
}

/* ---- chances --------------------------------------------------------------------------------- */

/* How many suspects two samples share beyond one, of as many as they could: lists that rise. */
static double validity_overlap(const validity_t *self, const uint32_t *one, const uint32_t *other)
{
    size_t shared = 0;
    size_t i = 0;
    size_t j = 0;
    while (i < self->layers && j < self->layers && one[i] != NOISY_OR_NONE &&
           other[j] != NOISY_OR_NONE) {
        shared += one[i] == other[j];
        const bool first = one[i] <= other[j];
        j += other[j] <= one[i];
        i += first;
    }
    while (i < self->layers && one[i] != NOISY_OR_NONE) i++;
    while (j < self->layers && other[j] != NOISY_OR_NONE) j++;
    return shared > 1 ? (double)(shared - 1) / (double)(i + j - shared - 1) : 0;
}

/* Samples of one update may share most of their suspects, and beliefs passed between them would
   grow by each other's echo: so many alike count as one. */
static void validity_weigh_samples(validity_t *self)
{
    const size_t n = validity_kept(self);
    for (size_t i = 0; i < n; i++) self->weights[i] = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            const double overlap =
                validity_overlap(self, validity_suspects(self, i), validity_suspects(self, j));
            self->weights[i] += overlap;
            self->weights[j] += overlap;
        }
    for (size_t i = 0; i < n; i++) self->weights[i] = 1 / self->weights[i];
}

/* Evidence of suspects, whose chances are known, from none on. */
static void validity_infer(validity_t *self)
{
    const noisy_or_t sets = {validity_kept(self), self->layers, self->suspects, self->weights,
                             self->messages};
    for (size_t i = 0; i < sets.sets * sets.width; i++)
        if (self->suspects[i] != NOISY_OR_NONE) self->evidence[self->suspects[i]] = 0;
    noisy_or_infer(&sets, self->chance, self->evidence);
}

/* By how much each suspect's chance is above what likeness says of it, which like ones then count
   as so much of an invalid one. */
static void validity_suspect(validity_t *self)
{
    validity_infer(self);
    for (size_t i = 0; i < validity_kept(self) * self->layers; i++) {
        const uint32_t pair = self->suspects[i];
        if (pair == NOISY_OR_NONE) continue;
        const double before = (double)self->chance[pair];
        const double chance = noisy_or_chance(before, self->evidence[pair]);
        self->extra[pair] = (float)fmax(chance - before, 0);
    }
}

/* What likeness says of all pairs takes far longer than the rest, and changes little by one more
   pair among many: it is asked again when so many times as much is known. Invalid samples say more
   than valid ones. */
static bool validity_asks_likeness(validity_t *self)
{
    static const double growth = 1.25;
    static const double growth_invalid = 1.05;
    size_t known = 0;
    for (size_t i = 0; i < self->pairs; i++) known += self->states[i] != PAIR_OPEN;
    if ((double)known <= growth * self->state.known_then &&
        self->state.invalid <= growth_invalid * self->state.invalid_then)
        return false;
    self->state.known_then = (double)known;
    self->state.invalid_then = self->state.invalid;
    return true;
}

/* Likeness and suspicion depend on each other: first without suspicion, then with what likeness
   alone makes of the invalid samples. */
static void validity_ask_likeness(validity_t *self)
{
    static const float most = 1 - 1e-6F; /* only what is convicted is invalid for sure */
    likeness_foretell(&self->likeness, self->states, self->extra, self->chance);
    validity_suspect(self);
    likeness_foretell(&self->likeness, self->states, self->extra, self->chance);
    for (size_t i = 0; i < self->pairs; i++)
        self->unlike[i] = -log1pf(-fminf(self->chance[i], most));
}

void validity_weigh(validity_t *validity, float *doubt)
{
    validity_weigh_samples(validity);
    if (validity_asks_likeness(validity)) validity_ask_likeness(validity);
    const size_t suspects = validity_kept(validity) * validity->layers;
    /* Chances of suspects are those that a checkpoint keeps, whether just inferred or not. */
    for (size_t i = 0; i < suspects; i++)
        if (validity->suspects[i] != NOISY_OR_NONE)
            validity->chance[validity->suspects[i]] =
                -expm1f(-validity->unlike[validity->suspects[i]]);
    validity_infer(validity);
    for (size_t i = 0; i < validity->pairs; i++)
        doubt[i] = validity->states[i] == PAIR_PROVEN      ? 0
                   : validity->states[i] == PAIR_CONVICTED ? INFINITY
                                                           : validity->unlike[i];
    for (size_t i = 0; i < suspects; i++) {
        const uint32_t pair = validity->suspects[i];
        if (pair == NOISY_OR_NONE) continue;
        if (validity->evidence[pair] > 0)
            doubt[pair] = (float)-log1p(
                -noisy_or_chance((double)validity->chance[pair], validity->evidence[pair]));
        validity->extra[pair] = 0;
    }
    for (size_t i = 0; i < suspects; i++)
        if (validity->suspects[i] != NOISY_OR_NONE) validity->evidence[validity->suspects[i]] = 0;
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

size_t validity_arrays(validity_t *validity, array_t out[VALIDITY_ARRAYS])
{
    const size_t state = sizeof validity->state / sizeof(double);
    out[0] = (array_t){"/validity/states", ARRAY_U8, 1, {validity->pairs}, validity->states, NULL};
    out[1] = (array_t){"/validity/suspects", ARRAY_U32, 2, {validity->capacity, validity->layers},
                       validity->suspects,   NULL};
    out[2] = (array_t){"/validity/state", ARRAY_F64, 1, {state}, &validity->state, NULL};
    out[3] = (array_t){"/validity/unlike", ARRAY_F32, 1, {validity->pairs}, validity->unlike, NULL};
    return VALIDITY_ARRAYS;
}

/* At least two open pairs, rising, and nothing behind them. */
static bool validity_is_list(const validity_t *self, const uint32_t *suspects)
{
    size_t n = 0;
    for (; n < self->layers && suspects[n] != NOISY_OR_NONE; n++)
        if (suspects[n] >= self->pairs || (n > 0 && suspects[n] <= suspects[n - 1])) return false;
    for (size_t i = n; i < self->layers; i++)
        if (suspects[i] != NOISY_OR_NONE) return false;
    return n > 1;
}

const char *validity_check(const validity_t *validity)
{
    if (!sound_count(validity->state.n, (double)validity->capacity) ||
        !sound_count(validity->state.valid, sound_count_most) ||
        !sound_count(validity->state.invalid, sound_count_most) ||
        !sound_count(validity->state.known_then, (double)validity->pairs) ||
        !sound_count(validity->state.invalid_then, validity->state.invalid) ||
        !(validity->state.budget >= budget_least && validity->state.budget <= budget_most))
        return "/validity/state";
    for (size_t i = 0; i < validity->pairs; i++)
        if (validity->states[i] >= PAIR_STATES) return "/validity/states";
    for (size_t i = 0; i < validity->pairs; i++)
        if (!(validity->unlike[i] >= 0 && isfinite(validity->unlike[i]))) return "/validity/unlike";
    for (size_t i = 0; i < validity_kept(validity); i++)
        if (!validity_is_list(validity, validity_suspects(validity, i)))
            return "/validity/suspects";
    return NULL;
}
