/* A run of three layers whose every figure is known, written as the run room writes it, into a
   directory of its own. Tests change what they are about before writing. */
#ifndef TESTS_REPORT_FIXTURE_H
#define TESTS_REPORT_FIXTURE_H

#include "confx/file.h"
#include "confx/master.h"
#include "confx/report.h"
#include "confx/workload.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LAYERS = 3, UPDATES_MAX = 4, ROWS_MAX = 64 };

typedef struct {
    const char *job, *status, *network, *space;
    int64_t schema, samples;
    const char *first_type;
    char names[LAYERS][CONFX_LAYER_NAME_MAX];
    bool found, bounded, solved;
    bool used, parted; /* with what cycles and energy are made of, and with the parts of these */
    bool beyond;       /* utilisation is above 1 in two layers */
    const char *first_bound;
    const char *accounting; /* NULL: as runs were before there were two */
    double objective, constraint, budget;
    double lower_bound, optimum, need, gap, shadow_price, next_budget, next_optimum;
    const char *next; /* NULL: as in schema 1, without it and what the optimum needs */
    size_t updates_n;
    double at[UPDATES_MAX], best[UPDATES_MAX], mean[UPDATES_MAX], feasible[UPDATES_MAX],
        seconds[UPDATES_MAX];
    size_t policy_rows, island_rows;
    const double
        *scored; /* of each row, NaN: not feasible; NULL: 0, of the islands alone feasible */
} fixture_t;

static char directory[64];
static const samples_shape_t SHAPE = {.layers = LAYERS, .axes = 2, .constraints = 1};
static const double true_macs[LAYERS] = {10645344, 3484800, 20070400};
static const char RUN_ID[] = "0123456789abcdef0123456789abcdef";

static inline fixture_t fixture_begin(void)
{
    return (fixture_t){
        .job =
            "workload: tiny\nhardware: asic\nbudget: {name: iot}\nsearch: {samples: 30, seed: 7}\n",
        .status = "complete",
        .network = "tiny",
        .space = "integers",
        .schema = RUN_SCHEMA,
        .samples = 30,
        .first_type = "CONV",
        .names = {"1", "2", "3"},
        .found = true,
        .bounded = true,
        .solved = true,
        .first_bound = "ingress",
        .objective = 1100000,
        .constraint = 3600000,
        .budget = 4000000,
        .lower_bound = 999000,
        .optimum = 1000000,
        .gap = 0.1,
        .need = 3600000,
        .shadow_price = 0.05,
        .next = "known",
        .next_budget = 4030000,
        .next_optimum = 998500,
        .updates_n = 3,
        .at = {10, 20, 30},
        .best = {NAN, 1500000, 1100000},
        .mean = {NAN, 2500000, 2000000},
        .feasible = {0, 0.5, 1},
        .seconds = {0.5, 1, 75.25},
        .policy_rows = 20,
        .island_rows = 10,
    };
}

/* ---- run.h5 ---------------------------------------------------------------------------------- */

typedef struct {
    array_t arrays[64];
    size_t n;
} list_t;

static void add(list_t *list, const char *name, array_type_t type, size_t rows, size_t columns,
                const void *data)
{
    list->arrays[list->n++] = (array_t){.name = name,
                                        .type = type,
                                        .rank = columns ? 2 : 1,
                                        .dims = {rows, columns},
                                        .data = (void *)data};
}

/* They add up to the cycles, or to those on the chip, and to the energy. */
static void add_parts(list_t *list, const fixture_t *fixture)
{
    static const char *const names[] = {
        "/result/latency_noc",    "/result/latency_compute", "/result/latency_ingress",
        "/result/latency_egress", "/result/latency_offchip", "/result/energy_l1",
        "/result/energy_l2",      "/result/energy_mac",      "/result/energy_reduction",
        "/result/energy_noc",     "/result/energy_offchip"};
    static const double numbers[][LAYERS] = {{550000, 330000, 200000},
                                             {99000, 330000, 150000},
                                             {396000, 0, 49999},
                                             {55000, 0, 1},
                                             {550000, 330000, 220000},
                                             {1000, 50, 10000},
                                             {200, 40, 8000},
                                             {34.5678, 9.5, 2000},
                                             {0, 0, 0},
                                             {0, 0, 0},
                                             {0, 0, 0}};
    static char bounds[LAYERS][9] = {"", "pes", "off-chip"};
    (void)snprintf(bounds[0], sizeof bounds[0], "%s", fixture->first_bound);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add(list, names[i], ARRAY_F64, LAYERS, 0, numbers[i]);
    add(list, "/result/bound", ARRAY_TEXT, LAYERS, sizeof bounds[0], bounds);
}

