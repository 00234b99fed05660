#include "walk_kinds.h"

#include <stdio.h>

typedef struct {
    const walk_case_t *one;
    const walk_t *walk;
} subject_t;

/* ---- of layers and hardware --------------------------------------------------------------------
 */

static bool is_any(const subject_t *subject)
{
    return subject->one != NULL;
}

#define TYPE_KIND(name, layer_type)                                                                \
    static bool name(const subject_t *subject)                                                     \
    {                                                                                              \
        return subject->one->layer.type == (layer_type);                                           \
    }
TYPE_KIND(is_conv, CONFX_LAYER_CONV)
TYPE_KIND(is_depthwise, CONFX_LAYER_DSCONV)
TYPE_KIND(is_grouped, CONFX_LAYER_NGCONV)
TYPE_KIND(is_gemm, CONFX_LAYER_GEMM)

static bool has_multiplier(const subject_t *subject)
{
    return is_depthwise(subject) && subject->one->layer.dim[CONFX_DIM_K] > 1;
}

static bool has_groups(const subject_t *subject)
{
    return is_grouped(subject) && subject->one->layer.dim[CONFX_DIM_G] > 1;
}

static bool has_batch(const subject_t *subject)
{
    return !is_gemm(subject) && subject->one->layer.dim[CONFX_DIM_N] > 1;
}

static bool has_stride_2(const subject_t *subject)
{
    return subject->one->layer.stride_y == 2 || subject->one->layer.stride_x == 2;
}

static bool has_stride_3(const subject_t *subject)
{
    return subject->one->layer.stride_y >= 3 || subject->one->layer.stride_x >= 3;
}

static bool is_unicast(const subject_t *subject)
{
    return !subject->one->hardware.multicast;
}

static bool is_unreduced(const subject_t *subject)
{
    return !subject->one->hardware.reduction;
}

static bool has_wide_sums(const subject_t *subject)
{
    return subject->one->hardware.psum_bytes > 1;
}

static bool has_lanes(const subject_t *subject)
{
    return subject->one->hardware.simd_lanes > 1;
}

static bool has_fractions(const subject_t *subject)
{
    const confx_hardware_t *hardware = &subject->one->hardware;
    return hardware->noc_bandwidth != (double)(int64_t)hardware->noc_bandwidth ||
           hardware->noc_latency != (double)(int64_t)hardware->noc_latency;
}

/* ---- of mappings -------------------------------------------------------------------------------
 */

static bool has_levels_1(const subject_t *subject)
{
    return subject->one->dataflow.stages_n == 1;
}

static bool has_levels_2(const subject_t *subject)
{
    return subject->one->dataflow.stages_n == 2;
}

static bool has_levels_3(const subject_t *subject)
{
    return subject->one->dataflow.stages_n == 3;
}

static bool has_levels_4(const subject_t *subject)
{
    return subject->one->dataflow.stages_n == 4;
}

static int64_t value_of(const walk_case_t *one, const measure_t *measure)
{
    if (measure->kind == MEASURE_PES) return one->pes;
    if (measure->kind == MEASURE_BUFFER) return one->buffer;
    return measure->kind == MEASURE_DIM ? one->layer.dim[measure->dim] : measure->number;
}

/* Whether some map that cuts its dimension (by what the layer has of it) is as `is` says. */
static bool any_map(const subject_t *subject,
                    bool (*is)(const walk_case_t *, const directive_t *, int64_t, int64_t))
{
    const walk_case_t *one = subject->one;
    for (int i = 0; i < one->dataflow.stages_n; i++) {
        const dataflow_level_t *stage = &one->dataflow.stages[i];
        for (int j = 0; j < stage->directives_n; j++) {
            const directive_t *directive = &stage->directives[j];
            const int64_t size = value_of(one, &directive->size);
            const int64_t offset = value_of(one, &directive->offset);
            if (size < one->layer.dim[directive->dim] && is(one, directive, size, offset))
                return true;
        }
    }
    return false;
}

static bool map_is_below(const walk_case_t *one, const directive_t *map, int64_t size,
                         int64_t offset)
{
    (void)one, (void)map;
    return offset < size;
}

static bool map_is_equal(const walk_case_t *one, const directive_t *map, int64_t size,
                         int64_t offset)
{
    (void)one, (void)map;
    return offset == size;
}

static bool map_is_above(const walk_case_t *one, const directive_t *map, int64_t size,
                         int64_t offset)
{
    (void)one, (void)map;
    return offset > size;
}

static bool map_is_rows(const walk_case_t *one, const directive_t *map, int64_t size,
                        int64_t offset)
{
    (void)one, (void)size, (void)offset;
    return !map->outward && (map->dim == CONFX_DIM_Y || map->dim == CONFX_DIM_X);
}

