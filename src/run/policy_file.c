#include "run/policy_file.h"
#include "confx/try.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char parameters_name[] = "/policy/parameters";
static const char names_name[] = "/policy/tensor_names";
static const char places_name[] = "/policy/tensors";
static const char layers_name[] = "/policy/table_layers";

enum { OFFSET, ROWS, COLUMNS }; /* of a place */

void layer_row(const confx_layer_t *layer, int64_t row[LAYER_COLUMNS])
{
    const int64_t values[LAYER_COLUMNS] = {
        layer->dim[CONFX_DIM_K], layer->dim[CONFX_DIM_C],
        layer->dim[CONFX_DIM_Y], layer->dim[CONFX_DIM_X],
        layer->dim[CONFX_DIM_R], layer->dim[CONFX_DIM_S],
        layer->stride_y,         layer->stride_x,
        layer->type + 1,         layer->type == CONFX_LAYER_DSCONV ? layer->dim[CONFX_DIM_C] : 1};
    memcpy(row, values, sizeof values);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static confx_status_t policy_file_make_room(policy_file_t *learned, size_t tensors, size_t kinds,
                                            size_t size)
{
    *learned = (policy_file_t){.tensors_n = tensors, .kinds_n = kinds, .size = size};
    learned->names = calloc(tensors + 1, sizeof *learned->names);
    learned->places = calloc(tensors + 1, sizeof *learned->places);
    learned->layers = calloc(kinds + 1, sizeof *learned->layers);
    learned->parameters = calloc(size + 1, sizeof *learned->parameters);
    if (learned->names && learned->places && learned->layers && learned->parameters)
        return status_ok();
    policy_file_close(learned);
    return status_fail(CONFX_STATUS_MEMORY, "no memory for a policy of %zu parameters", size);
}

void policy_file_close(policy_file_t *learned)
{
    free(learned->names);
    free(learned->places);
    free(learned->layers);
    free(learned->parameters);
    *learned = (policy_file_t){.size = 0};
}

confx_status_t policy_file_open(const policy_t *policy, const confx_workload_t *workload,
                                policy_file_t *learned)
{
    const size_t kinds = policy_shape(policy)->tables ? workload->distinct_n : 0;
    TRY(policy_file_make_room(learned, policy_tensors(policy), kinds, policy_size(policy)));
    for (size_t i = 0; i < learned->tensors_n; i++) {
        const policy_tensor_t *tensor = policy_tensor(policy, i);
        memcpy(learned->names[i], tensor->name, POLICY_NAME_MAX);
        learned->places[i][OFFSET] = (int64_t)tensor->offset;
        learned->places[i][ROWS] = (int64_t)tensor->rows;
        learned->places[i][COLUMNS] = (int64_t)tensor->columns;
    }
    for (size_t d = 0; d < kinds; d++)
        layer_row(&workload->layers[workload->first_of[d]], learned->layers[d]);
    return status_ok();
}

void policy_file_take(policy_t *policy, policy_file_t *learned)
{
    memcpy(learned->parameters, policy_parameters(policy),
           learned->size * sizeof *learned->parameters);
}

/* ---- files ----------------------------------------------------------------------------------- */

static array_t policy_file_view(const char *name, array_type_t type, size_t rows, size_t columns,
                                void *data)
{
    return (array_t){
        .name = name, .type = type, .rank = columns ? 2 : 1, .dims = {rows, columns}, .data = data};
}

enum { PARTS = 4 };
static void policy_file_list_parts(const policy_file_t *learned, array_t parts[PARTS])
{
    const array_type_t real = sizeof(real_t) == sizeof(float) ? ARRAY_F32 : ARRAY_F64;
    parts[0] = policy_file_view(names_name, ARRAY_TEXT, learned->tensors_n, POLICY_NAME_MAX,
                                learned->names);
    parts[1] = policy_file_view(places_name, ARRAY_I64, learned->tensors_n, PLACE_COLUMNS,
                                learned->places);
    parts[2] =
        policy_file_view(layers_name, ARRAY_I64, learned->kinds_n, LAYER_COLUMNS, learned->layers);
    parts[3] = policy_file_view(parameters_name, real, learned->size, 0, learned->parameters);
}

void policy_file_show(const policy_file_t *learned, bool parameters, datasets_t *datasets)
{
    static const description_t about[PARTS] = {
        {"tensor of the policy", {"policy/tensor"}},
        {"where a tensor begins in the parameters, its rows and columns",
         {"policy/tensor", "policy/place"}},
        {"layers that the rows of its table stand for: K, C, Y, X, R, S, strides, type, groups",
         {"policy/kind", "policy/number"}},
        {"parameters, tensor by tensor", {"policy/parameter"}}};
    array_t parts[PARTS];
    const size_t shown = parameters ? PARTS : PARTS - 1;
    policy_file_list_parts(learned, parts);
    /* The parameters are the last part, which is left out where only their places are wanted. */
    for (size_t i = 0; learned->size && i < shown; i++) {
        datasets_show(datasets, parts[i].name, parts[i].type, parts[i].dims[0],
                      parts[i].rank > 1 ? parts[i].dims[1] : 0, parts[i].data, NULL);
        datasets_about(datasets, about[i].long_name, about[i].scales[0], about[i].scales[1]);
    }
}

confx_status_t policy_file_is_in(store_t *store, bool *is)
{
    TRY(store_has(store, names_name, is));
    if (*is) TRY(store_has(store, parameters_name, is));
    return status_ok();
}

static bool policy_file_is_table(const policy_file_t *learned, size_t tensor)
{
    return !strcmp(learned->names[tensor], "table");
}

/* Names end, and no parameter is a NaN or infinite: it would spread to all that the policy says. */
static bool policy_file_learned_is_sound(const policy_file_t *learned)
{
    for (size_t i = 0; i < learned->tensors_n; i++)
        if (!memchr(learned->names[i], 0, POLICY_NAME_MAX)) return false;
    for (size_t i = 0; i < learned->size; i++)
        if (!isfinite(learned->parameters[i])) return false;
    return true;
}

/* One tensor behind the other, a row of the table for each layer. */
static bool policy_file_fit(const policy_file_t *learned)
{
    int64_t end = 0;
    const int64_t most = (int64_t)learned->size;
    for (size_t i = 0; i < learned->tensors_n; i++) {
        const int64_t *place = learned->places[i];
        /* The file may hold any numbers: by a division the product is compared without an
           overflow. */
        const bool sized =
            place[ROWS] > 0 && place[COLUMNS] > 0 && place[ROWS] <= most / place[COLUMNS];
        if (place[OFFSET] != end || !sized) return false;
        if (policy_file_is_table(learned, i) && place[ROWS] != (int64_t)learned->kinds_n)
            return false;
        end += place[ROWS] * place[COLUMNS];
    }
    return end == most;
}

static confx_status_t policy_file_read_parts(store_t *store, policy_file_t *learned)
{
    array_t parts[PARTS];
    policy_file_list_parts(learned, parts);
    for (size_t i = 0; i < PARTS; i++) TRY(store_read(store, &parts[i]));
    if (!policy_file_learned_is_sound(learned))
        return status_fail(CONFX_STATUS_DAMAGED, "%s: holds what no policy has", parameters_name);
    if (policy_file_fit(learned)) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED, "%s: its tensors do not make up %s", places_name,
                       parameters_name);
}

