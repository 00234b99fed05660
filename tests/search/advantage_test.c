/* What the preset `default` holds a choice to be worth, with each feedback, computed again from
   what was sampled. */
#include "problem/models.h"
#include "problems.h"
#include "search/reinforce/reinforce.h"

enum { EPISODES = 6, UNITS = 1, PREFIXES_MAX = 4 * 18 };

typedef struct {
    setting_t setting; /* of a trial the job alone */
    toy_t toy;
    trial_t trial;
    problem_t *problem;
    memory_t *memory;
    reinforce_t *self;
    batch_t batch;
    double *moments;
    real_t *gradient;
} credit_t;

static void start_credit(credit_t *credit, problem_t *problem)
{
    void *state;
    const job_t *job = credit->setting.job;
    const bool remembers = driver_remembers(problem, job, ALGORITHM_REINFORCE);
    credit->problem = problem;
    ck_assert_ok(memory_open(problem, &credit->memory));
    const search_setup_t setup = {.problem = problem,
                                  .memory = remembers ? credit->memory : NULL,
                                  .job = job,
                                  .samples = 600,
                                  .units = UNITS};
    search_layout_t layout = search_reinforce.plan(&setup);
    ck_assert_ok(search_reinforce.open(&setup, &layout, &state));
    credit->self = state;
    ck_assert_ok(batch_open(problem, EPISODES, &credit->batch));
    credit->batch.n = EPISODES;
    credit->moments = driver_memory(layout.moments, sizeof(double));
    credit->gradient = driver_memory(layout.gradient, sizeof(real_t));
}

static void open_credit(credit_t *credit, const char *search)
{
    *credit = (credit_t){.toy = {17, 2, 40}};
    toy_open(&credit->setting, &credit->toy, 90, "blocks: %d, episodes: %d, %s", UNITS, EPISODES,
             search);
    start_credit(credit, credit->setting.problem);
}

/* Of three axes, one of them without order and one that a kind of layer does not use, and of two
   limits. */
static void open_three(credit_t *credit)
{
    const terms_t terms = trial_terms_budgets();
    *credit = (credit_t){.toy = {0}};
    setting_read(&credit->setting, "{search: {blocks: %d, episodes: %d, memory: true}}", UNITS,
                 EPISODES);
    trial_open(&credit->trial, (trial_model_t){.draw = 4, .invalid = true}, &terms);
    start_credit(credit, credit->trial.problem);
}

static void close_credit(credit_t *credit)
{
    free(credit->moments);
    free(credit->gradient);
    batch_close(&credit->batch);
    search_reinforce.close(credit->self);
    memory_close(credit->memory);
    trial_close(&credit->trial);
    setting_close(&credit->setting);
}

/* One update; the block's advantages are then those that the gradient was made of. */
static void update(credit_t *credit, uint64_t number)
{
    search_report_t report;
    void *message = driver_memory(credit->self->layout.publish_bytes, 1);
    batch_t view = credit->batch;
    if (credit->setting.job->search.feedback == FEEDBACK_TOTAL) view.cost = NULL;
    search_reinforce.publish(credit->self, message);
    search_reinforce.receive(credit->self, message);
    free(message);
    search_reinforce.sample(credit->self, 0, number, &view);
    const assignments_t scored = batch_assignments(&credit->batch);
    ck_assert_ok(problem_score(credit->problem, &credit->batch));
    ck_assert_ok(memory_reveal(credit->memory, credit->problem, &scored));
    memset(credit->moments, 0, credit->self->layout.moments * sizeof(double));
    memset(credit->gradient, 0, credit->self->layout.gradient * sizeof(real_t));
    search_reinforce.local_statistics(credit->self, 0, &view, credit->moments, &report);
    search_reinforce.gradient(credit->self, 0, &view, credit->moments, credit->gradient);
}

static void learn(credit_t *credit)
{
    const search_report_t report = {.entropy = 1, .use = 60, .multiplier = 5, .lowest = INFINITY};
    (void)search_reinforce.learn(credit->self, credit->gradient, &report);
}

static size_t layer_at(const credit_t *credit, size_t episode, size_t step)
{
    return credit->self->blocks[0].order[episode * credit->batch.layers + step];
}

