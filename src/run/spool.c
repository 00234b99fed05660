/* A service of a spool: claims, signs of life, and the jobs of the dead. */
#include "confx/clock.h"
#include "confx/file.h"
#include "confx/owner.h"
#include "confx/try.h"
#include "confx/yaml.h"
#include "spool_place.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BEAT_MAX = 64, JOB_BYTES_MAX = 32768 };

/* Another service, as seen from here. */
typedef struct {
    char name[SPOOL_NAME_MAX];
    char beat[BEAT_MAX]; /* its last sign of life */
    double since;        /* clock when that was first seen */
    double lease;
    bool seen; /* in this look */
} peer_t;

struct spool {
    char directory[FILE_PATH_MAX];
    char service[SPOOL_NAME_MAX];
    double lease;
    unsigned long beats;
    double beaten, looked; /* clock of the last sign of life, of the last look at the others */
    char **names;          /* of the queue, in order; those before `next` have been tried */
    size_t names_n, next;
    double listed, pause; /* clock of the last listing; least time between two */
    char **marks;
    size_t marks_n;
    peer_t *peers;
    size_t peers_n;
};

/* ---- opening ------------------------------------------------------------------------------------------------------
 */

static void name_service(spool_t *spool)
{
    char host[48] = "";
    unsigned noise = 0;
    (void)gethostname(host, sizeof host - 1);
    (void)getrandom(&noise, sizeof noise, 0);
    (void)snprintf(spool->service, sizeof spool->service, "%s-%ld-%06x", host, (long)getpid(), noise & 0xffffffU);
    if (!spool_name_is_good(spool->service))
        (void)snprintf(spool->service, sizeof spool->service, "service-%ld-%06x", (long)getpid(), noise & 0xffffffU);
}

static confx_status_t write_beat(spool_t *spool)
{
    place_t place;
    char beat[BEAT_MAX];
    (void)snprintf(beat, sizeof beat, "%g %lu\n", spool->lease, spool->beats++);
    TRY(place_of(&place, spool->directory, SPOOL_SERVICES, spool->service, NULL));
    TRY(file_write(place.path, beat, strlen(beat), NULL));
    spool->beaten = clock_seconds();
    return status_ok();
}

static confx_status_t begin(spool_t *spool, const char *directory)
{
    place_t place;
    TRY(spool_make(directory));
    if (snprintf(spool->directory, sizeof spool->directory, "%s", directory) >= FILE_PATH_MAX)
        return status_fail(CONFX_STATUS_IO, "the path is too long: %.100s...", directory);
    name_service(spool);
    TRY(write_beat(spool));
    TRY(place_of(&place, directory, spool_state_directory(SPOOL_RUNNING), spool->service, NULL));
    return file_make_directory(place.path);
}

confx_status_t spool_open(const char *directory, double lease_seconds, spool_t **opened)
{
    *opened = NULL;
    spool_t *spool = calloc(1, sizeof *spool);
    if (!spool) return status_fail(CONFX_STATUS_MEMORY, "no memory for a spool");
    spool->lease = lease_seconds;
    spool->listed = -INFINITY;
    const confx_status_t status = begin(spool, directory);
    if (status.code == CONFX_STATUS_OK)
        *opened = spool;
    else
        free(spool);
    return status;
}

/* Its directory stays when a job is in it still: another service will find that after the lease. */
void spool_close(spool_t *spool)
{
    place_t place;
    if (!spool) return;
    const bool running =
        place_of(&place, spool->directory, spool_state_directory(SPOOL_RUNNING), spool->service, NULL).code ==
            CONFX_STATUS_OK &&
        rmdir(place.path) != 0 && errno != ENOENT;
    if (!running && place_of(&place, spool->directory, SPOOL_SERVICES, spool->service, NULL).code == CONFX_STATUS_OK)
        (void)file_remove(place.path);
    file_names_close(spool->names, spool->names_n);
    file_names_close(spool->marks, spool->marks_n);
    free(spool->peers);
    free(spool);
}

/* ---- claiming -----------------------------------------------------------------------------------------------------
 */

static void list_queue(spool_t *spool)
{
    const double least = 0.5;
    const double before = clock_seconds();
    place_t queue;
    char **names;
    size_t n;
    if (before - spool->listed < spool->pause) return;
    if (place_of(&queue, spool->directory, spool_state_directory(SPOOL_QUEUED), NULL, NULL).code != CONFX_STATUS_OK)
        return;
    if (place_names(&queue, &names, &n).code != CONFX_STATUS_OK) return;
    file_names_close(spool->names, spool->names_n);
    spool->names = names;
    spool->names_n = n;
    spool->next = 0;
    spool->listed = clock_seconds();
    spool->pause = fmax(least, 50 * (spool->listed - before));
}

