/* The lesser and the greater of two whole numbers. */
#ifndef COST_WHOLE_H
#define COST_WHOLE_H

#include <stdint.h>

static inline int64_t whole_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t whole_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

#endif
