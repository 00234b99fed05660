/* usage: misordered MISTAKE An MPI program whose ranks do not do the same, for tests of
   tests/cluster/order.c: every mistake is one that MPI itself lets pass. Rank 1 makes it. */
#include <mpi.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void make_mistake(const char *mistake, int wrong, MPI_Comm comm)
{
    int one = 1, pair[2] = {1, 1}, all = 0;
    for (int i = 0; i < 3; i++) MPI_Bcast(&one, 1, MPI_INT, 0, comm);
    if (strcmp(mistake, "count") == 0) MPI_Bcast(pair, wrong ? 2 : 1, MPI_INT, 0, comm);
    if (strcmp(mistake, "type") == 0) MPI_Bcast(&one, 1, wrong ? MPI_FLOAT : MPI_INT, 0, comm);
    if (strcmp(mistake, "operation") == 0)
        MPI_Allreduce(&one, &all, 1, MPI_INT, wrong ? MPI_MAX : MPI_MIN, comm);
    if (strcmp(mistake, "order") ==
        0) { /* both broadcasts are short enough to be sent before they are received */
        MPI_Bcast(&one, 1, MPI_INT, wrong, comm);
        MPI_Bcast(&one, 1, MPI_INT, !wrong, comm);
    }
    if (strcmp(mistake, "hang") == 0 && !wrong) MPI_Barrier(comm);
    if (strcmp(mistake, "hang") == 0 && wrong) (void)pause();
}

int main(int argc, char **argv)
{
    int level = 0, rank = 0;
    MPI_Comm comm;
    MPI_Request request;
    int done = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_split(MPI_COMM_WORLD, 0, rank, &comm);
    const char *mistake = argc > 1 ? argv[1] : "none";
    make_mistake(mistake, rank == 1, comm);
    if (strcmp(mistake, "fewer") == 0 && rank != 1) { /* begun and never waited for */
        MPI_Ibarrier(comm, &request);
        MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    }
    if (strcmp(mistake, "leak") != 0) MPI_Comm_free(&comm);
    MPI_Finalize();
    return 0;
}
