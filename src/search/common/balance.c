#include "search/common/balance.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* The steps of one network, steepest first, and where it begins: all layers at their least need. */
typedef struct {
    const struct step *steps;
    size_t n;
    double need, cost; /* of the beginning */
    double least;      /* cost behind the last step */
    double rate;       /* saving of the step that a threshold lies on; 0: none is taken */
} balance_network_t;

typedef struct {
    size_t n;
    balance_network_t networks[CONFX_NETWORKS_MAX];
    double room; /* for the needs of all */
} balance_t;

static int balance_by_saving(const void *a, const void *b)
{
    const struct step *one = a;
    const struct step *other = b;
    if (one->saving != other->saving) return one->saving > other->saving ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

/* Of one kind, behind the `n` steps of its network so far. */
static size_t balance_add_kind(const tradeoff_t *tradeoff, size_t distinct, struct step *steps,
                               size_t n, balance_network_t *network)
{
    const tradeoff_chain_t *hull = &tradeoff->hull[distinct];
    const double members = (double)tradeoff->members[distinct];
    if (hull->n == 0) return n;
    network->need += members * hull->vertices[0].need;
    network->cost += members * hull->vertices[0].cost;
    for (size_t i = 1; i < hull->n; i++, n++) {
        const vertex_t *from = &hull->vertices[i - 1], *to = &hull->vertices[i];
        const double need = to->need - from->need;
        steps[n] = (struct step){(from->cost - to->cost) / need, members * need, (uint32_t)n};
    }
    return n;
}

static void balance_open(tradeoff_t *tradeoff, const problem_t *problem, balance_t *balance)
{
    struct step *steps = tradeoff->steps;
    *balance = (balance_t){.n = problem_workload(problem)->networks_n,
                           .room = problem_budget(problem) - tradeoff->reserve};
    assert(balance->n <= CONFX_NETWORKS_MAX);
    for (size_t i = 0; i < balance->n; i++) {
        balance_network_t *network = &balance->networks[i];
        size_t n = 0;
        for (size_t d = 0; d < tradeoff->distinct; d++)
            /* All steps of a network in one list, steepest first: its own trade-off of cost against
               need. */
            if (problem_membership(problem, d).network == i)
                n = balance_add_kind(tradeoff, d, steps, n, network);
        qsort(steps, n, sizeof *steps, balance_by_saving);
        network->steps = steps;
        network->n = n;
        network->least = network->cost;
        for (size_t k = 0; k < n; k++) network->least -= steps[k].saving * steps[k].need;
        balance->room -= network->need;
        steps += n;
    }
}

/* What a network needs above its beginning to cost no more than the threshold. */
static double balance_need(balance_network_t *network, double threshold)
{
    double need = 0, cost = network->cost;
    network->rate = 0;
    for (size_t i = 0; i < network->n && cost > threshold; i++) {
        const struct step *step = &network->steps[i];
        /* The last step is taken in part, as far as the threshold asks for. */
        const double part = fmin(step->need, (cost - threshold) / step->saving);
        need += part;
        cost -= part * step->saving;
        network->rate = step->saving;
    }
    return need;
}

static double balance_needs(balance_t *balance, double threshold)
{
    double need = 0;
    for (size_t i = 0; i < balance->n; i++) need += balance_need(&balance->networks[i], threshold);
    return need;
}

/* Leaves each network's rate at the least threshold that is within reach of all. */
static void balance_find(balance_t *balance)
{
    enum { HALVINGS = 50 };
    double low = 0, high = 0;
    for (size_t i = 0; i < balance->n; i++) {
        low = fmax(low, balance->networks[i].least);
        high = fmax(high, balance->networks[i].cost);
    }
    if (balance_needs(balance, low) <= balance->room) {
        /* The budget does not bind: only what cannot cost less counts. */
        for (size_t i = 0; i < balance->n; i++)
            balance->networks[i].rate = balance->networks[i].least >= low;
        return;
    }
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = low + (high - low) / 2;
        /* Needs fall as the threshold rises, so that halving finds where they just fit. */
        if (balance_needs(balance, middle) <= balance->room)
            high = middle;
        else
            low = middle;
    }
    (void)balance_needs(balance, high);
}

void balance_networks(tradeoff_t *tradeoff, const problem_t *problem)
{
    static const double least = 1e-3; /* of the largest: what is given for nothing is still taken */
    const bool worst = problem_terms(problem)->objectives[0].aggregate == AGGREGATE_WORST;
    balance_t balance;
    double multipliers[CONFX_NETWORKS_MAX] = {0};
    double largest = 0, sum = 0;
    if (!worst || space_shared(problem_space(problem))) return;
    balance_open(tradeoff, problem, &balance);
    balance_find(&balance);
    for (size_t i = 0; i < balance.n; i++) {
        const double rate = balance.networks[i].rate;
        /* At a common threshold a unit of need saves its rate in each network. Weights in the
           inverse of these make a unit worth the same in all, which is what keeps them level. */
        multipliers[i] = rate > 0 ? 1 / rate : 0;
        largest = fmax(largest, multipliers[i]);
    }
    for (size_t i = 0; i < balance.n; i++) {
        multipliers[i] = largest > 0 ? fmax(multipliers[i], least * largest) : 1;
        sum += multipliers[i];
    }
    for (size_t d = 0; d < tradeoff->distinct; d++)
        tradeoff->value[d] =
            multipliers[problem_membership(problem, d).network] * (double)balance.n / sum;
}
