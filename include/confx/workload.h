/* Workloads: the ordered layers of a neural network, and the CSV form they are read from. */
#ifndef CONFX_WORKLOAD_H
#define CONFX_WORKLOAD_H

#include "confx/status.h"
#include "confx/text.h"

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

/* Which columns of a CSV describe a layer: K,C,Y,X,R,S,T (T 1 convolution, 2 depthwise), and if they are there name,
   stride_y, stride_x; in any order. */
enum { LAYER_DIM_COLUMNS = 6 };
typedef struct {
    size_t dims[LAYER_DIM_COLUMNS], type;
    size_t name, stride_y, stride_x; /* SIZE_MAX: not there */
} layer_columns_t;

/* STATUS_INPUT with file, line and column for a missing one, and for one that is neither of these nor among `others`
   (others_n names of the caller's own, NULL for none). */
status_t layer_columns_find(const csv_t *csv, const char *const *others, size_t others_n, layer_columns_t *columns);

/* The layer of the current row; its name is empty where the row has none. Dimensions are whole numbers from 1 to
   LAYER_DIM_MAX, with R <= Y and S <= X. K of a depthwise row is 1: more is a channel multiplier, which MAESTRO's
   accounting lacks. STATUS_INPUT with file, line and column. */
status_t layer_columns_read(const csv_t *csv, const layer_columns_t *columns, layer_t *layer);

/* Read `path`, a CSV of such rows. No rows is STATUS_INPUT, as are two layers of one name and more than 65535 layers.
   The caller closes. */
status_t workload_open(const char *path, workload_t *workload);

/* The same from text already read; `file` names it in messages. Pure. */
status_t workload_parse(const char *text, const char *file, workload_t *workload);

void workload_close(workload_t *workload);

/* What a layer really has to work through along a dimension, 0 where it has none: outputs along X and Y of a
   convolution, (X - S) / stride_x + 1; every input along X and Y of TRCONV, where each input meets each weight of the
   filter, whatever the stride. */
int64_t layer_extent(const layer_t *layer, dim_t dim);

/* Multiplications that are really needed: the product of these extents over all dimensions that the layer has. So K of
   DSCONV is the filters of each channel, C and K of NGCONV are those of each of its G groups, and GEMM takes M N K.
   MAESTRO counts others in places (COST_MODEL.md section 10): column macs of the cost model is what it counts. */
double layer_macs(const layer_t *layer);
double workload_macs(const workload_t *workload);

/* Counts of MACs beside the true ones, of layers or of rows of a table. Begins as {.n = 0}. */
typedef struct {
    size_t n, departing_n;  /* of these, whose count is not the true one */
    double counted, needed; /* sums */
    double least, most;     /* of counted / needed over those that depart */
} macs_tally_t;

void macs_tally_add(macs_tally_t *tally, const layer_t *layer, double counted);
/* One line on what departs and by how much, into text; false, and nothing, when nothing does. what: "layers". */
bool macs_tally_say(const macs_tally_t *tally, const char *what, char *text, size_t room);

const char *layer_type_name(layer_type_t type);
bool layer_same(const layer_t *one, const layer_t *other); /* in all but the name */

#endif
