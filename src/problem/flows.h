/* Which dataflow a layer has under an action, and what values its parameters have: the part of a
   job's space that is about dataflows. Axes 0 and 1 are the number of PEs and the buffer; behind
   them come, as far as the job has them,

       dataflow             of several dataflows, the number of one; for layers but depthwise ones
       dataflow_depthwise   likewise, for depthwise layers
       NAME                 the value of that Constant; for layers whose dataflow has it */
#ifndef PROBLEM_FLOWS_H
#define PROBLEM_FLOWS_H

#include "confx/dataflow.h"
#include "confx/problem.h"

enum { FLOWS_PE, FLOWS_BUFFER, FLOWS_FIRST /* axis of dataflows */ };

typedef struct flows flows_t;

/* Of a job's parts, whose dataflows stay the caller's. CONFX_STATUS_INPUT where no dataflow has a
   parameter that the job's space names, or the axes are too many; CONFX_STATUS_MEMORY. alone: not
   what the job lists but parts->dataflow, of that name, as its file is, and parts->depthwise; NULL:
   what it lists. */
confx_status_t flows_open(const problem_parts_t *parts, const char *alone, flows_t **flows);
void flows_close(flows_t *flows);

/* All axes, PEs and buffer among them; they point into flows and the job. */
size_t flows_axes(const flows_t *flows, const space_axis_t **axes);
/* For space_open: of these flows, which must stay alive as long. */
space_use_t flows_use(flows_t *flows);

/* The dataflow of a layer under an action (A), its parameters set: alive until the next call. */
const confx_dataflow_t *flows_of(flows_t *flows, const space_t *space, const confx_layer_t *layer,
                                 const uint16_t *action);
/* Its name in the job. */
const char *flows_name(const flows_t *flows, const confx_layer_t *layer, const uint16_t *action);

#endif
