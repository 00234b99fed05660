/* A dataflow back into MAESTRO's language. */
#include "confx/mapping.h"
#include "confx/try.h"
#include "dataflow.h"

#include <stdio.h>
#include <stdlib.h>

static const char dim_letters[] = "CGKMNRSXY"; /* in the order of confx_dim_t */

static void write_measure(measure_t measure, int64_t pes, int64_t buffer, FILE *out)
{
    switch (measure.kind) {
    case MEASURE_NUMBER:
        fprintf(out, "%lld", (long long)measure.number);
        break;
    case MEASURE_DIM:
        fprintf(out, "Sz(%c)", dim_letters[measure.dim]);
        break;
    case MEASURE_PES:
        fprintf(out, "%lld", (long long)pes);
        break;
    case MEASURE_BUFFER:
        fprintf(out, "%lld", (long long)buffer);
        break;
    }
}

static void write_directive(const directive_t *directive, int64_t pes, int64_t buffer, FILE *out)
{
    fprintf(out, "%s(", directive->spatial ? "SpatialMap" : "TemporalMap");
    write_measure(directive->size, pes, buffer, out);
    fputs(",", out);
    write_measure(directive->offset, pes, buffer, out);
    fprintf(out, ") %c%s;\n", dim_letters[directive->dim], directive->outward ? "'" : "");
}

static void write_stage(const stage_t *stage, bool inner, int64_t pes, int64_t buffer, const char *indent, FILE *out)
{
    if (inner) {
        fprintf(out, "%s    Cluster(", indent);
        write_measure(stage->cluster, pes, buffer, out);
        fputs(", P);\n", out);
    }
    for (int i = 0; i < stage->directives_n; i++) {
        fprintf(out, "%s    ", indent);
        write_directive(&stage->directives[i], pes, buffer, out);
    }
}

confx_status_t confx_dataflow_format(const confx_dataflow_t *dataflow, int64_t pes, int64_t buffer, const char *indent,
                                     char **text)
{
    size_t length = 0;
    *text = NULL;
    FILE *out = open_memstream(text, &length);
    if (out == NULL) return status_fail(CONFX_STATUS_MEMORY, "no memory for a dataflow as text");
    fprintf(out, "%sDataflow {\n", indent);
    for (int i = 0; i < dataflow->stages_n; i++) write_stage(&dataflow->stages[i], i > 0, pes, buffer, indent, out);
    fprintf(out, "%s}\n", indent);
    if (fclose(out) == 0) return status_ok();
    free(*text);
    *text = NULL;
    return status_fail(CONFX_STATUS_MEMORY, "no memory for a dataflow as text");
}
