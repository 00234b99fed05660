/* Which run a file belongs to. */
#ifndef STORE_IDENTITY_H
#define STORE_IDENTITY_H

#include "confx/master.h"

/* CONFX_STATUS_DAMAGED, naming both, where the open file is the run.h5 or a checkpoint of a
   directory in which another of these belongs to another run. One that is not there, or is damaged,
   says nothing of this; one that cannot be read is CONFX_STATUS_IO. */
confx_status_t identity_check_beside(store_t *store);

/* The id in a file that has one; empty in others. CONFX_STATUS_DAMAGED for what is none. */
confx_status_t identity_read(store_t *store, char id[RUN_ID_MAX]);

#endif
