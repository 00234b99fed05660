#include "confx/job.h"
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

int main(void)
{
    Suite *suite = suite_create("job memory");
    TCase *tests = tcase_create("memory");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_job_survives_every_failed_allocation);
    return suite_run(suite);
}
