/* What is to be compared: the job with the algorithms and seeds of a comparison, each search with a
   directory. */
#ifndef APP_CONTEST_H
#define APP_CONTEST_H

#include "app/job_option.h"
#include "confx/job.h"

#define CONTEST_ALGORITHM(constant, word) +1
enum { CONTEST_ALGORITHMS_MAX = ALGORITHM_LIST(CONTEST_ALGORITHM), CONTEST_SEEDS_MAX = 1000 };
#undef CONTEST_ALGORITHM
enum { CONTEST_WORDS_MAX = 512 }; /* the names of all algorithms and what is between them */

typedef struct {
    job_option_t job;
    const char *text;       /* of the job, one setting of a grid; NULL: what the file says */
    const char *algorithms; /* words between commas; NULL: all that fit the feedback */
    const char *samples, *feedback; /* NULL: the job's */
    const char *directory;
    size_t seeds_n; /* from the job's on; 0: not given */
} compare_plan_option_t;

typedef struct {
    algorithm_t algorithms[CONTEST_ALGORITHMS_MAX];
    bool integers[CONTEST_ALGORITHMS_MAX]; /* acts on all integers, otherwise on the levels alone */
    const char *told[CONTEST_ALGORITHMS_MAX]; /* search_told */
    size_t algorithms_n, seeds_n;
    bool any_integers, any_levels;
    job_t *base;
    job_t **jobs; /* (algorithms, seeds) with an output DIRECTORY/runs/ALGORITHM_seedN */
    char *text;   /* equal for two contests that do the same */
} compare_plan_t;

/* CONFX_STATUS_INPUT also for an algorithm that needs another feedback. The caller closes, after
   a failure too. */
confx_status_t compare_plan_open(const compare_plan_option_t *option, compare_plan_t *contest);
void compare_plan_close(compare_plan_t *contest);

#endif
