/* What follows from the figures of a run. */
#include "report/run_data.h"
#include "confx/macs.h"
#include "confx/master.h"

#include "confx/file.h"

#include <assert.h>
#include <math.h>
#include <string.h>

const char *const report_files[] = {"run.h5",          "assignment.csv", "report.html",
                                    "convergence.svg", "assignment.svg", NULL};

const char *report_layer_name(const report_t *report, size_t layer)
{
    return report->names + layer * CONFX_LAYER_NAME_MAX;
}

const char *report_network(const report_t *report, size_t network)
{
    assert(network < report->networks_n);
    return report->networks + network * CONFX_LAYER_NAME_MAX;
}

double report_weight(const report_t *report, size_t layer)
{
    return report->weights ? report->weights[layer] : 1;
}

const char *report_layer_type(const report_t *report, size_t layer)
{
    return confx_layer_type_name(
        (confx_layer_type_t)(report->shapes[layer * SHAPE_COLUMNS + SHAPE_TYPE] - 1));
}

macs_tally_t report_macs(const report_t *report)
{
    macs_tally_t tally = {.n = 0};
    for (size_t i = 0; report->found && i < report->layers_n; i++) {
        /* run.h5 has the shapes that a CSV may have; what the layers need follows from these. */
        const int64_t *shape = report->shapes + i * SHAPE_COLUMNS;
        const confx_layer_t layer = {.type = (confx_layer_type_t)(shape[SHAPE_TYPE] - 1),
                                     .dim = {[CONFX_DIM_K] = shape[SHAPE_K],
                                             [CONFX_DIM_C] = shape[SHAPE_C],
                                             [CONFX_DIM_Y] = shape[SHAPE_Y],
                                             [CONFX_DIM_X] = shape[SHAPE_X],
                                             [CONFX_DIM_R] = shape[SHAPE_R],
                                             [CONFX_DIM_S] = shape[SHAPE_S]},
                                     .stride_y = shape[SHAPE_STRIDE_Y],
                                     .stride_x = shape[SHAPE_STRIDE_X]};
        macs_tally_add(&tally, &layer, report->macs[i]);
    }
    return tally;
}

const double *report_limited(const report_t *report)
{
    return report->limited;
}

size_t report_stages(const report_t *report)
{
    if (report->certified) return 1;
    return algorithm_stages(report->job->search.algorithm).n;
}

const char *report_stage(const report_t *report, size_t stage)
{
    if (report->certified) return STORE_ORIGIN_CERTIFICATE;
    const algorithm_stages_t list = algorithm_stages(report->job->search.algorithm);
    assert(stage < list.n);
    return algorithm_name(list.stages[stage]);
}

uint16_t report_value(const report_t *report, size_t layer, size_t axis)
{
    assert(report->assignment && layer < report->layers_n && axis < report->axes_n);
    return report->assignment[layer * report->axes_n + axis];
}

bool report_uses(const report_t *report, size_t layer, size_t axis)
{
    return !report->used || report->used[layer * report->axes_n + axis];
}

const char *report_word(const report_t *report, size_t layer, size_t axis)
{
    const report_axis_t *of = &report->axes[axis];
    const uint16_t value = report_value(report, layer, axis);
    if (!of->words) return NULL;
    return value < of->words_n ? of->words + (size_t)value * AXIS_TEXT_MAX : "?";
}

bool report_solved(const report_t *report)
{
    return !isnan(report->optimum);
}

double report_limit(const report_t *report)
{
    return report_solved(report) ? report->optimum : report->lower_bound;
}

/* Of sums of some hundred terms in another order. */
static const double rounding = 1e-9;

bool report_optimal(const report_t *report)
{
    return report->found && report_solved(report) && fabs(report->gap) <= rounding;
}

report_optimum_t report_optimum(const report_t *report)
{
    return (report_optimum_t){.better =
                                  report_solved(report) && report->found && report->gap > rounding,
                              .optimum = report->optimum,
                              .gap = report->gap,
                              .levels = !strcmp(report->certificate_space, "levels")};
}

bool report_larger(const report_t *report)
{
    /* Of several budgets more of one may be less of another. */
    return report_optimal(report) && report->job->budgets_n == 1 &&
           report->constraint > report->optimum_constraint * (1 + rounding);
}

next_told_t report_next(const report_t *report)
{
    static const char *const words[] = {
        [NEXT_UNKNOWN] = "unknown", [NEXT_NONE] = "none", [NEXT_KNOWN] = "known"};
    for (next_told_t told = NEXT_UNKNOWN; told <= NEXT_KNOWN; told++)
        if (strncmp(report->next, words[told], strlen(words[told])) == 0) return told;
    return NEXT_UNTOLD;
}

bool report_contradicts(const report_t *report)
{
    return report->found && report->gap < -rounding;
}

double report_feasible(const report_t *report)
{
    double feasible = 0;
    double before = 0;
    /* The progress has samples as a running total and the fraction of each update alone, so each
       fraction is weighted with the samples that its update added. */
    for (size_t i = 0; i < report->updates_n; i++) {
        feasible += report->progress.feasible_fraction[i] * (report->progress.samples[i] - before);
        before = report->progress.samples[i];
    }
    return before > 0 ? feasible / before : NAN;
}

double report_seconds(const report_t *report)
{
    return report->updates_n ? report->progress.seconds[report->updates_n - 1] : 0;
}

confx_status_t report_path(const report_t *report, const char *name, char *out)
{
    return file_join(report->run_dir, name, out);
}
