/* Preloaded into an MPI program: watches that all ranks of a communicator make the same collectives
   in the same order, and delays calls at random, so that whatever may happen early or late on a
   busy network does. Every MPI function that the cluster room uses and that speaks to other ranks
   is defined here and goes on to its PMPI_ twin (tests/system/collectives_test sees that none is
   missing).

   Of each communicator every rank keeps the calls it made: which, how many elements of what type,
   which root, which operation; and a hash of them in order. When the communicator is freed
   (MPI_COMM_WORLD: in MPI_Finalize) the hashes are compared over a duplicate of it, which no call
   of the program can get in the way of. A difference ends the program with ORDER_DIFFERS and names
   the communicator, the ranks, and the number and kind of the first call that is not the same; a
   communicator that is never freed ends it too. A thread watches for a rank that does not come out
   of a call: it says where that rank is and ends the program with ORDER_HANGS.

   ORDER_SEED     the delays' random numbers; not set: no delays
   ORDER_LIMIT    tenths of a second in one call that are a hang: 3000 by default
   ORDER_REPORT   a file to which one line is added for each communicator: its name, ranks, number
                  of calls, hash */
#include <mpi.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ORDER_DIFFERS = 86, ORDER_HANGS = 87, NAME_MAX_BYTES = 160, NAP_US = 100000 };

/* What must be the same on all ranks; 0 and "" where it does not apply or may differ. */
typedef struct {
    char what[32];
    char type[32];
    char operation[16];
    int64_t count, type_bytes, root;
} call_t;

/* A communicator. */
typedef struct order order_t;
struct order {
    order_t *next;
    char name[NAME_MAX_BYTES];
    MPI_Comm shadow; /* its duplicate */
    int rank, size;
    unsigned children; /* communicators made of it so far */
    size_t n, room;
    call_t *calls;    /* (n) */
    uint64_t *hashes; /* (n): of the calls up to this one */
};

/* A preloaded library has no caller to keep its state. */
static struct {
    int key;  /* of the attribute by which a communicator has its order_t */
    int rank; /* in the world */
    bool delays, slow;
    uint64_t random;
    order_t *open;
    pthread_t watch;
    long limit;                     /* naps of the watch */
    atomic_ulong entered;           /* calls so far */
    _Atomic(const char *) inside;   /* the call that this rank is in, NULL between calls */
    _Atomic(const order_t *) among; /* its communicator */
    atomic_bool over;
} state;

/* ---- delays ---------------------------------------------------------------------------------- */

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static uint64_t draw(void)
{
    return mix(state.random += UINT64_C(0x9e3779b97f4a7c15));
}

/* Half of the calls at once, most others some microseconds late, few some milliseconds; one rank of
   the world, another for each seed, is late more often than not. */
static void delay(void)
{
    if (!state.delays) return;
    const uint64_t kind = draw() % 16, length = draw();
    if (kind == 0)
        (void)usleep((useconds_t)(length % 3000));
    else if (kind < 8 || state.slow)
        (void)usleep((useconds_t)(length % 50));
}

/* Whether a look at what may have arrived comes too early. */
static bool is_early(void)
{
    return state.delays && draw() % 4 == 0;
}

/* ---- communicators --------------------------------------------------------------------------- */

static order_t *order_of(MPI_Comm comm)
{
    order_t *order = NULL;
    int found = 0;
    PMPI_Comm_get_attr(comm, state.key, &order, &found);
    return found ? order : NULL;
}

_Noreturn static void order_fail(int code, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)fprintf(stderr, "order: %s\n", text);
    (void)fflush(stderr);
    PMPI_Abort(MPI_COMM_WORLD, code);
    _exit(code);
}

/* Known by the way it was made, which is the same on all its ranks, and by the world's number of
   its first rank, as a split makes several at once. */
