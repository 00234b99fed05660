/* New assignments in place of those that were scored: near ones at random, and where these are all
   known the next one of a walk over everything that fits the budget. The walk keeps each layer's
   actions by rising need, so it turns back where the layers to come could not have their least any
   more: every turn it takes leads to an assignment that fits, and among as many as were scored and
   one more there is a new one, if there is any. */
#include "search/common/scored_parts.h"

#include <assert.h>
#include <stdlib.h>

static genes_t renew_scratch(const scored_t *self)
{
    return (genes_t){self->scratch, self->scratch + self->layers};
}

static bool renew_invalid(const renewal_t *renewal, size_t distinct, size_t point)
{
    return renewal->ledger && ledger_invalid(renewal->ledger, distinct, point);
}

/* May it be scored: new, within the budget, and not known to be invalid? */
static bool renew_accepts(const scored_t *self, const renewal_t *renewal, genes_t genes)
{
    if (!problem_fits(self->problem, genes_need(self->problem, genes))) return false;
    for (size_t layer = 0; renewal->ledger && layer < self->layers; layer++)
        if (renew_invalid(renewal, problem_distinct_of(self->problem, layer),
                          problem_point(self->problem, genes.pes[layer], genes.buffer[layer])))
            return false;
    return !scored_has(self, genes.pes, genes.buffer);
}

/* ---- near ones ------------------------------------------------------------------------------- */

/* Half of the changes are one head's step to a neighbouring integer, the others go anywhere. */
static void renew_change_integers(const problem_t *problem, rng_t *rng, genes_t genes, size_t layer)
{
    const uint32_t most[2] = {problem_pe_max(problem), problem_buffer_max(problem)};
    if (rng_below(rng, 2)) {
        genes.pes[layer] = (uint16_t)(1 + rng_below(rng, most[0]));
        genes.buffer[layer] = (uint16_t)(1 + rng_below(rng, most[1]));
        return;
    }
    const size_t head = rng_below(rng, 2);
    uint16_t *value = (head ? genes.buffer : genes.pes) + layer;
    if (rng_below(rng, 2))
        *value = (uint16_t)(*value < most[head] ? *value + 1 : *value);
    else
        *value = (uint16_t)(*value > 1 ? *value - 1 : 1);
}

/* A change of one layer is asked to show an action of it that nobody has seen, as long as tries are
   left for others. */
static bool renew_near(scored_t *self, const renewal_t *renewal, rng_t *rng, genes_t genes)
{
    enum { ASKING = 16, TRIES = 32 };
    const genes_t tried = renew_scratch(self);
    for (int i = 0; i < TRIES; i++) {
        const size_t layer = rng_below(rng, self->layers);
        const size_t distinct = problem_distinct_of(self->problem, layer);
        genes_copy(self->problem, tried, genes);
        if (renewal->integers)
            renew_change_integers(self->problem, rng, tried, layer);
        else
            genes_change(self->problem, rng, 0.5, tried, layer);
        const size_t point = problem_point(self->problem, tried.pes[layer], tried.buffer[layer]);
        if (i < ASKING && renewal->ledger && ledger_seen(renewal->ledger, distinct, point))
            continue;
        if (!renew_accepts(self, renewal, tried)) continue;
        genes_copy(self->problem, genes, tried);
        return true;
    }
    return false;
}

/* ---- the walk -------------------------------------------------------------------------------- */

static int renew_by_need(const void *a, const void *b)
{
    const scored_option_t *one = a;
    const scored_option_t *other = b;
    if (one->need != other->need) return one->need < other->need ? -1 : 1;
    return one->point < other->point ? -1 : one->point > other->point;
}

static const scored_option_t *renew_options(const scored_t *self, size_t distinct)
{
    return self->order + distinct * self->options;
}

static void renew_sort(scored_t *self, bool integers)
{
    problem_t *problem = self->problem;
    if (self->walked == integers) return;
    /* The orders over levels and over integers take turns in the same memory; `walked` says which
       of them it holds. */
    self->walked = integers;
    self->options = integers ? problem_points(problem) : genes_actions(problem);
    for (size_t d = 0; d < problem_distinct(problem); d++) {
        scored_option_t *options = self->order + d * self->options;
        for (size_t i = 0; i < self->options; i++) {
            const size_t point = integers ? i : genes_point(problem, i);
            options[i] = (scored_option_t){problem_need(problem, d, point), (uint32_t)point};
        }
        qsort(options, self->options, sizeof *options, renew_by_need);
    }
}

/* The first option from `at` on that is not known to be invalid. */
static size_t renew_valid(const scored_t *self, const renewal_t *renewal, size_t distinct,
                          size_t at)
{
    const scored_option_t *options = renew_options(self, distinct);
    while (at < self->options && renew_invalid(renewal, distinct, options[at].point)) at++;
    return at;
}

/* The least that the layers need from each on. False: of one of them nothing is left. */
static bool renew_measure(scored_t *self, const renewal_t *renewal)
{
    renew_sort(self, renewal->integers);
    for (size_t d = 0; d < problem_distinct(self->problem); d++) {
        self->least[d] = renew_valid(self, renewal, d, 0);
        if (self->least[d] == self->options) return false;
    }
    self->rest[self->layers] = 0;
    for (size_t layer = self->layers; layer-- > 0;) {
        const size_t d = problem_distinct_of(self->problem, layer);
        self->rest[layer] = self->rest[layer + 1] + renew_options(self, d)[self->least[d]].need;
    }
    return problem_fits(self->problem, self->rest[0]);
}

