/* The certificate of a problem: one class per distinct layer, as many members as the network has
   such layers. */
#include "confx/certificate.h"
#include "certificate/undominated.h"
#include "confx/arena.h"
#include "confx/figures.h"
#include "confx/several.h"
#include "confx/try.h"
#include "confx/worst.h"

#include <assert.h>
#include <math.h>

/* Beyond this many partial choices the bound has to do: about 150 MB. MobileNet-V2 needs a few
   hundred. The next step of the budget is given less: what it is worth is told beside the optimum,
   and is not to take longer than that. */
enum { STATES_MAX = 1 << 18, NEXT_STATES_MAX = 1 << 15 };
/* Of several budgets a partial choice takes more room, and a bound is proven anyway. */
enum { SEVERAL_STATES_MAX = 1 << 14 };

/* Of as many points of a layer every one is looked at: that more than enough is of no use is
   proven, but a certificate need not lean on it where it can do without (128 PEs and 12 buffers are
   1,536 points). Of more than the second number, and nothing known of what is enough, there is
   none. */
enum { EVERY_POINT_MOST = 4096, UNSATURATED_MOST = 1 << 22 };

/* The points of a space that one kind of layer may be given in an optimum: all levels; of the
   ranges those with no more on the first axis than is enough, since with more a layer costs the
   same and needs no less, and a choice of equal cost takes the lower need. The largest index of the
   first axis is kept beside them, as the scale of all needs. */
typedef struct {
    space_part_t part;
    const uint32_t *enough; /* (rest) of the kind: index of the first axis */
    size_t rows;            /* indices of the first axis to go through, the largest among them */
    uint64_t rest;          /* actions on the other axes */
} certificate_range_t;

/* The constraints that add up, static or not; those on a maximum only leave options out. */
typedef struct {
    size_t n, constraint[TERMS_MAX];
    double budgets[TERMS_MAX];
} certificate_sums_t;

typedef struct {
    size_t classes_n;
    certificate_sums_t sums;
    option_class_t *classes;
    const double **second;       /* (classes) second factor of each option; 1: it adds up */
    const double **needs;        /* (classes) (options, budgets) of all sums; one of 0: no sum */
    certificate_range_t *ranges; /* (classes) */
    uint32_t *enough;            /* (classes, rest) behind them */
    arena_t arena;
} offer_t;

static uint64_t certificate_range_points(const problem_t *problem, const certificate_range_t *range)
{
    return range->part == SPACE_LEVELS ? space_choices(problem_space(problem))
                                       : range->rows * range->rest;
}

