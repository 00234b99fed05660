#include "report/run/summary.h"
#include "confx/job_dataflow.h"
#include "confx/macs.h"

#include "confx/file.h"
#include "report/figure.h"
#include "report/run/utilisation.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

/* ---- writing --------------------------------------------------------------------------------- */

static void summary_begin_line(summary_t *summary, const char *label)
{
    summary->lines[summary->n].label = label;
    summary->lines[summary->n].text[0] = 0;
    summary->n++;
}

/* Append to the last line. */
__attribute__((format(printf, 2, 3))) static void summary_say(summary_t *summary,
                                                              const char *format, ...)
{
    char *text = summary->lines[summary->n - 1].text;
    const size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + used, SUMMARY_TEXT_MAX - used, format, arguments);
    va_end(arguments);
}

static figure_t summary_count(uint64_t number)
{
    return figure_fixed((double)number, 0);
}

static figure_t summary_objective_of(const report_t *report, double value)
{
    return figure_quantity(value, objective_units(report->job->objective));
}

static figure_t summary_constraint_of(const report_t *report, double value)
{
    return figure_quantity(value, constraint_units(report->job->budget.constraint));
}

/* ---- the task -------------------------------------------------------------------------------- */

static void summary_say_network(const report_t *report, summary_t *summary)
{
    const job_t *job = report->job;
    summary_begin_line(summary, "Network");
    summary_say(summary, "%s: %zu layers", job->workload, report->layers_n);
    summary_begin_line(summary, "Hardware");
    summary_say(summary, "%s", report->hardware);
    if (report->accounting) summary_say(summary, ", accounting %s", report->accounting);
    summary_say(summary, ", dataflow %s (depthwise layers: %s); ", job->dataflow,
                job->dataflow_depthwise);
    switch (job->deployment) {
    case DEPLOYMENT_PIPELINED:
        summary_say(summary, "pipelined, each layer on a partition of its own");
        break;
    case DEPLOYMENT_SEQUENTIAL:
        summary_say(summary, "sequential, one array for all layers");
        break;
    }
    summary_begin_line(summary, "Objective");
    summary_say(summary, "%s (%s), %s%s", objective_wish(job->objective),
                objective_units(job->objective), objective_meaning(job->objective),
                job_networks_meaning(job));
}

static void summary_say_budget(const report_t *report, size_t i, summary_t *summary)
{
    const job_budget_t *budget = &report->job->budgets[i];
    const double limit = report->limits[i].budget;
    const double fraction = job_budget_fraction(budget);
    const char *units = constraint_units(budget->constraint);
    summary_begin_line(summary, i ? "" : "Budget");
    summary_say(summary, "%s, %s", constraint_name(budget->constraint),
                constraint_is_once(budget->constraint, report->job->deployment)
                    ? "the largest need of a layer, as all share one array"
                    : "summed over the layers");
    if (!isnan(limit)) {
        summary_say(summary, ", at most %s%s", figure_quantity(limit, units).text,
                    figure_clock(limit, units, report->clock_ghz, FIGURE_TIME).text);
        /* The number of the job's units as well, where the figure shows larger ones, so that it can
           be copied. */
        if (figure_scale(limit, units).factor != 1)
            summary_say(summary, " (%.6g %s)", limit, units);
    }
    if (budget->platform)
        summary_say(summary, ", what the platform %s has", budget->platform);
    else if (isnan(fraction))
        summary_say(summary, ", a limit set by the job");
    else
        summary_say(
            summary,
            ": %s%sthe least plus %s of the way to the most that uniform assignments need%s%s",
            budget->name ? budget->name : "", budget->name ? ", " : "",
            figure_percent(fraction).text, budget->of ? " under dataflow " : "",
            budget->of ? budget->of : "");
}

