/* Any space can be searched: axes without order, axes that a layer does not use, levels coarser
   than their ranges, several limits, maxima, models that answer late, fail, or score whole
   networks. What is sampled is held against the models, and what is found against all assignments
   there are. */
#include "confx/stages.h"
#include "driver.h"
#include "problem/models.h"

enum { POINTS = 45, ASSIGNMENTS = POINTS * POINTS * POINTS * POINTS };

static const struct {
    const char *name;
    trial_model_t model;
    terms_t (*terms)(void);
} models[] = {
    {"axes", {.draw = 3, .invalid = true}, trial_terms_axes},
    {"budgets", {.draw = 4}, trial_terms_budgets},
    {"peak", {.draw = 5, .invalid = true}, trial_terms_peak},
    {"sampled", {.draw = 8, .invalid = true}, trial_terms_sampled},
    {"late", {.draw = 6, .invalid = true, .late = true, .fails = true}, trial_terms_budgets},
    {"networks", {.draw = 7, .invalid = true, .late = true, .networks = true}, trial_terms_axes},
    {"legal", {.draw = 9, .illegal = true}, trial_terms_axes},
    {"legal, two budgets", {.draw = 15, .illegal = true}, trial_terms_budgets},
    {"legal, sampled limit", {.draw = 11, .illegal = true}, trial_terms_sampled},
    {"product", {.draw = 16, .invalid = true}, trial_terms_product},
    {"product, sampled limit", {.draw = 17, .illegal = true}, trial_terms_product_sampled},
    {"legal, late", {.draw = 12, .illegal = true, .late = true, .fails = true}, trial_terms_peak},
    {"shared", {.draw = 16, .shared = 1}, trial_terms_shared},
    {"shared, two budgets", {.draw = 17, .illegal = true, .shared = 1}, trial_terms_shared_two},
    {"shared, sampled limit",
     {.draw = 18, .invalid = true, .shared = 1},
     trial_terms_shared_sampled},
    {"shared, late",
     {.draw = 19, .illegal = true, .late = true, .fails = true, .shared = 2},
     trial_terms_shared_two},
    {"all shared", {.draw = 20, .invalid = true, .shared = 3}, trial_terms_shared_two},
};

enum { MODELS = sizeof models / sizeof *models };

/* What the model opened last says of each layer's point: asked for once, as brute force asks for
   all of it over and over. */
static struct {
    double metrics[TRIAL_METRICS];
    bool valid, canonical, choice; /* is made of levels */
    uint16_t flow;
} figures[TRIAL_DISTINCT][POINTS];

static void open_trial(trial_model_t model, const terms_t *terms, trial_t *trial)
{
    trial_open(trial, model, terms);
    if (model.late) ck_assert_uint_eq(trial->model.asked, 0); /* opening asks nothing */
    ck_assert_int_eq(problem_illegal(trial->problem) > 0, model.illegal);
    const space_t *space = problem_space(trial->problem);
    memset(figures, 0, sizeof figures);
    for (size_t distinct = 0; distinct < TRIAL_DISTINCT; distinct++) {
        for (uint64_t choice = 0; choice < space_choices(space); choice++)
            figures[distinct][space_choice_point(space, choice)].choice = true;
        for (uint64_t point = 0; point < POINTS; point++) {
            uint16_t action[TRIAL_AXES];
            trial_metrics(&trial->model, distinct, point, figures[distinct][point].metrics);
            figures[distinct][point].valid = trial_is_valid(&trial->model, distinct, point);
            figures[distinct][point].canonical = space_canonical(space, distinct, point) == point;
            space_action(space, point, action);
            figures[distinct][point].flow = action[1];
        }
    }
}

/* May a layer have this point, among all that mean different things, in this part of the space? */
static bool is_option(space_part_t part, size_t distinct, uint64_t point)
{
    return figures[distinct][point].canonical &&
           (part == SPACE_INTEGERS || figures[distinct][point].choice);
}

static void open_model(int i, trial_t *trial)
{
    const terms_t terms = models[i].terms();
    trial_model_t model = models[i].model;
    if (model.late) model.log = driver_memory(1, sizeof *model.log);
    open_trial(model, &terms, trial);
}

