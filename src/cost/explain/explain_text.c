/* An explanation as text: levels and cases (explain_figures.c has the rest). */
#include "cost/explain/explain_text.h"
#include "confx/compose.h"
#include "confx/try.h"
#include "cost/explain/explain_common.h"
#include "cost/explain/text_table.h"

#include <assert.h>
#include <stdlib.h>

enum { WALKS_SHOWN = 10 };

/* ---- levels ---------------------------------------------------------------------------------- */

static void explain_text_level_row(const void *of, size_t i, table_row_t *row)
{
    const level_t *level = of;
    const map_t *map = &level->maps[i];
    const bool slides = map->dim == CONFX_DIM_X || map->dim == CONFX_DIM_Y;
    assert(map->size > 0 && map->offset > 0 && level->dim[map->dim] > 0);
    table_text(row, "%c %s", confx_dim_letters()[map->dim], map->spatial ? "spatial" : "temporal");
    table_whole(row, level->dim[map->dim]);
    table_whole(row, map->size);
    table_whole(row, map->offset);
    table_whole(row, map->input.mapped_edge);
    for (int output = 0; !slides && output < 2; output++) table_absent(row);
    if (!slides) return;
    table_whole(row, map->output.mapped);
    table_whole(row, map->output.mapped_edge);
}

static void explain_text_write_level(const level_t *level, int depth, FILE *out)
{
    static const table_column_t columns[] = {TABLE_WORDS("map"),         TABLE_COUNT("of"),
                                             TABLE_COUNT("tile"),        TABLE_COUNT("step"),
                                             TABLE_COUNT("edge tile"),   TABLE_COUNT("outputs"),
                                             TABLE_COUNT("edge outputs")};
    const table_t table = TABLE(columns, (size_t)level->maps_n, level, explain_text_level_row);
    out_print(out,
              "\nLevel %d: %lld sub-clusters, %lld of them active in a spatial edge (sizes in "
              "elements)\n",
              depth, (long long)level->width, (long long)level->active_edge);
    text_table(&table, out);
}

/* ---- cases ----------------------------------------------------------------------------------- */

static const char *explain_text_bound_name(bound_t bound)
{
#define BOUND_TEXT(bound, text) text,
    static const char *const texts[] = {BOUND_LIST(BOUND_TEXT)};
#undef BOUND_TEXT
    assert(bound < BOUNDS);
    return texts[bound];
}

/* Cases that are kept one by one; those beyond them, where there are any, as one sum; all
   together. */
static void explain_text_walk_row(const void *of, size_t i, table_row_t *row)
{
    const explanation_walk_t *walk = of;
    const size_t kept = (size_t)walk->rows_n;
    /* Behind the cases that are kept comes the rest of them, if there is one, and last the sum. */
    const bool rest = i == kept && walk->cases > walk->rows_n;
    const row_t *shown = i < kept ? &walk->rows[i] : rest ? &walk->rest : &walk->sum;
    if (i < kept)
        table_text(row, "%s", shown->phases);
    else if (rest)
        table_text(row, "%lld more, x times", (long long)walk->cases - walk->rows_n);
    else
        table_text(row, "sum, x times");
    table_whole(row, shown->occurrences);
    table_whole(row, shown->ingress[CONFX_TENSOR_INPUT]);
    table_whole(row, shown->ingress[CONFX_TENSOR_FILTER]);
    table_whole(row, shown->egress);
    table_whole(row, shown->macs);
    table_whole(row, shown->compute);
    table_whole(row, shown->fill);
    table_whole(row, shown->drain);
    table_whole(row, shown->delay);
    if (i < kept)
        table_text(row, "%s",
                   shown->stopped ? "MAESTRO stops here"
                   : shown->valid ? explain_text_bound_name(shown->bound)
                                  : "no work: passed over");
    else
        table_absent(row);
}

