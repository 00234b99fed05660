/* A list of arrays and attributes on their way into a file, with the memory that was made for them. */
#ifndef RUN_SHELF_H
#define RUN_SHELF_H

#include "confx/store.h"

enum { SHELF_ARRAYS = 96, SHELF_ATTRIBUTES = 64 };

typedef struct {
    array_t arrays[SHELF_ARRAYS];
    size_t arrays_n;
    attribute_t attributes[SHELF_ATTRIBUTES];
    size_t attributes_n;
    void *owned[SHELF_ARRAYS + SHELF_ATTRIBUTES];
    size_t owned_n;
    bool failed;           /* out of memory: what was asked for is missing */
    confx_status_t status; /* any other failure of who fills it: what was asked for cannot be told */
} shelf_t;

void shelf_begin(shelf_t *shelf);
void shelf_end(shelf_t *shelf);

/* Somebody else's memory, alive until the shelf ends. columns 0: one dimension. */
void shelf_show(shelf_t *shelf, const char *name, array_type_t type, size_t rows, size_t columns, void *data,
                const char *units);
void shelf_show_array(shelf_t *shelf, const array_t *array); /* the same, of any rank */
/* Memory of the shelf's own, zeroed, to be filled by the caller; NULL (and failed) without memory. */
void *shelf_make(shelf_t *shelf, const char *name, array_type_t type, size_t rows, size_t columns, const char *units);
void shelf_real(shelf_t *shelf, const char *name, double value, const char *units); /* a float64 scalar */

void shelf_text(shelf_t *shelf, const char *name, const char *text); /* attributes of the root group */
void shelf_integer(shelf_t *shelf, const char *name, int64_t value);
/* The same of a dataset; the text is copied. */
void shelf_text_on(shelf_t *shelf, const char *path, const char *name, const char *text);
void shelf_integer_on(shelf_t *shelf, const char *path, const char *name, int64_t value);

/* Who fills it met a failure; the first one stays. */
void shelf_fail(shelf_t *shelf, confx_status_t status);
confx_status_t shelf_status(const shelf_t *shelf);

#endif
