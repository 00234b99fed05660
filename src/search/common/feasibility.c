#include "search/common/feasibility.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>

static const double feasibility_slack = 1e-12; /* of a limit: sums of needs round */

/* Cells of all layers that a table may have: half a gigabyte of doubles. */
static const size_t feasibility_cells_most = (size_t)1 << 26;

/* ---- needs ----------------------------------------------------------------------------------- */

static need_t feasibility_find_limits(const terms_t *terms)
{
    need_t limits = {{0}, 0};
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        /* Of a maximum the need counts the layers that exceed it, and none may. */
        limits.of[i] = !term->is_static                   ? INFINITY
                       : term->aggregate == AGGREGATE_MAX ? 0
                                                          : term->limit;
    }
    return limits;
}

/* An action that differs from its canonical one in an axis that is not used is no choice, nor is an
   illegal one, whose need as one number is infinite. */
static void feasibility_fill_need(feasibility_t *feasibility, size_t distinct, size_t choice)
{
    problem_t *problem = feasibility->problem;
    const uint64_t point = feasibility->points[choice];
    const size_t cell = distinct * feasibility->choices + choice;
    double *need = &feasibility->least[feasibility->axes - 1][cell];
    *need = INFINITY;
    if (space_canonical(problem_space(problem), distinct, point) != point) return;
    if (feasibility->needs) feasibility->needs[cell] = problem_needs(problem, distinct, point);
    *need = problem_need(problem, distinct, point);
}

/* Values of the network's axes that not all layers can have are no choice of any of them. */
static void feasibility_leave_shared(feasibility_t *feasibility)
{
    const space_t *space = problem_space(feasibility->problem);
    const uint64_t own = space_own_choices(space);
    double *least = feasibility->least[feasibility->axes - 1];
    for (size_t choice = 0; choice < feasibility->choices; choice++) {
        uint16_t action[SPACE_AXES];
        /* Choices with the same values of the network's axes stand in a row, and share one
           answer. */
        if (choice % own > 0) continue;
        space_action(space, feasibility->points[choice], action);
        if (problem_shares(feasibility->problem, action)) continue;
        for (size_t d = 0; d < feasibility->distinct; d++)
            for (size_t i = 0; i < own; i++)
                least[d * feasibility->choices + choice + i] = INFINITY;
    }
}

static void feasibility_fill_needs(feasibility_t *feasibility)
{
    for (size_t choice = 0; choice < feasibility->choices; choice++)
        feasibility->points[choice] =
            space_choice_point(problem_space(feasibility->problem), choice);
    for (size_t d = 0; d < feasibility->distinct; d++)
        for (size_t choice = 0; choice < feasibility->choices; choice++)
            feasibility_fill_need(feasibility, d, choice);
    if (space_shared(problem_space(feasibility->problem)) > 0)
        feasibility_leave_shared(feasibility);

    /* The least of a prefix is the least of its levels of the next axis, from the last axis on
       back. */
    for (size_t axis = feasibility->axes - 1; axis-- > 0;) {
        const size_t levels = feasibility->levels[axis + 1];
        for (size_t cell = 0; cell < feasibility_cells(feasibility, axis); cell++) {
            const double *row = feasibility->least[axis + 1] + cell * levels;
            double least = INFINITY;
            for (size_t level = 0; level < levels; level++) least = fmin(least, row[level]);
            feasibility->least[axis][cell] = least;
        }
    }
}

static size_t feasibility_least_at(const double *values, size_t n)
{
    size_t least = 0;
    for (size_t i = 1; i < n; i++)
        if (values[i] < values[least]) least = i;
    return least;
}

static double feasibility_least_need(const feasibility_t *feasibility, size_t distinct)
{
    const double *row = feasibility->least[0] + distinct * feasibility->levels[0];
    return row[feasibility_least_at(row, feasibility->levels[0])];
}

/* ---- the prior ------------------------------------------------------------------------------- */

/* Expected needs of a layer when each choice is drawn with weight exp(-kappa need). */
static need_t feasibility_expected_needs(const feasibility_t *feasibility, size_t distinct,
                                         double kappa)
{
    const double least = feasibility_least_need(feasibility, distinct);
    double weights = 0;
    need_t sum = {{0}, 0};
    for (size_t choice = 0; choice < feasibility->choices; choice++) {
        const size_t cell = distinct * feasibility->choices + choice;
        const double need = feasibility->least[feasibility->axes - 1][cell];
        if (isinf(need)) continue;
        const need_t needs = feasibility_needs(feasibility, cell);
        /* Taken from the least need, so that some weight is 1 and none overflows; it cancels out
           below. */
        const double weight = exp(-kappa * (need - least));
        weights += weight;
        for (size_t i = 0; i < TERMS_MAX; i++) sum.of[i] += weight * needs.of[i];
    }
    for (size_t i = 0; i < TERMS_MAX; i++) sum.of[i] /= weights;
    return sum;
}

