/* A claimed job of a service: checked, counted, opened; and put where it belongs when it is
   over. */
#include "confx/file.h"
#include "confx/find.h"
#include "confx/hardware_file.h"
#include "confx/job_dataflow.h"
#include "confx/job_words.h"
#include "confx/owner.h"
#include "confx/try.h"
#include "confx/yaml.h"
#include "spool/spool_service.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { JOB_BYTES_MAX = 32768 };

confx_status_t spool_own_place(const spool_t *spool, const char *name, place_t *place)
{
    return place_of(place, spool->directory, spool_state_directory(SPOOL_RUNNING), spool->service,
                    name);
}

confx_status_t spool_is_mine(const place_t *entry, bool *mine)
{
    place_t file;
    file_kind_t kind;
    *mine = false;
    TRY(file_look_at(entry->path, &kind));
    *mine = kind != FILE_ABSENT; /* no job at all, and mine, unless it is a directory */
    if (kind != FILE_DIRECTORY) return status_ok();
    TRY(place_of(&file, entry->path, "job.yaml", NULL, NULL));
    return file_has(file.path, mine);
}

/* ---- what a job says ------------------------------------------------------------------------- */

static confx_status_t spool_job_read_text(const char *name, const place_t *file, char **text)
{
    struct stat facts;
    if (lstat(file->path, &facts) != 0)
        return status_input(name, 0, NULL,
                            "holds no job.yaml, which `confx submit --spool' would have put there");
    if (!S_ISREG(facts.st_mode))
        return status_input(name, 0, NULL, "expected a plain file job.yaml in it");
    if (facts.st_size > JOB_BYTES_MAX)
        return status_input(name, 0, NULL, "expected a job.yaml of at most %d bytes, found %lld",
                            JOB_BYTES_MAX, (long long)facts.st_size);
    return file_load(file->path, FILE_OURS, JOB_BYTES_MAX, text, NULL);
}

/* The path of a file that lies in the job's own directory: KEY/FILE, where spool_submit puts it, or
   FILE. The directory holds plain files alone. */
static bool spool_job_is_own_file(const job_t *job, const char *key, const char *name)
{
    const size_t length = strlen(key);
    const bool kept = strncmp(name, key, length) == 0 && name[length] == '/';
    char path[FILE_PATH_MAX];
    char directory[FILE_PATH_MAX];
    file_kind_t kind;
    if (!spool_name_is_good(kept ? name + length + 1 : name)) return false;
    return file_directory(job->file, directory).code == CONFX_STATUS_OK &&
           file_join(directory, name, path).code == CONFX_STATUS_OK &&
           file_look_at(path, &kind).code == CONFX_STATUS_OK && kind == FILE_PLAIN;
}

/* A name without a slash or a suffix can only lead to a shipped file. Anything else has to lie
   beside the job, in the directory of that key: a path may lead anywhere on the service's node. */
static confx_status_t spool_job_check_name(const job_t *job, const char *key, const char *place,
                                           const char *name)
{
    const bool shipped = !file_is_path(name) && spool_name_is_good(name);
    if (shipped || spool_job_is_own_file(job, key, name)) return status_ok();
    return yaml_refuse(job->tree, place,
                       "expected a shipped name, or the name of a file that came with the job, "
                       "found \"%.80s\"",
                       name);
}

static confx_status_t spool_job_check_dataflows(const job_t *job, job_data_t data, const char *key)
{
    char place[JOB_KEY_MAX];
    for (size_t i = 0; i < job_dataflows(job, data); i++) {
        /* The message names the key that the job has: `dataflow` itself, or an entry of the space's
           list. */
        (void)snprintf(place, sizeof place, "space.%s[%zu]", key, i);
        TRY(spool_job_check_name(job, key, yaml_has(job->tree, key) ? key : place,
                                 job_dataflow(job, data, i)));
    }
    return status_ok();
}

