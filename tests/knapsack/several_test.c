/* Several budgets at once, and the least of the largest cost: against brute force, and of the size
   of a network. */
#include "confx/several.h"
#include "instance.h"
#include "knapsack/several_menu.h"
#include "suite.h"

#include <string.h>

enum { NO_LIMIT = 1 << 14, NEEDS_MAX = CLASSES_MAX * OPTIONS_MAX * KNAPSACK_BUDGETS };

typedef struct {
    instance_t instance;
    double store[NEEDS_MAX];
    const double *needs[CLASSES_MAX];
    double budgets[KNAPSACK_BUDGETS];
    several_t several;
} many_t;

static many_t many; /* too large for a stack */

static double extreme_sum(size_t k, int sign)
{
    double sum = 0;
    for (size_t c = 0; c < many.instance.classes_n; c++) {
        double extreme = -INFINITY;
        for (size_t i = 0; i < many.instance.classes[c].n; i++)
            extreme = fmax(extreme, sign * many.needs[c][i * many.several.budgets_n + k]);
        sum += sign * extreme * (double)many.instance.classes[c].members;
    }
    return sum;
}

/* The need of the first budget is the instance's; others are drawn beside it, alike or against
   it. */
static void draw_needs(rng_t *rng, size_t budgets_n)
{
    double *next = many.store;
    const instance_t *instance = &many.instance;
    many.several = (several_t){.classes_n = instance->classes_n,
                               .classes = instance->classes,
                               .needs = many.needs,
                               .budgets_n = budgets_n,
                               .budgets = many.budgets};
    for (size_t c = 0; c < instance->classes_n; c++) {
        many.needs[c] = next;
        for (size_t i = 0; i < instance->classes[c].n; i++) {
            const double need = instance->classes[c].options[i].need;
            *next++ = need;
            for (size_t k = 1; k < budgets_n; k++)
                *next++ = k % 2 ? floor(need / 2) + (double)rng_below(rng, 9)
                                : floor(1e4 / (1 + need)) + (double)rng_below(rng, 9);
        }
    }
    for (size_t k = 0; k < budgets_n; k++) {
        const double least = extreme_sum(k, -1), most = extreme_sum(k, 1);
        many.budgets[k] = rng_below(rng, 8) ? least + rng_uniform(rng) * (most - least) : least;
    }
}

/* ---- brute force ----------------------------------------------------------------------------- */

typedef struct {
    double sum, largest, needs[KNAPSACK_BUDGETS];
} figures_t;

typedef struct {
    bool largest;      /* what is to be least: the largest cost, or their sum */
    double best, need; /* of equals the least first need */
} brute_t;

static bool within(const double *needs)
{
    for (size_t k = 0; k < many.several.budgets_n; k++)
        if (needs[k] > many.budgets[k]) return false;
    return true;
}

static void try_all(brute_t *brute, size_t class, size_t member, figures_t figures)
{
    if (class == many.instance.classes_n) {
        const double value = brute->largest ? figures.largest : figures.sum;
        if (!within(figures.needs) || value > brute->best) return;
        brute->need = value < brute->best ? figures.needs[0] : fmin(brute->need, figures.needs[0]);
        brute->best = value;
        return;
    }
    const option_class_t *c = &many.instance.classes[class];
    const bool last = member + 1 == c->members;
    for (size_t i = 0; i < c->n; i++) {
        figures_t with = figures;
        with.sum += c->options[i].cost;
        with.largest = fmax(with.largest, c->options[i].cost);
        for (size_t k = 0; k < many.several.budgets_n; k++)
            with.needs[k] += many.needs[class][i * many.several.budgets_n + k];
        try_all(brute, class + last, last ? 0 : member + 1, with);
    }
}

static brute_t by_brute_force(bool largest)
{
    brute_t brute = {largest, INFINITY, INFINITY};
    try_all(&brute, 0, 0, (figures_t){.largest = -INFINITY});
    return brute;
}

