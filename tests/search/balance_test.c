/* The multipliers of networks maximise the Lagrangian of the worst case, a concave function: no
   others on a grid are better. */
#include "confx/memory.h"
#include "problem/setting.h"
#include "search/common/tradeoff.h"

static const char first_csv[] = "K,C,Y,X,R,S,T\n8,4,8,8,3,3,1\n1,8,8,8,3,3,2\n8,4,8,8,3,3,1\n";
static const char second_csv[] = "K,C,Y,X,R,S,T\n8,4,8,8,3,3,1\n16,8,6,6,1,1,1\n";
enum { POINTS = 32 };

typedef struct {
    setting_t setting;
    memory_t *memory;
    tradeoff_t tradeoff;
} pair_t;

static void pair_open(pair_t *pair, double weight, bool worst, double fraction)
{
    confx_workload_t parts[2];
    setting_read(&pair->setting,
                 "workload: [{name: mobilenet_v2, weight: %.17g}, resnet18]\nnetworks: %s\n"
                 "actions: {pe: [1, 2, 4, 8, 16], buffer: [1, 2]}\nbudget: {fraction: %.17g}\n",
                 weight, worst ? "worst" : "sum", fraction);
    ck_assert_ok(confx_workload_parse(first_csv, "first.csv", &parts[0]));
    ck_assert_ok(confx_workload_parse(second_csv, "second.csv", &parts[1]));
    confx_workload_close(&pair->setting.workload);
    ck_assert_ok(confx_workload_join((confx_workload_part_t[]){{&parts[0], weight}, {&parts[1], 1}},
                                     2, worst, &pair->setting.workload));
    confx_workload_close(&parts[0]);
    confx_workload_close(&parts[1]);
    setting_open(&pair->setting);
    problem_t *problem = pair->setting.problem;
    ck_assert_uint_eq(space_points(problem_space(problem)), POINTS);
    ck_assert_ok(memory_open(problem, &pair->memory));
    for (size_t d = 0; d < problem_distinct(problem); d++)
        for (uint64_t point = 0; point < POINTS; point++)
            ck_assert_ok(memory_reveal_point(pair->memory, problem, d, point));
    ck_assert_ok(tradeoff_open(problem, POINTS, &pair->tradeoff));
    tradeoff_build(&pair->tradeoff, problem, &(cost_view_t){.memory = pair->memory});
}

static void pair_close(pair_t *pair)
{
    tradeoff_close(&pair->tradeoff);
    memory_close(pair->memory);
    setting_close(&pair->setting);
}

/* The least over all assignments of: sums of the networks times these multipliers, of which the
   second is 1 - first, and the price of what is needed beyond the budget. */
static double lagrangian(const pair_t *pair, double first, double price)
{
    problem_t *problem = pair->setting.problem;
    double sum = -price * problem_budget(problem);
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const size_t d = problem_distinct_of(problem, layer);
        const double multiplier = problem_membership(problem, d).network ? 1 - first : first;
        double least = INFINITY;
        for (uint64_t point = 0; point < POINTS; point++)
            least = fmin(least, multiplier * memory_cost(pair->memory, d, point) +
                                    price * problem_need(problem, d, point));
        sum += least;
    }
    return sum;
}

START_TEST(no_other_multipliers_are_better)
{
    static const double weights[] = {0.3, 1, 2, 20}, fractions[] = {0.05, 0.2, 0.5};
    enum { GRID = 30 };
    for (int i = 0; i < 12; i++) {
        pair_t pair;
        pair_open(&pair, weights[i / 3], true, fractions[i % 3]);
        const problem_t *problem = pair.setting.problem;
        const size_t last = problem_distinct(problem) - 1;
        ck_assert_double_eq_tol(pair.tradeoff.value[0] + pair.tradeoff.value[last], 2, 1e-9);
        const double first = pair.tradeoff.value[0] / 2;
        const double price = tradeoff_multiplier(&pair.tradeoff, problem) / 2;
        const double best = lagrangian(&pair, first, price);
        /* What does not count still counts a thousandth of what does. */
        for (int j = 0; j <= GRID; j++)
            for (int k = -GRID; k <= GRID; k++)
                ck_assert_double_le(
                    lagrangian(&pair, (double)j / GRID,
                               price > 0 ? price * pow(1.2, k) : (double)(k + GRID) * 1e-6),
                    best * (1 + 2e-3));
        pair_close(&pair);
    }
}
END_TEST

START_TEST(of_a_sum_all_costs_count_alike)
{
    pair_t pair;
    pair_open(&pair, 3, false, 0.2);
    for (size_t d = 0; d < problem_distinct(pair.setting.problem); d++)
        ck_assert_double_eq(pair.tradeoff.value[d], 1);
    pair_close(&pair);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("balance");
    TCase *tests = tcase_create("balance");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, no_other_multipliers_are_better);
    tcase_add_test(tests, of_a_sum_all_costs_count_alike);
    return suite_run(suite);
}
