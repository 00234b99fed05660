/* Another run's policy as the start of this one. Read once, by the root of a new run: later
   sessions go on from the checkpoint, which keeps the checksum of what was read. */
#include "confx/file.h"
#include "confx/search_state.h"
#include "confx/try.h"
#include "confx/yaml.h"
#include "run/files.h"
#include "run/inputs.h"
#include "run/steps.h"

#include <stdio.h>

static const char key[] = "search.init";

static confx_status_t warm_start_open_log(const job_t *job, store_t **store)
{
    char path[FILE_PATH_MAX];
    bool is_log = false;
    TRY(job_find_init(job, path));
    const confx_status_t status =
        store_is_log(path, &is_log); /* of what is no plain file it says so */
    if (status.code == CONFX_STATUS_INPUT) return yaml_refuse(job->tree, key, "%s", status.message);
    TRY(status);
    if (!is_log)
        return yaml_refuse(job->tree, key, "%s is no file of a run, expected a run.h5", path);
    return store_open_users(path, store);
}

/* The files of the run that the policy learned from may have changed since: said, and of no further
   concern. What cannot be read of them is not said. */
static void warm_start_tell_changed(const run_t *run, store_t *store, const char *path)
{
    char run_dir[FILE_PATH_MAX], notice[INPUTS_NOTICE_MAX], line[INPUTS_NOTICE_MAX + 32];
    input_t inputs[INPUTS] = {{.file = NULL}};
    bool kept = false;
    if (!run->listener || !run->listener->notice) return;
    if (inputs_are_in(store, &kept).code != CONFX_STATUS_OK || !kept) return;
    if (file_directory(path, run_dir).code == CONFX_STATUS_OK &&
        inputs_read(store, run_dir, inputs).code == CONFX_STATUS_OK) {
        inputs_notice(inputs, notice);
        (void)snprintf(line, sizeof line, "search.init: %s", notice);
        if (notice[0]) run->listener->notice(run->listener->context, line);
    }
    inputs_close(inputs);
}

static confx_status_t warm_start_read_policy(const run_t *run, policy_file_t *given)
{
    const job_t *job = run->job;
    store_t *store = NULL;
    bool has = false;
    char path[FILE_PATH_MAX];
    confx_status_t status = warm_start_open_log(job, &store);
    if (status.code == CONFX_STATUS_OK) status = policy_file_is_in(store, &has);
    if (status.code == CONFX_STATUS_OK && !has)
        status = yaml_refuse(job->tree, key, "%s holds no policy, expected a run of %s or %s",
                             job->search.init, algorithm_name(ALGORITHM_REINFORCE),
                             algorithm_name(ALGORITHM_REINFORCE_ISLANDS));
    /* Asked behind the policy: a file without one is told so, whatever else it is. */
    if (status.code == CONFX_STATUS_OK) status = store_check_run(store);
    if (status.code == CONFX_STATUS_OK) status = policy_file_read(store, given);
    if (status.code == CONFX_STATUS_OK && job_find_init(job, path).code == CONFX_STATUS_OK)
        warm_start_tell_changed(run, store, path);
    store_close(store);
    return status;
}

static confx_status_t warm_start_check_shape(const job_t *job, const policy_file_t *given,
                                             const policy_file_t *own)
{
    /* The first tensor that differs tells most: shapes of later ones follow from it. */
    const size_t i = policy_file_common(given, own);
    if (i == given->tensors_n && i == own->tensors_n) return status_ok();
    if (i == given->tensors_n || i == own->tensors_n)
        return yaml_refuse(
            job->tree, key,
            "%s holds a policy of %zu tensors, expected %zu: is it of another preset?",
            job->search.init, given->tensors_n, own->tensors_n);
    return yaml_refuse(job->tree, key,
                       "%s holds a policy whose %s is %lld x %lld, expected %s of %lld x %lld: the "
                       "same preset and as "
                       "many levels",
                       job->search.init, given->names[i], (long long)given->places[i][1],
                       (long long)given->places[i][2], own->names[i], (long long)own->places[i][1],
                       (long long)own->places[i][2]);
}

confx_status_t warm_start_load(run_t *run)
{
    policy_file_t given = {.size = 0};
    if (!run->job->search.init) return status_ok();
    TRY(warm_start_read_policy(run, &given));
    const confx_status_t status = warm_start_check_shape(run->job, &given, &run->root.learned);
    if (status.code == CONFX_STATUS_OK) {
        /* The checksum is that of the parameters as they were given, before any of them is fitted
           to this network. */
        run->root.init_checksum =
            store_checksum(given.parameters, given.size * sizeof *given.parameters);
        policy_file_give(&given, &run->root.learned, search_policy(run->work.search));
    }
    policy_file_close(&given);
    return status;
}

/* ---- what the log says of it ----------------------------------------------------------------- */

static const char checksum_name[] = "init_crc32";

void warm_start_show(const run_t *run, datasets_t *datasets)
{
    if (run->job->search.init) datasets_integer(datasets, checksum_name, run->root.init_checksum);
}

confx_status_t warm_start_read(run_t *run, store_t *store)
{
    return run->job->search.init
               ? store_read_integer(store, "/", checksum_name, &run->root.init_checksum)
               : status_ok();
}
