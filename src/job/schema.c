#include "schema.h"

enum { TEXT_MAX = 4095 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define WORD(constant, word)              {word, constant},
#define WORD_UNITS(constant, word, units) WORD(constant, word)
static const cyaml_strval_t deployments[] = {DEPLOYMENT_LIST(WORD)};
static const cyaml_strval_t objectives[] = {OBJECTIVE_LIST(WORD_UNITS)};
static const cyaml_strval_t constraints[] = {CONSTRAINT_LIST(WORD_UNITS)};
static const cyaml_strval_t algorithms[] = {ALGORITHM_LIST(WORD)};
static const cyaml_strval_t presets[] = {PRESET_LIST(WORD)};
static const cyaml_strval_t feedbacks[] = {FEEDBACK_LIST(WORD)};
#undef WORD_UNITS
#undef WORD

#define WORD_FIELD(key, structure, words) CYAML_FIELD_ENUM(#key, CYAML_FLAG_STRICT, structure, key, words, COUNT(words))
#define TEXT_FIELD(key, flags, structure)                                                                              \
    CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER | (flags), structure, key, 1, TEXT_MAX)
#define COUNT_FIELD(key, structure) CYAML_FIELD_UINT(#key, CYAML_FLAG_DEFAULT, structure, key)
#define LEVELS_FIELD(key)           CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_POINTER, job_actions_t, key, &level, 1, JOB_LEVELS_MAX)
#define MAPPING_FIELD(key, fields)  CYAML_FIELD_MAPPING(#key, CYAML_FLAG_DEFAULT, job_t, key, fields)

static const cyaml_schema_value_t level = {CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint32_t)};

static const cyaml_schema_field_t budget_fields[] = {
    WORD_FIELD(constraint, job_budget_t, constraints),
    TEXT_FIELD(name, CYAML_FLAG_OPTIONAL, job_budget_t),
    CYAML_FIELD_FLOAT_PTR("fraction", CYAML_FLAG_OPTIONAL, job_budget_t, fraction),
    CYAML_FIELD_FLOAT_PTR("limit", CYAML_FLAG_OPTIONAL, job_budget_t, limit),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t actions_fields[] = {LEVELS_FIELD(pe), LEVELS_FIELD(buffer), CYAML_FIELD_END};

static const cyaml_schema_field_t search_fields[] = {
    WORD_FIELD(algorithm, job_search_t, algorithms),
    WORD_FIELD(preset, job_search_t, presets),
    COUNT_FIELD(samples, job_search_t),
    COUNT_FIELD(policy_samples, job_search_t),
    COUNT_FIELD(seed, job_search_t),
    WORD_FIELD(feedback, job_search_t, feedbacks),
    CYAML_FIELD_BOOL("memory", CYAML_FLAG_DEFAULT, job_search_t, memory),
    COUNT_FIELD(blocks, job_search_t),
    COUNT_FIELD(episodes, job_search_t),
    COUNT_FIELD(islands, job_search_t),
    COUNT_FIELD(children, job_search_t),
    TEXT_FIELD(init, CYAML_FLAG_OPTIONAL, job_search_t),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t log_fields[] = {
    CYAML_FIELD_FLOAT("commit_seconds", CYAML_FLAG_DEFAULT, job_log_t, commit_seconds),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t job_fields[] = {
    TEXT_FIELD(workload, CYAML_FLAG_OPTIONAL, job_t), /* that it is there is checked last, in job_check */
    TEXT_FIELD(dataflow, CYAML_FLAG_DEFAULT, job_t),
    TEXT_FIELD(dataflow_depthwise, CYAML_FLAG_DEFAULT, job_t),
    TEXT_FIELD(hardware, CYAML_FLAG_DEFAULT, job_t),
    WORD_FIELD(deployment, job_t, deployments),
    WORD_FIELD(objective, job_t, objectives),
    MAPPING_FIELD(budget, budget_fields),
    MAPPING_FIELD(actions, actions_fields),
    MAPPING_FIELD(search, search_fields),
    MAPPING_FIELD(log, log_fields),
    TEXT_FIELD(output, CYAML_FLAG_DEFAULT, job_t),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t job_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, job_t, job_fields)};

/* The workload has no default; its key stands here for its place in the text. */
const char job_defaults[] = "workload:\n"
                            "dataflow: dla\n"
                            "dataflow_depthwise: dpt\n"
                            "hardware: asic\n"
                            "deployment: pipelined\n"
                            "objective: latency\n"
                            "budget:\n"
                            "  constraint: area\n"
                            "  name: iot\n"
                            "actions:\n"
                            "  pe: [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128]\n"
                            "  buffer: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]\n"
                            "search:\n"
                            "  algorithm: reinforce+islands\n"
                            "  preset: default\n"
                            "  samples: 3700\n"
                            "  policy_samples: 0\n"
                            "  seed: 1\n"
                            "  feedback: layer\n"
                            "  memory: true\n"
                            "  blocks: 0\n"
                            "  episodes: 0\n"
                            "  islands: 0\n"
                            "  children: 0\n"
                            "log:\n"
                            "  commit_seconds: 2\n";
