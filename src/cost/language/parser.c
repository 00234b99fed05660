#include "cost/language/parser.h"
#include "confx/try.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- constants ------------------------------------------------------------------------------- */

void parser_begin(parser_t *parser, const char *text, const char *file)
{
    static const constant_t channels = {
        .name = "CTileSz", .length = 7, .built_in = true, .value = 1};
    parser->dataflow = NULL;
    parser->repeats = false;
    parser->constants_n = 1;
    parser->constants[0] = channels;
    scanner_begin(&parser->scan, text, file);
}

/* The constant that the current token names, or NULL. */
static constant_t *parser_find_constant(parser_t *parser)
{
    for (int i = 0; i < parser->constants_n; i++) {
        constant_t *constant = &parser->constants[i];
        if (constant->length == parser->scan.length &&
            memcmp(constant->name, parser->scan.token, (size_t)constant->length) == 0)
            return constant;
    }
    return NULL;
}

static confx_status_t parser_name_constant(parser_t *parser, constant_t **constant)
{
    const scanner_t *scan = &parser->scan;
    const bool begins_like_a_name = scan->length && !strchr("0123456789{}", scan->token[0]);
    if (!begins_like_a_name) return scanner_expected(scan, "Constant", "a name");
    /* A built-in one is replaced once, and is then like any other. */
    *constant = parser_find_constant(parser);
    if (*constant && !(*constant)->built_in)
        return status_input(scan->file, scan->line, "Constant", "%.*s is given twice", scan->length,
                            scan->token);
    if (*constant == NULL && parser->constants_n == CONSTANTS_MAX)
        return status_input(scan->file, scan->line, "Constant", "more than %d constants",
                            CONSTANTS_MAX);
    if (*constant == NULL) *constant = &parser->constants[parser->constants_n++];
    assert(parser->constants_n <= CONSTANTS_MAX);
    **constant = (constant_t){.name = scan->token, .length = scan->length};
    return status_ok();
}

confx_status_t parser_constant(parser_t *parser)
{
    constant_t *constant = NULL;
    TRY(scanner_take(&parser->scan, NULL, "Constant"));
    TRY(parser_name_constant(parser, &constant));
    scanner_next(&parser->scan);
    if (!scanner_number(&parser->scan, DATAFLOW_SIZE_MAX, &constant->value))
        return scanner_expected(&parser->scan, "Constant", "a whole number up to 2^30");
    scanner_next(&parser->scan);
    return status_ok();
}

/* ---- sizes ----------------------------------------------------------------------------------- */

bool parser_dim(const parser_t *parser, confx_dim_t *dim)
{
    const scanner_t *scan = &parser->scan;
    const char *found = scan->length == 1 ? strchr(confx_dim_letters(), scan->token[0]) : NULL;
    if (found) *dim = (confx_dim_t)(found - confx_dim_letters());
    return found != NULL;
}

confx_status_t parser_count(parser_t *parser, const char *key, int64_t most, int64_t *count)
{
    const constant_t *constant = parser_find_constant(parser);
    int64_t number = 0;
    assert(most >= 1 && most <= DATAFLOW_SIZE_MAX);
    /* 0 stands for whatever is no number here; the message below covers all of it. */
    if (constant)
        number = constant->value;
    else if (!scanner_number(&parser->scan, most, &number))
        number = 0;
    if (number < 1 || number > most || parser->scan.minus) {
        char expected[80];
        (void)snprintf(expected, sizeof expected, "a whole number from 1 to %lld", (long long)most);
        return scanner_expected(&parser->scan, key, expected);
    }
    *count = number;
    scanner_next(&parser->scan);
    return status_ok();
}

static confx_status_t parser_parse_size_of(parser_t *parser, const char *key, measure_t *measure)
{
    measure->kind = MEASURE_DIM;
    scanner_next(&parser->scan);
    if (!parser_dim(parser, &measure->dim))
        return scanner_expected(&parser->scan, key, "Sz of a dimension");
    scanner_next(&parser->scan);
    return status_ok();
}

