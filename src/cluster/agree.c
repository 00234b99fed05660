/* What all ranks must decide alike, or one would wait for another for ever. */
#include "cluster/cluster_private.h"
#include "confx/try.h"

#include <assert.h>

confx_status_t cluster_agree(cluster_t *cluster, confx_status_t mine)
{
    if (cluster_is_alone(cluster)) return mine;
    const int ranks = cluster->all.size;
    int failing = mine.code == CONFX_STATUS_OK ? ranks : cluster->all.rank;
    /* The lowest rank that fails speaks for all; `ranks` stands for nobody. */
    MPI_Allreduce(MPI_IN_PLACE, &failing, 1, MPI_INT, MPI_MIN, cluster->all.comm);
    if (failing == ranks) return status_ok();
    assert(failing >= 0 && failing < ranks);
    /* A status holds no pointers that another process could not follow. */
    MPI_Bcast(&mine, (int)sizeof mine, MPI_BYTE, failing, cluster->all.comm);
    return mine;
}

bool cluster_any(cluster_t *cluster, bool mine)
{
    int any = mine;
    if (!cluster_is_alone(cluster))
        MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_LOR, cluster->all.comm);
    return any != 0;
}
