#include "plain.h"

#include <jansson.h>
#include <stdbool.h>

/* jansson takes UTF-8 only, and is here anyway. */
static bool is_utf8(const char *text)
{
    json_t *string = json_string(text);
    json_decref(string);
    return string != NULL;
}

void plain_clean(char *text)
{
    const bool utf8 = is_utf8(text);
    for (unsigned char *byte = (unsigned char *)text; *byte; byte++) {
        const bool c1 = utf8 && byte[0] == 0xc2 && byte[1] < 0xa0; /* U+0080 to U+009F steer terminals too */
        if (c1) byte[1] = '?';
        if (c1 || *byte < 0x20 || *byte == 0x7f || (*byte >= 0x80 && !utf8)) *byte = '?';
    }
}

static bool starts_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

size_t plain_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++) width += starts_character(*text);
    return width;
}

void plain_cut(char *text, size_t width)
{
    size_t seen = 0;
    for (; *text; text++)
        if (starts_character(*text) && seen++ == width) break;
    *text = 0;
}
