/* Explanations under the accounting exact: what the engine tells, against the layers worked by hand
   (src/cost/EXACT.md, section 9) step by step, and against the engine's own figures on random
   mappings, which walk_test holds against the walker; and the text. */
#include "cost/explain/exact_trace.h"
#include "exact_examples.h"
#include "suite.h"
#include "walk_cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 16, RANDOM_CASES = 4000 };

static const exact_example_t *example_named(const char *name)
{
    for (int i = 0; i < EXACT_EXAMPLES; i++)
        if (strstr(exact_examples[i].name, name)) return &exact_examples[i];
    ck_abort_msg("no example is called \"%s\"", name);
    return NULL;
}

/* ---- the tables of section 9 ----------------------------------------------------------------- */

/* A step as it stands in a table. */
typedef struct {
    int64_t compute, ingress, egress, longest;
    int64_t read[CONFX_TENSORS], finished, sums;
} hand_step_t;

typedef struct {
    int n;
    hand_step_t steps[ROWS_MAX];
} hand_table_t;

/* The cells of a line "| a | b |"; their number. */
static int cells_of(char *line, char *cells[ROWS_MAX])
{
    int n = 0;
    for (char *cell = strtok(line, "|\n"); cell && n < ROWS_MAX; cell = strtok(NULL, "|\n"))
        cells[n++] = cell;
    return n;
}

static void add_row(char *line, bool outermost, hand_table_t *table)
{
    char *cells[ROWS_MAX];
    const int n = cells_of(line, cells);
    long long read[3], finished, sums;
    ck_assert(n >= 7 && table->n < ROWS_MAX);
    hand_step_t *step = &table->steps[table->n++];
    /* From the right: read, ingress, written, egress, longest. */
    ck_assert_int_eq(sscanf(cells[n - 5], "%lld %lld %lld", &read[0], &read[1], &read[2]), 3);
    ck_assert_int_eq(sscanf(cells[n - 3], "%lld %lld", &finished, &sums), 2);
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) step->read[tensor] = read[tensor];
    step->finished = finished;
    step->sums = sums;
    step->compute = atoll(cells[outermost ? 1 : n - 6]);
    step->ingress = atoll(cells[n - 4]);
    step->egress = atoll(cells[n - 2]);
    step->longest = atoll(cells[n - 1]);
}

/* Both tables below the heading that ends in that name. */
static void read_tables(const char *name, hand_table_t *steps, hand_table_t *outermost)
{
    char line[4096];
    bool here = false;
    hand_table_t *table = NULL;
    FILE *file = fopen("src/cost/EXACT.md", "r");
    ck_assert_ptr_nonnull(file);
    steps->n = outermost->n = 0;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "### ", 4) == 0) here = strstr(line, name) != NULL;
        if (strncmp(line, "| t ", 4) == 0) table = steps;
        if (strncmp(line, "| w ", 4) == 0) table = outermost;
        if (here && table && line[0] == '|' && line[2] >= '0' && line[2] <= '9')
            add_row(line, table == outermost, table);
    }
    (void)fclose(file);
}

/* How many steps of a table have those cycles: of a step its compute, of the one behind it the
   ingress, of the one before it the egress. */
static int64_t count_by_hand(const hand_table_t *table, const joint_steps_t *like, int64_t longest)
{
    int64_t n = 0;
    for (int t = 0; t < table->n; t++) {
        const int64_t ingress = t + 1 < table->n ? table->steps[t + 1].ingress : 0;
        const int64_t egress = t > 0 ? table->steps[t - 1].egress : 0;
        n += table->steps[t].compute == like->compute && ingress == like->ingress &&
             egress == like->egress && table->steps[t].longest == longest;
    }
    return n;
}

static void check_flow(const char *name, const exact_flow_t *flow, const hand_table_t *table)
{
    int64_t all = 0;
    ck_assert_msg(table->n > 0, "%s: no table", name);
    for (size_t i = 0; i < flow->steps_n; i++) {
        const joint_steps_t *like = &flow->steps[i];
        int64_t told = 0;
        for (size_t j = 0; j < flow->steps_n; j++)
            if (flow->steps[j].compute == like->compute &&
                flow->steps[j].ingress == like->ingress && flow->steps[j].egress == like->egress)
                told += flow->steps[j].steps;
        all += like->steps;
        ck_assert_msg(told == count_by_hand(table, like, exact_trace_delay(like)),
                      "%s: %lld steps of %lld, %lld, %lld cycles", name, (long long)told,
                      (long long)like->compute, (long long)like->ingress, (long long)like->egress);
    }
    ck_assert_int_eq(all, table->n);
    ck_assert_int_eq(flow->first, table->steps[0].ingress);
    ck_assert_int_eq(flow->last, table->steps[table->n - 1].egress);
}

