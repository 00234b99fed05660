/* Where more PEs are said to change nothing, every larger number is held against the cost model: on
   the shipped dataflows with layers of real networks, and on dataflows and layers drawn at random,
   of which most are of no use. */
#include "confx/saturation.h"
#include "golden.h"

#include <stdarg.h>

enum { TEXT_MAX = 2048 };

static confx_hardware_t hardware;

static uint64_t draw(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

static void setup(void)
{
    ck_assert_ok(confx_hardware_open("data/hw/asic.yaml", &hardware));
    hardware.accounting = CONFX_ACCOUNTING_MAESTRO;
}

/* One larger number of PEs: no change, but for area and power, which do not fall. */
static void check_larger(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                         const confx_cost_t *at, int64_t larger, int64_t buffer)
{
    confx_cost_t cost;
    confx_cost_evaluate(dataflow, layer, &hardware, larger, buffer, &cost);
    if (cost.fault != CONFX_COST_VALID) return;
    ck_assert(cost_saturated(dataflow, layer, &hardware, larger, buffer));
    ck_assert_int_eq(cost.runtime_cycles, at->runtime_cycles);
    ck_assert(cost.energy_nj == at->energy_nj);
    ck_assert_int_eq(cost.l2_bytes, at->l2_bytes);
    ck_assert(cost.area_um2 >= at->area_um2);
    ck_assert(cost.power_mw >= at->power_mw);
}

/* Was the point valid and said to be enough? Then `near` numbers behind it and some far ones are
   looked at. */
static bool check_point(const confx_dataflow_t *dataflow, const confx_layer_t *layer, int64_t pes,
                        int64_t buffer, int64_t near)
{
    confx_cost_t at;
    if (!cost_saturated(dataflow, layer, &hardware, pes, buffer)) return false;
    confx_cost_evaluate(dataflow, layer, &hardware, pes, buffer, &at);
    if (at.fault != CONFX_COST_VALID) return false;
    const int64_t far[] = {2 * pes, 2 * pes + 1, 3 * pes - 1, 7 * pes, 1000,
                           4096,    4097,        65535,       1 << 20};
    for (int64_t larger = pes + 1; larger <= pes + near; larger++)
        check_larger(dataflow, layer, &at, larger, buffer);
    for (size_t i = 0; i < sizeof far / sizeof *far; i++)
        if (far[i] > pes) check_larger(dataflow, layer, &at, far[i], buffer);
    return true;
}

/* ---- shipped dataflows ----------------------------------------------------------------------- */

static const char *const shipped[] = {"dla", "eye", "shi", "dpt"};
static const char *const shipped_exact[] = {"dla", "rs", "shi", "dpt"};

/* The least number that is enough is found, and below the largest dimension's surroundings there is
   one for each. */
START_TEST(more_than_enough_changes_nothing)
{
    static const int64_t buffers[] = {1, 2, 3, 7, 12};
    char path[TEXT_MAX];
    confx_dataflow_t *dataflow;
    confx_workload_t workload;
    size_t enough = 0, points = 0;
    const bool exact = _i >= 8;
    if (exact) hardware.accounting = CONFX_ACCOUNTING_EXACT;
    (void)snprintf(path, sizeof path, "data/dataflows/%s.m",
                   exact ? shipped_exact[_i % 4] : shipped[_i % 4]);
    ck_assert_ok(confx_dataflow_open(path, &dataflow));
    (void)snprintf(path, sizeof path, "data/models/%s.csv",
                   _i / 4 % 2 ? "resnet18" : "mobilenet_v2");
    ck_assert_ok(confx_workload_open(path, &workload));
    for (size_t d = 0; d < workload.distinct_n; d++)
        for (size_t b = 0; b < sizeof buffers / sizeof *buffers; b++) {
            const confx_layer_t *layer = &workload.layers[workload.first_of[d]];
            confx_cost_t cost;
            int64_t pes = 1;
            while (pes < 4096 && !cost_saturated(dataflow, layer, &hardware, pes, buffers[b]))
                pes++;
            confx_cost_evaluate(dataflow, layer, &hardware, pes, buffers[b], &cost);
            points += cost.fault == CONFX_COST_VALID;
            enough += check_point(dataflow, layer, pes, buffers[b], 40);
        }
    ck_assert_uint_gt(points, 0);
    ck_assert_uint_eq(enough, points);
    confx_workload_close(&workload);
    confx_dataflow_close(dataflow);
}
END_TEST

/* ---- dataflows at random --------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void add(char *text, const char *format, ...)
{
    va_list arguments;
    const size_t n = strlen(text);
    va_start(arguments, format);
    (void)vsnprintf(text + n, TEXT_MAX - n, format, arguments);
    va_end(arguments);
}

static void add_level(char *text, uint64_t *state)
{
    static const char *const dims[] = {"K", "C", "Y", "X"};
    static const char *const sizes[] = {"1",         "2",         "3",     "KTileSz",
                                        "ClusterSz", "ClusterSz", "Sz(R)", "Sz(C)"};
    const uint64_t first = draw(state, 4), spatial = draw(state, 4), second = draw(state, 12);
    for (uint64_t i = 0; i < 4; i++) {
        const uint64_t d = (first + i) % 4;
        const char *size = sizes[draw(state, 8)];
        const char *offset = draw(state, 4) ? size : sizes[draw(state, 8)];
        if (d != spatial && draw(state, 3) == 0) continue;
        add(text, "%sMap(%s, %s) %s%s;\n", d == spatial || d == second ? "Spatial" : "Temporal",
            size, offset, dims[d], d >= 2 && draw(state, 2) ? "'" : "");
    }
    if (draw(state, 4)) add(text, "TemporalMap(Sz(R), Sz(R)) R;\nTemporalMap(Sz(S), Sz(S)) S;\n");
    if (draw(state, 12) == 0) add(text, "SpatialMap(1, 1) R;\n");
}

static void draw_dataflow(char *text, uint64_t *state)
{
    static const char *const clusters[] = {"ClusterSz", "ClusterSz", "2", "KTileSz"};
    const uint64_t levels = 1 + draw(state, 3);
    *text = 0;
    add(text, "Dataflow {\n");
    for (uint64_t level = 0; level < levels; level++) {
        if (level) add(text, "Cluster(%s, P);\n", clusters[draw(state, 4)]);
        add_level(text, state);
    }
    add(text, "}\n");
}

static void draw_layer(uint64_t *state, confx_layer_t *layer)
{
    static const confx_layer_type_t types[] = {CONFX_LAYER_CONV, CONFX_LAYER_CONV,
                                               CONFX_LAYER_DSCONV};
    const int64_t filter = 1 + (int64_t)draw(state, 3);
    *layer = (confx_layer_t){.type = types[draw(state, 3)],
                             .stride_x = 1 + (int64_t)draw(state, 3),
                             .stride_y = 1 + (int64_t)draw(state, 3)};
    layer->dim[CONFX_DIM_K] = layer->type == CONFX_LAYER_DSCONV ? 0 : 1 + (int64_t)draw(state, 40);
    layer->dim[CONFX_DIM_C] = 1 + (int64_t)draw(state, 40);
    layer->dim[CONFX_DIM_Y] = filter + (int64_t)draw(state, 30);
    layer->dim[CONFX_DIM_X] = filter + (int64_t)draw(state, 30);
    layer->dim[CONFX_DIM_R] = layer->dim[CONFX_DIM_S] = filter;
}

START_TEST(what_is_enough_of_any_dataflow_is_enough)
{
    enum { DRAWS = 30000 };
    uint64_t state = 1 + (uint64_t)_i;
    size_t enough = 0;
    /* Of the accounting exact most are illegal, and take longer. */
    const int draws = _i == 2 ? DRAWS / 5 : DRAWS;
    if (_i == 2) hardware.accounting = CONFX_ACCOUNTING_EXACT;
    for (int i = 0; i < draws; i++) {
        char text[TEXT_MAX];
        confx_dataflow_t *dataflow;
        confx_layer_t layer;
        draw_dataflow(text, &state);
        if (confx_dataflow_parse(text, "random", &dataflow).code != CONFX_STATUS_OK) continue;
        draw_layer(&state, &layer);
        const int64_t buffer = 1 + (int64_t)draw(&state, 5);
        bool found = false;
        for (int64_t pes = 1; pes < 160 && !found; pes++)
            found = check_point(dataflow, &layer, pes, buffer, 8);
        enough += found;
        confx_dataflow_close(dataflow);
    }
    ck_assert_uint_gt(enough, (size_t)draws / 50);
}
END_TEST

