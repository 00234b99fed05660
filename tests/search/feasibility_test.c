/* The mask and the prior, held against brute force. */
#include "problems.h"
#include "search/common/feasibility.h"

/* ---- the mask -------------------------------------------------------------------------------- */

typedef struct {
    setting_t setting;
    toy_t toy;
    feasibility_t feasibility;
    ledger_t *ledger; /* NULL: nothing is remembered */
} mask_t;

static void open_mask(mask_t *mask, uint64_t draw)
{
    rng_t rng = rng_begin(draw, RNG_TEST, 1, 0, 0);
    mask->toy = (toy_t){draw, 1 + (uint32_t)(draw % 2), 12};
    toy_open(&mask->setting, &mask->toy, 60, "seed: 1");
    ck_assert_ok(feasibility_open(mask->setting.problem, &mask->feasibility));
    ck_assert_ok(ledger_open(mask->setting.problem, &mask->ledger));
    toy_reveal(&mask->setting, &rng, draw % 40, mask->ledger);
}

static void close_mask(mask_t *mask)
{
    ledger_close(mask->ledger);
    feasibility_close(&mask->feasibility);
    setting_close(&mask->setting);
}

static size_t point_of(const mask_t *mask, size_t pe, size_t buffer)
{
    const problem_t *problem = mask->setting.problem;
    return problem_point(problem, problem_level_values(problem, 0)[pe],
                         problem_level_values(problem, 1)[buffer]);
}

static double need_of(const mask_t *mask, size_t distinct, size_t pe, size_t buffer)
{
    return problem_need(mask->setting.problem, distinct, point_of(mask, pe, buffer));
}

static bool is_allowed(const mask_t *mask, const ledger_t *ledger, size_t distinct, size_t pe,
                       size_t buffer, double room)
{
    if (need_of(mask, distinct, pe, buffer) > room) return false;
    return !ledger || !ledger_invalid(ledger, distinct, point_of(mask, pe, buffer));
}

static double least_of(const mask_t *mask, size_t distinct, size_t pe)
{
    double least = INFINITY;
    for (size_t buffer = 0; buffer < mask->feasibility.levels[1]; buffer++)
        least = fmin(least, need_of(mask, distinct, pe, buffer));
    return least;
}

/* Where nothing fits, one level is left, and it is one of the least need. */
static void check_last_resort(const uint8_t *allowed, size_t n, const double *feasibility)
{
    size_t left = n;
    for (size_t i = 0; i < n; i++) {
        if (!allowed[i]) continue;
        ck_assert_uint_eq(left, n);
        left = i;
    }
    ck_assert_uint_lt(left, n);
    for (size_t i = 0; i < n; i++) ck_assert_double_le(feasibility[left], feasibility[i]);
}

static void check_buffers(const mask_t *mask, const ledger_t *ledger, size_t distinct, size_t pe,
                          double room)
{
    uint8_t allowed[JOB_LEVELS_MAX];
    double feasibility[JOB_LEVELS_MAX];
    bool any = false;
    feasibility_allow_buffer(&mask->feasibility, mask->setting.problem, ledger, distinct, pe, room,
                             allowed);
    for (size_t buffer = 0; buffer < mask->feasibility.levels[1]; buffer++) {
        feasibility[buffer] = need_of(mask, distinct, pe, buffer);
        any |= is_allowed(mask, ledger, distinct, pe, buffer, room);
    }
    if (!any) check_last_resort(allowed, mask->feasibility.levels[1], feasibility);
    for (size_t buffer = 0; any && buffer < mask->feasibility.levels[1]; buffer++)
        ck_assert_int_eq(allowed[buffer], is_allowed(mask, ledger, distinct, pe, buffer, room));
}

