/* Bringing genes back into the budget, and spending what is left of it. */
#include "search/common/repair.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

confx_status_t repair_open(problem_t *problem, repair_t *repair)
{
    const size_t layers = problem_layers(problem);
    *repair = (repair_t){.problem = problem};
    repair->need = malloc(layers * sizeof *repair->need);
    repair->exploring = calloc(layers, sizeof *repair->exploring);
    if (!repair->need || !repair->exploring) {
        repair_close(repair);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for mending %zu layers", layers);
    }
    confx_status_t status = tradeoff_open(problem, &repair->tradeoff);
    if (status.code == CONFX_STATUS_OK) status = candidates_open(layers, &repair->candidates);
    if (status.code != CONFX_STATUS_OK) repair_close(repair);
    return status;
}

void repair_close(repair_t *repair)
{
    tradeoff_close(&repair->tradeoff);
    candidates_close(&repair->candidates);
    free(repair->need);
    free(repair->exploring);
    *repair = (repair_t){0};
}

double repair_need(repair_t *self, genes_t genes)
{
    double need = 0;
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++) {
        self->need[layer] = genes_need_of(self->problem, genes, layer);
        need += self->need[layer];
    }
    return need;
}

static void repair_put(repair_t *self, genes_t genes, size_t layer, const vertex_t *vertex)
{
    genes_put(self->problem, genes, layer, vertex->point);
    self->need[layer] = vertex->need;
}

static const tradeoff_chain_t *repair_front_of(const repair_t *self, size_t layer)
{
    return &self->tradeoff.front[problem_distinct_of(self->problem, layer)];
}

/* What the layer's action costs as believed, or else as those seen of its kind suggest for what it
   needs: of an unknown cost no number that stands for "unknown" will do, since all layers with such
   a one would tie, and the first in order be cut first. */
static double repair_cost_of(const repair_t *self, genes_t genes, size_t layer)
{
    const problem_t *problem = self->problem;
    const size_t distinct = problem_distinct_of(problem, layer);
    const double cost = cost_view_cost(
        &self->cost_view, distinct, problem_point(problem, genes.pes[layer], genes.buffer[layer]));
    return isinf(cost) ? tradeoff_guess(&self->tradeoff, distinct, self->need[layer]) : cost;
}

/* The cheapest way for a layer to need less: cost added per need given back. It depends on the
   layer alone, so that it stays what it is until the layer itself takes a step. */
static candidate_t repair_offer_less(const repair_t *self, genes_t genes, size_t layer)
{
    const tradeoff_chain_t *front = repair_front_of(self, layer);
    const double cost = repair_cost_of(self, genes, layer);
    candidate_t best = {.layer = layer};
    for (size_t i = 0; i < front->n && front->vertices[i].need < self->need[layer]; i++) {
        const vertex_t *vertex = &front->vertices[i];
        /* The score is negative where an action that needs less costs less as well: such a step is
           taken first. */
        const double score = (vertex->cost - cost) / (self->need[layer] - vertex->need);
        if (!best.vertex || score < best.score) best = (candidate_t){score, layer, vertex};
    }
    return best;
}

static bool repair_among(repair_t *self, genes_t genes, bool exploring, double *need)
{
    if (problem_fits(self->problem, *need)) return true;
    candidates_clear(&self->candidates);
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++)
        if (self->exploring[layer] == exploring)
            candidates_add(&self->candidates, repair_offer_less(self, genes, layer));
    candidates_order(&self->candidates);
    /* Each candidate is what its layer offers now, as only the layer's own step changes that. */
    while (!problem_fits(self->problem, *need)) {
        const candidate_t *first = candidates_first(&self->candidates);
        if (!first) return false;
        const size_t layer = first->layer;
        *need += first->vertex->need - self->need[layer];
        repair_put(self, genes, layer, first->vertex);
        candidates_renew_first(&self->candidates, repair_offer_less(self, genes, layer));
    }
    return true;
}

void repair_reduce(repair_t *self, genes_t genes)
{
    double need = repair_need(self, genes);
    if (!repair_among(self, genes, false, &need)) (void)repair_among(self, genes, true, &need);
}

