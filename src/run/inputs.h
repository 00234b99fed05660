/* The texts that a run stands on, from inside the run room (input_t: confx/run.h). */
#ifndef RUN_INPUTS_H
#define RUN_INPUTS_H

#include "confx/cluster.h"
#include "confx/datasets.h"
#include "confx/run_directory.h"
#include "confx/setting.h"

/* All inputs are NULL before; what has been taken by then is the caller's to close, also after a
   failure. */

/* The files that the job names. resume: those kept by the run in the job's output, if one is there
   that keeps them; a checkpoint that cannot be read is passed over, as when resuming. Local;
   CONFX_STATUS_INPUT names file, line and key, or both accountings, where the run goes by another
   one than the job and the profile that it names come to now. */
confx_status_t inputs_take(const job_t *job, bool resume, input_t inputs[INPUTS]);

/* Of run.h5 or a checkpoint: does it keep inputs (schema 1 of early days did not), and these.
   CONFX_STATUS_DAMAGED. */
confx_status_t inputs_are_in(store_t *store, bool *are);
confx_status_t inputs_read(store_t *store, const char *run_dir, input_t inputs[INPUTS]);
void inputs_show(const input_t inputs[INPUTS], const char *run_dir, datasets_t *datasets);

/* Where the network of that number is among them. */
input_role_t inputs_network(size_t i);
/* Where the dataflow of that sort and number is among them. */
input_role_t inputs_dataflow(job_data_t data, size_t i);

/* Those of the root to all; collective, CONFX_STATUS_MEMORY everywhere. */
confx_status_t inputs_share(cluster_t *cluster, input_t inputs[INPUTS]);

/* One line: which files have changed; empty: none. */
void inputs_notice(const input_t inputs[INPUTS], char notice[INPUTS_NOTICE_MAX]);
void inputs_close(input_t inputs[INPUTS]);

/* The problem of a job from setting->inputs, which are taken over, also by a failure. Local. */
confx_status_t setting_make(const job_t *job, setting_t *setting);
/* As setting_open, by the accounting that runs have whose log says none. */
confx_status_t setting_open_early(const job_t *job, setting_t *setting);
/* The hardware of inputs that are read, by the accounting that these have decided on, else the
   job's, else the profile's. */
confx_status_t setting_read_hardware(const job_t *job, const input_t inputs[INPUTS],
                                     confx_hardware_t *hardware);

#endif
