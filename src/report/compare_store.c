/* compare.h5 (compare.h says what is in it). */
#include "compare_files.h"
#include "confx/store.h"
#include "confx/try.h"
#include "confx/version.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COMPARE_SCHEMA = 1, WORD_MAX = 32, ARRAYS_MAX = 40 };

typedef struct {
    const comparison_t *comparison;
    array_t arrays[ARRAYS_MAX]; /* each owns its data */
    size_t n;
    bool failed;
} book_t;

/* A page: zeroed memory for an array of up to three dimensions (0 ends them). */
static void *add(book_t *book, const char *name, array_type_t type, const size_t dims[ARRAY_RANK_MAX],
                 const char *units)
{
    array_t array = {.name = name, .type = type, .units = comparison_units(book->comparison, units)};
    while (array.rank < ARRAY_RANK_MAX && dims[array.rank]) {
        array.dims[array.rank] = dims[array.rank];
        array.rank++;
    }
    array.data = book->n < ARRAYS_MAX ? calloc(array_items(&array), array_type_bytes(type)) : NULL;
    if (array.data)
        book->arrays[book->n++] = array;
    else
        book->failed = true;
    return array.data;
}

static void add_number(book_t *book, const char *name, double value)
{
    double *data = add(book, name, ARRAY_F64, (const size_t[ARRAY_RANK_MAX]){1}, "");
    if (data) *data = value;
}

static void add_heads(book_t *book)
{
    const comparison_plan_t *plan = &book->comparison->plan;
    const size_t words[ARRAY_RANK_MAX] = {plan->algorithms_n, WORD_MAX};
    char *names = add(book, "/algorithm", ARRAY_TEXT, words, NULL);
    char *spaces = add(book, "/acts_on", ARRAY_TEXT, words, NULL);
    int64_t *seeds = add(book, "/seed", ARRAY_I64, (const size_t[ARRAY_RANK_MAX]){plan->seeds_n}, NULL);
    for (size_t i = 0; names && spaces && i < plan->algorithms_n; i++) {
        (void)snprintf(names + i * WORD_MAX, WORD_MAX, "%s", comparison_algorithm(book->comparison, i));
        (void)snprintf(spaces + i * WORD_MAX, WORD_MAX, "%s", comparison_acts_on(book->comparison, i));
    }
    for (size_t i = 0; seeds && i < plan->seeds_n; i++) seeds[i] = (int64_t)plan->jobs[i]->search.seed;
}

static void add_curves(book_t *book)
{
    const comparison_t *comparison = book->comparison;
    const size_t trials_n = comparison->plan.algorithms_n * comparison->plan.seeds_n;
    const size_t points_n = comparison->points_n;
    const size_t dims[ARRAY_RANK_MAX] = {comparison->plan.algorithms_n, comparison->plan.seeds_n, points_n};
    int64_t *samples = add(book, "/samples", ARRAY_I64, (const size_t[ARRAY_RANK_MAX]){points_n}, "samples");
    double *best = add(book, "/best", ARRAY_F64, dims, "");
    for (size_t i = 0; samples && i < points_n; i++) samples[i] = (int64_t)comparison->points[i];
    for (size_t i = 0; best && i < trials_n * points_n; i++)
        best[i] = curve_value(&comparison->trials[i / points_n].curve, comparison->points[i % points_n]);
}

static void add_runs(book_t *book)
{
    const comparison_t *comparison = book->comparison;
    const size_t dims[ARRAY_RANK_MAX] = {comparison->plan.algorithms_n, comparison->plan.seeds_n};
#define ADD(name, units)                                                                                               \
    double *name = add(book, "/runs/" #name, ARRAY_F64, dims, units);                                                  \
    for (size_t i = 0; name && i < dims[0] * dims[1]; i++) name[i] = comparison->trials[i].name;
    TRIAL_LIST(ADD)
#undef ADD
}

static void add_table(book_t *book)
{
    const comparison_t *comparison = book->comparison;
    const size_t dims[ARRAY_RANK_MAX] = {comparison->plan.algorithms_n};
#define ADD(name, units)                                                                                               \
    double *name = add(book, "/table/" #name, ARRAY_F64, dims, units);                                                 \
    for (size_t i = 0; name && i < dims[0]; i++) name[i] = comparison->standings[i].name;
    STANDING_LIST(ADD)
#undef ADD
}

static void add_yardstick(book_t *book)
{
    const comparison_plan_t *plan = &book->comparison->plan;
    add_number(book, "/yardstick/lower_bound", plan->lower_bound);
    add_number(book, "/yardstick/optimum", plan->optimum);
    add_number(book, "/yardstick/levels_optimum", plan->levels);
}

static confx_status_t publish(const book_t *book, const char *path, const guard_t *guard)
{
    const comparison_t *comparison = book->comparison;
    const job_t *job = comparison->job;
    const attribute_t attributes[] = {
        {.path = "/", .name = "schema", .whole = true, .integer = COMPARE_SCHEMA},
        {.path = "/", .name = "program_version", .text = CONFX_VERSION},
        {.path = "/", .name = "job", .text = job->text},
        {.path = "/", .name = "network", .text = comparison->plan.network},
        {.path = "/", .name = "objective", .text = objective_name(job->objective)},
        {.path = "/", .name = "feedback", .text = job_feedback(job) == FEEDBACK_LAYER ? "layer" : "total"},
        {.path = "/yardstick", .name = "space", .text = comparison->plan.over_integers ? "integers" : "levels"},
    };
    return store_write(path, book->arrays, book->n, attributes, sizeof attributes / sizeof *attributes, guard);
}

confx_status_t comparison_store(const comparison_t *comparison, const char *path, const guard_t *guard)
{
    book_t book = {.comparison = comparison};
    add_heads(&book);
    add_curves(&book);
    add_runs(&book);
    add_table(&book);
    add_yardstick(&book);
    const confx_status_t status =
        book.failed ? status_fail(CONFX_STATUS_MEMORY, "%s: no memory for it", path) : publish(&book, path, guard);
    for (size_t i = 0; i < book.n; i++) free(book.arrays[i].data);
    return status;
}
