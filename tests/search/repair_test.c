/* Repair and fill by what was seen, held against the same greedy moves found by brute force; and
   shrinking without. */
#include "problems.h"
#include "search/common/moves.h"
#include "search/islands/islands.h"

enum { DRAWS = 400 };

typedef struct {
    setting_t setting;
    toy_t toy;
    memory_t *memory;
    islands_t *islands;
    uint16_t assignment[TOY_LAYERS * 2];
    size_t before[TOY_LAYERS]; /* points */
} mend_t;

static size_t distinct_of(const mend_t *mend, size_t layer)
{
    return problem_distinct_of(mend->setting.problem, layer);
}

static size_t point_of(const mend_t *mend, size_t layer)
{
    return problem_point(mend->setting.problem, mend->assignment, layer);
}

static double need_at(const mend_t *mend, size_t layer, size_t point)
{
    return problem_need(mend->setting.problem, distinct_of(mend, layer), point);
}

static double cost_at(const mend_t *mend, size_t layer, size_t point)
{
    return memory_cost(mend->memory, distinct_of(mend, layer), point);
}

/* As seen, or as the others of its kind suggest. */
static double believed_at(const mend_t *mend, size_t layer, size_t point)
{
    const double cost = cost_at(mend, layer, point);
    if (!isinf(cost)) return cost;
    return tradeoff_guess(&mend->islands->repair.tradeoff, distinct_of(mend, layer),
                          need_at(mend, layer, point));
}

static double need_of(const mend_t *mend)
{
    double need = 0;
    for (size_t layer = 0; layer < TOY_LAYERS; layer++)
        need += need_at(mend, layer, point_of(mend, layer));
    return need;
}

static double least_seen(const mend_t *mend, size_t layer)
{
    double least = INFINITY;
    for (size_t point = 0; point < TOY_POINTS; point++)
        if (!isinf(cost_at(mend, layer, point))) least = fmin(least, need_at(mend, layer, point));
    return least;
}

static void put(mend_t *mend, size_t layer, size_t point)
{
    problem_put(mend->setting.problem, mend->assignment, layer, point);
}

static bool fits(const mend_t *mend, double need)
{
    return terms_fits(problem_terms(mend->setting.problem), &(need_t){{need}, 0});
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* Until there is an assignment of what was seen that fits, as after any feasible sample. */
static void reveal_enough(mend_t *mend, rng_t *rng)
{
    double least;
    do {
        least = 0;
        toy_reveal(&mend->setting, rng, 1 + rng_below(rng, 8), mend->memory);
        for (size_t layer = 0; layer < TOY_LAYERS; layer++) least += least_seen(mend, layer);
    } while (!fits(mend, least));
}

/* An action of a parent, seen and valid, or now and then one that explores, unseen. */
static void draw_action(mend_t *mend, rng_t *rng, size_t layer, double exploring)
{
    const bool explore = rng_uniform(rng) < exploring;
    for (int tries = 0; tries < 10000; tries++) {
        const size_t point = rng_below(rng, TOY_POINTS);
        const bool unseen = !memory_seen(mend->memory, distinct_of(mend, layer), point);
        if (explore ? !unseen : isinf(cost_at(mend, layer, point))) continue;
        put(mend, layer, point);
        mend->before[layer] = point;
        mend->islands->repair.exploring[layer] = explore;
        return;
    }
    ck_abort_msg("no action to draw");
}

static void open_mend(mend_t *mend, uint64_t draw, double exploring)
{
    rng_t rng = rng_begin(draw, RNG_TEST, 3, 0, 0);
    void *state;
    mend->toy = (toy_t){draw, 0, 100};
    toy_open(&mend->setting, &mend->toy, 40 + (double)rng_below(&rng, 200), "seed: 1");
    ck_assert_ok(memory_open(mend->setting.problem, &mend->memory));
    const search_setup_t setup = {.problem = mend->setting.problem,
                                  .memory = mend->memory,
                                  .job = mend->setting.job,
                                  .units = 1};
    search_layout_t layout = search_islands.plan(&setup);
    ck_assert_ok(search_islands.open(&setup, &layout, &state));
    mend->islands = state;
    mend->islands->repair.cost_view = (cost_view_t){.memory = mend->memory};
    reveal_enough(mend, &rng);
    tradeoff_build(&mend->islands->repair.tradeoff, mend->setting.problem,
                   &mend->islands->repair.cost_view);
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) draw_action(mend, &rng, layer, exploring);
}

