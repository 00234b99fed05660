/* The cost model's figures as columns, named as run.h5 names them (DESIGN.md section 7). */
#ifndef APP_COLUMNS_H
#define APP_COLUMNS_H

#include "confx/cost.h"

#include <jansson.h>
#include <stdio.h>

/* Comma-separated, each with a comma in front. all: every figure, otherwise the main ones. */
void columns_print_names(bool all, FILE *out);
void columns_print(const cost_t *cost, bool all, FILE *out);

/* Set into a JSON object; a figure that is no number becomes null. 0, or -1 without memory. */
int columns_json(const cost_t *cost, bool all, json_t *object);

#endif
