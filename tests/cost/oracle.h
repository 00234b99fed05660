/* An evaluation by MAESTRO's rules word by word (src/cost/README.md, sections 4 to 6), every case
   of every tile by itself, as a person would do it by hand. It shares the levels and their static
   quantities (section 3) and the states of a map (section 4) with the engine, and nothing else.
   What the engine computes, and what it tells on the way, is held against it. */
#ifndef TESTS_COST_ORACLE_H
#define TESTS_COST_ORACLE_H

#include "cost/explain/explain.h"

typedef struct oracle_walk {
    struct oracle_walk *next; /* the one that was needed next */
    int depth;                /* of the level */
    int64_t dim[CONFX_DIM_COUNT];
    int64_t cases;
    int rows_n; /* the first cases; the others are summed in rest, all valid ones in sum */
    row_t rows[TURNS_SHOWN];
    row_t rest, sum;
    int64_t written, multiplied; /* output elements and MACs of all cases, passed over or not */
    int64_t leading;             /* cases up to the first valid one */
    int64_t need[CONFX_TENSORS]; /* L2 bytes of the outermost level */
    int64_t offchip;             /* cycles of one fill of the L2, of the outermost level */
    int64_t bound_cycles[BOUNDS];
    double active; /* average number of active PEs */
} oracle_walk_t;

typedef struct {
    evaluation_point_t point;
    confx_cost_t cost; /* the engine's */
    levels_t levels;
    bool built;                  /* there are levels and walks */
    oracle_walk_t *walks, *last; /* by first need: the first is the outermost level's */
    size_t walks_n;
    size_t completed;         /* walks finished */
    int64_t l1_bytes;         /* of the first walk that was finished */
    confx_cost_fault_t fault; /* why the walks ended early */

    double true_macs; /* multiplications of the layer, stride included */
    unsigned reasons; /* bits of mend_t whose mending makes the count true; 0: none does, or it is
                         true */
} oracle_t;

confx_status_t oracle_open(const evaluation_point_t *point, oracle_t *oracle);
void oracle_close(oracle_t *oracle);

/* Whether the walks add up to the engine's figures. */
bool oracle_agrees(const oracle_t *oracle);

/* The first thing that an explanation of the same point says otherwise, walk by walk and row by
   row; NULL: nothing. Of a point that MAESTRO refuses half-way the cases up to there are held
   against each other. */
const char *oracle_difference(const oracle_t *oracle, const explanation_t *explanation);

#endif
