/* Searches get better: with every feedback, and to the very optimum where brute force can tell
   it. */
#include "problems.h"

/* ---- learning -------------------------------------------------------------------------------- */

static const struct {
    const char *name, *search;
    algorithm_t stage;
    uint64_t samples;
    double gain;    /* the last fifth of the samples costs at most this part of what an earlier one
                       does, on the mean: */
    size_t earlier; /* the first that is the algorithm's own */
} leagues[] = {
    /* the guide leads the first fifth, which is nearly as good as what the policy comes to */
    {"layer, remembered", "", ALGORITHM_REINFORCE, 500, 0.7, 1},
    {"layer, not remembered", "memory: false", ALGORITHM_REINFORCE, 500, 0.8, 0},
    {"totals", "feedback: total", ALGORITHM_REINFORCE, 500, 0.95, 0},
    {"islands", "", ALGORITHM_ISLANDS, 500, 0.9, 0},
    {"islands, not remembered", "memory: false", ALGORITHM_ISLANDS, 500, 0.9, 0},
    {"islands, totals", "feedback: total", ALGORITHM_ISLANDS, 500, 0.9, 0},
    {"annealing", "feedback: total", ALGORITHM_ANNEALING, 1000, 0.9, 0},
    {"genetic", "feedback: total", ALGORITHM_GENETIC, 1000, 0.9, 0},
    {"bayes", "feedback: total", ALGORITHM_BAYES, 240, 0.9, 0},
    {"additive", "feedback: total", ALGORITHM_ADDITIVE, 240, 0.7, 0},
};

enum { LEAGUES = sizeof leagues / sizeof *leagues };

static double mean_objective(const batch_t *trace, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++) sum += trace->scores[i].objectives[0];
    return sum / (double)(to - from);
}

