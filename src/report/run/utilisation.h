/* How well each layer uses its PEs, and what its cycles and energy are made of: a table beside the
   listing, and its sums for the summary. */
#ifndef REPORT_UTILISATION_H
#define REPORT_UTILISATION_H

#include "confx/table.h"
#include "report/run_data.h"

enum { UTILISATION_COLUMNS_MAX = 20 };

/* Sums over the layers. */
typedef struct {
    double macs;             /* true ones */
    double possible;         /* multiplications that the PEs had cycles for */
    double pes, active;      /* given, and with work on average; NaN: no axis of that name */
    double least, most;      /* utilisation of a layer */
    size_t beyond;           /* layers whose MACs take more cycles than the model gives them */
    double latency, offchip; /* cycles; those that off-chip transfers add */
    size_t bound[BOUNDS];    /* layers that are bound by it; 0 where that is not known */
#define SUM(name) double name;
    REPORT_PART_LIST(SUM) /* 0 where there are no parts */
#undef SUM
} utilisation_sums_t;

/* Of a report that has report->utilisation. */
utilisation_sums_t utilisation_sum(const report_t *report);

typedef struct {
    const report_t *report;
    bool named;    /* the network names its layers */
    bool departs;  /* the model counts other MACs than the true ones */
    bool in_parts; /* parts of cycles and energy are shown */
    size_t pe;     /* the axis of PEs; axes_n: none */
    utilisation_sums_t sums;
    table_column_t columns[UTILISATION_COLUMNS_MAX];
    table_t table;
} utilisation_t;

/* The report stays alive; the table must not move. in_parts: there is room for them. */
void utilisation_begin(const report_t *report, bool in_parts, utilisation_t *utilisation);

#endif
