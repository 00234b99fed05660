#include "support.h"

#include <zlib.h>

/* A small file of the kind a checkpoint is: parameters, moments, a list of texts, where the search
   stands. */
static double weights[40];
static float moments[6][7];
static const char names[2][8] = {"conv1", "conv2"};

static const array_t arrays[] = {
    {.name = "/policy/weights", .type = ARRAY_F64, .rank = 1, .dims = {40}, .data = weights},
    {.name = "/policy/moments",
     .type = ARRAY_F32,
     .rank = 2,
     .dims = {6, 7},
     .data = moments,
     .units = "1"},
    {.name = "/names", .type = ARRAY_TEXT, .rank = 2, .dims = {2, 8}, .data = (void *)names},
};
static const attribute_t place[] = {{"/", "segment", .text = "segment-000017"},
                                    {"/", "update", .whole = true, .integer = 340},
                                    {"/", "best", .real = 2.5e6}};

static const char *write_checkpoint(char **bytes, size_t *length)
{
    const char *path = in_directory("checkpoint.h5");
    for (size_t i = 0; i < 40; i++) weights[i] = (double)i;
    ck_assert_ok(store_write(path, arrays, 3, place, 3, NULL));
    read_bytes(path, bytes, length);
    return path;
}

static confx_status_code_t open_code(const char *path)
{
    store_t *store = NULL;
    const confx_status_t status = store_open(path, &store);
    if (status.code != CONFX_STATUS_OK) ck_assert_ptr_nonnull(strstr(status.message, path));
    store_close(store);
    return status.code;
}

START_TEST(every_byte_that_changes_is_noticed)
{
    static const unsigned char masks[] = {0x01, 0x80, 0xff};
    char *bytes = NULL;
    size_t length = 0;
    const char *path = write_checkpoint(&bytes, &length);
    const int file = open(path, O_WRONLY);
    ck_assert_int_ge(file, 0);
    for (size_t i = 0; i < length; i++) {
        const char wrong = (char)(bytes[i] ^ masks[i % 3]);
        ck_assert_int_eq(pwrite(file, &wrong, 1, (off_t)i), 1);
        ck_assert_msg(open_code(path) == CONFX_STATUS_DAMAGED, "byte %zu of %zu, mask %x", i,
                      length, masks[i % 3]);
        ck_assert_int_eq(pwrite(file, &bytes[i], 1, (off_t)i), 1);
    }
    ck_assert_int_eq(open_code(path), CONFX_STATUS_OK);
    (void)close(file);
    free(bytes);
}
END_TEST

/* What HDF5's own Fletcher-32 does not see: to it the words 0000 and ffff are the same. */
START_TEST(zeros_turned_to_ones_are_noticed)
{
    char *bytes = NULL;
    size_t length = 0;
    const char *path = write_checkpoint(&bytes, &length);
    size_t words = 0;
    for (size_t i = 0; i + 1 < length; i += 2) {
        if (bytes[i] || bytes[i + 1]) continue;
        bytes[i] = bytes[i + 1] = (char)0xff;
        write_bytes(path, bytes, length);
        ck_assert_msg(open_code(path) == CONFX_STATUS_DAMAGED, "word at %zu", i);
        bytes[i] = bytes[i + 1] = 0;
        words++;
    }
    ck_assert_uint_gt(words, 100);
    free(bytes);
}
END_TEST

START_TEST(every_length_but_the_right_one_is_noticed)
{
    char *bytes = NULL;
    size_t length = 0;
    const char *path = write_checkpoint(&bytes, &length);
    char *longer = calloc(1, length + 4096);
    ck_assert_ptr_nonnull(longer);
    memcpy(longer, bytes, length);
    write_bytes(path, longer, length + 4096);
    for (size_t n = length + 4096; n-- > 0;) {
        ck_assert_int_eq(truncate(path, (off_t)n), 0);
        ck_assert_msg((open_code(path) == CONFX_STATUS_OK) == (n == length), "%zu bytes of %zu", n,
                      length);
    }
    free(longer);
    free(bytes);
}
END_TEST

/* With a seal that is right: what HDF5 itself has to refuse, and without one. */
START_TEST(a_file_that_is_not_of_the_log_is_damaged)
{
    char bytes[4096] = "confx log: HDF5 from byte 512 on\nbytes 4096\ncrc32 ";
    char crc[16];
    const char *path = in_directory("other.h5");
    memset(bytes + 512, 'x', sizeof bytes - 512);
    (void)snprintf(crc, sizeof crc, "%08lx\n",
                   crc32_z(0, (const unsigned char *)bytes + 512, sizeof bytes - 512));
    strncat(bytes, crc, sizeof bytes - strlen(bytes) - 1);
    write_bytes(path, bytes, sizeof bytes);
    store_t *store = NULL;
    ck_assert_fails(store_open(path, &store), CONFX_STATUS_DAMAGED, "other.h5: ");
    ck_assert_fails(store_open(path, &store), CONFX_STATUS_DAMAGED, "signature");
    bool is_log;
    ck_assert_ok(store_is_log(path, &is_log));
    ck_assert(is_log);
    write_bytes(path, "text", 4);
    ck_assert_ok(store_is_log(path, &is_log));
    ck_assert(!is_log);
    ck_assert_fails(store_is_log(directory, &is_log), CONFX_STATUS_INPUT, "is a directory");
    ck_assert_fails(store_is_log(in_directory("none.h5"), &is_log), CONFX_STATUS_INPUT,
                    "No such file");
    ck_assert_fails(store_open(path, &store), CONFX_STATUS_DAMAGED, "does not match its checksum");
    ck_assert_fails(store_open(directory, &store), CONFX_STATUS_DAMAGED, directory);
}
END_TEST

