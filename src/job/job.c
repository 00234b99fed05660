#include "confx/file.h"
#include "confx/find.h"
#include "confx/job_words.h"
#include "confx/stages.h"
#include "confx/text.h"
#include "confx/try.h"
#include "job/schema.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- layers: defaults, file, --set ----------------------------------------------------------- */

/* What stands at one path, put at another one of the same tree in place of what is there. */
static confx_status_t job_put(yaml_t *tree, const char *from, const char *to)
{
    yaml_t *part;
    TRY(yaml_pick(tree, from, to, NULL, &part));
    const confx_status_t status = yaml_merge(tree, part);
    yaml_close(part);
    return status;
}

/* A name by itself stands for a mapping with nothing but that base. Where a layer has a mapping the
   tree gets one as well, so that the layer's keys are laid upon its name and not put in its
   place. */
static confx_status_t job_open_bases(yaml_t *tree, const yaml_t *over)
{
    char base[JOB_KEY_MAX];
    for (const yaml_key_t *key = job_keys; key->path; key++) {
        if (key->type != YAML_BASED || !yaml_is_map(over, key->path)) continue;
        (void)snprintf(base, sizeof base, "%s.base", key->path);
        if (yaml_scalar(tree, key->path)) TRY(job_put(tree, key->path, base));
    }
    return status_ok();
}

/* The way back: a mapping with its base alone is the name, so that both ways to write it are one
   job. */
static confx_status_t job_close_bases(yaml_t *tree)
{
    char base[JOB_KEY_MAX];
    for (const yaml_key_t *key = job_keys; key->path; key++) {
        if (key->type != YAML_BASED || yaml_size(tree, key->path) != 1) continue;
        (void)snprintf(base, sizeof base, "%s.base", key->path);
        if (yaml_scalar(tree, base)) TRY(job_put(tree, base, key->path));
    }
    return status_ok();
}

/* Lay one layer upon the job so far. A budget given in one way replaces one given in another way
   below it. */
static confx_status_t job_lay(yaml_t *tree, const yaml_t *over)
{
    static const char *const ways[] = {"budget.name", "budget.fraction", "budget.limit"};
    enum { WAYS = sizeof ways / sizeof *ways };
    int given = 0;
    for (int i = 0; i < WAYS; i++) {
        if (yaml_has(over, ways[i]) && given++)
            return yaml_refuse(
                over, ways[i],
                "expected only one of budget.name, budget.fraction and budget.limit");
    }
    for (int i = 0; i < WAYS && given; i++) yaml_drop(tree, ways[i]);
    /* A limit is no fraction of anything. */
    if (yaml_has(over, "budget.limit")) yaml_drop(tree, "budget.of");
    TRY(job_open_bases(tree, over));
    return yaml_merge(tree, over);
}

bool job_knows(const char *key)
{
    return yaml_knows(job_keys, key);
}

confx_status_t job_is_sweep(const char *text, const char *file, bool *sweep)
{
    yaml_t *tree;
    *sweep = false;
    TRY(yaml_open_paths(text, file, &tree));
    *sweep = yaml_has(tree, "base") || yaml_has(tree, "grid");
    yaml_close(tree);
    return status_ok();
}

/* A sweep is told so before its keys are complained of one by one; it need not be plain YAML of a
   job. */
static confx_status_t job_refuse_sweep(const char *text, const char *file)
{
    bool sweep;
    const confx_status_t status = job_is_sweep(text, file, &sweep);
    if (status.code == CONFX_STATUS_MEMORY) return status;
    if (!sweep) return status_ok();
    return status_input(
        file, 0, NULL,
        "this is a sweep (it has base or grid), expected a job; use `confx sweep %.100s'", file);
}

static confx_status_t job_lay_file(yaml_t *tree, const char *text, const char *file)
{
    yaml_t *layer;
    TRY(job_refuse_sweep(text, file));
    TRY(yaml_open(text, file, &layer));
    const confx_status_t status = job_lay(tree, layer);
    yaml_close(layer);
    return status;
}

