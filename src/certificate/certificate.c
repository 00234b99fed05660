/* The certificate of a problem: one class per distinct layer, as many members as the network has
   such layers. */
#include "confx/certificate.h"
#include "certificate/undominated.h"
#include "confx/arena.h"
#include "confx/figures.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>

/* Beyond this many partial choices the bound has to do: about 150 MB. MobileNet-V2 needs a few
   hundred. The next step of the budget is given less: what it is worth is told beside the optimum,
   and is not to take longer than that. */
enum { STATES_MAX = 1 << 18, NEXT_STATES_MAX = 1 << 15 };

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

typedef struct {
    size_t classes_n;
    option_class_t *classes;
    const double **second;       /* (classes) second factor of each option; 1: it adds up */
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

/* What an option needs of the one constraint that adds up. False: it exceeds a limit by itself. */
static bool certificate_need(problem_t *problem, size_t distinct, uint64_t point, double *need)
{
    const terms_t *terms = problem_terms(problem);
    const need_t needs = problem_needs(problem, distinct, point);
    *need = 0;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        if (terms->constraints[i].aggregate == AGGREGATE_MAX) {
            if (!terms_fits_one(terms, i, &needs)) return false;
        } else {
            *need = needs.of[i];
        }
    }
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
        double need;
        if (!certificate_range_point(problem, range, i, &point)) continue;
        /* An axis that the dataflow of a layer does not declare makes several points of one
           meaning. The canonical one stands for them, so that no option is offered twice. */
        if (space_canonical(problem_space(problem), distinct, point) != point) continue;
        if (!problem_factors(problem, distinct, point, factors, &need)) continue;
        if (!certificate_need(problem, distinct, point, &need)) continue;
        offered[n++] = (offered_t){{factors[0], need, (uint32_t)point}, factors[1]};
    }
    return n;
}

/* A class of those among `offered` (n) that may be chosen; `scratch` has room for as many. */
static confx_status_t certificate_offer_class(const problem_t *problem, size_t distinct,
                                              offered_t *offered, size_t n, offer_t *offer)
{
    const size_t kept = undominated_keep(offered, n, problem_adds_up(problem), offered + n);
    option_t *options;
    double *second;
    ARENA_TAKE(&offer->arena, options, kept);
    ARENA_TAKE(&offer->arena, second, kept);
    TRY(arena_status(&offer->arena, "the certificate of %zu points", kept));
    for (size_t i = 0; i < kept; i++) {
        options[i] = offered[i].option;
        second[i] = offered[i].second;
    }
    offer->classes[distinct] =
        (option_class_t){kept, options, certificate_layers_like(problem, distinct)};
    offer->second[distinct] = second;
    return status_ok();
}

