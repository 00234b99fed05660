/* Preloaded into confx by the campaign of tests/faults: makes a call to the operating system fail,
   or kills the program at it. Only calls of the program itself (not of mpirun, of a shell, of a
   forked child) on paths below one directory count, those of the C library's streams included. The
   environment says what happens:
       CONFX_FAULT_EXE    the program, as /proc/self/exe has it
       CONFX_FAULT_BELOW  the directory (absolute, without links)
       CONFX_FAULT_LOG    a file that each call adds a line "RANK CALL PATH" to, and the fault "RANK
                          hit CALL PATH"
       CONFX_FAULT_CALL   open, list, read, write, sync, close, rename, mkdir, stat, unlink, lock,
                          truncate, touch, or any
       CONFX_FAULT_N      the how many-th of these of this process, from 1 on; none: calls are only
                          counted
       CONFX_FAULT_RANK   in this rank alone
       CONFX_FAULT_EVER   set: and at each later one as well
       CONFX_FAULT_HOW    before, torn, after: the program is killed before the call, in the middle
                          (half of a write is done), after it; short: half of a read or write is
                          done; stop: it stops itself after the call; the name of an errno: the
                          call fails (a close is done and fails); the name of a signal: it comes
                          before the call
       CONFX_FAULT_FSIZE  bytes beyond which a file may not grow (RLIMIT_FSIZE)

   A file that a program does not close before it opens another under the same number keeps its path
   here until then. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { DESCRIPTORS = 1024, NAME_BYTES = 512, STREAMS = 64 };

typedef enum { GOES_ON, FAILS, IS_SHORT, IS_TORN, STOPS_AFTER, DIES_AFTER } fate_t;

/* A preloaded library gets no argument: what the environment said, and which descriptors are of
   paths below. */
static struct {
    bool ready, active, ever;
    pid_t home; /* forked children are not meant */
    const char *below, *call, *how, *victim, *log_path, *bytes;
    char rank[16];
    long n;
    int log;
    atomic_long seen;
    char names[DESCRIPTORS][NAME_BYTES]; /* "": not below */
    struct {
        FILE *stream;
        int descriptor;
    } streams[STREAMS]; /* cookies, whose descriptor the C library does not know */
} fault = {.log = -1};

