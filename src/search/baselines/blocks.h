/* Searches that only sample, block by block, and learn nothing between: random, grid, uniform,
   assembly. */
#ifndef SEARCH_BLOCKS_H
#define SEARCH_BLOCKS_H

#include "search/kind.h"

/* Four blocks of five samples, unless the job says otherwise (keys blocks and episodes). */
search_layout_t blocks_plan(const search_setup_t *setup);
/* A state that is the setup alone; closed by free. */
confx_status_t blocks_open(const search_setup_t *setup, search_layout_t *layout, void **state);
/* Number of a sample within its stage. */
uint64_t blocks_number(const search_setup_t *setup, size_t unit, uint64_t update, size_t sample);

#endif
