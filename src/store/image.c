#include "store/image.h"
#include "confx/try.h"

#include "confx/file.h"
#include "store/content.h"
#include "store/scope.h"
#include "store/seal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GROWTH_BYTES = 4096 }; /* the file's length is a multiple of it */

/* ---- HDF5's core driver asks these for memory; what it frees when the file closes is the finished
 */

static void *image_take_memory(size_t bytes, H5FD_file_image_op_t operation, void *image)
{
    (void)operation;
    void *memory = malloc(bytes);
    if (memory) ((image_t *)image)->length = bytes;
    return memory;
}

static void *image_resize_memory(void *memory, size_t bytes, H5FD_file_image_op_t operation,
                                 void *image)
{
    (void)operation;
    void *larger = realloc(memory, bytes);
    if (larger) ((image_t *)image)->length = bytes;
    return larger;
}

static herr_t image_keep_memory(void *memory, H5FD_file_image_op_t operation, void *image)
{
    if (operation == H5FD_FILE_IMAGE_OP_FILE_CLOSE) {
        ((image_t *)image)->bytes = memory;
    } else {
        free(memory);
    }
    return 0;
}

static void *image_share_image(void *image)
{
    return image;
}

static herr_t image_leave_image(void *image)
{
    (void)image;
    return 0;
}

/* ---- composing ------------------------------------------------------------------------------- */

/* Format of HDF5 1.10: older formats index chunks by a B-tree without a checksum, whose bad bytes
   read as fill values. */
static hid_t image_access_new(scope_t *scope)
{
    const hid_t access = scope_keep(scope, H5Pcreate(H5P_FILE_ACCESS));
    scope_check(scope, H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110));
    scope_check(scope, H5Pset_fclose_degree(access, H5F_CLOSE_STRONG));
    return access;
}

static hid_t image_access_in_memory(scope_t *scope, image_t *image)
{
    H5FD_file_image_callbacks_t callbacks = {.image_malloc = image_take_memory,
                                             .image_realloc = image_resize_memory,
                                             .image_free = image_keep_memory,
                                             .udata_copy = image_share_image,
                                             .udata_free = image_leave_image,
                                             .udata = image};
    const hid_t access = image_access_new(scope);
    scope_check(scope, H5Pset_fapl_core(access, GROWTH_BYTES, false));
    scope_check(scope, H5Pset_file_image_callbacks(access, &callbacks));
    return access;
}

/* Room for the seal, and no times, so that the same content makes the same bytes. */
static hid_t image_creation_sealed(scope_t *scope)
{
    const hid_t creation = scope_keep(scope, H5Pcreate(H5P_FILE_CREATE));
    scope_check(scope, H5Pset_userblock(creation, SEAL_BYTES));
    scope_check(scope, H5Pset_obj_track_times(creation, false));
    return creation;
}

confx_status_t image_begin(const char *path, image_t *image)
{
    *image = (image_t){.path = path, .file = H5I_INVALID_HID};
    char nowhere[FILE_PATH_MAX];
    /* HDF5 would load a file of that name before it starts a new one: give it a name that nothing
       can have. */
    TRY(file_join(path, "image", nowhere));
    scope_t scope = scope_begin(path, "", CONFX_STATUS_IO);
    const hid_t access = image_access_in_memory(&scope, image);
    const hid_t creation = image_creation_sealed(&scope);
    scope_expect_memory(&scope, 1);
    if (scope_is_well(&scope)) {
        image->file = H5Fcreate(nowhere, H5F_ACC_TRUNC, creation, access);
        scope_check(&scope, image->file < 0 ? -1 : 0);
    }
    return scope_end(&scope);
}

confx_status_t image_begin_on_disk(const char *path, image_t *image)
{
    int descriptor;
    *image =
        (image_t){.path = path, .file = H5I_INVALID_HID, .is_on_disk = true, .disk = {.file = -1}};
    const confx_status_t status = file_make_temporary(path, image->temporary, &descriptor);
    if (status.code != CONFX_STATUS_OK) {
        /* No file was made, so that image_end has none to discard. */
        image->temporary[0] = 0;
        return status;
    }
    scope_t scope = scope_begin(path, "", CONFX_STATUS_IO);
    const hid_t access = image_access_new(&scope);
    const hid_t creation = image_creation_sealed(&scope);
    scope_expect_memory(&scope, 1);
    /* The driver owns the descriptor from here on, and image_end closes it by disk_end. */
    disk_begin(&scope, access, descriptor, &image->disk);
    if (scope_is_well(&scope)) {
        image->file = H5Fcreate(image->temporary, H5F_ACC_TRUNC, creation, access);
        scope_check(&scope, image->file < 0 ? -1 : 0);
    }
    return scope_end(&scope);
}

