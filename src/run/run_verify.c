/* Every logged sample scored anew from its actions; what else a run says is in verify_rest.c. */
#include "confx/file.h"
#include "confx/master.h"
#include "confx/try.h"
#include "run/steps.h"
#include "run/verify.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUND = 1024 }; /* rows at a time */

/* A round of rows as logged. */
typedef struct {
    uint8_t stage[ROUND], space[ROUND], feasible[ROUND];
    uint32_t update[ROUND], number[ROUND]; /* number: the unit; before schema 4 the place in the
                                              update */
    double objective[ROUND], constraints[ROUND * TERMS_MAX];
    double metric[ROUND]; /* one of them after the other */
    uint16_t *values;     /* (ROUND, L, A) */
    int64_t schema;
} round_t;

/* NULL without memory. */
static round_t *run_verify_round_open(size_t cells)
{
    round_t *round = calloc(1, sizeof *round);
    if (!round) return NULL;
    round->values = calloc(ROUND * cells, sizeof *round->values);
    if (round->values) return round;
    free(round);
    return NULL;
}

static void run_verify_round_close(round_t *round)
{
    free(round->values);
    free(round);
}

static confx_status_t run_verify_read_round(store_t *store, size_t first, size_t n, round_t *round)
{
    const bool units = round->schema >= SCHEMA_WITH_UNITS;
    const char *number = units ? "/trajectories/unit" : "/trajectories/episode";
    TRY(store_read_rows(store, "/trajectories/stage", ARRAY_U8, first, n, round->stage));
    if (units) TRY(store_read_rows(store, "/trajectories/space", ARRAY_U8, first, n, round->space));
    TRY(store_read_rows(store, "/trajectories/update", ARRAY_U32, first, n, round->update));
    TRY(store_read_rows(store, number, ARRAY_U32, first, n, round->number));
    TRY(store_read_rows(store, "/trajectories/feasible", ARRAY_U8, first, n, round->feasible));
    TRY(store_read_rows(store, "/trajectories/objective", ARRAY_F64, first, n, round->objective));
    TRY(store_read_rows(store, "/trajectories/constraints", ARRAY_F64, first, n,
                        round->constraints));
    return store_read_rows(store, "/trajectories/assignment", ARRAY_U16, first, n, round->values);
}

/* The index in the range of an axis behind a logged action. */
static bool run_verify_read_action(const space_t *space, size_t axis, bool is_level,
                                   uint16_t action, uint16_t *index)
{
    if (!is_level) return space_find(space, axis, action, index);
    if (action >= space_levels(space, axis)) return false;
    *index = space_level_index(space, axis, action);
    return true;
}

/* Rows of the levels have nothing but levels; in schema 1 these are numbers of levels. */
static bool run_verify_read_assignment(const problem_t *problem, const round_t *round, size_t row,
                                       batch_t *batch)
{
    const space_t *space = problem_space(problem);
    const size_t cells = batch->layers * batch->axes;
    const bool numbers = round->schema == 1 && round->stage[row] == 0;
    const bool levels = round->schema >= SCHEMA_WITH_UNITS && round->space[row] == SPACE_LEVELS;
    uint16_t *assignment = batch_assignment(batch, row);
    for (size_t cell = 0; cell < cells; cell++) {
        const size_t axis = cell % batch->axes;
        uint16_t *index = &assignment[cell];
        if (!run_verify_read_action(space, axis, numbers, round->values[row * cells + cell], index))
            return false;
        /* The row says that its algorithm chose from the levels: then every index is that of
           one. */
        if (levels && space_level_index(space, axis, space_level(space, axis, *index)) != *index)
            return false;
    }
    return true;
}

static bool run_verify_same(double one, double other)
{
    return one == other || (isnan(one) && isnan(other));
}