static void close_model(trial_t *trial)
{
    free(trial->model.log);
    trial_close(trial);
}

/* ---- what the models say --------------------------------------------------------------------- */

typedef struct {
    double objective, area, other; /* of the second limit, if there is one */
    bool valid;
    bool fits, keeps; /* within all limits; within those that are known before sampling */
} verdict_t;

static double larger(double one, double other)
{
    return one > other ? one : other;
}

/* By sums and maxima written down once more; points are canonical. */
static verdict_t judge(const trial_t *trial, const uint64_t points[TRIAL_LAYERS])
{
    const terms_t *terms = problem_terms(trial->problem);
    const bool slowest = terms->objectives[0].aggregate == AGGREGATE_MAX;
    const bool largest = terms->constraints[0].aggregate == AGGREGATE_MAX;
    const bool product = terms->objectives[0].aggregate == AGGREGATE_PRODUCT;
    const bool hottest = terms->constraints[1].aggregate == AGGREGATE_MAX;
    const bool energy =
        terms->constraints_n > 1 && strcmp(terms->constraints[1].name, "energy") == 0;
    verdict_t verdict = {.valid = true};
    uint16_t before = 0;
    for (size_t layer = 0; layer < TRIAL_LAYERS; layer++) {
        const size_t distinct = trial->workload.distinct_of[layer];
        const uint16_t flow = figures[distinct][points[layer]].flow;
        const double *own = figures[distinct][points[layer]].metrics;
        const double latency = own[TRIAL_LATENCY], other = own[energy ? TRIAL_ENERGY : TRIAL_POWER];
        verdict.valid = verdict.valid && figures[distinct][points[layer]].valid;
        verdict.objective =
            slowest ? larger(verdict.objective, latency) : verdict.objective + latency;
        verdict.area =
            largest ? larger(verdict.area, own[TRIAL_AREA]) : verdict.area + own[TRIAL_AREA];
        verdict.other = hottest ? larger(verdict.other, other) : verdict.other + other;
        if (trial->model.networks && layer > 0 && flow != before) verdict.objective += 2;
        before = flow;
    }
    if (product) verdict.objective *= verdict.area;
    /* What must be sampled is not told of invalid points. */
    if (energy && !verdict.valid) verdict.other = INFINITY;
    const bool within[2] = {verdict.area <= terms->constraints[0].limit,
                            terms->constraints_n < 2 ||
                                verdict.other <= terms->constraints[1].limit};
    verdict.fits = within[0] && within[1];
    verdict.keeps = trial->model.networks || (within[0] && (within[1] || energy));
    return verdict;
}

/* Has a layer the values that the first one has of the axes which all share? */
static bool is_shared(const trial_t *trial, const uint64_t points[TRIAL_LAYERS], uint64_t point)
{
    const space_t *space = problem_space(trial->problem);
    const uint64_t own = space_own_points(space);
    return points[0] / own == point / own;
}

/* ---- all assignments ------------------------------------------------------------------------- */

static struct {
    bool known;
    double optimum[2]; /* by part of the space */
} truths[MODELS];

/* Layers that do not use an axis have fewer points than others: 455,625 assignments in all. */
static void try_all(const trial_t *trial, space_part_t part, size_t layer,
                    uint64_t points[TRIAL_LAYERS], double *optimum)
{
    if (layer == TRIAL_LAYERS) {
        const verdict_t verdict = judge(trial, points);
        if (verdict.valid && verdict.fits && verdict.objective < *optimum)
            *optimum = verdict.objective;
        return;
    }
    for (uint64_t point = 0; point < POINTS; point++) {
        if (!is_option(part, trial->workload.distinct_of[layer], point)) continue;
        if (layer > 0 && trial->model.shared && !is_shared(trial, points, point)) continue;
        points[layer] = point;
        try_all(trial, part, layer + 1, points, optimum);
    }
}

