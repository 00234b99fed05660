#include "support.h"

#include <math.h>

static const double weights[2][3] = {{1.5, -0.0, 1e300}, {NAN, INFINITY, -2.25}};
static const float halves[4] = {0.5F, -0.5F, 1e-40F, 3e38F};
static const int64_t extremes[2] = {INT64_MIN, INT64_MAX};
static const uint32_t counts[2][1][3] = {{{0, 1, UINT32_MAX}}, {{7, 8, 9}}};
static const uint16_t levels[3] = {0, 12, UINT16_MAX};
static const double single = 2.5;
static const uint8_t flags[1] = {255};
static const char names[3][6] = {"conv1", "a", "\xc2\xb5m2"};

static const array_t everything[] = {
    {.name = "/net/weights",
     .type = ARRAY_F64,
     .rank = 2,
     .dims = {2, 3},
     .data = (void *)weights,
     .units = "nJ"},
    {.name = "/net/deep/halves", .type = ARRAY_F32, .rank = 1, .dims = {4}, .data = (void *)halves},
    {.name = "extremes", .type = ARRAY_I64, .rank = 1, .dims = {2}, .data = (void *)extremes},
    {.name = "/counts", .type = ARRAY_U32, .rank = 3, .dims = {2, 1, 3}, .data = (void *)counts},
    {.name = "/levels", .type = ARRAY_U16, .rank = 1, .dims = {3}, .data = (void *)levels},
    {.name = "/flags", .type = ARRAY_U8, .rank = 1, .dims = {1}, .data = (void *)flags},
    {.name = "/names", .type = ARRAY_TEXT, .rank = 2, .dims = {3, 6}, .data = (void *)names},
    {.name = "/none", .type = ARRAY_F64, .rank = 1, .dims = {0}},
    {.name = "/none_of_many", .type = ARRAY_U16, .rank = 3, .dims = {0, 5, 2}},
    {.name = "/many_of_none", .type = ARRAY_U16, .rank = 2, .dims = {5, 0}},
    {.name = "/no_names", .type = ARRAY_TEXT, .rank = 2, .dims = {0, 1}},
    {.name = "/single", .type = ARRAY_F64, .dims = {1}, .data = (void *)&single, .units = "s"},
};
enum { EVERYTHING = sizeof everything / sizeof *everything };

static const attribute_t facts[] = {{"/", "program", .text = "confx"},
                                    {"/", "nothing", .text = ""},
                                    {"/net/weights", "step", .whole = true, .integer = -77},
                                    {"/net/weights", "rate", .real = 1e-3},
                                    {"/result/best", "units", .text = "\xc2\xb5s"}};
enum { FACTS = sizeof facts / sizeof *facts };

static const char *write_everything(const char *name)
{
    const char *path = in_directory(name);
    ck_assert_ok(store_write(path, everything, EVERYTHING, facts, FACTS, NULL));
    return path;
}

START_TEST(what_was_written_is_read_back)
{
    store_t *store = NULL;
    ck_assert_ok(store_open(write_everything("a.h5"), &store));
    for (size_t i = 0; i < EVERYTHING; i++) {
        const array_t *written = &everything[i];
        char bytes[256];
        array_t found = {0};
        memset(bytes, 0x55, sizeof bytes);
        ck_assert(has(store, written->name));
        ck_assert_ok(store_describe(store, written->name, &found));
        ck_assert_int_eq(found.type, written->type);
        ck_assert_uint_eq(found.rank, written->rank);
        ck_assert_mem_eq(found.dims, written->dims, sizeof found.dims);
        ck_assert_ptr_null(found.data);
        found.data = bytes;
        ck_assert_ok(store_read(store, &found));
        if (array_bytes(written) > 0) ck_assert_mem_eq(bytes, written->data, array_bytes(written));
        ck_assert_int_eq(bytes[array_bytes(written)], 0x55);
    }
    store_close(store);
}
END_TEST

