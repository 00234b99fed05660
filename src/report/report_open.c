/* run.h5 into memory. */
#include "confx/file.h"
#include "confx/master.h"
#include "confx/try.h"
#include "report/fetch.h"
#include "report/run_data.h"
#include "report/sanitise.h"
#include "report/workload_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STAGE_ROWS = 1 << 20 };

static const char master[] = "run.h5";

/* ---- parts of the file ----------------------------------------------------------------------- */

static confx_status_t report_open_read_text(store_t *store, const char *name, char **text)
{
    TRY(store_read_text(store, "/", name, text));
    sanitise_clean(*text);
    return status_ok();
}

static confx_status_t report_open_read_attributes(report_t *report, store_t *store)
{
    bool has;
    TRY(store_has_attribute(store, "/", "accounting", &has));
    if (has) TRY(report_open_read_text(store, "accounting", &report->accounting));
    TRY(store_is_certified(store, &report->certified));
#define READ_TEXT(name) TRY(report_open_read_text(store, #name, &report->name));
    REPORT_TEXT_LIST(READ_TEXT)
#undef READ_TEXT
#define READ_COUNT(name) TRY(store_read_integer(store, "/", #name, &report->name));
    REPORT_COUNT_LIST(READ_COUNT)
#undef READ_COUNT
    return status_ok();
}

static confx_status_t report_open_read_job(report_t *report, const char *path, store_t *store)
{
    char *text;
    TRY(store_read_text(store, "/", "job", &text));
    const confx_status_t status = job_parse(text, path, NULL, 0, &report->job);
    free(text);
    if (status.code != CONFX_STATUS_OK) return status;
    sanitise_clean(report->job->dataflow);
    sanitise_clean(report->job->hardware);
    if (report->job->budget.of) sanitise_clean(report->job->budget.of);
    job_value_words(report->job->tree, JOB_HARDWARE_KEY, ' ', report->hardware);
    sanitise_clean(report->hardware);
    return status_ok();
}

/* ---- the space ------------------------------------------------------------------------------- */

static confx_status_t report_open_read_axis(report_axis_t *axis, store_t *store)
{
    char path[AXIS_TEXT_MAX + sizeof "/space/"];
    char *units;
    void *words;
    array_t levels;
    bool has;
    (void)snprintf(path, sizeof path, "/space/%s", axis->name);
    TRY(store_has_attribute(store, path, "units", &has));
    if (has) {
        TRY(store_read_text(store, path, "units", &units));
        (void)snprintf(axis->units, sizeof axis->units, "%s", strcmp(units, "1") ? units : "");
        free(units);
        sanitise_clean(axis->units);
    }
    TRY(store_describe(store, path, &levels));
    /* Of an axis with an order the values in the result are numbers already; only names are
       needed. */
    if (levels.type != ARRAY_TEXT) return status_ok();
    const confx_status_t status =
        fetch_array(store, path, ARRAY_TEXT, levels.dims[0], AXIS_TEXT_MAX, &words);
    axis->words = words;
    axis->words_n = levels.dims[0];
    TRY(status);
    fetch_clean(axis->words, axis->words_n, AXIS_TEXT_MAX);
    return status_ok();
}

/* Before schema 4 the axes were these, and not named. */
static confx_status_t report_open_read_axes(report_t *report, store_t *store)
{
    static const char old[][AXIS_TEXT_MAX] = {"pe", "buffer"};
    static const char name[] = "/axis";
    void *names = NULL;
    bool has;
    confx_status_t status = status_ok();
    TRY(store_has(store, name, &has));
    report->axes_n = sizeof old / sizeof *old;
    if (has) TRY(store_rows(store, name, &report->axes_n));
    if (has) TRY_OUT(fetch_array(store, name, ARRAY_TEXT, report->axes_n, AXIS_TEXT_MAX, &names));
    report->axes = calloc(report->axes_n + 1, sizeof *report->axes);
    if (!report->axes) {
        status = status_fail(CONFX_STATUS_MEMORY, "no memory for the axes");
        goto out;
    }
    for (size_t i = 0; i < report->axes_n; i++) {
        /* Words of a file are somebody else's: they end within their place, and nothing in them may
           steer a terminal. */
        const char *from = names ? (const char *)names + i * AXIS_TEXT_MAX : old[i];
        memcpy(report->axes[i].name, from, AXIS_TEXT_MAX - 1);
        sanitise_clean(report->axes[i].name);
        TRY_OUT(report_open_read_axis(&report->axes[i], store));
    }
out:
    free(names);
    return status;
}