/* The number of the parameter that a constant is, from 1 on; 0: there is no room for it. */
static int parser_note_parameter(const parser_t *parser, const constant_t *constant)
{
    confx_dataflow_t *dataflow = parser->dataflow;
    const size_t length = (size_t)constant->length;
    assert(dataflow);
    if (length >= DATAFLOW_PARAMETER_NAME_MAX) return 0;
    for (int i = 0; i < dataflow->parameters_n; i++)
        if (strlen(dataflow->parameters[i].name) == length &&
            memcmp(dataflow->parameters[i].name, constant->name, length) == 0)
            return i + 1;
    if (dataflow->parameters_n == DATAFLOW_PARAMETERS_MAX) return 0;
    dataflow_parameter_t *parameter = &dataflow->parameters[dataflow->parameters_n++];
    *parameter = (dataflow_parameter_t){.standard = constant->value};
    memcpy(parameter->name, constant->name, length);
    return dataflow->parameters_n;
}

/* Constants come first: a file may fix what the search would decide. */
static confx_status_t parser_parse_measure(parser_t *parser, const char *key, measure_t *measure)
{
    const scanner_t *scan = &parser->scan;
    *measure = (measure_t){.kind = MEASURE_NUMBER};
    /* A constant, Sz(d), a number, or one of the two quantities that a search decides. */
    const constant_t *constant = parser_find_constant(parser);
    if (constant) {
        measure->parameter = parser_note_parameter(parser, constant);
        return parser_count(parser, key, DATAFLOW_SIZE_MAX, &measure->number);
    }
    if (scanner_is(scan, "Sz")) return parser_parse_size_of(parser, key, measure);
    if (scan->length && scan->token[0] >= '0' && scan->token[0] <= '9')
        return parser_count(parser, key, DATAFLOW_SIZE_MAX, &measure->number);
    if (!scanner_is(scan, "ClusterSz") && !scanner_is(scan, "KTileSz"))
        return scanner_expected(
            scan, key, "a size: a number, Sz(dimension), ClusterSz, KTileSz or a Constant");
    measure->kind = scanner_is(scan, "ClusterSz") ? MEASURE_PES : MEASURE_BUFFER;
    scanner_next(&parser->scan);
    return status_ok();
}

/* ---- directives ------------------------------------------------------------------------------ */

/* K, or X' and Y' for counts of outputs. */
static confx_status_t parser_parse_variable(parser_t *parser, const char *key,
                                            directive_t *directive)
{
    scanner_t *scan = &parser->scan;
    directive->outward = scanner_is(scan, "X'") || scanner_is(scan, "Y'");
    if (directive->outward)
        directive->dim = scan->token[0] == 'X' ? CONFX_DIM_X : CONFX_DIM_Y;
    else if (!parser_dim(parser, &directive->dim))
        return scanner_expected(scan, key, "a dimension (K C Y X R S N G M, Y' or X')");
    return status_ok();
}

static confx_status_t parser_check_new(const parser_t *parser, const char *key,
                                       const directive_t *directive, dataflow_level_t *stage)
{
    const scanner_t *scan = &parser->scan;
    if (stage->directives_n == STAGE_DIRECTIVES_MAX)
        return status_input(scan->file, scan->line, key, "more than %d maps in one level",
                            STAGE_DIRECTIVES_MAX);
    for (int i = 0; i < stage->directives_n; i++) {
        if (stage->directives[i].dim != directive->dim) continue;
        if (!parser->repeats)
            return status_input(scan->file, scan->line, key, "%c is mapped twice in one level",
                                scan->token[0]);
        stage->repeats = true;
    }
    return status_ok();
}

