/* Every figure measured from MAESTRO (tests/golden/README.md). */
#include "golden.h"

/* ---- the action grid ------------------------------------------------------------------------- */

static void check_grid_layer(csv_t *grid, const confx_layer_t *layer,
                             const confx_dataflow_t *dataflow, const confx_hardware_t *hardware)
{
    for (int i = 0; i < GRID_POINTS; i++) {
        confx_cost_t cost;
        ck_assert_msg(golden_next(grid), "grid.csv ends early");
        confx_cost_evaluate(dataflow, layer, hardware, grid_pe(i), i % GRID_SIDE + 1, &cost);
        ck_assert_int_eq(golden_compare_row(grid, &cost, "grid.csv"), 7);
        ck_assert_int_eq(cost.fault, CONFX_COST_VALID);
        ck_assert(cost.macs_per_cycle == (double)cost.macs / (double)cost.runtime_cycles);
    }
}

START_TEST(every_point_of_the_action_grid_agrees)
{
    const confx_hardware_t hardware = hardware_named("maestro");
    csv_t *layers = golden_open("tests/golden/grid_layers.csv");
    csv_t *grid = golden_open("tests/golden/grid.csv");
    int layers_n = 0;
    while (golden_next(layers)) {
        const confx_layer_t layer = layer_of_row(layers);
        confx_dataflow_t *dataflow = dataflow_named(golden_text(layers, "dataflow"));
        check_grid_layer(grid, &layer, dataflow, &hardware);
        confx_dataflow_close(dataflow);
        layers_n++;
    }
    ck_assert_int_eq(layers_n, 144);
    ck_assert_msg(!golden_next(grid), "grid.csv has more rows than layers");
    csv_close(layers);
    csv_close(grid);
}
END_TEST

/* ---- other hardware -------------------------------------------------------------------------- */

START_TEST(every_point_on_other_hardware_agrees)
{
    csv_t *csv = golden_open("tests/golden/hardware.csv");
    int rows = 0, invalid = 0;
    for (; golden_next(csv); rows++) {
        confx_cost_t cost;
        const confx_layer_t layer = layer_of_row(csv);
        const confx_hardware_t hardware = hardware_of_row(csv);
        confx_dataflow_t *dataflow = dataflow_named(golden_text(csv, "dataflow"));
        confx_cost_evaluate(dataflow, &layer, &hardware, golden_whole(csv, "pe"),
                            golden_whole(csv, "buf"), &cost);
        ck_assert_int_eq(golden_compare_row(csv, &cost, "hardware.csv"), 29);
        ck_assert_int_eq(cost.fault, golden_whole(csv, "runtime_cycles") ? CONFX_COST_VALID
                                                                         : CONFX_COST_NO_CASE);
        invalid += cost.fault != CONFX_COST_VALID;
        confx_dataflow_close(dataflow);
    }
    ck_assert_int_eq(rows, 500);
    ck_assert_int_eq(invalid, 4);
    csv_close(csv);
}
END_TEST

/* ---- whole mappings -------------------------------------------------------------------------- */

typedef struct {
    int rows, valid, faults[CONFX_COST_FAULTS];
} tally_t;

static void check_mapping_row(const csv_t *csv, const char *file, const char *dataflow,
                              const confx_hardware_t *hardware, int columns, tally_t *tally)
{
    char text[2048];
    confx_mapping_t mapping;
    confx_cost_t cost;
    (void)snprintf(text, sizeof text, "Network n { Layer l { %s %s } }", golden_text(csv, "layer"),
                   dataflow);
    ck_assert_ok(confx_mapping_parse(text, file, &mapping));
    ck_assert_ok(mapping.layers[0].fault);
    confx_cost_evaluate(mapping.layers[0].dataflow, &mapping.layers[0].layer, hardware,
                        golden_whole(csv, "pe"), 1, &cost);
    tally->rows++;
    tally->faults[cost.fault]++;
    if (strcmp(golden_text(csv, "status"), "ok") == 0) {
        ck_assert_int_eq(golden_compare_row(csv, &cost, file), columns);
        const confx_cost_fault_t fault =
            cost.runtime_cycles ? CONFX_COST_VALID : CONFX_COST_NO_CASE;
        ck_assert_msg(cost.fault == fault, "%s:%d: %s", file, csv_line(csv),
                      confx_cost_fault_text(cost.fault));
    } else {
        const bool exits = strcmp(golden_text(csv, "status"), "exit255") == 0; /* else signal 8 */
        const bool refused = cost.fault == CONFX_COST_REUSE || cost.fault == CONFX_COST_TILE;
        const bool died = cost.fault == CONFX_COST_NO_COMPUTE || cost.fault == CONFX_COST_FEW_PES ||
                          cost.fault == CONFX_COST_TWICE;
        ck_assert_msg(exits ? refused : died, "%s:%d: %s", file, csv_line(csv),
                      confx_cost_fault_text(cost.fault));
    }
    confx_mapping_close(&mapping);
}

START_TEST(every_random_mapping_agrees)
{
    const char *file = "mappings_random.csv";
    csv_t *csv = golden_open("tests/golden/mappings_random.csv");
    tally_t tally = {0};
    while (golden_next(csv)) {
        const confx_hardware_t hardware = hardware_of_row(csv);
        check_mapping_row(csv, file, "", &hardware, 29, &tally);
    }
    ck_assert_int_eq(tally.rows, 1500);
    ck_assert_int_eq(tally.faults[CONFX_COST_VALID], 1339);
    ck_assert_int_eq(tally.faults[CONFX_COST_NO_CASE], 40);
    ck_assert_int_eq(tally.faults[CONFX_COST_NO_COMPUTE], 100);
    ck_assert_int_eq(tally.faults[CONFX_COST_REUSE], 21);
    csv_close(csv);
}
END_TEST