confx_status_t policy_file_read(store_t *store, policy_file_t *learned)
{
    array_t names, layers, parameters;
    *learned = (policy_file_t){.size = 0};
    TRY(store_describe(store, names_name, &names));
    TRY(store_describe(store, layers_name, &layers));
    TRY(store_describe(store, parameters_name, &parameters));
    TRY(policy_file_make_room(learned, names.dims[0], layers.dims[0], parameters.dims[0]));
    const confx_status_t status = policy_file_read_parts(store, learned);
    if (status.code != CONFX_STATUS_OK) policy_file_close(learned);
    return status;
}

/* ---- from one to another --------------------------------------------------------------------- */

static bool policy_file_same_tensor(const policy_file_t *one, const policy_file_t *other, size_t i)
{
    const bool same_rows =
        policy_file_is_table(one, i) || one->places[i][ROWS] == other->places[i][ROWS];
    return !strcmp(one->names[i], other->names[i]) && same_rows &&
           one->places[i][COLUMNS] == other->places[i][COLUMNS];
}

size_t policy_file_common(const policy_file_t *one, const policy_file_t *other)
{
    size_t i = 0;
    /* Tensors are compared in their order, which is that of the network from its inputs on. Behind
       the first one that differs nothing would mean the same. */
    while (i < one->tensors_n && i < other->tensors_n && policy_file_same_tensor(one, other, i))
        i++;
    return i;
}

static void policy_file_give_rows(const policy_file_t *from, const policy_file_t *to,
                                  const real_t *rows, size_t columns, real_t *out)
{
    for (size_t d = 0; d < to->kinds_n; d++)
        for (size_t other = 0; other < from->kinds_n; other++)
            /* Layers of one shape have one row, whatever they are called and wherever they
               stand. */
            if (!memcmp(to->layers[d], from->layers[other], sizeof *to->layers))
                memcpy(out + d * columns, rows + other * columns, columns * sizeof *out);
}

void policy_file_give(const policy_file_t *from, const policy_file_t *to, policy_t *policy)
{
    for (size_t i = 0; i < to->tensors_n; i++) {
        const size_t rows = (size_t)to->places[i][ROWS];
        const size_t columns = (size_t)to->places[i][COLUMNS];
        const real_t *given = from->parameters + from->places[i][OFFSET];
        real_t *own = policy_parameters(policy) + to->places[i][OFFSET];
        /* Rows of a table go by the shape of the layer; those that the other network did not have
           stay as they were begun. */
        if (policy_file_is_table(to, i))
            policy_file_give_rows(from, to, given, columns, own);
        else
            memcpy(own, given, rows * columns * sizeof *own);
    }
}
