/* What a dataset of today's schema is called in a run.h5 of an older one. */
#ifndef STORE_OLD_NAMES_H
#define STORE_OLD_NAMES_H

typedef struct {
    const char *name, *old;
    int column; /* of a table of two dimensions; negative: the dataset as it is */
} old_name_t;

/* A dataset that has kept its name comes back as it is. */
old_name_t old_name(const char *name);

#endif
