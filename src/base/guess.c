#include "confx/guess.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static size_t guess_least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool guess_same(char one, char other)
{
    return tolower((unsigned char)one) == tolower((unsigned char)other);
}

size_t guess_slips(const char *word, const char *known, size_t *beginning)
{
    /* Row i has the slips between the word's first i letters and each beginning of the known word.
       The least of the last row is the best beginning; a swap looks two rows back. */
    size_t rows[3][GUESS_WORD_MAX];
    const size_t n = strlen(known);
    const size_t letters = strlen(word);
    assert(n < GUESS_WORD_MAX && letters < GUESS_WORD_MAX);
    for (size_t j = 0; j <= n; j++) rows[0][j] = j;
    for (size_t i = 1; i <= letters; i++) {
        const size_t *above = rows[(i - 1) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        size_t *row = rows[i % 3];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            /* A letter for another, one too many or too few, and two that have changed places. */
            row[j] = above[j - 1] + !guess_same(word[i - 1], known[j - 1]);
            row[j] = guess_least(row[j], guess_least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && guess_same(word[i - 1], known[j - 2]) &&
                guess_same(word[i - 2], known[j - 1]))
                row[j] = guess_least(row[j], two_above[j - 2] + 1);
        }
    }
    const size_t *last = rows[letters % 3];
    size_t least = last[n];
    for (size_t j = 0; j < n; j++) least = guess_least(least, last[j]);
    if (beginning) *beginning = least;
    return last[n];
}

guess_t guess_begin(const char *word)
{
    return (guess_t){.word = word, .rank = {SIZE_MAX, SIZE_MAX}};
}

void guess_offer_as(guess_t *guess, const char *known, const char *said)
{
    enum { BEGINNING_LEAST = 3 }; /* of fewer letters too many words begin with something like it */
    const size_t letters = strlen(guess->word);
    size_t beginning;
    if (!letters || letters >= GUESS_WORD_MAX || strlen(known) >= GUESS_WORD_MAX ||
        strlen(said) >= GUESS_WORD_MAX)
        return;
    const size_t whole = guess_slips(guess->word, known, &beginning);
    /* A third of the letters may be wrong, but not all of them. */
    const size_t allowed = letters < 3 ? 1 : letters / 3;
    const bool near = whole <= allowed && whole < letters;
    if (!near && !(letters >= BEGINNING_LEAST && beginning <= letters / 4)) return;
    /* As many slips in the whole word are nearer than in a beginning; of two beginnings the shorter
       word is nearer. */
    const size_t rank = near ? guess_least(2 * whole, 2 * beginning + 1) : 2 * beginning + 1;
    if (rank > guess->rank[0] || (rank == guess->rank[0] && whole >= guess->rank[1])) return;
    guess->rank[0] = rank;
    guess->rank[1] = whole;
    (void)snprintf(guess->best, sizeof guess->best, "%s", said);
}

void guess_offer(guess_t *guess, const char *known)
{
    guess_offer_as(guess, known, known);
}

const char *guess_say(const guess_t *guess, char out[GUESS_SAID_MAX])
{
    out[0] = 0;
    if (guess->best[0]) (void)snprintf(out, GUESS_SAID_MAX, ", did you mean \"%s\"?", guess->best);
    return out;
}
