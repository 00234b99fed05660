/* The least of the largest sum of several groups, against every choice. */
#include "confx/worst.h"
#include "instance.h"
#include "suite.h"

#include <string.h>

typedef struct {
    instance_t instance;
    size_t groups_n, groups[WORST_GROUPS];
    worst_t worst;
} drawn_t;

/* What all choices tell. */
typedef struct {
    double best, need;         /* the least objective, and the least need that it can be had with */
    double better;             /* the least need of a better one */
    double sums[WORST_GROUPS]; /* of the choice at work */
} every_t;

static void draw(rng_t *rng, draw_t how, drawn_t *drawn)
{
    draw_instance(rng, how, 4, 4, 2, &drawn->instance);
    const size_t classes_n = drawn->instance.classes_n;
    drawn->groups_n = 1 + rng_below(rng, 3);
    memset(drawn->groups, 0, sizeof drawn->groups);
    /* A group may have no class at all. */
    for (size_t c = 0, g = 0; c < classes_n; c++) {
        g += rng_below(rng, drawn->groups_n - g);
        drawn->groups[g]++;
    }
    drawn->worst = (worst_t){.classes_n = classes_n,
                             .classes = drawn->instance.classes,
                             .groups_n = drawn->groups_n,
                             .groups = drawn->groups,
                             .budget = drawn->instance.budget};
}

/* From class `c` and its member on, of group g, whose number `in` it is. */
static void try_all(const drawn_t *drawn, every_t *every, size_t c, size_t member, double need,
                    double limit)
{
    size_t group = 0, first = 0;
    if (c == drawn->worst.classes_n) {
        double largest = 0;
        for (size_t g = 0; g < drawn->groups_n; g++) largest = fmax(largest, every->sums[g]);
        if (largest < limit) every->better = fmin(every->better, need);
        if (need > drawn->worst.budget || largest > every->best) return;
        every->need = largest < every->best ? need : fmin(every->need, need);
        every->best = largest;
        return;
    }
    while (c >= first + drawn->groups[group]) first += drawn->groups[group++];
    const option_class_t *class = &drawn->worst.classes[c];
    const bool last = member + 1 == class->members;
    for (size_t i = 0; i < class->n; i++) {
        const double before = every->sums[group];
        every->sums[group] += class->options[i].cost;
        try_all(drawn, every, last ? c + 1 : c, last ? 0 : member + 1,
                need + class->options[i].need, limit);
        every->sums[group] = before;
    }
}

static every_t all_of(const drawn_t *drawn, double limit)
{
    every_t every = {INFINITY, INFINITY, INFINITY, {0}};
    try_all(drawn, &every, 0, 0, 0, limit);
    return every;
}

/* The choice has the sums that are told of it. */
static void check_choice_of(const drawn_t *drawn, const knapsack_t *knapsack)
{
    size_t at = 0, c = 0;
    double largest = 0, need = 0;
    for (size_t g = 0; g < drawn->groups_n; g++) {
        double cost = 0;
        for (size_t i = 0; i < drawn->groups[g]; i++, c++)
            for (size_t member = 0; member < drawn->worst.classes[c].members; member++, at++) {
                const option_class_t *class = &drawn->worst.classes[c];
                size_t found = 0;
                while (found < class->n && class->options[found].point != knapsack->choice[at])
                    found++;
                ck_assert_uint_lt(found, class->n);
                cost += class->options[found].cost;
                need += class->options[found].need;
            }
        largest = fmax(largest, cost);
    }
    ck_assert_uint_eq(at, knapsack->choice_n);
    ck_assert_double_eq(largest, knapsack->optimum);
    ck_assert_double_eq(need, knapsack->need);
    ck_assert_double_le(need, drawn->worst.budget);
}

static const draw_t draws[] = {DRAW_DIGITS, DRAW_TIED, DRAW_HAIR, DRAW_FRACTION};

START_TEST(the_worst_is_the_least_of_all_choices)
{
    rng_t rng = rng_begin(3, RNG_TEST, (uint64_t)_i, 0, 0);
    size_t solved = 0, nexts = 0;
    for (int i = 0; i < 250; i++) {
        drawn_t drawn;
        knapsack_t knapsack;
        draw(&rng, draws[_i], &drawn);
        const every_t every = all_of(&drawn, -1);
        ck_assert_ok(worst_solve(&drawn.worst, knapsack_limits(1 << 16), &knapsack));
        ck_assert_int_eq(knapsack.feasible, isfinite(every.best));
        ck_assert_int_eq(knapsack.solved, isfinite(every.best));
        if (knapsack.solved) {
            const every_t next = all_of(&drawn, every.best * (1 - 2e-12));
            ck_assert_double_eq(knapsack.optimum, every.best);
            ck_assert_double_eq(knapsack.lower_bound, every.best);
            ck_assert_double_eq_tol(knapsack.need, every.need, 1e-9);
            check_choice_of(&drawn, &knapsack);
            ck_assert_int_eq(knapsack.next.found, isfinite(next.better) ? NEXT_KNOWN : NEXT_NONE);
            if (isfinite(next.better)) {
                ck_assert_double_eq_tol(knapsack.next.budget, next.better, 1e-9);
                ck_assert_double_gt(knapsack.next.budget, drawn.worst.budget);
                nexts++;
            }
            solved++;
        }
        knapsack_close(&knapsack);
    }
    ck_assert_uint_gt(solved, 100);
    ck_assert_uint_gt(nexts, 50);
}
END_TEST

