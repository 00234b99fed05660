/* The interface: hands each call to the algorithm, or does nothing where the algorithm has no such
   part. */
#include "confx/stages.h"
#include "confx/try.h"
#include "search/kind.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

struct search {
    const search_kind_t *kind;
    search_layout_t layout;
    void *state;
    const space_t *space;
};

static const search_kind_t *search_kind_of(algorithm_t stage)
{
    static const search_kind_t *const kinds[] = {
        [ALGORITHM_REINFORCE] = &search_reinforce,
        [ALGORITHM_ISLANDS] = &search_islands,
        [ALGORITHM_RANDOM] = &search_random,
        [ALGORITHM_GRID] = &search_grid,
        [ALGORITHM_UNIFORM] = &search_uniform,
        [ALGORITHM_HEAVIEST_LAYER] = &search_heaviest_layer,
        [ALGORITHM_ASSEMBLY] = &search_assembly,
        [ALGORITHM_ANNEALING] = &search_annealing,
        [ALGORITHM_GENETIC] = &search_genetic,
        [ALGORITHM_BAYES] = &search_bayes,
        [ALGORITHM_ADDITIVE] = &search_additive,
        [ALGORITHM_A2C] = &search_a2c,
        [ALGORITHM_PPO] = &search_ppo,
        [ALGORITHM_ACKTR] = &search_acktr,
        [ALGORITHM_DDPG] = &search_ddpg,
        [ALGORITHM_TD3] = &search_td3,
        [ALGORITHM_SAC] = &search_sac,
    };
    assert(kinds[stage]); /* a list of stages is none itself */
    return kinds[stage];
}

search_traits_t search_traits(algorithm_t algorithm)
{
    /* Of a list of stages, what it ends on. */
    return search_kind_of(algorithm_last_stage(algorithm))->traits;
}

const char *search_told(algorithm_t algorithm, bool layers)
{
    static const char *const words[] = {"-",
                                        "costs",
                                        "sizes",
                                        "sizes costs",
                                        "kinds",
                                        "kinds costs",
                                        "kinds sizes",
                                        "kinds sizes costs",
                                        "sums",
                                        "sums costs",
                                        "sums sizes",
                                        "sums sizes costs",
                                        "sums kinds",
                                        "sums kinds costs",
                                        "sums kinds sizes",
                                        "sums kinds sizes costs"};
    const search_traits_t traits = search_traits(algorithm);
    return words[8 * traits.sums + 4 * traits.kinds + 2 * traits.sizes + (traits.layers && layers)];
}

search_layout_t search_plan(const search_setup_t *setup, algorithm_t stage)
{
    return search_kind_of(stage)->plan(setup);
}

/* Who chooses layer by layer gives no two layers the same value but by chance. A job is refused
   with its line already (job.c). */
static confx_status_t search_check_space(const search_setup_t *setup, const search_kind_t *kind)
{
    const space_t *space = problem_space(setup->problem);
    if (space_shared(space) == 0) return status_ok();
    if (kind->traits.shares && setup->job->search.preset != PRESET_PAPER) return status_ok();
    return status_input(NULL, 0, space_axis(space, 0)->name,
                        "one value for the whole network, expected one for each layer");
}

confx_status_t search_open(const search_setup_t *setup, algorithm_t stage, search_t **out)
{
    TRY(search_check_space(setup, search_kind_of(stage)));
    search_t *search = calloc(1, sizeof *search);
    if (!search) return status_fail(CONFX_STATUS_MEMORY, "no memory for a search");
    search->kind = search_kind_of(stage);
    search->space = problem_space(setup->problem);
    search->layout = search->kind->plan(setup);
    const confx_status_t status = search->kind->open(setup, &search->layout, &search->state);
    if (status.code != CONFX_STATUS_OK) {
        free(search);
        return status;
    }
    *out = search;
    return status;
}

void search_close(search_t *search)
{
    if (!search) return;
    search->kind->close(search->state);
    free(search);
}

const search_layout_t *search_layout(const search_t *search)
{
    return &search->layout;
}

