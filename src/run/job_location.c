/* Where a run's job file lay, told to its log; and the job and its setting once more, from what the
   log keeps, or from there. */
#include "confx/file.h"
#include "confx/try.h"
#include "run/files.h"
#include "run/inputs.h"
#include "run/steps.h"

#include <stdlib.h>
#include <string.h>

static const char directory_name[] = "job_directory";
static const char way_name[] = "job_directory_from_run";

/* ---- writing --------------------------------------------------------------------------------- */

static confx_status_t job_location_find_places(const run_t *run, places_t *places)
{
    char inside[FILE_PATH_MAX], here[FILE_PATH_MAX];
    TRY(file_join(run->job->output, "run.h5", inside));
    TRY(file_directory(inside, here));
    TRY(file_directory(run->job->file, places->directory));
    return file_way(here, places->directory, places->way);
}

/* A directory that is gone by now is not told. One that cannot be looked at is a failure: the log
   would differ. */
void job_location_show(const run_t *run, places_t *places, datasets_t *datasets)
{
    const confx_status_t status = job_location_find_places(run, places);
    if (status.code == CONFX_STATUS_INPUT) return;
    datasets_fail(datasets, status);
    if (status.code != CONFX_STATUS_OK) return;
    datasets_text(datasets, directory_name, places->directory);
    datasets_text(datasets, way_name, places->way);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Look names up beside DIRECTORY/run.h5, which need not be there. */
static confx_status_t job_location_try_directory(const char *directory, job_t *job,
                                                 setting_t *setting)
{
    char beside[FILE_PATH_MAX];
    TRY(file_join(directory, "run.h5", beside));
    TRY(job_move(job, beside));
    return setting_open_early(job, setting);
}

/* The directory that a text of the log names, from `here`; `here` where there is no such text. */
static confx_status_t job_location_read_place(store_t *store, const char *name, const char *here,
                                              char *directory)
{
    char *text = NULL;
    bool told;
    TRY(store_has_attribute(store, "/", name, &told));
    if (!told) return file_join(here, "", directory);
    TRY(store_read_text(store, "/", name, &text));
    const confx_status_t status = file_join(here, text, directory);
    free(text);
    return status;
}

static confx_status_t job_location_open_kept(store_t *store, const char *path, const job_t *job,
                                             setting_t *setting)
{
    char run_dir[FILE_PATH_MAX];
    memset(setting, 0, sizeof *setting);
    TRY(file_directory(path, run_dir));
    const confx_status_t status = inputs_read(store, run_dir, setting->inputs);
    if (status.code == CONFX_STATUS_OK) return setting_make(job, setting);
    setting_close(setting);
    return status;
}

/* The first place that has all files; when there is none, what was wrong at the first place. */
static confx_status_t job_location_open_setting(store_t *store, const char *path, job_t *job,
                                                setting_t *setting)
{
    enum { PLACES = 3 };
    char place[PLACES][FILE_PATH_MAX];
    confx_status_t first = status_ok();
    /* The logged way from the run directory comes first (a project may move as a whole), then the
       logged directory, then the run directory itself. */
    TRY(file_directory(path, place[2]));
    TRY(job_location_read_place(store, way_name, place[2], place[0]));
    TRY(job_location_read_place(store, directory_name, place[2], place[1]));
    for (int i = 0; i < PLACES; i++) {
        file_kind_t kind;
        const confx_status_t seen = file_look(place[i], &kind);
        if (seen.code != CONFX_STATUS_INPUT) TRY(seen);
        if (seen.code != CONFX_STATUS_OK || kind != FILE_DIRECTORY) continue;
        const confx_status_t status = job_location_try_directory(place[i], job, setting);
        /* Only what the user could mend leads on to the next place: success and any other failure
           end here. */
        if (status.code != CONFX_STATUS_INPUT) return status;
        if (first.code == CONFX_STATUS_OK) first = status;
    }
    return first;
}

confx_status_t setting_open_logged(store_t *store, const char *path, job_t **job,
                                   setting_t *setting)
{
    char *text;
    TRY(store_read_text(store, "/", "job", &text));
    confx_status_t status = job_parse(text, path, NULL, 0, job);
    free(text);
    TRY(status);
    bool kept;
    /* A run that keeps its inputs needs no file of the job any more. Older ones name files, which
       are looked for where they may lie by now. */
    status = inputs_are_in(store, &kept);
    if (status.code == CONFX_STATUS_OK)
        status = kept ? job_location_open_kept(store, path, *job, setting)
                      : job_location_open_setting(store, path, *job, setting);
    if (status.code == CONFX_STATUS_OK) return status;
    job_close(*job);
    *job = NULL;
    return status;
}
