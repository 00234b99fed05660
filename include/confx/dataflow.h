/* Dataflows (src/cost/README.md, sections 1 and 2): lists of directives whose sizes may name the
   two quantities that a search decides: ClusterSz, the number of processing elements (PEs), and
   KTileSz, the buffer level (the K tile). */
#ifndef CONFX_DATAFLOW_H
#define CONFX_DATAFLOW_H

#include "confx/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CONFX_DATAFLOW_LEVELS_MAX = 8 }; /* one more than the Cluster directives of a dataflow */
typedef struct confx_dataflow confx_dataflow_t;

/* Read a `Dataflow { ... }` file, with Constant lines before it. CTileSz is 1 unless a Constant
   says otherwise. CONFX_STATUS_INPUT names file, line and directive. The caller closes. */
confx_status_t confx_dataflow_open(const char *path, confx_dataflow_t **dataflow);
confx_status_t confx_dataflow_parse(const char *text, const char *file,
                                    confx_dataflow_t **dataflow);
void confx_dataflow_close(confx_dataflow_t *dataflow);

/* Parameters: the Constants that directives use, each with the value of its line as the default, in
   the order of their first use. A Constant that none uses has no effect, and is none of them. */
size_t confx_dataflow_parameters(const confx_dataflow_t *dataflow);
const char *confx_dataflow_parameter(const confx_dataflow_t *dataflow, size_t parameter,
                                     int64_t *standard); /* its name, alive as the dataflow is */
/* A dataflow of one's own, whose parameters may be set: from 1 to 2^30. CONFX_STATUS_MEMORY. The
   caller closes. */
confx_status_t confx_dataflow_copy(const confx_dataflow_t *dataflow, confx_dataflow_t **copy);
void confx_dataflow_set(confx_dataflow_t *dataflow, size_t parameter, int64_t value);

#ifdef __cplusplus
}
#endif

#endif
