/* The multiple-choice knapsack problem: bound, reduced-cost fixing, dynamic programming over what
   is left. */
#include "confx/try.h"
#include "knapsack/partial.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    double bound, slack, price, incumbent; /* price: of the options left in the menu */
} knapsack_root_t;

typedef struct {
    double
        price; /* what the relaxation over all options falls by for the next unit of the budget */
    double least_cost; /* of all choices, whatever they need */
} slope_t;

/* The relaxation's right-hand derivative at the budget: where that is a corner of the frontier, the
   slope behind it. Options that do not fit yet belong to the frontier, as more of the budget would
   bring them within reach; costs are the caller's own, not yet on a grid. Where rounding hides
   whether the last corner is reached, it is taken not to be: the optimum will tell. */
static confx_status_t knapsack_slope(const menu_t *menu, slope_t *slope)
{
    hull_t hull;
    TRY(hull_open(menu, &hull));
    hull_begin(&hull, 0, 0);
    size_t i = hull_find(&hull, menu->budget);
    /* At the very end of the frontier the slope is 0, but only if all of it is surely within reach.
     */
    if (i > 0 && i + 1 == hull.corners_n && hull.corners[i].need > menu->certainly) i--;
    *slope = (slope_t){.price = hull.corners[i].price};
    for (size_t c = 0; c < menu->classes_n; c++)
        if (menu->classes[c].members)
            slope->least_cost += (double)menu->classes[c].members *
                                 menu->classes[c].options[menu->classes[c].n - 1].cost;
    hull_close(&hull);
    return status_ok();
}

/* The relaxed optimum, and the choice at the frontier's corner below it. */
static confx_status_t knapsack_relax(const menu_t *menu, knapsack_root_t *root)
{
    hull_t hull;
    TRY(hull_open(menu, &hull));
    hull_begin(&hull, 0, 0);
    const size_t i = hull_find(&hull, menu->budget);
    /* Corner i is a whole choice within the budget, and the line from it to the next one bounds
       what any choice costs. It is an incumbent only if the caller's own sum of it fits for
       certain. */
    const corner_t *corner = &hull.corners[i];
    *root =
        (knapsack_root_t){.bound = hull_bound(&hull, i, menu->budget),
                          .slack = menu->slack,
                          .price = corner->price,
                          .incumbent = corner->need <= menu->certainly ? corner->cost : INFINITY};
    hull_close(&hull);
    return status_ok();
}

/* A whole choice in the caller's points and numbers, summed class by class. */
static void knapsack_put_choice(const option_class_t *classes, const menu_t *menu,
                                const uint32_t *options, knapsack_t *knapsack)
{
    knapsack->need = knapsack->optimum = 0;
    size_t i = 0;
    for (size_t c = 0; c < menu->classes_n; c++)
        for (size_t member = 0; member < menu->classes[c].members; member++, i++) {
            /* Numbers in the menu are on a grid: the caller's own are looked up by the index that
               the option has kept. */
            const option_t *option =
                &classes[c].options[menu->classes[c].options[options[i]].point];
            knapsack->need += option->need;
            knapsack->optimum += option->cost;
            knapsack->choice[i] = option->point;
        }
}

/* The cheapest whole choice that fits as the caller sums it; only where that sum rounds is there
   more than one to try. */
static confx_status_t knapsack_pick(const option_class_t *classes, const partial_search_t *search,
                                    double budget, knapsack_t *knapsack)
{
    const menu_t *menu = search->menu;
    uint32_t *options = calloc(menu->members + 1, sizeof *options);
    if (!knapsack->choice) knapsack->choice = calloc(menu->members + 1, sizeof *knapsack->choice);
    if (!options || !knapsack->choice) {
        free(options);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu choices", menu->members);
    }
    knapsack->choice_n = menu->members;
    /* Costs fall along `alive`, so that its last choice is the cheapest. */
    for (size_t which = search->alive.n; which-- > 0 && !knapsack->solved;) {
        partial_trace(search, which, options);
        knapsack_put_choice(classes, menu, options, knapsack);
        knapsack->solved = knapsack->need <= budget;
    }
    free(options);
    return status_ok();
}

/* The optimum among choices of at most `ceiling`, of which a menu trimmed to it still has all.
   complete: within the limit; then not solved means that there is none. */
static confx_status_t knapsack_search(const option_class_t *classes, const menu_t *menu,
                                      double budget, double ceiling, knapsack_limits_t limits,
                                      bool *complete, knapsack_t *knapsack)
{
    partial_search_t search;
    TRY(partial_open(menu, ceiling, &search));
    confx_status_t status = partial_run(&search, limits, complete);
    knapsack->states = search.most > knapsack->states ? search.most : knapsack->states;
    if (status.code == CONFX_STATUS_OK && *complete)
        status = knapsack_pick(classes, &search, budget, knapsack);
    partial_close(&search);
    return status;
}

/* As knapsack_search, on a copy of the menu without what a choice of at most `ceiling` cannot
   have. */
