/* Problems that no job describes yet, for tests of whoever works on a problem: small enough for
   brute force, of whole numbers whose sums are exact in any order.

       axes      three axes, one without order, levels coarser than their ranges; layers of kind 0
                 do not use the last
       budgets   the same with limits on two static metrics
       peak      the largest latency of a layer, within a limit on the sum and one on the maximum of
                 an area
       sampled   a limit on what is static and one on what is not
       product   latency times area, which is static, within a limit on the area, or on the power
                 and on an energy that must be sampled
       late      a model that answers late, out of order, and fails at times
       legal     two of five points are illegal, which is known before anything is sampled
       shared    layers share the first axes, and limits known before sampling are on maxima
       networks  one that scores whole networks: sums over layers, and two cycles for each layer
                 whose flow is another than that of the layer before */
#ifndef TESTS_MODELS_H
#define TESTS_MODELS_H

#include "confx/memory.h"
#include "confx/rng.h"
#include "confx/try.h"
#include "suite.h"

#include <math.h>
#include <string.h>

enum { TRIAL_LAYERS = 4, TRIAL_DISTINCT = 3, TRIAL_AXES = 3, TRIAL_METRICS = 4 };
enum { TRIAL_ANSWERS = 4096 }; /* that can be kept */
enum { TRIAL_LATENCY, TRIAL_ENERGY, TRIAL_AREA, TRIAL_POWER };

/* Layers 1 and 3 are alike. */
static const char trial_csv[] =
    "K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n4,8,9,9,3,3,1\n8,8,9,9,3,3,1\n2,8,9,9,3,3,1\n";

/* What a late model was asked for, by trial_key: once for each answer, and for each failure. */
typedef struct trial_log {
    size_t answered_n, failed_n;
    uint64_t answered[TRIAL_ANSWERS], failed[TRIAL_ANSWERS];
} trial_log_t;

typedef struct {
    uint64_t draw;         /* which numbers */
    bool late;             /* batches alone, answered bit by bit */
    bool fails;            /* every third answer of a late model is a failure */
    bool never;            /* all of them are */
    bool invalid;          /* of kind 1 the largest value of the first axis is invalid */
    bool illegal;          /* what is invalid is illegal: two points of five, at random */
    bool networks;         /* its requests are assignments */
    size_t shared;         /* axes of the network */
    size_t asked;          /* evaluations begun */
    size_t told;           /* looks for answers */
    struct trial_log *log; /* of a late model; NULL: not kept */
    const space_t *space;
    const confx_workload_t *workload;
} trial_model_t;

typedef struct {
    confx_workload_t workload;
    trial_model_t model;
    problem_t *problem; /* NULL until opened */
} trial_t;

static inline void trial_metrics(const trial_model_t *self, size_t distinct, uint64_t point,
                                 double *metrics)
{
    uint16_t action[SPACE_AXES];
    space_action(self->space, point, action);
    rng_t rng = rng_begin(self->draw, RNG_TEST, distinct, point, 0);
    const double width = space_value(self->space, 0, action[0]);
    metrics[TRIAL_LATENCY] = floor(60 / width) + (double)rng_below(&rng, 9);
    metrics[TRIAL_ENERGY] = 10 + (double)rng_below(&rng, 50);
    metrics[TRIAL_AREA] = 2 * width + (double)rng_below(&rng, 4);
    metrics[TRIAL_POWER] = 3 + (double)rng_below(&rng, 9);
}

/* The point that a layer of an assignment has. */
static inline uint64_t trial_point(const trial_model_t *self, const uint16_t *assignment,
                                   size_t layer)
{
    return space_canonical(self->space, self->workload->distinct_of[layer],
                           space_point(self->space, assignment + layer * TRIAL_AXES));
}

static inline bool trial_is_valid(const trial_model_t *self, size_t distinct, uint64_t point)
{
    uint16_t action[SPACE_AXES];
    rng_t rng = rng_begin(self->draw, RNG_TEST, distinct, point, 1);
    space_action(self->space, point, action);
    if (self->illegal) return rng_below(&rng, 5) > 1;
    return !self->invalid || distinct != 1 || action[0] + 1u < space_range(self->space, 0);
}

/* Of a whole network, as its layers in their order make it. */
static inline bool trial_network(const trial_model_t *self, const uint16_t *assignment,
                                 double *metrics)
{
    bool valid = true;
    for (size_t i = 0; i < TRIAL_METRICS; i++) metrics[i] = 0;
    for (size_t layer = 0; layer < TRIAL_LAYERS; layer++) {
        const size_t distinct = self->workload->distinct_of[layer];
        const uint64_t point = trial_point(self, assignment, layer);
        const uint16_t *flow = assignment + layer * TRIAL_AXES + 1;
        double own[TRIAL_METRICS];
        trial_metrics(self, distinct, point, own);
        for (size_t i = 0; i < TRIAL_METRICS; i++) metrics[i] += own[i];
        if (layer > 0 && flow[0] != flow[-TRIAL_AXES]) metrics[TRIAL_LATENCY] += 2;
        valid = valid && trial_is_valid(self, distinct, point);
    }
    return valid;
}

