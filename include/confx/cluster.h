/* The ranks: the only room that knows MPI. Started without mpirun or srun there is one rank and MPI
   stays out of it. Every function is collective unless it says otherwise, with the same `units`,
   `bytes`, `type` and `n` on every rank; the root is rank 0. Ranks of one node are numbered in a
   row. An error inside MPI ends the program with MPI's message; so does a count MPI cannot hold:
   more than INT_MAX units, bytes in a record, elements in a summed vector or bytes merged. A
   broadcast may be of any size. */
#ifndef CONFX_CLUSTER_H
#define CONFX_CLUSTER_H

#include "confx/array.h"
#include "confx/signals.h"
#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct cluster cluster_t;

/* Once in a program, before anything else looks at argc and argv. The same on every rank:
   CONFX_STATUS_INPUT when srun started several tasks that do not know of each other, and
   CONFX_STATUS_MEMORY. Found by each rank for itself, before it knows of others (see
   cluster_may_speak): limits with which MPI_Init would crash or wait for ever, of the address space
   (CONFX_STATUS_MEMORY) or of mpirun's files (CONFX_STATUS_IO). */
confx_status_t cluster_open(int *argc, char ***argv, cluster_t **cluster);
void cluster_close(cluster_t *cluster); /* NULL is fine */

/* After cluster_open has failed: is it for this process to say so? Of several only one should, and
   they cannot agree. The first rank may at once; the others wait until it has, when the launcher
   has told them to end, and speak if nobody did. */
bool cluster_may_speak(void);

/* Local. */
int cluster_rank(const cluster_t *cluster);
int cluster_size(const cluster_t *cluster);
int cluster_node(const cluster_t *cluster); /* of this rank, in the order of the nodes' ranks */
int cluster_nodes(const cluster_t *cluster);
bool cluster_is_root(const cluster_t *cluster);
bool cluster_is_writer(const cluster_t *cluster); /* the first rank of each node */

/* Units (blocks or islands) dealt to ranks in contiguous runs that differ by at most one, the
   longer ones first; with fewer units than ranks the last ranks own none. Local. */
typedef struct {
    size_t first, n;
} share_t;
share_t cluster_share(const cluster_t *cluster, size_t units);
share_t cluster_share_of(const cluster_t *cluster, size_t units, int rank);
share_t cluster_share_of_node(const cluster_t *cluster,
                              size_t units); /* of all ranks on this rank's node */

/* The rule behind them, for any number of ranks, and its inverse: which rank owns a unit < units.
   Pure. */
share_t share_deal(size_t units, int ranks, int rank);
int share_owner(size_t units, int ranks, size_t unit);

/* One failure becomes everybody's: the failure of the lowest failing rank on all ranks, or
   CONFX_STATUS_OK. */
confx_status_t cluster_agree(cluster_t *cluster, confx_status_t mine);

bool cluster_any(cluster_t *cluster, bool mine);
void cluster_broadcast(cluster_t *cluster, void *data, size_t bytes); /* from the root */

/* Each unit has one record of `bytes`. Each rank gives those of its own units, in their order, and
   the root gets all of them: `all` (units x bytes) is used at the root only. */
void cluster_gather(cluster_t *cluster, size_t units, size_t bytes, const void *mine, void *all);
/* The same within each node: its writer gets the records of the units in
   cluster_share_of_node. */
void cluster_gather_node(cluster_t *cluster, size_t units, size_t bytes, const void *mine,
                         void *all);

/* Each rank gives any number of bytes, and each gets those of all ranks, in the order of ranks. all
   belongs to the cluster and stays until the next merge. CONFX_STATUS_MEMORY, the same on every
   rank. */
confx_status_t cluster_merge(cluster_t *cluster, const void *mine, size_t bytes, const void **all,
                             size_t *all_bytes);

/* Each unit has a vector of n elements (ARRAY_F32 or ARRAY_F64); the root gets the sum of all of
   them in out (n), which is NULL on other ranks. `mine` holds the vectors of my units, in their
   order, and is overwritten. The sum follows a tree over unit numbers, so its bits do not depend on
   the number of ranks. The sum of no units is zero. CONFX_STATUS_MEMORY, the same on every rank,
   leaves `mine` as it was. */
confx_status_t cluster_sum(cluster_t *cluster, size_t units, array_type_t type, size_t n,
                           void *mine, void *out);

/* One record per unit goes to the next unit on the ring of all units (the last one's to the first),
   through an MPI topology of the ranks that own units. received: (my units x bytes), apart from
   mine. */
void cluster_ring(cluster_t *cluster, size_t units, size_t bytes, const void *mine, void *received);

/* ---- groups of ranks ------------------------------------------------------------------------- */

/* The ranks dealt to `groups` groups (at least 1, at most their number) in rows, by share_deal:
   this rank's group as a cluster of its own, to be closed before the whole. A group of one rank
   leaves MPI out. CONFX_STATUS_MEMORY, the same on every rank. */
confx_status_t cluster_split(cluster_t *cluster, size_t groups, cluster_t **group);

/* A barrier for ranks that may wait for long: they sleep, and leave the processors to those that
   work. */
void cluster_rest(cluster_t *cluster);
void cluster_nap(double seconds); /* local */

/* Messages between ranks beside the collectives. Local, both. cluster_post copies the message and
   returns at once (without memory for the copy it waits until the message has been fetched);
   between two ranks they keep their order. cluster_fetch takes one that has arrived, at most `room`
   bytes (a longer one ends the program): false when there is none. Nobody writes to himself; alone
   there is nobody to write to. All must have been fetched before the cluster is closed. */
void cluster_post(cluster_t *cluster, int to, const void *message, size_t bytes);
bool cluster_fetch(cluster_t *cluster, void *message, size_t room, size_t *bytes, int *from);

#endif
