/* confx export RUN_DIR --maestro DIR_OR_FILE: a found assignment as mapping files that MAESTRO can
   run. */
#include "app/app.h"
#include "app/directory.h"
#include "app/option.h"
#include "app/shell.h"
#include "confx/compose.h"
#include "confx/figures.h"
#include "confx/file.h"
#include "confx/mapping.h"
#include "confx/master.h"
#include "confx/setting.h"
#include "confx/text.h"
#include "confx/try.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_MAESTRO = 'm' };

typedef struct {
    const char *directory, *maestro;
} export_options_t;

static error_t export_parse(int key, char *argument, struct argp_state *state)
{
    export_options_t *options = state->input;
    switch (key) {
    case KEY_MAESTRO:
        options->maestro = argument;
        return 0;
    case ARGP_KEY_END:
        if (options->directory && options->maestro) return 0;
        argp_error(state, "a run directory and --maestro are expected");
        return EINVAL;
    default:
        return option_argument(key, argument, state, "run directory", &options->directory);
    }
}

static const struct argp argp = {
    (const struct argp_option[]){{"maestro", KEY_MAESTRO, "DIR_OR_FILE", 0,
                                  "Where to, needed: one mapping file a layer, DIR/layer-01.m and "
                                  "so on, or FILE-01.m for FILE.m",
                                  0},
                                 {0}},
    export_parse,
    "RUN_DIR",
    "Write the assignment that a run has found as mapping files that MAESTRO itself can run, with "
    "the arguments it "
    "needs in a comment. Each file is read back, and gives the logged figures bit for bit.\v"
    "The commands in the comments are to be run in the directory of the files: MAESTRO makes the "
    "name of its table of "
    "that of the mapping file, and writes it only where it is started.\n\n"
    "Exit codes: 0 done, 2 bad input, such as a network that has changed since the run, 3 a file "
    "cannot be written, "
    "6 the run has found no feasible assignment.",
    NULL,
    NULL,
    NULL};

/* ---- the found assignment -------------------------------------------------------------------- */

/* Columns of /result that a file's layer must give again: X(name, the cost model's). */
#define FIGURE_LIST(X)                                                                             \
    X(latency, runtime_cycles)                                                                     \
    X(energy, energy_nj)                                                                           \
    X(area, area_um2)                                                                              \
    X(power, power_mw)                                                                             \
    X(l1, l1_bytes)                                                                                \
    X(l2, l2_bytes)                                                                                \
    X(macs, macs)
#define FIGURE_ENUM(figure, field) FIGURE_##figure,
enum { FIGURE_LIST(FIGURE_ENUM) FIGURES };
#undef FIGURE_ENUM

typedef struct {
    char path[FILE_PATH_MAX]; /* of run.h5 */
    store_t *store;
    job_t *job;
    setting_t setting;
    size_t layers_n;
    size_t axes_n;
    uint16_t *actions; /* (L, A) values, then indices */
    double *figures;   /* (FIGURES, L) */
} export_found_t;

static void export_found_close(export_found_t *found)
{
    store_close(found->store);
    setting_close(&found->setting);
    job_close(found->job);
    free(found->actions);
    free(found->figures);
}

static confx_status_t export_read_job(export_found_t *found)
{
    TRY(setting_open_logged(found->store, found->path, &found->job, &found->setting));
    found->layers_n = found->setting.workload.layers_n;
    return status_ok();
}

/* Values become indices; one that the job does not have is of another job, or damage. */
static confx_status_t export_find_actions(export_found_t *found)
{
    const space_t *space = problem_space(found->setting.problem);
    for (size_t i = 0; i < found->layers_n * found->axes_n; i++) {
        const size_t axis = i % found->axes_n;
        if (space_find(space, axis, found->actions[i], &found->actions[i])) continue;
        return status_fail(CONFX_STATUS_DAMAGED, "%s: /result/assignment has %u as %s", found->path,
                           found->actions[i], space_axis(space, axis)->name);
    }
    return status_ok();
}

