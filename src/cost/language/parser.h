/* The parts that dataflow files and whole mapping files share: constants, sizes, the Dataflow
   block. */
#ifndef COST_PARSER_H
#define COST_PARSER_H

#include "cost/language/dataflow.h"
#include "cost/language/scanner.h"

enum { CONSTANTS_MAX = 64 };

typedef struct {
    const char *name; /* in the text */
    int length;
    bool built_in; /* may be given anew once */
    int64_t value;
} constant_t;

typedef struct {
    scanner_t scan;
    confx_dataflow_t *dataflow; /* at work on; NULL outside of a Dataflow block */
    bool repeats; /* a level may map a dimension again: level.c decides whether that makes sense for
                     a layer */
    int constants_n;
    constant_t constants[CONSTANTS_MAX];
} parser_t;

void parser_begin(parser_t *parser, const char *text, const char *file);

/* `Constant NAME VALUE`, from its first token. */
confx_status_t parser_constant(parser_t *parser);

/* `Dataflow { ... }`, from its first token. */
confx_status_t parser_dataflow(parser_t *parser, confx_dataflow_t *dataflow);

/* A number or a constant's name, from 1 to `most`. */
confx_status_t parser_count(parser_t *parser, const char *key, int64_t most, int64_t *count);

/* The dimension the current token names; false when it names none. */
bool parser_dim(const parser_t *parser, confx_dim_t *dim);

#endif
