/* What the tests of the log share: a directory of their own, a table whose every row is known, and
   stock readers. */
#ifndef TESTS_STORE_SUPPORT_H
#define TESTS_STORE_SUPPORT_H

#include "confx/file.h"
#include "confx/master.h"
#include "suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- a directory, made by begin and removed by end ------------------------------------------- */

static char directory[64];

static void begin_directory(void)
{
    /* In memory where there is such a place: syncs of a shared disk take seconds, and a kill is not
       a power cut. */
    const char *home = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(directory, sizeof directory, "%s/confx-store-XXXXXX", home);
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void end_directory(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
}

/* The path of `name` in it; good until the eighth next call. */
static inline const char *in_directory(const char *name)
{
    static char paths[8][256];
    static size_t next;
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

/* Answers of a store that can be read. */
static inline bool has(store_t *store, const char *name)
{
    bool is;
    ck_assert_ok(store_has(store, name, &is));
    return is;
}

static inline bool stands_alone(store_t *store)
{
    bool is;
    ck_assert_ok(store_is_self_contained(store, &is));
    return is;
}

static inline void read_bytes(const char *path, char **bytes, size_t *length)
{
    ck_assert_ok(file_load(path, FILE_USERS, FILE_ANY_LENGTH, bytes, length));
}

/* In place and without sync: what damages a file does not ask. */
static inline void write_bytes(const char *path, const char *bytes, size_t length)
{
    const int file = open(path, O_WRONLY | O_CREAT, 0666);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, bytes, length), (ssize_t)length);
    ck_assert_int_eq(ftruncate(file, (off_t)length), 0);
    ck_assert_int_eq(close(file), 0);
}

/* ---- the table: row i is known from i -------------------------------------------------------- */

enum { LAYERS = 5, AXES = 2, CONSTRAINTS = 2, CELLS = LAYERS * AXES, PER_UPDATE = 6 };
enum { ROWS_MAX = 4096 };

static const samples_shape_t SHAPE = {.layers = LAYERS,
                                      .axes = AXES,
                                      .constraints = CONSTRAINTS,
                                      .metrics_n = 1,
                                      .metrics = {"latency"}};

typedef struct {
    uint8_t stage[ROWS_MAX], space[ROWS_MAX], feasible[ROWS_MAX];
    uint32_t update[ROWS_MAX], unit[ROWS_MAX];
    uint16_t assignment[ROWS_MAX * CELLS];
    double objective[ROWS_MAX], constraints[ROWS_MAX * CONSTRAINTS], latency[ROWS_MAX];
} logged_t;

static inline void fill_row(logged_t *table, size_t at, size_t row)
{
    table->stage[at] = row % 3 == 0;
    table->space[at] = row % 2 == 0;
    table->update[at] = (uint32_t)(row / PER_UPDATE);
    table->unit[at] = (uint32_t)(row % PER_UPDATE / 2);
    for (size_t i = 0; i < CELLS; i++)
        table->assignment[at * CELLS + i] = (uint16_t)((row * 131 + i * 17) % 65536);
    table->objective[at] = (double)row * 0.375 + 1.0;
    for (size_t i = 0; i < CONSTRAINTS; i++)
        table->constraints[at * CONSTRAINTS + i] = -(double)row * 3.0 + (double)i;
    table->latency[at] = (double)row * 0.125;
    table->feasible[at] = row % 5 != 0;
}

/* The rows of the segment, in the order of the logical table. */
static inline void fill_segment(logged_t *table, const segment_t *segment)
{
    for (size_t run = 0, at = 0; run < segment->count; run++)
        for (size_t i = 0; i < segment->block; i++)
            fill_row(table, at++, segment->start + run * segment->stride + i);
}

