/* Whose a run directory is: the id that all files of a run bear, so that one that was put there by
   mistake is known for what it is, whatever its rows look like. */
#include "confx/file.h"
#include "confx/try.h"
#include "run/files.h"

#include <string.h>

/* The file `name`, held against the first one that could be read: `id` of the file `first`, empty
   before. */
static confx_status_t run_identity_check_file(const run_t *run, const char *name,
                                              char id[RUN_ID_MAX], char first[FILE_PATH_MAX])
{
    char path[FILE_PATH_MAX];
    store_t *store;
    TRY(file_join(run->job->output, name, path));
    confx_status_t status = store_open(path, &store);
    /* Absent (CONFX_STATUS_INPUT) or damaged: resuming has its ways with both. */
    if (status.code == CONFX_STATUS_INPUT || status.code == CONFX_STATUS_DAMAGED)
        return status_ok();
    TRY(status);
    if (id[0]) {
        status = store_check_run_id(store, id, first);
    } else {
        status = store_read_run_id(store, id);
        if (status.code == CONFX_STATUS_OK)
            memcpy(first, path, sizeof path);
        else
            id[0] = 0;
        if (status.code == CONFX_STATUS_DAMAGED) status = status_ok();
    }
    store_close(store);
    return status;
}

confx_status_t run_identity_check(const run_t *run)
{
    static const char *const names[] = {RUN_CHECKPOINT, RUN_CHECKPOINT_PREVIOUS, "run.h5"};
    char id[RUN_ID_MAX] = "";
    char first[FILE_PATH_MAX] = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        TRY(run_identity_check_file(run, names[i], id, first));
    return status_ok();
}
