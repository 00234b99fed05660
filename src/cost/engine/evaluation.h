/* One evaluation by the rules of src/cost/README.md, and who may watch it: what the engine computes
   is told as it goes, which costs an evaluation that nobody watches next to nothing. */
#ifndef COST_EVALUATION_H
#define COST_EVALUATION_H

#include "cost/engine/traffic.h"

enum { EDGES = 1 << CONFX_DIM_COUNT, KINDS = 32 }; /* four moving maps never have more kinds */

/* What is to be evaluated. */
typedef struct {
    const confx_dataflow_t *dataflow;
    const confx_layer_t *layer;
    const confx_hardware_t *hardware;
    int64_t pes, buffer;
} evaluation_point_t;

/* What a level asks of the one below: all that depends on the tile. */
typedef struct {
    int64_t runtime;
    double active; /* average number of active PEs */
} outcome_t;

/* A level's tile is known by the maps of the level above that are at their edge, so it has at most
   EDGES outcomes. */
typedef struct {
    uint64_t known[EDGES / 64];
    outcome_t outcome[EDGES];
} memo_t;

typedef struct evaluation_watch evaluation_watch_t;

typedef struct {
    const confx_hardware_t *hardware;
    const evaluation_watch_t *watch; /* or NULL */
    int64_t latency;                 /* of the NoC, in whole cycles */
    double slowest;                  /* cycles an element or a multiplication takes at most */
    levels_t levels;
    memo_t memo[CONFX_DATAFLOW_LEVELS_MAX];
    int results;      /* levels gone through to the end so far */
    int64_t l1_bytes; /* need of the first of them: MAESTRO's L1 */
    confx_cost_fault_t fault;
} analysis_t;

/* One level over one tile. */
typedef struct {
    analysis_t *analysis;
    int depth;
    tile_t tile;
    int64_t runtime, macs;
    int64_t occurrences;         /* of valid cases, as runtime and macs */
    int64_t written, multiplied; /* elements of output and multiplications of all cases */
    int64_t buffers;             /* cases up to the first valid one */
    bool large;                  /* runtime does not fit, and is 0 */
    double active;               /* active PEs times occurrences */
    traffic_t *traffic;          /* of the outermost level; else NULL */
    const evaluation_watch_t *watch;
    uint32_t kinds;     /* bit i: kind[i] is one */
    kind_t kind[KINDS]; /* the last one met of those whose number is i modulo KINDS */
} evaluation_walk_t;

/* Called with `watcher` when a level begins with a tile of `dim` elements; for each case, in
   section 4's order but for inner levels, whose walks come before the case that needs them; and
   when the walk's sums are complete. After a fault no more cases come, and of the case that has
   met with it the volumes alone hold. */
struct evaluation_watch {
    void *watcher;
    void (*begin)(void *watcher, const evaluation_walk_t *walk, const int64_t dim[CONFX_DIM_COUNT]);
    void (*visit)(void *watcher, const evaluation_walk_t *walk, const kind_t *kind,
                  int64_t occurrences);
    void (*end)(void *watcher, const evaluation_walk_t *walk);
};

/* As confx_cost_evaluate does under the accounting maestro, with that watch or NULL. */
void evaluation_evaluate(const evaluation_point_t *point, const evaluation_watch_t *watch,
                         confx_cost_t *cost);

/* MACs that a level counts by itself over its whole dimensions; of all its cases, those without
   work that are passed over too, where asked for. False: a count may exceed 64 bits. */
bool evaluation_macs(const level_t *level, const confx_hardware_t *hardware, bool all,
                     int64_t *macs);

#endif