/* Point i of the range; false: it is passed over. */
static bool certificate_range_point(const problem_t *problem, const certificate_range_t *range,
                                    uint64_t i, uint64_t *point)
{
    const space_t *space = problem_space(problem);
    if (range->part == SPACE_LEVELS) {
        *point = space_choice_point(space, i);
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
static size_t certificate_range_rows(const problem_t *problem, const certificate_range_t *range)
{
    const size_t all = space_range(problem_space(problem), 0);
    size_t rows = 1;
    for (uint64_t rest = 0; rest < range->rest; rest++)
        if (range->enough[rest] + 2 > rows) rows = range->enough[rest] + 2;
    return rows < all ? rows : all;
}

static size_t certificate_layers_like(const problem_t *problem, size_t distinct)
{
    size_t n = 0;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        n += problem_distinct_of(problem, layer) == distinct;
    return n;
}

/* What of the space each class may choose from; *points: how many the largest of them has. */
static confx_status_t certificate_offer_limit(problem_t *problem, space_part_t part, offer_t *offer,
                                              size_t *points)
{
    const space_t *space = problem_space(problem);
    const size_t most = space_range(space, 0) - 1;
    const uint64_t rests = part == SPACE_LEVELS ? 0 : space_points(space) / (most + 1);
    const bool every = space_points(space) <= EVERY_POINT_MOST;
    ARENA_TAKE(&offer->arena, offer->ranges, offer->classes_n);
    ARENA_TAKE(&offer->arena, offer->enough, offer->classes_n * rests);
    TRY(arena_status(&offer->arena, "the certificate of %zu layers", offer->classes_n));
    /* Of a saturated model no value of the first axis above `enough` is of any more use, whatever
       the others are. In a small space nothing is left out, which costs little and needs no such
       proof. */
    for (size_t distinct = 0; distinct < offer->classes_n; distinct++) {
        uint32_t *enough = offer->enough + distinct * rests;
        certificate_range_t *range = &offer->ranges[distinct];
        for (uint64_t rest = 0; rest < rests; rest++)
            enough[rest] = (uint32_t)(every ? most : problem_enough(problem, distinct, rest));
        *range = (certificate_range_t){.part = part, .enough = enough, .rest = rests};
        range->rows = certificate_range_rows(problem, range);
        assert(range->rows <= most + 1);
        if (certificate_range_points(problem, range) > *points)
            *points = certificate_range_points(problem, range);
    }
    return status_ok();
}

static size_t certificate_budgets(const certificate_sums_t *sums)
{
    return sums->n ? sums->n : 1;
}

/* What an option needs of each sum. False: it exceeds the limit of a maximum by itself. */
static bool certificate_need(problem_t *problem, size_t distinct, uint64_t point,
                             const certificate_sums_t *sums, double *needs)
{
    const terms_t *terms = problem_terms(problem);
    double values[TERMS_MAX];
    if (!problem_constraints(problem, distinct, point, values)) return false;
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (terms->constraints[i].aggregate == AGGREGATE_MAX &&
            !terms_keeps(&terms->constraints[i], values[i]))
            return false;
    needs[0] = 0;
    for (size_t i = 0; i < sums->n; i++) needs[i] = values[sums->constraint[i]];
    return true;
}

/* The valid points of a class; how many. Points that mean the same are one option. */
static size_t certificate_offer_fill(problem_t *problem, const offer_t *offer, size_t distinct,
                                     offered_t *offered)
{
    const certificate_range_t *range = &offer->ranges[distinct];
    size_t n = 0;
    for (uint64_t i = 0; i < certificate_range_points(problem, range); i++) {
        uint64_t point;
        double factors[FACTORS];
        double needs[TERMS_MAX];
        double need;
        if (!certificate_range_point(problem, range, i, &point)) continue;
        /* An axis that the dataflow of a layer does not declare makes several points of one
           meaning. The canonical one stands for them, so that no option is offered twice. */
        if (space_canonical(problem_space(problem), distinct, point) != point) continue;
        if (!problem_factors(problem, distinct, point, factors, &need)) continue;
        if (!certificate_need(problem, distinct, point, &offer->sums, needs)) continue;
        offered[n++] = (offered_t){{factors[0], needs[0], (uint32_t)point}, factors[1]};
    }
    return n;
}

/* A class of those among `offered` (n) that may be chosen, which has room for as many more. Of
   several budgets all may: what needs more of one may need less of another. */
static confx_status_t certificate_offer_class(problem_t *problem, size_t distinct,
                                              offered_t *offered, size_t n, offer_t *offer)
{
    const size_t budgets = certificate_budgets(&offer->sums);
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
        (void)certificate_need(problem, distinct, options[i].point, &offer->sums,
                               needs + i * budgets);
    }
    offer->needs[distinct] = needs;
    offer->classes[distinct] =
        (option_class_t){kept, options, certificate_layers_like(problem, distinct)};
    offer->second[distinct] = second;
    return status_ok();
}

/* Closed by the caller, also after a failure. */
static confx_status_t certificate_offer_open(problem_t *problem, space_part_t part,
                                             const certificate_sums_t *sums,
                                             const solve_watch_t *watch, offer_t *offer)
{
    arena_t scratch = {.last = NULL};
    offered_t *offered;
    size_t points = 0;
    confx_status_t status;
    *offer = (offer_t){.classes_n = problem_distinct(problem), .sums = *sums};
    TRY(certificate_offer_limit(problem, part, offer, &points));
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
        const size_t n = certificate_offer_fill(problem, offer, distinct, offered);
        assert(n <= points);
        TRY_OUT(certificate_offer_class(problem, distinct, offered, n, offer));
    }
    status = status_ok();
out:
    arena_close(&scratch);
    return status;
}

/* The same watch, told of `what`, in the caller's place for it; NULL where nobody watches. */
static const solve_watch_t *certificate_watch(const solve_watch_t *watch, const char *what,
                                              solve_watch_t *place)
{
    if (!watch) return NULL;
    *place = *watch;
    place->what = what;
    return place;
}

static several_t certificate_several(const offer_t *offer)
{
    return (several_t){.classes_n = offer->classes_n,
                       .classes = offer->classes,
                       .needs = offer->needs,
                       .budgets_n = certificate_budgets(&offer->sums),
                       .budgets = offer->sums.budgets};
}

/* Kinds of layers are of one network, and those of a network stand together. */
static confx_status_t certificate_solve_worst(const problem_t *problem, const offer_t *offer,
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
    return worst_solve(&(worst_t){.classes_n = offer->classes_n,
                                  .classes = offer->classes,
                                  .groups_n = last + 1,
                                  .groups = groups,
                                  .budget = offer->sums.budgets[0]},
                       limits, knapsack);
}

