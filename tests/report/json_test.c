/* The report as JSON, read back by the library that reads JSON. */
#include "fixture.h"
#include "said.h"

#include <jansson.h>

static json_t *parsed(const fixture_t *fixture)
{
    char *text;
    json_error_t error;
    report_t *report = fixture_open(fixture);
    said_by(text, report_json(report, out));
    report_close(report);
    json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(object != NULL, "line %d: %s in\n%s", error.line, error.text, text);
    free(text);
    return object;
}

static const json_t *at(const json_t *object, const char *group, const char *key)
{
    const json_t *value = json_object_get(json_object_get(object, group), key);
    ck_assert_msg(value != NULL, "%s.%s is missing", group, key);
    return value;
}

START_TEST(every_figure_comes_back_as_it_was)
{
    const fixture_t fixture = fixture_begin();
    json_t *object = parsed(&fixture);
    ck_assert_str_eq(json_string_value(at(object, "run", "run_dir")), directory);
    ck_assert_str_eq(json_string_value(at(object, "run", "status")), "complete");
    ck_assert_str_eq(json_string_value(at(object, "task", "network")), "tiny");
    ck_assert_str_eq(json_string_value(at(object, "task", "objective_units")), "cycles");
    ck_assert_str_eq(json_string_value(at(object, "task", "deployment")), "pipelined");
    ck_assert_double_eq(json_real_value(at(object, "task", "budget")), 4000000);
    ck_assert_double_eq(json_real_value(at(object, "task", "budget_fraction")), 0.1);
    const json_t *stages = at(object, "run", "stages");
    ck_assert_uint_eq(json_array_size(stages), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *stage = json_array_get(stages, i);
        ck_assert_str_eq(json_string_value(json_object_get(stage, "stage")),
                         i ? "islands" : "reinforce");
        ck_assert_int_eq(json_integer_value(json_object_get(stage, "samples")), i ? 10 : 20);
    }
    ck_assert_int_eq(json_integer_value(at(object, "run", "distinct_evaluations")), 1234);
    ck_assert_double_eq(json_real_value(at(object, "run", "feasible_fraction")), 0.5);
    ck_assert_double_eq(json_real_value(at(object, "run", "seconds")), 75.25);
    ck_assert_double_eq(json_real_value(at(object, "result", "objective")), 1100000);
    ck_assert_double_eq(json_real_value(json_array_get(at(object, "result", "constraints"), 0)),
                        3600000);
    ck_assert_double_eq(json_real_value(at(object, "result", "macs")),
                        10645344 + 3484800 + 20070400);
    ck_assert_double_eq(json_real_value(at(object, "result", "macs_counted")),
                        42581376 + 3484800 + 20070400);
    ck_assert_int_eq(json_integer_value(at(object, "result", "macs_layers_departing")), 1);
    ck_assert_str_eq(json_string_value(at(object, "task", "dataflow_depthwise")), "dpt");
    ck_assert_double_eq(json_real_value(at(object, "certificate", "optimum")), 1000000);
    ck_assert_double_eq(json_real_value(at(object, "certificate", "gap")), 0.1);
    ck_assert_double_eq(
        json_real_value(json_array_get(at(object, "certificate", "multipliers"), 0)), 0.05);
    ck_assert_double_eq(
        json_real_value(json_array_get(at(object, "certificate", "constraints"), 0)), 3600000);
    ck_assert_str_eq(json_string_value(at(object, "certificate", "next")), "known");
    ck_assert_double_eq(json_real_value(at(object, "certificate", "next_budget")), 4030000);
    ck_assert_double_eq(json_real_value(at(object, "certificate", "next_optimum")), 998500);
    ck_assert(json_is_false(at(object, "certificate", "optimal")));
    json_decref(object);
}
END_TEST

START_TEST(layers_come_in_order_with_their_costs)
{
    fixture_t fixture = fixture_begin();
    (void)snprintf(fixture.names[1], CONFX_LAYER_NAME_MAX, "a \"b\" \\ \001");
    json_t *object = parsed(&fixture);
    const json_t *layers = at(object, "result", "layers");
    ck_assert_uint_eq(json_array_size(layers), LAYERS);
    const json_t *layer = json_array_get(layers, 1);
    ck_assert_str_eq(json_string_value(json_object_get(layer, "name")), "a \"b\" \\ ?");
    ck_assert_str_eq(json_string_value(json_object_get(layer, "type")), "DSCONV");
    ck_assert_int_eq(json_integer_value(json_object_get(layer, "C")), 32);
    ck_assert_int_eq(json_integer_value(json_object_get(layer, "pe")), 16);
    ck_assert_int_eq(json_integer_value(json_object_get(layer, "buffer")), 1);
    ck_assert_double_eq(json_real_value(json_object_get(layer, "latency")), 330000);
    ck_assert_double_eq(json_real_value(json_object_get(layer, "energy")), 99.5);
    ck_assert_int_eq(json_integer_value(json_object_get(json_array_get(layers, 0), "stride_y")), 2);
    ck_assert_double_eq(json_real_value(json_object_get(json_array_get(layers, 0), "energy")),
                        1234.5678);
    json_decref(object);
}
END_TEST

