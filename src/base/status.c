#include "confx/try.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- what cannot be seen ------------------------------------------------------------------------------------------
 */

/* Bytes of the character at `at` that a terminal would not show, or would obey: controls, and in UTF-8 the byte order
   mark, the other characters without width, and blanks that are none to a parser. 0: the character is plain to see. */
static size_t invisible(const char *at)
{
    static const char *const characters[] = {"\xC2\xA0",     "\xE2\x80\x8B", "\xE2\x80\x8C", "\xE2\x80\x8D",
                                             "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xA8", "\xE2\x80\xA9",
                                             "\xE2\x80\xAF", "\xE2\x81\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"};
    if (*at != '\n' && *at != '\t' && iscntrl((unsigned char)*at)) return 1;
    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
        const size_t length = strlen(characters[i]);
        if (strncmp(at, characters[i], length) == 0) return length;
    }
    return 0;
}

/* Copy a message so that everything in it can be seen: what is invisible as \xNN. */
static void show(const char *from, char *to, size_t room)
{
    size_t used = 0;
    while (*from && used + 1 < room) {
        size_t hidden = invisible(from);
        if (used + 4 * hidden + 1 > room) break;
        if (!hidden) to[used++] = *from++;
        for (; hidden > 0; hidden--) used += (size_t)snprintf(to + used, 5, "\\x%02X", (unsigned char)*from++);
    }
    to[used] = 0;
}

/* ---- statuses ---------------------------------------------------------------------------------------------------- */

confx_status_t status_ok(void)
{
    return (confx_status_t){.code = CONFX_STATUS_OK};
}

confx_status_t status_fail(confx_status_code_t code, const char *format, ...)
{
    confx_status_t status = {.code = code};
    char message[CONFX_STATUS_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    show(message, status.message, sizeof status.message);
    return status;
}

confx_status_t status_input(const char *file, int line, const char *key, const char *format, ...)
{
    confx_status_t status = {.code = CONFX_STATUS_INPUT};
    char place[CONFX_STATUS_MESSAGE_MAX / 2] = "";
    char what[CONFX_STATUS_MESSAGE_MAX / 2];
    char message[CONFX_STATUS_MESSAGE_MAX];
    char number[16] = "";
    if (line > 0) (void)snprintf(number, sizeof number, ":%d", line);
    (void)snprintf(place, sizeof place, "%s%s%s%s%s", file ? file : "", file ? number : "", file ? ": " : "",
                   key ? key : "", key ? ": " : "");
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    (void)snprintf(message, sizeof message, "%s%s", place, what);
    show(message, status.message, sizeof status.message);
    return status;
}

confx_status_t status_frame(confx_status_t status, const char *function, int line)
{
    const size_t used = strlen(status.trace);
    (void)snprintf(status.trace + used, sizeof status.trace - used, "%s%s:%d", used ? " < " : "", function, line);
    return status;
}

int confx_status_exit_code(confx_status_code_t code)
{
#define STATUS_EXIT(code, exit_code, text) exit_code,
    static const int exit_codes[] = {CONFX_STATUS_LIST(STATUS_EXIT)};
#undef STATUS_EXIT
    return exit_codes[code];
}

const char *confx_status_text(confx_status_code_t code)
{
#define STATUS_TEXT(code, exit_code, text) text,
    static const char *const texts[] = {CONFX_STATUS_LIST(STATUS_TEXT)};
#undef STATUS_TEXT
    return texts[code];
}
