#include "app/plan.h"
#include "app/directory.h"
#include "confx/try.h"

#include "confx/file.h"
#include "confx/job_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The search of a plan and what it would be now. */
static confx_status_t plan_compare(const scheduler_place_t *place, const char *name,
                                   const job_t *before, const job_t *now)
{
    job_difference_t difference;
    if (job_differ(before, now, &difference))
        return status_input(place->file, 0, "--resume",
                            "%s in %s was started with %s %s, here it is %s", name,
                            place->directory, difference.key, difference.one, difference.other);
    if (before->search.samples <= now->search.samples) return status_ok();
    return status_input(place->file, 0, "--resume",
                        "%s in %s was started with search.samples %" PRIu64
                        ", here they are %" PRIu64 ": they may only grow",
                        name, place->directory, before->search.samples, now->search.samples);
}

static confx_status_t plan_compare_text(const scheduler_place_t *place, const char *name,
                                        const char *text, const job_t *now)
{
    job_t *before;
    TRY(job_parse(text, place->directory, NULL, 0, &before));
    const confx_status_t status = plan_compare(place, name, before, now);
    job_close(before);
    return status;
}

/* ---- sweeps ---------------------------------------------------------------------------------- */

static const char plan_mark[] = "--- # "; /* before the name of each search: sweep_t.text */

/* Plans keep the order of their sweep, so the search is mostly at `from` or not far behind. */
static const sweep_search_t *plan_find(const sweep_t *sweep, const char *name, size_t *from)
{
    for (size_t i = 0; i < sweep->searches_n; i++) {
        const sweep_search_t *search = &sweep->searches[(*from + i) % sweep->searches_n];
        if (strcmp(search->name, name) != 0) continue;
        *from = (*from + i + 1) % sweep->searches_n;
        return search;
    }
    return NULL;
}

/* One search of the plan, from its mark on; the text behind it is cut off for the moment. */
static confx_status_t plan_check_search(const scheduler_place_t *place, char *document,
                                        size_t *from)
{
    char name[SWEEP_NAME_MAX];
    /* The caller has found the mark at the beginning, and the mark has no line end in it, so the
       name's length is never negative. The job begins with the line end, an empty line to YAML. */
    char *job = document + strcspn(document, "\n");
    (void)snprintf(name, sizeof name, "%.*s", (int)(job - document) - (int)strlen(plan_mark),
                   document + strlen(plan_mark));
    const sweep_search_t *now = plan_find(place->context, name, from);
    if (now) return plan_compare_text(place, name, job, now->job);
    return status_input(place->file, 0, "--resume",
                        "%s in %s is not among its searches: more may be added, none left out",
                        name, place->directory);
}

confx_status_t plan_sweep_grows(const scheduler_place_t *place, const char *before)
{
    char *text = strdup(before);
    size_t from = 0;
    confx_status_t status =
        text ? status_ok()
             : status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its plan", place->directory);
    for (char *document = text; status.code == CONFX_STATUS_OK && document;) {
        if (strncmp(document, plan_mark, strlen(plan_mark)) != 0) {
            status = status_fail(CONFX_STATUS_DAMAGED, "%s: its plan.yaml is not one of a sweep",
                                 place->directory);
            break;
        }
        /* The document is cut off by a NUL in the place of the next mark's first letter, which is
           put back afterwards. The line end before it still belongs to this document. */
        char *next = strstr(document, "\n--- # ");
        if (next) next[1] = 0;
        status = plan_check_search(place, document, &from);
        if (next) next[1] = '-';
        document = next ? next + 1 : NULL;
    }
    free(text);
    return status;
}

/* ---- comparisons ----------------------------------------------------------------------------- */

/* The first two lines of compare_plan_t.text. */
typedef struct {
    char algorithms[CONTEST_WORDS_MAX]; /* between blanks */
    uint64_t first_seed, last_seed;
} plan_head_t;

