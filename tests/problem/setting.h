/* A problem for tests, from the text of a job: its data read as a run reads them, its objectives
   from the cost model or from a stand-in. */
#ifndef TESTS_SETTING_H
#define TESTS_SETTING_H

#include "confx/batch.h"
#include "confx/figures.h"
#include "confx/file.h"
#include "confx/try.h"
#include "suite.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A stand-in for the cost model by (PEs, buffer): parts of the objective, and what it needs of the
   constraint. False: an invalid point; the objective is then ignored. */
typedef struct {
    void *context;
    bool (*evaluate)(void *context, size_t distinct, uint32_t pes, uint32_t buffer, double *factors,
                     double *need);
    bool product; /* both factors are of the objective */
    uint32_t buffers;
} evaluator_t;

typedef struct {
    job_t *job;
    confx_workload_t workload;
    confx_dataflow_t *dataflow, *depthwise;
    confx_hardware_t hardware;
    problem_t *problem; /* NULL until opened */
} setting_t;

static inline void setting_find(setting_t *setting)
{
    char path[FILE_PATH_MAX];
    ck_assert_ok(job_find(setting->job, JOB_WORKLOAD, path));
    ck_assert_ok(confx_workload_open(path, &setting->workload));
    ck_assert_ok(job_find(setting->job, JOB_HARDWARE, path));
    ck_assert_ok(confx_hardware_open(path, &setting->hardware));
    if (setting->job->accounting) {
        char accounting[64];
        (void)snprintf(accounting, sizeof accounting, "accounting=%s", setting->job->accounting);
        ck_assert_ok(confx_hardware_set(&setting->hardware, accounting));
    }
    ck_assert_ok(job_find(setting->job, JOB_DATAFLOW, path));
    ck_assert_ok(confx_dataflow_open(path, &setting->dataflow));
    ck_assert_ok(job_find(setting->job, JOB_DATAFLOW_DEPTHWISE, path));
    ck_assert_ok(confx_dataflow_open(path, &setting->depthwise));
}

/* The job, in printf's manner, and the data it names; MobileNet-V2 where it names no network. */
__attribute__((format(printf, 2, 3))) static inline void setting_read(setting_t *setting,
                                                                      const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ck_assert_int_lt(length, (int)sizeof text);
    (void)setenv("CONFX_DATA", "data", 0);
    *setting = (setting_t){.problem = NULL};
    const char *network = "workload=mobilenet_v2";
    ck_assert_ok(
        job_parse(text, "setting.yaml", &network, !strstr(text, "workload:"), &setting->job));
    setting_find(setting);
}

/* Another network than the job names. */
static inline void setting_take_layers(setting_t *setting, const char *csv)
{
    confx_workload_close(&setting->workload);
    ck_assert_ok(confx_workload_parse(csv, "layers.csv", &setting->workload));
}

static inline problem_parts_t setting_parts(const setting_t *setting)
{
    return (problem_parts_t){.workload = &setting->workload,
                             .dataflow = setting->dataflow,
                             .depthwise = setting->depthwise,
                             .hardware = &setting->hardware,
                             .job = setting->job};
}

static inline void setting_open(setting_t *setting)
{
    const problem_parts_t parts = setting_parts(setting);
    ck_assert_ok(problem_open(&parts, &setting->problem));
}

static inline evaluation_status_t stand_in_evaluate(void *context, const request_t *request,
                                                    double *metrics)
{
    const evaluator_t *self = context;
    double factors[FACTORS] = {NAN, NAN};
    double need = INFINITY;
    const bool valid = self->evaluate(
        self->context, request->distinct, (uint32_t)(request->point / self->buffers) + 1,
        (uint32_t)(request->point % self->buffers) + 1, factors, &need);
    metrics[0] = factors[0];
    metrics[1] = self->product ? factors[1] : factors[0];
    metrics[2] = metrics[3] = need;
    return valid ? EVALUATION_VALID : EVALUATION_INVALID;
}

