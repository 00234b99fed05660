#include "walk_cases.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Of most cases; and of the few that are larger. */
enum { PES_MOST = 24, PES_MOST_LARGE = 60, MACS_MOST = 1200, MACS_MOST_LARGE = 8000 };

/* A case while its levels are built, outermost first. */
typedef struct {
    rng_t rng;
    walk_case_t *one;
    bool large;
    int levels_n;
    /* Length of the longest interval that a unit of the level above has, of each dimension of a
       MAC: of Y and X in outputs. */
    int64_t length[CONFX_DIM_COUNT];
    bool cut[CONFX_DIM_COUNT]; /* by a level so far */
    bool loose[2];             /* rows, columns: maybe more than the outputs' windows */
} builder_t;

static int64_t below(rng_t *rng, int64_t n)
{
    assert(n >= 1);
    return (int64_t)rng_below(rng, (size_t)n);
}

static bool chance(rng_t *rng, int64_t percent)
{
    return below(rng, 100) < percent;
}

/* ---- layers and hardware -----------------------------------------------------------------------
 */

static bool has(confx_layer_type_t type, confx_dim_t dim)
{
    if (type == CONFX_LAYER_GEMM)
        return dim == CONFX_DIM_M || dim == CONFX_DIM_N || dim == CONFX_DIM_K;
    return dim != CONFX_DIM_M && (dim != CONFX_DIM_G || type == CONFX_LAYER_NGCONV);
}

static confx_layer_type_t random_type(rng_t *rng)
{
    const int64_t percent = below(rng, 100);
    if (percent < 38) return CONFX_LAYER_CONV;
    if (percent < 58) return CONFX_LAYER_DSCONV;
    if (percent < 78) return CONFX_LAYER_NGCONV;
    return percent < 98 ? CONFX_LAYER_GEMM : CONFX_LAYER_TRCONV;
}

static confx_layer_t draw_layer(rng_t *rng, bool large)
{
    const int64_t scale = large ? 2 : 1;
    confx_layer_t layer = {.type = random_type(rng), .stride_y = 1, .stride_x = 1, .name = "1"};
    int64_t *dim = layer.dim;
    if (layer.type == CONFX_LAYER_GEMM) {
        dim[CONFX_DIM_M] = 1 + below(rng, 12 * scale);
        dim[CONFX_DIM_N] = 1 + below(rng, 12 * scale);
        dim[CONFX_DIM_K] = 1 + below(rng, 12 * scale);
        return layer;
    }
    dim[CONFX_DIM_R] = 1 + below(rng, 2 + 2 * scale);
    dim[CONFX_DIM_S] = 1 + below(rng, 1 + 2 * scale);
    if (chance(rng, 45)) layer.stride_y = 1 + below(rng, 4);
    if (chance(rng, 45)) layer.stride_x = 1 + below(rng, 3);
    dim[CONFX_DIM_Y] = dim[CONFX_DIM_R] + below(rng, 3 + 4 * layer.stride_y);
    dim[CONFX_DIM_X] = dim[CONFX_DIM_S] + below(rng, 3 + 3 * layer.stride_x);
    dim[CONFX_DIM_K] = 1 + below(rng, 6 * scale);
    dim[CONFX_DIM_C] = 1 + below(rng, 6 * scale);
    if (layer.type == CONFX_LAYER_DSCONV) dim[CONFX_DIM_K] = below(rng, 4);
    if (chance(rng, 40)) dim[CONFX_DIM_N] = 1 + below(rng, 3);
    if (layer.type == CONFX_LAYER_NGCONV) dim[CONFX_DIM_G] = below(rng, 4);
    return layer;
}

static int64_t extents(const confx_layer_t *layer, int64_t length[CONFX_DIM_COUNT])
{
    int64_t macs = 1;
    for (confx_dim_t dim = 0; dim < CONFX_DIM_COUNT; dim++) {
        length[dim] = has(layer->type, dim) && layer->dim[dim] > 0 ? layer->dim[dim] : 1;
        if (dim == CONFX_DIM_Y && has(layer->type, dim))
            length[dim] = (layer->dim[dim] - layer->dim[CONFX_DIM_R]) / layer->stride_y + 1;
        if (dim == CONFX_DIM_X && has(layer->type, dim))
            length[dim] = (layer->dim[dim] - layer->dim[CONFX_DIM_S]) / layer->stride_x + 1;
        macs *= length[dim];
    }
    return macs;
}

