/* MAESTRO's other files: models, hardware, and dataflows written back. */
#include "cost/language/accelerator.h"
#include "golden.h"

#include <unistd.h>

/* ---- model files ----------------------------------------------------------------------------- */

static const char model[] = "Network Two {\n"
                            " Layer A {\n"
                            "  Type: CONV\n"
                            "  Dimensions { K: 8, C: 4, R: 3, S: 3, Y: 20, X: 30 }\n"
                            " }\n"
                            "\n"
                            " Layer B {\n"
                            "  Type: DSCONV\n"
                            "  Dimensions { K: 1, C: 4, R: 3, S: 3, Y: 20, X: 30 }\n"
                            "  Dataflow { SpatialMap(1,1) C; }\n"
                            " }\n"
                            "}\n";

START_TEST(a_model_file_may_go_without_dataflows)
{
    confx_mapping_t mapping;
    ck_assert_ok(confx_model_parse(model, "m.m", &mapping));
    ck_assert_uint_eq(mapping.layers_n, 2);
    ck_assert_ptr_null(mapping.layers[0].dataflow);
    ck_assert_ptr_nonnull(mapping.layers[1].dataflow);
    ck_assert_int_eq(mapping.layers[0].line, 2);
    ck_assert_int_eq(mapping.layers[1].line, 7);
    ck_assert_ok(mapping.layers[0].fault);
    confx_mapping_close(&mapping);
    ck_assert_ok(confx_mapping_parse(model, "m.m", &mapping));
    ck_assert_fails(mapping.layers[0].fault, CONFX_STATUS_INPUT,
                    "m.m:5: A: the layer that ends here has no Data");
    ck_assert_ok(mapping.layers[1].fault);
    confx_mapping_close(&mapping);
    ck_assert_ok(confx_model_parse("Network n { Layer l { Type: CONV } }", "m.m", &mapping));
    ck_assert_fails(mapping.layers[0].fault, CONFX_STATUS_INPUT,
                    "m.m:1: l: the layer that ends here has no Dimensions");
    confx_mapping_close(&mapping);
    ck_assert_fails(confx_model_open("no/such.m", &mapping), CONFX_STATUS_INPUT, "no/such.m");
}
END_TEST

START_TEST(names_that_would_break_a_table_are_refused)
{
    confx_mapping_t mapping;
    ck_assert_fails(
        confx_model_parse("Network n {\n Layer a\"b {", "m.m", &mapping), CONFX_STATUS_INPUT,
        "m.m:2: Layer: expected a name without quotes and control characters, found \"a\"b\"");
    ck_assert_fails(confx_model_parse("Network n\x1b[2J {", "m.m", &mapping), CONFX_STATUS_INPUT,
                    "m.m:1: Network: expected a name");
    ck_assert_fails(confx_model_parse("Network n {\n Layer =1+1 {", "m.m", &mapping),
                    CONFX_STATUS_INPUT,
                    "m.m:2: Layer: expected a name that does not begin with =, + or @ (a formula "
                    "in a sheet), found "
                    "\"=1+1\"");
    ck_assert_fails(confx_model_parse("Network n {\n Layer a\xE2\x80\xAE\x62 {", "m.m", &mapping),
                    CONFX_STATUS_INPUT,
                    "m.m:2: Layer: expected a name without quotes and control characters, found "
                    "\"a\\xE2\\x80\\xAE\x62\"");
}
END_TEST

/* ---- hardware files -------------------------------------------------------------------------- */

static void assert_same_hardware(const confx_hardware_t *one, const confx_hardware_t *other)
{
    ck_assert_str_eq(one->name, other->name);
    ck_assert_double_eq(one->noc_bandwidth, other->noc_bandwidth);
    ck_assert_double_eq(one->noc_latency, other->noc_latency);
    ck_assert_double_eq(one->offchip_bandwidth, other->offchip_bandwidth);
    ck_assert_double_eq(one->simd_lanes, other->simd_lanes);
    ck_assert_int_eq(one->num_pes, other->num_pes);
    ck_assert_int_eq(one->limits.l1_bytes, other->limits.l1_bytes);
    ck_assert_int_eq(one->limits.l2_bytes, other->limits.l2_bytes);
    ck_assert_int_eq(one->limits.offchip, other->limits.offchip);
    ck_assert_mem_eq(&one->units, &other->units, sizeof one->units);
}

