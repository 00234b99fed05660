/* Hardware profiles: YAML into confx_hardware_t. One table of keys serves whole files, where every key must stand, and
   single assignments, where any one may. */
#include "accelerator.h"
#include "confx/file.h"
#include "confx/hardware_file.h"
#include "confx/text.h"
#include "confx/try.h"
#include "confx/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_PATH_MAX = 64 };

static const cyaml_schema_value_t real = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, double)};

#define UNIT(key, flag)         CYAML_FIELD_FLOAT(#key, flag, confx_hardware_units_t, key)
#define UNIT_LIST(key, flag, n) CYAML_FIELD_SEQUENCE_FIXED(#key, flag, confx_hardware_units_t, key, &real, n)
#define UNIT_FIELDS(flag)                                                                                              \
    {                                                                                                                  \
        UNIT(mac_area_um2, flag), UNIT(mac_power_mw, flag), UNIT(sram_cell_bytes, flag),                               \
            UNIT(sram_cell_area_um2, flag), UNIT(sram_cell_power_mw, flag), UNIT(bus_area_um2, flag),                  \
            UNIT(bus_power_mw, flag), UNIT_LIST(bus_size, flag, 2), UNIT(arbiter_area_um2, flag),                      \
            UNIT(arbiter_power_mw, flag), UNIT_LIST(arbiter_size, flag, 3), UNIT(energy_unit_nj, flag),                \
            UNIT(l1_access, flag), UNIT(l2_access, flag), CYAML_FIELD_END                                              \
    }
#define FIELD(key, flag) CYAML_FIELD_FLOAT(#key, flag, confx_hardware_t, key)
#define FIELDS(flag, unit_fields)                                                                                      \
    {                                                                                                                  \
        FIELD(noc_bandwidth, flag), FIELD(noc_latency, flag), FIELD(offchip_bandwidth, flag), FIELD(simd_lanes, flag), \
            CYAML_FIELD_MAPPING("units", flag, confx_hardware_t, units, unit_fields), CYAML_FIELD_END                  \
    }

static const cyaml_schema_field_t all_units[] = UNIT_FIELDS(CYAML_FLAG_DEFAULT);
static const cyaml_schema_field_t any_units[] = UNIT_FIELDS(CYAML_FLAG_OPTIONAL);
static const cyaml_schema_field_t all_fields[] = FIELDS(CYAML_FLAG_DEFAULT, all_units);
static const cyaml_schema_field_t any_fields[] = FIELDS(CYAML_FLAG_OPTIONAL, any_units);
static const cyaml_schema_value_t whole_profile = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, confx_hardware_t, all_fields)};
static const cyaml_schema_value_t part_of_profile = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, confx_hardware_t, any_fields)};

/* Lists hold coefficients of sizes, of any sign; everything else is a quantity. */
static confx_status_t check_field(const yaml_t *yaml, const cyaml_schema_field_t *field, const char *path,
                                  const char *from)
{
    double value = 0;
    if (field->value.type != CYAML_FLOAT) return status_ok();
    memcpy(&value, from, sizeof value);
    return value > 0 ? status_ok() : yaml_refuse(yaml, path, "expected a positive number, found %g", value);
}

/* Check and copy the fields that the tree has from one structure to another of the same type. */
static confx_status_t take_fields(const yaml_t *yaml, const cyaml_schema_field_t *field, const char *above,
                                  const char *from, char *to)
{
    for (; field->key; field++) {
        char path[KEY_PATH_MAX];
        const size_t at = field->data_offset;
        (void)snprintf(path, sizeof path, "%s%s", above, field->key);
        if (!yaml_has(yaml, path)) continue;
        TRY(check_field(yaml, field, path, from + at));
        if (field->value.type == CYAML_MAPPING) {
            TRY(take_fields(yaml, field->value.mapping.fields, "units.", from + at, to + at));
            continue;
        }
        const size_t n = field->value.type == CYAML_SEQUENCE_FIXED ? field->value.sequence.max : 1;
        memcpy(to + at, from + at, n * sizeof(double));
    }
    return status_ok();
}

/* What the tree holds upon *hardware, by one of the two schemas. */
static confx_status_t take(const yaml_t *yaml, const cyaml_schema_value_t *schema, confx_hardware_t *hardware)
{
    void *data = NULL;
    confx_hardware_t taken = *hardware;
    TRY(yaml_load(yaml, schema, &data));
    if (data == NULL) return status_ok();
    const confx_status_t status = take_fields(yaml, schema->mapping.fields, "", data, (char *)&taken);
    yaml_release(schema, data);
    if (status.code == CONFX_STATUS_OK) *hardware = taken;
    return status;
}

static void name_after(const char *file, char *name, size_t room)
{
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    const char *dot = strrchr(base, '.');
    const int length = dot && dot > base ? (int)(dot - base) : (int)strlen(base);
    (void)snprintf(name, room, "%.*s", length, base);
}

static confx_status_t check_file_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    if (text_is_plain(slash ? slash + 1 : file)) return status_ok();
    return status_input(file, 0, NULL, "expected a file name in UTF-8 without control characters");
}

confx_status_t confx_hardware_parse(const char *text, const char *file, confx_hardware_t *hardware)
{
    yaml_t *yaml = NULL;
    memset(hardware, 0, sizeof *hardware);
    TRY(check_file_name(file));
    name_after(file, hardware->name, sizeof hardware->name);
    TRY(yaml_open(text, file, &yaml));
    const confx_status_t status = take(yaml, &whole_profile, hardware);
    yaml_close(yaml);
    return status;
}

bool hardware_is_maestro(const char *path)
{
    const size_t length = strlen(path);
    return length > 2 && strcmp(path + length - 2, ".m") == 0;
}

confx_status_t hardware_find_profile(const char *path, char profile[FILE_PATH_MAX])
{
    return file_find("hw", "maestro", ".yaml", path, profile);
}

/* MAESTRO's hardware files bring no unit costs: those of its own profile hold. */
confx_status_t hardware_parse_upon(const char *text, const char *file, const confx_hardware_t *profile,
                                   confx_hardware_t *hardware)
{
    *hardware = *profile;
    TRY(check_file_name(file));
    TRY(accelerator_parse(text, file, hardware));
    name_after(file, hardware->name, sizeof hardware->name);
    return status_ok();
}

static confx_status_t parse_accelerator(const char *text, const char *path, confx_hardware_t *hardware)
{
    char path_below[FILE_PATH_MAX];
    confx_hardware_t profile;
    TRY(hardware_find_profile(path, path_below));
    TRY(confx_hardware_open(path_below, &profile));
    return hardware_parse_upon(text, path, &profile, hardware);
}

confx_status_t confx_hardware_open(const char *path, confx_hardware_t *hardware)
{
    char *text = NULL;
    TRY(file_load(path, FILE_USERS, FILE_TEXT_MOST, &text, NULL));
    const confx_status_t status = hardware_is_maestro(path) ? parse_accelerator(text, path, hardware)
                                                            : confx_hardware_parse(text, path, hardware);
    free(text);
    return status;
}

confx_status_t confx_hardware_set(confx_hardware_t *hardware, const char *assignment)
{
    yaml_t *yaml = NULL;
    TRY(yaml_open_set("--hw", assignment, &yaml));
    const confx_status_t status = take(yaml, &part_of_profile, hardware);
    yaml_close(yaml);
    return status;
}
