/* A large problem, whose points are only looked at until they are sampled, says of them what the
   cost model says: at first sight, at the second, and once they were sampled. */
#include "confx/memory.h"
#include "problem/looked.h"
#include "setting.h"

enum { LAYERS = 12, PES = 700, BUFFERS = 40, LOOKS = 400, CASES = 8 };

static char layers[LAYERS * 32 + 32];

static void open_large(int i, setting_t *setting)
{
    size_t at = (size_t)sprintf(layers, "K,C,Y,X,R,S,T\n");
    for (int kind = 0; kind < LAYERS; kind++)
        at += (size_t)sprintf(layers + at, "%d,%d,18,18,3,3,1\n", 8 + 3 * kind, 5 + kind);
    setting_read(setting,
                 "{dataflow: %s, accounting: %s, objective: %s, budget: {fraction: 0.5}, "
                 "actions: {pe: [1, 9, %d], buffer: [1, %d]}}",
                 i % 2 ? "shi" : "dla", i / 2 % 2 ? "maestro" : "exact", i / 4 ? "edp" : "latency",
                 PES, BUFFERS);
    setting_take_layers(setting, layers);
    setting_open(setting);
    const uint64_t points = space_points(problem_space(setting->problem));
    ck_assert_uint_gt(points * problem_distinct(setting->problem), LOOKED_LARGE);
}

/* A point spread over the space: of a layer, PEs and a buffer. */
static uint64_t put_look(const setting_t *setting, size_t i, size_t *layer, uint32_t at[2])
{
    *layer = i * 7 % LAYERS;
    at[0] = (uint32_t)(i * 131 % PES + 1);
    at[1] = (uint32_t)(i * 17 % BUFFERS + 1);
    return setting_point(setting->problem, at[0], at[1]);
}

/* Of one point all that is told of it; false: something is not the model's. */
static bool is_the_models(const setting_t *setting, size_t i)
{
    problem_t *problem = setting->problem;
    confx_cost_t cost;
    double due[FACTORS], factors[FACTORS];
    double need;
    size_t layer;
    uint32_t at[2];
    const uint64_t point = put_look(setting, i, &layer, at);
    const size_t distinct = problem_distinct_of(problem, layer);
    setting_cost(setting, layer, at[0], at[1], &cost);
    setting_factors(setting, &cost, due);
    const bool valid = cost.fault == CONFX_COST_VALID;
    const bool illegal = !valid && problem_model(problem)->validity_is_static;
    const need_t needs = problem_needs(problem, distinct, point);
    bool right = problem_factors(problem, distinct, point, factors, &need) == valid;
    right = right && problem_is_legal(problem, distinct, point) == !illegal;
    right = right && needs.illegal == illegal && (illegal || needs.of[0] == need);
    right = right && (illegal ? isinf(need) : need == setting_need(setting, &cost));
    for (int k = 0; valid && k < FACTORS; k++) right = right && factors[k] == due[k];
    return right;
}

static bool all_are(const setting_t *setting)
{
    bool right = true;
    for (size_t i = 0; i < LOOKS; i++) right = right && is_the_models(setting, i);
    return right;
}

/* Samples of the points that were looked at. */
static void sample_them(const setting_t *setting, memory_t *memory)
{
    problem_t *problem = setting->problem;
    batch_t batch;
    ck_assert_ok(batch_open(problem, LOOKS / LAYERS, &batch));
    batch.n = LOOKS / LAYERS;
    for (size_t i = 0; i < batch.n * LAYERS; i++) {
        size_t layer;
        uint32_t at[2];
        const uint64_t point = put_look(setting, i, &layer, at);
        problem_put(problem, batch_assignment(&batch, i / LAYERS), layer, point);
    }
    const assignments_t of = batch_assignments(&batch);
    ck_assert_ok(problem_score(problem, &batch));
    ck_assert_ok(memory_reveal(memory, problem, &of));
    batch_close(&batch);
}

START_TEST(a_look_is_the_models)
{
    setting_t setting;
    memory_t *memory;
    double metrics[MODEL_METRICS];
    confx_cost_t cost;
    open_large(_i, &setting);
    ck_assert_ok(memory_open(setting.problem, &memory));
    ck_assert(all_are(&setting));
    ck_assert(all_are(&setting));
    sample_them(&setting, memory);
    ck_assert(all_are(&setting));
    ck_assert_uint_gt(memory_size(memory), 0);
    /* Of a point that was only looked at all metrics can still be had. */
    setting_cost(&setting, 0, 3, 2, &cost);
    (void)problem_look(setting.problem, 0, setting_point(setting.problem, 3, 2), &metrics[0],
                       &metrics[1]);
    (void)problem_metrics(setting.problem, 0, setting_point(setting.problem, 3, 2), metrics);
    ck_assert(metrics[BUILTIN_L1] == (double)cost.l1_bytes);
    ck_assert(metrics[BUILTIN_POWER] == cost.power_mw);
    memory_close(memory);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("looked");
    TCase *tests = tcase_create("looked");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, a_look_is_the_models, 0, CASES);
    return suite_run(suite);
}
