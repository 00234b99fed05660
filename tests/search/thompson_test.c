/* What the root publishes of its posterior is what each rank receives: the mean to all, to each
   unit its draw. */
#include "dense.h"
#include "search/inference/thompson.h"
#include "search/kind.h"

enum { UNITS = 5, KEPT_MOST = 600, BEFORE = 13 }; /* bytes of the message before its part */

static small_t small;

static search_setup_t setup_of(size_t first, size_t units)
{
    return (search_setup_t){.problem = small.problem,
                            .remembers = true,
                            .job = small.setting.job,
                            .first_update = 7,
                            .unit_first = first,
                            .units = units};
}

/* The bytes of the message. */
static size_t open_rank(size_t first, size_t units, space_part_t part, thompson_t *thompson)
{
    const search_setup_t setup = setup_of(first, units);
    search_layout_t layout = {.units = UNITS, .publish_bytes = BEFORE};
    ck_assert_ok(thompson_open(&setup, part, &layout, thompson));
    ck_assert(thompson->infers && layout.collects);
    ck_assert_uint_eq(layout.publish_bytes % 8, 0);
    return layout.publish_bytes;
}

/* Of samples over the levels, of which one in so many is invalid; 0: none. */
static void collect_some(thompson_t *thompson, uint64_t draw, size_t n, size_t invalid)
{
    batch_t batch;
    ck_assert_ok(batch_open(small.problem, n, &batch));
    batch.n = n;
    small_draw(&small, SPACE_LEVELS, draw, &batch);
    for (size_t i = 0; invalid > 0 && i < n; i += invalid) batch.scores[i].objectives[0] = NAN;
    thompson_collect(thompson, &batch);
    batch_close(&batch);
}

static void collect(thompson_t *thompson, uint64_t draw, size_t n)
{
    collect_some(thompson, draw, n, 0);
}

/* A message that the root publishes and receives, whose first bytes are another's. */
static void *published(thompson_t *root, size_t bytes)
{
    char *message = driver_memory(bytes, 1);
    memset(message, 0x5a, BEFORE);
    thompson_publish(root, message);
    thompson_receive(root, message);
    for (size_t i = 0; i < BEFORE; i++) ck_assert_int_eq(message[i], 0x5a);
    return message;
}

/* The table stands at the points of its axes, rounded; all other points are unknown. */
static void check_view(cost_view_t view, space_part_t part, const double *table)
{
    static dense_t dense;
    size_t known = 0;
    dense_open(&small, part, variances_of(RESIDUAL_LEVEL), &dense);
    ck_assert_ptr_null(view.memory);
    for (size_t i = 0; i < dense.cells; i++) {
        const uint64_t point = space_point(small.space, dense.cell[i].action);
        const uint64_t canonical = space_canonical(small.space, dense.cell[i].distinct, point);
        size_t at = i;
        /* Of points that mean the same the canonical one is asked. */
        while (dense.cell[at].distinct != dense.cell[i].distinct ||
               space_point(small.space, dense.cell[at].action) != canonical)
            at = (at + 1) % dense.cells;
        ck_assert(cost_view_cost(&view, dense.cell[i].distinct, point) == (double)(float)table[at]);
    }
    for (size_t d = 0; d < SMALL_DISTINCT; d++)
        for (uint64_t point = 0; point < space_points(small.space); point++)
            known += space_canonical(small.space, d, point) == point &&
                     !isinf(cost_view_cost(&view, d, point));
    for (size_t i = 0; i < dense.cells; i++) {
        const uint64_t point = space_point(small.space, dense.cell[i].action);
        known -= space_canonical(small.space, dense.cell[i].distinct, point) == point;
    }
    ck_assert_uint_eq(known, 0);
}