/* A profile that came with the job may stand on a shipped one, and on no path of this node. */
static confx_status_t spool_job_check_hardware(const job_t *job)
{
    char path[FILE_PATH_MAX];
    char *text;
    bool away;
    if (!file_is_path(job->hardware)) return status_ok();
    TRY(job_find(job, JOB_HARDWARE, path));
    TRY(file_load(path, FILE_USERS, FILE_TEXT_MOST, &text, NULL));
    const confx_status_t status = hardware_leads_away(text, path, &away);
    free(text);
    TRY(status);
    if (!away) return status_ok();
    return yaml_refuse(job->tree, JOB_HARDWARE_KEY,
                       "expected a profile without a base, or with that of a shipped name");
}

static confx_status_t spool_job_check_networks(const job_t *job)
{
    char place[JOB_KEY_MAX];
    for (size_t i = 0; i < job->network_n; i++) {
        (void)snprintf(place, sizeof place, "workload[%zu]", i);
        TRY(spool_job_check_name(job, "workload", yaml_has(job->tree, place) ? place : "workload",
                                 job->network[i].name));
    }
    return status_ok();
}

static confx_status_t spool_job_check_names(const job_t *job)
{
    TRY(spool_job_check_networks(job));
    TRY(spool_job_check_dataflows(job, JOB_DATAFLOW, "dataflow"));
    TRY(spool_job_check_dataflows(job, JOB_DATAFLOW_DEPTHWISE, "dataflow_depthwise"));
    TRY(spool_job_check_name(job, JOB_HARDWARE_KEY, JOB_HARDWARE_KEY, job->hardware));
    if (job->budget.of) TRY(spool_job_check_name(job, "budget.of", "budget.of", job->budget.of));
    TRY(spool_job_check_hardware(job));
    if (!job->search.init || spool_job_is_own_file(job, "policies", job->search.init))
        return status_ok();
    return yaml_refuse(job->tree, "search.init",
                       "expected the name of a file that came with the job, found \"%.80s\"",
                       job->search.init);
}

static confx_status_t spool_job_parse_job(const char *text, const place_t *file, const place_t *run,
                                          job_t **job)
{
    yaml_t *over;
    TRY(yaml_open("{}", "spool", &over));
    /* What the job says of its output is overridden and not refused: job files that people submit
       mostly have one. */
    confx_status_t status = yaml_add(over, "output", run->path);
    if (status.code == CONFX_STATUS_OK) status = job_parse_over(text, file->path, over, job);
    yaml_close(over);
    return status;
}

static confx_status_t spool_job_open_job(const char *name, const place_t *entry, const place_t *run,
                                         job_t **job)
{
    place_t file;
    char *text = NULL;
    TRY(place_of(&file, entry->path, "job.yaml", NULL, NULL));
    TRY(spool_job_read_text(name, &file, &text));
    confx_status_t status = spool_job_parse_job(text, &file, run, job);
    free(text);
    /* A job that names foreign files was parsed without trouble, and is closed here all the same.
     */
    if (*job && status.code == CONFX_STATUS_OK) status = spool_job_check_names(*job);
    if (status.code == CONFX_STATUS_OK) return status;
    job_close(*job);
    *job = NULL;
    return status;
}

/* ---- tries ----------------------------------------------------------------------------------- */

unsigned spool_losses(const spool_t *spool, const char *name)
{
    place_t entry;
    mark_t mark = {.tries = 0};
    if (spool_own_place(spool, name, &entry).code != CONFX_STATUS_OK) return 0;
    return mark_read(&entry, spool->token, &mark).code == CONFX_STATUS_OK ? mark.tries : 0;
}

/* A try is counted before anything that the job brings is read, so that no way to take a service
   down goes uncounted. Only then is looked how far the run has come: samples committed since the
   tries were first counted end the count, as their service was lost by some other cause. The look,
   at a file that may itself be the cause, is one more try, so the one behind the last is refused
   without it. */
