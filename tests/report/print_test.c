/* The summary on the terminal. */
#include "fixture.h"
#include "said.h"

/* All that report_print says; good until the next call. */
static char *printed(const fixture_t *fixture)
{
    static char text[1 << 16];
    report_t *report = fixture_open(fixture);
    FILE *out = fmemopen(text, sizeof text, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_ok(report_print(report, out));
    ck_assert_int_eq(fclose(out), 0);
    report_close(report);
    return text;
}

static void assert_silent(const char *text, const char *word)
{
    ck_assert_msg(strstr(text, word) == NULL, "\"%s\" is not to be in:\n%s", word, text);
}

START_TEST(a_finished_run_is_told_whole)
{
    static const char expected[] =
        "Network    tiny: 3 layers\n"
        "Hardware   asic, dataflow dla (depthwise layers: dpt); pipelined, each layer on a "
        "partition of its own\n"
        "Objective  least latency (cycles), summed over the layers\n"
        "Budget     area, summed over the layers, at most 4 mm^2 (4e+06 um^2): iot, the least plus "
        "10 % of the way to\n"
        "           the most that uniform assignments need\n"
        "Choices    for each layer one of 12 PE levels (1 to 128) and of 12 buffer levels (K "
        "tiles, 1 to 12)\n"
        "Search     reinforce+islands, preset default, 30 samples, seed 7, 2 ranks, confx 0.1.0\n"
        "Status     complete\n"
        "\n"
        "#  type       K    C    Y    X  R  S   pe  buffer     cycles  energy nJ  area mm^2  "
        "latency %  budget %\n"
        "1  CONV      32    3  224  224  3  3    8      12    550,000   1,234.57     0.9000      "
        "50.00     22.50\n"
        "2  DSCONV     1   32  112  112  3  3   16       1    330,000      99.50     1.8000      "
        "30.00     45.00\n"
        "3  CONV    1280  320    7    7  1  1  128       3    220,000  20,000.00     0.9000      "
        "20.00     22.50\n"
        "   sum                                152          1,100,000  21,334.07     3.6000     "
        "100.00     90.00\n"
        "\n"
        "Best       latency 1,100,000 cycles\n"
        "Used       area 3.6 mm^2 of 4 mm^2, 90.00 % of the budget\n"
        "Certified  10 % above the proven optimum 1,000,000 cycles (of all assignments of 1 to 128 "
        "PEs and buffers 1 "
        "to\n"
        "           12, not of the levels alone)\n"
        "Worth      the bound falls by 50,000 cycles per mm^2 of area; the optimum falls next at "
        "4.03 mm^2 (0.75 %\n"
        "           more), by 1,500 cycles (0.15 %)\n"
        "MACs       counted as 66.14 million for 34.2 million: the count departs from the true one "
        "in 1 of 3 layers, "
        "by\n"
        "           a factor of 4\n"
        "Samples    30: reinforce 20, islands 10; 50 % within the budget\n"
        "Evaluated  1,234 distinct points of the cost model\n"
        "Time       1 min 15 s of searching; begun 2026-01-31T12:00:00Z, ended "
        "2026-01-31T12:01:16Z\n";
    const fixture_t fixture = fixture_begin();
    char *text = printed(&fixture);
    char files[256];
    (void)snprintf(files, sizeof files, "Files      %s: run.h5\n", directory);
    ck_assert_uint_gt(strlen(text), sizeof expected - 1);
    ck_assert_str_eq(text + sizeof expected - 1, files);
    text[sizeof expected - 1] = 0;
    ck_assert_str_eq(text, expected);
}
END_TEST

START_TEST(the_gap_is_told_by_what_was_proven)
{
    fixture_t fixture = fixture_begin();
    fixture.space = "levels";
    fixture.gap = 1.2e-4;
    ck_assert_says(
        printed(&fixture),
        "Certified  0.012 % above the proven optimum 1,000,000 cycles (of all assignments of "
        "the 12 x 12 levels)\n");
    fixture.gap = 1e-12;
    ck_assert_says(
        printed(&fixture),
        "Certified  this is the proven optimum (of all assignments of the 12 x 12 levels)\n");
    fixture.solved = false;
    fixture.gap = 0.1011;
    ck_assert_says(printed(&fixture),
                   "Certified  at most 10.1 % above the proven bound 999,000 cycles (of all");
    fixture.gap = -0.05;
    ck_assert_says(printed(&fixture),
                   "Certified  5 % below the proven bound 999,000 cycles: the log contradicts its "
                   "certificate,");
    fixture.bounded = false;
    ck_assert_says(printed(&fixture),
                   "Certified  no bound is known for this objective and budget\n");
    assert_silent(printed(&fixture), "Worth");
}
END_TEST

START_TEST(a_budget_that_does_not_bind_is_worth_nothing)
{
    fixture_t fixture = fixture_begin();
    fixture.shadow_price = 0;
    fixture.next = "none: no larger budget improves on the optimum";
    ck_assert_says(printed(&fixture),
                   "Worth      more area would save nothing: the budget does not bind\n");
}
END_TEST

/* Only a proof that there is no next step says that the budget does not bind. */
START_TEST(what_is_not_known_of_the_budget_is_not_guessed)
{
    fixture_t fixture = fixture_begin();
    fixture.next = "unknown: not found within the limit on partial assignments";
    ck_assert_says(
        printed(&fixture),
        "Worth      the bound falls by 50,000 cycles per mm^2 of area; at which budget the "
        "optimum falls next was not\n           found within the limits\n");
    fixture.next = NULL;
    ck_assert_says(printed(&fixture),
                   "Worth      the bound falls by 50,000 cycles per mm^2 of area\n");
    fixture.shadow_price = 0;
    assert_silent(printed(&fixture), "Worth");
    assert_silent(printed(&fixture), "bind");
}
END_TEST

START_TEST(the_same_for_more_of_the_budget_is_not_the_optimum)
{
    fixture_t fixture = fixture_begin();
    fixture.gap = 0;
    fixture.need = 3500000;
    ck_assert_says(printed(&fixture),
                   "Certified  as low as the proven optimum, which needs 3.5 mm^2 (of all");
    fixture.need = fixture.constraint;
    ck_assert_says(printed(&fixture), "Certified  this is the proven optimum (of all");
}
END_TEST

START_TEST(a_running_and_a_stopped_search_say_so)
{
    fixture_t fixture = fixture_begin();
    fixture.status = "running";
    fixture.job = "workload: tiny\nsearch: {samples: 4000}\n";
    const char *text = printed(&fixture);
    ck_assert_says(text,
                   "Status     running: 30 of 4,000 samples drawn by 2026-01-31T12:01:16Z; what "
                   "follows is the state "
                   "then\n");
    ck_assert_says(text, "begun 2026-01-31T12:00:00Z, seen 2026-01-31T12:01:16Z\n");
    fixture.status = "stopped";
    ck_assert_says(
        printed(&fixture),
        "Status     stopped by a signal after 30 of 4,000 samples; `confx run --resume` goes on "
        "from there\n");
}
END_TEST

START_TEST(a_search_without_a_find_says_what_is_proven)
{
    fixture_t fixture = fixture_begin();
    fixture.status = "infeasible";
    fixture.found = false;
    fixture.gap = NAN;
    for (size_t i = 0; i < fixture.updates_n; i++) fixture.best[i] = NAN, fixture.feasible[i] = 0;
    const char *text = printed(&fixture);
    ck_assert_says(text, "Status     infeasible: none of 30 samples was within the budget\n");
    ck_assert_says(text, "Best       no feasible assignment was found\n");
    ck_assert_says(text, "Certified  the proven optimum is 1,000,000 cycles (of all");
    ck_assert_says(text, "islands 10; 0 % within the budget\n");
    assert_silent(text, "energy nJ");
    assert_silent(text, "Used");
    fixture.status = "running";
    fixture.budget = NAN;
    text = printed(&fixture);
    ck_assert_says(text, "Best       no feasible assignment so far\n");
    ck_assert_says(text, "Budget     area, summed over the layers: iot, the least plus 10 %");
    fixture.lower_bound = INFINITY;
    fixture.solved = false;
    ck_assert_says(printed(&fixture),
                   "Certified  proven: no assignment is within the budget (of all");
}
END_TEST

START_TEST(a_run_of_no_update_yet_can_be_told)
{
    fixture_t fixture = fixture_begin();
    fixture.status = "running";
    fixture.found = false;
    fixture.updates_n = 0;
    fixture.samples = 0;
    fixture.policy_rows = fixture.island_rows = 0;
    const char *text = printed(&fixture);
    ck_assert_says(text, "Samples    0\n");
    ck_assert_says(text, "Time       0 s of searching;");
}
END_TEST

START_TEST(other_objectives_and_budgets_bring_their_units)
{
    fixture_t fixture = fixture_begin();
    fixture.job = "workload: tiny\nobjective: energy\nbudget: {constraint: power, limit: 8}\n"
                  "search: {algorithm: random}\n";
    fixture.objective = 21334.0678;
    fixture.constraint = 7.25;
    fixture.budget = 8;
    const char *text = printed(&fixture);
    ck_assert_says(text, "Objective  least energy (nJ), summed over the layers\n");
    ck_assert_says(
        text, "Budget     power, summed over the layers, at most 8 mW, a limit set by the job\n");
    ck_assert_says(text, "cycles  energy nJ  power mW  energy %  budget %\n");
    ck_assert_says(text, "330,000      99.50     2.500      0.47     31.25\n");
    ck_assert_says(text, "Best       energy 21,334.1 nJ\n");
    ck_assert_says(text, "Used       power 7.25 mW of 8 mW, 90.62 % of the budget\n");
    ck_assert_says(text, "Samples    30: random 30");
}
END_TEST

START_TEST(a_product_shows_the_shares_of_both_its_factors)
{
    fixture_t fixture = fixture_begin();
    fixture.job = "workload: tiny\nobjective: edp\n";
    fixture.objective = 23467474580000;
    const char *text = printed(&fixture);
    ck_assert_says(text,
                   "Objective  least edp (cycles nJ), the network's cycles times its energy\n");
    ck_assert_says(text,
                   "Feedback   total: edp does not add up over layers, so that no layer has a "
                   "share to be revealed\n");
    ck_assert_says(text, "latency % energy % budget %\n");
    ck_assert_says(text, "     50.00     5.79    22.50\n");
    ck_assert_says(text, "    100.00   100.00    90.00\n");
    ck_assert_says(text, "Best       edp 23,467,474,580,000 cycles nJ\n");
}
END_TEST

/* As an accounting has it that does not tell cycles and energy apart. */
START_TEST(true_macs_and_utilisation_are_told_of_each_layer)
{
    static const char table[] =
        "\n"
        "#  type     pe        MACs     counted  utilised %  PEs at work %\n"
        "1  CONV      8  10,645,344  42,581,376       60.48         100.00\n"
        "2  DSCONV   16   3,484,800   3,484,800       16.50          37.00\n"
        "3  CONV    128  20,070,400  20,070,400       17.82          87.50\n"
        "   sum     152  34,200,544  66,136,576       22.60          82.84\n"
        "\n"
        "Best ";
    fixture_t fixture = fixture_begin();
    fixture.used = true;
    fixture.accounting = "maestro";
    const char *text = printed(&fixture);
    ck_assert_says(text,
                   "Hardware   asic, accounting maestro, dataflow dla (depthwise layers: dpt); ");
    ck_assert_says(text, table);
    ck_assert_says(text, "Utilised   the PEs do 22.6 % of the MACs that they have cycles for, in "
                         "single layers 16.5 % to 60.5 %\nSamples ");
    assert_silent(text, "Delay");
    assert_silent(text, "Energy  ");
    fixture.beyond = true;
    ck_assert_says(
        printed(&fixture),
        "in single layers 100 % to 250 %: more\n           than they can do in 2 layers, to "
        "which the model gives fewer cycles than their MACs take\n");
}
END_TEST

START_TEST(what_bounds_the_delay_is_told_in_plain_words)
{
    static const char table[] =
        "\n"
        "#  type     pe        MACs  utilised %  PEs at work %  delay bound by\n"
        "1  CONV      8  10,645,344       60.48         100.00  ingress from the L2, 72 %\n"
        "2  DSCONV   16   3,484,800       16.50          37.00  too few channels or rows to fill "
        "the PEs\n"
        "3  CONV    128  20,070,400       17.82          87.50  off-chip memory\n"
        "   sum     152  34,200,544       22.60          82.84\n"
        "\n";
    fixture_t fixture = fixture_begin();
    fixture.used = fixture.parted = true;
    const char *text = printed(&fixture);
    ck_assert_says(text, table);
    ck_assert_says(
        text, "Delay      bound by too few channels or rows to fill the PEs in 1 of 3 layers, "
              "by ingress from the L2 in 1, by\n           off-chip memory in 1; of all cycles: "
              "compute 52.6 %, ingress 40.5 %, egress 5 %, off-chip 1.82 %\n"
              "Energy     L1 51.8 %, L2 38.6 %, MACs 9.58 %; none counted: reductions, NoC, "
              "off-chip\n");
    assert_silent(text, "counted  utilised");
    assert_silent(text, "MACs       counted");
    fixture.first_bound = "egress";
    ck_assert_says(printed(&fixture), "egress to the L2, 10 %\n");
    fixture.first_bound = "compute";
    text = printed(&fixture);
    ck_assert_says(text, "100.00  compute, 18 %\n");
    ck_assert_says(text,
                   "Delay      bound by compute in 1 of 3 layers, by too few channels or rows ");
}
END_TEST

START_TEST(named_layers_keep_within_the_width)
{
    fixture_t fixture = fixture_begin();
    fixture.used = fixture.parted = true;
    (void)snprintf(fixture.names[0], CONFX_LAYER_NAME_MAX,
                   "features.0.conv.with.a.name.as.long.as.may.be");
    (void)snprintf(fixture.names[1], CONFX_LAYER_NAME_MAX, "\033[31mr\303\266t");
    const char *text = printed(&fixture);
    ck_assert_says(text, "# layer ");
    ck_assert_says(text, "\n1 features.0.c");
    ck_assert_says(text, "\n2 ?[31mr\303\266t ");
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strncmp(line, "Files", 5) == 0 || strcspn(line, "\n") <= 111, "%s", line);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_finished_run_is_told_whole,
                                  the_gap_is_told_by_what_was_proven,
                                  a_budget_that_does_not_bind_is_worth_nothing,
                                  what_is_not_known_of_the_budget_is_not_guessed,
                                  the_same_for_more_of_the_budget_is_not_the_optimum,
                                  a_running_and_a_stopped_search_say_so,
                                  a_search_without_a_find_says_what_is_proven,
                                  a_run_of_no_update_yet_can_be_told,
                                  other_objectives_and_budgets_bring_their_units,
                                  a_product_shows_the_shares_of_both_its_factors,
                                  true_macs_and_utilisation_are_told_of_each_layer,
                                  what_bounds_the_delay_is_told_in_plain_words,
                                  named_layers_keep_within_the_width,
                                  NULL};
    return fixture_run("print", tests);
}
