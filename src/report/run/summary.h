/* What a run was to do and what came of it, as labelled sentences: the same on the terminal and on
   the page. */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "report/run_data.h"

enum { SUMMARY_LINES = 40, SUMMARY_TEXT_MAX = 512 };

typedef struct {
    size_t n;
    struct {
        const char *label;
        char text[SUMMARY_TEXT_MAX];
    } lines[SUMMARY_LINES];
} summary_t;

void summary_task(const report_t *report, summary_t *summary);
void summary_result(const report_t *report, summary_t *summary);
void summary_files(const report_t *report, summary_t *summary); /* those there are */

#endif
