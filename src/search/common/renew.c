/* New assignments in place of those that were scored: near ones at random, and where these are all
   known the next one of a walk over everything that fits the budget. The walk keeps each layer's
   actions by rising need, so it turns back where the layers to come could not have their least any
   more: of one limit, every turn it takes leads to an assignment that fits, and among as many as
   were scored and one more there is a new one, if there is any. Of several limits a turn may lead
   nowhere, and the walk gives up after so many. */
#include "search/common/moves.h"
#include "search/common/scored_parts.h"
#include "search/common/shared.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of a walk under several limits: some tenths of a second. */
enum { RENEW_TURNS_MOST = 100000 };

static double renew_doubt(const renewal_t *renewal, size_t distinct, uint64_t point)
{
    return renewal->doubt ? renewal->doubt(renewal->of, distinct, point) : 0;
}

static bool renew_invalid(const renewal_t *renewal, size_t distinct, uint64_t point)
{
    if (isinf(renew_doubt(renewal, distinct, point))) return true;
    return renewal->memory && memory_invalid(renewal->memory, distinct, point);
}

/* May it be scored: new, within the limits, and not known to be invalid? */
static bool renew_accepts(const scored_t *self, const renewal_t *renewal,
                          const uint16_t *assignment)
{
    if (!problem_fits(self->problem, assignment)) return false;
    for (size_t layer = 0; (renewal->memory || renewal->doubt) && layer < self->layers; layer++)
        if (renew_invalid(renewal, problem_distinct_of(self->problem, layer),
                          problem_point(self->problem, assignment, layer)))
            return false;
    return !scored_has(self, assignment);
}

/* ---- near ones ------------------------------------------------------------------------------- */

/* Half of the changes are one axis' step to the next of its range, the others go anywhere. */
static void renew_change_range(const space_t *space, rng_t *rng, uint16_t *action)
{
    const size_t axes = space_axes(space);
    if (rng_below(rng, 2)) {
        for (size_t axis = 0; axis < axes; axis++)
            action[axis] = (uint16_t)rng_below(rng, space_range(space, axis));
        return;
    }
    const size_t axis = rng_below(rng, axes);
    const size_t range = space_range(space, axis);
    if (space_axis(space, axis)->kind == AXIS_CATEGORICAL)
        action[axis] = (uint16_t)rng_below(rng, range);
    else if (rng_below(rng, 2))
        action[axis] = (uint16_t)(action[axis] + 1u < range ? action[axis] + 1 : action[axis]);
    else
        action[axis] = (uint16_t)(action[axis] > 0 ? action[axis] - 1 : 0);
}

/* The same of what all layers share, or else of what a layer has of its own, and into the limits.
 */
static void renew_change_shared(problem_t *problem, rng_t *rng, uint16_t *assignment, size_t layer)
{
    const space_t *space = problem_space(problem);
    const size_t axes = space_axes(space), shared = shared_axes(problem);
    const bool whole = space_own_choices(space) == 1 || rng_below(rng, 3) == 0;
    uint16_t *own = assignment + layer * axes;
    uint16_t action[SPACE_AXES];
    memcpy(action, own, axes * sizeof *action);
    renew_change_range(space, rng, action);
    /* Either what all layers share is changed, or what this one has of its own: a draw of both at
       once would hardly ever keep what is good of the one. */
    if (whole)
        shared_put(problem, action, assignment);
    else
        memcpy(own + shared, action + shared, (axes - shared) * sizeof *own);
    shared_settle(problem, rng, SPACE_INTEGERS, assignment);
}

/* The most doubt that a try may be in: the longer nothing is found the more. */
static double renew_most_doubt(int try)
{
    static const double hardly = 0.02;
    static const double somewhat = 0.2;
    return try < 384 ? hardly : try < 768 ? somewhat : INFINITY;
}

/* A change of one layer is asked to show an action of it that nobody has seen, as long as tries are
   left for others. */
static bool renew_near(scored_t *self, const renewal_t *renewal, rng_t *rng, uint16_t *assignment)
{
    enum { ASKING = 16, TRIES = 32, DOUBTED_TRIES = 1024 };
    int passed = 0;
    const space_t *space = problem_space(self->problem);
    uint16_t *tried = self->scratch;
    /* Where actions are doubted the walk, which knows of no doubts, is the last resort. */
    for (int i = 0; i < (passed > 0 ? DOUBTED_TRIES : TRIES); i++) {
        const size_t layer = rng_below(rng, self->layers);
        const size_t distinct = problem_distinct_of(self->problem, layer);
        moves_copy(self->problem, tried, assignment);
        if (renewal->part == SPACE_INTEGERS && shared_axes(self->problem))
            renew_change_shared(self->problem, rng, tried, layer);
        else if (renewal->part == SPACE_INTEGERS)
            renew_change_range(space, rng, tried + layer * space_axes(space));
        else
            moves_change(self->problem, rng, 0.5, tried, layer);
        /* The first tries insist on something that was never seen: a sample that tells nothing of
           any point only says once more what is known. */
        if (i < ASKING && renewal->memory &&
            memory_seen(renewal->memory, distinct, problem_point(self->problem, tried, layer)))
            continue;
        if (renew_doubt(renewal, distinct, problem_point(self->problem, tried, layer)) >
            renew_most_doubt(i)) {
            passed++;
            continue;
        }
        if (!renew_accepts(self, renewal, tried)) continue;
        moves_copy(self->problem, assignment, tried);
        return true;
    }
    return false;
}