static double advantage_at(const credit_t *credit, size_t episode, size_t step, size_t axis)
{
    const size_t row = step * credit->batch.axes + axis;
    return (double)credit->self->blocks[0].advantage[row * EPISODES + episode];
}

/* ---- remembering ----------------------------------------------------------------------------- */

/* Is a choice made of these levels of the first n axes? */
static bool begins_with(const space_t *space, uint64_t choice, const uint16_t *levels, size_t n)
{
    for (size_t axis = space_axes(space); axis-- > 0; choice /= space_levels(space, axis))
        if (axis < n && choice % space_levels(space, axis) != levels[axis]) return false;
    return true;
}

/* The least of cost seen and what the need is worth, among the choices of a layer that begin with
   these levels of the first n axes; infinite: none was seen and valid. */
static double best_behind(const credit_t *credit, size_t distinct, const uint16_t *levels, size_t n)
{
    const space_t *space = problem_space(credit->problem);
    double best = INFINITY;
    for (uint64_t choice = 0; choice < space_choices(space); choice++) {
        const uint64_t point = space_choice_point(space, choice);
        if (!begins_with(space, choice, levels, n) ||
            space_canonical(space, distinct, point) != point)
            continue;
        const double need = problem_need(credit->problem, distinct, point);
        best = fmin(best, memory_cost(credit->memory, distinct, point) +
                              credit->self->published.multiplier * need);
    }
    return best;
}

/* The same with another level of the axis. */
static double best_with(const credit_t *credit, size_t distinct, const uint16_t *levels,
                        size_t axis, size_t level)
{
    uint16_t other[SPACE_AXES];
    memcpy(other, levels, axis * sizeof *other);
    other[axis] = (uint16_t)level;
    return best_behind(credit, distinct, other, axis + 1);
}

/* By its rank among the levels of the axis, behind the same levels before. */
static double standing_of(const credit_t *credit, size_t distinct, const uint16_t *levels,
                          size_t axis)
{
    const double own = best_behind(credit, distinct, levels, axis + 1);
    double better = 0;
    for (size_t level = 0; level < space_levels(problem_space(credit->problem), axis); level++)
        better += best_with(credit, distinct, levels, axis, level) < own;
    return -log(1 + better);
}

/* What the policy expects, over the levels of the axis behind which something was seen. */
static double expected_standing(const credit_t *credit, size_t distinct, const uint16_t *levels,
                                size_t axis, const real_t *chances)
{
    double sum = 0;
    double weight = 0;
    for (size_t level = 0; level < space_levels(problem_space(credit->problem), axis); level++) {
        uint16_t other[SPACE_AXES];
        memcpy(other, levels, axis * sizeof *other);
        other[axis] = (uint16_t)level;
        if (isinf(best_behind(credit, distinct, other, axis + 1))) continue;
        sum += (double)chances[level] * standing_of(credit, distinct, other, axis);
        weight += (double)chances[level];
    }
    return weight > 0 ? sum / weight : 0;
}

static void levels_at(const credit_t *credit, size_t e, size_t step, uint16_t *levels)
{
    for (size_t axis = 0; axis < credit->batch.axes; axis++)
        levels[axis] = credit->self->blocks[0].choice[axis][step * EPISODES + e];
}

/* Of the first axis' levels chosen for the layers of a kind, by all episodes. */
static double mean_standing(const credit_t *credit, size_t distinct)
{
    double sum = 0;
    double n = 0;
    for (size_t e = 0; e < EPISODES; e++)
        for (size_t step = 0; step < credit->batch.layers; step++) {
            uint16_t levels[SPACE_AXES];
            if (problem_distinct_of(credit->problem, layer_at(credit, e, step)) != distinct)
                continue;
            levels_at(credit, e, step, levels);
            sum += standing_of(credit, distinct, levels, 0);
            n++;
        }
    return sum / n;
}

