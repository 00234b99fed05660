/* The archive: whatever is offered in whatever order, it holds what brute force over all offers
   finds. */
#include "confx/archive.h"
#include "confx/rng.h"
#include "confx/try.h"
#include "suite.h"

#include <math.h>

enum { OFFERS = 60, CELLS = 2 };

static const terms_t single = {.objectives_n = 1, .constraints_n = 1};
static const terms_t front = {.objectives_n = 2, .constraints_n = 1};

typedef struct {
    score_t score;
    uint16_t assignment[CELLS];
} offer_t;

static void draw(int round, size_t objectives, offer_t offers[OFFERS])
{
    rng_t rng = rng_begin(9, RNG_TEST, (uint64_t)round, objectives, 0);
    for (uint16_t i = 0; i < OFFERS; i++) {
        offers[i] = (offer_t){.assignment = {i, 7}};
        for (size_t o = 0; o < objectives; o++)
            offers[i].score.objectives[o] = (double)rng_below(&rng, 20);
        offers[i].score.constraints[0] = (double)rng_below(&rng, 3);
    }
}

static archive_t *filled(const terms_t *terms, const offer_t offers[OFFERS])
{
    archive_t *archive;
    ck_assert_ok(archive_open(terms, CELLS, &archive));
    for (size_t i = 0; i < OFFERS; i++) {
        bool entered;
        const size_t before = archive_size(archive);
        ck_assert_ok(archive_offer(archive, offers[i].assignment, &offers[i].score, &entered));
        ck_assert(entered || archive_size(archive) == before);
    }
    return archive;
}

START_TEST(one_objective_keeps_the_first_of_the_best)
{
    for (int round = 0; round < 30; round++) {
        offer_t offers[OFFERS];
        size_t best = 0;
        draw(round, 1, offers);
        for (size_t i = 1; i < OFFERS; i++)
            if (score_compare(&offers[i].score, &offers[best].score) < 0) best = i;
        archive_t *archive = filled(&single, offers);
        ck_assert_uint_eq(archive_size(archive), 1);
        ck_assert_uint_eq(archive_assignment(archive, 0)[0], best);
        ck_assert_uint_eq(archive_assignment(archive, 0)[1], 7);
        ck_assert_int_eq(score_compare(archive_score(archive, 0), &offers[best].score), 0);
        archive_close(archive);
    }
}
END_TEST

/* Of the front, unless another one has the same objectives and a lower need, or the same and came
   before. */
static bool is_kept(const offer_t offers[OFFERS], size_t i)
{
    for (size_t j = 0; j < OFFERS; j++) {
        const score_t *one = &offers[i].score, *other = &offers[j].score;
        const bool same = one->objectives[0] == other->objectives[0] &&
                          one->objectives[1] == other->objectives[1];
        const int order = score_compare(other, one);
        if (score_dominates(other, one)) return false;
        if (same && (order < 0 || (order == 0 && j < i))) return false;
    }
    return true;
}

START_TEST(several_objectives_keep_their_front)
{
    size_t most = 0;
    for (int round = 0; round < 60; round++) {
        offer_t offers[OFFERS];
        size_t kept = 0;
        draw(round, 2, offers);
        archive_t *archive = filled(&front, offers);
        for (size_t i = 0; i < OFFERS; i++) kept += is_kept(offers, i);
        ck_assert_uint_eq(archive_size(archive), kept);
        for (size_t m = 0; m < kept; m++) {
            const uint16_t i = archive_assignment(archive, m)[0];
            ck_assert(is_kept(offers, i));
            ck_assert_int_eq(score_compare(archive_score(archive, m), &offers[i].score), 0);
            if (m > 0)
                ck_assert_int_lt(
                    score_compare(archive_score(archive, m - 1), archive_score(archive, m)), 0);
        }
        most = kept > most ? kept : most;
        archive_close(archive);
    }
    ck_assert_uint_gt(most, 3);
}
END_TEST

START_TEST(an_empty_archive_has_nothing)
{
    archive_t *archive;
    ck_assert_ok(archive_open(&single, CELLS, &archive));
    ck_assert_uint_eq(archive_size(archive), 0);
    archive_close(archive);
    archive_close(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("archive");
    TCase *tests = tcase_create("archive");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, one_objective_keeps_the_first_of_the_best);
    tcase_add_test(tests, several_objectives_keep_their_front);
    tcase_add_test(tests, an_empty_archive_has_nothing);
    return suite_run(suite);
}
