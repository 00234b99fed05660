#include "store/texts.h"
#include "confx/try.h"

#include <stdlib.h>
#include <string.h>

hid_t texts_type(void)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    const bool made = H5Tset_size(type, H5T_VARIABLE) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0;
    if (made) return type;
    (void)H5Tclose(type);
    return H5I_INVALID_HID;
}

hid_t texts_transfer(scope_t *scope, size_t n)
{
    enum { ITEMS_MOST = 65536 };
    const size_t items = n < ITEMS_MOST ? n + 1 : ITEMS_MOST;
    const hid_t transfer = scope_keep(scope, H5Pcreate(H5P_DATASET_XFER));
    /* What a text takes in a file, a length, an address and an index, is what bounds an item. */
    scope_check(scope, H5Pset_buffer(transfer, items * 4 * sizeof(hvl_t), NULL, NULL));
    return transfer;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Each text in its own width + 1 bytes, so that one that fills its width ends, too; and pointers to
   them, behind which HDF5 follows. Both in one piece of memory, NULL without it. */
static char **texts_lay_out(const array_t *array, size_t n, size_t width)
{
    char **texts = calloc(n + 1, sizeof *texts + width + 1);
    char *bytes = (char *)(texts + n + 1);
    for (size_t i = 0; texts && i < n; i++) {
        texts[i] = memcpy(bytes + i * (width + 1), (const char *)array->data + i * width, width);
    }
    return texts;
}

void texts_write(scope_t *scope, hid_t set, const array_t *array)
{
    const size_t width = array->dims[array->rank - 1];
    const size_t n = array_items(array) / width;
    if (!scope_is_well(scope) || n == 0) return;
    char **texts = texts_lay_out(array, n, width);
    if (!texts) {
        scope->status =
            status_fail(CONFX_STATUS_MEMORY, "%s: no memory for %s", scope->path, scope->object);
        return;
    }
    const hid_t type = scope_keep(scope, texts_type());
    const hid_t transfer = texts_transfer(scope, n);
    scope_check(scope, H5Dwrite(set, type, H5S_ALL, H5S_ALL, transfer, (const void *)texts));
    free((void *)texts);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* What HDF5 gives for texts of variable length: pointers to memory of its own, which texts_forget
   returns to it. */
typedef struct {
    hid_t type, space;
    char **texts; /* (n) NULL where nothing was ever written */
} texts_found_t;

static void texts_forget(scope_t *scope, texts_found_t *found)
{
    if (found->texts)
        scope_check(scope,
                    H5Dvlen_reclaim(found->type, found->space, H5P_DEFAULT, (void *)found->texts));
    free((void *)found->texts);
}

static texts_found_t texts_fetch(scope_t *scope, hid_t set, hid_t from, size_t n)
{
    const hsize_t items = n;
    texts_found_t found = {.type = scope_keep(scope, texts_type()),
                           .space = scope_keep(scope, H5Screate_simple(1, &items, NULL)),
                           .texts = calloc(n + 1, sizeof *found.texts)};
    if (!found.texts)
        scope->status =
            status_fail(CONFX_STATUS_MEMORY, "%s: no memory for %s", scope->path, scope->object);
    const hid_t transfer = texts_transfer(scope, n);
    if (scope_is_well(scope))
        scope_check(scope,
                    H5Dread(set, found.type, found.space, from, transfer, (void *)found.texts));
    return found;
}

static void texts_read_variable(scope_t *scope, hid_t set, hid_t from, size_t n, size_t width,
                                char *out)
{
    texts_found_t found = texts_fetch(scope, set, from, n);
    memset(out, 0, n * width);
    for (size_t i = 0; scope_is_well(scope) && i < n; i++) {
        const char *text = found.texts[i] ? found.texts[i] : "";
        const size_t length = strlen(text);
        if (length > width)
            scope_fail(scope, "holds a text of %zu bytes, expected %zu at most", length, width);
        else
            memcpy(out + i * width, text,
                   length + (length < width)); /* its NUL, where there is room */
    }
    texts_forget(scope, &found);
}

/* As files of schema 1 have them; HDF5 pads to the wider type. */
static void texts_read_fixed(scope_t *scope, hid_t set, hid_t from, size_t n, size_t width,
                             char *out)
{
    const hsize_t items = n;
    const hid_t type = scope_keep(scope, H5Tcopy(H5T_C_S1));
    scope_check(scope, H5Tset_size(type, width));
    scope_check(scope, H5Tset_strpad(type, H5T_STR_NULLPAD));
    scope_check(scope, H5Tset_cset(type, H5T_CSET_UTF8));
    const hid_t space = scope_keep(scope, H5Screate_simple(1, &items, NULL));
    if (scope_is_well(scope)) scope_check(scope, H5Dread(set, type, space, from, H5P_DEFAULT, out));
}

void texts_read(scope_t *scope, hid_t set, hid_t from, size_t n, size_t width, char *out)
{
    const hid_t type = scope_keep(scope, H5Dget_type(set));
    if (!scope_is_well(scope) || n == 0) return;
    if (H5Tis_variable_str(type) > 0)
        texts_read_variable(scope, set, from, n, width, out);
    else
        texts_read_fixed(scope, set, from, n, width, out);
}

size_t texts_width(scope_t *scope, hid_t set, size_t n)
{
    size_t longest = 0;
    if (!scope_is_well(scope) || n == 0) return 1;
    texts_found_t found = texts_fetch(scope, set, H5S_ALL, n);
    for (size_t i = 0; scope_is_well(scope) && i < n; i++) {
        const size_t length = found.texts[i] ? strlen(found.texts[i]) : 0;
        if (length > longest) longest = length;
    }
    texts_forget(scope, &found);
    return longest + 1;
}
