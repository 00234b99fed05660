/* What the choices of a layer need, laid out for a policy that draws one axis after the other: the
   mask that keeps every episode within the limits, and the static prior that makes an untrained
   policy use just the budget. All of it is known before any sample.

   A prefix is what was drawn of the first axes. Tables of an axis are over the prefixes that end
   with it, (D, A0, .., Aaxis), so that the levels of an axis under a prefix lie side by side. Those
   of the last axis are over the choices themselves. */
#ifndef SEARCH_FEASIBILITY_H
#define SEARCH_FEASIBILITY_H

#include "confx/arena.h"
#include "confx/memory.h"
#include "confx/policy.h"

_Static_assert((int)SPACE_AXES <= (int)POLICY_HEADS_MAX, "a policy has one head per axis");

/* The axis that is to be drawn next for a layer of this kind, behind these levels of the axes
   before it. */
typedef struct {
    size_t distinct, axis;
    const uint16_t *prefix; /* (axis) */
} branch_t;

typedef struct {
    problem_t *problem;
    size_t distinct, axes, levels[SPACE_AXES]; /* D, A, and the levels of each axis */
    size_t choices;                            /* of a layer: the product of the levels */
    size_t completions[SPACE_AXES]; /* choices under a level of that axis: the product of the levels
                                       behind it */
    uint64_t *points;               /* (choices) */
    double *least[SPACE_AXES]; /* least need, as one number, of all completions of the prefix; of
                                  the last axis the need itself. Infinite where there is none: where
                                  an axis that the layer does not use is off its initial level, or
                                  no completion is legal */
    need_t *needs; /* (D, choices) constraint by constraint; NULL where it is the one number */
    real_t *prior[SPACE_AXES]; /* logits given the prefix before: drawn axis after axis, each choice
                                  gets a weight of exp(-kappa need) */
    need_t limits;             /* what may be used: infinite of constraints that are not static */
    need_t *reserve;       /* (D) of a choice that is not known to be invalid: all layers can have
                              theirs together, wherever such choices were found */
    need_t total_reserve;  /* of all layers */
    const uint8_t *barred; /* (D, choices) as if known to be invalid; NULL: none */
    arena_t arena;
} feasibility_t;

/* CONFX_STATUS_INPUT, which names the axis with most levels: a layer has too many choices for
   tables of so many kinds of layers. */
confx_status_t feasibility_check_size(const space_t *space, size_t distinct);

/* What feasibility_check_size says; CONFX_STATUS_MEMORY. The problem must stay alive as long. The
   caller closes. */
confx_status_t feasibility_open(problem_t *problem, feasibility_t *feasibility);
void feasibility_close(feasibility_t *feasibility);

/* Where the levels of the branch's axis begin in the tables of that axis. */
size_t feasibility_row(const feasibility_t *feasibility, const branch_t *branch);

/* Cells of an axis' tables. */
static inline size_t feasibility_cells(const feasibility_t *feasibility, size_t axis)
{
    return feasibility->distinct * (feasibility->choices / feasibility->completions[axis]);
}

/* The cell of a choice, levels (A), in the last axis' tables. */
static inline size_t feasibility_cell(const feasibility_t *feasibility, size_t distinct,
                                      const uint16_t *levels)
{
    const size_t last = feasibility->axes - 1;
    return feasibility_row(feasibility, &(branch_t){distinct, last, levels}) + levels[last];
}

/* What a choice needs; cell: of the last axis' tables. */
static inline need_t feasibility_needs(const feasibility_t *feasibility, size_t cell)
{
    if (feasibility->needs) return feasibility->needs[cell];
    return (need_t){{feasibility->least[feasibility->axes - 1][cell]}, 0};
}

/* Is a cell of the last axis' tables a choice that needs no more than room? */
bool feasibility_fits(const feasibility_t *feasibility, size_t cell, const need_t *room);

/* Before an update: what must be kept for the layers to come, now that more is known to be invalid
   (memory; NULL: nothing). */
void feasibility_reserve(feasibility_t *feasibility, const memory_t *memory);

/* Choices (D, choices) that are to be left alone from now on, as if known to be invalid; NULL:
   none. They stay the caller's. Where no assignment without them is found within the limits none
   are left alone. */
void feasibility_bar(feasibility_t *feasibility, const memory_t *memory, const uint8_t *barred);

/* What a layer of that kind may use, when so much was used and this is reserved for it and for the
   layers to come. */
need_t feasibility_room(const feasibility_t *feasibility, size_t distinct, const need_t *used,
                        const need_t *reserved);

/* allowed (levels of the axis): those that a completion exists for which is within the room and not
   known to be invalid; where there is none the level of least need. Of an axis that the layer does
   not use the initial level alone. memory may be NULL. */
void feasibility_allow(const feasibility_t *feasibility, const memory_t *memory,
                       const branch_t *branch, const need_t *room, uint8_t *allowed);
/* The same without any limit: all levels that the layer can be given, behind which something legal
   is left. */
void feasibility_allow_all(const feasibility_t *feasibility, const branch_t *branch,
                           uint8_t *allowed);

/* Does the layer use the axis, behind these levels? */
bool feasibility_uses(const feasibility_t *feasibility, const branch_t *branch);

#endif
