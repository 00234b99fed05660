/* The pictures and the page. */
#include "fixture.h"
#include "said.h"

#include <sys/stat.h>
#include <unistd.h>

/* ---- reading what was written ---------------------------------------------------------------- */

static bool is_there(const char *name)
{
    char path[FILE_PATH_MAX];
    ck_assert_ok(file_join(directory, name, path));
    return access(path, F_OK) == 0;
}

static size_t temporaries(void)
{
    char **names;
    size_t names_n;
    size_t n = 0;
    ck_assert_ok(file_list(directory, &names, &names_n));
    for (size_t i = 0; i < names_n; i++) n += strstr(names[i], ".tmp") != NULL;
    file_names_close(names, names_n);
    return n;
}

static void plot(const fixture_t *fixture)
{
    report_t *report = fixture_open(fixture);
    ck_assert_ok(report_plot(report));
    report_close(report);
}

static void assert_holds(const char *name, const char *word)
{
    char *text = said_file(name);
    ck_assert_msg(strstr(text, word) != NULL, "%s does not hold \"%s\"", name, word);
    free(text);
}

static void assert_lacks(const char *name, const char *word)
{
    char *text = said_file(name);
    ck_assert_msg(strstr(text, word) == NULL, "%s holds \"%s\"", name, word);
    free(text);
}

/* ---- pictures -------------------------------------------------------------------------------- */

