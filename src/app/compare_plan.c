#include "app/compare_plan.h"
#include "confx/compose.h"
#include "confx/try.h"

#include "confx/file.h"
#include "confx/guess.h"
#include "confx/search.h"
#include "confx/yaml.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OWN_SETS = 5, WORD_MAX = 64, SET_MAX = FILE_PATH_MAX + WORD_MAX };

/* ---- jobs ------------------------------------------------------------------------------------ */

typedef struct {
    const compare_plan_option_t *option;
    const char *sets[JOB_SETS_MAX + OWN_SETS];
    size_t sets_n;
    char words[OWN_SETS][SET_MAX];
    size_t words_n;
} order_t;

static void compare_plan_set(order_t *order, const char *key, const char *value)
{
    char *word = order->words[order->words_n++];
    (void)snprintf(word, SET_MAX, "%s=%s", key, value);
    order->sets[order->sets_n++] = word;
}

static void compare_plan_begin_order(const compare_plan_option_t *option, order_t *order)
{
    *order = (order_t){.option = option, .sets_n = option->job.sets_n};
    memcpy(order->sets, option->job.sets, option->job.sets_n * sizeof *order->sets);
    if (option->samples) compare_plan_set(order, "search.samples", option->samples);
    if (option->feedback) compare_plan_set(order, "search.feedback", option->feedback);
}

static confx_status_t compare_plan_open_order(const order_t *order, job_t **job)
{
    const compare_plan_option_t *option = order->option;
    if (option->text)
        return job_parse(option->text, option->job.path, order->sets, order->sets_n, job);
    return job_open(option->job.path, order->sets, order->sets_n, job);
}

/* Where it writes is none of the plan's concern: a directory may be moved. */
static confx_status_t compare_plan_open_base(const compare_plan_option_t *option, job_t **job)
{
    order_t *order = malloc(sizeof *order);
    if (!order)
        return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its settings", option->job.path);
    /* A key that is given twice, by --set and by --samples or --feedback, is refused here once. The
       keys that each search gets of its own (algorithm, seed, output) are not checked: assignments
       hold in order, and theirs come last. */
    compare_plan_begin_order(option, order);
    confx_status_t status = yaml_check_sets("--set", order->sets, order->sets_n);
    compare_plan_set(order, "output", ".");
    if (status.code == CONFX_STATUS_OK) status = compare_plan_open_order(order, job);
    free(order);
    return status;
}

static confx_status_t compare_plan_open_search(const compare_plan_option_t *option,
                                               algorithm_t algorithm, uint64_t seed, job_t **job)
{
    char name[WORD_MAX + 32];
    char runs[FILE_PATH_MAX];
    char output[FILE_PATH_MAX];
    char number[32];
    (void)snprintf(number, sizeof number, "%" PRIu64, seed);
    (void)snprintf(name, sizeof name, "%s_seed%s", algorithm_name(algorithm), number);
    TRY(file_join(option->directory, "runs", runs));
    TRY(file_join(runs, name, output));
    order_t *order = malloc(sizeof *order);
    if (!order)
        return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its settings", option->job.path);
    compare_plan_begin_order(option, order);
    compare_plan_set(order, "search.algorithm", algorithm_name(algorithm));
    compare_plan_set(order, "search.seed", number);
    compare_plan_set(order, "output", output);
    const confx_status_t status = compare_plan_open_order(order, job);
    free(order);
    return status;
}

static confx_status_t compare_plan_open_searches(const compare_plan_option_t *option,
                                                 compare_plan_t *contest)
{
    const size_t n = contest->algorithms_n * contest->seeds_n;
    contest->jobs = calloc(n + 1, sizeof(job_t *));
    if (!contest->jobs) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu searches", n);
    for (size_t i = 0; i < n; i++)
        TRY(compare_plan_open_search(option, contest->algorithms[i / contest->seeds_n],
                                     contest->base->search.seed + i % contest->seeds_n,
                                     &contest->jobs[i]));
    return status_ok();
}

/* ---- algorithms ------------------------------------------------------------------------------ */

static const struct {
    algorithm_t algorithm;
    const char *word;
} known[] = {
#define KNOWN(constant, word) {constant, word},
    ALGORITHM_LIST(KNOWN)
#undef KNOWN
};

static bool compare_plan_shares(const job_t *job, algorithm_t algorithm)
{
    return job->deployment != DEPLOYMENT_SEQUENTIAL || search_traits(algorithm).shares;
}

/* What learns a sum over layers says nothing of the largest of them, or of the worst network. */
static bool compare_plan_sums(const job_t *job, algorithm_t algorithm)
{
    const bool worst = job->networks == NETWORKS_WORST && job->network_n > 1;
    return algorithm != ALGORITHM_ADDITIVE ||
           (objective_kind(job->objective) != OBJECTIVE_OF_MAXIMUM && !worst);
}

static bool compare_plan_fits(const job_t *job, algorithm_t algorithm)
{
    if (!compare_plan_shares(job, algorithm) || !compare_plan_sums(job, algorithm)) return false;
    return !search_traits(algorithm).layers_needed ||
           (job_feedback_of(job, algorithm) == FEEDBACK_LAYER && job->search.memory);
}

