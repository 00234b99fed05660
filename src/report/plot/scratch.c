#include "report/plot/scratch.h"
#include "confx/file.h"
#include "confx/try.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static confx_status_t memory_file_no_memory(void)
{
    return status_fail(CONFX_STATUS_MEMORY, "no memory for a picture or a page");
}

/* Not only of memory: file descriptors may be out as well. */
static confx_status_t memory_file_no_file(void)
{
    return status_fail(errno == ENOMEM ? CONFX_STATUS_MEMORY : CONFX_STATUS_IO,
                       "no file in memory for a picture or a page: %s", strerror(errno));
}

confx_status_t memory_file_open(FILE **scratch)
{
    const int descriptor = memfd_create("confx report", MFD_CLOEXEC);
    *scratch = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (*scratch) return status_ok();
    /* A stream owns its descriptor; only where fdopen failed is it still to be closed here, after
       errno was read. */
    const confx_status_t status = memory_file_no_file();
    if (descriptor >= 0) (void)close(descriptor);
    return status;
}

confx_status_t memory_file_rewind(FILE *scratch, int *descriptor)
{
    *descriptor = fileno(scratch);
    const bool lost =
        fflush(scratch) != 0 || ferror(scratch) || lseek(*descriptor, 0, SEEK_SET) < 0;
    return lost ? memory_file_no_memory() : status_ok();
}

confx_status_t memory_file_text(FILE *scratch, char **text, size_t *length)
{
    int descriptor;
    *text = NULL;
    TRY(memory_file_rewind(scratch, &descriptor));
    /* The child that wrote the file shares its position, so the length is taken from its end, and
       reading gives the offset explicitly. */
    const off_t bytes = lseek(descriptor, 0, SEEK_END);
    char *fresh = bytes < 0 ? NULL : malloc((size_t)bytes + 1);
    if (!fresh) return memory_file_no_memory();
    if (pread(descriptor, fresh, (size_t)bytes, 0) != bytes) {
        free(fresh);
        return memory_file_no_memory();
    }
    fresh[bytes] = 0;
    *text = fresh;
    *length = (size_t)bytes;
    return status_ok();
}

confx_status_t memory_file_tidy(const char *directory)
{
    static const char *const endings[] = {".svg", ".html", NULL};
    return file_tidy(directory, endings, FILE_TIDY_AGE, NULL);
}