static void check_moved(const char *name, const plan_t *plan, const exact_flow_t *flow,
                        const hand_table_t *table)
{
    joint_moved_t told = {.written = 0};
    for (int i = 0; i <= plan->loops_n + 1; i++) {
        for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
            told.read[tensor] += flow->moved[i].read[tensor];
        told.written += flow->moved[i].written;
        told.finished += flow->moved[i].finished;
    }
    for (int t = 0; t < table->n; t++) {
        for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
            told.read[tensor] -= table->steps[t].read[tensor];
        told.written -= table->steps[t].finished + table->steps[t].sums;
        told.finished -= table->steps[t].finished;
    }
    ck_assert_msg(!told.read[0] && !told.read[1] && !told.read[2] && !told.written &&
                      !told.finished,
                  "%s: other sums", name);
}

START_TEST(test_steps_are_those_worked_by_hand)
{
    const exact_example_t *example = &exact_examples[_i];
    const confx_hardware_t hardware = exact_example_hardware(example);
    confx_dataflow_t *dataflow;
    exact_trace_t trace;
    hand_table_t steps, outermost;
    ck_assert_ok(confx_dataflow_parse(example->dataflow, "example", &dataflow));
    const evaluation_point_t point = {dataflow, &example->layer, &hardware, example->pes,
                                      example->buffer};
    ck_assert_ok(exact_trace_open(&point, &trace));
    ck_assert_int_eq(trace.cost.fault, example->cost.fault);
    if (example->cost.fault == CONFX_COST_VALID) {
        read_tables(example->name, &steps, &outermost);
        check_flow(example->name, &trace.noc, &steps);
        check_flow(example->name, &trace.offchip, &outermost);
        check_moved(example->name, &trace.plan, &trace.noc, &steps);
        check_moved(example->name, &trace.plan, &trace.offchip, &outermost);
    }
    exact_trace_close(&trace);
    confx_dataflow_close(dataflow);
}
END_TEST

static void assert_moved(const joint_moved_t *moved, int64_t input, int64_t filter, int64_t sums,
                         int64_t finished, int64_t written)
{
    ck_assert_int_eq(moved->read[CONFX_TENSOR_INPUT], input);
    ck_assert_int_eq(moved->read[CONFX_TENSOR_FILTER], filter);
    ck_assert_int_eq(moved->read[CONFX_TENSOR_OUTPUT], sums);
    ck_assert_int_eq(moved->finished, finished);
    ck_assert_int_eq(moved->written, written);
}

/* Example 9.5, loops C, K and X: in step 4 C has moved, in steps 2 and 6 K, in all others but the
   first one X. */
START_TEST(test_what_moves_is_put_down_to_its_loop)
{
    const exact_example_t *example = example_named("reduction loop outside");
    const confx_hardware_t hardware = exact_example_hardware(example);
    confx_dataflow_t *dataflow;
    exact_trace_t trace;
    ck_assert_ok(confx_dataflow_parse(example->dataflow, "example", &dataflow));
    const evaluation_point_t point = {dataflow, &example->layer, &hardware, example->pes,
                                      example->buffer};
    ck_assert_ok(exact_trace_open(&point, &trace));
    int seen = 0;
    for (int loop = 0; loop < trace.plan.loops_n; loop++) {
        const plan_loop_t *own = &trace.plan.loops[loop];
        const joint_moved_t *moved = &trace.noc.moved[loop + 1];
        const confx_dim_t dim = own->maps[0].dim;
        if (own->level == 0 && dim == CONFX_DIM_C) assert_moved(moved, 1, 2, 2, 0, 1);
        if (own->level == 0 && dim == CONFX_DIM_K) assert_moved(moved, 2, 2, 1, 2, 4);
        if (own->level == 1 && dim == CONFX_DIM_X) assert_moved(moved, 4, 0, 3, 3, 6);
        seen += moved->written > 0;
    }
    ck_assert_int_eq(seen, 3);
    assert_moved(&trace.noc.moved[0], 1, 2, 0, 0, 0);
    assert_moved(&trace.noc.moved[trace.plan.loops_n + 1], 0, 0, 0, 1, 1);
    exact_trace_close(&trace);
    confx_dataflow_close(dataflow);
}
END_TEST

