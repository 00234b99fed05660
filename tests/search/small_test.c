/* Small spaces, of one to three layers and two by two to four by three levels, with actions that
   are illegal, or turn out invalid: whatever the search that does not repeat samples, none comes
   again while an assignment within the limits is left that could be valid, and then the best of all
   is found. Held against all assignments there are. */
#include "confx/stages.h"
#include "driver.h"
#include "problem/models.h"

enum { LAYERS_MOST = 3, FITTING_MOST = 500, EXTRA = 12 };

static const struct {
    algorithm_t algorithm;
    const char *search;
} searches[] = {
    {ALGORITHM_REINFORCE, "{search: {blocks: 1, episodes: 3}}"},
    {ALGORITHM_REINFORCE, "{search: {feedback: total, blocks: 2, episodes: 2}}"},
    {ALGORITHM_ISLANDS, "{search: {islands: 2, children: 2}}"},
    {ALGORITHM_ISLANDS, "{search: {feedback: total, islands: 2}}"},
    {ALGORITHM_ADDITIVE, "{search: {feedback: layer}}"},
    {ALGORITHM_ADDITIVE, "{search: {feedback: total}}"},
    {ALGORITHM_REINFORCE_ISLANDS, "{search: {seed: 3}}"},
    {ALGORITHM_REINFORCE_ISLANDS, "{search: {feedback: total, seed: 3}}"},
};

enum { SEARCHES = sizeof searches / sizeof *searches };

typedef enum { ALL_VALID, SOME_INVALID, SOME_ILLEGAL } validity_mode_t;

/* Levels are the first ones of these; islands choose among all integers between. */
static const uint32_t widths[] = {1, 2, 4, 5};
static const uint32_t depths[] = {1, 2, 3};

typedef struct {
    size_t layers, widths_n, depths_n;
    validity_mode_t mode;
    double limit; /* on the area of all layers: of each twice its width, and 0 to 3 */
} cost_shape_t;

static const cost_shape_t shapes[] = {
    {1, 2, 2, ALL_VALID, 100},   {1, 4, 3, ALL_VALID, 8},     {1, 4, 3, SOME_INVALID, 100},
    {1, 3, 2, SOME_ILLEGAL, 9},  {2, 2, 2, SOME_INVALID, 9},  {2, 3, 2, SOME_ILLEGAL, 12},
    {2, 4, 3, SOME_INVALID, 11}, {2, 4, 3, SOME_ILLEGAL, 14}, {2, 2, 3, ALL_VALID, 7},
    {3, 2, 2, ALL_VALID, 12},    {3, 2, 2, SOME_INVALID, 13}, {3, 3, 2, SOME_ILLEGAL, 13},
    {3, 4, 2, SOME_INVALID, 11}, {3, 4, 3, ALL_VALID, 9},
};

enum { SHAPES = sizeof shapes / sizeof *shapes, DRAWS = 5 };

/* ---- a space --------------------------------------------------------------------------------- */

/* False: this draw has a kind of layer without any legal level, or none that fit. */
static bool small_open(const cost_shape_t *shape, uint64_t draw, trial_t *trial)
{
    static const char *const rows[] = {"8,8,9,9,3,3,1\n", "4,8,9,9,3,3,1\n", "8,8,9,9,3,3,1\n"};
    char csv[128] = "K,C,Y,X,R,S,T\n";
    space_t *space = NULL;
    const space_axis_t axes[] = {
        {.name = "width", .levels = widths, .levels_n = shape->widths_n, .refined = true},
        {.name = "depth", .levels = depths, .levels_n = shape->depths_n, .refined = true}};
    *trial = (trial_t){.model = {.draw = draw, .illegal = shape->mode != ALL_VALID}};
    for (size_t layer = 0; layer < shape->layers; layer++) strcat(csv, rows[layer]);
    ck_assert_ok(confx_workload_parse(csv, "small.csv", &trial->workload));
    trial->model.workload = &trial->workload;
    ck_assert_ok(space_open(axes, 2, (space_use_t){NULL, NULL}, &space));
    model_t model = trial_model_of(&trial->model, space);
    model.validity_is_static = shape->mode == SOME_ILLEGAL;
    const terms_t terms = {1,
                           1,
                           {trial_term("latency", AGGREGATE_SUM, 0)},
                           {trial_term("area", AGGREGATE_SUM, shape->limit)}};
    const problem_design_t design = {.workload = &trial->workload,
                                     .space = space,
                                     .model = &model,
                                     .terms = &terms,
                                     .fractions = {NAN, NAN, NAN, NAN}};
    const confx_status_t status = problem_make(&design, &trial->problem);
    if (status.code != CONFX_STATUS_OK) confx_workload_close(&trial->workload);
    return status.code == CONFX_STATUS_OK;
}

