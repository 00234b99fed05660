/* What run.h5 says of a run. */
#include "confx/file.h"
#include "confx/job.h"
#include "confx/master.h"
#include "confx/run_directory.h"
#include "confx/try.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* at: (2, n) scratch */
static confx_status_t result_read_feasible(store_t *store, size_t n, double *at, double *fraction)
{
    double samples = 0;
    double feasible = 0;
    TRY(store_read_rows(store, "/progress/samples", ARRAY_F64, 0, n, at));
    TRY(store_read_rows(store, "/progress/feasible_fraction", ARRAY_F64, 0, n, at + n));
    for (size_t i = 0; i < n; i++) {
        /* /progress has samples up to the end of each update: their differences are the updates'
           own. */
        feasible += at[n + i] * (at[i] - samples);
        samples = at[i];
    }
    *fraction = feasible / samples;
    return status_ok();
}

/* What updates add up to. */
static confx_status_t result_read_progress(store_t *store, run_result_t *result)
{
    size_t n;
    result->seconds = 0;
    result->feasible_fraction = NAN;
    TRY(store_rows(store, "/progress/seconds", &n));
    if (n == 0) return status_ok();
    TRY(store_read_rows(store, "/progress/seconds", ARRAY_F64, n - 1, 1, &result->seconds));
    double *scratch = malloc(2 * n * sizeof *scratch);
    if (!scratch) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu updates", n);
    const confx_status_t status =
        result_read_feasible(store, n, scratch, &result->feasible_fraction);
    free(scratch);
    return status;
}

static confx_status_t result_read_status(store_t *store, run_result_t *result)
{
    char *word;
    int64_t samples;
    TRY(store_read_text(store, "/", "status", &word));
    (void)snprintf(result->status, sizeof result->status, "%s", word);
    free(word);
    TRY(store_read_integer(store, "/", "samples", &samples));
    result->samples = (uint64_t)samples;
    return status_ok();
}

/* A run from before there were two accountings says none. */
static confx_status_t result_read_accounting(store_t *store, run_result_t *result)
{
    char *word;
    bool has;
    (void)snprintf(result->accounting, sizeof result->accounting, "maestro");
    TRY(store_has_attribute(store, "/", "accounting", &has));
    if (!has) return status_ok();
    TRY(store_read_text(store, "/", "accounting", &word));
    (void)snprintf(result->accounting, sizeof result->accounting, "%s", word);
    free(word);
    return status_ok();
}

/* at: (2, n) scratch */
static confx_status_t result_read_departing(store_t *store, size_t n, double *at,
                                            run_result_t *result)
{
    TRY(store_read_rows(store, "/result/macs", ARRAY_F64, 0, n, at));
    TRY(store_read_rows(store, "/result/macs_true", ARRAY_F64, 0, n, at + n));
    result->layers = (double)n;
    result->departing = 0;
    /* The accounting maestro may count other MACs than a layer has; in how many layers it does is
       told. */
    for (size_t i = 0; i < n; i++) result->departing += at[i] != at[n + i];
    return status_ok();
}

static confx_status_t result_read_macs(store_t *store, run_result_t *result)
{
    bool counted, known;
    size_t n;
    result->layers = result->departing = NAN;
    TRY(store_has(store, "/result/macs", &counted));
    TRY(store_has(store, "/result/macs_true", &known));
    if (!counted || !known) return status_ok();
    TRY(store_rows(store, "/result/macs_true", &n));
    double *scratch = calloc(2 * n + 1, sizeof *scratch);
    if (!scratch) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu layers", n);
    const confx_status_t status = result_read_departing(store, n, scratch, result);
    free(scratch);
    return status;
}

static confx_status_t result_read_total(store_t *store, const char *path, run_result_t *result)
{
    char *text;
    job_t *job;
    TRY(store_read_text(store, "/", "job", &text));
    const confx_status_t status = job_parse(text, path, NULL, 0, &job);
    free(text);
    if (status.code != CONFX_STATUS_OK) return status;
    result->samples_total = job->search.samples;
    job_close(job);
    return status_ok();
}

static confx_status_t result_read_all(store_t *store, const char *path, run_result_t *result)
{
    TRY(result_read_status(store, result));
    TRY(result_read_total(store, path, result));
    TRY(store_read_number(store, "/result/objective", &result->best));
    TRY(store_read_number(store, "/result/constraints", &result->constraint));
    TRY(store_read_number(store, "/result/budget", &result->budget));
    TRY(store_read_number(store, "/certificate/lower_bound", &result->lower_bound));
    TRY(store_read_number(store, "/certificate/optimum", &result->optimum));
    TRY(store_read_number(store, "/certificate/gap", &result->gap));
    TRY(result_read_accounting(store, result));
    TRY(result_read_macs(store, result));
    return result_read_progress(store, result);
}

confx_status_t run_result_read(const char *run_dir, run_result_t *result)
{
    char path[FILE_PATH_MAX];
    store_t *store;
    *result = (run_result_t){.best = NAN};
    TRY(file_join(run_dir, "run.h5", path));
    TRY(store_open_run(path, &store));
    const confx_status_t status = result_read_all(store, path, result);
    store_close(store);
    return status;
}
