#include "store/reader.h"
#include "confx/try.h"

#include "confx/file.h"
#include "store/driver.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An open file, whose owner is the reader. */
typedef struct {
    driver_file_t common;
    int file;
    dev_t device;
    ino_t number;
    char path[FILE_PATH_MAX];
} reader_file_t;

/* `why` is the errno of the call that failed. */
static void reader_note(reader_t *reader, confx_status_t status, int why)
{
    if (reader->status.code != CONFX_STATUS_OK) return;
    reader->status = status;
    reader->trouble = why ? why : EIO;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* The file that the caller has open already, or a source of it. */
static int reader_open_file(reader_t *reader, const char *name)
{
    /* The first file that HDF5 opens is the one whose seal was checked, by the very descriptor. All
       that follow are sources, by their names. */
    int file = reader->ready;
    reader->ready = -1;
    if (file >= 0) return file;
    errno = 0;
    const confx_status_t status = file_open(name, FILE_OURS, FILE_ANY_LENGTH, &file);
    if (status.code != CONFX_STATUS_OK && status.code != CONFX_STATUS_INPUT)
        reader_note(reader, status, errno);
    return file;
}

static H5FD_t *reader_open(const char *name, unsigned flags, hid_t access, haddr_t most)
{
    struct stat facts;
    reader_t *reader = driver_owner(access);
    (void)most;
    if (!reader || (flags & H5F_ACC_RDWR)) return NULL;
    reader_file_t *open = calloc(1, sizeof *open);
    const int file = open ? reader_open_file(reader, name) : -1;
    if (file < 0 || fstat(file, &facts) != 0) {
        const int why = errno;
        /* reader_open_file has noted its own failures, and of an absent source there is nothing to
           note. */
        if (!open || file >= 0)
            reader_note(
                reader,
                status_fail(CONFX_STATUS_IO, "%s: cannot be opened: %s", name, strerror(why)), why);
        if (file >= 0) (void)close(file);
        free(open);
        return NULL;
    }
    /* HDF5 asks for the length once; device and inode tell it whether two names are one file. */
    open->common.end = (haddr_t)facts.st_size;
    open->common.owner = reader;
    open->file = file;
    open->device = facts.st_dev;
    open->number = facts.st_ino;
    (void)snprintf(open->path, sizeof open->path, "%s", name);
    return (H5FD_t *)open; /* its first member, as reader_close takes it */
}

static herr_t reader_close(H5FD_t *known)
{
    reader_file_t *open = (reader_file_t *)known;
    (void)close(open->file); /* nothing was written */
    free(open);
    return 0;
}

/* The same file by another name is open once only. */
static int reader_compare(const H5FD_t *one, const H5FD_t *other)
{
    const reader_file_t *a = (const reader_file_t *)one;
    const reader_file_t *b = (const reader_file_t *)other;
    if (a->device != b->device) return a->device < b->device ? -1 : 1;
    if (a->number != b->number) return a->number < b->number ? -1 : 1;
    return 0;
}

static herr_t reader_query(const H5FD_t *known, unsigned long *features)
{
    (void)known;
    *features = H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE;
    return 0;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

/* Zeros behind the end, as HDF5's own drivers have it. */
static herr_t reader_read(H5FD_t *known, H5FD_mem_t type, hid_t transfer, haddr_t address,
                          size_t size, void *buffer)
{
    const reader_file_t *open = (const reader_file_t *)known;
    size_t found;
    (void)type;
    (void)transfer;
    errno = 0;
    const confx_status_t status =
        file_read_at(open->file, open->path, buffer, size, (size_t)address, &found);
    if (status.code != CONFX_STATUS_OK) {
        /* HDF5 takes -1 for damaged data; what really happened is told by reader_judge. */
        reader_note(open->common.owner, status, errno);
        return -1;
    }
    assert(found <= size);
    memset((char *)buffer + found, 0, size - found);
    return 0;
}

/* HDF5 takes no driver without it. */
static herr_t reader_write(H5FD_t *known, H5FD_mem_t type, hid_t transfer, haddr_t address,
                           size_t size, const void *buffer)
{
    (void)known;
    (void)type;
    (void)transfer;
    (void)address;
    (void)size;
    (void)buffer;
    return -1;
}

/* ---- the driver ------------------------------------------------------------------------------ */

void reader_begin(scope_t *scope, hid_t access, int descriptor, reader_t *reader)
{
    H5FD_class_t class = driver_class("confx-reader", 601);
    class.fc_degree = H5F_CLOSE_WEAK; /* sources are closed when their datasets are */
    class.open = reader_open;
    class.close = reader_close;
    class.cmp = reader_compare;
    class.query = reader_query;
    class.read = reader_read;
    class.write = reader_write;
    *reader = (reader_t){.ready = descriptor, .status = status_ok()};
    reader->driver = driver_begin(scope, access, &class, reader);
}

void reader_end(reader_t *reader)
{
    driver_end(&reader->driver);
    if (reader->ready >= 0) (void)close(reader->ready);
    reader->ready = -1;
}

confx_status_t reader_judge(const reader_t *reader, confx_status_t status)
{
    return reader->status.code == CONFX_STATUS_OK ? status : reader->status;
}
