/* Problems that several of these tests share: the 36 settings of MobileNet-V2, and toys. */
#ifndef TESTS_PROBLEMS_H
#define TESTS_PROBLEMS_H

#include "confx/rng.h"
#include "driver.h"

/* Behind the 36 of the original's hardware come the same on asic, where buffers cost something
   too; rows stay in a dataflow that is legal there. */
enum { SETTINGS = 36 };

static inline void baseline_open(setting_t *setting, int i, const char *search)
{
    static const char *const dataflows[] = {"dla", "eye", "shi"};
    static const double fractions[] = {0.5, 0.1, 0.05};
    setting_read(setting,
                 "{workload: mobilenet_v2, hardware: %s, dataflow: %s, objective: %s, "
                 "budget: {constraint: %s, fraction: %g}, search: {%s}}",
                 i < SETTINGS ? "maestro" : "asic",
                 i >= SETTINGS && i % 3 == 1 ? "rs" : dataflows[i % 3],
                 i / 3 % 2 ? "energy" : "latency", i / 6 % 2 ? "power" : "area",
                 fractions[i % SETTINGS / 12], search);
    setting_open(setting);
}

/* ---- toys: small and of whole numbers, whose sums are exact in any order, so that brute force can
 */

/* Six layers of four kinds; PEs 1 .. 9 and buffers 1 .. 4, levels among them. */
enum {
    TOY_LAYERS = 6,
    TOY_DISTINCT = 4,
    TOY_PES = 9,
    TOY_BUFFERS = 4,
    TOY_POINTS = TOY_PES * TOY_BUFFERS
};

static const char toy_layers[] = "K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n8,8,9,9,3,3,1\n"
                                 "2,8,9,9,3,3,1\n6,8,9,9,3,3,1\n4,8,9,9,3,3,1\n";

/* Costs and needs of a numbered draw; all points of `invalid` PEs of the first kind are invalid. */
typedef struct {
    uint64_t draw;
    uint32_t invalid; /* 0: none */
    double need_most; /* needs are 1 .. need_most, and those of small PEs smaller */
} toy_t;

static inline bool toy_evaluate(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                                double *objective, double *need)
{
    const toy_t *toy = context;
    rng_t rng = rng_begin(toy->draw, RNG_TEST, distinct, pes, buffer);
    const double scale = 1 + toy->need_most * pes / TOY_PES;
    *need = 1 + (double)rng_below(&rng, (size_t)scale);
    *objective = 1 + (double)rng_below(&rng, 60) + 200.0 / pes - fmod(200.0 / pes, 1);
    return distinct != 0 || pes != toy->invalid;
}

__attribute__((format(printf, 4, 5))) static inline void
toy_open(setting_t *setting, toy_t *toy, double limit, const char *search, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, search);
    (void)vsnprintf(text, sizeof text, search, arguments);
    va_end(arguments);
    setting_read(
        setting,
        "{actions: {pe: [1, 2, 5, 9], buffer: [1, 2, 4]}, budget: {limit: %.17g}, search: {%s}}",
        limit, text);
    setting_take_layers(setting, toy_layers);
    setting_open_with(setting, (evaluator_t){toy, toy_evaluate, false, 0});
    ck_assert_uint_eq(problem_distinct(setting->problem), TOY_DISTINCT);
    ck_assert_uint_eq(space_points(problem_space(setting->problem)), TOY_POINTS);
}

/* Reveal n random points of each kind. */
static inline void toy_reveal(const setting_t *setting, rng_t *rng, size_t n, memory_t *memory)
{
    for (size_t i = 0; i < n * TOY_DISTINCT; i++) {
        const size_t distinct = i % TOY_DISTINCT;
        const size_t point = rng_below(rng, TOY_POINTS);
        ck_assert_ok(memory_reveal_point(memory, setting->problem, distinct, point));
    }
}

#endif