/* Utilisation is MACs by PEs, their four lanes and cycles. */
static void add_breakdown(list_t *list, const fixture_t *fixture)
{
    static const double active[LAYERS] = {8, 5.92, 112};
    static const double utilisation[LAYERS] = {
        10645344. / (8 * 4 * 550000), 3484800. / (16 * 4 * 330000), 20070400. / (128 * 4 * 220000)};
    static const double beyond[LAYERS] = {2.5, 1, 1.25};
    if (fixture->used) add(list, "/result/macs_true", ARRAY_F64, LAYERS, 0, true_macs);
    const double *shown = fixture->beyond ? beyond : utilisation;
    if (fixture->used) add(list, "/result/utilisation", ARRAY_F64, LAYERS, 0, shown);
    if (fixture->used) add(list, "/result/active_pes", ARRAY_F64, LAYERS, 0, active);
    if (fixture->parted) add_parts(list, fixture);
}

static void add_result(list_t *list, const fixture_t *fixture)
{
    static const uint16_t assignment[LAYERS][2] = {{8, 12}, {16, 1}, {128, 3}};
    static const double cycles[LAYERS] = {550000, 330000, 220000};
    static const double energy[LAYERS] = {1234.5678, 99.5, 20000};
    static const double area[LAYERS] = {900000, 1800000, 900000};
    static const double power[LAYERS] = {1.5, 2.5, 3.25};
    static const double bytes[LAYERS] = {64, 128, 256};
    static const double counted[LAYERS] = {42581376, 3484800,
                                           20070400}; /* the first as if its strides were 1 */
    if (!isnan(fixture->budget)) add(list, "/result/budget", ARRAY_F64, 1, 0, &fixture->budget);
    if (!fixture->found) return;
    add(list, "/result/assignment", ARRAY_U16, LAYERS, 2, assignment);
    add(list, "/result/latency", ARRAY_F64, LAYERS, 0, cycles);
    add(list, "/result/energy", ARRAY_F64, LAYERS, 0, energy);
    add(list, "/result/area", ARRAY_F64, LAYERS, 0, area);
    add(list, "/result/power", ARRAY_F64, LAYERS, 0, power);
    add(list, "/result/l1", ARRAY_F64, LAYERS, 0, bytes);
    add(list, "/result/l2", ARRAY_F64, LAYERS, 0, bytes);
    add(list, "/result/macs", ARRAY_F64, LAYERS, 0, fixture->parted ? true_macs : counted);
    add_breakdown(list, fixture);
    add(list, "/result/objective", ARRAY_F64, 1, 0, &fixture->objective);
    add(list, "/result/constraints", ARRAY_F64, 1, 0, &fixture->constraint);
}

static void add_rest(list_t *list, const fixture_t *fixture)
{
    static const char *const names[] = {
        "/workload/K", "/workload/C",        "/workload/Y",        "/workload/X",     "/workload/R",
        "/workload/S", "/workload/stride_y", "/workload/stride_x", "/workload/groups"};
    static const int64_t numbers[][LAYERS] = {{32, 1, 1280}, {3, 32, 320}, {224, 112, 7},
                                              {224, 112, 7}, {3, 3, 1},    {3, 3, 1},
                                              {2, 1, 1},     {2, 1, 1},    {1, 32, 1}};
    static char types[LAYERS][8] = {"CONV", "DSCONV", "CONV"};
    static const int64_t at[LAYERS] = {0, 1, 2}, levels[] = {1, 8, 128};
    const size_t n = fixture->updates_n;
    (void)snprintf(types[0], sizeof types[0], "%s", fixture->first_type);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add(list, names[i], ARRAY_I64, LAYERS, 0, numbers[i]);
    add(list, "/workload/type", ARRAY_TEXT, LAYERS, sizeof types[0], types);
    add(list, "/workload/name", ARRAY_TEXT, LAYERS, CONFX_LAYER_NAME_MAX, fixture->names);
    add(list, "/layer", ARRAY_I64, LAYERS, 0, at);
    add(list, "/axis", ARRAY_TEXT, 2, sizeof "buffer", "pe\0    buffer");
    add(list, "/constraint", ARRAY_TEXT, 1, sizeof "area", "area");
    add(list, "/space/pe", ARRAY_I64, 3, 0, levels);
    list->arrays[list->n - 1].units = "PEs";
    add(list, "/space/buffer", ARRAY_I64, 3, 0, levels);
    list->arrays[list->n - 1].units = "K tile";
    add(list, "/progress/samples", ARRAY_F64, n, 0, fixture->at);
    add(list, "/progress/best", ARRAY_F64, n, 0, fixture->best);
    add(list, "/progress/mean", ARRAY_F64, n, 0, fixture->mean);
    add(list, "/progress/feasible_fraction", ARRAY_F64, n, 0, fixture->feasible);
    add(list, "/progress/seconds", ARRAY_F64, n, 0, fixture->seconds);
    if (!fixture->bounded) return;
    add(list, "/certificate/lower_bound", ARRAY_F64, 1, 0, &fixture->lower_bound);
    if (fixture->solved) add(list, "/certificate/optimum", ARRAY_F64, 1, 0, &fixture->optimum);
    add(list, "/certificate/gap", ARRAY_F64, 1, 0, &fixture->gap);
    add(list, "/certificate/multipliers", ARRAY_F64, 1, 0, &fixture->shadow_price);
}

