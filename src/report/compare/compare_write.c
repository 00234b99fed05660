/* The comparison for programs: JSON, compare.csv and compare.h5, whose columns have the same names,
   and compare.svg. */
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/job_words.h"
#include "confx/master.h"
#include "confx/store.h"
#include "confx/table_show.h"
#include "confx/table_store.h"
#include "confx/try.h"
#include "confx/version.h"
#include "report/compare/comparison.h"
#include "report/plot/gnuplot.h"
#include "report/plot/scratch.h"

#include <assert.h>
#include <stdlib.h>

enum { COMPARE_SCHEMA = 1, COMPARE_COLUMNS_MAX = 24 };

/* ---- columns --------------------------------------------------------------------------------- */

#define COLUMN(name, units) {#name, .unit = (units), .type = TABLE_REAL},
static const table_column_t compare_columns[] = {
    {"algorithm", .type = TABLE_TEXT, .group = ""},
    {"acts_on", .type = TABLE_TEXT, .group = ""},
    {"told", .type = TABLE_TEXT, .group = ""},
    {"seeds", .type = TABLE_WHOLE, .without = TABLE_NOT_JSON | TABLE_NOT_STORED},
    STANDING_LIST(COLUMN){"units", .type = TABLE_TEXT,
                          .without = TABLE_NOT_JSON | TABLE_NOT_STORED},
};
static const table_column_t compare_run_columns[] = {
    {"seed", .type = TABLE_WHOLE, .without = TABLE_NOT_STORED},
    {"run_dir", .type = TABLE_TEXT, .without = TABLE_NOT_STORED},
    TRIAL_LIST(COLUMN)};
#undef COLUMN

static void compare_write_row(const void *of, size_t i, table_row_t *row)
{
    const comparison_t *comparison = of;
    const ranking_t *standing = &comparison->standings[i];
    table_text(row, "%s", comparison_algorithm(comparison, i));
    table_text(row, "%s", comparison_acts_on(comparison, i));
    table_text(row, "%s", comparison->plan.told[i]);
    table_whole(row, (int64_t)comparison->plan.seeds_n);
#define CELL(name, units) table_known(row, standing->name);
    STANDING_LIST(CELL)
#undef CELL
    table_text(row, "%s", comparison_units(comparison, ""));
}

/* Runs of a comparison from one on. */
typedef struct {
    const comparison_t *comparison;
    size_t first;
} compare_runs_t;

static void compare_write_run_row(const void *of, size_t i, table_row_t *row)
{
    const compare_runs_t *runs = of;
    const trial_t *trial = &runs->comparison->trials[runs->first + i];
    const job_t *job = runs->comparison->plan.jobs[runs->first + i];
    table_whole(row, (int64_t)job->search.seed);
    table_text(row, "%s", job->output);
#define CELL(name, units) table_known(row, trial->name);
    TRIAL_LIST(CELL)
#undef CELL
}

/* "" for a unit is the objective's. */
static table_t compare_write_units(const comparison_t *comparison, table_t table,
                                   table_column_t room[COMPARE_COLUMNS_MAX])
{
    assert(table.columns_n <= COMPARE_COLUMNS_MAX);
    for (size_t i = 0; i < table.columns_n; i++) {
        room[i] = table.columns[i];
        room[i].unit = comparison_units(comparison, room[i].unit);
    }
    table.columns = room;
    return table;
}

static table_t compare_write_table(const comparison_t *comparison,
                                   table_column_t room[COMPARE_COLUMNS_MAX])
{
    const size_t n = comparison->plan.algorithms_n;
    return compare_write_units(comparison, TABLE(compare_columns, n, comparison, compare_write_row),
                               room);
}

static table_t compare_write_run_table(const compare_runs_t *runs, size_t n,
                                       table_column_t room[COMPARE_COLUMNS_MAX])
{
    return compare_write_units(runs->comparison,
                               TABLE(compare_run_columns, n, runs, compare_write_run_row), room);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

/* Each of several, as of a run; NULL: there is but one, of which the keys beside this tell. */
static json_t *compare_write_budgets_json(const comparison_t *comparison)
{
    const job_t *job = comparison->job;
    json_t *list = job->budgets_n > 1 ? json_array() : NULL;
    for (size_t i = 0; list && i < job->budgets_n; i++) {
        const job_budget_t *budget = &job->budgets[i];
        (void)json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:o, s:s*}", "constraint",
                            constraint_name(budget->constraint), "units",
                            constraint_units(budget->constraint), "budget",
                            json_known(comparison->plan.budgets[i]), "fraction",
                            json_known(job_budget_fraction(budget)), "platform", budget->platform));
    }
    return list;
}

