#include "report/sanitise.h"

#include "confx/text.h"

#include <stdbool.h>
#include <string.h>

void sanitise_clean(char *text)
{
    while (*text) {
        bool hidden;
        const size_t length = text_character(text, &hidden);
        if (hidden) memset(text, '?', length);
        text += length;
    }
}

static bool sanitise_starts_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

size_t sanitise_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++) width += sanitise_starts_character(*text);
    return width;
}

void sanitise_cut(char *text, size_t width)
{
    size_t seen = 0;
    for (; *text; text++)
        if (sanitise_starts_character(*text) && seen++ == width) break;
    *text = 0;
}
