/* A report already read, where memory fails. */
#include "failing_memory.h"
#include "fixture.h"

static report_t *report;

static status_t print_json(void)
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
        ck_assert_ok(file_read(path, &texts[i], NULL));
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
static status_t plot(void)
{
    char *again[PRODUCTS];
    const status_t status = report_plot(report);
    if (status.code != STATUS_OK) return status;
    const bool without = was_to_fail();
    read_products(again);
    for (size_t i = 0; i < PRODUCTS; i++) ck_assert_msg(!strcmp(again[i], products[i]), "%s differs", names[i]);
    free_products(again);
    return without ? status_fail(STATUS_MEMORY, "got by without") : status;
}

static void open_fixture(void)
{
    const fixture_t fixture = fixture_begin();
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

int main(void)
{
    const TTest *const tests[] = {json_survives_every_failed_allocation, plots_survive_every_failed_allocation, NULL};
    return fixture_run("memory", tests);
}