static const uint16_t *export_action(const export_found_t *found, size_t layer)
{
    return found->actions + layer * found->axes_n;
}

static int64_t export_pes(const export_found_t *found, size_t layer)
{
    return problem_pes(found->setting.problem, export_action(found, layer));
}

static int64_t export_buffer(const export_found_t *found, size_t layer)
{
    return problem_buffer(found->setting.problem, export_action(found, layer));
}

static confx_status_t export_read_result(export_found_t *found)
{
#define FIGURE_NAME(figure, field) "/result/" #figure,
    static const char *const names[FIGURES] = {FIGURE_LIST(FIGURE_NAME)};
#undef FIGURE_NAME
    const size_t n = found->layers_n;
    array_t assignment;
    bool has;
    TRY(store_has(found->store, "/result/assignment", &has));
    if (!has)
        return status_fail(CONFX_STATUS_INFEASIBLE, "%s: the run has found no feasible assignment",
                           found->path);
    /* The file may be of any age and origin, so the shape is checked before rows are read into
       arrays of our own size. Another number of layers is the user's doing, as the network has
       changed; another number of columns is damage. */
    TRY(store_describe(found->store, "/result/assignment", &assignment));
    found->axes_n = space_axes(problem_space(found->setting.problem));
    if (assignment.rank != 2 || assignment.dims[1] != found->axes_n)
        return status_fail(CONFX_STATUS_DAMAGED,
                           "%s: /result/assignment does not hold a value for each of %zu axes",
                           found->path, found->axes_n);
    if (assignment.dims[0] != n)
        return status_input(found->path, 0, "workload",
                            "the run had %zu layers, the network has %zu now", assignment.dims[0],
                            n);
    found->actions = calloc(n, found->axes_n * sizeof *found->actions);
    found->figures = calloc(n, FIGURES * sizeof *found->figures);
    if (!found->actions || !found->figures)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu layers", n);
    TRY(store_read_rows(found->store, "/result/assignment", ARRAY_U16, 0, n, found->actions));
    for (size_t i = 0; i < FIGURES; i++)
        TRY(store_read_rows(found->store, names[i], ARRAY_F64, 0, n, found->figures + i * n));
    return export_find_actions(found);
}

/* The caller closes, also after a failure. */
static confx_status_t export_found_open(const char *run_dir, export_found_t *found)
{
    memset(found, 0, sizeof *found);
    TRY(file_join(run_dir, "run.h5", found->path));
    TRY(store_open_run(found->path, &found->store));
    TRY(export_read_job(found));
    return export_read_result(found);
}

/* ---- a layer as a mapping file --------------------------------------------------------------- */

/* A word of MAESTRO's language: letters, digits and underscores of the name. */
static void export_print_word(const char *name, FILE *out)
{
    for (const char *c = name; *c; c++) fputc(isalnum((unsigned char)*c) ? *c : '_', out);
}

static void export_print_comment(const export_found_t *found, size_t i, const char *file, FILE *out)
{
    const confx_hardware_t *hardware = &found->setting.hardware;
    const double *figures = found->figures + i;
    const long long pes = export_pes(found, i);
    out_print(out, "// Layer %zu of %zu of ", i + 1, found->layers_n);
    export_print_word(found->setting.workload.name, out);
    out_print(out, ", %lld PEs, buffer level %lld: %.17g cycles, %.17g nJ.\n", pes,
              (long long)export_buffer(found, i), figures[FIGURE_latency * found->layers_n],
              figures[FIGURE_energy * found->layers_n]);
    fputs("// In the directory of this file (MAESTRO makes the name of its table of the path, and "
          "no directories):\n"
          "// maestro --Mapping_file=",
          out);
    shell_word(file_basename(file), out);
    out_print(
        out,
        " --num_pes=%lld --num_simd_lanes=%.17g --noc_bw_cstr=%.17g --noc_hops=1 "
        "--noc_hop_latency=%.17g "
        "--noc_mc_support=true --offchip_bw_cstr=%.17g --full_buffer=false --l1_size_cstr=%.17g "
        "--l2_size_cstr=%.17g --print_res=false --print_res_csv_file=true\n",
        pes, hardware->simd_lanes, hardware->noc_bandwidth, ceil(hardware->noc_latency),
        hardware->offchip_bandwidth, figures[FIGURE_l1 * found->layers_n],
        figures[FIGURE_l2 * found->layers_n]);
    fputs("// MAESTRO's areas and powers are those of the hardware profile maestro's unit costs.\n",
          out);
}

