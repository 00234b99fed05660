/* The comparison methods, each held against what it says of itself. */
#include "problems.h"
#include "search/agents/on_policy.h"
#include "search/baselines/blocks.h"
#include "search/common/genes.h"

static setting_t setting;
static toy_t toy;
static stage_t stage;

static void run_toy(uint64_t draw, double limit, algorithm_t algorithm, uint64_t samples,
                    const char *search)
{
    toy = (toy_t){draw, 0, 100};
    toy_open(&setting, &toy, limit, "%s", search);
    stage_open(&stage, &setting, algorithm, samples, 1, NULL);
    stage_run(&stage);
}

static void close_toy(void)
{
    stage_close(&stage);
    setting_close(&setting);
}

static size_t point_at(size_t sample, size_t layer)
{
    const size_t at = sample * stage.layers + layer;
    return problem_point(setting.problem, stage.trace.pes[at], stage.trace.buffer[at]);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static const algorithm_t all[] = {ALGORITHM_RANDOM,   ALGORITHM_GRID,      ALGORITHM_UNIFORM,
                                  ALGORITHM_ASSEMBLY, ALGORITHM_ANNEALING, ALGORITHM_GENETIC,
                                  ALGORITHM_BAYES};

static bool is_level(size_t head, uint16_t value)
{
    return problem_level_values(setting.problem, head)[genes_level(setting.problem, head, value)] ==
           value;
}

/* The paper's action space; and a budget so tight that drawing evenly finds nothing. */
START_TEST(samples_are_of_the_levels_and_within_a_tight_budget)
{
    baseline_open(&setting, _i % 2 ? 24 : 35, "seed: 3");
    stage_open(&stage, &setting, all[_i / 2], 150, 1, NULL);
    stage_run(&stage);
    for (size_t i = 0; i < stage.trace.n * stage.layers; i++)
        ck_assert(is_level(0, stage.trace.pes[i]) && is_level(1, stage.trace.buffer[i]));
    for (size_t i = 0; i < stage.trace.n; i++)
        ck_assert_msg(stage.trace.feasible[i], "sample %zu", i);
    close_toy();
}
END_TEST

/* ---- grid ------------------------------------------------------------------------------------ */

/* Which action a layer has in a sample. */
static size_t action_at(size_t sample, size_t layer)
{
    const size_t actions = genes_actions(setting.problem);
    size_t action = 0;
    while (action < actions && genes_point(setting.problem, action) != point_at(sample, layer))
        action++;
    ck_assert_uint_lt(action, actions);
    return action;
}

/* As many samples as there are assignments, in a budget that allows all: read from the layer whose
   turn it is to come first, the actions are the digits of the sample's number, so that none of the
   enumeration is left out. */
START_TEST(a_grid_without_stride_is_the_whole_space)
{
    enum { ACTIONS = 4, LAYERS = 3, ALL = ACTIONS * ACTIONS * ACTIONS };
    setting_read(&setting, "{actions: {pe: [1, 9], buffer: [1, 4]}, budget: {limit: 1e9}}");
    setting_take_layers(&setting, "K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n2,8,9,9,3,3,1\n");
    setting_open(&setting);
    stage_open(&stage, &setting, ALGORITHM_GRID, ALL, 1, NULL);
    stage_run(&stage);
    ck_assert_uint_eq(genes_actions(setting.problem), ACTIONS);
    for (size_t i = 0; i < ALL; i++) {
        size_t number = 0;
        for (size_t digit = 0; digit < LAYERS; digit++)
            number = number * ACTIONS + action_at(i, (i + digit) % LAYERS);
        ck_assert_uint_eq(number, i);
    }
    close_toy();
}
END_TEST

START_TEST(a_grid_spreads_the_first_layer_evenly)
{
    enum { N = 12 * TOY_LAYERS };
    size_t used[TOY_POINTS] = {0};
    run_toy(1, 1e9, ALGORITHM_GRID, N, "blocks: 1");
    for (size_t i = 0; i < N; i++) used[point_at(i, i % TOY_LAYERS)]++;
    for (size_t action = 0; action < 12; action++)
        ck_assert_uint_eq(used[genes_point(setting.problem, action)], TOY_LAYERS);
    close_toy();
}
END_TEST

/* ---- uniform --------------------------------------------------------------------------------- */

static double uniform_best(void)
{
    double best = INFINITY;
    for (size_t action = 0; action < genes_actions(setting.problem); action++) {
        double sums[2] = {0, 0};
        for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
            double cost;
            double need;
            (void)problem_look(setting.problem, problem_distinct_of(setting.problem, layer),
                               genes_point(setting.problem, action), &cost, &need);
            sums[0] += cost;
            sums[1] += need;
        }
        if (problem_fits(setting.problem, sums[1])) best = fmin(best, sums[0]);
    }
    return best;
}

