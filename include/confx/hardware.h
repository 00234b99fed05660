/* Hardware profiles of the cost model (src/cost/README.md, sections 1 and 7), as YAML files or
   hardware files of MAESTRO have them. A profile is a plain structure: copy it, change it, nothing
   to free. Failures are CONFX_STATUS_INPUT with file, line and key unless said otherwise. */
#ifndef CONFX_HARDWARE_H
#define CONFX_HARDWARE_H

#include "confx/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How accesses and cycles are counted: exactly (src/cost/EXACT.md), or as MAESTRO does
   (src/cost/README.md). */
#define CONFX_ACCOUNTING_LIST(X)                                                                   \
    X(CONFX_ACCOUNTING_EXACT, "exact")                                                             \
    X(CONFX_ACCOUNTING_MAESTRO, "maestro")

#define CONFX_ACCOUNTING_ENUM(accounting, name) accounting,
typedef enum { CONFX_ACCOUNTING_LIST(CONFX_ACCOUNTING_ENUM) CONFX_ACCOUNTINGS } confx_accounting_t;
#undef CONFX_ACCOUNTING_ENUM
const char *confx_accounting_name(confx_accounting_t accounting); /* as a profile has it */

/* What parts cost. A lane is one multiplication a cycle; bus and arbiter sizes have no unit. */
typedef struct {
    double mac_area_um2, mac_power_mw; /* of each lane of a PE */
    double sram_cell_bytes;            /* buffers are built of whole cells of this size */
    double sram_cell_area_um2, sram_cell_power_mw; /* of each cell */
    double bus_area_um2;     /* of each unit of bus size x element per cycle */
    double bus_power_mw;     /* the same; divided by 1000 where it is used */
    double bus_size[2];      /* bus size = [0] x PEs + [1] */
    double arbiter_area_um2; /* of each unit of arbiter size, and the least */
    double arbiter_power_mw; /* the same; divided by 1000 where it is used, but not as the least */
    double arbiter_size[3];  /* arbiter size = [0] x PEs^2 + [1] x PEs + [2] */
    double energy_unit_nj, l1_access, l2_access; /* nJ of an access = unit x factor */
    /* Of the accounting exact alone; 0: not counted. */
    double mac_nj, add_nj;   /* of a MAC; of an addition in the network */
    double noc_hops, hop_nj; /* of a byte from or to the L2; of a byte and hop */
    double offchip_nj;       /* of a byte from or to the memory off-chip */
} confx_hardware_units_t;

/* Limits; they change no figure (confx_cost_exceeded). */
typedef struct {
    int64_t l1_bytes, l2_bytes; /* 0: none */
    bool l1_own, l2_own; /* by the keys l1_bytes and l2_bytes of a profile, not by l1_size_cstr and
                            l2_size_cstr of a hardware file of MAESTRO */
    bool offchip; /* offchip_bw_cstr of such a file: the off-chip bandwidth is a limit as well */
} confx_hardware_limits_t;

typedef struct {
    char name[64];            /* of the profile: its file's name without directory and suffix */
    double noc_bandwidth;     /* elements per cycle, > 0 */
    double noc_latency;       /* cycles, > 0 */
    double offchip_bandwidth; /* elements per cycle, > 0 */
    double simd_lanes;        /* multiplications per PE and cycle, > 0 */
    double clock_ghz;         /* 0: none. It changes no figure, but tells cycles as a time */
    confx_accounting_t accounting;
    bool accounting_given; /* false: the file does not say, and it is exact */
    bool multicast;        /* one read of the L2 serves all PEs that need the element */
    bool reduction;        /* the network adds sums of one output */
    int64_t psum_bytes;    /* of a sum that is not finished, >= 1 */
    int64_t num_pes;       /* that a hardware file of MAESTRO names; 0: none */
    confx_hardware_limits_t limits;
    confx_hardware_units_t units;
} confx_hardware_t;

/* Read a profile. A YAML file (data/hw/NAME.yaml) has a key for every member above but name,
   accounting_given, num_pes and limits: positive numbers, those of bus_size and arbiter_size of any
   sign, all finite. These may be left out: accounting (exact), multicast and reduction (true),
   psum_bytes (1, at most 64), the units of the accounting exact (0), and l1_bytes and l2_bytes (1
   to 2^40), which stand beside them and are limits. With `base`, a name in data/hw or a path as
   seen from the file, all may be left out: the others are laid upon that profile. A path that ends
   in ".m" is a hardware file of MAESTRO: what it names is laid upon the profile `maestro`, whose
   accounting it has. */
confx_status_t confx_hardware_open(const char *path, confx_hardware_t *hardware);
confx_status_t confx_hardware_parse(const char *text, const char *file, confx_hardware_t *hardware);

/* Change one value: "noc_bandwidth=64" or "units.bus_size=[14, 28]", as given to --hw. A failure
   changes nothing. */
confx_status_t confx_hardware_set(confx_hardware_t *hardware, const char *assignment);

bool confx_hardware_is_limited(const confx_hardware_t *hardware);

#ifdef __cplusplus
}
#endif

#endif
