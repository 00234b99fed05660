#include "search/inference/thompson.h"
#include "confx/try.h"

#include <stdlib.h>
#include <string.h>

enum { CAPACITY = 600 }; /* samples an estimate goes by: a factor of so many takes some milliseconds */
static const double boldness[] = {0, 0.3, 0.6, 1}; /* 0: the mean itself */

static size_t thompson_cells_of(const advice_t *advice)
{
    return estimate_cells(&advice->estimate);
}

static size_t thompson_table_size(const advice_t *advice)
{
    return advice->estimate.prior.distinct * advice->points;
}

confx_status_t advice_open(const search_setup_t *setup, size_t units, bool integers, const estimate_t *before,
                           advice_t *advice)
{
    *advice = (advice_t){.units = units,
                         .first = setup->unit_first,
                         .n = setup->units,
                         .points = problem_points(setup->problem),
                         .seed = setup->job->search.seed,
                         .first_update = setup->first_update};
    TRY(estimate_open(setup->problem, integers, CAPACITY, &advice->estimate));
    advice->table = malloc(thompson_cells_of(advice) * sizeof *advice->table);
    advice->mean = malloc(thompson_table_size(advice) * sizeof *advice->mean);
    advice->draws = malloc((advice->n * thompson_table_size(advice) + 1) * sizeof *advice->draws);
    if (!advice->table || !advice->mean || !advice->draws) {
        advice_close(advice);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the advice of %zu units", units);
    }
    for (size_t i = 0; i < thompson_table_size(advice); i++) advice->mean[i] = INFINITY;
    for (size_t i = 0; i < advice->n * thompson_table_size(advice); i++) advice->draws[i] = INFINITY;
    if (before) estimate_inherit(&advice->estimate, before);
    return status_ok();
}

void advice_close(advice_t *advice)
{
    estimate_close(&advice->estimate);
    free(advice->table);
    free(advice->mean);
    free(advice->draws);
    *advice = (advice_t){.units = 0};
}

/* ---- the brief: ready, then the mean, then a draw per unit, as float32 ------------------------------------------- */

size_t advice_bytes(const advice_t *advice)
{
    const size_t tables = (1 + advice->units) * thompson_cells_of(advice) * sizeof(float);
    return sizeof(double) + (tables + 7) / 8 * 8;
}

static float *thompson_write_table(const advice_t *advice, float *out)
{
    for (size_t i = 0; i < thompson_cells_of(advice); i++) *out++ = (float)advice->table[i];
    return out;
}

void advice_write(advice_t *advice, void *bytes)
{
    memset(bytes, 0, advice_bytes(advice));
    const double ready = estimate_fit(&advice->estimate);
    memcpy(bytes, &ready, sizeof ready);
    if (ready == 0) return;
    float *out = (float *)(void *)((char *)bytes + sizeof ready);
    estimate_mean(&advice->estimate, advice->table);
    out = thompson_write_table(advice, out);
    for (size_t unit = 0; unit < advice->units; unit++) {
        const uint64_t turn = advice->first_update + (uint64_t)advice->estimate.state.fits;
        rng_t rng = rng_begin(advice->seed, RNG_ADVICE, turn, unit, 0);
        const double bold = boldness[rng_below(&rng, sizeof boldness / sizeof *boldness)];
        estimate_draw(&advice->estimate, &rng, bold, advice->table);
        out = thompson_write_table(advice, out);
    }
}

/* From the axes to the points of the problem; what is on no axis stays infinite from the opening on. */
static void thompson_spread(const advice_t *advice, const float *cells, float *table)
{
    const axes_t *axes = &advice->estimate.prior.axes;
    const problem_t *problem = advice->estimate.problem;
    for (size_t d = 0; d < advice->estimate.prior.distinct; d++)
        for (size_t p = 0; p < axes->pes_n; p++)
            for (size_t b = 0; b < axes->buffers_n; b++)
                table[d * advice->points + problem_point(problem, axes->pes[p], axes->buffers[b])] = *cells++;
}

void advice_read(advice_t *advice, const void *bytes)
{
    double ready;
    memcpy(&ready, bytes, sizeof ready);
    advice->ready = ready != 0;
    if (!advice->ready) return;
    const float *cells = (const float *)(const void *)((const char *)bytes + sizeof ready);
    thompson_spread(advice, cells, advice->mean);
    for (size_t i = 0; i < advice->n; i++)
        thompson_spread(advice, cells + (1 + advice->first + i) * thompson_cells_of(advice),
                        advice->draws + i * thompson_table_size(advice));
}

belief_t advice_mean(const advice_t *advice)
{
    return (belief_t){
        .table = advice->ready ? advice->mean : NULL, .points = advice->points, .axes = &advice->estimate.prior.axes};
}

belief_t advice_draw(const advice_t *advice, size_t unit)
{
    const float *draw = advice->draws + (unit - advice->first) * thompson_table_size(advice);
    return (belief_t){
        .table = advice->ready ? draw : NULL, .points = advice->points, .axes = &advice->estimate.prior.axes};
}
