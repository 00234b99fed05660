/* The mask and the prior, held against brute force. */
#include "problem/models.h"
#include "problems.h"
#include "search/common/feasibility.h"

/* ---- the mask -------------------------------------------------------------------------------- */

typedef struct {
    setting_t setting;
    toy_t toy;
    feasibility_t feasibility;
    memory_t *memory; /* NULL: nothing is remembered */
} mask_t;

static void open_mask(mask_t *mask, uint64_t draw)
{
    rng_t rng = rng_begin(draw, RNG_TEST, 1, 0, 0);
    mask->toy = (toy_t){draw, 1 + (uint32_t)(draw % 2), 12};
    toy_open(&mask->setting, &mask->toy, 60, "seed: 1");
    ck_assert_ok(feasibility_open(mask->setting.problem, &mask->feasibility));
    ck_assert_ok(memory_open(mask->setting.problem, &mask->memory));
    toy_reveal(&mask->setting, &rng, draw % 40, mask->memory);
}

static void close_mask(mask_t *mask)
{
    memory_close(mask->memory);
    feasibility_close(&mask->feasibility);
    setting_close(&mask->setting);
}

static uint64_t point_of(const mask_t *mask, size_t pe, size_t buffer)
{
    const space_t *space = problem_space(mask->setting.problem);
    return space_choice_point(space, pe * space_levels(space, 1) + buffer);
}

static double need_of(const mask_t *mask, size_t distinct, size_t pe, size_t buffer)
{
    return problem_need(mask->setting.problem, distinct, point_of(mask, pe, buffer));
}

static bool is_allowed(const mask_t *mask, const memory_t *memory, size_t distinct, size_t pe,
                       size_t buffer, double room)
{
    if (need_of(mask, distinct, pe, buffer) > room) return false;
    return !memory || !memory_invalid(memory, distinct, point_of(mask, pe, buffer));
}

static double least_of(const mask_t *mask, size_t distinct, size_t pe)
{
    double least = INFINITY;
    for (size_t buffer = 0; buffer < mask->feasibility.levels[1]; buffer++)
        least = fmin(least, need_of(mask, distinct, pe, buffer));
    return least;
}

/* The mask of the first axis, or behind a level of it of the second. */
static void allow_first(const mask_t *mask, const memory_t *memory, size_t distinct, double room,
                        uint8_t *allowed)
{
    feasibility_allow(&mask->feasibility, memory, &(branch_t){distinct, 0, NULL},
                      &(need_t){{room}, 0}, allowed);
}

static void allow_second(const mask_t *mask, const memory_t *memory, size_t distinct, size_t pe,
                         double room, uint8_t *allowed)
{
    const uint16_t prefix[] = {(uint16_t)pe};
    feasibility_allow(&mask->feasibility, memory, &(branch_t){distinct, 1, prefix},
                      &(need_t){{room}, 0}, allowed);
}

/* Where nothing fits, one level is left, and it is one of the least need. */
static void check_last_resort(const uint8_t *allowed, size_t n, const double *needs)
{
    size_t left = n;
    for (size_t i = 0; i < n; i++) {
        if (!allowed[i]) continue;
        ck_assert_uint_eq(left, n);
        left = i;
    }
    ck_assert_uint_lt(left, n);
    for (size_t i = 0; i < n; i++) ck_assert_double_le(needs[left], needs[i]);
}

static void check_buffers(const mask_t *mask, const memory_t *memory, size_t distinct, size_t pe,
                          double room)
{
    uint8_t allowed[JOB_LEVELS_MAX];
    double needs[JOB_LEVELS_MAX];
    bool any = false;
    allow_second(mask, memory, distinct, pe, room, allowed);
    for (size_t buffer = 0; buffer < mask->feasibility.levels[1]; buffer++) {
        needs[buffer] = need_of(mask, distinct, pe, buffer);
        any |= is_allowed(mask, memory, distinct, pe, buffer, room);
    }
    if (!any) check_last_resort(allowed, mask->feasibility.levels[1], needs);
    for (size_t buffer = 0; any && buffer < mask->feasibility.levels[1]; buffer++)
        ck_assert_int_eq(allowed[buffer], is_allowed(mask, memory, distinct, pe, buffer, room));
}

