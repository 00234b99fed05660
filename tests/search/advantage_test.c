/* What the preset `default` holds a choice to be worth, with each feedback, computed again from
   what was sampled. */
#include "problems.h"
#include "search/reinforce/reinforce.h"

enum { EPISODES = 6, UNITS = 1 };

typedef struct {
    setting_t setting;
    toy_t toy;
    ledger_t *ledger;
    reinforce_t *self;
    batch_t batch;
    double *moments;
    real_t *gradient;
} credit_t;

static void open_credit(credit_t *credit, const char *search)
{
    void *state;
    credit->toy = (toy_t){17, 2, 40};
    toy_open(&credit->setting, &credit->toy, 90, "blocks: %d, episodes: %d, %s", UNITS, EPISODES,
             search);
    ck_assert_ok(ledger_open(credit->setting.problem, &credit->ledger));
    const search_setup_t setup = {
        .problem = credit->setting.problem,
        .ledger =
            driver_remembers(credit->setting.job, ALGORITHM_REINFORCE) ? credit->ledger : NULL,
        .job = credit->setting.job,
        .samples = 600,
        .units = UNITS};
    search_layout_t layout = search_reinforce.plan(&setup);
    ck_assert_ok(search_reinforce.open(&setup, &layout, &state));
    credit->self = state;
    ck_assert_ok(batch_open(EPISODES, TOY_LAYERS, &credit->batch));
    credit->batch.n = EPISODES;
    credit->moments = driver_memory(layout.moments, sizeof(double));
    credit->gradient = driver_memory(layout.gradient, sizeof(real_t));
}

static void close_credit(credit_t *credit)
{
    free(credit->moments);
    free(credit->gradient);
    batch_close(&credit->batch);
    search_reinforce.close(credit->self);
    ledger_close(credit->ledger);
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
    problem_score(credit->setting.problem, &credit->batch);
    ledger_reveal(credit->ledger, &credit->batch, credit->setting.problem);
    memset(credit->moments, 0, credit->self->layout.moments * sizeof(double));
    memset(credit->gradient, 0, credit->self->layout.gradient * sizeof(real_t));
    search_reinforce.local_statistics(credit->self, 0, &view, credit->moments, &report);
    search_reinforce.gradient(credit->self, 0, &view, credit->moments, credit->gradient);
}

static void learn(credit_t *credit)
{
    const search_report_t report = {.entropy = 1, .use = 60, .price = 5, .lowest = INFINITY};
    (void)search_reinforce.learn(credit->self, credit->gradient, &report);
}

static size_t layer_at(const credit_t *credit, size_t episode, size_t step)
{
    return credit->self->blocks[0].order[episode * TOY_LAYERS + step];
}

static double advantage_at(const credit_t *credit, size_t episode, size_t step, size_t head)
{
    return (double)credit->self->blocks[0].advantage[(step * HEADS + head) * EPISODES + episode];
}

/* ---- remembering ----------------------------------------------------------------------------- */

/* Cost seen and price of need; infinite: not seen, or invalid. */
static double value_of(const credit_t *credit, size_t distinct, size_t pe, size_t buffer)
{
    problem_t *problem = credit->setting.problem;
    const size_t point = problem_point(problem, problem_level_values(problem, 0)[pe],
                                       problem_level_values(problem, 1)[buffer]);
    return ledger_cost(credit->ledger, distinct, point) +
           credit->self->published.price * problem_need(problem, distinct, point);
}

static double best_of(const credit_t *credit, size_t distinct, size_t pe)
{
    double best = INFINITY;
    for (size_t buffer = 0; buffer < 3; buffer++)
        best = fmin(best, value_of(credit, distinct, pe, buffer));
    return best;
}

static double standing_of_pe(const credit_t *credit, size_t distinct, size_t pe)
{
    double better = 0;
    for (size_t other = 0; other < 4; other++)
        better += best_of(credit, distinct, other) < best_of(credit, distinct, pe);
    return -log(1 + better);
}

static double standing_of_buffer(const credit_t *credit, size_t distinct, size_t pe, size_t buffer)
{
    double better = 0;
    for (size_t other = 0; other < 3; other++)
        better += value_of(credit, distinct, pe, other) < value_of(credit, distinct, pe, buffer);
    return -log(1 + better);
}

/* What the policy expects over the buffers seen. */
static double expected_standing(const credit_t *credit, size_t distinct, size_t pe,
                                const real_t *chances)
{
    double sum = 0;
    double weight = 0;
    for (size_t buffer = 0; buffer < 3; buffer++) {
        if (isinf(value_of(credit, distinct, pe, buffer))) continue;
        sum += (double)chances[buffer] * standing_of_buffer(credit, distinct, pe, buffer);
        weight += (double)chances[buffer];
    }
    return weight > 0 ? sum / weight : 0;
}

