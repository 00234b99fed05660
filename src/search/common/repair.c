/* Bringing an assignment back into the limits, and spending what is left of them. */
#include "search/common/repair.h"
#include "confx/try.h"
#include "search/common/moves.h"
#include "search/common/shared.h"

#include <assert.h>
#include <math.h>
#include <string.h>

confx_status_t repair_open(problem_t *problem, uint64_t seen, repair_t *repair)
{
    const size_t layers = problem_layers(problem);
    const terms_t *terms = problem_terms(problem);
    *repair = (repair_t){.problem = problem,
                         .is_single = terms_is_single(terms) && terms->constraints_n == 1};
    ARENA_TAKE(&repair->arena, repair->need, layers);
    ARENA_TAKE(&repair->arena, repair->needs, layers);
    ARENA_TAKE(&repair->arena, repair->exploring, layers);
    ARENA_TAKE(&repair->arena, repair->steps, layers);
    confx_status_t status = arena_status(&repair->arena, "the repair of %zu layers", layers);
    if (status.code == CONFX_STATUS_OK) status = tradeoff_open(problem, seen, &repair->tradeoff);
    if (status.code == CONFX_STATUS_OK) status = candidates_open(layers, &repair->candidates);
    if (status.code != CONFX_STATUS_OK) repair_close(repair);
    return status;
}

void repair_close(repair_t *repair)
{
    tradeoff_close(&repair->tradeoff);
    candidates_close(&repair->candidates);
    arena_close(&repair->arena);
    *repair = (repair_t){0};
}

/* Are there constraints that samples tell layer by layer? */
static bool repair_learns(const repair_t *self)
{
    return self->cost_view.weights && self->cost_view.weights->learned;
}

/* Of an action that was seen, or else of the one on the front that needs next less. */
static const double *repair_values_of(const repair_t *self, size_t distinct, uint64_t point,
                                      double need)
{
    const memory_t *memory = self->cost_view.memory;
    const tradeoff_chain_t *front = &self->tradeoff.front[distinct];
    const double *values = memory_find(memory, distinct, point);
    size_t at = 0;
    if ((values && !isnan(values[0])) || front->n == 0) return values;
    /* The front rises in need, so that this is its last action that needs no more. */
    while (at + 1 < front->n && front->vertices[at + 1].need <= need) at++;
    return memory_find(memory, distinct, front->vertices[at].point);
}

/* Constraint by constraint, of an action whose need as one number is known already; of those that
   must be sampled as far as samples tell. */
static need_t repair_needs_of(const repair_t *self, size_t layer, uint64_t point, double need)
{
    if (self->is_single) return (need_t){{need}, 0};
    const size_t distinct = problem_distinct_of(self->problem, layer);
    need_t needs = problem_needs(self->problem, distinct, point);
    if (!repair_learns(self)) return needs;
    const double *values = repair_values_of(self, distinct, point, need);
    if (values && !isnan(values[0]))
        terms_add_learned(problem_terms(self->problem), values, &needs);
    return needs;
}

static void repair_look(repair_t *self, const uint16_t *assignment, size_t layer)
{
    self->need[layer] = problem_layer_need(self->problem, assignment, layer);
    self->needs[layer] = repair_needs_of(
        self, layer, problem_point(self->problem, assignment, layer), self->need[layer]);
}

/* What the assignment needs, layer by layer and together. Its actions are legal, so that no need is
   infinite, and sums can be changed back. */
static need_t repair_measure(repair_t *self, const uint16_t *assignment)
{
    need_t sum = {{0}, 0};
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++) {
        repair_look(self, assignment, layer);
        assert(moves_is_legal(self->problem, assignment, layer));
        need_add(&sum, &self->needs[layer]);
    }
    return sum;
}

/* What a unit of a layer's cost counts. */
static double repair_value_of(const repair_t *self, size_t layer)
{
    return self->tradeoff.value[problem_distinct_of(self->problem, layer)];
}

