/* Points, their needs, and what an assignment scores: held against the cost model itself. */
#include "confx/rng.h"
#include "setting.h"

#include <math.h>

static void open_setting(setting_t *setting, const char *workload, const char *dataflow,
                         const char *hardware, const char *objective, const char *constraint)
{
    setting_read(setting,
                 "{workload: %s, dataflow: %s, hardware: %s, objective: %s, budget: {constraint: "
                 "%s, fraction: 0.5}}",
                 workload, dataflow, hardware, objective, constraint);
    setting_open(setting);
}

START_TEST(points_number_all_integer_actions)
{
    setting_t setting;
    setting_read(&setting, "{workload: example, actions: {pe: [2, 5, 17], buffer: [1, 7]}}");
    setting_open(&setting);
    const problem_t *problem = setting.problem;
    uint16_t assignment[4] = {0};
    size_t next = 0;
    ck_assert_uint_eq(setting_most(problem, 0), 17);
    ck_assert_uint_eq(setting_most(problem, 1), 7);
    for (uint32_t pes = 1; pes <= 17; pes++)
        for (uint32_t buffer = 1; buffer <= 7; buffer++) {
            uint32_t back[2];
            ck_assert_uint_eq(setting_point(problem, pes, buffer), next);
            setting_values(problem, next, back);
            ck_assert_uint_eq(back[0], pes);
            ck_assert_uint_eq(back[1], buffer);
            problem_put(problem, assignment, 1, next);
            ck_assert_uint_eq(problem_point(problem, assignment, 1), next++);
            ck_assert_uint_eq(problem_point(problem, assignment, 0), 0);
        }
    ck_assert_uint_eq(space_points(problem_space(problem)), next);
    setting_close(&setting);
}
END_TEST

START_TEST(levels_and_layers_are_those_of_the_job)
{
    setting_t setting;
    open_setting(&setting, "mobilenet_v2", "dla", "asic", "latency", "area");
    const problem_t *problem = setting.problem;
    const space_t *space = problem_space(problem);
    const job_actions_t *actions = &setting.job->actions;
    ck_assert_ptr_eq(problem_workload(problem), &setting.workload);
    ck_assert_uint_eq(problem_layers(problem), 52);
    ck_assert_uint_eq(problem_distinct(problem), 27);
    for (size_t layer = 0; layer < 52; layer++)
        ck_assert_uint_eq(problem_distinct_of(problem, layer), setting.workload.distinct_of[layer]);
    const uint32_t *const levels[] = {actions->pe, actions->buffer};
    for (size_t axis = 0; axis < 2; axis++) {
        ck_assert_uint_eq(space_levels(space, axis), 12);
        ck_assert_int_eq(
            memcmp(space_axis(space, axis)->levels, levels[axis], 12 * sizeof **levels), 0);
    }
    ck_assert_double_eq_tol(space_size(space, SPACE_LEVELS, 52), 52 * log10(144), 1e-12);
    ck_assert_double_eq_tol(space_size(space, SPACE_INTEGERS, 52), 52 * log10(1536), 1e-12);
    setting_close(&setting);
}
END_TEST

/* ---- one point ------------------------------------------------------------------------------- */

static const struct {
    const char *workload, *dataflow, *hardware, *objective, *constraint;
} models[] = {{"mobilenet_v2", "dla", "asic", "latency", "area"},
              {"mobilenet_v2", "shi", "maestro", "energy", "power"},
              {"alexnet", "eye", "asic, accounting: maestro", "energy", "area"},
              {"squeezenet", "eye", "maestro", "latency", "power"},
              {"mobilenet_v2", "dla", "asic", "edp", "area"},
              {"alexnet", "eye", "maestro", "edp", "power"}};

enum { MODELS = sizeof models / sizeof *models };

static void open_model(setting_t *setting, int i)
{
    open_setting(setting, models[i].workload, models[i].dataflow, models[i].hardware,
                 models[i].objective, models[i].constraint);
}