/* ---- random mappings ------------------------------------------------------------------------- */

/* Steps and cycles of a flow; what of them goes to what. */
static bool adds_up(const exact_flow_t *flow, int64_t cycles[CONFX_BOUNDS], int64_t *steps)
{
    bool right = true;
    *steps = 0;
    cycles[CONFX_BOUND_COMPUTE] = 0;
    cycles[CONFX_BOUND_INGRESS] = flow->first;
    cycles[CONFX_BOUND_EGRESS] = flow->last;
    for (size_t i = 0; i < flow->steps_n; i++) {
        const joint_steps_t *alike = &flow->steps[i];
        const int64_t delay = exact_trace_delay(alike);
        *steps += alike->steps;
        cycles[alike->bound] += alike->steps * delay;
        right = right && delay >= alike->compute && delay >= alike->ingress &&
                delay >= alike->egress && alike->steps > 0;
    }
    return right;
}

static bool moves_as_much(const exact_trace_t *trace, const exact_flow_t *flow,
                          const int64_t read[CONFX_TENSORS], int64_t written)
{
    int64_t finished = 0;
    bool right = true;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        int64_t told = 0;
        for (int i = 0; i <= trace->plan.loops_n + 1; i++) told += flow->moved[i].read[tensor];
        right = right && told == read[tensor];
    }
    for (int i = 0; i <= trace->plan.loops_n + 1; i++) {
        written -= flow->moved[i].written;
        finished += flow->moved[i].finished;
    }
    return right && written == 0 && finished == trace->cost.exact.outputs;
}

static int64_t bytes_of(const int64_t most[CONFX_TENSORS], int64_t psum_bytes)
{
    return 2 * (most[CONFX_TENSOR_INPUT] + most[CONFX_TENSOR_FILTER] +
                psum_bytes * most[CONFX_TENSOR_OUTPUT]);
}

/* What a trace tells adds up to the figures; NULL: it does. */
static const char *trace_flaw(const exact_trace_t *trace)
{
    const confx_cost_exact_t *own = &trace->cost.exact;
    const int64_t psum_bytes = trace->point.hardware->psum_bytes;
    int64_t cycles[CONFX_BOUNDS], steps;
    if (!moves_as_much(trace, &trace->noc, own->noc_read, own->noc_written)) return "the NoC";
    if (!moves_as_much(trace, &trace->offchip, own->offchip_read, own->offchip_written))
        return "off-chip";
    if (bytes_of(trace->noc.most, psum_bytes) != trace->cost.l1_bytes) return "L1 bytes";
    if (bytes_of(trace->offchip.most, psum_bytes) != trace->cost.l2_bytes) return "L2 bytes";
    if (!adds_up(&trace->noc, cycles, &steps) || steps != own->steps) return "steps";
    for (int bound = 0; bound < CONFX_BOUNDS; bound++)
        if (cycles[bound] != own->bound_cycles[bound]) return "what bounds cycles";
    if (!adds_up(&trace->offchip, cycles, &steps) || steps > own->steps) return "outermost steps";
    return cycles[0] + cycles[1] + cycles[2] == own->offchip_cycles ? NULL : "off-chip cycles";
}

START_TEST(test_what_is_told_of_random_mappings_adds_up)
{
    int legal = 0, several = 0, bounds[CONFX_BOUNDS] = {0};
    confx_hardware_t asic;
    ck_assert_ok(confx_hardware_open("data/hw/asic.yaml", &asic));
    for (uint64_t number = 0; number < RANDOM_CASES; number++) {
        walk_case_t one = walk_case_random(11, number);
        one.hardware.units = asic.units;
        const evaluation_point_t point = {&one.dataflow, &one.layer, &one.hardware, one.pes,
                                          one.buffer};
        exact_trace_t trace;
        confx_cost_t cost;
        if (exact_trace_open(&point, &trace).code != CONFX_STATUS_OK) ck_abort_msg("no memory");
        confx_cost_evaluate(point.dataflow, point.layer, point.hardware, point.pes, point.buffer,
                            &cost);
        const char *flaw = cost.fault != trace.cost.fault                     ? "the fault"
                           : cost.fault != CONFX_COST_VALID                   ? NULL
                           : cost.runtime_cycles != trace.cost.runtime_cycles ? "the runtime"
                                                                              : trace_flaw(&trace);
        if (flaw) {
            walk_case_print(&one);
            ck_abort_msg("case %d: %s", (int)number, flaw);
        }
        legal += cost.fault == CONFX_COST_VALID;
        several += trace.noc.steps_n > 1 && trace.offchip.steps_n > 1;
        for (size_t i = 0; i < trace.noc.steps_n; i++) bounds[trace.noc.steps[i].bound]++;
        exact_trace_close(&trace);
    }
    ck_assert_int_gt(legal, RANDOM_CASES / 3);
    ck_assert_int_gt(several, RANDOM_CASES / 4);
    for (int bound = 0; bound < CONFX_BOUNDS; bound++) ck_assert_int_gt(bounds[bound], 100);
}
END_TEST