/* ---- the walk -------------------------------------------------------------------------------- */

/* Actions with other values of the shared axes never stand beside each other in an assignment: the
   options of a kind lie in as many blocks as there are such values, and a walk is within one block
   at a time. Where nothing is shared there is one block. */
static size_t renew_block(const scored_t *self, space_part_t part)
{
    const space_t *space = problem_space(self->problem);
    return (size_t)(part == SPACE_INTEGERS ? space_own_points(space) : space_own_choices(space));
}

static int renew_by_need(const void *a, const void *b)
{
    const scored_option_t *one = a;
    const scored_option_t *other = b;
    if (one->need != other->need) return one->need < other->need ? -1 : 1;
    return one->point < other->point ? -1 : one->point > other->point;
}

static const scored_option_t *renew_options(const scored_t *self, size_t distinct)
{
    return self->order + distinct * self->options;
}

/* False: the part has more actions than there is room for. */
static bool renew_sort(scored_t *self, space_part_t part)
{
    problem_t *problem = self->problem;
    const space_t *space = problem_space(problem);
    const uint64_t options_n = part == SPACE_INTEGERS ? space_points(space) : space_choices(space);
    if (options_n > self->room) return false;
    if (self->walked == (int)part) return true;
    /* The orders over levels and over whole ranges take turns in the same memory; `walked` says
       which of them it holds. */
    self->walked = (int)part;
    self->options = (size_t)options_n;
    for (size_t d = 0; d < problem_distinct(problem); d++) {
        scored_option_t *options = self->order + d * self->options;
        for (size_t i = 0; i < self->options; i++) {
            const uint64_t point = part == SPACE_INTEGERS ? i : space_choice_point(space, i);
            /* Of points that mean the same to the layer one is an option, and the others lie behind
               all that are, as illegal ones do, whose need is infinite. */
            const bool canonical = space_canonical(space, d, point) == point;
            options[i] =
                (scored_option_t){canonical ? problem_need(problem, d, point) : INFINITY, point};
        }
        const size_t block = renew_block(self, part);
        for (size_t i = 0; i < self->options; i += block)
            qsort(options + i, block, sizeof *options, renew_by_need);
    }
    return true;
}

/* The first option from `at` on that is one, and is not known to be invalid. */
static size_t renew_valid(const scored_t *self, const renewal_t *renewal, size_t distinct,
                          size_t at)
{
    const scored_option_t *options = renew_options(self, distinct);
    while (at < self->end &&
           (isinf(options[at].need) || renew_invalid(renewal, distinct, options[at].point)))
        at++;
    return at;
}

static need_t renew_needs(const scored_t *self, size_t distinct, size_t option)
{
    const scored_option_t *at = renew_options(self, distinct) + option;
    if (self->is_single) return (need_t){{at->need}, 0};
    return problem_needs(self->problem, distinct, at->point);
}

/* The least that a kind of layer needs, constraint by constraint: a bound where there are several,
   as no option needs be the least of all. */
static need_t renew_least_needs(const scored_t *self, const renewal_t *renewal, size_t distinct)
{
    need_t least = renew_needs(self, distinct, self->least[distinct]);
    for (size_t option = self->least[distinct] + 1; !self->is_single && option < self->end;
         option++) {
        const scored_option_t *at = renew_options(self, distinct) + option;
        if (isinf(at->need) || renew_invalid(renewal, distinct, at->point)) continue;
        const need_t needs = renew_needs(self, distinct, option);
        for (size_t i = 0; i < TERMS_MAX; i++) least.of[i] = fmin(least.of[i], needs.of[i]);
    }
    return least;
}

/* The least that the layers need from each on, within a block. False: of one of them nothing is
   left. */