/* What a choice of points comes to, class by class. */
static figures_t figures_of(const knapsack_t *knapsack)
{
    figures_t figures = {.largest = -INFINITY};
    size_t member = 0;
    for (size_t c = 0; c < many.instance.classes_n; c++)
        for (size_t m = 0; m < many.instance.classes[c].members; m++) {
            const size_t i = knapsack->choice[member++] - 1000 * c;
            figures.sum += many.instance.classes[c].options[i].cost;
            figures.largest = fmax(figures.largest, many.instance.classes[c].options[i].cost);
            for (size_t k = 0; k < many.several.budgets_n; k++)
                figures.needs[k] += many.needs[c][i * many.several.budgets_n + k];
        }
    ck_assert_uint_eq(member, knapsack->choice_n);
    return figures;
}

/* ---- small ----------------------------------------------------------------------------------- */

enum { SMALL = 600 };

static const draw_t draws[] = {DRAW_DIGITS, DRAW_SIGNED, DRAW_HAIR, DRAW_TIED, DRAW_FRACTION};
enum { DRAWN = sizeof draws / sizeof *draws };

static void check_sum(const knapsack_t *knapsack)
{
    const brute_t brute = by_brute_force(false);
    ck_assert_int_eq(knapsack->feasible, isfinite(brute.best));
    if (!knapsack->feasible) return;
    ck_assert(knapsack->solved);
    ck_assert_double_eq_tol(knapsack->optimum, brute.best, 1e-9 * fabs(brute.best) + 1e-12);
    ck_assert_double_le(knapsack->lower_bound, brute.best);
    const figures_t figures = figures_of(knapsack);
    ck_assert_double_eq(figures.sum, knapsack->optimum);
    ck_assert(within(figures.needs));
    for (size_t k = 0; k < many.several.budgets_n; k++) {
        ck_assert_double_eq(figures.needs[k], knapsack->needs[k]);
        ck_assert_double_ge(knapsack->prices[k], 0);
    }
}

START_TEST(the_least_sum_is_that_of_brute_force)
{
    for (uint64_t seed = 1; seed <= SMALL; seed++) {
        rng_t rng = rng_begin(seed, RNG_TEST, 0, 0, 0);
        knapsack_t knapsack;
        draw_instance(&rng, draws[seed % DRAWN], 3, 5, 2, &many.instance);
        draw_needs(&rng, 1 + seed % KNAPSACK_BUDGETS);
        ck_assert_ok(several_solve(&many.several, knapsack_limits(NO_LIMIT), &knapsack));
        check_sum(&knapsack);
        knapsack_close(&knapsack);
    }
}
END_TEST

START_TEST(without_room_the_bound_still_holds)
{
    size_t unsolved = 0;
    for (uint64_t seed = 1; seed <= SMALL; seed++) {
        rng_t rng = rng_begin(seed, RNG_TEST, 1, 0, 0);
        knapsack_t knapsack;
        draw_instance(&rng, draws[seed % DRAWN], 3, 5, 2, &many.instance);
        draw_needs(&rng, 2 + seed % 2);
        ck_assert_ok(several_solve(&many.several, knapsack_limits(1), &knapsack));
        const brute_t brute = by_brute_force(false);
        if (!knapsack.feasible) ck_assert(isinf(brute.best));
        ck_assert_double_le(knapsack.lower_bound, brute.best);
        if (!isnan(knapsack.known))
            ck_assert_double_ge(knapsack.known, brute.best - 1e-9 * fabs(brute.best) - 1e-12);
        if (knapsack.feasible && !knapsack.solved) {
            unsolved++;
            ck_assert_ptr_null(knapsack.choice);
            ck_assert_double_nan(knapsack.optimum);
        }
        knapsack_close(&knapsack);
    }
    ck_assert_uint_gt(unsolved, 0);
}
END_TEST

/* What is found in parts after a search with the same little room, which leaves `before` between
   cost and bound. False: nothing fits. */
