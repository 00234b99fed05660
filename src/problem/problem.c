/* Opening a problem, and what is known of it before any sample. */
#include "confx/text.h"
#include "confx/try.h"
#include "problem/parts.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- limits ---------------------------------------------------------------------------------- */

static confx_status_t problem_refuse_layer(const problem_t *problem, size_t distinct)
{
    const model_t *model = &problem->model;
    /* All levels are refused; the reason is told of one of them, the first. */
    const uint64_t point = space_choice_point(problem->space, 0);
    uint16_t action[SPACE_AXES];
    char at[256] = "";
    space_action(problem->space, point, action);
    for (size_t axis = 0; axis < space_axes(problem->space); axis++) {
        const char *word = space_word(problem->space, axis, action[axis]);
        text_append(at, sizeof at, "%s%s ", axis ? ", " : "",
                    space_axis(problem->space, axis)->name);
        if (word)
            text_append(at, sizeof at, "%s", word);
        else
            text_append(at, sizeof at, "%u", space_value(problem->space, axis, action[axis]));
    }
    return status_fail(
        CONFX_STATUS_INFEASIBLE, "layer %s: the dataflow runs it on none of the levels; on %s: %s",
        problem->workload->layers[problem->workload->first_of[distinct]].name, at,
        model->why_invalid ? model->why_invalid(model->self, distinct, point) : "invalid");
}

/* The extreme levels of each axis make the uniform assignments that fractions refer to; of an axis
   without order every level is one. False: there is no such corner. */
static bool problem_corner(const space_t *space, uint64_t corner, uint64_t *point)
{
    uint16_t action[SPACE_AXES] = {0};
    /* The number of the corner is read digit by digit, one for each axis, of as many values as the
       axis has choices. What is left behind the last axis is 0 just for corners that exist. */
    for (size_t axis = 0; axis < space_axes(space); axis++) {
        const size_t levels = space_levels(space, axis);
        const bool ordinal = space_axis(space, axis)->kind == AXIS_ORDINAL;
        const size_t choices = ordinal ? 2 : levels;
        const size_t choice = corner % choices;
        action[axis] = space_level_index(space, axis, ordinal && choice ? levels - 1 : choice);
        corner /= choices;
    }
    *point = space_point(space, action);
    return corner == 0;
}

/* The legal choice of a layer whose constraint is extreme: sign 1: least, -1: most. The first of
   equals; problem_check_legal has seen to it that there is one. */
static uint64_t problem_extreme(problem_t *problem, size_t constraint, size_t distinct, double sign,
                                uint64_t point)
{
    const term_t *term = &problem->terms.constraints[constraint];
    double least = INFINITY;
    for (uint64_t choice = 0; choice < space_choices(problem->space); choice++) {
        const uint64_t at = space_choice_point(problem->space, choice);
        if (!problem_is_legal(problem, distinct, at)) continue;
        const double signed_value = sign * problem_term(problem, term, distinct, at);
        /* Comparisons with NaN are false, so that no such choice is taken. */
        if (!(signed_value < least)) continue;
        least = signed_value;
        point = at;
    }
    return point;
}

/* What must be sampled has no figure where the dataflow cannot run the layer, which some
   accountings find out by evaluating alone. */
static bool problem_has_figure(problem_t *problem, size_t constraint, size_t distinct,
                               uint64_t point)
{
    const term_t *term = &problem->terms.constraints[constraint];
    return problem_is_legal(problem, distinct, point) &&
           (term->is_static || !isnan(problem_term(problem, term, distinct, point)));
}

/* What one action for all layers comes to of a constraint, layers in the network's order. A layer
   of which it is illegal takes its own extreme one of that sign instead. */
static double problem_uniform(problem_t *problem, size_t constraint, uint64_t point, double sign)
{
    double metrics[MODEL_METRICS];
    totals_t totals;
    score_t score;
    terms_begin(&problem->terms, &totals);
    for (size_t layer = 0; layer < problem->workload->layers_n; layer++) {
        const size_t distinct = problem->workload->distinct_of[layer];
        const uint64_t at = problem_has_figure(problem, constraint, distinct, point)
                                ? point
                                : problem_extreme(problem, constraint, distinct, sign, point);
        (void)problem_metrics(problem, distinct, at, metrics);
        terms_add(&problem->terms, &totals, problem->members[distinct], metrics);
    }
    terms_end(&problem->terms, &totals, &score);
    return score.constraints[constraint];
}

