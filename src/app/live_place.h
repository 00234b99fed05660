/* Where a live line goes (live.h says which place when), and writing there. */
#ifndef APP_LIVE_PLACE_H
#define APP_LIVE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef enum { LIVE_NONE, LIVE_PLAIN, LIVE_PAINTED } live_kind_t;

typedef struct {
    live_kind_t kind;
    int terminal; /* where it is painted */
    bool own;     /* opened here, to be closed */
    pid_t mpirun; /* that started this rank on this node; 0: none */
} live_place_t;

live_place_t live_place_find(void);
void live_place_close(live_place_t *place);

/* Columns of the terminal; 80 where it does not tell. */
size_t live_place_columns(const live_place_t *place);

/* All of it or nothing; false: not now. */
bool live_place_write(const live_place_t *place, const char *bytes, size_t n);

#endif
