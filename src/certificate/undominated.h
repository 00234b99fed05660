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

/* Drops the dominated ones, and those of infinite numbers or none; how many are left, by rising
   point. Of options that need and cost the same that of the lowest point stays. Of a product, where
   adds_up is false, only what costs more in both factors is dropped: by weights that leave one
   factor out the others are alike. `scratch` (n) is overwritten. */
size_t undominated_keep(offered_t *offered, size_t n, bool adds_up, offered_t *scratch);

#endif
