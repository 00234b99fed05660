/* Hardware profiles: YAML into confx_hardware_t. One table of keys serves whole files, where every
   key without a default must stand, and single assignments, where any one may. */
#include "confx/file.h"
#include "confx/find.h"
#include "confx/hardware_file.h"
#include "confx/text.h"
#include "confx/try.h"
#include "confx/yaml_table.h"
#include "cost/language/accelerator.h"

#include <assert.h>
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

/* What a part costs that the accounting exact alone counts; a profile may leave it out. */
#define PART(member, help_)                                                                        \
    {                                                                                              \
        YAML_PLACE(confx_hardware_t, member), .type = YAML_REAL, .real = {0, INFINITY, false},     \
                                              .standard = "0", .help = (help_)                     \
    }
#define TRUTH(member, help_)                                                                       \
    {                                                                                              \
        YAML_PLACE(confx_hardware_t, member), .type = YAML_BOOL, .standard = "true",               \
                                              .help = (help_)                                      \
    }
/* A limit stands at the top of a file and among the limits of the structure. */
#define CAPACITY(member, help_)                                                                    \
    {                                                                                              \
        .path = #member, .offset = offsetof(confx_hardware_t, limits.member),                      \
        .size = sizeof(int64_t), .type = YAML_WHOLE, .whole = {1, CAPACITY_MAX}, .standard = "",   \
        .help = (help_)                                                                            \
    }

#define CAPACITY_MAX (INT64_C(1) << 40)
enum { PSUM_BYTES_MAX = 64 };

#define ACCOUNTING_NAME(accounting, name) name,
static const char *const accounting_names[] = {CONFX_ACCOUNTING_LIST(ACCOUNTING_NAME) NULL};
#undef ACCOUNTING_NAME

static const yaml_key_t hardware_keys[] = {
    {YAML_PLACE(confx_hardware_t, accounting), .type = YAML_WORD, .words = accounting_names,
     .standard = "exact", .help = "how MACs, accesses and cycles are counted"},
    QUANTITY(noc_bandwidth, "elements per cycle"),
    QUANTITY(noc_latency, "cycles"),
    QUANTITY(offchip_bandwidth, "elements per cycle"),
    QUANTITY(simd_lanes, "multiplications per PE and cycle"),
    PART(clock_ghz, "GHz, by which cycles are told as a time as well (0: they are not)"),
    TRUTH(multicast, "one read of the L2 serves all PEs that need the element (exact alone)"),
    TRUTH(reduction, "the network adds sums of one output (exact alone)"),
    {YAML_PLACE(confx_hardware_t, psum_bytes), .type = YAML_WHOLE, .whole = {1, PSUM_BYTES_MAX},
     .standard = "1", .help = "bytes of a sum that is not finished (exact alone)"},
    CAPACITY(l1_bytes, "bytes of an L1, both buffers; a cost that needs more is marked"),
    CAPACITY(l2_bytes, "bytes of the L2, both buffers; a cost that needs more is marked"),
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
    PART(units.mac_nj, "nJ of a MAC (exact alone)"),
    PART(units.add_nj, "nJ of an addition of two sums in the network (exact alone)"),
    PART(units.noc_hops, "hops of a byte from or to the L2 (exact alone)"),
    PART(units.hop_nj, "nJ of a byte and hop (exact alone)"),
    PART(units.offchip_nj, "nJ of a byte from or to the memory off-chip (exact alone)"),
    YAML_KEYS_END,
};

/* The keys that a tree has, and which of those there are whose absence means something. */
static confx_status_t hardware_read(const yaml_t *yaml, confx_hardware_t *hardware)
{
    TRY(yaml_read(yaml, hardware_keys, hardware));
    hardware->accounting_given |= yaml_has(yaml, "accounting");
    hardware->limits.l1_own |= yaml_has(yaml, "l1_bytes");
    hardware->limits.l2_own |= yaml_has(yaml, "l2_bytes");
    return status_ok();
}

/* What the table gives as defaults; all others are 0. */
static void hardware_begin(confx_hardware_t *hardware)
{
    memset(hardware, 0, sizeof *hardware);
    hardware->accounting = CONFX_ACCOUNTING_EXACT;
    hardware->multicast = hardware->reduction = true;
    hardware->psum_bytes = 1;
}

confx_status_t confx_hardware_parse(const char *text, const char *file, confx_hardware_t *hardware)
{
    yaml_t *yaml = NULL;
    hardware_begin(hardware);
    TRY(file_check_name(file));
    file_stem(file, hardware->name, sizeof hardware->name);
    TRY(yaml_open(text, file, &yaml));
    confx_status_t status = hardware_read(yaml, hardware);
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
    const confx_status_t status = hardware_read(yaml, &changed);
    yaml_close(yaml);
    if (status.code == CONFX_STATUS_OK) *hardware = changed;
    return status;
}

void hardware_print_keys(FILE *out)
{
    yaml_print_keys(hardware_keys, out);
}

const char *confx_accounting_name(confx_accounting_t accounting)
{
    assert(accounting < CONFX_ACCOUNTINGS);
    return accounting_names[accounting];
}
