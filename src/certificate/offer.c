/* The options of a problem's layers, as classes of a knapsack problem, and the solver of each kind
   of objective. */
#include "certificate/offer.h"
#include "confx/figures.h"
#include "confx/try.h"
#include "confx/worst.h"

#include <assert.h>

/* Of as many points of a layer every one is looked at: that more than enough is of no use is
   proven, but a certificate need not lean on it where it can do without (128 PEs and 12 buffers are
   1,536 points). */
enum { EVERY_POINT_MOST = 4096 };
/* Of several budgets a partial choice takes more room, and a bound is proven anyway. */
enum { SEVERAL_STATES_MAX = 1 << 14, SEVERAL_SUM_STATES_MAX = 1 << 17 };

static uint64_t offer_range_points(const problem_t *problem, const offer_range_t *range)
{
    if (range->part.n > 0) return range->part.n;
    return range->part.of == SPACE_LEVELS ? space_choices(problem_space(problem))
                                          : range->rows * range->rest;
}

/* Point i of the range; false: it is passed over. */
static bool offer_range_point(const problem_t *problem, const offer_range_t *range, uint64_t i,
                              uint64_t *point)
{
    const space_t *space = problem_space(problem);
    if (range->part.of == SPACE_LEVELS || range->part.n > 0) {
        const uint64_t number = range->part.first + i;
        /* Levels are numbered by choices, a block under one value of each shared axis by points: in
           neither is anything passed over. */
        *point = range->part.of == SPACE_LEVELS ? space_choice_point(space, number) : number;
        return true;
    }
    const size_t most = space_range(space, 0) - 1;
    /* The last row stands for the largest index of the first axis, whatever lies between it and the
       row before. */
    const size_t row = i / range->rest;
    const size_t first = row + 1 < range->rows ? row : most;
    *point = first * range->rest + i % range->rest;
    return first <= range->enough[i % range->rest] || first == most;
}

/* How many indices of the first axis are gone through of a kind: those enough under some action on
   the others, and the largest. */
static size_t offer_range_rows(const problem_t *problem, const offer_range_t *range)
{
    const size_t all = space_range(problem_space(problem), 0);
    size_t rows = 1;
    for (uint64_t rest = 0; rest < range->rest; rest++)
        if (range->enough[rest] + 2 > rows) rows = range->enough[rest] + 2;
    return rows < all ? rows : all;
}

size_t offer_layers_like(const problem_t *problem, size_t distinct)
{
    size_t n = 0;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        n += problem_distinct_of(problem, layer) == distinct;
    return n;
}

/* What of the space each class may choose from; *points: how many the largest of them has. */
static confx_status_t offer_limit(problem_t *problem, offer_part_t part, offer_t *offer,
                                  size_t *points)
{
    const space_t *space = problem_space(problem);
    const size_t most = space_range(space, 0) - 1;
    const uint64_t rests =
        part.of == SPACE_LEVELS || part.n > 0 ? 0 : space_points(space) / (most + 1);
    const bool every = space_points(space) <= EVERY_POINT_MOST;
    ARENA_TAKE(&offer->arena, offer->ranges, offer->classes_n);
    ARENA_TAKE(&offer->arena, offer->enough, offer->classes_n * rests);
    TRY(arena_status(&offer->arena, "the certificate of %zu layers", offer->classes_n));
    /* Of a saturated model no value of the first axis above `enough` is of any more use, whatever
       the others are. In a small space nothing is left out, which costs little and needs no such
       proof. */
    for (size_t distinct = 0; distinct < offer->classes_n; distinct++) {
        uint32_t *enough = offer->enough + distinct * rests;
        offer_range_t *range = &offer->ranges[distinct];
        for (uint64_t rest = 0; rest < rests; rest++)
            enough[rest] = (uint32_t)(every ? most : problem_enough(problem, distinct, rest));
        *range = (offer_range_t){.part = part, .enough = enough, .rest = rests};
        range->rows = rests > 0 ? offer_range_rows(problem, range) : 0;
        assert(range->rows <= most + 1);
        if (offer_range_points(problem, range) > *points)
            *points = offer_range_points(problem, range);
    }
    return status_ok();
}

static size_t offer_budgets(const offer_sums_t *sums)
{
    return sums->n ? sums->n : 1;
}

