/* Whole mapping files, networks whose layers bring their own dataflows, and model files, whose
   layers need not (src/cost/README.md, section 1). */
#include "confx/mapping.h"
#include "confx/file.h"
#include "confx/text.h"
#include "confx/try.h"
#include "cost/language/parser.h"
#include "cost/language/tensor.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    parser_t base;
    confx_mapping_t *mapping; /* what has been read so far */
    unsigned blocks;          /* that every layer needs */
} mapping_reader_t;

/* The blocks of a layer; each may stand once. */
enum { BLOCK_TYPE = 1, BLOCK_STRIDE = 2, BLOCK_DIMENSIONS = 4, BLOCK_DATAFLOW = 8 };
enum {
    MODEL_BLOCKS = BLOCK_TYPE | BLOCK_DIMENSIONS,
    MAPPING_BLOCKS = MODEL_BLOCKS | BLOCK_DATAFLOW
};

static const char *const block_words[] = {"Type", "Stride", "Dimensions", "Dataflow"}; /* by bit */

/* The block that the current token begins, or 0. */
static unsigned mapping_block_of(const scanner_t *scan)
{
    for (unsigned i = 0; i < sizeof block_words / sizeof *block_words; i++)
        if (scanner_is(scan, block_words[i])) return 1U << i;
    return 0;
}

/* ---- the blocks of a layer ------------------------------------------------------------------- */

/* Names end up in tables, and on terminals. */
static confx_status_t mapping_check_name(const scanner_t *scan, const char *key, const char *name)
{
    if (strchr(name, '"') || !text_is_plain(name))
        return scanner_expected(scan, key, "a name without quotes and control characters");
    if (!text_is_name(name))
        return scanner_expected(scan, key,
                                "a name that does not begin with =, + or @ (a formula in a sheet)");
    return status_ok();
}

/* Names are the last word before the brace: "CONV1-2 {" is layer 2. */
static confx_status_t mapping_read_name(scanner_t *scan, const char *key,
                                        char name[CONFX_LAYER_NAME_MAX])
{
    if (scanner_at_end(scan) || scanner_is(scan, "{")) return scanner_expected(scan, key, "a name");
    /* Each word takes the place of the one before, and each is checked: a message may show any. */
    while (!scanner_at_end(scan) && !scanner_is(scan, "{")) {
        if (*name && mapping_block_of(scan))
            return scanner_expected(scan, key, "\"{\" behind the name");
        if (scan->length >= CONFX_LAYER_NAME_MAX)
            return scanner_expected(scan, key, "a name of less than 64 letters");
        memcpy(name, scan->token, (size_t)scan->length);
        name[scan->length] = 0;
        TRY(mapping_check_name(scan, key, name));
        scanner_next(scan);
    }
    return scanner_take(scan, key, "{");
}

static confx_status_t mapping_read_type(scanner_t *scan, confx_layer_type_t *type)
{
    scanner_next(scan);
    for (int i = 0; i < CONFX_LAYER_TYPES; i++) {
        if (!scanner_is(scan, confx_layer_type_name((confx_layer_type_t)i))) continue;
        *type = (confx_layer_type_t)i;
        scanner_next(scan);
        return status_ok();
    }
    return scanner_expected(scan, "Type", "CONV, DSCONV, NGCONV, TRCONV or GEMM");
}

/* MAESTRO takes the first value of a dimension that is given twice, and whoever reads the file may
   take the last. */
static confx_status_t mapping_refuse_twin(const scanner_t *scan, const char *key)
{
    return status_input(scan->file, scan->line, key, "%.*s is given twice", scan->length,
                        scan->token);
}

static confx_status_t mapping_read_dimensions(parser_t *parser, confx_layer_t *layer)
{
    scanner_t *scan = &parser->scan;
    confx_dim_t dim = CONFX_DIM_C;
    scanner_next(scan);
    TRY(scanner_take(scan, "Dimensions", "{"));
    while (!scanner_is(scan, "}")) {
        if (!parser_dim(parser, &dim))
            return scanner_expected(scan, "Dimensions", "a dimension (K C Y X R S N G M)");
        if (layer->dim[dim] > 0) return mapping_refuse_twin(scan, "Dimensions");
        scanner_next(scan);
        TRY(parser_count(parser, "Dimensions", CONFX_LAYER_DIM_MAX, &layer->dim[dim]));
    }
    scanner_next(scan);
    return status_ok();
}

