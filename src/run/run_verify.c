/* Every logged sample scored anew from its actions; what else a run says is in verify_rest.c. */
#include "confx/file.h"
#include "confx/try.h"
#include "run/steps.h"
#include "run/verify.h"

#include <stdlib.h>
#include <string.h>

enum { ROUND = 1024 }; /* rows at a time */

/* A round of rows as logged. */
typedef struct {
    uint8_t stage[ROUND], feasible[ROUND];
    uint32_t update[ROUND], episode[ROUND];
    double objective[ROUND], constraint[ROUND];
    uint16_t *actions; /* (ROUND, L, A) values */
    bool indices; /* schema 1: in rows of stage 0 they are indices into /actions, not the values */
} round_t;

/* NULL without memory. */
static round_t *run_verify_round_open(size_t cells)
{
    round_t *round = calloc(1, sizeof *round);
    if (!round) return NULL;
    round->actions = calloc(ROUND * cells, sizeof *round->actions);
    if (round->actions) return round;
    free(round);
    return NULL;
}

static void run_verify_round_close(round_t *round)
{
    free(round->actions);
    free(round);
}

static confx_status_t run_verify_read_round(store_t *store, size_t first, size_t n, round_t *round)
{
    TRY(store_read_rows(store, "/trajectories/stage", ARRAY_U8, first, n, round->stage));
    TRY(store_read_rows(store, "/trajectories/update", ARRAY_U32, first, n, round->update));
    TRY(store_read_rows(store, "/trajectories/episode", ARRAY_U32, first, n, round->episode));
    TRY(store_read_rows(store, "/trajectories/feasible", ARRAY_U8, first, n, round->feasible));
    TRY(store_read_rows(store, "/trajectories/objective", ARRAY_F64, first, n, round->objective));
    TRY(store_read_rows(store, "/trajectories/constraint", ARRAY_F64, first, n, round->constraint));
    return store_read_rows(store, "/trajectories/actions", ARRAY_U16, first, n, round->actions);
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

static bool run_verify_read_actions(const problem_t *problem, const round_t *round, size_t row,
                                    batch_t *batch)
{
    const size_t cells = batch->layers * batch->axes;
    const bool are_levels = round->indices && round->stage[row] == 0;
    uint16_t *assignment = batch_assignment(batch, row);
    for (size_t cell = 0; cell < cells; cell++)
        if (!run_verify_read_action(problem_space(problem), cell % batch->axes, are_levels,
                                    round->actions[row * cells + cell], &assignment[cell]))
            return false;
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
        if (!run_verify_read_actions(problem, round, row, batch))
            return status_fail(CONFX_STATUS_DAMAGED, "%s, row %zu: an action is out of range",
                               table, first + row);
    batch->n = n;
    TRY(problem_score(problem, batch));
    for (size_t row = 0; row < n; row++) {
        const double objective = batch->scores[row].objectives[0];
        const double constraint = batch->scores[row].constraints[0];
        if (!run_verify_same(objective, round->objective[row]) ||
            !run_verify_same(constraint, round->constraint[row]) ||
            batch->feasible[row] != round->feasible[row])
            return status_fail(CONFX_STATUS_DAMAGED,
                               "%s, row %zu: logged objective %.17g, constraint %.17g; its actions "
                               "give %.17g, %.17g",
                               table, first + row, round->objective[row], round->constraint[row],
                               objective, constraint);
    }
    return status_ok();
}

static confx_status_t run_verify_check_rows(store_t *store, problem_t *problem, round_t *round,
                                            batch_t *batch, numbers_t *numbers, const char *path,
                                            uint64_t *rows)
{
    array_t table;
    TRY(store_describe(store, "/trajectories/objective", &table));
    for (*rows = 0; *rows < table.dims[0];) {
        const size_t n = table.dims[0] - *rows < ROUND ? table.dims[0] - *rows : ROUND;
        TRY(run_verify_read_round(store, *rows, n, round));
        TRY(numbers_check(numbers, path, round->stage, round->update, round->episode, n));
        TRY(run_verify_check_round(problem, round, "/trajectories", *rows, n, batch));
        *rows += n;
    }
    return status_ok();
}

/* /result holds values in every schema. */
static confx_status_t run_verify_check_result(store_t *store, problem_t *problem, round_t *round,
                                              batch_t *batch)
{
    bool has;
    TRY(store_has(store, "/result/assignment", &has));
    if (!has) return status_ok();
    /* The result is looked at as a round of one row, which must be feasible. */
    round->indices = false;
    round->feasible[0] = 1;
    TRY(store_read_rows(store, "/result/assignment", ARRAY_U16, 0, batch->layers, round->actions));
    TRY(store_read_rows(store, "/result/objective", ARRAY_F64, 0, 1, round->objective));
    TRY(store_read_rows(store, "/result/constraint", ARRAY_F64, 0, 1, round->constraint));
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
    round->indices = schema == 1;
    confx_status_t status = batch_open(problem, ROUND, &batch);
    if (status.code == CONFX_STATUS_OK) {
        status = numbers_open(store, path, &numbers);
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

static confx_status_t run_verify_store(store_t *store, const char *path, uint64_t *rows)
{
    job_t *job;
    setting_t setting;
    TRY(setting_open_logged(store, path, &job, &setting));
    confx_status_t status = verify_words(store, path, job);
    if (status.code == CONFX_STATUS_OK)
        status = run_verify_check_all(store, path, setting.problem, rows);
    if (status.code == CONFX_STATUS_OK) status = verify_table(store, path, job, &setting);
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