/* ---- what came of it ------------------------------------------------------------------------- */

static confx_status_t report_open_read_bounds(report_t *report, store_t *store)
{
    enum { WORD_MAX = 16 };
    static const char name[] = "/result/bound";
    void *words;
    report->bounds = calloc(report->layers_n + 1, sizeof *report->bounds);
    if (!report->bounds)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the rows of %s", name);
    confx_status_t status =
        fetch_array(store, name, ARRAY_TEXT, report->layers_n, WORD_MAX, &words);
    for (size_t layer = 0; status.code == CONFX_STATUS_OK && layer < report->layers_n; layer++) {
        char *word = (char *)words + layer * WORD_MAX;
        report_bound_t bound = 0;
        word[WORD_MAX - 1] = 0;
        /* Words become numbers once, here, so that all tables can count them. */
        while (bound < BOUNDS && strcmp(report_bound_word(bound), word) != 0) bound++;
        report->bounds[layer] = bound;
        if (bound == BOUNDS)
            status = status_fail(CONFX_STATUS_DAMAGED, "%s: layer %zu has no known one", name,
                                 layer + 1);
    }
    free(words);
    return status;
}

/* What cycles and energy are made of. Older programs did not log it, and MAESTRO's accounting has
   no parts: so what is not there is left out, but a part of it alone is damage. */