static bool repair_fits(const repair_t *self, const need_t *sum)
{
    return terms_fits(problem_terms(self->problem), sum);
}

/* The sum with the vertex in place of what the layer has. */
static need_t repair_with(const repair_t *self, const need_t *sum, size_t layer,
                          const vertex_t *vertex)
{
    const need_t needs = repair_needs_of(self, layer, vertex->point, vertex->need);
    return need_change(sum, &self->needs[layer], &needs);
}

static void repair_put(repair_t *self, uint16_t *assignment, size_t layer, const vertex_t *vertex,
                       need_t *sum)
{
    *sum = repair_with(self, sum, layer, vertex);
    problem_put(self->problem, assignment, layer, vertex->point);
    self->need[layer] = vertex->need;
    self->needs[layer] = repair_needs_of(self, layer, vertex->point, vertex->need);
}

static const tradeoff_chain_t *repair_front_of(const repair_t *self, size_t layer)
{
    return &self->tradeoff.front[problem_distinct_of(self->problem, layer)];
}

/* Of an unknown cost no number that stands for "unknown" will do, since all layers with such a one
   would tie, and the first in order be cut first. */
double repair_cost(const repair_t *self, size_t distinct, uint64_t point, double need)
{
    const double cost = cost_view_cost(&self->cost_view, distinct, point);
    return isinf(cost) ? tradeoff_guess(&self->tradeoff, distinct, need) : cost;
}

static double repair_cost_of(const repair_t *self, const uint16_t *assignment, size_t layer)
{
    return repair_cost(self, problem_distinct_of(self->problem, layer),
                       problem_point(self->problem, assignment, layer), self->need[layer]);
}

/* The cheapest way for a layer to need less: cost added per need given back. It depends on the
   layer alone, so that it stays what it is until the layer itself takes a step. */
static candidate_t repair_offer_less(const repair_t *self, uint16_t *assignment, size_t layer)
{
    const tradeoff_chain_t *front = repair_front_of(self, layer);
    const double cost = repair_cost_of(self, assignment, layer);
    candidate_t best = {.layer = layer};
    for (size_t i = 0; i < front->n && front->vertices[i].need < self->need[layer]; i++) {
        const vertex_t *vertex = &front->vertices[i];
        /* The score is negative where an action that needs less costs less as well: such a step is
           taken first. */
        const double score = repair_value_of(self, layer) * (vertex->cost - cost) /
                             (self->need[layer] - vertex->need);
        if (!best.vertex || score < best.score) best = (candidate_t){score, layer, vertex};
    }
    return best;
}

static bool repair_among(repair_t *self, uint16_t *assignment, bool exploring, need_t *sum)
{
    if (repair_fits(self, sum)) return true;
    candidates_clear(&self->candidates);
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++)
        if (self->exploring[layer] == exploring)
            candidates_add(&self->candidates, repair_offer_less(self, assignment, layer));
    candidates_order(&self->candidates);
    /* Each candidate is what its layer offers now, as only the layer's own step changes that. */
    while (!repair_fits(self, sum)) {
        const candidate_t *first = candidates_first(&self->candidates);
        if (!first) return false;
        const size_t layer = first->layer;
        repair_put(self, assignment, layer, first->vertex, sum);
        candidates_renew_first(&self->candidates, repair_offer_less(self, assignment, layer));
    }
    return true;
}

/* A kind of which nothing is believed has no front to step down: all of its layers take what needs
   least, at once, so that their order does not matter. */
static void repair_take_least(repair_t *self, uint16_t *assignment, need_t *sum)
{
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++) {
        if (repair_front_of(self, layer)->n) continue;
        const size_t distinct = problem_distinct_of(self->problem, layer);
        const uint64_t point = problem_least_point(self->problem, distinct);
        const vertex_t least = {.need = problem_need(self->problem, distinct, point),
                                .point = point};
        repair_put(self, assignment, layer, &least, sum);
    }
}

