/* What an accounting means to those who ask for costs: what it cannot count, what it leaves out,
   and what to use instead. */
#ifndef CONFX_ACCOUNTING_H
#define CONFX_ACCOUNTING_H

#include "confx/hardware.h"
#include "confx/workload.h"

/* CONFX_STATUS_INPUT "FILE:LINE: KEY: ..." of a layer that the accounting cannot count: a channel
   multiplier under maestro. line 0: not known, and the layer is named. The layers of a mapping
   file are not checked: of these MAESTRO's figures are shown as they are. */
confx_status_t accounting_check_layer(const confx_hardware_t *hardware, const confx_layer_t *layer,
                                      const char *file, int line);
confx_status_t accounting_check_workload(const confx_hardware_t *hardware,
                                         const confx_workload_t *workload, const char *file);

/* What a profile does not say, a sentence each, or "": that it is exact, as it has no key
   `accounting`; and which parts of the energy are left out under exact. */
enum { ACCOUNTING_TEXT_MAX = 256 };
void accounting_say_absent(const confx_hardware_t *hardware, char text[ACCOUNTING_TEXT_MAX]);
void accounting_say_left_out(const confx_hardware_t *hardware, char text[ACCOUNTING_TEXT_MAX]);

/* The shipped dataflow to use under exact in place of one that is illegal there, by name or path;
   NULL where there is none. */
const char *accounting_dataflow_instead(const char *dataflow);

#endif
