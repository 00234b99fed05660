#include "confx/knapsack.h"
#include "instance.h"
#include "suite.h"

#include <string.h>

enum { NO_LIMIT = 1 << 20 };

/* ---- against brute force --------------------------------------------------------------------- */

/* Of all choices: the best within the budget, of equals the one that needs least; and of those that
   are better, by more than `rounding`, the one that needs least, of equals the best. Infinity:
   none. */
typedef struct {
    const instance_t *instance;
    double best, best_need;
    double rounding, next_need, next;
    bool again; /* best is known */
} brute_t;

static void try_one(brute_t *brute, double need, double cost)
{
    if (brute->again) {
        if (!(cost < brute->best - brute->rounding)) return;
        if (need > brute->next_need || (need == brute->next_need && cost >= brute->next)) return;
        brute->next_need = need;
        brute->next = cost;
    } else if (need <= brute->instance->budget) {
        if (cost > brute->best || (cost == brute->best && need >= brute->best_need)) return;
        brute->best = cost;
        brute->best_need = need;
    }
}

static void try_all(brute_t *brute, size_t class, size_t member, double need, double cost)
{
    if (class == brute->instance->classes_n) {
        try_one(brute, need, cost);
        return;
    }
    const option_class_t *c = &brute->instance->classes[class];
    const bool last = member + 1 == c->members;
    for (size_t i = 0; i < c->n; i++)
        try_all(brute, class + last, last ? 0 : member + 1, need + c->options[i].need,
                cost + c->options[i].cost);
}

static brute_t by_brute_force(const instance_t *instance, double rounding)
{
    brute_t brute = {instance, INFINITY, INFINITY, rounding, INFINITY, INFINITY, false};
    try_all(&brute, 0, 0, 0, 0);
    brute.again = true;
    try_all(&brute, 0, 0, 0, 0);
    return brute;
}

static const option_t *option_at(const option_class_t *class, uint32_t point)
{
    for (size_t i = 0; i < class->n; i++)
        if (class->options[i].point == point) return &class->options[i];
    ck_abort_msg("point %u is none of the class's", point);
    return NULL;
}

static void check_choice(const instance_t *instance, const knapsack_t *knapsack)
{
    double need = 0, cost = 0;
    size_t at = 0;
    for (size_t c = 0; c < instance->classes_n; c++)
        for (size_t member = 0; member < instance->classes[c].members; member++, at++) {
            const option_t *option = option_at(&instance->classes[c], knapsack->choice[at]);
            need += option->need;
            cost += option->cost;
        }
    ck_assert_uint_eq(knapsack->choice_n, at);
    ck_assert_double_eq(need, knapsack->need);
    ck_assert_double_eq(cost, knapsack->optimum);
    ck_assert_double_le(need, instance->budget);
}

/* The next step, and that the price is 0 exactly where there is none. */
static void check_next(const instance_t *instance, const brute_t *brute, const knapsack_t *knapsack)
{
    next_t next;
    ck_assert_ok(knapsack_next(instance->classes, instance->classes_n, knapsack_limits(NO_LIMIT),
                               knapsack, &next));
    ck_assert_int_eq(next.found, isfinite(brute->next) ? NEXT_KNOWN : NEXT_NONE);
    ck_assert_int_eq(knapsack->price > 0, next.found == NEXT_KNOWN);
    if (next.found != NEXT_KNOWN) return;
    ck_assert_double_gt(next.budget, instance->budget);
    ck_assert_double_eq(next.budget, brute->next_need);
    ck_assert_double_eq(next.optimum, brute->next);
}

