/* Random numbers of Philox4x64-10 (Salmon et al. 2011): a block cipher of (key, counter). */
#include "confx/rng.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

enum { LANES = 4 };

rng_t rng_begin(uint64_t seed, rng_purpose_t purpose, uint64_t update, uint64_t unit, uint64_t item)
{
    return (rng_t){.key = {seed, (uint64_t)purpose}, .counter = {update, unit, item, 0}};
}

static void rng_refill(rng_t *rng)
{
    /* A quadruple is a function of key and counter alone, so streams need no state that a
       checkpoint would have to keep, and any of them can be begun anywhere. */
    philox4x64_ctr_t counter;
    philox4x64_key_t key;
    memcpy(counter.v, rng->counter, sizeof counter.v);
    memcpy(key.v, rng->key, sizeof key.v);
    counter = philox4x64(counter, key);
    memcpy(rng->lane, counter.v, sizeof rng->lane);
    rng->counter[3]++;
    rng->left = LANES;
}

uint64_t rng_bits(rng_t *rng)
{
    if (rng->left == 0) rng_refill(rng);
    assert(rng->left >= 1 && rng->left <= LANES);
    return rng->lane[LANES - rng->left--];
}

double rng_uniform(rng_t *rng)
{
    /* The upper 53 bits, as many as a double has: exact, and below 1. */
    return (double)(rng_bits(rng) >> 11) * 0x1p-53;
}

size_t rng_below(rng_t *rng, size_t n)
{
    assert(n > 0);
    /* The lowest 2^64 mod n values are drawn again: what is left is a multiple of n. */
    const uint64_t refused = -(uint64_t)n % n;
    uint64_t bits;
    do bits = rng_bits(rng);
    while (bits < refused);
    return bits % n;
}

double rng_normal(rng_t *rng)
{
    static const double two_pi = 6.283185307179586476925;
    /* 1 - u lies in (0, 1], so the logarithm is finite. The sine's number is not kept: two numbers
       for each call, whatever was called before. */
    const double radius = sqrt(-2.0 * log(1.0 - rng_uniform(rng)));
    return radius * cos(two_pi * rng_uniform(rng));
}

/* Where the lowest layer ends and the tail begins, and the area of a layer: for 128 layers, of the
   paper. */
static const double rng_tail = 3.442619855899, rng_area = 9.91256303526217e-3;

rng_layers_t rng_layers(void)
{
    rng_layers_t layers;
    /* The lowest layer has the tail in it: its side is that of a rectangle of the same area. */
    layers.side[0] = rng_area / exp(-0.5 * rng_tail * rng_tail);
    layers.side[1] = rng_tail;
    layers.side[RNG_LAYERS] = 0;
    for (size_t i = 1; i + 1 < RNG_LAYERS; i++) {
        const double side = layers.side[i];
        layers.side[i + 1] = sqrt(-2 * log(rng_area / side + exp(-0.5 * side * side)));
    }
    for (size_t i = 0; i <= RNG_LAYERS; i++)
        layers.density[i] = exp(-0.5 * layers.side[i] * layers.side[i]);
    return layers;
}

/* Beyond where the tail begins (Marsaglia 1964). */
static double rng_beyond(rng_t *rng)
{
    double beyond, bound;
    do {
        beyond = -log(1 - rng_uniform(rng)) / rng_tail;
        bound = -2 * log(1 - rng_uniform(rng));
    } while (bound < beyond * beyond);
    return rng_tail + beyond;
}

/* A normal number of 32 bits, and of more where these end in the part of a layer that the density
   does not cover whole. */
static double rng_layered(rng_t *rng, const rng_layers_t *layers, uint32_t bits)
{
    for (;; bits = (uint32_t)(rng_bits(rng) >> 32)) {
        const size_t layer = bits % RNG_LAYERS;
        const double sign = bits & RNG_LAYERS ? -1 : 1;
        const double x = ((double)(bits >> 8) + 0.5) * 0x1p-24 * layers->side[layer];
        if (x < layers->side[layer + 1]) return sign * x;
        if (layer == 0) return sign * rng_beyond(rng);
        /* Between the densities at both sides of the layer: is a point there below the curve? */
        const double low = layers->density[layer];
        const double height = layers->density[layer + 1] - low;
        if (low + rng_uniform(rng) * height < exp(-0.5 * x * x)) return sign * x;
    }
}

void rng_normals(rng_t *rng, const rng_layers_t *layers, size_t n, double *out)
{
    for (size_t i = 0; i < n; i += 2) {
        const uint64_t bits = rng_bits(rng);
        out[i] = rng_layered(rng, layers, (uint32_t)(bits >> 32));
        if (i + 1 < n) out[i + 1] = rng_layered(rng, layers, (uint32_t)(bits & UINT32_MAX));
    }
}

void rng_shuffle(rng_t *rng, size_t n, uint16_t *items)
{
    /* Before each step items[i ..] are drawn already; one of the first i takes place i - 1. */
    for (size_t i = n; i > 1; i--) {
        const size_t other = rng_below(rng, i);
        const uint16_t item = items[i - 1];
        items[i - 1] = items[other];
        items[other] = item;
    }
}
