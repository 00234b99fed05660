/* The least product of two sums: against brute force, and of the size of a network. */
#include "instance.h"
#include "suite.h"

#include <string.h>

enum { NO_LIMIT = 1 << 20 };

typedef struct {
    instance_t instance;
    double store[CLASSES_MAX * OPTIONS_MAX];
    const double *second[CLASSES_MAX];
} pair_t;

static pair_t pair; /* too large for a stack */

/* How second costs are drawn beside the first: fair in all, or against the first, as energy may be
   against latency. */
static void draw_second(rng_t *rng, bool against)
{
    double *next = pair.store;
    for (size_t c = 0; c < pair.instance.classes_n; c++) {
        pair.second[c] = next;
        for (size_t i = 0; i < pair.instance.classes[c].n; i++) {
            const double cost = pair.instance.classes[c].options[i].cost;
            *next++ = against ? 1 + floor(1e6 / (1 + cost)) + (double)rng_below(rng, 9)
                              : (double)rng_below(rng, 5000);
        }
    }
}

static confx_status_t solve(double budget, size_t states_max, knapsack_t *knapsack)
{
    return product_solve(pair.instance.classes, pair.second, pair.instance.classes_n, budget,
                         knapsack_limits(states_max), knapsack);
}

/* ---- brute force ----------------------------------------------------------------------------- */

typedef struct {
    double need, first, second;
} sums_t;

/* Of all choices: the least product within the budget, of equals the one that needs least; and the
   least need of a product lower than `limit`. Infinity: none. */
typedef struct {
    double best, best_need, limit, next_need;
} brute_t;

static void try_all(brute_t *brute, size_t class, size_t member, sums_t sums)
{
    if (class == pair.instance.classes_n) {
        const double product = sums.first * sums.second;
        if (product < brute->limit) brute->next_need = fmin(brute->next_need, sums.need);
        if (sums.need > pair.instance.budget || product > brute->best) return;
        brute->best_need = product < brute->best ? sums.need : fmin(brute->best_need, sums.need);
        brute->best = product;
        return;
    }
    const option_class_t *c = &pair.instance.classes[class];
    const bool last = member + 1 == c->members;
    for (size_t i = 0; i < c->n; i++) {
        const sums_t with = {sums.need + c->options[i].need, sums.first + c->options[i].cost,
                             sums.second + pair.second[class][i]};
        try_all(brute, class + last, last ? 0 : member + 1, with);
    }
}

static brute_t by_brute_force(double limit)
{
    brute_t brute = {INFINITY, INFINITY, limit, INFINITY};
    try_all(&brute, 0, 0, (sums_t){0, 0, 0});
    return brute;
}

static double best_of_all(void)
{
    return by_brute_force(-INFINITY).best;
}

static size_t option_of(size_t class, uint32_t point)
{
    const option_class_t *c = &pair.instance.classes[class];
    for (size_t i = 0; i < c->n; i++)
        if (c->options[i].point == point) return i;
    ck_abort_msg("point %u is none of class %zu", point, class);
    return 0;
}

static void check_choice(const knapsack_t *knapsack)
{
    sums_t sums = {0, 0, 0};
    size_t at = 0;
    for (size_t c = 0; c < pair.instance.classes_n; c++)
        for (size_t member = 0; member < pair.instance.classes[c].members; member++, at++) {
            const size_t i = option_of(c, knapsack->choice[at]);
            sums.need += pair.instance.classes[c].options[i].need;
            sums.first += pair.instance.classes[c].options[i].cost;
            sums.second += pair.second[c][i];
        }
    ck_assert_uint_eq(knapsack->choice_n, at);
    ck_assert_double_eq(sums.need, knapsack->need);
    ck_assert_double_eq(sums.first * sums.second, knapsack->optimum);
    ck_assert_double_le(sums.need, pair.instance.budget);
}