static double optimum_of(int i, space_part_t part)
{
    if (!truths[i].known) {
        trial_t trial;
        uint64_t points[TRIAL_LAYERS];
        open_model(i, &trial);
        for (int p = 0; p < 2; p++) {
            truths[i].optimum[p] = INFINITY;
            try_all(&trial, (space_part_t)p, 0, points, &truths[i].optimum[p]);
        }
        truths[i].known = true;
        close_model(&trial);
    }
    return truths[i].optimum[part];
}

/* ---- one search ------------------------------------------------------------------------------ */

enum { SAMPLES = 240, POLICY_SAMPLES = 80 };

static const struct {
    algorithm_t algorithm;
    const char *search;
    bool remembers_layers;
    uint64_t samples;
} searches[] = {
    {ALGORITHM_REINFORCE_ISLANDS, "{search: {seed: 1}}", true, SAMPLES},
    {ALGORITHM_REINFORCE_ISLANDS, "{search: {seed: 2, memory: false}}", false, SAMPLES},
    {ALGORITHM_REINFORCE_ISLANDS, "{search: {seed: 3, feedback: total}}", false, SAMPLES},
    {ALGORITHM_REINFORCE_ISLANDS, "{search: {seed: 4, feedback: total, memory: false}}", false,
     SAMPLES},
    {ALGORITHM_REINFORCE, "{search: {seed: 5}}", true, SAMPLES},
    {ALGORITHM_REINFORCE, "{search: {seed: 6, memory: false}}", false, SAMPLES},
    {ALGORITHM_REINFORCE, "{search: {seed: 7, feedback: total}}", false, SAMPLES},
    {ALGORITHM_REINFORCE, "{search: {seed: 8, feedback: total, memory: false}}", false, SAMPLES},
    {ALGORITHM_ISLANDS, "{search: {seed: 9}}", true, SAMPLES},
    {ALGORITHM_ISLANDS, "{search: {seed: 10, memory: false}}", false, SAMPLES},
    {ALGORITHM_ISLANDS, "{search: {seed: 11, feedback: total}}", false, SAMPLES},
    {ALGORITHM_ISLANDS, "{search: {seed: 12, feedback: total, memory: false}}", false, SAMPLES},
    {ALGORITHM_GENETIC, "{search: {seed: 13}}", false, SAMPLES},
    {ALGORITHM_RANDOM, "{search: {seed: 14}}", false, SAMPLES},
    {ALGORITHM_REINFORCE, "{search: {seed: 15, preset: paper, blocks: 3, episodes: 4}}", false,
     144},
    {ALGORITHM_GRID, "{search: {seed: 16}}", false, 100},
    {ALGORITHM_A2C, "{search: {seed: 17, blocks: 3}}", false, 60},
    {ALGORITHM_PPO, "{search: {seed: 18, blocks: 3}}", false, 60},
    {ALGORITHM_ACKTR, "{search: {seed: 19, blocks: 3}}", false, 60},
    {ALGORITHM_DDPG, "{search: {seed: 20, blocks: 3}}", false, 120},
    {ALGORITHM_TD3, "{search: {seed: 21, blocks: 3, feedback: total}}", false, 120},
    {ALGORITHM_SAC, "{search: {seed: 22, blocks: 3}}", false, 120},
    {ALGORITHM_ANNEALING, "{search: {seed: 23, islands: 3}}", false, 150},
    {ALGORITHM_BAYES, "{search: {seed: 24}}", false, 56},
    {ALGORITHM_ADDITIVE, "{search: {seed: 25}}", false, 60},
};

enum { SEARCHES = sizeof searches / sizeof *searches };

typedef struct {
    trial_t trial;
    job_t *job;
    algorithm_stages_t list;
    stage_t stages[ALGORITHM_STAGES_MAX];
} search_case_t;

/* Which assignments were sampled, by the canonical points of their layers. */
static uint8_t sampled[ASSIGNMENTS];

/* Of the points of an assignment, or of it as a whole: are all answered, and may one have failed in
   all the tries there are? */
typedef struct {
    bool answered, failed;
} told_t;

