#include "walk_compare.h"

#include "cost/exact/exact.h"
#include "exact_examples.h"

#include <stdio.h>
#include <string.h>

/* ---- comparing ---------------------------------------------------------------------------------
 */

static difference_t differ(const char *what, int64_t walker, int64_t engine)
{
    return (difference_t){walker == engine ? NULL : what, walker, engine};
}

static int64_t figure_of(const confx_cost_t *cost, int figure)
{
    int64_t value;
    memcpy(&value, (const char *)cost + exact_figures[figure].offset, sizeof value);
    return value;
}

static difference_t compare_figures(const confx_cost_t *walker, const confx_cost_t *engine)
{
    difference_t difference = {.what = NULL};
    for (int i = 0; i < EXACT_FIGURES && difference.what == NULL; i++)
        difference = differ(exact_figures[i].name, figure_of(walker, i), figure_of(engine, i));
    return difference;
}

/* What holds of the counts of any legal mapping, as section 5 says: a check of the walker itself.
 */
static difference_t check_walk(const confx_layer_t *layer, const confx_cost_t *cost)
{
    const confx_cost_exact_t *exact = &cost->exact;
    int64_t cycles = 0;
    for (int i = 0; i < CONFX_BOUNDS; i++) cycles += exact->bound_cycles[i];
    difference_t difference =
        differ("the layer's MACs", cost->macs, (int64_t)confx_layer_macs(layer));
    if (difference.what == NULL)
        difference =
            differ("sums read back and writes less outputs", exact->noc_read[CONFX_TENSOR_OUTPUT],
                   exact->noc_written - exact->outputs);
    if (difference.what == NULL)
        difference = differ("off-chip sums read back and writes less outputs",
                            exact->offchip_read[CONFX_TENSOR_OUTPUT],
                            exact->offchip_written - exact->outputs);
    if (difference.what == NULL)
        difference = differ("NoC cycles by what bounds them", exact->noc_cycles, cycles);
    return difference;
}

static difference_t compare_witnesses(const confx_cost_witness_t *walker,
                                      const confx_cost_witness_t *engine)
{
    difference_t difference =
        differ("times that the witness is done", walker->times, engine->times);
    for (int dim = 0; dim < CONFX_DIM_COUNT && difference.what == NULL; dim++)
        difference = differ("an index of the witness", walker->mac[dim], engine->mac[dim]);
    return difference;
}

static difference_t compare_with(const confx_dataflow_t *dataflow, const walk_case_t *one,
                                 const walk_t *walk)
{
    confx_cost_t cost;
    confx_cost_witness_t witness = {.times = -1};
    exact_evaluate(dataflow, &one->layer, &one->hardware, one->pes, one->buffer, &cost);
    const bool has_witness =
        exact_witness(dataflow, &one->layer, &one->hardware, one->pes, one->buffer, &witness);
    const bool illegal = walk->verdict == WALK_ILLEGAL;
    difference_t difference = differ("whether there is a witness", illegal, has_witness);
    if (difference.what) return difference;
    /* Any of the faults that a refused mapping has will do. */
    if (walk->verdict == WALK_REFUSED)
        return differ("whether the fault is one of the mapping's", 1,
                      walk->faults >> cost.fault & 1);
    difference = differ("fault", illegal ? CONFX_COST_ILLEGAL : CONFX_COST_VALID, cost.fault);
    if (difference.what) return difference;
    return illegal ? compare_witnesses(&walk->witness, &witness)
                   : compare_figures(&walk->cost, &cost);
}

difference_t walk_compare(const walk_case_t *one, walk_t *walk)
{
    char text[WALK_TEXT_MAX];
    confx_dataflow_t *read = NULL;
    difference_t difference = {.what = NULL};
    *walk = walk_layer(&one->dataflow, &one->layer, &one->hardware, one->pes, one->buffer);
    if (walk->verdict == WALK_TOO_LARGE) return difference;
    if (walk->verdict == WALK_LEGAL) difference = check_walk(&one->layer, &walk->cost);
    if (difference.what) return difference;
    walk_case_dataflow(one, text);
    const bool readable = confx_dataflow_parse(text, "walk.m", &read).code == CONFX_STATUS_OK;
    difference = compare_with(readable ? read : &one->dataflow, one, walk);
    confx_dataflow_close(read);
    return difference;
}

/* ---- shrinking ---------------------------------------------------------------------------------
 */

static bool differs(const walk_case_t *one)
{
    walk_t walk;
    return walk_compare(one, &walk).what != NULL;
}

/* Take the changed case for the case if it still differs. */
static bool keep(walk_case_t *one, const walk_case_t *smaller)
{
    if (memcmp(one, smaller, sizeof *one) == 0 || !differs(smaller)) return false;
    *one = *smaller;
    return true;
}

