#include "search/common/moves.h"
#include "search/common/shared.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void moves_copy(const problem_t *problem, uint16_t *to, const uint16_t *from)
{
    space_copy(problem_space(problem), problem_layers(problem), to, from);
}

void moves_canonical(const problem_t *problem, uint16_t *assignment)
{
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        problem_put(problem, assignment, layer,
                    space_canonical(problem_space(problem), problem_distinct_of(problem, layer),
                                    problem_point(problem, assignment, layer)));
}

double moves_weight(problem_t *problem, const uint16_t *assignment)
{
    const need_t needs = problem_assignment_needs(problem, assignment);
    return terms_weight(problem_terms(problem), &needs);
}

size_t moves_other_axis(const space_t *space, rng_t *rng)
{
    const size_t axes = space_axes(space);
    assert(axes > 0);
    if (axes < 3) return axes - 1;
    return 1 + rng_below(rng, axes - 1);
}

/* ---- one action for all ---------------------------------------------------------------------- */

need_t moves_uniform_needs(problem_t *problem, uint64_t point)
{
    need_t sum = {{0}, 0};
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const need_t need = problem_needs(problem, problem_distinct_of(problem, layer), point);
        need_add(&sum, &need);
    }
    return sum;
}

bool moves_widest(problem_t *problem, uint64_t *choice)
{
    const space_t *space = problem_space(problem);
    const terms_t *terms = problem_terms(problem);
    double most = -1;
    for (uint64_t i = 0; i < space_choices(space); i++) {
        const need_t needs = moves_uniform_needs(problem, space_choice_point(space, i));
        const double weight = terms_weight(terms, &needs);
        /* Of the uniform assignments that fit, the one that takes most; of equals the last. */
        if (!terms_fits(terms, &needs) || weight < most) continue;
        most = weight;
        *choice = i;
    }
    return most >= 0;
}

static uint64_t moves_level_point(const space_t *space, rng_t *rng)
{
    uint16_t action[SPACE_AXES];
    for (size_t axis = 0; axis < space_axes(space); axis++)
        action[axis] = space_level_index(space, axis, rng_below(rng, space_levels(space, axis)));
    return space_point(space, action);
}

/* ---- into the limits ------------------------------------------------------------------------- */

/* What a need takes of the limits that `sum` exceeds, each in proportion to itself; infinite where
   the action is illegal. */
static double moves_takes(const terms_t *terms, const need_t *sum, const need_t *need)
{
    double takes = 0;
    if (need->illegal) return INFINITY;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        if (terms_fits_one(terms, i, sum)) continue;
        /* Of a maximum the need counts the layers beyond it: each is too many by itself. */
        const term_t *term = &terms->constraints[i];
        const bool scaled = term->aggregate == AGGREGATE_SUM && term->limit > 0;
        takes += scaled ? need->of[i] / term->limit : need->of[i];
    }
    return takes;
}

/* One layer on its way down: what it has, and what this takes of the limits exceeded by `sum`. */
typedef struct {
    problem_t *problem;
    uint16_t *action;
    size_t distinct;
    need_t sum; /* of the assignment when the pass over its layers began */
    need_t need;
    double takes, weight;
} moves_layer_t;

static moves_layer_t moves_layer(problem_t *problem, const need_t *sum, uint16_t *assignment,
                                 size_t layer)
{
    moves_layer_t self = {.problem = problem,
                          .action = assignment + layer * moves_axes(problem),
                          .distinct = problem_distinct_of(problem, layer),
                          .sum = *sum};
    self.need = problem_needs(problem, self.distinct, problem_point(problem, assignment, layer));
    self.takes = moves_takes(problem_terms(problem), sum, &self.need);
    self.weight = terms_weight(problem_terms(problem), &self.need);
    return self;
}

/* What the action takes as it is now, where that is a step down: less of the limits exceeded, and
   less of all together, so that no two limits can send a layer to and fro. Otherwise infinite. */
static double moves_takes_less(const moves_layer_t *self)
{
    const terms_t *terms = problem_terms(self->problem);
    const uint64_t point = space_point(problem_space(self->problem), self->action);
    const need_t need = problem_needs(self->problem, self->distinct, point);
    const double takes = moves_takes(terms, &self->sum, &need);
    return takes < self->takes && terms_weight(terms, &need) < self->weight ? takes : INFINITY;
}

