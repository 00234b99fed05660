/* Job files; one that is read is written out in full, and read again from there says the same. */
#include "confx/job.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    job_t *job = NULL;
    job_t *again = NULL;
    char *text = fuzz_text(data, size);
    const confx_status_t status = job_parse(text, "fuzz.yaml", NULL, 0, &job);
    fuzz_status(status);
    if (status.code == CONFX_STATUS_OK) {
        fuzz_status(job_parse(job->text, "fuzz.yaml", NULL, 0, &again));
        if (!again || strcmp(job->text, again->text) != 0) abort();
        job_close(again);
        job_close(job);
    }
    free(text);
    return 0;
}
