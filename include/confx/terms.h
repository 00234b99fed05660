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

   Before sampling a search may know static constraints, those of static metrics. What a layer takes
   of them is a need, which adds up whatever the term: of a maximum it is 1 where the layer alone
   exceeds the limit, and none may. */
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
    bool weighted[FACTORS];      /* of a product each factor, else the first speaks for the value;
                                    of constraints only those that are not static */
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
/* What searches add up: term_layer, but of a maximum its 32nd power in share units, and of a
   product of sums one of which is known before sampling the layer's part of the other. */
double term_share(const term_t *term, double weight, const double *metrics);
/* A layer's part of the sum that is known before sampling; 0 of terms that have none. */
double term_known(const term_t *term, double weight, const double *metrics);
/* Do layers have shares? Not of a product of two sums that both must be sampled. */
bool term_has_shares(const term_t *term);
/* Do shares alone not tell which of two actions of the same needs is better: is the first objective
   multiplied with a known sum, or a limit on something that must be sampled? */
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

/* For a search that learns from one number: the first objective, and for every limit that must be
   sampled and is exceeded four times the excess, as a share of the limit, of it on top; NaN: there
   is none. Static limits do not count, as these are kept before sampling. */
double terms_penalised(const terms_t *terms, const score_t *score);

/* What adds up over the layers of an objective of which layers have shares, of a sum or a product:
   a total as it was scored, of one whose known sum is `known`, without that. */
double terms_without_known(const terms_t *terms, double total, double known);

/* For files: objectives, then constraints, of the terms there are; and back. */
size_t score_size(const terms_t *terms);
void score_pack(const terms_t *terms, const score_t *score, double *values);
score_t score_unpack(const terms_t *terms, const double *values);

/* ---- needs: static constraints, layer by layer ----------------------------------------------- */

typedef struct {
    double of[TERMS_MAX]; /* by constraint; 0 where it is not static */
    size_t illegal;       /* layers whose action is illegal (model.h): none may be */
} need_t;

/* Of one legal layer; NaN counts as infinite. */
need_t terms_need(const terms_t *terms, const double *metrics);
static inline void need_add(need_t *sum, const need_t *more)
{
    for (size_t i = 0; i < TERMS_MAX; i++) sum->of[i] += more->of[i];
    sum->illegal += more->illegal;
}
/* The sum with one layer's need in place of another: (sum - from) + to. */
static inline need_t need_change(const need_t *sum, const need_t *from, const need_t *to)
{
    need_t changed = {{0}, sum->illegal - from->illegal + to->illegal};
    for (size_t i = 0; i < TERMS_MAX; i++) changed.of[i] = sum->of[i] - from->of[i] + to->of[i];
    return changed;
}

/* Is a need within the static constraints, up to rounding, and without an illegal action? */
bool terms_fits(const terms_t *terms, const need_t *sum);
bool terms_fits_one(const terms_t *terms, size_t constraint, const need_t *sum); /* one of them */
/* What is left of a static constraint of sums; infinite of others. */
double terms_room(const terms_t *terms, size_t constraint, const need_t *sum);

/* One number for the needs of a layer, for heuristics that trade them against an objective: the
   mean of the needs, each in units of its own limit, times terms_scale, which is so what an
   assignment at all its limits weighs. A layer beyond a maximum, or with any need where the limit
   of a sum is 0 and the scale is not, weighs twice the scale (1 where that is 0). The need itself
   where there is but one constraint. Infinite where an action is illegal. */
double terms_weight(const terms_t *terms, const need_t *need);
/* Of the static constraints of sums the first limit that is not 0; 0: all are; 1: there is none. */
double terms_scale(const terms_t *terms);
/* The number of static constraints is one, a sum: then weight and scale are need and limit. */
bool terms_is_single(const terms_t *terms);

/* ---- what a sample reveals ------------------------------------------------------------------- */

/* Of a layer: shares of the objectives, then values of constraints that are not static; or NaN. */
size_t terms_revealed(const terms_t *terms);
void terms_reveal(const terms_t *terms, double weight, const double *metrics, double *values);

/* Adds what values revealed of a layer say of the constraints that are not static to its need, as
   needs of static ones are told: of a maximum 1 where the layer alone exceeds the limit. Held
   against such sums: is one constraint kept, of whichever kind; are all; and how far are those that
   must be sampled exceeded, in shares of their limits? */
void terms_add_learned(const terms_t *terms, const double *values, need_t *need);
bool terms_keeps_one(const terms_t *terms, size_t constraint, const need_t *sum);
bool terms_keeps_all(const terms_t *terms, const need_t *sum);
double terms_excess(const terms_t *terms, const need_t *sum);

#endif