static bool map_is_outputs(const walk_case_t *one, const directive_t *map, int64_t size,
                           int64_t offset)
{
    (void)one, (void)size, (void)offset;
    return map->outward;
}

static bool map_is_strided(const walk_case_t *one, const directive_t *map, int64_t size,
                           int64_t offset)
{
    const bool along_y = map->dim == CONFX_DIM_Y;
    const int64_t stride = along_y ? one->layer.stride_y : one->layer.stride_x;
    const int64_t window = one->layer.dim[along_y ? CONFX_DIM_R : CONFX_DIM_S];
    return map_is_rows(one, map, size, offset) && stride > 1 && offset == size - window + 1;
}

static bool map_is_filter(const walk_case_t *one, const directive_t *map, int64_t size,
                          int64_t offset)
{
    (void)one, (void)size, (void)offset;
    return map->dim == CONFX_DIM_R || map->dim == CONFX_DIM_S;
}

#define MAP_KIND(name, is)                                                                         \
    static bool name(const subject_t *subject)                                                     \
    {                                                                                              \
        return any_map(subject, is);                                                               \
    }
MAP_KIND(has_offset_below, map_is_below)
MAP_KIND(has_offset_equal, map_is_equal)
MAP_KIND(has_offset_above, map_is_above)
MAP_KIND(has_rows, map_is_rows)
MAP_KIND(has_outputs, map_is_outputs)
MAP_KIND(has_strided_outputs, map_is_strided)
MAP_KIND(has_filter_cut, map_is_filter)

static bool has_diagonal(const subject_t *subject, uint32_t dims)
{
    for (int i = 0; i < subject->one->dataflow.stages_n; i++) {
        const dataflow_level_t *stage = &subject->one->dataflow.stages[i];
        uint32_t spatial = 0;
        for (int j = 0; j < stage->directives_n; j++)
            if (stage->directives[j].spatial) spatial |= UINT32_C(1) << stage->directives[j].dim;
        if ((spatial & dims) == dims) return true;
    }
    return false;
}

static bool has_diagonal_y(const subject_t *subject)
{
    return has_diagonal(subject, UINT32_C(1) << CONFX_DIM_Y | UINT32_C(1) << CONFX_DIM_R);
}

static bool has_diagonal_x(const subject_t *subject)
{
    return has_diagonal(subject, UINT32_C(1) << CONFX_DIM_X | UINT32_C(1) << CONFX_DIM_S);
}

/* PEs that have a name. */
static int64_t named_pes(const walk_case_t *one)
{
    int64_t clusters = 1;
    for (int i = 1; i < one->dataflow.stages_n; i++)
        clusters *= value_of(one, &one->dataflow.stages[i].cluster);
    return clusters < 1 ? 0 : one->pes / clusters * clusters;
}

static bool has_pes_left(const subject_t *subject)
{
    return named_pes(subject->one) < subject->one->pes;
}

/* ---- of what the walk of a legal mapping came to ------------------------------------------------
 */

static bool has_idle_pes(const subject_t *subject)
{
    const confx_cost_exact_t *exact = &subject->walk->cost.exact;
    return exact->active_pe_steps < exact->steps * named_pes(subject->one);
}

static bool has_sums_back(const subject_t *subject)
{
    return subject->walk->cost.exact.noc_read[CONFX_TENSOR_OUTPUT] > 0;
}

static bool has_reductions(const subject_t *subject)
{
    return subject->walk->cost.exact.reductions > 0;
}

static bool has_offchip_sums(const subject_t *subject)
{
    return subject->walk->cost.exact.offchip_read[CONFX_TENSOR_OUTPUT] > 0;
}

static bool is_bound(const subject_t *subject, confx_cost_bound_t bound)
{
    const int64_t *cycles = subject->walk->cost.exact.bound_cycles;
    for (int i = 0; i < CONFX_BOUNDS; i++)
        if (i != (int)bound && cycles[i] >= cycles[bound]) return false;
    return true;
}

static bool is_bound_by_compute(const subject_t *subject)
{
    return is_bound(subject, CONFX_BOUND_COMPUTE);
}

static bool is_bound_by_ingress(const subject_t *subject)
{
    return is_bound(subject, CONFX_BOUND_INGRESS);
}

static bool is_bound_by_egress(const subject_t *subject)
{
    return is_bound(subject, CONFX_BOUND_EGRESS);
}

static bool is_bound_offchip(const subject_t *subject)
{
    const confx_cost_exact_t *exact = &subject->walk->cost.exact;
    return exact->offchip_cycles > exact->noc_cycles;
}

