/* Putting jobs into a spool, and taking them out again. */
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/find.h"
#include "confx/hardware_file.h"
#include "confx/job_dataflow.h"
#include "confx/spool_list.h"
#include "confx/try.h"
#include "confx/yaml.h"
#include "spool/spool_place.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

/* ---- the directories ------------------------------------------------------------------------- */

static confx_status_t spool_submit_check_is_spool(const char *directory)
{
    char **names;
    size_t n;
    place_t queue;
    file_kind_t kind;
    bool has;
    TRY(place_of(&queue, directory, spool_state_directory(SPOOL_QUEUED), NULL, NULL));
    TRY(file_look(directory, &kind));
    if (kind == FILE_ABSENT) return status_ok();
    if (kind != FILE_DIRECTORY)
        return status_input(directory, 0, NULL, "is a file, expected a spool directory");
    TRY(file_has(queue.path, &has));
    if (has) return status_ok();
    /* Without a queue it is no spool yet. An empty directory may become one, but nothing is made
       beside what somebody else keeps. */
    TRY(file_list(directory, &names, &n));
    file_names_close(names, n);
    if (n == 0) return status_ok();
    return status_input(
        directory, 0, NULL,
        "expected a spool, a new or an empty directory; this one holds other things");
}

/* Its parents as the user's umask has it, itself for nobody else. */
static confx_status_t spool_submit_make_top(const char *directory)
{
    char parent[FILE_PATH_MAX];
    place_t top;
    const size_t length = strlen(directory);
    if (length >= sizeof top.path)
        return status_fail(CONFX_STATUS_IO, "the path is too long: %.100s...", directory);
    (void)snprintf(top.path, sizeof top.path, "%s", directory);
    (void)snprintf(parent, sizeof parent, "%s", directory);
    /* Slashes at the end are taken off: "spool/" would have itself for a parent. */
    for (size_t end = length; end > 1 && parent[end - 1] == '/'; end--) parent[end - 1] = 0;
    char *slash = strrchr(parent, '/');
    if (slash && slash > parent) {
        *slash = 0;
        TRY(file_make_directory(parent));
    }
    return place_make(&top);
}

/* The queue last: what has one is complete. */
confx_status_t spool_make(const char *directory)
{
    static const char *const others[] = {SPOOL_TMP, SPOOL_MARKS, SPOOL_SERVICES};
    place_t place;
    file_kind_t kind;
    TRY(spool_submit_check_is_spool(directory));
    TRY(file_look(directory, &kind));
    if (kind == FILE_ABSENT) TRY(spool_submit_make_top(directory));
    TRY(spool_check(directory));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        TRY(place_of(&place, directory, others[i], NULL, NULL));
        TRY(place_make(&place));
    }
    /* States are counted down to the queue, which is the first of them. */
    for (int state = SPOOL_STATES - 1; state >= 0; state--) {
        TRY(place_of(&place, directory, spool_state_directory((spool_state_t)state), NULL, NULL));
        TRY(place_make(&place));
    }
    return status_ok();
}

/* ---- names ----------------------------------------------------------------------------------- */

/* The last part of a path, without `suffix`, in letters that file names may have. */
static void spool_submit_plain_name(const char *path, const char *suffix, char *out, size_t room)
{
    (void)snprintf(out, room, "%s", file_basename(path));
    const size_t length = strlen(out);
    const size_t tail = strlen(suffix);
    if (length > tail && !strcmp(out + length - tail, suffix)) out[length - tail] = 0;
    /* Every other byte becomes a dash, and a name begins with a letter or a digit
       (spool_name_is_good). */
    for (char *c = out; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._+-", *c)) *c = '-';
    if (!isalnum((unsigned char)out[0])) out[0] = 'x';
}

/* 49_20260131T120000.123456_3fa9c1_mobilenet_v2: sorted by priority, then by time, and unique. */
static void spool_submit_make_name(const job_t *job, int priority, char out[SPOOL_NAME_MAX])
{
    char title[64];
    char moment[32];
    struct timespec now;
    struct tm parts;
    unsigned noise = 0;
    spool_submit_plain_name(job->file, ".yaml", title, sizeof title);
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &parts);
    (void)strftime(moment, sizeof moment, "%Y%m%dT%H%M%S", &parts);
    (void)getrandom(&noise, sizeof noise, 0);
    (void)snprintf(out, SPOOL_NAME_MAX, "%02d_%.16s.%06ld_%06x_%.64s",
                   SPOOL_PRIORITY_MAX - priority, moment, now.tv_nsec / 1000, noise & 0xffffffU,
                   title);
}

