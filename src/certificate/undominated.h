/* Of the options of a class those that no other one dominates, which is to cost no more in both
   factors and to need no more. A choice with a dominated option can be replaced by one without that
   is no worse, so a certificate holds a few options of each class in place of all its points. */
#ifndef CERTIFICATE_UNDOMINATED_H
#define CERTIFICATE_UNDOMINATED_H

#include "confx/knapsack.h"

/* An option, and the second factor of its cost; 1 where costs add up. */
typedef struct {
    option_t option;
    double second;
} offered_t;

/* Drops dominated options and those with a number that is not finite. Returns how many are left, by
   rising point. Of options with equal needs and costs that of the lowest point stays. For a product
   (adds_up is false) an option is dropped only if another one costs less in both factors, because
   weights that leave one factor out make options alike that differ in it. `scratch` (n) is
   overwritten. */
size_t undominated_keep(offered_t *offered, size_t n, bool adds_up, offered_t *scratch);

#endif