/* ---- what stock tools do to a file ----------------------------------------------------------- */

/* Opened for writing by h5py in a few ways; the script has the file as f. */
static confx_status_code_t code_after(const char *path, const char *script)
{
    char text[1024];
    (void)snprintf(text, sizeof text,
                   "import h5py, sys\nwith h5py.File(sys.argv[1], 'r+') as f:\n    %s\n", script);
    ck_assert_int_eq(run_python("/", text, path), 0);
    return open_code(path);
}

START_TEST(a_file_that_a_viewer_opened_for_writing_is_not_damaged)
{
    static const char *const harmless[] = {
        "pass",
        "f['policy/weights'][:]; f.attrs['best']",
        "f['policy/weights'][3] = 3.0",
        "f.attrs['segment'] = f.attrs['segment']",
        "f['policy/moments'].attrs['units'] = '1'",
        "f['more'] = [1, 2, 3]; f['more'].attrs['x'] = 1; del f['more']"};
    char *bytes = NULL;
    size_t length = 0;
    need_h5py();
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        const char *path = write_checkpoint(&bytes, &length);
        ck_assert_msg(code_after(path, harmless[i]) == CONFX_STATUS_OK, "%s", harmless[i]);
        free(bytes);
    }
}
END_TEST

START_TEST(what_a_viewer_changed_is_damage)
{
    static const char *const changes[] = {
        "f['policy/weights'][3] = 4.0",
        "f['policy/moments'][5, 6] = 1e-30",
        "f['names'][1] = 'conv3'",
        "f.attrs['best'] = 2.5e6 + 1",
        "f.attrs['segment'] = 'segment-000018'",
        "f.attrs['more'] = 1",
        "del f.attrs['update']",
        "f['policy/moments'].attrs['units'] = '2'",
        "f['more'] = 1.0",
        "del f['names']",
        "f.move('names', 'labels')",
        "w = f['policy/weights'][:]; del f['policy/weights']; f['policy/weights'] = w.T.copy()",
        "w = f['policy/weights'][:]; del f['policy/weights']; f['policy/weights'] = w.astype('f4')",
        "f['link'] = h5py.ExternalLink('nowhere.h5', '/x')",
        "f['again'] = f['/']"};
    char *bytes = NULL;
    size_t length = 0;
    need_h5py();
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const char *path = write_checkpoint(&bytes, &length);
        ck_assert_msg(code_after(path, changes[i]) == CONFX_STATUS_DAMAGED, "%s", changes[i]);
        free(bytes);
    }
}
END_TEST

/* What HDF5 wrote since has no checksum of its bytes any more: HDF5 itself reads it, in a process
   that may die. */
START_TEST(damage_to_a_file_that_a_viewer_wrote_is_noticed)
{
    char *bytes = NULL;
    size_t length = 0;
    size_t harmless = 0;
    const char *path = write_checkpoint(&bytes, &length);
    free(bytes);
    need_h5py();
    ck_assert_int_eq(code_after(path, "f.attrs['segment'] = f.attrs['segment']"), CONFX_STATUS_OK);
    read_bytes(path, &bytes, &length);
    for (size_t i = 1; i < length; i += 29) {
        bytes[i] ^= 0x10;
        write_bytes(path, bytes, length);
        const confx_status_code_t code = open_code(path);
        ck_assert_msg(code == CONFX_STATUS_DAMAGED || code == CONFX_STATUS_OK, "byte %zu", i);
        if (code == CONFX_STATUS_OK) { /* free space, and the old checksum of bytes: the content is
                                          what it was */
            store_t *store = NULL;
            double found[40];
            ck_assert_ok(store_open(path, &store));
            ck_assert_ok(store_read_rows(store, "/policy/weights", ARRAY_F64, 0, 40, found));
            ck_assert_mem_eq(found, weights, sizeof found);
            store_close(store);
            harmless++;
        }
        bytes[i] ^= 0x10;
    }
    ck_assert_uint_lt(harmless, length / 29);
    for (size_t n = 0; n < length; n += 97) {
        write_bytes(path, bytes, n);
        ck_assert_msg(open_code(path) == CONFX_STATUS_DAMAGED, "cut to %zu bytes", n);
    }
    free(bytes);
}
END_TEST