static void dataflow_text(const char *name, char *text, size_t room)
{
    csv_t *csv = golden_open("tests/golden/mappings_dataflows.csv");
    bool found = false;
    while (!found && golden_next(csv)) {
        found = strcmp(golden_text(csv, "name"), name) == 0;
        if (found) (void)snprintf(text, room, "%s", golden_text(csv, "dataflow"));
    }
    ck_assert_msg(found, "no dataflow %s", name);
    csv_close(csv);
}

/* Of a file that names published dataflows, on one hardware for all. */
static tally_t check_published(const char *file)
{
    char path[64];
    confx_hardware_t hardware = hardware_named("maestro");
    tally_t tally = {0};
    (void)snprintf(path, sizeof path, "tests/golden/%s", file);
    csv_t *csv = golden_open(path);
    hardware.noc_bandwidth = 1000;
    hardware.offchip_bandwidth = 50;
    while (golden_next(csv)) {
        char dataflow[1024] = "";
        dataflow_text(golden_text(csv, "dataflow"), dataflow, sizeof dataflow);
        check_mapping_row(csv, file, dataflow, &hardware, GOLDEN_COLUMNS, &tally);
    }
    csv_close(csv);
    return tally;
}

START_TEST(every_published_mapping_agrees)
{
    const tally_t tally = check_published("mappings.csv");
    ck_assert_int_eq(tally.rows, 514);
    ck_assert_int_gt(tally.faults[CONFX_COST_TILE], 0);
    ck_assert_int_gt(tally.faults[CONFX_COST_FEW_PES], 0);
    ck_assert_int_gt(tally.faults[CONFX_COST_NO_COMPUTE], 0);
}
END_TEST

/* S twice in one level: MAESTRO evaluates the layers whose filter has one column, and dies on the
   others. */
START_TEST(every_published_mapping_that_maps_a_dimension_twice_agrees)
{
    const tally_t tally = check_published("mappings_rs.csv");
    ck_assert_int_eq(tally.rows, 36);
    ck_assert_int_eq(tally.faults[CONFX_COST_VALID], 26);
    ck_assert_int_eq(tally.faults[CONFX_COST_TWICE], 10);
}
END_TEST

/* A depthwise layer has no K; a dataflow that maps it all the same repeats the work K times.
   Measured one by one, the last on a published layer. */
START_TEST(depthwise_layers_under_a_map_of_k_agree)
{
    static const struct {
        const char *layer, *dataflow;
        int64_t pes;
        double noc;
        int64_t cycles, macs;
    } rows[] = {
#define WINDOWS "TemporalMap(Sz(R),1) Y; TemporalMap(Sz(S),1) X; "
#define FILTER  "TemporalMap(Sz(R),Sz(R)) R; TemporalMap(Sz(S),Sz(S)) S; "
#define SMALL   "C: 8 R: 3 S: 3 Y: 6 X: 6"
        {"K: 1 " SMALL, "TemporalMap(1,1) K; SpatialMap(1,1) C; " WINDOWS FILTER, 16, 32, 149,
         1152},
        {"K: 2 " SMALL, "TemporalMap(1,1) K; SpatialMap(1,1) C; " WINDOWS FILTER, 16, 32, 293,
         2304},
        {"K: 4 " SMALL, "TemporalMap(1,1) K; SpatialMap(1,1) C; " WINDOWS FILTER, 16, 32, 581,
         4608},
        {"K: 1 C: 1024 R: 1 S: 1 Y: 14 X: 14",
         "TemporalMap(1,1) K; " WINDOWS FILTER "SpatialMap(1,1) C;", 256, 1000, 7840, 200704},
    };
    confx_hardware_t hardware = hardware_named("maestro");
    hardware.offchip_bandwidth = 50;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1024];
        confx_mapping_t mapping;
        confx_cost_t cost;
        (void)snprintf(text, sizeof text,
                       "Network n { Layer l { Type: DSCONV Dimensions { %s } Dataflow { %s } } }",
                       rows[i].layer, rows[i].dataflow);
        ck_assert_ok(confx_mapping_parse(text, "k.m", &mapping));
        hardware.noc_bandwidth = rows[i].noc;
        confx_cost_evaluate(mapping.layers[0].dataflow, &mapping.layers[0].layer, &hardware,
                            rows[i].pes, 1, &cost);
        ck_assert_int_eq(cost.fault, CONFX_COST_VALID);
        ck_assert_int_eq(cost.runtime_cycles, rows[i].cycles);
        ck_assert_int_eq(cost.macs, rows[i].macs);
        confx_mapping_close(&mapping);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("golden");
    TCase *tests = tcase_create("golden");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, every_point_of_the_action_grid_agrees);
    tcase_add_test(tests, every_point_on_other_hardware_agrees);
    tcase_add_test(tests, every_random_mapping_agrees);
    tcase_add_test(tests, every_published_mapping_agrees);
    tcase_add_test(tests, every_published_mapping_that_maps_a_dimension_twice_agrees);
    tcase_add_test(tests, depthwise_layers_under_a_map_of_k_agree);
    return suite_run(suite);
}
