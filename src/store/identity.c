#include "store/identity.h"
#include "confx/try.h"

#include "confx/file.h"
#include "store/open.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char id_name[] = "run_id";

/* ---- one file's ------------------------------------------------------------------------------ */

static bool identity_is_one(const char *text)
{
    return strlen(text) == RUN_ID_MAX - 1 && strspn(text, "0123456789abcdef") == RUN_ID_MAX - 1;
}

confx_status_t identity_read(store_t *store, char id[RUN_ID_MAX])
{
    char *text;
    id[0] = 0;
    bool has;
    TRY(store_has_attribute(store, "/", id_name, &has));
    if (!has) return status_ok();
    TRY(store_read_text(store, "/", id_name, &text));
    const bool good = identity_is_one(text);
    if (good) memcpy(id, text, RUN_ID_MAX);
    free(text);
    if (good) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED, "%s: %s: expected 32 hexadecimal digits", store->path,
                       id_name);
}

/* "2026-01-31T12:00:00Z" as 00..20260131120000: the same in all files of a run, whichever session
   wrote them. */
static confx_status_t identity_from_time(store_t *store, char id[RUN_ID_MAX])
{
    char *text;
    size_t digits = 0;
    TRY(store_read_text(store, "/", "started", &text));
    for (const char *c = text; *c; c++)
        if (isdigit((unsigned char)*c) && digits < RUN_ID_MAX - 1) text[digits++] = *c;
    memset(id, '0', RUN_ID_MAX - 1 - digits);
    memcpy(id + RUN_ID_MAX - 1 - digits, text, digits);
    id[RUN_ID_MAX - 1] = 0;
    free(text);
    return status_ok();
}

confx_status_t store_read_run_id(store_t *store, char id[RUN_ID_MAX])
{
    int64_t schema = 0;
    TRY(identity_read(store, id));
    if (id[0]) return status_ok();
    TRY(store_read_integer(store, "/", "schema", &schema));
    /* Files of older schemas have none. The second in which the run began stands for it. */
    if (schema < SCHEMA_WITH_IDS) return identity_from_time(store, id);
    return status_fail(CONFX_STATUS_DAMAGED, "%s: %s is missing", store->path, id_name);
}

confx_status_t store_make_run_id(char id[RUN_ID_MAX])
{
    unsigned char bytes[(RUN_ID_MAX - 1) / 2];
    if (getentropy(bytes, sizeof bytes) != 0)
        return status_fail(CONFX_STATUS_IO,
                           "the system gives no random numbers for the id of a run: %s",
                           strerror(errno));
    for (size_t i = 0; i < sizeof bytes; i++) (void)snprintf(id + 2 * i, 3, "%02x", bytes[i]);
    return status_ok();
}

confx_status_t store_keep_run_id(const char *path, char id[RUN_ID_MAX])
{
    store_t *store;
    id[0] = 0;
    confx_status_t status = store_open(path, &store);
    if (status.code == CONFX_STATUS_OK) {
        status = identity_read(store, id);
        store_close(store);
    }
    /* Absent (CONFX_STATUS_INPUT) or damaged: nothing of it is kept. */
    if (status.code != CONFX_STATUS_INPUT && status.code != CONFX_STATUS_DAMAGED) TRY(status);
    return id[0] ? status_ok() : store_make_run_id(id);
}

/* ---- of two files ---------------------------------------------------------------------------- */

confx_status_t store_check_run_id(store_t *store, const char *id, const char *other)
{
    char found[RUN_ID_MAX];
    TRY(store_read_run_id(store, found));
    if (!strcmp(found, id)) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED,
                       "%s: belongs to run %s, but %s to run %s: one of them is in the wrong place",
                       store->path, found, other, id);
}

/* The id of the file `name` in the directory of `path`; empty where there is none that can be
   told. */
static confx_status_t identity_of_other(const char *path, const char *name,
                                        char other[FILE_PATH_MAX], char id[RUN_ID_MAX])
{
    store_t *store;
    id[0] = 0;
    TRY(file_beside(path, name, other));
    confx_status_t status = store_open(other, &store);
    if (status.code == CONFX_STATUS_OK) {
        status = store_read_run_id(store, id);
        if (status.code != CONFX_STATUS_OK) id[0] = 0;
        store_close(store);
    }
    /* Absent (CONFX_STATUS_INPUT) or damaged: the file in question does not need it. */
    if (status.code == CONFX_STATUS_INPUT || status.code == CONFX_STATUS_DAMAGED)
        return status_ok();
    return status;
}

confx_status_t identity_check_beside(store_t *store)
{
    /* A commit moves the checkpoint to the name of the one before it, for a moment. */
    static const char *const names[] = {RUN_CHECKPOINT, RUN_CHECKPOINT_PREVIOUS, "run.h5"};
    enum { NAMES = sizeof names / sizeof *names };
    char other[FILE_PATH_MAX];
    char id[RUN_ID_MAX] = "";
    size_t own = 0;
    const char *name = file_basename(store->path);
    while (own < NAMES && strcmp(name, names[own]) != 0) own++;
    if (own == NAMES) return status_ok(); /* a copy, wherever it lies */
    /* The first of the others that can tell its id is enough: that they are of one run has been
       seen to when they were written. */
    for (size_t i = 0; i < NAMES && !id[0]; i++)
        if (i != own) TRY(identity_of_other(store->path, names[i], other, id));
    return id[0] ? store_check_run_id(store, id, other) : status_ok();
}

confx_status_t store_is_certified(store_t *store, bool *is)
{
    char *origin;
    TRY(store_has_attribute(store, "/", STORE_ORIGIN, is));
    if (!*is) return status_ok();
    TRY(store_read_text(store, "/", STORE_ORIGIN, &origin));
    *is = !strcmp(origin, STORE_ORIGIN_CERTIFICATE);
    free(origin);
    return status_ok();
}
