/* The factors of one transition of a line (group.h). */
#ifndef COST_LINE_FACTORS_H
#define COST_LINE_FACTORS_H

#include "cost/exact/line.h"

typedef struct {
    const line_leaf_t *before, *behind; /* before: NULL is nothing */
    int64_t delta;                      /* elements from the one to the other */
    bool same;                          /* they are one leaf */
} line_move_t;

/* Different elements in a leaf. */
static inline int64_t line_sum(const line_leaf_t *leaf)
{
    return (leaf->units - 1) * leaf->length + leaf->last;
}

/* Rows of the input that so many outputs side by side need. */
static inline int64_t line_rows(const line_t *line, int64_t outputs)
{
    /* Windows that do not reach each other have gaps between them. */
    return line->height < line->stride ? line->height * outputs
                                       : line->height + (outputs - 1) * line->stride;
}

/* What the busiest unit computes in a leaf. */
static inline int64_t line_volume(const line_t *line, const line_leaf_t *leaf)
{
    return line->window && !line->diagonal ? leaf->length * line->height : leaf->length;
}

/* Does it depend on the leaf whether a visit to an output is the first or the last one? */
static inline bool line_ends_matter(const line_t *line)
{
    return !(line->tensors >> CONFX_TENSOR_OUTPUT & 1);
}

/* All factors but those of first and last visits. False where units share rows in a way that has no
   closed form. */
bool line_factors(const line_t *line, const line_move_t *move, factors_t *factors);

/* The same, with the visits: whether the leaf behind is the first one of all, and the leaf before
   the last one. */
static inline bool line_factors_visits(const line_t *line, const line_move_t *move, bool first,
                                       bool last, factors_t *factors)
{
    const bool matter = line_ends_matter(line);
    factors->of[OUTPUT_FIRST] = (double)(matter ? first : line_sum(move->behind));
    factors->of[OUTPUT_LAST] = 0;
    /* Every output that the dimension indexes is in one leaf alone. */
    if (move->before) factors->of[OUTPUT_LAST] = (double)(matter ? last : line_sum(move->before));
    return line_factors(line, move, factors);
}

/* From the last leaf to nothing. */
void line_factors_end(const line_t *line, const line_leaf_t *last, factors_t *factors);

/* line_count for lines with one leaf, or with one loop that moves. */
bool line_count_one(const line_t *line, bool inside, network_t network, line_group_t *own);

#endif
