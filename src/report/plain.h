/* Texts that came out of a file. */
#ifndef REPORT_PLAIN_H
#define REPORT_PLAIN_H

#include <stddef.h>

/* Made harmless to terminals and pages: control characters become '?', and so does all that is
   not ASCII unless the text is UTF-8. */
void plain_clean(char *text);
size_t plain_width(const char *text);     /* characters of UTF-8 */
void plain_cut(char *text, size_t width); /* to so many characters */

#endif