/* One axis down to the next level that takes less, or of an axis without order to the value that
   takes the most of those that take less. What it takes then; infinite: there is none. */
static double moves_axis_down(const moves_layer_t *self, size_t axis)
{
    const space_t *space = problem_space(self->problem);
    const bool ordered = space_axis(space, axis)->kind == AXIS_ORDINAL;
    uint16_t *index = &self->action[axis];
    uint16_t best = *index;
    double most = -1;
    size_t level = ordered ? space_level(space, axis, *index) : space_levels(space, axis);
    while (level > 0 && !(ordered && most >= 0)) {
        *index = space_level_index(space, axis, --level);
        const double takes = moves_takes_less(self);
        if (isinf(takes) || takes <= most) continue;
        most = takes;
        best = *index;
    }
    *index = best;
    return most >= 0 ? most : INFINITY;
}

/* The step down along one axis that gives back the most, or where illegal actions are in the way to
   the least there is. An axis has no rank by which it would come first. */
static bool moves_layer_down(const moves_layer_t *self, rng_t *rng)
{
    const space_t *space = problem_space(self->problem);
    const size_t axes = space_axes(space);
    const size_t bytes = axes * sizeof *self->action;
    uint16_t before[SPACE_AXES], best[SPACE_AXES];
    double least = INFINITY;
    memcpy(before, self->action, bytes);
    const size_t first = rng_below(rng, axes); /* of equal steps any may be the first */
    for (size_t i = 0; i < axes; i++) {
        const double takes = moves_axis_down(self, (first + i) % axes);
        if (takes < least) {
            least = takes;
            memcpy(best, self->action, bytes);
        }
        memcpy(self->action, before, bytes);
    }
    /* No single step is one down: then the layer takes its least, if that is. */
    if (isinf(least)) {
        space_action(space, problem_least_point(self->problem, self->distinct), best);
        memcpy(self->action, best, bytes);
        least = moves_takes_less(self);
    }
    memcpy(self->action, isinf(least) ? before : best, bytes);
    return !isinf(least);
}

/* Layers that take more than `most` go down a step, until the assignment fits. Returns the most
   that layers take which may yet go further down, 0: none may. */
static double moves_pass_down(problem_t *problem, rng_t *rng, double most, need_t *sum,
                              uint16_t *assignment)
{
    const size_t layers = problem_layers(problem);
    const need_t before = *sum;
    double next = 0;
    /* From a random layer on: the last pass ends amid the layers, and none is favoured. */
    const size_t start = rng_below(rng, layers);
    for (size_t i = 0; i < layers && !terms_fits(problem_terms(problem), sum); i++) {
        const size_t layer = (start + i) % layers;
        const moves_layer_t self = moves_layer(problem, &before, assignment, layer);
        if (self.takes <= most) {
            next = fmax(next, self.takes);
            continue;
        }
        if (!moves_layer_down(&self, rng)) continue;
        const moves_layer_t after = moves_layer(problem, &before, assignment, layer);
        *sum = need_change(sum, &self.need, &after.need);
        next = fmax(next, after.takes);
    }
    return next;
}

/* Are the same limits exceeded? */
static bool moves_exceed_alike(const terms_t *terms, const need_t *one, const need_t *other)
{
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (terms_fits_one(terms, i, one) != terms_fits_one(terms, i, other)) return false;
    return true;
}

/* Several limits may leave no step that lessens what is exceeded and weighs less: then layers take
   the least there is, one after the other, until the assignment fits. */
static void moves_least(problem_t *problem, rng_t *rng, need_t *sum, uint16_t *assignment)
{
    const size_t layers = problem_layers(problem);
    const size_t start = rng_below(rng, layers);
    for (size_t i = 0; i < layers && !terms_fits(problem_terms(problem), sum); i++) {
        const size_t layer = (start + i) % layers;
        const moves_layer_t self = moves_layer(problem, sum, assignment, layer);
        problem_put(problem, assignment, layer, problem_least_point(problem, self.distinct));
        const moves_layer_t after = moves_layer(problem, sum, assignment, layer);
        *sum = need_change(sum, &self.need, &after.need);
    }
}

