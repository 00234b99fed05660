/* The plan in a directory of many searches, and one that goes on with it: nothing that was to be
   done is left out or done otherwise, more may be added, and searches may be given more samples. */
#ifndef APP_PLAN_H
#define APP_PLAN_H

#include "app/compare_plan.h"
#include "app/sweep_screen.h"
#include "confx/sweep.h"

/* For scheduler_place_t.grows; context: the sweep_t, the compare_plan_t. CONFX_STATUS_INPUT says
   what is missing or other. */
confx_status_t plan_sweep_grows(const scheduler_place_t *place, const char *before);
confx_status_t plan_contest_grows(const scheduler_place_t *place, const char *before);

/* Options of a comparison that goes on are those it had unless they are given: algorithms, samples,
   seeds_n (0: not given). They are written into `kept`, which must live as long as the option.
   Nothing happens without a plan. Local. */
typedef struct {
    char algorithms[CONTEST_WORDS_MAX], samples[32];
} plan_kept_t;
confx_status_t plan_contest_options(const char *directory, compare_plan_option_t *option,
                                    plan_kept_t *kept);

#endif
