/* Dataflows and their parameters as axes of a job: what a point costs is held against the text of
   its dataflow with the values written into it, the optimum against every assignment. */
#include "confx/certificate.h"
#include "confx/dataflow.h"
#include "confx/figures.h"
#include "confx/file.h"
#include "confx/job_dataflow.h"
#include "confx/try.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A pointwise, a depthwise and a 3 x 3 layer. */
static const char layers_csv[] = "K,C,Y,X,R,S,T\n6,4,6,6,1,1,1\n1,6,8,8,3,3,2\n4,6,7,7,3,3,1\n";
enum { LAYERS = 3 };

/* Two free tiles, and a constant that no directive uses. */
#define TILED(c, x)                                                                                \
    "Constant CTileSz " c ";\nConstant XTileSz " x ";\nConstant Idle 3;\nDataflow {\n"             \
    "TemporalMap(CTileSz, CTileSz) C;\nSpatialMap(KTileSz, KTileSz) K;\n"                          \
    "TemporalMap(Sz(R), 1) Y;\nTemporalMap(XTileSz, XTileSz) X';\n"                                \
    "TemporalMap(Sz(R), Sz(R)) R;\nTemporalMap(Sz(S), Sz(S)) S;\n}\n"

enum { DATAFLOWS_MOST = 4, POINTS_MOST = 512 };

typedef struct {
    job_t *job;
    confx_workload_t workload;
    confx_hardware_t hardware;
    confx_dataflow_t *dataflows[DATAFLOWS_MOST], *depthwises[DATAFLOWS_MOST];
    problem_t *problem; /* NULL: it was refused */
} space_case_t;

/* The name "tiled" stands for the text above. */
static void read_dataflows(const job_t *job, job_data_t data, confx_dataflow_t **of)
{
    ck_assert_uint_le(job_dataflows(job, data), DATAFLOWS_MOST);
    for (size_t i = 0; i < job_dataflows(job, data); i++) {
        char path[FILE_PATH_MAX];
        if (!strcmp(job_dataflow(job, data, i), "tiled")) {
            ck_assert_ok(confx_dataflow_parse(TILED("1", "4"), "tiled.m", &of[i]));
            continue;
        }
        ck_assert_ok(job_find_dataflow(job, data, i, path));
        ck_assert_ok(confx_dataflow_open(path, &of[i]));
    }
}

static confx_status_t open_case(space_case_t *self, const char *text, const char *accounting)
{
    char set[64];
    const char *sets[] = {"workload=mobilenet_v2", set};
    (void)setenv("CONFX_DATA", "data", 0);
    *self = (space_case_t){.problem = NULL};
    (void)snprintf(set, sizeof set, "accounting=%s", accounting);
    ck_assert_ok(job_parse(text, "flows.yaml", sets, 2, &self->job));
    ck_assert_ok(confx_workload_parse(layers_csv, "layers.csv", &self->workload));
    ck_assert_ok(confx_hardware_open("data/hw/asic.yaml", &self->hardware));
    ck_assert_ok(confx_hardware_set(&self->hardware, set));
    read_dataflows(self->job, JOB_DATAFLOW, self->dataflows);
    read_dataflows(self->job, JOB_DATAFLOW_DEPTHWISE, self->depthwises);
    const problem_parts_t parts = {.workload = &self->workload,
                                   .dataflow = self->dataflows[0],
                                   .depthwise = self->depthwises[0],
                                   .hardware = &self->hardware,
                                   .job = self->job,
                                   .dataflows = (const confx_dataflow_t *const *)self->dataflows,
                                   .depthwises = (const confx_dataflow_t *const *)self->depthwises};
    return problem_open(&parts, &self->problem);
}

static void close_case(space_case_t *self)
{
    problem_close(self->problem);
    for (size_t i = 0; i < DATAFLOWS_MOST; i++) {
        confx_dataflow_close(self->dataflows[i]);
        confx_dataflow_close(self->depthwises[i]);
    }
    confx_workload_close(&self->workload);
    job_close(self->job);
}

