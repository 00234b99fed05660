#include "scope.h"
#include "confx/try.h"

#include <stdarg.h>
#include <stdio.h>

scope_t scope_begin(const char *path, const char *object, confx_status_code_t code)
{
    /* HDF5 would print its error stack to stderr; its text goes into the status instead. */
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return (scope_t){.path = path, .object = object, .code = code, .status = status_ok()};
}

/* What really happened. */
typedef struct {
    bool no_memory;
    char text[CONFX_STATUS_MESSAGE_MAX / 2];
} cause_t;

/* Walking upward the first record is the innermost. */
static herr_t copy_innermost(unsigned depth, const H5E_error2_t *record, void *out)
{
    cause_t *cause = out;
    if (depth > 0) return 0;
    (void)snprintf(cause->text, sizeof cause->text, "%s", record->desc ? record->desc : "");
    cause->no_memory = record->maj_num == H5E_RESOURCE && record->min_num == H5E_NOSPACE;
    return 0;
}

static void note_failure(scope_t *scope)
{
    if (!scope_is_well(scope)) return;
    cause_t cause = {.text = ""};
    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, copy_innermost, &cause);
    if (cause.no_memory) scope->code = CONFX_STATUS_MEMORY;
    scope_fail(scope, "%s", cause.text[0] ? cause.text : "HDF5 does not say what failed");
}

hid_t scope_keep(scope_t *scope, hid_t handle)
{
    if (handle < 0) {
        note_failure(scope);
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
    if (result < 0) note_failure(scope);
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

bool scope_is_well(const scope_t *scope)
{
    return scope->status.code == CONFX_STATUS_OK;
}

confx_status_t scope_end(scope_t *scope)
{
    while (scope->handles_n > 0) scope_check(scope, H5Idec_ref(scope->handles[--scope->handles_n]));
    return scope->status;
}
