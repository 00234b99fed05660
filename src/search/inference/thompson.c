#include "search/inference/thompson.h"
#include "confx/try.h"
#include "search/kind.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Samples that are inferred from: a factor of so many takes some milliseconds. */
enum { CAPACITY = 600 };
static const double boldness[] = {0, 0.3, 0.6, 1}; /* 0: the mean itself */

static size_t thompson_cells(const thompson_t *thompson)
{
    return posterior_cells(&thompson->posterior);
}

/* ready, then the mean, then a draw for each unit, as float32, in whole words of 8 bytes. */
static size_t thompson_bytes(const thompson_t *thompson)
{
    const size_t tables = (1 + thompson->units) * thompson_cells(thompson) * sizeof(float);
    return sizeof(double) + (tables + 7) / 8 * 8;
}

static confx_status_t thompson_fill(thompson_t *thompson, const search_setup_t *setup,
                                    space_part_t part)
{
    arena_t *arena = &thompson->arena;
    TRY(posterior_open(setup->problem, part, CAPACITY, &thompson->posterior));
    ARENA_TAKE(arena, thompson->table, thompson_cells(thompson));
    ARENA_TAKE(arena, thompson->mean, thompson_cells(thompson));
    ARENA_TAKE(arena, thompson->draws, thompson->n * thompson_cells(thompson));
    TRY(arena_status(arena, "what totals say to %zu units", thompson->n));
    const posterior_t *before = search_posterior(setup->before);
    if (before) posterior_inherit(&thompson->posterior, before);
    return status_ok();
}

bool thompson_applies(const search_setup_t *setup)
{
    return setup->remembers && !setup->memory;
}

confx_status_t thompson_open(const search_setup_t *setup, space_part_t part,
                             search_layout_t *layout, thompson_t *thompson)
{
    *thompson = (thompson_t){.infers = thompson_applies(setup), .memory = setup->memory};
    if (!thompson->infers) return status_ok();
    thompson->units = layout->units;
    thompson->first = setup->unit_first;
    thompson->n = setup->units;
    thompson->seed = setup->job->search.seed;
    thompson->first_update = setup->first_update;
    const confx_status_t status = thompson_fill(thompson, setup, part);
    if (status.code != CONFX_STATUS_OK) {
        thompson_close(thompson);
        return status;
    }
    /* Doubles and floats stand behind what else is published, at a multiple of their size. */
    thompson->begins = (layout->publish_bytes + 7) / 8 * 8;
    layout->publish_bytes = thompson->begins + thompson_bytes(thompson);
    layout->collects = true;
    return status;
}

void thompson_close(thompson_t *thompson)
{
    posterior_close(&thompson->posterior);
    arena_close(&thompson->arena);
    *thompson = (thompson_t){.units = 0};
}

/* ---- an update ------------------------------------------------------------------------------- */

static float *thompson_write_table(const thompson_t *thompson, float *out)
{
    for (size_t i = 0; i < thompson_cells(thompson); i++) *out++ = (float)thompson->table[i];
    return out;
}

void thompson_publish(thompson_t *thompson, void *message)
{
    if (!thompson->infers) return;
    char *bytes = (char *)message + thompson->begins;
    memset(bytes, 0, thompson_bytes(thompson));
    const double ready = posterior_fit(&thompson->posterior);
    memcpy(bytes, &ready, sizeof ready);
    if (ready == 0) return;
    float *out = (float *)(void *)(bytes + sizeof ready);
    posterior_mean(&thompson->posterior, thompson->table);
    out = thompson_write_table(thompson, out);
    for (size_t unit = 0; unit < thompson->units; unit++) {
        /* Streams are told apart by the fits, which a checkpoint keeps. */
        const uint64_t turn = thompson->first_update + (uint64_t)thompson->posterior.state.fits;
        rng_t rng = rng_begin(thompson->seed, RNG_POSTERIOR, turn, unit, 0);
        const double bold = boldness[unit % (sizeof boldness / sizeof *boldness)];
        if (bold > 0)
            posterior_draw(&thompson->posterior, &rng, bold, thompson->table);
        else
            posterior_mean(&thompson->posterior, thompson->table);
        out = thompson_write_table(thompson, out);
    }
}

void thompson_receive(thompson_t *thompson, const void *message)
{
    double ready;
    if (!thompson->infers) return;
    const char *bytes = (const char *)message + thompson->begins;
    const size_t cells = thompson_cells(thompson);
    memcpy(&ready, bytes, sizeof ready);
    thompson->ready = ready != 0;
    if (!thompson->ready) return;
    /* The draws of this rank's units stand side by side among those of all. */
    const float *tables = (const float *)(const void *)(bytes + sizeof ready);
    memcpy(thompson->mean, tables, cells * sizeof *tables);
    memcpy(thompson->draws, tables + (1 + thompson->first) * cells,
           thompson->n * cells * sizeof *tables);
}

void thompson_collect(thompson_t *thompson, const batch_t *batch)
{
    assert(thompson->infers);
    posterior_add(&thompson->posterior, batch);
}

/* ---- what to go by --------------------------------------------------------------------------- */

uint64_t thompson_seen(const thompson_t *thompson, const search_setup_t *setup)
{
    return thompson->infers ? thompson->posterior.kernel.axes.cells : search_samples_in_all(setup);
}

static cost_view_t thompson_view(const thompson_t *thompson, const float *table)
{
    if (!thompson->infers) return (cost_view_t){.memory = thompson->memory};
    return (cost_view_t){.table = thompson->ready ? table : NULL,
                         .axes = &thompson->posterior.kernel.axes};
}

cost_view_t thompson_mean(const thompson_t *thompson)
{
    return thompson_view(thompson, thompson->mean);
}

cost_view_t thompson_draw(const thompson_t *thompson, size_t unit)
{
    if (!thompson->infers) return thompson_mean(thompson);
    assert(unit >= thompson->first && unit - thompson->first < thompson->n);
    return thompson_view(thompson,
                         thompson->draws + (unit - thompson->first) * thompson_cells(thompson));
}

/* ---- from stage to stage, and checkpoints ---------------------------------------------------- */

const posterior_t *thompson_posterior(const thompson_t *thompson)
{
    return thompson->infers ? &thompson->posterior : NULL;
}

size_t thompson_arrays(thompson_t *thompson, array_t *arrays)
{
    return thompson->infers ? posterior_arrays(&thompson->posterior, arrays) : 0;
}

const char *thompson_check(const thompson_t *thompson)
{
    return thompson->infers ? posterior_check(&thompson->posterior) : NULL;
}