START_TEST(attributes_are_read_back)
{
    store_t *store = NULL;
    int64_t step = 0;
    const char *const texts[][3] = {{"/", "program", "confx"},
                                    {"/", "nothing", ""},
                                    {"/result/best", "units", "\xc2\xb5s"},
                                    {"/net/weights", "units", "nJ"}};
    ck_assert_ok(store_open(write_everything("a.h5"), &store));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *text = NULL;
        ck_assert_ok(store_read_text(store, texts[i][0], texts[i][1], &text));
        ck_assert_str_eq(text, texts[i][2]);
        free(text);
    }
    ck_assert_ok(store_read_integer(store, "/net/weights", "step", &step));
    ck_assert_int_eq(step, -77);
    store_close(store);
}
END_TEST

START_TEST(a_job_file_longer_than_an_object_header_fits_an_attribute)
{
    enum { LONG = 200000 };
    char *written = malloc(LONG + 1);
    char *found = NULL;
    store_t *store = NULL;
    ck_assert_ptr_nonnull(written);
    for (size_t i = 0; i < LONG; i++) written[i] = (char)('a' + i % 26);
    written[LONG] = 0;
    const attribute_t job = {"/", "job", .text = written};
    ck_assert_ok(store_write(in_directory("long.h5"), NULL, 0, &job, 1, NULL));
    ck_assert_ok(store_open(in_directory("long.h5"), &store));
    ck_assert_ok(store_read_text(store, "/", "job", &found));
    ck_assert_str_eq(found, written);
    store_close(store);
    free(found);
    free(written);
}
END_TEST

START_TEST(rows_of_an_array_of_many_chunks_are_read_in_any_type)
{
    enum { ROWS = 70001, WIDTH = 37 }; /* 10 MB: ten chunks */
    uint32_t *written = malloc(sizeof *written * ROWS * WIDTH);
    int64_t *found = malloc(sizeof *found * ROWS * WIDTH);
    store_t *store = NULL;
    ck_assert(written && found);
    for (size_t i = 0; i < (size_t)ROWS * WIDTH; i++) written[i] = (uint32_t)(i * 2654435761U);
    const array_t array = {
        .name = "/big", .type = ARRAY_U32, .rank = 2, .dims = {ROWS, WIDTH}, .data = written};
    ck_assert_ok(store_write(in_directory("big.h5"), &array, 1, NULL, 0, NULL));
    ck_assert_ok(store_open(in_directory("big.h5"), &store));
    const size_t ranges[][2] = {{0, ROWS}, {0, 1},        {ROWS - 1, 1},
                                {7084, 3}, {7000, 30000}, {ROWS, 0}};
    for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++) {
        ck_assert_ok(store_read_rows(store, "/big", ARRAY_I64, ranges[k][0], ranges[k][1], found));
        size_t wrong = 0; /* one assertion each would cost more than the reading */
        for (size_t i = 0; i < ranges[k][1] * WIDTH; i++)
            wrong += found[i] != written[ranges[k][0] * WIDTH + i];
        ck_assert_uint_eq(wrong, 0);
    }
    ck_assert_fails(store_read_rows(store, "/big", ARRAY_U32, 1, ROWS, found), CONFX_STATUS_DAMAGED,
                    "has 70001 rows");
    ck_assert_fails(store_read_rows(store, "/big", ARRAY_U32, SIZE_MAX, 2, found),
                    CONFX_STATUS_DAMAGED, "has 70001 rows");
    ck_assert_fails(store_read_rows(store, "/big", ARRAY_TEXT, 0, 1, found), CONFX_STATUS_DAMAGED,
                    "another type");
    store_close(store);
    free(written);
    free(found);
}
END_TEST

START_TEST(texts_are_read_by_rows)
{
    store_t *store = NULL;
    char found[2][6];
    ck_assert_ok(store_open(write_everything("a.h5"), &store));
    ck_assert_ok(store_read_rows(store, "/names", ARRAY_TEXT, 1, 2, found));
    ck_assert_mem_eq(found, names[1], sizeof found);
    store_close(store);
}
END_TEST

