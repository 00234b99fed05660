#include "app/screen.h"
#include "confx/compose.h"
#include "confx/figures.h"
#include "confx/job_words.h"
#include "confx/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

screen_t screen_begin(const app_t *app)
{
    return (screen_t){.live = app->root ? live_open() : NULL, .ranks = cluster_size(app->cluster)};
}

/* ---- facts ----------------------------------------------------------------------------------- */

static void screen_print_problem(const run_facts_t *facts)
{
    const problem_t *problem = facts->setting->problem;
    const space_t *space = problem_space(problem);
    const space_axis_t *pe = space_axis(space, 0), *buffer = space_axis(space, 1);
    const confx_workload_t *workload = &facts->setting->workload;
    char hardware[JOB_VALUE_MAX];
    job_value_words(facts->job->tree, JOB_HARDWARE_KEY, ' ', hardware);
    out_print(stdout, "Network    %s: %zu layers, %zu distinct, %.4g million MACs\n",
              facts->job->workload, workload->layers_n, workload->distinct_n,
              confx_workload_macs(workload) / 1e6);
    out_print(stdout, "Hardware   %s, accounting %s, dataflow %s (depthwise layers: %s)\n",
              hardware, confx_accounting_name(facts->setting->hardware.accounting),
              facts->job->dataflow, facts->job->dataflow_depthwise);
    out_print(stdout, "Actions    %zu PE levels (%u to %u) x %zu buffer levels (%u to %u)",
              pe->levels_n, pe->levels[0], pe->levels[pe->levels_n - 1], buffer->levels_n,
              buffer->levels[0], buffer->levels[buffer->levels_n - 1]);
    /* Axes of the network are the first ones, PEs and buffer: they are chosen once for all
       layers. */
    const bool shares = space_shared(space) > 0;
    if (shares) out_print(stdout, " for all layers");
    for (size_t axis = 2; axis < space_axes(space); axis++)
        out_print(stdout, " x %zu of %s", space_levels(space, axis), space_axis(space, axis)->name);
    out_print(stdout, "%s: 10^%.0f assignments",
              shares && space_axes(space) == 2 ? "" : " per layer",
              space_size(space, SPACE_LEVELS, problem_layers(problem)));
    if (facts->space == SPACE_INTEGERS)
        out_print(stdout, ", 10^%.0f over the integers",
                  space_size(space, SPACE_INTEGERS, problem_layers(problem)));
    putchar('\n');
    app_print_illegal(problem, "Illegal    ");
}

/* What the uniform assignments range over is known of the first budget. */
static void screen_print_budget(const run_facts_t *facts, size_t i)
{
    const problem_t *problem = facts->setting->problem;
    const job_budget_t *budget = &facts->job->budgets[i];
    const double least = problem_need_least(problem);
    const double most = problem_need_most(problem);
    const double fraction = job_budget_fraction(budget);
    out_print(stdout, "%s %s%s at most %.6g %s", i ? "          " : "Budget    ",
              constraint_name(budget->constraint),
              constraint_is_once(budget->constraint, facts->job->deployment) ? " of one array" : "",
              problem_terms(problem)->constraints[i].limit, constraint_units(budget->constraint));
    if (budget->platform)
        out_print(stdout, ", what the platform %s has", budget->platform);
    else if (!isnan(fraction) && i == 0)
        out_print(stdout, " = %s%sleast %.6g + %g x (most %.6g - least)%s%s",
                  budget->name ? budget->name : "", budget->name ? ": " : "", least, fraction, most,
                  budget->of ? " of dataflow " : "", budget->of ? budget->of : "");
    else if (i == 0 && !isnan(least))
        out_print(stdout, " (uniform assignments need %.6g to %.6g)", least, most);
    putchar('\n');
}

static void screen_print_budgets(const run_facts_t *facts)
{
    out_print(stdout, "Objective  %s (%s), %s%s\n", objective_wish(facts->job->objective),
              objective_units(facts->job->objective), objective_meaning(facts->job->objective),
              job_networks_meaning(facts->job));
    for (size_t i = 0; i < facts->job->budgets_n; i++) screen_print_budget(facts, i);
}

static void screen_print_search(const run_facts_t *facts, int ranks)
{
    const job_search_t *search = &facts->job->search;
    out_print(stdout, "Search     %s, preset %s, %llu samples, seed %llu, %d %s\n",
              algorithm_name(search->algorithm), preset_name(search->preset),
              (unsigned long long)search->samples, (unsigned long long)search->seed, ranks,
              ranks == 1 ? "rank" : "ranks");
    const char *subject;
    const char *reason = job_feedback_reason(facts->job, &subject);
    if (reason) out_print(stdout, "Feedback   total: %s %s\n", subject, reason);
    if (facts->resumed_samples)
        out_print(stdout, "Resumed    with %llu samples done\n",
                  (unsigned long long)facts->resumed_samples);
}

