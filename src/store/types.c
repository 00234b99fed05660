#include "types.h"

shape_t shape_of(const array_t *array)
{
    shape_t shape = {.rank = (int)array->rank};
    for (size_t i = 0; i < array->rank; i++) shape.dims[i] = array->dims[i];
    if (array->type == ARRAY_TEXT) shape.width = array->dims[--shape.rank];
    return shape;
}

hid_t type_text(size_t width)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    /* HDF5 knows no string of no bytes. */
    const bool made = H5Tset_size(type, width ? width : 1) >= 0 && H5Tset_strpad(type, H5T_STR_NULLPAD) >= 0 &&
                      H5Tset_cset(type, H5T_CSET_UTF8) >= 0;
    if (made) return type;
    (void)H5Tclose(type);
    return H5I_INVALID_HID;
}

hid_t type_on_disk(array_type_t type, size_t width)
{
    switch (type) {
    case ARRAY_F64:
        return H5Tcopy(H5T_IEEE_F64LE);
    case ARRAY_F32:
        return H5Tcopy(H5T_IEEE_F32LE);
    case ARRAY_I64:
        return H5Tcopy(H5T_STD_I64LE);
    case ARRAY_U32:
        return H5Tcopy(H5T_STD_U32LE);
    case ARRAY_U16:
        return H5Tcopy(H5T_STD_U16LE);
    case ARRAY_U8:
        return H5Tcopy(H5T_STD_U8LE);
    case ARRAY_TEXT:
        return type_text(width);
    default:
        return H5I_INVALID_HID;
    }
}

hid_t type_in_memory(array_type_t type, size_t width)
{
    const hid_t on_disk = type_on_disk(type, width);
    if (type == ARRAY_TEXT) return on_disk;
    const hid_t native = H5Tget_native_type(on_disk, H5T_DIR_DEFAULT);
    (void)H5Tclose(on_disk);
    return native;
}

static bool is_stored_as(array_type_t type, hid_t on_disk)
{
    const hid_t ours = type_on_disk(type, 0);
    const bool same = H5Tequal(ours, on_disk) > 0;
    (void)H5Tclose(ours);
    return same;
}

bool type_find(hid_t on_disk, array_type_t *type, size_t *width)
{
    if (H5Tget_class(on_disk) == H5T_STRING && H5Tis_variable_str(on_disk) == 0) {
        *type = ARRAY_TEXT;
        *width = H5Tget_size(on_disk);
        return true;
    }
    for (array_type_t candidate = 0; candidate < ARRAY_TEXT; candidate++) {
        if (!is_stored_as(candidate, on_disk)) continue;
        *type = candidate;
        *width = 0;
        return true;
    }
    return false;
}
