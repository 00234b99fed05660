#include "certificate/undominated.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int undominated_by_need(const void *one, const void *other)
{
    const offered_t *a = one, *b = other;
    if (a->option.need != b->option.need) return a->option.need < b->option.need ? -1 : 1;
    if (a->option.cost != b->option.cost) return a->option.cost < b->option.cost ? -1 : 1;
    if (a->second != b->second) return a->second < b->second ? -1 : 1;
    return a->option.point < b->option.point ? -1 : a->option.point > b->option.point;
}

static int undominated_by_point(const void *one, const void *other)
{
    const offered_t *a = one, *b = other;
    return a->option.point < b->option.point ? -1 : a->option.point > b->option.point;
}

/* How many steps of the stair cost no more than `cost`. */
static size_t undominated_find(const offered_t *stair, size_t n, double cost)
{
    size_t low = 0;
    size_t high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (stair[middle].option.cost <= cost)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Takes a step in, and drops those that cost no less in either factor. */
static size_t undominated_step(offered_t *stair, size_t n, size_t at, const offered_t *step)
{
    size_t begin = at;
    size_t end = at;
    /* A step of the same first factor goes, as the new one is less in the second; and so do those
       behind it, dearer in the first factor, that are no less in the second. */
    while (begin > 0 && stair[begin - 1].option.cost == step->option.cost) begin--;
    while (end < n && stair[end].second >= step->second) end++;
    memmove(stair + begin + 1, stair + end, (n - end) * sizeof *stair);
    stair[begin] = *step;
    return n - (end - begin) + 1;
}

static size_t undominated_drop_infinite(offered_t *offered, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(offered[i].option.cost) && isfinite(offered[i].option.need) &&
            isfinite(offered[i].second))
            offered[kept++] = offered[i];
    return kept;
}

/* Is some earlier option, among the first `at` steps of the stair, less in both factors? */
static bool undominated_is_above(const offered_t *stair, size_t at, const offered_t *offered)
{
    if (at > 0 && stair[at - 1].option.cost == offered->option.cost) at--;
    return at > 0 && stair[at - 1].second < offered->second;
}

size_t undominated_keep(offered_t *offered, size_t n, bool adds_up, offered_t *scratch)
{
    offered_t *stair = scratch;
    size_t steps = 0;
    size_t kept = 0;
    n = undominated_drop_infinite(offered, n);
    qsort(offered, n, sizeof *offered, undominated_by_need);
    /* Whatever came before needs no more. So an option is dominated where one of these costs no
       more in either factor. Of them the stair has those that are not dominated in the factors
       alone, the first rising and the second falling: the last one that does not cost more in the
       first factor costs least in the second. */
    for (size_t i = 0; i < n; i++) {
        const size_t at = undominated_find(stair, steps, offered[i].option.cost);
        const bool dominated = at > 0 && stair[at - 1].second <= offered[i].second;
        if (dominated && (adds_up || undominated_is_above(stair, at, &offered[i]))) continue;
        if (!dominated) steps = undominated_step(stair, steps, at, &offered[i]);
        assert(steps <= n);
        offered[kept++] = offered[i];
    }
    qsort(offered, kept, sizeof *offered, undominated_by_point);
    return kept;
}
