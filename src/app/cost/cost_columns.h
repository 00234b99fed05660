/* The cost model's figures as columns, named as run.h5 names them. */
#ifndef APP_COLUMNS_H
#define APP_COLUMNS_H

#include "confx/cost.h"
#include "confx/table.h"

/* What runtime is spent in: the parts of the NoC's cycles, or off-chip where that takes longer. */
enum { SPENT_OFFCHIP = CONFX_BOUNDS, SPENT };

/* All that MAESTRO's table has (src/cost/README.md, sections 7 and 9), and what the accounting
   exact counts: the cost, and what follows from it. NaN: 0 by 0. */
typedef struct {
    confx_cost_t cost;
    int64_t macs_true;                        /* that the layer needs; -1: more than 64 bits */
    double slots;                             /* PEs x lanes x cycles */
    double utilisation;                       /* MACs per slot */
    int64_t spent[SPENT];                     /* cycles of valid points; of a total, sums */
    double vector_width;                      /* SIMD lanes of a PE */
    double throughput_per_joule;              /* MACs per cycle and joule */
    double ops_per_joule;                     /* MACs */
    double input_multicast, filter_multicast; /* writes to the L1s per read of the L2 */
    double input_reuse, filter_reuse, output_reuse; /* reads of the L1s per write */
    int64_t input_pixels, filter_pixels;            /* elements of the tensors */
    double edp;        /* cycles nJ: of a total, the product of the sums */
    unsigned exceeded; /* limits of the hardware (confx_cost_exceeded); of a total, by any layer */
} figures_t;

/* NULL layer: one of a mapping file that could not be read. */
void figures_fill(const confx_cost_t *cost, const confx_hardware_t *hardware,
                  const confx_layer_t *layer, int64_t pes, figures_t *figures);

/* Take a layer into the total of those before it (n, the total untouched when 0): sums where they
   have a meaning, ratios of sums, and the largest (least, of least delays) of everything else.
   False: a sum does not fit 64 bits. */
bool figures_add(const figures_t *one, size_t n, figures_t *total);

/* Which columns there are. */
typedef struct {
    confx_accounting_t accounting; /* whose figures there are */
    bool all;                      /* every figure, otherwise the main ones */
    bool limited; /* the hardware sets limits: `exceeds` names those that do not hold */
    bool json; /* a valid point has no `fault`; in CSV, where there is a column of it, it says so */
} columns_t;

enum { COLUMNS_MAX = 96 };
size_t columns_list(columns_t columns, table_column_t list[COLUMNS_MAX]); /* how many there are */

/* The cells of these columns. A figure that is no number is unknown of a valid point, and NaN of
   others. */
void columns_add(const figures_t *figures, columns_t columns, table_row_t *row);

#endif
