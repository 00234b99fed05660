/* Which algorithms are lists of others. */
#include "confx/stages.h"

algorithm_stages_t algorithm_stages(algorithm_t algorithm)
{
    if (algorithm == ALGORITHM_REINFORCE_ISLANDS)
        return (algorithm_stages_t){2, {ALGORITHM_REINFORCE, ALGORITHM_ISLANDS}};
    return (algorithm_stages_t){1, {algorithm}};
}

algorithm_t algorithm_last_stage(algorithm_t algorithm)
{
    const algorithm_stages_t list = algorithm_stages(algorithm);
    return list.stages[list.n - 1];
}
