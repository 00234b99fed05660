/* A run directory that is there: what it says, whether that is true, and what nobody needs any
   more. Nothing here is collective. */
#ifndef CONFX_RUN_DIRECTORY_H
#define CONFX_RUN_DIRECTORY_H

#include "confx/status.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- what a run directory says --------------------------------------------------------------- */

/* As far as the last commit. */
typedef struct {
    char status[16]; /* "running", "stopped", "complete", "infeasible" */
    uint64_t samples, samples_total;
    double best, constraint; /* NaN: nothing feasible yet */
    double budget, lower_bound;
    double optimum;           /* NaN: not solved */
    double gap;               /* of best to the lower bound */
    double feasible_fraction; /* of the samples; NaN: none yet */
    double seconds;           /* of searching, all sessions */
    char accounting[16];      /* "exact", "maestro" */
    double layers, departing; /* of the best design; those whose counted MACs are not the true ones;
                                 NaN: none yet, or a run from before both were told */
} run_result_t;

/* From run.h5. CONFX_STATUS_INPUT: there is none; CONFX_STATUS_DAMAGED. Local. */
confx_status_t run_result_read(const char *run_dir, run_result_t *result);

/* One line that says which of the files a run has read hold another text by now; empty when none
   does, and for a run that keeps no texts. Files that are gone have not changed.
   CONFX_STATUS_INPUT: there is no run.h5; CONFX_STATUS_DAMAGED. Local. */
enum { INPUTS_NOTICE_MAX = 1024 };
confx_status_t run_inputs_notice(const char *run_dir, char notice[INPUTS_NOTICE_MAX]);

/* ---- verifying ------------------------------------------------------------------------------- */

/* Score every logged sample of a run directory anew from its actions, and the result.
   CONFX_STATUS_DAMAGED names the first row that differs in a bit; *rows: how many were compared. */
confx_status_t run_verify(const char *run_dir, uint64_t *rows);

/* ---- tidying --------------------------------------------------------------------------------- */

/* Segments, and their bytes. */
typedef struct {
    uint64_t files, bytes; /* removed */
    uint64_t kept_files,
        kept_bytes; /* needed no more, but younger than an hour: somebody may be reading them */
} run_tidied_t;

/* Remove the segments of a run directory that neither run.h5 nor a checkpoint needs: of a complete
   run all, of another one those joined into others. `now`: not only those that have been so for an
   hour. CONFX_STATUS_INPUT: there is no run, or another process owns the directory (owner.h). */
confx_status_t run_tidy(const char *run_dir, bool now, run_tidied_t *tidied);

#endif
