/* The memory over a space of any axes: what samples revealed, several values a record, once each,
   whoever revealed it; in a table or hashed, passed between ranks. */
#include "models.h"

#include "confx/memory.h"

enum { CELLS = TRIAL_LAYERS * TRIAL_AXES, SAMPLES = 40, POINTS = 45, VALUES = 3 };

typedef struct {
    uint64_t key;
    double values[VALUES];
} record_t;

typedef bool seen_t[TRIAL_DISTINCT][POINTS];

static trial_t trial;

/* Two objectives, and a limit on what must be sampled: three values. */
static void open_trial(void)
{
    const terms_t terms = {
        .objectives_n = 2,
        .constraints_n = 1,
        .objectives = {trial_term("latency", AGGREGATE_SUM, 0), trial_edp(AGGREGATE_SUM)},
        .constraints = {trial_term("energy", AGGREGATE_SUM, 150)}};
    trial_open(&trial, (trial_model_t){.draw = 8, .invalid = true}, &terms);
}

static void close_trial(void)
{
    trial_close(&trial);
}

static memory_t *open_memory(void)
{
    memory_t *memory;
    ck_assert_ok(memory_open(trial.problem, &memory));
    ck_assert_uint_eq(memory_values(memory), VALUES);
    ck_assert_uint_eq(memory_record_bytes(memory), sizeof(record_t));
    return memory;
}

/* n random assignments, scored and revealed; those seen are marked. */
static void reveal(rng_t *rng, size_t n, memory_t *const *memories, size_t memories_n, seen_t seen)
{
    const space_t *space = problem_space(trial.problem);
    uint16_t assignments[SAMPLES * CELLS];
    score_t scores[SAMPLES];
    const assignments_t drawn = {n, assignments};
    for (size_t e = 0; e < n; e++) trial_draw(trial.problem, rng, assignments + e * CELLS);
    ck_assert_ok(problem_scores(trial.problem, &drawn, scores));
    for (size_t i = 0; i < memories_n; i++)
        ck_assert_ok(memory_reveal(memories[i], trial.problem, &drawn));
    for (size_t cell = 0; cell < n * TRIAL_LAYERS; cell++) {
        const size_t distinct = problem_distinct_of(trial.problem, cell % TRIAL_LAYERS);
        seen[distinct][space_canonical(space, distinct,
                                       space_point(space, assignments + cell * TRIAL_AXES))] = true;
    }
}

/* What the model says of a point; the first one NaN where it is invalid. */
static void values_of(size_t distinct, uint64_t point, double values[VALUES])
{
    double metrics[TRIAL_METRICS];
    trial_metrics(&trial.model, distinct, point, metrics);
    const bool valid = trial_is_valid(&trial.model, distinct, point);
    values[0] = valid ? metrics[TRIAL_LATENCY] : NAN;
    values[1] = valid ? metrics[TRIAL_LATENCY] * metrics[TRIAL_ENERGY] : NAN;
    values[2] = valid ? metrics[TRIAL_ENERGY] : NAN;
}

static void check_values(const double *told, size_t distinct, uint64_t point)
{
    double values[VALUES];
    values_of(distinct, point, values);
    for (size_t i = 0; i < VALUES; i++)
        ck_assert(isnan(values[i]) ? isnan(told[i]) : told[i] == values[i]);
}

/* Each point that was seen, by whichever of the points that mean the same, and no other. */
static void check_content(const memory_t *memory, seen_t seen)
{
    size_t n = 0;
    for (size_t d = 0; d < TRIAL_DISTINCT; d++)
        for (uint64_t point = 0; point < POINTS; point++) {
            const uint64_t canonical = space_canonical(problem_space(trial.problem), d, point);
            const double *values = memory_find(memory, d, point);
            const bool valid = trial_is_valid(&trial.model, d, canonical);
            n += seen[d][point];
            ck_assert_int_eq(values != NULL, seen[d][canonical]);
            ck_assert_int_eq(memory_seen(memory, d, point), seen[d][canonical]);
            ck_assert_int_eq(memory_invalid(memory, d, point), seen[d][canonical] && !valid);
            ck_assert(memory_cost(memory, d, point) == (values && valid ? values[0] : INFINITY));
            if (values) check_values(values, d, canonical);
        }
    ck_assert_uint_eq(memory_size(memory), n);
}

