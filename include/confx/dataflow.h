/* Dataflows (src/cost/README.md, sections 1 and 2): lists of directives whose sizes may name the
   two quantities that a search decides: ClusterSz, the number of processing elements (PEs), and
   KTileSz, the buffer level (the K tile). */
#ifndef CONFX_DATAFLOW_H
#define CONFX_DATAFLOW_H

#include "confx/status.h"

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

#ifdef __cplusplus
}
#endif

#endif
