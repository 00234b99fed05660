/* Reading the runs that are compared. */
#include "report/compare/comparison.h"
#include "confx/file.h"
#include "confx/master.h"
#include "confx/try.h"
#include "report/run_data.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { PIECE_ROWS = 1 << 18 };

double comparison_yardstick(const comparison_plan_t *plan)
{
    return isnan(plan->optimum) ? plan->lower_bound : plan->optimum;
}

const char *comparison_algorithm(const comparison_t *comparison, size_t algorithm)
{
    return algorithm_name(
        comparison->plan.jobs[algorithm * comparison->plan.seeds_n]->search.algorithm);
}

const char *comparison_acts_on(const comparison_t *comparison, size_t algorithm)
{
    return comparison->plan.integers[algorithm] ? "integers" : "levels";
}

const trial_t *comparison_trial(const comparison_t *comparison, size_t algorithm, size_t seed)
{
    return &comparison->trials[algorithm * comparison->plan.seeds_n + seed];
}

const char *comparison_units(const comparison_t *comparison, const char *units)
{
    return units && !*units ? objective_units(comparison->job->objective) : units;
}

/* ---- a curve --------------------------------------------------------------------------------- */

typedef struct {
    double *objective; /* (PIECE_ROWS) */
    uint8_t *feasible;
} piece_t;

static confx_status_t comparison_add_rows(store_t *store, size_t first, size_t n, piece_t *piece,
                                          curve_t *curve)
{
    TRY(store_read_rows(store, "/trajectories/objective", ARRAY_F64, first, n, piece->objective));
    TRY(store_read_rows(store, "/trajectories/feasible", ARRAY_U8, first, n, piece->feasible));
    for (size_t i = 0; i < n; i++)
        TRY(curve_add(curve, piece->feasible[i] ? piece->objective[i] : NAN));
    return status_ok();
}

static confx_status_t comparison_add_all(store_t *store, piece_t *piece, curve_t *curve)
{
    size_t rows;
    TRY(store_rows(store, "/trajectories/objective", &rows));
    for (size_t first = 0; first < rows; first += PIECE_ROWS)
        TRY(comparison_add_rows(store, first, rows - first < PIECE_ROWS ? rows - first : PIECE_ROWS,
                                piece, curve));
    return status_ok();
}

/* The log is gone through in pieces: it may be long. */
static confx_status_t comparison_read_curve(const char *path, curve_t *curve)
{
    store_t *store = NULL;
    arena_t arena = {.last = NULL};
    piece_t piece;
    confx_status_t status;
    ARENA_TAKE(&arena, piece.objective, PIECE_ROWS);
    ARENA_TAKE(&arena, piece.feasible, PIECE_ROWS);
    TRY_OUT(arena_status(&arena, "the curve of %s", path));
    TRY_OUT(store_open_run(path, &store));
    TRY_OUT(comparison_add_all(store, &piece, curve));
out:
    store_close(store);
    arena_close(&arena);
    return status;
}

/* ---- a run ----------------------------------------------------------------------------------- */

static confx_status_t comparison_read_trial(const char *run_dir, double yardstick, trial_t *trial)
{
    char path[FILE_PATH_MAX];
    report_t *report;
#define CLEAR(name, units) trial->name = NAN;
    TRIAL_LIST(CLEAR)
#undef CLEAR
    /* A run that has not begun has no run.h5. This is no failure: its figures stay unknown. */
    TRY(file_join(run_dir, "run.h5", path));
    bool has;
    TRY(file_has(path, &has));
    if (!has) return status_ok();
    TRY(report_open(run_dir, &report));
    trial->objective = report->objective;
    trial->samples = (double)report->samples;
    trial->feasible_fraction = report_feasible(report);
    trial->distinct_evaluations = (double)report->distinct_evaluations;
    trial->seconds = report_seconds(report);
    /* The samples are gone through only after the report is closed, so that the memory of both is
       not needed at once. */
    report_close(report);
    TRY(comparison_read_curve(path, &trial->curve));
    ranking_judge(trial, yardstick);
    return status_ok();
}

/* ---- the common grid ------------------------------------------------------------------------- */

static int comparison_by_value(const void *one, const void *other)
{
    const double a = *(const double *)one;
    const double b = *(const double *)other;
    return (a > b) - (a < b);
}

static size_t comparison_drop_twins(double *values, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || values[i] > values[kept - 1]) values[kept++] = values[i];
    return kept;
}

/* At most so many of them, evenly by rank, the first and the last among them. */
static size_t comparison_thin(double *values, size_t n, size_t most)
{
    if (n <= most) return n;
    for (size_t i = 0; i < most; i++) values[i] = values[i * (n - 1) / (most - 1)];
    return most;
}

static confx_status_t comparison_lay_grid(comparison_t *comparison)
{
    const size_t trials_n = comparison->plan.algorithms_n * comparison->plan.seeds_n;
    size_t n = 2;
    for (size_t i = 0; i < trials_n; i++) n += comparison->trials[i].curve.n;
    ARENA_TAKE(&comparison->arena, comparison->points, n);
    TRY(arena_status(&comparison->arena, "%zu points", n));
    /* Curves change only where one of them improves, so these points and both ends lose nothing
       until they are thinned out. */
    comparison->points[0] = 1;
    comparison->points[1] = (double)comparison->job->search.samples;
    n = 2;
    for (size_t i = 0; i < trials_n; i++)
        for (size_t k = 0; k < comparison->trials[i].curve.n; k++)
            comparison->points[n++] = comparison->trials[i].curve.at[k];
    qsort(comparison->points, n, sizeof *comparison->points, comparison_by_value);
    assert(n >= 2);
    comparison->points_n = comparison_thin(
        comparison->points, comparison_drop_twins(comparison->points, n), COMPARISON_POINTS_MAX);
    return status_ok();
}

/* ---- the whole ------------------------------------------------------------------------------- */

static confx_status_t comparison_read_all(comparison_t *comparison)
{
    const comparison_plan_t *plan = &comparison->plan;
    const size_t n = plan->algorithms_n * plan->seeds_n;
    /* The trials are all zero, so that closing a comparison that failed half way closes empty
       curves. */
    ARENA_TAKE(&comparison->arena, comparison->trials, n);
    ARENA_TAKE(&comparison->arena, comparison->standings, plan->algorithms_n);
    TRY(arena_status(&comparison->arena, "%zu runs", n));
    for (size_t i = 0; i < n; i++)
        TRY(comparison_read_trial(plan->jobs[i]->output, comparison_yardstick(plan),
                                  &comparison->trials[i]));
    TRY(comparison_lay_grid(comparison));
    return ranking_make(comparison);
}

confx_status_t comparison_open(const comparison_plan_t *plan, comparison_t **opened)
{
    *opened = NULL;
    comparison_t *comparison = calloc(1, sizeof *comparison);
    if (!comparison) return status_fail(CONFX_STATUS_MEMORY, "no memory for a comparison");
    comparison->plan = *plan;
    comparison->job = plan->jobs[0];
    const confx_status_t status = comparison_read_all(comparison);
    if (status.code == CONFX_STATUS_OK)
        *opened = comparison;
    else
        comparison_close(comparison);
    return status;
}

void comparison_close(comparison_t *comparison)
{
    if (!comparison) return;
    const size_t n = comparison->plan.algorithms_n * comparison->plan.seeds_n;
    for (size_t i = 0; comparison->trials && i < n; i++) curve_close(&comparison->trials[i].curve);
    arena_close(&comparison->arena);
    free(comparison);
}
