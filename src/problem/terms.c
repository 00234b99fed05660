/* Objectives and constraints: the only place where layers add up. */
#include "confx/terms.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* A sum may round above a limit that is the same sum in another order. */
static const double terms_slack = 1e-12;

/* ---- metrics --------------------------------------------------------------------------------- */

/* A factor is known before sampling where its metric is static and the model can tell it of a
   layer. */
static void terms_bind_known(term_t *term, const model_t *model)
{
    size_t known_n = 0;
    term->known = FACTORS;
    if (term->aggregate != AGGREGATE_PRODUCT || model->scores_networks ||
        !(model_is_cheap(model) || model->evaluate_static))
        return;
    for (size_t i = 0; i < FACTORS; i++) {
        if (!model->metrics[term->column[i]].is_static) continue;
        term->known = i;
        known_n++;
    }
    if (known_n != 1) term->known = FACTORS;
}

static confx_status_t terms_bind_one(term_t *term, const model_t *model)
{
    assert(term->factors_n >= 1 && term->factors_n <= FACTORS);
    assert(term->aggregate != AGGREGATE_PRODUCT || term->factors_n == FACTORS);
    term->is_static = model_is_cheap(model) || model->evaluate_static;
    for (size_t i = 0; i < term->factors_n; i++) {
        term->column[i] = model_metric(model, term->metric[i]);
        if (term->column[i] == model->metrics_n)
            return status_input(NULL, 0, term->name, "model %s has no metric %s", model->name,
                                term->metric[i]);
        term->is_static = term->is_static && model->metrics[term->column[i]].is_static;
    }
    terms_bind_known(term, model);
    return status_ok();
}

confx_status_t terms_bind(terms_t *terms, const model_t *model)
{
    assert(terms->objectives_n >= 1 && terms->objectives_n <= TERMS_MAX);
    assert(terms->constraints_n <= TERMS_MAX);
    for (size_t i = 0; i < terms->objectives_n; i++)
        TRY(terms_bind_one(&terms->objectives[i], model));
    for (size_t i = 0; i < terms->constraints_n; i++) {
        term_t *term = &terms->constraints[i];
        if (term->aggregate == AGGREGATE_PRODUCT || term->aggregate == AGGREGATE_WORST)
            return status_input(NULL, 0, term->name,
                                term->aggregate == AGGREGATE_WORST
                                    ? "a limit on the worst of several sums, expected one on a sum "
                                      "or maximum"
                                    : "a limit on a product of sums, expected one on a sum or "
                                      "maximum");
        TRY(terms_bind_one(term, model));
        /* A model that scores whole networks tells nothing of a single layer that could be added
           up. */
        term->is_static = term->is_static && !model->scores_networks;
    }
    return status_ok();
}

double term_layer(const term_t *term, double weight, const double *metrics)
{
    const bool weighted = term->weighted[0] && term->aggregate != AGGREGATE_PRODUCT;
    const double first = metrics[term->column[0]];
    const double value = term->factors_n == 1 ? first : first * metrics[term->column[1]];
    return weighted ? weight * value : value;
}

double term_factor(const term_t *term, size_t factor, double weight, const double *metrics)
{
    const double value = metrics[term->column[factor]];
    return term->weighted[factor] ? weight * value : value;
}

double term_share(const term_t *term, double weight, const double *metrics)
{
    const double value = term_layer(term, weight, metrics);
    if (term->aggregate == AGGREGATE_PRODUCT && term->known < FACTORS)
        return isnan(value) ? NAN : term_factor(term, 1 - term->known, weight, metrics);
    if (term->aggregate != AGGREGATE_MAX) return value;
    const double in_units = term->share_unit > 0 ? value / term->share_unit : value;
    /* Five squarings: as a power of two it is a few exact steps, whatever the library's pow. */
    double share = in_units;
    for (int squaring = 0; squaring < 5; squaring++) share *= share;
    return share;
}

double term_known(const term_t *term, double weight, const double *metrics)
{
    const bool has = term->aggregate == AGGREGATE_PRODUCT && term->known < FACTORS;
    return has ? term_factor(term, term->known, weight, metrics) : 0;
}

