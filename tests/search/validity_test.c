/* Which actions are invalid, where totals tell no more than that some are: what follows for certain
   from sequences of samples, chances against sums over all cases, and a search that has to find
   out. */
#include "dense.h"
#include "driver.h"
#include "search/inference/doubt.h"
#include "search/inference/validity.h"

enum { UNEXPLAINED = 6 };

static small_t small;
static batch_t batch;
static arena_t arena;
static table_axes_t axes;
static validity_t validity;

static void open_all(void)
{
    small_open(&small, false);
    ck_assert_ok(batch_open(small.problem, 8, &batch));
    arena = (arena_t){.failed = false};
    ck_assert_ok(table_axes_open(small.problem, SPACE_INTEGERS, &arena, &axes));
    ck_assert_ok(validity_open(small.problem, &axes, UNEXPLAINED, &validity));
}

static void close_all(void)
{
    validity_close(&validity);
    arena_close(&arena);
    batch_close(&batch);
    small_close(&small);
}

/* One digit for each of the layers 1 to 4: PEs, all with buffer 1. Layers 1 and 3 are alike. */
static void put(size_t sample, const char *pes, bool valid)
{
    for (size_t layer = 0; layer < SMALL_LAYERS; layer++)
        problem_put(small.problem, batch_assignment(&batch, sample), layer,
                    setting_point(small.problem, (uint32_t)(pes[layer] - '0'), 1));
    batch.scores[sample].objectives[0] = valid ? 1 : NAN;
}

static void take(const char *pes, bool valid)
{
    batch.n = 1;
    put(0, pes, valid);
    validity_add(&validity, &batch);
}

static size_t cell_of(size_t distinct, uint32_t pes)
{
    return distinct * axes.cells + (pes - 1) * 4;
}

static int state_of(size_t distinct, uint32_t pes)
{
    return validity.states[cell_of(distinct, pes)];
}

/* ---- for certain ----------------------------------------------------------------------------- */

START_TEST(one_open_action_of_an_invalid_sample_is_convicted)
{
    open_all();
    take("1111", true);
    take("2121", false); /* layers 1 and 3 have the same action: one suspect */
    ck_assert_int_eq(state_of(0, 2), PAIR_CONVICTED);
    take("1212", false);
    ck_assert_int_eq(state_of(1, 2), PAIR_OPEN);
    ck_assert_int_eq(state_of(2, 2), PAIR_OPEN);
    ck_assert(validity.state.n == 1);
    take("1112", true); /* clears one of the two */
    ck_assert_int_eq(state_of(2, 2), PAIR_PROVEN);
    ck_assert_int_eq(state_of(1, 2), PAIR_CONVICTED);
    ck_assert(validity.state.n == 0 && validity.state.valid == 2 && validity.state.invalid == 2);
    close_all();
}
END_TEST

START_TEST(what_is_explained_accuses_nobody)
{
    open_all();
    take("1111", true);
    take("1211", false);
    take("1213", false); /* has the convicted one */
    take("1113", true);
    ck_assert_int_eq(state_of(2, 3), PAIR_PROVEN);
    take("1113", false); /* a model that fails at times */
    ck_assert_int_eq(state_of(2, 3), PAIR_PROVEN);
    ck_assert(validity.state.n == 0);
    take("1211", true); /* what was convicted wrongly is cleared by a valid sample */
    ck_assert_int_eq(state_of(1, 2), PAIR_PROVEN);
    close_all();
}
END_TEST

/* One conviction explains a sample in which it was a suspect among others, before or behind. */
START_TEST(order_does_not_matter)
{
    static const struct {
        const char *pes;
        bool valid;
    } samples[] = {{"1231", false}, {"1221", false}, {"1111", true}, {"1131", true}};
    open_all();
    for (int order = 0; order < 24; order++) {
        int left[] = {0, 1, 2, 3};
        int rest = order;
        validity_close(&validity);
        ck_assert_ok(validity_open(small.problem, &axes, UNEXPLAINED, &validity));
        for (int n = 4; n > 0; rest /= n, n--) {
            const int at = rest % n;
            take(samples[left[at]].pes, samples[left[at]].valid);
            left[at] = left[n - 1];
        }
        ck_assert_int_eq(state_of(1, 2), PAIR_CONVICTED);
        ck_assert_int_eq(state_of(0, 3), PAIR_PROVEN);
        ck_assert_int_eq(state_of(0, 2), PAIR_OPEN);
        ck_assert(validity.state.n == 0);
    }
    close_all();
}
END_TEST

/* Of invalid samples that nothing explains as many as there is room for. */
START_TEST(the_oldest_goes)
{
    static const char *const pes[] = {"2111", "1211", "1112", "3111",
                                      "1311", "1113", "4111", "1411"};
    open_all();
    for (size_t i = 0; i < 8; i++) take(pes[i], false);
    ck_assert(validity.state.n == UNEXPLAINED);
    take("1111", true);
    ck_assert(validity.state.n == 0);
    ck_assert_int_eq(state_of(0, 2), PAIR_OPEN);
    ck_assert_int_eq(state_of(1, 2), PAIR_OPEN);
    ck_assert_int_eq(state_of(2, 2), PAIR_CONVICTED);
    ck_assert_int_eq(state_of(1, 4), PAIR_CONVICTED);
    close_all();
}
END_TEST

