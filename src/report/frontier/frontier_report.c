/* The frontier as text, JSON, CSV, HDF5 and a picture: one table, and a line of stairs. */
#include "confx/frontier_report.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/store.h"
#include "confx/table_show.h"
#include "confx/table_store.h"
#include "confx/text.h"
#include "confx/try.h"
#include "confx/version.h"
#include "report/plot/axis.h"
#include "report/plot/plot.h"
#include "report/plot/scratch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FRONTIER_SCHEMA = 1, FRONTIER_COLUMNS = 6 };

/* ---- the table ------------------------------------------------------------------------------- */

static void frontier_row(const void *of, size_t i, table_row_t *row)
{
    const frontier_row_t *step = &((const frontier_report_t *)of)->rows[i];
    table_known(row, step->from);
    table_known(row, step->to);
    table_whole(row, step->closed);
    table_known(row, step->optimum);
    table_known(row, step->lower_bound);
    table_known(row, step->price);
}

/* The columns with the job's units, which the table keeps a pointer to. */
static table_t frontier_table(const frontier_report_t *frontier,
                              table_column_t columns[FRONTIER_COLUMNS])
{
    const char *units = objective_units(frontier->job->objective);
    const char *budget = constraint_units(frontier->job->budget.constraint);
    const table_column_t all[FRONTIER_COLUMNS] = {
        {"from", budget, .type = TABLE_REAL, .digits = 17},
        {"to", budget, .type = TABLE_REAL, .digits = 17},
        {"closed", .type = TABLE_TRUTH},
        {"optimum", units, .type = TABLE_REAL, .digits = 10},
        {"lower_bound", units, .type = TABLE_REAL, .digits = 10, .head = "lower bound"},
        {"multiplier", .type = TABLE_REAL, .digits = 6}};
    memcpy(columns, all, sizeof all);
    return (table_t){.columns = columns,
                     .columns_n = FRONTIER_COLUMNS,
                     .rows_n = frontier->n,
                     .of = frontier,
                     .row = frontier_row};
}

/* ---- text ------------------------------------------------------------------------------------ */

/* For people: a budget is above what the step before has, and the brackets say what is proven. */
static void frontier_look(const void *of, size_t i, table_row_t *row)
{
    const frontier_row_t *step = &((const frontier_report_t *)of)->rows[i];
    table_known(row, step->from);
    if (isinf(step->to))
        table_text(row, "any more");
    else
        table_text(row, "%.13g%s", step->to, step->closed ? "" : " +");
    table_known(row, step->optimum);
    table_known(row, step->lower_bound);
    table_known(row, step->price);
}

confx_status_t frontier_print(const frontier_report_t *frontier, FILE *out)
{
    static const table_column_t columns[] = {{"Budget from", .type = TABLE_REAL, .digits = 13},
                                             {"to", .type = TABLE_TEXT, .right = true},
                                             {"Optimum", .type = TABLE_REAL, .digits = 10},
                                             {"Lower bound", .type = TABLE_REAL, .digits = 10},
                                             {"Shadow price", .type = TABLE_REAL, .digits = 6}};
    const job_t *job = frontier->job;
    const table_t table = TABLE(columns, frontier->n, frontier, frontier_look);
    out_print(
        out, "Frontier      least %s (%s) against %s (%s), over %s: %zu steps%s\n\n",
        objective_name(job->objective), objective_units(job->objective),
        constraint_name(job->budget.constraint), constraint_units(job->budget.constraint),
        strcmp(frontier->space, "levels") ? "all integers up to the largest levels" : "the levels",
        frontier->n, frontier->complete ? ", which are all; below the first nothing fits" : "");
    TRY(table_print(&table, (table_look_t){.width = 0}, out));
    fputs("\nWithin a budget from the first number on, and below the second, the optimum is proven "
          "to be that one;\n+: to the second itself, and where the next step begins was not "
          "looked for.\n",
          out);
    return ferror(out) ? status_fail(CONFX_STATUS_IO, "the frontier cannot be written")
                       : status_ok();
}

/* ---- JSON ------------------------------------------------------------------------------------ */

