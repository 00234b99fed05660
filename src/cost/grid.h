/* Columns of text, each as wide as its widest cell: the first flush left, the others flush right. */
#ifndef COST_GRID_H
#define COST_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { GRID_CELL_MAX = 48, GRID_COLUMNS_MAX = 16 };

typedef struct {
    size_t columns; /* of every row */
    size_t cells_n, room;
    char (*cells)[GRID_CELL_MAX];
    bool failed; /* no memory */
} grid_t;

grid_t grid_begin(size_t columns);
__attribute__((format(printf, 2, 3))) void grid_add(grid_t *grid, const char *format, ...);
void grid_words(grid_t *grid, const char *const *words, size_t n);
void grid_wholes(grid_t *grid, const int64_t *numbers, size_t n);

/* Print what was added, two blanks before each row, and free it. False: no memory. */
bool grid_end(grid_t *grid, FILE *out);

#endif
