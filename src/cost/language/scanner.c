#include "cost/language/scanner.h"
#include "confx/try.h"

#include "confx/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { FOUND_MAX = 40 }; /* of a token, in a message */

static bool scanner_is_separator(char c)
{
    return c && strchr(" ,->():;\t\n\r", c);
}

static bool scanner_is_comment(const char *at)
{
    return at[0] == '/' && at[1] == '/';
}

/* Line ends are LF, CRLF, or CR alone. */
static bool scanner_ends_line(const char *at)
{
    return at[0] == '\n' || (at[0] == '\r' && at[1] != '\n');
}

void scanner_begin(scanner_t *scanner, const char *text, const char *file)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    assert(text && file);
    if (strncmp(text, byte_order_mark, strlen(byte_order_mark)) == 0)
        text += strlen(byte_order_mark);
    *scanner = (scanner_t){.file = file, .next = text, .next_line = 1};
    scanner_next(scanner);
}

/* To the start of the next word, over separators and comments. */
static void scanner_skip(scanner_t *scanner)
{
    const char *at = scanner->next;
    scanner->minus = false;
    /* A comment ends before its line end, which is then passed over, and counted, as a separator.
       The flag is that of the last separator: "-1" is a minus and a word, "- 1" is not. */
    while (scanner_is_separator(*at) || scanner_is_comment(at)) {
        if (scanner_is_comment(at)) at += strcspn(at, "\r\n");
        scanner->minus = *at == '-';
        scanner->next_line += scanner_ends_line(at);
        at += *at != 0;
    }
    scanner->next = at;
}

void scanner_next(scanner_t *scanner)
{
    scanner_skip(scanner);
    scanner->token = scanner->next;
    scanner->line = scanner->next_line;
    /* Comments are looked for at the start of a word alone: "a//b" is one word. */
    while (*scanner->next && !scanner_is_separator(*scanner->next)) scanner->next++;
    scanner->length = (int)(scanner->next - scanner->token);
}

bool scanner_at_end(const scanner_t *scanner)
{
    return scanner->length == 0;
}

bool scanner_is(const scanner_t *scanner, const char *word)
{
    return strlen(word) == (size_t)scanner->length &&
           memcmp(scanner->token, word, strlen(word)) == 0;
}

confx_status_t scanner_expected(const scanner_t *scanner, const char *key, const char *expected)
{
    if (scanner_at_end(scanner))
        return status_input(scanner->file, scanner->line, key,
                            "expected %s, found the end of the text", expected);
    /* The words of a file may be of any length; a message shows the beginning. */
    const int shown = scanner->length < FOUND_MAX ? scanner->length : FOUND_MAX;
    return status_input(scanner->file, scanner->line, key, "expected %s, found \"%s%.*s%s\"",
                        expected, scanner->minus ? "-" : "", shown, scanner->token,
                        scanner->length > shown ? "..." : "");
}

confx_status_t scanner_take(scanner_t *scanner, const char *key, const char *word)
{
    if (!scanner_is(scanner, word)) {
        char expected[FOUND_MAX];
        (void)snprintf(expected, sizeof expected, "\"%s\"", word);
        return scanner_expected(scanner, key, expected);
    }
    scanner_next(scanner);
    return status_ok();
}

bool scanner_number(const scanner_t *scanner, int64_t most, int64_t *number)
{
    char digits[24];
    assert(most >= 0);
    if (scanner->minus || scanner->length == 0 || (size_t)scanner->length >= sizeof digits)
        return false;
    memcpy(digits, scanner->token, (size_t)scanner->length);
    digits[scanner->length] = 0;
    return text_to_integer(digits, 0, most, number);
}
