/* The options that name a job, shared by the subcommands that take one: JOB.yaml and --set
   KEY=VALUE. */
#ifndef APP_JOB_OPTION_H
#define APP_JOB_OPTION_H

#include "confx/job.h"

#include <argp.h>

enum { JOB_SETS_MAX = 256 };

typedef struct {
    const char *path;
    const char *sets[JOB_SETS_MAX];
    size_t sets_n;
} job_option_t;

/* A child parser; its input is a job_option_t, to be put into child_inputs at ARGP_KEY_INIT. */
extern const struct argp job_option_argp;

confx_status_t job_option_open(const job_option_t *option, job_t **job);

#endif
