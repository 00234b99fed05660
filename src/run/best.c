/* The best assignments of a run, in its archive: offered by the root update by update, shared when
   a stage opens, kept in checkpoints and held against the problem when these are read. */
#include "confx/arena.h"
#include "confx/try.h"
#include "run/steps.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static size_t best_cells(const run_t *run)
{
    const problem_t *problem = run->setting.problem;
    return space_cells(problem_space(problem), problem_layers(problem));
}

confx_status_t best_open(run_t *run)
{
    archive_close(run->archive);
    run->archive = NULL;
    return archive_open(problem_terms(run->setting.problem), best_cells(run), &run->archive);
}

scored_assignment_t run_best(const run_t *run)
{
    if (!run->archive || !archive_size(run->archive))
        return (scored_assignment_t){.score = {.objectives = {NAN}, .constraints = {NAN}}};
    /* Only feasible samples are offered, and these have an objective. */
    const score_t *score = archive_score(run->archive, 0);
    assert(!isnan(score->objectives[0]));
    return (scored_assignment_t){archive_assignment(run->archive, 0), *score};
}

double run_best_objective(const run_t *run)
{
    return run_best(run).score.objectives[0];
}

/* Islands start from the best assignment so far, which only the root knows until now. */
confx_status_t best_share(run_t *run)
{
    const problem_t *problem = run->setting.problem;
    const size_t bytes = scored_assignment_bytes(problem);
    const bool root = cluster_is_root(run->cluster);
    bool found = archive_size(run->archive) > 0;
    bool entered;
    arena_t arena = {.last = NULL};
    char *message;
    ARENA_TAKE(&arena, message, bytes);
    confx_status_t status = cluster_agree(run->cluster, arena_status(&arena, "an assignment"));
    if (status.code != CONFX_STATUS_OK) goto out;
    /* All ranks must take part in both broadcasts, also when there is nothing to send. */
    if (root && found) {
        const scored_assignment_t best = run_best(run);
        scored_assignment_pack(problem, &best, message);
    }
    cluster_broadcast(run->cluster, &found, sizeof found);
    cluster_broadcast(run->cluster, message, bytes);
    if (!root && found) {
        const scored_assignment_t best = scored_assignment_unpack(problem, message);
        status = archive_offer(run->archive, best.assignment, &best.score, &entered);
    }
    status = cluster_agree(run->cluster, status);
out:
    arena_close(&arena);
    return status;
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

void best_show(const run_t *run, datasets_t *datasets)
{
    const problem_t *problem = run->setting.problem;
    const terms_t *terms = problem_terms(problem);
    const size_t n = archive_size(run->archive);
    const size_t cells = best_cells(run);
    double *scores =
        datasets_make(datasets, "/archive/scores", ARRAY_F64, n, score_size(terms), NULL);
    uint16_t *assignments =
        datasets_make(datasets, "/archive/assignments", ARRAY_U16, n, cells, NULL);
    for (size_t i = 0; scores && assignments && i < n; i++) {
        score_pack(terms, archive_score(run->archive, i), scores + i * score_size(terms));
        memcpy(assignments + i * cells, archive_assignment(run->archive, i),
               cells * sizeof *assignments);
    }
}

static confx_status_t best_read_into(run_t *run, store_t *store, size_t n, arena_t *arena)
{
    const terms_t *terms = problem_terms(run->setting.problem);
    const size_t width = score_size(terms);
    const size_t cells = best_cells(run);
    double *scores;
    uint16_t *assignments;
    bool entered = true;
    ARENA_TAKE(arena, scores, n * width);
    ARENA_TAKE(arena, assignments, n * cells);
    TRY(arena_status(arena, "the best of a run"));
    const array_t of_scores = {"/archive/scores", ARRAY_F64, 2, {n, width}, scores, NULL};
    const array_t of_assignments = {
        "/archive/assignments", ARRAY_U16, 2, {n, cells}, assignments, NULL};
    TRY(store_read(store, &of_scores));
    TRY(store_read(store, &of_assignments));
    for (size_t i = 0; i < n && entered; i++) {
        const score_t score = score_unpack(terms, scores + i * width);
        /* An archive takes members one by one and in order; a file in which one is refused was not
           written from an archive. */
        if (isnan(score.objectives[0]))
            return counters_refuse(run, "a best assignment without score");
        TRY(archive_offer(run->archive, assignments + i * cells, &score, &entered));
    }
    return entered ? status_ok() : counters_refuse(run, "a best assignment that is not the best");
}

confx_status_t best_read(run_t *run, store_t *store)
{
    array_t array;
    arena_t arena = {.last = NULL};
    TRY(store_describe(store, "/archive/scores", &array));
    const confx_status_t status = best_read_into(run, store, array.dims[0], &arena);
    arena_close(&arena);
    return status;
}

confx_status_t best_check(const run_t *run)
{
    problem_t *problem = run->setting.problem;
    for (size_t i = 0; i < archive_size(run->archive); i++) {
        const assignments_t best = {1, archive_assignment(run->archive, i)};
        score_t score;
        if (!space_is_sound(problem_space(problem), problem_layers(problem), best.assignments))
            return counters_refuse(run, "an action of its best assignment is out of range");
        TRY(problem_scores(problem, &best, &score));
        if (!terms_feasible(problem_terms(problem), &score) ||
            score_compare(&score, archive_score(run->archive, i)) != 0)
            return counters_refuse(run, "its best assignment has other scores");
    }
    return status_ok();
}
