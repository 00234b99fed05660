/* Which of two assignments is better: the objective decides, and of equals the need. */
#include "confx/problem.h"
#include "suite.h"

#include <math.h>

/* Best first; those of one row are equals. */
static const struct {
    double objective, need;
    int row;
} scores[] = {{-INFINITY, 5, 0},   {-2, 9, 1},       {0.0, 3, 2}, {-0.0, 3, 2},
              {1, 0, 3},           {1, 7, 4},        {1, 7, 4},   {1, 7.5, 5},
              {1 + 0x1p-52, 1, 6}, {INFINITY, 1, 7}, {NAN, 1, 8}, {NAN, 9, 8}};

enum { SCORES = sizeof scores / sizeof *scores };

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

START_TEST(the_objective_decides_and_then_the_need)
{
    for (size_t i = 0; i < SCORES; i++)
        for (size_t j = 0; j < SCORES; j++) {
            const score_t one = {{scores[i].objective}, {scores[i].need}};
            const score_t other = {{scores[j].objective}, {scores[j].need}};
            ck_assert_int_eq(sign(score_compare(&one, &other)),
                             sign(scores[i].row - scores[j].row));
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("order");
    TCase *tests = tcase_create("order");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, the_objective_decides_and_then_the_need);
    return suite_run(suite);
}
