#include "confx/compose.h"
#include "confx/file.h"
#include "confx/find.h"
#include "confx/job_dataflow.h"
#include "confx/job_words.h"
#include "confx/stages.h"
#include "confx/text.h"
#include "confx/try.h"
#include "job/budget.h"
#include "job/networks.h"
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

/* Keys that stand for each other: one of them is given. */
static const char *const job_ways[][4] = {
    {"dataflow", "space.dataflow"},
    {"dataflow_depthwise", "space.dataflow_depthwise"},
    {"actions.pe", "space.pe"},
    {"actions.buffer", "space.buffer"},
};
enum { JOB_WAYS = sizeof job_ways / sizeof *job_ways };

/* "budget.name, budget.fraction and budget.limit" */
static void job_say_ways(const char *const ways[], char said[JOB_VALUE_MAX])
{
    said[0] = 0;
    for (int i = 0; ways[i]; i++)
        text_append(said, JOB_VALUE_MAX, "%s%s",
                    i == 0        ? ""
                    : ways[i + 1] ? ", "
                                  : " and ",
                    ways[i]);
}

/* Lay one layer upon the job so far. What is given in one way replaces what was given in another
   way below it. */
static confx_status_t job_lay(yaml_t *tree, const yaml_t *over)
{
    TRY(budget_lay(tree, over));
    for (int group = 0; group < JOB_WAYS; group++) {
        const char *const *ways = job_ways[group];
        /* Two ways in one layer contradict each other, as nothing says which one was meant. */
        int given = 0;
        for (int i = 0; ways[i]; i++) {
            char said[JOB_VALUE_MAX];
            if (!yaml_has(over, ways[i]) || !given++) continue;
            job_say_ways(ways, said);
            return yaml_refuse(over, ways[i], "expected only one of %s", said);
        }
        /* The way itself keeps its place, so that a text read again gives the same text. */
        for (int i = 0; ways[i] && given; i++)
            if (!yaml_has(over, ways[i])) yaml_drop(tree, ways[i]);
    }
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

/* ---- the space ------------------------------------------------------------------------------- */

/* The names are those of Constants in dataflow files, and of axes in tables and in run.h5. */
static bool job_is_parameter_name(const char *name)
{
    enum { LONGEST = 39 };
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    const size_t length = strlen(name);
    return length > 0 && length <= LONGEST && strchr(letters, name[0]) &&
           strspn(name, others) == length;
}

static confx_status_t job_read_parameter(job_t *job, const char *name)
{
    static const yaml_key_t key = {
        .type = YAML_LEVELS, .whole = {1, JOB_PARAMETER_MAX}, .n = JOB_LEVELS_MAX};
    char path[JOB_KEY_MAX];
    (void)snprintf(path, sizeof path, "space.%s", name);
    if (!job_is_parameter_name(name))
        return yaml_refuse(job->tree, path,
                           "expected the name of a Constant: a letter, and letters, digits and _");
    if (job->space.parameters_n == JOB_PARAMETERS_MAX)
        return yaml_refuse(job->tree, path, "expected at most %d parameters of dataflows",
                           JOB_PARAMETERS_MAX);
    job_parameter_t *parameter = &job->space.parameters[job->space.parameters_n++];
    parameter->name = name;
    return yaml_read_levels(job->tree, path, &key, &parameter->levels, &parameter->levels_count);
}

/* Every key of the space that the table does not name is a parameter. */
static confx_status_t job_read_parameters(job_t *job)
{
    const char *name;
    for (size_t i = 0; (name = yaml_key(job->tree, "space", i)) != NULL; i++) {
        char path[JOB_KEY_MAX];
        const yaml_key_t *key = job_keys;
        (void)snprintf(path, sizeof path, "space.%s", name);
        /* The table ends with a row for any key of the space, which is where a parameter is
           found. */
        while (key->path && strcmp(key->path, path) != 0) key++;
        if (!key->path || key->any) TRY(job_read_parameter(job, name));
    }
    return status_ok();
}

/* Several dataflows are told to people as one. */
static confx_status_t job_name_dataflows(char *const *names, unsigned n, char **all)
{
    compose_t compose;
    if (n == 0) return status_ok();
    assert(!*all);
    TRY(compose_begin(&compose));
    for (unsigned i = 0; i < n; i++) out_print(compose.out, "%s%s", i ? ", " : "", names[i]);
    TRY(compose_end(&compose, "names of dataflows"));
    *all = compose.text;
    return status_ok();
}

static confx_status_t job_read_space(job_t *job)
{
    const job_space_t *space = &job->space;
    TRY(job_read_parameters(job));
    TRY(job_name_dataflows(space->dataflow, space->dataflow_count, &job->dataflow));
    return job_name_dataflows(space->dataflow_depthwise, space->dataflow_depthwise_count,
                              &job->dataflow_depthwise);
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
    if (job->search.algorithm != ALGORITHM_ADDITIVE) return status_ok();
    if (job->networks == NETWORKS_WORST && job->network_n > 1)
        return yaml_refuse(job->tree, "search.algorithm",
                           "expected another one than %s, which learns what adds up over layers: "
                           "the worst of several networks does not",
                           algorithm_name(job->search.algorithm));
    if (objective_kind(job->objective) != OBJECTIVE_OF_MAXIMUM) return status_ok();
    return yaml_refuse(job->tree, "search.algorithm",
                       "expected another one than %s, which learns what adds up over layers: the "
                       "objective %s is the largest of the layers' values",
                       algorithm_name(job->search.algorithm), objective_name(job->objective));
}

static bool job_is_one_of(algorithm_t algorithm, const algorithm_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == algorithm) return true;
    return false;
}