static inline evaluation_status_t trial_answer(const trial_model_t *self, const request_t *request,
                                               double *metrics)
{
    bool valid;
    ck_assert_int_eq(request->assignment != NULL, self->networks);
    if (self->networks) {
        valid = trial_network(self, request->assignment, metrics);
    } else {
        valid = trial_is_valid(self, request->distinct, request->point);
        trial_metrics(self, request->distinct, request->point, metrics);
        /* A late model is asked only for what is sampled. */
        ck_assert(valid || !self->illegal || !self->late);
    }
    return valid ? EVALUATION_VALID : EVALUATION_INVALID;
}

/* What stands for a request among those of its kind. */
static inline uint64_t trial_key(const trial_model_t *self, const request_t *request)
{
    const uint64_t points = space_points(self->space);
    uint64_t key = 0;
    if (!self->networks) return request->distinct * points + request->point;
    for (size_t layer = 0; layer < TRIAL_LAYERS; layer++)
        key = key * points + trial_point(self, request->assignment, layer);
    return key;
}

static inline size_t trial_count(const uint64_t *keys, size_t n, uint64_t key)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += keys[i] == key;
    return count;
}

/* Nothing is asked for again that was answered. */
static inline void trial_keep(trial_model_t *self, const request_t *request, bool failed)
{
    trial_log_t *log = self->log;
    const uint64_t key = trial_key(self, request);
    if (!log) return;
    ck_assert(log->answered_n < TRIAL_ANSWERS && log->failed_n < TRIAL_ANSWERS);
    ck_assert_uint_eq(trial_count(log->answered, log->answered_n, key), 0);
    if (failed)
        log->failed[log->failed_n++] = key;
    else
        log->answered[log->answered_n++] = key;
}

static inline evaluation_status_t trial_evaluate(void *context, const request_t *request,
                                                 double *metrics)
{
    trial_model_t *self = context;
    self->asked++;
    return trial_answer(self, request, metrics);
}

static inline confx_status_t trial_begin(void *context, evaluations_t *batch)
{
    trial_model_t *self = context;
    for (size_t i = 0; i < batch->n; i++) self->asked += batch->status[i] == EVALUATION_PENDING;
    return status_ok();
}

/* At most two answers a look, from the end of the batch, and none at every other look. */
static inline confx_status_t trial_poll(void *context, evaluations_t *batch, double seconds,
                                        size_t *pending)
{
    trial_model_t *self = context;
    size_t answers = (self->told++ % 2) * 2;
    (void)seconds;
    *pending = 0;
    for (size_t i = batch->n; i-- > 0;) {
        if (batch->status[i] != EVALUATION_PENDING) continue;
        if (answers == 0) {
            (*pending)++;
            continue;
        }
        answers--;
        const bool failed = self->never || (self->fails && self->asked++ % 3 == 0);
        batch->status[i] = EVALUATION_FAILED;
        if (!failed)
            batch->status[i] = (uint8_t)trial_answer(self, &batch->requests[i],
                                                     batch->metrics + i * TRIAL_METRICS);
        trial_keep(self, &batch->requests[i], failed);
    }
    return status_ok();
}

static inline bool trial_static(void *context, size_t distinct, uint64_t point, double *metrics)
{
    trial_metrics(context, distinct, point, metrics);
    metrics[TRIAL_LATENCY] = metrics[TRIAL_ENERGY] = NAN;
    return trial_is_valid(context, distinct, point);
}

/* Layers of the first kind have no third axis. */
static inline bool trial_uses(void *context, size_t distinct, const uint16_t *action, size_t axis)
{
    (void)context, (void)action;
    return distinct != 0 || axis != 2;
}

/* 5 values x 3 names x 3 values: 45 points, of which 18 choices are made of levels. */
static inline space_t *trial_space(size_t shared)
{
    static const uint32_t widths[] = {1, 3, 5};
    static const uint32_t depths[] = {1, 3};
    static const char *const flows[] = {"dla", "eye", "shi"};
    space_axis_t axes[] = {
        {.name = "width", .levels = widths, .levels_n = 3, .refined = true},
        {.name = "flow", .kind = AXIS_CATEGORICAL, .words = flows, .levels_n = 3},
        {.name = "depth", .levels = depths, .levels_n = 2, .refined = true, .initial = 1}};
    space_t *space = NULL;
    for (size_t i = 0; i < shared; i++) axes[i].scope = AXIS_NETWORK;
    ck_assert_ok(space_open(axes, TRIAL_AXES, (space_use_t){NULL, trial_uses}, &space));
    return space;
}