/* Is the expected use of the network within the limits? Of those on a maximum the mask alone takes
   care. */
static bool feasibility_expects_to_fit(const feasibility_t *feasibility, double kappa)
{
    const problem_t *problem = feasibility->problem;
    const terms_t *terms = problem_terms(problem);
    need_t use = {{0}, 0};
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const need_t needs =
            feasibility_expected_needs(feasibility, problem_distinct_of(problem, layer), kappa);
        need_add(&use, &needs);
    }
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (terms->constraints[i].aggregate == AGGREGATE_SUM &&
            use.of[i] > feasibility->limits.of[i])
            return false;
    return true;
}

/* The kappa >= 0 at which the expected use is just within the limits: without it an untrained
   policy asks for far too much of a tight budget, and the mask leaves the last layers nothing
   (worst gap 56 % without). */
static double feasibility_find_kappa(const feasibility_t *feasibility)
{
    if (feasibility_expects_to_fit(feasibility, 0)) return 0;
    double low = 0;
    double high = 1 / problem_budget(feasibility->problem);
    /* The expected need falls as kappa rises. So the upper end is doubled until the expected use is
       within the limits, and the interval is halved then; kappa is per unit of need. */
    for (int i = 0; i < 60 && !feasibility_expects_to_fit(feasibility, high); i++) high *= 2;
    /* What needs least in all may need too much of one of several limits. Then no weight brings all
       of them in, and the mask alone does. */
    if (feasibility->needs && !feasibility_expects_to_fit(feasibility, high)) return 0;
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        if (feasibility_expects_to_fit(feasibility, middle))
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* The logit of a prefix among those that differ from it in the last axis alone; before: the least
   need of what stands before that axis. With the logarithm of the weights of its completions as the
   logit of a prefix, drawing axis after axis gives each choice its weight exp(-kappa need). */
static double feasibility_fill_prior(feasibility_t *feasibility, double kappa, size_t axis,
                                     size_t cell, double before)
{
    const double least = feasibility->least[axis][cell];
    double weights = 0; /* at least 1 where there are axes behind: that of the least need */
    if (isinf(least)) return -INFINITY; /* never drawn; 0 stays in the table */
    for (size_t level = 0; axis + 1 < feasibility->axes && level < feasibility->levels[axis + 1];
         level++)
        weights += exp(feasibility_fill_prior(feasibility, kappa, axis + 1,
                                              cell * feasibility->levels[axis + 1] + level, least));
    const double logit = log(fmax(weights, 1)) - kappa * (least - before);
    feasibility->prior[axis][cell] = (real_t)logit;
    return logit;
}

static void feasibility_fill_priors(feasibility_t *feasibility, double kappa)
{
    for (size_t cell = 0; cell < feasibility_cells(feasibility, 0); cell++)
        (void)feasibility_fill_prior(
            feasibility, kappa, 0, cell,
            feasibility_least_need(feasibility, cell / feasibility->levels[0]));
}

/* ---- what is kept for the layers to come ----------------------------------------------------- */

static bool feasibility_is_invalid(const feasibility_t *feasibility, const memory_t *memory,
                                   size_t cell)
{
    if (feasibility->barred && feasibility->barred[cell]) return true;
    return memory && memory_invalid(memory, cell / feasibility->choices,
                                    feasibility->points[cell % feasibility->choices]);
}

/* The choice of a kind that needs least among those not known to be invalid, each limit by its
   weight; of equals the first. False: all are known to be invalid. */
static bool feasibility_find_reserve(const feasibility_t *feasibility, const memory_t *memory,
                                     size_t distinct, const need_t *weights, need_t *reserve)
{
    const double *need = feasibility->least[feasibility->axes - 1];
    double least = INFINITY;
    for (size_t choice = 0; choice < feasibility->choices; choice++) {
        const size_t cell = distinct * feasibility->choices + choice;
        const need_t needs = feasibility_needs(feasibility, cell);
        double weight = 0;
        for (size_t i = 0; i < TERMS_MAX; i++) weight += weights->of[i] * needs.of[i];
        /* The memory is asked only about a choice that would lower the least so far. */
        if (isinf(need[cell]) || !(weight < least) ||
            feasibility_is_invalid(feasibility, memory, cell))
            continue;
        least = weight;
        *reserve = needs;
    }
    return !isinf(least);
}

/* What all layers need together when each takes such a choice. Of a kind all of which is known to
   be invalid what was kept before is kept on. */
static need_t feasibility_weigh_reserves(feasibility_t *feasibility, const memory_t *memory,
                                         const need_t *weights)
{
    need_t total = {{0}, 0};
    for (size_t d = 0; d < feasibility->distinct; d++) {
        need_t reserve;
        if (feasibility_find_reserve(feasibility, memory, d, weights, &reserve))
            feasibility->reserve[d] = reserve;
    }
    for (size_t layer = 0; layer < problem_layers(feasibility->problem); layer++)
        need_add(&total, &feasibility->reserve[problem_distinct_of(feasibility->problem, layer)]);
    return total;
}

/* What is kept for the layers to come is what a choice of each needs, all of which are within the
   limits together: then whatever a layer is allowed, those behind it can have these. Least needs,
   limit by limit, would not do where there are several, as no choice need have the least of all.
   Where the choices of least weight exceed a limit it weighs more, until some fit or none are
   found. */
static void feasibility_update_reserve(feasibility_t *feasibility, const memory_t *memory)
{
    enum { ROUNDS = 32 };
    const terms_t *terms = problem_terms(feasibility->problem);
    need_t weights = {{0}, 0};
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const double limit = feasibility->limits.of[i];
        if (!isinf(limit)) weights.of[i] = limit > 0 ? 1 / limit : 2;
    }
    if (!feasibility->needs) weights = (need_t){{1}, 0};
    for (int round = 0; round < ROUNDS; round++) {
        const need_t total = feasibility_weigh_reserves(feasibility, memory, &weights);
        bool fits = true;
        feasibility->total_reserve = total;
        for (size_t i = 0; i < terms->constraints_n; i++) {
            if (terms_fits_one(terms, i, &total)) continue;
            weights.of[i] *= 1.5;
            fits = false;
        }
        if (fits || !feasibility->needs) return;
    }
}

