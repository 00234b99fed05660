/* Evaluating: the table that holds each point once, and what assignments score. */
#include "confx/try.h"
#include "problem/parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the table ------------------------------------------------------------------------------- */

uint64_t problem_row_key(const problem_t *problem, size_t distinct, uint64_t point)
{
    return distinct * space_points(problem->space) +
           space_canonical(problem->space, distinct, point);
}

confx_status_t problem_reserve(problem_t *problem, size_t rows)
{
    const size_t width = problem->model.metrics_n;
    size_t room = problem->room ? problem->room : 64;
    TRY(key_table_reserve(&problem->known, rows));
    while (room < rows) room *= 2;
    if (room == problem->room) return status_ok();
    /* After a failure of the second realloc the first array is larger than `room` says. That does
       no harm: the next attempt asks for the same size. */
    double *metrics = realloc(problem->metrics, room * width * sizeof *metrics);
    if (metrics) problem->metrics = metrics;
    double *weights = realloc(problem->weights, room * sizeof *weights);
    if (weights) problem->weights = weights;
    bool *illegal = realloc(problem->illegal, room * sizeof *illegal);
    if (illegal) problem->illegal = illegal;
    if (!metrics || !weights || !illegal)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the metrics of %zu points", room);
    problem->room = room;
    return status_ok();
}

static void evaluate_weigh(problem_t *problem, size_t row)
{
    need_t need = terms_need(&problem->terms, problem->metrics + row * problem->model.metrics_n);
    need.illegal = problem->illegal[row];
    problem->weights[row] = terms_weight(&problem->terms, &need);
}

void problem_weigh(problem_t *problem)
{
    for (size_t row = 0; row < problem->known.n; row++) evaluate_weigh(problem, row);
}

/* Of an invalid point only static metrics are of use. */
static void evaluate_complete(const model_t *model, evaluation_status_t status, double *metrics)
{
    assert(status == EVALUATION_VALID || status == EVALUATION_INVALID);
    for (size_t i = 0; status == EVALUATION_INVALID && i < model->metrics_n; i++)
        if (!model->metrics[i].is_static) metrics[i] = NAN;
}

static bool evaluate_is_illegal(const model_t *model, evaluation_status_t status)
{
    return model->validity_is_static && status == EVALUATION_INVALID;
}

static void evaluate_problem_enter(problem_t *problem, uint64_t key, evaluation_status_t status,
                                   const double *metrics)
{
    const model_t *model = &problem->model;
    const size_t row = problem->known.n;
    key_table_add(&problem->known, key);
    problem->illegal[row] = evaluate_is_illegal(model, status);
    memcpy(problem->metrics + row * model->metrics_n, metrics, model->metrics_n * sizeof *metrics);
    evaluate_weigh(problem, row);
}

/* A status is large: where there is room nothing but this look is spent. */
static bool evaluate_has_room(problem_t *problem)
{
    return problem->known.n < problem->room ||
           problem_reserve(problem, problem->known.n + 1).code == CONFX_STATUS_OK;
}

/* As problem_row; *illegal is left as it is where NULL is returned. */
static const double *evaluate_row(problem_t *problem, size_t distinct, uint64_t point,
                                  double *scratch, bool *illegal)
{
    const model_t *model = &problem->model;
    const uint64_t key = problem_row_key(problem, distinct, point);
    const uint32_t row = key_table_find(&problem->known, key);
    if (model->scores_networks) return NULL;
    if (row != KEY_TABLE_NONE) {
        *illegal = problem->illegal[row];
        return problem->metrics + row * model->metrics_n;
    }
    if (!model_is_cheap(model)) return NULL;

    const request_t request = {.distinct = (uint32_t)distinct,
                               .point = key % space_points(problem->space)};
    const evaluation_status_t status = model->evaluate(model->self, &request, scratch);
    if (status == EVALUATION_FAILED) return NULL;

    /* Where there is no room in the table the point is evaluated again next time: it costs no more
       than that. */
    evaluate_complete(model, status, scratch);
    if (evaluate_has_room(problem)) evaluate_problem_enter(problem, key, status, scratch);
    *illegal = evaluate_is_illegal(model, status);
    return scratch;
}

const double *problem_row(problem_t *problem, size_t distinct, uint64_t point, double *scratch)
{
    bool illegal;
    return evaluate_row(problem, distinct, point, scratch, &illegal);
}

/* ---- one point ------------------------------------------------------------------------------- */

