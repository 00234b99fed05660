/* The table of the keys of a job file: what it reads into job_t, each key's default, limits and
   meaning. */
#ifndef JOB_SCHEMA_H
#define JOB_SCHEMA_H

#include "confx/job.h"
#include "confx/yaml_table.h"

/* The word that stands for the parameters of dataflows in the table. */
#define JOB_ANY_PARAMETER "PARAMETER"

extern const yaml_key_t job_keys[];

#endif