/* Each kind of objective has its solver; the limits on states are those of one budget. */
static confx_status_t certificate_solve_offer(const problem_t *problem, const offer_t *offer,
                                              knapsack_limits_t limits, knapsack_t *knapsack)
{
    const several_t several = certificate_several(offer);
    const knapsack_limits_t fewer = {SEVERAL_STATES_MAX, limits.watch};
    const double budget = offer->sums.budgets[0];
    switch (problem_terms(problem)->objectives[0].aggregate) {
    case AGGREGATE_MAX:
        return several_least_largest(&several, fewer, knapsack);
    case AGGREGATE_PRODUCT:
        assert(several.budgets_n == 1);
        return product_solve(offer->classes, offer->second, offer->classes_n, budget, limits,
                             knapsack);
    case AGGREGATE_WORST:
        assert(several.budgets_n == 1);
        return certificate_solve_worst(problem, offer, limits, knapsack);
    case AGGREGATE_SUM:
        break;
    }
    if (several.budgets_n > 1) return several_solve(&several, fewer, knapsack);
    return knapsack_solve(offer->classes, offer->classes_n, budget, limits, knapsack);
}

/* The largest sum that a term lets through, were `budget` its limit: the proof must cover all that
   a search may use. */
static double certificate_largest_fitting(const term_t *sum, double budget)
{
    const double scale = sum->limit / budget;
    double fits = budget;
    double exceeds = 2 * fits;
    for (;;) {
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

static certificate_sums_t certificate_sums(const problem_t *problem)
{
    const terms_t *terms = problem_terms(problem);
    certificate_sums_t sums = {.n = 0};
    for (size_t i = 0; i < terms->constraints_n; i++) {
        if (terms->constraints[i].aggregate != AGGREGATE_SUM) continue;
        sums.constraint[sums.n] = i;
        sums.budgets[sums.n++] =
            certificate_largest_fitting(&terms->constraints[i], terms->constraints[i].limit);
    }
    return sums;
}

/* Needs and prices by constraint: of a sum what its budget has, of a maximum the largest of the
   choice, which has no price. */
static void certificate_tell(problem_t *problem, const certificate_sums_t *sums,
                             knapsack_t *knapsack)
{
    const knapsack_t found = *knapsack;
    size_t member = 0;
    for (size_t i = 0; i < KNAPSACK_BUDGETS; i++) {
        knapsack->needs[i] = found.choice ? -INFINITY : NAN;
        knapsack->prices[i] = NAN;
    }
    for (size_t distinct = 0; found.choice && distinct < problem_distinct(problem); distinct++)
        for (size_t i = certificate_layers_like(problem, distinct); i > 0; i--) {
            double values[TERMS_MAX];
            (void)problem_constraints(problem, distinct, found.choice[member++], values);
            for (size_t k = 0; k < problem_terms(problem)->constraints_n; k++)
                knapsack->needs[k] = fmax(knapsack->needs[k], values[k]);
        }
    for (size_t i = 0; i < sums->n; i++) {
        knapsack->needs[sums->constraint[i]] = sums->n == 1 ? found.need : found.needs[i];
        knapsack->prices[sums->constraint[i]] = sums->n == 1 ? found.price : found.prices[i];
    }
}

confx_status_t certificate_solve_within(problem_t *problem, space_part_t part, double budget,
                                        const solve_watch_t *watch, knapsack_t *knapsack)
{
    solve_watch_t place;
    const knapsack_limits_t limits = {STATES_MAX, certificate_watch(watch, "optimum", &place)};
    certificate_sums_t sums = certificate_sums(problem);
    offer_t offer;
    confx_status_t status;
    *knapsack = (knapsack_t){0};
    sums.budgets[0] = budget;
    TRY_OUT(certificate_offer_open(problem, part, &sums, watch, &offer));
    TRY_OUT(certificate_solve_offer(problem, &offer, limits, knapsack));
    certificate_tell(problem, &sums, knapsack);
out:
    arena_close(&offer.arena);
    return status;
}

/* The next step, and the optimum that a job with that budget has: rounding lets it use a hair more
   than the step. Of several budgets there is no one step. */
static confx_status_t certificate_find_next(const problem_t *problem, offer_t *offer,
                                            const solve_watch_t *watch, knapsack_t *knapsack)
{
    solve_watch_t place;
    const knapsack_limits_t limits = {NEXT_STATES_MAX,
                                      certificate_watch(watch, "next step", &place)};
    const several_t several = certificate_several(offer);
    const aggregate_t aggregate = problem_terms(problem)->objectives[0].aggregate;
    next_t next = {NEXT_UNKNOWN, NAN, NAN};
    knapsack_t then;
    if (several.budgets_n > 1) return status_ok();
    if (aggregate == AGGREGATE_WORST)
        next = knapsack->next;
    else if (aggregate == AGGREGATE_MAX)
        TRY(several_next_largest(&several, knapsack, &next));
    else if (aggregate == AGGREGATE_SUM)
        TRY(knapsack_next(offer->classes, offer->classes_n, limits, knapsack, &next));
    else
        TRY(product_next(offer->classes, offer->second, offer->classes_n, limits, knapsack, &next));
    if (next.found == NEXT_KNOWN && offer->sums.n) {
        const term_t *sum = &problem_terms(problem)->constraints[offer->sums.constraint[0]];
        offer->sums.budgets[0] = certificate_largest_fitting(sum, next.budget);
        TRY(certificate_solve_offer(problem, offer, limits, &then));
        /* The step of the budget is proven at this place; what the optimum is at it takes a solve
           of its own, which may meet its limit. */
        next = then.solved ? (next_t){NEXT_KNOWN, next.budget, then.optimum}
                           : (next_t){NEXT_UNKNOWN, NAN, NAN};
        knapsack_close(&then);
    }
    knapsack->next = next;
    if (next.found == NEXT_NONE) knapsack->price = 0;
    return status_ok();
}

const char *certificate_obstacle(const problem_t *problem)
{
    const terms_t *terms = problem_terms(problem);
    const model_t *model = problem_model(problem);
    const space_t *space = problem_space(problem);
    size_t sums = 0;
    if (model->scores_networks) return "the model scores whole networks, not layers";
    if (!model_is_cheap(model)) return "the model is too expensive for every point to be evaluated";
    if (terms->objectives_n > 1) return "there are several objectives";
    for (size_t i = 0; i < terms->constraints_n; i++)
        sums += terms->constraints[i].aggregate == AGGREGATE_SUM;
    if (sums > 1 && terms->objectives[0].aggregate == AGGREGATE_PRODUCT)
        return "there are several budgets, and the objective is a product of sums";
    if (sums > 1 && terms->objectives[0].aggregate == AGGREGATE_WORST)
        return "there are several budgets, and the objective is the worst of several networks";
    for (size_t axis = 0; axis < space_axes(space); axis++)
        if (space_axis(space, axis)->scope == AXIS_NETWORK)
            return "an axis has one value for the whole network";
    if (space_points(space) > (model->is_saturated ? UINT32_MAX : UNSATURATED_MOST))
        return "a layer has too many points for every one to be evaluated";
    return NULL;
}

confx_status_t certificate_solve(problem_t *problem, space_part_t part, const solve_watch_t *watch,
                                 knapsack_t *knapsack)
{
    solve_watch_t place;
    const knapsack_limits_t limits = {STATES_MAX, certificate_watch(watch, "optimum", &place)};
    offer_t offer;
    confx_status_t status;
    *knapsack = (knapsack_t){0};
    if (certificate_obstacle(problem)) {
        *knapsack = (knapsack_t){.feasible = true,
                                 .needs = {NAN, NAN, NAN, NAN},
                                 .prices = {NAN, NAN, NAN, NAN},
                                 .lower_bound = NAN,
                                 .price = NAN,
                                 .optimum = NAN,
                                 .need = NAN,
                                 .known = NAN,
                                 .next = {NEXT_UNKNOWN, NAN, NAN}};
        return status_ok();
    }
    const certificate_sums_t sums = certificate_sums(problem);
    TRY_OUT(certificate_offer_open(problem, part, &sums, watch, &offer));
    TRY_OUT(certificate_solve_offer(problem, &offer, limits, knapsack));
    TRY_OUT(certificate_find_next(problem, &offer, watch, knapsack));
    certificate_tell(problem, &sums, knapsack);
out:
    arena_close(&offer.arena);
    if (status.code != CONFX_STATUS_OK) knapsack_close(knapsack);
    return status;
}

confx_status_t certificate_feasible(const problem_t *problem, const knapsack_t *knapsack)
{
    const terms_t *terms = problem_terms(problem);
    const certificate_sums_t sums = certificate_sums(problem);
    if (knapsack->feasible) return status_ok();
    if (sums.n > 1)
        return status_fail(CONFX_STATUS_INFEASIBLE,
                           "budget: no assignment that the dataflow can run fits all %zu budgets",
                           terms->constraints_n);
    return status_fail(
        CONFX_STATUS_INFEASIBLE, "budget: no assignment that the dataflow can run fits %.6g %s",
        sums.n ? terms->constraints[sums.constraint[0]].limit : problem_budget(problem),
        sums.n ? terms->constraints[sums.constraint[0]].unit : "");
}

double certificate_gap(const knapsack_t *knapsack, double found)
{
    const double best = knapsack->solved ? knapsack->optimum : knapsack->lower_bound;
    return found == best ? 0 : (found - best) / fabs(best);
}