/* ---- constraints that must be sampled -------------------------------------------------------- */

/* The cost that a step is judged by: what the objective itself has of an action. */
static double repair_own(const repair_t *self, double share, double known)
{
    const weights_t *weights = self->cost_view.weights;
    return weights->known ? share + weights->rate * known : share;
}

static double repair_own_of(const repair_t *self, const uint16_t *assignment, size_t layer)
{
    const size_t distinct = problem_distinct_of(self->problem, layer);
    const uint64_t point = problem_point(self->problem, assignment, layer);
    const double *values = repair_values_of(self, distinct, point, self->need[layer]);
    const double share = values && !isnan(values[0]) ? values[0] : INFINITY;
    return repair_own(self, share, problem_known(self->problem, distinct, point));
}

/* What a step is worth, given how far the limits that must be sampled were exceeded before it:
   where they were, cost added per excess given back; else what is saved. Infinite: no such step. */
static double repair_score_step(const repair_t *self, const need_t *changed, double excess,
                                double rise)
{
    const terms_t *terms = problem_terms(self->problem);
    if (!terms_fits(terms, changed)) return INFINITY;
    const double after = terms_excess(terms, changed);
    if (excess > 0) return after < excess ? rise / (excess - after) : INFINITY;
    return after > 0 || rise >= 0 ? INFINITY : rise;
}

/* The best step of a layer. */
static repair_step_t repair_offer_step(const repair_t *self, const uint16_t *assignment,
                                       size_t layer, const need_t *sum)
{
    const tradeoff_options_t *chain =
        &self->tradeoff.options[problem_distinct_of(self->problem, layer)];
    const double excess = terms_excess(problem_terms(self->problem), sum);
    const double cost = repair_own_of(self, assignment, layer);
    repair_step_t best = {NULL, INFINITY};
    for (size_t i = 0; !isinf(cost) && i < chain->n; i++) {
        const tradeoff_option_t *option = &chain->options[i];
        const double rise =
            repair_value_of(self, layer) * (repair_own(self, option->share, option->known) - cost);
        /* Where nothing is exceeded most options save less than what was found already. */
        if (excess == 0 && rise >= fmin(best.score, 0)) continue;
        const need_t changed = need_change(sum, &self->needs[layer], &option->needs);
        const double score = repair_score_step(self, &changed, excess, rise);
        if (score < best.score) best = (repair_step_t){option, score};
    }
    return best;
}

static void repair_offer_steps(repair_t *self, const uint16_t *assignment, bool exploring,
                               const need_t *sum)
{
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++)
        self->steps[layer] = self->exploring[layer] == exploring
                                 ? repair_offer_step(self, assignment, layer, sum)
                                 : (repair_step_t){NULL, INFINITY};
}

static size_t repair_best_step(const repair_t *self)
{
    size_t best = 0;
    for (size_t layer = 1; layer < problem_layers(self->problem); layer++)
        if (self->steps[layer].score < self->steps[best].score) best = layer;
    return best;
}

/* Has one of the limits more left than before? */
static bool repair_gave_back(const need_t *before, const need_t *after)
{
    for (size_t i = 0; i < TERMS_MAX; i++)
        if (after->of[i] < before->of[i]) return true;
    return false;
}

/* Steps of layers that explore or not, the best first, as long as limits that must be sampled are
   exceeded, or else as long as they save. Each lessens the excess, or the cost, so that there is an
   end. What a layer offered holds until it is the best of all: then it is asked again, and all are
   where more is left than before. */
