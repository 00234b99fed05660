/* The frontier of `confx bound --frontier`. */
#ifndef APP_FRONTIER_H
#define APP_FRONTIER_H

#include "app/live.h"
#include "confx/knapsack.h"
#include "confx/setting.h"

enum { FRONTIER_BUDGETS_DEFAULT = 40, FRONTIER_BUDGETS_MOST = 10000 };

typedef struct {
    const job_t *job;
    const setting_t *setting;
    space_part_t space;
    size_t budgets; /* that are solved within */
    const solve_watch_t *watch;
    live_t *live;
    const char *output; /* directory for its files; NULL: none */
    bool json;
} frontier_view_t;

/* Solve it, print it, and leave its files. CONFX_STATUS_INPUT where there is none, with the
   reason. */
confx_status_t frontier_show(const frontier_view_t *view);

#endif