static void check_point(const setting_t *setting, size_t layer, size_t point)
{
    const size_t distinct = problem_distinct_of(setting->problem, layer);
    uint32_t values[2];
    confx_cost_t cost;
    double objective;
    double factors[FACTORS];
    double own[FACTORS];
    double need;
    setting_values(setting->problem, point, values);
    setting_cost(setting, layer, values[0], values[1], &cost);
    const bool valid = cost.fault == CONFX_COST_VALID;
    ck_assert_int_eq(problem_look(setting->problem, distinct, point, &objective, &need), valid);
    ck_assert(same_number(objective, valid ? setting_objective(setting, &cost) : NAN));
    ck_assert(same_number(need, setting_need(setting, &cost)));
    setting_factors(setting, &cost, own);
    ck_assert_int_eq(problem_factors(setting->problem, distinct, point, factors, &need), valid);
    ck_assert(same_number(need, setting_need(setting, &cost)));
    for (size_t i = 0; valid && i < FACTORS; i++) ck_assert(same_number(factors[i], own[i]));
    ck_assert(same_number(problem_need(setting->problem, distinct, point), need));
}

START_TEST(objectives_and_needs_are_the_cost_models)
{
    setting_t setting;
    rng_t rng = rng_begin(1, RNG_TEST, 0, 0, (uint64_t)_i);
    open_model(&setting, _i);
    for (size_t layer = 0; layer < setting.workload.layers_n; layer++)
        for (int i = 0; i < 40; i++)
            check_point(&setting, layer,
                        rng_below(&rng, space_points(problem_space(setting.problem))));
    setting_close(&setting);
}
END_TEST

START_TEST(a_layer_is_explained_in_full)
{
    setting_t setting;
    open_model(&setting, 0);
    for (size_t layer = 0; layer < setting.workload.layers_n; layer++) {
        confx_cost_t told;
        confx_cost_t own;
        problem_explain(setting.problem, layer, (const uint16_t[]){23, 4}, &told);
        setting_cost(&setting, layer, 24, 5, &own);
        ck_assert_int_eq(told.fault, own.fault);
        ck_assert_int_eq(told.runtime_cycles, own.runtime_cycles);
        ck_assert_int_eq(told.macs, own.macs);
        ck_assert_int_eq(told.l1_bytes, own.l1_bytes);
        ck_assert(same_number(told.energy_nj, own.energy_nj));
        ck_assert(same_number(told.power_mw, own.power_mw));
    }
    setting_close(&setting);
}
END_TEST

/* ---- assignments ----------------------------------------------------------------------------- */

/* Random ones, but for the first, which is all of the largest level, and the second, all of the
   least. */
static void draw(const setting_t *setting, rng_t *rng, batch_t *batch)
{
    const uint32_t most[] = {setting_most(setting->problem, 0), setting_most(setting->problem, 1)};
    const uint32_t extreme[] = {most[0], 1};
    batch->n = batch->capacity;
    for (size_t i = 0; i < batch->n * batch->layers; i++) {
        uint32_t pes = 1 + (uint32_t)rng_below(rng, most[0]);
        const uint32_t buffer = 1 + (uint32_t)rng_below(rng, most[1]);
        if (i < 2 * batch->layers) pes = extreme[i / batch->layers];
        problem_put(setting->problem, batch->assignments, i,
                    setting_point(setting->problem, pes, buffer));
    }
}

