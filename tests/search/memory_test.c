/* Opening a search where memory fails. */
#include "driver.h"
#include "failing_memory.h"

#ifndef SANITIZED

void *__libc_memalign(size_t alignment, size_t size);

/* The policy's matrices come from here. */
void *aligned_alloc(size_t alignment, size_t size)
{
    return is_to_fail() ? NULL : count(__libc_memalign(alignment, size));
}

#endif

static setting_t setting;
static memory_t *memory;
static algorithm_t stage;
static bool remembering;

static confx_status_t open_search(void)
{
    search_t *search = NULL;
    const search_setup_t setup = {.problem = setting.problem,
                                  .memory = remembering ? memory : NULL,
                                  .remembers =
                                      remembering || job_feedback(setting.job) == FEEDBACK_TOTAL,
                                  .job = setting.job,
                                  .samples = 100,
                                  .units = 2};
    const confx_status_t status = search_open(&setup, stage, &search);
    search_close(search);
    return status;
}

static const char totals[] = "default, feedback: total";

static const struct {
    algorithm_t stage;
    bool remembering;
    const char *preset;
    long allocations; /* at least */
} cases[] = {
    {ALGORITHM_REINFORCE, true, "default", 40},     {ALGORITHM_REINFORCE, false, "default", 40},
    {ALGORITHM_REINFORCE, false, "paper", 40},      {ALGORITHM_ISLANDS, true, "default", 13},
    {ALGORITHM_ISLANDS, false, "default", 8},       {ALGORITHM_ISLANDS, false, "paper", 8},
    {ALGORITHM_RANDOM, false, "default", 2},        {ALGORITHM_GRID, false, "default", 7},
    {ALGORITHM_UNIFORM, false, "default", 3},       {ALGORITHM_ASSEMBLY, true, "default", 9},
    {ALGORITHM_ANNEALING, false, "default", 4},     {ALGORITHM_GENETIC, false, "default", 6},
    {ALGORITHM_HEAVIEST_LAYER, true, "default", 3}, {ALGORITHM_BAYES, false, "default", 16},
    {ALGORITHM_A2C, false, "default", 30},          {ALGORITHM_PPO, false, "default", 30},
    {ALGORITHM_ACKTR, false, "default", 40},        {ALGORITHM_DDPG, false, "default", 40},
    {ALGORITHM_SAC, false, "default", 40},          {ALGORITHM_REINFORCE, false, totals, 70},
    {ALGORITHM_ISLANDS, false, totals, 43}};

enum { CASES = sizeof cases / sizeof *cases };

START_TEST(a_search_without_memory_is_told_and_leaves_nothing)
{
    setting_read(&setting, "{workload: example, search: {preset: %s}}", cases[_i].preset);
    setting_open(&setting);
    ck_assert_ok(memory_open(setting.problem, &memory));
    stage = cases[_i].stage;
    remembering = cases[_i].remembering;
    fail_each(open_search, cases[_i].allocations);
    memory_close(memory);
    setting_close(&setting);
}
END_TEST

static confx_status_t open_scored(void)
{
    scored_t *scored = NULL;
    const confx_status_t status = scored_open(setting.problem, 100, &scored);
    scored_close(scored);
    return status;
}

START_TEST(a_set_without_memory_is_told_and_leaves_nothing)
{
    setting_read(&setting, "{workload: example}");
    setting_open(&setting);
    fail_each(open_scored, 9);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *tests = tcase_create("memory");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, a_search_without_memory_is_told_and_leaves_nothing, 0, CASES);
    tcase_add_test(tests, a_set_without_memory_is_told_and_leaves_nothing);
    return suite_run(suite);
}
