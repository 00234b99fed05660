/* What a report reads of run.h5 by one name, as lists: X(name), where the member of report_t is
   called as the attribute or dataset is. */
#ifndef REPORT_RUN_NAMES_H
#define REPORT_RUN_NAMES_H

/* Attributes of the file. */
#define REPORT_TEXT_LIST(X)                                                                        \
    X(program_version) X(started) X(ended) X(status) X(network) X(certificate_space)
#define REPORT_COUNT_LIST(X) X(seed) X(ranks) X(samples) X(distinct_evaluations)
/* Datasets of /result with a value per layer, and of /progress with one per update. */
#define REPORT_COST_LIST(X)     X(latency) X(energy) X(area) X(power) X(l1) X(l2) X(macs)
#define REPORT_PROGRESS_LIST(X) X(samples) X(best) X(mean) X(feasible_fraction) X(seconds)
/* What costs are made of, where the file has it: what every accounting counts, and the parts that
   are there with what bounds the delay. */
#define REPORT_USE_LIST(X) X(macs_true) X(utilisation) X(active_pes)
#define REPORT_PART_LIST(X)                                                                        \
    X(latency_noc)                                                                                 \
    X(latency_compute)                                                                             \
    X(latency_ingress)                                                                             \
    X(latency_egress)                                                                              \
    X(latency_offchip)                                                                             \
    X(energy_l1) X(energy_l2) X(energy_mac) X(energy_reduction) X(energy_noc) X(energy_offchip)
/* Single numbers, and the first of those of all constraints; NaN where the file has none: X(path,
   field) */
#define REPORT_NUMBER_LIST(X)                                                                      \
    X("/clock_ghz", clock_ghz)                                                                     \
    X("/result/objective", objective)                                                              \
    X("/result/constraints", constraint)                                                           \
    X("/result/budget", budget)                                                                    \
    X("/result/exhausted", exhausted)                                                              \
    X("/certificate/lower_bound", lower_bound)                                                     \
    X("/certificate/optimum", optimum)                                                             \
    X("/certificate/gap", gap)                                                                     \
    X("/certificate/constraints", optimum_constraint)                                              \
    X("/certificate/multipliers", multiplier)                                                      \
    X("/certificate/next_budget", next_budget)                                                     \
    X("/certificate/next_optimum", next_optimum)

#endif
