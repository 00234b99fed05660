#include "confx/file.h"
#include "confx/job_dataflow.h"
#include "confx/job_words.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* With a network, where the text names none. */
static job_t *job_in(const char *text, const char *file, const char *set)
{
    const char *const sets[] = {"workload=vgg16", set};
    const size_t first = strstr(text, "workload:") != NULL;
    job_t *job;
    ck_assert_ok(job_parse(text, file, sets + first, (set ? 2 : 1) - first, &job));
    return job;
}

static job_t *job_of(const char *text)
{
    return job_in(text, "jobs/a.yaml", NULL);
}

static job_t *job_with(const char *text, const char *set)
{
    return job_in(text, "jobs/a.yaml", set);
}

/* ---- what a job is --------------------------------------------------------------------------- */

START_TEST(every_key_but_the_workload_has_a_default)
{
    static const uint32_t pe[] = {1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128};
    job_t *job = job_of("workload: vgg16\n");
    ck_assert_str_eq(job->workload, "vgg16");
    ck_assert_str_eq(job->dataflow, "dla");
    ck_assert_str_eq(job->dataflow_depthwise, "dpt");
    ck_assert_str_eq(job->hardware, "asic");
    ck_assert_int_eq(job->deployment, DEPLOYMENT_PIPELINED);
    ck_assert_int_eq(job->objective, OBJECTIVE_LATENCY);
    ck_assert_int_eq(job->budget.constraint, CONSTRAINT_AREA);
    ck_assert_str_eq(job->budget.name, "iot");
    ck_assert_ptr_null(job->budget.fraction);
    ck_assert_ptr_null(job->budget.limit);
    ck_assert_uint_eq(job->actions.pe_count, 12);
    ck_assert_uint_eq(job->actions.buffer_count, 12);
    ck_assert_int_eq(memcmp(job->actions.pe, pe, sizeof pe), 0);
    for (uint32_t i = 0; i < 12; i++) ck_assert_uint_eq(job->actions.buffer[i], i + 1);
    ck_assert_int_eq(job->search.algorithm, ALGORITHM_REINFORCE_ISLANDS);
    ck_assert_int_eq(job->search.preset, PRESET_DEFAULT);
    ck_assert_uint_eq(job->search.samples, 3700);
    ck_assert_uint_eq(job->search.seed, 1);
    ck_assert_int_eq(job->search.feedback, FEEDBACK_LAYER);
    ck_assert(job->search.memory);
    ck_assert_uint_eq(job->search.policy_samples + job->search.blocks + job->search.episodes +
                          job->search.islands + job->search.children,
                      0);
    ck_assert_ptr_null(job->search.init);
    ck_assert_double_eq(job->log.commit_seconds, 2);
    ck_assert_str_eq(job->output, "runs/a");
    job_close(job);
    job_close(NULL);
}
END_TEST

START_TEST(every_key_may_be_given)
{
    job_t *job = job_of("workload: nets/w.csv\n"
                        "dataflow: eye\n"
                        "hardware: fpga\n"
                        "deployment: pipelined\n"
                        "objective: energy\n"
                        "budget: {constraint: power, limit: 2.5e3}\n"
                        "actions:\n"
                        "  pe: [65535]\n"
                        "  buffer:\n"
                        "    - 1\n"
                        "    - 1024\n"
                        "search:\n"
                        "  algorithm: random\n"
                        "  preset: paper\n"
                        "  samples: 1000000000\n"
                        "  policy_samples: 5\n"
                        "  seed: 9223372036854775807\n"
                        "  feedback: total\n"
                        "  memory: false\n"
                        "  blocks: 2\n"
                        "  episodes: 3\n"
                        "  islands: 4\n"
                        "  children: 5\n"
                        "log: {commit_seconds: 0.5}\n"
                        "output: /tmp/x\n");
    ck_assert_str_eq(job->workload, "nets/w.csv");
    ck_assert_str_eq(job->dataflow, "eye");
    ck_assert_str_eq(job->hardware, "fpga");
    ck_assert_int_eq(job->objective, OBJECTIVE_ENERGY);
    ck_assert_int_eq(job->budget.constraint, CONSTRAINT_POWER);
    ck_assert_ptr_null(job->budget.name);
    ck_assert_double_eq(*job->budget.limit, 2500);
    ck_assert_uint_eq(job->actions.pe_count, 1);
    ck_assert_uint_eq(job->actions.pe[0], 65535);
    ck_assert_uint_eq(job->actions.buffer[1], 1024);
    ck_assert_int_eq(job->search.algorithm, ALGORITHM_RANDOM);
    ck_assert_int_eq(job->search.preset, PRESET_PAPER);
    ck_assert_uint_eq(job->search.samples, 1000000000);
    ck_assert_uint_eq(job->search.policy_samples, 5);
    ck_assert(job->search.seed == INT64_MAX);
    ck_assert_int_eq(job->search.feedback, FEEDBACK_TOTAL);
    ck_assert(!job->search.memory);
    ck_assert_uint_eq(job->search.blocks, 2);
    ck_assert_uint_eq(job->search.episodes, 3);
    ck_assert_uint_eq(job->search.islands, 4);
    ck_assert_uint_eq(job->search.children, 5);
    ck_assert_double_eq(job->log.commit_seconds, 0.5);
    ck_assert_str_eq(job->output, "/tmp/x");
    job_close(job);
}
END_TEST

START_TEST(a_policy_to_start_from_is_part_of_the_job)
{
    job_t *job = job_with("search: {algorithm: reinforce}\n", "search.init=runs/a/run.h5");
    ck_assert_str_eq(job->search.init, "runs/a/run.h5");
    ck_assert_ptr_nonnull(strstr(job->text, "  init: runs/a/run.h5\n"));
    job_close(job);
}
END_TEST

