/* confx report RUN_DIR, or the directory of a sweep */
#include "confx/report.h"
#include "confx/compose.h"
#include "confx/text.h"
#include "confx/try.h"

#include "app/app.h"
#include "app/directory.h"
#include "app/option.h"
#include "confx/sweep_report.h"

enum { KEY_JSON = 'j', KEY_NO_PLOTS = 'n' };

typedef struct {
    const char *directory;
    bool json, no_plots;
} report_options_t;

static error_t report_parse(int key, char *argument, struct argp_state *state)
{
    report_options_t *options = state->input;
    switch (key) {
    case KEY_JSON:
        options->json = true;
        return 0;
    case KEY_NO_PLOTS:
        options->no_plots = true;
        return 0;
    default:
        return option_argument(key, argument, state, "directory of a run or of a sweep",
                               &options->directory);
    }
}

static const struct argp argp = {
    (const struct argp_option[]){
        {"json", KEY_JSON, NULL, 0, "Print the summary as JSON, and plot nothing", 0},
        {"no-plots", KEY_NO_PLOTS, NULL, 0, "Print the summary only", 0},
        {0}},
    report_parse,
    "RUN_DIR|SWEEP_DIR",
    "Print the summary of a run, running or done, with the true MACs of each layer, the share of "
    "its PEs' cycles that they use and, in the accounting exact, what bounds its delay, and write "
    "its plots (convergence.svg, assignment.svg) and "
    "report.html, which has the parts of cycles and energy. Of a sweep, running or done: a table "
    "of its settings, each over its seeds, and "
    "one plot "
    "(sweep.svg).\v"
    "Exit codes: 0 done, 2 bad input, such as a directory without a run, 3 a picture cannot be "
    "drawn or written, "
    "4 damaged file.",
    NULL,
    NULL,
    NULL};

static confx_status_t report_show_run(const report_options_t *options)
{
    report_t *report;
    TRY(app_tell_inputs(options->directory));
    TRY(directory_expect_run(options->directory));
    TRY(report_open(options->directory, &report));
    const confx_status_t printed =
        options->json ? report_json(report, stdout) : report_print(report, stdout);
    confx_status_t status = status_ok();
    if (!options->json && !options->no_plots) {
        status = report_plot(report); /* wherever the words went */
        if (status.code == CONFX_STATUS_OK)
            out_print(stdout, "Plots      %s/convergence.svg, assignment.svg, report.html\n",
                      text_shown(options->directory).text);
    }
    report_close(report);
    return printed.code == CONFX_STATUS_OK ? status : printed;
}

static confx_status_t report_show_sweep(const report_options_t *options)
{
    sweep_report_t *survey;
    TRY(sweep_report_open(options->directory, &survey));
    const confx_status_t printed =
        options->json ? sweep_report_json(survey, stdout) : sweep_report_print(survey, stdout);
    confx_status_t status = status_ok();
    if (!options->json && !options->no_plots) {
        status = sweep_report_plot(survey);
        if (status.code == CONFX_STATUS_OK)
            out_print(stdout, "Plot       %s/sweep.svg\n", text_shown(options->directory).text);
    }
    sweep_report_close(survey);
    return printed.code == CONFX_STATUS_OK ? status : printed;
}

static confx_status_t report_show(void *context)
{
    const report_options_t *options = context;
    bool is_sweep;
    TRY(sweep_report_is_sweep(options->directory, &is_sweep));
    return is_sweep ? report_show_sweep(options) : report_show_run(options);
}

static confx_status_t report_run(app_t *app, app_words_t words)
{
    report_options_t options = {.directory = NULL};
    return app_run_alone(app, words, &argp, &options, report_show);
}

const command_t command_report = {"report", "summary and plots of a run or a sweep", report_run,
                                  false};
