/* The options that name a job, shared by the subcommands that take one: JOB.yaml, --set KEY=VALUE,
   and --hw KEY=VALUE, which is --set hardware.KEY=VALUE. */
#ifndef APP_JOB_OPTION_H
#define APP_JOB_OPTION_H

#include "confx/job.h"

#include <argp.h>

enum { JOB_SETS_MAX = 256, JOB_HW_BYTES_MAX = 8192, JOB_PATH_SET_MAX = 4200 };

typedef struct {
    const char *path;
    const char *sets[JOB_SETS_MAX];
    size_t sets_n;
    char hw[JOB_HW_BYTES_MAX]; /* assignments of --hw, to which `sets` points */
    size_t hw_used;
} job_option_t;

/* A child parser; its input is a job_option_t, to be put into child_inputs at ARGP_KEY_INIT. */
extern const struct argp job_option_argp;

/* KEY="PATH" into `set`: a quoted text, whatever letters YAML would read otherwise. `option` is
   what gave the path. */
confx_status_t job_option_path(const char *option, const char *key, const char *path,
                               char set[JOB_PATH_SET_MAX]);

/* Assignments to hardware come last, whatever their place: a profile and single keys of it may be
   given side by side. */
confx_status_t job_option_open(const job_option_t *option, job_t **job);

#endif