/* Large enough that each level can have two steps, small enough to be walked quickly. */
static void random_layer(builder_t *builder)
{
    const int64_t most = builder->large ? MACS_MOST_LARGE : MACS_MOST;
    int64_t macs = 0;
    do {
        builder->one->layer = draw_layer(&builder->rng, builder->large);
        macs = extents(&builder->one->layer, builder->length);
    } while (macs > most || macs < INT64_C(2) << (2 * builder->levels_n));
}

static confx_hardware_t random_hardware(rng_t *rng)
{
    static const double bandwidths[] = {1, 2, 3, 5, 7, 32, 0.5, 1.5, 2.75, 0.3};
    static const double latencies[] = {1, 1, 2, 0.5, 3.7};
    static const double lanes[] = {1, 1, 2, 3, 4};
    return (confx_hardware_t){.noc_bandwidth = bandwidths[below(rng, 10)],
                              .noc_latency = latencies[below(rng, 5)],
                              .offchip_bandwidth = bandwidths[below(rng, 10)],
                              .simd_lanes = lanes[below(rng, 5)],
                              .multicast = chance(rng, 65),
                              .reduction = chance(rng, 65),
                              .psum_bytes = 1 + below(rng, 4)};
}

/* ---- maps that keep a mapping legal ------------------------------------------------------------
 */

static measure_t number(int64_t value)
{
    return (measure_t){.kind = MEASURE_NUMBER, .number = value};
}

static void add(dataflow_level_t *stage, bool spatial, bool outward, confx_dim_t dim,
                const int64_t size_offset[2])
{
    if (stage->directives_n == STAGE_DIRECTIVES_MAX) return;
    stage->directives[stage->directives_n++] =
        (directive_t){spatial, outward, dim, number(size_offset[0]), number(size_offset[1])};
}

#define PAIR(size, offset) ((const int64_t[2]){size, offset})

static int64_t stride_of(const builder_t *builder, confx_dim_t dim)
{
    return dim == CONFX_DIM_Y ? builder->one->layer.stride_y : builder->one->layer.stride_x;
}

static confx_dim_t filter_of(confx_dim_t dim)
{
    return dim == CONFX_DIM_Y ? CONFX_DIM_R : CONFX_DIM_S;
}

/* Tiles of `tile` outputs along Y or X, in one of the three ways that a file has for them. */
static void add_window(builder_t *builder, dataflow_level_t *stage, bool spatial, confx_dim_t dim,
                       int64_t tile)
{
    rng_t *rng = &builder->rng;
    const confx_dim_t filter = filter_of(dim);
    const int64_t window = builder->one->layer.dim[filter], stride = stride_of(builder, dim);
    const int64_t rows = (tile - 1) * stride + builder->length[filter];
    const int64_t form = below(rng, 3);
    if (form == 0) {
        add(stage, spatial, true, dim, PAIR(tile, tile));
        builder->loose[dim == CONFX_DIM_X] = false;
    } else if (form == 1 && !builder->cut[filter]) {
        const int64_t size = (tile - 1) * stride + window + below(rng, stride);
        add(stage, spatial, false, dim, PAIR(size, size - window + 1));
        builder->loose[dim == CONFX_DIM_X] = false;
    } else {
        /* Rows of so many windows, and as many rows on; those behind a window are of no use. */
        const int64_t unused = chance(rng, 70) ? stride - 1 : below(rng, stride);
        add(stage, spatial, false, dim, PAIR(rows + unused, tile * stride));
        builder->loose[dim == CONFX_DIM_X] = true;
    }
}

/* Cut a dimension's interval into tiles. */
static void add_cut(builder_t *builder, dataflow_level_t *stage, bool spatial, confx_dim_t dim,
                    int64_t tile)
{
    const int64_t length = builder->length[dim];
    builder->length[dim] = tile < length ? tile : length;
    if (dim == CONFX_DIM_Y || dim == CONFX_DIM_X) {
        add_window(builder, stage, spatial, dim, tile);
        return;
    }
    add(stage, spatial, false, dim, PAIR(tile, tile));
    if (tile < length) builder->cut[dim] = true;
}

/* A map of one tile, whatever its offset is. */
static void add_whole(builder_t *builder, dataflow_level_t *stage, confx_dim_t dim)
{
    rng_t *rng = &builder->rng;
    const bool window = dim == CONFX_DIM_Y || dim == CONFX_DIM_X;
    const bool outward = window && chance(rng, 50);
    int64_t size = builder->length[dim];
    if (window && !outward) size = builder->one->layer.dim[dim];
    size += below(rng, 3);
    add(stage, false, outward, dim, PAIR(size, 1 + below(rng, size + 2)));
}

