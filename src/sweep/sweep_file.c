/* A sweep file multiplied out. */
#include "confx/compose.h"
#include "confx/sweep.h"
#include "confx/try.h"
#include "confx/yaml_table.h"

#include "confx/file.h"
#include "sweep/sweep_parts.h"

#include <assert.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the file -------------------------------------------------------------------------------- */

/* What is below `set`, `grid`, `include` and `exclude` is told of where it is used. */
static const yaml_key_t sweep_keys[] = {
    {.path = "base", .type = YAML_ANY, .help = "the job file that all searches start from"},
    {.path = "set", .type = YAML_ANY, .help = "keys of all searches"},
    {.path = "grid", .type = YAML_ANY, .help = "keys with the values that are multiplied out"},
    {.path = "include", .type = YAML_ANY, .help = "more searches"},
    {.path = "exclude", .type = YAML_ANY, .help = "searches of the grid to leave out"},
    {YAML_PLACE(sweep_t, ranks_per_search), .type = YAML_WHOLE, .whole = {1, 65535},
     .standard = "1", .help = "ranks of a group"},
    YAML_KEYS_END,
};

/* `key` is a list of mappings, or is not there. */
static confx_status_t sweep_file_check_list(const yaml_t *tree, const char *key)
{
    char place[SWEEP_PATH_MAX];
    if (yaml_has(tree, key) && !yaml_is_list(tree, key))
        return yaml_refuse(tree, key,
                           "expected a list of keys with values, such as [{search.seed: 3}]");
    for (size_t i = 0; i < yaml_size(tree, key); i++) {
        (void)snprintf(place, sizeof place, "%s[%zu]", key, i);
        if (!yaml_is_map(tree, place) || yaml_size(tree, place) == 0)
            return yaml_refuse(tree, place, "expected keys with values, such as {search.seed: 3}");
    }
    return status_ok();
}

/* A job is told so before its keys are complained of one by one. */
static confx_status_t sweep_file_refuse_job(const yaml_t *tree)
{
    bool job = false;
    const char *key;
    if (yaml_has(tree, "base") || yaml_has(tree, "grid") || yaml_has(tree, "include"))
        return status_ok();
    for (size_t i = 0; (key = yaml_key(tree, "", i)); i++) job = job || job_knows(key);
    if (!job) return status_ok();
    return status_input(yaml_file(tree), 0, NULL,
                        "this is a job, expected a sweep (base and grid); use `confx run %.100s'",
                        yaml_file(tree));
}

static confx_status_t sweep_file_check_shape(const yaml_t *tree, sweep_t *sweep)
{
    TRY(sweep_file_refuse_job(tree));
    TRY(yaml_read(tree, sweep_keys, sweep));
    TRY(sweep_file_check_list(tree, "include"));
    TRY(sweep_file_check_list(tree, "exclude"));
    if (yaml_has(tree, "set") && !yaml_is_map(tree, "set"))
        return yaml_refuse(tree, "set", "expected keys with values");
    if (yaml_has(tree, "set.output"))
        return yaml_refuse(tree, "set.output", "each search has its own; leave it out");
    if (!yaml_has(tree, "grid") && yaml_size(tree, "include") == 0)
        return yaml_refuse(tree, "", "expected a grid, or searches to include");
    return status_ok();
}

static confx_status_t sweep_file_read_base(sweep_file_t *file)
{
    char directory[FILE_PATH_MAX];
    char path[FILE_PATH_MAX];
    const char *name = yaml_scalar(file->tree, "base");
    if (!name || !*name) return yaml_refuse(file->tree, "base", "expected the path of a job file");
    /* The path of the job is relative to the sweep file, not to the directory where the program was
       started. */
    (void)snprintf(directory, sizeof directory, "%.*s",
                   (int)(file_basename(file->path) - file->path), file->path);
    TRY(file_join(directory, name, path));
    file->base_path = strdup(path);
    if (!file->base_path) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for a path", path);
    /* Only what the user can mend in the sweep file is told at its line of `base`; a failure of
       memory or of the disk keeps its own code. */
    const confx_status_t status = file_load(path, FILE_USERS, FILE_TEXT_MOST, &file->base, NULL);
    if (status.code != CONFX_STATUS_INPUT) return status;
    return yaml_refuse(file->tree, "base", "%s", status.message);
}

