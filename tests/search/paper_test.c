/* The preset `paper`, by hand: rewards and returns of a small episode, the learning rate's
   schedule, a child's moves. */
#include "problems.h"
#include "search/common/moves.h"
#include "search/islands/islands.h"
#include "search/reinforce/reinforce.h"

/* ---- returns --------------------------------------------------------------------------------- */

/* Three layers, one episode; a budget of 4. */
typedef struct {
    setting_t setting;
    reinforce_t *reinforce;
    batch_t batch;
} episode_t;

static bool evaluate_any(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                         double *objective, double *need)
{
    (void)context, (void)distinct, (void)buffer;
    *objective = 1;
    *need = pes;
    return true;
}

static void open_reinforce(const setting_t *setting, reinforce_t **reinforce)
{
    void *state;
    const search_setup_t setup = {
        .problem = setting->problem, .job = setting->job, .samples = 100, .units = 1};
    search_layout_t layout = search_reinforce.plan(&setup);
    ck_assert_ok(search_reinforce.open(&setup, &layout, &state));
    *reinforce = state;
}

static void open_episode(episode_t *episode)
{
    setting_read(&episode->setting, "{actions: {pe: [1, 5], buffer: [1, 2]}, budget: {limit: 4}, "
                                    "search: {preset: paper}}");
    setting_take_layers(&episode->setting,
                        "K,C,Y,X,R,S,T\n1,1,9,9,3,3,1\n2,1,9,9,3,3,1\n3,1,9,9,3,3,1\n");
    setting_open_with(&episode->setting, (evaluator_t){NULL, evaluate_any, false, 0});
    open_reinforce(&episode->setting, &episode->reinforce);
    ck_assert_uint_eq(episode->reinforce->layout.units, 1);
    ck_assert_uint_eq(episode->reinforce->layout.samples, 1);
    ck_assert_ok(batch_open(episode->setting.problem, 1, &episode->batch));
    episode->batch.n = 1;
}

static void close_episode(episode_t *episode)
{
    batch_close(&episode->batch);
    search_reinforce.close(episode->reinforce);
    setting_close(&episode->setting);
}

/* Costs and needs by layer, the order the layers came in, the lowest reward of earlier episodes;
   and what must come of it: steps that count, lowest reward, returns by step. */
typedef struct {
    double cost[3], need[3];
    uint16_t order[3];
    double before;
    size_t length;
    double lowest, returns[3];
} case_t;

static const case_t cases[] = {
    /* P = -10 -4 -7, lowest -10 from the first step on: rewards 0 6 3. Standardised, in units of
       3/sqrt(6): -1 1 0. Discounted: -0.1 1 0, mean 0.3, off by -0.4 0.7 -0.3. */
    {{10, 4, 7}, {1, 1, 1}, {0, 1, 2}, INFINITY, 3, -10, {-0.4, 0.7, -0.3}},
    /* The same layers in another order: P = -7 -10 -4, each against the lowest so far: rewards 0 0
       6; discounted, in units of 2: -1 -1 2 -> -0.28 0.8 2; mean 0.84, off by -1.12 -0.04 1.16. */
    {{10, 4, 7}, {1, 1, 1}, {2, 0, 1}, INFINITY, 3, -10, {-1.12, -0.04, 1.16}},
    /* An earlier episode has seen -12: rewards 2 8 5, off by -1 1 0 as in the first. */
    {{10, 4, 7}, {1, 1, 1}, {0, 1, 2}, -12, 3, -12, {-0.4, 0.7, -0.3}},
    /* The third step needs 5 of 4: rewards 0 6 -7.5, the negated sum times 5/4. Off by 0.5 6.5 -7;
       discounted 0.68 0.2 -7; mean -2.04, off by 2.72 2.24 -4.96. The step that broke the budget
       shows no P. */
    {{10, 4, 70}, {1, 1, 3}, {0, 1, 2}, INFINITY, 3, -10, {2.72, 2.24, -4.96}},
    /* The second step breaks it and ends the episode: rewards 1 and -1 x 6/4. Standardised 1 -1,
       discounted 0.1 -1, off by 0.55 -0.55. The third step has no part in it. */
    {{10, 4, 7}, {1, 5, 1}, {0, 1, 2}, -11, 2, -11, {0.55, -0.55, 0}},
    /* At once: one step, nothing to compare it with. */
    {{10, 4, 7}, {5, 1, 1}, {0, 1, 2}, -11, 1, -11, {0, 0, 0}},
    /* All alike: no step was better than another. */
    {{7, 7, 7}, {1, 1, 1}, {0, 1, 2}, INFINITY, 3, -7, {0, 0, 0}},
    /* An invalid point within the budget ends the episode too: rewards 1 7 -8; off by 1 7 -8;
       discounted 0.82 -0.2 -8; mean -2.46, off by 3.28 2.26 -5.54. */
    {{10, 4, NAN}, {1, 1, 1}, {0, 1, 2}, -11, 3, -11, {3.28, 2.26, -5.54}},
};