/* Of two axes and of three, over levels and ranges. */
START_TEST(what_is_published_is_the_posterior)
{
    const space_part_t part = _i % 2 ? SPACE_INTEGERS : SPACE_LEVELS;
    thompson_t root;
    double table[CELLS_MAX];
    small_open(&small, _i / 2);
    const size_t bytes = open_rank(0, UNITS, part, &root);
    collect(&root, 1, 20);
    free(published(&root, bytes));
    ck_assert(root.ready);
    posterior_find(&root.posterior, &(posterior_function_t){.table = table}, 1);
    check_view(thompson_mean(&root), part, table);
    for (size_t unit = 0; unit < UNITS; unit++) {
        static const double boldness[] = {0, 0.3, 0.6, 1};
        rng_t rng = rng_begin(5, RNG_POSTERIOR, 7 + 1, unit,
                              0); /* the seed; the first update, and one fit */
        const double bold = boldness[unit % 4];
        const posterior_function_t function = {
            .rng = bold > 0 ? &rng : NULL, .boldness = bold, .table = table};
        posterior_find(&root.posterior, &function, 1);
        check_view(thompson_draw(&root, unit), part, table);
    }
    thompson_close(&root);
    small_close(&small);
}
END_TEST

static void check_same(cost_view_t one, cost_view_t other)
{
    ck_assert_uint_eq(one.axes->cells, other.axes->cells);
    ck_assert(
        !memcmp(one.table, other.table, SMALL_DISTINCT * one.axes->cells * sizeof *one.table));
}

/* However the units are dealt, of none to all; only the root has seen samples. */
START_TEST(each_rank_receives_the_same)
{
    thompson_t root;
    small_open(&small, false);
    const size_t bytes = open_rank(0, UNITS, SPACE_INTEGERS, &root);
    collect(&root, 2, 20);
    void *message = published(&root, bytes);
    for (size_t first = 0; first < UNITS; first++)
        for (size_t units = 0; first + units <= UNITS; units++) {
            thompson_t rank;
            ck_assert_uint_eq(open_rank(first, units, SPACE_INTEGERS, &rank), bytes);
            thompson_receive(&rank, message);
            check_same(thompson_mean(&rank), thompson_mean(&root));
            for (size_t unit = first; unit < first + units; unit++)
                check_same(thompson_draw(&rank, unit), thompson_draw(&root, unit));
            thompson_close(&rank);
        }
    free(message);
    thompson_close(&root);
    small_close(&small);
}
END_TEST

static void check_same_mind(thompson_t *one, thompson_t *other)
{
    const size_t cells = posterior_cells(&one->posterior);
    check_same(thompson_mean(one), thompson_mean(other));
    ck_assert(one->doubt.kind == other->doubt.kind && one->doubt.budget == other->doubt.budget);
    for (size_t unit = 0; unit < UNITS; unit++) {
        const uint8_t *barred = thompson_barred(one, unit);
        check_same(thompson_draw(one, unit), thompson_draw(other, unit));
        ck_assert((barred != NULL) == (thompson_barred(other, unit) != NULL));
        ck_assert(!barred || !memcmp(barred, thompson_barred(other, unit), cells));
    }
}

/* Up to 599 samples at a time, so that room is made, for some of which not all that is new stays;
   and by one that comes later, when the root is restored and tells all. */
START_TEST(a_rank_follows_the_root)
{
    static const size_t news[] = {1, 30, 0, 300, 150, 151, 149, 599, 4, 150};
    thompson_t root;
    thompson_t rank;
    small_open(&small, _i);
    const size_t bytes = open_rank(0, UNITS, SPACE_LEVELS, &root);
    ck_assert_uint_eq(open_rank(0, UNITS, SPACE_LEVELS, &rank), bytes);
    for (size_t i = 0; i < sizeof news / sizeof *news; i++) {
        if (news[i]) collect_some(&root, 10 + i, news[i], _i ? 3 : 0);
        void *message = published(&root, bytes);
        /* What it draws beforehand is of use but when the hypothesis changes, and for the next fit
           alone. */
        for (size_t times = 0; times < i % 3; times++) thompson_anticipate(&rank);
        thompson_receive(&rank, message);
        ck_assert(
            !memcmp(&rank.posterior.state, &root.posterior.state, sizeof root.posterior.state));
        ck_assert_int_eq(rank.ready, i > 0);
        if (rank.ready) check_same_mind(&rank, &root);
        root.posterior.told &= i != 7;
        free(message);
    }
    thompson_close(&rank);
    thompson_close(&root);
    small_close(&small);
}
END_TEST

