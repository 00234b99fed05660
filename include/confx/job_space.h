/* What a job lists for its layers to choose from (job.h). */
#ifndef CONFX_JOB_SPACE_H
#define CONFX_JOB_SPACE_H

#include <stdbool.h>
#include <stdint.h>

enum { JOB_LEVELS_MAX = 256, JOB_PE_MAX = 65535, JOB_BUFFER_MAX = 1024 };

typedef struct {
    uint32_t *pe; /* levels, rising, 1 .. JOB_PE_MAX */
    unsigned pe_count;
    uint32_t *buffer; /* levels, rising, 1 .. JOB_BUFFER_MAX */
    unsigned buffer_count;
} job_actions_t;

enum { JOB_DATAFLOWS_MAX = 8, JOB_PARAMETERS_MAX = 4, JOB_PARAMETER_MAX = 65536 };

/* A Constant of dataflow files that layers choose the value of. */
typedef struct {
    const char *name; /* in the job's tree */
    uint32_t *levels; /* rising, 1 .. JOB_PARAMETER_MAX: these and no others */
    unsigned levels_count;
} job_parameter_t;

/* What a layer chooses beside PEs and buffer. */
typedef struct {
    bool
        refine; /* of PEs and buffer: all whole numbers up to the largest level, not levels alone */
    char **dataflow, **dataflow_depthwise; /* NULL: the one that job_t names */
    unsigned dataflow_count, dataflow_depthwise_count;
    job_parameter_t parameters[JOB_PARAMETERS_MAX]; /* in the order of the job */
    unsigned parameters_n;
} job_space_t;

#endif
