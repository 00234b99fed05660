/* What an accounting counts as MACs, held against what the layers really need. */
#ifndef CONFX_MACS_H
#define CONFX_MACS_H

#include "confx/workload.h"

/* Counts of MACs beside the true ones, of layers or of rows of a table. Begins as {.n = 0}. */
typedef struct {
    size_t n, departing_n;  /* of these, whose count is not the true one */
    double counted, needed; /* sums */
    double least, most;     /* of counted / needed over those that depart */
} macs_tally_t;

void macs_tally_add(macs_tally_t *tally, const confx_layer_t *layer, double counted);
/* One line on what departs and by how much, into text; false, and nothing, when nothing does. what:
   "layers". */
bool macs_tally_say(const macs_tally_t *tally, const char *what, char *text, size_t room);

#endif
