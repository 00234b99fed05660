/* The certificate of a problem: one class per distinct layer, as many members as the network has
   such layers. */
#include "confx/certificate.h"
#include "confx/try.h"

#include <math.h>
#include <stdlib.h>

/* Beyond this many partial choices the bound has to do: about 150 MB. MobileNet-V2 needs a few
   hundred. The next step of the budget is given less: what it is worth is told beside the optimum,
   and is not to take longer than that. */
enum { STATES_MAX = 1 << 18, NEXT_STATES_MAX = 1 << 15 };

/* Of as many points of a layer every one is looked at: that more PEs than enough are of no use is
   proven, but a certificate need not lean on it where it can do without (128 PEs and 12 buffers are
   1,536 points). */
enum { EVERY_POINT_MOST = 4096 };

/* The points of a space that one kind of layer may be given in an optimum: all levels; of the
   integers those with no more PEs than are enough, since on more PEs a layer costs the same and
   needs no less, and a choice of equal cost takes the lower need. The largest number of PEs is kept
   beside them, as the scale of all needs. */
typedef struct {
    space_part_t space;
    const uint32_t *enough; /* (buffers) of the kind */
    uint32_t rows,
        buffers; /* numbers of PEs to go through, from 1 on, and the largest; of buffers */
} certificate_range_t;

typedef struct {
    size_t classes_n;
    option_class_t *classes;
    option_t *store;      /* options of all classes, one behind the other */
    double *second_store; /* of the same options */
    const double *
        *second; /* (classes) the second factor of each option; 1 where the objective adds up */
    certificate_range_t *ranges; /* (classes) */
    uint32_t *enough;            /* (classes, buffers) behind them */
} offer_t;

static size_t certificate_range_points(const problem_t *problem, const certificate_range_t *range)
{
    return range->space == SPACE_LEVELS ? problem_levels(problem, 0) * problem_levels(problem, 1)
                                        : (size_t)range->rows * range->buffers;
}

/* Point i of the range; false: it is passed over. */
static bool certificate_range_point(const problem_t *problem, const certificate_range_t *range,
                                    size_t i, size_t *point)
{
    if (range->space == SPACE_LEVELS) {
        const size_t buffers = problem_levels(problem, 1);
        *point = problem_point(problem, problem_level_values(problem, 0)[i / buffers],
                               problem_level_values(problem, 1)[i % buffers]);
        return true;
    }
    const uint32_t most = problem_pe_max(problem);
    const uint32_t row = (uint32_t)(i / range->buffers) + 1;
    const uint32_t pes = row < range->rows ? row : most;
    const uint32_t buffer = (uint32_t)(i % range->buffers) + 1;
    *point = problem_point(problem, pes, buffer);
    return pes <= range->enough[buffer - 1] || pes == most;
}

/* How many numbers of PEs are gone through of a kind: those enough under some buffer, and the
   largest. */
static uint32_t certificate_range_rows(const problem_t *problem, const uint32_t *enough)
{
    const uint32_t most = problem_pe_max(problem);
    uint32_t rows = 1;
    for (uint32_t buffer = 0; buffer < problem_buffer_max(problem); buffer++)
        if (enough[buffer] >= rows) rows = enough[buffer] + 1;
    return rows < most ? rows : most;
}

static size_t certificate_layers_like(const problem_t *problem, size_t distinct)
{
    size_t n = 0;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        n += problem_distinct_of(problem, layer) == distinct;
    return n;
}

static void certificate_offer_close(offer_t *offer)
{
    free(offer->classes);
    free(offer->store);
    free(offer->second_store);
    free(offer->second);
    free(offer->enough);
    free(offer->ranges);
}

/* What of the space each class may choose from; added to *points: how many of all of them
   together. */
static confx_status_t certificate_offer_limit(problem_t *problem, space_part_t space,
                                              offer_t *offer, size_t *points)
{
    const uint32_t buffers = problem_buffer_max(problem);
    const bool every = problem_points(problem) <= EVERY_POINT_MOST;
    offer->ranges = calloc(offer->classes_n, sizeof *offer->ranges);
    offer->enough = calloc(offer->classes_n * buffers, sizeof *offer->enough);
    if (!offer->ranges || !offer->enough)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the certificate of %zu layers",
                           offer->classes_n);
    for (size_t distinct = 0; distinct < offer->classes_n; distinct++) {
        uint32_t *enough = offer->enough + distinct * buffers;
        for (uint32_t buffer = 0; space == SPACE_INTEGERS && buffer < buffers; buffer++)
            enough[buffer] =
                every ? problem_pe_max(problem) : problem_enough_pes(problem, distinct, buffer + 1);
        offer->ranges[distinct] =
            (certificate_range_t){space, enough, certificate_range_rows(problem, enough), buffers};
        *points += certificate_range_points(problem, &offer->ranges[distinct]);
    }
    return status_ok();
}

