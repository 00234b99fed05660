#include "search/baselines/blocks.h"
#include "confx/try.h"

#include <stdlib.h>

enum { BLOCKS = 4, BLOCK_SAMPLES = 5 };

search_layout_t blocks_plan(const search_setup_t *setup)
{
    const job_search_t *search = &setup->job->search;
    return (search_layout_t){.units = search->blocks ? search->blocks : BLOCKS,
                             .samples = search->episodes ? search->episodes : BLOCK_SAMPLES};
}

confx_status_t blocks_open(const search_setup_t *setup, search_layout_t *layout, void **state)
{
    (void)layout;
    search_setup_t *self = malloc(sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for a search");
    *self = *setup;
    *state = self;
    return status_ok();
}

uint64_t blocks_number(const search_setup_t *setup, size_t unit, uint64_t update, size_t sample)
{
    const search_layout_t plan = blocks_plan(setup);
    const extension_t *extension =
        &setup->extension; /* the update before it may have been a cut one */
    const uint64_t updates = update - setup->first_update - extension->before_updates;
    return extension->before_samples + (updates * plan.units + unit) * plan.samples + sample;
}