START_TEST(units_go_by_draws_of_their_own)
{
    thompson_t root;
    size_t others = 0;
    small_open(&small, false);
    const size_t bytes = open_rank(0, UNITS, SPACE_INTEGERS, &root);
    collect(&root, 3, 8);
    free(published(&root, bytes));
    const size_t table = posterior_cells(&root.posterior) * sizeof(float);
    for (size_t unit = 1; unit < UNITS; unit++)
        others +=
            memcmp(thompson_draw(&root, unit).table, thompson_draw(&root, 0).table, table) != 0;
    ck_assert_uint_ge(others, UNITS - 2); /* two at most are the mean itself */
    thompson_close(&root);
    small_close(&small);
}
END_TEST

START_TEST(until_two_totals_are_seen_there_is_nothing_to_go_by)
{
    thompson_t root;
    small_open(&small, false);
    const size_t bytes = open_rank(0, UNITS, SPACE_INTEGERS, &root);
    for (size_t seen = 0; seen <= 2; seen++) {
        free(published(&root, bytes));
        const cost_view_t views[] = {thompson_mean(&root), thompson_draw(&root, UNITS - 1)};
        for (size_t i = 0; i < 2; i++) {
            ck_assert((views[i].table != NULL) == (seen == 2));
            ck_assert(isinf(cost_view_cost(&views[i], 0, 0)) == (seen < 2));
        }
        collect(&root, seen, 1);
    }
    thompson_close(&root);
    small_close(&small);
}
END_TEST

/* At the next total three quarters are left of 600. */
START_TEST(at_most_600_totals_are_gone_by)
{
    thompson_t root;
    small_open(&small, false);
    (void)open_rank(0, UNITS, SPACE_LEVELS, &root);
    collect(&root, 4, KEPT_MOST);
    ck_assert(root.posterior.state.n == KEPT_MOST);
    collect(&root, 5, 1);
    ck_assert_uint_eq((size_t)root.posterior.state.n, KEPT_MOST * 3 / 4 + 1);
    thompson_close(&root);
    small_close(&small);
}
END_TEST

/* A root that was restored goes by what the one that went on goes by, doubts included. */
START_TEST(a_restored_root_goes_by_the_same)
{
    thompson_t roots[2];
    array_t arrays[2][THOMPSON_ARRAYS];
    size_t bytes = 0;
    small_open(&small, _i / 2);
    for (int i = 0; i < 2; i++) {
        bytes = open_rank(0, UNITS, SPACE_LEVELS, &roots[i]);
        ck_assert_uint_eq(thompson_arrays(&roots[i], arrays[i]),
                          (size_t)POSTERIOR_ARRAYS + VALIDITY_ARRAYS);
    }
    /* Every other one has samples that are invalid as well. */
    collect_some(&roots[0], 6, 30, _i % 2 ? 3 : 0);
    free(published(&roots[0], bytes));
    for (size_t i = 0; i < (size_t)POSTERIOR_ARRAYS + VALIDITY_ARRAYS; i++)
        memcpy(arrays[1][i].data, arrays[0][i].data, array_bytes(&arrays[0][i]));
    ck_assert_ptr_null(thompson_check(&roots[1]));
    for (int i = 0; i < 2; i++) free(published(&roots[i], bytes));
    check_same_mind(&roots[0], &roots[1]);
    *(uint16_t *)arrays[1][0].data = 1000;
    ck_assert_str_eq(thompson_check(&roots[1]), "/posterior/assignments");
    for (int i = 0; i < 2; i++) thompson_close(&roots[i]);
    small_close(&small);
}
END_TEST

