/* What a unit reports of an update: the one owner of how it lies in the bytes that travel to the
   root. Every unit's report has the same size, whatever the number of its samples.

   E: samples of a whole update, L: layers. In this order, each part a multiple of 8 bytes:
       head          what the algorithm reports, and the row of the best feasible sample
       scores        objectives and constraints (E, S) (score_pack), feasible (E), as float64
       assignments   (L, A) as uint16 of the best feasible sample alone; or (E, L, A), where the
                     algorithm collects all samples
       layers' costs (E, L) as float64, where the algorithm collects and is shown them */
#ifndef RUN_UNIT_REPORT_H
#define RUN_UNIT_REPORT_H

#include "confx/search.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The same for all units of a stage. */
typedef struct {
    const terms_t *terms;
    size_t samples, layers, axes; /* E, L, A */
    bool collects;                /* all samples' assignments */
    bool costs;                   /* and the layers' costs; only where it collects */
} unit_report_layout_t;

/* A report as it lies in its bytes: pointers are into them. */
typedef struct {
    search_report_t statistics;
    const double *scores;            /* (E, S), the unit's samples used */
    const double *feasible;          /* (E), likewise */
    int64_t best;                    /* row of the best sample; -1: none feasible */
    const uint16_t *best_assignment; /* (L, A); NULL: none feasible */
    const uint16_t *assignments;     /* (E, L, A); NULL where it does not collect */
    const double *cost;              /* (E, L); NULL where it is not shown them */
} unit_report_t;

size_t unit_report_bytes(const unit_report_layout_t *layout);

/* batch: at most E samples, scored; its costs are reported where the layout has them. bytes:
   aligned as float64. */
void unit_report_pack(const unit_report_layout_t *layout, const batch_t *batch,
                      const search_report_t *statistics, void *bytes);
score_t unit_report_score(const unit_report_layout_t *layout, const unit_report_t *report,
                          size_t sample);
unit_report_t unit_report_unpack(const unit_report_layout_t *layout, const void *bytes);

#endif