START_TEST(a_segment_is_verified_to_the_byte)
{
    const segment_t segment = {.name = "s.h5", .start = 8, .stride = 6, .count = 3, .block = 2};
    const char *path = in_directory("segments/s.h5");
    char *bytes = NULL;
    size_t length = 0;
    ck_assert_ok(write_segment(directory, &segment));
    ck_assert_ok(verify_segment(directory, &segment, &SHAPE));
    read_bytes(path, &bytes, &length);
    for (size_t i = 0; i < length; i++) {
        bytes[i] ^= 0x10;
        write_bytes(path, bytes, length);
        ck_assert_msg(verify_segment(directory, &segment, &SHAPE).code == CONFX_STATUS_DAMAGED,
                      "byte %zu", i);
        bytes[i] ^= 0x10;
    }
    write_bytes(path, bytes, length);
    ck_assert_ok(verify_segment(directory, &segment, &SHAPE));
    free(bytes);
}
END_TEST

START_TEST(a_segment_of_other_rows_or_shapes_is_told_apart)
{
    samples_shape_t wide = SHAPE;
    wide.layers++;
    const segment_t segment = {.name = "s.h5", .start = 8, .stride = 6, .count = 3, .block = 2};
    segment_t other = segment;
    ck_assert_ok(write_segment(directory, &segment));
    other.start = 14;
    ck_assert_fails(verify_segment(directory, &other, &SHAPE), CONFX_STATUS_DAMAGED,
                    "s.h5: holds other rows: start 8, stride 6, count 3, block 2, expected 14");
    other = segment;
    other.count = 2;
    ck_assert_fails(verify_segment(directory, &other, &SHAPE), CONFX_STATUS_DAMAGED,
                    "count 3, block 2, expected 8, 6, 2, 2");
    ck_assert_fails(verify_segment(directory, &segment, &wide), CONFX_STATUS_DAMAGED,
                    "s.h5: assignment: ");
    (void)snprintf(other.name, sizeof other.name, "absent.h5");
    ck_assert_fails(verify_segment(directory, &other, &SHAPE), CONFX_STATUS_DAMAGED, "absent.h5");
}
END_TEST

/* HDF5 would give fill values for the rows of a segment it cannot open. */
START_TEST(a_damaged_or_missing_segment_is_noticed_through_run_h5)
{
    const segment_t segments[] = {{.name = "a.h5", .start = 0, .count = 1, .block = 4},
                                  {.name = "b.h5", .start = 4, .count = 1, .block = 4}};
    char *path = strdup(in_directory("segments/b.h5"));
    char *run = strdup(in_directory("run.h5"));
    double objective[8];
    char *bytes = NULL;
    size_t length = 0;
    store_t *store = NULL;
    for (size_t i = 0; i < 2; i++) ck_assert_ok(write_segment(directory, &segments[i]));
    ck_assert_ok(write_master(directory, segments, 2, 8));
    read_bytes(path, &bytes, &length);
    for (size_t i = 0; i < length; i += 61) {
        bytes[i] ^= 0x10;
        write_bytes(path, bytes, length);
        ck_assert_ok(store_open(run, &store));
        ck_assert_fails(
            store_read_rows(store, "/trajectories/objective", ARRAY_F64, 0, 8, objective),
            CONFX_STATUS_DAMAGED, "b.h5");
        store_close(store);
        bytes[i] ^= 0x10;
    }
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_ok(store_open(run, &store));
    ck_assert_fails(store_read_rows(store, "/trajectories/objective", ARRAY_F64, 0, 1, objective),
                    CONFX_STATUS_DAMAGED, "b.h5");
    write_bytes(path, bytes, length);
    ck_assert_str_eq(check_rows(store, 0, 8), "");
    store_close(store);
    free(bytes);
    free(path);
    free(run);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("damage");
    TCase *tests = tcase_create("damage");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, begin_directory, end_directory);
    tcase_add_test(tests, every_byte_that_changes_is_noticed);
    tcase_add_test(tests, zeros_turned_to_ones_are_noticed);
    tcase_add_test(tests, every_length_but_the_right_one_is_noticed);
    tcase_add_test(tests, a_file_that_is_not_of_the_log_is_damaged);
    tcase_add_test(tests, a_file_that_a_viewer_opened_for_writing_is_not_damaged);
    tcase_add_test(tests, what_a_viewer_changed_is_damage);
    tcase_add_test(tests, damage_to_a_file_that_a_viewer_wrote_is_noticed);
    tcase_add_test(tests, a_segment_is_verified_to_the_byte);
    tcase_add_test(tests, a_segment_of_other_rows_or_shapes_is_told_apart);
    tcase_add_test(tests, a_damaged_or_missing_segment_is_noticed_through_run_h5);
    return suite_run(suite);
}
