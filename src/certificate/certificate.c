/* The certificate of a problem: one class per distinct layer, as many members as the network has
   such layers. */
#include "confx/certificate.h"
#include "certificate/offer.h"
#include "certificate/sharing.h"
#include "confx/figures.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>

/* Beyond this many partial choices the bound has to do: about 150 MB. MobileNet-V2 needs a few
   hundred. The next step of the budget is given less: what it is worth is told beside the optimum,
   and is not to take longer than that. */
enum { STATES_MAX = 1 << 18, NEXT_STATES_MAX = 1 << 15 };
/* A layer has at most so many points where nothing is known of what is enough. */
enum { UNSATURATED_MOST = 1 << 22 };

/* The same watch, told of `what`, in the caller's place for it; NULL where nobody watches. */
static const solve_watch_t *certificate_watch(const solve_watch_t *watch, const char *what,
                                              solve_watch_t *place)
{
    if (!watch) return NULL;
    *place = *watch;
    place->what = what;
    return place;
}

/* Of a sum what its budget has, of a maximum the largest of the choice, which has no price. */
static void certificate_tell(problem_t *problem, const offer_sums_t *sums, knapsack_t *knapsack)
{
    const knapsack_t found = *knapsack;
    size_t member = 0;
    for (size_t i = 0; i < KNAPSACK_BUDGETS; i++) {
        knapsack->needs[i] = found.choice ? -INFINITY : NAN;
        knapsack->prices[i] = NAN;
    }
    for (size_t distinct = 0; found.choice && distinct < problem_distinct(problem); distinct++)
        for (size_t i = offer_layers_like(problem, distinct); i > 0; i--) {
            /* A maximum over the layers is the largest value of the chosen points. Sums get the
               same here, and are written over below with what the solver made of them. */
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
    offer_sums_t sums = offer_sums(problem);
    offer_t offer;
    confx_status_t status;
    *knapsack = (knapsack_t){0};
    /* The one budget may be a sum, or the limit of a maximum where nothing adds up: the caller's
       budget stands in the place of whichever there is. */
    if (sums.n)
        sums.budgets[0] = budget;
    else
        sums.terms[0].limit = budget;
    if (space_shared(problem_space(problem)) > 0)
        return sharing_solve(&(sharing_t){problem, part, sums, STATES_MAX, watch}, knapsack);
    TRY_OUT(offer_open(problem, (offer_part_t){.of = part}, &sums, watch, &offer));
    TRY_OUT(offer_solve(problem, &offer, limits, knapsack));
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
    const several_t several = offer_several(offer);
    const aggregate_t aggregate = problem_terms(problem)->objectives[0].aggregate;
    next_t next = {NEXT_UNKNOWN, NAN, NAN};
    knapsack_t then;
    if (several.budgets_n > 1) return status_ok();
    /* Each objective has its own way to the next step; that of the worst of several networks has
       been found by the solver on its way. */
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
        offer->sums.budgets[0] = offer_largest_fitting(sum, next.budget);
        TRY(offer_solve(problem, offer, limits, &then));
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
    /* A product within several budgets has no solver. Maxima do not count: they only take options
       away. */
    for (size_t i = 0; i < terms->constraints_n; i++)
        sums += terms->constraints[i].aggregate == AGGREGATE_SUM;
    if (sums > 1 && terms->objectives[0].aggregate == AGGREGATE_PRODUCT)
        return "there are several budgets, and the objective is a product of sums";
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
    /* Layers that share an array are not chosen independently, so that no one knapsack holds them
       all. */
    const offer_sums_t sums = offer_sums(problem);
    if (space_shared(problem_space(problem)) > 0)
        return sharing_solve(&(sharing_t){problem, part, sums, STATES_MAX, watch}, knapsack);
    TRY_OUT(offer_open(problem, (offer_part_t){.of = part}, &sums, watch, &offer));
    TRY_OUT(offer_solve(problem, &offer, limits, knapsack));
    TRY_OUT(certificate_find_next(problem, &offer, watch, knapsack));
    certificate_tell(problem, &sums, knapsack);
out:
    arena_close(&offer.arena);
    if (status.code != CONFX_STATUS_OK) knapsack_close(knapsack);
    return status;
}

void certificate_put(const problem_t *problem, const knapsack_t *knapsack, uint16_t *assignment)
{
    size_t chosen = 0;
    /* A class is a distinct layer, and its members are the layers like that one, in their order. */
    for (size_t distinct = 0; distinct < problem_distinct(problem); distinct++)
        for (size_t layer = 0; layer < problem_layers(problem); layer++)
            if (problem_distinct_of(problem, layer) == distinct)
                problem_put(problem, assignment, layer, knapsack->choice[chosen++]);
    assert(chosen == knapsack->choice_n);
}

confx_status_t certificate_feasible(const problem_t *problem, space_part_t part,
                                    const knapsack_t *knapsack)
{
    const terms_t *terms = problem_terms(problem);
    const space_t *space = problem_space(problem);
    /* Something else may fit where the levels are not all that there is. */
    const bool more = part == SPACE_LEVELS && space_choices(space) < space_points(space);
    const char *of = more ? " of the levels" : "";
    if (knapsack->feasible) return status_ok();
    if (terms->constraints_n > 1)
        return status_fail(CONFX_STATUS_INFEASIBLE,
                           "budget: no assignment%s that the dataflow can run fits all %zu budgets",
                           of, terms->constraints_n);
    return status_fail(CONFX_STATUS_INFEASIBLE,
                       "budget: no assignment%s that the dataflow can run fits %.6g %s", of,
                       terms->constraints[0].limit, terms->constraints[0].unit);
}

double certificate_gap(const knapsack_t *knapsack, double found)
{
    /* The certificate adds up layers kind by kind, a search in the network's order: what is below
       the optimum by no more than that may round is the optimum. */
    static const double rounding = 1e-12;
    const double best = knapsack->solved ? knapsack->optimum : knapsack->lower_bound;
    const double gap = found == best ? 0 : (found - best) / fabs(best);
    return gap < 0 && gap >= -rounding ? 0 : gap;
}
