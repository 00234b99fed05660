/* Each allocation of a call is made to fail once: the failure is to be told, and nothing to leak.
   For test programs of one source file. Sanitizers bring an allocator of their own; under them
   fail_each makes one attempt, without failures. */
#ifndef TESTS_FAILING_MEMORY_H
#define TESTS_FAILING_MEMORY_H

#include "confx/status.h"

#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

#ifndef SANITIZED

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *old);

static long live;  /* allocations not freed */
static long until; /* allocations left until one fails; 0: none will */
static bool failed;

static bool is_to_fail(void)
{
    if (until == 0 || --until > 0) return false;
    failed = true;
    errno = ENOMEM;
    return true;
}

static void *count(void *fresh)
{
    live += fresh != NULL;
    return fresh;
}

void *malloc(size_t size)
{
    return is_to_fail() ? NULL : count(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
    return is_to_fail() ? NULL : count(__libc_calloc(n, size));
}

void *realloc(void *old, size_t size)
{
    if (is_to_fail()) return NULL;
    void *fresh = __libc_realloc(old, size);
    live += (fresh != NULL) - (old != NULL && (fresh != NULL || size == 0));
    return fresh;
}

void free(void *old)
{
    live -= old != NULL;
    __libc_free(old);
}

/* Fail the first allocation of `attempt`, then the second, ... until it gets by without reaching
   the failing one. */
static void fail_each(confx_status_t (*attempt)(void), long at_least)
{
    long n = 0;
    do {
        const long before = live;
        failed = false;
        until = ++n;
        const confx_status_t status = attempt();
        until = 0;
        ck_assert_msg(live == before, "allocation %ld failed: %ld left behind", n, live - before);
        ck_assert_msg(status.code == (failed ? CONFX_STATUS_MEMORY : CONFX_STATUS_OK),
                      "allocation %ld failed: code %d, %s", n, (int)status.code, status.message);
    } while (failed);
    ck_assert_int_gt(n, at_least);
}

#else

static void fail_each(confx_status_t (*attempt)(void), long at_least)
{
    (void)at_least;
    ck_assert_int_eq(attempt().code, CONFX_STATUS_OK);
}

#endif

#endif
