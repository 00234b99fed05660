/* Knapsacks for tests: random ones whose sums are exact in doubles, with what makes them
   awkward. */
#ifndef TESTS_INSTANCE_H
#define TESTS_INSTANCE_H

#include "confx/knapsack.h"
#include "confx/rng.h"

#include <math.h>

enum { CLASSES_MAX = 32, OPTIONS_MAX = 1536 };

typedef struct {
    option_class_t classes[CLASSES_MAX];
    size_t classes_n;
    option_t options[CLASSES_MAX * OPTIONS_MAX];
    double budget;
} instance_t;

/* How its numbers are drawn. */
typedef enum {
    DRAW_DIGITS,   /* 0 .. 9: ties everywhere, needs of zero */
    DRAW_SIGNED,   /* costs of any sign */
    DRAW_HAIR,     /* needs that differ by whole units or by about 1e-9 */
    DRAW_TIED,     /* cost falls as need rises: many choices close to the bound */
    DRAW_ABSURD,   /* some costs beyond all others, as penalties are */
    DRAW_FRACTION, /* 1024ths of large numbers */
    DRAWS
} draw_t;

static inline option_t draw_option(rng_t *rng, draw_t draw, size_t point)
{
    option_t option = {.point = (uint32_t)point};
    const double die = (double)rng_below(rng, 10), wide = (double)rng_below(rng, 1 << 20);
    switch (draw) {
    case DRAW_DIGITS:
        option.cost = die, option.need = (double)rng_below(rng, 10);
        break;
    case DRAW_SIGNED:
        option.cost = wide - (1 << 19), option.need = (double)rng_below(rng, 1000);
        break;
    case DRAW_HAIR:
        option.cost = wide, option.need = 1 + die + ldexp((double)rng_below(rng, 4), -30);
        break;
    case DRAW_TIED:
        option.need = 100 + 10 * die + (double)rng_below(rng, 3), option.cost = 300 - option.need;
        break;
    case DRAW_ABSURD:
        option.cost = die < 4 ? 1e200 : wide, option.need = (double)rng_below(rng, 1000);
        break;
    default:
        option.cost = wide / 1024, option.need = (double)rng_below(rng, 1 << 20) / 1024;
        break;
    }
    return option;
}

static inline double extreme_need(const instance_t *instance, int sign)
{
    double sum = 0;
    for (size_t c = 0; c < instance->classes_n; c++) {
        double extreme = -INFINITY;
        for (size_t i = 0; i < instance->classes[c].n; i++)
            extreme = fmax(extreme, sign * instance->classes[c].options[i].need);
        sum += sign * extreme * (double)instance->classes[c].members;
    }
    return sum;
}

/* Within, at, below and above the needs of its choices. */
static inline double draw_budget(rng_t *rng, const instance_t *instance)
{
    const double least = extreme_need(instance, -1), most = extreme_need(instance, 1);
    switch (rng_below(rng, 12)) {
    case 0:
        return 0;
    case 1:
        return least;
    case 2:
        return nextafter(least, -INFINITY);
    case 3:
        return most;
    case 4:
        return INFINITY;
    default:
        break;
    }
    const double budget = least + rng_uniform(rng) * (most - least);
    return rng_below(rng, 2) ? floor(budget) : budget;
}

static inline void draw_instance(rng_t *rng, draw_t draw, size_t classes_max, size_t options_max,
                                 size_t members_max, instance_t *instance)
{
    option_t *option = instance->options;
    instance->classes_n = 1 + rng_below(rng, classes_max);
    for (size_t c = 0; c < instance->classes_n; c++) {
        const size_t n = 1 + rng_below(rng, options_max);
        instance->classes[c] = (option_class_t){n, option, 1 + rng_below(rng, members_max)};
        for (size_t i = 0; i < n; i++) *option++ = draw_option(rng, draw, 1000 * c + i);
    }
    instance->budget = draw_budget(rng, instance);
}

/* The size of a network: 27 kinds of layers, 52 in all, 128 x 12 points each. Needs are whole
   numbers of PEs and a hair for the buffer; the budget lies half a PE off, so that no hair
   decides. */
static inline void draw_network(rng_t *rng, double fraction, instance_t *instance)
{
    option_t *option = instance->options;
    instance->classes_n = 27;
    for (size_t c = 0; c < instance->classes_n; c++) {
        const double work = 1 + (double)rng_below(rng, 1280),
                     rows = 49 * (double)(1 + rng_below(rng, 256));
        const double channels = (double)(1 + rng_below(rng, 320));
        instance->classes[c] = (option_class_t){OPTIONS_MAX, option, c < 2 ? 1 : 2};
        for (size_t i = 0; i < OPTIONS_MAX; i++, option++) {
            const double pes = 1 + (double)(i / 12), buffer = 1 + (double)(i % 12);
            option->point = (uint32_t)i;
            option->need = pes + ldexp(pes * buffer, -32);
            option->cost = ceil(work / pes) * rows * ceil(channels / buffer) * (buffer + 2) +
                           floor(rows / buffer);
        }
    }
    const double least = extreme_need(instance, -1), most = extreme_need(instance, 1);
    instance->budget = floor(least + fraction * (most - least)) + 0.5;
}

#endif
