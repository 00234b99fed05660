/* Several networks: scores, what is revealed, and the certificate, held against every assignment,
   added up here from the cost model's own figures. */
#include "assignment.h"
#include "confx/memory.h"
#include "problem/setting.h"

/* Layer b1 is like a1; 8 points each, 4096 assignments. */
static const char first_csv[] = "K,C,Y,X,R,S,T\n8,4,8,8,3,3,1\n1,8,8,8,3,3,2\n";
static const char second_csv[] = "K,C,Y,X,R,S,T\n8,4,8,8,3,3,1\n16,8,6,6,1,1,1\n";
enum { LAYERS = 4, PES = 4, BUFFERS = 2, POINTS = PES * BUFFERS, ALL = 8 * 8 * 8 * 8 };

typedef struct {
    setting_t setting;
    double weights[2];
    double latency[LAYERS][POINTS], energy[LAYERS][POINTS], area[LAYERS][POINTS],
        power[LAYERS][POINTS];
} pair_t;

static uint64_t point_of(size_t assignment, size_t layer)
{
    return assignment >> 3 * layer & 7;
}

static void pair_fill(pair_t *pair)
{
    for (size_t layer = 0; layer < LAYERS; layer++)
        for (uint32_t point = 0; point < POINTS; point++) {
            confx_cost_t cost;
            setting_cost(&pair->setting, layer, point / BUFFERS + 1, point % BUFFERS + 1, &cost);
            ck_assert_int_eq(cost.fault, CONFX_COST_VALID);
            pair->latency[layer][point] = (double)cost.runtime_cycles;
            pair->energy[layer][point] = cost.energy_nj;
            pair->area[layer][point] = cost.area_um2;
            pair->power[layer][point] = cost.power_mw;
        }
}

static void pair_open(pair_t *pair, const char *keys, double first, double second, bool worst,
                      double fraction)
{
    confx_workload_t parts[2];
    *pair = (pair_t){.weights = {first, second}};
    char budget[64] = "";
    if (!strstr(keys, "budget:"))
        (void)snprintf(budget, sizeof budget, "budget: {fraction: %.17g}\n", fraction);
    setting_read(&pair->setting,
                 "workload: [{name: mobilenet_v2, weight: %.17g}, {name: resnet18, weight: "
                 "%.17g}]\nactions: {pe: [1, 2, 4], buffer: [1, 2]}\nnetworks: %s\n%s%s",
                 first, second, worst ? "worst" : "sum", budget, keys);
    ck_assert_ok(confx_workload_parse(first_csv, "first.csv", &parts[0]));
    ck_assert_ok(confx_workload_parse(second_csv, "second.csv", &parts[1]));
    confx_workload_close(&pair->setting.workload);
    ck_assert_ok(
        confx_workload_join((confx_workload_part_t[]){{&parts[0], first}, {&parts[1], second}}, 2,
                            worst, &pair->setting.workload));
    confx_workload_close(&parts[0]);
    confx_workload_close(&parts[1]);
    setting_open(&pair->setting);
    pair_fill(pair);
}

/* What an assignment comes to, as the job's words say it. */
static double pair_objective(const pair_t *pair, size_t assignment, double *area)
{
    const job_t *job = pair->setting.job;
    double latency[2] = {0}, energy[2] = {0}, products = 0, slowest = 0;
    *area = 0;
    for (size_t layer = 0; layer < LAYERS; layer++) {
        const uint64_t point = point_of(assignment, layer);
        const double weight = pair->weights[layer / 2];
        latency[layer / 2] += weight * pair->latency[layer][point];
        energy[layer / 2] += weight * pair->energy[layer][point];
        products += weight * (pair->latency[layer][point] * pair->energy[layer][point]);
        slowest = fmax(slowest, weight * pair->latency[layer][point]);
        *area += pair->area[layer][point];
    }
    const bool worst = job->networks == NETWORKS_WORST;
    switch (job->objective) {
    case OBJECTIVE_LATENCY:
        return worst ? fmax(latency[0], latency[1]) : latency[0] + latency[1];
    case OBJECTIVE_ENERGY:
        return worst ? fmax(energy[0], energy[1]) : energy[0] + energy[1];
    case OBJECTIVE_EDP:
        return (latency[0] + latency[1]) * (energy[0] + energy[1]);
    case OBJECTIVE_LATENCY_AREA:
        return (latency[0] + latency[1]) * *area;
    case OBJECTIVE_LAYER_EDP:
        ck_assert(!worst);
        return products;
    case OBJECTIVE_BOTTLENECK:
    case OBJECTIVE_THROUGHPUT:
        return slowest;
    case OBJECTIVE_ENERGY_AREA:
        break;
    }
    ck_abort_msg("an objective that is not checked");
    return NAN;
}

/* The best of all, and of the best ones the least area; *next: the least area of a better one. */
static double pair_best(const pair_t *pair, double limit, double *need, double *next)
{
    double best = INFINITY;
    double area;
    *need = *next = INFINITY;
    for (size_t i = 0; i < ALL; i++) {
        const double objective = pair_objective(pair, i, &area);
        if (area > limit * (1 + 1e-12) || objective > best) continue;
        *need = objective < best ? area : fmin(*need, area);
        best = objective;
    }
    for (size_t i = 0; i < ALL; i++)
        if (pair_objective(pair, i, &area) < best * (1 - 1e-12)) *next = fmin(*next, area);
    return best;
}

