/* One array for all layers: bound, optimum, next step and frontier against every assignment in
   which the layers have the same values of the axes that they share. */
#include "confx/figures.h"
#include "confx/frontier.h"
#include "problem/models.h"

enum { POINTS = 45, WANTED = 7, DRAWS = 4 };

/* ---- what is wanted -------------------------------------------------------------------------- */

static terms_t wanted(int i)
{
    terms_t terms = trial_terms_shared();
    switch (i) {
    case 1: /* of every layer cycles times energy, added up */
        terms.objectives[0] = trial_edp(AGGREGATE_SUM);
        break;
    case 2:
        return trial_terms_shared_two();
    case 3: /* a limit that must be sampled beside that of the array */
        return trial_terms_shared_sampled();
    case 4: /* cycles of all times energy of all */
        terms.objectives[0] = trial_edp(AGGREGATE_PRODUCT);
        break;
    case 5:
        terms = trial_terms_shared_sampled();
        terms.objectives[0] = trial_term("latency", AGGREGATE_MAX, 0);
        break;
    case 6: /* two sums that must be sampled */
        terms = trial_terms_shared_sampled();
        terms.objectives[0] = trial_edp(AGGREGATE_SUM);
        terms.constraints[terms.constraints_n++] = trial_term("latency", AGGREGATE_SUM, 130);
        break;
    default:
        break;
    }
    return terms;
}

static trial_model_t model_of(int shared, int draw)
{
    return (trial_model_t){.draw = 60 + (uint64_t)draw,
                           .invalid = draw % 2 == 0,
                           .illegal = draw % 2 == 1,
                           .shared = (size_t)shared};
}

/* ---- every assignment ------------------------------------------------------------------------ */

typedef struct {
    trial_t *trial;
    space_part_t part;
    double limit;       /* of the first constraint, in place of its own */
    double below;       /* of objectives from here on none is of interest */
    double least, need; /* the least objective, and of those the least need of that constraint */
    double next;        /* the least need of any whose objective is below */
    bool is_level[POINTS];
} brute_t;

static void brute_judge(brute_t *self, const totals_t *totals)
{
    terms_t terms = *problem_terms(self->trial->problem);
    score_t score;
    terms_end(&terms, totals, &score);
    const double objective = score.objectives[0], need = score.constraints[0];
    terms.constraints[0].limit = INFINITY;
    if (isnan(objective) || !terms_feasible(&terms, &score)) return;
    if (objective < self->below) self->next = fmin(self->next, need);
    if (need > self->limit || objective > self->least) return;
    self->need = objective < self->least ? need : fmin(self->need, need);
    self->least = objective;
}

static void brute_try(brute_t *self, size_t layer, uint64_t array, const totals_t *totals)
{
    problem_t *problem = self->trial->problem;
    const space_t *space = problem_space(problem);
    const uint64_t own = space_own_points(space);
    if (layer == TRIAL_LAYERS) {
        brute_judge(self, totals);
        return;
    }
    const size_t distinct = problem_distinct_of(problem, layer);
    for (uint64_t point = 0; point < POINTS; point++) {
        double metrics[TRIAL_METRICS];
        totals_t next = *totals;
        if (space_canonical(space, distinct, point) != point) continue;
        if (self->part == SPACE_LEVELS && !self->is_level[point]) continue;
        if (layer > 0 && point / own != array) continue;
        (void)problem_metrics(problem, distinct, point, metrics);
        if (!trial_is_valid(&self->trial->model, distinct, point)) continue;
        terms_add(problem_terms(problem), &next, problem_membership(problem, distinct), metrics);
        brute_try(self, layer + 1, point / own, &next);
    }
}

static brute_t brute_all(trial_t *trial, space_part_t part, double limit, double below)
{
    brute_t self = {.trial = trial,
                    .part = part,
                    .limit = limit,
                    .below = below,
                    .least = INFINITY,
                    .need = INFINITY,
                    .next = INFINITY};
    const space_t *space = problem_space(trial->problem);
    totals_t none;
    for (uint64_t choice = 0; choice < space_choices(space); choice++)
        self.is_level[space_choice_point(space, choice)] = true;
    terms_begin(problem_terms(trial->problem), &none);
    brute_try(&self, 0, 0, &none);
    return self;
}

