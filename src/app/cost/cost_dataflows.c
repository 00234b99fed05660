/* Dataflows by name, each read once. */
#include "app/cost/cost_modes.h"
#include "confx/try.h"

#include <stdlib.h>
#include <string.h>

const char *cost_dataflow_name(const cost_options_t *options, confx_layer_type_t type)
{
    if (type == CONFX_LAYER_DSCONV) return options->depthwise ? options->depthwise : "dpt";
    return options->dataflow ? options->dataflow : "dla";
}

confx_status_t dataflows_check(dataflows_t *datasets, const cost_options_t *options)
{
    const confx_dataflow_t *dataflow;
    if (options->dataflow) TRY(dataflows_get(datasets, options->dataflow, NULL, &dataflow));
    if (options->depthwise) TRY(dataflows_get(datasets, options->depthwise, NULL, &dataflow));
    return status_ok();
}

confx_status_t dataflows_get(dataflows_t *datasets, const char *name, const char *beside,
                             const confx_dataflow_t **out)
{
    char path[FILE_PATH_MAX];
    for (size_t i = 0; i < datasets->n; i++)
        if (!strcmp(datasets->places[i].name, name)) {
            *out = datasets->places[i].dataflow;
            return status_ok();
        }
    if (datasets->n == COST_DATAFLOWS_MAX)
        return status_fail(CONFX_STATUS_INPUT, "%s: more than %d dataflows", name,
                           COST_DATAFLOWS_MAX);
    TRY(file_find("dataflows", name, ".m", beside, path));
    TRY(confx_dataflow_open(path, &datasets->places[datasets->n].dataflow));
    *out = datasets->places[datasets->n].dataflow;
    datasets->places[datasets->n].name = strdup(name);
    if (datasets->places[datasets->n++].name) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for the name of a dataflow");
}

void dataflows_close(dataflows_t *datasets)
{
    for (size_t i = 0; i < datasets->n; i++) {
        confx_dataflow_close(datasets->places[i].dataflow);
        free(datasets->places[i].name);
    }
}
