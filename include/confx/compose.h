/* Text composed in memory on its way into a file: published whole, or a failure. Printing to a
   disk's file loses a line without a word where a print fails and leaves the stream's error flag
   alone (out of memory inside fprintf), and open_memstream forgets what it had no memory for. Here
   every failure stays with the stream. */
#ifndef CONFX_COMPOSE_H
#define CONFX_COMPOSE_H

#include "confx/guard.h"
#include "confx/status.h"

#include <stddef.h>
#include <stdio.h>

enum { COMPOSE_BUFFER = 4096 };
typedef struct {
    FILE *out; /* print here, by stdio or out_print */
    char *text;
    size_t length, room;
    char buffer[COMPOSE_BUFFER]; /* of stdio, which would ask for memory of its own */
} compose_t;

/* `compose` must not move until compose_end, which the caller owes. CONFX_STATUS_MEMORY. */
confx_status_t compose_begin(compose_t *compose);
/* All that was printed, NUL-terminated, in compose->text and ->length, which the caller frees.
   CONFX_STATUS_MEMORY with `what` in the message, and nothing to free, if any of it was lost. */
confx_status_t compose_end(compose_t *compose, const char *what);
/* The same, into the file `path` (file_write); nothing is left to free. */
confx_status_t compose_publish(compose_t *compose, const char *path, const guard_t *guard);

/* fprintf whose failure, whatever it is of, sets the stream's error flag: for streams that are
   written alone. So one look at the end of all printing (ferror, compose_end) tells whether the
   text is whole. */
__attribute__((format(printf, 2, 3))) void out_print(FILE *out, const char *format, ...);
/* Set that flag: what was to be written here is not whole. */
void out_fail(FILE *out);

#endif
