#include "confx/file.h"
#include "confx/store.h"
#include "confx/try.h"
#include "store/image.h"
#include "store/put.h"
#include "store/scope.h"
#include "store/texts.h"
#include "store/types.h"

#include <string.h>

enum { CHUNK_BYTES = 1 << 20, TEXT_REFERENCE_BYTES = 16 };

/* ---- groups ---------------------------------------------------------------------------------- */

static void store_write_put_group(scope_t *scope, hid_t file, const char *name)
{
    if (!scope_is_well(scope)) return;
    const htri_t found = H5Lexists(file, name, H5P_DEFAULT);
    scope_check(scope, found);
    if (found != 0) return;
    const hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
    scope_check(scope, H5Pset_obj_track_times(creation, false));
    const hid_t group = H5Gcreate2(file, name, H5P_DEFAULT, creation, H5P_DEFAULT);
    scope_check(scope, group < 0 ? -1 : H5Gclose(group));
    (void)H5Pclose(creation);
}

confx_status_t put_groups(hid_t file, const char *path, const char *name)
{
    char part[FILE_PATH_MAX];
    TRY(file_join("", name, part));
    scope_t scope = scope_begin(path, name, CONFX_STATUS_IO);
    /* Groups on the way are made one by one, without times, so that the same content makes the same
       bytes. */
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        store_write_put_group(&scope, file, part);
        *slash = '/';
    }
    return scope_end(&scope);
}

/* ---- attributes ------------------------------------------------------------------------------ */

static void store_write_put_value(scope_t *scope, hid_t object, const char *name, hid_t on_disk,
                                  hid_t in_memory, const void *value)
{
    const hid_t space = scope_keep(scope, H5Screate(H5S_SCALAR));
    const hid_t made =
        scope_keep(scope, H5Acreate2(object, name, on_disk, space, H5P_DEFAULT, H5P_DEFAULT));
    scope_check(scope, H5Awrite(made, in_memory, value));
}

static void store_write_put_text(scope_t *scope, hid_t object, const char *name, const char *text)
{
    const hid_t type = scope_keep(scope, texts_type());
    store_write_put_value(scope, object, name, type, type, (const void *)&text);
}

static void store_write_put_integers(scope_t *scope, hid_t object, const attribute_t *attribute)
{
    const hsize_t n = attribute->integers_n;
    const hid_t space = scope_keep(scope, H5Screate_simple(1, &n, NULL));
    const hid_t made = scope_keep(
        scope, H5Acreate2(object, attribute->name, H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT));
    scope_check(scope, H5Awrite(made, H5T_NATIVE_INT64, attribute->integers));
}

confx_status_t put_words(hid_t set, const char *path, const char *units, const char *long_name)
{
    scope_t scope = scope_begin(path, "units", CONFX_STATUS_IO);
    if (units) store_write_put_text(&scope, set, "units", units);
    if (long_name) store_write_put_text(&scope, set, "long_name", long_name);
    return scope_end(&scope);
}

static hid_t store_write_open_object(scope_t *scope, hid_t file, const char *name)
{
    const bool is_root = strcmp(name, "/") == 0;
    if (!is_root) store_write_put_group(scope, file, name);
    return scope_keep(scope, H5Oopen(file, name, H5P_DEFAULT));
}

confx_status_t put_attribute(hid_t file, const char *path, const attribute_t *attribute)
{
    TRY(put_groups(file, path, attribute->path));
    scope_t scope = scope_begin(path, attribute->name, CONFX_STATUS_IO);
    const hid_t object = store_write_open_object(&scope, file, attribute->path);
    if (attribute->text) {
        store_write_put_text(&scope, object, attribute->name, attribute->text);
    } else if (attribute->truth) {
        const unsigned char truth = attribute->integer != 0;
        const hid_t on_disk = scope_keep(&scope, type_on_disk(ARRAY_BOOL));
        const hid_t in_memory = scope_keep(&scope, type_in_memory(ARRAY_BOOL));
        store_write_put_value(&scope, object, attribute->name, on_disk, in_memory, &truth);
    } else if (attribute->integers) {
        store_write_put_integers(&scope, object, attribute);
    } else if (attribute->whole) {
        store_write_put_value(&scope, object, attribute->name, H5T_STD_I64LE, H5T_NATIVE_INT64,
                              &attribute->integer);
    } else {
        store_write_put_value(&scope, object, attribute->name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                              &attribute->real);
    }
    return scope_end(&scope);
}

/* ---- datasets -------------------------------------------------------------------------------- */

/* Whole rows up to CHUNK_BYTES. A chunk has at least one element, though the array may have
   none. */
static void store_write_chunk_of(const shape_t *shape, size_t item_bytes,
                                 hsize_t chunk[ARRAY_RANK_MAX])
{
    hsize_t row_bytes = item_bytes;
    for (int i = 0; i < shape->rank; i++) chunk[i] = shape->dims[i] ? shape->dims[i] : 1;
    for (int i = 1; i < shape->rank; i++) row_bytes *= chunk[i];
    const hsize_t rows = row_bytes < CHUNK_BYTES ? CHUNK_BYTES / row_bytes : 1;
    if (chunk[0] > rows) chunk[0] = rows;
}

