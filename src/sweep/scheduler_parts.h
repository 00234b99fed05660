/* Between the files of the scheduler: its messages, the dealer (dealer.c), a group at work
   (scheduler.c). */
#ifndef SWEEP_SCHEDULER_PARTS_H
#define SWEEP_SCHEDULER_PARTS_H

#include "confx/arena.h"
#include "confx/scheduler.h"

enum { MESSAGE_BYTES_MAX = 1 << 16 }; /* bytes: the longest job text is well below */

/* READY, PROGRESS, ENDED, TOLD go from the first rank of a group to the root; TASK, STOP, LEAVE
   back. */
typedef enum {
    MESSAGE_READY,
    MESSAGE_PROGRESS,
    MESSAGE_ENDED,
    MESSAGE_TOLD,
    MESSAGE_TASK,
    MESSAGE_STOP,
    MESSAGE_LEAVE
} message_kind_t;

typedef struct {
    message_kind_t kind;
    uint64_t id;
    union {
        scheduler_progress_t progress;
        struct {
            confx_status_t status;
            run_result_t result;
            bool readable; /* the result */
            double seconds;
        } ended;
        struct {
            bool resume;
            size_t text_bytes, file_bytes; /* behind the message, NULs included */
        } task;
    };
} dealer_message_t;

enum {
    TASKS_OUT = 2
}; /* the search at work, and the next one, sent in advance when that is nearly over */

typedef struct {
    uint64_t id;
    bool stopped; /* was told to stop */
} dealt_t;

typedef struct {
    bool ready, left;         /* has asked for its first search; was told that there are no more */
    dealt_t tasks[TASKS_OUT]; /* (out) in the order they were dealt */
    size_t out;
    bool nearly; /* the first of them says it is nearly over */
} worker_slot_t;

/* The root's side. answer: to the root's own group. */
typedef struct {
    cluster_t *cluster;
    const scheduler_source_t *source;
    worker_slot_t *slots; /* (groups) */
    size_t groups;
    bool stopping;
    double ticked;
    char *incoming, *outgoing; /* MESSAGE_BYTES_MAX each */
    char *answer;              /* MESSAGE_BYTES_MAX; used while answered */
    bool answered;
    bool stop_own; /* its own group's search is to stop */
    arena_t arena;
} dealer_t;

confx_status_t dealer_open(cluster_t *cluster, size_t groups, const scheduler_source_t *source,
                           dealer_t *dealer);
void dealer_close(dealer_t *dealer);

/* A message from a group; the root's own calls this directly. */
void dealer_receive(dealer_t *dealer, size_t group, const dealer_message_t *message);
/* Read what has arrived and answer who waits. */
void dealer_serve(dealer_t *dealer);
bool dealer_is_done(const dealer_t *dealer); /* all groups have been told so */

#endif
