#include "store/scales.h"
#include "confx/file.h"
#include "store/put.h"
#include "store/scope.h"

#include <H5DSpublic.h>
#include <stdbool.h>
#include <stdio.h>

enum { WORDS_MOST = 96 };

/* A dataset of n places without values: netCDF libraries look for these words, and the number
   behind them. HDF5 takes no bytes for what was never written. */
static hid_t scales_without_values(scope_t *scope, hid_t file, const char *name, uint64_t n,
                                   char words[WORDS_MOST])
{
    const hsize_t places = n;
    const hid_t creation = scope_keep(scope, H5Pcreate(H5P_DATASET_CREATE));
    scope_check(scope, H5Pset_obj_track_times(creation, false));
    const hid_t space = scope_keep(scope, H5Screate_simple(1, &places, NULL));
    (void)snprintf(words, WORDS_MOST,
                   "This is a netCDF dimension but not a netCDF variable. %10llu",
                   (unsigned long long)n);
    return scope_keep(
        scope, H5Dcreate2(file, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
}

confx_status_t scales_make(hid_t file, const char *path, const char *name, uint64_t n)
{
    char words[WORDS_MOST];
    scope_t scope = scope_begin(path, name, CONFX_STATUS_IO);
    const htri_t found = H5Lexists(file, name, H5P_DEFAULT);
    scope_check(&scope, found);
    (void)snprintf(words, sizeof words, "%s", file_basename(name));
    /* A dataset of that name serves as its own scale; elsewhere one without values is made. */
    const hid_t set = found > 0 ? scope_keep(&scope, H5Dopen2(file, name, H5P_DEFAULT))
                                : scales_without_values(&scope, file, name, n, words);
    if (scope_is_well(&scope) && H5DSis_scale(set) <= 0)
        scope_check(&scope, H5DSset_scale(set, words));
    if (scope_is_well(&scope) && found == 0)
        scope.status = put_words(set, path, "1", file_basename(name));
    return scope_end(&scope);
}

confx_status_t scales_attach(hid_t set, const char *path, const char *name, size_t dim,
                             const char *scale)
{
    char place[FILE_PATH_MAX];
    scope_t scope = scope_begin(path, name, CONFX_STATUS_IO);
    (void)snprintf(place, sizeof place, "/%s", scale); /* from the root, whatever is open */
    const hid_t along = scope_keep(&scope, H5Dopen2(set, place, H5P_DEFAULT));
    if (scope_is_well(&scope)) scope_check(&scope, H5DSattach_scale(set, along, (unsigned)dim));
    return scope_end(&scope);
}