static void export_print_shape(const confx_layer_t *layer, FILE *out)
{
    const char *comma = "";
    out_print(out, "        Type: %s\n        Stride { X: %lld, Y: %lld }\n        Dimensions {",
              confx_layer_type_name(layer->type), (long long)layer->stride_x,
              (long long)layer->stride_y);
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) {
        if (layer->dim[dim] == 0) continue;
        out_print(out, "%s %c: %lld", comma, confx_dim_letters()[dim], (long long)layer->dim[dim]);
        comma = ",";
    }
    fputs(" }\n", out);
}

static confx_status_t export_print_layer(const export_found_t *found, size_t i, const char *file,
                                         FILE *out)
{
    const confx_layer_t *layer = &found->setting.workload.layers[i];
    const confx_dataflow_t *dataflow =
        problem_dataflow(found->setting.problem, i, export_action(found, i));
    char *block;
    TRY(confx_dataflow_format(dataflow, export_pes(found, i), export_buffer(found, i), "        ",
                              &block));
    export_print_comment(found, i, file, out);
    fputs("Network ", out);
    export_print_word(found->setting.workload.name, out);
    fputs(" {\n    Layer ", out);
    export_print_word(layer->name, out);
    fputs(" {\n", out);
    export_print_shape(layer, out);
    out_print(out, "%s    }\n}\n", block);
    free(block);
    return status_ok();
}

/* ---- proof ----------------------------------------------------------------------------------- */

/* The file's layer costs what the run has logged; it does not when a dataflow or the hardware has
   changed since. */
static confx_status_t export_check_cost(const export_found_t *found, size_t i,
                                        const confx_mapping_t *mapping)
{
    const confx_mapped_t *mapped = &mapping->layers[0];
    confx_cost_t cost;
    /* The file has the buffer level as a number within its directives, so the level given here has
       no effect on the result. The comparison is exact: the same model on the same layer gives the
       same bits. */
    TRY(mapped->fault);
    confx_cost_evaluate(mapped->dataflow, &mapped->layer, &found->setting.hardware,
                        export_pes(found, i), 1, &cost);
#define FIGURE_VALUE(figure, field) (double)cost.field,
    const double figures[FIGURES] = {FIGURE_LIST(FIGURE_VALUE)};
#undef FIGURE_VALUE
    for (size_t j = 0; j < FIGURES; j++)
        if (figures[j] != found->figures[j * found->layers_n + i])
            return status_input(
                found->path, 0, mapped->layer.name,
                "the layer's logged cost is another one: the network, a dataflow or the hardware "
                "profile has changed since the run");
    return status_ok();
}

static confx_status_t export_compose(const export_found_t *found, size_t i, const char *file,
                                     char **text)
{
    compose_t compose;
    confx_mapping_t mapping;
    TRY(compose_begin(&compose));
    /* The stream has to be ended even after a failure, and the text goes to the caller at once, who
       frees it in every case. The failure of printing is the cause, so it is returned first. */
    confx_status_t status = export_print_layer(found, i, file, compose.out);
    const confx_status_t composed = compose_end(&compose, file);
    *text = compose.text;
    TRY(status);
    TRY(composed);
    TRY(confx_mapping_parse(*text, file, &mapping));
    status = export_check_cost(found, i, &mapping);
    confx_mapping_close(&mapping);
    return status;
}

/* ---- files ----------------------------------------------------------------------------------- */

static bool export_is_file_name(const char *target)
{
    const size_t length = strlen(target);
    return length > 2 && strcmp(target + length - 2, ".m") == 0;
}