/* Of the PEs chosen for the layers of a kind, by all episodes. */
static double mean_standing(const credit_t *credit, size_t distinct)
{
    const block_t *block = &credit->self->blocks[0];
    double sum = 0;
    double n = 0;
    for (size_t e = 0; e < EPISODES; e++)
        for (size_t step = 0; step < TOY_LAYERS; step++) {
            if (problem_distinct_of(credit->setting.problem, layer_at(credit, e, step)) != distinct)
                continue;
            sum += standing_of_pe(credit, distinct, block->choice[HEAD_PE][step * EPISODES + e]);
            n++;
        }
    return sum / n;
}

static void check_remembered(const credit_t *credit, size_t e, size_t step)
{
    const block_t *block = &credit->self->blocks[0];
    const size_t cell = step * EPISODES + e;
    const size_t distinct = problem_distinct_of(credit->setting.problem, layer_at(credit, e, step));
    const size_t pe = block->choice[HEAD_PE][cell];
    const size_t buffer = block->choice[HEAD_BUFFER][cell];
    const double wanted[HEADS] = {
        standing_of_pe(credit, distinct, pe) - mean_standing(credit, distinct),
        standing_of_buffer(credit, distinct, pe, buffer) -
            expected_standing(credit, distinct, pe, block->buffer_chances + cell * 3)};
    for (size_t head = 0; head < HEADS; head++)
        ck_assert_double_eq_tol(advantage_at(credit, e, step, head) * EPISODES, wanted[head], 1e-5);
}

START_TEST(remembered_choices_are_worth_their_rank_among_all_seen)
{
    credit_t credit;
    open_credit(&credit, "memory: true");
    for (uint64_t number = 0; number < 8; number++) {
        update(&credit, number);
        for (size_t e = 0; e < EPISODES; e++)
            for (size_t step = 0; step < TOY_LAYERS; step++) check_remembered(&credit, e, step);
        learn(&credit);
    }
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
    for (size_t i = 0; i < TOY_LAYERS * HEADS * EPISODES; i++) advantage[i] = given[i % 6];
    for (size_t d = 0; d < TOY_DISTINCT; d++) credit.moments[2 * d + 1] = 0; /* means of zero */
    credit.self->recipe->centre(credit.self, &credit.self->blocks[0], &credit.batch,
                                credit.moments);
    for (size_t i = 0; i < TOY_LAYERS * HEADS * EPISODES; i++)
        ck_assert_float_eq_tol(advantage[i], wanted[i % 6] / EPISODES, 1e-6f);
    close_credit(&credit);
}
END_TEST

START_TEST(the_price_is_what_was_seen_says)
{
    credit_t credit;
    tradeoff_t tradeoff;
    open_credit(&credit, "memory: true");
    problem_t *problem = credit.setting.problem;
    ck_assert_ok(tradeoff_open(problem, &tradeoff));
    for (uint64_t number = 0; number < 8; number++) {
        update(&credit, number);
        tradeoff_build(&tradeoff, problem, &(cost_view_t){.ledger = credit.ledger});
        const double now = tradeoff_price(&tradeoff, problem);
        const double floor = 1e-4 * tradeoff_least_cost(&tradeoff) / problem_budget(problem);
        ck_assert(same_number(credit.self->published.price, fmax(now, floor)));
        learn(&credit);
    }
    tradeoff_close(&tradeoff);
    close_credit(&credit);
}
END_TEST

/* One block: in every other update, as soon as something was seen. Its logits are six times the
   standings of before. */
START_TEST(every_other_block_leans_to_what_was_seen)
{
    credit_t credit;
    tradeoff_t tradeoff;
    open_credit(&credit, "memory: true");
    problem_t *problem = credit.setting.problem;
    ck_assert_ok(tradeoff_open(problem, &tradeoff));
    for (uint64_t number = 0; number < 8; number++) {
        double pe[TOY_LAYERS][4];
        double buffer[TOY_LAYERS][4][3];
        tradeoff_build(&tradeoff, problem, &(cost_view_t){.ledger = credit.ledger});
        credit.self->published.price = tradeoff_price(&tradeoff, problem);
        for (size_t d = 0; d < problem_distinct(problem); d++)
            for (size_t i = 0; i < 4; i++) {
                pe[d][i] = 6 * standing_of_pe(&credit, d, i);
                for (size_t j = 0; j < 3; j++)
                    buffer[d][i][j] = 6 * standing_of_buffer(&credit, d, i, j);
            }
        update(&credit, number);
        const bool leans = credit.self->blocks[0].leans;
        ck_assert(leans == (number > 0 && number % 2 == 0));
        for (size_t i = 0; leans && i < 4 * problem_distinct(problem); i++) {
            ck_assert_double_eq_tol((double)credit.self->lean_pe[i], pe[i / 4][i % 4], 1e-5);
            for (size_t j = 0; j < 3; j++)
                ck_assert_double_eq_tol((double)credit.self->lean_buffer[i * 3 + j],
                                        buffer[i / 4][i % 4][j], 1e-5);
        }
        learn(&credit);
    }
    tradeoff_close(&tradeoff);
    close_credit(&credit);
}
END_TEST

