/* Networks as CSV. */
#include "confx/workload.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    workload_t workload;
    char *text = fuzz_text(data, size);
    const status_t status = workload_parse(text, "fuzz.csv", &workload);
    fuzz_status(status);
    if (status.code == STATUS_OK) {
        if (workload.distinct_n > workload.layers_n || !(workload_macs(&workload) >= 1)) abort();
        workload_close(&workload);
    }
    free(text);
    return 0;
}
