/* Drawing by gnuplot, run as a child process: script in, SVG out, both in memory. */
#ifndef REPORT_GNUPLOT_H
#define REPORT_GNUPLOT_H

#include "confx/status.h"

#include <stdio.h>

/* A script on its way: print into `out`, then have it drawn. */
typedef struct {
    FILE *out;
    char *text;
    size_t length;
} script_t;

status_t script_open(script_t *script);
void script_close(script_t *script);

/* The picture of a whole script, NUL-terminated; the caller frees. Without gnuplot, or when it fails, STATUS_IO with
   its first words. */
status_t script_draw(script_t *script, char **svg);

/* 'text' as gnuplot quotes it, taken literally. */
void script_quote(script_t *script, const char *text);

#endif