static void check_next(const knapsack_t *knapsack)
{
    const brute_t brute = by_brute_force(knapsack->optimum * (1 - 1e-9));
    next_t next;
    ck_assert_ok(product_next(pair.instance.classes, pair.second, pair.instance.classes_n,
                              knapsack_limits(NO_LIMIT), knapsack, &next));
    ck_assert_int_eq(next.found, isfinite(brute.next_need) ? NEXT_KNOWN : NEXT_NONE);
    if (next.found == NEXT_NONE) return;
    ck_assert_double_eq(next.budget, brute.next_need);
    ck_assert_double_gt(next.budget, pair.instance.budget);
    ck_assert_double_lt(next.optimum, knapsack->optimum);
}

/* solved is asked for: of small instances there is no excuse. */
static void check_by_brute_force(void)
{
    const brute_t brute = by_brute_force(-INFINITY);
    const double best = brute.best;
    knapsack_t knapsack;
    ck_assert_ok(solve(pair.instance.budget, NO_LIMIT, &knapsack));
    ck_assert_int_eq(knapsack.feasible, isfinite(best));
    ck_assert_int_eq(knapsack.solved, knapsack.feasible);
    if (knapsack.solved) {
        ck_assert_double_ge(knapsack.optimum, best);
        ck_assert_double_le(knapsack.optimum, best * (1 + 1e-9));
        ck_assert_double_le(knapsack.lower_bound, best);
        ck_assert_double_ge(knapsack.lower_bound, best * (1 - 1e-9));
        ck_assert_double_eq(knapsack.known, knapsack.optimum);
        ck_assert_double_ge(knapsack.price, 0);
        check_choice(&knapsack);
        if (knapsack.optimum == best) ck_assert_double_eq(knapsack.need, brute.best_need);
        check_next(&knapsack);
    } else {
        ck_assert_double_infinite(knapsack.lower_bound);
        ck_assert_double_nan(knapsack.optimum);
        ck_assert_double_nan(knapsack.known);
        ck_assert_ptr_null(knapsack.choice);
    }
    knapsack_close(&knapsack);
}

static const draw_t draws[] = {DRAW_DIGITS, DRAW_HAIR, DRAW_TIED, DRAW_FRACTION};
enum { DRAWS_N = sizeof draws / sizeof *draws, INSTANCES = 400 };

START_TEST(the_optimum_is_the_least_product_of_all_choices)
{
    for (uint64_t i = 0; i < INSTANCES; i++) {
        rng_t rng = rng_begin(21, RNG_TEST, (uint64_t)_i, 0, i);
        draw_instance(&rng, draws[_i], 4, 6, 2, &pair.instance);
        draw_second(&rng, i % 2);
        check_by_brute_force();
    }
}
END_TEST

/* Two members that may go either way: least first, least second, and a middle no pair of weights
   would choose, were it not a corner. The product is least at an end; a middle below both ends'
   line is the least itself. */
START_TEST(a_middle_counts_when_it_lies_below_the_line_between_the_ends)
{
    option_t options[] = {{.cost = 1, .need = 1, .point = 0},
                          {.cost = 9, .need = 1, .point = 1},
                          {.need = 1, .point = 2}};
    double second[] = {9, 1, 0};
    const double *seconds[] = {second};
    const option_class_t class = {3, options, 1};
    static const double middles[] = {2, 2.9, 3.1, 4.9,
                                     5.5}; /* squares: 4, 8.41, 9.61, ... against 9 of the ends */
    for (size_t i = 0; i < sizeof middles / sizeof *middles; i++) {
        knapsack_t knapsack;
        options[2].cost = second[2] = middles[i];
        ck_assert_ok(product_solve(&class, seconds, 1, 1, knapsack_limits(NO_LIMIT), &knapsack));
        ck_assert(knapsack.solved);
        ck_assert_double_eq(knapsack.optimum, fmin(9, middles[i] * middles[i]));
        knapsack_close(&knapsack);
    }
}
END_TEST

/* ---- where the optimum cannot be had --------------------------------------------------------- */

