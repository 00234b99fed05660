/* Memory that is taken piece by piece, asked about once, and given back all at once: what a search
   or a run holds from its opening to its closing. Each piece is an allocation of its own, so that a
   sanitizer still sees where one is overrun.

       ARENA_TAKE(&self->arena, self->need, layers);
       ARENA_TAKE(&self->arena, self->order, layers);
       TRY(arena_status(&self->arena, "the needs of %zu layers", layers));
       ...
       arena_close(&self->arena);  */
#ifndef CONFX_ARENA_H
#define CONFX_ARENA_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>

/* All zero: an arena with nothing in it. */
typedef struct {
    struct arena_piece *last;
    bool failed; /* a piece was asked for that could not be had */
} arena_t;

/* n x size bytes, all zero, aligned for any type; also of none, which may not be read. NULL: no
   memory, and arena_status tells. */
void *arena_take(arena_t *arena, size_t n, size_t size);
#define ARENA_TAKE(arena, pointer, n) ((pointer) = arena_take((arena), (n), sizeof *(pointer)))

/* CONFX_STATUS_MEMORY where a piece could not be had: "no memory for " and what it was for. */
__attribute__((format(printf, 2, 3))) confx_status_t arena_status(const arena_t *arena,
                                                                  const char *what, ...);
/* All pieces are free then, and the arena is empty. */
void arena_close(arena_t *arena);

#endif