static confx_status_t sweep_file_read_excludes(sweep_file_t *file)
{
    char place[SWEEP_PATH_MAX];
    const size_t n = yaml_size(file->tree, "exclude");
    file->excludes = calloc(n + 1, sizeof(yaml_t *));
    file->excluding = calloc(n + 1, sizeof *file->excluding);
    if (!file->excludes || !file->excluding)
        return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for it", file->path);
    /* The count rises only behind a tree that is open, so closing the file after a failure closes
       no tree that was never made. */
    for (; file->excludes_n < n; file->excludes_n++) {
        (void)snprintf(place, sizeof place, "exclude[%zu]", file->excludes_n);
        TRY(yaml_pick(file->tree, place, "", NULL, &file->excludes[file->excludes_n]));
    }
    return status_ok();
}

static confx_status_t sweep_file_read_file(sweep_file_t *file, sweep_t *sweep)
{
    char *text;
    TRY(file_load(file->path, FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    const confx_status_t status = yaml_open_paths(text, file->path, &file->tree);
    free(text);
    if (status.code != CONFX_STATUS_OK) return status;
    TRY(sweep_file_check_shape(file->tree, sweep));
    TRY(sweep_file_read_base(file));
    TRY(sweep_axes_read(file));
    return sweep_file_read_excludes(file);
}

static int sweep_file_by_name(const void *one, const void *other)
{
    return strcmp(one, other);
}

static void sweep_file_keep(void *name)
{
    (void)name;
}

static void sweep_file_close_file(sweep_file_t *file)
{
    for (size_t i = 0; i < file->excludes_n; i++) yaml_close(file->excludes[i]);
    free(file->excludes);
    free(file->excluding);
    free(file->base);
    free(file->base_path);
    yaml_close(file->tree);
    tdestroy(file->names, sweep_file_keep);
}

/* ---- one search ------------------------------------------------------------------------------ */

/* What every search starts from: a copy of `set`. */
static confx_status_t sweep_file_open_settings(const sweep_file_t *file, yaml_t **settings)
{
    if (yaml_has(file->tree, "set")) return yaml_pick(file->tree, "set", "", NULL, settings);
    TRY(yaml_pick(file->tree, "base", "base", NULL, settings));
    yaml_drop(*settings, "base");
    return status_ok();
}

static confx_status_t sweep_file_add_output(const sweep_file_t *file, const char *name,
                                            yaml_t *settings)
{
    char runs[FILE_PATH_MAX];
    char output[FILE_PATH_MAX];
    TRY(file_join(file->directory, "runs", runs));
    TRY(file_join(runs, name, output));
    return yaml_add(settings, "output", output);
}

/* Equal names (settings that differ only in letters no file name should have) get a number. */
static confx_status_t sweep_file_make_unique(sweep_file_t *file, char *name)
{
    const size_t length = strlen(name) < SWEEP_NAME_MAX - 12 ? strlen(name) : SWEEP_NAME_MAX - 12;
    for (unsigned twin = 2; tfind(name, &file->names, sweep_file_by_name); twin++)
        (void)snprintf(name + length, SWEEP_NAME_MAX - length, "_%u", twin);
    /* The tree keeps pointers into the searches' own names and copies none. The array of searches
       is allocated once for all of them and does not move, and the tree is destroyed before it. */
    if (tsearch(name, &file->names, sweep_file_by_name)) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its names", file->path);
}

/* The search of these settings, of which `own` are its own. */
static confx_status_t sweep_file_add_search(sweep_file_t *file, sweep_t *sweep, yaml_t *settings,
                                            const yaml_t *own)
{
    sweep_search_t *search = &sweep->searches[sweep->searches_n];
    sweep_name(sweep, own, search->name);
    TRY(sweep_file_make_unique(file, search->name));
    TRY(sweep_file_add_output(file, search->name, settings));
    TRY(job_parse_over(file->base, file->base_path, settings, &search->job));
    /* A search counts only once it has a job; one that failed on the way leaves nothing that
       sweep_close would have to free. */
    sweep->searches_n++;
    return status_ok();
}

static bool sweep_file_is_excluded(sweep_file_t *file, const yaml_t *settings)
{
    bool excluded = false;
    for (size_t i = 0; i < file->excludes_n; i++) {
        if (!yaml_holds(settings, file->excludes[i])) continue;
        file->excluding[i] = true;
        excluded = true;
    }
    return excluded;
}

/* The grid's combination of that number: the last axis runs fastest. */
static confx_status_t sweep_file_choose(const sweep_file_t *file, size_t number, yaml_t **own)
{
    size_t stride = file->combinations;
    /* A tree can only be made as a copy of something: `base` is copied and dropped again, which
       leaves an empty tree. */
    TRY(yaml_pick(file->tree, "base", "base", NULL, own));
    yaml_drop(*own, "base");
    for (size_t i = 0; i < file->axes_n; i++) {
        yaml_t *value;
        /* The number is read as digits of a mixed base: the stride is how many combinations the
           axes behind this one have together. */
        assert(stride % file->axes[i].n == 0);
        stride /= file->axes[i].n;
        TRY(sweep_axis_pick(file, &file->axes[i], number / stride % file->axes[i].n, &value));
        const confx_status_t status = yaml_merge(*own, value);
        yaml_close(value);
        if (status.code != CONFX_STATUS_OK) return status;
    }
    return status_ok();
}

static confx_status_t sweep_file_add_upon_set(sweep_file_t *file, sweep_t *sweep, const yaml_t *own,
                                              bool may_exclude)
{
    yaml_t *settings = NULL;
    confx_status_t status;
    TRY_OUT(sweep_file_open_settings(file, &settings));
    TRY_OUT(yaml_merge(settings, own));
    /* Exclusion looks at `set` and the grid together, before an output is added. The keys of the
       base job are not in this tree, so an exclusion cannot name them. */
    if (!may_exclude || !sweep_file_is_excluded(file, settings))
        TRY_OUT(sweep_file_add_search(file, sweep, settings, own));
out:
    yaml_close(settings);
    return status;
}

static confx_status_t sweep_file_add_grid(sweep_file_t *file, sweep_t *sweep)
{
    for (size_t i = 0; i < file->combinations; i++) {
        yaml_t *own = NULL;
        confx_status_t status = sweep_file_choose(file, i, &own);
        if (status.code == CONFX_STATUS_OK)
            status = sweep_file_add_upon_set(file, sweep, own, true);
        yaml_close(own);
        if (status.code != CONFX_STATUS_OK) return status;
    }
    /* Whether an exclusion was of any use is known only when the whole grid has been gone through.
       One that matched nothing is most likely a mistake in writing, and the user would otherwise
       pay for searches that were meant to be left out. */
    char place[SWEEP_PATH_MAX];
    for (size_t i = 0; i < file->excludes_n; i++) {
        if (file->excluding[i]) continue;
        (void)snprintf(place, sizeof place, "exclude[%zu]", i);
        return yaml_refuse(file->tree, place, "no search of the grid is like that");
    }
    return status_ok();
}

static confx_status_t sweep_file_add_included(sweep_file_t *file, sweep_t *sweep)
{
    char place[SWEEP_PATH_MAX];
    for (size_t i = 0; i < yaml_size(file->tree, "include"); i++) {
        yaml_t *own;
        (void)snprintf(place, sizeof place, "include[%zu]", i);
        TRY(yaml_pick(file->tree, place, "", NULL, &own));
        const confx_status_t status = sweep_file_add_upon_set(file, sweep, own, false);
        yaml_close(own);
        if (status.code != CONFX_STATUS_OK) return status;
    }
    return status_ok();
}

static confx_status_t sweep_file_add_keys(const sweep_file_t *file, sweep_t *sweep)
{
    char place[SWEEP_PATH_MAX];
    if (yaml_has(file->tree, "grid")) TRY(sweep_keys_add(file, "grid", sweep));
    for (size_t i = 0; i < yaml_size(file->tree, "include"); i++) {
        (void)snprintf(place, sizeof place, "include[%zu]", i);
        TRY(sweep_keys_add(file, place, sweep));
    }
    return status_ok();
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* A job without the line that says where it writes: the sweep may be moved. */
static void sweep_file_print_job(const char *text, FILE *out)
{
    for (const char *line = text; *line;) {
        const size_t length = strcspn(line, "\n") + 1;
        if (strncmp(line, "output:", strlen("output:")) != 0)
            out_print(out, "%.*s", (int)length, line);
        line += line[length - 1] ? length : length - 1;
    }
}

static confx_status_t sweep_file_write_text(sweep_t *sweep)
{
    compose_t compose;
    TRY(compose_begin(&compose));
    for (size_t i = 0; i < sweep->searches_n; i++) {
        out_print(compose.out, "--- # %s\n", sweep->searches[i].name);
        sweep_file_print_job(sweep->searches[i].job->text, compose.out);
    }
    TRY(compose_end(&compose, "a sweep"));
    sweep->text = compose.text;
    return status_ok();
}

static confx_status_t sweep_file_fill(sweep_file_t *file, sweep_t *sweep)
{
    sweep->ranks_per_search = 1;
    TRY(sweep_file_read_file(file, sweep));
    /* The grid alone keeps to the limit. There is room for all of it and all that is included;
       exclusions only leave some of it unused. */
    assert(file->combinations <= SWEEP_SEARCHES_MAX);
    const size_t included = yaml_size(file->tree, "include");
    if (included > SWEEP_SEARCHES_MAX - file->combinations)
        return yaml_refuse(file->tree, "include",
                           "expected at most %d searches with those of the grid, found %zu",
                           SWEEP_SEARCHES_MAX, file->combinations + included);
    sweep->searches = calloc(file->combinations + included, sizeof *sweep->searches);
    if (!sweep->searches)
        return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its searches", file->path);
    /* The keys must be complete before the first search, because its name is made of them in their
       order. */
    TRY(sweep_file_add_keys(file, sweep));
    TRY(sweep_file_add_grid(file, sweep));
    TRY(sweep_file_add_included(file, sweep));
    if (sweep->searches_n == 0)
        return yaml_refuse(file->tree, "exclude", "leaves no search of the grid");
    return sweep_file_write_text(sweep);
}

confx_status_t sweep_open(const char *path, const char *directory, sweep_t **opened)
{
    sweep_file_t file = {.path = path, .directory = directory};
    *opened = NULL;
    TRY(file_check_name(path));
    sweep_t *sweep = calloc(1, sizeof *sweep);
    if (!sweep) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for a sweep", path);
    confx_status_t status = sweep_file_fill(&file, sweep);
    /* The jobs have texts and trees of their own, so the sweep file is closed whether or not they
       could be made. */
    sweep_file_close_file(&file);
    if (status.code == CONFX_STATUS_OK) {
        *opened = sweep;
        return status;
    }
    sweep_close(sweep);
    return status;
}

void sweep_close(sweep_t *sweep)
{
    if (!sweep) return;
    for (size_t i = 0; i < sweep->searches_n; i++) job_close(sweep->searches[i].job);
    for (size_t i = 0; i < sweep->keys_n; i++) free(sweep->keys[i]);
    free(sweep->searches);
    free(sweep->text);
    free(sweep);
}

void sweep_words(const sweep_search_t *search, const char *key, char out[SWEEP_WORDS_MAX])
{
    const job_t *job = search->job;
    job_value_words(job->tree, key, ' ', out);
    /* A platform stands in the tree as the limits that it has, each with its name. */
    for (size_t i = 0; !*out && !strcmp(key, "budget.platform") && i < job->budgets_n; i++)
        if (job->budgets[i].platform)
            (void)snprintf(out, SWEEP_WORDS_MAX, "%s", job->budgets[i].platform);
}

void sweep_print_keys(FILE *out)
{
    yaml_print_keys(sweep_keys, out);
}