static void check_levels(const mask_t *mask, const memory_t *memory, size_t distinct, double room)
{
    uint8_t allowed[JOB_LEVELS_MAX];
    uint8_t expected[JOB_LEVELS_MAX] = {0};
    double needs[JOB_LEVELS_MAX];
    bool any = false;
    allow_first(mask, memory, distinct, room, allowed);
    for (size_t pe = 0; pe < mask->feasibility.levels[0]; pe++) {
        needs[pe] = least_of(mask, distinct, pe);
        for (size_t buffer = 0; buffer < mask->feasibility.levels[1]; buffer++)
            expected[pe] |= is_allowed(mask, memory, distinct, pe, buffer, room);
        any |= expected[pe];
        check_buffers(mask, memory, distinct, pe, room);
    }
    if (any)
        ck_assert_int_eq(memcmp(allowed, expected, mask->feasibility.levels[0]), 0);
    else
        check_last_resort(allowed, mask->feasibility.levels[0], needs);
}

START_TEST(allowed_is_what_fits_and_is_not_known_to_be_invalid)
{
    mask_t mask;
    open_mask(&mask, (uint64_t)_i);
    for (size_t distinct = 0; distinct < TOY_DISTINCT; distinct++)
        for (int half = -2; half < 30; half++) {
            check_levels(&mask, mask.memory, distinct, half / 2.0);
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
            allow_first(&mask, NULL, distinct, room, exact);
            ck_assert(exact[pe]);
            allow_first(&mask, NULL, distinct, room - 60 * 0x1p-50, rounded);
            ck_assert_int_eq(memcmp(exact, rounded, n), 0);
            if (room <= mask.feasibility.reserve[distinct].of[0]) continue;
            allow_first(&mask, NULL, distinct, room - 1e-9, rounded);
            ck_assert(!rounded[pe]);
        }
    close_mask(&mask);
}
END_TEST

/* ---- what is kept for the layers to come ----------------------------------------------------- */

static double least_known(const mask_t *mask, const memory_t *memory, size_t distinct)
{
    double least = INFINITY;
    for (size_t pe = 0; pe < mask->feasibility.levels[0]; pe++)
        for (size_t buffer = 0; buffer < mask->feasibility.levels[1]; buffer++)
            if (is_allowed(mask, memory, distinct, pe, buffer, INFINITY))
                least = fmin(least, need_of(mask, distinct, pe, buffer));
    return least;
}

static void check_reserve(const mask_t *mask, const memory_t *memory)
{
    double total = 0;
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
        const size_t distinct = problem_distinct_of(mask->setting.problem, layer);
        ck_assert(mask->feasibility.reserve[distinct].of[0] == least_known(mask, memory, distinct));
        total += mask->feasibility.reserve[distinct].of[0];
    }
    ck_assert(mask->feasibility.total_reserve.of[0] == total);
}

START_TEST(the_least_kept_leaves_out_what_is_known_to_be_invalid)
{
    mask_t mask;
    open_mask(&mask, (uint64_t)_i);
    check_reserve(&mask, NULL);
    feasibility_reserve(&mask.feasibility, mask.memory);
    check_reserve(&mask, mask.memory);
    feasibility_reserve(&mask.feasibility, NULL);
    check_reserve(&mask, mask.memory); /* nothing is forgotten either */
    close_mask(&mask);
}
END_TEST

/* ---- the prior ------------------------------------------------------------------------------- */

/* Need of a layer of that kind, drawn as the prior alone has it; what is illegal is never drawn. */
static double expected_need(const feasibility_t *feasibility, size_t distinct)
{
    double weights = 0;
    double sum = 0;
    for (size_t pe = 0; pe < feasibility->levels[0]; pe++) {
        const size_t at = distinct * feasibility->levels[0] + pe;
        double given[2] = {0, 0};
        for (size_t buffer = 0; buffer < feasibility->levels[1]; buffer++) {
            const size_t cell = at * feasibility->levels[1] + buffer;
            const double weight = exp((double)feasibility->prior[1][cell]);
            if (isinf(feasibility->least[1][cell])) continue;
            given[0] += weight;
            given[1] += weight * feasibility->least[1][cell];
        }
        if (given[0] == 0) continue;
        const double weight = exp((double)feasibility->prior[0][at]);
        weights += weight;
        sum += weight * given[1] / given[0];
    }
    return sum / weights;
}

static double mean_need(const feasibility_t *feasibility, size_t distinct)
{
    const size_t pairs = feasibility->levels[0] * feasibility->levels[1];
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < pairs; i++) {
        const double need = feasibility->least[1][distinct * pairs + i];
        if (isinf(need)) continue;
        sum += need;
        n++;
    }
    return sum / (double)n;
}