static inline model_t trial_model_of(trial_model_t *self, space_t *space)
{
    static const metric_t metrics[TRIAL_METRICS] = {{"latency", "cycles", false, false, false},
                                                    {"energy", "nJ", false, false, false},
                                                    {"area", "um^2", true, false, true},
                                                    {"power", "mW", true, false, true}};
    self->space = space;
    model_t model = {.name = "trial",
                     .metrics_n = TRIAL_METRICS,
                     .metrics = metrics,
                     .scores_networks = self->networks,
                     .validity_is_static = self->illegal,
                     .self = self};
    if (!self->late) {
        model.evaluate = trial_evaluate;
        return model;
    }
    model.evaluate_begin = trial_begin;
    model.evaluate_poll = trial_poll;
    if (!self->networks) model.evaluate_static = trial_static;
    return model;
}

static inline term_t trial_term(const char *metric, aggregate_t aggregate, double limit)
{
    return (term_t){.name = metric,
                    .unit = "",
                    .aggregate = aggregate,
                    .factors_n = 1,
                    .metric = {metric},
                    .limit = limit};
}

static inline term_t trial_edp(aggregate_t aggregate)
{
    return (term_t){.name = "edp",
                    .unit = "",
                    .aggregate = aggregate,
                    .factors_n = 2,
                    .metric = {"latency", "energy"}};
}

static inline confx_status_t trial_make(trial_t *trial, const terms_t *terms, double fraction)
{
    space_t *space = trial_space(trial->model.shared);
    const model_t model = trial_model_of(&trial->model, space);
    const problem_design_t design = {.workload = &trial->workload,
                                     .space = space,
                                     .model = &model,
                                     .terms = terms,
                                     .fractions = {fraction, NAN, NAN, NAN}};
    return problem_make(&design, &trial->problem);
}

static inline void trial_read(trial_t *trial, trial_model_t model)
{
    *trial = (trial_t){.model = model};
    ck_assert_ok(confx_workload_parse(trial_csv, "trial.csv", &trial->workload));
    trial->model.workload = &trial->workload;
}

static inline void trial_open(trial_t *trial, trial_model_t model, const terms_t *terms)
{
    trial_read(trial, model);
    ck_assert_ok(trial_make(trial, terms, NAN));
}

static inline void trial_close(trial_t *trial)
{
    problem_close(trial->problem);
    confx_workload_close(&trial->workload);
}

/* What is wanted: axes, two budgets, a maximum. */
static inline terms_t trial_terms_axes(void)
{
    return (terms_t){
        1, 1, {trial_term("latency", AGGREGATE_SUM, 0)}, {trial_term("area", AGGREGATE_SUM, 30)}};
}

static inline terms_t trial_terms_budgets(void)
{
    return (terms_t){
        1,
        2,
        {trial_term("latency", AGGREGATE_SUM, 0)},
        {trial_term("area", AGGREGATE_SUM, 30), trial_term("power", AGGREGATE_SUM, 24)}};
}

static inline terms_t trial_terms_peak(void)
{
    return (terms_t){
        1,
        2,
        {trial_term("latency", AGGREGATE_MAX, 0)},
        {trial_term("area", AGGREGATE_SUM, 34), trial_term("power", AGGREGATE_MAX, 9)}};
}

static inline terms_t trial_terms_sampled(void)
{
    return (terms_t){
        1,
        2,
        {trial_term("latency", AGGREGATE_SUM, 0)},
        {trial_term("area", AGGREGATE_SUM, 30), trial_term("energy", AGGREGATE_SUM, 110)}};
}

static inline terms_t trial_terms_shared(void)
{
    return (terms_t){
        1, 1, {trial_term("latency", AGGREGATE_SUM, 0)}, {trial_term("area", AGGREGATE_MAX, 8)}};
}

static inline terms_t trial_terms_shared_two(void)
{
    return (terms_t){
        1,
        2,
        {trial_term("latency", AGGREGATE_SUM, 0)},
        {trial_term("area", AGGREGATE_MAX, 11), trial_term("power", AGGREGATE_MAX, 9)}};
}

static inline terms_t trial_terms_shared_sampled(void)
{
    return (terms_t){
        1,
        2,
        {trial_term("latency", AGGREGATE_SUM, 0)},
        {trial_term("area", AGGREGATE_MAX, 11), trial_term("energy", AGGREGATE_SUM, 110)}};
}

static inline term_t trial_latency_area(void)
{
    return (term_t){.name = "latency_area",
                    .unit = "",
                    .aggregate = AGGREGATE_PRODUCT,
                    .factors_n = 2,
                    .metric = {"latency", "area"}};
}

static inline terms_t trial_terms_product(void)
{
    return (terms_t){1, 1, {trial_latency_area()}, {trial_term("area", AGGREGATE_SUM, 40)}};
}

static inline terms_t trial_terms_product_sampled(void)
{
    return (terms_t){
        1,
        2,
        {trial_latency_area()},
        {trial_term("area", AGGREGATE_SUM, 30), trial_term("energy", AGGREGATE_SUM, 130)}};
}

/* A random assignment over the ranges. */
static inline void trial_draw(const problem_t *problem, rng_t *rng, uint16_t *assignment)
{
    const space_t *space = problem_space(problem);
    for (size_t cell = 0; cell < space_cells(space, problem_layers(problem)); cell++)
        assignment[cell] = (uint16_t)rng_below(rng, space_range(space, cell % space_axes(space)));
}

#endif