START_TEST(a_hardware_file_lies_upon_a_profile)
{
    confx_hardware_t hardware = hardware_named("maestro"), expected = hardware;
    ck_assert_ok(
        accelerator_parse("num_pes: 256\nl1_size_cstr: 100\nl2_size_cstr: 3000\nnoc_bw_cstr: 1000\n"
                          "offchip_bw_cstr: 50\n",
                          "a.m", &hardware));
    expected.num_pes = 256;
    expected.noc_bandwidth = 1000;
    expected.offchip_bandwidth = 50;
    expected.limits = (confx_hardware_limits_t){.l1_bytes = 100, .l2_bytes = 3000, .offchip = true};
    assert_same_hardware(&hardware, &expected);
    ck_assert(confx_hardware_is_limited(&hardware));
    ck_assert_ok(accelerator_parse("\xEF\xBB\xBF// hops only\r\nNoC_NumHops:4", "a.m", &hardware));
    expected.num_pes = 0;
    expected.noc_latency = 4;
    expected.limits = (confx_hardware_limits_t){.l1_bytes = 0};
    assert_same_hardware(&hardware, &expected);
    ck_assert(!confx_hardware_is_limited(&hardware));
}
END_TEST

typedef struct {
    const char *text, *message;
} refusal_t;

static const refusal_t refusals[] = {
    {"", "a.m:1: expected num_pes, noc_bw_cstr, offchip_bw_cstr, NoC_NumHops, l1_size_cstr or "
         "l2_size_cstr, found the end"},
    {"num_pes: 256\nnum_pe: 3\n", "a.m:2: expected num_pes, "},
    {"num_pes: 256\n\nnum_pes: 3\n", "a.m:3: num_pes: is given twice"},
    {"num_pes: 0\n", "a.m:1: num_pes: expected a whole number from 1 to 2^30, found \"0\""},
    {"noc_bw_cstr: -5\n",
     "a.m:1: noc_bw_cstr: expected a whole number from 1 to 2^30, found \"-5\""},
    {"noc_bw_cstr: 1e3\n", "a.m:1: noc_bw_cstr: expected a whole number"},
    {"offchip_bw_cstr:\n",
     "a.m:2: offchip_bw_cstr: expected a whole number from 1 to 2^30, found the end of the text"},
    {"num_pes: 1073741825\n", "a.m:1: num_pes: expected a whole number"},
};

START_TEST(what_is_wrong_in_a_hardware_file_is_said_with_file_line_and_key)
{
    confx_hardware_t hardware = hardware_named("maestro");
    const confx_hardware_t before = hardware;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        ck_assert_fails(accelerator_parse(refusals[i].text, "a.m", &hardware), CONFX_STATUS_INPUT,
                        refusals[i].message);
        ck_assert_mem_eq(&hardware, &before, sizeof hardware);
    }
}
END_TEST

START_TEST(a_path_that_ends_in_m_is_a_hardware_file)
{
    char path[] = "/tmp/confx-hardware-XXXXXX.m";
    confx_hardware_t hardware;
    const int file = mkstemps(path, 2);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, "noc_bw_cstr: 7\n", 15), 15);
    (void)close(file);
    ck_assert_int_eq(setenv("CONFX_DATA", "data", 1), 0);
    const confx_status_t status = confx_hardware_open(path, &hardware);
    (void)unlink(path);
    ck_assert_ok(status);
    ck_assert_msg(strncmp(hardware.name, "confx-hardware-", 15) == 0, "%s", hardware.name);
    ck_assert_double_eq(hardware.noc_bandwidth, 7);
    ck_assert_double_eq(hardware.units.mac_area_um2, 283);
}
END_TEST