confx_status_t frontier_json(const frontier_report_t *frontier, FILE *out)
{
    table_column_t columns[FRONTIER_COLUMNS];
    const job_t *job = frontier->job;
    const table_t table = frontier_table(frontier, columns);
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:o}", "network", frontier->network,
        "accounting", frontier->accounting, "objective", objective_name(job->objective),
        "objective_units", objective_units(job->objective), "constraint",
        constraint_name(job->budget.constraint), "constraint_units",
        constraint_units(job->budget.constraint), "space", frontier->space, "budget",
        json_known(frontier->budget), "complete", frontier->complete, "steps", table_json(&table));
    return json_print(object, "the frontier", 1, out);
}

/* ---- HDF5 ------------------------------------------------------------------------------------ */

enum { AXIS_NAME_MAX = 64, WORD_MAX = 256 };

/* What the numbers of an axis without order stand for, as run.h5 has it: /space/NAME. */
static confx_status_t frontier_words(const frontier_report_t *frontier, table_arrays_t *arrays)
{
    for (size_t i = 0; i < frontier->axes_n; i++) {
        const frontier_axis_t *axis = &frontier->axes[i];
        char path[2 * AXIS_NAME_MAX];
        if (!axis->words) continue;
        (void)snprintf(path, sizeof path, "/space/%s", axis->name);
        char *words = table_store_array(arrays, (array_t){.name = path,
                                                          .type = ARRAY_TEXT,
                                                          .rank = 2,
                                                          .dims = {axis->words_n, WORD_MAX}});
        if (!words) return status_fail(CONFX_STATUS_MEMORY, "frontier.h5: no memory for it");
        for (size_t word = 0; word < axis->words_n; word++)
            (void)snprintf(words + word * WORD_MAX, WORD_MAX, "%s", axis->words[word]);
    }
    return status_ok();
}

static confx_status_t frontier_arrays(const frontier_report_t *frontier, const table_t *table,
                                      table_arrays_t *arrays)
{
    const size_t cells = frontier->n * frontier->layers_n * frontier->axes_n;
    TRY(table_store(table, "", 0, arrays));
    uint16_t *assignments = table_store_array(
        arrays, (array_t){.name = "/assignment",
                          .type = ARRAY_U16,
                          .rank = 3,
                          .dims = {frontier->n, frontier->layers_n, frontier->axes_n}});
    char *axes = table_store_array(arrays, (array_t){.name = "/axis",
                                                     .type = ARRAY_TEXT,
                                                     .rank = 2,
                                                     .dims = {frontier->axes_n, AXIS_NAME_MAX}});
    if (!assignments || !axes)
        return status_fail(CONFX_STATUS_MEMORY, "frontier.h5: no memory for it");
    /* Values and not indices, as in run.h5, so that a reader needs no list of levels. */
    memcpy(assignments, frontier->assignments, cells * sizeof *assignments);
    for (size_t i = 0; i < frontier->axes_n; i++)
        (void)snprintf(axes + i * AXIS_NAME_MAX, AXIS_NAME_MAX, "%s", frontier->axes[i].name);
    return frontier_words(frontier, arrays);
}

static confx_status_t frontier_h5(const frontier_report_t *frontier, const table_t *table,
                                  const char *path, const guard_t *guard)
{
    const job_t *job = frontier->job;
    table_arrays_t arrays = {.n = 0};
    const attribute_t attributes[] = {
        {.path = "/", .name = "schema", .whole = true, .integer = FRONTIER_SCHEMA},
        {.path = "/", .name = "program_version", .text = CONFX_VERSION},
        {.path = "/", .name = "job", .text = job->text},
        {.path = "/", .name = "network", .text = frontier->network},
        {.path = "/", .name = "accounting", .text = frontier->accounting},
        {.path = "/", .name = "objective", .text = objective_name(job->objective)},
        {.path = "/", .name = "constraint", .text = constraint_name(job->budget.constraint)},
        {.path = "/", .name = "space", .text = frontier->space},
        {.path = "/", .name = "complete", .whole = true, .integer = frontier->complete}};
    confx_status_t status = frontier_arrays(frontier, table, &arrays);
    if (status.code == CONFX_STATUS_OK)
        status = store_write(path, arrays.arrays, arrays.n, attributes,
                             sizeof attributes / sizeof *attributes, guard);
    table_store_end(&arrays);
    return status;
}

