/* The frontier of what was seen, its hull, multiplier and picks, held against brute force on random
   memories. */
#include "problems.h"
#include "search/common/tradeoff.h"

enum { DRAWS = 200, SEEN_MOST = TOY_POINTS };

typedef struct {
    setting_t setting;
    toy_t toy;
    memory_t *memory;
    tradeoff_t tradeoff;
    double cost[TOY_DISTINCT][TOY_POINTS],
        need[TOY_DISTINCT][TOY_POINTS]; /* cost infinite: not seen, or invalid */
} seen_t;

/* Few or many points seen, few or many ties; points of 2 PEs are invalid in every second draw. */
static void open_seen(seen_t *seen, uint64_t draw, double limit)
{
    rng_t rng = rng_begin(draw, RNG_TEST, 2, 0, 0);
    seen->toy = (toy_t){draw, draw % 2 ? 2 : 0, draw % 3 ? 100 : 8};
    toy_open(&seen->setting, &seen->toy, limit, "seed: 1");
    ck_assert_ok(memory_open(seen->setting.problem, &seen->memory));
    ck_assert_ok(tradeoff_open(seen->setting.problem, SEEN_MOST, &seen->tradeoff));
    toy_reveal(&seen->setting, &rng, draw % 30, seen->memory);
    tradeoff_build(&seen->tradeoff, seen->setting.problem, &(cost_view_t){.memory = seen->memory});
    for (size_t d = 0; d < TOY_DISTINCT; d++)
        for (size_t point = 0; point < TOY_POINTS; point++) {
            seen->cost[d][point] = memory_cost(seen->memory, d, point);
            seen->need[d][point] = problem_need(seen->setting.problem, d, point);
        }
}

static void close_seen(seen_t *seen)
{
    tradeoff_close(&seen->tradeoff);
    memory_close(seen->memory);
    setting_close(&seen->setting);
}

/* ---- front and hull -------------------------------------------------------------------------- */

/* Nothing seen is better in one and no worse in the other; of equal points the first counts. */
static bool is_undominated(const seen_t *seen, size_t d, size_t point)
{
    const double cost = seen->cost[d][point];
    const double need = seen->need[d][point];
    for (size_t other = 0; other < TOY_POINTS; other++) {
        const double by[2] = {seen->cost[d][other] - cost, seen->need[d][other] - need};
        if (by[0] <= 0 && by[1] <= 0 && (by[0] < 0 || by[1] < 0 || other < point)) return false;
    }
    return !isinf(cost);
}

static void check_front(const seen_t *seen, size_t d)
{
    const tradeoff_chain_t *front = &seen->tradeoff.front[d];
    size_t n = 0;
    for (size_t point = 0; point < TOY_POINTS; point++) n += is_undominated(seen, d, point);
    ck_assert_uint_eq(front->n, n);
    for (size_t i = 0; i < n; i++) {
        const vertex_t *vertex = &front->vertices[i];
        ck_assert(is_undominated(seen, d, vertex->point));
        ck_assert(vertex->cost == seen->cost[d][vertex->point] &&
                  vertex->need == seen->need[d][vertex->point]);
        ck_assert(i == 0 || (vertex->need > vertex[-1].need && vertex->cost < vertex[-1].cost));
    }
}

/* Twice the area of a triangle: above 0 where it turns left. */
static double turn(const vertex_t *a, const vertex_t *b, const vertex_t *c)
{
    return (b->need - a->need) * (c->cost - a->cost) - (c->need - a->need) * (b->cost - a->cost);
}

static bool is_on_front(const tradeoff_chain_t *front, const vertex_t *vertex)
{
    for (size_t i = 0; i < front->n; i++)
        if (front->vertices[i].point == vertex->point) return true;
    return false;
}

/* From end to end of the front, turning left at each vertex, and nothing below any edge. */
static void check_hull(const seen_t *seen, size_t d)
{
    const tradeoff_chain_t *front = &seen->tradeoff.front[d];
    const tradeoff_chain_t *hull = &seen->tradeoff.hull[d];
    ck_assert_uint_le(hull->n, front->n);
    ck_assert_int_eq(hull->n > 0, front->n > 0);
    for (size_t i = 0; i < hull->n; i++) ck_assert(is_on_front(front, &hull->vertices[i]));
    if (!hull->n) return;
    ck_assert_uint_eq(hull->vertices[0].point, front->vertices[0].point);
    ck_assert_uint_eq(hull->vertices[hull->n - 1].point, front->vertices[front->n - 1].point);
    for (size_t i = 0; i + 2 < hull->n; i++)
        ck_assert_double_gt(
            turn(&hull->vertices[i], &hull->vertices[i + 1], &hull->vertices[i + 2]), 0);
    for (size_t i = 0; i + 1 < hull->n; i++)
        for (size_t j = 0; j < front->n; j++)
            ck_assert_double_ge(
                turn(&hull->vertices[i], &hull->vertices[i + 1], &front->vertices[j]), 0);
}