enum { EPISODES = sizeof cases / sizeof *cases };

static void check_returns(const case_t *wanted, const block_t *block)
{
    double squares = 0;
    for (size_t step = 0; step < 3; step++)
        squares += wanted->returns[step] * wanted->returns[step];
    const double deviation = squares > 0 ? sqrt(squares / (double)wanted->length) : 1;
    for (size_t step = 0; step < 3; step++)
        for (size_t axis = 0; axis < 2; axis++)
            ck_assert_float_eq_tol(block->advantage[step * 2 + axis],
                                   (float)(wanted->returns[step] / deviation), 1e-6f);
}

START_TEST(returns_are_those_computed_by_hand)
{
    episode_t episode;
    search_report_t report;
    const case_t *given = &cases[_i];
    open_episode(&episode);
    block_t *block = &episode.reinforce->blocks[0];
    search_reinforce.sample(episode.reinforce, 0, 0, &episode.batch);
    memcpy(block->order, given->order, sizeof given->order);
    memcpy(episode.batch.cost, given->cost, sizeof given->cost);
    /* A layer needs its value on the first axis. */
    for (size_t layer = 0; layer < 3; layer++)
        episode.batch.assignments[layer * 2] = (uint16_t)(given->need[layer] - 1);
    episode.batch.scores[0].objectives[0] = 21;
    episode.batch.feasible[0] = given->length == 3;
    episode.reinforce->published.lowest = given->before;
    search_reinforce.local_statistics(episode.reinforce, 0, &episode.batch, NULL, &report);
    ck_assert_uint_eq(block->length[0], given->length);
    ck_assert(report.lowest == given->lowest);
    check_returns(given, block);
    close_episode(&episode);
}
END_TEST

/* ---- learning rate --------------------------------------------------------------------------- */

static const struct {
    double since; /* first success */
    double rate;
} schedule[] = {{-1, 1e-3},
                {0, 1e-3},
                {99, 1e-3},
                {100, 0.8e-3},
                {199, 0.8e-3},
                {200, 0.64e-3},
                {3099, 1e-3 * 1.2379400392853803e-3},
                {3200, 1e-6},
                {1e6, 1e-6}};

START_TEST(the_rate_falls_by_a_fifth_each_100_episodes_after_the_first_success)
{
    episode_t episode;
    open_episode(&episode);
    const reinforce_preset_t *recipe = episode.reinforce->recipe;
    ck_assert_ptr_eq(recipe, &reinforce_preset_paper);
    ck_assert(episode.reinforce->published.since_feasible == -1);
    for (size_t i = 0; i < sizeof schedule / sizeof *schedule; i++) {
        episode.reinforce->published.since_feasible = schedule[i].since;
        ck_assert_double_eq_tol(recipe->rate(episode.reinforce), schedule[i].rate, 1e-12);
    }
    close_episode(&episode);
}
END_TEST

/* The first step of Adam is the rate, whatever the gradient. */
START_TEST(the_rate_is_the_step_of_adam)
{
    episode_t episode;
    open_episode(&episode);
    reinforce_t *self = episode.reinforce;
    const search_report_t report = {.entropy = 1, .lowest = INFINITY};
    real_t *gradient = driver_memory(self->layout.gradient, sizeof *gradient);
    gradient[7] = 50;
    self->published.since_feasible = 250;
    const real_t before = policy_parameters(self->policy)[7];
    const search_summary_t summary = search_reinforce.learn(self, gradient, &report);
    const real_t after = policy_parameters(self->policy)[7];
    ck_assert_float_eq_tol(before - after, 0.64e-3f, 1e-7f);
    ck_assert_double_eq_tol(summary.gradient_norm, 50, 1e-5);
    free(gradient);
    close_episode(&episode);
}
END_TEST