static bool claim_one(const spool_t *spool, const char *name)
{
    place_t from;
    place_t to;
    bool moved = false;
    if (place_of(&from, spool->directory, spool_state_directory(SPOOL_QUEUED), name, NULL).code != CONFX_STATUS_OK ||
        place_of(&to, spool->directory, spool_state_directory(SPOOL_RUNNING), spool->service, name).code !=
            CONFX_STATUS_OK)
        return false;
    return place_move(&from, &to, &moved).code == CONFX_STATUS_OK && moved;
}

bool spool_claim(spool_t *spool, char name[SPOOL_NAME_MAX])
{
    list_queue(spool);
    while (spool->next < spool->names_n) {
        const char *candidate = spool->names[spool->next++];
        if (!claim_one(spool, candidate)) continue;
        (void)snprintf(name, SPOOL_NAME_MAX, "%s", candidate);
        return true;
    }
    return false;
}

size_t spool_queued(const spool_t *spool)
{
    return spool->names_n - spool->next;
}

/* ---- a job --------------------------------------------------------------------------------------------------------
 */

/* People put all sorts of things into a queue. */
static confx_status_t check_entry(const spool_t *spool, const char *name, const place_t *entry)
{
    struct stat facts;
    if (lstat(entry->path, &facts) != 0 || S_ISDIR(facts.st_mode)) return place_check(entry);
    return status_input(name, 0, NULL,
                        "is a file, expected a job with all it names; put one in by `confx submit --spool %.100s "
                        "JOB.yaml'",
                        spool->directory);
}

static confx_status_t read_text(const char *name, const place_t *file, char **text)
{
    struct stat facts;
    if (lstat(file->path, &facts) != 0)
        return status_input(name, 0, NULL, "holds no job.yaml, which `confx submit --spool' would have put there");
    if (!S_ISREG(facts.st_mode)) return status_input(name, 0, NULL, "expected a plain file job.yaml in it");
    if (facts.st_size > JOB_BYTES_MAX)
        return status_input(name, 0, NULL, "expected a job.yaml of at most %d bytes, found %lld", JOB_BYTES_MAX,
                            (long long)facts.st_size);
    return file_read(file->path, text, NULL);
}

/* A shipped name, or the path of a file that lies in the job's own directory: KEY/FILE, where spool_submit puts it, or
   FILE. */
static bool is_own_name(const job_t *job, const char *key, const char *name)
{
    const size_t length = strlen(key);
    const bool kept = strncmp(name, key, length) == 0 && name[length] == '/';
    char path[FILE_PATH_MAX];
    char directory[FILE_PATH_MAX];
    if (!spool_name_is_good(kept ? name + length + 1 : name)) return false;
    if (!file_is_path(name)) return true;
    return file_directory(job->file, directory).code == CONFX_STATUS_OK &&
           file_join(directory, name, path).code == CONFX_STATUS_OK && file_exists(path);
}

static confx_status_t check_names(const job_t *job)
{
    const struct {
        const char *key, *name;
    } names[] = {{"workload", job->workload},
                 {"dataflow", job->dataflow},
                 {"dataflow_depthwise", job->dataflow_depthwise},
                 {"hardware", job->hardware}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!is_own_name(job, names[i].key, names[i].name))
            return yaml_refuse(job->tree, names[i].key,
                               "expected a shipped name, or the name of a file that came with the job, found \"%.80s\"",
                               names[i].name);
    return status_ok();
}

static confx_status_t parse_job(const char *text, const place_t *file, const place_t *run, job_t **job)
{
    yaml_t *over;
    TRY(yaml_open("{}", "spool", &over));
    confx_status_t status = yaml_add(over, "output", run->path);
    if (status.code == CONFX_STATUS_OK) status = job_parse_over(text, file->path, over, job);
    yaml_close(over);
    return status;
}

