#include "app/job_option.h"
#include "app/option.h"
#include "confx/hardware_file.h"
#include "confx/try.h"

#include "confx/yaml.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_SET = 's', KEY_HW = 512 };

static error_t job_option_add(job_option_t *option, char *assignment, struct argp_state *state)
{
    if (option->sets_n + 2 == JOB_SETS_MAX) { /* two places are kept for --output and --init */
        argp_error(state, "more than %d --set and --hw", JOB_SETS_MAX - 2);
        return EINVAL;
    }
    option->sets[option->sets_n++] = assignment;
    return 0;
}

/* As an assignment of --set, in the option's own memory: whoever copies the option, the first one
   stays alive as long as it is used. */
static error_t job_option_add_hw(job_option_t *option, const char *argument,
                                 struct argp_state *state)
{
    char *at = option->hw + option->hw_used;
    const size_t room = sizeof option->hw - option->hw_used;
    const int length = snprintf(at, room, JOB_HARDWARE_KEY ".%s", argument);
    if (length < 0 || (size_t)length >= room) {
        argp_error(state, "more than %d letters of --hw", JOB_HW_BYTES_MAX);
        return EINVAL;
    }
    option->hw_used += (size_t)length + 1;
    return job_option_add(option, at, state);
}

static error_t job_option_parse(int key, char *argument, struct argp_state *state)
{
    job_option_t *option = state->input;
    switch (key) {
    case KEY_SET:
        return job_option_add(option, argument, state);
    case KEY_HW:
        return job_option_add_hw(option, argument, state);
    default:
        return option_argument(key, argument, state, "job file", &option->path);
    }
}

static const struct argp_option options[] = {
    {"set", KEY_SET, "KEY=VALUE", 0,
     "Set one key of the job, such as search.seed=3; may be repeated", 0},
    {"hw", KEY_HW, "KEY=VALUE", 0,
     "Set one key of the hardware, such as noc_bandwidth=64 (--set hardware.noc_bandwidth=64); may "
     "be repeated; `confx cost --help' lists the keys",
     0},
    {0}};

const struct argp job_option_argp = {options, job_option_parse, "JOB.yaml", NULL, NULL, NULL, NULL};

confx_status_t job_option_path(const char *option, const char *key, const char *path,
                               char set[JOB_PATH_SET_MAX])
{
    /* A JSON text is also a YAML scalar in quotation marks, so no letter of the path, such as a
       colon or `#', can be read as anything else. json_string refuses what is not UTF-8. */
    json_t *text = json_string(path);
    char *quoted = text ? json_dumps(text, JSON_ENCODE_ANY) : NULL;
    const int length = snprintf(set, JOB_PATH_SET_MAX, "%s=%s", key, quoted ? quoted : "");
    const bool fits = quoted && length < JOB_PATH_SET_MAX;
    json_decref(text);
    free(quoted);
    if (fits) return status_ok();
    return status_input(NULL, 0, option, "expected a path in UTF-8 of less than %d letters",
                        JOB_PATH_SET_MAX);
}

/* Is it an assignment to a key of the hardware, rather than to anything else? */
static bool job_option_is_hardware(const char *assignment)
{
    return strncmp(assignment, JOB_HARDWARE_KEY ".", strlen(JOB_HARDWARE_KEY) + 1) == 0;
}

confx_status_t job_option_open(const job_option_t *option, job_t **job)
{
    const char *sets[JOB_SETS_MAX];
    size_t n = 0;
    size_t others = 0;
    for (size_t i = 0; i < option->sets_n; i++)
        if (!job_option_is_hardware(option->sets[i])) sets[n++] = option->sets[i];
    others = n;
    for (size_t i = 0; i < option->sets_n; i++)
        if (job_option_is_hardware(option->sets[i])) sets[n++] = option->sets[i];
    /* Of a key given twice the last would hold, the others be passed over. A profile and keys that
       are laid upon it are not the same key. */
    TRY(yaml_check_sets("--set", sets, others));
    TRY(yaml_check_sets("--set", sets + others, n - others));
    TRY(job_open(option->path, sets, n, job));
    /* What the job lays upon its profile is another room's, and is looked at here: a job that is
       only printed, or sent away, opens no profile. */
    confx_hardware_t any = {.accounting_given = false};
    const confx_status_t status = hardware_read_below((*job)->tree, JOB_HARDWARE_KEY, &any);
    if (status.code == CONFX_STATUS_OK) return status;
    job_close(*job);
    *job = NULL;
    return status;
}