static void order_open(MPI_Comm comm, order_t *parent, const char *way)
{
    if (comm == MPI_COMM_NULL) return;
    order_t *order = calloc(1, sizeof *order);
    if (!order) order_fail(ORDER_DIFFERS, "no memory");
    int first = state.rank;
    PMPI_Comm_dup(comm, &order->shadow);
    PMPI_Comm_rank(comm, &order->rank);
    PMPI_Comm_size(comm, &order->size);
    PMPI_Bcast(&first, 1, MPI_INT, 0, order->shadow);
    if (parent)
        (void)snprintf(order->name, sizeof order->name, "%.96s/%s %u of rank %d", parent->name, way,
                       parent->children, first);
    else
        (void)snprintf(order->name, sizeof order->name, "%s", way);
    order->next = state.open;
    state.open = order;
    PMPI_Comm_set_attr(comm, state.key, order);
}

static void order_drop(order_t *order)
{
    order_t **slot = &state.open;
    while (*slot != order) slot = &(*slot)->next;
    *slot = order->next;
    PMPI_Comm_free(&order->shadow);
    free(order->calls);
    free(order->hashes);
    free(order);
}

/* The two numbers are the same on all ranks. */
static bool is_common(const order_t *order, uint64_t one, uint64_t other)
{
    uint64_t least[4] = {one, ~one, other, ~other};
    PMPI_Allreduce(MPI_IN_PLACE, least, 4, MPI_UINT64_T, MPI_MIN, order->shadow);
    return least[0] == ~least[1] && least[2] == ~least[3];
}

static void describe(const call_t *call, char *text, size_t bytes)
{
    if (!call->what[0])
        (void)snprintf(text, bytes, "no call");
    else
        (void)snprintf(text, bytes,
                       "%s (count %lld, type %s of %lld bytes, operation %s, root %lld)",
                       call->what, (long long)call->count, call->type[0] ? call->type : "-",
                       (long long)call->type_bytes, call->operation[0] ? call->operation : "-",
                       (long long)call->root);
}

/* The calls up to the nth are the same on all ranks, the nth is not: each rank's goes to the first,
   who tells. */
static void order_tell(const order_t *order, size_t nth)
{
    char one[256], other[256];
    call_t mine = {0};
    if (nth < order->n) mine = order->calls[nth];
    call_t *all = calloc((size_t)order->size, sizeof *all);
    if (!all) order_fail(ORDER_DIFFERS, "no memory");
    PMPI_Gather(&mine, (int)sizeof mine, MPI_BYTE, all, (int)sizeof mine, MPI_BYTE, 0,
                order->shadow);
    for (int rank = 1; all && order->rank == 0 && rank < order->size; rank++) {
        if (memcmp(&all[0], &all[rank], sizeof *all) == 0) continue;
        describe(&all[0], one, sizeof one);
        describe(&all[rank], other, sizeof other);
        order_fail(ORDER_DIFFERS, "communicator %s: call %zu differs: rank 0 made %s, rank %d %s",
                   order->name, nth + 1, one, rank, other);
    }
    free(all);
    PMPI_Barrier(order->shadow); /* nobody goes on: the first rank ends the program */
}

/* Prefixes of calls are equal up to some point and never afterwards: it is found by halving. */
static void order_compare(const order_t *order)
{
    const uint64_t hash = order->n ? order->hashes[order->n - 1] : 0;
    if (is_common(order, order->n, hash)) return;
    uint64_t least = order->n;
    PMPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_UINT64_T, MPI_MIN, order->shadow);
    size_t low = 0, high = (size_t)least; /* the first different call is in low..high */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (is_common(order, order->hashes[middle], 0))
            low = middle + 1;
        else
            high = middle;
    }
    order_tell(order, low);
}

static void order_report(const order_t *order)
{
    char line[NAME_MAX_BYTES + 64];
    const char *path = getenv("ORDER_REPORT");
    if (!path || order->rank != 0) return;
    const int length =
        snprintf(line, sizeof line, "%s, %d ranks, %zu calls, %016llx\n", order->name, order->size,
                 order->n, (unsigned long long)(order->n ? order->hashes[order->n - 1] : 0));
    const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    /* one write: ranks of other groups add theirs */
    if (file < 0 || write(file, line, (size_t)length) != length)
        order_fail(ORDER_DIFFERS, "%s: cannot be written", path);
    (void)close(file);
}

