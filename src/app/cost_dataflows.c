/* Dataflows by name, each read once. */
#include "cost_modes.h"

#include <string.h>

status_t dataflows_get(dataflows_t *shelf, const char *name, const char *beside, const dataflow_t **out)
{
    char path[FILE_PATH_MAX];
    for (size_t i = 0; i < shelf->n; i++)
        if (!strcmp(shelf->places[i].name, name)) {
            *out = shelf->places[i].dataflow;
            return status_ok();
        }
    if (shelf->n == COST_DATAFLOWS_MAX || strlen(name) >= sizeof shelf->places->name)
        return status_fail(STATUS_INPUT, "%s: more than %d dataflows, or a name of more than %zu characters", name,
                           COST_DATAFLOWS_MAX, sizeof shelf->places->name - 1);
    TRY(file_find("dataflows", name, ".m", beside, path));
    TRY(dataflow_open(path, &shelf->places[shelf->n].dataflow));
    (void)snprintf(shelf->places[shelf->n].name, sizeof shelf->places->name, "%s", name);
    *out = shelf->places[shelf->n++].dataflow;
    return status_ok();
}

void dataflows_close(dataflows_t *shelf)
{
    for (size_t i = 0; i < shelf->n; i++) dataflow_close(shelf->places[i].dataflow);
}
