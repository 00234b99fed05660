/* A sum whose bits do not depend on the number of ranks. Floating-point addition does not
   associate, and MPI_Reduce adds in an order that follows the number of ranks. Here the order is
   that of a tree over unit numbers: node i of a level is the sum of nodes 2i and 2i+1 of the level
   below, a last one without a partner goes up as it is. A node lives where its leftmost unit lives,
   in that unit's vector, which its partial sum overwrites.

   Shares are contiguous, so at each level at most a rank's first node has its partner on a lower
   rank, to which it is given, and at most its last has its partner on a higher one, from which it
   is taken: two messages a rank and level. */
#include "cluster/cluster_private.h"
#include "confx/try.h"

#include <assert.h>
#include <string.h>

typedef struct {
    cluster_t *cluster;
    size_t units, n;
    array_type_t type;
    size_t bytes; /* of a vector */
    unsigned char *mine;
    share_t share;
} sum_sum_t;

static void sum_add_f32(size_t n, float *restrict sum, const float *restrict term)
{
    for (size_t i = 0; i < n; i++) sum[i] += term[i];
}

static void sum_add_f64(size_t n, double *restrict sum, const double *restrict term)
{
    for (size_t i = 0; i < n; i++) sum[i] += term[i];
}

static void *sum_vector_of(const sum_sum_t *sum, size_t unit)
{
    assert(unit >= sum->share.first && unit < sum->share.first + sum->share.n);
    return sum->mine + (unit - sum->share.first) * sum->bytes;
}

static void sum_add_to(const sum_sum_t *sum, size_t unit, const void *term)
{
    assert(sum->type == ARRAY_F32 || sum->type == ARRAY_F64);
    if (sum->type == ARRAY_F32) sum_add_f32(sum->n, sum_vector_of(sum, unit), term);
    if (sum->type == ARRAY_F64) sum_add_f64(sum->n, sum_vector_of(sum, unit), term);
}

static MPI_Datatype sum_element_of(const sum_sum_t *sum)
{
    return sum->type == ARRAY_F32 ? MPI_FLOAT : MPI_DOUBLE;
}

static void sum_take_from_owner(const sum_sum_t *sum, size_t unit, MPI_Request *request)
{
    const group_t *all = &sum->cluster->all;
    MPI_Irecv(sum->cluster->incoming.data, cluster_count(sum->cluster, sum->n), sum_element_of(sum),
              share_owner(sum->units, all->size, unit), 0, all->comm, request);
}

static void sum_give_to_owner(const sum_sum_t *sum, size_t given, size_t unit, MPI_Request *request)
{
    const group_t *all = &sum->cluster->all;
    MPI_Isend(sum_vector_of(sum, given), cluster_count(sum->cluster, sum->n), sum_element_of(sum),
              share_owner(sum->units, all->size, unit), 0, all->comm, request);
}

static size_t sum_next_multiple(size_t n, size_t of)
{
    return (n + of - 1) / of * of;
}

/* One level, whose nodes are `stride` units apart. Messages begin before the additions within the
   rank: a chain of ranks that each give and take then moves at once instead of one after
   another. */
static void sum_level(const sum_sum_t *sum, size_t stride)
{
    const size_t begin = sum->share.first, end = begin + sum->share.n;
    const size_t first = sum_next_multiple(begin, stride);     /* my first node */
    const size_t last = (end - 1) / (2 * stride) * 2 * stride; /* my last left partner */
    const bool gives = first < end && first / stride % 2 == 1;
    const bool takes = last >= begin && last + stride >= end && last + stride < sum->units;
    MPI_Request taking = MPI_REQUEST_NULL, giving = MPI_REQUEST_NULL;
    if (takes) sum_take_from_owner(sum, last + stride, &taking);
    if (gives) sum_give_to_owner(sum, first, first - stride, &giving);
    for (size_t left = sum_next_multiple(begin, 2 * stride); left + stride < end;
         left += 2 * stride)
        sum_add_to(sum, left, sum_vector_of(sum, left + stride));
    /* What was given has not changed since: my first node is no left partner at this level. What is
       taken is added last, which is the order of the tree, as it belongs to my last node. */
    if (takes) {
        MPI_Wait(&taking, MPI_STATUS_IGNORE);
        sum_add_to(sum, last, sum->cluster->incoming.data);
    }
    if (gives) MPI_Wait(&giving, MPI_STATUS_IGNORE);
}

confx_status_t cluster_sum(cluster_t *cluster, size_t units, array_type_t type, size_t n,
                           void *mine, void *out)
{
    sum_sum_t sum = {.cluster = cluster, .units = units, .n = n, .type = type, .mine = mine};
    sum.bytes = n * array_type_bytes(type);
    sum.share = cluster_share(cluster, units);
    if (!cluster_is_alone(cluster)) TRY(cluster_reserve(cluster, &cluster->incoming, sum.bytes));
    for (size_t stride = 1; stride < units && sum.share.n > 0; stride *= 2) sum_level(&sum, stride);
    if (cluster_is_root(cluster) && units > 0) bytes_copy(out, mine, sum.bytes);
    if (cluster_is_root(cluster) && units == 0) memset(out, 0, sum.bytes);
    return status_ok();
}
