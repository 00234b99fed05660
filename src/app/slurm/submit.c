/* confx submit JOB.yaml: a search, an array of searches or a sweep as a job of SLURM; or a search
   into a spool. */
#include "app/app.h"
#include "app/job_option.h"
#include "app/option.h"
#include "app/slurm/sbatch.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/find.h"
#include "confx/setting.h"
#include "confx/spool.h"
#include "confx/sweep.h"
#include "confx/text.h"
#include "confx/try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_OUTPUT = 'o',
    KEY_ARRAY = 'a',
    KEY_SPOOL = 'S',
    KEY_PRIORITY = 'P',
    KEY_DRY = 512,
    KEY_SBATCH,
    KEY_LONG_ONLY,
    GROUP_SBATCH = 1
};

typedef struct {
    job_option_t job;
    sbatch_t settings; /* for sbatch */
    const char *output, *array, *spool;
    bool dry_run;
    int64_t priority; /* in a spool; below 0: not given */
} submit_options_t;

/* ---- options --------------------------------------------------------------------------------- */

/* Those of the group GROUP_SBATCH go to sbatch under their own names. */
#define LONG_ONLY(i) (KEY_LONG_ONLY + (i))
static const struct argp_option argp_options[] = {
    {"output", KEY_OUTPUT, "DIR", 0,
     "Run directory, instead of the job's `output'; of a sweep, instead of runs/NAME", 0},
    {"dry-run", KEY_DRY, NULL, 0, "Print the command and the script, and submit nothing", 0},
    {"spool", KEY_SPOOL, "SPOOL", 0,
     "Put the job into this spool, for `confx serve', instead of SLURM's queue", 0},
    {"priority", KEY_PRIORITY, "N", 0, "0 to 99, the highest first (default 50); with --spool", 0},
    {NULL, 0, NULL, 0, "Settings of SLURM, as sbatch has them:", GROUP_SBATCH},
    {"nodes", 'N', "NODES", 0, "Nodes; a task on each unless told otherwise", GROUP_SBATCH},
    {"ntasks", 'n', "TASKS", 0, "Tasks, which are the ranks", GROUP_SBATCH},
    {"ntasks-per-node", LONG_ONLY(0), "TASKS", 0, "Tasks on each node", GROUP_SBATCH},
    {"time", 't', "TIME", 0, "Time limit, such as 2:00:00; the job goes on behind it by itself",
     GROUP_SBATCH},
    {"partition", 'p', "NAME", 0, NULL, GROUP_SBATCH},
    {"account", 'A', "NAME", 0, NULL, GROUP_SBATCH},
    {"qos", 'q', "NAME", 0, NULL, GROUP_SBATCH},
    {"array", KEY_ARRAY, "TASKS", 0,
     "A search for each, such as 1-5; in --set and --output %a stands for the task's number",
     GROUP_SBATCH},
    {"job-name", 'J', "NAME", 0, "Instead of the file's name", GROUP_SBATCH},
    {"constraint", 'C', "FEATURES", 0, NULL, GROUP_SBATCH},
    {"mem", LONG_ONLY(1), "SIZE", 0, NULL, GROUP_SBATCH},
    {"mem-per-cpu", LONG_ONLY(2), "SIZE", 0, NULL, GROUP_SBATCH},
    {"dependency", 'd', "JOBS", 0, NULL, GROUP_SBATCH},
    {"reservation", LONG_ONLY(3), "NAME", 0, NULL, GROUP_SBATCH},
    {"signal", LONG_ONLY(4), "B:USR1@SECONDS", 0,
     "Lead of the stop ahead of the time limit, 120 s by default", GROUP_SBATCH},
    {"sbatch", KEY_SBATCH, "OPTION", 0,
     "Any other option, such as --sbatch=--mail-type=END; may be repeated", GROUP_SBATCH},
    {0}};

/* An option for sbatch, "--nodes=4"; false when the key is none. */
static bool submit_is_setting(int key, const char **name)
{
    for (const struct argp_option *option = argp_options; option->name || option->doc; option++) {
        if (option->key != key || option->group != GROUP_SBATCH || !option->name) continue;
        *name = option->name;
        return true;
    }
    return false;
}

static error_t submit_refuse_more(bool added, struct argp_state *state)
{
    if (added) return 0;
    argp_error(state, "too many options for sbatch");
    return EINVAL;
}

static error_t submit_parse(int key, char *argument, struct argp_state *state)
{
    submit_options_t *options = state->input;
    const char *name;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->job;
        return 0;
    case KEY_OUTPUT:
        options->output = argument;
        return 0;
    case KEY_DRY:
        options->dry_run = true;
        return 0;
    case KEY_SPOOL:
        options->spool = argument;
        return 0;
    case KEY_PRIORITY:
        return option_whole(state, (option_whole_t){"--priority", 0, SPOOL_PRIORITY_MAX}, argument,
                            &options->priority);
    case KEY_SBATCH:
        return submit_refuse_more(sbatch_add(&options->settings, "%s", argument), state);
    default:
        if (!submit_is_setting(key, &name)) return ARGP_ERR_UNKNOWN;
        if (key == KEY_ARRAY) options->array = argument;
        return submit_refuse_more(sbatch_add(&options->settings, "--%s=%s", name, argument), state);
    }
}

