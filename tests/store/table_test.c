#include "support.h"
#include "there.h"

#include "confx/try.h"

#include <math.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Two nodes, one with four and one with two of the six rows of an update; three updates in the
   first commit, one in the second, two in the third. */
static const segment_t two_nodes[] = {{.name = "n0-c0.h5",
                                       .start = 0,
                                       .stride = 6,
                                       .count = 3,
                                       .block = 4,
                                       .checksum = SEGMENT_UNKNOWN},
                                      {.name = "n1-c0.h5",
                                       .start = 4,
                                       .stride = 6,
                                       .count = 3,
                                       .block = 2,
                                       .checksum = SEGMENT_UNKNOWN},
                                      {.name = "n0-c1.h5",
                                       .start = 18,
                                       .stride = 6,
                                       .count = 1,
                                       .block = 4,
                                       .checksum = SEGMENT_UNKNOWN},
                                      {.name = "n1-c1.h5",
                                       .start = 22,
                                       .stride = 6,
                                       .count = 1,
                                       .block = 2,
                                       .checksum = SEGMENT_UNKNOWN},
                                      {.name = "n0-c2.h5",
                                       .start = 24,
                                       .stride = 6,
                                       .count = 2,
                                       .block = 4,
                                       .checksum = SEGMENT_UNKNOWN},
                                      {.name = "n1-c2.h5",
                                       .start = 28,
                                       .stride = 6,
                                       .count = 2,
                                       .block = 2,
                                       .checksum = SEGMENT_UNKNOWN}};
enum { SEGMENTS = sizeof two_nodes / sizeof *two_nodes, ROWS = 36 };

static void write_two_nodes(const char *run_dir)
{
    ck_assert_ok(file_make_directory(run_dir));
    for (size_t i = 0; i < SEGMENTS; i++) {
        ck_assert_ok(write_segment(run_dir, &two_nodes[i]));
        ck_assert_ok(verify_segment(run_dir, &two_nodes[i], &SHAPE));
    }
    ck_assert_ok(write_master(run_dir, two_nodes, SEGMENTS, ROWS));
}

START_TEST(rows_of_two_nodes_come_in_the_order_of_the_table)
{
    store_t *store = NULL;
    array_t found = {0};
    write_two_nodes(directory);
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert_ok(store_describe(store, "/trajectories/assignment", &found));
    ck_assert_int_eq(found.type, ARRAY_U16);
    ck_assert_uint_eq(found.rank, 3);
    ck_assert(found.dims[0] == ROWS && found.dims[1] == LAYERS && found.dims[2] == AXES);
    for (size_t first = 0; first < ROWS; first += 3)
        for (size_t n = 0; first + n <= ROWS; n += 5)
            ck_assert_str_eq(check_rows(store, first, n), "");
    store_close(store);
}
END_TEST

START_TEST(units_and_meanings_are_said)
{
    const char *const due[][3] = {{"objective", "units", "cycles"},
                                  {"constraints", "units", "um2, mW"},
                                  {"latency", "units", "cycles"},
                                  {"latency", "long_name", "latency, summed over the layers"},
                                  {"stage", "flag_meanings", "reinforce islands"},
                                  {"space", "flag_meanings", "levels integers"},
                                  {"assignment", "long_name", "value of each layer on each axis"}};
    store_t *store = NULL;
    write_two_nodes(directory);
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    for (size_t i = 0; i < sizeof due / sizeof *due; i++) {
        char path[64];
        char *text = NULL;
        (void)snprintf(path, sizeof path, "/trajectories/%s", due[i][0]);
        ck_assert_ok(store_read_text(store, path, due[i][1], &text));
        ck_assert_msg(strstr(text, due[i][2]) != NULL, "%s says %s", path, text);
        free(text);
    }
    store_close(store);
}
END_TEST

