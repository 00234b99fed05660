/* PEs beyond those that are enough for a layer are left out of a certificate over the integers: it
   is the same as over all of them, to the bit. */
#include "confx/certificate.h"
#include "problem/setting.h"

enum { DATAFLOWS = 3, OBJECTIVES = 3, CASES = 2 * DATAFLOWS * OBJECTIVES, EXACT = CASES / 2 };

/* The cases of the accounting maestro, then of exact those of the lesser budget. */
static const char *const dataflows[][DATAFLOWS] = {{"dla", "eye", "shi"}, {"dla", "shi", "shi"}};
static const char *const objectives[] = {"latency", "energy", "edp"};

static void read_case(int i, uint32_t pes, setting_t *setting)
{
    setting_read(
        setting,
        "{dataflow: %s, accounting: %s, objective: %s, budget: {constraint: %s, fraction: %s}, "
        "actions: {pe: [1, 16, %u], buffer: [1, 3]}}",
        dataflows[i / CASES][i % DATAFLOWS], i / CASES ? "exact" : "maestro",
        objectives[i / DATAFLOWS % OBJECTIVES], i % 2 ? "power" : "area",
        i % CASES < CASES / 2 ? "0.02" : "0.4", pes);
}

/* The cost model's figures as a stand-in's, of which it is not known how many PEs are enough. */
static bool evaluate_all(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                         double *factors, double *need)
{
    problem_t *problem = context;
    return problem_factors(problem, distinct, setting_point(problem, pes, buffer), factors, need);
}

static void check_same(const knapsack_t *one, const knapsack_t *all)
{
    ck_assert(one->feasible && one->solved && all->solved);
    ck_assert(one->lower_bound == all->lower_bound);
    ck_assert(one->optimum == all->optimum);
    ck_assert(one->need == all->need);
    ck_assert(one->price == all->price);
    ck_assert_int_eq(one->next.found, all->next.found);
    ck_assert(same_number(one->next.budget, all->next.budget));
    ck_assert(same_number(one->next.optimum, all->next.optimum));
    ck_assert_uint_eq(one->choice_n, all->choice_n);
    for (size_t i = 0; i < one->choice_n; i++) ck_assert_uint_eq(one->choice[i], all->choice[i]);
}

/* 4,500 points a layer: more than those of which every one is looked at. */
START_TEST(what_is_left_out_changes_nothing)
{
    setting_t setting, beside;
    knapsack_t one, all;
    read_case(_i, 1500, &setting);
    setting_open(&setting);
    read_case(_i, 1500, &beside);
    setting_open_with(&beside, (evaluator_t){setting.problem, evaluate_all, false, 0});
    ck_assert_uint_eq(problem_enough(beside.problem, 0, 0), 1499);
    ck_assert_ok(certificate_solve(setting.problem, SPACE_INTEGERS, NULL, &one));
    ck_assert_ok(certificate_solve(beside.problem, SPACE_INTEGERS, NULL, &all));
    check_same(&one, &all);
    knapsack_close(&one);
    knapsack_close(&all);
    setting_close(&beside);
    setting_close(&setting);
}
END_TEST

/* MobileNet-V2's largest dimension is 1,280. */
START_TEST(of_many_pes_few_are_looked_at)
{
    setting_t setting;
    read_case(_i, 65535, &setting);
    setting_open(&setting);
    for (size_t d = 0; d < problem_distinct(setting.problem); d++)
        for (uint64_t rest = 0; rest < setting_most(setting.problem, 1); rest++)
            ck_assert_uint_lt(problem_enough(setting.problem, d, rest), 1281);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("enough");
    TCase *tests = tcase_create("enough");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, what_is_left_out_changes_nothing, 0, CASES + EXACT);
    tcase_add_loop_test(tests, of_many_pes_few_are_looked_at, 0, DATAFLOWS);
    tcase_add_loop_test(tests, of_many_pes_few_are_looked_at, CASES, CASES + DATAFLOWS);
    return suite_run(suite);
}