static confx_status_t mapping_read_stride(parser_t *parser, confx_layer_t *layer)
{
    scanner_t *scan = &parser->scan;
    confx_dim_t dim = CONFX_DIM_C;
    uint32_t given = 0;
    scanner_next(scan);
    TRY(scanner_take(scan, "Stride", "{"));
    while (!scanner_is(scan, "}")) {
        if (!parser_dim(parser, &dim) || (dim != CONFX_DIM_X && dim != CONFX_DIM_Y))
            return scanner_expected(scan, "Stride", "X or Y");
        if (given & dim_bit(dim)) return mapping_refuse_twin(scan, "Stride");
        given |= dim_bit(dim);
        scanner_next(scan);
        TRY(parser_count(parser, "Stride", CONFX_LAYER_DIM_MAX,
                         dim == CONFX_DIM_X ? &layer->stride_x : &layer->stride_y));
    }
    scanner_next(scan);
    return status_ok();
}

/* ---- layers ---------------------------------------------------------------------------------- */

static confx_status_t mapping_read_dataflow(parser_t *parser, confx_dataflow_t **dataflow)
{
    *dataflow = calloc(1, sizeof **dataflow); /* the mapping owns it from here */
    if (*dataflow == NULL)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a dataflow of %s",
                           parser->scan.file);
    return parser_dataflow(parser, *dataflow);
}

static confx_status_t mapping_read_block(parser_t *parser, confx_mapped_t *mapped, unsigned *blocks)
{
    confx_layer_t *layer = &mapped->layer;
    scanner_t *scan = &parser->scan;
    const unsigned block = mapping_block_of(scan);
    /* Nothing tells which of two is meant. */
    if (block & *blocks) return scanner_expected(scan, layer->name, "each block of a layer once");
    *blocks |= block;
    switch (block) {
    case BLOCK_TYPE:
        return mapping_read_type(scan, &layer->type);
    case BLOCK_STRIDE:
        return mapping_read_stride(parser, layer);
    case BLOCK_DIMENSIONS:
        return mapping_read_dimensions(parser, layer);
    case BLOCK_DATAFLOW:
        return mapping_read_dataflow(parser, &mapped->dataflow);
    default:
        return scanner_expected(scan, layer->name, "Type, Stride, Dimensions, Dataflow or \"}\"");
    }
}

/* No rule reads a dimension that the layer's type does not have, but whoever wrote it meant
   something by it. */
static confx_status_t mapping_refuse_foreign(const scanner_t *scan, const confx_layer_t *layer)
{
    const uint32_t foreign = tensor_dims_foreign(layer);
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        if (foreign & dim_bit((confx_dim_t)dim))
            return status_input(scan->file, scan->line, layer->name,
                                "the layer that ends here has %c = %lld, and %s has no dimension "
                                "%c",
                                confx_dim_letters()[dim], (long long)layer->dim[dim],
                                confx_layer_type_name(layer->type), confx_dim_letters()[dim]);
    return status_ok();
}

/* MAESTRO would lend a layer without a dataflow that of the layer before, already rewritten:
   refused here. */
static confx_status_t mapping_check_layer(const scanner_t *scan, const confx_layer_t *layer,
                                          unsigned lacking)
{
    const char *missing = NULL;
    /* Of several that are missing the last assignment, the first in the file's usual order, is
       named. */
    if (lacking & BLOCK_DATAFLOW) missing = "Dataflow";
    if (lacking & BLOCK_DIMENSIONS) missing = "Dimensions";
    if (lacking & BLOCK_TYPE) missing = "Type";
    if (missing)
        return status_input(scan->file, scan->line, layer->name,
                            "the layer that ends here has no %s", missing);
    if (!tensor_dims_complete(layer))
        return status_input(scan->file, scan->line, layer->name,
                            "the layer that ends here lacks a dimension of %s",
                            confx_layer_type_name(layer->type));
    return mapping_refuse_foreign(scan, layer);
}

