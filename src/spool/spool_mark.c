/* The mark that services leave in a job's directory: it is of a service's making, and how often it
   was begun. */
#include "confx/try.h"
#include "spool/spool_place.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARK_BYTES_MAX = 256 };

/* "TOKEN TRIES SAMPLES". Anything else in its place is no mark: nobody knows the token but services
   of this spool. */
static bool spool_mark_parse(const char *text, const char *token, mark_t *mark)
{
    const size_t length = strlen(token);
    unsigned tries;
    uint64_t samples;
    if (strncmp(text, token, length) != 0 || text[length] != ' ') return false;
    if (sscanf(text + length, " %9u %20" SCNu64, &tries, &samples) != 2) return false;
    *mark = (mark_t){.known = true, .tries = tries, .samples = samples};
    return true;
}

confx_status_t mark_read(const place_t *entry, const char *token, mark_t *mark)
{
    place_t place;
    file_kind_t kind;
    char *text;
    *mark = (mark_t){.known = false};
    TRY(place_of(&place, entry->path, SPOOL_MARK, NULL, NULL));
    /* Within what is no directory there is none either. */
    TRY(file_look_at(entry->path, &kind));
    if (kind != FILE_DIRECTORY) return status_ok();
    TRY(file_look_at(place.path, &kind));
    if (kind != FILE_PLAIN) return status_ok();
    const confx_status_t status = file_load(place.path, FILE_OURS, MARK_BYTES_MAX, &text, NULL);
    if (status.code == CONFX_STATUS_DAMAGED || status.code == CONFX_STATUS_INPUT)
        return status_ok();
    TRY(status);
    (void)spool_mark_parse(text, token, mark);
    free(text);
    return status_ok();
}

confx_status_t mark_write(const place_t *entry, const char *token, const mark_t *mark)
{
    place_t place;
    char text[MARK_BYTES_MAX];
    TRY(place_of(&place, entry->path, SPOOL_MARK, NULL, NULL));
    (void)snprintf(text, sizeof text, "%s %u %" PRIu64 "\n", token, mark->tries, mark->samples);
    return file_write(place.path, text, strlen(text), NULL);
}