/* The stage behind it goes on from its totals. */
START_TEST(a_later_stage_goes_on_from_what_was_inferred)
{
    batch_t batch;
    search_t *stages[2];
    search_setup_t setup = setup_of(0, UNITS);
    const algorithm_t algorithms[] = {ALGORITHM_REINFORCE, ALGORITHM_ISLANDS};
    small_open(&small, false);
    setup.problem = small.problem;
    setup.job = small.setting.job;
    setup.samples = 100;
    ck_assert_ok(batch_open(small.problem, 30, &batch));
    batch.n = 30;
    small_draw(&small, SPACE_LEVELS, 6, &batch);
    for (size_t i = 0; i < 2; i++) {
        setup.before = i ? stages[0] : NULL;
        setup.units = search_plan(&setup, algorithms[i]).units;
        ck_assert_ok(search_open(&setup, algorithms[i], &stages[i]));
        if (i == 0) search_collect(stages[0], 0, &batch);
        const posterior_t *posterior = search_posterior(stages[i]);
        ck_assert_ptr_nonnull(posterior);
        ck_assert(posterior->state.n == 30);
        for (size_t s = 0; s < 30; s++)
            ck_assert(posterior->total[s] == batch.scores[s].objectives[0]);
    }
    for (size_t i = 0; i < 2; i++) search_close(stages[i]);
    batch_close(&batch);
    small_close(&small);
}
END_TEST

/* What is shown layers goes by its memory, and takes no part in messages and checkpoints. */
START_TEST(a_stage_with_a_memory_infers_nothing)
{
    thompson_t thompson;
    memory_t *memory;
    array_t arrays[POSTERIOR_ARRAYS];
    search_layout_t layout = {.units = UNITS, .publish_bytes = BEFORE};
    small_open(&small, false);
    search_setup_t setup = setup_of(0, UNITS);
    ck_assert_ok(memory_open(small.problem, &memory));
    for (size_t remembers = 0; remembers < 2; remembers++) {
        setup.memory = remembers ? memory : NULL;
        setup.remembers = remembers;
        ck_assert_ok(thompson_open(&setup, SPACE_LEVELS, &layout, &thompson));
        thompson_publish(&thompson, NULL);
        thompson_receive(&thompson, NULL);
        ck_assert(!thompson.infers && !layout.collects);
        ck_assert_uint_eq(layout.publish_bytes, BEFORE);
        ck_assert_ptr_eq(thompson_mean(&thompson).memory, setup.memory);
        ck_assert_ptr_eq(thompson_draw(&thompson, UNITS - 1).memory, setup.memory);
        ck_assert_ptr_null(thompson_mean(&thompson).table);
        ck_assert_ptr_null(thompson_posterior(&thompson));
        ck_assert_ptr_null(thompson_check(&thompson));
        ck_assert_uint_eq(thompson_arrays(&thompson, arrays), 0);
        thompson_close(&thompson);
    }
    memory_close(memory);
    small_close(&small);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("thompson");
    TCase *tests = tcase_create("thompson");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, what_is_published_is_the_posterior, 0, 4);
    tcase_add_test(tests, each_rank_receives_the_same);
    tcase_add_loop_test(tests, a_rank_follows_the_root, 0, 2);
    tcase_add_test(tests, units_go_by_draws_of_their_own);
    tcase_add_test(tests, until_two_totals_are_seen_there_is_nothing_to_go_by);
    tcase_add_test(tests, at_most_600_totals_are_gone_by);
    tcase_add_loop_test(tests, a_restored_root_goes_by_the_same, 0, 4);
    tcase_add_test(tests, a_later_stage_goes_on_from_what_was_inferred);
    tcase_add_test(tests, a_stage_with_a_memory_infers_nothing);
    return suite_run(suite);
}
