/* What a policy is shown, and the order in which it is asked. */
#include "problems.h"
#include "search/reinforce/reinforce.h"

/* Two convolutions and a depthwise layer. */
static const char layers[] =
    "K,C,Y,X,R,S,T\n32,16,64,32,3,3,1\n16,64,16,16,1,1,1\n1,64,16,16,3,3,2\n";

enum { LAYERS = 3, FEATURES = 7 };

typedef struct {
    setting_t setting;
    reinforce_t *self;
} shown_t;

static void open_shown(shown_t *shown, const char *preset, unsigned episodes)
{
    void *state;
    setting_read(&shown->setting,
                 "{search: {preset: %s, blocks: 1, episodes: %u}, budget: {fraction: 0.5}}", preset,
                 episodes);
    setting_take_layers(&shown->setting, layers);
    setting_open(&shown->setting);
    const search_setup_t setup = {
        .problem = shown->setting.problem, .job = shown->setting.job, .samples = 10, .units = 1};
    search_layout_t layout = search_reinforce.plan(&setup);
    ck_assert_ok(search_reinforce.open(&setup, &layout, &state));
    shown->self = state;
}

static void close_shown(shown_t *shown)
{
    search_reinforce.close(shown->self);
    setting_close(&shown->setting);
}

static void check_inputs(const shown_t *shown, const decision_t *decision, const double *wanted,
                         size_t n)
{
    real_t inputs[16];
    observe(shown->self, decision, inputs);
    for (size_t i = 0; i < n; i++) ck_assert_float_eq_tol(inputs[i], (float)wanted[i], 1e-6f);
}

/* K C Y X R S and the type, each by its largest in the network, from [0, 1] to [-1, 1]; progress;
   levels before. */
START_TEST(the_papers_policy_sees_each_dimension_by_the_largest)
{
    shown_t shown;
    open_shown(&shown, "paper", 1);
    const decision_t first = {
        .layer = 0, .step = 0, .previous = {9, 9}, .room = {.of = {1}}, .reserved = {.of = {1}}};
    const decision_t last = {
        .layer = 2, .step = 2, .previous = {0, 11}, .room = {.of = {1}}, .reserved = {.of = {1}}};
    check_inputs(&shown, &first, (const double[]){1, -0.5, 1, 1, 1, 1, 0, -1, 0, 0}, 10);
    check_inputs(&shown, &last, (const double[]){-0.9375, 1, -0.5, 0, 1, 1, 1, 1, -1, 1}, 10);
    close_shown(&shown);
}
END_TEST

/* Standardised by hand: K 5 4 0, mean 3, C 4 6 6, mean 16/3, Y 6 4 4, mean 14/3. */
START_TEST(the_default_policy_sees_standardised_logarithms)
{
    shown_t shown;
    open_shown(&shown, "default", 1);
    const double macs[] = {log2(32.0 * 16 * 64 * 32 * 9), log2(16.0 * 64 * 256),
                           log2(64.0 * 256 * 9)};
    const double mean = (macs[0] + macs[1] + macs[2]) / 3;
    const double deviation =
        sqrt((pow(macs[0] - mean, 2) + pow(macs[1] - mean, 2) + pow(macs[2] - mean, 2)) / 3);
    const decision_t middle = {
        .layer = 1, .step = 1, .previous = {11, 0}, .room = {.of = {8}}, .reserved = {.of = {1}}};
    const decision_t last = {
        .layer = 2, .step = 2, .previous = {0, 0}, .room = {.of = {0.5}}, .reserved = {.of = {1}}};
    check_inputs(&shown, &middle,
                 (const double[]){1 / sqrt(14.0 / 3), sqrt(0.5), -sqrt(0.5),
                                  (macs[1] - mean) / deviation, 0, 0, 0, 0, 1, 1, -1},
                 11);
    check_inputs(&shown, &last,
                 (const double[]){-3 / sqrt(14.0 / 3), sqrt(0.5), -sqrt(0.5),
                                  (macs[2] - mean) / deviation, 1, 1, 1, 1, 0, -1, -1},
                 11);
    close_shown(&shown);
}
END_TEST

START_TEST(a_network_of_one_layer_is_seen_without_dividing_by_nothing)
{
    shown_t shown;
    real_t inputs[16];
    void *state;
    setting_read(&shown.setting, "{search: {preset: %s}}", _i ? "paper" : "default");
    setting_take_layers(&shown.setting, "K,C,Y,X,R,S,T\n8,4,16,16,3,3,1\n");
    setting_open(&shown.setting);
    const search_setup_t setup = {
        .problem = shown.setting.problem, .job = shown.setting.job, .units = 1};
    search_layout_t layout = search_reinforce.plan(&setup);
    ck_assert_ok(search_reinforce.open(&setup, &layout, &state));
    shown.self = state;
    observe(shown.self, &(decision_t){.room = {.of = {1}}, .reserved = {.of = {1}}}, inputs);
    for (size_t i = 0; i < FEATURES + 3; i++) ck_assert(isfinite((double)inputs[i]));
    close_shown(&shown);
}
END_TEST

/* The points of least need may turn out invalid and need nothing at all: what is reserved is 0
   then, or what rounding leaves of it, on either side. */
