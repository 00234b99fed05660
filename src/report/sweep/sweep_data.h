/* Between the files that show a sweep. Texts are harmless to print (sanitise_clean). */
#ifndef REPORT_SWEEP_DATA_H
#define REPORT_SWEEP_DATA_H

#include "confx/arena.h"
#include "confx/job.h"
#include "confx/sweep_report.h"

#include <stddef.h>

/* Datasets with a text per search; with a number: X(name). */
#define SWEEP_REPORT_TEXT_LIST(X) X(search) X(path) X(status) X(units) X(message)
#define SWEEP_REPORT_NUMBER_LIST(X)                                                                \
    X(best) X(lower_bound) X(optimum) X(feasible_fraction) X(seconds)

/* Texts of one width, NUL-terminated, one after another. */
typedef struct {
    size_t n, width;
    char *text;
} texts_t;

const char *texts_get(const texts_t *texts, size_t i);

/* A key that tells searches apart. Its values are numbered in the order that they have in the sweep
   file, as far as the searches show it. */
typedef struct {
    const char *name; /* "budget.fraction" */
    texts_t words;    /* of each search; "" where its job has no such key */
    size_t values_n;
    size_t *value; /* (searches) number of its value */
    size_t *first; /* (values) the first search that has it */
} sweep_report_key_t;

typedef enum { SWEEP_REPORT_OPEN, SWEEP_REPORT_DONE, SWEEP_REPORT_FAILED } sweep_report_state_t;

/* Over seeds; NaN: nothing feasible found, which is worse than any number, or not known. */
typedef struct {
    double least, median, worst;
} spread_t;

/* Searches that differ in their seed alone. */
typedef struct {
    size_t first, n; /* in survey->order */
    size_t done;     /* complete or infeasible: the figures below are theirs */
    spread_t best, gap;
    double budget;                     /* the limit itself, which does not depend on the seed */
    double feasible_fraction, seconds; /* means */
} setting_row_t;

struct survey {
    arena_t arena;                   /* all but the words that follow, and the job */
    char *directory, *shown;         /* the same, harmless to print */
    char *state, *started, *written; /* of the sweep: "running", "stopped", "done" */
    job_t *common;                   /* the first search's */
    size_t n;
#define TEXTS(name) texts_t name;
    SWEEP_REPORT_TEXT_LIST(TEXTS)
#undef TEXTS
#define NUMBERS(name) double *name; /* (n) */
    SWEEP_REPORT_NUMBER_LIST(NUMBERS)
#undef NUMBERS
    double *budget;       /* (n) NaN in a table that does not tell it */
    texts_t budget_units; /* no text at all in such a table */
    texts_t names;        /* of the keys */
    size_t keys_n;
    sweep_report_key_t *keys;

    size_t *order; /* (n) searches by setting, the first key's values slowest */
    size_t settings_n;
    setting_row_t *settings;
};

/* Of a search's budget; "" where the table does not tell and they may be other ones. */
const char *sweep_report_budget_units(const sweep_report_t *survey, size_t search);

/* survey_group.c */
confx_status_t
sweep_report_group(sweep_report_t *survey); /* number the values, make the settings */
const sweep_report_key_t *sweep_report_key(const sweep_report_t *survey,
                                           const char *name); /* NULL: it is none of the sweep's */
bool sweep_report_varies(const sweep_report_key_t *key);      /* and is not the seed */
const char *sweep_report_value(const sweep_report_key_t *key, size_t value);
const char *sweep_report_short(const sweep_report_key_t *key); /* "fraction" */
sweep_report_state_t sweep_report_state(const sweep_report_t *survey, size_t search);
double sweep_report_gap(const sweep_report_t *survey,
                        size_t search); /* NaN: nothing feasible found, or no yardstick */
bool sweep_report_measures(const sweep_report_t *survey); /* any gap is known */
/* Do searches differ in what a fraction of the budget's range comes to, as dataflow and hardware
   do: then a fraction alone does not say what the budget is. */
bool sweep_report_ranges(const sweep_report_t *survey);
size_t sweep_report_done(const sweep_report_t *survey); /* searches */
/* What all searches have in common: "mobilenet_v2, asic, latency, area". */
enum { SWEEP_REPORT_COMMON_MAX = 256 };
void sweep_report_common(const sweep_report_t *survey, char out[SWEEP_REPORT_COMMON_MAX]);

#endif
