/* The files that a job names, as texts: read once, by the root, and kept in the log and the
   checkpoint, so that a run needs them no more. One dataset each under /inputs, with the place it
   was read from and a checksum. */
#include "run/inputs.h"
#include "confx/hardware_file.h"
#include "confx/job_dataflow.h"
#include "confx/try.h"

#include "confx/file.h"
#include "run/steps.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MORE_NAMES(name) name "_2", name "_3", name "_4", name "_5", name "_6", name "_7", name "_8"
static const char *const names[] = {"/inputs/workload",
                                    "/inputs/dataflow",
                                    "/inputs/dataflow_depthwise",
                                    "/inputs/hardware",
                                    "/inputs/hardware_profile",
                                    "/inputs/hardware_profile_2",
                                    "/inputs/hardware_profile_3",
                                    "/inputs/hardware_profile_4",
                                    "/inputs/hardware_profile_5",
                                    "/inputs/dataflow_budget",
                                    MORE_NAMES("/inputs/dataflow"),
                                    MORE_NAMES("/inputs/dataflow_depthwise"),
                                    MORE_NAMES("/inputs/workload")};
_Static_assert(sizeof names / sizeof *names == INPUTS, "every input has a name");

static const char *inputs_long_name(size_t input)
{
    static const char *const long_names[] = {
        [INPUT_WORKLOAD] = "text of the workload",
        [INPUT_DATAFLOW] = "text of the dataflow",
        [INPUT_DEPTHWISE] = "text of the dataflow of depthwise layers",
        [INPUT_HARDWARE] = "text of the hardware profile",
        [INPUT_PROFILE] = "text of the profile below the hardware file",
        [INPUT_PROFILE + 1] = "text of the profile below that",
        [INPUT_PROFILE + 2] = "text of the profile below that",
        [INPUT_PROFILE + 3] = "text of the profile below that",
        [INPUT_PROFILE + 4] = "text of the profile below that",
        [INPUT_BUDGET] = "text of the dataflow that the budget is a fraction of",
    };
    if (input < INPUT_MORE_DATAFLOWS) return long_names[input];
    if (input >= INPUT_MORE_WORKLOADS) return "text of another network of the workload";
    return input < INPUT_MORE_DEPTHWISE ? "text of another dataflow that layers may have"
                                        : "text of another dataflow that depthwise layers may have";
}

static const char file_name[] = "file";
static const char way_name[] = "file_from_run";
static const char checksum_name[] = "crc32";
static const char accounting_name[] = "accounting"; /* of the hardware */

void inputs_close(input_t inputs[INPUTS])
{
    for (size_t i = 0; i < INPUTS; i++) {
        free(inputs[i].file);
        free(inputs[i].text);
        inputs[i] = (input_t){.file = NULL};
    }
}

static confx_status_t inputs_memory(const char *path)
{
    return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its text", path);
}

/* ---- from files ------------------------------------------------------------------------------ */

static confx_status_t inputs_from_file(const char *path, input_t *input)
{
    input->file = strdup(path);
    return input->file ? file_load(path, FILE_USERS, FILE_TABLE_MOST, &input->text, NULL)
                       : inputs_memory(path);
}

static confx_status_t inputs_hardware_from_files(const job_t *job, input_t inputs[INPUTS])
{
    char path[FILE_PATH_MAX];
    input_t *input = &inputs[INPUT_HARDWARE];
    TRY(job_find(job, JOB_HARDWARE, path));
    TRY(inputs_from_file(path, input));
    for (size_t below = 0;; below++) {
        TRY(hardware_find_base(input->text, input->file, path));
        if (!*path) return status_ok();
        /* A profile may stand on another one, and that on a further one: the chain is followed
           until a profile stands on none. */
        if (below == INPUT_PROFILES) break;
        input = &inputs[INPUT_PROFILE + below];
        TRY(inputs_from_file(path, input));
    }
    return status_input(input->file, 0, "base",
                        "expected at most %d profiles that stand on each other (does one stand on "
                        "itself?)",
                        HARDWARE_FILES_MAX);
}