static const char mixed[] = "space:\n"
                            "  pe: [1, 4, 7]\n"
                            "  buffer: [1, 2]\n"
                            "  dataflow: [dla, tiled, shi]\n"
                            "  dataflow_depthwise: [dpt, rs]\n"
                            "  CTileSz: [1, 2, 3]\n"
                            "  XTileSz: [2, 4]\n";
enum { PE, BUFFER, FLOW, DEPTHWISE, CTILE, XTILE, AXES };

/* ---- points ---------------------------------------------------------------------------------- */

static bool is_depthwise(size_t layer)
{
    return layer == 1;
}

/* By the words of the job, not by how the problem has it. */
static const char *flow_of(size_t layer, const uint16_t *action)
{
    static const char *const others[] = {"dla", "tiled", "shi"};
    static const char *const depthwise[] = {"dpt", "rs"};
    return is_depthwise(layer) ? depthwise[action[DEPTHWISE]] : others[action[FLOW]];
}

static const char *tile_name(size_t axis)
{
    return axis == CTILE ? "CTileSz" : "XTileSz";
}

/* The file's text with another value in the line of a constant. */
static void write_constant(char *text, size_t room, const char *name, unsigned value)
{
    char line[64], before[4096];
    (void)snprintf(line, sizeof line, "Constant %s ", name);
    (void)snprintf(before, sizeof before, "%s", text);
    char *at = strstr(before, line);
    if (!at) return;
    const char *rest = strchr(at, ';');
    ck_assert_ptr_nonnull(rest);
    (void)snprintf(text, room, "%.*s%s%u%s", (int)(at - before), before, line, value, rest);
}

static bool uses_tile(const char *flow, size_t axis)
{
    if (!strcmp(flow, "tiled") || !strcmp(flow, "rs")) return true; /* both tiles */
    return !strcmp(flow, "shi") && axis == CTILE;
}

static void load_flow(const char *flow, char text[4096])
{
    char path[64];
    char *loaded;
    if (!strcmp(flow, "tiled")) {
        (void)snprintf(text, 4096, "%s", TILED("1", "4"));
        return;
    }
    (void)snprintf(path, sizeof path, "data/dataflows/%s.m", flow);
    ck_assert_ok(file_load(path, FILE_USERS, FILE_TABLE_MOST, &loaded, NULL));
    (void)snprintf(text, 4096, "%s", loaded);
    free(loaded);
}

static void cost_by_text(const space_case_t *self, size_t layer, const uint16_t *action,
                         confx_cost_t *cost)
{
    const space_t *space = problem_space(self->problem);
    const char *flow = flow_of(layer, action);
    confx_dataflow_t *dataflow;
    char text[4096];
    load_flow(flow, text);
    for (size_t axis = CTILE; axis < AXES; axis++)
        write_constant(text, sizeof text, tile_name(axis), space_value(space, axis, action[axis]));
    ck_assert_ok(confx_dataflow_parse(text, flow, &dataflow));
    confx_cost_evaluate(dataflow, &self->workload.layers[layer], &self->hardware,
                        space_value(space, PE, action[PE]),
                        space_value(space, BUFFER, action[BUFFER]), cost);
    confx_dataflow_close(dataflow);
}

static bool same_number(double one, double other)
{
    return memcmp(&one, &other, sizeof one) == 0;
}

