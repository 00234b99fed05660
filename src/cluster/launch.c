/* What started this process, and whether it can work: found out before MPI_Init, which does not
   take it well. */
#include "cluster/cluster_private.h"
#include "confx/address_space.h"
#include "confx/try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* mpirun and srun leave their mark in the environment of what they start. MPI_Init works without,
   but takes a third of a second that a one-rank command line tool should not cost. */
static bool launch_is_marked(void)
{
    static const char *const marks[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (getenv(marks[i])) return true;
    }
    return false;
}

/* Several tasks of srun without an MPI plugin would each be a stand-in doing the whole work in the
   same place. */
static confx_status_t launch_refuse_strangers(void)
{
    const char *tasks = getenv("SLURM_STEP_NUM_TASKS");
    if (!tasks || strtol(tasks, NULL, 10) <= 1) return status_ok();
    return status_input(NULL, 0, "srun",
                        "started %s tasks that do not know of each other, expected srun --mpi=pmix",
                        tasks);
}

/* With less Open MPI crashes in MPI_Init, waits in it for ever or leaves with its own exit code,
   after pages of messages (measured with 4.1.4 and 2 ranks, limits of 90 to 300 MB). It maps 170 MB
   for one rank of a node, 220 for 2 and 230 for 8. */
static confx_status_t launch_expect_memory(void)
{
    enum { MPI_MB = 256 };
    if (address_space_can_map((size_t)MPI_MB << 20)) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY,
                       "no memory for MPI: it needs %d MB of address space (ulimit -v)", MPI_MB);
}

/* Is the parent process mpirun, or what it starts on other nodes? */
static bool launch_parent_is_mpirun(void)
{
    static const char *const names[] = {"mpirun", "mpiexec", "orterun", "orted"};
    char path[64];
    char name[32] = "";
    /* It is the limit of that process that counts, which must be told from a shell or srun. */
    (void)snprintf(path, sizeof path, "/proc/%ld/comm", (long)getppid());
    FILE *file = fopen(path, "r");
    if (!file) return false;
    const bool known = fscanf(file, "%31s", name) == 1;
    (void)fclose(file);
    for (size_t i = 0; known && i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

/* mpirun keeps what its ranks tell each other in files of 4 MB. Where it may not write so much (its
   limit, not the ranks': those may have another) the ranks wait in MPI_Init for ever for what it
   could not write down: measured with 4.1.4 at every limit up to 4,096 KB. */
static confx_status_t launch_expect_files(void)
{
    const rlim_t needed = (rlim_t)4200 << 10;
    struct rlimit limit;
    if (!launch_parent_is_mpirun() || prlimit(getppid(), RLIMIT_FSIZE, NULL, &limit) != 0)
        return status_ok();
    if (limit.rlim_cur >= needed) return status_ok(); /* RLIM_INFINITY is the largest of all */
    return status_fail(CONFX_STATUS_IO,
                       "mpirun may write files of %llu bytes only, and needs 4 MB (ulimit -f): "
                       "limit the ranks alone",
                       (unsigned long long)limit.rlim_cur);
}

confx_status_t launch_check(bool *launched)
{
    *launched = launch_is_marked();
    if (!*launched) return launch_refuse_strangers();
    TRY(launch_expect_files());
    return launch_expect_memory();
}

bool cluster_may_speak(void)
{
    static const char *const numbers[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"};
    const double patience = 2;
    const char *number = NULL;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && !number; i++)
        number = getenv(numbers[i]);
    if (!number || strcmp(number, "0") == 0) return true;
    cluster_listen(); /* one that is told to end says nothing more */
    cluster_nap(patience);
    return !cluster_told();
}
