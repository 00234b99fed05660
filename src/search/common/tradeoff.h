/* What has been seen so far, as a trade-off: for each distinct layer the undominated (need, cost)
   among the points that samples revealed, the lower convex hull of these, and the multiplier of the
   budget over those hulls (the linear relaxation of choosing one seen point per layer; Kellerer,
   Pferschy, Pisinger 2004, section 11.2). Where samples reveal totals only, the same of what is
   believed of all points. */
#ifndef SEARCH_TRADEOFF_H
#define SEARCH_TRADEOFF_H

#include "confx/arena.h"
#include "search/common/cost_view.h"

typedef struct {
    double need, cost;
    uint64_t point;
} vertex_t;

typedef struct {
    size_t n;           /* 0: nothing seen */
    vertex_t *vertices; /* by rising need and falling cost */
} tradeoff_chain_t;

/* Walking one edge of a hull downwards in cost: what it costs in need, and what it saves. */
struct step {
    double saving; /* cost per unit of need */
    double need;   /* of all members of the kind together */
    uint32_t order;
};

/* Where costs are weighted sums (weights.h): a point of a memory with all that may count of it. */
typedef struct {
    uint64_t point;
    double need, share, known;
    need_t needs; /* static constraints and those that were sampled */
} tradeoff_option_t;

/* Those that no other one is better than in all of it, by rising need. */
typedef struct {
    size_t n;
    tradeoff_option_t *options;
} tradeoff_options_t;

typedef struct {
    const problem_t *problem;
    size_t distinct;
    tradeoff_chain_t *front, *hull; /* (D) undominated points; those on the hull */
    tradeoff_chain_t *seen; /* (D) points seen so far, by need; of a memory's, whose costs stay as
                      they are, those that may yet be on the front */
    uint32_t **cell;        /* (D) of a table's, where each of them stands in it */
    double **known;         /* (D) likewise what it is in the known sum, where that counts */
    tradeoff_options_t *options; /* (D) of a memory's, where costs are weighted */
    size_t *fresh;        /* (D) where in `seen` those begin that are new since the last time */
    const memory_t *read; /* the memory that the last build went by, and how many of its records
                             are known here; NULL: it went by a table */
    size_t read_n;
    size_t *members;    /* (D) how many layers of the network are of this kind */
    double *work;       /* (D) multiplications of a layer of this kind */
    double *value;      /* (D) what a unit of its cost counts (balance.h); 1 */
    double reserve;     /* least need of the layers of which nothing was seen */
    struct step *steps; /* as many as points can be seen: scratch */
    arena_t arena;
} tradeoff_t;

/* seen: at most so many points of a layer are ever seen at once (samples, or cells of a table); no
   more than the space has are kept room for. The caller closes. */
confx_status_t tradeoff_open(problem_t *problem, uint64_t seen, tradeoff_t *tradeoff);
void tradeoff_close(tradeoff_t *tradeoff);

void tradeoff_build(tradeoff_t *tradeoff, problem_t *problem, const cost_view_t *cost_view);

/* Cost saved, by what it counts, by the last unit of the budget when every layer chooses on its
   hull, and those of which nothing was seen need their least; 0 where the budget does not bind. */
double tradeoff_multiplier(const tradeoff_t *tradeoff, const problem_t *problem);

/* The vertex of least value x cost + multiplier x need; NULL where nothing was seen. */
const vertex_t *tradeoff_pick(const tradeoff_t *tradeoff, size_t distinct, double multiplier);

/* What an action that was not seen may cost, by what it needs: along the hull between its vertices;
   beyond them as work spread over more or less of the hardware would, inversely to the need. Of a
   kind of which nothing was seen, by its multiplications, at the geometric mean over the other
   kinds of what one costs them at that need; infinite where nothing was seen at all. */
double tradeoff_guess(const tradeoff_t *tradeoff, size_t distinct, double need);

/* Sum over the layers of the least cost seen, by what it counts. */
double tradeoff_least_cost(const tradeoff_t *tradeoff);

#endif
