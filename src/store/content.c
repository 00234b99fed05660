#include "store/content.h"
#include "confx/try.h"

#include "confx/file.h"
#include "store/reader.h"
#include "store/scope.h"
#include "store/texts.h"
#include "store/types.h"

#include <H5DSpublic.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE_BYTES = 1 << 20, DEPTH_MOST = 6, NAME_MOST = 256, SECONDS_MOST = 60, SCALES_KEPT = 8 };

typedef struct {
    const char *path;
    unsigned long crc;
    size_t depth;
    /* Dimension scales met so far: many datasets refer to the same few. */
    size_t scales_n;
    struct {
        hobj_ref_t reference;
        char name[NAME_MOST];
    } scales[SCALES_KEPT];
} content_t;

static void content_add(content_t *content, const void *bytes, size_t n)
{
    content->crc = crc32_z(content->crc, bytes, n);
}

/* With its NUL: "ab" "c" is not "a" "bc". */
static void content_add_text(content_t *content, const char *text)
{
    content_add(content, text, strlen(text) + 1);
}

/* ---- types, shapes, values ------------------------------------------------------------------- */

static bool content_is_variable(hid_t type)
{
    return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
}

static void content_add_type(content_t *content, scope_t *scope, hid_t type)
{
    char text[64];
    const H5T_class_t kind = H5Tget_class(type);
    /* The one enumeration of the log is that of booleans. */
    array_type_t enumerated = ARRAY_TYPES;
    size_t width;
    const bool boolean =
        kind == H5T_ENUM && type_find(type, &enumerated, &width) && enumerated == ARRAY_BOOL;
    if (kind != H5T_INTEGER && kind != H5T_FLOAT && kind != H5T_STRING && !boolean)
        scope_fail(scope, "has a type not of the log");
    if (!scope_is_well(scope)) return;
    /* A text of variable length has the size of a pointer in memory, which is no fact of the
       file. */
    const int sign = kind == H5T_INTEGER ? (int)H5Tget_sign(type) : 0;
    const int order = kind == H5T_STRING ? 0 : (int)H5Tget_order(type);
    (void)snprintf(text, sizeof text, "%d %zu %d %d", (int)kind,
                   content_is_variable(type) ? 0 : H5Tget_size(type), sign, order);
    content_add_text(content, text);
}

/* Dimensions into dims, and how many; negative after a failure. */
static int content_add_shape(content_t *content, scope_t *scope, hid_t space,
                             hsize_t dims[H5S_MAX_RANK])
{
    char text[32];
    const int rank = H5Sget_simple_extent_dims(space, dims, NULL);
    scope_check(scope, rank);
    for (int i = 0; i < rank; i++) {
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)dims[i]);
        content_add_text(content, text);
    }
    content_add_text(content, "."); /* the end: {2} followed by a 3 is not {2, 3} */
    return rank;
}

static void content_add_texts(content_t *content, char **texts, size_t n)
{
    for (size_t i = 0; i < n; i++) content_add_text(content, texts[i] ? texts[i] : "");
}

/* Of an attribute, which is small; of a dataset, all of it, from a place of n items of the type
   `type`. */
typedef struct {
    hid_t from, type, memory, selected;
    size_t n;
    bool attribute;
} values_t;

static void content_add_values(content_t *content, scope_t *scope, const values_t *values)
{
    const bool variable = content_is_variable(values->type);
    const hid_t type = variable ? scope_keep(scope, texts_type()) : values->type;
    const size_t item_bytes = variable ? sizeof(char *) : H5Tget_size(values->type);
    if (!scope_is_well(scope) || values->n == 0) return;
    assert(item_bytes > 0);
    /* Cleared, so that texts that a failed read has not reached are NULL and can be given back. */
    void *items = calloc(values->n, item_bytes);
    if (!items) {
        scope->status = status_fail(CONFX_STATUS_MEMORY, "%s: no memory to check %s", content->path,
                                    scope->object);
        return;
    }
    const hid_t transfer = variable ? texts_transfer(scope, values->n) : H5P_DEFAULT;
    scope_check(scope, values->attribute ? H5Aread(values->from, type, items)
                                         : H5Dread(values->from, type, values->memory,
                                                   values->selected, transfer, items));
    if (scope_is_well(scope) && variable) content_add_texts(content, items, values->n);
    if (scope_is_well(scope) && !variable) content_add(content, items, values->n * item_bytes);
    if (variable) (void)H5Dvlen_reclaim(type, values->memory, H5P_DEFAULT, items);
    free(items);
}

/* ---- dimension scales ------------------------------------------------------------------------ */