size_t search_publish(search_t *search, void *message)
{
    if (search->kind->publish) search->kind->publish(search->state, message);
    return search->layout.varies ? search->kind->published(search->state)
                                 : search->layout.publish_bytes;
}

void search_anticipate(search_t *search)
{
    if (search->kind->anticipate) search->kind->anticipate(search->state);
}

void search_receive(search_t *search, const void *message)
{
    if (search->kind->receive) search->kind->receive(search->state, message);
}

const void *search_prepare(search_t *search, const uint16_t *assignments, size_t n, size_t *bytes)
{
    assert(search->layout.prepares);
    return search->kind->prepare(search->state, assignments, n, bytes);
}

void search_prepared(search_t *search, const void *all, size_t bytes)
{
    search->kind->prepared(search->state, all, bytes);
}

void search_sample(search_t *search, size_t unit, uint64_t update, batch_t *batch)
{
    search->kind->sample(search->state, unit, update, batch);
    /* What layers share is the same in all of them, whoever proposes. */
    for (size_t i = 0; i < batch->n; i++)
        assert(space_is_sound(search->space, batch->layers, batch_assignment(batch, i)));
}

void search_local_statistics(search_t *search, size_t unit, const batch_t *batch, double *moments,
                             search_report_t *report)
{
    *report = (search_report_t){.entropy = NAN, .lowest = NAN};
    if (search->kind->local_statistics)
        search->kind->local_statistics(search->state, unit, batch, moments, report);
}

void search_gradient(search_t *search, size_t unit, const batch_t *batch, const double *moments,
                     real_t *gradient)
{
    if (search->kind->gradient)
        search->kind->gradient(search->state, unit, batch, moments, gradient);
}

void search_collect(search_t *search, size_t unit, const batch_t *batch)
{
    if (search->kind->collect) search->kind->collect(search->state, unit, batch);
}

search_summary_t search_learn(search_t *search, real_t *gradient, const search_report_t *reports)
{
    if (search->kind->learn) return search->kind->learn(search->state, gradient, reports);
    return (search_summary_t){.entropy = NAN, .gradient_norm = NAN};
}

bool search_migrates(const search_t *search, uint64_t update)
{
    return search->kind->migrates && search->kind->migrates(search->state, update);
}

void search_emigrate(search_t *search, size_t unit, void *migrant)
{
    if (search->kind->emigrate) search->kind->emigrate(search->state, unit, migrant);
}

void search_immigrate(search_t *search, size_t unit, const void *migrant)
{
    if (search->kind->immigrate) search->kind->immigrate(search->state, unit, migrant);
}

const struct posterior *search_posterior(const search_t *search)
{
    return search && search->kind->posterior ? search->kind->posterior(search->state) : NULL;
}

const struct validity *search_validity(const search_t *search)
{
    return search && search->kind->validity ? search->kind->validity(search->state) : NULL;
}

double search_doubt(const void *search, size_t distinct, uint64_t point)
{
    const search_t *self = search;
    return self->kind->doubt ? self->kind->doubt(self->state, distinct, point) : 0;
}

search_work_t search_work(const search_t *search)
{
    return search->kind->work ? search->kind->work(search->state) : (search_work_t){.macs = 0};
}

policy_t *search_policy(search_t *search)
{
    return search->kind->policy ? search->kind->policy(search->state) : NULL;
}

size_t search_arrays(search_t *search, array_t arrays[SEARCH_ARRAYS_MAX])
{
    return search->kind->arrays ? search->kind->arrays(search->state, arrays) : 0;
}

void search_save_unit(const search_t *search, size_t unit, void *state)
{
    if (search->kind->save_unit) search->kind->save_unit(search->state, unit, state);
}

bool search_load_unit(search_t *search, size_t unit, const void *state)
{
    return !search->kind->load_unit || search->kind->load_unit(search->state, unit, state);
}

const char *search_check(const search_t *search)
{
    return search->kind->check ? search->kind->check(search->state) : NULL;
}
