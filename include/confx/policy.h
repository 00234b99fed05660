/* The policy network: forward and backward passes over a block of episodes. It knows layers of
   units and softmaxes, nothing of workloads. Sources: ConfuciuX (MICRO 2020) section III;
   Hochreiter and Schmidhuber 1997 (LSTM). adam.h has the updates of its parameters.

       groups -> encoders -> ReLU trunk -> LSTM -> of each head: ReLU -> logits -> masked softmax

   To the logits are added a row of a table, what earlier choices say, and a prior. Shapes are
   row-major: B episodes of a block, T steps, I inputs (groups side by side), A levels. */
#ifndef CONFX_POLICY_H
#define CONFX_POLICY_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Single precision; the gradient tests build the same sources with CONFX_DOUBLE. */
#ifdef CONFX_DOUBLE
typedef double real_t;
#else
typedef float real_t;
#endif

enum {
    POLICY_GROUPS = 3,
    POLICY_HEADS_MAX = 8,
    POLICY_TRUNK_MAX = 8,
    POLICY_WIDTH_MAX = 65535,
    POLICY_NAME_MAX = 32
};

typedef struct {
    size_t inputs[POLICY_GROUPS]; /* widths: layer, progress, previous actions; 0: no such group */
    size_t encoder;               /* linear units per group; 0: the groups go on as they are */
    size_t trunk_layers, trunk; /* ReLU layers, up to POLICY_TRUNK_MAX, and their width; 0: none */
    size_t lstm;                /* cells, >= 1 */
    size_t head;                /* ReLU units before each softmax; 0: none */
    size_t heads;               /* actions per step, 1 .. POLICY_HEADS_MAX */
    size_t levels[POLICY_HEADS_MAX]; /* A of each head */
    size_t tables; /* rows of learned logits, one per distinct layer, for all heads; 0: none */
    bool chained;  /* a head's logits also depend on the choices of the heads before it */
} policy_shape_t;

typedef struct policy policy_t;

/* Names: encoderG, trunkI, hidden, logits (logitsH where heads have units), each with .weight and
   .bias; lstm.input, lstm.recurrent and lstm.bias, columns in the order input, forget, candidate,
   output gate; table; chainH. */
typedef struct {
    char name[POLICY_NAME_MAX];
    size_t offset;        /* in the parameters */
    size_t rows, columns; /* inputs, outputs; a bias has one row */
    bool recurrent;       /* part of the LSTM */
} policy_tensor_t;

/* All parameters in one allocation, zero until initialised; the matrix library at one thread. The
   caller closes. CONFX_STATUS_INPUT names what is out of range; CONFX_STATUS_MEMORY. */
confx_status_t policy_open(const policy_shape_t *shape, policy_t **policy);
void policy_close(policy_t *policy);
const policy_shape_t *policy_shape(const policy_t *policy);
real_t *policy_parameters(policy_t *policy); /* (policy_size), owned by the policy */
size_t policy_size(const policy_t *policy);
size_t policy_tensors(const policy_t *policy);
const policy_tensor_t *policy_tensor(const policy_t *policy, size_t index);

/* Weights uniform within +-1/sqrt(fan-in), LSTM within +-1/sqrt(cells), biases likewise; tables and
   the weights of earlier choices start at zero. */
void policy_initialise(policy_t *policy, uint64_t seed);

/* ---- one block of episodes ------------------------------------------------------------------- */

typedef struct pass pass_t; /* activations of B episodes of up to T steps */

/* All memory of a pass, so that nothing is allocated later. The policy must stay alive, and its
   parameters unchanged from pass_begin to pass_backward. The same B, parameters and calls give the
   same bits; another B may not. */
confx_status_t pass_open(const policy_t *policy, size_t batch, size_t steps, pass_t **pass);
void pass_close(pass_t *pass);

/* Start B <= batch episodes: step 0, LSTM state zero. */
void pass_begin(pass_t *pass, size_t batch);

/* One step of all B episodes: encoders, trunk, LSTM. inputs (B, I); rows (B) the table row of each
   episode's step, NULL without tables. Then for each head in order pass_head and pass_choose; the
   last pass_choose ends the step. Episodes that have ended walk on with the block: give them finite
   inputs and any choice. */
void pass_observe(pass_t *pass, const real_t *inputs, const uint16_t *rows);

/* Probabilities (B, A), alive until the next pass_begin, or pass_head of the same head and step.
   allowed (B, A): 0 gives probability exactly 0; each row allows at least one. prior (B, A) is
   added to the logits, NULL: none. May be asked again with another mask or prior before
   pass_choose: the last answer counts. */
const real_t *pass_head(pass_t *pass, size_t head, const uint8_t *allowed, const real_t *prior);
void pass_choose(pass_t *pass, size_t head, const uint16_t *choices); /* (B) level indices */

/* Nats per choice: the mean over heads, B and the steps taken. */
double pass_entropy(const pass_t *pass);

/* Add to `gradient` (policy_size) the gradient of
       loss = - sum over b, t < length_b, h of [ advantage(t, h, b) log pi(choice) + weight H(pi) ].
   advantage (T, H, B), H heads; weight: of the entropy; lengths (B), NULL: all steps taken. The
   activations stay as they are. */
void pass_backward(pass_t *pass, const real_t *advantage, real_t entropy_weight,
                   const size_t *lengths, real_t *gradient);

/* Multiply-adds of one forward step of one episode: what the speed is measured against. */
double policy_step_macs(const policy_t *policy);

/* Name of the matrix kernels in use ("SkylakeX"), and their speed measured now, in flop/s, at a
   product of (rows, inner) by (inner, columns). */
const char *policy_kernels(void);
double policy_matrix_rate(size_t rows, size_t inner, size_t columns, double seconds);

#endif
