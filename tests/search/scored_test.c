/* No sample goes to an assignment that was scored while others are left within the budget: the set
   of those scored, and searches of spaces so small that brute force knows all of them. */
#include "problems.h"

enum { SEEDS = 3 };

/* ---- the set --------------------------------------------------------------------------------- */

static void open_network(setting_t *setting, toy_t *toy, const char *layers, double limit,
                         const char *search)
{
    setting_read(
        setting,
        "{actions: {pe: [1, 2, 5, 9], buffer: [1, 2, 4]}, budget: {limit: %.17g}, search: {%s}}",
        limit, search);
    setting_take_layers(setting, layers);
    setting_open_with(setting, (evaluator_t){toy, toy_evaluate, false, 0});
}

/* Many layers are told apart by a hash, few by their number. */
static const char *const networks[] = {"K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n", toy_layers, NULL};

static void open_set(setting_t *setting, int i, uint64_t samples, scored_t **scored)
{
    static toy_t toy = {1, 0, 100};
    if (networks[i]) {
        open_network(setting, &toy, networks[i], 1e6, "seed: 1");
    } else {
        setting_read(setting, "{workload: mobilenet_v2, budget: {fraction: 0.5}}");
        setting_open(setting);
    }
    ck_assert_ok(scored_open(setting->problem, samples, scored));
}

/* Against a plain list. renewal over an ample budget: what is new stays as it is. */
START_TEST(the_set_holds_what_was_entered_and_nothing_else)
{
    enum { DRAWS = 200, LAYERS_MAX = 52 };
    static uint16_t drawn[DRAWS][2 * LAYERS_MAX];
    uint16_t again[2 * LAYERS_MAX];
    setting_t setting;
    scored_t *scored;
    size_t distinct = 0;
    size_t n;
    rng_t rng = rng_begin(5, RNG_TEST, 0, 0, 0);
    open_set(&setting, _i, DRAWS, &scored);
    const space_t *space = problem_space(setting.problem);
    const size_t layers = problem_layers(setting.problem);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        bool known = false;
        for (size_t layer = 0; layer < layers; layer++)
            problem_put(setting.problem, drawn[draw], layer,
                        setting_point(setting.problem, 1 + (uint32_t)rng_below(&rng, TOY_PES),
                                      1 + (uint32_t)rng_below(&rng, TOY_BUFFERS)));
        for (size_t i = 0; i < draw; i++)
            known |= space_equal(space, layers, drawn[i], drawn[draw]);
        ck_assert_int_eq(scored_has(scored, drawn[draw]), known);
        distinct += !known;
        if (known) continue;
        space_copy(space, layers, again, drawn[draw]);
        scored_renew(scored, &(renewal_t){.part = SPACE_INTEGERS, .seed = 1, .update = draw}, 1,
                     again);
        ck_assert(space_equal(space, layers, again, drawn[draw]));
    }
    const uint64_t *keys = scored_list(scored, &n);
    ck_assert_uint_eq(n, distinct);
    scored_t *copy;
    ck_assert_ok(scored_open(setting.problem, DRAWS, &copy));
    scored_enter(copy, keys, n);
    for (size_t draw = 0; draw < DRAWS; draw++) ck_assert(scored_has(copy, drawn[draw]));
    scored_close(copy);
    scored_close(scored);
    setting_close(&setting);
}
END_TEST

START_TEST(a_full_set_forgets_its_older_half)
{
    enum { ROOM = 30, ENTERED = 200 };
    setting_t setting;
    scored_t *scored;
    open_set(&setting, 1, ROOM - 2, &scored); /* room for two more than asked for */
    for (uint64_t key = 1; key <= ENTERED; key++) {
        size_t n;
        scored_enter(scored, &key, 1);
        const uint64_t *keys = scored_list(scored, &n);
        ck_assert_uint_le(n, ROOM);
        ck_assert_uint_ge(n, key < ROOM / 2 ? key : ROOM / 2);
        for (size_t i = 0; i < n; i++) ck_assert_uint_eq(keys[i], key - n + 1 + i);
        scored_enter(scored, keys + n / 2, 1); /* held: no second time */
        scored_list(scored, &n);
        ck_assert_uint_eq(keys[n - 1], key);
    }
    scored_close(scored);
    setting_close(&setting);
}
END_TEST

/* ---- small spaces ---------------------------------------------------------------------------- */