static const double weight_pairs[][2] = {{1, 1}, {3, 1}, {1, 0.25}, {7, 2}};
static const double fractions[] = {0.02, 0.1, 0.3, 0.55, 1};
enum { WEIGHTS = 4, FRACTIONS = 5 };

static void check_optimum(const char *keys, bool worst, bool exact)
{
    for (size_t i = 0; i < (size_t)WEIGHTS * FRACTIONS; i++) {
        pair_t pair;
        knapsack_t knapsack;
        double need, next;
        const double *weights = weight_pairs[i / FRACTIONS];
        pair_open(&pair, keys, weights[0], weights[1], worst, fractions[i % FRACTIONS]);
        problem_t *problem = pair.setting.problem;
        const double best =
            pair_best(&pair, problem_terms(problem)->constraints[0].limit, &need, &next);
        ck_assert_ptr_null(certificate_obstacle(problem));
        ck_assert_ok(certificate_solve(problem, SPACE_INTEGERS, NULL, &knapsack));
        ck_assert(knapsack.feasible && knapsack.solved);
        /* Cycles are whole numbers, whose weighted sums are exact. */
        ck_assert_msg(exact ? knapsack.optimum == best
                            : fabs(knapsack.optimum - best) <= 1e-9 * best,
                      "%s %g %g, %g: %.17g, expected %.17g", keys, weights[0], weights[1],
                      fractions[i % FRACTIONS], knapsack.optimum, best);
        ck_assert(knapsack.lower_bound <= best * (1 + 1e-12));
        if (exact) ck_assert_double_eq_tol(knapsack.need / need, 1, 1e-12);
        if (exact && isinf(next)) ck_assert_int_eq(knapsack.next.found, NEXT_NONE);
        if (exact && isfinite(next)) {
            ck_assert_int_eq(knapsack.next.found, NEXT_KNOWN);
            ck_assert_double_eq_tol(knapsack.next.budget / next, 1, 1e-12);
        }
        check_choice(problem, &knapsack);
        knapsack_close(&knapsack);
        setting_close(&pair.setting);
    }
}

START_TEST(the_weighted_sum_is_the_least_of_all_assignments)
{
    check_optimum("objective: latency\n", false, true);
    check_optimum("objective: energy\n", false, false);
}
END_TEST

START_TEST(so_are_other_objectives_of_several_networks)
{
    check_optimum("objective: edp\n", false, false);
    check_optimum("objective: latency_area\n", false, false);
    check_optimum("objective: layer_edp\n", false, false);
    check_optimum("objective: bottleneck\n", false, true);
    check_optimum("objective: bottleneck\n", true, true);
}
END_TEST

START_TEST(the_worst_case_is_the_least_of_all_assignments)
{
    check_optimum("objective: latency\n", true, true);
    check_optimum("objective: energy\n", true, false);
}
END_TEST

/* The two layers that are alike are one kind just where they count alike. */
START_TEST(scores_and_what_they_reveal_are_weighted)
{
    for (int worst = 0; worst < 2; worst++)
        for (size_t i = 0; i < WEIGHTS; i++) {
            pair_t pair;
            batch_t batch;
            memory_t *memory;
            pair_open(&pair, "objective: latency\n", weight_pairs[i][0], weight_pairs[i][1], worst,
                      0.3);
            problem_t *problem = pair.setting.problem;
            ck_assert_uint_eq(problem_distinct(problem), i || worst ? 4 : 3);
            ck_assert_ok(batch_open(problem, 1, &batch));
            ck_assert_ok(memory_open(problem, &memory));
            for (size_t drawn = 0; drawn < 40; drawn++) {
                const size_t assignment = drawn * 2654435761u % ALL;
                double area;
                batch.n = 1;
                for (size_t layer = 0; layer < LAYERS; layer++)
                    problem_put(problem, batch.assignments, layer, point_of(assignment, layer));
                ck_assert_ok(problem_score(problem, &batch));
                const double objective = pair_objective(&pair, assignment, &area);
                ck_assert_double_eq(batch.scores[0].objectives[0], objective);
                const assignments_t of = batch_assignments(&batch);
                ck_assert_ok(memory_reveal(memory, problem, &of));
                double plain = 0;
                for (size_t layer = 0; layer < LAYERS; layer++) {
                    const uint64_t point = point_of(assignment, layer);
                    const double own = pair.latency[layer][point];
                    ck_assert_double_eq(batch.cost[layer], pair.weights[layer / 2] * own);
                    ck_assert_double_eq(
                        memory_cost(memory, problem_distinct_of(problem, layer), point),
                        pair.weights[layer / 2] * own);
                    plain += own;
                }
                /* The log's totals of metrics are of the chip, without weights. */
                ck_assert_double_eq(batch.metrics[0], plain);
            }
            memory_close(memory);
            batch_close(&batch);
            setting_close(&pair.setting);
        }
}
END_TEST

