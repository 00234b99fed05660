#include "confx/text.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* strtoll also takes blanks and "+" before the digits. */
static bool text_starts_as_number(const char *text, const char *first)
{
    return isdigit((unsigned char)*text) || (*text && strchr(first, *text));
}

/* Bytes of the well-formed sequence at `at` (Unicode 15, table 3-7); 0: there is none. */
static size_t text_utf8_length(const unsigned char *at)
{
    if (at[0] < 0x80) return 1;
    /* The first byte tells the length; 0xc0, 0xc1 and 0xf5 upwards begin no character. The second
       byte's range shuts out what is longer than need be, surrogates, and what lies beyond
       U+10FFFF. */
    const size_t length = at[0] < 0xc2   ? 0
                          : at[0] < 0xe0 ? 2
                          : at[0] < 0xf0 ? 3
                          : at[0] < 0xf5 ? 4
                                         : 0;
    const unsigned least = at[0] == 0xe0 ? 0xa0 : at[0] == 0xf0 ? 0x90 : 0x80;
    const unsigned most = at[0] == 0xed ? 0x9f : at[0] == 0xf4 ? 0x8f : 0xbf;
    if (length == 0 || at[1] < least || at[1] > most) return 0;
    /* A text that ends within the sequence has a 0 there, which is in no range. */
    for (size_t i = 2; i < length; i++)
        if (at[i] < 0x80 || at[i] > 0xbf) return 0;
    return length;
}

/* ---- what cannot be seen --------------------------------------------------------------------- */

/* The character of the well-formed sequence of `length` bytes. */
static uint32_t text_code(const unsigned char *at, size_t length)
{
    static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    assert(length >= 1 && length < sizeof masks);
    /* The first byte's free bits, then six of each that follows. */
    uint32_t code = at[0] & masks[length];
    for (size_t i = 1; i < length; i++) code = code << 6 | (at[i] & 0x3f);
    return code;
}

typedef struct {
    uint32_t first, last;
} text_range_t;

static bool text_is_within(uint32_t code, const text_range_t *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (code >= ranges[i].first && code <= ranges[i].last) return true;
    return false;
}

/* Unicode 15: class Cc; of Cf, and of the letters without a shape, what reorders text or leaves no
   trace in it. */
static bool text_is_control(uint32_t code)
{
    static const text_range_t ranges[] = {
        {0x0000, 0x001f},   {0x007f, 0x009f}, {0x00ad, 0x00ad}, {0x034f, 0x034f},
        {0x061c, 0x061c},   {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},
        {0x200b, 0x200f},   {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
        {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1d173, 0x1d17a},
        {0xe0000, 0xe0fff},
    };
    return text_is_within(code, ranges, sizeof ranges / sizeof *ranges);
}

/* Blanks that are none to a parser. */
static bool text_is_blank(uint32_t code)
{
    static const text_range_t ranges[] = {{0x00a0, 0x00a0}, {0x1680, 0x1680}, {0x2000, 0x200a},
                                          {0x202f, 0x202f}, {0x205f, 0x205f}, {0x2800, 0x2800},
                                          {0x3000, 0x3000}};
    return text_is_within(code, ranges, sizeof ranges / sizeof *ranges);
}

size_t text_character(const char *at, bool *hidden)
{
    const unsigned char *bytes = (const unsigned char *)at;
    const size_t length = text_utf8_length(bytes);
    *hidden = true;
    if (length == 0) return 1;
    const uint32_t code = text_code(bytes, length);
    *hidden = text_is_control(code) || text_is_blank(code);
    return length;
}

void text_show(const char *from, char *to, size_t room)
{
    size_t used = 0;
    while (*from) {
        bool hidden;
        const size_t length = text_character(from, &hidden);
        /* Four characters for each hidden byte, and one for the end of the text. */
        if (used + (hidden ? 4 : 1) * length + 1 > room) break;
        for (size_t i = 0; i < length; i++, from++)
            if (hidden)
                used += (size_t)snprintf(to + used, 5, "\\x%02X", (unsigned char)*from);
            else
                to[used++] = *from;
    }
    to[used] = 0;
}

text_shown_t text_shown(const char *text)
{
    text_shown_t shown = {.text = ""};
    text_show(text, shown.text, sizeof shown.text);
    return shown;
}

static bool text_consists_of_utf8(const char *text, bool plain)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        const size_t length = text_utf8_length(at);
        if (length == 0 || (plain && text_is_control(text_code(at, length)))) return false;
        at += length;
    }
    return true;
}

bool text_is_utf8(const char *text)
{
    return text_consists_of_utf8(text, false);
}

bool text_is_plain(const char *text)
{
    return text_consists_of_utf8(text, true);
}

bool text_is_name(const char *text)
{
    return text_is_plain(text) && !(*text && strchr("=+-@ \t", *text));
}

/* ---- numbers --------------------------------------------------------------------------------- */

bool text_to_integer(const char *text, int64_t least, int64_t most, int64_t *value)
{
    if (!text_starts_as_number(text, "-")) return false;
    char *end;
    errno = 0;
    const long long number = strtoll(text, &end, 10);
    if (errno || end == text || *end || number < least || number > most) return false;
    *value = number;
    return true;
}

bool text_to_real(const char *text, double *value)
{
    /* strtod also takes blanks, hexadecimal, "inf" and "nan", and the user's decimal comma. */
    if (!text_starts_as_number(text, "-.") || text[strspn(text, "0123456789+-.eE")]) return false;
    /* A locale of our own, as the program may run in one with a decimal comma. */
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!plain) return false;
    char *end;
    const double number = strtod_l(text, &end, plain);
    freelocale(plain);
    if (end == text || *end || !isfinite(number)) return false;
    *value = number;
    return true;
}

void text_append(char *text, size_t room, const char *format, ...)
{
    const size_t used = strlen(text);
    va_list arguments;
    assert(used < room);
    va_start(arguments, format);
    (void)vsnprintf(text + used, room - used, format, arguments);
    va_end(arguments);
}