/* As problem_row, of a large problem: the metrics that its terms are made of, the others may be
   NaN. What is only looked at is not entered into the table, which would have a row for every
   point; *illegal is left as it is where NULL is returned. */
static const double *evaluate_look(problem_t *problem, size_t distinct, uint64_t point,
                                   double *scratch, bool *illegal)
{
    const model_t *model = &problem->model;
    const uint64_t key = problem_row_key(problem, distinct, point);
    if (key_table_find(&problem->known, key) != KEY_TABLE_NONE)
        return evaluate_row(problem, distinct, point, scratch, illegal);
    /* What was sampled is in the table above with all of its metrics; what was looked at has its
       own place. */
    evaluation_status_t status = looked_find(&problem->looked, key, model->metrics_n, scratch);
    if (status == EVALUATION_PENDING) {
        const request_t request = {.distinct = (uint32_t)distinct,
                                   .point = key % space_points(problem->space)};
        status = model->evaluate(model->self, &request, scratch);
        if (status == EVALUATION_FAILED) return NULL;
        evaluate_complete(model, status, scratch);
        looked_enter(&problem->looked, key, status, scratch);
    }
    *illegal = evaluate_is_illegal(model, status);
    return scratch;
}

/* Of a point what the terms are made of: all of a cheap model, static metrics of another; NaN where
   it cannot tell. What is not known to be illegal is taken for legal. */
static const double *evaluate_known(problem_t *problem, size_t distinct, uint64_t point,
                                    double *scratch, bool *illegal)
{
    const model_t *model = &problem->model;
    *illegal = false;
    const double *row = problem->is_large
                            ? evaluate_look(problem, distinct, point, scratch, illegal)
                            : evaluate_row(problem, distinct, point, scratch, illegal);
    if (row) return row;
    for (size_t i = 0; i < model->metrics_n; i++) scratch[i] = NAN;
    if (!model->evaluate_static) return scratch;
    const uint64_t canonical = space_canonical(problem->space, distinct, point);
    /* An expensive model is not asked to evaluate for a look; it may know this much without. */
    const bool legal = model->evaluate_static(model->self, distinct, canonical, scratch);
    *illegal = model->validity_is_static && !legal;
    return scratch;
}

/* A layer's own of the first objective. */
static double evaluate_cost(const problem_t *problem, size_t distinct, const double *row)
{
    return term_layer(&problem->terms.objectives[0], problem->members[distinct].weight, row);
}

static need_t evaluate_needs(problem_t *problem, size_t distinct, uint64_t point)
{
    double scratch[MODEL_METRICS];
    bool illegal;
    need_t need =
        terms_need(&problem->terms, evaluate_known(problem, distinct, point, scratch, &illegal));
    need.illegal = illegal;
    return need;
}

bool problem_is_legal(problem_t *problem, size_t distinct, uint64_t point)
{
    double scratch[MODEL_METRICS];
    bool illegal = false;
    if (problem->model.validity_is_static)
        (void)evaluate_known(problem, distinct, point, scratch, &illegal);
    return !illegal;
}

double problem_need(problem_t *problem, size_t distinct, uint64_t point)
{
    const uint32_t row = key_table_find(&problem->known, problem_row_key(problem, distinct, point));
    if (row != KEY_TABLE_NONE && !problem->model.scores_networks) return problem->weights[row];
    const need_t need = evaluate_needs(problem, distinct, point);
    return terms_weight(&problem->terms, &need);
}

need_t problem_needs(problem_t *problem, size_t distinct, uint64_t point)
{
    /* Of one sum the weight is the need itself, and it is in the table; but of an illegal action
       the weight alone is infinite. */
    const double weight = problem->is_single ? problem_need(problem, distinct, point) : INFINITY;
    return isinf(weight) ? evaluate_needs(problem, distinct, point) : (need_t){{weight}, 0};
}

double problem_known(problem_t *problem, size_t distinct, uint64_t point)
{
    double scratch[MODEL_METRICS];
    bool illegal;
    if (!terms_has_known(&problem->terms)) return 0;
    return term_known(&problem->terms.objectives[0], problem->members[distinct].weight,
                      evaluate_known(problem, distinct, point, scratch, &illegal));
}

bool problem_metrics(problem_t *problem, size_t distinct, uint64_t point, double *metrics)
{
    double scratch[MODEL_METRICS];
    bool illegal = false;
    /* A row in the table has all metrics, which a look need not have. */
    const double *row = evaluate_row(problem, distinct, point, scratch, &illegal);
    if (!row) row = evaluate_known(problem, distinct, point, scratch, &illegal);
    memcpy(metrics, row, problem->model.metrics_n * sizeof *metrics);
    return !illegal && !isnan(evaluate_cost(problem, distinct, row));
}

