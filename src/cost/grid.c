#include "grid.h"
#include "confx/compose.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

grid_t grid_begin(size_t columns)
{
    assert(columns > 0 && columns <= GRID_COLUMNS_MAX);
    return (grid_t){.columns = columns};
}

static bool make_room(grid_t *grid)
{
    if (grid->cells_n < grid->room) return true;
    const size_t room = grid->room ? 2 * grid->room : 256;
    char(*cells)[GRID_CELL_MAX] = realloc(grid->cells, room * sizeof *cells);
    if (cells == NULL) {
        grid->failed = true;
        return false;
    }
    grid->cells = cells;
    grid->room = room;
    return true;
}

void grid_add(grid_t *grid, const char *format, ...)
{
    va_list arguments;
    if (!make_room(grid)) return;
    va_start(arguments, format);
    (void)vsnprintf(grid->cells[grid->cells_n++], GRID_CELL_MAX, format, arguments);
    va_end(arguments);
}

void grid_words(grid_t *grid, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) grid_add(grid, "%s", words[i]);
}

void grid_wholes(grid_t *grid, const int64_t *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++) grid_add(grid, "%lld", (long long)numbers[i]);
}

static void measure(const grid_t *grid, int width[GRID_COLUMNS_MAX])
{
    assert(grid->columns > 0);
    for (size_t i = 0; i < grid->columns; i++) width[i] = 0;
    for (size_t i = 0; i < grid->cells_n; i++) {
        const int length = (int)strlen(grid->cells[i]);
        int *widest = &width[i % grid->columns];
        if (length > *widest) *widest = length;
    }
}

bool grid_end(grid_t *grid, FILE *out)
{
    int width[GRID_COLUMNS_MAX];
    measure(grid, width);
    for (size_t i = 0; i < grid->cells_n; i++) {
        const size_t column = i % grid->columns;
        out_print(out, "  %*s", column ? width[column] : -width[column], grid->cells[i]);
        if (column + 1 == grid->columns) fputc('\n', out);
    }
    free(grid->cells);
    return !grid->failed;
}
