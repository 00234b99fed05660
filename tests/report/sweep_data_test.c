/* A sweep whose every row is known: two objectives, two dataflows, two budgets, two seeds. Table,
   JSON, picture. */
#include "fixture.h"
#include "report/sweep/sweep_data.h"
#include "report/sweep/sweep_layout.h"
#include "said.h"

#include <jansson.h>

enum { SEARCHES = 16, WIDTH = 64, MESSAGE = 512 };

typedef struct {
    int64_t schema;
    const char *slowest; /* the first key */
    char names[SEARCHES][WIDTH], paths[SEARCHES][WIDTH], statuses[SEARCHES][WIDTH],
        units[SEARCHES][WIDTH];
    char messages[SEARCHES][MESSAGE], slow[SEARCHES][WIDTH], dataflows[SEARCHES][WIDTH];
    double fractions[SEARCHES], seeds[SEARCHES];
    double best[SEARCHES], bound[SEARCHES], optimum[SEARCHES], feasible[SEARCHES],
        seconds[SEARCHES];
} logged_t;

/* Search i: seed i % 2 + 1, budget 0.5 or 0.1, dataflow dla or shi, latency or edp. The first seed
   has a gap of 1 %, the second of 3 %. */
static logged_t begin(void)
{
    logged_t table = {.schema = 2, .slowest = "objective"};
    for (size_t i = 0; i < SEARCHES; i++) {
        (void)snprintf(table.names[i], WIDTH, "search%zu", i);
        (void)snprintf(table.paths[i], WIDTH, "runs/search%zu", i);
        (void)snprintf(table.statuses[i], WIDTH, "complete");
        (void)snprintf(table.units[i], WIDTH, "%s", i < 8 ? "cycles" : "cycles nJ");
        (void)snprintf(table.slow[i], WIDTH, "%s", i < 8 ? "latency" : "edp");
        (void)snprintf(table.dataflows[i], WIDTH, "%s", i % 8 < 4 ? "dla" : "shi");
        table.fractions[i] = i % 4 < 2 ? 0.5 : 0.1;
        table.seeds[i] = (double)(i % 2 + 1);
        table.optimum[i] = 1000;
        table.bound[i] = 500;
        table.best[i] = i % 2 ? 1030 : 1010;
        table.feasible[i] = 0.75;
        table.seconds[i] = (double)(i + 1);
    }
    return table;
}

static void lose(logged_t *table, size_t i, const char *status, const char *message)
{
    (void)snprintf(table->statuses[i], WIDTH, "%s", status);
    (void)snprintf(table->messages[i], MESSAGE, "%s", message);
    table->best[i] = table->bound[i] = table->optimum[i] = table->feasible[i] = table->seconds[i] =
        NAN;
}

static void write_plan(void)
{
    static const char plan[] =
        "--- # search0\nworkload: tiny\ndataflow: dla\nbudget: {fraction: 0.5}\nsearch: {samples: "
        "800}\n--- # search1\nworkload: tiny\n";
    char path[FILE_PATH_MAX];
    ck_assert_ok(file_join(directory, "plan.yaml", path));
    ck_assert_ok(file_write(path, plan, strlen(plan), NULL));
}

static array_t texts(const char *name, size_t n, size_t width, void *data)
{
    return (array_t){.name = name, .type = ARRAY_TEXT, .rank = 2, .dims = {n, width}, .data = data};
}

static array_t numbers(const char *name, double *data)
{
    return (array_t){.name = name, .type = ARRAY_F64, .rank = 1, .dims = {SEARCHES}, .data = data};
}

