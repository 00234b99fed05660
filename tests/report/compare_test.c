/* Two algorithms with three seeds each, whose every sample is known: table, files, picture. */
#include "confx/compare.h"
#include "fixture.h"
#include "report/compare/comparison.h"
#include "said.h"

#include <jansson.h>

enum { ALGORITHMS = 2, SEEDS = 3, RUNS = ALGORITHMS * SEEDS, SAMPLES = 30 };

static const char *const words[ALGORITHMS] = {"islands", "random"};
static char home[sizeof directory];

typedef struct {
    double scored[RUNS][SAMPLES];
    bool missing[RUNS];
    job_t *jobs[RUNS];
    bool integers[ALGORITHMS];
    const char *told[ALGORITHMS];
    comparison_plan_t plan;
} compare_plan_t;

/* Islands come within 10 % at samples 4, 6 and 8 of the seeds and end on the optimum; random ends
   40 % above, and its last seed finds nothing feasible. */
static compare_plan_t begin(void)
{
    compare_plan_t contest = {.integers = {true, false}, .told = {"sums kinds sizes", "-"}};
    (void)snprintf(home, sizeof home, "%s", directory);
    for (size_t i = 0; i < RUNS; i++)
        for (size_t k = 0; k < SAMPLES; k++) {
            const size_t seed = i % SEEDS;
            double *scored = &contest.scored[i][k];
            if (i < SEEDS)
                *scored = k < 3 + 2 * seed ? 2000000 : k < 20 ? 1080000 : 1000000;
            else
                *scored = seed == 2 || k < 5 ? NAN : 1400000 + 100000.0 * (double)seed;
        }
    return contest;
}

static void write_run(compare_plan_t *contest, size_t i)
{
    char text[512];
    fixture_t fixture = fixture_begin();
    const double *scored = contest->scored[i];
    (void)snprintf(directory, sizeof directory, "%.40s/run%zu", home, i);
    (void)snprintf(text, sizeof text,
                   "workload: tiny\nbudget: {name: iot}\noutput: %s\n"
                   "search: {samples: %d, seed: %zu, algorithm: %s, feedback: total}\n",
                   directory, SAMPLES, i % SEEDS + 4, words[i / SEEDS]);
    ck_assert_ok(job_parse(text, "job.yaml", NULL, 0, &contest->jobs[i]));
    fixture.job = text;
    fixture.scored = scored;
    fixture.found = false;
    fixture.objective = NAN;
    for (size_t k = 0; k < SAMPLES; k++)
        if (!isnan(scored[k])) fixture.objective = fmin(scored[k], fixture.objective);
    fixture.found = !isnan(fixture.objective);
    if (!contest->missing[i]) fixture_write(&fixture);
    (void)snprintf(directory, sizeof directory, "%s", home);
}

static comparison_t *open_all(compare_plan_t *contest)
{
    comparison_t *comparison;
    for (size_t i = 0; i < RUNS; i++) write_run(contest, i);
    contest->plan = (comparison_plan_t){.jobs = (const job_t *const *)contest->jobs,
                                        .algorithms_n = ALGORITHMS,
                                        .seeds_n = SEEDS,
                                        .integers = contest->integers,
                                        .told = contest->told,
                                        .network = "tiny",
                                        .accounting = "exact",
                                        .over_integers = true,
                                        .lower_bound = 999000,
                                        .optimum = 1000000,
                                        .levels = 1050000};
    ck_assert_ok(comparison_open(&contest->plan, &comparison));
    return comparison;
}

static void end(compare_plan_t *contest, comparison_t *comparison)
{
    comparison_close(comparison);
    for (size_t i = 0; i < RUNS; i++) job_close(contest->jobs[i]);
}

/* ---- standings ------------------------------------------------------------------------------- */

START_TEST(standings_are_those_of_the_samples)
{
    compare_plan_t contest = begin();
    comparison_t *comparison = open_all(&contest);
    const ranking_t *islands = &comparison->standings[0];
    ck_assert_double_eq(islands->best, 1000000);
    ck_assert_double_eq(islands->mean, 1000000);
    ck_assert_double_eq(islands->worst, 1000000);
    ck_assert_double_eq(islands->gap_median, 0);
    ck_assert_double_eq(islands->samples_to_10_percent, 6);
    ck_assert_double_eq(islands->samples_to_5_percent, 21);
    ck_assert_double_eq(islands->samples_to_1_percent, 21);
    ck_assert_double_eq(islands->factor, 1);
    ck_assert(isnan(islands->factor_above));
    ck_assert_double_eq(islands->distinct_evaluations, 1234);
    ck_assert_double_eq(islands->seconds, 75.25);
    ck_assert_double_eq_tol(islands->feasible_fraction, 0.5, 1e-15);
    end(&contest, comparison);
}
END_TEST