/* All legal actions of a kind are drawn alike: a value of the first axis by how many it has. */
static void check_even(const feasibility_t *feasibility, size_t distinct)
{
    const size_t buffers = feasibility->levels[1];
    for (size_t pe = 0; pe < feasibility->levels[0]; pe++) {
        const size_t at = distinct * feasibility->levels[0] + pe;
        size_t n = 0;
        for (size_t i = 0; i < buffers; i++) {
            if (isinf(feasibility->least[1][at * buffers + i])) continue;
            ck_assert(feasibility->prior[1][at * buffers + i] == 0);
            n++;
        }
        if (n > 0) ck_assert(feasibility->prior[0][at] == (real_t)log((double)n));
    }
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
    for (size_t d = 0; even <= budget && d < feasibility->distinct; d++) check_even(feasibility, d);
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
    ck_assert(feasibility.prior[0][0] == feasibility.prior[0][11] && feasibility.prior[1][5] == 0);
    feasibility_close(&feasibility);
    setting_close(&setting);
}
END_TEST

/* ---- more axes ------------------------------------------------------------------------------- */

/* Problems of three axes, one of them without order, one that a kind of layer does not use: with a
   limit, with two, with one on a maximum. */
typedef struct {
    trial_t trial;
    memory_t *memory;
    feasibility_t feasibility;
} tree_t;

enum { TREES = 3 };

static void open_tree(tree_t *tree, int i)
{
    terms_t terms[TREES] = {trial_terms_axes(), trial_terms_budgets(), trial_terms_peak()};
    terms[2].constraints[0].limit = 20; /* so that it binds */
    rng_t rng = rng_begin(7, RNG_TEST, (uint64_t)i, 0, 0);
    trial_open(&tree->trial, (trial_model_t){.draw = 5 + (uint64_t)i, .invalid = true},
               &terms[i % TREES]);
    problem_t *problem = tree->trial.problem;
    ck_assert_ok(memory_open(problem, &tree->memory));
    for (size_t n = 0; n < 60; n++)
        ck_assert_ok(memory_reveal_point(
            tree->memory, problem, rng_below(&rng, TRIAL_DISTINCT),
            space_choice_point(problem_space(problem),
                               rng_below(&rng, space_choices(problem_space(problem))))));
    ck_assert_ok(feasibility_open(problem, &tree->feasibility));
}

static void close_tree(tree_t *tree)
{
    feasibility_close(&tree->feasibility);
    memory_close(tree->memory);
    trial_close(&tree->trial);
}

/* The levels of a choice, the last axis fastest; false: an axis that the layer does not use is off
   its initial level. */
static bool levels_of(const tree_t *tree, size_t distinct, uint64_t choice, uint16_t levels[3])
{
    const space_t *space = problem_space(tree->trial.problem);
    for (size_t axis = TRIAL_AXES; axis-- > 0; choice /= space_levels(space, axis))
        levels[axis] = (uint16_t)(choice % space_levels(space, axis));
    return distinct != 0 || levels[2] == 1;
}

static bool is_within(const tree_t *tree, const memory_t *memory, size_t distinct, uint64_t choice,
                      const need_t *room)
{
    problem_t *problem = tree->trial.problem;
    const uint64_t point = space_choice_point(problem_space(problem), choice);
    const need_t needs = problem_needs(problem, distinct, point);
    for (size_t i = 0; i < problem_terms(problem)->constraints_n; i++)
        if (needs.of[i] > room->of[i]) return false;
    return !memory || !memory_invalid(memory, distinct, point);
}

/* By level of the branch's axis: is there a completion within the room; the least need of all. */
static void complete(const tree_t *tree, const memory_t *memory, const branch_t *branch,
                     const need_t *room, bool *within, double *least)
{
    problem_t *problem = tree->trial.problem;
    for (size_t level = 0; level < 3; level++) {
        within[level] = false;
        least[level] = INFINITY;
    }
    for (uint64_t choice = 0; choice < space_choices(problem_space(problem)); choice++) {
        uint16_t levels[TRIAL_AXES];
        const bool is_choice = levels_of(tree, branch->distinct, choice, levels);
        if (!is_choice || memcmp(levels, branch->prefix, branch->axis * sizeof *levels) != 0)
            continue;
        const size_t level = levels[branch->axis];
        const double need = problem_need(problem, branch->distinct,
                                         space_choice_point(problem_space(problem), choice));
        within[level] |= is_within(tree, memory, branch->distinct, choice, room);
        least[level] = fmin(least[level], need);
    }
}

static void check_branch(const tree_t *tree, const memory_t *memory, const branch_t *branch,
                         const need_t *room)
{
    const size_t n = tree->feasibility.levels[branch->axis];
    uint8_t allowed[3] = {9, 9, 9};
    bool within[3];
    double least[3];
    feasibility_allow(&tree->feasibility, memory, branch, room, allowed);
    complete(tree, memory, branch, room, within, least);
    if (branch->distinct == 0 && branch->axis == 2) {
        ck_assert(!feasibility_uses(&tree->feasibility, branch));
        ck_assert(!allowed[0] && allowed[1]);
    } else if (within[0] || within[1] || within[2]) {
        for (size_t level = 0; level < n; level++) ck_assert_int_eq(allowed[level], within[level]);
    } else {
        check_last_resort(allowed, n, least);
    }
}

