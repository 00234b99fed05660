#include "search/inference/thompson.h"
#include "confx/try.h"
#include "confx/vector.h"
#include "search/common/moves.h"
#include "search/kind.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Samples that are inferred from: a factor of so many takes some milliseconds. */
enum { CAPACITY = 600 };
/* Invalid samples that nothing explains yet: each is gone through whenever chances are weighed. */
enum { UNEXPLAINED = 256 };
static const double boldness[] = {0, 0.3, 0.6, 1}; /* 0: the mean itself */

static size_t thompson_cells(const thompson_t *thompson)
{
    return posterior_cells(&thompson->posterior);
}

/* Told before what is told of the posterior, behind which doubts stand as float32, if there are
   any. All are in whole words of 8 bytes. */
typedef struct {
    double kind, budget; /* of doubt_t */
    double samples;      /* so far: what random numbers are told apart by */
    double doubts;       /* where they begin, in bytes behind this */
} thompson_head_t;

static size_t thompson_doubt_bytes(const thompson_t *thompson)
{
    return (thompson_cells(thompson) * sizeof(float) + 7) / 8 * 8;
}

static size_t thompson_bytes(const thompson_t *thompson)
{
    return sizeof(thompson_head_t) + posterior_news_bytes(&thompson->posterior) +
           thompson_doubt_bytes(thompson);
}

static confx_status_t thompson_fill(thompson_t *thompson, const search_setup_t *setup,
                                    space_part_t part)
{
    arena_t *arena = &thompson->arena;
    TRY(posterior_open(setup->problem, part, CAPACITY, &thompson->posterior));
    const table_axes_t *axes = &thompson->posterior.kernel.axes;
    TRY(validity_open(setup->problem, axes, UNEXPLAINED, &thompson->validity));
    TRY(doubt_open(setup->problem, axes, &thompson->doubt));
    ARENA_TAKE(arena, thompson->barred, thompson->n * thompson_cells(thompson));
    ARENA_TAKE(arena, thompson->tables, POSTERIOR_TOGETHER * thompson_cells(thompson));
    ARENA_TAKE(arena, thompson->mean, thompson_cells(thompson));
    ARENA_TAKE(arena, thompson->draws, thompson->n * thompson_cells(thompson));
    TRY(arena_status(arena, "what totals say to %zu units", thompson->n));
    /* A stage behind another one goes on from what that has inferred, in its own table of
       actions. */
    const posterior_t *before = search_posterior(setup->before);
    if (before) posterior_inherit(&thompson->posterior, before);
    const validity_t *validity = search_validity(setup->before);
    if (validity) validity_inherit(&thompson->validity, validity);
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
    /* Doubles stand behind what else is published, at a multiple of their size. */
    thompson->begins = (layout->publish_bytes + 7) / 8 * 8;
    layout->publish_bytes = thompson->begins + thompson_bytes(thompson);
    layout->varies = true;
    layout->collects = true;
    layout->prepares = true;
    return status;
}

void thompson_close(thompson_t *thompson)
{
    doubt_close(&thompson->doubt);
    validity_close(&thompson->validity);
    posterior_close(&thompson->posterior);
    arena_close(&thompson->arena);
    *thompson = (thompson_t){.units = 0};
}

/* ---- an update ------------------------------------------------------------------------------- */

/* As long as nothing was ever invalid there is no doubt, and nothing is weighed. */
static doubt_kind_t thompson_doubt_kind(const validity_t *validity)
{
    if (validity->state.invalid == 0) return DOUBT_NONE;
    return validity->state.valid > 0 ? DOUBT_OF_SOME : DOUBT_OF_ALL;
}

void thompson_publish(thompson_t *thompson, void *message)
{
    if (!thompson->infers) return;
    validity_t *validity = &thompson->validity;
    char *head = (char *)message + thompson->begins;
    char *news = head + sizeof(thompson_head_t);
    /* What takes long and gives all ranks the same is done by one for all. */
    (void)posterior_fit(&thompson->posterior);
    const size_t bytes = posterior_tell(&thompson->posterior, news);
    const doubt_kind_t kind = thompson_doubt_kind(validity);
    const thompson_head_t told = {.kind = kind,
                                  .budget = validity->state.budget,
                                  .samples = validity->state.valid + validity->state.invalid,
                                  .doubts = (double)bytes};
    memcpy(head, &told, sizeof told);
    thompson->tells = true;
    thompson->published = thompson->begins + sizeof told + bytes;
    if (kind == DOUBT_NONE) return;
    memset(news + bytes, 0, thompson_doubt_bytes(thompson));
    validity_weigh(validity, (float *)(void *)(news + bytes));
    thompson->published += thompson_doubt_bytes(thompson);
}

WIDE static void thompson_write_table(const double *table, size_t cells, float *out)
{
    for (size_t i = 0; i < cells; i++) out[i] = (float)table[i];
}

/* Of a maximum searches go by shares, in units of the least total. */
static void thompson_share(const thompson_t *thompson, float *table)
{
    const posterior_t *posterior = &thompson->posterior;
    if (!posterior->maxima.open) return;
    const maxima_least_t least = posterior_least(posterior);
    maxima_share(&posterior->maxima, &least, table);
}