static void check_remembered(const credit_t *credit, size_t e, size_t step)
{
    const block_t *block = &credit->self->blocks[0];
    const size_t distinct = problem_distinct_of(credit->problem, layer_at(credit, e, step));
    uint16_t levels[SPACE_AXES];
    levels_at(credit, e, step, levels);
    for (size_t axis = 0; axis < credit->batch.axes; axis++) {
        const size_t n = space_levels(problem_space(credit->problem), axis);
        const double against =
            axis == 0 ? mean_standing(credit, distinct)
                      : expected_standing(credit, distinct, levels, axis,
                                          block->chances[axis] + (step * EPISODES + e) * n);
        ck_assert_double_eq_tol(advantage_at(credit, e, step, axis) * EPISODES,
                                standing_of(credit, distinct, levels, axis) - against, 1e-5);
    }
}

START_TEST(remembered_choices_are_worth_their_rank_among_all_seen)
{
    credit_t credit;
    if (_i)
        open_three(&credit);
    else
        open_credit(&credit, "memory: true");
    for (uint64_t number = 0; number < 8; number++) {
        update(&credit, number);
        for (size_t e = 0; e < EPISODES; e++)
            for (size_t step = 0; step < credit.batch.layers; step++)
                check_remembered(&credit, e, step);
        learn(&credit);
    }
    close_credit(&credit);
}
END_TEST

/* An axis that a layer does not use has one level, whose chance is 1, and no part in what is
   learned. */
START_TEST(an_axis_that_is_not_used_is_worth_nothing)
{
    credit_t credit;
    size_t unused = 0;
    open_three(&credit);
    for (uint64_t number = 0; number < 8; number++) {
        const block_t *block = &credit.self->blocks[0];
        update(&credit, number);
        for (size_t e = 0; e < EPISODES; e++)
            for (size_t step = 0; step < credit.batch.layers; step++) {
                const size_t cell = step * EPISODES + e;
                if (problem_distinct_of(credit.problem, layer_at(&credit, e, step)) != 0) continue;
                ck_assert_uint_eq(block->choice[2][cell], 1);
                ck_assert(block->chances[2][cell * 2] == 0 && block->chances[2][cell * 2 + 1] == 1);
                ck_assert(advantage_at(&credit, e, step, 2) == 0);
                unused++;
            }
        learn(&credit);
    }
    ck_assert_uint_eq(unused, 8 * 2 * EPISODES); /* two layers of the kind */
    close_credit(&credit);
}
END_TEST

/* No single choice outweighs the rest of a batch. */
START_TEST(an_advantage_is_four_at_most)
{
    static const float given[] = {-9, -3.5f, 0, 3.5f, 9, 2};
    static const float wanted[] = {-4, -3.5f, 0, 3.5f, 4, 2};
    credit_t credit;
    open_credit(&credit, "memory: true");
    update(&credit, 0);
    real_t *advantage = credit.self->blocks[0].advantage;
    for (size_t i = 0; i < TOY_LAYERS * 2 * EPISODES; i++) advantage[i] = given[i % 6];
    for (size_t d = 0; d < TOY_DISTINCT; d++) credit.moments[2 * d + 1] = 0; /* means of zero */
    credit.self->recipe->centre(credit.self, &credit.self->blocks[0], &credit.batch,
                                credit.moments);
    for (size_t i = 0; i < TOY_LAYERS * 2 * EPISODES; i++)
        ck_assert_float_eq_tol(advantage[i], wanted[i % 6] / EPISODES, 1e-6f);
    close_credit(&credit);
}
END_TEST

START_TEST(the_multiplier_is_what_was_seen_says)
{
    credit_t credit;
    tradeoff_t tradeoff;
    open_credit(&credit, "memory: true");
    problem_t *problem = credit.problem;
    ck_assert_ok(tradeoff_open(problem, TOY_POINTS, &tradeoff));
    for (uint64_t number = 0; number < 8; number++) {
        update(&credit, number);
        tradeoff_build(&tradeoff, problem, &(cost_view_t){.memory = credit.memory});
        const double now = tradeoff_multiplier(&tradeoff, problem);
        const double floor = 1e-4 * tradeoff_least_cost(&tradeoff) / problem_budget(problem);
        ck_assert(same_number(credit.self->published.multiplier, fmax(now, floor)));
        learn(&credit);
    }
    tradeoff_close(&tradeoff);
    close_credit(&credit);
}
END_TEST

