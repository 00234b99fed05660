/* A report already read, where memory fails. */
#include "confx/compare.h"
#include "confx/try.h"
#include "failing_memory.h"
#include "fixture.h"

static report_t *report;

static confx_status_t print_json(void)
{
    static char text[1 << 16];
    static FILE *out; /* opened once: the stream's own memory is not what is tried */
    if (!out) out = fmemopen(text, sizeof text, "w");
    rewind(out);
    return report_json(report, out);
}

enum { PRODUCTS = 3 };
static const char *const names[PRODUCTS] = {"convergence.svg", "assignment.svg", "report.html"};
static char *products[PRODUCTS]; /* as they are when no memory fails */

static void read_products(char *texts[PRODUCTS])
{
    for (size_t i = 0; i < PRODUCTS; i++) {
        char path[FILE_PATH_MAX];
        ck_assert_ok(file_join(directory, names[i], path));
        ck_assert_ok(file_load(path, FILE_USERS, FILE_TABLE_MOST, &texts[i], NULL));
    }
}

static void free_products(char *texts[PRODUCTS])
{
    for (size_t i = 0; i < PRODUCTS; i++) free(texts[i]);
}

#ifdef SANITIZED
static bool was_to_fail(void)
{
    return false;
}
#else
static bool was_to_fail(void)
{
    until = 0;
    return failed;
}
#endif

/* A stream does without its buffer: a failure that is not told must not show either. */
static confx_status_t plot(void)
{
    char *again[PRODUCTS];
    const confx_status_t status = report_plot(report);
    if (status.code != CONFX_STATUS_OK) return status;
    const bool without = was_to_fail();
    read_products(again);
    for (size_t i = 0; i < PRODUCTS; i++)
        ck_assert_msg(!strcmp(again[i], products[i]), "%s differs", names[i]);
    free_products(again);
    return without ? status_fail(CONFX_STATUS_MEMORY, "got by without") : status;
}

static char *told; /* by report_print when no memory fails */

/* The C library does without memory for some of a locale. */
static confx_status_t print_text(void)
{
    static char text[1 << 16];
    static FILE *out;
    if (!out) out = fmemopen(text, sizeof text, "w");
    rewind(out);
    const confx_status_t status = report_print(report, out);
    if (status.code != CONFX_STATUS_OK) return status;
    const bool without = was_to_fail();
    if (!told) told = strdup(text);
    ck_assert_str_eq(text, told);
    return without ? status_fail(CONFX_STATUS_MEMORY, "got by without") : status;
}

static void open_fixture(void)
{
    fixture_t fixture = fixture_begin();
    fixture.used = fixture.parted = true;
    report = fixture_open(&fixture);
}

START_TEST(json_survives_every_failed_allocation)
{
    open_fixture();
    ck_assert_ok(print_json());
    fail_each(print_json, 100);
    report_close(report);
}
END_TEST

START_TEST(the_table_of_layers_survives_every_failed_allocation)
{
    open_fixture();
    ck_assert_ok(print_text());
    fail_each(print_text, 100);
    free(told);
    report_close(report);
}
END_TEST

START_TEST(plots_survive_every_failed_allocation)
{
    open_fixture();
    ck_assert_ok(report_plot(report));
    read_products(products);
    fail_each(plot, 10);
    free_products(products);
    report_close(report);
}
END_TEST

/* ---- the fixture's own run as a comparison of one -------------------------------------------- */

static comparison_t *comparison;
static char *picture; /* as it is when no memory fails */

static confx_status_t print_comparison(void)
{
    static char text[1 << 16];
    static FILE *out;
    if (!out) out = fmemopen(text, sizeof text, "w");
    rewind(out);
    return comparison_json(comparison, out);
}

static char *read_picture(void)
{
    char path[FILE_PATH_MAX];
    char *text;
    ck_assert_ok(file_join(directory, "compare.svg", path));
    ck_assert_ok(file_load(path, FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    return text;
}

static confx_status_t plot_comparison(void)
{
    const confx_status_t status = comparison_plot(comparison, directory, NULL);
    if (status.code != CONFX_STATUS_OK) return status;
    const bool without = was_to_fail();
    char *again = read_picture();
    ck_assert_msg(!strcmp(again, picture), "compare.svg differs");
    free(again);
    return without ? status_fail(CONFX_STATUS_MEMORY, "got by without") : status;
}

START_TEST(comparisons_survive_every_failed_allocation)
{
    static const bool integers[] = {true};
    static const char *const words[] = {"sums kinds"};
    char set[128];
    const char *const sets[] = {set};
    fixture_t fixture = fixture_begin();
    job_t *job;
    (void)snprintf(set, sizeof set, "output=%s", directory);
    ck_assert_ok(job_parse(fixture.job, "job.yaml", sets, 1, &job));
    fixture_write(&fixture);
    const job_t *const jobs[] = {job};
    const comparison_plan_t plan = {.jobs = jobs,
                                    .algorithms_n = 1,
                                    .seeds_n = 1,
                                    .integers = integers,
                                    .told = words,
                                    .network = "tiny",
                                    .accounting = "exact",
                                    .over_integers = true,
                                    .lower_bound = 999000,
                                    .optimum = 1000000,
                                    .levels = NAN};
    ck_assert_ok(comparison_open(&plan, &comparison));
    ck_assert_ok(print_comparison());
    fail_each(print_comparison, 50);
    ck_assert_ok(comparison_plot(comparison, directory, NULL));
    picture = read_picture();
    fail_each(plot_comparison, 3);
    free(picture);
    comparison_close(comparison);
    job_close(job);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        json_survives_every_failed_allocation, the_table_of_layers_survives_every_failed_allocation,
        plots_survive_every_failed_allocation, comparisons_survive_every_failed_allocation, NULL};
    return fixture_run("memory", tests);
}