static const struct {
    algorithm_t stage;
    const char *layers, *search;
    double limit;
} cases[] = {
    {ALGORITHM_REINFORCE, "8,8,9,9,3,3,1\n", "", 1000},
    {ALGORITHM_REINFORCE, "8,8,9,9,3,3,1\n", "", 40},
    {ALGORITHM_REINFORCE, "8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n", "", 60},
    {ALGORITHM_REINFORCE, "8,8,9,9,3,3,1\n", "feedback: total, ", 60},
    {ALGORITHM_REINFORCE, "8,8,9,9,3,3,1\n8,8,9,9,3,3,1\n", "feedback: total, ", 50},
    {ALGORITHM_ISLANDS, "8,8,9,9,3,3,1\n", "", 1000},
    {ALGORITHM_ISLANDS, "8,8,9,9,3,3,1\n", "islands: 3, children: 2, ", 30},
    {ALGORITHM_ISLANDS, "8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n", "", 40},
    {ALGORITHM_ISLANDS, "8,8,9,9,3,3,1\n8,8,9,9,3,3,1\n", "", 60},
    {ALGORITHM_ISLANDS, "8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n2,8,9,9,3,3,1\n", "", 15},
    {ALGORITHM_ISLANDS, "8,8,9,9,3,3,1\n", "feedback: total, ", 60},
    {ALGORITHM_ADDITIVE, "8,8,9,9,3,3,1\n", "feedback: total, ", 60},
};

enum { CASES = sizeof cases / sizeof *cases };

/* Brute force over all assignments of up to three layers: how many fit and are valid, and the least
   objective. */
typedef struct {
    size_t fitting, valid;
    double optimum;
} scored_space_t;

static bool on_levels(const problem_t *problem, uint64_t point)
{
    uint32_t values[2];
    setting_values(problem, point, values);
    return (values[0] == 1 || values[0] == 2 || values[0] == 5 || values[0] == 9) && values[1] != 3;
}

static void count_from(const setting_t *setting, space_part_t part, size_t layer, double cost,
                       double need, scored_space_t *space)
{
    problem_t *problem = setting->problem;
    if (layer == problem_layers(problem)) {
        if (!terms_fits(problem_terms(problem), &(need_t){{need}, 0})) return;
        space->fitting++;
        space->valid += isnan(cost) ? 0 : 1;
        space->optimum = fmin(space->optimum, cost);
        return;
    }
    for (uint64_t point = 0; point < TOY_POINTS; point++) {
        double own;
        double its;
        if (part == SPACE_LEVELS && !on_levels(problem, point)) continue;
        const size_t distinct = problem_distinct_of(problem, layer);
        if (!problem_look(problem, distinct, point, &own, &its)) own = NAN;
        count_from(setting, part, layer + 1, cost + own,
                   need + problem_need(problem, distinct, point), space);
    }
}

static size_t first_repeat(const stage_t *stage)
{
    const batch_t *trace = &stage->trace;
    for (size_t i = 0; i < trace->n; i++)
        for (size_t j = 0; j < i; j++)
            if (space_equal(problem_space(stage->problem), stage->layers,
                            batch_assignment(trace, i), batch_assignment(trace, j)))
                return i;
    return trace->n;
}

/* Points of 5 PEs of the first kind are invalid, which a memory tells of all assignments with them
   once it has one; a search of totals alone has to score each. */
