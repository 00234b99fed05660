/* MAESTRO's own files, in and out (COST_MODEL.md section 1): mapping files, networks whose layers bring their own
   dataflows; model files, whose layers need not; the Dataflow block of either. */
#ifndef CONFX_MAPPING_H
#define CONFX_MAPPING_H

#include "confx/cost.h"

/* A network whose layers bring their own dataflows: MAESTRO's mapping files. */
typedef struct {
    layer_t layer; /* named as MAESTRO does: by the last word, which may not be unique */
    int line;      /* in the file */
    dataflow_t *dataflow;
} mapped_t;

typedef struct {
    char name[LAYER_NAME_MAX];
    size_t layers_n; /* >= 1 */
    mapped_t *layers;
} mapping_t;

/* Read Constants and one `Network { Layer ... }`. Every layer needs Type, Dimensions and its own Dataflow. */
status_t mapping_open(const char *path, mapping_t *mapping);
status_t mapping_parse(const char *text, const char *file, mapping_t *mapping);
void mapping_close(mapping_t *mapping);

/* The same of MAESTRO's model files: a layer may go without a Dataflow, which then is NULL. */
status_t model_open(const char *path, mapping_t *model);
status_t model_parse(const char *text, const char *file, mapping_t *model);

/* The Dataflow block as MAESTRO reads it, each line behind `indent`, with ClusterSz and KTileSz as numbers. The caller
   frees *text. */
status_t dataflow_format(const dataflow_t *dataflow, int64_t pes, int64_t buffer, const char *indent, char **text);

#endif
