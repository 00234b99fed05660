/* Dataflow files: Constants and one Dataflow block; and the Constants as parameters. */
#include "confx/try.h"
#include "cost/language/parser.h"

#include "confx/file.h"

#include <assert.h>
#include <stdlib.h>

static confx_status_t dataflow_parse_file(parser_t *parser, confx_dataflow_t *dataflow)
{
    const scanner_t *scan = &parser->scan;
    while (scanner_is(scan, "Constant")) TRY(parser_constant(parser));
    TRY(parser_dataflow(parser, dataflow));
    if (!scanner_at_end(scan))
        return scanner_expected(scan, NULL, "nothing behind the Dataflow block");
    return status_ok();
}

confx_status_t confx_dataflow_parse(const char *text, const char *file, confx_dataflow_t **dataflow)
{
    parser_t parser;
    confx_dataflow_t *parsed = calloc(1, sizeof *parsed);
    *dataflow = NULL;
    if (parsed == NULL)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the dataflow of %s", file);
    parser_begin(&parser, text, file);
    const confx_status_t status = dataflow_parse_file(&parser, parsed);
    if (status.code != CONFX_STATUS_OK) {
        confx_dataflow_close(parsed);
        return status;
    }
    assert(parsed->stages_n >= 1 && parsed->stages_n <= CONFX_DATAFLOW_LEVELS_MAX);
    *dataflow = parsed;
    return status;
}

confx_status_t confx_dataflow_open(const char *path, confx_dataflow_t **dataflow)
{
    char *text = NULL;
    *dataflow = NULL;
    TRY(file_load(path, FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    const confx_status_t status = confx_dataflow_parse(text, path, dataflow);
    free(text);
    return status;
}

void confx_dataflow_close(confx_dataflow_t *dataflow)
{
    free(dataflow);
}

/* ---- parameters ------------------------------------------------------------------------------ */

size_t confx_dataflow_parameters(const confx_dataflow_t *dataflow)
{
    return (size_t)dataflow->parameters_n;
}

const char *confx_dataflow_parameter(const confx_dataflow_t *dataflow, size_t parameter,
                                     int64_t *standard)
{
    assert(parameter < confx_dataflow_parameters(dataflow));
    *standard = dataflow->parameters[parameter].standard;
    return dataflow->parameters[parameter].name;
}

confx_status_t confx_dataflow_copy(const confx_dataflow_t *dataflow, confx_dataflow_t **copy)
{
    *copy = malloc(sizeof **copy);
    if (!*copy) return status_fail(CONFX_STATUS_MEMORY, "no memory for a dataflow");
    **copy = *dataflow;
    return status_ok();
}

static void dataflow_set_measure(measure_t *measure, int parameter, int64_t value)
{
    if (measure->parameter == parameter) measure->number = value;
}

void confx_dataflow_set(confx_dataflow_t *dataflow, size_t parameter, int64_t value)
{
    const int number = (int)parameter + 1; /* as measures have it: theirs is 0 without one */
    assert(parameter < confx_dataflow_parameters(dataflow));
    assert(value >= 1 && value <= DATAFLOW_SIZE_MAX);
    for (int level = 0; level < dataflow->stages_n; level++) {
        dataflow_level_t *stage = &dataflow->stages[level];
        dataflow_set_measure(&stage->cluster, number, value);
        for (int i = 0; i < stage->directives_n; i++) {
            dataflow_set_measure(&stage->directives[i].size, number, value);
            dataflow_set_measure(&stage->directives[i].offset, number, value);
        }
    }
}