/* Every point of every layer costs what its dataflow costs with the values in its text. */
START_TEST(a_point_costs_what_its_dataflow_says)
{
    space_case_t self;
    size_t valid = 0, wrong = 0;
    ck_assert_ok(open_case(&self, mixed, _i ? "maestro" : "exact"));
    const space_t *space = problem_space(self.problem);
    ck_assert_uint_eq(space_axes(space), AXES);
    ck_assert_uint_eq(space_points(space), 7 * 2 * 3 * 2 * 3 * 2);
    for (size_t layer = 0; layer < LAYERS; layer++) {
        const size_t distinct = problem_distinct_of(self.problem, layer);
        for (uint64_t point = 0; point < space_points(space); point++) {
            uint16_t action[SPACE_AXES];
            double metrics[MODEL_METRICS];
            confx_cost_t cost;
            space_action(space, point, action);
            cost_by_text(&self, layer, action, &cost);
            const bool is = problem_metrics(self.problem, distinct, point, metrics);
            valid += is;
            wrong += is != (cost.fault == CONFX_COST_VALID);
            wrong += is && !same_number(metrics[BUILTIN_LATENCY], (double)cost.runtime_cycles);
            wrong += is && !same_number(metrics[BUILTIN_ENERGY], cost.energy_nj);
            wrong += !same_number(metrics[BUILTIN_AREA], cost.area_um2);
        }
    }
    ck_assert_uint_gt(valid, 0);
    ck_assert_uint_eq(wrong, 0);
    close_case(&self);
}
END_TEST

/* An axis is of no use to a layer whose dataflow does not have it: such points are one. */
START_TEST(what_a_layer_does_not_use_is_one_point)
{
    space_case_t self;
    ck_assert_ok(open_case(&self, mixed, "exact"));
    const space_t *space = problem_space(self.problem);
    size_t wrong = 0;
    size_t canonical[LAYERS] = {0};
    for (size_t layer = 0; layer < LAYERS; layer++) {
        const size_t distinct = problem_distinct_of(self.problem, layer);
        for (uint64_t point = 0; point < space_points(space); point++) {
            uint16_t action[SPACE_AXES];
            space_action(space, point, action);
            const char *flow = flow_of(layer, action);
            wrong += space_uses(space, distinct, action, FLOW) == is_depthwise(layer);
            wrong += space_uses(space, distinct, action, DEPTHWISE) != is_depthwise(layer);
            for (size_t axis = CTILE; axis < AXES; axis++)
                wrong += space_uses(space, distinct, action, axis) != uses_tile(flow, axis);
            canonical[layer] += space_canonical(space, distinct, point) == point;
        }
    }
    ck_assert_uint_eq(wrong, 0);
    /* dla has no tile, tiled both, shi one; dpt none, rs both. */
    ck_assert_uint_eq(canonical[0], 7 * 2 * (1 + 3 * 2 + 3));
    ck_assert_uint_eq(canonical[1], 7 * 2 * (1 + 3 * 2));
    /* Scored in any of the ways that mean the same, an assignment is the same. */
    uint16_t one[LAYERS * AXES] = {0}, other[LAYERS * AXES] = {0};
    for (size_t layer = 0; layer < LAYERS; layer++) {
        one[layer * AXES + PE] = other[layer * AXES + PE] = 3;
        other[layer * AXES + CTILE] = is_depthwise(layer) ? 2 : 1;
        other[layer * AXES + (is_depthwise(layer) ? FLOW : DEPTHWISE)] = 1;
    }
    ck_assert_uint_eq(problem_key(self.problem, one), problem_key(self.problem, other));
    problem_canonical(self.problem, one);
    problem_canonical(self.problem, other);
    ck_assert_mem_eq(one, other, sizeof one);
    /* Of XTileSz the default in the file is the second level, and stands for it. */
    ck_assert_uint_eq(one[XTILE], 1);
    close_case(&self);
}
END_TEST

/* ---- the optimum ----------------------------------------------------------------------------- */

typedef struct {
    double cost[LAYERS][POINTS_MOST], need[LAYERS][POINTS_MOST];
    size_t n[LAYERS];
} options_t;

/* Does it mean the same as another action, with the first value on an axis that is of no use? */
static bool is_repeated(size_t layer, const uint16_t *action)
{
    const char *flow = flow_of(layer, action);
    if (action[is_depthwise(layer) ? FLOW : DEPTHWISE] > 0) return true;
    for (size_t axis = CTILE; axis < AXES; axis++)
        if (action[axis] > 0 && !uses_tile(flow, axis)) return true;
    return false;
}

