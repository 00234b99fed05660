/* The pictures of a report, as gnuplot scripts. */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H

#include "report/plot/gnuplot.h"
#include "report/run_data.h"

enum { PLOT_WIDTH = 900, PLOT_HEIGHT = 560 };

void plot_convergence(const report_t *report, FILE *script);
void plot_assignment(const report_t *report, FILE *script);

/* report.html: the pictures (SVG) within, and all the summary says. */
void page_print(const report_t *report, const char *convergence, const char *assignment, FILE *out);

/* Colours told apart by colour-blind readers too: M. Okabe, K. Ito, Color Universal Design,
   2008. */
#define PLOT_BLUE   "#0072B2"
#define PLOT_ORANGE "#E69F00"
#define PLOT_GREEN  "#009E73"
#define PLOT_PURPLE "#CC79A7"
#define PLOT_SKY    "#56B4E9"

/* Of the line of that number: eight colours, then the same dashed. */
void plot_style(FILE *script, size_t line);

/* What all pictures begin with: size, fonts, a title, a key below it. `name` is the picture's
   own. */
void plot_begin(FILE *script, const char *name, const char *title);
void plot_end(FILE *script);
/* The next panel, between these heights of the picture (0 bottom, 1 top); words of the panel before
   are gone. */
void plot_panel(FILE *script, double bottom, double top);
/* A line of text in the middle of the panel, instead of what is missing. */
void plot_remark(FILE *script, const char *text);

#endif