/* The layer takes an option if those behind it can still have their least. */
static bool renew_take(scored_t *self, size_t layer, size_t option)
{
    if (option == self->options) return false;
    const size_t d = problem_distinct_of(self->problem, layer);
    const double need = self->sum[layer] + renew_options(self, d)[option].need;
    if (!problem_fits(self->problem, need + self->rest[layer + 1])) return false;
    self->at[layer] = option;
    self->sum[layer + 1] = need;
    return true;
}

static void renew_take_least(scored_t *self, size_t from)
{
    for (size_t layer = from; layer < self->layers; layer++) {
        const size_t d = problem_distinct_of(self->problem, layer);
        self->at[layer] = self->least[d];
        self->sum[layer + 1] = self->sum[layer] + renew_options(self, d)[self->least[d]].need;
    }
}

/* Options lie by rising need: where the next one does not fit, none behind it does. */
static bool renew_step(scored_t *self, const renewal_t *renewal)
{
    for (size_t layer = self->layers; layer-- > 0;) {
        const size_t d = problem_distinct_of(self->problem, layer);
        if (!renew_take(self, layer, renew_valid(self, renewal, d, self->at[layer] + 1))) continue;
        renew_take_least(self, layer + 1);
        return true;
    }
    return false;
}

/* Somewhere to begin: in turn each layer takes any option that leaves the others their least. */
static void renew_start(scored_t *self, const renewal_t *renewal, rng_t *rng)
{
    for (size_t layer = 0; layer < self->layers; layer++) {
        const size_t d = problem_distinct_of(self->problem, layer);
        /* Options lie by rising need, so that all that fit come before `fitting`. What renew_take
           notes of each of them is overwritten by the option that is drawn. */
        size_t fitting = self->least[d];
        while (fitting < self->options && renew_take(self, layer, fitting)) fitting++;
        const size_t drawn = rng_below(rng, fitting > 0 ? fitting : 1);
        const size_t option = renew_valid(self, renewal, d, drawn);
        if (!renew_take(self, layer, option)) renew_take_least(self, layer);
    }
}

static bool renew_is_new(scored_t *self, const renewal_t *renewal)
{
    const genes_t genes = renew_scratch(self);
    for (size_t layer = 0; layer < self->layers; layer++) {
        const size_t d = problem_distinct_of(self->problem, layer);
        genes_put(self->problem, genes, layer, renew_options(self, d)[self->at[layer]].point);
    }
    return renew_accepts(self, renewal, genes);
}

/* From somewhere on to the end, and from the beginning. */
static bool renew_walk(scored_t *self, const renewal_t *renewal, rng_t *rng, genes_t genes)
{
    if (!renew_measure(self, renewal)) return false;
    renew_start(self, renewal, rng);
    for (int round = 0; round < 2; round++) {
        do {
            if (!renew_is_new(self, renewal)) continue;
            genes_copy(self->problem, genes, renew_scratch(self));
            return true;
        } while (renew_step(self, renewal));
        renew_take_least(self, 0);
    }
    return false;
}

/* ---- the whole ------------------------------------------------------------------------------- */

void scored_renew(scored_t *self, const renewal_t *renewal, size_t n, uint16_t *all)
{
    bool *exhausted = &self->exhausted[renewal->integers];
    for (size_t i = 0; i < n; i++) {
        const genes_t genes = {all + 2 * i * self->layers, all + (2 * i + 1) * self->layers};
        /* Random numbers are keyed by the number of the assignment, so that all ranks replace it
           alike. */
        rng_t rng = rng_begin(renewal->seed, RNG_RENEW, renewal->update, i, 0);
        if (!*exhausted && !renew_accepts(self, renewal, genes) &&
            !renew_near(self, renewal, &rng, genes))
            *exhausted = !renew_walk(self, renewal, &rng, genes);
        /* Where nothing new is left the assignment stays as it was, and is scored once more. */
        scored_add(self, scored_key(self, genes.pes, genes.buffer));
    }
}

/* Are as many left over the integers or the levels, by the walk that counts them? */
static bool renew_counts(scored_t *self, const renewal_t *renewal, size_t wanted)
{
    if (self->exhausted[renewal->integers] || !renew_measure(self, renewal)) return false;
    size_t left = 0;
    renew_take_least(self, 0);
    do left += renew_is_new(self, renewal);
    while (left < wanted && renew_step(self, renewal));
    return left >= wanted;
}

/* The levels are integers too, and few: as many left among them are as many among the integers,
   whose order, of all points by their needs, is then spared. Once it is there, it serves as
   well. */
bool scored_leaves(scored_t *self, const renewal_t *renewal, size_t wanted)
{
    renewal_t levels = *renewal;
    levels.integers = false;
    if (renewal->integers && !self->exhausted[true] && self->walked != true &&
        renew_counts(self, &levels, wanted))
        return true;
    return renew_counts(self, renewal, wanted);
}

bool scored_exhausted(const scored_t *self, bool integers)
{
    return self->exhausted[integers];
}