input_role_t inputs_dataflow(job_data_t data, size_t i)
{
    const bool depthwise = data == JOB_DATAFLOW_DEPTHWISE;
    assert(i < JOB_DATAFLOWS_MAX && (depthwise || data == JOB_DATAFLOW));
    if (i == 0) return depthwise ? INPUT_DEPTHWISE : INPUT_DATAFLOW;
    return (input_role_t)((depthwise ? INPUT_MORE_DEPTHWISE : INPUT_MORE_DATAFLOWS) + i - 1);
}

input_role_t inputs_network(size_t i)
{
    assert(i < JOB_NETWORKS_MAX);
    return (input_role_t)(i == 0 ? (size_t)INPUT_WORKLOAD : (size_t)INPUT_MORE_WORKLOADS + i - 1);
}

static confx_status_t inputs_dataflows_from_files(const job_t *job, job_data_t data,
                                                  input_t inputs[INPUTS])
{
    char path[FILE_PATH_MAX];
    for (size_t i = 0; i < job_dataflows(job, data); i++) {
        TRY(job_find_dataflow(job, data, i, path));
        TRY(inputs_from_file(path, &inputs[inputs_dataflow(data, i)]));
    }
    return status_ok();
}

static confx_status_t inputs_from_files(const job_t *job, input_t inputs[INPUTS])
{
    char path[FILE_PATH_MAX];
    for (size_t i = 0; i < job->network_n; i++) {
        TRY(job_find_network(job, i, path));
        TRY(inputs_from_file(path, &inputs[inputs_network(i)]));
    }
    TRY(inputs_hardware_from_files(job, inputs));
    TRY(inputs_dataflows_from_files(job, JOB_DATAFLOW, inputs));
    TRY(inputs_dataflows_from_files(job, JOB_DATAFLOW_DEPTHWISE, inputs));
    if (!job->budget.of) return status_ok();
    TRY(job_find(job, JOB_BUDGET_DATAFLOW, path));
    return inputs_from_file(path, &inputs[INPUT_BUDGET]);
}

/* ---- into a file of the run ------------------------------------------------------------------ */

/* The absolute path of a file; as it is where its directory is gone. */
static confx_status_t inputs_absolute(const char *file, char path[FILE_PATH_MAX])
{
    char directory[FILE_PATH_MAX];
    const confx_status_t status = file_directory(file, directory);
    if (status.code == CONFX_STATUS_OK) return file_join(directory, file_basename(file), path);
    return status.code == CONFX_STATUS_INPUT ? file_join("", file, path) : status;
}

/* The way from the run directory to a file; empty where there is none any more. */
static confx_status_t inputs_way(const char *file, const char *run_dir, char way[FILE_PATH_MAX])
{
    char directory[FILE_PATH_MAX], inside[FILE_PATH_MAX], here[FILE_PATH_MAX];
    way[0] = 0;
    confx_status_t status = file_directory(file, directory);
    if (status.code == CONFX_STATUS_OK) status = file_join(run_dir, "run.h5", inside);
    if (status.code == CONFX_STATUS_OK) status = file_directory(inside, here);
    if (status.code == CONFX_STATUS_INPUT) return status_ok();
    TRY(status);
    TRY(file_way(here, directory, inside));
    return file_join(inside, file_basename(file), way);
}

void inputs_show(const input_t inputs[INPUTS], const char *run_dir, datasets_t *datasets)
{
    char path[FILE_PATH_MAX], way[FILE_PATH_MAX];
    for (size_t i = 0; i < INPUTS; i++) {
        if (!inputs[i].text) continue;
        const size_t length = strlen(inputs[i].text);
        datasets_show(datasets, names[i], ARRAY_TEXT, length + 1, 0, inputs[i].text, NULL);
        datasets_about(datasets, inputs_long_name(i), NULL, NULL);
        /* Both ways to the file are kept: the path finds it when the run moves alone, the relative
           way when a project moves as a whole. */
        datasets_fail(datasets, inputs_absolute(inputs[i].file, path));
        datasets_fail(datasets, inputs_way(inputs[i].file, run_dir, way));
        datasets_text_on(datasets, names[i], file_name, path);
        datasets_text_on(datasets, names[i], way_name, way);
        datasets_integer_on(datasets, names[i], checksum_name,
                            store_checksum(inputs[i].text, length));
    }
    datasets_text_on(datasets, names[INPUT_HARDWARE], accounting_name,
                     inputs[INPUT_HARDWARE].accounting);
}

