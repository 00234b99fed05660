/* How a call says whether it worked. Every fallible function returns a status_t by value: no globals, nothing to free.
 */
#ifndef CONFX_STATUS_H
#define CONFX_STATUS_H

/* X(code, exit code of the program, text) */
#define STATUS_LIST(X)                                                                                                 \
    X(STATUS_OK, 0, "done")                                                                                            \
    X(STATUS_INPUT, 2, "bad input")                                                                                    \
    X(STATUS_IO, 3, "input or output failed")                                                                          \
    X(STATUS_DAMAGED, 4, "damaged file")                                                                               \
    X(STATUS_MEMORY, 5, "out of memory")                                                                               \
    X(STATUS_INFEASIBLE, 6, "no feasible assignment")                                                                  \
    X(STATUS_STOPPED, 75, "stopped early with a complete checkpoint")

#define STATUS_ENUM(code, exit_code, text) code,
typedef enum { STATUS_LIST(STATUS_ENUM) STATUS_COUNT } status_code_t;
#undef STATUS_ENUM

enum { STATUS_MESSAGE_MAX = 512, STATUS_TRACE_MAX = 256 };

typedef struct {
    status_code_t code;
    char message[STATUS_MESSAGE_MAX]; /* what a user reads; empty when the code is STATUS_OK */
    char trace[STATUS_TRACE_MAX];     /* "function:line < caller:line", shown when CONFX_TRACE is set */
} status_t;

status_t status_ok(void);

/* A failure with a message in printf's manner. What of it could not be seen (controls, a byte order mark, blanks
   without width) stands as \xNN. */
__attribute__((format(printf, 2, 3))) status_t status_fail(status_code_t code, const char *format, ...);

/* STATUS_INPUT in the house's form "FILE:LINE: KEY: message"; a line of 0 or a NULL file or key is left out. */
__attribute__((format(printf, 4, 5))) status_t status_input(const char *file, int line, const char *key,
                                                            const char *format, ...);

/* The status with one more frame on its trace; TRY uses it. */
status_t status_frame(status_t status, const char *function, int line);

int status_exit_code(status_code_t code);
const char *status_text(status_code_t code);

/* Return from this function when the call failed. For functions that own nothing yet. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        const status_t try_status = (call);                                                                            \
        if (try_status.code != STATUS_OK) return status_frame(try_status, __func__, __LINE__);                         \
    } while (0)

/* Go to `out` when the call failed, the failure in the local `status`. For functions that own something. */
#define TRY_OUT(call)                                                                                                  \
    do {                                                                                                               \
        status = (call);                                                                                               \
        if (status.code != STATUS_OK) {                                                                                \
            status = status_frame(status, __func__, __LINE__);                                                         \
            goto out;                                                                                                  \
        }                                                                                                              \
    } while (0)

#endif
