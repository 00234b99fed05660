/* The comparison methods, each held against what it says of itself. */
#include "problem/models.h"
#include "problems.h"
#include "search/agents/on_policy.h"
#include "search/baselines/bayes.h"
#include "search/baselines/blocks.h"
#include "search/common/moves.h"

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

static uint64_t point_at(size_t sample, size_t layer)
{
    return problem_point(setting.problem, batch_assignment(&stage.trace, sample), layer);
}

static double objective_of(size_t sample)
{
    return stage.trace.scores[sample].objectives[0];
}

/* ---- all of them ----------------------------------------------------------------------------- */

static const algorithm_t all[] = {ALGORITHM_RANDOM,         ALGORITHM_GRID,     ALGORITHM_UNIFORM,
                                  ALGORITHM_HEAVIEST_LAYER, ALGORITHM_ASSEMBLY, ALGORITHM_ANNEALING,
                                  ALGORITHM_GENETIC,        ALGORITHM_BAYES,    ALGORITHM_ADDITIVE};

static bool is_level(const space_t *space, size_t axis, uint16_t index)
{
    return space_level_index(space, axis, space_level(space, axis, index)) == index;
}

/* The paper's action space; and a budget so tight that drawing evenly finds nothing. */
START_TEST(samples_are_of_the_levels_and_within_a_tight_budget)
{
    baseline_open(&setting, _i % 2 ? 24 : 35, "seed: 3");
    stage_open(&stage, &setting, all[_i / 2], 150, 1, NULL);
    stage_run(&stage);
    const space_t *space = problem_space(setting.problem);
    const size_t axes = space_axes(space);
    for (size_t i = 0; i < stage.trace.n * stage.layers * axes; i++)
        ck_assert(is_level(space, i % axes, stage.trace.assignments[i]));
    for (size_t i = 0; i < stage.trace.n; i++)
        ck_assert_msg(stage.trace.feasible[i], "sample %zu", i);
    close_toy();
}
END_TEST

/* ---- grid ------------------------------------------------------------------------------------ */

/* Which choice a layer has in a sample. */
static uint64_t choice_at(size_t sample, size_t layer)
{
    const space_t *space = problem_space(setting.problem);
    uint64_t choice = 0;
    while (choice < space_choices(space) &&
           space_choice_point(space, choice) != point_at(sample, layer))
        choice++;
    ck_assert_uint_lt(choice, space_choices(space));
    return choice;
}

/* As many samples as there are assignments, in a budget that allows all: read from the layer whose
   turn it is to come first, the choices are the digits of the sample's number, so that none of the
   enumeration is left out. */
START_TEST(a_grid_without_stride_is_the_whole_space)
{
    enum { CHOICES = 4, LAYERS = 3, ALL = CHOICES * CHOICES * CHOICES };
    setting_read(&setting, "{actions: {pe: [1, 9], buffer: [1, 4]}, budget: {limit: 1e9}}");
    setting_take_layers(&setting, "K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n2,8,9,9,3,3,1\n");
    setting_open(&setting);
    stage_open(&stage, &setting, ALGORITHM_GRID, ALL, 1, NULL);
    stage_run(&stage);
    ck_assert_uint_eq(space_choices(problem_space(setting.problem)), CHOICES);
    for (size_t i = 0; i < ALL; i++) {
        uint64_t number = 0;
        for (size_t digit = 0; digit < LAYERS; digit++)
            number = number * CHOICES + choice_at(i, (i + digit) % LAYERS);
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
    for (uint64_t choice = 0; choice < 12; choice++)
        ck_assert_uint_eq(used[space_choice_point(problem_space(setting.problem), choice)],
                          TOY_LAYERS);
    close_toy();
}
END_TEST

/* ---- uniform --------------------------------------------------------------------------------- */

static double uniform_best(void)
{
    double best = INFINITY;
    const space_t *space = problem_space(setting.problem);
    for (uint64_t choice = 0; choice < space_choices(space); choice++) {
        double sums[2] = {0, 0};
        for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
            double cost;
            double need;
            (void)problem_look(setting.problem, problem_distinct_of(setting.problem, layer),
                               space_choice_point(space, choice), &cost, &need);
            sums[0] += cost;
            sums[1] += need;
        }
        if (terms_fits(problem_terms(setting.problem), &(need_t){{sums[1]}, 0}))
            best = fmin(best, sums[0]);
    }
    return best;
}

