/* Each allocation of a solve made to fail once: the failure is said, and nothing is left behind.
   The C library's allocator is put in front of itself; under a sanitizer, which does the same, this
   program tests nothing. */
#include "confx/knapsack.h"
#include "instance.h"
#include "suite.h"

#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif

#ifndef SANITIZED

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static struct {
    bool armed;
    size_t calls, failing; /* the call that fails; 0: none */
    size_t held;           /* blocks allocated while armed and not freed */
} heap;

static bool fails(void)
{
    return heap.armed && ++heap.calls == heap.failing;
}

static void *hold(void *memory)
{
    if (heap.armed && memory) heap.held++;
    return memory;
}

void *malloc(size_t size)
{
    return fails() ? NULL : hold(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : hold(__libc_calloc(n, size));
}

void *realloc(void *memory, size_t size)
{
    if (fails()) return NULL;
    return memory ? __libc_realloc(memory, size) : hold(__libc_realloc(NULL, size));
}

void free(void *memory)
{
    if (heap.armed && memory) heap.held--;
    __libc_free(memory);
}

static instance_t instance;

static double second_store[CLASSES_MAX * OPTIONS_MAX];
static const double *second[CLASSES_MAX]; /* NULL: a knapsack, and else a product */

static void draw_second(void)
{
    double *next = second_store;
    for (size_t c = 0; c < instance.classes_n; c++) {
        second[c] = next;
        for (size_t i = 0; i < instance.classes[c].n; i++) *next++ = 1 + (double)(i % 12);
    }
}

/* A network in all but the number of options: the solve is repeated for each of its allocations. */
static void draw_small_network(void)
{
    rng_t rng = rng_begin(8, RNG_TEST, 0, 0, 0);
    draw_network(&rng, 0.1, &instance);
    for (size_t c = 0; c < instance.classes_n; c++) instance.classes[c].n = 60;
    const double least = extreme_need(&instance, -1);
    instance.budget = floor(least + 0.1 * (extreme_need(&instance, 1) - least)) + 0.5;
}

static confx_status_t solve(knapsack_t *knapsack)
{
    if (!second[0])
        return knapsack_solve(instance.classes, instance.classes_n, instance.budget,
                              knapsack_limits(1 << 20), knapsack);
    return product_solve(instance.classes, second, instance.classes_n, instance.budget,
                         knapsack_limits(1 << 20), knapsack);
}

static confx_status_t solve_with(size_t failing, knapsack_t *knapsack)
{
    heap.calls = heap.held = 0;
    heap.failing = failing;
    heap.armed = true;
    const confx_status_t status = solve(knapsack);
    heap.armed = false;
    return status;
}

START_TEST(every_allocation_may_fail)
{
    knapsack_t knapsack;
    draw_small_network();
    second[0] = NULL;
    if (_i) draw_second();
    ck_assert_ok(solve_with(0, &knapsack));
    ck_assert_uint_eq(heap.held, 1); /* the choice */
    const size_t calls = heap.calls;
    ck_assert_uint_gt(calls, 50); /* one per member at least */
    knapsack_close(&knapsack);
    size_t failed = 0;
    for (size_t failing = 1; failing <= calls; failing++) {
        const confx_status_t status = solve_with(failing, &knapsack);
        ck_assert_uint_eq(heap.held, status.code == CONFX_STATUS_OK);
        ck_assert_int_eq(knapsack.choice != NULL, status.code == CONFX_STATUS_OK);
        knapsack_close(&knapsack);
        if (status.code == CONFX_STATUS_OK) continue; /* qsort does without its scratch memory */
        ck_assert_fails(status, CONFX_STATUS_MEMORY, "no memory for");
        failed++;
    }
    ck_assert_uint_gt(failed, 50);
}
END_TEST

static confx_status_t find_next_with(size_t failing, const knapsack_t *knapsack, next_t *next)
{
    heap.calls = heap.held = 0;
    heap.failing = failing;
    heap.armed = true;
    const confx_status_t status = second[0]
                                      ? product_next(instance.classes, second, instance.classes_n,
                                                     knapsack_limits(1 << 20), knapsack, next)
                                      : knapsack_next(instance.classes, instance.classes_n,
                                                      knapsack_limits(1 << 20), knapsack, next);
    heap.armed = false;
    return status;
}

/* The next step is solved for in the same way, and leaves nothing to be freed. */
START_TEST(every_allocation_of_the_next_step_may_fail)
{
    knapsack_t knapsack;
    next_t next;
    size_t failed = 0;
    draw_small_network();
    second[0] = NULL;
    if (_i) draw_second();
    ck_assert_ok(solve(&knapsack));
    ck_assert_ok(find_next_with(0, &knapsack, &next));
    ck_assert_int_eq(next.found, NEXT_KNOWN);
    ck_assert_uint_eq(heap.held, 0);
    const size_t calls = heap.calls;
    const size_t stride = 1 + calls / 400; /* a product takes many knapsacks, which are alike */
    for (size_t failing = 1; failing <= calls; failing += failing < 100 ? 1 : stride) {
        const confx_status_t status = find_next_with(failing, &knapsack, &next);
        ck_assert_uint_eq(heap.held, 0);
        if (status.code == CONFX_STATUS_OK) continue; /* qsort does without its scratch memory */
        ck_assert_fails(status, CONFX_STATUS_MEMORY, "no memory for");
        failed++;
    }
    ck_assert_uint_gt(failed, 50);
    knapsack_close(&knapsack);
}
END_TEST

#endif

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *tests = tcase_create("memory");
    suite_add_tcase(suite, tests);
#ifndef SANITIZED
    tcase_add_loop_test(tests, every_allocation_may_fail, 0, 2);
    tcase_add_loop_test(tests, every_allocation_of_the_next_step_may_fail, 0, 2);
#endif
    return suite_run(suite);
}
