#include "confx/file.h"
#include "confx/master.h"
#include "confx/try.h"
#include "store/identity.h"
#include "store/old_names.h"
#include "store/open.h"
#include "store/reader.h"
#include "store/scope.h"
#include "store/seal.h"
#include "store/sources.h"
#include "store/texts.h"
#include "store/types.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- opening --------------------------------------------------------------------------------- */

/* How something that HDF5 did with the file ends, and its handles. */
static confx_status_t read_end(const store_t *store, scope_t *scope)
{
    return reader_judge(&store->reader, scope_end(scope));
}

/* What HDF5 reads is the very file whose seal was checked. No locks are taken: what is published
   does not change, and some network file systems have none. */
static confx_status_t read_open_file(store_t *store, int descriptor)
{
    scope_t scope = scope_begin(store->path, "", CONFX_STATUS_DAMAGED);
    const hid_t access = scope_keep(&scope, H5Pcreate(H5P_FILE_ACCESS));
    scope_check(&scope, H5Pset_fclose_degree(access, H5F_CLOSE_STRONG));
    reader_begin(&scope, access, descriptor, &store->reader);
    scope_expect_memory(&scope, 1);
    if (scope_is_well(&scope)) {
        store->file = H5Fopen(store->path, H5F_ACC_RDONLY, access);
        scope_check(&scope, store->file < 0 ? -1 : 0);
    }
    return read_end(store, &scope);
}

static confx_status_t read_open_checked(store_t *store, file_owner_t owner)
{
    int descriptor;
    TRY(file_open(store->path, owner, FILE_ANY_LENGTH, &descriptor));
    const confx_status_t status = seal_check_open(descriptor, store->path, &store->checksum);
    /* The same descriptor goes on to the reader, which closes it; a file that fails the check is
       closed here. */
    if (status.code == CONFX_STATUS_OK) return read_open_file(store, descriptor);
    (void)close(descriptor);
    return status;
}

static confx_status_t read_open_as(const char *path, file_owner_t owner, store_t **store)
{
    confx_status_t status;
    *store = calloc(1, sizeof **store);
    if (!*store) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory to open it", path);
    (*store)->file = H5I_INVALID_HID;
    (*store)->reader = (reader_t){.ready = -1, .status = status_ok()};
    TRY_OUT(file_join("", path, (*store)->path));
    TRY_OUT(read_open_checked(*store, owner));
out:
    if (status.code != CONFX_STATUS_OK) {
        store_close(*store);
        *store = NULL;
    }
    return status;
}

confx_status_t store_open(const char *path, store_t **store)
{
    return read_open_as(path, FILE_OURS, store);
}

confx_status_t store_open_users(const char *path, store_t **store)
{
    return read_open_as(path, FILE_USERS, store);
}

void store_close(store_t *store)
{
    if (!store) return;
    if (store->file >= 0) (void)H5Fclose(store->file);
    reader_end(&store->reader);
    free(store);
}

/* ---- what is in it --------------------------------------------------------------------------- */

/* Where the file has the dataset that is called `name` today. */
static old_name_t read_name(const store_t *store, const char *name)
{
    return store->has_old_names ? old_name(name) : (old_name_t){name, name, -1};
}

/* The object, and the groups above it one after the other: HDF5 takes a missing one for an
   error. */
static void read_look(scope_t *scope, store_t *store, const char *name, bool *has)
{
    char part[FILE_PATH_MAX];
    *has = true;
    scope->status = file_join("", name, part);
    for (char *slash = part; scope_is_well(scope) && *has && slash;) {
        slash = strchr(slash + 1, '/');
        /* The name is cut behind one part after the other; each part was there before the next is
           asked for. */
        if (slash) *slash = 0;
        const htri_t found =
            part[1] ? H5Lexists(store->file, part, H5P_DEFAULT) : 1; /* "/" is there */
        scope_check(scope, found);
        *has = found > 0;
        if (slash) *slash = '/';
    }
}

confx_status_t store_has(store_t *store, const char *name, bool *has)
{
    const old_name_t where = read_name(store, name);
    scope_t scope = scope_begin(store->path, where.old, CONFX_STATUS_DAMAGED);
    read_look(&scope, store, where.old, has);
    const confx_status_t status = read_end(store, &scope);
    *has = *has && status.code == CONFX_STATUS_OK;
    return status;
}

confx_status_t store_has_attribute(store_t *store, const char *path, const char *name, bool *has)
{
    const char *object = read_name(store, path).old;
    scope_t scope = scope_begin(store->path, name, CONFX_STATUS_DAMAGED);
    read_look(&scope, store, object, has);
    if (scope_is_well(&scope) && *has) {
        const htri_t found = H5Aexists_by_name(store->file, object, name, H5P_DEFAULT);
        scope_check(&scope, found);
        *has = found > 0;
    }
    const confx_status_t status = read_end(store, &scope);
    *has = *has && status.code == CONFX_STATUS_OK;
    return status;
}

