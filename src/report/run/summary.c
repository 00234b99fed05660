#include "report/run/summary.h"
#include "confx/macs.h"

#include "confx/file.h"
#include "report/plot/figure.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void begin_line(summary_t *summary, const char *label)
{
    summary->lines[summary->n].label = label;
    summary->lines[summary->n].text[0] = 0;
    summary->n++;
}

/* Append to the last line. */
__attribute__((format(printf, 2, 3))) static void say(summary_t *summary, const char *format, ...)
{
    char *text = summary->lines[summary->n - 1].text;
    const size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + used, SUMMARY_TEXT_MAX - used, format, arguments);
    va_end(arguments);
}

static figure_t count(uint64_t number)
{
    return figure_fixed((double)number, 0);
}

static figure_t objective_of(const report_t *report, double value)
{
    return figure_quantity(value, objective_units(report->job->objective));
}

static figure_t need_of(const report_t *report, double value)
{
    return figure_quantity(value, constraint_units(report->job->budget.constraint));
}

/* ---- the task ---------------------------------------------------------------------------------------------------- */

static void say_network(const report_t *report, summary_t *summary)
{
    const job_t *job = report->job;
    begin_line(summary, "Network");
    say(summary, "%s: %zu layers", job->workload, report->layers_n);
    begin_line(summary, "Hardware");
    say(summary, "%s, dataflow %s (depthwise layers: %s); ", job->hardware, job->dataflow, job->dataflow_depthwise);
    switch (job->deployment) {
    case DEPLOYMENT_PIPELINED:
        say(summary, "pipelined, each layer on a partition of its own");
        break;
    }
    begin_line(summary, "Objective");
    say(summary, "least %s (%s), %s", objective_name(job->objective), objective_units(job->objective),
        objective_meaning(job->objective));
}

static void say_budget(const report_t *report, summary_t *summary)
{
    const job_budget_t *budget = &report->job->budget;
    const double fraction = job_budget_fraction(budget);
    const char *units = constraint_units(budget->constraint);
    begin_line(summary, "Budget");
    say(summary, "%s, summed over the layers", constraint_name(budget->constraint));
    if (!isnan(report->budget)) {
        say(summary, ", at most %s", need_of(report, report->budget).text);
        if (figure_scale(report->budget, units).factor != 1) say(summary, " (%.6g %s)", report->budget, units);
    }
    if (isnan(fraction))
        say(summary, ", a limit set by the job");
    else
        say(summary, ": %s%sthe least plus %s of the way to the most that uniform assignments need",
            budget->name ? budget->name : "", budget->name ? ", " : "", figure_percent(fraction).text);
}

static void say_search(const report_t *report, summary_t *summary)
{
    const job_actions_t *actions = &report->job->actions;
    const job_search_t *search = &report->job->search;
    begin_line(summary, "Choices");
    say(summary, "for each layer one of %u PE levels (%u to %u) and of %u buffer levels (K tiles, %u to %u)",
        actions->pe_count, actions->pe[0], actions->pe[actions->pe_count - 1], actions->buffer_count,
        actions->buffer[0], actions->buffer[actions->buffer_count - 1]);
    begin_line(summary, "Search");
    say(summary, "%s, preset %s, %s samples, seed %llu, %s %s, confx %s", algorithm_name(search->algorithm),
        preset_name(search->preset), count(search->samples).text, (unsigned long long)search->seed,
        count((uint64_t)report->ranks).text, report->ranks == 1 ? "rank" : "ranks", report->program_version);
    if (job_feedback(report->job) != search->feedback) {
        begin_line(summary, "Feedback");
        say(summary, "total: %s does not add up over layers, so that no layer has a share to be revealed",
            objective_name(report->job->objective));
    }
}

static void say_status(const report_t *report, summary_t *summary)
{
    const figure_t done = count((uint64_t)report->samples);
    const figure_t wanted = count(report->job->search.samples);
    begin_line(summary, "Status");
    say(summary, "%s", report->status);
    if (!strcmp(report->status, "running"))
        say(summary, ": %s of %s samples drawn by %s; what follows is the state then", done.text, wanted.text,
            report->ended);
    if (!strcmp(report->status, "stopped"))
        say(summary, " by a signal after %s of %s samples; `confx run --resume` goes on from there", done.text,
            wanted.text);
    if (!strcmp(report->status, "infeasible")) say(summary, ": none of %s samples was within the budget", done.text);
}

void summary_task(const report_t *report, summary_t *summary)
{
    summary->n = 0;
    say_network(report, summary);
    say_budget(report, summary);
    say_search(report, summary);
    say_status(report, summary);
}

/* ---- the result -------------------------------------------------------------------------------------------------- */

static void say_best(const report_t *report, summary_t *summary)
{
    begin_line(summary, "Best");
    if (!report->found) {
        say(summary, "no feasible assignment %s", strcmp(report->status, "running") ? "was found" : "so far");
        return;
    }
    say(summary, "%s %s", objective_name(report->job->objective), objective_of(report, report->objective).text);
    begin_line(summary, "Used");
    say(summary, "%s %s of %s, %s %% of the budget", constraint_name(report->job->budget.constraint),
        need_of(report, report->constraint).text, need_of(report, report->budget).text,
        figure_fixed(100 * report->constraint / report->budget, 2).text);
}

/* The assignments the certificate holds for: the islands may leave the levels. */
static void say_space(const report_t *report, summary_t *summary)
{
    const job_actions_t *actions = &report->job->actions;
    if (strcmp(report->certificate_space, "levels") == 0)
        say(summary, " (of all assignments of the %u x %u levels)", actions->pe_count, actions->buffer_count);
    else
        say(summary, " (of all assignments of 1 to %u PEs and buffers 1 to %u, not of the levels alone)",
            actions->pe[actions->pe_count - 1], actions->buffer[actions->buffer_count - 1]);
}