/* The valid points of a class from `option` on; the end of them. */
static option_t *certificate_offer_fill(problem_t *problem, const offer_t *offer, size_t distinct,
                                        option_t *option)
{
    const certificate_range_t *range = &offer->ranges[distinct];
    for (size_t i = 0; i < certificate_range_points(problem, range); i++) {
        size_t point;
        double factors[FACTORS];
        if (!certificate_range_point(problem, range, i, &point)) continue;
        const bool valid = problem_factors(problem, distinct, point, factors, &option->need);
        option->point = (uint32_t)point;
        option->cost = factors[0];
        offer->second_store[option - offer->store] = factors[1];
        option += valid;
    }
    return option;
}

/* Closed by the caller, also after a failure. */
static confx_status_t certificate_offer_open(problem_t *problem, space_part_t space,
                                             const solve_watch_t *watch, offer_t *offer)
{
    size_t points = 0;
    *offer = (offer_t){.classes_n = problem_distinct(problem)};
    TRY(certificate_offer_limit(problem, space, offer, &points));
    offer->classes = calloc(offer->classes_n, sizeof *offer->classes);
    offer->store = calloc(points + 1, sizeof *offer->store);
    offer->second_store = calloc(points + 1, sizeof *offer->second_store);
    offer->second = calloc(offer->classes_n, sizeof *offer->second);
    if (!offer->classes || !offer->store || !offer->second_store || !offer->second)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the certificate of %zu points",
                           points);
    option_t *option = offer->store;
    for (size_t distinct = 0; distinct < offer->classes_n; distinct++) {
        option_t *first = option;
        if (watch && !watch->tell(watch->context, "layers evaluated", distinct, offer->classes_n))
            return status_fail(CONFX_STATUS_STOPPED, "stopped while the layers were evaluated");
        option = certificate_offer_fill(problem, offer, distinct, first);
        offer->classes[distinct] = (option_class_t){(size_t)(option - first), first,
                                                    certificate_layers_like(problem, distinct)};
        offer->second[distinct] = offer->second_store + (first - offer->store);
    }
    return status_ok();
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

confx_status_t certificate_solve_within(problem_t *problem, space_part_t space, double budget,
                                        const solve_watch_t *watch, knapsack_t *knapsack)
{
    solve_watch_t place;
    const knapsack_limits_t limits = {STATES_MAX, certificate_watch(watch, "optimum", &place)};
    offer_t offer;
    confx_status_t status;
    *knapsack = (knapsack_t){0};
    TRY_OUT(certificate_offer_open(problem, space, watch, &offer));
    TRY_OUT(certificate_solve_offer(problem, &offer, budget, limits, knapsack));
out:
    certificate_offer_close(&offer);
    return status;
}

/* The largest sum that problem_fits would let through, were `budget` the problem's: the proof must
   cover all that a search may use. */
static double certificate_largest_fitting(const problem_t *problem, double budget)
{
    const double scale = problem_budget(problem) / budget;
    double fits = budget;
    double exceeds = 2 * fits;
    for (;;) {
        const double middle = fits + (exceeds - fits) / 2;
        if (!(fits < middle && middle < exceeds)) return fits;
        if (problem_fits(problem, middle * scale))
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
        next = then.solved ? (next_t){NEXT_KNOWN, next.budget, then.optimum}
                           : (next_t){NEXT_UNKNOWN, NAN, NAN};
        knapsack_close(&then);
    }
    knapsack->next = next;
    if (next.found == NEXT_NONE) knapsack->price = 0;
    return status_ok();
}

confx_status_t certificate_solve(problem_t *problem, space_part_t space, const solve_watch_t *watch,
                                 knapsack_t *knapsack)
{
    solve_watch_t place;
    const knapsack_limits_t limits = {STATES_MAX, certificate_watch(watch, "optimum", &place)};
    const double budget = certificate_largest_fitting(problem, problem_budget(problem));
    offer_t offer;
    confx_status_t status;
    *knapsack = (knapsack_t){0};
    TRY_OUT(certificate_offer_open(problem, space, watch, &offer));
    TRY_OUT(certificate_solve_offer(problem, &offer, budget, limits, knapsack));
    TRY_OUT(certificate_find_next(problem, &offer, watch, knapsack));
out:
    certificate_offer_close(&offer);
    if (status.code != CONFX_STATUS_OK) knapsack_close(knapsack);
    return status;
}

confx_status_t certificate_feasible(const problem_t *problem, const knapsack_t *knapsack)
{
    if (knapsack->feasible) return status_ok();
    return status_fail(CONFX_STATUS_INFEASIBLE,
                       "budget: no assignment that the dataflow can run fits %.6g %s",
                       problem_budget(problem), constraint_units(problem_constraint(problem)));
}

const char *next_text(next_found_t found)
{
    static const char *const texts[] = {
        [NEXT_UNKNOWN] = "unknown: not found within the limit on partial assignments",
        [NEXT_NONE] = "none: no larger budget improves on the optimum",
        [NEXT_KNOWN] = "known"};
    return texts[found];
}

double certificate_gap(const knapsack_t *knapsack, double found)
{
    const double best = knapsack->solved ? knapsack->optimum : knapsack->lower_bound;
    return found == best ? 0 : (found - best) / fabs(best);
}