/* H5DS keeps references to scales: addresses in the file, which say nothing by themselves. */
static const char DIMENSIONS[] = "DIMENSION_LIST"; /* of a dataset: the scales of each dimension */
static const char USERS[] = "REFERENCE_LIST"; /* of a scale: the other side of the same, passed over
                                               */

/* What the scale is called, by its attribute NAME. */
static void content_add_scale(content_t *content, scope_t *scope, hid_t from,
                              const hobj_ref_t *reference)
{
    char name[NAME_MOST] = "";
    for (size_t i = 0; i < content->scales_n; i++)
        /* To look a scale up by its address takes HDF5 far longer than these few comparisons. */
        if (content->scales[i].reference == *reference) {
            content_add_text(content, content->scales[i].name);
            return;
        }
    const hid_t scale = H5Rdereference2(from, H5P_DEFAULT, H5R_OBJECT, reference);
    scope_check(scope, scale < 0 ? -1 : 0);
    if (scope_is_well(scope))
        scope_check(scope, H5DSget_scale_name(scale, name, sizeof name) < 0 ? -1 : 0);
    if (scale >= 0) (void)H5Oclose(scale);
    if (!scope_is_well(scope)) return;
    content_add_text(content, name);
    if (content->scales_n == SCALES_KEPT) return;
    content->scales[content->scales_n].reference = *reference;
    memcpy(content->scales[content->scales_n++].name, name, sizeof name);
}

/* The names of the scales of each dimension, in place of the references. */
static void content_add_scales(content_t *content, scope_t *scope, hid_t attribute, hid_t space)
{
    hvl_t lists[H5S_MAX_RANK] = {{0}};
    const hssize_t n = H5Sget_simple_extent_npoints(space);
    const hid_t items = scope_keep(scope, H5Tcopy(H5T_STD_REF_OBJ));
    const hid_t type = scope_keep(scope, H5Tvlen_create(items));
    /* HDF5 writes as many lists as the file says, into an array of this size. */
    if (n < 0 || n > H5S_MAX_RANK) scope_fail(scope, "is of %lld dimensions", (long long)n);
    if (!scope_is_well(scope)) return;
    scope_check(scope, H5Aread(attribute, type, lists));
    for (hssize_t dim = 0; dim < n; dim++) {
        const hobj_ref_t *references = lists[dim].p;
        for (size_t i = 0; scope_is_well(scope) && i < lists[dim].len; i++)
            content_add_scale(content, scope, attribute, &references[i]);
        content_add_text(content, ".");
    }
    /* The memory of the lists is HDF5's own. */
    (void)H5Dvlen_reclaim(type, space, H5P_DEFAULT, lists);
}

/* ---- attributes ------------------------------------------------------------------------------ */

static confx_status_t content_add_attribute(content_t *content, hid_t object, const char *name)
{
    hsize_t dims[H5S_MAX_RANK];
    scope_t scope = scope_begin(content->path, name, CONFX_STATUS_DAMAGED);
    const hid_t attribute = scope_keep(&scope, H5Aopen(object, name, H5P_DEFAULT));
    const hid_t type = scope_keep(&scope, H5Aget_type(attribute));
    const hid_t space = scope_keep(&scope, H5Aget_space(attribute));
    if (!scope_is_well(&scope)) return scope_end(&scope);
    /* Its name, type and shape go before its values, so that none of them passes for another. */
    content_add_text(content, "attribute");
    content_add_text(content, name);
    if (H5Tget_class(type) == H5T_COMPOUND && !strcmp(name, USERS)) return scope_end(&scope);
    if (H5Tget_class(type) == H5T_VLEN && !strcmp(name, DIMENSIONS)) {
        content_add_scales(content, &scope, attribute, space);
        return scope_end(&scope);
    }
    content_add_type(content, &scope, type);
    (void)content_add_shape(content, &scope, space, dims);
    const hssize_t n = H5Sget_simple_extent_npoints(space);
    const values_t values = {.from = attribute,
                             .type = type,
                             .memory = space,
                             .n = n > 0 ? (size_t)n : 0,
                             .attribute = true};
    content_add_values(content, &scope, &values);
    return scope_end(&scope);
}

/* Where an iteration of HDF5's over attributes is. */
typedef struct {
    content_t *content;
    confx_status_t status;
} content_visit_t;

static herr_t content_visit_attribute(hid_t object, const char *name, const H5A_info_t *facts,
                                      void *context)
{
    content_visit_t *visit = context;
    (void)facts;
    visit->status = content_add_attribute(visit->content, object, name);
    return visit->status.code == CONFX_STATUS_OK ? 0 : -1;
}

/* By name, in their order. */
static confx_status_t content_add_attributes(content_t *content, hid_t object)
{
    content_visit_t visit = {content, status_ok()};
    hsize_t first = 0;
    if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &first, content_visit_attribute, &visit) <
            0 &&
        visit.status.code == CONFX_STATUS_OK)
        visit.status = status_fail(CONFX_STATUS_DAMAGED,
                                   "%s: attributes that cannot be gone through", content->path);
    return visit.status;
}

