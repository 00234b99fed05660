/* Prices of several budgets: the Lagrangian bound is concave in them, and the ellipsoid method
   needs no more than its value and the needs of a choice that attains it. */
#include "knapsack/several_menu.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { DIMS = KNAPSACK_BUDGETS, ROUNDS = 300, WEIGHINGS = 200 };
static const double dual_closeness = 1e-11; /* as a share of the bound */
static const double dual_nothing = 1e-6;    /* likewise: a whole budget is worth no more */

/* Prices are told in units that bring a whole budget to the scale of all costs. */
typedef struct {
    const several_menu_t *menu;
    size_t n;
    double units[DIMS];
    double at[DIMS], matrix[DIMS][DIMS]; /* the ellipsoid: its centre and its shape */
    double best, best_at[DIMS];
} dual_t;

typedef struct {
    double value, cost, needs[DIMS]; /* of a choice that attains the value */
} dual_point_t;

/* The least of cost_weight x cost + weights . needs, without the budgets. */
static dual_point_t dual_least(const several_menu_t *menu, double cost_weight,
                               const double weights[DIMS])
{
    dual_point_t point = {.value = 0};
    for (size_t c = 0; c < menu->classes_n; c++) {
        const several_class_t *class = &menu->classes[c];
        const several_option_t *least = NULL;
        double least_value = INFINITY;
        for (size_t i = 0; i < class->n; i++) {
            const several_option_t *option = &class->options[i];
            double value = cost_weight * option->cost;
            for (size_t k = 0; k < menu->budgets_n; k++) value += weights[k] * option->needs[k];
            if (least && value >= least_value) continue;
            least_value = value;
            least = option;
        }
        /* Without budgets the classes come apart: all members take the option of least weighted
           value. */
        if (!least || !class->members) continue;
        point.value += (double)class->members * least_value;
        point.cost += (double)class->members * least->cost;
        for (size_t k = 0; k < menu->budgets_n; k++)
            point.needs[k] += (double)class->members * least->needs[k];
    }
    return point;
}

/* ---- where to look --------------------------------------------------------------------------- */

/* A choice with room left in every budget limits the prices: none of the bound's maximisers has
   prices whose worth of that room is above the choice's cost over the least of all. Weights of the
   budgets are raised where a choice exceeds them (multiplicative weights). False: none was found.
 */
static bool dual_find_room(const several_menu_t *menu, double room[DIMS], double *cost,
                           bool *proven_infeasible)
{
    double weights[DIMS] = {0}, share[DIMS], parts[DIMS];
    /* Of a budget of nothing only options without a need are left, and it asks for no price. */
    for (size_t k = 0; k < menu->budgets_n; k++) {
        share[k] = 1;
        parts[k] = menu->budgets[k] > 0 ? 1 / menu->budgets[k] : 0;
    }
    for (int round = 0; round < WEIGHINGS; round++) {
        double limit = 0;
        bool inside = true;
        for (size_t k = 0; k < menu->budgets_n; k++) {
            weights[k] = share[k] * parts[k];
            limit += share[k];
        }
        const dual_point_t point = dual_least(menu, 0, weights);
        /* Even the choice of the least weighted need exceeds what these weights allow. */
        if (point.value > limit * (1 + 1e-9)) *proven_infeasible = true;
        if (*proven_infeasible) return false;
        for (size_t k = 0; k < menu->budgets_n; k++) {
            room[k] = 1 - point.needs[k] * parts[k];
            share[k] *= exp(-room[k]);
            inside = inside && room[k] > 0;
        }
        *cost = point.cost;
        if (inside) return true;
    }
    return false;
}

