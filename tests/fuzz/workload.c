/* Networks as CSV. */
#include "confx/workload.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    confx_workload_t workload;
    char *text = fuzz_text(data, size);
    const confx_status_t status = confx_workload_parse(text, "fuzz.csv", &workload);
    fuzz_status(status);
    if (status.code == CONFX_STATUS_OK) {
        if (workload.distinct_n > workload.layers_n || !(confx_workload_macs(&workload) >= 1))
            abort();
        confx_workload_close(&workload);
    }
    free(text);
    return 0;
}