/* What is to be found for so many of my units from `first` on. Random numbers are keyed by unit, so
   that each rank draws for its own units, and by the number of fits, which a checkpoint keeps. */
static void thompson_plan_draws(thompson_t *thompson, uint64_t turn, size_t first, size_t n,
                                rng_t *rngs, posterior_function_t *functions)
{
    for (size_t i = 0; i < n; i++) {
        const size_t unit = thompson->first + first + i;
        /* Of four units one goes by the mean, the others by draws that stray from it more and
           more. */
        const double bold = boldness[unit % (sizeof boldness / sizeof *boldness)];
        rngs[i] = rng_begin(thompson->seed, RNG_POSTERIOR, turn, unit, 0);
        functions[i] =
            (posterior_function_t){.rng = bold > 0 ? &rngs[i] : NULL,
                                   .boldness = bold,
                                   .table = thompson->tables + i * thompson_cells(thompson)};
    }
}

static uint64_t thompson_turn(const thompson_t *thompson, uint64_t fits)
{
    return thompson->first_update + fits;
}

static size_t thompson_first_draws(const thompson_t *thompson)
{
    return thompson->n < POSTERIOR_TOGETHER ? thompson->n : POSTERIOR_TOGETHER;
}

void thompson_anticipate(thompson_t *thompson)
{
    thompson_ahead_t *ahead = &thompson->ahead;
    posterior_function_t functions[POSTERIOR_TOGETHER];
    const size_t n = thompson_first_draws(thompson);
    if (!thompson->infers || !thompson->ready) return;
    ahead->made = true;
    ahead->turn = thompson_turn(thompson, (uint64_t)thompson->posterior.state.fits + 1);
    memcpy(ahead->step, thompson->posterior.state.step, sizeof ahead->step);
    thompson_plan_draws(thompson, ahead->turn, 0, n, ahead->rngs, functions);
    posterior_draw(&thompson->posterior, functions, n);
}

/* Was what is to be drawn first drawn already, as it must be? Then the streams go on from there. */
static void thompson_use_ahead(thompson_t *thompson, uint64_t turn, rng_t *rngs,
                               posterior_function_t *functions)
{
    const thompson_ahead_t *ahead = &thompson->ahead;
    bool same = ahead->made && ahead->turn == turn;
    for (size_t i = 0; i < KERNEL_PARTS; i++)
        same = same && ahead->step[i] == thompson->posterior.state.step[i];
    thompson->ahead.made = false;
    if (!same) return;
    memcpy(rngs, ahead->rngs, sizeof ahead->rngs);
    for (size_t i = 0; i < thompson_first_draws(thompson); i++) functions[i].begun = true;
}

static void thompson_make_draws(thompson_t *thompson, size_t first, size_t n)
{
    const size_t cells = thompson_cells(thompson);
    const uint64_t turn = thompson_turn(thompson, (uint64_t)thompson->posterior.state.fits);
    rng_t rngs[POSTERIOR_TOGETHER];
    posterior_function_t functions[POSTERIOR_TOGETHER];
    thompson_plan_draws(thompson, turn, first, n, rngs, functions);
    if (first == 0) thompson_use_ahead(thompson, turn, rngs, functions);
    posterior_find(&thompson->posterior, functions, n);
    for (size_t i = 0; i < n; i++) {
        float *draw = thompson->draws + (first + i) * cells;
        thompson_write_table(functions[i].table, cells, draw);
        thompson_share(thompson, draw);
    }
}

static void thompson_make_all_draws(thompson_t *thompson)
{
    for (size_t first = 0; first < thompson->n; first += POSTERIOR_TOGETHER) {
        const size_t left = thompson->n - first;
        thompson_make_draws(thompson, first, left < POSTERIOR_TOGETHER ? left : POSTERIOR_TOGETHER);
    }
}

/* What is more likely invalid than not is left alone by all; the rest of what a unit leaves alone
   is for it to choose (thompson_spend), until when it is chosen without regard to costs. */
static void thompson_receive_doubt(thompson_t *thompson, const char *head)
{
    const size_t cells = thompson_cells(thompson);
    doubt_t *doubt = &thompson->doubt;
    thompson_head_t told;
    memcpy(&told, head, sizeof told);
    doubt->kind = (doubt_kind_t)told.kind;
    doubt->budget = told.budget;
    thompson->samples = (uint64_t)told.samples;
    if (doubt->kind == DOUBT_NONE) return;
    memcpy(doubt->table, head + sizeof told + (size_t)told.doubts, cells * sizeof(float));
    for (size_t i = 0; i < thompson->n; i++) {
        if (thompson->ready) doubt_drop(doubt, NULL, thompson->draws + i * cells);
        thompson_spend(thompson, thompson->first + i, NULL, 0);
    }
}