static bool shrink_number(walk_case_t *one, walk_case_t *smaller, int64_t *number, int64_t least)
{
    const int64_t value = *number;
    const int64_t tried[] = {least, value / 2, value - 1};
    for (int i = 0; i < 3; i++) {
        if (tried[i] < least || tried[i] >= value) continue;
        *number = tried[i];
        if (keep(one, smaller)) return true;
    }
    *number = value;
    return false;
}

static bool shrink_layer(walk_case_t *one)
{
    walk_case_t smaller = *one;
    confx_layer_t *layer = &smaller.layer;
    bool shrunk = false;
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) {
        int64_t least = layer->dim[dim] > 0;
        if (dim == CONFX_DIM_Y) least = layer->dim[CONFX_DIM_R];
        if (dim == CONFX_DIM_X) least = layer->dim[CONFX_DIM_S];
        shrunk = shrink_number(one, &smaller, &layer->dim[dim], least) || shrunk;
    }
    shrunk = shrink_number(one, &smaller, &layer->stride_y, 1) || shrunk;
    return shrink_number(one, &smaller, &layer->stride_x, 1) || shrunk;
}

static bool shrink_hardware(walk_case_t *one)
{
    walk_case_t smaller = *one;
    bool shrunk = false;
    /* One after the other; what made no difference stays as it was. */
    for (int i = 0; i < 7; i++) {
        smaller = *one;
        if (i == 0) smaller.hardware.noc_bandwidth = 1;
        if (i == 1) smaller.hardware.noc_latency = 1;
        if (i == 2) smaller.hardware.offchip_bandwidth = 1;
        if (i == 3) smaller.hardware.simd_lanes = 1;
        if (i == 4) smaller.hardware.multicast = true;
        if (i == 5) smaller.hardware.reduction = true;
        if (i == 6) smaller.hardware.psum_bytes = 1;
        shrunk = keep(one, &smaller) || shrunk;
    }
    smaller = *one;
    shrunk = shrink_number(one, &smaller, &smaller.pes, 1) || shrunk;
    return shrink_number(one, &smaller, &smaller.buffer, 1) || shrunk;
}

static bool shrink_maps(walk_case_t *one, int at)
{
    walk_case_t smaller = *one;
    dataflow_level_t *stage = &smaller.dataflow.stages[at];
    bool shrunk = at > 0 && shrink_number(one, &smaller, &stage->cluster.number, 1);
    for (int i = 0; i < stage->directives_n; i++) {
        shrunk = shrink_number(one, &smaller, &stage->directives[i].size.number, 1) || shrunk;
        shrunk = shrink_number(one, &smaller, &stage->directives[i].offset.number, 1) || shrunk;
    }
    for (int i = one->dataflow.stages[at].directives_n - 1; i >= 0; i--) {
        smaller = *one;
        stage->directives_n--;
        for (int j = i; j < stage->directives_n; j++)
            stage->directives[j] = stage->directives[j + 1];
        shrunk = keep(one, &smaller) || shrunk;
    }
    return shrunk;
}

static bool shrink_levels(walk_case_t *one)
{
    bool shrunk = false;
    for (int i = one->dataflow.stages_n - 1; i >= 0; i--) {
        walk_case_t smaller = *one;
        smaller.dataflow.stages_n--;
        for (int j = i; j < smaller.dataflow.stages_n; j++)
            smaller.dataflow.stages[j] = smaller.dataflow.stages[j + 1];
        if (smaller.dataflow.stages_n > 0) shrunk = keep(one, &smaller) || shrunk;
    }
    for (int i = 0; i < one->dataflow.stages_n; i++) shrunk = shrink_maps(one, i) || shrunk;
    return shrunk;
}

walk_case_t walk_shrink(const walk_case_t *one)
{
    walk_case_t small = *one;
    bool shrunk = true;
    while (shrunk) {
        shrunk = shrink_levels(&small);
        shrunk = shrink_layer(&small) || shrunk;
        shrunk = shrink_hardware(&small) || shrunk;
    }
    return small;
}

static void report_one(const walk_case_t *one)
{
    walk_t walk;
    const difference_t difference = walk_compare(one, &walk);
    (void)printf("%s: the walker has %lld, the engine %lld\n", difference.what,
                 (long long)difference.walker, (long long)difference.engine);
    walk_case_print(one);
}

void walk_report(const walk_case_t *one)
{
    const walk_case_t small = walk_shrink(one);
    report_one(one);
    (void)printf("shrunken: ");
    report_one(&small);
    (void)fflush(stdout);
}