START_TEST(a_seed_that_found_nothing_counts_as_the_worst)
{
    compare_plan_t contest = begin();
    comparison_t *comparison = open_all(&contest);
    const ranking_t *random = &comparison->standings[1];
    ck_assert_double_eq(random->best, 1400000);
    ck_assert(isnan(random->mean));
    ck_assert(isnan(random->worst));
    ck_assert_double_eq(random->gap_best, 0.4);
    ck_assert_double_eq(random->gap_median, 0.5);
    ck_assert(isnan(random->gap_worst));
    ck_assert(isnan(random->samples_to_10_percent));
    ck_assert(isnan(random->factor));
    ck_assert_double_eq(random->factor_above, 5);
    end(&contest, comparison);
}
END_TEST

START_TEST(two_of_three_that_never_come_near_are_most)
{
    compare_plan_t contest = begin();
    for (size_t i = 1; i < SEEDS; i++)
        for (size_t k = 0; k < SAMPLES; k++) contest.scored[i][k] = 1500000;
    comparison_t *comparison = open_all(&contest);
    ck_assert_double_eq(comparison_trial(comparison, 0, 0)->samples_to_10_percent, 4);
    ck_assert(isnan(comparison->standings[0].samples_to_10_percent));
    ck_assert(isnan(comparison->standings[1].factor));
    ck_assert(isnan(comparison->standings[1].factor_above));
    end(&contest, comparison);
}
END_TEST

START_TEST(a_run_that_left_nothing_is_not_known)
{
    compare_plan_t contest = begin();
    contest.missing[0] = true;
    comparison_t *comparison = open_all(&contest);
    ck_assert(isnan(comparison_trial(comparison, 0, 0)->objective));
    ck_assert(isnan(comparison_trial(comparison, 0, 0)->seconds));
    ck_assert(isnan(comparison->standings[0].worst));
    ck_assert_double_eq(comparison->standings[0].samples_to_10_percent, 8);
    ck_assert_ok(comparison_write(comparison, directory, NULL));
    ck_assert_ok(comparison_plot(comparison, directory, NULL));
    end(&contest, comparison);
}
END_TEST

START_TEST(a_bound_takes_the_place_of_an_optimum)
{
    compare_plan_t contest = begin();
    comparison_t *comparison = open_all(&contest);
    comparison_close(comparison);
    contest.plan.optimum = NAN;
    ck_assert_ok(comparison_open(&contest.plan, &comparison));
    ck_assert_double_eq(comparison->standings[0].gap_best, 1000.0 / 999000);
    end(&contest, comparison);
}
END_TEST

/* ---- files ----------------------------------------------------------------------------------- */

START_TEST(the_table_marks_what_it_does_not_know)
{
    compare_plan_t contest = begin();
    comparison_t *comparison = open_all(&contest);
    ck_assert_ok(comparison_write(comparison, directory, NULL));
    char *text = said_file("compare.csv");
    ck_assert_ptr_nonnull(
        strstr(text, "algorithm,acts_on,told,seeds,best,mean,worst,gap_best,gap_median,gap_worst,"
                     "samples_to_10_percent,samples_to_5_percent,samples_to_1_percent,factor,"
                     "factor_above,feasible_fraction,distinct_evaluations,seconds,units\n"));
    ck_assert_ptr_nonnull(strstr(text,
                                 "\nislands,integers,sums kinds "
                                 "sizes,3,1000000,1000000,1000000,0,0,0,6,21,21,1,,0.5,1234,75.25,"
                                 "cycles\n"));
    ck_assert_ptr_nonnull(strstr(text, "\nrandom,levels,-,3,1400000,,,0.4"));
    ck_assert_ptr_nonnull(strstr(text, ",,,,,5,0.5,1234,75.25,cycles\n"));
    free(text);
    end(&contest, comparison);
}
END_TEST

START_TEST(curves_are_those_of_the_samples)
{
    char path[FILE_PATH_MAX];
    compare_plan_t contest = begin();
    comparison_t *comparison = open_all(&contest);
    store_t *store;
    array_t array;
    ck_assert_ok(comparison_write(comparison, directory, NULL));
    ck_assert_ok(file_join(directory, "compare.h5", path));
    ck_assert_ok(store_open(path, &store));
    ck_assert_ok(store_describe(store, "/best", &array));
    ck_assert_uint_eq(array.rank, 3);
    ck_assert_uint_eq(array.dims[0], ALGORITHMS);
    ck_assert_uint_eq(array.dims[1], SEEDS);
    const size_t n = array.dims[2];
    int64_t samples[SAMPLES];
    double best[RUNS * SAMPLES];
    ck_assert_uint_le(n, SAMPLES);
    ck_assert_ok(store_read_rows(store, "/samples", ARRAY_I64, 0, n, samples));
    array.data = best;
    ck_assert_ok(store_read(store, &array));
    ck_assert_int_eq(samples[0], 1);
    ck_assert_int_eq(samples[n - 1], SAMPLES);
    for (size_t run = 0; run < RUNS; run++)
        for (size_t i = 0; i < n; i++) {
            double least = NAN;
            for (int64_t k = 0; k < samples[i]; k++) least = fmin(least, contest.scored[run][k]);
            const double found = best[run * n + i];
            ck_assert_msg(isnan(least) ? isnan(found) : found == least,
                          "run %zu at %lld: %g, expected %g", run, (long long)samples[i], found,
                          least);
        }
    store_close(store);
    end(&contest, comparison);
}
END_TEST

