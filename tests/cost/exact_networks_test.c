/* Every layer of every shipped network at every action of the shipped dataflows, under the
   accounting exact: too large to be walked, but this much holds of any count. */
#include "golden.h"

#include <glob.h>

typedef struct {
    int64_t macs, outputs;
    int64_t used[CONFX_TENSOR_OUTPUT]; /* elements of input and filter that some MAC uses */
} truth_t;

/* Rows of the input that the windows of all outputs cover, or columns. */
static int64_t covered(int64_t outputs, int64_t stride, int64_t window, int64_t rows)
{
    bool *is_covered = calloc((size_t)rows, sizeof *is_covered);
    int64_t n = 0;
    ck_assert_ptr_nonnull(is_covered);
    for (int64_t y = 0; y < outputs; y++)
        for (int64_t r = 0; r < window; r++) is_covered[y * stride + r] = true;
    for (int64_t row = 0; row < rows; row++) n += is_covered[row];
    free(is_covered);
    return n;
}

static truth_t truth_of(const confx_layer_t *layer)
{
    const int64_t *dim = layer->dim;
    const int64_t r = dim[CONFX_DIM_R], s = dim[CONFX_DIM_S], c = dim[CONFX_DIM_C];
    const int64_t y = (dim[CONFX_DIM_Y] - r) / layer->stride_y + 1;
    const int64_t x = (dim[CONFX_DIM_X] - s) / layer->stride_x + 1;
    const int64_t n = dim[CONFX_DIM_N] > 0 ? dim[CONFX_DIM_N] : 1;
    const int64_t k = dim[CONFX_DIM_K] > 0 ? dim[CONFX_DIM_K] : 1;
    const int64_t channels = layer->type == CONFX_LAYER_DSCONV ? k * c : k;
    ck_assert(layer->type == CONFX_LAYER_CONV || layer->type == CONFX_LAYER_DSCONV);
    return (truth_t){.macs = n * k * c * y * x * r * s,
                     .outputs = n * channels * y * x,
                     .used = {n * c * covered(y, layer->stride_y, r, dim[CONFX_DIM_Y]) *
                                  covered(x, layer->stride_x, s, dim[CONFX_DIM_X]),
                              k * c * r * s}};
}

/* What does not hold, or NULL. */
static const char *wrong(const confx_cost_t *cost, const truth_t *truth)
{
    const confx_cost_exact_t *exact = &cost->exact;
    int64_t bound = 0;
    for (int i = 0; i < CONFX_BOUNDS; i++) bound += exact->bound_cycles[i];
    if (cost->macs != truth->macs) return "MACs";
    if (exact->outputs != truth->outputs) return "outputs";
    for (int i = CONFX_TENSOR_INPUT; i <= CONFX_TENSOR_FILTER; i++) {
        if (exact->noc_read[i] < truth->used[i]) return "an element is not read from the L2";
        if (exact->offchip_read[i] < truth->used[i]) return "an element is not read from off-chip";
        if (exact->offchip_read[i] > exact->noc_read[i]) return "more is read than is needed";
        if (cost->l1_write[i] < exact->noc_read[i]) return "a read fills no L1";
        if (cost->l1_read[i] != truth->macs) return "L1 reads";
    }
    /* What is written and does not come back is finished. */
    if (exact->noc_written - exact->noc_read[CONFX_TENSOR_OUTPUT] != truth->outputs)
        return "outputs finished";
    if (exact->offchip_written - exact->offchip_read[CONFX_TENSOR_OUTPUT] != truth->outputs)
        return "outputs finished off-chip";
    if (exact->reductions < 0 || exact->active_pe_steps < exact->steps) return "a count";
    if (bound != exact->noc_cycles || exact->noc_cycles > cost->runtime_cycles) return "cycles";
    return NULL;
}

static int64_t sum(const int64_t counts[CONFX_TENSORS])
{
    return counts[0] + counts[1] + counts[2];
}

/* Section 7 of EXACT.md: which part of the energy is another one, or NULL. */
static const char *wrong_energy(const confx_cost_t *cost, const confx_hardware_t *hardware,
                                int64_t pes)
{
    const confx_cost_exact_t *exact = &cost->exact;
    const confx_hardware_units_t *units = &hardware->units;
    const double psum = (double)hardware->psum_bytes, outputs = (double)exact->outputs;
    /* Sums are those that are read back, and what is written unfinished. */
    const double noc_bytes =
        (double)(exact->noc_read[0] + exact->noc_read[1]) + outputs +
        psum * ((double)exact->noc_read[2] + (double)exact->noc_written - outputs);
    const double offchip_bytes =
        (double)(exact->offchip_read[0] + exact->offchip_read[1]) + outputs +
        psum * ((double)exact->offchip_read[2] + (double)exact->offchip_written - outputs);
    const double l1 = (double)(sum(cost->l1_read) + sum(cost->l1_write));
    const double l2 = (double)(sum(cost->l2_read) + sum(cost->l2_write));
    const double reductions = (double)exact->reductions, macs = (double)cost->macs;
    const double parts = exact->l1_nj + exact->l2_nj + exact->mac_nj + exact->reduction_nj +
                         exact->noc_nj + exact->offchip_nj;
    if (!near(exact->l1_nj, units->energy_unit_nj * units->l1_access * l1)) return "L1 energy";
    if (!near(exact->l2_nj, units->energy_unit_nj * units->l2_access * l2)) return "L2 energy";
    if (!near(exact->mac_nj, units->mac_nj * macs)) return "MAC energy";
    if (!near(exact->reduction_nj, units->add_nj * reductions)) return "energy of reductions";
    if (!near(exact->noc_nj, units->hop_nj * (units->noc_hops * noc_bytes + psum * reductions)))
        return "NoC energy";
    if (!near(exact->offchip_nj, units->offchip_nj * offchip_bytes)) return "off-chip energy";
    if (!near(cost->energy_nj, parts)) return "energy";
    if (!near(exact->utilisation,
              macs / ((double)pes * hardware->simd_lanes * (double)cost->runtime_cycles)))
        return "utilisation";
    if (!near(cost->active_pes, (double)exact->active_pe_steps / (double)exact->steps))
        return "active PEs";
    return NULL;
}

