/* confx bench [cost|policy|all] */
#include "app/app.h"
#include "app/option.h"
#include "confx/clock.h"
#include "confx/compose.h"
#include "confx/rng.h"
#include "confx/run.h"
#include "confx/text.h"
#include "confx/try.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_JSON = 'j', KEY_SECONDS = 's' };

typedef struct {
    const char *what;
    double seconds; /* for each measurement */
    bool json;
} bench_options_t;

static error_t bench_parse(int key, char *argument, struct argp_state *state)
{
    bench_options_t *options = state->input;
    char meant[GUESS_SAID_MAX];
    switch (key) {
    case KEY_JSON:
        options->json = true;
        return 0;
    case KEY_SECONDS:
        if (text_to_real(argument, &options->seconds) && options->seconds > 0 &&
            options->seconds <= 3600)
            return 0;
        argp_error(state, "--seconds: expected a number above 0 and up to 3600, found `%s'",
                   argument);
        return EINVAL;
    case ARGP_KEY_ARG:
        options->what = argument;
        if (state->arg_num == 0 &&
            (!strcmp(argument, "cost") || !strcmp(argument, "policy") || !strcmp(argument, "all")))
            return 0;
        argp_error(
            state, "one of cost, policy and all is expected, found `%s'%s", argument,
            option_meant(argument, (const char *const[]){"cost", "policy", "all", NULL}, meant));
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    (const struct argp_option[]){
        {"json", KEY_JSON, NULL, 0, "Print JSON", 0},
        {"seconds", KEY_SECONDS, "S", 0, "Seconds of each measurement (default 2)", 0},
        {0}},
    bench_parse,
    "[cost|policy|all]",
    "Measure speed on this machine: evaluations per second of the cost model under both "
    "accountings "
    "(MobileNet-V2, random actions over "
    "integers 1..128 x 1..12, one thread, processor time; rounds of 1,000, the fastest tenth of "
    "them), the time its "
    "table of levels takes, and samples "
    "per second of the policy stage on all ranks, with the share of the matrix rate that is.\v"
    "Exit codes: 0 done, 2 bad input.",
    NULL,
    NULL,
    NULL};

/* ---- the cost model -------------------------------------------------------------------------- */

enum { ROUND = 1000, ROUNDS_MAX = 4096 };

typedef struct {
    double rate;     /* evaluations per second */
    double table_ms; /* to evaluate each distinct layer at all levels */
} cost_speed_t;

static int bench_compare(const void *one, const void *other)
{
    const double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

/* What one round in ten is as fast as: other work on the machine takes caches and frequency from
   the rest. */
static double bench_decile(double *values, size_t n)
{
    qsort(values, n, sizeof *values, bench_compare);
    return values[n / 10];
}

static confx_cost_t bench_cost_of(const setting_t *setting, const confx_layer_t *layer, int64_t pes,
                                  int64_t buffer)
{
    confx_cost_t cost;
    const confx_dataflow_t *dataflow =
        layer->type == CONFX_LAYER_DSCONV ? setting->depthwises[0] : setting->dataflows[0];
    confx_cost_evaluate(dataflow, layer, &setting->hardware, pes, buffer, &cost);
    return cost;
}

static int64_t bench_evaluate(const setting_t *setting, const confx_layer_t *layer, int64_t pes,
                              int64_t buffer)
{
    return bench_cost_of(setting, layer, pes, buffer).runtime_cycles;
}

/* An evaluation to be made: drawn before the clock starts. */
typedef struct {
    const confx_layer_t *layer;
    int64_t pes, buffer;
} draw_t;

/* The accounting exact refuses an illegal mapping at once: such are not drawn. */
static bool bench_is_counted(const setting_t *setting, const draw_t *draw)
{
    return setting->hardware.accounting != CONFX_ACCOUNTING_EXACT ||
           bench_cost_of(setting, draw->layer, draw->pes, draw->buffer).fault == CONFX_COST_VALID;
}

static void bench_draw_round(const setting_t *setting, rng_t *rng, draw_t draws[ROUND])
{
    const confx_workload_t *workload = &setting->workload;
    for (int i = 0; i < ROUND; i++) do {
            draws[i].layer = &workload->layers[rng_below(rng, workload->layers_n)];
            draws[i].pes = (int64_t)rng_below(rng, 128) + 1;
            draws[i].buffer = (int64_t)rng_below(rng, 12) + 1;
        } while (!bench_is_counted(setting, &draws[i]));
}

/* The sum is given back so that no evaluation can be left out. */
static int64_t bench_evaluate_round(const setting_t *setting, const draw_t draws[ROUND])
{
    int64_t cycles = 0;
    for (int i = 0; i < ROUND; i++)
        cycles += bench_evaluate(setting, draws[i].layer, draws[i].pes, draws[i].buffer);
    return cycles;
}

static int64_t bench_evaluate_table(const setting_t *setting)
{
    const confx_workload_t *workload = &setting->workload;
    const space_t *space = problem_space(setting->problem);
    const uint32_t *pes = space_axis(space, 0)->levels, *buffers = space_axis(space, 1)->levels;
    int64_t cycles = 0;
    for (size_t d = 0; d < workload->distinct_n; d++)
        for (size_t i = 0; i < space_levels(space, 0); i++)
            for (size_t j = 0; j < space_levels(space, 1); j++)
                cycles += bench_evaluate(setting, &workload->layers[workload->first_of[d]], pes[i],
                                         buffers[j]);
    return cycles;
}

/* Processor seconds of a round of random evaluations, or of a table, repeated for about
   `seconds`. */
static double bench_round_seconds(const setting_t *setting, double seconds, bool table)
{
    double rounds[ROUNDS_MAX];
    draw_t draws[ROUND];
    size_t n = 0;
    int64_t cycles = 0;
    rng_t rng = rng_begin(1, RNG_TEST, 0, 0, 0);
    const double end = clock_seconds() + seconds;
    for (; n < ROUNDS_MAX && (n == 0 || clock_seconds() < end); n++) {
        /* Only the evaluations lie between the two readings of the clock. It counts the processor
           time of this thread alone, so a round during which other processes ran is not thereby
           slower. */
        bench_draw_round(setting, &rng, draws);
        const double started = clock_thread_seconds();
        cycles += table ? bench_evaluate_table(setting) : bench_evaluate_round(setting, draws);
        rounds[n] = clock_thread_seconds() - started;
    }
    return cycles ? bench_decile(rounds, n) : 0;
}

static cost_speed_t bench_measure_cost(const setting_t *setting, double seconds)
{
    return (cost_speed_t){.rate = ROUND / bench_round_seconds(setting, seconds, false),
                          .table_ms = 1e3 * bench_round_seconds(setting, seconds / 4, true)};
}

static confx_status_t bench_open_job(const char *hardware, const char *set, job_t **job)
{
    const char *const sets[] = {hardware, set};
    return job_parse("workload: mobilenet_v2\n", "bench", sets, 2, job);
}

/* An accounting, a profile that has it, and the dataflows that are of use under it. */
enum { DATAFLOWS = 3, BENCH_ACCOUNTINGS = 2 };
typedef struct {
    const char *name, *hardware;
    const char *dataflows[DATAFLOWS];
} accounting_t;

static const accounting_t accountings[BENCH_ACCOUNTINGS] = {
    {"maestro", "hardware=maestro", {"dla", "eye", "shi"}},
    {"exact", "hardware=asic", {"dla", "rs", "shi"}},
};

static void bench_show_cost(const accounting_t *accounting, const char *dataflow,
                            const cost_speed_t *speed)
{
    out_print(stdout,
              "cost model, accounting %-7s %3s + dpt: %9.0f evaluations/s, %.2f us each; table of "
              "MobileNet-V2 in %.1f ms\n",
              accounting->name, dataflow, speed->rate, 1e6 / speed->rate, speed->table_ms);
}

static confx_status_t bench_dataflow(const bench_options_t *options, const accounting_t *accounting,
                                     const char *dataflow, cost_speed_t *speed)
{
    char set[64];
    job_t *job;
    setting_t setting;
    (void)snprintf(set, sizeof set, "dataflow=%s", dataflow);
    TRY(bench_open_job(accounting->hardware, set, &job));
    const confx_status_t status = setting_open(job, &setting);
    job_close(job);
    TRY(status);
    *speed = bench_measure_cost(&setting, options->seconds);
    setting_close(&setting);
    if (!options->json) bench_show_cost(accounting, dataflow, speed);
    return status_ok();
}

static confx_status_t bench_accounting(const bench_options_t *options,
                                       const accounting_t *accounting, json_t *out)
{
    json_t *rates = json_object(), *times = json_object(), *tables = json_object();
    (void)json_object_set_new(out, "evaluations_per_second", rates);
    (void)json_object_set_new(out, "microseconds_per_evaluation", times);
    (void)json_object_set_new(out, "table_ms", tables);
    for (size_t i = 0; i < DATAFLOWS; i++) {
        const char *dataflow = accounting->dataflows[i];
        cost_speed_t speed = {0};
        TRY(bench_dataflow(options, accounting, dataflow, &speed));
        (void)json_object_set_new(rates, dataflow, json_real(speed.rate));
        (void)json_object_set_new(times, dataflow, json_real(1e6 / speed.rate));
        (void)json_object_set_new(tables, dataflow, json_real(speed.table_ms));
    }
    return status_ok();
}

static confx_status_t bench_cost(const bench_options_t *options, json_t *out)
{
    for (size_t i = 0; i < BENCH_ACCOUNTINGS; i++) {
        json_t *own = json_object();
        (void)json_object_set_new(out, accountings[i].name, own);
        TRY(bench_accounting(options, &accountings[i], own));
    }
    return status_ok();
}

/* ---- the policy ------------------------------------------------------------------------------ */

static confx_status_t bench_show_policy(const bench_options_t *options, const char *preset,
                                        int ranks, const run_speed_t *speed, json_t *out)
{
    const double rate = (double)speed->samples / speed->seconds;
    /* A multiply-add counts as two operations. The samples per second are those of all ranks
       together, so the division by their number gives the rate of one, which is what the matrix
       rate, measured on this rank alone, can be compared with. */
    const double flops = 2 * speed->work.macs * rate / ranks;
    const double limit = policy_matrix_rate(speed->work.rows, speed->work.inner,
                                            speed->work.columns, options->seconds / 4);
    if (limit <= 0)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the matrices of the benchmark");
    (void)json_object_set_new(out, preset,
                              json_pack("{s:f, s:i, s:f, s:f, s:f, s:s}", "samples_per_second",
                                        rate, "ranks", ranks, "gflops_per_rank", flops / 1e9,
                                        "matrix_gflops", limit / 1e9, "share_of_matrix_rate",
                                        flops / limit, "kernels", policy_kernels()));
    if (!options->json)
        out_print(stdout,
                  "policy stage, preset %s, %d %s: %.0f samples/s, %.2f Gflop/s a rank = %.0f %% "
                  "of the %.2f Gflop/s that "
                  "%zu x %zu x %zu products reach (%s)\n",
                  preset, ranks, ranks == 1 ? "rank" : "ranks", rate, flops / 1e9,
                  100 * flops / limit, limit / 1e9, speed->work.rows, speed->work.inner,
                  speed->work.columns, policy_kernels());
    return status_ok();
}

static confx_status_t bench_policy(app_t *app, const bench_options_t *options, json_t *out)
{
    static const char *const presets[] = {"default", "paper"};
    for (size_t i = 0; i < 2; i++) {
        char set[64];
        job_t *job;
        run_speed_t speed;
        (void)snprintf(set, sizeof set, "search.preset=%s", presets[i]);
        TRY(bench_open_job("hardware=maestro", set, &job));
        /* Collective: all ranks measure together, and the root tells. */
        const confx_status_t status = run_policy_speed(app->cluster, job, options->seconds, &speed);
        job_close(job);
        TRY(status);
        const int ranks = cluster_size(app->cluster);
        TRY(app_root_only(app, app->root
                                   ? bench_show_policy(options, presets[i], ranks, &speed, out)
                                   : status_ok()));
    }
    return status_ok();
}

static confx_status_t bench_run(app_t *app, app_words_t words)
{
    bench_options_t options = {.what = "all", .seconds = 2};
    bool help;
    TRY(app_parse(app, words, &argp, &options, &help));
    if (help) return status_ok();
    json_t *out = json_object();
    confx_status_t status = status_ok();
    if (strcmp(options.what, "policy") != 0)
        status = app_root_only(app, app->root ? bench_cost(&options, out) : status_ok());
    if (status.code == CONFX_STATUS_OK && strcmp(options.what, "cost") != 0)
        status = bench_policy(app, &options, out);
    if (status.code == CONFX_STATUS_OK && app->root && options.json) {
        (void)json_dumpf(out, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
        putchar('\n');
    }
    json_decref(out);
    return status;
}

const command_t command_bench = {"bench", "speed of cost model and policy on this machine",
                                 bench_run, false};