static bool find_in_parts(size_t parts, size_t states, several_found_t *found, double *slack,
                          double *before)
{
    several_menu_t menu;
    double prices[KNAPSACK_BUDGETS];
    bool feasible, infeasible = false;
    ck_assert_ok(several_menu_open(&many.several, &menu, &feasible));
    if (feasible) several_dual(&menu, prices, &infeasible);
    *slack = menu.slack;
    if (feasible && !infeasible) {
        const double bound = several_menu_price(&menu, prices);
        *found = (several_found_t){.cost = INFINITY, .dropped = INFINITY};
        found->choice = calloc(menu.members + 1, sizeof *found->choice);
        ck_assert_ptr_nonnull(found->choice);
        ck_assert_ok(several_branch(&menu, bound, states, NULL, found));
        *before = found->cost - fmin(found->dropped, found->cost);
        ck_assert_ok(
            several_split(&menu, prices, bound, (split_limits_t){parts, states, NULL}, found));
    }
    several_menu_close(&menu);
    return feasible && !infeasible;
}

/* The sum of what was found, option by option. */
static figures_t figures_in_parts(const several_found_t *found)
{
    figures_t figures = {.largest = -INFINITY};
    size_t member = 0;
    for (size_t c = 0; c < many.instance.classes_n; c++)
        for (size_t m = 0; m < many.instance.classes[c].members; m++) {
            const size_t i = found->choice[member++];
            figures.sum += many.instance.classes[c].options[i].cost;
            for (size_t k = 0; k < many.several.budgets_n; k++)
                figures.needs[k] += many.needs[c][i * many.several.budgets_n + k];
        }
    return figures;
}

/* All parts: the optimum, proven. A few of them: a bound that holds, and often no more. */
START_TEST(what_is_split_is_that_of_brute_force)
{
    const size_t parts = _i ? 3 : 100000;
    size_t open = 0;
    for (uint64_t seed = 1; seed <= SMALL; seed++) {
        rng_t rng = rng_begin(seed, RNG_TEST, 4, 0, 0);
        several_found_t found;
        double slack, before;
        draw_instance(&rng, draws[seed % DRAWN], 4, 5, 3, &many.instance);
        draw_needs(&rng, 1 + seed % KNAPSACK_BUDGETS);
        const double best = by_brute_force(false).best;
        const double rounding = 1e-9 * fabs(best) + 1e-12;
        if (!find_in_parts(parts, 1, &found, &slack, &before)) {
            ck_assert(isinf(best));
            continue;
        }
        const bool closed = found.dropped >= several_closed_at(found.cost);
        open += !closed;
        ck_assert_double_le(fmin(found.dropped, found.cost) - slack, best + rounding);
        if (isfinite(found.cost)) {
            const figures_t figures = figures_in_parts(&found);
            ck_assert(within(figures.needs));
            ck_assert_double_ge(figures.sum, best);
            ck_assert_double_eq_tol(figures.sum, found.cost, slack + rounding);
        }
        ck_assert(_i || closed);
        if (closed && isfinite(best)) ck_assert_double_eq_tol(found.cost, best, rounding + slack);
        ck_assert(!closed || isfinite(best) == isfinite(found.cost));
        free(found.choice);
    }
    ck_assert(_i ? open > 0 : open == 0);
}
END_TEST

