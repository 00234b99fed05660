/* Covariances of totals against the plain sum over all pairs of layers. */
#include "problems.h"
#include "search/inference/covariance.h"

enum { LAYERS = 11, SAMPLES = 30, KEPT = 17 };

/* Eleven layers of four kinds: six of one kind, three of another, and two alone. */
static const char layers[] =
    "K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n8,8,9,9,3,3,1\n8,8,9,9,3,3,1\n1,16,9,9,3,3,2\n"
    "8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n8,8,9,9,3,3,1\n6,8,9,9,1,1,1\n4,8,9,9,3,3,1\n8,8,9,9,3,3,1\n";

static setting_t setting;
static toy_t toy = {1, 0, 100};
static kernel_t kernel;
static arena_t arena;
static covariance_t covariance;
static uint16_t assignments[SAMPLES][LAYERS * 2];

/* Over levels; over all integers; over 1,100 integers of which the table has some. */
static const struct {
    const char *actions;
    space_part_t part;
} spaces[] = {{"{pe: [1, 2, 4], buffer: [1, 3, 4]}", SPACE_LEVELS},
              {"{pe: [1, 2, 4], buffer: [1, 3, 4]}", SPACE_INTEGERS},
              {"{pe: [1, 30, 1100], buffer: [1, 3]}", SPACE_INTEGERS}};

static void open_space(int i)
{
    setting_read(&setting, "{actions: %s, budget: {limit: 1e9}, search: {seed: 5}}",
                 spaces[i].actions);
    setting_take_layers(&setting, layers);
    setting_open_with(&setting, (evaluator_t){&toy, toy_evaluate, false, 0});
    ck_assert_uint_eq(problem_layers(setting.problem), LAYERS);
    ck_assert_uint_eq(problem_distinct(setting.problem), 4);
    ck_assert_ok(kernel_open(setting.problem, spaces[i].part, &kernel));
    covariance_open(setting.problem, &kernel, SAMPLES, &arena, &covariance);
    ck_assert_ok(arena_status(&arena, "covariances"));
}

static void close_space(void)
{
    arena_close(&arena);
    kernel_close(&kernel);
    setting_close(&setting);
}

static void draw_samples(int i)
{
    const space_t *space = problem_space(setting.problem);
    rng_t rng = rng_begin((uint64_t)i, RNG_TEST, 0, 0, 0);
    for (size_t s = 0; s < SAMPLES; s++)
        for (size_t k = 0; k < (size_t)LAYERS * 2; k++) {
            const size_t axis = k % 2;
            assignments[s][k] =
                spaces[i].part == SPACE_LEVELS
                    ? space_level_index(space, axis, rng_below(&rng, space_levels(space, axis)))
                    : (uint16_t)rng_below(&rng, space_range(space, axis));
        }
}

/* The formula of kernel.h of one part, pair by pair. */
static double pair(size_t part, size_t layer, const uint16_t *action, size_t other_layer,
                   const uint16_t *other_action)
{
    const size_t d = problem_distinct_of(setting.problem, layer);
    const size_t e = problem_distinct_of(setting.problem, other_layer);
    uint16_t at[2][2];
    double sum = 0;
    for (size_t shape = 0; shape < kernel.shapes; shape++)
        if (kernel.list[shape].group == part)
            sum += kernel.layer_kernel[d * kernel.distinct + e] *
                   kernel_shape(&kernel, shape, d, action) *
                   kernel_shape(&kernel, shape, e, other_action);
    if (d != e || part < KERNEL_GROUPS) return sum;
    const residual_t residual = (residual_t)(part - KERNEL_GROUPS);
    for (size_t axis = 0; axis < 2; axis++) {
        at[0][axis] = kernel.axes.place[axis][action[axis]];
        at[1][axis] = kernel.axes.place[axis][other_action[axis]];
    }
    return kernel.scale[d] * kernel.scale[d] *
           kernel_amplitude(residual, kernel_first(&kernel, action)) *
           kernel_amplitude(residual, kernel_first(&kernel, other_action)) *
           kernel_nearness(&kernel, at[0], at[1]);
}

static double expected(size_t part, size_t i, size_t j)
{
    double sum = 0;
    for (size_t layer = 0; layer < LAYERS; layer++)
        for (size_t other = 0; other < LAYERS; other++)
            sum += pair(part, layer, assignments[i] + layer * 2, other, assignments[j] + other * 2);
    return sum;
}

/* Row i is of sample samples[i]: of each part, and of the whole. */
static void check_rows(const size_t *samples, size_t n)
{
    double worst = 0;
    ck_assert_uint_eq(covariance.n, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double whole = 0;
            for (size_t part = 0; part < KERNEL_PARTS; part++) {
                const double right = expected(part, samples[i], samples[j]);
                const double off = covariance.of[part][i * SAMPLES + j] - right;
                worst = fmax(worst, fabs(off) / right);
                whole += covariance.variances[part] * right;
            }
            worst = fmax(worst, fabs(covariance.whole[i * SAMPLES + j] - whole) / whole);
        }
    ck_assert_double_lt(worst, 1e-12);
}