void feasibility_reserve(feasibility_t *feasibility, const memory_t *memory)
{
    if (memory) feasibility_update_reserve(feasibility, memory);
}

void feasibility_bar(feasibility_t *feasibility, const memory_t *memory, const uint8_t *barred)
{
    if (!barred && !feasibility->barred) return;
    /* Without any bars first: that is what is kept for a kind all of whose choices are barred. */
    feasibility->barred = NULL;
    feasibility_update_reserve(feasibility, memory);
    if (!barred) return;
    feasibility->barred = barred;
    feasibility_update_reserve(feasibility, memory);
    if (terms_fits(problem_terms(feasibility->problem), &feasibility->total_reserve)) return;
    feasibility->barred = NULL;
    feasibility_update_reserve(feasibility, memory);
}

need_t feasibility_room(const feasibility_t *feasibility, size_t distinct, const need_t *used,
                        const need_t *reserved)
{
    const need_t nothing = {{0}, 0};
    const need_t left = need_change(&feasibility->limits, used, &nothing);
    /* The layer's own least is in what is reserved, so it is given back to the layer. */
    return need_change(&left, reserved, &feasibility->reserve[distinct]);
}

/* ---- opening --------------------------------------------------------------------------------- */

confx_status_t feasibility_check_size(const space_t *space, size_t distinct)
{
    const uint64_t most = feasibility_cells_most / distinct;
    size_t widest = 0;
    if (space_choices(space) <= most) return status_ok();
    for (size_t axis = 1; axis < space_axes(space); axis++)
        if (space_levels(space, axis) > space_levels(space, widest)) widest = axis;
    return status_input(NULL, 0, space_axis(space, widest)->name,
                        "%llu actions of a layer are more than there are tables for, which is %llu "
                        "with %zu kinds of layers: choose fewer than these %zu levels, or fewer of "
                        "other axes",
                        (unsigned long long)space_choices(space), (unsigned long long)most,
                        distinct, space_levels(space, widest));
}

static confx_status_t feasibility_take(feasibility_t *feasibility)
{
    const terms_t *terms = problem_terms(feasibility->problem);
    arena_t *arena = &feasibility->arena;
    ARENA_TAKE(arena, feasibility->points, feasibility->choices);
    ARENA_TAKE(arena, feasibility->reserve, feasibility->distinct);
    for (size_t axis = 0; axis < feasibility->axes; axis++) {
        const size_t cells = feasibility_cells(feasibility, axis);
        ARENA_TAKE(arena, feasibility->least[axis], cells);
        ARENA_TAKE(arena, feasibility->prior[axis], cells);
    }
    if (!terms_is_single(terms) || terms->constraints_n > 1)
        ARENA_TAKE(arena, feasibility->needs, feasibility->distinct * feasibility->choices);
    return arena_status(arena, "the needs of %zu layers", feasibility->distinct);
}

