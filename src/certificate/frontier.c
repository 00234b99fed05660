/* The frontier, one solve after the other. A solve within a budget gives the least objective, and
   of the designs that have it the least need: so one solve proves the optimum for all budgets from
   that need up to its own. A solve within a budget just below that need gives the step before. */
#include "confx/frontier.h"
#include "certificate/sharing.h"
#include "confx/array.h"
#include "confx/figures.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *frontier_obstacle(const problem_t *problem)
{
    const terms_t *terms = problem_terms(problem);
    const char *obstacle = certificate_obstacle(problem);
    if (obstacle) return obstacle;
    if (terms->constraints_n != 1) return "it goes over one budget, and the job has others";
    if (terms->constraints[0].aggregate != AGGREGATE_SUM && !sharing_is_direct(problem))
        return "it goes over one budget that adds up over the layers, and the job has another";
    if (isnan(problem_need_least(problem)) || isnan(problem_need_most(problem)))
        return "what its budget ranges over is not known";
    return NULL;
}

void frontier_close(frontier_t *frontier)
{
    for (size_t i = 0; i < frontier->n; i++) free(frontier->steps[i].assignment);
    free(frontier->steps);
    *frontier = (frontier_t){.n = 0};
}

/* ---- steps ----------------------------------------------------------------------------------- */

/* Sums of the same numbers in another order; of products the solver's own tolerance. */
static bool frontier_same(const problem_t *problem, double one, double other)
{
    const double rounding = problem_adds_up(problem) ? 1e-12 : 1e-9;
    return fabs(one - other) <= rounding * fmax(fabs(one), fabs(other));
}

/* Is the optimum within this budget known already? */
static bool frontier_covers(const frontier_t *frontier, double budget)
{
    for (size_t i = 0; i < frontier->n; i++) {
        const frontier_step_t *step = &frontier->steps[i];
        if (step->from <= budget && (budget < step->to || (!step->closed && budget <= step->to)))
            return true;
    }
    return false;
}

static confx_status_t frontier_room(frontier_t *frontier)
{
    frontier_step_t *grown =
        array_grown(frontier->steps, &frontier->room, frontier->n + 1, sizeof *grown);
    if (!grown) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu steps", frontier->n + 1);
    frontier->steps = grown;
    return status_ok();
}

static confx_status_t frontier_design(const problem_t *problem, const knapsack_t *at,
                                      uint16_t **assignment)
{
    *assignment =
        calloc(space_cells(problem_space(problem), problem_layers(problem)), sizeof **assignment);
    if (!*assignment) return status_fail(CONFX_STATUS_MEMORY, "no memory for a design");
    certificate_put(problem, at, *assignment);
    return status_ok();
}

/* Where a step with that least budget has its place. */
static size_t frontier_place(const frontier_t *frontier, double budget)
{
    size_t place = 0;
    while (place < frontier->n && frontier->steps[place].to < budget) place++;
    return place;
}

/* What a solve within `budget` has told; *place: of its step. */
static confx_status_t frontier_enter(frontier_t *frontier, const problem_t *problem, double budget,
                                     const knapsack_t *at, size_t *place)
{
    frontier_step_t step = {.from = at->solved ? at->need : NAN,
                            .to = budget,
                            .optimum = at->optimum,
                            .lower_bound = at->lower_bound,
                            .price = at->price};
    for (size_t i = 0; at->solved && i < frontier->n; i++) {
        frontier_step_t *known = &frontier->steps[i];
        if (!frontier_same(problem, known->optimum, at->optimum)) continue;
        /* The same step, proven for a larger budget, or from a lower one on. */
        *place = i;
        known->from = fmin(known->from, at->need);
        if (!known->closed && budget > known->to) known->to = budget;
        return status_ok();
    }
    TRY(frontier_room(frontier));
    assert(frontier->n < frontier->room);
    /* Steps stand by rising budgets, so that whoever reads the frontier, or asks what is covered,
       can go through them in this order. */
    *place = frontier_place(frontier, at->solved ? at->need : budget);
    memmove(&frontier->steps[*place + 1], &frontier->steps[*place],
            (frontier->n - *place) * sizeof step);
    frontier->steps[*place] = step;
    frontier->n++;
    /* The step owns its design from here on, made or not. */
    return at->solved ? frontier_design(problem, at, &frontier->steps[*place].assignment)
                      : status_ok();
}

/* ---- solving --------------------------------------------------------------------------------- */

typedef struct {
    problem_t *problem;
    space_part_t part;
    const solve_watch_t *watch;
    frontier_t *frontier;
} frontier_work_t;

