#include "confx/yaml_table.h"
#include "suite.h"

#include <math.h>
#include <string.h>

/* ---- a table with one of everything ---------------------------------------------------------- */

enum { RED, GREEN };

typedef struct {
    uint32_t small;
    double *ratio;
} inner_t;

typedef struct {
    char *name;
    uint64_t seed;
    bool on;
    int colour;
    double real;
    uint32_t *levels;
    unsigned levels_count;
    double pair[2];
    inner_t inner;
    char *size;
} thing_t;

static const char *const colours[] = {"red", "green", NULL};
static const char *const sizes[] = {"small", "large", NULL};

#define KEY(type_, member, standard_, help_)                                                       \
    YAML_PLACE(thing_t, member), .type = (type_), .standard = (standard_), .help = (help_)
static const yaml_key_t keys[] = {
    {KEY(YAML_NAME, name, "x", "its name")},
    {KEY(YAML_WHOLE, seed, "1", "of numbers"), .whole = {0, INT64_MAX}},
    {KEY(YAML_BOOL, on, "true", "is it")},
    {KEY(YAML_WORD, colour, "red", "its colour"), .words = colours},
    {KEY(YAML_REAL, real, "2", "a weight"), .real = {0, INFINITY, false}},
    {KEY(YAML_LEVELS, levels, "[1, 2]", "steps"), .whole = {1, UINT32_MAX}, .n = 4,
     .count_offset = offsetof(thing_t, levels_count)},
    {KEY(YAML_REALS, pair, "[0, 1]", "ends"), .real = {-INFINITY, INFINITY, false}, .n = 2},
    {KEY(YAML_WHOLE, inner.small, "3", "a byte"), .whole = {0, 255}},
    {KEY(YAML_GIVEN, inner.ratio, NULL, "a share"), .real = {0, 1, true}},
    {KEY(YAML_TEXT, size, NULL, "a size"), .words = sizes},
    YAML_KEYS_END,
};

static const char good[] = "name: thing\n"
                           "seed: 9223372036854775807\n"
                           "on: yes\n"
                           "colour: green\n"
                           "real: 2.5e7\n"
                           "levels: [1, 2,\n"
                           "         4294967295]\n"
                           "pair: [0.1, -3]\n"
                           "inner:\n"
                           "  small: 255\n"
                           "  ratio: 0.5\n"
                           "size: large\n";

static yaml_t *tree_of(const char *text)
{
    yaml_t *yaml;
    ck_assert_ok(yaml_open(text, "t.yaml", &yaml));
    return yaml;
}

static void set(yaml_t *yaml, const char *assignment)
{
    yaml_t *over;
    ck_assert_ok(yaml_open_set("--set", assignment, &over));
    ck_assert_ok(yaml_merge(yaml, over));
    yaml_close(over);
}

/* Whatever is complained of at that key names its place. */
static void expect_place(const yaml_t *yaml, const char *path, const char *message)
{
    const confx_status_t status = yaml_refuse(yaml, path, "no");
    ck_assert_int_eq(status.code, CONFX_STATUS_INPUT);
    ck_assert_str_eq(status.message, message);
}

static void expect_text(const yaml_t *yaml, const char *expected)
{
    char *text;
    ck_assert_ok(yaml_text(yaml, &text));
    ck_assert_str_eq(text, expected);
    free(text);
}

/* ---- trees ----------------------------------------------------------------------------------- */

START_TEST(keys_know_their_lines_and_missing_ones_the_line_above)
{
    yaml_t *yaml = tree_of(good);
    expect_place(yaml, "name", "t.yaml:1: name: no");
    expect_place(yaml, "inner.ratio", "t.yaml:11: inner.ratio: no");
    expect_place(yaml, "levels[1]", "t.yaml:6: levels[1]: no");
    expect_place(yaml, "levels[2]", "t.yaml:7: levels[2]: no");
    expect_place(yaml, "levels[3]", "t.yaml:6: levels[3]: no");
    expect_place(yaml, "inner.none", "t.yaml:9: inner.none: no");
    ck_assert(yaml_has(yaml, "inner.small"));
    ck_assert(!yaml_has(yaml, "inner.smal"));
    ck_assert(!yaml_has(yaml, "name.small"));
    ck_assert(!yaml_has(yaml, "name[0]"));
    ck_assert_str_eq(yaml_file(yaml), "t.yaml");
    yaml_close(yaml);
}
END_TEST