static void check_by_brute_force(const instance_t *instance)
{
    const brute_t brute = by_brute_force(instance, 0);
    knapsack_t knapsack;
    ck_assert_ok(knapsack_solve(instance->classes, instance->classes_n, instance->budget,
                                knapsack_limits(NO_LIMIT), &knapsack));
    ck_assert_int_eq(knapsack.feasible, isfinite(brute.best));
    ck_assert_int_eq(knapsack.solved, knapsack.feasible);
    if (knapsack.solved) {
        ck_assert_double_eq(knapsack.optimum, brute.best);
        ck_assert_double_le(knapsack.lower_bound, knapsack.optimum);
        ck_assert_double_ge(knapsack.price, 0);
        if (instance->budget >= extreme_need(instance, 1)) {
            ck_assert_double_eq(knapsack.price, 0);
            ck_assert_double_eq(knapsack.lower_bound, knapsack.optimum);
        }
        ck_assert_double_eq(knapsack.need, brute.best_need);
        check_choice(instance, &knapsack);
        check_next(instance, &brute, &knapsack);
    }
    knapsack_close(&knapsack);
}

static instance_t instance;

START_TEST(small_optima_are_those_of_brute_force)
{
    for (uint64_t trial = 0; trial < 2000; trial++) {
        rng_t rng = rng_begin(1, RNG_TEST, trial, (uint64_t)_i, 0);
        draw_instance(&rng, (draw_t)_i, 4, 5, 2, &instance);
        check_by_brute_force(&instance);
    }
}
END_TEST

START_TEST(identical_members_may_choose_differently)
{
    for (uint64_t trial = 0; trial < 300; trial++) {
        rng_t rng = rng_begin(2, RNG_TEST, trial, (uint64_t)_i, 0);
        draw_instance(&rng, (draw_t)_i, 2, 4, 5, &instance);
        check_by_brute_force(&instance);
    }
}
END_TEST

/* Sums of such numbers round: brute force over one order of them is then right to their rounding
   only. */
START_TEST(fractions_that_round_are_solved_to_their_rounding)
{
    for (uint64_t trial = 0; trial < 1000; trial++) {
        rng_t rng = rng_begin(3, RNG_TEST, trial, 0, 0);
        draw_instance(&rng, DRAW_SIGNED, 4, 5, 2, &instance);
        for (size_t i = 0; i < CLASSES_MAX * 5; i++) {
            instance.options[i].cost = rng_uniform(&rng) * 1e8 - 3e7;
            instance.options[i].need = rng_uniform(&rng) * 1e13;
        }
        const double least = extreme_need(&instance, -1), most = extreme_need(&instance, 1);
        instance.budget = least + rng_uniform(&rng) * (most - least);
        const brute_t brute = by_brute_force(&instance, 1e-6);
        knapsack_t knapsack;
        next_t next;
        ck_assert_ok(knapsack_solve(instance.classes, instance.classes_n, instance.budget,
                                    knapsack_limits(NO_LIMIT), &knapsack));
        ck_assert_int_eq(knapsack.solved, isfinite(brute.best));
        if (!knapsack.solved) continue;
        ck_assert_double_eq_tol(knapsack.optimum, brute.best, 1e-6);
        ck_assert_ok(knapsack_next(instance.classes, instance.classes_n, knapsack_limits(NO_LIMIT),
                                   &knapsack, &next));
        ck_assert_int_eq(next.found, isfinite(brute.next) ? NEXT_KNOWN : NEXT_NONE);
        if (next.found == NEXT_KNOWN) {
            ck_assert_double_eq_tol(next.budget / brute.next_need, 1, 1e-14);
            ck_assert_double_eq_tol(next.optimum, brute.next, 1e-6);
        }
        ck_assert_double_le(knapsack.lower_bound, knapsack.optimum);
        check_choice(&instance, &knapsack);
        knapsack_close(&knapsack);
    }
}
END_TEST

/* ---- by hand --------------------------------------------------------------------------------- */

