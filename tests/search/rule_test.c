/* The rule: of objectives a search knows what its own samples revealed, and nothing else. A search
   is run; then the objective, and whether it is valid at all, of every point no sample used is
   replaced by garbage, and the search run again. It must walk the same way, bit for bit. */
#include "confx/rng.h"
#include "driver.h"

typedef struct {
    problem_t *model;
    memory_t *sampled; /* NULL: all is as the model has it */
} veil_t;

static bool garbage(size_t distinct, uint32_t pes, uint32_t buffer, double *objective)
{
    rng_t rng = rng_begin(99, RNG_TEST, distinct, pes, buffer);
    const double die = rng_uniform(&rng);
    *objective = (rng_uniform(&rng) - 0.5) * pow(10, 24 * rng_uniform(&rng));
    return die < 0.6;
}

static bool evaluate(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                     double *objective, double *need)
{
    const veil_t *veil = context;
    const uint64_t point = setting_point(veil->model, pes, buffer);
    const bool valid = problem_look(veil->model, distinct, point, objective, need);
    if (!veil->sampled || memory_seen(veil->sampled, distinct, point)) return valid;
    return garbage(distinct, pes, buffer, objective);
}

/* ---- the searches ---------------------------------------------------------------------------- */

static const struct {
    const char *workload, *search;
} cases[] = {
    {"workload: mobilenet_v2, dataflow: dla", ""},
    {"workload: mobilenet_v2, dataflow: dla", "memory: false"},
    {"workload: mobilenet_v2, dataflow: shi, objective: energy", "feedback: total"},
    {"workload: mobilenet_v2, dataflow: dla", "preset: paper, blocks: 2, episodes: 2"},
    {"workload: alexnet, dataflow: eye, accounting: maestro, objective: energy", ""},
    {"workload: alexnet, dataflow: eye, accounting: maestro", "preset: paper"},
    {"workload: alexnet, dataflow: eye, accounting: maestro", "feedback: total, preset: paper"},
};

static const struct {
    algorithm_t stages[2];
    size_t n;
} chains[] = {{{ALGORITHM_REINFORCE, ALGORITHM_ISLANDS}, 2},
              {{ALGORITHM_ISLANDS}, 1},
              {{ALGORITHM_RANDOM}, 1},
              {{ALGORITHM_GRID}, 1},
              {{ALGORITHM_UNIFORM}, 1},
              {{ALGORITHM_HEAVIEST_LAYER}, 1},
              {{ALGORITHM_ASSEMBLY}, 1},
              {{ALGORITHM_ANNEALING}, 1},
              {{ALGORITHM_GENETIC}, 1},
              {{ALGORITHM_BAYES}, 1},
              {{ALGORITHM_A2C}, 1},
              {{ALGORITHM_PPO}, 1},
              {{ALGORITHM_ACKTR}, 1},
              {{ALGORITHM_DDPG}, 1},
              {{ALGORITHM_TD3}, 1},
              {{ALGORITHM_SAC}, 1}};

enum { CASES = sizeof cases / sizeof *cases, CHAINS = sizeof chains / sizeof *chains };

static void run_chain(const setting_t *setting, int chain, stage_t stages[2])
{
    const bool paper = setting->job->search.preset == PRESET_PAPER;
    for (size_t i = 0; i < chains[chain].n; i++) {
        const algorithm_t algorithm = chains[chain].stages[i];
        const bool slow = algorithm == ALGORITHM_BAYES;
        const bool replays =
            algorithm >= ALGORITHM_DDPG && algorithm <= ALGORITHM_SAC; /* long enough to learn */
        const bool acts = algorithm >= ALGORITHM_A2C && algorithm <= ALGORITHM_ACKTR;
        const bool brief = acts || (algorithm == ALGORITHM_REINFORCE && paper);
        const uint64_t samples = replays ? 112 : slow ? 64 : brief ? 20 : 160;
        stage_open(&stages[i], setting, algorithm, samples, 1, i ? &stages[i - 1] : NULL);
        stage_run(&stages[i]);
    }
}

static void close_chain(int chain, stage_t stages[2])
{
    for (size_t i = 0; i < chains[chain].n; i++) stage_close(&stages[i]);
}

/* As run_search has it: what needs to remember does not run where nothing may be remembered. */
static bool is_refused(const setting_t *setting, algorithm_t algorithm)
{
    return search_traits(algorithm).layers_needed &&
           !driver_remembers(setting->problem, setting->job, algorithm);
}

/* The garbage is there, and near what was sampled. */
static void check_garbage(const setting_t *model, const setting_t *veiled, const memory_t *sampled)
{
    size_t differing = 0;
    for (size_t distinct = 0; distinct < problem_distinct(model->problem); distinct++)
        for (uint64_t point = 0; point < space_points(problem_space(model->problem)); point++) {
            double objectives[2];
            double need;
            (void)problem_look(model->problem, distinct, point, &objectives[0], &need);
            (void)problem_look(veiled->problem, distinct, point, &objectives[1], &need);
            differing += !same_number(objectives[0], objectives[1]);
        }
    const size_t unseen =
        problem_distinct(model->problem) * space_points(problem_space(model->problem)) -
        memory_size(sampled);
    ck_assert_uint_gt(differing, unseen * 9 / 10);
    ck_assert_uint_le(differing, unseen);
}

START_TEST(what_no_sample_revealed_has_no_effect)
{
    const int i = _i / CHAINS;
    const int chain = _i % CHAINS;
    setting_t settings[3]; /* the model; veiled by nothing; by all that was not sampled */
    stage_t stages[2][2] = {{{.samples = 0}}};
    veil_t veils[2] = {{NULL, NULL}, {NULL, NULL}};
    for (int run = 0; run < 3; run++)
        setting_read(&settings[run], "{%s, budget: {fraction: 0.3}, search: {seed: 5, %s}}",
                     cases[i].workload, cases[i].search);
    setting_open(&settings[0]);
    if (is_refused(&settings[0], chains[chain].stages[0])) {
        for (int run = 0; run < 3; run++) setting_close(&settings[run]);
        return;
    }
    for (int run = 0; run < 2; run++) {
        veils[run].model = settings[0].problem;
        setting_open_with(&settings[1 + run], (evaluator_t){&veils[run], evaluate, false, 0});
        run_chain(&settings[1 + run], chain, stages[run]);
        veils[1].sampled = stages[0][chains[chain].n - 1].ranks[0].memory;
    }
    for (size_t stage = 0; stage < chains[chain].n; stage++)
        stage_assert_same(&stages[0][stage], &stages[1][stage], cases[i].search);
    check_garbage(&settings[1], &settings[2], veils[1].sampled);
    for (int run = 0; run < 2; run++) close_chain(chain, stages[run]);
    for (int run = 0; run < 3; run++) setting_close(&settings[run]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rule");
    TCase *tests = tcase_create("rule");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, what_no_sample_revealed_has_no_effect, 0, CASES * CHAINS);
    return suite_run(suite);
}
