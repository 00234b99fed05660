/* The next step of the budget: the least that any better choice needs. It is the same knapsack
   problem turned round, needs for costs: the least sum of needs among choices whose costs, each
   less its class's least, sum to less than those of the optimum. */
#include "confx/arena.h"
#include "confx/knapsack.h"
#include "confx/try.h"

#include <float.h>
#include <math.h>

typedef struct {
    option_class_t *classes; /* costs and needs changed over; `point` is the option's index in the
                                caller's class */
    option_t *store;
    double budget; /* of costs above the least */
    arena_t arena;
} turned_t;

static confx_status_t next_open(const option_class_t *classes, size_t classes_n, turned_t *turned)
{
    size_t options_n = 0;
    for (size_t c = 0; c < classes_n; c++) options_n += classes[c].n;
    ARENA_TAKE(&turned->arena, turned->classes, classes_n);
    ARENA_TAKE(&turned->arena, turned->store, options_n);
    return arena_status(&turned->arena, "a knapsack of %zu options", options_n);
}

static double next_least_cost(const option_class_t *class)
{
    double least = INFINITY;
    for (size_t i = 0; i < class->n; i++) {
        const option_t *option = &class->options[i];
        if (isfinite(option->cost) && isfinite(option->need)) least = fmin(least, option->cost);
    }
    return least;
}

static option_class_t next_turn(const option_class_t *class, double least, option_t *options)
{
    size_t n = 0;
    for (size_t i = 0; i < class->n; i++) {
        const option_t *option = &class->options[i];
        if (!isfinite(option->cost) || !isfinite(option->need)) continue;
        options[n++] =
            (option_t){.cost = option->need, .need = option->cost - least, .point = (uint32_t)i};
    }
    return (option_class_t){n, options, class->members};
}

/* A better choice costs less than `optimum` by more than what rounding may do to a sum: `slack`,
   and that of the least costs taken off here. */
static void next_turn_all(const option_class_t *classes, size_t classes_n, double optimum,
                          double slack, turned_t *turned)
{
    option_t *next = turned->store;
    double least_sum = 0;
    double magnitude = 0;
    double members = 0;
    for (size_t c = 0; c < classes_n; c++) {
        /* A knapsack wants needs from 0 on, so that each class's costs are taken from its least
           one, and the sum of these from the budget. A class without members has no say in it. */
        const double least = next_least_cost(&classes[c]);
        turned->classes[c] = next_turn(&classes[c], least, next);
        next += turned->classes[c].n;
        if (!classes[c].members) continue;
        members += (double)classes[c].members;
        least_sum += (double)classes[c].members * least;
        magnitude += (double)classes[c].members * fabs(least);
    }
    const double rounding = fmax(slack, (members + 10) * 2 * DBL_EPSILON * magnitude);
    turned->budget = fmin(optimum - rounding, nextafter(optimum, -INFINITY)) - least_sum;
}

/* Its sums in the caller's order. */
static next_t next_told(const option_class_t *classes, size_t classes_n, const knapsack_t *found)
{
    next_t next = {.found = NEXT_KNOWN};
    size_t at = 0;
    for (size_t c = 0; c < classes_n; c++)
        for (size_t member = 0; member < classes[c].members; member++) {
            const option_t *option = &classes[c].options[found->choice[at++]];
            next.budget += option->need;
            next.optimum += option->cost;
        }
    return next;
}

static confx_status_t next_search(const option_class_t *classes, size_t classes_n,
                                  knapsack_limits_t limits, turned_t *turned,
                                  const knapsack_t *knapsack, next_t *next)
{
    knapsack_t found;
    TRY(next_open(classes, classes_n, turned));
    next_turn_all(classes, classes_n, knapsack->optimum, knapsack->slack, turned);
    /* The least sum of needs that leaves the cost below the optimum is the next budget. Where no
       choice costs less whatever it needs, there is no next step. */
    TRY(knapsack_solve(turned->classes, classes_n, turned->budget, limits, &found));
    if (!found.feasible)
        next->found = NEXT_NONE;
    else if (found.solved)
        *next = next_told(classes, classes_n, &found);
    knapsack_close(&found);
    return status_ok();
}

confx_status_t knapsack_next(const option_class_t *classes, size_t classes_n,
                             knapsack_limits_t limits, const knapsack_t *knapsack, next_t *next)
{
    turned_t turned = {0};
    *next = (next_t){NEXT_UNKNOWN, NAN, NAN};
    if (!knapsack->solved) return status_ok();
    const confx_status_t status = next_search(classes, classes_n, limits, &turned, knapsack, next);
    arena_close(&turned.arena);
    return status;
}