START_TEST(two_members_split_a_budget_for_one)
{
    const option_t options[] = {{.cost = 10, .need = 0, .point = 7},
                                {.cost = 0, .need = 10, .point = 9}};
    const option_class_t class = {2, options, 2};
    knapsack_t knapsack;
    ck_assert_ok(knapsack_solve(&class, 1, 10, knapsack_limits(NO_LIMIT), &knapsack));
    ck_assert_double_eq(knapsack.optimum, 10);
    ck_assert_double_eq(knapsack.need, 10);
    ck_assert_uint_eq(knapsack.choice[0] + knapsack.choice[1], 16);
    ck_assert_double_eq(knapsack.price, 1);
    knapsack_close(&knapsack);
    ck_assert_ptr_null(knapsack.choice);
}
END_TEST

START_TEST(a_loose_budget_has_no_price_and_the_bound_is_the_optimum)
{
    const option_t options[] = {{5, 1, 0}, {-3, 2, 1}, {-3, 4, 2}, {0, 9, 3}};
    const option_class_t classes[] = {{4, options, 3}, {1, options, 1}};
    knapsack_t knapsack;
    ck_assert_ok(knapsack_solve(classes, 2, 7, knapsack_limits(NO_LIMIT), &knapsack));
    ck_assert_double_eq(knapsack.optimum, 3 * -3 + 5);
    ck_assert_double_eq(knapsack.lower_bound, knapsack.optimum);
    ck_assert_double_eq(knapsack.price, 0);
    knapsack_close(&knapsack);
}
END_TEST

/* Each of three members saves 4 for a need of 2: a budget of 5 pays for two of them, and in the
   relaxation for half of the third. */
START_TEST(bound_and_price_are_those_of_the_relaxation)
{
    const option_t options[] = {{4, 0, 0}, {3, 1, 1}, {0, 2, 2}};
    const option_class_t class = {3, options, 3};
    knapsack_t knapsack;
    ck_assert_ok(knapsack_solve(&class, 1, 5, knapsack_limits(NO_LIMIT), &knapsack));
    ck_assert_double_eq_tol(knapsack.lower_bound, 2, 1e-12);
    ck_assert_double_eq(knapsack.price, 2);
    ck_assert_double_eq(knapsack.optimum, 3);
    knapsack_close(&knapsack);
}
END_TEST

/* One layer: bound and optimum meet at every budget, and each has a price all the same, that of the
   hull; the last option needs more for nothing. */
START_TEST(one_layer_has_a_price_and_a_next_step)
{
    const option_t options[] = {{100, 1, 0}, {70, 2, 1}, {60, 4, 2}, {10, 5, 3}, {10, 6, 4}};
    const option_class_t class = {5, options, 1};
    static const struct {
        double budget, price, next, optimum;
    } cases[] = {{1, 30, 2, 70}, {1.5, 30, 2, 70}, {2, 20, 4, 60}, {3, 20, 4, 60}, {4, 20, 5, 10}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        knapsack_t knapsack;
        next_t next;
        ck_assert_ok(
            knapsack_solve(&class, 1, cases[i].budget, knapsack_limits(NO_LIMIT), &knapsack));
        ck_assert_double_eq(knapsack.lower_bound, knapsack.optimum);
        ck_assert_double_eq(knapsack.price, cases[i].price);
        ck_assert_ok(knapsack_next(&class, 1, knapsack_limits(NO_LIMIT), &knapsack, &next));
        ck_assert_int_eq(next.found, NEXT_KNOWN);
        ck_assert_double_eq(next.budget, cases[i].next);
        ck_assert_double_eq(next.optimum, cases[i].optimum);
        knapsack_close(&knapsack);
    }
    for (double budget = 5; budget <= 7; budget += 0.5) {
        knapsack_t knapsack;
        next_t next;
        ck_assert_ok(knapsack_solve(&class, 1, budget, knapsack_limits(NO_LIMIT), &knapsack));
        ck_assert_double_eq(knapsack.need, 5);
        ck_assert_double_eq(knapsack.price, 0);
        ck_assert_ok(knapsack_next(&class, 1, knapsack_limits(NO_LIMIT), &knapsack, &next));
        ck_assert_int_eq(next.found, NEXT_NONE);
        ck_assert_double_nan(next.budget);
        ck_assert_double_nan(next.optimum);
        knapsack_close(&knapsack);
    }
}
END_TEST

