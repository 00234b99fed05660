/* Everything that draws axis after axis, over three axes: one without order, one that a kind of
   layer does not use, with a limit, with two, with one on a maximum. */
#include "problem/models.h"
#include "problems.h"

static const struct {
    const char *search;
    algorithm_t stage;
    uint64_t samples;
    bool keeps; /* one limit on a sum, with no sample beyond it */
} cases[] = {{"", ALGORITHM_REINFORCE, 120, true},
             {"memory: false", ALGORITHM_REINFORCE, 120, true},
             {"feedback: total", ALGORITHM_REINFORCE, 120, true},
             {"preset: paper, blocks: 2, episodes: 3", ALGORITHM_REINFORCE, 36, false},
             {"", ALGORITHM_GRID, 100, true},
             {"blocks: 3", ALGORITHM_A2C, 60, true},
             {"blocks: 3", ALGORITHM_PPO, 60, true},
             {"blocks: 3", ALGORITHM_ACKTR, 60, true},
             {"blocks: 3", ALGORITHM_DDPG, 132, true},
             {"blocks: 3, feedback: total", ALGORITHM_TD3, 132, true},
             {"blocks: 3", ALGORITHM_SAC, 132, true}};

enum { CASES = sizeof cases / sizeof *cases, KINDS = 3 };

typedef struct {
    setting_t setting; /* the job alone */
    trial_t trial;
    stage_t stage;
} walk_t;

static void open_walk(walk_t *walk, int i, int kind, size_t ranks)
{
    const terms_t terms[KINDS] = {trial_terms_axes(), trial_terms_budgets(), trial_terms_peak()};
    setting_read(&walk->setting, "{search: {seed: 3, %s}}", cases[i].search);
    trial_open(&walk->trial, (trial_model_t){.draw = 3, .invalid = true}, &terms[kind]);
    const stage_parts_t parts = {walk->trial.problem, walk->setting.job, cases[i].stage,
                                 cases[i].samples, ranks};
    stage_begin(&walk->stage, &parts, NULL);
    stage_run(&walk->stage);
}

static void close_walk(walk_t *walk)
{
    stage_close(&walk->stage);
    trial_close(&walk->trial);
    setting_close(&walk->setting);
}

/* Indices are those of levels; of the axis that the first kind does not use, the initial one,
   unless the sample was renewed: then any that mean the same. */
static void check_actions(const stage_t *stage, size_t sample)
{
    const space_t *space = problem_space(stage->problem);
    for (size_t layer = 0; layer < stage->layers; layer++) {
        const uint16_t *action = batch_assignment(&stage->trace, sample) + layer * TRIAL_AXES;
        for (size_t axis = 0; axis < TRIAL_AXES; axis++)
            ck_assert_uint_eq(
                space_level_index(space, axis, space_level(space, axis, action[axis])),
                action[axis]);
        if (!stage->scored && problem_distinct_of(stage->problem, layer) == 0)
            ck_assert_uint_eq(action[2], space_level_index(space, 2, 1));
    }
}

START_TEST(actions_are_levels_of_what_a_layer_uses_and_keep_a_limit)
{
    walk_t walk;
    size_t within = 0;
    const int i = _i / KINDS, kind = _i % KINDS;
    open_walk(&walk, i, kind, 1);
    ck_assert_uint_eq(walk.stage.trace.n, cases[i].samples);
    for (size_t sample = 0; sample < walk.stage.trace.n; sample++) {
        check_actions(&walk.stage, sample);
        within += problem_fits(walk.trial.problem, batch_assignment(&walk.stage.trace, sample));
    }
    if (cases[i].keeps && kind == 0) ck_assert_uint_eq(within, walk.stage.trace.n);
    ck_assert(walk.stage.best != SIZE_MAX);
    close_walk(&walk);
}
END_TEST

START_TEST(any_number_of_ranks_samples_the_same)
{
    walk_t walks[2];
    open_walk(&walks[0], _i / KINDS, _i % KINDS, 1);
    open_walk(&walks[1], _i / KINDS, _i % KINDS, 2);
    stage_assert_same(&walks[0].stage, &walks[1].stage, cases[_i / KINDS].search);
    for (int i = 0; i < 2; i++) close_walk(&walks[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policies");
    TCase *tests = tcase_create("policies");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, actions_are_levels_of_what_a_layer_uses_and_keep_a_limit, 0,
                        CASES * KINDS);
    tcase_add_loop_test(tests, any_number_of_ranks_samples_the_same, 0, CASES * KINDS);
    return suite_run(suite);
}
