/* What samples have revealed so far, by all ranks: the values of each point of each distinct layer
   that some scored sample has used; or of whole assignments, where the model scores networks. What
   scored batches reveal goes in; each rank tells the others what was new, so that all hold the
   same. */
#ifndef CONFX_MEMORY_H
#define CONFX_MEMORY_H

#include "confx/problem.h"

typedef struct memory memory_t;

/* A record: a key and as many values as a sample reveals (terms_revealed), the first one NaN where
   the point is invalid. Keys of layers are distinct x points + point; of assignments problem_key.
   In memory, between ranks and in checkpoints a record is memory_record_bytes of the key and the
   values, without gaps. */
confx_status_t memory_open(const problem_t *problem, memory_t **memory);
void memory_close(memory_t *memory);
size_t memory_values(const memory_t *memory); /* of a record */
size_t memory_record_bytes(const memory_t *memory);
size_t memory_size(const memory_t *memory); /* records: distinct evaluations */

/* The values of a layer's point, NULL: not seen. Alive until more is entered. */
const double *memory_find(const memory_t *memory, size_t distinct, uint64_t point);
bool memory_seen(const memory_t *memory, size_t distinct, uint64_t point);
bool memory_invalid(const memory_t *memory, size_t distinct,
                    uint64_t point); /* seen, and found invalid */
/* First objective of a seen valid point, infinity otherwise. */
double memory_cost(const memory_t *memory, size_t distinct, uint64_t point);

/* Enter what scored assignments reveal (problem_scores), or one point of them; what was new stays
   listed until memory_settle. Points that the model failed on reveal nothing. CONFX_STATUS_MEMORY:
   some of it was not entered. */
confx_status_t memory_reveal(memory_t *memory, problem_t *problem,
                             const assignments_t *assignments);
confx_status_t memory_reveal_point(memory_t *memory, problem_t *problem, size_t distinct,
                                   uint64_t point);
const void *memory_news(const memory_t *memory, size_t *n); /* alive until more is entered */
void memory_settle(memory_t *memory);
/* Enter records of other ranks, or of a checkpoint; what is known already stays. */
confx_status_t memory_enter(memory_t *memory, const void *records, size_t n);
/* All records in order of arrival, alive until more is entered; a record keeps its number. */
const void *memory_records(const memory_t *memory, size_t *n);
/* All records in order of their keys, into the caller's memory_size x memory_record_bytes. */
void memory_list(const memory_t *memory, void *records);

/* One record among those listed. */
static inline uint64_t memory_key(const memory_t *memory, const void *records, size_t i)
{
    return *(const uint64_t *)(const void *)((const char *)records +
                                             i * memory_record_bytes(memory));
}

#endif
