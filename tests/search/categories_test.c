/* The best seen of each dataflow: whatever the order in which it was seen, and never of one that a
   layer cannot have. */
#include "problem/models.h"
#include "search/islands/categories.h"

enum { POINTS = 45, SAMPLES = 60 };

/* Assignments at random, their points entered one sample after the other. */
static void fill(trial_t *trial, uint64_t seed, bool backwards, memory_t **memory)
{
    problem_t *problem = trial->problem;
    static uint16_t assignments[SAMPLES][TRIAL_LAYERS * TRIAL_AXES];
    rng_t rng = rng_begin(seed, RNG_TEST, 0, 0, 0);
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t layer = 0; layer < TRIAL_LAYERS; layer++)
            problem_put(problem, assignments[i], layer, rng_below(&rng, POINTS));
    ck_assert_ok(memory_open(problem, memory));
    for (size_t i = 0; i < SAMPLES; i++) {
        const assignments_t one = {1, assignments[backwards ? SAMPLES - 1 - i : i]};
        score_t score;
        ck_assert_ok(problem_scores(problem, &one, &score));
        ck_assert_ok(memory_reveal(*memory, problem, &one));
        memory_settle(*memory);
    }
}

static void open_trial(trial_t *trial)
{
    const terms_t terms = trial_terms_axes();
    trial_open(trial, (trial_model_t){.draw = 21, .invalid = true}, &terms);
}

START_TEST(the_order_of_what_was_seen_does_not_count)
{
    trial_t trial;
    memory_t *one, *other;
    categories_t by_one, by_other;
    open_trial(&trial);
    fill(&trial, (uint64_t)_i, false, &one);
    fill(&trial, (uint64_t)_i, true, &other);
    ck_assert_ok(categories_open(trial.problem, &by_one));
    ck_assert_ok(categories_open(trial.problem, &by_other));
    categories_learn(&by_one, &(cost_view_t){.memory = one});
    categories_learn(&by_other, &(cost_view_t){.memory = other});
    ck_assert_uint_eq(by_one.n, 3);
    for (size_t i = 0; i < TRIAL_DISTINCT * by_one.n; i++) {
        const tradeoff_chain_t *chain = &by_one.front[i];
        ck_assert_uint_gt(chain->n, 0);
        ck_assert_uint_eq(chain->n, by_other.front[i].n);
        ck_assert_mem_eq(chain->vertices, by_other.front[i].vertices,
                         chain->n * sizeof *chain->vertices);
        for (size_t k = 1; k < chain->n; k++) {
            ck_assert_double_lt(chain->vertices[k].cost, chain->vertices[k - 1].cost);
            ck_assert_double_gt(chain->vertices[k].need, chain->vertices[k - 1].need);
        }
    }
    categories_close(&by_other);
    categories_close(&by_one);
    memory_close(other);
    memory_close(one);
    trial_close(&trial);
}
END_TEST

/* Of all points seen of a category none is better at the multiplier than what is drawn of it. */
START_TEST(what_is_drawn_is_the_best_of_its_category)
{
    enum { DRAWS = 300 };
    trial_t trial;
    memory_t *memory;
    categories_t categories;
    size_t drawn[3] = {0};
    size_t wrong = 0;
    open_trial(&trial);
    fill(&trial, 5, false, &memory);
    ck_assert_ok(categories_open(trial.problem, &categories));
    categories_learn(&categories, &(cost_view_t){.memory = memory});
    rng_t rng = rng_begin(7, RNG_TEST, 0, 0, 0);
    const space_t *space = problem_space(trial.problem);
    for (size_t i = 0; i < DRAWS; i++) {
        const size_t distinct = i % TRIAL_DISTINCT;
        const double multiplier = rng_uniform(&rng) * 5;
        uint16_t action[SPACE_AXES] = {0};
        categories_draw(&categories, &rng, distinct, multiplier, action);
        const uint64_t found = space_point(space, action);
        const double least = memory_cost(memory, distinct, found) +
                             multiplier * problem_need(trial.problem, distinct, found);
        drawn[action[1]]++;
        for (uint64_t point = 0; point < POINTS; point++) {
            uint16_t other[SPACE_AXES];
            space_action(space, point, other);
            if (other[1] != action[1] || space_canonical(space, distinct, point) != point) continue;
            wrong += memory_cost(memory, distinct, point) +
                         multiplier * problem_need(trial.problem, distinct, point) <
                     least;
        }
    }
    ck_assert_uint_eq(wrong, 0);
    for (size_t i = 0; i < 3; i++) ck_assert_uint_gt(drawn[i], 0); /* nothing is given up */
    categories_close(&categories);
    memory_close(memory);
    trial_close(&trial);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("categories");
    TCase *tests = tcase_create("categories");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_order_of_what_was_seen_does_not_count, 0, 5);
    tcase_add_test(tests, what_is_drawn_is_the_best_of_its_category);
    return suite_run(suite);
}
