/* Where data files lie: shipped ones in the installed data or the source tree, a user's where their
   path says. */
#include "confx/find.h"
#include "confx/file.h"
#include "confx/guess.h"
#include "confx/text.h"
#include "confx/try.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLACES_MAX = 3 };

/* Data directories, in the order in which they are gone through. */
typedef struct {
    size_t n;
    char path[PLACES_MAX][FILE_PATH_MAX];
} find_places_t;

/* Cut the last name off a path; false at its top. */
static bool find_ascend(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash || slash == path) return false;
    *slash = 0;
    return true;
}

/* Where nobody may look there is no place, but one that cannot be read just now is not passed over:
   the next one might have another file of the same name. */
static confx_status_t find_add_place(find_places_t *places, const char *directory,
                                     const char *below, bool *added)
{
    assert(places->n < PLACES_MAX);
    char *place = places->path[places->n];
    file_kind_t kind;
    *added = false;
    if (file_join(directory, below, place).code != CONFX_STATUS_OK) return status_ok();
    const confx_status_t status = file_look(place, &kind);
    if (status.code != CONFX_STATUS_INPUT) TRY(status);
    /* Written into the list's free row; it counts only if it is a directory. */
    *added = status.code == CONFX_STATUS_OK && kind == FILE_DIRECTORY;
    places->n += *added;
    return status_ok();
}

/* data/ in the nearest directory above the program's that has a data/KIND. */
static confx_status_t find_add_source_tree(find_places_t *places, char *directory, const char *kind)
{
    do {
        char below[FILE_PATH_MAX];
        bool added;
        if (file_join("data", kind, below).code != CONFX_STATUS_OK) return status_ok();
        TRY(find_add_place(places, directory, below, &added));
        if (!added) continue;
        /* The place is data/, not the data/KIND by which it was found. */
        (void)find_ascend(places->path[places->n - 1]);
        return status_ok();
    } while (find_ascend(directory));
    return status_ok();
}

static confx_status_t find_add_data_places(find_places_t *places, const char *kind)
{
    char program[FILE_PATH_MAX];
    bool added;
    /* In this order: what the user sets, what is installed beside the program, what it was built
       in. */
    const char *data = getenv("CONFX_DATA");
    if (data && *data) TRY(find_add_place(places, data, "", &added));
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0) return status_ok(); /* a system without /proc: CONFX_DATA says where */
    program[length] = 0;
    if (!find_ascend(program)) return status_ok();
    TRY(find_add_place(places, program, "../share/confx", &added));
    return find_add_source_tree(places, program, kind);
}

/* Only a program without any data directory takes the working directory for one: a user's program
   in PREFIX/share/confx. Otherwise a file there could stand in for a shipped one without a word. */
static confx_status_t find_list_places(find_places_t *places, const char *kind)
{
    bool added;
    places->n = 0;
    TRY(find_add_data_places(places, kind));
    return places->n ? status_ok() : find_add_place(places, ".", "", &added);
}

/* directory/kind/name + suffix, where that is a file: at least no directory; who opens it sees to
   the rest. */
static confx_status_t find_try_file(const char *directory, const char *kind, const char *name,
                                    const char *suffix, char *out, bool *found)
{
    file_kind_t what = FILE_ABSENT;
    const int length = snprintf(out, FILE_PATH_MAX, "%s/%s%s%s%s", directory, kind,
                                *kind ? "/" : "", name, suffix);
    *found = false;
    /* A path that is too long leads to no file. */
    if (length < FILE_PATH_MAX) TRY(file_look(out, &what));
    *found = what != FILE_ABSENT && what != FILE_DIRECTORY;
    return status_ok();
}

/* For a hint only: what cannot be looked at is none. */
static bool find_may_be_meant(const char *directory, const char *kind, const char *name,
                              const char *suffix, char *out)
{
    bool found;
    return find_try_file(directory, kind, name, suffix, out, &found).code == CONFX_STATUS_OK &&
           found;
}

/* ---- a user's file, by its path -------------------------------------------------------------- */

bool file_is_path(const char *name)
{
    static const char *const suffixes[] = {".csv", ".m", ".yaml"};
    if (strchr(name, '/')) return true;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        const size_t length = strlen(suffixes[i]);
        if (strlen(name) > length && strcmp(name + strlen(name) - length, suffixes[i]) == 0)
            return true;
    }
    return false;
}

/* "alexnet.csv" is nowhere, but there is a shipped "alexnet". */
static bool find_is_shipped_file(const char *kind, const char *name, const char *suffix)
{
    find_places_t places;
    char found[FILE_PATH_MAX];
    if (strchr(name, '/')) return false;
    if (find_list_places(&places, kind).code != CONFX_STATUS_OK) return false;
    for (size_t i = 0; i < places.n; i++)
        if (find_may_be_meant(places.path[i], kind, name, "", found))
            return strlen(name) > strlen(suffix);
    return false;
}

static confx_status_t find_refuse_path(const char *kind, const char *name, const char *suffix,
                                       const char *directory)
{
    if (find_is_shipped_file(kind, name, suffix))
        return status_fail(CONFX_STATUS_INPUT,
                           "no file \"%s\" in %s; the shipped one is called %.*s", name, directory,
                           (int)(strlen(name) - strlen(suffix)), name);
    const bool here = strcmp(directory, ".") == 0;
    return status_fail(CONFX_STATUS_INPUT,
                       "no file \"%s\"; expected it in %s%sthe working directory", name,
                       here ? "" : directory, here ? "" : ", or in ");
}