double problem_term(problem_t *problem, const term_t *term, size_t distinct, uint64_t point)
{
    double scratch[MODEL_METRICS];
    bool illegal;
    return term_layer(term, problem->members[distinct].weight,
                      evaluate_known(problem, distinct, point, scratch, &illegal));
}

bool problem_look(problem_t *problem, size_t distinct, uint64_t point, double *objective,
                  double *need)
{
    double scratch[MODEL_METRICS];
    bool illegal;
    const double *row = evaluate_known(problem, distinct, point, scratch, &illegal);
    *objective = evaluate_cost(problem, distinct, row);
    *need = problem_need(problem, distinct, point);
    return !illegal && !isnan(*objective);
}

double problem_share(problem_t *problem, size_t distinct, uint64_t point)
{
    const term_t *term = &problem->terms.objectives[0];
    const double weight = problem->members[distinct].weight;
    double scratch[MODEL_METRICS];
    bool illegal;
    const double *row = evaluate_known(problem, distinct, point, scratch, &illegal);
    return illegal || isnan(term_layer(term, weight, row)) ? NAN : term_share(term, weight, row);
}

bool problem_factors(problem_t *problem, size_t distinct, uint64_t point, double factors[FACTORS],
                     double *need)
{
    const term_t *term = &problem->terms.objectives[0];
    const bool product = term->aggregate == AGGREGATE_PRODUCT;
    double scratch[MODEL_METRICS];
    bool illegal;
    const double *row = evaluate_known(problem, distinct, point, scratch, &illegal);
    /* A sum is told as a product whose second factor is 1, so that the certificate has one shape
       for both. */
    const double weight = problem->members[distinct].weight;
    factors[0] = product ? term_factor(term, 0, weight, row) : term_layer(term, weight, row);
    factors[1] = product ? term_factor(term, 1, weight, row) : 1;
    *need = problem_need(problem, distinct, point);
    return !illegal && !isnan(evaluate_cost(problem, distinct, row));
}

bool problem_constraints(problem_t *problem, size_t distinct, uint64_t point, double *values)
{
    double scratch[MODEL_METRICS];
    bool illegal;
    const double *row = evaluate_known(problem, distinct, point, scratch, &illegal);
    for (size_t i = 0; i < problem->terms.constraints_n; i++) {
        const double value =
            term_layer(&problem->terms.constraints[i], problem->members[distinct].weight, row);
        values[i] = isnan(value) ? INFINITY : value;
    }
    return !illegal && !isnan(evaluate_cost(problem, distinct, row));
}

static bool evaluate_is_saturated(const problem_t *problem, size_t distinct, size_t first,
                                  uint64_t rest)
{
    const uint64_t stride = space_points(problem->space) / space_range(problem->space, 0);
    return problem->model.is_saturated(problem->model.self, distinct, first * stride + rest);
}

/* What is enough stays enough with more, so that the least number is found by halving. Enough of an
   invalid point says nothing of larger ones. */
size_t problem_enough(problem_t *problem, size_t distinct, uint64_t rest)
{
    const uint64_t stride = space_points(problem->space) / space_range(problem->space, 0);
    const size_t most = space_range(problem->space, 0) - 1;
    size_t low = 0;
    size_t high = most;
    double objective;
    double need;
    if (!problem->model.is_saturated || !evaluate_is_saturated(problem, distinct, most, rest))
        return most;
    /* Index `high` is known to be enough, and all indices below `low` are known not to be. */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (evaluate_is_saturated(problem, distinct, middle, rest))
            high = middle;
        else
            low = middle + 1;
    }
    return problem_look(problem, distinct, low * stride + rest, &objective, &need) ? low : most;
}

/* ---- assignments ----------------------------------------------------------------------------- */

/* The points of an assignment, in the problem's scratch. */
static const uint64_t *evaluate_points(problem_t *problem, const uint16_t *assignment)
{
    const size_t axes = space_axes(problem->space);
    for (size_t layer = 0; layer < problem->workload->layers_n; layer++) {
        const uint64_t point = space_point(problem->space, assignment + layer * axes);
        problem->points[layer] =
            space_canonical(problem->space, problem->workload->distinct_of[layer], point);
    }
    return problem->points;
}

uint64_t problem_key(problem_t *problem, const uint16_t *assignment)
{
    return space_key(problem->space, problem->workload->layers_n,
                     evaluate_points(problem, assignment));
}