/* Input and filter in step: unit j has the rows of its part of the filter, for all outputs. */
static bool add_diagonal(builder_t *builder, dataflow_level_t *stage, confx_dim_t dim)
{
    const confx_dim_t filter = filter_of(dim);
    const int64_t window = builder->length[filter], outputs = builder->length[dim];
    if (builder->one->layer.type == CONFX_LAYER_GEMM || builder->loose[dim == CONFX_DIM_X])
        return false;
    /* A last tile with fewer outputs would have fewer rows, and tiles. */
    if (window < 2 || (outputs > 1 && chance(&builder->rng, 40))) return false;
    const int64_t tile = 1 + below(&builder->rng, window - 1);
    const int64_t rows = (outputs - 1) * stride_of(builder, dim) + tile;
    const bool filter_first = chance(&builder->rng, 50);
    if (filter_first) add(stage, true, false, filter, PAIR(tile, tile));
    add(stage, true, false, dim, PAIR(rows, tile));
    if (!filter_first) add(stage, true, false, filter, PAIR(tile, tile));
    builder->length[filter] = tile;
    builder->cut[filter] = true;
    builder->loose[dim == CONFX_DIM_X] = true;
    return true;
}

/* ---- levels ------------------------------------------------------------------------------------
 */

static bool maps(const dataflow_level_t *stage, confx_dim_t dim)
{
    for (int i = 0; i < stage->directives_n; i++)
        if (stage->directives[i].dim == dim) return true;
    return false;
}

/* A dimension that the level does not map yet and that has two elements or more; any if there is
   none. */
static confx_dim_t random_dim(builder_t *builder, const dataflow_level_t *stage)
{
    const confx_layer_type_t type = builder->one->layer.type;
    int64_t tries = 0;
    confx_dim_t dim = CONFX_DIM_C;
    do {
        dim = (confx_dim_t)below(&builder->rng, CONFX_DIM_COUNT);
        tries++;
    } while (!has(type, dim) || (tries < 50 && (maps(stage, dim) || builder->length[dim] < 2)));
    return dim;
}

static int64_t shorter(builder_t *builder, confx_dim_t dim)
{
    const int64_t length = builder->length[dim];
    return length < 2 ? 1 : 1 + below(&builder->rng, length - 1);
}

static void add_spatial(builder_t *builder, dataflow_level_t *stage)
{
    rng_t *rng = &builder->rng;
    if (chance(rng, 50)) {
        const confx_dim_t dim = chance(rng, 50) ? CONFX_DIM_Y : CONFX_DIM_X;
        if (!maps(stage, dim) && !maps(stage, filter_of(dim)) && add_diagonal(builder, stage, dim))
            return;
    }
    const confx_dim_t dim = random_dim(builder, stage);
    const int64_t half = builder->length[dim] / 2;
    if (maps(stage, dim)) return;
    add_cut(builder, stage, true, dim, 1 + below(rng, half < 1 ? 1 : half));
}

static void shuffle(rng_t *rng, dataflow_level_t *stage)
{
    for (int i = stage->directives_n - 1; i > 0; i--) {
        const int64_t j = below(rng, i + 1);
        const directive_t moved = stage->directives[i];
        stage->directives[i] = stage->directives[j];
        stage->directives[j] = moved;
    }
}

static void build_level(builder_t *builder, int at, int64_t units)
{
    rng_t *rng = &builder->rng;
    dataflow_level_t *stage = &builder->one->dataflow.stages[at];
    const bool innermost = at + 1 == builder->levels_n;
    /* Filters first: maps of rows are made for what is left of them. */
    for (confx_dim_t dim = CONFX_DIM_R; dim <= CONFX_DIM_S; dim++)
        if (has(builder->one->layer.type, dim) && builder->length[dim] > 1 && chance(rng, 15))
            add_cut(builder, stage, false, dim, shorter(builder, dim));
    if (units > 1 || chance(rng, 50)) add_spatial(builder, stage);
    /* At least one loop of two steps. */
    const confx_dim_t mover = random_dim(builder, stage);
    if (!maps(stage, mover)) add_cut(builder, stage, false, mover, shorter(builder, mover));
    for (confx_dim_t dim = 0; dim < CONFX_DIM_COUNT; dim++) {
        if (!has(builder->one->layer.type, dim) || maps(stage, dim)) continue;
        if (builder->length[dim] > 1 && chance(rng, innermost ? 40 : 20))
            add_cut(builder, stage, false, dim, shorter(builder, dim));
        else if (chance(rng, 15))
            add_whole(builder, stage, dim);
    }
    /* Files have to map R beside Y', and S beside X'. */
    for (confx_dim_t dim = CONFX_DIM_X; dim <= CONFX_DIM_Y; dim++)
        if (maps(stage, dim) && !maps(stage, filter_of(dim)) && chance(rng, 60))
            add_whole(builder, stage, filter_of(dim));
    shuffle(rng, stage);
}

