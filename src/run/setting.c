/* From a job's names to a problem. */
#include "confx/accounting.h"
#include "confx/hardware_file.h"
#include "confx/job_dataflow.h"
#include "confx/try.h"
#include "run/inputs.h"

#include <stdio.h>
#include <string.h>

/* From the lowest profile to the hardware file itself, each upon what came before. */
static confx_status_t setting_parse_hardware(const input_t inputs[INPUTS],
                                             confx_hardware_t *hardware)
{
    const input_t *own = &inputs[INPUT_HARDWARE];
    confx_hardware_t base;
    bool based = false;
    for (size_t i = INPUT_PROFILES; i-- > 0;) {
        const input_t *input = &inputs[INPUT_PROFILE + i];
        /* The chain of profiles is as long as the hardware file's; the places behind its end are
           empty. */
        if (!input->text) continue;
        TRY(hardware_parse_upon(input->text, input->file, based ? &base : NULL, hardware));
        base = *hardware;
        based = true;
    }
    return hardware_parse_upon(own->text, own->file, based ? &base : NULL, hardware);
}

confx_status_t setting_read_hardware(const job_t *job, const input_t inputs[INPUTS],
                                     confx_hardware_t *hardware)
{
    const char *kept = inputs[INPUT_HARDWARE].accounting;
    /* What the log says comes before the job's word, and that before the hardware file's: a run
       keeps to the accounting that it began with. */
    const char *word = kept[0] ? kept : job->accounting;
    TRY(setting_parse_hardware(inputs, hardware));
    TRY(hardware_read_below(job->tree, JOB_HARDWARE_KEY, hardware));
    if (!word) return status_ok();
    int accounting = 0;
    while (accounting < CONFX_ACCOUNTINGS &&
           strcmp(confx_accounting_name((confx_accounting_t)accounting), word) != 0)
        accounting++;
    /* The job's word is one of its table; that of a log may be of another version, or damaged. */
    if (accounting == CONFX_ACCOUNTINGS)
        return status_fail(CONFX_STATUS_DAMAGED, "%s: its accounting is \"%.16s\"",
                           inputs[INPUT_HARDWARE].file, word);
    hardware->accounting = (confx_accounting_t)accounting;
    hardware->accounting_given = true;
    return status_ok();
}

/* Those of one sort; *of (JOB_DATAFLOWS_MAX) as far as they could be read. */
static confx_status_t setting_parse_dataflows(const job_t *job, const input_t inputs[INPUTS],
                                              job_data_t data, confx_dataflow_t **of)
{
    for (size_t i = 0; i < job_dataflows(job, data); i++) {
        const input_t *input = &inputs[inputs_dataflow(data, i)];
        /* A log has them all, unless it is damaged. */
        if (!input->text)
            return status_fail(CONFX_STATUS_DAMAGED, "%s: the text of the dataflow %s is missing",
                               job->output, job_dataflow(job, data, i));
        TRY(confx_dataflow_parse(input->text, input->file, &of[i]));
    }
    return status_ok();
}

/* Each network by itself, read and checked under the name of its own file. */
static confx_status_t setting_parse_networks(const job_t *job, const input_t inputs[INPUTS],
                                             const confx_hardware_t *hardware,
                                             confx_workload_t *networks)
{
    for (size_t i = 0; i < job->network_n; i++) {
        const input_t *input = &inputs[inputs_network(i)];
        if (!input->text)
            return status_fail(CONFX_STATUS_DAMAGED, "%s: the text of the network %s is missing",
                               job->output, job->network[i].name);
        TRY(confx_workload_parse(input->text, input->file, &networks[i]));
        TRY(accounting_check_workload(hardware, &networks[i], input->file));
    }
    return status_ok();
}

