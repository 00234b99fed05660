/* Islands: what a population keeps, what its children are, what travels. */
#include "problems.h"

/* What search_save_unit writes: the number alive, then each as it travels. */
enum { ALIVE_MAX = 20 };

typedef struct {
    uint64_t n;
    scored_assignment_t members[ALIVE_MAX]; /* in `state` */
    char *state;
} population_t;

static void population_read(stage_t *stage, size_t unit, population_t *population)
{
    const size_t record = scored_assignment_bytes(stage->problem);
    population->state = driver_memory(stage->layout.state_bytes, 1);
    search_save_unit(stage_rank_of(stage, unit)->search, unit, population->state);
    memcpy(&population->n, population->state, sizeof population->n);
    ck_assert_uint_le(population->n, ALIVE_MAX);
    ck_assert_uint_le(sizeof population->n + population->n * record, stage->layout.state_bytes);
    for (size_t i = 0; i < population->n; i++)
        population->members[i] = scored_assignment_unpack(
            stage->problem, population->state + sizeof population->n + i * record);
}

static void population_close(population_t *population)
{
    free(population->state);
}

static double objective_of(const scored_assignment_t *member)
{
    return member->score.objectives[0];
}

static double best_of(const population_t *population)
{
    return population->n ? objective_of(&population->members[0]) : INFINITY;
}

static bool same_member(const stage_t *stage, const uint16_t *one, const uint16_t *other)
{
    return space_equal(problem_space(stage->problem), stage->layers, one, other);
}

static bool is_member(const stage_t *stage, const population_t *population,
                      const uint16_t *assignment)
{
    for (size_t i = 0; i < population->n; i++)
        if (same_member(stage, population->members[i].assignment, assignment)) return true;
    return false;
}

/* ---- populations ----------------------------------------------------------------------------- */

/* Each member scores what is said of it and fits; none comes twice; the best come first. */
static void check_members(const stage_t *stage, const population_t *population, batch_t *batch)
{
    batch->n = 1;
    for (size_t i = 0; i < population->n; i++) {
        const scored_assignment_t *member = &population->members[i];
        space_copy(problem_space(stage->problem), stage->layers, batch->assignments,
                   member->assignment);
        ck_assert_ok(problem_score(stage->problem, batch));
        ck_assert(batch->feasible[0]);
        ck_assert(same_score(&batch->scores[0], &member->score));
        for (size_t j = 0; j < i; j++) {
            const scored_assignment_t *before = &population->members[j];
            ck_assert_int_le(score_compare(&before->score, &member->score), 0);
            ck_assert(!same_member(stage, before->assignment, member->assignment));
        }
    }
}

static const struct {
    const char *network, *search;
    size_t population;
} cases[] = {
    {"workload: mobilenet_v2, dataflow: dla", "", 10},
    {"workload: mobilenet_v2, dataflow: dla", "memory: false", 10},
    {"workload: mobilenet_v2, dataflow: dla", "feedback: total, islands: 3, children: 6", 10},
    {"workload: mobilenet_v2, dataflow: dla", "preset: paper", 20},
    {"workload: mobilenet_v2, dataflow: dla", "preset: paper, islands: 4, children: 5", 20},
    {"workload: alexnet, dataflow: eye, accounting: maestro, objective: energy", "memory: false",
     10}, /* has invalid points */
    {"workload: alexnet, dataflow: eye, accounting: maestro, objective: energy", "preset: paper",
     20}};

enum { CASES = sizeof cases / sizeof *cases };

static void open_case(setting_t *setting, int i)
{
    setting_read(setting, "{%s, hardware: asic, budget: {fraction: 0.1}, search: {%s}}",
                 cases[i].network, cases[i].search);
    setting_open(setting);
}

/* The last members before an update come again unless as many better ones came. */
static void check_kept(const stage_t *stage, const population_t *before, const population_t *after)
{
    ck_assert_uint_ge(after->n, before->n);
    ck_assert_double_le(best_of(after), best_of(before));
    for (size_t i = 0; i < before->n; i++) {
        const bool worse =
            objective_of(&before->members[i]) >= objective_of(&after->members[after->n - 1]);
        ck_assert(worse || is_member(stage, after, before->members[i].assignment));
    }
}

