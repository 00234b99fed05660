/* What the networks of an assignment come to, each by itself. */
#include "confx/figures.h"
#include "problem/parts.h"

#include <assert.h>

void problem_network(problem_t *problem, const uint16_t *assignment, size_t network,
                     double *metrics, score_t *score)
{
    const confx_workload_t *workload = problem->workload;
    const bool one = space_shared(problem->space) > 0;
    totals_t totals;
    assert(network < workload->networks_n);
    const confx_network_t *of = &workload->networks[network];
    terms_begin(&problem->terms, &totals);
    for (size_t i = 0; i < problem->model.metrics_n; i++) metrics[i] = 0;
    for (size_t layer = of->first; layer < of->first + of->layers_n; layer++) {
        const size_t distinct = workload->distinct_of[layer];
        double own[MODEL_METRICS];
        (void)problem_metrics(problem, distinct, problem_point(problem, assignment, layer), own);
        /* Its own layers alone are added up, as a score adds up those of all. */
        terms_add(&problem->terms, &totals, problem->members[distinct], own);
        metrics_add(&problem->model, one, metrics, own);
    }
    terms_end(&problem->terms, &totals, score);
}