static void order_close(order_t *order)
{
    order_compare(order);
    order_report(order);
    order_drop(order);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static const char *name_of(MPI_Op operation)
{
    if (operation == MPI_MIN) return "min";
    if (operation == MPI_MAX) return "max";
    if (operation == MPI_SUM) return "sum";
    if (operation == MPI_LOR) return "lor";
    if (operation == MPI_LAND) return "land";
    return "?";
}

/* This rank is in a call of the communicator from here on, whether collective or not; late,
   perhaps. */
static void enter(MPI_Comm comm, const char *what)
{
    delay();
    atomic_store(&state.among, comm == MPI_COMM_NULL ? NULL : order_of(comm));
    atomic_store(&state.inside, what);
    atomic_fetch_add(&state.entered, 1);
}

static int leave(int result)
{
    atomic_store(&state.inside, NULL);
    delay();
    return result;
}

static void order_add(order_t *order, const call_t *call)
{
    if (order->n == order->room) {
        order->room = order->room ? 2 * order->room : 64;
        order->calls = realloc(order->calls, order->room * sizeof *order->calls);
        order->hashes = realloc(order->hashes, order->room * sizeof *order->hashes);
        if (!order->calls || !order->hashes) order_fail(ORDER_DIFFERS, "no memory");
    }
    uint64_t hash = order->n ? order->hashes[order->n - 1] : 0;
    for (size_t i = 0; i < sizeof *call; i++)
        hash = mix(hash ^ ((const unsigned char *)call)[i]) + i;
    order->calls[order->n] = *call;
    order->hashes[order->n++] = hash;
}

/* A collective. Type MPI_DATATYPE_NULL and operation MPI_OP_NULL: none. */
static order_t *enter_all(MPI_Comm comm, const char *what, int64_t count, MPI_Datatype type,
                          MPI_Op operation, int root)
{
    order_t *order = order_of(comm);
    call_t call = {.count = count, .root = root};
    (void)snprintf(call.what, sizeof call.what, "%s", what);
    if (operation != MPI_OP_NULL)
        (void)snprintf(call.operation, sizeof call.operation, "%s", name_of(operation));
    if (type != MPI_DATATYPE_NULL) {
        char name[MPI_MAX_OBJECT_NAME] = "";
        int length = 0, bytes = 0;
        PMPI_Type_get_name(type, name, &length);
        PMPI_Type_size(type, &bytes);
        (void)snprintf(call.type, sizeof call.type, "%.31s", name);
        call.type_bytes = bytes;
    }
    order_add(order, &call);
    enter(comm, what);
    return order;
}

/* ---- the watch ------------------------------------------------------------------------------- */

/* Naps are counted, not the clock's seconds: a process that is stopped meanwhile does not hang. The
   others are given time to say where they are. */
static void *watch(void *nothing)
{
    unsigned long last = 0;
    long naps = 0;
    while (!atomic_load(&state.over)) {
        (void)usleep(NAP_US);
        const unsigned long entered = atomic_load(&state.entered);
        const char *inside = atomic_load(&state.inside);
        naps = inside && entered == last ? naps + 1 : 0;
        last = entered;
        if (naps < state.limit) continue;
        const order_t *among = atomic_load(&state.among);
        (void)fprintf(stderr,
                      "order: rank %d does not come out of %s, communicator %s, behind %zu "
                      "collectives there\n",
                      state.rank, inside, among ? among->name : "unknown", among ? among->n : 0);
        (void)sleep(2);
        _exit(ORDER_HANGS);
    }
    return nothing;
}

static void start_watch(void)
{
    const char *limit = getenv("ORDER_LIMIT");
    state.limit = limit ? strtol(limit, NULL, 10) : 3000;
    if (pthread_create(&state.watch, NULL, watch, NULL) != 0)
        order_fail(ORDER_HANGS, "no thread for the watch");
}

/* ---- what stands before MPI's own ------------------------------------------------------------ */

int MPI_Init_thread(int *argc, char ***argv, int required, int *provided)
{
    const int result = PMPI_Init_thread(argc, argv, required, provided);
    const char *seed = getenv("ORDER_SEED");
    int size = 1;
    PMPI_Comm_rank(MPI_COMM_WORLD, &state.rank);
    PMPI_Comm_size(MPI_COMM_WORLD, &size);
    PMPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, MPI_COMM_NULL_DELETE_FN, &state.key, NULL);
    if (seed) {
        const uint64_t number = strtoull(seed, NULL, 10);
        state.delays = true;
        state.slow = number % (uint64_t)size == (uint64_t)state.rank;
        state.random = mix(number) ^ mix((uint64_t)state.rank + 1);
    }
    order_open(MPI_COMM_WORLD, NULL, "world");
    start_watch();
    return result;
}

