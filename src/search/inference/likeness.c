#include "search/inference/likeness.h"
#include "confx/try.h"

#include <assert.h>
#include <string.h>

/* Weights of what is believed before anything is known, in pairs: of the share of invalid ones
   among all layers, of that share for a layer, of the layer's for a pair, and of the neighbours'
   word for a pair that may be known itself. */
static const double all_share = 0.05;
static const double all_weight = 4;
static const double layer_weight = 2;
static const double near_weight = 0.1;
static const double own_weight = 0.02;
static const double most = 0.7;  /* of a layer of which nothing is known */
static const double alone = 2.3; /* logarithm of the odds of one axis against all, to begin with */

/* axis: validity depends on it alone; SPACE_AXES: on all. length: in octaves. */
typedef struct {
    size_t axis;
    double length;
} hypothesis_t;

/* Places are the values of the hypothesis' axis, or all cells. */

confx_status_t likeness_open(size_t distinct, const table_axes_t *axes, likeness_t *likeness)
{
    const size_t cells = distinct * axes->cells;
    *likeness = (likeness_t){.distinct = distinct, .axes = axes};
    arena_t *arena = &likeness->arena;
    for (size_t axis = 0; axis < space_axes(axes->space); axis++) {
        ARENA_TAKE(arena, likeness->position[axis], axes->n[axis]);
        ARENA_TAKE(arena, likeness->decay[axis], axes->n[axis]);
    }
    for (size_t axis = 0; axis < space_axes(axes->space); axis++)
        ARENA_TAKE(arena, likeness->place[axis], axes->cells);
    ARENA_TAKE(arena, likeness->invalid, cells);
    ARENA_TAKE(arena, likeness->voice, cells);
    ARENA_TAKE(arena, likeness->voice_invalid, cells);
    ARENA_TAKE(arena, likeness->valid, cells);
    ARENA_TAKE(arena, likeness->near_invalid, cells);
    ARENA_TAKE(arena, likeness->near, cells);
    const confx_status_t status = arena_status(arena, "how alike %zu actions are", cells);
    if (status.code != CONFX_STATUS_OK) {
        likeness_close(likeness);
        return status;
    }
    for (size_t cell = 0; cell < axes->cells; cell++) {
        size_t rest = cell;
        for (size_t axis = space_axes(axes->space); axis-- > 0; rest /= axes->n[axis])
            likeness->place[axis][cell] = (uint16_t)(rest % axes->n[axis]);
    }
    /* Values without an order have no position: see likeness_spread_unordered. */
    for (size_t axis = 0; axis < space_axes(axes->space); axis++)
        for (size_t i = 0; i < axes->n[axis]; i++)
            likeness->position[axis][i] =
                space_axis(axes->space, axis)->kind == AXIS_CATEGORICAL
                    ? 0
                    : log2((double)space_value(axes->space, axis, axes->indices[axis][i]));
    return status;
}

void likeness_close(likeness_t *likeness)
{
    arena_close(&likeness->arena);
    *likeness = (likeness_t){0};
}

/* ---- places ---------------------------------------------------------------------------------- */

static size_t likeness_values(const likeness_t *self, size_t axis)
{
    return axis == SPACE_AXES ? self->axes->cells : self->axes->n[axis];
}

static size_t likeness_place(const likeness_t *self, size_t axis, size_t cell)
{
    return axis == SPACE_AXES ? cell : self->place[axis][cell];
}

/* However many cells are known at a place, it speaks to its neighbours as one. */
static void likeness_count(likeness_t *self, size_t axis, const uint8_t *states, const float *extra)
{
    const size_t cells = self->axes->cells;
    const size_t places = likeness_values(self, axis);
    memset(self->invalid, 0, self->distinct * places * sizeof *self->invalid);
    memset(self->valid, 0, self->distinct * places * sizeof *self->valid);
    for (size_t d = 0; d < self->distinct; d++)
        for (size_t cell = 0; cell < cells; cell++) {
            const size_t i = d * cells + cell;
            if (states[i] == PAIR_OPEN && extra[i] == 0) continue;
            const size_t at = d * places + likeness_place(self, axis, cell);
            self->invalid[at] += states[i] == PAIR_CONVICTED ? 1 : extra[i];
            self->valid[at] += states[i] == PAIR_PROVEN ? 1 : 0;
        }
    for (size_t at = 0; at < self->distinct * places; at++) {
        /* A place speaks with one voice at most, in proportion of what is known there. */
        const float counted = self->invalid[at] + self->valid[at];
        self->voice[at] = counted < 1 ? counted : 1;
        self->voice_invalid[at] = counted > 1 ? self->invalid[at] / counted : self->invalid[at];
    }
}