START_TEST(texts_are_never_cut_and_a_scalar_is_a_row)
{
    store_t *store = NULL;
    char wide[3][9];
    char narrow[3][5];
    char narrower[3][4];
    double row = 0;
    ck_assert_ok(store_open(write_everything("a.h5"), &store));
    array_t texts = {.name = "/names", .type = ARRAY_TEXT, .rank = 2, .dims = {3, 9}, .data = wide};
    ck_assert_ok(store_read(store, &texts));
    for (size_t i = 0; i < 3; i++) ck_assert_str_eq(wide[i], names[i]);
    texts =
        (array_t){.name = "/names", .type = ARRAY_TEXT, .rank = 2, .dims = {3, 5}, .data = narrow};
    ck_assert_ok(store_read(store, &texts)); /* the longest fills its five bytes */
    ck_assert_mem_eq(narrow[0], "conv1", 5);
    texts = (array_t){
        .name = "/names", .type = ARRAY_TEXT, .rank = 2, .dims = {3, 4}, .data = narrower};
    ck_assert_fails(store_read(store, &texts), CONFX_STATUS_DAMAGED,
                    "a text of 5 bytes, expected 4 at most");
    const array_t one = {
        .name = "/single", .type = ARRAY_F64, .rank = 1, .dims = {1}, .data = &row};
    ck_assert_ok(store_read(store, &one));
    ck_assert_double_eq(row, single);
    row = 0;
    ck_assert_ok(store_read_rows(store, "/single", ARRAY_F64, 0, 1, &row));
    ck_assert_double_eq(row, single);
    ck_assert_fails(store_read_rows(store, "/single", ARRAY_F64, 0, 2, &row), CONFX_STATUS_DAMAGED,
                    "has 1 rows");
    store_close(store);
}
END_TEST

START_TEST(a_checksum_is_the_usual_crc_32)
{
    ck_assert_uint_eq(store_checksum("123456789", 9),
                      0xcbf43926); /* as every catalogue of CRCs has it */
    ck_assert_uint_eq(store_checksum("", 0), 0);
}
END_TEST

START_TEST(the_same_content_makes_the_same_bytes)
{
    char *bytes[2];
    size_t lengths[2];
    read_bytes(write_everything("one.h5"), &bytes[0], &lengths[0]);
    ck_assert_int_eq(usleep(1100000), 0); /* HDF5 keeps times in whole seconds */
    read_bytes(write_everything("two.h5"), &bytes[1], &lengths[1]);
    ck_assert_uint_eq(lengths[0], lengths[1]);
    ck_assert_mem_eq(bytes[0], bytes[1], lengths[0]);
    free(bytes[0]);
    free(bytes[1]);
}
END_TEST

START_TEST(what_is_not_there_or_of_another_type_is_said)
{
    store_t *store = NULL;
    array_t found = {0};
    double data[8];
    int64_t whole = 0;
    char *text = NULL;
    ck_assert_fails(store_open(in_directory("none.h5"), &store), CONFX_STATUS_INPUT, "none.h5");
    ck_assert_ptr_null(store);
    ck_assert_ok(store_open(write_everything("a.h5"), &store));
    ck_assert(!has(store, "/net/absent"));
    ck_assert(!has(store, "/absent/absent"));
    ck_assert_fails(store_describe(store, "/net/absent", &found), CONFX_STATUS_DAMAGED,
                    "a.h5: /net/absent: ");
    const array_t shorter = {
        .name = "/net/weights", .type = ARRAY_F64, .rank = 2, .dims = {2, 2}, .data = data};
    ck_assert_fails(store_read(store, &shorter), CONFX_STATUS_DAMAGED,
                    "a.h5: /net/weights: has another type or shape");
    const array_t flat = {
        .name = "/net/weights", .type = ARRAY_F64, .rank = 1, .dims = {6}, .data = data};
    ck_assert_fails(store_read(store, &flat), CONFX_STATUS_DAMAGED, "another type or shape");
    const array_t whole_numbers = {
        .name = "/net/weights", .type = ARRAY_I64, .rank = 2, .dims = {2, 3}, .data = data};
    ck_assert_fails(store_read(store, &whole_numbers), CONFX_STATUS_DAMAGED,
                    "another type or shape");
    ck_assert_fails(store_read_integer(store, "/net/weights", "rate", &whole), CONFX_STATUS_DAMAGED,
                    "rate: has another type");
    ck_assert_fails(store_read_text(store, "/net/weights", "step", &text), CONFX_STATUS_DAMAGED,
                    "step: has another type");
    ck_assert_fails(store_read_text(store, "/", "absent", &text), CONFX_STATUS_DAMAGED,
                    "a.h5: absent: ");
    ck_assert_fails(store_read_text(store, "/absent", "units", &text), CONFX_STATUS_DAMAGED,
                    "a.h5: units: ");
    ck_assert_ptr_null(text);
    store_close(store);
}
END_TEST

