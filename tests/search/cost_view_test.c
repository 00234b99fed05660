/* The part of a space that a table is over: all integers where that is few, or else so many that
   the table has about a quarter of a million cells, none far from the next. */
#include "problems.h"
#include "search/common/cost_view.h"

enum { CELLS_WISHED = 1 << 18, KINDS_MOST = 160 };

static setting_t setting;
static toy_t toy = {1, 0, 100};

/* So many kinds of layers; actions; what the table has of each axis, and the largest step of the
   larger values on each. */
static const struct {
    size_t kinds;
    const char *actions;
    space_part_t part;
    size_t n[2];
    double step[2];
} cases[] = {
    {4, "{pe: [1, 128], buffer: [1, 12]}", SPACE_INTEGERS, {128, 12}, {0, 0}},
    {4, "{pe: [1, 1024], buffer: [1, 12]}", SPACE_INTEGERS, {1024, 12}, {0, 0}},
    {4, "{pe: [1, 1025], buffer: [1, 12]}", SPACE_INTEGERS, {0, 12}, {1. / 50, 0}},
    {4, "{pe: [1, 65535], buffer: [1, 12]}", SPACE_INTEGERS, {0, 12}, {1. / 50, 0}},
    {160, "{pe: [1, 128], buffer: [1, 12]}", SPACE_INTEGERS, {128, 12}, {0, 0}},
    {160, "{pe: [1, 102], buffer: [1, 16]}", SPACE_INTEGERS, {102, 16}, {0, 0}},
    {160, "{pe: [1, 103], buffer: [1, 16]}", SPACE_INTEGERS, {103, 0}, {0, 1. / 4}},
    {160, "{pe: [1, 128], buffer: [1, 64]}", SPACE_INTEGERS, {128, 0}, {0, 1. / 2}},
    {160, "{pe: [1, 1024], buffer: [1, 64]}", SPACE_INTEGERS, {0, 0}, {1. / 16, 1. / 2}},
    {160, "{pe: [2, 30, 20000], buffer: [1, 1024]}", SPACE_INTEGERS, {0, 0}, {1. / 8, 1. / 2}},
    {60, "{pe: [1, 65535], buffer: [1, 1024]}", SPACE_LEVELS, {2, 2}, {0, 0}},
};

static void open_case(int i)
{
    static char layers[16 * KINDS_MOST + 32];
    size_t at = (size_t)sprintf(layers, "K,C,Y,X,R,S,T\n");
    for (size_t kind = 0; kind < cases[i].kinds; kind++)
        at += (size_t)sprintf(layers + at, "%zu,8,9,9,3,3,1\n", kind + 1);
    setting_read(&setting, "{actions: %s, budget: {limit: 1e9}, search: {seed: 5}}",
                 cases[i].actions);
    setting_take_layers(&setting, layers);
    setting_open_with(&setting, (evaluator_t){&toy, toy_evaluate, false, 0});
    ck_assert_uint_eq(problem_distinct(setting.problem), cases[i].kinds);
}

/* From the first to the last value, each a step at most above the one before; `place` is that of
   the nearest one that is not above. */
static void check_axis(const table_axes_t *axes, size_t axis, double step)
{
    const uint16_t *indices = axes->indices[axis];
    const size_t n = axes->n[axis];
    const size_t range = space_range(axes->space, axis);
    bool right = indices[0] == 0 && indices[n - 1] == range - 1;
    for (size_t i = 1; i < n; i++) {
        const double most = fmax(1, indices[i - 1] * step + step);
        right &= indices[i] > indices[i - 1] && indices[i] - indices[i - 1] <= most;
    }
    ck_assert(right);
    for (size_t index = 0; index < range; index++) {
        const size_t place = axes->place[axis][index];
        right &=
            place < n && indices[place] <= index && (place + 1 == n || indices[place + 1] > index);
    }
    ck_assert(right);
}

START_TEST(a_table_is_over_what_it_has_room_for)
{
    table_axes_t axes;
    arena_t arena = {0};
    open_case(_i);
    ck_assert_ok(table_axes_open(setting.problem, cases[_i].part, &arena, &axes));
    for (size_t axis = 0; axis < 2; axis++) {
        if (cases[_i].n[axis]) ck_assert_uint_eq(axes.n[axis], cases[_i].n[axis]);
        if (cases[_i].part == SPACE_INTEGERS) check_axis(&axes, axis, cases[_i].step[axis]);
    }
    ck_assert_uint_eq(axes.cells, axes.n[0] * axes.n[1]);
    ck_assert_uint_le(axes.cells * cases[_i].kinds, CELLS_WISHED);
    arena_close(&arena);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cost_view");
    TCase *tests = tcase_create("cost_view");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, a_table_is_over_what_it_has_room_for, 0,
                        sizeof cases / sizeof *cases);
    return suite_run(suite);
}