static void screen_print_certificate(const run_facts_t *facts)
{
    const knapsack_t *certificate = facts->certificate;
    const char *units = objective_units(facts->job->objective);
    const char *obstacle = certificate_obstacle(facts->setting->problem);
    if (obstacle) {
        out_print(stdout, "Certified  not at all: %s\n", obstacle);
        return;
    }
    if (isnan(certificate->lower_bound)) {
        puts("Certified  no bound is known for this objective and budget");
        return;
    }
    out_print(stdout, "Certified  no assignment is below %.9g %s", certificate->lower_bound, units);
    if (certificate->solved)
        out_print(stdout, "; the optimum is %.9g %s", certificate->optimum, units);
    puts(" (unknown to the search)");
}

/* What a large space takes: 8 bytes a point for the need, as many for each factor and for the
   memory. */
static void screen_print_size(const run_facts_t *facts)
{
    const problem_t *problem = facts->setting->problem;
    const double points =
        (double)space_points(problem_space(problem)) * (double)problem_distinct(problem);
    const double large = 4e6;
    if (points > large)
        out_print(stdout,
                  "Note       %.3g points (PEs x buffers x kinds of layers) take up to %.2g GB in "
                  "each rank, and are gone "
                  "through again and again: with fewer PEs or buffers a sample takes less time\n",
                  points, points * 8 * (problem_adds_up(problem) ? 3 : 4) / 1e9);
}

/* Buffers should cost something; a profile may leave them free. */
static void screen_print_effects(const run_facts_t *facts)
{
    static const char *const axes[] = {"PE count", "buffer"};
    const double nothing = 1e-6;
    for (size_t axis = 0; axis < 2; axis++) {
        const effect_t effect = problem_axis_effect(facts->setting->problem, axis);
        if (space_levels(problem_space(facts->setting->problem), axis) < 2) continue;
        /* The need is one number for all budgets, which tells nothing of a single one of
           several. */
        if (effect.need < nothing && facts->job->budgets_n == 1)
            out_print(stdout,
                      "Note       under hardware %s the %s is free: it changes the %s by at most "
                      "%.1g of it\n",
                      facts->setting->hardware.name, axes[axis],
                      constraint_name(facts->job->budget.constraint), effect.need);
        if (effect.objective < nothing)
            out_print(stdout, "Note       under hardware %s the %s has no effect on the %s\n",
                      facts->setting->hardware.name, axes[axis],
                      objective_name(facts->job->objective));
    }
}

static void screen_show_facts(void *context, const run_facts_t *facts)
{
    screen_t *screen = context;
    screen->units = objective_units(facts->job->objective);
    screen_print_problem(facts);
    screen_print_budgets(facts);
    screen_print_search(facts, screen->ranks);
    screen_print_certificate(facts);
    screen_print_effects(facts);
    screen_print_size(facts);
    putchar('\n');
    (void)fflush(stdout);
}

/* ---- progress -------------------------------------------------------------------------------- */

/* Heaviest is what stays on a narrow terminal. */
static void screen_show_progress(void *context, const run_progress_t *progress)
{
    screen_t *screen = context;
    live_line_t line = {.n = 0};
    const unsigned long long total = progress->samples_total;
    /* The last state is always due: what stands on the screen when a search is over is its end. */
    if (!live_is_due(screen->live, progress->samples == total)) return;
    live_add(&line, 4, "%-7s", progress->stage);
    live_add(&line, 8, "%*llu/%llu samples", snprintf(NULL, 0, "%llu", total),
             (unsigned long long)progress->samples, total);
    if (isnan(progress->best)) {
        live_add(&line, 7, "nothing feasible yet");
    } else {
        live_add(&line, 5, "best %.8g %s", progress->best, screen->units);
        live_add(&line, 7, "gap %.3f %%", 100 * progress->gap);
    }
    live_add(&line, 2, "feasible %.0f %%", 100 * progress->feasible_share);
    live_add(&line, 3, "%.0f samples/s", progress->samples_per_second);
    live_add(&line, 6, "%.0f s left", progress->seconds_left);
    live_show(screen->live, &line);
}

static void screen_show_notice(void *context, const char *text)
{
    screen_t *screen = context;
    live_clear(screen->live);
    fprintf(stderr, "confx: %s\n", text_shown(text).text);
}

run_listener_t screen_listener(screen_t *screen)
{
    return (run_listener_t){.context = screen,
                            .facts = screen_show_facts,
                            .progress = screen_show_progress,
                            .notice = screen_show_notice};
}

void screen_end(screen_t *screen)
{
    live_close(screen->live);
    screen->live = NULL;
}