START_TEST(uniform_finds_the_best_single_action)
{
    run_toy((uint64_t)_i, 200, ALGORITHM_UNIFORM, 12, "seed: 1");
    const double best = uniform_best();
    if (!isinf(best)) ck_assert(stage_best(&stage).objective == best);
    for (size_t i = 0; i < stage.trace.n; i++)
        for (size_t layer = 1; layer < TOY_LAYERS; layer++)
            ck_assert_uint_eq(point_at(i, layer), point_at(i, 0));
    ck_assert_msg(!isinf(best) || _i > 0, "no draw fits");
    close_toy();
}
END_TEST

/* ---- assembly -------------------------------------------------------------------------------- */

/* The optimum over all seen points by dynamic programming: needs are whole numbers. */
static double best_of_seen(const ledger_t *ledger, size_t limit)
{
    static double best[2][1024];
    for (size_t need = 0; need <= limit; need++) best[0][need] = 0;
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
        const size_t distinct = problem_distinct_of(setting.problem, layer);
        for (size_t room = 0; room <= limit; room++) {
            double least = INFINITY;
            for (size_t point = 0; point < TOY_POINTS; point++) {
                const size_t need = (size_t)problem_need(setting.problem, distinct, point);
                if (need <= room)
                    least = fmin(least, best[layer % 2][room - need] +
                                            ledger_cost(ledger, distinct, point));
            }
            best[(layer + 1) % 2][room] = least;
        }
    }
    return best[TOY_LAYERS % 2][limit];
}

/* Lagrange and greedy moves are no proof: of many draws most are at the optimum, all are near. The
   samples end before an assembled one, so that what is seen then is what the last one was assembled
   from. */
START_TEST(assembly_is_near_the_best_of_what_was_seen)
{
    enum { DRAWS = 60, SAMPLES = 40, LIMIT = 120 };
    size_t exact = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        run_toy(draw, LIMIT, ALGORITHM_ASSEMBLY, SAMPLES, "blocks: 1, episodes: 1");
        const double best = best_of_seen(stage.ranks[0].ledger, LIMIT);
        const double found = stage.trace.objective[SAMPLES - 1];
        ck_assert(stage.trace.feasible[SAMPLES - 1]);
        ck_assert_double_ge(found, best);
        ck_assert_msg(found <= 1.2 * best, "draw %d: %g instead of %g", (int)draw, found, best);
        exact += found <= best;
        close_toy();
    }
    ck_assert_msg(exact > DRAWS / 2, "only %zu of %d exact", exact, (int)DRAWS);
}
END_TEST

START_TEST(the_last_sample_is_assembled)
{
    run_toy(2, 120, ALGORITHM_ASSEMBLY, 50, "blocks: 1, episodes: 1");
    double best = INFINITY;
    for (size_t i = 0; i < 49; i++)
        if (i % 20 != 19) best = fmin(best, stage.trace.objective[i]);
    ck_assert_double_lt(stage.trace.objective[49], best);
    close_toy();
}
END_TEST

/* ---- annealing ------------------------------------------------------------------------------- */

static size_t heads_changed(size_t one, size_t other)
{
    size_t n = 0;
    for (size_t layer = 0; layer < stage.layers; layer++) {
        n += stage.trace.pes[one * stage.layers + layer] !=
             stage.trace.pes[other * stage.layers + layer];
        n += stage.trace.buffer[one * stage.layers + layer] !=
             stage.trace.buffer[other * stage.layers + layer];
    }
    return n;
}

/* The chain as the samples tell it: while it melts each sample is one move from the last; later two
   moves apart where the last one was refused, which needs it to have been no better. */
START_TEST(annealing_moves_one_head_at_a_time)
{
    enum { N = 300 };
    baseline_open(&setting, 12, "seed: 2");
    stage_open(&stage, &setting, ALGORITHM_ANNEALING, N, 1, NULL);
    stage_run(&stage);
    size_t kept = 0;
    for (size_t i = 1; i < N; i++) {
        const size_t changed = heads_changed(i - 1, i);
        const bool better =
            stage.trace.objective[i - 1] < (i > 1 ? stage.trace.objective[i - 2] : INFINITY);
        ck_assert_uint_le(changed, 2);
        if (i <= 20) ck_assert_uint_eq(changed, 1);
        kept += i > N - 50 && changed == 2 && !better;
    }
    ck_assert_uint_gt(kept, 5); /* cold: some moves are refused, and the next is of where it was */
    close_toy();
}
END_TEST

/* ---- genetic --------------------------------------------------------------------------------- */

START_TEST(a_generation_keeps_its_elite)
{
    array_t arrays[SEARCH_ARRAYS_MAX];
    double last = INFINITY;
    toy = (toy_t){3, 0, 100};
    toy_open(&setting, &toy, 150, "%s", "islands: 2, children: 5");
    stage_open(&stage, &setting, ALGORITHM_GENETIC, 200, 1, NULL);
    while (stage.trace.n < 200) {
        stage_update(&stage);
        ck_assert_uint_gt(search_arrays(stage.ranks[0].search, arrays), 0);
        const double *scores = arrays[0].data; /* number, objectives, violations */
        ck_assert(scores[0] == 10);
        ck_assert(scores[1] == stage_best(&stage).objective);
        ck_assert_double_le(scores[1], last);
        for (size_t i = 2; i <= 10; i++) ck_assert_double_le(scores[i - 1], scores[i]);
        last = scores[1];
    }
    close_toy();
}
END_TEST

