/* What lies in a spool, for people: its jobs by their states, and what no service takes. Functions
   are local and change nothing. */
#ifndef CONFX_SPOOL_LIST_H
#define CONFX_SPOOL_LIST_H

#include "confx/spool.h"

typedef struct {
    char name[SPOOL_NAME_MAX], service[SPOOL_NAME_MAX];
    char message[CONFX_STATUS_MESSAGE_MAX]; /* of a failed one, as text_show has it */
    run_result_t result; /* of one begun: as far as its last commit; status "" otherwise */
} spool_entry_t;

/* The jobs in a state, in order of names; `details`: with results of at most that many of the last
   ones. The caller frees *entries. */
confx_status_t spool_list(const char *directory, spool_state_t state, size_t details,
                          spool_entry_t **entries, size_t *n);
int spool_priority(const char *name);

/* What lies in the queue and is taken by no service: under a name that no job may have (not of
   letters, digits and "._+-" alone, or not a letter or digit first), another user's, or not to be
   moved. Hidden files are not told. The caller frees with spool_ignored_close. */
typedef struct {
    char *name;
    const char *why; /* static */
} spool_ignored_t;
confx_status_t spool_ignored(const char *directory, spool_ignored_t **ignored, size_t *n);
void spool_ignored_close(spool_ignored_t *ignored, size_t n);

#endif