START_TEST(uniform_finds_the_best_single_action)
{
    run_toy((uint64_t)_i, 200, ALGORITHM_UNIFORM, 12, "seed: 1");
    const double best = uniform_best();
    if (!isinf(best)) ck_assert(stage_best(&stage).score.objectives[0] == best);
    for (size_t i = 0; i < stage.trace.n; i++)
        for (size_t layer = 1; layer < TOY_LAYERS; layer++)
            ck_assert_uint_eq(point_at(i, layer), point_at(i, 0));
    ck_assert_msg(!isinf(best) || _i > 0, "no draw fits");
    close_toy();
}
END_TEST

/* ---- the heaviest layer ---------------------------------------------------------------------- */

/* What costs that layer least, and of equals it needs least of, among what all layers can have. */
static uint64_t heaviest_best(size_t heaviest)
{
    problem_t *problem = setting.problem;
    const space_t *space = problem_space(problem);
    const size_t distinct = problem_distinct_of(problem, heaviest);
    double least = INFINITY, least_need = INFINITY;
    uint64_t best = UINT64_MAX;
    for (uint64_t choice = 0; choice < space_choices(space); choice++) {
        const uint64_t point = space_choice_point(space, choice);
        double sum = 0, cost, need;
        for (size_t layer = 0; layer < TOY_LAYERS; layer++)
            sum += problem_need(problem, problem_distinct_of(problem, layer), point);
        if (!terms_fits(problem_terms(problem), &(need_t){{sum}, 0})) continue;
        (void)problem_look(problem, distinct, point, &cost, &need);
        if (cost > least || (cost == least && need >= least_need)) continue;
        least = cost;
        least_need = need;
        best = point;
    }
    return best;
}

static size_t heaviest_layer(void)
{
    const confx_workload_t *workload = problem_workload(setting.problem);
    size_t heaviest = 0;
    for (size_t layer = 1; layer < TOY_LAYERS; layer++)
        if (confx_layer_macs(&workload->layers[layer]) >
            confx_layer_macs(&workload->layers[heaviest]))
            heaviest = layer;
    return heaviest;
}

/* Until all actions were tried only that layer has more than its least; then all have its best. */
START_TEST(the_heaviest_layer_is_tuned_and_all_have_its_best)
{
    run_toy((uint64_t)_i, 200, ALGORITHM_HEAVIEST_LAYER, TOY_POINTS + 1, "seed: 1");
    const size_t heaviest = heaviest_layer(), last = stage.trace.n - 1;
    const uint64_t best = heaviest_best(heaviest);
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
        const uint64_t least =
            problem_least_point(setting.problem, problem_distinct_of(setting.problem, layer));
        if (best != UINT64_MAX) ck_assert_uint_eq(point_at(last, layer), best);
        if (layer != heaviest) ck_assert_uint_eq(point_at(0, layer), least);
    }
    ck_assert_msg(best != UINT64_MAX || _i > 0, "no draw fits");
    close_toy();
}
END_TEST

/* With fewer samples than actions the last one has the best of those that were tried. */
START_TEST(the_last_sample_is_what_the_heaviest_layer_has_shown)
{
    run_toy(0, 200, ALGORITHM_HEAVIEST_LAYER, 4, "seed: 1");
    const size_t heaviest = heaviest_layer();
    double cost, need, least = INFINITY;
    uint64_t best = 0;
    for (size_t i = 0; i < 3; i++) {
        (void)problem_look(setting.problem, problem_distinct_of(setting.problem, heaviest),
                           point_at(i, heaviest), &cost, &need);
        if (!(cost < least)) continue;
        least = cost;
        best = point_at(i, heaviest);
    }
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) ck_assert_uint_eq(point_at(3, layer), best);
    close_toy();
}
END_TEST

/* ---- assembly -------------------------------------------------------------------------------- */

/* The optimum over all seen points by dynamic programming: needs are whole numbers. */
static double best_of_seen(const memory_t *memory, size_t limit)
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
                                            memory_cost(memory, distinct, point));
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
        const double best = best_of_seen(stage.ranks[0].memory, LIMIT);
        const double found = objective_of(SAMPLES - 1);
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
        if (i % 20 != 19) best = fmin(best, objective_of(i));
    ck_assert_double_lt(objective_of(49), best);
    close_toy();
}
END_TEST

/* ---- annealing ------------------------------------------------------------------------------- */

/* Where the chain stands, as a checkpoint would keep it: objective, changes, samples, assignment.
 */
enum { MELTING = 10, PLACE = 3 };
static double chain_place[PLACE + 52];
static const uint16_t *chain_assignment(void)
{
    ck_assert_uint_le(search_layout(stage.ranks[0].search)->state_bytes, sizeof chain_place);
    search_save_unit(stage.ranks[0].search, 0, chain_place);
    return (const uint16_t *)&chain_place[PLACE];
}

