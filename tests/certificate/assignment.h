/* A certificate's choice put on the network and scored. */
#ifndef TESTS_ASSIGNMENT_H
#define TESTS_ASSIGNMENT_H

#include "confx/batch.h"
#include "confx/certificate.h"
#include "suite.h"

/* The members of each class are the layers like it, in the network's order. */
static inline void put_choice(const problem_t *problem, const knapsack_t *knapsack, batch_t *batch)
{
    size_t at = 0;
    ck_assert_uint_eq(knapsack->choice_n, problem_layers(problem));
    for (size_t distinct = 0; distinct < problem_distinct(problem); distinct++)
        for (size_t layer = 0; layer < problem_layers(problem); layer++) {
            if (problem_distinct_of(problem, layer) != distinct) continue;
            problem_put(problem, batch->assignments, layer, knapsack->choice[at++]);
        }
    batch->n = 1;
}

/* It fits and scores the optimum, up to the order of a sum. */
static inline void check_choice(problem_t *problem, const knapsack_t *knapsack)
{
    batch_t batch;
    ck_assert_ok(batch_open(problem, 1, &batch));
    put_choice(problem, knapsack, &batch);
    ck_assert_ok(problem_score(problem, &batch));
    ck_assert(batch.feasible[0]);
    ck_assert_double_eq_tol(batch.scores[0].objectives[0] / knapsack->optimum, 1, 1e-14);
    ck_assert_double_eq_tol(batch.scores[0].constraints[0] / knapsack->need, 1, 1e-14);
    batch_close(&batch);
}

#endif
