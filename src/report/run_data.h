/* What run.h5 holds, read once, and what follows from it. Texts are harmless (sanitise_clean). */
#ifndef REPORT_FACTS_H
#define REPORT_FACTS_H

#include "confx/job_words.h"
#include "confx/macs.h"
#include "confx/report.h"
#include "confx/stages.h"
#include "confx/workload.h"
#include "report/bound.h"
#include "report/run_names.h"

/* Numbers of a layer, datasets of /workload. */
enum {
    SHAPE_K,
    SHAPE_C,
    SHAPE_Y,
    SHAPE_X,
    SHAPE_R,
    SHAPE_S,
    SHAPE_STRIDE_Y,
    SHAPE_STRIDE_X,
    SHAPE_TYPE,
    SHAPE_GROUPS,
    SHAPE_COLUMNS
};
/* Whether there is a larger budget at which the optimum improves (/certificate/next); logs of
   schema 1 leave it untold. */
typedef enum { NEXT_UNTOLD, NEXT_UNKNOWN, NEXT_NONE, NEXT_KNOWN } next_told_t;
enum { REPORT_NEXT_MAX = 80, REPORT_REASON_MAX = 256 };

/* An axis of the space: of a categorical one the values are numbers of words. */
enum { AXIS_TEXT_MAX = 64 };
typedef struct {
    char name[AXIS_TEXT_MAX], units[AXIS_TEXT_MAX];
    size_t words_n;
    char *words; /* (words_n, AXIS_TEXT_MAX); NULL: an ordinal axis */
} report_axis_t;

struct report {
    char *run_dir, *shown_dir; /* the same, harmless to print */
    job_t *job;
#define TEXT(name) char *name;
    REPORT_TEXT_LIST(TEXT)
#undef TEXT
    char hardware[JOB_VALUE_MAX]; /* the profile, and the keys laid upon it */
    bool certified;               /* the design is a certificate's, and was not searched */
    char *accounting;             /* of the hardware; NULL: of a run from before there were two */
#define COUNT(name) int64_t name;
    REPORT_COUNT_LIST(COUNT)
#undef COUNT
#define NUMBER(path, name) double name;
    REPORT_NUMBER_LIST(NUMBER)
#undef NUMBER
    char next[REPORT_NEXT_MAX];     /* known, none or unknown, and why; empty: untold */
    char reason[REPORT_REASON_MAX]; /* why there is no certificate; empty: there is one */
    size_t axes_n;
    report_axis_t *axes; /* (A) */
    size_t layers_n;
    int64_t *shapes; /* (L, SHAPE_COLUMNS) */
    char *names;     /* (L, CONFX_LAYER_NAME_MAX) */
    double *weights; /* (L) what each counts in the objective; NULL: all count alike */

    size_t networks_n; /* 0: one network, of weight 1 */
    char *networks;    /* (networks_n, CONFX_LAYER_NAME_MAX) */
    struct {
        double *weight, *objective, *latency, *energy, *area; /* (networks_n) but the first of the
                                                                 design, if found */
    } of_network;

    bool found;           /* a feasible assignment: the next two are there */
    uint16_t *assignment; /* (L, A) values */
    double *limited;      /* (L) what the first budget limits */
    struct {
        double budget, used, optimum, multiplier; /* NaN: the file has none */
    } limits[JOB_BUDGETS_MAX];
    uint8_t *used; /* (L, A) does the layer use the axis; NULL: all do */
#define COLUMN(name) double *name;
    REPORT_COST_LIST(COLUMN) /* (L) */
    REPORT_USE_LIST(COLUMN)  /* (L) or NULL, all of them */
    REPORT_PART_LIST(COLUMN) /* (L) or NULL, all of them and: */
    report_bound_t *bounds;  /* (L) */

    uint64_t staged[ALGORITHM_STAGES_MAX]; /* samples of each stage */
    size_t updates_n;
    struct {
        REPORT_PROGRESS_LIST(COLUMN) /* (updates_n) */
    } progress;
#undef COLUMN
};

const char *report_layer_name(const report_t *report, size_t layer);
const char *report_layer_type(const report_t *report, size_t layer);
/* Of the design found, the count of the model beside the true one. */
macs_tally_t report_macs(const report_t *report);
double report_weight(const report_t *report, size_t layer);
const char *report_network(const report_t *report, size_t network);
const double *report_limited(const report_t *report); /* (L) what the first budget limits */
size_t report_stages(const report_t *report);         /* 1 .. ALGORITHM_STAGES_MAX */
const char *report_stage(const report_t *report, size_t stage); /* its algorithm */
/* What a layer was given on an axis; the word where the axis is categorical, else NULL. */
const char *report_word(const report_t *report, size_t layer, size_t axis);
uint16_t report_value(const report_t *report, size_t layer, size_t axis);
bool report_uses(const report_t *report, size_t layer, size_t axis);
double report_limit(const report_t *report);     /* proven optimum, else proven bound; NaN: none */
bool report_solved(const report_t *report);      /* the optimum is proven */
bool report_optimal(const report_t *report);     /* ... and was found, up to what it needs: */
bool report_larger(const report_t *report);      /* it needs more, for the same objective */
bool report_contradicts(const report_t *report); /* what was found is better than what was proven */
next_told_t report_next(const report_t *report);
double report_feasible(const report_t *report); /* fraction of all samples; NaN without any */
double report_seconds(const report_t *report);  /* of searching */

/* RUN_DIR/name into out (FILE_PATH_MAX). */
confx_status_t report_path(const report_t *report, const char *name, char *out);

/* Of a run directory, that people open; NULL ends the list. */
extern const char *const report_files[];

#endif
