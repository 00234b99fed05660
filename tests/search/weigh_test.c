/* Weights of costs that are sums of several things, found over what was seen, held against brute
   force over all assignments of seen points; and what does not count for them. */
#include "problem/models.h"
#include "search/common/weigh.h"

enum { DRAWS = 60, SEEN = 6 };

typedef struct {
    trial_t trial;
    memory_t *memory;
    tradeoff_t tradeoff;
    weights_t weights;
    uint64_t seen[TRIAL_DISTINCT][SEEN];
} weighed_t;

/* A few random points of each kind are seen, one of them what needs least. */
static void open_weighed(weighed_t *self, uint64_t draw, const terms_t *terms)
{
    rng_t rng = rng_begin(draw, RNG_TEST, 3, 0, 0);
    trial_open(&self->trial, (trial_model_t){.draw = draw}, terms);
    problem_t *problem = self->trial.problem;
    const uint64_t points = space_points(problem_space(problem));
    ck_assert_ok(memory_open(problem, &self->memory));
    ck_assert_ok(tradeoff_open(problem, points, &self->tradeoff));
    self->weights = weights_of(problem, true);
    for (size_t d = 0; d < TRIAL_DISTINCT; d++)
        for (size_t i = 0; i < SEEN; i++) {
            const uint64_t point = i ? rng_below(&rng, points) : problem_least_point(problem, d);
            self->seen[d][i] = space_canonical(problem_space(problem), d, point);
            ck_assert_ok(memory_reveal_point(self->memory, problem, d, point));
        }
}

static cost_view_t view_of(const weighed_t *self)
{
    return (cost_view_t){.memory = self->memory, .weights = &self->weights};
}

static void close_weighed(weighed_t *self)
{
    tradeoff_close(&self->tradeoff);
    memory_close(self->memory);
    trial_close(&self->trial);
}

/* Sums over the layers, by metrics written down once more. */
typedef struct {
    double of[TRIAL_METRICS];
} sums_t;

static void add(const weighed_t *self, size_t layer, uint64_t point, sums_t *sums)
{
    double metrics[TRIAL_METRICS];
    trial_metrics(&self->trial.model, self->trial.workload.distinct_of[layer], point, metrics);
    for (size_t i = 0; i < TRIAL_METRICS; i++) sums->of[i] += metrics[i];
}

typedef double judge_t(const sums_t *sums); /* infinite: beyond a limit */

static void try_seen(const weighed_t *self, size_t layer, sums_t sums, judge_t *judge, double *best)
{
    if (layer == TRIAL_LAYERS) {
        *best = fmin(*best, judge(&sums));
        return;
    }
    for (size_t i = 0; i < SEEN; i++) {
        sums_t next = sums;
        add(self, layer, self->seen[self->trial.workload.distinct_of[layer]][i], &next);
        try_seen(self, layer + 1, next, judge, best);
    }
}

static sums_t picked(const weighed_t *self)
{
    sums_t sums = {{0}};
    const double multiplier = tradeoff_multiplier(&self->tradeoff, self->trial.problem);
    for (size_t layer = 0; layer < TRIAL_LAYERS; layer++) {
        const size_t distinct = self->trial.workload.distinct_of[layer];
        const vertex_t *vertex = tradeoff_pick(&self->tradeoff, distinct, multiplier);
        ck_assert_ptr_nonnull(vertex);
        add(self, layer, vertex->point, &sums);
    }
    return sums;
}

/* ---- a product ------------------------------------------------------------------------------- */

static double latency_area(const sums_t *sums)
{
    return sums->of[TRIAL_LATENCY] * sums->of[TRIAL_AREA];
}

/* Where no limit binds the least product is at a vertex of the hull of both sums, so that the picks
   are the best of all assignments of what was seen; and the rate is that of their product. */
START_TEST(the_rate_is_that_of_the_least_product)
{
    terms_t terms = trial_terms_product();
    weighed_t self;
    double best = INFINITY;
    terms.constraints[0].limit = 1e6;
    open_weighed(&self, (uint64_t)_i, &terms);
    ck_assert(self.weights.known && !self.weights.learned);
    const cost_view_t view = view_of(&self);
    weigh(&self.weights, &self.tradeoff, &view);
    const sums_t sums = picked(&self);
    try_seen(&self, 0, (sums_t){{0}}, latency_area, &best);
    ck_assert_double_eq(latency_area(&sums), best);
    ck_assert_double_eq(self.weights.rate, sums.of[TRIAL_LATENCY] / sums.of[TRIAL_AREA]);
    close_weighed(&self);
}
END_TEST

/* ---- limits that must be sampled ------------------------------------------------------------- */

enum { ENERGY_LIMIT = 130 };