/* How far a sum is beyond the limits, each in proportion to itself. */
static double moves_excess(const terms_t *terms, const need_t *sum)
{
    double excess = 0;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        const double limit = term->aggregate == AGGREGATE_SUM ? term->limit : 0;
        if (!terms_fits_one(terms, i, sum))
            excess += (sum->of[i] - limit) / (limit > 0 ? limit : 1);
    }
    return excess;
}

/* What is least of all limits together may still exceed one of them. Then random actions are tried,
   and kept where less is exceeded. */
static void moves_trade(problem_t *problem, rng_t *rng, need_t *sum, uint16_t *assignment)
{
    enum { TRIES = 64 };
    const terms_t *terms = problem_terms(problem);
    const size_t layers = problem_layers(problem);
    for (size_t i = 0; i < TRIES * layers && !terms_fits(terms, sum); i++) {
        const size_t layer = rng_below(rng, layers);
        const uint64_t point = moves_level_point(problem_space(problem), rng);
        const moves_layer_t self = moves_layer(problem, sum, assignment, layer);
        const need_t there = problem_needs(problem, self.distinct, point);
        const need_t changed = need_change(sum, &self.need, &there);
        if (there.illegal || !(moves_excess(terms, &changed) < moves_excess(terms, sum))) continue;
        problem_put(problem, assignment, layer, point);
        *sum = changed;
    }
}

/* One step down of a layer; the sum with it. False: there is none. */
static bool moves_step_down(problem_t *problem, rng_t *rng, size_t layer, need_t *sum,
                            uint16_t *assignment)
{
    const moves_layer_t self = moves_layer(problem, sum, assignment, layer);
    if (!moves_layer_down(&self, rng)) return false;
    const need_t after =
        problem_needs(problem, self.distinct, problem_point(problem, assignment, layer));
    *sum = need_change(sum, &self.need, &after);
    return true;
}

/* Random layers go down, whatever they take, until the assignment fits, or hardly any can. */
static void moves_reduce_any(problem_t *problem, rng_t *rng, need_t *sum, uint16_t *assignment)
{
    enum { IN_VAIN = 4 }; /* as many tries, for each layer, may find nothing to give */
    const size_t layers = problem_layers(problem);
    size_t in_vain = 0;
    while (!terms_fits(problem_terms(problem), sum) && in_vain < IN_VAIN * layers)
        if (!moves_step_down(problem, rng, rng_below(rng, layers), sum, assignment)) in_vain++;
}

/* Layers that take the most of what is exceeded go down. */
static void moves_reduce_largest(problem_t *problem, rng_t *rng, need_t *sum, uint16_t *assignment)
{
    static const double alike = 0.9; /* of the most: such layers count as taking as much */
    const terms_t *terms = problem_terms(problem);
    double most = INFINITY;
    /* A pass in which no layer goes down leaves those out that cannot, and the next one reaches
       further: steps are finite in number, as each makes the assignment weigh less. */
    while (!terms_fits(terms, sum) && most > 0) {
        const need_t before = *sum;
        most = alike * moves_pass_down(problem, rng, most, sum, assignment);
        if (!moves_exceed_alike(terms, &before, sum)) most = INFINITY;
    }
}

void moves_reduce(problem_t *problem, rng_t *rng, uint16_t *assignment)
{
    const terms_t *terms = problem_terms(problem);
    if (shared_axes(problem)) {
        shared_settle(problem, rng, SPACE_LEVELS, assignment);
        return;
    }
    need_t sum = problem_assignment_needs(problem, assignment);
    if (terms_fits(terms, &sum)) return;
    /* Those that take the most going first spreads the limits evenly, which a network needs whose
       layers are much alike; random ones leave a layer that dominates what it has in one draw or
       another. */
    if (rng_below(rng, 2)) moves_reduce_any(problem, rng, &sum, assignment);
    moves_reduce_largest(problem, rng, &sum, assignment);
    if (!terms_fits(terms, &sum)) moves_least(problem, rng, &sum, assignment);
    if (!terms_fits(terms, &sum)) moves_trade(problem, rng, &sum, assignment);
}

/* Can half of the layers, every other one, take the choice, when the others take their least? */
static bool moves_fits_half(problem_t *problem, uint64_t point)
{
    need_t sum = {{0}, 0};
    if (shared_axes(problem)) return shared_fits_half(problem, point);
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const size_t distinct = problem_distinct_of(problem, layer);
        const need_t need = problem_needs(
            problem, distinct, layer % 2 ? problem_least_point(problem, distinct) : point);
        need_add(&sum, &need);
    }
    return terms_fits(problem_terms(problem), &sum);
}

