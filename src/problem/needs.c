/* What layers take of constraints, before sampling and as samples reveal it. */
#include "confx/needs.h"

#include <assert.h>
#include <math.h>

/* ---- static constraints ---------------------------------------------------------------------- */

need_t terms_need(const terms_t *terms, const double *metrics)
{
    need_t need = {{0}, 0};
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        if (!term->is_static) continue;
        assert(!term->weighted[0]);
        /* A maximum becomes a count of the layers that exceed it, so that needs can be added
           whatever the aggregate is; terms_fits_one asks that this count is 0. */
        const double value = term_taken(term, 1, metrics);
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

static bool needs_adds_up(const term_t *constraint)
{
    return constraint->is_static && constraint->aggregate == AGGREGATE_SUM;
}

double terms_scale(const terms_t *terms)
{
    bool none_allowed = false;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        if (!needs_adds_up(term)) continue;
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
        sums += needs_adds_up(&terms->constraints[i]);
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
            values[n++] = term_taken(&terms->constraints[i], weight, metrics);
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

double terms_excess(const terms_t *terms, const need_t *sum)
{
    double excess = 0;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        if (term->is_static || terms_keeps_one(terms, i, sum)) continue;
        const double most = term->aggregate == AGGREGATE_MAX ? 0 : term->limit;
        /* Shares of the limits can be added up though the limits have different units. Of a maximum
           the number of layers beyond it is added. */
        excess += (sum->of[i] - most) / (most != 0 ? fabs(most) : 1);
    }
    return excess;
}