void image_end(image_t *image)
{
    if (image->file >= 0) (void)H5Fclose(image->file);
    /* The file is closed first, as HDF5 writes its last bytes by the driver then. */
    if (image->is_on_disk) disk_end(&image->disk);
    if (image->temporary[0]) file_discard(image->temporary);
    free(image->bytes);
    *image = (image_t){.file = H5I_INVALID_HID};
}

/* ---- publishing ------------------------------------------------------------------------------ */

/* What the file says is summed up while it is open. */
static confx_status_t image_close_image(image_t *image, uint32_t *content)
{
    confx_status_t status = content_checksum(image->file, image->path, content);
    if (status.code == CONFX_STATUS_DAMAGED) status.code = CONFX_STATUS_IO;
    /* Where the disk has failed the file is closed all the same, as the caller tells the reason of
       that first failure. */
    if (status.code != CONFX_STATUS_OK && !image->disk.trouble) return status;
    scope_t scope = scope_begin(image->path, "", CONFX_STATUS_IO);
    scope_check(&scope, H5Fclose(image->file));
    image->file = H5I_INVALID_HID;
    return scope_end(&scope);
}

static confx_status_t image_write_temporary(image_t *image)
{
    char temporary[FILE_PATH_MAX];
    int descriptor;
    TRY(file_make_temporary(image->path, temporary, &descriptor));
    memcpy(image->temporary, temporary, sizeof temporary); /* there is one from here on */
    const confx_status_t status =
        file_write_bytes(descriptor, temporary, image->bytes, image->length);
    if (close(descriptor) == 0 || status.code != CONFX_STATUS_OK) return status;
    return status_fail(CONFX_STATUS_IO, "%s: cannot be closed: %s", temporary, strerror(errno));
}

/* The finished file from memory to its temporary name. */
static confx_status_t image_lay_down(image_t *image)
{
    uint32_t content;
    TRY(image_close_image(image, &content));
    if (!image->bytes || image->length <= SEAL_BYTES + SEAL_SUPERBLOCK_BYTES)
        return status_fail(CONFX_STATUS_IO, "%s: HDF5 left no file in memory", image->path);
    const size_t end = seal_end_of_file(image->bytes + SEAL_BYTES);
    if (end < image->length)
        image->length = end; /* the zeros behind it are the driver's, and HDF5 would cut them off */
    image->checksum = seal_stamp(image->bytes, image->length, content);
    return image_write_temporary(image);
}

/* What HDF5 was not told of comes first: anything that it says is a consequence. */
static confx_status_t image_finish_on_disk(image_t *image)
{
    uint32_t content = 0;
    confx_status_t status = image_close_image(image, &content);
    if (!image->disk.trouble && status.code == CONFX_STATUS_OK)
        status = seal_stamp_file(image->disk.file, image->temporary, content, &image->checksum);
    disk_close(&image->disk);
    if (!image->disk.trouble) return status;
    return status_fail(CONFX_STATUS_IO, "%s: cannot be written: %s", image->path,
                       strerror(image->disk.trouble));
}

confx_status_t image_publish_keeping(image_t *image, const char *previous, const guard_t *guard)
{
    TRY(image->is_on_disk ? image_finish_on_disk(image) : image_lay_down(image));
    /* The temporary is whole, sealed and closed. From the rename on, readers see it under its
       name. */
    TRY(previous ? file_publish_keeping(image->temporary, image->path, previous, guard)
                 : file_publish(image->temporary, image->path, guard));
    /* The temporary has become the file itself, and image_end must not discard anything of that
       name. */
    image->temporary[0] = 0;
    return status_ok();
}

confx_status_t image_publish(image_t *image, const guard_t *guard)
{
    return image_publish_keeping(image, NULL, guard);
}