/* Of the size of two networks, with few states: what is proven stays below what is known, and above
   the bound of each network alone. */
START_TEST(with_few_states_there_is_a_bound)
{
    static drawn_t drawn;
    size_t unsolved = 0;
    for (uint64_t seed = 0; seed < 4; seed++)
        for (size_t states = 1; states <= 1 << 16; states <<= 8) {
            rng_t rng = rng_begin(seed, RNG_TEST, 7, 0, 0);
            knapsack_t knapsack;
            knapsack_t whole;
            draw_network(&rng, 0.1, &drawn.instance);
            drawn.groups_n = 2;
            drawn.groups[0] = 11;
            drawn.groups[1] = 16;
            drawn.worst =
                (worst_t){27, drawn.instance.classes, 2, drawn.groups, drawn.instance.budget};
            ck_assert_ok(worst_solve(&drawn.worst, knapsack_limits(1 << 18), &whole));
            ck_assert_ok(worst_solve(&drawn.worst, knapsack_limits(states), &knapsack));
            ck_assert(whole.solved && knapsack.feasible);
            ck_assert_double_le(knapsack.lower_bound, whole.optimum);
            ck_assert_double_gt(knapsack.lower_bound, 0.5 * whole.optimum);
            ck_assert(isnan(knapsack.known) || knapsack.known >= whole.optimum);
            unsolved += !knapsack.solved;
            if (knapsack.solved) ck_assert_double_eq(knapsack.optimum, whole.optimum);
            knapsack_close(&knapsack);
            knapsack_close(&whole);
        }
    ck_assert_uint_gt(unsolved, 0);
}
END_TEST

static bool stop(void *context, const char *what, size_t done, size_t all)
{
    (void)what, (void)done, (void)all;
    return --*(int *)context > 0;
}

START_TEST(it_stops_when_told)
{
    static drawn_t drawn;
    rng_t rng = rng_begin(1, RNG_TEST, 7, 0, 0);
    draw_network(&rng, 0.1, &drawn.instance);
    drawn.groups_n = 1;
    drawn.groups[0] = 27;
    drawn.worst = (worst_t){27, drawn.instance.classes, 1, drawn.groups, drawn.instance.budget};
    for (int looks = 1; looks < 60; looks += 7) {
        int left = looks;
        const solve_watch_t watch = {&left, stop, "worst"};
        knapsack_t knapsack;
        ck_assert_fails(worst_solve(&drawn.worst, (knapsack_limits_t){1 << 18, &watch}, &knapsack),
                        CONFX_STATUS_STOPPED, "");
        ck_assert_ptr_null(knapsack.choice);
    }
}
END_TEST

/* A second budget that never binds: the bound is no higher than what one budget proves, and the
   choice at hand no better. With one group weights have nothing to do, and both meet. */
START_TEST(of_budgets_of_which_one_binds_the_bound_is_below_the_optimum)
{
    rng_t rng = rng_begin(5, RNG_TEST, 0, 0, 0);
    size_t met = 0;
    for (int i = 0; i < 300; i++) {
        drawn_t drawn;
        knapsack_t knapsack, bound;
        double store[2 * 64] = {0};
        const double *needs[4];
        draw(&rng, draws[i % 4], &drawn);
        double *next = store;
        for (size_t c = 0; c < drawn.worst.classes_n; c++) {
            needs[c] = next;
            for (size_t k = 0; k < drawn.worst.classes[c].n; k++, next += 2) {
                next[0] = drawn.worst.classes[c].options[k].need;
                next[1] = 1;
            }
        }
        const double budgets[] = {drawn.worst.budget, 100};
        const several_t several = {drawn.worst.classes_n, drawn.worst.classes, needs, 2, budgets};
        ck_assert_ok(worst_solve(&drawn.worst, knapsack_limits(1 << 16), &knapsack));
        ck_assert_ok(
            worst_bound(&several, drawn.groups, drawn.groups_n, knapsack_limits(1 << 14), &bound));
        ck_assert_int_eq(bound.feasible, knapsack.feasible);
        if (bound.feasible) {
            ck_assert_double_le(bound.lower_bound, knapsack.optimum);
            ck_assert_double_ge(bound.known, knapsack.optimum);
            ck_assert(drawn.groups_n > 1 || bound.solved);
            met += bound.solved;
        }
        ck_assert_int_eq(bound.choice != NULL, bound.solved);
        if (bound.solved) ck_assert_double_eq(bound.optimum, knapsack.optimum);
        knapsack_close(&bound);
        knapsack_close(&knapsack);
    }
    ck_assert_uint_gt(met, 100);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("worst");
    TCase *tests = tcase_create("worst");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_worst_is_the_least_of_all_choices, 0, 4);
    tcase_add_test(tests, with_few_states_there_is_a_bound);
    tcase_add_test(tests, of_budgets_of_which_one_binds_the_bound_is_below_the_optimum);
    tcase_add_test(tests, it_stops_when_told);
    return suite_run(suite);
}
