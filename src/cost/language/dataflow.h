/* A dataflow as it stands in its file: directives whose sizes are resolved anew for every point. */
#ifndef COST_DATAFLOW_H
#define COST_DATAFLOW_H

#include "confx/cost.h"

enum {
    DATAFLOW_SIZE_MAX =
        1 << 30, /* largest number in a file; keeps sums and products of two within 64 bits */
    STAGE_DIRECTIVES_MAX =
        2 * CONFX_DIM_COUNT /* maps of one level; mapping files map some dimensions again */
};

/* How a file writes a size. */
typedef enum {
    MEASURE_NUMBER, /* 4, or the name of a Constant, which is a parameter */
    MEASURE_DIM,    /* Sz(R) */
    MEASURE_PES,    /* ClusterSz */
    MEASURE_BUFFER  /* KTileSz */
} measure_kind_t;

typedef struct {
    measure_kind_t kind;
    confx_dim_t dim; /* of MEASURE_DIM */
    int64_t number;  /* of MEASURE_NUMBER */
    int parameter;   /* of the dataflow, from 1 on, that the number stands for; 0: of none */
} measure_t;

/* What it comes to of a layer of these dimensions on so many PEs, with that buffer level. */
static inline int64_t measure_resolve(measure_t measure, const int64_t dim[CONFX_DIM_COUNT],
                                      int64_t pes, int64_t buffer)
{
    switch (measure.kind) {
    case MEASURE_DIM:
        return dim[measure.dim];
    case MEASURE_PES:
        return pes;
    case MEASURE_BUFFER:
        return buffer;
    default:
        return measure.number;
    }
}

typedef struct {
    bool spatial;
    bool outward; /* of X' or Y': counted in outputs */
    confx_dim_t dim;
    measure_t size, offset;
} directive_t;

typedef struct {
    measure_t
        cluster;  /* the Cluster directive that opens this level; the outermost level has none */
    bool repeats; /* a dimension is mapped more than once */
    int directives_n;
    directive_t directives[STAGE_DIRECTIVES_MAX]; /* of dataflow files at most one per dimension */
} dataflow_level_t;

/* A Constant that directives use. What is more than these, or has a longer name, is a number like
   any other. */
enum { DATAFLOW_PARAMETERS_MAX = 16, DATAFLOW_PARAMETER_NAME_MAX = 40 };
typedef struct {
    char name[DATAFLOW_PARAMETER_NAME_MAX];
    int64_t standard; /* its value in the file */
} dataflow_parameter_t;

struct confx_dataflow {
    int stages_n; /* >= 1, outermost first */
    dataflow_level_t stages[CONFX_DATAFLOW_LEVELS_MAX];
    int parameters_n;
    dataflow_parameter_t parameters[DATAFLOW_PARAMETERS_MAX]; /* in the order of their use */
};

#endif
