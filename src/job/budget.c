#include "job/budget.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/find.h"
#include "confx/text.h"
#include "confx/try.h"
#include "job/schema.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- layers ---------------------------------------------------------------------------------- */

confx_status_t budget_lay(yaml_t *tree, const yaml_t *over)
{
    static const char *const ways[] = {"budget.name", "budget.fraction", "budget.limit",
                                       "budget.platform"};
    enum { WAYS = sizeof ways / sizeof *ways };
    int given = 0;
    /* A part of a mapping has no place in a list; a whole mapping takes the place of it. */
    if (yaml_is_list(tree, "budget") && yaml_is_map(over, "budget") &&
        !yaml_has(over, "budget.constraint") && !yaml_has(over, "budget.platform"))
        return yaml_refuse(over, "budget",
                           "the job has a list of budgets, expected all of it or one with its "
                           "constraint, as in budget: {constraint: area, limit: 50 mm2}");
    /* The ways exclude each other within one layer of settings. A layer above replaces the way of
       the layers below, whichever that was. */
    for (int i = 0; i < WAYS; i++) {
        if (!yaml_has(over, ways[i]) || !given++) continue;
        return yaml_refuse(over, ways[i],
                           yaml_has(over, "budget.platform")
                               ? "expected a platform by itself, without name, fraction and limit"
                               : "expected only one of budget.name, budget.fraction and "
                                 "budget.limit");
    }
    for (int i = 0; i < WAYS && given; i++) yaml_drop(tree, ways[i]);
    /* A limit is no fraction of anything. */
    if (yaml_has(over, "budget.limit") || yaml_has(over, "budget.platform"))
        yaml_drop(tree, "budget.of");
    return status_ok();
}

static void budget_join(const job_t *job, const char *(*word)(constraint_t),
                        char text[JOB_UNITS_MAX])
{
    text[0] = 0;
    for (size_t i = 0; i < job->budgets_n; i++)
        text_append(text, JOB_UNITS_MAX, "%s%s", i ? ", " : "", word(job->budgets[i].constraint));
}

void job_budget_units(const job_t *job, char text[JOB_UNITS_MAX])
{
    budget_join(job, constraint_units, text);
}

void job_budget_names(const job_t *job, char text[JOB_UNITS_MAX])
{
    budget_join(job, constraint_name, text);
}

/* ---- limits ---------------------------------------------------------------------------------- */

typedef struct {
    const char *word, *units;
    double factor;
} budget_unit_t;

#define BUDGET_UNIT(word, units, factor) {word, units, factor},
static const budget_unit_t budget_units[] = {LIMIT_UNIT_LIST(BUDGET_UNIT){NULL, NULL, 0}};
#undef BUDGET_UNIT

/* Units that a constraint may be told in, with commas. */
static void budget_say_units(constraint_t constraint, char *text, size_t room)
{
    const char *own = constraint_units(constraint);
    (void)snprintf(text, room, "%s", own);
    for (const budget_unit_t *unit = budget_units; unit->word; unit++)
        if (strcmp(unit->units, own) == 0) text_append(text, room, ", %s", unit->word);
}

/* "50 mm2", "50mm2": the number into *value and what is behind it; NULL: there is no number. */
static const char *budget_split(const char *text, double *value)
{
    char number[64];
    /* All characters that a number may have; whether they are one is for text_to_real to say. */
    const size_t length = strspn(text, "+-0123456789.eE");
    if (length == 0 || length >= sizeof number) return NULL;
    (void)snprintf(number, sizeof number, "%.*s", (int)length, text);
    if (!text_to_real(number, value)) return NULL;
    return text + length + strspn(text + length, " ");
}