/* The number of such choices; the one behind `n` of them. */
static uint64_t moves_count_uniform(problem_t *problem, uint64_t n, uint64_t *choice)
{
    const space_t *space = problem_space(problem);
    uint64_t fitting = 0;
    for (uint64_t i = 0; i < space_choices(space); i++) {
        if (!moves_fits_half(problem, space_choice_point(space, i))) continue;
        if (fitting++ == n) *choice = i;
    }
    return fitting;
}

bool moves_uniform(problem_t *problem, uint64_t turn, uint64_t *choice)
{
    /* Multiples of the golden ratio, whole parts left out, are spread evenly however many. */
    const double place = (double)turn * 0.6180339887498949;
    const uint64_t fitting = moves_count_uniform(problem, UINT64_MAX, choice);
    if (fitting == 0) return false;
    (void)moves_count_uniform(problem, (uint64_t)((place - floor(place)) * (double)fitting),
                              choice);
    return true;
}

void moves_spread(problem_t *problem, rng_t *rng, uint64_t choice, uint16_t *assignment)
{
    const size_t layers = problem_layers(problem);
    const uint64_t point = space_choice_point(problem_space(problem), choice);
    if (shared_axes(problem)) {
        for (size_t layer = 0; layer < layers; layer++)
            problem_put(problem, assignment, layer, point);
        shared_settle(problem, rng, SPACE_LEVELS, assignment);
        return;
    }
    const size_t start = rng_below(rng, layers);
    for (size_t layer = 0; layer < layers; layer++)
        problem_put(problem, assignment, layer,
                    problem_least_point(problem, problem_distinct_of(problem, layer)));
    need_t sum = problem_assignment_needs(problem, assignment);
    for (size_t i = 0; i < layers; i++) {
        const size_t layer = (start + i) % layers;
        const size_t distinct = problem_distinct_of(problem, layer);
        const need_t here =
            problem_needs(problem, distinct, problem_point(problem, assignment, layer));
        const need_t there = problem_needs(problem, distinct, point);
        const need_t changed = need_change(&sum, &here, &there);
        /* Layer by layer from a random one on, as long as it fits: the others keep their least. */
        if (!terms_fits(problem_terms(problem), &changed)) continue;
        problem_put(problem, assignment, layer, point);
        sum = changed;
    }
}

/* Is there a limit that must be sampled, and is every such limit on what hardware does, rather than
   on hardware itself, of which the widest choice has the most? */
static bool moves_buys_limits(const problem_t *problem)
{
    const terms_t *terms = problem_terms(problem);
    const model_t *model = problem_model(problem);
    bool buys = false;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        if (term->is_static) continue;
        if (model->metrics[term->column[0]].is_hardware) return false;
        buys = true;
    }
    return buys;
}

bool moves_aimed(problem_t *problem, rng_t *rng, size_t changes, uint16_t *assignment)
{
    static const double near = 0.5;
    const size_t layers = problem_layers(problem);
    uint64_t choice = 0;
    if (!moves_buys_limits(problem) || !moves_widest(problem, &choice)) return false;
    const uint64_t point = space_choice_point(problem_space(problem), choice);
    for (size_t layer = 0; layer < layers; layer++) problem_put(problem, assignment, layer, point);
    for (size_t i = 0; i < changes; i++)
        moves_change(problem, rng, near, assignment, rng_below(rng, layers));
    if (changes > 0) moves_reduce(problem, rng, assignment);
    return true;
}

/* ---- at random ------------------------------------------------------------------------------- */

bool moves_is_legal(problem_t *problem, const uint16_t *assignment, size_t layer)
{
    return problem_is_legal(problem, problem_distinct_of(problem, layer),
                            problem_point(problem, assignment, layer));
}

/* Each layer draws for itself; only then is the assignment brought within the limits. Layers that
   drew one after the other from what is left of the limits would leave nothing to the last ones in
   all draws. */