START_TEST(the_output_is_named_after_the_job_file)
{
    static const char *const files[][2] = {{"a.yaml", "runs/a"},
                                           {"jobs/b.c.yaml", "runs/b.c"},
                                           {"/x/d", "runs/d"},
                                           {"x/e: [f].yaml", "runs/e: [f]"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        job_t *job = job_in("objective: energy", files[i][0], NULL);
        ck_assert_str_eq(job->output, files[i][1]);
        job_close(job);
    }
}
END_TEST

START_TEST(an_objective_that_does_not_add_up_reveals_totals_alone)
{
    static const struct {
        const char *text;
        bool adds_up;
        feedback_t feedback;
    } cases[] = {{"objective: latency", true, FEEDBACK_LAYER},
                 {"{objective: energy, search: {feedback: total}}", true, FEEDBACK_TOTAL},
                 {"objective: edp", false, FEEDBACK_TOTAL},
                 {"{objective: edp, search: {feedback: layer}}", false, FEEDBACK_TOTAL},
                 {"objective: latency_area", false, FEEDBACK_LAYER},
                 {"{objective: energy_area, search: {feedback: total}}", false, FEEDBACK_TOTAL},
                 {"{objective: latency_area, search: {algorithm: islands}}", false, FEEDBACK_LAYER},
                 {"{objective: latency_area, search: {algorithm: genetic}}", false, FEEDBACK_TOTAL},
                 {"{objective: latency_area, search: {algorithm: ppo}}", false, FEEDBACK_TOTAL},
                 {"{objective: latency_area, search: {memory: false}}", false, FEEDBACK_TOTAL},
                 {"{objective: latency_area, search: {preset: paper}}", false, FEEDBACK_TOTAL},
                 {"objective: layer_edp", true, FEEDBACK_LAYER},
                 {"objective: bottleneck", false, FEEDBACK_LAYER},
                 {"{objective: throughput, search: {feedback: total}}", false, FEEDBACK_TOTAL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        job_t *job = job_of(cases[i].text);
        ck_assert_int_eq(objective_kind(job->objective) == OBJECTIVE_OF_SUM, cases[i].adds_up);
        ck_assert_int_eq(job_feedback(job), cases[i].feedback);
        job_close(job);
    }
}
END_TEST

START_TEST(words_and_units_are_those_of_the_job_file)
{
    ck_assert_str_eq(objective_name(OBJECTIVE_LATENCY), "latency");
    ck_assert_str_eq(objective_units(OBJECTIVE_ENERGY), "nJ");
    ck_assert_str_eq(objective_name(OBJECTIVE_EDP), "edp");
    ck_assert_str_eq(objective_units(OBJECTIVE_EDP), "cycles nJ");
    ck_assert_str_eq(constraint_name(CONSTRAINT_POWER), "power");
    ck_assert_str_eq(constraint_units(CONSTRAINT_AREA), "um^2");
    ck_assert_str_eq(algorithm_name(ALGORITHM_REINFORCE_ISLANDS), "reinforce+islands");
    ck_assert_str_eq(preset_name(PRESET_PAPER), "paper");
}
END_TEST

/* ---- layers ---------------------------------------------------------------------------------- */

START_TEST(sets_reach_every_key_in_order)
{
    const char *const sets[] = {"search.seed=3", "search.seed=4", "actions.pe=[1, 2]",
                                "workload=resnet18", "log={commit_seconds: 0}"};
    job_t *job;
    ck_assert_ok(job_parse("search: {seed: 2, samples: 10}\n", "a.yaml", sets, 5, &job));
    ck_assert_uint_eq(job->search.seed, 4);
    ck_assert_uint_eq(job->search.samples, 10);
    ck_assert_uint_eq(job->actions.pe_count, 2);
    ck_assert_uint_eq(job->actions.buffer_count, 12);
    ck_assert_str_eq(job->workload, "resnet18");
    ck_assert_double_eq(job->log.commit_seconds, 0);
    job_close(job);
}
END_TEST

START_TEST(a_budget_of_a_higher_layer_replaces_one_of_another_kind)
{
    static const struct {
        const char *text, *set;
        double fraction, limit; /* NaN: none */
    } cases[] = {
        {"objective: latency", "search.seed=1", 0.1, NAN},
        {"budget: {name: cloud}", "search.seed=1", 0.5, NAN},
        {"budget: {name: iotx}", "search.seed=1", 0.05, NAN},
        {"budget: {fraction: 0.25}", "search.seed=1", 0.25, NAN},
        {"budget: {limit: 7}", "search.seed=1", NAN, 7},
        {"budget: {limit: 7}", "budget.constraint=power", NAN, 7},
        {"budget: {limit: 7}", "budget.fraction=1", 1, NAN},
        {"budget: {limit: 7}", "budget.name=cloud", 0.5, NAN},
        {"budget: {fraction: 0.25}", "budget.limit=8", NAN, 8},
        {"budget: {fraction: 0.25}", "budget={limit: 8}", NAN, 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        job_t *job = job_with(cases[i].text, cases[i].set);
        const job_budget_t *budget = &job->budget;
        ck_assert_int_eq(
            (budget->name != NULL) + (budget->fraction != NULL) + (budget->limit != NULL), 1);
        if (isnan(cases[i].limit))
            ck_assert_double_eq(job_budget_fraction(budget), cases[i].fraction);
        else
            ck_assert_double_eq(*budget->limit, cases[i].limit);
        ck_assert(isnan(job_budget_fraction(budget)) == !isnan(cases[i].limit));
        job_close(job);
    }
}
END_TEST

START_TEST(the_resolved_text_is_the_same_job_again)
{
    static const char *const texts[] = {
        "objective: energy\n",
        "budget: {fraction: 0.12345678901234567}\nsearch: {seed: 9223372036854775807}\n",
        "budget: {constraint: power, limit: 2.5e7}\nactions: {pe: [3, 5], buffer: [7]}\n",
        "workload: 'we: ird # name'\noutput: \"12\"\nsearch: {memory: no}\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        job_t *job = job_with(texts[i], "search.algorithm=islands");
        job_t *again;
        ck_assert_ok(job_parse(job->text, "elsewhere/b.yaml", NULL, 0, &again));
        ck_assert_str_eq(again->text, job->text);
        ck_assert_str_eq(again->output, job->output);
        ck_assert_str_eq(again->workload, job->workload);
        ck_assert_int_eq(again->search.algorithm, job->search.algorithm);
        ck_assert_uint_eq(again->search.seed, job->search.seed);
        ck_assert_int_eq(again->search.memory, job->search.memory);
        ck_assert_int_eq(again->objective, job->objective);
        ck_assert_int_eq(again->budget.constraint, job->budget.constraint);
        if (job->budget.limit)
            ck_assert_double_eq(*again->budget.limit, *job->budget.limit);
        else
            ck_assert_double_eq(job_budget_fraction(&again->budget),
                                job_budget_fraction(&job->budget));
        ck_assert_uint_eq(again->actions.pe_count, job->actions.pe_count);
        ck_assert_int_eq(memcmp(again->actions.pe, job->actions.pe,
                                job->actions.pe_count * sizeof *job->actions.pe),
                         0);
        ck_assert_double_eq(again->log.commit_seconds, job->log.commit_seconds);
        job_close(again);
        job_close(job);
    }
}
END_TEST

START_TEST(the_resolved_text_has_every_key)
{
    job_t *job = job_of("workload: vgg16\nbudget: {fraction: 0.2}\n");
    ck_assert_str_eq(job->text, "workload: vgg16\n"
                                "networks: sum\n"
                                "dataflow: dla\n"
                                "dataflow_depthwise: dpt\n"
                                "hardware: asic\n"
                                "deployment: pipelined\n"
                                "objective: latency\n"
                                "budget:\n"
                                "  constraint: area\n"
                                "  fraction: 0.2\n"
                                "actions:\n"
                                "  pe: [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128]\n"
                                "  buffer: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]\n"
                                "space:\n"
                                "  refine: true\n"
                                "search:\n"
                                "  algorithm: reinforce+islands\n"
                                "  preset: default\n"
                                "  samples: 3700\n"
                                "  policy_samples: 0\n"
                                "  seed: 1\n"
                                "  feedback: layer\n"
                                "  memory: true\n"
                                "  blocks: 0\n"
                                "  episodes: 0\n"
                                "  islands: 0\n"
                                "  children: 0\n"
                                "log:\n"
                                "  commit_seconds: 2\n"
                                "output: runs/a\n");
    job_close(job);
}
END_TEST

/* ---- bad input ------------------------------------------------------------------------------- */

typedef struct {
    const char *text, *says;
} wrong_t;

static void check_told(const wrong_t *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        job_t *job;
        ck_assert_fails(job_parse(cases[i].text, "jobs/a.yaml", NULL, 0, &job), CONFX_STATUS_INPUT,
                        cases[i].says);
        ck_assert_ptr_null(job);
    }
}

START_TEST(limits_have_units)
{
    static const struct {
        const char *text;
        double limit;
        bool is_time;
    } cases[] = {{"budget: {limit: 50 mm2}", 5e7, false},
                 {"budget: {limit: 50um^2}", 50, false},
                 {"budget: {constraint: power, limit: 1.5 W}", 1500, false},
                 {"budget: {constraint: l2, limit: 64 KiB}", 65536, false},
                 {"budget: {constraint: pe, limit: 220}", 220, false},
                 {"budget: {constraint: energy, limit: 3 mJ}", 3e6, false},
                 {"budget: {constraint: latency, limit: 1e6 cycles}", 1e6, false},
                 {"budget: {constraint: latency, limit: 30 ms}", 30e6, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        job_t *job = job_of(cases[i].text);
        ck_assert_double_eq(*job->budget.limit, cases[i].limit);
        ck_assert_int_eq(job->budget.is_time, cases[i].is_time);
        ck_assert_uint_eq(job->budgets_n, 1);
        job_close(job);
    }
}
END_TEST

START_TEST(budgets_may_be_a_list)
{
    char text[JOB_UNITS_MAX];
    job_t *again;
    job_t *job = job_of("budget: [{constraint: area, limit: 50 mm2}, {constraint: power, name: "
                        "iotx}, {constraint: latency, limit: 3}]");
    ck_assert_uint_eq(job->budgets_n, 3);
    ck_assert_double_eq(*job->budgets[0].limit, 5e7);
    ck_assert_double_eq(job_budget_fraction(&job->budgets[1]), 0.05);
    ck_assert_int_eq(job->budgets[2].constraint, CONSTRAINT_LATENCY);
    job_budget_units(job, text);
    ck_assert_str_eq(text, "um^2, mW, cycles");
    job_budget_names(job, text);
    ck_assert_str_eq(text, "area, power, latency");
    /* Who cannot weigh what must be sampled is not shown it layer by layer. */
    ck_assert_int_eq(job_feedback(job), FEEDBACK_LAYER);
    ck_assert_int_eq(job_feedback_of(job, ALGORITHM_ASSEMBLY), FEEDBACK_TOTAL);
    /* The text of a job is itself a job of the same budgets. */
    ck_assert_ok(job_parse(job->text, "again.yaml", NULL, 0, &again));
    ck_assert_str_eq(again->text, job->text);
    ck_assert_uint_eq(again->budgets_n, 3);
    job_close(again);
    job_close(job);
}
END_TEST

START_TEST(a_platform_is_two_budgets)
{
    job_t *again;
    job_t *job = job_of("budget: [{platform: zedboard}, {constraint: power, limit: 2 W}]");
    ck_assert_uint_eq(job->budgets_n, 3);
    ck_assert_int_eq(job->budgets[0].constraint, CONSTRAINT_PE);
    ck_assert_double_eq(*job->budgets[0].limit, 220);
    ck_assert_str_eq(job->budgets[0].platform, "zedboard");
    ck_assert_int_eq(job->budgets[1].constraint, CONSTRAINT_BUFFER_BYTES);
    ck_assert_double_eq(*job->budgets[1].limit, 140 * 4096);
    ck_assert_ptr_null(job->budgets[2].platform);
    /* Its text has the limits, so that it needs no file of platforms. */
    ck_assert_ptr_nonnull(strstr(job->text, "limit: 220"));
    ck_assert_ok(job_parse(job->text, "again.yaml", NULL, 0, &again));
    ck_assert_str_eq(again->text, job->text);
    job_close(again);
    job_close(job);
}
END_TEST

START_TEST(what_is_wrong_in_a_job_file_is_told_with_line_and_key)
{
    static const wrong_t cases[] = {
        /* the file as such */
        {"", "jobs/a.yaml: is empty"},
        {"# nothing but this\n", "jobs/a.yaml: is empty"},
        {"- workload\n", "jobs/a.yaml:1: expected \"key: value\" lines, found a list"},
        {"workload\n", "jobs/a.yaml:1: expected \"key: value\" lines, found \"workload\""},
        {"search:\n\tseed: 1\n", "jobs/a.yaml:2: expected YAML; "},
        {"search:\n\tseed: 1\n", "(YAML indents with blanks, not tabs)"},
        {"workload: [a\n", "jobs/a.yaml:2: expected YAML; "},
        {"workload: a\nworkload: b\n",
         "jobs/a.yaml:2: workload: this key is given twice, first in line 1"},
        {"search:\n  seed: 1\n  samples: 2\n  seed: 3\n",
         "jobs/a.yaml:4: seed: this key is given twice"},
        /* keys */
        {"\nspeed: 1\n",
         "jobs/a.yaml:2: speed: unknown key, did you mean \"search.seed\"? (known "
         "here: workload, networks, dataflow, "
         "dataflow_depthwise, hardware, accounting, deployment, objective, budget, actions, "
         "space, search, log, output)"},
        {"search:\n  sed: 1\n", "jobs/a.yaml:2: search.sed: unknown key, did you mean "
                                "\"search.seed\"? (known here: algorithm, "},
        {"budget: {area: 1}\n",
         "jobs/a.yaml:1: budget.area: unknown key (known here: constraint, name, fraction, "},
        {"actions: {pes: [1]}\n", "jobs/a.yaml:1: actions.pes: unknown key, did you mean "
                                  "\"actions.pe\"? (known here: pe, buffer)"},
        {"log:\n  seconds: 1\n",
         "jobs/a.yaml:2: log.seconds: unknown key (known here: commit_seconds)"},
        /* types */
        {"dataflow: [a]\n", "jobs/a.yaml:1: dataflow: expected a text, found a list"},
        {"dataflow:\n", "jobs/a.yaml:1: dataflow: expected a text, found nothing"},
        {"search: 3\n", "jobs/a.yaml:1: search: expected keys and values, found \"3\""},
        {"budget:\n", "jobs/a.yaml:1: budget: expected keys and values, found nothing"},
        {"search: {memory: perhaps}\n",
         "jobs/a.yaml:1: search.memory: expected true or false, found \"perhaps\""},
        {"log: {commit_seconds: soon}\n",
         "jobs/a.yaml:1: log.commit_seconds: expected a number, found \"soon\""},
        {"search:\n  algorithm: islands\n  init: a.h5\n",
         "jobs/a.yaml:3: search.init: expected search.algorithm reinforce or reinforce+islands: "
         "islands has no such"},
        {"search: {init: [a.h5]}\n", "jobs/a.yaml:1: search.init: expected a text, found a list"},
        {"log: {commit_seconds: -1}\n",
         "jobs/a.yaml:1: log.commit_seconds: expected 0 or more, found -1"},
        /* words */
        {"deployment: parallel\n",
         "jobs/a.yaml:1: deployment: expected one of pipelined, sequential, found \"parallel\""},
        {"deployment: sequential\nobjective: bottleneck\n",
         "jobs/a.yaml:2: objective: expected latency, energy, edp or layer_edp where layers share "
         "one array (deployment: sequential), found bottleneck"},
        {"deployment: sequential\nobjective: energy_area\n",
         "jobs/a.yaml:2: objective: expected latency, energy, edp or layer_edp where layers share "
         "one array (deployment: sequential), found energy_area"},
        {"deployment: sequential\nsearch: {algorithm: bayes}\n",
         "jobs/a.yaml:2: search.algorithm: expected one that gives all layers the same array "
         "(deployment: sequential), like reinforce+islands; bayes chooses layer by layer"},
        {"deployment: sequential\nsearch: {preset: paper}\n",
         "jobs/a.yaml:2: search.preset: expected default where layers share one array (deployment: "
         "sequential): paper chooses layer by layer"},
        {"objective: beauty\n",
         "jobs/a.yaml:1: objective: expected one of latency, energy, edp, layer_edp, latency_area, "
         "energy_area, throughput, bottleneck, found \"beauty\""},
        {"objective: throughput\nsearch: {algorithm: additive}\n",
         "jobs/a.yaml:2: search.algorithm: expected another one than additive, which learns what "
         "adds up over layers: the objective throughput is the largest of the layers' values"},
        {"budget: [{limit: 3}]\n", "jobs/a.yaml:1: budget: expected its constraint"},
        {"budget: [3]\n", "jobs/a.yaml:1: budget[0]: expected keys and values"},
        {"budget: []\n", "jobs/a.yaml:1: budget: expected at least one budget in the list"},
        {"budget: [{constraint: area}]\n",
         "jobs/a.yaml:1: budget: expected one of name, fraction and limit"},
        {"budget:\n- {constraint: area, limit: 3}\n- {constraint: area, name: iot}\n",
         "jobs/a.yaml:1: budget: the area is limited twice"},
        {"budget:\n- {constraint: area, limit: 3}\n- {constraint: area, limit: 3 mW}\n",
         "jobs/a.yaml:3: budget.limit: expected a limit of area in um^2, um2, mm2, mm^2, found "
         "\"3 mW\""},
        {"budget: {platform: zedboard, limit: 3}\n",
         "jobs/a.yaml:1: budget.platform: expected a platform by itself"},
        {"budget: {platform: zedbord}\n", "zedbord"},
        {"budget: {constraint: weight}\n",
         "jobs/a.yaml:1: budget.constraint: expected one of area, power, l1, l2, pe, buffer_bytes, "
         "latency, energy, found \"weight\""},
        {"search: {algorithm: magic}\n",
         "jobs/a.yaml:1: search.algorithm: expected one of reinforce+islands, "
         "reinforce, islands, random, grid, uniform, heaviest_layer, assembly, annealing, genetic, "
         "bayes, additive, a2c, ppo, acktr, ddpg, td3, sac, found \"magic\""},
        {"search: {preset: fast}\n",
         "jobs/a.yaml:1: search.preset: expected one of default, paper, found \"fast\""},
        {"search: {feedback: none}\n",
         "jobs/a.yaml:1: search.feedback: expected one of layer, total, found \"none\""},
    };
    check_told(cases, sizeof cases / sizeof *cases);
}
END_TEST

START_TEST(numbers_out_of_range_are_told_with_line_and_key)
{
    static const wrong_t cases[] = {
        /* whole numbers */
        {"search:\n  samples: many\n", "jobs/a.yaml:2: search.samples: expected a whole number "
                                       "from 1 to 1000000000, found \"many\""},
        {"search: {samples: 0}\n",
         "jobs/a.yaml:1: search.samples: expected a whole number from 1 to 1000000000"},
        {"search: {samples: 1e3}\n", "jobs/a.yaml:1: search.samples: expected a whole number"},
        {"search: {samples: 1000000001}\n",
         "jobs/a.yaml:1: search.samples: expected a whole number from 1 to 1000000000"},
        {"search: {seed: -1}\n", "jobs/a.yaml:1: search.seed: expected a whole number from 0 to "
                                 "9223372036854775807, found \"-1\""},
        {"search: {seed: 9223372036854775808}\n",
         "jobs/a.yaml:1: search.seed: expected a whole number from 0 to "},
        {"search: {blocks: -1}\n",
         "jobs/a.yaml:1: search.blocks: expected a whole number from 0 to 65535"},
        {"search: {islands: 70000}\n",
         "jobs/a.yaml:1: search.islands: expected a whole number from 0 to 65535"},
        {"search:\n  samples: 5\n  policy_samples: 6\n",
         "jobs/a.yaml:3: search.policy_samples: expected at most search.samples = 5, found 6"},
        /* budgets */
        {"budget:\n  name: iot\n  fraction: 0.1\n",
         "jobs/a.yaml:3: budget.fraction: expected only one of budget.name, budget.fraction and "
         "budget.limit"},
        {"budget: {limit: 1, name: iot}\n", "jobs/a.yaml:1: budget.limit: expected only one of"},
        {"budget: {fraction: 0}\n",
         "jobs/a.yaml:1: budget.fraction: expected a number above 0, up to 1, found 0"},
        {"budget: {fraction: 1.5}\n",
         "jobs/a.yaml:1: budget.fraction: expected a number above 0, up to 1, found 1.5"},
        {"budget: {fraction: nan}\n",
         "jobs/a.yaml:1: budget.fraction: expected a number, found \"nan\""},
        {"budget: {limit: -3}\n",
         "jobs/a.yaml:1: budget.limit: expected a number above 0, found -3"},
        {"budget: {limit: .inf}\n",
         "jobs/a.yaml:1: budget.limit: expected a number, found \".inf\""},
        {"budget: {name: toy}\n",
         "jobs/a.yaml:1: budget.name: expected one of cloud, iot, iotx, found \"toy\""},
        /* levels */
        {"actions: {pe: []}\n",
         "jobs/a.yaml:1: actions.pe: expected at least 1 in the list, found 0"},
        {"actions: {pe: 4}\n",
         "jobs/a.yaml:1: actions.pe: expected a list, as in [1, 2], found \"4\""},
        {"actions: {pe: [0, 1]}\n",
         "jobs/a.yaml:1: actions.pe[0]: expected a whole number from 1 to 65535, found \"0\""},
        {"actions: {pe: [1, 65536]}\n",
         "jobs/a.yaml:1: actions.pe[1]: expected a whole number from 1 to 65535"},
        {"actions: {buffer: [1, 1025]}\n",
         "jobs/a.yaml:1: actions.buffer[1]: expected a whole number from 1 to 1024"},
        {"actions: {pe: [1, two]}\n",
         "jobs/a.yaml:1: actions.pe[1]: expected a whole number from 1 to 65535, found \"two\""},
        {"actions: {pe: [1, [2]]}\n",
         "jobs/a.yaml:1: actions.pe[1]: expected a whole number from 1 to 65535, found a list"},
        {"actions:\n  pe:\n    - 1\n    - 3\n    - 2\n",
         "jobs/a.yaml:5: actions.pe[2]: expected more than the level before it (3), found 2"},
        {"actions: {buffer: [1, 2, 2]}\n",
         "jobs/a.yaml:1: actions.buffer[2]: expected more than the level before it (2), found 2"},
        {"space: {pe: 0..4}\n", "jobs/a.yaml:1: space.pe: expected a list or A..B, of whole "
                                "numbers from 1 to 65535, found \"0..4\""},
        {"space: {pe: 4..1}\n",
         "jobs/a.yaml:1: space.pe: expected A..B from less to more, found 4..1"},
        {"space: {pe: 1..257}\n",
         "jobs/a.yaml:1: space.pe: expected at most 256 values, found 257"},
        {"space: {pe: 1..x}\n", "jobs/a.yaml:1: space.pe: expected a list or A..B"},
        {"space: {pe: [1], buffer: [2]}\nactions:\n  buffer: [3]\n",
         "jobs/a.yaml:1: space.buffer: expected only one of actions.buffer and space.buffer"},
        {"dataflow: rs\nspace: {dataflow: [dla, shi]}\n",
         "jobs/a.yaml:2: space.dataflow: expected only one of dataflow and space.dataflow"},
        /* what dataflows are chosen from, and values of their parameters */
        {"space: {dataflow: dla}\n",
         "jobs/a.yaml:1: space.dataflow: expected a list, as in [1, 2], found \"dla\""},
        {"space: {dataflow: []}\n",
         "jobs/a.yaml:1: space.dataflow: expected at least 1 in the list, found 0"},
        {"space:\n  dataflow:\n    - dla\n    - rs\n    - dla\n",
         "jobs/a.yaml:5: space.dataflow[2]: expected different names, found dla twice"},
        {"space: {dataflow: [dla, =rs]}\n",
         "jobs/a.yaml:1: space.dataflow[1]: expected a name that "
         "does not begin with ="},
        {"space: {CTileSz: 4}\n",
         "jobs/a.yaml:1: space.CTileSz: expected a list, as in [1, 2], found \"4\""},
        {"space: {CTileSz: [2, 1]}\n",
         "jobs/a.yaml:1: space.CTileSz[1]: expected more than the level before it (2), found 1"},
        {"space: {C-Tile: [2]}\n",
         "jobs/a.yaml:1: space.C-Tile: expected the name of a Constant: a letter"},
        {"space: {A: [1], B: [1], C: [1], D: [1], E: [1]}\n",
         "jobs/a.yaml:1: space.E: expected at most 4 parameters of dataflows"},
    };
    check_told(cases, sizeof cases / sizeof *cases);
}
END_TEST

/* ---- the space ------------------------------------------------------------------------------- */

START_TEST(a_space_is_read_with_what_layers_choose)
{
    job_t *job = job_of("space:\n  pe: 1..128\n  buffer: [2, 5]\n  dataflow: [dla, rs, shi]\n"
                        "  CTileSz: 2..4\n  XTileSz: [7, 14]\n");
    ck_assert_uint_eq(job->actions.pe_count, 128);
    for (uint32_t i = 0; i < 128; i++) ck_assert_uint_eq(job->actions.pe[i], i + 1);
    ck_assert_uint_eq(job->actions.buffer_count, 2);
    ck_assert_uint_eq(job->actions.buffer[1], 5);
    ck_assert_uint_eq(job_dataflows(job, JOB_DATAFLOW), 3);
    ck_assert_str_eq(job_dataflow(job, JOB_DATAFLOW, 1), "rs");
    ck_assert_uint_eq(job_dataflows(job, JOB_DATAFLOW_DEPTHWISE), 1);
    ck_assert_str_eq(job_dataflow(job, JOB_DATAFLOW_DEPTHWISE, 0), "dpt");
    ck_assert_str_eq(job->dataflow, "dla, rs, shi"); /* for people */
    ck_assert_uint_eq(job->space.parameters_n, 2);
    ck_assert_str_eq(job->space.parameters[0].name, "CTileSz");
    ck_assert_uint_eq(job->space.parameters[0].levels_count, 3);
    ck_assert_uint_eq(job->space.parameters[0].levels[2], 4);
    ck_assert_str_eq(job->space.parameters[1].name, "XTileSz");
    ck_assert_uint_eq(job->space.parameters[1].levels[1], 14);
    /* The text that the log keeps is the same job again. */
    job_t *again = job_of(job->text);
    job_difference_t difference;
    ck_assert_str_eq(again->text, job->text);
    ck_assert(!job_differ(job, again, &difference));
    job_close(again);
    job_close(job);
}
END_TEST

START_TEST(a_space_of_pe_and_buffer_is_the_actions)
{
    job_t *space = job_of("space: {pe: [1, 2], buffer: [3]}\n");
    job_t *actions = job_of("actions: {pe: [1, 2], buffer: [3]}\n");
    ck_assert_uint_eq(space->actions.pe_count, actions->actions.pe_count);
    ck_assert_int_eq(memcmp(space->actions.pe, actions->actions.pe, 2 * sizeof(uint32_t)), 0);
    ck_assert_uint_eq(space->actions.buffer[0], actions->actions.buffer[0]);
    job_close(actions);
    job_close(space);
}
END_TEST

/* Of keys that stand for each other the one of the last layer holds. */
START_TEST(a_set_takes_the_place_of_the_other_way)
{
    job_t *job = job_with("space: {dataflow: [dla, rs]}\n", "dataflow=shi");
    ck_assert_uint_eq(job_dataflows(job, JOB_DATAFLOW), 1);
    ck_assert_str_eq(job_dataflow(job, JOB_DATAFLOW, 0), "shi");
    job_close(job);
    job = job_with("dataflow: shi\nactions: {pe: [4]}\n", "space={pe: 2..3, dataflow: [dla, rs]}");
    ck_assert_uint_eq(job_dataflows(job, JOB_DATAFLOW), 2);
    ck_assert_uint_eq(job->actions.pe_count, 2);
    ck_assert_uint_eq(job->actions.pe[1], 3);
    job_close(job);
}
END_TEST

START_TEST(jobs_differ_in_a_parameter)
{
    job_t *one = job_of("space: {CTileSz: [1, 2]}\n");
    job_t *other = job_of("space: {CTileSz: [1, 4]}\n");
    job_t *neither = job_of("workload: vgg16\n");
    job_difference_t difference;
    ck_assert(job_differ(one, other, &difference));
    ck_assert_str_eq(difference.key, "space.CTileSz");
    ck_assert_str_eq(difference.one, "1 2");
    ck_assert_str_eq(difference.other, "1 4");
    ck_assert(job_differ(neither, one, &difference));
    ck_assert_str_eq(difference.key, "space.CTileSz");
    ck_assert_str_eq(difference.one, "not given");
    job_close(neither);
    job_close(other);
    job_close(one);
}
END_TEST

START_TEST(too_many_levels_are_refused)
{
    static char text[1 << 20];
    job_t *job;
    int used = sprintf(text, "actions:\n  pe: [1");
    for (int i = 2; i <= 257; i++) used += sprintf(text + used, ", %d", i);
    (void)sprintf(text + used, "]\n");
    ck_assert_fails(job_parse(text, "a.yaml", NULL, 0, &job), CONFX_STATUS_INPUT,
                    "a.yaml:2: actions.pe: expected at most 256 in the list, found 257");
}
END_TEST

START_TEST(what_is_wrong_in_a_set_is_told_with_the_set)
{
    static const struct {
        const char *set, *says;
    } cases[] = {
        {"search.seed", "--set search.seed: expected KEY=VALUE"},
        {"=3", "--set =3: expected KEY=VALUE with a key such as search.seed"},
        {"search..seed=3", "--set search..seed=3: expected KEY=VALUE with a key"},
        {"search.seed=", "--set search.seed=: is empty"},
        {"search.seed=x",
         "--set search.seed=x: expected a whole number from 0 to 9223372036854775807, found \"x\""},
        {"search.seed=[", "--set search.seed=[: expected YAML; "},
        {"search.sed=3",
         "--set search.sed=3: unknown key, did you mean \"search.seed\"? (known here: algorithm, "},
        {"sed=3",
         "--set sed=3: unknown key, did you mean \"search.seed\"? (known here: workload, "},
        {"a.b.c=3", "--set a.b.c=3: a: unknown key (known here: workload, "},
        {"search.seed.x=3", "--set search.seed.x=3: search.seed: expected a whole number from 0 to "
                            "9223372036854775807, found a mapping"},
        {"search=3", "--set search=3: expected keys and values, found \"3\""},
        {"budget={name: iot, limit: 3}",
         "--set budget={name: iot, limit: 3}: budget.limit: expected only one of"},
        {"budget.name=toy",
         "--set budget.name=toy: expected one of cloud, iot, iotx, found \"toy\""},
        {"budget.fraction=2",
         "--set budget.fraction=2: expected a number above 0, up to 1, found 2"},
        {"actions.pe=[2, 1]",
         "--set actions.pe=[2, 1]: actions.pe[1]: expected more than the level before it (2)"},
        {"objective=area",
         "--set objective=area: expected one of latency, energy, edp, layer_edp, latency_area, "
         "energy_area, throughput, bottleneck, found \"area\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        job_t *job;
        ck_assert_fails(job_parse("search: {samples: 10}\n", "a.yaml", &cases[i].set, 1, &job),
                        CONFX_STATUS_INPUT, cases[i].says);
        ck_assert_ptr_null(job);
    }
}
END_TEST

/* ---- files ----------------------------------------------------------------------------------- */

START_TEST(a_job_file_that_is_none_is_told_by_its_path)
{
    job_t *job;
    ck_assert_fails(job_open("/no/such/job.yaml", NULL, 0, &job), CONFX_STATUS_INPUT,
                    "/no/such/job.yaml: cannot be opened: No such file");
    ck_assert_fails(job_open("/tmp", NULL, 0, &job), CONFX_STATUS_INPUT,
                    "/tmp: is a directory, expected a plain file");
    ck_assert_ptr_null(job);
}
END_TEST

START_TEST(the_main_job_is_mobilenet_v2_on_a_tenth_of_the_area)
{
    job_t *job;
    ck_assert_ok(job_open("jobs/mobilenet_v2.yaml", NULL, 0, &job));
    ck_assert_str_eq(job->workload, "mobilenet_v2");
    ck_assert_str_eq(job->dataflow, "dla");
    ck_assert_str_eq(job->hardware, "asic");
    ck_assert_int_eq(job->objective, OBJECTIVE_LATENCY);
    ck_assert_int_eq(job->budget.constraint, CONSTRAINT_AREA);
    ck_assert_double_eq(job_budget_fraction(&job->budget), 0.1);
    ck_assert_uint_eq(job->search.samples, 3700);
    ck_assert_uint_eq(job->search.seed, 1);
    ck_assert_str_eq(job->output, "runs/mobilenet_v2");
    job_close(job);
}
END_TEST

/* The indented lines behind the heading "A job". */
START_TEST(the_readme_shows_the_defaults)
{
    static char shown[8192];
    const char *const sets[] = {"workload=mobilenet_v2", "budget.fraction=0.1"};
    char *readme;
    job_t *job;
    job_t *defaults;
    job_difference_t difference;
    ck_assert_ok(file_load("README.md", FILE_USERS, FILE_TEXT_MOST, &readme, NULL));
    const char *line = strstr(readme, "\n## A job\n\n");
    ck_assert_ptr_nonnull(line);
    for (line += strlen("\n## A job\n\n"); !strncmp(line, "    ", 4);
         line += strcspn(line, "\n") + 1)
        (void)strncat(shown, line + 4, strcspn(line + 4, "\n") + 1);
    ck_assert_ok(job_parse(shown, "README.md", NULL, 0, &job));
    ck_assert_ok(job_parse("{}", "README.md", sets, 2, &defaults));
    ck_assert_msg(!job_differ(job, defaults, &difference), "%s: %s and %s", difference.key,
                  difference.one, difference.other);
    ck_assert_uint_eq(job->search.samples, defaults->search.samples);
    job_close(defaults);
    job_close(job);
    free(readme);
}
END_TEST

START_TEST(a_job_explained_is_the_same_job)
{
    job_t *job = job_with("search: {samples: 20}\n", "search.seed=3");
    job_t *again;
    char *text;
    ck_assert_ok(job_explain(job, &text));
    ck_assert_ptr_nonnull(
        strstr(text, "  samples: 20                        # scored assignments in all: a whole "
                     "number from 1 to 1000000000 (default 3700)\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n  # limit:"));
    ck_assert_ok(job_parse(text, "a.yaml", NULL, 0, &again));
    ck_assert_str_eq(again->text, job->text);
    job_close(again);
    free(text);
    job_close(job);
}
END_TEST

/* A directory with a job file that is not there, and a network beside it. */
typedef struct {
    char directory[32], file[FILE_PATH_MAX], network[FILE_PATH_MAX];
} beside_t;

static void begin_beside(beside_t *beside)
{
    (void)snprintf(beside->directory, sizeof beside->directory, "/tmp/confx-job-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(beside->directory));
    ck_assert_ok(file_join(beside->directory, "alexnet.csv", beside->network));
    ck_assert_ok(file_write(beside->network, "x", 1, NULL));
    ck_assert_ok(file_join(beside->directory, "job.yaml", beside->file));
    ck_assert_int_eq(setenv("CONFX_DATA", "data", 0), 0);
}

static void end_beside(const beside_t *beside)
{
    ck_assert_ok(file_remove(beside->network));
    ck_assert_ok(file_remove(beside->directory));
}

START_TEST(a_path_leads_from_the_job_and_a_name_to_the_shipped_file)
{
    static const struct {
        const char *text;
        bool own;
    } cases[] = {{"workload: alexnet.csv", true},
                 {"workload: ./alexnet.csv", true},
                 {"workload: alexnet", false}};
    beside_t beside;
    char path[FILE_PATH_MAX];
    begin_beside(&beside);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        job_t *job;
        ck_assert_ok(job_parse(cases[i].text, beside.file, NULL, 0, &job));
        ck_assert_ok(job_find(job, JOB_WORKLOAD, path));
        ck_assert(cases[i].own == !strncmp(path, beside.directory, strlen(beside.directory)));
        ck_assert_ok(job_find(job, JOB_DATAFLOW_DEPTHWISE, path));
        ck_assert_ptr_nonnull(strstr(path, "dataflows/dpt.m"));
        job_close(job);
    }
    end_beside(&beside);
}
END_TEST

START_TEST(a_name_that_is_no_shipped_one_is_told_with_its_line)
{
    beside_t beside;
    char path[FILE_PATH_MAX];
    job_t *job;
    const char *set = "dataflow=mix";
    begin_beside(&beside);
    ck_assert_ok(job_parse("\nworkload: net\nhardware: tin\ndataflow_depthwise: x.m\n", beside.file,
                           &set, 1, &job));
    ck_assert_fails(job_find(job, JOB_WORKLOAD, path), CONFX_STATUS_INPUT,
                    "/job.yaml:2: workload: no file \"net\"; expected");
    ck_assert_fails(job_find(job, JOB_HARDWARE, path), CONFX_STATUS_INPUT,
                    "/job.yaml:3: hardware: no file \"tin\"; expected a path or a name in hw: ");
    ck_assert_fails(job_find(job, JOB_DATAFLOW, path), CONFX_STATUS_INPUT,
                    "--set dataflow=mix: no file \"mix\"; expected");
    ck_assert_fails(job_find(job, JOB_DATAFLOW_DEPTHWISE, path), CONFX_STATUS_INPUT,
                    "/job.yaml:4: dataflow_depthwise: no file \"x.m\"");
    job_close(job);
    end_beside(&beside);
}
END_TEST

/* ---- hardware by key ------------------------------------------------------------------------- */

static const char *hardware_words(const job_t *job)
{
    static char words[JOB_VALUE_MAX];
    job_value_words(job->tree, JOB_HARDWARE_KEY, ' ', words);
    return words;
}

START_TEST(keys_of_hardware_are_laid_upon_its_name)
{
    static const struct {
        const char *text, *set, *base, *words;
    } cases[] = {
        {"{}", NULL, "asic", "asic"},
        {"hardware: {base: maestro}", NULL, "maestro", "maestro"},
        {"hardware: {noc_bandwidth: 64}", NULL, "asic", "asic noc_bandwidth=64"},
        {"hardware: {base: ./x.yaml, units: {bus_size: [1, 2], mac_nj: 3}}", NULL, "./x.yaml",
         "./x.yaml units.bus_size=1/2 units.mac_nj=3"},
        {"{}", "hardware.noc_bandwidth=64", "asic", "asic noc_bandwidth=64"},
        {"hardware: maestro", "hardware.units.mac_nj=1", "maestro", "maestro units.mac_nj=1"},
        {"hardware: {base: maestro, noc_bandwidth: 64}", "hardware.simd_lanes=2", "maestro",
         "maestro noc_bandwidth=64 simd_lanes=2"},
        {"hardware: {noc_bandwidth: 64}", "hardware.base=maestro", "maestro",
         "maestro noc_bandwidth=64"},
        {"hardware: {noc_bandwidth: 64}", "hardware.noc_bandwidth=16", "asic",
         "asic noc_bandwidth=16"},
        {"hardware: {noc_bandwidth: 64}", "hardware=maestro", "maestro", "maestro"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        job_t *job = job_with(cases[i].text, cases[i].set);
        ck_assert_str_eq(job->hardware, cases[i].base);
        ck_assert_str_eq(hardware_words(job), cases[i].words);
        /* The text is the same job once more. */
        job_t *again = job_of(job->text);
        job_difference_t difference;
        ck_assert_str_eq(hardware_words(again), cases[i].words);
        ck_assert_str_eq(again->text, job->text);
        ck_assert(!job_differ(job, again, &difference));
        job_close(again);
        job_close(job);
    }
}
END_TEST

START_TEST(what_is_wrong_with_hardware_is_told)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"workload: vgg16\nhardware:\n  base: [1]\n", "a.yaml:3: hardware.base: expected a text"},
        {"workload: vgg16\nhardware: [asic]\n", "a.yaml:2: hardware: expected a text"},
        {"workload: vgg16\nhardware: {base: =x}\n", "hardware: expected a name that does not"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        job_t *job;
        ck_assert_fails(job_parse(cases[i].text, "a.yaml", NULL, 0, &job), CONFX_STATUS_INPUT,
                        cases[i].message);
    }
    ck_assert(job_knows("hardware.noc_bandwidth"));
    ck_assert(job_knows("hardware.units.mac_nj"));
    ck_assert(!job_knows("hardwares.x"));
    ck_assert(!job_knows("dataflow.x"));
}
END_TEST

START_TEST(jobs_of_other_hardware_keys_differ)
{
    job_difference_t difference;
    job_t *one = job_of("hardware: {noc_bandwidth: 64}");
    job_t *other = job_of("hardware: {noc_bandwidth: 32}");
    job_t *plain = job_of("{}");
    job_t *same = job_of("hardware: {base: asic, noc_bandwidth: 64.0}");
    ck_assert(job_differ(one, other, &difference));
    ck_assert_str_eq(difference.key, "hardware");
    ck_assert_str_eq(difference.one, "asic noc_bandwidth=64");
    ck_assert_str_eq(difference.other, "asic noc_bandwidth=32");
    ck_assert(job_differ(one, plain, &difference));
    ck_assert_str_eq(difference.other, "asic");
    ck_assert(!job_differ(one, same, &difference));
    job_close(one);
    job_close(other);
    job_close(plain);
    job_close(same);
}
END_TEST

START_TEST(a_budget_of_a_dataflow_goes_with_a_fraction_alone)
{
    job_difference_t difference;
    job_t *refused;
    job_t *job = job_with("budget: {fraction: 0.1, of: dla}", "budget.fraction=0.2");
    job_t *own = job_of("budget: {fraction: 0.2}");
    ck_assert_str_eq(job->budget.of, "dla");
    ck_assert_double_eq(*job->budget.fraction, 0.2);
    ck_assert_ptr_null(own->budget.of);
    ck_assert(job_differ(job, own, &difference));
    ck_assert_str_eq(difference.key, "budget.of");
    job_close(job);
    job_close(own);
    job = job_with("budget: {of: dla}", NULL);
    ck_assert_str_eq(job->budget.name, "iot");
    job_close(job);
    job = job_with("budget: {fraction: 0.1, of: dla}", "budget.limit=1e8");
    ck_assert_ptr_null(job->budget.of);
    job_close(job);
    ck_assert_fails(
        job_parse("workload: vgg16\nbudget: {limit: 5, of: dla}", "a.yaml", NULL, 0, &refused),
        CONFX_STATUS_INPUT, "a.yaml:2: budget.of: expected budget.name or budget.fraction");
}
END_TEST

START_TEST(a_job_without_a_network_is_told_what_to_write)
{
    static const char *const texts[] = {"\nsearch: {samples: 20}\n", "{}", "workload:\n",
                                        "workload: ''\n"};
    job_t *job;
    ck_assert_int_eq(setenv("CONFX_DATA", "data", 0), 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert_fails(job_parse(texts[i], "a.yaml", NULL, 0, &job), CONFX_STATUS_INPUT,
                        ": workload: expected the network, as in \"workload: mobilenet_v2\"");
        ck_assert_fails(job_parse(texts[i], "a.yaml", NULL, 0, &job), CONFX_STATUS_INPUT,
                        "alexnet, ");
        ck_assert_ptr_null(job);
    }
}
END_TEST

START_TEST(in_what_two_jobs_differ_is_told_with_both_values)
{
    static const struct {
        const char *one, *other;          /* set upon the defaults */
        const char *key, *words, *others; /* key NULL: they do the same */
    } cases[] = {
        {"search.seed=1", "search.seed=1", NULL, NULL, NULL},
        {"budget.fraction=0.1", "budget.fraction=0.10", NULL, NULL, NULL},
        {"output=here", "output=there", NULL, NULL, NULL},
        {"log.commit_seconds=1", "log.commit_seconds=2", NULL, NULL, NULL},
        {"search.samples=1", "search.samples=2", NULL, NULL, NULL},
        {"search.seed=1", "search.seed=2", "search.seed", "1", "2"},
        {"workload=a", "workload=b", "workload", "a", "b"},
        {"budget.name=cloud", "budget.fraction=0.1", "budget.name", "cloud", "not given"},
        {"budget.limit=2", "budget.name=iot", "budget.limit", "2", "not given"},
        {"actions.pe=[1, 2, 3]", "actions.pe=[1, 2]", "actions.pe", "1 2 3", "1 2"},
        {"actions.pe=[1, 2, 3]", "actions.pe=[1, 2, 4]", "actions.pe", "1 2 3", "1 2 4"},
        {"search.seed=1", "search.init=x.h5", "search.init", "not given", "x.h5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        job_difference_t difference;
        job_t *one = job_with("workload: net\n", cases[i].one);
        job_t *other = job_with("workload: net\n", cases[i].other);
        ck_assert_msg(job_differ(one, other, &difference) == (cases[i].key != NULL), "%s and %s",
                      cases[i].one, cases[i].other);
        if (cases[i].key) {
            ck_assert_str_eq(difference.key, cases[i].key);
            ck_assert_str_eq(difference.one, cases[i].words);
            ck_assert_str_eq(difference.other, cases[i].others);
        }
        job_close(one);
        job_close(other);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("job");
    TCase *tests = tcase_create("job");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, every_key_but_the_workload_has_a_default);
    tcase_add_test(tests, every_key_may_be_given);
    tcase_add_test(tests, a_policy_to_start_from_is_part_of_the_job);
    tcase_add_test(tests, the_output_is_named_after_the_job_file);
    tcase_add_test(tests, an_objective_that_does_not_add_up_reveals_totals_alone);
    tcase_add_test(tests, words_and_units_are_those_of_the_job_file);
    tcase_add_test(tests, sets_reach_every_key_in_order);
    tcase_add_test(tests, a_budget_of_a_higher_layer_replaces_one_of_another_kind);
    tcase_add_test(tests, the_resolved_text_is_the_same_job_again);
    tcase_add_test(tests, the_resolved_text_has_every_key);
    tcase_add_test(tests, limits_have_units);
    tcase_add_test(tests, budgets_may_be_a_list);
    tcase_add_test(tests, a_platform_is_two_budgets);
    tcase_add_test(tests, what_is_wrong_in_a_job_file_is_told_with_line_and_key);
    tcase_add_test(tests, numbers_out_of_range_are_told_with_line_and_key);
    tcase_add_test(tests, a_space_is_read_with_what_layers_choose);
    tcase_add_test(tests, a_space_of_pe_and_buffer_is_the_actions);
    tcase_add_test(tests, a_set_takes_the_place_of_the_other_way);
    tcase_add_test(tests, jobs_differ_in_a_parameter);
    tcase_add_test(tests, too_many_levels_are_refused);
    tcase_add_test(tests, what_is_wrong_in_a_set_is_told_with_the_set);
    tcase_add_test(tests, a_job_file_that_is_none_is_told_by_its_path);
    tcase_add_test(tests, the_main_job_is_mobilenet_v2_on_a_tenth_of_the_area);
    tcase_add_test(tests, the_readme_shows_the_defaults);
    tcase_add_test(tests, a_job_explained_is_the_same_job);
    tcase_add_test(tests, a_path_leads_from_the_job_and_a_name_to_the_shipped_file);
    tcase_add_test(tests, a_name_that_is_no_shipped_one_is_told_with_its_line);
    tcase_add_test(tests, a_job_without_a_network_is_told_what_to_write);
    tcase_add_test(tests, keys_of_hardware_are_laid_upon_its_name);
    tcase_add_test(tests, what_is_wrong_with_hardware_is_told);
    tcase_add_test(tests, jobs_of_other_hardware_keys_differ);
    tcase_add_test(tests, a_budget_of_a_dataflow_goes_with_a_fraction_alone);
    tcase_add_test(tests, in_what_two_jobs_differ_is_told_with_both_values);
    return suite_run(suite);
}