static void check_score(const setting_t *setting, const batch_t *batch, size_t episode)
{
    const uint16_t *assignment = batch_assignment(batch, episode);
    const score_t *score = &batch->scores[episode];
    double sums[FACTORS] = {0, 0};
    double constraint = 0;
    bool valid = true;
    for (size_t layer = 0; layer < batch->layers; layer++) {
        const size_t at = episode * batch->layers + layer;
        confx_cost_t cost;
        setting_cost(setting, layer, setting_value(setting->problem, assignment, layer, 0),
                     setting_value(setting->problem, assignment, layer, 1), &cost);
        valid &= cost.fault == CONFX_COST_VALID;
        double factors[FACTORS];
        setting_factors(setting, &cost, factors);
        for (size_t i = 0; i < FACTORS; i++) sums[i] += factors[i];
        constraint += setting_need(setting, &cost);
        ck_assert(same_number(batch->cost[at], cost.fault == CONFX_COST_VALID
                                                   ? setting_objective(setting, &cost)
                                                   : NAN));
        ck_assert(same_number(batch->need[at], setting_need(setting, &cost)));
        ck_assert(
            same_number(problem_layer_need(setting->problem, assignment, layer), batch->need[at]));
    }
    const double objective = problem_adds_up(setting->problem) ? sums[0] : sums[0] * sums[1];
    ck_assert(same_number(score->objectives[0], valid ? objective : NAN));
    ck_assert(same_number(score->constraints[0], constraint));
    for (size_t i = 1; i < TERMS_MAX; i++)
        ck_assert(score->objectives[i] == 0 && score->constraints[i] == 0);
    const need_t needs = problem_assignment_needs(setting->problem, assignment);
    ck_assert(same_number(needs.of[0], constraint));
    ck_assert_int_eq(problem_fits(setting->problem, assignment),
                     terms_fits(problem_terms(setting->problem), &needs));
    ck_assert_uint_eq(batch->feasible[episode],
                      valid && problem_fits(setting->problem, assignment));
}

START_TEST(scores_are_sums_or_their_product_in_the_order_of_the_layers)
{
    setting_t setting;
    batch_t batch;
    rng_t rng = rng_begin(2, RNG_TEST, 0, 0, (uint64_t)_i);
    open_model(&setting, _i);
    ck_assert_ok(batch_open(setting.problem, 30, &batch));
    draw(&setting, &rng, &batch);
    ck_assert_ok(problem_score(setting.problem, &batch));
    for (size_t episode = 0; episode < batch.n; episode++) check_score(&setting, &batch, episode);
    ck_assert(!batch.feasible[0]);
    ck_assert(batch.feasible[1]);
    batch_close(&batch);
    setting_close(&setting);
}
END_TEST

START_TEST(only_the_assignments_asked_for_are_scored)
{
    setting_t setting;
    batch_t batch;
    rng_t rng = rng_begin(3, RNG_TEST, 0, 0, 0);
    open_model(&setting, 0);
    ck_assert_ok(batch_open(setting.problem, 3, &batch));
    draw(&setting, &rng, &batch);
    batch.n = 2;
    batch.scores[2].objectives[0] = -1;
    ck_assert_ok(problem_score(setting.problem, &batch));
    ck_assert_double_gt(batch.scores[1].objectives[0], 0);
    ck_assert(batch.scores[2].objectives[0] == -1);
    batch_close(&batch);
    setting_close(&setting);
}
END_TEST

/* ---- invalid points -------------------------------------------------------------------------- */

/* src/cost/README.md, section 8 D: eye on AlexNet's layer of 27 x 27 with 5 x 5 filters takes no 24
   PEs, and its layers of 13 x 13 with 3 x 3 filters no 12. The model gives such points energies
   below zero. */
static void score_uniform(setting_t *setting, batch_t *batch, size_t layer, uint32_t pes)
{
    for (size_t i = 0; i < batch->layers; i++)
        problem_put(setting->problem, batch->assignments, i,
                    setting_point(setting->problem, i == layer ? pes : 1, 1));
    batch->n = 1;
    ck_assert_ok(problem_score(setting->problem, batch));
}

static void check_invalid(setting_t *setting, batch_t *batch, size_t layer, uint32_t pes)
{
    confx_cost_t cost;
    setting_cost(setting, layer, pes, 1, &cost);
    ck_assert_int_ne(cost.fault, CONFX_COST_VALID);
    ck_assert_int_eq(cost.runtime_cycles, 0);
    ck_assert_double_lt(cost.energy_nj, 0);
    score_uniform(setting, batch, layer, pes);
    ck_assert(isnan(batch->scores[0].objectives[0]));
    ck_assert(isnan(batch->cost[layer]));
    ck_assert(!batch->feasible[0]);
    ck_assert(problem_fits(setting->problem, batch->assignments));
    score_uniform(setting, batch, layer, pes - 10);
    ck_assert_double_gt(batch->scores[0].objectives[0], 0);
    ck_assert(batch->feasible[0]);
}

