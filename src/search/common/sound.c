#include "search/common/sound.h"

#include <math.h>

const double sound_count_most = 9007199254740992.0; /* 2^53 */

bool sound_reals(const real_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i])) return false;
    return true;
}

bool sound_squares(const real_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]) || values[i] < 0) return false;
    return true;
}

bool sound_doubles(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i])) return false;
    return true;
}

bool sound_count(double value, double most)
{
    return value >= 0 && value <= most && floor(value) == value; /* of a NaN nothing is true */
}
