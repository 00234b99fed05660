/* Reading a run directory for people: the summary on the terminal, plots, a page. Works on a running search too. */
#ifndef CONFX_REPORT_H
#define CONFX_REPORT_H

#include "confx/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct report report_t; /* what run.h5 holds, read once */

/* A directory without run.h5 is STATUS_INPUT, a damaged one STATUS_DAMAGED. The caller closes. */
status_t report_open(const char *run_dir, report_t **report);
void report_close(report_t *report);

/* The summary: settings, a table per layer, objective, budget used, certified gap, samples, distinct cost evaluations,
   time, and where the files are. */
status_t report_print(const report_t *report, FILE *out);

/* The same figures as one JSON object. */
status_t report_json(const report_t *report, FILE *out);

/* Write RUN_DIR/convergence.svg (best and mean against samples, the optimum or bound as a line) and RUN_DIR/assignment.svg
   (PEs and buffer per layer) by gnuplot, and RUN_DIR/report.html with both and the summary. Without gnuplot STATUS_IO. */
status_t report_plot(const report_t *report);

#endif
