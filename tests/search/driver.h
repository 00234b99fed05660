/* A search driven in one process as the run room drives it. */
#ifndef TESTS_DRIVER_H
#define TESTS_DRIVER_H

#include "trace.h"
#include "update.h"

#endif
