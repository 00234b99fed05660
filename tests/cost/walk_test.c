/* The engine of the accounting exact against the walker: random small mappings, and the shipped
   dataflows at every action of a few layers. All figures are the same, and so is what is refused,
   with its witness. WALK_N and WALK_SEED change number and seed of the random ones (`make walk`).
 */
#include "cost/exact/exact.h"
#include "exact_examples.h"
#include "suite.h"
#include "walk_compare.h"
#include "walk_kinds.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

enum { REPORTS_MOST = 3 };

static int64_t setting(const char *name, int64_t otherwise)
{
    const char *value = getenv(name);
    return value == NULL || *value == 0 ? otherwise : strtoll(value, NULL, 10);
}

START_TEST(random_mappings_are_counted_as_their_walks_do)
{
    const int64_t n = setting("WALK_N", 20500), seed = setting("WALK_SEED", 1);
    walk_tally_t tally = {.too_large = 0};
    int differences = 0;
    for (int64_t i = 0; i < n && differences < REPORTS_MOST; i++) {
        walk_t walk;
        const walk_case_t one = walk_case_random((uint64_t)seed, (uint64_t)i);
        if (walk_compare(&one, &walk).what) {
            (void)printf("seed %lld, mapping %lld: ", (long long)seed, (long long)i);
            walk_report(&one);
            differences++;
        }
        walk_tally_add(&tally, &one, &walk);
    }
    if (getenv("WALK_N")) walk_tally_print(&tally);
    const walk_count_t total = walk_tally_total(&tally);
    (void)printf("%lld random mappings, %lld of them legal with two steps or more at every level, "
                 "the rarest kind %lld times; %d differ\n",
                 (long long)total.all, (long long)total.full, (long long)walk_tally_least(&tally),
                 differences);
    ck_assert_int_eq(differences, 0);
    ck_assert_int_ge(total.all, n - n / 1000);
    ck_assert_int_ge(total.full, n / 2);
    ck_assert_int_ge(total.illegal, n / 20);
    ck_assert_int_ge(walk_tally_least(&tally), n / 200);
}
END_TEST

/* ---- shipped dataflows -------------------------------------------------------------------------
 */

static const int64_t shipped_pes[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                      12, 13, 14, 15, 16, 24, 32, 48, 64, 96, 128};
enum { SHIPPED_PES = sizeof shipped_pes / sizeof *shipped_pes, BUFFERS = 12 };

typedef struct {
    confx_layer_type_t type;
    int64_t n, k, c, y, x, r, s, stride_y, stride_x;
} small_layer_t;

static const small_layer_t small_layers[] = {
    {CONFX_LAYER_CONV, 0, 3, 3, 6, 5, 3, 2, 1, 1},
    {CONFX_LAYER_CONV, 0, 5, 2, 8, 7, 3, 3, 2, 2},
    {CONFX_LAYER_CONV, 0, 13, 6, 2, 3, 1, 1, 1, 1},
    {CONFX_LAYER_CONV, 2, 2, 3, 5, 7, 1, 1, 2, 3},
    {CONFX_LAYER_DSCONV, 0, 1, 9, 5, 5, 3, 3, 1, 1},
    {CONFX_LAYER_DSCONV, 0, 2, 5, 7, 6, 3, 3, 2, 1},
    {CONFX_LAYER_CONV, 0, 2, 2, 3, 33, 2, 3, 1, 1},
};
enum { SMALL_LAYERS = sizeof small_layers / sizeof *small_layers };

static confx_layer_t layer_of_small(const small_layer_t *small)
{
    return (confx_layer_t){.type = small->type,
                           .dim = {[CONFX_DIM_N] = small->n,
                                   [CONFX_DIM_K] = small->k,
                                   [CONFX_DIM_C] = small->c,
                                   [CONFX_DIM_Y] = small->y,
                                   [CONFX_DIM_X] = small->x,
                                   [CONFX_DIM_R] = small->r,
                                   [CONFX_DIM_S] = small->s},
                           .stride_y = small->stride_y,
                           .stride_x = small->stride_x,
                           .name = "1"};
}

typedef struct {
    int64_t legal, illegal, refused;
    int differences;
} shipped_t;

