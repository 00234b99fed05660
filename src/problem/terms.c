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

/* A constraint that cannot be told is exceeded. */
static double terms_constraint(const term_t *term, double weight, const double *metrics)
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
        const double value = terms_constraint(&terms->constraints[i], of.weight, metrics);
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

static bool terms_within(double value, double limit)
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

double terms_penalised(const terms_t *terms, const score_t *score)
{
    /* Measured on networks of four layers whose area must be sampled, 240 samples: of a weight of 1
       a tenth of what islands sample is within the limit, of 4 half of it, and the best is found.
     */
    static const double weight = 4;
    const double objective = score->objectives[0];
    double excess = 0;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        const double unit = term->limit != 0 ? fabs(term->limit) : 1;
        if (term->is_static || terms_within(score->constraints[i], term->limit)) continue;
        excess += (score->constraints[i] - term->limit) / unit;
    }
    if (excess == 0) return objective;
    return isfinite(excess) ? objective + weight * excess * fabs(objective) : NAN;
}

double terms_without_known(const terms_t *terms, double total, double known)
{
    return terms_has_known(terms) ? total / known : total;
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

/* ---- needs ----------------------------------------------------------------------------------- */

need_t terms_need(const terms_t *terms, const double *metrics)
{
    need_t need = {{0}, 0};
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        if (!term->is_static) continue;
        assert(!term->weighted[0]);
        /* A maximum becomes a count of the layers that exceed it, so that needs can be added
           whatever the aggregate is; terms_fits_one asks that this count is 0. */
        const double value = terms_constraint(term, 1, metrics);
        need.of[i] = term->aggregate == AGGREGATE_MAX ? !terms_within(value, term->limit) : value;
    }
    return need;
}

bool terms_keeps_one(const terms_t *terms, size_t constraint, const need_t *sum)
{
    const term_t *term = &terms->constraints[constraint];
    const double most = term->aggregate == AGGREGATE_MAX ? 0 : term->limit;
    return terms_within(sum->of[constraint], most);
}

bool terms_fits_one(const terms_t *terms, size_t constraint, const need_t *sum)
{
    return !terms->constraints[constraint].is_static || terms_keeps_one(terms, constraint, sum);
}

bool terms_fits(const terms_t *terms, const need_t *sum)
{
    if (sum->illegal) return false;
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (!terms_fits_one(terms, i, sum)) return false;
    return true;
}

static bool terms_adds_up(const term_t *constraint)
{
    return constraint->is_static && constraint->aggregate == AGGREGATE_SUM;
}

double terms_room(const terms_t *terms, size_t constraint, const need_t *sum)
{
    const term_t *term = &terms->constraints[constraint];
    return terms_adds_up(term) ? term->limit - sum->of[constraint] : INFINITY;
}

double terms_scale(const terms_t *terms)
{
    bool none_allowed = false;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        if (!terms_adds_up(term)) continue;
        /* A limit of 0 is no unit in which other needs could be told, so a later one is taken. */
        if (term->limit != 0) return term->limit;
        none_allowed = true;
    }
    return none_allowed ? 0 : 1;
}

bool terms_is_single(const terms_t *terms)
{
    size_t statics = 0, sums = 0;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        statics += terms->constraints[i].is_static;
        sums += terms_adds_up(&terms->constraints[i]);
    }
    return statics == 1 && sums == 1;
}

double terms_weight(const terms_t *terms, const need_t *need)
{
    const double scale = terms_scale(terms);
    /* What no assignment may have weighs twice the whole budget, so that none with such a layer
       fits, whatever the other layers need. Of a budget of nothing any weight is too much. */
    const double forbidden = scale > 0 ? 2 * scale : 1;
    double weight = 0, beyond = 0;
    size_t scaled = 0;
    /* Needs of illegal actions stay finite, so that sums of them can be changed back; the weight is
       for comparisons, in which such an action must lose. */
    if (need->illegal) return INFINITY;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        if (!term->is_static) continue;
        /* All needs are brought to the scale of one sum. Of a maximum the need counts layers beyond
           it. A sum that has to be 0 cannot be scaled; any need of it at all is forbidden. */
        if (term->aggregate == AGGREGATE_MAX) {
            beyond += forbidden * need->of[i];
        } else if (term->limit == 0 && scale != 0) {
            beyond += need->of[i] > 0 ? forbidden : 0;
        } else {
            /* The need itself, to the bit, where the scale is its own limit. */
            weight += term->limit == scale ? need->of[i] : need->of[i] * (scale / term->limit);
            scaled++;
        }
    }
    /* The mean, not the sum: an assignment that uses up every limit weighs the scale, which is what
       weights are held against, however many limits there are. */
    return (scaled > 1 ? weight / (double)scaled : weight) + beyond;
}

/* ---- what a sample reveals ------------------------------------------------------------------- */

size_t terms_revealed(const terms_t *terms)
{
    size_t n = terms->objectives_n;
    for (size_t i = 0; i < terms->constraints_n; i++) n += !terms->constraints[i].is_static;
    return n;
}

void terms_reveal(const terms_t *terms, double weight, const double *metrics, double *values)
{
    size_t n = 0;
    bool valid = true;
    for (size_t i = 0; i < terms->objectives_n; i++) {
        values[n] = term_share(&terms->objectives[i], weight, metrics);
        if (isnan(values[n++])) valid = false;
    }
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (!terms->constraints[i].is_static)
            values[n++] = terms_constraint(&terms->constraints[i], weight, metrics);
    /* Of an invalid point nothing is revealed but that it is invalid, which readers see by the
       first value. */
    for (size_t i = 0; !valid && i < n; i++) values[i] = NAN;
}

/* As terms_need, of what was sampled. */
void terms_add_learned(const terms_t *terms, const double *values, need_t *need)
{
    size_t n = terms->objectives_n;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        if (term->is_static) continue;
        const double value = values[n++];
        need->of[i] += term->aggregate == AGGREGATE_MAX ? !terms_within(value, term->limit) : value;
    }
}

bool terms_keeps_all(const terms_t *terms, const need_t *sum)
{
    if (sum->illegal) return false;
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (!terms_keeps_one(terms, i, sum)) return false;
    return true;
}

double terms_excess(const terms_t *terms, const need_t *sum)
{
    double excess = 0;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        if (term->is_static || terms_keeps_one(terms, i, sum)) continue;
        const double most = term->aggregate == AGGREGATE_MAX ? 0 : term->limit;
        excess += (sum->of[i] - most) / (most != 0 ? fabs(most) : 1);
    }
    return excess;
}
