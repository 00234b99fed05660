#include "knapsack/pareto.h"
#include "confx/try.h"
#include "knapsack/menu.h"

#include <math.h>
#include <stdlib.h>

static bool pareto_dominates(const pareto_t *pareto, size_t class, const option_t *one,
                             const option_t *other)
{
    return one->need <= other->need && one->cost <= other->cost &&
           pareto_second(pareto, class, one->point) <= pareto_second(pareto, class, other->point);
}

/* Whatever the weights, a dominated option is worth no more than the one that dominates it. Of
   equals in need and cost the later may be the better: what it makes superfluous stays, and does no
   harm. */
static size_t pareto_keep_undominated(const pareto_t *pareto, size_t class, option_t *options,
                                      size_t n)
{
    size_t kept = 0;
    qsort(options, n, sizeof *options, menu_by_need_then_cost);
    for (size_t i = 0; i < n; i++) {
        bool dominated = false;
        for (size_t j = kept; j-- > 0 && !dominated;)
            dominated = pareto_dominates(pareto, class, &options[j], &options[i]);
        if (!dominated) options[kept++] = options[i];
    }
    return kept;
}

static void pareto_offer(pareto_t *pareto)
{
    option_t *next = pareto->store;
    for (size_t c = 0; c < pareto->classes_n; c++) {
        size_t n = 0;
        for (size_t i = 0; i < pareto->classes[c].n; i++) {
            const option_t *option = &pareto->classes[c].options[i];
            if (!isfinite(option->cost) || !isfinite(option->need) ||
                !isfinite(pareto->second[c][i]))
                continue;
            /* The index stands in for the caller's point until a choice is named (pareto_name). */
            next[n++] = (option_t){option->cost, option->need, (uint32_t)i};
        }
        n = pareto_keep_undominated(pareto, c, next, n);
        pareto->offered[c] = (option_class_t){n, next, pareto->classes[c].members};
        next += n;
    }
}

confx_status_t pareto_open(const option_class_t *classes, const double *const *second,
                           size_t classes_n, pareto_t *pareto)
{
    size_t options_n = 0;
    *pareto = (pareto_t){.classes = classes, .second = second, .classes_n = classes_n};
    for (size_t c = 0; c < classes_n; c++) {
        options_n += classes[c].n;
        pareto->members += classes[c].members;
    }
    ARENA_TAKE(&pareto->arena, pareto->offered, classes_n);
    ARENA_TAKE(&pareto->arena, pareto->store, options_n);
    TRY(arena_status(&pareto->arena, "a product over %zu options", options_n));
    pareto_offer(pareto);
    return status_ok();
}

void pareto_close(pareto_t *pareto)
{
    arena_close(&pareto->arena);
    *pareto = (pareto_t){0};
}

bool pareto_positive(const pareto_t *pareto)
{
    for (size_t c = 0; c < pareto->classes_n; c++)
        for (size_t i = 0; i < pareto->offered[c].n; i++) {
            const uint32_t index = pareto->offered[c].options[i].point;
            if (pareto_first(pareto, c, index) < 0 || pareto_second(pareto, c, index) < 0)
                return false;
        }
    return true;
}

sums_t pareto_sums(const pareto_t *pareto, const uint32_t *choice)
{
    sums_t sums = {0, 0, 0};
    for (size_t c = 0, at = 0; c < pareto->classes_n; c++)
        for (size_t member = 0; member < pareto->classes[c].members; member++, at++) {
            sums.first += pareto_first(pareto, c, choice[at]);
            sums.second += pareto_second(pareto, c, choice[at]);
            sums.need += pareto->classes[c].options[choice[at]].need;
        }
    return sums;
}

void pareto_name(const pareto_t *pareto, const uint32_t *choice, uint32_t *points)
{
    for (size_t c = 0, at = 0; c < pareto->classes_n; c++)
        for (size_t member = 0; member < pareto->classes[c].members; member++, at++)
            points[at] = pareto->classes[c].options[choice[at]].point;
}