static void close_mend(mend_t *mend)
{
    search_islands.close(mend->islands);
    memory_close(mend->memory);
    setting_close(&mend->setting);
}

/* ---- repair ---------------------------------------------------------------------------------- */

/* Need when all that do not explore need as little as was seen. */
static double need_without(const mend_t *mend)
{
    double need = 0;
    for (size_t layer = 0; layer < TOY_LAYERS; layer++)
        need += mend->islands->repair.exploring[layer] ? need_at(mend, layer, mend->before[layer])
                                                       : least_seen(mend, layer);
    return need;
}

static void check_repair(mend_t *mend)
{
    const double needed = need_of(mend);
    repair_reduce(&mend->islands->repair, mend->assignment);
    ck_assert(fits(mend, need_of(mend)));
    const bool others_suffice = fits(mend, need_without(mend));
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
        const size_t point = point_of(mend, layer);
        if (point == mend->before[layer]) continue;
        ck_assert(!fits(mend, needed));
        ck_assert(!(mend->islands->repair.exploring[layer] && others_suffice));
        ck_assert(!isinf(cost_at(mend, layer, point)));
        ck_assert_double_lt(need_at(mend, layer, point), need_at(mend, layer, mend->before[layer]));
    }
    if (others_suffice) return;
    for (size_t layer = 0; layer < TOY_LAYERS; layer++)
        if (!mend->islands->repair.exploring[layer])
            ck_assert(need_at(mend, layer, point_of(mend, layer)) == least_seen(mend, layer));
}

START_TEST(a_repair_ends_within_the_budget_and_spares_what_explores)
{
    mend_t mend;
    size_t sparing[2] = {0, 0};
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        open_mend(&mend, draw, 0.1 * (double)(draw % 8));
        const bool over = !fits(&mend, need_of(&mend));
        if (over) sparing[fits(&mend, need_without(&mend))]++;
        check_repair(&mend);
        close_mend(&mend);
    }
    ck_assert_uint_gt(sparing[0], DRAWS / 10); /* both cases came */
    ck_assert_uint_gt(sparing[1], DRAWS / 10);
}
END_TEST

/* Forgets what was seen of a kind. */
static void make_strange(mend_t *mend, size_t strange)
{
    memory_t *seen;
    ck_assert_ok(memory_open(mend->setting.problem, &seen));
    for (size_t d = 0; d < TOY_DISTINCT; d++)
        for (size_t point = 0; d != strange && point < TOY_POINTS; point++)
            if (memory_seen(mend->memory, d, point))
                ck_assert_ok(memory_reveal_point(seen, mend->setting.problem, d, point));
    memory_settle(seen);
    repair_t *repair = &mend->islands->repair;
    repair->cost_view = (cost_view_t){.memory = seen};
    tradeoff_build(&repair->tradeoff, mend->setting.problem, &repair->cost_view);
    memory_close(mend->memory);
    mend->memory = seen;
}

/* What all need when those of which something was seen need as little of it as can be, and the
   strange ones what they had, or the least there is. */
static double need_beside(const mend_t *mend, size_t strange, bool least)
{
    double need = 0;
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
        const uint64_t point =
            least ? problem_least_point(mend->setting.problem, strange) : mend->before[layer];
        need += distinct_of(mend, layer) == strange ? need_at(mend, layer, point)
                                                    : least_seen(mend, layer);
    }
    return need;
}

/* There is nothing seen of them to step down to: the others do, and only if that is not enough do
   they take what needs least. */
START_TEST(layers_of_which_nothing_was_seen_give_way_last)
{
    mend_t mend;
    size_t gave = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        const size_t strange = draw % TOY_DISTINCT;
        open_mend(&mend, draw, 0);
        make_strange(&mend, strange);
        const bool others_suffice = fits(&mend, need_beside(&mend, strange, false));
        repair_reduce(&mend.islands->repair, mend.assignment);
        ck_assert_int_eq(fits(&mend, need_of(&mend)),
                         others_suffice || fits(&mend, need_beside(&mend, strange, true)));
        for (size_t layer = 0; layer < TOY_LAYERS; layer++)
            if (distinct_of(&mend, layer) == strange)
                ck_assert_uint_eq(point_of(&mend, layer),
                                  others_suffice
                                      ? mend.before[layer]
                                      : problem_least_point(mend.setting.problem, strange));
        gave += !others_suffice;
        close_mend(&mend);
    }
    ck_assert_uint_gt(gave, DRAWS / 20);
    ck_assert_uint_lt(gave, DRAWS - DRAWS / 20);
}
END_TEST