/* The standings of all prefixes that end with an axis, six times. */
static void find_leans(const credit_t *credit, size_t axis, double *leans)
{
    const space_t *space = problem_space(credit->problem);
    uint64_t behind = 1; /* choices that a prefix can be completed to */
    for (size_t i = axis + 1; i < space_axes(space); i++) behind *= space_levels(space, i);
    for (size_t d = 0; d < problem_distinct(credit->problem); d++)
        for (uint64_t prefix = 0; prefix < space_choices(space) / behind; prefix++) {
            uint16_t levels[SPACE_AXES];
            uint64_t choice = prefix;
            for (size_t i = axis + 1; i-- > 0; choice /= space_levels(space, i))
                levels[i] = (uint16_t)(choice % space_levels(space, i));
            *leans++ = 6 * standing_of(credit, d, levels, axis);
        }
}

/* One block, without a guide: in every other update, as soon as something was seen. Its logits are
   six times the standings of before. */
START_TEST(every_other_block_leans_to_what_was_seen)
{
    credit_t credit;
    tradeoff_t tradeoff;
    if (_i)
        open_three(&credit);
    else
        open_credit(&credit, "memory: true");
    problem_t *problem = credit.problem;
    guide_close(&credit.self->guide);
    ck_assert_ok(tradeoff_open(problem, TOY_POINTS, &tradeoff));
    for (uint64_t number = 0; number < 8; number++) {
        double leans[3][PREFIXES_MAX];
        tradeoff_build(&tradeoff, problem, &(cost_view_t){.memory = credit.memory});
        credit.self->published.multiplier = tradeoff_multiplier(&tradeoff, problem);
        for (size_t axis = 0; axis < credit.batch.axes; axis++)
            find_leans(&credit, axis, leans[axis]);
        update(&credit, number);
        ck_assert(credit.self->blocks[0].leans == (number > 0 && number % 2 == 0));
        for (size_t axis = 0; credit.self->blocks[0].leans && axis < credit.batch.axes; axis++)
            for (size_t i = 0; i < feasibility_cells(&credit.self->feasibility, axis); i++)
                ck_assert_double_eq_tol((double)credit.self->lean[axis][i], leans[axis][i], 1e-5);
        learn(&credit);
    }
    tradeoff_close(&tradeoff);
    close_credit(&credit);
}
END_TEST

/* ---- not remembering ------------------------------------------------------------------------- */

static double worth(const credit_t *credit, size_t e, size_t layer, double multiplier)
{
    const size_t at = e * TOY_LAYERS + layer;
    if (credit->setting.job->search.feedback == FEEDBACK_TOTAL)
        return -credit->batch.scores[e].objectives[0];
    return -log(credit->batch.cost[at] + multiplier * credit->batch.need[at]);
}

/* Against the batch at that layer, invalid points left out; these are worth one deviation less than
   the mean. */
static double wanted_advantage(const credit_t *credit, size_t e, size_t layer, double multiplier)
{
    double n = 0;
    double mean = 0;
    double variance = 0;
    for (size_t i = 0; i < EPISODES; i++) {
        if (isnan(worth(credit, i, layer, multiplier))) continue;
        n++;
        mean += worth(credit, i, layer, multiplier);
    }
    mean /= n;
    for (size_t i = 0; i < EPISODES; i++)
        if (!isnan(worth(credit, i, layer, multiplier)))
            variance += pow(worth(credit, i, layer, multiplier) - mean, 2) / n;
    const double own = worth(credit, e, layer, multiplier);
    if (isnan(own)) return -1;
    return variance > 1e-9 * mean * mean ? (own - mean) / sqrt(variance) : 0;
}

/* A fifth of what was paid, for all that was needed; invalid points aside. */
static double multiplier_of_the_first_batch(const credit_t *credit)
{
    double paid = 0;
    double needed = 0;
    for (size_t i = 0; i < (size_t)EPISODES * TOY_LAYERS; i++)
        if (!isnan(credit->batch.cost[i])) {
            paid += credit->batch.cost[i];
            needed += credit->batch.need[i];
        }
    return paid / 5 / needed;
}