/* ---- neighbours ------------------------------------------------------------------------------ */

/* values <- sums over one line of n values, `stride` apart, of all of them times
   exp(-distance / length). The kernel is that of a Markov chain, so that one walk in each direction
   does; decay: of each value to the one before. */
static void likeness_spread_line(const float *decay, size_t n, size_t stride, float *values)
{
    float behind = 0;
    for (size_t i = 1; i < n; i++) values[i * stride] += decay[i] * values[(i - 1) * stride];
    /* On the way back each value has what came before it as well; its own is the difference. */
    for (size_t i = n; i-- > 0;) {
        const float before = i > 0 ? decay[i] * values[(i - 1) * stride] : 0;
        const float own = values[i * stride] - before;
        values[i * stride] += behind;
        behind = i > 0 ? decay[i] * (behind + own) : 0;
    }
}

/* The same where there is no order. */
static void likeness_spread_unordered(size_t n, size_t stride, double length, float *values)
{
    static const double distance = 2;
    const float near = (float)exp(-distance / length);
    float sum = 0;
    for (size_t i = 0; i < n; i++) sum += values[i * stride];
    for (size_t i = 0; i < n; i++)
        values[i * stride] = near * sum + (1 - near) * values[i * stride];
}

static void likeness_spread_axis(const likeness_t *self, const hypothesis_t *hypothesis,
                                 size_t axis, float *values)
{
    const table_axes_t *axes = self->axes;
    const size_t n = axes->n[axis];
    const size_t all = self->distinct * likeness_values(self, hypothesis->axis);
    size_t stride = 1;
    for (size_t i = axis + 1; hypothesis->axis == SPACE_AXES && i < space_axes(axes->space); i++)
        stride *= axes->n[i];
    /* Lines begin in blocks of `stride`, one block behind the n of the one before. */
    for (size_t block = 0; block < all; block += n * stride)
        for (size_t i = block; i < block + stride; i++) {
            if (space_axis(axes->space, axis)->kind == AXIS_CATEGORICAL)
                likeness_spread_unordered(n, stride, hypothesis->length, values + i);
            else
                likeness_spread_line(self->decay[axis], n, stride, values + i);
        }
}

static void likeness_spread(likeness_t *self, const hypothesis_t *hypothesis)
{
    const size_t all = self->distinct * likeness_values(self, hypothesis->axis);
    memcpy(self->near, self->voice, all * sizeof *self->near);
    memcpy(self->near_invalid, self->voice_invalid, all * sizeof *self->near);
    for (size_t axis = 0; axis < space_axes(self->axes->space); axis++) {
        const double *position = self->position[axis];
        if (hypothesis->axis != SPACE_AXES && hypothesis->axis != axis) continue;
        for (size_t i = 1; i < self->axes->n[axis]; i++)
            self->decay[axis][i] = (float)exp((position[i - 1] - position[i]) / hypothesis->length);
        likeness_spread_axis(self, hypothesis, axis, self->near);
        likeness_spread_axis(self, hypothesis, axis, self->near_invalid);
    }
}

/* ---- a hypothesis ---------------------------------------------------------------------------- */

/* The logarithm of the chance of so many invalid and valid ones in a row, whose share has a beta
   distribution of that mean and of weight own_weight. */
static double likeness_likelihood(double share, size_t invalid, size_t valid)
{
    double sum = 0;
    for (size_t i = 0; i < invalid; i++) sum += log(own_weight * share + (double)i);
    for (size_t i = 0; i < valid; i++) sum += log(own_weight * (1 - share) + (double)i);
    for (size_t i = 0; i < invalid + valid; i++) sum -= log(own_weight + (double)i);
    return sum;
}

/* For numbers alone, unlike fmin and fmax, which are calls. */
static double likeness_least(double one, double other)
{
    return one < other ? one : other;
}

static double likeness_positive(double value)
{
    return value > 0 ? value : 0;
}

