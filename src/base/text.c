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