START_TEST(room_over_nothing_reserved_is_seen_as_much_and_not_as_infinite)
{
    static const double reserved[] = {0, -1e-9, 1e-300, 1e-9};
    shown_t shown;
    open_shown(&shown, "default", 1);
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        real_t inputs[16];
        observe(shown.self, &(decision_t){.room = {.of = {1e9}}, .reserved = {.of = {reserved[i]}}},
                inputs);
        ck_assert_float_eq_tol(inputs[FEATURES + 1], 16, 1e-6f);
        observe(shown.self, &(decision_t){.room = {.of = {-1}}, .reserved = {.of = {reserved[i]}}},
                inputs);
        ck_assert(isfinite((double)inputs[FEATURES + 1]));
    }
    close_shown(&shown);
}
END_TEST

/* Of several limits the one that leaves least for what must be kept is shown. */
START_TEST(of_several_limits_the_tightest_is_seen)
{
    shown_t shown;
    real_t inputs[16];
    open_shown(&shown, "default", 1);
    observe(shown.self, &(decision_t){.room = {.of = {8, 4, 64}}, .reserved = {.of = {1, 2, 1}}},
            inputs);
    ck_assert_float_eq_tol(inputs[FEATURES + 1], 1.0f / 3, 1e-6f);
    observe(shown.self, &(decision_t){.room = {.of = {8, 4, 64}}, .reserved = {.of = {1, 0, 1}}},
            inputs);
    ck_assert_float_eq_tol(inputs[FEATURES + 1], 1, 1e-6f);
    close_shown(&shown);
}
END_TEST

/* ---- order ----------------------------------------------------------------------------------- */

enum { EPISODES = 60 };

/* Each order of three layers comes up, and the levels chosen land on the layer whose turn it
   was. */
START_TEST(layers_come_in_an_order_drawn_for_each_episode)
{
    shown_t shown;
    batch_t batch;
    size_t orders[9] = {0};
    open_shown(&shown, _i ? "paper" : "default", EPISODES);
    ck_assert_ok(batch_open(shown.setting.problem, EPISODES, &batch));
    batch.n = EPISODES;
    search_reinforce.sample(shown.self, 0, 0, &batch);
    const block_t *block = &shown.self->blocks[0];
    for (size_t e = 0; e < EPISODES; e++) {
        const uint16_t *order = block->order + e * LAYERS;
        ck_assert_int_eq((1 << order[0]) + (1 << order[1]) + (1 << order[2]), 7);
        orders[order[0] * 3 + order[1]]++;
        for (size_t step = 0; step < LAYERS; step++) {
            const uint16_t *action = batch_assignment(&batch, e) + order[step] * batch.axes;
            for (size_t axis = 0; axis < batch.axes; axis++)
                ck_assert_uint_eq(action[axis],
                                  space_level_index(problem_space(shown.setting.problem), axis,
                                                    block->choice[axis][step * EPISODES + e]));
        }
    }
    for (size_t i = 0; i < 9; i++) ck_assert_int_eq(orders[i] > 0, i % 4 != 0);
    batch_close(&batch);
    close_shown(&shown);
}
END_TEST

/* Updates, units and episodes draw from streams of their own: with nothing learned in between they
   differ all the same. */
static void check_unlike(const batch_t *samples)
{
    for (size_t i = 0; i < samples->n; i++)
        for (size_t j = 0; j < i; j++) {
            bool alike = true; /* on the first axis */
            for (size_t layer = 0; layer < samples->layers; layer++)
                alike = alike && batch_assignment(samples, i)[layer * samples->axes] ==
                                     batch_assignment(samples, j)[layer * samples->axes];
            ck_assert_msg(!alike, "samples %zu and %zu are alike", j, i);
        }
}

START_TEST(nothing_is_drawn_twice)
{
    static const algorithm_t stages[] = {ALGORITHM_REINFORCE, ALGORITHM_ISLANDS, ALGORITHM_RANDOM};
    enum { UPDATES = 4 };
    setting_t setting;
    stage_t stage;
    setting_read(
        &setting,
        "{workload: mobilenet_v2, search: {blocks: 3, episodes: 4, islands: 3, children: 4}}");
    setting_open(&setting);
    stage_open(&stage, &setting, stages[_i], UPDATES * 12, 1, NULL);
    stage_publish(&stage);
    for (; stage.updates < UPDATES; stage.updates++) {
        stage_sample(&stage);
        for (size_t unit = 0; unit < 3; unit++) {
            ck_assert_ok(problem_score(setting.problem, &stage.batches[unit]));
            stage_keep(&stage, &stage.batches[unit]);
        }
    }
    ck_assert_uint_eq(stage.trace.n, UPDATES * 12);
    check_unlike(&stage.trace);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observe");
    TCase *tests = tcase_create("observe");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, the_papers_policy_sees_each_dimension_by_the_largest);
    tcase_add_test(tests, the_default_policy_sees_standardised_logarithms);
    tcase_add_loop_test(tests, a_network_of_one_layer_is_seen_without_dividing_by_nothing, 0, 2);
    tcase_add_test(tests, room_over_nothing_reserved_is_seen_as_much_and_not_as_infinite);
    tcase_add_test(tests, of_several_limits_the_tightest_is_seen);
    tcase_add_loop_test(tests, layers_come_in_an_order_drawn_for_each_episode, 0, 2);
    tcase_add_loop_test(tests, nothing_is_drawn_twice, 0, 3);
    return suite_run(suite);
}
