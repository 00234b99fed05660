/* Whether numbers that a checkpoint brought are ones that a search leaves there. Its checksums say
   that they are what was written, not that a search wrote them: indices lead into tables, counts
   are taken for sizes, and a NaN spreads. */
#ifndef SEARCH_SOUND_H
#define SEARCH_SOUND_H

#include "confx/policy.h"

#include <stdbool.h>
#include <stddef.h>

bool sound_reals(const real_t *values, size_t n);   /* all finite */
bool sound_squares(const real_t *values, size_t n); /* the same, and none below 0 */
bool sound_doubles(const double *values, size_t n); /* all finite */
bool sound_count(double value, double most);        /* a whole number from 0 on */
extern const double sound_count_most;               /* what a double counts to */

#endif
