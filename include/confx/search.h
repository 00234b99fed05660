/* The search algorithms behind one small interface. A search proposes assignments, is given their
   scores, and learns. It never sees MPI, files or the certificate, and of objectives only what its
   own samples revealed.

   Work is done in units (blocks of episodes, or islands), a fixed number per update whatever the
   ranks; each rank holds some of them. An update, as the run room drives it (R: root, U: for each
   unit on its rank):

       R  search_publish            parameters, the budget's multiplier       -> broadcast
          search_anticipate         meanwhile, the other ranks
       U  search_sample  assignments of the unit  -> to all, scored_renew;
                                    then the problem scores them
       U  search_local_statistics   the scores; moments of the unit           -> summed, to all
       U  search_gradient           the unit's gradient                       -> summed, to root
       R  search_collect            every unit's samples, where the algorithm asks to see them
       R  search_learn              next parameters
       U  search_emigrate, search_immigrate   to the next island on the ring, when search_migrates

   A part whose size in search_layout is 0 is left out. Sources: ConfuciuX (MICRO 2020), Williams
   1992 (REINFORCE). */
#ifndef CONFX_SEARCH_H
#define CONFX_SEARCH_H

#include "confx/policy.h"
#include "confx/search_setup.h"
#include "confx/search_traits.h"

/* Sizes that all ranks agree on. */
typedef struct {
    size_t units;         /* per update */
    size_t samples;       /* per unit and update */
    size_t publish_bytes; /* at most, where it varies; else always */
    bool varies;
    size_t moments;          /* float64 per unit */
    size_t gradient;         /* real_t per unit */
    size_t migrant_bytes;    /* per island */
    size_t state_bytes;      /* per unit, that a checkpoint keeps */
    bool collects, prepares; /* the root sees every sample; ranks prepare them together */
} search_layout_t;

/* What a unit tells of its part of an update, beside the scores: gathered at the root, units in
   order. */
typedef struct {
    double entropy; /* nats per decision; NaN where there is no policy */
    double
        lowest; /* lowest reward of a layer (the negated cost) seen in the unit; infinity: none */
    double use; /* need per episode that the policy would spend if nothing were masked */
    double multiplier; /* of the budget, that its samples were judged by */
    double feasible;   /* episodes within the budget */
} search_report_t;

/* What the root tells of an update, for /progress. */
typedef struct {
    double entropy, gradient_norm; /* NaN where there are none */
} search_summary_t;

/* Units per update and samples per unit, fixed by job and preset; other sizes are 0. Needed before
   units are dealt. */
search_layout_t search_plan(const search_setup_t *setup, algorithm_t stage);

/* stage: any algorithm that is one stage, not a list of them (stages.h). The setup
   is copied. The caller closes. */
confx_status_t search_open(const search_setup_t *setup, algorithm_t stage, search_t **search);
void search_close(search_t *search);
const search_layout_t *search_layout(const search_t *search);

/* Root: the bytes written. The other ranks wait for them, and may do before what of their own part
   they can do without them; it is theirs to forget. */
size_t search_publish(search_t *search, void *message);
void search_anticipate(search_t *search);
void search_receive(search_t *search, const void *message); /* all ranks, the root included */

/* All ranks: n assignments, alike on all, are about to be scored. This rank's part of the work on
   them, the search's; then the parts of all ranks, in their order. Where layout.prepares. */
const void *search_prepare(search_t *search, const uint16_t *assignments, size_t n, size_t *bytes);
void search_prepared(search_t *search, const void *all, size_t bytes);

/* unit: the number among all units. batch->n assignments are wanted (at most layout.samples): fills
   assignments. */
void search_sample(search_t *search, size_t unit, uint64_t update, batch_t *batch);

/* Adds to `moments` (NULL where there are none) and writes the report. */
void search_local_statistics(search_t *search, size_t unit, const batch_t *batch, double *moments,
                             search_report_t *report);

/* Adds to `gradient`, given the sum of all units' moments. */
void search_gradient(search_t *search, size_t unit, const batch_t *batch, const double *moments,
                     real_t *gradient);

/* Root, where layout.collects: the samples of each unit that has any, units in order. */
void search_collect(search_t *search, size_t unit, const batch_t *batch);

/* Root: the summed gradient (overwritten; NULL when there is none) and the units' reports. */
search_summary_t search_learn(search_t *search, real_t *gradient, const search_report_t *reports);

bool search_migrates(const search_t *search, uint64_t update); /* after this update */
void search_emigrate(search_t *search, size_t unit, void *migrant);
void search_immigrate(search_t *search, size_t unit, const void *migrant);

/* -ln of the probability that an action of a layer is valid, as all ranks estimate it after
   search_receive where samples do not show it; infinite: surely invalid; 0: nothing speaks against
   it. search: a search_t (see renewal_t). */
double search_doubt(const void *search, size_t distinct, uint64_t point);

/* Matrix work of one sample: multiply-adds forward and backward, and the shape of a step's largest
   product (rows x inner by inner x columns). All 0 where there is no network. What speed is
   measured against. */
typedef struct {
    double macs;
    size_t rows, inner, columns;
} search_work_t;
search_work_t search_work(const search_t *search);

#endif