static confx_status_t mapping_add_layer(confx_mapping_t *mapping, const scanner_t *scan)
{
    assert(mapping->networks_n >= 1);
    confx_mapped_t *layers = realloc(mapping->layers, (mapping->layers_n + 1) * sizeof *layers);
    if (layers == NULL)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the layers of %s", scan->file);
    layers[mapping->layers_n] = (confx_mapped_t){.layer = {.stride_y = 1, .stride_x = 1},
                                                 .line = scan->line,
                                                 .network = mapping->networks_n - 1};
    mapping->layers = layers;
    mapping->layers_n++;
    return status_ok();
}

/* A layer from its name on. */
static confx_status_t mapping_read_blocks(mapping_reader_t *reader, confx_mapped_t *mapped)
{
    scanner_t *scan = &reader->base.scan;
    unsigned blocks = 0;
    TRY(mapping_read_name(scan, "Layer", mapped->layer.name));
    while (!scanner_is(scan, "}")) TRY(mapping_read_block(&reader->base, mapped, &blocks));
    TRY(mapping_check_layer(scan, &mapped->layer, reader->blocks & ~blocks));
    scanner_next(scan);
    return status_ok();
}

/* ---- over a layer that cannot be read -------------------------------------------------------- */

/* How much deeper it is behind the current token, which may have a brace stuck to it. */
static int mapping_depth_of(const scanner_t *scan)
{
    int depth = 0;
    for (int i = 0; i < scan->length; i++)
        depth += (scan->token[i] == '{') - (scan->token[i] == '}');
    return depth;
}

/* Whether a closing brace can be the network's: neither another layer nor one more brace
   follows. */
static bool mapping_ends_network(scanner_t scan)
{
    if (!scanner_is(&scan, "}")) return false;
    scanner_next(&scan);
    return !scanner_is(&scan, "Layer") && !scanner_is(&scan, "}");
}

/* From a layer's name to what follows the layer: behind its closing brace where braces match,
   otherwise at the next word that can only begin a layer. Blocks that come before any brace show
   that the layer's own one is missing. False: there is no such place, so the file is cut or ends
   with this layer. */
static bool mapping_skip_layer(scanner_t *scan)
{
    int depth = 0;
    bool opened = false, closed = false;
    if (mapping_depth_of(scan) == 0) scanner_next(scan); /* the name, which may be any word */
    /* `opened`: the layer's own brace has been met, or must have been; `closed`: it is matched. */
    while (!scanner_at_end(scan)) {
        const bool begins = scanner_is(scan, "Layer");
        if (opened && begins) return true;
        if (closed && mapping_ends_network(*scan)) return true;
        if (opened && scanner_is(scan, "Network")) return false;
        if (!opened && mapping_block_of(scan)) depth++;
        depth += mapping_depth_of(scan);
        opened = opened || depth > 0;
        closed = opened && depth <= 0;
        scanner_next(scan);
    }
    return false;
}

/* The layer keeps the reason; what was read of it is let go, but for a name. */
static void mapping_give_up(confx_mapping_t *mapping, confx_mapped_t *mapped,
                            const confx_status_t *reason)
{
    assert(reason->code == CONFX_STATUS_INPUT);
    confx_dataflow_close(mapped->dataflow);
    mapped->dataflow = NULL;
    mapped->fault = *reason;
    if (!*mapped->layer.name)
        (void)snprintf(mapped->layer.name, sizeof mapped->layer.name, "%zu", mapping->layers_n);
}