bool thompson_spend(thompson_t *thompson, size_t unit, const tradeoff_t *tradeoff,
                    double multiplier)
{
    if (!thompson->infers || thompson->doubt.kind == DOUBT_NONE) return false;
    assert(unit >= thompson->first && unit - thompson->first < thompson->n);
    const size_t at = (unit - thompson->first) * thompson_cells(thompson);
    rng_t rng = rng_begin(thompson->seed, RNG_DOUBT, thompson->samples, unit, tradeoff != NULL);
    const intent_t intent = {tradeoff, thompson->draws + at, multiplier};
    doubt_bar(&thompson->doubt, &rng, tradeoff ? &intent : NULL, thompson->barred + at);
    if (tradeoff) doubt_drop(&thompson->doubt, thompson->barred + at, thompson->draws + at);
    return true;
}

void thompson_receive(thompson_t *thompson, const void *message)
{
    if (!thompson->infers) return;
    const char *head = (const char *)message + thompson->begins;
    /* Who tells knows what it tells. */
    if (!thompson->tells) posterior_hear(&thompson->posterior, head + sizeof(thompson_head_t));
    thompson->tells = false;
    thompson->ready = thompson->posterior.fitted;
    thompson->mean_known = false;
    if (thompson->ready) thompson_make_all_draws(thompson);
    thompson_receive_doubt(thompson, head);
}

const void *thompson_prepare(thompson_t *thompson, const uint16_t *assignments, size_t n,
                             size_t *bytes)
{
    const portion_t mine = {thompson->first, thompson->n, thompson->units};
    return posterior_prepare(&thompson->posterior, assignments, n, &mine, bytes);
}

void thompson_prepared(thompson_t *thompson, const void *all, size_t bytes)
{
    posterior_prepared(&thompson->posterior, thompson->units, all, bytes);
}

void thompson_collect(thompson_t *thompson, const batch_t *batch)
{
    assert(thompson->infers);
    posterior_add(&thompson->posterior, batch);
    validity_add(&thompson->validity, batch);
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
                         .axes = &thompson->posterior.kernel.axes,
                         .of_totals = true};
}

/* Few searches go by the mean: it is worked out when it is asked for. */
static void thompson_find_mean(thompson_t *thompson)
{
    const posterior_function_t mean = {.table = thompson->tables};
    posterior_find(&thompson->posterior, &mean, 1);
    thompson_write_table(mean.table, thompson_cells(thompson), thompson->mean);
    thompson_share(thompson, thompson->mean);
    if (thompson->doubt.kind != DOUBT_NONE) doubt_drop(&thompson->doubt, NULL, thompson->mean);
    thompson->mean_known = true;
}

cost_view_t thompson_mean(thompson_t *thompson)
{
    if (thompson->infers && thompson->ready && !thompson->mean_known) thompson_find_mean(thompson);
    return thompson_view(thompson, thompson->mean);
}

cost_view_t thompson_draw(const thompson_t *thompson, size_t unit)
{
    if (!thompson->infers) return thompson_view(thompson, NULL);
    assert(unit >= thompson->first && unit - thompson->first < thompson->n);
    return thompson_view(thompson,
                         thompson->draws + (unit - thompson->first) * thompson_cells(thompson));
}

const uint8_t *thompson_barred(const thompson_t *thompson, size_t unit)
{
    if (!thompson->infers || thompson->doubt.kind == DOUBT_NONE) return NULL;
    assert(unit >= thompson->first && unit - thompson->first < thompson->n);
    return thompson->barred + (unit - thompson->first) * thompson_cells(thompson);
}

bool thompson_opens(const thompson_t *thompson, problem_t *problem, uint64_t item, uint64_t *choice)
{
    if (!thompson->infers || thompson->doubt.kind != DOUBT_OF_ALL || item % 2) return false;
    /* As long as nothing was ever valid every other sample gives all layers one action: it tells of
       that action alone whether it is invalid. */
    return moves_uniform(problem, (thompson->samples + item) / 2, choice);
}

double thompson_doubt(const thompson_t *thompson, size_t distinct, uint64_t point)
{
    if (!thompson->infers || thompson->doubt.kind == DOUBT_NONE) return 0;
    const table_axes_t *axes = &thompson->posterior.kernel.axes;
    const uint64_t canonical = space_canonical(axes->space, distinct, point);
    const uint32_t cell = axes->cell ? axes->cell[canonical] : table_axes_find(axes, canonical);
    return cell == TABLE_NO_CELL ? 0 : (double)thompson->doubt.table[distinct * axes->cells + cell];
}

/* ---- from stage to stage, and checkpoints ---------------------------------------------------- */

const posterior_t *thompson_posterior(const thompson_t *thompson)
{
    return thompson->infers ? &thompson->posterior : NULL;
}

const validity_t *thompson_validity(const thompson_t *thompson)
{
    return thompson->infers ? &thompson->validity : NULL;
}

size_t thompson_arrays(thompson_t *thompson, array_t *arrays)
{
    if (!thompson->infers) return 0;
    const size_t n = posterior_arrays(&thompson->posterior, arrays);
    return n + validity_arrays(&thompson->validity, arrays + n);
}

const char *thompson_check(const thompson_t *thompson)
{
    if (!thompson->infers) return NULL;
    const char *damaged = posterior_check(&thompson->posterior);
    return damaged ? damaged : validity_check(&thompson->validity);
}