static void dual_begin(dual_t *dual, bool *proven_infeasible)
{
    static const double far = 1e4;
    const several_menu_t *menu = dual->menu;
    const double none[DIMS] = {0};
    const dual_point_t free = dual_least(menu, 1, none);
    double room[DIMS], cost = free.cost;
    *proven_infeasible = false;
    const bool found = dual_find_room(menu, room, &cost, proven_infeasible);
    const double scale = fmax(fabs(free.cost), fabs(cost - free.cost));
    dual->best = free.value;
    for (size_t k = 0; k < dual->n; k++) {
        dual->units[k] = menu->budgets[k] > 0 ? scale / menu->budgets[k] : scale;
        const double most = found && scale > 0 ? (cost - free.cost) / scale / room[k] : far;
        const double half = fmin(fmax(most, 1e-9), far) / 2;
        /* The ellipsoid goes round the box from 0 to `most` along each axis. */
        dual->at[k] = half;
        dual->matrix[k][k] = (double)dual->n * half * half;
    }
}

/* ---- a round --------------------------------------------------------------------------------- */

/* Keep what lies on the far side of a cut: a . (y - at) <= -depth. False: nothing does. */
static bool dual_cut(dual_t *dual, const double a[DIMS], double depth)
{
    const size_t n = dual->n;
    double along[DIMS] = {0}, length = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) along[i] += dual->matrix[i][j] * a[j];
        length += a[i] * along[i];
    }
    length = sqrt(length);
    if (!(length > 0)) return false;
    const double alpha = depth / length, d = (double)n;
    if (alpha >= 1) return false;
    const double step = (1 + d * alpha) / (d + 1);
    for (size_t i = 0; i < n; i++) along[i] /= length;
    for (size_t i = 0; i < n; i++) dual->at[i] -= step * along[i];
    /* Of one price the ellipsoid is an interval, of which the far part is left. */
    if (n == 1) {
        dual->matrix[0][0] *= (1 - alpha) * (1 - alpha) / 4;
        return true;
    }
    const double grow = d * d * (1 - alpha * alpha) / (d * d - 1);
    const double shrink = 2 * step / (1 + alpha);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            dual->matrix[i][j] = grow * (dual->matrix[i][j] - shrink * along[i] * along[j]);
    return true;
}

/* False: no prices are left that could raise the bound. */
static bool dual_round(dual_t *dual)
{
    const several_menu_t *menu = dual->menu;
    double prices[DIMS] = {0}, a[DIMS] = {0};
    for (size_t k = 0; k < dual->n; k++) {
        if (dual->at[k] >= 0) continue;
        a[k] = -1;
        return dual_cut(dual, a, -dual->at[k]);
    }
    for (size_t k = 0; k < dual->n; k++) prices[k] = dual->at[k] * dual->units[k];
    dual_point_t point = dual_least(menu, 1, prices);
    for (size_t k = 0; k < dual->n; k++) {
        point.value -= prices[k] * menu->budgets[k];
        a[k] = -(point.needs[k] - menu->budgets[k]) * dual->units[k];
    }
    if (point.value > dual->best) {
        dual->best = point.value;
        memcpy(dual->best_at, dual->at, sizeof dual->best_at);
    }
    /* Prices of a higher bound lie where the tangent at the centre is above the best one. */
    return dual_cut(dual, a, dual->best - point.value + dual_closeness * fabs(dual->best));
}

void several_dual(const several_menu_t *menu, double prices[KNAPSACK_BUDGETS],
                  bool *proven_infeasible)
{
    dual_t dual = {.menu = menu, .n = menu->budgets_n};
    assert(dual.n >= 1 && dual.n <= DIMS);
    dual_begin(&dual, proven_infeasible);
    const int rounds = (int)(ROUNDS * dual.n);
    for (int round = 0; !*proven_infeasible && round < rounds && dual_round(&dual); round++)
        continue;
    /* Of a budget that does not bind the best price is 0, which the method comes near only. */
    for (size_t k = 0; k < DIMS; k++) {
        prices[k] = k < dual.n ? dual.best_at[k] * dual.units[k] : 0;
        if (k < dual.n && prices[k] * menu->budgets[k] < dual_nothing * fabs(dual.best))
            prices[k] = 0;
    }
}
