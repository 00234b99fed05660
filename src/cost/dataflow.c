/* Dataflow files: Constants and one Dataflow block. */
#include "parser.h"

#include "confx/file.h"

#include <stdlib.h>

static status_t parse_file(parser_t *parser, dataflow_t *dataflow)
{
    const scanner_t *scan = &parser->scan;
    while (scanner_is(scan, "Constant")) TRY(parser_constant(parser));
    TRY(parser_dataflow(parser, dataflow));
    if (!scanner_at_end(scan)) return scanner_expected(scan, NULL, "nothing behind the Dataflow block");
    return status_ok();
}

status_t dataflow_parse(const char *text, const char *file, dataflow_t **dataflow)
{
    parser_t parser;
    dataflow_t *parsed = calloc(1, sizeof *parsed);
    *dataflow = NULL;
    if (parsed == NULL) return status_fail(STATUS_MEMORY, "no memory for the dataflow of %s", file);
    parser_begin(&parser, text, file);
    const status_t status = parse_file(&parser, parsed);
    if (status.code != STATUS_OK) {
        dataflow_close(parsed);
        return status;
    }
    *dataflow = parsed;
    return status;
}

status_t dataflow_open(const char *path, dataflow_t **dataflow)
{
    char *text = NULL;
    *dataflow = NULL;
    TRY(file_read(path, &text, NULL));
    const status_t status = dataflow_parse(text, path, dataflow);
    free(text);
    return status;
}

void dataflow_close(dataflow_t *dataflow)
{
    free(dataflow);
}
