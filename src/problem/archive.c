#include "confx/archive.h"
#include "confx/try.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct archive {
    const terms_t *terms;
    size_t cells, n, room;
    score_t *scores;       /* (room) by rising score */
    uint16_t *assignments; /* (room, cells) in the same order */
};

confx_status_t archive_open(const terms_t *terms, size_t cells, archive_t **out)
{
    archive_t *archive = calloc(1, sizeof *archive);
    if (!archive) return status_fail(CONFX_STATUS_MEMORY, "no memory for an archive");
    *archive = (archive_t){.terms = terms, .cells = cells};
    *out = archive;
    return status_ok();
}

void archive_close(archive_t *archive)
{
    if (!archive) return;
    free(archive->scores);
    free(archive->assignments);
    free(archive);
}

static confx_status_t archive_reserve(archive_t *archive)
{
    const size_t room = archive->room ? 2 * archive->room : 4;
    if (archive->n < archive->room) return status_ok();
    /* An array that has grown is taken over at once, as realloc has freed its old memory. `room`
       changes only when both have: a failure leaves the archive as it was. */
    score_t *scores = realloc(archive->scores, room * sizeof *scores);
    if (scores) archive->scores = scores;
    uint16_t *assignments =
        realloc(archive->assignments, room * archive->cells * sizeof *assignments);
    if (assignments) archive->assignments = assignments;
    if (!scores || !assignments)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu assignments", room);
    archive->room = room;
    return status_ok();
}

static bool archive_same(const archive_t *archive, const score_t *one, const score_t *other)
{
    for (size_t i = 0; i < archive->terms->objectives_n; i++)
        if (!(one->objectives[i] == other->objectives[i])) return false;
    return true;
}

/* Does the member make the offer needless, by dominating it or by equal objectives? */
static bool archive_bars(const archive_t *archive, const score_t *member, const score_t *offer)
{
    /* With one objective only the best is kept. Of several, assignments that are alike in all of
       them take one place, and the better in what else scores tell has it. */
    if (archive->terms->objectives_n == 1 || archive_same(archive, member, offer))
        return score_compare(offer, member) >= 0;
    return score_dominates(member, offer);
}

static void archive_move(archive_t *archive, size_t to, size_t from, size_t n)
{
    const size_t bytes = archive->cells * sizeof *archive->assignments;
    memmove(archive->scores + to, archive->scores + from, n * sizeof *archive->scores);
    memmove(archive->assignments + to * archive->cells,
            archive->assignments + from * archive->cells, n * bytes);
}

/* Those that the offer bars in turn go. */
static void archive_prune(archive_t *archive, const score_t *offer)
{
    size_t kept = 0;
    for (size_t i = 0; i < archive->n; i++) {
        if (archive_bars(archive, offer, &archive->scores[i])) continue;
        if (kept != i) archive_move(archive, kept, i, 1);
        kept++;
    }
    archive->n = kept;
}

confx_status_t archive_offer(archive_t *archive, const uint16_t *assignment, const score_t *score,
                             bool *entered)
{
    *entered = false;
    for (size_t i = 0; i < archive->n; i++)
        if (archive_bars(archive, &archive->scores[i], score)) return status_ok();
    TRY(archive_reserve(archive));

    /* From here on nothing fails. No member bars the offer, so those that it bars lose nothing but
       their place. */
    archive_prune(archive, score);
    size_t at = archive->n;
    while (at > 0 && score_compare(score, &archive->scores[at - 1]) < 0) at--;
    archive_move(archive, at + 1, at, archive->n - at);
    archive->scores[at] = *score;
    memcpy(archive->assignments + at * archive->cells, assignment,
           archive->cells * sizeof *assignment);
    archive->n++;
    assert(archive->terms->objectives_n > 1 || archive->n == 1);
    *entered = true;
    return status_ok();
}

size_t archive_size(const archive_t *archive)
{
    return archive->n;
}

const uint16_t *archive_assignment(const archive_t *archive, size_t member)
{
    assert(member < archive->n);
    return archive->assignments + member * archive->cells;
}

const score_t *archive_score(const archive_t *archive, size_t member)
{
    assert(member < archive->n);
    return &archive->scores[member];
}
