/* The plan that a directory of many searches keeps, and whether another one may go on with it: all
   that was to be done must still be there and be the same; searches may be added, or given more
   samples. */
#ifndef APP_PLAN_H
#define APP_PLAN_H

#include "app/compare_plan.h"
#include "app/sweep_screen.h"
#include "confx/sweep.h"

/* For scheduler_place_t.grows; context: the sweep_t, the compare_plan_t. CONFX_STATUS_INPUT says
   what is missing or other. */
confx_status_t plan_sweep_grows(const scheduler_place_t *place, const char *before);
confx_status_t plan_contest_grows(const scheduler_place_t *place, const char *before);

/* For a comparison that goes on: options that are not given (algorithms, samples; seeds_n 0) get
   the values that it had. Their texts are in `kept`, which must live as long as the option. Without
   a plan nothing happens. Local. */
typedef struct {
    char algorithms[CONTEST_WORDS_MAX], samples[32];
} plan_kept_t;
confx_status_t plan_contest_options(const char *directory, compare_plan_option_t *option,
                                    plan_kept_t *kept);

#endif