static confx_status_t run_verify_check_round(problem_t *problem, const round_t *round,
                                             const char *table, size_t first, size_t n,
                                             batch_t *batch)
{
    for (size_t row = 0; row < n; row++)
        if (!run_verify_read_assignment(problem, round, row, batch))
            return status_fail(CONFX_STATUS_DAMAGED, "%s, row %zu: an action is out of range",
                               table, first + row);
    /* Scored by the same function as in the search, so that every bit must agree. */
    batch->n = n;
    TRY(problem_score(problem, batch));
    const size_t limits = problem_terms(problem)->constraints_n;
    for (size_t row = 0; row < n; row++) {
        const score_t *score = &batch->scores[row];
        const double *constraints = round->constraints + row * limits;
        bool same = run_verify_same(score->objectives[0], round->objective[row]) &&
                    batch->feasible[row] == round->feasible[row];
        for (size_t i = 0; i < limits; i++)
            same = same && run_verify_same(score->constraints[i], constraints[i]);
        if (!same)
            return status_fail(CONFX_STATUS_DAMAGED,
                               "%s, row %zu: logged objective %.17g, constraint %.17g; its actions "
                               "give %.17g, %.17g",
                               table, first + row, round->objective[row],
                               limits ? constraints[0] : NAN, score->objectives[0],
                               limits ? score->constraints[0] : NAN);
    }
    return status_ok();
}

/* The totals of all metrics that the log has, of the rows just scored. */
static confx_status_t run_verify_check_metrics(store_t *store, const problem_t *problem,
                                               round_t *round, size_t first, const batch_t *batch)
{
    const model_t *model = problem_model(problem);
    char name[FILE_PATH_MAX];
    for (size_t i = 0; i < model->metrics_n; i++) {
        bool has;
        (void)snprintf(name, sizeof name, "/trajectories/%s", model->metrics[i].name);
        TRY(store_has(store, name, &has));
        /* A log from before a metric was kept, or without one that no limit asks for, has no such
           column. */
        if (!has) continue;
        TRY(store_read_rows(store, name, ARRAY_F64, first, batch->n, round->metric));
        for (size_t row = 0; row < batch->n; row++) {
            const double due = batch->metrics[row * batch->metrics_n + i];
            if (!run_verify_same(due, round->metric[row]))
                return status_fail(CONFX_STATUS_DAMAGED,
                                   "%s, row %zu: logged %.17g; its actions give %.17g", name,
                                   first + row, round->metric[row], due);
        }
    }
    return status_ok();
}

/* As many constraints as the problem has; before schema 4 a column without a second dimension had
   one. */
static confx_status_t run_verify_check_width(store_t *store, const problem_t *problem,
                                             const char *path, size_t *rows)
{
    static const char name[] = "/trajectories/constraints";
    array_t found;
    TRY(store_describe(store, name, &found));
    *rows = found.dims[0];
    if ((found.rank == 1 ? 1 : found.dims[1]) == problem_terms(problem)->constraints_n)
        return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED, "%s: %s has other constraints than its job", path,
                       name);
}

static confx_status_t run_verify_check_rows(store_t *store, problem_t *problem, round_t *round,
                                            batch_t *batch, numbers_t *numbers, const char *path,
                                            uint64_t *rows)
{
    size_t all = 0;
    TRY(run_verify_check_width(store, problem, path, &all));
    for (*rows = 0; *rows < all;) {
        const size_t n = all - *rows < ROUND ? all - *rows : ROUND;
        TRY(run_verify_read_round(store, *rows, n, round));
        /* Rounds come in the order of rows, and what one has to follow is kept from the one before
           it. */
        TRY(numbers_check(numbers, path, round->stage, round->update, round->number, n));
        TRY(run_verify_check_round(problem, round, "/trajectories", *rows, n, batch));
        if (round->schema >= SCHEMA_WITH_UNITS)
            TRY(run_verify_check_metrics(store, problem, round, *rows, batch));
        *rows += n;
    }
    return status_ok();
}

