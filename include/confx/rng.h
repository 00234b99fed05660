/* Random numbers from a counter: Philox4x64-10 of the Random123 library, keyed by what a number is
   for. The same (seed, purpose, update, unit, item) gives the same numbers on any rank, in any
   order, after any resume. */
#ifndef CONFX_RNG_H
#define CONFX_RNG_H

#include <stddef.h>
#include <stdint.h>

/* One purpose per use, so that no two uses share a stream. Append only: the numbers are part of
   what a seed means. */
typedef enum {
    RNG_PARAMETERS = 1, /* initial parameters of the policy */
    RNG_ORDER,          /* order of the layers in an episode */
    RNG_ACTION,         /* actions of an episode */
    RNG_BREED,          /* parents, crossover and mutation */
    RNG_MINIBATCH,      /* which decisions a gradient is made of */
    RNG_NOISE,          /* noise on continuous actions, and in learning from them */
    RNG_ANNEALING,      /* moves, and whether they are taken */
    RNG_GENETIC,        /* the standard genetic algorithm */
    RNG_BAYES,          /* first samples and candidates */
    RNG_POSTERIOR,      /* functions drawn from what was inferred of totals */
    RNG_TEST,
    RNG_RENEW,    /* assignments in place of those already scored */
    RNG_DOUBT,    /* what units may try where actions may be invalid */
    RNG_ADDITIVE, /* first samples and draws of the additive model */
    RNG_GUIDE     /* doubts about costs that were not seen */
} rng_purpose_t;

typedef struct {
    uint64_t key[2];     /* seed, purpose */
    uint64_t counter[4]; /* update, unit, item, number of the next quadruple */
    uint64_t lane[4];    /* the quadruple being handed out */
    unsigned left;       /* numbers left in it */
} rng_t;

/* unit: block or island; item: episode, child or layer. Lives on the caller's stack. */
rng_t rng_begin(uint64_t seed, rng_purpose_t purpose, uint64_t update, uint64_t unit,
                uint64_t item);

/* The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection in which each bit of the input
   reaches all, for the places of keys in tables and for chains of hashes. */
static inline uint64_t rng_mix(uint64_t bits)
{
    bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
    return bits ^ bits >> 31;
}

uint64_t rng_bits(rng_t *rng);          /* 64 uniform bits */
double rng_uniform(rng_t *rng);         /* uniform in [0, 1), 53 bits */
size_t rng_below(rng_t *rng, size_t n); /* uniform in 0 .. n-1, n > 0, without modulo bias */
double rng_normal(rng_t *rng);          /* standard normal (Box-Muller) */
void rng_shuffle(rng_t *rng, size_t n, uint16_t *items); /* Fisher-Yates, in place */

/* Many standard normal numbers for a fraction of the price: the area below the density is covered
   by layers of one area, so that nearly all numbers take 32 bits and one product (Marsaglia, Tsang
   2000; sides and layers by bits of their own: Doornik 2005). Magnitudes within a layer have 24
   bits. */
enum { RNG_LAYERS = 128 };
typedef struct {
    double side[RNG_LAYERS + 1];    /* of each layer, falling; 0 behind the last one */
    double density[RNG_LAYERS + 1]; /* there, exp(-x x / 2) */
    /* By the bits of layer and sign: the side in units of the magnitude, times the sign; of the 24
       bits, those below this are sure to be below the density. */
    double signed_side[2 * RNG_LAYERS];
    uint32_t sure[2 * RNG_LAYERS];
} rng_layers_t;
rng_layers_t rng_layers(void);
void rng_normals(rng_t *rng, const rng_layers_t *layers, size_t n, double *out);

#endif