/* Weights of the parts, among them none; before or between samples, which is all the same. */
static void weigh(double of_waves)
{
    const double variances[KERNEL_PARTS] = {1, of_waves, 0.5, 0, 2, 0.25, 0};
    covariance_weigh(&covariance, variances, 0);
}

static void append_all(void)
{
    draw_samples(0);
    weigh(2);
    covariance_append(&covariance, assignments[0], SAMPLES);
}

START_TEST(a_covariance_is_the_sum_over_all_pairs_of_layers)
{
    size_t samples[SAMPLES];
    open_space(_i);
    draw_samples(_i);
    for (size_t s = 0; s < SAMPLES; s++) {
        if (s % 10 == 0) weigh(0.1 * (double)s);
        samples[s] = s;
        covariance_append(&covariance, assignments[s], 1);
    }
    check_rows(samples, SAMPLES);
    close_space();
}
END_TEST

/* Samples are prepared in portions that others may have worked out, and come all, or without one
   of them, or behind one that was not awaited: the rows are to the bit what they are otherwise. */
START_TEST(what_is_prepared_is_what_comes)
{
    enum { BEFORE = SAMPLES - 6, COMING = 4, PORTIONS = 3 };
    static const size_t coming[][COMING] = {{0, 1, 2, 3}, {1, 2, 3, 4}, {0, 3, 4, 5}, {4, 0, 1, 2}};
    static double all[COVARIANCE_AWAITED * KERNEL_GROUPS * SAMPLES];
    static double alone[SAMPLES * SAMPLES];
    size_t n = 0;
    for (size_t prepares = 0; prepares < 2; prepares++) {
        open_space(0);
        draw_samples(0);
        weigh(0.7);
        covariance_append(&covariance, assignments[0], BEFORE);
        memcpy(covariance.await, assignments[BEFORE], COMING * sizeof assignments[0]);
        for (size_t portion = 0; prepares && portion < PORTIONS; portion++) {
            const portion_t mine = {portion, 1, PORTIONS};
            const size_t more = covariance_prepare(&covariance, COMING, &mine);
            memcpy(all + n, covariance.parcel, more * sizeof *all);
            n += more;
        }
        if (prepares) covariance_prepared(&covariance, PORTIONS, all, n);
        for (size_t i = 0; i < COMING; i++)
            covariance_append(&covariance, assignments[BEFORE + coming[_i][i]], 1);
        for (size_t i = 0; i < covariance.n; i++) {
            double *row = covariance.whole + i * covariance.capacity;
            if (prepares) ck_assert(!memcmp(alone + i * SAMPLES, row, (i + 1) * sizeof *row));
            memcpy(alone + i * SAMPLES, row, (i + 1) * sizeof *row);
        }
        close_space();
    }
    ck_assert_uint_eq(n, COMING * KERNEL_GROUPS * BEFORE);
}
END_TEST

/* And those that come behind them are right as well. */
START_TEST(what_is_kept_stays_as_it_is)
{
    size_t kept[SAMPLES];
    open_space(_i);
    draw_samples(_i);
    weigh(0.7);
    covariance_append(&covariance, assignments[0], SAMPLES);
    for (size_t i = 0; i < KEPT; i++) kept[i] = i < 5 ? i : i + SAMPLES - KEPT;
    covariance_keep(&covariance, kept, KEPT);
    check_rows(kept, KEPT);
    for (size_t i = KEPT; i < SAMPLES; i++) {
        kept[i] = i - 8;
        covariance_append(&covariance, assignments[i - 8], 1);
    }
    check_rows(kept, SAMPLES);
    close_space();
}
END_TEST

/* Members of a sample have all its layers, each cell once, and no more than there are cells. */
START_TEST(members_are_the_layers_of_a_sample)
{
    size_t fewer = 0;
    open_space(0);
    append_all();
    for (size_t s = 0; s < SAMPLES; s++) {
        const member_t *members = covariance.members + s * LAYERS;
        double sum = 0;
        for (size_t i = 0; i < covariance.members_n[s]; i++) {
            sum += members[i].layers;
            for (size_t j = 0; j < i; j++) ck_assert_uint_ne(members[i].cell, members[j].cell);
        }
        ck_assert(sum == LAYERS);
        fewer += covariance.members_n[s] < LAYERS;
    }
    ck_assert_uint_gt(fewer, 0);
    close_space();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("covariance");
    TCase *tests = tcase_create("covariance");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, a_covariance_is_the_sum_over_all_pairs_of_layers, 0, 3);
    tcase_add_loop_test(tests, what_is_prepared_is_what_comes, 0, 4);
    tcase_add_loop_test(tests, what_is_kept_stays_as_it_is, 0, 3);
    tcase_add_test(tests, members_are_the_layers_of_a_sample);
    return suite_run(suite);
}
