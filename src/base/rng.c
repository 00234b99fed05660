/* Random numbers of Philox4x64-10 (Salmon et al. 2011): a block cipher of (key, counter). */
#include "confx/rng.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
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

/* Of numbers of 24 bits those below this are below the next side, by the very product that tells it
   of any. */
static uint32_t rng_sure(double side, double next)
{
    uint32_t low = 0;
    uint32_t high = UINT32_C(1) << 24;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (((double)middle + 0.5) * 0x1p-24 * side < next)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

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
    for (size_t i = 0; i < RNG_LAYERS; i++) {
        layers.signed_side[i] = layers.side[i] * 0x1p-25;
        layers.signed_side[RNG_LAYERS + i] = -layers.signed_side[i];
        layers.sure[i] = layers.sure[RNG_LAYERS + i] = rng_sure(layers.side[i], layers.side[i + 1]);
    }
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

/* Is the number of these bits within the part of its layer that the density covers whole? */
static inline bool rng_is_sure(const rng_layers_t *layers, uint32_t bits)
{
    return bits >> 8 < layers->sure[bits % (2 * RNG_LAYERS)];
}

/* Then this is it: the 24 bits and a half, exact, times the side. */
static inline double rng_sure_normal(const rng_layers_t *layers, uint32_t bits)
{
    return (double)(int32_t)(bits >> 7 | 1) * layers->signed_side[bits % (2 * RNG_LAYERS)];
}

/* As many of the next words, two numbers of each, as are within what the density covers whole: how
   many words. */
static size_t rng_take_sure(const rng_layers_t *layers, const uint64_t *words, size_t n,
                            double *out)
{
    for (size_t i = 0; i < n; i++) {
        const uint32_t high = (uint32_t)(words[i] >> 32);
        const uint32_t low = (uint32_t)(words[i] & UINT32_MAX);
        if (!rng_is_sure(layers, high) || !rng_is_sure(layers, low)) return i;
        out[2 * i] = rng_sure_normal(layers, high);
        out[2 * i + 1] = rng_sure_normal(layers, low);
    }
    return n;
}

/* How many words of the stream were handed out. */
static uint64_t rng_position(const rng_t *rng)
{
    return rng->counter[3] * LANES - rng->left;
}

/* The words of so many quadruples of the stream from one of them on, none of which is handed out by
   this. They do not depend on each other, so that the processor works at several at once. */
static void rng_look_ahead(const rng_t *rng, uint64_t quadruple, size_t n, uint64_t *words)
{
    for (size_t i = 0; i < n; i++) {
        philox4x64_ctr_t counter;
        philox4x64_key_t key;
        memcpy(counter.v, rng->counter, sizeof counter.v);
        memcpy(key.v, rng->key, sizeof key.v);
        counter.v[3] = quadruple + i;
        counter = philox4x64(counter, key);
        memcpy(words + i * LANES, counter.v, sizeof counter.v);
    }
}

/* The stream as if all words before this position had been handed out, given those from a first
   quadruple on, among which it is. */
static void rng_go_to(rng_t *rng, uint64_t position, uint64_t first, const uint64_t *words)
{
    if (position == rng_position(rng)) return;
    rng->counter[3] = (position + LANES - 1) / LANES;
    rng->left = (unsigned)(rng->counter[3] * LANES - position);
    memcpy(rng->lane, words + (rng->counter[3] - 1 - first) * LANES, sizeof rng->lane);
}

/* Two numbers of the next word, and of more where they take more. */
static void rng_take_two(rng_t *rng, const rng_layers_t *layers, double out[2])
{
    const uint64_t bits = rng_bits(rng);
    out[0] = rng_layered(rng, layers, (uint32_t)(bits >> 32));
    out[1] = rng_layered(rng, layers, (uint32_t)(bits & UINT32_MAX));
}

void rng_normals(rng_t *rng, const rng_layers_t *layers, size_t n, double *out)
{
    enum { AHEAD = 32 }; /* quadruples */
    uint64_t words[AHEAD * LANES];
    const size_t pairs = n / 2;
    uint64_t at = rng_position(rng);
    uint64_t first = 0;
    size_t quadruples = 0;
    for (size_t done = 0; done < pairs;) {
        if (at >= (first + quadruples) * LANES) {
            const size_t wanted = (pairs - done + at % LANES + LANES - 1) / LANES;
            first = at / LANES;
            quadruples = wanted < AHEAD ? wanted : AHEAD;
            rng_look_ahead(rng, first, quadruples, words);
        }
        const size_t begins = at - first * LANES;
        const size_t ahead = quadruples * LANES - begins;
        const size_t most = ahead < pairs - done ? ahead : pairs - done;
        const size_t taken = rng_take_sure(layers, words + begins, most, out + 2 * done);
        done += taken;
        at += taken;
        rng_go_to(rng, at, first, words);
        /* One number in eighty takes more than its own bits: the words behind these, one after the
           other. */
        if (taken < most) rng_take_two(rng, layers, out + 2 * done++);
        at = rng_position(rng);
    }
    if (n % 2) out[n - 1] = rng_layered(rng, layers, (uint32_t)(rng_bits(rng) >> 32));
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