int MPI_Finalize(void)
{
    order_t *world = order_of(MPI_COMM_WORLD);
    enter(MPI_COMM_WORLD, "MPI_Finalize");
    for (const order_t *order = state.open; order; order = order->next) {
        if (order != world)
            order_fail(ORDER_DIFFERS, "communicator %s is never freed", order->name);
    }
    order_close(world);
    atomic_store(&state.over, true);
    (void)pthread_join(state.watch, NULL);
    PMPI_Comm_free_keyval(&state.key);
    return PMPI_Finalize();
}

int MPI_Comm_free(MPI_Comm *comm)
{
    order_t *order = order_of(*comm);
    enter(*comm, "MPI_Comm_free");
    order_close(order);
    return leave(PMPI_Comm_free(comm));
}

int MPI_Comm_split(MPI_Comm comm, int colour, int key, MPI_Comm *made)
{
    order_t *order = enter_all(comm, "MPI_Comm_split", 0, MPI_DATATYPE_NULL, MPI_OP_NULL, 0);
    const int result = PMPI_Comm_split(comm, colour, key, made);
    order->children++;
    order_open(*made, order, "split");
    return leave(result);
}

int MPI_Comm_split_type(MPI_Comm comm, int kind, int key, MPI_Info info, MPI_Comm *made)
{
    order_t *order =
        enter_all(comm, "MPI_Comm_split_type", kind, MPI_DATATYPE_NULL, MPI_OP_NULL, 0);
    const int result = PMPI_Comm_split_type(comm, kind, key, info, made);
    order->children++;
    order_open(*made, order, "split by type");
    return leave(result);
}

int MPI_Dist_graph_create_adjacent(MPI_Comm comm, int in, const int sources[],
                                   const int source_weights[], int out, const int targets[],
                                   const int target_weights[], MPI_Info info, int reorder,
                                   MPI_Comm *made)
{
    order_t *order = enter_all(comm, "MPI_Dist_graph_create_adjacent", reorder, MPI_DATATYPE_NULL,
                               MPI_OP_NULL, 0);
    const int result = PMPI_Dist_graph_create_adjacent(
        comm, in, sources, source_weights, out, targets, target_weights, info, reorder, made);
    order->children++;
    order_open(*made, order, "graph");
    return leave(result);
}

int MPI_Bcast(void *data, int count, MPI_Datatype type, int root, MPI_Comm comm)
{
    (void)enter_all(comm, "MPI_Bcast", count, type, MPI_OP_NULL, root);
    return leave(PMPI_Bcast(data, count, type, root, comm));
}

int MPI_Reduce(const void *mine, void *all, int count, MPI_Datatype type, MPI_Op operation,
               int root, MPI_Comm comm)
{
    (void)enter_all(comm, "MPI_Reduce", count, type, operation, root);
    return leave(PMPI_Reduce(mine, all, count, type, operation, root, comm));
}

int MPI_Allreduce(const void *mine, void *all, int count, MPI_Datatype type, MPI_Op operation,
                  MPI_Comm comm)
{
    (void)enter_all(comm, "MPI_Allreduce", count, type, operation, 0);
    return leave(PMPI_Allreduce(mine, all, count, type, operation, comm));
}

int MPI_Exscan(const void *mine, void *before, int count, MPI_Datatype type, MPI_Op operation,
               MPI_Comm comm)
{
    (void)enter_all(comm, "MPI_Exscan", count, type, operation, 0);
    return leave(PMPI_Exscan(mine, before, count, type, operation, comm));
}