confx_status_t spool_job(const spool_t *spool, const char *name, job_t **job)
{
    place_t entry;
    place_t file;
    place_t run;
    char *text = NULL;
    *job = NULL;
    TRY(place_of(&entry, spool->directory, spool_state_directory(SPOOL_RUNNING), spool->service, name));
    TRY(place_of(&file, entry.path, "job.yaml", NULL, NULL));
    TRY(place_of(&run, entry.path, "run", NULL, NULL));
    TRY(check_entry(spool, name, &entry));
    /* The job was moved here by one service alone. One that was taken for dead, and has not let go of the run, finds
       that its path leads nowhere. */
    TRY(owner_forget(run.path));
    TRY(read_text(name, &file, &text));
    confx_status_t status = parse_job(text, &file, &run, job);
    free(text);
    if (*job && status.code == CONFX_STATUS_OK) status = check_names(*job);
    if (status.code == CONFX_STATUS_OK) return status;
    job_close(*job);
    *job = NULL;
    return status;
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *tell_outcome(const confx_status_t *outcome, const run_result_t *result)
{
    json_t *told = json_pack("{s:s, s:s}", "status", confx_status_text(outcome->code), "message", outcome->message);
    if (!told || !result) return told;
    json_object_set_new(told, "run", json_string(result->status));
    json_object_set_new(told, "samples", json_integer((json_int_t)result->samples));
    json_object_set_new(told, "samples_total", json_integer((json_int_t)result->samples_total));
    json_object_set_new(told, "best", number(result->best));
    json_object_set_new(told, "constraint", number(result->constraint));
    json_object_set_new(told, "budget", number(result->budget));
    json_object_set_new(told, "lower_bound", number(result->lower_bound));
    json_object_set_new(told, "optimum", number(result->optimum));
    json_object_set_new(told, "gap", number(result->gap));
    json_object_set_new(told, "seconds", number(result->seconds));
    return told;
}

static confx_status_t write_outcome(const place_t *entry, const confx_status_t *outcome, const run_result_t *result)
{
    place_t path;
    TRY(place_of(&path, entry->path, "outcome.json", NULL, NULL));
    json_t *told = tell_outcome(outcome, result);
    char *text = told ? json_dumps(told, JSON_INDENT(2)) : NULL;
    json_decref(told);
    const confx_status_t status = text ? file_write(path.path, text, strlen(text), NULL)
                                       : status_fail(CONFX_STATUS_MEMORY, "%s: no memory for it", path.path);
    free(text);
    return status;
}

static void drop_mark(const spool_t *spool, const char *name)
{
    place_t mark;
    if (!spool_is_cancelled(spool, name)) return;
    if (place_of(&mark, spool->directory, SPOOL_MARKS, name, NULL).code == CONFX_STATUS_OK)
        (void)file_remove(mark.path);
}

/* Taken over meanwhile: what this service wrote since is nobody's. */
static bool is_mine(const place_t *entry)
{
    place_t file;
    struct stat facts;
    if (lstat(entry->path, &facts) == 0 && !S_ISDIR(facts.st_mode)) return true; /* no job at all, and mine */
    return place_of(&file, entry->path, "job.yaml", NULL, NULL).code == CONFX_STATUS_OK && file_exists(file.path);
}

/* What is no directory has no room for the reason why it failed: into one that has, under its own name. */
static confx_status_t wrap(const spool_t *spool, const char *name, place_t *entry)
{
    place_t wrapped;
    place_t inside;
    bool moved;
    TRY(place_of(&wrapped, spool->directory, SPOOL_TMP, spool->service, NULL));
    TRY(place_of(&inside, wrapped.path, name, NULL, NULL));
    TRY(file_make_directory(wrapped.path));
    TRY(place_move(entry, &inside, &moved));
    *entry = wrapped;
    return status_ok();
}

confx_status_t spool_put(spool_t *spool, const char *name, spool_state_t state, const confx_status_t *outcome,
                         const run_result_t *result)
{
    place_t entry;
    bool moved;
    TRY(place_of(&entry, spool->directory, spool_state_directory(SPOOL_RUNNING), spool->service, name));
    struct stat facts;
    const bool here = lstat(entry.path, &facts) == 0;
    if (state == SPOOL_FAILED && here && !S_ISDIR(facts.st_mode)) TRY(wrap(spool, name, &entry));
    const bool begun = file_is_directory(entry.path);
    if (state != SPOOL_FAILED && !is_mine(&entry)) {
        place_clear(&entry);
        return status_ok();
    }
    if (state != SPOOL_QUEUED && begun) TRY(write_outcome(&entry, outcome, result));
    if (state != SPOOL_QUEUED) drop_mark(spool, name);
    return place_put(spool->directory, spool_state_directory(state), name, &entry, &moved);
}

/* ---- marks --------------------------------------------------------------------------------------------------------
 */

static confx_status_t read_marks(spool_t *spool)
{
    place_t place;
    file_names_close(spool->marks, spool->marks_n);
    spool->marks = NULL;
    spool->marks_n = 0;
    TRY(place_of(&place, spool->directory, SPOOL_MARKS, NULL, NULL));
    return place_names(&place, &spool->marks, &spool->marks_n);
}

bool spool_is_cancelled(const spool_t *spool, const char *name)
{
    for (size_t i = 0; i < spool->marks_n; i++)
        if (!strcmp(spool->marks[i], name)) return true;
    return false;
}

/* ---- the others ---------------------------------------------------------------------------------------------------
 */

static peer_t *find_peer(spool_t *spool, const char *name)
{
    for (size_t i = 0; i < spool->peers_n; i++)
        if (!strcmp(spool->peers[i].name, name)) return &spool->peers[i];
    peer_t *grown = realloc(spool->peers, (spool->peers_n + 1) * sizeof *grown);
    if (!grown) return NULL;
    spool->peers = grown;
    peer_t *peer = &grown[spool->peers_n++];
    *peer = (peer_t){.since = clock_seconds(), .lease = spool->lease};
    (void)snprintf(peer->name, sizeof peer->name, "%s", name);
    return peer;
}

/* Its last sign of life; none at all counts as one that never changes. */
static void listen(const spool_t *spool, peer_t *peer)
{
    place_t place;
    char *text = NULL;
    double lease;
    if (place_of(&place, spool->directory, SPOOL_SERVICES, peer->name, NULL).code != CONFX_STATUS_OK) return;
    if (file_read(place.path, &text, NULL).code != CONFX_STATUS_OK) return;
    if (strncmp(peer->beat, text, BEAT_MAX - 1) != 0) {
        (void)snprintf(peer->beat, sizeof peer->beat, "%s", text);
        peer->since = clock_seconds();
        if (sscanf(text, "%lf", &lease) == 1 && lease > 0) peer->lease = lease;
    }
    free(text);
}

/* Back into the queue with its jobs. Others may be doing the same: each job is moved by one of them. */
static confx_status_t bury(const spool_t *spool, const peer_t *peer)
{
    place_t place;
    place_t entry;
    char **names;
    size_t n;
    TRY(place_of(&place, spool->directory, SPOOL_SERVICES, peer->name, NULL));
    TRY(file_remove(place.path));
    TRY(place_of(&place, spool->directory, spool_state_directory(SPOOL_RUNNING), peer->name, NULL));
    if (place_names(&place, &names, &n).code != CONFX_STATUS_OK) return status_ok();
    confx_status_t status = status_ok();
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++) {
        bool moved;
        status = place_of(&entry, place.path, names[i], NULL, NULL);
        if (status.code != CONFX_STATUS_OK) break;
        if (is_mine(&entry))
            status = place_put(spool->directory, spool_state_directory(SPOOL_QUEUED), names[i], &entry, &moved);
        else
            place_clear(&entry);
    }
    file_names_close(names, n);
    (void)rmdir(place.path);
    return status;
}