static void repair_step(repair_t *self, uint16_t *assignment, bool exploring, bool saves,
                        need_t *sum)
{
    const terms_t *terms = problem_terms(self->problem);
    repair_offer_steps(self, assignment, exploring, sum);
    while ((terms_excess(terms, sum) > 0) != saves) {
        const size_t layer = repair_best_step(self);
        const repair_step_t kept = self->steps[layer];
        if (!kept.option) return;
        self->steps[layer] = repair_offer_step(self, assignment, layer, sum);
        /* What it offered before is out of date. Its present offer takes part in the next
           choice. */
        if (self->steps[layer].option != kept.option) continue;
        const need_t before = *sum;
        const vertex_t vertex = {kept.option->need, kept.option->share, kept.option->point};
        repair_put(self, assignment, layer, &vertex, sum);
        if (saves && repair_gave_back(&before, sum))
            repair_offer_steps(self, assignment, exploring, sum);
        else
            self->steps[layer] = repair_offer_step(self, assignment, layer, sum);
    }
}

void repair_reduce(repair_t *self, uint16_t *assignment)
{
    if (shared_axes(self->problem)) {
        shared_settle(self->problem, NULL, SPACE_INTEGERS, assignment);
        return;
    }
    need_t sum = repair_measure(self, assignment);
    /* Layers that do not explore go down first. Those that do keep what they are to try, if that
       can be had. */
    if (!repair_among(self, assignment, false, &sum) && !repair_among(self, assignment, true, &sum))
        repair_take_least(self, assignment, &sum);
    if (!repair_learns(self) || !repair_fits(self, &sum)) return;
    repair_step(self, assignment, false, false, &sum);
    repair_step(self, assignment, true, false, &sum);
}

static bool repair_can_pay(const repair_t *self, size_t layer, const vertex_t *vertex,
                           const need_t *sum)
{
    const need_t changed = repair_with(self, sum, layer, vertex);
    return repair_fits(self, &changed);
}

/* Of a front, on which needs rise, the end of what one budget can pay of it: where something can be
   paid all that needs less can be, rounded or not. */
static size_t repair_payable(const repair_t *self, size_t layer, const need_t *sum)
{
    const tradeoff_chain_t *front = repair_front_of(self, layer);
    size_t low = 0;
    size_t high = front->n;
    while (self->is_single && low < high) {
        const size_t middle = low + (high - low) / 2;
        if (repair_can_pay(self, layer, &front->vertices[middle], sum))
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

/* The largest saving of a layer that what is left of the budget can pay. */
static candidate_t repair_offer_fill(const repair_t *self, uint16_t *assignment, size_t layer,
                                     const need_t *sum)
{
    const tradeoff_chain_t *front = repair_front_of(self, layer);
    const double cost = repair_cost_of(self, assignment, layer);
    for (size_t i = repair_payable(self, layer, sum); i-- > 0 && front->vertices[i].cost < cost;) {
        const vertex_t *vertex = &front->vertices[i];
        if (repair_can_pay(self, layer, vertex, sum))
            return (candidate_t){repair_value_of(self, layer) * (vertex->cost - cost), layer,
                                 vertex}; /* further ones save less */
    }
    return (candidate_t){.layer = layer};
}

static void repair_offer_all_fills(repair_t *self, uint16_t *assignment, const need_t *sum)
{
    candidates_clear(&self->candidates);
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++)
        if (!self->exploring[layer])
            candidates_add(&self->candidates, repair_offer_fill(self, assignment, layer, sum));
    candidates_order(&self->candidates);
}

/* Of what was seen at the same cost, what needs least: cheaper for nothing, and room for other
   layers. */
static void repair_slim(repair_t *self, uint16_t *assignment, need_t *sum)
{
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++) {
        const tradeoff_chain_t *front = repair_front_of(self, layer);
        const double cost =
            cost_view_cost(&self->cost_view, problem_distinct_of(self->problem, layer),
                           problem_point(self->problem, assignment, layer));
        if (self->exploring[layer] || isinf(cost)) continue;
        for (size_t i = 0; i < front->n && front->vertices[i].need < self->need[layer]; i++) {
            /* The first of that cost needs least, as the front rises in need. */
            if (front->vertices[i].cost != cost) continue;
            repair_put(self, assignment, layer, &front->vertices[i], sum);
            break;
        }
    }
}

