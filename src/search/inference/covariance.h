/* The covariances of totals, each a sum over the layers of one sample: two totals covary by the sum
   over all pairs of their layers. The shapes of kernel.h are sums over layers first, so that a pair
   of samples takes one product of two vectors. The residual ties layers of one kind: those of a
   sample that have the same action count as one member of the sample, and what a new sample shares
   with any action that samples have used is worked out once for all samples before it. So a row
   takes time linear in layers, not in their square. */
#ifndef SEARCH_COVARIANCE_H
#define SEARCH_COVARIANCE_H

#include "search/inference/kernel.h"

enum { COVARIANCE_TOGETHER = 4 }; /* rows that are worked out at once */
enum { COVARIANCE_AWAITED = 16 }; /* that are prepared at most */

/* Portions `first` to `first + n` of so many that work is divided into. */
typedef struct {
    size_t first, n, of;
} portion_t;

/* In place of the indices of a layer that takes no part in a total. */
#define COVARIANCE_ABSENT UINT16_MAX

/* The layers of one kind that have one action in a sample. */
typedef struct {
    uint32_t cell;            /* of the table (D, cells) */
    uint32_t slot;            /* of that cell among those that samples have used */
    double layers;            /* how many */
    double weight[RESIDUALS]; /* the sum of their amplitudes */
} member_t;

typedef struct {
    const problem_t *problem;
    const kernel_t *kernel;
    size_t capacity, layers;
    size_t n;          /* samples so far */
    bool bare;         /* of the samples themselves: rows are another rank's, and not filled here */
    member_t *members; /* (capacity, L) of which a sample uses the first */
    size_t *members_n; /* (capacity) */
    double *shapes;    /* (capacity, shapes, D) summed by kind */
    double *related;   /* (capacity, shapes, D) those through the kernel between layers */
    double *of[KERNEL_PARTS]; /* (capacity, capacity) lower triangles: each part of the kernel, */
    double *whole;            /* and their sum by the variances, */
    size_t weighed_from;      /* of rows and columns from this one on */
    double variances[KERNEL_PARTS];

    /* Samples that will probably be appended: their shapes, and what these share with the n samples
       so far, stand where their rows will be. */
    size_t awaited, passed; /* of which so many were appended, or will not be any more */
    size_t awaited_from;    /* the n of then */
    uint16_t *await;        /* (COVARIANCE_AWAITED, L, A) */
    double *parcel;         /* (COVARIANCE_AWAITED, groups, capacity) scratch */

    /* Cells that samples have used, those of kind d from slot begins[d] on. */
    size_t slots;
    size_t *begins, *used;    /* (D) */
    uint32_t *slot_of;        /* (D, cells) */
    uint32_t *cell_of;        /* (slots) the cell in the row of its kind */
    uint16_t *at[SPACE_AXES]; /* (slots) places on the axes */
    uint32_t *member_of;      /* (slots) the member of a sample, while it is placed */
    /* (slots) of the residuals of each row at work with those of a cell */
    double (*reach)[RESIDUALS][COVARIANCE_TOGETHER];
    double *nearness; /* (slots) scratch */
} covariance_t;

/* For at most so many samples. The memory is the arena's, whose status the caller asks for. */
void covariance_open(const problem_t *problem, const kernel_t *kernel, size_t capacity,
                     arena_t *arena, covariance_t *covariance);

/* What the parts count for from now on; 0 before. Of the samples so far those from `first` on are
   asked for, or a few before it. */
void covariance_weigh(covariance_t *covariance, const double *variances, size_t first);
/* So many rows more: of samples (n, L, A), whose actions are canonical. */
void covariance_append(covariance_t *covariance, const uint16_t *assignments, size_t n);
/* Works out a portion of what the shapes of n samples in `await` share with all so far, into
   `parcel`: how many numbers that are. The same for all portions, in their order, from others. */
size_t covariance_prepare(covariance_t *covariance, size_t n, const portion_t *mine);
void covariance_prepared(covariance_t *covariance, size_t portions, const double *all, size_t n);
/* All samples but those listed, rising, go. */
void covariance_keep(covariance_t *covariance, const size_t *kept, size_t n);

#endif
