/* The least need of a choice whose product of two sums is at most a given one. In the plane of the
   two sums such choices lie on or below a hyperbola. Between two of its points it lies below their
   chord, so that the least need below a chord, a knapsack problem with need as its cost, is a lower
   bound on the least need below that part of the hyperbola; and it is the answer for it if the
   choice found lies below the hyperbola too. If not, the part is split where that choice is: it
   lies above both new chords. Parts are taken by rising bound, so that the first answer is the
   least of all. */
#include "confx/try.h"
#include "knapsack/pareto.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SOLVES_MAX = 200 };

typedef struct {
    range_t range;
    sums_t sums; /* of the choice that needs least below the chord */
    uint32_t *choice;
} pareto_least_part_t;

typedef struct {
    const pareto_t *pareto;
    double product;
    knapsack_limits_t limits;
    size_t solves;
    option_class_t *classes; /* need as cost, the weighted costs above their least as need */
    option_t *store;
    pareto_least_part_t parts[SOLVES_MAX];
    size_t parts_n;
    bool complete; /* no limit was met */
} least_t;

/* Both costs weighted as the chord is inclined; every class above its least, whose sum is given
   back. */
static double pareto_least_weigh(least_t *self, double weight)
{
    const pareto_t *pareto = self->pareto;
    option_t *next = self->store;
    double least_sum = 0;
    for (size_t c = 0; c < pareto->classes_n; c++) {
        const option_class_t *offered = &pareto->offered[c];
        double least = INFINITY;
        for (size_t i = 0; i < offered->n; i++) {
            const uint32_t index = offered->options[i].point;
            const double cost =
                weight * pareto_first(pareto, c, index) + pareto_second(pareto, c, index);
            /* Roles are changed over: the caller's need is what is to be least, and the weighted
               costs are what must stay within the chord. */
            next[i] = (option_t){
                .cost = pareto->classes[c].options[index].need, .need = cost, .point = index};
            least = fmin(least, cost);
        }
        for (size_t i = 0; i < offered->n; i++) next[i].need -= least;
        if (offered->members) least_sum += (double)offered->members * least;
        self->classes[c] = (option_class_t){offered->n, next, offered->members};
        next += offered->n;
    }
    return least_sum;
}

/* The least need below the chord over a range, as one more part; nothing if no choice is there. */
static confx_status_t pareto_least_add_part(least_t *self, range_t range)
{
    knapsack_t knapsack;
    if (self->solves++ == SOLVES_MAX) {
        self->complete = false;
        return status_ok();
    }
    /* The chord from (from, product / from) to (to, product / to) is the line weight * first +
       second = product / from + product / to. */
    const double weight = self->product / range.from / range.to;
    const double least = pareto_least_weigh(self, weight);
    const double budget = self->product / range.from + self->product / range.to - least;
    TRY(knapsack_solve(self->classes, self->pareto->classes_n, budget, self->limits, &knapsack));
    if (knapsack.solved) {
        /* Each part has taken a solve, so that there is room for as many parts as solves. */
        assert(self->parts_n < SOLVES_MAX);
        self->parts[self->parts_n++] = (pareto_least_part_t){
            range, pareto_sums(self->pareto, knapsack.choice), knapsack.choice};
        knapsack.choice = NULL; /* handed over */
    } else if (knapsack.feasible)
        self->complete = false;
    knapsack_close(&knapsack);
    return status_ok();
}

/* Where products within reach can lie: both sums have a least and a largest value. False:
   nowhere. */
static bool pareto_least_whole_range(const least_t *self, range_t *range)
{
    const pareto_t *pareto = self->pareto;
    sums_t least = {0, 0, 0};
    sums_t most = {0, 0, 0};
    for (size_t c = 0; c < pareto->classes_n; c++) {
        const double members = (double)pareto->classes[c].members;
        double from[KNAPSACK_SUMS] = {INFINITY, INFINITY}, to[KNAPSACK_SUMS] = {0, 0};
        if (members == 0) continue;
        for (size_t i = 0; i < pareto->offered[c].n; i++) {
            const uint32_t index = pareto->offered[c].options[i].point;
            const double costs[KNAPSACK_SUMS] = {pareto_first(pareto, c, index),
                                                 pareto_second(pareto, c, index)};
            for (size_t f = 0; f < KNAPSACK_SUMS; f++) {
                /* The sums' least and largest values are those of the classes, member by member: no
                   choice is outside of this rectangle. */
                from[f] = fmin(from[f], costs[f]);
                to[f] = fmax(to[f], costs[f]);
            }
        }
        least = (sums_t){least.first + members * from[0], least.second + members * from[1], 0};
        most = (sums_t){most.first + members * to[0], most.second + members * to[1], 0};
    }
    /* Beyond the largest sums the hyperbola need not be followed: its chord, drawn on, runs above
       all that is there. */
    const double hair = 1e-9;
    range->from = fmax(least.first, self->product / most.second) * (1 - hair);
    range->to = fmin(most.first, self->product / least.second) * (1 + hair);
    return range->from > 0 && range->from <= range->to;
}

