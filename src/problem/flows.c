#include "problem/flows.h"
#include "confx/arena.h"
#include "confx/job_dataflow.h"
#include "confx/job_words.h"
#include "confx/text.h"
#include "confx/try.h"
#include "confx/yaml.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLOWS_NONE = -1 };

/* The dataflows that layers of one sort may have. */
typedef struct {
    size_t n;
    size_t axis; /* that one is chosen by; SPACE_AXES: there is one alone */
    const confx_dataflow_t *of[JOB_DATAFLOWS_MAX];
    const char *names[JOB_DATAFLOWS_MAX];
    confx_dataflow_t *own[JOB_DATAFLOWS_MAX]; /* whose parameters are set; NULL: none is an axis */
    int parameter[JOB_DATAFLOWS_MAX][SPACE_AXES]; /* of the dataflow, by axis; FLOWS_NONE */
} flows_list_t;

enum { FLOWS_OTHERS, FLOWS_DEPTHWISE, FLOWS_LISTS };

struct flows {
    const confx_workload_t *workload;
    flows_list_t lists[FLOWS_LISTS];
    size_t axes_n;
    space_axis_t axes[SPACE_AXES];
    arena_t arena; /* names */
};

/* ---- the dataflows --------------------------------------------------------------------------- */

static const char *flows_copy_name(flows_t *self, const char *name)
{
    char *copy;
    ARENA_TAKE(&self->arena, copy, strlen(name) + 1);
    if (copy) (void)snprintf(copy, strlen(name) + 1, "%s", name);
    return copy;
}

static void flows_list_open(flows_t *self, const problem_parts_t *parts, const char *alone,
                            int which)
{
    /* A budget of another dataflow asks for a problem of that one alone (`alone`); otherwise the
       lists are the job's. */
    const bool depthwise = which == FLOWS_DEPTHWISE;
    const job_data_t data = depthwise ? JOB_DATAFLOW_DEPTHWISE : JOB_DATAFLOW;
    const confx_dataflow_t *const *several = alone       ? NULL
                                             : depthwise ? parts->depthwises
                                                         : parts->dataflows;
    flows_list_t *list = &self->lists[which];
    list->n = alone ? 1 : job_dataflows(parts->job, data);
    list->axis = SPACE_AXES;
    assert(list->n <= JOB_DATAFLOWS_MAX && (list->n == 1 || several));
    for (size_t i = 0; i < list->n; i++) {
        list->of[i] = several ? several[i] : depthwise ? parts->depthwise : parts->dataflow;
        list->names[i] =
            flows_copy_name(self, alone && !depthwise ? alone : job_dataflow(parts->job, data, i));
        for (size_t axis = 0; axis < SPACE_AXES; axis++) list->parameter[i][axis] = FLOWS_NONE;
    }
}

/* The number of a dataflow's parameter, or FLOWS_NONE. */
static int flows_find(const confx_dataflow_t *dataflow, const char *name, int64_t *standard)
{
    /* A problem with a model of its own may have no dataflows at all. */
    const size_t n = dataflow ? confx_dataflow_parameters(dataflow) : 0;
    for (size_t i = 0; i < n; i++)
        if (strcmp(confx_dataflow_parameter(dataflow, i, standard), name) == 0) return (int)i;
    return FLOWS_NONE;
}

/* ---- axes ------------------------------------------------------------------------------------ */

static confx_status_t flows_add_axis(flows_t *self, const space_axis_t *axis)
{
    if (self->axes_n == SPACE_AXES)
        return status_input(NULL, 0, "space", "expected at most %d axes", (int)SPACE_AXES);
    self->axes[self->axes_n++] = *axis;
    return status_ok();
}

