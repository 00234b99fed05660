/* Hardware profiles, single settings of one, and MAESTRO's hardware files upon one; and what a layer costs on the
 * hardware that comes of it. */
#include "../../src/cost/accelerator.h"
#include "fuzz.h"

static const char *const row_stationary =
    "Dataflow { TemporalMap(KTileSz,KTileSz) K; SpatialMap(4,4) Y'; TemporalMap(Sz(S),Sz(S)) X'; TemporalMap(1,1) C;"
    "           TemporalMap(Sz(R),Sz(R)) R; TemporalMap(Sz(S),Sz(S)) S; Cluster(4,P); SpatialMap(1,1) Y'; "
    "TemporalMap(Sz(R),Sz(R)) R; }";

static void evaluate(const hardware_t *hardware)
{
    const layer_t layer = {.type = LAYER_CONV,
                           .dim = {[DIM_K] = 24, [DIM_C] = 12, [DIM_Y] = 15, [DIM_X] = 14, [DIM_R] = 3, [DIM_S] = 5},
                           .stride_y = 1,
                           .stride_x = 1};
    dataflow_t *dataflow = NULL;
    if (dataflow_parse(row_stationary, "fuzz.m", &dataflow).code != STATUS_OK) abort();
    fuzz_evaluate(dataflow, &layer, hardware);
    dataflow_close(dataflow);
}

typedef status_t read_t(const char *text, hardware_t *hardware);

static status_t read_profile(const char *text, hardware_t *hardware)
{
    return hardware_parse(text, "fuzz.yaml", hardware);
}

static status_t read_setting(const char *text, hardware_t *hardware)
{
    return hardware_set(hardware, text);
}

static status_t read_accelerator(const char *text, hardware_t *hardware)
{
    return accelerator_parse(text, "fuzz.m", hardware);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static read_t *const readers[] = {read_profile, read_setting, read_accelerator};
    char *text = fuzz_text(data, size);
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        hardware_t hardware = fuzz_hardware;
        const status_t status = readers[i](text, &hardware);
        fuzz_status(status);
        if (status.code == STATUS_OK) evaluate(&hardware);
    }
    free(text);
    return 0;
}