START_TEST(the_least_of_the_largest_is_that_of_brute_force)
{
    for (uint64_t seed = 1; seed <= SMALL; seed++) {
        rng_t rng = rng_begin(seed, RNG_TEST, 2, 0, 0);
        knapsack_t knapsack;
        next_t next;
        draw_instance(&rng, draws[seed % DRAWN], 3, 5, 2, &many.instance);
        draw_needs(&rng, 1 + seed % 3);
        ck_assert_ok(several_least_largest(&many.several, knapsack_limits(NO_LIMIT), &knapsack));
        const brute_t brute = by_brute_force(true);
        ck_assert_int_eq(knapsack.feasible, isfinite(brute.best));
        if (knapsack.feasible) {
            ck_assert(knapsack.solved);
            ck_assert_double_eq(knapsack.optimum, brute.best);
            ck_assert_double_eq(knapsack.lower_bound, brute.best);
            ck_assert_double_eq_tol(knapsack.need, brute.need, 1e-9 * fabs(brute.need) + 1e-12);
            const figures_t figures = figures_of(&knapsack);
            ck_assert_double_eq(figures.largest, brute.best);
            ck_assert(within(figures.needs));
        }
        ck_assert_ok(several_next_largest(&many.several, &knapsack, &next));
        if (knapsack.feasible && many.several.budgets_n == 1) {
            /* A hair less than the next budget changes nothing, and that budget does. */
            ck_assert_int_ne(next.found, NEXT_UNKNOWN);
            const double budget = next.found == NEXT_KNOWN ? next.budget : INFINITY;
            many.budgets[0] = nextafter(budget, -INFINITY);
            ck_assert_double_eq(by_brute_force(true).best, brute.best);
            many.budgets[0] = budget;
            if (next.found == NEXT_KNOWN)
                ck_assert_double_eq(by_brute_force(true).best, next.optimum);
        } else {
            ck_assert_int_eq(next.found, NEXT_UNKNOWN);
        }
        knapsack_close(&knapsack);
    }
}
END_TEST

/* ---- of the size of a network ---------------------------------------------------------------- */

START_TEST(two_budgets_of_a_network_are_closed)
{
    static const double fractions[] = {0.5, 0.1, 0.05};
    for (size_t f = 0; f < 3; f++) {
        rng_t rng = rng_begin(7, RNG_TEST, 3, f, 0);
        knapsack_t one, both;
        draw_network(&rng, fractions[f], &many.instance);
        draw_needs(&rng, 2);
        many.budgets[0] = many.instance.budget;
        const double least = extreme_sum(1, -1), most = extreme_sum(1, 1);
        many.budgets[1] = floor(least + 0.8 * fractions[f] * (most - least));
        ck_assert_ok(several_solve(&many.several, knapsack_limits(NO_LIMIT), &both));
        ck_assert_ok(knapsack_solve(many.instance.classes, many.instance.classes_n,
                                    many.instance.budget, knapsack_limits(1 << 18), &one));
        /* A second budget makes nothing better; and what is proven and what is known are close. */
        ck_assert(one.solved && both.feasible);
        ck_assert_double_ge(both.known, one.optimum);
        ck_assert_double_le(both.known - both.lower_bound, 1e-4 * both.known);
        knapsack_close(&one);
        knapsack_close(&both);
    }
}
END_TEST

/* Of one budget the optimum is known: what is proven and found holds, and is nearer than before. */
START_TEST(parts_of_a_network_come_nearer_to_its_optimum)
{
    static const double fractions[] = {0.5, 0.1, 0.05};
    size_t closer = 0;
    for (size_t f = 0; f < 3; f++) {
        rng_t rng = rng_begin(8, RNG_TEST, 5, f, 0);
        several_found_t found;
        knapsack_t one;
        double slack, before;
        draw_network(&rng, fractions[f], &many.instance);
        draw_needs(&rng, 1);
        many.budgets[0] = many.instance.budget;
        ck_assert_ok(knapsack_solve(many.instance.classes, many.instance.classes_n,
                                    many.instance.budget, knapsack_limits(1 << 18), &one));
        ck_assert(one.solved);
        ck_assert(find_in_parts(300, 64, &found, &slack, &before));
        ck_assert_double_le(fmin(found.dropped, found.cost) - slack, one.optimum);
        ck_assert_double_ge(found.cost, one.optimum - slack);
        closer += found.cost - fmin(found.dropped, found.cost) < 0.9 * before;
        free(found.choice);
        knapsack_close(&one);
    }
    ck_assert_uint_ge(closer, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("several");
    TCase *tests = tcase_create("several");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_least_sum_is_that_of_brute_force);
    tcase_add_test(tests, without_room_the_bound_still_holds);
    tcase_add_loop_test(tests, what_is_split_is_that_of_brute_force, 0, 2);
    tcase_add_test(tests, parts_of_a_network_come_nearer_to_its_optimum);
    tcase_add_test(tests, the_least_of_the_largest_is_that_of_brute_force);
    tcase_add_test(tests, two_budgets_of_a_network_are_closed);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
