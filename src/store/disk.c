#include "store/disk.h"

#include <H5FDpublic.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An open file; HDF5 knows the first member. */
typedef struct {
    H5FD_t known;
    haddr_t allocated, end; /* as far as HDF5 wants it, and as far as it goes */
    disk_t *disk;
} disk_open_t;

/* What the access list carries: the place of the failure, whoever copies the list. */
typedef struct {
    disk_t *disk;
} disk_way_t;

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
    const disk_way_t *way = H5Pget_driver_info(access);
    disk_open_t *open_file = way ? calloc(1, sizeof *open_file) : NULL;
    if (!open_file) return NULL;
    open_file->disk = way->disk;
    return &open_file->known;
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

/* ---- its length ------------------------------------------------------------------------------ */

static haddr_t disk_allocated(const H5FD_t *known, H5FD_mem_t type)
{
    (void)type;
    return ((const disk_open_t *)known)->allocated;
}

static herr_t disk_allocate(H5FD_t *known, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((disk_open_t *)known)->allocated = address;
    return 0;
}

static haddr_t disk_end_of_file(const H5FD_t *known, H5FD_mem_t type)
{
    (void)type;
    return ((const disk_open_t *)known)->end;
}

static herr_t disk_truncate(H5FD_t *known, hid_t transfer, hbool_t closing)
{
    disk_open_t *open = (disk_open_t *)known;
    (void)transfer;
    (void)closing;
    if (!open->disk->trouble && ftruncate(open->disk->file, (off_t)open->allocated) != 0)
        disk_note(open->disk);
    open->end = open->allocated;
    return 0;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

/* Zeros behind the end, and where a failed write has left a hole. */
static herr_t disk_read(H5FD_t *known, H5FD_mem_t type, hid_t transfer, haddr_t address,
                        size_t size, void *buffer)
{
    disk_open_t *open = (disk_open_t *)known;
    char *bytes = buffer;
    (void)type;
    (void)transfer;
    memset(bytes, 0, size);
    while (size > 0) {
        const ssize_t n = pread(open->disk->file, bytes, size, (off_t)address);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) disk_note(open->disk);
        if (n <= 0) break;
        bytes += n;
        address += (haddr_t)n;
        size -= (size_t)n;
    }
    return 0;
}

static herr_t disk_write(H5FD_t *known, H5FD_mem_t type, hid_t transfer, haddr_t address,
                         size_t size, const void *buffer)
{
    disk_open_t *open = (disk_open_t *)known;
    const char *bytes = buffer;
    (void)type;
    (void)transfer;
    while (size > 0 && !open->disk->trouble) {
        const ssize_t n = pwrite(open->disk->file, bytes, size, (off_t)address);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            disk_note(open->disk);
            break;
        }
        bytes += n;
        address += (haddr_t)n;
        size -= (size_t)n;
    }
    address += size; /* what was not written counts as written: see disk.h */
    if (address > open->end) open->end = address;
    return 0;
}

/* ---- the driver ------------------------------------------------------------------------------ */

/* HDF5 copies the class when it is registered. */
static const H5FD_class_t disk_class = {
#ifdef H5FD_CLASS_VERSION /* HDF5 1.14 */
    .version = H5FD_CLASS_VERSION,
    .value = (H5FD_class_value_t)600, /* of those left to applications */
#endif
    .name = "confx",
    .maxaddr = ((haddr_t)1 << 62) - 1,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(disk_way_t),
    .open = disk_open,
    .close = disk_leave,
    .query = disk_query,
    .get_eoa = disk_allocated,
    .set_eoa = disk_allocate,
    .get_eof = disk_end_of_file,
    .read = disk_read,
    .write = disk_write,
    .truncate = disk_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

void disk_begin(scope_t *scope, hid_t access, int descriptor, disk_t *disk)
{
    const disk_way_t way = {disk};
    *disk = (disk_t){.driver = H5FDregister(&disk_class), .file = descriptor};
    scope_check(scope, disk->driver < 0 ? -1 : 0);
    if (scope_is_well(scope)) scope_check(scope, H5Pset_driver(access, disk->driver, &way));
}

void disk_close(disk_t *disk)
{
    if (disk->file >= 0 && close(disk->file) != 0) disk_note(disk);
    disk->file = -1;
}

void disk_end(disk_t *disk)
{
    disk_close(disk);
    if (disk->driver > 0) (void)H5FDunregister(disk->driver);
    disk->driver = 0;
}