/* ---- datasets -------------------------------------------------------------------------------- */

/* Which rows of which file: their values are under the seals of those. */
static void content_add_mapping(content_t *content, scope_t *scope, hid_t creation, int rank)
{
    char file[FILE_PATH_MAX];
    char name[NAME_MOST];
    size_t n = 0;
    scope_check(scope, H5Pget_virtual_count(creation, &n));
    for (size_t i = 0; scope_is_well(scope) && i < n; i++) {
        hsize_t slab[4][H5S_MAX_RANK] = {{0}};
        scope_check(scope, H5Pget_virtual_filename(creation, i, file, sizeof file) < 0 ? -1 : 0);
        scope_check(scope, H5Pget_virtual_dsetname(creation, i, name, sizeof name) < 0 ? -1 : 0);
        const hid_t space = H5Pget_virtual_vspace(creation, i);
        scope_check(
            scope,
            space < 0 ? -1 : H5Sget_regular_hyperslab(space, slab[0], slab[1], slab[2], slab[3]));
        if (space >= 0) (void)H5Sclose(space);
        if (!scope_is_well(scope)) return;
        /* All four numbers of the hyperslab: start, stride, count and block in each dimension. */
        content_add_text(content, file);
        content_add_text(content, name);
        for (size_t k = 0; k < 4; k++)
            content_add(content, slab[k], (size_t)rank * sizeof slab[k][0]);
    }
}

/* In pieces of whole rows. */
static void content_add_rows(content_t *content, scope_t *scope, hid_t set, hid_t type, hid_t space,
                             int rank, const hsize_t *dims)
{
    hsize_t start[H5S_MAX_RANK] = {0};
    hsize_t count[H5S_MAX_RANK] = {1};
    size_t row = 1;
    assert(rank <= H5S_MAX_RANK);
    /* A piece has all of each row, and at least one row, however large that is. */
    for (int i = 0; i < rank; i++) count[i] = dims[i];
    for (int i = 1; i < rank; i++) row *= dims[i];
    const size_t bytes = row * H5Tget_size(type);
    const hsize_t most = bytes && bytes < PIECE_BYTES ? PIECE_BYTES / bytes : 1;
    const hsize_t rows = rank ? dims[0] : 1;
    for (hsize_t first = 0; scope_is_well(scope) && row && first < rows; first += most) {
        start[0] = first;
        count[0] = rows - first < most ? rows - first : most;
        const hid_t memory = rank ? H5Screate_simple(rank, count, NULL) : H5Scopy(space);
        scope_check(scope, memory < 0 ? -1 : 0);
        if (rank)
            scope_check(scope,
                        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL));
        const values_t values = {.from = set,
                                 .type = type,
                                 .memory = memory,
                                 .selected = space,
                                 .n = (size_t)count[0] * row};
        content_add_values(content, scope, &values);
        if (memory >= 0) (void)H5Sclose(memory);
    }
}

static confx_status_t content_add_dataset(content_t *content, hid_t set, const char *name)
{
    hsize_t dims[H5S_MAX_RANK] = {0};
    scope_t scope = scope_begin(content->path, name, CONFX_STATUS_DAMAGED);
    const hid_t type = scope_keep(&scope, H5Dget_type(set));
    const hid_t space = scope_keep(&scope, H5Dget_space(set));
    const hid_t creation = scope_keep(&scope, H5Dget_create_plist(set));
    if (!scope_is_well(&scope)) return scope_end(&scope);
    content_add_type(content, &scope, type);
    const int rank = content_add_shape(content, &scope, space, dims);
    if (scope_is_well(&scope)) {
        /* The rows of a virtual dataset lie in other files, which have seals of their own: which
           rows of which files it shows is its content. */
        if (H5Pget_layout(creation) == H5D_VIRTUAL)
            content_add_mapping(content, &scope, creation, rank);
        else
            content_add_rows(content, &scope, set, type, space, rank, dims);
    }
    return scope_end(&scope);
}

/* ---- groups ---------------------------------------------------------------------------------- */

static confx_status_t content_add_group(content_t *content, hid_t group);

static confx_status_t content_add_object(content_t *content, hid_t object, const char *name)
{
    /* What it is and its name come first, then what is in it, and its attributes at last. */
    const H5I_type_t kind = H5Iget_type(object);
    content_add_text(content, kind == H5I_DATASET ? "dataset" : "group");
    content_add_text(content, name);
    if (kind == H5I_DATASET) TRY(content_add_dataset(content, object, name));
    if (kind == H5I_GROUP) TRY(content_add_group(content, object));
    return content_add_attributes(content, object);
}

