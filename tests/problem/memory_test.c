/* The memory over a space of any axes: several values a record, in a table or hashed, passed
   between ranks. */
#include "models.h"

#include "confx/memory.h"

enum { CELLS = TRIAL_LAYERS * TRIAL_AXES, SAMPLES = 40, POINTS = 45 };

/* Two objectives, and a limit on what must be sampled: three values. */
static void open_trial(trial_t *trial)
{
    const terms_t terms = {
        .objectives_n = 2,
        .constraints_n = 1,
        .objectives = {trial_term("latency", AGGREGATE_SUM, 0), trial_edp(AGGREGATE_SUM)},
        .constraints = {trial_term("energy", AGGREGATE_SUM, 150)}};
    trial_open(trial, (trial_model_t){.draw = 8, .invalid = true}, &terms);
}

static void reveal(trial_t *trial, memory_t *memory, uint64_t draw,
                   bool seen[TRIAL_DISTINCT][POINTS])
{
    rng_t rng = rng_begin(draw, RNG_TEST, 0, 0, 0);
    const space_t *space = problem_space(trial->problem);
    uint16_t assignments[SAMPLES * CELLS];
    score_t scores[SAMPLES];
    for (size_t e = 0; e < SAMPLES; e++) trial_draw(trial->problem, &rng, assignments + e * CELLS);
    ck_assert_ok(problem_scores(trial->problem, &(assignments_t){SAMPLES, assignments}, scores));
    ck_assert_ok(memory_reveal(memory, trial->problem, &(assignments_t){SAMPLES, assignments}));
    for (size_t cell = 0; cell < SAMPLES * TRIAL_LAYERS; cell++) {
        const size_t distinct = problem_distinct_of(trial->problem, cell % TRIAL_LAYERS);
        seen[distinct][space_canonical(space, distinct,
                                       space_point(space, assignments + cell * TRIAL_AXES))] = true;
    }
}

static void check(const trial_t *trial, const memory_t *memory, bool seen[TRIAL_DISTINCT][POINTS])
{
    const space_t *space = problem_space(trial->problem);
    size_t n = 0;
    for (size_t d = 0; d < TRIAL_DISTINCT; d++)
        for (uint64_t point = 0; point < POINTS; point++) {
            const uint64_t canonical = space_canonical(space, d, point);
            const double *values = memory_find(memory, d, point);
            double metrics[TRIAL_METRICS];
            n += seen[d][point];
            trial_metrics(&trial->model, d, canonical, metrics);
            ck_assert_int_eq(values != NULL, seen[d][canonical]);
            ck_assert_int_eq(memory_seen(memory, d, point), seen[d][canonical]);
            if (!values) continue;
            const bool valid = trial_is_valid(&trial->model, d, canonical);
            ck_assert_int_eq(memory_invalid(memory, d, point), !valid);
            if (!valid) continue;
            ck_assert(values[0] == metrics[TRIAL_LATENCY]);
            ck_assert(values[1] == metrics[TRIAL_LATENCY] * metrics[TRIAL_ENERGY]);
            ck_assert(values[2] == metrics[TRIAL_ENERGY]);
        }
    ck_assert_uint_eq(memory_size(memory), n);
}

START_TEST(points_that_mean_the_same_are_one)
{
    trial_t trial;
    memory_t *memory;
    bool seen[TRIAL_DISTINCT][POINTS] = {{false}};
    open_trial(&trial);
    ck_assert_ok(memory_open(trial.problem, &memory));
    ck_assert_uint_eq(memory_values(memory), 3);
    check(&trial, memory, seen);
    for (uint64_t draw = 0; draw < 3; draw++) {
        reveal(&trial, memory, draw, seen);
        check(&trial, memory, seen);
    }
    memory_close(memory);
    trial_close(&trial);
}
END_TEST

/* What is news with one rank makes the other's memory the same. */
START_TEST(ranks_tell_each_other_what_is_new)
{
    trial_t trial;
    memory_t *one, *other;
    bool seen[TRIAL_DISTINCT][POINTS] = {{false}};
    size_t n;
    open_trial(&trial);
    ck_assert_ok(memory_open(trial.problem, &one));
    ck_assert_ok(memory_open(trial.problem, &other));
    for (uint64_t draw = 0; draw < 3; draw++) {
        const size_t before = memory_size(one);
        reveal(&trial, one, draw, seen);
        const void *news = memory_news(one, &n);
        ck_assert_uint_eq(n, memory_size(one) - before);
        ck_assert_ok(memory_enter(other, news, n));
        ck_assert_ok(memory_enter(other, news, n)); /* twice is once */
        memory_settle(one);
        (void)memory_news(one, &n);
        ck_assert_uint_eq(n, 0);
        check(&trial, other, seen);
    }

    /* In order of keys both are the same bytes, and each key rises above the one before. */
    char lists[2][TRIAL_DISTINCT * POINTS * 32];
    const size_t bytes = memory_record_bytes(one) * memory_size(one);
    ck_assert_uint_eq(memory_record_bytes(one), 32);
    memory_list(one, lists[0]);
    memory_list(other, lists[1]);
    ck_assert_int_eq(memcmp(lists[0], lists[1], bytes), 0);
    for (size_t i = 1; i < memory_size(one); i++)
        ck_assert_uint_lt(memory_key(one, lists[0], i - 1), memory_key(one, lists[0], i));
    memory_close(one);
    memory_close(other);
    trial_close(&trial);
}
END_TEST

/* Four axes of 65,536 values are hashed; neighbours stay apart. */
static evaluation_status_t evaluate_large(void *context, const request_t *request, double *metrics)
{
    (void)context;
    metrics[0] = (double)(request->point % 1000003);
    metrics[1] = 1;
    return EVALUATION_VALID;
}

START_TEST(spaces_too_large_for_a_table_are_hashed)
{
    static const uint32_t levels[] = {1, 65536};
    static const metric_t metrics[] = {{"latency", "", false}, {"area", "", true}};
    const model_t model = {
        .name = "large", .metrics_n = 2, .metrics = metrics, .evaluate = evaluate_large};
    const terms_t terms = trial_terms_axes();
    space_axis_t axes[3];
    trial_t trial;
    space_t *space;
    memory_t *memory;
    for (size_t i = 0; i < 3; i++)
        axes[i] = (space_axis_t){.name = "wide", .levels = levels, .levels_n = 2, .refined = true};
    trial_read(&trial, (trial_model_t){.draw = 0});
    ck_assert_ok(space_open(axes, 3, (space_use_t){NULL, NULL}, &space));
    const problem_design_t design = {&trial.workload, space, &model, &terms, {NAN}};
    ck_assert_ok(problem_make(&design, &trial.problem));
    ck_assert_ok(memory_open(trial.problem, &memory));
    for (uint64_t i = 0; i < 5000; i++)
        ck_assert_ok(memory_reveal_point(memory, trial.problem, i % 3, i * i * 1234567));
    ck_assert_uint_eq(memory_size(memory), 5000);
    for (uint64_t i = 0; i < 5000; i++) {
        ck_assert(memory_cost(memory, i % 3, i * i * 1234567) ==
                  (double)(i * i * 1234567 % 1000003));
        ck_assert(!memory_seen(memory, i % 3, i * i * 1234567 + 1));
    }
    memory_close(memory);
    trial_close(&trial);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *tests = tcase_create("memory");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, points_that_mean_the_same_are_one);
    tcase_add_test(tests, ranks_tell_each_other_what_is_new);
    tcase_add_test(tests, spaces_too_large_for_a_table_are_hashed);
    return suite_run(suite);
}
