/* Reading a run directory for people: the summary on the terminal, plots, a page. Works on a
   running search too. */
#ifndef CONFX_REPORT_H
#define CONFX_REPORT_H

#include "confx/status.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct report report_t; /* what run.h5 holds, read once */

/* A directory without run.h5 is CONFX_STATUS_INPUT, as is a file of another schema; a damaged one
   CONFX_STATUS_DAMAGED. The caller closes. Later changes of the directory are not seen. */
confx_status_t report_open(const char *run_dir, report_t **report);
void report_close(report_t *report);

/* The summary, within 110 columns: task, status, a table per layer, objective, budget used,
   certified gap, what more budget is worth, samples, distinct cost evaluations, time, and the files
   there are. CONFX_STATUS_IO when `out` takes no more. */
confx_status_t report_print(const report_t *report, FILE *out);

/* Is the certificate's design better than the one found, and by how much? */
typedef struct {
    bool better;
    double optimum, gap; /* proven; of the design found above it, as a fraction */
    bool levels;         /* it is of the levels, not of all integers */
} report_optimum_t;
report_optimum_t report_optimum(const report_t *report);

/* The same figures as one JSON object: "run", "task", "result" (null when nothing feasible was
   found), "certificate"; names as in run.h5, what is not known null. */
confx_status_t report_json(const report_t *report, FILE *out);

/* Write, each as a whole, RUN_DIR/convergence.svg (best and mean against samples, with the proven
   optimum or bound; below, the gap to it), RUN_DIR/assignment.svg (PEs and buffer per layer), drawn
   by gnuplot, and RUN_DIR/report.html, one self-contained page with both and the summary. Without
   gnuplot CONFX_STATUS_IO, and nothing is written. */
confx_status_t report_plot(const report_t *report);

#endif
