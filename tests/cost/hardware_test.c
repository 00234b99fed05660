/* Hardware profiles: the two that come with the project, overrides, and what is refused. */
#include "golden.h"

static const char whole[] = "noc_bandwidth: 32\n"
                            "noc_latency: 1\n"
                            "offchip_bandwidth: 70000\n"
                            "simd_lanes: 1\n"
                            "units:\n"
                            "  mac_area_um2: 1\n"
                            "  mac_power_mw: 1\n"
                            "  sram_cell_bytes: 64\n"
                            "  sram_cell_area_um2: 1\n"
                            "  sram_cell_power_mw: 1\n"
                            "  bus_area_um2: 1\n"
                            "  bus_power_mw: 1\n"
                            "  bus_size: [1, -2]\n"
                            "  arbiter_area_um2: 1\n"
                            "  arbiter_power_mw: 1\n"
                            "  arbiter_size: [1, 2, -3]\n"
                            "  energy_unit_nj: 1\n"
                            "  l1_access: 1\n"
                            "  l2_access: 1\n";

START_TEST(the_maestro_profile_has_the_originals_arguments)
{
    const confx_hardware_t hardware = hardware_named("maestro");
    ck_assert_str_eq(hardware.name, "maestro");
    ck_assert_double_eq(hardware.noc_bandwidth, 81920000);
    ck_assert_double_eq(hardware.noc_latency, 1);
    ck_assert_double_eq(hardware.offchip_bandwidth, 70000);
    ck_assert_double_eq(hardware.simd_lanes, 1);
    ck_assert_double_eq(hardware.units.mac_area_um2, 283);
    ck_assert_double_eq(hardware.units.sram_cell_bytes, 1);
    ck_assert_double_eq(hardware.units.arbiter_size[2], -23.711);
    ck_assert_int_eq(hardware.accounting, CONFX_ACCOUNTING_MAESTRO);
    ck_assert(hardware.accounting_given);
}
END_TEST

START_TEST(the_asic_profile_differs_in_noc_area_and_accounting_alone)
{
    const confx_hardware_t maestro = hardware_named("maestro");
    confx_hardware_t asic = hardware_named("asic");
    ck_assert_double_eq(asic.noc_bandwidth, 32);
    ck_assert_double_eq(asic.units.mac_area_um2, 4470.9014);
    ck_assert_double_eq(asic.units.sram_cell_bytes, 64);
    ck_assert_double_eq(asic.units.sram_cell_area_um2, 4505.1889);
    ck_assert_double_eq(asic.units.sram_cell_power_mw, 0.2208);
    ck_assert_int_eq(asic.accounting, CONFX_ACCOUNTING_EXACT);
    ck_assert(asic.accounting_given);
    ck_assert_double_eq(asic.units.mac_nj, 0.00023);
    ck_assert_double_eq(asic.units.add_nj, 0.00003);
    ck_assert_double_eq(asic.units.noc_hops, 0);
    memcpy(asic.name, maestro.name, sizeof asic.name);
    asic.accounting = maestro.accounting;
    asic.units.mac_nj = maestro.units.mac_nj;
    asic.units.add_nj = maestro.units.add_nj;
    asic.noc_bandwidth = maestro.noc_bandwidth;
    asic.units.mac_area_um2 = maestro.units.mac_area_um2;
    asic.units.sram_cell_bytes = maestro.units.sram_cell_bytes;
    asic.units.sram_cell_area_um2 = maestro.units.sram_cell_area_um2;
    asic.units.sram_cell_power_mw = maestro.units.sram_cell_power_mw;
    ck_assert_mem_eq(&asic, &maestro, sizeof asic);
}
END_TEST

START_TEST(a_profile_is_named_after_its_file)
{
    confx_hardware_t hardware;
    ck_assert_ok(confx_hardware_parse(whole, "some/where/my.chip.yaml", &hardware));
    ck_assert_str_eq(hardware.name, "my.chip");
    ck_assert_double_eq(hardware.units.bus_size[1], -2);
    ck_assert_ok(confx_hardware_parse(whole, "chip", &hardware));
    ck_assert_str_eq(hardware.name, "chip");
}
END_TEST

/* What is left out is what the help gives as defaults; and the accounting is known to be left
   out. */