/* ---- all assignments ------------------------------------------------------------------------- */

typedef struct {
    size_t fitting, valid; /* legal and within the limit; and valid as well */
    double optimum;
} whole_t;

static bool is_level(const space_t *space, uint64_t point)
{
    for (uint64_t choice = 0; choice < space_choices(space); choice++)
        if (space_choice_point(space, choice) == point) return true;
    return false;
}

static void count_from(const trial_t *trial, space_part_t part, size_t layer,
                       const double sums[TRIAL_METRICS], bool valid, whole_t *whole)
{
    const space_t *space = problem_space(trial->problem);
    if (layer == problem_layers(trial->problem)) {
        if (sums[TRIAL_AREA] > problem_terms(trial->problem)->constraints[0].limit) return;
        whole->fitting++;
        whole->valid += valid;
        if (valid) whole->optimum = fmin(whole->optimum, sums[TRIAL_LATENCY]);
        return;
    }
    for (uint64_t point = 0; point < space_points(space); point++) {
        const size_t distinct = trial->workload.distinct_of[layer];
        const bool its = trial_is_valid(&trial->model, distinct, point);
        double next[TRIAL_METRICS];
        if (part == SPACE_LEVELS && !is_level(space, point)) continue;
        if (!its && problem_model(trial->problem)->validity_is_static) continue;
        trial_metrics(&trial->model, distinct, point, next);
        for (size_t i = 0; i < TRIAL_METRICS; i++) next[i] += sums[i];
        count_from(trial, part, layer + 1, next, valid && its, whole);
    }
}

/* ---- runs ------------------------------------------------------------------------------------ */

typedef struct {
    size_t scored, valid; /* before the first one that came again */
    bool again;
    double best;
    uint64_t keys[FITTING_MOST + EXTRA];
} tally_t;

static void tally_sample(const trial_t *trial, const stage_t *stage, size_t sample, tally_t *tally)
{
    const uint16_t *assignment = batch_assignment(&stage->trace, sample);
    const uint64_t points = space_points(problem_space(trial->problem));
    uint64_t key = 0;
    for (size_t layer = 0; layer < stage->layers; layer++)
        key = key * points + problem_point(trial->problem, assignment, layer);
    /* Also what comes again is within the limit. */
    if (!problem_fits(trial->problem, assignment))
        ck_abort_msg("sample %zu exceeds the limit", sample);
    for (size_t i = 0; i < tally->scored; i++) tally->again = tally->again || tally->keys[i] == key;
    if (tally->again) return;
    tally->keys[tally->scored++] = key;
    if (!stage->trace.feasible[sample]) return;
    tally->valid++;
    tally->best = fmin(tally->best, stage->trace.scores[sample].objectives[0]);
}

/* As a run has it: a stage with another one behind it ends where its part of the space does not
   offer a whole update any more. */