typedef struct {
    size_t layer, point;
    double score, second; /* lower is better; of the best move, and of the next best */
} greedy_t;

static void consider(greedy_t *best, size_t layer, size_t point, double score)
{
    if (score < best->score)
        *best = (greedy_t){layer, point, score, best->score};
    else
        best->second = fmin(best->second, score);
}

/* Is there another seen point of less need and no more cost, or as little need and less cost? */
static bool is_dominated(const mend_t *mend, size_t layer, size_t point)
{
    for (size_t other = 0; other < TOY_POINTS; other++) {
        const double need = need_at(mend, layer, other) - need_at(mend, layer, point);
        const double cost = cost_at(mend, layer, other) - cost_at(mend, layer, point);
        if (need <= 0 && cost <= 0 && (need < 0 || cost < 0)) return true;
    }
    return false;
}

/* The undominated move of least cost per need given back. */
static greedy_t best_repair(const mend_t *mend)
{
    greedy_t best = {0, 0, INFINITY, INFINITY};
    for (size_t layer = 0; layer < TOY_LAYERS; layer++)
        for (size_t point = 0; point < TOY_POINTS; point++) {
            const size_t here = point_of(mend, layer);
            const double saved = need_at(mend, layer, here) - need_at(mend, layer, point);
            const double cost = cost_at(mend, layer, point) - believed_at(mend, layer, here);
            if (saved <= 0 || isinf(cost) || is_dominated(mend, layer, point)) continue;
            consider(&best, layer, point, cost / saved);
        }
    return best;
}

/* Ties may be broken either way, and are not compared. */
static bool is_tie(const greedy_t *best)
{
    return best->second - best->score <= 1e-12 * fabs(best->score);
}

static void reset(mend_t *mend)
{
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) put(mend, layer, mend->before[layer]);
}

static void check_same(const mend_t *mend, const size_t expected[TOY_LAYERS])
{
    for (size_t layer = 0; layer < TOY_LAYERS; layer++)
        ck_assert_uint_eq(point_of(mend, layer), expected[layer]);
}

/* In every other draw all actions are unseen, and what they cost is guessed. */
START_TEST(a_repair_makes_the_cheapest_moves)
{
    mend_t mend;
    size_t compared[2] = {0, 0};
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        size_t expected[TOY_LAYERS];
        bool tied = false;
        size_t moves = 0;
        open_mend(&mend, draw, (double)(draw % 2));
        for (; !fits(&mend, need_of(&mend)) && !tied; moves++) {
            const greedy_t best = best_repair(&mend);
            tied = is_tie(&best);
            put(&mend, best.layer, best.point);
        }
        for (size_t layer = 0; layer < TOY_LAYERS; layer++)
            expected[layer] = point_of(&mend, layer);
        reset(&mend);
        repair_reduce(&mend.islands->repair, mend.assignment);
        if (!tied) check_same(&mend, expected);
        compared[draw % 2] += !tied && moves > 0;
        close_mend(&mend);
    }
    for (size_t unseen = 0; unseen < 2; unseen++) ck_assert_uint_gt(compared[unseen], DRAWS / 10);
}
END_TEST

/* ---- fill ------------------------------------------------------------------------------------ */

/* The largest saving by one layer that what is left can pay. */
static greedy_t best_fill(const mend_t *mend)
{
    greedy_t best = {0, 0, 0, 0};
    const double need = need_of(mend);
    for (size_t layer = 0; layer < TOY_LAYERS; layer++)
        for (size_t point = 0; point < TOY_POINTS && !mend->islands->repair.exploring[layer];
             point++) {
            const size_t here = point_of(mend, layer);
            const double changed = need - need_at(mend, layer, here) + need_at(mend, layer, point);
            if (!fits(mend, changed) || is_dominated(mend, layer, point)) continue;
            consider(&best, layer, point, cost_at(mend, layer, point) - cost_at(mend, layer, here));
        }
    return best;
}

/* The undominated point of the same cost that needs least, which may be the one that is there. */
static size_t slimmest(const mend_t *mend, size_t layer)
{
    size_t best = point_of(mend, layer);
    for (size_t point = 0; point < TOY_POINTS; point++) {
        const bool equal = cost_at(mend, layer, point) == cost_at(mend, layer, best);
        if (equal && need_at(mend, layer, point) < need_at(mend, layer, best) &&
            !is_dominated(mend, layer, point))
            best = point;
    }
    return best;
}