/* /result holds values in every schema, of the whole ranges. */
static confx_status_t run_verify_check_result(store_t *store, problem_t *problem, round_t *round,
                                              batch_t *batch)
{
    bool has;
    TRY(store_has(store, "/result/assignment", &has));
    if (!has) return status_ok();
    /* The result is looked at as a round of one row, which must be feasible. */
    round->stage[0] = 1;
    round->space[0] = SPACE_INTEGERS;
    round->feasible[0] = 1;
    TRY(store_read_rows(store, "/result/assignment", ARRAY_U16, 0, batch->layers, round->values));
    TRY(store_read_rows(store, "/result/objective", ARRAY_F64, 0, 1, round->objective));
    TRY(store_read_rows(store, "/result/constraints", ARRAY_F64, 0,
                        problem_terms(problem)->constraints_n, round->constraints));
    return run_verify_check_round(problem, round, "/result", 0, 1, batch);
}

static confx_status_t run_verify_check_all(store_t *store, const char *path, problem_t *problem,
                                           uint64_t *rows)
{
    batch_t batch;
    numbers_t numbers;
    int64_t schema;
    TRY(store_read_schema(store, &schema));
    round_t *round =
        run_verify_round_open(space_cells(problem_space(problem), problem_layers(problem)));
    if (!round) return status_fail(CONFX_STATUS_MEMORY, "no memory for %d rows", ROUND);
    round->schema = schema;
    confx_status_t status = batch_open(problem, ROUND, &batch);
    if (status.code == CONFX_STATUS_OK) {
        status = numbers_open(store, path, schema >= SCHEMA_WITH_UNITS, &numbers);
        if (status.code == CONFX_STATUS_OK)
            status = run_verify_check_rows(store, problem, round, &batch, &numbers, path, rows);
        if (status.code == CONFX_STATUS_OK) status = numbers_check_end(&numbers, path);
        numbers_close(&numbers);
        if (status.code == CONFX_STATUS_OK)
            status = run_verify_check_result(store, problem, round, &batch);
        batch_close(&batch);
    }
    run_verify_round_close(round);
    return status;
}

static confx_status_t run_verify_solve(store_t *store, const char *path, const setting_t *setting,
                                       space_part_t space)
{
    knapsack_t certificate;
    double told;
    TRY(store_read_rows(store, "/certificate/optimum", ARRAY_F64, 0, 1, &told));
    TRY(certificate_solve(setting->problem, space, NULL, &certificate));
    const bool same = certificate.solved && run_verify_same(certificate.optimum, told);
    const double optimum = certificate.optimum;
    knapsack_close(&certificate);
    if (same) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED,
                       "%s: it tells a proven optimum of %.17g; proven anew it is %.17g", path,
                       told, optimum);
}

/* Of a design that says it is a certificate's the proof is made anew; the rows were scored before,
   and the only one is the result. */
static confx_status_t run_verify_certificate(store_t *store, const char *path,
                                             const setting_t *setting)
{
    bool certified;
    char *space;
    TRY(store_is_certified(store, &certified));
    if (!certified) return status_ok();
    TRY(store_read_text(store, "/", "certificate_space", &space));
    /* The proof is about the part of the space that the file names. */
    const space_part_t part = strcmp(space, "levels") ? SPACE_INTEGERS : SPACE_LEVELS;
    free(space);
    return run_verify_solve(store, path, setting, part);
}

static confx_status_t run_verify_store(store_t *store, const char *path, uint64_t *rows)
{
    job_t *job;
    setting_t setting;
    TRY(setting_open_logged(store, path, &job, &setting));
    /* From the cheapest to the dearest: words first, then every row, and the proof behind them. */
    confx_status_t status = verify_words(store, path, job);
    if (status.code == CONFX_STATUS_OK)
        status = run_verify_check_all(store, path, setting.problem, rows);
    if (status.code == CONFX_STATUS_OK) status = run_verify_certificate(store, path, &setting);
    if (status.code == CONFX_STATUS_OK) status = verify_table(store, path, &setting);
    setting_close(&setting);
    job_close(job);
    return status;
}

confx_status_t run_verify(const char *run_dir, uint64_t *rows)
{
    char path[FILE_PATH_MAX];
    store_t *store;
    *rows = 0;
    TRY(file_join(run_dir, "run.h5", path));
    TRY(store_open_run(path, &store));
    const confx_status_t status = run_verify_store(store, path, rows);
    store_close(store);
    return status;
}
