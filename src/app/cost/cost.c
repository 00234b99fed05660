/* confx cost: the cost model by itself. One file a mode: cost_points.c, cost_workload.c,
   cost_mapping.c, cost_explain.c. */
#include "app/app.h"
#include "app/cost/cost_modes.h"
#include "app/option.h"
#include "confx/find.h"
#include "confx/hardware_file.h"
#include "confx/text.h"
#include "confx/try.h"
#include "confx/yaml.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_POINTS = 256,
    KEY_WORKLOAD,
    KEY_MAPPING,
    KEY_DATAFLOW,
    KEY_DEPTHWISE,
    KEY_HARDWARE,
    KEY_PES,
    KEY_BUFFER,
    KEY_LAYER,
    KEY_HW,
    KEY_ALL,
    KEY_JSON,
    KEY_STRICT,
    KEY_EXPLAIN
};

/* ---- options --------------------------------------------------------------------------------- */

static error_t cost_add_hw(cost_options_t *options, const char *argument, struct argp_state *state)
{
    if (options->hw_n == COST_HW_MAX) {
        argp_error(state, "more than %d --hw", COST_HW_MAX);
        return EINVAL;
    }
    options->hw[options->hw_n++] = argument;
    return 0;
}

/* What argp_error says is all that is said. */
static error_t cost_check(const cost_options_t *options, struct argp_state *state)
{
    const char *wrong = NULL;
    const int given =
        (options->points != NULL) + (options->workload != NULL) + (options->mapping != NULL);
    if (given != 1)
        wrong = "either --points or --workload is expected, or --mapping";
    else if (options->explain && options->points)
        wrong = "--explain goes with --workload or --mapping";
    else if (options->explain && options->json)
        wrong = "--explain is for people: without --json";
    else if (options->points &&
             (options->dataflow || options->pes || options->buffer || options->layer))
        wrong = "with --points, dataflow, PEs and buffer levels stand in the file";
    if (wrong) argp_error(state, "%s", wrong);
    return wrong ? EINVAL : 0;
}