START_TEST(other_choices_are_worth_their_distance_from_the_batch)
{
    static const char *const leagues[] = {"memory: false", "feedback: total"};
    credit_t credit;
    size_t invalid = 0;
    open_credit(&credit, leagues[_i]);
    for (uint64_t number = 0; number < 8; number++) {
        double multiplier = credit.self->published.multiplier;
        update(&credit, number);
        if (number == 0) multiplier = multiplier_of_the_first_batch(&credit);
        for (size_t e = 0; e < EPISODES; e++)
            for (size_t step = 0; step < TOY_LAYERS; step++)
                for (size_t axis = 0; axis < 2; axis++)
                    ck_assert_double_eq_tol(
                        advantage_at(&credit, e, step, axis) * EPISODES,
                        wanted_advantage(&credit, e, layer_at(&credit, e, step), multiplier), 1e-5);
        for (size_t e = 0; e < EPISODES; e++)
            invalid += isnan(credit.batch.scores[e].objectives[0]) != 0;
        learn(&credit);
    }
    ck_assert_uint_gt(invalid, 0);
    close_credit(&credit);
}
END_TEST

/* How far a whole sample is on its way to the limit on the energy, of the valid ones. */
static double mean_nearness(const credit_t *credit, double limit, double *cost)
{
    double near = 0, n = 0;
    *cost = 0;
    for (size_t e = 0; e < EPISODES; e++) {
        if (isnan(credit->batch.scores[e].objectives[0])) continue;
        near += credit->batch.scores[e].constraints[1] / limit;
        *cost += credit->batch.scores[e].objectives[0];
        n++;
    }
    *cost /= n;
    return near / n;
}

/* Without a memory the energy's share of its limit takes the place of the cost, the more the nearer
   the limit is: from 95 to 100 hundredths of it. */
START_TEST(limits_that_must_be_sampled_press)
{
    static const double limits[] = {500, 148, 60};
    credit_t credit = {.toy = {0}};
    terms_t terms = trial_terms_sampled();
    terms.constraints[1].limit = limits[_i];
    setting_read(&credit.setting, "{search: {blocks: %d, episodes: %d, memory: false}}", UNITS,
                 EPISODES);
    trial_open(&credit.trial, (trial_model_t){.draw = 4}, &terms);
    start_credit(&credit, credit.trial.problem);
    update(&credit, 0);
    double cost, mean[TRIAL_LAYERS] = {0}, square[TRIAL_LAYERS] = {0};
    double worths[EPISODES][TRIAL_LAYERS];
    const double near = mean_nearness(&credit, limits[_i], &cost);
    const double pressure = fmin(fmax((near - 0.95) / 0.05, 0), 1);
    const double multiplier = credit.self->blocks[0].multiplier;
    ck_assert(_i == 0 ? pressure == 0 : _i == 2 ? pressure == 1 : pressure > 0 && pressure < 1);
    for (size_t e = 0; e < EPISODES; e++)
        for (size_t layer = 0; layer < TRIAL_LAYERS; layer++) {
            const size_t at = e * TRIAL_LAYERS + layer;
            const uint64_t point =
                problem_point(credit.problem, batch_assignment(&credit.batch, e), layer);
            const double energy =
                memory_find(credit.memory, problem_distinct_of(credit.problem, layer), point)[1];
            worths[e][layer] =
                -log((1 - pressure) * credit.batch.cost[at] +
                     pressure * cost * energy / limits[_i] + multiplier * credit.batch.need[at]);
            mean[layer] += worths[e][layer] / EPISODES;
        }
    for (size_t e = 0; e < EPISODES; e++)
        for (size_t layer = 0; layer < TRIAL_LAYERS; layer++)
            square[layer] += pow(worths[e][layer] - mean[layer], 2) / EPISODES;
    for (size_t e = 0; e < EPISODES; e++)
        for (size_t step = 0; step < TRIAL_LAYERS; step++) {
            const size_t layer = layer_at(&credit, e, step);
            const double wanted =
                square[layer] > 1e-18 ? (worths[e][layer] - mean[layer]) / sqrt(square[layer]) : 0;
            ck_assert_double_eq_tol(advantage_at(&credit, e, step, 0) * EPISODES, wanted, 1e-5);
        }
    close_credit(&credit);
}
END_TEST