/* Requests for what is not in the table yet, each once: `wanted` numbers them. */
typedef struct {
    key_table_t wanted;
    request_t *requests;
    evaluations_t batch;
} evaluate_missing_t;

static void evaluate_close(evaluate_missing_t *missing)
{
    key_table_close(&missing->wanted);
    free(missing->requests);
    free(missing->batch.metrics);
    free(missing->batch.status);
}

static confx_status_t evaluate_want(problem_t *problem, evaluate_missing_t *missing, uint64_t key,
                                    request_t request)
{
    if (key_table_find(&problem->known, key) != KEY_TABLE_NONE) return status_ok();
    if (key_table_find(&missing->wanted, key) != KEY_TABLE_NONE) return status_ok();
    TRY(key_table_reserve(&missing->wanted, missing->wanted.n + 1));
    missing->requests[missing->wanted.n] = request;
    key_table_add(&missing->wanted, key);
    return status_ok();
}

static confx_status_t evaluate_collect(problem_t *problem, const assignments_t *from,
                                       evaluate_missing_t *missing)
{
    const size_t layers = problem->workload->layers_n;
    const size_t cells = space_cells(problem->space, layers);
    const bool networks = problem->model.scores_networks;
    /* There is room for the case that no request is known or comes twice, and for one byte more, so
       that no request at all is not taken for a lack of memory. */
    missing->requests =
        malloc((networks ? from->n : from->n * layers) * sizeof *missing->requests + 1);
    if (!missing->requests)
        return status_fail(CONFX_STATUS_MEMORY, "no memory to evaluate %zu assignments", from->n);
    for (size_t e = 0; e < from->n; e++) {
        const uint16_t *assignment = from->assignments + e * cells;
        const uint64_t *points = evaluate_points(problem, assignment);
        if (networks)
            TRY(evaluate_want(problem, missing, space_key(problem->space, layers, points),
                              (request_t){.assignment = assignment}));
        for (size_t layer = 0; !networks && layer < layers; layer++) {
            const size_t distinct = problem->workload->distinct_of[layer];
            TRY(evaluate_want(problem, missing, problem_row_key(problem, distinct, points[layer]),
                              (request_t){.distinct = (uint32_t)distinct, .point = points[layer]}));
        }
    }
    return status_ok();
}

static confx_status_t evaluate_wanted(problem_t *problem, evaluate_missing_t *missing)
{
    const size_t n = missing->wanted.n;
    const size_t width = problem->model.metrics_n;
    if (n == 0) return status_ok();
    missing->batch = (evaluations_t){.n = n, .requests = missing->requests};
    missing->batch.metrics = calloc(n * width, sizeof(double));
    missing->batch.status = calloc(n, 1); /* EVALUATION_PENDING */
    if (!missing->batch.metrics || !missing->batch.status)
        return status_fail(CONFX_STATUS_MEMORY, "no memory to evaluate %zu points", n);
    TRY(model_evaluate(&problem->model, &missing->batch));
    /* Room for the whole batch is made before its first row is entered, as entering cannot fail. */
    TRY(problem_reserve(problem, problem->known.n + n));
    for (size_t i = 0; i < n; i++) {
        double *metrics = missing->batch.metrics + i * width;
        /* A point that failed in every try stays out of the table, and is asked for again when it
           is next wanted. */
        if (missing->batch.status[i] == EVALUATION_FAILED) continue;
        const evaluation_status_t status = (evaluation_status_t)missing->batch.status[i];
        evaluate_complete(&problem->model, status, metrics);
        evaluate_problem_enter(problem, missing->wanted.keys[i], status, metrics);
    }
    return status_ok();
}

static confx_status_t evaluate_assignments(problem_t *problem, const assignments_t *assignments)
{
    evaluate_missing_t missing = {.requests = NULL};
    confx_status_t status;
    TRY_OUT(key_table_open(0, &missing.wanted));
    TRY_OUT(evaluate_collect(problem, assignments, &missing));
    TRY_OUT(evaluate_wanted(problem, &missing));
out:
    evaluate_close(&missing);
    return status;
}

/* A point that the model failed on has no metrics; a sample with one is no better than one with an
   invalid point. */
static const double *evaluate_row_of(problem_t *problem, size_t distinct, uint64_t point,
                                     double *scratch)
{
    const double *row = problem_row(problem, distinct, point, scratch);
    if (row) return row;
    for (size_t i = 0; i < problem->model.metrics_n; i++) scratch[i] = NAN;
    return scratch;
}

