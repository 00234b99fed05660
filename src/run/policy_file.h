/* A policy as a file holds it: /policy/parameters with the names and places of its tensors, and the
   layers that its table has rows for. Of another network the rows of equal layers are of use, and
   all other tensors. */
#ifndef RUN_LEARNED_H
#define RUN_LEARNED_H

#include "confx/datasets.h"
#include "confx/policy.h"
#include "confx/workload.h"

enum { PLACE_COLUMNS = 3, LAYER_COLUMNS = 10 };

/* A layer as a row of numbers: K, C, Y, X, R, S, strides, type, groups. */
void layer_row(const confx_layer_t *layer, int64_t row[LAYER_COLUMNS]);

/* All zero: none. */
typedef struct {
    size_t tensors_n, kinds_n, size;
    char (*names)[POLICY_NAME_MAX];   /* (tensors) */
    int64_t (*places)[PLACE_COLUMNS]; /* (tensors) offset, rows, columns in the parameters */
    int64_t (*layers)[LAYER_COLUMNS]; /* (kinds) of each row of the table */
    real_t *parameters;               /* (size) */
} policy_file_t;

/* Room for a policy of this network; its parameters are copied by policy_file_take. */
confx_status_t policy_file_open(const policy_t *policy, const confx_workload_t *workload,
                                policy_file_t *learned);
void policy_file_close(policy_file_t *learned);
void policy_file_take(policy_t *policy, policy_file_t *learned);

confx_status_t policy_file_is_in(store_t *store, bool *is);
/* CONFX_STATUS_DAMAGED where the parts do not fit each other. */
confx_status_t policy_file_read(store_t *store, policy_file_t *learned);
/* parameters: or only what tells where they belong. */
void policy_file_show(const policy_file_t *learned, bool parameters, datasets_t *datasets);

/* How many tensors, from the first on, two policies have in common, the rows of their tables
   aside. */
size_t policy_file_common(const policy_file_t *one, const policy_file_t *other);
/* The parameters of `from` into `policy`, which has all tensors in common with it. Rows of the
   table go where `to` has an equal layer; the others stay. */
void policy_file_give(const policy_file_t *from, const policy_file_t *to, policy_t *policy);

#endif
