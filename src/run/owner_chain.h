/* Between the files of the owner: the chain of owners in a directory. DIR/owner is its first link;
   DIR/owner.ID.next, which whoever takes over from the owner of that id makes exclusively, the next
   one. */
#ifndef RUN_OWNER_CHAIN_H
#define RUN_OWNER_CHAIN_H

#include "confx/file.h"
#include "run/owner_record.h"

/* The last link. */
typedef struct {
    int file; /* open; -1: there is no owner */
    struct stat facts;
    owner_record_t record;
} owner_link_t;

/* The caller owes owner_chain_close. CONFX_STATUS_IO, or CONFX_STATUS_INPUT for what is no file of
   confx's. */
confx_status_t owner_chain_find(const char *directory, owner_link_t *last);
void owner_chain_close(owner_link_t *last);

/* DIR/owner.ID.next, into path (FILE_PATH_MAX). */
confx_status_t owner_chain_next(const char *directory, const char *id, char *path);

/* Remove links that lead nowhere, and temporaries of those who tried: for the owner, whose id is
   `id`, or for nobody in particular where that is NULL. Nobody loses by it: who has just made one
   finds out, and tries again. */
confx_status_t owner_chain_tidy(const char *directory, const char *id);

#endif