static told_t told_of(const trial_t *trial, const uint64_t points[TRIAL_LAYERS], uint64_t key)
{
    const trial_log_t *log = trial->model.log;
    told_t told = {true, false};
    for (size_t layer = 0; log && layer < TRIAL_LAYERS; layer++) {
        if (!trial->model.networks)
            key = trial->workload.distinct_of[layer] * (uint64_t)POINTS + points[layer];
        if (!trial_count(log->answered, log->answered_n, key)) told.answered = false;
        if (trial_count(log->failed, log->failed_n, key) >= MODEL_TRIES) told.failed = true;
    }
    return told;
}

/* What the model failed on had no score when it was sampled, though it may have been answered
   since. */
static void check_score(const trial_t *trial, const verdict_t *verdict, told_t told,
                        const score_t *score)
{
    const bool scored = !isnan(score->objectives[0]);
    ck_assert(scored ? verdict->valid && told.answered : !verdict->valid || told.failed);
    if (scored) ck_assert(score->objectives[0] == verdict->objective);
    if (!scored && told.failed) return;
    ck_assert(score->constraints[0] == verdict->area);
    if (problem_terms(trial->problem)->constraints_n > 1)
        ck_assert(score->constraints[1] == verdict->other);
}

/* Do samples go axis after axis through a mask, with nothing that replaces them? */
static bool is_masked(const stage_t *stage)
{
    switch (stage->algorithm) {
    case ALGORITHM_REINFORCE:
        return !stage->scored && stage->job->search.preset != PRESET_PAPER;
    case ALGORITHM_GRID:
    case ALGORITHM_A2C:
    case ALGORITHM_PPO:
    case ALGORITHM_ACKTR:
    case ALGORITHM_DDPG:
    case ALGORITHM_TD3:
    case ALGORITHM_SAC:
        return true;
    default:
        return false;
    }
}

/* Must a sample keep to the static limits? Where samples are unrepeated others come in their place,
   and what is masked does by itself; others are brought within them. */
static bool is_kept_within(const stage_t *stage)
{
    switch (stage->algorithm) {
    case ALGORITHM_RANDOM:
    case ALGORITHM_GENETIC:
    case ALGORITHM_ANNEALING:
    case ALGORITHM_BAYES:
        return true;
    default:
        return stage->scored || is_masked(stage);
    }
}

/* Axes that a layer does not use are at their initial level. */
static bool is_canonical(const trial_t *trial, const uint16_t *assignment)
{
    const problem_t *problem = trial->problem;
    for (size_t layer = 0; layer < TRIAL_LAYERS; layer++) {
        const uint64_t point = problem_point(problem, assignment, layer);
        const size_t distinct = problem_distinct_of(problem, layer);
        if (space_canonical(problem_space(problem), distinct, point) != point) return false;
    }
    return true;
}

static void check_sample(const trial_t *trial, const stage_t *stage, size_t sample)
{
    const batch_t *trace = &stage->trace;
    const uint16_t *assignment = batch_assignment(trace, sample);
    const space_part_t part = search_traits(stage->algorithm).part;
    uint64_t points[TRIAL_LAYERS], key = 0;
    ck_assert(space_is_sound(problem_space(trial->problem), TRIAL_LAYERS, assignment));
    for (size_t layer = 0; layer < TRIAL_LAYERS; layer++) {
        points[layer] = trial_point(&trial->model, assignment, layer);
        key = key * POINTS + points[layer];
        ck_assert(is_option(part, trial->workload.distinct_of[layer], points[layer]));
    }
    const verdict_t verdict = judge(trial, points);
    const score_t *score = &trace->scores[sample];
    check_score(trial, &verdict, told_of(trial, points, key), score);
    ck_assert_int_eq(trace->feasible[sample], !isnan(score->objectives[0]) && verdict.fits);
    if (is_kept_within(stage)) ck_assert(verdict.keeps);
    /* Whatever the search, no sample is spent on what is known to be none. */
    if (trial->model.illegal) ck_assert(verdict.valid);
    if (is_masked(stage)) ck_assert(is_canonical(trial, assignment));
    if (stage->scored && !scored_exhausted(stage->scored, part)) ck_assert(!sampled[key]);
    sampled[key] = 1;
}

