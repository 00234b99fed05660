/* Keys of 64 bits, numbered in the order in which they were entered: a row of some other array for
   each. Where few enough keys are possible a table has a place for each of them, else they are
   hashed. */
#ifndef PROBLEM_KEY_TABLE_H
#define PROBLEM_KEY_TABLE_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_TABLE_NONE UINT32_MAX

typedef struct {
    uint64_t most;    /* keys are below this; 0: any */
    uint64_t *keys;   /* (room) of each row */
    size_t n, room;   /* rows; room for them */
    uint32_t *places; /* row + 1, 0: none: by key where dense, else by hash with open addressing */
    size_t mask;      /* of hashes; 0: dense */
} key_table_t;

/* CONFX_STATUS_MEMORY. The caller closes, also what failed to open. */
confx_status_t key_table_open(uint64_t most, key_table_t *table);
void key_table_close(key_table_t *table);
uint32_t key_table_find(const key_table_t *table, uint64_t key);   /* its row, or KEY_TABLE_NONE */
confx_status_t key_table_reserve(key_table_t *table, size_t rows); /* room for so many */
/* Enter a key that is not there, for which there is room: its row is the number of those before
   it. */
void key_table_add(key_table_t *table, uint64_t key);

#endif