static void check_fill(mend_t *mend)
{
    size_t repaired[TOY_LAYERS];
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) repaired[layer] = point_of(mend, layer);
    repair_fill(&mend->islands->repair, mend->assignment);
    ck_assert(fits(mend, need_of(mend)));
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
        const size_t point = point_of(mend, layer);
        if (mend->islands->repair.exploring[layer])
            ck_assert_uint_eq(point, repaired[layer]);
        else
            ck_assert_double_le(cost_at(mend, layer, point), cost_at(mend, layer, repaired[layer]));
    }
    ck_assert_double_ge(best_fill(mend).score, 0); /* nothing is left to gain by one move */
    for (size_t layer = 0; layer < TOY_LAYERS; layer++)
        if (!mend->islands->repair.exploring[layer] &&
            !isinf(cost_at(mend, layer, point_of(mend, layer))))
            ck_assert_uint_eq(slimmest(mend, layer),
                              point_of(mend, layer)); /* nor by less need for the same */
}

START_TEST(a_fill_stays_within_the_budget_and_never_costs_more)
{
    mend_t mend;
    size_t filled = 0;
    size_t slimmed = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        open_mend(&mend, draw, 0.1 * (double)(draw % 8));
        repair_reduce(&mend.islands->repair, mend.assignment);
        filled += best_fill(&mend).score < 0;
        for (size_t layer = 0; layer < TOY_LAYERS; layer++)
            slimmed += slimmest(&mend, layer) != point_of(&mend, layer);
        check_fill(&mend);
        close_mend(&mend);
    }
    ck_assert_uint_gt(filled, DRAWS / 2);
    ck_assert_uint_gt(slimmed, DRAWS / 20);
}
END_TEST

START_TEST(a_fill_makes_the_moves_that_save_most)
{
    mend_t mend;
    size_t compared = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        size_t expected[TOY_LAYERS];
        bool tied = false;
        open_mend(&mend, draw, 0);
        repair_reduce(&mend.islands->repair, mend.assignment);
        for (size_t layer = 0; layer < TOY_LAYERS; layer++)
            mend.before[layer] = point_of(&mend, layer);
        for (size_t layer = 0; layer < TOY_LAYERS; layer++)
            put(&mend, layer, slimmest(&mend, layer));
        for (greedy_t best = best_fill(&mend); best.score < 0 && !tied; best = best_fill(&mend)) {
            tied = is_tie(&best);
            put(&mend, best.layer, best.point);
        }
        for (size_t layer = 0; layer < TOY_LAYERS; layer++)
            expected[layer] = point_of(&mend, layer);
        reset(&mend);
        repair_fill(&mend.islands->repair, mend.assignment);
        if (!tied) check_same(&mend, expected);
        compared += !tied;
        close_mend(&mend);
    }
    ck_assert_uint_gt(compared, DRAWS / 5);
}
END_TEST

/* ---- ties ------------------------------------------------------------------------------------ */

/* The same greedy moves by a scan over all layers for each of them: of equal ones that of the first
   layer. */
static candidate_t scan_repair(mend_t *mend, bool exploring)
{
    candidate_t best = {.vertex = NULL};
    const repair_t *repair = &mend->islands->repair;
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
        const tradeoff_chain_t *front = &repair->tradeoff.front[distinct_of(mend, layer)];
        const size_t here = point_of(mend, layer);
        const double need = need_at(mend, layer, here);
        if (repair->exploring[layer] != exploring) continue;
        for (size_t i = 0; i < front->n && front->vertices[i].need < need; i++) {
            const vertex_t *vertex = &front->vertices[i];
            const double score =
                (vertex->cost - believed_at(mend, layer, here)) / (need - vertex->need);
            if (!best.vertex || score < best.score) best = (candidate_t){score, layer, vertex};
        }
    }
    return best;
}

static candidate_t scan_fill(mend_t *mend, double need)
{
    candidate_t best = {.vertex = NULL};
    const repair_t *repair = &mend->islands->repair;
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
        const tradeoff_chain_t *front = &repair->tradeoff.front[distinct_of(mend, layer)];
        const double cost = believed_at(mend, layer, point_of(mend, layer));
        const double own = need_at(mend, layer, point_of(mend, layer));
        if (repair->exploring[layer]) continue;
        for (size_t i = front->n; i-- > 0 && front->vertices[i].cost < cost;) {
            const vertex_t *vertex = &front->vertices[i];
            if (!fits(mend, need - own + vertex->need)) continue;
            if (!best.vertex || vertex->cost - cost < best.score)
                best = (candidate_t){vertex->cost - cost, layer, vertex};
            break;
        }
    }
    return best;
}

