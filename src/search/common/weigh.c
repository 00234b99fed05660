#include "search/common/weigh.h"

#include <assert.h>
#include <math.h>

typedef struct {
    weights_t *weights;
    tradeoff_t *tradeoff;
    const cost_view_t *cost_view;
} weigh_t;

/* What the layers' choices come to at some weights. */
typedef struct {
    double share, known;
    need_t needs;
} weigh_sums_t;

static void weigh_add(const weigh_t *self, size_t distinct, uint64_t point, weigh_sums_t *sums)
{
    const cost_view_t *view = self->cost_view;
    const double members = (double)self->tradeoff->members[distinct];
    need_t learned = {{0}, 0};
    if (self->weights->learned)
        terms_add_learned(problem_terms(self->weights->problem),
                          memory_find(view->memory, distinct, point), &learned);
    sums->share += members * cost_view_share(view, distinct, point);
    sums->known += members * problem_known(self->weights->problem, distinct, point);
    for (size_t i = 0; i < TERMS_MAX; i++) sums->needs.of[i] += members * learned.of[i];
}

/* False: there is a kind of which nothing was seen. */
static bool weigh_measure(const weigh_t *self, weigh_sums_t *sums)
{
    tradeoff_t *tradeoff = self->tradeoff;
    *sums = (weigh_sums_t){.share = 0};
    tradeoff_build(tradeoff, self->weights->problem, self->cost_view);
    const double multiplier = tradeoff_multiplier(tradeoff, self->weights->problem);
    for (size_t d = 0; d < tradeoff->distinct; d++) {
        const vertex_t *vertex = tradeoff_pick(tradeoff, d, multiplier);
        if (!vertex) return false;
        weigh_add(self, d, vertex->point, sums);
    }
    return true;
}

/* ---- a product ------------------------------------------------------------------------------- */

/* The best rate so far. */
typedef struct {
    double product, rate, next; /* next: of the linear part of the product there */
} weigh_best_t;

static double weigh_rate_of(const weigh_sums_t *sums)
{
    return sums->known > 0 ? sums->share / sums->known : 0;
}

/* The rate of the linear part of what the choices at a rate come to. */
static double weigh_try(const weigh_t *self, double rate, weigh_best_t *best)
{
    weigh_sums_t sums;
    self->weights->rate = rate;
    if (!weigh_measure(self, &sums)) return 0;
    const double product = sums.share * sums.known;
    if (product < best->product) *best = (weigh_best_t){product, rate, weigh_rate_of(&sums)};
    return weigh_rate_of(&sums);
}

static void weigh_range(const weigh_t *self, double low, double high, int steps, weigh_best_t *best)
{
    for (int i = 0; i <= steps; i++)
        (void)weigh_try(self, low * pow(high / low, (double)i / steps), best);
}

/* The least product is at a vertex of the hull of both sums, which choices at some rate are at. A
   rate that is that of its own choices is a local minimum, of which there may be several: the ends
   are those of the least shares and of the least known sum, and some rates between are tried. */
static void weigh_product(const weigh_t *self)
{
    enum { SETTLING = 6 };
    /* A memory has few points that matter, a table has all. */
    const int between = self->cost_view->memory ? 40 : 6;
    weigh_best_t best = {INFINITY, 0, 0};
    const double low = weigh_try(self, 0, &best);
    const double high = weigh_try(self, 1e6 * low, &best);
    if (low > 0 && high > low) weigh_range(self, low, high, between, &best);
    if (self->cost_view->memory && best.rate > 0 && high > low) {
        const double step = pow(high / low, 1.0 / between);
        weigh_range(self, best.rate / step, best.rate * step, between, &best);
    }
    for (int i = 0; i < SETTLING && best.next > 0 && best.next != best.rate; i++) {
        const double before = best.rate;
        (void)weigh_try(self, best.next, &best);
        if (best.rate == before) break;
    }
    self->weights->rate = best.next > 0 ? best.next : best.rate;
}

/* ---- constraints that must be sampled -------------------------------------------------------- */

static bool weigh_keeps(const weigh_t *self, size_t constraint, double multiplier)
{
    weigh_sums_t sums;
    self->weights->multiplier[constraint] = multiplier;
    return weigh_measure(self, &sums) &&
           terms_keeps_one(problem_terms(self->weights->problem), constraint, &sums.needs);
}

/* The least multiplier at which the choices keep the limit, to a few digits: what they have of the
   constraint falls as it rises (Everett 1963). Where none does, one at which hardly anything else
   counts. */
static void weigh_constraint(const weigh_t *self, size_t constraint)
{
    enum { WIDENINGS = 12, HALVINGS = 14 };
    const term_t *term = &problem_terms(self->weights->problem)->constraints[constraint];
    weigh_sums_t sums;
    self->weights->multiplier[constraint] = 0;
    if (!weigh_measure(self, &sums) ||
        terms_keeps_one(problem_terms(self->weights->problem), constraint, &sums.needs))
        return;
    /* At this multiplier the limit is worth as much as all shares. */
    double high = sums.share / (term->limit != 0 ? fabs(term->limit) : 1);
    int widened = 0;
    while (widened < WIDENINGS && !weigh_keeps(self, constraint, high)) {
        high *= 4;
        widened++;
    }
    double low = high / 4;
    for (int i = 0; i < WIDENINGS && widened == 0 && weigh_keeps(self, constraint, low); i++)
        low /= 4;
    high = low * 4;
    for (int i = 0; i < HALVINGS && widened < WIDENINGS; i++) {
        const double middle = sqrt(low * high);
        if (weigh_keeps(self, constraint, middle))
            high = middle;
        else
            low = middle;
    }
    self->weights->multiplier[constraint] = high;
}

void weigh(weights_t *weights, tradeoff_t *tradeoff, const cost_view_t *cost_view)
{
    const weigh_t self = {weights, tradeoff, cost_view};
    const terms_t *terms = problem_terms(weights->problem);
    assert(cost_view->weights == weights && weights_matter(weights));
    /* One weight goes by the others: the second round is near enough to where they settle. */
    const int rounds = weights->learned && (weights->known || terms->constraints_n > 2) ? 2 : 1;
    for (int round = 0; round < rounds; round++) {
        if (weights->known) weigh_product(&self);
        for (size_t i = 0; weights->learned && i < terms->constraints_n; i++)
            if (!terms->constraints[i].is_static) weigh_constraint(&self, i);
    }
    tradeoff_build(tradeoff, weights->problem, cost_view);
}
