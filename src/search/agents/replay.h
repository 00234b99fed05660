/* The episodes that off-policy methods learn from again and again: levels and costs, from which a
   decision and what was seen around it can be rebuilt. The oldest give way. */
#ifndef SEARCH_REPLAY_H
#define SEARCH_REPLAY_H

#include "confx/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    size_t capacity, layers, axes; /* episodes */
    uint16_t *levels;              /* (capacity, L, A) */
    double *costs;                 /* (capacity, L) */
} replay_t;

confx_status_t replay_open(size_t capacity, size_t layers, size_t axes, replay_t *replay);
void replay_close(replay_t *replay);

/* The slot of the episode number `count` from 0 on; how many there are after `count` of them. */
size_t replay_slot(const replay_t *replay, uint64_t count);
size_t replay_held(const replay_t *replay, uint64_t count);
uint16_t *replay_levels(const replay_t *replay, size_t slot); /* (L, A) */
double *replay_costs(const replay_t *replay, size_t slot);    /* (L) */

#endif