static confx_status_t spool_job_count_try(const spool_t *spool, const char *name,
                                          const place_t *entry, const place_t *run, mark_t *mark)
{
    run_result_t result;
    bool lost = mark->tries > SPOOL_TRIES_MAX;
    if (!lost) {
        mark->tries++;
        TRY(mark_write(entry, spool->token, mark));
        if (run_result_read(run->path, &result).code == CONFX_STATUS_OK &&
            result.samples > mark->samples) {
            *mark = (mark_t){.known = true, .tries = 1, .samples = result.samples};
            TRY(mark_write(entry, spool->token, mark));
        }
        lost = mark->tries > SPOOL_TRIES_MAX;
    }
    if (!lost) return status_ok();
    return status_input(
        name, 0, NULL,
        "was at work when %d services were lost, one after the other, and came no further than "
        "%llu "
        "samples: it is not tried again; when it is put back into the queue, three times more",
        SPOOL_TRIES_MAX, (unsigned long long)mark->samples);
}

/* People put all sorts of things into a queue. */
static confx_status_t spool_job_check_kind(const spool_t *spool, const char *name,
                                           const place_t *entry)
{
    file_kind_t kind;
    TRY(file_look_at(entry->path, &kind));
    if (kind == FILE_DIRECTORY) return status_ok();
    if (kind == FILE_ABSENT) return status_fail(CONFX_STATUS_IO, "%s: is gone", entry->path);
    return status_input(
        name, 0, NULL,
        "is a file, expected a job with all it names; put one in by `confx submit --spool %.100s "
        "JOB.yaml'",
        spool->directory);
}

confx_status_t spool_job(const spool_t *spool, const char *name, job_t **job)
{
    static const char *const ours[] = {SPOOL_MARK, SPOOL_OUTCOME, NULL};
    place_t service;
    place_t entry;
    place_t run;
    mark_t mark;
    *job = NULL;
    /* The entry was moved here out of the queue by one rename. From here on its name belongs to
       this service, and whatever the job brings is read only when the try has been counted. */
    TRY(spool_own_place(spool, NULL, &service));
    TRY(spool_own_place(spool, name, &entry));
    TRY(place_of(&run, entry.path, "run", NULL, NULL));
    TRY(spool_job_check_kind(spool, name, &entry));
    TRY(mark_read(&entry, spool->token, &mark));
    if (!mark.known) {
        TRY(spool_adopt(&service, name, spool->token));
        mark = (mark_t){.known = true};
    }
    /* The job was moved here by one service alone. One that was taken for dead, and has not let go
       of the run, finds that its path leads nowhere. */
    TRY(owner_forget(run.path));
    TRY(file_tidy(entry.path, ours, 0,
                  NULL)); /* of services that were killed amid a write: nobody else writes here */
    TRY(spool_job_count_try(spool, name, &entry, &run, &mark));
    return spool_job_open_job(name, &entry, &run, job);
}

/* ---- the end of it --------------------------------------------------------------------------- */

static json_t *spool_job_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* NULL: no memory for all of it. */
static json_t *spool_job_tell_outcome(const confx_status_t *outcome, const run_result_t *result)
{
    json_t *told = json_pack("{s:s, s:s}", "status", confx_status_text(outcome->code), "message",
                             outcome->message);
    if (!told || !result) return told;
    const struct {
        const char *key;
        json_t *value;
    } figures[] = {{"run", json_string(result->status)},
                   {"samples", json_integer((json_int_t)result->samples)},
                   {"samples_total", json_integer((json_int_t)result->samples_total)},
                   {"best", spool_job_number(result->best)},
                   {"constraint", spool_job_number(result->constraint)},
                   {"budget", spool_job_number(result->budget)},
                   {"lower_bound", spool_job_number(result->lower_bound)},
                   {"optimum", spool_job_number(result->optimum)},
                   {"gap", spool_job_number(result->gap)},
                   {"seconds", spool_job_number(result->seconds)}};
    /* All values were made by now, some of them NULL without memory. Each call takes its value over
       even when it fails, so the loop goes on to the end and nothing leaks. */
    bool whole = true;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        whole = json_object_set_new(told, figures[i].key, figures[i].value) == 0 && whole;
    if (whole) return told;
    json_decref(told);
    return NULL;
}