/* What an option needs of each sum. False: it exceeds the limit of a maximum by itself. */
bool offer_need(problem_t *problem, size_t distinct, uint64_t point, const offer_sums_t *sums,
                double *needs)
{
    const terms_t *terms = problem_terms(problem);
    double values[TERMS_MAX];
    if (!problem_constraints(problem, distinct, point, values)) return false;
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (terms->constraints[i].aggregate == AGGREGATE_MAX &&
            !terms_keeps(&sums->terms[i], values[i]))
            return false;
    needs[0] = 0;
    for (size_t i = 0; i < sums->n; i++) needs[i] = values[sums->constraint[i]];
    return true;
}

/* The valid points of a class; how many. Points that mean the same are one option. */
static size_t offer_fill(problem_t *problem, const offer_t *offer, size_t distinct,
                         offered_t *offered)
{
    const offer_range_t *range = &offer->ranges[distinct];
    size_t n = 0;
    for (uint64_t i = 0; i < offer_range_points(problem, range); i++) {
        uint64_t point;
        double factors[FACTORS];
        double needs[TERMS_MAX];
        double need;
        if (!offer_range_point(problem, range, i, &point)) continue;
        /* An axis that the dataflow of a layer does not declare makes several points of one
           meaning. The canonical one stands for them, so that no option is offered twice. */
        if (space_canonical(problem_space(problem), distinct, point) != point) continue;
        if (!problem_factors(problem, distinct, point, factors, &need)) continue;
        if (!offer_need(problem, distinct, point, &offer->sums, needs)) continue;
        offered[n++] = (offered_t){{factors[0], needs[0], (uint32_t)point}, factors[1]};
    }
    return n;
}

/* A class of those among `offered` (n) that may be chosen, which has room for as many more. Of
   several budgets all may: what needs more of one may need less of another. */
static confx_status_t offer_class(problem_t *problem, size_t distinct, offered_t *offered, size_t n,
                                  offer_t *offer)
{
    const size_t budgets = offer_budgets(&offer->sums);
    const size_t kept =
        budgets > 1 ? n : undominated_keep(offered, n, problem_adds_up(problem), offered + n);
    option_t *options;
    double *second;
    double *needs;
    ARENA_TAKE(&offer->arena, options, kept);
    ARENA_TAKE(&offer->arena, second, kept);
    ARENA_TAKE(&offer->arena, needs, kept * budgets);
    TRY(arena_status(&offer->arena, "the certificate of %zu points", kept));
    for (size_t i = 0; i < kept; i++) {
        options[i] = offered[i].option;
        second[i] = offered[i].second;
        (void)offer_need(problem, distinct, options[i].point, &offer->sums, needs + i * budgets);
    }
    /* Points are named by the options from here on. What they need of all budgets stands beside
       them, row by row in the same order. */
    offer->needs[distinct] = needs;
    offer->classes[distinct] =
        (option_class_t){kept, options, offer_layers_like(problem, distinct)};
    offer->second[distinct] = second;
    return status_ok();
}

/* Closed by the caller, also after a failure. */
confx_status_t offer_open(problem_t *problem, offer_part_t part, const offer_sums_t *sums,
                          const solve_watch_t *watch, offer_t *offer)
{
    arena_t scratch = {.last = NULL};
    offered_t *offered;
    size_t points = 0;
    confx_status_t status;
    *offer = (offer_t){.classes_n = problem_distinct(problem), .sums = *sums};
    TRY(offer_limit(problem, part, offer, &points));
    ARENA_TAKE(&offer->arena, offer->classes, offer->classes_n);
    ARENA_TAKE(&offer->arena, offer->second, offer->classes_n);
    ARENA_TAKE(&offer->arena, offer->needs, offer->classes_n);
    TRY(arena_status(&offer->arena, "the certificate of %zu layers", offer->classes_n));
    /* The points of one class at a time, and room to find out which of them may be chosen. */
    ARENA_TAKE(&scratch, offered, 2 * points);
    TRY_OUT(arena_status(&scratch, "the certificate of %zu points", points));
    for (size_t distinct = 0; distinct < offer->classes_n; distinct++) {
        if (watch && !watch->tell(watch->context, "layers evaluated", distinct, offer->classes_n)) {
            status = status_fail(CONFX_STATUS_STOPPED, "stopped while the layers were evaluated");
            goto out;
        }
        const size_t n = offer_fill(problem, offer, distinct, offered);
        assert(n <= points);
        TRY_OUT(offer_class(problem, distinct, offered, n, offer));
    }
    status = status_ok();
out:
    arena_close(&scratch);
    return status;
}

