#include "search/inference/maxima.h"

#include <assert.h>
#include <math.h>

void maxima_open(problem_t *problem, const kernel_t *kernel, arena_t *arena, maxima_t *maxima)
{
    const terms_t *terms = problem_terms(problem);
    const size_t cells = kernel->distinct * kernel->axes.cells;
    *maxima = (maxima_t){.open = terms->objectives[0].aggregate == AGGREGATE_MAX &&
                                 !terms_has_learned(terms),
                         .problem = problem,
                         .kernel = kernel};
    if (!maxima->open) return;
    ARENA_TAKE(arena, maxima->upper, cells);
    ARENA_TAKE(arena, maxima->mean, cells);
    for (size_t i = 0; !arena->failed && i < cells; i++) maxima->upper[i] = INFINITY;
}

static const uint16_t *maxima_action(const maxima_t *self, const uint16_t *assignment, size_t layer)
{
    return assignment + layer * space_axes(self->kernel->axes.space);
}

static size_t maxima_cell(const maxima_t *self, const uint16_t *assignment, size_t layer)
{
    const table_axes_t *axes = &self->kernel->axes;
    const uint16_t *action = maxima_action(self, assignment, layer);
    size_t cell = problem_distinct_of(self->problem, layer);
    for (size_t axis = 0; axis < space_axes(axes->space); axis++)
        cell = cell * axes->n[axis] + axes->place[axis][action[axis]];
    return cell;
}

/* Its work spread over the first axis. */
static double maxima_work(const maxima_t *self, const uint16_t *assignment, size_t layer)
{
    return self->kernel->scale[problem_distinct_of(self->problem, layer)] /
           kernel_first(self->kernel, maxima_action(self, assignment, layer));
}

/* What a layer's action is believed to cost: before anything can be inferred, its work spread over
   the first axis. */
static double maxima_belief(const maxima_t *self, const uint16_t *assignment, size_t layer)
{
    if (self->believed) return self->mean[maxima_cell(self, assignment, layer)];
    return maxima_work(self, assignment, layer);
}

/* The layer that costs most as believed, of those that may cost that much; their number: none. */
static size_t maxima_layer(const maxima_t *self, const uint16_t *assignment, double total)
{
    const size_t layers = problem_layers(self->problem);
    size_t best = layers;
    double most = -INFINITY;
    for (size_t layer = 0; layer < layers; layer++) {
        if ((double)self->upper[maxima_cell(self, assignment, layer)] < (double)(float)total)
            continue;
        const double belief = maxima_belief(self, assignment, layer);
        if (best < layers && !(belief > most)) continue;
        most = belief;
        best = layer;
    }
    return best;
}

bool maxima_note(maxima_t *self, uint16_t *assignment, double total)
{
    const size_t layers = problem_layers(self->problem);
    const size_t axes = space_axes(self->kernel->axes.space);
    assert(self->open && !isnan(total));
    const size_t left = maxima_layer(self, assignment, total);
    for (size_t layer = 0; layer < layers; layer++) {
        float *upper = &self->upper[maxima_cell(self, assignment, layer)];
        *upper = fminf(*upper, (float)total);
    }
    for (size_t i = 0; i < layers * axes; i++)
        if (i / axes != left) assignment[i] = COVARIANCE_ABSENT;
    return left < layers;
}

double maxima_lower(const maxima_t *self, const uint16_t *assignment, double total)
{
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++)
        if (*maxima_action(self, assignment, layer) != COVARIANCE_ABSENT)
            return fmin(total, (double)self->upper[maxima_cell(self, assignment, layer)]);
    return total;
}

double maxima_rate(const maxima_t *self, const uint16_t *assignment, double total)
{
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++)
        if (*maxima_action(self, assignment, layer) != COVARIANCE_ABSENT)
            return total / maxima_work(self, assignment, layer);
    return INFINITY;
}

/* Far below the least total all costs are alike, and far above it: floats end soon after. */
static float maxima_share_of(double in_units)
{
    static const double least = 0.1, most = 8;
    double share = fmin(fmax(in_units, least), most);
    for (int squaring = 0; squaring < 5; squaring++) share *= share;
    return (float)share;
}

void maxima_share(const maxima_t *self, const maxima_least_t *least, float *table)
{
    const size_t cells = self->kernel->axes.cells;
    const double *falling = self->kernel->amplitude[RESIDUAL_FALLING];
    for (size_t i = 0; i < self->kernel->distinct * cells; i++) {
        const double work = self->kernel->scale[i / cells] * falling[i % cells];
        if (isinf(table[i])) continue;
        table[i] = maxima_share_of(fmax((double)table[i], least->rate * work) / least->unit);
    }
}

bool maxima_is_sound(const maxima_t *self, const uint16_t *assignment)
{
    const space_t *space = self->kernel->axes.space;
    const size_t axes = space_axes(space);
    size_t there = 0;
    for (size_t layer = 0; layer < problem_layers(self->problem); layer++) {
        const uint16_t *action = maxima_action(self, assignment, layer);
        const bool absent = *action == COVARIANCE_ABSENT;
        there += !absent;
        for (size_t axis = 0; axis < axes; axis++)
            if (absent ? action[axis] != COVARIANCE_ABSENT
                       : action[axis] >= space_range(space, axis))
                return false;
    }
    return there == 1;
}