static bool is_sample(const uint16_t *assignment, size_t sample)
{
    return space_equal(problem_space(setting.problem), stage.layers, assignment,
                       batch_assignment(&stage.trace, sample));
}

/* After each sample the chain is at it, or where it was before; at it always while it melts, and
   where it is no worse; in the end nearly never where it is. No move leads to where the chain is,
   and the first temperature is of changes of the log. */
START_TEST(annealing_takes_what_metropolis_takes)
{
    enum { N = 600, LATE = 450 };
    uint16_t before[52 * 2];
    double last = INFINITY;
    double changes = 0;
    size_t worse = 0;
    size_t taken = 0;
    baseline_open(&setting, 12, "seed: 2");
    stage_open(&stage, &setting, ALGORITHM_ANNEALING, N, 1, NULL);
    for (size_t i = 0; i < N; i++) {
        stage_update(&stage);
        const bool at_it = is_sample(chain_assignment(), i);
        const double here = objective_of(i);
        ck_assert(at_it || space_equal(problem_space(setting.problem), stage.layers, before,
                                       chain_assignment()));
        ck_assert(at_it || (i >= MELTING && here > last));
        ck_assert(i == 0 || !is_sample(before, i));
        if (i > 0 && i < MELTING) changes += fabs(log(here) - log(last));
        ck_assert_double_eq_tol(chain_place[1], changes, 1e-9);
        worse += i >= LATE && here > last;
        taken += i >= LATE && here > last && at_it;
        ck_assert(chain_place[0] == (at_it ? here : last));
        last = chain_place[0];
        moves_copy(setting.problem, before, chain_assignment());
    }
    ck_assert_uint_gt(worse, 20);
    ck_assert_uint_lt(5 * taken, worse);
    close_toy();
}
END_TEST

/* At a budget of a twentieth nearly every level up is beyond it: what is gained is gained by moves
   that other layers pay for. */
START_TEST(annealing_goes_on_at_a_tight_budget)
{
    enum { N = 1500 };
    baseline_open(&setting, 24, "seed: 4");
    stage_open(&stage, &setting, ALGORITHM_ANNEALING, N, 1, NULL);
    stage_run(&stage);
    double best[2] = {INFINITY, INFINITY};
    for (size_t i = 0; i < N; i++) best[i >= N / 3] = fmin(best[i >= N / 3], objective_of(i));
    ck_assert_msg(best[1] < 0.95 * best[0], "from %g to %g", best[0], best[1]);
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
        ck_assert(scores[1] == stage_best(&stage).score.objectives[0]);
        ck_assert_double_le(scores[1], last);
        for (size_t i = 2; i <= 10; i++) ck_assert_double_le(scores[i - 1], scores[i]);
        last = scores[1];
    }
    close_toy();
}
END_TEST

/* A limit on what is known before a sample, and one on what only samples tell. */
static void open_trial(trial_t *trial, algorithm_t algorithm, uint64_t samples)
{
    terms_t terms = trial_terms_axes();
    terms.constraints[terms.constraints_n++] = trial_term("energy", AGGREGATE_SUM, 110);
    setting_read(&setting, "%s", "{search: {seed: 3}}");
    trial_open(trial, (trial_model_t){.draw = 2}, &terms);
    const stage_parts_t parts = {trial->problem, setting.job, algorithm, samples, 1};
    stage_begin(&stage, &parts, NULL);
}

static void close_trial(trial_t *trial)
{
    close_toy();
    trial_close(trial);
}

/* What exceeds the limits, each in proportion to itself. */
static double violation_of(const score_t *score)
{
    return fmax(score->constraints[0] - 30, 0) / 30 + fmax(score->constraints[1] - 110, 0) / 110;
}

/* Feasible ones by cost, then the others by what they exceed. */
START_TEST(a_generation_stands_in_the_order_of_debs_rules)
{
    enum { SIZE = 12 };
    array_t arrays[SEARCH_ARRAYS_MAX];
    trial_t trial;
    size_t mixed = 0;
    open_trial(&trial, ALGORITHM_GENETIC, 200);
    while (stage.trace.n < 200) {
        score_t scores[SIZE];
        stage_update(&stage);
        ck_assert_uint_eq(search_arrays(stage.ranks[0].search, arrays), 2);
        const double *objectives = (const double *)arrays[0].data + 1;
        const double *violations = objectives + SIZE;
        const assignments_t population = {SIZE, arrays[1].data};
        ck_assert_ok(problem_scores(trial.problem, &population, scores));
        for (size_t i = 0; i < SIZE; i++) {
            ck_assert(objectives[i] == scores[i].objectives[0]);
            ck_assert_double_eq_tol(violations[i], violation_of(&scores[i]), 1e-15);
            if (i == 0) continue;
            ck_assert_double_ge(violations[i], violations[i - 1]);
            if (violations[i] == 0) ck_assert_double_ge(objectives[i], objectives[i - 1]);
        }
        mixed += violations[0] == 0 && violations[SIZE - 1] > 0;
    }
    ck_assert_uint_gt(mixed, 0);
    close_trial(&trial);
}
END_TEST