START_TEST(episodes_are_counted_from_the_first_success)
{
    static const double feasible[] = {0, 0, 1, 0, 0, 1};
    static const double since[] = {-1, -1, 0, 1, 2, 3};
    episode_t episode;
    open_episode(&episode);
    reinforce_t *self = episode.reinforce;
    real_t *gradient = driver_memory(self->layout.gradient, sizeof *gradient);
    for (size_t i = 0; i < 6; i++) {
        const search_report_t report = {.lowest = -10 - (double)i, .feasible = feasible[i]};
        (void)search_reinforce.learn(self, gradient, &report);
        ck_assert(self->published.since_feasible == since[i]);
        ck_assert(self->published.lowest == -10 - (double)i);
    }
    free(gradient);
    close_episode(&episode);
}
END_TEST

static size_t offset_of(const reinforce_t *self, bool recurrent)
{
    size_t i = 0;
    while (policy_tensor(self->policy, i)->recurrent != recurrent) i++;
    return policy_tensor(self->policy, i)->offset;
}

/* The LSTM's part is cut to a norm of 10, the rest to one of 100; smaller ones are let through.
   Adam's first moment is a tenth of the first gradient it is given. */
START_TEST(gradients_are_clipped_apart)
{
    static const struct {
        float lstm, rest, lstm_cut, rest_cut;
    } norms[] = {{50, 500, 10, 100}, {5, 500, 5, 100}, {-50, 99, -10, 99}, {9, -70, 9, -70}};
    episode_t episode;
    const search_report_t report = {.lowest = INFINITY};
    open_episode(&episode);
    reinforce_t *self = episode.reinforce;
    real_t *gradient = driver_memory(self->layout.gradient, sizeof *gradient);
    memset(gradient, 0, self->layout.gradient * sizeof *gradient);
    gradient[offset_of(self, true)] = norms[_i].lstm;
    gradient[offset_of(self, false)] = norms[_i].rest;
    (void)search_reinforce.learn(self, gradient, &report);
    ck_assert_float_eq_tol(self->adam.first[offset_of(self, true)], norms[_i].lstm_cut / 10, 1e-5f);
    ck_assert_float_eq_tol(self->adam.first[offset_of(self, false)], norms[_i].rest_cut / 10,
                           1e-5f);
    free(gradient);
    close_episode(&episode);
}
END_TEST

START_TEST(nothing_is_masked_and_chance_is_not_rewarded)
{
    episode_t episode;
    open_episode(&episode);
    const reinforce_preset_t *recipe = episode.reinforce->recipe;
    ck_assert(recipe->entropy_weight(episode.reinforce) == 0);
    ck_assert(!recipe->masked);
    ck_assert(recipe->shuffled);
    close_episode(&episode);
}
END_TEST

/* ---- children -------------------------------------------------------------------------------- */

enum { LAYERS = 52, MEMBERS = 20, PARENTS = 8, CHILDREN = 500 };

typedef struct {
    setting_t setting;
    islands_t *islands;
    uint16_t child[LAYERS * 2];
} family_t;

static void open_family(family_t *family, const char *budget)
{
    void *state;
    setting_read(&family->setting,
                 "{workload: mobilenet_v2, hardware: asic, budget: {%s}, search: {preset: paper}}",
                 budget);
    setting_open(&family->setting);
    const search_setup_t setup = {
        .problem = family->setting.problem, .job = family->setting.job, .units = 1};
    search_layout_t layout = search_islands.plan(&setup);
    ck_assert_ok(search_islands.open(&setup, &layout, &state));
    family->islands = state;
    ck_assert_uint_eq(family->islands->variation->population, MEMBERS);
}

static void close_family(family_t *family)
{
    search_islands.close(family->islands);
    setting_close(&family->setting);
}

static void bear(family_t *family, rng_t *rng)
{
    family->islands->variation->make_child(family->islands, &family->islands->islands[0], rng, 0,
                                           family->child);
    ck_assert(problem_fits(family->setting.problem, family->child));
}

static size_t layers_apart(const family_t *family, size_t member)
{
    const uint16_t *assignment = family->islands->islands[0].members[member].assignment;
    size_t apart = 0;
    for (size_t layer = 0; layer < LAYERS; layer++)
        apart += assignment[layer * 2] != family->child[layer * 2] ||
                 assignment[layer * 2 + 1] != family->child[layer * 2 + 1];
    return apart;
}

/* Members far from each other, as random assignments are, at the budget's very edge. */
static void populate(family_t *family, rng_t *rng)
{
    island_t *island = &family->islands->islands[0];
    for (island->n = 0; island->n < MEMBERS; island->n++)
        moves_random(family->setting.problem, rng, island->members[island->n].assignment);
}