static void summary_say_used(const report_t *report, size_t i, summary_t *summary)
{
    const constraint_t constraint = report->job->budgets[i].constraint;
    const char *units = constraint_units(constraint);
    const double used = report->limits[i].used, limit = report->limits[i].budget;
    summary_begin_line(summary, i ? "" : "Used");
    summary_say(summary, "%s %s of %s, %s %% of the budget", constraint_name(constraint),
                figure_quantity(used, units).text, figure_quantity(limit, units).text,
                figure_fixed(100 * used / limit, 2).text);
}

/* Of what a job lists of dataflows, behind PEs and buffers. */
static void summary_say_more_choices(const report_t *report, summary_t *summary)
{
    const job_space_t *space = &report->job->space;
    const size_t n = job_dataflows(report->job, JOB_DATAFLOW);
    const size_t depthwise = job_dataflows(report->job, JOB_DATAFLOW_DEPTHWISE);
    const bool shares = report->job->deployment == DEPLOYMENT_SEQUENTIAL;
    if (shares && (n > 1 || depthwise > 1 || space->parameters_n > 0))
        summary_say(summary, ", for each layer");
    if (n > 1) summary_say(summary, "%s of %zu dataflows", shares ? " one" : ", and", n);
    if (depthwise > 1) summary_say(summary, ", depthwise layers of %zu dataflows", depthwise);
    for (unsigned i = 0; i < space->parameters_n; i++) {
        const job_parameter_t *parameter = &space->parameters[i];
        summary_say(summary, ", of %u values of %s (%u to %u)", parameter->levels_count,
                    parameter->name, parameter->levels[0],
                    parameter->levels[parameter->levels_count - 1]);
    }
}

static void summary_say_search(const report_t *report, summary_t *summary)
{
    const job_actions_t *actions = &report->job->actions;
    const job_search_t *search = &report->job->search;
    summary_begin_line(summary, "Choices");
    summary_say(summary,
                "for %s one of %u PE levels (%u to %u) and of %u buffer levels (K tiles, %u to %u)",
                report->job->deployment == DEPLOYMENT_SEQUENTIAL ? "all layers" : "each layer",
                actions->pe_count, actions->pe[0], actions->pe[actions->pe_count - 1],
                actions->buffer_count, actions->buffer[0],
                actions->buffer[actions->buffer_count - 1]);
    summary_say_more_choices(report, summary);
    summary_begin_line(summary, "Search");
    if (report->certified) {
        summary_say(summary,
                    "none: certified, not searched; the design is the proven optimum that `confx "
                    "bound` left, confx %s",
                    report->program_version);
        return;
    }
    summary_say(summary, "%s, preset %s, %s samples, seed %llu, %s %s, confx %s",
                algorithm_name(search->algorithm), preset_name(search->preset),
                summary_count(search->samples).text, (unsigned long long)search->seed,
                summary_count((uint64_t)report->ranks).text, report->ranks == 1 ? "rank" : "ranks",
                report->program_version);
    /* The job asked for the costs of layers, and the objective has none: what a reader of the job
       would expect otherwise is told in a line of its own. */
    const char *subject;
    const char *reason = job_feedback_reason(report->job, &subject);
    if (!reason) return;
    summary_begin_line(summary, "Feedback");
    summary_say(summary, "total: %s %s", subject, reason);
}

static void summary_say_status(const report_t *report, summary_t *summary)
{
    const figure_t done = summary_count((uint64_t)report->samples);
    const figure_t wanted = summary_count(report->job->search.samples);
    summary_begin_line(summary, "Status");
    summary_say(summary, "%s", report->status);
    /* A complete run needs no more words: all of its samples were drawn. Each of the other states
       says what it means for the lines below. */
    if (!strcmp(report->status, "running"))
        summary_say(summary, ": %s of %s samples drawn by %s; what follows is the state then",
                    done.text, wanted.text, report->ended);
    if (!strcmp(report->status, "stopped"))
        summary_say(summary,
                    " by a signal after %s of %s samples; `confx run --resume` goes on from there",
                    done.text, wanted.text);
    if (!strcmp(report->status, "infeasible"))
        summary_say(summary, ": none of %s samples was within the budget", done.text);
}