/* One of several dataflows is chosen by an axis of its own. */
static confx_status_t flows_add_choice(flows_t *self, int which, const char *name)
{
    flows_list_t *list = &self->lists[which];
    if (list->n == 1) return status_ok();
    list->axis = self->axes_n;
    return flows_add_axis(self, &(space_axis_t){.name = name,
                                                .kind = AXIS_CATEGORICAL,
                                                .levels_n = list->n,
                                                .words = list->names});
}

/* What parameters the dataflows have, for a message. */
static void flows_say_parameters(const flows_t *self, char said[256])
{
    said[0] = 0;
    for (int which = 0; which < FLOWS_LISTS; which++)
        for (size_t i = 0; i < self->lists[which].n; i++) {
            const confx_dataflow_t *dataflow = self->lists[which].of[i];
            const size_t n = dataflow ? confx_dataflow_parameters(dataflow) : 0;
            for (size_t j = 0; j < n; j++) {
                int64_t standard;
                text_append(said, 256, "%s%s has %s", *said ? ", " : "",
                            self->lists[which].names[i],
                            confx_dataflow_parameter(dataflow, j, &standard));
            }
        }
}

/* Where a layer's dataflow does not have the parameter, the level of its default in the first one
   that has it stands for all; the first level where that is none. */
static size_t flows_initial(const job_parameter_t *parameter, int64_t standard)
{
    for (unsigned i = 0; i < parameter->levels_count; i++)
        if (parameter->levels[i] == standard) return i;
    return 0;
}

static confx_status_t flows_add_parameter(flows_t *self, const job_t *job,
                                          const job_parameter_t *parameter)
{
    int64_t standard = 0;
    bool any = false;
    for (int which = 0; which < FLOWS_LISTS; which++) {
        flows_list_t *list = &self->lists[which];
        for (size_t i = 0; i < list->n; i++) {
            int64_t its;
            const int found = flows_find(list->of[i], parameter->name, &its);
            /* The axis comes next in number, if there is room for one more; flows_add_axis refuses
               it otherwise. */
            if (self->axes_n < SPACE_AXES) list->parameter[i][self->axes_n] = found;
            if (found == FLOWS_NONE) continue;
            if (!any) standard = its;
            any = true;
        }
    }
    if (!any) {
        char key[JOB_KEY_MAX];
        char said[256];
        flows_say_parameters(self, said);
        (void)snprintf(key, sizeof key, "space.%s", parameter->name);
        return yaml_refuse(job->tree, key,
                           "expected a Constant that directives of a dataflow use (%s)",
                           *said ? said : "these dataflows have none");
    }
    return flows_add_axis(self, &(space_axis_t){.name = flows_copy_name(self, parameter->name),
                                                .levels = parameter->levels,
                                                .levels_n = parameter->levels_count,
                                                .initial = flows_initial(parameter, standard)});
}

/* A dataflow is changed from point to point where one of its parameters is an axis. */
static confx_status_t flows_own(flows_t *self)
{
    for (int which = 0; which < FLOWS_LISTS; which++) {
        flows_list_t *list = &self->lists[which];
        for (size_t i = 0; i < list->n; i++) {
            bool any = false;
            for (size_t axis = 0; axis < self->axes_n; axis++)
                any = any || list->parameter[i][axis] != FLOWS_NONE;
            if (any) TRY(confx_dataflow_copy(list->of[i], &list->own[i]));
        }
    }
    return status_ok();
}