/* ---- changes that make mappings illegal, or not
 * -------------------------------------------------- */

static void change_directive(rng_t *rng, directive_t *directive)
{
    switch (below(rng, 8)) {
    case 0:
        directive->size = number(1 + below(rng, 6));
        break;
    case 1:
        directive->offset = number(chance(rng, 10) ? DATAFLOW_SIZE_MAX : 1 + below(rng, 6));
        break;
    case 2:
        directive->size = number(chance(rng, 10) ? DATAFLOW_SIZE_MAX : 1 + below(rng, 6));
        directive->offset = directive->size;
        break;
    case 3:
        directive->spatial = !directive->spatial;
        break;
    case 4:
        directive->outward =
            !directive->outward && (directive->dim == CONFX_DIM_X || directive->dim == CONFX_DIM_Y);
        break;
    case 5:
        directive->dim = (confx_dim_t)below(rng, CONFX_DIM_COUNT);
        directive->outward = false;
        break;
    case 6:
        directive->size =
            (measure_t){.kind = MEASURE_DIM, .dim = (confx_dim_t)below(rng, CONFX_DIM_COUNT)};
        break;
    default:
        directive->size.number++;
    }
}

static void change(rng_t *rng, walk_case_t *one)
{
    const int at = (int)below(rng, one->dataflow.stages_n);
    dataflow_level_t *stage = &one->dataflow.stages[at];
    const int64_t what = below(rng, 8);
    one->changed = true;
    if (what == 0 && at > 0) {
        stage->cluster = number(1 + below(rng, 5));
    } else if (what == 1) {
        one->pes = 1 + below(rng, PES_MOST);
    } else if (what == 2 && stage->directives_n > 0) {
        stage->directives_n--;
    } else if (what == 3 && one->layer.type != CONFX_LAYER_GEMM) {
        one->layer.stride_y = 1 + below(rng, 3);
    } else if (stage->directives_n > 0) {
        change_directive(rng, &stage->directives[below(rng, stage->directives_n)]);
    }
}

/* Any maps at all in one level. */
static void wild_level(builder_t *builder, dataflow_level_t *stage)
{
    rng_t *rng = &builder->rng;
    const int64_t maps_n = below(rng, 6);
    for (int64_t i = 0; i < maps_n; i++) {
        const confx_dim_t dim = random_dim(builder, stage);
        const bool outward = (dim == CONFX_DIM_Y || dim == CONFX_DIM_X) && chance(rng, 40);
        const int64_t size = 1 + below(rng, builder->length[dim] + 1);
        const int64_t offset = chance(rng, 60) ? size : 1 + below(rng, 4);
        /* No more are left. */
        if (maps(stage, dim)) return;
        add(stage, chance(rng, 30), outward, dim, PAIR(size, offset));
    }
}

/* Sizes are also written as what they are equal to. */
static void rename_size(builder_t *builder, measure_t *measure)
{
    const walk_case_t *one = builder->one;
    rng_t *rng = &builder->rng;
    const confx_dim_t dim = (confx_dim_t)below(rng, CONFX_DIM_COUNT);
    if (!chance(rng, 40)) return;
    if (measure->number == one->pes)
        *measure = (measure_t){.kind = MEASURE_PES};
    else if (measure->number == one->buffer)
        *measure = (measure_t){.kind = MEASURE_BUFFER};
    else if (has(one->layer.type, dim) && measure->number == one->layer.dim[dim])
        *measure = (measure_t){.kind = MEASURE_DIM, .dim = dim};
}

static void rename_sizes(builder_t *builder)
{
    for (int i = 0; i < builder->levels_n; i++) {
        dataflow_level_t *stage = &builder->one->dataflow.stages[i];
        if (i > 0) rename_size(builder, &stage->cluster);
        for (int j = 0; j < stage->directives_n; j++) {
            rename_size(builder, &stage->directives[j].size);
            rename_size(builder, &stage->directives[j].offset);
        }
    }
}