/* ---- the optimum ----------------------------------------------------------------------------- */

/* The choice lists kinds of layers in their order, and within each the layers like it. */
static void put_choice(const problem_t *problem, const uint32_t *choice, uint16_t *assignment)
{
    for (size_t distinct = 0; distinct < problem_distinct(problem); distinct++)
        for (size_t layer = 0; layer < problem_layers(problem); layer++)
            if (problem_distinct_of(problem, layer) == distinct)
                problem_put(problem, assignment, layer, *choice++);
}

static void check_choice(problem_t *problem, const knapsack_t *knapsack)
{
    uint16_t assignment[TRIAL_LAYERS * TRIAL_AXES];
    score_t score;
    ck_assert_uint_eq(knapsack->choice_n, TRIAL_LAYERS);
    put_choice(problem, knapsack->choice, assignment);
    ck_assert(space_is_sound(problem_space(problem), TRIAL_LAYERS, assignment));
    ck_assert_ok(problem_scores(problem, &(assignments_t){1, assignment}, &score));
    ck_assert_double_eq_tol(score.objectives[0], knapsack->optimum, 1e-9 * knapsack->optimum);
    ck_assert(terms_feasible(problem_terms(problem), &score));
    for (size_t i = 0; i < problem_terms(problem)->constraints_n; i++)
        ck_assert_double_eq(knapsack->needs[i], score.constraints[i]);
}

/* The next step is that of all assignments, whatever they need. */
static void check_next(trial_t *trial, space_part_t part, const knapsack_t *knapsack)
{
    const brute_t better = brute_all(trial, part, INFINITY, knapsack->optimum);
    ck_assert_int_eq(knapsack->next.found, isfinite(better.next) ? NEXT_KNOWN : NEXT_NONE);
    ck_assert(isfinite(better.next) ? isnan(knapsack->price) : knapsack->price == 0);
    if (isinf(better.next)) return;
    ck_assert_double_eq(knapsack->next.budget, better.next);
    ck_assert_double_eq(knapsack->next.optimum, brute_all(trial, part, better.next, 0).least);
}

START_TEST(the_optimum_of_one_array_is_the_best_of_all_assignments)
{
    const int shared = 1 + _i % 3, terms_i = _i / 3 % WANTED, draw = _i / 3 / WANTED;
    const terms_t terms = wanted(terms_i);
    trial_t trial;
    trial_read(&trial, model_of(shared, draw));
    const confx_status_t status = trial_make(&trial, &terms, NAN);
    const double limit = terms.constraints[0].limit;
    const bool direct = terms_i < 3;
    for (int part = 0; status.code == CONFX_STATUS_OK && part < 2; part++) {
        const brute_t all = brute_all(&trial, (space_part_t)part, limit, 0);
        knapsack_t knapsack;
        ck_assert_ptr_null(certificate_obstacle(trial.problem));
        ck_assert_ok(certificate_solve(trial.problem, (space_part_t)part, NULL, &knapsack));
        ck_assert_int_eq(knapsack.feasible, isfinite(all.least));
        ck_assert(knapsack.lower_bound <= all.least);
        if (isfinite(all.least)) {
            ck_assert(knapsack.solved);
            ck_assert_double_eq_tol(knapsack.optimum, all.least, 1e-9 * all.least);
            check_choice(trial.problem, &knapsack);
        }
        if (direct && knapsack.feasible) {
            ck_assert_double_eq(knapsack.lower_bound, all.least);
            ck_assert_double_eq(knapsack.need, all.need);
        }
        if (terms_i < 2 && knapsack.feasible) check_next(&trial, (space_part_t)part, &knapsack);
        if (!direct) ck_assert_int_eq(knapsack.next.found, NEXT_UNASKED);
        knapsack_close(&knapsack);
    }
    if (status.code != CONFX_STATUS_OK) ck_assert_int_eq(status.code, CONFX_STATUS_INFEASIBLE);
    trial_close(&trial);
}
END_TEST

