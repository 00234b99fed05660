/* One evaluation taken apart: every tile of every level, its cases, and what they add up to, as the
   engine has computed and told them (src/cost/README.md, section 6). */
#ifndef COST_EXPLAIN_H
#define COST_EXPLAIN_H

#include "cost/engine/evaluation.h"

enum { TURNS_SHOWN = 27 }; /* three maps with three states each */

/* What sets the delay of a case. */
#define BOUND_LIST(X)                                                                              \
    X(BOUND_COMPUTE, "compute")                                                                    \
    X(BOUND_INGRESS, "ingress")                                                                    \
    X(BOUND_EGRESS, "egress")                                                                      \
    X(BOUND_OFFCHIP, "off-chip")                                                                   \
    X(BOUND_FIRST, "compute + ingress")
#define BOUND_ENUM(bound, text) bound,
typedef enum { BOUND_LIST(BOUND_ENUM) BOUNDS } bound_t;
#undef BOUND_ENUM

/* X(mend, number in src/cost/README.md, section 10, what MAESTRO does): quirks that can be mended,
   to see what they do to a count of MACs. */
#define MEND_LIST(X)                                                                               \
    X(MEND_PARTIAL, 6,                                                                             \
      "a partly filled last sub-cluster is not counted where a spatial map does not cover its "    \
      "dimension")                                                                                 \
    X(MEND_WINDOW, 7,                                                                              \
      "at a spatial edge with one active sub-cluster the input extent is taken for the outputs'")  \
    X(MEND_WIDE, 8,                                                                                \
      "a map larger than its dimension, which holds one step of it, is taken for what is left "    \
      "after that step")                                                                           \
    X(MEND_STRIDE, 9, "outputs are counted as if the stride were 1")
#define MEND_ENUM(mend, quirk, text) mend,
typedef enum { MEND_LIST(MEND_ENUM) MENDS } mend_t;
#undef MEND_ENUM

/* One case of a tile; or the sum of several, volumes and cycles times their occurrences. */
typedef struct {
    char phases[CONFX_DIM_COUNT +
                1]; /* a letter a map: I first, i first and not full, S steady, E edge */
    bool valid;     /* there is work in it; otherwise MAESTRO passes over it half-way */
    bool stopped;   /* MAESTRO stops at this case: it has volumes, and no cycles */
    bound_t bound;
    int64_t occurrences;
    int64_t ingress[CONFX_TENSORS];      /* elements of input and filter */
    int64_t egress, macs, critical;      /* of the array; critical: of the busiest sub-cluster */
    int64_t compute, fill, drain, delay; /* cycles */
} row_t;

typedef struct explanation_walk {
    struct explanation_walk *next; /* the one that was needed next */
    int depth;                     /* of the level */
    int64_t dim[CONFX_DIM_COUNT];
    int64_t cases;
    int rows_n; /* the first cases; the others are summed in rest, all valid ones in sum */
    row_t rows[TURNS_SHOWN];
    row_t rest, sum;
    int64_t need[CONFX_TENSORS]; /* L2 bytes of the outermost level */
    int64_t offchip;             /* cycles of one fill of the L2, of the outermost level */
    int64_t bound_cycles[BOUNDS];
    double active; /* average number of active PEs */
} explanation_walk_t;

typedef struct {
    evaluation_point_t point;
    confx_cost_t cost;
    levels_t levels;
    bool built;                       /* there are levels and walks */
    explanation_walk_t *walks, *last; /* by first need: the first is the outermost level's */
    size_t walks_n;
    explanation_walk_t *now[CONFX_DATAFLOW_LEVELS_MAX]; /* being told, of each level; NULL: a tile
                                                           that was told before */
    bool full;                                          /* memory was not enough */
    bool large; /* a sum of cycles does not fit: nothing more is told, and nothing shown */

    double true_macs; /* multiplications of the layer, stride included */
    unsigned reasons; /* bits of mend_t whose mending makes the count true; 0: none does, or it is
                         true */
} explanation_t;

/* Evaluate the point, watched. What the point refers to is used until it is closed. */
confx_status_t explanation_open(const evaluation_point_t *point, explanation_t *explanation);
void explanation_close(explanation_t *explanation);

/* Whether the cost has figures, be they of a valid point or those that MAESTRO prints for an
   invalid one. */
bool explanation_has_figures(const explanation_t *explanation);

/* mac_difference.c: fill true_macs and reasons. */
void explanation_mac_difference(explanation_t *explanation);

/* What a map of the outermost level counts along its dimension, and what there is to count. False
   for one of two spatial maps. */
bool explanation_count(const explanation_t *explanation, int map, int64_t *counted,
                       int64_t *outputs);

#endif