static confx_status_t budget_read_limit(const yaml_t *tree, job_budget_t *budget)
{
    static const char key[] = "budget.limit";
    char units[128];
    double value = 0;
    const char *own = constraint_units(budget->constraint);
    const char *behind = budget_split(budget->limit_text, &value);
    const budget_unit_t *unit = budget_units;
    if (!behind)
        return yaml_refuse(tree, key, "expected a number, found \"%.80s\"", budget->limit_text);
    if (!(value > 0)) return yaml_refuse(tree, key, "expected a number above 0, found %g", value);
    /* A unit must be one of this constraint's, so that "5 s" limits no area. A number alone, or
       with the constraint's own unit, is taken as it is. */
    while (unit->word && (strcmp(unit->word, behind) != 0 || strcmp(unit->units, own) != 0)) unit++;
    if (*behind && strcmp(behind, own) != 0 && !unit->word) {
        budget_say_units(budget->constraint, units, sizeof units);
        return yaml_refuse(tree, key, "expected a limit of %s in %s, found \"%.80s\"",
                           constraint_name(budget->constraint), units, budget->limit_text);
    }
    budget->limit = malloc(sizeof *budget->limit);
    if (!budget->limit) return status_fail(CONFX_STATUS_MEMORY, "no memory for a job");
    *budget->limit = unit->word ? value * unit->factor : value;
    budget->is_time = unit->word && strcmp(own, "cycles") == 0;
    return status_ok();
}

/* ---- platforms ------------------------------------------------------------------------------- */

/* Of a data sheet; how much of it a PE and a byte of buffer take is said beside it. */
typedef struct {
    char *device, *source;
    uint32_t dsp, dsp_per_pe, bram_blocks, bram_block_bytes;
} budget_platform_t;

#define PLATFORM_COUNT(member, help_)                                                              \
    {                                                                                              \
        YAML_PLACE(budget_platform_t, member), .type = YAML_WHOLE, .whole = {1, UINT32_MAX},       \
                                               .help = (help_)                                     \
    }
static const yaml_key_t platform_keys[] = {
    {YAML_PLACE(budget_platform_t, device), .type = YAML_TEXT, .help = "what it is"},
    {YAML_PLACE(budget_platform_t, source), .type = YAML_TEXT, .help = "the data sheet"},
    PLATFORM_COUNT(dsp, "DSP slices of the device"),
    PLATFORM_COUNT(dsp_per_pe, "DSP slices that a PE takes"),
    PLATFORM_COUNT(bram_blocks, "blocks of RAM of the device"),
    PLATFORM_COUNT(bram_block_bytes, "bytes of a block that buffers can use"),
    YAML_KEYS_END,
};

static confx_status_t budget_open_platform(const yaml_t *tree, const char *name, const char *file,
                                           budget_platform_t *platform)
{
    char path[FILE_PATH_MAX];
    char *text = NULL;
    yaml_t *yaml = NULL;
    *platform = (budget_platform_t){.device = NULL};
    /* A platform that is not found is a fault of the job's key, so the message names that. */
    confx_status_t status = file_find("platforms", name, ".yaml", file, path);
    if (status.code == CONFX_STATUS_INPUT)
        return yaml_refuse(tree, "budget.platform", "%s", status.message);
    TRY(status);
    TRY(file_load(path, FILE_USERS, FILE_TEXT_MOST, &text, NULL));
    TRY_OUT(yaml_open(text, path, &yaml));
    TRY_OUT(yaml_read(yaml, platform_keys, platform));
    TRY_OUT(yaml_require(yaml, platform_keys));
out:
    yaml_close(yaml);
    free(text);
    return status;
}

static confx_status_t budget_add_limit(job_t *job, constraint_t constraint, uint64_t limit,
                                       const char *platform)
{
    char text[32];
    if (job->budgets_n == JOB_BUDGETS_MAX)
        return yaml_refuse(job->tree, "budget", "expected at most %d budgets, a platform being two",
                           JOB_BUDGETS_MAX);
    job_budget_t *budget = &job->budgets[job->budgets_n++];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)limit);
    *budget = (job_budget_t){.constraint = constraint};
    budget->limit_text = strdup(text);
    budget->platform = strdup(platform);
    if (!budget->limit_text || !budget->platform)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a job");
    return budget_read_limit(job->tree, budget);
}

