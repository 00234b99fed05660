/* Who owns a directory, as a text, and whether that process still is. */
#include "run/owner_record.h"
#include "confx/text.h"
#include "confx/try.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static const char owner_mark[] = "# the confx process that owns this directory\n";

/* ---- this process ---------------------------------------------------------------------------- */

/* The first line of a small file of /proc, "" where there is none. */
static void owner_record_read_line(const char *path, char *line, size_t room)
{
    line[0] = 0;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t length = file < 0 ? -1 : read(file, line, room - 1);
    line[length > 0 ? length : 0] = 0;
    line[strcspn(line, "\n")] = 0;
    if (file >= 0) (void)close(file);
}

/* When a process was started, and whether it is more than a dead one that nobody has waited for;
   false where /proc does not say. Its name, in brackets, may hold anything, brackets and blanks
   too. */
static bool owner_record_read_process(int64_t process, uint64_t *started, bool *alive)
{
    char path[64];
    char line[1024];
    char state = 0;
    (void)snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", process);
    owner_record_read_line(path, line, sizeof line);
    const char *rest = strrchr(line, ')');
    /* Behind the last bracket the line has only blanks and fields, whatever the name holds. */
    if (!rest) return false;
    /* Fields 3 (state) and 22 (starttime) of proc(5). */
    if (sscanf(
            rest + 1,
            " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %" SCNu64,
            &state, started) != 2)
        return false;
    *alive = state != 'Z' && state != 'X' && state != 'x';
    return true;
}

/* Only where /proc shows the processes of this space: another one may be mounted there. */
static uint64_t owner_record_find_space(void)
{
    struct stat facts;
    char self[32] = "";
    char own[32];
    const ssize_t length = readlink("/proc/self", self, sizeof self - 1);
    (void)snprintf(own, sizeof own, "%ld", (long)getpid());
    if (length <= 0 || strcmp(self, own) != 0) return 0;
    return stat("/proc/self/ns/pid", &facts) == 0 ? (uint64_t)facts.st_ino : 0;
}

static confx_status_t owner_record_draw_id(char id[OWNER_ID_MAX])
{
    unsigned char noise[16];
    if (getrandom(noise, sizeof noise, 0) != (ssize_t)sizeof noise)
        return status_fail(CONFX_STATUS_IO, "no random number for an owner's id: %s",
                           strerror(errno));
    for (size_t i = 0; i < sizeof noise; i++)
        (void)snprintf(id + 2 * i, OWNER_ID_MAX - 2 * i, "%02x", noise[i]);
    return status_ok();
}

confx_status_t owner_record_make(uint64_t directory, double lease, owner_record_t *record)
{
    bool alive;
    *record = (owner_record_t){
        .directory = directory, .lease = lease, .process = getpid(), .known = true};
    TRY(owner_record_draw_id(record->id));
    if (gethostname(record->host, sizeof record->host - 1) != 0 || !record->host[0])
        (void)snprintf(record->host, sizeof record->host, "unknown");
    /* A newline in the name would end its line in the record too early. */
    for (char *c = record->host; *c; c++)
        if (*c == '\n') *c = ' ';
    owner_record_read_line("/proc/sys/kernel/random/boot_id", record->boot, sizeof record->boot);
    record->space = owner_record_find_space();
    /* Without a time of start a number that is used again could not be told: nobody is to go by the
       number then. */
    if (!owner_record_read_process(record->process, &record->started, &alive)) record->space = 0;
    clock_iso(record->since);
    return status_ok();
}

/* ---- the text -------------------------------------------------------------------------------- */

/* The last line says that the text is whole. */
void owner_record_write(const owner_record_t *record, char text[OWNER_TEXT_MAX])
{
    (void)snprintf(text, OWNER_TEXT_MAX,
                   "%shost %s\nboot %s\nspace %" PRIu64 "\nprocess %" PRId64 "\nstarted %" PRIu64
                   "\ndirectory %" PRIu64 "\nlocked %d\nlease %.17g\nsince %s\nid %s\n",
                   owner_mark, record->host, record->boot[0] ? record->boot : "-", record->space,
                   record->process, record->started, record->directory, record->locked,
                   record->lease, record->since, record->id);
}