/* By rising keys, and in order of arrival, each point stands once with what it revealed. */
static void check_records(const memory_t *memory, seen_t seen)
{
    record_t list[TRIAL_DISTINCT * POINTS];
    bool listed[TRIAL_DISTINCT * POINTS] = {false};
    size_t n = 0, records_n;
    memory_list(memory, list);
    for (size_t key = 0; key < (size_t)TRIAL_DISTINCT * POINTS; key++) {
        if (!seen[key / POINTS][key % POINTS]) continue;
        ck_assert_uint_eq(list[n].key, key);
        check_values(list[n++].values, key / POINTS, key % POINTS);
    }
    ck_assert_uint_eq(n, memory_size(memory));
    const record_t *records = memory_records(memory, &records_n);
    ck_assert_uint_eq(records_n, n);
    for (size_t i = 0; i < n; i++) {
        const uint64_t key = memory_key(memory, records, i);
        ck_assert_uint_eq(key, records[i].key);
        ck_assert(seen[key / POINTS][key % POINTS] && !listed[key]);
        listed[key] = true;
        check_values(records[i].values, key / POINTS, key % POINTS);
    }
}

START_TEST(nothing_is_known_at_first)
{
    memory_t *memory = open_memory();
    seen_t seen = {{false}};
    size_t n = 99;
    check_content(memory, seen);
    check_records(memory, seen);
    (void)memory_news(memory, &n);
    ck_assert_uint_eq(n, 0);
    memory_close(memory);
    memory_close(NULL);
}
END_TEST

START_TEST(samples_reveal_their_points_and_no_others)
{
    memory_t *memory = open_memory();
    seen_t seen = {{false}};
    rng_t rng = rng_begin(1, RNG_TEST, 0, 0, 0);
    for (size_t round = 0; round < 120; round++) {
        reveal(&rng, 1 + round % 5, &memory, 1, seen);
        check_content(memory, seen);
        check_records(memory, seen);
    }
    ck_assert_uint_eq(memory_size(memory), 2 * POINTS + 15); /* layers of kind 0: 15 */
    memory_close(memory);
}
END_TEST

/* What is news with one rank, each point of it once, makes the other's memory the same. */
START_TEST(ranks_tell_each_other_what_is_new)
{
    memory_t *one = open_memory(), *other = open_memory();
    seen_t seen = {{false}};
    rng_t rng = rng_begin(2, RNG_TEST, 0, 0, 0);
    size_t n;
    for (int round = 0; round < 30; round++) {
        seen_t before;
        memcpy(before, seen, sizeof seen);
        const size_t size = memory_size(one);
        reveal(&rng, 2, &one, 1, seen);
        const record_t *news = memory_news(one, &n);
        ck_assert_uint_eq(n, memory_size(one) - size);
        for (size_t i = 0; i < n; i++) {
            bool *known = &before[news[i].key / POINTS][news[i].key % POINTS];
            ck_assert_msg(seen[news[i].key / POINTS][news[i].key % POINTS] && !*known,
                          "key %llu is no news", (unsigned long long)news[i].key);
            *known = true;
        }
        ck_assert_int_eq(memcmp(before, seen, sizeof seen), 0);
        ck_assert_ok(memory_enter(other, news, n));
        ck_assert_ok(memory_enter(other, news, n)); /* twice is once */
        memory_settle(one);
        (void)memory_news(one, &n);
        ck_assert_uint_eq(n, 0);
        check_content(other, seen);
        check_records(other, seen);
    }
    memory_close(one);
    memory_close(other);
}
END_TEST

