/* Hardware profiles that stand on others, keys that a job lays upon them, and all of it in one
   text. */
#include "confx/hardware_file.h"
#include "golden.h"

#include <stdio.h>
#include <unistd.h>

typedef struct {
    char directory[64], path[96];
} place_t;

static void place_begin(place_t *place)
{
    (void)setenv("CONFX_DATA", "data", 0);
    (void)snprintf(place->directory, sizeof place->directory, "/tmp/confx-base-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(place->directory));
}

/* The file of that name, with that text; its path. */
static const char *place_write(place_t *place, const char *name, const char *text)
{
    (void)snprintf(place->path, sizeof place->path, "%s/%s", place->directory, name);
    ck_assert_ok(file_write(place->path, text, strlen(text), NULL));
    return place->path;
}

static void place_end(place_t *place, const char *const *names)
{
    for (; *names; names++) {
        (void)snprintf(place->path, sizeof place->path, "%s/%s", place->directory, *names);
        ck_assert_int_eq(unlink(place->path), 0);
    }
    ck_assert_int_eq(rmdir(place->directory), 0);
}

static void same_but_for_the_name(confx_hardware_t one, confx_hardware_t other)
{
    memset(one.name, 0, sizeof one.name);
    memset(other.name, 0, sizeof other.name);
    ck_assert_mem_eq(&one, &other, sizeof one);
}

/* A profile upon a profile upon a shipped one is the shipped one with all their keys set, the
   uppermost last; so is the text that holds all of them. */
START_TEST(a_profile_is_laid_upon_its_base)
{
    place_t place;
    char *text;
    bool away;
    confx_hardware_t expected = hardware_named("asic"), found;
    place_begin(&place);
    (void)place_write(&place, "low.yaml",
                      "base: asic\nnoc_bandwidth: 64\nl1_bytes: 512\nunits: {mac_nj: 1}\n");
    const char *path = place_write(&place, "high.yaml",
                                   "noc_bandwidth: 128\nbase: ./low\nunits: {bus_size: [3, 4]}\n");
    ck_assert_ok(confx_hardware_set(&expected, "noc_bandwidth=128"));
    ck_assert_ok(confx_hardware_set(&expected, "l1_bytes=512"));
    ck_assert_ok(confx_hardware_set(&expected, "units.mac_nj=1"));
    ck_assert_ok(confx_hardware_set(&expected, "units.bus_size=[3, 4]"));
    ck_assert_ok(confx_hardware_open(path, &found));
    ck_assert_str_eq(found.name, "high");
    ck_assert(found.limits.l1_own);
    same_but_for_the_name(found, expected);
    ck_assert_ok(hardware_flatten(path, &text));
    ck_assert_ok(hardware_leads_away(text, "one.yaml", &away));
    ck_assert(!away);
    ck_assert_ok(confx_hardware_parse(text, "one.yaml", &found));
    same_but_for_the_name(found, expected);
    free(text);
    place_end(&place, (const char *const[]){"low.yaml", "high.yaml", NULL});
}
END_TEST

START_TEST(a_profile_may_stand_on_a_file_of_maestro)
{
    place_t place;
    char *text;
    confx_hardware_t expected, found;
    place_begin(&place);
    (void)place_write(&place, "chip.m", "num_pes: 64\nnoc_bw_cstr: 8\n");
    ck_assert_ok(confx_hardware_open(place.path, &expected));
    ck_assert_ok(confx_hardware_set(&expected, "simd_lanes=2"));
    const char *path = place_write(&place, "high.yaml", "base: ./chip.m\nsimd_lanes: 2\n");
    ck_assert_ok(confx_hardware_open(path, &found));
    ck_assert_int_eq(found.num_pes, 64);
    ck_assert_double_eq(found.noc_bandwidth, 8);
    same_but_for_the_name(found, expected);
    ck_assert_fails(hardware_flatten(path, &text), CONFX_STATUS_INPUT,
                    "high.yaml:1: base: expected a profile: a hardware file of MAESTRO");
    place_end(&place, (const char *const[]){"chip.m", "high.yaml", NULL});
}
END_TEST

START_TEST(a_base_that_is_none_is_told)
{
    place_t place;
    confx_hardware_t found;
    place_begin(&place);
    const char *path = place_write(&place, "self.yaml", "noc_latency: 1\nbase: ./self.yaml\n");
    ck_assert_fails(confx_hardware_open(path, &found), CONFX_STATUS_INPUT,
                    "base: expected at most 6 profiles that stand on each other");
    path = place_write(&place, "self.yaml", "\nbase: tin\n");
    ck_assert_fails(confx_hardware_open(path, &found), CONFX_STATUS_INPUT,
                    "self.yaml:2: base: no file \"tin\"; expected a path or a name in hw: ");
    path = place_write(&place, "self.yaml", "base: [asic]\n");
    ck_assert_fails(confx_hardware_open(path, &found), CONFX_STATUS_INPUT,
                    "self.yaml:1: base: expected a name in hw or the path of a profile");
    path = place_write(&place, "self.yaml", "base: asic\nnoc_bandwith: 3\n");
    ck_assert_fails(confx_hardware_open(path, &found), CONFX_STATUS_INPUT,
                    "self.yaml:2: noc_bandwith: unknown key, did you mean");
    ck_assert_fails(confx_hardware_set(&found, "base=asic"), CONFX_STATUS_INPUT,
                    "--hw base=asic: expected a key with a value");
    place_end(&place, (const char *const[]){"self.yaml", NULL});
}
END_TEST

/* As a job has them: whole paths in messages, and nothing changed by what is refused. */
START_TEST(keys_of_a_mapping_are_laid_upon_hardware)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"hardware: {base: x, noc_bandwidth: -1}", "j:1: hardware.noc_bandwidth: expected"},
        {"hardware:\n  units:\n    mac: 1\n", "j:3: hardware.units.mac: unknown key"},
        {"hardware: {l1_bytes: 1, units: 3}", "hardware.units: expected keys and values"},
        {"hardware: {accounting: mastro}", "hardware.accounting: expected one of exact, maestro"},
    };
    confx_hardware_t expected = hardware_named("asic"), found = expected;
    yaml_t *yaml;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_ok(yaml_open(bad[i].text, "j", &yaml));
        ck_assert_fails(hardware_read_below(yaml, "hardware", &found), CONFX_STATUS_INPUT,
                        bad[i].message);
        yaml_close(yaml);
    }
    same_but_for_the_name(found, expected);
    ck_assert_ok(yaml_open("hardware: {base: x, noc_bandwidth: 5, units: {mac_nj: 2}, "
                           "l2_bytes: 9, accounting: maestro}",
                           "j", &yaml));
    ck_assert_ok(hardware_read_below(yaml, "hardware", &found));
    yaml_close(yaml);
    ck_assert_ok(confx_hardware_set(&expected, "noc_bandwidth=5"));
    ck_assert_ok(confx_hardware_set(&expected, "units.mac_nj=2"));
    ck_assert_ok(confx_hardware_set(&expected, "l2_bytes=9"));
    ck_assert_ok(confx_hardware_set(&expected, "accounting=maestro"));
    same_but_for_the_name(found, expected);
    ck_assert_ok(yaml_open("hardware: asic", "j", &yaml));
    ck_assert_ok(hardware_read_below(yaml, "hardware", &found));
    yaml_close(yaml);
    same_but_for_the_name(found, expected);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *tests = tcase_create("base");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_profile_is_laid_upon_its_base);
    tcase_add_test(tests, a_profile_may_stand_on_a_file_of_maestro);
    tcase_add_test(tests, a_base_that_is_none_is_told);
    tcase_add_test(tests, keys_of_a_mapping_are_laid_upon_hardware);
    return suite_run(suite);
}
