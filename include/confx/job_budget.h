/* The budgets of a job: one, or several that hold together. */
#ifndef CONFX_JOB_BUDGET_H
#define CONFX_JOB_BUDGET_H

#include "confx/words.h"

#include <stdbool.h>

enum { JOB_BUDGETS_MAX = 4 };

typedef struct {
    constraint_t constraint;
    char *name;       /* exactly one of name, fraction and limit is given: NULL, */
    double *fraction; /* NULL, or within (0, 1]: min + fraction (max - min) */
    char *limit_text; /* NULL, or an absolute limit as it is written, and as a number: */
    double *limit;    /* in the constraint's unit, or where it is a time in ns */
    bool is_time;     /* cycles are made of it by the hardware's clock */
    char *platform;   /* NULL, or whose limit it is */
    char *of;         /* the dataflow whose range a name or fraction is of; NULL: the job's own */
} job_budget_t;
double job_budget_fraction(const job_budget_t *budget); /* of a name or fraction; NaN for a limit */

struct job;
enum { JOB_UNITS_MAX = 96 }; /* units, and names, of all budgets, ", " in between */
void job_budget_units(const struct job *job, char text[JOB_UNITS_MAX]);
void job_budget_names(const struct job *job, char text[JOB_UNITS_MAX]);

#endif
