/* Everything a job file may say: the one table of its keys, and the words behind its
   enumerations. */
#include "job/schema.h"

#include <math.h>
#include <string.h>

#define WORD(constant, word)                                     word,
#define WORD_UNITS(constant, word, ...)                          word,
#define UNITS(constant, word, units, ...)                        units,
#define KIND(constant, word, units, kind, ...)                   kind,
#define CONSTRAINT_METRICS(constant, word, units, first, second) {first, second},
#define METRICS(constant, word, units, kind, first, second)      {first, second},
#define BUDGET_WORD(word, fraction)                              word,
static const char *const schema_deployments[] = {DEPLOYMENT_LIST(WORD) NULL};
static const char *const schema_networks[] = {NETWORKS_LIST(WORD) NULL};
static const char *const schema_objectives[] = {OBJECTIVE_LIST(WORD_UNITS) NULL};
static const char *const schema_constraints[] = {CONSTRAINT_LIST(WORD_UNITS) NULL};
static const char *const schema_algorithms[] = {ALGORITHM_LIST(WORD) NULL};
static const char *const schema_presets[] = {PRESET_LIST(WORD) NULL};
static const char *const schema_feedbacks[] = {FEEDBACK_LIST(WORD) NULL};
static const char *const schema_budgets[] = {BUDGET_LIST(BUDGET_WORD) NULL};
/* Named as the cost room names them, which this room does not know; setting.c looks them up. */
static const char *const schema_accountings[] = {"exact", "maestro", NULL};

/* ---- the table ------------------------------------------------------------------------------- */

#define KEY(type_, member, standard_, help_)                                                       \
    YAML_PLACE(job_t, member), .type = (type_), .standard = (standard_), .help = (help_)
#define CHOICE(member, words_, standard_, help_)                                                   \
    {                                                                                              \
        KEY(YAML_WORD, member, standard_, help_), .words = (words_)                                \
    }
#define COUNT(member, least_, most_, standard_, help_)                                             \
    {                                                                                              \
        KEY(YAML_WHOLE, member, standard_, help_), .whole = {(least_), (most_) }                   \
    }
