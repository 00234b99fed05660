/* Sweep files: many jobs from one base.

       base: ../mobilenet_v2.yaml              a job file, beside the sweep file
       set: {search.samples: 3700}             keys fixed for all
       grid:                                   lists, multiplied out; the last one runs fastest
         dataflow: [dla, rs, shi]
         search.seed: 1..5                     whole numbers from 1 to 5
       include: [{dataflow: dla, search.seed: 9}]    one more search each, upon base and set
       exclude: [{dataflow: shi, search.seed: 5}]    what the grid leaves out
       ranks_per_search: 1                     a group of ranks for each search

   A key is a path, written with dots or as nested mappings. Names in the jobs are looked up beside
   the base. */
#ifndef CONFX_SWEEP_H
#define CONFX_SWEEP_H

#include "confx/job_words.h"

enum {
    SWEEP_SEARCHES_MAX = 10000 /* of grid and include */,
    SWEEP_NAME_MAX = 208,
    SWEEP_KEYS_MAX = 64
};

typedef struct {
    char name[SWEEP_NAME_MAX]; /* made of its settings: readable, unique in the sweep, fit for a
                                  file name */
    job_t *job;                /* its output is DIRECTORY/runs/NAME */
} sweep_search_t;

typedef struct {
    sweep_search_t *searches; /* in the order of the grid, then those included */
    size_t searches_n;
    char *keys[SWEEP_KEYS_MAX]; /* paths that grid or include give: what tells searches apart */
    size_t keys_n;
    size_t ranks_per_search;
    char *text; /* names and jobs, a YAML document each: equal for two sweeps that do the same */
} sweep_t;

/* Read a sweep file and make all of its jobs, each with its keys and values checked (not that its
   files exist). CONFX_STATUS_INPUT names file, line and key. The caller closes. */
confx_status_t sweep_open(const char *path, const char *directory, sweep_t **sweep);
void sweep_close(sweep_t *sweep);

/* The keys of a sweep file for people. */
void sweep_print_keys(FILE *out);

/* The value that a search has for a key, a list in words: "dla", "0.1", "1 2 4"; "" when its job
   has no such key. */
enum { SWEEP_WORDS_MAX = JOB_VALUE_MAX };
void sweep_words(const sweep_search_t *search, const char *key, char out[SWEEP_WORDS_MAX]);

#endif