/* ---- the table ---------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    bool (*is)(const subject_t *subject);
    bool of_walk; /* asks what the walk came to: of legal mappings only */
} kinds[] = {
    {"all", is_any, false},
    {"CONV", is_conv, false},
    {"DSCONV", is_depthwise, false},
    {"DSCONV with a multiplier", has_multiplier, false},
    {"NGCONV", is_grouped, false},
    {"NGCONV of 2 groups or more", has_groups, false},
    {"GEMM", is_gemm, false},
    {"batch of 2 or more", has_batch, false},
    {"a stride of 2", has_stride_2, false},
    {"a stride of 3 or 4", has_stride_3, false},
    {"no cluster", has_levels_1, false},
    {"1 cluster", has_levels_2, false},
    {"2 clusters", has_levels_3, false},
    {"3 clusters", has_levels_4, false},
    {"an offset below its size", has_offset_below, false},
    {"an offset equal to its size", has_offset_equal, false},
    {"an offset above its size", has_offset_above, false},
    {"a map of Y or X", has_rows, false},
    {"of these outputs at a stride", has_strided_outputs, false},
    {"a map of Y' or X'", has_outputs, false},
    {"R or S cut", has_filter_cut, false},
    {"diagonal of Y and R", has_diagonal_y, false},
    {"diagonal of X and S", has_diagonal_x, false},
    {"PEs left over", has_pes_left, false},
    {"idle units (partial clusters)", has_idle_pes, true},
    {"multicast false", is_unicast, false},
    {"reduction false", is_unreduced, false},
    {"sums of 2 to 4 bytes", has_wide_sums, false},
    {"2 to 4 lanes", has_lanes, false},
    {"fractions of bandwidth, latency", has_fractions, false},
    {"sums read back", has_sums_back, true},
    {"sums read from off-chip", has_offchip_sums, true},
    {"reductions in the network", has_reductions, true},
    {"NoC: most of it computing", is_bound_by_compute, true},
    {"NoC: most of it ingress", is_bound_by_ingress, true},
    {"NoC: most of it egress", is_bound_by_egress, true},
    {"bound off-chip", is_bound_offchip, true},
};
enum { KINDS = sizeof kinds / sizeof *kinds };
_Static_assert((int)KINDS <= (int)WALK_KINDS_MAX, "every kind has a count");

static bool is_full(const walk_t *walk)
{
    for (int level = 0; level < walk->levels_n; level++)
        if (walk->level_steps[level] < 2) return false;
    return walk->verdict == WALK_LEGAL;
}

void walk_tally_add(walk_tally_t *tally, const walk_case_t *one, const walk_t *walk)
{
    const subject_t subject = {one, walk};
    if (walk->verdict == WALK_TOO_LARGE) {
        tally->too_large++;
        return;
    }
    tally->macs += walk->cost.macs;
    tally->steps += walk->cost.exact.steps;
    for (int i = 0; i < KINDS; i++) {
        walk_count_t *count = &tally->kinds[i];
        if (kinds[i].of_walk && walk->verdict != WALK_LEGAL) continue;
        if (!kinds[i].is(&subject)) continue;
        count->all++;
        count->legal += walk->verdict == WALK_LEGAL;
        count->full += is_full(walk);
        count->illegal += walk->verdict == WALK_ILLEGAL;
        count->refused += walk->verdict == WALK_REFUSED;
    }
}

walk_count_t walk_tally_total(const walk_tally_t *tally)
{
    return tally->kinds[0];
}

int64_t walk_tally_least(const walk_tally_t *tally)
{
    int64_t least = tally->kinds[0].full;
    for (int i = 0; i < KINDS; i++)
        if (tally->kinds[i].full < least) least = tally->kinds[i].full;
    return least;
}

void walk_tally_print(const walk_tally_t *tally)
{
    (void)printf("%-34s %9s %9s %9s %9s %9s\n", "mappings (full: 2 steps at each level)", "all",
                 "legal", "full", "illegal", "refused");
    for (int i = 0; i < KINDS; i++) {
        const walk_count_t *count = &tally->kinds[i];
        (void)printf("%-38s %9lld %9lld %9lld %9lld %9lld\n", kinds[i].name, (long long)count->all,
                     (long long)count->legal, (long long)count->full, (long long)count->illegal,
                     (long long)count->refused);
    }
    (void)printf("%lld MACs and %lld steps walked of legal ones; %lld mappings too large for a "
                 "walk\n",
                 (long long)tally->macs, (long long)tally->steps, (long long)tally->too_large);
}
