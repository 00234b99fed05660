/* The pictures of a report, as gnuplot scripts. */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H

#include "facts.h"
#include "gnuplot.h"

void plot_convergence(const report_t *report, script_t *script);
void plot_assignment(const report_t *report, script_t *script);

/* report.html: the pictures (SVG) within, and all the summary says. */
void page_print(const report_t *report, const char *convergence, const char *assignment, FILE *out);

/* Colours told apart by colour-blind readers too: M. Okabe, K. Ito, Color Universal Design, 2008. */
#define PLOT_BLUE   "#0072B2"
#define PLOT_ORANGE "#E69F00"
#define PLOT_GREEN  "#009E73"
#define PLOT_PURPLE "#CC79A7"
#define PLOT_SKY    "#56B4E9"

/* What all pictures begin with. */
void plot_begin(script_t *script, const char *name);
/* A line of text in the middle of the picture, instead of what is missing. */
void plot_remark(script_t *script, const char *text);

#endif