static void compare_actions(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                            const char *path, shipped_t *shipped)
{
    static const confx_hardware_t hardware = {.noc_bandwidth = 3,
                                              .noc_latency = 1,
                                              .offchip_bandwidth = 2,
                                              .simd_lanes = 1,
                                              .multicast = true,
                                              .reduction = true,
                                              .psum_bytes = 2};
    for (int64_t action = 0; action < SHIPPED_PES * BUFFERS; action++) {
        walk_case_t one = {.layer = *layer,
                           .dataflow = *dataflow,
                           .hardware = hardware,
                           .pes = shipped_pes[action / BUFFERS],
                           .buffer = action % BUFFERS + 1};
        walk_t walk;
        if (walk_compare(&one, &walk).what && shipped->differences++ < REPORTS_MOST) {
            (void)printf("%s: ", path);
            walk_report(&one);
        }
        ck_assert(walk.verdict != WALK_TOO_LARGE);
        shipped->legal += walk.verdict == WALK_LEGAL;
        shipped->illegal += walk.verdict == WALK_ILLEGAL;
        shipped->refused += walk.verdict == WALK_REFUSED;
    }
}

/* All actions of all layers: how many are legal, and how many are not. */
static shipped_t compare_dataflow(const char *path)
{
    shipped_t shipped = {0};
    confx_dataflow_t *dataflow = NULL;
    ck_assert_ok(confx_dataflow_open(path, &dataflow));
    for (int i = 0; i < SMALL_LAYERS; i++) {
        const confx_layer_t layer = layer_of_small(&small_layers[i]);
        compare_actions(dataflow, &layer, path, &shipped);
    }
    confx_dataflow_close(dataflow);
    if (getenv("WALK_N"))
        (void)printf("%-24s %5lld actions legal, %5lld illegal, %5lld refused\n", path,
                     (long long)shipped.legal, (long long)shipped.illegal,
                     (long long)shipped.refused);
    return shipped;
}

/* Actions with fewer PEs than the filter has rows. */
static int64_t actions_below_rows(void)
{
    int64_t below = 0;
    for (int i = 0; i < SMALL_LAYERS; i++) below += (small_layers[i].r - 1) * BUFFERS;
    return below;
}

START_TEST(shipped_dataflows_are_counted_as_their_walks_do_at_every_action)
{
    const int64_t actions = (int64_t)SMALL_LAYERS * SHIPPED_PES * BUFFERS;
    glob_t paths;
    ck_assert_int_eq(glob("data/dataflows/*.m", 0, NULL, &paths), 0);
    for (size_t i = 0; i < paths.gl_pathc; i++) {
        const shipped_t shipped = compare_dataflow(paths.gl_pathv[i]);
        ck_assert_int_eq(shipped.differences, 0);
        /* `eye` leaves MACs out, whatever the action, wherever a cluster has two outputs or more.
         */
        if (strstr(paths.gl_pathv[i], "/eye.m")) ck_assert_int_gt(shipped.illegal, actions / 2);
        /* `rs` has clusters of R PEs, and is refused where there are fewer. */
        else if (strstr(paths.gl_pathv[i], "/rs.m"))
            ck_assert(shipped.refused == actions_below_rows() &&
                      shipped.legal == actions - shipped.refused);
        else
            ck_assert_int_eq(shipped.legal, actions);
    }
    ck_assert_uint_ge(paths.gl_pathc, 4);
    globfree(&paths);
}
END_TEST

/* ---- shipped dataflows on random layers --------------------------------------------------------
 */

/* More channels than random mappings have, and any number of PEs. */
static walk_case_t shipped_case(const confx_dataflow_t *dataflow, uint64_t seed, uint64_t number)
{
    rng_t rng = rng_begin(seed, RNG_TEST, 1, number, 0);
    walk_case_t one = walk_case_random(seed, number);
    one.dataflow = *dataflow;
    one.pes = 1 + (int64_t)rng_below(&rng, rng_below(&rng, 4) == 0 ? 128 : 20);
    one.buffer = 1 + (int64_t)rng_below(&rng, 12);
    for (int tries = 0; tries < 8; tries++) {
        confx_layer_t larger = one.layer;
        const confx_dim_t dim = rng_below(&rng, 2) ? CONFX_DIM_K : CONFX_DIM_C;
        larger.dim[dim] += (int64_t)rng_below(&rng, 12);
        if (one.layer.dim[dim] > 0 && confx_layer_macs(&larger) <= 4000) one.layer = larger;
    }
    return one;
}

