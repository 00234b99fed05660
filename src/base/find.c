/* Where data files lie: beside the file that names them, in the installed data, in the source tree. */
#include "confx/file.h"
#include "confx/guess.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLACES_MAX = 5 };

typedef struct {
    size_t n;
    size_t data_first, data_n; /* which of them are data directories, whose names are listed when nothing is found */
    char path[PLACES_MAX][FILE_PATH_MAX];
} places_t;

/* Cut the last name off a path; false at its top. */
static bool ascend(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash || slash == path) return false;
    *slash = 0;
    return true;
}

static bool add_place(places_t *places, const char *directory, const char *below)
{
    char *place = places->path[places->n];
    if (file_join(directory, below, place).code != STATUS_OK || !file_is_directory(place)) return false;
    places->n++;
    return true;
}

/* data/ in the nearest directory above the program's that has a data/KIND. */
static void add_source_tree(places_t *places, char *directory, const char *kind)
{
    do {
        char below[FILE_PATH_MAX];
        if (file_join("data", kind, below).code != STATUS_OK) return;
        if (!add_place(places, directory, below)) continue;
        (void)ascend(places->path[places->n - 1]);
        return;
    } while (ascend(directory));
}

static void add_data_places(places_t *places, const char *kind)
{
    char program[FILE_PATH_MAX];
    const char *data = getenv("CONFX_DATA");
    if (data && *data) (void)add_place(places, data, "");
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0) return;
    program[length] = 0;
    if (!ascend(program)) return;
    (void)add_place(places, program, "../share/confx");
    add_source_tree(places, program, kind);
}

/* The directory of that file; the working directory for NULL. */
static void add_beside(places_t *places, const char *file)
{
    char directory[FILE_PATH_MAX];
    const char *slash = file ? strrchr(file, '/') : NULL;
    const int length = slash && slash > file ? (int)(slash - file) : 1;
    (void)snprintf(directory, sizeof directory, "%.*s", length, slash ? file : ".");
    (void)add_place(places, directory, "");
}

static void list_places(places_t *places, const char *kind, const char *beside)
{
    places->n = 0;
    add_beside(places, beside);
    places->data_first = places->n;
    add_data_places(places, kind);
    places->data_n = places->n - places->data_first;
    (void)add_place(places, ".", "");
}

/* directory/kind/name + suffix, where that is a file. */
static bool try_file(const char *directory, const char *kind, const char *name, const char *suffix, char *out)
{
    const int length = snprintf(out, FILE_PATH_MAX, "%s/%s%s%s%s", directory, kind, *kind ? "/" : "", name, suffix);
    return length < FILE_PATH_MAX && file_exists(out) && !file_is_directory(out);
}

static bool try_place(const char *place, const char *kind, const char *name, const char *suffix, char *out)
{
    const bool is_path = strpbrk(name, "./") != NULL;
    return (is_path && try_file(place, "", name, "", out)) || try_file(place, "", name, suffix, out) ||
           (is_path && try_file(place, kind, name, "", out)) || try_file(place, kind, name, suffix, out);
}

/* ---- what to say when there is none ------------------------------------------------------------------------------ */

/* Append the names with that suffix, ", " between them, as far as there is room; all are offered. */
static void append_names(const char *directory, const char *suffix, guess_t *guess, char *text, size_t room)
{
    char **names;
    size_t names_n;
    if (file_list(directory, &names, &names_n).code != STATUS_OK) return;
    for (size_t i = 0; i < names_n; i++) {
        const size_t used = strlen(text);
        const size_t length = strlen(names[i]);
        if (length <= strlen(suffix) || strcmp(names[i] + length - strlen(suffix), suffix) != 0) continue;
        names[i][length - strlen(suffix)] = 0;
        (void)snprintf(text + used, room - used, "%s%s", used ? ", " : "", names[i]);
        guess_offer(guess, names[i]);
    }
    file_names_close(names, names_n);
}

static status_t say_what_is_there(const places_t *places, const char *kind, const char *name, const char *suffix)
{
    char known[STATUS_MESSAGE_MAX / 2] = "";
    char meant[GUESS_SAID_MAX];
    guess_t guess = guess_begin(name);
    for (size_t i = places->data_first; i < places->data_first + places->data_n && !*known; i++) {
        char directory[FILE_PATH_MAX];
        if (file_join(places->path[i], kind, directory).code == STATUS_OK)
            append_names(directory, suffix, &guess, known, sizeof known);
    }
    (void)guess_say(&guess, meant);
    if (*known)
        return status_fail(STATUS_INPUT, "no file \"%s\"%s%s expected a path or a name in %s: %s", name, meant,
                           *meant ? "" : ";", kind, known);
    const char *data = getenv("CONFX_DATA");
    if (data && *data)
        return status_fail(STATUS_INPUT,
                           "no file \"%s\", and CONFX_DATA=%s holds no %s; set it to the directory that does", name,
                           data, kind);
    return status_fail(STATUS_INPUT,
                       "no file \"%s\", and no data directory is found; set CONFX_DATA to the directory that has "
                       "models, dataflows and hw in it (data of the source tree, PREFIX/share/confx), or give a path",
                       name);
}

status_t file_find(const char *kind, const char *name, const char *suffix, const char *beside, char *out)
{
    places_t places;
    if (name[0] == '/') {
        if (try_file("", "", name + 1, "", out)) return status_ok();
        return status_fail(STATUS_INPUT, "no file \"%s\"", name);
    }
    list_places(&places, kind, beside);
    for (size_t i = 0; i < places.n; i++)
        if (try_place(places.path[i], kind, name, suffix, out)) return status_ok();
    return say_what_is_there(&places, kind, name, suffix);
}
