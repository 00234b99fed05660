/* What is said of an accounting and a profile, where something is missing. */
#include "confx/accounting.h"
#include "confx/file.h"
#include "confx/text.h"
#include "confx/try.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- layers ---------------------------------------------------------------------------------- */

/* K filters for each channel are K times the filters and outputs. MAESTRO has no such layer: its
   DSCONV does not look at K, and would count 1 / K of the work unless a dataflow maps K. */
confx_status_t accounting_check_layer(const confx_hardware_t *hardware, const confx_layer_t *layer,
                                      const char *file, int line)
{
    const long long multiplier = layer->dim[CONFX_DIM_K];
    char key[CONFX_LAYER_NAME_MAX + 16] = "K";
    if (hardware->accounting != CONFX_ACCOUNTING_MAESTRO || layer->type != CONFX_LAYER_DSCONV ||
        multiplier <= 1)
        return status_ok();
    /* Where the line is not known the layer's name tells which row it is. */
    if (line == 0) (void)snprintf(key, sizeof key, "layer %s: K", layer->name);
    return status_input(file, line, key,
                        "expected 1 in a depthwise row (T = 2), found %lld: a channel multiplier, "
                        "%lld times the filters and outputs, which MAESTRO's accounting does not "
                        "have (accounting exact has it)",
                        multiplier, multiplier);
}

confx_status_t accounting_check_workload(const confx_hardware_t *hardware,
                                         const confx_workload_t *workload, const char *file)
{
    for (size_t i = 0; i < workload->layers_n; i++)
        TRY(accounting_check_layer(hardware, &workload->layers[i], file, 0));
    return status_ok();
}

/* ---- profiles -------------------------------------------------------------------------------- */

void accounting_say_absent(const confx_hardware_t *hardware, char text[ACCOUNTING_TEXT_MAX])
{
    text[0] = 0;
    if (hardware->accounting_given) return;
    assert(hardware->accounting == CONFX_ACCOUNTING_EXACT);
    (void)snprintf(text, ACCOUNTING_TEXT_MAX,
                   "profile %s has no key accounting: it is exact, every MAC counted once",
                   hardware->name);
}

void accounting_say_left_out(const confx_hardware_t *hardware, char text[ACCOUNTING_TEXT_MAX])
{
    const confx_hardware_units_t *units = &hardware->units;
    /* A byte of the NoC costs hops times the energy of one; a reduction goes over one hop. */
    const struct {
        bool left_out;
        const char *part;
    } parts[] = {
        {units->mac_nj <= 0, "MACs (mac_nj)"},
        {units->add_nj <= 0, "additions of reductions (add_nj)"},
        {units->hop_nj <= 0, "the NoC (hop_nj)"},
        {units->hop_nj > 0 && units->noc_hops <= 0, "bytes between L2 and PEs (noc_hops)"},
        {units->offchip_nj <= 0, "the memory off-chip (offchip_nj)"},
    };
    text[0] = 0;
    if (hardware->accounting != CONFX_ACCOUNTING_EXACT) return;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].left_out)
            text_append(text, ACCOUNTING_TEXT_MAX, "%s%s",
                        *text ? ", " : "energies leave out what the profile does not give: ",
                        parts[i].part);
}

/* ---- dataflows ------------------------------------------------------------------------------- */

const char *accounting_dataflow_instead(const char *dataflow)
{
    char name[CONFX_LAYER_NAME_MAX];
    /* Its Y' and X' share a sub-unit, so that of a tile only the diagonal is done. */
    file_stem(dataflow, name, sizeof name);
    return strcmp(name, "eye") == 0 ? "rs" : NULL;
}
