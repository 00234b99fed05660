/* guess: what a user may have meant. */
#include "confx/guess.h"
#include "suite.h"

#include <string.h>

START_TEST(slips_are_counted)
{
    static const struct {
        const char *word, *known;
        size_t slips, beginning;
    } pairs[] = {
        {"", "", 0, 0},
        {"", "abc", 3, 0},
        {"abc", "", 3, 3},
        {"seed", "seed", 0, 0},
        {"sed", "seed", 1, 1},
        {"seeed", "seed", 1, 1},
        {"seet", "seed", 1, 1},
        {"esed", "seed", 1, 1},
        {"rnu", "run", 1, 1},
        {"ca", "abc", 3, 1},
        {"resnet", "resnet50", 2, 0},
        {"Latency", "latency", 0, 0},
        {"kitten", "sitting", 3, 2},
        {"mobilnet", "mobilenet_v2", 4, 1},
        {"abcdef", "badcfe", 3, 3},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        size_t beginning = 77;
        const size_t slips = guess_slips(pairs[i].word, pairs[i].known, &beginning);
        ck_assert_msg(slips == pairs[i].slips && beginning == pairs[i].beginning,
                      "%s, %s: %zu and %zu slips", pairs[i].word, pairs[i].known, slips, beginning);
        ck_assert_uint_eq(guess_slips(pairs[i].word, pairs[i].known, NULL), slips);
    }
}
END_TEST

/* Of the known words, "" for none. */
static void expect(const char *word, const char *nearest)
{
    static const char *const known[] = {"run",          "report",       "status", "sweep",
                                        "resnet18",     "resnet50",     "vgg16",  "alexnet",
                                        "mobilenet_v2", "mobilenet_v3", "dla",    "dpt",
                                        "latency",      "energy",       "edp"};
    guess_t guess = guess_begin(word);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) guess_offer(&guess, known[i]);
    ck_assert_msg(strcmp(guess.best, nearest) == 0, "\"%s\": \"%s\", expected \"%s\"", word,
                  guess.best, nearest);
}

START_TEST(the_nearest_word_is_guessed)
{
    expect("rnu", "run");
    expect("reprot", "report");
    expect("RUN", "run");
    expect("statsu", "status");
    expect("resnet", "resnet18"); /* of two as near the first offered */
    expect("resnet5", "resnet50");
    expect("resnet-50", "resnet50");
    expect("vgg", "vgg16");
    expect("mobilnet", "mobilenet_v2");
    expect("mobilenetv2", "mobilenet_v2");
    expect("latancy", "latency");
    expect("edpp", "edp");
    expect("dlx", "dla");
}
END_TEST

START_TEST(what_is_far_from_everything_is_not_guessed)
{
    expect("", "");
    expect("x", "");
    expect("inception", "");
    expect("speed", "");
    expect("weather", "");
    char longest[200];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    expect(longest, "");
    guess_t guess = guess_begin("aaaa");
    guess_offer(&guess, longest);
    ck_assert_str_eq(guess.best, "");
}
END_TEST

START_TEST(a_guess_is_said_or_nothing_is)
{
    char said[GUESS_SAID_MAX];
    guess_t guess = guess_begin("sed");
    ck_assert_str_eq(guess_say(&guess, said), "");
    guess_offer_as(&guess, "seed", "search.seed");
    ck_assert_str_eq(guess_say(&guess, said), ", did you mean \"search.seed\"?");
    guess_offer(&guess, "seal");
    ck_assert_str_eq(guess_say(&guess, said), ", did you mean \"search.seed\"?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guess");
    TCase *tests = tcase_create("guess");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, slips_are_counted);
    tcase_add_test(tests, the_nearest_word_is_guessed);
    tcase_add_test(tests, what_is_far_from_everything_is_not_guessed);
    tcase_add_test(tests, a_guess_is_said_or_nothing_is);
    return suite_run(suite);
}
