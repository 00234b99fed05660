#include "confx/job.h"
#include "confx/yaml.h"
#include "failing_memory.h"
#include "suite.h"

#include <string.h>

static confx_status_t open_job(void)
{
    const char *const sets[] = {"search.seed=3", "budget={limit: 1.5}"};
    job_t *job;
    const confx_status_t status =
        job_parse("workload: vgg16\nactions: {pe: [1, 2]}\n", "a.yaml", sets, 2, &job);
    if (status.code == CONFX_STATUS_OK)
        job_close(job);
    else
        ck_assert_ptr_null(job);
    return status;
}

START_TEST(a_job_survives_every_failed_allocation)
{
    fail_each(open_job, 300);
}
END_TEST

static confx_status_t open_job_of_networks(void)
{
    job_t *job;
    const confx_status_t status =
        job_parse("workload: [vgg16, {name: resnet18, weight: 2}]\n", "a.yaml", NULL, 0, &job);
    if (status.code == CONFX_STATUS_OK)
        job_close(job);
    else
        ck_assert_ptr_null(job);
    return status;
}

START_TEST(a_list_of_networks_survives_every_failed_allocation)
{
    fail_each(open_job_of_networks, 300);
}
END_TEST

static confx_status_t check_sets(void)
{
    static const char *const sets[] = {"search.seed=3", "budget={limit: 1.5}", "no assignment"};
    return yaml_check_sets("--set", sets, sizeof sets / sizeof *sets);
}

START_TEST(sets_that_cannot_be_read_for_want_of_memory_are_not_passed_over)
{
    fail_each(check_sets, 30);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("job memory");
    TCase *tests = tcase_create("memory");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_job_survives_every_failed_allocation);
    tcase_add_test(tests, a_list_of_networks_survives_every_failed_allocation);
    tcase_add_test(tests, sets_that_cannot_be_read_for_want_of_memory_are_not_passed_over);
    return suite_run(suite);
}
