/* Hardware profiles: YAML into confx_hardware_t. One table of keys serves whole files, where every
   key must stand, and single assignments, where any one may. */
#include "confx/file.h"
#include "confx/find.h"
#include "confx/hardware_file.h"
#include "confx/text.h"
#include "confx/try.h"
#include "confx/yaml_table.h"
#include "cost/language/accelerator.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUANTITY(member, help_)                                                                    \
    {                                                                                              \
        YAML_PLACE(confx_hardware_t, member), .type = YAML_REAL, .real = {0, INFINITY, true},      \
                                              .help = (help_)                                      \
    }
/* Coefficients of sizes, of any sign. */
#define COEFFICIENTS(member, n_, help_)                                                            \
    {                                                                                              \
        YAML_PLACE(confx_hardware_t, member),                                                      \
            .type = YAML_REALS, .n = (n_), .real = {-INFINITY, INFINITY, false}, .help = (help_)   \
    }

static const yaml_key_t hardware_keys[] = {
    QUANTITY(noc_bandwidth, "elements per cycle"),
    QUANTITY(noc_latency, "cycles"),
    QUANTITY(offchip_bandwidth, "elements per cycle"),
    QUANTITY(simd_lanes, "multiplications per PE and cycle"),
    QUANTITY(units.mac_area_um2, "um^2"),
    QUANTITY(units.mac_power_mw, "mW"),
    QUANTITY(units.sram_cell_bytes, "bytes"),
    QUANTITY(units.sram_cell_area_um2, "um^2"),
    QUANTITY(units.sram_cell_power_mw, "mW"),
    QUANTITY(units.bus_area_um2, "um^2"),
    QUANTITY(units.bus_power_mw, "mW"),
    COEFFICIENTS(units.bus_size, 2, "a and b of the size of the bus, a x PEs + b"),
    QUANTITY(units.arbiter_area_um2, "um^2"),
    QUANTITY(units.arbiter_power_mw, "mW"),
    COEFFICIENTS(units.arbiter_size, 3,
                 "a, b and c of the size of the arbiter, a x PEs^2 + b x PEs + c"),
    QUANTITY(units.energy_unit_nj, "nJ"),
    QUANTITY(units.l1_access, "energy units"),
    QUANTITY(units.l2_access, "energy units"),
    YAML_KEYS_END,
};

confx_status_t confx_hardware_parse(const char *text, const char *file, confx_hardware_t *hardware)
{
    yaml_t *yaml = NULL;
    memset(hardware, 0, sizeof *hardware);
    TRY(file_check_name(file));
    file_stem(file, hardware->name, sizeof hardware->name);
    TRY(yaml_open(text, file, &yaml));
    confx_status_t status = yaml_read(yaml, hardware_keys, hardware);
    if (status.code == CONFX_STATUS_OK) status = yaml_require(yaml, hardware_keys);
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
confx_status_t hardware_parse_upon(const char *text, const char *file,
                                   const confx_hardware_t *profile, confx_hardware_t *hardware)
{
    *hardware = *profile;
    TRY(file_check_name(file));
    TRY(accelerator_parse(text, file, hardware));
    file_stem(file, hardware->name, sizeof hardware->name);
    return status_ok();
}

static confx_status_t hardware_parse_accelerator(const char *text, const char *path,
                                                 confx_hardware_t *hardware)
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
    const confx_status_t status = hardware_is_maestro(path)
                                      ? hardware_parse_accelerator(text, path, hardware)
                                      : confx_hardware_parse(text, path, hardware);
    free(text);
    return status;
}

confx_status_t confx_hardware_set(confx_hardware_t *hardware, const char *assignment)
{
    yaml_t *yaml = NULL;
    confx_hardware_t changed = *hardware;
    TRY(yaml_open_set("--hw", assignment, &yaml));
    const confx_status_t status = yaml_read(yaml, hardware_keys, &changed);
    yaml_close(yaml);
    if (status.code == CONFX_STATUS_OK) *hardware = changed;
    return status;
}

void hardware_print_keys(FILE *out)
{
    yaml_print_keys(hardware_keys, out);
}
