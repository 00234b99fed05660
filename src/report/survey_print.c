/* A sweep on the terminal. */
#include "comparison.h"
#include "confx/compose.h"
#include "confx/try.h"
#include "figure.h"
#include "plain.h"
#include "survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_MOST = 10, WORDS_WIDEST = 28, WORDS_MAX = 256 };

/* ---- what it is about -------------------------------------------------------------------------------------------- */

static size_t count(const survey_t *survey, const char *status)
{
    size_t n = 0;
    for (size_t i = 0; i < survey->n; i++) n += !strcmp(texts_get(&survey->status, i), status);
    return n;
}

static void print_counts(const survey_t *survey, FILE *out)
{
    static const char *const statuses[] = {"complete", "infeasible", "failed", "running", "stopped", "waiting"};
    const char *separator = ": ";
    out_print(out, "Sweep      %zu searches in %zu setting%s", survey->n, survey->settings_n,
              survey->settings_n == 1 ? "" : "s");
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        const size_t n = count(survey, statuses[i]);
        if (n == 0) continue;
        out_print(out, "%s%zu %s", separator, n, statuses[i]);
        separator = ", ";
    }
    out_print(out, "\nStatus     %s; begun %s, table of %s\n", survey->state, survey->started, survey->written);
}

static void print_common(const survey_t *survey, FILE *out)
{
    char words[SURVEY_COMMON_MAX];
    const job_search_t *search = &survey->common->search;
    const survey_key_t *samples = survey_key(survey, "search.samples");
    survey_common(survey, words);
    out_print(out, "All        %s%s", words, *words ? ", " : "");
    if (samples && survey_varies(samples))
        fputs("each with its samples\n", out);
    else
        out_print(out, "%s samples each\n", figure_number((double)search->samples).text);
}

/* ---- gaps -------------------------------------------------------------------------------------------------------- */

/* Searches without a proven optimum, whose gap is to the bound. */
static size_t count_bounded(const survey_t *survey)
{
    size_t n = 0;
    for (size_t i = 0; i < survey->n; i++) n += isnan(survey->optimum[i]) && !isnan(survey_gap(survey, i));
    return n;
}

static void print_gap(const survey_t *survey, double *gaps, FILE *out)
{
    size_t n = 0;
    size_t worst = 0;
    for (size_t i = 0; i < survey->n; i++) {
        const double gap = survey_gap(survey, i);
        if (survey_state(survey, i) != SURVEY_DONE || isnan(gap)) continue;
        if (n == 0 || gap > survey_gap(survey, worst)) worst = i;
        gaps[n++] = gap;
    }
    if (n == 0) return;
    const size_t bounded = count_bounded(survey);
    out_print(out, "Gap        to the proven optimum");
    if (bounded) out_print(out, " (%zu to the lower bound)", bounded);
    out_print(out, ": median %s, worst %s (%s)\n", figure_percent(curve_median(gaps, n)).text,
              figure_percent(survey_gap(survey, worst)).text, texts_get(&survey->search, worst));
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static size_t width_of(const survey_key_t *key)
{
    size_t width = plain_width(survey_short(key));
    for (size_t i = 0; i < key->values_n; i++) {
        const size_t own = plain_width(survey_value(key, i));
        if (own > width) width = own;
    }
    return width < WORDS_WIDEST ? width : WORDS_WIDEST;
}

static void print_words(const char *text, size_t width, FILE *out)
{
    char words[WORDS_MAX];
    (void)snprintf(words, sizeof words, "%s", text);
    plain_cut(words, width);
    out_print(out, " %s%*s", words, (int)(width - plain_width(words)), "");
}

static void print_head(const survey_t *survey, FILE *out)
{
    for (size_t k = 0; k < survey->keys_n; k++)
        if (survey_varies(&survey->keys[k]))
            print_words(survey_short(&survey->keys[k]), width_of(&survey->keys[k]), out);
    out_print(out, " %7s %18s %-9s %10s %10s %9s %8s\n", "seeds", "best", "", "gap", "worst gap", "feasible",
              "seconds");
}

static figure_t share_of(double share)
{
    const figure_t none = {"-"};
    return isnan(share) ? none : figure_percent(share);
}

static figure_t seeds_of(const setting_row_t *row)
{
    figure_t figure;
    (void)snprintf(figure.text, sizeof figure.text, row->done == row->n ? "%zu" : "%zu of %zu", row->done, row->n);
    return figure;
}

static void print_row(const survey_t *survey, const setting_row_t *row, FILE *out)
{
    const size_t search = survey->order[row->first];
    for (size_t k = 0; k < survey->keys_n; k++)
        if (survey_varies(&survey->keys[k]))
            print_words(texts_get(&survey->keys[k].words, search), width_of(&survey->keys[k]), out);
    out_print(out, " %7s %18s %-9s %10s %10s %9s %8s\n", seeds_of(row).text, figure_number(row->best.median).text,
              texts_get(&survey->units, search), share_of(row->gap.median).text, share_of(row->gap.worst).text,
              share_of(row->feasible_fraction).text,
              isnan(row->seconds) ? "-" : figure_number(figure_round(row->seconds)).text);
}

static void print_table(const survey_t *survey, FILE *out)
{
    size_t without = 0;
    fputc('\n', out);
    print_head(survey, out);
    for (size_t i = 0; i < survey->settings_n; i++) {
        const setting_row_t *row = &survey->settings[i];
        if (row->done)
            print_row(survey, row, out);
        else
            without++;
    }
    if (without) out_print(out, " (%zu left out: no search done)\n", without);
    fputc('\n', out);
}

/* ---- what is not as it should be --------------------------------------------------------------------------------- */

static void print_named(const survey_t *survey, const char *status, FILE *out)
{
    size_t n = 0;
    for (size_t i = 0; i < survey->n; i++) {
        if (strcmp(texts_get(&survey->status, i), status) != 0 || n++ >= NAMED_MOST) continue;
        const char *message = texts_get(&survey->message, i);
        out_print(out, "%-10s %s%s%s\n", status, texts_get(&survey->search, i), *message ? ": " : "", message);
    }
    if (n > NAMED_MOST) out_print(out, "%-10s and %zu more, in sweep.csv\n", "", n - NAMED_MOST);
}

confx_status_t survey_print(const survey_t *survey, FILE *out)
{
    static const char *const others[] = {"infeasible", "failed", "running", "stopped"};
    double *gaps = malloc((survey->n + 1) * sizeof *gaps);
    if (!gaps) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu gaps", survey->n);
    print_counts(survey, out);
    print_common(survey, out);
    print_gap(survey, gaps, out);
    free(gaps);
    print_table(survey, out);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) print_named(survey, others[i], out);
    return fflush(out) || ferror(out) ? status_fail(CONFX_STATUS_IO, "the report cannot be written") : status_ok();
}