static void check_levels(const mask_t *mask, const ledger_t *ledger, size_t distinct, double room)
{
    uint8_t allowed[JOB_LEVELS_MAX];
    uint8_t expected[JOB_LEVELS_MAX] = {0};
    double feasibility[JOB_LEVELS_MAX];
    bool any = false;
    feasibility_allow_pe(&mask->feasibility, mask->setting.problem, ledger, distinct, room,
                         allowed);
    for (size_t pe = 0; pe < mask->feasibility.levels[0]; pe++) {
        feasibility[pe] = least_of(mask, distinct, pe);
        for (size_t buffer = 0; buffer < mask->feasibility.levels[1]; buffer++)
            expected[pe] |= is_allowed(mask, ledger, distinct, pe, buffer, room);
        any |= expected[pe];
        check_buffers(mask, ledger, distinct, pe, room);
    }
    if (any)
        ck_assert_int_eq(memcmp(allowed, expected, mask->feasibility.levels[0]), 0);
    else
        check_last_resort(allowed, mask->feasibility.levels[0], feasibility);
}

START_TEST(allowed_is_what_fits_and_is_not_known_to_be_invalid)
{
    mask_t mask;
    open_mask(&mask, (uint64_t)_i);
    for (size_t distinct = 0; distinct < TOY_DISTINCT; distinct++)
        for (int half = -2; half < 30; half++) {
            check_levels(&mask, mask.ledger, distinct, half / 2.0);
            check_levels(&mask, NULL, distinct, half / 2.0);
        }
    close_mask(&mask);
}
END_TEST

START_TEST(rounding_closes_no_level)
{
    mask_t mask;
    uint8_t exact[JOB_LEVELS_MAX];
    uint8_t rounded[JOB_LEVELS_MAX];
    open_mask(&mask, 3);
    const size_t n = mask.feasibility.levels[0];
    for (size_t distinct = 0; distinct < TOY_DISTINCT; distinct++)
        for (size_t pe = 0; pe < n; pe++) {
            const double room = least_of(&mask, distinct, pe);
            feasibility_allow_pe(&mask.feasibility, mask.setting.problem, NULL, distinct, room,
                                 exact);
            ck_assert(exact[pe]);
            feasibility_allow_pe(&mask.feasibility, mask.setting.problem, NULL, distinct,
                                 room - 60 * 0x1p-50, rounded);
            ck_assert_int_eq(memcmp(exact, rounded, n), 0);
            if (room <= mask.feasibility.least[distinct]) continue;
            feasibility_allow_pe(&mask.feasibility, mask.setting.problem, NULL, distinct,
                                 room - 1e-9, rounded);
            ck_assert(!rounded[pe]);
        }
    close_mask(&mask);
}
END_TEST

/* ---- what is kept for the layers to come ----------------------------------------------------- */

static double least_known(const mask_t *mask, const ledger_t *ledger, size_t distinct)
{
    double least = INFINITY;
    for (size_t pe = 0; pe < mask->feasibility.levels[0]; pe++)
        for (size_t buffer = 0; buffer < mask->feasibility.levels[1]; buffer++)
            if (is_allowed(mask, ledger, distinct, pe, buffer, INFINITY))
                least = fmin(least, need_of(mask, distinct, pe, buffer));
    return least;
}

static void check_reserve(const mask_t *mask, const ledger_t *ledger)
{
    double total = 0;
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
        const size_t distinct = problem_distinct_of(mask->setting.problem, layer);
        ck_assert(mask->feasibility.least[distinct] == least_known(mask, ledger, distinct));
        total += mask->feasibility.least[distinct];
    }
    ck_assert(mask->feasibility.total_least == total);
}

START_TEST(the_least_kept_leaves_out_what_is_known_to_be_invalid)
{
    mask_t mask;
    open_mask(&mask, (uint64_t)_i);
    check_reserve(&mask, NULL);
    feasibility_reserve(&mask.feasibility, mask.setting.problem, mask.ledger);
    check_reserve(&mask, mask.ledger);
    feasibility_reserve(&mask.feasibility, mask.setting.problem, NULL);
    check_reserve(&mask, mask.ledger); /* nothing is forgotten either */
    close_mask(&mask);
}
END_TEST