/* Behind every prefix, with all that can be left of one limit and of the other. */
START_TEST(levels_are_allowed_that_some_choice_within_all_limits_has)
{
    tree_t tree;
    open_tree(&tree, _i);
    const space_t *space = problem_space(tree.trial.problem);
    for (double area = 0; area < 18; area++)
        for (double power = 0; power < 13; power++)
            for (size_t distinct = 0; distinct < TRIAL_DISTINCT; distinct++)
                for (uint64_t choice = 0; choice < space_choices(space); choice++) {
                    uint16_t levels[TRIAL_AXES];
                    (void)levels_of(&tree, distinct, choice, levels);
                    for (size_t axis = 0; axis < TRIAL_AXES; axis++)
                        check_branch(&tree, power > 6 ? tree.memory : NULL,
                                     &(branch_t){distinct, axis, levels},
                                     &(need_t){{area, power}, 0});
                }
    close_tree(&tree);
}
END_TEST

/* Of each kind a choice that is not known to be invalid, and of one limit the one that needs least;
   all layers can have theirs together. */
START_TEST(what_is_kept_are_choices_that_fit_together)
{
    tree_t tree;
    open_tree(&tree, _i);
    problem_t *problem = tree.trial.problem;
    const terms_t *terms = problem_terms(problem);
    const need_t any = {{INFINITY, INFINITY, INFINITY, INFINITY}, 0};
    need_t total = {{0}, 0};
    feasibility_reserve(&tree.feasibility, tree.memory);
    for (size_t layer = 0; layer < TRIAL_LAYERS; layer++) {
        const size_t distinct = problem_distinct_of(problem, layer);
        const need_t *reserve = &tree.feasibility.reserve[distinct];
        double least = INFINITY;
        bool found = false;
        for (uint64_t choice = 0; choice < space_choices(problem_space(problem)); choice++) {
            uint16_t levels[TRIAL_AXES];
            const need_t needs = problem_needs(problem, distinct,
                                               space_choice_point(problem_space(problem), choice));
            if (!levels_of(&tree, distinct, choice, levels) ||
                !is_within(&tree, tree.memory, distinct, choice, &any))
                continue;
            found |= memcmp(&needs, reserve, sizeof needs) == 0;
            least = fmin(least, needs.of[0]);
        }
        ck_assert(found);
        if (terms->constraints_n == 1) ck_assert(reserve->of[0] == least);
        need_add(&total, reserve);
    }
    ck_assert_mem_eq(&total, &tree.feasibility.total_reserve, sizeof total);
    ck_assert(terms_fits(terms, &total));
    close_tree(&tree);
}
END_TEST

/* The logarithm of a choice's chance, drawn axis after axis by the prior alone. */
static double log_chance(const feasibility_t *feasibility, size_t distinct, const uint16_t *levels)
{
    double sum = 0;
    for (size_t axis = 0; axis < TRIAL_AXES; axis++) {
        const branch_t branch = {distinct, axis, levels};
        const real_t *prior = feasibility->prior[axis] + feasibility_row(feasibility, &branch);
        uint8_t allowed[3];
        double weights = 0;
        feasibility_allow_all(feasibility, &branch, allowed);
        for (size_t level = 0; level < feasibility->levels[axis]; level++)
            weights += allowed[level] ? exp((double)prior[level]) : 0;
        sum += (double)prior[levels[axis]] - log(weights);
    }
    return sum;
}

/* What a network needs that gives each layer what is drawn with these chances, or NULL: what needs
   least. */
static need_t expected_use(const tree_t *tree, double chances[TRIAL_DISTINCT][18])
{
    problem_t *problem = tree->trial.problem;
    need_t sum = {{0}, 0};
    for (size_t layer = 0; layer < TRIAL_LAYERS; layer++) {
        const size_t distinct = problem_distinct_of(problem, layer);
        const need_t least =
            problem_needs(problem, distinct, problem_least_point(problem, distinct));
        for (size_t choice = 0; chances && choice < 18; choice++) {
            const need_t needs = problem_needs(problem, distinct,
                                               space_choice_point(problem_space(problem), choice));
            for (size_t i = 0; i < TERMS_MAX; i++)
                sum.of[i] += chances[distinct][choice] * needs.of[i];
        }
        if (!chances) need_add(&sum, &least);
    }
    return sum;
}

