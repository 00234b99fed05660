/* The stages that an algorithm is made of, in the order in which they run: itself, unless it is a
   list of others. Whoever asks about stages asks here, and knows no algorithm by name. */
#ifndef CONFX_STAGES_H
#define CONFX_STAGES_H

#include "confx/words.h"

#include <stddef.h>

enum { ALGORITHM_STAGES_MAX = 2 };

typedef struct {
    size_t n; /* 1 .. ALGORITHM_STAGES_MAX */
    algorithm_t stages[ALGORITHM_STAGES_MAX];
} algorithm_stages_t;

algorithm_stages_t algorithm_stages(algorithm_t algorithm);
algorithm_t algorithm_last_stage(algorithm_t algorithm);

#endif
