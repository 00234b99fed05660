#include "search/common/genes.h"

#include <math.h>
#include <string.h>

genes_t genes_sampled(const batch_t *batch, size_t sample)
{
    return (genes_t){batch->pes + sample * batch->layers, batch->buffer + sample * batch->layers};
}

void genes_copy(const problem_t *problem, genes_t to, genes_t from)
{
    const size_t bytes = problem_layers(problem) * sizeof(uint16_t);
    memcpy(to.pes, from.pes, bytes);
    memcpy(to.buffer, from.buffer, bytes);
}

void genes_put(const problem_t *problem, genes_t genes, size_t layer, size_t point)
{
    uint32_t pes;
    uint32_t buffer;
    problem_unpoint(problem, point, &pes, &buffer);
    genes.pes[layer] = (uint16_t)pes;
    genes.buffer[layer] = (uint16_t)buffer;
}

double genes_need_of(problem_t *problem, genes_t genes, size_t layer)
{
    return problem_need(problem, problem_distinct_of(problem, layer),
                        problem_point(problem, genes.pes[layer], genes.buffer[layer]));
}

double genes_need(problem_t *problem, genes_t genes)
{
    double need = 0;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        need += genes_need_of(problem, genes, layer);
    return need;
}

size_t genes_actions(const problem_t *problem)
{
    return (size_t)space_choices(problem_space(problem));
}

size_t genes_point(const problem_t *problem, size_t action)
{
    return (size_t)space_choice_point(problem_space(problem), action);
}

double genes_need_of_all(problem_t *problem, size_t point)
{
    double need = 0;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        need += problem_need(problem, problem_distinct_of(problem, layer), point);
    return need;
}

bool genes_widest(problem_t *problem, size_t *action)
{
    double most = -1;
    for (size_t i = 0; i < genes_actions(problem); i++) {
        const double need = genes_need_of_all(problem, genes_point(problem, i));
        if (!problem_fits(problem, need) || need < most) continue;
        most = need;
        *action = i;
    }
    return most >= 0;
}

size_t genes_level(const problem_t *problem, size_t head, uint16_t value)
{
    const uint32_t *values = problem_level_values(problem, head);
    size_t level = problem_levels(problem, head) - 1;
    while (level > 0 && values[level] > value) level--;
    return level;
}

/* ---- at random ------------------------------------------------------------------------------- */

static size_t genes_level_point(const problem_t *problem, rng_t *rng)
{
    const uint32_t pes =
        problem_level_values(problem, 0)[rng_below(rng, problem_levels(problem, 0))];
    const uint32_t buffer =
        problem_level_values(problem, 1)[rng_below(rng, problem_levels(problem, 1))];
    return problem_point(problem, pes, buffer);
}

static void genes_start_least(const problem_t *problem, genes_t genes)
{
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        genes_put(problem, genes, layer,
                  problem_least_point(problem, problem_distinct_of(problem, layer)));
}

/* Every layer starts at its least; then each, from a random layer on, draws levels until some
   fit. */
void random_genes(problem_t *problem, rng_t *rng, genes_t genes)
{
    enum { TRIES = 8 };
    const size_t layers = problem_layers(problem);
    genes_start_least(problem, genes);
    double need = genes_need(problem, genes);
    /* A random first layer keeps those at the front of the network from taking the budget each
       time. */
    const size_t start = rng_below(rng, layers);
    for (size_t i = 0; i < layers; i++) {
        const size_t layer = (start + i) % layers;
        const size_t distinct = problem_distinct_of(problem, layer);
        const double here = genes_need_of(problem, genes, layer);
        for (int try = 0; try < TRIES; try++) {
            const size_t point = genes_level_point(problem, rng);
            const double changed = need - here + problem_need(problem, distinct, point);
            if (!problem_fits(problem, changed)) continue;
            genes_put(problem, genes, layer, point);
            need = changed;
            break;
        }
    }
}

/* ---- neighbours ------------------------------------------------------------------------------ */

/* Another of `n` levels. */
static size_t genes_other_level(rng_t *rng, double near, size_t level, size_t n)
{
    if (rng_uniform(rng) >= near) {
        const size_t other = rng_below(rng, n - 1);
        return other < level ? other : other + 1;
    }
    if (level == 0) return 1;
    if (level == n - 1) return level - 1;
    return rng_below(rng, 2) ? level + 1 : level - 1;
}

void genes_change(const problem_t *problem, rng_t *rng, double near, genes_t genes, size_t layer)
{
    size_t head = rng_below(rng, 2);
    if (problem_levels(problem, head) < 2) head = 1 - head;
    const size_t n = problem_levels(problem, head);
    if (n < 2) return;
    uint16_t *value = (head ? genes.buffer : genes.pes) + layer;
    const size_t level = genes_other_level(rng, near, genes_level(problem, head, *value), n);
    *value = (uint16_t)problem_level_values(problem, head)[level];
}

void genes_neighbour(problem_t *problem, rng_t *rng, double near, size_t changes, genes_t genes,
                     genes_t scratch)
{
    enum { TRIES = 64 };
    /* Changes are made on a copy, so that the genes stay as they were where no try fits. */
    for (int try = 0; try < TRIES; try++) {
        genes_copy(problem, scratch, genes);
        for (size_t i = 0; i < changes; i++)
            genes_change(problem, rng, near, scratch, rng_below(rng, problem_layers(problem)));
        if (!problem_fits(problem, genes_need(problem, scratch))) continue;
        genes_copy(problem, genes, scratch);
        return;
    }
}

/* One head of a layer down a level, unless the layer then needs no less. What it gives back. */
static double genes_step_down(problem_t *problem, rng_t *rng, genes_t genes, size_t layer)
{
    const size_t head = rng_below(rng, 2);
    uint16_t *value = (head ? genes.buffer : genes.pes) + layer;
    const uint16_t before = *value;
    const double need = genes_need_of(problem, genes, layer);
    const size_t level = genes_level(problem, head, before);
    if (level == 0) return 0;
    *value = (uint16_t)problem_level_values(problem, head)[level - 1];
    const double saved = need - genes_need_of(problem, genes, layer);
    if (saved > 0) return saved;
    *value = before;
    return 0;
}

void genes_shrink(problem_t *problem, rng_t *rng, genes_t genes)
{
    const size_t layers = problem_layers(problem);
    const size_t tries = 8 * layers * (problem_levels(problem, 0) + problem_levels(problem, 1));
    double need = genes_need(problem, genes);
    /* A drawn layer may have nothing to give, so the tries are limited, and the genes may exceed
       the budget even at the end. */
    for (size_t i = 0; i < tries && !problem_fits(problem, need); i++)
        need -= genes_step_down(problem, rng, genes, rng_below(rng, layers));
}
