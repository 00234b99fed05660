#include "store/disk.h"

#include "confx/file.h"
#include "store/driver.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static disk_t *disk_of(const H5FD_t *known)
{
    return ((const driver_file_t *)known)->owner;
}

static void disk_note(disk_t *disk)
{
    if (!disk->trouble) disk->trouble = errno ? errno : EIO;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* HDF5 opens a new file twice, at first to see whether it is there; the descriptor stays. */
static H5FD_t *disk_open(const char *name, unsigned flags, hid_t access, haddr_t most)
{
    (void)name;
    (void)flags;
    (void)most;
    disk_t *disk = driver_owner(access);
    driver_file_t *open = disk ? calloc(1, sizeof *open) : NULL;
    if (!open) return NULL;
    open->owner = disk;
    return &open->known;
}

static herr_t disk_leave(H5FD_t *known)
{
    free(known);
    return 0;
}

/* Metadata and small data in larger pieces. */
static herr_t disk_query(const H5FD_t *known, unsigned long *features)
{
    (void)known;
    *features = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA |
                H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

/* HDF5 calls this before it closes the file, so that the file is as long as its metadata say. */
static herr_t disk_truncate(H5FD_t *known, hid_t transfer, hbool_t closing)
{
    driver_file_t *open = (driver_file_t *)known;
    disk_t *disk = open->owner;
    (void)transfer;
    (void)closing;
    /* Behind a failure nothing is tried any more: the file will not be published. */
    if (!disk->trouble && ftruncate(disk->file, (off_t)open->allocated) != 0) disk_note(disk);
    open->end = open->allocated;
    return 0;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

/* Zeros behind the end, and where a failed write has left a hole. */
static herr_t disk_read(H5FD_t *known, H5FD_mem_t type, hid_t transfer, haddr_t address,
                        size_t size, void *buffer)
{
    disk_t *disk = disk_of(known);
    size_t found = 0;
    (void)type;
    (void)transfer;
    errno = 0;
    /* HDF5 is not told of a failure: it gets zeros, and what was noted keeps the file from being
       published. */
    const confx_status_t status =
        file_read_at(disk->file, "", buffer, size, (size_t)address, &found);
    if (status.code != CONFX_STATUS_OK) {
        disk_note(disk);
        found = 0;
    }
    assert(found <= size);
    memset((char *)buffer + found, 0, size - found);
    return 0;
}

static herr_t disk_write(H5FD_t *known, H5FD_mem_t type, hid_t transfer, haddr_t address,
                         size_t size, const void *buffer)
{
    driver_file_t *open = (driver_file_t *)known;
    disk_t *disk = open->owner;
    const char *bytes = buffer;
    (void)type;
    (void)transfer;
    while (size > 0 && !disk->trouble) {
        const ssize_t n = pwrite(disk->file, bytes, size, (off_t)address);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            disk_note(disk);
            break;
        }
        bytes += n;
        address += (haddr_t)n;
        size -= (size_t)n;
    }
    /* What was not written counts as written (disk.h): HDF5 goes on to the end in peace, and
       nothing is published. */
    address += size;
    if (address > open->end) open->end = address;
    return 0;
}

/* ---- the driver ------------------------------------------------------------------------------ */

void disk_begin(scope_t *scope, hid_t access, int descriptor, disk_t *disk)
{
    H5FD_class_t class = driver_class("confx", 600);
    class.fc_degree = H5F_CLOSE_STRONG;
    class.open = disk_open;
    class.close = disk_leave;
    class.query = disk_query;
    class.read = disk_read;
    class.write = disk_write;
    class.truncate = disk_truncate;
    assert(descriptor >= 0);
    *disk = (disk_t){.file = descriptor};
    disk->driver = driver_begin(scope, access, &class, disk);
}

void disk_close(disk_t *disk)
{
    if (disk->file >= 0 && close(disk->file) != 0) disk_note(disk);
    disk->file = -1;
}

void disk_end(disk_t *disk)
{
    disk_close(disk);
    driver_end(&disk->driver);
}
