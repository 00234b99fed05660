/* Texts that came out of a file. */
#ifndef REPORT_PLAIN_H
#define REPORT_PLAIN_H

#include <stddef.h>

/* Made harmless to terminals, scripts and pages: each byte of what is hidden (text_character)
   becomes '?'. In place, as these texts stand in columns. */
void sanitise_clean(char *text);
size_t sanitise_width(const char *text);     /* characters of UTF-8 */
void sanitise_cut(char *text, size_t width); /* to so many characters */

#endif
