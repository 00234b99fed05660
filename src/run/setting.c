/* From a job's names to a problem. */
#include "confx/file.h"
#include "confx/run.h"

#include <string.h>

static status_t fill(const job_t *job, setting_t *setting)
{
    char path[FILE_PATH_MAX];
    TRY(job_find(job, JOB_WORKLOAD, path));
    TRY(workload_open(path, &setting->workload));
    TRY(job_find(job, JOB_HARDWARE, path));
    TRY(hardware_open(path, &setting->hardware));
    TRY(job_find(job, JOB_DATAFLOW, path));
    TRY(dataflow_open(path, &setting->dataflow));
    TRY(job_find(job, JOB_DATAFLOW_DEPTHWISE, path));
    TRY(dataflow_open(path, &setting->depthwise));
    const problem_parts_t parts = {.workload = &setting->workload,
                                   .dataflow = setting->dataflow,
                                   .depthwise = setting->depthwise,
                                   .hardware = &setting->hardware,
                                   .job = job};
    return problem_open(&parts, &setting->problem);
}

status_t setting_open(const job_t *job, setting_t *setting)
{
    memset(setting, 0, sizeof *setting);
    const status_t status = fill(job, setting);
    if (status.code != STATUS_OK) setting_close(setting);
    return status;
}

void setting_close(setting_t *setting)
{
    problem_close(setting->problem);
    dataflow_close(setting->dataflow);
    dataflow_close(setting->depthwise);
    workload_close(&setting->workload);
    memset(setting, 0, sizeof *setting);
}
