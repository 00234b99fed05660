/* confx bound --frontier: the steps that are proven, put the way the report has them. */
#include "app/frontier.h"
#include "confx/arena.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/frontier.h"
#include "confx/frontier_report.h"
#include "confx/text.h"
#include "confx/try.h"

#include <stdio.h>
#include <string.h>

/* Values of a step's design (L, A), from its indices. */
static void frontier_values(const space_t *space, size_t layers, const uint16_t *assignment,
                            uint16_t *values)
{
    for (size_t cell = 0; cell < space_cells(space, layers); cell++)
        values[cell] = (uint16_t)space_value(space, cell % space_axes(space), assignment[cell]);
}

static confx_status_t frontier_convert(const frontier_view_t *view, const frontier_t *frontier,
                                       arena_t *arena, frontier_report_t *report)
{
    const problem_t *problem = view->setting->problem;
    const space_t *space = problem_space(problem);
    const size_t layers = problem_layers(problem);
    const size_t cells = space_cells(space, layers);
    frontier_row_t *rows;
    uint16_t *values;
    frontier_axis_t *axes;
    ARENA_TAKE(arena, rows, frontier->n + 1);
    ARENA_TAKE(arena, values, (frontier->n + 1) * cells);
    ARENA_TAKE(arena, axes, space_axes(space));
    TRY(arena_status(arena, "a frontier of %zu steps", frontier->n));
    for (size_t axis = 0; axis < space_axes(space); axis++)
        axes[axis] = (frontier_axis_t){space_axis(space, axis)->name,
                                       space_axis(space, axis)->words, space_levels(space, axis)};
    for (size_t i = 0; i < frontier->n; i++) {
        const frontier_step_t *step = &frontier->steps[i];
        rows[i] = (frontier_row_t){.from = step->from,
                                   .to = step->to,
                                   .optimum = step->optimum,
                                   .lower_bound = step->lower_bound,
                                   .price = step->price,
                                   .closed = step->closed};
        /* Where nothing is proven the values stay 0, as the arena has them. */
        if (step->assignment) frontier_values(space, layers, step->assignment, values + i * cells);
    }
    *report =
        (frontier_report_t){.job = view->job,
                            .network = view->setting->workload.name,
                            .accounting = confx_accounting_name(view->setting->hardware.accounting),
                            .space = view->space == SPACE_LEVELS ? "levels" : "integers",
                            .budget = problem_terms(problem)->constraints[0].limit,
                            .complete = frontier->complete,
                            .n = frontier->n,
                            .layers_n = layers,
                            .axes_n = space_axes(space),
                            .rows = rows,
                            .axes = axes,
                            .assignments = values};
    return status_ok();
}

/* What is printed comes before the picture, which takes gnuplot. */
static confx_status_t frontier_tell(const frontier_view_t *view, const frontier_report_t *report)
{
    TRY(view->json ? frontier_json(report, stdout) : frontier_print(report, stdout));
    if (!view->output) return status_ok();
    TRY(file_make_directory(view->output));
    TRY(frontier_write(report, view->output, NULL));
    if (view->json) return status_ok();
    out_print(stdout,
              "\nFiles         %s: frontier.csv frontier.h5 frontier.svg; the design of a "
              "step: /assignment in frontier.h5,\n"
              "              or as a run by --set budget.limit=BUDGET --output DIR\n",
              text_shown(view->output).text);
    return status_ok();
}

confx_status_t frontier_show(const frontier_view_t *view)
{
    problem_t *problem = view->setting->problem;
    const char *obstacle = frontier_obstacle(problem);
    frontier_t frontier = {.n = 0};
    frontier_report_t report;
    arena_t arena = {.last = NULL};
    if (obstacle)
        return status_input(NULL, 0, "--frontier", "there is none of this job: %s", obstacle);
    TRY(frontier_solve(problem, view->space, view->budgets, view->watch, &frontier));
    /* The line of progress ends before anything else is printed. */
    live_clear(view->live);
    confx_status_t status = frontier_convert(view, &frontier, &arena, &report);
    if (status.code == CONFX_STATUS_OK) status = frontier_tell(view, &report);
    arena_close(&arena);
    frontier_close(&frontier);
    return status;
}