static void run_stage(const trial_t *trial, stage_t *stage)
{
    while (stage->trace.n < stage->samples) {
        const size_t before = stage->trace.n;
        stage_update(stage);
        for (size_t i = before; i < stage->trace.n; i++) check_sample(trial, stage, i);
    }
}

static void run_search(int model, int i, size_t ranks, search_case_t *run)
{
    const char *network = "workload=mobilenet_v2"; /* the job is asked how to search, not what */
    uint64_t left = searches[i].samples;
    open_model(model, &run->trial);
    ck_assert_ok(job_parse(searches[i].search, "axes.yaml", &network, 1, &run->job));
    run->list = algorithm_stages(searches[i].algorithm);
    memset(sampled, 0, sizeof sampled);
    for (size_t at = 0; at < run->list.n; at++) {
        const uint64_t share = at + 1 == run->list.n ? left : POLICY_SAMPLES;
        const stage_parts_t parts = {run->trial.problem, run->job, run->list.stages[at], share,
                                     ranks};
        const size_t asked = run->trial.model.asked;
        stage_begin(&run->stages[at], &parts, at > 0 ? &run->stages[at - 1] : NULL);
        if (run->trial.model.late) ck_assert_uint_eq(run->trial.model.asked, asked);
        run_stage(&run->trial, &run->stages[at]);
        left -= share;
    }
}

static void close_search(search_case_t *run)
{
    for (size_t i = 0; i < run->list.n; i++) stage_close(&run->stages[i]);
    job_close(run->job);
    close_model(&run->trial);
}

static double best_of(const search_case_t *run)
{
    double best = INFINITY;
    for (size_t i = 0; i < run->list.n; i++) {
        const scored_assignment_t found = stage_best(&run->stages[i]);
        if (found.assignment) best = fmin(best, found.score.objectives[0]);
    }
    return best;
}

/* ---- axes of the network --------------------------------------------------------------------- */

static bool can_share(int i)
{
    return search_traits(searches[i].algorithm).shares && !strstr(searches[i].search, "paper");
}

/* Who chooses layer by layer is not opened where layers share an axis, which is named. */
static void check_refused(int model, int i)
{
    const char *network = "workload=mobilenet_v2";
    trial_t trial;
    job_t *job;
    search_t *search;
    open_model(model, &trial);
    ck_assert_ok(job_parse(searches[i].search, "axes.yaml", &network, 1, &job));
    const search_setup_t setup = {
        .problem = trial.problem, .job = job, .samples = searches[i].samples};
    const confx_status_t status = search_open(&setup, searches[i].algorithm, &search);
    ck_assert_int_eq(status.code, CONFX_STATUS_INPUT);
    ck_assert_ptr_nonnull(strstr(status.message, "width"));
    job_close(job);
    close_model(&trial);
}

/* ---- every search of every space ------------------------------------------------------------- */

/* Islands that go by what each layer costs put the best of the whole ranges together, also of a
   product and within a limit that must be sampled. Others find something within the limits; nowhere
   is it better than the best, of the levels for who chooses from these. */
START_TEST(any_space_is_searched)
{
    const int model = _i / SEARCHES, i = _i % SEARCHES;
    const algorithm_t last = algorithm_last_stage(searches[i].algorithm);
    search_case_t alone, dealt;
    if (models[model].model.shared && !can_share(i)) {
        check_refused(model, i);
        return;
    }
    run_search(model, i, 1, &alone);
    const double found = best_of(&alone);
    const double optimum = optimum_of(model, search_traits(last).part);
    ck_assert_msg(isfinite(found), "%s: nothing within the limits", models[model].name);
    ck_assert_double_ge(found, optimum);
    if (searches[i].remembers_layers && last == ALGORITHM_ISLANDS &&
        problem_has_layers(alone.trial.problem)) {
        ck_assert_msg(found <= optimum, "%s, %s: %g instead of %g", models[model].name,
                      searches[i].search, found, optimum);
    }

    /* Dealt to three ranks it is the same, to the bit. */
    run_search(model, i, 3, &dealt);
    for (size_t stage = 0; stage < alone.list.n; stage++)
        stage_assert_same(&alone.stages[stage], &dealt.stages[stage], searches[i].search);
    close_search(&dealt);
    close_search(&alone);
}
END_TEST