int spool_priority(const char *name)
{
    const bool numbered =
        isdigit((unsigned char)name[0]) && isdigit((unsigned char)name[1]) && name[2] == '_';
    return numbered ? SPOOL_PRIORITY_MAX - (10 * (name[0] - '0') + name[1] - '0') : 0;
}

/* ---- a job with all it names ----------------------------------------------------------------- */

/* A directory for files of that kind, and the place of one in it. */
static confx_status_t spool_submit_make_place(const place_t *entry, const char *kind,
                                              const char *name, const char *suffix, place_t *to)
{
    char file[SPOOL_NAME_MAX];
    (void)snprintf(file, sizeof file, "%s%s", name, suffix);
    TRY(place_of(to, entry->path, kind, NULL, NULL));
    TRY(place_make(to));
    return place_of(to, entry->path, kind, file, NULL);
}

static confx_status_t spool_submit_copy_file(const char *from, const place_t *entry,
                                             const char *kind, const char *name, const char *suffix)
{
    place_t to;
    char *text;
    size_t length;
    TRY(spool_submit_make_place(entry, kind, name, suffix, &to));
    TRY(file_load(from, FILE_USERS, SPOOL_JOB_BYTES_MAX, &text, &length));
    const confx_status_t status = file_write(to.path, text, length, NULL);
    free(text);
    return status;
}

/* A hardware file goes as one, whatever files of the user's it stands on. */
static confx_status_t spool_submit_copy_hardware(const char *from, const place_t *entry,
                                                 const char *name, const char *suffix)
{
    place_t to;
    char *text;
    TRY(spool_submit_make_place(entry, JOB_HARDWARE_KEY, name, suffix, &to));
    TRY(hardware_flatten(from, &text));
    const confx_status_t status = file_write(to.path, text, strlen(text), NULL);
    free(text);
    return status;
}

/* Give a key of the job's tree another text, in its place. */
static confx_status_t spool_submit_set(const job_t *job, const char *key, const char *text)
{
    yaml_t *part;
    TRY(yaml_pick(job->tree, key, key, text, &part));
    const confx_status_t status = yaml_merge(job->tree, part);
    yaml_close(part);
    return status;
}

/* It says what the file holds, and outlives the cutting of long names. */
static const char *spool_submit_known_suffix(const char *path)
{
    static const char *const suffixes[] = {".csv", ".m", ".yaml"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof suffixes / sizeof *suffixes; i++)
        if (!strcmp(dot, suffixes[i])) return suffixes[i];
    return "";
}

/* A user's file goes along, in a directory that is called like the key; the key becomes its path
   there. A shipped name stays what it is: the service has the same files. */
enum { PLACE_MAX = 160 };
static confx_status_t spool_submit_take_data(job_t *job, job_data_t data, const place_t *entry)
{
    const struct {
        const char *kind, *key, *name;
    } kinds[JOB_DATA_KINDS] = {
        [JOB_WORKLOAD] = {"workload", "workload",
                          yaml_is_list(job->tree, "workload") ? NULL : job->workload},
        [JOB_DATAFLOW] = {"dataflow", "dataflow", job->dataflow},
        [JOB_DATAFLOW_DEPTHWISE] = {"dataflow_depthwise", "dataflow_depthwise",
                                    job->dataflow_depthwise},
        [JOB_HARDWARE] = {JOB_HARDWARE_KEY,
                          yaml_is_map(job->tree, JOB_HARDWARE_KEY) ? JOB_HARDWARE_KEY ".base"
                                                                   : JOB_HARDWARE_KEY,
                          job->hardware},
        [JOB_BUDGET_DATAFLOW] = {"budget.of", "budget.of", job->budget.of},
    };
    char path[FILE_PATH_MAX];
    char name[96];
    char place[PLACE_MAX];
    if (!kinds[data].name || !yaml_has(job->tree, kinds[data].key)) return status_ok();
    TRY(job_find(job, data, path));
    if (!file_is_path(kinds[data].name)) return status_ok();
    const char *suffix = spool_submit_known_suffix(path);
    spool_submit_plain_name(path, suffix, name, sizeof name);
    /* The job names the copy from here on, by a path within its own directory. */
    if (data == JOB_HARDWARE)
        TRY(spool_submit_copy_hardware(path, entry, name, suffix));
    else
        TRY(spool_submit_copy_file(path, entry, kinds[data].kind, name, suffix));
    (void)snprintf(place, sizeof place, "%s/%s%s", kinds[data].kind, name, suffix);
    return spool_submit_set(job, kinds[data].key, place);
}

