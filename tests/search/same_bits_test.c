/* The same seed gives the same bits: again, dealt to any number of ranks, and after a
   checkpoint. */
#include "driver.h"

static const struct {
    const char *name, *search;
    algorithm_t stage;
    uint64_t samples;
} cases[] = {
    {"default", "", ALGORITHM_REINFORCE, 87},
    {"default, many blocks", "blocks: 7, episodes: 3, ", ALGORITHM_REINFORCE, 100},
    {"no memory", "memory: false, ", ALGORITHM_REINFORCE, 87},
    {"totals", "feedback: total, ", ALGORITHM_REINFORCE, 87},
    {"paper", "preset: paper, ", ALGORITHM_REINFORCE, 12},
    {"paper, blocks", "preset: paper, blocks: 3, episodes: 2, ", ALGORITHM_REINFORCE, 20},
    {"islands", "", ALGORITHM_ISLANDS, 201},
    {"islands, totals", "feedback: total, islands: 5, children: 7, ", ALGORITHM_ISLANDS, 106},
    {"islands, paper", "preset: paper, islands: 3, children: 4, ", ALGORITHM_ISLANDS, 200},
    {"random", "", ALGORITHM_RANDOM, 47},
    {"grid", "", ALGORITHM_GRID, 47},
    {"uniform", "blocks: 3, episodes: 2, ", ALGORITHM_UNIFORM, 47},
    {"heaviest layer", "", ALGORITHM_HEAVIEST_LAYER, 61},
    {"assembly", "", ALGORITHM_ASSEMBLY, 107},
    {"annealing", "", ALGORITHM_ANNEALING, 160},
    {"annealing, chains", "islands: 5, ", ALGORITHM_ANNEALING, 201},
    {"genetic", "", ALGORITHM_GENETIC, 330},
    {"genetic, small", "islands: 3, children: 4, ", ALGORITHM_GENETIC, 200},
    {"bayes", "", ALGORITHM_BAYES, 83},
    {"bayes, blocks", "blocks: 3, episodes: 2, ", ALGORITHM_BAYES, 71},
    {"additive", "", ALGORITHM_ADDITIVE, 83},
    {"additive, blocks", "blocks: 3, episodes: 2, ", ALGORITHM_ADDITIVE, 71},
    {"a2c", "", ALGORITHM_A2C, 47},
    {"a2c, totals", "feedback: total, blocks: 3, episodes: 4, ", ALGORITHM_A2C, 47},
    {"ppo", "", ALGORITHM_PPO, 47},
    {"ppo, totals", "feedback: total, blocks: 5, episodes: 3, ", ALGORITHM_PPO, 47},
    {"acktr", "blocks: 3, episodes: 4, ", ALGORITHM_ACKTR, 47},
    {"ddpg", "", ALGORITHM_DDPG, 119},
    {"td3, totals", "feedback: total, blocks: 3, episodes: 13, ", ALGORITHM_TD3, 119},
    {"sac", "blocks: 4, episodes: 10, ", ALGORITHM_SAC, 119},
};

enum { CASES = sizeof cases / sizeof *cases };

static void read_case(setting_t *setting, int i, unsigned seed)
{
    setting_read(setting,
                 "{workload: mobilenet_v2, dataflow: shi, hardware: asic, objective: energy, "
                 "budget: {fraction: 0.2}, search: {%sseed: %u}}",
                 cases[i].search, seed);
    setting_open(setting);
}

static void run_case(const setting_t *setting, int i, size_t ranks, stage_t *stage)
{
    stage_open(stage, setting, cases[i].stage, cases[i].samples, ranks, NULL);
    stage_run(stage);
    ck_assert_uint_eq(stage->trace.n, cases[i].samples);
}

/* What all are held against: each case run once, on one rank, by the first test that asks. */
static struct {
    bool there;
    setting_t setting;
    stage_t stage;
} references[CASES];

