#include "search/inference/thompson.h"
#include "confx/try.h"

#include <stdlib.h>
#include <string.h>

enum {
    CAPACITY = 600
}; /* samples an estimate goes by: a factor of so many takes some milliseconds */
static const double boldness[] = {0, 0.3, 0.6, 1}; /* 0: the mean itself */

static size_t thompson_cells_of(const thompson_t *thompson)
{
    return posterior_cells(&thompson->posterior);
}

static size_t thompson_table_size(const thompson_t *thompson)
{
    return thompson->posterior.kernel.distinct * thompson->points;
}

confx_status_t thompson_open(const search_setup_t *setup, size_t units, bool integers,
                             const posterior_t *before, thompson_t *thompson)
{
    *thompson = (thompson_t){.units = units,
                             .first = setup->unit_first,
                             .n = setup->units,
                             .points = problem_points(setup->problem),
                             .seed = setup->job->search.seed,
                             .first_update = setup->first_update};
    TRY(posterior_open(setup->problem, integers, CAPACITY, &thompson->posterior));
    thompson->table = malloc(thompson_cells_of(thompson) * sizeof *thompson->table);
    thompson->mean = malloc(thompson_table_size(thompson) * sizeof *thompson->mean);
    thompson->draws =
        malloc((thompson->n * thompson_table_size(thompson) + 1) * sizeof *thompson->draws);
    if (!thompson->table || !thompson->mean || !thompson->draws) {
        thompson_close(thompson);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the advice of %zu units", units);
    }
    for (size_t i = 0; i < thompson_table_size(thompson); i++) thompson->mean[i] = INFINITY;
    for (size_t i = 0; i < thompson->n * thompson_table_size(thompson); i++)
        thompson->draws[i] = INFINITY;
    if (before) posterior_inherit(&thompson->posterior, before);
    return status_ok();
}

void thompson_close(thompson_t *thompson)
{
    posterior_close(&thompson->posterior);
    free(thompson->table);
    free(thompson->mean);
    free(thompson->draws);
    *thompson = (thompson_t){.units = 0};
}

/* ---- the brief: ready, then the mean, then a draw per unit, as float32 ----------------------- */

size_t thompson_bytes(const thompson_t *thompson)
{
    const size_t tables = (1 + thompson->units) * thompson_cells_of(thompson) * sizeof(float);
    return sizeof(double) + (tables + 7) / 8 * 8;
}

static float *thompson_write_table(const thompson_t *thompson, float *out)
{
    for (size_t i = 0; i < thompson_cells_of(thompson); i++) *out++ = (float)thompson->table[i];
    return out;
}

void thompson_write(thompson_t *thompson, void *bytes)
{
    memset(bytes, 0, thompson_bytes(thompson));
    const double ready = posterior_fit(&thompson->posterior);
    memcpy(bytes, &ready, sizeof ready);
    if (ready == 0) return;
    float *out = (float *)(void *)((char *)bytes + sizeof ready);
    posterior_mean(&thompson->posterior, thompson->table);
    out = thompson_write_table(thompson, out);
    for (size_t unit = 0; unit < thompson->units; unit++) {
        const uint64_t turn = thompson->first_update + (uint64_t)thompson->posterior.state.fits;
        rng_t rng = rng_begin(thompson->seed, RNG_ADVICE, turn, unit, 0);
        const double bold = boldness[rng_below(&rng, sizeof boldness / sizeof *boldness)];
        posterior_draw(&thompson->posterior, &rng, bold, thompson->table);
        out = thompson_write_table(thompson, out);
    }
}

/* From the axes to the points of the problem; what is on no axis stays infinite from the opening
   on. */
static void thompson_spread(const thompson_t *thompson, const float *cells, float *table)
{
    const axes_t *axes = &thompson->posterior.kernel.axes;
    const problem_t *problem = thompson->posterior.problem;
    for (size_t d = 0; d < thompson->posterior.kernel.distinct; d++)
        for (size_t p = 0; p < axes->pes_n; p++)
            for (size_t b = 0; b < axes->buffers_n; b++)
                table[d * thompson->points +
                      problem_point(problem, axes->pes[p], axes->buffers[b])] = *cells++;
}

void thompson_read(thompson_t *thompson, const void *bytes)
{
    double ready;
    memcpy(&ready, bytes, sizeof ready);
    thompson->ready = ready != 0;
    if (!thompson->ready) return;
    const float *cells = (const float *)(const void *)((const char *)bytes + sizeof ready);
    thompson_spread(thompson, cells, thompson->mean);
    for (size_t i = 0; i < thompson->n; i++)
        thompson_spread(thompson, cells + (1 + thompson->first + i) * thompson_cells_of(thompson),
                        thompson->draws + i * thompson_table_size(thompson));
}

cost_view_t thompson_mean(const thompson_t *thompson)
{
    return (cost_view_t){.table = thompson->ready ? thompson->mean : NULL,
                         .points = thompson->points,
                         .axes = &thompson->posterior.kernel.axes};
}

cost_view_t thompson_draw(const thompson_t *thompson, size_t unit)
{
    const float *draw = thompson->draws + (unit - thompson->first) * thompson_table_size(thompson);
    return (cost_view_t){.table = thompson->ready ? draw : NULL,
                         .points = thompson->points,
                         .axes = &thompson->posterior.kernel.axes};
}
