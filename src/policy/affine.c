/* y = x W + b and its two derivatives, side by side: x (rows, inputs), W (inputs, outputs), y
   (rows, outputs). */
#include "policy/affine.h"

#include <assert.h>
#include <string.h>

void affine_forward(const affine_t *affine, const real_t *parameters, size_t rows, matrix_t x,
                    matrix_t y)
{
    assert(y.stride >= affine->to + affine->outputs && x.stride >= affine->from + affine->inputs);
    /* The bias is laid down first, so that the product adds itself to it. */
    const matrix_t out = matrix_at(y, 0, affine->to);
    for (size_t row = 0; row < rows; row++)
        memcpy(out.data + row * out.stride, parameters + affine->bias,
               affine->outputs * sizeof(real_t));
    matrix_add_product(rows, affine->inputs, affine->outputs, matrix_at(x, 0, affine->from),
                       parameters + affine->weight, out);
}

void affine_gradient(const affine_t *affine, size_t rows, matrix_t x, matrix_t d_y,
                     real_t *gradient)
{
    /* dW += x^T d_y, db += the sum of the rows of d_y: sums over rows, that is, over all steps. */
    const matrix_t d_out = matrix_at(d_y, 0, affine->to);
    matrix_add_outer(rows, affine->inputs, affine->outputs, matrix_at(x, 0, affine->from), d_out,
                     gradient + affine->weight);
    for (size_t row = 0; row < rows; row++)
        row_add(affine->outputs, d_out.data + row * d_out.stride, gradient + affine->bias);
}

void affine_backward(const affine_t *affine, const real_t *parameters, size_t rows, matrix_t d_y,
                     matrix_t d_x)
{
    /* d_x = d_y W^T: written, not added, so an input of two maps has to be summed by who has
       both. */
    matrix_product_transposed(rows, affine->outputs, affine->inputs, matrix_at(d_y, 0, affine->to),
                              parameters + affine->weight, matrix_at(d_x, 0, affine->from));
}