START_TEST(front_and_hull_are_those_of_what_was_seen)
{
    seen_t seen;
    size_t steps = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        open_seen(&seen, draw, 1000);
        for (size_t d = 0; d < TOY_DISTINCT; d++) {
            check_front(&seen, d);
            check_hull(&seen, d);
            steps += seen.tradeoff.hull[d].n;
        }
        close_seen(&seen);
    }
    ck_assert_uint_gt(steps, 3 * DRAWS * TOY_DISTINCT / 2); /* there was something to check */
}
END_TEST

/* As one that is built at once, vertex by vertex. */
static void check_as_built_at_once(const tradeoff_t *grown, problem_t *problem,
                                   const cost_view_t *view)
{
    tradeoff_t once;
    ck_assert_ok(tradeoff_open(problem, SEEN_MOST, &once));
    tradeoff_build(&once, problem, view);
    for (size_t d = 0; d < TOY_DISTINCT; d++) {
        const tradeoff_chain_t *pairs[][2] = {{&once.front[d], &grown->front[d]},
                                              {&once.hull[d], &grown->hull[d]}};
        for (size_t i = 0; i < 2; i++) {
            const tradeoff_chain_t *one = pairs[i][0];
            const tradeoff_chain_t *other = pairs[i][1];
            ck_assert_uint_eq(one->n, other->n);
            for (size_t v = 0; v < one->n; v++)
                ck_assert_uint_eq(one->vertices[v].point, other->vertices[v].point);
        }
    }
    tradeoff_close(&once);
}

/* The costs of a memory arrive a few at a time; then a table of other costs takes its place, and
   the memory that of the table. */
START_TEST(what_arrives_bit_by_bit_is_what_was_seen_at_once)
{
    arena_t arena = {.last = NULL};
    table_axes_t axes;
    float table[TOY_DISTINCT * TOY_POINTS];
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        seen_t seen;
        rng_t rng = rng_begin(draw, RNG_TEST, 6, 0, 0);
        open_seen(&seen, draw, 1000);
        problem_t *problem = seen.setting.problem;
        ck_assert_ok(table_axes_open(problem, SPACE_INTEGERS, &arena, &axes));
        ck_assert_uint_eq(axes.cells, TOY_POINTS);
        const cost_view_t views[2] = {
            {.memory = seen.memory},
            {.table = table, .axes = &axes},
        };
        for (size_t step = 0; step < 12; step++) {
            const cost_view_t *view = &views[step % 5 == 4];
            for (size_t i = 0; i < TOY_DISTINCT * TOY_POINTS; i++)
                table[i] = (float)rng_below(&rng, 20);
            toy_reveal(&seen.setting, &rng, rng_below(&rng, 4), seen.memory);
            tradeoff_build(&seen.tradeoff, problem, view);
            check_as_built_at_once(&seen.tradeoff, problem, view);
        }
        arena_close(&arena);
        close_seen(&seen);
    }
}
END_TEST

/* ---- guesses --------------------------------------------------------------------------------- */

/* Least value at a need of all lines between two seen points on either side of it. */
static double lowest_chord(const seen_t *seen, size_t d, double need)
{
    double least = INFINITY;
    for (size_t left = 0; left < TOY_POINTS; left++)
        for (size_t right = 0; right < TOY_POINTS; right++) {
            const double from = seen->need[d][left];
            const double to = seen->need[d][right];
            if (isinf(seen->cost[d][left]) || isinf(seen->cost[d][right]) || from > need ||
                to < need)
                continue;
            const double part = to > from ? (need - from) / (to - from) : 0;
            least = fmin(least,
                         seen->cost[d][left] + part * (seen->cost[d][right] - seen->cost[d][left]));
        }
    return least;
}

static double work_of(const seen_t *seen, size_t d)
{
    const confx_workload_t *workload = &seen->setting.workload;
    return confx_layer_macs(&workload->layers[workload->first_of[d]]);
}

/* Of a kind of which nothing was seen: between the least and the most that a multiplication costs
   those kinds of which something was. */