/* ---- dataflows as text ----------------------------------------------------------------------- */

static void assert_same_costs(const confx_dataflow_t *one, const confx_dataflow_t *other,
                              int64_t pes, int64_t buffer)
{
    const confx_hardware_t hardware = hardware_as_maestro("asic");
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 40, 24, 27, 27, 5, 5);
    confx_cost_t a, b;
    memset(&a, 0, sizeof a);
    memset(&b, 0, sizeof b);
    confx_cost_evaluate(one, &layer, &hardware, pes, buffer, &a);
    confx_cost_evaluate(other, &layer, &hardware, pes, 1, &b);
    ck_assert_int_eq(a.fault, b.fault);
    ck_assert_int_eq(a.runtime_cycles, b.runtime_cycles);
    ck_assert(a.energy_nj == b.energy_nj && a.area_um2 == b.area_um2 && a.power_mw == b.power_mw);
    ck_assert_int_eq(a.macs, b.macs);
    ck_assert_int_eq(a.l1_bytes, b.l1_bytes);
    ck_assert_int_eq(a.l2_bytes, b.l2_bytes);
}

START_TEST(a_dataflow_written_back_costs_the_same_whatever_the_buffer_level_then)
{
    static const char *const names[] = {"dla", "eye", "shi", "dpt", "rs"};
    for (int i = 0; i < 5; i++) {
        confx_dataflow_t *dataflow = dataflow_named(names[i]);
        for (int64_t point = 1; point <= 12; point++) {
            char *text = NULL;
            confx_dataflow_t *again = NULL;
            ck_assert_ok(confx_dataflow_format(dataflow, 7 * point, 13 - point, "  ", &text));
            ck_assert_ptr_null(strstr(text, "ClusterSz"));
            ck_assert_ptr_null(strstr(text, "KTileSz"));
            ck_assert_ok(confx_dataflow_parse(text, names[i], &again));
            assert_same_costs(dataflow, again, 7 * point, 13 - point);
            confx_dataflow_close(again);
            free(text);
        }
        confx_dataflow_close(dataflow);
    }
}
END_TEST

START_TEST(a_dataflow_is_written_as_maestro_reads_it)
{
    confx_dataflow_t *dataflow = NULL;
    char *text = NULL;
    ck_assert_ok(confx_dataflow_parse(
        "Constant T 5; Dataflow { SpatialMap(KTileSz,T) K; TemporalMap(Sz(S),1) X'; "
        "TemporalMap(Sz(S),Sz(S)) S; Cluster(ClusterSz,L); SpatialMap(1,1) C; }",
        "d.m", &dataflow));
    ck_assert_ok(confx_dataflow_format(dataflow, 64, 3, "\t", &text));
    ck_assert_str_eq(text,
                     "\tDataflow {\n\t    SpatialMap(3,5) K;\n\t    TemporalMap(Sz(S),1) X';\n"
                     "\t    TemporalMap(Sz(S),Sz(S)) S;\n\t    Cluster(64, P);\n\t    "
                     "SpatialMap(1,1) C;\n\t}\n");
    free(text);
    confx_dataflow_close(dataflow);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("language");
    TCase *tests = tcase_create("language");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_model_file_may_go_without_dataflows);
    tcase_add_test(tests, names_that_would_break_a_table_are_refused);
    tcase_add_test(tests, a_hardware_file_lies_upon_a_profile);
    tcase_add_test(tests, what_is_wrong_in_a_hardware_file_is_said_with_file_line_and_key);
    tcase_add_test(tests, a_path_that_ends_in_m_is_a_hardware_file);
    tcase_add_test(tests, a_dataflow_written_back_costs_the_same_whatever_the_buffer_level_then);
    tcase_add_test(tests, a_dataflow_is_written_as_maestro_reads_it);
    return suite_run(suite);
}