static double latency_within(const sums_t *sums)
{
    return sums->of[TRIAL_ENERGY] <= ENERGY_LIMIT ? sums->of[TRIAL_LATENCY] : INFINITY;
}

/* The picks keep the limit where anything does, and by weak duality no assignment within it has a
   cost below the least Lagrangian's; at a multiplier a little smaller they exceed it, unless it is
   so small that it only chooses among equals of whole numbers. */
START_TEST(the_multiplier_is_the_least_that_keeps_the_limit)
{
    terms_t terms = trial_terms_sampled();
    weighed_t self;
    double best = INFINITY;
    terms.constraints[0].limit = 1e6;
    terms.constraints[1].limit = ENERGY_LIMIT;
    open_weighed(&self, (uint64_t)_i, &terms);
    ck_assert(self.weights.learned && !self.weights.known);
    const cost_view_t view = view_of(&self);
    weigh(&self.weights, &self.tradeoff, &view);
    const double multiplier = self.weights.multiplier[1];
    const sums_t sums = picked(&self);
    try_seen(&self, 0, (sums_t){{0}}, latency_within, &best);
    if (isinf(best)) {
        ck_assert_double_gt(sums.of[TRIAL_ENERGY], ENERGY_LIMIT);
        ck_assert_double_gt(multiplier, 1e3);
    } else {
        ck_assert_double_le(sums.of[TRIAL_ENERGY], ENERGY_LIMIT);
        ck_assert_double_le(sums.of[TRIAL_LATENCY] +
                                multiplier * (sums.of[TRIAL_ENERGY] - ENERGY_LIMIT),
                            best + 1e-9);
        self.weights.multiplier[1] = multiplier * 0.999;
        tradeoff_build(&self.tradeoff, self.trial.problem, &view);
        ck_assert(multiplier < 1e-3 || picked(&self).of[TRIAL_ENERGY] > ENERGY_LIMIT);
    }
    close_weighed(&self);
}
END_TEST

/* ---- what counts ----------------------------------------------------------------------------- */

START_TEST(a_plain_problem_has_nothing_to_weigh)
{
    const terms_t terms = trial_terms_budgets();
    weighed_t self;
    open_weighed(&self, 1, &terms);
    ck_assert(!weights_matter(&self.weights));
    close_weighed(&self);
}
END_TEST

/* Of totals nothing is said of a single constraint, but what is known stays known. */
START_TEST(totals_tell_what_is_known_alone)
{
    const terms_t terms = trial_terms_product_sampled();
    weighed_t self;
    open_weighed(&self, 1, &terms);
    const weights_t weights = weights_of(self.trial.problem, false);
    ck_assert(weights.known && !weights.learned);
    close_weighed(&self);
}
END_TEST

/* In whatever order what was seen came. */
START_TEST(options_do_not_depend_on_the_order_of_arrival)
{
    const terms_t terms = trial_terms_product_sampled();
    weighed_t self;
    memory_t *sorted;
    tradeoff_t other;
    open_weighed(&self, (uint64_t)_i, &terms);
    problem_t *problem = self.trial.problem;
    const size_t n = memory_size(self.memory);
    void *records = malloc(n * memory_record_bytes(self.memory));
    ck_assert_ptr_nonnull(records);
    memory_list(self.memory, records);
    ck_assert_ok(memory_open(problem, &sorted));
    ck_assert_ok(memory_enter(sorted, records, n));
    ck_assert_ok(tradeoff_open(problem, space_points(problem_space(problem)), &other));
    const cost_view_t view = view_of(&self);
    cost_view_t by_sorted = view;
    by_sorted.memory = sorted;
    tradeoff_build(&self.tradeoff, problem, &view);
    tradeoff_build(&other, problem, &by_sorted);
    for (size_t d = 0; d < TRIAL_DISTINCT; d++) {
        ck_assert_uint_eq(self.tradeoff.options[d].n, other.options[d].n);
        ck_assert_uint_gt(other.options[d].n, 0);
        for (size_t i = 0; i < other.options[d].n; i++)
            ck_assert_uint_eq(self.tradeoff.options[d].options[i].point,
                              other.options[d].options[i].point);
    }
    tradeoff_close(&other);
    memory_close(sorted);
    free(records);
    close_weighed(&self);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("weigh");
    TCase *tests = tcase_create("weigh");
    tcase_add_loop_test(tests, the_rate_is_that_of_the_least_product, 0, DRAWS);
    tcase_add_loop_test(tests, the_multiplier_is_the_least_that_keeps_the_limit, 0, DRAWS);
    tcase_add_test(tests, a_plain_problem_has_nothing_to_weigh);
    tcase_add_test(tests, totals_tell_what_is_known_alone);
    tcase_add_loop_test(tests, options_do_not_depend_on_the_order_of_arrival, 0, DRAWS);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
