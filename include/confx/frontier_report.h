/* The frontier of a job, the objective against its budget, for people and programs. */
#ifndef CONFX_FRONTIER_REPORT_H
#define CONFX_FRONTIER_REPORT_H

#include "confx/guard.h"
#include "confx/job.h"

#include <stdio.h>

/* A step, as frontier_step_t has it (frontier.h). NaN: not proven. */
typedef struct {
    double from, to, optimum, lower_bound, price;
    bool closed;
} frontier_row_t;

/* An axis of the space: the values of one without order are numbers of its words. */
typedef struct {
    const char *name;
    const char *const *words; /* (words_n); NULL: the values are what they are */
    size_t words_n;
} frontier_axis_t;

/* All of it must stay alive as long as it is shown. */
typedef struct {
    const job_t *job;
    const char *network, *accounting, *space; /* of the proofs: "levels", "integers" */
    double budget;                            /* the job's own */
    bool complete;                            /* these are all the steps there are */
    size_t n, layers_n, axes_n;
    const frontier_row_t *rows;  /* (n) */
    const frontier_axis_t *axes; /* (A) */
    const uint16_t *assignments; /* (n, L, A) values; 0 where nothing is proven */
} frontier_report_t;

/* A line per step, and what it says. CONFX_STATUS_IO when `out` takes no more. */
confx_status_t frontier_print(const frontier_report_t *frontier, FILE *out);
/* The same as one JSON object; an infinite `to` is null. */
confx_status_t frontier_json(const frontier_report_t *frontier, FILE *out);

/* DIRECTORY/frontier.csv, frontier.h5 (the columns, and /assignment (step, layer, axis): the design
   behind each step, with /axis and the words of /space/NAME), and frontier.svg, by gnuplot, without
   which CONFX_STATUS_IO comes behind the other two. */
confx_status_t frontier_write(const frontier_report_t *frontier, const char *directory,
                              const guard_t *guard);

#endif