/* How much of the sums among the limits is used, of the one that is used most. */
static double largest_share(const tree_t *tree, const need_t *use)
{
    const terms_t *terms = problem_terms(tree->trial.problem);
    double largest = 0;
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (terms->constraints[i].aggregate == AGGREGATE_SUM)
            largest = fmax(largest, use->of[i] / terms->constraints[i].limit);
    return largest;
}

/* log chance = constant of the kind of layer - kappa need, with one kappa for all kinds. */
static double check_weights(const tree_t *tree, double chances[TRIAL_DISTINCT][18])
{
    problem_t *problem = tree->trial.problem;
    double kappa = NAN;
    for (size_t distinct = 0; distinct < TRIAL_DISTINCT; distinct++) {
        double sum = 0, first[2] = {NAN, NAN};
        for (uint64_t choice = 0; choice < 18; choice++) {
            uint16_t levels[TRIAL_AXES];
            chances[distinct][choice] = 0;
            if (!levels_of(tree, distinct, choice, levels)) continue;
            const double chance = log_chance(&tree->feasibility, distinct, levels);
            const double need =
                problem_need(problem, distinct, space_choice_point(problem_space(problem), choice));
            sum += chances[distinct][choice] = exp(chance);
            if (isnan(first[0])) {
                first[0] = chance;
                first[1] = need;
            }
            if (isnan(kappa) && need != first[1]) kappa = (first[0] - chance) / (need - first[1]);
            const double lower = need != first[1] ? kappa * (need - first[1]) : 0;
            ck_assert_double_eq_tol(chance, first[0] - lower, 1e-5);
        }
        ck_assert_double_eq_tol(sum, 1, 1e-5);
    }
    return kappa;
}

/* And the expected use just fits, unless it does without any weight, or with none. */
START_TEST(drawn_axis_after_axis_a_choice_has_its_weight)
{
    tree_t tree;
    double chances[TRIAL_DISTINCT][18];
    open_tree(&tree, _i);
    ck_assert_uint_eq(space_choices(problem_space(tree.trial.problem)), 18);
    const double kappa = check_weights(&tree, chances);
    const need_t use = expected_use(&tree, chances);
    const need_t least = expected_use(&tree, NULL);
    if (kappa > 1e-6)
        ck_assert_double_eq_tol(largest_share(&tree, &use), 1, 1e-4);
    else
        ck_assert(largest_share(&tree, &use) <= 1 || largest_share(&tree, &least) > 1);
    close_tree(&tree);
}
END_TEST

START_TEST(tables_too_large_are_refused_by_the_axis_with_most_levels)
{
    static uint32_t levels[3][2048];
    static const char *const names[] = {"width", "depth", "height"};
    space_axis_t axes[3];
    space_t *space = NULL;
    for (size_t axis = 0; axis < 3; axis++) {
        axes[axis] = (space_axis_t){
            .name = names[axis], .levels = levels[axis], .levels_n = axis == 1 ? 2048 : 128};
        for (uint32_t i = 0; i < axes[axis].levels_n; i++) levels[axis][i] = i + 1;
    }
    ck_assert_ok(space_open(axes, 3, (space_use_t){NULL, NULL}, &space));
    ck_assert_ok(feasibility_check_size(space, 2)); /* of 2^26 cells just as many */
    ck_assert_fails(feasibility_check_size(space, 3), CONFX_STATUS_INPUT,
                    "depth: 33554432 actions of a layer are more than");
    space_close(space);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("feasibility");
    TCase *tests = tcase_create("feasibility");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, allowed_is_what_fits_and_is_not_known_to_be_invalid, 0, 60);
    tcase_add_test(tests, rounding_closes_no_level);
    tcase_add_loop_test(tests, the_least_kept_leaves_out_what_is_known_to_be_invalid, 0, 60);
    tcase_add_loop_test(tests, the_prior_alone_spends_the_budget_where_it_binds, 0, 2 * SETTINGS);
    tcase_add_test(tests, the_prior_is_flat_where_the_budget_does_not_bind);
    tcase_add_loop_test(tests, levels_are_allowed_that_some_choice_within_all_limits_has, 0,
                        2 * TREES);
    tcase_add_loop_test(tests, what_is_kept_are_choices_that_fit_together, 0, 2 * TREES);
    tcase_add_loop_test(tests, drawn_axis_after_axis_a_choice_has_its_weight, 0, 2 * TREES);
    tcase_add_test(tests, tables_too_large_are_refused_by_the_axis_with_most_levels);
    return suite_run(suite);
}
