/* Totals of an objective that is the largest of the layers' values: each says that no layer's
   action costs more, and that one costs just as much. Whose action that is, of those that are not
   known to cost less, is taken to be the one that is believed to cost most; where that was wrong a
   later total below shows it, as what was noted of an action is no more than any total that it was
   in. So a total becomes the cost of one layer's action, from which costs can be inferred as from a
   sum over that layer alone. */
#ifndef SEARCH_MAXIMA_H
#define SEARCH_MAXIMA_H

#include "search/inference/covariance.h"

typedef struct {
    bool open; /* false: the objective is no maximum, or a limit must be sampled as well */
    problem_t *problem;
    const kernel_t *kernel;
    float *upper;  /* (D, cells) no more than this; infinite: not seen */
    double *mean;  /* (D, cells) as believed, of the caller's making; */
    bool believed; /* if there is any */
} maxima_t;

/* The memory is the arena's, whose status the caller asks for. */
void maxima_open(problem_t *problem, const kernel_t *kernel, arena_t *arena, maxima_t *maxima);

/* Notes the total of an assignment, whose actions are canonical, and leaves that layer in it that
   the total is taken to be of: the others are absent (COVARIANCE_ABSENT). False: none can be. */
bool maxima_note(maxima_t *maxima, uint16_t *assignment, double total);
/* What is noted of the only layer in an assignment, no more than `total`. */
double maxima_lower(const maxima_t *maxima, const uint16_t *assignment, double total);

/* The total of a one-layer assignment in units of its work spread over the first axis. */
double maxima_rate(const maxima_t *maxima, const uint16_t *assignment, double total);

/* A table (D, cells) of costs becomes one of their shares of a maximum (term_share), in units of
   the least total. No action is taken to cost less than its work does at the least rate that was
   noted: of a layer that was given too little a total shows nothing but that. */
typedef struct {
    double unit, rate;
} maxima_least_t;
void maxima_share(const maxima_t *maxima, const maxima_least_t *least, float *table);

/* Is it an assignment of one layer? */
bool maxima_is_sound(const maxima_t *maxima, const uint16_t *assignment);

#endif