double terms_limited(const terms_t *terms, double weight, const double *metrics)
{
    double sum = 0;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        if (term->is_static || term->aggregate != AGGREGATE_SUM) continue;
        sum += term_taken(term, weight, metrics) / (term->limit != 0 ? fabs(term->limit) : 1);
    }
    return sum;
}

bool term_has_shares(const term_t *term)
{
    return term->aggregate != AGGREGATE_PRODUCT || term->known < FACTORS;
}

bool terms_has_known(const terms_t *terms)
{
    const term_t *term = &terms->objectives[0];
    return term->aggregate == AGGREGATE_PRODUCT && term->known < FACTORS;
}

bool terms_has_learned(const terms_t *terms)
{
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (!terms->constraints[i].is_static) return true;
    return false;
}

/* ---- scores ---------------------------------------------------------------------------------- */

double term_taken(const term_t *term, double weight, const double *metrics)
{
    const double value = term_layer(term, weight, metrics);
    return isnan(value) ? INFINITY : value;
}

/* NaN wins over any maximum: one invalid layer makes the whole invalid, as in a sum. */
static double terms_larger(double one, double other)
{
    return isnan(one) || isnan(other) ? NAN : fmax(one, other);
}

void terms_begin(const terms_t *terms, totals_t *totals)
{
    *totals = (totals_t){.objectives = {{0}}};
    for (size_t i = 0; i < terms->objectives_n; i++)
        if (terms->objectives[i].aggregate == AGGREGATE_MAX) totals->objectives[i][0] = -INFINITY;
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (terms->constraints[i].aggregate == AGGREGATE_MAX) totals->constraints[i] = -INFINITY;
}

void terms_add(const terms_t *terms, totals_t *totals, membership_t of, const double *metrics)
{
    assert(of.network < TERMS_PARTS);
    for (size_t i = 0; i < terms->objectives_n; i++) {
        const term_t *term = &terms->objectives[i];
        double *parts = totals->objectives[i];
        switch (term->aggregate) {
        case AGGREGATE_SUM:
            parts[0] += term_layer(term, of.weight, metrics);
            break;
        case AGGREGATE_MAX:
            parts[0] = terms_larger(parts[0], term_layer(term, of.weight, metrics));
            break;
        case AGGREGATE_PRODUCT:
            for (size_t f = 0; f < FACTORS; f++)
                parts[f] += term_factor(term, f, of.weight, metrics);
            break;
        case AGGREGATE_WORST:
            parts[of.network] += term_layer(term, of.weight, metrics);
            break;
        }
    }
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const double value = term_taken(&terms->constraints[i], of.weight, metrics);
        if (terms->constraints[i].aggregate == AGGREGATE_MAX)
            totals->constraints[i] = fmax(totals->constraints[i], value);
        else
            totals->constraints[i] += value;
    }
}

/* A sum, a product of two, or the largest of those there are: objectives are never negative, so
   that a network which is not there, whose sum is 0, is not it. */
static double terms_objective(const term_t *term, const double parts[TERMS_PARTS])
{
    double worst = parts[0];
    if (term->aggregate == AGGREGATE_PRODUCT) return parts[0] * parts[1];
    for (size_t i = 1; term->aggregate == AGGREGATE_WORST && i < TERMS_PARTS; i++)
        worst = terms_larger(worst, parts[i]);
    return worst;
}

void terms_end(const terms_t *terms, const totals_t *totals, score_t *score)
{
    *score = (score_t){.objectives = {0}};
    for (size_t i = 0; i < terms->objectives_n; i++)
        score->objectives[i] = terms_objective(&terms->objectives[i], totals->objectives[i]);
    for (size_t i = 0; i < terms->constraints_n; i++)
        score->constraints[i] = totals->constraints[i];
}

void metrics_add(const model_t *model, bool one, double *sums, const double *metrics)
{
    for (size_t i = 0; i < model->metrics_n; i++)
        if (one && model->metrics[i].is_hardware)
            sums[i] = terms_larger(sums[i], metrics[i]);
        else
            sums[i] += metrics[i];
}