/* What scoring an assignment tells beside its score; NULL: it is not asked for. */
typedef struct {
    double *cost, *need, *limited; /* (L) */
    double *metrics;               /* (M) */
} evaluate_told_t;

/* Of one whose points (L), canonical, are evaluated. */
static void evaluate_total(problem_t *problem, const uint64_t *points, const evaluate_told_t *told,
                           score_t *score)
{
    const size_t width = problem->model.metrics_n;
    double scratch[MODEL_METRICS];
    totals_t totals;
    terms_begin(&problem->terms, &totals);
    for (size_t i = 0; told->metrics && i < width; i++) told->metrics[i] = 0;
    /* Layers are added in the order of the network, which fixes how sums round: a logged score is
       compared for equality when it is verified. */
    for (size_t layer = 0; layer < problem->workload->layers_n; layer++) {
        const size_t distinct = problem->workload->distinct_of[layer];
        const double *row = evaluate_row_of(problem, distinct, points[layer], scratch);
        terms_add(&problem->terms, &totals, problem->members[distinct], row);
        if (told->metrics)
            metrics_add(&problem->model, space_shared(problem->space) > 0, told->metrics, row);
        if (told->cost) told->cost[layer] = evaluate_cost(problem, distinct, row);
        if (told->need) told->need[layer] = problem_need(problem, distinct, points[layer]);
        if (told->limited)
            told->limited[layer] =
                terms_limited(&problem->terms, problem->members[distinct].weight, row);
    }
    terms_end(&problem->terms, &totals, score);
}

const double *problem_network_row(const problem_t *problem, uint64_t key)
{
    const uint32_t row = key_table_find(&problem->known, key);
    return row == KEY_TABLE_NONE ? NULL : problem->metrics + row * problem->model.metrics_n;
}

/* The metrics of a network are its totals, and its layers have no costs of their own. */
static void evaluate_network(problem_t *problem, const uint64_t *points,
                             const evaluate_told_t *told, score_t *score)
{
    const size_t layers = problem->workload->layers_n;
    const double *row = problem_network_row(problem, space_key(problem->space, layers, points));
    double none[MODEL_METRICS];
    totals_t totals;
    for (size_t i = 0; i < MODEL_METRICS; i++) none[i] = NAN;
    terms_begin(&problem->terms, &totals);
    /* The totals are taken as if one layer had them, so that terms are made of them in the usual
       way. */
    terms_add(&problem->terms, &totals, (membership_t){0, 1}, row ? row : none);
    terms_end(&problem->terms, &totals, score);
    if (told->metrics)
        memcpy(told->metrics, row ? row : none, problem->model.metrics_n * sizeof *row);
    for (size_t layer = 0; told->cost && layer < layers; layer++) told->cost[layer] = NAN;
    for (size_t layer = 0; told->need && layer < layers; layer++) told->need[layer] = 0;
    for (size_t layer = 0; told->limited && layer < layers; layer++) told->limited[layer] = NAN;
}

static void evaluate_score(problem_t *problem, const uint16_t *assignment,
                           const evaluate_told_t *told, score_t *score)
{
    const uint64_t *points = evaluate_points(problem, assignment);
    if (problem->model.scores_networks)
        evaluate_network(problem, points, told, score);
    else
        evaluate_total(problem, points, told, score);
}

confx_status_t problem_scores(problem_t *problem, const assignments_t *of, score_t *scores)
{
    const size_t cells = space_cells(problem->space, problem->workload->layers_n);
    const evaluate_told_t nothing = {.cost = NULL};
    TRY(evaluate_assignments(problem, of));
    for (size_t e = 0; e < of->n; e++)
        evaluate_score(problem, of->assignments + e * cells, &nothing, &scores[e]);
    return status_ok();
}

confx_status_t problem_score(problem_t *problem, batch_t *batch)
{
    const assignments_t of = batch_assignments(batch);
    /* A cheap model of layers is asked on the way, point by point. */
    if (!model_is_cheap(&problem->model) || problem->model.scores_networks)
        TRY(evaluate_assignments(problem, &of));
    for (size_t e = 0; e < batch->n; e++) {
        const size_t at = e * batch->layers;
        const evaluate_told_t told = {batch->cost + at, batch->need + at,
                                      batch->limited ? batch->limited + at : NULL,
                                      batch->metrics + e * batch->metrics_n};
        evaluate_score(problem, batch_assignment(batch, e), &told, &batch->scores[e]);
        batch->feasible[e] = terms_feasible(&problem->terms, &batch->scores[e]);
    }
    return status_ok();
}
