/* The ranks: the only room that knows MPI. Started without mpirun or srun there is one rank and MPI stays out of it.
   Every function is collective unless it says otherwise; the root is rank 0. Ranks of one node are numbered in a row. */
#ifndef CONFX_CLUSTER_H
#define CONFX_CLUSTER_H

#include "confx/array.h"
#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct cluster cluster_t;

status_t cluster_open(int *argc, char ***argv, cluster_t **cluster);
void cluster_close(cluster_t *cluster);

/* Local. */
int cluster_rank(const cluster_t *cluster);
int cluster_size(const cluster_t *cluster);
int cluster_node(const cluster_t *cluster);         /* number of this rank's node, in the order of its ranks */
int cluster_nodes(const cluster_t *cluster);
bool cluster_is_root(const cluster_t *cluster);
bool cluster_is_writer(const cluster_t *cluster);   /* the first rank of each node */

/* End every rank at once because going on is impossible (exit code of `status`). Local, does not return. */
void cluster_abort(cluster_t *cluster, status_t status);

/* Units (blocks or islands) dealt to ranks in contiguous runs that differ by at most one. Local. */
typedef struct {
    size_t first, n;
} share_t;
share_t cluster_share(const cluster_t *cluster, size_t units);
share_t cluster_share_of(const cluster_t *cluster, size_t units, int rank);
share_t cluster_share_of_node(const cluster_t *cluster, size_t units); /* of all ranks on this rank's node */

/* One failure becomes everybody's: the failure of the lowest failing rank on all ranks, or STATUS_OK. */
status_t cluster_agree(cluster_t *cluster, status_t mine);

void cluster_broadcast(cluster_t *cluster, void *data, size_t bytes); /* from the root */
bool cluster_any(cluster_t *cluster, bool mine);

/* One record of `bytes` per unit, mine in order of my units, all (units x bytes) at the root only. */
void cluster_gather(cluster_t *cluster, size_t units, size_t bytes, const void *mine, void *all);
/* The opposite: the root's records to the ranks that own the units. */
void cluster_scatter(cluster_t *cluster, size_t units, size_t bytes, const void *all, void *mine);
/* cluster_gather within each node, to its writer: all holds the records of cluster_share_of_node. */
void cluster_gather_node(cluster_t *cluster, size_t units, size_t bytes, const void *mine, void *all);

/* Everybody gets everybody's bytes, in order of ranks. *all is the cluster's own, alive until the next call. */
void cluster_merge(cluster_t *cluster, const void *mine, size_t bytes, const void **all, size_t *all_bytes);

/* Sum of one vector per unit (mine: my units' vectors in order, n elements each, overwritten) to the root's out (n), out
   NULL elsewhere. The tree is over unit numbers, so the bits do not depend on the number of ranks. F32 or F64. */
void cluster_sum(cluster_t *cluster, size_t units, array_type_t type, size_t n, void *mine, void *out);

/* One record per unit goes to the next unit on the ring of all units (the last one's to the first), through an MPI
   topology of the ranks that own units. received: (my units x bytes). */
void cluster_ring(cluster_t *cluster, size_t units, size_t bytes, const void *mine, void *received);

/* Ask to be told of SIGTERM, SIGINT, SIGUSR1; cluster_told is local. */
void cluster_listen(void);
bool cluster_told(void);

#endif
