#include "report/bound.h"

#include <assert.h>

const char *report_bound_word(report_bound_t bound)
{
#define WORD(bound, word, words) word,
    static const char *const words[] = {REPORT_BOUND_LIST(WORD)};
#undef WORD
    assert(bound < BOUNDS);
    return words[bound];
}

const char *report_bound_plain(report_bound_t bound)
{
#define PLAIN(bound, word, words) words,
    static const char *const words[] = {REPORT_BOUND_LIST(PLAIN)};
#undef PLAIN
    assert(bound < BOUNDS);
    return words[bound];
}
