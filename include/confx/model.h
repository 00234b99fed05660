/* A model gives the metrics of designs. What it is asked for is a batch of requests, each with a
   status of its own: it may answer at once, late, in any order, or fail. The cost room's model is
   cheap and answers at once; a program outside or a table of measured figures are models as well.

   A metric is a column with a name and a unit. Static metrics (area, power, bytes) are known before
   anything is sampled, and may be shown to a search of any design; the others only of those that
   were sampled. */
#ifndef CONFX_MODEL_H
#define CONFX_MODEL_H

#include "confx/cost.h"
#include "confx/space.h"

enum { MODEL_METRICS = 16 };
typedef struct {
    const char *name, *unit;
    bool is_static;
    bool is_rate;     /* a ratio: layers' values do not add up to the network's */
    bool is_hardware; /* of a layer's array: of one array for all layers the largest counts */
} metric_t;

typedef enum {
    EVALUATION_PENDING, /* asked for, not answered yet */
    EVALUATION_VALID,
    EVALUATION_INVALID, /* no such design: sampled metrics are NaN, static ones what they are */
    EVALUATION_FAILED   /* the model could not tell; asked again, it may */
} evaluation_status_t;

/* A distinct layer with its canonical point, or for a model of whole networks an assignment. */
typedef struct {
    uint32_t distinct;
    uint64_t point;
    const uint16_t *assignment; /* (L, A), the caller's; NULL of a layer */
} request_t;

typedef struct {
    size_t n;
    const request_t *requests; /* (n) */
    double *metrics;           /* (n, metrics_n) filled by the model as answers come */
    uint8_t *status;           /* (n) evaluation_status_t, likewise; pending beforehand */
} evaluations_t;

/* Filled in by whoever makes a model; copied into the problem, which closes it. */
typedef struct {
    const char *name;
    size_t metrics_n;
    const metric_t *metrics; /* (metrics_n) alive as long as the model */
    bool scores_networks;    /* its requests are assignments */
    bool validity_is_static; /* known before sampling: what is invalid is illegal, never sampled */
    void *self;

    /* Of a cheap model: evaluate now, in a microsecond or so, whatever a search may ask for. NULL:
       it is not cheap, and takes batches. */
    evaluation_status_t (*evaluate)(void *self, const request_t *request, double *metrics);

    /* Begin to evaluate those of a batch that are pending; it stays where it is until none is. One
       batch at a time. */
    confx_status_t (*evaluate_begin)(void *self, evaluations_t *batch);
    /* Take what answers there are, waiting up to `seconds` for one; *pending: how many are left. */
    confx_status_t (*evaluate_poll)(void *self, evaluations_t *batch, double seconds,
                                    size_t *pending);
    /* The static metrics of a layer's point without an evaluation; the other metrics become NaN.
       False: the point is illegal, which only a model whose validity is static can tell. NULL:
       there is no such short way. A cheap model needs none. */
    bool (*evaluate_static)(void *self, size_t distinct, uint64_t point, double *metrics);

    /* What follows may be NULL. Is it proven that a larger value of the first axis, the other axes
       fixed, never changes the sampled metrics of a valid point and never makes a static metric
       smaller? An answer of true must hold for all larger values as well. */
    bool (*is_saturated)(void *self, size_t distinct, uint64_t point);
    const char *(*why_invalid)(void *self, size_t distinct, uint64_t point);
    void (*close)(void *self);
} model_t;

/* The number of the metric, or metrics_n: there is none of that name. */
size_t model_metric(const model_t *model, const char *name);

static inline bool model_is_cheap(const model_t *model)
{
    return model->evaluate != NULL;
}

/* As above, also of a cheap model, which is done when it has begun. */
confx_status_t model_begin(const model_t *model, evaluations_t *batch);
confx_status_t model_poll(const model_t *model, evaluations_t *batch, double seconds, size_t *left);
/* Evaluate a batch and wait until nothing is pending. Failed requests are asked up to MODEL_TRIES
   times in all; those that still fail stay EVALUATION_FAILED. */
enum { MODEL_TRIES = 3 };
confx_status_t model_evaluate(const model_t *model, evaluations_t *batch);

/* ---- the cost room's model ------------------------------------------------------------------- */

/* X(metric, name, unit, static, rate, hardware). The last two only where a limit asks. */
#define BUILTIN_METRICS(X)                                                                         \
    X(LATENCY, "latency", "cycles", false, false, false)                                           \
    X(ENERGY, "energy", "nJ", false, false, false)                                                 \
    X(AREA, "area", "um^2", true, false, true)                                                     \
    X(POWER, "power", "mW", true, false, true)                                                     \
    X(L1, "l1", "bytes", true, false, true)                                                        \
    X(L2, "l2", "bytes", true, false, true)                                                        \
    X(MACS, "macs", "", true, false, false)                                                        \
    X(MACS_PER_CYCLE, "macs_per_cycle", "", false, true, false)                                    \
    X(PE, "pe", "PEs", true, false, true)                                                          \
    X(BUFFER_BYTES, "buffer_bytes", "bytes", true, false, true)
#define BUILTIN_ENUM(metric, ...) BUILTIN_##metric,
typedef enum { BUILTIN_METRICS(BUILTIN_ENUM) BUILTIN_COLUMNS } builtin_metric_t;
#undef BUILTIN_ENUM

/* All of these stay alive as long as the model. Axes 0 and 1 of the space are the number of
   PEs and the buffer. Under the accounting exact validity is static. */
typedef struct {
    const confx_workload_t *workload;
    const space_t *space;
    struct flows *flows; /* what dataflow a layer has under an action (problem/flows.h) */
    bool counts;         /* the last two columns are there */
    const confx_hardware_t *hardware;
} builtin_parts_t;
confx_status_t model_builtin(const builtin_parts_t *parts, model_t *model);

#endif