#define LEVELS_OF(path_, member, most_, help_)                                                     \
    {                                                                                              \
        .path = (path_), .type = YAML_LEVELS, .offset = offsetof(job_t, member),                   \
        .whole = {1, (most_)}, .n = JOB_LEVELS_MAX,                                                \
        .count_offset = offsetof(job_t, member##_count), .help = (help_)                           \
    }
#define NAMES(member, help_)                                                                       \
    {                                                                                              \
        KEY(YAML_NAMES, member, NULL, help_), .n = JOB_DATAFLOWS_MAX,                              \
                                              .count_offset = offsetof(job_t, member##_count)      \
    }
#define LEVELS(member, most_, standard_, help_)                                                    \
    {                                                                                              \
        KEY(YAML_LEVELS, member, standard_, help_),                                                \
            .whole = {1, (most_)}, .n = JOB_LEVELS_MAX,                                            \
            .count_offset = offsetof(job_t, member##_count)                                        \
    }

enum { SAMPLES_MAX = 1000000000, PER_UPDATE_MAX = 65535 };

const yaml_key_t job_keys[] = {
    {KEY(YAML_LISTED, workload, "",
         "the network, a name in models or the path of a CSV; or a list of up to 8 of these or of "
         "{name: NAME, weight: NUMBER}, networks that share the chip")},
    CHOICE(networks, schema_networks, "sum",
           "what is to be small of several networks, each network's objective times its weight"),
    {KEY(YAML_NAME, dataflow, "dla", "a name in dataflows or the path of a file of directives")},
    {KEY(YAML_NAME, dataflow_depthwise, "dpt", "the same for depthwise layers")},
    {KEY(YAML_BASED, hardware, "asic",
         "a name in hw or the path of a profile; or {base: NAME, KEY: VALUE} with any keys of a "
         "profile (\"confx cost --help\"), also as hardware.KEY")},
    {KEY(YAML_TEXT, accounting, NULL, "how the model counts, in place of what the profile says"),
     .words = schema_accountings},
    CHOICE(deployment, schema_deployments, "pipelined",
           "pipelined: each layer has hardware of its own; "
           "sequential: all run on one array, with the same PEs and buffer"),
    CHOICE(objective, schema_objectives, "latency", "what is to be small"),
    CHOICE(budget.constraint, schema_constraints, "area", "what is bounded"),
    {KEY(YAML_TEXT, budget.name, "iot", "a fraction by its name"), .words = schema_budgets},
    {KEY(YAML_GIVEN, budget.fraction, NULL,
         "in place of the name, the way from the least budget to the most"),
     .real = {0, 1, true}},
    {.path = "budget.limit",
     .type = YAML_TEXT,
     .offset = offsetof(job_t, budget.limit_text),
     .size = sizeof(char *),
     .help = "in place of both, in um^2, mW, bytes, PEs, cycles or nJ, or with a unit: 50 mm2, "
             "2 W, 64 KiB, 30 ms, 5 mJ"},
    {KEY(YAML_NAME, budget.of, NULL,
         "the dataflow that name or fraction is of, so that the limit is the same whatever the "
         "job's dataflow (left out: the job's own)")},
    {KEY(YAML_NAME, budget.platform, NULL,
         "in place of all these, a name in platforms: its PEs and buffer bytes")},
    {.path = "budget",
     .type = YAML_EITHER,
     .help = "or a list of up to 4 such mappings, which hold together"},
    LEVELS(actions.pe, JOB_PE_MAX, "[1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128]",
           "processing elements that a layer may get"),
    LEVELS(actions.buffer, JOB_BUFFER_MAX, "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]",
           "buffer that a layer may get"),
    LEVELS_OF("space.pe", actions.pe, JOB_PE_MAX, "the same as actions.pe"),
    LEVELS_OF("space.buffer", actions.buffer, JOB_BUFFER_MAX, "the same as actions.buffer"),
    NAMES(space.dataflow, "in place of dataflow: each layer has one of these"),
    NAMES(space.dataflow_depthwise, "in place of dataflow_depthwise, likewise"),
    {KEY(YAML_BOOL, space.refine, "true",
         "may PEs and buffer be any whole number up to the largest listed; false: those listed")},
    {.path = "space." JOB_ANY_PARAMETER,
     .any = true,
     .type = YAML_ANY,
     .help = "values for that Constant of the dataflows: a list of rising whole numbers, or A..B"},
    CHOICE(search.algorithm, schema_algorithms, "reinforce+islands", "how samples are proposed"),
    CHOICE(search.preset, schema_presets, "default", "ours, or the published method's settings"),
    COUNT(search.samples, 1, SAMPLES_MAX, "3700", "scored assignments in all"),
    COUNT(search.policy_samples, 0, SAMPLES_MAX, "0",
          "of these, for the policy (0: the preset decides)"),
    COUNT(search.seed, 0, INT64_MAX, "1", "of all random numbers"),
    CHOICE(search.feedback, schema_feedbacks, "layer", "what scoring reveals"),
    {KEY(YAML_BOOL, search.memory, "true", "may what samples revealed be remembered")},
    COUNT(search.blocks, 0, PER_UPDATE_MAX, "0",
          "of episodes in an update (0: the preset decides)"),
    COUNT(search.episodes, 0, PER_UPDATE_MAX, "0", "of a block (0: the preset decides)"),
    COUNT(search.islands, 0, PER_UPDATE_MAX, "0", "populations (0: the preset decides)"),
    COUNT(search.children, 0, PER_UPDATE_MAX, "0",
          "of an island in a generation (0: the preset decides)"),
    {KEY(YAML_TEXT, search.init, NULL, "run.h5 or checkpoint.h5 whose policy is the start")},
    {KEY(YAML_REAL, log.commit_seconds, "2", "between two commits of log and checkpoint, at least"),
     .real = {0, INFINITY, false}},
    {KEY(YAML_TEXT, output, NULL, "the directory of the run (runs/NAME for NAME.yaml)")},
    YAML_KEYS_END,
};

/* ---- the words ------------------------------------------------------------------------------- */

const char *objective_name(objective_t objective)
{
    return schema_objectives[objective];
}

const char *objective_units(objective_t objective)
{
    static const char *const units[] = {OBJECTIVE_LIST(UNITS)};
    return units[objective];
}

const char *constraint_name(constraint_t constraint)
{
    return schema_constraints[constraint];
}

const char *constraint_units(constraint_t constraint)
{
    static const char *const units[] = {CONSTRAINT_LIST(UNITS)};
    return units[constraint];
}

const char *constraint_metric(constraint_t constraint, int factor)
{
    static const char *const metrics[][OBJECTIVE_METRICS] = {CONSTRAINT_LIST(CONSTRAINT_METRICS)};
    return metrics[constraint][factor];
}

bool constraint_is_once(constraint_t constraint, deployment_t deployment)
{
    return deployment == DEPLOYMENT_SEQUENTIAL && constraint != CONSTRAINT_LATENCY &&
           constraint != CONSTRAINT_ENERGY;
}

const char *algorithm_name(algorithm_t algorithm)
{
    return schema_algorithms[algorithm];
}

const char *preset_name(preset_t preset)
{
    return schema_presets[preset];
}

objective_kind_t objective_kind(objective_t objective)
{
    static const objective_kind_t kinds[] = {OBJECTIVE_LIST(KIND)};
    return kinds[objective];
}

const char *objective_metric(objective_t objective, int factor)
{
    static const char *const metrics[][OBJECTIVE_METRICS] = {OBJECTIVE_LIST(METRICS)};
    return metrics[objective][factor];
}

bool objective_uses(objective_t objective, const char *metric)
{
    for (int i = 0; i < OBJECTIVE_METRICS && objective_metric(objective, i); i++)
        if (strcmp(objective_metric(objective, i), metric) == 0) return true;
    return false;
}

const char *objective_meaning(objective_t objective)
{
    switch (objective) {
    case OBJECTIVE_LATENCY:
    case OBJECTIVE_ENERGY:
        break;
    case OBJECTIVE_EDP:
        return "the network's cycles times its energy";
    case OBJECTIVE_LAYER_EDP:
        return "each layer's cycles times its energy, summed over the layers";
    case OBJECTIVE_LATENCY_AREA:
        return "the network's cycles times its area";
    case OBJECTIVE_ENERGY_AREA:
        return "the network's energy times its area";
    case OBJECTIVE_THROUGHPUT:
        return "as the least cycles from one input to the next, those of the slowest layer";
    case OBJECTIVE_BOTTLENECK:
        return "those of the slowest layer";
    }
    return "summed over the layers";
}

const char *objective_wish(objective_t objective)
{
#define LEAST(constant, word, ...) "least " word,
    static const char *const wishes[] = {OBJECTIVE_LIST(LEAST)};
#undef LEAST
    return objective == OBJECTIVE_THROUGHPUT ? "highest throughput" : wishes[objective];
}

/* The first budget on what is known of a sample alone; NULL: there is none. */
static const job_budget_t *schema_sampled(const job_t *job)
{
    for (size_t i = 0; i < job->budgets_n; i++)
        if (job->budgets[i].constraint == CONSTRAINT_LATENCY ||
            job->budgets[i].constraint == CONSTRAINT_ENERGY)
            return &job->budgets[i];
    return NULL;
}

/* Of a product of two sums layers have shares where one of the sums is known before sampling. */
static bool schema_has_shares(const job_t *job)
{
    return objective_kind(job->objective) != OBJECTIVE_OF_PRODUCT ||
           !(objective_uses(job->objective, constraint_metric(CONSTRAINT_LATENCY, 0)) &&
             objective_uses(job->objective, constraint_metric(CONSTRAINT_ENERGY, 0)));
}

/* Does the algorithm know what to do with costs of layers where these alone do not tell which
   action is better? It weighs them with what else it remembers. */
static bool schema_weighs(const job_t *job, algorithm_t algorithm)
{
    const bool product = objective_kind(job->objective) == OBJECTIVE_OF_PRODUCT;
    return (job->search.memory || !product) && job->search.preset == PRESET_DEFAULT &&
           job->deployment == DEPLOYMENT_PIPELINED &&
           (algorithm == ALGORITHM_REINFORCE_ISLANDS || algorithm == ALGORITHM_REINFORCE ||
            algorithm == ALGORITHM_ISLANDS);
}

feedback_t job_feedback(const job_t *job)
{
    return job_feedback_of(job, job->search.algorithm);
}

feedback_t job_feedback_of(const job_t *job, algorithm_t algorithm)
{
    const bool plain =
        objective_kind(job->objective) != OBJECTIVE_OF_PRODUCT && !schema_sampled(job);
    return plain || (schema_has_shares(job) && schema_weighs(job, algorithm)) ? job->search.feedback
                                                                              : FEEDBACK_TOTAL;
}

const char *job_feedback_reason(const job_t *job, const char **subject)
{
    if (job_feedback(job) == job->search.feedback) return NULL;
    if (objective_kind(job->objective) == OBJECTIVE_OF_PRODUCT) {
        *subject = objective_name(job->objective);
        return schema_has_shares(job)
                   ? "does not add up over layers, so that no layer is chosen by its cost alone"
                   : "does not add up over layers, so that no layer has a share to be revealed";
    }
    *subject = constraint_name(schema_sampled(job)->constraint);
    return "is limited and must be sampled, so that no layer is chosen by its cost alone";
}

double job_budget_fraction(const job_budget_t *budget)
{
#define BUDGET_FRACTION(word, fraction) fraction,
    static const double fractions[] = {BUDGET_LIST(BUDGET_FRACTION)};
#undef BUDGET_FRACTION
    if (budget->fraction) return *budget->fraction;
    for (size_t i = 0; budget->name && schema_budgets[i]; i++)
        if (strcmp(schema_budgets[i], budget->name) == 0) return fractions[i];
    return NAN;
}