static void say_gap(const report_t *report, summary_t *summary)
{
    const char *proof = report_solved(report) ? "the proven optimum" : "the proven bound";
    const figure_t limit = objective_of(report, report_limit(report));
    if (!report->found)
        say(summary, "%s is %s", proof, limit.text);
    else if (report_larger(report))
        say(summary, "as low as the proven optimum, which needs %s", need_of(report, report->optimum_need).text);
    else if (report_optimal(report))
        say(summary, "this is the proven optimum");
    else if (report_contradicts(report))
        say(summary, "%s below %s %s: the log contradicts its certificate, `confx verify` tells more",
            figure_percent(-report->gap).text, proof, limit.text);
    else
        say(summary, "%s%s above %s %s", report_solved(report) ? "" : "at most ", figure_percent(report->gap).text,
            proof, limit.text);
}

static void say_certificate(const report_t *report, summary_t *summary)
{
    begin_line(summary, "Certified");
    const double limit = report_limit(report);
    if (isnan(limit))
        say(summary, "no bound is known for this objective and budget");
    else if (isinf(limit))
        say(summary, "proven: no assignment is within the budget");
    else
        say_gap(report, summary);
    if (!isnan(limit)) say_space(report, summary);
}

/* The next unit of the budget is worth the slope of the bound there, the next step what the optimum falls by. */
static void summary_say_slope(const report_t *report, summary_t *summary)
{
    const char *units = constraint_units(report->job->budget.constraint);
    const scale_t scale = figure_scale(report->budget, units);
    say(summary, "the bound falls by %s per %s of %s",
        objective_of(report, figure_round(report->shadow_price / scale.factor)).text, scale.units,
        constraint_name(report->job->budget.constraint));
}

static void summary_say_step(const report_t *report, summary_t *summary)
{
    const double saved = report->optimum - report->next_optimum;
    say(summary, "; the optimum falls next at %s (%s more), by %s (%s)", need_of(report, report->next_budget).text,
        figure_percent(report->next_budget / report->budget - 1).text, objective_of(report, saved).text,
        figure_percent(saved / fabs(report->optimum)).text);
}

static void summary_say_worth(const report_t *report, summary_t *summary)
{
    const char *constraint = constraint_name(report->job->budget.constraint);
    const next_told_t next = report_next(report);
    if (!isfinite(report->shadow_price) || !isfinite(report->budget) || !isfinite(report_limit(report))) return;
    if (next == NEXT_UNTOLD && !(report->shadow_price > 0)) return; /* older logs said 0 of every step as well */
    begin_line(summary, "Worth");
    if (next == NEXT_NONE) {
        say(summary, "more %s would save nothing: the budget does not bind", constraint);
        return;
    }
    summary_say_slope(report, summary);
    if (next == NEXT_KNOWN) summary_say_step(report, summary);
    if (next == NEXT_UNKNOWN) say(summary, "; at which budget the optimum falls next was not found within the limits");
}

/* The model's count of MACs beside the true one, where they differ. */
static void say_macs(const report_t *report, summary_t *summary)
{
    const macs_tally_t tally = report_macs(report);
    char text[256];
    if (!macs_tally_say(&tally, "layers", text, sizeof text)) return;
    begin_line(summary, "MACs");
    say(summary, "%s", text);
}

static void say_samples(const report_t *report, summary_t *summary)
{
    const double feasible = report_feasible(report);
    const char *separator = ": ";
    begin_line(summary, "Samples");
    say(summary, "%s", count((uint64_t)report->samples).text);
    for (size_t stage = 0; stage < STAGES; stage++) {
        if (!report->staged[stage]) continue;
        say(summary, "%s%s %s", separator, report_stage(report, stage), count(report->staged[stage]).text);
        separator = ", ";
    }
    if (!isnan(feasible)) say(summary, "; %s within the budget", figure_percent(feasible).text);
    if (!isnan(report->exhausted)) {
        begin_line(summary, "Exhausted");
        say(summary, "nothing new is left within the budget: %s assignments were scored, ",
            count((uint64_t)report->exhausted).text);
        say(summary, "%s samples are repeats", count((uint64_t)report->samples - (uint64_t)report->exhausted).text);
    }
    begin_line(summary, "Evaluated");
    say(summary, "%s distinct points of the cost model", count((uint64_t)report->distinct_evaluations).text);
}

static void say_time(const report_t *report, summary_t *summary)
{
    begin_line(summary, "Time");
    say(summary, "%s of searching; begun %s, %s %s", figure_seconds(report_seconds(report)).text, report->started,
        strcmp(report->status, "running") ? "ended" : "seen", report->ended);
}

void summary_result(const report_t *report, summary_t *summary)
{
    summary->n = 0;
    say_best(report, summary);
    say_certificate(report, summary);
    summary_say_worth(report, summary);
    say_macs(report, summary);
    say_samples(report, summary);
    say_time(report, summary);
}

void summary_files(const report_t *report, summary_t *summary)
{
    char path[FILE_PATH_MAX];
    summary->n = 0;
    begin_line(summary, "Files");
    say(summary, "%s:", report->shown_dir);
    for (size_t i = 0; report_files[i]; i++) {
        bool has = false; /* only a hint for people: one that cannot be looked at is left out */
        if (report_path(report, report_files[i], path).code == CONFX_STATUS_OK) (void)file_has(path, &has);
        if (has) say(summary, " %s", report_files[i]);
    }
}
