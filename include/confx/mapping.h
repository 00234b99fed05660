/* MAESTRO's own files, in and out (src/cost/README.md, section 1): mapping files, networks whose
   layers bring their own dataflows; model files, whose layers need not; the Dataflow block of
   either. */
#ifndef CONFX_MAPPING_H
#define CONFX_MAPPING_H

#include "confx/cost.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A layer as a mapping file has it. */
typedef struct {
    confx_layer_t layer; /* named as MAESTRO does: by the last word, which may not be unique */
    int line;            /* in the file */
    size_t network;      /* index of its network */
    confx_dataflow_t
        *dataflow; /* NULL: a layer of a model file without one, or one that cannot be evaluated */
    confx_status_t fault; /* CONFX_STATUS_OK, or why the layer cannot be evaluated: then its name
                             and line alone hold */
} confx_mapped_t;

/* Networks whose layers bring their own dataflows: MAESTRO's mapping files. */
typedef struct {
    size_t networks_n;                      /* >= 1 */
    char (*networks)[CONFX_LAYER_NAME_MAX]; /* (networks_n) their names, each another */
    size_t layers_n;                        /* >= 1 */
    confx_mapped_t *layers;                 /* (layers_n) of all networks, in the file's order */
} confx_mapping_t;

/* Read Constants and one or more `Network { Layer ... }`. Every layer needs Type, Dimensions and
   its own Dataflow. What is wrong within one layer is told by its `fault` (CONFX_STATUS_INPUT:
   file, line and key), and the next layer follows. What is wrong between layers, or so that the
   next one cannot be found, is the call's own CONFX_STATUS_INPUT. The caller closes. */
confx_status_t confx_mapping_open(const char *path, confx_mapping_t *mapping);
confx_status_t confx_mapping_parse(const char *text, const char *file, confx_mapping_t *mapping);
void confx_mapping_close(confx_mapping_t *mapping);

/* The same of MAESTRO's model files: a layer may go without a Dataflow, which then is NULL. */
confx_status_t confx_model_open(const char *path, confx_mapping_t *model);
confx_status_t confx_model_parse(const char *text, const char *file, confx_mapping_t *model);

/* The Dataflow block as MAESTRO reads it, each line behind `indent`, with ClusterSz and KTileSz as
   numbers. The caller frees *text. */
confx_status_t confx_dataflow_format(const confx_dataflow_t *dataflow, int64_t pes, int64_t buffer,
                                     const char *indent, char **text);

#ifdef __cplusplus
}
#endif

#endif