static void compare_shipped_case(const char *path, int64_t seed, int64_t number, shipped_t *shipped)
{
    confx_dataflow_t *dataflow = NULL;
    walk_t walk;
    ck_assert_ok(confx_dataflow_open(path, &dataflow));
    const walk_case_t one = shipped_case(dataflow, (uint64_t)seed, (uint64_t)number);
    confx_dataflow_close(dataflow);
    if (walk_compare(&one, &walk).what && shipped->differences++ < REPORTS_MOST) {
        (void)printf("seed %lld, layer %lld, %s: ", (long long)seed, (long long)number, path);
        walk_report(&one);
    }
    shipped->legal += walk.verdict == WALK_LEGAL;
    shipped->illegal += walk.verdict == WALK_ILLEGAL;
    shipped->refused += walk.verdict == WALK_REFUSED;
}

START_TEST(shipped_dataflows_are_counted_as_their_walks_do_on_random_layers)
{
    const int64_t n = setting("WALK_N", 20500) / 10, seed = setting("WALK_SEED", 1);
    shipped_t shipped = {0};
    glob_t paths;
    ck_assert_int_eq(glob("data/dataflows/*.m", 0, NULL, &paths), 0);
    for (int64_t i = 0; i < n; i++)
        compare_shipped_case(paths.gl_pathv[(size_t)i % paths.gl_pathc], seed, i, &shipped);
    globfree(&paths);
    (void)printf("shipped dataflows on %lld random layers: %lld legal, %lld illegal, %lld refused; "
                 "%d differ\n",
                 (long long)n, (long long)shipped.legal, (long long)shipped.illegal,
                 (long long)shipped.refused, shipped.differences);
    ck_assert_int_eq(shipped.differences, 0);
    ck_assert_int_eq(shipped.legal + shipped.illegal + shipped.refused, n);
    ck_assert_int_ge(shipped.legal, n / 2);
}
END_TEST

/* ---- where more PEs change nothing -------------------------------------------------------------
 */

static bool same_figures(const confx_cost_t *one, const confx_cost_t *other)
{
    for (int i = 0; i < EXACT_FIGURES; i++)
        if (memcmp((const char *)one + exact_figures[i].offset,
                   (const char *)other + exact_figures[i].offset, sizeof(int64_t)) != 0)
            return false;
    return one->fault == other->fault;
}

/* How many larger numbers of PEs are legal, of those tried; -1: one gives other counts. */
static int try_more_pes(const walk_case_t *one, rng_t *rng)
{
    confx_cost_t cost, larger;
    int legal = 0;
    exact_evaluate(&one->dataflow, &one->layer, &one->hardware, one->pes, one->buffer, &cost);
    for (int i = 0; i < 6; i++) {
        const int64_t pes = one->pes + 1 + (int64_t)rng_below(rng, i < 3 ? 8 : 200);
        exact_evaluate(&one->dataflow, &one->layer, &one->hardware, pes, one->buffer, &larger);
        if (larger.fault != CONFX_COST_VALID) continue;
        if (!same_figures(&cost, &larger)) return -1;
        legal++;
    }
    return legal;
}

START_TEST(more_pes_change_nothing_where_the_engine_says_so)
{
    int saturated = 0, larger = 0;
    for (uint64_t i = 0; i < 4000; i++) {
        walk_case_t one = walk_case_random(2, i);
        rng_t rng = rng_begin(2, RNG_TEST, 2, i, 0);
        one.pes *= 1 + (int64_t)rng_below(&rng, 6);
        if (!exact_saturated(&one.dataflow, &one.layer, one.pes, one.buffer)) continue;
        const int legal = try_more_pes(&one, &rng);
        if (legal < 0) walk_case_print(&one);
        ck_assert_int_ge(legal, 0);
        saturated++;
        larger += legal;
    }
    ck_assert_int_gt(saturated, 400);
    ck_assert_int_gt(larger, 400);
    ck_assert_int_lt(saturated, 4000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("walk");
    TCase *tests = tcase_create("walk");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, random_mappings_are_counted_as_their_walks_do);
    tcase_add_test(tests, shipped_dataflows_are_counted_as_their_walks_do_at_every_action);
    tcase_add_test(tests, shipped_dataflows_are_counted_as_their_walks_do_on_random_layers);
    tcase_add_test(tests, more_pes_change_nothing_where_the_engine_says_so);
    return suite_run(suite);
}
