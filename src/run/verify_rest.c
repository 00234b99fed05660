/* What `confx verify` looks at beside the scores of the rows: their numbers, units and attributes,
   assignment.csv. */
#include "confx/file.h"
#include "confx/try.h"
#include "run/files.h"
#include "run/steps.h"
#include "run/verify.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers of the rows --------------------------------------------------------------------- */

confx_status_t numbers_open(store_t *store, const char *path, bool units, numbers_t *numbers)
{
    const char *name = progress_name(PROGRESS_samples);
    array_t found;
    *numbers = (numbers_t){.units = units};
    TRY(store_describe(store, name, &found));
    numbers->updates = found.dims[0];
    numbers->ends = calloc(numbers->updates + 1, sizeof *numbers->ends);
    if (!numbers->ends) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for %s", path, name);
    return store_read_rows(store, name, ARRAY_F64, 0, numbers->updates, numbers->ends);
}

void numbers_close(numbers_t *numbers)
{
    free(numbers->ends);
    numbers->ends = NULL;
}

/* One on from the row before, or the first of the next update, where the last one ends by what
   /progress says. */
static bool verify_rest_numbers_follow(const numbers_t *numbers, uint32_t update, uint32_t number)
{
    if (numbers->rows == 0) return update == 0 && number == 0;
    /* Within an update the numbers of units rise by one at most, as a unit has several rows; before
       schema 4 each row had a number of its own. */
    if (update == numbers->update)
        return numbers->units ? number == numbers->number || number == numbers->number + 1
                              : number == numbers->number + 1;
    return update == numbers->update + 1 && number == 0 && numbers->update < numbers->updates &&
           numbers->ends[numbers->update] == (double)numbers->rows;
}

confx_status_t numbers_check(numbers_t *numbers, const char *path, const uint8_t *stage,
                             const uint32_t *update, const uint32_t *number, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (stage[i] >= STAGES_MAX)
            return status_fail(CONFX_STATUS_DAMAGED,
                               "%s: /trajectories, row %zu: there is no stage %u", path,
                               numbers->rows, (unsigned)stage[i]);
        if (!verify_rest_numbers_follow(numbers, update[i], number[i]))
            return status_fail(CONFX_STATUS_DAMAGED,
                               "%s: /trajectories, row %zu: update %lu, %s %lu do not follow "
                               "those of the row "
                               "before, or /progress has other updates",
                               path, numbers->rows, (unsigned long)update[i],
                               numbers->units ? "unit" : "episode", (unsigned long)number[i]);
        numbers->update = update[i];
        numbers->number = number[i];
        numbers->rows++;
    }
    return status_ok();
}

confx_status_t numbers_check_end(const numbers_t *numbers, const char *path)
{
    const size_t updates = numbers->rows ? (size_t)numbers->update + 1 : 0;
    const bool ends = updates == 0 || (updates <= numbers->updates &&
                                       numbers->ends[updates - 1] == (double)numbers->rows);
    if (updates == numbers->updates && ends) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED,
                       "%s: its rows are of %zu updates, /progress has %zu or ends elsewhere", path,
                       updates, numbers->updates);
}

/* ---- attributes and units -------------------------------------------------------------------- */

static confx_status_t verify_rest_words_same(store_t *store, const char *path, const char *object,
                                             const char *name, const char *due)
{
    char *found;
    TRY(store_read_text(store, object, name, &found));
    const bool same = !strcmp(found, due);
    confx_status_t status = status_ok();
    if (!same)
        status =
            status_fail(CONFX_STATUS_DAMAGED, "%s: attribute %s of %s is %.80s, its job gives %s",
                        path, name, object, found, due);
    free(found);
    return status;
}

static confx_status_t verify_rest_words_same_number(store_t *store, const char *path,
                                                    const char *name, uint64_t due)
{
    int64_t found;
    TRY(store_read_integer(store, "/", name, &found));
    if (found == (int64_t)due) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED, "%s: attribute %s is %lld, expected %llu", path, name,
                       (long long)found, (unsigned long long)due);
}

static confx_status_t verify_rest_words_know_status(store_t *store, const char *path)
{
    static const char *const known[] = {"running", "stopped", "complete", "infeasible"};
    char *found;
    bool good = false;
    TRY(store_read_text(store, "/", "status", &found));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        good = good || !strcmp(found, known[i]);
    free(found);
    return good ? status_ok()
                : status_fail(CONFX_STATUS_DAMAGED, "%s: attribute status is none of a run", path);
}

