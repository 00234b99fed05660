/* The certificate of a small problem with a stand-in for the cost model, against the score of every
   assignment. */
#include "assignment.h"
#include "problem/setting.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS = 4, PES = 4, BUFFERS = 2 };

static const char csv[] =
    "K,C,Y,X,R,S,T\n8,4,8,8,3,3,1\n1,8,8,8,3,3,2\n8,4,8,8,3,3,1\n16,8,8,8,1,1,1\n";

typedef struct {
    confx_workload_t workload;
    job_t *job;
    problem_t *problem;
    uint32_t invalid_pes;
} small_t;

/* Needs that rise with PEs and a little with the buffer, costs that fall with both. One PE count is
   invalid for one kind of layer. The second factor of a product rises where the first falls. */
static bool stand_in(void *context, size_t distinct, uint32_t pes, uint32_t buffer, double *factors,
                     double *need)
{
    const small_t *small = context;
    *need = 10 * pes + 0.25 * buffer + (double)distinct;
    factors[0] =
        1000.0 * (double)(distinct + 2) / pes + 64.0 / buffer - 7.0 * (double)(distinct * pes % 3);
    if (small->job->objective == OBJECTIVE_EDP)
        factors[1] = 40.0 * pes + 9.0 * buffer + 50.0 * (double)(distinct * (pes + buffer) % 3);
    return pes != small->invalid_pes || distinct != 1;
}

static void open_small(small_t *small, const char *objective, const char *limit,
                       uint32_t invalid_pes)
{
    char text[256];
    (void)snprintf(text, sizeof text,
                   "objective: %s\nbudget: {limit: %s}\nactions: {pe: [1, 2, 4], buffer: [1, 2]}\n",
                   objective, limit);
    *small = (small_t){.invalid_pes = invalid_pes};
    ck_assert_ok(confx_workload_parse(csv, "small.csv", &small->workload));
    const char *network = "workload=mobilenet_v2";
    ck_assert_ok(job_parse(text, "small.yaml", &network, !strstr(text, "workload:"), &small->job));
    const problem_parts_t parts = {.workload = &small->workload, .job = small->job};
    ck_assert_ok(
        problem_open_with(&parts, (evaluator_t){small, stand_in, false, 0}, &small->problem));
}

static void close_small(small_t *small)
{
    problem_close(small->problem);
    job_close(small->job);
    confx_workload_close(&small->workload);
}

static bool in_space(const space_t *space, space_part_t part, uint16_t index)
{
    return part == SPACE_INTEGERS ||
           space_level_index(space, 0, space_level(space, 0, index)) == index;
}

/* Assignment number i of the (PES x BUFFERS)^LAYERS. False: not in the space. */
static bool put_assignment(const problem_t *problem, space_part_t part, size_t i, batch_t *batch)
{
    bool within = true;
    batch->n = 1;
    for (size_t layer = 0; layer < LAYERS; layer++, i /= (size_t)PES * BUFFERS) {
        uint16_t *action = batch->assignments + layer * batch->axes;
        action[0] = (uint16_t)(i % PES);
        action[1] = (uint16_t)(i / PES % BUFFERS);
        within = within && in_space(problem_space(problem), part, action[0]);
    }
    return within;
}

static double best_of_all(problem_t *problem, space_part_t space)
{
    double best = INFINITY;
    batch_t batch;
    ck_assert_ok(batch_open(problem, 1, &batch));
    const size_t all = (size_t)pow(PES * BUFFERS, LAYERS);
    for (size_t i = 0; i < all; i++) {
        if (!put_assignment(problem, space, i, &batch)) continue;
        ck_assert_ok(problem_score(problem, &batch));
        if (batch.feasible[0]) best = fmin(best, batch.scores[0].objectives[0]);
    }
    batch_close(&batch);
    return best;
}

static void check_best_of_all(const char *objective, space_part_t space)
{
    static const char *const limits[] = {"46", "60", "74.75", "75", "90.25", "111", "127", "1e6"};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (uint32_t invalid_pes = 1; invalid_pes <= 4; invalid_pes++) {
            small_t small;
            knapsack_t knapsack;
            open_small(&small, objective, limits[i], invalid_pes);
            const double best = best_of_all(small.problem, space);
            ck_assert_ok(certificate_solve(small.problem, space, NULL, &knapsack));
            ck_assert_int_eq(knapsack.feasible, isfinite(best));
            ck_assert_int_eq(knapsack.solved, isfinite(best));
            if (knapsack.solved) {
                ck_assert_double_eq_tol(knapsack.optimum / best, 1, 1e-14);
                ck_assert_double_le(knapsack.lower_bound, knapsack.optimum);
                check_choice(small.problem, &knapsack);
            }
            knapsack_close(&knapsack);
            close_small(&small);
        }
}

/* The next step's budget, given to the job, has the next step's optimum, and a hair less of it the
   old one. */
static void check_next(const char *objective, space_part_t space, const char *limit,
                       const knapsack_t *knapsack)
{
    const double budgets[] = {knapsack->next.budget, knapsack->next.budget * (1 - 1e-9)};
    const double optima[] = {knapsack->next.optimum, knapsack->optimum};
    ck_assert_double_gt(knapsack->next.budget, strtod(limit, NULL));
    ck_assert_double_lt(knapsack->next.optimum, knapsack->optimum);
    for (size_t i = 0; i < 2; i++) {
        small_t small;
        knapsack_t there;
        char words[32];
        (void)snprintf(words, sizeof words, "%.13g", budgets[i]);
        open_small(&small, objective, words, 3);
        ck_assert_ok(certificate_solve(small.problem, space, NULL, &there));
        ck_assert_double_eq(there.optimum, optima[i]);
        ck_assert_double_eq(there.optimum, best_of_all(small.problem, space));
        knapsack_close(&there);
        close_small(&small);
    }
}