static problem_range_t problem_constraint_range(problem_t *problem, size_t constraint)
{
    problem_range_t range = {INFINITY, -INFINITY};
    uint64_t point;
    /* Where every action of a corner is legal, both of its sums are the same one. */
    for (uint64_t corner = 0; problem_corner(problem->space, corner, &point); corner++) {
        problem_widen(&range, problem_uniform(problem, constraint, point, 1));
        problem_widen(&range, problem_uniform(problem, constraint, point, -1));
    }
    return range;
}

/* What a constraint ranges over is known without evaluations where it is static; else a cheap model
   can tell it, which is asked only for a fraction of it. */
static bool problem_has_range(const problem_t *problem, const term_t *term, double fraction)
{
    if (problem->model.scores_networks) return false;
    return term->is_static || (model_is_cheap(&problem->model) && !isnan(fraction));
}

/* A layer that the dataflow cannot run at all has no figure, whatever the hardware. */
static confx_status_t problem_refuse_range(problem_t *problem, size_t constraint)
{
    for (size_t distinct = 0; distinct < problem->workload->distinct_n; distinct++) {
        const uint64_t first = space_choice_point(problem->space, 0);
        const uint64_t least = problem_extreme(problem, constraint, distinct, 1, first);
        if (!problem_has_figure(problem, constraint, distinct, least))
            return problem_refuse_layer(problem, distinct);
    }
    return status_input(NULL, 0, "hardware", "the %s of an assignment is no finite number",
                        problem->terms.constraints[constraint].name);
}

static confx_status_t problem_set_limit(problem_t *problem, size_t constraint, double fraction)
{
    term_t *term = &problem->terms.constraints[constraint];
    problem_range_t range = {NAN, NAN};
    if (problem_has_range(problem, term, fraction)) {
        range = problem_constraint_range(problem, constraint);
        if (!isfinite(range.most) || !isfinite(range.least))
            return problem_refuse_range(problem, constraint);
    } else if (!isnan(fraction)) {
        return status_input(
            NULL, 0, "budget",
            "a fraction of the %s cannot be told without evaluations of the model %s, "
            "expected a limit",
            term->name, problem->model.name);
    }
    if (constraint == 0) {
        problem->need_least = range.least;
        problem->need_most = range.most;
    }
    /* A fraction goes from the least to the most of the uniform assignments; a limit that the
       design gives stands as it is. */
    if (!isnan(fraction)) term->limit = range.least + fraction * (range.most - range.least);
    return status_ok();
}

/* ---- can anything be within the limits? ------------------------------------------------------ */

/* Least needs over the levels, of each constraint by itself, and the point of the least need in
   all, illegal ones left out. *valid: the layer can be run on one of them at least, as far as can
   be told without evaluating an expensive model. */
static need_t problem_find_least(problem_t *problem, size_t distinct, bool *valid)
{
    const bool cheap = model_is_cheap(&problem->model) && !problem->model.scores_networks;
    double least_weight = INFINITY;
    need_t least = {{0}, 0};
    for (size_t i = 0; i < TERMS_MAX; i++) least.of[i] = INFINITY;
    *valid = !cheap;
    for (uint64_t choice = 0; choice < space_choices(problem->space); choice++) {
        const uint64_t point = space_choice_point(problem->space, choice);
        double objective;
        double weight;
        if (problem_look(problem, distinct, point, &objective, &weight)) *valid = true;
        if (!problem_is_legal(problem, distinct, point)) continue;
        /* An invalid point counts with its needs as well, which are known of it: these sums are
           lower bounds, by which no budget is refused wrongly. */
        const need_t need = problem_needs(problem, distinct, point);
        for (size_t i = 0; i < TERMS_MAX; i++) least.of[i] = fmin(least.of[i], need.of[i]);
        if (!(weight < least_weight)) continue;
        least_weight = weight;
        problem->least_point[distinct] = point;
    }
    return least;
}

/* Count illegal choices, and refuse a layer that has no other: budgets are between legal ones. */
static confx_status_t problem_check_legal(problem_t *problem)
{
    for (size_t distinct = 0; distinct < problem->workload->distinct_n; distinct++) {
        const uint64_t choices = space_choices(problem->space);
        uint64_t illegal = 0;
        for (uint64_t choice = 0; choice < choices; choice++)
            illegal +=
                !problem_is_legal(problem, distinct, space_choice_point(problem->space, choice));
        problem->illegal_of[distinct] = illegal;
        if (illegal == choices) return problem_refuse_layer(problem, distinct);
    }
    return status_ok();
}