/* By name, in their order; a nesting deeper than the log's may be one without end. */
static confx_status_t content_add_group(content_t *content, hid_t group)
{
    H5G_info_t facts;
    if (H5Gget_info(group, &facts) < 0 || content->depth >= DEPTH_MOST)
        return status_fail(CONFX_STATUS_DAMAGED, "%s: a group that is not of the log",
                           content->path);
    /* Sorted by name, since the order in which a file keeps links is no content. */
    content->depth++;
    for (hsize_t i = 0; i < facts.nlinks; i++) {
        char name[NAME_MOST] = "";
        scope_t scope = scope_begin(content->path, "a group", CONFX_STATUS_DAMAGED);
        scope_check(&scope, H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name,
                                               sizeof name, H5P_DEFAULT) < 0
                                ? -1
                                : 0);
        const hid_t object = scope_keep(&scope, H5Oopen(group, name, H5P_DEFAULT));
        if (scope_is_well(&scope)) scope.status = content_add_object(content, object, name);
        TRY(scope_end(&scope));
    }
    assert(content->depth > 0);
    content->depth--;
    content_add_text(content, "end");
    return status_ok();
}

confx_status_t content_checksum(hid_t file, const char *path, uint32_t *checksum)
{
    content_t content = {.path = path};
    scope_t scope = scope_begin(path, "", CONFX_STATUS_DAMAGED);
    const hid_t root = scope_keep(&scope, H5Gopen2(file, "/", H5P_DEFAULT));
    if (scope_is_well(&scope)) scope.status = content_add_object(&content, root, "/");
    *checksum = (uint32_t)content.crc;
    return scope_end(&scope);
}

/* ---- of a file that may be damaged ----------------------------------------------------------- */

uint32_t content_bind(uint32_t content, size_t length)
{
    char text[32];
    const int n = snprintf(text, sizeof text, "%zu", length);
    return (uint32_t)crc32_z(content, (const unsigned char *)text, (size_t)n);
}

/* How the child ends: with one of these, or with the last of them and an errno on top; otherwise it
   died of the file. */
enum { CONTENT_SAME, CONTENT_OTHER, CONTENT_UNREAD };

/* In the child. It leaves without a trace, whatever happens. */
static int content_try(int descriptor, const char *path, size_t length, uint32_t bound)
{
    const struct rlimit seconds = {SECONDS_MOST, SECONDS_MOST};
    const struct rlimit none = {0, 0};
    uint32_t found = 0;
    reader_t reader = {.ready = -1};
    /* A damaged file may send HDF5 round in circles, or crash it: the kernel ends that, without a
       core. */
    (void)setrlimit(RLIMIT_CPU, &seconds);
    (void)setrlimit(RLIMIT_CORE, &none);
    scope_t scope = scope_begin(path, "", CONFX_STATUS_DAMAGED);
    const hid_t access = scope_keep(&scope, H5Pcreate(H5P_FILE_ACCESS));
    reader_begin(&scope, access, descriptor, &reader);
    const hid_t file =
        scope_is_well(&scope) ? H5Fopen(path, H5F_ACC_RDONLY, access) : H5I_INVALID_HID;
    const bool read = file >= 0 && content_checksum(file, path, &found).code == CONFX_STATUS_OK;
    /* A file that could not be read is not one that says other things. */
    if (reader.trouble) return CONTENT_UNREAD + reader.trouble;
    return read && content_bind(found, length) == bound ? CONTENT_SAME : CONTENT_OTHER;
}

static confx_status_t content_no_process(const char *path)
{
    return status_fail(errno == ENOMEM ? CONFX_STATUS_MEMORY : CONFX_STATUS_IO,
                       "%s: no process to look into it: %s", path, strerror(errno));
}

confx_status_t content_is(int descriptor, const char *path, size_t length, uint32_t bound, bool *is)
{
    int result = 0;
    pid_t ended;
    *is = false;
    /* What waits in this process's streams must not be written by the child as well. */
    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) _exit(content_try(descriptor, path, length, bound));
    if (child < 0) return content_no_process(path);
    do {
        ended = waitpid(child, &result, 0);
    } while (ended < 0 && errno == EINTR);
    if (ended != child) return content_no_process(path);
    /* A child that a signal has ended has met a damaged file, which is not the one that was
       sealed. */
    if (!WIFEXITED(result)) return status_ok();
    *is = WEXITSTATUS(result) == CONTENT_SAME;
    if (WEXITSTATUS(result) <= CONTENT_UNREAD) return status_ok();
    return status_fail(CONFX_STATUS_IO, "%s: cannot be read: %s", path,
                       strerror(WEXITSTATUS(result) - CONTENT_UNREAD));
}
