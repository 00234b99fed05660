/* The tokens of MAESTRO's language (src/cost/README.md, section 1): words between blanks and any of
   , - > ( ) : ; where braces stand alone and // at the start of a word ends the line. Lines end
   with LF, CRLF or CR; a byte order mark before the first word is skipped. */
#ifndef COST_SCANNER_H
#define COST_SCANNER_H

#include "confx/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const char *file; /* names the text in messages */
    const char *next; /* where the next token is looked for */
    int next_line;
    const char *token; /* the current token: not NUL-terminated, alive as long as the text */
    int length;        /* 0 at the end of the text */
    int line;
    bool minus; /* it stands behind a minus sign, which separates tokens like a blank */
} scanner_t;

/* At the first token of the text. */
void scanner_begin(scanner_t *scanner, const char *text, const char *file);
void scanner_next(scanner_t *scanner);

bool scanner_at_end(const scanner_t *scanner);
bool scanner_is(const scanner_t *scanner, const char *word);

/* Pass over `word`; anything else is CONFX_STATUS_INPUT. */
confx_status_t scanner_take(scanner_t *scanner, const char *key, const char *word);

/* CONFX_STATUS_INPUT "FILE:LINE: KEY: expected EXPECTED, found ..." at the current token. */
confx_status_t scanner_expected(const scanner_t *scanner, const char *key, const char *expected);

/* The current token as a whole number from 0; false when it is none or is above `most`. */
bool scanner_number(const scanner_t *scanner, int64_t most, int64_t *number);

#endif
