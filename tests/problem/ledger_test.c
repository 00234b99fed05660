/* The ledger: what samples revealed, once each, whoever revealed it. */
#include "confx/ledger.h"
#include "confx/rng.h"
#include "setting.h"

#include <math.h>

enum { PES = 9, BUFFERS = 3, POINTS = PES * BUFFERS, DISTINCT = 3, LAYERS = 4 };

/* Layers 1 and 3 are alike. */
static const char layers[] =
    "K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n8,8,9,9,3,3,1\n2,8,9,9,3,3,1\n";

static double cost_of(size_t distinct, size_t point)
{
    return 1000.0 * (double)distinct + (double)point + 0.125;
}

/* Points of 4 PEs are invalid. */
static bool evaluate(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                     double *objective, double *need)
{
    (void)context;
    *objective = cost_of(distinct, (pes - 1) * BUFFERS + buffer - 1);
    *need = pes;
    return pes != 4;
}

static setting_t setting;

static void open_problem(void)
{
    setting_read(
        &setting,
        "{workload: example, actions: {pe: [1, 9], buffer: [1, 3]}, budget: {limit: 1000}}");
    setting_take_layers(&setting, layers);
    setting_open_with(&setting, (evaluator_t){NULL, evaluate, false, 0});
    ck_assert_uint_eq(problem_points(setting.problem), POINTS);
    ck_assert_uint_eq(problem_distinct(setting.problem), DISTINCT);
}

static void close_problem(void)
{
    setting_close(&setting);
}

static void put(batch_t *batch, size_t cell, size_t point)
{
    uint32_t pes;
    uint32_t buffer;
    problem_unpoint(setting.problem, point, &pes, &buffer);
    batch->pes[cell] = (uint16_t)pes;
    batch->buffer[cell] = (uint16_t)buffer;
}

/* n random assignments, scored; those seen are marked. */
static void draw(rng_t *rng, batch_t *batch, size_t n, bool seen[DISTINCT][POINTS])
{
    batch->n = n;
    for (size_t cell = 0; cell < n * LAYERS; cell++) {
        const size_t point = rng_below(rng, POINTS);
        put(batch, cell, point);
        seen[problem_distinct_of(setting.problem, cell % LAYERS)][point] = true;
    }
    problem_score(setting.problem, batch);
}

static bool is_invalid(size_t point)
{
    return point / BUFFERS + 1 == 4;
}

static void check_content(const ledger_t *ledger, bool seen[DISTINCT][POINTS])
{
    size_t n = 0;
    for (size_t d = 0; d < DISTINCT; d++)
        for (size_t point = 0; point < POINTS; point++) {
            n += seen[d][point];
            ck_assert_int_eq(ledger_seen(ledger, d, point), seen[d][point]);
            ck_assert_int_eq(ledger_invalid(ledger, d, point), seen[d][point] && is_invalid(point));
            const double known =
                seen[d][point] && !is_invalid(point) ? cost_of(d, point) : INFINITY;
            ck_assert(ledger_cost(ledger, d, point) == known);
        }
    ck_assert_uint_eq(ledger_size(ledger), n);
}

static void check_list(const ledger_t *ledger, bool seen[DISTINCT][POINTS])
{
    ledger_entry_t entries[DISTINCT * POINTS];
    size_t n = 0;
    ledger_list(ledger, entries);
    for (size_t key = 0; key < DISTINCT * POINTS; key++) {
        const size_t d = key / POINTS;
        const size_t point = key % POINTS;
        if (!seen[d][point]) continue;
        ck_assert_uint_eq(entries[n].key, key);
        ck_assert(same_number(entries[n].cost, is_invalid(point) ? NAN : cost_of(d, point)));
        n++;
    }
    ck_assert_uint_eq(n, ledger_size(ledger));
}

/* In order of arrival each point stands once, with what it revealed. */
static void check_entries(const ledger_t *ledger, bool seen[DISTINCT][POINTS])
{
    bool listed[DISTINCT * POINTS] = {false};
    size_t n;
    const ledger_entry_t *entries = ledger_entries(ledger, &n);
    ck_assert_uint_eq(n, ledger_size(ledger));
    for (size_t i = 0; i < n; i++) {
        const size_t d = entries[i].key / POINTS;
        const size_t point = entries[i].key % POINTS;
        ck_assert(seen[d][point] && !listed[entries[i].key]);
        listed[entries[i].key] = true;
        ck_assert(same_number(entries[i].cost, is_invalid(point) ? NAN : cost_of(d, point)));
    }
}

START_TEST(nothing_is_known_at_first)
{
    ledger_t *ledger;
    bool seen[DISTINCT][POINTS] = {{false}};
    size_t n = 99;
    ck_assert_ok(ledger_open(setting.problem, &ledger));
    check_content(ledger, seen);
    check_list(ledger, seen);
    (void)ledger_news(ledger, &n);
    ck_assert_uint_eq(n, 0);
    ledger_close(ledger);
    ledger_close(NULL);
}
END_TEST