START_TEST(the_first_record_of_a_point_stays)
{
    memory_t *memory = open_memory();
    const record_t records[] = {{51, {7, 70, 1}}, {51, {8, 80, 1}}, {52, {NAN, NAN, NAN}}};
    const record_t again[] = {{52, {1, 1, 1}}, {51, {NAN, NAN, NAN}}};
    ck_assert_ok(memory_enter(memory, records, 3));
    ck_assert_ok(memory_enter(memory, again, 2));
    ck_assert_uint_eq(memory_size(memory), 2);
    ck_assert(memory_cost(memory, 1, 6) == 7);
    ck_assert(memory_find(memory, 1, 6)[1] == 70);
    ck_assert(memory_invalid(memory, 1, 7));
    ck_assert(!memory_invalid(memory, 1, 6));
    memory_close(memory);
}
END_TEST

/* Two memories that hear the same samples dealt out otherwise, and pass their news on, list the
   same. */
START_TEST(the_order_of_arrival_leaves_no_trace)
{
    memory_t *memories[3];
    seen_t seen = {{false}};
    record_t lists[2][TRIAL_DISTINCT * POINTS];
    rng_t rng = rng_begin(3, RNG_TEST, 0, 0, 0);
    for (int i = 0; i < 3; i++) memories[i] = open_memory();
    for (size_t round = 0; round < 10; round++)
        reveal(&rng, 1, (memory_t *[]){memories[0], memories[1 + round % 2]}, 2, seen);
    size_t n;
    const void *news = memory_news(memories[2], &n);
    ck_assert_uint_gt(n, 0);
    ck_assert_ok(memory_enter(memories[1], news, n));
    ck_assert_uint_eq(memory_size(memories[0]), memory_size(memories[1]));
    for (int i = 0; i < 2; i++) memory_list(memories[i], lists[i]);
    ck_assert_int_eq(memcmp(lists[0], lists[1], memory_size(memories[0]) * sizeof(record_t)), 0);
    check_content(memories[1], seen);
    for (int i = 0; i < 3; i++) memory_close(memories[i]);
}
END_TEST

/* ---- larger spaces --------------------------------------------------------------------------- */

/* Three axes of 65,536 values are hashed; neighbours stay apart. */
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
    static const metric_t metrics[] = {{"latency", "", false, false, false},
                                       {"area", "", true, false, true}};
    const model_t model = {
        .name = "large", .metrics_n = 2, .metrics = metrics, .evaluate = evaluate_large};
    const terms_t terms = trial_terms_axes();
    space_axis_t axes[3];
    trial_t large;
    space_t *space;
    memory_t *memory;
    for (size_t i = 0; i < 3; i++)
        axes[i] = (space_axis_t){.name = "wide", .levels = levels, .levels_n = 2, .refined = true};
    trial_read(&large, (trial_model_t){.draw = 0});
    ck_assert_ok(space_open(axes, 3, (space_use_t){NULL, NULL}, &space));
    const problem_design_t design = {&large.workload, space, &model, &terms, {NAN}};
    ck_assert_ok(problem_make(&design, &large.problem));
    ck_assert_ok(memory_open(large.problem, &memory));
    for (uint64_t i = 0; i < 5000; i++)
        ck_assert_ok(memory_reveal_point(memory, large.problem, i % 3, i * i * 1234567));
    ck_assert_uint_eq(memory_size(memory), 5000);
    for (uint64_t i = 0; i < 5000; i++) {
        ck_assert(memory_cost(memory, i % 3, i * i * 1234567) ==
                  (double)(i * i * 1234567 % 1000003));
        ck_assert(!memory_seen(memory, i % 3, i * i * 1234567 + 1));
    }
    memory_close(memory);
    trial_close(&large);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *tests = tcase_create("memory");
    suite_add_tcase(suite, tests);
    tcase_add_unchecked_fixture(tests, open_trial, close_trial);
    tcase_add_test(tests, nothing_is_known_at_first);
    tcase_add_test(tests, samples_reveal_their_points_and_no_others);
    tcase_add_test(tests, ranks_tell_each_other_what_is_new);
    tcase_add_test(tests, the_first_record_of_a_point_stays);
    tcase_add_test(tests, the_order_of_arrival_leaves_no_trace);
    tcase_add_test(tests, spaces_too_large_for_a_table_are_hashed);
    return suite_run(suite);
}