/* ---- neighbours ------------------------------------------------------------------------------ */

START_TEST(a_change_goes_to_another_level_of_one_head)
{
    size_t steps[2] = {0, 0};
    rng_t rng = rng_begin(6, RNG_TEST, 0, 0, 0);
    baseline_open(&setting, 0, "seed: 1");
    uint16_t pes[52] = {0};
    uint16_t buffer[52] = {0};
    const genes_t genes = {pes, buffer};
    for (int i = 0; i < 4000; i++) {
        pes[7] = (uint16_t)problem_level_values(setting.problem, 0)[i % 12];
        buffer[7] = (uint16_t)problem_level_values(setting.problem, 1)[i / 12 % 12];
        const size_t levels[2] = {genes_level(setting.problem, 0, pes[7]),
                                  genes_level(setting.problem, 1, buffer[7])};
        ck_assert_uint_eq(levels[0], (size_t)i % 12);
        genes_change(setting.problem, &rng, i % 2, genes, 7);
        const int far[2] = {abs((int)genes_level(setting.problem, 0, pes[7]) - (int)levels[0]),
                            abs((int)genes_level(setting.problem, 1, buffer[7]) - (int)levels[1])};
        ck_assert_msg((far[0] > 0) != (far[1] > 0), "PEs by %d levels, buffer by %d", far[0],
                      far[1]);
        if (i % 2) ck_assert_int_eq(far[0] + far[1], 1);
        steps[far[0] > 0]++;
    }
    ck_assert_uint_gt(steps[0], 1800);
    ck_assert_uint_gt(steps[1], 1800);
    setting_close(&setting);
}
END_TEST

START_TEST(shrinking_ends_within_the_budget)
{
    rng_t rng = rng_begin(6, RNG_TEST, 1, 0, 0);
    baseline_open(&setting, _i, "seed: 1");
    uint16_t pes[52];
    uint16_t buffer[52];
    const genes_t genes = {pes, buffer};
    for (size_t layer = 0; layer < 52; layer++) pes[layer] = 128, buffer[layer] = 12;
    ck_assert(!problem_fits(setting.problem, genes_need(setting.problem, genes)));
    genes_shrink(setting.problem, &rng, genes);
    ck_assert(problem_fits(setting.problem, genes_need(setting.problem, genes)));
    setting_close(&setting);
}
END_TEST

/* ---- a stage that goes on behind its end ----------------------------------------------------- */

START_TEST(samples_of_an_extension_are_numbered_on)
{
    const job_t job = {.search = {.blocks = 4, .episodes = 5}};
    search_setup_t setup = {.job = &job, .samples = 47, .first_update = 3};
    ck_assert_uint_eq(blocks_number(&setup, 0, 3, 0), 0);
    ck_assert_uint_eq(blocks_number(&setup, 1, 5, 1), 46); /* the last one, of a cut update */
    setup.extension = (extension_t){.samples = 90, .before_samples = 47, .before_updates = 3};
    ck_assert_uint_eq(blocks_number(&setup, 0, 6, 0), 47);
    ck_assert_uint_eq(blocks_number(&setup, 1, 6, 2), 54);
    ck_assert_uint_eq(blocks_number(&setup, 0, 7, 0), 67);
}
END_TEST

START_TEST(a_falling_rate_stays_where_it_ended)
{
    static const struct {
        double updates, rate;
    } cases[] = {{0, 2}, {5, 1}, {9, 0.2}, {10, 0.2}, {500, 0.2}};
    const on_policy_method_t method = {.rate = 2, .rate_falls = true};
    on_policy_t self = {
        .method = &method, .setup = {.samples = 100}, .layout = {.units = 2, .samples = 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        self.told.updates = cases[i].updates;
        ck_assert_double_eq_tol(on_policy_rate(&self), cases[i].rate, 1e-12);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("classic");
    TCase *tests = tcase_create("classic");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, samples_are_of_the_levels_and_within_a_tight_budget, 0, 2 * 7);
    tcase_add_test(tests, a_grid_without_stride_is_the_whole_space);
    tcase_add_test(tests, a_grid_spreads_the_first_layer_evenly);
    tcase_add_loop_test(tests, uniform_finds_the_best_single_action, 0, 12);
    tcase_add_test(tests, assembly_is_near_the_best_of_what_was_seen);
    tcase_add_test(tests, the_last_sample_is_assembled);
    tcase_add_test(tests, annealing_moves_one_head_at_a_time);
    tcase_add_test(tests, a_generation_keeps_its_elite);
    tcase_add_test(tests, a_change_goes_to_another_level_of_one_head);
    tcase_add_loop_test(tests, shrinking_ends_within_the_budget, 0, 36);
    tcase_add_test(tests, samples_of_an_extension_are_numbered_on);
    tcase_add_test(tests, a_falling_rate_stays_where_it_ended);
    return suite_run(suite);
}