static const stage_t *reference(int i)
{
    if (!references[i].there) {
        read_case(&references[i].setting, i, 11);
        run_case(&references[i].setting, i, 1, &references[i].stage);
        references[i].there = true;
    }
    return &references[i].stage;
}

static void close_references(void)
{
    for (int i = 0; i < CASES; i++) {
        if (!references[i].there) continue;
        stage_close(&references[i].stage);
        setting_close(&references[i].setting);
    }
}

START_TEST(the_same_seed_gives_the_same_bits)
{
    setting_t setting;
    stage_t stage;
    read_case(&setting, _i, 11);
    run_case(&setting, _i, 1, &stage);
    stage_assert_same(reference(_i), &stage, cases[_i].name);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* The first sample that is drawn: three methods draw nothing; reinforce, additive, and islands
   that infer from totals, open with what just fits. */
static size_t first_drawn(const setting_t *setting, algorithm_t stage)
{
    if (stage == ALGORITHM_GRID || stage == ALGORITHM_UNIFORM || stage == ALGORITHM_HEAVIEST_LAYER)
        return SIZE_MAX;
    const bool opens = stage == ALGORITHM_REINFORCE || stage == ALGORITHM_ADDITIVE ||
                       (stage == ALGORITHM_ISLANDS && job_feedback(setting->job) == FEEDBACK_TOTAL);
    return opens && setting->job->search.preset != PRESET_PAPER;
}

START_TEST(another_seed_gives_others)
{
    setting_t setting;
    stage_t stage;
    read_case(&setting, _i, 12);
    run_case(&setting, _i, 1, &stage);
    ck_assert_uint_eq(stage_difference(reference(_i), &stage),
                      first_drawn(&setting, cases[_i].stage));
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

START_TEST(another_seed_starts_from_other_parameters)
{
    setting_t settings[2];
    stage_t stages[2];
    array_t arrays[2][SEARCH_ARRAYS_MAX];
    for (int run = 0; run < 2; run++) {
        read_case(&settings[run], 0, 11 + (unsigned)run);
        stage_open(&stages[run], &settings[run], ALGORITHM_REINFORCE, 1, 1, NULL);
        (void)search_arrays(stages[run].ranks[0].search, arrays[run]);
        ck_assert_str_eq(arrays[run][0].name, "/policy/parameters");
    }
    ck_assert_int_ne(memcmp(arrays[0][0].data, arrays[1][0].data, array_bytes(&arrays[0][0])), 0);
    for (int run = 0; run < 2; run++) {
        stage_close(&stages[run]);
        setting_close(&settings[run]);
    }
}
END_TEST

/* Also more ranks than units: some then have none. */
START_TEST(any_number_of_ranks_gives_the_same_bits)
{
    const stage_t *alone = reference(_i);
    for (size_t ranks = 2; ranks <= RANKS_MAX; ranks += 1 + ranks / 2) {
        stage_t stage;
        run_case(&references[_i].setting, _i, ranks, &stage);
        stage_assert_same(alone, &stage, cases[_i].name);
        ck_assert_uint_eq(memory_size(stage.ranks[ranks - 1].memory),
                          memory_size(alone->ranks[0].memory));
        stage_close(&stage);
    }
}
END_TEST

/* ---- checkpoints ----------------------------------------------------------------------------- */

static void copy_arrays(search_t *from, search_t *to)
{
    array_t saved[SEARCH_ARRAYS_MAX];
    array_t loaded[SEARCH_ARRAYS_MAX];
    const size_t n = search_arrays(from, saved);
    ck_assert_uint_eq(search_arrays(to, loaded), n);
    ck_assert_uint_le(n, SEARCH_ARRAYS_MAX);
    for (size_t i = 0; i < n; i++) {
        ck_assert_str_eq(saved[i].name, loaded[i].name);
        ck_assert_uint_eq(array_bytes(&saved[i]), array_bytes(&loaded[i]));
        ck_assert_ptr_ne(saved[i].data, loaded[i].data);
        memcpy(loaded[i].data, saved[i].data, array_bytes(&saved[i]));
    }
}

static void copy_units(stage_t *from, stage_t *to)
{
    char *state = driver_memory(from->layout.state_bytes, 1);
    for (size_t unit = 0; unit < from->layout.units; unit++) {
        search_save_unit(stage_rank_of(from, unit)->search, unit, state);
        search_load_unit(stage_rank_of(to, unit)->search, unit, state);
    }
    free(state);
}

/* What a checkpoint keeps of `from`, and nothing else, into `to`, just opened. */
static void resume(stage_t *from, stage_t *to)
{
    copy_arrays(from->ranks[0].search, to->ranks[0].search);
    if (from->layout.state_bytes) copy_units(from, to);
    for (size_t rank = 0; rank < to->ranks_n; rank++)
        memory_copy(from->ranks[0].memory, to->ranks[rank].memory);
    if (from->scored) {
        size_t n;
        const uint64_t *keys = scored_list(from->scored, &n);
        scored_enter(to->scored, keys, n);
    }
    to->updates = from->updates;
    for (size_t unit = 0; unit < from->layout.units; unit++) to->batches[unit].n = 0;
    stage_keep(to, &from->trace);
}

START_TEST(a_resumed_search_goes_on_with_the_same_bits)
{
    const stage_t *whole = reference(_i);
    stage_t stages[3];
    for (size_t part = 0; part < 3; part++) {
        stage_t *stage = &stages[part];
        stage_open(stage, &references[_i].setting, cases[_i].stage, cases[_i].samples, 1 + part,
                   NULL);
        if (part) resume(&stages[part - 1], stage);
        while (3 * stage->trace.n < (part + 1) * stage->samples) stage_update(stage);
    }
    ck_assert_uint_gt(stages[2].updates, stages[1].updates);
    stage_assert_same(whole, &stages[2], cases[_i].name);
    for (size_t part = 0; part < 3; part++) stage_close(&stages[part]);
}
END_TEST

/* Also into islands that have started from elsewhere. */
START_TEST(what_is_saved_is_what_was_loaded)
{
    const stage_t *ended = reference(_i);
    stage_t fresh;
    const size_t bytes = ended->layout.state_bytes;
    char *states = driver_memory(2, bytes);
    stage_open(&fresh, &references[_i].setting, cases[_i].stage, cases[_i].samples, 2, ended);
    for (size_t unit = 0; bytes && unit < ended->layout.units; unit++) {
        memset(states, unit & 1 ? 0xff : 0x55, 2 * bytes);
        search_save_unit(ended->ranks[0].search, unit, states);
        search_load_unit(stage_rank_of(&fresh, unit)->search, unit, states);
        search_save_unit(stage_rank_of(&fresh, unit)->search, unit, states + bytes);
        ck_assert_int_eq(memcmp(states, states + bytes, bytes), 0);
    }
    ck_assert_int_eq(bytes > 0, cases[_i].stage == ALGORITHM_ISLANDS ||
                                    cases[_i].stage == ALGORITHM_ANNEALING);
    stage_close(&fresh);
    free(states);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("same bits");
    TCase *tests = tcase_create("same bits");
    suite_add_tcase(suite, tests);
    tcase_add_unchecked_fixture(tests, NULL, close_references);
    tcase_add_loop_test(tests, the_same_seed_gives_the_same_bits, 0, CASES);
    tcase_add_loop_test(tests, another_seed_gives_others, 0, CASES);
    tcase_add_test(tests, another_seed_starts_from_other_parameters);
    tcase_add_loop_test(tests, any_number_of_ranks_gives_the_same_bits, 0, CASES);
    tcase_add_loop_test(tests, a_resumed_search_goes_on_with_the_same_bits, 0, CASES);
    tcase_add_loop_test(tests, what_is_saved_is_what_was_loaded, 0, CASES);
    return suite_run(suite);
}
