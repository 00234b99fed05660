/* Axes, points and assignments, against their definitions one by one. */
#include "confx/space.h"
#include "models.h"

enum { POINTS = 45, CHOICES = 18 };

static space_t *space;

static void open_space(void)
{
    space = trial_space(0);
}

static void close_space(void)
{
    space_close(space);
}

START_TEST(points_run_through_the_ranges_last_axis_fastest)
{
    uint64_t next = 0;
    ck_assert_uint_eq(space_axes(space), 3);
    ck_assert_uint_eq(space_points(space), POINTS);
    for (uint16_t width = 0; width < 5; width++)
        for (uint16_t flow = 0; flow < 3; flow++)
            for (uint16_t depth = 0; depth < 3; depth++, next++) {
                const uint16_t action[] = {width, flow, depth};
                uint16_t back[SPACE_AXES];
                ck_assert_uint_eq(space_point(space, action), next);
                space_action(space, next, back);
                ck_assert_int_eq(memcmp(back, action, sizeof action), 0);
            }
    ck_assert_uint_eq(next, POINTS);
}
END_TEST

START_TEST(choices_are_the_points_of_levels_in_their_order)
{
    static const uint16_t widths[] = {0, 2, 4}, depths[] = {0, 2};
    ck_assert_uint_eq(space_choices(space), CHOICES);
    for (uint64_t choice = 0; choice < CHOICES; choice++) {
        const uint16_t action[] = {widths[choice / 6], (uint16_t)(choice / 2 % 3),
                                   depths[choice % 2]};
        ck_assert_uint_eq(space_choice_point(space, choice), space_point(space, action));
    }
}
END_TEST

START_TEST(values_are_found_again)
{
    uint16_t index;
    for (size_t axis = 0; axis < 3; axis++) {
        for (uint16_t i = 0; i < space_range(space, axis); i++) {
            ck_assert(space_find(space, axis, space_value(space, axis, i), &index));
            ck_assert_uint_eq(index, i);
        }
        for (size_t level = 0; level < space_levels(space, axis); level++) {
            const uint16_t at = space_level_index(space, axis, level);
            ck_assert_uint_eq(space_level(space, axis, at), level);
            if (space_axis(space, axis)->levels)
                ck_assert_uint_eq(space_value(space, axis, at),
                                  space_axis(space, axis)->levels[level]);
        }
    }
    ck_assert(!space_find(space, 0, 0, &index));
    ck_assert(!space_find(space, 0, 6, &index));
    ck_assert(!space_find(space, 1, 3, &index));
    ck_assert_uint_eq(space_level(space, 0, 3), 1); /* 4 lies between 3 and 5 */
    ck_assert_str_eq(space_word(space, 1, 2), "shi");
    ck_assert_ptr_null(space_word(space, 0, 2));
}
END_TEST

START_TEST(a_range_may_be_the_levels_alone)
{
    static const uint32_t levels[] = {2, 7, 30};
    const space_axis_t axis = {.name = "tile", .levels = levels, .levels_n = 3};
    uint16_t index = 9;
    space_t *coarse;
    ck_assert_ok(space_open(&axis, 1, (space_use_t){NULL, NULL}, &coarse));
    ck_assert_uint_eq(space_points(coarse), 3);
    ck_assert_uint_eq(space_value(coarse, 0, 1), 7);
    ck_assert(space_find(coarse, 0, 30, &index) && index == 2);
    ck_assert(!space_find(coarse, 0, 1, &index) && !space_find(coarse, 0, 8, &index));
    ck_assert(!space_find(coarse, 0, 31, &index));
    space_close(coarse);
}
END_TEST

START_TEST(an_axis_that_a_layer_does_not_use_has_its_default)
{
    for (uint64_t point = 0; point < POINTS; point++) {
        const uint64_t unused = point / 3 * 3 + 2; /* depth is 3, its second level */
        ck_assert_uint_eq(space_canonical(space, 0, point), unused);
        ck_assert_uint_eq(space_canonical(space, 0, unused), unused);
        ck_assert_uint_eq(space_canonical(space, 1, point), point);
    }
}
END_TEST

START_TEST(assignments_are_copied_compared_and_checked)
{
    rng_t rng = rng_begin(1, RNG_TEST, 0, 0, 0);
    for (int round = 0; round < 50; round++) {
        uint16_t one[2 * 3], back[2 * 3];
        for (size_t i = 0; i < 6; i++)
            one[i] = (uint16_t)rng_below(&rng, space_range(space, i % 3));
        ck_assert(space_is_sound(space, 2, one));
        space_copy(space, 2, back, one);
        ck_assert(space_equal(space, 2, one, back));
        back[round % 6] ^= 1;
        ck_assert(!space_equal(space, 2, one, back));
        space_copy(space, 2, back, one);
        ck_assert(space_equal(space, 2, one, back));
        one[round % 6] = 5;
        ck_assert(!space_is_sound(space, 2, one));
    }
}
END_TEST

START_TEST(an_axis_of_the_network_has_one_value)
{
    static const uint32_t levels[] = {1, 4};
    const space_axis_t axes[] = {
        {.name = "pe", .levels = levels, .levels_n = 2, .scope = AXIS_NETWORK, .refined = true},
        {.name = "tile", .levels = levels, .levels_n = 2, .refined = true}};
    space_t *shared;
    ck_assert_ok(space_open(axes, 2, (space_use_t){NULL, NULL}, &shared));
    ck_assert(space_is_sound(shared, 2, (const uint16_t[]){3, 0, 3, 1}));
    ck_assert(!space_is_sound(shared, 2, (const uint16_t[]){3, 0, 2, 1}));
    ck_assert_double_eq_tol(space_size(shared, SPACE_LEVELS, 5), 6 * log10(2), 1e-12);
    ck_assert_double_eq_tol(space_size(shared, SPACE_INTEGERS, 5), 6 * log10(4), 1e-12);
    ck_assert_uint_eq(space_shared(shared), 1);
    ck_assert_uint_eq(space_own_points(shared), 4);
    ck_assert_uint_eq(space_own_choices(shared), 2);
    /* 3 of the shared axis, and the second level of the other. */
    ck_assert_uint_eq(space_own_point(shared, (const uint16_t[]){2, 0}, 1), 2 * 4 + 3);
    space_close(shared);
}
END_TEST