START_TEST(the_convergence_names_curves_stages_and_optimum)
{
    static const char *const texts[] = {">tiny: latency found within the area budget<",
                                        ">latency (million cycles)<",
                                        ">samples (scored assignments)<",
                                        ">mean of an update<",
                                        ">best within the budget<",
                                        ">proven optimum: 1,000,000 cycles<",
                                        ">gap to optimum (%)<",
                                        ">reinforce<",
                                        ">islands<"};
    const fixture_t fixture = fixture_begin();
    plot(&fixture);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_holds("convergence.svg", texts[i]);
    assert_lacks("convergence.svg", "feasible");
    ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

START_TEST(a_bar_stands_for_each_layer_in_the_colour_of_its_kind)
{
    const fixture_t fixture = fixture_begin();
    plot(&fixture);
    char *svg = said_file("assignment.svg");
    /* in two panels, and once in the key */
    ck_assert_uint_eq(said_times(svg, "<polygon fill = 'rgb(  0, 114, 178)'"), 2 * 2 + 1);
    ck_assert_uint_eq(said_times(svg, "<polygon fill = 'rgb(230, 159,   0)'"), 1 * 2 + 1);
    ck_assert_ptr_nonnull(strstr(svg, ">depthwise convolution<"));
    ck_assert_ptr_nonnull(strstr(svg, ">pe (PEs)<"));
    ck_assert_ptr_nonnull(strstr(svg, ">buffer (K tile)<"));
    ck_assert_ptr_null(strstr(svg, ">matrix product<"));
    free(svg);
}
END_TEST

START_TEST(a_bound_takes_the_place_of_an_optimum)
{
    fixture_t fixture = fixture_begin();
    fixture.solved = false;
    plot(&fixture);
    assert_holds("convergence.svg", ">proven lower bound: 999,000 cycles<");
    assert_holds("convergence.svg", ">gap to bound (%)<");
    fixture.bounded = false;
    plot(&fixture);
    assert_lacks("convergence.svg", "proven");
    assert_lacks("convergence.svg", "gap to");
}
END_TEST

START_TEST(a_search_without_a_find_is_drawn_too)
{
    fixture_t fixture = fixture_begin();
    fixture.found = false;
    fixture.status = "infeasible";
    for (size_t i = 0; i < fixture.updates_n; i++) fixture.best[i] = NAN;
    plot(&fixture);
    assert_holds("convergence.svg", ">no feasible sample<");
    assert_holds("convergence.svg", ">mean of an update<");
    assert_lacks("convergence.svg", ">best within the budget<");
    assert_holds("assignment.svg", ">no feasible assignment<");
    fixture.lower_bound = INFINITY;
    fixture.solved = false;
    for (size_t i = 0; i < fixture.updates_n; i++) fixture.mean[i] = NAN;
    plot(&fixture);
    assert_holds("convergence.svg", ">no feasible sample<");
}
END_TEST

START_TEST(one_update_and_none_are_drawn_too)
{
    fixture_t fixture = fixture_begin();
    fixture.updates_n = 1;
    fixture.best[0] = fixture.optimum;
    fixture.samples = 10;
    fixture.policy_rows = 10;
    fixture.island_rows = 0;
    plot(&fixture);
    assert_holds("convergence.svg", ">best within the budget<");
    assert_lacks("convergence.svg", ">islands<");
    fixture.updates_n = 0;
    fixture.samples = 0;
    fixture.policy_rows = 0;
    fixture.found = false;
    plot(&fixture);
    assert_holds("convergence.svg", ">no sample yet<");
}
END_TEST

START_TEST(the_same_run_is_drawn_the_same)
{
    const fixture_t fixture = fixture_begin();
    plot(&fixture);
    char *first = said_file("convergence.svg");
    plot(&fixture);
    char *second = said_file("convergence.svg");
    ck_assert_str_eq(first, second);
    free(first);
    free(second);
}
END_TEST

/* ---- the page -------------------------------------------------------------------------------- */

static int digit(char hexadecimal)
{
    return hexadecimal <= '9' ? hexadecimal - '0' : hexadecimal - 'A' + 10;
}

/* The n-th picture of the page, from its data URI; the caller frees. */
static char *embedded(const char *page, size_t n)
{
    static const char start[] = "src=\"data:image/svg+xml,";
    const char *at = page;
    for (size_t i = 0; i <= n; i++) {
        at = strstr(at, start);
        ck_assert_ptr_nonnull(at);
        at += sizeof start - 1;
    }
    char *svg = calloc(strcspn(at, "\"") + 1, 1);
    ck_assert_ptr_nonnull(svg);
    for (char *to = svg; *at != '"'; to++) {
        *to = *at == '%' ? (char)(16 * digit(at[1]) + digit(at[2])) : *at;
        at += *at == '%' ? 3 : 1;
    }
    return svg;
}

START_TEST(the_page_holds_pictures_and_figures_and_needs_nothing_else)
{
    const char *const names[] = {"convergence.svg", "assignment.svg"};
    const fixture_t fixture = fixture_begin();
    plot(&fixture);
    char *page = said_file("report.html");
    for (size_t i = 0; i < 2; i++) {
        char *svg = said_file(names[i]);
        char *within = embedded(page, i);
        ck_assert_str_eq(within, svg);
        free(svg);
        free(within);
    }
    ck_assert_int_eq(strncmp(page, "<!DOCTYPE html>\n<html lang=\"en\">", 32), 0);
    ck_assert_ptr_nonnull(
        strstr(page, "<tr><th scope=\"row\">Best</th><td>latency 1,100,000 cycles</td></tr>"));
    ck_assert_ptr_nonnull(strstr(page, "<th scope=\"col\">energy nJ</th>"));
    ck_assert_ptr_nonnull(strstr(page, "<td>1,234.57</td>"));
    ck_assert_uint_eq(said_times(page, " alt=\""), 2);
    ck_assert_ptr_null(strstr(page, "<script"));
    ck_assert_ptr_null(strstr(page, "<link"));
    ck_assert_ptr_null(strstr(page, "\"http"));
    free(page);
}
END_TEST

/* Where there is room, with the parts of cycles and energy. */
START_TEST(the_page_has_what_cycles_and_energy_are_made_of)
{
    fixture_t fixture = fixture_begin();
    fixture.used = true;
    plot(&fixture);
    assert_holds("report.html", "<td class=\"word\">DSCONV</td><td>16</td><td>3,484,800</td>"
                                "<td>3,484,800</td><td>16.50</td><td>37.00</td></tr>");
    assert_lacks("report.html", "delay bound by");
    fixture.parted = true;
    plot(&fixture);
    assert_holds("report.html", "<th scope=\"col\" class=\"word\">delay bound by</th>"
                                "<th scope=\"col\">compute cycles</th>");
    assert_holds("report.html",
                 "<td>60.48</td><td>100.00</td><td class=\"word\">ingress from the L2, 72 %</td>"
                 "<td>99,000</td><td>396,000</td><td>55,000</td><td>0</td><td>1,000.00</td>"
                 "<td>200.00</td><td>34.57</td><td>0.00</td><td>0.00</td><td>0.00</td></tr>");
    assert_holds("report.html", "<td>22.60</td><td>82.84</td><td class=\"word\"></td>"
                                "<td>579,000</td><td>445,999</td><td>55,001</td><td>20,000</td>");
}
END_TEST

START_TEST(elements_of_the_page_are_closed)
{
    static const char *const names[] = {"table", "thead", "tbody",  "tfoot", "tr",
                                        "td",    "th",    "figure", "main",  "div"};
    fixture_t fixture = fixture_begin();
    fixture.used = fixture.parted = true;
    plot(&fixture);
    char *page = said_file("report.html");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char open[16];
        char open_with[16];
        char close[16];
        (void)snprintf(open, sizeof open, "<%s>", names[i]);
        (void)snprintf(open_with, sizeof open_with, "<%s ", names[i]);
        (void)snprintf(close, sizeof close, "</%s>", names[i]);
        const size_t opened = said_times(page, open) + said_times(page, open_with);
        ck_assert_uint_gt(opened, 0);
        ck_assert_msg(opened == said_times(page, close), "%s: %zu opened, %zu closed", names[i],
                      opened, said_times(page, close));
    }
    free(page);
}
END_TEST

