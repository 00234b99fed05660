/* What the files of this room share. The stand-in is a cluster of one rank whose communicators stay
   MPI_COMM_NULL. */
#ifndef CLUSTER_PRIVATE_H
#define CLUSTER_PRIVATE_H

#include "confx/cluster.h"

#include <mpi.h>

/* Ranks first .. first+size-1 of the cluster, with a communicator of their own. */
typedef struct {
    MPI_Comm comm;
    int first, size;
    int rank; /* of this process, within the group */
} group_t;

typedef struct {
    void *data;
    size_t bytes;
} buffer_t;

/* A message on its way out: MPI reads it until the request is done. */
typedef struct sent sent_t;
struct sent {
    sent_t *next;
    MPI_Request request;
    char message[];
};

struct cluster {
    bool part;    /* of another cluster, which closes MPI */
    sent_t *sent; /* messages that may not have left yet */
    group_t all, node;
    int node_number, nodes;
    int *counts, *starts; /* (ranks) each: scratch of the collectives with one count per rank */
    buffer_t merged;      /* what cluster_merge hands out */
    buffer_t incoming;    /* one vector on its way up the tree of cluster_sum */
    MPI_Comm ring;        /* topology of the ranks 0 .. ring_ranks-1, MPI_COMM_NULL until the first
                             cluster_ring */
    int ring_ranks;
};

bool cluster_is_alone(const cluster_t *cluster);

/* Number the nodes of the ranks of `comm` by their lowest rank, through a communicator of those;
   fills the node's group. Collective over comm. */
void cluster_find_node(cluster_t *cluster, MPI_Comm comm, int rank);
/* Is this one rank of several, and can it begin MPI? Local. */
confx_status_t launch_check(bool *launched);

/* The scratch of the collectives. Collective, so that no rank goes on where another has no
   memory. */
confx_status_t cluster_open_scratch(cluster_t *cluster);
/* One rank, and MPI stays out of it. */
void cluster_begin_alone(cluster_t *cluster);
void cluster_close_messages(cluster_t *cluster);

/* n as MPI's int, or the end of the program by MPI_ERR_COUNT. Not for the stand-in. */
int cluster_count(const cluster_t *cluster, size_t n);

/* Make the buffer at least that long, its content lost. Collective, the same `bytes` everywhere:
   all ranks fail or * none. */
confx_status_t cluster_reserve(cluster_t *cluster, buffer_t *buffer, size_t bytes);

/* memcpy that takes NULL for nothing: ranks without units have no memory to show. */
void bytes_copy(void *to, const void *from, size_t bytes);

#endif