/* ---- datasets -------------------------------------------------------------------------------- */

/* Are as many values in the file as its dimensions say? Readers make room for what a dataset says
   it has, and HDF5 takes any dimensions for a dataset that has no values, or not all of them. What
   is compressed shrinks by 1032 times at most (zlib's documentation); a text of variable length
   takes 16 bytes where it is referred to. */
static bool read_has_values(hid_t set, const array_t *array)
{
    enum { SHRINKS_MOST = 1100, REFERENCE_BYTES = 16 };
    size_t bytes = array->type == ARRAY_TEXT ? REFERENCE_BYTES : array_type_bytes(array->type);
    const size_t dims = array->rank - (array->type == ARRAY_TEXT);
    const hsize_t stored = H5Dget_storage_size(set);
    if (stored > SIZE_MAX / SHRINKS_MOST) return false;
    for (size_t i = 0; i < dims; i++) {
        if (array->dims[i] == 0) return true;
        /* The file may say any dimensions: the product is compared before it can overflow. */
        if (array->dims[i] > SIZE_MAX / bytes) return false;
        bytes *= array->dims[i];
    }
    return bytes <= stored * SHRINKS_MOST;
}

static bool read_is_virtual(hid_t set)
{
    const hid_t creation = H5Dget_create_plist(set);
    const bool answer = creation >= 0 && H5Pget_layout(creation) == H5D_VIRTUAL;
    if (creation >= 0) (void)H5Pclose(creation);
    return answer;
}

/* Type, rank and dimensions of an open dataset. */
static void read_describe(scope_t *scope, hid_t set, array_t *array)
{
    hsize_t dims[H5S_MAX_RANK] = {0};
    size_t width = 0;
    *array = (array_t){.name = scope->object};
    const hid_t type = scope_keep(scope, H5Dget_type(set));
    const hid_t space = scope_keep(scope, H5Dget_space(set));
    const int rank = H5Sget_simple_extent_dims(space, dims, NULL);
    scope_check(scope, rank);
    if (!scope_is_well(scope)) return;
    if (!type_find(type, &array->type, &width))
        scope_fail(scope, "has a type that is not of the log");
    const bool text = array->type == ARRAY_TEXT;
    array->rank = (size_t)rank + text;
    if (array->rank > ARRAY_RANK_MAX) scope_fail(scope, "has %d dimensions", rank);
    if (!scope_is_well(scope)) return;
    array->dims[0] = 1; /* of a single number: a row */
    for (int i = 0; i < rank; i++) array->dims[i] = dims[i];
    if (!read_is_virtual(set) &&
        !read_has_values(set, array)) { /* sources.c looks at those that are virtual */
        scope_fail(scope, "has not the values that its dimensions speak of");
        return;
    }
    if (text)
        array->dims[rank] =
            width ? width : texts_width(scope, set, (size_t)H5Sget_simple_extent_npoints(space));
}

/* A column of a table of two dimensions, as a dataset of one. */
static void read_take_column(scope_t *scope, const old_name_t *name, array_t *array)
{
    if (!scope_is_well(scope) || name->column < 0) return;
    if (array->rank != 2 || (size_t)name->column >= array->dims[1] || array->type == ARRAY_TEXT)
        scope_fail(scope, "is not a table with a column %d", name->column);
    array->rank = 1;
    array->dims[1] = 0;
}

/* The dataset `scope->object`, described; virtual ones stand on checked files. */
static hid_t read_open_dataset(scope_t *scope, store_t *store, const old_name_t *name,
                               array_t *array)
{
    const hid_t set = scope_keep(scope, H5Dopen2(store->file, name->old, H5P_DEFAULT));
    read_describe(scope, set, array);
    read_take_column(scope, name, array);
    /* Once for all columns, as they stand on the same files; and before the first row is read. */
    if (scope_is_well(scope) && !store->sources_are_checked)
        scope->status = sources_check(store, set, &store->sources_are_checked);
    return set;
}

confx_status_t store_describe(store_t *store, const char *name, array_t *array)
{
    const old_name_t where = read_name(store, name);
    scope_t scope = scope_begin(store->path, where.old, CONFX_STATUS_DAMAGED);
    read_describe(&scope, scope_keep(&scope, H5Dopen2(store->file, where.old, H5P_DEFAULT)), array);
    read_take_column(&scope, &where, array);
    array->name = name;
    return read_end(store, &scope);
}

confx_status_t store_rows(store_t *store, const char *name, size_t *rows)
{
    array_t array;
    TRY(store_describe(store, name, &array));
    *rows = array.dims[0];
    return status_ok();
}

