/* Options that may be chosen, against every pair of them. */
#include "certificate/undominated.h"
#include "suite.h"

#include <math.h>
#include <stdlib.h>

enum { MOST = 200, ROUNDS = 300 };

static unsigned state;

static unsigned draw(unsigned below)
{
    state = state * 1103515245U + 12345U;
    return (state >> 16) % below;
}

/* Few values, so that many options are equal in some number; now and then one that is none. */
static size_t fill(offered_t *offered, int round)
{
    const unsigned values = 2 + draw(30);
    const size_t n = draw(MOST + 1);
    for (size_t i = 0; i < n; i++) {
        offered[i] = (offered_t){{(double)draw(values) - 3, draw(values), (uint32_t)(n - i)},
                                 round % 2 ? 1 : draw(values)};
        if (draw(40) == 0) offered[i].option.cost = NAN;
        if (draw(40) == 0) offered[i].option.need = INFINITY;
    }
    return n;
}

static bool is_choice(const offered_t *one)
{
    return isfinite(one->option.cost) && isfinite(one->option.need) && isfinite(one->second);
}

/* Where costs add up the second factor is the same of all. */
static bool dominates(const offered_t *one, const offered_t *other, bool adds_up)
{
    const bool equal =
        one->option.need == other->option.need && one->option.cost == other->option.cost;
    const bool below = adds_up
                           ? one->option.cost <= other->option.cost
                           : one->option.cost < other->option.cost && one->second < other->second;
    return is_choice(one) && one->option.need <= other->option.need && below &&
           (!equal || one->option.point < other->option.point);
}

/* The points that no other one dominates, flagged by point. */
static size_t flag_all(const offered_t *offered, size_t n, bool adds_up, bool flags[MOST + 1])
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        bool stays = is_choice(&offered[i]);
        for (size_t k = 0; k < n; k++)
            stays = stays && !dominates(&offered[k], &offered[i], adds_up);
        flags[offered[i].option.point] = stays;
        count += stays;
    }
    return count;
}

START_TEST(what_no_other_dominates_is_kept)
{
    static offered_t offered[MOST], scratch[MOST];
    state = 7;
    for (int round = 0; round < ROUNDS; round++) {
        bool flags[MOST + 1] = {false};
        const size_t n = fill(offered, round);
        const size_t due = flag_all(offered, n, round % 2, flags);
        const size_t kept = undominated_keep(offered, n, round % 2, scratch);
        bool right = kept == due;
        for (size_t i = 0; i < kept; i++) {
            right = right && flags[offered[i].option.point];
            right = right && (!i || offered[i - 1].option.point < offered[i].option.point);
        }
        ck_assert_msg(right, "round %d: %zu of %zu options kept, %zu expected", round, kept, n,
                      due);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("undominated");
    TCase *tests = tcase_create("undominated");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, what_no_other_dominates_is_kept);
    return suite_run(suite);
}
