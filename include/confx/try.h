/* Making failures and passing them on, inside this project: what status.h keeps from callers of the
   library. */
#ifndef CONFX_TRY_H
#define CONFX_TRY_H

#include "confx/status.h"

confx_status_t status_ok(void);

/* A failure with a message in printf's manner, in one line. What of it could not be seen (controls,
   line ends, what reorders text or has no width, bytes that are not UTF-8) stands as \xNN
   (text_show). */
__attribute__((format(printf, 2, 3))) confx_status_t status_fail(confx_status_code_t code,
                                                                 const char *format, ...);

/* CONFX_STATUS_INPUT in the house's form "FILE:LINE: KEY: message"; a line of 0 or a NULL file or
   key is left out. */
__attribute__((format(printf, 4, 5))) confx_status_t
status_input(const char *file, int line, const char *key, const char *format, ...);

/* The status with one more frame on its trace; TRY uses it. */
confx_status_t status_frame(confx_status_t status, const char *function, int line);

/* Return from this function when the call failed. For functions that own nothing yet. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        const confx_status_t try_status = (call);                                                  \
        if (try_status.code != CONFX_STATUS_OK)                                                    \
            return status_frame(try_status, __func__, __LINE__);                                   \
    } while (0)

/* Go to `out` when the call failed, the failure in the local `status`. For functions that own
   something. */
#define TRY_OUT(call)                                                                              \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status.code != CONFX_STATUS_OK) {                                                      \
            status = status_frame(status, __func__, __LINE__);                                     \
            goto out;                                                                              \
        }                                                                                          \
    } while (0)

#endif