static confx_status_t find_path(const char *kind, const char *name, const char *suffix,
                                const char *beside, char *out)
{
    char directory[FILE_PATH_MAX];
    bool found;
    if (name[0] == '/') {
        TRY(find_try_file("", "", name + 1, "", out, &found));
        if (found) return status_ok();
        return status_fail(CONFX_STATUS_INPUT, "no file \"%s\"", name);
    }
    TRY(file_parent(beside ? beside : "", directory));
    /* The whole name comes before the name with the suffix: "a.csv" is not looked for as
       "a.csv.csv". */
    const char *const starts[] = {directory, "."};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        TRY(find_try_file(starts[i], "", name, "", out, &found));
        if (!found) TRY(find_try_file(starts[i], "", name, suffix, out, &found));
        if (found) return status_ok();
    }
    return find_refuse_path(kind, name, suffix, directory);
}

/* ---- what to say when there is none ---------------------------------------------------------- */

/* Append the names with that suffix, ", " between them, as far as there is room; all are
   offered. */
static void find_append_names(const char *directory, const char *suffix, guess_t *guess, char *text,
                              size_t room)
{
    char **names;
    size_t names_n;
    if (file_list(directory, &names, &names_n).code != CONFX_STATUS_OK) return;
    for (size_t i = 0; i < names_n; i++) {
        const size_t length = strlen(names[i]);
        if (length <= strlen(suffix) || strcmp(names[i] + length - strlen(suffix), suffix) != 0)
            continue;
        names[i][length - strlen(suffix)] = 0;
        text_append(text, room, "%s%s", *text ? ", " : "", names[i]);
        guess_offer(guess, names[i]);
    }
    file_names_close(names, names_n);
}

static void find_list_known_near(const find_places_t *places, const char *kind, const char *suffix,
                                 guess_t *guess, char *known, size_t room)
{
    *known = 0;
    for (size_t i = 0; i < places->n && !*known; i++) {
        char directory[FILE_PATH_MAX];
        if (file_join(places->path[i], kind, directory).code == CONFX_STATUS_OK)
            find_append_names(directory, suffix, guess, known, room);
    }
}

static void find_list_known(const find_places_t *places, const char *kind, const char *suffix,
                            char *known, size_t room)
{
    guess_t nobody = guess_begin("");
    find_list_known_near(places, kind, suffix, &nobody, known, room);
}

/* A file of the user's that an unknown name may mean; "" when there is none. */
static void find_meant(const char *kind, const char *name, const char *suffix, const char *beside,
                       char *meant)
{
    char directory[FILE_PATH_MAX];
    *meant = 0;
    if (file_parent(beside ? beside : "", directory).code != CONFX_STATUS_OK) return;
    const char *const starts[] = {directory, "."};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (find_may_be_meant(starts[i], "", name, suffix, meant) ||
            find_may_be_meant(starts[i], "", name, "", meant) ||
            find_may_be_meant(starts[i], kind, name, suffix, meant))
            return;
    *meant = 0;
}

static confx_status_t find_refuse_without_data(const char *kind, const char *name)
{
    const char *data = getenv("CONFX_DATA");
    if (data && *data)
        return status_fail(
            CONFX_STATUS_INPUT,
            "no file \"%s\", and CONFX_DATA=%s holds no %s; set it to the directory that does",
            name, data, kind);
    return status_fail(
        CONFX_STATUS_INPUT,
        "no file \"%s\", and no data directory is found; set CONFX_DATA to the directory that has "
        "models, dataflows and hw in it (data of the source tree, PREFIX/share/confx), or give a "
        "path",
        name);
}

static confx_status_t find_refuse_name(const find_places_t *places, const char *kind,
                                       const char *name, const char *suffix, const char *beside)
{
    char known[CONFX_STATUS_MESSAGE_MAX / 2];
    char near[GUESS_SAID_MAX];
    char meant[FILE_PATH_MAX];
    guess_t guess = guess_begin(name);
    find_list_known_near(places, kind, suffix, &guess, known, sizeof known);
    find_meant(kind, name, suffix, beside, meant);
    /* No data directory at all, a file of the user's that may be meant, or a word that is near. */
    if (!*known && !*meant) return find_refuse_without_data(kind, name);
    if (*meant)
        return status_fail(CONFX_STATUS_INPUT,
                           "no file \"%s\"; %.300s exists, write its path to use it; expected a "
                           "path or a name in %s: %s",
                           name, meant, kind, known);
    (void)guess_say(&guess, near);
    return status_fail(CONFX_STATUS_INPUT, "no file \"%s\"%s%s expected a path or a name in %s: %s",
                       name, near, *near ? "" : ";", kind, known);
}

confx_status_t file_find(const char *kind, const char *name, const char *suffix, const char *beside,
                         char *out)
{
    find_places_t places;
    if (file_is_path(name)) return find_path(kind, name, suffix, beside, out);
    TRY(find_list_places(&places, kind));
    for (size_t i = 0; i < places.n; i++) {
        bool found;
        TRY(find_try_file(places.path[i], kind, name, suffix, out, &found));
        if (found) return status_ok();
    }
    return find_refuse_name(&places, kind, name, suffix, beside);
}

void file_list_known(const char *kind, const char *suffix, char *names, size_t room)
{
    find_places_t places;
    *names = 0;
    if (find_list_places(&places, kind).code == CONFX_STATUS_OK)
        find_list_known(&places, kind, suffix, names, room);
}