/* Integers between or below the levels may need less. */
static const char *problem_of_levels(const problem_t *problem)
{
    const space_t *space = problem->space;
    return space_choices(space) < space_points(space) ? " of the levels" : "";
}

/* `of` says which assignments need that at least. */
static confx_status_t problem_refuse_limit(const problem_t *problem, const need_t *sum,
                                           const char *of)
{
    size_t i = 0;
    /* The least needs together exceed some limit: the first such one is named. */
    while (terms_fits_one(&problem->terms, i, sum)) i++;
    const term_t *term = &problem->terms.constraints[i];
    if (term->aggregate == AGGREGATE_MAX)
        return status_fail(
            CONFX_STATUS_INFEASIBLE,
            "budget: %s of %.6g %s is below the least%s that one of the layers needs", term->name,
            term->limit, term->unit, *of ? " on the levels" : "");
    return status_fail(
        CONFX_STATUS_INFEASIBLE,
        "budget: %s of %.6g %s is below the least that any assignment%s needs, %.6g %s", term->name,
        term->limit, term->unit, of, sum->of[i], term->unit);
}

/* Beyond so many points nobody looks at all of them for the sake of a refusal. */
enum { PROBLEM_LOOKS_MOST = 1 << 20 };

static bool problem_looks_at_integers(const problem_t *problem)
{
    return model_is_cheap(&problem->model) && !problem->model.scores_networks &&
           *problem_of_levels(problem) &&
           space_points(problem->space) <= PROBLEM_LOOKS_MOST / problem->workload->distinct_n;
}

/* The least needs over all points, as problem_find_least has them over the levels. */
static need_t problem_least_of_all(problem_t *problem)
{
    need_t sum = {{0}, 0};
    for (size_t distinct = 0; distinct < problem->workload->distinct_n; distinct++) {
        need_t least = {{0}, 0};
        for (size_t i = 0; i < TERMS_MAX; i++) least.of[i] = INFINITY;
        for (uint64_t point = 0; point < space_points(problem->space); point++) {
            if (!problem_is_legal(problem, distinct, point)) continue;
            const need_t need = problem_needs(problem, distinct, point);
            for (size_t i = 0; i < TERMS_MAX; i++) least.of[i] = fmin(least.of[i], need.of[i]);
        }
        for (size_t layer = 0; layer < problem->workload->layers_n; layer++)
            if (problem->workload->distinct_of[layer] == distinct) need_add(&sum, &least);
    }
    return sum;
}

/* No level fits, for that reason: no search can begin. A certificate goes over integers as well,
   and of these something may. */
static confx_status_t problem_refuse_levels(problem_t *problem, confx_status_t reason)
{
    if (!problem_looks_at_integers(problem)) return reason;
    const need_t sum = problem_least_of_all(problem);
    if (!terms_fits(&problem->terms, &sum)) return problem_refuse_limit(problem, &sum, "");
    problem->levels = reason;
    return status_ok();
}

static confx_status_t problem_check_limits(problem_t *problem)
{
    need_t sum = {{0}, 0};
    bool valid = true;
    for (size_t layer = 0; layer < problem->workload->layers_n; layer++) {
        const size_t distinct = problem->workload->distinct_of[layer];
        const need_t least = problem_find_least(problem, distinct, &valid);
        if (!valid) return problem_refuse_layer(problem, distinct);
        need_add(&sum, &least);
    }
    if (terms_fits(&problem->terms, &sum)) return status_ok();
    return problem_refuse_levels(problem,
                                 problem_refuse_limit(problem, &sum, problem_of_levels(problem)));
}

confx_status_t problem_levels_fit(const problem_t *problem)
{
    return problem->levels;
}

/* ---- one array for all layers ---------------------------------------------------------------- */

bool problem_fits_layer(problem_t *problem, size_t distinct, uint64_t point)
{
    if (!problem_is_legal(problem, distinct, point)) return false;
    const need_t need = problem_needs(problem, distinct, point);
    return terms_fits(&problem->terms, &need);
}

/* Some choice on the layer's own axes, beside these values of the network's. */
static bool problem_layer_shares(problem_t *problem, size_t distinct, const uint16_t *action)
{
    const uint64_t n = space_own_choices(problem->space);
    for (uint64_t own = 0; own < n; own++)
        if (problem_fits_layer(problem, distinct, space_own_point(problem->space, action, own)))
            return true;
    return false;
}