START_TEST(a_small_space_is_exhausted_before_anything_repeats)
{
    char text[256];
    char search[128];
    toy_t toy = {7 + (uint64_t)_i / SEEDS, 5, 60};
    const int i = _i / SEEDS;
    setting_t setting;
    stage_t stage;
    scored_space_t space = {0, 0, INFINITY};
    (void)snprintf(text, sizeof text, "K,C,Y,X,R,S,T\n%s", cases[i].layers);
    (void)snprintf(search, sizeof search, "%sseed: %d", cases[i].search, 1 + _i % SEEDS);
    open_network(&setting, &toy, text, cases[i].limit, search);
    const space_part_t part = search_traits(cases[i].stage).part;
    count_from(&setting, part, 0, 0, 0, &space);
    ck_assert_uint_gt(space.valid, 3);
    ck_assert_uint_lt(space.fitting, 3000);
    stage_open(&stage, &setting, cases[i].stage, space.fitting + 20, 1 + (size_t)_i % 3, NULL);
    stage_run(&stage);
    const size_t unrepeated = first_repeat(&stage);
    ck_assert_uint_le(unrepeated, space.fitting);
    if (job_feedback(setting.job) == FEEDBACK_TOTAL) ck_assert_uint_eq(unrepeated, space.fitting);
    size_t valid = 0;
    for (size_t at = 0; at < stage.trace.n; at++) {
        ck_assert(problem_fits(setting.problem, batch_assignment(&stage.trace, at)));
        valid += at < unrepeated && stage.trace.feasible[at];
    }
    ck_assert_uint_eq(valid, space.valid); /* nothing was left when the first one came again */
    ck_assert(scored_exhausted(stage.scored, part));
    ck_assert(stage_best(&stage).score.objectives[0] == space.optimum);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* As many as are left are said to be left. */
START_TEST(what_is_left_is_counted)
{
    toy_t toy = {7, 5, 60};
    setting_t setting;
    stage_t stage;
    scored_space_t space = {0, 0, INFINITY};
    open_network(&setting, &toy, "K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n", 40,
                 "feedback: total");
    count_from(&setting, SPACE_INTEGERS, 0, 0, 0, &space);
    stage_open(&stage, &setting, ALGORITHM_ISLANDS, space.fitting, 1, NULL);
    while (stage.trace.n < stage.samples) {
        const renewal_t renewal = {.part = SPACE_INTEGERS, .seed = 1};
        const size_t left = space.fitting - stage.trace.n;
        ck_assert(scored_leaves(stage.scored, &renewal, left));
        ck_assert(!scored_leaves(stage.scored, &renewal, left + 1));
        stage_update(&stage);
    }
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* ---- large spaces ---------------------------------------------------------------------------- */

static bool evaluate_counting(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                              double *objective, double *need)
{
    *(size_t *)context += 1;
    *objective = 1e6 / pes + (double)distinct;
    *need = pes + buffer;
    return true;
}

/* Of 1.6 million points a search evaluates those that it meets, not all: neither to see whether
   anything is left, which the levels tell, nor to go by what was seen. */
START_TEST(a_search_evaluates_what_it_meets_and_no_more)
{
    enum { SAMPLES = 60, LAYERS = 2 };
    static const algorithm_t stages[] = {ALGORITHM_REINFORCE, ALGORITHM_ISLANDS};
    size_t evaluations = 0;
    setting_t setting;
    stage_t stage;
    setting_read(&setting, "{actions: {pe: [1, 4, 16, 64, 256, 4096, 65535], buffer: [1, 4, 12]}, "
                           "budget: {limit: 40000}}");
    setting_take_layers(&setting, "K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n");
    setting_open_with(&setting, (evaluator_t){&evaluations, evaluate_counting, false, 0});
    stage_open(&stage, &setting, stages[_i], SAMPLES, 1, NULL);
    while (stage.trace.n < stage.samples) {
        const renewal_t renewal = {.part = search_traits(stages[_i]).part, .seed = 1};
        ck_assert(scored_leaves(stage.scored, &renewal, 1));
        stage_update(&stage);
    }
    /* Whatever is tried for a sample, is tried a few hundred times at most. */
    ck_assert_uint_ge(evaluations, memory_size(stage.ranks[0].memory));
    ck_assert_uint_lt(evaluations, SAMPLES * LAYERS * 256);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* Where nothing may be remembered samples may repeat. */
START_TEST(without_a_memory_nothing_is_kept)
{
    toy_t toy = {7, 0, 60};
    setting_t setting;
    stage_t stage;
    open_network(&setting, &toy, "K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n", 40,
                 _i ? "preset: paper" : "memory: false");
    stage_open(&stage, &setting, ALGORITHM_REINFORCE, 60, 1, NULL);
    ck_assert_ptr_null(stage.scored);
    stage_run(&stage);
    ck_assert_uint_lt(first_repeat(&stage), 60);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scored");
    TCase *tests = tcase_create("scored");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_set_holds_what_was_entered_and_nothing_else, 0, 3);
    tcase_add_test(tests, a_full_set_forgets_its_older_half);
    tcase_add_loop_test(tests, a_small_space_is_exhausted_before_anything_repeats, 0,
                        CASES * SEEDS);
    tcase_add_test(tests, what_is_left_is_counted);
    tcase_add_loop_test(tests, a_search_evaluates_what_it_meets_and_no_more, 0, 2);
    tcase_add_loop_test(tests, without_a_memory_nothing_is_kept, 0, 2);
    return suite_run(suite);
}