static bool renew_measure_block(scored_t *self, const renewal_t *renewal, size_t block)
{
    self->begin = block * renew_block(self, renewal->part);
    self->end = self->begin + renew_block(self, renewal->part);
    assert(self->begin < self->end && self->end <= self->options);
    for (size_t d = 0; d < problem_distinct(self->problem); d++) {
        self->least[d] = renew_valid(self, renewal, d, self->begin);
        if (self->least[d] == self->end) return false;
        self->least_needs[d] = renew_least_needs(self, renewal, d);
    }
    /* rest[layer] is what that layer and those behind it need at the least: with it a walk sees a
       dead end before it goes there. */
    self->sum[0] = self->rest[self->layers] = (need_t){{0}, 0};
    for (size_t layer = self->layers; layer-- > 0;) {
        self->rest[layer] = self->rest[layer + 1];
        need_add(&self->rest[layer], &self->least_needs[problem_distinct_of(self->problem, layer)]);
    }
    return terms_fits(problem_terms(self->problem), &self->rest[0]);
}

static void renew_set(scored_t *self, size_t layer, size_t option, const need_t *needs)
{
    self->at[layer] = option;
    self->sum[layer + 1] = self->sum[layer];
    need_add(&self->sum[layer + 1], needs);
}

/* The layer takes an option if those behind it can still have their least. */
static bool renew_take(scored_t *self, size_t layer, size_t option)
{
    const size_t d = problem_distinct_of(self->problem, layer);
    if (option == self->end || isinf(renew_options(self, d)[option].need)) return false;
    const need_t needs = renew_needs(self, d, option);
    need_t whole = self->sum[layer];
    need_add(&whole, &needs);
    need_add(&whole, &self->rest[layer + 1]);
    if (!terms_fits(problem_terms(self->problem), &whole)) return false;
    renew_set(self, layer, option, &needs);
    return true;
}

static void renew_take_least(scored_t *self, size_t from)
{
    for (size_t layer = from; layer < self->layers; layer++) {
        const size_t d = problem_distinct_of(self->problem, layer);
        const need_t needs = renew_needs(self, d, self->least[d]);
        renew_set(self, layer, self->least[d], &needs);
    }
}

/* The next option of a layer that it can take. Options lie by rising need: of one limit none behind
   the first one that does not fit does. */
static bool renew_take_next(scored_t *self, const renewal_t *renewal, size_t layer)
{
    const size_t d = problem_distinct_of(self->problem, layer);
    for (size_t option = self->at[layer]; option < self->end;) {
        option = renew_valid(self, renewal, d, option + 1);
        if (renew_take(self, layer, option)) return true;
        if (self->is_single) return false;
    }
    return false;
}

static bool renew_step(scored_t *self, const renewal_t *renewal)
{
    for (size_t layer = self->layers; layer-- > 0;) {
        /* As an odometer does: the last layer that can take a further option takes it, and all
           behind it go back to their least. */
        if (!renew_take_next(self, renewal, layer)) continue;
        renew_take_least(self, layer + 1);
        return true;
    }
    return false;
}

/* Somewhere to begin: in turn each layer takes any option that leaves the others their least. */
static void renew_start(scored_t *self, const renewal_t *renewal, rng_t *rng)
{
    for (size_t layer = 0; layer < self->layers; layer++) {
        const size_t d = problem_distinct_of(self->problem, layer);
        /* Options lie by rising need, so that all that fit come before `fitting`. What renew_take
           notes of each of them is overwritten by the option that is drawn. */
        size_t fitting = self->least[d];
        while (fitting < self->end && renew_take(self, layer, fitting)) fitting++;
        const size_t n = fitting - self->begin;
        const size_t drawn = self->begin + rng_below(rng, n > 0 ? n : 1);
        const size_t option = renew_valid(self, renewal, d, drawn);
        if (!renew_take(self, layer, option)) renew_take_least(self, layer);
    }
}

/* The assignment that the walk is at. */
static void renew_write(const scored_t *self, uint16_t *assignment)
{
    for (size_t layer = 0; layer < self->layers; layer++) {
        const size_t d = problem_distinct_of(self->problem, layer);
        problem_put(self->problem, assignment, layer,
                    renew_options(self, d)[self->at[layer]].point);
    }
}

static bool renew_is_new(scored_t *self, const renewal_t *renewal)
{
    renew_write(self, self->scratch);
    return renew_accepts(self, renewal, self->scratch);
}

typedef enum { RENEW_FOUND, RENEW_NONE_LEFT, RENEW_GAVE_UP } renew_walk_t;

/* From somewhere in a block on to its end, and from its beginning. */
static renew_walk_t renew_walk_block(scored_t *self, const renewal_t *renewal, rng_t *rng,
                                     size_t block, uint16_t *assignment)
{
    if (!renew_measure_block(self, renewal, block)) return RENEW_NONE_LEFT;
    size_t turns = 0;
    renew_start(self, renewal, rng);
    for (int round = 0; round < 2; round++) {
        do {
            if (!self->is_single && ++turns > RENEW_TURNS_MOST) return RENEW_GAVE_UP;
            if (!renew_is_new(self, renewal)) continue;
            moves_copy(self->problem, assignment, self->scratch);
            return RENEW_FOUND;
        } while (renew_step(self, renewal));
        renew_take_least(self, 0);
    }
    return RENEW_NONE_LEFT;
}