confx_status_t verify_words(store_t *store, const char *path, const job_t *job)
{
    const char *units = objective_units(job->objective);
    char need_units[JOB_UNITS_MAX], constraints[JOB_UNITS_MAX];
    job_budget_units(job, need_units);
    job_budget_names(job, constraints);
    const struct {
        const char *set, *units;
    } sets[] = {{"/trajectories/objective", units},
                {"/trajectories/constraints", need_units},
                {"/result/objective", units},
                {"/result/constraints", need_units},
                {"/result/budget", need_units}};
    array_t rows;
    TRY(verify_rest_words_know_status(store, path));
    TRY(verify_rest_words_same(store, path, "/", "objective", objective_name(job->objective)));
    TRY(verify_rest_words_same(store, path, "/", "constraint", constraints));
    TRY(verify_rest_words_same_number(store, path, "seed", job->search.seed));
    TRY(store_describe(store, "/trajectories/objective", &rows));
    TRY(verify_rest_words_same_number(store, path, "samples", rows.dims[0]));
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        bool has;
        TRY(store_has(store, sets[i].set, &has));
        /* A run without a feasible sample has no result. */
        if (has) TRY(verify_rest_words_same(store, path, sets[i].set, "units", sets[i].units));
    }
    return status_ok();
}

/* ---- assignment.csv -------------------------------------------------------------------------- */

/* A run that was extended has the table of its last end until the next one; and that of a program
   before schema 4 has other names for its columns. */
static confx_status_t verify_rest_table_is_due(store_t *store, bool *due)
{
    char *word;
    int64_t schema;
    *due = false;
    TRY(store_read_schema(store, &schema));
    if (schema < SCHEMA_WITH_UNITS) return status_ok();
    TRY(store_read_text(store, "/", "status", &word));
    const bool complete = !strcmp(word, "complete");
    free(word);
    TRY(store_has(store, "/result/assignment", due));
    *due = *due && complete;
    return status_ok();
}

/* The text that the result of the file gives; the caller frees. */
static confx_status_t verify_rest_table_give(store_t *store, const setting_t *setting, char **text,
                                             size_t *length)
{
    const space_t *space = problem_space(setting->problem);
    const size_t layers = problem_layers(setting->problem);
    const size_t cells = space_cells(space, layers);
    uint16_t *assignment = calloc(cells, sizeof *assignment); /* (L, A): values, then indices */
    compose_t table;
    confx_status_t status;
    if (!assignment) {
        status = status_fail(CONFX_STATUS_MEMORY, "no memory for an assignment");
        goto out;
    }
    TRY_OUT(store_read_rows(store, "/result/assignment", ARRAY_U16, 0, layers, assignment));
    /* The values are in their ranges, as they were scored before (run_verify_check_result). */
    for (size_t i = 0; i < cells; i++) {
        const bool found = space_find(space, i % space_axes(space), assignment[i], &assignment[i]);
        assert(found);
        (void)found;
    }
    TRY_OUT(assignment_compose(setting, assignment, &table));
    TRY_OUT(compose_end(&table, TABLE_FILE));
    *text = table.text;
    *length = table.length;
out:
    free(assignment);
    return status;
}

/* There it is expected: beside the checkpoint of a run, not beside a copy of run.h5. */
static confx_status_t verify_rest_table_compare(const char *directory, const char *text,
                                                size_t length)
{
    char path[FILE_PATH_MAX], checkpoint[FILE_PATH_MAX];
    char *found = NULL;
    size_t found_length = 0;
    bool there = false;
    bool run = false;
    TRY(file_join(directory, TABLE_FILE, path));
    TRY(file_join(directory, RUN_CHECKPOINT, checkpoint));
    TRY(file_has(path, &there));
    /* A copy of run.h5 that was taken elsewhere needs no table beside it. */
    if (!there) TRY(file_has(checkpoint, &run));
    if (!there && !run) return status_ok();
    if (!there)
        return status_fail(CONFX_STATUS_DAMAGED,
                           "%s: is missing; confx run --resume makes it again", path);
    TRY(file_load(path, FILE_OURS, FILE_TABLE_MOST, &found, &found_length));
    assert(found && text);
    const bool same = found_length == length && !memcmp(found, text, length);
    free(found);
    if (same) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED,
                       "%s: is not the table of the result; confx run --resume makes it again",
                       path);
}

confx_status_t verify_table(store_t *store, const char *path, const setting_t *setting)
{
    char directory[FILE_PATH_MAX];
    char *text = NULL;
    size_t length = 0;
    bool due = false;
    TRY(verify_rest_table_is_due(store, &due));
    if (!due) return status_ok();
    TRY(file_directory(path, directory));
    TRY(verify_rest_table_give(store, setting, &text, &length));
    const confx_status_t status = verify_rest_table_compare(directory, text, length);
    free(text);
    return status;
}
