/* An affine map, y = x W + b, its place in the parameters, and its derivatives. Private to the
   room. */
#ifndef POLICY_AFFINE_H
#define POLICY_AFFINE_H

#include "policy/matrix.h"

typedef struct {
    size_t from, inputs; /* columns of x it reads */
    size_t to, outputs;  /* columns of y it writes */
    size_t weight, bias; /* offsets in the parameters of W (inputs, outputs) and b (outputs) */
} affine_t;

/* y (rows, outputs) of x (rows, inputs). */
void affine_forward(const affine_t *affine, const real_t *parameters, size_t rows, matrix_t x,
                    matrix_t y);

/* Adds to gradient, laid out as the parameters, what d_y (rows, outputs) means for W and b. */
void affine_gradient(const affine_t *affine, size_t rows, matrix_t x, matrix_t d_y,
                     real_t *gradient);

/* d_x (rows, inputs) of d_y (rows, outputs). */
void affine_backward(const affine_t *affine, const real_t *parameters, size_t rows, matrix_t d_y,
                     matrix_t d_x);

#endif