/* Some of those problems can be opened, or nothing was held against anything. */
START_TEST(most_of_these_problems_have_an_optimum)
{
    size_t solved = 0;
    for (int i = 0; i < 3 * WANTED * DRAWS; i++) {
        const terms_t terms = wanted(i / 3 % WANTED);
        trial_t trial;
        knapsack_t knapsack;
        trial_read(&trial, model_of(1 + i % 3, i / 3 / WANTED));
        const confx_status_t status = trial_make(&trial, &terms, NAN);
        if (status.code == CONFX_STATUS_OK) {
            ck_assert_ok(certificate_solve(trial.problem, SPACE_INTEGERS, NULL, &knapsack));
            solved += knapsack.solved;
            knapsack_close(&knapsack);
        }
        trial_close(&trial);
    }
    ck_assert_uint_gt(solved, 3 * WANTED * DRAWS / 2);
}
END_TEST

/* Within any budget, and between the steps of the frontier. */
START_TEST(the_frontier_of_one_array_is_that_of_all_assignments)
{
    const terms_t terms = wanted(_i % 2);
    trial_t trial;
    frontier_t frontier;
    trial_open(&trial, (trial_model_t){.draw = 70 + (uint64_t)_i, .shared = 1 + (size_t)_i % 3},
               &terms);
    ck_assert_ptr_null(frontier_obstacle(trial.problem));
    ck_assert_ok(frontier_solve(trial.problem, SPACE_INTEGERS, 40, NULL, &frontier));
    ck_assert(frontier.n > 1);
    for (double budget = 1; budget < 20; budget += 0.5) {
        const brute_t all = brute_all(&trial, SPACE_INTEGERS, budget, 0);
        knapsack_t within;
        ck_assert_ok(
            certificate_solve_within(trial.problem, SPACE_INTEGERS, budget, NULL, &within));
        ck_assert_int_eq(within.feasible, isfinite(all.least));
        if (within.feasible) ck_assert_double_eq(within.optimum, all.least);
        knapsack_close(&within);
        for (size_t i = 0; i < frontier.n; i++) {
            const frontier_step_t *step = &frontier.steps[i];
            if (step->from <= budget &&
                (budget < step->to || (!step->closed && budget <= step->to)))
                ck_assert_double_eq(step->optimum, all.least);
        }
    }
    ck_assert(frontier.steps[frontier.n - 1].closed);
    frontier_close(&frontier);
    trial_close(&trial);
}
END_TEST

/* ---- stopping -------------------------------------------------------------------------------- */

static bool stop_at_once(void *context, const char *what, size_t done, size_t all)
{
    (void)what;
    ck_assert_uint_lt(done, all);
    return (*(int *)context)-- > 0;
}

START_TEST(who_watches_may_stop_it)
{
    const terms_t terms[] = {wanted(0), wanted(4)};
    for (int i = 0; i < 2; i++)
        for (int tells = 0; tells < 7; tells++) {
            int left = tells;
            trial_t trial;
            knapsack_t knapsack;
            const solve_watch_t watch = {.context = &left, .tell = stop_at_once};
            trial_open(&trial, (trial_model_t){.draw = 70, .shared = 1}, &terms[i]);
            /* There are five arrays, and of sums a second round for the next step. */
            const confx_status_t status =
                certificate_solve(trial.problem, SPACE_INTEGERS, &watch, &knapsack);
            ck_assert_int_eq(status.code,
                             i == 1 && tells >= 5 ? CONFX_STATUS_OK : CONFX_STATUS_STOPPED);
            ck_assert(status.code == CONFX_STATUS_OK || knapsack.choice == NULL);
            knapsack_close(&knapsack);
            trial_close(&trial);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sharing");
    TCase *tests = tcase_create("sharing");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_optimum_of_one_array_is_the_best_of_all_assignments, 0,
                        3 * WANTED * DRAWS);
    tcase_add_test(tests, most_of_these_problems_have_an_optimum);
    tcase_add_loop_test(tests, the_frontier_of_one_array_is_that_of_all_assignments, 0, 6);
    tcase_add_test(tests, who_watches_may_stop_it);
    return suite_run(suite);
}