static confx_status_t job_lay_set(yaml_t *tree, const char *assignment)
{
    yaml_t *layer;
    TRY(yaml_open_set("--set", assignment, &layer));
    const confx_status_t status = job_lay(tree, layer);
    yaml_close(layer);
    return status;
}

/* runs/NAME for a job file NAME.yaml. */
static confx_status_t job_add_output(yaml_t *tree, const char *file)
{
    char name[FILE_PATH_MAX], output[FILE_PATH_MAX];
    if (yaml_has(tree, "output")) return status_ok();
    file_stem(file, name, sizeof name);
    TRY(file_join("runs", name, output));
    return yaml_add(tree, "output", output);
}

static confx_status_t job_resolve(const char *text, const char *file, const yaml_t *over,
                                  const char *const *sets, size_t sets_n, yaml_t *tree)
{
    /* What is laid later wins: the file over the defaults, then what a sweep changes, then each
       --set in the order given. */
    TRY(job_lay_file(tree, text, file));
    if (over) TRY(job_lay(tree, over));
    for (size_t i = 0; i < sets_n; i++) TRY(job_lay_set(tree, sets[i]));
    /* Its default is a place without a value, which stands for no workload at all. */
    const char *workload = yaml_scalar(tree, "workload");
    if (workload && !*workload) yaml_drop(tree, "workload");
    TRY(job_close_bases(tree));
    return job_add_output(tree, file);
}

/* ---- what one key means to another ----------------------------------------------------------- */

static confx_status_t job_check_init(const job_t *job)
{
    const algorithm_t algorithm = job->search.algorithm;
    if (!job->search.init || algorithm_stages(algorithm).stages[0] == ALGORITHM_REINFORCE)
        return status_ok();
    return yaml_refuse(job->tree, "search.init",
                       "expected search.algorithm %s or %s: %s has no such policy",
                       algorithm_name(ALGORITHM_REINFORCE),
                       algorithm_name(ALGORITHM_REINFORCE_ISLANDS), algorithm_name(algorithm));
}

/* A sum over layers, which is what it learns, says nothing of the largest of them. */
static confx_status_t job_check_additive(const job_t *job)
{
    if (job->search.algorithm != ALGORITHM_ADDITIVE ||
        objective_kind(job->objective) != OBJECTIVE_OF_MAXIMUM)
        return status_ok();
    return yaml_refuse(job->tree, "search.algorithm",
                       "expected another one than %s, which learns what adds up over layers: the "
                       "objective %s is the largest of the layers' values",
                       algorithm_name(job->search.algorithm), objective_name(job->objective));
}

static confx_status_t job_check(const job_t *job)
{
    char names[CONFX_STATUS_MESSAGE_MAX / 2];
    if (job->search.policy_samples > job->search.samples)
        return yaml_refuse(job->tree, "search.policy_samples",
                           "expected at most search.samples = %" PRIu64 ", found %" PRIu64,
                           job->search.samples, job->search.policy_samples);
    TRY(job_check_init(job));
    TRY(job_check_additive(job));
    if (job->budget.of && job->budget.limit)
        return yaml_refuse(job->tree, "budget.of",
                           "expected budget.name or budget.fraction beside it: budget.limit is the "
                           "same whatever the dataflow");
    if (job->workload) return status_ok();
    file_list_known("models", ".csv", names, sizeof names);
    return yaml_refuse(job->tree, "workload",
                       "expected the network, as in \"workload: mobilenet_v2\": the path of a CSV "
                       "or a name in models: %s",
                       names);
}

/* ---- opening --------------------------------------------------------------------------------- */