static void check_strange_guess(const seen_t *seen, size_t d, double need, double guess)
{
    double least = INFINITY;
    double most = 0;
    for (size_t other = 0; other < TOY_DISTINCT; other++) {
        if (!seen->tradeoff.hull[other].n) continue;
        const double each = tradeoff_guess(&seen->tradeoff, other, need) / work_of(seen, other);
        least = fmin(least, each);
        most = fmax(most, each);
    }
    ck_assert_int_eq(isinf(guess), isinf(least));
    if (isinf(guess)) return;
    ck_assert_double_ge(guess, (1 - 1e-9) * least * work_of(seen, d));
    ck_assert_double_le(guess, (1 + 1e-9) * most * work_of(seen, d));
}

static void check_guess(const seen_t *seen, size_t d, double need)
{
    const tradeoff_chain_t *hull = &seen->tradeoff.hull[d];
    const double guess = tradeoff_guess(&seen->tradeoff, d, need);
    if (hull->n == 0) {
        check_strange_guess(seen, d, need, guess);
        return;
    }
    const vertex_t *first = &hull->vertices[0];
    const vertex_t *last = &hull->vertices[hull->n - 1];
    const vertex_t *end = need < first->need ? first : last;
    const bool within = need >= first->need && need <= last->need;
    const double expected = within ? lowest_chord(seen, d, need) : end->cost * end->need / need;
    ck_assert_double_le(fabs(guess - expected), 1e-9 * expected);
}

START_TEST(a_guess_lies_on_the_hull_or_falls_with_the_need)
{
    seen_t seen;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        open_seen(&seen, draw, 1000);
        for (size_t d = 0; d < TOY_DISTINCT; d++)
            for (double need = 0.5; need < 110; need += 3.5) check_guess(&seen, d, need);
        close_seen(&seen);
    }
}
END_TEST

/* ---- pick ------------------------------------------------------------------------------------ */

static double least_value(const seen_t *seen, size_t d, double multiplier)
{
    double least = INFINITY;
    for (size_t point = 0; point < TOY_POINTS; point++)
        least = fmin(least, seen->cost[d][point] + multiplier * seen->need[d][point]);
    return least;
}

static bool evaluate_by_work(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                             double *objective, double *need)
{
    static const double channels[TOY_DISTINCT] = {8, 4, 2, 6};
    (void)context;
    *objective = 100 * channels[distinct] / pes;
    *need = pes + buffer;
    return true;
}

static void reveal_all_but(const setting_t *setting, size_t strange, memory_t *memory)
{
    for (uint32_t pes = 1; pes <= TOY_PES; pes++)
        for (size_t d = 0; d < TOY_DISTINCT; d++)
            if (d != strange)
                ck_assert_ok(memory_reveal_point(memory, setting->problem, d,
                                                 setting_point(setting->problem, pes, 1)));
}

/* Where a multiplication costs all kinds the same the guess is right, of whatever kind nothing was
   seen. */
START_TEST(a_kind_of_which_nothing_was_seen_costs_by_its_work)
{
    for (size_t strange = 0; strange < TOY_DISTINCT; strange++) {
        setting_t setting;
        memory_t *memory;
        tradeoff_t tradeoff;
        setting_read(&setting, "{actions: {pe: [1, 2, 5, 9], buffer: [1, 2, 4]}, "
                               "budget: {limit: 100}}");
        setting_take_layers(&setting, toy_layers);
        setting_open_with(&setting, (evaluator_t){NULL, evaluate_by_work, false, 0});
        ck_assert_ok(memory_open(setting.problem, &memory));
        ck_assert_ok(tradeoff_open(setting.problem, TOY_POINTS, &tradeoff));
        reveal_all_but(&setting, strange, memory);
        tradeoff_build(&tradeoff, setting.problem, &(cost_view_t){.memory = memory});
        for (uint32_t pes = 1; pes <= TOY_PES; pes++) {
            double cost;
            double need;
            evaluate_by_work(NULL, strange, pes, 1, &cost, &need);
            const double guess = tradeoff_guess(&tradeoff, strange, need);
            ck_assert_double_le(fabs(guess - cost), 1e-9 * cost);
        }
        tradeoff_close(&tradeoff);
        memory_close(memory);
        setting_close(&setting);
    }
}
END_TEST

static void check_pick(const seen_t *seen, size_t d, double multiplier)
{
    const vertex_t *pick = tradeoff_pick(&seen->tradeoff, d, multiplier);
    const double least = least_value(seen, d, multiplier);
    ck_assert_int_eq(pick == NULL, isinf(least) != 0);
    if (!pick) return;
    ck_assert(pick->cost + multiplier * pick->need == least);
    ck_assert(memory_seen(seen->memory, d, pick->point));
}