/* A single number or text may be asked for as one row, or the reverse, and texts in more bytes than
   they take. */
static bool read_have_same_shape(const array_t *found, const array_t *asked)
{
    if (found->type != asked->type) return false;
    const size_t text = asked->type == ARRAY_TEXT;
    const size_t found_dims = found->rank - text;
    const size_t asked_dims = asked->rank - text;
    /* Only of one dimension, or none, may the two differ. */
    if (found_dims > 1 || asked_dims > 1 || found_dims == asked_dims)
        return found_dims == asked_dims &&
               memcmp(found->dims, asked->dims, asked_dims * sizeof found->dims[0]) == 0;
    return (found_dims ? found : asked)->dims[0] == 1;
}

static void read_items(scope_t *scope, hid_t set, const array_t *array)
{
    if (array->type == ARRAY_TEXT) {
        const size_t width = array->dims[array->rank - 1];
        texts_read(scope, set, H5S_ALL, array_items(array) / width, width, array->data);
        return;
    }
    const hid_t type = scope_keep(scope, type_in_memory(array->type));
    scope_check(scope, H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, array->data));
}

confx_status_t store_read(store_t *store, const array_t *array)
{
    array_t found;
    const old_name_t where = read_name(store, array->name);
    scope_t scope = scope_begin(store->path, where.old, CONFX_STATUS_DAMAGED);
    const hid_t set = read_open_dataset(&scope, store, &where, &found);
    if (scope_is_well(&scope) && (where.column >= 0 || !read_have_same_shape(&found, array)))
        scope_fail(&scope, "has another type or shape");
    if (scope_is_well(&scope) && array_items(array) > 0) read_items(&scope, set, array);
    return read_end(store, &scope);
}

/* Read the selected rows; the shape is that of the whole dataset. */
static void read_rows(scope_t *scope, hid_t set, const array_t *whole, array_type_t type,
                      size_t first, size_t n, int column, void *data)
{
    const hsize_t start[ARRAY_RANK_MAX] = {first, column < 0 ? 0 : (hsize_t)column};
    shape_t shape = shape_of(whole);
    hsize_t count[ARRAY_RANK_MAX];
    shape.dims[0] = n;
    memcpy(count, shape.dims, sizeof count);
    if (column >= 0) count[1] = 1; /* a column lies in two dimensions, and is taken as one */
    const hid_t space = scope_keep(scope, H5Dget_space(set));
    if (shape.rank)
        scope_check(scope, H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL));
    if (type == ARRAY_TEXT) {
        texts_read(scope, set, space, (size_t)H5Sget_select_npoints(space), shape.width, data);
        return;
    }
    const hid_t in_memory = scope_keep(scope, type_in_memory(type));
    const hid_t rows = scope_keep(scope, shape.rank ? H5Screate_simple(shape.rank, shape.dims, NULL)
                                                    : H5Dget_space(set));
    scope_check(scope, H5Dread(set, in_memory, rows, space, H5P_DEFAULT, data));
}

confx_status_t store_read_rows(store_t *store, const char *name, array_type_t type, size_t first,
                               size_t n, void *data)
{
    array_t whole;
    const old_name_t where = read_name(store, name);
    scope_t scope = scope_begin(store->path, where.old, CONFX_STATUS_DAMAGED);
    const hid_t set = read_open_dataset(&scope, store, &where, &whole);
    if (scope_is_well(&scope) && (first > whole.dims[0] || n > whole.dims[0] - first))
        scope_fail(&scope, "has %zu rows, expected %zu from row %zu on", whole.dims[0], n, first);
    if (scope_is_well(&scope) && (type == ARRAY_TEXT) != (whole.type == ARRAY_TEXT))
        scope_fail(&scope, "has another type");
    if (scope_is_well(&scope) && n > 0)
        read_rows(&scope, set, &whole, type, first, n, where.column, data);
    return read_end(store, &scope);
}

confx_status_t store_read_number(store_t *store, const char *name, double *number)
{
    bool has;
    *number = NAN;
    TRY(store_has(store, name, &has));
    return has ? store_read_rows(store, name, ARRAY_F64, 0, 1, number) : status_ok();
}

/* ---- attributes ------------------------------------------------------------------------------ */

/* An open attribute that holds one value of that class. */
static hid_t read_open_value(scope_t *scope, store_t *store, const char *path, H5T_class_t expected)
{
    const hid_t attribute =
        scope_keep(scope, H5Aopen_by_name(store->file, read_name(store, path).old, scope->object,
                                          H5P_DEFAULT, H5P_DEFAULT));
    const hid_t type = scope_keep(scope, H5Aget_type(attribute));
    const hid_t space = scope_keep(scope, H5Aget_space(attribute));
    if (!scope_is_well(scope)) return H5I_INVALID_HID;
    const H5T_class_t found = H5Tget_class(type);
    const bool whole = found == H5T_ENUM && expected == H5T_INTEGER; /* a boolean */
    const bool fits = (found == expected || whole) && H5Sget_simple_extent_npoints(space) == 1;
    if (!fits) scope_fail(scope, "has another type");
    return attribute;
}

