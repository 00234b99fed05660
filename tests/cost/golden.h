/* Rows of golden figures against the cost model: integers equal, doubles within 1e-12 relative. */
#ifndef TESTS_COST_GOLDEN_H
#define TESTS_COST_GOLDEN_H

#include "confx/file.h"
#include "confx/mapping.h"
#include "confx/text.h"
#include "suite.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name;
    bool real;
    size_t offset; /* in confx_cost_t */
} column_t;

#define WHOLE(name, member)                                                                        \
    {                                                                                              \
        name, false, offsetof(confx_cost_t, member)                                                \
    }
#define REAL(name, member)                                                                         \
    {                                                                                              \
        name, true, offsetof(confx_cost_t, member)                                                 \
    }
#define ACCESSES(name, tensor)                                                                     \
    WHOLE(name "_l1_read", l1_read[tensor]), WHOLE(name "_l1_write", l1_write[tensor]),            \
        WHOLE(name "_l2_read", l2_read[tensor]), WHOLE(name "_l2_write", l2_write[tensor])
#define DELAYS(name, member)                                                                       \
    WHOLE(name "_min", member.min), WHOLE(name "_max", member.max),                                \
        WHOLE(name "_average", member.average)

static const column_t golden_columns[] = {
    WHOLE("runtime_cycles", runtime_cycles),
    WHOLE("macs", macs),
    WHOLE("l1_bytes", l1_bytes),
    WHOLE("l2_bytes", l2_bytes),
    REAL("energy_nj", energy_nj),
    REAL("area_um2", area_um2),
    REAL("power_mw", power_mw),
    REAL("macs_per_cycle", macs_per_cycle),
    WHOLE("noc_bandwidth_peak", noc_bandwidth_peak),
    REAL("noc_bandwidth_average", noc_bandwidth_average),
    WHOLE("offchip_bandwidth", offchip_bandwidth),
    REAL("pe_power_mw", pe_power_mw),
    REAL("l1_power_mw", l1_power_mw),
    REAL("l2_power_mw", l2_power_mw),
    REAL("noc_power_mw", noc_power_mw),
    REAL("active_pes", active_pes),
    REAL("arithmetic_intensity", arithmetic_intensity),
    ACCESSES("input", CONFX_TENSOR_INPUT),
    ACCESSES("filter", CONFX_TENSOR_FILTER),
    ACCESSES("output", CONFX_TENSOR_OUTPUT),
    DELAYS("ingress", ingress),
    DELAYS("egress", egress),
    DELAYS("compute", compute),
};

enum { GOLDEN_COLUMNS = sizeof golden_columns / sizeof *golden_columns };

static inline csv_t *golden_open(const char *path)
{
    char *text = NULL;
    size_t length = 0;
    csv_t *csv = NULL;
    ck_assert_ok(file_load(path, FILE_USERS, FILE_TABLE_MOST, &text, &length));
    ck_assert_ok(csv_open(text, path, &csv));
    free(text);
    return csv;
}

static inline bool golden_next(csv_t *csv)
{
    bool more = false;
    ck_assert_ok(csv_next(csv, &more));
    return more;
}

static inline const char *golden_text(const csv_t *csv, const char *name)
{
    const size_t column = csv_find(csv, name);
    ck_assert_msg(column != SIZE_MAX, "no column %s", name);
    return csv_field(csv, column);
}

static inline int64_t golden_whole(const csv_t *csv, const char *name)
{
    int64_t value = 0;
    ck_assert_ok(csv_integer(csv, csv_find(csv, name), INT64_MIN, INT64_MAX, &value));
    return value;
}

static inline bool near(double one, double other)
{
    if (isnan(one) || isnan(other)) return isnan(one) && isnan(other);
    return one == other || fabs(one - other) <= 1e-12 * fmax(fabs(one), fabs(other));
}