static confx_status_t frontier_at(const frontier_work_t *work, double budget, bool *feasible,
                                  size_t *place)
{
    knapsack_t at = {.choice = NULL};
    TRY(certificate_solve_within(work->problem, work->part, budget, work->watch, &at));
    work->frontier->solves++;
    *feasible = at.feasible;
    const confx_status_t status =
        at.feasible ? frontier_enter(work->frontier, work->problem, budget, &at, place)
                    : status_ok();
    knapsack_close(&at);
    return status;
}

/* The uppermost step. Of sums a price of nothing is the solver's word that no larger budget
   improves on the optimum; where it has a price, a larger budget is looked at. */
static confx_status_t frontier_top(const frontier_work_t *work, bool *feasible)
{
    enum { DOUBLINGS_MOST = 8 };
    const frontier_t *frontier = work->frontier;
    double budget = problem_need_most(work->problem);
    for (int i = 0; i < DOUBLINGS_MOST; i++, budget *= 2) {
        size_t place = 0;
        TRY(frontier_at(work, budget, feasible, &place));
        if (!*feasible || !problem_adds_up(work->problem)) return status_ok();
        /* Steps stand by rising budgets, and no larger one has been solved within: the last is the
           uppermost. */
        frontier_step_t *top = &frontier->steps[frontier->n - 1];
        if (isnan(top->optimum) || top->price != 0) continue;
        top->to = INFINITY;
        top->closed = true;
        return status_ok();
    }
    return status_ok();
}

/* From the most down, to the least. */
static confx_status_t frontier_spread(const frontier_work_t *work, size_t budgets)
{
    frontier_t *frontier = work->frontier;
    const double least = problem_need_least(work->problem);
    bool feasible = false;
    size_t place = 0;
    TRY(frontier_top(work, &feasible));
    if (!feasible) return status_ok();
    const frontier_step_t *top = &frontier->steps[frontier->n - 1];
    const double high = isnan(top->from) ? problem_need_most(work->problem) : top->from;
    for (size_t i = 1; i < budgets; i++) {
        /* Budgets lie evenly by their logarithms, between where the uppermost step begins and the
           least that any design needs: per cents of a budget matter, not its units. */
        const double share = (double)(budgets - i - 1) / (double)(budgets - 1);
        const double budget = least * pow(high / least, share);
        if (frontier_covers(frontier, budget)) continue;
        TRY(frontier_at(work, budget, &feasible, &place));
        if (!feasible) break; /* nor does anything fit less */
    }
    return status_ok();
}

/* From the top down, each step to the one that ends where it begins. `solves` in all at most. */
static confx_status_t frontier_follow(const frontier_work_t *work, size_t solves)
{
    frontier_t *frontier = work->frontier;
    for (size_t i = frontier->n; i-- > 0;) {
        const frontier_step_t *step = &frontier->steps[i];
        if (isnan(step->optimum) || frontier->solves >= solves) return status_ok();
        if (i > 0 && frontier->steps[i - 1].closed) continue;
        bool feasible = false;
        size_t place = 0;
        const double begin = step->from;
        /* The largest number below what this step needs: whatever is optimal within it is the step
           before, and no budget lies between the two. */
        TRY(frontier_at(work, nextafter(begin, 0), &feasible, &place));
        if (!feasible) {
            assert(i == 0);
            frontier->complete = frontier->steps[frontier->n - 1].closed;
            return status_ok();
        }
        frontier_step_t *found = &frontier->steps[place];
        if (isnan(found->optimum)) return status_ok();
        /* What was found lies directly below: a new step, or the one that was known; or it is this
           step itself, whose need is a little less in another order of summing. */
        if (found->to < begin) {
            found->to = begin;
            found->closed = true;
        }
        i = place + 1;
    }
    return status_ok();
}

confx_status_t frontier_solve(problem_t *problem, space_part_t part, size_t budgets,
                              const solve_watch_t *watch, frontier_t *frontier)
{
    const frontier_work_t work = {problem, part, watch, frontier};
    confx_status_t status;
    *frontier = (frontier_t){.n = 0};
    assert(budgets >= 2 && !frontier_obstacle(problem));
    TRY_OUT(frontier_spread(&work, budgets));
    /* As many optima as budgets: there are more steps than could be followed. */
    if (frontier->n <= budgets / 2) TRY_OUT(frontier_follow(&work, 3 * budgets));
out:
    if (status.code != CONFX_STATUS_OK) frontier_close(frontier);
    return status;
}