/* FILE-01.m for FILE.m, DIR/layer-01.m for DIR. */
static confx_status_t export_name_file(const char *target, size_t i, size_t layers_n,
                                       char path[FILE_PATH_MAX])
{
    const bool is_file = export_is_file_name(target);
    const size_t length = strlen(target);
    const int digits = snprintf(NULL, 0, "%zu", layers_n);
    const int stem = (int)(is_file ? length - 2 : length);
    const int used = snprintf(path, FILE_PATH_MAX, "%.*s%s-%0*zu.m", stem, target,
                              is_file ? "" : "/layer", digits, i + 1);
    if (used < FILE_PATH_MAX) return status_ok();
    return status_input(NULL, 0, "--maestro", "expected a path of less than %d letters",
                        FILE_PATH_MAX);
}

/* What a killed export has left half written; others may be at work there. */
static confx_status_t export_tidy_target(const char *target, size_t layers_n)
{
    static const char *const endings[] = {".m", NULL};
    char path[FILE_PATH_MAX];
    char directory[FILE_PATH_MAX];
    TRY(export_name_file(target, 0, layers_n, path));
    TRY(file_directory(path, directory));
    return file_tidy(directory, endings, FILE_TIDY_AGE, NULL);
}

static confx_status_t export_write_layer(const char *target, size_t i, size_t layers_n,
                                         const char *text)
{
    char path[FILE_PATH_MAX];
    assert(text);
    TRY(export_name_file(target, i, layers_n, path));
    return file_write(path, text, strlen(text), NULL);
}

static confx_status_t export_compose_all(const export_found_t *found, const char *target,
                                         char **texts)
{
    for (size_t i = 0; i < found->layers_n; i++) {
        char path[FILE_PATH_MAX];
        TRY(export_name_file(target, i, found->layers_n, path));
        TRY(export_compose(found, i, path, &texts[i]));
    }
    return status_ok();
}

/* All files are composed and checked before the first is written. */
static confx_status_t export_write_files(const export_found_t *found, const char *target)
{
    char **texts = calloc(found->layers_n, sizeof *texts);
    if (!texts) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu files", found->layers_n);
    /* The directory is made only when all texts are proven: a run that cannot be exported leaves
       nothing. Each file is put in place by a rename, so a failure midway leaves whole files. */
    confx_status_t status = export_compose_all(found, target, texts);
    if (status.code == CONFX_STATUS_OK && !export_is_file_name(target))
        status = file_make_directory(target);
    if (status.code == CONFX_STATUS_OK) status = export_tidy_target(target, found->layers_n);
    for (size_t i = 0; i < found->layers_n && status.code == CONFX_STATUS_OK; i++)
        status = export_write_layer(target, i, found->layers_n, texts[i]);
    for (size_t i = 0; i < found->layers_n; i++) free(texts[i]);
    free(texts);
    return status;
}

static confx_status_t export_run(void *context)
{
    const export_options_t *options = context;
    char path[FILE_PATH_MAX];
    export_found_t found;
    TRY(app_tell_inputs(options->directory));
    TRY(directory_expect_run(options->directory));
    confx_status_t status = export_found_open(options->directory, &found);
    if (status.code == CONFX_STATUS_OK) status = export_write_files(&found, options->maestro);
    if (status.code == CONFX_STATUS_OK)
        status = export_name_file(options->maestro, 0, found.layers_n, path);
    if (status.code == CONFX_STATUS_OK)
        out_print(stdout,
                  "%zu files, one a layer, from %s on; each names the command that runs it\n",
                  found.layers_n, text_shown(path).text);
    export_found_close(&found);
    return status;
}

static confx_status_t export_command(app_t *app, app_words_t words)
{
    export_options_t options = {.directory = NULL};
    return app_run_alone(app, words, &argp, &options, export_run);
}

const command_t command_export = {"export", "write a found assignment as mapping files of MAESTRO",
                                  export_command, false};
