/* A list of arrays and attributes on their way into a file, with the memory that was made for
   them. */
#ifndef CONFX_DATASETS_H
#define CONFX_DATASETS_H

#include "confx/master.h"

enum { DATASETS_ARRAYS = 128, DATASETS_ATTRIBUTES = 64, DATASETS_OWNED = 256 };

typedef struct {
    array_t arrays[DATASETS_ARRAYS];
    description_t descriptions[DATASETS_ARRAYS]; /* of each of them */
    size_t arrays_n;
    attribute_t attributes[DATASETS_ATTRIBUTES];
    size_t attributes_n;
    void *owned[DATASETS_OWNED];
    size_t owned_n;
    bool failed; /* out of memory: what was asked for is missing */
    confx_status_t
        status; /* any other failure of who fills it: what was asked for cannot be told */
} datasets_t;

void datasets_begin(datasets_t *datasets);
void datasets_end(datasets_t *datasets);

/* Somebody else's memory, alive until datasets_end. columns 0: one dimension. */
void datasets_show(datasets_t *datasets, const char *name, array_type_t type, size_t rows,
                   size_t columns, void *data, const char *units);
void datasets_show_array(datasets_t *datasets, const array_t *array); /* the same, of any rank */
/* A text in printf's manner, alive as long as the datasets: a name, units. NULL (and failed)
   without memory. */
__attribute__((format(printf, 2, 3))) const char *datasets_name(datasets_t *datasets,
                                                                const char *format, ...);
/* Memory of its own, zeroed, to be filled by the caller; NULL (and failed) without
   memory. */
void *datasets_make(datasets_t *datasets, const char *name, array_type_t type, size_t rows,
                    size_t columns, const char *units);
void datasets_real(datasets_t *datasets, const char *name, double value,
                   const char *units); /* a float64 scalar */

/* An int64 scalar, and a text, which is copied. */
void datasets_count(datasets_t *datasets, const char *name, int64_t value, const char *units);
void datasets_line(datasets_t *datasets, const char *name, const char *text);
/* Of the array shown or made last: a name in words, and the scales along its dimensions (NULL:
   none). */
void datasets_about(datasets_t *datasets, const char *long_name, const char *first,
                    const char *second);

void datasets_text(datasets_t *datasets, const char *name,
                   const char *text); /* attributes of the root group */
void datasets_integer(datasets_t *datasets, const char *name, int64_t value);
/* The same of a dataset; the text is copied. */
void datasets_text_on(datasets_t *datasets, const char *path, const char *name, const char *text);
void datasets_integer_on(datasets_t *datasets, const char *path, const char *name, int64_t value);

/* Who fills it met a failure; the first one stays. */
void datasets_fail(datasets_t *datasets, confx_status_t status);
confx_status_t datasets_status(const datasets_t *datasets);

#endif