/* Closed by the caller, also after a failure. */
static confx_status_t certificate_offer_open(problem_t *problem, space_part_t part,
                                             const solve_watch_t *watch, offer_t *offer)
{
    arena_t scratch = {.last = NULL};
    offered_t *offered;
    size_t points = 0;
    confx_status_t status;
    *offer = (offer_t){.classes_n = problem_distinct(problem)};
    TRY(certificate_offer_limit(problem, part, offer, &points));
    ARENA_TAKE(&offer->arena, offer->classes, offer->classes_n);
    ARENA_TAKE(&offer->arena, offer->second, offer->classes_n);
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

static confx_status_t certificate_solve_offer(const problem_t *problem, const offer_t *offer,
                                              double budget, knapsack_limits_t limits,
                                              knapsack_t *knapsack)
{
    if (problem_adds_up(problem))
        return knapsack_solve(offer->classes, offer->classes_n, budget, limits, knapsack);
    return product_solve(offer->classes, offer->second, offer->classes_n, budget, limits, knapsack);
}

confx_status_t certificate_solve_within(problem_t *problem, space_part_t part, double budget,
                                        const solve_watch_t *watch, knapsack_t *knapsack)
{
    solve_watch_t place;
    const knapsack_limits_t limits = {STATES_MAX, certificate_watch(watch, "optimum", &place)};
    offer_t offer;
    confx_status_t status;
    *knapsack = (knapsack_t){0};
    TRY_OUT(certificate_offer_open(problem, part, watch, &offer));
    TRY_OUT(certificate_solve_offer(problem, &offer, budget, limits, knapsack));
out:
    arena_close(&offer.arena);
    return status;
}

static const term_t *certificate_sum(const terms_t *terms)
{
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (terms->constraints[i].aggregate == AGGREGATE_SUM) return &terms->constraints[i];
    return NULL;
}

/* The largest sum that the terms would let through, were `budget` their limit: the proof must cover
   all that a search may use. */
static double certificate_largest_fitting(const problem_t *problem, double budget)
{
    const terms_t *terms = problem_terms(problem);
    const term_t *sum = certificate_sum(terms);
    double fits = budget;
    double exceeds = 2 * fits;
    if (!sum) return budget;
    /* The terms know the limit of the job only: a sum of `middle` is to this budget as
       `middle * scale` is to that limit. */
    const double scale = sum->limit / budget;
    for (;;) {
        const double middle = fits + (exceeds - fits) / 2;
        if (!(fits < middle && middle < exceeds)) return fits;
        need_t need = {{0}, 0};
        need.of[sum - terms->constraints] = middle * scale;
        if (terms_fits(terms, &need))
            fits = middle;
        else
            exceeds = middle;
    }
}

/* The next step, and the optimum that a job with that budget has: rounding lets it use a hair more
   than the step. */
static confx_status_t certificate_find_next(const problem_t *problem, const offer_t *offer,
                                            const solve_watch_t *watch, knapsack_t *knapsack)
{
    solve_watch_t place;
    const knapsack_limits_t limits = {NEXT_STATES_MAX,
                                      certificate_watch(watch, "next step", &place)};
    next_t next;
    knapsack_t then;
    if (problem_adds_up(problem))
        TRY(knapsack_next(offer->classes, offer->classes_n, limits, knapsack, &next));
    else
        TRY(product_next(offer->classes, offer->second, offer->classes_n, limits, knapsack, &next));
    if (next.found == NEXT_KNOWN) {
        TRY(certificate_solve_offer(
            problem, offer, certificate_largest_fitting(problem, next.budget), limits, &then));
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
    if (terms->objectives[0].aggregate == AGGREGATE_MAX)
        return "the objective is a maximum over the layers, no sum or product of sums";
    for (size_t i = 0; i < terms->constraints_n; i++) {
        if (!terms->constraints[i].is_static) return "a limit is on what must be sampled";
        sums += terms->constraints[i].aggregate == AGGREGATE_SUM;
    }
    if (sums > 1) return "there are several budgets";
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
                                 .lower_bound = NAN,
                                 .price = NAN,
                                 .optimum = NAN,
                                 .need = NAN,
                                 .known = NAN,
                                 .next = {NEXT_UNKNOWN, NAN, NAN}};
        return status_ok();
    }
    const double budget = certificate_largest_fitting(problem, problem_budget(problem));
    TRY_OUT(certificate_offer_open(problem, part, watch, &offer));
    TRY_OUT(certificate_solve_offer(problem, &offer, budget, limits, knapsack));
    TRY_OUT(certificate_find_next(problem, &offer, watch, knapsack));
out:
    arena_close(&offer.arena);
    if (status.code != CONFX_STATUS_OK) knapsack_close(knapsack);
    return status;
}

confx_status_t certificate_feasible(const problem_t *problem, const knapsack_t *knapsack)
{
    const term_t *sum = certificate_sum(problem_terms(problem));
    if (knapsack->feasible) return status_ok();
    return status_fail(CONFX_STATUS_INFEASIBLE,
                       "budget: no assignment that the dataflow can run fits %.6g %s",
                       problem_budget(problem), sum ? sum->unit : "");
}

double certificate_gap(const knapsack_t *knapsack, double found)
{
    const double best = knapsack->solved ? knapsack->optimum : knapsack->lower_bound;
    return found == best ? 0 : (found - best) / fabs(best);
}