static confx_status_t look_at(spool_t *spool, const char *name)
{
    if (!strcmp(name, spool->service)) return status_ok();
    peer_t *peer = find_peer(spool, name);
    if (!peer) return status_fail(CONFX_STATUS_MEMORY, "no memory for a service");
    listen(spool, peer);
    peer->seen = true;
    return clock_seconds() - peer->since > peer->lease ? bury(spool, peer) : status_ok();
}

static void forget_unseen(spool_t *spool)
{
    size_t kept = 0;
    for (size_t i = 0; i < spool->peers_n; i++)
        if (spool->peers[i].seen) spool->peers[kept++] = spool->peers[i];
    spool->peers_n = kept;
    for (size_t i = 0; i < kept; i++) spool->peers[i].seen = false;
}

static confx_status_t look_at_all(spool_t *spool)
{
    place_t place;
    char **names;
    size_t n;
    TRY(place_of(&place, spool->directory, spool_state_directory(SPOOL_RUNNING), NULL, NULL));
    TRY(place_names(&place, &names, &n));
    confx_status_t status = status_ok();
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++) status = look_at(spool, names[i]);
    file_names_close(names, n);
    forget_unseen(spool);
    spool->looked = clock_seconds();
    return status;
}

/* ---- signs of life ------------------------------------------------------------------------------------------------
 */

static confx_status_t check_alive(const spool_t *spool)
{
    place_t place;
    TRY(place_of(&place, spool->directory, SPOOL_SERVICES, spool->service, NULL));
    if (file_exists(place.path)) return status_ok();
    return status_fail(CONFX_STATUS_STOPPED,
                       "%s: taken for dead after %g s without a sign of life; another service has its jobs",
                       spool->service, spool->lease);
}

confx_status_t spool_beat(spool_t *spool)
{
    const double now = clock_seconds();
    const double span = spool->lease / 6;
    if (now - spool->looked < fmin(span, 1)) return status_ok();
    TRY(check_alive(spool));
    if (now - spool->beaten >= span) TRY(write_beat(spool));
    TRY(read_marks(spool));
    return look_at_all(spool);
}