/* From what is known of others, near ones first, to a chance for each place of a layer, into
   near_invalid; the likelihood of what is known under it. */
static double likeness_judge_layer(likeness_t *self, size_t places, size_t distinct, double all)
{
    double voices = 0;
    double invalid = 0;
    double likelihood = 0;
    for (size_t at = distinct * places; at < (distinct + 1) * places; at++) {
        voices += (double)self->voice[at];
        invalid += (double)self->voice_invalid[at];
    }
    for (size_t at = distinct * places; at < (distinct + 1) * places; at++) {
        /* What is known at the place itself is left out, and comes last. */
        const double own = (double)self->voice[at];
        const double own_invalid = (double)self->voice_invalid[at];
        const double layer =
            likeness_least(most, (layer_weight * all + likeness_positive(invalid - own_invalid)) /
                                     (layer_weight + likeness_positive(voices - own)));
        const double near = likeness_positive((double)self->near[at] - own);
        const double near_invalid =
            likeness_least(likeness_positive((double)self->near_invalid[at] - own_invalid), near);
        const double share = (near_weight * layer + near_invalid) / (near_weight + near);
        assert(share > 0 && share < 1);
        if (own > 0)
            likelihood +=
                likeness_likelihood(share, (size_t)self->invalid[at], (size_t)self->valid[at]);
        const double known = (double)self->invalid[at] + (double)self->valid[at];
        self->near_invalid[at] =
            (float)(own > 0
                        ? (own_weight * share + (double)self->invalid[at]) / (own_weight + known)
                        : share);
    }
    return likelihood;
}

static double likeness_judge(likeness_t *self, const hypothesis_t *hypothesis)
{
    const size_t places = likeness_values(self, hypothesis->axis);
    double voices = 0;
    double invalid = 0;
    double likelihood = 0;
    for (size_t at = 0; at < self->distinct * places; at++) {
        voices += (double)self->voice[at];
        invalid += (double)self->voice_invalid[at];
    }
    /* From the whole to the parts: all layers give a layer its share to begin with, the layer a
       place. */
    const double all = fmin(most, (all_weight * all_share + invalid) / (all_weight + voices));
    likeness_spread(self, hypothesis);
    for (size_t d = 0; d < self->distinct; d++)
        likelihood += likeness_judge_layer(self, places, d, all);
    return likelihood + (hypothesis->axis == SPACE_AXES ? 0 : alone);
}

/* ---- all hypotheses -------------------------------------------------------------------------- */

/* The mean of all hypotheses so far, each by its likelihood; these are relative to the largest. */
typedef struct {
    double largest, weights;
} mean_t;

static void likeness_mix(const likeness_t *self, size_t axis, double likelihood, mean_t *mean,
                         float *chance)
{
    static const float nothing = 1e-6F; /* a part of the mean that need not be added */
    const size_t cells = self->axes->cells;
    const size_t places = likeness_values(self, axis);
    if (likelihood > mean->largest) {
        mean->weights *= exp(mean->largest - likelihood);
        mean->largest = likelihood;
    }
    const double weight = exp(likelihood - mean->largest);
    mean->weights += weight;
    const float part = (float)(weight / mean->weights);
    if (part < nothing) return;
    /* The first one is copied by 1 x own + 0 x chance: what was there before leaves no trace. */
    for (size_t d = 0; d < self->distinct; d++)
        for (size_t cell = 0; cell < cells; cell++) {
            float *mixed = &chance[d * cells + cell];
            const float own = self->near_invalid[d * places + likeness_place(self, axis, cell)];
            *mixed = part * own + (1 - part) * *mixed;
        }
}

void likeness_foretell(likeness_t *self, const uint8_t *states, const float *extra, float *chance)
{
    static const double lengths[] = {1, 0.25};
    const size_t axes = space_axes(self->axes->space);
    mean_t mean = {-INFINITY, 0};
    for (size_t i = 0; i <= axes; i++) {
        const size_t axis = i < axes ? i : (size_t)SPACE_AXES;
        likeness_count(self, axis, states, extra);
        for (size_t length = 0; length < sizeof lengths / sizeof *lengths; length++) {
            const hypothesis_t hypothesis = {axis, lengths[length]};
            const double likelihood = likeness_judge(self, &hypothesis);
            likeness_mix(self, axis, likelihood, &mean, chance);
        }
    }
}
