/* How a call says whether it worked. Every function that can fail returns a confx_status_t by
   value: there are no globals and there is nothing to free. */
#ifndef CONFX_STATUS_H
#define CONFX_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* X(code, exit code of the program, text) */
#define CONFX_STATUS_LIST(X)                                                                       \
    X(CONFX_STATUS_OK, 0, "done")                                                                  \
    X(CONFX_STATUS_INPUT, 2, "bad input")                                                          \
    X(CONFX_STATUS_IO, 3, "input or output failed")                                                \
    X(CONFX_STATUS_DAMAGED, 4, "damaged file")                                                     \
    X(CONFX_STATUS_MEMORY, 5, "out of memory")                                                     \
    X(CONFX_STATUS_INFEASIBLE, 6, "no feasible assignment")                                        \
    X(CONFX_STATUS_STOPPED, 75, "stopped early with a complete checkpoint")

#define CONFX_STATUS_ENUM(code, exit_code, text) code,
typedef enum { CONFX_STATUS_LIST(CONFX_STATUS_ENUM) CONFX_STATUS_COUNT } confx_status_code_t;
#undef CONFX_STATUS_ENUM

enum { CONFX_STATUS_MESSAGE_MAX = 512, CONFX_STATUS_TRACE_MAX = 256 };

typedef struct {
    confx_status_code_t code;
    char message[CONFX_STATUS_MESSAGE_MAX]; /* what a user reads; empty when the code is
                                               CONFX_STATUS_OK */
    char trace[CONFX_STATUS_TRACE_MAX]; /* "function:line < caller:line", shown when CONFX_TRACE is
                                           set */
} confx_status_t;

/* The exit code of a program that ends with this status, and the code in words. */
int confx_status_exit_code(confx_status_code_t code);
const char *confx_status_text(confx_status_code_t code);

#ifdef __cplusplus
}
#endif

#endif
