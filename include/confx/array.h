/* A named, typed view of somebody else's memory: what rooms hand to the log and to checkpoints
   without knowing files. */
#ifndef CONFX_ARRAY_H
#define CONFX_ARRAY_H

#include <stddef.h>

/* X(type, C type, bytes) */
#define ARRAY_LIST(X)                                                                              \
    X(ARRAY_F64, double, 8)                                                                        \
    X(ARRAY_F32, float, 4)                                                                         \
    X(ARRAY_I64, int64_t, 8)                                                                       \
    X(ARRAY_U32, uint32_t, 4)                                                                      \
    X(ARRAY_U16, uint16_t, 2)                                                                      \
    X(ARRAY_U8, uint8_t, 1)                                                                        \
    X(ARRAY_BOOL, uint8_t, 1) /* 0 or 1 */                                                         \
    X(ARRAY_TEXT, char, 1)    /* texts of one width, NUL-padded: the last dimension is the width */

#define ARRAY_ENUM(type, c_type, bytes) type,
typedef enum { ARRAY_LIST(ARRAY_ENUM) ARRAY_TYPES } array_type_t;
#undef ARRAY_ENUM

enum { ARRAY_RANK_MAX = 3 };

typedef struct {
    const char *name; /* "/group/name" or "name"; must stay alive as long as the view */
    array_type_t type;
    size_t rank;                 /* 0 .. ARRAY_RANK_MAX; 0: a single number */
    size_t dims[ARRAY_RANK_MAX]; /* row-major; a dimension may be 0 */
    void *data;                  /* not owned */
    const char *units;           /* NULL: a plain number */
} array_t;

size_t array_type_bytes(array_type_t type);
size_t array_items(const array_t *array); /* product of the dimensions */
size_t array_bytes(const array_t *array);

/* The items, of so many bytes each, where there is room for `wanted` of them: *room, a number of
   items, doubles as often as is needed. NULL without memory, and all is as it was. */
void *array_grown(void *items, size_t *room, size_t wanted, size_t bytes);

/* Of values where NaN stands for one beyond all others (nothing found, never reached): sorted in
   place; NaN when the middle, or for an even number one of the two in the middle, is such a one. */
double array_median(double *values, size_t n);

#endif
