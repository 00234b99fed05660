/* The limits of every value, each complained of at the key's own place. */
#include "confx/file.h"
#include "confx/guess.h"
#include "confx/text.h"
#include "confx/try.h"
#include "schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PATH_MAX_BYTES = 64 };

/* ---- in the tree ----------------------------------------------------------------------------------------------------
 */

static confx_status_t check_levels(const yaml_t *tree, const char *key, int64_t most)
{
    char path[PATH_MAX_BYTES];
    for (int i = 0; i < JOB_LEVELS_MAX; i++) {
        (void)snprintf(path, sizeof path, "%s[%d]", key, i);
        if (!yaml_has(tree, path)) break;
        TRY(yaml_check_integer(tree, path, 1, most));
    }
    return status_ok();
}

confx_status_t job_check_tree(const yaml_t *tree)
{
    static const struct {
        const char *path;
        int64_t least, most;
    } limits[] = {
        {"search.samples", 1, 1000000000}, {"search.policy_samples", 0, 1000000000},
        {"search.seed", 0, INT64_MAX},     {"search.blocks", 0, 65535},
        {"search.episodes", 0, 65535},     {"search.islands", 0, 65535},
        {"search.children", 0, 65535},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        TRY(yaml_check_integer(tree, limits[i].path, limits[i].least, limits[i].most));
    TRY(check_levels(tree, "actions.pe", JOB_PE_MAX));
    return check_levels(tree, "actions.buffer", JOB_BUFFER_MAX);
}

/* ---- in what was read -------------------------------------------------------------------------------------------- */

static confx_status_t check_rising(const job_t *job, const char *key, const uint32_t *levels, unsigned n)
{
    char path[PATH_MAX_BYTES];
    for (unsigned i = 1; i < n; i++) {
        if (levels[i] > levels[i - 1]) continue;
        (void)snprintf(path, sizeof path, "%s[%u]", key, i);
        return yaml_refuse(job->tree, path, "expected more than the level before it (%" PRIu32 "), found %" PRIu32,
                           levels[i - 1], levels[i]);
    }
    return status_ok();
}

static confx_status_t check_budget_name(const job_t *job)
{
#define BUDGET_WORD(word, fraction) ", " word
    static const char words[] = BUDGET_LIST(BUDGET_WORD);
#undef BUDGET_WORD
#define BUDGET_OFFER(word, fraction) guess_offer(&guess, word);
    const char *name = job->budget.name;
    char meant[GUESS_SAID_MAX];
    if (!name || job_budget_fraction(&job->budget) > 0) return status_ok();
    guess_t guess = guess_begin(name);
    BUDGET_LIST(BUDGET_OFFER)
#undef BUDGET_OFFER
    return yaml_refuse(job->tree, "budget.name", "expected one of %s, found \"%s\"%s", words + 2, name,
                       guess_say(&guess, meant));
}

static confx_status_t check_budget(const job_t *job)
{
    const job_budget_t *budget = &job->budget;
    TRY(check_budget_name(job));
    if (budget->fraction && !(*budget->fraction > 0 && *budget->fraction <= 1))
        return yaml_refuse(job->tree, "budget.fraction", "expected a number above 0, up to 1, found %g",
                           *budget->fraction);
    if (budget->limit && !(*budget->limit > 0))
        return yaml_refuse(job->tree, "budget.limit", "expected a number above 0, found %g", *budget->limit);
    return status_ok();
}

static confx_status_t check_init(const job_t *job)
{
    const job_search_t *search = &job->search;
    if (!search->init || search->algorithm == ALGORITHM_REINFORCE || search->algorithm == ALGORITHM_REINFORCE_ISLANDS)
        return status_ok();
    return yaml_refuse(job->tree, "search.init", "expected search.algorithm %s or %s: %s has no such policy",
                       algorithm_name(ALGORITHM_REINFORCE), algorithm_name(ALGORITHM_REINFORCE_ISLANDS),
                       algorithm_name(search->algorithm));
}

/* These end up on terminals, in pictures and in sheets. A directory is in no sheet. */
static confx_status_t check_names(const job_t *job)
{
    const struct {
        const char *key, *name;
    } names[] = {
        {"workload", job->workload},
        {"dataflow", job->dataflow},
        {"dataflow_depthwise", job->dataflow_depthwise},
        {"hardware", job->hardware},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!names[i].name) continue;
        if (!text_is_plain(names[i].name))
            return yaml_refuse(job->tree, names[i].key, "expected a name without control characters, found \"%.80s\"",
                               names[i].name);
        if (!text_is_name(names[i].name))
            return yaml_refuse(job->tree, names[i].key,
                               "expected a name that does not begin with =, +, - or @ (a formula in a sheet; such a "
                               "file is to be had by ./NAME), found \"%.80s\"",
                               names[i].name);
    }
    if (job->search.init && !text_is_plain(job->search.init))
        return yaml_refuse(job->tree, "search.init", "expected a name without control characters, found \"%.80s\"",
                           job->search.init);
    if (text_is_plain(job->output)) return status_ok();
    return yaml_refuse(job->tree, "output", "expected a name without control characters, found \"%.80s\"", job->output);
}

static confx_status_t check_workload(const job_t *job)
{
    char names[CONFX_STATUS_MESSAGE_MAX / 2];
    if (job->workload) return status_ok();
    file_list_known("models", ".csv", names, sizeof names);
    return yaml_refuse(
        job->tree, "workload",
        "expected the network, as in \"workload: mobilenet_v2\": the path of a CSV or a name in models: %s", names);
}

confx_status_t job_check(const job_t *job)
{
    const job_search_t *search = &job->search;
    TRY(check_budget(job));
    TRY(check_rising(job, "actions.pe", job->actions.pe, job->actions.pe_count));
    TRY(check_rising(job, "actions.buffer", job->actions.buffer, job->actions.buffer_count));
    if (search->policy_samples > search->samples)
        return yaml_refuse(job->tree, "search.policy_samples",
                           "expected at most search.samples = %" PRIu64 ", found %" PRIu64, search->samples,
                           search->policy_samples);
    TRY(check_init(job));
    if (job->log.commit_seconds < 0)
        return yaml_refuse(job->tree, "log.commit_seconds", "expected 0 or more, found %g", job->log.commit_seconds);
    TRY(check_names(job));
    return check_workload(job);
}