typedef struct {
    int every; /* of so many actions one is looked at */
    int64_t legal, illegal, refused;
} tally_t;

static void check_layer(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                        const confx_hardware_t *hardware, const char *where, tally_t *tally)
{
    const truth_t truth = truth_of(layer);
    for (int i = 0; i < GRID_POINTS; i += tally->every) {
        confx_cost_t cost;
        const int64_t buffer = i % GRID_SIDE + 1;
        confx_cost_evaluate(dataflow, layer, hardware, grid_pe(i), buffer, &cost);
        if (cost.fault == CONFX_COST_ILLEGAL) {
            tally->illegal++;
            continue;
        }
        /* A cluster of as many PEs as the filter has rows. */
        if (cost.fault == CONFX_COST_FEW_PES && grid_pe(i) < layer->dim[CONFX_DIM_R]) {
            tally->refused++;
            continue;
        }
        const char *what = cost.fault == CONFX_COST_VALID ? wrong(&cost, &truth)
                                                          : confx_cost_fault_text(cost.fault);
        if (what == NULL) what = wrong_energy(&cost, hardware, grid_pe(i));
        if (what)
            ck_abort_msg("%s layer %s, %lld PEs, buffer %lld: %s", where, layer->name,
                         (long long)grid_pe(i), (long long)buffer, what);
        tally->legal++;
    }
}

static tally_t check_dataflow(const char *path, const confx_hardware_t *hardware, int every)
{
    tally_t tally = {.every = every};
    confx_dataflow_t *dataflow = NULL;
    glob_t networks;
    ck_assert_ok(confx_dataflow_open(path, &dataflow));
    ck_assert_int_eq(glob("data/models/*.csv", 0, NULL, &networks), 0);
    for (size_t i = 0; i < networks.gl_pathc; i++) {
        char where[256];
        confx_workload_t workload;
        (void)snprintf(where, sizeof where, "%s, %s,", path, networks.gl_pathv[i]);
        ck_assert_ok(confx_workload_open(networks.gl_pathv[i], &workload));
        for (size_t j = 0; j < workload.distinct_n; j++)
            check_layer(dataflow, &workload.layers[workload.first_of[j]], hardware, where, &tally);
        confx_workload_close(&workload);
    }
    ck_assert_uint_ge(networks.gl_pathc, 13);
    globfree(&networks);
    confx_dataflow_close(dataflow);
    return tally;
}

START_TEST(macs_are_the_layers_and_every_element_moves_on_all_networks_at_every_action)
{
    confx_hardware_t hardware = hardware_named("asic");
    glob_t paths;
    ck_assert_int_eq(hardware.accounting, CONFX_ACCOUNTING_EXACT);
    /* So that each part of the energy counts. */
    hardware.psum_bytes = 2;
    hardware.simd_lanes = 2;
    hardware.units.noc_hops = 3;
    hardware.units.hop_nj = 0.0005;
    hardware.units.offchip_nj = 0.1625;
    ck_assert_int_eq(glob("data/dataflows/*.m", 0, NULL, &paths), 0);
    for (size_t i = 0; i < paths.gl_pathc; i++) {
        const char *path = paths.gl_pathv[i];
        /* Of `eye` nearly everything is illegal; what is not takes long, and is no one's choice. */
        const bool is_eye = strstr(path, "/eye.m") != NULL, is_rs = strstr(path, "/rs.m") != NULL;
        const tally_t tally = check_dataflow(path, &hardware, is_eye ? 37 : 1);
        (void)printf("%s: %lld points legal, %lld illegal, %lld refused\n", path,
                     (long long)tally.legal, (long long)tally.illegal, (long long)tally.refused);
        if (is_eye)
            ck_assert_int_gt(tally.illegal, tally.legal);
        else
            ck_assert_int_eq(tally.illegal, 0);
        ck_assert(is_rs ? tally.refused > 0 : tally.refused == 0);
        ck_assert_int_gt(tally.legal, 0);
    }
    ck_assert_uint_ge(paths.gl_pathc, 4);
    globfree(&paths);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exact on networks");
    TCase *tests = tcase_create("exact on networks");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests,
                   macs_are_the_layers_and_every_element_moves_on_all_networks_at_every_action);
    return suite_run(suite);
}