/* ---- out of it ------------------------------------------------------------------------------- */

/* Of a run that keeps its inputs; one from before there were two has none, and keeps to MAESTRO's.
 */
static confx_status_t inputs_read_accounting(store_t *store,
                                             char accounting[SETTING_ACCOUNTING_MAX])
{
    char *word = NULL;
    bool has;
    (void)snprintf(accounting, SETTING_ACCOUNTING_MAX, "%s",
                   confx_accounting_name(CONFX_ACCOUNTING_MAESTRO));
    TRY(inputs_are_in(store, &has));
    if (has) TRY(store_has_attribute(store, names[INPUT_HARDWARE], accounting_name, &has));
    if (!has) return status_ok();
    TRY(store_read_text(store, names[INPUT_HARDWARE], accounting_name, &word));
    (void)snprintf(accounting, SETTING_ACCOUNTING_MAX, "%s", word);
    free(word);
    return status_ok();
}

confx_status_t inputs_are_in(store_t *store, bool *are)
{
    return store_has(store, names[INPUT_WORKLOAD], are);
}

/* What lies where a file was. Nobody needs it: where looking is not allowed nothing is there. */
static confx_status_t inputs_look(const char *path, file_kind_t *kind)
{
    *kind = FILE_ABSENT;
    const confx_status_t status = file_look(path, kind);
    return status.code == CONFX_STATUS_INPUT ? status_ok() : status;
}

/* Where the file lies by now: on the logged way from the run directory (a project may move as a
   whole), else where it lay (a run directory may move alone). Neither need be there. */
static confx_status_t inputs_find_original(store_t *store, const char *run_dir, const char *name,
                                           char path[FILE_PATH_MAX])
{
    char *file = NULL;
    char *way = NULL;
    char inside[FILE_PATH_MAX];
    file_kind_t kind = FILE_ABSENT;
    confx_status_t status;
    TRY_OUT(store_read_text(store, name, file_name, &file));
    TRY_OUT(store_read_text(store, name, way_name, &way));
    TRY_OUT(file_join(run_dir, way, inside));
    /* The way is tried first. It leads to the file as long as run and files have kept their places
       to each other, wherever they have been moved to. */
    if (way[0]) TRY_OUT(inputs_look(inside, &kind));
    if (kind == FILE_ABSENT) TRY_OUT(file_join("", file, inside));
    TRY_OUT(inputs_absolute(inside, path));
out:
    free(file);
    free(way);
    return status;
}

/* Is there another text now in the file? One that is gone, or is no file any more, has not
   changed. */
static confx_status_t inputs_compare(input_t *input)
{
    char *now = NULL;
    size_t length;
    const confx_status_t status =
        file_load(input->file, FILE_USERS, FILE_TABLE_MOST, &now, &length);
    input->changed =
        now && (length != strlen(input->text) || memcmp(now, input->text, length) != 0);
    free(now);
    return status.code == CONFX_STATUS_INPUT ? status_ok() : status;
}