static inline void golden_compare(const csv_t *csv, size_t at, const column_t *column,
                                  const confx_cost_t *cost, const char *file)
{
    const char *expected = csv_field(csv, at), *member = (const char *)cost + column->offset;
    if (column->real) {
        double value = NAN, found;
        memcpy(&found, member, sizeof found);
        if (strcmp(expected, "nan") != 0)
            ck_assert_msg(text_to_real(expected, &value), "%s", expected);
        ck_assert_msg(near(value, found), "%s:%d: %s is %.17g, MAESTRO has %s", file, csv_line(csv),
                      column->name, found, expected);
    } else {
        int64_t found;
        memcpy(&found, member, sizeof found);
        ck_assert_msg(golden_whole(csv, column->name) == found, "%s:%d: %s is %lld, MAESTRO has %s",
                      file, csv_line(csv), column->name, (long long)found, expected);
    }
}

/* Compare every output column that the file has; returns how many. */
static inline int golden_compare_row(const csv_t *csv, const confx_cost_t *cost, const char *file)
{
    int compared = 0;
    for (int i = 0; i < GOLDEN_COLUMNS; i++) {
        const size_t at = csv_find(csv, golden_columns[i].name);
        if (at == SIZE_MAX) continue;
        golden_compare(csv, at, &golden_columns[i], cost, file);
        compared++;
    }
    return compared;
}

/* ---- the action grid ------------------------------------------------------------------------- */

enum { GRID_SIDE = 12, GRID_POINTS = GRID_SIDE * GRID_SIDE };

static const int64_t grid_pes[GRID_SIDE] = {1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128};

static inline int64_t grid_pe(int point)
{
    return grid_pes[point / GRID_SIDE];
}

/* ---- layers, dataflows and hardware for tests ------------------------------------------------ */

static inline confx_layer_t layer_of(confx_layer_type_t type, int64_t k, int64_t c, int64_t y,
                                     int64_t x, int64_t r, int64_t s)
{
    confx_layer_t layer = {.type = type, .stride_y = 1, .stride_x = 1};
    layer.dim[CONFX_DIM_K] = k;
    layer.dim[CONFX_DIM_C] = c;
    layer.dim[CONFX_DIM_Y] = y;
    layer.dim[CONFX_DIM_X] = x;
    layer.dim[CONFX_DIM_R] = r;
    layer.dim[CONFX_DIM_S] = s;
    return layer;
}

static inline confx_dataflow_t *dataflow_named(const char *name)
{
    char path[128];
    confx_dataflow_t *dataflow = NULL;
    (void)snprintf(path, sizeof path, "data/dataflows/%s.m", name);
    ck_assert_ok(confx_dataflow_open(path, &dataflow));
    return dataflow;
}

static inline confx_hardware_t hardware_named(const char *name)
{
    char path[128];
    confx_hardware_t hardware;
    (void)snprintf(path, sizeof path, "data/hw/%s.yaml", name);
    ck_assert_ok(confx_hardware_open(path, &hardware));
    return hardware;
}

/* The same with MAESTRO's numbers. */
static inline confx_hardware_t hardware_as_maestro(const char *name)
{
    confx_hardware_t hardware = hardware_named(name);
    hardware.accounting = CONFX_ACCOUNTING_MAESTRO;
    return hardware;
}

/* ---- of a row -------------------------------------------------------------------------------- */

static inline confx_layer_t layer_of_row(const csv_t *csv)
{
    const confx_layer_type_t type =
        golden_whole(csv, "T") == 2 ? CONFX_LAYER_DSCONV : CONFX_LAYER_CONV;
    return layer_of(type, golden_whole(csv, "K"), golden_whole(csv, "C"), golden_whole(csv, "Y"),
                    golden_whole(csv, "X"), golden_whole(csv, "R"), golden_whole(csv, "S"));
}

static inline confx_hardware_t hardware_of_row(const csv_t *csv)
{
    confx_hardware_t hardware = hardware_named("maestro");
    hardware.noc_bandwidth = (double)golden_whole(csv, "noc");
    hardware.noc_latency = (double)golden_whole(csv, "latency");
    hardware.simd_lanes = (double)golden_whole(csv, "lanes");
    hardware.offchip_bandwidth = (double)golden_whole(csv, "offchip");
    return hardware;
}

#endif
