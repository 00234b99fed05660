/* A sweep for people: its table (sweep.h5), read while the sweep runs as well as after it. Searches
   that differ in their seed alone are one setting. Gaps are (best - yardstick) / |yardstick|, the
   yardstick being the proven optimum, else the bound. */
#ifndef CONFX_SWEEP_REPORT_H
#define CONFX_SWEEP_REPORT_H

#include "confx/status.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct survey sweep_report_t; /* what sweep.h5 holds, read once */

confx_status_t sweep_report_is_sweep(const char *directory,
                                     bool *is_sweep); /* it holds a sweep.h5 */

/* A table of another schema is CONFX_STATUS_INPUT, a damaged one CONFX_STATUS_DAMAGED. The caller
   closes. */
confx_status_t sweep_report_open(const char *directory, sweep_report_t **survey);
void sweep_report_close(sweep_report_t *survey);

/* What all searches have in common and how many are done; a row per setting with a search done:
   median and worst gap and the median of the best over the seeds that have ended, means of the
   feasible share of samples and of seconds ("-": not known; a seed that found nothing feasible is
   the worst); the searches that failed or run, by name. CONFX_STATUS_IO when `out` takes no
   more. */
confx_status_t sweep_report_print(const sweep_report_t *survey, FILE *out);

/* The same as one JSON object: "sweep", "settings", each with its searches. What is not known is
   null. */
confx_status_t sweep_report_json(const sweep_report_t *survey, FILE *out);

/* DIRECTORY/sweep.svg, as a whole, drawn by gnuplot: a panel per objective, a colour per dataflow
   (or the next best key), the other keys along the axis; the median gap, with a bar from the best
   seed to the worst. Without any yardstick the best itself. Without gnuplot CONFX_STATUS_IO. */
confx_status_t sweep_report_plot(const sweep_report_t *survey);

#endif
