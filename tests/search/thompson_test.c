/* What the root tells of its estimate is what each rank reads: the mean to all, to each unit its
   draw. */
#include "dense.h"
#include "search/inference/thompson.h"

enum { UNITS = 5, KEPT_MOST = 600 };

static setting_t setting;
static toy_t toy;

static search_setup_t setup_of(size_t first, size_t units)
{
    return (search_setup_t){.problem = setting.problem,
                            .remembers = true,
                            .job = setting.job,
                            .first_update = 7,
                            .unit_first = first,
                            .units = units};
}

static void open_rank(size_t first, size_t units, bool integers, thompson_t *thompson)
{
    const search_setup_t setup = setup_of(first, units);
    ck_assert_ok(thompson_open(&setup, UNITS, integers, NULL, thompson));
}

static void collect(thompson_t *thompson, uint64_t draw, size_t n)
{
    rng_t rng = rng_begin(draw, RNG_TEST, 0, 0, 0);
    batch_t batch;
    ck_assert_ok(batch_open(n, SMALL_LAYERS, &batch));
    batch.n = n;
    for (size_t s = 0; s < n; s++) {
        batch.objective[s] = 0;
        for (size_t gene = s * SMALL_LAYERS; gene < (s + 1) * SMALL_LAYERS; gene++) {
            batch.pes[gene] =
                (uint16_t)problem_level_values(setting.problem, 0)[rng_below(&rng, 3)];
            batch.buffer[gene] =
                (uint16_t)problem_level_values(setting.problem, 1)[rng_below(&rng, 3)];
            batch.objective[s] += 1000.0 / batch.pes[gene] + 10 * rng_uniform(&rng);
        }
    }
    posterior_add(&thompson->posterior, &batch);
    batch_close(&batch);
}

static void *told(thompson_t *root)
{
    void *bytes = driver_memory(thompson_bytes(root), 1);
    ck_assert_uint_eq(thompson_bytes(root) % 8, 0);
    thompson_write(root, bytes);
    return bytes;
}

static bool is_on_axes(bool integers, uint32_t pes, uint32_t buffer)
{
    return integers ||
           ((pes == 1 || pes == 2 || pes == 4) && (buffer == 1 || buffer == 3 || buffer == 4));
}

/* The table stands at the points of its axes, rounded; all other points are unknown. */
static void check_belief(cost_view_t cost_view, const axes_t *axes, const double *table,
                         bool integers)
{
    size_t known = 0;
    ck_assert_ptr_null(cost_view.ledger);
    for (size_t d = 0; d < SMALL_DISTINCT; d++) {
        for (size_t p = 0; p < axes->pes_n; p++)
            for (size_t b = 0; b < axes->buffers_n; b++) {
                const size_t point = problem_point(setting.problem, axes->pes[p], axes->buffers[b]);
                ck_assert(cost_view_cost(&cost_view, d, point) == (double)(float)*table++);
            }
        for (size_t point = 0; point < problem_points(setting.problem); point++) {
            uint32_t pes;
            uint32_t buffer;
            problem_unpoint(setting.problem, point, &pes, &buffer);
            ck_assert(isinf(cost_view_cost(&cost_view, d, point)) ==
                      !is_on_axes(integers, pes, buffer));
            known += !isinf(cost_view_cost(&cost_view, d, point));
        }
    }
    ck_assert_uint_eq(known, SMALL_DISTINCT * axes->pes_n * axes->buffers_n);
}

START_TEST(what_is_told_is_the_estimate)
{
    thompson_t root;
    double table[CELLS_MAX];
    small_open(&setting, &toy);
    open_rank(0, UNITS, _i, &root);
    collect(&root, 1, 20);
    void *bytes = told(&root);
    thompson_read(&root, bytes);
    ck_assert(root.ready);
    posterior_mean(&root.posterior, table);
    check_belief(thompson_mean(&root), &root.posterior.kernel.axes, table, _i);
    for (size_t unit = 0; unit < UNITS; unit++) {
        static const double boldness[] = {0, 0.3, 0.6, 1};
        rng_t rng =
            rng_begin(5, RNG_ADVICE, 7 + 1, unit, 0); /* the seed; the first update, and one fit */
        const double bold = boldness[rng_below(&rng, 4)];
        posterior_draw(&root.posterior, &rng, bold, table);
        check_belief(thompson_draw(&root, unit), &root.posterior.kernel.axes, table, _i);
    }
    free(bytes);
    thompson_close(&root);
    setting_close(&setting);
}
END_TEST

static void check_same(cost_view_t one, cost_view_t other)
{
    ck_assert_uint_eq(one.points, other.points);
    ck_assert(!memcmp(one.table, other.table, SMALL_DISTINCT * one.points * sizeof *one.table));
}