/* One network of weight 1 is the workload itself; others are joined. */
static confx_status_t setting_open_workload(const job_t *job, setting_t *setting)
{
    confx_workload_t networks[JOB_NETWORKS_MAX] = {{.layers_n = 0}};
    confx_workload_part_t parts[JOB_NETWORKS_MAX];
    confx_status_t status =
        setting_parse_networks(job, setting->inputs, &setting->hardware, networks);
    for (size_t i = 0; i < job->network_n; i++)
        parts[i] = (confx_workload_part_t){&networks[i], job->network[i].weight};
    if (status.code == CONFX_STATUS_OK && job->network_n == 1 && job->network[0].weight == 1) {
        /* As it was before there could be several: its layers keep their names, without the
           network's. */
        setting->workload = networks[0];
        return status;
    }
    if (status.code == CONFX_STATUS_OK)
        status = confx_workload_join(parts, job->network_n, job->networks == NETWORKS_WORST,
                                     &setting->workload);
    for (size_t i = 0; i < job->network_n; i++) confx_workload_close(&networks[i]);
    return status;
}

static confx_status_t setting_fill(const job_t *job, setting_t *setting)
{
    const input_t *inputs = setting->inputs;
    TRY(setting_read_hardware(job, inputs, &setting->hardware));
    TRY(setting_open_workload(job, setting));
    /* From here on it is decided, for the log, and for all that goes on with it. */
    (void)snprintf(setting->inputs[INPUT_HARDWARE].accounting, SETTING_ACCOUNTING_MAX, "%s",
                   confx_accounting_name(setting->hardware.accounting));
    TRY(setting_parse_dataflows(job, inputs, JOB_DATAFLOW, setting->dataflows));
    TRY(setting_parse_dataflows(job, inputs, JOB_DATAFLOW_DEPTHWISE, setting->depthwises));
    if (inputs[INPUT_BUDGET].text)
        TRY(confx_dataflow_parse(inputs[INPUT_BUDGET].text, inputs[INPUT_BUDGET].file,
                                 &setting->budget_of));
    const problem_parts_t parts = {.workload = &setting->workload,
                                   .dataflow = setting->dataflows[0],
                                   .depthwise = setting->depthwises[0],
                                   .hardware = &setting->hardware,
                                   .job = job,
                                   .dataflows = (const confx_dataflow_t *const *)setting->dataflows,
                                   .depthwises =
                                       (const confx_dataflow_t *const *)setting->depthwises,
                                   .budget_of = setting->budget_of};
    return problem_open(&parts, &setting->problem);
}

confx_status_t setting_make(const job_t *job, setting_t *setting)
{
    const confx_status_t status = setting_fill(job, setting);
    if (status.code != CONFX_STATUS_OK) setting_close(setting);
    return status;
}

static confx_status_t setting_take(const job_t *job, bool resume, setting_t *setting)
{
    memset(setting, 0, sizeof *setting);
    const confx_status_t status = inputs_take(job, resume, setting->inputs);
    if (status.code == CONFX_STATUS_OK) return setting_make(job, setting);
    setting_close(setting);
    return status;
}

confx_status_t setting_open(const job_t *job, setting_t *setting)
{
    return setting_take(job, false, setting);
}

confx_status_t setting_open_early(const job_t *job, setting_t *setting)
{
    memset(setting, 0, sizeof *setting);
    confx_status_t status = inputs_take(job, false, setting->inputs);
    (void)snprintf(setting->inputs[INPUT_HARDWARE].accounting, SETTING_ACCOUNTING_MAX, "%s",
                   confx_accounting_name(CONFX_ACCOUNTING_MAESTRO));
    if (status.code == CONFX_STATUS_OK) return setting_make(job, setting);
    setting_close(setting);
    return status;
}

confx_status_t setting_open_kept(const job_t *job, setting_t *setting)
{
    return setting_take(job, true, setting);
}

void setting_close(setting_t *setting)
{
    problem_close(setting->problem);
    for (size_t i = 0; i < JOB_DATAFLOWS_MAX; i++) {
        confx_dataflow_close(setting->dataflows[i]);
        confx_dataflow_close(setting->depthwises[i]);
    }
    confx_dataflow_close(setting->budget_of);
    confx_workload_close(&setting->workload);
    inputs_close(setting->inputs);
    memset(setting, 0, sizeof *setting);
}