/* Along each dimension of each column lies the scale of that name, in a file of either kind. */
START_TEST(dimensions_have_scales)
{
    static const char script[] =
        "import h5py, sys\n"
        "f = h5py.File(sys.argv[1], 'r')\n"
        "for name, column in f['trajectories'].items():\n"
        "    due = {'assignment': ['sample', 'layer', 'axis'], 'constraints': ['sample', "
        "'constraint']}\n"
        "    for dim, scale in zip(column.dims, due.get(name, ['sample']), strict=True):\n"
        "        assert len(dim) == 1 and dim[0] == f[scale] and h5py.h5ds.is_scale(dim[0].id), "
        "(name, scale)\n"
        "assert [axis.decode() for axis in f['trajectories/assignment'].dims[2][0]] == ['pe', "
        "'bu']\n"
        "assert f['sample'].id.get_storage_size() == 0 and f['sample'].shape == (36,)\n"
        "assert f['layer'].attrs['units'] == '1'\n";
    need_h5py();
    write_two_nodes(directory);
    ck_assert_int_eq(run_python("/", script, in_directory("run.h5")), 0);
    ck_assert_ok(write_run(directory, two_nodes, SEGMENTS, ROWS, true));
    ck_assert_int_eq(run_python("/", script, in_directory("run.h5")), 0);
}
END_TEST

START_TEST(h5py_reads_the_table_from_elsewhere_and_after_a_move)
{
    static const char script[] =
        PYTHON_TABLE "sys.exit(0 if check(h5py.File(sys.argv[1], 'r')) == 36 else 1)\n";
    need_h5py();
    const char *here = in_directory("here");
    const char *moved = in_directory("moved");
    write_two_nodes(here);
    ck_assert_int_eq(run_python("/", script, in_directory("here/run.h5")), 0);
    ck_assert_int_eq(run_python(here, script, "run.h5"), 0);
    ck_assert_int_eq(run_python(in_directory("here/segments"), script, "../run.h5"), 0);
    ck_assert_int_eq(run_python(directory, script, "here/run.h5"), 0);
    ck_assert_int_eq(rename(here, moved), 0);
    ck_assert_int_eq(run_python("/", script, in_directory("moved/run.h5")), 0);
}
END_TEST

/* The working directory has segments of the same names and other rows. */
START_TEST(segments_beside_run_h5_win_over_those_of_the_working_directory)
{
    static const char script[] = PYTHON_TABLE "check(h5py.File(sys.argv[1], 'r'))\n";
    store_t *store = NULL;
    char before[FILE_PATH_MAX];
    write_two_nodes(in_directory("run"));
    ck_assert_ok(file_make_directory(in_directory("decoy")));
    for (size_t i = 0; i < SEGMENTS; i++) {
        segment_t decoy = two_nodes[i];
        decoy.start += 600;
        ck_assert_ok(write_segment(in_directory("decoy"), &decoy));
    }
    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    ck_assert_int_eq(chdir(in_directory("decoy")), 0);
    ck_assert_ok(store_open("../run/run.h5", &store));
    ck_assert_str_eq(check_rows(store, 0, ROWS), "");
    store_close(store);
    ck_assert_int_eq(chdir(before), 0);
    need_h5py();
    ck_assert_int_eq(run_python(in_directory("decoy"), script, "../run/run.h5"), 0);
}
END_TEST