/* A bus or an arbiter that a profile lets shrink with the PEs makes more of them cheaper. */
START_TEST(nothing_is_enough_where_hardware_may_shrink)
{
    static const char *const shrinking[] = {"units.bus_size=[-1, 28]",
                                            "units.arbiter_size=[-1, 5, 0]",
                                            "units.arbiter_size=[1, -5, 0]"};
    confx_dataflow_t *dataflow;
    confx_layer_t layer;
    uint64_t state = 5;
    ck_assert_ok(confx_dataflow_open("data/dataflows/dla.m", &dataflow));
    do draw_layer(&state, &layer);
    while (layer.type != CONFX_LAYER_CONV);
    ck_assert(cost_saturated(dataflow, &layer, &hardware, 1000, 1));
    ck_assert_ok(confx_hardware_set(&hardware, shrinking[_i]));
    ck_assert(!cost_saturated(dataflow, &layer, &hardware, 1000, 1));
    hardware.accounting = CONFX_ACCOUNTING_EXACT;
    ck_assert(!cost_saturated(dataflow, &layer, &hardware, 1000, 1));
    confx_dataflow_close(dataflow);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("saturation");
    TCase *tests = tcase_create("saturation");
    tcase_add_checked_fixture(tests, setup, NULL);
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, more_than_enough_changes_nothing, 0, 16);
    tcase_add_loop_test(tests, what_is_enough_of_any_dataflow_is_enough, 0, 3);
    tcase_add_loop_test(tests, nothing_is_enough_where_hardware_may_shrink, 0, 3);
    return suite_run(suite);
}
