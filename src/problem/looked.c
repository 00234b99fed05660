#include "problem/looked.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* Keys that there is a place for: 17 bytes each of latency and area, 285 MB of address space, of
   which the system gives only pages in use. */
static const uint64_t looked_most = (uint64_t)1 << 24;

static void looked_need_column(looked_t *looked, size_t column)
{
    for (size_t i = 0; i < looked->columns_n; i++)
        if (looked->columns[i] == column) return;
    assert(looked->columns_n < MODEL_METRICS);
    looked->columns[looked->columns_n++] = column;
}

static void looked_need_term(looked_t *looked, const term_t *term)
{
    for (size_t i = 0; i < term->factors_n; i++) looked_need_column(looked, term->column[i]);
}

confx_status_t looked_open(const terms_t *terms, uint64_t keys, looked_t *looked)
{
    *looked = (looked_t){.columns_n = 0};
    for (size_t i = 0; i < terms->objectives_n; i++)
        looked_need_term(looked, &terms->objectives[i]);
    for (size_t i = 0; i < terms->constraints_n; i++)
        looked_need_term(looked, &terms->constraints[i]);
    /* Without memory every look evaluates anew, which is slower and gives the same. */
    if (keys > looked_most) return status_ok();
    looked->status = calloc((size_t)keys, sizeof *looked->status);
    looked->values = calloc((size_t)keys * looked->columns_n, sizeof *looked->values);
    if (looked->status && looked->values) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory to look at %llu points",
                       (unsigned long long)keys);
}

void looked_close(looked_t *looked)
{
    free(looked->status);
    free(looked->values);
    *looked = (looked_t){.columns_n = 0};
}

void looked_enter(looked_t *looked, uint64_t key, evaluation_status_t status, const double *metrics)
{
    assert(status != EVALUATION_PENDING);
    if (!looked->status) return;
    double *values = looked->values + key * looked->columns_n;
    for (size_t i = 0; i < looked->columns_n; i++) values[i] = metrics[looked->columns[i]];
    looked->status[key] = (uint8_t)status;
}

evaluation_status_t looked_find(const looked_t *looked, uint64_t key, size_t metrics_n,
                                double *metrics)
{
    if (!looked->status || looked->status[key] == EVALUATION_PENDING) return EVALUATION_PENDING;
    const double *values = looked->values + key * looked->columns_n;
    /* What no term is made of must not pass for a figure. */
    for (size_t i = 0; i < metrics_n; i++) metrics[i] = NAN;
    for (size_t i = 0; i < looked->columns_n; i++) metrics[looked->columns[i]] = values[i];
    return (evaluation_status_t)looked->status[key];
}
