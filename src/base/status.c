#include "confx/text.h"
#include "confx/try.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- statuses -------------------------------------------------------------------------------- */

confx_status_t status_ok(void)
{
    return (confx_status_t){.code = CONFX_STATUS_OK};
}

confx_status_t status_fail(confx_status_code_t code, const char *format, ...)
{
    assert(code != CONFX_STATUS_OK && code < CONFX_STATUS_COUNT);
    confx_status_t status = {.code = code};
    char message[CONFX_STATUS_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    text_show(message, status.message, sizeof status.message);
    return status;
}

confx_status_t status_input(const char *file, int line, const char *key, const char *format, ...)
{
    confx_status_t status = {.code = CONFX_STATUS_INPUT};
    char place[CONFX_STATUS_MESSAGE_MAX / 2] = "";
    char what[CONFX_STATUS_MESSAGE_MAX * 3 / 4];
    char message[CONFX_STATUS_MESSAGE_MAX];
    char number[16] = "";
    /* A place has half of the room at most, so that a long path leaves the reason readable; a list
       of all keys that are known takes more than half. */
    if (line > 0) (void)snprintf(number, sizeof number, ":%d", line);
    (void)snprintf(place, sizeof place, "%s%s%s%s%s", file ? file : "", file ? number : "",
                   file ? ": " : "", key ? key : "", key ? ": " : "");
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    (void)snprintf(message, sizeof message, "%s%s", place, what);
    text_show(message, status.message, sizeof status.message);
    return status;
}

confx_status_t status_frame(confx_status_t status, const char *function, int line)
{
    /* From the inside outwards; what no longer fits is cut. */
    const size_t used = strlen(status.trace);
    assert(used < sizeof status.trace);
    (void)snprintf(status.trace + used, sizeof status.trace - used, "%s%s:%d", used ? " < " : "",
                   function, line);
    return status;
}

int confx_status_exit_code(confx_status_code_t code)
{
#define STATUS_EXIT(code, exit_code, text) exit_code,
    static const int exit_codes[] = {CONFX_STATUS_LIST(STATUS_EXIT)};
#undef STATUS_EXIT
    assert(code < CONFX_STATUS_COUNT);
    return exit_codes[code];
}

const char *confx_status_text(confx_status_code_t code)
{
#define STATUS_TEXT(code, exit_code, text) text,
    static const char *const texts[] = {CONFX_STATUS_LIST(STATUS_TEXT)};
#undef STATUS_TEXT
    assert(code < CONFX_STATUS_COUNT);
    return texts[code];
}
