/* What a comparison is written into. */
#ifndef REPORT_COMPARE_FILES_H
#define REPORT_COMPARE_FILES_H

#include "comparison.h"
#include "figure.h"

figure_t comparison_budget(const job_t *job); /* "0.1 of the area range" */
void comparison_print_csv(const comparison_t *comparison, FILE *out);
confx_status_t comparison_store(const comparison_t *comparison, const char *path,
                                const guard_t *guard);                          /* compare.h5 */
confx_status_t comparison_script(const comparison_t *comparison, FILE *script); /* for gnuplot */

#endif