START_TEST(a_population_keeps_the_best_and_no_doubles)
{
    setting_t setting;
    stage_t stage;
    batch_t batch;
    population_t before[ALIVE_MAX] = {{.n = 0}};
    population_t after;
    open_case(&setting, _i);
    ck_assert_ok(batch_open(setting.problem, 1, &batch));
    stage_open(&stage, &setting, ALGORITHM_ISLANDS, 400, 2, NULL);
    for (size_t unit = 0; unit < stage.layout.units; unit++)
        population_read(&stage, unit, &before[unit]);
    while (stage.trace.n < stage.samples) {
        stage_update(&stage);
        for (size_t unit = 0; unit < stage.layout.units; unit++) {
            population_read(&stage, unit, &after);
            check_members(&stage, &after, &batch);
            check_kept(&stage, &before[unit], &after);
            population_close(&before[unit]);
            before[unit] = after;
        }
    }
    for (size_t unit = 0; unit < stage.layout.units; unit++) {
        ck_assert_uint_eq(before[unit].n, cases[_i].population);
        population_close(&before[unit]);
    }
    batch_close(&batch);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* Energy within a latency that no draw keeps: members are in the order of how far they are beyond
   it, until some are within; these are there after a few generations, as the first founder, which
   is the widest choice in all layers, is near it. */
START_TEST(members_beyond_a_limit_lead_to_those_within)
{
    static const char *const searches[] = {"memory: true", "memory: false", "preset: paper"};
    setting_t setting;
    stage_t stage;
    size_t beyond = 0;
    setting_read(&setting,
                 "{workload: mobilenet_v2, budget: [{constraint: area, fraction: 0.1}, "
                 "{constraint: latency, limit: "
                 "29000000}], objective: energy, search: {%s}}",
                 searches[_i]);
    setting_open(&setting);
    const terms_t *terms = problem_terms(setting.problem);
    stage_open(&stage, &setting, ALGORITHM_ISLANDS, 200, 1, NULL);
    while (stage.trace.n < stage.samples) {
        stage_update(&stage);
        for (size_t unit = 0; unit < stage.layout.units; unit++) {
            population_t population;
            population_read(&stage, unit, &population);
            for (size_t i = 1; i < population.n; i++)
                ck_assert_int_le(terms_compare(terms, &population.members[i - 1].score,
                                               &population.members[i].score),
                                 0);
            for (size_t i = 0; i < population.n; i++)
                beyond += terms_over(terms, &population.members[i].score) > 0;
            population_close(&population);
        }
    }
    const uint16_t *first = batch_assignment(&stage.trace, 0);
    for (size_t layer = 1; layer < stage.layers; layer++)
        ck_assert_uint_eq(problem_point(setting.problem, first, layer),
                          problem_point(setting.problem, first, 0));
    ck_assert_uint_gt(beyond, 0);
    ck_assert(stage_best(&stage).assignment != NULL);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

START_TEST(the_best_found_is_in_a_population)
{
    setting_t setting;
    stage_t stage;
    population_t population;
    double best = INFINITY;
    open_case(&setting, _i);
    stage_open(&stage, &setting, ALGORITHM_ISLANDS, 300, 1, NULL);
    stage_run(&stage);
    for (size_t unit = 0; unit < stage.layout.units; unit++) {
        population_read(&stage, unit, &population);
        best = fmin(best, best_of(&population));
        population_close(&population);
    }
    const scored_assignment_t best_sample = stage_best(&stage);
    ck_assert(best == objective_of(&best_sample));
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* ---- children -------------------------------------------------------------------------------- */

/* Islands continue a short policy stage, as reinforce+islands does. */
static void open_chain(setting_t *setting, const char *search, stage_t stages[2], uint64_t samples)
{
    setting_read(setting,
                 "{workload: mobilenet_v2, dataflow: shi, hardware: asic, budget: {fraction: 0.1}, "
                 "search: {%s}}",
                 search);
    setting_open(setting);
    stage_open(&stages[0], setting, ALGORITHM_REINFORCE, 50, 1, NULL);
    stage_run(&stages[0]);
    stage_open(&stages[1], setting, ALGORITHM_ISLANDS, samples, 1, &stages[0]);
}

static void close_chain(setting_t *setting, stage_t stages[2])
{
    for (int i = 0; i < 2; i++) stage_close(&stages[i]);
    setting_close(setting);
}

START_TEST(every_island_starts_from_the_best_so_far)
{
    setting_t setting;
    stage_t stages[2];
    population_t population;
    open_chain(&setting, "seed: 2", stages, 16);
    const scored_assignment_t start = stage_best(&stages[0]);
    ck_assert_ptr_nonnull(start.assignment);
    for (size_t unit = 0; unit < stages[1].layout.units; unit++) {
        population_read(&stages[1], unit, &population);
        ck_assert_uint_eq(population.n, 1);
        ck_assert(same_score(&population.members[0].score, &start.score));
        ck_assert(same_member(&stages[1], population.members[0].assignment, start.assignment));
        population_close(&population);
    }
    close_chain(&setting, stages);
}
END_TEST

START_TEST(children_fit_and_are_new)
{
    static const char *const searches[] = {"seed: 2", "memory: false", "feedback: total"};
    setting_t setting;
    stage_t stages[2];
    open_chain(&setting, searches[_i], stages, 300);
    while (stages[1].trace.n < stages[1].samples) {
        population_t populations[4];
        for (size_t unit = 0; unit < 4; unit++)
            population_read(&stages[1], unit, &populations[unit]);
        stage_update(&stages[1]);
        for (size_t unit = 0; unit < 4; unit++) {
            const batch_t *batch = &stages[1].batches[unit];
            for (size_t child = 0; child < batch->n; child++) {
                ck_assert(
                    !is_member(&stages[1], &populations[unit], batch_assignment(batch, child)));
                ck_assert(batch->feasible[child]);
            }
            population_close(&populations[unit]);
        }
    }
    close_chain(&setting, stages);
}
END_TEST

static size_t unseen_points(const stage_t *stage, const memory_t *known, const batch_t *batch,
                            size_t child)
{
    const problem_t *problem = stage->problem;
    size_t unseen = 0;
    for (size_t layer = 0; layer < batch->layers; layer++) {
        const uint64_t point = problem_point(problem, batch_assignment(batch, child), layer);
        unseen += !memory_seen(known, problem_distinct_of(problem, layer), point);
    }
    return unseen;
}

/* With memory one child of four makes the most of what was seen; the others try something
   unseen. */
START_TEST(children_exploit_and_explore)
{
    setting_t setting;
    stage_t stages[2];
    memory_t *known;
    size_t unseen[2] = {0, 0};
    open_chain(&setting, "seed: 2", stages, 320);
    ck_assert_ok(memory_open(setting.problem, &known));
    while (stages[1].trace.n < stages[1].samples) {
        memory_copy(stages[1].ranks[0].memory, known);
        stage_propose(&stages[1]);
        for (size_t unit = 0; unit < stages[1].layout.units; unit++)
            for (size_t child = 0; child < stages[1].batches[unit].n; child++)
                unseen[child > 0] +=
                    unseen_points(&stages[1], known, &stages[1].batches[unit], child) > 0;
        stage_conclude(&stages[1]);
    }
    ck_assert_uint_eq(unseen[0], 0);
    ck_assert_uint_gt(unseen[1], 240 * 9 / 10);
    memory_close(known);
    close_chain(&setting, stages);
}
END_TEST

/* ---- migration ------------------------------------------------------------------------------- */

START_TEST(every_fifth_generation_of_a_stage_migrates)
{
    setting_t setting;
    stage_t stages[2];
    open_chain(&setting, "seed: 2", stages, 16);
    const uint64_t first = stages[1].first_update;
    ck_assert_uint_gt(first, 0);
    for (uint64_t generation = 0; generation < 30; generation++)
        ck_assert_int_eq(search_migrates(stages[1].ranks[0].search, first + generation),
                         generation % 5 == 4);
    ck_assert(!search_migrates(stages[0].ranks[0].search, 4));
    close_chain(&setting, stages);
}
END_TEST

START_TEST(a_migrant_is_the_best_of_its_island)
{
    setting_t setting;
    stage_t stages[2];
    population_t from;
    population_t to[2];
    open_chain(&setting, "seed: 2", stages, 16);
    stage_update(&stages[1]);
    search_t *search = stages[1].ranks[0].search;
    void *migrant = driver_memory(stages[1].layout.migrant_bytes, 1);
    for (size_t unit = 0; unit < 4; unit++) {
        const size_t next = (unit + 1) % 4;
        population_read(&stages[1], unit, &from);
        population_read(&stages[1], next, &to[0]);
        search_emigrate(search, unit, migrant);
        search_immigrate(search, next, migrant);
        population_read(&stages[1], next, &to[1]);
        ck_assert_double_le(best_of(&to[1]), best_of(&from));
        ck_assert_uint_eq(to[1].n,
                          to[0].n + !is_member(&stages[1], &to[0], from.members[0].assignment));
        ck_assert(is_member(&stages[1], &to[1], from.members[0].assignment));
        for (size_t i = 0; i < to[0].n; i++)
            ck_assert(is_member(&stages[1], &to[1], to[0].members[i].assignment));
        population_close(&from);
        for (int i = 0; i < 2; i++) population_close(&to[i]);
    }
    free(migrant);
    close_chain(&setting, stages);
}
END_TEST

START_TEST(from_an_empty_island_nobody_comes)
{
    setting_t setting;
    stage_t stage;
    population_t population;
    open_case(&setting, 0);
    stage_open(&stage, &setting, ALGORITHM_ISLANDS, 16, 1, NULL);
    void *migrant = driver_memory(stage.layout.migrant_bytes, 1);
    search_emigrate(stage.ranks[0].search, 0, migrant);
    search_immigrate(stage.ranks[0].search, 1, migrant);
    population_read(&stage, 1, &population);
    ck_assert_uint_eq(population.n, 0);
    population_close(&population);
    free(migrant);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* The best of all reaches every island of a ring of four in four migrations. */
START_TEST(the_best_travels_round_the_ring)
{
    setting_t setting;
    stage_t stages[2];
    population_t population;
    double reached = INFINITY;
    open_chain(&setting, "seed: 2", stages, 640);
    for (int i = 0; i < 40; i++) {
        if (i == 20) reached = stage_best(&stages[1]).score.objectives[0];
        stage_update(&stages[1]);
    }
    for (size_t unit = 0; unit < 4; unit++) {
        population_read(&stages[1], unit, &population);
        ck_assert_double_le(best_of(&population), reached);
        population_close(&population);
    }
    close_chain(&setting, stages);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("islands");
    TCase *tests = tcase_create("islands");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, a_population_keeps_the_best_and_no_doubles, 0, CASES);
    tcase_add_loop_test(tests, members_beyond_a_limit_lead_to_those_within, 0, 3);
    tcase_add_loop_test(tests, the_best_found_is_in_a_population, 0, CASES);
    tcase_add_test(tests, every_island_starts_from_the_best_so_far);
    tcase_add_loop_test(tests, children_fit_and_are_new, 0, 3);
    tcase_add_test(tests, children_exploit_and_explore);
    tcase_add_test(tests, every_fifth_generation_of_a_stage_migrates);
    tcase_add_test(tests, a_migrant_is_the_best_of_its_island);
    tcase_add_test(tests, from_an_empty_island_nobody_comes);
    tcase_add_test(tests, the_best_travels_round_the_ring);
    return suite_run(suite);
}