/* A file of a list likewise; *place: what the job calls it. Two of them may have one name in two
   directories. */
static confx_status_t spool_submit_take_listed(const job_t *job, job_data_t data, const char *key,
                                               size_t i, const place_t *entry,
                                               char place[PLACE_MAX])
{
    char path[FILE_PATH_MAX];
    char name[96];
    char numbered[128];
    TRY(job_find_dataflow(job, data, i, path));
    (void)snprintf(place, PLACE_MAX, "%s", job_dataflow(job, data, i));
    if (!file_is_path(job_dataflow(job, data, i))) return status_ok();
    const char *suffix = spool_submit_known_suffix(path);
    spool_submit_plain_name(path, suffix, name, sizeof name);
    (void)snprintf(numbered, sizeof numbered, "%s-%zu", name, i + 1);
    (void)snprintf(place, PLACE_MAX, "%s/%s%s", key, numbered, suffix);
    return spool_submit_copy_file(path, entry, key, numbered, suffix);
}

/* What was composed takes the place of that part of the job's tree; `status` is that of composing
   it. */
static confx_status_t spool_submit_take_text(const job_t *job, compose_t *text, const char *key,
                                             confx_status_t status)
{
    yaml_t *named = NULL;
    TRY(compose_end(text, key));
    if (status.code == CONFX_STATUS_OK) status = yaml_open(text->text, key, &named);
    free(text->text);
    TRY(status);
    status = yaml_merge(job->tree, named);
    yaml_close(named);
    return status;
}

/* The dataflows that a space lists, if it does: the list names the copies and the shipped files. */
static confx_status_t spool_submit_take_list(job_t *job, job_data_t data, const char *key,
                                             const place_t *entry)
{
    compose_t names;
    if (yaml_has(job->tree, key)) return status_ok();
    TRY(compose_begin(&names));
    confx_status_t status = status_ok();
    out_print(names.out, "space:\n  %s:\n", key);
    for (size_t i = 0; status.code == CONFX_STATUS_OK && i < job_dataflows(job, data); i++) {
        char place[PLACE_MAX];
        status = spool_submit_take_listed(job, data, key, i, entry, place);
        out_print(names.out, "    - %s\n", place);
    }
    return spool_submit_take_text(job, &names, key, status);
}

/* The networks of a list; each copy keeps its name, which is the network's. */
static confx_status_t spool_submit_take_network(const job_t *job, size_t i, const place_t *entry,
                                                char place[PLACE_MAX])
{
    char path[FILE_PATH_MAX];
    char name[96];
    (void)snprintf(place, PLACE_MAX, "%s", job->network[i].name);
    TRY(job_find_network(job, i, path));
    if (!file_is_path(job->network[i].name)) return status_ok();
    const char *suffix = spool_submit_known_suffix(path);
    spool_submit_plain_name(path, suffix, name, sizeof name);
    (void)snprintf(place, PLACE_MAX, "workload/%s%s", name, suffix);
    return spool_submit_copy_file(path, entry, "workload", name, suffix);
}

static confx_status_t spool_submit_take_networks(const job_t *job, const place_t *entry)
{
    compose_t names;
    if (!yaml_is_list(job->tree, "workload")) return status_ok();
    TRY(compose_begin(&names));
    confx_status_t status = status_ok();
    out_print(names.out, "workload:\n");
    for (size_t i = 0; status.code == CONFX_STATUS_OK && i < job->network_n; i++) {
        char place[PLACE_MAX];
        status = spool_submit_take_network(job, i, entry, place);
        out_print(names.out, "- {name: %s, weight: %.17g}\n", place, job->network[i].weight);
    }
    return spool_submit_take_text(job, &names, "workload", status);
}

static confx_status_t spool_submit_write_job(const job_t *job, const place_t *entry)
{
    place_t path;
    char *text;
    /* Where the run goes is for the service to say. */
    yaml_drop(job->tree, "output");
    TRY(place_of(&path, entry->path, "job.yaml", NULL, NULL));
    TRY(yaml_text(job->tree, &text));
    const confx_status_t status = file_write(path.path, text, strlen(text), NULL);
    free(text);
    return status;
}