/* ---- bayes ----------------------------------------------------------------------------------- */

/* One input for each axis with an order and one for each value of the other one. Of assignments
   that mean the same only one is proposed. */
START_TEST(proposals_differ_in_meaning)
{
    enum { SAMPLES = 120 };
    uint64_t keys[SAMPLES];
    trial_t trial;
    open_trial(&trial, ALGORITHM_BAYES, SAMPLES);
    ck_assert_uint_eq(bayes_width(trial.problem), TRIAL_LAYERS * (1 + 3 + 1));
    stage_run(&stage);
    for (size_t i = 0; i < SAMPLES; i++) {
        keys[i] = problem_key(trial.problem, batch_assignment(&stage.trace, i));
        for (size_t j = 0; i >= BAYES_FOUNDERS && j < i; j++)
            ck_assert_msg(keys[j] != keys[i], "samples %zu and %zu", j, i);
    }
    close_trial(&trial);
}
END_TEST

/* ---- neighbours ------------------------------------------------------------------------------ */

START_TEST(a_change_goes_to_another_level_of_one_axis)
{
    size_t steps[2] = {0, 0};
    rng_t rng = rng_begin(6, RNG_TEST, 0, 0, 0);
    baseline_open(&setting, 0, "seed: 1");
    uint16_t assignment[52 * 2] = {0};
    uint16_t *action = assignment + 7 * 2;
    const space_t *space = problem_space(setting.problem);
    for (int i = 0; i < 4000; i++) {
        const int levels[2] = {i % 12, i / 12 % 12};
        int far[2];
        for (size_t axis = 0; axis < 2; axis++)
            action[axis] = space_level_index(space, axis, (size_t)levels[axis]);
        moves_change(setting.problem, &rng, i % 2, assignment, 7);
        for (size_t axis = 0; axis < 2; axis++) {
            ck_assert(is_level(space, axis, action[axis]));
            far[axis] = abs((int)space_level(space, axis, action[axis]) - levels[axis]);
        }
        ck_assert_msg((far[0] > 0) != (far[1] > 0), "axes by %d and %d levels", far[0], far[1]);
        if (i % 2) ck_assert_int_eq(far[0] + far[1], 1);
        steps[far[0] > 0]++;
    }
    ck_assert_uint_gt(steps[0], 1800);
    ck_assert_uint_gt(steps[1], 1800);
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
        self.progress.updates = cases[i].updates;
        ck_assert_double_eq_tol(on_policy_rate(&self), cases[i].rate, 1e-12);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("classic");
    TCase *tests = tcase_create("classic");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, samples_are_of_the_levels_and_within_a_tight_budget, 0,
                        2 * sizeof all / sizeof *all);
    tcase_add_test(tests, a_grid_without_stride_is_the_whole_space);
    tcase_add_test(tests, a_grid_spreads_the_first_layer_evenly);
    tcase_add_loop_test(tests, uniform_finds_the_best_single_action, 0, 12);
    tcase_add_loop_test(tests, the_heaviest_layer_is_tuned_and_all_have_its_best, 0, 12);
    tcase_add_test(tests, the_last_sample_is_what_the_heaviest_layer_has_shown);
    tcase_add_test(tests, assembly_is_near_the_best_of_what_was_seen);
    tcase_add_test(tests, the_last_sample_is_assembled);
    tcase_add_test(tests, annealing_takes_what_metropolis_takes);
    tcase_add_test(tests, annealing_goes_on_at_a_tight_budget);
    tcase_add_test(tests, a_generation_keeps_its_elite);
    tcase_add_test(tests, a_generation_stands_in_the_order_of_debs_rules);
    tcase_add_test(tests, proposals_differ_in_meaning);
    tcase_add_test(tests, a_change_goes_to_another_level_of_one_axis);
    tcase_add_test(tests, samples_of_an_extension_are_numbered_on);
    tcase_add_test(tests, a_falling_rate_stays_where_it_ended);
    return suite_run(suite);
}