static json_t *compare_write_task_json(const comparison_t *comparison)
{
    const job_t *job = comparison->job;
    char hardware[JOB_VALUE_MAX];
    job_value_words(job->tree, JOB_HARDWARE_KEY, ' ', hardware);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s*, s:o*, s:s, s:I, s:I, s:I}", "network",
        comparison->plan.network, "hardware", hardware, "accounting", comparison->plan.accounting,
        "dataflow", job->dataflow, "objective", objective_name(job->objective), "objective_units",
        objective_units(job->objective), "constraint", constraint_name(job->budget.constraint),
        "budget", json_known(comparison->plan.budgets[0]), "budget_fraction",
        json_known(job_budget_fraction(&job->budget)), "budget_of", job->budget.of, "budgets",
        compare_write_budgets_json(comparison), "feedback",
        job_feedback(job) == FEEDBACK_LAYER ? "layer" : "total", "samples",
        (json_int_t)job->search.samples, "first_seed", (json_int_t)job->search.seed, "seeds",
        (json_int_t)comparison->plan.seeds_n);
}

/* Each algorithm with the figures of its runs behind its own. */
static json_t *compare_write_algorithms_json(const comparison_t *comparison)
{
    table_column_t room[COMPARE_COLUMNS_MAX];
    const table_t table = compare_write_table(comparison, room);
    json_t *list = table_json(&table);
    for (size_t i = 0; list && i < comparison->plan.algorithms_n; i++) {
        /* The columns of the first table are done with, so the room is used again for the runs. The
           list keeps its objects; what is set in them belongs to them, set or not. */
        const compare_runs_t of = {comparison, i * comparison->plan.seeds_n};
        const table_t runs = compare_write_run_table(&of, comparison->plan.seeds_n, room);
        if (json_object_set_new(json_array_get(list, i), "runs", table_json(&runs)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *compare_write_yardstick_json(const comparison_plan_t *plan)
{
    return json_pack("{s:s, s:o, s:o, s:o}", "space", plan->over_integers ? "integers" : "levels",
                     "lower_bound", json_known(plan->lower_bound), "optimum",
                     json_known(plan->optimum), "levels_optimum", json_known(plan->levels));
}

confx_status_t comparison_json(const comparison_t *comparison, FILE *out)
{
    return json_print(json_pack("{s:o, s:o, s:o}", "task", compare_write_task_json(comparison),
                                "yardstick", compare_write_yardstick_json(&comparison->plan),
                                "algorithms", compare_write_algorithms_json(comparison)),
                      "the comparison", 2, out);
}

/* ---- compare.csv and compare.h5 -------------------------------------------------------------- */

static confx_status_t compare_write_csv(const comparison_t *comparison, const char *path,
                                        const guard_t *guard)
{
    table_column_t room[COMPARE_COLUMNS_MAX];
    const table_t table = compare_write_table(comparison, room);
    compose_t csv;
    TRY(compose_begin(&csv));
    table_csv(&table, csv.out);
    return compose_publish(&csv, path, guard);
}

static confx_status_t compare_write_store_tables(const comparison_t *comparison,
                                                 table_arrays_t *arrays)
{
    table_column_t room[COMPARE_COLUMNS_MAX];
    const comparison_plan_t *plan = &comparison->plan;
    const compare_runs_t all = {comparison, 0};
    const table_t table = compare_write_table(comparison, room);
    TRY(table_store(&table, "/table", 0, arrays));
    const table_t runs = compare_write_run_table(&all, plan->algorithms_n * plan->seeds_n, room);
    return table_store(&runs, "/runs", plan->seeds_n, arrays);
}

/* What is no column: seeds, yardsticks, and the curves where any of them changes. */
static confx_status_t compare_write_store_rest(const comparison_t *comparison,
                                               table_arrays_t *arrays)
{
    const comparison_plan_t *plan = &comparison->plan;
    const size_t points_n = comparison->points_n;
    const size_t values_n = plan->algorithms_n * plan->seeds_n * points_n;
    const char *units = comparison_units(comparison, "");
    const array_t of_best = {"best", ARRAY_F64, 3, {plan->algorithms_n, plan->seeds_n, points_n},
                             NULL,   units};
    int64_t *seeds =
        table_store_array(arrays, (array_t){"seed", ARRAY_I64, 1, {plan->seeds_n}, NULL, NULL});
    int64_t *samples =
        table_store_array(arrays, (array_t){"samples", ARRAY_I64, 1, {points_n}, NULL, "samples"});
    double *best = table_store_array(arrays, of_best);
    double *bound = table_store_array(
        arrays, (array_t){"yardstick/lower_bound", ARRAY_F64, 1, {1}, NULL, units});
    double *optimum =
        table_store_array(arrays, (array_t){"yardstick/optimum", ARRAY_F64, 1, {1}, NULL, units});
    double *levels = table_store_array(
        arrays, (array_t){"yardstick/levels_optimum", ARRAY_F64, 1, {1}, NULL, units});
    /* Whatever was allocated belongs to `arrays`, which the caller frees on failure as well. */
    if (!seeds || !samples || !best || !bound || !optimum || !levels)
        return status_fail(CONFX_STATUS_MEMORY, "compare.h5: no memory for it");
    *bound = plan->lower_bound;
    *optimum = plan->optimum;
    *levels = plan->levels;
    for (size_t i = 0; i < plan->seeds_n; i++) seeds[i] = (int64_t)plan->jobs[i]->search.seed;
    for (size_t i = 0; i < points_n; i++) samples[i] = (int64_t)comparison->points[i];
    /* Trials lie algorithm by algorithm and seed by seed, as the first two dimensions of `best` do:
       one index serves for both. */
    for (size_t i = 0; i < values_n; i++)
        best[i] =
            curve_value(&comparison->trials[i / points_n].curve, comparison->points[i % points_n]);
    return status_ok();
}

static confx_status_t compare_write_publish(const comparison_t *comparison, const array_t *arrays,
                                            size_t n, const char *path, const guard_t *guard)
{
    const job_t *job = comparison->job;
    char id[RUN_ID_MAX];
    TRY(store_keep_run_id(path, id));
    const attribute_t attributes[] = {
        {.path = "/", .name = "schema", .whole = true, .integer = COMPARE_SCHEMA},
        {.path = "/", .name = "program_version", .text = CONFX_VERSION},
        {.path = "/", .name = "run_id", .text = id},
        {.path = "/", .name = "job", .text = job->text},
        {.path = "/", .name = "network", .text = comparison->plan.network},
        {.path = "/", .name = "accounting", .text = comparison->plan.accounting},
        {.path = "/", .name = "objective", .text = objective_name(job->objective)},
        {.path = "/",
         .name = "feedback",
         .text = job_feedback(job) == FEEDBACK_LAYER ? "layer" : "total"},
        {.path = "/yardstick",
         .name = "space",
         .text = comparison->plan.over_integers ? "integers" : "levels"},
    };
    return store_write(path, arrays, n, attributes, sizeof attributes / sizeof *attributes, guard);
}

static confx_status_t compare_write_h5(const comparison_t *comparison, const char *path,
                                       const guard_t *guard)
{
    table_arrays_t arrays = {.n = 0};
    confx_status_t status;
    TRY_OUT(compare_write_store_tables(comparison, &arrays));
    TRY_OUT(compare_write_store_rest(comparison, &arrays));
    status = compare_write_publish(comparison, arrays.arrays, arrays.n, path, guard);
out:
    table_store_end(&arrays);
    return status;
}

confx_status_t comparison_write(const comparison_t *comparison, const char *directory,
                                const guard_t *guard)
{
    char path[FILE_PATH_MAX];
    TRY(file_join(directory, "compare.csv", path));
    TRY(compare_write_csv(comparison, path, guard));
    TRY(file_join(directory, "compare.h5", path));
    return compare_write_h5(comparison, path, guard);
}

/* ---- compare.svg ----------------------------------------------------------------------------- */

static confx_status_t compare_write_draw(const comparison_t *comparison, char **picture,
                                         size_t *length)
{
    FILE *script;
    TRY(memory_file_open(&script));
    confx_status_t status = comparison_script(comparison, script);
    if (status.code == CONFX_STATUS_OK) status = gnuplot_draw(script, picture, length);
    (void)fclose(script);
    return status;
}

confx_status_t comparison_plot(const comparison_t *comparison, const char *directory,
                               const guard_t *guard)
{
    char path[FILE_PATH_MAX];
    char *picture = NULL;
    size_t length = 0;
    TRY(file_join(directory, "compare.svg", path));
    confx_status_t status = compare_write_draw(comparison, &picture, &length);
    if (status.code == CONFX_STATUS_OK) status = file_write(path, picture, length, guard);
    free(picture);
    return status;
}