/* Damped dual ascent: up while more than the budget would be used, and with each rise of the wish.
   The budget is 90. */
START_TEST(without_memory_the_multiplier_follows_the_wish)
{
    credit_t credit;
    open_credit(&credit, "memory: false");
    reinforce_t *self = credit.self;
    search_report_t report = {.entropy = 1, .use = 99, .multiplier = 5, .lowest = INFINITY};
    (void)search_reinforce.learn(self, credit.gradient,
                                 &report); /* the first wish is compared with nothing */
    ck_assert_double_eq_tol(self->published.multiplier, 5, 1e-12);
    (void)search_reinforce.learn(self, credit.gradient, &report); /* as much as before */
    ck_assert_double_eq_tol(self->published.multiplier, 5 * sqrt(1.1), 1e-12);
    report.use = 90; /* the budget: only its fall counts */
    (void)search_reinforce.learn(self, credit.gradient, &report);
    ck_assert_double_eq_tol(self->published.multiplier, 5 / pow(1.1, 4), 1e-12);
    report.use = 900; /* at most e-fold a time */
    (void)search_reinforce.learn(self, credit.gradient, &report);
    ck_assert_double_eq_tol(self->published.multiplier, 5 * exp(1), 1e-12);
    close_credit(&credit);
}
END_TEST

/* What the policy would spend at each step with nothing masked, added up. */
START_TEST(an_untrained_policy_wishes_for_about_the_budget)
{
    setting_t setting;
    stage_t stage;
    setting_read(&setting,
                 "{workload: mobilenet_v2, budget: {name: iotx}, search: {memory: false}}");
    setting_open(&setting);
    stage_open(&stage, &setting, ALGORITHM_REINFORCE, 10, 1, NULL);
    stage_update(&stage);
    for (size_t unit = 0; unit < 2; unit++)
        ck_assert_double_eq_tol(stage.reports[unit].use / problem_budget(setting.problem), 1, 0.25);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* ---- schedules ------------------------------------------------------------------------------- */

START_TEST(rate_and_entropy_follow_the_number_of_samples)
{
    credit_t credit;
    open_credit(&credit, "memory: true");
    reinforce_t *self = credit.self;
    const double share = 1.0 / EPISODES;
    const double updates = 100; /* 600 samples of 6 */
    ck_assert_double_eq_tol(self->recipe->entropy_weight(self), 0.5 * share, 1e-15);
    self->published.updates = (updates - 1) / 2;
    ck_assert_double_eq_tol(self->recipe->entropy_weight(self), (0.5 + 0.005) / 2 * share, 1e-15);
    self->published.updates = updates - 1;
    ck_assert_double_eq_tol(self->recipe->entropy_weight(self), 0.005 * share, 1e-15);
    self->setup.samples = 500;
    ck_assert_double_eq_tol(self->recipe->rate(self), 0.06, 1e-15);
    self->setup.samples = 4000;
    ck_assert_double_eq_tol(self->recipe->rate(self), 0.03, 1e-15);
    self->setup.samples = 20;
    ck_assert_double_eq_tol(self->recipe->rate(self), 0.06, 1e-15);
    close_credit(&credit);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("advantage");
    TCase *tests = tcase_create("advantage");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, remembered_choices_are_worth_their_rank_among_all_seen, 0, 2);
    tcase_add_test(tests, an_axis_that_is_not_used_is_worth_nothing);
    tcase_add_test(tests, an_advantage_is_four_at_most);
    tcase_add_test(tests, the_multiplier_is_what_was_seen_says);
    tcase_add_loop_test(tests, every_other_block_leans_to_what_was_seen, 0, 2);
    tcase_add_loop_test(tests, other_choices_are_worth_their_distance_from_the_batch, 0, 2);
    tcase_add_loop_test(tests, limits_that_must_be_sampled_press, 0, 3);
    tcase_add_test(tests, without_memory_the_multiplier_follows_the_wish);
    tcase_add_test(tests, an_untrained_policy_wishes_for_about_the_budget);
    tcase_add_test(tests, rate_and_entropy_follow_the_number_of_samples);
    return suite_run(suite);
}
