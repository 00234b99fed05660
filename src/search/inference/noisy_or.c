#include "search/inference/noisy_or.h"

#include <math.h>

/* Of a chance: beyond it nothing is told apart, and logarithms stay finite. */
static const double noisy_or_least = 1e-9;

double noisy_or_chance(double prior, double evidence)
{
    const double odds = log(prior) - log1p(-prior) + evidence;
    const double chance = 1 / (1 + exp(-odds));
    return fmax(noisy_or_least, fmin(chance, 1 - noisy_or_least));
}

static double noisy_or_weight(const noisy_or_t *sets, size_t set)
{
    return sets->weights ? sets->weights[set] : 1;
}

/* What one set tells each of its causes. Were the cause at work the set would have one for sure;
   were it not, one of the others would have to be: the odds rise by the inverse of that chance. The
   largest change of a message. */
static double noisy_or_tell(const noisy_or_t *sets, size_t set, const float *prior,
                            double *evidence)
{
    static const double damping = 0.5; /* sets that share several causes would swing otherwise */
    const uint32_t *members = sets->members + set * sets->width;
    double *messages = sets->messages + set * sets->width;
    const double weight = noisy_or_weight(sets, set);
    double change = 0;
    double none = 0; /* the logarithm of the chance that no cause is at work, by all other sets */
    for (size_t i = 0; i < sets->width && members[i] != NOISY_OR_NONE; i++)
        none += log1p(-noisy_or_chance((double)prior[members[i]],
                                       evidence[members[i]] - weight * messages[i]));
    for (size_t i = 0; i < sets->width && members[i] != NOISY_OR_NONE; i++) {
        const double own =
            noisy_or_chance((double)prior[members[i]], evidence[members[i]] - weight * messages[i]);
        /* The chance that none of the others is at work: that of all, with its own part taken
           out. */
        const double others = fmin(none - log1p(-own), 0);
        const double told = -log(fmax(-expm1(others), noisy_or_least));
        const double step = damping * (told - messages[i]);
        messages[i] += step;
        change = fmax(change, fabs(step));
    }
    return change;
}

/* Evidence is summed anew each round, so that rounding does not gather in it. */
static void noisy_or_sum(const noisy_or_t *sets, double *evidence)
{
    const size_t n = sets->sets * sets->width;
    for (size_t i = 0; i < n; i++)
        if (sets->members[i] != NOISY_OR_NONE) evidence[sets->members[i]] = 0;
    for (size_t i = 0; i < n; i++)
        if (sets->members[i] != NOISY_OR_NONE)
            evidence[sets->members[i]] +=
                noisy_or_weight(sets, i / sets->width) * sets->messages[i];
}

void noisy_or_infer(const noisy_or_t *sets, const float *prior, double *evidence)
{
    enum { ROUNDS = 40 };
    static const double settled = 1e-4;
    for (size_t i = 0; i < sets->sets * sets->width; i++) sets->messages[i] = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double change = 0;
        /* All sets tell what they know of the round before, so that their order means nothing. */
        for (size_t set = 0; set < sets->sets; set++)
            change = fmax(change, noisy_or_tell(sets, set, prior, evidence));
        noisy_or_sum(sets, evidence);
        if (change < settled) return;
    }
}