START_TEST(an_invalid_point_is_no_reward)
{
    static const char *const objectives[] = {"latency", "energy", "edp"};
    setting_t setting;
    batch_t batch;
    open_setting(&setting, "alexnet", "eye", "asic, accounting: maestro", objectives[_i], "area");
    ck_assert_ok(batch_open(setting.problem, 1, &batch));
    ck_assert_int_eq(setting.workload.layers[1].dim[CONFX_DIM_Y], 27);
    ck_assert_int_eq(setting.workload.layers[1].dim[CONFX_DIM_R], 5);
    check_invalid(&setting, &batch, 1, 24);
    for (size_t layer = 0; layer < batch.layers; layer++) {
        const confx_layer_t *shape = &setting.workload.layers[layer];
        if (shape->dim[CONFX_DIM_Y] == 13 && shape->dim[CONFX_DIM_R] == 3)
            check_invalid(&setting, &batch, layer, 12);
    }
    batch_close(&batch);
    setting_close(&setting);
}
END_TEST

/* ---- a stand-in for the model ---------------------------------------------------------------- */

typedef struct {
    unsigned calls[2][8][4]; /* distinct, PEs, buffer */
} stand_in_t;

/* Valid but for 7 PEs; 6 PEs have a cost that is no number, 5 a need that is none. */
static bool stand_in(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                     double *objective, double *need)
{
    stand_in_t *self = context;
    self->calls[distinct][pes][buffer]++;
    *objective = pes == 6 ? NAN : -(double)(1000 * distinct + 10 * pes + buffer);
    *need = pes == 5 ? NAN : pes + 0.25 * buffer;
    return pes != 7;
}

static void open_stand_in(setting_t *setting, stand_in_t *self)
{
    setting_read(
        setting,
        "{workload: example, actions: {pe: [1, 2, 7], buffer: [1, 3]}, budget: {limit: 9}}");
    setting_open_with(setting, (evaluator_t){self, stand_in, false, 0});
}

START_TEST(a_stand_in_is_asked_once_a_point)
{
    setting_t setting;
    stand_in_t self = {0};
    batch_t batch;
    open_stand_in(&setting, &self);
    ck_assert_ok(batch_open(setting.problem, 1, &batch));
    batch.n = 1;
    for (int round = 0; round < 3; round++)
        for (uint64_t point = 0; point < 21; point++) {
            problem_put(setting.problem, batch.assignments, 0, point);
            problem_put(setting.problem, batch.assignments, 1, point);
            ck_assert_ok(problem_score(setting.problem, &batch));
        }
    for (int distinct = 0; distinct < 2; distinct++)
        for (int pes = 1; pes <= 7; pes++)
            for (int buffer = 1; buffer <= 3; buffer++)
                ck_assert_uint_eq(self.calls[distinct][pes][buffer], 1);
    batch_close(&batch);
    setting_close(&setting);
}
END_TEST

static void score_two(setting_t *setting, batch_t *batch, uint32_t pes, uint32_t other)
{
    batch->n = 1;
    problem_put(setting->problem, batch->assignments, 0, setting_point(setting->problem, pes, 1));
    problem_put(setting->problem, batch->assignments, 1, setting_point(setting->problem, other, 2));
    ck_assert_ok(problem_score(setting->problem, batch));
}

