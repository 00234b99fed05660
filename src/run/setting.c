/* From a job's names to a problem. */
#include "inputs.h"

#include <string.h>

static status_t setting_parse_hardware(setting_t *setting)
{
    const input_t *input = &setting->inputs[INPUT_HARDWARE];
    const input_t *below = &setting->inputs[INPUT_PROFILE];
    hardware_t profile;
    if (!below->text) return hardware_parse(input->text, input->file, &setting->hardware);
    TRY(hardware_parse(below->text, below->file, &profile));
    return hardware_parse_upon(input->text, input->file, &profile, &setting->hardware);
}

static status_t setting_fill(const job_t *job, setting_t *setting)
{
    const input_t *inputs = setting->inputs;
    TRY(workload_parse(inputs[INPUT_WORKLOAD].text, inputs[INPUT_WORKLOAD].file, &setting->workload));
    TRY(setting_parse_hardware(setting));
    TRY(dataflow_parse(inputs[INPUT_DATAFLOW].text, inputs[INPUT_DATAFLOW].file, &setting->dataflow));
    TRY(dataflow_parse(inputs[INPUT_DEPTHWISE].text, inputs[INPUT_DEPTHWISE].file, &setting->depthwise));
    const problem_parts_t parts = {.workload = &setting->workload,
                                   .dataflow = setting->dataflow,
                                   .depthwise = setting->depthwise,
                                   .hardware = &setting->hardware,
                                   .job = job};
    return problem_open(&parts, &setting->problem);
}

status_t setting_make(const job_t *job, setting_t *setting)
{
    const status_t status = setting_fill(job, setting);
    if (status.code != STATUS_OK) setting_close(setting);
    return status;
}

static status_t setting_take(const job_t *job, bool resume, setting_t *setting)
{
    memset(setting, 0, sizeof *setting);
    const status_t status = inputs_take(job, resume, setting->inputs);
    if (status.code == STATUS_OK) return setting_make(job, setting);
    setting_close(setting);
    return status;
}

status_t setting_open(const job_t *job, setting_t *setting)
{
    return setting_take(job, false, setting);
}

status_t setting_open_kept(const job_t *job, setting_t *setting)
{
    return setting_take(job, true, setting);
}

void setting_close(setting_t *setting)
{
    problem_close(setting->problem);
    dataflow_close(setting->dataflow);
    dataflow_close(setting->depthwise);
    workload_close(&setting->workload);
    inputs_close(setting->inputs);
    memset(setting, 0, sizeof *setting);
}