/* However the units are dealt, of none to all; only the root has seen samples. */
START_TEST(each_rank_reads_the_same)
{
    thompson_t root;
    small_open(&setting, &toy);
    open_rank(0, UNITS, true, &root);
    collect(&root, 2, 20);
    void *bytes = told(&root);
    thompson_read(&root, bytes);
    for (size_t first = 0; first < UNITS; first++)
        for (size_t units = 0; first + units <= UNITS; units++) {
            thompson_t rank;
            open_rank(first, units, true, &rank);
            ck_assert_uint_eq(thompson_bytes(&rank), thompson_bytes(&root));
            thompson_read(&rank, bytes);
            check_same(thompson_mean(&rank), thompson_mean(&root));
            for (size_t unit = first; unit < first + units; unit++)
                check_same(thompson_draw(&rank, unit), thompson_draw(&root, unit));
            thompson_close(&rank);
        }
    free(bytes);
    thompson_close(&root);
    setting_close(&setting);
}
END_TEST

START_TEST(units_go_by_draws_of_their_own)
{
    thompson_t root;
    size_t others = 0;
    small_open(&setting, &toy);
    open_rank(0, UNITS, true, &root);
    collect(&root, 3, 8);
    void *bytes = told(&root);
    thompson_read(&root, bytes);
    const size_t table = SMALL_DISTINCT * root.points * sizeof(float);
    for (size_t unit = 1; unit < UNITS; unit++)
        others +=
            memcmp(thompson_draw(&root, unit).table, thompson_draw(&root, 0).table, table) != 0;
    ck_assert_uint_ge(others, UNITS - 2); /* two at most are the mean itself */
    free(bytes);
    thompson_close(&root);
    setting_close(&setting);
}
END_TEST

START_TEST(until_two_totals_are_seen_there_is_nothing_to_go_by)
{
    thompson_t root;
    small_open(&setting, &toy);
    open_rank(0, UNITS, true, &root);
    for (size_t seen = 0; seen <= 2; seen++) {
        void *bytes = told(&root);
        thompson_read(&root, bytes);
        const cost_view_t beliefs[] = {thompson_mean(&root), thompson_draw(&root, UNITS - 1)};
        for (size_t i = 0; i < 2; i++) {
            ck_assert((beliefs[i].table != NULL) == (seen == 2));
            ck_assert(isinf(cost_view_cost(&beliefs[i], 0, 0)) == (seen < 2));
        }
        collect(&root, seen, 1);
        free(bytes);
    }
    thompson_close(&root);
    setting_close(&setting);
}
END_TEST

/* At the next total three quarters are left of 600. */
START_TEST(at_most_600_totals_are_gone_by)
{
    thompson_t root;
    small_open(&setting, &toy);
    open_rank(0, UNITS, false, &root);
    collect(&root, 4, KEPT_MOST);
    ck_assert(root.posterior.state.n == KEPT_MOST);
    collect(&root, 5, 1);
    ck_assert(root.posterior.state.n == KEPT_MOST * 3 / 4 + 1);
    thompson_close(&root);
    setting_close(&setting);
}
END_TEST

/* The message of a root that was restored is that of the one that went on; the stage behind it goes
   on from its totals. */
START_TEST(a_restored_root_tells_the_same)
{
    thompson_t roots[2];
    thompson_t next;
    void *briefs[2];
    array_t arrays[2][POSTERIOR_ARRAYS];
    small_open(&setting, &toy);
    for (int i = 0; i < 2; i++) {
        open_rank(0, UNITS, false, &roots[i]);
        (void)posterior_arrays(&roots[i].posterior, arrays[i]);
    }
    collect(&roots[0], 6, 30);
    free(told(&roots[0]));
    for (size_t i = 0; i < POSTERIOR_ARRAYS; i++)
        memcpy(arrays[1][i].data, arrays[0][i].data, array_bytes(&arrays[0][i]));
    for (int i = 0; i < 2; i++) briefs[i] = told(&roots[i]);
    ck_assert(!memcmp(briefs[0], briefs[1], thompson_bytes(&roots[0])));
    const search_setup_t setup = setup_of(0, UNITS);
    ck_assert_ok(thompson_open(&setup, UNITS, true, &roots[0].posterior, &next));
    ck_assert(next.posterior.state.n == 30);
    ck_assert(!memcmp(next.posterior.total, roots[0].posterior.total, 30 * sizeof(double)));
    for (int i = 0; i < 2; i++) {
        free(briefs[i]);
        thompson_close(&roots[i]);
    }
    thompson_close(&next);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("advice");
    TCase *tests = tcase_create("advice");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, what_is_told_is_the_estimate, 0, 2);
    tcase_add_test(tests, each_rank_reads_the_same);
    tcase_add_test(tests, units_go_by_draws_of_their_own);
    tcase_add_test(tests, until_two_totals_are_seen_there_is_nothing_to_go_by);
    tcase_add_test(tests, at_most_600_totals_are_gone_by);
    tcase_add_test(tests, a_restored_root_tells_the_same);
    return suite_run(suite);
}