START_TEST(samples_reveal_their_points_and_no_others)
{
    ledger_t *ledger;
    batch_t batch;
    bool seen[DISTINCT][POINTS] = {{false}};
    rng_t rng = rng_begin(1, RNG_TEST, 0, 0, 0);
    ck_assert_ok(ledger_open(setting.problem, &ledger));
    ck_assert_ok(batch_open(5, LAYERS, &batch));
    for (size_t round = 0; round < 60; round++) {
        draw(&rng, &batch, 1 + round % 5, seen);
        ledger_reveal(ledger, &batch, setting.problem);
        check_content(ledger, seen);
        check_list(ledger, seen);
        check_entries(ledger, seen);
    }
    ck_assert_uint_eq(ledger_size(ledger), DISTINCT * POINTS);
    batch_close(&batch);
    ledger_close(ledger);
}
END_TEST

START_TEST(news_are_what_came_since_the_last_settling)
{
    ledger_t *ledger;
    batch_t batch;
    bool seen[DISTINCT][POINTS] = {{false}};
    rng_t rng = rng_begin(2, RNG_TEST, 0, 0, 0);
    ck_assert_ok(ledger_open(setting.problem, &ledger));
    ck_assert_ok(batch_open(2, LAYERS, &batch));
    for (int round = 0; round < 30; round++) {
        bool before[DISTINCT][POINTS];
        size_t n;
        memcpy(before, seen, sizeof seen);
        const size_t size = ledger_size(ledger);
        draw(&rng, &batch, 2, seen);
        ledger_reveal(ledger, &batch, setting.problem);
        const ledger_entry_t *news = ledger_news(ledger, &n);
        ck_assert_uint_eq(n, ledger_size(ledger) - size);
        for (size_t i = 0; i < n; i++) {
            const size_t d = news[i].key / POINTS;
            const size_t point = news[i].key % POINTS;
            ck_assert_msg(seen[d][point] && !before[d][point], "key %llu is no news",
                          (unsigned long long)news[i].key);
            before[d][point] = true;
        }
        ck_assert_int_eq(memcmp(before, seen, sizeof seen), 0);
        ledger_settle(ledger);
        (void)ledger_news(ledger, &n);
        ck_assert_uint_eq(n, 0);
    }
    batch_close(&batch);
    ledger_close(ledger);
}
END_TEST

START_TEST(the_first_entry_of_a_point_stays)
{
    ledger_t *ledger;
    const ledger_entry_t entries[] = {
        {.key = 5, .cost = 7}, {.key = 5, .cost = 8}, {.key = 6, .cost = NAN}};
    const ledger_entry_t again[] = {{.key = 6, .cost = 1}, {.key = 5, .cost = NAN}};
    ck_assert_ok(ledger_open(setting.problem, &ledger));
    ledger_enter(ledger, entries, 3);
    ledger_enter(ledger, again, 2);
    ck_assert_uint_eq(ledger_size(ledger), 2);
    ck_assert(ledger_cost(ledger, 0, 5) == 7);
    ck_assert(ledger_invalid(ledger, 0, 6));
    ck_assert(!ledger_invalid(ledger, 0, 5));
    ledger_close(ledger);
}
END_TEST

/* Two ledgers that hear the same samples dealt out otherwise, and pass their news on, list the
   same. */
START_TEST(the_order_of_arrival_leaves_no_trace)
{
    ledger_t *ledgers[3];
    batch_t batch;
    bool seen[DISTINCT][POINTS] = {{false}};
    ledger_entry_t lists[2][DISTINCT * POINTS];
    rng_t rng = rng_begin(3, RNG_TEST, 0, 0, 0);
    for (int i = 0; i < 3; i++) ck_assert_ok(ledger_open(setting.problem, &ledgers[i]));
    ck_assert_ok(batch_open(1, LAYERS, &batch));
    for (int round = 0; round < 10; round++) {
        draw(&rng, &batch, 1, seen);
        ledger_reveal(ledgers[0], &batch, setting.problem);
        ledger_reveal(ledgers[1 + round % 2], &batch, setting.problem);
    }
    size_t n;
    const ledger_entry_t *news = ledger_news(ledgers[2], &n);
    ledger_enter(ledgers[1], news, n);
    ck_assert_uint_eq(ledger_size(ledgers[0]), ledger_size(ledgers[1]));
    for (int i = 0; i < 2; i++) ledger_list(ledgers[i], lists[i]);
    for (size_t i = 0; i < ledger_size(ledgers[0]); i++) {
        ck_assert_uint_eq(lists[0][i].key, lists[1][i].key);
        ck_assert(same_number(lists[0][i].cost, lists[1][i].cost));
    }
    check_content(ledgers[1], seen);
    batch_close(&batch);
    for (int i = 0; i < 3; i++) ledger_close(ledgers[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ledger");
    TCase *tests = tcase_create("ledger");
    suite_add_tcase(suite, tests);
    tcase_add_unchecked_fixture(tests, open_problem, close_problem);
    tcase_add_test(tests, nothing_is_known_at_first);
    tcase_add_test(tests, samples_reveal_their_points_and_no_others);
    tcase_add_test(tests, news_are_what_came_since_the_last_settling);
    tcase_add_test(tests, the_first_entry_of_a_point_stays);
    tcase_add_test(tests, the_order_of_arrival_leaves_no_trace);
    return suite_run(suite);
}