static confx_status_t feasibility_fill(feasibility_t *feasibility)
{
    const space_t *space = problem_space(feasibility->problem);
    for (size_t axis = 0; axis < feasibility->axes; axis++)
        feasibility->levels[axis] = space_levels(space, axis);
    TRY(feasibility_check_size(space, feasibility->distinct));
    feasibility->choices = 1;
    /* From the last axis on, as many completions as the axes behind it have combinations. */
    for (size_t axis = feasibility->axes; axis-- > 0;) {
        feasibility->completions[axis] = feasibility->choices;
        feasibility->choices *= feasibility->levels[axis];
    }
    TRY(feasibility_take(feasibility));
    feasibility_fill_needs(feasibility);
    feasibility_update_reserve(feasibility, NULL);
    feasibility_fill_priors(feasibility, feasibility_find_kappa(feasibility));
    return status_ok();
}

confx_status_t feasibility_open(problem_t *problem, feasibility_t *feasibility)
{
    *feasibility = (feasibility_t){.problem = problem,
                                   .distinct = problem_distinct(problem),
                                   .axes = space_axes(problem_space(problem)),
                                   .limits = feasibility_find_limits(problem_terms(problem))};
    const confx_status_t status = feasibility_fill(feasibility);
    if (status.code != CONFX_STATUS_OK) feasibility_close(feasibility);
    return status;
}

void feasibility_close(feasibility_t *feasibility)
{
    arena_close(&feasibility->arena);
    *feasibility = (feasibility_t){0};
}

/* ---- the mask -------------------------------------------------------------------------------- */

size_t feasibility_row(const feasibility_t *feasibility, const branch_t *branch)
{
    size_t cell = branch->distinct;
    for (size_t axis = 0; axis < branch->axis; axis++) {
        assert(branch->prefix[axis] < feasibility->levels[axis]);
        cell = cell * feasibility->levels[axis] + branch->prefix[axis];
    }
    return cell * feasibility->levels[branch->axis];
}

bool feasibility_uses(const feasibility_t *feasibility, const branch_t *branch)
{
    const space_t *space = problem_space(feasibility->problem);
    uint16_t action[SPACE_AXES] = {0};
    /* What decides whether a layer uses an axis are the axes before it. */
    for (size_t axis = 0; axis < branch->axis; axis++)
        action[axis] = space_level_index(space, axis, branch->prefix[axis]);
    return space_uses(space, branch->distinct, action, branch->axis);
}

void feasibility_allow_all(const feasibility_t *feasibility, const branch_t *branch,
                           uint8_t *allowed)
{
    const bool used = feasibility_uses(feasibility, branch);
    const size_t initial = space_axis(problem_space(feasibility->problem), branch->axis)->initial;
    const double *least = feasibility->least[branch->axis] + feasibility_row(feasibility, branch);
    /* Behind a level that has no legal completion there would be nothing to draw. */
    for (size_t level = 0; level < feasibility->levels[branch->axis]; level++)
        allowed[level] = (used || level == initial) && !isinf(least[level]);
}

bool feasibility_fits(const feasibility_t *feasibility, size_t cell, const need_t *room)
{
    const need_t needs = feasibility_needs(feasibility, cell);
    if (isinf(feasibility->least[feasibility->axes - 1][cell])) return false;
    for (size_t i = 0; i < TERMS_MAX; i++)
        if (needs.of[i] > room->of[i]) return false;
    return true;
}

/* Is any of the completions of a prefix usable? They lie side by side, as the last axis is the
   fastest. */
static bool feasibility_has_usable(const feasibility_t *feasibility, const memory_t *memory,
                                   size_t axis, size_t cell, const need_t *room)
{
    const size_t n = feasibility->completions[axis];
    const double least = feasibility->least[axis][cell];
    /* Where not even the least need fits they need not be looked at one by one. */
    if (isinf(least) || (!feasibility->needs && least > room->of[0])) return false;
    for (size_t i = 0; i < n; i++)
        if (feasibility_fits(feasibility, cell * n + i, room) &&
            !feasibility_is_invalid(feasibility, memory, cell * n + i))
            return true;
    return false;
}

void feasibility_allow(const feasibility_t *feasibility, const memory_t *memory,
                       const branch_t *branch, const need_t *room, uint8_t *allowed)
{
    const size_t row = feasibility_row(feasibility, branch);
    const size_t levels = feasibility->levels[branch->axis];
    need_t widened = *room;
    bool any = false;
    if (!feasibility_uses(feasibility, branch)) {
        feasibility_allow_all(feasibility, branch, allowed);
        return;
    }
    for (size_t i = 0; i < TERMS_MAX; i++)
        widened.of[i] += feasibility_slack * feasibility->limits.of[i];
    for (size_t level = 0; level < levels; level++) {
        allowed[level] =
            feasibility_has_usable(feasibility, memory, branch->axis, row + level, &widened);
        any |= allowed[level];
    }
    /* Some level must be drawn in any case: it is the one of the least need then, though it exceeds
       the room or is known to be invalid. */
    if (!any) allowed[feasibility_least_at(feasibility->least[branch->axis] + row, levels)] = 1;
}
