/* What datasets were called before schema 4. */
#include "store/old_names.h"

#include <string.h>

/* Not a column of a table, but the dataset as it is. */
enum { WHOLE = -1 };

static const old_name_t old_names[] = {
    {"/space/pe", "/actions/pe", WHOLE},
    {"/space/buffer", "/actions/buffer", WHOLE},
    {"/workload/name", "/workload/names", WHOLE},
    {"/workload/K", "/workload/layers", 0},
    {"/workload/C", "/workload/layers", 1},
    {"/workload/Y", "/workload/layers", 2},
    {"/workload/X", "/workload/layers", 3},
    {"/workload/R", "/workload/layers", 4},
    {"/workload/S", "/workload/layers", 5},
    {"/workload/stride_y", "/workload/layers", 6},
    {"/workload/stride_x", "/workload/layers", 7},
    {"/workload/type", "/workload/layers", 8}, /* a number, from 1 on */
    {"/workload/groups", "/workload/layers", 9},
    {"/trajectories/assignment", "/trajectories/actions", WHOLE},
    {"/trajectories/constraints", "/trajectories/constraint", WHOLE},
    {"/result/latency", "/result/runtime_cycles", WHOLE},
    {"/result/energy", "/result/energy_nj", WHOLE},
    {"/result/area", "/result/area_um2", WHOLE},
    {"/result/power", "/result/power_mw", WHOLE},
    {"/result/l1", "/result/l1_bytes", WHOLE},
    {"/result/l2", "/result/l2_bytes", WHOLE},
    {"/result/constraints", "/result/constraint", WHOLE},
    {"/certificate/constraints", "/certificate/need", WHOLE},
    {"/certificate/multipliers", "/certificate/shadow_price", WHOLE},
};

old_name_t old_name(const char *name)
{
    for (size_t i = 0; i < sizeof old_names / sizeof *old_names; i++)
        if (!strcmp(old_names[i].name, name)) return old_names[i];
    return (old_name_t){name, name, WHOLE};
}
