/* What a user may have meant by a word that nobody knows. Pure. */
#ifndef CONFX_GUESS_H
#define CONFX_GUESS_H

#include <stddef.h>

enum { GUESS_WORD_MAX = 96, GUESS_SAID_MAX = GUESS_WORD_MAX + 32 };

/* A word and the nearest of those offered so far. */
typedef struct {
    const char *word;
    size_t rank[2];            /* of the nearest: smaller is nearer */
    char best[GUESS_WORD_MAX]; /* "": none is near */
} guess_t;

/* `word` must stay alive. */
guess_t guess_begin(const char *word);

/* Offer a known word, copied; of equally near ones the first stays. Near is what has at most one
   slip in three letters, or, of a longer word, such a beginning ("resnet" for "resnet50"). A slip
   is a letter too many, too few, another one, or two neighbours swapped (Damerau 1964, no letter
   touched twice); letters are compared without regard to case. Words of GUESS_WORD_MAX letters or
   more are never near. */
void guess_offer(guess_t *guess, const char *known);

/* The same, comparing `known` but suggesting `said`: "seed" for "search.seed". */
void guess_offer_as(guess_t *guess, const char *known, const char *said);

/* ", did you mean "NEAREST"?" into out, or "" when none is near; returns out. */
const char *guess_say(const guess_t *guess, char out[GUESS_SAID_MAX]);

/* Slips between a word and a known one, and between it and the known one's best beginning
   (*beginning; may be NULL). Both are shorter than GUESS_WORD_MAX. */
size_t guess_slips(const char *word, const char *known, size_t *beginning);

#endif
