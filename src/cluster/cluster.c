/* Opening and closing, and who is who. Errors inside MPI are fatal by its default handler, which
   every communicator made here inherits; its message names the call and the communicator. */
#include "cluster/cluster_private.h"
#include "confx/try.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

void cluster_begin_alone(cluster_t *cluster)
{
    cluster->all = cluster->node = (group_t){.comm = MPI_COMM_NULL, .size = 1};
    cluster->nodes = 1;
    cluster->ring = MPI_COMM_NULL;
}

void cluster_find_node(cluster_t *cluster, MPI_Comm comm, int rank)
{
    group_t *node = &cluster->node;
    MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &node->comm);
    MPI_Comm_rank(node->comm, &node->rank);
    MPI_Comm_size(node->comm, &node->size);
    MPI_Comm firsts = MPI_COMM_NULL;
    MPI_Comm_split(comm, node->rank == 0 ? 0 : MPI_UNDEFINED, rank, &firsts);
    int place[3] = {0, 0, 0}; /* number of the node, of all nodes, of ranks on the nodes before */
    if (node->rank == 0) {
        MPI_Comm_rank(firsts, &place[0]);
        MPI_Comm_size(firsts, &place[1]);
        MPI_Exscan(&node->size, &place[2], 1, MPI_INT, MPI_SUM, firsts);
        if (place[0] == 0) place[2] = 0; /* the first of an Exscan is left undefined */
        MPI_Comm_free(&firsts);
    }
    MPI_Bcast(place, 3, MPI_INT, 0, node->comm);
    cluster->node_number = place[0];
    cluster->nodes = place[1];
    node->first = place[2];
}

/* Renumber so that a node's ranks are in a row: contiguous shares of units then make contiguous
   shares of nodes. World rank 0, the lowest of the first node, stays rank 0. */
static void cluster_join_ranks(cluster_t *cluster, int *argc, char ***argv)
{
    int level = 0, world_rank = 0;
    MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED,
                    &level); /* threads of the matrix library never call MPI */
    MPI_Comm_rank(MPI_COMM_WORLD, &world_rank);
    cluster_find_node(cluster, MPI_COMM_WORLD, world_rank);
    group_t *all = &cluster->all;
    MPI_Comm_split(MPI_COMM_WORLD, 0, cluster->node.first + cluster->node.rank, &all->comm);
    MPI_Comm_rank(all->comm, &all->rank);
    MPI_Comm_size(all->comm, &all->size);
}

confx_status_t cluster_open_scratch(cluster_t *cluster)
{
    const size_t ranks = (size_t)cluster->all.size;
    cluster->counts = calloc(2 * ranks, sizeof *cluster->counts);
    cluster->starts = cluster->counts ? cluster->counts + ranks : NULL;
    return cluster_agree(
        cluster, cluster->counts ? status_ok()
                                 : status_fail(CONFX_STATUS_MEMORY, "no memory for the ranks"));
}

confx_status_t cluster_open(int *argc, char ***argv, cluster_t **opened)
{
    bool launched;
    TRY(launch_check(&launched));
    cluster_t *cluster = calloc(1, sizeof *cluster);
    if (!cluster) return status_fail(CONFX_STATUS_MEMORY, "no memory for the ranks");
    cluster_begin_alone(cluster);
    /* Without a launcher MPI is not begun at all: there is one rank. */
    if (launched) cluster_join_ranks(cluster, argc, argv);
    confx_status_t status;
    TRY_OUT(cluster_open_scratch(cluster));
    *opened = cluster;
    return status;
out:
    cluster_close(cluster);
    return status;
}

void cluster_close(cluster_t *cluster)
{
    if (!cluster) return;
    free(cluster->counts);
    free(cluster->merged.data);
    free(cluster->incoming.data);
    if (cluster->all.comm != MPI_COMM_NULL) {
        cluster_close_messages(cluster);
        if (cluster->ring != MPI_COMM_NULL) MPI_Comm_free(&cluster->ring);
        MPI_Comm_free(&cluster->node.comm);
        MPI_Comm_free(&cluster->all.comm);
        /* Parts of the ranks are opened and closed many times; MPI ends with the whole. */
        if (!cluster->part) MPI_Finalize();
    }
    free(cluster);
}

int cluster_rank(const cluster_t *cluster)
{
    return cluster->all.rank;
}

int cluster_size(const cluster_t *cluster)
{
    return cluster->all.size;
}

int cluster_node(const cluster_t *cluster)
{
    return cluster->node_number;
}

int cluster_nodes(const cluster_t *cluster)
{
    return cluster->nodes;
}

bool cluster_is_root(const cluster_t *cluster)
{
    return cluster->all.rank == 0;
}

bool cluster_is_writer(const cluster_t *cluster)
{
    return cluster->node.rank == 0;
}

bool cluster_is_alone(const cluster_t *cluster)
{
    return cluster->all.size == 1;
}

int cluster_count(const cluster_t *cluster, size_t n)
{
    if (n > INT_MAX) MPI_Comm_call_errhandler(cluster->all.comm, MPI_ERR_COUNT);
    return (int)n;
}

confx_status_t cluster_reserve(cluster_t *cluster, buffer_t *buffer, size_t bytes)
{
    if (bytes <= buffer->bytes) return status_ok();
    const size_t enough = bytes / 2 < buffer->bytes ? 2 * buffer->bytes
                                                    : bytes; /* sizes that creep up: seldom again */
    free(buffer->data);
    buffer->data = malloc(enough);
    buffer->bytes = enough;
    const confx_status_t status = cluster_agree(
        cluster, buffer->data ? status_ok()
                              : status_fail(CONFX_STATUS_MEMORY,
                                            "no memory for %zu bytes between ranks", enough));
    if (status.code !=
        CONFX_STATUS_OK) { /* on every rank, so that all grow together the next time too */
        free(buffer->data);
        *buffer = (buffer_t){0};
    }
    return status;
}

void bytes_copy(void *to, const void *from, size_t bytes)
{
    if (bytes) memcpy(to, from, bytes);
}