static bool owner_record_parse(const char *text, owner_record_t *record)
{
    int locked = 0;
    int end = 0;
    owner_record_t found = {.known = true};
    const int fields =
        sscanf(text + strlen(owner_mark),
               "host %79[^\n] boot %39s space %" SCNu64 " process %" SCNd64 " started %" SCNu64
               " directory %" SCNu64 " locked %d lease %lf since %31s id %32[0-9a-f]%n",
               found.host, found.boot, &found.space, &found.process, &found.started,
               &found.directory, &locked, &found.lease, found.since, found.id, &end);
    /* The text must end right behind the id, so that a record that was cut off is none. */
    if (fields != 10 || strlen(found.id) != 32 ||
        strcmp(text + strlen(owner_mark) + end, "\n") != 0)
        return false;
    if (found.process <= 0 || !(found.lease > 0)) return false;
    if (!strcmp(found.boot, "-")) found.boot[0] = 0;
    found.locked = locked == 1;
    *record = found;
    return true;
}

void owner_record_bare(const struct stat *facts, owner_record_t *record)
{
    (void)snprintf(record->id, sizeof record->id, "part-%" PRIx64, (uint64_t)facts->st_ino);
}

confx_status_t owner_record_read(int file, const char *path, const struct stat *facts,
                                 owner_record_t *record)
{
    char text[OWNER_TEXT_MAX];
    const size_t mark = strlen(owner_mark);
    if (!S_ISREG(facts->st_mode))
        return status_input(path, 0, NULL, "expected a plain file of confx's own");
    const ssize_t length = pread(file, text, sizeof text - 1, 0);
    if (length < 0)
        return status_fail(CONFX_STATUS_IO, "%s: cannot be read: %s", path, strerror(errno));
    text[length] = 0;
    /* What is being written may have a part of its first line only, or nothing, and is compared
       that far. */
    const size_t compared = (size_t)length < mark ? (size_t)length : mark;
    if (strncmp(text, owner_mark, compared) != 0)
        return status_input(path, 0, NULL,
                            "is not of confx, which keeps there who is at work in the directory; "
                            "give it another name");
    if ((size_t)length > mark && owner_record_parse(text, record)) return status_ok();
    /* Made, and not yet written, where the file system knows no links; bare; or lost in a power
       cut. */
    *record = (owner_record_t){.lease = 0};
    owner_record_bare(facts, record);
    return status_ok();
}

/* ---- is it there ----------------------------------------------------------------------------- */

/* Locks of an open file description: those of a process would fall with any other descriptor of the
   same file. */
bool owner_lock(int file)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(file, F_OFD_SETLK, &lock) == 0;
}

static bool owner_record_is_locked(int file)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(file, F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

static bool owner_record_process_is_there(const owner_record_t *record)
{
    uint64_t started;
    bool alive;
    if (kill((pid_t)record->process, 0) != 0 && errno == ESRCH) return false;
    /* Of other users /proc may show nothing: then it is there. */
    if (!owner_record_read_process(record->process, &started, &alive)) return true;
    /* The system may have given the number to another process since; that one was started at
       another time. */
    return alive && started == record->started;
}

owner_verdict_t owner_record_judge(const owner_record_t *record, const owner_record_t *mine,
                                   int file)
{
    const bool same_kernel = record->known && record->boot[0] && !strcmp(record->boot, mine->boot);
    if (!same_kernel) return OWNER_UNSEEN;
    /* A directory that was copied while it was owned: its owner holds the other one. Nodes may
       number a directory differently, so this counts on one kernel alone, where the owner keeps the
       number by holding it open. */
    if (record->directory != mine->directory) return OWNER_GONE;
    if (record->space && record->space == mine->space)
        return owner_record_process_is_there(record) ? OWNER_PRESENT : OWNER_GONE;
    /* Its process cannot be seen from this container; its lock can. */
    return record->locked && !owner_record_is_locked(file) ? OWNER_GONE : OWNER_UNSEEN;
}
