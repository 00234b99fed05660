/* Random small layers, mappings and hardware for the walker: built so that most are legal and have
   more than one step at every level, and some changed afterwards so that most of those are not. */
#ifndef TESTS_COST_WALK_CASES_H
#define TESTS_COST_WALK_CASES_H

#include "confx/rng.h"
#include "cost/language/dataflow.h"

#include <stddef.h>

typedef struct {
    confx_layer_t layer;
    struct confx_dataflow dataflow;
    confx_hardware_t hardware; /* what the accounting exact goes by; no units */
    int64_t pes, buffer;
    bool changed; /* no longer as it was built */
} walk_case_t;

/* The case of that number under a seed. */
walk_case_t walk_case_random(uint64_t seed, uint64_t number);

/* The dataflow as a file has it; and all of the case for people, a line each. */
enum { WALK_TEXT_MAX = 4096 };
void walk_case_dataflow(const walk_case_t *one, char text[WALK_TEXT_MAX]);
void walk_case_print(const walk_case_t *one);

#endif