bool problem_shares(problem_t *problem, const uint16_t *action)
{
    for (size_t distinct = 0; distinct < problem->workload->distinct_n; distinct++)
        if (!problem_layer_shares(problem, distinct, action)) return false;
    return true;
}

/* Each layer has a choice within the limits by now, but they must be able to have one together. */
static confx_status_t problem_check_shared(problem_t *problem)
{
    const space_t *space = problem->space;
    const terms_t *terms = &problem->terms;
    if (space_shared(space) == 0) return status_ok();
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (terms->constraints[i].is_static && terms->constraints[i].aggregate == AGGREGATE_SUM)
            return status_input(NULL, 0, terms->constraints[i].name,
                                "a limit on a sum over layers that share one %s, expected one on "
                                "the largest of them",
                                space_axis(space, 0)->name);
    for (uint64_t choice = 0; choice < space_choices(space); choice += space_own_choices(space)) {
        uint16_t action[SPACE_AXES];
        space_action(space, space_choice_point(space, choice), action);
        if (problem_shares(problem, action)) return status_ok();
    }
    return problem_refuse_levels(
        problem, status_fail(CONFX_STATUS_INFEASIBLE,
                             "budget: no %s%s that is the same in all layers is within it",
                             space_axis(space, 0)->name, problem_of_levels(problem)));
}

/* ---- opening --------------------------------------------------------------------------------- */

/* Layers of one kind count alike, and belong to one network where it matters to which. */
static void problem_fill_members(problem_t *problem)
{
    const confx_workload_t *workload = problem->workload;
    for (size_t distinct = 0; distinct < workload->distinct_n; distinct++) {
        const size_t layer = workload->first_of[distinct];
        problem->members[distinct] = (membership_t){confx_workload_network_of(workload, layer),
                                                    confx_workload_weight_of(workload, layer)};
    }
}

static confx_status_t problem_fill(problem_t *problem, const problem_design_t *design)
{
    const uint64_t points = space_points(problem->space);
    const size_t distinct = problem->workload->distinct_n;
    TRY(terms_bind(&problem->terms, &problem->model));
    assert(problem->model.metrics_n <= MODEL_METRICS);
    problem->is_single = terms_is_single(&problem->terms) && problem->terms.constraints_n == 1;
    /* The key of a point is distinct * points + point in 64 bits. The product is formed in doubles,
       which do not overflow. */
    if ((double)points * (double)distinct >= 9.2e18)
        return status_input(NULL, 0, "actions",
                            "%" PRIu64
                            " for each of %zu kinds of layers are more than can be numbered",
                            points, distinct);
    TRY(key_table_open(problem->model.scores_networks ? 0 : points * distinct, &problem->known));
    problem->least_point = calloc(distinct, sizeof *problem->least_point);
    problem->points = calloc(problem->workload->layers_n, sizeof *problem->points);
    problem->illegal_of = calloc(distinct, sizeof *problem->illegal_of);
    problem->members = calloc(distinct, sizeof *problem->members);
    if (!problem->least_point || !problem->points || !problem->illegal_of || !problem->members)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a problem of %zu layers",
                           problem->workload->layers_n);
    problem_fill_members(problem);
    /* Every level of a cheap model is evaluated here, and whoever comes later finds room for what
       is left by himself. Of a large problem it is only looked at. */
    const bool evaluates = model_is_cheap(&problem->model) && !problem->model.scores_networks;
    problem->is_large = evaluates && points * distinct > LOOKED_LARGE;
    if (problem->is_large)
        TRY(looked_open(&problem->terms, points * distinct, &problem->looked));
    else if (evaluates)
        TRY(problem_reserve(problem, distinct * (size_t)space_choices(problem->space)));
    if (problem->model.validity_is_static) TRY(problem_check_legal(problem));
    /* Finding the limits evaluates points, whose weights depend on these limits: so all weights are
       formed anew behind the last limit, before anybody asks for a need. */
    for (size_t i = 0; i < problem->terms.constraints_n; i++)
        TRY(problem_set_limit(problem, i, design->fractions[i]));
    problem_weigh(problem);
    TRY(problem_check_limits(problem));
    return problem->levels.code == CONFX_STATUS_OK ? problem_check_shared(problem) : status_ok();
}

confx_status_t problem_make(const problem_design_t *design, problem_t **out)
{
    problem_t *problem = calloc(1, sizeof *problem);
    if (!problem) {
        space_close(design->space);
        if (design->model->close) design->model->close(design->model->self);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a problem");
    }
    *problem = (problem_t){.workload = design->workload,
                           .space = design->space,
                           .model = *design->model,
                           .terms = *design->terms,
                           .need_least = NAN,
                           .need_most = NAN};
    /* Space and model are the problem's from here on, and problem_close frees them with it. */
    const confx_status_t status = problem_fill(problem, design);
    if (status.code == CONFX_STATUS_OK)
        *out = problem;
    else
        problem_close(problem);
    return status;
}