START_TEST(bad_yaml_is_refused_with_file_and_line)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "t.yaml: is empty"},
        {"# a comment\n\n", "t.yaml: is empty"},
        {"- 1\n- 2\n", "t.yaml:1: expected \"key: value\" lines, found a list"},
        {"\n\nword\n", "t.yaml:3: expected \"key: value\" lines, found \"word\""},
        {"a: 1\n\tb: 2\n",
         "t.yaml:2: expected YAML; found a tab character that violates indentation"},
        {"a:\n\tb: 2\n", "t.yaml:2: expected YAML; found character that cannot start any token"},
        {"a:\n\tb: 2\n", "(YAML indents with blanks, not tabs)"},
        {"a: @b\n", "t.yaml:1: expected YAML; found character that cannot start any token"},
        {"a: [1, 2\nb: 3\n", "t.yaml:2: expected YAML; did not find expected ',' or ']'"},
        {"a: 1\nb: 2\na: 3\n", "t.yaml:3: a: this key is given twice, first in line 1"},
        {"a:\n  b: 1\n  b: 2\n", "t.yaml:3: b: this key is given twice, first in line 2"},
        {"a: &x 1\n", "t.yaml:1: expected plain YAML, found an anchor"},
        {"a: 1\nb: *x\n", "t.yaml:2: expected plain YAML, found an alias"},
        {"a: !!int 1\n", "t.yaml:1: expected plain YAML, found a tag"},
        {"a: 1\n---\nb: 2\n", "t.yaml:2: expected one document, found a second"},
        {"a: 1\n[b]: 2\n", "t.yaml:2: expected a plain word as key"},
        {"a: 1\nb.c: 2\n", "t.yaml:2: b.c: expected a plain word as key"},
        {"a: 1\nb: \xFF\n", "t.yaml:2: expected YAML; invalid leading UTF-8 octet"},
        {"a: 1\nb: \"x\\0y\"\n", "t.yaml:2: b: expected text, found a NUL byte"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        yaml_t *yaml;
        ck_assert_fails(yaml_open(cases[i].text, "t.yaml", &yaml), CONFX_STATUS_INPUT,
                        cases[i].says);
        ck_assert_ptr_null(yaml);
    }
}
END_TEST

START_TEST(a_bottomless_nesting_is_refused)
{
    static char text[200002];
    yaml_t *yaml;
    text[0] = 'a';
    text[1] = ':';
    text[2] = ' ';
    memset(text + 3, '[', sizeof text - 4);
    ck_assert_fails(yaml_open(text, "t.yaml", &yaml), CONFX_STATUS_INPUT,
                    "t.yaml:1: expected a nesting of at most 32");
}
END_TEST

START_TEST(a_tree_laid_over_another_replaces_key_by_key)
{
    yaml_t *base = tree_of("a: 1\nb:\n  c: 2\n  d: 3\ne: [1, 2]\n");
    yaml_t *over;
    ck_assert_ok(yaml_open("\n\nb: {d: 4, f: 5}\ne: [6]\ng: x\na: {h: 7}\n", "over.yaml", &over));
    ck_assert_ok(yaml_merge(base, over));
    yaml_close(over);
    expect_text(base, "a:\n  h: 7\nb:\n  c: 2\n  d: 4\n  f: 5\ne: [6]\ng: x\n");
    expect_place(base, "b.c", "t.yaml:3: b.c: no");
    expect_place(base, "b.d", "over.yaml:3: b.d: no");
    expect_place(base, "b.none", "over.yaml:3: b.none: no");
    yaml_close(base);
}
END_TEST

START_TEST(a_dropped_key_is_gone_and_the_others_stay)
{
    yaml_t *yaml = tree_of("a: 1\nb:\n  c: 2\n  d: 3\n");
    yaml_drop(yaml, "b.c");
    yaml_drop(yaml, "b.x");
    yaml_drop(yaml, "x.y");
    yaml_drop(yaml, "a.y");
    expect_text(yaml, "a: 1\nb:\n  d: 3\n");
    yaml_drop(yaml, "a");
    yaml_drop(yaml, "b");
    ck_assert(!yaml_has(yaml, "b"));
    yaml_close(yaml);
}
END_TEST

