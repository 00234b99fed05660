#include "confx/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

status_t status_ok(void)
{
    return (status_t){.code = STATUS_OK};
}

status_t status_fail(status_code_t code, const char *format, ...)
{
    status_t status = {.code = code};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(status.message, sizeof status.message, format, arguments);
    va_end(arguments);
    return status;
}

status_t status_input(const char *file, int line, const char *key, const char *format, ...)
{
    status_t status = {.code = STATUS_INPUT};
    char place[STATUS_MESSAGE_MAX / 2] = "";
    char what[STATUS_MESSAGE_MAX / 2];
    char number[16] = "";
    if (line > 0) (void)snprintf(number, sizeof number, ":%d", line);
    (void)snprintf(place, sizeof place, "%s%s%s%s%s", file ? file : "", file ? number : "", file ? ": " : "",
                   key ? key : "", key ? ": " : "");
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    (void)snprintf(status.message, sizeof status.message, "%s%s", place, what);
    return status;
}

status_t status_frame(status_t status, const char *function, int line)
{
    const size_t used = strlen(status.trace);
    (void)snprintf(status.trace + used, sizeof status.trace - used, "%s%s:%d", used ? " < " : "", function, line);
    return status;
}

int status_exit_code(status_code_t code)
{
#define STATUS_EXIT(code, exit_code, text) exit_code,
    static const int exit_codes[] = {STATUS_LIST(STATUS_EXIT)};
#undef STATUS_EXIT
    return exit_codes[code];
}

const char *status_text(status_code_t code)
{
#define STATUS_TEXT(code, exit_code, text) text,
    static const char *const texts[] = {STATUS_LIST(STATUS_TEXT)};
#undef STATUS_TEXT
    return texts[code];
}