int MPI_Barrier(MPI_Comm comm)
{
    (void)enter_all(comm, "MPI_Barrier", 0, MPI_DATATYPE_NULL, MPI_OP_NULL, 0);
    return leave(PMPI_Barrier(comm));
}

int MPI_Ibarrier(MPI_Comm comm, MPI_Request *request)
{
    (void)enter_all(comm, "MPI_Ibarrier", 0, MPI_DATATYPE_NULL, MPI_OP_NULL, 0);
    return leave(PMPI_Ibarrier(comm, request));
}

int MPI_Allgather(const void *mine, int count, MPI_Datatype type, void *all, int all_count,
                  MPI_Datatype all_type, MPI_Comm comm)
{
    (void)enter_all(comm, "MPI_Allgather", all_count, all_type, MPI_OP_NULL, 0);
    return leave(PMPI_Allgather(mine, count, type, all, all_count, all_type, comm));
}

int MPI_Neighbor_allgather(const void *mine, int count, MPI_Datatype type, void *all, int all_count,
                           MPI_Datatype all_type, MPI_Comm comm)
{
    (void)enter_all(comm, "MPI_Neighbor_allgather", all_count, all_type, MPI_OP_NULL, 0);
    return leave(PMPI_Neighbor_allgather(mine, count, type, all, all_count, all_type, comm));
}

/* Of those with a count for each rank, ranks know their own only. */
int MPI_Gatherv(const void *mine, int count, MPI_Datatype type, void *all, const int counts[],
                const int starts[], MPI_Datatype all_type, int root, MPI_Comm comm)
{
    (void)enter_all(comm, "MPI_Gatherv", 0, type, MPI_OP_NULL, root);
    return leave(PMPI_Gatherv(mine, count, type, all, counts, starts, all_type, root, comm));
}

int MPI_Scatterv(const void *all, const int counts[], const int starts[], MPI_Datatype all_type,
                 void *mine, int count, MPI_Datatype type, int root, MPI_Comm comm)
{
    (void)enter_all(comm, "MPI_Scatterv", 0, type, MPI_OP_NULL, root);
    return leave(PMPI_Scatterv(all, counts, starts, all_type, mine, count, type, root, comm));
}

int MPI_Allgatherv(const void *mine, int count, MPI_Datatype type, void *all, const int counts[],
                   const int starts[], MPI_Datatype all_type, MPI_Comm comm)
{
    (void)enter_all(comm, "MPI_Allgatherv", 0, type, MPI_OP_NULL, 0);
    return leave(PMPI_Allgatherv(mine, count, type, all, counts, starts, all_type, comm));
}

/* Between two ranks: late, and watched. */

int MPI_Send(const void *data, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm)
{
    enter(comm, "MPI_Send");
    return leave(PMPI_Send(data, count, type, to, tag, comm));
}

int MPI_Isend(const void *data, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm,
              MPI_Request *request)
{
    enter(comm, "MPI_Isend");
    return leave(PMPI_Isend(data, count, type, to, tag, comm, request));
}

int MPI_Recv(void *data, int count, MPI_Datatype type, int from, int tag, MPI_Comm comm,
             MPI_Status *status)
{
    enter(comm, "MPI_Recv");
    return leave(PMPI_Recv(data, count, type, from, tag, comm, status));
}

int MPI_Irecv(void *data, int count, MPI_Datatype type, int from, int tag, MPI_Comm comm,
              MPI_Request *request)
{
    enter(comm, "MPI_Irecv");
    return leave(PMPI_Irecv(data, count, type, from, tag, comm, request));
}

int MPI_Wait(MPI_Request *request, MPI_Status *status)
{
    enter(MPI_COMM_NULL, "MPI_Wait");
    return leave(PMPI_Wait(request, status));
}

int MPI_Test(MPI_Request *request, int *done, MPI_Status *status)
{
    *done = 0;
    return is_early() ? MPI_SUCCESS : PMPI_Test(request, done, status);
}

int MPI_Iprobe(int from, int tag, MPI_Comm comm, int *arrived, MPI_Status *status)
{
    *arrived = 0;
    return is_early() ? MPI_SUCCESS : PMPI_Iprobe(from, tag, comm, arrived, status);
}