START_TEST(every_league_learns)
{
    setting_t setting;
    stage_t stage;
    setting_read(&setting,
                 "{workload: mobilenet_v2, dataflow: dla, hardware: asic, budget: {fraction: 0.1}, "
                 "search: {seed: 1, %s}}",
                 leagues[_i].search);
    setting_open(&setting);
    stage_open(&stage, &setting, leagues[_i].stage, leagues[_i].samples, 1, NULL);
    stage_run(&stage);
    const size_t n = stage.trace.n;
    const size_t from = leagues[_i].earlier * (n / 5);
    const double first = mean_objective(&stage.trace, from, from + n / 5);
    const double last = mean_objective(&stage.trace, n - n / 5, n);
    ck_assert_msg(last < leagues[_i].gain * first, "%s: from %.6g to %.6g, %.3f", leagues[_i].name,
                  first, last, last / first);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* ---- the optimum ----------------------------------------------------------------------------- */

enum { POINTS = 128 * 12 };

typedef struct {
    double cost, need;
} option_t;

static int by_need(const void *a, const void *b)
{
    const option_t *one = a;
    const option_t *other = b;
    if (one->need != other->need) return one->need < other->need ? -1 : 1;
    return (one->cost > other->cost) - (one->cost < other->cost);
}

/* The undominated integer actions of a layer, by rising need and falling cost; their number. */
static size_t pareto(const setting_t *setting, size_t layer, option_t options[POINTS])
{
    size_t n = 0;
    size_t kept = 0;
    const size_t distinct = problem_distinct_of(setting->problem, layer);
    ck_assert_uint_eq(space_points(problem_space(setting->problem)), POINTS);
    for (size_t point = 0; point < POINTS; point++)
        n += problem_look(setting->problem, distinct, point, &options[n].cost, &options[n].need);
    qsort(options, n, sizeof *options, by_need);
    for (size_t i = 0; i < n; i++)
        if (!kept || options[i].cost < options[kept - 1].cost) options[kept++] = options[i];
    return kept;
}

static bool fits(const problem_t *problem, double need)
{
    return terms_fits(problem_terms(problem), &(need_t){{need}, 0});
}

static double optimum(const setting_t *setting)
{
    static option_t options[2][POINTS];
    size_t n[2];
    double best = INFINITY;
    for (size_t layer = 0; layer < 2; layer++) n[layer] = pareto(setting, layer, options[layer]);
    for (size_t i = 0; i < n[0]; i++)
        for (size_t j = 0; j < n[1]; j++)
            if (fits(setting->problem, options[0][i].need + options[1][j].need))
                best = fmin(best, options[0][i].cost + options[1][j].cost);
    return best;
}

static const struct {
    const char *hardware, *objective;
    double fraction;
} pairs[] = {{"maestro", "latency", 0.1}, {"maestro", "latency", 0.5}, {"maestro", "energy", 0.1},
             {"asic", "latency", 0.1},    {"asic", "latency", 0.5},    {"asic", "energy", 0.1}};

enum { PAIRS = sizeof pairs / sizeof *pairs };

START_TEST(two_layers_are_brought_to_their_optimum)
{
    setting_t setting;
    stage_t stages[2];
    setting_read(
        &setting,
        "{workload: example, dataflow: dla, hardware: %s, objective: %s, budget: {fraction: %g}}",
        pairs[_i].hardware, pairs[_i].objective, pairs[_i].fraction);
    setting_open(&setting);
    const double best = optimum(&setting);
    stage_open(&stages[0], &setting, ALGORITHM_REINFORCE, 500, 1, NULL);
    stage_run(&stages[0]);
    stage_open(&stages[1], &setting, ALGORITHM_ISLANDS, 3200, 1, &stages[0]);
    stage_run(&stages[1]);
    const double found = fmin(stage_best(&stages[0]).score.objectives[0],
                              stage_best(&stages[1]).score.objectives[0]);
    ck_assert_double_ge(found, best);
    ck_assert_msg(found <= best, "found %.10g of %.10g", found, best);
    for (int i = 0; i < 2; i++) stage_close(&stages[i]);
    setting_close(&setting);
}
END_TEST

/* ---- few totals ------------------------------------------------------------------------------ */

/* Whatever the multiplier, no assignment within the budget costs less than this (Everett 1963): the
   largest over many multipliers. */
static double lower_bound(const setting_t *setting)
{
    enum { MULTIPLIERS = 200, KINDS = 32 };
    static option_t options[KINDS][POINTS];
    size_t n[KINDS];
    double bound = 0;
    const problem_t *problem = setting->problem;
    ck_assert_uint_le(problem_distinct(problem), KINDS);
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const size_t d = problem_distinct_of(problem, layer);
        if (problem_workload(problem)->first_of[d] == layer)
            n[d] = pareto(setting, layer, options[d]);
    }
    const double steepest = options[0][0].cost / options[0][0].need;
    for (size_t i = 0; i < MULTIPLIERS; i++) {
        const double multiplier = steepest * exp(-0.1 * (double)i);
        double sum = -multiplier * problem_budget(problem);
        for (size_t layer = 0; layer < problem_layers(problem); layer++) {
            const size_t d = problem_distinct_of(problem, layer);
            double least = INFINITY;
            for (size_t k = 0; k < n[d]; k++)
                least = fmin(least, options[d][k].cost + multiplier * options[d][k].need);
            sum += least;
        }
        bound = fmax(bound, sum);
    }
    return bound;
}

/* Costs that fall smoothly, and costs that fall in steps. */
static const struct {
    const char *hardware, *dataflow;
} few[] = {{"maestro", "dla"}, {"asic", "rs"}};

enum { FEW = sizeof few / sizeof *few };

/* Sixty sums of 52 costs, each of which could have any of 1,536 values. */
START_TEST(few_totals_bring_near_the_optimum)
{
    setting_t setting;
    stage_t stage;
    setting_read(&setting,
                 "{workload: mobilenet_v2, dataflow: %s, hardware: %s, budget: {fraction: 0.1}, "
                 "search: {seed: 1, feedback: total}}",
                 few[_i].dataflow, few[_i].hardware);
    setting_open(&setting);
    stage_open(&stage, &setting, ALGORITHM_ISLANDS, 60, 1, NULL);
    stage_run(&stage);
    const double found = stage_best(&stage).score.objectives[0];
    const double bound = lower_bound(&setting);
    ck_assert_double_ge(found, bound);
    ck_assert_msg(found <= 1.1 * bound, "found %.6g, at least %.6g", found, bound);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("learning");
    TCase *tests = tcase_create("learning");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, every_league_learns, 0, LEAGUES);
    tcase_add_loop_test(tests, two_layers_are_brought_to_their_optimum, 0, PAIRS);
    tcase_add_loop_test(tests, few_totals_bring_near_the_optimum, 0, FEW);
    return suite_run(suite);
}
