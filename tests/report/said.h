/* What a report wrote: files of the fixture's directory, and what was printed into memory. Include
   it behind fixture.h. */
#ifndef TESTS_REPORT_SAID_H
#define TESTS_REPORT_SAID_H

/* The caller frees. */
static inline char *said_file(const char *name)
{
    char path[FILE_PATH_MAX];
    char *text;
    ck_assert_ok(file_join(directory, name, path));
    ck_assert_ok(file_load(path, FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    return text;
}

/* All that `print`, which is to succeed, writes to the stream `out`, into text; the caller frees.
 */
#define said_by(text, print)                                                                       \
    do {                                                                                           \
        size_t said_length;                                                                        \
        FILE *out = open_memstream(&(text), &said_length);                                         \
        ck_assert_ptr_nonnull(out);                                                                \
        ck_assert_ok(print);                                                                       \
        ck_assert_int_eq(fclose(out), 0);                                                          \
    } while (0)

/* Not inlined: gcc 12 would take what it walks for the variable that the text was loaded through.
 */
__attribute__((noinline, unused)) static size_t said_times(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part)) n++;
    return n;
}

#define ck_assert_says(text, part)                                                                 \
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is missing in\n%.3000s", part, text)

#endif
