/* Workloads: the ordered layers of a neural network, and the CSV form they are read from. */
#ifndef CONFX_WORKLOAD_H
#define CONFX_WORKLOAD_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Loop dimensions in alphabetical order: the cost model goes through them in this order (COST_MODEL.md section 2). */
typedef enum { DIM_C, DIM_G, DIM_K, DIM_M, DIM_N, DIM_R, DIM_S, DIM_X, DIM_Y, DIM_COUNT } dim_t;

/* X(type, name, code in the CSV's column T; 0: not available there) */
#define LAYER_TYPE_LIST(X)                                                                                             \
    X(LAYER_CONV, "CONV", 1)                                                                                           \
    X(LAYER_DSCONV, "DSCONV", 2)                                                                                       \
    X(LAYER_NGCONV, "NGCONV", 0)                                                                                       \
    X(LAYER_TRCONV, "TRCONV", 0)                                                                                       \
    X(LAYER_GEMM, "GEMM", 0)

#define LAYER_TYPE_ENUM(type, name, code) type,
typedef enum { LAYER_TYPE_LIST(LAYER_TYPE_ENUM) LAYER_TYPES } layer_type_t;
#undef LAYER_TYPE_ENUM

enum { LAYER_NAME_MAX = 64, LAYER_DIM_MAX = 1 << 24 };

typedef struct {
    layer_type_t type;
    int64_t dim[DIM_COUNT];     /* elements along each dimension; 0: the layer has no such dimension */
    int64_t stride_y, stride_x; /* 1 where none is given */
    char name[LAYER_NAME_MAX];  /* unique in its workload: "1", "2", ... where the file names none */
} layer_t;

typedef struct {
    char name[LAYER_NAME_MAX]; /* of the network: the file's name without directory and suffix */
    size_t layers_n;           /* L >= 1 */
    layer_t *layers;           /* (L) in the network's order */
    size_t distinct_n;         /* D: layers that differ in more than their name */
    uint16_t *distinct_of;     /* (L) index of each layer among the distinct ones, numbered by first appearance */
    uint16_t *first_of;        /* (D) the first layer of each distinct kind */
} workload_t;

/* Read `path` (CSV: K,C,Y,X,R,S,T; T 1 convolution, 2 depthwise; optional columns name, stride_y, stride_x; any order).
   Dimensions are whole numbers from 1 to LAYER_DIM_MAX, with R <= Y and S <= X. No rows is STATUS_INPUT, as are an
   unknown column and more than 65535 layers. The caller closes. */
status_t workload_open(const char *path, workload_t *workload);

/* The same from text already read; `file` names it in messages. Pure. */
status_t workload_parse(const char *text, const char *file, workload_t *workload);

void workload_close(workload_t *workload);

/* Multiplications the network really needs: of each layer the product of its dimensions, Y - R + 1 by X - S + 1 outputs
   (stride 1, as MAESTRO counts them), K left out of depthwise layers. */
double workload_macs(const workload_t *workload);

const char *layer_type_name(layer_type_t type);
bool layer_same(const layer_t *one, const layer_t *other); /* in all but the name */

#endif
