/* MAESTRO's hardware files (src/cost/README.md, section 1). */
#ifndef COST_ACCELERATOR_H
#define COST_ACCELERATOR_H

#include "confx/cost.h"

/* Lay a hardware file ("num_pes: 256") upon a profile; a failure changes nothing. The NoC latency
   is NoC_NumHops, 1 where the file names none; l1_size_cstr, l2_size_cstr and offchip_bw_cstr are
   limits as well. CONFX_STATUS_INPUT names file, line and key. */
confx_status_t accelerator_parse(const char *text, const char *file, confx_hardware_t *hardware);

#endif