/* ---- not remembering ------------------------------------------------------------------------- */

static double worth(const credit_t *credit, size_t e, size_t layer, double price)
{
    const size_t at = e * TOY_LAYERS + layer;
    if (credit->setting.job->search.feedback == FEEDBACK_TOTAL) return -credit->batch.objective[e];
    return -log(credit->batch.cost[at] + price * credit->batch.need[at]);
}

/* Against the batch at that layer, invalid points left out; these are worth one deviation less than
   the mean. */
static double wanted_advantage(const credit_t *credit, size_t e, size_t layer, double price)
{
    double n = 0;
    double mean = 0;
    double variance = 0;
    for (size_t i = 0; i < EPISODES; i++) {
        if (isnan(worth(credit, i, layer, price))) continue;
        n++;
        mean += worth(credit, i, layer, price);
    }
    mean /= n;
    for (size_t i = 0; i < EPISODES; i++)
        if (!isnan(worth(credit, i, layer, price)))
            variance += pow(worth(credit, i, layer, price) - mean, 2) / n;
    const double own = worth(credit, e, layer, price);
    if (isnan(own)) return -1;
    return variance > 1e-9 * mean * mean ? (own - mean) / sqrt(variance) : 0;
}

/* A fifth of what was paid, for all that was needed; invalid points aside. */
static double price_of_the_first_batch(const credit_t *credit)
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
        double price = credit.self->published.price;
        update(&credit, number);
        if (number == 0) price = price_of_the_first_batch(&credit);
        for (size_t e = 0; e < EPISODES; e++)
            for (size_t step = 0; step < TOY_LAYERS; step++)
                for (size_t head = 0; head < HEADS; head++)
                    ck_assert_double_eq_tol(
                        advantage_at(&credit, e, step, head) * EPISODES,
                        wanted_advantage(&credit, e, layer_at(&credit, e, step), price), 1e-5);
        for (size_t e = 0; e < EPISODES; e++) invalid += isnan(credit.batch.objective[e]) != 0;
        learn(&credit);
    }
    ck_assert_uint_gt(invalid, 0);
    close_credit(&credit);
}
END_TEST

/* Damped dual ascent: up while more than the budget would be used, and with each rise of the wish.
   The budget is 90. */
START_TEST(without_memory_the_price_follows_the_wish)
{
    credit_t credit;
    open_credit(&credit, "memory: false");
    reinforce_t *self = credit.self;
    search_report_t report = {.entropy = 1, .use = 99, .price = 5, .lowest = INFINITY};
    (void)search_reinforce.learn(self, credit.gradient,
                                 &report); /* the first wish is compared with nothing */
    ck_assert_double_eq_tol(self->published.price, 5, 1e-12);
    (void)search_reinforce.learn(self, credit.gradient, &report); /* as much as before */
    ck_assert_double_eq_tol(self->published.price, 5 * sqrt(1.1), 1e-12);
    report.use = 90; /* the budget: only its fall counts */
    (void)search_reinforce.learn(self, credit.gradient, &report);
    ck_assert_double_eq_tol(self->published.price, 5 / pow(1.1, 4), 1e-12);
    report.use = 900; /* at most e-fold a time */
    (void)search_reinforce.learn(self, credit.gradient, &report);
    ck_assert_double_eq_tol(self->published.price, 5 * exp(1), 1e-12);
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
    Suite *suite = suite_create("credit");
    TCase *tests = tcase_create("credit");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, remembered_choices_are_worth_their_rank_among_all_seen);
    tcase_add_test(tests, an_advantage_is_four_at_most);
    tcase_add_test(tests, the_price_is_what_was_seen_says);
    tcase_add_test(tests, every_other_block_leans_to_what_was_seen);
    tcase_add_loop_test(tests, other_choices_are_worth_their_distance_from_the_batch, 0, 2);
    tcase_add_test(tests, without_memory_the_price_follows_the_wish);
    tcase_add_test(tests, an_untrained_policy_wishes_for_about_the_budget);
    tcase_add_test(tests, rate_and_entropy_follow_the_number_of_samples);
    return suite_run(suite);
}