static const struct argp argp = {
    argp_options,
    submit_parse,
    NULL,
    "Check a job or a sweep and submit it to SLURM. It stops ahead of its time limit with a "
    "checkpoint, goes back into "
    "the queue and resumes, until it is done; the same command given again goes on after a kill.\v"
    "The scripts are search.sbatch, array.sbatch (with --array) and sweep.sbatch (for a file with "
    "`base' and `grid'): "
    "of the working directory or its slurm/, where a site or a user has changed them, otherwise "
    "those installed. "
    "SBATCH_ACCOUNT, SBATCH_PARTITION and SBATCH_TIMELIMIT in the environment are defaults.\n"
    "With --spool it prints the name that the job has there; the files that it names go along.\n"
    "Exit codes: 0 submitted, 2 bad input, 3 sbatch is missing or refuses.",
    (const struct argp_child[]){{&job_option_argp, 0, NULL, 0}, {0}},
    NULL,
    NULL};

/* ---- what is submitted ----------------------------------------------------------------------- */

typedef enum { KIND_SEARCH, KIND_ARRAY, KIND_SWEEP } submit_kind_t;

static confx_status_t submit_is_sweep(const char *path, bool *sweep)
{
    char *text;
    TRY(file_load(path, FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    const confx_status_t status = job_is_sweep(text, path, sweep);
    free(text);
    return status;
}

static confx_status_t submit_find_kind(const submit_options_t *options, submit_kind_t *kind)
{
    bool sweep = false;
    TRY(submit_is_sweep(options->job.path, &sweep));
    *kind = sweep ? KIND_SWEEP : options->array ? KIND_ARRAY : KIND_SEARCH;
    if (sweep && options->array)
        return status_input(options->job.path, 0, "--array",
                            "a sweep deals its searches to its tasks by itself");
    if (sweep && options->job.sets_n)
        return status_input(options->job.path, 0, "--set",
                            "this is a sweep, expected the key in its `set'");
    return status_ok();
}

/* Everything that the job names is read, as the search will. */
static confx_status_t submit_check_files(const job_t *job)
{
    setting_t setting;
    TRY(setting_open(job, &setting));
    const confx_status_t status = problem_levels_fit(setting.problem);
    setting_close(&setting);
    return status;
}

static confx_status_t submit_check_job(const job_option_t *option)
{
    job_t *job;
    TRY(job_option_open(option, &job));
    const confx_status_t status = submit_check_files(job);
    job_close(job);
    return status;
}

/* Each job of it. */
static confx_status_t submit_check_sweep(const char *path)
{
    sweep_t *sweep;
    TRY(sweep_open(path, "runs", &sweep));
    confx_status_t status = status_ok();
    for (size_t i = 0; i < sweep->searches_n && status.code == CONFX_STATUS_OK; i++)
        status = submit_check_files(sweep->searches[i].job);
    sweep_close(sweep);
    return status;
}

/* `text` with the number of the array's first task for %a; the caller frees. NULL: no memory. */
static char *submit_of_first_task(const char *text, const char *array)
{
    compose_t compose = {.out = NULL};
    const int digits = (int)strspn(array, "0123456789");
    if (compose_begin(&compose).code != CONFX_STATUS_OK) return NULL;
    for (const char *mark; (mark = strstr(text, "%a")); text = mark + 2)
        out_print(compose.out, "%.*s%.*s", (int)(mark - text), text, digits, array);
    fputs(text, compose.out);
    return compose_end(&compose, array).code == CONFX_STATUS_OK ? compose.text : NULL;
}

static confx_status_t submit_refuse_sameness(const submit_options_t *options)
{
    bool differ = false;
    for (size_t i = 0; i < options->job.sets_n; i++)
        differ |= strstr(options->job.sets[i], "%a") != NULL;
    if (!differ)
        return status_input(NULL, 0, "--array",
                            "all tasks would do the same search, expected a --set with %%a, such "
                            "as search.seed=%%a");
    if (options->output && !strstr(options->output, "%a"))
        return status_input(NULL, 0, "--output",
                            "each task needs a directory of its own, expected %%a in it");
    return status_ok();
}

/* The job of the first task stands for all. */
static confx_status_t submit_check_array(const submit_options_t *options)
{
    job_option_t first = options->job;
    char *sets[JOB_SETS_MAX];
    confx_status_t status = submit_refuse_sameness(options);
    size_t n = 0;
    for (; n < first.sets_n && status.code == CONFX_STATUS_OK; n++) {
        sets[n] = submit_of_first_task(options->job.sets[n], options->array);
        if (!sets[n]) status = status_fail(CONFX_STATUS_MEMORY, "no memory for --set");
        first.sets[n] = sets[n];
    }
    if (status.code == CONFX_STATUS_OK) status = submit_check_job(&first);
    while (n) free(sets[--n]);
    return status;
}

static confx_status_t submit_check(const submit_options_t *options, submit_kind_t kind)
{
    switch (kind) {
    case KIND_SEARCH:
        return submit_check_job(&options->job);
    case KIND_ARRAY:
        return submit_check_array(options);
    case KIND_SWEEP:
        return submit_check_sweep(options->job.path);
    }
    return status_ok();
}

/* ---- the command ----------------------------------------------------------------------------- */

/* sbatch, its settings, the script, and what the script hands to the program. */
static confx_status_t submit_compose(const submit_options_t *options, const char *script,
                                     sbatch_t *command)
{
    char name[FILE_PATH_MAX];
    bool fits = sbatch_add(command, "sbatch") && sbatch_add(command, "--parsable");
    /* The name made from the file comes before the user's settings: of two --job-name options
       sbatch takes the last. What stands behind the script is not read by sbatch but goes to the
       script as its arguments. */
    file_stem(options->job.path, name, sizeof name);
    (void)sbatch_add(command, "--job-name=%s", name);
    for (size_t i = 0; i < options->settings.n; i++)
        fits = fits && sbatch_add(command, "%s", options->settings.words[i]);
    fits =
        fits && sbatch_add(command, "%s", script) && sbatch_add(command, "%s", options->job.path);
    for (size_t i = 0; i < options->job.sets_n; i++)
        fits =
            fits && sbatch_add(command, "--set") && sbatch_add(command, "%s", options->job.sets[i]);
    if (options->output)
        fits =
            fits && sbatch_add(command, "--output") && sbatch_add(command, "%s", options->output);
    return fits ? status_ok() : status_input(NULL, 0, "confx submit", "too many options");
}

static confx_status_t submit_print_dry(const sbatch_t *command, const char *script)
{
    char *text;
    TRY(file_load(script, FILE_USERS, FILE_TEXT_MOST, &text, NULL));
    sbatch_print(command, stdout);
    out_print(stdout, "\n%s", text);
    free(text);
    return status_ok();
}

static confx_status_t submit_command(const submit_options_t *options, const sbatch_t *command,
                                     const char *script, submit_kind_t kind)
{
    static const char *const what[] = {"search", "array of searches", "sweep"};
    char number[SBATCH_NUMBER_MAX];
    if (options->dry_run) return submit_print_dry(command, script);
    TRY(sbatch_submit(command, number));
    out_print(stdout, "Submitted  job %s: %s of %s\n", number, what[kind],
              text_shown(options->job.path).text);
    out_print(stdout, "Watch      squeue -j %s; confx-%s%s.out\n", number, number,
              kind == KIND_ARRAY ? "_TASK" : "");
    return status_ok();
}

/* A site's or user's own script comes before the shipped one, as --help says. */
static confx_status_t submit_find_script(const char *name, char *script)
{
    static const char *const own[] = {".", "slurm"};
    char file[64];
    (void)snprintf(file, sizeof file, "%s.sbatch", name);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        file_kind_t kind;
        TRY(file_join(own[i], file, script));
        TRY(file_look(script, &kind));
        if (kind != FILE_ABSENT) return status_ok();
    }
    return file_find("slurm", name, ".sbatch", NULL, script);
}

static confx_status_t submit_slurm(const submit_options_t *options)
{
    static const char *const scripts[] = {"search", "array", "sweep"};
    char script[FILE_PATH_MAX];
    sbatch_t command = {.n = 0};
    submit_kind_t kind = KIND_SEARCH;
    TRY(submit_find_kind(options, &kind));
    TRY(submit_check(options, kind));
    TRY(submit_find_script(scripts[kind], script));
    confx_status_t status = submit_compose(options, script, &command);
    if (status.code == CONFX_STATUS_OK) status = submit_command(options, &command, script, kind);
    sbatch_clear(&command);
    return status;
}

/* Into the spool with the job and all files it names; its name there is printed. */
static confx_status_t submit_to_spool(const submit_options_t *options, int priority)
{
    char name[SPOOL_NAME_MAX];
    job_t *job;
    TRY(job_option_open(&options->job, &job));
    confx_status_t status = submit_check_files(job);
    if (status.code == CONFX_STATUS_OK) status = spool_submit(options->spool, job, priority, name);
    job_close(job);
    if (status.code == CONFX_STATUS_OK) puts(name);
    return status;
}

static confx_status_t submit(void *context)
{
    const submit_options_t *options = context;
    const int priority = options->priority < 0 ? SPOOL_PRIORITY : (int)options->priority;
    if (!options->spool && options->priority >= 0)
        return status_input(NULL, 0, "--priority", "is for a spool, expected --spool SPOOL");
    if (!options->spool) return submit_slurm(options);
    if (options->settings.n || options->output || options->dry_run)
        return status_input(NULL, 0, "--spool",
                            "takes --set and --priority alone, not --output, --dry-run or settings "
                            "of SLURM");
    return submit_to_spool(options, priority);
}

static confx_status_t submit_run(app_t *app, app_words_t words)
{
    submit_options_t options = {.priority = -1};
    const confx_status_t status = app_run_alone(app, words, &argp, &options, submit);
    sbatch_clear(&options.settings);
    return status;
}

const command_t command_submit = {"submit", "hand a job or a sweep to SLURM, or a job to a spool",
                                  submit_run, false};