static confx_status_t pareto_least_begin(least_t *self, const range_t *ranges, size_t ranges_n)
{
    range_t whole;
    if (!pareto_least_whole_range(self, &whole)) return status_ok();
    /* Ranges that are given are where a caller knows that anything can lie; they are cut to what
       the sums can be at all, and an empty one is no part. */
    if (ranges_n == 0) return pareto_least_add_part(self, whole);
    for (size_t i = 0; i < ranges_n; i++) {
        const range_t part = {fmax(ranges[i].from, whole.from), fmin(ranges[i].to, whole.to)};
        if (part.from <= part.to) TRY(pareto_least_add_part(self, part));
    }
    return status_ok();
}

/* Of equal needs the lower product. */
static size_t pareto_least_lowest_part(const least_t *self)
{
    size_t lowest = 0;
    for (size_t i = 1; i < self->parts_n; i++) {
        const sums_t *one = &self->parts[i].sums, *other = &self->parts[lowest].sums;
        const bool less = one->first * one->second < other->first * other->second;
        if (one->need < other->need || (one->need == other->need && less)) lowest = i;
    }
    return lowest;
}

/* Rounding may leave no room between the ends and the choice that is to be cut off. */
static confx_status_t pareto_least_split(least_t *self, size_t i)
{
    const pareto_least_part_t part = self->parts[i];
    const double at = part.sums.first;
    self->parts[i] = self->parts[--self->parts_n];
    free(part.choice);
    if (!(part.range.from < at && at < part.range.to)) {
        self->complete = false;
        return status_ok();
    }
    TRY(pareto_least_add_part(self, (range_t){part.range.from, at}));
    return pareto_least_add_part(self, (range_t){at, part.range.to});
}

static confx_status_t pareto_least_search(least_t *self, double below, least_found_t *found,
                                          uint32_t *choice)
{
    *found = LEAST_UNKNOWN;
    while (self->complete) {
        const size_t lowest = pareto_least_lowest_part(self);
        if (self->parts_n == 0 || !(self->parts[lowest].sums.need < below)) {
            *found = LEAST_NONE;
            break;
        }
        /* The bound of this part is the lowest of all. If the choice that has it lies below the
           hyperbola, it is the answer; otherwise the part is split there, and its bounds rise. */
        const sums_t *sums = &self->parts[lowest].sums;
        if (sums->first * sums->second <= self->product) {
            memcpy(choice, self->parts[lowest].choice, self->pareto->members * sizeof *choice);
            *found = LEAST_KNOWN;
            break;
        }
        TRY(pareto_least_split(self, lowest));
    }
    return status_ok();
}

static void pareto_least_close(least_t *self)
{
    for (size_t i = 0; i < self->parts_n; i++) free(self->parts[i].choice);
    free(self->classes);
    free(self->store);
    free(self);
}

/* NULL: no memory. */
static least_t *pareto_least_open(const pareto_t *pareto, double product, knapsack_limits_t limits)
{
    size_t options_n = 0;
    for (size_t c = 0; c < pareto->classes_n; c++) options_n += pareto->offered[c].n;
    least_t *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->pareto = pareto;
    self->product = product;
    self->limits = limits;
    self->complete = true;
    self->classes = calloc(pareto->classes_n + 1, sizeof *self->classes);
    self->store = calloc(options_n + 1, sizeof *self->store);
    if (self->classes && self->store) return self;
    pareto_least_close(self);
    return NULL;
}

confx_status_t pareto_least(const pareto_t *pareto, double product, const range_t *ranges,
                            size_t ranges_n, double below, knapsack_limits_t limits,
                            least_found_t *found, uint32_t *choice)
{
    *found = LEAST_UNKNOWN;
    least_t *self = pareto_least_open(pareto, product, limits);
    if (!self)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a product over %zu classes",
                           pareto->classes_n);
    confx_status_t status = pareto_least_begin(self, ranges, ranges_n);
    if (status.code == CONFX_STATUS_OK) status = pareto_least_search(self, below, found, choice);
    pareto_least_close(self);
    return status;
}
