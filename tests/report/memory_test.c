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

static status_t plot(void)
{
    return report_plot(report);
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
    ck_assert_ok(plot());
    fail_each(plot, 10);
    report_close(report);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {json_survives_every_failed_allocation, plots_survive_every_failed_allocation};
    return fixture_run("memory", tests, sizeof tests / sizeof *tests);
}