walk_case_t walk_case_random(uint64_t seed, uint64_t number_of_case)
{
    walk_case_t one = {.pes = 1};
    builder_t builder = {.rng = rng_begin(seed, RNG_TEST, 0, number_of_case, 0), .one = &one};
    rng_t *rng = &builder.rng;
    int64_t units[CONFX_DATAFLOW_LEVELS_MAX] = {0}, clusters = 1;
    builder.large = chance(rng, 3);
    builder.levels_n = one.dataflow.stages_n = (int)(1 + below(rng, 4));
    random_layer(&builder);
    one.hardware = random_hardware(rng);
    one.buffer = 1 + below(rng, 6);
    for (int i = builder.levels_n - 1; i >= 0; i--) {
        const int64_t room = (builder.large ? PES_MOST_LARGE : PES_MOST) / clusters;
        const int64_t most = builder.large ? 9 : 5;
        units[i] = 1 + below(rng, room < most ? room : most);
        if (i > 0) clusters *= units[i];
    }
    /* Some PEs may be left over. */
    one.pes = units[0] * clusters + (chance(rng, 40) ? below(rng, clusters) : 0);
    const bool wild = one.changed = chance(rng, 5);
    for (int i = 0; i < builder.levels_n; i++) {
        if (i > 0) one.dataflow.stages[i].cluster = number(units[i]);
        if (wild)
            wild_level(&builder, &one.dataflow.stages[i]);
        else
            build_level(&builder, i, units[i]);
    }
    if (chance(rng, 22)) {
        change(rng, &one);
        if (chance(rng, 40)) change(rng, &one);
    }
    rename_sizes(&builder);
    return one;
}

/* ---- texts ----------------------------------------------------------------------------------- */

static const char *measure_text(const measure_t *measure, char text[32])
{
    if (measure->kind == MEASURE_PES) return "ClusterSz";
    if (measure->kind == MEASURE_BUFFER) return "KTileSz";
    if (measure->kind == MEASURE_DIM)
        (void)snprintf(text, 32, "Sz(%c)", confx_dim_letters()[measure->dim]);
    else
        (void)snprintf(text, 32, "%lld", (long long)measure->number);
    return text;
}

void walk_case_dataflow(const walk_case_t *one, char text[WALK_TEXT_MAX])
{
    char size[32], offset[32];
    int n = snprintf(text, WALK_TEXT_MAX, "Dataflow {");
    for (int i = 0; i < one->dataflow.stages_n; i++) {
        const dataflow_level_t *stage = &one->dataflow.stages[i];
        if (i > 0)
            n += snprintf(text + n, (size_t)(WALK_TEXT_MAX - n), " Cluster(%s, P);",
                          measure_text(&stage->cluster, size));
        for (int j = 0; j < stage->directives_n; j++) {
            const directive_t *directive = &stage->directives[j];
            n += snprintf(text + n, (size_t)(WALK_TEXT_MAX - n), " %s(%s,%s) %c%s;",
                          directive->spatial ? "SpatialMap" : "TemporalMap",
                          measure_text(&directive->size, size),
                          measure_text(&directive->offset, offset),
                          confx_dim_letters()[directive->dim], directive->outward ? "'" : "");
        }
    }
    n += snprintf(text + n, (size_t)(WALK_TEXT_MAX - n), " }");
    assert(n < WALK_TEXT_MAX);
}

void walk_case_print(const walk_case_t *one)
{
    const confx_layer_t *layer = &one->layer;
    const confx_hardware_t *hardware = &one->hardware;
    char text[WALK_TEXT_MAX];
    (void)printf("%s", confx_layer_type_name(layer->type));
    for (confx_dim_t dim = 0; dim < CONFX_DIM_COUNT; dim++)
        if (layer->dim[dim] > 0)
            (void)printf(" %c %lld", confx_dim_letters()[dim], (long long)layer->dim[dim]);
    (void)printf(" stride_y %lld stride_x %lld\n", (long long)layer->stride_y,
                 (long long)layer->stride_x);
    walk_case_dataflow(one, text);
    (void)printf("%s\n%lld PEs, buffer %lld; noc_bandwidth %g noc_latency %g offchip_bandwidth %g "
                 "simd_lanes %g multicast %d reduction %d psum_bytes %lld\n",
                 text, (long long)one->pes, (long long)one->buffer, hardware->noc_bandwidth,
                 hardware->noc_latency, hardware->offchip_bandwidth, hardware->simd_lanes,
                 hardware->multicast, hardware->reduction, (long long)hardware->psum_bytes);
}