START_TEST(a_stand_in_takes_the_models_place)
{
    setting_t setting;
    stand_in_t self = {0};
    batch_t batch;
    open_stand_in(&setting, &self);
    ck_assert_ok(batch_open(setting.problem, 1, &batch));
    ck_assert(problem_need_least(setting.problem) == 2.5);
    ck_assert(problem_need_most(setting.problem) == 15.5);
    score_two(&setting, &batch, 3, 4);
    ck_assert(batch.scores[0].objectives[0] == -31 - 1042);
    ck_assert(batch.scores[0].constraints[0] == 3.25 + 4.5);
    ck_assert(batch.feasible[0]);
    score_two(&setting, &batch, 4, 4);
    ck_assert(batch.scores[0].constraints[0] == 8.75 && batch.feasible[0]);
    score_two(&setting, &batch, 3,
              6); /* a cost that is no number: invalid, within the budget or not */
    ck_assert(isnan(batch.scores[0].objectives[0]) && !batch.feasible[0]);
    score_two(&setting, &batch, 1, 7); /* said to be invalid */
    ck_assert(isnan(batch.scores[0].objectives[0]) &&
              batch.scores[0].constraints[0] == 1.25 + 7.5 && !batch.feasible[0]);
    score_two(&setting, &batch, 1, 5); /* a need that is no number fits no budget */
    ck_assert(batch.scores[0].objectives[0] == -11 - 1052);
    ck_assert(isinf(batch.scores[0].constraints[0]) && !batch.feasible[0]);
    batch_close(&batch);
    setting_close(&setting);
}
END_TEST

/* ---- what an axis can change ----------------------------------------------------------------- */

/* The largest relative change of a layer's need, by brute force over the levels. */
static double brute_effect(const setting_t *setting, size_t axis)
{
    const job_actions_t *actions = &setting->job->actions;
    double effect = 0;
    for (size_t layer = 0; layer < setting->workload.layers_n; layer++)
        for (size_t other = 0; other < 12; other++) {
            double least = INFINITY;
            double most = -INFINITY;
            for (size_t level = 0; level < 12; level++) {
                confx_cost_t cost;
                setting_cost(setting, layer, actions->pe[axis ? other : level],
                             actions->buffer[axis ? level : other], &cost);
                if (cost.fault != CONFX_COST_VALID) continue;
                least = fmin(least, setting_need(setting, &cost));
                most = fmax(most, setting_need(setting, &cost));
            }
            if (most > least) effect = fmax(effect, (most - least) / most);
        }
    return effect;
}

START_TEST(buffers_cost_nothing_on_the_originals_hardware)
{
    setting_t setting;
    open_setting(&setting, "mobilenet_v2", "dla", _i ? "asic" : "maestro", "latency", "area");
    const effect_t pes = problem_axis_effect(setting.problem, 0);
    const effect_t buffer = problem_axis_effect(setting.problem, 1);
    ck_assert_double_eq_tol(pes.need, brute_effect(&setting, 0), 1e-15);
    ck_assert_double_eq_tol(buffer.need, brute_effect(&setting, 1), 1e-15);
    ck_assert_double_gt(pes.need, 0.9);
    ck_assert_double_gt(pes.objective, 0.9);
    ck_assert_double_gt(buffer.objective, 0.1);
    if (_i)
        ck_assert_double_gt(buffer.need, 0.01);
    else
        ck_assert_double_lt(buffer.need, 1e-6);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score");
    TCase *tests = tcase_create("score");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, points_number_all_integer_actions);
    tcase_add_test(tests, levels_and_layers_are_those_of_the_job);
    tcase_add_loop_test(tests, objectives_and_needs_are_the_cost_models, 0, MODELS);
    tcase_add_test(tests, a_layer_is_explained_in_full);
    tcase_add_loop_test(tests, scores_are_sums_or_their_product_in_the_order_of_the_layers, 0,
                        MODELS);
    tcase_add_test(tests, only_the_assignments_asked_for_are_scored);
    tcase_add_loop_test(tests, an_invalid_point_is_no_reward, 0, 3);
    tcase_add_test(tests, a_stand_in_is_asked_once_a_point);
    tcase_add_test(tests, a_stand_in_takes_the_models_place);
    tcase_add_loop_test(tests, buffers_cost_nothing_on_the_originals_hardware, 0, 2);
    return suite_run(suite);
}
