/* A service of a spool: claims, signs of life, and the jobs of the dead. */
#include "confx/clock.h"
#include "confx/file.h"
#include "confx/try.h"
#include "spool/spool_service.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- opening --------------------------------------------------------------------------------- */

static void spool_name_service(spool_t *spool)
{
    char host[48] = "";
    unsigned noise = 0;
    (void)gethostname(host, sizeof host - 1);
    (void)getrandom(&noise, sizeof noise, 0);
    (void)snprintf(spool->service, sizeof spool->service, "%s-%ld-%06x", host, (long)getpid(),
                   noise & 0xffffffU);
    /* Graves take the name with a number behind it. */
    if (!spool_name_is_good(spool->service))
        (void)snprintf(spool->service, sizeof spool->service, "service-%ld-%06x", (long)getpid(),
                       noise & 0xffffffU);
}

static confx_status_t spool_write_beat(spool_t *spool)
{
    place_t place;
    char beat[BEAT_MAX];
    (void)snprintf(beat, sizeof beat, "%g %lu\n", spool->lease, spool->beats++);
    TRY(place_of(&place, spool->directory, SPOOL_SERVICES, spool->service, NULL));
    TRY(file_write(place.path, beat, strlen(beat), NULL));
    spool->beaten = clock_seconds();
    return status_ok();
}

static confx_status_t spool_begin(spool_t *spool, const char *directory)
{
    place_t place;
    TRY(spool_make(directory));
    if (snprintf(spool->directory, sizeof spool->directory, "%s", directory) >= FILE_PATH_MAX)
        return status_fail(CONFX_STATUS_IO, "the path is too long: %.100s...", directory);
    TRY(spool_token(directory, spool->token));
    spool_tidy(directory);
    spool_name_service(spool);
    /* The sign of life comes before the directory: one without the other is taken for dead only
       after its lease. */
    TRY(spool_write_beat(spool));
    TRY(spool_own_place(spool, NULL, &place));
    return place_make(&place);
}

confx_status_t spool_open(const char *directory, double lease_seconds, spool_t **opened)
{
    *opened = NULL;
    spool_t *spool = calloc(1, sizeof *spool);
    if (!spool) return status_fail(CONFX_STATUS_MEMORY, "no memory for a spool");
    spool->lease = lease_seconds;
    spool->listed = -INFINITY;
    const confx_status_t status = spool_begin(spool, directory);
    if (status.code == CONFX_STATUS_OK)
        *opened = spool;
    else
        spool_close(spool);
    return status;
}

/* Its directory and its sign of life stay when a job is in it still: another service will find them
   after the lease. A sign that stays because it cannot be removed is taken away by any later
   service, too (spool_look_at_sign). */
static void spool_leave(const spool_t *spool)
{
    place_t place;
    if (spool_own_place(spool, NULL, &place).code == CONFX_STATUS_OK && rmdir(place.path) != 0 &&
        errno != ENOENT)
        return;
    if (place_of(&place, spool->directory, SPOOL_SERVICES, spool->service, NULL).code !=
        CONFX_STATUS_OK)
        return;
    file_discard(place.path);
}

void spool_close(spool_t *spool)
{
    if (!spool) return;
    if (spool->service[0]) spool_leave(spool);
    file_names_close(spool->names, spool->names_n);
    file_names_close(spool->marks, spool->marks_n);
    free(spool->peers);
    free(spool);
}

/* ---- claiming -------------------------------------------------------------------------------- */

static void spool_list_queue(spool_t *spool)
{
    const double least = 0.5;
    const double before = clock_seconds();
    place_t queue;
    char **names;
    size_t n;
    if (before - spool->listed < spool->pause) return;
    if (place_of(&queue, spool->directory, spool_state_directory(SPOOL_QUEUED), NULL, NULL).code !=
        CONFX_STATUS_OK)
        return;
    /* A queue that cannot be listed for the moment is listed at the next call; what is known of it
       stays. */
    if (place_names(&queue, &names, &n).code != CONFX_STATUS_OK) return;
    file_names_close(spool->names, spool->names_n);
    spool->names = names;
    spool->names_n = n;
    spool->next = 0;
    spool->listed = clock_seconds();
    /* A long queue on a slow disk takes its time to list: that is to be a fiftieth of the time at
       most. */
    spool->pause = fmax(least, 50 * (spool->listed - before));
}

static bool spool_claim_one(const spool_t *spool, const char *name)
{
    place_t from;
    place_t to;
    bool moved = false;
    if (place_of(&from, spool->directory, spool_state_directory(SPOOL_QUEUED), name, NULL).code !=
            CONFX_STATUS_OK ||
        spool_own_place(spool, name, &to).code != CONFX_STATUS_OK ||
        place_refused(&from, geteuid()))
        return false;
    return place_move(&from, &to, &moved).code == CONFX_STATUS_OK && moved;
}