void summary_task(const report_t *report, summary_t *summary)
{
    summary->n = 0;
    summary_say_network(report, summary);
    for (size_t i = 0; i < report->job->budgets_n; i++) summary_say_budget(report, i, summary);
    summary_say_search(report, summary);
    summary_say_status(report, summary);
}

/* ---- the result ------------------------------------------------------------------------------ */

static void summary_say_best(const report_t *report, summary_t *summary)
{
    summary_begin_line(summary, "Best");
    if (!report->found) {
        summary_say(summary, "no feasible assignment %s",
                    strcmp(report->status, "running") ? "was found" : "so far");
        return;
    }
    const objective_t objective = report->job->objective;
    /* Cycles between two inputs are shown as inputs a second, all other cycles as a time. */
    const figure_clock_t as = objective == OBJECTIVE_THROUGHPUT ? FIGURE_RATE : FIGURE_TIME;
    summary_say(
        summary, "%s %s%s", objective_name(objective),
        summary_objective_of(report, report->objective).text,
        figure_clock(report->objective, objective_units(objective), report->clock_ghz, as).text);
    for (size_t i = 0; i < report->job->budgets_n; i++) summary_say_used(report, i, summary);
}

/* A line for each of several networks: what it takes, and what of that counts. */
static void summary_say_networks(const report_t *report, summary_t *summary)
{
    for (size_t i = 0; report->found && i < report->networks_n; i++) {
        const double weight = report->of_network.weight[i];
        const double objective = report->of_network.objective[i];
        summary_begin_line(summary, i ? "" : "Networks");
        summary_say(summary, "%s: %s, %s, %s of area", report_network(report, i),
                    figure_quantity(report->of_network.latency[i], "cycles").text,
                    figure_quantity(report->of_network.energy[i], "nJ").text,
                    figure_quantity(report->of_network.area[i], "um^2").text);
        summary_say(summary, "; %s %s", objective_name(report->job->objective),
                    summary_objective_of(report, objective).text);
        if (weight != 1) summary_say(summary, " by its weight of %g", weight);
    }
}

/* The assignments the certificate holds for: the islands may leave the levels. */
static void summary_say_space(const report_t *report, summary_t *summary)
{
    const job_actions_t *actions = &report->job->actions;
    const char *more = report->axes_n > 2 ? ", and of all else that a layer may choose" : "";
    if (strcmp(report->certificate_space, "levels") == 0)
        summary_say(summary, " (of all assignments of the %u x %u levels%s)", actions->pe_count,
                    actions->buffer_count, more);
    else
        summary_say(
            summary,
            " (of all assignments of 1 to %u PEs and buffers 1 to %u, not of the levels alone%s)",
            actions->pe[actions->pe_count - 1], actions->buffer[actions->buffer_count - 1], more);
}

static void summary_say_gap(const report_t *report, summary_t *summary)
{
    const char *proof = report_solved(report) ? "the proven optimum" : "the proven bound";
    const figure_t limit = summary_objective_of(report, report_limit(report));
    /* The order matters: a run as low as the optimum that needs more of the budget is optimal as
       well, and must be told apart first. */
    if (!report->found)
        summary_say(summary, "%s is %s", proof, limit.text);
    else if (report_larger(report))
        summary_say(summary, "as low as the proven optimum, which needs %s",
                    summary_constraint_of(report, report->optimum_constraint).text);
    else if (report_optimal(report))
        summary_say(summary, "this is the proven optimum");
    else if (report_contradicts(report))
        summary_say(
            summary,
            "%s below %s %s: the log contradicts its certificate, `confx verify` tells more",
            figure_percent(-report->gap).text, proof, limit.text);
    else
        summary_say(summary, "%s%s above %s %s", report_solved(report) ? "" : "at most ",
                    figure_percent(report->gap).text, proof, limit.text);
}

