#include "store/scope.h"
#include "confx/address_space.h"
#include "confx/store.h"
#include "confx/try.h"

#include <stdarg.h>
#include <stdio.h>

/* Left to itself HDF5 ends itself in an exit handler, and in MPI_Finalize where MPI was there
   before it. It then closes what a failed close has left half closed, and crashes on it: measured
   with 1.10.8, after an EIO of close() and where memory ran out. Files of ours are whole before
   they are published, so that nothing is lost if it is never ended: no exit handler, and begun
   before MPI. */
confx_status_t store_begin(void)
{
    if (H5dont_atexit() >= 0 && H5open() >= 0) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "HDF5 cannot begin: no memory for it");
}

scope_t scope_begin(const char *path, const char *object, confx_status_code_t code)
{
    /* HDF5 would print its error stack to stderr; its text goes into the status instead. */
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return (scope_t){.path = path, .object = object, .code = code, .status = status_ok()};
}

/* What HDF5 says of a failure. */
typedef struct {
    char text[CONFX_STATUS_MESSAGE_MAX / 2];
    bool memory; /* it had none */
} cause_t;

/* Walking upward the first record is the innermost: the one that says what really happened. */
static herr_t scope_copy_innermost(unsigned depth, const H5E_error2_t *record, void *context)
{
    cause_t *cause = context;
    if (depth > 0) return 0;
    (void)snprintf(cause->text, sizeof cause->text, "%s", record->desc ? record->desc : "");
    cause->memory = record->min_num == H5E_NOSPACE || record->min_num == H5E_CANTALLOC;
    return 0;
}

/* Without memory a file is neither damaged nor not to be written. */
static void scope_note_failure(scope_t *scope)
{
    if (!scope_is_well(scope)) return;
    cause_t cause = {.memory = false};
    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, scope_copy_innermost, &cause);
    if (cause.memory) scope->code = CONFX_STATUS_MEMORY;
    scope_fail(scope, "%s", cause.text[0] ? cause.text : "HDF5 does not say what failed");
}

hid_t scope_keep(scope_t *scope, hid_t handle)
{
    if (handle < 0) {
        scope_note_failure(scope);
    } else if (scope->handles_n < SCOPE_HANDLES_MAX) {
        scope->handles[scope->handles_n++] = handle;
    } else {
        (void)H5Idec_ref(handle);
        scope_fail(scope, "more than %d HDF5 handles at once", SCOPE_HANDLES_MAX);
    }
    return handle;
}

void scope_check(scope_t *scope, herr_t result)
{
    if (result < 0) scope_note_failure(scope);
}

void scope_fail(scope_t *scope, const char *format, ...)
{
    if (!scope_is_well(scope)) return;
    char what[CONFX_STATUS_MESSAGE_MAX / 2];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    const char *colon = scope->object[0] ? ": " : "";
    scope->status = status_fail(scope->code, "%s: %s%s%s", scope->path, scope->object, colon, what);
}

void scope_expect_memory(scope_t *scope, size_t files)
{
    enum { EACH = 600 << 10, BESIDE = 4 << 20 }; /* bytes; the cache is 528,264 of them */
    if (address_space_can_map(files * EACH + BESIDE)) return;
    scope->code = CONFX_STATUS_MEMORY;
    scope_fail(scope, "no memory to open it");
}

bool scope_is_well(const scope_t *scope)
{
    return scope->status.code == CONFX_STATUS_OK;
}

confx_status_t scope_end(scope_t *scope)
{
    while (scope->handles_n > 0) scope_check(scope, H5Idec_ref(scope->handles[--scope->handles_n]));
    return scope->status;
}
