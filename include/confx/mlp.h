/* Multi-layer perceptrons and the two distributions that policies draw actions from: what the
   methods of the search room that learn from single decisions share. Parameters are the caller's,
   flat, so that a target network is a second vector for the same perceptron. Beside policy.h, which
   has the recurrent network.

   Shapes: B rows, I inputs, O outputs, A levels of a head; row-major, packed. */
#ifndef CONFX_MLP_H
#define CONFX_MLP_H

#include "confx/policy.h"

enum { MLP_HIDDEN_MAX = 3, MLP_LAYERS_MAX = MLP_HIDDEN_MAX + 1 };

typedef enum { MLP_TANH, MLP_RELU } mlp_unit_t;

typedef struct {
    size_t inputs, outputs;
    size_t hidden, width[MLP_HIDDEN_MAX]; /* hidden layers, 0: none; and the units of each */
    mlp_unit_t unit;                      /* of hidden layers; the outputs are linear */
} mlp_shape_t;

/* Numbers in the parameters: for each layer W (inputs, outputs), then its bias (outputs). */
size_t mlp_size(const mlp_shape_t *shape);

typedef struct mlp mlp_t; /* activations of up to `rows` rows */

/* The caller closes. Sets the matrix library to one thread. CONFX_STATUS_MEMORY: also when the
   address space has no room for that library's workspace. */
confx_status_t mlp_open(const mlp_shape_t *shape, size_t rows, mlp_t **mlp);
void mlp_close(mlp_t *mlp);

/* Uniform within +-1/sqrt(fan-in), biases 0; the last layer's are multiplied by `last`. number: one
   per network of a search. */
void mlp_initialise(const mlp_t *mlp, uint64_t seed, uint64_t number, double last,
                    real_t *parameters);

/* inputs (B, I) are copied; the outputs (B, O) live until the next call. */
const real_t *mlp_forward(mlp_t *mlp, const real_t *parameters, size_t rows, const real_t *inputs);

/* After mlp_forward with the same parameters: adds to gradient, laid out as they are (NULL: not
   wanted), and writes d_inputs (B, I) (NULL: not wanted). */
void mlp_backward(mlp_t *mlp, const real_t *parameters, const real_t *d_outputs, real_t *gradient,
                  real_t *d_inputs);

/* A layer after mlp_backward: what came in (B, inputs), and the derivative by what it gave before
   its unit. */
typedef struct {
    size_t inputs, outputs, rows;
    size_t weight; /* its place in the parameters; the bias lies behind W, as one more row */
    const real_t *x, *d_y;
} mlp_layer_t;
size_t mlp_layers(const mlp_t *mlp);
mlp_layer_t mlp_layer(const mlp_t *mlp, size_t index);

/* Scale n numbers so that their norm is at most `limit`; returns the norm before. */
double mlp_clip(size_t n, real_t limit, real_t *gradient);
/* to += share x (from - to): target networks (Lillicrap 2016). */
void mlp_follow(size_t n, real_t share, const real_t *from, real_t *to);

/* ---- categorical: heads of levels side by side in one row of outputs ------------------------- */

typedef struct {
    size_t heads, levels[POLICY_HEADS_MAX];
} categorical_t;
size_t categorical_width(const categorical_t *heads); /* logits of all heads */

/* One head of one row: logits (A) become log probabilities, 0 where not allowed; probability is
   exactly 0 there. */
void categorical_forward(size_t levels, const uint8_t *allowed, real_t *logits,
                         real_t *probability);
/* Of one row, summed over heads. choice (heads). */
double categorical_log(const categorical_t *heads, const real_t *log_probability,
                       const uint16_t *choice);
double categorical_entropy(const categorical_t *heads, const real_t *probability,
                           const real_t *log_probability);
/* d_logits of -[ weight log p(choice) + entropy_weight H ] of one row. */
void categorical_backward(const categorical_t *heads, const real_t *probability,
                          const real_t *log_probability, const uint16_t *choice, real_t weight,
                          real_t entropy_weight, real_t *d_logits);
/* The level at which the cumulated chances pass `uniform`. */
uint16_t categorical_draw(size_t levels, const real_t *probability, double uniform);

/* ---- squashed Gaussian (Haarnoja et al. 2018, appendix C) ------------------------------------ */

enum { GAUSSIAN_MAX = POLICY_HEADS_MAX }; /* actions */

/* outputs (2 n): means, then logarithms of deviations, held within [-20, 2]. action = tanh(mean +
   deviation noise); returns the logarithm of its density. */
double gaussian_act(size_t n, const real_t *outputs, const real_t *noise, real_t *action);
/* d_outputs (2 n) of weight x log density(action) + what d_action (n) says of the action, the noise
   held. */
void gaussian_backward(size_t n, const real_t *outputs, const real_t *noise, const real_t *action,
                       real_t weight, const real_t *d_action, real_t *d_outputs);

#endif