static confx_status_t report_open_read_breakdown(report_t *report, store_t *store)
{
    bool use;
    bool parts;
    TRY(store_has(store, "/result/utilisation", &use));
    TRY(store_has(store, "/result/bound", &parts));
#define READ_FIGURE(name)                                                                          \
    TRY(fetch_reals(store, "/result/" #name, report->layers_n, &report->name));
    if (use) {
        REPORT_USE_LIST(READ_FIGURE)
    }
    if (!use || !parts) return status_ok();
    REPORT_PART_LIST(READ_FIGURE)
#undef READ_FIGURE
    return report_open_read_bounds(report, store);
}

/* What each layer takes of the first budget: one metric, or the product of two. */
static confx_status_t report_open_read_limited(report_t *report, store_t *store)
{
    const constraint_t constraint = report->job->budget.constraint;
    for (int factor = 0; factor < OBJECTIVE_METRICS && constraint_metric(constraint, factor);
         factor++) {
        char name[64];
        double *values = NULL;
        (void)snprintf(name, sizeof name, "/result/%s", constraint_metric(constraint, factor));
        const confx_status_t status = fetch_reals(store, name, report->layers_n, &values);
        for (size_t i = 0; report->limited && values && i < report->layers_n; i++)
            report->limited[i] *= values[i];
        if (report->limited)
            free(values);
        else
            report->limited = values;
        TRY(status);
    }
    return status_ok();
}

/* Where every layer uses every axis it is not logged. */
static confx_status_t report_open_read_use(report_t *report, store_t *store)
{
    static const char name[] = "/result/used";
    void *used;
    bool has;
    TRY(store_has(store, name, &has));
    if (!has) return status_ok();
    const confx_status_t status =
        fetch_array(store, name, ARRAY_BOOL, report->layers_n, report->axes_n, &used);
    report->used = used;
    return status;
}

/* What each network comes to. */
static confx_status_t report_open_read_totals(report_t *report, store_t *store)
{
    const size_t n = report->networks_n;
    if (n == 0) return status_ok();
#define READ_TOTAL(name)                                                                           \
    TRY(fetch_reals(store, "/result/networks/" #name, n, &report->of_network.name));
    READ_TOTAL(objective)
    READ_TOTAL(latency)
    READ_TOTAL(energy)
    READ_TOTAL(area)
#undef READ_TOTAL
    return status_ok();
}

static confx_status_t report_open_read_result(report_t *report, store_t *store)
{
    void *assignment;
    /* A run that has found nothing feasible yet has no result. Its costs stay NULL, and whoever
       reads them must ask `found` first. */
    TRY(store_has(store, "/result/assignment", &report->found));
    if (!report->found) return status_ok();
    const confx_status_t status = fetch_array(store, "/result/assignment", ARRAY_U16,
                                              report->layers_n, report->axes_n, &assignment);
    report->assignment = assignment;
    if (status.code != CONFX_STATUS_OK) return status;
    TRY(report_open_read_use(report, store));
#define READ_COST(name) TRY(fetch_reals(store, "/result/" #name, report->layers_n, &report->name));
    REPORT_COST_LIST(READ_COST)
#undef READ_COST
    TRY(report_open_read_limited(report, store));
    TRY(report_open_read_totals(report, store));
    return report_open_read_breakdown(report, store);
}

/* A number of each budget; older files have one budget. */
static confx_status_t report_open_read_limit(report_t *report, store_t *store, const char *name,
                                             size_t place)
{
    double values[JOB_BUDGETS_MAX] = {NAN, NAN, NAN, NAN};
    bool has;
    TRY(store_has(store, name, &has));
    if (has) TRY(fetch_check_rows(store, name, report->job->budgets_n));
    if (has) TRY(store_read_rows(store, name, ARRAY_F64, 0, report->job->budgets_n, values));
    for (size_t i = 0; i < JOB_BUDGETS_MAX; i++)
        memcpy((char *)&report->limits[i] + place, &values[i], sizeof values[i]);
    return status_ok();
}

static confx_status_t report_open_read_limits(report_t *report, store_t *store)
{
    enum { BUDGET = 0, USED = sizeof(double), OPTIMUM = 2 * USED, MULTIPLIER = 3 * USED };
    TRY(report_open_read_limit(report, store, "/result/budget", BUDGET));
    TRY(report_open_read_limit(report, store, "/result/constraints", USED));
    TRY(report_open_read_limit(report, store, "/certificate/constraints", OPTIMUM));
    return report_open_read_limit(report, store, "/certificate/multipliers", MULTIPLIER);
}

static confx_status_t report_open_read_numbers(report_t *report, store_t *store)
{
#define READ_NUMBER(path, name) TRY(store_read_number(store, path, &report->name));
    REPORT_NUMBER_LIST(READ_NUMBER)
#undef READ_NUMBER
    return status_ok();
}

/* One text, which the file may not have. */
static confx_status_t report_open_read_line(store_t *store, const char *name, char *text,
                                            size_t room)
{
    const array_t array = {
        .name = name, .type = ARRAY_TEXT, .rank = 2, .dims = {1, room}, .data = text};
    bool has;
    TRY(store_has(store, array.name, &has));
    if (!has) return status_ok();
    TRY(store_read(store, &array));
    fetch_clean(text, 1, room);
    return status_ok();
}

static confx_status_t report_open_read_progress(report_t *report, store_t *store)
{
    TRY(store_rows(store, "/progress/samples", &report->updates_n));
#define READ_PROGRESS(name)                                                                        \
    TRY(fetch_reals(store, "/progress/" #name, report->updates_n, &report->progress.name));
    REPORT_PROGRESS_LIST(READ_PROGRESS)
#undef READ_PROGRESS
    return status_ok();
}

/* How many samples each stage drew. The column may be long: it is gone through in pieces. Before
   schema 4 it had the part of the space, 0 for levels and 1 for all integers: of two stages these
   are the places in their list, and a single stage has all rows, whatever they say. */
static confx_status_t report_open_count_stages(report_t *report, store_t *store)
{
    static const char name[] = "/trajectories/stage";
    const size_t stages_n = report_stages(report);
    size_t rows = 0;
    TRY(store_rows(store, name, &rows));
    uint8_t *stages = malloc(STAGE_ROWS);
    if (!stages) return status_fail(CONFX_STATUS_MEMORY, "no memory for %s", name);
    confx_status_t status = status_ok();
    for (size_t first = 0; first < rows && status.code == CONFX_STATUS_OK; first += STAGE_ROWS) {
        const size_t n = rows - first < STAGE_ROWS ? rows - first : STAGE_ROWS;
        status = store_read_rows(store, name, ARRAY_U8, first, n, stages);
        for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++)
            if (stages_n == 1 || stages[i] < stages_n)
                report->staged[stages_n == 1 ? 0 : stages[i]]++; /* others: a lost segment's fill */
    }
    free(stages);
    return status;
}

/* ---- opening --------------------------------------------------------------------------------- */

static confx_status_t report_open_read_all(report_t *report, const char *path, store_t *store)
{
    TRY(report_open_read_attributes(report, store));
    TRY(report_open_read_job(report, path, store));
    /* The result has a row for each layer and a column for each axis, so these must be read before
       it. */
    TRY(workload_data_read(report, path, store));
    TRY(report_open_read_axes(report, store));
    TRY(report_open_read_result(report, store));
    TRY(report_open_read_numbers(report, store));
    TRY(report_open_read_limits(report, store));
    TRY(report_open_read_line(store, "/certificate/next", report->next, sizeof report->next));
    TRY(report_open_read_line(store, "/certificate/reason", report->reason, sizeof report->reason));
    TRY(report_open_read_progress(report, store));
    return report_open_count_stages(report, store);
}

/* A file instead of a directory, perhaps a copy of a run.h5 that went without its rows: reading one
   tells. */
static confx_status_t report_open_check_copy(const char *path)
{
    uint8_t stage;
    store_t *store;
    array_t array;
    int64_t schema;
    /* run.h5 has its rows in segments beside it. A copy without them opens well and fails only when
       a row is read. */
    TRY(store_open_users(path, &store));
    confx_status_t status = store_read_schema(store, &schema);
    if (status.code == CONFX_STATUS_OK)
        status = store_describe(store, "/trajectories/stage", &array);
    if (status.code == CONFX_STATUS_OK && array.dims[0])
        status = store_read_rows(store, "/trajectories/stage", ARRAY_U8, 0, 1, &stage);
    store_close(store);
    return status;
}

static confx_status_t report_open_find_master(const char *run_dir, char *path)
{
    file_kind_t kind;
    bool has;
    bool is_log = false;
    TRY(file_reach(run_dir));
    TRY(file_look(run_dir, &kind));
    TRY(file_join(run_dir, master, path));
    TRY(file_has(path, &has));
    if (has) return status_ok();
    /* A user may have named run.h5 itself. If it is damaged or lacks its segments, that is the
       better message; otherwise the one below asks for its directory. */
    if (kind == FILE_PLAIN) TRY(store_is_log(run_dir, &is_log));
    if (is_log) TRY(report_open_check_copy(run_dir));
    if (kind != FILE_DIRECTORY)
        return status_input(run_dir, 0, NULL,
                            "is %s, expected the directory of a run, which holds %s",
                            kind == FILE_PLAIN ? "a file" : "neither file nor directory", master);
    return status_input(run_dir, 0, NULL,
                        "holds no %s, expected the output directory of a run or a sweep", master);
}

/* NULL without memory. */
static report_t *report_open_new(const char *run_dir)
{
    report_t *report = calloc(1, sizeof *report);
    if (!report) return NULL;
    report->run_dir = strdup(run_dir);
    report->shown_dir = strdup(run_dir);
    if (report->run_dir && report->shown_dir) {
        sanitise_clean(report->shown_dir);
        return report;
    }
    report_close(report);
    return NULL;
}

confx_status_t report_open(const char *run_dir, report_t **report)
{
    char path[FILE_PATH_MAX];
    store_t *store;
    *report = NULL;
    TRY(report_open_find_master(run_dir, path));
    report_t *fresh = report_open_new(run_dir);
    if (!fresh) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for a report", path);
    confx_status_t status = store_open_run(path, &store);
    /* All is copied into memory, so the file is closed again before anything is printed, and a run
       that is still going on may replace it meanwhile. */
    if (status.code == CONFX_STATUS_OK) {
        status = report_open_read_all(fresh, path, store);
        store_close(store);
    }
    if (status.code == CONFX_STATUS_OK)
        *report = fresh;
    else
        report_close(fresh);
    return status;
}

void report_close(report_t *report)
{
    if (!report) return;
    free(report->run_dir);
    free(report->shown_dir);
    free(report->accounting);
    job_close(report->job);
    free(report->shapes);
    for (size_t i = 0; report->axes && i < report->axes_n; i++) free(report->axes[i].words);
    free(report->axes);
    free(report->names);
    free(report->weights);
    free(report->networks);
    free(report->of_network.weight);
    free(report->of_network.objective);
    free(report->of_network.latency);
    free(report->of_network.energy);
    free(report->of_network.area);
    free(report->used);
    free(report->assignment);
    free(report->limited);
#define FREE_TEXT(name) free(report->name);
    REPORT_TEXT_LIST(FREE_TEXT)
    REPORT_COST_LIST(FREE_TEXT)
    REPORT_USE_LIST(FREE_TEXT)
    REPORT_PART_LIST(FREE_TEXT)
#undef FREE_TEXT
    free(report->bounds);
#define FREE_PROGRESS(name) free(report->progress.name);
    REPORT_PROGRESS_LIST(FREE_PROGRESS)
#undef FREE_PROGRESS
    free(report);
}