/* ---- the picture ----------------------------------------------------------------------------- */

/* A stair goes down where the next step begins: between what is proven of two steps neither is
   drawn. */
static void frontier_stairs(const frontier_report_t *frontier, double unit, double end,
                            FILE *script)
{
    out_print(script, "$steps << EOD\n");
    for (size_t i = 0; i < frontier->n; i++) {
        const frontier_row_t *step = &frontier->rows[i];
        if (isnan(step->optimum)) continue;
        const double to = fmin(step->to, end);
        out_print(script, "%.17g %.17g\n%.17g %.17g\n", step->from, step->optimum / unit, to,
                  step->optimum / unit);
        if (!step->closed) out_print(script, "\n");
    }
    out_print(script, "EOD\n");
}

static void frontier_script(const frontier_report_t *frontier, FILE *script)
{
    const job_t *job = frontier->job;
    const char *units = constraint_units(job->budget.constraint);
    axis_t axis = axis_begin();
    double end = 0;
    char title[256];
    for (size_t i = 0; i < frontier->n; i++) {
        axis_cover(&axis, frontier->rows[i].optimum);
        if (isfinite(frontier->rows[i].to)) end = fmax(end, frontier->rows[i].to);
    }
    for (size_t i = 0; i < frontier->n; i++)
        /* The last step has no end; on the logarithmic axis half as much again shows that it goes
           on. */
        if (isinf(frontier->rows[i].to)) end = fmax(end, 1.5 * frontier->rows[i].from);
    (void)snprintf(title, sizeof title, "%s, %s: the proven optimum against the budget",
                   frontier->network, job->dataflow);
    plot_begin(script, "frontier", title);
    plot_panel(script, 0.13, 0.9);
    out_print(script, "unset key\nset lmargin at screen 0.11\nset logscale x\n");
    /* gnuplot refuses a logarithmic axis without a range, so that a picture without points says
       why. */
    if (axis_is_empty(&axis)) {
        plot_remark(script, "no optimum is proven");
        out_print(script, "plot NaN notitle\n");
        plot_end(script);
        return;
    }
    axis_finish(&axis);
    axis_print(&axis, script);
    frontier_stairs(frontier, axis.unit, end, script);
    out_print(script, "set xlabel '%s (%s)'\nset ylabel '%s (%s%s)'\nset format x '%%g'\n",
              constraint_name(job->budget.constraint), units, objective_name(job->objective),
              axis.prefix, objective_units(job->objective));
    out_print(script,
              "plot $steps using 1:2 with linespoints linecolor rgb '%s' linewidth 2 pointtype 7 "
              "pointsize 0.3 notitle\n",
              PLOT_BLUE);
    plot_end(script);
}

static confx_status_t frontier_svg(const frontier_report_t *frontier, const char *path,
                                   const guard_t *guard)
{
    FILE *script;
    char *picture = NULL;
    size_t length = 0;
    TRY(memory_file_open(&script));
    frontier_script(frontier, script);
    confx_status_t status = gnuplot_draw(script, &picture, &length);
    (void)fclose(script);
    if (status.code == CONFX_STATUS_OK) status = file_write(path, picture, length, guard);
    free(picture);
    return status;
}

/* ---- files ----------------------------------------------------------------------------------- */

confx_status_t frontier_write(const frontier_report_t *frontier, const char *directory,
                              const guard_t *guard)
{
    table_column_t columns[FRONTIER_COLUMNS];
    char path[FILE_PATH_MAX];
    compose_t csv;
    const table_t table = frontier_table(frontier, columns);
    TRY(file_join(directory, "frontier.csv", path));
    TRY(compose_begin(&csv));
    table_csv(&table, csv.out);
    TRY(compose_publish(&csv, path, guard));
    TRY(file_join(directory, "frontier.h5", path));
    TRY(frontier_h5(frontier, &table, path, guard));
    TRY(file_join(directory, "frontier.svg", path));
    return frontier_svg(frontier, path, guard);
}