/* As what is left of the limits shrinks, a layer can save as much as when its step was kept, or
   less. So a first step that still can be paid is the best one of all; one that cannot gives way to
   what its layer can save now. A step that gives back some of a limit, which a layer can make only
   while others bettered what it has, leaves more than before: then all layers are asked again. */
void repair_fill(repair_t *self, uint16_t *assignment)
{
    if (shared_axes(self->problem)) {
        shared_fill(self->problem, &self->cost_view, self->exploring, assignment);
        return;
    }
    need_t sum = repair_measure(self, assignment);
    if (repair_learns(self)) {
        if (repair_fits(self, &sum)) repair_step(self, assignment, false, true, &sum);
        return;
    }
    repair_slim(self, assignment, &sum);
    repair_offer_all_fills(self, assignment, &sum);
    for (const candidate_t *first; (first = candidates_first(&self->candidates));) {
        const size_t layer = first->layer;
        const candidate_t now = repair_offer_fill(self, assignment, layer, &sum);
        assert(!now.vertex || now.score >= first->score); /* what is left has not grown since */
        if (!now.vertex || now.vertex != first->vertex) {
            candidates_renew_first(&self->candidates, now);
            continue;
        }
        const need_t before = sum;
        repair_put(self, assignment, layer, now.vertex, &sum);
        if (repair_gave_back(&before, &sum))
            repair_offer_all_fills(self, assignment, &sum);
        else
            candidates_renew_first(&self->candidates,
                                   repair_offer_fill(self, assignment, layer, &sum));
    }
}

/* ---- without a memory ------------------------------------------------------------------------ */

/* Three tries in four take up to about a quarter of the first axis, the others one step of another
   one. An axis without order has no smaller value, and takes any. */
static void repair_step_down(const space_t *space, rng_t *rng, uint16_t *action)
{
    size_t axis = 0;
    const bool first = rng_below(rng, 4) > 0;
    const bool ordered = space_axis(space, 0)->kind == AXIS_ORDINAL;
    if (!first || (ordered && action[0] == 0)) axis = moves_other_axis(space, rng);
    uint16_t *index = &action[axis];
    if (space_axis(space, axis)->kind == AXIS_CATEGORICAL)
        *index = (uint16_t)rng_below(rng, space_range(space, axis));
    else if (axis == 0 && *index > 0)
        *index = (uint16_t)(*index - 1 - rng_below(rng, (size_t)(*index + 4) / 4));
    else if (*index > 0)
        (*index)--;
}

void repair_shrink(repair_t *self, rng_t *rng, uint16_t *assignment)
{
    if (shared_axes(self->problem)) {
        shared_settle(self->problem, rng, SPACE_INTEGERS, assignment);
        return;
    }
    const space_t *space = problem_space(self->problem);
    const size_t layers = problem_layers(self->problem);
    const size_t axes = space_axes(space);
    need_t sum = repair_measure(self, assignment);
    for (size_t tries = 0; tries < 200 * layers && !repair_fits(self, &sum); tries++) {
        const size_t layer = rng_below(rng, layers);
        uint16_t *action = assignment + layer * axes;
        uint16_t before[SPACE_AXES];
        const double need = self->need[layer];
        const need_t needs = self->needs[layer];
        memcpy(before, action, axes * sizeof *action);
        repair_step_down(space, rng, action);
        repair_look(self, assignment, layer);
        if (self->need[layer] < need) {
            sum = need_change(&sum, &needs, &self->needs[layer]);
            continue;
        }
        /* The change gives nothing back or is illegal, and is undone. */
        memcpy(action, before, axes * sizeof *action);
        self->need[layer] = need;
        self->needs[layer] = needs;
    }
}