static void take(mend_t *mend, const candidate_t *step, double *need)
{
    *need += step->vertex->need - need_at(mend, step->layer, point_of(mend, step->layer));
    put(mend, step->layer, step->vertex->point);
}

/* *freed: how often a step of the fill left more of the budget than before. */
static void mend_by_scans(mend_t *mend, size_t *freed)
{
    candidate_t step;
    double need = need_of(mend);
    for (int exploring = 0; exploring < 2; exploring++)
        while (!fits(mend, need) && (step = scan_repair(mend, exploring)).vertex)
            take(mend, &step, &need);
    for (size_t layer = 0; layer < TOY_LAYERS; layer++)
        if (!mend->islands->repair.exploring[layer] &&
            !isinf(cost_at(mend, layer, point_of(mend, layer))))
            put(mend, layer, slimmest(mend, layer));
    for (need = need_of(mend); (step = scan_fill(mend, need)).vertex;) {
        const double before = need;
        take(mend, &step, &need);
        *freed += need < before;
    }
}

/* Also where layers tie, as those of the same kind do, and where a step of the fill needs less than
   what was there. */
START_TEST(what_is_mended_is_what_scans_over_all_layers_find)
{
    mend_t mend;
    size_t freed = 0;
    size_t changed = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        size_t expected[TOY_LAYERS];
        open_mend(&mend, draw, 0.1 * (double)(draw % 8));
        mend_by_scans(&mend, &freed);
        for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
            expected[layer] = point_of(&mend, layer);
            changed += expected[layer] != mend.before[layer];
        }
        reset(&mend);
        repair_reduce(&mend.islands->repair, mend.assignment);
        repair_fill(&mend.islands->repair, mend.assignment);
        check_same(&mend, expected);
        close_mend(&mend);
    }
    ck_assert_uint_gt(freed, DRAWS / 20);
    ck_assert_uint_gt(changed, DRAWS);
}
END_TEST

/* ---- children of actions that nobody has seen ------------------------------------------------ */

/* A layer is as likely to explore, whether its parent's action was seen or not: what that may cost
   is guessed, and not nothing. */
START_TEST(what_was_not_seen_is_explored_as_much_as_what_was)
{
    mend_t mend;
    double explored[2] = {0, 0};
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        rng_t rng = rng_begin(draw, RNG_TEST, 7, 0, 0);
        const size_t strange = draw % TOY_LAYERS;
        open_mend(&mend, draw, 0);
        draw_action(&mend, &rng, strange, 1);
        mend.islands->multiplier =
            tradeoff_multiplier(&mend.islands->repair.tradeoff, mend.setting.problem);
        individual_t *parent = &mend.islands->islands[0].members[0];
        moves_copy(mend.setting.problem, parent->assignment, mend.assignment);
        mend.islands->islands[0].n = 1;
        for (size_t child = 0; child < 24; child++) {
            variation_default.make_child(mend.islands, &mend.islands->islands[0], &rng, child,
                                         mend.assignment);
            for (size_t layer = 0; layer < TOY_LAYERS; layer++)
                explored[layer == strange] += mend.islands->repair.exploring[layer]
                                                  ? (layer == strange ? 1 : 1.0 / (TOY_LAYERS - 1))
                                                  : 0;
        }
        close_mend(&mend);
    }
    ck_assert_double_gt(explored[0], DRAWS);
    ck_assert_msg(explored[1] > 0.9 * explored[0], "%g against %g", explored[1], explored[0]);
}
END_TEST

/* ---- children when all was seen -------------------------------------------------------------- */

static void reveal_all(mend_t *mend)
{
    for (size_t distinct = 0; distinct < TOY_DISTINCT; distinct++)
        for (size_t point = 0; point < TOY_POINTS; point++)
            ck_assert_ok(memory_reveal_point(mend->memory, mend->setting.problem, distinct, point));
    tradeoff_build(&mend->islands->repair.tradeoff, mend->setting.problem,
                   &mend->islands->repair.cost_view);
    mend->islands->multiplier =
        tradeoff_multiplier(&mend->islands->repair.tradeoff, mend->setting.problem);
}

