#include "report/compare/curve.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void curve_close(curve_t *curve)
{
    free(curve->at);
    free(curve->best);
    memset(curve, 0, sizeof *curve);
}

static confx_status_t curve_grow(double **values, size_t room)
{
    double *grown = realloc(*values, room * sizeof *grown);
    if (!grown) return status_fail(CONFX_STATUS_MEMORY, "no memory for a curve of %zu steps", room);
    *values = grown;
    return status_ok();
}

confx_status_t curve_add(curve_t *curve, double objective)
{
    curve->samples++;
    if (!isfinite(objective) || (curve->n && objective >= curve->best[curve->n - 1]))
        return status_ok();
    /* If the second array cannot grow, the first one is merely larger than `room` says, and the
       curve is still sound. */
    if (curve->n == curve->room) {
        const size_t room = 2 * curve->room + 64;
        TRY(curve_grow(&curve->at, room));
        TRY(curve_grow(&curve->best, room));
        curve->room = room;
    }
    assert(curve->n < curve->room && (curve->n == 0 || curve->at[curve->n - 1] < curve->samples));
    curve->at[curve->n] = curve->samples;
    curve->best[curve->n++] = objective;
    return status_ok();
}

/* How many steps were made by then. */
static size_t curve_steps_until(const curve_t *curve, double samples)
{
    size_t low = 0;
    size_t high = curve->n;
    /* All steps before `low` were made by then, and none from `high` on. */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (curve->at[middle] <= samples)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double curve_value(const curve_t *curve, double samples)
{
    const size_t steps = samples > curve->samples ? 0 : curve_steps_until(curve, samples);
    return steps ? curve->best[steps - 1] : NAN;
}

double curve_reach(const curve_t *curve, double objective)
{
    for (size_t i = 0; i < curve->n; i++)
        if (curve->best[i] <= objective) return curve->at[i];
    return NAN;
}