static int terms_order(double one, double other)
{
    return one < other ? -1 : one > other;
}

static bool terms_is_none(const score_t *score)
{
    for (size_t i = 0; i < TERMS_MAX; i++)
        if (isnan(score->objectives[i])) return true;
    return false;
}

bool terms_within(double value, double limit)
{
    return value <= limit * (1 + terms_slack);
}

bool terms_keeps(const term_t *constraint, double value)
{
    return terms_within(value, constraint->limit);
}

bool terms_feasible(const terms_t *terms, const score_t *score)
{
    for (size_t i = 0; i < terms->objectives_n; i++)
        if (isnan(score->objectives[i])) return false;
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (!terms_within(score->constraints[i], terms->constraints[i].limit)) return false;
    return true;
}

bool terms_keeps_known(const terms_t *terms, const score_t *score)
{
    for (size_t i = 0; i < terms->objectives_n; i++)
        if (isnan(score->objectives[i])) return false;
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (terms->constraints[i].is_static &&
            !terms_within(score->constraints[i], terms->constraints[i].limit))
            return false;
    return true;
}

double terms_over(const terms_t *terms, const score_t *score)
{
    double excess = 0;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        const double unit = term->limit != 0 ? fabs(term->limit) : 1;
        if (term->is_static || terms_within(score->constraints[i], term->limit)) continue;
        excess += (score->constraints[i] - term->limit) / unit;
    }
    return excess;
}

int terms_compare(const terms_t *terms, const score_t *one, const score_t *other)
{
    const bool none = terms_is_none(one), other_none = terms_is_none(other);
    if (none || other_none) return none - other_none;
    const int order = terms_order(terms_over(terms, one), terms_over(terms, other));
    return order ? order : score_compare(one, other);
}

double terms_penalised(const terms_t *terms, const score_t *score)
{
    /* Measured on networks of four layers whose area must be sampled, 240 samples: of a weight of 1
       a tenth of what islands sample is within the limit, of 4 half of it, and the best is found.
     */
    static const double weight = 4;
    const double objective = score->objectives[0];
    const double excess = terms_over(terms, score);
    if (excess == 0) return objective;
    return isfinite(excess) ? objective + weight * excess * fabs(objective) : NAN;
}

double terms_without_known(const terms_t *terms, double total, double known)
{
    return terms_has_known(terms) ? total / known : total;
}

int score_compare(const score_t *one, const score_t *other)
{
    const bool none = terms_is_none(one), other_none = terms_is_none(other);
    if (none || other_none) return none - other_none;
    /* Terms that the problem does not have are 0 in every score, so that all places can be compared
       without knowing how many are in use. */
    int order = 0;
    for (size_t i = 0; i < TERMS_MAX && !order; i++)
        order = terms_order(one->objectives[i], other->objectives[i]);
    for (size_t i = 0; i < TERMS_MAX && !order; i++)
        order = terms_order(one->constraints[i], other->constraints[i]);
    return order;
}

bool score_dominates(const score_t *one, const score_t *other)
{
    bool better = false;
    if (terms_is_none(one)) return false;
    if (terms_is_none(other)) return true;
    for (size_t i = 0; i < TERMS_MAX; i++) {
        if (one->objectives[i] > other->objectives[i]) return false;
        better = better || one->objectives[i] < other->objectives[i];
    }
    return better;
}

size_t score_size(const terms_t *terms)
{
    return terms->objectives_n + terms->constraints_n;
}

void score_pack(const terms_t *terms, const score_t *score, double *values)
{
    memcpy(values, score->objectives, terms->objectives_n * sizeof *values);
    memcpy(values + terms->objectives_n, score->constraints, terms->constraints_n * sizeof *values);
}

score_t score_unpack(const terms_t *terms, const double *values)
{
    score_t score = {.objectives = {0}};
    memcpy(score.objectives, values, terms->objectives_n * sizeof *values);
    memcpy(score.constraints, values + terms->objectives_n, terms->constraints_n * sizeof *values);
    return score;
}