static confx_status_t inputs_read_one(store_t *store, const char *run_dir, const char *name,
                                      input_t *input)
{
    char path[FILE_PATH_MAX];
    array_t array;
    int64_t checksum;
    TRY(store_describe(store, name, &array));
    /* One text; before schema 4 in an array of one. */
    const size_t width = array.dims[array.rank == 2];
    if (array.type != ARRAY_TEXT || array.rank > 2 || (array.rank == 2 && array.dims[0] != 1))
        return status_fail(CONFX_STATUS_DAMAGED, "%s: %s does not hold one text", run_dir, name);
    TRY(inputs_find_original(store, run_dir, name, path));
    /* The input owns both from here on, and inputs_close frees them whatever follows. */
    input->file = strdup(path);
    input->text = calloc(width + 1, 1);
    if (!input->file || !input->text) return inputs_memory(name);
    array.data = input->text;
    TRY(store_read(store, &array));
    TRY(store_read_integer(store, name, checksum_name, &checksum));
    if (store_checksum(input->text, strlen(input->text)) != (uint32_t)checksum)
        return status_fail(CONFX_STATUS_DAMAGED, "%s: %s does not match its checksum", run_dir,
                           name);
    return inputs_compare(input);
}

confx_status_t inputs_read(store_t *store, const char *run_dir, input_t inputs[INPUTS])
{
    for (size_t i = 0; i < INPUTS; i++) {
        bool has;
        TRY(store_has(store, names[i], &has));
        if (has) TRY(inputs_read_one(store, run_dir, names[i], &inputs[i]));
    }
    /* Those from the profiles on are there only where the hardware stands on some, the budget is of
       another dataflow, or the space lists several; all others must be there. */
    for (size_t i = 0; i < INPUT_PROFILE; i++)
        if (!inputs[i].text)
            return status_fail(CONFX_STATUS_DAMAGED, "%s: %s is missing", run_dir, names[i]);
    return inputs_read_accounting(store, inputs[INPUT_HARDWARE].accounting);
}

/* ---- either ---------------------------------------------------------------------------------- */

/* From a checkpoint that is there, whole, and holds them. One that is damaged is passed over, as
   resuming does; one that cannot be read just now is not: the run would go on with other texts than
   its own. */
static confx_status_t inputs_from_checkpoint(const char *run_dir, const char *name,
                                             input_t inputs[INPUTS], bool *read, int64_t *schema)
{
    char path[FILE_PATH_MAX];
    store_t *store = NULL;
    *read = false;
    TRY(file_join(run_dir, name, path));
    confx_status_t status = store_open(path, &store);
    if (status.code == CONFX_STATUS_OK) status = store_read_integer(store, "/", "schema", schema);
    if (status.code == CONFX_STATUS_OK) status = inputs_are_in(store, read);
    if (status.code == CONFX_STATUS_OK)
        status = *read ? inputs_read(store, run_dir, inputs)
                       : inputs_read_accounting(store, inputs[INPUT_HARDWARE].accounting);
    store_close(store);
    if (status.code == CONFX_STATUS_OK) return status;
    *read = false;
    inputs_close(inputs);
    const bool passed = status.code == CONFX_STATUS_INPUT || status.code == CONFX_STATUS_DAMAGED;
    return passed ? status_ok() : status;
}

/* A run keeps to one accounting: numbers of two are not compared, nor put into one log. What the
   job comes to is what its files say today; one that is gone by now says nothing else than the run.
 */
static confx_status_t inputs_check_accounting(const job_t *job,
                                              const char kept[SETTING_ACCOUNTING_MAX])
{
    input_t now[INPUTS] = {{.file = NULL}};
    confx_hardware_t hardware = {.accounting = CONFX_ACCOUNTING_EXACT};
    confx_status_t status = inputs_hardware_from_files(job, now);
    if (status.code == CONFX_STATUS_OK) status = setting_read_hardware(job, now, &hardware);
    inputs_close(now);
    if (status.code == CONFX_STATUS_INPUT && !job->accounting) return status_ok();
    if (status.code != CONFX_STATUS_INPUT) TRY(status);
    /* The job's own word comes before what its hardware files say. */
    const char *wanted =
        job->accounting ? job->accounting : confx_accounting_name(hardware.accounting);
    if (!strcmp(kept, wanted)) return status_ok();
    return status_input(NULL, 0, "--resume",
                        "the run in %s goes by the accounting %s, this job by %s: numbers of two "
                        "accountings are not mixed (accounting: %s in the job goes on with it)",
                        job->output, kept, wanted, kept);
}