static void check_copy(const validity_t *one, const validity_t *other)
{
    float *doubts = driver_memory(2 * one->pairs, sizeof *doubts);
    validity_weigh(&validity, doubts);
    validity_t copy = *other;
    validity_weigh(&copy, doubts + one->pairs);
    ck_assert(!memcmp(doubts, doubts + one->pairs, one->pairs * sizeof *doubts));
    free(doubts);
}

/* Into one just opened. */
static void copy_as_checkpoint(validity_t *one, validity_t *other)
{
    array_t from[VALIDITY_ARRAYS], to[VALIDITY_ARRAYS];
    ck_assert_ok(validity_open(small.problem, &axes, UNEXPLAINED, other));
    ck_assert_uint_eq(validity_arrays(one, from), validity_arrays(other, to));
    for (size_t i = 0; i < VALIDITY_ARRAYS; i++)
        memcpy(to[i].data, from[i].data, array_bytes(&to[i]));
    ck_assert_ptr_null(validity_check(other));
}

/* Another one goes on from it, by inheritance or from a checkpoint, and has the same doubts. */
START_TEST(it_is_handed_on_whole)
{
    validity_t other;
    open_all();
    take("1111", true);
    take("2211", false);
    take("1223", false);
    take("1114", false);
    ck_assert_ok(validity_open(small.problem, &axes, UNEXPLAINED, &other));
    validity_inherit(&other, &validity);
    check_copy(&validity, &other);
    validity_close(&other);
    copy_as_checkpoint(&validity, &other);
    check_copy(&validity, &other);
    other.suspects[1] = other.suspects[0];
    ck_assert_str_eq(validity_check(&other), "/validity/suspects");
    other.unlike[5] = -1;
    ck_assert_str_eq(validity_check(&other), "/validity/unlike");
    other.states[3] = PAIR_STATES;
    ck_assert_str_eq(validity_check(&other), "/validity/states");
    other.state.budget = NAN;
    ck_assert_str_eq(validity_check(&other), "/validity/state");
    validity_close(&other);
    close_all();
}
END_TEST

/* A checkpoint between two times that likeness is asked brings what it said the last time. */
START_TEST(it_goes_on_between_two_answers_of_likeness)
{
    validity_t other;
    float *doubt;
    open_all();
    doubt = driver_memory(validity.pairs, sizeof *doubt);
    take("1111", true);
    take("2222", true);
    take("3333", true);
    take("4411", false);
    validity_weigh(&validity, doubt);
    ck_assert(validity.state.known_then == 9 && validity.state.invalid_then == 1);
    take("1114", true);
    validity_weigh(&validity, doubt);
    ck_assert(validity.state.known_then == 9); /* one more is too few to ask again */
    copy_as_checkpoint(&validity, &other);
    check_copy(&validity, &other);
    take("1144", false); /* convicts one */
    validity_weigh(&validity, doubt);
    ck_assert(validity.state.known_then == 11 && validity.state.invalid_then == 2);
    ck_assert(memcmp(validity.unlike, other.unlike, validity.pairs * sizeof *doubt) != 0);
    validity_close(&other);
    free(doubt);
    close_all();
}
END_TEST

/* ---- by chance ------------------------------------------------------------------------------- */

enum { CAUSES = 8, SETS_MAX = 4, WIDTH = 4 };

typedef struct {
    size_t sets;
    uint32_t members[SETS_MAX * WIDTH];
} causes_t;

/* The chance of each cause given that no set is without one, over all cases. */
static void count_cases(const causes_t *causes, const float *prior, double *chance)
{
    double sum = 0;
    for (size_t i = 0; i < CAUSES; i++) chance[i] = 0;
    for (unsigned bits = 0; bits < 1U << CAUSES; bits++) {
        double weight = 1;
        for (size_t i = 0; i < CAUSES; i++)
            weight *= (double)(bits >> i & 1 ? prior[i] : 1 - prior[i]);
        for (size_t set = 0; set < causes->sets; set++) {
            bool any = false;
            for (size_t i = 0; i < WIDTH; i++) {
                const uint32_t member = causes->members[set * WIDTH + i];
                any = any || (member != NOISY_OR_NONE && bits >> member & 1);
            }
            if (!any) weight = 0;
        }
        sum += weight;
        for (size_t i = 0; i < CAUSES; i++) chance[i] += bits >> i & 1 ? weight : 0;
    }
    for (size_t i = 0; i < CAUSES; i++) chance[i] /= sum;
}

#define NONE NOISY_OR_NONE

/* Sets that share at most one cause, and not in a ring; then those that do, where beliefs passed
   round are near. */