static confx_status_t compare_plan_refuse_unfit(const job_t *job, algorithm_t algorithm)
{
    if (!compare_plan_shares(job, algorithm))
        return status_input(NULL, 0, "--algorithms",
                            "%s chooses layer by layer, and layers share one array (deployment: "
                            "sequential); leave it out",
                            algorithm_name(algorithm));
    if (!compare_plan_sums(job, algorithm))
        return status_input(NULL, 0, "--algorithms",
                            "%s learns what adds up over layers, which the objective does not; "
                            "leave it out",
                            algorithm_name(algorithm));
    /* An algorithm that needs the costs of layers does not fit for one of three reasons, and each
       has another way out: the memory is switched off, the user asked for totals, or the objective
       does not add up over the layers. */
    if (job_feedback_of(job, algorithm) == FEEDBACK_LAYER)
        return status_input(NULL, 0, "--algorithms",
                            "%s remembers what each layer costs; search.memory is false",
                            algorithm_name(algorithm));
    const bool asked = job->search.feedback == FEEDBACK_TOTAL;
    return status_input(
        NULL, 0, "--algorithms",
        "%s works on what each layer costs, which %s%s does not reveal; leave it out%s",
        algorithm_name(algorithm), asked ? "feedback total" : "the objective ",
        asked ? "" : objective_name(job->objective), asked ? ", or choose feedback layer" : "");
}

static confx_status_t compare_plan_refuse_unknown(const char *word, size_t length)
{
#define WORD(constant, word) ", " word
    static const char words[] = ALGORITHM_LIST(WORD);
#undef WORD
    char found[WORD_MAX];
    char meant[GUESS_SAID_MAX];
    (void)snprintf(found, sizeof found, "%.*s", (int)(length < WORD_MAX ? length : WORD_MAX), word);
    guess_t guess = guess_begin(found);
    for (size_t i = 0; i < CONTEST_ALGORITHMS_MAX; i++) guess_offer(&guess, known[i].word);
    return status_input(NULL, 0, "--algorithms",
                        "expected %s, one or more between commas, found \"%s\"%s", words + 2, found,
                        guess_say(&guess, meant));
}

static confx_status_t compare_plan_add(compare_plan_t *contest, algorithm_t algorithm)
{
    for (size_t i = 0; i < contest->algorithms_n; i++)
        if (contest->algorithms[i] == algorithm)
            return status_input(NULL, 0, "--algorithms", "%s is named twice",
                                algorithm_name(algorithm));
    if (!compare_plan_fits(contest->base, algorithm))
        return compare_plan_refuse_unfit(contest->base, algorithm);
    /* An algorithm acts on integers only if the job allows it and the algorithm can. */
    const bool integers =
        contest->base->space.refine && search_traits(algorithm).part == SPACE_INTEGERS;
    contest->any_integers = contest->any_integers || integers;
    contest->any_levels = contest->any_levels || !integers;
    contest->integers[contest->algorithms_n] = integers;
    contest->told[contest->algorithms_n] =
        search_told(algorithm, job_feedback_of(contest->base, algorithm) == FEEDBACK_LAYER);
    contest->algorithms[contest->algorithms_n++] = algorithm;
    return status_ok();
}

static confx_status_t compare_plan_add_word(compare_plan_t *contest, const char *word,
                                            size_t length)
{
    for (size_t i = 0; i < CONTEST_ALGORITHMS_MAX; i++)
        if (strlen(known[i].word) == length && !memcmp(known[i].word, word, length))
            return compare_plan_add(contest, known[i].algorithm);
    return compare_plan_refuse_unknown(word, length);
}

static confx_status_t compare_plan_choose_algorithms(const char *words, compare_plan_t *contest)
{
    /* One of the two loops has nothing to do. Without a list, algorithms that do not fit are left
       out without a word; one that the user has named is refused instead. */
    for (size_t i = 0; !words && i < CONTEST_ALGORITHMS_MAX; i++)
        if (compare_plan_fits(contest->base, known[i].algorithm))
            TRY(compare_plan_add(contest, known[i].algorithm));
    for (; words; words = strchr(words, ',') ? strchr(words, ',') + 1 : NULL)
        TRY(compare_plan_add_word(contest, words, strcspn(words, ",")));
    return status_ok();
}

/* ---- the whole ------------------------------------------------------------------------------- */

static confx_status_t compare_plan_write_text(compare_plan_t *contest)
{
    compose_t compose;
    const uint64_t seed = contest->base->search.seed;
    /* The two lines ahead of the job are comments to YAML, so the plan is still a job that can be
       parsed when it is resumed. plan.c reads them back, and their wording is also how the
       directory is recognised as a comparison. */
    TRY(compose_begin(&compose));
    fputs("# compared:", compose.out);
    for (size_t i = 0; i < contest->algorithms_n; i++)
        out_print(compose.out, " %s", algorithm_name(contest->algorithms[i]));
    out_print(compose.out, "\n# seeds: %" PRIu64 " to %" PRIu64 "\n", seed,
              seed + contest->seeds_n - 1);
    fputs(contest->base->text, compose.out);
    TRY(compose_end(&compose, "a comparison"));
    contest->text = compose.text;
    return status_ok();
}

confx_status_t compare_plan_open(const compare_plan_option_t *option, compare_plan_t *contest)
{
    *contest = (compare_plan_t){.seeds_n = option->seeds_n};
    TRY(compare_plan_open_base(option, &contest->base));
    TRY(compare_plan_choose_algorithms(option->algorithms, contest));
    TRY(compare_plan_open_searches(option, contest));
    return compare_plan_write_text(contest);
}

void compare_plan_close(compare_plan_t *contest)
{
    for (size_t i = 0; contest->jobs && i < contest->algorithms_n * contest->seeds_n; i++)
        job_close(contest->jobs[i]);
    job_close(contest->base);
    free(contest->jobs);
    free(contest->text);
}