static hid_t store_write_creation_of(scope_t *scope, const array_t *array, const shape_t *shape,
                                     bool deflate)
{
    hsize_t chunk[ARRAY_RANK_MAX] = {1};
    const hid_t creation = scope_keep(scope, H5Pcreate(H5P_DATASET_CREATE));
    scope_check(scope, H5Pset_obj_track_times(creation, false));
    if (shape->rank == 0) {
        /* In the object's header, under the checksum of that: a single number cannot be chunked. */
        scope_check(scope, H5Pset_layout(creation, H5D_COMPACT));
        return creation;
    }
    store_write_chunk_of(shape, shape->width ? TEXT_REFERENCE_BYTES : array_type_bytes(array->type),
                         chunk);
    scope_check(scope, H5Pset_chunk(creation, shape->rank, chunk));
    if (shape->width)
        return creation; /* HDF5 filters no texts of variable length: the seal alone is over them */
    /* Filters run in this order: shuffled bytes compress better, and the checksum at the end is
       over what is stored. */
    if (deflate) scope_check(scope, H5Pset_shuffle(creation));
    if (deflate) scope_check(scope, H5Pset_deflate(creation, 1));
    scope_check(scope, H5Pset_fletcher32(creation));
    return creation;
}

/* The dataset without values. */
static hid_t store_write_make_dataset(scope_t *scope, hid_t file, const array_t *array,
                                      bool deflate)
{
    const shape_t shape = shape_of(array);
    const hid_t on_disk = scope_keep(scope, type_on_disk(array->type));
    const hid_t space = scope_keep(
        scope, shape.rank ? H5Screate_simple(shape.rank, shape.dims, NULL) : H5Screate(H5S_SCALAR));
    const hid_t creation = store_write_creation_of(scope, array, &shape, deflate);
    return scope_keep(
        scope, H5Dcreate2(file, array->name, on_disk, space, H5P_DEFAULT, creation, H5P_DEFAULT));
}

static void store_write_put_dataset(scope_t *scope, hid_t file, const array_t *array, bool deflate)
{
    const hid_t made = store_write_make_dataset(scope, file, array, deflate);
    if (array_items(array) == 0) return;
    if (array->type == ARRAY_TEXT) {
        texts_write(scope, made, array);
        return;
    }
    const hid_t in_memory = scope_keep(scope, type_in_memory(array->type));
    scope_check(scope, H5Dwrite(made, in_memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, array->data));
}

static bool store_write_is_storable(const array_t *array)
{
    const size_t least = array->type == ARRAY_TEXT; /* the width of texts is a dimension */
    if (array->rank < least || array->rank > ARRAY_RANK_MAX) return false;
    return array->type != ARRAY_TEXT || array->dims[array->rank - 1] > 0;
}

confx_status_t put_array(hid_t file, const char *path, const array_t *array, bool deflate)
{
    if (!store_write_is_storable(array))
        return status_fail(CONFX_STATUS_INPUT,
                           "%s: %s: expected an array of up to %d dimensions, a text array with a "
                           "width above 0",
                           path, array->name, ARRAY_RANK_MAX);
    TRY(put_groups(file, path, array->name));
    scope_t scope = scope_begin(path, array->name, CONFX_STATUS_IO);
    store_write_put_dataset(&scope, file, array, deflate);
    TRY(scope_end(&scope));
    if (!array->units) return status_ok();
    return put_attribute(
        file, path, &(attribute_t){.path = array->name, .name = "units", .text = array->units});
}

/* ---- datasets by rows ------------------------------------------------------------------------ */

size_t put_chunk_rows(const array_t *array)
{
    const shape_t shape = shape_of(array);
    hsize_t chunk[ARRAY_RANK_MAX] = {1};
    store_write_chunk_of(&shape, array_type_bytes(array->type), chunk);
    return chunk[0];
}

confx_status_t put_space(hid_t file, const char *path, const array_t *array, bool deflate)
{
    TRY(put_groups(file, path, array->name));
    scope_t scope = scope_begin(path, array->name, CONFX_STATUS_IO);
    (void)store_write_make_dataset(&scope, file, array, deflate);
    return scope_end(&scope);
}

confx_status_t put_rows(hid_t file, const char *path, const array_t *array, size_t first, size_t n,
                        const void *rows)
{
    const hsize_t start[ARRAY_RANK_MAX] = {first};
    shape_t shape = shape_of(array);
    shape.dims[0] = n;
    scope_t scope = scope_begin(path, array->name, CONFX_STATUS_IO);
    const hid_t set = scope_keep(&scope, H5Dopen2(file, array->name, H5P_DEFAULT));
    const hid_t type = scope_keep(&scope, type_in_memory(array->type));
    const hid_t from = scope_keep(&scope, H5Screate_simple(shape.rank, shape.dims, NULL));
    const hid_t to = scope_keep(&scope, H5Dget_space(set));
    scope_check(&scope, H5Sselect_hyperslab(to, H5S_SELECT_SET, start, NULL, shape.dims, NULL));
    if (scope_is_well(&scope))
        scope_check(&scope, H5Dwrite(set, type, from, to, H5P_DEFAULT, rows));
    return scope_end(&scope);
}

/* ---- whole files ----------------------------------------------------------------------------- */

confx_status_t store_replace(const char *path, const char *previous, const array_t *arrays,
                             size_t arrays_n, const attribute_t *attributes, size_t attributes_n,
                             const guard_t *guard)
{
    image_t image;
    confx_status_t status;
    TRY_OUT(image_begin(path, &image));
    for (size_t i = 0; i < arrays_n; i++) TRY_OUT(put_array(image.file, path, &arrays[i], false));
    for (size_t i = 0; i < attributes_n; i++)
        TRY_OUT(put_attribute(image.file, path, &attributes[i]));
    TRY_OUT(image_publish_keeping(&image, previous, guard));
out:
    image_end(&image);
    return status;
}

confx_status_t store_write(const char *path, const array_t *arrays, size_t arrays_n,
                           const attribute_t *attributes, size_t attributes_n, const guard_t *guard)
{
    return store_replace(path, NULL, arrays, arrays_n, attributes, attributes_n, guard);
}
