/* Jobs in words: what a key says, and in what two jobs differ. */
#ifndef CONFX_JOB_WORDS_H
#define CONFX_JOB_WORDS_H

#include "confx/job.h"

/* The value of a key in words: its text, the elements of a list with `between` in between, of a
   mapping with a base "asic noc_bandwidth=64", cut where it is too long; "" when there is no such
   key. */
enum { JOB_KEY_MAX = 192 /* of paths of keys, NUL included */, JOB_VALUE_MAX = 256 };
void job_value_words(const struct yaml *tree, const char *key, char between,
                     char out[JOB_VALUE_MAX]);

/* The first key in which two jobs differ, and what each says there ("not given": nothing). Output,
   log, search.samples, which may grow, and accounting, which a profile may say, do not count. */
enum { JOB_WORDS_MAX = 192 };
typedef struct {
    char key[JOB_WORDS_MAX], one[JOB_WORDS_MAX], other[JOB_WORDS_MAX];
} job_difference_t;
bool job_differ(const job_t *one, const job_t *other, job_difference_t *difference);

#endif