static void summary_say_certificate(const report_t *report, summary_t *summary)
{
    summary_begin_line(summary, "Certified");
    const double limit = report_limit(report);
    if (report->reason[0])
        summary_say(summary, "not at all: %s", report->reason);
    else if (isnan(limit))
        summary_say(summary, "no bound is known for this objective and budget");
    else if (isinf(limit))
        summary_say(summary, "proven: no assignment is within the budget");
    else
        summary_say_gap(report, summary);
    if (!isnan(limit)) summary_say_space(report, summary);
}

/* "50,000 cycles per mm^2 of area", "5.2 cycles per PE": units of many lose their s. */
static void summary_say_price(const report_t *report, double multiplier, double budget,
                              constraint_t constraint, summary_t *summary)
{
    const scale_t scale = figure_scale(budget, constraint_units(constraint));
    const size_t length = strlen(scale.units);
    const bool many = length > 1 && scale.units[length - 1] == 's';
    summary_say(summary, "%s per %.*s",
                summary_objective_of(report, figure_round(multiplier / scale.factor)).text,
                (int)(length - many), scale.units);
    if (constraint != CONSTRAINT_PE) summary_say(summary, " of %s", constraint_name(constraint));
}

/* The next unit of the budget is worth the slope of the bound there, the next step what the optimum
   falls by. */
static void summary_say_slope(const report_t *report, summary_t *summary)
{
    if (isnan(report->multiplier)) return; /* a maximum has no slope, and falls in steps */
    summary_say(summary, "the bound falls by ");
    summary_say_price(report, report->multiplier, report->budget, report->job->budget.constraint,
                      summary);
}

static void summary_say_step(const report_t *report, summary_t *summary)
{
    const double saved = report->optimum - report->next_optimum;
    summary_say(summary, "%sthe optimum falls next at %s (%s more), by %s (%s)",
                isnan(report->multiplier) ? "" : "; ",
                summary_constraint_of(report, report->next_budget).text,
                figure_percent(report->next_budget / report->budget - 1).text,
                summary_objective_of(report, saved).text,
                figure_percent(saved / fabs(report->optimum)).text);
}

/* Of several budgets the slope of each that has one; there is no one next step. */
static void summary_say_slopes(const report_t *report, summary_t *summary)
{
    const char *separator = "the bound falls by ";
    for (size_t i = 0; i < report->job->budgets_n; i++) {
        const double multiplier = report->limits[i].multiplier;
        if (!isfinite(multiplier)) continue;
        if (*separator == 't') summary_begin_line(summary, "Worth");
        summary_say(summary, "%s", separator);
        summary_say_price(report, multiplier, report->limits[i].budget,
                          report->job->budgets[i].constraint, summary);
        separator = ", by ";
    }
}

static void summary_say_worth(const report_t *report, summary_t *summary)
{
    const char *constraint = constraint_name(report->job->budget.constraint);
    const next_told_t next = report_next(report);
    if (report->job->budgets_n > 1) {
        summary_say_slopes(report, summary);
        return;
    }
    if ((!isfinite(report->multiplier) && next != NEXT_KNOWN) || !isfinite(report->budget) ||
        !isfinite(report_limit(report)))
        return;
    if (next == NEXT_UNTOLD && !(report->multiplier > 0))
        return; /* older logs said 0 of every step as well */
    summary_begin_line(summary, "Worth");
    if (next == NEXT_NONE) {
        summary_say(summary, "more %s would save nothing: the budget does not bind", constraint);
        return;
    }
    summary_say_slope(report, summary);
    if (next == NEXT_KNOWN) summary_say_step(report, summary);
    if (next == NEXT_UNKNOWN)
        summary_say(summary,
                    "; at which budget the optimum falls next was not found within the limits");
}