bool spool_claim(spool_t *spool, char name[SPOOL_NAME_MAX])
{
    spool_list_queue(spool);
    /* Names that other services have taken since the listing are passed over: for them the rename
       fails. */
    while (spool->next < spool->names_n) {
        const char *candidate = spool->names[spool->next++];
        if (!spool_claim_one(spool, candidate)) continue;
        (void)snprintf(name, SPOOL_NAME_MAX, "%s", candidate);
        return true;
    }
    return false;
}

size_t spool_queued(const spool_t *spool)
{
    assert(spool->next <= spool->names_n);
    return spool->names_n - spool->next;
}

/* ---- marks ----------------------------------------------------------------------------------- */

static confx_status_t spool_read_marks(spool_t *spool)
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

/* ---- the others ------------------------------------------------------------------------------ */

static peer_t *spool_find_peer(spool_t *spool, const char *name)
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
static void spool_listen(const spool_t *spool, peer_t *peer)
{
    place_t place;
    char *text = NULL;
    double lease;
    if (place_of(&place, spool->directory, SPOOL_SERVICES, peer->name, NULL).code !=
        CONFX_STATUS_OK)
        return;
    if (file_load(place.path, FILE_OURS, BEAT_MAX, &text, NULL).code != CONFX_STATUS_OK) return;
    /* Only that the sign changes counts, by the clock of this process: the clocks of two nodes are
       never compared. */
    if (strncmp(peer->beat, text, BEAT_MAX - 1) != 0) {
        (void)snprintf(peer->beat, sizeof peer->beat, "%s", text);
        peer->since = clock_seconds();
        if (sscanf(text, "%lf", &lease) == 1 && lease > 0) peer->lease = lease;
    }
    free(text);
}

/* A failed job that the dead service was about to put away with its reason. It goes back into the
   queue, and fails once more: so its reason is told, which may not have been written yet. */
static confx_status_t spool_bury_wrapped(const spool_t *spool, const place_t *grave,
                                         const char *name)
{
    const char *plain = name + strlen(SPOOL_WRAPPED);
    place_t wrapped;
    place_t entry;
    bool moved;
    TRY(place_of(&wrapped, grave->path, name, NULL, NULL));
    TRY(place_of(&entry, wrapped.path, plain, NULL, NULL));
    if (spool_name_is_good(plain))
        TRY(place_put(spool->directory, spool_state_directory(SPOOL_QUEUED), plain, &entry,
                      &moved));
    place_clear(&wrapped);
    return status_ok();
}

/* One job of the dead. A service that was killed while it took the job into its keeping
   (spool_adopt.c) has left an original beside its copy, or instead of it, and maybe half a copy,
   which is of no use. */
static confx_status_t spool_bury_one(const spool_t *spool, const place_t *grave, const char *name)
{
    place_t entry;
    bool moved;
    bool mine;
    if (strncmp(name, SPOOL_WRAPPED, strlen(SPOOL_WRAPPED)) == 0)
        return spool_bury_wrapped(spool, grave, name);
    const size_t hidden = strlen(SPOOL_ORIGINAL);
    const bool original = strncmp(name, SPOOL_ORIGINAL, hidden) == 0;
    const char *plain = original ? name + hidden : name;
    /* A complete copy goes before its original; where there is none, the original is the job. */
    TRY(place_of(&entry, grave->path, plain, NULL, NULL));
    TRY(spool_is_mine(&entry, &mine));
    if (original && !mine) {
        TRY(place_of(&entry, grave->path, name, NULL, NULL));
        TRY(spool_is_mine(&entry, &mine));
    }
    if (mine && spool_name_is_good(plain))
        return place_put(spool->directory, spool_state_directory(SPOOL_QUEUED), plain, &entry,
                         &moved);
    place_clear(&entry);
    return status_ok();
}

static confx_status_t spool_bury_all(const spool_t *spool, const place_t *grave)
{
    char **names;
    size_t n;
    TRY(file_list(grave->path, &names, &n));
    confx_status_t status = status_ok();
    /* Originals come first ("." sorts before letters and digits): one whose copy is complete finds
       that under its name and sends it on; so it is found missing, and cleared, when its own turn
       comes a second time. */
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++)
        status = spool_bury_one(spool, grave, names[i]);
    file_names_close(names, n);
    /* What is left in it by now is of no use to anybody. */
    if (status.code == CONFX_STATUS_OK) place_clear(grave);
    return status;
}

/* Back into the queue with its jobs. The whole directory is moved first: so one of many services
   does it, and the dead one, should it wake up, finds nothing of it. A grave left half emptied is
   that of a service without a sign of life, and buried like others. */
