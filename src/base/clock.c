#include "confx/clock.h"

#include <time.h>

static double clock_read_clock(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double clock_seconds(void)
{
    return clock_read_clock(CLOCK_MONOTONIC);
}

double clock_thread_seconds(void)
{
    return clock_read_clock(CLOCK_THREAD_CPUTIME_ID);
}

void clock_iso(char out[CLOCK_ISO_MAX])
{
    const time_t now = time(NULL);
    struct tm utc;
    (void)gmtime_r(&now, &utc);
    (void)strftime(out, CLOCK_ISO_MAX, "%Y-%m-%dT%H:%M:%SZ", &utc);
}