/* A budget that names a platform alone becomes its two limits. */
static confx_status_t budget_add_platform(job_t *job, const char *name, const char *file)
{
    budget_platform_t platform;
    confx_status_t status = budget_open_platform(job->tree, name, file, &platform);
    /* Every number of a platform is at least 1, by the table of its keys. */
    assert(status.code != CONFX_STATUS_OK || platform.dsp_per_pe > 0);
    if (status.code == CONFX_STATUS_OK && platform.dsp < platform.dsp_per_pe)
        status = yaml_refuse(job->tree, "budget.platform",
                             "%.150s has %u DSP slices, expected at least the %u that a PE takes",
                             name, platform.dsp, platform.dsp_per_pe);
    if (status.code == CONFX_STATUS_OK)
        status = budget_add_limit(job, CONSTRAINT_PE, platform.dsp / platform.dsp_per_pe, name);
    if (status.code == CONFX_STATUS_OK)
        status = budget_add_limit(job, CONSTRAINT_BUFFER_BYTES,
                                  (uint64_t)platform.bram_blocks * platform.bram_block_bytes, name);
    yaml_release(platform_keys, &platform);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void budget_release(job_budget_t *budget)
{
    free(budget->name);
    free(budget->fraction);
    free(budget->limit_text);
    free(budget->limit);
    free(budget->platform);
    free(budget->of);
    *budget = (job_budget_t){.constraint = CONSTRAINT_AREA};
}

void budget_close(job_t *job)
{
    /* What the first one points to is the job's own budget's, which the table of keys frees, but
       for the number that the table does not know. */
    free(job->budget.limit);
    job->budget.limit = NULL;
    for (size_t i = 1; i < job->budgets_n; i++) budget_release(&job->budgets[i]);
    job->budgets_n = 0;
}

/* Taken over whole, or closed. */
static confx_status_t budget_add(job_t *job, const yaml_t *tree, const char *file,
                                 job_budget_t *budget)
{
    confx_status_t status = status_ok();
    if (budget->platform && !budget->limit_text) {
        status = budget_add_platform(job, budget->platform, file);
        budget_release(budget);
        return status;
    }
    if (job->budgets_n == JOB_BUDGETS_MAX)
        status = yaml_refuse(tree, "budget", "expected at most %d budgets", JOB_BUDGETS_MAX);
    if (status.code == CONFX_STATUS_OK && budget->limit_text)
        status = budget_read_limit(tree, budget);
    if (status.code == CONFX_STATUS_OK)
        job->budgets[job->budgets_n++] = *budget;
    else
        budget_release(budget);
    return status;
}

/* One of a list. */
static confx_status_t budget_read_element(job_t *job, const yaml_t *part, const char *file)
{
    const bool platform = yaml_has(part, "budget.platform");
    const int ways = yaml_has(part, "budget.name") + yaml_has(part, "budget.fraction") +
                     yaml_has(part, "budget.limit");
    /* An element is read as if it stood alone below `budget`, into a job that has nothing else;
       then its budget is taken out of that. */
    job_t *scratch = calloc(1, sizeof *scratch);
    confx_status_t status;
    if (!scratch) return status_fail(CONFX_STATUS_MEMORY, "no memory for a job");
    TRY_OUT(yaml_read(part, job_keys, scratch));
    if (!yaml_has(part, "budget.constraint") && !(platform && ways == 0))
        TRY_OUT(yaml_refuse(part, "budget", "expected its constraint, as in {constraint: area}"));
    if (yaml_has(part, "budget.of"))
        TRY_OUT(yaml_refuse(part, "budget.of", "expected it with one budget alone, not in a list"));
    if (ways > 1 || (ways == 0 && !platform))
        TRY_OUT(yaml_refuse(part, "budget", "expected one of name, fraction and limit"));
    job_budget_t budget = scratch->budget;
    memset(&scratch->budget, 0, sizeof scratch->budget);
    TRY_OUT(budget_add(job, part, file, &budget));
out:
    yaml_release(job_keys, scratch);
    free(scratch);
    return status;
}

static confx_status_t budget_read_list(job_t *job, const char *file)
{
    const size_t n = yaml_size(job->tree, "budget");
    if (n == 0) return yaml_refuse(job->tree, "budget", "expected at least one budget in the list");
    for (size_t i = 0; i < n; i++) {
        char path[32];
        yaml_t *part;
        (void)snprintf(path, sizeof path, "budget[%zu]", i);
        if (!yaml_is_map(job->tree, path))
            return yaml_refuse(job->tree, path,
                               "expected keys and values, as in {constraint: "
                               "area, limit: 50 mm2}");
        /* The part keeps the lines of the file, so that messages about an element name its own
           line. */
        TRY(yaml_pick(job->tree, path, "budget", NULL, &part));
        const confx_status_t status = budget_read_element(job, part, file);
        yaml_close(part);
        TRY(status);
    }
    return status_ok();
}

static confx_status_t budget_check_twice(const job_t *job)
{
    for (size_t i = 0; i < job->budgets_n; i++)
        for (size_t j = 0; j < i; j++)
            if (job->budgets[i].constraint == job->budgets[j].constraint)
                return yaml_refuse(job->tree, "budget", "the %s is limited twice",
                                   constraint_name(job->budgets[i].constraint));
    return status_ok();
}

/* Whatever a path has in it: within single quotes YAML knows nothing but these. */
static void budget_print_quoted(FILE *out, const char *text)
{
    out_print(out, "'");
    for (; *text; text++) out_print(out, *text == '\'' ? "'%c" : "%c", *text);
    out_print(out, "'");
}

/* The list of all budgets, with the limits of platforms, in the place of what the tree has. */
static confx_status_t budget_write_out(job_t *job, const char *file)
{
    compose_t compose;
    yaml_t *yaml;
    TRY(compose_begin(&compose));
    out_print(compose.out, "budget:\n");
    for (size_t i = 0; i < job->budgets_n; i++) {
        const job_budget_t *budget = &job->budgets[i];
        out_print(compose.out, "- {constraint: %s", constraint_name(budget->constraint));
        if (budget->name) out_print(compose.out, ", name: %s", budget->name);
        if (budget->fraction) out_print(compose.out, ", fraction: %.17g", *budget->fraction);
        if (budget->limit_text) out_print(compose.out, ", limit: %s", budget->limit_text);
        if (budget->platform) out_print(compose.out, ", platform: ");
        if (budget->platform) budget_print_quoted(compose.out, budget->platform);
        out_print(compose.out, "}\n");
    }
    TRY(compose_end(&compose, "a job"));
    confx_status_t status = yaml_open(compose.text, file, &yaml);
    free(compose.text);
    TRY(status);
    /* A log that is read later must not depend on the file of the platform, so the tree holds its
       numbers. */
    yaml_drop(job->tree, "budget");
    status = yaml_merge(job->tree, yaml);
    yaml_close(yaml);
    return status;
}

confx_status_t budget_read(job_t *job, const char *file)
{
    const bool list = yaml_is_list(job->tree, "budget");
    bool platform = job->budget.platform != NULL;
    confx_status_t status;
    if (list) {
        status = budget_read_list(job, file);
    } else {
        job_budget_t budget = job->budget;
        /* Owned by budget_add from here on; the table of keys must not free it again after a
           failure. */
        memset(&job->budget, 0, sizeof job->budget);
        status = budget_add(job, job->tree, file, &budget);
    }
    for (size_t i = 0; list && i < job->budgets_n; i++)
        platform = platform || job->budgets[i].platform;
    /* The first one is the job's from here on, whatever comes of the others. */
    if (job->budgets_n) job->budget = job->budgets[0];
    TRY(status);
    TRY(budget_check_twice(job));
    return platform ? budget_write_out(job, file) : status_ok();
}