static confx_status_t parser_parse_map(parser_t *parser, const char *key, bool spatial,
                                       dataflow_level_t *stage)
{
    directive_t directive = {.spatial = spatial};
    /* SpatialMap ( size , offset ) variable: what stands between the words are separators. */
    scanner_next(&parser->scan);
    TRY(parser_parse_measure(parser, key, &directive.size));
    TRY(parser_parse_measure(parser, key, &directive.offset));
    TRY(parser_parse_variable(parser, key, &directive));
    TRY(parser_check_new(parser, key, &directive, stage));
    assert(stage->directives_n < STAGE_DIRECTIVES_MAX); /* check_new */
    stage->directives[stage->directives_n++] = directive;
    scanner_next(&parser->scan);
    return status_ok();
}

/* A level may count outputs only where it says how wide the filter's window is (src/cost/README.md,
   section 2, step 1). */
static confx_status_t parser_check_level(const parser_t *parser, const dataflow_level_t *stage)
{
    uint32_t dims = 0;
    /* Any order of maps will do, so the level is looked at when it is complete. */
    for (int i = 0; i < stage->directives_n; i++) dims |= UINT32_C(1) << stage->directives[i].dim;
    for (int i = 0; i < stage->directives_n; i++) {
        const bool along_x = stage->directives[i].dim == CONFX_DIM_X;
        const confx_dim_t filter = along_x ? CONFX_DIM_S : CONFX_DIM_R;
        if (stage->directives[i].outward && !(dims >> filter & 1))
            return status_input(parser->scan.file, parser->scan.line, "Dataflow",
                                "the level that ends here maps %s but not %s",
                                along_x ? "X'" : "Y'", along_x ? "S" : "R");
    }
    return status_ok();
}

static confx_status_t parser_parse_cluster(parser_t *parser, confx_dataflow_t *dataflow)
{
    scanner_t *scan = &parser->scan;
    if (dataflow->stages_n == CONFX_DATAFLOW_LEVELS_MAX)
        return status_input(scan->file, scan->line, "Cluster", "more than %d levels",
                            CONFX_DATAFLOW_LEVELS_MAX);
    TRY(parser_check_level(parser, &dataflow->stages[dataflow->stages_n - 1]));
    /* The directive closes the level above it and opens the next one, whose clusters it sizes. */
    dataflow_level_t *stage = &dataflow->stages[dataflow->stages_n++];
    *stage = (dataflow_level_t){.directives_n = 0};
    scanner_next(scan);
    TRY(parser_parse_measure(parser, "Cluster", &stage->cluster));
    if (!scanner_is(scan, "P") && !scanner_is(scan, "L"))
        return scanner_expected(scan, "Cluster", "P or L");
    scanner_next(scan);
    return status_ok();
}

static confx_status_t parser_parse_directive(parser_t *parser, confx_dataflow_t *dataflow)
{
    assert(dataflow->stages_n >= 1 && dataflow->stages_n <= CONFX_DATAFLOW_LEVELS_MAX);
    dataflow_level_t *stage = &dataflow->stages[dataflow->stages_n - 1];
    if (scanner_is(&parser->scan, "SpatialMap"))
        return parser_parse_map(parser, "SpatialMap", true, stage);
    if (scanner_is(&parser->scan, "TemporalMap"))
        return parser_parse_map(parser, "TemporalMap", false, stage);
    if (scanner_is(&parser->scan, "Cluster")) return parser_parse_cluster(parser, dataflow);
    return scanner_expected(&parser->scan, "Dataflow", "SpatialMap, TemporalMap, Cluster or \"}\"");
}

confx_status_t parser_dataflow(parser_t *parser, confx_dataflow_t *dataflow)
{
    TRY(scanner_take(&parser->scan, NULL, "Dataflow"));
    TRY(scanner_take(&parser->scan, "Dataflow", "{"));
    parser->dataflow = dataflow;
    dataflow->stages_n = 1;
    dataflow->stages[0] = (dataflow_level_t){.directives_n = 0};
    dataflow->parameters_n = 0;
    while (!scanner_is(&parser->scan, "}")) TRY(parser_parse_directive(parser, dataflow));
    TRY(parser_check_level(parser, &dataflow->stages[dataflow->stages_n - 1]));
    parser->dataflow = NULL;
    scanner_next(&parser->scan);
    return status_ok();
}