/* So does the policy to start from. */
static confx_status_t spool_submit_take_policy(job_t *job, const place_t *entry)
{
    char path[FILE_PATH_MAX];
    if (!job->search.init) return status_ok();
    TRY(job_find_init(job, path));
    TRY(spool_submit_copy_file(path, entry, "policies", "policy", ".h5"));
    return spool_submit_set(job, "search.init", "policies/policy.h5");
}

static confx_status_t spool_submit_fill_entry(job_t *job, const place_t *entry)
{
    TRY(place_make(entry));
    for (int data = 0; data < JOB_DATA_KINDS; data++)
        TRY(spool_submit_take_data(job, (job_data_t)data, entry));
    TRY(spool_submit_take_networks(job, entry));
    TRY(spool_submit_take_list(job, JOB_DATAFLOW, "dataflow", entry));
    TRY(spool_submit_take_list(job, JOB_DATAFLOW_DEPTHWISE, "dataflow_depthwise", entry));
    TRY(spool_submit_take_policy(job, entry));
    return spool_submit_write_job(job, entry);
}

confx_status_t spool_submit(const char *directory, job_t *job, int priority,
                            char name[SPOOL_NAME_MAX])
{
    place_t entry;
    bool moved = false;
    TRY(spool_make(directory));
    spool_submit_make_name(job, priority, name);
    TRY(place_of(&entry, directory, SPOOL_TMP, name, NULL));
    /* It is composed in tmp/, where no service looks, and becomes a job by one rename. */
    assert(priority >= 0 && priority <= SPOOL_PRIORITY_MAX);
    confx_status_t status = spool_submit_fill_entry(job, &entry);
    if (status.code == CONFX_STATUS_OK)
        status = place_put(directory, spool_state_directory(SPOOL_QUEUED), name, &entry, &moved);
    if (status.code == CONFX_STATUS_OK && !moved)
        status = status_fail(CONFX_STATUS_IO, "%s: is gone", entry.path);
    if (status.code != CONFX_STATUS_OK) place_clear(&entry);
    return status;
}

/* ---- cancelling ------------------------------------------------------------------------------ */

confx_status_t spool_find_running(const char *directory, const char *name, bool *found)
{
    place_t place;
    char hidden[SPOOL_NAME_MAX + 16];
    char **services;
    size_t n;
    *found = false;
    TRY(place_of(&place, directory, spool_state_directory(SPOOL_RUNNING), NULL, NULL));
    TRY(place_names(&place, &services, &n));
    confx_status_t status = status_ok();
    /* While a service takes it into its keeping it has another name for a moment. */
    (void)snprintf(hidden, sizeof hidden, SPOOL_ORIGINAL "%s", name);
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK && !*found; i++)
        for (size_t j = 0; j < 3 && status.code == CONFX_STATUS_OK && !*found; j++) {
            status = place_of(&place, directory, spool_state_directory(SPOOL_RUNNING), services[i],
                              j == 1 ? hidden : name);
            if (status.code == CONFX_STATUS_OK) status = file_has(place.path, found);
        }
    file_names_close(services, n);
    return status;
}

/* The mark first: a job that is claimed, or put back, between two looks is met by one or the
   other. */
confx_status_t spool_cancel(const char *directory, const char *name, bool *running)
{
    place_t mark;
    place_t queued;
    bool moved = false;
    *running = false;
    if (!spool_name_is_good(name))
        return status_input(NULL, 0, name, "expected the name of a job, as `confx status' has it");
    TRY(place_of(&mark, directory, SPOOL_MARKS, name, NULL));
    TRY(place_of(&queued, directory, spool_state_directory(SPOOL_QUEUED), name, NULL));
    file_kind_t kind;
    TRY(file_look(directory, &kind));
    if (kind != FILE_DIRECTORY) return status_input(directory, 0, NULL, "expected a spool");
    TRY(spool_check(directory));
    TRY(file_write(mark.path, "", 0, NULL));
    /* A queued job is moved away at once; a rename that finds nothing means that a service has it,
       or nobody. A running one is left to its service, which looks for marks while it beats. */
    TRY(place_put(directory, spool_state_directory(SPOOL_CANCELLED), name, &queued, &moved));
    if (!moved) TRY(spool_find_running(directory, name, running));
    if (*running) return status_ok();
    /* From here on no service has it, and a mark that stays would cancel a later job of this name.
     */
    TRY(file_remove(mark.path));
    if (moved) return status_ok();
    return status_input(NULL, 0, name, "no job of this name is queued or running in %s", directory);
}
