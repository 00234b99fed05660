/* What the levels of a problem need, laid out for sampling: the mask that keeps every episode
   within the budget, and the static prior that makes an untrained policy use just the budget. All
   of it is known before any sample. */
#ifndef SEARCH_NEEDS_H
#define SEARCH_NEEDS_H

#include "confx/ledger.h"
#include "confx/policy.h"

typedef struct {
    size_t distinct, levels[2]; /* D, A of the PE head, A of the buffer head */
    double *need;               /* (D, A0, A1) */
    double *least_of_pe;        /* (D, A0) least over buffers */
    double *least;              /* (D) least over all that are not known to be invalid */
    double total_least;         /* of all layers */
    real_t *prior_pe;           /* (D, A0) logits */
    real_t *prior_buffer;       /* (D, A0, A1) logits given the PE level */
} feasibility_t;

confx_status_t feasibility_open(problem_t *problem, feasibility_t *feasibility);
void feasibility_close(feasibility_t *feasibility);

/* Before an update: what must be kept for the layers to come, now that more is known to be invalid
   (ledger; NULL: nothing). */
void feasibility_reserve(feasibility_t *feasibility, const problem_t *problem,
                         const ledger_t *ledger);

/* allowed (A0) and (A1, given the PE level): what needs at most `room` and is not known to be
   invalid; the level of least need where nothing else is left. ledger may be NULL. */
void feasibility_allow_pe(const feasibility_t *feasibility, const problem_t *problem,
                          const ledger_t *ledger, size_t distinct, double room, uint8_t *allowed);
void feasibility_allow_buffer(const feasibility_t *feasibility, const problem_t *problem,
                              const ledger_t *ledger, size_t distinct, size_t pe_level, double room,
                              uint8_t *allowed);

#endif
