/* Workloads: the ordered layers of a neural network, and the CSV form they are read from. */
#ifndef CONFX_WORKLOAD_H
#define CONFX_WORKLOAD_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Loop dimensions in alphabetical order: the cost model goes through them in this order
   (src/cost/README.md, section 2). */
typedef enum {
    CONFX_DIM_C,
    CONFX_DIM_G,
    CONFX_DIM_K,
    CONFX_DIM_M,
    CONFX_DIM_N,
    CONFX_DIM_R,
    CONFX_DIM_S,
    CONFX_DIM_X,
    CONFX_DIM_Y,
    CONFX_DIM_COUNT
} confx_dim_t;

/* X(type, name, code in the CSV's column T; 0: not available there) */
#define CONFX_LAYER_TYPE_LIST(X)                                                                   \
    X(CONFX_LAYER_CONV, "CONV", 1)                                                                 \
    X(CONFX_LAYER_DSCONV, "DSCONV", 2)                                                             \
    X(CONFX_LAYER_NGCONV, "NGCONV", 0)                                                             \
    X(CONFX_LAYER_TRCONV, "TRCONV", 0)                                                             \
    X(CONFX_LAYER_GEMM, "GEMM", 0)

#define CONFX_LAYER_TYPE_ENUM(type, name, code) type,
typedef enum { CONFX_LAYER_TYPE_LIST(CONFX_LAYER_TYPE_ENUM) CONFX_LAYER_TYPES } confx_layer_type_t;
#undef CONFX_LAYER_TYPE_ENUM

enum { CONFX_LAYER_NAME_MAX = 64, CONFX_LAYER_DIM_MAX = 1 << 24 };

typedef struct {
    confx_layer_type_t type;
    int64_t dim[CONFX_DIM_COUNT];    /* elements along each dimension; 0: it has no such one */
    int64_t stride_y, stride_x;      /* 1 where none is given */
    char name[CONFX_LAYER_NAME_MAX]; /* unique in its workload: "1", "2", ... where the file names
                                        none; NETWORK/NAME where there are several networks */
} confx_layer_t;

enum { CONFX_NETWORKS_MAX = 8 };
typedef struct {
    char name[CONFX_LAYER_NAME_MAX];
    double weight;          /* above 0: what its layers count */
    size_t first, layers_n; /* its layers among those of the workload */
} confx_network_t;

typedef struct {
    char name[CONFX_LAYER_NAME_MAX]; /* the file's without directory and suffix; of several A+B */
    size_t networks_n;               /* 0: one network, of weight 1 */
    confx_network_t *networks;       /* (networks_n) in their order; NULL where there are none */
    size_t layers_n;                 /* L >= 1 */
    confx_layer_t *layers;           /* (L) in the network's order */
    size_t distinct_n;               /* D: layers that differ in more than their name */
    uint16_t
        *distinct_of;   /* (L) each layer's number among the distinct ones, by first appearance */
    uint16_t *first_of; /* (D) the first layer of each distinct kind */
} confx_workload_t;

/* Read `path`, a CSV with a row for each layer. Columns K,C,Y,X,R,S,T (T 1 convolution, 2
   depthwise), and if they are there name, stride_y, stride_x; in any order. Dimensions are whole
   numbers from 1 to CONFX_LAYER_DIM_MAX, with R <= Y and S <= X. K of a depthwise row is the
   filters of each channel: more than 1 is a channel multiplier, which MAESTRO's DSCONV does not
   look at: who evaluates layers of a CSV under the accounting maestro refuses it. No rows is
   CONFX_STATUS_INPUT, as are an unknown column, two layers of one name and more than 65535 layers.
   The caller closes. */
confx_status_t confx_workload_open(const char *path, confx_workload_t *workload);

/* The same from text already read; `file` names it in messages. Pure. */
confx_status_t confx_workload_parse(const char *text, const char *file, confx_workload_t *workload);

/* Several networks as one workload, one after the other. Layers of two networks are one distinct
   kind if they are alike and their networks have the same weight, unless networks are to be kept
   `apart`. `parts` (n, 1 to CONFX_NETWORKS_MAX; weights above 0) are copied. CONFX_STATUS_INPUT:
   two networks of one name, too long a name, more than 65535 layers. The caller closes. */
typedef struct {
    const confx_workload_t *workload;
    double weight;
} confx_workload_part_t;
confx_status_t confx_workload_join(const confx_workload_part_t *parts, size_t n, bool apart,
                                   confx_workload_t *workload);
size_t confx_workload_network_of(const confx_workload_t *workload, size_t layer); /* its number */
double confx_workload_weight_of(const confx_workload_t *workload, size_t layer);
void confx_workload_close(confx_workload_t *workload);

/* What a layer really has to work through along a dimension, 0 where it has none: outputs along X
   and Y of a convolution, (X - S) / stride_x + 1; every input along X and Y of TRCONV, where each
   input meets each weight of the filter, whatever the stride. */
int64_t confx_layer_extent(const confx_layer_t *layer, confx_dim_t dim);

/* Multiplications that are really needed: the product of these extents over all dimensions that the
   layer has. So K of DSCONV is the filters of each channel, C and K of NGCONV are those of each of
   its G groups, and GEMM takes M N K. MAESTRO counts others in places (src/cost/README.md, section
   10): column macs of the cost model is what it counts. */
double confx_layer_macs(const confx_layer_t *layer);
double confx_workload_macs(const confx_workload_t *workload);

const char *confx_layer_type_name(confx_layer_type_t type);

/* The dimensions' letters, in the order of confx_dim_t. */
const char *confx_dim_letters(void);
/* In all but the name. */
bool confx_layer_same(const confx_layer_t *one, const confx_layer_t *other);

#ifdef __cplusplus
}
#endif

#endif