static double power_of(const pair_t *pair, size_t assignment)
{
    double power = 0;
    for (size_t layer = 0; layer < LAYERS; layer++)
        power += pair->power[layer][point_of(assignment, layer)];
    return power;
}

/* Networks do not come apart: between what weights that are alike prove and the optimum lies the
   bound, and what is known is a design. */
START_TEST(within_several_budgets_there_is_a_bound)
{
    size_t solved = 0, near = 0;
    for (size_t i = 0; i < (size_t)WEIGHTS * FRACTIONS; i++) {
        pair_t pair;
        knapsack_t knapsack;
        char keys[128];
        double best = INFINITY, sum = INFINITY;
        const double *weights = weight_pairs[i / FRACTIONS];
        (void)snprintf(keys, sizeof keys,
                       "budget: [{constraint: area, fraction: %g}, {constraint: power, fraction: "
                       "%g}]\n",
                       fractions[i % FRACTIONS], 0.9 * fractions[i % FRACTIONS]);
        pair_open(&pair, keys, weights[0], weights[1], true, 1);
        problem_t *problem = pair.setting.problem;
        const terms_t *terms = problem_terms(problem);
        for (size_t k = 0; k < ALL; k++) {
            double area, of[2] = {0};
            const double objective = pair_objective(&pair, k, &area);
            if (!terms_keeps(&terms->constraints[0], area) ||
                !terms_keeps(&terms->constraints[1], power_of(&pair, k)))
                continue;
            for (size_t layer = 0; layer < LAYERS; layer++)
                of[layer / 2] += weights[layer / 2] * pair.latency[layer][point_of(k, layer)];
            best = fmin(best, objective);
            sum = fmin(sum, of[0] + of[1]);
        }
        ck_assert_ptr_null(certificate_obstacle(problem));
        ck_assert_ok(certificate_solve(problem, SPACE_INTEGERS, NULL, &knapsack));
        ck_assert_int_eq(knapsack.feasible, isfinite(best));
        if (knapsack.feasible) {
            ck_assert_double_le(knapsack.lower_bound, best);
            ck_assert_double_ge(knapsack.lower_bound, sum / 2 * (1 - 1e-9));
            ck_assert_double_ge(knapsack.known, best * (1 - 1e-12));
            near += knapsack.lower_bound > 0.9 * best;
            if (knapsack.solved) ck_assert_double_eq(knapsack.optimum, best);
            if (knapsack.solved) check_choice(problem, &knapsack);
            solved += knapsack.solved;
        }
        knapsack_close(&knapsack);
        setting_close(&pair.setting);
    }
    ck_assert_uint_gt(solved, 0);
    ck_assert_uint_gt(near, 10);
}
END_TEST

/* One array for the layers of both networks, whose area is that of the largest need. */
static double shared_best(const pair_t *pair, double limit)
{
    double best = INFINITY;
    for (uint64_t point = 0; point < POINTS; point++) {
        size_t assignment = 0;
        double most = 0, sum;
        for (size_t layer = 0; layer < LAYERS; layer++) {
            assignment |= point << 3 * layer;
            most = fmax(most, pair->area[layer][point]);
        }
        if (most <= limit * (1 + 1e-12)) best = fmin(best, pair_objective(pair, assignment, &sum));
    }
    return best;
}

START_TEST(networks_may_share_one_array)
{
    for (size_t i = 0; i < (size_t)2 * WEIGHTS * FRACTIONS; i++) {
        pair_t pair;
        knapsack_t knapsack;
        const double *weights = weight_pairs[i / FRACTIONS % WEIGHTS];
        pair_open(&pair, "deployment: sequential\n", weights[0], weights[1],
                  i >= (size_t)WEIGHTS * FRACTIONS, fractions[i % FRACTIONS]);
        problem_t *problem = pair.setting.problem;
        const double best = shared_best(&pair, problem_terms(problem)->constraints[0].limit);
        ck_assert_ok(certificate_solve(problem, SPACE_INTEGERS, NULL, &knapsack));
        ck_assert(knapsack.solved);
        ck_assert_double_eq(knapsack.optimum, best);
        batch_t batch;
        ck_assert_ok(batch_open(problem, 1, &batch));
        put_choice(problem, &knapsack, &batch);
        ck_assert_ok(problem_score(problem, &batch));
        ck_assert(batch.feasible[0]);
        ck_assert_double_eq(batch.scores[0].objectives[0], best);
        batch_close(&batch);
        knapsack_close(&knapsack);
        setting_close(&pair.setting);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("networks");
    TCase *tests = tcase_create("networks");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, the_weighted_sum_is_the_least_of_all_assignments);
    tcase_add_test(tests, so_are_other_objectives_of_several_networks);
    tcase_add_test(tests, the_worst_case_is_the_least_of_all_assignments);
    tcase_add_test(tests, within_several_budgets_there_is_a_bound);
    tcase_add_test(tests, networks_may_share_one_array);
    tcase_add_test(tests, scores_and_what_they_reveal_are_weighted);
    return suite_run(suite);
}