/* Block after block, from some one on. */
static renew_walk_t renew_walk(scored_t *self, const renewal_t *renewal, rng_t *rng,
                               uint16_t *assignment)
{
    if (!renew_sort(self, renewal->part)) return RENEW_GAVE_UP;
    const size_t blocks = self->options / renew_block(self, renewal->part);
    const size_t start = blocks > 1 ? rng_below(rng, blocks) : 0;
    renew_walk_t all = RENEW_NONE_LEFT;
    for (size_t i = 0; i < blocks; i++) {
        const renew_walk_t found =
            renew_walk_block(self, renewal, rng, (start + i) % blocks, assignment);
        if (found == RENEW_FOUND) return found;
        if (found == RENEW_GAVE_UP) all = found;
    }
    return all;
}

/* Where nothing new is left, an assignment that exceeds the limits gives way to where the walk
   begins: a sample that comes again is at least within them. */
static void renew_keep_within(scored_t *self, const renewal_t *renewal, uint16_t *assignment)
{
    if (problem_fits(self->problem, assignment) || !renew_sort(self, renewal->part)) return;
    const size_t blocks = self->options / renew_block(self, renewal->part);
    for (size_t block = 0; block < blocks; block++) {
        if (!renew_measure_block(self, renewal, block)) continue;
        renew_take_least(self, 0);
        renew_write(self, assignment);
        return;
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

void scored_renew(scored_t *self, const renewal_t *renewal, size_t n, uint16_t *assignments)
{
    const size_t cells = space_cells(problem_space(self->problem), self->layers);
    bool *exhausted = &self->exhausted[renewal->part];
    /* What the walk finds left is a fact of the space, which a run that was resumed finds, too: it
       must not depend on beliefs. */
    renewal_t facts = *renewal;
    facts.doubt = NULL;
    for (size_t i = 0; i < n; i++) {
        uint16_t *assignment = assignments + i * cells;
        /* Random numbers are keyed by the number of the assignment, so that all ranks replace it
           alike. */
        rng_t rng = rng_begin(renewal->seed, RNG_RENEW, renewal->update, i, 0);
        if (!*exhausted && !renew_accepts(self, renewal, assignment) &&
            !renew_near(self, renewal, &rng, assignment))
            *exhausted = renew_walk(self, &facts, &rng, assignment) == RENEW_NONE_LEFT;
        /* Where nothing new is left the assignment stays as it was, and is scored once more. */
        if (*exhausted) renew_keep_within(self, &facts, assignment);
        scored_add(self, scored_key(self, assignment));
    }
}

/* New ones of a block, up to `wanted`; as many where the walk would take too long. */
static size_t renew_count_block(scored_t *self, const renewal_t *renewal, size_t block,
                                size_t wanted)
{
    size_t left = 0;
    size_t turns = 0;
    if (!renew_measure_block(self, renewal, block)) return 0;
    renew_take_least(self, 0);
    do {
        /* Not known to be none: then as many as are asked for are taken to be left, and a search
           goes on. */
        if (!self->is_single && ++turns > RENEW_TURNS_MOST) return wanted;
        left += renew_is_new(self, renewal);
    } while (left < wanted && renew_step(self, renewal));
    return left;
}

/* Are as many left over a part, by the walk that counts them? A part too large for the walk has
   them. */
static bool renew_counts(scored_t *self, const renewal_t *renewal, size_t wanted)
{
    if (self->exhausted[renewal->part]) return false;
    if (!renew_sort(self, renewal->part)) return true;
    const size_t blocks = self->options / renew_block(self, renewal->part);
    size_t left = 0;
    for (size_t block = 0; block < blocks && left < wanted; block++)
        left += renew_count_block(self, renewal, block, wanted - left);
    return left >= wanted;
}

/* The levels are in the ranges too, and few: as many left among them are as many among the whole
   ranges, whose order, of all points by their needs, is then spared. Once it is there, it serves as
   well. */
bool scored_leaves(scored_t *self, const renewal_t *renewal, size_t wanted)
{
    renewal_t levels = *renewal;
    levels.part = SPACE_LEVELS;
    if (renewal->part == SPACE_INTEGERS && !self->exhausted[SPACE_INTEGERS] &&
        self->walked != SPACE_INTEGERS && renew_counts(self, &levels, wanted))
        return true;
    return renew_counts(self, renewal, wanted);
}

bool scored_exhausted(const scored_t *self, space_part_t part)
{
    return self->exhausted[part];
}