static void write_table(logged_t *table)
{
    char keys[4][WIDTH] = {"", "dataflow", "budget.fraction", "search.seed"};
    char setting[WIDTH];
    char path[FILE_PATH_MAX];
    (void)snprintf(keys[0], WIDTH, "%s", table->slowest);
    (void)snprintf(setting, WIDTH, "/settings/%s", table->slowest);
    const array_t arrays[] = {texts("/keys", 4, WIDTH, keys),
                              texts("/search", SEARCHES, WIDTH, table->names),
                              texts("/path", SEARCHES, WIDTH, table->paths),
                              texts("/status", SEARCHES, WIDTH, table->statuses),
                              texts("/units", SEARCHES, WIDTH, table->units),
                              texts("/message", SEARCHES, MESSAGE, table->messages),
                              texts(setting, SEARCHES, WIDTH, table->slow),
                              texts("/settings/dataflow", SEARCHES, WIDTH, table->dataflows),
                              numbers("/settings/budget.fraction", table->fractions),
                              numbers("/settings/search.seed", table->seeds),
                              numbers("/best", table->best),
                              numbers("/lower_bound", table->bound),
                              numbers("/optimum", table->optimum),
                              numbers("/feasible_fraction", table->feasible),
                              numbers("/seconds", table->seconds)};
    const attribute_t attributes[] = {
        {.path = "/", .name = "schema", .whole = true, .integer = table->schema},
        {.path = "/", .name = "started", .text = "2026-01-31T12:00:00Z"},
        {.path = "/", .name = "written", .text = "2026-01-31T12:01:16Z"},
        {.path = "/", .name = "status", .text = "running"},
    };
    write_plan();
    ck_assert_ok(file_join(directory, "sweep.h5", path));
    ck_assert_ok(store_write(path, arrays, sizeof arrays / sizeof *arrays, attributes,
                             sizeof attributes / sizeof *attributes, NULL));
}

static sweep_report_t *open_table(logged_t *table)
{
    sweep_report_t *survey;
    write_table(table);
    ck_assert_ok(sweep_report_open(directory, &survey));
    return survey;
}

static char *text_of(const sweep_report_t *survey,
                     confx_status_t (*print)(const sweep_report_t *, FILE *))
{
    char *text;
    said_by(text, print(survey, out));
    return text;
}

static char *picture_of(const sweep_report_t *survey)
{
    ck_assert_ok(sweep_report_plot(survey));
    return said_file("sweep.svg");
}

/* ---- settings -------------------------------------------------------------------------------- */

START_TEST(seeds_make_one_setting)
{
    logged_t table = begin();
    sweep_report_t *survey = open_table(&table);
    ck_assert_uint_eq(survey->settings_n, 8);
    for (size_t i = 0; i < 8; i++) {
        const setting_row_t *row = &survey->settings[i];
        ck_assert_uint_eq(row->n, 2);
        ck_assert_uint_eq(row->done, 2);
        ck_assert_double_eq(row->best.median, 1020);
        ck_assert_double_eq_tol(row->gap.least, 0.01, 1e-12);
        ck_assert_double_eq_tol(row->gap.median, 0.02, 1e-12);
        ck_assert_double_eq_tol(row->gap.worst, 0.03, 1e-12);
        ck_assert_double_eq(row->feasible_fraction, 0.75);
        ck_assert_double_eq(row->seconds, 2 * (double)i + 1.5);
    }
    sweep_report_close(survey);
}
END_TEST

START_TEST(searches_not_done_do_not_count)
{
    logged_t table = begin();
    lose(&table, 0, "running", "");
    lose(&table, 2, "failed", "the disk is full");
    lose(&table, 3, "waiting", "");
    sweep_report_t *survey = open_table(&table);
    ck_assert_uint_eq(survey->settings[0].done, 1);
    ck_assert_double_eq_tol(survey->settings[0].gap.median, 0.03, 1e-12);
    ck_assert_double_eq(survey->settings[0].seconds, 2);
    ck_assert_uint_eq(survey->settings[1].done, 0);
    ck_assert(isnan(survey->settings[1].gap.median));
    ck_assert_uint_eq(sweep_report_done(survey), 13);
    sweep_report_close(survey);
}
END_TEST

