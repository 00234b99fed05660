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

void rng_normals(rng_t *rng, size_t n, double *out)
{
    static const double two_pi = 6.283185307179586476925;
    /* Of two uniform numbers both the cosine's and the sine's normal one, which are independent; of
       an odd n the last sine's is dropped. */
    for (size_t i = 0; i < n; i += 2) {
        const double radius = sqrt(-2.0 * log(1.0 - rng_uniform(rng)));
        const double angle = two_pi * rng_uniform(rng);
        out[i] = radius * cos(angle);
        if (i + 1 < n) out[i + 1] = radius * sin(angle);
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
