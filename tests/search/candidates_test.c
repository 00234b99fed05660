/* The heap of steps, held against a scan over all layers; and how many comparisons a step takes. */
#include "confx/rng.h"
#include "search/common/candidates.h"
#include "suite.h"

#include <math.h>

enum { LAYERS_MOST = 4096, ROUNDS = 4 };

static const vertex_t somewhere = {.point = 0};
static candidate_t offers[LAYERS_MOST];

/* Few different scores, so that many layers tie; now and then a layer offers nothing. */
static candidate_t draw(rng_t *rng, size_t layer, size_t scores)
{
    const vertex_t *vertex = rng_below(rng, 8) ? &somewhere : NULL;
    return (candidate_t){(double)rng_below(rng, scores) - (double)scores / 2, layer, vertex};
}

/* The first of the least, as a loop with "less than" finds it; NULL: no layer offers anything. */
static const candidate_t *scan(size_t layers)
{
    const candidate_t *best = NULL;
    for (size_t layer = 0; layer < layers; layer++)
        if (offers[layer].vertex && (!best || offers[layer].score < best->score))
            best = &offers[layer];
    return best;
}

static void fill(candidates_t *candidates, rng_t *rng, size_t layers, size_t scores)
{
    candidates_clear(candidates);
    for (size_t layer = 0; layer < layers; layer++) {
        offers[layer] = draw(rng, layer, scores);
        candidates_add(candidates, offers[layer]);
    }
    candidates_order(candidates);
}

START_TEST(the_first_is_the_one_that_a_scan_finds)
{
    candidates_t candidates;
    size_t found = 0;
    ck_assert_ok(candidates_open(60, &candidates));
    for (uint64_t round = 0; round < 200; round++) {
        rng_t rng = rng_begin(31, RNG_TEST, 0, 0, round);
        const size_t layers = 1 + rng_below(&rng, 60);
        const size_t scores = 1 + rng_below(&rng, 40);
        fill(&candidates, &rng, layers, scores);
        for (size_t steps = 0; steps < 4 * layers; steps++) {
            const candidate_t *expected = scan(layers);
            const candidate_t *first = candidates_first(&candidates);
            ck_assert_int_eq(first != NULL, expected != NULL);
            if (!first) break;
            ck_assert_uint_eq(first->layer, expected->layer);
            ck_assert(first->score == expected->score);
            offers[first->layer] = draw(&rng, first->layer, scores);
            candidates_renew_first(&candidates, offers[first->layer]);
            found++;
        }
    }
    ck_assert_uint_gt(found, 5000);
    candidates_close(&candidates);
}
END_TEST

/* Two comparisons for each layer in all to put them in order, and two for each generation of a
   binary tree to put one in its place. */
START_TEST(comparisons_grow_with_the_logarithm_of_the_layers)
{
    const size_t layers = (size_t)1 << (_i + 4);
    uint64_t most = 0;
    candidates_t candidates;
    rng_t rng = rng_begin(32, RNG_TEST, 0, 0, (uint64_t)_i);
    ck_assert_ok(candidates_open(layers, &candidates));
    for (size_t round = 0; round < ROUNDS; round++) {
        fill(&candidates, &rng, layers, 1000);
        ck_assert_uint_le(candidates.compared, 2 * layers);
        for (size_t steps = 0; steps < layers && candidates_first(&candidates); steps++) {
            candidates.compared = 0;
            const size_t layer = candidates_first(&candidates)->layer;
            candidates_renew_first(&candidates, draw(&rng, layer, 1000));
            most = candidates.compared > most ? candidates.compared : most;
        }
        candidates.compared = 0;
    }
    ck_assert_uint_le(most, 2 * ((size_t)_i + 4));
    ck_assert_uint_gt(most, (size_t)_i + 4);
    candidates_close(&candidates);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("candidates");
    TCase *tests = tcase_create("candidates");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, the_first_is_the_one_that_a_scan_finds);
    tcase_add_loop_test(tests, comparisons_grow_with_the_logarithm_of_the_layers, 0, 9);
    return suite_run(suite);
}
