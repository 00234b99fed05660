#include "confx/rng.h"
#include "suite.h"

#include <math.h>
#include <string.h>

/* Known answers of philox4x64-10, from the library's own kat_vectors. */
START_TEST(bits_are_those_of_philox_4x64_10)
{
    static const struct {
        uint64_t counter[4], key[2], answer[4];
    } known[] = {
        {{0, 0, 0, 0},
         {0, 0},
         {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}},
        {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX},
         {UINT64_MAX, UINT64_MAX},
         {0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}},
        {{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
         {0x452821e638d01377, 0xbe5466cf34e90c6c},
         {0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        rng_t rng = {.left = 0};
        memcpy(rng.counter, known[i].counter, sizeof rng.counter);
        memcpy(rng.key, known[i].key, sizeof rng.key);
        for (int lane = 0; lane < 4; lane++)
            ck_assert_uint_eq(rng_bits(&rng), known[i].answer[lane]);
    }
}
END_TEST

START_TEST(a_stream_depends_on_every_part_of_its_key)
{
    const uint64_t base[5] = {1, RNG_TEST, 2, 3, 4};
    rng_t first = rng_begin(1, RNG_TEST, 2, 3, 4);
    const uint64_t bits = rng_bits(&first);
    for (int part = 0; part < 5; part++) {
        uint64_t key[5];
        memcpy(key, base, sizeof key);
        key[part]--;
        rng_t other = rng_begin(key[0], (rng_purpose_t)key[1], key[2], key[3], key[4]);
        ck_assert_msg(rng_bits(&other) != bits, "part %d of the key changes nothing", part);
    }
    rng_t again = rng_begin(1, RNG_TEST, 2, 3, 4);
    ck_assert_uint_eq(rng_bits(&again), bits);
}
END_TEST

START_TEST(a_stream_goes_on_past_its_first_quadruple)
{
    enum { N = 64 };
    uint64_t bits[N];
    rng_t rng = rng_begin(7, RNG_TEST, 0, 0, 0);
    for (int i = 0; i < N; i++) bits[i] = rng_bits(&rng);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < i; j++) ck_assert_uint_ne(bits[i], bits[j]);
}
END_TEST

START_TEST(uniform_numbers_fill_the_unit_interval_evenly)
{
    enum { N = 100000, BINS = 20 };
    int count[BINS] = {0};
    double sum = 0;
    rng_t rng = rng_begin(1, RNG_TEST, 1, 0, 0);
    for (int i = 0; i < N; i++) {
        const double u = rng_uniform(&rng);
        ck_assert(u >= 0 && u < 1);
        sum += u;
        count[(int)(u * BINS)]++;
    }
    /* Five standard deviations. */
    ck_assert_double_le(fabs(sum / N - 0.5), 5 * sqrt(1.0 / 12 / N));
    for (int i = 0; i < BINS; i++)
        ck_assert_int_le(abs(count[i] - N / BINS), (int)(5 * sqrt((double)N / BINS)));
}
END_TEST

START_TEST(numbers_below_n_are_all_reached_evenly)
{
    enum { N = 70000, BELOW = 7 };
    int count[BELOW] = {0};
    rng_t rng = rng_begin(1, RNG_TEST, 2, 0, 0);
    for (int i = 0; i < N; i++) {
        const size_t k = rng_below(&rng, BELOW);
        ck_assert_uint_lt(k, BELOW);
        count[k]++;
    }
    for (int i = 0; i < BELOW; i++)
        ck_assert_int_le(abs(count[i] - N / BELOW), (int)(5 * sqrt((double)N / BELOW)));
    for (int i = 0; i < 10; i++) ck_assert_uint_eq(rng_below(&rng, 1), 0);
}
END_TEST

/* With n = 3 x 2^62 a quarter of all bits is refused; taking them modulo n would double the weight
   of the lowest third. */
START_TEST(numbers_below_n_have_no_modulo_bias)
{
    enum { N = 30000 };
    const size_t n = (size_t)3 << 62;
    int lowest_third = 0;
    rng_t rng = rng_begin(1, RNG_TEST, 3, 0, 0);
    for (int i = 0; i < N; i++) lowest_third += rng_below(&rng, n) < n / 3;
    ck_assert_int_le(abs(lowest_third - N / 3), (int)(5 * sqrt(N * 2.0 / 9)));
}
END_TEST

START_TEST(normal_numbers_have_the_moments_of_a_normal)
{
    enum { N = 200000 };
    double moment[5] = {0};
    rng_t rng = rng_begin(1, RNG_TEST, 4, 0, 0);
    for (int i = 0; i < N; i++) {
        const double x = rng_normal(&rng);
        ck_assert(isfinite(x));
        for (int power = 1; power <= 4; power++) moment[power] += pow(x, power) / N;
    }
    /* Variances of x, x^2, x^3, x^4: 1, 2, 15, 96. */
    ck_assert_double_le(fabs(moment[1]), 5 * sqrt(1.0 / N));
    ck_assert_double_le(fabs(moment[2] - 1), 5 * sqrt(2.0 / N));
    ck_assert_double_le(fabs(moment[3]), 5 * sqrt(15.0 / N));
    ck_assert_double_le(fabs(moment[4] - 3), 5 * sqrt(96.0 / N));
}
END_TEST

/* All layers have one area, and end where the density is highest: as well as the 13 digits of where
   the tail begins, from which one layer follows from the other, let them. */
START_TEST(layers_cover_the_normal_density)
{
    const rng_layers_t layers = rng_layers();
    const double area = layers.side[0] * layers.density[1];
    for (size_t i = 1; i < RNG_LAYERS; i++)
        ck_assert_double_eq_tol(layers.side[i] * (layers.density[i + 1] - layers.density[i]), area,
                                1e-10);
    /* The lowest one: a rectangle, and the tail behind it. */
    const double tail = sqrt(2 * atan(1)) * erfc(layers.side[1] / sqrt(2));
    ck_assert_double_eq_tol(layers.side[1] * layers.density[1] + tail, area, 1e-11);
    ck_assert_double_eq(layers.density[RNG_LAYERS], 1);
}
END_TEST

/* On both sides of 0 the shares below bounds are those of the normal distribution, also where the
   tail begins (3.44) and in it; numbers next to each other are independent. */
START_TEST(layered_normal_numbers_have_the_normal_distribution)
{
    enum { N = 1000001, BOUNDS = 9 };
    static double numbers[N];
    static const double bounds[BOUNDS] = {0.01, 0.1, 0.5, 1, 1.7, 2.5, 3.3, 3.44, 3.8};
    const rng_layers_t layers = rng_layers();
    rng_t rng = rng_begin(3, RNG_TEST, 4, 0, 0);
    rng_normals(&rng, &layers, N, numbers);
    for (size_t i = 0; i < BOUNDS; i++) {
        double below = 0;
        double above = 0;
        for (size_t k = 0; k < N; k++) below += numbers[k] < -bounds[i];
        for (size_t k = 0; k < N; k++) above += numbers[k] > bounds[i];
        const double share = erfc(bounds[i] / sqrt(2)) / 2;
        ck_assert_double_eq_tol(below / N, share, 5 * sqrt(share / N));
        ck_assert_double_eq_tol(above / N, share, 5 * sqrt(share / N));
    }
    double product = 0;
    double squares = 0;
    for (size_t k = 0; k + 1 < N; k++) {
        product += numbers[k] * numbers[k + 1] / N;
        squares += (numbers[k] * numbers[k] - 1) * (numbers[k + 1] * numbers[k + 1] - 1) / N;
    }
    ck_assert_double_le(fabs(product), 5 * sqrt(1.0 / N));
    ck_assert_double_le(fabs(squares), 5 * 2 * sqrt(1.0 / N));
}
END_TEST

/* One number as the layers are defined, word by word of the stream. */
static double layered_normal(rng_t *rng, const rng_layers_t *layers, uint32_t bits)
{
    static const double tail = 3.442619855899;
    for (;; bits = (uint32_t)(rng_bits(rng) >> 32)) {
        const size_t layer = bits % RNG_LAYERS;
        const double sign = bits & RNG_LAYERS ? -1 : 1;
        const double x = ((double)(bits >> 8) + 0.5) / 16777216 * layers->side[layer];
        if (x < layers->side[layer + 1]) return sign * x;
        double beyond = INFINITY;
        double bound = 0;
        while (layer == 0 && bound < beyond * beyond) {
            beyond = -log(1 - rng_uniform(rng)) / tail;
            bound = -2 * log(1 - rng_uniform(rng));
        }
        if (layer == 0) return sign * (tail + beyond);
        const double height = layers->density[layer + 1] - layers->density[layer];
        if (layers->density[layer] + rng_uniform(rng) * height < exp(-0.5 * x * x)) return sign * x;
    }
}

/* From anywhere in a quadruple, as many as are asked for, and the stream goes on behind the words
   that they took: bit for bit what going through it word by word gives. */
START_TEST(layered_normal_numbers_are_those_of_the_stream)
{
    enum { MOST = 700, TRIES = 400 };
    static double numbers[MOST];
    const rng_layers_t layers = rng_layers();
    size_t wrong = 0;
    for (size_t try = 0; try < TRIES; try++) {
        rng_t rng = rng_begin(5, RNG_TEST, try, 0, 0);
        rng_t slow = rng_begin(5, RNG_TEST, try, 0, 0);
        for (size_t i = 0; i < try % 6; i++) wrong += rng_bits(&rng) != rng_bits(&slow);
        const size_t n = try * 37 % MOST;
        rng_normals(&rng, &layers, n, numbers);
        for (size_t i = 0; i < n; i += 2) {
            const uint64_t bits = rng_bits(&slow);
            wrong += numbers[i] != layered_normal(&slow, &layers, (uint32_t)(bits >> 32));
            if (i + 1 < n)
                wrong += numbers[i + 1] != layered_normal(&slow, &layers, (uint32_t)bits);
        }
        for (size_t i = 0; i < 9; i++) wrong += rng_bits(&rng) != rng_bits(&slow);
    }
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(a_shuffle_gives_every_order_evenly)
{
    enum { N = 24000, ORDERS = 256 };
    int count[ORDERS] = {0};
    int orders = 0;
    rng_t rng = rng_begin(1, RNG_TEST, 5, 0, 0);
    for (int i = 0; i < N; i++) {
        uint16_t items[4] = {0, 1, 2, 3};
        rng_shuffle(&rng, 4, items);
        ck_assert_int_eq((1 << items[0] | 1 << items[1] | 1 << items[2] | 1 << items[3]), 15);
        count[items[0] << 6 | items[1] << 4 | items[2] << 2 | items[3]]++;
    }
    for (int i = 0; i < ORDERS; i++) {
        if (count[i] == 0) continue;
        orders++;
        ck_assert_int_le(abs(count[i] - N / 24), (int)(5 * sqrt(N / 24.0)));
    }
    ck_assert_int_eq(orders, 24);
    rng_shuffle(&rng, 0, NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rng");
    TCase *tests = tcase_create("rng");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, bits_are_those_of_philox_4x64_10);
    tcase_add_test(tests, a_stream_depends_on_every_part_of_its_key);
    tcase_add_test(tests, a_stream_goes_on_past_its_first_quadruple);
    tcase_add_test(tests, uniform_numbers_fill_the_unit_interval_evenly);
    tcase_add_test(tests, numbers_below_n_are_all_reached_evenly);
    tcase_add_test(tests, numbers_below_n_have_no_modulo_bias);
    tcase_add_test(tests, normal_numbers_have_the_moments_of_a_normal);
    tcase_add_test(tests, layers_cover_the_normal_density);
    tcase_add_test(tests, layered_normal_numbers_have_the_normal_distribution);
    tcase_add_test(tests, layered_normal_numbers_are_those_of_the_stream);
    tcase_add_test(tests, a_shuffle_gives_every_order_evenly);
    return suite_run(suite);
}
