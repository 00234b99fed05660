/* What totals of a maximum say of single actions, held against the costs that they are made of. */
#include "problem/models.h"
#include "search/inference/maxima.h"

enum { SAMPLES = 200 };

typedef struct {
    trial_t trial;
    arena_t arena;
    kernel_t kernel;
    maxima_t maxima;
} noted_t;

static void open_noted(noted_t *self, uint64_t draw)
{
    terms_t terms = trial_terms_peak();
    memset(self, 0, sizeof *self);
    trial_open(&self->trial, (trial_model_t){.draw = draw}, &terms);
    ck_assert_ok(kernel_open(self->trial.problem, SPACE_INTEGERS, &self->kernel));
    maxima_open(self->trial.problem, &self->kernel, &self->arena, &self->maxima);
    ck_assert(self->maxima.open && !self->arena.failed);
}

static void close_noted(noted_t *self)
{
    arena_close(&self->arena);
    kernel_close(&self->kernel);
    trial_close(&self->trial);
}

static double cost_of(const noted_t *self, const uint16_t *assignment, size_t layer)
{
    double metrics[TRIAL_METRICS];
    trial_metrics(&self->trial.model, self->trial.workload.distinct_of[layer],
                  trial_point(&self->trial.model, assignment, layer), metrics);
    return metrics[TRIAL_LATENCY];
}

static double total_of(const noted_t *self, const uint16_t *assignment)
{
    double total = 0;
    for (size_t layer = 0; layer < TRIAL_LAYERS; layer++)
        total = fmax(total, cost_of(self, assignment, layer));
    return total;
}

static void draw_assignment(const noted_t *self, rng_t *rng, uint16_t *assignment)
{
    trial_draw(self->trial.problem, rng, assignment);
    problem_canonical(self->trial.problem, assignment);
}

/* The layer that is left; TRIAL_LAYERS: none is. */
static size_t left_of(const uint16_t *assignment)
{
    size_t left = TRIAL_LAYERS;
    for (size_t layer = 0; layer < TRIAL_LAYERS; layer++) {
        if (assignment[layer * TRIAL_AXES] == COVARIANCE_ABSENT) continue;
        ck_assert_uint_eq(left, TRIAL_LAYERS);
        left = layer;
    }
    return left;
}

/* Whichever layer a total is taken to be of, its action costs no more than what is noted of it,
   however many totals come, and at last no more than is needed for any total that it was in. */
START_TEST(nothing_is_noted_below_what_it_costs)
{
    noted_t self;
    uint16_t kept[SAMPLES][TRIAL_LAYERS * TRIAL_AXES], whole[SAMPLES][TRIAL_LAYERS * TRIAL_AXES];
    double total[SAMPLES];
    open_noted(&self, (uint64_t)_i);
    rng_t rng = rng_begin((uint64_t)_i, RNG_TEST, 1, 0, 0);
    for (size_t s = 0; s < SAMPLES; s++) {
        draw_assignment(&self, &rng, whole[s]);
        memcpy(kept[s], whole[s], sizeof kept[s]);
        total[s] = total_of(&self, whole[s]);
        ck_assert(maxima_note(&self.maxima, kept[s], total[s]));
        ck_assert(maxima_is_sound(&self.maxima, kept[s]));
        ck_assert_uint_lt(left_of(kept[s]), TRIAL_LAYERS);
    }
    for (size_t s = 0; s < SAMPLES; s++) {
        const double noted = maxima_lower(&self.maxima, kept[s], total[s]);
        ck_assert_double_ge(noted, cost_of(&self, whole[s], left_of(kept[s])));
        ck_assert_double_le(noted, total[s]);
    }
    close_noted(&self);
}
END_TEST

/* Where one layer is changed and the total rises it is that layer's, whatever is believed. */
START_TEST(a_rise_is_of_what_was_changed)
{
    noted_t self;
    uint16_t before[TRIAL_LAYERS * TRIAL_AXES], after[TRIAL_LAYERS * TRIAL_AXES];
    size_t rises = 0;
    open_noted(&self, 100 + (uint64_t)_i);
    rng_t rng = rng_begin((uint64_t)_i, RNG_TEST, 2, 0, 0);
    for (size_t s = 0; s < SAMPLES; s++) {
        uint16_t other[TRIAL_LAYERS * TRIAL_AXES];
        draw_assignment(&self, &rng, before);
        draw_assignment(&self, &rng, other);
        memcpy(after, before, sizeof after);
        const size_t layer = rng_below(&rng, TRIAL_LAYERS), at = layer * TRIAL_AXES;
        memcpy(after + at, other + at, TRIAL_AXES * sizeof *after);
        const double low = total_of(&self, before), high = total_of(&self, after);
        (void)maxima_note(&self.maxima, before, low);
        ck_assert(maxima_note(&self.maxima, after, high));
        if (!(high > low)) continue;
        ck_assert_uint_eq(left_of(after), layer);
        rises++;
    }
    ck_assert_uint_gt(rises, SAMPLES / 10);
    close_noted(&self);
}
END_TEST

/* Shares order as costs do, up to where all are alike, and no action costs less than its work. */
START_TEST(shares_are_ordered_and_work_is_the_least)
{
    noted_t self;
    open_noted(&self, 7);
    const size_t cells = self.kernel.axes.cells, all = self.kernel.distinct * cells;
    float *table = calloc(all, sizeof *table);
    ck_assert_ptr_nonnull(table);
    table[0] = INFINITY;
    table[1] = 50;
    table[2] = 100;
    table[3] = 1e9F;
    maxima_share(&self.maxima, &(maxima_least_t){100, 0}, table);
    ck_assert_float_infinite(table[0]);
    ck_assert_float_eq_tol(table[1], 0x1p-32F, 0x1p-50F);
    ck_assert_float_eq(table[2], 1);
    ck_assert_float_eq(table[3], 0x1p96F);
    for (size_t i = 0; i < all; i++) table[i] = -1;
    const double rate = 100 / self.kernel.scale[0];
    maxima_share(&self.maxima, &(maxima_least_t){100, rate}, table);
    for (size_t cell = 0; cell < cells; cell++)
        if (self.kernel.amplitude[RESIDUAL_FALLING][cell] == 1)
            ck_assert_float_eq_tol(table[cell], 1, 1e-5F);
    free(table);
    close_noted(&self);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("largest");
    TCase *tests = tcase_create("largest");
    tcase_add_loop_test(tests, nothing_is_noted_below_what_it_costs, 0, 20);
    tcase_add_loop_test(tests, a_rise_is_of_what_was_changed, 0, 20);
    tcase_add_test(tests, shares_are_ordered_and_work_is_the_least);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
