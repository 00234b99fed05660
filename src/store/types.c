#include "store/types.h"

#include "store/texts.h"

shape_t shape_of(const array_t *array)
{
    shape_t shape = {.rank = (int)array->rank};
    for (size_t i = 0; i < array->rank; i++) shape.dims[i] = array->dims[i];
    if (array->type == ARRAY_TEXT) shape.width = array->dims[--shape.rank];
    return shape;
}

/* As h5py stores its booleans, and knows them again. */
static hid_t types_boolean(void)
{
    const signed char no = 0;
    const signed char yes = 1;
    const hid_t type = H5Tenum_create(H5T_STD_I8LE);
    const bool made =
        H5Tenum_insert(type, "FALSE", &no) >= 0 && H5Tenum_insert(type, "TRUE", &yes) >= 0;
    if (made) return type;
    (void)H5Tclose(type);
    return H5I_INVALID_HID;
}

hid_t type_on_disk(array_type_t type)
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
    case ARRAY_BOOL:
        return types_boolean();
    case ARRAY_TEXT:
        return texts_type();
    default:
        return H5I_INVALID_HID;
    }
}

hid_t type_in_memory(array_type_t type)
{
    const hid_t on_disk = type_on_disk(type);
    const hid_t native = H5Tget_native_type(on_disk, H5T_DIR_DEFAULT);
    (void)H5Tclose(on_disk);
    return native;
}

static bool types_is_stored_as(array_type_t type, hid_t on_disk)
{
    const hid_t ours = type_on_disk(type);
    const bool same = H5Tequal(ours, on_disk) > 0;
    (void)H5Tclose(ours);
    return same;
}

bool type_find(hid_t on_disk, array_type_t *type, size_t *width)
{
    if (H5Tget_class(on_disk) == H5T_STRING) {
        *type = ARRAY_TEXT;
        *width = H5Tis_variable_str(on_disk) > 0 ? 0 : H5Tget_size(on_disk);
        return true;
    }
    for (array_type_t candidate = 0; candidate < ARRAY_TEXT; candidate++) {
        if (!types_is_stored_as(candidate, on_disk)) continue;
        *type = candidate;
        *width = 0;
        return true;
    }
    return false;
}