/* The only member of an island: what was drawn, mended. */
static void settle(mend_t *mend)
{
    individual_t *parent = &mend->islands->islands[0].members[0];
    repair_reduce(&mend->islands->repair, mend->assignment);
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) mend->before[layer] = point_of(mend, layer);
    moves_copy(mend->setting.problem, parent->assignment, mend->assignment);
    mend->islands->islands[0].n = 1;
}

/* There is nothing to explore: an action is its parent's, or one that nothing seen is better than.
 */
START_TEST(where_all_was_seen_children_keep_to_the_frontier)
{
    mend_t mend;
    size_t changed = 0;
    for (uint64_t draw = 0; draw < DRAWS / 4; draw++) {
        rng_t rng = rng_begin(draw, RNG_TEST, 5, 0, 0);
        open_mend(&mend, draw, 0);
        reveal_all(&mend);
        settle(&mend);
        for (size_t child = 0; child < 8; child++) {
            variation_default.make_child(mend.islands, &mend.islands->islands[0], &rng, child,
                                         mend.assignment);
            ck_assert(fits(&mend, need_of(&mend)));
            for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
                if (point_of(&mend, layer) == mend.before[layer]) continue;
                ck_assert(!is_dominated(&mend, layer, point_of(&mend, layer)));
                changed++;
            }
        }
        close_mend(&mend);
    }
    ck_assert_uint_gt(changed, DRAWS);
}
END_TEST

/* ---- without memory -------------------------------------------------------------------------- */

START_TEST(shrinking_ends_within_the_tightest_budget)
{
    setting_t setting;
    void *state;
    uint16_t assignment[52 * 2];
    rng_t rng = rng_begin(4, RNG_TEST, 0, 0, 0);
    baseline_open(&setting, 24 + _i, "memory: false");
    const search_setup_t setup = {.problem = setting.problem, .job = setting.job, .units = 1};
    search_layout_t layout = search_islands.plan(&setup);
    ck_assert_ok(search_islands.open(&setup, &layout, &state));
    islands_t *islands = state;
    for (size_t layer = 0; layer < 52; layer++)
        problem_put(setting.problem, assignment, layer, setting_point(setting.problem, 128, 12));
    ck_assert(!problem_fits(setting.problem, assignment));
    repair_shrink(&islands->repair, &rng, assignment);
    ck_assert(problem_fits(setting.problem, assignment));
    ck_assert(space_is_sound(problem_space(setting.problem), 52, assignment));
    const need_t needs = problem_assignment_needs(setting.problem, assignment);
    ck_assert_double_gt(needs.of[0],
                        0.9 * problem_budget(setting.problem)); /* no further than it must */
    for (size_t layer = 0; layer < 52; layer++) {
        const double need = problem_layer_need(setting.problem, assignment, layer);
        ck_assert(islands->repair.need[layer] == need);
        ck_assert(islands->repair.needs[layer].of[0] == need);
    }
    search_islands.close(islands);
    setting_close(&setting);
}
END_TEST

/* Where fewer PEs may need more, such steps are not taken. */
START_TEST(shrinking_raises_no_need)
{
    mend_t mend;
    size_t shrunk = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        rng_t rng = rng_begin(draw, RNG_TEST, 4, 0, 0);
        open_mend(&mend, draw, 0);
        repair_shrink(&mend.islands->repair, &rng, mend.assignment);
        for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
            const size_t point = point_of(&mend, layer);
            if (point == mend.before[layer]) continue;
            ck_assert_double_lt(need_at(&mend, layer, point),
                                need_at(&mend, layer, mend.before[layer]));
            shrunk++;
        }
        close_mend(&mend);
    }
    ck_assert_uint_gt(shrunk, DRAWS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mend");
    TCase *tests = tcase_create("mend");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_repair_ends_within_the_budget_and_spares_what_explores);
    tcase_add_test(tests, layers_of_which_nothing_was_seen_give_way_last);
    tcase_add_test(tests, what_was_not_seen_is_explored_as_much_as_what_was);
    tcase_add_test(tests, a_repair_makes_the_cheapest_moves);
    tcase_add_test(tests, a_fill_stays_within_the_budget_and_never_costs_more);
    tcase_add_test(tests, a_fill_makes_the_moves_that_save_most);
    tcase_add_test(tests, what_is_mended_is_what_scans_over_all_layers_find);
    tcase_add_test(tests, where_all_was_seen_children_keep_to_the_frontier);
    tcase_add_loop_test(tests, shrinking_ends_within_the_tightest_budget, 0, 12);
    tcase_add_test(tests, shrinking_raises_no_need);
    return suite_run(suite);
}
