#include "confx/compose.h"
#include "confx/array.h"
#include "confx/file.h"
#include "confx/try.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* What stdio calls with its buffer. Less than `length` tells it of a failure, and it sets the
   stream's error flag. */
static ssize_t compose_take(void *cookie, const char *bytes, size_t length)
{
    compose_t *compose = cookie;
    const size_t wanted = compose->length + length + 1; /* with the NUL */
    char *grown = array_grown(compose->text, &compose->room, wanted, 1);
    if (!grown) {
        errno = ENOMEM;
        return 0;
    }
    compose->text = grown;
    memcpy(compose->text + compose->length, bytes, length);
    compose->length += length;
    compose->text[compose->length] = 0;
    return (ssize_t)length;
}

confx_status_t compose_begin(compose_t *compose)
{
    /* stdio's buffer lies in the structure, so that nothing is allocated before a buffer is
       full. */
    compose->text = NULL;
    compose->length = 0;
    compose->room = 0;
    compose->out = fopencookie(compose, "w", (cookie_io_functions_t){.write = compose_take});
    if (!compose->out) return status_fail(CONFX_STATUS_MEMORY, "no memory for a text");
    (void)setvbuf(compose->out, compose->buffer, _IOFBF, sizeof compose->buffer);
    return status_ok();
}

confx_status_t compose_end(compose_t *compose, const char *what)
{
    /* The flag first: fclose tells of the last buffer alone. A text of no bytes needs a place for
       its NUL. */
    const bool lost = ferror(compose->out) != 0;
    const bool closed = fclose(compose->out) == 0;
    compose->out = NULL;
    if (!lost && closed && !compose->text) compose->text = calloc(1, 1);
    if (!lost && closed && compose->text) return status_ok();
    free(compose->text);
    compose->text = NULL;
    return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its text", what);
}

confx_status_t compose_publish(compose_t *compose, const char *path, const guard_t *guard)
{
    TRY(compose_end(compose, path));
    const confx_status_t status = file_write(path, compose->text, compose->length, guard);
    free(compose->text);
    compose->text = NULL;
    return status;
}

/* Reading from a stream that is open for writing alone fails and sets the flag (POSIX, fgetc:
   EBADF), and there is no other way to set it from outside. */
void out_fail(FILE *out)
{
    if (!ferror(out)) (void)fgetc(out);
}

/* Of vfprintf's failures only those of writing set the flag. */
void out_print(FILE *out, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    const int written = vfprintf(out, format, values);
    va_end(values);
    if (written < 0) out_fail(out);
}