several_t offer_several(const offer_t *offer)
{
    return (several_t){.classes_n = offer->classes_n,
                       .classes = offer->classes,
                       .needs = offer->needs,
                       .budgets_n = offer_budgets(&offer->sums),
                       .budgets = offer->sums.budgets};
}

/* Kinds of layers are of one network, and those of a network stand together. */
static confx_status_t offer_solve_worst(const problem_t *problem, const offer_t *offer,
                                        knapsack_limits_t limits, knapsack_t *knapsack)
{
    size_t groups[WORST_GROUPS] = {0};
    size_t last = 0;
    for (size_t distinct = 0; distinct < offer->classes_n; distinct++) {
        const size_t network = problem_membership(problem, distinct).network;
        assert(network >= last && network < WORST_GROUPS);
        groups[network]++;
        last = network;
    }
    const several_t several = offer_several(offer);
    if (several.budgets_n > 1)
        return worst_bound(&several, groups, last + 1,
                           (knapsack_limits_t){SEVERAL_STATES_MAX, limits.watch}, knapsack);
    return worst_solve(&(worst_t){.classes_n = offer->classes_n,
                                  .classes = offer->classes,
                                  .groups_n = last + 1,
                                  .groups = groups,
                                  .budget = offer->sums.budgets[0]},
                       limits, knapsack);
}

/* Each kind of objective has its solver; the limits on states are those of one budget. */
confx_status_t offer_solve(const problem_t *problem, const offer_t *offer, knapsack_limits_t limits,
                           knapsack_t *knapsack)
{
    const several_t several = offer_several(offer);
    const knapsack_limits_t fewer = {SEVERAL_STATES_MAX, limits.watch};
    const double budget = offer->sums.budgets[0];
    /* A budget of 0 with needs of 0 stands for no constraint on a sum, so that every solver has
       one. */
    switch (problem_terms(problem)->objectives[0].aggregate) {
    case AGGREGATE_MAX:
        return several_least_largest(&several, fewer, knapsack);
    case AGGREGATE_PRODUCT:
        assert(several.budgets_n == 1);
        return product_solve(offer->classes, offer->second, offer->classes_n, budget, limits,
                             knapsack);
    case AGGREGATE_WORST:
        return offer_solve_worst(problem, offer, limits, knapsack);
    case AGGREGATE_SUM:
        break;
    }
    if (several.budgets_n > 1)
        return several_solve(&several, (knapsack_limits_t){SEVERAL_SUM_STATES_MAX, limits.watch},
                             knapsack);
    return knapsack_solve(offer->classes, offer->classes_n, budget, limits, knapsack);
}

/* The largest sum that a term lets through, were `budget` its limit: the proof must cover all that
   a search may use. */
double offer_largest_fitting(const term_t *sum, double budget)
{
    const double scale = sum->limit / budget;
    double fits = budget;
    double exceeds = 2 * fits;
    for (;;) {
        /* A term allows for rounding, so that it keeps the budget itself and not twice as much:
           between these two the last number that it keeps is looked for until no number lies
           between. */
        const double middle = fits + (exceeds - fits) / 2;
        if (!(fits < middle && middle < exceeds)) return fits;
        /* The term knows its own limit only: a sum of `middle` is to this budget as
           `middle * scale` is to that limit. */
        if (terms_keeps(sum, middle * scale))
            fits = middle;
        else
            exceeds = middle;
    }
}

offer_sums_t offer_sums(const problem_t *problem)
{
    const terms_t *terms = problem_terms(problem);
    offer_sums_t sums = {.n = 0};
    for (size_t i = 0; i < terms->constraints_n; i++) {
        sums.terms[i] = terms->constraints[i];
        if (terms->constraints[i].aggregate != AGGREGATE_SUM) continue;
        sums.constraint[sums.n] = i;
        sums.budgets[sums.n++] =
            offer_largest_fitting(&terms->constraints[i], terms->constraints[i].limit);
    }
    return sums;
}
