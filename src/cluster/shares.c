/* Who owns which unit: the rule that makes results independent of the number of ranks possible, as
   every room asks it here. */
#include "cluster/cluster_private.h"

#include <assert.h>

share_t share_deal(size_t units, int ranks, int rank)
{
    assert(ranks > 0 && rank >= 0 && rank < ranks);
    /* The first `longer` ranks have one unit more than the others. */
    const size_t each = units / (size_t)ranks, longer = units % (size_t)ranks, place = (size_t)rank;
    return (share_t){.first = place * each + (place < longer ? place : longer),
                     .n = each + (place < longer)};
}

int share_owner(size_t units, int ranks, size_t unit)
{
    const size_t each = units / (size_t)ranks, longer = units % (size_t)ranks;
    /* Behind the longer shares `each` is not 0, or there would be no unit there. */
    assert(ranks > 0 && unit < units);
    const size_t in_longer = longer * (each + 1);
    return (int)(unit < in_longer ? unit / (each + 1) : longer + (unit - in_longer) / each);
}

share_t cluster_share(const cluster_t *cluster, size_t units)
{
    return share_deal(units, cluster->all.size, cluster->all.rank);
}

share_t cluster_share_of(const cluster_t *cluster, size_t units, int rank)
{
    return share_deal(units, cluster->all.size, rank);
}

share_t cluster_share_of_node(const cluster_t *cluster, size_t units)
{
    const group_t *node = &cluster->node;
    const share_t first = cluster_share_of(cluster, units, node->first);
    const share_t last = cluster_share_of(cluster, units, node->first + node->size - 1);
    assert(first.first <= last.first);
    return (share_t){.first = first.first, .n = last.first + last.n - first.first};
}