static error_t cost_parse(int key, char *argument, struct argp_state *state)
{
    cost_options_t *options = state->input;
    switch (key) {
    case KEY_POINTS:
        options->points = argument;
        return 0;
    case KEY_WORKLOAD:
        options->workload = argument;
        return 0;
    case KEY_MAPPING:
        options->mapping = argument;
        options->all = true;
        return 0;
    case KEY_DATAFLOW:
        options->dataflow = argument;
        return 0;
    case KEY_DEPTHWISE:
        options->depthwise = argument;
        return 0;
    case KEY_HARDWARE:
        options->hardware = argument;
        return 0;
    case KEY_PES:
        options->pes = argument;
        return 0;
    case KEY_BUFFER:
        options->buffer = argument;
        return 0;
    case KEY_LAYER:
        options->layer = argument;
        return 0;
    case KEY_ALL:
        options->all = true;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case KEY_STRICT:
        options->strict = true;
        return 0;
    case KEY_EXPLAIN:
        options->explain = true;
        return 0;
    case KEY_HW:
        return cost_add_hw(options, argument, state);
    case ARGP_KEY_ARG:
        argp_error(state, "no argument is expected, there is `%s'", argument);
        return EINVAL;
    case ARGP_KEY_END:
        return cost_check(options, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option option_list[] = {
    {"points", KEY_POINTS, "FILE.csv", 0,
     "Rows K,C,Y,X,R,S,T,dataflow,pe,buf (and name, stride_y, stride_x); printed with the outputs "
     "added",
     0},
    {"workload", KEY_WORKLOAD, "W", 0, "A network: a name in data/models, or a path", 0},
    {"mapping", KEY_MAPPING, "FILE.m", 0,
     "A mapping file of MAESTRO, or a model file (with --dataflow)", 0},
    {"dataflow", KEY_DATAFLOW, "D", 0,
     "A name in data/dataflows, or a path (default dla); with --mapping, for layers without one of "
     "their own",
     0},
    {"dataflow-depthwise", KEY_DEPTHWISE, "D", 0, "The same for depthwise layers (default dpt)", 0},
    {"hardware", KEY_HARDWARE, "H", 0,
     "A name in data/hw, a path, or a hardware file of MAESTRO (default asic)", 0},
    {"pes", KEY_PES, "N", 0,
     "Processing elements (default: each level of 1 to 128; with --mapping, num_pes of the "
     "hardware file)",
     0},
    {"buffer", KEY_BUFFER, "B", 0,
     "Buffer level, the K tile (default: each of 1 to 12; with --mapping, 1)", 0},
    {"layer", KEY_LAYER, "I", 0, "Only this layer, counted from 1", 0},
    {"hw", KEY_HW, "KEY=VALUE", 0,
     "Change one value of the hardware profile, such as noc_bandwidth=64", 0},
    {"explain", KEY_EXPLAIN, NULL, 0,
     "Print what a person would check by hand, of one layer and action", 0},
    {"all", KEY_ALL, NULL, 0, "Print every figure of the model (with --mapping always)", 0},
    {"strict", KEY_STRICT, NULL, 0,
     "Stop with exit code 2 at the first point that is invalid or exceeds a limit of the hardware",
     0},
    {"json", KEY_JSON, NULL, 0, "Print JSON instead of CSV", 0},
    {0}};

static char *cost_help(int key, const char *text, void *input)
{
    (void)input;
    return option_help(key, text, "Keys of a hardware profile and of --hw:", hardware_print_keys);
}

static const struct argp argp = {
    option_list,
    cost_parse,
    NULL,
    "Evaluate the cost model: cycles, energy (nJ), area (um^2), power (mW), buffer sizes (bytes), "
    "MACs as they are counted (macs) and as the layer needs them (macs_true). The hardware profile "
    "says how is counted: exactly, with the utilisation of the PEs and what bounds the cycles "
    "(compute, ingress, egress, off-chip), or as MAESTRO does. Depthwise "
    "layers use the dataflow of --dataflow-depthwise, unless a mapping file brings their own.\v"
    "Where an action is illegal (not every MAC is done exactly once), or MAESTRO dies or gives "
    "nonsense, valid is 0, a warning says why, and the next row "
    "follows. Under limits of the hardware (l1_bytes, l2_bytes of a profile; l1_size_cstr, "
    "l2_size_cstr, offchip_bw_cstr of a hardware file of MAESTRO) the column "
    "exceeds names those "
    "that "
    "do not hold, with a warning as well.\n\n"
    "The last row of --mapping is the total over the valid layers; of several networks in one file "
    "each has its own "
    "behind its layers. A total is sums of cycles, energy, MACs, accesses and pixels; "
    "ratios of these sums (macs_per_cycle, utilisation, throughput_per_joule, ops_per_joule, "
    "multicast and "
    "reuse factors); the "
    "least "
    "of *_delay_min; and the largest of everything else: one array serves the layers one after "
    "another, so area, "
    "power, "
    "buffers and bandwidths are those of the most demanding layer, and averages are the largest of "
    "any layer's.\n\n"
    "Exit codes: 0 done, 2 bad input (of --mapping: no layer can be evaluated).",
    NULL,
    cost_help,
    NULL};

/* ---- what several modes need ----------------------------------------------------------------- */

confx_status_t cost_count(const char *option, const char *text, int64_t most, int64_t *count)
{
    if (text_to_integer(text, 1, most, count)) return status_ok();
    return status_input(NULL, 0, option, "expected a whole number from 1 to %lld, found \"%s\"",
                        (long long)most, text);
}

confx_status_t cost_layers(const cost_options_t *options, size_t layers_n, size_t *first,
                           size_t *last)
{
    int64_t number;
    *first = 0;
    *last = layers_n;
    if (!options->layer) return status_ok();
    if (!text_to_integer(options->layer, 1, (int64_t)layers_n, &number))
        return status_input(NULL, 0, "--layer", "expected a layer from 1 to %zu, found \"%s\"",
                            layers_n, options->layer);
    *first = (size_t)number - 1;
    *last = (size_t)number;
    return status_ok();
}

/* ---- dataflows ------------------------------------------------------------------------------- */

const char *cost_dataflow_name(const cost_options_t *options, confx_layer_type_t type)
{
    if (type == CONFX_LAYER_DSCONV) return options->depthwise ? options->depthwise : "dpt";
    return options->dataflow ? options->dataflow : "dla";
}

confx_status_t dataflows_check(dataflows_t *datasets, const cost_options_t *options)
{
    const confx_dataflow_t *dataflow;
    if (options->dataflow) TRY(dataflows_get(datasets, options->dataflow, NULL, &dataflow));
    if (options->depthwise) TRY(dataflows_get(datasets, options->depthwise, NULL, &dataflow));
    return status_ok();
}

confx_status_t dataflows_get(dataflows_t *datasets, const char *name, const char *beside,
                             const confx_dataflow_t **out)
{
    char path[FILE_PATH_MAX];
    for (size_t i = 0; i < datasets->n; i++)
        if (!strcmp(datasets->places[i].name, name)) {
            *out = datasets->places[i].dataflow;
            return status_ok();
        }
    /* A dataflow is found by the words that the user wrote, so a path and a name of the same file
       are read twice. The entry counts as soon as the dataflow is open, so that dataflows_close
       releases it even if its name could not be copied. */
    if (datasets->n == COST_DATAFLOWS_MAX)
        return status_fail(CONFX_STATUS_INPUT, "%s: more than %d dataflows", name,
                           COST_DATAFLOWS_MAX);
    TRY(file_find("dataflows", name, ".m", beside, path));
    TRY(confx_dataflow_open(path, &datasets->places[datasets->n].dataflow));
    *out = datasets->places[datasets->n].dataflow;
    datasets->places[datasets->n].name = strdup(name);
    if (datasets->places[datasets->n++].name) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for the name of a dataflow");
}

void dataflows_close(dataflows_t *datasets)
{
    for (size_t i = 0; i < datasets->n; i++) {
        confx_dataflow_close(datasets->places[i].dataflow);
        free(datasets->places[i].name);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static confx_status_t cost_open_hardware(const cost_options_t *options, confx_hardware_t *hardware)
{
    char path[FILE_PATH_MAX];
    TRY(file_find("hw", options->hardware ? options->hardware : "asic", ".yaml", NULL, path));
    TRY(confx_hardware_open(path, hardware));
    TRY(yaml_check_sets("--hw", options->hw, options->hw_n));
    for (size_t i = 0; i < options->hw_n; i++) TRY(confx_hardware_set(hardware, options->hw[i]));
    return status_ok();
}

/* All rows first, then all output: a bad row leaves nothing half printed. */
static confx_status_t cost_print_table(const cost_options_t *options,
                                       const confx_hardware_t *hardware)
{
    sheet_t sheet;
    confx_status_t status;
    TRY(sheet_open(options, hardware, &sheet));
    /* One of the three is given, which the parser has seen to. */
    if (options->points) TRY_OUT(cost_points(&sheet, hardware));
    if (options->workload) TRY_OUT(cost_workload(&sheet, hardware));
    if (options->mapping) TRY_OUT(cost_mapping(&sheet, hardware));
    status = sheet_print(&sheet);
out:
    sheet_close(&sheet);
    return status;
}

static confx_status_t cost_print_explanation(const cost_options_t *options,
                                             const confx_hardware_t *hardware)
{
    char *text;
    TRY(cost_one(options, hardware, &text));
    (void)fputs(text, stdout);
    free(text);
    return status_ok();
}

static confx_status_t cost_evaluate(void *context)
{
    const cost_options_t *options = context;
    confx_hardware_t hardware;
    TRY(cost_open_hardware(options, &hardware));
    return options->explain ? cost_print_explanation(options, &hardware)
                            : cost_print_table(options, &hardware);
}

static confx_status_t cost_run(app_t *app, app_words_t words)
{
    cost_options_t options = {.points = NULL};
    return app_run_alone(app, words, &argp, &options, cost_evaluate);
}

const command_t command_cost = {
    "cost", "evaluate the cost model: points, a network, a mapping file; explain it", cost_run,
    false};
