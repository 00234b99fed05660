/* Rectified linear units, in place on rows. Private to the room. */
#ifndef POLICY_RELU_H
#define POLICY_RELU_H

#include "policy/matrix.h"

static inline void relu_forward(size_t rows, size_t columns, matrix_t y)
{
    for (size_t row = 0; row < rows; row++) {
        real_t *at = y.data + row * y.stride;
        for (size_t j = 0; j < columns; j++) at[j] = at[j] > 0 ? at[j] : 0;
    }
}

/* d_y becomes the derivative before the unit; y is what the unit gave. */
static inline void relu_backward(size_t rows, size_t columns, matrix_t y, matrix_t d_y)
{
    for (size_t row = 0; row < rows; row++) {
        const real_t *restrict at = y.data + row * y.stride;
        real_t *restrict d_at = d_y.data + row * d_y.stride;
        for (size_t j = 0; j < columns; j++) d_at[j] = at[j] > 0 ? d_at[j] : 0;
    }
}

#endif
