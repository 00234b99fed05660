/* Assignments drawn at random and brought within the limits: no layer is favoured, all actions are
   legal, and the limits are kept wherever they can be. */
#include "problem/models.h"
#include "problems.h"
#include "search/common/moves.h"

static setting_t setting;

/* Layers all alike, so that any difference between them is of where they stand. */
enum { ALIKE = 24, DRAWS = 400 };

static void open_alike(double fraction)
{
    char layers[1024] = "K,C,Y,X,R,S,T\n";
    for (size_t i = 0; i < ALIKE; i++) (void)strcat(layers, "64,64,28,28,3,3,1\n");
    setting_read(&setting, "{hardware: maestro, budget: {constraint: area, fraction: %g}}",
                 fraction);
    setting_take_layers(&setting, layers);
    setting_open(&setting);
}

static double need_at(const uint16_t *assignment, size_t layer)
{
    return problem_layer_need(setting.problem, assignment, layer);
}

static int compare_doubles(const void *a, const void *b)
{
    const double one = *(const double *)a;
    const double other = *(const double *)b;
    return one < other ? -1 : one > other;
}

/* In most draws the layer that takes the most takes no more than a few times its share, so that
   none take all and leave others the least. And over all draws each position takes the same, within
   five deviations of the mean. */
START_TEST(layers_share_the_limit_alike)
{
    uint16_t assignment[ALIKE * 2];
    double sums[ALIKE] = {0};
    double squares = 0;
    double largest[DRAWS];
    double sum = 0;
    open_alike(0.1);
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        double all = 0;
        double most = 0;
        rng_t rng = rng_begin(7, RNG_TEST, draw, 0, 0);
        moves_random(setting.problem, &rng, assignment);
        for (size_t layer = 0; layer < ALIKE; layer++) {
            const double need = need_at(assignment, layer);
            sums[layer] += need;
            squares += need * need;
            all += need;
            most = fmax(most, need);
        }
        sum += all;
        largest[draw] = most * ALIKE / all;
    }
    qsort(largest, DRAWS, sizeof *largest, compare_doubles);
    ck_assert_msg(largest[DRAWS / 2] < 5, "one layer takes %g times the mean", largest[DRAWS / 2]);
    ck_assert_double_gt(sum / DRAWS, 0.8 * problem_budget(setting.problem));
    const double mean = sum / (ALIKE * DRAWS);
    const double deviation = sqrt(squares / (ALIKE * DRAWS) - mean * mean) / sqrt(DRAWS);
    for (size_t layer = 0; layer < ALIKE; layer++)
        ck_assert_msg(fabs(sums[layer] / DRAWS - mean) < 5 * deviation,
                      "layer %zu takes %g, all take %g with a deviation of %g", layer,
                      sums[layer] / DRAWS, mean, deviation);
    setting_close(&setting);
}
END_TEST

/* Where a draw fits as it is every level of every axis is as likely, at every layer. */
START_TEST(levels_are_drawn_evenly)
{
    enum { LEVELS = 12, N = 200 };
    uint16_t assignment[ALIKE * 2];
    size_t used[2][LEVELS] = {{0}};
    open_alike(1);
    const space_t *space = problem_space(setting.problem);
    for (uint64_t draw = 0; draw < N; draw++) {
        rng_t rng = rng_begin(8, RNG_TEST, draw, 0, 0);
        moves_random(setting.problem, &rng, assignment);
        for (size_t cell = 0; cell < (size_t)2 * ALIKE; cell++)
            used[cell % 2][space_level(space, cell % 2, assignment[cell])]++;
    }
    const double expected = (double)N * ALIKE / LEVELS;
    for (size_t axis = 0; axis < 2; axis++) {
        double chi = 0;
        for (size_t level = 0; level < LEVELS; level++)
            chi += ((double)used[axis][level] - expected) * ((double)used[axis][level] - expected) /
                   expected;
        ck_assert_msg(chi < 35, "axis %zu: chi squared of 11 is %g", axis, chi);
    }
    setting_close(&setting);
}
END_TEST

/* The tightest budgets of the original's hardware, where nothing is illegal beforehand, and of
   asic. */
START_TEST(draws_are_legal_and_within_the_limit)
{
    uint16_t assignment[52 * 2], again[52 * 2];
    baseline_open(&setting, _i % 2 ? 24 + _i : 60 + _i, "seed: 1");
    for (uint64_t draw = 0; draw < 20; draw++) {
        rng_t rng = rng_begin(9, RNG_TEST, draw, 0, 0);
        moves_random(setting.problem, &rng, assignment);
        ck_assert(problem_fits(setting.problem, assignment));
        for (size_t layer = 0; layer < 52; layer++)
            ck_assert(moves_is_legal(setting.problem, assignment, layer));
        /* What fits is left as it is. */
        moves_copy(setting.problem, again, assignment);
        moves_reduce(setting.problem, &rng, again);
        ck_assert(space_equal(problem_space(setting.problem), 52, again, assignment));
    }
    /* And from the most that there is. */
    rng_t rng = rng_begin(9, RNG_TEST, 20, 0, 0);
    for (size_t layer = 0; layer < 52; layer++)
        problem_put(setting.problem, assignment, layer, setting_point(setting.problem, 128, 12));
    ck_assert(!problem_fits(setting.problem, assignment));
    moves_reduce(setting.problem, &rng, assignment);
    ck_assert(problem_fits(setting.problem, assignment));
    setting_close(&setting);
}
END_TEST