static confx_status_t mapping_read_layer(mapping_reader_t *reader)
{
    scanner_t *scan = &reader->base.scan;
    confx_mapping_t *mapping = reader->mapping;
    TRY(scanner_take(scan, "Network", "Layer"));
    TRY(mapping_add_layer(mapping, scan));
    confx_mapped_t *mapped = &mapping->layers[mapping->layers_n - 1];
    /* A scanner is a place in a text: a copy of it is a way back. */
    const scanner_t name = *scan;
    const confx_status_t status = mapping_read_blocks(reader, mapped);
    if (status.code != CONFX_STATUS_INPUT) return status;
    /* Bad input of this layer alone, if the next one can be found; otherwise of the file. */
    *scan = name;
    if (!mapping_skip_layer(scan)) return status;
    mapping_give_up(mapping, mapped, &status);
    return status_ok();
}

/* ---- files ----------------------------------------------------------------------------------- */

/* Rows are told apart by their network's name. */
static confx_status_t mapping_add_network(confx_mapping_t *mapping, scanner_t *scan)
{
    char(*names)[CONFX_LAYER_NAME_MAX] =
        realloc(mapping->networks, (mapping->networks_n + 1) * sizeof *names);
    const int line = scan->line;
    if (names == NULL)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the networks of %s", scan->file);
    mapping->networks = names;
    /* Counted last, so that a name that is refused is not taken for a network. */
    TRY(mapping_read_name(scan, "Network", names[mapping->networks_n]));
    for (size_t i = 0; i < mapping->networks_n; i++)
        if (strcmp(names[i], names[mapping->networks_n]) == 0)
            return status_input(scan->file, line, "Network", "%s is given twice", names[i]);
    mapping->networks_n++;
    return status_ok();
}

static confx_status_t mapping_read_network(mapping_reader_t *reader)
{
    scanner_t *scan = &reader->base.scan;
    const size_t before = reader->mapping->layers_n;
    while (scanner_is(scan, "Constant")) TRY(parser_constant(&reader->base));
    TRY(scanner_take(scan, NULL, "Network"));
    TRY(mapping_add_network(reader->mapping, scan));
    while (!scanner_is(scan, "}")) TRY(mapping_read_layer(reader));
    if (reader->mapping->layers_n == before) return scanner_expected(scan, "Network", "a Layer");
    scanner_next(scan);
    return status_ok();
}

static confx_status_t mapping_read_networks(mapping_reader_t *reader)
{
    do TRY(mapping_read_network(reader));
    while (!scanner_at_end(&reader->base.scan));
    return status_ok();
}

static confx_status_t mapping_parse(const char *text, const char *file, unsigned blocks,
                                    confx_mapping_t *mapping)
{
    assert((blocks & MODEL_BLOCKS) == MODEL_BLOCKS);
    mapping_reader_t reader = {.mapping = mapping, .blocks = blocks};
    *mapping = (confx_mapping_t){0};
    parser_begin(&reader.base, text, file);
    reader.base.repeats = true;
    const confx_status_t status = mapping_read_networks(&reader);
    if (status.code != CONFX_STATUS_OK) confx_mapping_close(mapping);
    return status;
}

static confx_status_t mapping_open_file(const char *path, unsigned blocks, confx_mapping_t *mapping)
{
    char *text = NULL;
    *mapping = (confx_mapping_t){0};
    TRY(file_load(path, FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    const confx_status_t status = mapping_parse(text, path, blocks, mapping);
    free(text);
    return status;
}

confx_status_t confx_mapping_parse(const char *text, const char *file, confx_mapping_t *mapping)
{
    return mapping_parse(text, file, MAPPING_BLOCKS, mapping);
}

confx_status_t confx_mapping_open(const char *path, confx_mapping_t *mapping)
{
    return mapping_open_file(path, MAPPING_BLOCKS, mapping);
}

confx_status_t confx_model_parse(const char *text, const char *file, confx_mapping_t *model)
{
    return mapping_parse(text, file, MODEL_BLOCKS, model);
}

confx_status_t confx_model_open(const char *path, confx_mapping_t *model)
{
    return mapping_open_file(path, MODEL_BLOCKS, model);
}

void confx_mapping_close(confx_mapping_t *mapping)
{
    for (size_t i = 0; i < mapping->layers_n; i++)
        confx_dataflow_close(mapping->layers[i].dataflow);
    free(mapping->layers);
    free(mapping->networks);
    *mapping = (confx_mapping_t){0};
}