void moves_random(problem_t *problem, rng_t *rng, uint16_t *assignment)
{
    enum { TRIES = 64 };
    if (shared_axes(problem)) {
        shared_random(problem, rng, assignment);
        return;
    }
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        problem_put(problem, assignment, layer,
                    problem_least_point(problem, problem_distinct_of(problem, layer)));
        for (int try = 0; try < TRIES; try++) {
            const uint64_t point = moves_level_point(problem_space(problem), rng);
            if (!problem_is_legal(problem, problem_distinct_of(problem, layer), point)) continue;
            problem_put(problem, assignment, layer, point);
            break;
        }
    }
    /* In one draw of four layers from a random one on take their least until the others fit as they
       were drawn: it shows what a few layers are worth that have much. */
    if (rng_below(rng, 4) == 0) {
        need_t sum = problem_assignment_needs(problem, assignment);
        moves_least(problem, rng, &sum, assignment);
    }
    moves_reduce(problem, rng, assignment);
}

/* ---- neighbours ------------------------------------------------------------------------------ */

/* Another of `n` levels. */
static size_t moves_other_level(rng_t *rng, double near, size_t level, size_t n)
{
    /* Any of the other n - 1 levels: those from the present one on are numbered one lower. */
    if (rng_uniform(rng) >= near) {
        const size_t other = rng_below(rng, n - 1);
        return other < level ? other : other + 1;
    }
    if (level == 0) return 1;
    if (level == n - 1) return level - 1;
    return rng_below(rng, 2) ? level + 1 : level - 1;
}

/* A random axis, or behind it the first one that has another level. */
static size_t moves_axis(const space_t *space, rng_t *rng)
{
    const size_t axes = space_axes(space);
    const size_t drawn = rng_below(rng, axes);
    for (size_t i = 0; i < axes; i++)
        if (space_levels(space, (drawn + i) % axes) > 1) return (drawn + i) % axes;
    return drawn;
}

/* From a legal choice to another one where a step along one axis does not lead to any: otherwise
   choices that differ from all legal ones in two axes would never be reached. */
static void moves_jump(problem_t *problem, rng_t *rng, uint16_t *assignment, size_t layer,
                       uint64_t before)
{
    enum { TRIES = 8 };
    for (int try = 0; try < TRIES; try++) {
        problem_put(problem, assignment, layer, moves_level_point(problem_space(problem), rng));
        if (moves_is_legal(problem, assignment, layer)) return;
    }
    problem_put(problem, assignment, layer, before);
}

void moves_change(problem_t *problem, rng_t *rng, double near, uint16_t *assignment, size_t layer)
{
    const space_t *space = problem_space(problem);
    const size_t axis = shared_axes(problem) ? shared_axis(space, rng) : moves_axis(space, rng);
    const size_t n = space_levels(space, axis);
    if (n < 2) return;
    const uint64_t before = problem_point(problem, assignment, layer);
    uint16_t *index = &assignment[layer * space_axes(space) + axis];
    const bool ordered = space_axis(space, axis)->kind == AXIS_ORDINAL;
    const size_t level = space_level(space, axis, *index);
    *index = space_level_index(space, axis, moves_other_level(rng, ordered ? near : 0, level, n));
    /* A value of the network is changed in all layers at once. */
    if (axis < shared_axes(problem))
        shared_put(problem, assignment + layer * space_axes(space), assignment);
    if (shared_axes(problem)) {
        shared_settle(problem, rng, SPACE_LEVELS, assignment);
        return;
    }
    if (!moves_is_legal(problem, assignment, layer))
        moves_jump(problem, rng, assignment, layer, before);
}

void moves_neighbour(problem_t *problem, rng_t *rng, const moves_way_t *way, uint16_t *assignment,
                     uint16_t *scratch)
{
    enum { TRIES = 8 };
    const size_t layers = problem_layers(problem);
    /* What is changed is the copy: the assignment stays as it was where no try leads to another one
       within the limits. */
    for (int try = 0; try < TRIES; try++) {
        size_t changes = 1;
        while (changes < layers && rng_uniform(rng) < way->more) changes++;
        moves_copy(problem, scratch, assignment);
        for (size_t i = 0; i < changes; i++)
            moves_change(problem, rng, way->near, scratch, rng_below(rng, layers));
        moves_reduce(problem, rng, scratch);
        if (!problem_fits(problem, scratch) ||
            space_equal(problem_space(problem), layers, scratch, assignment))
            continue;
        /* Only a neighbour that fits, and is another one, takes the place of the assignment. */
        moves_copy(problem, assignment, scratch);
        return;
    }
}