static void check_infeasible(const option_class_t *classes, size_t classes_n, double budget)
{
    knapsack_t knapsack;
    ck_assert_ok(knapsack_solve(classes, classes_n, budget, knapsack_limits(NO_LIMIT), &knapsack));
    ck_assert(!knapsack.feasible && !knapsack.solved);
    ck_assert_ptr_null(knapsack.choice);
    ck_assert_double_infinite(knapsack.lower_bound);
    ck_assert_double_nan(knapsack.optimum);
    next_t next;
    ck_assert_ok(knapsack_next(classes, classes_n, knapsack_limits(NO_LIMIT), &knapsack, &next));
    ck_assert_int_eq(next.found, NEXT_UNKNOWN);
    knapsack_close(&knapsack);
}

START_TEST(what_cannot_fit_is_infeasible)
{
    const option_t options[] = {{1, 2, 0}, {0, 3, 1}},
                   unusable[] = {{NAN, 0, 0}, {INFINITY, 0, 1}, {0, INFINITY, 2}};
    const option_class_t classes[] = {{2, options, 1}, {0, options, 1}, {3, unusable, 1}};
    check_infeasible(classes, 1, 1.999999999999);
    check_infeasible(classes, 1, -1);
    check_infeasible(classes, 1, NAN);
    check_infeasible(classes, 2, 1e9);
    check_infeasible(classes + 2, 1, 1e9);
}
END_TEST

START_TEST(no_classes_make_an_empty_choice)
{
    knapsack_t knapsack;
    ck_assert_ok(knapsack_solve(NULL, 0, 0, knapsack_limits(NO_LIMIT), &knapsack));
    ck_assert(knapsack.feasible && knapsack.solved);
    ck_assert_uint_eq(knapsack.choice_n, 0);
    ck_assert_double_eq(knapsack.optimum, 0);
    ck_assert_double_eq(knapsack.lower_bound, 0);
    knapsack_close(&knapsack);
}
END_TEST

START_TEST(a_class_without_members_asks_for_nothing)
{
    const option_t options[] = {{1, 2, 3}, {9, 0, 4}};
    const option_class_t classes[] = {{0, NULL, 0}, {2, options, 1}, {2, options, 0}};
    knapsack_t knapsack;
    ck_assert_ok(knapsack_solve(classes, 3, 2, knapsack_limits(NO_LIMIT), &knapsack));
    ck_assert_uint_eq(knapsack.choice_n, 1);
    ck_assert_uint_eq(knapsack.choice[0], 3);
    knapsack_close(&knapsack);
}
END_TEST

/* Two PEs more or less are found by any rounding; this is decided in the ninth digit of the
   need. */
START_TEST(a_hair_of_need_decides)
{
    const double hair = ldexp(1, -30);
    const option_t options[] = {{100, 8, 0}, {50, 8 + hair, 1}, {49, 8 + 2 * hair, 2}};
    const option_class_t class = {3, options, 4};
    const double optima[] = {400, 350, 300, 250, 200, 199, 198, 197, 196};
    for (int hairs = 0; hairs <= 8; hairs++) {
        knapsack_t knapsack;
        ck_assert_ok(
            knapsack_solve(&class, 1, 32 + hairs * hair, knapsack_limits(NO_LIMIT), &knapsack));
        ck_assert_double_eq(knapsack.optimum, optima[hairs]);
        knapsack_close(&knapsack);
    }
}
END_TEST

