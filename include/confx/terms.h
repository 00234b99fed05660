/* What is wanted of a design: objectives, each to be as small as can be, and constraints, each
   within its limit. A term is a metric of the model or a product of two, and a way in which layers
   come to one number. Adding up over layers is done here and nowhere else.

       sum       sum over layers of the layer's value       latency, energy, layer-wise EDP, area
       max       the largest of the layers' values          bottleneck, a shared array's area
       product   product of two sums over layers            EDP of the network
       worst     the largest of the networks' sums          latency of the slowest of several

   Of several networks on one chip a metric may count by the weight of the layer's network: so
   cycles of a network that runs three times as often count three times, while its area is there
   once.

   What a layer takes of the constraints is in needs.h. */
#ifndef CONFX_TERMS_H
#define CONFX_TERMS_H

#include "confx/model.h"
#include "confx/score.h"
#include "confx/workload.h"

enum { FACTORS = 2 };

typedef enum { AGGREGATE_SUM, AGGREGATE_MAX, AGGREGATE_PRODUCT, AGGREGATE_WORST } aggregate_t;

/* A layer's network, and what it counts; {0, 1} of a network by itself. */
typedef struct {
    size_t network; /* below CONFX_NETWORKS_MAX */
    double weight;
} membership_t;

typedef struct {
    const char *name, *unit;
    aggregate_t aggregate;
    size_t factors_n;            /* metrics multiplied: 1, or FACTORS; of a product both */
    const char *metric[FACTORS]; /* their names in the model */
    bool weighted[FACTORS];      /* of a product of sums one for each factor, of anything else the
                                    first is for the whole value; of constraints only those that are
                                    not static are weighted */
    double limit;                /* of a constraint */
    double share_unit;           /* of an objective (term_share); 0 counts as 1 */
    size_t column[FACTORS];      /* filled in by terms_bind, as are: */
    bool is_static;              /* known before sampling */
    size_t known; /* of a product of sums the one factor that is static; FACTORS: there is none */
} term_t;

typedef struct {
    size_t objectives_n, constraints_n;
    term_t objectives[TERMS_MAX], constraints[TERMS_MAX];
} terms_t;

/* CONFX_STATUS_INPUT: the model has no such metric, or a constraint is a product of sums. */
confx_status_t terms_bind(terms_t *terms, const model_t *model);

/* A layer's own value of a term, the product of its metrics, times its weight where that counts;
   of a product of sums, which has no such value, the weight is left out. NaN: not a valid point. */
double term_layer(const term_t *term, double weight, const double *metrics);
/* What a layer adds to the sum that is one factor of a product. */
double term_factor(const term_t *term, size_t factor, double weight, const double *metrics);
/* What a layer takes of a constraint: term_layer; infinite where that cannot be told. */
double term_taken(const term_t *term, double weight, const double *metrics);
/* What searches add up. Of a sum, term_layer; of a maximum, its 32nd power in share units, as the
   sum of high powers is led by the largest; of a product of sums of which one is known before
   sampling, the layer's part of the other. */
double term_share(const term_t *term, double weight, const double *metrics);
/* What a layer takes of sums whose limits must be sampled, each in shares of its limit. */
double terms_limited(const terms_t *terms, double weight, const double *metrics);
/* A layer's part of the sum that is known before sampling; 0 of terms that have none. */
double term_known(const term_t *term, double weight, const double *metrics);
/* Do layers have shares? Not of a product of two sums that both must be sampled. */
bool term_has_shares(const term_t *term);
/* Two reasons why shares alone do not tell which of two actions with the same needs is better: the
   first objective is multiplied with a known sum; a limit is on something that must be sampled. */
bool terms_has_known(const terms_t *terms);
bool terms_has_learned(const terms_t *terms);

/* ---- scores ---------------------------------------------------------------------------------- */

/* Sums in the making: terms_begin, layers in the network's order, terms_end. One "layer" of a
   network's own metrics gives the score of a model of whole networks. */
enum { TERMS_PARTS = CONFX_NETWORKS_MAX };
typedef struct {
    double objectives[TERMS_MAX][TERMS_PARTS]; /* factors of a product, networks of the worst */
    double constraints[TERMS_MAX];
} totals_t;
void terms_begin(const terms_t *terms, totals_t *totals);
void terms_add(const terms_t *terms, totals_t *totals, membership_t of, const double *metrics);
void terms_end(const terms_t *terms, const totals_t *totals, score_t *score);

/* All metrics of a layer upon those before it, for the log; 0 before the first. one: layers share
   one array, and of the hardware's metrics the largest stays. */
void metrics_add(const model_t *model, bool one, double *sums, const double *metrics);

/* Within every limit, up to the rounding of a sum, and every objective is a number; one limit. */
bool terms_feasible(const terms_t *terms, const score_t *score);
bool terms_keeps(const term_t *constraint, double value);
bool terms_within(double value, double limit);

/* terms_feasible but for limits that must be sampled; how far these are exceeded, in shares of the
   limit; score_compare where they may be exceeded: first the less over (Deb's rules, genetic.c). */
bool terms_keeps_known(const terms_t *terms, const score_t *score);
double terms_over(const terms_t *terms, const score_t *score);
int terms_compare(const terms_t *terms, const score_t *one, const score_t *other);

/* One number for a search to learn from: the first objective, plus, for each limit that must be
   sampled and is exceeded, four times the excess (as a share of the limit) of that objective. NaN:
   the sample has no objective. Static limits do not count, as these are kept before sampling. */
double terms_penalised(const terms_t *terms, const score_t *score);

/* The part of a total that adds up over the layers, of an objective whose layers have shares: the
   total as it was scored, and if the objective is multiplied with a known sum, the total without
   that factor `known`. */
double terms_without_known(const terms_t *terms, double total, double known);

/* For files: objectives, then constraints, of the terms there are; and back. */
size_t score_size(const terms_t *terms);
void score_pack(const terms_t *terms, const score_t *score, double *values);
score_t score_unpack(const terms_t *terms, const double *values);

#endif
