/* A group of one dimension, or of one axis with a window that no map cuts, in closed form
   (src/cost/EXACT.md, section 10): up to two of its loops move, and its units have equal tiles side
   by side. */
#ifndef COST_LINE_H
#define COST_LINE_H

#include "cost/exact/network.h"

enum { LINE_DEPTH_MAX = 2, LINE_NUMBERS = 2 * LINE_DEPTH_MAX + 1 };
enum { LINE_FACTORS_MAX = 24, LINE_CLASSES_MAX = 80, LINE_WORKS_MAX = 4 };

/* What units hold in a step: `units` of them have `length` elements each, `spacing` apart, but the
   last one has `last` of them. */
typedef struct {
    int64_t units, length, last;
} line_leaf_t;

/* A loop of so many steps, the leaf of all its steps but the last one, and that one's. */
typedef struct {
    int64_t steps;
    line_leaf_t full, rest;
    bool alike; /* there are several steps, and the last one is like the others */
} line_loop_t;

/* What is below each leaf of outermost steps, by kind of the outer loop and whether it is the inner
   loop's last. */
typedef struct {
    int n[2][2];
    volume_steps_t of[2][2][LINE_WORKS_MAX];
} line_works_t;

/* How the dimension is dealt. `kinds` of steps of the outer loop are told apart: all but the last
   one, and that one, where it is not like the others. */
typedef struct {
    uint32_t tensors;       /* bit t: the dimension indexes tensor t */
    bool window;            /* rows of the input, and R whole */
    bool diagonal;          /* below it R units have a row of the window each */
    int64_t stride, height; /* of the window */
    bool alone; /* all loops are of level 0 and of one unit: outermost steps are the same */
    int depth;
    uint8_t loops[LINE_DEPTH_MAX]; /* of the plan */
    int64_t outer_n, outer_step;   /* elements that it moves by */
    int kinds;
    line_loop_t inner[2]; /* by kind */
    int64_t inner_step;
    int64_t spacing;
    const line_works_t *works; /* of outermost steps; of all steps NULL: each leaf is its own */
} line_t;

/* Of all steps, and of the outermost ones with their works; false where the group is none, or is
   not seen to be legal. */
bool line_find(const plan_t *plan, int group, line_t *fine, line_t *outermost, line_works_t *works);

/* The line as a group, with the memory that the group points to. */
typedef struct {
    dimgroup_t group;
    int factors_n, classes_n;
    uint32_t keys[LINE_FACTORS_MAX];
    factors_t factors[LINE_FACTORS_MAX];
    factors_t begin, end, transitions[LINE_NUMBERS];
    class_t classes[LINE_CLASSES_MAX];
    int lists[LINE_NUMBERS * LINE_NUMBERS];
    int works[2 * 2 + 1];
    volume_steps_t work[2 * 2 * LINE_WORKS_MAX];
} line_group_t;

/* `inside`: some loop of another group moves inside of all of its own. False where units share
   elements in a way that has no closed form here. */
bool line_count(const line_t *line, bool inside, network_t network, line_group_t *own);

#endif
