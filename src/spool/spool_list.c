/* What is in a spool, for people. */
#include "confx/spool_list.h"
#include "confx/text.h"
#include "confx/try.h"
#include "spool/spool_place.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUTCOME_BYTES_MAX = 1 << 16 };

typedef struct {
    const char *directory;
    spool_state_t state;
    uid_t owner; /* of the spool */
    spool_entry_t *entries;
    size_t n;
} spool_list_t;

/* Who looks may be another user than the spool's. */
static const char *spool_list_ignored_why(const place_t *queue, const char *name, uid_t owner)
{
    place_t entry;
    if (name[0] == '.') return NULL; /* those of editors and file systems */
    if (!spool_name_is_good(name))
        return "no name for a job (letters, digits and ._+-, a letter or digit first)";
    return place_of(&entry, queue->path, name, NULL, NULL).code == CONFX_STATUS_OK
               ? place_refused(&entry, owner)
               : NULL;
}

/* Adds the names in directory/state[/service]. */
static confx_status_t spool_list_add_names(spool_list_t *list, const char *service)
{
    place_t place;
    char **names;
    size_t n;
    TRY(place_of(&place, list->directory, spool_state_directory(list->state), service, NULL));
    /* A file among the directories of services is none of theirs, and is passed over. */
    if (service) {
        file_kind_t kind;
        TRY(file_look_at(place.path, &kind));
        if (kind != FILE_DIRECTORY) return status_ok();
    }
    TRY(place_names(&place, &names, &n));
    /* One entry more than there are names, so that an empty list is not taken for a want of memory.
       Where it cannot grow, the old list stays, and the caller frees it. */
    spool_entry_t *grown = realloc(list->entries, (list->n + n + 1) * sizeof *grown);
    if (grown) list->entries = grown;
    for (size_t i = 0; grown && i < n; i++) {
        if (list->state == SPOOL_QUEUED && spool_list_ignored_why(&place, names[i], list->owner))
            continue;
        spool_entry_t *entry = &grown[list->n++];
        memset(entry, 0, sizeof *entry);
        (void)snprintf(entry->name, sizeof entry->name, "%s", names[i]);
        (void)snprintf(entry->service, sizeof entry->service, "%s", service ? service : "");
    }
    file_names_close(names, n);
    return grown ? status_ok()
                 : status_fail(CONFX_STATUS_MEMORY, "no memory for %zu jobs", list->n + n);
}

static confx_status_t spool_list_add_running(spool_list_t *list)
{
    place_t place;
    char **services;
    size_t n;
    TRY(place_of(&place, list->directory, spool_state_directory(list->state), NULL, NULL));
    TRY(place_names(&place, &services, &n));
    confx_status_t status = status_ok();
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++)
        status = spool_list_add_names(list, services[i]);
    file_names_close(services, n);
    return status;
}