static json_t *json_of(const comparison_t *comparison)
{
    char *text;
    said_by(text, comparison_json(comparison, out));
    json_t *object = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(object);
    free(text);
    return object;
}

START_TEST(json_says_the_same)
{
    compare_plan_t contest = begin();
    comparison_t *comparison = open_all(&contest);
    json_t *object = json_of(comparison);
    const json_t *islands = json_array_get(json_object_get(object, "algorithms"), 0);
    const json_t *random = json_array_get(json_object_get(object, "algorithms"), 1);
    ck_assert_str_eq(json_string_value(json_object_get(islands, "algorithm")), "islands");
    ck_assert_double_eq(json_real_value(json_object_get(islands, "samples_to_5_percent")), 21);
    ck_assert(json_is_null(json_object_get(random, "worst")));
    const json_t *run = json_array_get(json_object_get(islands, "runs"), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(run, "seed")), 6);
    ck_assert_double_eq(json_real_value(json_object_get(run, "samples_to_10_percent")), 8);
    ck_assert_str_eq(
        json_string_value(json_object_get(json_object_get(object, "yardstick"), "space")),
        "integers");
    json_decref(object);
    end(&contest, comparison);
}
END_TEST

START_TEST(the_terminal_shows_dashes_and_factors)
{
    static const char *const texts[] = {"\nislands  ",
                                        "sums kinds sizes",
                                        "told, beside",
                                        "\nrandom * ",
                                        ">5 ",
                                        "to the proven optimum over all integers",
                                        "whose optimum has a gap of 5 %",
                                        "seeds 4 to 6",
                                        "Feedback   total"};
    compare_plan_t contest = begin();
    comparison_t *comparison = open_all(&contest);
    char *text;
    said_by(text, comparison_print(comparison, out));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) ck_assert_says(text, texts[i]);
    free(text);
    end(&contest, comparison);
}
END_TEST

/* ---- the picture ----------------------------------------------------------------------------- */

START_TEST(the_picture_names_lines_and_axes)
{
    static const char *const texts[] = {
        ">tiny, dla: least latency within 0.1 of the area range<",
        ">islands<",
        ">random<",
        ">samples (scored assignments)<",
        ">gap to the optimum over all integers (%)<",
        ">optimum over the levels<",
        ">feedback total, 30 samples, median of 3 seeds within a band from best to worst<"};
    compare_plan_t contest = begin();
    comparison_t *comparison = open_all(&contest);
    ck_assert_ok(comparison_plot(comparison, directory, NULL));
    char *svg = said_file("compare.svg");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(strstr(svg, texts[i]) != NULL, "\"%s\" is missing", texts[i]);
    /* the legend lies as the lines do: the worst at the top */
    ck_assert(strstr(svg, ">random<") < strstr(svg, ">islands<"));
    free(svg);
    end(&contest, comparison);
}
END_TEST

START_TEST(nothing_feasible_is_drawn_too)
{
    compare_plan_t contest = begin();
    for (size_t i = 0; i < RUNS; i++)
        for (size_t k = 0; k < SAMPLES; k++) contest.scored[i][k] = NAN;
    comparison_t *comparison = open_all(&contest);
    ck_assert_ok(comparison_plot(comparison, directory, NULL));
    char *svg = said_file("compare.svg");
    ck_assert_ptr_nonnull(strstr(svg, ">no feasible sample<"));
    free(svg);
    ck_assert_ok(comparison_write(comparison, directory, NULL));
    end(&contest, comparison);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {standings_are_those_of_the_samples,
                                  a_seed_that_found_nothing_counts_as_the_worst,
                                  two_of_three_that_never_come_near_are_most,
                                  a_run_that_left_nothing_is_not_known,
                                  a_bound_takes_the_place_of_an_optimum,
                                  the_table_marks_what_it_does_not_know,
                                  curves_are_those_of_the_samples,
                                  json_says_the_same,
                                  the_terminal_shows_dashes_and_factors,
                                  the_picture_names_lines_and_axes,
                                  nothing_feasible_is_drawn_too,
                                  NULL};
    return fixture_run("compare", tests);
}
