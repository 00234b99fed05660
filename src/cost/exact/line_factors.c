#include "cost/exact/line_factors.h"
#include "cost/language/whole.h"

/* ---- rows of the input ----------------------------------------------------------------------- */

static inline int64_t line_factors_unit(const line_leaf_t *leaf, int64_t unit)
{
    return unit == leaf->units - 1 ? leaf->last : leaf->length;
}

/* Rows that a unit has in both of two leaves, `delta` outputs apart. */
static inline int64_t line_factors_overlap(const line_t *line, const line_leaf_t *before,
                                           const line_leaf_t *behind, int64_t delta, int64_t unit)
{
    const int64_t shift = delta * line->stride;
    const int64_t from = whole_max(0, shift);
    const int64_t to = whole_min(line_rows(line, line_factors_unit(before, unit)),
                                 shift + line_rows(line, line_factors_unit(behind, unit)));
    return whole_max(0, to - from);
}

/* Rows that all units which need them had before. False: it takes more than the ends to tell. */
static bool line_factors_still(const line_t *line, const line_move_t *move, int64_t kept,
                               int64_t *still)
{
    const line_leaf_t *before = move->before, *behind = move->behind;
    const int64_t rows = line_rows(line, behind->length), delta = move->delta;
    if (behind->units == 1 || line->spacing * line->stride >= rows) {
        /* No row is needed by two units. */
        *still = kept;
        return true;
    }
    if (line_rows(line, before->length) > rows || (delta < line->spacing && -delta < line->spacing))
        return false;
    /* Units move by a neighbour's place at least. A row that several of them need was before held
       by all of these at most if it is the outermost one's alone: of the first unit when they move
       on, of the last one when they go back. */
    if (delta > 0) {
        *still = line_factors_overlap(line, before, behind, delta, 0);
        return before->units >= behind->units;
    }
    *still = before->units >= behind->units
                 ? line_factors_overlap(line, before, behind, delta, behind->units - 1)
                 : 0;
    return true;
}

static bool line_factors_input(const line_t *line, const line_move_t *move, factors_t *factors)
{
    const line_leaf_t *before = move->before, *behind = move->behind;
    const int64_t rows = line_rows(line, behind->length), all = behind->units - 1;
    const int64_t last = line_rows(line, behind->last), apart = line->spacing * line->stride;
    const bool gaps = line->height < line->stride;
    const int64_t held = all * rows + last, any = gaps || rows < apart ? held : all * apart + last;
    int64_t kept = move->same ? held : 0, still = move->same ? any : 0;
    /* Different leaves have different outputs, so that without an overlap of windows no row is
       needed again. */
    if (!move->same && before != NULL && line->height > line->stride) {
        /* A unit keeps rows only if it works in both leaves. All of these have whole tiles but for
           the last one, which is counted apart. */
        const int64_t both = whole_min(before->units, behind->units);
        kept = line_factors_overlap(line, before, behind, move->delta, both - 1);
        if (both > 1)
            kept += (both - 1) * line_factors_overlap(line, before, behind, move->delta, 0);
        if (!line_factors_still(line, move, kept, &still)) return false;
    }
    factors->of[INPUT_HELD] = (double)held;
    factors->of[INPUT_KEPT] = (double)kept;
    factors->of[INPUT_ANY] = (double)any;
    factors->of[INPUT_STILL] = (double)still;
    return true;
}

/* ---- factors --------------------------------------------------------------------------------- */

/* Of a tensor that the dimension indexes: leaves have nothing in common, nor do units. Of one that
   it does not index: each unit that works holds `times` elements, which are the same for all. */
static inline void line_factors_tensor(const line_move_t *move, bool indexed, int64_t times,
                                       double *of)
{
    const int64_t units = move->behind->units, before = move->before ? move->before->units : 0;
    const int64_t held = indexed ? line_sum(move->behind) : units * times;
    const int64_t any = indexed ? held : times;
    /* Units that work in both leaves keep their elements; for a further unit the element is new to
       it, and so the network brings it, for all at once if it can. */
    const int64_t kept = indexed ? 0 : whole_min(before, units) * times;
    of[0] = (double)held;
    of[1] = (double)(move->same ? held : kept);
    of[2] = (double)any;
    of[3] = (double)(move->same ? any : indexed || before < units ? 0 : times);
}

static inline void line_factors_left(const line_t *line, const line_leaf_t *before, double *of)
{
    const bool indexed = line->tensors >> CONFX_TENSOR_OUTPUT & 1;
    const int64_t sum = line_sum(before), held = indexed ? sum : before->units;
    of[OUTPUT_LEFT_HELD] = (double)(line->diagonal ? held * line->height : held);
    of[OUTPUT_LEFT_ANY] = (double)(indexed ? sum : 1);
}

static void line_factors_output(const line_t *line, const line_move_t *move, double *of)
{
    const bool indexed = line->tensors >> CONFX_TENSOR_OUTPUT & 1;
    line_factors_tensor(move, indexed, 1, &of[OUTPUT_HELD]);
    /* Without the dimension all units have one output: it is carried if any works in both. */
    if (!indexed) of[OUTPUT_CARRIED] = move->before != NULL;
    of[OUTPUT_LEFT_HELD] = of[OUTPUT_LEFT_ANY] = 0;
    if (move->before != NULL) line_factors_left(line, move->before, of);
    if (!line->diagonal) return;
    /* All units of the diagonal have the same outputs. */
    of[OUTPUT_HELD] *= (double)line->height;
    of[OUTPUT_KEPT] *= (double)line->height;
}

bool line_factors(const line_t *line, const line_move_t *move, factors_t *factors)
{
    double *of = factors->of;
    line_factors_output(line, move, of);
    if (!line->window) {
        line_factors_tensor(move, line->tensors >> CONFX_TENSOR_INPUT & 1, 1, &of[INPUT_HELD]);
        line_factors_tensor(move, line->tensors >> CONFX_TENSOR_FILTER & 1, 1, &of[FILTER_HELD]);
        return true;
    }
    line_factors_tensor(move, false, line->height, &of[FILTER_HELD]);
    if (!line->diagonal) return line_factors_input(line, move, factors);
    /* One output at a time: each unit keeps its row of the filter and has another one of the
       input. */
    of[FILTER_HELD] = of[FILTER_KEPT] = of[FILTER_ANY];
    if (move->before == NULL) of[FILTER_KEPT] = 0;
    of[INPUT_HELD] = of[INPUT_ANY] = (double)line->height;
    of[INPUT_KEPT] = of[INPUT_STILL] = move->same ? (double)line->height : 0;
    return true;
}

void line_factors_end(const line_t *line, const line_leaf_t *last, factors_t *factors)
{
    const bool matter = line_ends_matter(line);
    *factors = (factors_t){.of = {[OUTPUT_LAST] = matter ? 1 : (double)line_sum(last)}};
    line_factors_left(line, last, factors->of);
}