START_TEST(h5dump_prints_the_table)
{
    char command[512];
    need_h5dump();
    write_two_nodes(directory);
    (void)snprintf(command, sizeof command,
                   "cd / && h5dump -y -w 1 -d /trajectories/objective -o %s %s >/dev/null",
                   in_directory("objective"), in_directory("run.h5"));
    ck_assert_int_eq(system(command), 0);
    FILE *printed = fopen(in_directory("objective"), "r");
    ck_assert_ptr_nonnull(printed);
    for (size_t i = 0; i < ROWS; i++) {
        double value = NAN;
        ck_assert_int_eq(fscanf(printed, "%lf%*[,]", &value), 1);
        ck_assert_double_eq(value, (double)i * 0.375 + 1.0);
    }
    (void)fclose(printed);
    (void)snprintf(command, sizeof command, "h5dump %s >/dev/null", in_directory("run.h5"));
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(without_rows_the_table_is_empty)
{
    static const char script[] =
        PYTHON_TABLE "f = h5py.File(sys.argv[1], 'r')\n"
                     "assert check(f) == 0 and f['trajectories/assignment'].shape == (0, 5, 2)\n"
                     "assert f['trajectories/objective'].attrs['units'] == 'cycles'\n";
    store_t *store = NULL;
    array_t found = {0};
    ck_assert_ok(write_master(directory, NULL, 0, 0));
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert_ok(store_describe(store, "/trajectories/objective", &found));
    ck_assert_uint_eq(found.dims[0], 0);
    ck_assert_str_eq(check_rows(store, 0, 0), "");
    store_close(store);
    need_h5py();
    ck_assert_int_eq(run_python("/", script, in_directory("run.h5")), 0);
}
END_TEST

START_TEST(a_missing_segment_shows_in_h5py)
{
    static const char script[] =
        "import h5py, numpy as np, sys\n"
        "t = h5py.File(sys.argv[1], 'r')['trajectories']; r = np.arange(18); gone = r % 6 >= 4\n"
        "assert (np.isnan(t['objective'][:18]) == gone).all()\n"
        "assert (np.isnan(t['constraints'][:18]).any(axis=1) == gone).all()\n"
        "assert (t['update'][:18][gone] == 2**32 - 1).all() and (t['assignment'][:18][gone] == "
        "65535).all()\n"
        "assert (t['stage'][:18][gone] == 255).all() and not t['feasible'][:18][gone].any()\n";
    need_h5py();
    write_two_nodes(directory);
    ck_assert_int_eq(unlink(in_directory("segments/n1-c0.h5")), 0);
    ck_assert_int_eq(run_python("/", script, in_directory("run.h5")), 0);
}
END_TEST

START_TEST(what_else_run_h5_holds_is_stored_beside_the_table)
{
    double best[3] = {3, 2, 1};
    int64_t found[3];
    store_t *store = NULL;
    char *text = NULL;
    const array_t arrays[1 + SCALES] = {
        {.name = "/progress/best", .type = ARRAY_F64, .rank = 1, .dims = {3}, .data = best},
        SCALE_ARRAYS[0],
        SCALE_ARRAYS[1],
        SCALE_ARRAYS[2]};
    const attribute_t facts[] = {{"/", "status", .text = "running"},
                                 {"/trajectories", "note", .text = "on the group"},
                                 {"/certificate", "absent", .text = "EDP does not add up"}};
    const master_t master = {.arrays = arrays,
                             .arrays_n = 1 + SCALES,
                             .attributes = facts,
                             .attributes_n = 3,
                             .shape = SHAPE};
    ck_assert_ok(store_master_write(directory, &master, NULL));
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert_ok(store_read_rows(store, "/progress/best", ARRAY_I64, 0, 3, found));
    ck_assert_int_eq(found[2], 1);
    ck_assert_ok(store_read_text(store, "/certificate", "absent", &text));
    ck_assert_str_eq(text, "EDP does not add up");
    free(text);
    ck_assert_fails(store_read_text(store, "/trajectories/objective", "units", &text),
                    CONFX_STATUS_DAMAGED, "units");
    store_close(store);
}
END_TEST

START_TEST(segments_that_are_not_the_table_are_refused)
{
    segment_t segment = {.name = "a.h5", .start = 0, .count = 1, .block = 4};
    ck_assert_fails(write_master(directory, &segment, 1, 5), CONFX_STATUS_INPUT,
                    "run.h5: its segments hold 4 rows of 5");
    ck_assert_fails(write_master(directory, &segment, 1, 3), CONFX_STATUS_INPUT,
                    "run.h5: a.h5 reaches row 4 of 3");
    ck_assert_fails(write_master(directory, NULL, 0, 1), CONFX_STATUS_INPUT, "hold 0 rows of 1");
    const char *const bad[] = {"", "a/b.h5", "%b.h5"};
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(segment.name, sizeof segment.name, "%s", bad[i]);
        ck_assert_fails(write_segment(directory, &segment), CONFX_STATUS_INPUT,
                        "not a plain file name");
        ck_assert_fails(write_master(directory, &segment, 1, 4), CONFX_STATUS_INPUT,
                        "not a plain file name");
    }
    segment = (segment_t){.name = "a.h5", .stride = 3, .count = 2, .block = 4};
    ck_assert_fails(write_segment(directory, &segment), CONFX_STATUS_INPUT,
                    "a.h5: a segment without rows, or");
    segment.count = 0;
    ck_assert_fails(write_segment(directory, &segment), CONFX_STATUS_INPUT,
                    "a.h5: a segment without rows, or");
    ck_assert(!is_there(in_directory("run.h5")));
}
END_TEST