START_TEST(a_seed_that_found_nothing_is_the_worst)
{
    logged_t table = begin();
    lose(&table, 0, "infeasible", "none of 800 samples was feasible");
    sweep_report_t *survey = open_table(&table);
    ck_assert_uint_eq(survey->settings[0].done, 2);
    ck_assert_double_eq_tol(survey->settings[0].gap.least, 0.03, 1e-12);
    ck_assert(isnan(survey->settings[0].gap.median));
    ck_assert(isnan(survey->settings[0].gap.worst));
    sweep_report_close(survey);
}
END_TEST

START_TEST(a_bound_takes_the_place_of_an_optimum)
{
    logged_t table = begin();
    table.optimum[0] = table.optimum[1] = NAN;
    sweep_report_t *survey = open_table(&table);
    ck_assert_double_eq_tol(sweep_report_gap(survey, 0), 1.02, 1e-12);
    char *text = text_of(survey, sweep_report_print);
    ck_assert_says(text, "Gap        to the proven optimum (2 to the lower bound): median 3 %, "
                         "worst 106 % (search1)");
    free(text);
    sweep_report_close(survey);
}
END_TEST

/* What the first row of the grid has leaves out values of the last key; wherever the others appear,
   values, settings and places along the axis stand in the grid's order. */
START_TEST(exclusions_leave_the_order_as_it_is)
{
    static const double fractions[][8] = {{0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.1, 0.1},
                                          {0.5, 0.5, 0.1, 0.1, 0.5, 0.2, 0.2, 0.1},
                                          {0.2, 0.2, 0.2, 0.2, 0.5, 0.2, 0.1, 0.1},
                                          {0.1, 0.1, 0.1, 0.1, 0.5, 0.2, 0.2, 0.1}};
    for (size_t n = 0; n < sizeof fractions / sizeof *fractions; n++) {
        logged_t table = begin();
        layout_t layout;
        double before = INFINITY;
        table.slowest = "workload";
        for (size_t i = 0; i < SEARCHES; i++) {
            (void)snprintf(table.slow[i], WIDTH, "%s", i < 8 ? "nets" : "other");
            table.fractions[i] = fractions[n][i % 8];
        }
        sweep_report_t *survey = open_table(&table);
        const sweep_report_key_t *key = sweep_report_key(survey, "budget.fraction");
        for (size_t i = 0; i < key->values_n; i++) {
            const double value = strtod(sweep_report_value(key, i), NULL);
            ck_assert_double_lt(value, before);
            before = value;
        }
        for (size_t i = 0; i < SEARCHES; i++)
            ck_assert_double_eq(strtod(sweep_report_value(key, key->value[i]), NULL),
                                table.fractions[i]);
        ck_assert_ok(layout_open(survey, &layout));
        ck_assert_uint_eq(layout.places_n, 2 * key->values_n);
        for (size_t i = 0; i < layout.places_n; i++) {
            const size_t search = survey->order[survey->settings[layout.places[i]].first];
            ck_assert_uint_eq(key->value[search], i % key->values_n);
            ck_assert_uint_eq(search < 8, i < key->values_n);
        }
        for (size_t i = 0; i < survey->settings_n; i++) {
            const size_t search = survey->order[survey->settings[i].first];
            const size_t place = layout.place[i];
            ck_assert_uint_eq(place % key->values_n, key->value[search]);
            ck_assert_uint_eq(place < key->values_n, search < 8);
        }
        layout_close(&layout);
        sweep_report_close(survey);
    }
}
END_TEST

/* A search that was stopped has a best and a bound, but no gap that anything is said of. */
START_TEST(what_is_not_done_is_not_counted_among_the_gaps)
{
    logged_t table = begin();
    for (size_t i = 0; i < 4; i++) table.optimum[i] = NAN;
    (void)snprintf(table.statuses[1], WIDTH, "stopped");
    (void)snprintf(table.statuses[2], WIDTH, "running");
    (void)snprintf(table.statuses[3], WIDTH, "failed");
    sweep_report_t *survey = open_table(&table);
    char *text = text_of(survey, sweep_report_print);
    ck_assert_says(text, "Gap        to the proven optimum (1 to the lower bound): median 3 %, "
                         "worst 102 % (search0)");
    free(text);
    sweep_report_close(survey);
}
END_TEST

