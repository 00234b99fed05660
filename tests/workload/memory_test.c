#include "confx/workload.h"
#include "failing_memory.h"
#include "suite.h"

#include <string.h>

static confx_status_t open_workload(void)
{
    confx_workload_t workload;
    const confx_status_t status = confx_workload_parse(
        "name,K,C,Y,X,R,S,T\na,1,1,1,1,1,1,1\nb,2,1,1,1,1,1,1\n", "net.csv", &workload);
    if (status.code == CONFX_STATUS_OK)
        confx_workload_close(&workload);
    else
        ck_assert_ptr_null(workload.layers);
    return status;
}

START_TEST(a_workload_survives_every_failed_allocation)
{
    fail_each(open_workload, 8);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("workload memory");
    TCase *tests = tcase_create("memory");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_workload_survives_every_failed_allocation);
    return suite_run(suite);
}
