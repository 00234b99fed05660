/* Searches of a sweep, grouped over their seeds. */
#include "confx/array.h"
#include "confx/text.h"
#include "confx/try.h"
#include "report/compare/comparison.h"
#include "report/sanitise.h"
#include "report/sweep/sweep_data.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- keys ------------------------------------------------------------------------------------ */

const sweep_report_key_t *sweep_report_key(const sweep_report_t *survey, const char *name)
{
    for (size_t i = 0; i < survey->keys_n; i++)
        if (!strcmp(survey->keys[i].name, name)) return &survey->keys[i];
    return NULL;
}

bool sweep_report_varies(const sweep_report_key_t *key)
{
    return key->values_n > 1 && strcmp(key->name, "search.seed") != 0;
}

const char *sweep_report_value(const sweep_report_key_t *key, size_t value)
{
    return texts_get(&key->words, key->first[value]);
}

const char *sweep_report_short(const sweep_report_key_t *key)
{
    const char *dot = strrchr(key->name, '.');
    return dot ? dot + 1 : key->name;
}

static size_t sweep_group_find_value(const sweep_report_key_t *key, const char *words)
{
    size_t value = 0;
    while (value < key->values_n && strcmp(sweep_report_value(key, value), words) != 0) value++;
    return value;
}

/* Are two searches alike in the keys before this one? */
static bool sweep_group_alike_before(const sweep_report_t *survey, const sweep_report_key_t *key,
                                     size_t one, size_t other)
{
    for (const sweep_report_key_t *before = survey->keys; before < key; before++)
        if (before->value[one] != before->value[other]) return false;
    return true;
}

/* Where a value that `search` is the first to have belongs among those before it, order[n]. */
static size_t sweep_group_rank(const sweep_report_t *survey, const sweep_report_key_t *key,
                               size_t search, const size_t *order, size_t n)
{
    /* The grid runs through the values in their order while the keys before stay as they are, but
       exclusions leave some out, so the first row of the grid may not have them all. What a later
       row has more comes before the next value of that row whose place is known. */
    for (size_t i = search + 1; i < survey->n && sweep_group_alike_before(survey, key, search, i);
         i++) {
        if (key->first[key->value[i]] >= search) continue;
        for (size_t place = 0; place < n; place++)
            if (order[place] == key->value[i]) return place;
    }
    return n;
}

/* Values are numbered as they appear among the searches, then put in order by the rows of the
   grid, which neither the alphabet nor their size would know. */
static confx_status_t sweep_group_number_values(sweep_report_t *survey, sweep_report_key_t *key)
{
    size_t *order, *ranks, *first;
    ARENA_TAKE(&survey->arena, key->value, survey->n);
    ARENA_TAKE(&survey->arena, key->first, survey->n);
    ARENA_TAKE(&survey->arena, order, survey->n);
    ARENA_TAKE(&survey->arena, ranks, survey->n);
    ARENA_TAKE(&survey->arena, first, survey->n);
    TRY(arena_status(&survey->arena, "the settings of a sweep"));
    /* Numbers of appearance are provisional: they name values until all of them are known. */
    for (size_t i = 0; i < survey->n; i++) {
        key->value[i] = sweep_group_find_value(key, texts_get(&key->words, i));
        if (key->value[i] == key->values_n) key->first[key->values_n++] = i;
    }
    /* order[0..n) are the values met so far as the grid has them; each further one is put in
       between. */
    for (size_t n = 0; n < key->values_n; n++) {
        const size_t place = sweep_group_rank(survey, key, key->first[n], order, n);
        memmove(&order[place + 1], &order[place], (n - place) * sizeof *order);
        order[place] = n;
    }
    /* From here on a value is its rank, and sorting by numbers keeps the grid's order. */
    for (size_t i = 0; i < key->values_n; i++) {
        ranks[order[i]] = i;
        first[i] = key->first[order[i]];
    }
    for (size_t i = 0; i < survey->n; i++) key->value[i] = ranks[key->value[i]];
    key->first = first;
    return status_ok();
}

