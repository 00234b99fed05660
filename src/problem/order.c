/* Which of two assignments is the better one. */
#include "confx/problem.h"

#include <math.h>

static int order_compare(double one, double other)
{
    return one < other ? -1 : one > other;
}

int score_compare(const score_t *one, const score_t *other)
{
    if (isnan(one->objective) || isnan(other->objective))
        return (isnan(one->objective) != 0) - (isnan(other->objective) != 0);
    int order = order_compare(one->objective, other->objective);
    for (size_t i = 0; i < CONSTRAINTS && !order; i++)
        order = order_compare(one->needs[i], other->needs[i]);
    return order;
}

score_t batch_score(const batch_t *batch, size_t sample)
{
    return (score_t){batch->objective[sample], {batch->constraint[sample]}};
}