static confx_status_t spool_bury(spool_t *spool, const peer_t *peer)
{
    place_t place;
    place_t grave;
    char name[SPOOL_NAME_MAX + 24];
    bool moved;
    TRY(place_of(&place, spool->directory, SPOOL_SERVICES, peer->name, NULL));
    /* Its sign goes first. Should it wake up from here on, it finds itself taken for dead. */
    TRY(file_remove(place.path));
    TRY(place_of(&place, spool->directory, spool_state_directory(SPOOL_RUNNING), peer->name, NULL));
    (void)snprintf(name, sizeof name, "%s.%lu", spool->service, ++spool->buried);
    TRY(place_of(&grave, spool->directory, spool_state_directory(SPOOL_RUNNING), name, NULL));
    /* Of several services that bury it at once the rename succeeds for one. */
    TRY(place_move(&place, &grave, &moved));
    return moved ? spool_bury_all(spool, &grave) : status_ok();
}

static confx_status_t spool_look_at(spool_t *spool, const char *name)
{
    if (!strcmp(name, spool->service)) return status_ok();
    peer_t *peer = spool_find_peer(spool, name);
    if (!peer) return status_fail(CONFX_STATUS_MEMORY, "no memory for a service");
    spool_listen(spool, peer);
    peer->seen = true;
    /* Silent for longer than it promised: the lease is the one that its own sign tells. */
    return clock_seconds() - peer->since > peer->lease ? spool_bury(spool, peer) : status_ok();
}

/* A sign of life without a directory in running/ is that of a service which was killed while it
   began, or could not remove the sign when it ended. Nothing else hangs on it, so a failure is left
   to the next look. Those that have a directory were seen in this look already. */
static confx_status_t spool_look_at_sign(spool_t *spool, const char *name)
{
    place_t place;
    if (!strcmp(name, spool->service) || file_is_temporary(name)) return status_ok();
    peer_t *peer = spool_find_peer(spool, name);
    if (!peer) return status_fail(CONFX_STATUS_MEMORY, "no memory for a service");
    if (peer->seen) return status_ok();
    spool_listen(spool, peer);
    peer->seen = true;
    if (clock_seconds() - peer->since <= peer->lease) return status_ok();
    TRY(place_of(&place, spool->directory, SPOOL_SERVICES, name, NULL));
    (void)file_remove(place.path);
    return status_ok();
}

static void spool_forget_unseen(spool_t *spool)
{
    size_t kept = 0;
    for (size_t i = 0; i < spool->peers_n; i++)
        if (spool->peers[i].seen) spool->peers[kept++] = spool->peers[i];
    spool->peers_n = kept;
    for (size_t i = 0; i < kept; i++) spool->peers[i].seen = false;
}

static confx_status_t spool_look_in(spool_t *spool, const char *directory,
                                    confx_status_t (*look)(spool_t *, const char *))
{
    place_t place;
    char **names;
    size_t n;
    TRY(place_of(&place, spool->directory, directory, NULL, NULL));
    TRY(place_names(&place, &names, &n));
    confx_status_t status = status_ok();
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++) status = look(spool, names[i]);
    file_names_close(names, n);
    return status;
}

static confx_status_t spool_look_at_all(spool_t *spool)
{
    confx_status_t status =
        /* Directories come first. What signs are left then have none. */
        spool_look_in(spool, spool_state_directory(SPOOL_RUNNING), spool_look_at);
    if (status.code == CONFX_STATUS_OK)
        status = spool_look_in(spool, SPOOL_SERVICES, spool_look_at_sign);
    spool_forget_unseen(spool);
    spool->looked = clock_seconds();
    return status;
}

/* ---- signs of life --------------------------------------------------------------------------- */

static confx_status_t spool_check_alive(const spool_t *spool)
{
    place_t place;
    TRY(place_of(&place, spool->directory, SPOOL_SERVICES, spool->service, NULL));
    bool has;
    TRY(file_has(place.path, &has));
    if (has) return status_ok();
    return status_fail(
        CONFX_STATUS_STOPPED,
        "%s: taken for dead after %g s without a sign of life; another service has its jobs",
        spool->service, spool->lease);
}

confx_status_t spool_beat(spool_t *spool)
{
    const double now = clock_seconds();
    const double span = spool->lease / 6;
    /* A service is called often, and looks around once a second at most; with a short lease more
       often, so that no sign of life is given too late. */
    if (now - spool->looked < fmin(span, 1)) return status_ok();
    TRY(spool_check_alive(spool));
    TRY(spool_check(spool->directory));
    if (now - spool->beaten >= span) TRY(spool_write_beat(spool));
    TRY(spool_read_marks(spool));
    return spool_look_at_all(spool);
}
