/* Letters from rank to rank that nobody waits for. */
#include "cluster/cluster_private.h"

#include <stdlib.h>

enum { MAIL_TAG = 1 };

/* Forget those that have left. */
static void messages_clear_sent(cluster_t *cluster)
{
    for (sent_t **slot = &cluster->sent; *slot;) {
        int left = 0;
        sent_t *sent = *slot;
        MPI_Test(&sent->request, &left, MPI_STATUS_IGNORE);
        if (left) {
            *slot = sent->next;
            free(sent);
        } else {
            slot = &sent->next;
        }
    }
}

void cluster_post(cluster_t *cluster, int to, const void *letter, size_t bytes)
{
    messages_clear_sent(cluster);
    sent_t *sent = malloc(sizeof *sent + bytes);
    if (!sent) {
        MPI_Send(letter, cluster_count(cluster, bytes), MPI_BYTE, to, MAIL_TAG, cluster->all.comm);
        return;
    }
    bytes_copy(sent->letter, letter, bytes);
    MPI_Isend(sent->letter, cluster_count(cluster, bytes), MPI_BYTE, to, MAIL_TAG,
              cluster->all.comm, &sent->request);
    sent->next = cluster->sent;
    cluster->sent = sent;
} /* NOLINT(clang-analyzer-optin.mpi.MPI-Checker): clear_sent tests the request, cluster_close_mail
     waits for it */

bool cluster_fetch(cluster_t *cluster, void *letter, size_t room, size_t *bytes, int *from)
{
    if (cluster_is_alone(cluster)) return false;
    int arrived = 0;
    int count = 0;
    MPI_Status facts;
    messages_clear_sent(cluster);
    MPI_Iprobe(MPI_ANY_SOURCE, MAIL_TAG, cluster->all.comm, &arrived, &facts);
    if (!arrived) return false;
    MPI_Get_count(&facts, MPI_BYTE, &count);
    MPI_Recv(letter, cluster_count(cluster, room), MPI_BYTE, facts.MPI_SOURCE, MAIL_TAG,
             cluster->all.comm, MPI_STATUS_IGNORE);
    *bytes = (size_t)count;
    *from = facts.MPI_SOURCE;
    return true;
}

void cluster_close_mail(cluster_t *cluster)
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
