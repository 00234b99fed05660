/* A sweep on the terminal. */
#include "confx/array.h"
#include "confx/compose.h"
#include "confx/table_show.h"
#include "confx/try.h"
#include "report/compare/comparison.h"
#include "report/figure.h"
#include "report/sweep/sweep_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_MOST = 10, WORDS_WIDEST = 28 };

/* ---- what it is about ------------------------------------------------------------------------ */

static size_t sweep_print_count(const sweep_report_t *survey, const char *status)
{
    size_t n = 0;
    for (size_t i = 0; i < survey->n; i++) n += !strcmp(texts_get(&survey->status, i), status);
    return n;
}

static void sweep_print_counts(const sweep_report_t *survey, FILE *out)
{
    static const char *const statuses[] = {"complete", "infeasible", "failed",
                                           "running",  "stopped",    "waiting"};
    const char *separator = ": ";
    out_print(out, "Sweep      %zu searches in %zu setting%s", survey->n, survey->settings_n,
              survey->settings_n == 1 ? "" : "s");
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        const size_t n = sweep_print_count(survey, statuses[i]);
        if (n == 0) continue;
        out_print(out, "%s%zu %s", separator, n, statuses[i]);
        separator = ", ";
    }
    out_print(out, "\nStatus     %s; begun %s, table of %s\n", survey->state, survey->started,
              survey->written);
}

static void sweep_print_common(const sweep_report_t *survey, FILE *out)
{
    char words[SWEEP_REPORT_COMMON_MAX];
    const job_search_t *search = &survey->common->search;
    const sweep_report_key_t *samples = sweep_report_key(survey, "search.samples");
    sweep_report_common(survey, words);
    out_print(out, "All        %s%s", words, *words ? ", " : "");
    if (samples && sweep_report_varies(samples))
        fputs("each with its samples\n", out);
    else
        out_print(out, "%s samples each\n", figure_number((double)search->samples).text);
}

/* ---- gaps ------------------------------------------------------------------------------------ */

static void sweep_print_gap(const sweep_report_t *survey, double *gaps, FILE *out)
{
    size_t n = 0;
    size_t bounded = 0; /* without a proven optimum, so that the gap is to the bound */
    size_t worst = 0;
    for (size_t i = 0; i < survey->n; i++) {
        const double gap = sweep_report_gap(survey, i);
        if (sweep_report_state(survey, i) != SWEEP_REPORT_DONE || isnan(gap)) continue;
        /* The index of the worst one is kept rather than its gap alone, because its name is printed
           as well. */
        if (n == 0 || gap > sweep_report_gap(survey, worst)) worst = i;
        bounded += isnan(survey->optimum[i]) != 0;
        gaps[n++] = gap;
    }
    if (n == 0) return;
    out_print(out, "Gap        to the proven optimum");
    if (bounded) out_print(out, " (%zu to the lower bound)", bounded);
    out_print(out, ": median %s, worst %s (%s)\n", figure_percent(array_median(gaps, n)).text,
              figure_percent(sweep_report_gap(survey, worst)).text,
              texts_get(&survey->search, worst));
}

/* ---- the table ------------------------------------------------------------------------------- */

/* Settings with a search that is done. */
typedef struct {
    const sweep_report_t *survey;
    size_t *settings; /* their numbers */
} sweep_report_look_t;

static void sweep_print_survey_look_row(const void *of, size_t i, table_row_t *row)
{
    const sweep_report_look_t *look = of;
    const sweep_report_t *survey = look->survey;
    const setting_row_t *setting = &survey->settings[look->settings[i]];
    const size_t search = survey->order[setting->first];
    for (size_t k = 0; k < survey->keys_n; k++)
        if (sweep_report_varies(&survey->keys[k]))
            table_text(row, "%s", texts_get(&survey->keys[k].words, search));
    if (setting->done == setting->n)
        table_text(row, "%zu", setting->n);
    else
        table_text(row, "%zu of %zu", setting->done, setting->n);
    if (sweep_report_ranges(survey)) {
        table_known(row, setting->budget);
        table_text(row, "%s", sweep_report_budget_units(survey, search));
    }
    table_known(row, setting->best.median);
    table_text(row, "%s", texts_get(&survey->units, search));
    table_known(row, setting->gap.median);
    table_known(row, setting->gap.worst);
    table_known(row, setting->feasible_fraction);
    table_known(row, setting->seconds);
}

/* Values are cut where they still differ; such that are alike for so long are shown whole. */
static size_t sweep_print_widest(const sweep_report_key_t *key)
{
    for (size_t i = 0; i < key->values_n; i++)
        for (size_t j = 0; j < i; j++)
            if (!strncmp(sweep_report_value(key, i), sweep_report_value(key, j), WORDS_WIDEST - 1))
                return 0;
    return WORDS_WIDEST;
}