START_TEST(what_cannot_be_stored_leaves_what_was_there)
{
    store_t *store = NULL;
    const char *path = write_everything("a.h5");
    const array_t twice[] = {everything[0], everything[0]};
    const array_t flat_text = {.name = "/t", .type = ARRAY_TEXT, .data = (void *)names};
    const array_t no_width = {.name = "/t", .type = ARRAY_TEXT, .rank = 2, .dims = {3, 0}};
    const array_t high = {.name = "/t", .type = ARRAY_U8, .rank = 4};
    const array_t below_a_dataset = {
        .name = "/flags/x", .type = ARRAY_U8, .rank = 1, .dims = {1}, .data = (void *)flags};
    const array_t upon[] = {everything[5], below_a_dataset};
    ck_assert_fails(store_write(path, twice, 2, NULL, 0, NULL), CONFX_STATUS_IO,
                    "a.h5: /net/weights: ");
    ck_assert_fails(store_write(path, upon, 2, NULL, 0, NULL), CONFX_STATUS_IO, "a.h5: /flags/x: ");
    ck_assert_fails(store_write(path, &flat_text, 1, NULL, 0, NULL), CONFX_STATUS_INPUT,
                    "a.h5: /t: expected");
    ck_assert_fails(store_write(path, &no_width, 1, NULL, 0, NULL), CONFX_STATUS_INPUT,
                    "a.h5: /t: expected");
    ck_assert_fails(store_write(path, &high, 1, NULL, 0, NULL), CONFX_STATUS_INPUT,
                    "a.h5: /t: expected");
    ck_assert_fails(store_write(in_directory("no/where.h5"), NULL, 0, NULL, 0, NULL),
                    CONFX_STATUS_IO, "no/where.h5");
    ck_assert_fails(store_write(directory, NULL, 0, NULL, 0, NULL), CONFX_STATUS_IO, directory);
    ck_assert_ok(store_open(path, &store));
    ck_assert(has(store, "/net/weights"));
    store_close(store);
}
END_TEST

START_TEST(a_path_too_long_is_said)
{
    static char path[2 * FILE_PATH_MAX];
    store_t *store = NULL;
    memset(path, 'x', sizeof path - 1);
    ck_assert_fails(store_write(path, NULL, 0, NULL, 0, NULL), CONFX_STATUS_IO, "too long");
    ck_assert_fails(store_open(path, &store), CONFX_STATUS_IO, "too long");
    path[FILE_PATH_MAX - 8] = 0; /* the temporary's name is longer */
    ck_assert_int_eq(store_write(path, NULL, 0, NULL, 0, NULL).code, CONFX_STATUS_IO);
}
END_TEST

