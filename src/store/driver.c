#include "store/driver.h"

#include <stdlib.h>

/* What the access list carries. HDF5 copies these bytes with the list, so that the owner is found
   by every copy. */
typedef struct {
    void *owner;
} driver_way_t;

/* ---- callbacks ------------------------------------------------------------------------------- */

/* HDF5 opens the sources of a virtual dataset by an access list that it makes of these, and
   frees. */
static void *driver_get_way(H5FD_t *known)
{
    driver_way_t *way = malloc(sizeof *way);
    if (way) way->owner = ((const driver_file_t *)known)->owner;
    return way;
}

static haddr_t driver_get_allocated(const H5FD_t *known, H5FD_mem_t type)
{
    (void)type;
    return ((const driver_file_t *)known)->allocated;
}

static herr_t driver_set_allocated(H5FD_t *known, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((driver_file_t *)known)->allocated = address;
    return 0;
}

static haddr_t driver_get_end(const H5FD_t *known, H5FD_mem_t type)
{
    (void)type;
    return ((const driver_file_t *)known)->end;
}

/* ---- the class ------------------------------------------------------------------------------- */

H5FD_class_t driver_class(const char *name, int number)
{
    (void)number; /* HDF5 before 1.14 has no numbers */
    return (H5FD_class_t){
#ifdef H5FD_CLASS_VERSION
        .version = H5FD_CLASS_VERSION,
        .value = (H5FD_class_value_t)number,
#endif
        .name = name,
        .maxaddr = ((haddr_t)1 << 62) - 1,
        .fapl_size = sizeof(driver_way_t),
        .fapl_get = driver_get_way,
        .get_eoa = driver_get_allocated,
        .set_eoa = driver_set_allocated,
        .get_eof = driver_get_end,
        .fl_map = H5FD_FLMAP_DICHOTOMY,
    };
}

hid_t driver_begin(scope_t *scope, hid_t access, const H5FD_class_t *class, void *owner)
{
    const driver_way_t way = {owner};
    const hid_t driver = H5FDregister(class); /* HDF5 copies the class */
    scope_check(scope, driver < 0 ? -1 : 0);
    if (scope_is_well(scope)) scope_check(scope, H5Pset_driver(access, driver, &way));
    return driver;
}

void driver_end(hid_t *driver)
{
    if (*driver > 0) (void)H5FDunregister(*driver);
    *driver = 0;
}

void *driver_owner(hid_t access)
{
    const driver_way_t *way = H5Pget_driver_info(access);
    return way ? way->owner : NULL;
}