static confx_status_t flows_fill(flows_t *self, const problem_parts_t *parts, const char *alone)
{
    const job_t *job = parts->job;
    const job_actions_t *actions = &job->actions;
    const space_axis_scope_t scope =
        job->deployment == DEPLOYMENT_SEQUENTIAL ? AXIS_NETWORK : AXIS_LAYER;
    for (int which = 0; which < FLOWS_LISTS; which++) flows_list_open(self, parts, alone, which);
    TRY(flows_add_axis(self, &(space_axis_t){.name = "pe",
                                             .scope = scope,
                                             .levels = actions->pe,
                                             .levels_n = actions->pe_count,
                                             .refined = job->space.refine}));
    TRY(flows_add_axis(self, &(space_axis_t){.name = "buffer",
                                             .scope = scope,
                                             .levels = actions->buffer,
                                             .levels_n = actions->buffer_count,
                                             .refined = job->space.refine}));
    /* What decides whether a parameter is used comes before it. */
    TRY(flows_add_choice(self, FLOWS_OTHERS, "dataflow"));
    TRY(flows_add_choice(self, FLOWS_DEPTHWISE, "dataflow_depthwise"));
    for (unsigned i = 0; !alone && i < job->space.parameters_n; i++)
        TRY(flows_add_parameter(self, job, &job->space.parameters[i]));
    TRY(flows_own(self));
    return arena_status(&self->arena, "the names of dataflows");
}

confx_status_t flows_open(const problem_parts_t *parts, const char *alone, flows_t **out)
{
    flows_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for a space");
    self->workload = parts->workload;
    const confx_status_t status = flows_fill(self, parts, alone);
    if (status.code == CONFX_STATUS_OK)
        *out = self;
    else
        flows_close(self);
    return status;
}

void flows_close(flows_t *flows)
{
    if (!flows) return;
    for (int which = 0; which < FLOWS_LISTS; which++)
        for (size_t i = 0; i < flows->lists[which].n; i++)
            confx_dataflow_close(flows->lists[which].own[i]);
    arena_close(&flows->arena);
    free(flows);
}

size_t flows_axes(const flows_t *flows, const space_axis_t **axes)
{
    *axes = flows->axes;
    return flows->axes_n;
}

/* ---- of a layer ------------------------------------------------------------------------------ */

static int flows_which(const confx_layer_t *layer)
{
    return layer->type == CONFX_LAYER_DSCONV ? FLOWS_DEPTHWISE : FLOWS_OTHERS;
}

static size_t flows_choice(const flows_list_t *list, const uint16_t *action)
{
    const size_t choice = list->axis < SPACE_AXES ? action[list->axis] : 0;
    assert(choice < list->n);
    return choice;
}

static bool flows_uses(void *context, size_t distinct, const uint16_t *action, size_t axis)
{
    const flows_t *self = context;
    const int which = flows_which(&self->workload->layers[self->workload->first_of[distinct]]);
    const flows_list_t *list = &self->lists[which];
    /* PEs and buffer are everybody's, and the choice of a dataflow that of its own sort of
       layers. */
    if (axis < FLOWS_FIRST || axis == list->axis) return true;
    const int *parameters = list->parameter[flows_choice(list, action)];
    return parameters[axis] != FLOWS_NONE;
}

space_use_t flows_use(flows_t *flows)
{
    /* Of PEs and buffer alone every layer uses both, which need not be asked for each point. */
    if (flows->axes_n == FLOWS_FIRST) return (space_use_t){NULL, NULL};
    return (space_use_t){flows, flows_uses};
}

const confx_dataflow_t *flows_of(flows_t *flows, const space_t *space, const confx_layer_t *layer,
                                 const uint16_t *action)
{
    const flows_list_t *list = &flows->lists[flows_which(layer)];
    const size_t choice = flows_choice(list, action);
    confx_dataflow_t *own = list->own[choice];
    if (!own) return list->of[choice];
    /* All parameters that are axes are set each time: the copy has those of the last call. */
    for (size_t axis = FLOWS_FIRST; axis < flows->axes_n; axis++)
        if (list->parameter[choice][axis] != FLOWS_NONE)
            confx_dataflow_set(own, (size_t)list->parameter[choice][axis],
                               space_value(space, axis, action[axis]));
    return own;
}

const char *flows_name(const flows_t *flows, const confx_layer_t *layer, const uint16_t *action)
{
    const flows_list_t *list = &flows->lists[flows_which(layer)];
    return list->names[flows_choice(list, action)];
}