static void explain_text_write_walk(const explanation_t *explanation,
                                    const explanation_walk_t *walk, FILE *out)
{
    static const table_column_t columns[] = {TABLE_WORDS("case"),
                                             TABLE_COUNT("times"),
                                             {"input", .unit = "elements", .type = TABLE_WHOLE},
                                             {"filter", .unit = "elements", .type = TABLE_WHOLE},
                                             {"output", .unit = "elements", .type = TABLE_WHOLE},
                                             {"all PEs", .unit = "MACs", .type = TABLE_WHOLE},
                                             {"compute", .unit = "cycles", .type = TABLE_WHOLE},
                                             {"ingress", .unit = "cycles", .type = TABLE_WHOLE},
                                             {"egress", .unit = "cycles", .type = TABLE_WHOLE},
                                             {"delay", .unit = "cycles", .type = TABLE_WHOLE},
                                             TABLE_WORDS("bound by")};
    const level_t *level = &explanation->levels.level[walk->depth];
    assert(walk->rows_n >= 0 && walk->rows_n <= TURNS_SHOWN);
    const table_t table = TABLE(columns, (size_t)walk->rows_n + (walk->cases > walk->rows_n) + 1,
                                walk, explain_text_walk_row);
    out_print(out, "\nCases of level %d over a tile of ", walk->depth);
    explain_common_dims(walk->dim, out);
    fputs(" (a letter a map: ", out);
    for (int i = 0; i < level->maps_n; i++) fputc(confx_dim_letters()[level->maps[i].dim], out);
    fputs(")\n", out);
    text_table(&table, out);
}

static void explain_text_write_walks(const explanation_t *explanation, FILE *out)
{
    fputs("\nCases: I first step, i first step that is not full, S steady step, E edge; inner "
          "levels give the compute "
          "cycles of outer ones.\n",
          out);
    int shown = 0;
    for (const explanation_walk_t *walk = explanation->walks; walk && shown < WALKS_SHOWN;
         walk = walk->next, shown++)
        explain_text_write_walk(explanation, walk, out);
    if (explanation->walks_n > WALKS_SHOWN)
        out_print(out, "\n  %zu more tiles of inner levels\n", explanation->walks_n - WALKS_SHOWN);
}

static void explain_text_write_delay(const explanation_t *explanation, FILE *out)
{
    const explanation_walk_t *top = explanation->walks;
    assert(top->depth == 0);
    out_print(out, "\nDelay      %lld cycles", (long long)top->sum.delay);
    for (int bound = 0; bound < BOUNDS; bound++)
        if (top->bound_cycles[bound])
            out_print(out, "%s%lld of them bound by %s", bound ? ", " : "; ",
                      (long long)top->bound_cycles[bound], explain_text_bound_name((bound_t)bound));
    out_print(out,
              ";\n           one fill of the L2 takes %lld cycles off the chip, on average %.6g "
              "PEs are active\n",
              (long long)top->offchip, top->active);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void explain_text_write_all(const explanation_t *explanation, FILE *out)
{
    /* A point whose levels cannot be built is explained by its verdict; one whose cases MAESTRO
       refuses, by the cases up to there. Only a point with figures goes on to these. */
    explain_common_point(&explanation->point, out);
    explain_common_verdict(&explanation->point, &explanation->cost, out);
    if (!explanation->built) return;
    for (int i = 0; i < explanation->levels.n; i++)
        explain_text_write_level(&explanation->levels.level[i], i, out);
    explain_text_write_walks(explanation, out);
    if (!explanation_has_figures(explanation)) return;
    explain_text_write_delay(explanation, out);
    explanation_figures(explanation, out);
}

static confx_status_t explain_text_write_text(const explanation_t *explanation, char **text)
{
    compose_t compose;
    TRY(compose_begin(&compose));
    explain_text_write_all(explanation, compose.out);
    TRY(compose_end(&compose, "an explanation"));
    *text = compose.text;
    return status_ok();
}

confx_status_t explain_maestro(const evaluation_point_t *point, char **text)
{
    explanation_t explanation;
    *text = NULL;
    TRY(explanation_open(point, &explanation));
    const confx_status_t status = explain_text_write_text(&explanation, text);
    explanation_close(&explanation);
    return status;
}
