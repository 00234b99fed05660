/* Any group of dimensions, by its steps written out (trie.h). */
#ifndef COST_WRITTEN_H
#define COST_WRITTEN_H

#include "cost/exact/network.h"

/* A group, with the memory that it points to. */
typedef struct {
    dimgroup_t group;
    factors_t ends[2];
    factors_t *transitions;
    int *lists;
    class_t *classes;
    int *works;
    volume_steps_t *work;
} written_t;

/* Of all steps and of the outermost ones. The faults are those of trie.h; whatever the fault,
   written_close frees. */
confx_cost_fault_t written_open(const plan_t *plan, int group, network_t network, written_t *fine,
                                written_t *outermost);
void written_close(written_t *written);

#endif