/* How many layers chose each name of a categorical axis. */
static void summary_say_words(const report_t *report, size_t axis, summary_t *summary)
{
    const report_axis_t *of = &report->axes[axis];
    const char *separator = ": ";
    summary_begin_line(summary, "Chosen");
    summary_say(summary, "%s", of->name);
    for (size_t word = 0; word < of->words_n; word++) {
        size_t layers = 0;
        for (size_t layer = 0; layer < report->layers_n; layer++)
            /* A layer that does not use the axis has a value of it all the same, which was no
               choice. */
            layers += report_uses(report, layer, axis) && report_value(report, layer, axis) == word;
        summary_say(summary, "%s%s in %s", separator, of->words + word * AXIS_TEXT_MAX,
                    summary_count(layers).text);
        separator = ", ";
    }
    summary_say(summary, " layers");
}

/* The model's count of MACs beside the true one, where they differ. */
static void summary_say_macs(const report_t *report, summary_t *summary)
{
    const macs_tally_t tally = report_macs(report);
    char text[256];
    if (!macs_tally_say(&tally, "layers", text, sizeof text)) return;
    summary_begin_line(summary, "MACs");
    summary_say(summary, "%s", text);
}

static void summary_say_utilisation(const utilisation_sums_t *sums, summary_t *summary)
{
    summary_begin_line(summary, "Utilised");
    summary_say(summary, "the PEs do %s of the MACs that they have cycles for",
                figure_percent(sums->macs / sums->possible).text);
    summary_say(summary, ", in single layers %s", figure_percent(sums->least).text);
    summary_say(summary, " to %s", figure_percent(sums->most).text);
    if (sums->beyond)
        summary_say(
            summary,
            ": more than they can do in %zu layers, to which the model gives fewer cycles than "
            "their MACs take",
            sums->beyond);
}

typedef struct {
    const char *name;
    double value;
} summary_part_t;

/* Shares of parts that are more than 0, in their order; those that round to nothing may be left
   out. */
static void summary_say_parts(const summary_part_t *parts, size_t n, bool every, summary_t *summary)
{
    static const double little = 0.001;
    double all = 0;
    const char *separator = "";
    for (size_t i = 0; i < n; i++) all += parts[i].value;
    for (size_t i = 0; i < n; i++) {
        const double share = parts[i].value / all;
        if (!(share > 0) || (share < little && !every)) continue;
        summary_say(summary, "%s%s %s%s", separator, parts[i].name, share < little ? "under " : "",
                    figure_percent(fmax(share, little)).text);
        separator = ", ";
    }
}

static void summary_say_bounds(const report_t *report, const utilisation_sums_t *sums,
                               summary_t *summary)
{
    const summary_part_t parts[] = {{"compute", sums->latency_compute},
                                    {"ingress", sums->latency_ingress},
                                    {"egress", sums->latency_egress},
                                    {"off-chip", sums->offchip}};
    const char *separator = "";
    summary_begin_line(summary, "Delay");
    summary_say(summary, "bound by ");
    /* The number of all layers is said once, behind the first reason; "all" where there is only one
       reason. */
    for (report_bound_t bound = 0; bound < BOUNDS; bound++) {
        const size_t layers = sums->bound[bound];
        if (!layers) continue;
        summary_say(summary, "%s%s", separator, report_bound_plain(bound));
        if (layers < report->layers_n)
            summary_say(summary, " in %zu", layers);
        else if (layers > 1)
            summary_say(summary, " in all %zu layers", layers);
        if (!*separator && layers < report->layers_n)
            summary_say(summary, " of %zu layers", report->layers_n);
        separator = ", by ";
    }
    summary_say(summary, "; of all cycles: ");
    summary_say_parts(parts, sizeof parts / sizeof *parts, false, summary);
}