START_TEST(a_segment_of_many_rows_is_much_smaller_than_its_rows)
{
    const segment_t segment = {.name = "a.h5", .start = 0, .count = 1, .block = 2000};
    struct stat facts;
    store_t *store = NULL;
    ck_assert_ok(write_segment(directory, &segment));
    ck_assert_ok(write_master(directory, &segment, 1, 2000));
    ck_assert_int_eq(stat(in_directory("segments/a.h5"), &facts), 0);
    ck_assert_int_lt(facts.st_size, 2000 * (27 + 2 * CELLS) / 2);
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert_str_eq(check_rows(store, 0, 2000), "");
    store_close(store);
}
END_TEST

START_TEST(joined_segments_hold_the_same_table)
{
    store_t *store = NULL;
    write_two_nodes(directory);
    segment_t joined[2] = {{.name = "n0.h5"}, {.name = "n1.h5"}};
    for (size_t node = 0; node < 2; node++) {
        const segment_t parts[] = {two_nodes[node], two_nodes[node + 2], two_nodes[node + 4]};
        ck_assert_ok(store_segment_join(directory, RUN_ID, parts, 3, &SHAPE, &joined[node], NULL));
        ck_assert_ok(verify_segment(directory, &joined[node], &SHAPE));
        ck_assert_uint_eq(joined[node].count, 6);
    }
    ck_assert_ok(write_master(directory, joined, 2, ROWS));
    for (size_t i = 0; i < SEGMENTS; i++) {
        char path[FILE_PATH_MAX];
        ck_assert_ok(file_join(in_directory("segments"), two_nodes[i].name, path));
        ck_assert_ok(file_remove(path));
    }
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert_str_eq(check_rows(store, 0, ROWS), "");
    store_close(store);
}
END_TEST

/* ---- a run.h5 that stands alone -------------------------------------------------------------- */