/* Whatever a layer has no use for, what it shares is the same in all. */
START_TEST(an_axis_of_the_network_is_used_by_all)
{
    space_t *shared = trial_space(3);
    for (uint64_t point = 0; point < POINTS; point++) {
        uint16_t action[TRIAL_AXES];
        space_action(shared, point, action);
        for (size_t distinct = 0; distinct < 2; distinct++) {
            ck_assert(space_uses(shared, distinct, action, 2));
            ck_assert_uint_eq(space_canonical(shared, distinct, point), point);
        }
    }
    ck_assert_uint_eq(space_own_points(shared), 1);
    space_close(shared);
}
END_TEST

START_TEST(an_axis_of_the_network_stands_before_those_of_layers)
{
    static const uint32_t levels[] = {1, 4};
    const space_axis_t axes[] = {
        {.name = "tile", .levels = levels, .levels_n = 2},
        {.name = "pe", .levels = levels, .levels_n = 2, .scope = AXIS_NETWORK}};
    space_t *shared;
    ck_assert_fails(space_open(axes, 2, (space_use_t){NULL, NULL}, &shared), CONFX_STATUS_INPUT,
                    "behind an axis of layers");
}
END_TEST

/* Two layers: 2,025 assignments with as many keys; of 20 layers keys are hashes. */
START_TEST(keys_tell_assignments_apart)
{
    static bool seen[POINTS * POINTS + 1];
    uint64_t many[20] = {0};
    ck_assert(space_is_exact(space, 2) && !space_is_exact(space, 20));
    for (uint64_t a = 0; a < POINTS; a++)
        for (uint64_t b = 0; b < POINTS; b++) {
            const uint64_t key = space_key(space, 2, (const uint64_t[]){a, b});
            ck_assert(key >= 1 && key <= POINTS * POINTS && !seen[key]);
            seen[key] = true;
        }
    const uint64_t before = space_key(space, 20, many);
    for (size_t i = 0; i < 20; i++) {
        many[i] = 1;
        ck_assert_uint_ne(space_key(space, 20, many), before);
        ck_assert_uint_ne(space_key(space, 20, many), 0);
        many[i] = 0;
    }
    ck_assert_uint_eq(space_key(space, 20, many), before);
}
END_TEST

START_TEST(axes_that_are_none_are_refused)
{
    static const uint32_t falling[] = {3, 2}, zero[] = {0}, large[] = {1, 65537}, fine[] = {65536};
    const space_use_t all = {NULL, NULL};
    space_t *none = NULL;
    ck_assert_fails(
        space_open(&(space_axis_t){.name = "pe", .levels = falling, .levels_n = 2}, 1, all, &none),
        CONFX_STATUS_INPUT, "pe: level 2 behind 3");
    ck_assert_fails(
        space_open(&(space_axis_t){.name = "pe", .levels = zero, .levels_n = 1}, 1, all, &none),
        CONFX_STATUS_INPUT, "rising ones from 1");
    ck_assert_fails(
        space_open(&(space_axis_t){.name = "pe", .levels = large, .levels_n = 2}, 1, all, &none),
        CONFX_STATUS_INPUT, "to 65536");
    ck_assert_fails(space_open(&(space_axis_t){.name = "pe", .levels_n = 0}, 1, all, &none),
                    CONFX_STATUS_INPUT, "0 levels");
    ck_assert_fails(
        space_open(&(space_axis_t){.name = "pe", .levels = fine, .levels_n = 1, .initial = 1}, 1,
                   all, &none),
        CONFX_STATUS_INPUT, "as the default");
    space_axis_t axes[SPACE_AXES];
    for (size_t i = 0; i < SPACE_AXES; i++)
        axes[i] = (space_axis_t){.name = "wide", .levels = fine, .levels_n = 1, .refined = true};
    ck_assert_fails(space_open(axes, SPACE_AXES, all, &none), CONFX_STATUS_INPUT, "63 bits");
    ck_assert_ok(space_open(axes, 3, all, &none));
    ck_assert_uint_eq(space_points(none), (uint64_t)1 << 48);
    space_close(none);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("space");
    TCase *tests = tcase_create("space");
    suite_add_tcase(suite, tests);
    tcase_add_unchecked_fixture(tests, open_space, close_space);
    tcase_add_test(tests, points_run_through_the_ranges_last_axis_fastest);
    tcase_add_test(tests, choices_are_the_points_of_levels_in_their_order);
    tcase_add_test(tests, values_are_found_again);
    tcase_add_test(tests, a_range_may_be_the_levels_alone);
    tcase_add_test(tests, an_axis_that_a_layer_does_not_use_has_its_default);
    tcase_add_test(tests, assignments_are_copied_compared_and_checked);
    tcase_add_test(tests, an_axis_of_the_network_has_one_value);
    tcase_add_test(tests, an_axis_of_the_network_is_used_by_all);
    tcase_add_test(tests, an_axis_of_the_network_stands_before_those_of_layers);
    tcase_add_test(tests, keys_tell_assignments_apart);
    tcase_add_test(tests, axes_that_are_none_are_refused);
    return suite_run(suite);
}