/* Powers of 2, exact in every sum. */
START_TEST(a_pick_has_the_least_cost_and_multiple_of_need)
{
    seen_t seen;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        open_seen(&seen, draw, 1000);
        for (size_t d = 0; d < TOY_DISTINCT; d++) {
            check_pick(&seen, d, 0);
            for (int power = -6; power < 6; power++) check_pick(&seen, d, ldexp(1, power));
        }
        close_seen(&seen);
    }
}
END_TEST

START_TEST(the_least_cost_is_that_of_all_layers)
{
    seen_t seen;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        double least = 0;
        open_seen(&seen, draw, 1000);
        for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
            const double cost =
                least_value(&seen, problem_distinct_of(seen.setting.problem, layer), 0);
            if (!isinf(cost)) least += cost;
        }
        ck_assert(tradeoff_least_cost(&seen.tradeoff) == least);
        close_seen(&seen);
    }
}
END_TEST

/* ---- multiplier ------------------------------------------------------------------------------ */

/* A layer of which nothing was seen is to be had for its least need. */
static double least_need(const seen_t *seen, size_t d)
{
    return problem_need(seen->setting.problem, d, problem_least_point(seen->setting.problem, d));
}

/* The Lagrangian: what all layers cost at their best where need has a multiplier and the budget is
   given. Its largest value over all multipliers is the optimum of the linear relaxation, and is
   reached at the multiplier of the budget. */
static double dual(const seen_t *seen, double multiplier)
{
    double sum = -multiplier * problem_budget(seen->setting.problem);
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
        const size_t d = problem_distinct_of(seen->setting.problem, layer);
        const double value = least_value(seen, d, multiplier);
        sum += isinf(value) ? multiplier * least_need(seen, d) : value;
    }
    return sum;
}

/* It is piecewise linear: only where two points of a layer are worth the same, or at 0, can it be
   largest. */
static double largest_dual(const seen_t *seen)
{
    double largest = dual(seen, 0);
    for (size_t d = 0; d < TOY_DISTINCT; d++)
        for (size_t one = 0; one < TOY_POINTS; one++)
            for (size_t other = 0; other < TOY_POINTS; other++) {
                const double need = seen->need[d][other] - seen->need[d][one];
                const double saving = seen->cost[d][one] - seen->cost[d][other];
                if (need > 0 && saving > 0 && !isinf(seen->cost[d][one]))
                    largest = fmax(largest, dual(seen, saving / need));
            }
    return largest;
}

static double least_seen_need(const seen_t *seen)
{
    double sum = 0;
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
        const size_t d = problem_distinct_of(seen->setting.problem, layer);
        const tradeoff_chain_t *front = &seen->tradeoff.front[d];
        sum += front->n ? front->vertices[0].need : least_need(seen, d);
    }
    return sum;
}

START_TEST(the_multiplier_is_that_of_the_linear_relaxation)
{
    seen_t seen;
    size_t binding = 0;
    size_t loose = 0;
    for (uint64_t draw = 0; draw < DRAWS / 2; draw++) {
        open_seen(&seen, draw, 60 + 7 * (double)(draw % 40));
        const double multiplier = tradeoff_multiplier(&seen.tradeoff, seen.setting.problem);
        ck_assert_double_ge(multiplier, 0);
        if (least_seen_need(&seen) <= problem_budget(seen.setting.problem)) {
            const double largest = largest_dual(&seen);
            ck_assert_double_eq_tol(dual(&seen, multiplier), largest, 1e-12 * (1 + fabs(largest)));
            binding += multiplier > 0;
            loose += multiplier == 0;
        }
        close_seen(&seen);
    }
    ck_assert_uint_gt(binding, 20);
    ck_assert_uint_gt(loose, 10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("frontier");
    TCase *tests = tcase_create("frontier");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, front_and_hull_are_those_of_what_was_seen);
    tcase_add_test(tests, what_arrives_bit_by_bit_is_what_was_seen_at_once);
    tcase_add_test(tests, a_guess_lies_on_the_hull_or_falls_with_the_need);
    tcase_add_test(tests, a_kind_of_which_nothing_was_seen_costs_by_its_work);
    tcase_add_test(tests, a_pick_has_the_least_cost_and_multiple_of_need);
    tcase_add_test(tests, the_least_cost_is_that_of_all_layers);
    tcase_add_test(tests, the_multiplier_is_that_of_the_linear_relaxation);
    return suite_run(suite);
}