static const json_t *layer_at(const json_t *object, size_t layer, const char *key)
{
    const json_t *value =
        json_object_get(json_array_get(at(object, "result", "layers"), layer), key);
    ck_assert_msg(value != NULL, "%s of layer %zu is missing", key, layer);
    return value;
}

START_TEST(cycles_and_energy_come_in_parts)
{
    fixture_t fixture = fixture_begin();
    fixture.used = fixture.parted = true;
    fixture.accounting = "exact";
    json_t *object = parsed(&fixture);
    ck_assert_str_eq(json_string_value(at(object, "task", "accounting")), "exact");
    ck_assert_double_eq(json_real_value(layer_at(object, 0, "macs_true")), 10645344);
    ck_assert_double_eq(json_real_value(layer_at(object, 1, "utilisation")), 0.165);
    ck_assert_double_eq(json_real_value(layer_at(object, 1, "active_pes")), 5.92);
    ck_assert_double_eq(json_real_value(layer_at(object, 0, "latency_ingress")), 396000);
    ck_assert_double_eq(json_real_value(layer_at(object, 2, "latency_noc")), 200000);
    ck_assert_double_eq(json_real_value(layer_at(object, 2, "latency_offchip")), 220000);
    ck_assert_double_eq(json_real_value(layer_at(object, 0, "energy_mac")), 34.5678);
    ck_assert_double_eq(json_real_value(layer_at(object, 0, "energy_noc")), 0);
    ck_assert_str_eq(json_string_value(layer_at(object, 1, "bound")), "pes");
    ck_assert_str_eq(json_string_value(layer_at(object, 1, "bound_in_words")),
                     "too few channels or rows to fill the PEs");
    ck_assert_str_eq(json_string_value(layer_at(object, 2, "bound")), "off-chip");
    json_decref(object);
    /* What an accounting does not tell is null, and what an older program did not log. */
    fixture.parted = false;
    object = parsed(&fixture);
    ck_assert_double_eq(json_real_value(layer_at(object, 0, "macs_true")), 10645344);
    ck_assert(json_is_null(layer_at(object, 0, "energy_l1")));
    ck_assert(json_is_null(layer_at(object, 0, "bound")));
    ck_assert(json_is_null(layer_at(object, 0, "bound_in_words")));
    json_decref(object);
    fixture.used = false;
    fixture.accounting = NULL;
    object = parsed(&fixture);
    ck_assert(json_is_null(at(object, "task", "accounting")));
    ck_assert(json_is_null(layer_at(object, 0, "utilisation")));
    json_decref(object);
}
END_TEST

START_TEST(what_is_not_known_is_null)
{
    fixture_t fixture = fixture_begin();
    fixture.found = false;
    fixture.solved = false;
    fixture.lower_bound = INFINITY;
    fixture.gap = NAN;
    fixture.budget = NAN;
    fixture.updates_n = 0;
    json_t *object = parsed(&fixture);
    ck_assert(json_is_null(json_object_get(object, "result")));
    ck_assert(json_is_null(at(object, "certificate", "optimum")));
    ck_assert(json_is_null(at(object, "certificate", "lower_bound")));
    ck_assert(json_is_null(at(object, "certificate", "gap")));
    ck_assert(json_is_null(at(object, "task", "budget")));
    ck_assert(json_is_null(at(object, "run", "feasible_fraction")));
    json_decref(object);
}
END_TEST

START_TEST(a_full_disk_is_an_io_failure)
{
    const fixture_t fixture = fixture_begin();
    report_t *report = fixture_open(&fixture);
    FILE *out = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_fails(report_json(report, out), CONFX_STATUS_IO, "the report cannot be written");
    ck_assert_fails(report_print(report, out), CONFX_STATUS_IO, "the summary cannot be written");
    (void)fclose(out);
    report_close(report);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        every_figure_comes_back_as_it_was, layers_come_in_order_with_their_costs,
        cycles_and_energy_come_in_parts,   what_is_not_known_is_null,
        a_full_disk_is_an_io_failure,      NULL};
    return fixture_run("json", tests);
}
