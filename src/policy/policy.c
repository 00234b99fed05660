/* What others may ask of a policy, and its first values. */
#include "confx/rng.h"
#include "policy/network.h"

#include <assert.h>

const policy_shape_t *policy_shape(const policy_t *policy)
{
    return &policy->shape;
}

real_t *policy_parameters(policy_t *policy)
{
    return policy->parameters;
}

size_t policy_size(const policy_t *policy)
{
    return policy->size;
}

size_t policy_tensors(const policy_t *policy)
{
    return policy->tensor_count;
}

const policy_tensor_t *policy_tensor(const policy_t *policy, size_t index)
{
    assert(index < policy->tensor_count);
    return &policy->tensors[index];
}

void policy_initialise(policy_t *policy, uint64_t seed)
{
    for (size_t index = 0; index < policy->tensor_count; index++) {
        /* A stream for each tensor. Where the bound is 0 the numbers are drawn all the same. */
        const policy_tensor_t *tensor = &policy->tensors[index];
        rng_t rng = rng_begin(seed, RNG_PARAMETERS, 0, index, 0);
        for (size_t i = 0; i < tensor->rows * tensor->columns; i++)
            policy->parameters[tensor->offset + i] =
                (real_t)((2 * rng_uniform(&rng) - 1) * policy->bounds[index]);
    }
}

static double policy_affine_macs(const affine_t *affine)
{
    return (double)affine->inputs * (double)affine->outputs;
}

double policy_step_macs(const policy_t *policy)
{
    /* Products with weights; tables and chains add rows and multiply nothing. */
    double macs = policy_affine_macs(&policy->gates) + policy_affine_macs(&policy->hidden);
    for (size_t i = 0; i < policy->encoder_count; i++)
        macs += policy_affine_macs(&policy->encoders[i]);
    for (size_t i = 0; i < policy->shape.trunk_layers; i++)
        macs += policy_affine_macs(&policy->trunk[i]);
    for (size_t i = 0; i < policy->output_count; i++)
        macs += policy_affine_macs(&policy->outputs[i]);
    return macs;
}