/* ---- a search -------------------------------------------------------------------------------- */

sweep_report_state_t sweep_report_state(const sweep_report_t *survey, size_t search)
{
    const char *status = texts_get(&survey->status, search);
    if (!strcmp(status, "complete") || !strcmp(status, "infeasible")) return SWEEP_REPORT_DONE;
    return strcmp(status, "failed") ? SWEEP_REPORT_OPEN : SWEEP_REPORT_FAILED;
}

double sweep_report_gap(const sweep_report_t *survey, size_t search)
{
    const double nothing = 1e-9; /* the rounding of a sum */
    const double optimum = survey->optimum[search];
    const double gap =
        ranking_gap(survey->best[search], isnan(optimum) ? survey->lower_bound[search] : optimum);
    return fabs(gap) < nothing ? 0 : gap;
}

bool sweep_report_measures(const sweep_report_t *survey)
{
    for (size_t i = 0; i < survey->n; i++)
        if (!isnan(sweep_report_gap(survey, i))) return true;
    return false;
}

bool sweep_report_ranges(const sweep_report_t *survey)
{
    bool known = false;
    static const char *const names[] = {"dataflow",   "space.",     "actions.",
                                        "deployment", "accounting", JOB_HARDWARE_KEY};
    for (size_t i = 0; i < survey->n; i++) known |= !isnan(survey->budget[i]);
    for (size_t k = 0; known && k < survey->keys_n; k++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (!strncmp(survey->keys[k].name, names[i], strlen(names[i])) &&
                sweep_report_varies(&survey->keys[k]))
                return true;
    return false;
}

size_t sweep_report_done(const sweep_report_t *survey)
{
    size_t n = 0;
    for (size_t i = 0; i < survey->n; i++) n += sweep_report_state(survey, i) == SWEEP_REPORT_DONE;
    return n;
}

static bool sweep_group_is_common(const sweep_report_t *survey, const char *name)
{
    const sweep_report_key_t *key = sweep_report_key(survey, name);
    return !key || !sweep_report_varies(key);
}

static void sweep_group_add_common(const sweep_report_t *survey, const char *name, const char *word,
                                   char out[SWEEP_REPORT_COMMON_MAX])
{
    if (sweep_group_is_common(survey, name))
        text_append(out, SWEEP_REPORT_COMMON_MAX, "%s%s", *out ? ", " : "", word);
}

void sweep_report_common(const sweep_report_t *survey, char out[SWEEP_REPORT_COMMON_MAX])
{
    const job_t *job = survey->common;
    char constraints[JOB_UNITS_MAX];
    out[0] = 0;
    sweep_group_add_common(survey, "workload", job->workload, out);
    /* Where searches differ in their lists of dataflows, no dataflow is common to all. */
    if (sweep_group_is_common(survey, "space.dataflow"))
        sweep_group_add_common(survey, "dataflow", job->dataflow, out);
    sweep_group_add_common(survey, JOB_HARDWARE_KEY, job->hardware, out);
    if (job->deployment == DEPLOYMENT_SEQUENTIAL)
        sweep_group_add_common(survey, "deployment", "sequential", out);
    sweep_group_add_common(survey, "objective", objective_name(job->objective), out);
    job_budget_names(job, constraints);
    sweep_group_add_common(survey, "budget.constraint", constraints, out);
    sanitise_clean(out);
}

const char *sweep_report_budget_units(const sweep_report_t *survey, size_t search)
{
    if (survey->budget_units.text) return texts_get(&survey->budget_units, search);
    return sweep_group_is_common(survey, "budget.constraint")
               ? constraint_units(survey->common->budget.constraint)
               : "";
}

/* ---- settings -------------------------------------------------------------------------------- */

/* As their settings say, whatever the seed: below 0, 0 or above. */
static int sweep_group_compare_settings(const sweep_report_t *survey, size_t i, size_t j)
{
    for (size_t k = 0; k < survey->keys_n; k++) {
        const sweep_report_key_t *key = &survey->keys[k];
        if (sweep_report_varies(key) && key->value[i] != key->value[j])
            return key->value[i] < key->value[j] ? -1 : 1;
    }
    return 0;
}

static int sweep_group_by_setting(const void *one, const void *other, void *survey)
{
    const size_t i = *(const size_t *)one;
    const size_t j = *(const size_t *)other;
    const int order = sweep_group_compare_settings(survey, i, j);
    if (order) return order;
    return i < j ? -1 : 1;
}

static confx_status_t sweep_group_sort(sweep_report_t *survey)
{
    ARENA_TAKE(&survey->arena, survey->order, survey->n);
    ARENA_TAKE(&survey->arena, survey->settings, survey->n);
    TRY(arena_status(&survey->arena, "the settings of a sweep"));
    /* Searches are sorted by number and not moved, as all columns share these numbers. Equal
       settings become neighbours, and a setting is a slice of the order. */
    for (size_t i = 0; i < survey->n; i++) survey->order[i] = i;
    qsort_r(survey->order, survey->n, sizeof *survey->order, sweep_group_by_setting, survey);
    for (size_t i = 0; i < survey->n; i++) {
        if (i == 0 ||
            sweep_group_compare_settings(survey, survey->order[i - 1], survey->order[i]) != 0)
            survey->settings[survey->settings_n++].first = i;
        survey->settings[survey->settings_n - 1].n++;
    }
    return status_ok();
}

static double sweep_group_mean_of(const sweep_report_t *survey, const setting_row_t *row,
                                  const double *figures)
{
    double sum = 0;
    for (size_t i = 0; i < row->n; i++) {
        const size_t search = survey->order[row->first + i];
        if (sweep_report_state(survey, search) == SWEEP_REPORT_DONE) sum += figures[search];
    }
    return row->done ? sum / (double)row->done : NAN;
}

static spread_t sweep_group_spread_of(double *values, size_t n)
{
    const double median = array_median(values, n);
    return n ? (spread_t){values[0], median, values[n - 1]} : (spread_t){NAN, NAN, NAN};
}

/* scratch: (2, seeds) */
static void sweep_group_judge(const sweep_report_t *survey, setting_row_t *row, double *scratch)
{
    double *best = scratch;
    double *gap = scratch + row->n;
    row->done = 0;
    /* The figures of a search that is open or has failed are not those of a whole search, so they
       enter no spread and no mean. */
    for (size_t i = 0; i < row->n; i++) {
        const size_t search = survey->order[row->first + i];
        if (sweep_report_state(survey, search) != SWEEP_REPORT_DONE) continue;
        best[row->done] = survey->best[search];
        gap[row->done++] = sweep_report_gap(survey, search);
    }
    /* The means divide by row->done, which is complete by now. Sorting reorders the scratch, which
       nobody needs in its old order. */
    assert(row->done <= row->n);
    row->best = sweep_group_spread_of(best, row->done);
    row->gap = sweep_group_spread_of(gap, row->done);
    row->budget = row->done ? sweep_group_mean_of(survey, row, survey->budget) : NAN;
    row->feasible_fraction = sweep_group_mean_of(survey, row, survey->feasible_fraction);
    row->seconds = sweep_group_mean_of(survey, row, survey->seconds);
}

confx_status_t sweep_report_group(sweep_report_t *survey)
{
    for (size_t i = 0; i < survey->keys_n; i++)
        TRY(sweep_group_number_values(survey, &survey->keys[i]));
    TRY(sweep_group_sort(survey));
    double *scratch;
    ARENA_TAKE(&survey->arena, scratch, 2 * survey->n);
    TRY(arena_status(&survey->arena, "the settings of a sweep"));
    for (size_t i = 0; i < survey->settings_n; i++)
        sweep_group_judge(survey, &survey->settings[i], scratch);
    return status_ok();
}