void problem_close(problem_t *problem)
{
    if (!problem) return;
    if (problem->model.close) problem->model.close(problem->model.self);
    space_close(problem->space);
    flows_close(problem->flows);
    key_table_close(&problem->known);
    looked_close(&problem->looked);
    free(problem->metrics);
    free(problem->weights);
    free(problem->illegal);
    free(problem->least_point);
    free(problem->illegal_of);
    free(problem->members);
    free(problem->points);
    free(problem);
}

/* ---- what is known --------------------------------------------------------------------------- */

const space_t *problem_space(const problem_t *problem)
{
    return problem->space;
}

const model_t *problem_model(const problem_t *problem)
{
    return &problem->model;
}

const terms_t *problem_terms(const problem_t *problem)
{
    return &problem->terms;
}

const confx_workload_t *problem_workload(const problem_t *problem)
{
    return problem->workload;
}

size_t problem_layers(const problem_t *problem)
{
    return problem->workload->layers_n;
}

size_t problem_distinct(const problem_t *problem)
{
    return problem->workload->distinct_n;
}

size_t problem_distinct_of(const problem_t *problem, size_t layer)
{
    return problem->workload->distinct_of[layer];
}

membership_t problem_membership(const problem_t *problem, size_t distinct)
{
    return problem->members[distinct];
}

uint64_t problem_least_point(const problem_t *problem, size_t distinct)
{
    return problem->least_point[distinct];
}

uint64_t problem_illegal(const problem_t *problem)
{
    uint64_t n = 0;
    for (size_t layer = 0; layer < problem->workload->layers_n; layer++)
        n += problem->illegal_of[problem->workload->distinct_of[layer]];
    return n;
}

double problem_budget(const problem_t *problem)
{
    return terms_scale(&problem->terms);
}

double problem_need_least(const problem_t *problem)
{
    return problem->need_least;
}

double problem_need_most(const problem_t *problem)
{
    return problem->need_most;
}

bool problem_has_layers(const problem_t *problem)
{
    return !problem->model.scores_networks && term_has_shares(&problem->terms.objectives[0]);
}

/* ---- assignments ----------------------------------------------------------------------------- */

uint64_t problem_point(const problem_t *problem, const uint16_t *assignment, size_t layer)
{
    return space_point(problem->space, assignment + layer * space_axes(problem->space));
}

void problem_put(const problem_t *problem, uint16_t *assignment, size_t layer, uint64_t point)
{
    space_action(problem->space, point, assignment + layer * space_axes(problem->space));
}

void problem_canonical(const problem_t *problem, uint16_t *assignment)
{
    if (!space_has_unused(problem->space)) return;
    for (size_t layer = 0; layer < problem->workload->layers_n; layer++)
        problem_put(problem, assignment, layer,
                    space_canonical(problem->space, problem->workload->distinct_of[layer],
                                    problem_point(problem, assignment, layer)));
}

double problem_layer_need(problem_t *problem, const uint16_t *assignment, size_t layer)
{
    return problem_need(problem, problem->workload->distinct_of[layer],
                        problem_point(problem, assignment, layer));
}

need_t problem_assignment_needs(problem_t *problem, const uint16_t *assignment)
{
    need_t sum = {{0}, 0};
    for (size_t layer = 0; layer < problem->workload->layers_n; layer++) {
        const need_t need = problem_needs(problem, problem->workload->distinct_of[layer],
                                          problem_point(problem, assignment, layer));
        need_add(&sum, &need);
    }
    return sum;
}

double problem_assignment_known(problem_t *problem, const uint16_t *assignment)
{
    double sum = 0;
    for (size_t layer = 0; layer < problem->workload->layers_n; layer++)
        sum += problem_known(problem, problem->workload->distinct_of[layer],
                             problem_point(problem, assignment, layer));
    return sum;
}

bool problem_fits(problem_t *problem, const uint16_t *assignment)
{
    const need_t sum = problem_assignment_needs(problem, assignment);
    return terms_fits(&problem->terms, &sum);
}

bool problem_adds_up(const problem_t *problem)
{
    return problem->terms.objectives[0].aggregate == AGGREGATE_SUM;
}
