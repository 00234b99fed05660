/* Between the files of the owner: what an owner consists of, and how it becomes one. */
#ifndef RUN_OWNER_PARTS_H
#define RUN_OWNER_PARTS_H

#include "run/owner_chain.h"

#include <pthread.h>

struct owner_watch {
    char directory[FILE_PATH_MAX];
    int held; /* the directory, open */
    dev_t device;
    ino_t inode;
    char id[OWNER_ID_MAX];
    guard_t guard;
};

struct owner {
    owner_watch_t watch;
    owner_record_t record;
    int file; /* DIR/owner, open and locked */
    pthread_t thread;
    pthread_mutex_t lock; /* of `over` */
    pthread_cond_t end;
    bool beats, over; /* the thread runs; it is to end */
};

/* owner_take.c: put the record of this process at the end of the chain, when that is free, and make
   it the first link: fills owner->record and owner->file. The owner has its directory open. */
confx_status_t owner_acquire(owner_t *owner, const owner_options_t *options);

#endif