static const struct {
    causes_t causes;
    double within;
} cases[] = {
    {{1, {0, 1, 2, NONE}}, 1e-4},
    {{2, {0, 1, 2, NONE, 2, 3, 4, 5}}, 1e-4},
    {{3, {0, 1, NONE, NONE, 1, 2, 3, NONE, 3, 4, 5, 6}}, 1e-4},
    {{4, {0, 1, NONE, NONE, 0, 2, NONE, NONE, 0, 3, NONE, NONE, 0, 4, 5, NONE}}, 1e-4},
    {{3, {0, 1, 2, NONE, 2, 3, 4, NONE, 4, 5, 0, NONE}}, 0.05},
    {{3, {0, 1, 2, NONE, 0, 1, 3, NONE, 0, 1, 4, 5}}, 0.2},
};

enum { CASES = sizeof cases / sizeof *cases };

START_TEST(chances_are_those_over_all_cases)
{
    const causes_t *causes = &cases[_i].causes;
    float prior[CAUSES];
    double evidence[CAUSES] = {0}, chance[CAUSES], messages[SETS_MAX * WIDTH];
    rng_t rng = rng_begin(9, RNG_TEST, (uint64_t)_i, 0, 0);
    for (size_t i = 0; i < CAUSES; i++) prior[i] = (float)(0.02 + 0.3 * rng_uniform(&rng));
    const noisy_or_t sets = {causes->sets, WIDTH, causes->members, NULL, messages};
    noisy_or_infer(&sets, prior, evidence);
    count_cases(causes, prior, chance);
    for (size_t i = 0; i < CAUSES; i++) {
        const double inferred = noisy_or_chance((double)prior[i], evidence[i]);
        ck_assert_msg(fabs(inferred - chance[i]) < cases[_i].within,
                      "case %d, cause %zu: %g for %g", _i, i, inferred, chance[i]);
    }
}
END_TEST

/* What is near a convicted action is doubted more than what is far, and all of it more than what is
   near proven ones. */
START_TEST(doubts_follow_what_is_known_nearby)
{
    float *doubt;
    open_all();
    doubt = driver_memory(validity.pairs, sizeof *doubt);
    take("1111", true);
    take("1411", false);
    validity_weigh(&validity, doubt);
    ck_assert(doubt[cell_of(0, 1)] == 0 && isinf(doubt[cell_of(1, 4)]));
    ck_assert(doubt[cell_of(1, 3)] > doubt[cell_of(1, 2)]);
    ck_assert(doubt[cell_of(1, 2)] > doubt[cell_of(0, 2)]);
    for (size_t i = 0; i < validity.pairs; i++) ck_assert(doubt[i] >= 0);
    free(doubt);
    close_all();
}
END_TEST

/* ---- at work --------------------------------------------------------------------------------- */

/* Eight layers of different kinds; of a few the larger numbers of PEs are invalid, of one all but
   two. */
static const char layers_csv[] = "K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n16,8,9,9,3,3,1\n"
                                 "2,8,9,9,3,3,1\n6,8,9,9,3,3,1\n8,4,9,9,3,3,1\n8,8,7,7,3,3,1\n"
                                 "8,8,9,9,1,1,1\n";

static bool hidden_evaluate(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                            double *objective, double *need)
{
    (void)context;
    *need = pes + 0.1 * buffer;
    *objective = 1000.0 * (1 + (double)distinct) / pes + 100.0 / buffer;
    if (distinct == 1) return pes != 4 && pes != 5;
    if (distinct == 3) return pes < 13;
    return distinct != 6 || pes == 6 || pes == 8;
}

START_TEST(nearly_all_samples_are_valid_in_the_end)
{
    static const uint64_t from = 200;
    setting_t setting;
    stage_t stage;
    setting_read(&setting,
                 "{actions: {pe: [1, 2, 4, 6, 8, 12, 16], buffer: [1, 2, 3, 4]}, "
                 "budget: {limit: 90}, search: {seed: %d, feedback: total, children: 1}}",
                 _i + 1);
    setting_take_layers(&setting, layers_csv);
    setting_open_with(&setting, (evaluator_t){NULL, hidden_evaluate, false, 0});
    stage_open(&stage, &setting, ALGORITHM_ISLANDS, 400, 1, NULL);
    stage_run(&stage);
    size_t valid = 0;
    for (size_t i = from; i < stage.trace.n; i++) valid += stage.trace.feasible[i];
    ck_assert_msg((double)valid >= 0.9 * (double)(stage.trace.n - from), "%zu valid of %zu", valid,
                  (size_t)(stage.trace.n - from));
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validity");
    TCase *tests = tcase_create("validity");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, one_open_action_of_an_invalid_sample_is_convicted);
    tcase_add_test(tests, what_is_explained_accuses_nobody);
    tcase_add_test(tests, order_does_not_matter);
    tcase_add_test(tests, the_oldest_goes);
    tcase_add_test(tests, it_is_handed_on_whole);
    tcase_add_test(tests, it_goes_on_between_two_answers_of_likeness);
    tcase_add_loop_test(tests, chances_are_those_over_all_cases, 0, CASES);
    tcase_add_test(tests, doubts_follow_what_is_known_nearby);
    tcase_add_loop_test(tests, nearly_all_samples_are_valid_in_the_end, 0, 3);
    return suite_run(suite);
}
