#include "app/job_option.h"
#include "app/option.h"
#include "confx/try.h"

#include "confx/yaml.h"

enum { KEY_SET = 's' };

static error_t job_option_parse(int key, char *argument, struct argp_state *state)
{
    job_option_t *option = state->input;
    switch (key) {
    case KEY_SET:
        if (option->sets_n + 2 == JOB_SETS_MAX) { /* two places are kept for --output and --init */
            argp_error(state, "more than %d --set", JOB_SETS_MAX - 2);
            return EINVAL;
        }
        option->sets[option->sets_n++] = argument;
        return 0;
    default:
        return option_argument(key, argument, state, "job file", &option->path);
    }
}

static const struct argp_option options[] = {
    {"set", KEY_SET, "KEY=VALUE", 0,
     "Set one key of the job, such as search.seed=3; may be repeated", 0},
    {0}};

const struct argp job_option_argp = {options, job_option_parse, "JOB.yaml", NULL, NULL, NULL, NULL};

confx_status_t job_option_open(const job_option_t *option, job_t **job)
{
    TRY(yaml_check_sets("--set", option->sets,
                        option->sets_n)); /* or the last would hold, the others be passed over */
    return job_open(option->path, option->sets, option->sets_n, job);
}
