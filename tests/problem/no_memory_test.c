/* Opening a problem, a batch and a memory where memory fails. */
#include "confx/memory.h"
#include "failing_memory.h"
#include "setting.h"

static setting_t setting;

/* The memory is the problem's own: an evaluation by MAESTRO's rules takes none. */
static void read_setting(void)
{
    setting_read(&setting, "{workload: example, accounting: maestro}");
    setting_open(&setting);
}

static void close_setting(void)
{
    setting_close(&setting);
}

static confx_status_t open_problem(void)
{
    const problem_parts_t parts = setting_parts(&setting);
    problem_t *problem = NULL;
    const confx_status_t status = problem_open(&parts, &problem);
    problem_close(problem);
    return status;
}

static confx_status_t open_batch(void)
{
    batch_t batch;
    const confx_status_t status = batch_open(setting.problem, 3, &batch);
    if (status.code == CONFX_STATUS_OK) batch_close(&batch);
    return status;
}

static confx_status_t open_memory(void)
{
    memory_t *memory = NULL;
    const confx_status_t status = memory_open(setting.problem, &memory);
    memory_close(memory);
    return status;
}

START_TEST(a_problem_without_memory_is_told_and_leaves_nothing)
{
    fail_each(open_problem, 5);
}
END_TEST

START_TEST(a_batch_without_memory_is_told_and_leaves_nothing)
{
    fail_each(open_batch, 5);
}
END_TEST

START_TEST(a_memory_without_memory_is_told_and_leaves_nothing)
{
    fail_each(open_memory, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("no_memory");
    TCase *tests = tcase_create("no_memory");
    suite_add_tcase(suite, tests);
    tcase_add_unchecked_fixture(tests, read_setting, close_setting);
    tcase_add_test(tests, a_problem_without_memory_is_told_and_leaves_nothing);
    tcase_add_test(tests, a_batch_without_memory_is_told_and_leaves_nothing);
    tcase_add_test(tests, a_memory_without_memory_is_told_and_leaves_nothing);
    return suite_run(suite);
}
