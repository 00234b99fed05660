/* Records from rank to rank. One record is one element of an MPI type of its own, so that counts
   and offsets are in units and stay far below INT_MAX where bytes would not. */
#include "cluster/cluster_private.h"
#include "confx/try.h"

#include <assert.h>

enum { BROADCAST_CHUNK = 1 << 30 }; /* bytes; MPI counts are int */

void cluster_broadcast(cluster_t *cluster, void *data, size_t bytes)
{
    if (cluster_is_alone(cluster)) return;
    unsigned char *next = data;
    for (size_t left = bytes; left > 0;) {
        const size_t chunk = left < BROADCAST_CHUNK ? left : BROADCAST_CHUNK;
        MPI_Bcast(next, (int)chunk, MPI_BYTE, 0, cluster->all.comm);
        next += chunk;
        left -= chunk;
    }
}

static MPI_Datatype collectives_record_type(const cluster_t *cluster, size_t bytes)
{
    MPI_Datatype type;
    MPI_Type_contiguous(cluster_count(cluster, bytes), MPI_BYTE, &type);
    MPI_Type_commit(&type);
    return type;
}

/* counts and starts of the group's shares, in units; starts from the group's first unit. */
static void collectives_deal_units(cluster_t *cluster, const group_t *group, size_t units)
{
    (void)cluster_count(cluster, units);
    const size_t first = cluster_share_of(cluster, units, group->first).first;
    for (int i = 0; i < group->size; i++) {
        const share_t share = cluster_share_of(cluster, units, group->first + i);
        cluster->counts[i] = (int)share.n;
        assert(share.first >= first);
        cluster->starts[i] = (int)(share.first - first);
    }
}

static void collectives_gather_group(cluster_t *cluster, const group_t *group, size_t units,
                                     size_t bytes, const void *mine, void *all)
{
    if (group->size == 1) {
        bytes_copy(all, mine, cluster_share(cluster, units).n * bytes);
        return;
    }
    /* Every rank counts the shares of all, since the rule of dealing tells them without a
       message. */
    collectives_deal_units(cluster, group, units);
    MPI_Datatype record = collectives_record_type(cluster, bytes);
    MPI_Gatherv(mine, cluster->counts[group->rank], record, all, cluster->counts, cluster->starts,
                record, 0, group->comm);
    MPI_Type_free(&record);
}

void cluster_gather(cluster_t *cluster, size_t units, size_t bytes, const void *mine, void *all)
{
    collectives_gather_group(cluster, &cluster->all, units, bytes, mine, all);
}

void cluster_gather_node(cluster_t *cluster, size_t units, size_t bytes, const void *mine,
                         void *all)
{
    collectives_gather_group(cluster, &cluster->node, units, bytes, mine, all);
}

/* counts and starts of everybody's bytes; returns all of them. */
static size_t collectives_measure_merge(cluster_t *cluster, size_t bytes)
{
    const int mine = cluster_count(cluster, bytes);
    MPI_Allgather(&mine, 1, MPI_INT, cluster->counts, 1, MPI_INT, cluster->all.comm);
    size_t sum = 0;
    for (int i = 0; i < cluster->all.size; i++) {
        cluster->starts[i] = cluster_count(cluster, sum);
        sum += (size_t)cluster->counts[i];
    }
    return sum;
}

confx_status_t cluster_merge(cluster_t *cluster, const void *mine, size_t bytes, const void **all,
                             size_t *all_bytes)
{
    const bool alone = cluster_is_alone(cluster);
    const size_t sum = alone ? bytes : collectives_measure_merge(cluster, bytes);
    /* All ranks reserve the same sum, and agree on a failure, so that none waits for the others in
       the gather. */
    TRY(cluster_reserve(cluster, &cluster->merged, sum));
    if (alone) {
        bytes_copy(cluster->merged.data, mine, bytes);
    } else {
        MPI_Allgatherv(mine, (int)bytes, MPI_BYTE, cluster->merged.data, cluster->counts,
                       cluster->starts, MPI_BYTE, cluster->all.comm);
    }
    *all = cluster->merged.data;
    *all_bytes = sum;
    return status_ok();
}