START_TEST(another_version_is_told)
{
    logged_t table = begin();
    sweep_report_t *survey;
    table.schema = 1;
    write_table(&table);
    ck_assert_fails(sweep_report_open(directory, &survey), CONFX_STATUS_INPUT,
                    "schema: expected 2, found 1");
    ck_assert_ptr_null(survey);
}
END_TEST

START_TEST(columns_of_other_lengths_are_damage)
{
    logged_t table = begin();
    sweep_report_t *survey;
    char path[FILE_PATH_MAX];
    const array_t arrays[] = {texts("/search", SEARCHES, WIDTH, table.names),
                              texts("/path", 3, WIDTH, table.paths)};
    const attribute_t attributes[] = {{.path = "/", .name = "schema", .whole = true, .integer = 2},
                                      {.path = "/", .name = "started", .text = ""},
                                      {.path = "/", .name = "written", .text = ""},
                                      {.path = "/", .name = "status", .text = ""}};
    ck_assert_ok(file_join(directory, "sweep.h5", path));
    ck_assert_ok(store_write(path, arrays, 2, attributes, 4, NULL));
    ck_assert_fails(sweep_report_open(directory, &survey), CONFX_STATUS_DAMAGED, "/path");
}
END_TEST

/* ---- the terminal and JSON ------------------------------------------------------------------- */

START_TEST(the_terminal_has_a_row_per_setting)
{
    static const char *const parts[] = {
        "Sweep      16 searches in 8 settings: 12 complete, 1 infeasible, 1 failed, 1 running, 1 "
        "waiting\n",
        "Status     running; begun 2026-01-31T12:00:00Z, table of 2026-01-31T12:01:16Z\n",
        "All        tiny, asic, area, 800 samples each\n",
        "\nobjective  dataflow  fraction   seeds   best ",
        "\nlatency    dla       0.5            2  1,020  cycles     2 %        3 %      75 %      "
        "1.5\n",
        "\n(1 left out: no search done)\n",
        "-\n",
        "\ninfeasible search4: nothing fits\n",
        "\nfailed     search2: the disk is full\n",
        "\nrunning    search8\n"};
    logged_t table = begin();
    lose(&table, 2, "failed", "the disk is full");
    lose(&table, 3, "waiting", "");
    lose(&table, 4, "infeasible", "nothing fits");
    lose(&table, 8, "running", "");
    sweep_report_t *survey = open_table(&table);
    char *text = text_of(survey, sweep_report_print);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) ck_assert_says(text, parts[i]);
    free(text);
    sweep_report_close(survey);
}
END_TEST

START_TEST(texts_of_the_file_are_harmless)
{
    logged_t table = begin();
    lose(&table, 2, "failed", "\033[31mred");
    sweep_report_t *survey = open_table(&table);
    char *text = text_of(survey, sweep_report_print);
    ck_assert_says(text, "search2: ?[31mred");
    free(text);
    sweep_report_close(survey);
}
END_TEST

START_TEST(json_says_the_same)
{
    logged_t table = begin();
    lose(&table, 0, "failed", "the disk is full");
    sweep_report_t *survey = open_table(&table);
    char *text = text_of(survey, sweep_report_json);
    json_t *object = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(object);
    const json_t *settings = json_object_get(object, "settings");
    ck_assert_uint_eq(json_array_size(settings), 8);
    const json_t *first = json_array_get(settings, 0);
    ck_assert_str_eq(
        json_string_value(json_object_get(json_object_get(first, "keys"), "budget.fraction")),
        "0.5");
    ck_assert_int_eq(json_integer_value(json_object_get(first, "done")), 1);
    ck_assert_double_eq(json_real_value(json_object_get(first, "best_median")), 1030);
    const json_t *lost = json_array_get(json_object_get(first, "searches"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(lost, "message")), "the disk is full");
    ck_assert(json_is_null(json_object_get(lost, "best")));
    json_decref(object);
    free(text);
    sweep_report_close(survey);
}
END_TEST