/* ---- axes without order, several limits, maxima, illegal actions ------------------------------
 */

static const struct {
    terms_t (*terms)(void);
    double area, other; /* limits: few assignments keep them, if any */
    bool always;        /* a draw keeps them whenever it can */
} tight[] = {{trial_terms_axes, 15, 0, true},
             {trial_terms_budgets, 18, 21, false},
             {trial_terms_peak, 18, 9, true},
             {trial_terms_sampled, 15, 110, true}};

enum { TIGHT = sizeof tight / sizeof *tight };

/* Does any assignment of levels keep the limits? */
static bool can_fit(const trial_t *trial, size_t layer, uint16_t *assignment)
{
    const space_t *space = problem_space(trial->problem);
    if (layer == TRIAL_LAYERS) return problem_fits(trial->problem, assignment);
    for (uint64_t choice = 0; choice < space_choices(space); choice++) {
        problem_put(trial->problem, assignment, layer, space_choice_point(space, choice));
        if (can_fit(trial, layer + 1, assignment)) return true;
    }
    return false;
}

/* With one limit on a sum the least of each layer is what fits if anything does, and any draw comes
   down to it at last. With two sums what is least of one exceeds the other, and fitting both is a
   hard problem by itself: nine in ten of these do. */
START_TEST(any_space_is_drawn_from)
{
    terms_t terms = tight[_i / 2].terms();
    uint16_t assignment[TRIAL_LAYERS * TRIAL_AXES];
    size_t fitting = 0;
    size_t possible = 0;
    terms.constraints[0].limit = tight[_i / 2].area;
    terms.constraints[1].limit = tight[_i / 2].other;
    for (uint64_t draw = 0; draw < 100; draw++) {
        trial_t trial;
        rng_t rng = rng_begin(10, RNG_TEST, draw, 0, 0);
        trial_read(&trial, (trial_model_t){.draw = draw, .illegal = _i % 2});
        const confx_status_t status = trial_make(&trial, &terms, NAN);
        ck_assert(status.code == CONFX_STATUS_OK || status.code == CONFX_STATUS_INFEASIBLE);
        if (status.code == CONFX_STATUS_OK && can_fit(&trial, 0, assignment)) {
            moves_random(trial.problem, &rng, assignment);
            possible++;
            fitting += problem_fits(trial.problem, assignment);
            for (size_t layer = 0; layer < TRIAL_LAYERS; layer++)
                ck_assert(moves_is_legal(trial.problem, assignment, layer));
        }
        trial_close(&trial);
    }
    ck_assert_uint_gt(possible, 50);
    ck_assert_msg(10 * fitting >= (tight[_i / 2].always ? 10 : 9) * possible,
                  "%zu of %zu draws are within the limits", fitting, possible);
}
END_TEST

/* The widest choice in all layers, or near it and within the limits; nothing where no limit must be
   sampled. */
START_TEST(founders_are_aimed_at_limits_that_must_be_sampled)
{
    const terms_t kinds[] = {trial_terms_axes(), trial_terms_sampled()};
    for (size_t kind = 0; kind < 2; kind++) {
        trial_t trial;
        uint16_t assignment[TRIAL_LAYERS * SPACE_AXES];
        uint64_t widest;
        size_t changed = 0;
        trial_open(&trial, (trial_model_t){.draw = 2}, &kinds[kind]);
        ck_assert(moves_widest(trial.problem, &widest));
        const uint64_t point = space_choice_point(problem_space(trial.problem), widest);
        for (uint64_t draw = 0; draw < 20; draw++) {
            rng_t rng = rng_begin(3, RNG_TEST, draw, 0, 0);
            const bool aims = moves_aimed(trial.problem, &rng, draw ? 3 : 0, assignment);
            ck_assert(aims == (kind == 1));
            if (!aims) continue;
            ck_assert(problem_fits(trial.problem, assignment));
            for (size_t layer = 0; layer < TRIAL_LAYERS; layer++) {
                const bool other = problem_point(trial.problem, assignment, layer) != point;
                ck_assert(draw > 0 || !other);
                changed += other;
            }
        }
        ck_assert(kind == 0 || changed > 0);
        trial_close(&trial);
    }
}
END_TEST

int main(void)
{
    (void)setenv("CONFX_DATA", "data", 0);
    Suite *suite = suite_create("moves");
    TCase *tests = tcase_create("moves");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, layers_share_the_limit_alike);
    tcase_add_test(tests, levels_are_drawn_evenly);
    tcase_add_test(tests, founders_are_aimed_at_limits_that_must_be_sampled);
    tcase_add_loop_test(tests, draws_are_legal_and_within_the_limit, 0, 12);
    tcase_add_loop_test(tests, any_space_is_drawn_from, 0, 2 * TIGHT);
    return suite_run(suite);
}