START_TEST(h5py_and_h5dump_read_all_of_it)
{
    static const char script[] =
        "import h5py, numpy as np, sys\n"
        "f = h5py.File(sys.argv[1], 'r')\n"
        "w = f['net/weights'][()]\n"
        "assert (w[0] == [1.5, 0, 1e300]).all() and np.signbit(w[0, 1]) and np.isnan(w[1, 0]) and "
        "w[1, 1] == np.inf\n"
        "assert f['net/deep/halves'].dtype == '<f4' and f['net/deep/halves'][2] == "
        "np.float32(1e-40)\n"
        "assert list(f['extremes']) == [-2**63, 2**63 - 1] and f['counts'][0, 0, 2] == 2**32 - 1\n"
        "assert list(f['levels']) == [0, 12, 65535] and list(f['flags']) == [255]\n"
        "assert f['names'].asstr()[:].tolist() == ['conv1', 'a', '\\u00b5m2'] and "
        "f['single'].shape == ()\n"
        "assert f['single'][()] == 2.5 and h5py.check_string_dtype(f['names'].dtype) == ('utf-8', "
        "None)\n"
        "assert [x.decode() for x in f['names']] == ['conv1', 'a', '\\u00b5m2']\n"
        "assert f['none'].shape == (0,) and f['none_of_many'].shape == (0, 5, 2) and "
        "f['many_of_none'].shape == (5, "
        "0)\n"
        "assert f['none_of_many'][()].size == 0 and f['no_names'].shape == (0,)\n"
        "assert f.attrs['program'] == 'confx' and f['net/weights'].attrs['units'] == 'nJ' and "
        "f.attrs['nothing'] == "
        "''\n"
        "assert f['net/weights'].attrs['step'] == -77 and f['net/weights'].attrs['rate'] == 1e-3\n"
        "assert all(f[n].fletcher32 for n in ('net/weights', 'flags', 'none', 'many_of_none'))\n"
        "assert f.userblock_size == 512\n";
    char command[256];
    const char *path = write_everything("a.h5");
    need_h5py();
    ck_assert_int_eq(run_python("/", script, path), 0);
    need_h5dump();
    (void)snprintf(command, sizeof command, "h5dump %s | grep -q '\"conv1.*\", \"a'", path);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(hdf5_prints_nothing_of_its_own)
{
    store_t *store = NULL;
    int ends[2];
    char printed[64];
    (void)fflush(stderr);
    const int kept = dup(STDERR_FILENO);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    const confx_status_t status = store_open(write_everything("a.h5"), &store);
    bool found = true;
    const confx_status_t absent = store_has(store, "/absent/absent", &found);
    char *text = NULL;
    const confx_status_t missing = store_read_text(store, "/absent", "x", &text);
    ck_assert_int_eq(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    ck_assert_int_eq(close(ends[1]), 0);
    ck_assert_int_eq(read(ends[0], printed, sizeof printed), 0);
    ck_assert_ok(status);
    ck_assert_ok(absent);
    ck_assert(!found);
    ck_assert_int_eq(missing.code, CONFX_STATUS_DAMAGED);
    store_close(store);
    (void)close(ends[0]);
    (void)close(kept);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *tests = tcase_create("store");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, begin_directory, end_directory);
    tcase_add_test(tests, what_was_written_is_read_back);
    tcase_add_test(tests, attributes_are_read_back);
    tcase_add_test(tests, a_job_file_longer_than_an_object_header_fits_an_attribute);
    tcase_add_test(tests, rows_of_an_array_of_many_chunks_are_read_in_any_type);
    tcase_add_test(tests, texts_are_read_by_rows);
    tcase_add_test(tests, texts_are_never_cut_and_a_scalar_is_a_row);
    tcase_add_test(tests, a_checksum_is_the_usual_crc_32);
    tcase_add_test(tests, the_same_content_makes_the_same_bytes);
    tcase_add_test(tests, what_is_not_there_or_of_another_type_is_said);
    tcase_add_test(tests, what_cannot_be_stored_leaves_what_was_there);
    tcase_add_test(tests, a_path_too_long_is_said);
    tcase_add_test(tests, h5py_and_h5dump_read_all_of_it);
    tcase_add_test(tests, hdf5_prints_nothing_of_its_own);
    return suite_run(suite);
}
