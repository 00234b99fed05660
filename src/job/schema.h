/* What a job file may hold: the keys and words that libcyaml reads into job_t, the default of each, the limits of each.
 */
#ifndef JOB_SCHEMA_H
#define JOB_SCHEMA_H

#include "confx/job.h"
#include "confx/yaml.h"

extern const cyaml_schema_value_t job_schema;
extern const char job_defaults[]; /* YAML; without `output`, whose default is named after the file */

/* Limits of the values in the tree, before it is read; and of what was read. CONFX_STATUS_INPUT at the key's place. */
confx_status_t job_check_tree(const yaml_t *tree);
confx_status_t job_check(const job_t *job);

#endif
