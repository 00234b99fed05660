/* Time: seconds for measuring, ISO 8601 for people. */
#ifndef CONFX_CLOCK_H
#define CONFX_CLOCK_H

enum { CLOCK_ISO_MAX = 32 };

double clock_seconds(void); /* monotonic, from an arbitrary start */
double clock_thread_seconds(
    void); /* that a processor has spent on this thread: other work does not count */
void clock_iso(char out[CLOCK_ISO_MAX]); /* now, UTC, "2026-01-31T12:00:00Z" */

#endif