/* The job of all these layers; `over` and `sets` may be missing. */
static confx_status_t job_make(const char *text, const char *file, const yaml_t *over,
                               const char *const *sets, size_t sets_n, job_t **job)
{
    confx_status_t status;
    job_t *fresh = calloc(1, sizeof *fresh);
    *job = NULL;
    if (!fresh) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for a job", file);
    TRY_OUT(yaml_defaults(job_keys, &fresh->tree));
    TRY_OUT(job_resolve(text, file, over, sets, sets_n, fresh->tree));
    /* Nodes remember the layer that they came from, so that a bad value is refused where it was
       given. Keys are held against each other only after each was read by itself. */
    TRY_OUT(yaml_read(fresh->tree, job_keys, fresh));
    TRY_OUT(job_check(fresh));
    /* The text is that of the merged tree: the log keeps it, and it gives the same job without the
       layers. */
    TRY_OUT(yaml_text(fresh->tree, &fresh->text));
    TRY_OUT(job_move(fresh, file));
    *job = fresh;
    return status;
out:
    job_close(fresh);
    return status;
}

confx_status_t job_parse(const char *text, const char *file, const char *const *sets, size_t sets_n,
                         job_t **job)
{
    return job_make(text, file, NULL, sets, sets_n, job);
}

confx_status_t job_parse_over(const char *text, const char *file, const yaml_t *over, job_t **job)
{
    return job_make(text, file, over, NULL, 0, job);
}

void job_print_keys(FILE *out)
{
    yaml_print_keys(job_keys, out);
}

confx_status_t job_explain(const job_t *job, char **text)
{
    return yaml_explain(job->tree, job_keys, text);
}

confx_status_t job_open(const char *path, const char *const *sets, size_t sets_n, job_t **job)
{
    char *text;
    *job = NULL;
    TRY(file_check_name(path));
    TRY(file_load(path, FILE_USERS, FILE_TEXT_MOST, &text, NULL));
    const confx_status_t status = job_parse(text, path, sets, sets_n, job);
    free(text);
    return status;
}

confx_status_t job_move(job_t *job, const char *file)
{
    char *copy = strdup(file);
    if (!copy) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for a job", file);
    free(job->file);
    job->file = copy;
    return status_ok();
}

void job_close(job_t *job)
{
    if (!job) return;
    free(job->text);
    free(job->file);
    yaml_close(job->tree);
    yaml_release(job_keys, job);
    free(job);
}

confx_status_t job_find(const job_t *job, job_data_t data, char *path)
{
    const struct {
        const char *key, *kind, *suffix, *name;
    } places[] = {
        [JOB_WORKLOAD] = {"workload", "models", ".csv", job->workload},
        [JOB_DATAFLOW] = {"dataflow", "dataflows", ".m", job->dataflow},
        [JOB_DATAFLOW_DEPTHWISE] = {"dataflow_depthwise", "dataflows", ".m",
                                    job->dataflow_depthwise},
        [JOB_HARDWARE] = {JOB_HARDWARE_KEY, "hw", ".yaml", job->hardware},
        [JOB_BUDGET_DATAFLOW] = {"budget.of", "dataflows", ".m", job->budget.of},
    };
    assert(places[data].name);
    const confx_status_t status =
        file_find(places[data].kind, places[data].name, places[data].suffix, job->file, path);
    if (status.code != CONFX_STATUS_INPUT) return status;
    return yaml_refuse(job->tree, places[data].key, "%s", status.message);
}

confx_status_t job_find_init(const job_t *job, char *path)
{
    char beside[FILE_PATH_MAX];
    TRY(file_parent(job->file, beside));
    /* Beside the job file is the first place, the working directory the second. */
    const char *const places[] = {beside, "."};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        file_kind_t kind;
        TRY(file_join(places[i], job->search.init, path));
        TRY(file_look(path, &kind));
        if (kind != FILE_ABSENT) return status_ok();
    }
    return yaml_refuse(job->tree, "search.init", "no file \"%s\", expected a run.h5",
                       job->search.init);
}
