/* A last question before a file is put in place or taken away: does the directory still belong to
   the process that asks? The owner of a directory (owner.h) makes the guard and hands it to those
   who write. They ask immediately before each rename and each delete, because a process that was
   suspended may wake up long after another one has taken over. */
#ifndef CONFX_GUARD_H
#define CONFX_GUARD_H

#include "confx/status.h"

typedef struct {
    confx_status_t (*ask)(
        void *context); /* CONFX_STATUS_IO: no longer; nothing may be changed any more */
    void *context;
} guard_t;

/* The answer; NULL: nobody owns the place, and everybody may write. */
confx_status_t guard_ask(const guard_t *guard);

#endif