START_TEST(keys_of_the_exact_accounting_may_be_left_out)
{
    char text[sizeof whole + 512];
    confx_hardware_t bare, full;
    ck_assert_ok(confx_hardware_parse(whole, "chip.yaml", &bare));
    ck_assert_int_eq(bare.accounting, CONFX_ACCOUNTING_EXACT);
    ck_assert(!bare.accounting_given);
    ck_assert(bare.multicast && bare.reduction);
    ck_assert_int_eq(bare.psum_bytes, 1);
    ck_assert(!confx_hardware_is_limited(&bare));
    (void)snprintf(text, sizeof text,
                   "%s  mac_nj: 0\n  add_nj: 0\n  noc_hops: 0\n  hop_nj: 0\n  offchip_nj: 0\n"
                   "accounting: exact\nmulticast: true\nreduction: true\npsum_bytes: 1\n",
                   whole);
    ck_assert_ok(confx_hardware_parse(text, "chip.yaml", &full));
    ck_assert(full.accounting_given);
    full.accounting_given = false;
    ck_assert_mem_eq(&full, &bare, sizeof full);
}
END_TEST

START_TEST(every_key_of_the_exact_accounting_is_read)
{
    char text[sizeof whole + 512];
    confx_hardware_t hardware;
    (void)snprintf(text, sizeof text,
                   "%s  mac_nj: 0.1\n  add_nj: 0.2\n  noc_hops: 3\n  hop_nj: 0.4\n"
                   "  offchip_nj: 0.5\naccounting: maestro\nmulticast: false\n"
                   "reduction: no\npsum_bytes: 4\nl1_bytes: 512\nl2_bytes: 65536\nclock_ghz: 0.8\n",
                   whole);
    ck_assert_ok(confx_hardware_parse(text, "chip.yaml", &hardware));
    ck_assert_int_eq(hardware.accounting, CONFX_ACCOUNTING_MAESTRO);
    ck_assert(hardware.accounting_given && !hardware.multicast && !hardware.reduction);
    ck_assert_int_eq(hardware.psum_bytes, 4);
    ck_assert_int_eq(hardware.limits.l1_bytes, 512);
    ck_assert_int_eq(hardware.limits.l2_bytes, 65536);
    ck_assert(confx_hardware_is_limited(&hardware));
    ck_assert_double_eq(hardware.clock_ghz, 0.8);
    ck_assert_double_eq(hardware.units.mac_nj, 0.1);
    ck_assert_double_eq(hardware.units.add_nj, 0.2);
    ck_assert_double_eq(hardware.units.noc_hops, 3);
    ck_assert_double_eq(hardware.units.hop_nj, 0.4);
    ck_assert_double_eq(hardware.units.offchip_nj, 0.5);
    for (int i = 0; i < CONFX_ACCOUNTINGS; i++) {
        const char *name = confx_accounting_name((confx_accounting_t)i);
        char assignment[64];
        (void)snprintf(assignment, sizeof assignment, "accounting=%s", name);
        ck_assert_ok(confx_hardware_set(&hardware, assignment));
        ck_assert_int_eq(hardware.accounting, i);
    }
}
END_TEST

START_TEST(an_assignment_may_give_the_accounting)
{
    confx_hardware_t hardware;
    ck_assert_ok(confx_hardware_parse(whole, "chip.yaml", &hardware));
    confx_hardware_t expected = hardware;
    ck_assert_ok(confx_hardware_set(&hardware, "accounting=exact"));
    expected.accounting_given = true;
    ck_assert_mem_eq(&hardware, &expected, sizeof hardware);
}
END_TEST

START_TEST(an_assignment_changes_one_value)
{
    confx_hardware_t hardware = hardware_named("asic"), expected = hardware;
    ck_assert_ok(confx_hardware_set(&hardware, "noc_bandwidth=64"));
    ck_assert_ok(confx_hardware_set(&hardware, "units.sram_cell_bytes=32"));
    ck_assert_ok(confx_hardware_set(&hardware, "units.arbiter_size=[1, 2.5, -3]"));
    expected.noc_bandwidth = 64;
    expected.units.sram_cell_bytes = 32;
    expected.units.arbiter_size[0] = 1;
    expected.units.arbiter_size[1] = 2.5;
    expected.units.arbiter_size[2] = -3;
    ck_assert_mem_eq(&hardware, &expected, sizeof hardware);
}
END_TEST

typedef struct {
    const char *assignment, *message;
} refusal_t;