/* A budget that is the sum of a choice's needs, summed as the header says, admits that choice. */
START_TEST(a_choice_fits_the_budget_that_is_its_own_sum)
{
    for (uint64_t trial = 0; trial < 500; trial++) {
        rng_t rng = rng_begin(4, RNG_TEST, trial, 0, 0);
        option_t options[3];
        for (uint32_t i = 0; i < 3; i++) options[i] = (option_t){0.1 * i, rng_uniform(&rng), i};
        const option_class_t class = {3, options, 7};
        double least = fmin(options[0].need, fmin(options[1].need, options[2].need)), budget = 0;
        for (int member = 0; member < 7; member++) budget += least;
        knapsack_t knapsack;
        ck_assert_ok(knapsack_solve(&class, 1, budget, knapsack_limits(NO_LIMIT), &knapsack));
        ck_assert(knapsack.solved);
        ck_assert_double_eq(knapsack.need, budget);
        knapsack_close(&knapsack);
        ck_assert_ok(
            knapsack_solve(&class, 1, budget * (1 - 1e-12), knapsack_limits(NO_LIMIT), &knapsack));
        ck_assert(!knapsack.feasible);
        knapsack_close(&knapsack);
    }
}
END_TEST

static void draw_real_needs(rng_t *rng)
{
    draw_instance(rng, DRAW_SIGNED, 5, 5, 1, &instance);
    for (size_t i = 0; i < CLASSES_MAX; i++) instance.options[i].need = rng_uniform(rng);
    instance.budget = 0;
    for (size_t c = 0; c < instance.classes_n; c++) {
        const option_class_t *class = &instance.classes[c];
        instance.budget += class->options[rng_below(rng, class->n)].need;
    }
}

/* ... and the budget one bit below leaves it out, however little that is against the rounding of
   sums. */
START_TEST(a_choice_one_bit_above_the_budget_does_not_fit)
{
    for (uint64_t trial = 0; trial < 2000; trial++) {
        rng_t rng = rng_begin(5, RNG_TEST, trial, 0, 0);
        draw_real_needs(&rng);
        check_by_brute_force(&instance);
        instance.budget = nextafter(instance.budget, 0);
        check_by_brute_force(&instance);
    }
}
END_TEST

/* ---- large ----------------------------------------------------------------------------------- */

/* Costs that only just differ from a multiple of the need: the bound prunes next to nothing. */
static void draw_hard(instance_t *hard)
{
    rng_t rng = rng_begin(6, RNG_TEST, 0, 0, 0);
    option_t *option = hard->options;
    hard->classes_n = 20;
    for (size_t c = 0; c < hard->classes_n; c++) {
        hard->classes[c] = (option_class_t){20, option, 1};
        for (size_t i = 0; i < 20; i++, option++) {
            const double need = (double)rng_below(&rng, 100000);
            *option = (option_t){1e6 - need + (double)rng_below(&rng, 100), need, (uint32_t)i};
        }
    }
    hard->budget = 970123;
}

START_TEST(beyond_the_limit_the_bound_stands)
{
    knapsack_t limited, full;
    draw_hard(&instance);
    ck_assert_ok(knapsack_solve(instance.classes, instance.classes_n, instance.budget,
                                knapsack_limits(NO_LIMIT), &full));
    ck_assert(full.solved);
    ck_assert_uint_gt(full.states, 20);
    check_choice(&instance, &full);
    ck_assert_ok(knapsack_solve(instance.classes, instance.classes_n, instance.budget,
                                knapsack_limits(full.states), &limited));
    ck_assert(limited.solved);
    ck_assert_double_eq(limited.optimum, full.optimum);
    knapsack_close(&limited);
    ck_assert_ok(knapsack_solve(instance.classes, instance.classes_n, instance.budget,
                                knapsack_limits(full.states - 1), &limited));
    ck_assert(limited.feasible && !limited.solved);
    ck_assert_ptr_null(limited.choice);
    ck_assert_double_nan(limited.optimum);
    ck_assert_double_le(limited.lower_bound, full.optimum);
    ck_assert_double_ge(limited.lower_bound, full.optimum - 100);
    next_t next;
    ck_assert_ok(
        knapsack_next(instance.classes, instance.classes_n, knapsack_limits(0), &full, &next));
    ck_assert_int_eq(next.found, NEXT_UNKNOWN); /* not that there is none */
    ck_assert_ok(knapsack_next(instance.classes, instance.classes_n, knapsack_limits(NO_LIMIT),
                               &full, &next));
    ck_assert_int_eq(next.found, NEXT_KNOWN);
    knapsack_close(&limited);
    knapsack_close(&full);
}
END_TEST