/* Layers that run one after the other on one array take the sum of their times whatever the slowest
   of them takes, and of a product with its area no layer has a factor. */
static confx_status_t job_check_sequential(const job_t *job)
{
    static const algorithm_t layerwise[] = {ALGORITHM_ASSEMBLY, ALGORITHM_BAYES, ALGORITHM_ADDITIVE,
                                            ALGORITHM_A2C,      ALGORITHM_PPO,   ALGORITHM_ACKTR,
                                            ALGORITHM_DDPG,     ALGORITHM_TD3,   ALGORITHM_SAC};
    const objective_t objective = job->objective;
    const algorithm_t algorithm = job->search.algorithm;
    if (job->deployment != DEPLOYMENT_SEQUENTIAL) return status_ok();
    if (objective_kind(objective) == OBJECTIVE_OF_MAXIMUM || objective_uses(objective, "area"))
        return yaml_refuse(job->tree, "objective",
                           "expected latency, energy, edp or layer_edp where layers share one "
                           "array (deployment: sequential), found %s",
                           objective_name(objective));
    if (job_is_one_of(algorithm, layerwise, sizeof layerwise / sizeof *layerwise))
        return yaml_refuse(job->tree, "search.algorithm",
                           "expected one that gives all layers the same array (deployment: "
                           "sequential), like %s; %s chooses layer by layer",
                           algorithm_name(ALGORITHM_REINFORCE_ISLANDS), algorithm_name(algorithm));
    if (job->search.preset == PRESET_PAPER)
        return yaml_refuse(job->tree, "search.preset",
                           "expected %s where layers share one array (deployment: sequential): "
                           "%s chooses layer by layer",
                           preset_name(PRESET_DEFAULT), preset_name(PRESET_PAPER));
    return status_ok();
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
    TRY(job_check_sequential(job));
    TRY(networks_check(job));
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
    TRY_OUT(networks_read(fresh));
    TRY_OUT(budget_read(fresh, file));
    TRY_OUT(job_read_space(fresh));
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
    budget_close(job);
    networks_close(job);
    yaml_release(job_keys, job);
    for (unsigned i = 0; i < job->space.parameters_n; i++) free(job->space.parameters[i].levels);
    free(job);
}

static const struct {
    const char *key, *kind, *suffix;
} job_places[JOB_DATA_KINDS] = {
    [JOB_WORKLOAD] = {"workload", "models", ".csv"},
    [JOB_DATAFLOW] = {"dataflow", "dataflows", ".m"},
    [JOB_DATAFLOW_DEPTHWISE] = {"dataflow_depthwise", "dataflows", ".m"},
    [JOB_HARDWARE] = {JOB_HARDWARE_KEY, "hw", ".yaml"},
    [JOB_BUDGET_DATAFLOW] = {"budget.of", "dataflows", ".m"},
};

/* Of what a job names one of. */
static const char *job_name(const job_t *job, job_data_t data)
{
    if (data == JOB_BUDGET_DATAFLOW) return job->budget.of;
    return data == JOB_WORKLOAD ? job->network[0].name : job->hardware;
}

static confx_status_t job_find_name(const job_t *job, job_data_t data, const char *key,
                                    const char *name, char *path)
{
    assert(name);
    const confx_status_t status =
        file_find(job_places[data].kind, name, job_places[data].suffix, job->file, path);
    if (status.code != CONFX_STATUS_INPUT) return status;
    return yaml_refuse(job->tree, key, "%s", status.message);
}

/* Those of the space; NULL: there is one alone. */
static char *const *job_listed(const job_t *job, job_data_t data, size_t *n)
{
    assert(data == JOB_DATAFLOW || data == JOB_DATAFLOW_DEPTHWISE);
    const bool depthwise = data == JOB_DATAFLOW_DEPTHWISE;
    *n = depthwise ? job->space.dataflow_depthwise_count : job->space.dataflow_count;
    return depthwise ? job->space.dataflow_depthwise : job->space.dataflow;
}

size_t job_dataflows(const job_t *job, job_data_t data)
{
    size_t n;
    return job_listed(job, data, &n) ? n : 1;
}

const char *job_dataflow(const job_t *job, job_data_t data, size_t i)
{
    size_t n;
    char *const *listed = job_listed(job, data, &n);
    assert(i < job_dataflows(job, data));
    if (listed) return listed[i];
    return data == JOB_DATAFLOW ? job->dataflow : job->dataflow_depthwise;
}

confx_status_t job_find_dataflow(const job_t *job, job_data_t data, size_t i, char *path)
{
    size_t n;
    char key[JOB_KEY_MAX];
    const char *name = job_dataflow(job, data, i);
    if (!job_listed(job, data, &n))
        return job_find_name(job, data, job_places[data].key, name, path);
    (void)snprintf(key, sizeof key, "space.%s[%zu]", job_places[data].key, i);
    return job_find_name(job, data, key, name, path);
}

confx_status_t job_find_network(const job_t *job, size_t i, char *path)
{
    char key[JOB_KEY_MAX];
    assert(i < job->network_n);
    if (!yaml_is_list(job->tree, "workload")) return job_find(job, JOB_WORKLOAD, path);
    (void)snprintf(key, sizeof key, "workload[%zu]", i);
    return job_find_name(job, JOB_WORKLOAD, key, job->network[i].name, path);
}

confx_status_t job_find(const job_t *job, job_data_t data, char *path)
{
    if (data == JOB_WORKLOAD && yaml_is_list(job->tree, "workload"))
        return job_find_network(job, 0, path);
    if (data == JOB_DATAFLOW || data == JOB_DATAFLOW_DEPTHWISE)
        return job_find_dataflow(job, data, 0, path);
    return job_find_name(job, data, job_places[data].key, job_name(job, data), path);
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