/* What each layer may choose, by the texts of its dataflows. */
static void list_options(const space_case_t *self, bool energy, options_t *options)
{
    const space_t *space = problem_space(self->problem);
    for (size_t layer = 0; layer < LAYERS; layer++) {
        options->n[layer] = 0;
        for (uint64_t point = 0; point < space_points(space); point++) {
            uint16_t action[SPACE_AXES];
            confx_cost_t cost;
            space_action(space, point, action);
            if (is_repeated(layer, action)) continue;
            cost_by_text(self, layer, action, &cost);
            if (cost.fault != CONFX_COST_VALID) continue;
            const size_t at = options->n[layer]++;
            options->cost[layer][at] = energy ? cost.energy_nj : (double)cost.runtime_cycles;
            options->need[layer][at] = cost.area_um2;
        }
    }
}

static double best_of_all(const options_t *options, double budget)
{
    double best = INFINITY;
    for (size_t i = 0; i < options->n[0]; i++)
        for (size_t j = 0; j < options->n[1]; j++)
            for (size_t k = 0; k < options->n[2]; k++) {
                const double need = options->need[0][i] + options->need[1][j] + options->need[2][k];
                const double cost = options->cost[0][i] + options->cost[1][j] + options->cost[2][k];
                if (need <= budget && cost < best) best = cost;
            }
    return best;
}

START_TEST(the_optimum_is_the_best_of_all_assignments)
{
    static const char *const objectives[] = {"objective: latency\n", "objective: energy\n"};
    static const char *const fractions[] = {"budget: {fraction: 0.1}\n",
                                            "budget: {fraction: 0.4}\n"};
    static options_t options;
    const bool energy = _i & 1;
    char text[1024];
    space_case_t self;
    knapsack_t knapsack;
    (void)snprintf(text, sizeof text, "%s%s%s", mixed, objectives[energy], fractions[_i >> 1 & 1]);
    ck_assert_ok(open_case(&self, text, _i >> 2 ? "maestro" : "exact"));
    list_options(&self, energy, &options);
    ck_assert_ptr_null(certificate_obstacle(self.problem));
    ck_assert_ok(certificate_solve(self.problem, SPACE_INTEGERS, NULL, &knapsack));
    ck_assert(knapsack.solved);
    const double best = best_of_all(&options, problem_budget(self.problem));
    ck_assert_double_eq_tol(knapsack.optimum, best, 1e-9 * best);
    ck_assert(knapsack.lower_bound <= knapsack.optimum * (1 + 1e-12));
    knapsack_close(&knapsack);
    close_case(&self);
}
END_TEST

/* ---- what is refused ------------------------------------------------------------------------- */

START_TEST(a_parameter_that_no_dataflow_has_is_refused)
{
    static const struct {
        const char *text, *told;
    } cases[] = {
        {"dataflow: dla\nspace:\n  CTileSz: [1, 2]\n",
         "flows.yaml:3: space.CTileSz: expected a Constant that directives of a dataflow use "
         "(these dataflows have none)"},
        {"space:\n  dataflow: [dla, rs]\n  YTileSz: [1, 2]\n",
         "flows.yaml:3: space.YTileSz: expected a Constant that directives of a dataflow use (rs "
         "has XTileSz, rs has CTileSz)"},
        {"space:\n  dataflow: [tiled, rs]\n  Idle: [1, 2]\n",
         "flows.yaml:3: space.Idle: expected a Constant that directives of a dataflow use"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        space_case_t self;
        ck_assert_fails(open_case(&self, cases[i].text, "exact"), CONFX_STATUS_INPUT,
                        cases[i].told);
        close_case(&self);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flows");
    TCase *tests = tcase_create("flows");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_point_costs_what_its_dataflow_says, 0, 2);
    tcase_add_test(tests, what_a_layer_does_not_use_is_one_point);
    tcase_add_loop_test(tests, the_optimum_is_the_best_of_all_assignments, 0, 8);
    tcase_add_test(tests, a_parameter_that_no_dataflow_has_is_refused);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
