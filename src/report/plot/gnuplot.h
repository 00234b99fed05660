/* Drawing by gnuplot, run as a child process. */
#ifndef REPORT_GNUPLOT_H
#define REPORT_GNUPLOT_H

#include "confx/status.h"

#include <stddef.h>
#include <stdio.h>

/* 'text' as gnuplot quotes it, taken literally. */
void gnuplot_quote(const char *text, FILE *script);

/* The picture a script (scratch.h) draws to its standard output, NUL-terminated; the caller frees.
   Without gnuplot, or when it fails, CONFX_STATUS_IO with its first words. */
confx_status_t gnuplot_draw(FILE *script, char **picture, size_t *length);

#endif