/* ---- the prior ------------------------------------------------------------------------------- */

/* Need of a layer of that kind, drawn as the prior alone has it. */
static double expected_need(const feasibility_t *feasibility, size_t distinct)
{
    double weights = 0;
    double sum = 0;
    for (size_t pe = 0; pe < feasibility->levels[0]; pe++) {
        const size_t at = distinct * feasibility->levels[0] + pe;
        double given[2] = {0, 0};
        for (size_t buffer = 0; buffer < feasibility->levels[1]; buffer++) {
            const double weight =
                exp((double)feasibility->prior_buffer[at * feasibility->levels[1] + buffer]);
            given[0] += weight;
            given[1] += weight * feasibility->need[at * feasibility->levels[1] + buffer];
        }
        const double weight = exp((double)feasibility->prior_pe[at]);
        weights += weight;
        sum += weight * given[1] / given[0];
    }
    return sum / weights;
}

static double mean_need(const feasibility_t *feasibility, size_t distinct)
{
    const size_t pairs = feasibility->levels[0] * feasibility->levels[1];
    double sum = 0;
    for (size_t i = 0; i < pairs; i++) sum += feasibility->need[distinct * pairs + i];
    return sum / (double)pairs;
}

static void check_flat(const real_t *logits, size_t n)
{
    for (size_t i = 1; i < n; i++) ck_assert(logits[i] == logits[0]);
}

static void check_prior(const setting_t *setting, const feasibility_t *feasibility)
{
    double use = 0;
    double even = 0;
    for (size_t layer = 0; layer < problem_layers(setting->problem); layer++) {
        use += expected_need(feasibility, problem_distinct_of(setting->problem, layer));
        even += mean_need(feasibility, problem_distinct_of(setting->problem, layer));
    }
    const double budget = problem_budget(setting->problem);
    if (even > budget)
        ck_assert_msg(fabs(use / budget - 1) < 1e-6, "expected use %.9g of a budget of %.9g", use,
                      budget);
    for (size_t d = 0; even <= budget && d < feasibility->distinct; d++) {
        check_flat(feasibility->prior_pe + d * feasibility->levels[0], feasibility->levels[0]);
        check_flat(feasibility->prior_buffer + d * feasibility->levels[0] * feasibility->levels[1],
                   feasibility->levels[0] * feasibility->levels[1]);
    }
}

START_TEST(the_prior_alone_spends_the_budget_where_it_binds)
{
    setting_t setting;
    feasibility_t feasibility;
    baseline_open(&setting, _i, "");
    ck_assert_ok(feasibility_open(setting.problem, &feasibility));
    check_prior(&setting, &feasibility);
    feasibility_close(&feasibility);
    setting_close(&setting);
}
END_TEST

START_TEST(the_prior_is_flat_where_the_budget_does_not_bind)
{
    setting_t setting;
    feasibility_t feasibility;
    setting_read(&setting, "{workload: mobilenet_v2, hardware: asic, budget: {fraction: 1}}");
    setting_open(&setting);
    ck_assert_ok(feasibility_open(setting.problem, &feasibility));
    check_prior(&setting, &feasibility);
    ck_assert(feasibility.prior_pe[0] == feasibility.prior_pe[11] &&
              feasibility.prior_buffer[5] == 0);
    feasibility_close(&feasibility);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("needs");
    TCase *tests = tcase_create("needs");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, allowed_is_what_fits_and_is_not_known_to_be_invalid, 0, 60);
    tcase_add_test(tests, rounding_closes_no_level);
    tcase_add_loop_test(tests, the_least_kept_leaves_out_what_is_known_to_be_invalid, 0, 60);
    tcase_add_loop_test(tests, the_prior_alone_spends_the_budget_where_it_binds, 0, 2 * SETTINGS);
    tcase_add_test(tests, the_prior_is_flat_where_the_budget_does_not_bind);
    return suite_run(suite);
}