static inline samples_t table_rows(logged_t *table)
{
    return (samples_t){.shape = &SHAPE,
                       .columns = {[SAMPLES_stage] = table->stage,
                                   [SAMPLES_space] = table->space,
                                   [SAMPLES_update] = table->update,
                                   [SAMPLES_unit] = table->unit,
                                   [SAMPLES_assignment] = table->assignment,
                                   [SAMPLES_objective] = table->objective,
                                   [SAMPLES_constraints] = table->constraints,
                                   [SAMPLES_feasible] = table->feasible,
                                   [SAMPLES_METRICS] = table->latency}};
}

/* What its rows have along their dimensions: run.h5 must hold these. */
enum { SCALES = 3 };
static const int64_t LAYER_NUMBERS[LAYERS] = {0, 1, 2, 3, 4};
static const array_t SCALE_ARRAYS[SCALES] = {
    {.name = "/layer",
     .type = ARRAY_I64,
     .rank = 1,
     .dims = {LAYERS},
     .data = (void *)LAYER_NUMBERS},
    {.name = "/axis", .type = ARRAY_TEXT, .rank = 2, .dims = {AXES, 3}, .data = "pe\0bu"},
    {.name = "/constraint",
     .type = ARRAY_TEXT,
     .rank = 2,
     .dims = {CONSTRAINTS, 2},
     .data = "a\0b"}};

static const char RUN_ID[] = "0123456789abcdef0123456789abcdef";

static inline confx_status_t write_segment(const char *run_dir, const segment_t *segment)
{
    static logged_t table;
    segment_t written = *segment;
    fill_segment(&table, segment);
    const samples_t rows = table_rows(&table);
    const confx_status_t made = store_segments_make(run_dir);
    return made.code == CONFX_STATUS_OK
               ? store_segment_write(run_dir, RUN_ID, &written, &rows, NULL)
               : made;
}

/* Whatever checksum the file has. */
static inline confx_status_t verify_segment(const char *run_dir, const segment_t *segment,
                                            const samples_shape_t *shape)
{
    segment_t found = *segment;
    bool foreign;
    found.checksum = SEGMENT_UNKNOWN;
    return store_segment_verify(run_dir, RUN_ID, &found, shape, &foreign);
}

/* The same segments, with the checksums that their files have; unknown where there is none. */
static inline const segment_t *know_segments(const char *run_dir, const segment_t *segments,
                                             size_t n)
{
    static segment_t known[512];
    bool foreign;
    ck_assert_uint_le(n, sizeof known / sizeof *known);
    for (size_t i = 0; i < n; i++) {
        known[i] = segments[i];
        known[i].checksum = SEGMENT_UNKNOWN;
        (void)store_segment_verify(run_dir, RUN_ID, &known[i], &SHAPE, &foreign);
    }
    return known;
}

static inline confx_status_t write_run(const char *run_dir, const segment_t *segments,
                                       size_t segments_n, size_t rows, bool self_contained)
{
    const master_t master = {.run_id = RUN_ID,
                             .self_contained = self_contained,
                             .segments = know_segments(run_dir, segments, segments_n),
                             .segments_n = segments_n,
                             .rows = rows,
                             .arrays = SCALE_ARRAYS,
                             .arrays_n = SCALES,
                             .shape = SHAPE,
                             .objective_units = "cycles",
                             .constraint_units = "um2, mW",
                             .metric_units = {"cycles"},
                             .stages = "reinforce islands"};
    return store_master_write(run_dir, &master, NULL);
}

static inline confx_status_t write_master(const char *run_dir, const segment_t *segments,
                                          size_t segments_n, size_t rows)
{
    return write_run(run_dir, segments, segments_n, rows, false);
}