static void check_steps(const char *objective, space_part_t space)
{
    static const char *const limits[] = {"46", "50", "60", "74.75", "75", "90.25", "127", "176"};
    size_t known = 0;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        small_t small;
        knapsack_t knapsack;
        open_small(&small, objective, limits[i], 3);
        ck_assert_ok(certificate_solve(small.problem, space, NULL, &knapsack));
        if (knapsack.next.found == NEXT_KNOWN) check_next(objective, space, limits[i], &knapsack);
        known += knapsack.next.found == NEXT_KNOWN;
        knapsack_close(&knapsack);
        close_small(&small);
    }
    ck_assert_uint_ge(known, 4);
}

START_TEST(each_step_of_the_budget_leads_to_the_next)
{
    check_steps("latency", (space_part_t)_i);
    check_steps("edp", (space_part_t)_i);
}
END_TEST

/* Whatever it takes, no assignment is better: then alone the budget does not bind, and nothing is
   worth more of it. */
START_TEST(a_budget_for_all_does_not_bind)
{
    static const char *const objectives[] = {"latency", "edp"};
    for (size_t i = 0; i < 2; i++) {
        small_t small;
        knapsack_t knapsack;
        open_small(&small, objectives[i], "1e6", 3);
        ck_assert_ok(certificate_solve(small.problem, (space_part_t)_i, NULL, &knapsack));
        ck_assert_int_eq(knapsack.next.found, NEXT_NONE);
        ck_assert_double_eq(knapsack.price, 0);
        const double best = knapsack.optimum;
        char limit[32];
        (void)snprintf(limit, sizeof limit, "%.13g",
                       knapsack.need); /* as little does as well, and one bit less not */
        knapsack_close(&knapsack);
        close_small(&small);
        open_small(&small, objectives[i], limit, 3);
        ck_assert_ok(certificate_solve(small.problem, (space_part_t)_i, NULL, &knapsack));
        ck_assert_double_eq(knapsack.optimum, best);
        ck_assert_int_eq(knapsack.next.found, NEXT_NONE);
        knapsack_close(&knapsack);
        ck_assert_ok(certificate_solve_within(small.problem, (space_part_t)_i,
                                              strtod(limit, NULL) * (1 - 1e-9), NULL, &knapsack));
        ck_assert_double_gt(knapsack.optimum, best);
        knapsack_close(&knapsack);
        close_small(&small);
    }
}
END_TEST

START_TEST(the_optimum_is_the_best_of_all_assignments)
{
    check_best_of_all("latency", (space_part_t)_i);
}
END_TEST

START_TEST(so_is_that_of_an_objective_that_does_not_add_up)
{
    check_best_of_all("edp", (space_part_t)_i);
}
END_TEST

START_TEST(the_frontier_falls_as_the_budget_rises)
{
    small_t small;
    double last = INFINITY;
    open_small(&small, _i ? "edp" : "latency", "1e6", 3);
    for (int halves = 80; halves <= 340; halves++) {
        const double budget = 0.5 * halves;
        knapsack_t knapsack;
        ck_assert_ok(
            certificate_solve_within(small.problem, SPACE_INTEGERS, budget, NULL, &knapsack));
        if (knapsack.solved) {
            ck_assert_double_le(knapsack.optimum, last);
            ck_assert_double_le(knapsack.need, budget);
            last = knapsack.optimum;
        }
        knapsack_close(&knapsack);
    }
    ck_assert(isfinite(last));
    close_small(&small);
}
END_TEST

START_TEST(the_gap_is_to_the_optimum_or_else_to_the_bound)
{
    const knapsack_t solved = {.feasible = true, .solved = true, .lower_bound = 80, .optimum = 100};
    const knapsack_t bounded = {.feasible = true, .lower_bound = -80, .optimum = NAN};
    const knapsack_t nothing = {.feasible = true, .solved = true};
    ck_assert_double_eq(certificate_gap(&solved, 105), 0.05);
    ck_assert_double_eq(certificate_gap(&solved, 100), 0);
    /* Layers added up in another order: nothing. A result below the optimum is none of that. */
    ck_assert_double_eq(certificate_gap(&solved, nextafter(100, 0)), 0);
    ck_assert_double_eq(certificate_gap(&solved, 99), -0.01);
    ck_assert_double_eq(certificate_gap(&bounded, -60), 0.25);
    ck_assert_double_eq(certificate_gap(&nothing, 0), 0);
    ck_assert_double_infinite(certificate_gap(&nothing, 1));
    ck_assert_double_nan(certificate_gap(&solved, NAN));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("certificate");
    TCase *tests = tcase_create("certificate");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_optimum_is_the_best_of_all_assignments, SPACE_LEVELS,
                        SPACE_INTEGERS + 1);
    tcase_add_loop_test(tests, so_is_that_of_an_objective_that_does_not_add_up, SPACE_LEVELS,
                        SPACE_INTEGERS + 1);
    tcase_add_loop_test(tests, each_step_of_the_budget_leads_to_the_next, SPACE_LEVELS,
                        SPACE_INTEGERS + 1);
    tcase_add_loop_test(tests, a_budget_for_all_does_not_bind, SPACE_LEVELS, SPACE_INTEGERS + 1);
    tcase_add_loop_test(tests, the_frontier_falls_as_the_budget_rises, 0, 2);
    tcase_add_test(tests, the_gap_is_to_the_optimum_or_else_to_the_bound);
    return suite_run(suite);
}