#define REAL(name)                                                                                 \
    static __typeof__(&name) real;                                                                 \
    if (!real) *(void **)(&real) = dlsym(RTLD_NEXT, #name)

/* ---- what is meant --------------------------------------------------------------------------- */

/* A process tells its number with a line of its own: "RANK pid NUMBER". */
static void fault_log(const char *what, const char *call, const char *path)
{
    char line[NAME_BYTES + 64];
    const int length =
        path[0] ? snprintf(line, sizeof line, "%s %s%s %s\n", fault.rank, what, call, path)
                : snprintf(line, sizeof line, "%s %s %ld\n", fault.rank, what, (long)fault.home);
    if (fault.log < 0 || length <= 0 || length >= (int)sizeof line) return;
    (void)!syscall(SYS_write, fault.log, line, (size_t)length);
}

static void fault_begin(void)
{
    char program[PATH_MAX] = "";
    if (fault.ready) return;
    fault.ready = true;
    const char *exe = getenv("CONFX_FAULT_EXE");
    const char *n = getenv("CONFX_FAULT_N");
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");
    const char *wanted = getenv("CONFX_FAULT_RANK");
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    (void)snprintf(fault.rank, sizeof fault.rank, "%s", rank ? rank : "0");
    fault.home = getpid();
    fault.below = getenv("CONFX_FAULT_BELOW");
    fault.call = getenv("CONFX_FAULT_CALL");
    fault.how = getenv("CONFX_FAULT_HOW");
    fault.ever = getenv("CONFX_FAULT_EVER") != NULL;
    fault.active = length > 0 && exe && !strcmp(exe, program) && fault.below;
    if (!fault.active) return;
    if (n && (!wanted || !strcmp(wanted, fault.rank))) fault.n = atol(n);
    fault.victim = getenv("CONFX_FAULT_VICTIM");
    fault.bytes = getenv("CONFX_FAULT_FSIZE");
    fault.log_path = getenv("CONFX_FAULT_LOG");
    if (!fault.log_path) return;
    fault.log = (int)syscall(SYS_openat, AT_FDCWD, fault.log_path,
                             O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    fault_log("pid", "", "");
}

/* Only a limit that the program's own files meet is meant, not the message passing library's shared
   memory. */
static void fault_limit(void)
{
    if (!fault.bytes) return;
    const rlim_t most = (rlim_t)atoll(fault.bytes);
    const struct rlimit limit = {most, most};
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    fault.bytes = NULL;
}

static bool fault_is_active(void)
{
    fault_begin();
    return fault.active && getpid() == fault.home;
}

/* The absolute path, into out; false: not below the directory. */
static bool fault_reaches(int directory, const char *path, char out[NAME_BYTES])
{
    char at[PATH_MAX] = "";
    if (!path || !fault_is_active()) return false;
    if (path[0] != '/') {
        if (directory == AT_FDCWD) {
            if (!getcwd(at, sizeof at)) return false;
        } else {
            if (directory < 0 || directory >= DESCRIPTORS || !fault.names[directory][0])
                return false;
            (void)snprintf(at, sizeof at, "%s", fault.names[directory]);
        }
    }
    const int length = snprintf(out, NAME_BYTES, "%s%s%s", at, at[0] ? "/" : "", path);
    const size_t n = strlen(fault.below);
    return length > 0 && length < NAME_BYTES && !strncmp(out, fault.below, n) &&
           (out[n] == '/' || out[n] == 0 || fault.below[n - 1] == '/');
}

static bool fault_holds(int descriptor)
{
    return descriptor >= 0 && descriptor < DESCRIPTORS && fault_is_active() &&
           fault.names[descriptor][0];
}

static int fault_keep(int descriptor, const char *path)
{
    if (descriptor >= 0 && descriptor < DESCRIPTORS)
        (void)snprintf(fault.names[descriptor], NAME_BYTES, "%s", path);
    return descriptor;
}

/* ---- what happens ---------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int number;
} fault_errnos[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EACCES", EACCES},
                    {"ENOLCK", ENOLCK}, {"ESTALE", ESTALE}, {"EROFS", EROFS},   {"EMFILE", EMFILE}},
  fault_signals[] = {{"TERM", SIGTERM}, {"INT", SIGINT},   {"HUP", SIGHUP},   {"USR1", SIGUSR1},
                     {"USR2", SIGUSR2}, {"XCPU", SIGXCPU}, {"XFSZ", SIGXFSZ}, {"PIPE", SIGPIPE}};

#define NUMBER_OF(table, word)                                                                     \
    for (size_t i = 0; i < sizeof(table) / sizeof *(table); i++)                                   \
        if (!strcmp((table)[i].name, word)) return (table)[i].number;                              \
    return 0

static int fault_errno(void)
{
    NUMBER_OF(fault_errnos, fault.how);
}

static int fault_signal(void)
{
    NUMBER_OF(fault_signals, fault.how);
}

/* The process of another rank, as the log has it; 0: it has not told yet. */
static pid_t fault_other(void)
{
    char line[NAME_BYTES + 64];
    char rank[16];
    long pid = 0, found = 0;
    REAL(fopen);
    FILE *log = real(fault.log_path, "r");
    while (log && fgets(line, sizeof line, log))
        if (sscanf(line, "%15s pid %ld", rank, &pid) == 2 && !strcmp(rank, fault.victim))
            found = pid;
    if (log) (void)fclose(log);
    return (pid_t)found;
}

/* With a victim the caller lives on, until somebody ends the job. */
static void fault_die(void)
{
    const pid_t other = fault.victim ? fault_other() : 0;
    if (other) (void)kill(other, SIGKILL);
    while (!other) (void)kill(getpid(), SIGKILL);
}

/* At each call, before it is made. Faults by errno leave it set. */
static fate_t fault_meet(const char *call, const char *path)
{
    const bool counts = !fault.call || !strcmp(fault.call, "any") || !strcmp(fault.call, call);
    const int before = errno;
    fault_log("", call, path);
    fault_limit();
    if (!counts || !fault.n || !fault.how) return GOES_ON;
    errno = before;
    const long n = atomic_fetch_add(&fault.seen, 1) + 1;
    if (n < fault.n || (n > fault.n && !fault.ever)) return GOES_ON;
    fault_log("hit ", call, path);
    if (!strcmp(fault.how, "before")) fault_die();
    if (!strcmp(fault.how, "torn")) return IS_TORN;
    if (!strcmp(fault.how, "after")) return DIES_AFTER;
    if (!strcmp(fault.how, "short")) return IS_SHORT;
    if (!strcmp(fault.how, "stop")) return STOPS_AFTER;
    if (fault_signal()) (void)kill(getpid(), fault_signal());
    errno = fault_errno() ? fault_errno() : before;
    return fault_errno() ? FAILS : GOES_ON;
}

/* After each call that was made; errno stays the call's. */
static void fault_leave(fate_t fate)
{
    const int why = errno;
    if (fate == IS_TORN || fate == DIES_AFTER) fault_die();
    if (fate == STOPS_AFTER) (void)kill(getpid(), SIGSTOP);
    errno = why;
}

static size_t fault_bytes(fate_t fate, size_t n)
{
    return (fate == IS_TORN || fate == IS_SHORT) && n > 1 ? n / 2 : n;
}

/* ---- descriptors ----------------------------------------------------------------------------- */

static int fault_open(int directory, const char *path, int flags, mode_t mode)
{
    char whole[NAME_BYTES];
    REAL(openat);
    if (!fault_reaches(directory, path, whole))
        return fault_keep(real(directory, path, flags, mode), "");
    const fate_t fate = fault_meet("open", whole);
    if (fate == FAILS) return -1;
    const int descriptor = fault_keep(real(directory, path, flags, mode), whole);
    fault_leave(fate);
    return descriptor;
}

static bool fault_takes_mode(int flags)
{
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

#define MODE(flags)                                                                                \
    mode_t mode = 0;                                                                               \
    if (fault_takes_mode(flags)) {                                                                 \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode = va_arg(list, mode_t);                                                               \
        va_end(list);                                                                              \
    }

int open(const char *path, int flags, ...)
{
    MODE(flags);
    return fault_open(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE(flags);
    return fault_open(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...)
{
    MODE(flags);
    return fault_open(directory, path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...)
{
    MODE(flags);
    return fault_open(directory, path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
    return fault_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

/* A transfer of bytes through a descriptor that holds a path below; `call` moves n of them. */
#define TRANSFER(descriptor, name, n, call)                                                        \
    const fate_t fate = fault_meet(name, fault.names[descriptor]);                                 \
    if (fate == FAILS) return -1;                                                                  \
    n = fault_bytes(fate, n);                                                                      \
    const ssize_t moved = call;                                                                    \
    fault_leave(fate);                                                                             \
    return moved

ssize_t read(int descriptor, void *bytes, size_t n)
{
    REAL(read);
    if (!fault_holds(descriptor)) return real(descriptor, bytes, n);
    TRANSFER(descriptor, "read", n, real(descriptor, bytes, n));
}

ssize_t pread(int descriptor, void *bytes, size_t n, off_t from)
{
    REAL(pread);
    if (!fault_holds(descriptor)) return real(descriptor, bytes, n, from);
    TRANSFER(descriptor, "read", n, real(descriptor, bytes, n, from));
}

ssize_t pread64(int descriptor, void *bytes, size_t n, off64_t from)
{
    return pread(descriptor, bytes, n, from);
}

ssize_t write(int descriptor, const void *bytes, size_t n)
{
    REAL(write);
    if (!fault_holds(descriptor)) return real(descriptor, bytes, n);
    TRANSFER(descriptor, "write", n, real(descriptor, bytes, n));
}

ssize_t pwrite(int descriptor, const void *bytes, size_t n, off_t to)
{
    REAL(pwrite);
    if (!fault_holds(descriptor)) return real(descriptor, bytes, n, to);
    TRANSFER(descriptor, "write", n, real(descriptor, bytes, n, to));
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t n, off64_t to)
{
    return pwrite(descriptor, bytes, n, to);
}

/* A call on a descriptor that moves no bytes. */
#define ON_DESCRIPTOR(descriptor, name, call)                                                      \
    if (!fault_holds(descriptor)) return call;                                                     \
    const fate_t fate = fault_meet(name, fault.names[descriptor]);                                 \
    if (fate == FAILS) return -1;                                                                  \
    const int result = call;                                                                       \
    fault_leave(fate);                                                                             \
    return result

int fsync(int descriptor)
{
    REAL(fsync);
    ON_DESCRIPTOR(descriptor, "sync", real(descriptor));
}

int fdatasync(int descriptor)
{
    REAL(fdatasync);
    ON_DESCRIPTOR(descriptor, "sync", real(descriptor));
}

int ftruncate(int descriptor, off_t length)
{
    REAL(ftruncate);
    ON_DESCRIPTOR(descriptor, "truncate", real(descriptor, length));
}

int ftruncate64(int descriptor, off64_t length)
{
    return ftruncate(descriptor, length);
}

int fstat(int descriptor, struct stat *facts)
{
    REAL(fstat);
    ON_DESCRIPTOR(descriptor, "stat", real(descriptor, facts));
}

int fstat64(int descriptor, struct stat64 *facts)
{
    REAL(fstat64);
    ON_DESCRIPTOR(descriptor, "stat", real(descriptor, facts));
}

int futimens(int descriptor, const struct timespec times[2])
{
    REAL(futimens);
    ON_DESCRIPTOR(descriptor, "touch", real(descriptor, times));
}

int flock(int descriptor, int operation)
{
    static int (*real)(int, int);
    if (!real) *(void **)(&real) = dlsym(RTLD_NEXT, "flock");
    ON_DESCRIPTOR(descriptor, "lock", real(descriptor, operation));
}

static bool fault_is_lock(int command)
{
    return command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK ||
           command == F_OFD_SETLKW;
}

static int fault_fcntl(int descriptor, int command, void *argument)
{
    REAL(fcntl);
    if (!fault_is_lock(command)) return real(descriptor, command, argument);
    ON_DESCRIPTOR(descriptor, "lock", real(descriptor, command, argument));
}

#define ARGUMENT(last)                                                                             \
    va_list list;                                                                                  \
    va_start(list, last);                                                                          \
    void *argument = va_arg(list, void *);                                                         \
    va_end(list)

int fcntl(int descriptor, int command, ...)
{
    ARGUMENT(command);
    return fault_fcntl(descriptor, command, argument);
}

int fcntl64(int descriptor, int command, ...)
{
    ARGUMENT(command);
    return fault_fcntl(descriptor, command, argument);
}

/* One that fails has closed it all the same, as Linux does. */
int close(int descriptor)
{
    REAL(close);
    if (!fault_holds(descriptor)) return real(descriptor);
    const fate_t fate = fault_meet("close", fault.names[descriptor]);
    const int why = errno;
    fault.names[descriptor][0] = 0;
    const int result = real(descriptor);
    fault_leave(fate);
    if (fate == FAILS) errno = why;
    return fate == FAILS ? -1 : result;
}

/* ---- paths ----------------------------------------------------------------------------------- */

#define ON_PATH(directory, path, name, call)                                                       \
    char whole[NAME_BYTES];                                                                        \
    if (!fault_reaches(directory, path, whole)) return call;                                       \
    const fate_t fate = fault_meet(name, whole);                                                   \
    if (fate == FAILS) return -1;                                                                  \
    const int result = call;                                                                       \
    fault_leave(fate);                                                                             \
    return result

int renameat(int from_directory, const char *from, int to_directory, const char *to)
{
    REAL(renameat);
    ON_PATH(to_directory, to, "rename", real(from_directory, from, to_directory, to));
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to,
              unsigned flags)
{
    REAL(renameat2);
    ON_PATH(to_directory, to, "rename", real(from_directory, from, to_directory, to, flags));
}

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags)
{
    REAL(linkat);
    ON_PATH(to_directory, to, "rename", real(from_directory, from, to_directory, to, flags));
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int mkdirat(int directory, const char *path, mode_t mode)
{
    REAL(mkdirat);
    ON_PATH(directory, path, "mkdir", real(directory, path, mode));
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

int unlinkat(int directory, const char *path, int flags)
{
    REAL(unlinkat);
    ON_PATH(directory, path, "unlink", real(directory, path, flags));
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int remove(const char *path)
{
    REAL(remove);
    ON_PATH(AT_FDCWD, path, "unlink", real(path));
}

int stat(const char *restrict path, struct stat *restrict facts)
{
    REAL(stat);
    ON_PATH(AT_FDCWD, path, "stat", real(path, facts));
}

int stat64(const char *restrict path, struct stat64 *restrict facts)
{
    REAL(stat64);
    ON_PATH(AT_FDCWD, path, "stat", real(path, facts));
}

int lstat(const char *restrict path, struct stat *restrict facts)
{
    REAL(lstat);
    ON_PATH(AT_FDCWD, path, "stat", real(path, facts));
}

int lstat64(const char *restrict path, struct stat64 *restrict facts)
{
    REAL(lstat64);
    ON_PATH(AT_FDCWD, path, "stat", real(path, facts));
}

int fstatat(int directory, const char *restrict path, struct stat *restrict facts, int flags)
{
    REAL(fstatat);
    ON_PATH(directory, path, "stat", real(directory, path, facts, flags));
}

int fstatat64(int directory, const char *restrict path, struct stat64 *restrict facts, int flags)
{
    REAL(fstatat64);
    ON_PATH(directory, path, "stat", real(directory, path, facts, flags));
}

int access(const char *path, int mode)
{
    REAL(access);
    ON_PATH(AT_FDCWD, path, "stat", real(path, mode));
}

int faccessat(int directory, const char *path, int mode, int flags)
{
    REAL(faccessat);
    ON_PATH(directory, path, "stat", real(directory, path, mode, flags));
}

int utimensat(int directory, const char *path, const struct timespec times[2], int flags)
{
    REAL(utimensat);
    ON_PATH(directory, path, "touch", real(directory, path, times, flags));
}

int scandir(const char *restrict path, struct dirent ***restrict entries,
            int (*wanted)(const struct dirent *),
            int (*order)(const struct dirent **, const struct dirent **))
{
    REAL(scandir);
    ON_PATH(AT_FDCWD, path, "list", real(path, entries, wanted, order));
}

DIR *opendir(const char *path)
{
    char whole[NAME_BYTES];
    REAL(opendir);
    if (!fault_reaches(AT_FDCWD, path, whole)) return real(path);
    const fate_t fate = fault_meet("list", whole);
    if (fate == FAILS) return NULL;
    DIR *directory = real(path);
    fault_leave(fate);
    return directory;
}

/* ---- streams
   ------------------------------------------------------------------------------------------------------
   The C library's own reads and writes of a stream pass by the functions above: a stream of a path
   below is one of cookies, which come here. */

static int fault_cookie(const void *cookie)
{
    return (int)(long)cookie;
}

static ssize_t stream_read(void *cookie, char *bytes, size_t n)
{
    return read(fault_cookie(cookie), bytes, n);
}

static ssize_t stream_write(void *cookie, const char *bytes, size_t n)
{
    const ssize_t written = write(fault_cookie(cookie), bytes, n);
    return written < 0 ? 0 : written; /* that is how a cookie says it */
}

static int stream_seek(void *cookie, off64_t *place, int whence)
{
    const off64_t at = lseek64(fault_cookie(cookie), *place, whence);
    if (at < 0) return -1;
    *place = at;
    return 0;
}

static int stream_close(void *cookie)
{
    for (size_t i = 0; i < STREAMS; i++)
        if (fault.streams[i].stream && fault.streams[i].descriptor == fault_cookie(cookie))
            fault.streams[i].stream = NULL;
    return close(fault_cookie(cookie));
}

static FILE *stream_open(int descriptor, const char *mode)
{
    const cookie_io_functions_t functions = {stream_read, stream_write, stream_seek, stream_close};
    FILE *stream = fopencookie((void *)(long)descriptor, mode, functions);
    for (size_t i = 0; stream && i < STREAMS; i++) {
        if (fault.streams[i].stream) continue;
        fault.streams[i].stream = stream;
        fault.streams[i].descriptor = descriptor;
        break;
    }
    return stream;
}

static int stream_flags(const char *mode)
{
    int flags = strchr(mode, '+') ? O_RDWR : mode[0] == 'r' ? O_RDONLY : O_WRONLY;
    if (mode[0] != 'r') flags |= O_CREAT | (mode[0] == 'w' ? O_TRUNC : O_APPEND);
    return flags | (strchr(mode, 'x') ? O_EXCL : 0) | (strchr(mode, 'e') ? O_CLOEXEC : 0);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
    char whole[NAME_BYTES];
    REAL(fopen);
    if (!fault_reaches(AT_FDCWD, path, whole)) return real(path, mode);
    const int descriptor = fault_open(AT_FDCWD, path, stream_flags(mode), 0666);
    return descriptor < 0 ? NULL : stream_open(descriptor, mode);
}

FILE *fopen64(const char *restrict path, const char *restrict mode)
{
    return fopen(path, mode);
}

FILE *fdopen(int descriptor, const char *mode)
{
    REAL(fdopen);
    return fault_holds(descriptor) ? stream_open(descriptor, mode) : real(descriptor, mode);
}

int fileno(FILE *stream)
{
    REAL(fileno);
    for (size_t i = 0; i < STREAMS; i++)
        if (fault.streams[i].stream == stream) return fault.streams[i].descriptor;
    return real(stream);
}