static confx_status_t spool_job_write_outcome(const place_t *entry, const confx_status_t *outcome,
                                              const run_result_t *result)
{
    place_t path;
    TRY(place_of(&path, entry->path, SPOOL_OUTCOME, NULL, NULL));
    json_t *told = spool_job_tell_outcome(outcome, result);
    char *text = told ? json_dumps(told, JSON_INDENT(2)) : NULL;
    json_decref(told);
    const confx_status_t status =
        text ? file_write(path.path, text, strlen(text), NULL)
             : status_fail(CONFX_STATUS_MEMORY, "%s: no memory for it", path.path);
    free(text);
    return status;
}

static void spool_job_drop_mark(const spool_t *spool, const char *name)
{
    place_t mark;
    if (!spool_is_cancelled(spool, name)) return;
    if (place_of(&mark, spool->directory, SPOOL_MARKS, name, NULL).code == CONFX_STATUS_OK)
        (void)file_remove(mark.path);
}

/* What is no directory has no room for the reason why it failed, nor has one in which something
   else stands in that place, or where nothing can be written: into one that has, under its own
   name. That stands in the service's own directory, where it is found should the service be killed
   before it is put away. */
static confx_status_t spool_job_wrap(const spool_t *spool, const char *name, place_t *entry)
{
    char hidden[SPOOL_NAME_MAX + 16];
    place_t wrapped;
    place_t inside;
    bool moved;
    (void)snprintf(hidden, sizeof hidden, SPOOL_WRAPPED "%s", name);
    TRY(spool_own_place(spool, hidden, &wrapped));
    TRY(place_of(&inside, wrapped.path, name, NULL, NULL));
    TRY(place_make(&wrapped));
    TRY(place_move(entry, &inside, &moved));
    *entry = wrapped;
    return status_ok();
}

/* A job that fails must not stop the service for want of a place to say so: the next one would fare
   alike. */
static confx_status_t spool_job_leave_outcome(const spool_t *spool, const char *name,
                                              spool_state_t state, place_t *entry,
                                              const confx_status_t *outcome,
                                              const run_result_t *result)
{
    file_kind_t kind;
    if (state == SPOOL_QUEUED) return status_ok();
    TRY(file_look_at(entry->path, &kind));
    if (kind == FILE_ABSENT) return status_ok();
    const confx_status_t status = kind == FILE_DIRECTORY
                                      ? spool_job_write_outcome(entry, outcome, result)
                                      : status_fail(CONFX_STATUS_IO, "no directory");
    if (status.code == CONFX_STATUS_OK || state != SPOOL_FAILED) return status;
    TRY(spool_job_wrap(spool, name, entry));
    return spool_job_write_outcome(entry, outcome, result);
}

/* An end takes back all tries: one that is put into the queue again by hand begins anew. A stop
   takes back its own. */
static confx_status_t spool_job_end_try(const spool_t *spool, spool_state_t state,
                                        const place_t *entry)
{
    mark_t mark;
    TRY(mark_read(entry, spool->token, &mark));
    if (!mark.known || mark.tries == 0) return status_ok();
    mark.tries = state == SPOOL_QUEUED ? mark.tries - 1 : 0;
    return mark_write(entry, spool->token, &mark);
}

confx_status_t spool_unclaim(const spool_t *spool, const char *name)
{
    place_t entry;
    bool moved;
    TRY(spool_own_place(spool, name, &entry));
    return place_put(spool->directory, spool_state_directory(SPOOL_QUEUED), name, &entry, &moved);
}

/* What was taken over meanwhile is another's; what this service wrote since is nobody's. */
confx_status_t spool_put(spool_t *spool, const char *name, spool_state_t state,
                         const confx_status_t *outcome, const run_result_t *result)
{
    place_t entry;
    bool moved;
    bool mine;
    TRY(spool_own_place(spool, name, &entry));
    TRY(spool_is_mine(&entry, &mine));
    if (state != SPOOL_FAILED && !mine) {
        place_clear(&entry);
        return status_ok();
    }
    /* Tries first: were the service killed behind the outcome, a job that is over would count one
       more. */
    if (mine) TRY(spool_job_end_try(spool, state, &entry));
    TRY(spool_job_leave_outcome(spool, name, state, &entry, outcome, result));
    if (state != SPOOL_QUEUED) spool_job_drop_mark(spool, name);
    return place_put(spool->directory, spool_state_directory(state), name, &entry, &moved);
}
