#include "store/reader.h"
#include "confx/try.h"

#include "confx/file.h"

#include <H5FDpublic.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An open file; HDF5 knows the first member. */
typedef struct {
    H5FD_t known;
    int file;
    haddr_t allocated, end; /* as far as HDF5 wants it, and as far as it goes */
    dev_t device;
    ino_t number;
    reader_t *reader;
    char path[FILE_PATH_MAX];
} reader_open_t;

/* What the access list carries: whoever copies the list, the reader stays one. */
typedef struct {
    reader_t *reader;
} reader_way_t;

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
    const reader_way_t *way = H5Pget_driver_info(access);
    (void)most;
    if (!way || (flags & H5F_ACC_RDWR)) return NULL;
    reader_open_t *open = calloc(1, sizeof *open);
    const int file = open ? reader_open_file(way->reader, name) : -1;
    if (file < 0 || fstat(file, &facts) != 0) {
        const int why = errno;
        if (!open || file >= 0)
            reader_note(
                way->reader,
                status_fail(CONFX_STATUS_IO, "%s: cannot be opened: %s", name, strerror(why)), why);
        if (file >= 0) (void)close(file);
        free(open);
        return NULL;
    }
    open->file = file;
    open->end = (haddr_t)facts.st_size;
    open->device = facts.st_dev;
    open->number = facts.st_ino;
    open->reader = way->reader;
    (void)snprintf(open->path, sizeof open->path, "%s", name);
    return &open->known;
}

static herr_t reader_close(H5FD_t *known)
{
    reader_open_t *open = (reader_open_t *)known;
    (void)close(open->file); /* nothing was written */
    free(open);
    return 0;
}

/* The same file by another name is open once only. */
static int reader_compare(const H5FD_t *one, const H5FD_t *other)
{
    const reader_open_t *a = (const reader_open_t *)one;
    const reader_open_t *b = (const reader_open_t *)other;
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

/* The access list by which HDF5 opens the sources of virtual datasets is made of these. */
static void *reader_way(H5FD_t *known)
{
    reader_way_t *way = malloc(sizeof *way);
    if (way) way->reader = ((reader_open_t *)known)->reader;
    return way;
}

static void *reader_copy_way(const void *way)
{
    reader_way_t *copy = malloc(sizeof *copy);
    if (copy) *copy = *(const reader_way_t *)way;
    return copy;
}

static herr_t reader_free_way(void *way)
{
    free(way);
    return 0;
}

/* ---- its length ------------------------------------------------------------------------------ */

static haddr_t reader_allocated(const H5FD_t *known, H5FD_mem_t type)
{
    (void)type;
    return ((const reader_open_t *)known)->allocated;
}

static herr_t reader_allocate(H5FD_t *known, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((reader_open_t *)known)->allocated = address;
    return 0;
}

static haddr_t reader_end_of_file(const H5FD_t *known, H5FD_mem_t type)
{
    (void)type;
    return ((const reader_open_t *)known)->end;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

/* Zeros behind the end, as HDF5's own drivers have it. */
static herr_t reader_read(H5FD_t *known, H5FD_mem_t type, hid_t transfer, haddr_t address,
                          size_t size, void *buffer)
{
    reader_open_t *open = (reader_open_t *)known;
    size_t found;
    (void)type;
    (void)transfer;
    errno = 0;
    const confx_status_t status =
        file_read_at(open->file, open->path, buffer, size, (size_t)address, &found);
    if (status.code != CONFX_STATUS_OK) {
        reader_note(open->reader, status, errno);
        return -1;
    }
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

/* HDF5 copies the class when it is registered. */
static const H5FD_class_t reader_class = {
#ifdef H5FD_CLASS_VERSION /* HDF5 1.14 */
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)601, /* of those left to applications */
#endif
    .name = "confx-reader",
    .maxaddr = ((haddr_t)1 << 62) - 1,
    .fc_degree = H5F_CLOSE_WEAK, /* sources are closed when their datasets are */
    .fapl_size = sizeof(reader_way_t),
    .fapl_get = reader_way,
    .fapl_copy = reader_copy_way,
    .fapl_free = reader_free_way,
    .open = reader_open,
    .close = reader_close,
    .cmp = reader_compare,
    .query = reader_query,
    .get_eoa = reader_allocated,
    .set_eoa = reader_allocate,
    .get_eof = reader_end_of_file,
    .read = reader_read,
    .write = reader_write,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

void reader_begin(scope_t *scope, hid_t access, int descriptor, reader_t *reader)
{
    const reader_way_t way = {reader};
    *reader = (reader_t){
        .driver = H5FDregister(&reader_class), .ready = descriptor, .status = status_ok()};
    scope_check(scope, reader->driver < 0 ? -1 : 0);
    if (scope_is_well(scope)) scope_check(scope, H5Pset_driver(access, reader->driver, &way));
}

void reader_end(reader_t *reader)
{
    if (reader->driver > 0) (void)H5FDunregister(reader->driver);
    reader->driver = 0;
    if (reader->ready >= 0) (void)close(reader->ready);
    reader->ready = -1;
}

confx_status_t reader_judge(const reader_t *reader, confx_status_t status)
{
    return reader->status.code == CONFX_STATUS_OK ? status : reader->status;
}
