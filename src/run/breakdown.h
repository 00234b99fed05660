/* What the cycles and the energy of a layer are made of, beside the model's metrics: for run.h5 and
   assignment.csv, which call these figures by the same names. */
#ifndef RUN_BREAKDOWN_H
#define RUN_BREAKDOWN_H

#include "confx/datasets.h"
#include "confx/setting.h"

/* X(figure, name, unit, long name): those that every accounting has, and the parts that the
   accounting exact alone counts (src/cost/EXACT.md, sections 6 and 7). */
#define BREAKDOWN_LIST(X)                                                                          \
    X(MACS_TRUE, "macs_true", "", "multiply-accumulates that the layer needs")                     \
    X(UTILISATION, "utilisation", "", "share of the MACs that all PEs had cycles for")             \
    X(ACTIVE_PES, "active_pes", "PEs", "PEs that have work, on average")
#define BREAKDOWN_PART_LIST(X)                                                                     \
    X(LATENCY_NOC, "latency_noc", "cycles", "on the chip: compute, ingress and egress")            \
    X(LATENCY_COMPUTE, "latency_compute", "cycles", "part of latency_noc bound by compute")        \
    X(LATENCY_INGRESS, "latency_ingress", "cycles", "part of latency_noc bound by ingress")        \
    X(LATENCY_EGRESS, "latency_egress", "cycles", "part of latency_noc bound by egress")           \
    X(LATENCY_OFFCHIP, "latency_offchip", "cycles",                                                \
      "of off-chip transfers and what hides behind them")                                          \
    X(ENERGY_L1, "energy_l1", "nJ", "part of energy: accesses to the L1")                          \
    X(ENERGY_L2, "energy_l2", "nJ", "part of energy: accesses to the L2")                          \
    X(ENERGY_MAC, "energy_mac", "nJ", "part of energy: MACs")                                      \
    X(ENERGY_REDUCTION, "energy_reduction", "nJ", "part of energy: additions in the network")      \
    X(ENERGY_NOC, "energy_noc", "nJ", "part of energy: the network on the chip")                   \
    X(ENERGY_OFFCHIP, "energy_offchip", "nJ", "part of energy: off-chip transfers")

/* BREAKDOWN_PARTS is the number of the first part. */
#define BREAKDOWN_ENUM(figure, ...) BREAKDOWN_##figure,
enum {
    BREAKDOWN_LIST(BREAKDOWN_ENUM) BREAKDOWN_PARTS,
    BREAKDOWN_BEFORE_PARTS = BREAKDOWN_PARTS - 1,
    BREAKDOWN_PART_LIST(BREAKDOWN_ENUM) BREAKDOWN_FIGURES
};
#undef BREAKDOWN_ENUM
enum { BREAKDOWN_BOUND_MAX = 16 };

typedef struct {
    const char *name, *unit, *long_name;
} breakdown_figure_t;
extern const breakdown_figure_t breakdown_figures[BREAKDOWN_FIGURES];

typedef struct {
    bool has_parts; /* figures from BREAKDOWN_PARTS on, and what bounds the delay */
    double figures[BREAKDOWN_FIGURES]; /* NaN of parts that there are not */
    const char *bound; /* "compute", "pes", "ingress", "egress", "off-chip"; "": not known */
} breakdown_t;

/* Of a cost on so many PEs of so many lanes, of a layer that needs so many MACs. */
void breakdown_take(const confx_cost_t *cost, double macs, int64_t pes, double lanes,
                    breakdown_t *breakdown);
/* Of a layer under its action of an assignment (L, A), and the cost that it follows from. */
void breakdown_make(const setting_t *setting, const uint16_t *assignment, size_t layer,
                    confx_cost_t *cost, breakdown_t *breakdown);

/* Of all layers, as columns of /result; without parts there are no columns of them. */
void breakdown_show(const setting_t *setting, const uint16_t *assignment, datasets_t *datasets);

#endif