/* ---- text ------------------------------------------------------------------------------------ */

static char *explain(const char *name)
{
    const exact_example_t *example = example_named(name);
    const confx_hardware_t hardware = exact_example_hardware(example);
    confx_dataflow_t *dataflow;
    char *text = NULL;
    ck_assert_ok(confx_dataflow_parse(example->dataflow, "example", &dataflow));
    ck_assert_ok(confx_cost_explain(dataflow, &example->layer, &hardware, example->pes,
                                    example->buffer, &text));
    confx_dataflow_close(dataflow);
    return text;
}

/* Words, with any blanks between them. */
static void assert_says(const char *text, const char *words)
{
    for (const char *from = text; *from; from++) {
        const char *word = words, *at = from;
        while (*word && *at == *word) {
            if (*word == ' ')
                while (at[1] == ' ') at++;
            at++;
            word++;
        }
        if (*word == 0) return;
    }
    (void)fputs(text, stderr); /* too long for a message of Check's */
    ck_abort_msg("\"%s\" is not in the text above", words);
}

START_TEST(test_a_legal_mapping_is_told_as_worked_by_hand)
{
    char *text = explain("A reduction loop outside");
    assert_says(text, "Verdict valid");
    assert_says(text, "\n 0 C temporal 2 1 1 2 2\n");
    assert_says(text, "\n 1 K spatial 2 1 1 2 2 1\n");
    assert_says(text, "\n before the first step 1 1 2 0 0 0\n");
    assert_says(text, "\n 0 K 2 2 2 1 2 2\n");
    assert_says(text, "\n behind the last step 1 0 0 0 1 0\n");
    assert_says(text, "\n together 9 8 6 6 6 6\n");
    assert_says(text, "NoC 20 cycles: 2 of ingress before the first step, 1 of egress behind");
    assert_says(text, "Off-chip 11 cycles: 1 before");
    assert_says(text, "Delay 20 cycles, the larger of NoC and off-chip: most go to ingress");
    assert_says(text, "an L1 holds 8 bytes, the L2 24 bytes");
    assert_says(text, "off-chip 40 bytes left out");
    assert_says(text, "MACs 12, each of the layer's once; in 8 steps 1.5 of 2 PEs");
    free(text);
}
END_TEST

START_TEST(test_what_is_left_over_and_what_is_refused_is_told)
{
    char *text = explain("A partial cluster");
    assert_says(text, "Levels 0: 2 units, 1: 2 units; those of a level lie in each unit of the "
                      "level before, the last are PEs; 1 of 5 PEs are left over");
    free(text);
    text = explain("a diagonal of outputs");
    assert_says(text, "Verdict invalid: not every MAC of the layer is done exactly once");
    assert_says(text, "Witness MAC k 0, c 0, y 0, x 1, r 0, s 0 is never done: the map of X in "
                      "level 1");
    assert_says(text, "\n 1 Y' spatial 2 1 1 2 2 1\n"); /* loops are there, figures are not */
    ck_assert_ptr_null(strstr(text, "Energy"));
    free(text);
    text = explain("tiles that overlap");
    assert_says(text, "k 1, c 0, y 0, x 0, r 0, s 0 is done 2 times: the map of K in level 0");
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exact trace");
    TCase *tests = tcase_create("exact trace");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 0);
    tcase_add_loop_test(tests, test_steps_are_those_worked_by_hand, 0, EXACT_EXAMPLES);
    tcase_add_test(tests, test_what_moves_is_put_down_to_its_loop);
    tcase_add_test(tests, test_what_is_told_of_random_mappings_adds_up);
    tcase_add_test(tests, test_a_legal_mapping_is_told_as_worked_by_hand);
    tcase_add_test(tests, test_what_is_left_over_and_what_is_refused_is_told);
    return suite_run(suite);
}
