/* What a design comes to: a number for each objective and each constraint. */
#ifndef CONFX_SCORE_H
#define CONFX_SCORE_H

#include <stdbool.h>

enum { TERMS_MAX = 4 }; /* objectives, and constraints */

/* In the order of the terms; 0 behind the last. */
typedef struct {
    double objectives[TERMS_MAX]; /* NaN: there is none, which any other one betters */
    double constraints[TERMS_MAX];
} score_t;

/* By what assignments within the budget are compared: the objectives in their order, and of equals
   the constraints. Every choice of a better one goes by this. Negative: `one` is better; positive:
   `other` is; 0: they are equal, and the earlier one stays. */
int score_compare(const score_t *one, const score_t *other);
/* No objective is worse and one is better. */
bool score_dominates(const score_t *one, const score_t *other);

#endif