confx_status_t inputs_take(const job_t *job, bool resume, input_t inputs[INPUTS])
{
    const char *kept = inputs[INPUT_HARDWARE].accounting;
    bool read = false;
    int64_t schema = RUN_SCHEMA;
    if (resume) TRY(inputs_from_checkpoint(job->output, RUN_CHECKPOINT, inputs, &read, &schema));
    /* The newest checkpoint that can be read says it; where it is damaged, the one before. */
    if (resume && !kept[0])
        TRY(inputs_from_checkpoint(job->output, RUN_CHECKPOINT_PREVIOUS, inputs, &read, &schema));
    /* A run of another schema is refused for that, later and with the way out: no accounting would
       make it go on. */
    if (kept[0] && schema == RUN_SCHEMA) TRY(inputs_check_accounting(job, kept));
    return read ? status_ok() : inputs_from_files(job, inputs);
}

/* ---- told ------------------------------------------------------------------------------------ */

void inputs_notice(const input_t inputs[INPUTS], char notice[INPUTS_NOTICE_MAX])
{
    size_t used = 0;
    size_t n = 0;
    notice[0] = 0;
    for (size_t i = 0; i < INPUTS; i++) {
        bool twice = false; /* one file may be two inputs */
        for (size_t j = 0; j < i && inputs[i].changed; j++)
            twice = twice || (inputs[j].changed && !strcmp(inputs[i].file, inputs[j].file));
        if (!inputs[i].changed || twice) continue;
        /* A list that is too long for the notice is cut off, and not told at all behind its end. */
        const int more = snprintf(notice + used, INPUTS_NOTICE_MAX - used, "%s%s", n++ ? ", " : "",
                                  inputs[i].file);
        used = more < 0 || used + (size_t)more >= INPUTS_NOTICE_MAX ? INPUTS_NOTICE_MAX - 1
                                                                    : used + (size_t)more;
    }
    if (n)
        (void)snprintf(notice + used, INPUTS_NOTICE_MAX - used,
                       " %s changed since the run began: its own text is used",
                       n > 1 ? "have" : "has");
}

confx_status_t run_inputs_notice(const char *run_dir, char notice[INPUTS_NOTICE_MAX])
{
    char path[FILE_PATH_MAX];
    store_t *store = NULL;
    input_t inputs[INPUTS] = {{.file = NULL}};
    notice[0] = 0;
    TRY(file_join(run_dir, "run.h5", path));
    TRY(store_open(path, &store));
    bool kept = false;
    confx_status_t status = inputs_are_in(store, &kept);
    if (status.code == CONFX_STATUS_OK && kept) status = inputs_read(store, run_dir, inputs);
    if (status.code == CONFX_STATUS_OK) inputs_notice(inputs, notice);
    inputs_close(inputs);
    store_close(store);
    return status;
}

/* ---- to all ranks ---------------------------------------------------------------------------- */

/* A text of the root's, of any length or none, to all. */
static confx_status_t inputs_share_text(cluster_t *cluster, char **text)
{
    size_t bytes = *text ? strlen(*text) + 1 : 0;
    cluster_broadcast(cluster, &bytes, sizeof bytes);
    if (!bytes) return status_ok();
    if (!cluster_is_root(cluster)) *text = calloc(bytes, 1);
    /* All agree before the text is sent, as the others would wait in the broadcast for a rank that
       has no memory. */
    TRY(cluster_agree(cluster, *text ? status_ok() : inputs_memory("an input")));
    cluster_broadcast(cluster, *text, bytes);
    return status_ok();
}

confx_status_t inputs_share(cluster_t *cluster, input_t inputs[INPUTS])
{
    for (size_t i = 0; i < INPUTS; i++) {
        TRY(inputs_share_text(cluster, &inputs[i].file));
        TRY(inputs_share_text(cluster, &inputs[i].text));
    }
    cluster_broadcast(cluster, inputs[INPUT_HARDWARE].accounting, SETTING_ACCOUNTING_MAX);
    return status_ok();
}
