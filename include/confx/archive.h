/* The best assignments found so far: one, or with several objectives the front of those that no
   other one dominates. An archive is offered everything that was scored, and keeps

       one objective        the best by score_compare; of equals the earlier one
       several objectives   what no member dominates; members that it dominates go. Of two with
                            the same objectives the one that score_compare prefers, of equals the
                            earlier one

   So its members depend on the order of offers only among equals, and not on the number of ranks
   where that order does not. */
#ifndef CONFX_ARCHIVE_H
#define CONFX_ARCHIVE_H

#include "confx/terms.h"

typedef struct archive archive_t;

/* cells: of an assignment (space_cells). Terms and archive live as long as each other. The caller
   closes. */
confx_status_t archive_open(const terms_t *terms, size_t cells, archive_t **archive);
void archive_close(archive_t *archive);

/* A feasible assignment and its score, copied if it enters: then *entered. CONFX_STATUS_MEMORY
   changes nothing. */
confx_status_t archive_offer(archive_t *archive, const uint16_t *assignment, const score_t *score,
                             bool *entered);

/* Members by rising score (score_compare); 0 is the best one of the first objective. Alive until
   the next offer. */
size_t archive_size(const archive_t *archive);
const uint16_t *archive_assignment(const archive_t *archive, size_t member);
const score_t *archive_score(const archive_t *archive, size_t member);

#endif