static confx_status_t plan_read_head(const char *directory, const char *text, plan_head_t *head)
{
    static const char mark[] = "# compared: ";
    const size_t length = strcspn(text, "\n");
    const char *words = text + strlen(mark);
    const bool fits =
        strncmp(text, mark, strlen(mark)) == 0 && length - strlen(mark) < sizeof head->algorithms;
    if (!fits || sscanf(text + length, " # seeds: %" SCNu64 " to %" SCNu64, &head->first_seed,
                        &head->last_seed) != 2)
        return status_fail(CONFX_STATUS_DAMAGED, "%s: its plan.yaml is not one of a comparison",
                           directory);
    (void)snprintf(head->algorithms, sizeof head->algorithms, "%.*s", (int)(length - strlen(mark)),
                   words);
    return status_ok();
}

static confx_status_t plan_check_algorithms(const scheduler_place_t *place,
                                            const compare_plan_t *contest, char *words)
{
    char *rest = NULL;
    /* What was planned must still be wanted: its searches may be done, and would be left out of the
       table. */
    for (const char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        size_t i = 0;
        while (i < contest->algorithms_n &&
               strcmp(algorithm_name(contest->algorithms[i]), word) != 0)
            i++;
        if (i == contest->algorithms_n)
            return status_input(place->file, 0, "--algorithms",
                                "the comparison in %s has %s, here it is not named: more may be "
                                "added, none left out",
                                place->directory, word);
    }
    return status_ok();
}

confx_status_t plan_contest_grows(const scheduler_place_t *place, const char *before)
{
    const compare_plan_t *contest = place->context;
    const uint64_t last_seed = contest->base->search.seed + contest->seeds_n - 1;
    plan_head_t head = {.first_seed = 0};
    TRY(plan_read_head(place->directory, before, &head));
    /* The first seed is a key of the job, so that jobs which agree begin at the same seed, and the
       last one alone remains to be compared. The names in the head are cut into words last, as that
       destroys them. */
    TRY(plan_compare_text(place, "the comparison", before, contest->base));
    if (head.last_seed > last_seed)
        return status_input(place->file, 0, "--seeds",
                            "the comparison in %s has seeds %" PRIu64 " to %" PRIu64
                            ", here they are %" PRIu64 " to %" PRIu64
                            ": more may be added, none left out",
                            place->directory, head.first_seed, head.last_seed,
                            contest->base->search.seed, last_seed);
    return plan_check_algorithms(place, contest, head.algorithms);
}

static confx_status_t plan_take_options(const char *directory, const char *text,
                                        compare_plan_option_t *option, plan_kept_t *kept)
{
    plan_head_t head;
    job_t *before;
    TRY(plan_read_head(directory, text, &head));
    TRY(job_parse(text, directory, NULL, 0, &before));
    /* Texts like those of the options, so that both are parsed by the same function. */
    (void)snprintf(kept->samples, sizeof kept->samples, "%" PRIu64, before->search.samples);
    job_close(before);
    (void)snprintf(kept->algorithms, sizeof kept->algorithms, "%s", head.algorithms);
    for (char *c = kept->algorithms; *c; c++)
        if (*c == ' ') *c = ',';
    if (!option->algorithms) option->algorithms = kept->algorithms;
    if (!option->samples) option->samples = kept->samples;
    if (!option->seeds_n) option->seeds_n = (size_t)(head.last_seed - head.first_seed + 1);
    return status_ok();
}

confx_status_t plan_contest_options(const char *directory, compare_plan_option_t *option,
                                    plan_kept_t *kept)
{
    char path[FILE_PATH_MAX];
    char *text;
    TRY(directory_expect_room(
        directory, DIRECTORY_COMPARISON)); /* said before its plan is taken for a damaged one */
    TRY(file_join(directory, SCHEDULER_PLAN_FILE, path));
    bool has;
    TRY(file_has(path, &has));
    if (!has) return status_ok();
    TRY(file_load(path, FILE_OURS, FILE_TABLE_MOST, &text, NULL));
    const confx_status_t status = plan_take_options(directory, text, option, kept);
    free(text);
    return status;
}