static void run_stage(const trial_t *trial, stage_t *stage, bool last, tally_t *tally)
{
    const renewal_t renewal = {.part = search_traits(stage->algorithm).part,
                               .memory = stage->remembers_layers ? stage->ranks[0].memory : NULL,
                               .seed = stage->job->search.seed};
    const size_t update = stage->layout.units * stage->layout.samples;
    while (stage->trace.n < stage->samples &&
           (last || scored_leaves(stage->scored, &renewal, update))) {
        const size_t before = stage->trace.n;
        stage_update(stage);
        for (size_t i = before; i < stage->trace.n; i++) tally_sample(trial, stage, i, tally);
    }
}

static void run_search(const trial_t *trial, const job_t *job, algorithm_t algorithm,
                       size_t samples, size_t ranks, tally_t *tally)
{
    const algorithm_stages_t list = algorithm_stages(algorithm);
    stage_t stages[ALGORITHM_STAGES_MAX];
    size_t left = samples;
    *tally = (tally_t){.best = INFINITY};
    for (size_t at = 0; at < list.n; at++) {
        const bool last = at + 1 == list.n;
        const stage_parts_t parts = {trial->problem, job, list.stages[at],
                                     last ? left : (left + 1) / 2, ranks};
        stage_begin(&stages[at], &parts, at > 0 ? &stages[at - 1] : NULL);
        ck_assert(search_traits(list.stages[at]).unrepeated && stages[at].scored);
        run_stage(trial, &stages[at], last, tally);
        left -= stages[at].trace.n;
    }
    for (size_t at = list.n; at-- > 0;) stage_close(&stages[at]);
}

/* Whatever is valid was scored before anything came again, so that the best of all was found. Of
   totals alone nothing is certain of an action, and also what is invalid is scored once. */
static bool check_shape(int i, const cost_shape_t *shape, uint64_t draw)
{
    const space_part_t part = search_traits(searches[i].algorithm).part;
    const char *network = "workload=mobilenet_v2"; /* the job is asked how to search, not what */
    const double none[TRIAL_METRICS] = {0};
    whole_t whole = {0, 0, INFINITY};
    tally_t tally;
    trial_t trial;
    job_t *job;
    if (!small_open(shape, draw, &trial)) return false;
    count_from(&trial, part, 0, none, true, &whole);
    const bool serves = whole.valid > 0 && whole.fitting <= FITTING_MOST;
    if (serves) {
        ck_assert_ok(job_parse(searches[i].search, "small.yaml", &network, 1, &job));
        const bool totals = job_feedback(job) == FEEDBACK_TOTAL ||
                            !search_traits(algorithm_last_stage(searches[i].algorithm)).layers;
        run_search(&trial, job, searches[i].algorithm, whole.fitting + EXTRA, 1 + draw % 2, &tally);
        ck_assert_msg(tally.again && tally.valid == whole.valid && tally.best == whole.optimum &&
                          (!totals || tally.scored == whole.fitting),
                      "%zu layers of %zu x %zu levels, draw %d: %zu of %zu, %zu of %zu valid, "
                      "%g instead of %g",
                      shape->layers, shape->widths_n, shape->depths_n, (int)draw, tally.scored,
                      whole.fitting, tally.valid, whole.valid, tally.best, whole.optimum);
        job_close(job);
    }
    trial_close(&trial);
    return serves;
}

START_TEST(nothing_comes_again_while_anything_is_left)
{
    size_t checked = 0;
    for (size_t shape = 0; shape < SHAPES; shape++)
        for (uint64_t draw = 1; draw <= DRAWS; draw++)
            checked += check_shape(_i, &shapes[shape], 100 * shape + draw);
    ck_assert_uint_gt(checked, 3 * SHAPES);
}
END_TEST

int main(void)
{
    (void)setenv("CONFX_DATA", "data", 0);
    Suite *suite = suite_create("small");
    TCase *tests = tcase_create("small");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 0);
    tcase_add_loop_test(tests, nothing_comes_again_while_anything_is_left, 0, SEARCHES);
    return suite_run(suite);
}
