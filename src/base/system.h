/* What the system says of a call that failed. */
#ifndef BASE_SYSTEM_H
#define BASE_SYSTEM_H

#include "confx/status.h"

/* "PATH: WHAT: the system's reason" for the call that has just failed: errno must still be its.
   Without memory it is CONFX_STATUS_MEMORY, whatever the code. */
confx_status_t system_fail(confx_status_code_t code, const char *path, const char *what);

#endif
