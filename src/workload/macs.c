/* How many multiplications a layer really needs, and how far counts of them depart from that. */
#include "confx/macs.h"
#include "confx/workload.h"

#include <assert.h>
#include <stdio.h>

/* Places at which a filter of that extent lies, `stride` apart. */
static int64_t macs_windows(int64_t extent, int64_t filter, int64_t stride)
{
    assert(filter >= 0);
    if (filter == 0 || extent < filter) return extent;
    return (extent - filter) / (stride > 1 ? stride : 1) + 1;
}

int64_t confx_layer_extent(const confx_layer_t *layer, confx_dim_t dim)
{
    /* Each input of a transposed convolution meets each weight; a matrix product has no window. */
    const bool windowed = layer->type != CONFX_LAYER_TRCONV && layer->type != CONFX_LAYER_GEMM;
    if (windowed && dim == CONFX_DIM_X)
        return macs_windows(layer->dim[CONFX_DIM_X], layer->dim[CONFX_DIM_S], layer->stride_x);
    if (windowed && dim == CONFX_DIM_Y)
        return macs_windows(layer->dim[CONFX_DIM_Y], layer->dim[CONFX_DIM_R], layer->stride_y);
    return layer->dim[dim];
}

double confx_layer_macs(const confx_layer_t *layer)
{
    double macs = 1;
    /* In floating point: exact up to 2^53, and larger products are still in proportion. */
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        if (layer->dim[dim] != 0) macs *= (double)confx_layer_extent(layer, (confx_dim_t)dim);
    return macs;
}

double confx_workload_macs(const confx_workload_t *workload)
{
    double macs = 0;
    for (size_t i = 0; i < workload->layers_n; i++) macs += confx_layer_macs(&workload->layers[i]);
    return macs;
}

/* ---- counts beside the truth ----------------------------------------------------------------- */

void macs_tally_add(macs_tally_t *tally, const confx_layer_t *layer, double counted)
{
    const double needed = confx_layer_macs(layer);
    const double factor = counted / needed;
    tally->n++;
    tally->counted += counted;
    tally->needed += needed;
    /* Equal, or no number: nothing departs. */
    if (!(counted < needed || counted > needed)) return;
    if (tally->departing_n == 0 || factor < tally->least) tally->least = factor;
    if (tally->departing_n == 0 || factor > tally->most) tally->most = factor;
    tally->departing_n++;
}

bool macs_tally_say(const macs_tally_t *tally, const char *what, char *text, size_t room)
{
    assert(tally->departing_n <= tally->n);
    if (tally->departing_n == 0) return false;
    const int length = snprintf(
        text, room,
        "counted as %.4g million for %.4g million: the count departs from the true one in %zu of "
        "%zu %s, by a factor of %.4g",
        tally->counted / 1e6, tally->needed / 1e6, tally->departing_n, tally->n, what,
        tally->least);
    if (length > 0 && (size_t)length < room && tally->most > tally->least)
        (void)snprintf(text + length, room - (size_t)length, " to %.4g", tally->most);
    return true;
}
