#include "base/system.h"
#include "confx/file.h"
#include "confx/try.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const char tidy_end[] = ".tmp";

/* Length of what the file is to be called: "run.h5" of run.h5.0123abcd.tmp. 0: it is no
   temporary. */
static size_t temporaries_tidy_stem(const char *name)
{
    /* NAME "." eight hexadecimal digits ".tmp"; older versions had the process's number there. */
    const size_t length = strlen(name);
    const size_t tail = sizeof tidy_end - 1;
    if (length <= tail || strcmp(name + length - tail, tidy_end) != 0) return 0;
    const size_t end = length - tail;
    size_t first = end;
    while (first > 0 && strchr("0123456789abcdef", name[first - 1])) first--;
    const bool is_random = end - first == 8;
    const bool is_process = end > first && strspn(name + first, "0123456789") == end - first;
    return first > 1 && name[first - 1] == '.' && (is_random || is_process) ? first - 1 : 0;
}

static bool temporaries_tidy_is_meant(const char *name, const char *const *endings)
{
    const size_t stem = temporaries_tidy_stem(name);
    for (; stem && *endings; endings++) {
        const size_t length = strlen(*endings);
        if (length <= stem && strncmp(name + stem - length, *endings, length) == 0) return true;
    }
    return false;
}

typedef struct {
    const char *const *endings;
    double age;
    const guard_t *guard;
} tidy_t;

static confx_status_t temporaries_tidy_one(void *context, const char *path, const char *name)
{
    const tidy_t *tidy = context;
    struct stat facts;
    if (!temporaries_tidy_is_meant(name, tidy->endings)) return status_ok();
    if (lstat(path, &facts) != 0) {
        if (errno == ENOENT) return status_ok(); /* put in place since, or taken away */
        return system_fail(CONFX_STATUS_IO, path, "cannot be looked at");
    }
    /* Only plain files, and old enough: a younger one may have a writer that lives. */
    if (!S_ISREG(facts.st_mode) || difftime(time(NULL), facts.st_mtime) < tidy->age)
        return status_ok();
    TRY(guard_ask(tidy->guard));
    return file_remove(path);
}

confx_status_t file_tidy(const char *directory, const char *const *endings, double age,
                         const guard_t *guard)
{
    tidy_t tidy = {endings, age, guard};
    return file_each(directory, temporaries_tidy_one, &tidy);
}
