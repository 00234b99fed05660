#include "confx/yaml.h"
#include "suite.h"

#include <string.h>

/* ---- a schema with one of everything --------------------------------------------------------------------------------
 */

enum { RED, GREEN };

typedef struct {
    uint8_t small;
    int16_t sign;
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
} thing_t;

static const cyaml_strval_t colours[] = {{"red", RED}, {"green", GREEN}};
static const cyaml_schema_value_t level = {CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint32_t)};
static const cyaml_schema_value_t real = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, double)};
static const cyaml_schema_field_t inner_fields[] = {
    CYAML_FIELD_UINT("small", CYAML_FLAG_DEFAULT, inner_t, small),
    CYAML_FIELD_INT("sign", CYAML_FLAG_DEFAULT, inner_t, sign),
    CYAML_FIELD_FLOAT_PTR("ratio", CYAML_FLAG_OPTIONAL, inner_t, ratio),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t thing_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, thing_t, name, 1, 8),
    CYAML_FIELD_UINT("seed", CYAML_FLAG_DEFAULT, thing_t, seed),
    CYAML_FIELD_BOOL("on", CYAML_FLAG_DEFAULT, thing_t, on),
    CYAML_FIELD_ENUM("colour", CYAML_FLAG_STRICT, thing_t, colour, colours, 2),
    CYAML_FIELD_FLOAT("real", CYAML_FLAG_DEFAULT, thing_t, real),
    CYAML_FIELD_SEQUENCE("levels", CYAML_FLAG_POINTER, thing_t, levels, &level, 1, 4),
    CYAML_FIELD_SEQUENCE_FIXED("pair", CYAML_FLAG_DEFAULT, thing_t, pair, &real, 2),
    CYAML_FIELD_MAPPING("inner", CYAML_FLAG_DEFAULT, thing_t, inner, inner_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, thing_t, thing_fields)};

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
                           "  sign: -32768\n";

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

/* ---- trees ------------------------------------------------------------------------------------------------------- */