static const refusal_t refusals[] = {
    {"noc_bandwidth", "--hw noc_bandwidth: expected KEY=VALUE"},
    {"noc_bandwidth=", "--hw noc_bandwidth="},
    {"noc_bandwidth=wide", "expected a number, found \"wide\""},
    {"noc_bandwidth=0", "expected a number above 0, found 0"},
    {"noc_latency=-1", "expected a number above 0, found -1"},
    {"simd_lanes=inf", "expected a number"},
    {"simd_lanes=[1]", "expected a number"},
    {"noc=3", "unknown key"},
    {"name=chip", "unknown key"},
    {"units=3", "expected keys and values"},
    {"units.mac=3", "unknown key"},
    {"units.l1_access=0", "units.l1_access=0: expected a number above 0, found 0"},
    {"units.bus_size=[1]", "expected at least 2 in the list, found 1"},
    {"units.bus_size=[1, 2, 3]", "expected at most 2 in the list, found 3"},
    {"accounting=precise", "expected one of exact, maestro, found \"precise\""},
    {"accounting=1", "expected one of exact, maestro, found \"1\""},
    {"multicast=2", "expected true or false, found \"2\""},
    {"psum_bytes=0", "expected a whole number from 1 to 64, found \"0\""},
    {"psum_bytes=1.5", "expected a whole number from 1 to 64, found \"1.5\""},
    {"l1_bytes=0", "l1_bytes=0: expected a whole number from 1 to 1099511627776, found \"0\""},
    {"units.mac_nj=-1", "units.mac_nj=-1: expected 0 or more, found -1"},
    {"units.hop_nj=nan", "expected a number"},
    {"mac_nj=1", "unknown key, did you mean \"units.mac_nj\"?"},
    {"limits.l1_bytes=1", "unknown key"},
    {"units.bus_size=[1, x]", "expected a number, found \"x\""},
};

START_TEST(a_bad_assignment_is_refused_and_changes_nothing)
{
    confx_hardware_t hardware = hardware_named("asic");
    const confx_hardware_t before = hardware;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        ck_assert_fails(confx_hardware_set(&hardware, refusals[i].assignment), CONFX_STATUS_INPUT,
                        refusals[i].message);
        ck_assert_mem_eq(&hardware, &before, sizeof hardware);
    }
}
END_TEST

/* The whole profile with the first line that begins with `key` replaced (an empty line takes it
   out). */
static confx_status_t parse_with(const char *key, const char *line)
{
    char text[sizeof whole + 128];
    const char *at = strstr(whole, key), *rest = strchr(at, '\n');
    confx_hardware_t hardware;
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, line, rest);
    return confx_hardware_parse(text, "chip.yaml", &hardware);
}

START_TEST(what_is_wrong_in_a_profile_is_said_with_file_line_and_key)
{
    confx_hardware_t hardware;
    ck_assert_ok(parse_with("simd_lanes", "simd_lanes: 4"));
    ck_assert_fails(parse_with("simd_lanes", "simd_lanes: four"), CONFX_STATUS_INPUT,
                    "chip.yaml:4: simd_lanes: expected a number");
    ck_assert_fails(parse_with("simd_lanes", "simd_lanes: 0"), CONFX_STATUS_INPUT,
                    "chip.yaml:4: simd_lanes: expected a number above 0, found 0");
    ck_assert_fails(parse_with("simd_lanes", "lanes: 1"), CONFX_STATUS_INPUT,
                    "chip.yaml:4: lanes: unknown key");
    ck_assert_fails(parse_with("simd_lanes", ""), CONFX_STATUS_INPUT, "simd_lanes");
    ck_assert_fails(parse_with("simd_lanes", "noc_latency: 1"), CONFX_STATUS_INPUT,
                    "chip.yaml:4: noc_latency");
    ck_assert_fails(parse_with("l2_access", "l2_access: -1"), CONFX_STATUS_INPUT,
                    "chip.yaml:19: units.l2_access: expected a number above 0, found -1");
    ck_assert_fails(parse_with("l2_access", ""), CONFX_STATUS_INPUT, "l2_access");
    ck_assert_fails(parse_with("bus_size", "bus_size: 3"), CONFX_STATUS_INPUT,
                    "chip.yaml:13: units.bus_size: expected a list");
    ck_assert_fails(parse_with("bus_size", "bus_size: [1, 2, 3]"), CONFX_STATUS_INPUT,
                    "chip.yaml:13: units.bus_size");
    ck_assert_fails(parse_with("arbiter_size", "arbiter_size: [1, x, 3]"), CONFX_STATUS_INPUT,
                    "chip.yaml:16: units.arbiter_size[1]: expected a number");
    ck_assert_fails(parse_with("noc_bandwidth", "noc_bandwidth: [32"), CONFX_STATUS_INPUT,
                    "chip.yaml:");
    ck_assert_fails(confx_hardware_parse("", "chip.yaml", &hardware), CONFX_STATUS_INPUT,
                    "chip.yaml");
    ck_assert_fails(confx_hardware_parse("- 1\n", "chip.yaml", &hardware), CONFX_STATUS_INPUT,
                    "chip.yaml:1");
    ck_assert_fails(confx_hardware_open("no/such.yaml", &hardware), CONFX_STATUS_INPUT,
                    "no/such.yaml");
}
END_TEST