static const table_column_t sweep_report_look_seeds = {"seeds", .type = TABLE_TEXT, .right = true};
/* Shown where a fraction is not the same budget for all. */
static const table_column_t sweep_report_look_budget[] = {
    {"budget", .type = TABLE_REAL, .format = TABLE_NUMBER},
    {"budget_units", .type = TABLE_TEXT, .head = ""}};
static const table_column_t sweep_report_look_columns[] = {
    {"best", .type = TABLE_REAL, .format = TABLE_NUMBER},
    {"units", .type = TABLE_TEXT, .head = ""},
    {"gap", .type = TABLE_REAL, .format = TABLE_PERCENT},
    {"worst gap", .type = TABLE_REAL, .format = TABLE_PERCENT},
    {"feasible", .type = TABLE_REAL, .format = TABLE_PERCENT},
    {"seconds", .type = TABLE_REAL, .format = TABLE_ESTIMATE}};
enum { LOOK_COLUMNS = sizeof sweep_report_look_columns / sizeof *sweep_report_look_columns };

/* A column for each key that varies, before those that all sweeps have. */
static confx_status_t sweep_print_survey_print_rows(const sweep_report_look_t *look, size_t rows_n,
                                                    FILE *out)
{
    const sweep_report_t *survey = look->survey;
    table_column_t *columns = calloc(survey->keys_n + LOOK_COLUMNS + 3, sizeof *columns);
    size_t n = 0;
    if (!columns) return status_fail(CONFX_STATUS_MEMORY, "no memory for a table");
    for (size_t k = 0; k < survey->keys_n; k++)
        if (sweep_report_varies(&survey->keys[k]))
            columns[n++] =
                (table_column_t){sweep_report_short(&survey->keys[k]), .type = TABLE_TEXT,
                                 .most = sweep_print_widest(&survey->keys[k])};
    columns[n++] = sweep_report_look_seeds;
    if (sweep_report_ranges(survey)) {
        memcpy(&columns[n], sweep_report_look_budget, sizeof sweep_report_look_budget);
        n += sizeof sweep_report_look_budget / sizeof *sweep_report_look_budget;
    }
    memcpy(&columns[n], sweep_report_look_columns, sizeof sweep_report_look_columns);
    const table_t table = {.columns = columns,
                           .columns_n = n + LOOK_COLUMNS,
                           .rows_n = rows_n,
                           .of = look,
                           .row = sweep_print_survey_look_row};
    const confx_status_t status = table_print(&table, (table_look_t){.width = 0}, out);
    free(columns);
    return status;
}

static confx_status_t sweep_print_survey_print_table(const sweep_report_t *survey, FILE *out)
{
    sweep_report_look_t look = {survey, calloc(survey->settings_n + 1, sizeof *look.settings)};
    size_t n = 0;
    if (!look.settings) return status_fail(CONFX_STATUS_MEMORY, "no memory for a table");
    for (size_t i = 0; i < survey->settings_n; i++)
        if (survey->settings[i].done) look.settings[n++] = i;
    fputc('\n', out);
    const confx_status_t status = sweep_print_survey_print_rows(&look, n, out);
    free(look.settings);
    if (n < survey->settings_n)
        out_print(out, "(%zu left out: no search done)\n", survey->settings_n - n);
    fputc('\n', out);
    return status;
}

/* ---- what is not as it should be ------------------------------------------------------------- */

static void sweep_print_named(const sweep_report_t *survey, const char *status, FILE *out)
{
    size_t n = 0;
    for (size_t i = 0; i < survey->n; i++) {
        if (strcmp(texts_get(&survey->status, i), status) != 0 || n++ >= NAMED_MOST) continue;
        const char *message = texts_get(&survey->message, i);
        out_print(out, "%-10s %s%s%s\n", status, texts_get(&survey->search, i),
                  *message ? ": " : "", message);
    }
    if (n > NAMED_MOST) out_print(out, "%-10s and %zu more, in sweep.csv\n", "", n - NAMED_MOST);
}

confx_status_t sweep_report_print(const sweep_report_t *survey, FILE *out)
{
    static const char *const others[] = {"infeasible", "failed", "running", "stopped"};
    double *gaps = malloc((survey->n + 1) * sizeof *gaps);
    if (!gaps) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu gaps", survey->n);
    sweep_print_counts(survey, out);
    sweep_print_common(survey, out);
    sweep_print_gap(survey, gaps, out);
    free(gaps);
    TRY(sweep_print_survey_print_table(survey, out));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        sweep_print_named(survey, others[i], out);
    return fflush(out) || ferror(out) ? status_fail(CONFX_STATUS_IO, "the report cannot be written")
                                      : status_ok();
}
