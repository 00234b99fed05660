#include "columns.h"

#include <math.h>
#include <stddef.h>

typedef enum { WHOLE, REAL } kind_t;

typedef struct {
    const char *name;
    kind_t kind;
    bool main; /* shown without --all */
    size_t offset;
} column_t;

#define COLUMN(name, kind, main, field)                                                                                \
    {                                                                                                                  \
        name, kind, main, offsetof(cost_t, field)                                                                      \
    }
#define ACCESSES(tensor, index)                                                                                        \
    COLUMN(tensor "_l1_read", WHOLE, false, l1_read[index]),                                                           \
        COLUMN(tensor "_l1_write", WHOLE, false, l1_write[index]),                                                     \
        COLUMN(tensor "_l2_read", WHOLE, false, l2_read[index]),                                                       \
        COLUMN(tensor "_l2_write", WHOLE, false, l2_write[index])
#define DELAY(name, field)                                                                                             \
    COLUMN(name "_delay_min", WHOLE, false, field.min), COLUMN(name "_delay_max", WHOLE, false, field.max),            \
        COLUMN(name "_delay_average", WHOLE, false, field.average)

static const column_t columns[] = {
    COLUMN("runtime_cycles", WHOLE, true, runtime_cycles),
    COLUMN("energy_nj", REAL, true, energy_nj),
    COLUMN("area_um2", REAL, true, area_um2),
    COLUMN("power_mw", REAL, true, power_mw),
    COLUMN("l1_bytes", WHOLE, true, l1_bytes),
    COLUMN("l2_bytes", WHOLE, true, l2_bytes),
    COLUMN("macs", WHOLE, true, macs),
    COLUMN("macs_per_cycle", REAL, true, macs_per_cycle),
    COLUMN("noc_bandwidth_peak", WHOLE, false, noc_bandwidth_peak),
    COLUMN("noc_bandwidth_average", REAL, false, noc_bandwidth_average),
    COLUMN("offchip_bandwidth", WHOLE, false, offchip_bandwidth),
    COLUMN("pe_power_mw", REAL, false, pe_power_mw),
    COLUMN("l1_power_mw", REAL, false, l1_power_mw),
    COLUMN("l2_power_mw", REAL, false, l2_power_mw),
    COLUMN("noc_power_mw", REAL, false, noc_power_mw),
    ACCESSES("input", TENSOR_INPUT),
    ACCESSES("filter", TENSOR_FILTER),
    ACCESSES("output", TENSOR_OUTPUT),
    COLUMN("active_pes", REAL, false, active_pes),
    COLUMN("arithmetic_intensity", REAL, false, arithmetic_intensity),
    DELAY("ingress", ingress),
    DELAY("egress", egress),
    DELAY("compute", compute),
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static int64_t whole(const cost_t *cost, const column_t *column)
{
    return *(const int64_t *)(const void *)((const char *)cost + column->offset);
}

static double real(const cost_t *cost, const column_t *column)
{
    return *(const double *)(const void *)((const char *)cost + column->offset);
}

void columns_print_names(bool all, FILE *out)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (all || columns[i].main) fprintf(out, ",%s", columns[i].name);
    fputs(all ? ",valid,fault" : ",valid", out);
}

void columns_print(const cost_t *cost, bool all, FILE *out)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        if (!all && !columns[i].main) continue;
        if (columns[i].kind == WHOLE)
            fprintf(out, ",%lld", (long long)whole(cost, &columns[i]));
        else
            fprintf(out, ",%.17g", real(cost, &columns[i]));
    }
    fprintf(out, ",%d", cost->fault == COST_VALID);
    if (all) fprintf(out, ",%s", cost_fault_text(cost->fault));
}

int columns_json(const cost_t *cost, bool all, json_t *object)
{
    int result = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        if (!all && !columns[i].main) continue;
        json_t *value = columns[i].kind == WHOLE            ? json_integer(whole(cost, &columns[i]))
                        : isfinite(real(cost, &columns[i])) ? json_real(real(cost, &columns[i]))
                                                            : json_null();
        result |= json_object_set_new(object, columns[i].name, value);
    }
    result |= json_object_set_new(object, "valid", json_boolean(cost->fault == COST_VALID));
    if (cost->fault != COST_VALID)
        result |= json_object_set_new(object, "fault", json_string(cost_fault_text(cost->fault)));
    return result;
}