START_TEST(an_assignment_sets_one_key_whatever_its_type)
{
    yaml_t *yaml = tree_of("a: 1\nb: {c: 2}\n");
    set(yaml, "a=word");
    set(yaml, "b.c=[1, 2]");
    set(yaml, "b.d.e=0.5");
    set(yaml, "b.f={g: x=y}");
    expect_text(yaml, "a: word\nb:\n  c: [1, 2]\n  d:\n    e: 0.5\n  f:\n    g: x=y\n");
    expect_place(yaml, "a", "--set a=word: no");
    expect_place(yaml, "b.f.g", "--set b.f={g: x=y}: b.f.g: no");
    ck_assert_str_eq(yaml_file(yaml), "t.yaml");
    yaml_close(yaml);
}
END_TEST

START_TEST(a_bad_assignment_is_refused_with_its_option)
{
    static const struct {
        const char *assignment, *says;
    } cases[] = {
        {"a", "--hw a: expected KEY=VALUE"},
        {"=1", "--hw =1: expected KEY=VALUE with a key such as"},
        {"a..b=1", "--hw a..b=1: expected KEY"},
        {".a=1", "--hw .a=1: expected KEY"},
        {"a.=1", "--hw a.=1: expected KEY"},
        {"a=", "--hw a=: is empty"},
        {"a=[1", "--hw a=[1: expected YAML; "},
        {"a={b: 1, b: 2}", "--hw a={b: 1, b: 2}: b: this key is given twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        yaml_t *yaml;
        ck_assert_fails(yaml_open_set("--hw", cases[i].assignment, &yaml), CONFX_STATUS_INPUT,
                        cases[i].says);
        ck_assert_ptr_null(yaml);
    }
}
END_TEST

START_TEST(a_tree_survives_being_written_and_read)
{
    static const char awkward[] = "plain: a b\n"
                                  "quoted: \"12\"\n"
                                  "colon: 'a: b # c'\n"
                                  "empty: \"\"\n"
                                  "lines: \"one\\ntwo\"\n"
                                  "umlaut: \"\xC3\xA4\"\n"
                                  "list: [\"1\", -2, {a: b}, [x, 'y, z']]\n";
    yaml_t *yaml = tree_of(awkward);
    char *text;
    ck_assert_ok(yaml_text(yaml, &text));
    yaml_t *again = tree_of(text);
    expect_text(again, text);
    ck_assert_ptr_nonnull(strstr(text, "umlaut: \"\xC3\xA4\""));
    free(text);
    yaml_close(again);
    yaml_close(yaml);
}
END_TEST

START_TEST(an_added_text_is_taken_as_it_is)
{
    yaml_t *yaml = tree_of("a: 1\n");
    char *text;
    ck_assert_ok(yaml_add(yaml, "output", "runs/a: [b] # c"));
    ck_assert_ok(yaml_text(yaml, &text));
    ck_assert_str_eq(text, "a: 1\noutput: 'runs/a: [b] # c'\n");
    free(text);
    yaml_close(yaml);
}
END_TEST

/* It came from a command line: a file with such bytes is not parsed. */
START_TEST(text_that_yaml_cannot_hold_is_refused_as_such)
{
    static const char *const odd[] = {"runs/caf\xe9", "\x80",         "a\xc3",
                                      "\xc0\xaf",     "\xed\xa0\x80", "\xf5\x80\x80\x80"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        yaml_t *yaml = tree_of("a: 1\n");
        char *text;
        ck_assert_ok(yaml_add(yaml, "output", odd[i]));
        const confx_status_t status = yaml_text(yaml, &text);
        ck_assert_int_eq(status.code, CONFX_STATUS_INPUT);
        ck_assert_ptr_nonnull(strstr(status.message, "output: expected text in UTF-8"));
        ck_assert_ptr_null(text);
        yaml_close(yaml);
    }
}
END_TEST

/* ---- reading into structs -------------------------------------------------------------------- */

START_TEST(a_tree_is_read_into_a_struct)
{
    yaml_t *yaml = tree_of(good);
    thing_t thing = {0};
    ck_assert_ok(yaml_read(yaml, keys, &thing));
    ck_assert_str_eq(thing.name, "thing");
    ck_assert(thing.seed == INT64_MAX);
    ck_assert(thing.on);
    ck_assert_int_eq(thing.colour, GREEN);
    ck_assert_double_eq(thing.real, 2.5e7);
    ck_assert_uint_eq(thing.levels_count, 3);
    ck_assert_uint_eq(thing.levels[2], UINT32_MAX);
    ck_assert_double_eq(thing.pair[0], 0.1);
    ck_assert_double_eq(thing.pair[1], -3);
    ck_assert_uint_eq(thing.inner.small, 255);
    ck_assert_double_eq(*thing.inner.ratio, 0.5);
    ck_assert_str_eq(thing.size, "large");
    yaml_release(keys, &thing);
    ck_assert(!thing.name && !thing.levels && !thing.inner.ratio && !thing.size);
    yaml_release(keys, &thing);
    yaml_close(yaml);
}
END_TEST

START_TEST(what_the_tree_leaves_out_stays_as_it_is)
{
    yaml_t *yaml = tree_of("on: no\n");
    thing_t thing = {.seed = 7, .on = true};
    ck_assert_ok(yaml_read(yaml, keys, &thing));
    ck_assert(!thing.on);
    ck_assert_uint_eq(thing.seed, 7);
    ck_assert_ptr_null(thing.inner.ratio);
    yaml_close(yaml);
}
END_TEST

START_TEST(defaults_are_those_of_the_table)
{
    yaml_t *yaml;
    thing_t thing = {0};
    ck_assert_ok(yaml_defaults(keys, &yaml));
    expect_text(yaml,
                "name: x\nseed: 1\non: true\ncolour: red\nreal: 2\nlevels: [1, 2]\npair: [0, 1]\n"
                "inner:\n  small: 3\n");
    ck_assert_ok(yaml_read(yaml, keys, &thing));
    ck_assert_int_eq(thing.colour, RED);
    yaml_release(keys, &thing);
    yaml_close(yaml);
}
END_TEST

START_TEST(what_the_table_does_not_take_is_refused_with_place_and_expectation)
{
    static const struct {
        const char *over, *says;
    } cases[] = {
        {"nam: x", "o.yaml:1: nam: unknown key, did you mean \"name\"? (known here: name, seed, "
                   "on, colour, real, "
                   "levels, pair, inner, size)"},
        {"inner:\n  smal: 1", "o.yaml:2: inner.smal: unknown key, did you mean \"inner.small\"? "
                              "(known here: small, ratio)"},
        {"inner:\n  sed: 1",
         "o.yaml:2: inner.sed: unknown key, did you mean \"seed\"? (known here: small, ratio)"},
        {"zzz: 1", "o.yaml:1: zzz: unknown key (known here: name, "},
        {"inne: 1", "o.yaml:1: inne: unknown key, did you mean \"inner\"?"},
        {"seed: many",
         "o.yaml:1: seed: expected a whole number from 0 to 9223372036854775807, found \"many\""},
        {"seed: \"1\"", "o.yaml:1: seed: expected a whole number"},
        {"seed: -1", "o.yaml:1: seed: expected a whole number"},
        {"seed: 010", "o.yaml:1: seed: expected a whole number"},
        {"seed: 0x10", "o.yaml:1: seed: expected a whole number"},
        {"seed: 1.0", "o.yaml:1: seed: expected a whole number"},
        {"seed: [1]",
         "o.yaml:1: seed: expected a whole number from 0 to 9223372036854775807, found a list"},
        {"seed: {a: 1}", "found a mapping"},
        {"seed:",
         "o.yaml:1: seed: expected a whole number from 0 to 9223372036854775807, found nothing"},
        {"inner: {small: 256}",
         "o.yaml:1: inner.small: expected a whole number from 0 to 255, found \"256\""},
        {"inner: {ratio: nan}", "o.yaml:1: inner.ratio: expected a number, found \"nan\""},
        {"inner: {ratio: 0}", "o.yaml:1: inner.ratio: expected a number above 0, up to 1, found 0"},
        {"inner: {ratio: 1.5}",
         "o.yaml:1: inner.ratio: expected a number above 0, up to 1, found 1.5"},
        {"real: 1e999", "o.yaml:1: real: expected a number"},
        {"real: -0.5", "o.yaml:1: real: expected 0 or more, found -0.5"},
        {"on: maybe", "o.yaml:1: on: expected true or false, found \"maybe\""},
        {"colour: blue", "o.yaml:1: colour: expected one of red, green, found \"blue\""},
        {"colour: 1", "o.yaml:1: colour: expected one of red, green, found \"1\""},
        {"colour: rad", "found \"rad\", did you mean \"red\"?"},
        {"size: larg",
         "o.yaml:1: size: expected one of small, large, found \"larg\", did you mean \"large\"?"},
        {"name: ''", "o.yaml:1: name: expected a text"},
        {"name: [x]", "o.yaml:1: name: expected a text, found a list"},
        {"name: \"a\\tb\"",
         "o.yaml:1: name: expected a name without control characters, found \"a\\x09b\""},
        {"name: =1+2", "o.yaml:1: name: expected a name that does not begin with =, +, - or @"},
        {"levels: 3", "o.yaml:1: levels: expected a list, as in [1, 2], found \"3\""},
        {"levels: []", "o.yaml:1: levels: expected at least 1 in the list, found 0"},
        {"levels: [1, 2, 3, 4, 5]", "o.yaml:1: levels: expected at most 4 in the list, found 5"},
        {"levels:\n  - 1\n  - x",
         "o.yaml:3: levels[1]: expected a whole number from 1 to 4294967295, found \"x\""},
        {"levels: [0]",
         "o.yaml:1: levels[0]: expected a whole number from 1 to 4294967295, found \"0\""},
        {"levels: [2, 2]",
         "o.yaml:1: levels[1]: expected more than the level before it (2), found 2"},
        {"pair: [1]", "o.yaml:1: pair: expected at least 2 in the list, found 1"},
        {"pair: [1, 2, 3]", "o.yaml:1: pair: expected at most 2 in the list, found 3"},
        {"pair: [1, x]", "o.yaml:1: pair[1]: expected a number, found \"x\""},
        {"inner: 3", "o.yaml:1: inner: expected keys and values, found \"3\""},
        {"inner: [small]", "o.yaml:1: inner: expected keys and values, found a list"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        yaml_t *yaml = tree_of(good);
        yaml_t *over;
        thing_t thing = {0};
        ck_assert_ok(yaml_open(cases[i].over, "o.yaml", &over));
        ck_assert_ok(yaml_merge(yaml, over));
        ck_assert_fails(yaml_read(yaml, keys, &thing), CONFX_STATUS_INPUT, cases[i].says);
        ck_assert(!thing.name && !thing.levels && !thing.inner.ratio && !thing.size);
        yaml_close(over);
        yaml_close(yaml);
    }
}
END_TEST

START_TEST(a_text_has_its_limit)
{
    char text[5000] = "name: ";
    yaml_t *yaml;
    thing_t thing = {0};
    memset(text + strlen(text), 'n', 4096);
    yaml = tree_of(text);
    ck_assert_fails(yaml_read(yaml, keys, &thing), CONFX_STATUS_INPUT,
                    "t.yaml:1: name: expected a text of at most 4095 bytes, found 4096");
    yaml_close(yaml);
}
END_TEST

START_TEST(a_missing_key_without_a_default_is_named)
{
    yaml_t *yaml = tree_of(good);
    ck_assert_ok(yaml_require(yaml, keys));
    yaml_drop(yaml, "seed"); /* it has a default */
    ck_assert_ok(yaml_require(yaml, keys));
    yaml_drop(yaml, "size");
    ck_assert_fails(yaml_require(yaml, keys), CONFX_STATUS_INPUT,
                    "t.yaml:1: size: expected this key, found none");
    yaml_drop(yaml, "inner.ratio");
    ck_assert_fails(yaml_require(yaml, keys), CONFX_STATUS_INPUT,
                    "t.yaml:9: inner.ratio: expected this key, found none");
    yaml_drop(yaml, "inner");
    ck_assert_fails(yaml_require(yaml, keys), CONFX_STATUS_INPUT,
                    "t.yaml:1: inner.ratio: expected this key, found none");
    yaml_close(yaml);
}
END_TEST

START_TEST(a_path_through_a_value_is_refused_when_it_is_read)
{
    yaml_t *yaml = tree_of(good);
    thing_t thing = {0};
    set(yaml, "seed.x=1");
    ck_assert_fails(yaml_read(yaml, keys, &thing), CONFX_STATUS_INPUT,
                    "--set seed.x=1: seed: expected a whole number from 0 to 9223372036854775807, "
                    "found a mapping");
    yaml_close(yaml);
}
END_TEST

/* ---- keys written as paths ------------------------------------------------------------------- */

START_TEST(keys_may_be_paths)
{
    static const struct {
        const char *text, *says; /* what it stands for, or the refusal */
    } cases[] = {
        {"a.b.c: 1\nd: 2\na.e: 3\n", "a:\n  b:\n    c: 1\n  e: 3\nd: 2\n"},
        {"a: {b: 1}\na.c: 2\n", "a:\n  b: 1\n  c: 2\n"},
        {"l: [{a.b: 1}]\n", "l: [{a: {b: 1}}]\n"},
        {"a.b: 1\na: {c.d: 2}\n", "a:\n  b: 1\n  c:\n    d: 2\n"},
        {"a:\n  b: 1\na.b: 2\n", "t.yaml:3: a.b: this key is given twice, first in line 2"},
        {"a.b: 1\na.b: 2\n", "t.yaml:2: a.b: this key is given twice, first in line 1"},
        {"a: 1\na.b: 2\n", "t.yaml:2: a: this key is given twice, first in line 1"},
        {"a.b: 1\na: 2\n", "t.yaml:2: a: this key is given twice, first in line 1"},
        {"a..b: 1\n", "t.yaml:1: a..b: expected a plain word as key"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        yaml_t *yaml;
        const confx_status_t status = yaml_open_paths(cases[i].text, "t.yaml", &yaml);
        if (status.code != CONFX_STATUS_OK) {
            ck_assert_str_eq(status.message, cases[i].says);
            ck_assert_ptr_null(yaml);
            continue;
        }
        expect_text(yaml, cases[i].says);
        yaml_close(yaml);
    }
}
END_TEST

/* ---- for people ------------------------------------------------------------------------------ */

START_TEST(each_line_is_explained_and_absent_keys_are_comments)
{
    static const yaml_key_t few[] = {
        {KEY(YAML_WORD, colour, "red", "its colour"), .words = colours},
        {KEY(YAML_WHOLE, inner.small, "3", "a byte"), .whole = {0, 255}},
        {KEY(YAML_GIVEN, inner.ratio, NULL, "a share"), .real = {0, 1, true}},
        {KEY(YAML_TEXT, name, NULL, "its name")},
        YAML_KEYS_END,
    };
    static const char expected[] =
        "colour: green                        # its colour: red, green (default red)\n"
        "inner:\n"
        "  small: 3                           # a byte: a whole number from 0 to 255\n"
        "  # ratio:                           # a share: a number above 0, up to 1\n"
        "name: \"a: b # c\"                     # its name\n";
    char *text;
    yaml_t *yaml = tree_of("colour: green\ninner: {small: 3}\nname: 'a: b # c'\n");
    ck_assert_ok(yaml_explain(yaml, few, &text));
    ck_assert_str_eq(text, expected);
    yaml_t *again = tree_of(text);
    ck_assert(yaml_holds(yaml, again) && yaml_holds(again, yaml));
    yaml_close(again);
    free(text);
    yaml_close(yaml);
}
END_TEST

START_TEST(the_help_has_every_key_and_no_long_line)
{
    char text[8192];
    FILE *out = fmemopen(text, sizeof text, "w");
    ck_assert_ptr_nonnull(out);
    yaml_print_keys(keys, out);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_ptr_nonnull(strstr(
        text, "  seed: 1\n      of numbers: a whole number from 0 to 9223372036854775807\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "  inner.ratio\n      a share: a number above 0, up to 1\n"));
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        ck_assert_uint_le(strcspn(line, "\n"), 78);
    for (const yaml_key_t *key = keys; key->path; key++)
        ck_assert_ptr_nonnull(strstr(text, key->path));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml");
    TCase *tests = tcase_create("yaml");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, keys_know_their_lines_and_missing_ones_the_line_above);
    tcase_add_test(tests, bad_yaml_is_refused_with_file_and_line);
    tcase_add_test(tests, a_bottomless_nesting_is_refused);
    tcase_add_test(tests, a_tree_laid_over_another_replaces_key_by_key);
    tcase_add_test(tests, a_dropped_key_is_gone_and_the_others_stay);
    tcase_add_test(tests, an_assignment_sets_one_key_whatever_its_type);
    tcase_add_test(tests, a_bad_assignment_is_refused_with_its_option);
    tcase_add_test(tests, a_tree_survives_being_written_and_read);
    tcase_add_test(tests, an_added_text_is_taken_as_it_is);
    tcase_add_test(tests, text_that_yaml_cannot_hold_is_refused_as_such);
    tcase_add_test(tests, a_tree_is_read_into_a_struct);
    tcase_add_test(tests, what_the_tree_leaves_out_stays_as_it_is);
    tcase_add_test(tests, defaults_are_those_of_the_table);
    tcase_add_test(tests, what_the_table_does_not_take_is_refused_with_place_and_expectation);
    tcase_add_test(tests, a_text_has_its_limit);
    tcase_add_test(tests, a_missing_key_without_a_default_is_named);
    tcase_add_test(tests, a_path_through_a_value_is_refused_when_it_is_read);
    tcase_add_test(tests, keys_may_be_paths);
    tcase_add_test(tests, each_line_is_explained_and_absent_keys_are_comments);
    tcase_add_test(tests, the_help_has_every_key_and_no_long_line);
    return suite_run(suite);
}