/* ---- the picture ----------------------------------------------------------------------------- */

START_TEST(the_picture_has_a_panel_per_objective)
{
    static const char *const parts[] = {">tiny, asic, area<",
                                        ">latency: gap (%)<",
                                        ">edp: gap (%)<",
                                        ">dla<",
                                        ">shi<",
                                        ">fraction<",
                                        ">0.5<",
                                        ">0.1<",
                                        "16 of 16 searches done"};
    logged_t table = begin();
    sweep_report_t *survey = open_table(&table);
    char *svg = picture_of(survey);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) ck_assert_says(svg, parts[i]);
    ck_assert_uint_eq(said_times(svg, ">dla<"), 1);
    free(svg);
    sweep_report_close(survey);
}
END_TEST

START_TEST(places_along_the_axis_are_the_keys_left_over)
{
    logged_t table = begin();
    table.slowest = "workload";
    for (size_t i = 0; i < SEARCHES; i++)
        (void)snprintf(table.slow[i], WIDTH, "%s", i < 8 ? "nets" : "other");
    sweep_report_t *survey = open_table(&table);
    char *svg = picture_of(survey);
    ck_assert_says(svg, ">nets 0.5<");
    ck_assert_says(svg, ">other 0.5<");
    ck_assert_uint_eq(said_times(svg, ">0.1<"), 2);
    ck_assert_says(svg, ">workload, fraction<");
    free(svg);
    sweep_report_close(survey);
}
END_TEST

START_TEST(without_a_yardstick_the_best_is_drawn)
{
    logged_t table = begin();
    for (size_t i = 0; i < SEARCHES; i++) table.optimum[i] = table.bound[i] = NAN;
    lose(&table, 0, "infeasible", "");
    sweep_report_t *survey = open_table(&table);
    char *svg = picture_of(survey);
    ck_assert_says(svg, ">latency (thousand cycles)<");
    ck_assert_says(svg, "the best found, median and range of the seeds; 16 of 16 searches done");
    ck_assert_says(svg, "; upper edge: nothing feasible<");
    free(svg);
    sweep_report_close(survey);
}
END_TEST

START_TEST(nothing_done_is_drawn_too)
{
    logged_t table = begin();
    for (size_t i = 0; i < SEARCHES; i++) lose(&table, i, i ? "waiting" : "running", "");
    sweep_report_t *survey = open_table(&table);
    char *svg = picture_of(survey);
    ck_assert_says(svg, ">no search is done yet<");
    free(svg);
    sweep_report_close(survey);
}
END_TEST

START_TEST(nothing_feasible_is_at_the_upper_edge)
{
    logged_t table = begin();
    lose(&table, 0, "infeasible", "");
    sweep_report_t *survey = open_table(&table);
    char *svg = picture_of(survey);
    ck_assert_says(svg, "; upper edge: nothing feasible<");
    free(svg);
    sweep_report_close(survey);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {seeds_make_one_setting,
                                  searches_not_done_do_not_count,
                                  a_seed_that_found_nothing_is_the_worst,
                                  a_bound_takes_the_place_of_an_optimum,
                                  what_is_not_done_is_not_counted_among_the_gaps,
                                  exclusions_leave_the_order_as_it_is,
                                  another_version_is_told,
                                  columns_of_other_lengths_are_damage,
                                  the_terminal_has_a_row_per_setting,
                                  texts_of_the_file_are_harmless,
                                  json_says_the_same,
                                  the_picture_has_a_panel_per_objective,
                                  places_along_the_axis_are_the_keys_left_over,
                                  without_a_yardstick_the_best_is_drawn,
                                  nothing_done_is_drawn_too,
                                  nothing_feasible_is_at_the_upper_edge,
                                  NULL};
    return fixture_run("survey", tests);
}
