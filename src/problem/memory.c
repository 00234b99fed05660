/* What samples have revealed: each point's values, entered once, wherever it was sampled. */
#include "confx/memory.h"
#include "confx/try.h"
#include "problem/parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Records in order of arrival; those from `news` on have not been passed on to other ranks. */
struct memory {
    const problem_t *problem;
    size_t values, bytes, news; /* of a record; records that are not news */
    key_table_t known;          /* row: number of the record */
    char *records;              /* (room, bytes) */
    size_t room;
};

confx_status_t memory_open(const problem_t *problem, memory_t **out)
{
    memory_t *memory = calloc(1, sizeof *memory);
    if (!memory) return status_fail(CONFX_STATUS_MEMORY, "no memory for what samples reveal");
    memory->problem = problem;
    memory->values = terms_revealed(&problem->terms);
    /* A record is its key with the values behind it and no padding; it travels between ranks as it
       is. */
    memory->bytes = sizeof(uint64_t) + memory->values * sizeof(double);
    const confx_status_t status = key_table_open(problem->known.most, &memory->known);
    if (status.code == CONFX_STATUS_OK)
        *out = memory;
    else
        memory_close(memory);
    return status;
}

void memory_close(memory_t *memory)
{
    if (!memory) return;
    key_table_close(&memory->known);
    free(memory->records);
    free(memory);
}

size_t memory_values(const memory_t *memory)
{
    return memory->values;
}

size_t memory_record_bytes(const memory_t *memory)
{
    return memory->bytes;
}

size_t memory_size(const memory_t *memory)
{
    return memory->known.n;
}

/* ---- looking up ------------------------------------------------------------------------------ */

static const double *memory_values_of(const memory_t *memory, size_t row)
{
    return (const double *)(const void *)(memory->records + row * memory->bytes + sizeof(uint64_t));
}

const double *memory_find(const memory_t *memory, size_t distinct, uint64_t point)
{
    const uint32_t row =
        key_table_find(&memory->known, problem_row_key(memory->problem, distinct, point));
    return row == KEY_TABLE_NONE ? NULL : memory_values_of(memory, row);
}

bool memory_seen(const memory_t *memory, size_t distinct, uint64_t point)
{
    return memory_find(memory, distinct, point) != NULL;
}

bool memory_invalid(const memory_t *memory, size_t distinct, uint64_t point)
{
    const double *values = memory_find(memory, distinct, point);
    return values && isnan(values[0]);
}

double memory_cost(const memory_t *memory, size_t distinct, uint64_t point)
{
    const double *values = memory_find(memory, distinct, point);
    /* A search compares costs: what was never seen, or is invalid, must lose. */
    return values && !isnan(values[0]) ? values[0] : INFINITY;
}

/* ---- entering -------------------------------------------------------------------------------- */

static confx_status_t memory_reserve(memory_t *memory)
{
    const size_t room = memory->room ? 2 * memory->room : 64;
    /* The key table grows by the same rule from the same number of rows, so that it has room for a
       key whenever there is room for a record. */
    TRY(key_table_reserve(&memory->known, memory->known.n + 1));
    char *records = realloc(memory->records, room * memory->bytes);
    if (!records)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for what %zu samples reveal", room);
    memory->records = records;
    memory->room = room;
    return status_ok();
}

/* Of a key that is not there yet. */
static confx_status_t memory_add(memory_t *memory, uint64_t key, const double *values)
{
    const size_t row = memory->known.n;
    if (row == memory->room) TRY(memory_reserve(memory));
    key_table_add(&memory->known, key);
    memcpy(memory->records + row * memory->bytes, &key, sizeof key);
    memcpy(memory->records + row * memory->bytes + sizeof key, values,
           memory->values * sizeof *values);
    return status_ok();
}

/* Enter a row of the problem's table; NULL: the model failed on it, nothing is known, and it may be
   asked again. */
static confx_status_t memory_add_row(memory_t *memory, uint64_t key, double weight,
                                     const double *row)
{
    double values[2 * TERMS_MAX];
    if (!row) return status_ok();
    terms_reveal(&memory->problem->terms, weight, row, values);
    return memory_add(memory, key, values);
}

confx_status_t memory_reveal_point(memory_t *memory, problem_t *problem, size_t distinct,
                                   uint64_t point)
{
    const uint64_t key = problem_row_key(problem, distinct, point);
    double scratch[MODEL_METRICS];
    if (key_table_find(&memory->known, key) != KEY_TABLE_NONE) return status_ok();
    return memory_add_row(memory, key, problem->members[distinct].weight,
                          problem_row(problem, distinct, point, scratch));
}

static confx_status_t memory_reveal_network(memory_t *memory, problem_t *problem,
                                            const uint16_t *assignment)
{
    const uint64_t key = problem_key(problem, assignment);
    if (key_table_find(&memory->known, key) != KEY_TABLE_NONE) return status_ok();
    return memory_add_row(memory, key, 1, problem_network_row(problem, key));
}

confx_status_t memory_reveal(memory_t *memory, problem_t *problem, const assignments_t *of)
{
    const size_t layers = problem->workload->layers_n;
    const size_t axes = space_axes(problem->space);
    assert(memory->problem == problem);
    for (size_t e = 0; e < of->n; e++) {
        const uint16_t *assignment = of->assignments + e * layers * axes;
        /* What is revealed is what was evaluated: whole assignments, or the points of their
           layers. */
        if (problem->model.scores_networks) TRY(memory_reveal_network(memory, problem, assignment));
        for (size_t layer = 0; !problem->model.scores_networks && layer < layers; layer++)
            TRY(memory_reveal_point(memory, problem, problem->workload->distinct_of[layer],
                                    space_point(problem->space, assignment + layer * axes)));
    }
    return status_ok();
}

confx_status_t memory_enter(memory_t *memory, const void *records, size_t n)
{
    const char *record = records;
    for (size_t i = 0; i < n; i++, record += memory->bytes) {
        /* Records come from other ranks or a checkpoint. What two ranks revealed in one update
           comes twice, and the first one stays. */
        uint64_t key;
        double values[2 * TERMS_MAX];
        memcpy(&key, record, sizeof key);
        if (key_table_find(&memory->known, key) != KEY_TABLE_NONE) continue;
        memcpy(values, record + sizeof key, memory->values * sizeof *values);
        TRY(memory_add(memory, key, values));
    }
    return status_ok();
}

const void *memory_news(const memory_t *memory, size_t *n)
{
    *n = memory->known.n - memory->news;
    return memory->records ? memory->records + memory->news * memory->bytes : NULL;
}

void memory_settle(memory_t *memory)
{
    memory->news = memory->known.n;
}

/* ---- listing --------------------------------------------------------------------------------- */

const void *memory_records(const memory_t *memory, size_t *n)
{
    *n = memory->known.n;
    return memory->records;
}

static int memory_by_key(const void *a, const void *b)
{
    uint64_t one, other;
    memcpy(&one, a, sizeof one);
    memcpy(&other, b, sizeof other);
    return one < other ? -1 : one > other;
}

/* From the records and not from the keys: of many points only few are ever seen. */
void memory_list(const memory_t *memory, void *records)
{
    if (memory->known.n == 0) return;
    memcpy(records, memory->records, memory->known.n * memory->bytes);
    qsort(records, memory->known.n, memory->bytes, memory_by_key);
}
