/* Bringing genes back into the budget, and spending what is left of it. */
#include "mend.h"
#include "confx/try.h"

#include <math.h>
#include <stdlib.h>

confx_status_t mender_open(problem_t *problem, mender_t *mender)
{
    const size_t layers = problem_layers(problem);
    *mender = (mender_t){.problem = problem};
    mender->need = malloc(layers * sizeof *mender->need);
    mender->exploring = calloc(layers, sizeof *mender->exploring);
    if (!mender->need || !mender->exploring) {
        mender_close(mender);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for mending %zu layers", layers);
    }
    const confx_status_t status = frontier_open(problem, &mender->frontier);
    if (status.code != CONFX_STATUS_OK) mender_close(mender);
    return status;
}

void mender_close(mender_t *mender)
{
    frontier_close(&mender->frontier);
    free(mender->need);
    free(mender->exploring);
    *mender = (mender_t){0};
}

double mend_needs(mender_t *self, genes_t genes)
{
    double need = 0;
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++) {
        self->need[layer] = genes_need_of(self->problem, genes, layer);
        need += self->need[layer];
    }
    return need;
}

static void put(mender_t *self, genes_t genes, size_t layer, const vertex_t *vertex)
{
    genes_put(self->problem, genes, layer, vertex->point);
    self->need[layer] = vertex->need;
}

static const chain_t *front_of(const mender_t *self, size_t layer)
{
    return &self->frontier.front[problem_distinct_of(self->problem, layer)];
}

/* What the layer's action costs as believed, or else as those seen of its kind suggest for what it needs: of an unknown
   cost no number that stands for "unknown" will do, since all layers with such a one would tie, and the first in order
   be cut first. */
static double cost_of(const mender_t *self, genes_t genes, size_t layer)
{
    const problem_t *problem = self->problem;
    const size_t distinct = problem_distinct_of(problem, layer);
    const double cost =
        belief_cost(&self->belief, distinct, problem_point(problem, genes.pes[layer], genes.buffer[layer]));
    return isinf(cost) ? frontier_guess(&self->frontier, distinct, self->need[layer]) : cost;
}

typedef struct {
    size_t layer;
    const vertex_t *vertex; /* NULL: there is no move */
    double score;           /* lower is better */
} move_t;

/* The cheapest way for one layer to need less: cost added per need given back. */
static void offer_repair(const mender_t *self, genes_t genes, size_t layer, move_t *best)
{
    const chain_t *front = front_of(self, layer);
    const double cost = cost_of(self, genes, layer);
    for (size_t i = 0; i < front->n && front->vertices[i].need < self->need[layer]; i++) {
        const vertex_t *vertex = &front->vertices[i];
        const double score = (vertex->cost - cost) / (self->need[layer] - vertex->need);
        if (!best->vertex || score < best->score) *best = (move_t){layer, vertex, score};
    }
}

static bool repair_among(mender_t *self, genes_t genes, bool exploring, double *need)
{
    const size_t layers = problem_layers(self->problem);
    while (!problem_fits(self->problem, *need)) {
        move_t best = {0, NULL, 0};
        for (size_t layer = 0; layer < layers; layer++)
            if (self->exploring[layer] == exploring) offer_repair(self, genes, layer, &best);
        if (!best.vertex) return false;
        *need += best.vertex->need - self->need[best.layer];
        put(self, genes, best.layer, best.vertex);
    }
    return true;
}

void mend_repair(mender_t *self, genes_t genes)
{
    double need = mend_needs(self, genes);
    if (!repair_among(self, genes, false, &need)) (void)repair_among(self, genes, true, &need);
}

/* The largest saving of one layer that what is left of the budget can pay. */
static void offer_fill(const mender_t *self, genes_t genes, size_t layer, double need, move_t *best)
{
    const chain_t *front = front_of(self, layer);
    const double cost = cost_of(self, genes, layer);
    for (size_t i = front->n; i-- > 0 && front->vertices[i].cost < cost;) {
        const vertex_t *vertex = &front->vertices[i];
        if (!problem_fits(self->problem, need - self->need[layer] + vertex->need)) continue;
        if (!best->vertex || vertex->cost - cost < best->score) *best = (move_t){layer, vertex, vertex->cost - cost};
        return; /* further ones save less */
    }
}

/* Of what was seen at the same cost, what needs least: cheaper for nothing, and room for other layers. */
static double mend_slim(mender_t *self, genes_t genes, double need)
{
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++) {
        const chain_t *front = front_of(self, layer);
        const double cost = belief_cost(&self->belief, problem_distinct_of(self->problem, layer),
                                        problem_point(self->problem, genes.pes[layer], genes.buffer[layer]));
        if (self->exploring[layer] || isinf(cost)) continue;
        for (size_t i = 0; i < front->n && front->vertices[i].need < self->need[layer]; i++) {
            if (front->vertices[i].cost != cost) continue;
            need += front->vertices[i].need - self->need[layer];
            put(self, genes, layer, &front->vertices[i]);
            break;
        }
    }
    return need;
}

void mend_fill(mender_t *self, genes_t genes)
{
    double need = mend_slim(self, genes, mend_needs(self, genes));
    for (;;) {
        move_t best = {0, NULL, 0};
        for (size_t layer = 0; layer < problem_layers(self->problem); layer++)
            if (!self->exploring[layer]) offer_fill(self, genes, layer, need, &best);
        if (!best.vertex) return;
        need += best.vertex->need - self->need[best.layer];
        put(self, genes, best.layer, best.vertex);
    }
}

void mend_shrink(mender_t *self, rng_t *rng, genes_t genes)
{
    const size_t layers = problem_layers(self->problem);
    double need = mend_needs(self, genes);
    for (size_t tries = 0; tries < 200 * layers && !problem_fits(self->problem, need); tries++) {
        const size_t layer = rng_below(rng, layers);
        const uint16_t pes = genes.pes[layer];
        const uint16_t buffer = genes.buffer[layer];
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