/* What schema 1 did not have. */
static void add_next(list_t *list, const fixture_t *fixture)
{
    static char next[80];
    if (!fixture->bounded || !fixture->next) return;
    (void)snprintf(next, sizeof next, "%s", fixture->next);
    if (fixture->solved) add(list, "/certificate/constraints", ARRAY_F64, 1, 0, &fixture->need);
    add(list, "/certificate/next", ARRAY_TEXT, 1, sizeof next, next);
    if (strcmp(next, "known") != 0) return;
    add(list, "/certificate/next_budget", ARRAY_F64, 1, 0, &fixture->next_budget);
    add(list, "/certificate/next_optimum", ARRAY_F64, 1, 0, &fixture->next_optimum);
}

static void write_rows(const fixture_t *fixture, segment_t *segment)
{
    static uint8_t stage[ROWS_MAX];
    static const uint32_t numbers[ROWS_MAX];
    static const uint16_t assignments[ROWS_MAX * LAYERS * 2];
    static const double scores[ROWS_MAX];
    static uint8_t feasible[ROWS_MAX];
    for (size_t i = 0; i < segment->block; i++) stage[i] = i >= fixture->policy_rows;
    for (size_t i = 0; i < segment->block; i++)
        feasible[i] = fixture->scored ? isfinite(fixture->scored[i]) != 0 : stage[i] != 0;
    const double *objective = fixture->scored ? fixture->scored : scores;
    const samples_t rows = {.shape = &SHAPE,
                            .columns = {[SAMPLES_stage] = stage,
                                        [SAMPLES_space] = stage,
                                        [SAMPLES_update] = (void *)numbers,
                                        [SAMPLES_unit] = (void *)numbers,
                                        [SAMPLES_assignment] = (void *)assignments,
                                        [SAMPLES_objective] = (void *)objective,
                                        [SAMPLES_constraints] = (void *)scores,
                                        [SAMPLES_feasible] = feasible}};
    ck_assert_ok(store_segments_make(directory));
    ck_assert_ok(store_segment_write(directory, RUN_ID, segment, &rows, NULL));
}

static void write_master(const fixture_t *fixture, const segment_t *segment)
{
    list_t list = {.n = 0};
    const attribute_t attributes[] = {
        {.path = "/", .name = "schema", .whole = true, .integer = fixture->schema},
        {.path = "/", .name = "program_version", .text = "0.1.0"},
        {.path = "/", .name = "job", .text = fixture->job},
        {.path = "/", .name = "seed", .whole = true, .integer = 7},
        {.path = "/", .name = "started", .text = "2026-01-31T12:00:00Z"},
        {.path = "/", .name = "ended", .text = "2026-01-31T12:01:16Z"},
        {.path = "/", .name = "ranks", .whole = true, .integer = 2},
        {.path = "/", .name = "status", .text = fixture->status},
        {.path = "/", .name = "network", .text = fixture->network},
        {.path = "/", .name = "certificate_space", .text = fixture->space},
        {.path = "/", .name = "samples", .whole = true, .integer = fixture->samples},
        {.path = "/", .name = "distinct_evaluations", .whole = true, .integer = 1234},
        {.path = "/", .name = "accounting", .text = fixture->accounting},
    };
    add_rest(&list, fixture);
    add_next(&list, fixture);
    add_result(&list, fixture);
    const master_t master = {.run_id = RUN_ID,
                             .arrays = list.arrays,
                             .arrays_n = list.n,
                             .attributes = attributes,
                             .attributes_n = sizeof attributes / sizeof *attributes -
                                             (fixture->accounting ? 0 : 1),
                             .segments = segment,
                             .segments_n = segment->block > 0,
                             .rows = segment->block,
                             .shape = SHAPE,
                             .objective_units = "cycles",
                             .constraint_units = "um^2"};
    ck_assert_ok(store_master_write(directory, &master, NULL));
}

static void fixture_write(const fixture_t *fixture)
{
    char segments[FILE_PATH_MAX];
    const size_t rows = fixture->policy_rows + fixture->island_rows;
    segment_t segment = {.name = "s.h5", .start = 0, .stride = rows, .count = 1, .block = rows};
    ck_assert_ok(file_join(directory, "segments", segments));
    ck_assert_ok(file_make_directory(segments));
    if (rows) write_rows(fixture, &segment);
    write_master(fixture, &segment);
}

static inline report_t *fixture_open(const fixture_t *fixture)
{
    report_t *report;
    fixture_write(fixture);
    ck_assert_ok(report_open(directory, &report));
    return report;
}

/* ---- the directory: a checked fixture -------------------------------------------------------- */

static void begin_directory(void)
{
    const char *home = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(directory, sizeof directory, "%s/confx-report-XXXXXX", home);
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void end_directory(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
}

/* A suite of the tests of a list that NULL ends, each with a directory of its own. */
static inline int fixture_run(const char *name, const TTest *const *list)
{
    Suite *suite = suite_create(name);
    TCase *tests = tcase_create(name);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, begin_directory, end_directory);
    for (; *list; list++) tcase_add_test(tests, *list);
    return suite_run(suite);
}

#endif
