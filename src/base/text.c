#include "confx/text.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* strtoll also takes blanks and "+" before the digits. */
static bool starts_as_number(const char *text, const char *first)
{
    return isdigit((unsigned char)*text) || (*text && strchr(first, *text));
}

/* Bytes of the well-formed sequence at `at` (Unicode 15, table 3-7); 0: there is none. */
static size_t utf8_length(const unsigned char *at)
{
    if (at[0] < 0x80) return 1;
    const size_t length = at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : at[0] < 0xf5 ? 4 : 0;
    const unsigned least = at[0] == 0xe0 ? 0xa0 : at[0] == 0xf0 ? 0x90 : 0x80;
    const unsigned most = at[0] == 0xed ? 0x9f : at[0] == 0xf4 ? 0x8f : 0xbf;
    if (length == 0 || at[1] < least || at[1] > most) return 0;
    for (size_t i = 2; i < length; i++)
        if (at[i] < 0x80 || at[i] > 0xbf) return 0;
    return length;
}

bool text_is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        const size_t length = utf8_length(at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

bool text_to_integer(const char *text, int64_t least, int64_t most, int64_t *value)
{
    if (!starts_as_number(text, "-")) return false;
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
    if (!starts_as_number(text, "-.") || text[strspn(text, "0123456789+-.eE")]) return false;
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!plain) return false;
    char *end;
    const double number = strtod_l(text, &end, plain);
    freelocale(plain);
    if (end == text || *end || !isfinite(number)) return false;
    *value = number;
    return true;
}
