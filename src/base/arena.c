/* Pieces in a list, the last one first. */
#include "confx/arena.h"
#include "confx/try.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What is given out begins behind this, at an address that suits any type. */
struct arena_piece {
    _Alignas(max_align_t) struct arena_piece *before;
};

void *arena_take(arena_t *arena, size_t n, size_t size)
{
    const size_t head = sizeof(struct arena_piece);
    struct arena_piece *piece = NULL;
    if (size == 0 || n <= (SIZE_MAX - head) / size) piece = calloc(1, head + n * size);
    if (!piece) {
        arena->failed = true;
        return NULL;
    }
    piece->before = arena->last;
    arena->last = piece;
    return piece + 1;
}

confx_status_t arena_status(const arena_t *arena, const char *what, ...)
{
    char text[CONFX_STATUS_MESSAGE_MAX];
    va_list arguments;
    if (!arena->failed) return status_ok();
    va_start(arguments, what);
    (void)vsnprintf(text, sizeof text, what, arguments);
    va_end(arguments);
    return status_fail(CONFX_STATUS_MEMORY, "no memory for %s", text);
}

void arena_close(arena_t *arena)
{
    for (struct arena_piece *piece = arena->last; piece;) {
        struct arena_piece *before = piece->before;
        free(piece);
        piece = before;
    }
    *arena = (arena_t){.last = NULL};
}
