/* Between the files of `confx verify`: what is looked at beside the scores of the rows. */
#ifndef RUN_VERIFY_H
#define RUN_VERIFY_H

#include "confx/setting.h"

/* Rows are in the order of their updates, and within an update of their units; before schema 4 they
   were numbered within an update from 0 on. /progress says after which row each update ends. */
typedef struct {
    bool units;   /* the number of a row is that of its unit */
    double *ends; /* (updates) rows up to the end of each */
    size_t updates;
    size_t rows;             /* so far */
    uint32_t update, number; /* of the row before */
} numbers_t;

/* What /progress says; the caller closes, also after a failure. */
confx_status_t numbers_open(store_t *store, const char *path, bool units, numbers_t *numbers);
void numbers_close(numbers_t *numbers);
/* The next n rows; and: those were all, rows and updates. CONFX_STATUS_DAMAGED. */
confx_status_t numbers_check(numbers_t *numbers, const char *path, const uint8_t *stage,
                             const uint32_t *update, const uint32_t *number, size_t n);
confx_status_t numbers_check_end(const numbers_t *numbers, const char *path);

/* Attributes of the file and units of its datasets are those of its job and its rows. */
confx_status_t verify_words(store_t *store, const char *path, const job_t *job);

/* assignment.csv beside run.h5 is what the result gives, byte by byte; a complete run has one. */
confx_status_t verify_table(store_t *store, const char *path, const setting_t *setting);

#endif
