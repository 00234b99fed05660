/* A service, as the files of the spool that make it up know it. */
#ifndef RUN_SPOOL_SERVICE_H
#define RUN_SPOOL_SERVICE_H

#include "spool/spool_place.h"

enum { BEAT_MAX = 64 };

/* Another service, as seen from here. */
typedef struct {
    char name[SPOOL_NAME_MAX];
    char beat[BEAT_MAX]; /* its last sign of life */
    double since;        /* clock when that was first seen */
    double lease;
    bool seen; /* in this look */
} peer_t;

struct spool {
    char directory[FILE_PATH_MAX];
    char service[SPOOL_NAME_MAX];
    char token[SPOOL_TOKEN_MAX];
    double lease;
    unsigned long beats, buried;
    double beaten, looked; /* clock of the last sign of life, of the last look at the others */
    char **names;          /* of the queue, in order; those before `next` have been tried */
    size_t names_n, next;
    double listed, pause; /* clock of the last listing; least time between two */
    char **marks;
    size_t marks_n;
    peer_t *peers;
    size_t peers_n;
};

/* running/SERVICE, and a job in it. */
confx_status_t spool_own_place(const spool_t *spool, const char *name, place_t *place);

/* Is a job there that is still this service's? Where another service has taken it over, the
   directory is gone, or is left without the job. */
confx_status_t spool_is_mine(const place_t *entry, bool *mine);

#endif