static double spool_list_real(const json_t *told, const char *key)
{
    const json_t *value = json_object_get(told, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static uint64_t spool_list_count(const json_t *told, const char *key)
{
    const json_int_t value = json_integer_value(json_object_get(told, key));
    return value > 0 ? (uint64_t)value : 0;
}

static const char *spool_list_text(const json_t *told, const char *key)
{
    const char *value = json_string_value(json_object_get(told, key));
    return value ? value : "";
}

static void spool_list_take_outcome(const json_t *told, spool_entry_t *entry)
{
    run_result_t *result = &entry->result;
    /* Words go to a terminal, and anybody may have written the file: what could steer it is
       replaced. */
    text_show(spool_list_text(told, "message"), entry->message, sizeof entry->message);
    text_show(spool_list_text(told, "run"), result->status, sizeof result->status);
    result->samples = spool_list_count(told, "samples");
    result->samples_total = spool_list_count(told, "samples_total");
    result->best = spool_list_real(told, "best");
    result->constraint = spool_list_real(told, "constraint");
    result->budget = spool_list_real(told, "budget");
    result->lower_bound = spool_list_real(told, "lower_bound");
    result->optimum = spool_list_real(told, "optimum");
    result->gap = spool_list_real(told, "gap");
    result->seconds = spool_list_real(told, "seconds");
}

/* Whatever lies in its place, and whatever it says: NULL, or some JSON. */
static json_t *spool_list_read_outcome(const place_t *path)
{
    char *content;
    file_kind_t kind;
    if (file_look_at(path->path, &kind).code != CONFX_STATUS_OK || kind != FILE_PLAIN) return NULL;
    if (file_load(path->path, FILE_OURS, OUTCOME_BYTES_MAX, &content, NULL).code != CONFX_STATUS_OK)
        return NULL;
    json_t *told = json_loads(content, 0, NULL);
    free(content);
    return told;
}

/* outcome.json of one that is over, run.h5 of one that is not. Either may be missing: then nothing
   is known. */
static confx_status_t spool_list_read_details(const spool_list_t *list, spool_entry_t *entry)
{
    place_t place;
    place_t path;
    TRY(place_of(&place, list->directory, spool_state_directory(list->state),
                 entry->service[0] ? entry->service : entry->name,
                 entry->service[0] ? entry->name : NULL));
    TRY(place_of(&path, place.path, "outcome.json", NULL, NULL));
    /* A job at work has no outcome yet; what it has found so far is in its run directory. */
    json_t *told = list->state == SPOOL_RUNNING ? NULL : spool_list_read_outcome(&path);
    if (told) {
        spool_list_take_outcome(told, entry);
        json_decref(told);
        return status_ok();
    }
    TRY(place_of(&path, place.path, "run", NULL, NULL));
    if (run_result_read(path.path, &entry->result).code != CONFX_STATUS_OK)
        entry->result = (run_result_t){.best = NAN};
    return status_ok();
}

confx_status_t spool_list(const char *directory, spool_state_t state, size_t details,
                          spool_entry_t **entries, size_t *n)
{
    struct stat facts;
    spool_list_t list = {.directory = directory, .state = state};
    list.owner = stat(directory, &facts) == 0 ? facts.st_uid : geteuid();
    *entries = NULL;
    *n = 0;
    confx_status_t status =
        state == SPOOL_RUNNING ? spool_list_add_running(&list) : spool_list_add_names(&list, NULL);
    /* Names sort by priority and time, so that the last ones are the latest. To read what they left
       takes a file each, and is done for as many as are asked for. */
    for (size_t i = list.n > details ? list.n - details : 0;
         i < list.n && status.code == CONFX_STATUS_OK; i++)
        status = spool_list_read_details(&list, &list.entries[i]);
    if (status.code != CONFX_STATUS_OK) {
        free(list.entries);
        return status;
    }
    *entries = list.entries;
    *n = list.n;
    return status;
}

confx_status_t spool_ignored(const char *directory, spool_ignored_t **ignored, size_t *n)
{
    place_t queue;
    struct stat facts;
    char **names;
    size_t found;
    *ignored = NULL;
    *n = 0;
    TRY(place_of(&queue, directory, spool_state_directory(SPOOL_QUEUED), NULL, NULL));
    TRY(file_list(queue.path, &names, &found));
    const uid_t owner = stat(directory, &facts) == 0 ? facts.st_uid : geteuid();
    *ignored = calloc(found + 1, sizeof **ignored);
    for (size_t i = 0; *ignored && i < found; i++) {
        /* The name moves from the listing to the result; a NULL in its place is fine to free. */
        const char *why = spool_list_ignored_why(&queue, names[i], owner);
        if (!why) continue;
        (*ignored)[*n].why = why;
        (*ignored)[*n].name = names[i];
        names[i] = NULL;
        (*n)++;
    }
    file_names_close(names, found);
    return *ignored ? status_ok()
                    : status_fail(CONFX_STATUS_MEMORY, "no memory for %zu names", found);
}

void spool_ignored_close(spool_ignored_t *ignored, size_t n)
{
    for (size_t i = 0; ignored && i < n; i++) free(ignored[i].name);
    free(ignored);
}
