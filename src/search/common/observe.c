/* What the policy sees before it decides a layer: the layer, the progress, the levels of the step
   before. */
#include "search/common/observe.h"

#include <math.h>

/* From 0 .. most to [-1, 1]. */
static real_t observe_spread(double value, double most)
{
    return (real_t)(most > 0 ? 2 * value / most - 1 : 0);
}

/* Room over what is reserved, as a power of two, between 0 and 48, of the constraint where it is
   least: where the layers to come need nothing, or seem to, as points do that turn out invalid, it
   would be infinite. */
static double observe_spare_doublings(const decision_t *decision)
{
    double least = 48;
    for (size_t i = 0; i < TERMS_MAX; i++)
        if (decision->reserved.of[i] > 0)
            least = fmin(least, log2(fmax(decision->room.of[i] / decision->reserved.of[i], 1)));
    return least;
}

void observe_as(const observer_t *view, const decision_t *decision, real_t *inputs)
{
    const size_t features = view->sense->features;
    for (size_t i = 0; i < features; i++)
        *inputs++ = view->features[decision->layer * features + i];
    /* How far the episode has come. */
    *inputs++ = observe_spread((double)decision->step, (double)(view->steps - 1));
    /* How much more than the bare least is left; the paper's policy does not see it. */
    if (view->sense->progress > 1) *inputs++ = (real_t)(observe_spare_doublings(decision) / 3);
    for (size_t axis = 0; axis < view->axes; axis++)
        *inputs++ = decision->step
                        ? observe_spread(decision->previous[axis], (double)view->levels[axis] - 1)
                        : 0;
}

/* Standardise one column of (L, width) features; a constant column becomes 0. */
static void observe_standardise(real_t *features, size_t layers, size_t width, size_t column)
{
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < layers; i++) {
        const double value = (double)features[i * width + column];
        sum += value;
        squares += value * value;
    }
    const double mean = sum / (double)layers;
    const double deviation = sqrt(fmax(squares / (double)layers - mean * mean, 0));
    for (size_t i = 0; i < layers; i++) {
        real_t *value = &features[i * width + column];
        *value = deviation > 1e-9 ? (real_t)(((double)*value - mean) / deviation) : 0;
    }
}

enum { PAPER_FEATURES = 7, DEFAULT_FEATURES = 7 };

/* K, C, Y, X, R, S and the type, each by its largest value in the network, in [-1, 1]. */
static void observe_paper_features(const problem_t *problem, real_t *features)
{
    static const confx_dim_t dims[] = {CONFX_DIM_K, CONFX_DIM_C, CONFX_DIM_Y,
                                       CONFX_DIM_X, CONFX_DIM_R, CONFX_DIM_S};
    const confx_workload_t *workload = problem_workload(problem);
    double most[PAPER_FEATURES] = {0};
    /* The first pass finds the largest value of each feature over the network, and the second one
       writes the features relative to it. */
    for (int write = 0; write < 2; write++)
        for (size_t i = 0; i < workload->layers_n; i++)
            for (size_t f = 0; f < PAPER_FEATURES; f++) {
                const confx_layer_t *layer = &workload->layers[i];
                const double value = f < 6 ? (double)layer->dim[dims[f]]
                                     : layer->type == CONFX_LAYER_DSCONV ? 2
                                                                         : 1;
                if (write)
                    features[i * PAPER_FEATURES + f] = observe_spread(value, most[f]);
                else
                    most[f] = fmax(most[f], value);
            }
}

static double observe_size(const confx_layer_t *layer)
{
    double macs = 1;
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        macs *= layer->dim[dim] > 0 ? (double)layer->dim[dim] : 1;
    return macs;
}

/* The inputs of the policy that did best of those tried. */
static void observe_default_features(const problem_t *problem, real_t *features)
{
    const confx_workload_t *workload = problem_workload(problem);
    for (size_t i = 0; i < workload->layers_n; i++) {
        const confx_layer_t *layer = &workload->layers[i];
        real_t *row = features + i * DEFAULT_FEATURES;
        row[0] = (real_t)log2((double)layer->dim[CONFX_DIM_K]);
        row[1] = (real_t)log2((double)layer->dim[CONFX_DIM_C]);
        row[2] = (real_t)log2((double)layer->dim[CONFX_DIM_Y]);
        row[3] = (real_t)(log2(observe_size(layer)) + log2(confx_workload_weight_of(workload, i)));
        row[4] = layer->dim[CONFX_DIM_R] > 1 ? 1 : 0;
        row[5] = layer->dim[CONFX_DIM_K] == 1 ? 1 : 0;
        row[6] = layer->type == CONFX_LAYER_DSCONV ? 1 : 0;
    }
    for (size_t column = 0; column < 4; column++)
        observe_standardise(features, workload->layers_n, DEFAULT_FEATURES, column);
}

const observation_t observation_paper = {PAPER_FEATURES, 1, observe_paper_features};
const observation_t observation_default = {DEFAULT_FEATURES, 2, observe_default_features};
