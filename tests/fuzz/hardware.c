/* Hardware profiles, single settings of one, and MAESTRO's hardware files upon one; and what a
   layer costs on the * hardware that comes of it. */
#include "cost/language/accelerator.h"
#include "fuzz.h"

static const char *const row_stationary =
    "Dataflow { TemporalMap(KTileSz,KTileSz) K; SpatialMap(4,4) Y'; TemporalMap(Sz(S),Sz(S)) X'; "
    "TemporalMap(1,1) C;"
    "           TemporalMap(Sz(R),Sz(R)) R; TemporalMap(Sz(S),Sz(S)) S; Cluster(4,P); "
    "SpatialMap(1,1) Y'; "
    "TemporalMap(Sz(R),Sz(R)) R; }";

static void evaluate(const confx_hardware_t *hardware)
{
    const confx_layer_t layer = {.type = CONFX_LAYER_CONV,
                                 .dim = {[CONFX_DIM_K] = 24,
                                         [CONFX_DIM_C] = 12,
                                         [CONFX_DIM_Y] = 15,
                                         [CONFX_DIM_X] = 14,
                                         [CONFX_DIM_R] = 3,
                                         [CONFX_DIM_S] = 5},
                                 .stride_y = 1,
                                 .stride_x = 1};
    confx_dataflow_t *dataflow = NULL;
    if (confx_dataflow_parse(row_stationary, "fuzz.m", &dataflow).code != CONFX_STATUS_OK) abort();
    fuzz_evaluate(dataflow, &layer, hardware);
    confx_dataflow_close(dataflow);
}

typedef confx_status_t read_t(const char *text, confx_hardware_t *hardware);

static confx_status_t read_profile(const char *text, confx_hardware_t *hardware)
{
    return confx_hardware_parse(text, "fuzz.yaml", hardware);
}

static confx_status_t read_setting(const char *text, confx_hardware_t *hardware)
{
    return confx_hardware_set(hardware, text);
}

static confx_status_t read_accelerator(const char *text, confx_hardware_t *hardware)
{
    return accelerator_parse(text, "fuzz.m", hardware);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static read_t *const readers[] = {read_profile, read_setting, read_accelerator};
    char *text = fuzz_text(data, size);
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        confx_hardware_t hardware = fuzz_hardware;
        const confx_status_t status = readers[i](text, &hardware);
        fuzz_status(status);
        if (status.code == CONFX_STATUS_OK) evaluate(&hardware);
    }
    free(text);
    return 0;
}