static confx_status_t read_number(store_t *store, const char *path, const char *name,
                                  H5T_class_t expected, hid_t in_memory, void *value)
{
    scope_t scope = scope_begin(store->path, name, CONFX_STATUS_DAMAGED);
    const hid_t attribute = read_open_value(&scope, store, path, expected);
    if (scope_is_well(&scope)) scope_check(&scope, H5Aread(attribute, in_memory, value));
    return read_end(store, &scope);
}

confx_status_t store_read_integer(store_t *store, const char *path, const char *name,
                                  int64_t *value)
{
    return read_number(store, path, name, H5T_INTEGER, H5T_NATIVE_INT64, value);
}

confx_status_t store_read_schema(store_t *store, int64_t *schema)
{
    TRY(store_read_integer(store, "/", "schema", schema));
    store->has_old_names = *schema < SCHEMA_WITH_UNITS;
    if (*schema >= 1 && *schema <= RUN_SCHEMA) return status_ok();
    if (*schema < 1)
        return status_fail(CONFX_STATUS_DAMAGED, "%s: schema: %lld", store->path,
                           (long long)*schema);
    return status_input(
        store->path, 0, "schema",
        "%lld, expected 1 to %d: a newer confx wrote it, and only such a one can read it",
        (long long)*schema, RUN_SCHEMA);
}

confx_status_t store_sources(store_t *store, char ***names, size_t *names_n)
{
    scope_t scope = scope_begin(store->path, "/trajectories/stage", CONFX_STATUS_DAMAGED);
    const hid_t set = scope_keep(&scope, H5Dopen2(store->file, scope.object, H5P_DEFAULT));
    const confx_status_t status =
        scope_is_well(&scope) ? sources_list(store->path, set, names, names_n) : status_ok();
    const confx_status_t end = read_end(store, &scope);
    return status.code == CONFX_STATUS_OK ? end : reader_judge(&store->reader, status);
}

confx_status_t store_is_self_contained(store_t *store, bool *alone)
{
    int64_t answer = 0;
    bool told;
    *alone = false;
    TRY(store_has_attribute(store, "/", "self_contained", &told)); /* not in schema 1 */
    /* A boolean; before schema 4 a whole number. */
    if (told) TRY(store_read_integer(store, "/", "self_contained", &answer));
    *alone = answer == 1;
    return status_ok();
}

confx_status_t store_check_run(store_t *store)
{
    int64_t schema = 0;
    TRY(store_read_schema(store, &schema));
    return identity_check_beside(store);
}

confx_status_t store_open_run(const char *path, store_t **store)
{
    confx_status_t status = store_open(path, store);
    if (!*store) return status;
    status = store_check_run(*store);
    if (status.code == CONFX_STATUS_OK) return status;
    store_close(*store);
    *store = NULL;
    return status;
}

/* An attribute's text in memory of our own; NULL without memory, or when it cannot be read. */
static char *read_variable(scope_t *scope, hid_t attribute)
{
    char *text = NULL;
    const hid_t type = scope_keep(scope, texts_type());
    scope_check(scope, H5Aread(attribute, type, (void *)&text));
    if (!scope_is_well(scope)) return NULL;
    char *found = strdup(text ? text : "");
    (void)H5free_memory(text);
    return found;
}

/* As files of schema 1 have it. */
static char *read_fixed(scope_t *scope, hid_t attribute, hid_t type)
{
    char *found = calloc(1, H5Tget_size(type) + 1);
    if (found) scope_check(scope, H5Aread(attribute, type, found));
    return found;
}

confx_status_t store_read_text(store_t *store, const char *path, const char *name, char **text)
{
    scope_t scope = scope_begin(store->path, name, CONFX_STATUS_DAMAGED);
    char *found = NULL;
    const hid_t attribute = read_open_value(&scope, store, path, H5T_STRING);
    const hid_t type = scope_keep(&scope, H5Aget_type(attribute));
    if (scope_is_well(&scope)) {
        found = H5Tis_variable_str(type) > 0 ? read_variable(&scope, attribute)
                                             : read_fixed(&scope, attribute, type);
        if (!found && scope_is_well(&scope))
            scope.status =
                status_fail(CONFX_STATUS_MEMORY, "%s: no memory for %s", store->path, name);
    }
    const confx_status_t status = read_end(store, &scope);
    if (status.code != CONFX_STATUS_OK) free(found);
    *text = status.code == CONFX_STATUS_OK ? found : NULL;
    return status;
}