static void remove_segments(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -r %s/segments", directory);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(a_self_contained_run_needs_no_segments)
{
    static const char script[] =
        PYTHON_TABLE "f = h5py.File(sys.argv[1], 'r')\n"
                     "assert check(f) == 36 and f.attrs['self_contained'] == 1 and 'rows' not in "
                     "f['trajectories'].attrs\n"
                     "assert f['trajectories/objective'].attrs['units'] == 'cycles'\n"
                     "for name, column in f['trajectories'].items():\n"
                     "    assert not column.is_virtual and column.chunks and column.compression == "
                     "'gzip', name\n"
                     "    assert column.shuffle and column.fletcher32, name\n";
    char **names = NULL;
    size_t names_n = 0;
    store_t *store = NULL;
    write_two_nodes(directory);
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert(!stands_alone(store));
    store_close(store);
    ck_assert_ok(write_run(directory, two_nodes, SEGMENTS, ROWS, true));
    remove_segments();
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert(stands_alone(store));
    ck_assert_str_eq(check_rows(store, 0, ROWS), "");
    store_close(store);
    need_h5py();
    ck_assert_int_eq(run_python("/", script, in_directory("run.h5")), 0);
    ck_assert_ok(file_list(directory, &names, &names_n));
    ck_assert_uint_eq(names_n, 1); /* nothing else is left beside it */
    file_names_close(names, names_n);
    ck_assert_ok(write_run(directory, NULL, 0, 0, true));
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert_str_eq(check_rows(store, 0, 0), "");
    store_close(store);
}
END_TEST

/* Several chunks and several pieces of each column, of interleaved segments. */
START_TEST(scheduler_rows_are_copied_in_their_order)
{
    enum { MANY = 300000, NODES = 3, EACH = MANY / NODES };
    static uint8_t bytes[EACH];
    static uint32_t numbers[EACH];
    static uint16_t actions[EACH * 20 * 2];
    static double scores[EACH], found[MANY];
    static uint16_t read[1000 * 20 * 2];
    static int64_t numbers_of_layers[20];
    const samples_shape_t shape = {.layers = 20, .axes = 2, .constraints = 1};
    array_t scales[SCALES] = {SCALE_ARRAYS[0], SCALE_ARRAYS[1], SCALE_ARRAYS[2]};
    scales[0].dims[0] = 20;
    scales[0].data = numbers_of_layers;
    scales[2].dims[0] = 1;
    segment_t segments[NODES];
    store_t *store = NULL;
    for (size_t node = 0; node < NODES; node++) {
        segments[node] = (segment_t){.start = node, .stride = NODES, .count = EACH, .block = 1};
        (void)snprintf(segments[node].name, sizeof segments[node].name, "n%zu.h5", node);
        for (size_t i = 0; i < EACH; i++) scores[i] = (double)(i * NODES + node);
        for (size_t i = 0; i < EACH * 40; i++)
            actions[i] = (uint16_t)((i / 40 * NODES + node) * 7 + i % 40);
        const samples_t rows = {&shape,
                                {bytes, bytes, numbers, numbers, actions, scores, scores, bytes}};
        ck_assert_ok(store_segments_make(directory));
        ck_assert_ok(store_segment_write(directory, RUN_ID, &segments[node], &rows, NULL));
    }
    const master_t master = {.run_id = RUN_ID,
                             .segments = segments,
                             .segments_n = NODES,
                             .rows = MANY,
                             .arrays = scales,
                             .arrays_n = SCALES,
                             .shape = shape,
                             .self_contained = true};
    ck_assert_ok(store_master_write(directory, &master, NULL));
    remove_segments();
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert_ok(store_read_rows(store, "/trajectories/objective", ARRAY_F64, 0, MANY, found));
    size_t wrong = 0;
    for (size_t i = 0; i < MANY; i++) wrong += found[i] != (double)i;
    const size_t ends[] = {0, 150000, MANY - 1000};
    for (size_t k = 0; k < 3; k++) {
        ck_assert_ok(
            store_read_rows(store, "/trajectories/assignment", ARRAY_U16, ends[k], 1000, read));
        for (size_t i = 0; i < 1000 * 40; i++)
            wrong += read[i] != (uint16_t)((ends[k] + i / 40) * 7 + i % 40);
    }
    ck_assert_uint_eq(wrong, 0);
    store_close(store);
}
END_TEST

START_TEST(a_lost_segment_leaves_the_run_h5_that_was_there)
{
    store_t *store = NULL;
    write_two_nodes(directory);
    ck_assert_int_eq(unlink(in_directory("segments/n1-c1.h5")), 0);
    ck_assert_fails(write_run(directory, two_nodes, SEGMENTS, ROWS, true), CONFX_STATUS_DAMAGED,
                    "n1-c1.h5");
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert(!stands_alone(store));
    store_close(store);
}
END_TEST

START_TEST(a_segment_comes_back_from_a_self_contained_run)
{
    segment_t segment = {.name = "back.h5"};
    store_t *store = NULL;
    write_two_nodes(directory);
    ck_assert_fails(store_segment_regain(directory, RUN_ID, ROWS, &SHAPE, &segment, NULL),
                    CONFX_STATUS_DAMAGED, "hold its rows");
    ck_assert_ok(write_run(directory, two_nodes, SEGMENTS, ROWS, true));
    remove_segments();
    ck_assert_fails(store_segment_regain(directory, RUN_ID, 30, &SHAPE, &segment, NULL),
                    CONFX_STATUS_IO, "segments");
    ck_assert(!is_there(in_directory("segments")));
    ck_assert_ok(store_segments_make(directory));
    ck_assert_fails(store_segment_regain(directory, RUN_ID, ROWS + 1, &SHAPE, &segment, NULL),
                    CONFX_STATUS_DAMAGED, "36 rows");
    ck_assert_ok(store_segment_regain(directory, RUN_ID, 30, &SHAPE, &segment, NULL));
    ck_assert_ok(verify_segment(directory, &segment, &SHAPE));
    ck_assert_ok(write_master(directory, &segment, 1, 30));
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert_str_eq(check_rows(store, 0, 30), "");
    store_close(store);
}
END_TEST

/* ---- against the word of the directory's owner ----------------------------------------------- */

static confx_status_t say_no(void *context)
{
    ++*(int *)context;
    return status_fail(CONFX_STATUS_IO, "not yours");
}

/* Names of all that lies in the directory and its segments, one after the other. */
static void list_all(char *names, size_t room)
{
    char command[160];
    (void)snprintf(command, sizeof command, "cd %s && find . | sort && cat run.h5 | cksum",
                   directory);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    names[fread(names, 1, room - 1, pipe)] = 0;
    ck_assert_int_eq(pclose(pipe), 0);
}

START_TEST(nothing_is_written_against_the_guards_word)
{
    static char before[4096];
    static char after[4096];
    int asked = 0;
    const guard_t guard = {say_no, &asked};
    const segment_t parts[] = {two_nodes[0], two_nodes[2]};
    segment_t other = {.name = "other.h5"};
    const master_t whole = {.run_id = RUN_ID,
                            .self_contained = true,
                            .segments = two_nodes,
                            .segments_n = SEGMENTS,
                            .rows = ROWS,
                            .arrays = SCALE_ARRAYS,
                            .arrays_n = SCALES,
                            .shape = SHAPE};
    master_t views = whole;
    views.self_contained = false;
    write_two_nodes(directory);
    ck_assert_ok(write_run(directory, two_nodes, SEGMENTS, ROWS, true));
    write_bytes(in_directory("left.h5.0123abcd.tmp"), "torn", 4);
    list_all(before, sizeof before);
    ck_assert_fails(store_write(in_directory("new.h5"), NULL, 0, NULL, 0, &guard), CONFX_STATUS_IO,
                    "not yours");
    ck_assert_fails(store_segment_join(directory, RUN_ID, parts, 2, &SHAPE, &other, &guard),
                    CONFX_STATUS_IO, "not yours");
    ck_assert_fails(store_segment_regain(directory, RUN_ID, 30, &SHAPE, &other, &guard),
                    CONFX_STATUS_IO, "not yours");
    ck_assert_fails(store_master_write(directory, &views, &guard), CONFX_STATUS_IO, "not yours");
    ck_assert_fails(store_master_write(directory, &whole, &guard), CONFX_STATUS_IO, "not yours");
    ck_assert_fails(store_tidy(directory, &guard), CONFX_STATUS_IO, "not yours");
    ck_assert_int_eq(asked, 6);
    list_all(after, sizeof after);
    ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(segments_that_do_not_follow_each_other_are_not_joined)
{
    write_two_nodes(directory);
    segment_t joined = {.name = "n0.h5"};
    const segment_t gap[] = {two_nodes[0], two_nodes[4]};
    const segment_t other_node[] = {two_nodes[0], two_nodes[3]};
    ck_assert_fails(store_segment_join(directory, RUN_ID, gap, 2, &SHAPE, &joined, NULL),
                    CONFX_STATUS_INPUT, "n0-c2.h5: its runs");
    ck_assert_fails(store_segment_join(directory, RUN_ID, other_node, 2, &SHAPE, &joined, NULL),
                    CONFX_STATUS_INPUT, "n1-c1.h5: its");
    ck_assert_fails(store_segment_join(directory, RUN_ID, NULL, 0, &SHAPE, &joined, NULL),
                    CONFX_STATUS_INPUT, "n0.h5: joined of no");
    write_bytes(in_directory("segments/n0-c1.h5"), "torn", 4);
    const segment_t damaged[] = {two_nodes[0], two_nodes[2]};
    ck_assert_fails(store_segment_join(directory, RUN_ID, damaged, 2, &SHAPE, &joined, NULL),
                    CONFX_STATUS_DAMAGED, "n0-c1.h5: ");
    ck_assert(!is_there(in_directory("segments/n0.h5")));
}
END_TEST

/* HDF5 opens all segments at once, and gives fill values for those it may not open. */
START_TEST(more_segments_than_open_files_are_allowed_are_read_or_refused)
{
    enum { MANY = 150 };
    static segment_t segments[MANY];
    struct rlimit usual;
    struct rlimit tight;
    store_t *store = NULL;
    double objective[MANY];
    for (size_t i = 0; i < MANY; i++) {
        segments[i] = (segment_t){.start = i, .count = 1, .block = 1};
        (void)snprintf(segments[i].name, sizeof segments[i].name, "s%03zu.h5", i);
        ck_assert_ok(write_segment(directory, &segments[i]));
    }
    ck_assert_ok(write_master(directory, segments, MANY, MANY));
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
    tight = usual;
    tight.rlim_cur = 64;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &tight), 0);
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert_str_eq(check_rows(store, 0, MANY), "");
    store_close(store);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit fixed = {.rlim_cur = 64, .rlim_max = 64};
        (void)setrlimit(RLIMIT_NOFILE, &fixed);
        confx_status_t status = store_open(in_directory("run.h5"), &store);
        if (status.code == CONFX_STATUS_OK)
            status =
                store_read_rows(store, "/trajectories/objective", ARRAY_F64, 0, MANY, objective);
        _exit(status.code == CONFX_STATUS_IO && strstr(status.message, "ulimit") ? 0 : 1);
    }
    int result = -1;
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert_int_eq(result, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("table");
    TCase *tests = tcase_create("table");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, begin_directory, end_directory);
    tcase_add_test(tests, rows_of_two_nodes_come_in_the_order_of_the_table);
    tcase_add_test(tests, units_and_meanings_are_said);
    tcase_add_test(tests, dimensions_have_scales);
    tcase_add_test(tests, h5py_reads_the_table_from_elsewhere_and_after_a_move);
    tcase_add_test(tests, segments_beside_run_h5_win_over_those_of_the_working_directory);
    tcase_add_test(tests, h5dump_prints_the_table);
    tcase_add_test(tests, without_rows_the_table_is_empty);
    tcase_add_test(tests, a_missing_segment_shows_in_h5py);
    tcase_add_test(tests, what_else_run_h5_holds_is_stored_beside_the_table);
    tcase_add_test(tests, segments_that_are_not_the_table_are_refused);
    tcase_add_test(tests, a_segment_of_many_rows_is_much_smaller_than_its_rows);
    tcase_add_test(tests, joined_segments_hold_the_same_table);
    tcase_add_test(tests, a_self_contained_run_needs_no_segments);
    tcase_add_test(tests, scheduler_rows_are_copied_in_their_order);
    tcase_add_test(tests, a_lost_segment_leaves_the_run_h5_that_was_there);
    tcase_add_test(tests, a_segment_comes_back_from_a_self_contained_run);
    tcase_add_test(tests, nothing_is_written_against_the_guards_word);
    tcase_add_test(tests, segments_that_do_not_follow_each_other_are_not_joined);
    tcase_add_test(tests, more_segments_than_open_files_are_allowed_are_read_or_refused);
    return suite_run(suite);
}
