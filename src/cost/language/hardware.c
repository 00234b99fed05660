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
    {.path = "base",
     .type = YAML_ANY,
     .standard = "",
     .help = "of a file: the profile that its other keys are laid upon, a name in hw or a path"},
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

static bool hardware_has(const yaml_t *yaml, const char *map, const char *key)
{
    char path[64];
    (void)snprintf(path, sizeof path, "%s%s%s", map, *map ? "." : "", key);
    return yaml_has(yaml, path);
}

/* Which of those keys a mapping ("": the tree itself) has whose absence means something. */
static void hardware_mark(const yaml_t *yaml, const char *map, confx_hardware_t *hardware)
{
    hardware->accounting_given |= hardware_has(yaml, map, "accounting");
    hardware->limits.l1_own |= hardware_has(yaml, map, "l1_bytes");
    hardware->limits.l2_own |= hardware_has(yaml, map, "l2_bytes");
}

static confx_status_t hardware_read(const yaml_t *yaml, confx_hardware_t *hardware)
{
    TRY(yaml_read(yaml, hardware_keys, hardware));
    hardware_mark(yaml, "", hardware);
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

/* ---- one file upon another ------------------------------------------------------------------- */

static bool hardware_is_maestro(const char *path)
{
    const size_t length = strlen(path);
    return length > 2 && strcmp(path + length - 2, ".m") == 0;
}

static confx_status_t hardware_base_name(const yaml_t *yaml, const char **name)
{
    *name = NULL;
    if (!yaml_has(yaml, "base")) return status_ok();
    *name = yaml_scalar(yaml, "base");
    if (*name && **name) return status_ok();
    return yaml_refuse(yaml, "base", "expected a name in hw or the path of a profile");
}

static confx_status_t hardware_find_named(const yaml_t *yaml, const char *file,
                                          char base[FILE_PATH_MAX])
{
    const char *name;
    TRY(hardware_base_name(yaml, &name));
    if (!name) return status_ok();
    const confx_status_t status = file_find("hw", name, ".yaml", file, base);
    if (status.code != CONFX_STATUS_INPUT) return status;
    return yaml_refuse(yaml, "base", "%s", status.message);
}

/* MAESTRO's hardware files bring no unit costs: those of its own profile hold. */
confx_status_t hardware_find_base(const char *text, const char *file, char base[FILE_PATH_MAX])
{
    yaml_t *yaml = NULL;
    base[0] = 0;
    if (hardware_is_maestro(file)) return file_find("hw", "maestro", ".yaml", file, base);
    TRY(yaml_open(text, file, &yaml));
    const confx_status_t status = hardware_find_named(yaml, file, base);
    yaml_close(yaml);
    return status;
}

/* The keys of a profile laid upon `hardware`; all that have no default where it is no more than
   these. */
static confx_status_t hardware_read_profile(const char *text, const char *file, bool whole,
                                            confx_hardware_t *hardware)
{
    yaml_t *yaml = NULL;
    TRY(yaml_open(text, file, &yaml));
    confx_status_t status = hardware_read(yaml, hardware);
    if (status.code == CONFX_STATUS_OK && whole) status = yaml_require(yaml, hardware_keys);
    yaml_close(yaml);
    return status;
}

confx_status_t hardware_parse_upon(const char *text, const char *file, const confx_hardware_t *base,
                                   confx_hardware_t *hardware)
{
    if (base)
        *hardware = *base;
    else
        hardware_begin(hardware);
    TRY(file_check_name(file));
    TRY(hardware_is_maestro(file) ? accelerator_parse(text, file, hardware)
                                  : hardware_read_profile(text, file, !base, hardware));
    file_stem(file, hardware->name, sizeof hardware->name);
    return status_ok();
}

static confx_status_t hardware_load(const char *path, int above, confx_hardware_t *hardware);

/* The text upon what it stands on, which is read from files; `above` files stand on it. */
static confx_status_t hardware_parse_above(const char *text, const char *file, int above,
                                           confx_hardware_t *hardware)
{
    char below[FILE_PATH_MAX];
    confx_hardware_t base;
    TRY(hardware_find_base(text, file, below));
    if (!*below) return hardware_parse_upon(text, file, NULL, hardware);
    /* A file that stands on itself, through others or not, ends here as well. */
    if (above + 1 == HARDWARE_FILES_MAX)
        return status_input(file, 0, "base",
                            "expected at most %d profiles that stand on each other (does one stand "
                            "on itself?)",
                            HARDWARE_FILES_MAX);
    TRY(hardware_load(below, above + 1, &base));
    return hardware_parse_upon(text, file, &base, hardware);
}

static confx_status_t hardware_load(const char *path, int above, confx_hardware_t *hardware)
{
    char *text = NULL;
    TRY(file_load(path, FILE_USERS, FILE_TEXT_MOST, &text, NULL));
    const confx_status_t status = hardware_parse_above(text, path, above, hardware);
    free(text);
    return status;
}

confx_status_t confx_hardware_parse(const char *text, const char *file, confx_hardware_t *hardware)
{
    TRY(file_check_name(file));
    return hardware_parse_above(text, file, 0, hardware);
}

confx_status_t confx_hardware_open(const char *path, confx_hardware_t *hardware)
{
    return hardware_load(path, 0, hardware);
}

/* ---- one file in place of several ------------------------------------------------------------ */

confx_status_t hardware_leads_away(const char *text, const char *file, bool *away)
{
    yaml_t *yaml = NULL;
    const char *name;
    *away = false;
    if (hardware_is_maestro(file)) return status_ok();
    TRY(yaml_open(text, file, &yaml));
    const confx_status_t status = hardware_base_name(yaml, &name);
    *away = status.code == CONFX_STATUS_OK && name && file_is_path(name);
    yaml_close(yaml);
    return status;
}

/* Put the tree of the file that *yaml stands on below it, in its place; `path` becomes that file.
 */
static confx_status_t hardware_fold(yaml_t **yaml, char path[FILE_PATH_MAX])
{
    char below[FILE_PATH_MAX];
    char *text = NULL;
    yaml_t *base = NULL;
    TRY(hardware_find_named(*yaml, path, below));
    if (hardware_is_maestro(below))
        return yaml_refuse(*yaml, "base",
                           "expected a profile: a hardware file of MAESTRO cannot be sent along");
    TRY(file_load(below, FILE_USERS, FILE_TEXT_MOST, &text, NULL));
    confx_status_t status = yaml_open(text, below, &base);
    free(text);
    TRY(status);
    /* Nearer keys win: the tree is laid upon the one it stands on, which may have a base of its
       own. */
    yaml_drop(*yaml, "base");
    status = yaml_merge(base, *yaml);
    yaml_close(*yaml);
    *yaml = base;
    (void)snprintf(path, FILE_PATH_MAX, "%s", below);
    return status;
}

static confx_status_t hardware_fold_all(yaml_t **yaml, char path[FILE_PATH_MAX])
{
    const char *name;
    for (int files = 1; files < HARDWARE_FILES_MAX; files++) {
        TRY(hardware_base_name(*yaml, &name));
        if (!name || !file_is_path(name)) return status_ok();
        TRY(hardware_fold(yaml, path));
    }
    return yaml_refuse(*yaml, "base", "expected at most %d profiles that stand on each other",
                       HARDWARE_FILES_MAX);
}

confx_status_t hardware_flatten(const char *path, char **text)
{
    char at[FILE_PATH_MAX];
    yaml_t *yaml = NULL;
    bool away = false;
    TRY(file_load(path, FILE_USERS, FILE_TEXT_MOST, text, NULL));
    confx_status_t status;
    TRY_OUT(hardware_leads_away(*text, path, &away));
    if (!away) return status_ok();
    TRY_OUT(file_join("", path, at));
    TRY_OUT(yaml_open(*text, path, &yaml));
    TRY_OUT(hardware_fold_all(&yaml, at));
    free(*text);
    TRY_OUT(yaml_text(yaml, text));
out:
    yaml_close(yaml);
    if (status.code == CONFX_STATUS_OK) return status;
    free(*text);
    *text = NULL;
    return status;
}

/* ---- single keys ----------------------------------------------------------------------------- */

confx_status_t confx_hardware_set(confx_hardware_t *hardware, const char *assignment)
{
    yaml_t *yaml = NULL;
    confx_hardware_t changed = *hardware;
    TRY(yaml_open_set("--hw", assignment, &yaml));
    confx_status_t status = hardware_read(yaml, &changed);
    if (status.code == CONFX_STATUS_OK && yaml_has(yaml, "base"))
        status = yaml_refuse(yaml, "base",
                             "expected a key with a value: what a profile stands on "
                             "is for its file to say");
    yaml_close(yaml);
    if (status.code == CONFX_STATUS_OK) *hardware = changed;
    return status;
}

confx_status_t hardware_read_below(const yaml_t *yaml, const char *map, confx_hardware_t *hardware)
{
    confx_hardware_t changed = *hardware;
    TRY(yaml_read_below(yaml, map, hardware_keys, &changed));
    hardware_mark(yaml, map, &changed);
    *hardware = changed;
    return status_ok();
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