START_TEST(the_bound_stands_within_any_limit_on_states)
{
    size_t unsolved = 0;
    for (uint64_t i = 0; i < INSTANCES; i++) {
        rng_t rng = rng_begin(22, RNG_TEST, 0, 0, i);
        knapsack_t knapsack;
        draw_instance(&rng, draws[i % DRAWS_N], 4, 6, 2, &pair.instance);
        draw_second(&rng, i / DRAWS_N % 2);
        const double best = best_of_all();
        ck_assert_ok(solve(pair.instance.budget, rng_below(&rng, 4), &knapsack));
        ck_assert_double_le(knapsack.lower_bound, best);
        if (isfinite(best)) ck_assert(isnan(knapsack.known) || knapsack.known >= best);
        if (knapsack.solved) ck_assert_double_le(knapsack.optimum, best * (1 + 1e-9));
        unsolved += isfinite(best) && !knapsack.solved;
        ck_assert_int_eq(knapsack.choice != NULL, knapsack.solved);
        knapsack_close(&knapsack);
    }
    ck_assert_uint_gt(unsolved, 20); /* the limit was felt */
}
END_TEST

START_TEST(of_sums_below_zero_no_bound_is_told)
{
    const option_t options[] = {{.cost = -1, .need = 1}, {.cost = 2, .need = 1, .point = 1}};
    const double seconds[][2] = {{4, 3}, {4, -3}};
    for (size_t i = 0; i < 2; i++) {
        const double *second = seconds[i];
        const option_class_t class = {2 - i, options + i, 1};
        knapsack_t knapsack;
        ck_assert_ok(product_solve(&class, (const double *const[]){second + i}, 1, 1,
                                   knapsack_limits(NO_LIMIT), &knapsack));
        ck_assert(knapsack.feasible);
        ck_assert(!knapsack.solved);
        ck_assert_double_nan(knapsack.lower_bound);
        ck_assert_double_nan(knapsack.known);
        knapsack_close(&knapsack);
    }
}
END_TEST

/* ---- of the size of a network ---------------------------------------------------------------- */

START_TEST(a_network_is_solved)
{
    for (uint64_t i = 0; i < 6; i++) {
        rng_t rng = rng_begin(23, RNG_TEST, 0, 0, i);
        knapsack_t knapsack;
        draw_network(&rng, (double[]){0.5, 0.1, 0.05}[i % 3], &pair.instance);
        draw_second(&rng, i % 2);
        ck_assert_ok(solve(pair.instance.budget, 1 << 18, &knapsack));
        ck_assert(knapsack.solved);
        check_choice(&knapsack);
        knapsack_close(&knapsack);
    }
}
END_TEST

/* Each class 1/n at need n, its second cost 2/n: the product falls smoothly, and its slope is
   known. */
START_TEST(the_price_is_the_slope_of_the_product)
{
    option_t *option = pair.instance.options;
    double *second = pair.store;
    enum { CLASSES = 20, STEPS = 400 };
    for (size_t c = 0; c < CLASSES; c++) {
        pair.instance.classes[c] = (option_class_t){STEPS, option, 1};
        pair.second[c] = second;
        for (size_t i = 0; i < STEPS; i++) {
            const double n = 1 + (double)i / 16;
            *option++ = (option_t){.cost = 1 / n, .need = n, .point = (uint32_t)i};
            *second++ = 2 / n;
        }
    }
    pair.instance.classes_n = CLASSES;
    knapsack_t knapsack;
    ck_assert_ok(solve(CLASSES * 5.0, NO_LIMIT, &knapsack));
    ck_assert(knapsack.solved);
    ck_assert_double_eq_tol(knapsack.optimum, 2 * 16, 1e-9); /* all at need 5: (20/5) x (40/5) */
    ck_assert_double_eq_tol(knapsack.price, 2 * 4 * 8 / 100.0,
                            0.02); /* (20 n)-> 800/n^2: slope 1600/n^3/20 = 0.64 */
    knapsack_close(&knapsack);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("product");
    TCase *tests = tcase_create("product");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_optimum_is_the_least_product_of_all_choices, 0, DRAWS_N);
    tcase_add_test(tests, a_middle_counts_when_it_lies_below_the_line_between_the_ends);
    tcase_add_test(tests, the_bound_stands_within_any_limit_on_states);
    tcase_add_test(tests, of_sums_below_zero_no_bound_is_told);
    tcase_add_test(tests, a_network_is_solved);
    tcase_add_test(tests, the_price_is_the_slope_of_the_product);
    return suite_run(suite);
}
