#include "cost/exact/place.h"
#include "cost/language/whole.h"

void place_whole(const plan_t *plan, region_t *place)
{
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        place->mac[dim] = (interval_t){0, plan->extent[dim]};
    place->rows[0] = (interval_t){0, plan->dim[CONFX_DIM_Y]};
    place->rows[1] = (interval_t){0, plan->dim[CONFX_DIM_X]};
}

static interval_t place_tile(const plan_map_t *map, int64_t tile, interval_t parent)
{
    const int64_t from = parent.from + tile * map->offset;
    return (interval_t){from, whole_min(from + map->size, parent.to)};
}

/* Rule 3.2: the outputs whose whole window lies in the rows. Rounded down towards the next
   output. */
static interval_t place_outputs(interval_t rows, interval_t window, interval_t parent,
                                int64_t stride)
{
    const int64_t above = rows.from - window.from, last = rows.to - window.to;
    const int64_t first = above > 0 ? (above + stride - 1) / stride : 0;
    const int64_t end = last >= 0 ? last / stride + 1 : 0;
    return (interval_t){first > parent.from ? first : parent.from, whole_min(end, parent.to)};
}

bool place_narrow(const plan_t *plan, const plan_map_t *map, int64_t tile, const region_t *parent,
                  region_t *place)
{
    interval_t *mac = &place->mac[map->dim];
    if (map->dim != CONFX_DIM_Y && map->dim != CONFX_DIM_X) {
        *mac = place_tile(map, tile, parent->mac[map->dim]);
        return mac->from < mac->to;
    }
    const int64_t stride = plan->stride[map->dim];
    const interval_t window = place->mac[plan_window(map->dim)];
    interval_t *rows = &place->rows[place_axis(map->dim)];
    if (map->outward) {
        *mac = place_tile(map, tile, parent->mac[map->dim]);
        /* A map of outputs has the rows that their windows reach, and one of rows the outputs whose
           windows it has. */
        *rows = (interval_t){mac->from * stride + window.from, (mac->to - 1) * stride + window.to};
    } else {
        *rows = place_tile(map, tile, parent->rows[place_axis(map->dim)]);
        *mac = place_outputs(*rows, window, parent->mac[map->dim], stride);
    }
    return mac->from < mac->to;
}