/* What is 0 is left out by the hardware profile, or does not happen. */
static void summary_say_energy(const utilisation_sums_t *sums, summary_t *summary)
{
    const summary_part_t parts[] = {
        {"L1", sums->energy_l1},    {"L2", sums->energy_l2},
        {"MACs", sums->energy_mac}, {"reductions", sums->energy_reduction},
        {"NoC", sums->energy_noc},  {"off-chip", sums->energy_offchip}};
    enum { PARTS = sizeof parts / sizeof *parts };
    const char *separator = "; none counted: ";
    summary_begin_line(summary, "Energy");
    summary_say_parts(parts, PARTS, true, summary);
    for (size_t i = 0; i < PARTS; i++) {
        if (parts[i].value > 0) continue;
        summary_say(summary, "%s%s", separator, parts[i].name);
        separator = ", ";
    }
}

/* How well the PEs are used, and where cycles and energy go. */
static void summary_say_use(const report_t *report, summary_t *summary)
{
    if (!report->utilisation) return;
    const utilisation_sums_t sums = utilisation_sum(report);
    summary_say_utilisation(&sums, summary);
    if (!report->bounds) return;
    summary_say_bounds(report, &sums, summary);
    summary_say_energy(&sums, summary);
}

static void summary_say_samples(const report_t *report, summary_t *summary)
{
    const double feasible = report_feasible(report);
    const char *separator = ": ";
    if (report->certified) return; /* its one sample is the design itself */
    summary_begin_line(summary, "Samples");
    summary_say(summary, "%s", summary_count((uint64_t)report->samples).text);
    /* A stage without samples is one that the algorithm has not come to yet. */
    for (size_t stage = 0; stage < report_stages(report); stage++) {
        if (!report->staged[stage]) continue;
        summary_say(summary, "%s%s %s", separator, report_stage(report, stage),
                    summary_count(report->staged[stage]).text);
        separator = ", ";
    }
    if (!isnan(feasible))
        summary_say(summary, "; %s within the budget", figure_percent(feasible).text);
    if (!isnan(report->exhausted)) {
        summary_begin_line(summary, "Exhausted");
        summary_say(summary, "nothing new is left within the budget: %s assignments were scored, ",
                    summary_count((uint64_t)report->exhausted).text);
        summary_say(summary, "%s samples are repeats",
                    summary_count((uint64_t)report->samples - (uint64_t)report->exhausted).text);
    }
    summary_begin_line(summary, "Evaluated");
    summary_say(summary, "%s distinct points of the cost model",
                summary_count((uint64_t)report->distinct_evaluations).text);
}

static void summary_say_time(const report_t *report, summary_t *summary)
{
    summary_begin_line(summary, "Time");
    summary_say(summary, "%s of %s; begun %s, %s %s", figure_seconds(report_seconds(report)).text,
                report->certified ? "proving" : "searching", report->started,
                strcmp(report->status, "running") ? "ended" : "seen", report->ended);
}

void summary_result(const report_t *report, summary_t *summary)
{
    summary->n = 0;
    summary_say_best(report, summary);
    summary_say_networks(report, summary);
    summary_say_certificate(report, summary);
    summary_say_worth(report, summary);
    for (size_t axis = 0; report->found && axis < report->axes_n; axis++)
        if (report->axes[axis].words) summary_say_words(report, axis, summary);
    summary_say_macs(report, summary);
    summary_say_use(report, summary);
    summary_say_samples(report, summary);
    summary_say_time(report, summary);
}

void summary_files(const report_t *report, summary_t *summary)
{
    char path[FILE_PATH_MAX];
    summary->n = 0;
    summary_begin_line(summary, "Files");
    summary_say(summary, "%s:", report->shown_dir);
    for (size_t i = 0; report_files[i]; i++) {
        bool has = false; /* only a hint for people: one that cannot be looked at is left out */
        if (report_path(report, report_files[i], path).code == CONFX_STATUS_OK)
            (void)file_has(path, &has);
        if (has) summary_say(summary, " %s", report_files[i]);
    }
}
