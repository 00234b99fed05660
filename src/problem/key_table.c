#include "problem/key_table.h"
#include "confx/rng.h"
#include "confx/try.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Up to so many possible keys have a place each: 256 MB of zeros, of which the system gives only
   pages in use. */
enum { DENSE_MOST = 1 << 26, ROWS_FIRST = 64 };

confx_status_t key_table_open(uint64_t most, key_table_t *table)
{
    const bool dense = most > 0 && most <= DENSE_MOST;
    /* A mask of 0 stands for a dense table, in which each key is its own place. A place holds its
       row plus one, and 0 where there is no key. */
    *table = (key_table_t){.most = most, .mask = dense ? 0 : 2 * ROWS_FIRST - 1};
    table->places = calloc(dense ? (size_t)most : table->mask + 1, sizeof *table->places);
    if (table->places) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for a table of %llu points",
                       (unsigned long long)most);
}

void key_table_close(key_table_t *table)
{
    free(table->keys);
    free(table->places);
    *table = (key_table_t){0};
}

/* Where the key is, or where it would go. */
static size_t key_table_place(const key_table_t *table, uint64_t key)
{
    if (table->mask == 0) {
        assert(key < table->most);
        return (size_t)key;
    }
    /* Near keys, as those of neighbouring points are, go to places far from each other. */
    size_t place = (size_t)rng_mix(key) & table->mask;
    while (table->places[place] && table->keys[table->places[place] - 1] != key)
        place = (place + 1) & table->mask;
    return place;
}

uint32_t key_table_find(const key_table_t *table, uint64_t key)
{
    const uint32_t row = table->places[key_table_place(table, key)];
    return row ? row - 1 : KEY_TABLE_NONE;
}

/* A hash table is at most half full, so that a look-up sees two places on average. */
static confx_status_t key_table_grow(key_table_t *table, size_t room)
{
    uint64_t *keys = realloc(table->keys, room * sizeof *keys);
    if (!keys) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu points", room);
    table->keys = keys;
    if (table->mask) {
        /* The old places are freed only when there are new ones, so that a failure leaves a table
           that is whole. Rows keep their numbers; their places change with the mask. */
        uint32_t *places = calloc(2 * room, sizeof *places);
        if (!places) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu points", room);
        free(table->places);
        table->places = places;
        table->mask = 2 * room - 1;
        for (size_t row = 0; row < table->n; row++)
            table->places[key_table_place(table, keys[row])] = (uint32_t)row + 1;
    }
    table->room = room;
    return status_ok();
}

/* Room is a power of two, as hashes are cut to places by a mask. */
confx_status_t key_table_reserve(key_table_t *table, size_t rows)
{
    size_t room = table->room ? table->room : ROWS_FIRST;
    while (room < rows) room *= 2;
    assert(room < KEY_TABLE_NONE);
    return room > table->room ? key_table_grow(table, room) : status_ok();
}

void key_table_add(key_table_t *table, uint64_t key)
{
    assert(key_table_find(table, key) == KEY_TABLE_NONE && table->n < table->room);
    table->places[key_table_place(table, key)] = (uint32_t)table->n + 1;
    table->keys[table->n++] = key;
}