/* The largest saving of a layer that what is left of the budget can pay. */
static candidate_t repair_offer_fill(const repair_t *self, genes_t genes, size_t layer, double need)
{
    const tradeoff_chain_t *front = repair_front_of(self, layer);
    const double cost = repair_cost_of(self, genes, layer);
    for (size_t i = front->n; i-- > 0 && front->vertices[i].cost < cost;) {
        const vertex_t *vertex = &front->vertices[i];
        if (problem_fits(self->problem, need - self->need[layer] + vertex->need))
            return (candidate_t){vertex->cost - cost, layer, vertex}; /* further ones save less */
    }
    return (candidate_t){.layer = layer};
}

static void repair_offer_all_fills(repair_t *self, genes_t genes, double need)
{
    candidates_clear(&self->candidates);
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++)
        if (!self->exploring[layer])
            candidates_add(&self->candidates, repair_offer_fill(self, genes, layer, need));
    candidates_order(&self->candidates);
}

/* Of what was seen at the same cost, what needs least: cheaper for nothing, and room for other
   layers. */
static double repair_slim(repair_t *self, genes_t genes, double need)
{
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++) {
        const tradeoff_chain_t *front = repair_front_of(self, layer);
        const double cost =
            cost_view_cost(&self->cost_view, problem_distinct_of(self->problem, layer),
                           problem_point(self->problem, genes.pes[layer], genes.buffer[layer]));
        if (self->exploring[layer] || isinf(cost)) continue;
        for (size_t i = 0; i < front->n && front->vertices[i].need < self->need[layer]; i++) {
            if (front->vertices[i].cost != cost) continue;
            need += front->vertices[i].need - self->need[layer];
            repair_put(self, genes, layer, &front->vertices[i]);
            break;
        }
    }
    return need;
}

/* As what is left of the budget shrinks, a layer can save as much as when its step was kept, or
   less. So a first step that still can be paid is the best one of all; one that cannot gives way to
   what its layer can save now. A step to less need, which a layer can make only while others
   bettered what it has, leaves more than before: then all layers are asked again. */
void repair_fill(repair_t *self, genes_t genes)
{
    double need = repair_slim(self, genes, repair_need(self, genes));
    repair_offer_all_fills(self, genes, need);
    for (const candidate_t *first; (first = candidates_first(&self->candidates));) {
        const size_t layer = first->layer;
        const candidate_t now = repair_offer_fill(self, genes, layer, need);
        assert(!now.vertex || now.score >= first->score); /* what is left has not grown since */
        if (!now.vertex || now.vertex != first->vertex) {
            candidates_renew_first(&self->candidates, now);
            continue;
        }
        const double before = need;
        need += now.vertex->need - self->need[layer];
        repair_put(self, genes, layer, now.vertex);
        if (need < before)
            repair_offer_all_fills(self, genes, need);
        else
            candidates_renew_first(&self->candidates, repair_offer_fill(self, genes, layer, need));
    }
}

void repair_shrink(repair_t *self, rng_t *rng, genes_t genes)
{
    const size_t layers = problem_layers(self->problem);
    double need = repair_need(self, genes);
    for (size_t tries = 0; tries < 200 * layers && !problem_fits(self->problem, need); tries++) {
        const size_t layer = rng_below(rng, layers);
        const uint16_t pes = genes.pes[layer];
        const uint16_t buffer = genes.buffer[layer];
        /* Three tries in four take up to about a quarter of the PEs, the others one unit of buffer.
           A change that saves nothing is undone below. */
        if (rng_below(rng, 4) > 0 && pes > 1)
            genes.pes[layer] = (uint16_t)(pes - 1 - rng_below(rng, (size_t)(pes + 3) / 4));
        else if (buffer > 1)
            genes.buffer[layer] = (uint16_t)(buffer - 1);
        const double changed = genes_need_of(self->problem, genes, layer);
        if (changed < self->need[layer]) {
            need += changed - self->need[layer];
            self->need[layer] = changed;
        } else {
            genes.pes[layer] = pes;
            genes.buffer[layer] = buffer;
        }
    }
}
