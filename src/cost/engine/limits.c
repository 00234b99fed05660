/* Limits that a profile sets or one of MAESTRO's hardware files, which warns of a layer that
   exceeds one, and counts on. */
#include "confx/cost.h"
#include "confx/text.h"

#include <assert.h>

typedef struct {
    const char *key, *unit;
    double most, found; /* most 0: no such limit */
} limit_t;

enum { LIMITS = 5 };

static void limits_fill(const confx_cost_t *cost, const confx_hardware_t *hardware,
                        limit_t limits[LIMITS])
{
    const confx_hardware_limits_t *set = &hardware->limits;
    const double l1 = (double)set->l1_bytes, l2 = (double)set->l2_bytes;
    const double l1_found = (double)cost->l1_bytes, l2_found = (double)cost->l2_bytes;
    /* A capacity is one limit, under the name of the key that has set it. The off-chip limit is the
       profile's own bandwidth, which the file has set with the same key. */
    limits[0] = (limit_t){"l1_size_cstr", "bytes", set->l1_own ? 0 : l1, l1_found};
    limits[1] = (limit_t){"l2_size_cstr", "bytes", set->l2_own ? 0 : l2, l2_found};
    limits[3] = (limit_t){"l1_bytes", "bytes", set->l1_own ? l1 : 0, l1_found};
    limits[4] = (limit_t){"l2_bytes", "bytes", set->l2_own ? l2 : 0, l2_found};
    limits[2] =
        (limit_t){"offchip_bw_cstr", "elements/cycle",
                  set->offchip ? hardware->offchip_bandwidth : 0, (double)cost->offchip_bandwidth};
}

static bool limits_limit_is_exceeded(const limit_t *limit)
{
    return limit->most > 0 && limit->found > limit->most;
}

bool confx_hardware_is_limited(const confx_hardware_t *hardware)
{
    return hardware->limits.l1_bytes || hardware->limits.l2_bytes || hardware->limits.offchip;
}

unsigned confx_cost_exceeded(const confx_cost_t *cost, const confx_hardware_t *hardware)
{
    limit_t limits[LIMITS];
    unsigned exceeded = 0;
    limits_fill(cost, hardware, limits);
    for (unsigned i = 0; i < LIMITS; i++)
        exceeded |= (unsigned)limits_limit_is_exceeded(&limits[i]) << i;
    return exceeded;
}

void confx_cost_exceeded_keys(unsigned exceeded, char text[CONFX_COST_LIMITS_TEXT_MAX])
{
    /* Only the keys are wanted, so that the figures may be those of nothing. */
    const confx_cost_t cost = {.fault = CONFX_COST_VALID};
    const confx_hardware_t hardware = {.num_pes = 0};
    assert(exceeded < 1U << LIMITS);
    limit_t limits[LIMITS];
    text[0] = 0;
    limits_fill(&cost, &hardware, limits);
    for (unsigned i = 0; i < LIMITS; i++)
        if (exceeded >> i & 1)
            text_append(text, CONFX_COST_LIMITS_TEXT_MAX, "%s%s", *text ? " " : "", limits[i].key);
}

bool confx_cost_exceeded_text(const confx_cost_t *cost, const confx_hardware_t *hardware,
                              char text[CONFX_COST_LIMITS_TEXT_MAX])
{
    limit_t limits[LIMITS];
    text[0] = 0;
    limits_fill(cost, hardware, limits);
    for (int i = 0; i < LIMITS; i++)
        if (limits_limit_is_exceeded(&limits[i]))
            text_append(text, CONFX_COST_LIMITS_TEXT_MAX, "%s%s of %.10g %s by %.10g",
                        *text ? ", " : "exceeds ", limits[i].key, limits[i].most, limits[i].unit,
                        limits[i].found - limits[i].most);
    return text[0] != 0;
}