START_TEST(keys_know_their_lines_and_missing_ones_the_line_above)
{
    yaml_t *yaml = tree_of(good);
    expect_place(yaml, "name", "t.yaml:1: name: no");
    expect_place(yaml, "inner.sign", "t.yaml:11: inner.sign: no");
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
        {"a: 1\n\tb: 2\n", "t.yaml:2: expected YAML; found a tab character that violates indentation"},
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
        ck_assert_fails(yaml_open(cases[i].text, "t.yaml", &yaml), CONFX_STATUS_INPUT, cases[i].says);
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
    ck_assert_fails(yaml_open(text, "t.yaml", &yaml), CONFX_STATUS_INPUT, "t.yaml:1: expected a nesting of at most 32");
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
        {"a", "--hw a: expected KEY=VALUE"},     {"=1", "--hw =1: expected KEY=VALUE with a key such as"},
        {"a..b=1", "--hw a..b=1: expected KEY"}, {".a=1", "--hw .a=1: expected KEY"},
        {"a.=1", "--hw a.=1: expected KEY"},     {"a=", "--hw a=: is empty"},
        {"a=[1", "--hw a=[1: expected YAML; "},  {"a={b: 1, b: 2}", "--hw a={b: 1, b: 2}: b: this key is given twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        yaml_t *yaml;
        ck_assert_fails(yaml_open_set("--hw", cases[i].assignment, &yaml), CONFX_STATUS_INPUT, cases[i].says);
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
    static const char *const odd[] = {"runs/caf\xe9", "\x80", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80"};
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

/* ---- reading into structs ---------------------------------------------------------------------------------------- */

START_TEST(a_tree_is_read_into_a_struct)
{
    yaml_t *yaml = tree_of(good);
    void *data;
    ck_assert_ok(yaml_load(yaml, &schema, &data));
    const thing_t *thing = data;
    ck_assert_str_eq(thing->name, "thing");
    ck_assert(thing->seed == INT64_MAX);
    ck_assert(thing->on);
    ck_assert_int_eq(thing->colour, GREEN);
    ck_assert_double_eq(thing->real, 2.5e7);
    ck_assert_uint_eq(thing->levels_count, 3);
    ck_assert_uint_eq(thing->levels[2], UINT32_MAX);
    ck_assert_double_eq(thing->pair[0], 0.1);
    ck_assert_double_eq(thing->pair[1], -3);
    ck_assert_uint_eq(thing->inner.small, 255);
    ck_assert_int_eq(thing->inner.sign, INT16_MIN);
    ck_assert_ptr_null(thing->inner.ratio);
    yaml_release(&schema, data);
    yaml_release(&schema, NULL);
    set(yaml, "on=no");
    set(yaml, "inner.ratio=0.25");
    ck_assert_ok(yaml_load(yaml, &schema, &data));
    thing = data;
    ck_assert(!thing->on);
    ck_assert_double_eq(*thing->inner.ratio, 0.25);
    yaml_release(&schema, data);
    yaml_close(yaml);
}
END_TEST

START_TEST(what_the_schema_does_not_take_is_refused_with_place_and_expectation)
{
    static const struct {
        const char *over, *says;
    } cases[] = {
        {"nam: x", "o.yaml:1: nam: unknown key, did you mean \"name\"? (known here: name, seed, on, colour, real, "
                   "levels, pair, inner)"},
        {"inner:\n  smal: 1",
         "o.yaml:2: inner.smal: unknown key, did you mean \"inner.small\"? (known here: small, sign, ratio)"},
        {"inner:\n  sed: 1",
         "o.yaml:2: inner.sed: unknown key, did you mean \"seed\"? (known here: small, sign, ratio)"},
        {"zzz: 1", "o.yaml:1: zzz: unknown key (known here: name, "},
        {"seed: many", "o.yaml:1: seed: expected a whole number from 0 to 9223372036854775807, found \"many\""},
        {"seed: \"1\"", "o.yaml:1: seed: expected a whole number"},
        {"seed: -1", "o.yaml:1: seed: expected a whole number"},
        {"seed: 010", "o.yaml:1: seed: expected a whole number"},
        {"seed: 0x10", "o.yaml:1: seed: expected a whole number"},
        {"seed: 1.0", "o.yaml:1: seed: expected a whole number"},
        {"seed: [1]", "o.yaml:1: seed: expected a whole number from 0 to 9223372036854775807, found a list"},
        {"seed: {a: 1}", "found a mapping"},
        {"seed:", "o.yaml:1: seed: expected a whole number from 0 to 9223372036854775807, found nothing"},
        {"inner: {small: 256}", "o.yaml:1: inner.small: expected a whole number from 0 to 255, found \"256\""},
        {"inner: {sign: 32768}", "o.yaml:1: inner.sign: expected a whole number from -32768 to 32767"},
        {"inner: {ratio: nan}", "o.yaml:1: inner.ratio: expected a number, found \"nan\""},
        {"real: 1e999", "o.yaml:1: real: expected a number"},
        {"on: maybe", "o.yaml:1: on: expected true or false, found \"maybe\""},
        {"colour: blue", "o.yaml:1: colour: expected one of red, green, found \"blue\""},
        {"colour: 1", "o.yaml:1: colour: expected one of red, green, found \"1\""},
        {"name: ''", "o.yaml:1: name: expected a text"},
        {"name: [x]", "o.yaml:1: name: expected a text, found a list"},
        {"name: ninebytes", "o.yaml:1: name: expected a text of 1 to 8 bytes, found 9"},
        {"levels: 3", "o.yaml:1: levels: expected a list, as in [1, 2], found \"3\""},
        {"levels: []", "o.yaml:1: levels: expected at least 1 in the list, found 0"},
        {"levels: [1, 2, 3, 4, 5]", "o.yaml:1: levels: expected at most 4 in the list, found 5"},
        {"levels:\n  - 1\n  - x", "o.yaml:3: levels[1]: expected a whole number from 0 to 4294967295, found \"x\""},
        {"pair: [1]", "o.yaml:1: pair: expected at least 2 in the list, found 1"},
        {"pair: [1, 2, 3]", "o.yaml:1: pair: expected at most 2 in the list, found 3"},
        {"inner: 3", "o.yaml:1: inner: expected keys and values, found \"3\""},
        {"inner: [small]", "o.yaml:1: inner: expected keys and values, found a list"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        yaml_t *yaml = tree_of(good);
        yaml_t *over;
        void *data;
        ck_assert_ok(yaml_open(cases[i].over, "o.yaml", &over));
        ck_assert_ok(yaml_merge(yaml, over));
        ck_assert_fails(yaml_load(yaml, &schema, &data), CONFX_STATUS_INPUT, cases[i].says);
        ck_assert_ptr_null(data);
        yaml_close(over);
        yaml_close(yaml);
    }
}
END_TEST

START_TEST(a_missing_key_is_named)
{
    yaml_t *yaml = tree_of(good);
    void *data;
    yaml_drop(yaml, "inner.sign");
    ck_assert_fails(yaml_load(yaml, &schema, &data), CONFX_STATUS_INPUT,
                    "t.yaml:9: inner: expected a key \"inner.sign\", found none");
    yaml_drop(yaml, "seed");
    ck_assert_fails(yaml_load(yaml, &schema, &data), CONFX_STATUS_INPUT, "t.yaml:9: inner: expected a key");
    set(yaml, "inner.sign=1");
    ck_assert_fails(yaml_load(yaml, &schema, &data), CONFX_STATUS_INPUT,
                    "t.yaml:1: expected a key \"seed\", found none");
    yaml_close(yaml);
}
END_TEST

START_TEST(a_path_through_a_value_is_refused_when_it_is_read)
{
    yaml_t *yaml = tree_of(good);
    void *data;
    set(yaml, "seed.x=1");
    ck_assert_fails(yaml_load(yaml, &schema, &data), CONFX_STATUS_INPUT,
                    "--set seed.x=1: seed: expected a whole number from 0 to 9223372036854775807, found a mapping");
    yaml_close(yaml);
}
END_TEST

START_TEST(a_whole_number_is_checked_against_limits)
{
    yaml_t *yaml = tree_of("a:\n  b: 7\n  c: [1, x]\n");
    ck_assert_ok(yaml_check_integer(yaml, "a.b", 7, 7));
    ck_assert_ok(yaml_check_integer(yaml, "a.none", 7, 7));
    ck_assert_fails(yaml_check_integer(yaml, "a.b", 8, 9), CONFX_STATUS_INPUT,
                    "t.yaml:2: a.b: expected a whole number from 8 to 9, found \"7\"");
    ck_assert_fails(yaml_check_integer(yaml, "a.c[1]", 0, 9), CONFX_STATUS_INPUT,
                    "t.yaml:3: a.c[1]: expected a whole number");
    ck_assert_fails(yaml_check_integer(yaml, "a", 0, 9), CONFX_STATUS_INPUT, "t.yaml:1: a: expected a whole number");
    yaml_close(yaml);
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
    tcase_add_test(tests, what_the_schema_does_not_take_is_refused_with_place_and_expectation);
    tcase_add_test(tests, a_missing_key_is_named);
    tcase_add_test(tests, a_path_through_a_value_is_refused_when_it_is_read);
    tcase_add_test(tests, a_whole_number_is_checked_against_limits);
    return suite_run(suite);
}
