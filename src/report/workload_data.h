/* The workload of run.h5, read into a report. */
#ifndef REPORT_WORKLOAD_DATA_H
#define REPORT_WORKLOAD_DATA_H

#include "confx/report.h"
#include "confx/store.h"

/* Layers and networks; `path` names the file in messages. CONFX_STATUS_DAMAGED, _MEMORY. */
confx_status_t workload_data_read(report_t *report, const char *path, store_t *store);

#endif
