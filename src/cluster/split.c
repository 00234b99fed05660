/* Groups of ranks, and what ranks do that wait for each other for long. */
#include "cluster/cluster_private.h"
#include "confx/try.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

static void split_join_group(const cluster_t *cluster, int number, cluster_t *group)
{
    MPI_Comm_split(cluster->all.comm, number, cluster->all.rank, &group->all.comm);
    MPI_Comm_rank(group->all.comm, &group->all.rank);
    MPI_Comm_size(group->all.comm, &group->all.size);
    if (group->all.size > 1) {
        cluster_find_node(group, group->all.comm, group->all.rank);
        return;
    }
    MPI_Comm_free(&group->all.comm);
    cluster_begin_alone(group);
}

confx_status_t cluster_split(cluster_t *cluster, size_t groups, cluster_t **opened)
{
    *opened = NULL;
    cluster_t *group = calloc(1, sizeof *group);
    confx_status_t status = cluster_agree(
        cluster,
        group ? status_ok() : status_fail(CONFX_STATUS_MEMORY, "no memory for a group of ranks"));
    if (!group || status.code != CONFX_STATUS_OK) { /* ... of another rank */
        free(group);
        return status;
    }
    assert(groups >= 1 && groups <= (size_t)cluster->all.size);
    group->part = true;
    cluster_begin_alone(group);
    const int number =
        share_owner((size_t)cluster->all.size, (int)groups, (size_t)cluster->all.rank);
    if (!cluster_is_alone(cluster)) split_join_group(cluster, number, group);
    status = cluster_agree(cluster, cluster_open_scratch(group));
    if (status.code == CONFX_STATUS_OK)
        *opened = group;
    else
        cluster_close(group);
    return status;
}

void cluster_nap(double seconds)
{
    const struct timespec span = {.tv_sec = (time_t)seconds,
                                  .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    (void)nanosleep(&span, NULL);
}

/* Open MPI's own waiting spins. Ever longer naps: a short wait is seen to end within a tenth of its
   length. */
void cluster_rest(cluster_t *cluster)
{
    const double longest = 0.01;
    if (cluster_is_alone(cluster)) return;
    MPI_Request request;
    int done = 0;
    MPI_Ibarrier(cluster->all.comm, &request);
    for (double nap = 1e-5; MPI_Test(&request, &done, MPI_STATUS_IGNORE), !done;
         nap *= nap < longest ? 1.1 : 1)
        cluster_nap(nap);
}
