/* One owner of a directory: a run's, a sweep's, a comparison's. Whoever writes there owns it first.

   DIR/owner is a text that names the owner: host, boot of the host, space of process numbers,
   process and when that was started, a random id, and the lease. It is made whole beside it and put
   there by a link, which fails where there is one (exclusive create where the file system knows no
   links); it is locked (fcntl, open file description) where the file system knows locks. A thread
   touches it every twelfth of the lease, whatever the process computes.

   Seen from the same boot of the same host, an owner is gone as soon as its process is. That the
   number of a process was given to another one shows by the time when that was started; a process
   of another container by its space of numbers, and then the lock decides. Any other owner is gone
   after a lease without a sign of life, by the clock of the file system: clocks of nodes are not
   compared. Only when the owner is gone another process takes over. It makes DIR/owner.ID.next
   exclusively, where ID is the last owner's, so that just one of many does, with locks or without;
   then it renames that over DIR/owner. So the owner is always the end of that chain. A process that
   was suspended meanwhile learns from the guard that it no longer is the owner.

   The directory is held open. If it is removed or moved away, it no longer belongs to the owner,
   whatever stands in its place. Failures: CONFX_STATUS_INPUT, somebody else owns it;
   CONFX_STATUS_IO, with the system's reason; CONFX_STATUS_MEMORY. Functions are local. */
#ifndef CONFX_OWNER_H
#define CONFX_OWNER_H

#include "confx/guard.h"
#include "confx/status.h"

#include <stdbool.h>

#define OWNER_FILE "owner"
enum { OWNER_ID_MAX = 40 }; /* with its NUL */

/* How to take a directory; all 0 is fine. */
typedef struct {
    double lease; /* seconds without a sign of life after which this owner counts as gone; 0: 120 */
    /* What to do about an owner on another node, of which only silence can tell that it is gone:
       wait until it gives a sign of life or its lease is over, instead of refusing at once. So a
       job that a scheduler has requeued gets over its predecessor, which is dead but has spoken a
       moment ago. */
    bool patient;
    void *context;
    void (*notice)(void *context, const char *text); /* one line: what is waited for; may be NULL */
    bool (*stop)(void *context); /* true: wait no longer, CONFX_STATUS_STOPPED; may be NULL */
    /* Where the disk is too full for a word, an empty file will do, which tells others nothing but
       its age: for a process that is about to delete files. */
    bool bare;
    bool unlinked,
        unlocked; /* make no link, or no lock, as where the file system knows none; for tests */
} owner_options_t;

typedef struct owner owner_t;

/* Become the owner of a directory that is there. If another process owns it, CONFX_STATUS_INPUT
   comes soon and tells that owner's host and process, since when it has been the owner, its last
   sign of life, and what a user can do. */
confx_status_t owner_take(const char *directory, const owner_options_t *options, owner_t **owner);

/* The end of it: the file goes, if it is still this owner's. NULL is fine. */
void owner_close(owner_t *owner);

const char *owner_id(const owner_t *owner);
/* Alive as long as the owner. Asks what owner_watch_open does. */
const guard_t *owner_guard(const owner_t *owner);

/* The same for a process that writes there on behalf of the owner, on any node: by the directory
   and the owner's id. CONFX_STATUS_IO when that is no longer the owner. */
typedef struct owner_watch owner_watch_t;
confx_status_t owner_watch_open(const char *directory, const char *id, owner_watch_t **watch);
void owner_watch_close(owner_watch_t *watch); /* NULL is fine */
const guard_t *owner_watch_guard(const owner_watch_t *watch);

/* For a process that has moved the directory to a place of its own, and has thereby taken it from
   its owner: the owner is forgotten. It is no failure if there was none. */
confx_status_t owner_forget(const char *directory);

#endif