/* ---- the end of a space ---------------------------------------------------------------------- */

/* Assignments within the limits, each meaning counted once. */
static size_t count_fitting(const trial_t *trial, space_part_t part, size_t layer,
                            uint64_t points[TRIAL_LAYERS])
{
    size_t n = 0;
    if (layer == TRIAL_LAYERS) return judge(trial, points).fits;
    for (uint64_t point = 0; point < POINTS; point++) {
        if (!is_option(part, trial->workload.distinct_of[layer], point)) continue;
        if (layer > 0 && trial->model.shared && !is_shared(trial, points, point)) continue;
        points[layer] = point;
        n += count_fitting(trial, part, layer + 1, points);
    }
    return n;
}

static const struct {
    algorithm_t stage;
    terms_t (*terms)(void);
    double area, power;
    size_t shared;
} small[] = {{ALGORITHM_REINFORCE, trial_terms_axes, 13, 0, 0},
             {ALGORITHM_REINFORCE, trial_terms_budgets, 15, 18, 0},
             {ALGORITHM_ISLANDS, trial_terms_axes, 13, 0, 0},
             {ALGORITHM_ISLANDS, trial_terms_budgets, 15, 17, 0},
             {ALGORITHM_ISLANDS, trial_terms_peak, 14, 9, 0},
             {ALGORITHM_REINFORCE, trial_terms_shared_two, 7, 9, 1},
             {ALGORITHM_ISLANDS, trial_terms_shared_two, 5, 8, 1},
             {ALGORITHM_REINFORCE, trial_terms_shared, 20, 0, 2},
             {ALGORITHM_ISLANDS, trial_terms_shared, 20, 0, 3}};

enum { SMALL = sizeof small / sizeof *small };

/* Samples are as many as there are assignments, of which none is left out and none comes twice;
   how many are left is known. */
START_TEST(a_space_is_searched_to_its_end)
{
    terms_t terms = small[_i].terms();
    const space_part_t part = search_traits(small[_i].stage).part;
    const char *network = "workload=mobilenet_v2";
    uint64_t points[TRIAL_LAYERS];
    trial_t trial;
    stage_t stage;
    job_t *job;
    terms.constraints[0].limit = small[_i].area;
    terms.constraints[1].limit = small[_i].power;
    open_trial((trial_model_t){.draw = 1, .shared = small[_i].shared}, &terms, &trial);
    ck_assert_ok(job_parse("{search: {feedback: total}}", "axes.yaml", &network, 1, &job));
    const size_t fitting = count_fitting(&trial, part, 0, points);
    ck_assert_msg(fitting > 20 && fitting < 600, "%zu assignments", fitting);
    memset(sampled, 0, sizeof sampled);
    stage_begin(&stage, &(stage_parts_t){trial.problem, job, small[_i].stage, fitting, 1}, NULL);
    while (stage.trace.n < fitting) {
        const renewal_t renewal = {.part = part, .seed = 1};
        const size_t before = stage.trace.n;
        ck_assert(scored_leaves(stage.scored, &renewal, fitting - before));
        ck_assert(!scored_leaves(stage.scored, &renewal, fitting - before + 1));
        stage_update(&stage);
        for (size_t i = before; i < stage.trace.n; i++) check_sample(&trial, &stage, i);
    }
    ck_assert(!scored_exhausted(stage.scored, part));
    stage_close(&stage);
    job_close(job);
    trial_close(&trial);
}
END_TEST

int main(void)
{
    (void)setenv("CONFX_DATA", "data", 0);
    Suite *suite = suite_create("axes");
    TCase *tests = tcase_create("axes");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, any_space_is_searched, 0, MODELS * SEARCHES);
    tcase_add_loop_test(tests, a_space_is_searched_to_its_end, 0, SMALL);
    return suite_run(suite);
}