/* Of example A: 54 bytes of L1, 38 of L2. */
START_TEST(limits_that_a_cost_exceeds_are_told)
{
    static const struct {
        confx_hardware_limits_t limits;
        unsigned exceeded;
        const char *keys, *text;
    } rows[] = {
        {{.l1_bytes = 0}, 0, "", ""},
        {{.l1_bytes = 54, .l2_bytes = 38}, 0, "", ""},
        {{.l1_bytes = 53}, 1, "l1_size_cstr", "exceeds l1_size_cstr of 53 bytes by 1"},
        {{.l2_bytes = 8}, 2, "l2_size_cstr", "exceeds l2_size_cstr of 8 bytes by 30"},
        {{.l1_bytes = 50, .l2_bytes = 38, .offchip = true},
         5,
         "l1_size_cstr offchip_bw_cstr",
         "exceeds l1_size_cstr of 50 bytes by 4, offchip_bw_cstr of 0.5 elements/cycle by 0.5"},
        {{.l1_bytes = 54, .l2_bytes = 38, .l1_own = true, .l2_own = true}, 0, "", ""},
        {{.l1_bytes = 53, .l1_own = true}, 8, "l1_bytes", "exceeds l1_bytes of 53 bytes by 1"},
        {{.l1_bytes = 53, .l2_bytes = 8, .l2_own = true},
         17,
         "l1_size_cstr l2_bytes",
         "exceeds l1_size_cstr of 53 bytes by 1, l2_bytes of 8 bytes by 30"},
    };
    const confx_layer_t layer = layer_of(CONFX_LAYER_CONV, 32, 3, 224, 224, 3, 3);
    confx_dataflow_t *dla = dataflow_named("dla");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[CONFX_COST_LIMITS_TEXT_MAX];
        confx_hardware_t hardware = hardware_named("maestro");
        confx_cost_t cost, limited;
        confx_cost_evaluate(dla, &layer, &hardware, 1, 1, &cost);
        hardware.limits = rows[i].limits;
        confx_cost_evaluate(dla, &layer, &hardware, 1, 1, &limited);
        ck_assert_int_eq(limited.fault, CONFX_COST_VALID);
        ck_assert_int_eq(limited.runtime_cycles, cost.runtime_cycles);
        cost.offchip_bandwidth = 1;
        hardware.offchip_bandwidth = 0.5;
        ck_assert_uint_eq(confx_cost_exceeded(&cost, &hardware), rows[i].exceeded);
        ck_assert_int_eq(confx_cost_exceeded_text(&cost, &hardware, text), rows[i].exceeded != 0);
        ck_assert_str_eq(text, rows[i].text);
        confx_cost_exceeded_keys(rows[i].exceeded, text);
        ck_assert_str_eq(text, rows[i].keys);
    }
    confx_dataflow_close(dla);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hardware");
    TCase *tests = tcase_create("hardware");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, the_maestro_profile_has_the_originals_arguments);
    tcase_add_test(tests, the_asic_profile_differs_in_noc_area_and_accounting_alone);
    tcase_add_test(tests, a_profile_is_named_after_its_file);
    tcase_add_test(tests, keys_of_the_exact_accounting_may_be_left_out);
    tcase_add_test(tests, every_key_of_the_exact_accounting_is_read);
    tcase_add_test(tests, an_assignment_may_give_the_accounting);
    tcase_add_test(tests, an_assignment_changes_one_value);
    tcase_add_test(tests, a_bad_assignment_is_refused_and_changes_nothing);
    tcase_add_test(tests, what_is_wrong_in_a_profile_is_said_with_file_line_and_key);
    tcase_add_test(tests, limits_that_a_cost_exceeds_are_told);
    return suite_run(suite);
}
