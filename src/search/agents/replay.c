#include "search/agents/replay.h"
#include "confx/try.h"

#include <stdlib.h>

confx_status_t replay_open(size_t capacity, size_t layers, size_t axes, replay_t *replay)
{
    *replay = (replay_t){.capacity = capacity, .layers = layers, .axes = axes};
    replay->levels = calloc(capacity * layers * axes, sizeof *replay->levels);
    replay->costs = calloc(capacity * layers, sizeof *replay->costs);
    if (replay->levels && replay->costs) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory to replay %zu episodes", capacity);
}

void replay_close(replay_t *replay)
{
    free(replay->levels);
    free(replay->costs);
}

size_t replay_slot(const replay_t *replay, uint64_t count)
{
    return count % replay->capacity;
}

size_t replay_held(const replay_t *replay, uint64_t count)
{
    return count < replay->capacity ? count : replay->capacity;
}

uint16_t *replay_levels(const replay_t *replay, size_t slot)
{
    return replay->levels + slot * replay->layers * replay->axes;
}

double *replay_costs(const replay_t *replay, size_t slot)
{
    return replay->costs + slot * replay->layers;
}