enum { PES_MAX = 52 * 128 };

/* The textbook's table of best cost by whole budget, over the best buffer for each PE count: needs
   no bound and no dominance, but whole needs. */
static double table_optimum(const instance_t *network)
{
    static double best[PES_MAX + 1], next[PES_MAX + 1];
    for (size_t budget = 0; budget <= PES_MAX; budget++) best[budget] = 0;
    for (size_t c = 0; c < network->classes_n; c++) {
        double cost[129];
        for (size_t pes = 1; pes <= 128; pes++) {
            cost[pes] = INFINITY;
            for (size_t buffer = 0; buffer < 12; buffer++)
                cost[pes] =
                    fmin(cost[pes], network->classes[c].options[(pes - 1) * 12 + buffer].cost);
        }
        for (size_t member = 0; member < network->classes[c].members; member++) {
            for (size_t budget = 0; budget <= PES_MAX; budget++) {
                next[budget] = INFINITY;
                for (size_t pes = 1; pes <= 128 && pes <= budget; pes++)
                    next[budget] = fmin(next[budget], best[budget - pes] + cost[pes]);
            }
            memcpy(best, next, sizeof best);
        }
    }
    return best[(size_t)network->budget];
}

START_TEST(a_network_takes_few_states_and_is_solved_as_the_table_has_it)
{
    const double fractions[] = {0.5, 0.1, 0.05, 0.01};
    rng_t rng = rng_begin(7, RNG_TEST, 0, (uint64_t)_i, 0);
    knapsack_t knapsack;
    draw_network(&rng, fractions[_i], &instance);
    ck_assert_ok(knapsack_solve(instance.classes, instance.classes_n, instance.budget,
                                knapsack_limits(NO_LIMIT), &knapsack));
    ck_assert(knapsack.solved);
    ck_assert_double_eq(knapsack.optimum, table_optimum(&instance));
    ck_assert_double_le(knapsack.lower_bound, knapsack.optimum);
    check_choice(&instance, &knapsack);
    /* Pruned to a few hundred partial choices: seconds would be the machine's. */
    ck_assert_uint_lt(knapsack.states, 4000);
    knapsack_close(&knapsack);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("knapsack");
    TCase *tests = tcase_create("knapsack");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, small_optima_are_those_of_brute_force, 0, DRAWS);
    tcase_add_loop_test(tests, identical_members_may_choose_differently, 0, DRAWS);
    tcase_add_test(tests, fractions_that_round_are_solved_to_their_rounding);
    tcase_add_test(tests, two_members_split_a_budget_for_one);
    tcase_add_test(tests, a_loose_budget_has_no_price_and_the_bound_is_the_optimum);
    tcase_add_test(tests, bound_and_price_are_those_of_the_relaxation);
    tcase_add_test(tests, one_layer_has_a_price_and_a_next_step);
    tcase_add_test(tests, what_cannot_fit_is_infeasible);
    tcase_add_test(tests, no_classes_make_an_empty_choice);
    tcase_add_test(tests, a_class_without_members_asks_for_nothing);
    tcase_add_test(tests, a_hair_of_need_decides);
    tcase_add_test(tests, a_choice_fits_the_budget_that_is_its_own_sum);
    tcase_add_test(tests, a_choice_one_bit_above_the_budget_does_not_fit);
    tcase_add_test(tests, beyond_the_limit_the_bound_stands);
    tcase_add_loop_test(tests, a_network_takes_few_states_and_is_solved_as_the_table_has_it, 0, 4);
    return suite_run(suite);
}
