/* Messages from rank to rank that nobody waits for. */
#include "cluster/cluster_private.h"

#include <stdlib.h>

enum { MESSAGE_TAG = 1 };

/* Forget those that have left. */
static void messages_clear_sent(cluster_t *cluster)
{
    for (sent_t **slot = &cluster->sent; *slot;) {
        int left = 0;
        sent_t *sent = *slot;
        /* The bytes of a message must stay in place until MPI no longer needs them. */
        MPI_Test(&sent->request, &left, MPI_STATUS_IGNORE);
        if (left) {
            *slot = sent->next;
            free(sent);
        } else {
            slot = &sent->next;
        }
    }
}

void cluster_post(cluster_t *cluster, int to, const void *message, size_t bytes)
{
    messages_clear_sent(cluster);
    sent_t *sent = malloc(sizeof *sent + bytes);
    if (!sent) {
        MPI_Send(message, cluster_count(cluster, bytes), MPI_BYTE, to, MESSAGE_TAG,
                 cluster->all.comm);
        return;
    }
    bytes_copy(sent->message, message, bytes);
    MPI_Isend(sent->message, cluster_count(cluster, bytes), MPI_BYTE, to, MESSAGE_TAG,
              cluster->all.comm, &sent->request);
    sent->next = cluster->sent;
    cluster->sent = sent;
} /* NOLINT(clang-analyzer-optin.mpi.MPI-Checker): clear_sent tests the request,
     cluster_close_messages waits for it */

bool cluster_fetch(cluster_t *cluster, void *message, size_t room, size_t *bytes, int *from)
{
    if (cluster_is_alone(cluster)) return false;
    int arrived = 0;
    int count = 0;
    MPI_Status facts;
    messages_clear_sent(cluster);
    MPI_Iprobe(MPI_ANY_SOURCE, MESSAGE_TAG, cluster->all.comm, &arrived, &facts);
    if (!arrived) return false;
    MPI_Get_count(&facts, MPI_BYTE, &count);
    MPI_Recv(message, cluster_count(cluster, room), MPI_BYTE, facts.MPI_SOURCE, MESSAGE_TAG,
             cluster->all.comm, MPI_STATUS_IGNORE);
    *bytes = (size_t)count;
    *from = facts.MPI_SOURCE;
    return true;
}

void cluster_close_messages(cluster_t *cluster)
{
    while (cluster->sent) {
        sent_t *sent = cluster->sent;
        cluster->sent = sent->next;
        /* cluster_post began it, which the checker does not see.
           NOLINTNEXTLINE(clang-analyzer-optin.mpi.MPI-Checker) */
        MPI_Wait(&sent->request, MPI_STATUS_IGNORE);
        free(sent);
    }
}
