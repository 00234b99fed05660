/* What an algorithm gives to the interface of search.h. Functions that an algorithm does not need
   are NULL. */
#ifndef SEARCH_KIND_H
#define SEARCH_KIND_H

#include "confx/search_state.h"

struct posterior; /* posterior.h and thompson.h: known to the stages that infer, and to nobody */
struct validity;  /* between them */

typedef struct {
    search_traits_t traits;
    search_layout_t (*plan)(const search_setup_t *setup);
    confx_status_t (*open)(const search_setup_t *setup, search_layout_t *layout,
                           void **state); /* completes the layout */
    void (*close)(void *state);
    void (*publish)(void *state, void *message);
    size_t (*published)(const void *state); /* bytes; where layout.varies */
    void (*anticipate)(void *state);
    void (*receive)(void *state, const void *message);
    const void *(*prepare)(void *state, const uint16_t *assignments, size_t n, size_t *bytes);
    void (*prepared)(void *state, const void *all, size_t bytes);
    void (*sample)(void *state, size_t unit, uint64_t update, batch_t *batch);
    void (*local_statistics)(void *state, size_t unit, const batch_t *batch, double *moments,
                             search_report_t *report);
    void (*gradient)(void *state, size_t unit, const batch_t *batch, const double *moments,
                     real_t *gradient);
    void (*collect)(void *state, size_t unit, const batch_t *batch);
    search_summary_t (*learn)(void *state, real_t *gradient, const search_report_t *reports);
    bool (*migrates)(const void *state, uint64_t update);
    void (*emigrate)(void *state, size_t unit, void *migrant);
    void (*immigrate)(void *state, size_t unit, const void *migrant);
    search_work_t (*work)(const void *state);
    const struct posterior *(*posterior)(
        const void *state); /* what a later stage goes on from, NULL: nothing */
    const struct validity *(*validity)(const void *state); /* likewise */
    double (*doubt)(const void *state, size_t distinct, uint64_t point);
    policy_t *(*policy)(void *state);
    size_t (*arrays)(void *state, array_t *arrays);
    void (*save_unit)(const void *state, size_t unit, void *bytes);
    bool (*load_unit)(void *state, size_t unit, const void *bytes);
    const char *(*check)(const void *state); /* of the arrays, after reading: search_check */
} search_kind_t;

/* What a stage has inferred, or NULL (also of no stage). */
const struct posterior *search_posterior(const search_t *search);
const struct validity *search_validity(const search_t *search); /* likewise */

extern const search_kind_t search_reinforce;
extern const search_kind_t search_islands;
extern const search_kind_t search_random;
extern const search_kind_t search_grid;
extern const search_kind_t search_uniform;
extern const search_kind_t search_heaviest_layer;
extern const search_kind_t search_assembly;
extern const search_kind_t search_annealing;
extern const search_kind_t search_genetic;
extern const search_kind_t search_bayes;
extern const search_kind_t search_additive;
extern const search_kind_t search_a2c;
extern const search_kind_t search_ppo;
extern const search_kind_t search_acktr;
extern const search_kind_t search_ddpg;
extern const search_kind_t search_td3;
extern const search_kind_t search_sac;

#endif