START_TEST(texts_of_the_run_cannot_pass_for_markup)
{
    fixture_t fixture = fixture_begin();
    fixture.network = "a<b>&\"c'd\" 'x\\n";
    (void)snprintf(fixture.names[0], CONFX_LAYER_NAME_MAX, "<i>&");
    plot(&fixture);
    assert_holds("report.html", "<h1>a&lt;b&gt;&amp;&quot;c'd&quot; 'x\\n: latency");
    assert_holds("report.html", ">&lt;i&gt;&amp;</td>");
    assert_lacks("report.html", "<b>");
    assert_lacks("report.html", "<i>");
    assert_holds("convergence.svg",
                 ">a&lt;b>&amp;\"c'd\" 'x\\n: latency found within the area budget<");
    assert_lacks("assignment.svg", "<b>");
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

/* report_plot where gnuplot is looked for in the run directory alone. */
static confx_status_t plot_with_path_here(void)
{
    const fixture_t fixture = fixture_begin();
    report_t *report = fixture_open(&fixture);
    const char *before = getenv("PATH");
    char *path = strdup(before ? before : "");
    ck_assert_ptr_nonnull(path);
    ck_assert_int_eq(setenv("PATH", directory, 1), 0);
    const confx_status_t status = report_plot(report);
    ck_assert_int_eq(setenv("PATH", path, 1), 0);
    free(path);
    report_close(report);
    return status;
}

START_TEST(without_gnuplot_its_package_is_named)
{
    ck_assert_fails(plot_with_path_here(), CONFX_STATUS_IO,
                    "is not installed (Debian: apt-get install gnuplot-nox)");
    ck_assert(!is_there("convergence.svg"));
    ck_assert(!is_there("report.html"));
}
END_TEST

START_TEST(a_failure_of_gnuplot_is_told_in_its_words)
{
    static const char script[] = "#!/bin/sh\necho '\n   ^\nout of ink' >&2\nexit 1\n";
    char path[FILE_PATH_MAX];
    ck_assert_ok(file_join(directory, "gnuplot", path));
    ck_assert_ok(file_write(path, script, sizeof script - 1, NULL));
    ck_assert_int_eq(chmod(path, 0755), 0);
    ck_assert_fails(plot_with_path_here(), CONFX_STATUS_IO, "gnuplot failed: out of ink");
    ck_assert(!is_there("convergence.svg"));
}
END_TEST

START_TEST(a_place_that_cannot_be_written_is_told)
{
    char path[FILE_PATH_MAX];
    const fixture_t fixture = fixture_begin();
    report_t *report = fixture_open(&fixture);
    ck_assert_ok(file_join(directory, "assignment.svg/x", path));
    ck_assert_ok(file_make_directory(path));
    ck_assert_fails(report_plot(report), CONFX_STATUS_IO, "assignment.svg: cannot be put in place");
    report_close(report);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_convergence_names_curves_stages_and_optimum,
                                  a_bar_stands_for_each_layer_in_the_colour_of_its_kind,
                                  a_bound_takes_the_place_of_an_optimum,
                                  a_search_without_a_find_is_drawn_too,
                                  one_update_and_none_are_drawn_too,
                                  the_same_run_is_drawn_the_same,
                                  the_page_holds_pictures_and_figures_and_needs_nothing_else,
                                  the_page_has_what_cycles_and_energy_are_made_of,
                                  elements_of_the_page_are_closed,
                                  texts_of_the_run_cannot_pass_for_markup,
                                  without_gnuplot_its_package_is_named,
                                  a_failure_of_gnuplot_is_told_in_its_words,
                                  a_place_that_cannot_be_written_is_told,
                                  NULL};
    return fixture_run("plot", tests);
}
