/* The walker against the engine of the accounting exact, on one case. */
#ifndef TESTS_COST_WALK_COMPARE_H
#define TESTS_COST_WALK_COMPARE_H

#include "walk.h"
#include "walk_cases.h"

/* The first thing that differs; `what` is NULL where nothing does. */
typedef struct {
    const char *what;
    int64_t walker, engine;
} difference_t;

/* The engine gets what the language's reader makes of the dataflow's text, the walker the case as
   it is; where the reader refuses the text (dataflow files map no dimension twice) both get the
   latter. `walk` has what the walker found. */
difference_t walk_compare(const walk_case_t *one, walk_t *walk);

/* A case as small as steps of one make it that still differs. */
walk_case_t walk_shrink(const walk_case_t *one);

/* What differs, and in which case; then the same of the shrunken one. */
void walk_report(const walk_case_t *one);

#endif
