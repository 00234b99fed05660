/* The ring of islands. Only records that cross from one rank to the next travel: one a rank,
   whatever the number of units. The ring is a directed graph, one neighbour in and one out, because
   a neighbourhood collective on a periodic MPI_Cart sends both ways, and between two ranks, where
   both neighbours are the same process, it is easily misread. */
#include "cluster/cluster_private.h"

/* Ranks without units have no neighbours: for them the exchange is empty. */
static void ring_link_ring(cluster_t *cluster, int ranks)
{
    if (cluster->ring_ranks == ranks) return;
    if (cluster->ring != MPI_COMM_NULL) MPI_Comm_free(&cluster->ring);
    const int rank = cluster->all.rank;
    const int degree = rank < ranks;
    const int before = (rank + ranks - 1) % ranks, after = (rank + 1) % ranks, weight = 1;
    MPI_Dist_graph_create_adjacent(cluster->all.comm, degree, &before, &weight, degree, &after,
                                   &weight, MPI_INFO_NULL, 0, &cluster->ring);
    cluster->ring_ranks = ranks;
}

void cluster_ring(cluster_t *cluster, size_t units, size_t bytes, const void *mine, void *received)
{
    const size_t n = cluster_share(cluster, units).n, size = (size_t)cluster->all.size;
    const int ranks = (int)(units < size ? units : size); /* that own units */
    const unsigned char *last = n ? (const unsigned char *)mine + (n - 1) * bytes : NULL;
    if (n > 1) bytes_copy((unsigned char *)received + bytes, mine, (n - 1) * bytes);
    if (ranks > 1) {
        ring_link_ring(cluster, ranks);
        const int count = cluster_count(cluster, bytes);
        MPI_Neighbor_allgather(last, count, MPI_BYTE, received, count, MPI_BYTE, cluster->ring);
    } else if (n > 0) {
        bytes_copy(received, last, bytes);
    }
}