START_TEST(a_child_is_three_moves_and_a_swap_from_one_of_the_eight_best)
{
    family_t family;
    size_t children[MEMBERS] = {0};
    size_t apart[6] = {0};
    rng_t rng = rng_begin(1, RNG_TEST, 0, 0, 0);
    open_family(&family, "fraction: 0.2");
    populate(&family, &rng);
    for (int i = 0; i < CHILDREN; i++) {
        size_t parent = MEMBERS;
        bear(&family, &rng);
        for (size_t member = 0; member < MEMBERS; member++)
            if (layers_apart(&family, member) <= 5) parent = member;
        ck_assert_uint_lt(parent, PARENTS);
        children[parent]++;
        apart[layers_apart(&family, parent)]++;
    }
    for (size_t parent = 0; parent < PARENTS; parent++)
        ck_assert_uint_gt(children[parent], CHILDREN / PARENTS / 2);
    for (size_t n = 1; n <= 5; n++) ck_assert_uint_gt(apart[n], 0);
    close_family(&family);
}
END_TEST

/* What became of a member whose layers have 20 PEs in the first half and 100 in the second, and
   buffers of 6. */
typedef struct {
    int pes, buffer; /* largest change of a layer, swaps between the halves aside */
    bool swapped;    /* between the halves */
} steps_t;

static int value_of(const family_t *family, size_t layer, size_t axis)
{
    return (int)setting_value(family->setting.problem, family->child, layer, axis);
}

static void take_steps(const family_t *family, steps_t *steps)
{
    *steps = (steps_t){0, 0, false};
    for (size_t layer = 0; layer < LAYERS; layer++) {
        const int pes = abs(value_of(family, layer, 0) - (layer < LAYERS / 2 ? 20 : 100));
        const int buffer = abs(value_of(family, layer, 1) - 6);
        if (pes <= 24 && pes > steps->pes) steps->pes = pes;
        if (buffer > steps->buffer) steps->buffer = buffer;
        steps->swapped |= pes > 24;
        ck_assert(pes <= 24 || abs(pes - 80) <= 24);
        ck_assert_int_le(buffer, 6);
    }
}

/* Room enough, and three moves that fell on three layers: no step is longer than 8 PEs and 2 of
   buffer. */
START_TEST(moves_are_local_and_swaps_are_rare)
{
    family_t family;
    size_t moved = 0;
    size_t swapped = 0;
    int largest[2] = {0, 0};
    rng_t rng = rng_begin(2, RNG_TEST, 0, 0, 0);
    open_family(&family, "fraction: 1");
    island_t *island = &family.islands->islands[0];
    island->n = 1;
    for (size_t layer = 0; layer < LAYERS; layer++) {
        problem_put(family.setting.problem, island->members[0].assignment, layer,
                    setting_point(family.setting.problem, layer < 26 ? 20 : 100, 6));
    }
    for (int i = 0; i < CHILDREN; i++) {
        steps_t steps;
        bear(&family, &rng);
        take_steps(&family, &steps);
        const size_t apart = layers_apart(&family, 0);
        if (apart == 3 && !steps.swapped) {
            ck_assert_int_le(steps.pes, 8);
            ck_assert_int_le(steps.buffer, 2);
            largest[0] = steps.pes > largest[0] ? steps.pes : largest[0];
            largest[1] = steps.buffer > largest[1] ? steps.buffer : largest[1];
        }
        moved += apart;
        swapped += steps.swapped;
    }
    ck_assert_int_eq(largest[0], 8);
    ck_assert_int_eq(largest[1], 2);
    ck_assert_uint_gt(moved, 25 * CHILDREN / 10);
    ck_assert_uint_le(moved, 35 * CHILDREN / 10);
    /* 0.2 swaps a child, every second of them between the halves */
    ck_assert_uint_gt(swapped, CHILDREN * 6 / 100);
    ck_assert_uint_lt(swapped, CHILDREN * 15 / 100);
    close_family(&family);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("paper");
    TCase *tests = tcase_create("paper");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, returns_are_those_computed_by_hand, 0, EPISODES);
    tcase_add_test(tests, the_rate_falls_by_a_fifth_each_100_episodes_after_the_first_success);
    tcase_add_test(tests, the_rate_is_the_step_of_adam);
    tcase_add_test(tests, episodes_are_counted_from_the_first_success);
    tcase_add_loop_test(tests, gradients_are_clipped_apart, 0, 4);
    tcase_add_test(tests, nothing_is_masked_and_chance_is_not_rewarded);
    tcase_add_test(tests, a_child_is_three_moves_and_a_swap_from_one_of_the_eight_best);
    tcase_add_test(tests, moves_are_local_and_swaps_are_rare);
    return suite_run(suite);
}
