/* The columns of a CSV that describe a layer: of a workload, and of a table of points. */
#ifndef CONFX_LAYER_TABLE_H
#define CONFX_LAYER_TABLE_H

#include "confx/text.h"
#include "confx/workload.h"

/* Which columns of a CSV describe a layer: K,C,Y,X,R,S,T (T 1 convolution, 2 depthwise), and if
   they are there name, stride_y, stride_x; in any order. */
enum { LAYER_DIM_COLUMNS = 6 };
typedef struct {
    size_t dims[LAYER_DIM_COLUMNS], type;
    size_t name, stride_y, stride_x; /* SIZE_MAX: not there */
} layer_columns_t;

/* CONFX_STATUS_INPUT with file, line and column for a missing one, and for one that is neither of
   these nor among `others` (others_n names of the caller's own, NULL for none). */
confx_status_t layer_columns_find(const csv_t *csv, const char *const *others, size_t others_n,
                                  layer_columns_t *columns);

/* The layer of the current row; its name is empty where the row has none. Dimensions are whole
   numbers from 1 to CONFX_LAYER_DIM_MAX, with R <= Y and S <= X. K of a depthwise row is the
   filters of each channel. CONFX_STATUS_INPUT with file, line and column. */
confx_status_t layer_columns_read(const csv_t *csv, const layer_columns_t *columns,
                                  confx_layer_t *layer);

#endif