/* The problem of the parts' job with the stand-in's metrics under all names. */
static inline confx_status_t problem_open_with(const problem_parts_t *parts, evaluator_t evaluator,
                                               problem_t **problem)
{
    static const metric_t metrics[] = {{"latency", "cycles", false, false, false},
                                       {"energy", "nJ", false, false, false},
                                       {"area", "um^2", true, false, true},
                                       {"power", "mW", true, false, true}};
    evaluator_t *self = malloc(sizeof *self);
    ck_assert_ptr_nonnull(self);
    *self = evaluator;
    self->product = objective_kind(parts->job->objective) == OBJECTIVE_OF_PRODUCT;
    self->buffers = parts->job->actions.buffer[parts->job->actions.buffer_count - 1];
    const model_t model = {.name = "stand-in",
                           .metrics_n = 4,
                           .metrics = metrics,
                           .self = self,
                           .evaluate = stand_in_evaluate,
                           .close = free};
    return problem_open_model(parts, &model, problem);
}

static inline void setting_open_with(setting_t *setting, evaluator_t evaluator)
{
    const problem_parts_t parts = setting_parts(setting);
    ck_assert_ok(problem_open_with(&parts, evaluator, &setting->problem));
}

static inline void setting_close(setting_t *setting)
{
    problem_close(setting->problem);
    confx_dataflow_close(setting->dataflow);
    confx_dataflow_close(setting->depthwise);
    confx_workload_close(&setting->workload);
    job_close(setting->job);
}

/* ---- a job's two axes: the number of processing elements, and the buffer ----------------------
 */

static inline uint32_t setting_most(const problem_t *problem, size_t axis)
{
    const space_t *space = problem_space(problem);
    return space_value(space, axis, (uint16_t)(space_range(space, axis) - 1));
}

static inline uint64_t setting_point(const problem_t *problem, uint32_t pes, uint32_t buffer)
{
    uint16_t action[2];
    const space_t *space = problem_space(problem);
    /* Check writes to a pipe at each assertion: it is asked only where something is wrong. */
    const bool found = space_axes(space) == 2 && space_find(space, 0, pes, &action[0]) &&
                       space_find(space, 1, buffer, &action[1]);
    if (!found) ck_abort_msg("there is no point of %u PEs and buffer %u", pes, buffer);
    return space_point(space, action);
}

/* The values of a point, and of a layer in an assignment. */
static inline void setting_values(const problem_t *problem, uint64_t point, uint32_t values[2])
{
    uint16_t action[SPACE_AXES];
    const space_t *space = problem_space(problem);
    space_action(space, point, action);
    for (size_t axis = 0; axis < 2; axis++) values[axis] = space_value(space, axis, action[axis]);
}

static inline uint32_t setting_value(const problem_t *problem, const uint16_t *assignment,
                                     size_t layer, size_t axis)
{
    const space_t *space = problem_space(problem);
    return space_value(space, axis, assignment[layer * space_axes(space) + axis]);
}

/* A record of a memory whose samples reveal one number. */
typedef struct {
    uint64_t key;
    double cost;
} record_t;

/* What the cost model itself says of a layer. */
static inline void setting_cost(const setting_t *setting, size_t layer, uint32_t pes,
                                uint32_t buffer, confx_cost_t *cost)
{
    const confx_layer_t *shape = &setting->workload.layers[layer];
    const confx_dataflow_t *dataflow =
        shape->type == CONFX_LAYER_DSCONV ? setting->depthwise : setting->dataflow;
    confx_cost_evaluate(dataflow, shape, &setting->hardware, pes, buffer, cost);
}

static inline double setting_need(const setting_t *setting, const confx_cost_t *cost)
{
    return setting->job->budget.constraint == CONSTRAINT_AREA ? cost->area_um2 : cost->power_mw;
}

/* The factors of a layer's objective, those that add up over layers; 1 where there is but one. */
static inline void setting_factors(const setting_t *setting, const confx_cost_t *cost,
                                   double factors[FACTORS])
{
    const bool cycles = setting->job->objective != OBJECTIVE_ENERGY;
    factors[0] = cycles ? (double)cost->runtime_cycles : cost->energy_nj;
    factors[1] = setting->job->objective == OBJECTIVE_EDP ? cost->energy_nj : 1;
}

static inline double setting_objective(const setting_t *setting, const confx_cost_t *cost)
{
    double factors[FACTORS];
    setting_factors(setting, cost, factors);
    return factors[0] * factors[1];
}

/* The same number, bit for bit; all NaNs are alike. */
static inline bool same_number(double one, double other)
{
    return (one != one && other != other) || memcmp(&one, &other, sizeof one) == 0;
}

#endif
