/* What is in a spool, for people. */
#include "confx/try.h"
#include "spool_place.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *directory;
    spool_state_t state;
    spool_entry_t *entries;
    size_t n;
} list_t;

/* Adds the names in directory/state[/service]. */
static confx_status_t add_names(list_t *list, const char *service)
{
    place_t place;
    char **names;
    size_t n;
    TRY(place_of(&place, list->directory, spool_state_directory(list->state), service, NULL));
    if (service && !file_is_directory(place.path)) return status_ok();
    TRY(place_names(&place, &names, &n));
    spool_entry_t *grown = realloc(list->entries, (list->n + n + 1) * sizeof *grown);
    if (grown) list->entries = grown;
    for (size_t i = 0; grown && i < n; i++) {
        spool_entry_t *entry = &grown[list->n++];
        memset(entry, 0, sizeof *entry);
        (void)snprintf(entry->name, sizeof entry->name, "%s", names[i]);
        (void)snprintf(entry->service, sizeof entry->service, "%s", service ? service : "");
    }
    file_names_close(names, n);
    return grown ? status_ok() : status_fail(CONFX_STATUS_MEMORY, "no memory for %zu jobs", list->n + n);
}

static confx_status_t add_running(list_t *list)
{
    place_t place;
    char **services;
    size_t n;
    TRY(place_of(&place, list->directory, spool_state_directory(list->state), NULL, NULL));
    TRY(place_names(&place, &services, &n));
    confx_status_t status = status_ok();
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++) status = add_names(list, services[i]);
    file_names_close(services, n);
    return status;
}

static double real(const json_t *told, const char *key)
{
    const json_t *value = json_object_get(told, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static const char *text(const json_t *told, const char *key)
{
    const char *value = json_string_value(json_object_get(told, key));
    return value ? value : "";
}

static void take_outcome(const json_t *told, spool_entry_t *entry)
{
    run_result_t *result = &entry->result;
    (void)snprintf(entry->message, sizeof entry->message, "%s", text(told, "message"));
    (void)snprintf(result->status, sizeof result->status, "%s", text(told, "run"));
    result->samples = (uint64_t)json_integer_value(json_object_get(told, "samples"));
    result->samples_total = (uint64_t)json_integer_value(json_object_get(told, "samples_total"));
    result->best = real(told, "best");
    result->constraint = real(told, "constraint");
    result->budget = real(told, "budget");
    result->lower_bound = real(told, "lower_bound");
    result->optimum = real(told, "optimum");
    result->gap = real(told, "gap");
    result->seconds = real(told, "seconds");
}

/* outcome.json of one that is over, run.h5 of one that is not. Either may be missing: then nothing is known. */
static confx_status_t read_details(const list_t *list, spool_entry_t *entry)
{
    place_t place;
    place_t path;
    TRY(place_of(&place, list->directory, spool_state_directory(list->state),
                 entry->service[0] ? entry->service : entry->name, entry->service[0] ? entry->name : NULL));
    TRY(place_of(&path, place.path, "outcome.json", NULL, NULL));
    json_t *told = list->state == SPOOL_RUNNING ? NULL : json_load_file(path.path, 0, NULL);
    if (told) {
        take_outcome(told, entry);
        json_decref(told);
        return status_ok();
    }
    TRY(place_of(&path, place.path, "run", NULL, NULL));
    if (run_result_read(path.path, &entry->result).code != CONFX_STATUS_OK) entry->result = (run_result_t){.best = NAN};
    return status_ok();
}

confx_status_t spool_list(const char *directory, spool_state_t state, size_t details, spool_entry_t **entries,
                          size_t *n)
{
    list_t list = {.directory = directory, .state = state};
    *entries = NULL;
    *n = 0;
    confx_status_t status = state == SPOOL_RUNNING ? add_running(&list) : add_names(&list, NULL);
    for (size_t i = list.n > details ? list.n - details : 0; i < list.n && status.code == CONFX_STATUS_OK; i++)
        status = read_details(&list, &list.entries[i]);
    if (status.code != CONFX_STATUS_OK) {
        free(list.entries);
        return status;
    }
    *entries = list.entries;
    *n = list.n;
    return status;
}

confx_status_t spool_ignored(const char *directory, char ***names, size_t *n)
{
    place_t queue;
    size_t kept = 0;
    TRY(place_of(&queue, directory, spool_state_directory(SPOOL_QUEUED), NULL, NULL));
    TRY(file_list(queue.path, names, n));
    for (size_t i = 0; i < *n; i++) {
        /* Names with a dot first are those of editors and file systems. */
        if ((*names)[i][0] != '.' && !spool_name_is_good((*names)[i]))
            (*names)[kept++] = (*names)[i];
        else
            free((*names)[i]);
    }
    *n = kept;
    return status_ok();
}