/* Rows first .. first+n-1 of an open run.h5 are those of the table; "" or what is wrong. */
static inline const char *check_rows(store_t *store, size_t first, size_t n)
{
    static logged_t due;
    static logged_t found;
    const samples_t found_rows = table_rows(&found);
    const samples_t due_rows = table_rows(&due);
    memset(&found, 0x55, sizeof found);
    for (size_t i = 0; i < n; i++) fill_row(&due, i, first + i);
    for (size_t i = 0; i < samples_columns(&SHAPE); i++) {
        static char name[64];
        static confx_status_t status;
        const array_t column = samples_column(&SHAPE, i, n);
        (void)snprintf(name, sizeof name, "/trajectories/%s", column.name);
        status = store_read_rows(store, name, column.type, first, n, found_rows.columns[i]);
        if (status.code != CONFX_STATUS_OK) return status.message;
        if (memcmp(found_rows.columns[i], due_rows.columns[i], array_bytes(&column)) != 0)
            return name;
    }
    return "";
}

/* ---- stock readers --------------------------------------------------------------------------- */

#define PYTHON "/usr/bin/python3"

/* The same table for h5py; t: the open file. */
#define PYTHON_TABLE                                                                               \
    "import h5py, numpy as np, sys\n"                                                              \
    "def check(f):\n"                                                                              \
    "    t = f['trajectories']; n = t['objective'].shape[0]; r = np.arange(n)\n"                   \
    "    assert t['stage'].dtype == 'u1' and (t['stage'][:] == (r % 3 == 0)).all()\n"              \
    "    assert t['update'].dtype == '<u4' and (t['update'][:] == r // 6).all()\n"                 \
    "    assert t['space'].dtype == 'u1' and (t['space'][:] == (r % 2 == 0)).all()\n"              \
    "    assert t['unit'].dtype == '<u4' and (t['unit'][:] == r % 6 // 2).all()\n"                 \
    "    a = (r[:, None] * 131 + np.arange(10)[None, :] * 17) % 65536\n"                           \
    "    assert t['assignment'].dtype == '<u2' and (t['assignment'][:] == a.reshape(n, 5, "        \
    "2)).all()\n"                                                                                  \
    "    assert t['objective'].dtype == '<f8' and (t['objective'][:] == r * 0.375 + 1).all()\n"    \
    "    c = r[:, None] * -3.0 + np.arange(2)[None, :]\n"                                          \
    "    assert t['constraints'].dtype == '<f8' and (t['constraints'][:] == c).all()\n"            \
    "    assert t['latency'].dtype == '<f8' and (t['latency'][:] == r * 0.125).all()\n"            \
    "    assert t['feasible'].dtype == bool and (t['feasible'][:] == (r % 5 != 0)).all()\n"        \
    "    return n\n"

/* Is there such a command? Says that the test goes without it when there is not. */
static inline bool can_run(const char *command)
{
    char quiet[256];
    (void)snprintf(quiet, sizeof quiet, "%s >/dev/null 2>&1", command);
    if (system(quiet) == 0) return true;
    return false;
}

/* A test that needs it fails without: tests/deps installs it. Asked once: it takes Python a while
   to say. */
static inline void need_h5py(void)
{
    static enum { UNKNOWN, ABSENT, PRESENT } answer = UNKNOWN;
    if (answer == UNKNOWN) answer = can_run(PYTHON " -c 'import h5py'") ? PRESENT : ABSENT;
    ck_assert_msg(answer == PRESENT, "python3-h5py is missing: `tests/deps test' installs it");
}

static inline void need_h5dump(void)
{
    ck_assert_msg(can_run("h5dump --version"),
                  "h5dump is missing: `tests/deps test' installs hdf5-tools");
}

/* Exit code of the script, run in the directory `at` with one argument. */
static inline int run_python(const char *at, const char *script, const char *argument)
{
    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        if (chdir(at) != 0) _exit(126);
        (void)unsetenv("HDF5_USE_FILE_LOCKING"); /* as a user would run it */
        (void)execl(PYTHON, PYTHON, "-c", script, argument, (char *)NULL);
        _exit(127);
    }
    int result = -1;
    (void)waitpid(child, &result, 0);
    return WIFEXITED(result) ? WEXITSTATUS(result) : -1;
}

#endif
