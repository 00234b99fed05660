/* Of the options of one class those that may be chosen: no other one costs no more in either factor
   and needs no more. What is dominated is in no optimum that is worth more, so that a certificate
   holds a few options of each class in place of all its points. */
#ifndef CERTIFICATE_UNDOMINATED_H
#define CERTIFICATE_UNDOMINATED_H

#include "confx/knapsack.h"

/* An option, and the second factor of what it costs: 1 where costs add up. */
typedef struct {
    option_t option;
    double second;
} offered_t;

/* Sorts them by rising need and drops the dominated ones; how many are left. Of options that are
   equal in all three that of the lowest point stays. What is not finite is left out. `scratch` (n)
   is overwritten. */
size_t undominated_keep(offered_t *offered, size_t n, offered_t *scratch);

#endif