static confx_status_t knapsack_search_below(const option_class_t *classes, const menu_t *menu,
                                            double budget, const knapsack_root_t *root,
                                            double ceiling, knapsack_limits_t limits,
                                            bool *complete, knapsack_t *knapsack)
{
    menu_t below;
    /* The menu itself must stay whole, as a higher ceiling may need what is trimmed here. */
    TRY(menu_copy(menu, &below));
    menu_trim(&below, root->price, root->bound, ceiling);
    const confx_status_t status =
        knapsack_search(classes, &below, budget, ceiling, limits, complete, knapsack);
    menu_close(&below);
    return status;
}

/* The incumbent of the relaxation is off by as much as its last step, and the optimum far closer to
   the bound, the closer the more classes there are. So it is looked for just above the bound first,
   where nearly all classes have one option left, and then ever higher up to the incumbent: what is
   found below a ceiling is the optimum of all. */
static confx_status_t knapsack_search_all(const option_class_t *classes, const menu_t *menu,
                                          double budget, const knapsack_root_t *root,
                                          knapsack_limits_t limits, knapsack_t *knapsack)
{
    static const double nearest = 1.0 / 4096;
    const double gap = root->incumbent - root->bound;
    bool complete = isfinite(gap) && gap > root->slack;
    /* Work grows with the ceiling, so that those below the right one cost little together. */
    for (double share = nearest; share < 1 && complete; share *= 4) {
        TRY(knapsack_search_below(classes, menu, budget, root, root->bound + share * gap, limits,
                                  &complete, knapsack));
        if (knapsack->solved) return status_ok();
    }
    /* Here at the latest: below the incumbent there is a choice, unless rounding alone made it. */
    TRY(knapsack_search(classes, menu, budget, root->incumbent, limits, &complete, knapsack));
    if (complete) knapsack->feasible = knapsack->solved;
    return status_ok();
}

static confx_status_t knapsack_solve_classes(const option_class_t *classes, double budget,
                                             knapsack_limits_t limits, menu_t *menu,
                                             knapsack_t *knapsack)
{
    knapsack_root_t root = {0};
    slope_t slope = {0};
    TRY(knapsack_slope(menu, &slope));
    menu_keep_affordable(menu);
    /* Trimming may drop the largest costs, which allows for a finer grid, and that for a tighter
       bound: it goes on until the grid stays as it is. */
    while (menu_set_costs(menu, classes)) {
        TRY(knapsack_relax(menu, &root));
        menu_trim(menu, root.price, root.bound, root.incumbent);
    }
    knapsack->lower_bound = root.bound - root.slack;
    knapsack->slack = root.slack;
    knapsack->price = slope.price;
    TRY(knapsack_search_all(classes, menu, budget, &root, limits, knapsack));
    const bool tight = knapsack->solved && knapsack->optimum <= root.bound + root.slack;
    if (knapsack->solved) knapsack->known = knapsack->optimum;
    if (knapsack->solved && knapsack->optimum <= slope.least_cost + root.slack) knapsack->price = 0;
    if (tight)
        knapsack->lower_bound =
            knapsack->optimum; /* the relaxed optimum is itself a choice, up to rounding */
    return status_ok();
}

/* Nothing fits, or nothing was proven: no numbers that could be mistaken for a result. */
static void knapsack_blank(knapsack_t *knapsack)
{
    free(knapsack->choice);
    knapsack->choice = NULL;
    knapsack->choice_n = 0;
    knapsack->optimum = knapsack->need = knapsack->known = NAN;
    if (knapsack->feasible) return;
    knapsack->lower_bound = INFINITY;
    knapsack->price = 0;
}

confx_status_t knapsack_solve(const option_class_t *classes, size_t classes_n, double budget,
                              knapsack_limits_t limits, knapsack_t *knapsack)
{
    menu_t menu;
    *knapsack = (knapsack_t){.next = {NEXT_UNKNOWN, NAN, NAN}};
    TRY(menu_open(classes, classes_n, budget, &menu, &knapsack->feasible));
    confx_status_t status = status_ok();
    if (knapsack->feasible)
        status = knapsack_solve_classes(classes, budget, limits, &menu, knapsack);
    menu_close(&menu);
    if (status.code != CONFX_STATUS_OK)
        knapsack_close(knapsack);
    else if (!knapsack->solved)
        knapsack_blank(knapsack);
    return status;
}

void knapsack_close(knapsack_t *knapsack)
{
    free(knapsack->choice);
    *knapsack = (knapsack_t){0};
}

const char *next_text(next_found_t found)
{
    static const char *const texts[] = {
        [NEXT_UNKNOWN] = "unknown: not found within the limit on partial assignments",
        [NEXT_NONE] = "none: no larger budget improves on the optimum",
        [NEXT_UNASKED] = "unknown: not told of one array but for a sum within a limit on it",
        [NEXT_KNOWN] = "known"};
    return texts[found];
}
